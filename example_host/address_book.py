"""Fills the CRM's address directory from a billing's own, so that ids are shared (the demo's first import)."""

import json
from typing import Any
from urllib.request import Request, urlopen

from sqlalchemy import func, select

from example_host.addresses.port import HostAddressDirectory
from example_host.models import StreetRow, database
from flask_bgbilling.ports import AddressLevel, AddressPlace, AddressRecord, DirectoryHouse

SERVICE = "/json/ru.bitel.oss.kernel.directories.address/AddressService"
EVERYTHING = {"pageIndex": 1, "pageSize": 0}


def fill_address_book(executer: str, login: str, password: str) -> int:
    """Fills an empty directory by the billing's; gives the number of houses. Commits."""
    if database.session.scalar(select(func.count()).select_from(StreetRow)):
        return 0

    def called(method: str, **params: Any) -> list[dict[str, Any]]:
        return _call(executer, login, password, method, **params)

    def places(level: AddressLevel, parent: str = "", **params: Any) -> list[AddressRecord]:
        rows = called(f"{level.value}List", title="", **params)
        return [AddressPlace(level, row["id"], row["title"], row[parent] if parent else 0) for row in rows]

    houses = called("houseList", cityId=0, areaId=0, streetId=0, quarterId=0, house=0, frac="", page=EVERYTHING)
    directory = HostAddressDirectory()
    directory.write(
        [
            *places(AddressLevel.COUNTRY),
            *places(AddressLevel.CITY, "countryId", countryId=0),
            *places(AddressLevel.AREA, "cityId", cityId=0),
            *places(AddressLevel.QUARTER, "cityId", cityId=0),
            *places(AddressLevel.STREET, "cityId", cityId=0),
            *map(_house, houses),
        ]
    )
    database.session.commit()
    return len(houses)


def _house(row: dict[str, Any]) -> DirectoryHouse:
    return DirectoryHouse(
        id=row["id"],
        street_id=row["streetId"],
        number=max(row.get("house") or 0, 0),
        fraction=row.get("frac") or "",
        area_id=row.get("areaId") or 0,
        quarter_id=row.get("quarterId") or 0,
        post_index=row.get("postIndex") or "",
        comment=row.get("comment") or "",
    )


def _call(executer: str, login: str, password: str, method: str, **params: Any) -> list[dict[str, Any]]:
    body = {"method": method, "user": {"user": login, "pswd": password}, "params": params}
    request = Request(  # noqa: S310 - the demo's own emulator
        executer + SERVICE, json.dumps(body).encode(), {"Content-Type": "application/json; charset=UTF-8"}
    )
    with urlopen(request, timeout=20) as answer:  # noqa: S310
        document = json.load(answer)
    if document.get("status") != "ok":
        raise RuntimeError(f"{method}: {document.get('message')}")
    returned = document["data"]["return"]
    rows: list[dict[str, Any]] = returned["list"] if isinstance(returned, dict) else returned
    return rows
