"""Limit of the contract: value, planned changes, history (card-screens.md 6.5)."""

from flask_bgbilling.builtin.card.paging import page_number
from flask_bgbilling.domain.contracts.info import ContractCard
from flask_bgbilling.domain.contracts.limit import read_limit
from flask_bgbilling.errors import N_
from flask_bgbilling.hookspecs import CardSection, SectionContext, SectionView, TreeItem


def tree(card: ContractCard) -> tuple[TreeItem, ...]:
    """One line with the limit."""
    return (TreeItem(N_("Limit"), card.limit, kind="money", section="limit"),)


def render(context: SectionContext) -> SectionView:
    """The limit, its tasks and the page ``page`` of its log."""
    return SectionView("bgbilling/card/limit.html", {"limit": read_limit(context.contract, page_number(context))})


SECTIONS = (CardSection("limit", N_("Limit"), 50, "contract.limit.read", render, tree),)
