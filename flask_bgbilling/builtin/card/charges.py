"""Charges of the contract and its sub-contracts (card-screens.md 6.8)."""

from flask_bgbilling.builtin.card.periods import bar, month_arguments, typed_period
from flask_bgbilling.domain.contracts.charges import READING, read_charges
from flask_bgbilling.domain.contracts.charges_changes import (
    CHARGES,
    DELETING,
    SAVING,
    charge_form,
    plan_deleting,
    plan_saving,
)
from flask_bgbilling.domain.contracts.info import ContractCard
from flask_bgbilling.domain.contracts.posting_rows import changeable_lines, expect_lines
from flask_bgbilling.errors import N_
from flask_bgbilling.hookspecs import ActionContext, CardAction, CardSection, SectionContext, SectionView, TreeItem


def tree(card: ContractCard) -> tuple[TreeItem, ...]:
    """What was charged in the month of the card's balance."""
    sum_ = card.balance.charges if card.balance is not None else None
    return (TreeItem(N_("Charges"), sum_, "money", 2, "charges", month_arguments(card)),)


def render(context: SectionContext) -> SectionView:
    """Charges of the period, of one type when ``type`` names it."""
    typed = typed_period(context)
    expect_lines(CHARGES, context)
    sheet = read_charges(context.contract, typed, context.value("type"), context.today)
    lines = changeable_lines(CHARGES, context, sheet.own)
    return SectionView("bgbilling/card/charges.html", {**bar(context, typed), "sheet": sheet, "lines": lines})


def form(context: ActionContext) -> SectionView:
    """A charge to be added, or the one that is going to be changed."""
    return SectionView("bgbilling/card/posting_form.html", {"draft": charge_form(context), "receipt": None})


def deletion(context: ActionContext) -> SectionView:
    """The charge that is going to be deleted."""
    values = {"draft": charge_form(context), "danger": True, "submit": N_("Delete the charge")}
    return SectionView("bgbilling/card/deletion.html", values)


ACTIONS = (
    CardAction("add", N_("Add a charge"), "contract.charges.add", plan_saving, form, operations=SAVING),
    CardAction(
        "edit",
        N_("Change the charge"),
        "contract.charges.update",
        plan_saving,
        form,
        operations=SAVING,
        record="charge",
    ),
    CardAction(
        "delete",
        N_("Delete the charge"),
        "contract.charges.delete",
        plan_deleting,
        deletion,
        operations=DELETING,
        record="charge",
    ),
)

SECTIONS = (
    CardSection(
        "charges",
        N_("Charges"),
        120,
        "contract.charges.read",
        render,
        tree,
        actions=ACTIONS,
        operations=READING,
    ),
)
