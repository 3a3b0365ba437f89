"""Column types of the emulated database and the one metadata all tables belong to.

Texts compare without case, with ``ё`` equal to ``е`` and without trailing spaces on both databases: SQLite
gets the collation ``billing`` (registered by ``flask_bgbilling.emulator.database`` on every connection),
MariaDB utf8mb4.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import Column, Date, DateTime, Integer, MetaData, Numeric, SmallInteger, String, Text
from sqlalchemy.dialects import mysql, sqlite
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

METADATA = MetaData()
SQLITE_COLLATION = "billing"
MYSQL_COLLATION = "utf8mb4_unicode_ci"


def fold(value: str) -> str:
    """The form in which two texts of the database are compared: no case, ``ё`` as ``е``, no trailing
    spaces."""
    return value.casefold().replace("ё", "е").rstrip(" ")


class Money(TypeDecorator[Decimal]):
    """An exact decimal number; reading always gives the declared scale.

    SQLite has no decimal type and keeps a double, which holds 15 significant digits: more than any column
    here has. Sums over it are rounded to the scale when they are read.
    """

    impl = Numeric
    cache_ok = True

    def __init__(self, precision: int = 10, scale: int = 2) -> None:
        super().__init__(precision, scale)
        self.precision = precision
        self.scale = scale
        self.unit = Decimal(1).scaleb(-scale)

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """A plain numeric column on SQLite, ``DECIMAL`` elsewhere."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(Numeric(self.precision, self.scale, asdecimal=False))
        return dialect.type_descriptor(Numeric(self.precision, self.scale))

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """The driver of SQLite takes no decimals."""
        return float(value) if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """The exact value at the scale of the column."""
        return None if value is None else Decimal(str(value)).quantize(self.unit)


def words(length: int) -> TypeEngine[str]:
    """A text of limited length in the common collation."""
    return String(length, collation=MYSQL_COLLATION).with_variant(String(length, collation=SQLITE_COLLATION), "sqlite")


def long_text() -> TypeEngine[str]:
    """A text of any length in the common collation."""
    return Text(collation=MYSQL_COLLATION).with_variant(Text(collation=SQLITE_COLLATION), "sqlite")


def moment_type() -> TypeEngine[Any]:
    """A wall-clock moment in whole seconds."""
    return DateTime().with_variant(sqlite.DATETIME(truncate_microseconds=True), "sqlite")  # type: ignore[no-untyped-call]


def mask_type() -> TypeEngine[int]:
    """A bit mask of 64 bits."""
    return mysql.BIGINT().with_variant(sqlite.INTEGER(), "sqlite")


def key(name: str = "id") -> Column[int]:
    """The numbered primary key of a table."""
    return Column(name, Integer, primary_key=True, autoincrement=True)


def part_of_key(name: str) -> Column[int]:
    """An integer that is part of a compound primary key."""
    return Column(name, Integer, primary_key=True, autoincrement=False)


def number(name: str, default: int = 0, *, index: bool = False) -> Column[int]:
    """An integer that is never null."""
    return Column(name, Integer, nullable=False, default=default, server_default=str(default), index=index)


def small(name: str, default: int = 0) -> Column[int]:
    """A small integer that is never null: a flag, a code."""
    return Column(name, SmallInteger, nullable=False, default=default, server_default=str(default))


def mask(name: str) -> Column[int]:
    """A bit mask, zero by default."""
    return Column(name, mask_type(), nullable=False, default=0, server_default="0")


def optional_number(name: str) -> Column[int]:
    """An integer that may be absent."""
    return Column(name, Integer)


def title(name: str = "title", length: int = 150, *, index: bool = False) -> Column[str]:
    """A short text that is never null, empty by default."""
    return Column(name, words(length), nullable=False, default="", server_default="", index=index)


def optional_title(name: str, length: int = 255) -> Column[str]:
    """A short text that may be absent."""
    return Column(name, words(length))


def text(name: str) -> Column[str]:
    """A long text that may be absent."""
    return Column(name, long_text())


def day(name: str) -> Column[Any]:
    """A day, absent when open."""
    return Column(name, Date)


def moment(name: str) -> Column[Any]:
    """A moment, absent when open."""
    return Column(name, moment_type())


def money(name: str, precision: int = 10, scale: int = 2) -> Column[Decimal]:
    """A sum that is never null."""
    return Column(name, Money(precision, scale), nullable=False, default=Decimal(0), server_default="0")
