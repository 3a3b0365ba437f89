"""Days and months relative to the day when the demo data is made."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, time
from random import Random


def month_start(day: date, back: int = 0) -> date:
    """The first day of the month that lies ``back`` months before ``day`` (negative: after it)."""
    index = day.year * 12 + day.month - 1 - back
    return date(index // 12, index % 12 + 1, 1)


def month_end(day: date) -> date:
    """The last day of the month of ``day``."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def months(first: date, last: date) -> Iterator[date]:
    """The first days of the months from that of ``first`` to that of ``last``."""
    month = month_start(first)
    while month <= last:
        yield month
        month = month_start(month, -1)


def working_time(day: date, random: Random) -> datetime:
    """Some moment of that day during office hours."""
    return datetime.combine(day, time(random.randint(9, 18), random.randint(0, 59), random.randint(0, 59)))
