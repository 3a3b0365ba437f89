"""What is done to a contract: forms of actions, what they post, and changes whose outcome is not known."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from flask_bgbilling.domain.changes import Outcome
from flask_bgbilling.domain.contracts.actions import OpenedAction
from flask_bgbilling.domain.contracts.service import OpenedSection
from flask_bgbilling.errors import BGBillingError, InputError
from flask_bgbilling.fields import FormFields
from flask_bgbilling.hookspecs import CardAction, CardSection, SectionView
from flask_bgbilling.web import csrf
from flask_bgbilling.web.card import whole_card
from flask_bgbilling.web.htmx import aims_at, announce, instead_of, instead_of_nothing, vary, wants_partial
from flask_bgbilling.web.i18n import t
from flask_bgbilling.web.pages import address, fragment, partial
from flask_bgbilling.web.sections import (
    TARGET,
    action_arguments,
    back_of,
    drawn,
    drawn_form,
    query_fields,
    span_of,
)
from flask_bgbilling.web.security import allowed, viewer
from flask_bgbilling.web.services import services
from flask_bgbilling.web.statuses import status_of

actions = Blueprint("actions", __name__, url_prefix="/contract/<billing_id>/<int:cid>")

LONGEST_KEY = 64

CHANGED = "bgb-changed"
"""The browser's event after which the head and the tree of a card read themselves again."""


@actions.get("/<key>/<action>")
@allowed("contract.read")
def open_action(billing_id: str, cid: int, key: str, action: str) -> Response:
    """The form of an action: a fragment for htmx, else the card with the form in it."""
    arguments = query_fields()
    opened = services().actions.open(viewer(), billing_id, cid, key, action, arguments)
    return _form(opened, span_of(arguments))


@actions.post("/<key>/<action>")
@allowed("contract.read")
def carry_out(billing_id: str, cid: int, key: str, action: str) -> AnyResponse:
    """Does what a form asks for. What is refused is shown with the form, which keeps what was typed."""
    arguments = query_fields()
    own = action_arguments(arguments)
    typed = _typed()
    work = services().actions
    try:
        outcome = work.change(viewer(), billing_id, cid, key, action, own, typed, _once())
    except BGBillingError as problem:
        opened = work.open(viewer(), billing_id, cid, key, action, arguments, typed, problem)
        return _form(opened, span_of(arguments), status=status_of(problem))
    if outcome.state == "asked":
        opened = work.open(viewer(), billing_id, cid, key, action, arguments, typed)
        return _form(opened, span_of(arguments), outcome=outcome)
    if outcome.state in {"partial", "uncertain", "under way", "refused"}:
        assert outcome.record is not None
        return _to_change(billing_id, cid, outcome.record.id)
    found = work.find(viewer(), billing_id, key, action)[1]
    return _done(billing_id, cid, key, found, arguments, outcome)


@actions.get("/change/<int:record_id>")
@allowed("contract.read")
def show_change(billing_id: str, cid: int, record_id: int) -> Response:
    """A change with its steps, and what can be done when it is not finished."""
    return _change(billing_id, cid, record_id)


@actions.post("/change/<int:record_id>/look")
@allowed("contract.read")
def look(billing_id: str, cid: int, record_id: int) -> AnyResponse:
    """Looks in the billing what became of a change in doubt."""
    return _after(billing_id, cid, record_id, lambda: services().actions.look(viewer(), billing_id, cid, record_id))


@actions.post("/change/<int:record_id>/resume")
@allowed("contract.read")
def resume(billing_id: str, cid: int, record_id: int) -> AnyResponse:
    """Goes on with a change that stopped half-way."""

    def work() -> Outcome:
        return services().actions.resume(viewer(), billing_id, cid, record_id, _once())

    return _after(billing_id, cid, record_id, work)


@actions.post("/change/<int:record_id>/give-up")
@allowed("contract.read")
def give_up(billing_id: str, cid: int, record_id: int) -> AnyResponse:
    """Closes a change that was not done."""
    return _after(billing_id, cid, record_id, lambda: services().actions.give_up(viewer(), billing_id, cid, record_id))


def _once() -> str:
    """The form's one-time key; raises ``FormExpired`` for a form that is none of ours."""
    once = request.form.get("once", "")
    if not 0 < len(once) <= LONGEST_KEY:
        raise csrf.FormExpired
    return once


def _typed() -> FormFields:
    own = {"once", csrf.field_name()}
    return FormFields({name: request.form.getlist(name) for name in request.form if name not in own})


def _form(opened: OpenedAction, span: int, *, status: int = 200, outcome: Outcome | None = None) -> Response:
    if isinstance(opened.opened.problem, InputError) and opened.problem is None:
        status = status_of(opened.opened.problem)
    values = drawn_form(opened, span, outcome.asked if outcome else None)
    if wants_partial() and not aims_at(TARGET.removeprefix("#")):
        return partial("bgbilling/card/_editor.html", status=status, **values)
    values["form"].span = 0
    values["body"] = fragment("bgbilling/card/_editor.html", **values)
    if wants_partial():
        return partial("bgbilling/card/_section.html", status=status, **values)
    section = opened.opened
    return whole_card(section.billing_id, section.cid, section.section.key, values, status)


def _done(
    billing_id: str, cid: int, key: str, action: CardAction, arguments: dict[str, str], outcome: Outcome
) -> AnyResponse:
    """The section, or the row, as it is now; nothing but what was done for an action without a form."""
    contracts = services().contracts
    said = t(outcome.said)
    if wants_partial() and action.form is None:
        return announce(vary(instead_of_nothing(Response(mimetype="text/html"))), CHANGED, {"said": said})
    shown = {**back_of(arguments), **outcome.shows}
    if wants_partial() and span_of(arguments) and action.row is not None:
        row = services().actions.row(viewer(), billing_id, cid, key, action.key, action_arguments(arguments))
        if row is not None and row.view is not None:
            values = drawn(_with_arguments(row, shown))
            return announce(partial("bgbilling/card/_row.html", **values), CHANGED, {"said": said})
    if action.told is None and not wants_partial():
        where = {"billing_id": billing_id, "cid": cid, "key": key}
        record = {"done": str(outcome.record.id) if outcome.record else outcome.state}
        return redirect(address("card.section", **{**shown, **record, **where}), 303)
    opened = contracts.open_section(viewer(), billing_id, cid, key, shown)
    told = _told(opened.section, action, outcome)
    values = drawn(opened, said=said, told=told)
    if not wants_partial():
        return whole_card(billing_id, cid, key, values)
    response = partial("bgbilling/card/_section.html", **values)
    response.headers["HX-Replace-Url"] = values["section_address"]  # the address may be that of the form
    return announce(instead_of(response, TARGET), CHANGED, {"said": said})


def _told(section: CardSection, action: CardAction, outcome: Outcome) -> Any:
    if action.told is None or not outcome.results:
        return ""
    try:
        view: SectionView = action.told(outcome.results)
        return fragment(view.template, **view.values)
    except Exception as error:  # a stranger's plugin: what was done is done, only its report is lost
        services().plugins.failed(section, f"report of action {action.key}", error)
        return ""


def _with_arguments(opened: OpenedSection, arguments: dict[str, str]) -> OpenedSection:
    return replace(opened, arguments=arguments)


def _to_change(billing_id: str, cid: int, record_id: int) -> AnyResponse:
    if wants_partial():
        return instead_of(_change(billing_id, cid, record_id), TARGET)
    return redirect(address("actions.show_change", billing_id=billing_id, cid=cid, record_id=record_id), 303)


def _change(
    billing_id: str, cid: int, record_id: int, problem: BGBillingError | None = None, *, looked: bool = False
) -> Response:
    found = services().actions.opened_change(viewer(), billing_id, cid, record_id)
    values = {
        "change": found,
        "problem": problem,
        "looked": looked,
        "once": secrets.token_urlsafe(24),
        "csrf_name": csrf.field_name(),
        "csrf_token": csrf.token(),
    }
    view = SectionView("bgbilling/card/change.html", values)
    shown = drawn(OpenedSection(billing_id, cid, found.section, {}, view))
    status = status_of(problem) if problem else 200
    if wants_partial():
        return partial("bgbilling/card/_section.html", status=status, **shown)
    return whole_card(billing_id, cid, found.section.key, shown, status)


def _after(billing_id: str, cid: int, record_id: int, work: Callable[[], Outcome | None]) -> AnyResponse:
    try:
        outcome = work()
    except BGBillingError as problem:
        return _change(billing_id, cid, record_id, problem)
    if outcome is None or outcome.state not in {"done", "unchanged"}:
        current = outcome.record.id if outcome and outcome.record else record_id  # the rest has an entry of its own
        if not wants_partial():
            return _to_change(billing_id, cid, current)
        return _change(billing_id, cid, current, outcome.problem if outcome else None, looked=current == record_id)
    found = services().actions.opened_change(viewer(), billing_id, cid, record_id)
    return _done(billing_id, cid, found.section.key, found.action, {}, outcome)
