"""Attribute filters of the JSON contract search (contract-search.md 4.10, contract.md 5).

Each filter is an object with ``type``, ``entitySpecAttrIds`` (an array or a text joined by commas, empty for
any parameter) and its own fields. Several filters must all hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, false

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.calls import read_moment
from flask_bgbilling.emulator.errors import BadParameter
from flask_bgbilling.emulator.model import attribute_search as by_attribute
from flask_bgbilling.emulator.model.attribute_search import Place
from flask_bgbilling.emulator.model.search import Condition

REGULAR_EXPRESSION = 2


class Filter:
    """One filter object with readers of its fields; what cannot be read is refused."""

    def __init__(self, db: Connection, values: Mapping[str, Any], zone: ZoneInfo) -> None:
        self.db = db
        self.zone = zone
        self._values = values

    @property
    def ids(self) -> list[int]:
        """The parameters to look in; none means all of the type."""
        value = self._values.get("entitySpecAttrIds")
        parts = value if isinstance(value, list) else re.split(r"[,;\s]+", str(value or ""))
        try:
            return [int(part) for part in parts if str(part).strip()]
        except (TypeError, ValueError):
            raise BadParameter(f"Неверное значение entitySpecAttrIds: {value}") from None

    def text(self, name: str) -> str:
        """A text field, empty when absent."""
        value = self._values.get(name)
        return "" if value is None else str(value)

    def number(self, name: str, default: int | None = None) -> int:
        """An integer field; yes and no count as 1 and 0."""
        value = self._values.get(name)
        if value is None and default is not None:
            return default
        words = {"true": 1, "false": 0}
        try:
            return words[str(value).lower()] if str(value).lower() in words else int(str(value))
        except ValueError:
            raise BadParameter(f"Неверное значение поля {name} в фильтре: {value}") from None

    def day(self, name: str) -> date | None:
        """A day in any spelling of transport.md 6, none when blank."""
        value = self._values.get(name)
        if value in (None, ""):
            return None
        moment = read_moment(value, self.zone)
        if moment is None:
            raise BadParameter(f"Неверная дата в поле {name} фильтра: {value}")
        return moment.date()

    def place(self) -> Place:
        """An address; a house may be given whole or as number and fraction."""
        typed = self.text("house")
        house, rest = by_attribute.split_house(typed) if typed.strip() else (0, "")
        frac = self._values.get("frac")
        return Place(
            city=self.number("cityId", 0),
            street=self.number("streetId", 0),
            house=house,
            frac=rest if rest or (frac is None and typed.strip()) else frac,
            flat=self.text("flat").strip(),
            room=self.text("room").strip(),
            entrance=self.number("pod", 0) if self.text("pod") else 0,
        )


def filter_conditions(db: Connection, filters: Sequence[Mapping[str, Any]], zone: ZoneInfo) -> list[Condition]:
    """The conditions of all filters; an unknown ``type`` is refused."""
    found = []
    for values in filters:
        kind = str(values.get("type") or "")
        if kind not in KINDS:
            raise BadParameter(f"Неизвестный тип фильтра: {kind}")
        found.append(KINDS[kind](Filter(db, values, zone)))
    return found


def _phone(given: Filter) -> Condition:
    return by_attribute.filtered_phone(given.db, given.ids, given.text("value"), given.number("mode", 0))


def _text(given: Filter) -> Condition:
    mode = given.number("mode", REGULAR_EXPRESSION)
    values = schema.contract_parameter_type_1
    return by_attribute.filtered_text(given.db, values, given.ids, given.text("value"), mode)


def _email(given: Filter) -> Condition:
    mode = given.number("mode", REGULAR_EXPRESSION)
    values = schema.contract_parameter_type_3
    return by_attribute.filtered_text(given.db, values, given.ids, given.text("value"), mode)


def _date(given: Filter) -> Condition:
    return by_attribute.date_parameter(given.ids, given.day("periodFrom"), given.day("periodTo"))


def _list(given: Filter) -> Condition:
    values = schema.contract_parameter_type_7
    return by_attribute.equal_value(values, "val", given.ids, given.number("value"))


def _multilist(given: Filter) -> Condition:
    values = schema.contract_parameter_type_multilist_item
    return by_attribute.equal_value(values, "val", given.ids, given.number("value"))


def _boolean(given: Filter) -> Condition:
    values = schema.contract_parameter_type_5
    return by_attribute.equal_value(values, "val", given.ids, given.number("value"))


def _contract(given: Filter) -> Condition:
    values = schema.contract_parameter_type_8
    return by_attribute.equal_value(values, "val", given.ids, given.number("value"))


def _house(given: Filter) -> Condition:
    values = schema.contract_parameter_type_2
    return by_attribute.equal_value(values, "hid", given.ids, given.number("value"))


def _address(given: Filter) -> Condition:
    return by_attribute.contract_address(given.ids, given.place())


def _integer(given: Filter) -> Condition:
    """The billing's table layout has no numeric parameters, so that no contract has one of any value."""
    given.number("value")
    return false()


KINDS: dict[str, Callable[[Filter], Condition]] = {
    "Phone": _phone,
    "Text": _text,
    "Email": _email,
    "Date": _date,
    "List": _list,
    "MultiList": _multilist,
    "Boolean": _boolean,
    "Contract": _contract,
    "House": _house,
    "Address": _address,
    "Int": _integer,
}
