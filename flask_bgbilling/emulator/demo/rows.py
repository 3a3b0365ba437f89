"""Collects the rows of demo data and writes them in bulk."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import Connection, Table, insert

FLUSH_AT = 200_000
BATCH = 20_000


class Rows:
    """Rows waiting to be written; numbers them where a table needs an own key."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._waiting: dict[tuple[Table, tuple[str, ...]], list[dict[str, Any]]] = defaultdict(list)
        self._next_id: dict[Table, int] = defaultdict(int)
        self._count = 0

    def add(self, table: Table, **values: Any) -> None:
        """Adds a row as it is."""
        self._waiting[table, tuple(values)].append(values)
        self._count += 1
        if self._count >= FLUSH_AT:
            self.write()

    def new(self, table: Table, **values: Any) -> int:
        """Adds a row under the next free ``id`` of its table; returns the id."""
        self._next_id[table] += 1
        number = self._next_id[table]
        self.add(table, id=number, **values)
        return number

    def write(self) -> None:
        """Writes everything that waits."""
        for (table, _), rows in self._waiting.items():
            for start in range(0, len(rows), BATCH):
                self._connection.execute(insert(table), rows[start : start + BATCH])
        self._waiting.clear()
        self._count = 0
