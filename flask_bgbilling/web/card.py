"""The contract card: its page, its sections as fragments or whole pages, and the files of sections."""

import logging
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request
from markupsafe import Markup

from flask_bgbilling.domain.contracts.service import OpenedSection, UnknownSection
from flask_bgbilling.hookspecs import SectionFile
from flask_bgbilling.web.htmx import wants_partial
from flask_bgbilling.web.pages import address, current_address, fragment, page, partial, problem
from flask_bgbilling.web.security import allowed, viewer
from flask_bgbilling.web.services import services

logger = logging.getLogger(__name__)

card = Blueprint("card", __name__, url_prefix="/contract/<billing_id>/<int:cid>")

TARGET = "#bgb-section"

LONGEST_FIELD = 500

_KINDS = {"pdf": ("application/pdf", "attachment"), "html": ("text/html; charset=utf-8", "inline")}

# A file of a billing is hostile: in a frame it gets an origin of its own, no scripts, no forms and no network.
_SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"


@card.get("")
@allowed("contract.read")
def show(billing_id: str, cid: int) -> Response:
    """The card with its tree; the first section loads by itself."""
    return _card(billing_id, cid, None)


@card.get("/<key>")
@allowed("contract.read")
def section(billing_id: str, cid: int, key: str) -> Response:
    """One section: a fragment for htmx, else the whole card with the section in it."""
    services().contracts.section(viewer(), key)
    if not wants_partial():
        return _card(billing_id, cid, key)
    return partial("bgbilling/card/_section.html", **_drawn(_open(billing_id, cid, key)))


@card.get("/file/<key>/<name>")
@allowed("contract.read")
def file(billing_id: str, cid: int, key: str, name: str) -> Response:
    """A file of a section, as a download or for a sandboxed frame."""
    return _sent(services().contracts.open_file(viewer(), billing_id, cid, key, name, _arguments()))


@card.errorhandler(UnknownSection)
def unknown_section(error: UnknownSection) -> Response:
    """An address with a section that does not exist."""
    return problem(error, status=404)


def _card(billing_id: str, cid: int, key: str | None) -> Response:
    contracts = services().contracts
    opened = contracts.open(viewer(), billing_id, cid)
    here = address("card.show", billing_id=billing_id, cid=cid)
    if opened.problem is None:
        contracts.remember(viewer(), opened.card, here)
    drawn: dict[str, Any] = _drawn(_open(billing_id, cid, key)) if key else {"opened": None}
    values: dict[str, Any] = {
        "card": opened.card,
        "card_problem": opened.problem,
        "tree": opened.tree,
        "first": opened.first,
        "key": key,
        "reload": current_address(),
    }
    return page("bgbilling/card.html", title=opened.card.heading, **drawn, **values)


def _arguments() -> dict[str, str]:
    """The fields of the address; longer ones than any form of ours sends are dropped: every link repeats them all."""
    return {name: value for name, value in request.args.items() if len(name) + len(value) <= LONGEST_FIELD}


def _open(billing_id: str, cid: int, key: str) -> OpenedSection:
    return services().contracts.open_section(viewer(), billing_id, cid, key, _arguments())


def _drawn(opened: OpenedSection) -> dict[str, Any]:
    """What the frame of a section needs, its body already drawn: a template that fails stays inside its section."""
    values: dict[str, Any] = {
        "opened": opened,
        "here": _address_of(opened),
        "target": TARGET,
        "allowed_keys": frozenset(
            section.key for section in services().contracts.sections(viewer(), opened.billing_id)
        ),
    }
    body = Markup("")
    if opened.view is not None:
        try:
            body = fragment(opened.view.template, **{**values, **opened.view.values})
        except Exception:  # a stranger's template: the card stays whatever it raises
            logger.exception("the template of section %s failed", opened.section.key)
            values["opened"] = opened.failed()
    return {**values, "body": body}


def _address_of(opened: OpenedSection) -> Callable[..., str]:
    """Addresses of a section with other arguments: ``here(page=2)`` keeps the rest, ``here(page=None)`` drops it."""

    def here(**changed: object) -> str:
        arguments = {**opened.arguments, **changed}
        # Names with an underscore, and "endpoint", are orders to url_for, not fields of a form.
        # A blank field of the address itself stays: it means an open end of a period.
        kept = {
            name: value
            for name, value in arguments.items()
            if (value or name in opened.arguments)
            and value is not None
            and not name.startswith("_")
            and name != "endpoint"
        }
        return address(
            "card.section",
            **{**kept, "billing_id": opened.billing_id, "cid": opened.cid, "key": opened.section.key},
        )

    return here


def _sent(found: SectionFile) -> Response:
    kind, disposition = _KINDS[found.kind]
    response = Response(found.body, content_type=kind)
    response.headers.set("Content-Disposition", disposition, filename=found.name)
    response.headers["Content-Security-Policy"] = _SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "private, no-store"
    return response
