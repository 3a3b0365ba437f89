"""The handle of one contract in one billing, as every section of the card gets it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from flask_bgbilling.errors import NoRights

if TYPE_CHECKING:
    from flask_bgbilling.wire.session import Billing

T = TypeVar("T")


@dataclass(frozen=True)
class Contract:
    """A contract number ``cid`` in a billing opened under one person's account.

    It holds nothing that was read: reading functions of ``flask_bgbilling.domain.contracts`` take it and ask
    ``billing``. Making one sends nothing, so an id that the billing does not know shows only when it is read.
    """

    billing: "Billing"
    cid: int

    @property
    def object_type(self) -> str:
        """How the host's links name contracts of this billing: ``contract:<billing id>``."""
        return f"contract:{self.billing.id}"


def unless_denied(read: Callable[[], T], otherwise: T) -> T:
    """What ``read`` answers, or ``otherwise`` when the account lacks the right for that part alone.

    For side dishes of a section, such as user names beside a log: a missing right on them must not hide the
    log. Any other error is raised.
    """
    try:
        return read()
    except NoRights:
        return otherwise
