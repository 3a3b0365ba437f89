"""Changing groups of contracts and, from 9.2, labels (contract.md 8)."""

from __future__ import annotations

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.errors import Refused
from flask_bgbilling.emulator.model.changes import (
    add_row,
    change_row,
    has_right,
    locked_contract,
)
from flask_bgbilling.emulator.model.contracts import count
from flask_bgbilling.emulator.model.labels import GREATEST_GROUP, change_groups, change_labels, label_ids
from flask_bgbilling.emulator.registry import JsonCall, json_rpc
from flask_bgbilling.emulator.version import AFTER_9_2

LABELS = "ru.bitel.bgbilling.kernel.contract.label"
CONTRACT_API = "ru.bitel.bgbilling.kernel.contract.api"
LABELS_SINCE = "9.2"


@json_rpc(CONTRACT_API, "ContractService", "contractGroupAdd", below=AFTER_9_2, right="write")
def group_add(call: JsonCall) -> object:
    """Puts a contract into a group; on 9.2 the id is that of a label."""
    return _change(call, joins=True)


@json_rpc(CONTRACT_API, "ContractService", "contractGroupRemove", below=AFTER_9_2, right="write")
def group_remove(call: JsonCall) -> object:
    """Takes a contract out of a group; on 9.2 the id is that of a label."""
    return _change(call, joins=False)


@json_rpc(LABELS, "ContractLabelService", "setContractLabelIds", since=LABELS_SINCE, right="write")
def set_labels(call: JsonCall) -> object:
    """Replaces the labels of a contract; the doubled plural of the parameter is the server's."""
    contract = locked_contract(call, "contractId")
    if not isinstance(call.value("contractLabelsIds"), list):
        raise Refused("Не указан параметр contractLabelsIds")
    administrator = has_right(call.db, call.user, "admin")
    change_labels(call.db, contract, call.ids("contractLabelsIds"), by_administrator=administrator)
    return None


@json_rpc(CONTRACT_API, "ContractGroupService", "contractGroupUpdate", below="8.2", right="admin")
def group_update(call: JsonCall) -> object:
    """Writes one group of the directory."""
    number = call.integer("contractGroup.id")
    if not 0 <= number <= GREATEST_GROUP:
        raise Refused(f"Неверный код группы договоров: {number}")
    values = {
        "title": call.text("contractGroup.title"),
        "enable": int(call.flag("contractGroup.enabled", True)),
        "editable": int(not call.flag("contractGroup.notEditable")),
    }
    groups = schema.contract_group
    if count(call.db, groups, groups.c.id == number):
        change_row(call.db, groups, number, **values)
    else:
        add_row(call.db, groups, id=number, **values)
    return None


def _change(call: JsonCall, *, joins: bool) -> object:
    contract, number = locked_contract(call, "contractId"), call.integer("contractGroupId")
    administrator = has_right(call.db, call.user, "admin")
    if call.version >= LABELS_SINCE:
        present = label_ids(call.db, contract["id"])
        wanted = present | {number} if joins else present - {number}
        change_labels(call.db, contract, wanted, by_administrator=administrator)
        return None
    if not 0 <= number <= GREATEST_GROUP:
        raise Refused(f"Группа договоров не найдена: {number}")
    mask = contract["gr"] | 1 << number if joins else contract["gr"] & ~(1 << number)
    change_groups(call.db, contract, mask, by_administrator=administrator)
    return None
