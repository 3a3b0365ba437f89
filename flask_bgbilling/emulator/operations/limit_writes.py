"""Changing the limit of a contract (contract.md 12, money.md 5)."""

from __future__ import annotations

from datetime import timedelta
from xml.etree.ElementTree import Element

from sqlalchemy import insert, select, update

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.errors import BadParameter, Refused
from flask_bgbilling.emulator.model.changes import add_row, locked_contract
from flask_bgbilling.emulator.model.contracts import count
from flask_bgbilling.emulator.model.ledger import exact_sum
from flask_bgbilling.emulator.model.limits import (
    LOCKED,
    UNLOCKED,
    cancel_tasks,
    limit_rules,
    manage_mode,
    set_limit,
)
from flask_bgbilling.emulator.registry import JsonCall, XmlCall, json_rpc, xml
from flask_bgbilling.emulator.version import AFTER_9_2

LIMITS = "ru.bitel.bgbilling.kernel.contract.limit"
SERVICE = "ContractLimitService"
OPEN, PARTLY_REPAID, OVERDUE = 0, 1, 3


@xml("contract", "UpdateContractLimit", below=AFTER_9_2, right="write")
def update_limit_xml(call: XmlCall) -> Element:
    """Sets the limit for ever; up to exactly 9.2."""
    contract = locked_contract(call, "cid")
    set_limit(call, contract, call.decimal("value"), call.text("comment"))
    return call.data()


@json_rpc(LIMITS, SERVICE, "updateContractLimit", since="9.2", right="write")
def update_limit(call: JsonCall) -> object:
    """Sets the limit for ever."""
    contract = locked_contract(call, "contractId")
    set_limit(call, contract, call.decimal("limit"), call.text("comment"))
    return None


@json_rpc(LIMITS, SERVICE, "updateContractLimitPeriod", right="write")
def update_limit_for_days(call: JsonCall) -> object:
    """Sets the limit for some days and plans the return."""
    contract, days = locked_contract(call, "contractId"), call.integer("period")
    if days <= 0:
        raise Refused("Количество дней должно быть больше нуля")
    set_limit(call, contract, call.decimal("limit"), call.text("comment"), days)
    return None


@xml("contract", "LimitChangeTaskDelete", below="8.0", right="write")
def cancel_task_xml(call: XmlCall) -> Element:
    """Cancels one planned change of the limit."""
    cancel_tasks(call, locked_contract(call, "cid"), [call.integer("id")])
    return call.data()


@json_rpc(LIMITS, SERVICE, "cancelLimitChangeTask", since="8.0", right="write")
def cancel_task(call: JsonCall) -> object:
    """Cancels planned changes of the limit."""
    cancel_tasks(call, locked_contract(call, "contractId"), call.ids("taskIds"))
    return None


@xml("contract", "UpdateContractLimitManage", below="8.2", right="write")
def update_limit_manage(call: XmlCall) -> Element:
    """Lets the customer lower the limit (0) or not (1)."""
    contract, mode = locked_contract(call, "cid"), call.integer("value")
    if mode not in (UNLOCKED, LOCKED):
        raise BadParameter(f"Неверное значение параметра value: {mode}")
    modes = schema.contract_limit_manage_mode
    if call.db.execute(select(modes.c.cid).where(modes.c.cid == contract["id"])).first() is None:
        call.db.execute(insert(modes).values(cid=contract["id"], mode=mode))
    else:
        call.db.execute(update(modes).where(modes.c.cid == contract["id"]).values(mode=mode))
    return call.data()


@json_rpc(LIMITS, SERVICE, "contractLimitMove", since="7.1", right="write")
def move_limit(call: JsonCall) -> object:
    """Lowers the limit by an amount for some days, as a customer may under the rules of the billing."""
    contract, days = locked_contract(call, "contractId"), call.integer("days")
    amount, rules = exact_sum(call.decimal("amount")), limit_rules(call.db)
    if manage_mode(call.db, contract["id"]) == LOCKED:
        raise Refused("Понижение лимита запрещено для договора")
    if not rules["minDays"] <= days <= rules["maxDays"]:
        raise Refused(f"Количество дней должно быть от {rules['minDays']} до {rules['maxDays']}")
    if not rules["minSumm"] <= amount <= rules["maxSumm"]:
        raise Refused(f"Сумма должна быть от {rules['minSumm']} до {rules['maxSumm']}")
    limit = contract["closesumma"] - amount
    if limit < rules["minLimit"]:
        raise Refused(f"Лимит не может быть ниже {rules['minLimit']}")
    movements = schema.contract_limit_manage
    for status, name in (
        (OPEN, "maxNotPayoffed"),
        (PARTLY_REPAID, "maxPartialPayoffed"),
        (OVERDUE, "maxExpiredForBlock"),
    ):
        known = count(call.db, movements, movements.c.cid == contract["id"], movements.c.status == status)
        if known >= rules[name]:
            raise Refused("Есть непогашенные понижения лимита")
    task = set_limit(call, contract, limit, "Понижение лимита клиентом", days)
    add_row(
        call.db,
        movements,
        cid=contract["id"],
        date1=call.today,
        date2=call.today + timedelta(days=days),
        summ=amount,
        rest=amount,
        status=OPEN,
        pids="",
        clp_id=task,
    )
    return None
