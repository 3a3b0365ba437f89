"""Reading the internet access of a contract: JSON on every version, the package differs (modules.md 0.2, 2.2, 2.6)."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask_bgbilling.wire.answers import JsonAnswer
from flask_bgbilling.wire.codec import amount, integer, json_day, json_moment, text
from flask_bgbilling.wire.dto.common import Page
from flask_bgbilling.wire.dto.inet import InetService, InetSession
from flask_bgbilling.wire.operation import JsonRpc, Operation, Service
from flask_bgbilling.wire.ops.paging import json_page, page_object
from flask_bgbilling.wire.version import BELOW_8_2, FROM_8_2

OLD_PACKAGE = "ru.bitel.bgbilling.modules.inet.api"
PACKAGE = "ru.bitel.bgbilling.modules.inet"

STATUS_NAMES = {"STATUS_ON": 0, "STATUS_OFF": 1}
"""From 9.2404 the status of a service has a name; the name of the locked one is not known."""

DEEPEST = 20
"""How deep services are read; a tree that goes deeper is no tree of services."""

TIME = 0
"""The pseudo type of traffic that a session is asked for when nobody wants any (modules.md 2.6)."""

_UNKNOWN_STATE = -1000


def contract_only(*, cid: int) -> Mapping[str, object]:
    """The contract whose services are read."""
    return {"contractId": cid}


def alive(*, cid: int, page: int, size: int) -> Mapping[str, object]:
    """All sessions under way of a contract."""
    return {
        "contractId": cid,
        "servIds": [],
        "trafficTypeIds": [TIME],
        "serviceIds": [],
        "page": page_object(page, size),
    }


def read_services(answer: JsonAnswer) -> tuple[InetService, ...]:
    """The services of a tree, parents before their children; its root is no service."""
    root = answer.returned
    return tuple(_children(root, answer, 0)) if isinstance(root, Mapping) else ()


def read_sessions(answer: JsonAnswer) -> Page[InetSession]:
    """A page of sessions."""
    return json_page(answer.page(), [_session(row, answer) for row in answer.items()])


def _children(node: Mapping[str, Any], answer: JsonAnswer, level: int) -> Iterator[InetService]:
    children = node.get("children")
    if not isinstance(children, list) or level >= DEEPEST:
        return
    for child in children:
        if isinstance(child, Mapping):
            yield _service(child, answer, level)
            yield from _children(child, answer, level + 1)


def _service(row: Mapping[str, Any], answer: JsonAnswer, level: int) -> InetService:
    status, state = row.get("status"), integer(row.get("devState"), _UNKNOWN_STATE)
    return InetService(
        id=integer(row.get("id")),
        title=text(row.get("title")),
        level=level,
        type_title=text(row.get("typeTitle")),
        login=text(row.get("uname")) or text(row.get("login")),
        device_title=text(row.get("deviceTitle")),
        since=json_day(row.get("dateFrom"), answer.zone),
        until=json_day(row.get("dateTo"), answer.zone),
        status=STATUS_NAMES.get(status, integer(status)) if isinstance(status, str) else integer(status),
        online=None if state == _UNKNOWN_STATE else state == 1,
        comment=text(row.get("comment")),
    )


def _session(row: Mapping[str, Any], answer: JsonAnswer) -> InetSession:
    stations = [text(row.get(name)) for name in ("cnsId", "cdsId")]
    return InetSession(
        id=integer(row.get("id")),
        connection_id=integer(row.get("conId")),
        service_title=text(row.get("serviceTitle")),
        address=text(row.get("ip")),
        stations=" / ".join(filter(None, stations)),
        since=json_moment(row.get("start"), answer.zone),
        last=json_moment(row.get("last"), answer.zone),
        seconds=max(integer(row.get("time")), 0),
        cost=amount(row.get("cost")),
        connected=integer(row.get("devState")) == 1,
    )


def _services(package: str) -> Service:
    return Service(package, "InetServService", of_module=True)


def _sessions(package: str) -> Service:
    return Service(package, "InetSessionService", of_module=True)


INET_SERVICES = Operation(
    "internet services",
    forms=(
        JsonRpc(_services(OLD_PACKAGE), "inetServTree", params=contract_only, read=read_services, bands=BELOW_8_2),
        JsonRpc(_services(PACKAGE), "inetServTree", params=contract_only, read=read_services, bands=FROM_8_2),
    ),
)

INET_SESSIONS = Operation(
    "internet sessions",
    forms=(
        JsonRpc(
            _sessions(OLD_PACKAGE), "inetSessionAliveContractList", params=alive, read=read_sessions, bands=BELOW_8_2
        ),
        JsonRpc(_sessions(PACKAGE), "inetSessionAliveContractList", params=alive, read=read_sessions, bands=FROM_8_2),
    ),
)
