"""The wizard of a process: what is done, and what is to be done next."""

from typing import Any

from flask import Blueprint, Response, redirect, request
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from flask_bgbilling.domain.contracts.inet import SERVICE_STATES
from flask_bgbilling.domain.processes.finding import contract_by_id, named_contract
from flask_bgbilling.domain.processes.wizard import TITLES, OpenedStep, ProcessWizard
from flask_bgbilling.errors import UnknownAddress
from flask_bgbilling.facts import Note
from flask_bgbilling.fields import GREATEST_ID
from flask_bgbilling.web import csrf, pages
from flask_bgbilling.web.i18n import t, told
from flask_bgbilling.web.sections import drawn
from flask_bgbilling.web.security import allowed, viewer
from flask_bgbilling.web.services import services

wizard = Blueprint("wizard", __name__)

READ, UPDATE = "process.read", "process.link.update"


@wizard.get("/processes/<int:process_id>/wizard")
@allowed(READ)
def page(process_id: int) -> Response:
    """The steps up to the first that is not done."""
    return _page(process_id)


def _page(process_id: int, notes: tuple[Note, ...] = ()) -> Response:
    """The page, with what rules had to say about a link."""
    person = viewer()
    linking = person.users.grant(person.person, UPDATE)
    opened = _wizard().open(person, process_id)
    processes = services().processes
    return pages.page(
        "bgbilling/wizard.html",
        title=t("Wizard"),
        wizard=opened,
        notes=[told(note) for note in notes],
        may_link=linking.covers_billing if linking is not None else lambda _: False,
        home=processes.address(process_id) if processes is not None else "",
        sections={one.step.key: _section(one) for one in opened.steps},
        service_states=SERVICE_STATES,
        titles=TITLES,
        csrf_name=csrf.field_name(),
        csrf_token=csrf.token(),
    )


@wizard.post("/processes/<int:process_id>/wizard/link")
@allowed(UPDATE)
def link(process_id: int) -> AnyResponse:
    """Links a contract that a step has found."""
    links, work = services().process_links, services().process_pages
    named = named_contract(request.form.get("contract", ""))
    if links is None or work is None or named is None or not 0 < named[1] <= GREATEST_ID:
        raise UnknownAddress(address=request.path[:60])
    reader = viewer().with_permission("contract.read")
    linked = links.link(viewer(), process_id, contract_by_id(work.access, reader, *named))
    if linked.notes:
        return _page(process_id, linked.notes)
    return redirect(pages.address("wizard.page", process_id=linked.process.id), 303)


def _wizard() -> ProcessWizard:
    known = services().wizard
    if known is None:
        raise UnknownAddress(address=request.path[:60])
    return known


def _section(opened: OpenedStep) -> Markup:
    """The section of the card that a step works with, as the card draws it; empty for steps of their own."""
    if opened.contract is None or opened.problem is not None:
        return Markup("")
    arguments: dict[str, dict[str, str]] = {
        "parameters": {"only": ",".join(map(str, opened.step.parameter_ids))},
        "tariff": {},
    }
    key = {"parameters": "parameters", "tariff": "tariffs"}.get(opened.step.kind, "")
    if not key or opened.filled:
        return Markup("")
    section = services().contracts.open_section(
        viewer(), opened.contract.billing_id, opened.contract.cid, key, arguments[opened.step.kind]
    )
    values: dict[str, Any] = drawn(section)
    return pages.fragment("bgbilling/card/_section.html", **values)
