"""Python values as the billing expects them in requests (transport.md 2, 3 and 6).

Declarations of operations give plain values; here they get their spelling for form fields and for JSON.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from urllib.parse import urlencode

import msgspec

from flask_bgbilling.wire.dto.common import Period

_encoder = msgspec.json.Encoder(decimal_format="number")
_NO_OFFSET = timedelta(0)
MOST_DIGITS = 60


def form_fields(values: Mapping[str, object], zone: tzinfo) -> list[tuple[str, str]]:
    """Form fields of an XML action; fields whose value is ``None`` are left out."""
    fields = []
    for name, value in values.items():
        if value is not None:
            fields.append((name, value if value.__class__ is str else form_text(value, zone)))
    return fields


def form_body(fields: list[tuple[str, str]]) -> bytes:
    """Fields as ``application/x-www-form-urlencoded`` in UTF-8."""
    return urlencode(fields, encoding="utf-8", errors="replace").encode("ascii")


def form_text(value: object, zone: tzinfo) -> str:
    """One value as a form field: truth as 1 or 0, days as dd.MM.yyyy, lists with commas, sums in plain notation."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return _plain(value)
    if isinstance(value, datetime):
        local = _on_the_clock(value, zone)
        return f"{_day(local)} {local.hour:02}:{local.minute:02}:{local.second:02}"
    if isinstance(value, date):
        return _day(value)
    if isinstance(value, list | tuple | set | frozenset):
        parts = sorted(value) if isinstance(value, set | frozenset) else value
        return ", ".join(form_text(part, zone) for part in parts)
    raise TypeError(f"a {type(value).__name__} cannot be a form field")


def json_body(document: Mapping[str, object], zone: tzinfo) -> bytes:
    """A JSON document in UTF-8: sums as numbers, days and moments with the billing's offset, ``None`` as null."""
    spelled = {name: json_value(value, zone) for name, value in document.items()}
    try:
        return _encoder.encode(spelled)
    except UnicodeEncodeError:
        return _encoder.encode(_without_surrogates(spelled))


def json_value(value: object, zone: tzinfo) -> object:
    """One value for a JSON request; containers keep their shape, a :class:`Period` becomes its object."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Decimal):
        return Decimal(_plain(value))
    if isinstance(value, datetime):
        return _iso(_on_the_clock(value, zone))
    if isinstance(value, date):
        return _iso(datetime.combine(value, time(), zone))
    if isinstance(value, Mapping):
        return {str(key): json_value(item, zone) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return [json_value(item, zone) for item in sorted(value)]
    if isinstance(value, list | tuple):
        return [json_value(item, zone) for item in value]
    if isinstance(value, Period):
        return {"dateFrom": json_value(value.since, zone), "dateTo": json_value(value.until, zone)}
    raise TypeError(f"a {type(value).__name__} cannot stand in a request")


def _plain(value: Decimal) -> str:
    if not value.is_finite() or abs(value.adjusted()) > MOST_DIGITS:
        raise ValueError("a sum must be a finite number of a showable size")
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"", "-0"} else text


def _day(value: date) -> str:
    return f"{value.day:02}.{value.month:02}.{value.year:04}"


def _on_the_clock(value: datetime, zone: tzinfo) -> datetime:
    """The moment on the billing's clock; a naive one is that clock already."""
    return value.replace(tzinfo=zone) if value.tzinfo is None else value.astimezone(zone)


def _iso(value: datetime) -> str:
    """Seconds and an offset in hours and minutes; a zero offset is written ``Z``."""
    offset = value.utcoffset() or _NO_OFFSET
    stamp = value.replace(tzinfo=None).isoformat(timespec="seconds")
    if offset == _NO_OFFSET:
        return f"{stamp}Z"
    minutes = int(offset.total_seconds()) // 60
    sign = "-" if minutes < 0 else "+"
    return f"{stamp}{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def _without_surrogates(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_surrogates(item) for item in value]
    return value
