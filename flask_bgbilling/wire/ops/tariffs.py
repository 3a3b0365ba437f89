"""Tariff plans, personal tariffs and tariff groups of a contract (money.md 7.1, 7.3, 7.8, 8, 9)."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask_bgbilling.wire.answers import JsonAnswer, XmlAnswer
from flask_bgbilling.wire.codec import day, flag, integer, json_day, period, text
from flask_bgbilling.wire.dto.common import IdTitle, Period
from flask_bgbilling.wire.dto.server import Names, names
from flask_bgbilling.wire.dto.tariffs import ContractTariff, GroupPlan, PersonalTariff, TariffGroup, TariffGroupEntry
from flask_bgbilling.wire.operation import Directory, JsonRpc, Operation, Service, XmlAction
from flask_bgbilling.wire.ops.written import NEW
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
    return {"id": NEW, "showUsed": False, "useFilter": False, "tariffGroupFilter": False}


def offered(
    *, cid: int, module_id: int = 0, used_only: bool = True, by_contract: bool = True, by_group: bool = False
) -> Mapping[str, object]:
    """Fields that ask for the plans that a contract may be given.

    ``used_only`` leaves out plans that are out of use, ``by_contract`` those whose own filters (groups, face, mask of
    the number) do not fit, ``by_group`` those outside the contract's tariff groups, and ``module_id`` keeps those
    with a part for one module.
    """
    return {
        "cid": cid,
        "id": NEW,
        "mid": module_id or None,
        "showUsed": used_only,
        "useFilter": by_contract,
        "tariffGroupFilter": by_group,
    }


def by_record_id(*, tariff_id: int) -> Mapping[str, object]:
    """The parameter of one personal tariff."""
    return {"id": tariff_id}


def by_group_id(*, contract_group_id: int) -> Mapping[str, object]:
    """The field of one tariff group of a contract."""
    return {"id": contract_group_id}


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
    return tuple(_personal(item, answer) for item in answer.items())


def read_personal_element(answer: XmlAnswer) -> PersonalTariff | None:
    """One personal tariff, at any depth; its id is not repeated and reads as 0. ``None`` when there is none."""
    tariff = next(answer.anywhere("tariff"), None)
    if tariff is None:
        return None
    return PersonalTariff(
        id=integer(tariff.get("id")),
        title=text(tariff.get("title")),
        period=Period(day(tariff.get("date1")), day(tariff.get("date2"))),
        position=integer(tariff.get("pos")),
        tree_id=integer(tariff.get("tree_id")),
    )


def read_personal(answer: JsonAnswer) -> PersonalTariff | None:
    """One personal tariff; ``None`` when there is none of this id."""
    return _personal(answer.returned, answer) if isinstance(answer.returned, Mapping) else None


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


def read_group_element(answer: XmlAnswer) -> TariffGroup | None:
    """One tariff group of a contract, the group by id; the record's own id is not repeated and reads as 0."""
    found = next(answer.anywhere("contract_tariff_group"), None)
    if found is None:
        return None
    return TariffGroup(
        id=integer(found.get("id")),
        title="",
        period=Period(day(found.get("date1")), day(found.get("date2"))),
        comment=text(found.get("comment")),
        group_id=integer(found.get("tariff_group")),
    )


def read_groups(answer: JsonAnswer) -> tuple[TariffGroupEntry, ...]:
    """The directory of tariff groups with their plans, in the server's order."""
    return tuple(
        TariffGroupEntry(
            id=integer(item.get("id")),
            title=text(item.get("title")),
            plans=tuple(_group_plans(item.get("planList"), answer)),
            position=integer(item.get("pos")),
            days_ahead=integer(item.get("daysForward")),
        )
        for item in answer.items()
    )


def _group_plans(plans: object, answer: JsonAnswer) -> Iterator[GroupPlan]:
    for plan in plans if isinstance(plans, list) else ():
        if isinstance(plan, Mapping):
            yield GroupPlan(integer(plan.get("id")), text(plan.get("title")), _days(plan, answer, "date1", "date2"))


def _personal(item: Mapping[str, Any], answer: JsonAnswer) -> PersonalTariff:
    return PersonalTariff(
        id=integer(item.get("id")),
        title=text(item.get("title")),
        period=_days(item, answer, "date1", "date2"),
        position=integer(item.get("pos")),
        tree_id=integer(item.get("treeId")),
        title_web=text(item.get("titleWeb")),
        use_title_in_web=flag(item.get("useTitleInWeb")),
        config=text(item.get("config")),
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

PERSONAL_TARIFF: Operation[PersonalTariff | None] = Operation(
    "personal tariff",
    forms=(
        XmlAction(
            "contract.tariff", "GetPersonalTariff", fields=by_record_id, read=read_personal_element, bands=BELOW_9_2
        ),
        JsonRpc(CONTRACT_TARIFF_SERVICE, "personalTariffGet", params=by_record_id, read=read_personal, bands=FROM_9_2),
    ),
)

TARIFF_GROUP: Operation[TariffGroup | None] = Operation(
    "tariff group of a contract",
    forms=(XmlAction("contract", "GetContractTariffGroup", fields=by_group_id, read=read_group_element),),
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

OFFERED_TARIFF_PLANS = Operation(
    "tariff plans offered for a contract",
    forms=(XmlAction("contract", "ContractTariffPlan", fields=offered, read=read_plan_titles),),
    large=True,
)

TARIFF_GROUP_ENTRIES = Operation(
    "tariff groups",
    forms=(JsonRpc(TARIFF_SERVICE, "tariffGroupList", params=nothing, read=read_groups),),
)

TARIFF_GROUPS = Directory("tariff groups", load=TARIFF_GROUP_ENTRIES)

TARIFF_PLANS = Directory("tariff plans", load=TARIFF_PLAN_TITLES)
