"""Fills the CRM's address book from a billing's own directory, so that ids are shared (the demo's first import)."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.request import Request, urlopen

from sqlalchemy import delete, func, select

from example_host.models import HouseRow, StreetRow, database
from example_host.ports import fold

SERVICE = "/json/ru.bitel.oss.kernel.directories.address/AddressService"


def fill_address_book(executer: str, login: str, password: str) -> int:
    """Replaces an empty address book by the billing's directory; gives the number of houses. Commits."""
    if database.session.scalar(select(func.count()).select_from(StreetRow)):
        return 0
    houses = 0
    database.session.execute(delete(HouseRow))
    for street in _call(executer, login, password, "streetList", cityId=0, title=""):
        city = street.get("cityTitle") or ""
        row = StreetRow(
            id=street["id"], title=street["title"], city=city, search_text=fold(f"{street['title']} {city}")
        )
        database.session.add(row)
        for house in _houses(executer, login, password, street["id"]):
            database.session.add(
                HouseRow(
                    id=house["id"],
                    street_id=street["id"],
                    number=max(house.get("house") or 0, 0),
                    fraction=house.get("frac") or "",
                )
            )
            houses += 1
    database.session.commit()
    return houses


def _houses(executer: str, login: str, password: str, street_id: int) -> Iterator[dict[str, Any]]:
    yield from _call(
        executer,
        login,
        password,
        "houseList",
        cityId=0,
        areaId=0,
        streetId=street_id,
        quarterId=0,
        house=0,
        frac="",
        page={"pageIndex": 1, "pageSize": 0},
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
