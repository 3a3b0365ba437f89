"""The values that an expression can hold, and no others: nothing of Python's own objects is ever among them.

Inside a run lists and sets are objects of ours that never change and know how much they hold, so that no operation on
them can be dearer than it looks.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, Final

from flask_bgbilling.errors import N_
from flask_bgbilling.expr.budget import DEEPEST_VALUE, TOO_DEEP_VALUE, TOO_LARGE_NUMBER, Budget, bounded
from flask_bgbilling.expr.errors import ExpressionError, ExpressionLimitError
from flask_bgbilling.expr.objects import ExpressionObject

NO_VALUE = N_("A value of the type “%(type)s” cannot be used in expressions.")
NO_MEMBER = N_("A set cannot hold a value of the type “%(type)s”.")

MOST_DECIMAL_DIGITS: Final = 400

Value = Any
"""``None``, ``bool``, ``int``, ``float``, ``Decimal``, ``str``, :class:`ListValue`, :class:`SetValue`,
:class:`~flask_bgbilling.expr.objects.ExpressionObject`."""


class ListValue:
    """A list that does not change. ``weight`` counts its items with the items of its items."""

    __slots__ = ("depth", "items", "weight")

    def __init__(self, items: Iterable[Value], budget: Budget) -> None:
        self.items = tuple(items)
        self.weight = len(self.items)
        self.depth = 1
        for item in self.items:
            if type(item) in _COLLECTIONS:
                self.weight += item.weight
                self.depth = max(self.depth, item.depth + 1)
        if self.depth > DEEPEST_VALUE:
            raise ExpressionLimitError(TOO_DEEP_VALUE, limit=DEEPEST_VALUE)
        budget.items(self.weight)

    def __iter__(self) -> Iterator[Value]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


class SetValue:
    """A set that does not change and keeps the order in which its members came; members are never collections."""

    __slots__ = ("depth", "members", "weight")

    def __init__(self, items: Iterable[Value], budget: Budget) -> None:
        self.members: dict[object, Value] = {}
        for item in items:
            if type(item) in _COLLECTIONS:
                raise ExpressionError(NO_MEMBER, type=type_name(item))
            self.members[key(item)] = item
        self.weight = len(self.members)
        self.depth = 1
        budget.items(self.weight)

    def __iter__(self) -> Iterator[Value]:
        return iter(self.members.values())

    def __len__(self) -> int:
        return len(self.members)


_COLLECTIONS: Final = frozenset({ListValue, SetValue})
_NAMES: Final[dict[type, str]] = {
    type(None): "null",
    bool: "Boolean",
    int: "Integer",
    float: "Double",
    Decimal: "Decimal",
    str: "String",
    ListValue: "List",
    SetValue: "Set",
    list: "List",
    set: "Set",
    ExpressionObject: "Object",
}


def key(value: Value) -> object:
    """What makes two members of a set the same: type and value, as in Java, so that 1, 1.0 and true are three."""
    return (type(value), id(value) if type(value) is ExpressionObject else value)


def same(left: Value, right: Value) -> bool:
    """Whether two values are of one type and equal, in depth; numbers of different types are not."""
    if type(left) is not type(right):
        return False
    if type(left) is ListValue:
        return len(left) == len(right) and all(same(*pair) for pair in zip(left.items, right.items, strict=True))
    if type(left) is SetValue:
        return bool(left.members.keys() == right.members.keys())
    return left is right if type(left) is ExpressionObject else bool(left == right)


def type_name(value: object) -> str:
    """The name of a value's type in the language of expressions, as documentation and messages use it."""
    return _NAMES.get(type(value), type(value).__name__)


def admit(value: object, budget: Budget, depth: int = 0) -> Value:
    """A value from outside as an expression may hold it.

    Raises :class:`ExpressionError` for a value of a type that expressions do not know.
    """
    kind = type(value)
    if kind is str:
        budget.text(len(value))  # type: ignore[arg-type]
        return value
    if value is None or kind is bool or kind is float or kind is ExpressionObject or kind in _COLLECTIONS:
        return value
    if kind is int:
        return bounded(value)  # type: ignore[arg-type]
    if kind is Decimal:
        return decimal(value)  # type: ignore[arg-type]
    if isinstance(value, str):  # a subclass must not bring its own methods along
        return admit("".join((value,)), budget)
    if isinstance(value, (list, tuple, set, frozenset)):
        if depth >= DEEPEST_VALUE:
            raise ExpressionLimitError(TOO_DEEP_VALUE, limit=DEEPEST_VALUE)
        budget.items(len(value))
        items = [admit(item, budget, depth + 1) for item in value]
        if isinstance(value, (list, tuple)):
            return ListValue(items, budget)
        return SetValue(sorted(items, key=lambda item: (type(item).__name__, str(item))), budget)
    raise ExpressionError(NO_VALUE, type=kind.__name__)


def weight(value: Value) -> int:
    """What copying a value costs: characters of a text, items of a collection."""
    if type(value) in _COLLECTIONS:
        return int(value.weight)
    return len(value) >> 3 if type(value) is str else 0


def decimal(value: Decimal) -> Decimal:
    """A decimal number that is one, and of a size that arithmetic can bear."""
    if not value.is_finite():
        raise ExpressionError(NO_VALUE, type="Decimal")
    if value and abs(value.adjusted()) > MOST_DECIMAL_DIGITS:
        raise ExpressionLimitError(TOO_LARGE_NUMBER, limit=MOST_DECIMAL_DIGITS)
    return value


def release(value: Value) -> object:
    """A value as Python has it: ``list`` and ``set`` instead of ours."""
    if type(value) is ListValue:
        return [release(item) for item in value]
    if type(value) is SetValue:
        return {release(item) for item in value}
    return value


def text_of(value: Value, budget: Budget) -> str:
    """A value as text, as Java writes it; ``null`` is the empty text."""
    kind = type(value)
    if kind is str:
        return value  # type: ignore[no-any-return]
    if value is None:
        return ""
    if kind is bool:
        return "true" if value else "false"
    if kind is float:
        return written(value)
    if kind in _COLLECTIONS:
        parts = [text_of(item, budget) if item is not None else "null" for item in value]
        budget.text(sum(map(len, parts)) + 2 * len(parts) + 2)
        return f"[{', '.join(parts)}]"
    if kind is ExpressionObject:
        return value.name  # type: ignore[no-any-return]
    return str(value)


def written(number: float) -> str:
    """A floating number as Java's ``Double.toString`` writes it."""
    if number != number:
        return "NaN"
    if number in (float("inf"), float("-inf")):
        return "Infinity" if number > 0 else "-Infinity"
    if number == 0 or 1e-3 <= abs(number) < 1e7:
        shown = f"{Decimal(repr(number)):f}"
        return shown if "." in shown else f"{shown}.0"
    sign, digits, exponent = Decimal(repr(number)).as_tuple()
    mantissa = "".join(map(str, digits)).rstrip("0") or "0"
    power = len(digits) - 1 + int(exponent)
    return f"{'-' if sign else ''}{mantissa[0]}.{mantissa[1:] or '0'}E{power}"


def truth(value: Value) -> bool:
    """Whether a value counts as true: null, zero, NaN, the empty text and the text ``false`` do not."""
    kind = type(value)
    if kind is bool:
        return value  # type: ignore[no-any-return]
    if value is None:
        return False
    if kind is str:
        return value not in ("", "false")
    if kind is float:
        return bool(value == value and value != 0)
    if kind is int or kind is Decimal:
        return bool(value)
    return True
