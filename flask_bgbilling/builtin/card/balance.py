"""Balance by month with its picture, and the detailed balance (card-screens.md 6.8)."""

from flask_bgbilling.builtin.card.balance_chart import draw
from flask_bgbilling.builtin.card.periods import bar, month_arguments, typed_period
from flask_bgbilling.domain.contracts.balance import (
    READING,
    READING_DETAILED,
    read_balance,
    read_detailed_balance,
)
from flask_bgbilling.domain.contracts.info import ContractCard
from flask_bgbilling.domain.contracts.transfer import TRANSFERRING, plan_transfer
from flask_bgbilling.errors import N_
from flask_bgbilling.hookspecs import ActionContext, CardAction, CardSection, SectionContext, SectionView, TreeItem

# One permission for both views: they tell the same money.
PERMISSION = "contract.balance.read"


def tree(card: ContractCard) -> tuple[TreeItem, ...]:
    """The balance line and what the month began with; the flows are lines of their own sections."""
    there = month_arguments(card)
    if card.balance is None:
        return (TreeItem(N_("Balance"), section="balance"),)
    return (
        TreeItem(N_("Balance"), card.balance.month, kind="month", section="balance", arguments=there),
        TreeItem(N_("Incoming balance"), card.balance.incoming, "money", 2, "balance", there),
    )


def closing_tree(card: ContractCard) -> tuple[TreeItem, ...]:
    """What the month ended with, below the flows; what of it is available and reserved, where the card tells."""
    if card.balance is None:
        return ()
    tone = "bad" if card.debt else ""
    lines = [
        TreeItem(N_("Outgoing balance"), card.balance.outgoing, "money", 2, "balance", month_arguments(card), tone)
    ]
    if card.balance.available is not None and card.balance.available != card.balance.outgoing:
        lines.append(TreeItem(N_("Available"), card.balance.available, "money", 2))
    if card.balance.reserve:
        lines.append(TreeItem(N_("Reserve"), card.balance.reserve, "money", 2))
    return tuple(lines)


def render(context: SectionContext) -> SectionView:
    """Balance by month. A short period is shown with the months before it, so that the picture says something."""
    typed = typed_period(context)
    sheet = read_balance(context.contract, typed, context.today)
    return SectionView(
        "bgbilling/card/balance.html",
        {**bar(context, typed), "sheet": sheet, "chart": draw(sheet.all_months)},
    )


def render_detailed(context: SectionContext) -> SectionView:
    """Every operation of the period."""
    typed = typed_period(context)
    sheet = read_detailed_balance(context.contract, typed, context.today)
    return SectionView("bgbilling/card/balance_detail.html", {**bar(context, typed), "sheet": sheet})


def transfer(context: ActionContext) -> SectionView:
    """To which contract how much money goes."""
    return SectionView("bgbilling/card/transfer_form.html", {"today": context.today, "submit": N_("Transfer")})


ACTIONS = (
    CardAction(
        "transfer",
        N_("Transfer money to another contract"),
        "contract.balance.transfer",
        plan_transfer,
        transfer,
        operations=TRANSFERRING,
    ),
)

SECTIONS = (
    CardSection("balance", N_("Balance"), 80, PERMISSION, render, tree, actions=ACTIONS, operations=READING),
    CardSection(
        "balance-detail",
        N_("Detailed balance"),
        130,
        PERMISSION,
        render_detailed,
        closing_tree,
        operations=READING_DETAILED,
    ),
)
