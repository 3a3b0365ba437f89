"""How entries of the journal are told and looked for; when old ones are forgotten."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_bgbilling.domain.journal import FactPair, JournalEntry, paired
from flask_bgbilling.domain.journal_filter import FIELDS, NoContractId, before_of, parse_filter
from flask_bgbilling.domain.retention import MOST, Retention
from flask_bgbilling.facts import Fact
from flask_bgbilling.store.changes import ChangeDetails, ChangeRecord, StepRecord

MOSCOW = ZoneInfo("Europe/Moscow")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_facts_of_one_label_stand_side_by_side() -> None:
    before = (Fact("Phone", "1"), Fact("Phone", "2"), Fact("Name", "A"), Fact("Gone", "x"))
    after = (Fact("Name", "A"), Fact("Phone", "1"), Fact("Phone", "3"), Fact("New", "y"))
    pairs = paired(before, after)
    told = [(one.label, one.before and one.before.value, one.after and one.after.value, one.changed) for one in pairs]
    assert told == [
        ("Phone", "1", "1", False),
        ("Phone", "2", "3", True),
        ("Name", "A", "A", False),
        ("Gone", "x", None, True),
        ("New", None, "y", True),
    ]
    assert paired((), ()) == ()


def test_a_secret_is_always_changed() -> None:
    secret = Fact.secret("Password")
    assert FactPair("Password", secret, secret).changed


def record(**values: Any) -> ChangeRecord:
    usual: dict[str, Any] = {
        "id": 1, "created_at": NOON, "finished_at": None, "deadline_at": None, "person_id": "1", "person_name": "Anna",
        "billing_id": "bitel", "contract_id": 101, "contract_title": "", "action": "notes.add", "subject": "",
        "state": "refused", "error_code": None, "request_ids": (), "once": "x", "fingerprint": None, "in_lane": False,
        "details": ChangeDetails(),
    }  # fmt: skip
    return ChangeRecord(**{**usual, **values})


def entry(**values: Any) -> JournalEntry:
    return JournalEntry(record(**values), "BiTel", NOON, None, "New note", "Notes", may_open=False, has_card=True)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("no rights", "Your account in the billing %(billing)s has no rights for this."),
        ("uncertain", "The billing %(billing)s did not confirm: it may have been done."),
        ("refused", ""),
        ("timed out", ""),
        ("of a plugin that is gone", ""),
        (None, ""),
    ],
)
def test_the_reason_is_told_where_it_needs_nothing_else(code: str | None, reason: str) -> None:
    assert entry(error_code=code).reason == reason


def test_what_no_key_opens_is_told_without_its_details() -> None:
    unreadable = entry(details=None, state="uncertain")
    assert (unreadable.facts, unreadable.steps, unreadable.words) == ((), (), "")
    assert unreadable.open
    assert (unreadable.word, unreadable.tone) == ("not confirmed", "warn")
    one, two = StepRecord("Note", "done"), StepRecord("Status")
    assert entry(details=ChangeDetails(steps=(one,))).steps == ()
    assert entry(details=ChangeDetails(steps=(one, two))).steps == (one, two)


def test_days_are_those_of_the_billing() -> None:
    query = parse_filter({"since": "05.06.2026", "until": "2026-06-05"}, MOSCOW).query
    assert query is not None
    assert query.since == datetime(2026, 6, 4, 21, tzinfo=UTC)
    assert query.until == datetime(2026, 6, 5, 21, tzinfo=UTC)


def test_what_is_typed_becomes_a_query() -> None:
    form = parse_filter(
        {"person": " Анна ", "billing": "ds", "contract": "101", "action": "notes.add", "state": "done", "text": "т",
         "before": "77", "other": "x"},
        MOSCOW,
    )  # fmt: skip
    query = form.query
    assert query is not None
    assert (query.person, query.billing_id, query.contract_id) == ("Анна", "ds", 101)
    assert query.actions == {"notes.add"}
    assert (query.state, query.text, query.before_id) == ("done", "т", 77)
    assert form.fields == {"person": "Анна", "billing": "ds", "contract": "101", "action": "notes.add",
                           "state": "done", "text": "т"}  # fmt: skip
    empty = parse_filter({}, MOSCOW)
    assert empty.query is not None
    assert (empty.fields, empty.query.state, empty.query.billing_id) == ({}, None, None)


def test_what_is_no_contract_is_said() -> None:
    form = parse_filter({"contract": "A-24-0101"}, MOSCOW)
    assert form.query is None
    assert isinstance(form.problem, NoContractId)
    assert form.value("contract") == "A-24-0101"


@given(st.dictionaries(st.sampled_from([*FIELDS, "before"]), st.text(max_size=300)), st.dates())
def test_anything_may_be_typed(arguments: dict[str, str], day: date) -> None:
    zone = ZoneInfo("Pacific/Kiritimati")
    form = parse_filter({**arguments, "since": day.isoformat(), "until": day.isoformat()}, zone)
    assert (form.query is None) == (form.problem is not None)
    if form.query is not None:
        assert form.query.since is not None
        assert form.query.until is not None
        assert form.query.since.astimezone(UTC) < form.query.until.astimezone(UTC)
        assert "\0" not in form.query.text + form.query.person


@pytest.mark.parametrize("typed", ["", "-1", "1.5", "x", "²", "٣", "9" * 19])
def test_a_page_goes_on_from_a_number_only(typed: str) -> None:
    assert before_of(typed) is None


class Hands:
    moment = NOON

    def now(self) -> datetime:
        return self.moment


class Purged:
    def __init__(self, counts: Sequence[int]) -> None:
        self.counts = list(counts)
        self.asked: list[tuple[datetime, int | None]] = []

    def purge(self, before: datetime, *, most: int | None = None) -> int:
        self.asked.append((before, most))
        if not self.counts:
            raise RuntimeError("the database is gone")
        return self.counts.pop(0)


def test_old_entries_are_forgotten_once_a_day() -> None:
    clock, journal = Hands(), Purged([3, 5])
    retention = Retention([journal], lambda: 10, clock)
    assert (retention.sweep(), retention.sweep()) == (3, 0)
    assert journal.asked == [(NOON - timedelta(days=10), MOST)]
    clock.moment = NOON + timedelta(days=1)
    assert retention.sweep() == 5


def test_many_old_entries_go_a_few_at_a_time() -> None:
    journal = Purged([MOST, MOST, 1])
    retention = Retention([journal], lambda: 10, Hands())
    assert [retention.sweep() for _ in range(4)] == [MOST, MOST, 1, 0]


def test_what_cannot_be_forgotten_harms_nobody(caplog: pytest.LogCaptureFixture) -> None:
    other = Purged([2])
    retention = Retention([Purged([]), other], lambda: 10, Hands())
    assert (retention.sweep(), retention.sweep()) == (2, 0), "the others forget"
    assert "could not be deleted" in caplog.text
