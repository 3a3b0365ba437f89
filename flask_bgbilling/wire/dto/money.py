"""Money of a contract: balance, payments, charges and accruals (money.md 0.6 to 4).

All sums are currency units. Flows are positive as the billing keeps them: a closing balance is the opening
balance plus payments minus accounts minus charges; only amounts of the detailed balance carry signs.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from msgspec import Struct

MoveKind = Literal["opening", "payment", "account", "charge", "closing", "other"]


class MonthBalance(Struct, frozen=True):
    """One month of a contract. ``month`` is its first day, or ``None`` when ``label`` is not understood."""

    label: str
    month: date | None
    opening: Decimal
    payments: Decimal
    accounts: Decimal
    charges: Decimal
    closing: Decimal


class BalanceMove(Struct, frozen=True):
    """A line of the detailed balance: an operation with its sign, or the balance at an end of the period.

    ``day`` is ``None`` on the two balance lines, which have a month label instead. ``title`` is the type or
    service without the word for its kind; of a kind that is not understood it is the whole text.
    """

    label: str
    day: date | None
    amount: Decimal
    kind: MoveKind
    title: str = ""
    comment: str = ""
    contract_title: str = ""


class Posting(Struct, frozen=True):
    """A payment or a charge.

    XML lists bring the titles of type and user, JSON lists their ids: the other one is empty or ``None``.
    ``contract_title`` is the number of a sub-contract, where the billing tells it. Lines of sub-contracts in
    XML have neither id nor comment nor user.
    """

    id: int
    day: date | None
    amount: Decimal
    type_id: int | None = None
    type_title: str = ""
    comment: str = ""
    changed_at: datetime | None = None
    user_id: int | None = None
    user_name: str = ""
    editable: bool = False
    payback: bool = False
    contract_id: int | None = None
    contract_title: str = ""


class PostingRecord(Struct, frozen=True):
    """One payment or charge for editing. ``type_id`` is told on every version, unlike in lists."""

    day: date | None
    amount: Decimal
    type_id: int
    comment: str = ""


class PostingList(Struct, frozen=True):
    """Payments or charges of a period: the contract's own and those of its sub-contracts.

    ``total`` is what the billing says the own ones add up to, ``None`` when it does not say.
    """

    own: tuple[Posting, ...] = ()
    subs: tuple[Posting, ...] = ()
    total: Decimal | None = None


class Transfer(Struct, frozen=True):
    """A part of a transfer between contracts: who gets how much."""

    cid: int
    amount: Decimal


class Accrual(Struct, frozen=True):
    """What a service cost in a month. ``contract_title`` is set for sub-contracts only."""

    label: str
    month: date | None
    service_id: int
    service: str
    amount: Decimal
    contract_title: str = ""


class AccrualList(Struct, frozen=True):
    """Accruals of a period. ``total`` is what the billing says the own ones add up to."""

    own: tuple[Accrual, ...] = ()
    subs: tuple[Accrual, ...] = ()
    total: Decimal | None = None
