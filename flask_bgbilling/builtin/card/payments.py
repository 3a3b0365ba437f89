"""Payments of the contract and its sub-contracts (card-screens.md 6.8)."""

from flask_bgbilling.builtin.card.periods import bar, month_arguments, typed_period
from flask_bgbilling.domain.contracts.info import ContractCard
from flask_bgbilling.domain.contracts.payments import read_payments
from flask_bgbilling.errors import N_
from flask_bgbilling.hookspecs import CardSection, SectionContext, SectionView, TreeItem


def tree(card: ContractCard) -> tuple[TreeItem, ...]:
    """What was paid in the month of the card's balance."""
    sum_ = card.balance.payments if card.balance is not None else None
    return (TreeItem(N_("Payments"), sum_, "money", 2, "payments", month_arguments(card)),)


def render(context: SectionContext) -> SectionView:
    """Payments of the period, of one type when ``type`` names it."""
    typed = typed_period(context)
    sheet = read_payments(context.contract, typed, context.value("type"), context.today)
    return SectionView("bgbilling/card/payments.html", {**bar(context, typed), "sheet": sheet})


SECTIONS = (CardSection("payments", N_("Payments"), 100, "contract.payments.read", render, tree),)
