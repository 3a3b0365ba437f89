"""Search by login or alias of the old dial-up module (contract-search.md 4.11)."""

from __future__ import annotations

from collections import defaultdict
from xml.etree.ElementTree import Element

from sqlalchemy import select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.answers import table
from flask_bgbilling.emulator.errors import BadParameter, Refused
from flask_bgbilling.emulator.model.patterns import mask_condition, parse_mask
from flask_bgbilling.emulator.registry import XmlCall, xml
from flask_bgbilling.emulator.schema.dialup import DIALUP_INSTANCE


@xml("call", "FindContractLoginAlias")
def find_by_login(call: XmlCall) -> Element:
    """Logins of an instance by number (``type`` ``login``) or by a part of an alias (``alias``).

    Rows: ``f0`` contract id, ``f1`` contract number, ``f2`` login record, ``f3`` login, ``f4`` its aliases.
    """
    if call.integer("mid") != DIALUP_INSTANCE:
        raise Refused("Экземпляр модуля не найден")
    logins, aliases, contract = schema.user_login, schema.user_alias, schema.contract
    query = select(logins.c.id, logins.c.login, logins.c.cid, contract.c.title).join(
        contract, contract.c.id == logins.c.cid
    )
    kind, value = call.text("type"), call.text("value").strip()
    if kind == "login":
        query = query.where(logins.c.login == call.integer("value"))
    elif kind == "alias":
        matches = mask_condition(aliases.c.login_alias, parse_mask(value), call.db.dialect.name)
        query = query.where(logins.c.id.in_(select(aliases.c.login_id).where(matches)))
    else:
        raise BadParameter(f"Неверное значение параметра type: {kind}")
    found = call.db.execute(query.order_by(contract.c.title, logins.c.login)).all()
    names: dict[int, list[str]] = defaultdict(list)
    of_found = aliases.c.login_id.in_([login.id for login in found])
    for alias in call.db.execute(select(aliases).where(of_found).order_by(aliases.c.login_alias)):
        names[alias.login_id].append(alias.login_alias)
    data = call.data()
    rows = (
        {"f0": login.cid, "f1": login.title, "f2": login.id, "f3": login.login, "f4": ", ".join(names[login.id])}
        for login in found
    )
    table(data, rows)
    return data
