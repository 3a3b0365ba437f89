"""Accruals of a contract and its sub-contracts by month and service (card-screens.md 6.8, money.md 2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask_bgbilling.domain.contracts.contract import Contract
from flask_bgbilling.domain.contracts.periods import Period, whole_contract
from flask_bgbilling.wire.dto.money import Accrual
from flask_bgbilling.wire.ops.accounts import ACCOUNT_LIST

__all__ = ["READING", "Accrual", "AccrualSheet", "read_accounts"]

READING = (ACCOUNT_LIST,)

ZERO = Decimal(0)


@dataclass(frozen=True)
class AccrualSheet:
    """Accruals of a period, the latest month first.

    ``own`` and ``subs`` are those of the chosen ``service`` (empty: all); totals are of these lines, ``count`` counts
    the period's lines of every service. ``reported`` is the billing's own total where it differs from the lines.
    """

    period: Period
    own: tuple[Accrual, ...]
    subs: tuple[Accrual, ...]
    services: tuple[str, ...]
    service: str
    count: int
    reported: Decimal | None = None

    @property
    def own_total(self) -> Decimal:
        """What the shown own lines come to."""
        return _sum(self.own)

    @property
    def subs_total(self) -> Decimal:
        """What the shown lines of sub-contracts come to."""
        return _sum(self.subs)

    @property
    def total(self) -> Decimal:
        """What all shown lines come to."""
        return self.own_total + self.subs_total


def read_accounts(contract: Contract, period: Period, service: str, today: date) -> AccrualSheet:
    """Accruals of a period: one request, two when the period has an open end."""
    whole = whole_contract(contract, period, today)
    read = contract.billing.call(ACCOUNT_LIST, cid=contract.cid, period=whole)
    own, subs = _latest_first(read.own), _latest_first(read.subs)
    return AccrualSheet(
        period=whole,
        own=_of_service(own, service),
        subs=_of_service(subs, service),
        services=tuple(sorted({line.service for line in own + subs if line.service})),
        service=service,
        count=len(own) + len(subs),
        reported=read.total if read.total is not None and read.total != _sum(own) else None,
    )


def _sum(lines: Iterable[Accrual]) -> Decimal:
    return sum((line.amount for line in lines), ZERO)


def _latest_first(lines: tuple[Accrual, ...]) -> tuple[Accrual, ...]:
    # Months that are not understood keep the billing's order.
    if any(line.month is None for line in lines):
        return lines
    return tuple(sorted(lines, key=lambda line: line.month or date.min, reverse=True))


def _of_service(lines: tuple[Accrual, ...], service: str) -> tuple[Accrual, ...]:
    return tuple(line for line in lines if not service or line.service == service)
