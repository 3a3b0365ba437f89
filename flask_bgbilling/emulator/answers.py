"""Building blocks of answers: rows, pagers, money, dates, periods in the spelling of each transport.

XML values are texts (transport.md 2, 6; money.md 0.4). In JSON a handler may return ``Decimal``, ``date``
and naive ``datetime`` values directly: the server writes them as a number with its scale kept,
``yyyy-MM-dd`` and a moment with the billing's offset.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring
from zoneinfo import ZoneInfo

from flask_bgbilling.emulator.paging import Page

OPEN_END = "…"
CENT = Decimal("0.01")
MONTH_NAMES = (
    "январь",
    "февраль",
    "март",
    "апрель",
    "май",
    "июнь",
    "июль",
    "август",
    "сентябрь",
    "октябрь",
    "ноябрь",
    "декабрь",
)
ILLEGAL_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


def text_of(value: object) -> str:
    """A value as the text of an XML attribute: ``None`` is empty, yes and no are ``1`` and ``0``."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, Decimal):
        return money(value)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    return str(value)


def element(parent: Element, tag: str, **attributes: object) -> Element:
    """A child element whose attributes are written by ``text_of``."""
    return SubElement(parent, tag, {name: text_of(value) for name, value in attributes.items()})


def row(parent: Element, **attributes: object) -> Element:
    """A ``row`` child."""
    return element(parent, "row", **attributes)


def item(parent: Element, **attributes: object) -> Element:
    """An ``item`` child."""
    return element(parent, "item", **attributes)


def pager(page: Page, records: int) -> dict[str, object]:
    """The four pager attributes that every paged XML list carries, the empty one too (transport.md 2.0)."""
    return {
        "pageIndex": max(page.index, 1),
        "pageSize": page.size,
        "pageCount": page.pages(records),
        "recordCount": records,
    }


def table(
    data: Element,
    rows: Iterable[Mapping[str, object]],
    *,
    name: str = "table",
    page: Page | None = None,
    records: int = 0,
    **attributes: object,
) -> Element:
    """``/data/<name>/data/row`` with one attribute per key; returns the table element."""
    found = element(data, name, **(pager(page, records) if page else {}), **attributes)
    body = SubElement(found, "data")
    for values in rows:
        row(body, **values)
    return found


def money(value: Decimal | int | None) -> str:
    """A sum with two digits after the dot; nothing is ``0.00``."""
    return str(Decimal(value or 0).quantize(CENT))


def day(value: date | None) -> str:
    """``dd.MM.yyyy``, empty for none."""
    return f"{value.day:02}.{value.month:02}.{value.year:04}" if value else ""


def moment(value: datetime | None) -> str:
    """``dd.MM.yyyy HH:mm:ss``, empty for none."""
    return f"{day(value)} {value.hour:02}:{value.minute:02}:{value.second:02}" if value else ""


def period(start: date | None, end: date | None) -> str:
    """``dd.MM.yyyy-dd.MM.yyyy``; an open end is the one-glyph ellipsis, an open start is blank."""
    return f"{day(start)}-{day(end) or OPEN_END}"


def month_label(year: int, month: int) -> str:
    """A month as the billing labels it: ``март 2025``."""
    return f"{MONTH_NAMES[month - 1]} {year}"


def iso_day(value: date | None) -> str | None:
    """``yyyy-MM-dd`` or null."""
    return f"{value:%Y-%m-%d}" if value else None


def iso_moment(value: datetime | None, zone: ZoneInfo) -> str | None:
    """``yyyy-MM-ddTHH:mm:ss+03:00`` of a wall-clock moment of the billing, or null."""
    return value.replace(tzinfo=zone, microsecond=0).isoformat() if value else None


def period_object(start: date | None, end: date | None) -> dict[str, object]:
    """A period in JSON, either side may be null."""
    return {"dateFrom": start, "dateTo": end}


def page_object(page: Page, records: int) -> dict[str, int]:
    """A page in JSON; the order of the keys matters to clients (transport.md 3)."""
    return {
        "pageIndex": max(page.index, 1),
        "pageSize": page.size,
        "pageCount": page.pages(records),
        "recordCount": records,
        "pageFirstRecordNumber": page.offset,
    }


def search_result(rows: list[Any], page: Page, records: int) -> dict[str, object]:
    """The searchResult style: list and page together under ``return``."""
    return {"list": rows, "page": page_object(page, records)}


def encode_xml(root: Element) -> bytes:
    """An XML document; control characters become numeric references, as the real server writes them.

    Such references are illegal in XML 1.0; a client has to replace them before parsing (transport.md 2).
    """
    text = ILLEGAL_IN_XML.sub(lambda found: f"&#{ord(found[0])};", tostring(root, encoding="unicode"))
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + text.encode("utf-8", "replace")


_NUMBER_MARK = secrets.token_hex(8)
_MARKED_NUMBER = re.compile(f'"{_NUMBER_MARK}([-0-9.]+)"')


def encode_json(value: object, zone: ZoneInfo) -> bytes:
    """A JSON document; decimals are numbers with their scale kept, dates and moments as described above."""
    text = json.dumps(value, ensure_ascii=False, default=_default_for(zone))
    return _MARKED_NUMBER.sub(r"\1", text).encode("utf-8", "replace")


def _default_for(zone: ZoneInfo) -> Callable[[object], object]:
    """How values without a JSON form are written.

    The standard encoder cannot write a decimal as a number: it is written as a text that carries a secret
    mark, and the quotes with the mark are removed afterwards.
    """

    def written(value: object) -> object:
        if isinstance(value, Decimal):
            return f"{_NUMBER_MARK}{value:f}"
        if isinstance(value, datetime):
            return iso_moment(value, zone)
        if isinstance(value, date):
            return iso_day(value)
        if isinstance(value, set | frozenset):
            return sorted(value)
        raise TypeError(f"{type(value).__name__} has no JSON form")

    return written
