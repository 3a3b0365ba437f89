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


class ContractModules(Struct, frozen=True):
    """Attached modules, with the state that the card tells about them, and available ones."""

    attached: tuple[CardModule, ...]
    available: tuple[IdTitle, ...]


def read_modules(contract: "Contract") -> ContractModules:
    """The listing of the version at hand and the card, all at once; without the card the states are empty."""
    billing, cid = contract.billing, contract.cid
    card = billing.start(CONTRACT_INFO, cid=cid)
    if billing.supports(MODULE_CHOICE):
        choice = billing.call(MODULE_CHOICE, cid=cid)
    else:
        instances = billing.start(MODULE_INSTANCES)
        attached = billing.call(CONTRACT_MODULES, cid=cid)
        there = {module.id for module in attached}
        choice = ModuleChoice(attached, tuple(module for module in instances.result() if module.id not in there))
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
