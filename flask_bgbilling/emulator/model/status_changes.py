"""Changing the status of a contract: periods are cut, planned changes and the log are kept (contract.md 10)."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import RowMapping, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.calls import Call
from flask_bgbilling.emulator.errors import Refused
from flask_bgbilling.emulator.model.changes import add_row, change_row, checked_period, remove_rows
from flask_bgbilling.emulator.model.contracts import status_today

ACTIVE_TASK, CANCELLED_TASK = 1, 3
DAY = timedelta(days=1)


def manual_status(call: Call, status: int) -> RowMapping:
    """A status that a person may set; refused when it is unknown or set by the server only."""
    statuses = schema.contract_status_list
    found = call.db.execute(select(statuses).where(statuses.c.id == status)).mappings().first()
    if found is None:
        raise Refused(f"Статус не найден: {status}")
    if not found["manual"]:
        raise Refused(f"Статус «{found['title']}» нельзя установить вручную")
    return found


def change_status(
    call: Call,
    contract: RowMapping,
    status: int,
    start: date,
    end: date | None,
    comment: str,
    *,
    confirmed: bool = True,
) -> int:
    """Gives a contract a status for a period, an open end is for ever; returns the id of the period.

    What was there in those days gives way: earlier periods end the day before, a period around a closed one goes on
    the day after, planned periods inside disappear. The latter is refused unless ``confirmed``.
    """
    checked_period(start, end)
    periods = schema.contract_status
    mine = (periods.c.cid == contract["id"],)
    known = list(call.db.execute(select(periods).where(*mine).order_by(periods.c.id)).mappings())
    touched = [period for period in known if _overlap(period, start, end)]
    if not confirmed and any(period["date1"] and period["date1"] > call.today for period in touched):
        raise Refused("Есть запланированные изменения статуса, требуется подтверждение")
    for period in touched:
        _give_way(call, period, start, end)
    common = {"cid": contract["id"], "status": status, "date1": start, "date2": end, "comment": comment}
    number = add_row(call.db, periods, uid=call.user.id, **common)
    add_row(call.db, schema.contract_status_log, uid=call.user.id, date=call.now, **common)
    _keep_plan(call, contract["id"])
    _keep_current(call, contract)
    return number


def _overlap(period: RowMapping, start: date, end: date | None) -> bool:
    begun = end is None or period["date1"] is None or period["date1"] <= end
    return begun and (period["date2"] is None or period["date2"] >= start)


def _give_way(call: Call, period: RowMapping, start: date, end: date | None) -> None:
    """Cuts the days of the new period out of an old one."""
    periods = schema.contract_status
    goes_on = end is not None and end < date.max and (period["date2"] is None or period["date2"] > end)
    if period["date1"] is None or period["date1"] < start:
        change_row(call.db, periods, period["id"], date2=start - DAY)
        if end is not None and goes_on:
            rest = {**period, "date1": end + DAY}
            del rest["id"]
            add_row(call.db, periods, **rest)
    elif end is not None and goes_on:
        change_row(call.db, periods, period["id"], date1=end + DAY)
    else:
        remove_rows(call.db, periods, periods.c.id == period["id"])


def _keep_plan(call: Call, cid: int) -> None:
    """Lets the active tasks be the periods of the future: new ones are added, those that are gone are cancelled."""
    tasks, periods = schema.contract_status_task, schema.contract_status
    key = ("status", "date1", "date2", "comment")
    query = select(periods).where(periods.c.cid == cid, periods.c.date1 > call.today).order_by(periods.c.date1)
    planned = [{name: row[name] for name in key} for row in call.db.execute(query).mappings()]
    query = select(tasks).where(tasks.c.cid == cid, tasks.c.state == ACTIVE_TASK)
    for task in list(call.db.execute(query).mappings()):
        mine = {name: task[name] for name in key}
        if mine in planned:
            planned.remove(mine)
        else:
            change_row(call.db, tasks, task["id"], state=CANCELLED_TASK)
    for period in planned:
        add_row(call.db, tasks, cid=cid, state=ACTIVE_TASK, create_time=call.now, create_uid=call.user.id, **period)


def _keep_current(call: Call, contract: RowMapping) -> None:
    """Writes the status of today into the contract, with the day it began when it is another one."""
    current = status_today(call.db, contract, call.today)
    if current == contract["status"]:
        return
    periods = schema.contract_status
    query = select(periods.c.date1).where(
        periods.c.cid == contract["id"], periods.c.status == current, periods.c.date1 <= call.today
    )
    since = call.db.execute(query.order_by(periods.c.date1.desc())).scalar()
    change_row(call.db, schema.contract, contract["id"], status=current, status_date=since or call.today)
