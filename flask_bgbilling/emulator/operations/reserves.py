"""Reading reserves of money and the automatic payments of a contract (money.md 6)."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Table, func, or_, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.answers import period_object, search_result
from flask_bgbilling.emulator.errors import BadParameter, Refused
from flask_bgbilling.emulator.model.money import active_reserve, reserves
from flask_bgbilling.emulator.model.postings import members_of
from flask_bgbilling.emulator.model.presence import contract_of, user_names
from flask_bgbilling.emulator.registry import JsonCall, json_rpc

BALANCE = "ru.bitel.bgbilling.kernel.contract.balance"
AUTOPAYMENT = "ru.bitel.bgbilling.kernel.contract.autopayment"
PERIODIC = ("day", "sum", "sumMin", "sumMax")
AUTOMATIC = ("daySum", "daySumMax", "weekSum", "weekSumMax", "monthSum", "monthSumMax")
MODES: dict[str, tuple[str, ...]] = {"OFF": (), "WEEK": PERIODIC, "MONTH": PERIODIC, "AUTO": AUTOMATIC}


@json_rpc(BALANCE, "ReserveService", "reserveList")
def reserve_list(call: JsonCall) -> object:
    """Reserves whose time touches the period; ``reserveMembers`` 1 own, 3 of dependent sub-contracts."""
    cids = members_of(call, "reserveMembers")
    start, end = call.date("period.dateFrom"), call.date("period.dateTo")
    return [
        {
            "id": row["id"],
            "contractId": row["cid"],
            "typeId": row["typeId"],
            "sum": row["sum"],
            "comment": row["comment"],
            "dateClose": row["dateClose"],
            "period": period_object(row["dateCreate"], row["dateTo"]),
        }
        for row in (reserves(call.db, cids, start, end) if cids else [])
    ]


@json_rpc(BALANCE, "ReserveService", "reserveSum")
def reserve_sum(call: JsonCall) -> object:
    """The sum of the active reserves of a contract."""
    contract = contract_of(call, "contractId")
    return active_reserve(call.db, contract["id"], call.now)


@json_rpc(BALANCE, "ReserveService", "reserveTypeList")
def reserve_type_list(call: JsonCall) -> object:
    """Types of reserves by title; with ``used`` only those in use."""
    types = schema.contract_reserve_types
    query = select(types).order_by(types.c.title, types.c.id)
    if call.flag("used"):
        query = query.where(types.c.used == 1)
    return [_reserve_type(row) for row in call.db.execute(query).mappings()]


@json_rpc(BALANCE, "ReserveService", "reserveTypeGet")
def reserve_type_get(call: JsonCall) -> object:
    """One type of reserves."""
    types = schema.contract_reserve_types
    found = call.db.execute(select(types).where(types.c.id == call.integer("id"))).mappings().first()
    if found is None:
        raise Refused("Тип резерва не найден")
    return _reserve_type(found)


@json_rpc(AUTOPAYMENT, "ContractAutopaymentService", "isEnabled")
def autopayment_enabled(call: JsonCall) -> object:
    """Whether autopayment is switched on now."""
    contract = contract_of(call, "contractId")
    interval = schema.contract_autopayment
    query = select(func.count()).where(
        interval.c.contract_id == contract["id"],
        interval.c.date_from <= call.now,
        or_(interval.c.date_to.is_(None), interval.c.date_to > call.now),
    )
    return call.db.execute(query).scalar_one() > 0


@json_rpc(AUTOPAYMENT, "ContractAutopaymentService", "searchContractAutopayment")
def search_contract_autopayment(call: JsonCall) -> object:
    """A page of the intervals while autopayment was on, the latest first, with who switched it."""
    rows, records = _search(call, schema.contract_autopayment)
    names = user_names(call.db)
    found = [
        {
            "id": row["id"],
            "contractId": row["contract_id"],
            "moduleId": row["module_id"],
            "period": period_object(row["date_from"], row["date_to"]),
            "userFromId": row["user_from"],
            "userFromName": names.get(row["user_from"], ""),
            "userToId": row["user_to"],
            "userToName": names.get(row["user_to"], "") if row["date_to"] else "",
        }
        for row in rows
    ]
    return search_result(found, call.page(), records)


@json_rpc(AUTOPAYMENT, "ContractAutopaymentService", "autopaymentSearch")
def autopayment_search(call: JsonCall) -> object:
    """A page of the settings of autopayment over time, the latest first."""
    rows, records = _search(call, schema.contract_autopayment_mode)
    found = [
        {
            "id": row["id"],
            "contractId": row["contract_id"],
            "mode": row["mode"],
            "modeData": row["mode_data"],
            "period": period_object(row["date_from"], row["date_to"]),
            "sum": row["sum"],
            "accessToken": None,
            "data": None,
        }
        for row in rows
    ]
    return search_result(found, call.page(), records)


@json_rpc(AUTOPAYMENT, "ContractAutopaymentService", "contractAutopaymentModeList")
def autopayment_modes(call: JsonCall) -> object:
    """Every mode of autopayment; the one that is set carries its figures, the others have nulls."""
    contract = contract_of(call, "contractId")
    setting = schema.contract_autopayment_mode
    query = (
        select(setting)
        .where(
            setting.c.contract_id == contract["id"],
            setting.c.date_from <= call.today,
            or_(setting.c.date_to.is_(None), setting.c.date_to >= call.today),
        )
        .order_by(setting.c.id.desc())
    )
    current = call.db.execute(query).mappings().first()
    return [_mode(name, figures, current) for name, figures in MODES.items()]


@json_rpc(AUTOPAYMENT, "ContractAutopaymentService", "contractAutopaymentModeCheck")
def autopayment_mode_check(call: JsonCall) -> object:
    """Refuses a mode that does not exist or a figure that is not a positive sum."""
    contract_of(call, "contractId")
    name = call.text("autopaymentMode.mode")
    if name not in MODES:
        raise BadParameter(f"Неизвестный режим автоплатежа: {name}")
    for figure in MODES[name]:
        if call.has(f"autopaymentMode.{figure}") and call.decimal(f"autopaymentMode.{figure}") <= 0:
            raise Refused(f"Значение {figure} должно быть больше нуля")
    return None


def _reserve_type(row: RowMapping) -> dict[str, object]:
    return {"id": row["id"], "title": row["title"], "used": bool(row["used"])}


def _mode(name: str, figures: tuple[str, ...], current: RowMapping | None) -> dict[str, Any]:
    """A mode with its figures; the data of a periodic one is the day of the week or month."""
    mode: dict[str, Any] = {"mode": name, **dict.fromkeys(figures)}
    if current is not None and current["mode"] == name and figures == PERIODIC:
        mode["day"] = int(current["mode_data"]) if current["mode_data"].isdigit() else None
        mode["sum"] = current["sum"]
    return mode


def _search(call: JsonCall, rows: Table) -> tuple[list[RowMapping], int]:
    """Rows of the contract whose time touches the period: the page of them and how many there are."""
    contract = contract_of(call, "contractId")
    conditions: list[ColumnElement[bool]] = [rows.c.contract_id == contract["id"]]
    if end := call.date("period.dateTo"):
        conditions.append(rows.c.date_from <= _bound(rows, end, time.max))
    if start := call.date("period.dateFrom"):
        conditions.append(or_(rows.c.date_to.is_(None), rows.c.date_to >= _bound(rows, start, time.min)))
    records = call.db.execute(select(func.count()).select_from(rows).where(*conditions)).scalar_one()
    query = select(rows).where(*conditions).order_by(rows.c.date_from.desc(), rows.c.id.desc())
    return list(call.db.execute(call.page().limit(query)).mappings()), records


def _bound(rows: Table, day: date, clock: time) -> date:
    """The bound in the type of the column: a day, or a moment of that day."""
    return datetime.combine(day, clock) if rows.c.date_from.type.python_type is datetime else day
