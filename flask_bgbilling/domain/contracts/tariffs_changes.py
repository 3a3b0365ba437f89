"""Giving a contract tariff plans, changing and taking them away (card-screens.md 6.9, money.md 7.3 to 7.5)."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from flask_bgbilling.domain.contracts.contract import Contract, Part, part
from flask_bgbilling.domain.contracts.editing import check_seen, differing, mark
from flask_bgbilling.domain.contracts.names import NameBook
from flask_bgbilling.errors import N_, Absent, InputError
from flask_bgbilling.facts import Fact
from flask_bgbilling.fields import FormFields, refuse
from flask_bgbilling.hookspecs import ActionContext, Change, Creation, Gone, Step
from flask_bgbilling.wire.dto.common import IdTitle, Period
from flask_bgbilling.wire.dto.server import Names
from flask_bgbilling.wire.dto.tariffs import ContractTariff
from flask_bgbilling.wire.lanes import Pending
from flask_bgbilling.wire.ops.modules import MODULE_INSTANCES
from flask_bgbilling.wire.ops.tariffs import CONTRACT_TARIFF_LIST, OFFERED_TARIFF_PLANS, TARIFF_PLAN, TARIFF_PLANS
from flask_bgbilling.wire.ops.tariffs_writes import CONTRACT_TARIFF_DELETE, CONTRACT_TARIFF_SAVE

if TYPE_CHECKING:
    from flask_bgbilling.wire.session import Billing

SAVING = (CONTRACT_TARIFF_LIST, OFFERED_TARIFF_PLANS, CONTRACT_TARIFF_SAVE)
DELETING = (CONTRACT_TARIFF_LIST, CONTRACT_TARIFF_DELETE)

FILTERS = "filters"
"""The form's field that says that the filters of the list of plans were seen: a box that is not ticked is not sent."""
REREAD = "reread"
"""The form's field of the button that only reads the list of plans again."""

LONGEST_COMMENT = 255
# The billing keeps the position in a signed byte.
LEAST_POSITION, GREATEST_POSITION = -128, 127


class PlansReread(InputError):
    """The list of plans was asked for again, by a browser without JavaScript: nothing is to be saved."""

    code = "plans reread"
    message = N_("The list of tariff plans has been read again.")
    remedy = N_("Choose a plan and save.")


class PlanFilters(Struct, frozen=True):
    """Which plans a form offers.

    ``used`` leaves out those out of use, ``fitting`` those whose own filters do not let the contract in, ``grouped``
    those outside the contract's tariff groups; ``module_id`` keeps those with a part for one module.
    """

    used: bool = True
    fitting: bool = True
    grouped: bool = False
    module_id: int = 0


class PlanForm(Struct, frozen=True):
    """What a form about a tariff plan starts from.

    ``plans`` can be chosen from, the plan's own one is always among them; ``chosen`` is the one to begin with, 0 for
    none. ``modules`` may be filtered by. ``seen`` is the mark of the stored record, empty for a new one. ``reread``
    tells that only the list of plans was asked for again.
    """

    tariff: ContractTariff
    plans: Part[tuple[IdTitle, ...]]
    chosen: int
    filters: PlanFilters
    modules: tuple[IdTitle, ...]
    seen: str = ""
    reread: bool = False

    @property
    def choices(self) -> tuple[tuple[int, str], ...]:
        """The plans as numbers and titles."""
        return tuple((plan.id, plan.title) for plan in self.plans.value or ())


class PlanDraft(Struct, frozen=True):
    """A tariff plan of the contract that is going to be taken away."""

    facts: tuple[Fact, ...]
    seen: str


def period_facts(period: Period) -> tuple[Fact, Fact]:
    """The first and the last day of a period."""
    return (
        Fact(N_("Since"), period.since.isoformat() if period.since else "", "day"),
        Fact(N_("Until"), period.until.isoformat() if period.until else "", "day"),
    )


def facts_of(tariff: ContractTariff, title: str) -> tuple[Fact, ...]:
    """A tariff plan of a contract as it is told to people."""
    return (
        Fact(N_("Tariff plan"), title),
        *period_facts(tariff.period),
        Fact(N_("Position"), str(tariff.position)),
        Fact(N_("Comment"), tariff.comment),
    )


def plan_form(context: ActionContext) -> PlanForm:
    """The plan of the argument ``tariff``, or a new one that begins today; raises ``Gone``.

    The filters of the list are those of the form, else those of the address, else only plans in use that fit.
    """
    contract, billing, number = context.contract, context.contract.billing, context.number("tariff")
    filters = _filters(context)
    offered = billing.start(
        OFFERED_TARIFF_PLANS,
        cid=contract.cid,
        module_id=filters.module_id,
        used_only=filters.used,
        by_contract=filters.fitting,
        by_group=filters.grouped,
    )
    modules = billing.start(MODULE_INSTANCES)
    directory = billing.start_directory(TARIFF_PLANS) if number else None
    tariff = _read(contract, number) if number else ContractTariff(0, 0, Period(context.today))
    own = (IdTitle(tariff.plan_id, _title(billing, tariff.plan_id, tariff.title, directory)),) if number else ()
    found = part(offered.result)
    names = found.value.entries if found.value is not None else ()
    plans = (*(plan for plan in own if plan.id not in {one.id for one in names}), *names)
    reread = FILTERS in context.arguments
    return PlanForm(
        tariff=tariff,
        plans=Part(plans, found.problem),
        chosen=context.number("plan") if reread else tariff.plan_id,
        filters=filters,
        modules=part(modules.result).otherwise(()),
        seen=mark(tariff) if number else "",
        reread=reread,
    )


def plan_deletion(context: ActionContext) -> PlanDraft:
    """The plan of the argument ``tariff``, to be taken away; raises ``Gone``."""
    billing = context.contract.billing
    directory = billing.start_directory(TARIFF_PLANS)
    tariff = _read(context.contract, context.number("tariff"))
    return PlanDraft(facts_of(tariff, _title(billing, tariff.plan_id, tariff.title, directory)), mark(tariff))


def plan_saving(context: ActionContext) -> Change:
    """Changes the plan of the argument ``tariff``, or gives the contract another one."""
    fields, contract, number = context.fields, context.contract, context.number("tariff")
    if REREAD in fields:
        raise PlansReread
    billing = contract.billing
    wanted = ContractTariff(
        id=number,
        plan_id=fields.identifier("plan"),
        period=Period(*fields.days("since", "until")),
        position=fields.integer("position", LEAST_POSITION, GREATEST_POSITION, default=0),
        comment=fields.multiline("comment", LONGEST_COMMENT),
    )
    directory = billing.start_directory(TARIFF_PLANS)
    now = _read(contract, number) if number else None
    kept = now is not None and now.plan_id == wanted.plan_id
    known = now.title if now is not None and kept else ""
    title = _title(billing, wanted.plan_id, known, directory, must_exist=not kept)
    wanted = replace(wanted, title=title)

    def save() -> object:
        return billing.call(CONTRACT_TARIFF_SAVE, cid=contract.cid, tariff=wanted)

    steps = (Step(N_("Tariff plan"), save),)
    if now is None:
        return Change(
            steps,
            after=facts_of(wanted, title),
            subject=title,
            creation=Creation(_identity(contract, wanted), lambda: _equal(contract, wanted)),
            said=N_("Tariff plan added"),
        )
    stored = facts_of(now, title if kept else _title(billing, now.plan_id, now.title, directory))
    check_seen(context, now, stored)
    if wanted == replace(now, title=title):
        return Change(steps=())
    before, after = differing(stored, facts_of(wanted, title))
    return Change(steps, before, after, title)


def plan_deleting(context: ActionContext) -> Change:
    """Takes the plan of the argument ``tariff`` away."""
    contract, number = context.contract, context.number("tariff")
    billing = contract.billing
    directory = billing.start_directory(TARIFF_PLANS)
    now = _read(contract, number)
    title = _title(billing, now.plan_id, now.title, directory)
    check_seen(context, now, facts_of(now, title))

    def delete() -> object:
        return billing.call(CONTRACT_TARIFF_DELETE, cid=contract.cid, tariff_id=number)

    return Change(
        (Step(N_("Tariff plan"), delete),), facts_of(now, title), subject=title, said=N_("Tariff plan deleted")
    )


def _filters(context: ActionContext) -> PlanFilters:
    source = context.fields
    if FILTERS not in source:
        source = FormFields({name: (value,) for name, value in context.arguments.items()})
    if FILTERS not in source:
        return PlanFilters()
    return PlanFilters(
        used=source.flag("used"),
        fitting=source.flag("fitting"),
        grouped=source.flag("grouped"),
        module_id=source.identifier("module", required=False),
    )


def _read(contract: Contract, number: int) -> ContractTariff:
    """One plan of the contract's own list, so that plans of other contracts are none; raises ``Gone``."""
    plans = contract.billing.call(CONTRACT_TARIFF_LIST, cid=contract.cid)
    found = next((plan for plan in plans if number and plan.id == number), None)
    if found is None:
        raise Gone(what=number)
    return found


def _equal(contract: Contract, wanted: ContractTariff) -> Iterable[int]:
    plans = contract.billing.call(CONTRACT_TARIFF_LIST, cid=contract.cid)
    return [plan.id for plan in plans if _identity(contract, plan) == _identity(contract, wanted)]


def _identity(contract: Contract, tariff: ContractTariff) -> tuple[object, ...]:
    period = tariff.period
    return (contract.cid, "tariff plan", tariff.plan_id, str(period.since), str(period.until), tariff.position)


def _title(
    billing: "Billing", plan_id: int, given: str, directory: Pending[Names] | None, *, must_exist: bool = False
) -> str:
    """The title of a plan; one that is newer than the directory in memory is asked for alone."""
    title = NameBook(directory).name(plan_id, given)
    if title:
        return title
    asked = part(lambda: billing.call(TARIFF_PLAN, plan_id=plan_id))
    absent = asked.value is None and (asked.problem is None or isinstance(asked.problem, Absent))
    if must_exist and absent:
        refuse("plan", N_("Choose one of the list."))
    return asked.value.title if asked.value is not None else str(plan_id)
