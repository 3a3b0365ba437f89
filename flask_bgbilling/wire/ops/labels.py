"""Groups of a contract below 9.2, labels from there (contract.md 8)."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_bgbilling.wire.answers import JsonAnswer, XmlAnswer
from flask_bgbilling.wire.codec import flag, integer, text
from flask_bgbilling.wire.dto.contracts import ContractGroup
from flask_bgbilling.wire.operation import JsonRpc, Operation, Service, XmlAction
from flask_bgbilling.wire.ops.contracts import by_cid, by_contract_id
from flask_bgbilling.wire.version import BELOW_9_2, FROM_9_2

LABEL_SERVICE = Service("ru.bitel.bgbilling.kernel.contract.label", "ContractLabelService")

_DEEPEST = 20


def label_tree(*, cid: int) -> Mapping[str, object]:
    """Contracts per label are not counted: that is slow in the billing and not shown."""
    return {"contractId": cid, "calcCount": False}


def read_groups(answer: XmlAnswer) -> tuple[ContractGroup, ...]:
    """Groups whose bit of the 64-bit mask is set are the contract's; an absent element means no groups."""
    element = answer.first("groups")
    if element is None:
        return ()
    mask = integer(element.get("selected"))
    return tuple(
        ContractGroup(
            id=(group_id := integer(group.get("id"))),
            title=text(group.get("title")),
            selected=in_mask(mask, group_id),
            editable=flag(group.get("editable", "1")),
        )
        for group in element.findall("group")
    )


def in_mask(mask: int, group_id: int) -> bool:
    """Whether a group is in a mask of signed 64 bits: bit 63 makes it negative."""
    return 0 <= group_id <= 63 and bool(mask & (1 << group_id))


def read_label_tree(answer: JsonAnswer) -> tuple[ContractGroup, ...]:
    """Labels depth first, whether they come flat or nested in ``children``; switched-off ones are kept."""
    return tuple(_labels(answer.items(), 0, _DEEPEST))


def _labels(items: Iterable[Mapping[str, Any]], parent_id: int, depth: int) -> Iterable[ContractGroup]:
    for item in items:
        label_id = integer(item.get("id"))
        yield ContractGroup(
            id=label_id,
            title=text(item.get("title")),
            editable=flag(item.get("editable", True)),
            comment=text(item.get("comment")),
            parent_id=integer(item.get("parentId")) or parent_id,
        )
        children = item.get("children")
        if isinstance(children, list) and depth:
            inner = (child for child in children if isinstance(child, Mapping))
            yield from _labels(inner, label_id, depth - 1)


def read_label_ids(answer: JsonAnswer) -> frozenset[int]:
    """Ids of the contract's labels."""
    returned = answer.returned
    ids = (integer(label, -1) for label in returned) if isinstance(returned, list) else ()
    return frozenset(label for label in ids if label >= 0)


GROUPS = Operation(
    "contract groups",
    forms=(XmlAction("contract", "ContractGroup", fields=by_cid, read=read_groups, bands=BELOW_9_2),),
)

LABEL_TREE = Operation(
    "contract label tree",
    forms=(
        JsonRpc(
            LABEL_SERVICE,
            "getContractLabelTreeItemList",
            params=label_tree,
            read=read_label_tree,
            bands=FROM_9_2,
        ),
    ),
)

LABEL_IDS = Operation(
    "contract labels",
    forms=(JsonRpc(LABEL_SERVICE, "getContractLabelIds", params=by_contract_id, read=read_label_ids, bands=FROM_9_2),),
)
