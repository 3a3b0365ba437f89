"""The database behind one emulated billing: a private SQLite file, or any database given by URL.

The tables are created where they are absent. On SQLite every connection gets the collation of the billing,
the SQL functions ``fold`` and ``regexp``, write-ahead logging, and explicit transactions: a call that
writes takes the write lock at its beginning, so that two writers queue instead of failing.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, func, select
from sqlalchemy.engine import make_url

from flask_bgbilling.emulator import schema

BUSY_TIMEOUT_SECONDS = 30
PATTERNS_KEPT = 512


class Database:
    """An open database of the billing; ``close`` removes what was created privately."""

    def __init__(self, url: str = "", *, image: bytes | None = None) -> None:
        """Opens ``url``, or a private temporary file when empty, filled from an SQLite ``image`` when
        given."""
        self._folder: Path | None = None
        self._writing = threading.Lock()
        if not url:
            self._folder = Path(tempfile.mkdtemp(prefix="bgbilling-emulator-"))
            url = f"sqlite:///{self._folder / 'billing.sqlite'}"
            if image is not None:
                (self._folder / "billing.sqlite").write_bytes(image)
        self.engine = _engine(url)
        if image is None:
            schema.METADATA.create_all(self.engine)

    @property
    def empty(self) -> bool:
        """Whether the database holds no user yet, so that demo data may be written."""
        with self.engine.connect() as connection:
            return not connection.scalar(select(func.count()).select_from(schema.user))

    @contextmanager
    def transaction(self, *, writing: bool = True) -> Iterator[Connection]:
        """A connection inside a transaction: committed at the end, rolled back on an error."""
        with self._alone(writing), self.engine.connect() as plain:
            connection = plain.execution_options(billing_writes=writing)
            with connection.begin():
                yield connection

    def _alone(self, writing: bool) -> AbstractContextManager[object]:
        """Writers of an SQLite file queue here: SQLite itself would have them sleep and look again."""
        return self._writing if writing and self.engine.dialect.name == "sqlite" else nullcontext()

    def rows(self, table: str, **conditions: object) -> list[dict[str, Any]]:
        """The rows of a table whose columns equal the given values, as dictionaries."""
        found = schema.METADATA.tables[table]
        query = select(found).where(*(found.c[name] == value for name, value in conditions.items()))
        with self.engine.connect() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def image(self) -> bytes:
        """The whole SQLite database as bytes, to open copies of it from."""
        with self.engine.connect() as connection:
            driver: sqlite3.Connection = connection.connection.dbapi_connection  # type: ignore[assignment]
            return driver.serialize()

    def close(self) -> None:
        """Closes the connections and removes the private file."""
        self.engine.dispose()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


def _engine(url: str) -> Engine:
    if make_url(url).get_backend_name() != "sqlite":
        # A write sees what others committed before it got the lock of the contract, not what was there when it began.
        return create_engine(url, pool_size=16, max_overflow=48, pool_pre_ping=True, isolation_level="READ COMMITTED")
    engine = create_engine(
        url,
        pool_size=16,
        max_overflow=240,
        connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT_SECONDS},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(driver: sqlite3.Connection, _record: object) -> None:
    driver.isolation_level = None
    driver.create_collation(schema.SQLITE_COLLATION, _compare)
    driver.create_function("fold", 1, _fold, deterministic=True)
    driver.create_function("regexp", 2, _matches, deterministic=True)
    for pragma in ("journal_mode=WAL", "synchronous=OFF", "temp_store=MEMORY", "cache_size=-65536"):
        driver.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("billing_writes", False)
    driver: sqlite3.Connection = connection.connection.dbapi_connection  # type: ignore[assignment]
    driver.execute("BEGIN IMMEDIATE" if writing else "BEGIN")


def _compare(left: str, right: str) -> int:
    if left == right:
        return 0
    one, other = schema.fold(left), schema.fold(right)
    return (one > other) - (one < other)


def _fold(value: object) -> str | None:
    return None if value is None else schema.fold(str(value))


def _matches(pattern: str, value: object) -> bool:
    """``value REGEXP pattern`` without case; a pattern that cannot be compiled matches nothing."""
    expression = _compiled(pattern)
    return value is not None and expression is not None and bool(expression.search(schema.fold(str(value))))


@lru_cache(maxsize=PATTERNS_KEPT)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    try:
        return re.compile(pattern.replace("ё", "е").replace("Ё", "Е"), re.IGNORECASE)
    except re.error:
        return None
