"""Changing the tariff plans of a contract (money.md 7.4 to 7.6)."""

from __future__ import annotations

from datetime import date, timedelta
from xml.etree.ElementTree import Element

from sqlalchemy import RowMapping

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
from flask_bgbilling.emulator.model.tariffs import contract_groups, group_plans, plan_row, record
from flask_bgbilling.emulator.registry import JsonCall, XmlCall, json_rpc, xml

API = "ru.bitel.bgbilling.kernel.contract.api"
SERVICE = "ContractTariffService"
BEAN = "contractTariff"
PERIOD_SINCE = "9.2"
UNKNOWN_RECORD = "Тариф договора не найден"


@xml("contract", "UpdateContractTariffPlan", below="9.2", right="write")
def update_plan_xml(call: XmlCall) -> Element:
    """Writes a plan of a contract whole; ``id`` ``0`` or ``new`` adds one.

    What is left out is reset: no ``date2`` is an open end, no ``pos`` is position 0.
    """
    contract = locked_contract(call, "cid")
    position = call.integer("pos") if call.text("pos").strip() else 0
    _save(
        call,
        contract,
        record_id(call),
        plan=call.integer("tpid"),
        start=call.date("date1"),
        end=call.date("date2"),
        comment=call.text("comment"),
        position=position,
    )
    return call.data()


@xml("contract", "DeleteContractTariffPlan", below="9.2", right="write")
def delete_plan_xml(call: XmlCall) -> Element:
    """Removes a plan of a contract."""
    _delete(call, locked_contract(call, "cid"), call.integer("id"))
    return call.data()


@json_rpc(API, SERVICE, "contractTariffUpdate", right="write")
def update_plan(call: JsonCall) -> object:
    """Writes a plan of a contract, id 0, -1 or null adds one; its id. Dates are flat below 9.2, a period from it."""
    contract = locked_contract(call, f"{BEAN}.contractId")
    dates = f"{BEAN}." if call.version < PERIOD_SINCE else f"{BEAN}.period."
    return _save(
        call,
        contract,
        record_id(call, f"{BEAN}.id"),
        plan=call.integer(f"{BEAN}.tariffPlanId"),
        start=call.date(f"{dates}dateFrom"),
        end=call.date(f"{dates}dateTo"),
        comment=call.text(f"{BEAN}.comment"),
        position=call.integer(f"{BEAN}.position", 0),
    )


@json_rpc(API, SERVICE, "contractTariffDelete", below="9.2", right="write")
def delete_plan_by_id(call: JsonCall) -> object:
    """Removes a plan of whatever contract it is."""
    found = record(call.db, schema.contract_tariff, call.integer("id"), UNKNOWN_RECORD)
    _delete(call, locked_row(call.db, found["cid"]), found["id"])
    return None


@json_rpc(API, SERVICE, "contractTariffDelete", since="9.2", right="write")
def delete_plan(call: JsonCall) -> object:
    """Removes a plan of a contract."""
    _delete(call, locked_contract(call, "contractId"), call.integer("id"))
    return None


@json_rpc(API, SERVICE, "contractTariffChangeByCustomer", since="7.1", right="write")
def change_by_customer(call: JsonCall) -> object:
    """Ends a plan and begins another of the same tariff group on one of the days that the group allows."""
    contract, start = locked_contract(call, "contractId"), call.required_date("fromDate")
    found = owned_row(
        call.db, schema.contract_tariff, call.integer("fromContractTariffId"), contract["id"], UNKNOWN_RECORD
    )
    groups = {row["gid"] for row in contract_groups(call.db, contract["id"], on=call.today)}
    group = record(call.db, schema.tariff_group, call.integer("tariffGroupId"), "Тарифная группа не найдена")
    target = call.integer("toTariffPlanId")
    offered = group_plans(call.db, contract["id"], call.today)
    if group["id"] not in groups or not {found["tpid"], target} <= offered or target == found["tpid"]:
        raise Refused("Смена тарифа недоступна")
    days_ahead = (start - call.today).days
    if not 1 <= days_ahead <= max(group["df"], 1):
        raise Refused("Смена тарифа на эту дату недоступна")
    change_row(call.db, schema.contract_tariff, found["id"], date2=start - timedelta(days=1), lm=call.now)
    number = _save(call, contract, 0, plan=target, start=start, end=found["date2"], comment="", position=found["pos"])
    change_row(call.db, schema.contract_tariff, number, replaced_from=found["id"])
    return ""


@json_rpc(API, SERVICE, "contractTariffCancelByCustomer", since="7.1", right="write")
def cancel_by_customer(call: JsonCall) -> object:
    """Takes back a change of plan that has not begun: the replaced plan goes on."""
    contract, tariffs = locked_contract(call, "contractId"), schema.contract_tariff
    found = owned_row(call.db, tariffs, call.integer("contractTariffId"), contract["id"], UNKNOWN_RECORD)
    if not found["replaced_from"] or found["date1"] is None or found["date1"] <= call.today:
        raise Refused("Смену тарифа нельзя отменить")
    change_row(call.db, tariffs, found["replaced_from"], date2=found["date2"], lm=call.now)
    _delete(call, contract, found["id"])
    return ""


def _save(
    call: Call,
    contract: RowMapping,
    number: int,
    *,
    plan: int,
    start: date | None,
    end: date | None,
    comment: str,
    position: int,
) -> int:
    """Writes the record; refused for an unknown plan, for days in the wrong order, for a record of another
    contract."""
    checked_period(start, end)
    if plan_row(call.db, plan) is None:
        raise Refused(f"Тарифный план не найден: {plan}")
    values = {
        "tpid": plan,
        "date1": start,
        "date2": end,
        "comment": comment,
        "pos": position,
        "lm": call.now,
    }
    if number:
        owned_row(call.db, schema.contract_tariff, number, contract["id"], UNKNOWN_RECORD)
        change_row(call.db, schema.contract_tariff, number, **values)
    else:
        owner = {"cid": contract["id"], "emid": 0, "eid": 0, "replaced_from": 0}
        number = add_row(call.db, schema.contract_tariff, **owner, **values)
    change_row(call.db, schema.contract, contract["id"], last_tariff_change=call.now)
    return number


def _delete(call: Call, contract: RowMapping, number: int) -> None:
    tariffs = schema.contract_tariff
    found = owned_row(call.db, tariffs, number, contract["id"], UNKNOWN_RECORD)
    remove_rows(call.db, tariffs, tariffs.c.id == found["id"])
    change_row(call.db, schema.contract, contract["id"], last_tariff_change=call.now)
