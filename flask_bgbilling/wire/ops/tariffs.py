"""Tariff plans, personal tariffs and tariff groups of a contract (money.md 7.1, 7.3, 7.8, 8, 9)."""

from collections.abc import Mapping
from typing import Any

from flask_bgbilling.wire.answers import JsonAnswer, XmlAnswer
from flask_bgbilling.wire.codec import day, integer, json_day, period, text
from flask_bgbilling.wire.dto.common import IdTitle, Period
from flask_bgbilling.wire.dto.server import Names, names
from flask_bgbilling.wire.dto.tariffs import ContractTariff, PersonalTariff, TariffGroup
from flask_bgbilling.wire.operation import Directory, JsonRpc, Operation, Service, XmlAction
from flask_bgbilling.wire.version import BELOW_9_2, FROM_9_2, FROM_9_2_BELOW_9_2410, FROM_9_2410

CONTRACT_TARIFF_SERVICE = Service("ru.bitel.bgbilling.kernel.contract.api", "ContractTariffService")
TARIFF_SERVICE = Service("ru.bitel.bgbilling.kernel.tariff", "TariffService")


def nothing() -> Mapping[str, object]:
    """Fields of a call without any."""
    return {}


def by_cid(*, cid: int) -> Mapping[str, object]:
    """The field of the XML lists."""
    return {"cid": cid}


def by_contract(*, cid: int) -> Mapping[str, object]:
    """The parameter of the JSON lists."""
    return {"contractId": cid}


def of_contract_itself(*, cid: int) -> Mapping[str, object]:
    """Plans of all times that belong to the contract and to none of its objects."""
    return {"contractId": cid, "entityMid": 0, "entityId": 0}


def of_contract_itself_renamed(*, cid: int) -> Mapping[str, object]:
    """The same from 9.2410 on, where a parameter was renamed."""
    return {"contractId": cid, "entityModuleId": 0, "entityId": 0}


def by_id(*, plan_id: int) -> Mapping[str, object]:
    """The parameter of one tariff plan."""
    return {"id": plan_id}


def every_plan() -> Mapping[str, object]:
    """Fields that ask for the titles of all plans, of no contract in particular."""
    return {"id": "new", "showUsed": False, "useFilter": False, "tariffGroupFilter": False}


def read_tariff_rows(answer: XmlAnswer) -> tuple[ContractTariff, ...]:
    """Plans with titles. Rows come at any depth, spelled by name or by place or both."""
    return tuple(
        ContractTariff(
            id=integer(row.get("id", row.get("f0"))),
            plan_id=integer(row.get("f1", row.get("tpid"))),
            period=_row_period(row.attrib),
            title=text(row.get("f2", row.get("title"))),
            position=integer(row.get("pos", row.get("f5"))),
            comment=text(row.get("comment", row.get("f4"))),
        )
        for row in answer.anywhere("row")
    )


def read_tariff_list(answer: JsonAnswer) -> tuple[ContractTariff, ...]:
    """Plans by id. Dates stand in ``period``, on older builds beside the other keys."""
    return tuple(
        ContractTariff(
            id=integer(item.get("id")),
            plan_id=integer(item.get("tariffPlanId")),
            period=_days(item, answer, "dateFrom", "dateTo"),
            title=text(item.get("title")),
            position=integer(item.get("position")),
            comment=text(item.get("comment")),
        )
        for item in answer.items()
    )


def read_plan(answer: JsonAnswer) -> IdTitle | None:
    """One plan of the directory; ``None`` when there is none of this id."""
    plan = answer.returned
    return IdTitle(integer(plan.get("id")), text(plan.get("title"))) if isinstance(plan, Mapping) else None


def read_plan_titles(answer: XmlAnswer) -> Names:
    """Titles of plans by id."""
    items = answer.rows("tariffPlans/item")
    return names(tuple(IdTitle(integer(item.get("id")), text(item.get("title"))) for item in items))


def read_personal_rows(answer: XmlAnswer) -> tuple[PersonalTariff, ...]:
    """Personal tariffs; the days are one text."""
    return tuple(
        PersonalTariff(
            id=integer(row.get("id")),
            title=text(row.get("title")),
            period=_row_period(row.attrib),
            position=integer(row.get("pos")),
            tree_id=integer(row.get("tree_id")),
        )
        for row in answer.rows()
    )


def read_personal_list(answer: JsonAnswer) -> tuple[PersonalTariff, ...]:
    """Personal tariffs; the days stand beside the other keys, unlike those of plans."""
    return tuple(
        PersonalTariff(
            id=integer(item.get("id")),
            title=text(item.get("title")),
            period=_days(item, answer, "date1", "date2"),
            position=integer(item.get("pos")),
            tree_id=integer(item.get("treeId")),
        )
        for item in answer.items()
    )


def read_group_rows(answer: XmlAnswer) -> tuple[TariffGroup, ...]:
    """Tariff groups by title; rows at any depth."""
    return tuple(
        TariffGroup(
            id=integer(row.get("id")),
            title=text(row.get("tariff_group")),
            period=_row_period(row.attrib),
            comment=text(row.get("comment")),
        )
        for row in answer.anywhere("row")
    )


def _row_period(row: Mapping[str, str]) -> Period:
    days = Period(day(row.get("date1")), day(row.get("date2")))
    return days if days != Period() else period(row.get("period", row.get("f3")))


def _days(item: Mapping[str, Any], answer: JsonAnswer, since: str, until: str) -> Period:
    nested = item.get("period")
    if isinstance(nested, Mapping):
        item, since, until = nested, "dateFrom", "dateTo"
    return Period(json_day(item.get(since), answer.zone), json_day(item.get(until), answer.zone))


CONTRACT_TARIFF_LIST = Operation(
    "tariff plans of a contract",
    forms=(
        XmlAction("contract", "ContractTariffPlans", fields=by_cid, read=read_tariff_rows, bands=BELOW_9_2),
        JsonRpc(
            CONTRACT_TARIFF_SERVICE,
            "contractTariffList",
            params=of_contract_itself,
            read=read_tariff_list,
            bands=FROM_9_2_BELOW_9_2410,
        ),
        JsonRpc(
            CONTRACT_TARIFF_SERVICE,
            "contractTariffList",
            params=of_contract_itself_renamed,
            read=read_tariff_list,
            bands=FROM_9_2410,
        ),
    ),
)

PERSONAL_TARIFF_LIST = Operation(
    "personal tariffs of a contract",
    forms=(
        XmlAction("contract.tariff", "PersonalTariffTable", fields=by_cid, read=read_personal_rows, bands=BELOW_9_2),
        JsonRpc(
            CONTRACT_TARIFF_SERVICE,
            "personalTariffList",
            params=by_contract,
            read=read_personal_list,
            bands=FROM_9_2,
        ),
    ),
)

TARIFF_GROUP_LIST = Operation(
    "tariff groups of a contract",
    forms=(XmlAction("contract", "ContractTariffGroupTable", fields=by_cid, read=read_group_rows, bands=BELOW_9_2),),
)

TARIFF_PLAN: Operation[IdTitle | None] = Operation(
    "tariff plan",
    forms=(JsonRpc(TARIFF_SERVICE, "tariffPlanGet", params=by_id, read=read_plan),),
)

TARIFF_PLAN_TITLES = Operation(
    "tariff plan titles",
    forms=(XmlAction("contract", "ContractTariffPlan", fields=every_plan, read=read_plan_titles),),
    large=True,
)

TARIFF_PLANS = Directory("tariff plans", load=TARIFF_PLAN_TITLES)
