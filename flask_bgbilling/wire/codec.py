"""Texts and numbers of a billing's answers as Python values (transport.md 6, money.md 0.4).

Everything here is tolerant and total: whatever comes in, out comes a value, or ``None``, zero or empty text,
never an exception. What goes the other way is spelled by :mod:`flask_bgbilling.wire.spelling`.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from xml.etree.ElementTree import Element

from flask_bgbilling.wire.dto.common import Period

ZERO = Decimal(0)
OPEN_END = "…"

_DAY = re.compile(r"\s*(\d{1,2})\.(\d{1,2})\.(\d{4})(?:[ T].*)?\s*", re.ASCII | re.DOTALL)
_MOMENT = re.compile(
    r"\s*(\d{1,2})\.(\d{1,2})\.(\d{4})(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?)?\s*", re.ASCII
)
_ISO = re.compile(
    r"\s*(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(Z|z|[+-]\d{2}:?\d{2}(?::?\d{2})?|[+-]\d{2})?)?\s*",
    re.ASCII,
)
_NUMBER = re.compile(r"[+-]?(?:\d{1,30}(?:[.,]\d{0,30})?|[.,]\d{1,30})(?:[eE][+-]?\d{1,2})?", re.ASCII)
_PLAIN = re.compile(r"-?\d{1,30}(?:\.\d{1,30})?", re.ASCII)
_SPACES = re.compile(r"[\s\u00a0\u202f]+")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_TRUE = frozenset({"1", "true", "yes", "on", "да"})
_DASHES = str.maketrans({"–": "-", "—": "-", "−": "-"})
_GREATEST_INTEGER = 2**63 - 1


@lru_cache(maxsize=8192)
def _day(value: str) -> date | None:
    match = _DAY.fullmatch(value)
    if match is None:
        return None
    try:
        return date(int(match[3]), int(match[2]), int(match[1]))
    except ValueError:
        return None


def day(value: str | None) -> date | None:
    """``dd.MM.yyyy``, with or without a time behind it; anything else is no date."""
    return _day(value) if value and len(value) <= 40 else None


def moment(value: str | None, zone: tzinfo) -> datetime | None:
    """``dd.MM.yyyy HH:mm:ss`` on the billing's clock; a lone date is its midnight; anything else is none."""
    if not value or len(value) > 40:
        return None
    if len(value) == 19 and value[10] == " " and value[13] == value[16] == ":":
        # The usual spelling, in long lists: the parser of the standard library is several times faster.
        read = _day(value[:10])
        try:
            return None if read is None else datetime.combine(read, time.fromisoformat(value[11:]), zone)
        except ValueError:
            return None
    match = _MOMENT.fullmatch(value)
    return None if match is None else _clock(match[3], match[2], match[1], match[4], match[5], match[6], zone)


def _clock(
    year: str, month: str, day_: str, hour: str | None, minute: str | None, second: str | None, zone: tzinfo
) -> datetime | None:
    try:
        return datetime(
            int(year), int(month), int(day_), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=zone
        )
    except ValueError:
        return None


def _offset(spelled: str) -> tzinfo | None:
    if spelled in "Zz":
        return UTC
    digits = spelled[1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:4] or 0)
    try:
        return _fixed(-minutes if spelled[0] == "-" else minutes)
    except ValueError:
        return None


@lru_cache(maxsize=256)
def _fixed(minutes: int) -> tzinfo:
    from datetime import timezone

    return timezone(timedelta(minutes=minutes))


def _instant(milliseconds: int | float | Decimal, zone: tzinfo) -> datetime | None:
    try:
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(milliseconds))).astimezone(zone)
    except (OverflowError, ValueError):
        return None


def json_moment(value: object, zone: tzinfo) -> datetime | None:
    """A moment of a JSON answer in any of its spellings, in the billing's zone.

    With an offset or as epoch milliseconds it is an instant, converted to ``zone``; without one it is the
    billing's wall clock; a lone date is its midnight. ``dd.MM.yyyy HH:mm:ss`` keeps its time.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float | Decimal):
        return _instant(value, zone) if _finite(value) else None
    if not isinstance(value, str) or len(value) > 60:
        return None
    match = _ISO.fullmatch(value)
    if match is None:
        return moment(value, zone)
    spelled = match[7]
    own = zone if spelled is None else _offset(spelled)
    if own is None:
        return None
    read = _clock(match[1], match[2], match[3], match[4], match[5], match[6], own)
    if read is None or spelled is None:
        return read
    try:
        return read.astimezone(zone)
    except (OverflowError, ValueError):
        return None


def _finite(value: int | float | Decimal) -> bool:
    if isinstance(value, Decimal) and not value.is_finite():
        return False
    # A number beyond all floats cannot be asked whether it is finite; comparisons with NaN are false.
    return -_GREATEST_INTEGER < value < _GREATEST_INTEGER


def json_day(value: object, zone: tzinfo | None = None) -> date | None:
    """A day of a JSON answer in any of its spellings; a date-only text is taken as it is.

    A date-time gives the day of its own wall clock, or of ``zone`` if given. Epoch milliseconds without
    a zone are taken for a midnight somewhere between UTC-10 and UTC+13, the summer time of Kamchatka.
    """
    if isinstance(value, str):
        match = _ISO.fullmatch(value) if len(value) <= 60 else None
        if match is None:
            return day(value)
        if zone is None or match[7] is None:
            try:
                return date(int(match[1]), int(match[2]), int(match[3]))
            except ValueError:
                return None
    elif zone is None:
        read = json_moment(value, UTC)
        if read is None:
            return None
        try:
            return (read + timedelta(hours=13)).date()
        except OverflowError:
            return None
    read = json_moment(value, zone)
    return None if read is None else read.date()


def money(value: object) -> Decimal | None:
    """A sum as text or number; ``None`` when there is none or it cannot be read.

    Besides the plain form of the protocol the Russian one is understood: grouping spaces, a decimal comma.
    """
    if value.__class__ is str and _PLAIN.fullmatch(value):
        return Decimal(value)
    if isinstance(value, Decimal):
        return value if value.is_finite() and abs(value.adjusted()) <= 60 else None
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int):
        return Decimal(value) if abs(value) <= _GREATEST_INTEGER else None
    if isinstance(value, float):
        value = repr(value)
    if not isinstance(value, str) or len(value) > 80:
        return None
    if _NUMBER.fullmatch(value) is None:
        value = _SPACES.sub("", value)
        if _NUMBER.fullmatch(value) is None:
            return None
    try:
        return Decimal(value.replace(",", "."))
    except InvalidOperation:
        return None


def amount(value: object) -> Decimal:
    """A sum where there always is one: what cannot be read counts as zero."""
    return money(value) or ZERO


def integer(value: object, default: int = 0) -> int:
    """A whole number of at most 64 bits as number or text; anything else is ``default``."""
    if isinstance(value, str) and len(value) < 19 and value.isascii() and value.isdigit():
        return int(value)
    if isinstance(value, int):
        return int(value) if abs(value) <= _GREATEST_INTEGER else default
    read = money(value)
    if read is None or read != read.to_integral_value() or abs(read) > _GREATEST_INTEGER:
        return default
    return int(read)


def flag(value: object) -> bool:
    """Truth in every spelling the servers use: ``true``, ``1``, ``yes``, ``on``, as text or number."""
    if isinstance(value, str):
        return value == "1" or (value != "0" and value.strip().lower() in _TRUE)
    return value is True or (isinstance(value, int | float | Decimal) and _finite(value) and value == 1)


def period(value: str | None) -> Period:
    """``dd.MM.yyyy-dd.MM.yyyy``; an end that cannot be read is open; a lone date is the start."""
    if not value or len(value) > 80:
        return Period()
    since, _, until = value.translate(_DASHES).partition("-")
    return Period(day(since.strip()), day(until.strip()))


def json_period(value: object, zone: tzinfo | None = None) -> Period:
    """``{dateFrom, dateTo}`` with either absent or null, or a period text."""
    if isinstance(value, Mapping):
        return Period(json_day(value.get("dateFrom"), zone), json_day(value.get("dateTo"), zone))
    return period(value) if isinstance(value, str) else Period()


def text(value: object) -> str:
    """A text field: numbers become text, ``None`` and structures become empty text."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f") if value.is_finite() and abs(value.adjusted()) <= 60 else str(value)
    return str(value) if isinstance(value, int | float) else ""


def unquoted(value: object) -> str:
    """A name without the quotes that stand around the whole of it; quotes inside a name belong to it."""
    name = text(value).strip()
    match = _QUOTED.fullmatch(name)
    return name if match is None else _ESCAPED.sub(r"\1", match[1]).strip()


def lines(element: Element | None) -> str:
    """Multiline text: one line per ``row`` below the element, its text or its attribute ``text``.

    An element without rows gives its own text.
    """
    if element is None:
        return ""
    rows = [row for row in element.iter("row") if row is not element]
    if not rows:
        return element.text or ""
    return "\n".join(row.text if row.text and row.text.strip() else row.get("text", "") for row in rows)


def title_and_comment(value: str | None) -> tuple[str, str, str]:
    """``number [ comment ] address`` as its three trimmed parts (reference README, contract-search.md 5.1).

    The number stands before the first ``[``, the comment up to the last ``]``, the address after it. Missing
    brackets are no error: without ``[`` all is the number, without ``]`` all behind ``[`` is the comment.
    """
    number, _, rest = (value or "").partition("[")
    comment, closed, address = rest.rpartition("]")
    if not closed:
        comment, address = address, ""
    return number.strip(), comment.strip(), address.strip()


def comment_and_address(value: str | None) -> tuple[str, str]:
    """``comment [address]`` of servers from 9.2404 on: the last bracket pair is the address."""
    whole = value or ""
    end = whole.rfind("]")
    depth = 0
    for start in range(end, -1, -1):
        depth += (whole[start] == "]") - (whole[start] == "[")
        if depth == 0:
            return whole[:start].strip(), whole[start + 1 : end].strip()
    start = whole.rfind("[", 0, end)
    if end < 0 or start < 0:
        return whole.strip(), ""
    return whole[:start].strip(), whole[start + 1 : end].strip()
