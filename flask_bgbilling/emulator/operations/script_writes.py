"""Changing scripts of a contract and running additional actions (contract.md 15, 16)."""

from __future__ import annotations

import re
from datetime import date
from xml.etree.ElementTree import Element

from sqlalchemy import RowMapping, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.answers import money, table
from flask_bgbilling.emulator.calls import Call
from flask_bgbilling.emulator.errors import Refused
from flask_bgbilling.emulator.model.changes import (
    add_row,
    change_row,
    checked_period,
    locked_contract,
    owned_row,
    record_id,
    remove_rows,
)
from flask_bgbilling.emulator.model.contracts import count
from flask_bgbilling.emulator.model.money import ZERO, stored_balances
from flask_bgbilling.emulator.registry import JsonCall, XmlCall, json_rpc, xml

SCRIPTS = "ru.bitel.bgbilling.kernel.contract.script"
SERVICE = "ContractScriptService"
UNKNOWN_SCRIPT = "Скрипт договора не найден"
VARIABLE = re.compile(r"\$\{(title|comment|balance)\}")


@xml("contract", "UpdateContractScript", below="9.2", right="write")
def update_script_xml(call: XmlCall) -> Element:
    """Writes a script of a contract; ``id`` ``new`` adds one."""
    contract = locked_contract(call, "cid")
    start, end = call.date("date1"), call.date("date2")
    number = _save(call, contract["id"], record_id(call), call.integer("script"), start, end, call.text("comment"))
    return call.data(id=str(number))


@xml("contract", "DeleteContractScript", below="9.2", right="write")
def delete_script_xml(call: XmlCall) -> Element:
    """Deletes a script of whatever contract it is."""
    _delete(call)
    return call.data()


@json_rpc(SCRIPTS, SERVICE, "contractScriptUpdate", since="9.2", right="write")
def update_script(call: JsonCall) -> object:
    """Writes a script of a contract, id 0 adds one; its id."""
    name = "contractScript"
    contract = locked_contract(call, f"{name}.contractId")
    return _save(
        call,
        contract["id"],
        record_id(call, f"{name}.id"),
        call.integer(f"{name}.scriptId"),
        call.date(f"{name}.period.dateFrom"),
        call.date(f"{name}.period.dateTo"),
        call.text(f"{name}.comment"),
    )


@json_rpc(SCRIPTS, SERVICE, "deleteScript", since="7.1", below="9.2", right="write")
@json_rpc(SCRIPTS, SERVICE, "contractScriptDelete", since="9.2", right="write")
def delete_script(call: JsonCall) -> object:
    """Deletes a script of whatever contract it is."""
    _delete(call)
    return None


@xml("contract", "AdditionalAction", right="write")
def additional_action(call: XmlCall) -> Element:
    """Runs an action for a contract; its report is a row for each line."""
    lines = _run(call, locked_contract(call, "cid"), call.integer("action_id"), customer=False)
    data = call.data()
    table(data, ({"text": line} for line in lines))
    return data


@json_rpc(SCRIPTS, SERVICE, "additionalContractActionInvoke", since="7.1", right="write")
def additional_action_invoke(call: JsonCall) -> object:
    """Runs an action for a contract; its report is one text."""
    contract = locked_contract(call, "contractId")
    lines = _run(call, contract, call.integer("actionId"), customer=call.flag("customer"))
    return {"report": "\n".join(lines)}


def _save(call: Call, cid: int, number: int, kind: int, start: date | None, end: date | None, comment: str) -> int:
    scripts, kinds = schema.contract_script, schema.script
    checked_period(start, end)
    if not count(call.db, kinds, kinds.c.id == kind):
        raise Refused(f"Тип скрипта не найден: {kind}")
    values = {"script_id": kind, "date1": start, "date2": end, "comment": comment}
    if not number:
        return add_row(call.db, scripts, cid=cid, **values)
    owned_row(call.db, scripts, number, cid, UNKNOWN_SCRIPT)
    change_row(call.db, scripts, number, **values)
    return number


def _delete(call: XmlCall | JsonCall) -> None:
    scripts = schema.contract_script
    if not remove_rows(call.db, scripts, scripts.c.id == call.integer("id")):
        raise Refused(UNKNOWN_SCRIPT)


def _run(call: Call, contract: RowMapping, number: int, *, customer: bool) -> list[str]:
    """The report of an action with the contract's data filled in; a line of the script log tells of the run."""
    actions = schema.additional_action
    query = select(actions).where(actions.c.id == number)
    action = call.db.execute(query.where(actions.c.customer == 1) if customer else query).mappings().first()
    if action is None:
        raise Refused(f"Дополнительное действие не найдено: {number}")
    balances = stored_balances(call.db, contract["id"])
    values = {
        "title": contract["title"],
        "comment": contract["comment"],
        "balance": money(balances[-1].closing if balances else ZERO),
    }
    report = VARIABLE.sub(lambda found: values[found[1]], action["report"] or "")
    add_row(call.db, schema.contract_script_log, cid=contract["id"], dt=call.now, title=action["title"], data=report)
    return report.split("\n")
