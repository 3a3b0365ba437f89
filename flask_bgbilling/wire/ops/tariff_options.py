"""Tariff options of a contract: JSON on every version (money.md 10)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_bgbilling.wire.answers import JsonAnswer
from flask_bgbilling.wire.codec import integer, json_day, json_moment, money, text
from flask_bgbilling.wire.dto.common import Period
from flask_bgbilling.wire.dto.tariffs import ActivationMode, ContractOption, TariffOption
from flask_bgbilling.wire.operation import JsonRpc, Operation, Service

TARIFF_OPTION_SERVICE = Service("ru.bitel.bgbilling.kernel.tariff.option", "TariffOptionService")


def active_at(*, cid: int, moment: datetime) -> Mapping[str, object]:
    """Options that the contract has at a moment; without one ended options come too."""
    return {"contractId": cid, "date": moment}


def for_staff(*, cid: int) -> Mapping[str, object]:
    """History as the staff sees it."""
    return {"contractId": cid, "web": False}


def offered_to_staff(*, cid: int) -> Mapping[str, object]:
    """Options that could be activated, those hidden from self-care too."""
    return {"contractId": cid, "onlyAvailable": False, "web": False}


def by_option(*, cid: int, option_id: int) -> Mapping[str, object]:
    """Parameters of the modes of one option."""
    return {"contractId": cid, "optionId": option_id}


def read_contract_options(answer: JsonAnswer) -> tuple[ContractOption, ...]:
    """Options that the contract has or had."""
    return tuple(_contract_option(item, answer.zone) for item in answer.items())


def _contract_option(item: Mapping[str, Any], zone: ZoneInfo) -> ContractOption:
    return ContractOption(
        id=integer(item.get("id")),
        option_id=integer(item.get("optionId")),
        title=text(item.get("optionTitle")),
        price=money(item.get("summa")),
        since=json_moment(item.get("timeFrom"), zone),
        until=json_moment(item.get("timeTo"), zone),
        activated_at=json_moment(item.get("activatedTime"), zone),
        deactivated_at=json_moment(item.get("deactivatedTime"), zone),
        user_name=text(item.get("userTitle")),
    )


def read_options(answer: JsonAnswer) -> tuple[TariffOption, ...]:
    """Options of the directory that fit the contract."""
    return tuple(
        TariffOption(
            id=integer(item.get("id")),
            title=text(item.get("title")),
            comment=text(item.get("comment")),
            description=text(item.get("description")),
            period=Period(json_day(item.get("dateFrom"), answer.zone), json_day(item.get("dateTo"), answer.zone)),
        )
        for item in answer.items()
    )


def read_modes(answer: JsonAnswer) -> tuple[ActivationMode, ...]:
    """Ways to activate one option. Some servers name a mode ``modeTitle`` only."""
    return tuple(
        ActivationMode(
            id=integer(item.get("id")),
            title=text(item.get("title")) or text(item.get("modeTitle")),
            price=money(item.get("chargeSumma")),
            charge_type=text(item.get("chargeTypeTitle")),
        )
        for item in answer.items()
    )


ACTIVE_OPTIONS = Operation(
    "active tariff options",
    forms=(JsonRpc(TARIFF_OPTION_SERVICE, "contractTariffOptionList", params=active_at, read=read_contract_options),),
)

OPTION_HISTORY = Operation(
    "tariff option history",
    forms=(
        JsonRpc(TARIFF_OPTION_SERVICE, "contractTariffOptionHistory", params=for_staff, read=read_contract_options),
    ),
)

AVAILABLE_OPTIONS = Operation(
    "available tariff options",
    forms=(JsonRpc(TARIFF_OPTION_SERVICE, "tariffOptionListAvailable", params=offered_to_staff, read=read_options),),
)

OPTION_MODES = Operation(
    "activation modes of a tariff option",
    forms=(JsonRpc(TARIFF_OPTION_SERVICE, "tariffOptionActivateModeList", params=by_option, read=read_modes),),
)
