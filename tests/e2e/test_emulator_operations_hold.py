"""Every operation answers every request: proper, empty, about nothing, or nonsense; and reading changes nothing."""

import json
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen
from xml.etree.ElementTree import fromstring

import pytest

from flask_bgbilling.emulator import Emulator, EmulatorSettings, schema
from flask_bgbilling.emulator.registry import OPERATIONS, Operation
from flask_bgbilling.emulator.version import SUPPORTED, Version

PROPER: dict[str, Any] = {
    "cid": "101",
    "id": "1",
    "pid": "3",
    "mid": "1",
    "object": "1",
    "param": "1",
    "date1": "01.01.2026",
    "date2": "31.12.2026",
    "contractId": 101,
    "parameterId": 4,
    "moduleId": 1,
    "period": {"dateFrom": "2026-01-01", "dateTo": None},
    "page": {"pageIndex": 1, "pageSize": 10},
}
NOTHING: dict[str, Any] = dict.fromkeys(("cid", "contractId", "id", "pid", "parameterId", "mid"), 999999999)
NONSENSE: dict[str, Any] = {
    **dict.fromkeys(PROPER, "'; <x> ^.*("),
    "parameter": "(",
    "title": "[",
    "contractMask": "(((",
    "entityFilter": "x",
}
NULLS: dict[str, Any] = dict.fromkeys(PROPER)


def of_band(band: Version) -> list[Operation]:
    """The operations whose first or last band this is, so that each is tried at both ends of its life."""
    chosen = []
    for operation in OPERATIONS:
        bands = [known for known in SUPPORTED if operation.covers(known)]
        if band in (bands[0], bands[-1]):
            chosen.append(operation)
    return chosen


def send(emulator: Emulator, operation: Operation, params: dict[str, Any]) -> tuple[str, bytes]:
    """The content type and the body of the answer; HTTP errors raise."""
    if operation.kind == "xml":
        module, action = operation.name.split("/")
        texts = {name: value for name, value in params.items() if isinstance(value, str | int)}
        body = urlencode({"module": module, "action": action, "user": "admin", "pswd": "admin", **texts}).encode()
        request = Request(emulator.url, body)
    else:
        service, method = operation.name.rsplit(".", 1)
        call = {"method": method, "user": {"user": "admin", "pswd": "admin"}, "params": params}
        request = Request(f"{emulator.url}/json/{service}", json.dumps(call).encode())
    with urlopen(request, timeout=20) as answer:
        return str(answer.headers["Content-Type"]), answer.read()


def status(content_type: str, body: bytes) -> str | None:
    """The status of an answer, which must be complete; raw cards count as ``ok``."""
    if content_type.startswith("text/xml"):
        return fromstring(body).get("status")
    if content_type.startswith("application/json"):
        envelope = json.loads(body)
        assert sorted(envelope) == ["data", "exception", "message", "status", "tag"]
        return str(envelope["status"])
    assert body.startswith((b"%PDF", b"<")), body[:40]
    return "ok"


@pytest.mark.parametrize("band", SUPPORTED, ids=str)
def test_every_request_gets_an_answer_and_reading_changes_nothing(band: Version) -> None:
    with Emulator(EmulatorSettings(version=str(band), contracts=15)) as emulator:
        before = {name: emulator.rows(name) for name in schema.METADATA.tables}
        operations = of_band(band)
        for operation in operations:
            if operation.right != "read":
                continue
            for params in (PROPER, {}, NOTHING, NONSENSE, NULLS):
                answered = status(*send(emulator, operation, params))
                assert answered in ("ok", "error", "message"), operation
        assert emulator.failures == []
        assert {name: emulator.rows(name) for name in schema.METADATA.tables} == before


@pytest.mark.parametrize("band", SUPPORTED, ids=str)
def test_every_write_refuses_nonsense_without_a_defect(band: Version) -> None:
    with Emulator(EmulatorSettings(version=str(band), contracts=15)) as emulator:
        for operation in of_band(band):
            if operation.right == "read":
                continue
            for params in ({}, NOTHING, NONSENSE, NULLS):
                assert status(*send(emulator, operation, params)) in ("ok", "error", "message"), operation
        assert emulator.failures == []
