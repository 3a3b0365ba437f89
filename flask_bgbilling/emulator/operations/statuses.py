"""Statuses of contracts: directory, periods, log and plans (contract.md 10)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from xml.etree.ElementTree import Element

from sqlalchemy import Row, func, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.answers import day, element, item, period, search_result, table
from flask_bgbilling.emulator.errors import BadParameter
from flask_bgbilling.emulator.model.contracts import status_title, status_titles, status_today
from flask_bgbilling.emulator.model.presence import contract_of, user_names
from flask_bgbilling.emulator.registry import JsonCall, XmlCall, json_rpc, xml

CONTRACT_API = "ru.bitel.bgbilling.kernel.contract.api"
MONITOR = "ru.bitel.bgbilling.kernel.contract.status"

TASK_STATES = {"ALL": 0, "ACTIVE": 1, "EXECUTED": 2, "CANCEL": 3}
TASK_NAMES = {state: name for name, state in TASK_STATES.items()}
CUSTOMER_DAYS = 30
"""How far ahead a customer may plan a change of status."""


@json_rpc(MONITOR, "ContractStatusMonitorService", "getStatusList", below="8.2")
@json_rpc(CONTRACT_API, "ContractStatusService", "getStatusList", since="8.2")
def status_list(call: JsonCall) -> object:
    """Statuses, with ``onlyManual`` only those that a person may set."""
    return [{"id": status.id, "title": status.title} for status in _statuses(call, call.flag("onlyManual"))]


@json_rpc(CONTRACT_API, "ContractStatusService", "statusList", since="7.1")
def all_statuses(call: JsonCall) -> object:
    """All statuses."""
    return [{"id": status.id, "title": status.title} for status in _statuses(call, only_manual=False)]


@xml("contract.status", "StatusList")
def status_list_xml(call: XmlCall) -> Element:
    """Statuses as ``/data/list/item``."""
    data = call.data()
    found = element(data, "list")
    for status in _statuses(call, call.flag("onlyManual")):
        item(found, id=status.id, title=status.title)
    return data


@xml("contract.status", "ContractStatusTable", below="9.2")
def status_table(call: XmlCall) -> Element:
    """Periods of a contract, planned ones too, with titles of statuses."""
    contract = contract_of(call, "cid")
    titles = status_titles(call.db)
    data = call.data()
    rows = (
        {
            "id": found.id,
            "status": status_title(titles, found.status),
            "period": period(found.date1, found.date2),
            "comment": found.comment,
        }
        for found in _periods(call, contract["id"])
    )
    table(data, rows)
    return data


@json_rpc(CONTRACT_API, "ContractStatusService", "contractStatusList", since="9.2")
def status_periods(call: JsonCall) -> object:
    """Periods of a contract with ids of statuses; ``date`` keeps those that include that day."""
    contract = contract_of(call, "contractId")
    day_asked = call.date("date")
    return [
        {
            "id": found.id,
            "contractId": found.cid,
            "status": found.status,
            "dateFrom": found.date1,
            "dateTo": found.date2,
            "comment": found.comment,
        }
        for found in _periods(call, contract["id"])
        if day_asked is None
        or ((found.date1 is None or found.date1 <= day_asked) and (found.date2 is None or found.date2 >= day_asked))
    ]


@xml("contract.status", "ContractStatusLog", below="9.2")
def status_log_xml(call: XmlCall) -> Element:
    """Who changed the status of a contract and when; rows carry no id."""
    contract = contract_of(call, "cid")
    titles, names = status_titles(call.db), user_names(call.db)
    data = call.data()
    log = schema.contract_status_log
    query = select(log).where(log.c.cid == contract["id"]).order_by(log.c.id)
    rows = (
        {
            "date": entry.date,
            "user": names.get(entry.uid, ""),
            "status": status_title(titles, entry.status),
            "period": period(entry.date1, entry.date2),
            "comment": entry.comment,
        }
        for entry in call.db.execute(query)
    )
    table(data, rows)
    return data


@json_rpc(CONTRACT_API, "ContractStatusService", "contractStatusLogSearch", since="9.2")
def status_log_search(call: JsonCall) -> object:
    """The log with titles of statuses and ids of users; objects of a contract have no status of their
    own."""
    contract = contract_of(call, "contractId")
    page = call.page()
    if call.integer("objectId", 0):
        return search_result([], page, 0)
    titles = status_titles(call.db)
    log = schema.contract_status_log
    mine = log.c.cid == contract["id"]
    records = call.db.execute(select(func.count()).select_from(log).where(mine)).scalar_one()
    entries = call.db.execute(page.limit(select(log).where(mine).order_by(log.c.id)))
    rows = [
        {
            "id": entry.id,
            "status": status_title(titles, entry.status),
            "userId": entry.uid,
            "date": entry.date,
            "date1": entry.date1,
            "date2": entry.date2,
            "comment": entry.comment,
        }
        for entry in entries
    ]
    return search_result(rows, page, records)


@json_rpc(CONTRACT_API, "ContractStatusService", "statusFutureTasks", since="9.2")
def status_future_tasks(call: JsonCall) -> object:
    """Planned changes of status; the change itself is a JSON text under ``data``."""
    if call.text("entityType") != "CONTRACT":
        raise BadParameter(f"Неверное значение параметра entityType: {call.text('entityType')}")
    state = call.text("taskStatus", "ALL")
    if state not in TASK_STATES:
        raise BadParameter(f"Неверное значение параметра taskStatus: {state}")
    contract = contract_of(call, "entityId")
    tasks = schema.contract_status_task
    query = select(tasks).where(tasks.c.cid == contract["id"])
    if TASK_STATES[state]:
        query = query.where(tasks.c.state == TASK_STATES[state])
    return [
        {
            "id": task.id,
            "status": TASK_NAMES[task.state],
            "createTime": task.create_time,
            "createUserId": task.create_uid,
            "data": json.dumps(
                {
                    "dateFrom": day(task.date1),
                    "dateTo": day(task.date2),
                    "status": task.status,
                    "comment": task.comment,
                },
                ensure_ascii=False,
            ),
        }
        for task in call.db.execute(query.order_by(tasks.c.date1, tasks.c.id))
    ]


@json_rpc(CONTRACT_API, "ContractStatusService", "contractStatusChangeParametersGet", since="7.1")
def status_change_parameters(call: JsonCall) -> object:
    """What a customer may do with the status: the other manual statuses, on the coming thirty days."""
    contract = contract_of(call, "contractId")
    current = status_today(call.db, contract, call.today)
    planned = [found for found in _periods(call, contract["id"]) if found.date1 and found.date1 > call.today]
    days = [call.today + timedelta(days=ahead) for ahead in range(1, CUSTOMER_DAYS + 1)]
    return {
        "canCancel": bool(planned),
        "changeableStatuses": [
            {"id": status.id, "title": status.title}
            for status in _statuses(call, only_manual=True)
            if status.id != current
        ],
        "date": days[0],
        "dateList": days,
        "hasFutureChange": bool(planned),
        "hasManyFutureChanges": len(planned) > 1,
    }


def _statuses(call: XmlCall | JsonCall, only_manual: bool) -> Sequence[Row[tuple[object, ...]]]:
    statuses = schema.contract_status_list
    query = select(statuses).order_by(statuses.c.id)
    if only_manual:
        query = query.where(statuses.c.manual == 1)
    return call.db.execute(query).all()


def _periods(call: XmlCall | JsonCall, cid: int) -> Sequence[Row[tuple[object, ...]]]:
    periods = schema.contract_status
    query = select(periods).where(periods.c.cid == cid).order_by(periods.c.date1, periods.c.id)
    return call.db.execute(query).all()
