"""Reading personal tariffs and tariff groups of a contract (money.md 8, 9)."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from sqlalchemy import RowMapping, Table, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.answers import element, period, table
from flask_bgbilling.emulator.model.presence import contract_of
from flask_bgbilling.emulator.model.tariffs import contract_groups, personal_tariffs
from flask_bgbilling.emulator.registry import JsonCall, XmlCall, json_rpc, xml

API = "ru.bitel.bgbilling.kernel.contract.api"
SERVICE = "ContractTariffService"
MODULE = "contract.tariff"
NEW = "new"


@xml(MODULE, "PersonalTariffTable")
def personal_tariff_table(call: XmlCall) -> Element:
    """Personal tariffs of a contract, past ones too."""
    contract = contract_of(call, "cid")
    data = call.data()
    table(
        data,
        (
            {
                "id": row["id"],
                "period": period(row["date1"], row["date2"]),
                "pos": row["pos"],
                "title": row["title"],
                "tree_id": row["tree_id"],
            }
            for row in personal_tariffs(call.db, contract["id"])
        ),
    )
    return data


@xml(MODULE, "GetPersonalTariff")
def get_personal_tariff(call: XmlCall) -> Element:
    """One personal tariff; no ``tariff`` element for 0 or an unknown id."""
    found = _found(call, schema.contract_tree_link)
    data = call.data()
    if found is not None:
        element(
            data,
            "tariff",
            date1=found["date1"],
            date2=found["date2"],
            pos=found["pos"],
            title=found["title"],
            tree_id=found["tree_id"],
        )
    return data


@json_rpc(API, SERVICE, "personalTariffList", since="9.2")
def personal_tariff_list(call: JsonCall) -> object:
    """Personal tariffs of a contract, past ones too; their dates are flat."""
    contract = contract_of(call, "contractId")
    return [_bean(row) for row in personal_tariffs(call.db, contract["id"])]


@json_rpc(API, SERVICE, "personalTariffGet", since="9.2")
def personal_tariff_get(call: JsonCall) -> object:
    """One personal tariff, null for 0 or an unknown id."""
    found = _found(call, schema.contract_tree_link)
    return None if found is None else _bean(found)


@xml("contract", "ContractTariffGroupTable")
def tariff_group_table(call: XmlCall) -> Element:
    """Tariff groups of a contract; here ``tariff_group`` is the title."""
    contract = contract_of(call, "cid")
    data = call.data()
    table(
        data,
        (
            {
                "id": row["id"],
                "tariff_group": row["tariff_group"],
                "period": period(row["date1"], row["date2"]),
                "comment": row["comment"],
            }
            for row in contract_groups(call.db, contract["id"])
        ),
    )
    return data


@xml("contract", "GetContractTariffGroup")
def get_tariff_group(call: XmlCall) -> Element:
    """One tariff group of a contract; here ``tariff_group`` is the id. No element for an unknown id."""
    found = None if call.text("id") == NEW else _found(call, schema.contract_tariff_group)
    data = call.data()
    if found is not None:
        element(
            data,
            "contract_tariff_group",
            tariff_group=found["gid"],
            date1=found["date1"],
            date2=found["date2"],
            comment=found["comment"],
        )
    return data


@json_rpc(API, SERVICE, "contractTariffGroupList")
def tariff_group_list(call: JsonCall) -> object:
    """Tariff groups of a contract; a ``date`` keeps those in force that day."""
    contract = contract_of(call, "contractId")
    return [
        {
            "id": row["id"],
            "contractId": row["cid"],
            "tariffGroupId": row["gid"],
            "dateFrom": row["date1"],
            "dateTo": row["date2"],
            "comment": row["comment"],
        }
        for row in contract_groups(call.db, contract["id"], on=call.date("date"))
    ]


def _found(call: XmlCall | JsonCall, rows: Table) -> RowMapping | None:
    return call.db.execute(select(rows).where(rows.c.id == call.integer("id"))).mappings().first()


def _bean(row: RowMapping) -> dict[str, object]:
    return {
        "id": row["id"],
        "contractId": row["cid"],
        "title": row["title"],
        "titleWeb": row["title_web"] or None,
        "useTitleInWeb": bool(row["use_title_in_web"]),
        "treeId": row["tree_id"],
        "pos": row["pos"],
        "date1": row["date1"],
        "date2": row["date2"],
        "config": row["config"] or "",
    }
