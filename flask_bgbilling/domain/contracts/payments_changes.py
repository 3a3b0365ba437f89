"""Adding, changing and deleting payments of a contract (money.md 3.3 to 3.5), with the receipt that may follow."""

from collections.abc import Mapping

from msgspec import Struct

from flask_bgbilling.domain.contracts import posting_changes as postings
from flask_bgbilling.domain.contracts.periods import typed_arguments
from flask_bgbilling.domain.contracts.posting_changes import PostingForm, PostingKind, PostingWords
from flask_bgbilling.domain.contracts.receipts import receipt_wanted
from flask_bgbilling.errors import N_
from flask_bgbilling.hookspecs import ActionContext, Change
from flask_bgbilling.ports import Grant
from flask_bgbilling.wire.ops.directories import PAYMENT_TYPE_TREE, PAYMENT_TYPES
from flask_bgbilling.wire.ops.money_writes import PAYMENT_DELETE, PAYMENT_SAVE
from flask_bgbilling.wire.ops.payments import PAYMENT, PAYMENT_LIST

SAVING = (PAYMENT_SAVE,)
DELETING = (PAYMENT_DELETE,)


def _narrows(grant: Grant, billing_id: str) -> bool:
    return grant.payment_type_ids is not None and billing_id in grant.payment_type_ids


PAYMENTS = PostingKind(
    name="payment",
    own=PAYMENT_LIST,
    record=PAYMENT,
    save=PAYMENT_SAVE,
    delete=PAYMENT_DELETE,
    types=PAYMENT_TYPE_TREE,
    names=PAYMENT_TYPES,
    covers=Grant.covers_payment_type,
    narrows=_narrows,
    words=PostingWords(
        one=N_("Payment"),
        added=N_("Payment added"),
        deleted=N_("Payment deleted"),
        ask_adding=N_("Add the payment %(sum)s, %(type)s, %(day)s?"),
        ask_changing=N_("Change the payment %(old_sum)s, %(old_type)s, %(old_day)s into %(sum)s, %(type)s, %(day)s?"),
    ),
)


class PaymentAdded(Struct, frozen=True):
    """A payment that was added; ``payment_id`` is ``None`` where the billing does not tell it.

    ``receipt`` says whether its receipt is to be printed now; the rest is where that is done, ``period`` what the
    section shows meanwhile.
    """

    payment_id: int | None
    receipt: bool
    billing_id: str
    cid: int
    day: str
    period: Mapping[str, str]


def payment_form(context: ActionContext) -> PostingForm:
    """The payment of the argument ``payment``, or a new one."""
    return postings.posting_form(PAYMENTS, context)


def plan_saving(context: ActionContext) -> Change:
    """Changes the payment of the argument ``payment``, or adds one."""
    contract = context.contract

    def added(number: int | None) -> PaymentAdded:
        day = context.fields.day("day").isoformat()
        return PaymentAdded(number, receipt, contract.billing.id, contract.cid, day, period)

    change = postings.plan_saving(PAYMENTS, context, added)
    receipt = change.creation is not None and receipt_wanted(context)
    period = {**typed_arguments(context.arguments), **change.shows}
    period.pop("type", None)
    return change


def plan_deleting(context: ActionContext) -> Change:
    """Deletes the payment of the argument ``payment``."""
    return postings.plan_deleting(PAYMENTS, context)
