"""Putting a contract into groups and taking it out (card-screens.md 6.11, contract.md 8).

Below 9.2 every group is a call of its own: those that are added come first, so that a change that stops half-way
leaves the contract in too many groups rather than in too few. From 9.2 the labels are replaced at once.
"""

from collections.abc import Callable

from msgspec import Struct

from flask_bgbilling.domain.contracts.contract import Contract
from flask_bgbilling.domain.contracts.editing import check_seen, mark
from flask_bgbilling.domain.contracts.groups import GroupLine, read_groups
from flask_bgbilling.errors import N_
from flask_bgbilling.facts import Fact
from flask_bgbilling.fields import refuse
from flask_bgbilling.hookspecs import ActionContext, Change, SectionContext, Step
from flask_bgbilling.wire.dto.contracts import ContractGroup
from flask_bgbilling.wire.operation import Operation
from flask_bgbilling.wire.ops.labels_writes import GROUP_ADDITION, GROUP_REMOVAL, LABELS_REPLACEMENT

CHANGED = N_("The groups are changed")


class GroupsForm(Struct, frozen=True):
    """What the form starts from: every group that the account sees, those of the contract marked."""

    lines: tuple[GroupLine, ...]
    seen: str

    @property
    def selected(self) -> tuple[int, ...]:
        """Ids of the groups of the contract."""
        return tuple(line.group.id for line in self.lines if line.group.selected)


def groups_form(context: SectionContext) -> GroupsForm:
    """Reads the groups."""
    lines = read_groups(context.contract)
    return GroupsForm(lines, mark(_selected(lines)))


def plan_groups(context: ActionContext) -> Change:
    """Gives the contract exactly the ticked groups; those that nobody may change by hand stay as they are."""
    contract = context.contract
    ticked = set(context.fields.identifiers("groups"))
    lines = read_groups(contract)
    groups = {line.group.id: line.group for line in lines}
    now = _selected(lines)
    check_seen(context, now, _told(groups, set(now)))
    fixed = {group.id for group in groups.values() if not group.editable}
    present = set(now)
    if not ticked <= set(groups) or (ticked & fixed) - present:
        refuse("groups", N_("Choose one of the list."))
    wanted = (ticked - fixed) | (present & fixed)
    if wanted == present:
        return Change(steps=(), said=CHANGED)
    return Change(
        _steps(contract, groups, present, wanted),
        _told(groups, present),
        _told(groups, wanted),
        said=CHANGED,
    )


def _steps(
    contract: Contract, groups: dict[int, ContractGroup], present: set[int], wanted: set[int]
) -> tuple[Step, ...]:
    billing, cid = contract.billing, contract.cid
    if billing.supports(LABELS_REPLACEMENT):

        def replace() -> object:
            return billing.call(LABELS_REPLACEMENT, cid=cid, label_ids=frozenset(wanted))

        return (Step(N_("Groups"), replace),)

    def one(operation: Operation[None], group_id: int) -> Callable[[], object]:
        return lambda: billing.call(operation, cid=cid, group_id=group_id)

    def named(group_id: int) -> Fact:
        return Fact(N_("Group"), groups[group_id].title)

    added = (Step(N_("Add to the group"), one(GROUP_ADDITION, id_), named(id_)) for id_ in sorted(wanted - present))
    removed = (
        Step(N_("Take out of the group"), one(GROUP_REMOVAL, id_), named(id_)) for id_ in sorted(present - wanted)
    )
    return (*added, *removed)


def _selected(lines: tuple[GroupLine, ...]) -> list[int]:
    return sorted(line.group.id for line in lines if line.group.selected)


def _told(groups: dict[int, ContractGroup], ids: set[int]) -> tuple[Fact, ...]:
    return (Fact(N_("Groups"), ", ".join(group.title for group in groups.values() if group.id in ids)),)
