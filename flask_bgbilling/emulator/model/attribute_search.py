"""Conditions of searches by a parameter of a contract or of its objects (contract-search.md 4.3–4.10).

A condition compares ``contract.id`` with the contracts that have a matching value. Without any criterion
and without named parameters it restricts nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, Table, false, func, select, true

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.model.patterns import (
    attribute_condition,
    like_condition,
    mask_condition,
    parse_mask,
)
from flask_bgbilling.emulator.model.search import Condition

HOUSE = re.compile(r"(\d*)(.*)", re.DOTALL)
ANY_FRACTION = "*"


@dataclass(frozen=True, slots=True)
class Place:
    """What is known of an address; 0, ``None`` and blank texts mean: anything.

    ``frac`` ``None`` means any fraction and ``""`` a house without one, but only together with a number.
    """

    city: int = 0
    street: int = 0
    house_id: int = 0
    house: int = 0
    frac: str | None = None
    flat: str = ""
    room: str = ""
    entrance: int = 0

    @property
    def blank(self) -> bool:
        """Whether nothing is known, so that nothing restricts the search."""
        return not (self.directory_conditions() or self.house_id > 0 or self.value_conditions(None))

    def directory_conditions(self) -> list[Condition]:
        """What the house has to satisfy."""
        house, street = schema.address_house.c, schema.address_street.c
        found: list[Condition] = []
        if self.city > 0:
            found.append(street.cityid == self.city)
        if self.street > 0:
            found.append(house.streetid == self.street)
        if self.house > 0:
            found.append(house.house == self.house)
        if self.frac != ANY_FRACTION and (self.frac or (self.frac == "" and self.house > 0)):
            found.append(house.frac == self.frac)
        return found

    def value_conditions(self, values: Table | None) -> list[Condition]:
        """What the address value itself has to satisfy, in a table of address values."""
        columns = (schema.contract_parameter_type_2 if values is None else values).c
        found: list[Condition] = []
        if self.flat:
            found.append(columns.flat == self.flat)
        if self.room:
            found.append(columns.room == self.room)
        if self.entrance > 0:
            found.append(columns.pod == self.entrance)
        return found


def split_house(text: str) -> tuple[int, str]:
    """A typed house as number and fraction; no leading digits give -1 (addresses.md 6)."""
    digits, frac = HOUSE.fullmatch(text.strip()).groups()  # type: ignore[union-attr]
    return (int(digits) if digits else -1), frac


def text_parameter(db: Connection, ids: Sequence[int], pattern: str) -> Condition:
    """Contracts whose text parameter matches an expression."""
    values = schema.contract_parameter_type_1
    return _having(values, ids, mask_condition(values.c.val, parse_mask(pattern), db.dialect.name), pattern)


def email_parameter(db: Connection, ids: Sequence[int], pattern: str) -> Condition:
    """Contracts one of whose e-mail lines matches an expression."""
    values = schema.contract_parameter_type_3
    return _having(values, ids, mask_condition(values.c.email, parse_mask(pattern), db.dialect.name), pattern)


def date_parameter(ids: Sequence[int], start: date | None, end: date | None) -> Condition:
    """Contracts whose date parameter lies between two days, both included; ``None`` is open."""
    values = schema.contract_parameter_type_6
    within: list[Condition] = []
    if start is not None:
        within.append(values.c.val >= start)
    if end is not None:
        within.append(values.c.val <= end)
    return _having(values, ids, _all(within), start or end)


def phone_parameter(db: Connection, ids: Sequence[int], typed: str) -> Condition:
    """Contracts with a phone that contains the digits of what was typed, however it was formatted."""
    digits = re.sub(r"\D", "", typed)
    phones = schema.contract_parameter_type_phone_item
    if typed.strip() and not digits:
        return false()
    return _having(phones, ids, like_condition(phones.c.phone, f"%{digits}%", db.dialect.name), digits)


def filtered_phone(db: Connection, ids: Sequence[int], value: str, mode: int) -> Condition:
    """Contracts with a phone whose digits are equal, LIKE or match, by the mode of the filter."""
    phones = schema.contract_parameter_type_phone_item
    return _having(phones, ids, attribute_condition(phones.c.phone, value, mode, db.dialect.name), value)


def filtered_text(db: Connection, values: Table, ids: Sequence[int], value: str, mode: int) -> Condition:
    """Contracts with a text or e-mail value by the mode of the filter."""
    column = values.c.val if "val" in values.c else values.c.email
    return _having(values, ids, attribute_condition(column, value, mode, db.dialect.name), value)


def equal_value(values: Table, column: str, ids: Sequence[int], value: int) -> Condition:
    """Contracts whose value in a column is exactly this number."""
    return _having(values, ids, values.c[column] == value, criterion=True)


def contract_address(ids: Sequence[int], place: Place) -> Condition:
    """Contracts with an address parameter at a place."""
    if place.blank and not ids:
        return true()
    return schema.contract.c.id.in_(select(addresses_at(ids, place).c.cid))


def addresses_at(ids: Sequence[int], place: Place) -> FromClause:
    """Address parameters at a place: columns ``cid`` and ``pid``, one row a contract."""
    values = schema.contract_parameter_type_2
    query = select(values.c.cid, func.min(values.c.pid).label("pid")).group_by(values.c.cid)
    return _at(query, values, ids, values.c.pid, place).subquery("addresses")


def object_addresses_at(ids: Sequence[int], place: Place) -> FromClause:
    """Addresses of contract objects at a place: columns ``cid``, ``object_id`` and ``param_id``, one row a
    contract."""
    values, objects = schema.object_param_value_address, schema.contract_object
    first = (
        select(objects.c.cid, func.min(objects.c.id).label("object_id"))
        .join_from(values, objects, objects.c.id == values.c.object_id)
        .group_by(objects.c.cid)
    )
    chosen = _at(first, values, ids, values.c.param_id, place).subquery("chosen")
    query = (
        select(chosen.c.cid, chosen.c.object_id, func.min(values.c.param_id).label("param_id"))
        .join_from(chosen, values, values.c.object_id == chosen.c.object_id)
        .group_by(chosen.c.cid, chosen.c.object_id)
    )
    return _at(query, values, ids, values.c.param_id, place).subquery("addresses")


def _at(
    query: Select[Any], values: Table, ids: Sequence[int], parameter: ColumnElement[int], place: Place
) -> Select[Any]:
    directory = place.directory_conditions()
    if place.house_id > 0:
        query = query.where(values.c.hid == place.house_id)
    elif directory:
        houses = select(schema.address_house.c.id).where(*directory)
        if place.city > 0:
            houses = houses.join_from(
                schema.address_house,
                schema.address_street,
                schema.address_street.c.id == schema.address_house.c.streetid,
            )
        query = query.where(values.c.hid.in_(houses))
    if ids:
        query = query.where(parameter.in_(ids))
    return query.where(*place.value_conditions(values))


def _having(values: Table, ids: Sequence[int], condition: Condition, criterion: object) -> Condition:
    if not criterion and not ids:
        return true()
    query = select(values.c.cid).where(condition)
    if ids:
        query = query.where(values.c.pid.in_(ids))
    return schema.contract.c.id.in_(query)


def _all(conditions: Sequence[Condition]) -> Condition:
    found: Condition = true()
    for condition in conditions:
        found = found & condition
    return found
