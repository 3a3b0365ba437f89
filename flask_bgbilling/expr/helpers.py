"""The helpers that every expression has: values ``u``, texts ``su``, collections ``cu``, time ``tu``, and ``log``.

Small ones of our own definition, named as their likes in Java are; ``docs/expressions.md`` lists them.
"""

import logging
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from flask_bgbilling.errors import N_
from flask_bgbilling.expr.budget import DEFAULT_LIMITS, TOO_LONG_TEXT
from flask_bgbilling.expr.errors import ExpressionError, ExpressionLimitError
from flask_bgbilling.expr.objects import ExpressionObject, Namespace
from flask_bgbilling.expr.values import written

NOT_TEXT = N_("Argument %(place)s must be a text.")
NOT_WHOLE = N_("Argument %(place)s must be a whole number.")
NOT_CHARACTER = N_("Argument %(place)s must be one character.")
BAD_DATE_PATTERN = N_("“%(pattern)s” is no pattern of a date: use yyyy, yy, MM, dd, HH, mm, ss.")

_LOG: Final = logging.getLogger("flask_bgbilling.expression")
_LONGEST_LINE: Final = 1_000
_WIDEST: Final = 1_000
_WHOLE: Final = re.compile(r"[+-]?[0-9]{1,100}")
_DATE_PARTS: Final = {"yyyy": "%Y", "yy": "%y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S"}
_DATE_TOKEN: Final = re.compile(r"yyyy|yy|MM|dd|HH|mm|ss|[^A-Za-z%]")
_NO_DIGITS: Final = re.compile(r"[^0-9]+")


def text(value: object) -> str:
    """A value as text; nothing is the empty text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, set)):
        return f"[{_joined(('null' if item is None else text(item) for item in items(value)), ', ')}]"
    if isinstance(value, float):
        return written(value)
    return value.name if isinstance(value, ExpressionObject) else str(value)


def _joined(parts: Iterable[str], separator: str) -> str:
    """Texts as one; stops before it is too long."""
    kept: list[str] = []
    left = DEFAULT_LIMITS.characters
    for part in parts:
        left -= len(part) + len(separator)
        if left < 0:
            raise ExpressionLimitError(TOO_LONG_TEXT, limit=DEFAULT_LIMITS.characters)
        kept.append(part)
    return separator.join(kept)


def items(value: object) -> list[object]:
    """The items of a collection in order, those of a set sorted; another value is an item itself."""
    if value is None:
        return []
    if isinstance(value, set):
        return sorted(value, key=lambda item: (type(item).__name__, str(item)))
    return list(value) if isinstance(value, list) else [value]


def _needed(value: object, place: int) -> str:
    """A text that must be one; null is the empty text."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ExpressionError(NOT_TEXT, place=place)
    return value


def _number(value: object, default: object = 0) -> object:
    if isinstance(value, (bool, int)):
        return int(value)
    written = text(value).strip()
    return int(written) if _WHOLE.fullmatch(written) else default


def _key(value: object) -> object:
    if isinstance(value, (list, set)):
        return (type(value), tuple(_key(item) for item in items(value)))
    return (type(value), value)


def _union(one: object, other: object) -> list[object]:
    return list({_key(item): item for item in (*items(one), *items(other))}.values())


def _intersection(one: object, other: object) -> list[object]:
    kept = {_key(item) for item in items(other)}
    return [item for item in items(one) if _key(item) in kept]


def _subtract(one: object, other: object) -> list[object]:
    dropped = {_key(item) for item in items(other)}
    return [item for item in items(one) if _key(item) not in dropped]


def _empty(value: object) -> bool:
    return value is None or value == "" or (isinstance(value, (list, set)) and not value)


def _before(value: object, separator: object) -> str:
    whole, part = _needed(value, 1), _needed(separator, 2)
    return whole.partition(part)[0] if part else ""


def _after(value: object, separator: object) -> str:
    whole, part = _needed(value, 1), _needed(separator, 2)
    return whole.partition(part)[2] if part else whole


def _padded(value: object, width: int, filling: object = " ") -> str:
    whole, fill = text(value), _needed(filling, 3)
    if type(width) is not int:
        raise ExpressionError(NOT_WHOLE, place=2)
    if len(fill) != 1:
        raise ExpressionError(NOT_CHARACTER, place=3)
    return whole.rjust(min(width, _WIDEST), fill)


def _now(pattern: object = "yyyy-MM-dd HH:mm:ss") -> str:
    written = _needed(pattern, 1)
    found = _DATE_TOKEN.findall(written)
    if "".join(found) != written or len(written) > 100:
        raise ExpressionError(BAD_DATE_PATTERN, pattern=written[:40])
    now = datetime.now().astimezone()
    return "".join(now.strftime(_DATE_PARTS[one]) if one in _DATE_PARTS else one for one in found)


def _tell(level: int, message: object) -> None:
    """One line in the log: what cannot be printed is written as an escape."""
    line = "".join(
        one if one.isprintable() else one.encode("unicode_escape").decode("ascii")
        for one in text(message)[:_LONGEST_LINE]
    )
    _LOG.log(level, "%s", line)


_U: Final = ExpressionObject(
    "u",
    {
        "isEmpty": _empty,
        "notEmpty": lambda value: not _empty(value),
        "toString": text,
        "toInt": _number,
        "defaultValue": lambda value, default: default if _empty(value) else value,
        "digits": lambda value: _NO_DIGITS.sub("", text(value)),
    },
    counted=True,
)
_SU: Final = ExpressionObject(
    "su",
    {
        "isEmpty": lambda value: not text(value),
        "isNotEmpty": lambda value: bool(text(value)),
        "isBlank": lambda value: not text(value).strip(),
        "isNotBlank": lambda value: bool(text(value).strip()),
        "trimToEmpty": lambda value: text(value).strip(),
        "substringBefore": _before,
        "substringAfter": _after,
        "removeStart": lambda value, start: _needed(value, 1).removeprefix(_needed(start, 2)),
        "removeEnd": lambda value, end: _needed(value, 1).removesuffix(_needed(end, 2)),
        "leftPad": _padded,
        "join": lambda values, separator: _joined(map(text, items(values)), _needed(separator, 2)),
    },
    counted=True,
)
_CU: Final = ExpressionObject(
    "cu",
    {
        "isEmpty": lambda values: not items(values),
        "isNotEmpty": lambda values: bool(items(values)),
        "union": _union,
        "intersection": _intersection,
        "subtract": _subtract,
        "containsAny": lambda one, other: bool(_intersection(one, other)),
    },
    counted=True,
)
_TU: Final = ExpressionObject(
    "tu",
    {"now": _now, "today": lambda: _now("yyyy-MM-dd")},
    counted=True,
)
_LOGGER: Final = ExpressionObject(
    "log",
    {
        "debug": lambda message: _tell(logging.DEBUG, message),
        "info": lambda message: _tell(logging.INFO, message),
        "warn": lambda message: _tell(logging.WARNING, message),
        "error": lambda message: _tell(logging.ERROR, message),
    },
    counted=True,
)

HELPERS: Final = Namespace(
    {one.name: one for one in (_U, _SU, _CU, _TU, _LOGGER)},
    {},
    {"NEW_LINE": "\n"},
)
