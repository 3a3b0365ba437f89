"""Sessions of the internet access module: those going on and the log (modules.md 2.6)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Table, func, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.answers import search_result
from flask_bgbilling.emulator.model.contracts import within_days
from flask_bgbilling.emulator.model.inet import encoded
from flask_bgbilling.emulator.model.instances import check_instance
from flask_bgbilling.emulator.model.patterns import mask_condition, parse_mask
from flask_bgbilling.emulator.model.presence import contract_of
from flask_bgbilling.emulator.operations.modules_inet import inet
from flask_bgbilling.emulator.registry import JsonCall
from flask_bgbilling.emulator.schema.modules_inet import inet_serv, inet_session, inet_session_log

TIME = 0
"""The pseudo type of traffic that is the length of the session."""
STATUS_NAMES = {1: "активна", 2: "приостановлена", 3: "закрыта", 4: "завершена"}
IPV4_LENGTH = 4


@inet("InetSessionService", "inetSessionAliveContractList")
def alive_of_contract(call: JsonCall) -> object:
    """Sessions of a contract that are going on, the latest first."""
    return _of_contract(call, inet_session)


@inet("InetSessionService", "inetSessionLogContractList")
def log_of_contract(call: JsonCall) -> object:
    """Ended sessions of a contract that began in a period, the latest first."""
    return _of_contract(call, inet_session_log)


@inet("InetSessionService", "inetSessionAliveList", since="7.1")
def alive(call: JsonCall) -> object:
    """Sessions of all contracts that are going on."""
    return _of_everybody(call, inet_session)


@inet("InetSessionService", "inetSessionLogList", since="7.1")
def log(call: JsonCall) -> object:
    """Ended sessions of all contracts."""
    return _of_everybody(call, inet_session_log)


def _of_contract(call: JsonCall, sessions: Table) -> object:
    """``servIds`` empty means all; ``serviceIds`` asks for accounts, which the emulator does not keep."""
    check_instance(call, "inet")
    contract = contract_of(call, "contractId")
    conditions = [
        sessions.c.contractId == contract["id"],
        *within_days(sessions.c.sessionStart, call.date("dateFrom"), call.date("dateTo")),
    ]
    if services := call.ids("servIds"):
        conditions.append(sessions.c.servId.in_(services))
    return _page(call, sessions, conditions)


def _of_everybody(call: JsonCall, sessions: Table) -> object:
    check_instance(call, "inet")
    conditions: list[ColumnElement[bool]] = []
    if devices := call.ids("deviceIds"):
        conditions.append(sessions.c.deviceId.in_(devices))
    if contracts := call.ids("contractIds"):
        conditions.append(sessions.c.contractId.in_(contracts))
    for name, column in (
        ("contract", schema.contract.c.title),
        ("login", sessions.c.username),
        ("callingStation", sessions.c.callingStationId),
    ):
        if text := call.text(name).strip():
            conditions.append(mask_condition(column, parse_mask(re.escape(text)), call.db.dialect.name))
    if address := call.text("ip").strip():
        conditions.append(sessions.c.ipAddress == _parsed(address))
    start, end = call.moment("timeFrom"), call.moment("timeTo")
    if start is not None:
        conditions.append(sessions.c.sessionStart >= start)
    if end is not None:
        conditions.append(sessions.c.sessionStart <= end)
    return _page(call, sessions, conditions)


def _parsed(address: str) -> bytes:
    """The bytes of a dotted address; what is none matches nothing."""
    parts = address.split(".")
    if len(parts) != IPV4_LENGTH or not all(part.isdigit() and int(part) < 256 for part in parts):
        return b""
    return bytes(int(part) for part in parts)


def _page(call: JsonCall, sessions: Table, conditions: Sequence[ColumnElement[bool]]) -> object:
    page = call.page()
    contract, services = schema.contract, inet_serv
    joined = sessions.join(contract, contract.c.id == sessions.c.contractId)
    records = call.db.execute(select(func.count()).select_from(joined).where(*conditions)).scalar_one()
    query = (
        select(sessions, contract.c.title.label("number"), contract.c.comment, services.c.title.label("service"))
        .select_from(joined.outerjoin(services, services.c.id == sessions.c.servId))
        .where(*conditions)
        .order_by(sessions.c.sessionStart.desc(), sessions.c.id.desc())
    )
    traffic = call.ids("trafficTypeIds")
    rows: list[Any] = [_bean(row, traffic) for row in call.db.execute(page.limit(query)).mappings()]
    return {**search_result(rows, page, records), "attributes": {}}


def _bean(row: RowMapping, traffic: Sequence[int]) -> dict[str, object]:
    address = row["ipAddress"]
    return {
        "id": row["id"],
        "conId": row["connectionId"],
        "parentId": 0,
        "splittedId": 0,
        "parConId": 0,
        "servId": row["servId"],
        "serviceTitle": row["service"] or "",
        "deviceId": row["deviceId"],
        "devicePort": row["devicePort"],
        "agentDeviceId": row["deviceId"],
        "cid": row["contractId"],
        "contractTitle": row["number"],
        "contractComment": row["comment"],
        "acctSessId": row["acctSessionId"],
        "cnsId": row["callingStationId"],
        "cdsId": row["calledStationId"],
        "username": row["username"],
        "realm": "default",
        "crctId": None,
        "ip": ".".join(str(part) for part in address) if address else None,
        "ipBytes": encoded(address),
        "ipResId": 0,
        "connectionStart": row["sessionStart"],
        "start": row["sessionStart"],
        "stop": row["sessionStop"],
        "last": row["lastActive"],
        "time": row["sessionTime"],
        "cost": row["sessionCost"],
        "status": row["status"],
        "statusName": STATUS_NAMES.get(row["status"], ""),
        "devState": row["deviceState"],
        "devOpts": [],
        "accessCode": row["accessCode"],
        "type": 0,
        "trafficMap": {str(TIME): row["sessionTime"]} if TIME in traffic else {},
        "accountMap": {},
        "children": [],
        "routeList": [],
    }
