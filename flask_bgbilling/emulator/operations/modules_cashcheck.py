"""Fiscal registrators of the cash check plugin (money.md 12)."""

from __future__ import annotations

from sqlalchemy import select

from flask_bgbilling.emulator.model.instances import check_plugin
from flask_bgbilling.emulator.registry import JsonCall, json_rpc
from flask_bgbilling.emulator.schema.modules_plugins import cashcheck_registrator, cashcheck_user_registrator

PACKAGE = "ru.bitel.bgbilling.plugins.cashcheck"


@json_rpc(PACKAGE, "CashcheckService", "registratorList")
def registrators(call: JsonCall) -> object:
    """All registrators, and the one that the account is bound to, 0 for none."""
    check_plugin(call, "cashcheck")
    query = select(cashcheck_registrator.c.id, cashcheck_registrator.c.title).order_by(cashcheck_registrator.c.title)
    return {
        "registratorId": _bound(call)[0],
        "list": [dict(row) for row in call.db.execute(query).mappings()],
    }


@json_rpc(PACKAGE, "CashcheckService", "getCurrentPrinter")
def current(call: JsonCall) -> object:
    """The registrator that the account is bound to, 0 and no name for none."""
    check_plugin(call, "cashcheck")
    number, title = _bound(call)
    return {"registratorId": number, "registratorName": title}


def _bound(call: JsonCall) -> tuple[int, str]:
    registrators, bound = cashcheck_registrator, cashcheck_user_registrator
    query = (
        select(registrators.c.id, registrators.c.title)
        .join_from(bound, registrators, registrators.c.id == bound.c.registrator_id)
        .where(bound.c.uid == call.user.id)
    )
    found = call.db.execute(query).first()
    return (found.id, found.title) if found else (0, "")
