"""Service modules of the contract (card-screens.md 6.10). Their own screens are sections of their own."""

from flask_bgbilling.domain.contracts.info import ContractCard
from flask_bgbilling.domain.contracts.modules import read_modules
from flask_bgbilling.errors import N_
from flask_bgbilling.hookspecs import CardSection, SectionContext, SectionView, TreeItem


def tree(card: ContractCard) -> tuple[TreeItem, ...]:
    """The line and, below it, every attached module with its state."""
    line = TreeItem(N_("Modules"), len(card.modules), kind="count", section="modules")
    return (line, *(TreeItem(module.title, module.status, kind="verbatim", level=2) for module in card.modules))


def render(context: SectionContext) -> SectionView:
    """Attached and available modules."""
    return SectionView("bgbilling/card/modules.html", {"modules": read_modules(context.contract)})


SECTIONS = (CardSection("modules", N_("Modules"), 150, "contract.modules.read", render, tree),)
