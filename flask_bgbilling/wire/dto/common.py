"""Values shared by all areas: periods, pages, id with title."""

from datetime import date
from typing import Generic, TypeVar

from msgspec import Struct

T = TypeVar("T")


class IdTitle(Struct, frozen=True):
    """A directory entry: numeric id and the title that people know."""

    id: int
    title: str


class Period(Struct, frozen=True):
    """Calendar days, both ends inclusive; ``None`` is an open end."""

    since: date | None = None
    until: date | None = None

    def __contains__(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


class Page(Struct, Generic[T], frozen=True):
    """A part of a list: ``index`` counts from 1, ``size`` 0 means everything, ``found`` counts the whole list."""

    items: tuple[T, ...]
    found: int
    index: int = 1
    size: int = 0

    @property
    def count(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.found // self.size)) if self.size else 1
