"""Numbers of new contracts by the patterns of the billing (contract.md 7).

Known variables: ``${Y2}`` and ``${Y4}`` the year of the start, ``${M2}`` its month, ``${D2}`` its day, ``${N<digits>}``
a counter. The counter goes on after the greatest number that the same pattern has given for the same date. Any
other text stands in the number as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from sqlalchemy import Connection, func, select

from flask_bgbilling.emulator import schema

COUNTER = re.compile(r"\$\{N(\d*)\}")
DATE_PART = re.compile(r"\$\{(Y2|Y4|M2|D2)\}")
LOOKED_AT_ONCE = 200


def next_number(db: Connection, pattern: str, start: date) -> str:
    """The next free number of a pattern for a contract that begins on a day.

    A pattern without a counter gives its text as it is: numbers of contracts need not be unique.
    """
    text = DATE_PART.sub(lambda found: _date_part(found[1], start), pattern)
    counter = COUNTER.search(text)
    if counter is None:
        return text
    before, after = text[: counter.start()], text[counter.end() :]
    return f"{before}{_last_used(db, before, after) + 1:0{int(counter[1] or 1)}}{after}"


def _date_part(name: str, day: date) -> str:
    return {"Y2": f"{day:%y}", "Y4": f"{day:%Y}", "M2": f"{day:%m}", "D2": f"{day:%d}"}[name]


def _last_used(db: Connection, before: str, after: str) -> int:
    """The greatest counter between two texts among the numbers of all contracts, 0 when there is none."""
    for title in _titles(db, before, after):
        counter = title[len(before) : len(title) - len(after)]
        if counter.isascii() and counter.isdigit():
            return int(counter)
    return 0


def _titles(db: Connection, before: str, after: str) -> Iterator[str]:
    """Numbers around the two texts, the longest first, then the greatest: counters have leading zeros."""
    title = schema.contract.c.title
    query = (
        select(title)
        .where(title.startswith(before, autoescape=True), title.endswith(after, autoescape=True))
        .order_by(func.length(title).desc(), title.desc())
    )
    offset = 0
    while found := db.execute(query.limit(LOOKED_AT_ONCE).offset(offset)).scalars().all():
        yield from found
        offset += LOOKED_AT_ONCE
