"""Statuses of a contract: periods, history, planned changes (contract.md 10)."""

from collections.abc import Mapping
from typing import Any

from flask_bgbilling.wire.answers import JsonAnswer, Unreadable, XmlAnswer
from flask_bgbilling.wire.codec import integer, json_day, json_moment, moment, period, text
from flask_bgbilling.wire.dto.common import Period
from flask_bgbilling.wire.dto.statuses import StatusChange, StatusPeriod, StatusTask
from flask_bgbilling.wire.json_rpc import parse_text
from flask_bgbilling.wire.operation import Directory, JsonRpc, Operation, XmlAction
from flask_bgbilling.wire.ops.directories import STATUS_MONITOR_SERVICE, STATUS_SERVICE, read_names
from flask_bgbilling.wire.ops.paging import everything
from flask_bgbilling.wire.version import BELOW_8_2, BELOW_9_2, FROM_8_2, FROM_9_2


def by_cid(*, cid: int) -> Mapping[str, object]:
    """The field of the XML forms."""
    return {"cid": cid}


def by_contract(*, cid: int) -> Mapping[str, object]:
    """The parameter of the JSON list."""
    return {"contractId": cid}


def whole_log(*, cid: int) -> Mapping[str, object]:
    """The whole history of the contract itself, none of its objects."""
    return {"contractId": cid, "objectId": 0, "page": everything()}


def waiting_tasks(*, cid: int) -> Mapping[str, object]:
    """Changes that are still to be made."""
    return {"entityType": "CONTRACT", "entityId": cid, "taskStatus": "ACTIVE"}


def manual_only() -> Mapping[str, object]:
    """Statuses that a person may set, none of those that only the billing sets."""
    return {"onlyManual": True}


def read_period_rows(answer: XmlAnswer) -> tuple[StatusPeriod, ...]:
    """Periods with the status by title."""
    return tuple(
        StatusPeriod(
            id=integer(row.get("id")),
            period=period(row.get("period")),
            status=text(row.get("status")),
            comment=text(row.get("comment")),
        )
        for row in answer.rows()
    )


def read_period_list(answer: JsonAnswer) -> tuple[StatusPeriod, ...]:
    """Periods with the status by id."""
    return tuple(
        StatusPeriod(
            id=integer(item.get("id")),
            period=_days(item, answer, "dateFrom", "dateTo"),
            status_id=_status_id(item.get("status")),
            status=_status_title(item.get("status")),
            comment=text(item.get("comment")),
        )
        for item in answer.items()
    )


def read_log_rows(answer: XmlAnswer) -> tuple[StatusChange, ...]:
    """History with titles and names."""
    return tuple(
        StatusChange(
            period=period(row.get("period")),
            at=moment(row.get("date"), answer.zone),
            status=text(row.get("status")),
            user_name=text(row.get("user")),
            comment=text(row.get("comment")),
        )
        for row in answer.rows()
    )


def read_log_list(answer: JsonAnswer) -> tuple[StatusChange, ...]:
    """History with ids. Whether ``status`` is an id or a title is not recorded: both are read."""
    return tuple(
        StatusChange(
            period=_days(item, answer, "date1", "date2"),
            at=json_moment(item.get("date"), answer.zone),
            status_id=_status_id(item.get("status")),
            status=_status_title(item.get("status")),
            user_id=integer(item.get("userId")),
            comment=text(item.get("comment")),
        )
        for item in answer.items()
    )


def read_tasks(answer: JsonAnswer) -> tuple[StatusTask, ...]:
    """Planned changes; their details are a JSON document inside a string."""
    tasks = []
    for item in answer.items():
        details = _details(item.get("data"))
        tasks.append(
            StatusTask(
                period=_days(details, answer, "dateFrom", "dateTo"),
                status_id=_status_id(details.get("status")),
                state=text(item.get("status")),
                comment=text(details.get("comment")),
                created_at=json_moment(item.get("createTime"), answer.zone),
                creator_id=integer(item.get("createUserId")),
            )
        )
    return tuple(tasks)


def _details(data: object) -> Mapping[str, Any]:
    if isinstance(data, str):
        try:
            data = parse_text(data)
        except Unreadable:
            return {}
    return data if isinstance(data, Mapping) else {}


def _days(item: Mapping[str, Any], answer: JsonAnswer, since: str, until: str) -> Period:
    return Period(json_day(item.get(since), answer.zone), json_day(item.get(until), answer.zone))


def _status_id(value: object) -> int | None:
    number = integer(value, -1)
    return number if number >= 0 else None


def _status_title(value: object) -> str:
    return "" if _status_id(value) is not None else text(value)


STATUS_PERIODS = Operation(
    "status periods",
    forms=(
        XmlAction("contract.status", "ContractStatusTable", fields=by_cid, read=read_period_rows, bands=BELOW_9_2),
        JsonRpc(STATUS_SERVICE, "contractStatusList", params=by_contract, read=read_period_list, bands=FROM_9_2),
    ),
)

STATUS_LOG = Operation(
    "status history",
    forms=(
        XmlAction("contract.status", "ContractStatusLog", fields=by_cid, read=read_log_rows, bands=BELOW_9_2),
        JsonRpc(STATUS_SERVICE, "contractStatusLogSearch", params=whole_log, read=read_log_list, bands=FROM_9_2),
    ),
)

STATUS_TASKS = Operation(
    "planned status changes",
    forms=(JsonRpc(STATUS_SERVICE, "statusFutureTasks", params=waiting_tasks, read=read_tasks, bands=FROM_9_2),),
)

MANUAL_STATUS_NAMES = Operation(
    "names of manual statuses",
    forms=(
        JsonRpc(STATUS_MONITOR_SERVICE, "getStatusList", params=manual_only, read=read_names, bands=BELOW_8_2),
        JsonRpc(STATUS_SERVICE, "getStatusList", params=manual_only, read=read_names, bands=FROM_8_2),
    ),
)

MANUAL_STATUSES = Directory("manual statuses", MANUAL_STATUS_NAMES)
"""The statuses that a person may set."""
