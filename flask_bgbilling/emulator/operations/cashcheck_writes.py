"""Choosing a fiscal registrator and printing checks of payments (money.md 12)."""

from __future__ import annotations

from sqlalchemy import RowMapping, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.answers import money
from flask_bgbilling.emulator.errors import Refused
from flask_bgbilling.emulator.model.changes import add_row, remove_rows
from flask_bgbilling.emulator.model.instances import check_plugin
from flask_bgbilling.emulator.model.ledger import exact_sum
from flask_bgbilling.emulator.model.money import ZERO, total
from flask_bgbilling.emulator.registry import JsonCall, json_rpc
from flask_bgbilling.emulator.schema.modules_plugins import (
    cashcheck_check,
    cashcheck_registrator,
    cashcheck_user_registrator,
)

PACKAGE = "ru.bitel.bgbilling.plugins.cashcheck"
SERVICE = "CashcheckService"
PLUGIN = "cashcheck"


@json_rpc(PACKAGE, SERVICE, "bindPrinter", right="write")
def bind(call: JsonCall) -> object:
    """Binds the calling account to a registrator from now on; its password must fit."""
    check_plugin(call, PLUGIN)
    wanted, bound = call.integer("registratorId"), cashcheck_user_registrator
    query = select(cashcheck_registrator).where(cashcheck_registrator.c.id == wanted)
    found = call.db.execute(query).mappings().first()
    if found is None:
        raise Refused("Регистратор не найден")
    if call.text("password") != found["password"]:
        raise Refused("Неверный пароль регистратора")
    remove_rows(call.db, bound, bound.c.uid == call.user.id)
    add_row(call.db, bound, uid=call.user.id, registrator_id=wanted)
    return None


@json_rpc(PACKAGE, SERVICE, "printCheck", right="write")
def print_check(call: JsonCall) -> object:
    """Prints one check for payments on the account's registrator; its sum and the change, both as texts."""
    check_plugin(call, PLUGIN)
    registrator = call.db.scalar(
        select(cashcheck_user_registrator.c.registrator_id).where(cashcheck_user_registrator.c.uid == call.user.id)
    )
    if registrator is None:
        raise Refused("Не выбран фискальный регистратор")
    payments = _payments(call)
    cash, sum_ = exact_sum(call.decimal("summa")), total(row["summa"] for row in payments)
    if sum_ <= ZERO:
        raise Refused("Сумма чека должна быть больше нуля")
    if cash < sum_:
        raise Refused(f"Внесено {money(cash)}, а сумма чека {money(sum_)}")
    add_row(
        call.db,
        cashcheck_check,
        registrator_id=registrator,
        uid=call.user.id,
        payment_ids=",".join(str(row["id"]) for row in payments),
        summa=sum_,
        cash=cash,
        submit=cash - sum_,
        dt=call.now,
    )
    return {"summa": money(sum_), "submit": money(cash - sum_)}


def _payments(call: JsonCall) -> list[RowMapping]:
    """The payments of a check in the order of the request, each once; refused when one is unknown or none is named."""
    wanted, rows = list(dict.fromkeys(call.ids("paymentIds"))), schema.contract_payment
    if not wanted:
        raise Refused("Не указаны платежи")
    found = {row["id"]: row for row in call.db.execute(select(rows).where(rows.c.id.in_(wanted))).mappings()}
    if len(found) < len(wanted):
        raise Refused("Платёж не найден")
    return [found[number] for number in wanted]
