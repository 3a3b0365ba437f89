"""A payment or charge is never entered twice: by a double click, a reload, two tabs or a lost answer."""

import re
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from flask_bgbilling.emulator import Emulator
from flask_bgbilling.ports import SystemClock
from tests.e2e.conftest import Host, HostFactory
from tests.e2e.forms import HTMX, filled
from tests.support import wait_until

CARD = "/bgbilling/contract/bitel/101"
TODAY = "2026-11-23"

# Both ways to write: payments by XML everywhere, charges by XML below 9.2 and by JSON from there on.
WAYS = pytest.mark.parametrize(
    ("kind", "band", "write"),
    [
        ("payment", "8.2", "UpdateContractPayment"),
        ("payment", "10.2", "UpdateContractPayment"),
        ("charge", "8.2", "UpdateContractCharge"),
        ("charge", "9.2", "chargeUpdate"),
    ],
)


@dataclass
class Desk:
    """A person who adds the same money again and again."""

    host: Host
    kind: str
    write: str

    @property
    def emulator(self) -> Emulator:
        return self.host.emulators["bitel"]

    @property
    def address(self) -> str:
        return f"{CARD}/{self.kind}s/add"

    def rows(self) -> list[Any]:
        """What came of it."""
        return [row for row in self.emulator.rows(f"contract_{self.kind}", cid=101) if row["comment"] == "once"]

    def asked(self, client: FlaskClient) -> dict[str, Any]:
        """The fields of a form that waits for its answer to the question."""
        typed = {"sum": "500", "type": {"payment": "1", "charge": "22"}[self.kind], "day": TODAY, "comment": "once"}
        opened = client.get(self.address, headers=HTMX)
        asked = client.post(self.address, data=filled(opened.text, {**typed, "receipt": None}), headers=HTMX)
        assert asked.status_code == 200, asked.text
        assert 'name="confirmed"' in asked.text, asked.text
        return filled(asked.text, {})

    def send(self, client: FlaskClient, fields: dict[str, Any]) -> TestResponse:
        """The answer to a form that is sent."""
        return client.post(self.address, data=fields, headers=HTMX)

    def add(self, client: FlaskClient) -> TestResponse:
        """The whole way, with a yes to the question."""
        return self.send(client, self.asked(client))

    def act(self, client: FlaskClient, page: TestResponse, verb: str) -> TestResponse:
        """Presses a button on the page of a change."""
        found = re.search(rf'action="([^"]*/change/\d+/{verb})"', page.text)
        assert found, page.text
        return client.post(found[1], headers=HTMX)


@pytest.fixture
def desk(hosted_privately: HostFactory, kind: str, band: str, write: str) -> Desk:
    """A desk before one billing."""
    return Desk(hosted_privately(bitel=band, extra="bgbilling:server.1.requestTimeOut=3000"), kind, write)


@WAYS
def test_a_double_click_and_a_reload(desk: Desk) -> None:
    client = desk.host.client()
    fields = desk.asked(client)
    desk.emulator.faults.set("latency", operation=desk.write, delay_ms=700)
    answers: list[TestResponse] = []

    def click() -> None:
        answers.append(desk.send(desk.host.client(), fields))

    clicks = [threading.Thread(target=click) for _ in range(3)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    desk.emulator.faults.clear()
    assert len(desk.rows()) == 1
    assert {answer.status_code for answer in answers} == {200}
    assert sum("added" in answer.text for answer in answers) >= 1
    again = desk.send(client, fields)
    assert again.status_code == 200
    assert "Saved" in again.text
    assert len(desk.rows()) == 1


@WAYS
def test_two_tabs_are_asked_once_more(desk: Desk) -> None:
    client = desk.host.client()
    first, second = desk.asked(client), desk.asked(client)
    assert desk.send(client, first).status_code == 200
    answer = desk.send(client, second)
    assert "The same was done here at" in answer.text
    assert "such entry of this day already" in answer.text
    assert len(desk.rows()) == 1
    # Whoever means it gets it.
    assert desk.send(client, filled(answer.text, {})).status_code == 200
    assert len(desk.rows()) == 2


@WAYS
@pytest.mark.parametrize("fault", ["execute-but-do-not-answer", "truncated", "execute-then-hang"])
def test_a_lost_answer_is_found_in_the_billing(desk: Desk, fault: str) -> None:
    client = desk.host.client()
    fields = desk.asked(client)
    desk.emulator.faults.set(fault, operation=desk.write, count=1)
    answer = desk.send(client, fields)
    assert answer.status_code == 200
    assert f"{desk.kind.title()} added" in answer.text
    assert len(desk.rows()) == 1


@WAYS
def test_what_is_done_late_is_found_when_it_is_there(desk: Desk) -> None:
    client = desk.host.client()
    fields = desk.asked(client)
    desk.emulator.faults.set("execute-late", operation=desk.write, count=1, delay_ms=600_000)
    page = desk.send(client, fields)
    assert "The billing did not confirm" in page.text
    # Neither a reload nor another tab sends it again.
    assert "The billing did not confirm" in desk.send(client, fields).text
    answer = desk.add(client)
    assert answer.status_code == 400
    assert "Exactly the same is being done already" in answer.text
    assert "/change/" in answer.text
    assert desk.rows() == []
    desk.emulator.faults.clear()
    wait_until(lambda: len(desk.rows()) == 1)
    answer = desk.act(client, page, "look")
    assert f"{desk.kind.title()} added" in answer.text
    assert len(desk.rows()) == 1


@WAYS
def test_what_was_not_done_a_person_decides_after_the_deadline(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    client = desk.host.client()
    fields = desk.asked(client)
    desk.emulator.faults.set("reset", operation=desk.write, count=1)
    page = desk.send(client, fields)
    assert "The billing did not confirm" in page.text
    assert "It was not done: close" not in page.text, "the billing still has its time"
    assert "It is not there so far." in desk.act(client, page, "look").text
    early = client.post(re.sub("/look$", "/give-up", re.findall(r'action="([^"]*/look)"', page.text)[0]), headers=HTMX)
    assert early.status_code == 400
    monkeypatch.setattr(SystemClock, "now", lambda self: datetime.now(UTC) + timedelta(minutes=10))
    page = desk.act(client, page, "look")
    assert "It was not done: close" in page.text
    desk.act(client, page, "give-up")
    assert desk.rows() == []
    assert f"{desk.kind.title()} added" in desk.add(client).text
    assert len(desk.rows()) == 1
