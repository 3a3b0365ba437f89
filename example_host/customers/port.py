"""The customers as flask-bgbilling asks for them."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, cast

from flask import has_request_context, request
from sqlalchemy import (
    ColumnElement,
    Integer,
    MetaData,
    Row,
    Select,
    Table,
    and_,
    bindparam,
    delete,
    func,
    insert,
    inspect,
    select,
)
from sqlalchemy.schema import DropTable

from example_host.customers.many import find_many
from example_host.customers.models import (
    AddressValue,
    CustomerRow,
    GroupParameterRow,
    GroupRow,
    ItemRow,
    ParameterRow,
    PhoneValue,
    TextValue,
    TitlePatternRow,
    TitleTail,
)
from example_host.customers.rows import insert_later, insert_now, kept, run
from example_host.customers.titles import (
    INDEXED,
    LAST,
    compose,
    containing,
    ending,
    first_word,
    fold,
    tails,
    used,
    with_first,
)
from example_host.customers.values import CHUNK, digits_of, forget_values, read_values, shown, write_value
from example_host.models import OpenedObject, database
from example_host.processes.models import ProcessCustomerRow
from flask_bgbilling.ports import (
    Customer,
    CustomerAddress,
    CustomerGroup,
    CustomerParameter,
    CustomerParameterType,
    CustomerQuery,
    CustomerTitlePattern,
    CustomerValue,
)

PATH = "/customers/"
TITLE_LENGTH = 255
_card = re.compile(rf"{PATH}(\d+)$")

# Searches read plain columns: an import makes thousands, and rows of the mapper cost more than their queries.
CUSTOMERS = cast(Table, CustomerRow.__table__).c
TAILS = cast(Table, TitleTail.__table__).c
TEXTS = cast(Table, TextValue.__table__).c
PHONES = cast(Table, PhoneValue.__table__).c
ADDRESSES = cast(Table, AddressValue.__table__).c
PARAMETERS = cast(Table, ParameterRow.__table__).c


def _query(*conditions: ColumnElement[bool]) -> Select[Any]:
    """Customers in their order, at most ``most``; made once, because to make a statement costs more than to run it."""
    columns = select(CUSTOMERS.id, CUSTOMERS.title, CUSTOMERS.group_id, CUSTOMERS.title_pattern_id)
    ordered = columns.where(*conditions).order_by(CUSTOMERS.sorted_by, CUSTOMERS.id)
    return ordered.limit(bindparam("most", type_=Integer))


def _holding(column: ColumnElement[int], *conditions: ColumnElement[bool]) -> Select[Any]:
    return _query(CUSTOMERS.id.in_(select(column).where(*conditions)))


_IN_TITLE = CUSTOMERS.folded.like(bindparam("pattern"), escape="/")
_AT = and_(ADDRESSES.parameter_id == bindparam("parameter"), ADDRESSES.house_id == bindparam("house"))
_FLAT = func.lower(ADDRESSES.flat) == bindparam("flat")
_ROOM = func.lower(ADDRESSES.room) == bindparam("room")

BY_WORD = _query(_IN_TITLE)
BY_TITLE = _query(
    _IN_TITLE,
    CUSTOMERS.id.in_(
        select(TAILS.customer_id).where(
            TAILS.tail >= bindparam("rest"),
            TAILS.tail < bindparam("end"),
            TAILS.previous.like(bindparam("first"), escape="/"),
        )
    ),
)
BY_TEXT = _holding(
    TEXTS.customer_id,
    TEXTS.parameter_id == bindparam("parameter"),
    TEXTS.beginning == bindparam("beginning"),
    TEXTS.value == bindparam("value"),
)
BY_PHONES = _holding(
    PHONES.customer_id,
    PHONES.parameter_id == bindparam("parameter"),
    PHONES.digits.in_(bindparam("numbers", expanding=True)),
)
BY_ADDRESS = {
    (False, False): _holding(ADDRESSES.customer_id, _AT),
    (True, False): _holding(ADDRESSES.customer_id, _AT, _FLAT),
    (False, True): _holding(ADDRESSES.customer_id, _AT, _ROOM),
    (True, True): _holding(ADDRESSES.customer_id, _AT, _FLAT, _ROOM),
}
KNOWN = select(PARAMETERS.id, PARAMETERS.type, PARAMETERS.title).order_by(PARAMETERS.position, PARAMETERS.id)
ITEMS = select(ItemRow.parameter_id, ItemRow.id, ItemRow.title).order_by(ItemRow.id)
ROW = select(
    CUSTOMERS.id, CUSTOMERS.title, CUSTOMERS.group_id, CUSTOMERS.title_pattern_id, CUSTOMERS.own_pattern
).where(CUSTOMERS.id == bindparam("id"))
HELD = ROW.with_for_update()
PATTERN = select(TitlePatternRow.pattern).where(TitlePatternRow.id == bindparam("id"))
NEW_CUSTOMER = insert(cast(Table, CustomerRow.__table__))
NEW_TAILS = insert(cast(Table, TitleTail.__table__))
OLD_WORDS = Table("crm_customer_title_tail", MetaData())


class HostCustomers:
    """Customers from the CRM's own tables."""

    def get(self, customer_id: int) -> Customer | None:
        """One customer."""
        row = _row(customer_id)
        return _customer(row) if row else None

    def lock(self, customer_id: int) -> Customer | None:
        """One customer, read anew and held; SQLite holds the whole file as soon as somebody writes."""
        row = kept()[CustomerRow, customer_id] = _plain(HELD, customer_id)
        return _customer(row) if row else None

    def find_by_title(self, text: str, limit: int) -> Sequence[Customer]:
        """Customers whose title contains the text; a text of several words is found by an index."""
        folded = fold(text)
        pattern = containing(folded)
        first, rest = first_word(folded)
        if rest:
            return _found(BY_TITLE, limit, pattern=pattern, rest=rest, end=rest + LAST, first=ending(first))
        return _found(BY_WORD, limit, pattern=pattern)

    def find_by_text(self, parameter_id: int, value: str, limit: int) -> Sequence[Customer]:
        """Customers whose text parameter equals the value."""
        text = value.strip()
        if not text:
            return ()
        return _found(BY_TEXT, limit, parameter=parameter_id, beginning=text[:INDEXED], value=text)

    def find_by_phones(self, parameter_id: int, digits: Sequence[str], limit: int) -> Sequence[Customer]:
        """Customers with any of the numbers."""
        numbers = sorted({number for number in map(digits_of, digits) if number})[:CHUNK]
        if not numbers:
            return ()
        return _found(BY_PHONES, limit, parameter=parameter_id, numbers=numbers)

    def find_by_address(self, parameter_id: int, address: CustomerAddress, limit: int) -> Sequence[Customer]:
        """Customers with an address in this house, and of this flat and room where those are given."""
        house, flat, room = address.place
        named = {name: text.lower() for name, text in (("flat", flat), ("room", room)) if text}
        wanted = BY_ADDRESS[bool(flat), bool(room)]
        return _found(wanted, limit, parameter=parameter_id, house=house, **named)

    def find_many(self, queries: Sequence[CustomerQuery]) -> Sequence[Sequence[Customer] | None]:
        """Several searches, each kind by one statement."""
        return find_many(queries)

    def parameters(self) -> Mapping[int, CustomerParameter]:
        """Every parameter that customers can have, in the order of their showing."""
        return _made(run(KNOWN).all(), _items())

    def groups(self) -> Mapping[int, CustomerGroup]:
        """The groups of parameters."""
        members: defaultdict[int, list[int]] = defaultdict(list)
        wanted = (
            select(GroupParameterRow)
            .join(ParameterRow, ParameterRow.id == GroupParameterRow.parameter_id)
            .order_by(ParameterRow.position, ParameterRow.id)
        )
        for member in database.session.scalars(wanted):
            members[member.group_id].append(member.parameter_id)
        rows = database.session.scalars(select(GroupRow).order_by(GroupRow.id))
        return {row.id: CustomerGroup(row.id, row.title, tuple(members[row.id])) for row in rows}

    def title_patterns(self) -> Mapping[int, CustomerTitlePattern]:
        """The directory of title patterns."""
        rows = database.session.scalars(select(TitlePatternRow).order_by(TitlePatternRow.id))
        return {row.id: CustomerTitlePattern(row.id, row.title, row.pattern) for row in rows}

    def values(
        self, customer_ids: Sequence[int], parameter_ids: Sequence[int]
    ) -> Mapping[tuple[int, int], CustomerValue]:
        """Values by (customer id, parameter id)."""
        return read_values(sorted(set(customer_ids)), _known(parameter_ids).values())

    def create(self, title: str, *, group_id: int = 0, title_pattern_id: int = -1) -> Customer:
        """A new customer."""
        spelled = _spellings(title)
        values = {**spelled, "group_id": group_id, "title_pattern_id": title_pattern_id, "own_pattern": ""}
        row = _Plain(insert_now(NEW_CUSTOMER, values), spelled["title"], group_id, title_pattern_id)
        _add_tails(row.id, spelled["folded"])
        known = kept()
        known[CustomerRow, row.id], known[TextValue, row.id] = row, set()
        return _customer(row)

    def rename(self, customer_id: int, title: str) -> None:
        """Gives another title, in the strips of opened objects too."""
        _retitle(_mapped(customer_id), title)

    def set_value(self, customer_id: int, parameter_id: int, value: CustomerValue | None) -> None:
        """Replaces the value of a parameter; a title that is composed of it follows."""
        row = _row(customer_id)
        if row is None:
            raise LookupError(f"there is no customer {customer_id}")
        parameter = _known([parameter_id]).get(parameter_id)
        if parameter is None:
            raise LookupError(f"there is no parameter {parameter_id}")
        # A customer that this transaction has made has no values that would have to go first.
        written: set[int] | None = kept().get((TextValue, customer_id))
        write_value(customer_id, parameter, value, is_first=written is not None and parameter_id not in written)
        if written is not None:
            written.add(parameter_id)
        if parameter_id in used(pattern_of(row)):
            compose_title(_mapped(customer_id))

    def delete(self, customer_id: int) -> None:
        """Removes a customer with its values; its processes stay, without it."""
        row = database.session.get(CustomerRow, customer_id)
        if row is None:
            return
        forget_values(customer_id)
        database.session.execute(delete(TitleTail).where(TitleTail.customer_id == customer_id))
        database.session.execute(delete(OpenedObject).where(_card_of(customer_id)))
        database.session.execute(delete(ProcessCustomerRow).where(ProcessCustomerRow.customer_id == customer_id))
        database.session.delete(row)
        database.session.flush()
        _forget(customer_id)

    def address(self, customer_id: int) -> str:
        """The path of the customer's card; workers know no prefix."""
        prefix = request.script_root if has_request_context() else ""
        return f"{prefix}{PATH}{customer_id}"

    def opened(self, person_id: str) -> Sequence[Customer]:
        """The customers whose cards the person has open, from the strip of opened objects."""
        strip = select(OpenedObject.address).where(OpenedObject.user_id == int(person_id))
        cards = [_card.search(address) for address in database.session.scalars(strip.order_by(OpenedObject.id.desc()))]
        ids = [int(card[1]) for card in cards if card]
        rows = {row.id: row for row in database.session.scalars(select(CustomerRow).where(CustomerRow.id.in_(ids)))}
        return [_customer(rows[number]) for number in dict.fromkeys(ids) if number in rows]


def pattern_of(row: "CustomerRow | _Plain") -> str:
    """The text by which a customer's title is composed; empty when it is typed by hand."""
    number = row.title_pattern_id
    if number <= 0:
        return "" if number else str(row.own_pattern)
    known = kept()
    if (TitlePatternRow, number) not in known:
        known[TitlePatternRow, number] = run(PATTERN, {"id": number}).scalar() or ""
    return str(known[TitlePatternRow, number])


def compose_title(row: CustomerRow) -> None:
    """Composes the first spelling of a title anew by its pattern; nothing where all that it uses is blank."""
    pattern = pattern_of(row)
    parameters = _known(used(pattern))
    values = read_values([row.id], parameters.values())
    texts = {number: shown(parameters[number], value) for (_, number), value in values.items()}
    if composed := compose(pattern, texts):
        _retitle(row, with_first(row.title, composed))


def page_of(text: str, limit: int) -> Sequence[Customer]:
    """The customers of the list: by title, or by id when the text is a number that somebody has."""
    customers = HostCustomers()
    by_id = customers.get(int(text)) if text.isascii() and text.isdigit() and len(text) < 10 else None
    found: Iterable[Customer] = customers.find_by_title(text, limit)
    return [by_id, *(one for one in found if one.id != by_id.id)][:limit] if by_id else list(found)


def _known(parameter_ids: Iterable[int]) -> dict[int, CustomerParameter]:
    """Parameters by their ids, read once in a transaction, and what lists offer only when a list is asked for."""
    known = kept()
    if (ParameterRow, 0) not in known:
        known[ParameterRow, 0] = {row.id: row for row in run(KNOWN)}
    rows: dict[int, Row[Any]] = known[ParameterRow, 0]
    wanted = [rows[number] for number in sorted(set(parameter_ids)) if number in rows]
    if any(row.type == CustomerParameterType.LIST for row in wanted) and (ItemRow, 0) not in known:
        known[ItemRow, 0] = _items()
    return _made(wanted, known.get((ItemRow, 0), {}))


def _items() -> Mapping[int, Mapping[int, str]]:
    items: defaultdict[int, dict[int, str]] = defaultdict(dict)
    for parameter_id, number, title in run(ITEMS):
        items[parameter_id][number] = title
    return items


def _made(rows: Iterable[Row[Any]], items: Mapping[int, Mapping[int, str]]) -> dict[int, CustomerParameter]:
    return {
        number: CustomerParameter(number, CustomerParameterType(kind), title, items.get(number, {}))
        for number, kind, title in rows
    }


def _found(wanted: Select[Any], limit: int, **named: object) -> list[Customer]:
    return [Customer(*row) for row in run(wanted, {**named, "most": limit})]


class _Plain(NamedTuple):
    """What is read of a customer's row where nothing of it is changed."""

    id: int
    title: str
    group_id: int
    title_pattern_id: int
    own_pattern: str = ""


def _plain(wanted: Select[Any], customer_id: int) -> _Plain | None:
    row = run(wanted, {"id": customer_id}).first()
    return _Plain(*row) if row else None


def _row(customer_id: int) -> _Plain | None:
    """The plain row of a customer, read once in a transaction."""
    known = kept()
    if (CustomerRow, customer_id) not in known:
        known[CustomerRow, customer_id] = _plain(ROW, customer_id)
    found: _Plain | None = known[CustomerRow, customer_id]
    return found


def _forget(customer_id: int) -> None:
    """A plain row that was read before a change is read again."""
    kept().pop((CustomerRow, customer_id), None)


def _mapped(customer_id: int) -> CustomerRow:
    row = database.session.get(CustomerRow, customer_id)
    if row is None:
        raise LookupError(f"there is no customer {customer_id}")
    return row


def _retitle(row: CustomerRow, title: str) -> None:
    for name, text in _spellings(title).items():
        setattr(row, name, text)
    database.session.execute(delete(TitleTail).where(TitleTail.customer_id == row.id))
    _add_tails(row.id, row.folded)
    _forget(row.id)
    for opened in database.session.scalars(select(OpenedObject).where(_card_of(row.id))):
        opened.title = _customer(row).variants[0][:TITLE_LENGTH]
    database.session.flush()


def _spellings(title: str) -> dict[str, str]:
    folded = fold(title)
    return {"title": title.strip(), "folded": folded, "sorted_by": folded[:INDEXED]}


def _add_tails(customer_id: int, folded: str) -> None:
    found = enumerate(dict.fromkeys(tails(folded)))
    rows = [
        {"customer_id": customer_id, "position": position, "tail": tail, "previous": previous}
        for position, (tail, previous) in found
    ]
    insert_later(NEW_TAILS, rows)


def know_words() -> None:
    """Reads the words of all titles anew where a database has them in the table of before, which told less."""
    if inspect(database.engine).has_table(OLD_WORDS.name):
        unknown = select(CUSTOMERS.id, CUSTOMERS.folded).where(~CUSTOMERS.id.in_(select(TAILS.customer_id)))
        for customer_id, folded in database.session.execute(unknown).all():
            _add_tails(customer_id, folded)
        database.session.execute(DropTable(OLD_WORDS, if_exists=True))


def _card_of(customer_id: int) -> ColumnElement[bool]:
    return OpenedObject.address.endswith(f"{PATH}{customer_id}")


def _customer(row: CustomerRow | _Plain) -> Customer:
    return Customer(row.id, row.title, row.group_id, row.title_pattern_id)
