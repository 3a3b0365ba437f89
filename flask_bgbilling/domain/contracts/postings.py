"""Payments or charges of a period, made ready to be shown (card-screens.md 6.8, money.md 3.1, 4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from flask_bgbilling.domain.contracts.contract import Contract, Part, part
from flask_bgbilling.domain.contracts.names import NameBook
from flask_bgbilling.domain.contracts.periods import Period, whole_contract
from flask_bgbilling.errors import BillingError
from flask_bgbilling.wire.dto.money import Posting, PostingList
from flask_bgbilling.wire.dto.server import Names
from flask_bgbilling.wire.operation import Directory, Operation
from flask_bgbilling.wire.ops.directories import USERS

__all__ = ["PostingLine", "PostingSheet", "PostingSource", "read_postings"]

ZERO = Decimal(0)


@dataclass(frozen=True)
class PostingSource:
    """The operations behind a list: own entries, those of sub-contracts where they are a call of their own, types."""

    own: Operation[PostingList]
    subs: Operation[PostingList]
    types: Directory[Names]


@dataclass(frozen=True)
class PostingLine:
    """A payment or a charge with its names.

    ``type_title`` and ``user_name`` are empty where the billing gives no name; the number is then in ``type_id`` and
    ``user_id``. ``contract_id`` is only set for sub-contracts, where the billing tells it.
    """

    id: int
    day: date | None
    amount: Decimal
    type_id: int | None
    type_title: str
    comment: str
    changed_at: datetime | None
    user_id: int | None
    user_name: str
    payback: bool
    contract_id: int | None
    contract_title: str

    @property
    def type_key(self) -> str:
        """What the type filter compares: the title, or the number of a type without one."""
        return self.type_title or (str(self.type_id) if self.type_id is not None else "")


@dataclass(frozen=True)
class PostingSheet:
    """Payments or charges of a period, newest first.

    ``own`` and ``subs`` are those of the chosen ``type_key`` (empty: all); the totals are of these lines, ``count``
    counts the period's lines of every type. ``types`` are the keys that occur in the period. ``reported`` is the
    billing's own total where it differs from the lines. ``subs_problem`` stands in place of the lines of
    sub-contracts when only they could not be read.
    """

    period: Period
    own: tuple[PostingLine, ...]
    subs: tuple[PostingLine, ...]
    types: tuple[str, ...]
    type_key: str
    count: int
    reported: Decimal | None = None
    subs_problem: BillingError | None = None

    @property
    def own_total(self) -> Decimal:
        """What the shown own lines come to."""
        return sum((line.amount for line in self.own), ZERO)

    @property
    def subs_total(self) -> Decimal:
        """What the shown lines of sub-contracts come to."""
        return sum((line.amount for line in self.subs), ZERO)

    @property
    def total(self) -> Decimal:
        """What all shown lines come to."""
        return self.own_total + self.subs_total


def read_postings(
    source: PostingSource, contract: Contract, period: Period, type_key: str, today: date
) -> PostingSheet:
    """Reads a list with its names.

    The list, that of the sub-contracts and the directories are asked for at the same time; an open end of the period
    costs one request before.
    """
    billing = contract.billing
    by_id = billing.supports(source.subs)
    types = billing.start_directory(source.types) if by_id else None
    users = billing.start_directory(USERS) if by_id else None
    whole = whole_contract(contract, period, today)
    asked_subs = billing.start(source.subs, cid=contract.cid, period=whole) if by_id else None
    own = billing.call(source.own, cid=contract.cid, period=whole)
    subs = part(asked_subs.result) if asked_subs is not None else Part(own)
    namer = _Namer(NameBook(types), NameBook(users))
    own_lines = _newest_first(namer.line(entry) for entry in own.own)
    sub_lines = _newest_first(namer.line(entry, of_sub_contract=True) for entry in subs.otherwise(PostingList()).subs)
    lines = own_lines + sub_lines
    total = sum((line.amount for line in own_lines), ZERO)
    return PostingSheet(
        period=whole,
        own=_of_type(own_lines, type_key),
        subs=_of_type(sub_lines, type_key),
        types=tuple(sorted({line.type_key for line in lines if line.type_key})),
        type_key=type_key,
        count=len(lines),
        reported=own.total if own.total is not None and own.total != total else None,
        subs_problem=subs.problem,
    )


@dataclass(frozen=True)
class _Namer:
    types: NameBook
    users: NameBook

    def line(self, entry: Posting, *, of_sub_contract: bool = False) -> PostingLine:
        return PostingLine(
            id=entry.id,
            day=entry.day,
            amount=entry.amount,
            type_id=entry.type_id,
            type_title=self.types.name(entry.type_id, entry.type_title),
            comment=entry.comment,
            changed_at=entry.changed_at,
            user_id=entry.user_id,
            user_name=self.users.name(entry.user_id, entry.user_name),
            payback=entry.payback,
            contract_id=entry.contract_id if of_sub_contract else None,
            contract_title=entry.contract_title,
        )


def _newest_first(lines: Iterable[PostingLine]) -> tuple[PostingLine, ...]:
    return tuple(sorted(lines, key=lambda line: (line.day or date.min, line.id), reverse=True))


def _of_type(lines: tuple[PostingLine, ...], type_key: str) -> tuple[PostingLine, ...]:
    return tuple(line for line in lines if not type_key or line.type_key == type_key)
