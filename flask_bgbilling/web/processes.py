"""Processes and their contracts: the page for the card of a process, linking in all ways, the current process."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, redirect, request, session
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from flask_bgbilling.domain.billings import Viewer
from flask_bgbilling.domain.processes.errors import UnknownProcess
from flask_bgbilling.domain.processes.finding import contract_by_id, contract_by_number, named_contract
from flask_bgbilling.domain.processes.links import READ, UPDATE
from flask_bgbilling.domain.processes.page import LinkedLine, ProcessPage, ProcessPages
from flask_bgbilling.errors import N_, BGBillingError, UnknownBilling
from flask_bgbilling.facts import Note
from flask_bgbilling.fields import refuse
from flask_bgbilling.ports import Process, ProcessEvent
from flask_bgbilling.web import csrf
from flask_bgbilling.web.customers import EmbeddedBody
from flask_bgbilling.web.htmx import wants_partial
from flask_bgbilling.web.i18n import t, told
from flask_bgbilling.web.pages import address, fragment, head, page, partial
from flask_bgbilling.web.security import allowed, viewer
from flask_bgbilling.web.services import services
from flask_bgbilling.web.statuses import status_of

logger = logging.getLogger(__name__)

processes = Blueprint("processes", __name__, url_prefix="/processes")

CURRENT = "_bgbilling_process"
"""Where the session keeps the current process of a person."""

SAID = {
    "linked": N_("The contract is linked."),
    "already": N_("The contract is linked already."),
    "unlinked": N_("The link is taken away."),
    "gone": N_("The contract was not linked."),
}


@dataclass(frozen=True)
class CurrentProcess:
    """The process that a person works at: contracts that are found can be linked to it."""

    process: Process
    linked: frozenset[tuple[str, int]]

    def holds(self, billing_id: str, cid: int) -> bool:
        """Whether a contract is linked to it."""
        return (billing_id, cid) in self.linked


@processes.get("/<int:process_id>/contracts")
@allowed(READ)
def contracts(process_id: int) -> Response:
    """The contracts of a process; ``of`` names the one whose processes are listed, too."""
    drawn = _drawn(viewer(), process_id, said=request.args.get("said", ""))
    session[CURRENT] = process_id
    if wants_partial():
        return partial("bgbilling/process_contracts.html", **drawn)
    title = t("Contracts of process %(process)s", process=process_id)
    return page("bgbilling/process_contracts.html", title=title, **drawn)


@processes.post("/<int:process_id>/contracts/link")
@allowed(UPDATE)
def link(process_id: int) -> AnyResponse:
    """Links a contract by its number in a billing, or one that stood in a list."""
    try:
        linked = _pages().process_links.link(viewer(), process_id, _contract())
    except BGBillingError as problem:
        return _refused(process_id, problem)
    return _done(process_id, "linked" if linked.new else "already", linked.notes)


@processes.post("/<int:process_id>/contracts/unlink")
@allowed(UPDATE)
def unlink(process_id: int) -> AnyResponse:
    """Takes a contract from a process."""
    named = named_contract(request.form.get("contract", ""))
    try:
        if named is None:
            raise UnknownBilling(billing=request.form.get("contract", "")[:60])
        gone = _pages().process_links.unlink(viewer(), process_id, *named)
    except BGBillingError as problem:
        return _refused(process_id, problem)
    return _done(process_id, "unlinked" if gone else "gone", gone.notes if gone else ())


@processes.post("/<int:process_id>/leave")
@allowed(READ)
def leave(process_id: int) -> AnyResponse:
    """The process is no longer the current one."""
    if session.get(CURRENT) == process_id:
        session.pop(CURRENT)
    return redirect(address("search.page"), 303)


def embedded(person: Viewer, process_id: int) -> EmbeddedBody:
    """The contracts of a process for the host's own page; empty when the person may not see the process."""
    if services().process_pages is None:
        return EmbeddedBody()
    try:
        body = EmbeddedBody(fragment("bgbilling/process_contracts.html", **_drawn(person, process_id, inside=True)))
    except UnknownProcess:
        return EmbeddedBody()
    session[CURRENT] = process_id
    body.head = head()
    return body


def current_process(person: Viewer) -> CurrentProcess | None:
    """The process that the person works at, where contracts may be linked to it."""
    work, process_id = services().process_pages, session.get(CURRENT)
    if work is None or not isinstance(process_id, int):
        return None
    if person.users.grant(person.person, UPDATE) is None:
        return None
    try:
        process = work.process_links.process(person, process_id)
    except BGBillingError:
        session.pop(CURRENT)
        return None
    linked = work.process_links.processes.contracts(process_id)
    return CurrentProcess(process, frozenset((one.billing_id, one.cid) for one in linked))


def reported(event: ProcessEvent, *, before: bool) -> tuple[str, ...]:
    """Has the rules look at an event of the host's; gives what the person is to be told."""
    events = services().process_events
    if events is None:
        return ()
    return tuple(told(note) for note in (events.changing(event) if before else events.changed(event)))


def _pages() -> ProcessPages:
    work = services().process_pages
    if work is None:
        raise UnknownProcess(process="")
    return work


def _contract() -> Any:
    """The contract that a form names: ``contract`` is ``billing:id``, else ``billing`` and ``number``."""
    access = _pages().access
    if "contract" in request.form:
        named = named_contract(request.form["contract"])
        if named is None:
            refuse("contract", N_("Choose one of the list."))
        return contract_by_id(access, viewer(), *named)
    return contract_by_number(access, viewer(), request.form.get("billing", ""), request.form.get("number", ""))


def _done(process_id: int, said: str, notes: tuple[Note, ...]) -> AnyResponse:
    if not wants_partial() and not notes:
        return redirect(address("processes.contracts", process_id=process_id, said=said), 303)
    drawn = _drawn(viewer(), process_id, said=said, notes=notes, inside=_inside())
    if wants_partial():
        return partial("bgbilling/process_contracts.html", **drawn)
    return page(
        "bgbilling/process_contracts.html", title=t("Contracts of process %(process)s", process=process_id), **drawn
    )


def _refused(process_id: int, problem: BGBillingError) -> AnyResponse:
    """The page with the problem and with what was typed; without a process only the problem."""
    if isinstance(problem, UnknownProcess):
        raise problem
    drawn = _drawn(viewer(), process_id, problem=problem, inside=_inside())
    if wants_partial():
        return partial("bgbilling/process_contracts.html", status=status_of(problem), **drawn)
    title = t("Contracts of process %(process)s", process=process_id)
    return page("bgbilling/process_contracts.html", title=title, status=status_of(problem), **drawn)


def _inside() -> bool:
    return bool(request.form.get("inside"))


def _drawn(
    person: Viewer,
    process_id: int,
    *,
    said: str = "",
    notes: tuple[Note, ...] = (),
    problem: BGBillingError | None = None,
    inside: bool = False,
) -> Mapping[str, Any]:
    shown = _pages().page(person, process_id, request.args.get("of", ""))
    wizard = services().wizard
    return {
        "page": shown,
        "inside": inside,
        "said": t(SAID[said]) if said in SAID else "",
        "notes": [told(note) for note in notes],
        "problem": problem,
        "field": getattr(problem, "field", ""),
        "has_wizard": wizard is not None and bool(wizard.steps(shown.process)),
        "typed": {"billing": request.form.get("billing", ""), "number": request.form.get("number", "")},
        "below": {line.key: _below(shown, line) for line in shown.lines} if shown.template else {},
        "address_of": services().processes.address,  # type: ignore[union-attr]
        "csrf_name": csrf.field_name(),
        "csrf_token": csrf.token(),
    }


def _below(shown: ProcessPage, line: LinkedLine) -> Markup:
    """What the host's template has to say under a linked contract; a template that fails says nothing."""
    try:
        return fragment(shown.template, process=shown.process, contract=line.contract)
    except Exception:  # the host's own template: whatever it raises, the contracts stay
        logger.exception("the template %s of process type %s has failed", shown.template, shown.process.type_id)
        return Markup()
