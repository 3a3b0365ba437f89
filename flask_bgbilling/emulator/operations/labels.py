"""Groups of contracts and, from 9.2, labels (contract.md 8)."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from sqlalchemy import ColumnElement, RowMapping, func, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.answers import element, table
from flask_bgbilling.emulator.model.contracts import group_ids
from flask_bgbilling.emulator.model.presence import contract_of
from flask_bgbilling.emulator.registry import JsonCall, XmlCall, json_rpc, xml

LABELS = "ru.bitel.bgbilling.kernel.contract.label"
CONTRACT_API = "ru.bitel.bgbilling.kernel.contract.api"


@xml("contract", "ContractGroup", below="9.2")
def contract_group(call: XmlCall) -> Element:
    """All groups and the mask of those that the contract is in."""
    contract = contract_of(call, "cid")
    data = call.data()
    groups = element(data, "groups", selected=contract["gr"])
    for group in call.db.execute(select(schema.contract_group).order_by(schema.contract_group.c.id)):
        element(groups, "group", id=group.id, title=group.title, editable=group.editable)
    return data


@xml("admin", "GetContractGroupList", below="9.2")
def contract_group_directory(call: XmlCall) -> Element:
    """The directory of groups; ``contracts`` asks for the number of contracts in each."""
    groups = list(call.db.execute(select(schema.contract_group).order_by(schema.contract_group.c.id)))
    members = _members(call, [group.id for group in groups]) if call.flag("contracts") else {}
    data = call.data()
    rows = (
        {
            "f0": group.id,
            "f1": group.enable,
            "f2": group.title,
            "f3": group.editable,
            "f4": group.comment,
            "f5": members.get(group.id, ""),
        }
        for group in groups
    )
    table(data, rows)
    return data


@json_rpc(CONTRACT_API, "ContractGroupService", "contractGroupList", below="8.2")
def contract_group_list(call: JsonCall) -> object:
    """Beans of the groups; only those in use unless ``all``, by title unless ``order`` is ``id``."""
    groups = schema.contract_group.c
    query = select(schema.contract_group)
    if not call.flag("all"):
        query = query.where(groups.enable == 1)
    order: ColumnElement[object] = groups.id if call.text("order") in ("id", "0", "") else groups.title
    return [_group_bean(group) for group in call.db.execute(query.order_by(order, groups.id)).mappings()]


@json_rpc(CONTRACT_API, "ContractGroupService", "contractGroupGet", below="8.2")
def contract_group_get(call: JsonCall) -> object:
    """The bean of one group, null when there is none."""
    query = select(schema.contract_group).where(schema.contract_group.c.id == call.integer("id"))
    group = call.db.execute(query).mappings().first()
    return _group_bean(group) if group is not None else None


@json_rpc(LABELS, "ContractLabelService", "getContractLabelTreeItemList", since="9.2")
def label_tree_items(call: JsonCall) -> object:
    """All labels as one flat list; ``parentId`` tells the tree, folders cannot be given to a contract."""
    if call.integer("contractId", 0) > 0:
        contract_of(call, "contractId")
    labels = schema.contract_label
    query = select(labels).order_by(labels.c.parent_id, labels.c.sort_position, labels.c.id)
    return [
        {
            "id": label.id,
            "parentId": label.parent_id,
            "title": label.title,
            "enabled": True,
            "editable": not label.forbidden and label.type == 0,
            "comment": label.comment,
        }
        for label in call.db.execute(query)
    ]


@json_rpc(LABELS, "ContractLabelService", "getContractLabelIds", since="9.2")
def contract_label_ids(call: JsonCall) -> object:
    """Ids of the labels of a contract."""
    contract = contract_of(call, "contractId")
    links = schema.contract_label_link.c
    query = select(links.label_id).where(links.contract_id == contract["id"])
    return list(call.db.execute(query.order_by(links.label_id)).scalars())


def _members(call: XmlCall, groups: list[int]) -> dict[int, int]:
    """Number of contracts in each group, read once by distinct masks."""
    contract = schema.contract.c
    masks = call.db.execute(select(contract.gr, func.count()).group_by(contract.gr)).all()
    members = dict.fromkeys(groups, 0)
    for mask, contracts in masks:
        for group in group_ids(mask):
            if group in members:
                members[group] += contracts
    return members


def _group_bean(group: RowMapping) -> dict[str, object]:
    return {
        "id": group["id"],
        "title": group["title"],
        "enabled": bool(group["enable"]),
        "notEditable": not group["editable"],
    }
