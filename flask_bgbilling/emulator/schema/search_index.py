"""An index of three-letter pieces of contract numbers and comments, on SQLite only.

Searching a number by a part of it must not slow down with the size of the base, and SQLite has no index for
that besides its full-text module. The index is not part of the billing's layout; triggers keep it equal to
``contract``, so that whoever writes there needs not know of it. MariaDB answers the same search by LIKE.
"""

from __future__ import annotations

import sqlite3

from sqlalchemy import ColumnElement, Connection, column, event, select, table

from flask_bgbilling.emulator.schema.contracts import contract

PIECE = 3
"""Shortest text that the index can find."""

_STATEMENTS = (
    "CREATE VIRTUAL TABLE contract_search USING fts5(title, comment, content='', tokenize='trigram')",
    """
    CREATE TRIGGER contract_search_insert AFTER INSERT ON contract BEGIN
        INSERT INTO contract_search(rowid, title, comment) VALUES (
            new.id,
            replace(replace(new.title, 'ё', 'е'), 'Ё', 'Е'), replace(replace(new.comment, 'ё', 'е'), 'Ё', 'Е')
        );
    END
    """,
    """
    CREATE TRIGGER contract_search_delete AFTER DELETE ON contract BEGIN
        INSERT INTO contract_search(contract_search, rowid, title, comment) VALUES (
            'delete', old.id,
            replace(replace(old.title, 'ё', 'е'), 'Ё', 'Е'), replace(replace(old.comment, 'ё', 'е'), 'Ё', 'Е')
        );
    END
    """,
    """
    CREATE TRIGGER contract_search_update AFTER UPDATE OF id, title, comment ON contract BEGIN
        INSERT INTO contract_search(contract_search, rowid, title, comment) VALUES (
            'delete', old.id,
            replace(replace(old.title, 'ё', 'е'), 'Ё', 'Е'), replace(replace(old.comment, 'ё', 'е'), 'Ё', 'Е')
        );
        INSERT INTO contract_search(rowid, title, comment) VALUES (
            new.id,
            replace(replace(new.title, 'ё', 'е'), 'Ё', 'Е'), replace(replace(new.comment, 'ё', 'е'), 'Ё', 'Е')
        );
    END
    """,
)
_INDEX = table("contract_search", column("rowid"))


def usable(dialect: str) -> bool:
    """Whether databases of this dialect have the index; the tokenizer came with SQLite 3.34."""
    return dialect == "sqlite" and sqlite3.sqlite_version_info >= (3, 34)


def contains(field: str, text: str) -> ColumnElement[bool]:
    """The condition for ``title`` or ``comment`` of a contract to contain a text of at least ``PIECE``
    characters, whatever its case."""
    folded = text.replace("ё", "е").replace("Ё", "Е").replace('"', '""')
    match = column("contract_search").op("MATCH")(f'{field} : "{folded}"')
    return contract.c.id.in_(select(_INDEX.c.rowid).where(match))


def _create(_table: object, connection: Connection, **_options: object) -> None:
    if usable(connection.dialect.name):
        for statement in _STATEMENTS:
            connection.exec_driver_sql(statement)


event.listen(contract, "after_create", _create)
