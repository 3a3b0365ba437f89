"""Payments of the contract and its sub-contracts (card-screens.md 6.8)."""

from collections.abc import Sequence

from flask_bgbilling.builtin.card.periods import bar, month_arguments, typed_period
from flask_bgbilling.domain.contracts.info import ContractCard
from flask_bgbilling.domain.contracts.payments import READING, read_payments
from flask_bgbilling.domain.contracts.payments_changes import (
    DELETING,
    PAYMENTS,
    SAVING,
    payment_form,
    plan_deleting,
    plan_saving,
)
from flask_bgbilling.domain.contracts.posting_rows import changeable_lines, expect_lines
from flask_bgbilling.domain.contracts.receipts import PRINT, expect_plugins, prints_receipts, receipt_box
from flask_bgbilling.domain.contracts.receipts_changes import PRINTING, plan_printing, printed, receipt_form
from flask_bgbilling.errors import N_
from flask_bgbilling.hookspecs import ActionContext, CardAction, CardSection, SectionContext, SectionView, TreeItem


def tree(card: ContractCard) -> tuple[TreeItem, ...]:
    """What was paid in the month of the card's balance."""
    sum_ = card.balance.payments if card.balance is not None else None
    return (TreeItem(N_("Payments"), sum_, "money", 2, "payments", month_arguments(card)),)


def render(context: SectionContext) -> SectionView:
    """Payments of the period, of one type when ``type`` names it."""
    typed = typed_period(context)
    expect_lines(PAYMENTS, context)
    if PRINT in context.actions:
        expect_plugins(context.contract.billing)
    sheet = read_payments(context.contract, typed, context.value("type"), context.today)
    lines = dict(changeable_lines(PAYMENTS, context, sheet.own))
    if PRINT in lines and not prints_receipts(context.contract.billing):
        del lines[PRINT]
    return SectionView("bgbilling/card/payments.html", {**bar(context, typed), "sheet": sheet, "lines": lines})


def form(context: ActionContext) -> SectionView:
    """A payment to be added, or the one that is going to be changed."""
    draft = payment_form(context)
    values = {"draft": draft, "receipt": None if draft.seen else receipt_box(context)}
    return SectionView("bgbilling/card/posting_form.html", values)


def deletion(context: ActionContext) -> SectionView:
    """The payment that is going to be deleted."""
    values = {"draft": payment_form(context), "danger": True, "submit": N_("Delete the payment")}
    return SectionView("bgbilling/card/deletion.html", values)


def added(results: Sequence[object]) -> SectionView:
    """The way on to the receipt of a payment that was added."""
    return SectionView("bgbilling/card/payment_added.html", {"added": results[0]})


def receipt(context: ActionContext) -> SectionView:
    """The receipt that is going to be printed: on which registrator, from which cash."""
    values = {"draft": receipt_form(context), "submit": N_("Print")}
    return SectionView("bgbilling/card/receipt_form.html", values)


def receipt_printed(results: Sequence[object]) -> SectionView:
    """The sum on the receipt and the change to give back."""
    return SectionView("bgbilling/card/receipt_printed.html", {"printed": printed(tuple(results))})


ACTIONS = (
    CardAction(
        "add",
        N_("Add a payment"),
        "contract.payments.add",
        plan_saving,
        form,
        told=added,
        operations=SAVING,
        menu=10,
    ),
    CardAction(
        "edit",
        N_("Change the payment"),
        "contract.payments.update",
        plan_saving,
        form,
        operations=SAVING,
        record="payment",
    ),
    CardAction(
        "delete",
        N_("Delete the payment"),
        "contract.payments.delete",
        plan_deleting,
        deletion,
        operations=DELETING,
        record="payment",
    ),
    CardAction(
        PRINT,
        N_("Print the receipt"),
        "contract.payments.print",
        plan_printing,
        receipt,
        told=receipt_printed,
        operations=PRINTING,
        record="payment",
    ),
)

SECTIONS = (
    CardSection(
        "payments",
        N_("Payments"),
        100,
        "contract.payments.read",
        render,
        tree,
        actions=ACTIONS,
        operations=READING,
    ),
)
