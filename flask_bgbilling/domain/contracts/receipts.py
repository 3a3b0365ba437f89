"""Whether and how receipts of payments are printed: the plugin, the registrators, the box in the payment's form.

The billing's own client has settings for the box; they hold here too (money.md 12).
"""

from typing import TYPE_CHECKING

from msgspec import Struct

from flask_bgbilling.domain.contracts.contract import part
from flask_bgbilling.errors import N_, InputError
from flask_bgbilling.hookspecs import ActionContext, SectionContext
from flask_bgbilling.wire.dto.cash_check import Registrators
from flask_bgbilling.wire.ops.cash_check import CASH_CHECK_PLUGIN, CURRENT_REGISTRATOR, REGISTRATORS

if TYPE_CHECKING:
    from flask_bgbilling.wire.session import Billing

PRINT = "print"
"""The key of the action that prints the receipt of a payment."""

OF_USER = "cashcheck.user.{login}.checkbox.mode"
OF_ALL = "cashcheck.default.checkbox.mode"


class NoReceipts(InputError):
    """The billing has no plugin for fiscal receipts."""

    code = "no receipts"
    message = N_("This billing prints no receipts: its plugin “cashcheck” is not installed.")
    remedy = N_("Ask the administrator of the billing.")


class ReceiptBox(Struct, frozen=True):
    """The box "print the receipt" of a new payment; ``fixed`` when the billing's settings decide.

    ``registrator`` is the title of the one that the account is bound to, empty for none.
    """

    ticked: bool
    fixed: bool
    registrator: str = ""


def expect_plugins(billing: "Billing") -> None:
    """Has the list of plugins read beside something else; it is kept for the process."""
    billing.start_plugins()


def prints_receipts(billing: "Billing") -> bool:
    """Whether the plugin is installed; a list of plugins that cannot be read is none."""
    return CASH_CHECK_PLUGIN in part(billing.plugins).otherwise(frozenset())


def receipt_box(context: SectionContext) -> ReceiptBox | None:
    """The box for a new payment; ``None`` where no receipts are printed, or not by this person."""
    if PRINT not in context.actions or not prints_receipts(context.contract.billing):
        return None
    current = context.contract.billing.start(CURRENT_REGISTRATOR)
    mode = _mode(context)
    bound = part(current.result).value
    return ReceiptBox(mode in {"on", "defaulton"}, mode in {"on", "off"}, bound.title if bound else "")


def receipt_wanted(context: ActionContext) -> bool:
    """Whether the receipt is to be printed after the payment was added."""
    if PRINT not in context.actions or not prints_receipts(context.contract.billing):
        return False
    mode = _mode(context)
    return mode == "on" or (mode != "off" and context.fields.flag("receipt"))


def check_prints(billing: "Billing") -> None:
    """Raises ``NoReceipts`` where the plugin is not installed."""
    if not prints_receipts(billing):
        raise NoReceipts


def read_registrators(billing: "Billing") -> Registrators:
    """The registrators, the bound one first."""
    found = billing.call(REGISTRATORS)
    return Registrators(tuple(sorted(found.entries, key=lambda entry: entry.id != found.bound_id)), found.bound_id)


def _mode(context: SectionContext) -> str:
    settings = part(context.contract.billing.gui_settings).otherwise({})
    return settings.get(OF_USER.format(login=context.viewer.login)) or settings.get(OF_ALL, "")
