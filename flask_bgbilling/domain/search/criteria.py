"""What a contract search looks for, as frozen values that spell themselves as fields of an address.

The fields are those of the search form; :mod:`flask_bgbilling.domain.search.forms` reads them back. A query and its
fields are equivalent: paging, retrying and sharing a search repeat all of it.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from flask_bgbilling.errors import N_
from flask_bgbilling.wire.dto.search import ListType

Kind = Literal["smart", "number", "id", "address", "text", "phone", "email", "date", "list"]
GuessKind = Literal["number", "id", "phone", "email", "name", "address"]

KINDS: Final[tuple[Kind, ...]] = ("number", "id", "address", "text", "phone", "email", "date", "list")

# How a result row or the smart box names a way of searching.
WAYS: Final[Mapping[str, str]] = {
    "number": N_("contract number"),
    "name": N_("name or comment"),
    "id": N_("ID"),
    "address": N_("address"),
    "object_address": N_("object address"),
    "text": N_("text parameter"),
    "phone": N_("phone"),
    "email": N_("e-mail"),
    "date": N_("date parameter"),
    "list": N_("list value"),
}

Fields = dict[str, list[str]]


class ParameterChoice(Struct, frozen=True):
    """A parameter of one billing; its id means nothing in another."""

    billing_id: str
    parameter_id: int

    def __str__(self) -> str:
        return f"{self.billing_id}:{self.parameter_id}"


class ListChoice(Struct, frozen=True):
    """A value of a list parameter of one billing."""

    billing_id: str
    type: ListType
    parameter_id: int
    item_id: int

    @property
    def parameter(self) -> str:
        """The parameter without its value, as the form spells it."""
        return f"{self.billing_id}:{self.type}:{self.parameter_id}"

    def __str__(self) -> str:
        return f"{self.parameter}:{self.item_id}"


class BySmart(Struct, frozen=True):
    """The text of the smart box; ``forced`` is the only kind to try, empty when it is to be recognised."""

    text: str
    forced: str = ""
    kind: Kind = "smart"

    def fields(self) -> Fields:
        """The fields of the search form."""
        return _filled(q=self.text, kind=self.forced)


class ByNumber(Struct, frozen=True):
    """Parts of the contract number, of the comment, or of both at once."""

    number: str = ""
    comment: str = ""
    kind: Kind = "number"

    @property
    def way(self) -> str:
        """How a row found by this is marked."""
        return "number" if self.number else "name"

    def fields(self) -> Fields:
        """The fields of the search form."""
        return _filled(number=self.number, comment=self.comment)


class ById(Struct, frozen=True):
    """The contract's id; hidden, closed and sub-contracts are found as well."""

    cid: int
    kind: Kind = "id"

    @property
    def way(self) -> str:
        """How a row found by this is marked."""
        return "id"

    def fields(self) -> Fields:
        """The fields of the search form."""
        return _filled(id=str(self.cid))


class ByAddress(Struct, frozen=True):
    """A street and optionally house, flat and room, of contracts or of their objects.

    ``street`` and ``house`` are as typed; ``street_id`` and ``house_id`` are 0 until the address book has resolved
    them. ``house_number`` and ``fraction`` follow from the house (addresses.md 6).
    """

    street: str = ""
    street_id: int = 0
    house: str = ""
    house_id: int = 0
    flat: str = ""
    room: str = ""
    of_object: bool = False
    kind: Kind = "address"

    @property
    def way(self) -> str:
        """How a row found by this is marked."""
        return "object_address" if self.of_object else "address"

    def fields(self) -> Fields:
        """The fields of the search form."""
        return _filled(
            street=self.street,
            street_id=str(self.street_id or ""),
            house=self.house,
            house_id=str(self.house_id or ""),
            flat=self.flat,
            room=self.room,
            object="1" if self.of_object else "",
        )


class ByParameter(Struct, frozen=True):
    """A text, a phone or an e-mail in parameters of that type.

    Without a chosen parameter of a billing all its parameters of the type are searched.
    """

    kind: Kind
    value: str
    parameters: tuple[ParameterChoice, ...] = ()

    @property
    def way(self) -> str:
        """How a row found by this is marked."""
        return self.kind

    def fields(self) -> Fields:
        """The fields of the search form."""
        return {str(self.kind): [self.value]} | _chosen(self.kind, self.parameters)


class ByDate(Struct, frozen=True):
    """A day of a date parameter from ``since`` to ``until``, both inclusive; one of them may be open."""

    since: date | None = None
    until: date | None = None
    parameters: tuple[ParameterChoice, ...] = ()
    kind: Kind = "date"

    @property
    def way(self) -> str:
        """How a row found by this is marked."""
        return "date"

    def fields(self) -> Fields:
        """The fields of the search form."""
        days = _filled(
            since=self.since.isoformat() if self.since else "", until=self.until.isoformat() if self.until else ""
        )
        return days | _chosen("date", self.parameters)


class ByList(Struct, frozen=True):
    """Values of list parameters; several of one billing must all hold."""

    choices: tuple[ListChoice, ...]
    kind: Kind = "list"

    @property
    def way(self) -> str:
        """How a row found by this is marked."""
        return "list"

    def fields(self) -> Fields:
        """The fields of the search form."""
        return {"item": [str(choice) for choice in self.choices]}


Plain = ByNumber | ById | ByAddress | ByParameter | ByDate | ByList
Criterion = BySmart | Plain


class SearchOptions(Struct, frozen=True):
    """Which contracts are found besides the ordinary ones."""

    hidden: bool = False
    closed: bool = False
    subcontracts: bool = False


class SearchQuery(Struct, frozen=True):
    """A whole search: criterion, options, billings (none chosen means all allowed) and the page from 1."""

    criterion: Criterion
    options: SearchOptions = SearchOptions()
    billing_ids: tuple[str, ...] = ()
    page: int = 1

    def fields(self) -> Fields:
        """The query as fields of the search form: what an address has to hold."""
        fields: Fields = {"by": [str(self.criterion.kind)]}
        fields |= self.criterion.fields()
        if isinstance(self.criterion, BySmart):
            del fields["by"]
        fields |= _filled(
            hidden="1" if self.options.hidden else "",
            closed="1" if self.options.closed else "",
            sub="1" if self.options.subcontracts else "",
        )
        if self.billing_ids:
            fields["billing"] = list(self.billing_ids)
        if self.page > 1:
            fields["page"] = [str(self.page)]
        return fields

    def on_page(self, page: int) -> "SearchQuery":
        """The same search, another page."""
        return replace(self, page=page)

    def looking_for(self, criterion: Criterion) -> "SearchQuery":
        """The same options and billings, another criterion, from its first page."""
        return replace(self, criterion=criterion, page=1)


def _filled(**values: str) -> Fields:
    return {name: [value] for name, value in values.items() if value}


def _chosen(kind: str, parameters: tuple[ParameterChoice, ...]) -> Fields:
    return {f"{kind}_parameter": [str(choice) for choice in parameters]} if parameters else {}
