"""What people type into the form of a parameter, and what it means.

A form shows rows of fields whatever the type: one row for a text or a day, one for each phone, one for each chosen
item. What was typed is shown again when it makes no sense, so the rows are kept apart from the value.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from example_host.models import HouseRow, StreetRow, database
from example_host.ports import HostAddressBook, fold
from flask_bgbilling.ports import (
    CustomerAddress,
    CustomerEmail,
    CustomerParameter,
    CustomerParameterType,
    CustomerPhone,
    CustomerValue,
    House,
    Street,
)

Rows = Sequence[Mapping[str, str]]

COLUMNS: Mapping[CustomerParameterType, tuple[str, ...]] = {
    CustomerParameterType.TEXT: ("text",),
    CustomerParameterType.DATE: ("day",),
    CustomerParameterType.LIST: ("item",),
    CustomerParameterType.PHONE: ("number", "comment"),
    CustomerParameterType.EMAIL: ("address", "name"),
    CustomerParameterType.ADDRESS: ("street", "house", "flat", "room", "entrance", "floor", "comment"),
}
SEVERAL = (CustomerParameterType.PHONE, CustomerParameterType.EMAIL, CustomerParameterType.ADDRESS)
HOUSES = 10_000


class Mistake(Exception):
    """What was typed makes no sense; its text tells why in the reader's language."""


def rows_of(parameter: CustomerParameter, value: CustomerValue | None) -> Rows:
    """What the form shows of a value; where there may be several, an empty row stands last."""
    rows = _filled(value)
    return [*rows, _blank(parameter)] if parameter.type in SEVERAL or not rows else rows


def typed(parameter: CustomerParameter, form: MultiDict[str, str]) -> Rows:
    """What was typed, without empty rows."""
    names = COLUMNS[parameter.type]
    columns = [form.getlist(name) for name in names]
    length = max(map(len, columns), default=0)
    padded = [[*column, *[""] * (length - len(column))] for column in columns]
    rows = [dict(zip(names, (text.strip() for text in row), strict=True)) for row in zip(*padded, strict=True)]
    return [row for row in rows if any(row.values())]


def value_of(parameter: CustomerParameter, rows: Rows) -> CustomerValue | None:
    """The value that was typed, ``None`` when nothing was; raises ``Mistake``."""
    if not rows:
        return None
    match parameter.type:
        case CustomerParameterType.TEXT:
            return rows[0]["text"]
        case CustomerParameterType.DATE:
            return _day(rows[0]["day"])
        case CustomerParameterType.LIST:
            return frozenset(_item(parameter, row["item"]) for row in rows)
        case CustomerParameterType.PHONE:
            return tuple(CustomerPhone(row["number"], row["comment"]) for row in rows)
        case CustomerParameterType.EMAIL:
            return tuple(CustomerEmail(row["address"], row["name"]) for row in rows)
        case CustomerParameterType.ADDRESS:
            return tuple(_address(row) for row in rows)


def _blank(parameter: CustomerParameter) -> Mapping[str, str]:
    return dict.fromkeys(COLUMNS[parameter.type], "")


def _filled(value: CustomerValue | None) -> list[Mapping[str, str]]:
    if value is None:
        return []
    if isinstance(value, str):
        return [{"text": value}]
    if isinstance(value, date):
        return [{"day": value.isoformat()}]
    if isinstance(value, frozenset):
        return [{"item": str(item)} for item in sorted(value)]
    return [_filled_member(member) for member in value]


def _filled_member(member: CustomerPhone | CustomerEmail | CustomerAddress) -> Mapping[str, str]:
    if isinstance(member, CustomerPhone):
        return {"number": member.number, "comment": member.comment}
    if isinstance(member, CustomerEmail):
        return {"address": member.address, "name": member.name}
    street, house = _place(member.house_id)
    return {
        "street": street,
        "house": house,
        "flat": member.flat,
        "room": member.room,
        "entrance": str(member.entrance or ""),
        "floor": str(member.floor or ""),
        "comment": member.comment,
    }


def _place(house_id: int) -> tuple[str, str]:
    """Street and number of a house; one that the address book does not know keeps its id behind a ``#``."""
    book = HostAddressBook()
    house = book.house(house_id)
    street = book.street(house.street_id) if house else None
    return (street.label, house.label) if house and street else ("", f"#{house_id}")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Mistake(_("%(text)s is not a day.", text=text)) from None


def _item(parameter: CustomerParameter, text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) not in parameter.items:
        raise Mistake(_("There is no such value in the list."))
    return int(text)


def _address(row: Mapping[str, str]) -> CustomerAddress:
    return CustomerAddress(
        _house(row["street"], row["house"]),
        row["flat"],
        row["room"],
        _number(row["entrance"]),
        _number(row["floor"]),
        row["comment"],
    )


def _number(text: str) -> int:
    if text and not (text.isascii() and text.isdigit() and len(text) < 4):
        raise Mistake(_("%(text)s is not a number.", text=text))
    return int(text or 0)


def _house(street: str, label: str) -> int:
    """The house of the address book that was typed."""
    if not street and label.startswith("#") and label[1:].isascii() and label[1:].isdigit():
        return int(label[1:])
    found = [row for row in _streets(street) if fold(Street(row.id, row.title, row.city).label) == fold(street)]
    if not found:
        raise Mistake(_("There is no street %(street)s: choose one of the suggestions.", street=street))
    for row in database.session.scalars(select(HouseRow).where(HouseRow.street_id == found[0].id).limit(HOUSES)):
        if fold(House(row.id, row.street_id, row.number, row.fraction).label) == fold(label):
            return row.id
    raise Mistake(_("There is no house %(house)s in this street.", house=label))


def _streets(label: str) -> Sequence[StreetRow]:
    title = label.rpartition(" - ")[2].strip()
    wanted = select(StreetRow).where(StreetRow.search_text.contains(fold(title), autoescape=True))
    return database.session.scalars(wanted).all() if title else []
