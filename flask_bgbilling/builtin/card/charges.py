"""Charges of the contract and its sub-contracts (card-screens.md 6.8)."""

from flask_bgbilling.builtin.card.periods import bar, month_arguments, typed_period
from flask_bgbilling.domain.contracts.charges import read_charges
from flask_bgbilling.domain.contracts.info import ContractCard
from flask_bgbilling.errors import N_
from flask_bgbilling.hookspecs import CardSection, SectionContext, SectionView, TreeItem


def tree(card: ContractCard) -> tuple[TreeItem, ...]:
    """What was charged in the month of the card's balance."""
    sum_ = card.balance.charges if card.balance is not None else None
    return (TreeItem(N_("Charges"), sum_, "money", 2, "charges", month_arguments(card)),)


def render(context: SectionContext) -> SectionView:
    """Charges of the period, of one type when ``type`` names it."""
    typed = typed_period(context)
    sheet = read_charges(context.contract, typed, context.value("type"), context.today)
    return SectionView("bgbilling/card/charges.html", {**bar(context, typed), "sheet": sheet})


SECTIONS = (CardSection("charges", N_("Charges"), 120, "contract.charges.read", render, tree),)
