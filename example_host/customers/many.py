"""Searches for the customers of several contracts at once: one statement for all of them."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final, NamedTuple, cast

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Row,
    Select,
    Table,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    union_all,
)

from example_host.customers.models import AddressValue, CustomerRow, PhoneValue, TextValue, TitleTail
from example_host.customers.rows import run
from example_host.customers.titles import INDEXED, LAST, containing, ending, first_word, fold
from example_host.customers.values import digits_of
from flask_bgbilling.ports import Customer, CustomerQuery

MOST_ROWS: Final = 2000
"""What finds more than this together is better asked one by one: there each has a limit of its own."""

MOST_QUERIES: Final = 100

CUSTOMERS = cast(Table, CustomerRow.__table__).c
TAILS = cast(Table, TitleTail.__table__).c
TEXTS = cast(Table, TextValue.__table__).c
PHONES = cast(Table, PhoneValue.__table__).c
ADDRESSES = cast(Table, AddressValue.__table__).c

Answers = dict[CustomerQuery, Sequence[Customer]]
Named = Mapping[str, Any]
Fits = Callable[[Any], bool]


class Kind(NamedTuple):
    """One kind of searches. Names in ``rows`` begin with that of the kind."""

    rows: Callable[[int], Select[Any]]
    """The customers that any of so many queries may find, with what makes them an answer."""

    named: Callable[[Sequence[CustomerQuery]], Named]
    """What the queries look for, by the names in ``rows``."""

    fits: Callable[[CustomerQuery], Fits]
    """What makes a row an answer to a query."""


def find_many(queries: Sequence[CustomerQuery]) -> list[Sequence[Customer] | None]:
    """The answer to each query, or ``None``."""
    asked: dict[str, list[CustomerQuery]] = {}
    for query in queries[:MOST_QUERIES]:
        if (kind := _kind(query)) is not None:
            asked.setdefault(kind, []).append(query)
    answers = _answers(asked)
    return [answers.get(query) for query in queries]


def _kind(query: CustomerQuery) -> str | None:
    if query.title:
        return "titles" if first_word(fold(query.title))[1] else None
    if query.address is not None:
        return "flats" if query.address.flat.strip() else "houses"
    return "phones" if query.phones else "texts"


def _answers(asked: Mapping[str, Sequence[CustomerQuery]]) -> Answers:
    """What is known of the queries of each kind: nothing where they find too many."""
    if not asked:
        return {}
    kinds = tuple(kind for kind in KINDS if kind in asked)
    named: dict[str, Any] = {}
    for kind in kinds:
        parameters = sorted({query.parameter_id for query in asked[kind]})
        values = {"parameters": parameters, **KINDS[kind].named(asked[kind])}
        named |= {f"{kind}_{name}": value for name, value in values.items()}
    found = run(_statement(kinds, len(asked.get("titles", ()))), named).all()
    if len(found) <= MOST_ROWS:
        return {query: _fitting(kind, query, found) for kind in kinds for query in asked[kind]}
    if len(kinds) == 1:
        return {}
    return {query: answer for kind in kinds for query, answer in _answers({kind: asked[kind]}).items()}


def _fitting(kind: str, query: CustomerQuery, rows: Sequence[Row[Any]]) -> list[Customer]:
    fits = KINDS[kind].fits(query)
    customers: dict[int, Customer] = {}
    for row in rows:
        if row.kind == kind and len(customers) < query.limit and fits(row):
            customers.setdefault(row.id, Customer(*row[:4]))
    return list(customers.values())


@cache
def _statement(kinds: tuple[str, ...], titles: int) -> CompoundSelect[Any]:
    """Customers in their order that these kinds of searches find."""
    return union_all(*(KINDS[kind].rows(titles) for kind in kinds)).order_by("sorted_by", "id").limit(MOST_ROWS + 1)


NOT_SHOWN: Final = {"parameter_id": "0", "house_id": "0", "text": "''", "digits": "''", "flat": "''", "room": "''"}
"""What stands in a column that a kind of searches does not look at."""


def _rows(
    kind: str, wanted: ColumnElement[int], where: ColumnElement[bool], **shown: ColumnElement[Any]
) -> Select[Any]:
    customer = (CUSTOMERS.id, CUSTOMERS.title, CUSTOMERS.group_id, CUSTOMERS.title_pattern_id, CUSTOMERS.sorted_by)
    others: dict[str, ColumnElement[Any]] = {name: literal_column(empty) for name, empty in NOT_SHOWN.items()} | shown
    columns = [column.label(name) for name, column in others.items()]
    rows = select(*customer, literal_column(f"'{kind}'").label("kind"), *columns)
    return rows.join_from(wanted.table, CustomerRow.__table__, CUSTOMERS.id == wanted).where(where)


FLAT, ROOM = func.lower(ADDRESSES.flat), func.lower(ADDRESSES.room)


def _any_of(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    return column.in_(bindparam(name, expanding=True))


def _text_rows(_: int) -> Select[Any]:
    where = and_(
        _any_of(TEXTS.parameter_id, "texts_parameters"),
        _any_of(TEXTS.beginning, "texts_beginnings"),
        _any_of(TEXTS.value, "texts_values"),
    )
    return _rows("texts", TEXTS.customer_id, where, parameter_id=TEXTS.parameter_id, text=TEXTS.value)


def _text_values(queries: Sequence[CustomerQuery]) -> Named:
    values = [query.text.strip() for query in queries]
    return {"values": values, "beginnings": [text[:INDEXED] for text in values]}


def _with_text(query: CustomerQuery) -> Fits:
    text = query.text.strip()
    return lambda row: row.parameter_id == query.parameter_id and row.text == text


def _phone_rows(_: int) -> Select[Any]:
    where = and_(_any_of(PHONES.parameter_id, "phones_parameters"), _any_of(PHONES.digits, "phones_numbers"))
    return _rows("phones", PHONES.customer_id, where, parameter_id=PHONES.parameter_id, digits=PHONES.digits)


def _phone_values(queries: Sequence[CustomerQuery]) -> Named:
    return {"numbers": sorted(set().union(*map(_numbers, queries)))}


def _with_phone(query: CustomerQuery) -> Fits:
    numbers = _numbers(query)
    return lambda row: row.parameter_id == query.parameter_id and row.digits in numbers


def _numbers(query: CustomerQuery) -> set[str]:
    return {digits for phone in query.phones if (digits := digits_of(phone))}


def _house_rows(_: int, kind: str = "houses") -> Select[Any]:
    where = and_(_any_of(ADDRESSES.parameter_id, f"{kind}_parameters"), _any_of(ADDRESSES.house_id, f"{kind}_houses"))
    shown = {"parameter_id": ADDRESSES.parameter_id, "house_id": ADDRESSES.house_id, "flat": FLAT, "room": ROOM}
    return _rows(kind, ADDRESSES.customer_id, where, **shown)


def _flat_rows(_: int) -> Select[Any]:
    return _house_rows(0, "flats").where(_any_of(FLAT, "flats_flats"))


def _house_values(queries: Sequence[CustomerQuery]) -> Named:
    places = [_place(query) for query in queries]
    return {"houses": [house for house, _, _ in places], "flats": [flat for _, flat, _ in places]}


def _at_place(query: CustomerQuery) -> Fits:
    house, flat, room = _place(query)
    return lambda row: (
        row.parameter_id == query.parameter_id
        and row.house_id == house
        and (not flat or row.flat == flat)
        and (not room or row.room == room)
    )


def _place(query: CustomerQuery) -> tuple[int, str, str]:
    assert query.address is not None
    house, flat, room = query.address.place
    return house, flat.lower(), room.lower()


def _title_rows(count: int) -> Select[Any]:
    conditions = (
        and_(
            TAILS.tail >= bindparam(f"titles_rest_{number}"),
            TAILS.tail < bindparam(f"titles_end_{number}"),
            TAILS.previous.like(bindparam(f"titles_first_{number}"), escape="/"),
            CUSTOMERS.folded.like(bindparam(f"titles_pattern_{number}"), escape="/"),
        )
        for number in range(count)
    )
    return _rows("titles", TAILS.customer_id, or_(*conditions), text=CUSTOMERS.folded)


def _title_values(queries: Sequence[CustomerQuery]) -> Named:
    named: dict[str, Any] = {}
    for number, query in enumerate(queries):
        folded = fold(query.title)
        first, rest = first_word(folded)
        named |= {f"rest_{number}": rest, f"end_{number}": rest + LAST, f"first_{number}": ending(first)}
        named[f"pattern_{number}"] = containing(folded)
    return named


def _titled(query: CustomerQuery) -> Fits:
    folded = fold(query.title)
    return lambda row: folded in row.text


KINDS: Final = {
    "texts": Kind(_text_rows, _text_values, _with_text),
    "phones": Kind(_phone_rows, _phone_values, _with_phone),
    "houses": Kind(_house_rows, _house_values, _at_place),
    "flats": Kind(_flat_rows, _house_values, _at_place),
    "titles": Kind(_title_rows, _title_values, _titled),
}
