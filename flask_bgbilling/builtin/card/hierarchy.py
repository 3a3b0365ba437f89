"""Super contract and sub-contracts (card-screens.md 6.3)."""

from flask_bgbilling.domain.contracts.hierarchy import read_relatives
from flask_bgbilling.domain.contracts.info import ContractCard
from flask_bgbilling.errors import N_
from flask_bgbilling.hookspecs import CardSection, SectionContext, SectionView, TreeItem

_KINDS = {"depend_sub": N_("dependent sub-contract"), "independ_sub": N_("independent sub-contract")}


def tree(card: ContractCard) -> tuple[TreeItem, ...]:
    """Dependent and independent sub-contracts of a super contract; the kind of a sub-contract; else nothing."""
    if card.hierarchy == "super":
        value = f"{card.dependent_count}/{card.independent_count}"
    else:
        value = _KINDS.get(card.hierarchy, "")
    return (TreeItem(N_("Hierarchy"), value, section="hierarchy"),)


def render(context: SectionContext) -> SectionView:
    """Neighbours with links to their cards."""
    return SectionView("bgbilling/card/hierarchy.html", {"relatives": read_relatives(context.contract)})


SECTIONS = (CardSection("hierarchy", N_("Contract hierarchy"), 30, "contract.hierarchy.read", render, tree),)
