"""Reading the tariff plans of a contract and what it may change to (money.md 7.1 to 7.6)."""

from __future__ import annotations

from datetime import date, timedelta
from xml.etree.ElementTree import Element

from sqlalchemy import RowMapping

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.answers import element, item, period, period_object, table
from flask_bgbilling.emulator.calls import Call
from flask_bgbilling.emulator.errors import BadParameter, Refused
from flask_bgbilling.emulator.model.presence import contract_of, contract_row
from flask_bgbilling.emulator.model.tariffs import (
    contract_groups,
    contract_tariffs,
    group_plans,
    offered_plans,
    personal_tariffs,
    plan_titles,
    record,
)
from flask_bgbilling.emulator.registry import JsonCall, XmlCall, json_rpc, xml

API = "ru.bitel.bgbilling.kernel.contract.api"
SERVICE = "ContractTariffService"
PERIOD_SINCE = "9.2"
MODULE_RENAMED = "9.2410"


@xml("contract", "ContractTariffPlans")
def contract_tariff_plans(call: XmlCall) -> Element:
    """Every tariff plan of a contract, past ones too; each value is there by name and by position."""
    contract = contract_of(call, "cid")
    titles = plan_titles(call.db)
    rows = []
    for row in contract_tariffs(call.db, contract["id"]):
        title, span = titles.get(row["tpid"], ""), period(row["date1"], row["date2"])
        rows.append(
            {
                "comment": row["comment"],
                "date1": row["date1"],
                "date2": row["date2"],
                "f0": row["id"],
                "f1": row["tpid"],
                "f2": title,
                "f3": span,
                "f4": row["comment"],
                "f5": row["pos"],
                "id": row["id"],
                "period": span,
                "pos": row["pos"],
                "title": title,
                "tpid": row["tpid"],
            }
        )
    data = call.data()
    table(data, rows)
    return data


@xml("contract", "ContractTariffPlan")
def contract_tariff_plan(call: XmlCall) -> Element:
    """One record, none for ``new`` or an unknown id, and the plans that may be chosen."""
    cid = call.integer("cid", 0)
    contract = contract_row(call.db, cid) if cid else None
    data = call.data()
    found = _record(call, contract)
    if found is not None:
        element(
            data,
            "tariffPlan",
            tpid=found["tpid"],
            date1=found["date1"],
            date2=found["date2"],
            comment=found["comment"],
            pos=found["pos"],
        )
    plans = element(data, "tariffPlans")
    for plan in offered_plans(
        call.db,
        contract,
        call.today,
        module=call.integer("mid", 0),
        only_used=call.flag("showUsed"),
        by_filter=call.flag("useFilter"),
        by_group=call.flag("tariffGroupFilter"),
    ):
        item(plans, id=plan["id"], title=plan["title"])
    return data


@json_rpc(API, SERVICE, "contractTariffList")
def contract_tariff_list(call: JsonCall) -> object:
    """Tariff plans of a contract; a ``date`` keeps those in force that day.

    The owner is asked for by ``entityMid`` below 9.2410 and ``entityModuleId`` from it, and ``entityId``:
    null and -1 mean any, 0 the contract itself. The fields must be there.
    """
    contract = contract_of(call, "contractId")
    module = "entityMid" if call.version < MODULE_RENAMED else "entityModuleId"
    for name in (module, "entityId"):
        if name not in call.params:
            raise BadParameter(f"Не указан параметр {name}")
    rows = contract_tariffs(
        call.db,
        contract["id"],
        on=call.date("date"),
        module=call.integer(module, -1),
        entity=call.integer("entityId", -1),
    )
    return [_bean(call, row) for row in rows]


@json_rpc(API, SERVICE, "contractTariffGet")
def contract_tariff_get(call: JsonCall) -> object:
    """One record of a contract's tariff plan."""
    found = record(call.db, schema.contract_tariff, call.integer("id"), "Тариф договора не найден")
    return _bean(call, found)


@json_rpc(API, SERVICE, "contractTariffEntryList")
def contract_tariff_entry_list(call: JsonCall) -> object:
    """Tariff plans and personal tariffs with titles, as the customer sees them; ``date`` keeps those in
    force that day."""
    contract = contract_of(call, "contractId")
    day = call.date("date")
    module = call.integer("entityModuleId", call.integer("entityMid", -1))
    entity = call.integer("entityId", -1)
    plans = {row["id"]: row for row in offered_plans(call.db, None, call.today)}
    allowed = group_plans(call.db, contract["id"], call.today)
    entries = []
    for row in contract_tariffs(call.db, contract["id"], on=day, module=module, entity=entity):
        plan = plans.get(row["tpid"])
        change_to = sorted(allowed - {row["tpid"]}) if row["tpid"] in allowed else []
        entries.append(
            {
                **_common_entry(row),
                "title": plan["title"] if plan else "",
                "tariffPlanId": row["tpid"],
                "treeId": plan["tree_id"] if plan else 0,
                "comment": row["comment"],
                "personal": False,
                "canCancel": bool(row["replaced_from"] and row["date1"] and row["date1"] > call.today),
                "availableChangeDates": _change_dates(call, contract["id"]) if change_to else [],
                "availableChangeTariffIds": change_to,
                "replacedFromTariffId": _replaced_plan(call, row),
                "replacedFromContractTariffId": row["replaced_from"],
            }
        )
    for row in personal_tariffs(call.db, contract["id"], on=day):
        entries.append(
            {
                **_common_entry(row),
                "title": row["title"],
                "tariffPlanId": 0,
                "treeId": row["tree_id"],
                "comment": "",
                "personal": True,
                "canCancel": False,
                "availableChangeDates": [],
                "availableChangeTariffIds": [],
                "replacedFromTariffId": 0,
                "replacedFromContractTariffId": 0,
            }
        )
    return entries


@json_rpc(API, SERVICE, "contractTariffChangeAvailableDateList")
def change_dates(call: JsonCall) -> object:
    """Days on which the customer may change between two plans of one of the contract's tariff groups."""
    contract = contract_of(call, "contractId")
    gid = call.integer("tariffGroupId")
    group = record(call.db, schema.tariff_group, gid, "Тарифная группа не найдена")
    wanted = {call.integer("fromTariffPlanId"), call.integer("toTariffPlanId")}
    mine = {row["gid"] for row in contract_groups(call.db, contract["id"], on=call.today)}
    if gid not in mine or not wanted <= group_plans(call.db, contract["id"], call.today):
        return []
    return _days_ahead(call.today, group["df"])


def _record(call: XmlCall, contract: RowMapping | None) -> RowMapping | None:
    """The asked record of the contract; a record of another contract is refused."""
    wanted = call.integer("id", 0)
    if wanted <= 0:
        return None
    rows = schema.contract_tariff
    found = call.db.execute(rows.select().where(rows.c.id == wanted)).mappings().first()
    if found is not None and contract is not None and found["cid"] != contract["id"]:
        raise Refused("Тариф не принадлежит договору")
    return found


def _common_entry(row: RowMapping) -> dict[str, object]:
    return {
        "id": row["id"],
        "contractId": row["cid"],
        "dateFrom": row["date1"],
        "dateTo": row["date2"],
        "position": row["pos"],
        "entityMid": row["emid"],
        "entityId": row["eid"],
    }


def _bean(call: JsonCall, row: RowMapping) -> dict[str, object]:
    """A record as the JSON service writes it: flat dates below 9.2, a period from 9.2; never a title."""
    module = "entityMid" if call.version < MODULE_RENAMED else "entityModuleId"
    if call.version < PERIOD_SINCE:
        dates: dict[str, object] = {"dateFrom": row["date1"], "dateTo": row["date2"]}
    else:
        dates = {"period": period_object(row["date1"], row["date2"])}
    return {
        "id": row["id"],
        "contractId": row["cid"],
        "tariffPlanId": row["tpid"],
        **dates,
        "position": row["pos"],
        "comment": row["comment"],
        module: row["emid"],
        "entityId": row["eid"],
        "replacedFromContractTariffId": row["replaced_from"],
    }


def _replaced_plan(call: JsonCall, row: RowMapping) -> int:
    if not row["replaced_from"]:
        return 0
    rows = schema.contract_tariff
    query = rows.select().where(rows.c.id == row["replaced_from"])
    found = call.db.execute(query).mappings().first()
    return int(found["tpid"]) if found is not None else 0


def _change_dates(call: Call, cid: int) -> list[date]:
    """Days on which a change may be planned: as many ahead as the first tariff group allows."""
    groups = contract_groups(call.db, cid, on=call.today)
    group = record(call.db, schema.tariff_group, groups[0]["gid"], "Тарифная группа не найдена")
    return _days_ahead(call.today, group["df"])


def _days_ahead(today: date, days: int) -> list[date]:
    return [today + timedelta(days=ahead) for ahead in range(1, max(days, 1) + 1)]
