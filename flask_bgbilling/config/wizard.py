"""The wizard of a type of processes: steps that lead from a new process to a contract that works.

``wizard.createStep.<N>.*`` are obligatory before a process is final, ``wizard.step.<N>.*`` stand on its card
(customers-and-links.md 7). A step that cannot be used is left out and reported; the others stay.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from flask_bgbilling.config.contract_types import ContractType, read_type
from flask_bgbilling.config.loading import noted
from flask_bgbilling.config.messages import Problem, shown
from flask_bgbilling.config.properties import Properties
from flask_bgbilling.config.values import parse_integer

StepKind = Literal["contracts", "parameters", "tariff", "address", "services", "sessions"]

STEP_PREFIXES: Final = ("wizard.createStep.", "wizard.step.")
OLD_PREFIX: Final = "createWizard."

CLASSES: Final[dict[str, StepKind]] = {
    "CreateContractsStep": "contracts",
    "FillContractParamsStep": "parameters",
    "FillParamsStep": "parameters",
    "SetContractTariffStep": "tariff",
    "ShowContractsByAddrParamStep": "address",
    "ShowInetServiceStep": "services",
    "ShowInetSessionStep": "sessions",
}
"""What each class does, by its simple name; a full name ends with it."""


@dataclass(frozen=True, slots=True)
class WizardStep:
    """A step of the wizard. ``obligatory`` ones come first; ``number`` is unique among steps of its sort.

    What the others mean depends on ``kind``: ``types`` are contracts that can be made; ``parameter_ids`` are shown and
    ``checked_ids`` must be filled; ``address_parameter_id`` is a parameter of the process, ``billing_ids`` are
    searched, all when there are none; ``module_id`` is the instance of the internet access module.
    """

    number: int
    kind: StepKind
    title: str
    obligatory: bool = False
    types: tuple[ContractType, ...] = ()
    show_numbers: bool = True
    parameter_ids: tuple[int, ...] = ()
    checked_ids: tuple[int, ...] = ()
    address_parameter_id: int = 0
    billing_ids: tuple[str, ...] = ()
    module_id: int = 0

    @property
    def key(self) -> str:
        """Its name in addresses."""
        return f"{'create' if self.obligatory else 'step'}-{self.number}"


def wizard_steps(properties: Properties) -> tuple[WizardStep, ...]:
    """The usable steps of a type's keys: the obligatory ones first, each sort in the order of its numbers."""
    found = (_step(number, block, obligatory) for _, number, block, obligatory in _blocks(properties))
    return tuple(step for step in found if step is not None)


def problems(properties: Properties) -> Iterator[Problem]:
    """What keeps steps from being used."""
    for prefix, number, block, obligatory in _blocks(properties):
        place = f"{prefix}{number}."
        kind = _kind(block)
        if kind is None:
            near = ", ".join(CLASSES)
            yield noted(block, "class", "class-none", place, value=shown("class", block.text("class")), near=near)
        elif _step(number, block, obligatory) is None:
            key = {"parameters": "parameterIds", "address": "addressParamId", "contracts": "contractType"}.get(
                kind, "inetModuleId"
            )
            yield noted(block, key, "required", place)


def _blocks(properties: Properties) -> Iterator[tuple[str, int, Properties, bool]]:
    for prefix in STEP_PREFIXES:
        obligatory = prefix.startswith("wizard.create")
        taken: set[int] = set()
        for written in (prefix, prefix.replace("wizard.", OLD_PREFIX, 1)):
            for number, block in sorted(properties.indexed(written).items()):
                if number not in taken:
                    taken.add(number)
                    yield written, number, block, obligatory


def _kind(block: Properties) -> StepKind | None:
    return CLASSES.get(block.text("class").strip().rpartition(".")[2])


def _step(number: int, block: Properties, obligatory: bool) -> WizardStep | None:
    kind = _kind(block)
    if kind is None:
        return None
    types = (read_type(of, one) for of, one in sorted(block.indexed("contractType.").items()))
    step = WizardStep(
        number,
        kind,
        block.text("title").strip(),
        obligatory,
        types=tuple(one for one in types if one is not None),
        show_numbers=block.boolean("showContractTitle", True),
        parameter_ids=tuple(dict.fromkeys(block.integers("parameterIds"))),
        checked_ids=tuple(dict.fromkeys(block.integers("checkParamIds"))),
        address_parameter_id=max(parse_integer(block.text("addressParamId")) or 0, 0),
        billing_ids=tuple(_billings(block)),
        module_id=max(parse_integer(block.text("inetModuleId")) or 0, 0),
    )
    needed = {
        "contracts": step.types,
        "parameters": step.parameter_ids,
        "address": step.address_parameter_id,
        "services": step.module_id,
        "sessions": step.module_id,
    }
    return step if needed.get(kind, True) else None


def _billings(block: Properties) -> Iterator[str]:
    for _, one in sorted(block.indexed("billing.").items()):
        billing_id = one.text("id").strip() or one.text("billingId").strip()
        if billing_id:
            yield billing_id
