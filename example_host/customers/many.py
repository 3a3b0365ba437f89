"""Searches for the customers of several contracts at once: each kind of them is one statement."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, Select, Table, and_, bindparam, func, or_, select

from example_host.customers.models import AddressValue, CustomerRow, PhoneValue, TextValue, TitleTail
from example_host.customers.titles import INDEXED, LAST, containing, fold, second_word
from example_host.customers.values import digits_of, run
from flask_bgbilling.ports import Customer, CustomerQuery

MOST_ROWS = 2000
"""What finds more than this together is better asked one by one: there each has a limit of its own."""

MOST_QUERIES = 100

CUSTOMERS = cast(Table, CustomerRow.__table__).c
TAILS = cast(Table, TitleTail.__table__).c
TEXTS = cast(Table, TextValue.__table__).c
PHONES = cast(Table, PhoneValue.__table__).c
ADDRESSES = cast(Table, AddressValue.__table__).c

Answers = list[Sequence[Customer] | None]
Fits = Callable[[CustomerQuery, Any], bool]


def find_many(queries: Sequence[CustomerQuery]) -> Answers:
    """The answer to each query, or ``None``."""
    answers: Answers = [None] * len(queries)
    kinds: dict[Callable[[Sequence[CustomerQuery]], Answers], list[int]] = {}
    for place, query in enumerate(queries[:MOST_QUERIES]):
        kinds.setdefault(_way(query), []).append(place)
    for way, places in kinds.items():
        for place, answer in zip(places, way([queries[place] for place in places]), strict=True):
            answers[place] = answer
    return answers


def _way(query: CustomerQuery) -> Callable[[Sequence[CustomerQuery]], Answers]:
    if query.title:
        return _by_titles if second_word(fold(query.title)) else _by_themselves
    if query.address is not None:
        return _by_flats if query.address.flat.strip() else _by_houses
    return _by_phones if query.phones else _by_texts


def _by_themselves(queries: Sequence[CustomerQuery]) -> Answers:
    return [None] * len(queries)


def _holding(wanted: ColumnElement[int], *shown: ColumnElement[Any], where: ColumnElement[bool]) -> Select[Any]:
    """Customers in their order, with what makes them an answer."""
    columns = select(CUSTOMERS.id, CUSTOMERS.title, CUSTOMERS.group_id, CUSTOMERS.title_pattern_id, *shown)
    joined = columns.join_from(wanted.table, CustomerRow.__table__, CUSTOMERS.id == wanted)
    return joined.where(where).order_by(CUSTOMERS.sorted_by, CUSTOMERS.id).limit(MOST_ROWS + 1)


def _any_of(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    return column.in_(bindparam(name, expanding=True))


_FLAT, _ROOM = func.lower(ADDRESSES.flat), func.lower(ADDRESSES.room)
BY_TEXTS = _holding(
    TEXTS.customer_id, TEXTS.parameter_id, TEXTS.value,
    where=and_(
        _any_of(TEXTS.parameter_id, "parameters"),
        _any_of(TEXTS.beginning, "beginnings"),
        _any_of(TEXTS.value, "values"),
    ),
)  # fmt: skip
BY_PHONES = _holding(
    PHONES.customer_id, PHONES.parameter_id, PHONES.digits,
    where=and_(_any_of(PHONES.parameter_id, "parameters"), _any_of(PHONES.digits, "numbers")),
)  # fmt: skip
BY_HOUSES = _holding(
    ADDRESSES.customer_id, ADDRESSES.parameter_id, ADDRESSES.house_id, _FLAT.label("flat"), _ROOM.label("room"),
    where=and_(_any_of(ADDRESSES.parameter_id, "parameters"), _any_of(ADDRESSES.house_id, "houses")),
)  # fmt: skip
BY_FLATS = BY_HOUSES.where(_any_of(_FLAT, "flats"))


def _by_texts(queries: Sequence[CustomerQuery]) -> Answers:
    values = {query: query.text.strip() for query in queries}
    named = {"values": [*values.values()], "beginnings": [text[:INDEXED] for text in values.values()]}
    return _answered(queries, BY_TEXTS, named, lambda query, row: row.value == values[query])


def _by_phones(queries: Sequence[CustomerQuery]) -> Answers:
    numbers = {query: {digits for phone in query.phones if (digits := digits_of(phone))} for query in queries}
    named = {"numbers": sorted(set().union(*numbers.values()))}
    return _answered(queries, BY_PHONES, named, lambda query, row: row.digits in numbers[query])


def _by_houses(queries: Sequence[CustomerQuery]) -> Answers:
    return _answered(queries, BY_HOUSES, {"houses": [_place(query)[0] for query in queries]}, _at)


def _by_flats(queries: Sequence[CustomerQuery]) -> Answers:
    places = [_place(query) for query in queries]
    named = {"houses": [house for house, _, _ in places], "flats": [flat for _, flat, _ in places]}
    return _answered(queries, BY_FLATS, named, _at)


def _at(query: CustomerQuery, row: Any) -> bool:
    house, flat, room = _place(query)
    return row.house_id == house and (not flat or row.flat == flat) and (not room or row.room == room)


def _place(query: CustomerQuery) -> tuple[int, str, str]:
    assert query.address is not None
    house, flat, room = query.address.place
    return house, flat.lower(), room.lower()


@cache
def _titled(count: int) -> Select[Any]:
    conditions = (
        and_(
            TAILS.tail >= bindparam(f"rest_{number}"),
            TAILS.tail < bindparam(f"end_{number}"),
            CUSTOMERS.folded.like(bindparam(f"pattern_{number}"), escape="/"),
        )
        for number in range(count)
    )
    return _holding(TAILS.customer_id, CUSTOMERS.folded, where=or_(*conditions))


def _by_titles(queries: Sequence[CustomerQuery]) -> Answers:
    folded = {query: fold(query.title) for query in queries}
    named: dict[str, Any] = {}
    for number, text in enumerate(folded.values()):
        rest = second_word(text)
        named |= {f"rest_{number}": rest, f"end_{number}": rest + LAST, f"pattern_{number}": containing(text)}
    return _answered(queries, _titled(len(folded)), named, lambda query, row: folded[query] in row.folded)


def _answered(
    queries: Sequence[CustomerQuery], statement: Select[Any], named: Mapping[str, Any], fits: Fits
) -> Answers:
    """Each query with the rows that fit it; nothing is known when there are too many of them."""
    found = run(statement, {**named, "parameters": sorted({query.parameter_id for query in queries})}).all()
    if len(found) > MOST_ROWS:
        return _by_themselves(queries)
    return [_fitting(query, found, fits) for query in queries]


def _fitting(query: CustomerQuery, rows: Iterable[Row[Any]], fits: Fits) -> list[Customer]:
    customers: dict[int, Customer] = {}
    for row in rows:
        of_parameter = query.title or row.parameter_id == query.parameter_id
        if len(customers) < query.limit and of_parameter and fits(query, row):
            customers.setdefault(row.id, Customer(*row[:4]))
    return list(customers.values())
