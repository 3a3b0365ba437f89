"""Status of the contract: now, planned, history (card-screens.md 6.4)."""

from flask_bgbilling.domain.contracts.info import ContractCard
from flask_bgbilling.domain.contracts.status import read_status
from flask_bgbilling.errors import N_
from flask_bgbilling.hookspecs import CardSection, SectionContext, SectionView, TreeItem


def tree(card: ContractCard) -> tuple[TreeItem, ...]:
    """One line with the status of today."""
    return (TreeItem(N_("Status"), card.status, kind="verbatim", section="status", tone=card.tone),)


def render(context: SectionContext) -> SectionView:
    """Periods, planned changes and history."""
    history = read_status(context.contract, context.today)
    return SectionView("bgbilling/card/status.html", {"history": history})


SECTIONS = (CardSection("status", N_("Status"), 40, "contract.status.read", render, tree),)
