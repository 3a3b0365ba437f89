"""Balance of a contract by month and in detail (card-screens.md 6.8, money.md 1)."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import accumulate

from flask_bgbilling.domain.contracts.contract import Contract
from flask_bgbilling.domain.contracts.periods import Period, months_before, whole_contract
from flask_bgbilling.wire.dto.money import BalanceMove, MonthBalance, MoveKind
from flask_bgbilling.wire.ops.balance import BALANCE_MONTHS, BALANCE_MOVES

__all__ = [
    "READING",
    "READING_DETAILED",
    "BalanceSheet",
    "BalanceTotals",
    "DetailedBalance",
    "MonthBalance",
    "Move",
    "MoveKind",
    "read_balance",
    "read_detailed_balance",
]

READING = (BALANCE_MONTHS,)
READING_DETAILED = (BALANCE_MOVES,)

ZERO = Decimal(0)
# The chart needs neighbours to be worth looking at, so a shorter period is read with the months before it.
CHART_MONTHS = 12


@dataclass(frozen=True)
class BalanceTotals:
    """What several months come to: flows are added, the balance runs from the first opening to the last closing."""

    opening: Decimal
    payments: Decimal
    accounts: Decimal
    charges: Decimal
    closing: Decimal


@dataclass(frozen=True)
class BalanceSheet:
    """Balance by month.

    ``months`` belong to the period that was asked for, ``earlier`` are the months before it, up to twelve with it;
    both in the order of time. ``period`` has no open ends. ``totals`` are of ``months`` alone.
    """

    period: Period
    months: tuple[MonthBalance, ...]
    earlier: tuple[MonthBalance, ...]
    totals: BalanceTotals | None

    @property
    def all_months(self) -> tuple[MonthBalance, ...]:
        """Every month that was read, in the order of time."""
        return self.earlier + self.months


@dataclass(frozen=True)
class Move:
    """A line of the detailed balance. ``after`` is the balance after it, where the lines add up; else ``None``."""

    label: str
    day: date | None
    amount: Decimal
    kind: MoveKind
    title: str
    comment: str
    contract_title: str
    after: Decimal | None = None


@dataclass(frozen=True)
class DetailedBalance:
    """Every operation of a period between its opening and its closing balance, in the billing's order.

    ``payments``, ``accounts`` and ``charges`` are what the operations of each kind come to, signed as the lines are.
    """

    period: Period
    moves: tuple[Move, ...]
    payments: Decimal
    accounts: Decimal
    charges: Decimal


def read_balance(contract: Contract, period: Period, today: date) -> BalanceSheet:
    """Balance by month: one request, two when the period has an open end."""
    whole = whole_contract(contract, period, today)
    assert whole.since is not None
    assert whole.until is not None
    since = min(whole.since.replace(day=1), months_before(whole.until, CHART_MONTHS - 1))
    rows = contract.billing.call(BALANCE_MONTHS, cid=contract.cid, period=Period(since, whole.until))
    if all(row.month is not None for row in rows):
        rows = tuple(sorted(rows, key=lambda row: row.month or date.min))
    first = whole.since.replace(day=1)
    earlier = tuple(row for row in rows if row.month is not None and row.month < first)
    months = tuple(row for row in rows if row.month is None or row.month >= first)
    return BalanceSheet(period=whole, months=months, earlier=earlier, totals=totals_of(months))


def totals_of(months: tuple[MonthBalance, ...]) -> BalanceTotals | None:
    """What months in the order of time come to; ``None`` without any."""
    if not months:
        return None
    return BalanceTotals(
        opening=months[0].opening,
        payments=sum((month.payments for month in months), ZERO),
        accounts=sum((month.accounts for month in months), ZERO),
        charges=sum((month.charges for month in months), ZERO),
        closing=months[-1].closing,
    )


def read_detailed_balance(contract: Contract, period: Period, today: date) -> DetailedBalance:
    """Operations of a period: one request, two when the period has an open end."""
    whole = whole_contract(contract, period, today)
    read = contract.billing.call(BALANCE_MOVES, cid=contract.cid, period=whole)
    return DetailedBalance(
        period=whole,
        moves=with_balance_after(read),
        payments=_sum(read, "payment"),
        accounts=_sum(read, "account"),
        charges=_sum(read, "charge"),
    )


def _sum(moves: tuple[BalanceMove, ...], kind: MoveKind) -> Decimal:
    return sum((move.amount for move in moves if move.kind == kind), ZERO)


def with_balance_after(read: tuple[BalanceMove, ...]) -> tuple[Move, ...]:
    """The lines with the balance after each of them.

    The balance is only told when it is certain: the list runs from one opening line to one closing line, and the
    operations between them explain the difference to the kopeck.
    """
    moves = tuple(
        Move(
            label=move.label,
            day=move.day,
            amount=move.amount,
            kind=move.kind,
            title=move.title,
            comment=move.comment,
            contract_title=move.contract_title,
        )
        for move in read
    )
    if len(moves) < 2 or moves[0].kind != "opening" or moves[-1].kind != "closing":
        return moves
    between = moves[1:-1]
    if any(move.kind in ("opening", "closing") for move in between):
        return moves
    balances = list(accumulate((move.amount for move in between), initial=moves[0].amount))
    if balances[-1] != moves[-1].amount:
        return moves
    return (
        moves[0],
        *(replace(move, after=after) for move, after in zip(between, balances[1:], strict=True)),
        moves[-1],
    )
