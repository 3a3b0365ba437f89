"""The contract card: what one request tells about a contract, and what follows from it."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from msgspec import structs

from flask_bgbilling.errors import N_, Absent
from flask_bgbilling.wire.dto.contracts import CardBalance, CardModule, ContractInfo
from flask_bgbilling.wire.ops.contracts import CONTRACT_INFO

if TYPE_CHECKING:
    from flask_bgbilling.domain.contracts.contract import Contract

__all__ = [
    "FACES",
    "MODES",
    "CardBalance",
    "CardModule",
    "ContractCard",
    "card_of",
    "read_card",
    "status_tone",
]

FACES = {0: N_("person"), 1: N_("firm")}
MODES = {0: N_("credit"), 1: N_("debit")}

# The billing gives the title of today's status and no id, so its tone follows from the word stems that
# installations use, the more telling first: "being disconnected" is not yet disconnected, "not active" is not
# active.
_TONES = (
    ("warn", ("приост", "отключает", "подключает", "suspend", "being", "connecting")),
    (
        "bad",
        (
            "отключ",
            "заблок",
            "блокир",
            "неактив",
            "не актив",
            "disconnect",
            "block",
            "inactive",
            "not active",
        ),
    ),
    ("quiet", ("закры", "расторг", "closed", "terminated")),
    ("good", ("актив", "active", "подключ", "connected")),
)


class ContractCard(ContractInfo, frozen=True, kw_only=True):
    """Contract info together with where and when it was read. ``read_at`` is aware, in the billing's zone."""

    cid: int
    billing_id: str
    billing_title: str
    read_at: datetime

    @property
    def debt(self) -> Decimal:
        """How far the outgoing balance is below zero, as a positive sum; zero when it is not."""
        if self.balance is None or self.balance.outgoing >= 0:
            return Decimal(0)
        return -self.balance.outgoing

    @property
    def below_limit(self) -> bool:
        """Whether the outgoing balance is under the limit, which is when a billing blocks."""
        return self.balance is not None and self.limit is not None and self.balance.outgoing < self.limit

    @property
    def tone(self) -> str:
        """The tone of the status: ``good``, ``warn``, ``bad`` or ``quiet``."""
        return status_tone(self.status)

    @property
    def face_title(self) -> str:
        """The face as a message id."""
        return FACES[1 if self.face == 1 else 0]

    @property
    def mode_title(self) -> str:
        """The mode as a message id."""
        return MODES[1 if self.mode == 1 else 0]

    @property
    def heading(self) -> str:
        """Number and name: what a person calls this contract."""
        return f"{self.title} · {self.comment}" if self.comment else self.title


def read_card(contract: "Contract") -> ContractCard:
    """Reads contract info: one request.

    Raises ``Absent`` when the billing has no such contract, and any other ``BillingError`` of the call.
    """
    return card_of(contract, contract.billing.call(CONTRACT_INFO, cid=contract.cid))


def card_of(contract: "Contract", info: ContractInfo | None) -> ContractCard:
    """The card made of contract info that was read; raises ``Absent`` when there was none."""
    billing = contract.billing
    if info is None:
        raise Absent(billing=billing.title, operation=CONTRACT_INFO.name, words="")
    return ContractCard(
        **structs.asdict(info),
        cid=contract.cid,
        billing_id=billing.id,
        billing_title=billing.title,
        read_at=billing.now(),
    )


def status_tone(title: str) -> str:
    """The tone of a status title; an unknown title is ``quiet``."""
    words = title.casefold()
    for tone, stems in _TONES:
        if any(stem in words for stem in stems):
            return tone
    return "quiet"
