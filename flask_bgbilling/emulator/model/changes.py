"""What every change of the billing's data shares: rows that fit their columns, ids, periods, directory versions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, String, Table, delete, insert, select, update

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.calls import Call, User
from flask_bgbilling.emulator.errors import Refused
from flask_bgbilling.emulator.model.presence import CONTRACT

NEW = "new"
FIRST_DIRECTORY_VERSION = 1_700_000_000_000
"""What an unchanged directory answers; it must not be 0, or clients never load the directory."""


_HELD = CONTRACT.with_for_update()


def add_row(db: Connection, table: Table, **values: Any) -> int:
    """Writes a row; returns its id, 0 for a table without a numbered key."""
    found = db.execute(insert(table).values(**fitting(table, values))).inserted_primary_key
    return int(found[0]) if found is not None and found and isinstance(found[0], int) else 0


def change_row(db: Connection, table: Table, number: int, **values: Any) -> None:
    """Changes the row of an id."""
    db.execute(update(table).where(table.c.id == number).values(**fitting(table, values)))


def remove_rows(db: Connection, table: Table, *conditions: ColumnElement[bool]) -> int:
    """Removes the rows that satisfy the conditions; returns how many there were."""
    return db.execute(delete(table).where(*conditions)).rowcount


def fitting(table: Table, values: dict[str, Any]) -> dict[str, Any]:
    """The values with texts cut to the length of their columns.

    The billing's database runs without strict mode and cuts silently (database.md, general traits).
    """
    return {name: _cut(table, name, value) for name, value in values.items()}


def record_id(call: Call, name: str = "id") -> int:
    """The id of the record to change, 0 for a new one: absent, ``new``, or a number that is not positive."""
    if not call.has(name) or call.text(name) == NEW:
        return 0
    return max(call.integer(name), 0)


def locked_contract(call: Call, name: str) -> RowMapping:
    """The row of the contract of a field, held until the end of the transaction where the database can do that."""
    return locked_row(call.db, call.integer(name))


def locked_row(db: Connection, cid: int) -> RowMapping:
    """The row of a contract by id, held like that of ``locked_contract``; refused when there is none."""
    found = db.execute(_HELD, {"cid": cid}).mappings().first()
    if found is None:
        raise Refused("Договор не найден")
    return found


def owned_row(db: Connection, table: Table, number: int, cid: int, refusal: str) -> RowMapping:
    """The row of an id; refused in these words when there is none or it belongs to another contract."""
    found = db.execute(select(table).where(table.c.id == number, table.c.cid == cid)).mappings().first()
    if found is None:
        raise Refused(refusal)
    return found


def checked_period(start: date | None, end: date | None) -> tuple[date | None, date | None]:
    """The two days of a period; refused when the first is after the last. ``None`` is open."""
    if start is not None and end is not None and start > end:
        raise Refused("Дата начала периода позже даты окончания")
    return start, end


def has_right(db: Connection, user: User, right: str) -> bool:
    """Whether an account has a level of rights by itself: ``admin``."""
    rights = schema.user_right.c
    query = select(rights.allowed).where(rights.uid == user.id, rights.name == right)
    return bool(db.execute(query).scalar())


def directory_changed(db: Connection, item_class: str, now: datetime, module: int = 0) -> None:
    """Gives a cached directory a greater version number (transport.md 11)."""
    versions = schema.directory_version
    mine = (versions.c.item_class == item_class) & (versions.c.module_id == module)
    known = db.execute(select(versions.c.version).where(mine)).scalar()
    version = max(int(now.timestamp() * 1000), (known or FIRST_DIRECTORY_VERSION) + 1)
    if known is None:
        db.execute(insert(versions).values(item_class=item_class, module_id=module, version=version))
    else:
        db.execute(update(versions).where(mine).values(version=version))


def _cut(table: Table, name: str, value: Any) -> Any:
    kind = table.c[name].type
    return value[: kind.length] if isinstance(value, str) and isinstance(kind, String) and kind.length else value
