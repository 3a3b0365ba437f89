"""Addresses of the billing: the directory joined level by level, and the text of an address value.

The template language is the one of addresses.md 8.3: ``${name}`` is a variable, parentheses around exactly
one variable make their text conditional, nothing nests, everything else is printed as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, bindparam, select

from flask_bgbilling.emulator import schema

FORMAT_KEY = "addrs.format"
DEFAULT_VARIANT = "0"
DEFAULT_FORMAT = (
    "(${index})(, г. ${city})(, ${street})(, д. ${house})(${frac})(, кв. ${flat})(, ${pod} под.)(, ${floor} эт.)"
)
"""The format of a fresh installation: a value without a postal index begins with a comma (addresses.md
8.1)."""

_PIECE = re.compile(r"\(([^()$]*)\$\{(\w+)\}([^()$]*)\)|\$\{(\w+)\}")


def render(template: str, values: Mapping[str, str]) -> str:
    """The template with its variables filled in; an unknown variable is blank."""

    def filled(found: re.Match[str]) -> str:
        before, conditional, after, plain = found.groups()
        if plain:
            return values.get(plain, "")
        value = values.get(conditional, "")
        return f"{before}{value}{after}" if value.strip() else ""

    return _PIECE.sub(filled, template)


def formats(db: Connection) -> dict[str, str]:
    """Templates by format key; the default one is always there under ``0``."""
    query = select(schema.setup.c.id, schema.setup.c.value).where(schema.setup.c.id.like(f"{FORMAT_KEY}%"))
    kept = {row.id: row.value for row in db.execute(query)}
    variants = {DEFAULT_VARIANT: kept.pop(FORMAT_KEY, "") or DEFAULT_FORMAT}
    for name in sorted(kept):
        if name.startswith(f"{FORMAT_KEY}."):
            variants[name.removeprefix(f"{FORMAT_KEY}.")] = kept[name]
    return variants


def houses_query() -> Select[Any]:
    """Houses with the titles of everything they lie in.

    Columns: those of ``address_house``, and ``street``, ``p_index``, ``cityid``, ``city``, ``area``,
    ``quarter``; titles of absent levels are null.
    """
    house, street, city = schema.address_house, schema.address_street, schema.address_city
    area, quarter = schema.address_area, schema.address_quarter
    joined = (
        house.outerjoin(street, street.c.id == house.c.streetid)
        .outerjoin(city, city.c.id == street.c.cityid)
        .outerjoin(area, area.c.id == house.c.areaid)
        .outerjoin(quarter, quarter.c.id == house.c.quarterid)
    )
    return select(
        house,
        street.c.title.label("street"),
        street.c.p_index,
        street.c.cityid,
        city.c.title.label("city"),
        area.c.title.label("area"),
        quarter.c.title.label("quarter"),
    ).select_from(joined)


def houses(db: Connection, ids: Iterable[int]) -> dict[int, RowMapping]:
    """Houses of ``houses_query`` by id; unknown ids are left out."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    return {row["id"]: row for row in db.execute(_houses_by_ids(), {"ids": wanted}).mappings()}


@cache
def _houses_by_ids() -> Select[Any]:
    return houses_query().where(schema.address_house.c.id.in_(bindparam("ids", expanding=True)))


def house_number(number: int | None, frac: str | None) -> str:
    """A house as people write it: the number when above 0, then the fraction without a separator."""
    return f"{number if number and number > 0 else ''}{frac or ''}"


def post_index(house: RowMapping) -> str:
    """Postal index of a house, its own or that of its street."""
    return house["box_index"] or house["p_index"] or ""


def variables(house: RowMapping | None, value: Mapping[str, Any]) -> dict[str, str]:
    """What a template may name: the place from the directory, the rest from the value.

    ``value`` has ``flat``, ``room``, ``pod``, ``floor``, ``comment``; an entrance of 0 and a floor of 0 or
    -1 are none.
    """

    def above_zero(name: str) -> str:
        number = value.get(name)
        return str(number) if number and int(number) > 0 else ""

    found = {
        "flat": str(value.get("flat") or ""),
        "room": str(value.get("room") or ""),
        "pod": above_zero("pod"),
        "floor": above_zero("floor"),
        "comment": str(value.get("comment") or ""),
    }
    if house is not None:
        found |= {name: house[name] or "" for name in ("city", "street", "area", "quarter", "frac")}
        found["index"] = post_index(house)
        found["house"] = str(house["house"]) if house["house"] > 0 else ""
    return found


def address_text(template: str, house: RowMapping | None, value: Mapping[str, Any]) -> str:
    """The text of one address value by a template."""
    return render(template, variables(house, value))


def address_attributes(house: RowMapping | None, value: Mapping[str, Any]) -> dict[str, object]:
    """Attributes of the ``address`` element that ``AddressInfo`` and its kin answer (parameters.md 3.1)."""
    pod, floor = value["pod"], value["floor"]
    place = house if house is not None else {}
    return {
        "hid": value["hid"],
        "cityid": place.get("cityid") or 0,
        "city": place.get("city"),
        "areaValue": place.get("area"),
        "quarterValue": place.get("quarter"),
        "streetid": place.get("streetid") or 0,
        "street": place.get("street"),
        "house": house_number(place.get("house"), place.get("frac")),
        "flat": value["flat"],
        "room": value["room"],
        "pod": pod if pod and pod > 0 else "",
        "floor": -1 if floor is None else floor,
        "comment": value["comment"],
    }
