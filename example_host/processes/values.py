"""Parameters of processes: which ones there are, and their values between the table and the port's own classes."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import delete, exists, select

from example_host.addresses.models import CityRow
from example_host.customers.values import address_text, digits_of
from example_host.models import database
from example_host.processes.models import ProcessHouseRow, ProcessValueRow
from flask_bgbilling.ports import (
    CustomerAddress,
    CustomerPhone,
    ProcessParameter,
    ProcessParameterType,
    ProcessValue,
)

CONTACT, DETAILS, VISIT, CITY, PHONE, ADDRESS, URGENCY = range(30, 37)

PARAMETERS = (
    ProcessParameter(CONTACT, ProcessParameterType.TEXT, "Контактное лицо"),
    ProcessParameter(DETAILS, ProcessParameterType.BLOB, "Сведения из договора"),
    ProcessParameter(VISIT, ProcessParameterType.DATE, "День визита"),
    ProcessParameter(CITY, ProcessParameterType.LIST, "Город"),
    ProcessParameter(PHONE, ProcessParameterType.PHONE, "Телефон для связи"),
    ProcessParameter(ADDRESS, ProcessParameterType.ADDRESS, "Адрес работ"),
    ProcessParameter(URGENCY, ProcessParameterType.LIST, "Срочность", {1: "обычная", 2: "срочно", 3: "авария"}),
)


def parameters() -> Mapping[int, ProcessParameter]:
    """Every parameter; the items of the city are the cities of the address directory."""
    rows = database.session.scalars(select(CityRow).order_by(CityRow.title))
    cities = MappingProxyType({row.id: row.title for row in rows})
    known = (ProcessParameter(one.id, one.type, one.title, cities) if one.id == CITY else one for one in PARAMETERS)
    return {one.id: one for one in known}


def read_value(process_id: int, parameter: ProcessParameter) -> ProcessValue | None:
    """The value of a parameter."""
    wanted = select(ProcessValueRow).where(
        ProcessValueRow.process_id == process_id, ProcessValueRow.parameter_id == parameter.id
    )
    rows = database.session.scalars(wanted.order_by(ProcessValueRow.position)).all()
    if not rows:
        return None
    if parameter.type is ProcessParameterType.LIST:
        return frozenset(row.item_id for row in rows if row.item_id is not None)
    members = [json.loads(row.data) for row in rows]
    if parameter.type is ProcessParameterType.PHONE:
        return tuple(CustomerPhone(**member) for member in members)
    if parameter.type is ProcessParameterType.ADDRESS:
        return tuple(_address(CustomerAddress(**member)) for member in members)
    return date.fromisoformat(members[0]) if parameter.type is ProcessParameterType.DATE else str(members[0])


def write_value(process_id: int, parameter: ProcessParameter, value: ProcessValue | None) -> None:
    """Replaces a value; raises ``ValueError`` when it is of another type."""
    members = [] if value is None else _members(parameter, value)
    table = ProcessValueRow
    database.session.execute(delete(table).where(table.process_id == process_id, table.parameter_id == parameter.id))
    for position, member in enumerate(members):
        row = ProcessValueRow(process_id=process_id, parameter_id=parameter.id, position=position)
        if parameter.type is ProcessParameterType.LIST:
            row.item_id = member
        else:
            row.data = json.dumps(member, ensure_ascii=False)
        database.session.add(row)
    if parameter.type is ProcessParameterType.ADDRESS:
        _write_houses(process_id, parameter.id, {member["house_id"] for member in members})
    database.session.flush()


def know_houses() -> None:
    """Writes the houses of addresses that a database has from before their table; the caller commits."""
    value, house = ProcessValueRow, ProcessHouseRow
    of_addresses = value.parameter_id.in_([one.id for one in PARAMETERS if one.type is ProcessParameterType.ADDRESS])
    known = exists().where(house.process_id == value.process_id, house.parameter_id == value.parameter_id)
    named: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
    for row in database.session.scalars(select(value).where(of_addresses, ~known)):
        named[row.process_id, row.parameter_id].add(json.loads(row.data)["house_id"])
    for (process_id, parameter_id), house_ids in named.items():
        _write_houses(process_id, parameter_id, house_ids)
    database.session.flush()


def _write_houses(process_id: int, parameter_id: int, house_ids: Iterable[int]) -> None:
    house = ProcessHouseRow
    database.session.execute(delete(house).where(house.process_id == process_id, house.parameter_id == parameter_id))
    for house_id in house_ids:
        database.session.add(house(process_id=process_id, parameter_id=parameter_id, house_id=house_id))


def shown(parameter: ProcessParameter, value: ProcessValue | None) -> str:
    """A value as the card of a process shows it."""
    if value is None:
        return ""
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, frozenset):
        return ", ".join(parameter.items.get(item, f"#{item}") for item in sorted(value))
    if isinstance(value, str):
        return value
    return "; ".join(one.number if isinstance(one, CustomerPhone) else one.text for one in value)


def _members(parameter: ProcessParameter, value: ProcessValue) -> Sequence[Any]:
    kind = parameter.type
    if kind in (ProcessParameterType.TEXT, ProcessParameterType.BLOB) and isinstance(value, str):
        return [text] if (text := value.strip()) else []
    if kind is ProcessParameterType.DATE and isinstance(value, date) and not isinstance(value, datetime):
        return [value.isoformat()]
    if kind is ProcessParameterType.LIST and isinstance(value, frozenset) and not value - parameter.items.keys():
        return sorted(value)
    if kind is ProcessParameterType.PHONE and _several(value, CustomerPhone):
        return _phones(parameter, value)
    if kind is ProcessParameterType.ADDRESS and _several(value, CustomerAddress):
        return _addresses(value)
    raise ValueError(f"{parameter.title}: {value!r} is no value of type {parameter.type}")


def _several(value: object, member: type[object]) -> bool:
    return isinstance(value, tuple) and all(isinstance(one, member) for one in value)


def _phones(parameter: ProcessParameter, value: Any) -> Sequence[Any]:
    members: dict[str, Any] = {}
    for phone in value:
        digits = digits_of(phone.number)
        if not digits:
            raise ValueError(f"{parameter.title}: {phone.number!r} has no digits")
        members.setdefault(digits, {"number": phone.number.strip(), "comment": phone.comment.strip()})
    return list(members.values())


def _addresses(value: Any) -> Sequence[Any]:
    members: dict[object, Any] = {}
    for address in value:
        members.setdefault(
            address.place,
            {
                "house_id": address.house_id,
                "flat": address.flat.strip(),
                "room": address.room.strip(),
                "entrance": max(address.entrance, 0),
                "floor": max(address.floor, 0),
                "comment": address.comment.strip(),
            },
        )
    return list(members.values())


def _address(address: CustomerAddress) -> CustomerAddress:
    place = (address.house_id, address.flat, address.room, address.entrance, address.floor, address.comment)
    return CustomerAddress(*place, text=address_text(address))
