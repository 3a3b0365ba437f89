"""Every fault as a client of the emulator sees it."""

import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen
from xml.etree.ElementTree import ParseError, fromstring

import pytest

from flask_bgbilling.emulator import Emulator, EmulatorSettings
from tests.raw_calls import ask_json, ask_xml, xml_ok
from tests.support import Emulated, wait_until

PATIENCE = 10.0
LIST = {"module": "service", "action": "Modules"}
COMMAND = {"module": "admin", "action": "Command", "command": "put", "value": "openContract:101"}


@pytest.fixture
def billing(emulated: Emulated) -> Emulator:
    return emulated("9.2", seed=9, contracts=12)


def send(
    emulator: Emulator, fields: Mapping[str, str] = LIST, *, timeout: float = PATIENCE
) -> http.client.HTTPResponse:
    """Sends an XML action and gives the answer with its body unread."""
    address = urlsplit(emulator.url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=timeout)
    body = urlencode({"user": "admin", "pswd": "admin", **fields})
    connection.request("POST", address.path, body, {"Connection": "close"})
    return connection.getresponse()


def control(emulator: Emulator, order: object = None) -> dict[str, Any]:
    """The answer of the fault control; an order is posted, nothing only asks."""
    address = urlsplit(emulator.url)
    url = f"http://{address.netloc}/emulator/faults"
    data = None if order is None else json.dumps(order).encode()
    with urlopen(Request(url, data), timeout=PATIENCE) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def test_latency_delays_every_call(billing: Emulator) -> None:
    billing.faults.set("latency", delay_ms=120, jitter_ms=10)
    began = time.monotonic()
    xml_ok(billing, "service", "Modules")
    assert 0.12 <= time.monotonic() - began < PATIENCE
    billing.faults.clear()


@pytest.mark.parametrize(("fault", "executed"), [("hang", 0), ("execute-then-hang", 1)])
def test_a_hanging_call_never_answers_and_ends_with_its_client(billing: Emulator, fault: str, executed: int) -> None:
    before = len(billing.rows("user_command"))
    billing.faults.set(fault, operation="admin/Command")
    with pytest.raises(TimeoutError):
        send(billing, COMMAND, timeout=0.3)
    xml_ok(billing, "service", "Modules")
    wait_until(lambda: any(call.name == "admin/Command" for call in billing.calls), PATIENCE)
    assert len(billing.rows("user_command")) == before + executed


@pytest.mark.parametrize(("fault", "executed"), [("reset", 0), ("execute-but-do-not-answer", 1)])
def test_a_reset_connection_brings_no_answer(billing: Emulator, fault: str, executed: int) -> None:
    before = len(billing.rows("user_command"))
    billing.faults.set(fault, count=1)
    with pytest.raises((ConnectionResetError, http.client.RemoteDisconnected)):
        send(billing, COMMAND)
    assert len(billing.rows("user_command")) == before + executed
    assert send(billing, COMMAND).status == 200


@pytest.mark.parametrize("status", [500, 503])
def test_an_http_error_executes_nothing(billing: Emulator, status: int) -> None:
    before = len(billing.rows("user_command"))
    billing.faults.set("http-500", status=status)
    answer = send(billing, COMMAND)
    assert (answer.status, answer.getheader("Content-Type")) == (status, "text/html")
    assert len(billing.rows("user_command")) == before


def test_a_truncated_answer_is_shorter_than_it_says(billing: Emulator) -> None:
    billing.faults.set("truncated")
    with pytest.raises(http.client.IncompleteRead) as caught:
        send(billing).read()
    assert caught.value.partial.startswith(b"<?xml")
    assert caught.value.expected


def test_a_cut_body_is_complete_http_and_broken_xml(billing: Emulator) -> None:
    billing.faults.set("cut-body")
    body = send(billing).read()
    assert body.startswith(b"<?xml")
    with pytest.raises(ParseError):
        fromstring(body)


def test_garbage_has_the_wanted_size(billing: Emulator) -> None:
    billing.faults.set("garbled")
    assert len(send(billing).read()) == 10 * 1024 * 1024
    billing.faults.set("garbled", size=1000)
    body = send(billing).read()
    assert len(body) == 1000
    with pytest.raises(ParseError):
        fromstring(body)


def test_a_wrong_content_type_carries_the_right_body(billing: Emulator) -> None:
    billing.faults.set("wrong-content-type")
    answer = send(billing)
    assert answer.getheader("Content-Type") == "image/png"
    assert fromstring(answer.read()).get("status") == "ok"


def test_an_endless_answer_goes_on_until_the_client_leaves(billing: Emulator) -> None:
    billing.faults.set("endless")
    answer = send(billing)
    received = sum(len(answer.read(64 * 1024)) for _ in range(64))
    assert received == 64 * 64 * 1024
    answer.close()
    wait_until(lambda: bool(billing.calls), PATIENCE)


def test_a_bomb_declares_entities(billing: Emulator) -> None:
    billing.faults.set("entity-bomb")
    body = send(billing).read()
    assert b"<!ENTITY a9" in body
    assert len(body) < 10_000


def test_invalid_utf_8_is_inside_the_document(billing: Emulator) -> None:
    billing.faults.set("invalid-utf-8")
    body = send(billing).read()
    assert body.startswith(b"<?xml")
    with pytest.raises(UnicodeDecodeError):
        body.decode()


def test_illegal_references_are_written_literally(billing: Emulator) -> None:
    billing.faults.set("illegal-references")
    body = send(billing).read()
    assert b'title="' in body
    assert b"&#0;" in body
    with pytest.raises(ParseError):
        fromstring(body)
    fromstring(body.replace(b"&#0;", b"?"))
    assert ask_json(billing, "ru.bitel.bgbilling.kernel.bgsecure/UserService", "userInfoList")["status"] == "ok"


def test_a_fault_is_scoped_by_operation_and_by_count(billing: Emulator) -> None:
    billing.faults.set("http-500", operation="admin/", skip=1, count=1)
    assert [send(billing, COMMAND).status for _ in range(3)] == [200, 500, 200]
    assert send(billing).status == 200


def test_faults_are_controlled_over_http(billing: Emulator) -> None:
    assert control(billing) == {"faults": []}
    (fault,) = control(billing, {"name": "http-500", "operation": "service/", "count": 1})["faults"]
    assert (fault["name"], fault["operation"], fault["count"]) == ("http-500", "service/", 1)
    assert send(billing).status == 500
    assert control(billing) == {"faults": []}
    control(billing, {"name": "hang"})
    assert control(billing, {"clear": True}) == {"faults": []}
    orders: list[object] = [{"name": "unknown"}, {"name": 1}, [], {"name": "hang", "count": "x"}]
    for nonsense in orders:
        with pytest.raises(HTTPError) as caught:
            control(billing, nonsense)
        assert caught.value.code == 400
        assert json.load(caught.value)["error"]
    assert control(billing) == {"faults": []}


def test_the_control_is_not_hit_by_faults(billing: Emulator) -> None:
    billing.faults.set("hang")
    assert control(billing, {"clear": "hang"}) == {"faults": []}


@pytest.mark.parametrize("fault", ["hang", "endless"])
def test_stopping_ends_calls_that_hang(fault: str) -> None:
    settings = EmulatorSettings(version="9.2", contracts=12, fault=fault)
    with Emulator(settings) as emulator:
        address = urlsplit(emulator.url)
        with closing(socket.create_connection((str(address.hostname), int(address.port or 0)), PATIENCE)) as client:
            target = f"{address.path}?module=service&action=Modules&user=admin&pswd=admin"
            client.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            if fault == "endless":
                assert client.recv(10).startswith(b"HTTP/1.1")
            stopping = threading.Thread(target=emulator.stop)
            stopping.start()
            assert _drained(client)
            stopping.join(PATIENCE)
            assert not stopping.is_alive()


def _drained(client: socket.socket) -> bool:
    """Whether the other side ends the connection."""
    receive: Callable[[int], bytes] = client.recv
    try:
        while receive(1 << 20):
            continue
    except ConnectionError:
        return True
    return True


def test_settings_switch_faults_on_from_the_start() -> None:
    with Emulator(EmulatorSettings(contracts=12, latency_ms=5, fault="http-500")) as emulator:
        assert [fault["name"] for fault in emulator.faults.listed()] == ["latency", "http-500"]
        assert send(emulator).status == 500
    with pytest.raises(ValueError, match="unknown fault"):
        Emulator(EmulatorSettings(contracts=12, fault="flood"))


def test_the_whole_server_may_write_illegal_references() -> None:
    with Emulator(EmulatorSettings(contracts=12, illegal_references=True)) as emulator:
        assert b"&#0;" in send(emulator).read()
        with pytest.raises(ParseError):
            ask_xml(emulator, "service", "Modules")


def test_a_late_execution_comes_after_the_client_has_given_up(billing: Emulator) -> None:
    before = len(billing.rows("user_command"))
    billing.faults.set("execute-late", operation="admin/Command", count=1, delay_ms=1500)
    began = time.monotonic()
    with pytest.raises((ConnectionResetError, http.client.RemoteDisconnected)):
        send(billing, COMMAND)
    assert time.monotonic() - began < 1.5, "the client learns at once that there is no answer"
    assert len(billing.rows("user_command")) == before, "and it is not done yet"
    wait_until(lambda: len(billing.rows("user_command")) == before + 1, PATIENCE)
    assert time.monotonic() - began >= 1.5


def test_a_late_execution_comes_at_once_when_the_fault_is_cleared(billing: Emulator) -> None:
    before = len(billing.rows("user_command"))
    billing.faults.set("execute-late", operation="admin/Command", count=1, delay_ms=600_000)
    with pytest.raises((ConnectionResetError, http.client.RemoteDisconnected)):
        send(billing, COMMAND)
    billing.faults.clear("hang")
    assert len(billing.rows("user_command")) == before
    billing.faults.clear("execute-late")
    wait_until(lambda: len(billing.rows("user_command")) == before + 1, PATIENCE)


def test_a_late_execution_does_not_outlive_the_server() -> None:
    with Emulator(EmulatorSettings(version="9.2", contracts=12)) as emulator:
        emulator.faults.set("execute-late", delay_ms=60_000)
        with pytest.raises((ConnectionResetError, http.client.RemoteDisconnected)):
            send(emulator, COMMAND)
        began = time.monotonic()
    assert time.monotonic() - began < PATIENCE
