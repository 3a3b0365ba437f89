"""Changing personal tariffs and tariff groups of a contract (money.md 8, 9)."""

from __future__ import annotations

from datetime import date
from typing import Any
from xml.etree.ElementTree import Element

from sqlalchemy import func, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.calls import Call
from flask_bgbilling.emulator.errors import Refused
from flask_bgbilling.emulator.model.changes import (
    add_row,
    change_row,
    checked_period,
    locked_contract,
    locked_row,
    owned_row,
    record_id,
    remove_rows,
)
from flask_bgbilling.emulator.model.tariffs import record
from flask_bgbilling.emulator.registry import JsonCall, XmlCall, json_rpc, xml

API = "ru.bitel.bgbilling.kernel.contract.api"
SERVICE = "ContractTariffService"
MODULE = "contract.tariff"
PERSONAL, GROUP = "personalTariff", "contractTariffGroup"
UNKNOWN_TARIFF = "Персональный тариф не найден"
UNKNOWN_GROUP = "Тарифная группа договора не найдена"


@xml(MODULE, "UpdatePersonalTariff", below="9.2", right="write")
def update_personal_xml(call: XmlCall) -> Element:
    """Writes a personal tariff; ``id`` 0 adds one, ``new`` is not understood here."""
    number = _save_personal(
        call,
        locked_contract(call, "cid")["id"],
        max(call.integer("id"), 0),
        title=call.text("title"),
        pos=call.integer("pos", 0),
        date1=call.date("date1"),
        date2=call.date("date2"),
    )
    return call.data(id=str(number))


@xml(MODULE, "DeletePersonalTariff", below="9.2", right="write")
def delete_personal_xml(call: XmlCall) -> Element:
    """Removes a personal tariff; what else the form says does not matter."""
    _delete_personal(call, locked_contract(call, "cid")["id"], call.integer("id"))
    return call.data()


@json_rpc(API, SERVICE, "personalTariffUpdate", since="9.2", right="write")
def update_personal(call: JsonCall) -> object:
    """Writes a personal tariff, id 0 adds one with a tree of its own; its id. The dates are flat."""
    contract = locked_contract(call, "contractId")
    return _save_personal(
        call,
        contract["id"],
        record_id(call, f"{PERSONAL}.id"),
        title=call.text(f"{PERSONAL}.title"),
        pos=call.integer(f"{PERSONAL}.pos", 0),
        date1=call.date(f"{PERSONAL}.date1"),
        date2=call.date(f"{PERSONAL}.date2"),
        title_web=call.text(f"{PERSONAL}.titleWeb"),
        use_title_in_web=int(call.flag(f"{PERSONAL}.useTitleInWeb")),
        config=call.text(f"{PERSONAL}.config"),
    )


@json_rpc(API, SERVICE, "personalTariffDelete", since="9.2", right="write")
def delete_personal(call: JsonCall) -> object:
    """Removes a personal tariff."""
    _delete_personal(call, locked_contract(call, "contractId")["id"], call.integer("personalTariffId"))
    return None


@xml("contract", "UpdateContractTariffGroup", right="write")
def update_group_xml(call: XmlCall) -> Element:
    """Writes a tariff group of a contract on every version; ``id`` ``new`` adds one."""
    number = _save_group(
        call,
        locked_contract(call, "cid")["id"],
        record_id(call),
        call.integer("tariff_group"),
        call.date("date1"),
        call.date("date2"),
        call.text("comment"),
    )
    return call.data(id=str(number))


@xml("contract", "DeleteContractTariffGroup", right="write")
def delete_group_xml(call: XmlCall) -> Element:
    """Removes a tariff group of whatever contract it is, on every version."""
    _delete_group(call)
    return call.data()


@json_rpc(API, SERVICE, "contractTariffGroupUpdate", right="write")
def update_group(call: JsonCall) -> object:
    """Writes a tariff group of a contract, id 0 adds one; its id."""
    return _save_group(
        call,
        locked_contract(call, f"{GROUP}.contractId")["id"],
        record_id(call, f"{GROUP}.id"),
        call.integer(f"{GROUP}.tariffGroupId"),
        call.date(f"{GROUP}.dateFrom"),
        call.date(f"{GROUP}.dateTo"),
        call.text(f"{GROUP}.comment"),
    )


@json_rpc(API, SERVICE, "contractTariffGroupDelete", right="write")
def delete_group(call: JsonCall) -> object:
    """Removes a tariff group of whatever contract it is."""
    _delete_group(call)
    return None


def _save_personal(call: Call, cid: int, number: int, **values: Any) -> int:
    tariffs = schema.contract_tree_link
    checked_period(values["date1"], values["date2"])
    if not str(values["title"]).strip():
        raise Refused("Не указано название персонального тарифа")
    if number:
        owned_row(call.db, tariffs, number, cid, UNKNOWN_TARIFF)
        change_row(call.db, tariffs, number, **values)
        return number
    return add_row(call.db, tariffs, cid=cid, tree_id=_new_tree(call), emid=0, eid=0, **values)


def _new_tree(call: Call) -> int:
    """The id of a tariff tree that nothing uses yet."""
    trees = (schema.contract_tree_link.c.tree_id, schema.tariff_plan.c.tree_id)
    return max(call.db.execute(select(func.max(tree))).scalar() or 0 for tree in trees) + 1


def _delete_personal(call: Call, cid: int, number: int) -> None:
    tariffs = schema.contract_tree_link
    found = owned_row(call.db, tariffs, number, cid, UNKNOWN_TARIFF)
    remove_rows(call.db, tariffs, tariffs.c.id == found["id"])


def _save_group(
    call: Call, cid: int, number: int, group: int, start: date | None, end: date | None, comment: str
) -> int:
    groups = schema.contract_tariff_group
    checked_period(start, end)
    record(call.db, schema.tariff_group, group, f"Тарифная группа не найдена: {group}")
    values = {"gid": group, "date1": start, "date2": end, "comment": comment}
    if not number:
        return add_row(call.db, groups, cid=cid, **values)
    owned_row(call.db, groups, number, cid, UNKNOWN_GROUP)
    change_row(call.db, groups, number, **values)
    return number


def _delete_group(call: XmlCall | JsonCall) -> None:
    groups = schema.contract_tariff_group
    found = record(call.db, groups, call.integer("id"), UNKNOWN_GROUP)
    locked_row(call.db, found["cid"])
    remove_rows(call.db, groups, groups.c.id == found["id"])
