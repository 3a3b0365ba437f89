"""Reading the fields of the search form: a query, or what is wrong with the fields in words to show.

Nothing that a browser or a person sends raises here. :meth:`SearchQuery.fields` is the way back.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Final, cast, get_args

from msgspec import Struct

from flask_bgbilling.domain.search.criteria import (
    KINDS,
    ByAddress,
    ByDate,
    ById,
    ByList,
    ByNumber,
    ByParameter,
    BySmart,
    Criterion,
    GuessKind,
    Kind,
    ListChoice,
    ParameterChoice,
    SearchOptions,
    SearchQuery,
)
from flask_bgbilling.errors import N_
from flask_bgbilling.wire.dto.search import ListType

Arguments = Mapping[str, Sequence[str]]

MAX_TEXT: Final = 200
MAX_ID: Final = 2**31 - 1
MAX_PAGE: Final = 1_000_000
MAX_CHOICES: Final = 200
MIN_PHONE_DIGITS: Final = 3

# The fields that show that a kind of search was filled in; helpers such as chosen parameters do not.
OWN_FIELDS: Final[Mapping[Kind, tuple[str, ...]]] = {
    "smart": ("q",),
    "number": ("number", "comment"),
    "id": ("id",),
    "address": ("street", "street_id", "house", "flat", "room"),
    "text": ("text",),
    "phone": ("phone",),
    "email": ("email",),
    "date": ("since", "until"),
    "list": ("item", "list_parameter"),
}

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")
_DAY_FORMATS = ("%Y-%m-%d", "%d.%m.%Y")


class FieldProblem(Struct, frozen=True):
    """What is wrong with a field: ``message`` is an English message id for ``params``."""

    field: str
    message: str
    params: Mapping[str, str] = {}


class Form(Struct, frozen=True):
    """The search form as it was sent.

    ``query`` is ``None`` when nothing was asked or something is wrong; ``kind`` is the kind that was meant, empty
    when none was; ``options`` and ``billing_ids`` are kept in any case; ``fields`` are the texts as typed.
    """

    query: SearchQuery | None
    problems: tuple[FieldProblem, ...]
    kind: Kind | None
    options: SearchOptions
    billing_ids: tuple[str, ...]
    fields: Mapping[str, tuple[str, ...]]

    def value(self, field: str) -> str:
        """The field as typed, the first one if there are several."""
        return next(iter(self.fields.get(field, ())), "")

    def values(self, field: str) -> tuple[str, ...]:
        """All values of a field that may be chosen several times."""
        return self.fields.get(field, ())

    def problem(self, field: str) -> FieldProblem | None:
        """What is wrong with this field."""
        return next((problem for problem in self.problems if problem.field == field), None)


class _Reader:
    """Takes fields one by one and collects what is wrong with them."""

    def __init__(self, fields: Mapping[str, tuple[str, ...]]) -> None:
        self._fields = fields
        self.problems: list[FieldProblem] = []

    def complain(self, field: str, message: str, **params: str) -> None:
        self.problems.append(FieldProblem(field, message, params))

    def text(self, field: str) -> str:
        value = next(iter(self._fields.get(field, ())), "")
        if len(value) > MAX_TEXT:
            self.complain(field, N_("This is too long: at most %(limit)s characters."), limit=str(MAX_TEXT))
            return ""
        return value

    def all(self, field: str) -> tuple[str, ...]:
        return self._fields.get(field, ())[:MAX_CHOICES]

    def identifier(self, field: str) -> int:
        value = self.text(field)
        if not value:
            return 0
        number = whole(value)
        if number is None or not 0 < number <= MAX_ID:
            self.complain(
                field, N_("“%(value)s” is no ID: an ID is a whole number, for example 501."), value=value[:40]
            )
            return 0
        return number

    def day(self, field: str) -> date | None:
        value = self.text(field)
        if not value:
            return None
        for spelling in _DAY_FORMATS:
            try:
                # Only the calendar day of what was typed matters, there is no zone in it.
                return datetime.strptime(value, spelling).date()  # noqa: DTZ007
            except ValueError:
                continue
        self.complain(field, N_("“%(value)s” is no date, for example 05.06.2026."), value=value[:40])
        return None

    def parameters(self, kind: str) -> tuple[ParameterChoice, ...]:
        field = f"{kind}_parameter"
        chosen: list[ParameterChoice] = []
        for value in self.all(field):
            billing_id, _, number = value.partition(":")
            parameter_id = whole(number)
            if not billing_id or parameter_id is None:
                self.complain(field, N_("This is not one of the parameters offered."))
            else:
                chosen.append(ParameterChoice(billing_id, parameter_id))
        return tuple(dict.fromkeys(chosen))

    def list_items(self) -> tuple[ListChoice, ...]:
        chosen: list[ListChoice] = []
        for value in self.all("item"):
            billing_id, list_type, parameter_id, item_id = [*value.split(":"), "", "", "", ""][:4]
            ids = whole(parameter_id), whole(item_id)
            if not billing_id or list_type not in get_args(ListType) or ids[0] is None or ids[1] is None:
                self.complain("item", N_("This is not one of the values offered."))
            else:
                chosen.append(ListChoice(billing_id, cast(ListType, list_type), ids[0], ids[1]))
        return tuple(dict.fromkeys(chosen))


def parse_form(arguments: Arguments) -> Form:
    """The form that these fields fill in.

    The kind is the one in ``by``, else the only one whose fields are filled; several without ``by`` are a problem,
    because a person who fills two rows may mean "both" or just have forgotten the first.
    """
    fields = {name: tuple(clean(value) for value in values) for name, values in arguments.items()}
    fields = {name: tuple(value for value in values if value) for name, values in fields.items()}
    reader = _Reader(fields)
    options = SearchOptions(*(bool(fields.get(name)) for name in ("hidden", "closed", "sub")))
    billing_ids = tuple(dict.fromkeys(fields.get("billing", ())))
    kind = _kind(reader, fields)
    page = _page(reader)
    criterion = _READERS[kind](reader) if kind is not None else None
    query = None
    if criterion is not None and not reader.problems:
        query = SearchQuery(criterion, options, billing_ids, page)
    return Form(query, tuple(reader.problems), kind, options, billing_ids, fields)


def clean(typed: str) -> str:
    """The text without control and invisible characters, each run of spaces one space."""
    return " ".join(_CONTROL.sub(" ", typed).split())


def whole(value: str) -> int | None:
    """A whole number written in plain digits, at most eighteen of them."""
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 18 else None


def _kind(reader: _Reader, fields: Mapping[str, tuple[str, ...]]) -> Kind | None:
    if fields.get("show"):
        # A list of parameters is to be shown first, the search comes later.
        return None
    named = next(iter(fields.get("by", ())), "")
    if named:
        if named in KINDS or named == "smart":
            return cast(Kind, named)
        reader.complain("by", N_("There is no such kind of search."))
        return None
    filled = [kind for kind, own in OWN_FIELDS.items() if any(fields.get(name) for name in own)]
    if len(filled) > 1:
        reader.complain("by", N_("Several kinds of search are filled in: press the button beside the one you mean."))
        return None
    return filled[0] if filled else None


def _page(reader: _Reader) -> int:
    value = reader.text("page")
    number = whole(value) if value else 1
    if number is None or not 1 <= number <= MAX_PAGE:
        reader.complain("page", N_("“%(value)s” is no page number."), value=value[:40])
        return 1
    return number


def _smart(reader: _Reader) -> Criterion | None:
    text, forced = reader.text("q"), reader.text("kind")
    if forced and forced not in get_args(GuessKind):
        reader.complain("q", N_("There is no such kind of search."))
    if not text and not reader.problems:
        reader.complain("q", N_("Enter a number, a phone, an e-mail, a name or an address."))
    return BySmart(text, forced)


def _number(reader: _Reader) -> Criterion | None:
    number, comment = reader.text("number"), reader.text("comment")
    if not number and not comment:
        reader.complain("number", N_("Enter a part of the contract number or of the comment."))
    return ByNumber(number, comment)


def _id(reader: _Reader) -> Criterion | None:
    cid = reader.identifier("id")
    if not cid and not reader.problems:
        reader.complain("id", N_("Enter the ID of a contract."))
    return ById(cid)


def _address(reader: _Reader) -> Criterion | None:
    criterion = ByAddress(
        street=reader.text("street"),
        street_id=reader.identifier("street_id"),
        house=reader.text("house"),
        house_id=reader.identifier("house_id"),
        flat=reader.text("flat"),
        room=reader.text("room"),
        of_object=reader.text("object") == "1",
    )
    if not criterion.street and not criterion.street_id and not reader.problems:
        reader.complain("street", N_("Enter a street."))
    return criterion


def _phone(reader: _Reader) -> Criterion | None:
    phone = reader.text("phone")
    if any(character.isalpha() for character in phone):
        reader.complain("phone", N_("“%(value)s” is no phone: a phone has no letters."), value=phone[:40])
    elif sum(character in "0123456789" for character in phone) < MIN_PHONE_DIGITS:
        reader.complain("phone", N_("Enter at least %(count)s digits of the phone."), count=str(MIN_PHONE_DIGITS))
    return ByParameter("phone", phone, reader.parameters("phone"))


def _value(kind: Kind, message: str) -> Callable[[_Reader], Criterion | None]:
    def read(reader: _Reader) -> Criterion | None:
        value = reader.text(kind)
        if not value and not reader.problems:
            reader.complain(kind, message)
        return ByParameter(kind, value, reader.parameters(kind))

    return read


def _date(reader: _Reader) -> Criterion | None:
    since, until = reader.day("since"), reader.day("until")
    if not reader.problems:
        if since is None and until is None:
            reader.complain("since", N_("Enter the first day, the last day or both."))
        elif since and until and since > until:
            reader.complain("until", N_("The last day is before the first one."))
    return ByDate(since, until, reader.parameters("date"))


def _list(reader: _Reader) -> Criterion | None:
    choices = reader.list_items()
    if not choices and not reader.problems:
        if reader.all("list_parameter"):
            reader.complain("item", N_("Choose the value to look for."))
        else:
            reader.complain("list_parameter", N_("Choose a list parameter, then its value."))
    return ByList(choices)


_READERS: Final[Mapping[Kind, Callable[[_Reader], Criterion | None]]] = {
    "smart": _smart,
    "number": _number,
    "id": _id,
    "address": _address,
    "text": _value("text", N_("Enter a part of the text.")),
    "phone": _phone,
    "email": _value("email", N_("Enter a part of the e-mail.")),
    "date": _date,
    "list": _list,
}
