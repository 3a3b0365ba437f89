"""Reading the address directory level by level (addresses.md 2).

What holds the wanted records is always named: that 0 means any is a habit of the servers which nobody promises.
"""

from collections.abc import Callable, Mapping
from typing import Any

from flask_bgbilling.ports import AddressLevel, AddressPlace, DirectoryHouse
from flask_bgbilling.wire.answers import JsonAnswer
from flask_bgbilling.wire.codec import integer, text
from flask_bgbilling.wire.dto.common import Page
from flask_bgbilling.wire.operation import JsonRpc, Operation, Service
from flask_bgbilling.wire.ops.paging import json_page, page_object

ADDRESS_SERVICE = Service("ru.bitel.oss.kernel.directories.address", "AddressService")


def all_of_them() -> Mapping[str, object]:
    """Countries: no title narrows them."""
    return {"title": ""}


def in_country(*, country_id: int) -> Mapping[str, object]:
    """Cities of a country."""
    return {"countryId": country_id, "title": ""}


def in_city(*, city_id: int) -> Mapping[str, object]:
    """Areas, quarters or streets of a city."""
    return {"cityId": city_id, "title": ""}


def houses_of(*, city_id: int, page: int, size: int, street_id: int = 0) -> Mapping[str, object]:
    """A page of the houses of a city, or of one street of it."""
    return {
        "cityId": city_id,
        "areaId": 0,
        "streetId": street_id,
        "quarterId": 0,
        "house": 0,
        "frac": "",
        "page": page_object(page, size),
    }


def _reader(level: AddressLevel, parent: str) -> Callable[[JsonAnswer], tuple[AddressPlace, ...]]:
    def read(answer: JsonAnswer) -> tuple[AddressPlace, ...]:
        return tuple(
            AddressPlace(level, integer(item.get("id")), text(item.get("title")), integer(item.get(parent)))
            for item in answer.items()
        )

    return read


read_countries = _reader(AddressLevel.COUNTRY, "")
read_cities = _reader(AddressLevel.CITY, "countryId")
read_areas = _reader(AddressLevel.AREA, "cityId")
read_quarters = _reader(AddressLevel.QUARTER, "cityId")
read_streets = _reader(AddressLevel.STREET, "cityId")


def read_houses(answer: JsonAnswer) -> Page[DirectoryHouse]:
    """A page of houses; a house without a number has 0, whatever the billing writes for it (addresses.md 6)."""
    return json_page(answer.page(), [_house(item) for item in answer.items()])


def _house(item: Mapping[str, Any]) -> DirectoryHouse:
    return DirectoryHouse(
        id=integer(item.get("id")),
        street_id=integer(item.get("streetId")),
        number=max(integer(item.get("house")), 0),
        fraction=text(item.get("frac")),
        area_id=max(integer(item.get("areaId")), 0),
        quarter_id=max(integer(item.get("quarterId")), 0),
        post_index=text(item.get("postIndex")),
        comment=text(item.get("comment")),
    )


COUNTRIES = Operation("countries", (JsonRpc(ADDRESS_SERVICE, "countryList", all_of_them, read_countries),))
CITIES = Operation("cities of a country", (JsonRpc(ADDRESS_SERVICE, "cityList", in_country, read_cities),), large=True)
AREAS = Operation("areas of a city", (JsonRpc(ADDRESS_SERVICE, "areaList", in_city, read_areas),), large=True)
QUARTERS = Operation(
    "quarters of a city", (JsonRpc(ADDRESS_SERVICE, "quarterList", in_city, read_quarters),), large=True
)
STREETS = Operation("streets of a city", (JsonRpc(ADDRESS_SERVICE, "streetList", in_city, read_streets),), large=True)
HOUSES = Operation("houses of a city", (JsonRpc(ADDRESS_SERVICE, "houseList", houses_of, read_houses),), large=True)
