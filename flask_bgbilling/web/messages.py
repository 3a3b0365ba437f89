"""Processing a message: what was found for it left, the ticked contract right, below the process that it becomes."""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from flask_bgbilling.domain.contracts.phones import readable
from flask_bgbilling.domain.messages.contacts import UnknownMessage
from flask_bgbilling.domain.messages.possible import PossibleProcesses
from flask_bgbilling.domain.messages.processing import (
    ContactResult,
    Processed,
    ProcessedMeanwhile,
    Ticked,
)
from flask_bgbilling.domain.messages.running import SearchOutcome, is_input_problem
from flask_bgbilling.domain.messages.service import MessageDesk, OpenedMessage
from flask_bgbilling.domain.search.forms import whole
from flask_bgbilling.errors import BGBillingError, InputError
from flask_bgbilling.facts import Note
from flask_bgbilling.fields import FormFields
from flask_bgbilling.hookspecs import Found
from flask_bgbilling.web import csrf, pages
from flask_bgbilling.web.card import embedded_card
from flask_bgbilling.web.forms import TypedForm
from flask_bgbilling.web.htmx import shown_path, wants_partial
from flask_bgbilling.web.i18n import t, told
from flask_bgbilling.web.search import MIN_STREET_LETTERS, SUGGESTIONS
from flask_bgbilling.web.security import allowed, viewer
from flask_bgbilling.web.services import services
from flask_bgbilling.web.statuses import status_of
from flask_bgbilling.web.ticks import code_of, ticked_of

messages = Blueprint("messages", __name__, url_prefix="/messages")

TABS = ("new", "existing")
STATES = {"open": True, "closed": False, "all": None}
LONGEST_KEY = 64
ADDRESS_FIELDS = frozenset({"message_id", "endpoint", "number", "billing_id", "cid"})
"""Names that addresses of ours have places for; a query may not fill them."""

OWN_FIELDS = frozenset({"search", "tab", "state", "page", "beside", "found", "fresh", "form"})
"""Query fields of the page itself; the others belong to the form of a search."""


@dataclass
class Candidates:
    """The outcomes of a page as they come; ``found`` are those that have come, with what was ticked."""

    arriving: Iterator[SearchOutcome]
    found: list[Found] = field(default_factory=list)

    def __iter__(self) -> Iterator[SearchOutcome]:
        for outcome in self.arriving:
            self.found.extend(outcome.rows)
            yield outcome

    def all(self) -> list[Found]:
        """Everything, waited for."""
        for _ in self:
            pass
        return self.found


@messages.get("/<int:message_id>")
@allowed("message.read")
def show(message_id: int) -> Response:
    """The message with its candidates, which are sent as the billings answer."""
    opened = _desk().open(viewer(), message_id)
    if opened.message.process_id is not None:
        return _processed(opened)
    values = _page(opened)
    if wants_partial():  # a search by hand: the candidates alone, what is ticked stays
        return pages.partial("bgbilling/messages/_candidates.html", **values)
    return pages.stream_page("bgbilling/messages/message.html", title=_title(opened), **values)


@messages.get("/<int:message_id>/search/<int:number>")
@allowed("message.read")
def search(message_id: int, number: int) -> AnyResponse:
    """One automatic search again: its block for htmx, else the page with all searches made anew."""
    opened = _desk().open(viewer(), message_id)
    if not wants_partial():
        return redirect(pages.address("messages.show", message_id=message_id, fresh=1))
    values = _page(opened, only=(number,), fresh=True)
    return pages.partial("bgbilling/messages/_again.html", **values)


@messages.get("/<int:message_id>/form/<int:number>")
@allowed("message.read")
def form(message_id: int, number: int) -> AnyResponse:
    """The form of a search by hand: for htmx, else the page with it."""
    opened = _desk().open(viewer(), message_id)
    if not wants_partial():
        return redirect(pages.address("messages.show", message_id=message_id, form=number))
    return pages.partial("bgbilling/messages/_by_hand.html", **_by_hand(opened, number), **_common(opened))


@messages.get("/<int:message_id>/process/<tab>")
@allowed("message.read")
def tab(message_id: int, tab: str) -> AnyResponse:
    """The fields of a new process, or the processes that the message may belong to: for htmx, else the page."""
    opened = _desk().open(viewer(), message_id)
    if not wants_partial():
        shown = {name: request.args[name] for name in ("state", "page") if name in request.args}
        return redirect(pages.address("messages.show", message_id=message_id, tab=tab, **shown, **_fields_of_page()))
    values = _page(opened, tab=tab, only=() if tab == "new" else None)
    return pages.partial("bgbilling/messages/_tab.html", **values)


@messages.get("/<int:message_id>/contract/<billing_id>/<int:cid>")
@allowed("message.read")
def beside(message_id: int, billing_id: str, cid: int) -> AnyResponse:
    """The card of a contract beside the message: for htmx, else the page with it."""
    services().contracts.server(viewer().with_permission("contract.read"), billing_id)
    _desk().open(viewer(), message_id)
    if not wants_partial():
        return redirect(pages.address("messages.show", message_id=message_id, beside=f"{billing_id}:{cid}"))
    values = _beside(message_id, billing_id, cid)
    problem = values["card_problem"]
    status = status_of(problem) if problem is not None else 200
    return pages.partial("bgbilling/messages/_beside.html", status=status, **values)


@messages.get("/offer/streets")
@allowed("message.read")
def streets() -> Response:
    """Streets for what was typed, as options of a list."""
    typed = request.args.get("street", "").strip()
    found = services().search.streets(typed, SUGGESTIONS) if len(typed) >= MIN_STREET_LETTERS else ()
    return pages.partial("bgbilling/_search_options.html", name="street", options=found)


@messages.get("/offer/houses")
@allowed("message.read")
def houses() -> Response:
    """Houses of the chosen street for what was typed, as options of a list."""
    street_id = whole(request.args.get("street_id", ""))
    found = services().search.houses(street_id, request.args.get("house", ""), SUGGESTIONS) if street_id else ()
    return pages.partial("bgbilling/_search_options.html", name="house", options=found)


@messages.post("/<int:message_id>/process")
@allowed("message.process")
def process(message_id: int) -> AnyResponse:
    """Puts the message into a new process, into one that is there, or out of its process."""
    desk, person = _desk(), viewer()
    opened = desk.open(person, message_id)
    typed = FormFields({name: request.form.getlist(name) for name in request.form})
    wish = typed.raw("do")
    try:
        seen = typed.integer("seen", 0, 2**31 - 1, default=0)
        if wish == "detach":
            desk.detach(person, opened, seen)
            return redirect(pages.address("messages.show", message_id=message_id, done="detached"), 303)
        number = typed.integer("number", 0, 2**31 - 1, default=0)
        if wish == "set" and not number:
            if not opened.message.process_id:
                raise InputError(detail=t("Enter the number of a process."))
            desk.detach(person, opened, seen)
            return redirect(pages.address("messages.show", message_id=message_id, done="detached"), 303)
        ticked = ticked_of(opened.message.id, typed.raws("found")) if wish != "set" else Ticked()
        done = desk.process(
            person,
            opened,
            seen=seen,
            ticked=ticked,
            type_id=typed.identifier("type") if wish == "new" else 0,
            description=typed.multiline("description", 20_000) if wish == "new" else "",
            process_id=number if wish == "set" else typed.identifier("process") if wish == "existing" else 0,
            save=wish in TABS and typed.raw("save_contact", "0") == "1",
            once=_once(typed),
        )
    except ProcessedMeanwhile:  # pressed twice, or somebody else was quicker: where it is now tells the page
        return redirect(pages.address("messages.show", message_id=message_id, done="meanwhile"), 303)
    except BGBillingError as problem:
        return _again(opened, typed, wish, problem)
    return _after(desk.open(person, message_id), done)


@messages.post("/<int:message_id>/contact")
@allowed("message.process")
def contact(message_id: int) -> AnyResponse:
    """Saves the sender with one of the contracts of the message's process."""
    desk = _desk()
    opened = desk.open(viewer(), message_id)
    typed = FormFields({name: request.form.getlist(name) for name in request.form})
    chosen = ticked_of(message_id, [typed.raw("contract")]).contracts if typed.raw("contract") else ()
    if not chosen:
        return _processed(opened, ContactResult("asked"), status=400)
    result = desk.save_contact(viewer(), opened, chosen[0].billing_id, chosen[0].cid, _once(typed))
    return _contact_shown(opened, result, {})


def stay_here(response: Response) -> Response:
    """Sections of a card beside a message do not take the page's address away."""
    here = shown_path() or ""
    prefix = pages.address("messages.show", message_id=0).removesuffix("0")
    if wants_partial() and here.startswith(prefix) and not request.path.startswith(prefix):
        response.headers["HX-Push-Url"] = "false"
    return response


def _after(opened: OpenedMessage, done: Processed) -> AnyResponse:
    counts = {
        "linked": len(done.linked.new),
        "already": len(done.linked.already),
        "groups": len(done.linked.group_ids),
    }
    counts = {name: number for name, number in counts.items() if number}
    return _contact_shown(opened, done.contact, counts, done.notes)


def _contact_shown(
    opened: OpenedMessage, result: ContactResult, counts: Mapping[str, int], notes: tuple[Note, ...] = ()
) -> AnyResponse:
    if result.state == "failed":
        problem = result.problem
        status = status_of(problem) if problem is not None else 409
        return _processed(opened, result, status=status, notes=notes, counts=counts)
    if notes and opened.message.process_id is not None:  # an address cannot carry what rules have to say
        return _processed(opened, result, notes=notes, counts=counts)
    state = {} if result.state == "none" else {"contact": result.state}
    values = {**counts, **state, "done": "processed"}
    return redirect(pages.address("messages.show", message_id=opened.message.id, **values), 303)


def _processed(
    opened: OpenedMessage,
    result: ContactResult | None = None,
    status: int = 200,
    *,
    problem: BGBillingError | None = None,
    notes: tuple[Note, ...] = (),
    counts: Mapping[str, int] | None = None,
) -> Response:
    """The page of a message that is in a process; ``notes`` and ``counts`` tell what has just been done."""
    values = {**_common(opened), "problem": problem}
    code = code_of(opened.message.id)
    contracts = [(one, code(found)) for one, found in _with_codes(_desk().contracts(opened))]
    asked = {name: whole(request.args.get(name, "")) or 0 for name in ("linked", "already", "groups")}
    return pages.page(
        "bgbilling/messages/processed.html",
        title=_title(opened),
        status=status,
        contracts=contracts,
        result=result or ContactResult(_contact_state()),
        told={**asked, **(counts or {})},
        notes=[told(note) for note in notes],
        **values,
    )


def _with_codes(contracts: Any) -> list[tuple[Any, Found]]:
    found = Ticked(tuple(contracts)).found
    return list(zip(contracts, found, strict=True))


def _contact_state() -> Any:
    state = request.args.get("contact", "")
    return state if state in {"saved", "known", "asked"} else "none"


def _again(opened: OpenedMessage, typed: FormFields, wish: str, problem: BGBillingError) -> Response:
    """The page once more, with what was typed and ticked and why it was not done."""
    if opened.message.process_id is not None:
        return _processed(opened, ContactResult(), status=status_of(problem), problem=problem)
    try:
        ticked = ticked_of(opened.message.id, typed.raws("found"))
    except InputError:
        ticked = Ticked()
    values = _page(opened, tab=wish if wish in TABS else "new", typed=typed, problem=problem, ticked=ticked)
    return pages.page("bgbilling/messages/message.html", title=_title(opened), status=status_of(problem), **values)


def _page(
    opened: OpenedMessage,
    *,
    only: tuple[int, ...] | None = None,
    fresh: bool = False,
    tab: str = "",
    typed: FormFields | None = None,
    problem: BGBillingError | None = None,
    ticked: Ticked | None = None,
) -> dict[str, Any]:
    """Everything that the page of an unprocessed message shows; searches have begun, nothing has been waited for."""
    arguments = request.args if request.method == "GET" else {}
    search = whole(arguments.get("search", "")) or 0
    fields = _search_fields()
    if ticked is None:
        ticked = ticked_of(opened.message.id, request.args.getlist("found"))
    desk, person = _desk(), viewer()
    arriving = desk.outcomes(
        person,
        opened,
        search=search if only is None else 0,
        fields=fields,
        only=only,
        fresh=fresh or arguments.get("fresh") == "1",
        ticked=ticked if only is None else Ticked(),
    )
    candidates = Candidates(arriving, list(ticked.found))
    shown = tab or arguments.get("tab", "")
    shown = shown if shown in TABS else "new"
    state = arguments.get("state", "open")
    state = state if state in STATES else "open"

    def possible() -> PossibleProcesses:
        page = whole(arguments.get("page", "")) or 1
        chosen = whole(typed.raw("process")) or 0 if typed is not None else 0
        return desk.possible(person, opened, candidates.all(), STATES[state], page=page, chosen=chosen)

    by_hand = _by_hand(opened, search or whole(arguments.get("form", "")) or 0, candidates if search else None)
    place = arguments.get("beside", "").rpartition(":")
    cid = whole(place[2]) or 0
    return {
        **_common(opened),
        **by_hand,
        "problem": problem,
        "candidates": candidates,
        "asked": opened.automatic,
        "ticked": ticked,
        "ticked_codes": set(map(code_of(opened.message.id), ticked.found)),
        "tab": shown,
        "state": state,
        "states": tuple(STATES),
        "possible": possible,
        "types": desk.process_types(),
        "form": TypedForm(typed or FormFields(), problem, secrets.token_urlsafe(24)),
        "beside": (lambda: _beside(opened.message.id, place[0], cid)) if place[0] and cid else None,
        "page_fields": _fields_of_page(),
    }


def _by_hand(opened: OpenedMessage, number: int, candidates: Candidates | None = None) -> dict[str, Any]:
    """The form of the chosen search by hand, with what was typed."""
    fields = _search_fields()
    if not number:
        return {"chosen": None, "view": None, "typed_search": TypedForm(FormFields(), None, "search")}
    entry = opened.search(number)
    view = _desk().form(viewer(), opened, number, fields)
    typed = FormFields({name: (value,) for name, value in fields.items()})
    form = TypedForm(typed, None, "search")
    if candidates is not None:  # a search by hand is done first: what cannot be used is told at its field
        first = next(iter(candidates.arriving), None)
        if first is not None and is_input_problem(first):
            form = TypedForm(typed, first.problem, "search")
        if first is not None:
            candidates.arriving = _with(first, candidates.arriving)
    return {"chosen": entry, "view": view, "typed_search": form}


def _with(first: SearchOutcome, rest: Iterator[SearchOutcome]) -> Iterator[SearchOutcome]:
    yield first
    yield from rest


def _beside(message_id: int, billing_id: str, cid: int) -> dict[str, Any]:
    """The card of a contract, or why it cannot be shown."""
    try:
        return embedded_card(viewer().with_permission("contract.read"), billing_id, cid)
    except BGBillingError as problem:
        retry = pages.address("messages.beside", message_id=message_id, billing_id=billing_id, cid=cid)
        return {"card_body": "", "card_problem": problem, "retry_url": retry}


def _common(opened: OpenedMessage) -> dict[str, Any]:
    return {
        "opened": opened,
        "message": opened.message,
        "heading": _title(opened),
        "encode": code_of(opened.message.id),
        "customer_address": customers.address if (customers := services().customers) is not None else lambda _: "",
        "is_input_problem": is_input_problem,
        "csrf_name": csrf.field_name(),
        "csrf_token": csrf.token(),
        "once": secrets.token_urlsafe(24),
        "problem": None,
        "done": request.args.get("done", ""),
    }


def _title(opened: OpenedMessage) -> str:
    kind = opened.type.title if opened.type is not None else f"??? {opened.message.type_id}"
    sender = readable(opened.message.sender.strip())
    return f"{kind}: {sender}" if sender else kind


def _search_fields() -> dict[str, str]:
    """What was typed into the form of a search."""
    if request.method != "GET":
        return {}
    return {name: value[:1000] for name, value in request.args.items() if name not in OWN_FIELDS}


def _fields_of_page() -> dict[str, Any]:
    """The query of the page without what says how it is shown."""
    if request.method != "GET":
        return {}
    dropped = {"tab", "state", "page", "fresh", "done", "found"} | ADDRESS_FIELDS
    names = (name for name in request.args if name not in dropped and not name.startswith("_"))
    return {name: request.args.getlist(name) for name in names}


def _once(typed: FormFields) -> str:
    once = typed.raw("once")
    if not 0 < len(once) <= LONGEST_KEY - len("-contact"):
        raise csrf.FormExpired
    return once


def _desk() -> MessageDesk:
    desk = services().messages
    if desk is None:
        raise UnknownMessage(message="")
    return desk
