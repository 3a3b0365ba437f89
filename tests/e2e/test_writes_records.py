"""Status, limit, scripts and additional actions are changed in every band (contract.md 10, 12, 15, 16)."""

from datetime import date
from decimal import Decimal

import pytest

from flask_bgbilling.emulator import Emulator
from flask_bgbilling.errors import Absent, NoRights, Refused
from flask_bgbilling.wire.dto.common import Period
from flask_bgbilling.wire.ops.cards import ADDITIONAL_ACTIONS
from flask_bgbilling.wire.ops.limits import LIMIT, LIMIT_TASKS
from flask_bgbilling.wire.ops.limits_writes import LIMIT_CHANGE, LIMIT_TASK_CANCELLATION, TEMPORARY_LIMIT
from flask_bgbilling.wire.ops.scripts import SCRIPTS
from flask_bgbilling.wire.ops.scripts_writes import ADDITIONAL_ACTION, SCRIPT_DELETE, SCRIPT_SAVE
from flask_bgbilling.wire.ops.statuses import MANUAL_STATUSES, STATUS_TASKS
from flask_bgbilling.wire.ops.statuses_writes import STATUS_CHANGE
from tests.conftest import NOON
from tests.sessions import opened
from tests.support import ALL_BANDS, Emulated

CID, FIRM, EMPTY, UNKNOWN = 101, 102, 110, 999999
ADMIN = 1
ACTIVE, CONNECTING, DISCONNECTED, SUSPENDED = 0, 5, 2, 4


def periods(emulator: Emulator, cid: int = EMPTY) -> list[tuple[object, ...]]:
    """Status, days and comment of the periods as they follow each other."""
    rows = sorted(emulator.rows("contract_status", cid=cid), key=lambda row: row["date1"])
    return [(row["status"], row["date1"], row["date2"], row["comment"]) for row in rows]


@pytest.mark.parametrize("band", ALL_BANDS)
def test_a_status_for_ever_and_for_some_days(private_billing: Emulated, band: str) -> None:
    emulator = private_billing(band)
    billing = opened(emulator)
    manual = billing.directory(MANUAL_STATUSES)
    listed = [(row["id"], row["title"]) for row in emulator.rows("contract_status_list") if row["manual"]]
    assert [(status.id, status.title) for status in manual.entries] == listed
    billing.call(STATUS_CHANGE, cid=EMPTY, status_id=ACTIVE, since=date(2026, 1, 10), until=None, comment="")
    away = {"since": date(2026, 12, 1), "until": date(2026, 12, 31), "comment": "отпуск & <море>"}
    billing.call(STATUS_CHANGE, cid=EMPTY, status_id=SUSPENDED, **away)
    assert periods(emulator) == [
        (ACTIVE, date(2026, 1, 10), date(2026, 11, 30), ""),
        (SUSPENDED, date(2026, 12, 1), date(2026, 12, 31), "отпуск & <море>"),
        (ACTIVE, date(2027, 1, 1), None, ""),
    ]
    assert emulator.rows("contract", id=EMPTY)[0]["status"] == ACTIVE, "it is still November"
    if billing.supports(STATUS_TASKS):
        planned = {(task.status_id, task.period.since) for task in billing.call(STATUS_TASKS, cid=EMPTY)}
        assert planned == {(SUSPENDED, date(2026, 12, 1)), (ACTIVE, date(2027, 1, 1))}
    now = {"status_id": DISCONNECTED, "since": NOON.date(), "until": None, "comment": ""}
    before = periods(emulator)
    with pytest.raises(Refused, match="подтверждение"):
        billing.call(STATUS_CHANGE, cid=EMPTY, confirmed=False, **now)
    assert periods(emulator) == before
    billing.call(STATUS_CHANGE, cid=EMPTY, **now)
    assert emulator.rows("contract", id=EMPTY)[0]["status"] == DISCONNECTED
    assert periods(emulator)[-1] == (DISCONNECTED, NOON.date(), None, ""), "what was planned gave way"


@pytest.mark.parametrize("band", ALL_BANDS)
def test_statuses_that_are_refused(private_billing: Emulated, band: str) -> None:
    emulator = private_billing(band)
    billing, before = opened(emulator), emulator.rows("contract_status")
    wanted = {"status_id": SUSPENDED, "since": date(2026, 12, 1), "until": None, "comment": ""}
    with pytest.raises(Refused, match="вручную"):
        billing.call(STATUS_CHANGE, cid=CID, **{**wanted, "status_id": CONNECTING})
    with pytest.raises(Refused, match="позже"):
        billing.call(STATUS_CHANGE, cid=CID, **{**wanted, "until": date(2026, 11, 30)})
    with pytest.raises(Absent):
        billing.call(STATUS_CHANGE, cid=UNKNOWN, **wanted)
    with pytest.raises(NoRights):
        opened(emulator, "reader").call(STATUS_CHANGE, cid=CID, **wanted)
    assert emulator.rows("contract_status") == before


@pytest.mark.parametrize("band", ALL_BANDS)
def test_a_limit_for_ever_and_for_some_days(private_billing: Emulated, band: str) -> None:
    emulator = private_billing(band)
    billing = opened(emulator)
    for limit in (Decimal("-1000.50"), Decimal(0), Decimal("100.05")):
        billing.call(LIMIT_CHANGE, cid=CID, limit=limit, comment="по письму & <делу>")
        assert billing.call(LIMIT, cid=CID) == limit == emulator.rows("contract", id=CID)[0]["closesumma"]
    billing.call(TEMPORARY_LIMIT, cid=CID, limit=Decimal("-700.10"), days=3, comment="")
    assert emulator.rows("contract", id=CID)[0]["closesumma"] == Decimal("-700.10")
    *_, last, temporary = emulator.rows("log_contract_limit", cid=CID)
    assert (last["nvalue"], last["days"], last["comment"]) == (Decimal("100.05"), 0, "по письму & <делу>")
    assert (temporary["nvalue"], temporary["days"], temporary["uid"]) == (Decimal("-700.10"), 3, ADMIN)

    task = max(billing.call(LIMIT_TASKS, cid=CID), key=lambda task: task.id)
    assert (task.day, task.value, task.state) == (date(2026, 11, 26), Decimal("100.05"), "on")
    billing.call(LIMIT_TASK_CANCELLATION, cid=CID, task_id=task.id)
    assert emulator.rows("contract_limit_period", id=task.id)[0]["status"] == "cancel"
    for cid, task_id in ((CID, task.id), (CID, UNKNOWN), (FIRM, task.id)):
        with pytest.raises(Absent):
            billing.call(LIMIT_TASK_CANCELLATION, cid=cid, task_id=task_id)


@pytest.mark.parametrize("band", ALL_BANDS)
def test_limits_that_are_refused(private_billing: Emulated, band: str) -> None:
    emulator = private_billing(band)
    billing, reader = opened(emulator), opened(emulator, "reader")
    before = emulator.rows("contract"), emulator.rows("contract_limit_period")
    wanted = {"limit": Decimal(-5), "comment": ""}
    with pytest.raises(Absent):
        billing.call(LIMIT_CHANGE, cid=UNKNOWN, **wanted)
    with pytest.raises(Absent):
        billing.call(TEMPORARY_LIMIT, cid=UNKNOWN, days=1, **wanted)
    with pytest.raises(NoRights):
        reader.call(LIMIT_CHANGE, cid=CID, **wanted)
    with pytest.raises(NoRights):
        reader.call(TEMPORARY_LIMIT, cid=CID, days=1, **wanted)
    with pytest.raises(NoRights):
        reader.call(LIMIT_TASK_CANCELLATION, cid=CID, task_id=3)
    assert (emulator.rows("contract"), emulator.rows("contract_limit_period")) == before


@pytest.mark.parametrize("band", ALL_BANDS)
def test_scripts_are_attached_changed_and_detached(private_billing: Emulated, band: str) -> None:
    emulator = private_billing(band)
    billing, before = opened(emulator), emulator.rows("contract_script")
    scripts = billing.directory(SCRIPTS)
    assert {(script.id, script.title) for script in scripts.entries} == {
        (row["id"], row["title"]) for row in emulator.rows("script")
    }
    year = Period(date(2026, 1, 1), date(2026, 12, 31))
    record_id = billing.call(SCRIPT_SAVE, cid=CID, script_id=3, period=year, comment="ночью & <днём>")
    (row,) = [row for row in emulator.rows("contract_script") if row not in before]
    expected = {"id": record_id, "cid": CID, "script_id": 3, "comment": "ночью & <днём>"}
    assert row == {**expected, "date1": year.since, "date2": year.until}

    changed = billing.call(SCRIPT_SAVE, cid=CID, record_id=record_id, script_id=2, period=Period(), comment="")
    (row,) = emulator.rows("contract_script", id=record_id)
    assert changed == record_id
    assert (row["script_id"], row["date1"], row["date2"], row["comment"]) == (2, None, None, "")

    wanted = {"script_id": 1, "period": Period(), "comment": ""}
    for wrong in ({"cid": UNKNOWN}, {"cid": CID, "script_id": 77}, {"cid": FIRM, "record_id": record_id}):
        with pytest.raises(Absent):
            billing.call(SCRIPT_SAVE, **{**wanted, **wrong})
    reader = opened(emulator, "reader")
    with pytest.raises(NoRights):
        reader.call(SCRIPT_SAVE, cid=CID, **wanted)
    with pytest.raises(NoRights):
        reader.call(SCRIPT_DELETE, record_id=record_id)
    billing.call(SCRIPT_DELETE, record_id=record_id)
    assert emulator.rows("contract_script") == before
    with pytest.raises(Absent):
        billing.call(SCRIPT_DELETE, record_id=record_id)


@pytest.mark.parametrize("band", ALL_BANDS)
def test_an_additional_action_reports_in_lines(private_billing: Emulated, band: str) -> None:
    emulator = private_billing(band)
    billing, before = opened(emulator), emulator.rows("contract_script_log")
    assert [action.id for action in billing.call(ADDITIONAL_ACTIONS, cid=CID)] == [1, 2]
    report = billing.call(ADDITIONAL_ACTION, cid=CID, action_id=1)
    assert report == ("Порт 12 поднят", "Ошибок нет", "Договор A-24-0101")
    ran = [row for row in emulator.rows("contract_script_log") if row not in before]
    assert [(row["cid"], row["title"], row["dt"]) for row in ran] == [(CID, "Проверить порт", NOON)]
    with pytest.raises(Refused, match="не найдено: 77"):
        billing.call(ADDITIONAL_ACTION, cid=CID, action_id=77)
    with pytest.raises(Absent):
        billing.call(ADDITIONAL_ACTION, cid=UNKNOWN, action_id=1)
    with pytest.raises(NoRights):
        opened(emulator, "reader").call(ADDITIONAL_ACTION, cid=CID, action_id=1)
