"""Attaching service modules to a contract and detaching them (card-screens.md 6.10, contract.md 9)."""

from collections.abc import Callable, Iterable

from msgspec import Struct

from flask_bgbilling.domain.contracts.contract import Contract
from flask_bgbilling.domain.contracts.modules import read_choice
from flask_bgbilling.errors import N_
from flask_bgbilling.facts import Fact
from flask_bgbilling.fields import refuse
from flask_bgbilling.hookspecs import ActionContext, Change, Question, SectionContext, Step
from flask_bgbilling.wire.dto.common import IdTitle
from flask_bgbilling.wire.operation import Operation
from flask_bgbilling.wire.ops.modules_writes import MODULE_ADDITION, MODULE_REMOVAL

ATTACHING = (MODULE_ADDITION,)
DETACHING = (MODULE_REMOVAL,)


class ModulesForm(Struct, frozen=True):
    """Numbers and titles of the modules that can be chosen, and those that are ticked from the start."""

    choices: tuple[tuple[int, str], ...]
    ticked: tuple[int, ...] = ()


def attaching_form(context: SectionContext) -> ModulesForm:
    """The modules that the contract does not have."""
    return ModulesForm(_pairs(read_choice(context.contract).available))


def detaching_form(context: SectionContext) -> ModulesForm:
    """The modules of the contract, that of the argument ``module`` ticked."""
    number = context.number("module")
    return ModulesForm(_pairs(read_choice(context.contract).attached), (number,) if number else ())


def plan_attaching(context: ActionContext) -> Change:
    """Attaches the chosen modules one by one; those that the contract has already are left out."""
    choice = read_choice(context.contract)
    chosen = _chosen(context, (*choice.available, *choice.attached))
    there = {module.id for module in choice.attached}
    wanted = [module for module in chosen if module.id not in there]
    return Change(
        _steps(context.contract, MODULE_ADDITION, wanted),
        after=_facts(wanted),
        subject=_titles(wanted),
        said=N_("Modules attached"),
    )


def plan_detaching(context: ActionContext) -> Change:
    """Detaches the chosen modules one by one, after people were asked: their data in the contract is lost."""
    choice = read_choice(context.contract)
    chosen = _chosen(context, (*choice.attached, *choice.available))
    there = {module.id for module in choice.attached}
    unwanted = [module for module in chosen if module.id in there]
    return Change(
        _steps(context.contract, MODULE_REMOVAL, unwanted),
        _facts(unwanted),
        subject=_titles(unwanted),
        question=Question(
            N_("Detach the modules %(modules)s? All that they keep for this contract is removed for good."),
            {"modules": Fact("", _titles(unwanted))},
        ),
        said=N_("Modules detached"),
    )


def _chosen(context: ActionContext, known: Iterable[IdTitle]) -> tuple[IdTitle, ...]:
    """The ticked modules, which the billing must know."""
    by_id = {module.id: module for module in known}
    numbers = context.fields.identifiers("module")
    if not numbers:
        refuse("module", N_("Choose at least one module."))
    if not by_id.keys() >= set(numbers):
        refuse("module", N_("Choose one of the list."))
    return tuple(by_id[number] for number in numbers)


def _steps(contract: Contract, operation: Operation[None], modules: Iterable[IdTitle]) -> tuple[Step, ...]:
    def call(module_id: int) -> Callable[[], object]:
        return lambda: contract.billing.call(operation, cid=contract.cid, module_id=module_id)

    return tuple(Step(N_("Module"), call(module.id), _fact(module)) for module in modules)


def _fact(module: IdTitle) -> Fact:
    return Fact(N_("Module"), module.title or str(module.id))


def _facts(modules: Iterable[IdTitle]) -> tuple[Fact, ...]:
    return tuple(_fact(module) for module in modules)


def _titles(modules: Iterable[IdTitle]) -> str:
    return ", ".join(module.title or str(module.id) for module in modules)


def _pairs(modules: Iterable[IdTitle]) -> tuple[tuple[int, str], ...]:
    return tuple((module.id, module.title or str(module.id)) for module in modules)
