"""Status and limit are changed, for ever and for some days, in every version."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from flask_bgbilling.emulator import Emulator
from tests.e2e.conftest import HostFactory, hosts
from tests.e2e.forms import HTMX, fields_of, filled, post_form
from tests.support import ALL_BANDS, Emulated

CARD = "/bgbilling/contract/bitel/101"
STATUS = f"{CARD}/status/change"
LIMIT = f"{CARD}/limit/set"
DAY = timedelta(days=1)
BLOCKED, SUSPENDED = 2, 4


@pytest.fixture
def hosted_today(private_billing: Emulated, tmp_path: Path) -> HostFactory:
    """Hosts whose billings of this test alone have the same today as the host."""
    return hosts(lambda version: private_billing(version, frozen_at=None), tmp_path)


def opened(hosted: HostFactory, band: str = "9.2", login: str = "operator") -> tuple[FlaskClient, Emulator]:
    host = hosted(bitel=band)
    return host.client(login), host.emulators["bitel"]


def today_of(client: FlaskClient) -> date:
    return date.fromisoformat(fields_of(client.get(STATUS, headers=HTMX).text)["since"][0])


def periods(emulator: Emulator) -> list[tuple[int, date | None, date | None]]:
    rows = emulator.rows("contract_status", cid=101)
    return sorted(((row["status"], row["date1"], row["date2"]) for row in rows), key=lambda row: row[1] or date.min)


def limit_of(emulator: Emulator) -> Decimal:
    found: Decimal = emulator.rows("contract", id=101)[0]["closesumma"]
    return found


def tasks(emulator: Emulator) -> list[dict[str, Any]]:
    return emulator.rows("contract_limit_period", cid=101, status="on")


@pytest.mark.parametrize("band", ALL_BANDS)
def test_the_status_is_changed_today_and_planned(hosted_today: HostFactory, band: str) -> None:
    client, emulator = opened(hosted_today, band)
    today = today_of(client)
    answer = post_form(client, STATUS, status=str(SUSPENDED), comment="отпуск")
    assert answer.status_code == 200, answer.text
    assert "The status is changed" in answer.text
    assert (SUSPENDED, today, None) in periods(emulator)
    assert emulator.rows("contract", id=101)[0]["status"] == SUSPENDED
    first, last = today + 10 * DAY, today + 20 * DAY
    answer = post_form(client, STATUS, status=str(BLOCKED), since=first.isoformat(), until=last.isoformat())
    assert answer.status_code == 200, answer.text
    assert (BLOCKED, first, last) in periods(emulator)
    assert "takes its place" in answer.text, "a planned change cannot be taken back"
    again = f"{STATUS}?since={first}&until={last}"
    answer = post_form(client, again, status="0", confirm=False)
    assert "will be dropped" in answer.text
    assert (BLOCKED, first, last) in periods(emulator), "asked first"
    answer = client.post(again, data=filled(answer.text, {}), headers=HTMX)
    assert answer.status_code == 200
    assert (0, first, last) in periods(emulator)
    assert (BLOCKED, first, last) not in periods(emulator)


@pytest.mark.parametrize("band", ["8.2", "10.2"])
def test_a_status_that_holds_already_is_not_sent(hosted_today: HostFactory, band: str) -> None:
    client, emulator = opened(hosted_today, band)
    post_form(client, STATUS, status=str(SUSPENDED))
    before = periods(emulator)
    answer = post_form(client, STATUS, status=str(SUSPENDED))
    assert "Nothing was changed" in answer.text
    assert periods(emulator) == before


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"status": ""}, "Choose one of the list"),
        ({"status": "77"}, "Choose one of the list"),
        ({"status": "2", "since": ""}, "A date is needed"),
        ({"status": "2", "since": "2026-12-10", "until": "2026-12-01"}, "The end is before the beginning"),
        ({"status": "2", "since": "31.02.2026"}, "is not a date"),
    ],
)
def test_a_status_that_cannot_be_set(hosted_today: HostFactory, typed: dict[str, str], words: str) -> None:
    client, emulator = opened(hosted_today)
    before = periods(emulator)
    answer = post_form(client, STATUS, comment="слова", **typed)
    assert answer.status_code == 400
    assert words in answer.text
    assert fields_of(answer.text)["comment"] == ["слова"]
    assert periods(emulator) == before


@pytest.mark.parametrize("band", ["8.2", "10.2"])
def test_plans_that_only_the_billing_knows_are_dropped_with_a_tick(
    private_billing: Emulated, tmp_path: Path, band: str
) -> None:
    behind = datetime.now() - timedelta(days=35)
    client, emulator = opened(hosts(lambda version: private_billing(version, frozen_at=behind), tmp_path), band)
    before = periods(emulator)
    answer = post_form(client, STATUS, status=str(BLOCKED), comment="за долги")
    assert answer.status_code == 502
    assert "требуется подтверждение" in answer.text, "the billing's words"
    assert fields_of(answer.text)["comment"] == ["за долги"]
    assert periods(emulator) == before
    answer = client.post(STATUS, data=filled(answer.text, {"replace": "1"}), headers=HTMX)
    assert answer.status_code == 200, answer.text
    assert periods(emulator)[-1][0] == BLOCKED


def test_a_stale_status_shows_what_is_there(hosted_today: HostFactory) -> None:
    client, emulator = opened(hosted_today)
    page = client.get(STATUS, headers=HTMX)
    post_form(client, STATUS, status=str(BLOCKED), comment="за долги")
    answer = client.post(STATUS, data=filled(page.text, {"status": str(SUSPENDED)}), headers=HTMX)
    assert answer.status_code == 400
    assert "за долги" in answer.text
    assert emulator.rows("contract", id=101)[0]["status"] == BLOCKED


def test_a_lost_answer_about_the_status_is_looked_for(hosted_today: HostFactory) -> None:
    client, emulator = opened(hosted_today)
    emulator.faults.set("execute-but-do-not-answer", operation="changeContractStatus", count=1)
    answer = post_form(client, STATUS, status=str(BLOCKED))
    assert "The status is changed" in answer.text
    assert [row[0] for row in periods(emulator)].count(BLOCKED) == 1


def test_the_limit_is_changed_with_one_read_one_write_and_the_section(hosted_today: HostFactory) -> None:
    client, emulator = opened(hosted_today)
    page = client.get(LIMIT, headers=HTMX)
    client.get(f"{CARD}/limit", headers=HTMX)
    before = len(emulator.calls)
    section = client.get(f"{CARD}/limit", headers=HTMX)
    assert section.status_code == 200
    reading = len(emulator.calls) - before
    before = len(emulator.calls)
    client.post(LIMIT, data=filled(page.text, {"limit": "-1 500,50", "days": ""}), headers=HTMX)
    assert len(emulator.calls) - before == 2 + reading
    assert limit_of(emulator) == Decimal("-1500.50")


@pytest.mark.parametrize("band", ALL_BANDS)
def test_the_limit_for_ever_for_days_and_back(hosted_today: HostFactory, band: str) -> None:
    client, emulator = opened(hosted_today, band)
    waiting = {task["id"] for task in tasks(emulator)}
    answer = post_form(client, LIMIT, limit="-700", comment="договорились")
    assert answer.status_code == 200, answer.text
    assert limit_of(emulator) == Decimal(-700)
    assert emulator.rows("log_contract_limit", cid=101)[-1]["comment"] == "договорились"
    answer = post_form(client, LIMIT, limit="-900", days="5")
    assert answer.status_code == 200, answer.text
    assert limit_of(emulator) == Decimal(-900)
    (task,) = [task for task in tasks(emulator) if task["id"] not in waiting]
    assert task["value"] == Decimal(-700)
    answer = post_form(client, f"{CARD}/limit/cancel?task={task['id']}&in=5")
    assert answer.status_code == 200, answer.text
    assert task["id"] not in {task["id"] for task in tasks(emulator)}
    answer = client.get(f"{CARD}/limit/cancel?task={task['id']}", headers=HTMX)
    assert answer.status_code == 410, "it does not wait any more"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"limit": "1,005"}, "at most two decimals"),
        ({"limit": "много"}, "is not a sum"),
        ({"limit": ""}, "A sum is needed"),
        ({"limit": "-5", "days": "0"}, "A whole number"),
        ({"limit": "-5", "days": "-3"}, "A whole number"),
        ({"limit": "-5", "days": "1.5"}, "A whole number"),
    ],
)
def test_a_limit_that_cannot_be_set(hosted_today: HostFactory, typed: dict[str, str], words: str) -> None:
    client, emulator = opened(hosted_today)
    before = limit_of(emulator)
    answer = post_form(client, LIMIT, **typed)
    assert answer.status_code == 400
    assert words in answer.text
    assert fields_of(answer.text)["limit"] == [typed["limit"]]
    assert limit_of(emulator) == before


@pytest.mark.parametrize("fault", ["execute-but-do-not-answer", "reset"])
def test_a_limit_for_days_is_never_set_twice(hosted_today: HostFactory, fault: str) -> None:
    client, emulator = opened(hosted_today)
    waiting = len(tasks(emulator))
    emulator.faults.set(fault, operation="updateContractLimitPeriod", count=1)
    page = client.get(LIMIT, headers=HTMX)
    typed = filled(page.text, {"limit": "-900", "days": "5"})
    for _ in range(2):
        answer = client.post(LIMIT, data=typed, headers=HTMX)
        assert answer.status_code in {200, 303}, answer.text
    assert len(tasks(emulator)) - waiting == (1 if fault.startswith("execute") else 0)


def test_tasks_of_another_contract_are_none(hosted_today: HostFactory) -> None:
    client, emulator = opened(hosted_today)
    post_form(client, "/bgbilling/contract/bitel/102/limit/set", limit="-900", days="5")
    (foreign,) = emulator.rows("contract_limit_period", cid=102, status="on")[-1:]
    address = f"{CARD}/limit/cancel?task={foreign['id']}"
    assert client.get(address, headers=HTMX).status_code == 410
    answer = client.post(address, data={"once": "x" * 24, "seen": "x"}, headers=HTMX)
    assert answer.status_code == 410
    assert emulator.rows("contract_limit_period", id=foreign["id"])[0]["status"] == "on"


def test_what_is_not_granted_is_neither_offered_nor_accepted(hosted_today: HostFactory) -> None:
    client, emulator = opened(hosted_today, login="viewer")
    before = (periods(emulator), limit_of(emulator))
    for address in (STATUS, LIMIT, f"{CARD}/limit/cancel?task=1"):
        assert client.get(address, headers=HTMX).status_code == 403
        answer = client.post(address, data={"once": "x" * 24, "status": "2", "limit": "-1"}, headers=HTMX)
        assert answer.status_code == 403
    assert (periods(emulator), limit_of(emulator)) == before
    for section in ("status", "limit"):
        text = client.get(f"{CARD}/{section}").text
        assert "/status/change" not in text
        assert "/limit/set" not in text
