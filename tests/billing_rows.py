"""Rows of an emulated billing's tables in the spelling of its answers, and attributes of the answers."""

from typing import Any
from xml.etree.ElementTree import Element

from flask_bgbilling.emulator import Emulator

RICH = 101
ROWS = "./table/data/row"


def dotted(day: Any) -> str:
    """A day as XML writes it; none is empty."""
    return f"{day:%d.%m.%Y}" if day else ""


def moment(value: Any) -> str:
    """A moment as XML writes it."""
    return f"{value:%d.%m.%Y %H:%M:%S}"


def iso(value: Any) -> str:
    """A moment as JSON writes it, in the zone of the demo data."""
    return f"{value:%Y-%m-%dT%H:%M:%S}+03:00"


def span(row: dict[str, Any]) -> str:
    """The period of a row as XML writes it."""
    return f"{dotted(row['date1'])}-{dotted(row['date2']) or '…'}"


def stored(billing: Emulator, table: str, *order: str, cid: int = RICH) -> list[dict[str, Any]]:
    """Rows of one contract, ordered by columns or by id."""
    return sorted(billing.rows(table, cid=cid), key=lambda row: tuple(row[name] for name in order or ("id",)))


def users(billing: Emulator) -> dict[int, str]:
    """Display names by user id, the server itself included."""
    return {0: "Сервер"} | {user["id"]: user["name"] for user in billing.rows("user")}


def status_titles(billing: Emulator) -> dict[int, str]:
    """Titles of statuses by id."""
    return {status["id"]: status["title"] for status in billing.rows("contract_status_list")}


def attributes(root: Element, path: str = ROWS) -> list[dict[str, str]]:
    """Attributes of the elements at a path."""
    return [dict(row.attrib) for row in root.findall(path)]


def newest_first(rows: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    """Rows with the latest value of a column first."""
    return sorted(rows, key=lambda row: (row[name], row["id"]), reverse=True)
