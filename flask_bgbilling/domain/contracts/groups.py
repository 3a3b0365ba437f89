"""Groups of a contract below 9.2, its labels from there (card-screens.md 6.11, contract.md 8)."""

from typing import TYPE_CHECKING

from msgspec import Struct, structs

from flask_bgbilling.wire.dto.contracts import ContractGroup
from flask_bgbilling.wire.ops.labels import GROUPS, LABEL_IDS, LABEL_TREE

if TYPE_CHECKING:
    from flask_bgbilling.domain.contracts.contract import Contract


READING = (GROUPS, LABEL_IDS, LABEL_TREE)


class GroupLine(Struct, frozen=True):
    """A group or label with how deep it stands in the tree, 0 at the top."""

    group: ContractGroup
    depth: int = 0


def read_groups(contract: "Contract") -> tuple[GroupLine, ...]:
    """Every group or label that the account sees, those of the contract marked; read at once."""
    billing, cid = contract.billing, contract.cid
    if billing.supports(GROUPS):
        return tuple(GroupLine(group) for group in billing.call(GROUPS, cid=cid))
    marks = billing.start(LABEL_IDS, cid=cid)
    labels = billing.call(LABEL_TREE, cid=cid)
    return tree(labels, marks.result())


def tree(labels: tuple[ContractGroup, ...], selected: frozenset[int]) -> tuple[GroupLine, ...]:
    """Labels below their parents; one whose parent is missing or who is its own ancestor stands at the top.

    A label that the contract has but the account's tree has not is shown by its id, so that none is lost.
    """
    known = {label.id for label in labels}
    children: dict[int, list[ContractGroup]] = {}
    for label in labels:
        parent = label.parent_id if label.parent_id in known and label.parent_id != label.id else 0
        children.setdefault(parent, []).append(structs.replace(label, selected=label.id in selected))
    lines: list[GroupLine] = []
    placed: set[int] = set()
    waiting = [(label, 0) for label in reversed(children.get(0, []))]
    while waiting:
        label, depth = waiting.pop()
        if label.id not in placed:
            placed.add(label.id)
            lines.append(GroupLine(label, depth))
            waiting.extend((child, depth + 1) for child in reversed(children.get(label.id, [])))
    for label in labels:
        if label.id not in placed:
            placed.add(label.id)
            lines.append(GroupLine(structs.replace(label, selected=label.id in selected)))
    lines.extend(
        GroupLine(ContractGroup(missing, f"??? [{missing}]", selected=True)) for missing in sorted(selected - known)
    )
    return tuple(lines)
