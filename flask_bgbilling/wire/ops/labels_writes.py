"""Changing groups below 9.2, one by one, and labels from there, as a set (contract.md 8)."""

from collections.abc import Collection, Mapping

from flask_bgbilling.wire.operation import JsonRpc, Operation
from flask_bgbilling.wire.ops.contracts import CONTRACT_SERVICE
from flask_bgbilling.wire.ops.labels import LABEL_SERVICE
from flask_bgbilling.wire.ops.written import read_nothing
from flask_bgbilling.wire.version import BELOW_9_2, FROM_9_2


def one_group(*, cid: int, group_id: int) -> Mapping[str, object]:
    """A contract and one group."""
    return {"contractId": cid, "contractGroupId": group_id}


def all_labels(*, cid: int, label_ids: Collection[int]) -> Mapping[str, object]:
    """A contract and all of its labels; the doubled plural is the server's."""
    return {"contractId": cid, "contractLabelsIds": frozenset(label_ids)}


GROUP_ADDITION = Operation(
    "contract group addition",
    forms=(JsonRpc(CONTRACT_SERVICE, "contractGroupAdd", params=one_group, read=read_nothing, bands=BELOW_9_2),),
    safe=False,
)
"""Puts a contract into a group."""

GROUP_REMOVAL = Operation(
    "contract group removal",
    forms=(JsonRpc(CONTRACT_SERVICE, "contractGroupRemove", params=one_group, read=read_nothing, bands=BELOW_9_2),),
    safe=False,
)
"""Takes a contract out of a group."""

LABELS_REPLACEMENT = Operation(
    "contract labels replacement",
    forms=(JsonRpc(LABEL_SERVICE, "setContractLabelIds", params=all_labels, read=read_nothing, bands=FROM_9_2),),
    safe=False,
)
"""Gives a contract exactly these labels: those that are not named, it loses."""
