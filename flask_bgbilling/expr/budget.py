"""What one run of an expression may use up. Everything that costs is asked for here before it is done."""

from dataclasses import dataclass
from time import monotonic
from typing import Final

from flask_bgbilling.errors import N_
from flask_bgbilling.expr.errors import ExpressionLimitError

LONGEST_PROGRAM: Final = 20_000
DEEPEST_PROGRAM: Final = 60
LONGEST_PATTERN: Final = 1_000
DEEPEST_VALUE: Final = 16
MOST_DIGITS: Final = 100
GREATEST: Final[int] = 10**MOST_DIGITS
_LOOK_EVERY: Final = 128

TOO_MANY_STEPS = N_("The expression takes more than %(limit)s steps.")
TOO_SLOW = N_("The expression takes longer than %(limit)s s.")
TOO_MANY_CALLS = N_("The expression calls functions more than %(limit)s times.")
TOO_LONG_TEXT = N_("A text would have more than %(limit)s characters.")
TOO_MANY_ITEMS = N_("A collection would have more than %(limit)s items.")
TOO_MUCH = N_("The expression makes more than %(limit)s characters of text in all.")
TOO_LARGE_NUMBER = N_("A number would have more than %(limit)s digits.")
TOO_DEEP = N_("Parts of the expression lie in each other more than %(limit)s deep.")
NO_STACK = N_("The expression was run too deep inside of the program: there is no room left for it.")
TOO_DEEP_VALUE = N_("Collections would lie in each other more than %(limit)s deep.")


@dataclass(frozen=True)
class Limits:
    """Bounds of one run.

    ``steps`` counts parts of the expression that are evaluated, and work on long texts; ``seconds`` is wall time
    without the time that functions of the host take; ``characters`` bounds each text, ``items`` each collection with
    everything in it, ``produced`` the characters and items made in the whole run, dropped ones included. ``calls`` says
    how often functions of the host may be called.
    """

    steps: int = 100_000
    seconds: float = 1.0
    characters: int = 65_536
    items: int = 10_000
    produced: int = 4_000_000
    calls: int = 200


DEFAULT_LIMITS: Final = Limits()


class Budget:
    """What is left of the limits in one run."""

    __slots__ = ("_look_at", "calls", "deadline", "limits", "produced", "steps")

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.steps = limits.steps
        self.produced = limits.produced
        self.calls = limits.calls
        self.deadline = monotonic() + limits.seconds
        self._look_at = max(self.steps - _LOOK_EVERY, 0)

    def spend(self, steps: int) -> None:
        """Takes steps; raises :class:`ExpressionLimitError` when there are none left, or no time."""
        self.steps -= steps
        if self.steps < self._look_at:
            self.look()

    def look(self) -> None:
        """Compares steps and clock with the limits."""
        if self.steps < 0:
            raise ExpressionLimitError(TOO_MANY_STEPS, limit=self.limits.steps)
        self._look_at = max(self.steps - _LOOK_EVERY, 0)
        if monotonic() > self.deadline:
            raise ExpressionLimitError(TOO_SLOW, limit=self.limits.seconds)

    def seconds_left(self) -> float:
        """Wall time that is left, never below zero; raises when there is none."""
        left = self.deadline - monotonic()
        if left <= 0:
            raise ExpressionLimitError(TOO_SLOW, limit=self.limits.seconds)
        return left

    def call(self) -> None:
        """Takes one call of a function of the host."""
        self.calls -= 1
        if self.calls < 0:
            raise ExpressionLimitError(TOO_MANY_CALLS, limit=self.limits.calls)

    def give_back(self, seconds: float) -> None:
        """Time that somebody else took does not count."""
        self.deadline += seconds

    def text(self, length: int) -> None:
        """Asks whether a text of this length may be made."""
        if length > self.limits.characters:
            raise ExpressionLimitError(TOO_LONG_TEXT, limit=self.limits.characters)
        self.produced -= length
        if self.produced < 0:
            raise ExpressionLimitError(TOO_MUCH, limit=self.limits.produced)
        if length > 256:
            self.spend(length >> 8)

    def items(self, weight: int) -> None:
        """Asks whether a collection of this many items, with the items of its items, may be made."""
        if weight > self.limits.items:
            raise ExpressionLimitError(TOO_MANY_ITEMS, limit=self.limits.items)
        self.produced -= weight * 8
        if self.produced < 0:
            raise ExpressionLimitError(TOO_MUCH, limit=self.limits.produced)
        self.spend(1 + (weight >> 3))

    def read(self, length: int) -> None:
        """Takes steps for looking through a text."""
        if length > 256:
            self.spend(length >> 8)


def bounded(number: int) -> int:
    """The number, unless it has too many digits."""
    if -GREATEST < number < GREATEST:
        return number
    raise ExpressionLimitError(TOO_LARGE_NUMBER, limit=MOST_DIGITS)
