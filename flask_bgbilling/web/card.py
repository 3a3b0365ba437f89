"""The contract card: its page, its sections as fragments or whole pages, and the files of sections."""

from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, request

from flask_bgbilling.domain.billings import Viewer
from flask_bgbilling.domain.changes import UNCHANGED
from flask_bgbilling.domain.contracts.service import OpenedCard
from flask_bgbilling.errors import N_, Absent
from flask_bgbilling.hookspecs import SectionFile
from flask_bgbilling.web import csrf
from flask_bgbilling.web.customers import customer_of, gone_page
from flask_bgbilling.web.htmx import shown_path, wants_partial
from flask_bgbilling.web.i18n import t
from flask_bgbilling.web.pages import address, current_address, fragment, page, partial
from flask_bgbilling.web.processes import current_process
from flask_bgbilling.web.sections import drawn, new_once, query_fields
from flask_bgbilling.web.security import allowed, viewer
from flask_bgbilling.web.services import services

card = Blueprint("card", __name__, url_prefix="/contract/<billing_id>/<int:cid>")

_KINDS = {
    "pdf": ("application/pdf", "attachment"),
    "html": ("text/html; charset=utf-8", "inline"),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "attachment"),
}

# A file of a billing is hostile: in a frame it gets an origin of its own, no scripts, no forms and no network.
_SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"


@card.get("")
@allowed("contract.read")
def show(billing_id: str, cid: int) -> Response:
    """The card with its tree; the first section loads by itself."""
    return whole_card(billing_id, cid, None, {"opened": None})


@card.get("/<key>")
@allowed("contract.read")
def section(billing_id: str, cid: int, key: str) -> Response:
    """One section: a fragment for htmx, else the whole card with the section in it."""
    services().contracts.section(viewer(), key)
    if not wants_partial():
        return whole_card(billing_id, cid, key, _section(billing_id, cid, key))
    return partial("bgbilling/card/_section.html", **_section(billing_id, cid, key))


@card.get("/overview")
@allowed("contract.read")
def overview(billing_id: str, cid: int) -> Response:
    """Head and tree of a card whose contract was changed: they read themselves again, the section stays."""
    opened = services().contracts.open(viewer(), billing_id, cid)
    here = address("card.show", billing_id=billing_id, cid=cid)
    return partial("bgbilling/card/_overview.html", **_overview(opened), key=None, reload=shown_path() or here)


@card.get("/menu/<key>")
@allowed("contract.read")
def menu(billing_id: str, cid: int, key: str) -> Response:
    """What an entry of the card's menu opens, in the place of a section."""
    values = drawn(services().contracts.open_menu_entry(viewer(), billing_id, cid, key, query_fields()))
    if wants_partial():
        return partial("bgbilling/card/_section.html", **values)
    return whole_card(billing_id, cid, key, values)


@card.get("/file/<key>/<name>")
@allowed("contract.read")
def file(billing_id: str, cid: int, key: str, name: str) -> Response:
    """A file of a section, as a download or for a sandboxed frame."""
    return _sent(services().contracts.open_file(viewer(), billing_id, cid, key, name, query_fields()))


def embedded_card(person: Viewer, billing_id: str, cid: int) -> dict[str, Any]:
    """The card of a contract as a piece of another page of ours: ``card_body``; its first section loads by itself.

    Raises what opening a card raises.
    """
    contracts = services().contracts
    opened = contracts.open(person, billing_id, cid)
    here = address("card.show", billing_id=billing_id, cid=cid)
    if opened.problem is None:
        contracts.remember(person, opened.card, here)
    values = {**_overview(opened), "first": opened.first, "key": None, "reload": here, "opened": None}
    return {"card_body": fragment("bgbilling/card.html", **values), "card_problem": None, "retry_url": None}


def whole_card(billing_id: str, cid: int, key: str | None, drawn: dict[str, Any], status: int = 200) -> Response:
    """The card as a page, with a section that is drawn already."""
    contracts = services().contracts
    try:
        opened = contracts.open(viewer(), billing_id, cid)
    except Absent as problem:
        gone = gone_page(billing_id, cid, problem)
        if gone is None:
            raise
        return gone
    here = address("card.show", billing_id=billing_id, cid=cid)
    if opened.problem is None:
        contracts.remember(viewer(), opened.card, here)
    values = {**_overview(opened), "first": opened.first, "key": key, "reload": _reload(here)}
    customer = values["customer"].shell if values["customer"] is not None else None
    told = {**drawn, **values}
    return page("bgbilling/card.html", title=opened.card.heading, status=status, customer_shell=customer, **told)


def _overview(opened: OpenedCard) -> dict[str, Any]:
    processes = services().process_links
    if processes is not None and opened.problem is None:
        processes.renamed(opened.card.billing_id, opened.card.cid, opened.card.title)
    return {
        "card": opened.card,
        "card_problem": opened.problem,
        "tree": opened.tree,
        "card_actions": opened.actions,
        "buttons": opened.buttons,
        "card_menu": opened.menu,
        "open_changes": opened.open_changes,
        "customer": customer_of(opened),
        "current_process": current_process(viewer()),
        "new_once": new_once,
        "csrf_name": csrf.field_name(),
        "csrf_token": csrf.token(),
    }


def _reload(here: str) -> str:
    return current_address() if request.method == "GET" else here


def _section(billing_id: str, cid: int, key: str) -> dict[str, Any]:
    arguments = query_fields()
    done = arguments.pop("done", None)
    opened = services().contracts.open_section(viewer(), billing_id, cid, key, arguments)
    said = UNCHANGED if done == "unchanged" else N_("Saved")
    return drawn(opened, said=t(said) if done else "")


def _sent(found: SectionFile) -> Response:
    kind, disposition = _KINDS[found.kind]
    response = Response(found.body, content_type=kind)
    if found.attached:
        disposition = "attachment"
    response.headers.set("Content-Disposition", disposition, **_named(found.name))
    response.headers["Content-Security-Policy"] = _SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _named(name: str) -> dict[str, str]:
    """A file's name as a header can carry it: in Latin letters for old clients, whole for all others (RFC 6266)."""
    latin = "".join(character if character.isascii() and character.isprintable() else "_" for character in name)
    return {"filename": latin} if latin == name else {"filename": latin, "filename*": f"UTF-8''{quote(name, safe='')}"}
