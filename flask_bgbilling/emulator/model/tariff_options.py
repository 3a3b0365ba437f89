"""Tariff options: who may have one, when it is active, what its period and price are (money.md 10)."""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, RowMapping, or_

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.model.ledger import exact_sum
from flask_bgbilling.emulator.model.money import Month
from flask_bgbilling.emulator.model.tariffs import number_list

UNKNOWN_OPTION = "Тарифная опция не найдена"
HIDE_FROM_OTHERS = 1
DAYS, MONTHS = 1, 2
MONTHS_IN_YEAR = 12


def active_at(moment: datetime) -> tuple[ColumnElement[bool], ...]:
    """Conditions for an option of a contract to be active at a moment."""
    mine = schema.contract_tariff_option.c
    return (
        mine.time_from <= moment,
        or_(mine.time_to.is_(None), mine.time_to > moment),
        or_(mine.deactivated_time.is_(None), mine.deactivated_time > moment),
    )


def is_active(row: RowMapping, moment: datetime) -> bool:
    """Whether an option of a contract is active at a moment."""
    ended = [end for end in (row["time_to"], row["deactivated_time"]) if end is not None and end <= moment]
    return row["time_from"] <= moment and not ended


def end_of_period(mode: RowMapping, start: datetime) -> datetime | None:
    """When a period of a way of activation ends that begins at a moment; ``None`` for an unlimited one."""
    amount = max(mode["period_col"], 1)
    if mode["period_mode"] == DAYS:
        return start + timedelta(days=amount)
    if mode["period_mode"] == MONTHS:
        return _months_later(start, amount)
    return None


def price(mode: RowMapping, on: date) -> Decimal:
    """What activation costs on a day; a proportional price is for the days left of the month."""
    if not mode["charge_proportional"]:
        return Decimal(mode["charge_summa"])
    last = Month.of(on).last_day.day
    return exact_sum(Decimal(mode["charge_summa"]) * (last - on.day + 1) / last)


def _months_later(start: datetime, months: int) -> datetime:
    """The same time that many months later, on the last day of a shorter month."""
    years, number = divmod(start.month - 1 + months, MONTHS_IN_YEAR)
    year = start.year + years
    return start.replace(year=year, month=number + 1, day=min(start.day, calendar.monthrange(year, number + 1)[1]))


def offered(option: RowMapping, contract: RowMapping, plans: set[int]) -> bool:
    """Whether the option is meant for the contract's groups and for one of its tariff plans."""
    if option["contract_groups"] and not option["contract_groups"] & contract["gr"]:
        return False
    wanted = number_list(option["tariffs"])
    return not wanted or not plans.isdisjoint(wanted)


def hidden(option: RowMapping, contract: RowMapping) -> bool:
    """Whether the customer does not see the option: at all, or because of the contract's groups."""
    if option["hide_for_web"]:
        return True
    groups = option["hide_for_contract_groups"]
    if not groups:
        return False
    member = bool(groups & contract["gr"])
    return not member if option["hide_for_contract_groups_mode"] == HIDE_FROM_OTHERS else member


def excluded(option: RowMapping, active: set[int]) -> bool:
    """Whether an active option forbids the option, or all that it depends on are not active."""
    if not active.isdisjoint(number_list(option["incompatible"])):
        return True
    needed = number_list(option["depends"])
    return bool(needed) and active.isdisjoint(needed)
