"""Methods of values: those of Java's ``String`` that configurations use, and a few of lists and sets."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from flask_bgbilling.errors import N_
from flask_bgbilling.expr.arithmetic import size
from flask_bgbilling.expr.budget import Budget
from flask_bgbilling.expr.errors import ExpressionError
from flask_bgbilling.expr.java_patterns import JavaPattern
from flask_bgbilling.expr.values import ListValue, SetValue, Value, key, same, text_of, type_name

NO_METHOD = N_("A value of the type %(type)s has no function “%(name)s”.")
NULL_METHOD = N_("“%(name)s” is called on nothing (null).")
ARGUMENT_COUNT = N_("“%(name)s” takes another number of arguments than %(count)s.")
ARGUMENT_TYPE = N_("Argument %(place)s of “%(name)s” must be %(wanted)s, not %(type)s.")
OUT_OF_RANGE = N_("“%(name)s”: the position %(position)s is outside the text of %(length)s characters.")

Kind = Literal["String", "Integer", "any"]
_TYPES: Final[dict[Kind, type]] = {"String": str, "Integer": int, "any": object}


@dataclass(frozen=True, slots=True)
class ValueMethod:
    """A method: what it does, and the types of its arguments, of which ``needed`` must be given."""

    run: Callable[..., Value]
    arguments: tuple[Kind, ...] = ()
    needed: int = 0

    @property
    def types(self) -> tuple[type, ...]:
        """The types of the arguments in Python; an argument of any type is of none of them."""
        return tuple(_TYPES[kind] for kind in self.arguments)


def call(value: Value, name: str, arguments: list[Value], budget: Budget) -> Value:
    """Calls a method by its name; raises :class:`ExpressionError` when there is none, or its arguments do not fit."""
    table = METHODS.get(type(value), COMMON)
    method = table.get(name)
    if method is None:
        if value is None:
            raise ExpressionError(NULL_METHOD, name=name)
        raise ExpressionError(NO_METHOD, type=type_name(value), name=name)
    if not method.needed <= len(arguments) <= len(method.arguments):
        raise ExpressionError(ARGUMENT_COUNT, name=name, count=len(arguments))
    for place, (argument, wanted) in enumerate(zip(arguments, method.arguments, strict=False)):
        if wanted != "any" and type(argument) is not _TYPES[wanted]:
            raise ExpressionError(ARGUMENT_TYPE, place=place + 1, name=name, wanted=wanted, type=type_name(argument))
    return method.run(budget, value, *arguments)


def _made(budget: Budget, text: str) -> str:
    budget.text(len(text))
    return text


def _position(name: str, text: str, position: int, most: int) -> int:
    if not 0 <= position <= most:
        raise ExpressionError(OUT_OF_RANGE, name=name, position=position, length=len(text))
    return position


def _substring(budget: Budget, text: str, first: int, last: int | None = None) -> str:
    end = len(text) if last is None else _position("substring", text, last, len(text))
    return _made(budget, text[_position("substring", text, first, end) : end])


def _char_at(_: Budget, text: str, position: int) -> str:
    return text[_position("charAt", text, position, len(text) - 1)]


def _starts(_: Budget, text: str, prefix: str, position: int = 0) -> bool:
    return 0 <= position <= len(text) and text.startswith(prefix, position)


def _index(budget: Budget, text: str, part: str, position: int = 0) -> int:
    budget.read(len(text) + len(part))
    return text.find(part, min(max(position, 0), len(text)))


def _last_index(budget: Budget, text: str, part: str, position: int | None = None) -> int:
    """Turned round, because looking backwards is not linear in Python."""
    budget.read(len(text) + len(part))
    if position is not None:
        if position < 0:
            return -1
        text = text[: position + len(part)]
    found = text[::-1].find(part[::-1])
    return -1 if found < 0 else len(text) - found - len(part)


def _replace(budget: Budget, text: str, part: str, other: str) -> str:
    budget.read(len(text) + len(part))
    count = text.count(part)
    budget.text(len(text) + count * (len(other) - len(part)))
    return text.replace(part, other)


def _split(budget: Budget, text: str, pattern: str, most: int = 0) -> ListValue:
    return ListValue(JavaPattern.of(pattern).split(text, most, budget), budget)


def _blank(budget: Budget, text: str) -> bool:
    budget.read(len(text))
    return not text.strip()


_JAVA_BLANKS: Final = "".join(map(chr, range(0x21)))

_TEXT: Final[dict[str, ValueMethod]] = {
    "length": ValueMethod(lambda _, text: len(text)),
    "isEmpty": ValueMethod(lambda _, text: not text),
    "isBlank": ValueMethod(_blank),
    "substring": ValueMethod(_substring, ("Integer", "Integer"), 1),
    "charAt": ValueMethod(_char_at, ("Integer",), 1),
    "startsWith": ValueMethod(_starts, ("String", "Integer"), 1),
    "endsWith": ValueMethod(lambda _, text, end: text.endswith(end), ("String",), 1),
    "contains": ValueMethod(lambda budget, text, part: _index(budget, text, part) >= 0, ("String",), 1),
    "indexOf": ValueMethod(_index, ("String", "Integer"), 1),
    "lastIndexOf": ValueMethod(_last_index, ("String", "Integer"), 1),
    "replace": ValueMethod(_replace, ("String", "String"), 2),
    "replaceAll": ValueMethod(
        lambda budget, text, pattern, other: JavaPattern.of(pattern).replace_all(text, other, budget),
        ("String", "String"),
        2,
    ),
    "replaceFirst": ValueMethod(
        lambda budget, text, pattern, other: JavaPattern.of(pattern).replace_first(text, other, budget),
        ("String", "String"),
        2,
    ),
    "matches": ValueMethod(
        lambda budget, text, pattern: JavaPattern.of(pattern).matches(text, budget), ("String",), 1
    ),
    "split": ValueMethod(_split, ("String", "Integer"), 1),
    "trim": ValueMethod(lambda budget, text: _made(budget, text.strip(_JAVA_BLANKS))),
    "toLowerCase": ValueMethod(lambda budget, text: _made(budget, text.lower())),
    "toUpperCase": ValueMethod(lambda budget, text: _made(budget, text.upper())),
    "concat": ValueMethod(lambda budget, text, other: _made(budget, text + other), ("String",), 1),
    "equalsIgnoreCase": ValueMethod(
        lambda _, text, other: type(other) is str and text.lower() == other.lower(), ("any",), 1
    ),
}  # fmt: skip


def _equals(budget: Budget, value: Value, other: Value) -> bool:
    if type(value) in (ListValue, SetValue):
        budget.spend(1 + value.weight)
    return same(value, other)


COMMON: Final[dict[str, ValueMethod]] = {
    "equals": ValueMethod(_equals, ("any",), 1),
    "toString": ValueMethod(lambda budget, value: text_of(value, budget)),
}


def _has(budget: Budget, value: ListValue | SetValue, member: Value) -> bool:
    budget.spend(1 + value.weight)
    if type(value) is SetValue:
        return type(member) not in (ListValue, SetValue) and key(member) in value.members
    return any(same(member, item) for item in value)


_COLLECTION: Final[dict[str, ValueMethod]] = {
    "size": ValueMethod(lambda _, value: size(value)),
    "isEmpty": ValueMethod(lambda _, value: not len(value)),
    "contains": ValueMethod(_has, ("any",), 1),
}

METHODS: Final[dict[type, dict[str, ValueMethod]]] = {
    str: {**COMMON, **_TEXT, "size": ValueMethod(lambda _, text: len(text))},
    ListValue: {**COMMON, **_COLLECTION},
    SetValue: {**COMMON, **_COLLECTION},
    type(None): {},
}
PATTERN_METHODS: Final = frozenset({"matches", "replaceAll", "replaceFirst", "split"})
