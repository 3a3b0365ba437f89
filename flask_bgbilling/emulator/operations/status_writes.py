"""Changing the status of contracts (contract.md 10)."""

from __future__ import annotations

from datetime import timedelta
from xml.etree.ElementTree import Element

from flask_bgbilling.emulator.errors import BadParameter, Refused
from flask_bgbilling.emulator.model.changes import locked_contract, locked_row
from flask_bgbilling.emulator.model.status_changes import change_status, manual_status
from flask_bgbilling.emulator.registry import JsonCall, XmlCall, json_rpc, xml

CONTRACT_API = "ru.bitel.bgbilling.kernel.contract.api"
MONITOR = "ru.bitel.bgbilling.kernel.contract.status"
CHANGE_STATUS = "changeStatus"


@json_rpc(MONITOR, "ContractStatusMonitorService", "changeContractStatus", below="8.2", right="write")
@json_rpc(CONTRACT_API, "ContractStatusService", "changeContractStatus", since="8.2", below="9.2", right="write")
def change_statuses(call: JsonCall) -> object:
    """Gives contracts a status for a period; all of them or, when one is refused, none."""
    _change(call, call.ids("cid"))
    return None


@json_rpc(CONTRACT_API, "ContractStatusService", "changeContractStatus", since="9.2", right="write")
def change_statuses_of_entities(call: JsonCall) -> object:
    """The same from 9.2: an array under a singular name; objects of a contract have no status of their own."""
    if call.integer("objectId", 0):
        raise Refused("Изменение статуса объекта договора не поддерживается")
    _change(call, call.ids("contractId"))
    return None


@xml("contract", "ContractGroupOperation", below="9.2", right="write")
def group_operation(call: XmlCall) -> Element:
    """The change of status of several contracts at once; other operations on groups are unknown."""
    if call.text("type") != CHANGE_STATUS:
        raise BadParameter(f"Неизвестная групповая операция: {call.text('type')}")
    status = manual_status(call, call.integer("status"))["id"]
    start, end = call.required_date("date1"), call.date("date2")
    for cid in _present(call.ids("cids"), "cids"):
        change_status(call, locked_row(call.db, cid), status, start, end, call.text("comment"))
    return call.data()


@json_rpc(CONTRACT_API, "ContractStatusService", "contractStatusChange", since="7.1", right="write")
def change_from_tomorrow(call: JsonCall) -> object:
    """Plans a status from tomorrow on, as a customer may; the id of the period."""
    contract = locked_contract(call, "contractId")
    status = manual_status(call, call.integer("contractStatus"))["id"]
    return change_status(call, contract, status, call.today + timedelta(days=1), None, "")


def _change(call: JsonCall, cids: list[int]) -> None:
    status = manual_status(call, call.integer("statusId"))["id"]
    start, end = call.required_date("dateFrom"), call.date("dateTo")
    confirmed = call.flag("confirmChecked", True)
    for cid in _present(cids, "contractId"):
        contract = locked_row(call.db, cid)
        change_status(call, contract, status, start, end, call.text("comment"), confirmed=confirmed)


def _present(cids: list[int], name: str) -> list[int]:
    if not cids:
        raise BadParameter(f"Не указан параметр {name}")
    return cids
