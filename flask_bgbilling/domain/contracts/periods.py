"""Periods that money and logs are shown for: what was typed, the usual choices, the whole life of a contract."""

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from flask_bgbilling.domain.contracts.contract import Contract
from flask_bgbilling.domain.contracts.info import read_card
from flask_bgbilling.errors import N_, InputError
from flask_bgbilling.wire.dto.common import Period

__all__ = [
    "BadDay",
    "BadPeriod",
    "Period",
    "Preset",
    "Tense",
    "arguments_of",
    "chosen_period",
    "month_of",
    "months_before",
    "presets",
    "tense",
    "typed_arguments",
    "whole_contract",
]

SINCE = "since"
UNTIL = "until"

Tense = Literal["past", "now", "planned"]

# No contract of any billing is older; a server may take a missing start for the current month.
_BEFORE_EVERYTHING = date(2000, 1, 1)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)


class BadDay(InputError):
    """What was typed for a day is none: ``typed``."""

    code = "bad day"
    message = N_("“%(typed)s” is not a date.")
    remedy = N_("Write the date as 31.12.2026.")


class BadPeriod(InputError):
    """A period ends before it begins."""

    code = "bad period"
    message = N_("The period ends before it begins.")
    remedy = N_("Swap the dates or clear one of them.")


@dataclass(frozen=True)
class Preset:
    """A usual choice of a period. ``title`` is an English message id; open ends mean the whole contract."""

    title: str
    period: Period


def month_of(day: date) -> Period:
    """The calendar month that the day belongs to."""
    return Period(day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))


def months_before(day: date, count: int) -> date:
    """The first day of the month that lies ``count`` months before the month of ``day``."""
    months = day.year * 12 + day.month - 1 - count
    return date(max(months // 12, 1), months % 12 + 1, 1)


def presets(today: date) -> tuple[Preset, ...]:
    """This month, the previous one, three and twelve months that end with this one, the whole contract."""
    this = month_of(today)
    return (
        Preset(N_("This month"), this),
        Preset(N_("Previous month"), month_of(months_before(today, 1))),
        Preset(N_("Quarter"), Period(months_before(today, 2), this.until)),
        Preset(N_("Year"), Period(months_before(today, 11), this.until)),
        Preset(N_("Whole contract"), Period()),
    )


def chosen_period(arguments: Mapping[str, str], default: Period) -> Period:
    """The period that the query fields ``since`` and ``until`` name, as ISO or ``dd.MM.yyyy`` days.

    Without either field it is ``default``; a blank field is an open end. Raises :class:`BadDay` and
    :class:`BadPeriod`.
    """
    if SINCE not in arguments and UNTIL not in arguments:
        return default
    period = Period(_typed_day(arguments.get(SINCE, "")), _typed_day(arguments.get(UNTIL, "")))
    if period.since and period.until and period.until < period.since:
        raise BadPeriod
    return period


def typed_arguments(arguments: Mapping[str, str]) -> dict[str, str]:
    """Those query fields that name a period, as they were typed."""
    return {name: arguments[name] for name in (SINCE, UNTIL) if name in arguments}


def _typed_day(typed: str) -> date | None:
    typed = typed.strip()
    if not typed:
        return None
    if match := _ISO.fullmatch(typed):
        year, month, day = match.groups()
    elif match := _DOTTED.fullmatch(typed):
        day, month, year = match.groups()
    else:
        raise BadDay(typed=typed[:40])
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise BadDay(typed=typed[:40]) from None


def whole_contract(contract: Contract, period: Period, today: date) -> Period:
    """The period with its open ends closed by the life of the contract: one request when an end is open.

    An open start becomes the contract's first day. An open end becomes the contract's last day or the end of this
    month, whichever is later: debts are paid after contracts end.
    """
    if period.since and period.until:
        return period
    life = read_card(contract).period
    end_of_month = month_of(today).until
    assert end_of_month is not None
    until = period.until or max(life.until or end_of_month, end_of_month)
    since = period.since or life.since or _BEFORE_EVERYTHING
    return Period(min(since, until), until)


def tense(period: Period, today: date) -> Tense:
    """Whether a period is over, runs today, or is still to come."""
    if period.since is not None and today < period.since:
        return "planned"
    return "now" if today in period else "past"


def arguments_of(period: Period) -> dict[str, str]:
    """The query fields that name the period; an open end is a blank field."""
    return {
        SINCE: period.since.isoformat() if period.since else "",
        UNTIL: period.until.isoformat() if period.until else "",
    }
