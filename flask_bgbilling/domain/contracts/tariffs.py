"""Tariff plans, personal tariffs, tariff groups and options of a contract (card-screens.md 6.9, money.md 7 to 10)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_bgbilling.domain.contracts.contract import Contract, Part, part
from flask_bgbilling.domain.contracts.names import NameBook
from flask_bgbilling.domain.contracts.periods import Period, Tense, tense
from flask_bgbilling.wire.dto.server import Names
from flask_bgbilling.wire.dto.tariffs import (
    ActivationMode,
    ContractOption,
    ContractTariff,
    PersonalTariff,
    TariffGroup,
    TariffOption,
)
from flask_bgbilling.wire.lanes import Pending
from flask_bgbilling.wire.ops.tariff_options import (
    ACTIVE_OPTIONS,
    AVAILABLE_OPTIONS,
    OPTION_HISTORY,
    OPTION_MODES,
)
from flask_bgbilling.wire.ops.tariffs import (
    CONTRACT_TARIFF_LIST,
    PERSONAL_TARIFF_LIST,
    TARIFF_GROUP_LIST,
    TARIFF_PLAN,
    TARIFF_PLAN_TITLES,
    TARIFF_PLANS,
)

__all__ = [
    "READING",
    "ActivationMode",
    "ContractOption",
    "OptionSheet",
    "TariffLine",
    "TariffOption",
    "TariffSheet",
    "read_options",
    "read_tariffs",
]

READING = (
    CONTRACT_TARIFF_LIST,
    PERSONAL_TARIFF_LIST,
    TARIFF_GROUP_LIST,
    TARIFF_PLAN,
    TARIFF_PLAN_TITLES,
    ACTIVE_OPTIONS,
    AVAILABLE_OPTIONS,
    OPTION_HISTORY,
    OPTION_MODES,
)

# Titles that the directory lacks are asked for one by one: as many as a billing's lane takes at once.
TITLES_AT_ONCE = 8

_ORDER: Mapping[Tense, int] = {"now": 0, "planned": 1, "past": 2}


@dataclass(frozen=True)
class TariffLine:
    """A tariff of the contract: a plan, a personal tariff or a tariff group.

    ``title`` is empty when the billing knows no title for ``plan_id``.
    """

    id: int
    title: str
    period: Period
    tense: Tense
    position: int = 0
    comment: str = ""
    plan_id: int | None = None


@dataclass(frozen=True)
class TariffSheet:
    """Everything that the contract pays by: what holds today first, then what is planned, then what was.

    ``groups`` is ``None`` from 9.2 on, where billings have no tariff groups. All but the plans may fail alone.
    """

    plans: tuple[TariffLine, ...]
    personal: Part[tuple[TariffLine, ...]]
    groups: Part[tuple[TariffLine, ...]] | None
    options: Part[tuple[ContractOption, ...]]

    @property
    def current(self) -> tuple[TariffLine, ...]:
        """Plans and personal tariffs that hold today."""
        return tuple(line for line in self.plans + (self.personal.otherwise(())) if line.tense == "now")

    @property
    def planned(self) -> tuple[TariffLine, ...]:
        """Plans and personal tariffs that begin later."""
        return tuple(line for line in self.plans + (self.personal.otherwise(())) if line.tense == "planned")


@dataclass(frozen=True)
class OptionSheet:
    """Tariff options: active, once active, and those that could be activated.

    ``modes`` are the ways to activate the option ``option_id``, ``None`` when no option was chosen.
    """

    active: tuple[ContractOption, ...]
    history: Part[tuple[ContractOption, ...]]
    available: Part[tuple[TariffOption, ...]]
    option_id: int | None = None
    modes: Part[tuple[ActivationMode, ...]] | None = None


def read_tariffs(contract: Contract, today: date) -> TariffSheet:
    """Reads all tariffs at the same time; where lists have no titles, those the directory lacks after it."""
    billing, cid = contract.billing, contract.cid
    has_groups = billing.supports(TARIFF_GROUP_LIST)
    asked_personal = billing.start(PERSONAL_TARIFF_LIST, cid=cid)
    asked_options = billing.start(ACTIVE_OPTIONS, cid=cid, moment=billing.now())
    asked_groups = billing.start(TARIFF_GROUP_LIST, cid=cid) if has_groups else None
    directory = None if has_groups else billing.start_directory(TARIFF_PLANS)
    plans = billing.call(CONTRACT_TARIFF_LIST, cid=cid)
    title = _plan_titles(contract, plans, directory)
    personal = part(asked_personal.result)
    groups = part(asked_groups.result) if asked_groups is not None else None
    return TariffSheet(
        plans=_in_order(_plan(plan, title(plan), today) for plan in plans),
        personal=Part(_in_order(_personal(tariff, today) for tariff in personal.otherwise(())), personal.problem),
        groups=Part(_in_order(_group(group, today) for group in groups.otherwise(())), groups.problem)
        if groups is not None
        else None,
        options=part(asked_options.result),
    )


def read_options(contract: Contract, option_id: int | None) -> OptionSheet:
    """Reads the options at the same time, with the activation modes of one of them when it is chosen."""
    billing, cid = contract.billing, contract.cid
    asked_history = billing.start(OPTION_HISTORY, cid=cid)
    available = billing.start(AVAILABLE_OPTIONS, cid=cid)
    modes = billing.start(OPTION_MODES, cid=cid, option_id=option_id) if option_id is not None else None
    active = billing.call(ACTIVE_OPTIONS, cid=cid, moment=billing.now())
    history = part(asked_history.result)
    return OptionSheet(
        active=active,
        history=Part(tuple(sorted(history.otherwise(()), key=_beginning, reverse=True)), history.problem),
        available=part(available.result),
        option_id=option_id,
        modes=part(modes.result) if modes is not None else None,
    )


def _plan_titles(
    contract: Contract, plans: Sequence[ContractTariff], directory: Pending[Names] | None
) -> Callable[[ContractTariff], str]:
    if all(plan.title for plan in plans):
        return lambda plan: plan.title
    known = NameBook(directory)
    unknown = dict.fromkeys(plan.plan_id for plan in plans if not known.name(plan.plan_id, plan.title) and plan.plan_id)
    asked = {
        plan_id: contract.billing.start(TARIFF_PLAN, plan_id=plan_id) for plan_id in list(unknown)[:TITLES_AT_ONCE]
    }
    found = {plan_id: part(pending.result).value for plan_id, pending in asked.items()}
    titles = {plan_id: plan.title for plan_id, plan in found.items() if plan is not None}
    return lambda plan: known.name(plan.plan_id, plan.title) or titles.get(plan.plan_id, "")


def _plan(plan: ContractTariff, title: str, today: date) -> TariffLine:
    return TariffLine(
        id=plan.id,
        title=title,
        period=plan.period,
        tense=tense(plan.period, today),
        position=plan.position,
        comment=plan.comment,
        plan_id=plan.plan_id,
    )


def _personal(tariff: PersonalTariff, today: date) -> TariffLine:
    return TariffLine(
        id=tariff.id,
        title=tariff.title,
        period=tariff.period,
        tense=tense(tariff.period, today),
        position=tariff.position,
    )


def _group(group: TariffGroup, today: date) -> TariffLine:
    return TariffLine(
        id=group.id,
        title=group.title,
        period=group.period,
        tense=tense(group.period, today),
        comment=group.comment,
    )


def _in_order(lines: Iterable[TariffLine]) -> tuple[TariffLine, ...]:
    def rank(line: TariffLine) -> tuple[int, int, int]:
        start = line.period.since or date.min
        # What is over or to come reads best from today outwards.
        distance = -start.toordinal() if line.tense == "past" else start.toordinal()
        return _ORDER[line.tense], distance if line.tense != "now" else 0, line.position

    return tuple(sorted(lines, key=rank))


def _beginning(option: ContractOption) -> float:
    begun = option.since or option.activated_at
    return begun.timestamp() if begun else 0.0
