"""The search of contracts: the page, one billing's block of it, and the lists that its form offers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request
from msgspec.structs import replace

from flask_bgbilling.domain.search.criteria import WAYS, BySmart, SearchQuery
from flask_bgbilling.domain.search.forms import Arguments, Form, parse_form, whole
from flask_bgbilling.domain.search.meaning import Meaning
from flask_bgbilling.domain.search.service import PARAMETER_TYPES
from flask_bgbilling.errors import N_, InputError
from flask_bgbilling.web import csrf, pages
from flask_bgbilling.web.htmx import wants_partial
from flask_bgbilling.web.i18n import t
from flask_bgbilling.web.processes import current_process
from flask_bgbilling.web.security import allowed, viewer
from flask_bgbilling.web.services import services

search = Blueprint("search", __name__, url_prefix="/search")

SUGGESTIONS = 20
MIN_STREET_LETTERS = 2


@dataclass(frozen=True)
class Addresses:
    """Where the links of a result lead, so that templates need not know how a query is spelled."""

    query: SearchQuery

    def block(self, billing_id: str) -> Callable[[int], str]:
        """The address of a page of one billing's block."""

        first = pages.address("search.block", billing_id=billing_id, **_values(self.query.on_page(1).fields()))

        def of_page(number: int) -> str:
            return first if number == 1 else f"{first}{'&' if '?' in first else '?'}page={number}"

        return of_page

    def cards(self, billing_id: str) -> str:
        """Where the cards of a billing are, up to the contract id: looked up once for a whole block of rows."""
        return pages.address("card.show", billing_id=billing_id, cid=0).removesuffix("0")

    def everywhere(self) -> str:
        """The address of the whole search, from its first page."""
        return _page_of(self.query.on_page(1))

    def taken_as(self, kind: str) -> str:
        """The address of a search for the smart box's text as another kind."""
        criterion = self.query.criterion
        assert isinstance(criterion, BySmart)
        return _page_of(self.query.looking_for(BySmart(criterion.text, kind)))

    def looking_for(self, criterion: Any) -> str:
        """The address of a search for something else under the same options."""
        return _page_of(self.query.looking_for(criterion))


@search.get("")
@allowed("contract.search")
def page() -> Response:
    """The search page; with a query its blocks are sent as the billings answer."""
    return _answer(parse_form(_arguments()))


@search.get("/<billing_id>")
@allowed("contract.search")
def block(billing_id: str) -> Response:
    """One billing's block: a fragment for htmx, else a whole page with this block alone."""
    services().search.server(viewer(), billing_id)
    form = parse_form(_arguments())
    if not wants_partial() or form.query is None:
        return _answer(form, only=billing_id)
    meaning = services().search.meaning(form.query.criterion)
    found = services().search.block(viewer(), billing_id, form.query, meaning)
    return pages.partial(
        "bgbilling/_search_block.html",
        block=found,
        addresses=Addresses(form.query),
        ways=WAYS,
        many=_many(meaning),
        current_process=current_process(viewer()),
    )


@search.get("/offer/streets")
@allowed("contract.search")
def streets() -> Response:
    """Streets for what was typed, as options of a list."""
    typed = request.args.get("street", "").strip()
    found = services().search.streets(typed, SUGGESTIONS) if len(typed) >= MIN_STREET_LETTERS else ()
    return pages.partial("bgbilling/_search_options.html", name="street", options=found)


@search.get("/offer/houses")
@allowed("contract.search")
def houses() -> Response:
    """Houses of the chosen street for what was typed, as options of a list."""
    street_id = whole(request.args.get("street_id", ""))
    typed = request.args.get("house", "")
    found = services().search.houses(street_id, typed, SUGGESTIONS) if street_id else ()
    return pages.partial("bgbilling/_search_options.html", name="house", options=found)


@search.get("/offer/parameters")
@allowed("contract.search")
def parameters() -> Response:
    """The parameters that a kind of search can look into, per chosen billing; those chosen before stay chosen."""
    kind = request.args.get("kind", "")
    if kind not in PARAMETER_TYPES:
        raise InputError(detail=N_("There is no such kind of search."))
    form = parse_form({**_arguments(), "show": [kind]})
    return pages.partial("bgbilling/_search_parameters.html", kind=kind, offered=_offered(form, kind), form=form)


@search.get("/offer/values")
@allowed("contract.search")
def values() -> Response:
    """The values of the chosen list parameter, as a control of the form."""
    chosen = request.args.get("list_parameter", "")
    found = services().search.list_values(viewer(), chosen) if chosen else ()
    return pages.partial("bgbilling/_search_values.html", values=found, selected=())


def _answer(form: Form, only: str = "") -> Response:
    find = services().search
    unknown = find.unknown(viewer(), form.billing_ids)
    shown = form.value("show")
    common: dict[str, Any] = {
        "form": form,
        "servers": find.servers(viewer()),
        "switched_off": find.switched_off(viewer()),
        "unknown": unknown,
        "ways": WAYS,
        "current_process": current_process(viewer()),
        "csrf_name": csrf.field_name(),
        "csrf_token": csrf.token(),
        "only": only,
        "shown": shown if shown in PARAMETER_TYPES else "",
        "offered": _offered(form, shown) if shown in PARAMETER_TYPES else (),
    }
    query = form.query
    if query is None:
        status = 400 if form.problems else 200
        return pages.page(
            "bgbilling/search.html", title=t("Contracts"), status=status, meaning=None, running=None, **common
        )
    meaning = find.meaning(query.criterion)
    common |= {"meaning": meaning, "many": _many(meaning), "addresses": Addresses(query)}
    if not meaning.ways or (form.billing_ids and len(unknown) == len(form.billing_ids)):
        return pages.page("bgbilling/search.html", title=t("Contracts"), running=None, **common)
    running = find.search(viewer(), replace(query, billing_ids=(only,)) if only else query, meaning)
    return pages.stream_page("bgbilling/search.html", title=t("Contracts"), running=running, **common)


def _offered(form: Form, kind: str) -> Any:
    find = services().search
    if kind != "list":
        return find.parameters(viewer(), kind, form.billing_ids)
    chosen = [*form.values("list_parameter"), *(_parameter_of(item) for item in form.values("item"))]
    return find.list_parameters(viewer(), form.billing_ids, chosen)


def _parameter_of(item: str) -> str:
    """The name of the list parameter in the name of its value."""
    return item.rpartition(":")[0]


def _many(meaning: Meaning) -> bool:
    """Whether rows have to say how they were found."""
    return len({way.key for way in meaning.ways}) > 1


def _arguments() -> Arguments:
    return request.args.to_dict(flat=False)


def _page_of(query: SearchQuery) -> str:
    return pages.address("search.page", **_values(query.fields()))


def _values(fields: dict[str, list[str]]) -> dict[str, Any]:
    return dict(fields)
