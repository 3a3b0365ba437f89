"""The picture of a balance: where every bar and every point of the line stands.

Only geometry, in the units of the picture's own coordinates; words and numbers are the template's. The table beside
the picture tells the same to those who do not see it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Literal

from flask_bgbilling.domain.contracts.balance import MonthBalance

Flow = Literal["payments", "accounts", "charges"]

FLOWS: tuple[Flow, ...] = ("payments", "accounts", "charges")

MOST_MONTHS = 36
HEIGHT = 220
TOP = 12
BOTTOM = 28
LEFT = 76
RIGHT = 8
MONTH_WIDTH = 54
BAR_WIDTH = 12
STEPS = 4

ZERO = Decimal(0)


@dataclass(frozen=True)
class Bar:
    """A flow of a month as a bar that stands on the zero line, or hangs from it when the sum is negative."""

    flow: Flow
    amount: Decimal
    x: int
    y: int
    height: int


@dataclass(frozen=True)
class Column:
    """A month: its bars, and where its label and the point of its closing balance stand."""

    month: MonthBalance
    bars: tuple[Bar, ...]
    x: int
    y: int


@dataclass(frozen=True)
class Tick:
    """A line of the grid with its sum, which is whole."""

    amount: int
    y: int


@dataclass(frozen=True)
class BalanceChart:
    """A picture ``width`` × ``height``. ``left_out`` counts months that are too old to fit into it."""

    width: int
    height: int
    bar_width: int
    left: int
    right: int
    zero: int
    columns: tuple[Column, ...]
    ticks: tuple[Tick, ...]
    left_out: int

    @property
    def line(self) -> str:
        """The points of the closing balance, as a polyline wants them."""
        return " ".join(f"{column.x},{column.y}" for column in self.columns)


def draw(months: Sequence[MonthBalance]) -> BalanceChart | None:
    """The picture of months in the order of time, the last three years of them; ``None`` for less than two."""
    shown = months[-MOST_MONTHS:]
    if len(shown) < 2:
        return None
    sums = [ZERO]
    for month in shown:
        sums += [month.payments, month.accounts, month.charges, month.closing]
    step = _step(max(sums) - min(sums))
    highest = _round(max(sums), step, ROUND_CEILING)
    lowest = _round(min(sums), step, ROUND_FLOOR)
    if highest == lowest:
        highest += step
    scale = Decimal(HEIGHT - TOP - BOTTOM) / (highest - lowest)

    def level(amount: Decimal) -> int:
        return TOP + int((highest - amount) * scale)

    zero = level(ZERO)
    columns = []
    for place, month in enumerate(shown):
        middle = LEFT + place * MONTH_WIDTH + MONTH_WIDTH // 2
        start = middle - len(FLOWS) * BAR_WIDTH // 2
        bars = tuple(
            _bar(flow, getattr(month, flow), start + number * BAR_WIDTH, zero, level(getattr(month, flow)))
            for number, flow in enumerate(FLOWS)
            if getattr(month, flow)
        )
        columns.append(Column(month, bars, middle, level(month.closing)))
    count = int((highest - lowest) / step)
    width = LEFT + len(shown) * MONTH_WIDTH + RIGHT
    return BalanceChart(
        width=width,
        height=HEIGHT,
        bar_width=BAR_WIDTH,
        left=LEFT,
        right=width - RIGHT,
        zero=zero,
        columns=tuple(columns),
        ticks=tuple(Tick(int(lowest + step * n), level(lowest + step * n)) for n in range(count + 1)),
        left_out=len(months) - len(shown),
    )


def _bar(flow: Flow, amount: Decimal, x: int, zero: int, level: int) -> Bar:
    # A sum that rounds to nothing still shows as a thin line.
    return Bar(flow, amount, x, min(zero, level), max(abs(zero - level), 1))


def _step(span: Decimal) -> Decimal:
    """A round distance of grid lines: 1, 2 or 5 of some power of ten, so that about four of them fill the span."""
    wanted = max(span / STEPS, Decimal(1))
    power = Decimal(1).scaleb(wanted.adjusted())
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= wanted)


def _round(amount: Decimal, step: Decimal, rounding: str) -> Decimal:
    return (amount / step).to_integral_value(rounding) * step
