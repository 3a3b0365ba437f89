"""Values of parameters between the tables and the port's own classes."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import Delete, Insert, Select, Table, bindparam, delete, insert, select

from example_host.customers.models import (
    AddressValue,
    DateValue,
    EmailValue,
    ItemValue,
    PhoneValue,
    TextValue,
    ValueOfCustomer,
)
from example_host.customers.rows import insert_later, run
from example_host.customers.titles import INDEXED
from example_host.models import HouseRow, StreetRow, database
from flask_bgbilling.ports import (
    CustomerAddress,
    CustomerEmail,
    CustomerParameter,
    CustomerParameterType,
    CustomerPhone,
    CustomerValue,
    House,
)

CHUNK = 500
LARGEST = 2**31

_house, _street = cast(Table, HouseRow.__table__).c, cast(Table, StreetRow.__table__).c
HOUSES = (
    select(_house.id, _house.number, _house.fraction, _street.city, _street.title)
    .join_from(HouseRow.__table__, StreetRow.__table__, _street.id == _house.street_id)
    .where(_house.id.in_(bindparam("ids", expanding=True)))
)

Addresses = Mapping[int, str]
Row = Any


@dataclass(frozen=True)
class Kind:
    """How values of one type are kept: the table, and the ways from rows to a value and back.

    ``members`` checks a value and gives what makes the rows; several members make several rows.
    """

    table: type[ValueOfCustomer]
    read: Callable[[Sequence[Row], Addresses], CustomerValue]
    members: Callable[[CustomerParameter, Any], Sequence[Mapping[str, object]]]


def digits_of(number: str) -> str:
    """The digits of a phone number."""
    return "".join(letter for letter in number if letter in "0123456789")


def read_values(
    customer_ids: Sequence[int], parameters: Iterable[CustomerParameter]
) -> dict[tuple[int, int], CustomerValue]:
    """Values by (customer id, parameter id), with one query for each type and some hundred customers."""
    by_type: defaultdict[CustomerParameterType, list[int]] = defaultdict(list)
    for parameter in parameters:
        by_type[parameter.type].append(parameter.id)
    values: dict[tuple[int, int], CustomerValue] = {}
    for kind, ids in by_type.items():
        found: defaultdict[tuple[int, int], list[Row]] = defaultdict(list)
        for start in range(0, len(customer_ids), CHUNK):
            for row in _rows(KINDS[kind].table, customer_ids[start : start + CHUNK], ids):
                found[row.customer_id, row.parameter_id].append(row)
        rows = (row for group in found.values() for row in group)
        addresses = address_texts(rows) if kind == CustomerParameterType.ADDRESS else {}
        values.update({key: KINDS[kind].read(group, addresses) for key, group in found.items()})
    return values


def _rows(kept: Row, customer_ids: Sequence[int], parameter_ids: Sequence[int]) -> Iterable[Row]:
    return run(_values_of(kept), {"customers": customer_ids, "parameters": parameter_ids})


@cache
def _values_of(kept: Row) -> Select[Any]:
    """Plain rows by a statement that is made once: an import reads thousands."""
    table: Table = kept.__table__
    customers = table.c.customer_id.in_(bindparam("customers", expanding=True))
    parameters = table.c.parameter_id.in_(bindparam("parameters", expanding=True))
    return select(table).where(customers, parameters).order_by(table.c.position)


def write_value(
    customer_id: int, parameter: CustomerParameter, value: CustomerValue | None, *, is_first: bool = False
) -> None:
    """Replaces a value; raises ``ValueError`` when it is of another type or too long. ``is_first``: there is none."""
    kind = KINDS[parameter.type]
    members = () if value is None else kind.members(parameter, value)
    deleting, inserting = _replacing(cast(Row, kind.table))
    key = {"customer_id": customer_id, "parameter_id": parameter.id}
    rows = [{**key, "position": position, **member} for position, member in enumerate(members)]
    _refuse_unfitting(parameter, kind.table, rows)
    if is_first:
        insert_later(inserting, rows)
        return
    run(deleting, {"customer": customer_id, "parameter": parameter.id})
    if rows:
        run(inserting, rows)


def _refuse_unfitting(parameter: CustomerParameter, kept: Any, rows: Sequence[Mapping[str, object]]) -> None:
    columns = kept.__table__.c
    for name, piece in (item for row in rows for item in row.items()):
        length = getattr(columns[name].type, "length", None)
        if isinstance(piece, str) and length is not None and len(piece) > length:
            raise ValueError(f"{parameter.title}: more than {length} characters")
        if isinstance(piece, int) and not 0 <= piece < LARGEST:
            raise ValueError(f"{parameter.title}: {piece} is not kept")


@cache
def _replacing(kept: Any) -> tuple[Delete, Insert]:
    table: Table = kept.__table__
    of_customer = table.c.customer_id == bindparam("customer"), table.c.parameter_id == bindparam("parameter")
    return delete(table).where(*of_customer), insert(table)


def forget_values(customer_id: int) -> None:
    """Removes every value of a customer."""
    for kind in KINDS.values():
        table: Row = kind.table
        database.session.execute(delete(table).where(table.customer_id == customer_id))


def shown(parameter: CustomerParameter, value: CustomerValue | None) -> str:
    """A value in one line, as titles and lists show it."""
    if value is None:
        return ""
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, frozenset):
        return ", ".join(parameter.items.get(item, f"#{item}") for item in sorted(value))
    if isinstance(value, str):
        return value
    return "; ".join(_shown_member(member) for member in value)


def _shown_member(member: CustomerPhone | CustomerEmail | CustomerAddress) -> str:
    if isinstance(member, CustomerPhone):
        return f"{member.number} ({member.comment})" if member.comment else member.number
    if isinstance(member, CustomerEmail):
        return f"{member.name} <{member.address}>" if member.name else member.address
    return member.text


def address_text(place: CustomerAddress) -> str:
    """An address as the CRM writes it."""
    return _address_text(place, address_texts([place]))


def address_texts(rows: Iterable[AddressValue | CustomerAddress]) -> dict[int, str]:
    """City, street and house of each house that the rows name."""
    ids = sorted({row.house_id for row in rows})
    texts: dict[int, str] = {}
    for start in range(0, len(ids), CHUNK):
        houses = run(HOUSES, {"ids": ids[start : start + CHUNK]})
        for number, digits, fraction, city, title in houses:
            label = House(number, 0, digits, fraction).label
            texts[number] = ", ".join(part for part in (city, title, label) if part)
    return texts


def _text(parameter: CustomerParameter, value: object) -> Sequence[Mapping[str, object]]:
    if not isinstance(value, str):
        raise _other_type(parameter, value)
    text = value.strip()
    return [{"value": text, "beginning": text[:INDEXED]}] if text else []


def _day(parameter: CustomerParameter, value: object) -> Sequence[Mapping[str, object]]:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise _other_type(parameter, value)
    return [{"value": value}]


def _items(parameter: CustomerParameter, value: object) -> Sequence[Mapping[str, object]]:
    if not isinstance(value, frozenset) or value - parameter.items.keys():
        raise _other_type(parameter, value)
    return [{"item_id": item} for item in sorted(value)]


def _phones(parameter: CustomerParameter, value: object) -> Sequence[Mapping[str, object]]:
    members: dict[str, Mapping[str, object]] = {}
    for phone in _several(parameter, value, CustomerPhone):
        digits = digits_of(phone.number)
        if not digits:
            raise ValueError(f"{parameter.title}: {phone.number!r} has no digits")
        row = {"number": phone.number.strip(), "digits": digits[:40], "comment": phone.comment.strip()}
        members.setdefault(digits, row)
    return list(members.values())


def _emails(parameter: CustomerParameter, value: object) -> Sequence[Mapping[str, object]]:
    members: dict[str, Mapping[str, object]] = {}
    for email in _several(parameter, value, CustomerEmail):
        address = email.address.strip()
        name, at, host = address.rpartition("@")
        if not (name and at and "." in host) or any(letter.isspace() for letter in address):
            raise ValueError(f"{parameter.title}: {email.address!r} is not an e-mail address")
        members.setdefault(address.lower(), {"address": address, "name": email.name.strip()})
    return list(members.values())


def _addresses(parameter: CustomerParameter, value: object) -> Sequence[Mapping[str, object]]:
    members: dict[object, Mapping[str, object]] = {}
    for address in _several(parameter, value, CustomerAddress):
        row = {
            "house_id": address.house_id,
            "flat": address.flat.strip(),
            "room": address.room.strip(),
            "entrance": max(address.entrance, 0),
            "floor": max(address.floor, 0),
            "comment": address.comment.strip(),
        }
        members.setdefault(address.place, row)
    return list(members.values())


def _several(parameter: CustomerParameter, value: object, member: type[Any]) -> Sequence[Any]:
    if not isinstance(value, tuple) or not all(isinstance(one, member) for one in value):
        raise _other_type(parameter, value)
    return value


def _other_type(parameter: CustomerParameter, value: object) -> ValueError:
    return ValueError(f"{parameter.title}: {value!r} is no value of type {parameter.type}")


def _address(row: AddressValue, houses: Addresses) -> CustomerAddress:
    text = _address_text(row, houses)
    return CustomerAddress(row.house_id, row.flat, row.room, row.entrance, row.floor, row.comment, text)


def _address_text(row: AddressValue | CustomerAddress, houses: Addresses) -> str:
    parts = [houses.get(row.house_id, f"#{row.house_id}"), f"кв. {row.flat}" if row.flat else ""]
    parts += [f"комн. {row.room}" if row.room else "", f"подъезд {row.entrance}" if row.entrance else ""]
    parts += [f"этаж {row.floor}" if row.floor else "", row.comment]
    return ", ".join(part for part in parts if part)


KINDS: Mapping[CustomerParameterType, Kind] = {
    CustomerParameterType.TEXT: Kind(TextValue, lambda rows, _: str(rows[0].value), _text),
    CustomerParameterType.DATE: Kind(DateValue, lambda rows, _: rows[0].value, _day),
    CustomerParameterType.LIST: Kind(ItemValue, lambda rows, _: frozenset(row.item_id for row in rows), _items),
    CustomerParameterType.PHONE: Kind(
        PhoneValue, lambda rows, _: tuple(CustomerPhone(row.number, row.comment) for row in rows), _phones
    ),
    CustomerParameterType.EMAIL: Kind(
        EmailValue, lambda rows, _: tuple(CustomerEmail(row.address, row.name) for row in rows), _emails
    ),
    CustomerParameterType.ADDRESS: Kind(
        AddressValue, lambda rows, houses: tuple(_address(row, houses) for row in rows), _addresses
    ),
}
