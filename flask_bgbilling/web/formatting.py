"""Filters of our templates: every number, date and period is written here and nowhere else."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, localcontext
from typing import Any

from babel.dates import format_date, format_timedelta
from babel.numbers import format_decimal
from flask import current_app

from flask_bgbilling.domain.contracts.phones import readable
from flask_bgbilling.facts import Fact
from flask_bgbilling.web.i18n import conventions, locale, t

NOTHING = "—"
MOST_DIGITS = 200
"""More than any sum that a billing can send; beyond its precision decimal arithmetic raises instead of rounding."""


def money(value: Decimal | None) -> str:
    """A sum grouped by thousands with two decimals; an unknown sum is a dash."""
    if value is None:
        return NOTHING
    return _grouped(value, "#,##0.00;−#,##0.00")


def currency(value: Decimal | None) -> str:
    """A sum with the sign of the installation's currency (``BGBILLING_CURRENCY``, default ₽)."""
    if value is None:
        return NOTHING
    return f"{money(value)}\u00a0{current_app.config.get('BGBILLING_CURRENCY', '₽')}"


def typed_sum(value: Decimal | None) -> str:
    """A sum as a person types it into a field: two decimals, no groups, a plain minus; an unknown sum is blank."""
    return "" if value is None else _grouped(value, "0.00;-0.00")


def integer(value: int | None) -> str:
    """A count grouped by thousands."""
    return NOTHING if value is None else _grouped(value, "#,##0;−#,##0")


def _grouped(value: Decimal | int, pattern: str) -> str:
    with localcontext(prec=MOST_DIGITS):
        return format_decimal(value, format=pattern, locale=conventions(locale()))


def day(value: date | None) -> str:
    """A calendar day as the trade writes it: ``05.06.2026``."""
    return NOTHING if value is None else value.strftime("%d.%m.%Y")


def moment(value: datetime | None) -> str:
    """A moment on the billing's clock, to the minute."""
    return NOTHING if value is None else value.strftime("%d.%m.%Y %H:%M")


def exact_moment(value: datetime | None) -> str:
    """A moment to the second, for tooltips."""
    return NOTHING if value is None else value.strftime("%d.%m.%Y %H:%M:%S")


def clock(value: datetime | None) -> str:
    """Hours and minutes of a moment."""
    return NOTHING if value is None else value.strftime("%H:%M")


def month(value: date | None) -> str:
    """A month with its year: ``июнь 2026``."""
    if value is None:
        return NOTHING
    name: str = format_date(value, "LLLL y", locale=conventions(locale()))
    return name


def short_month(value: date | None) -> str:
    """A month in as few letters as a chart has room for: ``июн 26``."""
    if value is None:
        return NOTHING
    name: str = format_date(value, "LLL yy", locale=conventions(locale()))
    return name


def period(value: Any) -> str:
    """Days from–to of an object with ``since`` and ``until``; an open end is an ellipsis."""
    since, until = value.since, value.until
    if since is None and until is None:
        return t("no limit")
    return f"{day(since) if since else '…'} – {day(until) if until else '…'}"


def ago(value: datetime | None) -> str:
    """How long ago a moment was: ``5 минут назад``."""
    if value is None:
        return NOTHING
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    passed = aware - datetime.now(UTC)
    if abs(passed) < timedelta(seconds=45):
        return t("just now")
    text: str = format_timedelta(passed, add_direction=True, locale=conventions(locale()))
    return text


def duration(value: timedelta | None) -> str:
    """How long something takes: ``0:07``, ``12:31``, ``1:02:03``."""
    if value is None:
        return NOTHING
    minutes, seconds = divmod(int(value.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def speed(value: float | None) -> str:
    """How many in a second, or in a minute when that says more."""
    if value is None:
        return NOTHING
    slow = value < 1
    number = format_decimal(round(value * 60 if slow else value, 1), format="#,##0.#", locale=conventions(locale()))
    return t("%(n)s a minute", n=number) if slow else t("%(n)s a second", n=number)


def fact(value: Fact) -> str:
    """A fact of the journal or of a question in the reader's language; nothing at all is a dash."""
    if value.kind == "secret":
        return t("changed")
    if not value.value:
        return NOTHING
    try:
        match value.kind:
            case "money":
                return currency(Decimal(value.value))
            case "day":
                return day(date.fromisoformat(value.value))
            case "moment":
                return moment(datetime.fromisoformat(value.value))
            case "word":
                return t(value.value)
    except (ValueError, ArithmeticError):  # a plugin's slip must not hide the rest
        pass
    return value.value


def phone(number: str | None) -> str:
    """A phone number with its country, in groups; what is no valid number stays as it is."""
    return readable(number) if number else NOTHING


FILTERS: Mapping[str, Callable[..., str]] = {
    "phone": phone,
    "money": money,
    "currency": currency,
    "typed_sum": typed_sum,
    "integer": integer,
    "day": day,
    "moment": moment,
    "exact_moment": exact_moment,
    "clock": clock,
    "month": month,
    "short_month": short_month,
    "period": period,
    "ago": ago,
    "duration": duration,
    "speed": speed,
    "fact": fact,
}
