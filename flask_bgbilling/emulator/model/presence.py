"""Finding the contract that a call is about, and the names of the people who acted on it."""

from __future__ import annotations

from sqlalchemy import Connection, RowMapping, bindparam, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.calls import Call
from flask_bgbilling.emulator.errors import Refused

SERVER_USER = 0
SERVER_NAME = "Сервер"


CONTRACT = select(schema.contract).where(schema.contract.c.id == bindparam("cid"))
"""Made once: nearly every call asks for it."""


def contract_row(db: Connection, cid: int) -> RowMapping:
    """The row of a contract; refused when there is no such contract."""
    found = db.execute(CONTRACT, {"cid": cid}).mappings().first()
    if found is None:
        raise Refused("Договор не найден")
    return found


def contract_of(call: Call, name: str) -> RowMapping:
    """The row of the contract whose id stands in a field; refused when the field or the contract is
    missing."""
    return contract_row(call.db, call.integer(name))


def dependent_subs(db: Connection, cid: int) -> dict[int, str]:
    """Numbers of the dependent sub-contracts of a contract by id: their money counts on it as well."""
    subs = schema.contract
    query = select(subs.c.id, subs.c.title).where(subs.c.scid == cid, subs.c.sub_mode == 0)
    return {row.id: row.title for row in db.execute(query.order_by(subs.c.id))}


def user_names(db: Connection) -> dict[int, str]:
    """Display names of the billing's users by id, the server itself included."""
    names = {row.id: row.name for row in db.execute(select(schema.user.c.id, schema.user.c.name))}
    return {SERVER_USER: SERVER_NAME, **names}


def user_logins(db: Connection) -> dict[int, str]:
    """Logins of the billing's users by id, the server itself included."""
    logins = {row.id: row.login for row in db.execute(select(schema.user.c.id, schema.user.c.login))}
    return {SERVER_USER: "server", **logins}
