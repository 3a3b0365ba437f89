"""Service modules of a contract: attached ones with their state, available ones (card-screens.md 6.10)."""

from typing import TYPE_CHECKING

from msgspec import Struct

from flask_bgbilling.domain.contracts.contract import part
from flask_bgbilling.wire.dto.common import IdTitle
from flask_bgbilling.wire.dto.contracts import CardModule, ModuleChoice
from flask_bgbilling.wire.ops.contracts import CONTRACT_INFO
from flask_bgbilling.wire.ops.modules import CONTRACT_MODULES, MODULE_CHOICE, MODULE_INSTANCES

if TYPE_CHECKING:
    from flask_bgbilling.domain.contracts.contract import Contract

READING = (MODULE_CHOICE, CONTRACT_MODULES, MODULE_INSTANCES, CONTRACT_INFO)


class ContractModules(Struct, frozen=True):
    """Attached modules, with the state that the card tells about them, and available ones."""

    attached: tuple[CardModule, ...]
    available: tuple[IdTitle, ...]


def read_modules(contract: "Contract") -> ContractModules:
    """The listing of the version at hand and the card, all at once; without the card the states are empty."""
    card = contract.billing.start(CONTRACT_INFO, cid=contract.cid)
    choice = read_choice(contract)
    info = part(card.result).value
    states = {module.id: module for module in info.modules} if info else {}
    return ContractModules(
        attached=tuple(
            CardModule(
                id=module.id,
                title=module.title,
                package=states[module.id].package if module.id in states else "",
                status=states[module.id].status if module.id in states else "",
            )
            for module in choice.attached
        ),
        available=choice.available,
    )


def read_choice(contract: "Contract") -> ModuleChoice:
    """Attached and available modules: one listing, or two at once where they are apart."""
    billing, cid = contract.billing, contract.cid
    if billing.supports(MODULE_CHOICE):
        return billing.call(MODULE_CHOICE, cid=cid)
    instances = billing.start(MODULE_INSTANCES)
    attached = billing.call(CONTRACT_MODULES, cid=cid)
    there = {module.id for module in attached}
    return ModuleChoice(attached, tuple(module for module in instances.result() if module.id not in there))
