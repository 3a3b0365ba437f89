"""Printing the fiscal receipt of a payment on a registrator (money.md 12).

The billing lists no printed receipts, so that nothing can be looked up afterwards: what is in doubt a person decides at
the registrator. The same receipt printed once more within a day is asked about.
"""

from decimal import Decimal

from msgspec import Struct

from flask_bgbilling.domain.contracts.payments_changes import PAYMENTS
from flask_bgbilling.domain.contracts.periods import typed_arguments
from flask_bgbilling.domain.contracts.posting_changes import Known, read_known
from flask_bgbilling.domain.contracts.receipts import check_prints, read_registrators
from flask_bgbilling.errors import N_, InputError
from flask_bgbilling.facts import Fact
from flask_bgbilling.fields import refuse
from flask_bgbilling.hookspecs import ActionContext, Change, Creation, Step
from flask_bgbilling.wire.dto.cash_check import PrintedCheck, Registrators
from flask_bgbilling.wire.ops.cash_check import CHECK_PRINT, REGISTRATOR_BIND, REGISTRATORS

PRINTING = (REGISTRATORS, CHECK_PRINT)

LONGEST_PASSWORD = 100


class NotTold(InputError):
    """Whether a receipt was printed cannot be looked up."""

    code = "not told"
    message = N_("The billing does not tell which receipts were printed.")
    remedy = N_(
        "Look at the fiscal registrator. If it has printed nothing, close this and print from the payment's row."
    )


class ReceiptForm(Struct, frozen=True):
    """What the form of a receipt starts from. ``cash`` is what the customer hands over unless it is typed over."""

    facts: tuple[Fact, ...]
    cash: Decimal
    registrators: Registrators


def receipt_form(context: ActionContext) -> ReceiptForm:
    """The payment of the argument ``payment`` and the registrators; raises ``Gone`` and ``NoReceipts``."""
    known, registrators = _read(context)
    return ReceiptForm(known.facts, known.record.amount, registrators)


def plan_printing(context: ActionContext) -> Change:
    """Prints the receipt of the payment of the argument ``payment``, on another registrator after its password."""
    if context.resumed:
        raise NotTold
    contract, fields = context.contract, context.fields
    billing = contract.billing
    known, registrators = _read(context)
    cash = fields.amount("cash")
    if cash < known.record.amount:
        refuse("cash", N_("This is less than the payment."))
    chosen = fields.identifier("registrator")
    titles = {entry.id: entry.title for entry in registrators.entries}
    if chosen not in titles:
        refuse("registrator", N_("Choose one of the list."))
    # Blanks may belong to a password.
    password = fields.raw("password")[:LONGEST_PASSWORD]
    if chosen != registrators.bound_id and not password.strip():
        refuse("password", N_("Another registrator is chosen by its password."))

    def bind() -> object:
        return billing.call(REGISTRATOR_BIND, registrator_id=chosen, password=password)

    def print_it() -> PrintedCheck | None:
        return billing.call(CHECK_PRINT, payment_ids=(known.row.id,), cash=cash)

    registrator = Fact(N_("Fiscal registrator"), titles[chosen])
    steps = [Step(N_("Receipt"), print_it)]
    facts = [*known.facts, registrator, Fact(N_("Cash from the customer"), str(cash), "money")]
    if password.strip():
        steps.insert(0, Step(N_("Fiscal registrator"), bind, registrator))
        facts.append(Fact.secret(N_("Password")))
    return Change(
        steps,
        after=facts,
        subject=known.type.title,
        creation=Creation((contract.cid, "receipt", known.row.id), tuple, ask_again=True),
        shows=typed_arguments(context.arguments),
        said=N_("The registrator has answered"),
    )


def printed(results: tuple[object, ...]) -> PrintedCheck | None:
    """What was printed, as the steps of a change have answered; ``None`` when the billing tells of no receipt."""
    return next((answer for answer in results if isinstance(answer, PrintedCheck)), None)


def _read(context: ActionContext) -> tuple[Known, Registrators]:
    billing = context.contract.billing
    check_prints(billing)
    return read_known(PAYMENTS, context), read_registrators(billing)
