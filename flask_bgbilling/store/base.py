"""What all tables of ours have in common: names, and columns that mean the same in every database."""

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, MetaData, String, Text, TypeDecorator
from sqlalchemy.dialects import mysql
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeEngine

PREFIX: Final = "bgb_"
"""How the names of all our tables begin."""

VERSION_TABLE: Final = "bgb_alembic_version"
"""Where the state of our tables is kept, apart from the host's own."""

_MYSQL: Final = ("mysql", "mariadb")

NAMING: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

TABLE_OPTIONS: Final = {"mysql_charset": "utf8mb4", "mysql_engine": "InnoDB"}
"""For ``__table_args__``: all characters and transactions, whatever the host's database has by default."""

BigId: Final = BigInteger().with_variant(Integer(), "sqlite")
"""A number that the database counts up; SQLite does so for its own INTEGER only."""

LongText: Final = Text().with_variant(mysql.LONGTEXT(), *_MYSQL)
"""A text of any length; 64 KiB would be all that MariaDB's TEXT holds."""


def exact(length: int) -> TypeEngine[str]:
    """A short name that is compared character by character; MariaDB would take ``A`` for ``a`` otherwise."""
    return String(length).with_variant(mysql.VARCHAR(length, charset="utf8mb4", collation="utf8mb4_bin"), *_MYSQL)


class Moment(TypeDecorator[datetime]):
    """A moment to the microsecond: kept as UTC without a zone, given and taken as an aware one in UTC.

    A naive moment raises ``ValueError``: nobody could tell which clock it was read from.
    """

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """``DATETIME(6)`` where the plain one would cut off fractions of a second."""
        return dialect.type_descriptor(mysql.DATETIME(fsp=6) if dialect.name in _MYSQL else DateTime())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database."""
        return None if value is None else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """Base of our tables. They live in the host's default database but not in the host's metadata."""

    metadata = MetaData(naming_convention=NAMING)
