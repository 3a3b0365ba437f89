"""Reading the address directory: the JSON service, XML leftovers and the form data (addresses.md 2)."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any
from xml.etree.ElementTree import Element

from sqlalchemy import ColumnElement, RowMapping, Select, Table, func, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.answers import element, item, page_object, table
from flask_bgbilling.emulator.calls import Call
from flask_bgbilling.emulator.errors import Refused
from flask_bgbilling.emulator.model import addresses
from flask_bgbilling.emulator.model.presence import contract_row
from flask_bgbilling.emulator.registry import Holders, JsonCall, XmlCall, json_rpc, xml

PACKAGE = "ru.bitel.oss.kernel.directories.address"
SERVICE = "AddressService"
ALL_CITIES = -1


@json_rpc(PACKAGE, SERVICE, "countryList")
def country_list(call: JsonCall) -> object:
    """Countries whose title contains the text; a blank text means all."""
    return [_country(row) for row in _titled(call, schema.address_country)]


@json_rpc(PACKAGE, SERVICE, "countryGet")
def country_get(call: JsonCall) -> object:
    """One country."""
    return _country(_record(call, schema.address_country))


@json_rpc(PACKAGE, SERVICE, "cityList")
def city_list(call: JsonCall) -> object:
    """Cities of a country, 0 for every country, whose title contains the text."""
    city = schema.address_city
    return [_city(row) for row in _titled(call, city, _owner(call, city.c.country_id, "countryId"))]


@json_rpc(PACKAGE, SERVICE, "cityGet")
def city_get(call: JsonCall) -> object:
    """One city."""
    return _city(_record(call, schema.address_city))


@json_rpc(PACKAGE, SERVICE, "areaList")
def area_list(call: JsonCall) -> object:
    """Areas of a city, 0 for every city, whose title contains the text."""
    return _districts(call, schema.address_area)


@json_rpc(PACKAGE, SERVICE, "areaGet")
def area_get(call: JsonCall) -> object:
    """One area."""
    return _district(_record(call, schema.address_area))


@json_rpc(PACKAGE, SERVICE, "quarterList")
def quarter_list(call: JsonCall) -> object:
    """Quarters of a city, 0 for every city, whose title contains the text."""
    return _districts(call, schema.address_quarter)


@json_rpc(PACKAGE, SERVICE, "quarterGet")
def quarter_get(call: JsonCall) -> object:
    """One quarter."""
    return _district(_record(call, schema.address_quarter))


@json_rpc(PACKAGE, SERVICE, "streetList")
def street_list(call: JsonCall) -> object:
    """Streets of a city, 0 for every city, whose title contains the text."""
    return [_street(row) for row in _streets(call)]


@json_rpc(PACKAGE, SERVICE, "streetSearch")
def street_search(call: JsonCall) -> object:
    """A page of streets by parts of their own title and of the city's."""
    rows = [row for row in _streets(call) if _contains(row["city"], call.text("cityTitle"))]
    page = call.page()
    return Holders([_street(row) for row in page.part(rows)], page=page_object(page, len(rows)))


@json_rpc(PACKAGE, SERVICE, "streetGet")
def street_get(call: JsonCall) -> object:
    """One street."""
    wanted = call.integer("id")
    found = call.db.execute(_streets_query().where(schema.address_street.c.id == wanted)).mappings().first()
    if found is None:
        raise Refused("Запись адресного справочника не найдена")
    return _street(found)


@json_rpc(PACKAGE, SERVICE, "houseList")
def house_list(call: JsonCall) -> object:
    """A page of houses; every criterion of 0 or blank text means any."""
    house, street = schema.address_house, schema.address_street
    query = addresses.houses_query()
    for column, name in (
        (street.c.cityid, "cityId"),
        (house.c.areaid, "areaId"),
        (house.c.streetid, "streetId"),
        (house.c.quarterid, "quarterId"),
        (house.c.house, "house"),
    ):
        query = query.where(*_owner(call, column, name))
    if frac := call.text("frac"):
        query = query.where(house.c.frac == frac)
    page = call.page()
    records = call.db.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    ordered = query.order_by(house.c.streetid, house.c.house, house.c.frac, house.c.id)
    rows = list(call.db.execute(page.limit(ordered)).mappings())
    extra = _properties(call, [row["id"] for row in rows])
    return Holders([_house(row, extra[row["id"]]) for row in rows], page=page_object(page, records))


@json_rpc(PACKAGE, SERVICE, "houseGet")
def house_get(call: JsonCall) -> object:
    """One house with the titles of its levels and its extra properties."""
    wanted = call.integer("id")
    found = addresses.houses(call.db, [wanted]).get(wanted)
    if found is None:
        raise Refused("Запись адресного справочника не найдена")
    return _house(found, _properties(call, [wanted])[wanted])


@json_rpc(PACKAGE, SERVICE, "postIndexGet")
def post_index_get(call: JsonCall) -> object:
    """The postal index of a house of a street; of the street itself when the house is unknown."""
    street = _record(call, schema.address_street, "streetId")
    number, frac = call.integer("house", 0), call.text("frac")
    if typed := call.text("houseAndFrac"):
        digits = re.match(r"\d*", typed)
        split = digits.end() if digits else 0
        number, frac = int(typed[:split] or 0), typed[split:]
    house = schema.address_house
    query = select(house.c.box_index).where(
        house.c.streetid == street["id"], house.c.house == number, house.c.frac == frac
    )
    return call.db.execute(query).scalar() or street["p_index"]


@json_rpc(PACKAGE, SERVICE, "addressFormat")
def address_format(call: JsonCall) -> object:
    """The text of an address in every format of the server: pairs of format key and text."""
    house_id = call.integer("houseId")
    house = addresses.houses(call.db, [house_id]).get(house_id)
    if house is None:
        raise Refused("Дом не найден в адресном справочнике")
    value = {
        "flat": call.text("flat"),
        "room": call.text("room"),
        "pod": call.integer("pod", 0),
        "floor": call.integer("floor", 0),
        "comment": call.text("comment"),
    }
    return [
        {"key": variant, "value": addresses.address_text(template, house, value)}
        for variant, template in addresses.formats(call.db).items()
    ]


@xml("admin", "GetAddressQuarter", below="8.0")
def get_address_quarter(call: XmlCall) -> Element:
    """A page of quarters with their cities and work groups; city -1 means all."""
    quarter, city, group = schema.address_quarter, schema.address_city, schema.work_group
    query = (
        select(quarter, city.c.title.label("city"), group.c.title.label("group"))
        .select_from(
            quarter.outerjoin(city, city.c.id == quarter.c.cityid).outerjoin(group, group.c.id == quarter.c.gid)
        )
        .order_by(quarter.c.title, quarter.c.id)
    )
    wanted = call.integer("cityid", ALL_CITIES)
    if wanted != ALL_CITIES:
        query = query.where(quarter.c.cityid == wanted)
    name = call.text("qname")
    rows = [row for row in call.db.execute(query).mappings() if _contains(row["title"], name)]
    page = call.page()
    data = call.data()
    table(
        data,
        (
            {
                "f0": row["id"],
                "f1": row["title"],
                "f2": row["city"],
                "f3": row["cityid"],
                "f4": row["group"],
                "f5": row["gid"],
            }
            for row in page.part(rows)
        ),
        page=page,
        records=len(rows),
        allRecord=len(rows),
    )
    return data


@xml("contract", "GetStreetsByCity")
def get_streets_by_city(call: XmlCall) -> Element:
    """Streets of a city by title."""
    data = call.data()
    _street_items(call, data, call.integer("city"))
    return data


@xml("contract", "OpenContract")
def open_contract(call: XmlCall) -> Element:
    """What the search form offers: contract groups, cities, and the streets of the first city.

    With ``cid`` the contract must exist.
    """
    if cid := call.integer("cid", 0):
        contract_row(call.db, cid)
    data = call.data()
    group, city = schema.contract_group, schema.address_city
    filters = element(data, "filters")
    for found in call.db.execute(select(group).where(group.c.enable == 1).order_by(group.c.id)):
        item(filters, id=found.id, title=found.title)
    cities = element(data, "cities")
    rows = call.db.execute(select(city).order_by(city.c.pos, city.c.title, city.c.id)).all()
    for found in rows:
        item(cities, id=found.id, title=found.title)
    _street_items(call, data, rows[0].id if rows else 0)
    return data


def _street_items(call: XmlCall, data: Element, city: int) -> None:
    street = schema.address_street
    streets = element(data, "streets")
    query = select(street.c.id, street.c.title).where(street.c.cityid == city)
    for found in call.db.execute(query.order_by(street.c.title, street.c.id)):
        item(streets, id=found.id, title=found.title)


def _contains(title: str | None, part: str) -> bool:
    return schema.fold(part) in schema.fold(title or "")


def _owner(call: Call, column: ColumnElement[int], name: str) -> list[ColumnElement[bool]]:
    """The condition of one numeric criterion; 0 or absent means any."""
    wanted = call.integer(name, 0)
    return [column == wanted] if wanted > 0 else []


def _titled(call: JsonCall, level: Table, where: list[ColumnElement[bool]] | None = None) -> list[RowMapping]:
    query = select(level).where(*(where or ())).order_by(level.c.title, level.c.id)
    rows = call.db.execute(query).mappings()
    return [row for row in rows if _contains(row["title"], call.text("title"))]


def _record(call: JsonCall, level: Table, name: str = "id") -> RowMapping:
    found = call.db.execute(select(level).where(level.c.id == call.integer(name))).mappings().first()
    if found is None:
        raise Refused("Запись адресного справочника не найдена")
    return found


def _streets_query() -> Select[Any]:
    street, city = schema.address_street, schema.address_city
    return (
        select(street, city.c.title.label("city"))
        .select_from(street.outerjoin(city, city.c.id == street.c.cityid))
        .order_by(city.c.title, street.c.title, street.c.id)
    )


def _streets(call: JsonCall) -> list[RowMapping]:
    query = _streets_query().where(*_owner(call, schema.address_street.c.cityid, "cityId"))
    rows = call.db.execute(query).mappings()
    return [row for row in rows if _contains(row["title"], call.text("title"))]


def _districts(call: JsonCall, level: Table) -> list[dict[str, object]]:
    return [_district(row) for row in _titled(call, level, _owner(call, level.c.cityid, "cityId"))]


def _properties(call: JsonCall, house_ids: list[int]) -> dict[int, dict[str, str]]:
    """Extra properties of houses by id."""
    extra = schema.address_config
    query = select(extra).where(extra.c.table_id == "address_house", extra.c.record_id.in_(house_ids))
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for row in call.db.execute(query).mappings():
        found[row["record_id"]][row["key"]] = row["value"]
    return found


def _country(row: RowMapping) -> dict[str, object]:
    return {"id": row["id"], "title": row["title"]}


def _city(row: RowMapping) -> dict[str, object]:
    return {
        "id": row["id"],
        "title": row["title"],
        "countryId": row["country_id"],
        "positionIndex": row["pos"],
    }


def _district(row: RowMapping) -> dict[str, object]:
    return {"id": row["id"], "title": row["title"], "cityId": row["cityid"]}


def _street(row: RowMapping) -> dict[str, object]:
    return {"id": row["id"], "title": row["title"], "cityId": row["cityid"], "cityTitle": row["city"]}


def _house(row: RowMapping, extra: dict[str, str]) -> dict[str, object]:
    return {
        "id": row["id"],
        "streetId": row["streetid"],
        "streetTitle": row["street"],
        "cityId": row["cityid"],
        "cityTitle": row["city"],
        "areaId": row["areaid"],
        "areaTitle": row["area"],
        "quarterId": row["quarterid"],
        "quarterTitle": row["quarter"],
        "house": row["house"],
        "frac": row["frac"],
        "houseFrac": addresses.house_number(row["house"], row["frac"]),
        "postIndex": row["box_index"] or "",
        "amount": row["amount"],
        "pod": row["pod"],
        "date": row["dt"],
        "comment": row["comment"] or "",
        "params": extra,
    }
