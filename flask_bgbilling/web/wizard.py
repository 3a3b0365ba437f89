"""The wizard of a process: what is done, and what is to be done next."""

from typing import Any

from flask import Blueprint, Response, redirect, request
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from flask_bgbilling.domain.contracts.inet import SERVICE_STATES
from flask_bgbilling.domain.processes.wizard import TITLES, OpenedStep, ProcessWizard
from flask_bgbilling.errors import UnknownAddress
from flask_bgbilling.ports import ProcessContract
from flask_bgbilling.web import csrf, pages
from flask_bgbilling.web.i18n import t
from flask_bgbilling.web.sections import drawn
from flask_bgbilling.web.security import allowed, viewer
from flask_bgbilling.web.services import services

wizard = Blueprint("wizard", __name__)

READ = "process.read"

GREATEST_CID = 2**31 - 1


@wizard.get("/processes/<int:process_id>/wizard")
@allowed(READ)
def page(process_id: int) -> Response:
    """The steps up to the first that is not done."""
    opened = _wizard().open(viewer(), process_id)
    processes = services().processes
    return pages.page(
        "bgbilling/wizard.html",
        title=t("Wizard"),
        wizard=opened,
        home=processes.address(process_id) if processes is not None else "",
        sections={one.step.key: _section(one) for one in opened.steps},
        service_states=SERVICE_STATES,
        titles=TITLES,
        csrf_name=csrf.field_name(),
        csrf_token=csrf.token(),
    )


@wizard.post("/processes/<int:process_id>/wizard/link")
@allowed("process.link.update")
def link(process_id: int) -> AnyResponse:
    """Links a contract that a step has found."""
    links = services().process_links
    billing_id, _, number = request.form.get("contract", "").partition(":")
    known = number.isascii() and number.isdigit() and 0 < len(number) < 11 and 0 < int(number) <= GREATEST_CID
    if links is None or not known:
        raise UnknownAddress(address=request.path[:60])
    reader = viewer().with_permission("contract.read")
    title = services().contracts.open(reader, billing_id, int(number)).card.title
    linked = links.link(viewer(), process_id, ProcessContract(billing_id, int(number), title))
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
