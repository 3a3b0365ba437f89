"""Activating, prolonging and ending tariff options of a contract (money.md 10)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from xml.etree.ElementTree import Element

from sqlalchemy import RowMapping, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.calls import Call
from flask_bgbilling.emulator.errors import BadParameter, Refused
from flask_bgbilling.emulator.model.changes import add_row, change_row, locked_contract, owned_row, remove_rows
from flask_bgbilling.emulator.model.ledger import exact_sum, post_by_server, withdraw_by_server
from flask_bgbilling.emulator.model.money import ZERO
from flask_bgbilling.emulator.model.postings import CHARGES
from flask_bgbilling.emulator.model.tariff_options import (
    UNKNOWN_OPTION,
    active_at,
    end_of_period,
    excluded,
    hidden,
    is_active,
    offered,
    price,
)
from flask_bgbilling.emulator.model.tariffs import contract_tariffs, options_in_force, record
from flask_bgbilling.emulator.registry import JsonCall, XmlCall, json_rpc, xml

PACKAGE = "ru.bitel.bgbilling.kernel.tariff.option"
SERVICE = "TariffOptionService"
WEB_SINCE = "8.0"
UNKNOWN_RECORD = "Тарифная опция договора не найдена"
UNKNOWN_MODE = "Режим активации опции не найден"


@json_rpc(PACKAGE, SERVICE, "contractTariffOptionActivate", right="write")
def activate(call: JsonCall) -> object:
    """Activates an option in one of its ways, from now on, and charges its price."""
    _activate(call, None)
    return None


@json_rpc(PACKAGE, SERVICE, "contractTariffOptionActivateWhithSum", right="write")
def activate_with_sum(call: JsonCall) -> object:
    """Activates an option for a price that is given; the id of the contract's option. Misspelt by the server."""
    return _activate(call, exact_sum(call.decimal("chargeSum")))


@json_rpc(PACKAGE, SERVICE, "contractTariffOptionDeactivate", right="write")
def deactivate(call: JsonCall) -> object:
    """Ends an active option now; what it cost stays charged."""
    contract = locked_contract(call, "contractId")
    found = owned_row(
        call.db, schema.contract_tariff_option, call.integer("contractOptionId"), contract["id"], UNKNOWN_RECORD
    )
    if not is_active(found, call.now):
        raise Refused("Тарифная опция не активна")
    change_row(call.db, schema.contract_tariff_option, found["id"], time_to=call.now, deactivated_time=call.now)
    return None


@json_rpc(PACKAGE, SERVICE, "contractTariffOptionReactivate", right="write")
def reactivate(call: JsonCall) -> object:
    """Prolongs an active option by a period, or activates an ended one again in the same way."""
    _reactivate(call, locked_contract(call, "contractId"), call.integer("contractOptionId"))
    return None


@xml("tariff.option", "ContractTariffOption", right="write")
def contract_tariff_option(call: XmlCall) -> Element:
    """Reactivates an option on every version; the other operations of this action are long gone."""
    if call.text("operation") != "reactivate":
        raise BadParameter(f"Неизвестная операция: {call.text('operation')}")
    _reactivate(call, locked_contract(call, "cid"), call.integer("id"))
    return call.data()


@json_rpc(PACKAGE, SERVICE, "contractTariffOptionDelete", right="write")
def delete_option(call: JsonCall) -> object:
    """Removes an option of a contract as if it had never been: its charge goes too."""
    contract, options = locked_contract(call, "contractId"), schema.contract_tariff_option
    found = owned_row(call.db, options, call.integer("id"), contract["id"], UNKNOWN_RECORD)
    if found["charge_id"]:
        withdraw_by_server(call, CHARGES, contract, found["charge_id"])
    remove_rows(call.db, options, options.c.id == found["id"])
    return None


def _activate(call: JsonCall, cost: Decimal | None) -> int:
    if call.version >= WEB_SINCE and not call.has("web"):
        raise BadParameter("Не указан параметр web")
    contract = locked_contract(call, "contractId")
    option = record(call.db, schema.tariff_option, call.integer("optionId"), UNKNOWN_OPTION)
    _check_offered(call, contract, option)
    mode = _mode(call, option["id"], call.integer("modeId"))
    return _begin(call, contract, option, mode, price(mode, call.today) if cost is None else cost)


def _check_offered(call: JsonCall, contract: RowMapping, option: RowMapping) -> None:
    """Refuses an option that the contract may not have, or has already."""
    in_force = select(schema.tariff_option.c.id).where(
        schema.tariff_option.c.id == option["id"], options_in_force(call.today)
    )
    plans = {row["tpid"] for row in contract_tariffs(call.db, contract["id"], on=call.today)}
    mine = schema.contract_tariff_option.c
    query = select(mine.option_id).where(mine.cid == contract["id"], *active_at(call.now))
    active = set(call.db.execute(query).scalars())
    if option["id"] in active:
        raise Refused(f"Тарифная опция «{option['title']}» уже активна")
    denied = call.db.execute(in_force).first() is None or not offered(option, contract, plans)
    if denied or (call.flag("web") and hidden(option, contract)):
        raise Refused(f"Тарифная опция «{option['title']}» недоступна для договора")
    if excluded(option, active):
        raise Refused(f"Тарифная опция «{option['title']}» несовместима с активными опциями")


def _mode(call: Call, option: int, number: int) -> RowMapping:
    """A way of activation of the option that is in force today."""
    mode = record(call.db, schema.tariff_option_activate_mode, number, UNKNOWN_MODE)
    begun = mode["date_from"] is None or mode["date_from"] <= call.today
    if mode["option_id"] != option or not begun or (mode["date_to"] is not None and mode["date_to"] < call.today):
        raise Refused(UNKNOWN_MODE)
    return mode


def _begin(call: Call, contract: RowMapping, option: RowMapping, mode: RowMapping, cost: Decimal) -> int:
    return add_row(
        call.db,
        schema.contract_tariff_option,
        cid=contract["id"],
        option_id=option["id"],
        uid=call.user.id,
        time_from=call.now,
        time_to=end_of_period(mode, call.now),
        charge_id=_charge(call, contract, option, mode, cost),
        summa=cost,
        activated_mode=mode["id"],
        activated_time=call.now,
    )


def _charge(call: Call, contract: RowMapping, option: RowMapping, mode: RowMapping, cost: Decimal) -> int:
    """The id of the charge for an activation, 0 when it is free."""
    if cost <= ZERO or not mode["charge_type_id"]:
        return 0
    kind, comment = mode["charge_type_id"], f"{option['title']}, {mode['title']}"
    return post_by_server(call, CHARGES, contract, on=call.today, type_id=kind, sum_=cost, comment=comment)


def _reactivate(call: Call, contract: RowMapping, number: int) -> None:
    options = schema.contract_tariff_option
    found = owned_row(call.db, options, number, contract["id"], UNKNOWN_RECORD)
    option = record(call.db, schema.tariff_option, found["option_id"], UNKNOWN_OPTION)
    mode = _mode(call, option["id"], found["activated_mode"])
    if not is_active(found, call.now):
        _begin(call, contract, option, mode, price(mode, call.today))
        return
    end: datetime | None = found["time_to"]
    if end is None:
        raise Refused(f"Тарифная опция «{option['title']}» активна без ограничения срока")
    cost = price(mode, call.today)
    _charge(call, contract, option, mode, cost)
    change_row(call.db, options, number, time_to=end_of_period(mode, end), summa=found["summa"] + cost)
