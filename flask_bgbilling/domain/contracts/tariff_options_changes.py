"""Activating, prolonging, ending and deleting tariff options of a contract (card-screens.md 6.9, money.md 10)."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from flask_bgbilling.domain.contracts.contract import Contract, Part, part
from flask_bgbilling.domain.contracts.editing import check_seen, mark
from flask_bgbilling.errors import N_
from flask_bgbilling.facts import Fact
from flask_bgbilling.fields import refuse
from flask_bgbilling.hookspecs import ActionContext, Change, Creation, Gone, Step
from flask_bgbilling.wire.dto.tariffs import ActivationMode, ContractOption, TariffOption
from flask_bgbilling.wire.ops.tariff_options import (
    ACTIVE_OPTIONS,
    AVAILABLE_OPTIONS,
    OPTION_HISTORY,
    OPTION_MODES,
)
from flask_bgbilling.wire.ops.tariff_options_writes import (
    OPTION_ACTIVATE,
    OPTION_ACTIVATE_WITH_SUM,
    OPTION_DEACTIVATE,
    OPTION_DELETE,
    OPTION_REACTIVATE,
)

ACTIVATING = (AVAILABLE_OPTIONS, OPTION_MODES, OPTION_ACTIVATE, OPTION_ACTIVATE_WITH_SUM)
REACTIVATING = (ACTIVE_OPTIONS, OPTION_HISTORY, OPTION_REACTIVATE)
DEACTIVATING = (ACTIVE_OPTIONS, OPTION_HISTORY, OPTION_DEACTIVATE)
DELETING = (ACTIVE_OPTIONS, OPTION_HISTORY, OPTION_DELETE)


class ActivationForm(Struct, frozen=True):
    """What the form of an activation starts from: the options on offer and the modes of the chosen one, 0 for none.

    ``reread`` tells that only the modes were asked for again.
    """

    options: tuple[TariffOption, ...]
    option_id: int
    modes: Part[tuple[ActivationMode, ...]]
    reread: bool = False

    @property
    def choices(self) -> tuple[tuple[int, str], ...]:
        """The options as numbers and titles."""
        return tuple((option.id, option.title) for option in self.options)

    @property
    def only_mode(self) -> int | None:
        """The mode that need not be chosen because there is no other."""
        modes = self.modes.value or ()
        return modes[0].id if len(modes) == 1 else None


class OptionDraft(Struct, frozen=True):
    """An option of the contract that something is going to be done to. ``seen`` is its mark."""

    option: ContractOption
    active: bool
    seen: str

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The option as it is told to people."""
        return facts_of(self.option)

    @property
    def paid(self) -> bool:
        """Whether its activation has cost something."""
        return bool(self.option.price)


def facts_of(option: ContractOption) -> tuple[Fact, ...]:
    """An option of a contract as it is told to people."""
    return (
        Fact(N_("Option"), option.title or str(option.option_id)),
        Fact(N_("Starts"), _moment(option.since), "moment"),
        Fact(N_("Ends"), _moment(option.until), "moment"),
        Fact(N_("Price"), _sum(option.price), "money"),
    )


def activation_form(context: ActionContext) -> ActivationForm:
    """The options that can be activated; the chosen one is that of the form, else the argument ``option``."""
    contract = context.contract
    option_id = context.fields.identifier("option", required=False) if context.fields else context.number("option")
    modes = contract.billing.start(OPTION_MODES, cid=contract.cid, option_id=option_id) if option_id else None
    options = contract.billing.call(AVAILABLE_OPTIONS, cid=contract.cid)
    return ActivationForm(
        options,
        option_id,
        modes=part(modes.result) if modes is not None else Part(()),
        reread="reread" in context.arguments,
    )


def option_draft(context: ActionContext) -> OptionDraft:
    """The option of the argument ``record``; raises ``Gone``."""
    option, active = _read(context.contract, context.number("record"))
    return OptionDraft(option, active, mark(option))


def plan_activating(context: ActionContext) -> Change:
    """Activates an option in one of its modes, for the mode's price or for the sum that was typed."""
    fields, contract = context.fields, context.contract
    billing = contract.billing
    option_id, mode_id = fields.identifier("option"), fields.identifier("mode")
    amount = fields.amount("sum", zero=True) if fields.raw("sum").strip() else None
    option, mode = _chosen(context, option_id, mode_id)
    wanted = {"cid": contract.cid, "option_id": option_id, "mode_id": mode_id}

    def activate() -> object:
        if amount is None:
            return billing.call(OPTION_ACTIVATE, **wanted)
        return billing.call(OPTION_ACTIVATE_WITH_SUM, **wanted, amount=amount)

    price = mode.price if amount is None else amount
    after = (
        Fact(N_("Option"), option.title),
        Fact(N_("Mode"), mode.title),
        Fact(N_("Price"), _sum(price), "money"),
    )
    return Change(
        (Step(N_("Option"), activate),),
        after=after,
        subject=option.title,
        creation=_run(contract, option_id),
        said=N_("Option activated"),
    )


def plan_reactivating(context: ActionContext) -> Change:
    """Prolongs the option of the argument ``record`` by a period, or begins it again when it has ended."""
    contract, number = context.contract, context.number("record")
    option, active = _read(contract, number)
    check_seen(context, option, facts_of(option))

    def reactivate() -> object:
        return contract.billing.call(OPTION_REACTIVATE, cid=contract.cid, contract_option_id=number)

    return Change(
        (Step(N_("Option"), reactivate),),
        facts_of(option),
        # The option stays: one that is gone afterwards is a proof of a deletion, not of this.
        facts_of(option)[:1],
        subject=option.title,
        creation=_run(contract, option.option_id),
        said=N_("Option prolonged") if active else N_("Option activated"),
    )


def plan_deactivating(context: ActionContext) -> Change:
    """Ends the active option of the argument ``record`` now."""
    contract, number = context.contract, context.number("record")
    option, active = _read(contract, number)
    if not active:
        return Change(steps=())
    check_seen(context, option, facts_of(option))

    def deactivate() -> object:
        return contract.billing.call(OPTION_DEACTIVATE, cid=contract.cid, contract_option_id=number)

    return Change(
        (Step(N_("Option"), deactivate),), facts_of(option), subject=option.title, said=N_("Option deactivated")
    )


def plan_deleting(context: ActionContext) -> Change:
    """Deletes the option of the argument ``record``, and the charge of its activation with it."""
    contract, number = context.contract, context.number("record")
    option, _ = _read(contract, number)
    check_seen(context, option, facts_of(option))

    def delete() -> object:
        return contract.billing.call(OPTION_DELETE, cid=contract.cid, contract_option_id=number)

    return Change((Step(N_("Option"), delete),), facts_of(option), subject=option.title, said=N_("Option deleted"))


def _chosen(context: ActionContext, option_id: int, mode_id: int) -> tuple[TariffOption, ActivationMode]:
    """The option and the mode by number; both must be on offer for this contract."""
    if context.resumed:  # what was activated may be offered no longer
        return TariffOption(option_id, str(option_id)), ActivationMode(mode_id, str(mode_id))
    contract = context.contract
    modes = contract.billing.start(OPTION_MODES, cid=contract.cid, option_id=option_id)
    options = contract.billing.call(AVAILABLE_OPTIONS, cid=contract.cid)
    option = next((one for one in options if one.id == option_id), None)
    if option is None:
        refuse("option", N_("Choose one of the list."))
    mode = next((one for one in modes.result() if one.id == mode_id), None)
    if mode is None:
        refuse("mode", N_("Choose one of the list."))
    return option, mode


def _listed(contract: Contract) -> tuple[tuple[ContractOption, ...], tuple[ContractOption, ...]]:
    """The contract's active options, and its history without those."""
    billing = contract.billing
    asked = billing.start(OPTION_HISTORY, cid=contract.cid)
    active = billing.call(ACTIVE_OPTIONS, cid=contract.cid, moment=billing.now())
    known = {option.id for option in active}
    return active, tuple(option for option in asked.result() if option.id not in known)


def _read(contract: Contract, number: int) -> tuple[ContractOption, bool]:
    """One option of the contract's own lists, and whether it is active; raises ``Gone``."""
    for options, active in zip(_listed(contract), (True, False), strict=True):
        for option in options:
            if number and option.id == number:
                return option, active
    raise Gone(what=number)


def _run(contract: Contract, option_id: int) -> Creation:
    """A further paid run of an option.

    A run is known by its end: a prolongation makes no new record, it moves the end of the one that is there. One
    without an end is known by its record.
    """

    def present() -> Iterable[int]:
        options = (option for options in _listed(contract) for option in options if option.option_id == option_id)
        return [int(option.until.timestamp()) if option.until else option.id for option in options]

    return Creation((contract.cid, "tariff option", option_id), present)


def _moment(value: datetime | None) -> str:
    return value.isoformat() if value else ""


def _sum(value: Decimal | None) -> str:
    return "" if value is None else str(value)
