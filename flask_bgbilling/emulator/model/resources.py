"""Free numbers, VLANs and addresses of the inventory (modules.md 2.5, 5.3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from sqlalchemy import ColumnElement, Table, and_, or_

Range = tuple[int, int]
"""First and last number, both included."""


def overlaps(table: Table, start: date | None, end: date | None) -> ColumnElement[bool]:
    """The condition for the period of a row to have a day in common with a period; open sides are ``None``."""
    conditions: list[ColumnElement[bool]] = []
    if end is not None:
        conditions.append(or_(table.c.dateFrom.is_(None), table.c.dateFrom <= end))
    if start is not None:
        conditions.append(or_(table.c.dateTo.is_(None), table.c.dateTo >= start))
    return and_(True, *conditions)


def gaps(whole: Range, taken: Iterable[Range]) -> Iterator[Range]:
    """The parts of a range that no taken range touches, ascending."""
    first, last = whole
    for start, end in sorted(taken):
        if start > first:
            yield first, min(start - 1, last)
        first = max(first, end + 1)
        if first > last:
            return
    yield first, last


def blocks(free: Iterable[Range], size: int, *, aligned: bool = False) -> Iterator[Range]:
    """Neighbouring blocks of ``size`` numbers inside the free ranges; aligned ones begin at a multiple of it."""
    for first, last in free:
        start = -(-first // size) * size if aligned else first
        while start + size - 1 <= last:
            yield start, start + size - 1
            start += size


def number_of(address: bytes) -> int:
    """An address as a number."""
    return int.from_bytes(address, "big")


def address_of(number: int, length: int) -> bytes:
    """A number as the bytes of an address."""
    return number.to_bytes(length, "big")
