"""What the import tells of contracts, and why it does nothing at all."""

from typing import Any

from msgspec import Struct

from flask_bgbilling.errors import N_, BGBillingError, InputError
from flask_bgbilling.store.links import LinkRecord
from flask_bgbilling.wire.dto.search import FoundContract


class NotConfigured(InputError):
    """The import has no working block for ``billing``."""

    code = "import not configured"
    message = N_("The import of customers is not configured for the billing %(billing)s, or its block has a mistake.")
    remedy = N_("The administrator finds the mistake with “flask bgbilling config check”.")


class Busy(InputError):
    """Somebody else is importing; nothing was done."""

    code = "import busy"
    message = N_("Customers are being imported by somebody else right now.")
    remedy = N_("Try again in a minute.")


class Imported(Struct, frozen=True):
    """What became of a contract.

    ``outcome`` is that of the decision, or ``linked`` (it had a customer already), ``chosen`` (by a person), ``passed``
    (it is not to be imported any more), ``failed``. ``problem`` is why it failed, or why the billing does not know yet.
    """

    found: FoundContract
    outcome: str
    customer_id: int | None = None
    problem: str = ""


class Written(Struct, frozen=True):
    """What a contract made of our tables: the row that the billing has to learn, or the text for its parameter."""

    outcome: str
    customer_id: int | None = None
    record: LinkRecord | None = None
    text: str | None = None


class Sent(Struct, frozen=True):
    """Contracts that were written here, each with the call that tells the billing, and those that failed."""

    calls: list[tuple[FoundContract, Written, Any]]
    failed: list[Imported]


class Told(Struct, frozen=True):
    """What became of a contract, whether the billing was ``asked`` to write it down, and its ``problem`` with that."""

    imported: Imported
    asked: bool = False
    problem: BGBillingError | None = None
