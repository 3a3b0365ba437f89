"""Reading tariff options: those of a contract, those on offer, the directory (money.md 10)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, or_, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.calls import Call
from flask_bgbilling.emulator.errors import Refused
from flask_bgbilling.emulator.model.presence import contract_of, user_names
from flask_bgbilling.emulator.model.tariff_options import UNKNOWN_OPTION, active_at, excluded, hidden, offered
from flask_bgbilling.emulator.model.tariffs import contract_tariffs, number_list, options_in_force, record
from flask_bgbilling.emulator.registry import JsonCall, json_rpc

PACKAGE = "ru.bitel.bgbilling.kernel.tariff.option"
SERVICE = "TariffOptionService"
CUSTOMER, SERVER = 0, -1
PSEUDO_USERS = {CUSTOMER: "Клиент", SERVER: "Сервер"}


@json_rpc(PACKAGE, SERVICE, "contractTariffOptionList")
def contract_option_list(call: JsonCall) -> object:
    """Options of a contract that are active at ``date``; without a date ended ones too."""
    contract = contract_of(call, "contractId")
    return _contract_options(call, contract["id"], call.moment("date"))


@json_rpc(PACKAGE, SERVICE, "contractTariffOptionHistory")
def contract_option_history(call: JsonCall) -> object:
    """Every option the contract ever had, ``date`` keeps those begun until then; ``web`` leaves out the
    hidden ones."""
    contract = contract_of(call, "contractId")
    until = call.moment("date")
    found = _contract_options(call, contract["id"], None, begun_until=until)
    return _visible(call, found) if call.flag("web") else found


@json_rpc(PACKAGE, SERVICE, "contractTariffOptionListWeb")
def contract_option_list_web(call: JsonCall) -> object:
    """Options of a contract that are active now, as the customer sees them."""
    contract = contract_of(call, "contractId")
    return _visible(call, _contract_options(call, contract["id"], call.moment("date") or call.now))


@json_rpc(PACKAGE, SERVICE, "tariffOptionListAvailable")
def available_options(call: JsonCall) -> object:
    """Options that a contract may activate at ``date`` or now.

    Left out are options that are not offered then, or not to the contract's groups or tariff plans, and for
    ``web`` the hidden ones. ``onlyAvailable`` also leaves out what the active options exclude and what
    depends on an option that is not active.
    """
    contract = contract_of(call, "contractId")
    moment = call.moment("date") or call.now
    web, strict = call.flag("web"), call.flag("onlyAvailable")
    plans = {row["tpid"] for row in contract_tariffs(call.db, contract["id"], on=moment.date())}
    active = {found["optionId"] for found in _contract_options(call, contract["id"], moment)}
    option = schema.tariff_option
    query = select(option).where(options_in_force(moment.date())).order_by(option.c.title, option.c.id)
    return [
        _option(call, row)
        for row in call.db.execute(query).mappings()
        if offered(row, contract, plans)
        and not (web and hidden(row, contract))
        and not (strict and excluded(row, active))
    ]


@json_rpc(PACKAGE, SERVICE, "tariffOptionActivateModeList")
def activate_modes(call: JsonCall) -> object:
    """Ways to activate an option, in force at ``date`` or today; with ``contractId`` it must exist."""
    if call.integer("contractId", 0):
        contract_of(call, "contractId")
    option = record(call.db, schema.tariff_option, call.integer("optionId"), UNKNOWN_OPTION)
    return _modes(call, option["id"], call.date("date") or call.today)


@json_rpc(PACKAGE, SERVICE, "tariffOptionActivateModeGet")
def activate_mode_get(call: JsonCall) -> object:
    """One way to activate an option."""
    mode, option = call.integer("modeId"), call.integer("optionId")
    for found in _modes(call, option, None):
        if found["id"] == mode:
            return found
    raise Refused("Режим активации опции не найден")


@json_rpc(PACKAGE, SERVICE, "tariffOptionGet")
def tariff_option_get(call: JsonCall) -> object:
    """One option of the directory."""
    return _option(call, record(call.db, schema.tariff_option, call.integer("id"), UNKNOWN_OPTION))


@json_rpc(PACKAGE, SERVICE, "tariffOptionList")
def tariff_option_list(call: JsonCall) -> object:
    """The directory of options by title."""
    return _directory(call)


@json_rpc(PACKAGE, SERVICE, "tariffOptionWebList")
def tariff_option_web_list(call: JsonCall) -> object:
    """Options offered today and not hidden from customers."""
    return _directory(call, options_in_force(call.today), schema.tariff_option.c.hide_for_web == 0)


def _contract_options(
    call: Call, cid: int, moment: datetime | None, begun_until: datetime | None = None
) -> list[dict[str, Any]]:
    mine, option = schema.contract_tariff_option, schema.tariff_option
    query = (
        select(mine, option.c.title.label("option_title"))
        .select_from(mine.outerjoin(option, option.c.id == mine.c.option_id))
        .where(mine.c.cid == cid)
        .order_by(mine.c.time_from, mine.c.id)
    )
    if moment is not None:
        query = query.where(*active_at(moment))
    if begun_until is not None:
        query = query.where(mine.c.time_from <= begun_until)
    names = {**user_names(call.db), **PSEUDO_USERS}
    return [
        {
            "id": row["id"],
            "contractId": row["cid"],
            "optionId": row["option_id"],
            "optionTitle": row["option_title"] or "",
            "summa": row["summa"],
            "chargeId": row["charge_id"],
            "activatedMode": row["activated_mode"],
            "activatedTime": _clock(row["activated_time"]),
            "deactivatedTime": _clock(row["deactivated_time"]),
            "timeFrom": _clock(row["time_from"]),
            "timeTo": _clock(row["time_to"]),
            "userId": row["uid"],
            "userTitle": names.get(row["uid"], ""),
        }
        for row in call.db.execute(query).mappings()
    ]


def _visible(call: Call, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    option = schema.tariff_option
    query = select(option.c.id).where(option.c.hide_for_web == 1)
    kept_back = {row.id for row in call.db.execute(query)}
    return [entry for entry in found if entry["optionId"] not in kept_back]


def _clock(moment: datetime | None) -> str | None:
    """A moment as this service writes it: ISO without a zone."""
    return moment.isoformat(timespec="seconds") if moment else None


def _directory(call: JsonCall, *conditions: ColumnElement[bool]) -> list[dict[str, Any]]:
    option = schema.tariff_option
    query = select(option).where(*conditions).order_by(option.c.title, option.c.id)
    return [_option(call, row) for row in call.db.execute(query).mappings()]


def _option(call: Call, row: RowMapping) -> dict[str, Any]:
    return {
        "id": row["id"],
        "title": row["title"],
        "comment": row["comment"],
        "description": row["description"] or "",
        "dateFrom": row["date_from"],
        "dateTo": row["date_to"],
        "enable": bool(row["enable"]),
        "hideForWeb": bool(row["hide_for_web"]),
        "hideForContractGroups": row["hide_for_contract_groups"],
        "hideForContractGroupsMode": row["hide_for_contract_groups_mode"],
        "contractGroups": row["contract_groups"],
        "modeList": _modes(call, row["id"], None),
        "depends": number_list(row["depends"]),
        "incompatible": number_list(row["incompatible"]),
        "tariffIdSet": number_list(row["tariffs"]),
    }


def _modes(call: Call, option: int, on: date | None) -> list[dict[str, Any]]:
    """Ways to activate an option, ``on`` keeps those in force that day."""
    mode, charge = schema.tariff_option_activate_mode, schema.contract_charge_types
    query = (
        select(mode, charge.c.title.label("charge_title"))
        .select_from(mode.outerjoin(charge, charge.c.id == mode.c.charge_type_id))
        .where(mode.c.option_id == option)
        .order_by(mode.c.id)
    )
    if on is not None:
        query = query.where(
            or_(mode.c.date_from.is_(None), mode.c.date_from <= on),
            or_(mode.c.date_to.is_(None), mode.c.date_to >= on),
        )
    return [
        {
            "id": row["id"],
            "title": row["title"],
            "modeTitle": row["title"],
            "optionId": row["option_id"],
            "chargeTypeId": row["charge_type_id"],
            "chargeTypeTitle": row["charge_title"] or "",
            "chargeSumma": row["charge_summa"],
            "chargeProportional": bool(row["charge_proportional"]),
            "periodMode": row["period_mode"],
            "periodCol": row["period_col"],
            "dateFrom": row["date_from"],
            "dateTo": row["date_to"],
            "deactivationMode": row["deactivation_mode"],
            "reactivationMode": row["reactivation_mode"],
            "deleteMode": row["delete_mode"],
            "deleteChargeMode": row["delete_charge_mode"],
        }
        for row in call.db.execute(query).mappings()
    ]
