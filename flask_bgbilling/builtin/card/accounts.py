"""Accruals of the contract and its sub-contracts by month and service (card-screens.md 6.8)."""

from flask_bgbilling.builtin.card.periods import bar, month_arguments, typed_period
from flask_bgbilling.domain.contracts.accounts import READING, read_accounts
from flask_bgbilling.domain.contracts.info import ContractCard
from flask_bgbilling.errors import N_
from flask_bgbilling.hookspecs import CardSection, SectionContext, SectionView, TreeItem


def tree(card: ContractCard) -> tuple[TreeItem, ...]:
    """What services cost in the month of the card's balance."""
    sum_ = card.balance.accrued if card.balance is not None else None
    return (TreeItem(N_("Accruals"), sum_, "money", 2, "accounts", month_arguments(card)),)


def render(context: SectionContext) -> SectionView:
    """Accruals of the period, of one service when ``service`` names it."""
    typed = typed_period(context)
    sheet = read_accounts(context.contract, typed, context.value("service"), context.today)
    return SectionView("bgbilling/card/accounts.html", {**bar(context, typed), "sheet": sheet})


SECTIONS = (CardSection("accounts", N_("Accruals"), 110, "contract.accounts.read", render, tree, operations=READING),)
