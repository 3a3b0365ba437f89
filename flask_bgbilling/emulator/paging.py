"""Pages of long lists, as both transports ask for them (transport.md 2, 3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Select

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page:
    """A requested page: ``index`` counts from 1; a ``size`` of 0 or an index of -1 means all rows."""

    index: int = 1
    size: int = 0

    @property
    def everything(self) -> bool:
        """Whether no paging is wanted."""
        return self.size <= 0 or self.index < 0

    @property
    def offset(self) -> int:
        """Number of rows before the page."""
        return 0 if self.everything else (max(self.index, 1) - 1) * self.size

    def pages(self, records: int) -> int:
        """How many pages ``records`` rows make."""
        if self.everything:
            return 1 if records else 0
        return -(-records // self.size)

    def part(self, rows: Sequence[Row]) -> Sequence[Row]:
        """The rows of this page out of the whole list."""
        return rows if self.everything else rows[self.offset : self.offset + self.size]

    def limit(self, query: Select[Any]) -> Select[Any]:
        """The query restricted to the rows of this page."""
        return query if self.everything else query.limit(self.size).offset(self.offset)
