"""Adding, changing and deleting tariff groups of a contract (money.md 9).

Billings have them below 9.2. What deletes one does not ask whose it is, so the contract's own list decides.
"""

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from flask_bgbilling.domain.contracts.contract import Contract
from flask_bgbilling.domain.contracts.editing import check_seen, differing, mark
from flask_bgbilling.domain.contracts.tariffs_changes import period_facts
from flask_bgbilling.errors import N_
from flask_bgbilling.facts import Fact
from flask_bgbilling.fields import refuse
from flask_bgbilling.hookspecs import ActionContext, Change, Creation, Gone, SectionContext, Step
from flask_bgbilling.wire.dto.common import IdTitle, Period
from flask_bgbilling.wire.dto.tariffs import TariffGroup
from flask_bgbilling.wire.ops.tariffs import TARIFF_GROUP, TARIFF_GROUP_LIST, TARIFF_GROUPS
from flask_bgbilling.wire.ops.tariffs_writes import TARIFF_GROUP_DELETE, TARIFF_GROUP_SAVE

SAVING = (TARIFF_GROUP_LIST, TARIFF_GROUP, TARIFF_GROUP_SAVE)
DELETING = (TARIFF_GROUP_LIST, TARIFF_GROUP, TARIFF_GROUP_DELETE)

LONGEST_COMMENT = 255


class GroupForm(Struct, frozen=True):
    """What a form about a tariff group starts from.

    ``groups`` can be chosen from, the stored one is always among them. ``seen`` is the mark of the stored record,
    empty for a new one.
    """

    group: TariffGroup
    groups: tuple[IdTitle, ...] = ()
    seen: str = ""

    @property
    def choices(self) -> tuple[tuple[int, str], ...]:
        """The groups as numbers and titles."""
        return tuple((group.id, group.title) for group in self.groups)

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The group as it is told to people."""
        return facts_of(self.group)


def facts_of(group: TariffGroup) -> tuple[Fact, ...]:
    """A tariff group of a contract as it is told to people."""
    return (
        Fact(N_("Tariff group"), group.title),
        *period_facts(group.period),
        Fact(N_("Comment"), group.comment),
    )


def group_form(context: SectionContext) -> GroupForm:
    """The tariff group of the argument ``group``, or a new one that begins today; raises ``Gone``."""
    billing, number = context.contract.billing, context.number("group")
    directory = billing.start_directory(TARIFF_GROUPS)
    group = _read(context.contract, number) if number else TariffGroup(0, "", Period(context.today))
    groups = tuple(IdTitle(entry.id, entry.title) for entry in directory.result())
    if number and all(entry.id != group.group_id for entry in groups):
        groups = (IdTitle(group.group_id, group.title), *groups)
    return GroupForm(group, groups, mark(group) if number else "")


def group_deletion(context: SectionContext) -> GroupForm:
    """The tariff group of the argument ``group``, to be deleted; raises ``Gone``."""
    group = _read(context.contract, context.number("group"))
    return GroupForm(group, seen=mark(group))


def plan_saving(context: ActionContext) -> Change:
    """Changes the tariff group of the argument ``group``, or puts the contract into another one."""
    fields, contract, number = context.fields, context.contract, context.number("group")
    billing = contract.billing
    group_id = fields.identifier("tariff_group")
    period = Period(*fields.days("since", "until"))
    comment = fields.multiline("comment", LONGEST_COMMENT)
    directory = billing.start_directory(TARIFF_GROUPS)
    now = _read(contract, number) if number else None
    titles = {entry.id: entry.title for entry in directory.result()}
    if now is not None and now.group_id == group_id:
        titles[group_id] = now.title
    if group_id not in titles:
        refuse("tariff_group", N_("Choose one of the list."))
    wanted = TariffGroup(number, titles[group_id], period, comment, group_id)

    def save() -> object:
        return billing.call(TARIFF_GROUP_SAVE, cid=contract.cid, group=wanted)

    steps = (Step(N_("Tariff group"), save),)
    if now is None:
        return Change(
            steps,
            after=facts_of(wanted),
            subject=wanted.title,
            creation=Creation(_identity(contract, wanted), lambda: _equal(contract, wanted)),
            said=N_("Tariff group added"),
        )
    check_seen(context, now, facts_of(now))
    if wanted == now:
        return Change(steps=())
    before, after = differing(facts_of(now), facts_of(wanted))
    return Change(steps, before, after, wanted.title)


def plan_deleting(context: ActionContext) -> Change:
    """Takes the contract out of the tariff group of the argument ``group``."""
    contract, number = context.contract, context.number("group")
    now = _read(contract, number)
    check_seen(context, now, facts_of(now))

    def delete() -> object:
        return contract.billing.call(TARIFF_GROUP_DELETE, contract_group_id=number)

    return Change(
        (Step(N_("Tariff group"), delete),), facts_of(now), subject=now.title, said=N_("Tariff group deleted")
    )


def _read(contract: Contract, number: int) -> TariffGroup:
    """One tariff group: its title from the contract's list, its number in the directory from the record.

    Raises ``Gone`` when it is not in the contract's list.
    """
    billing = contract.billing
    alone = billing.start(TARIFF_GROUP, contract_group_id=number)
    listed = next((group for group in _groups(contract) if number and group.id == number), None)
    if listed is None:
        raise Gone(what=number)
    found = alone.result()
    if found is None:
        raise Gone(what=number)
    return replace(found, id=number, title=listed.title)


def _groups(contract: Contract) -> tuple[TariffGroup, ...]:
    return contract.billing.call(TARIFF_GROUP_LIST, cid=contract.cid)


def _equal(contract: Contract, wanted: TariffGroup) -> Iterable[int]:
    return [group.id for group in _groups(contract) if _identity(contract, group) == _identity(contract, wanted)]


def _identity(contract: Contract, group: TariffGroup) -> tuple[object, ...]:
    # The list has titles only.
    return (contract.cid, "tariff group", group.title, str(group.period.since), str(group.period.until))
