"""Saving and deleting tariff plans, personal tariffs and tariff groups of a contract (money.md 7.4, 7.5, 8, 9).

Records are written whole: what is to stay is sent back as it was read. Open ends are sent as blanks, not left out.
"""

from collections.abc import Mapping
from datetime import date

from flask_bgbilling.wire.dto.tariffs import ContractTariff, PersonalTariff, TariffGroup
from flask_bgbilling.wire.operation import JsonRpc, Operation, XmlAction
from flask_bgbilling.wire.ops.tariffs import CONTRACT_TARIFF_SERVICE
from flask_bgbilling.wire.ops.written import NEW, read_nothing, read_written_json, read_written_xml
from flask_bgbilling.wire.version import BELOW_9_2, FROM_9_2

OPEN = ""


def plan_fields(*, cid: int, tariff: ContractTariff) -> Mapping[str, object]:
    """Fields of a plan. Position and comment are always sent: what is left out the server resets."""
    return {
        "cid": cid,
        "id": tariff.id or NEW,
        "tpid": tariff.plan_id,
        "pos": tariff.position,
        "date1": _day(tariff.period.since),
        "date2": _day(tariff.period.until),
        "comment": tariff.comment,
    }


def plan_bean(*, cid: int, tariff: ContractTariff) -> Mapping[str, object]:
    """The parameter of a plan from 9.2 on, its days in a period of their own."""
    bean = {
        "id": tariff.id,
        "contractId": cid,
        "tariffPlanId": tariff.plan_id,
        "period": tariff.period,
        "title": tariff.title or None,
        "comment": tariff.comment,
        "position": tariff.position,
    }
    return {"contractTariff": bean}


def by_cid_and_id(*, cid: int, tariff_id: int) -> Mapping[str, object]:
    """Fields that name one plan or personal tariff."""
    return {"cid": cid, "id": tariff_id}


def by_contract_and_id(*, cid: int, tariff_id: int) -> Mapping[str, object]:
    """Parameters that name one plan."""
    return {"contractId": cid, "id": tariff_id}


def by_contract_and_personal_id(*, cid: int, tariff_id: int) -> Mapping[str, object]:
    """Parameters that name one personal tariff."""
    return {"contractId": cid, "personalTariffId": tariff_id}


def personal_fields(*, cid: int, tariff: PersonalTariff) -> Mapping[str, object]:
    """Fields of a personal tariff, where the id of a new one is 0 and no word."""
    return {
        "cid": cid,
        "id": tariff.id,
        "title": tariff.title,
        "pos": tariff.position,
        "date1": _day(tariff.period.since),
        "date2": _day(tariff.period.until),
    }


def personal_bean(*, cid: int, tariff: PersonalTariff) -> Mapping[str, object]:
    """Parameters of a personal tariff from 9.2 on, its days beside the other keys."""
    bean = {
        "id": tariff.id,
        "contractId": cid,
        "title": tariff.title,
        "titleWeb": tariff.title_web or None,
        "useTitleInWeb": tariff.use_title_in_web,
        "treeId": tariff.tree_id,
        "pos": tariff.position,
        "date1": tariff.period.since,
        "date2": tariff.period.until,
        "config": tariff.config,
    }
    return {"contractId": cid, "personalTariff": bean}


def group_fields(*, cid: int, group: TariffGroup) -> Mapping[str, object]:
    """Fields of a tariff group of a contract; the group goes by its id in the directory."""
    return {
        "cid": cid,
        "id": group.id or NEW,
        "tariff_group": group.group_id,
        "date1": _day(group.period.since),
        "date2": _day(group.period.until),
        "comment": group.comment,
    }


def by_group_id(*, contract_group_id: int) -> Mapping[str, object]:
    """The field that names one tariff group of whatever contract."""
    return {"id": contract_group_id}


def _day(value: date | None) -> date | str:
    return OPEN if value is None else value


CONTRACT_TARIFF_SAVE = Operation(
    "tariff plan save",
    forms=(
        XmlAction("contract", "UpdateContractTariffPlan", fields=plan_fields, read=read_written_xml, bands=BELOW_9_2),
        JsonRpc(
            CONTRACT_TARIFF_SERVICE, "contractTariffUpdate", params=plan_bean, read=read_written_json, bands=FROM_9_2
        ),
    ),
    safe=False,
)
"""Adds or changes a plan; its id from 9.2 on, older servers do not tell it."""

CONTRACT_TARIFF_DELETE = Operation(
    "tariff plan deletion",
    forms=(
        XmlAction("contract", "DeleteContractTariffPlan", fields=by_cid_and_id, read=read_nothing, bands=BELOW_9_2),
        JsonRpc(
            CONTRACT_TARIFF_SERVICE,
            "contractTariffDelete",
            params=by_contract_and_id,
            read=read_nothing,
            bands=FROM_9_2,
        ),
    ),
    safe=False,
)

PERSONAL_TARIFF_SAVE = Operation(
    "personal tariff save",
    forms=(
        XmlAction(
            "contract.tariff", "UpdatePersonalTariff", fields=personal_fields, read=read_written_xml, bands=BELOW_9_2
        ),
        JsonRpc(
            CONTRACT_TARIFF_SERVICE,
            "personalTariffUpdate",
            params=personal_bean,
            read=read_written_json,
            bands=FROM_9_2,
        ),
    ),
    safe=False,
)

PERSONAL_TARIFF_DELETE = Operation(
    "personal tariff deletion",
    forms=(
        XmlAction("contract.tariff", "DeletePersonalTariff", fields=by_cid_and_id, read=read_nothing, bands=BELOW_9_2),
        JsonRpc(
            CONTRACT_TARIFF_SERVICE,
            "personalTariffDelete",
            params=by_contract_and_personal_id,
            read=read_nothing,
            bands=FROM_9_2,
        ),
    ),
    safe=False,
)

TARIFF_GROUP_SAVE = Operation(
    "tariff group save",
    forms=(XmlAction("contract", "UpdateContractTariffGroup", fields=group_fields, read=read_written_xml),),
    safe=False,
)

TARIFF_GROUP_DELETE = Operation(
    "tariff group deletion",
    forms=(XmlAction("contract", "DeleteContractTariffGroup", fields=by_group_id, read=read_nothing),),
    safe=False,
)
"""Deletes a tariff group; the server does not ask whose it is, so the caller makes sure."""
