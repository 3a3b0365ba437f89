"""A contract's money over the months: accruals of its tariffs, payments, charges, and the chained
balances."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.demo import catalogue
from flask_bgbilling.emulator.demo.calendar import month_end, month_start, months, working_time
from flask_bgbilling.emulator.demo.rows import Rows

CENT = Decimal("0.01")
ZERO = Decimal(0)
PAYERS = (catalogue.OPERATOR, catalogue.ACCOUNTANT, 0, 0, 0)


@dataclass(slots=True)
class Subscription:
    """A monthly fee for a service between two days."""

    service: int
    fee: Decimal
    start: date
    end: date | None = None

    def accrued(self, month: date, today: date) -> Decimal:
        """What the days of the month cost, up to ``today``."""
        last = min(month_end(month), self.end or today, today)
        first = max(month, self.start)
        if last < first:
            return ZERO
        days = month_end(month).day
        return (self.fee * ((last - first).days + 1) / days).quantize(CENT, ROUND_HALF_UP)


def _service_sums() -> dict[int, Decimal]:
    return defaultdict(Decimal)


@dataclass(slots=True)
class Money:
    """Money movements of one contract, by month."""

    cid: int
    payments: dict[date, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    accounts: dict[date, dict[int, Decimal]] = field(default_factory=lambda: defaultdict(_service_sums))
    charges: dict[date, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def pay(
        self,
        rows: Rows,
        day: date,
        kind: int,
        amount: Decimal,
        *,
        comment: str = "",
        user: int = 0,
        changed: datetime | None = None,
    ) -> int:
        """A payment; returns its id."""
        self.payments[month_start(day)] += amount
        return rows.new(
            schema.contract_payment,
            dt=day,
            cid=self.cid,
            pt=kind,
            uid=user,
            summa=amount,
            comment=comment,
            lm=changed or datetime(day.year, day.month, day.day, 12),
        )

    def charge(
        self,
        rows: Rows,
        day: date,
        kind: int,
        amount: Decimal,
        *,
        comment: str = "",
        user: int = 0,
        payback: bool = False,
    ) -> int:
        """A charge, or a return of money; returns its id."""
        self.charges[month_start(day)] += -amount if payback else amount
        return rows.new(
            schema.contract_charge,
            dt=day,
            cid=self.cid,
            pt=kind,
            uid=user,
            summa=amount,
            comment=comment,
            lm=datetime(day.year, day.month, day.day, 12),
            payback=int(payback),
        )

    def accrue(self, subscriptions: list[Subscription], first: date, today: date) -> None:
        """Accruals of every month from that of ``first`` to that of ``today``."""
        for month in months(first, today):
            for subscription in subscriptions:
                amount = subscription.accrued(month, today)
                if amount:
                    self.accounts[month][subscription.service] += amount

    def absorb(self, other: Money) -> None:
        """Takes the movements of a dependent sub-contract into the balance of its super-contract."""
        for month, amount in other.payments.items():
            self.payments[month] += amount
        for month, amount in other.charges.items():
            self.charges[month] += amount
        for month, services in other.accounts.items():
            for service, amount in services.items():
                self.accounts[month][service] += amount

    def write_accounts(self, rows: Rows) -> None:
        """The accruals by service."""
        for month, services in sorted(self.accounts.items()):
            for service, amount in services.items():
                rows.add(
                    schema.contract_account,
                    cid=self.cid,
                    yy=month.year,
                    mm=month.month,
                    sid=service,
                    summa=amount,
                )

    def write_balances(self, rows: Rows, opening: Decimal = ZERO) -> Decimal:
        """One row per month with movement, each opening with the closing before it; returns the last
        closing."""
        for month in sorted({*self.payments, *self.accounts, *self.charges}):
            income = self.payments.get(month, ZERO)
            accrued = sum(self.accounts.get(month, {}).values(), ZERO)
            spent = self.charges.get(month, ZERO)
            rows.add(
                schema.contract_balance,
                cid=self.cid,
                yy=month.year,
                mm=month.month,
                summa1=opening,
                summa2=income,
                summa3=accrued,
                summa4=spent,
            )
            opening += income - accrued - spent
        return opening


def usual_payments(
    rows: Rows, money: Money, fee: Decimal, first: date, today: date, random: Random, *, firm: bool
) -> None:
    """Monthly payments of an ordinary customer: mostly on time, sometimes double, sometimes forgotten."""
    if not fee:
        return
    for month in months(first, today):
        habit = random.random()
        if habit < 0.08:
            continue
        day = month + timedelta(days=random.randint(0, 24))
        if not first <= day <= today:
            continue
        amount = fee if firm else Decimal(int((fee + 49) // 50) * 50)
        if habit > 0.92:
            amount *= 2
        kind = catalogue.TRANSFER if firm else random.choice((1, 2, 4, 5, 5, 6, 6))
        user = random.choice(PAYERS)
        money.pay(
            rows,
            day,
            kind,
            amount,
            comment=f"п/п № {random.randint(10, 999)}" if firm else "",
            user=user,
            changed=working_time(day, random),
        )
