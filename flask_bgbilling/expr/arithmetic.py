"""Operators with JEXL's lenient rules: null counts as zero or empty, text that is a number counts as that number."""

import math
import re
from collections.abc import Callable
from decimal import Context, Decimal, DivisionByZero, InvalidOperation
from typing import Final

from flask_bgbilling.errors import N_
from flask_bgbilling.expr.budget import MOST_DIGITS, TOO_LARGE_NUMBER, Budget, bounded
from flask_bgbilling.expr.errors import ExpressionError, ExpressionLimitError
from flask_bgbilling.expr.java_patterns import JavaPattern
from flask_bgbilling.expr.values import ListValue, SetValue, Value, decimal, key, same, text_of, truth, type_name

NO_NUMBER = N_("“%(operator)s” needs numbers, not the %(type)s “%(value)s”.")
NO_ORDER = N_("“%(operator)s” cannot compare %(left)s with %(right)s.")
BY_ZERO = N_("“%(operator)s” by zero.")
NO_PATTERN = N_("“%(operator)s” needs a pattern or a collection on its right, not %(type)s.")

_WHOLE: Final = re.compile(r"[+-]?[0-9]+")
_BROKEN: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_CONTEXT: Final = Context(prec=34, Emax=999_999, Emin=-999_999)
_SHOWN: Final = 40

Number = int | float | Decimal


def number(value: Value, operator: str) -> Number:
    """A value as a number; raises :class:`ExpressionError` for what is none."""
    kind = type(value)
    if kind is int or kind is float or kind is Decimal:
        return value  # type: ignore[no-any-return]
    if value is None or value == "":
        return 0
    if kind is bool:
        return int(value)
    if kind is str and (found := _read(value)) is not None:
        return found
    shown = value[:_SHOWN] if kind is str else "…"
    raise ExpressionError(NO_NUMBER, operator=operator, type=type_name(value), value=shown)


def _read(text: str) -> Number | None:
    if len(text) > 2 * MOST_DIGITS:
        if _WHOLE.fullmatch(text):
            raise ExpressionLimitError(TOO_LARGE_NUMBER, limit=MOST_DIGITS)
        return None
    if _WHOLE.fullmatch(text):
        return bounded(int(text))
    return float(text) if _BROKEN.fullmatch(text) else None


def add(left: Value, right: Value, budget: Budget) -> Value:
    """Two texts are joined; anything else is added, and joined when one of it is a text that is no number."""
    if type(left) is str and type(right) is str:
        budget.text(len(left) + len(right))
        return left + right
    if type(left) is int and type(right) is int:
        return bounded(left + right)
    try:
        return _calculated("+", number(left, "+"), number(right, "+"))
    except ExpressionLimitError:
        raise
    except ExpressionError:
        if type(left) is not str and type(right) is not str:
            raise
    joined = (text_of(left, budget), text_of(right, budget))
    budget.text(len(joined[0]) + len(joined[1]))
    return "".join(joined)


def calculate(operator: str, left: Value, right: Value, budget: Budget) -> Value:
    """``+ - * / %`` of two values."""
    if operator == "+":
        return add(left, right, budget)
    return _calculated(operator, number(left, operator), number(right, operator))


def _calculated(operator: str, left: Number, right: Number) -> Number:
    if type(left) is int and type(right) is int:
        return bounded(_WITH_WHOLE[operator](left, right))
    if type(left) is Decimal or type(right) is Decimal:
        divisor = _exact(right)
        try:
            return decimal(_WITH_DECIMALS[operator](_exact(left), divisor))
        except (DivisionByZero, InvalidOperation):
            if not divisor:
                raise ExpressionError(BY_ZERO, operator=operator) from None
            raise ExpressionLimitError(TOO_LARGE_NUMBER, limit=_CONTEXT.prec) from None
    try:
        return _WITH_FLOATS[operator](float(left), float(right))
    except OverflowError:
        return math.inf


def _exact(value: Number) -> Decimal:
    return decimal(Decimal(repr(value)) if type(value) is float else Decimal(value))


def _divided(left: int, right: int) -> int:
    if right == 0:
        raise ExpressionError(BY_ZERO, operator="/")
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) == (right < 0) else -quotient


def _remainder(left: int, right: int) -> int:
    """As ``BigInteger.mod``: never below zero, and only by what is above."""
    if right <= 0:
        raise ExpressionError(BY_ZERO, operator="%")
    return left % right


def _float_divided(left: float, right: float) -> float:
    if right == 0:
        raise ExpressionError(BY_ZERO, operator="/")
    return left / right


def _float_remainder(left: float, right: float) -> float:
    if right == 0:
        raise ExpressionError(BY_ZERO, operator="%")
    return math.nan if math.isinf(left) else math.fmod(left, right)


_WITH_WHOLE: Final[dict[str, Callable[[int, int], int]]] = {
    "+": int.__add__, "-": int.__sub__, "*": int.__mul__, "/": _divided, "%": _remainder,
}  # fmt: skip
_WITH_FLOATS: Final[dict[str, Callable[[float, float], float]]] = {
    "+": float.__add__, "-": float.__sub__, "*": float.__mul__, "/": _float_divided, "%": _float_remainder,
}  # fmt: skip
_WITH_DECIMALS: Final[dict[str, Callable[[Decimal, Decimal], Decimal]]] = {
    "+": _CONTEXT.add, "-": _CONTEXT.subtract, "*": _CONTEXT.multiply, "/": _CONTEXT.divide, "%": _CONTEXT.remainder,
}  # fmt: skip


def negative(value: Value, budget: Budget) -> Value:
    """``-x``; a truth value is turned round, as in JEXL."""
    if type(value) is bool:
        return not value
    return calculate("-", 0, value, budget) if type(value) is not float else -value


def equal(left: Value, right: Value, budget: Budget) -> bool:
    """``==``: numbers by value, also as text; truth values with what counts as true; null only with itself."""
    if left is None or right is None:
        return left is right
    if type(left) is str and type(right) is str:
        return bool(left == right)
    if type(left) is bool or type(right) is bool:
        return truth(left) == truth(right)
    if _is_number(left) or _is_number(right):
        try:
            return _comparable(number(left, "=="), number(right, "==")) == 0
        except ExpressionLimitError:
            raise
        except ExpressionError:
            return False
    if type(left) in (ListValue, SetValue):
        budget.spend(1 + left.weight)
    return same(left, right)


def _is_number(value: Value) -> bool:
    return type(value) is int or type(value) is float or type(value) is Decimal


def _comparable(left: Number, right: Number) -> float:
    """Below zero, zero or above it; NaN when one of them is NaN, which exact numbers cannot be compared with."""
    if left != left or right != right:
        return math.nan
    if left == right:
        return 0
    if left < right:
        return -1
    return 1 if left > right else math.nan


def ordered(operator: str, left: Value, right: Value) -> bool:
    """``< <= > >=``: texts by letters, anything else by number; null is in no order but equal to itself."""
    if left is None or right is None:
        return left is right and operator in ("<=", ">=")
    if type(left) is str and type(right) is str:
        found: float = (left > right) - (left < right)
    elif type(left) in _ORDERED and type(right) in _ORDERED:
        found = _comparable(number(left, operator), number(right, operator))
    else:
        raise ExpressionError(NO_ORDER, operator=operator, left=type_name(left), right=type_name(right))
    return {"<": found < 0, "<=": found <= 0, ">": found > 0, ">=": found >= 0}[operator]


_ORDERED: Final = (int, float, Decimal, str, bool)


def matches(left: Value, right: Value, budget: Budget) -> bool:
    """``left =~ right``: the whole left text matches the pattern, or the collection has the value."""
    if left is None or right is None:
        return left is right
    if type(right) is ListValue:
        budget.spend(1 + right.weight)
        return any(same(left, item) for item in right)
    if type(right) is SetValue:
        return type(left) not in (ListValue, SetValue) and key(left) in right.members
    if type(right) is not str:
        raise ExpressionError(NO_PATTERN, operator="=~", type=type_name(right))
    return JavaPattern.of(right).matches(text_of(left, budget), budget)


def starts(left: Value, right: Value, budget: Budget) -> bool:
    """``left =^ right``."""
    if left is None or right is None:
        return left is right
    return text_of(left, budget).startswith(text_of(right, budget))


def ends(left: Value, right: Value, budget: Budget) -> bool:
    """``left =$ right``."""
    if left is None or right is None:
        return left is right
    return text_of(left, budget).endswith(text_of(right, budget))


COMPARISONS: Final[dict[str, Callable[[Value, Value, Budget], bool]]] = {
    "==": equal,
    "!=": lambda left, right, budget: not equal(left, right, budget),
    "<": lambda left, right, budget: ordered("<", left, right),
    "<=": lambda left, right, budget: ordered("<=", left, right),
    ">": lambda left, right, budget: ordered(">", left, right),
    ">=": lambda left, right, budget: ordered(">=", left, right),
    "=~": matches,
    "!~": lambda left, right, budget: not matches(left, right, budget),
    "=^": starts,
    "!^": lambda left, right, budget: not starts(left, right, budget),
    "=$": ends,
    "!$": lambda left, right, budget: not ends(left, right, budget),
}


def is_empty(value: Value) -> bool:
    """``empty(x)``: null, the empty text, a collection without items."""
    return value is None or value == "" or (type(value) in (ListValue, SetValue) and not len(value))


def size(value: Value) -> int:
    """``size(x)``: characters of a text, items of a collection; 0 of null."""
    if value is None:
        return 0
    if type(value) in (str, ListValue, SetValue):
        return len(value)
    raise ExpressionError(NO_SIZE, type=type_name(value))


NO_SIZE = N_("A value of the type %(type)s has no size.")
