"""The journal on SQLite and on MariaDB: who changed what, and nothing twice."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, String, create_engine, event, insert, select, text, update
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, scoped_session, sessionmaker

from flask_bgbilling.errors import ConfigurationError
from flask_bgbilling.facts import Fact
from flask_bgbilling.store.base import Base
from flask_bgbilling.store.journal import (
    CHANGES,
    AlreadySent,
    ChangeDetails,
    ChangeRecord,
    ChangeState,
    DoneLately,
    Journal,
    JournalQuery,
    NewChange,
    SameUnderWay,
    StepRecord,
    fingerprint,
)
from flask_bgbilling.store.rotation import rotate
from flask_bgbilling.store.secret_box import SecretBox
from flask_bgbilling.store.unit_of_work import UncommittedChanges, UnitOfWork

NOON = datetime(2026, 11, 23, 12, 0, 0, 123456, tzinfo=UTC)
KEY = SecretBox.new_key()

FULL = ChangeDetails(
    before=(Fact("Sum", "5.00", "money"), Fact.secret("Password")),
    after=(Fact("Sum", "5.50", "money"), Fact("Comment", "Ёж & <сын> 🤖")),
    steps=(StepRecord("Posting the payment", "done", Fact("Day", "2026-11-23", "day")), StepRecord("Noting it")),
    known_ids=(7, 2**40),
    words="Нет прав",
    fields={"sum": ("5,50",), "group": ("1", "2")},
    arguments={"since": "2026-11-01"},
)


class HostBase(DeclarativeBase):
    pass


class Customer(HostBase):
    """Something of the host in the same database."""

    __tablename__ = "customer"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50))


class Hands:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.time = NOON

    def now(self) -> datetime:
        return self.time

    def pass_by(self, **span: float) -> None:
        self.time += timedelta(**span)


class Database:
    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.session = scoped_session(sessionmaker(engine))


@pytest.fixture(params=["sqlite", pytest.param("mariadb", marks=pytest.mark.mariadb)])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    if request.param == "sqlite":
        engine = create_engine(f"sqlite:///{tmp_path_factory.mktemp('journal') / 'host.sqlite3'}")
    else:
        engine = create_engine(request.getfixturevalue("mariadb"))
    for metadata in (Base.metadata, HostBase.metadata):
        metadata.drop_all(engine)
        metadata.create_all(engine)
    database = Database(engine)
    yield database
    database.session.remove()
    for metadata in (Base.metadata, HostBase.metadata):
        metadata.drop_all(engine)
    engine.dispose()


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def journal(database: Database, clock: Hands) -> Journal:
    return Journal(UnitOfWork(database), SecretBox([KEY]), clock)


def new(once: str = "form-1", **values: Any) -> NewChange:
    usual: dict[str, Any] = {
        "person_id": "17",
        "person_name": "Иванова Анна",
        "billing_id": "bitel",
        "contract_id": 101,
        "contract_title": "0101/Ё",
        "action": "payments.add",
        "subject": "Платёж наличными",
        "once": once,
    }
    return NewChange(**{**usual, **values})


def stored(database: Database) -> list[dict[str, Any]]:
    """The rows as another program sees them."""
    with database.engine.connect() as connection:
        return [dict(row) for row in connection.execute(select(CHANGES).order_by(CHANGES.c.id)).mappings()]


def test_a_change_is_written_before_it_is_sent_and_completed_after(
    database: Database, journal: Journal, clock: Hands
) -> None:
    deadline = datetime(2026, 11, 23, 15, 5, tzinfo=timezone(timedelta(hours=3)))
    begun = journal.begin(new(fingerprint="f" * 64, deadline_at=deadline, details=FULL))
    (row,) = stored(database)
    assert (row["state"], row["lane"], row["finished_at"]) == ("sending", "f" * 64, None)
    assert row["created_at"] == begun.created_at == NOON, "to the microsecond"
    assert begun.deadline_at == deadline
    assert begun.deadline_at.utcoffset() == timedelta(0)
    assert begun.details == FULL
    clock.pass_by(seconds=2)
    found = ChangeDetails(before=FULL.before, words="было")
    assert journal.finish(begun.id, "done", request_ids=("a1", "b2"), details=found)
    done = journal.get(begun.id)
    assert done is not None
    assert (done.state, done.in_lane, done.fingerprint) == ("done", False, "f" * 64)
    assert done.finished_at == NOON + timedelta(seconds=2)
    assert done.request_ids == ("a1", "b2")
    assert done.details == found
    assert (done.person_name, done.contract_title, done.subject) == ("Иванова Анна", "0101/Ё", "Платёж наличными")
    assert journal.by_once("form-1") == done
    assert journal.by_once("form-2") is None
    assert journal.get(begun.id + 1) is None


def test_details_are_not_readable_in_the_table(database: Database, journal: Journal) -> None:
    journal.begin(new(details=FULL))
    with database.engine.connect() as connection:
        row = connection.execute(text("SELECT * FROM bgb_change")).mappings().one()
    assert not [value for value in row.values() if "5.50" in str(value) or "Нет прав" in str(value)]


def test_moments_are_kept_in_utc_without_a_zone(database: Database, journal: Journal) -> None:
    journal.begin(new(deadline_at=datetime(2026, 11, 23, 18, 30, 0, 5, tzinfo=timezone(timedelta(hours=6)))))
    with database.engine.connect() as connection:
        row = connection.execute(text("SELECT created_at, deadline_at FROM bgb_change")).one()
    assert str(row.created_at) == "2026-11-23 12:00:00.123456"
    assert str(row.deadline_at) == "2026-11-23 12:30:00.000005"
    with pytest.raises(Exception, match="without a zone"):
        journal.begin(new("form-2", deadline_at=datetime(2026, 11, 23)))
    assert journal.begin(new("form-2")).id, "the session is usable"


def test_a_form_is_sent_once(database: Database, journal: Journal) -> None:
    begun = journal.begin(new("Form"))
    with pytest.raises(AlreadySent) as sent:
        journal.begin(new("Form", contract_id=102))
    assert sent.value.record == begun
    journal.finish(begun.id, "refused", error_code="no rights")
    with pytest.raises(AlreadySent) as sent:
        journal.begin(new("Form", fingerprint="x"))
    assert (sent.value.record.state, sent.value.record.error_code) == ("refused", "no rights")
    assert journal.begin(new("form")).id != begun.id, "keys are compared character by character"
    assert len(stored(database)) == 2


def test_equal_changes_go_one_at_a_time(database: Database, journal: Journal) -> None:
    first = journal.begin(new("1", fingerprint="same"))
    assert journal.begin(new("2", fingerprint="other")).in_lane
    assert not journal.begin(new("3")).in_lane
    assert not journal.begin(new("4")).in_lane
    with pytest.raises(SameUnderWay) as under_way:
        journal.begin(new("5", fingerprint="same"))
    assert under_way.value.record == first
    journal.finish(first.id, "uncertain", request_ids=("r1",))
    with pytest.raises(SameUnderWay) as under_way:
        journal.begin(new("5", fingerprint="same"))
    assert under_way.value.record.state == "uncertain"
    assert under_way.value.record.finished_at is None
    assert journal.finish(first.id, "done", request_ids=("r2",))
    record = journal.get(first.id)
    assert record is not None
    assert record.request_ids == ("r1", "r2")
    assert journal.begin(new("5", fingerprint="same")).in_lane
    assert len(stored(database)) == 5


def test_partial_keeps_the_lane_when_told(journal: Journal) -> None:
    first = journal.begin(new("1", fingerprint="same"))
    journal.finish(first.id, "partial", keep_lane=True)
    with pytest.raises(SameUnderWay):
        journal.begin(new("2", fingerprint="same"))
    assert [one.id for one in journal.open_changes()] == [first.id]
    journal.finish(first.id, "partial")
    assert journal.open_changes() == ()
    journal.begin(new("2", fingerprint="same"))
    assert journal.finish(first.id, "continued")
    assert not journal.finish(first.id, "abandoned")


@pytest.mark.parametrize("last", ["done", "refused", "failed", "abandoned", "continued"])
def test_the_last_word_is_spoken_once(journal: Journal, last: ChangeState) -> None:
    begun = journal.begin(new(fingerprint="f"))
    assert journal.finish(begun.id, last)
    assert not journal.finish(begun.id, "uncertain")
    assert not journal.finish(begun.id, "done", details=FULL)
    record = journal.get(begun.id)
    assert record is not None
    assert (record.state, record.in_lane) == (last, False)
    assert record.details == ChangeDetails()


def test_finishing_what_does_not_exist_or_begins_anew(journal: Journal) -> None:
    assert not journal.finish(1, "done")
    with pytest.raises(ValueError, match="once"):
        journal.finish(1, "sending")


def test_changes_of_the_host_are_never_committed(database: Database, journal: Journal) -> None:
    begun = journal.begin(new())
    database.session.add(Customer(id=1, name="new"))
    for write in (
        lambda: journal.begin(new("2")),
        lambda: journal.finish(begun.id, "done"),
        lambda: journal.purge(NOON + timedelta(days=1)),
        lambda: rotate(UnitOfWork(database), SecretBox([KEY])),
    ):
        with pytest.raises(UncommittedChanges):
            write()
    database.session.rollback()
    with database.engine.connect() as connection:
        assert connection.execute(text("SELECT COUNT(*) FROM customer")).scalar() == 0
    assert [row["state"] for row in stored(database)] == ["sending"]


def test_what_the_host_has_loaded_keeps_its_values(database: Database, journal: Journal) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("INSERT INTO customer (id, name) VALUES (1, 'first')"))
    customer = database.session.get_one(Customer, 1)
    begun = journal.begin(new())
    journal.finish(begun.id, "done")
    assert not database.session().in_transaction()
    assert customer.name == "first"
    assert not database.session().in_transaction()
    with pytest.raises(AlreadySent):
        journal.begin(new())
    assert customer.name == "first"
    customer.name = "second"
    database.session.commit()


def test_a_journal_needs_a_database() -> None:
    journal = Journal(UnitOfWork(None), SecretBox([KEY]), Hands())
    with pytest.raises(ConfigurationError, match="database="):
        journal.begin(new())


def together(database: Database, clock: Hands, tasks: list[Callable[[Journal], object]]) -> list[object]:
    """Runs tasks at the same moment, each with a session of its own; exceptions are results."""
    barrier = Barrier(len(tasks))
    unit = UnitOfWork(database)

    def run(task: Callable[[Journal], object]) -> object:
        journal = Journal(unit, SecretBox([KEY]), clock)
        barrier.wait()
        try:
            return task(journal)
        except Exception as error:
            return error
        finally:
            database.session.remove()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


def test_of_two_that_race_for_one_form_one_wins(database: Database, clock: Hands) -> None:
    for turn in range(10):
        entry = new(f"form-{turn}", fingerprint=f"lane-{turn}")
        results = together(database, clock, [lambda journal, entry=entry: journal.begin(entry)] * 4)  # type: ignore[misc]
        (winner,) = (one for one in results if isinstance(one, ChangeRecord))
        losers = [one.record for one in results if isinstance(one, AlreadySent)]
        assert losers == [winner] * 3
    assert len(stored(database)) == 10


def test_of_two_that_race_for_one_lane_one_wins(database: Database, clock: Hands) -> None:
    def begin(entry: NewChange) -> Callable[[Journal], object]:
        return lambda journal: journal.begin(entry)

    for turn in range(10):
        entries = [new(f"form-{turn}-{number}", fingerprint=f"lane-{turn}") for number in range(4)]
        results = together(database, clock, [begin(entry) for entry in entries])
        (winner,) = (one for one in results if isinstance(one, ChangeRecord))
        assert [one.record for one in results if isinstance(one, SameUnderWay)] == [winner] * 3
    assert len(stored(database)) == 10


def test_of_two_equal_payments_at_the_same_time_only_one_is_sent(database: Database, clock: Hands) -> None:
    """The second is either in the way of the first or, when that one was quick, meets it as done."""

    def pay(once: str, lane: str) -> Callable[[Journal], object]:
        def task(journal: Journal) -> object:
            record = journal.begin(new(once, fingerprint=lane), unless_done_since=NOON - timedelta(days=1))
            journal.finish(record.id, "done")
            return record

        return task

    for turn in range(10):
        results = together(database, clock, [pay(f"{turn}-{number}", f"lane-{turn}") for number in range(4)])
        assert len([one for one in results if isinstance(one, ChangeRecord)]) == 1, results
        assert len([one for one in results if isinstance(one, SameUnderWay | DoneLately)]) == 3, results
    assert len(stored(database)) == 10


def test_of_two_last_words_one_counts_and_doubt_never_wins_over_knowledge(database: Database, clock: Hands) -> None:
    journal = Journal(UnitOfWork(database), SecretBox([KEY]), clock)

    def say(change_id: int, state: ChangeState) -> Callable[[Journal], object]:
        return lambda journal: journal.finish(change_id, state, request_ids=(state,))

    for turn in range(10):
        begun = journal.begin(new(f"form-{turn}", fingerprint=f"lane-{turn}"))
        database.session.remove()
        doubt, done, failed = together(
            database, clock, [say(begun.id, "uncertain"), say(begun.id, "done"), say(begun.id, "failed")]
        )
        assert isinstance(doubt, bool)
        assert sorted((done, failed), key=bool) == [False, True], (doubt, done, failed)
        record = journal.get(begun.id)
        assert record is not None
        assert record.state == ("done" if done else "failed")
        assert ("uncertain" in record.request_ids) == doubt
        assert not record.in_lane


def test_the_same_lately(journal: Journal, clock: Hands) -> None:
    yesterday = NOON - timedelta(days=1)
    first = journal.begin(new("1", fingerprint="same"))
    assert journal.same_lately("same", yesterday) is None, "not done yet"
    journal.finish(first.id, "done")
    clock.pass_by(hours=1)
    refused = journal.begin(new("2", fingerprint="same"))
    journal.finish(refused.id, "refused")
    found = journal.same_lately("same", yesterday)
    assert found is not None
    assert found.id == first.id
    assert journal.same_lately("same", NOON + timedelta(minutes=1)) is None
    assert journal.same_lately("other", yesterday) is None
    with pytest.raises(DoneLately) as lately:
        journal.begin(new("3", fingerprint="same"), unless_done_since=yesterday)
    assert lately.value.record.id == first.id
    assert journal.by_once("3") is None
    assert journal.begin(new("3", fingerprint="same"), unless_done_since=clock.now()).in_lane


def test_what_was_done_elsewhere_since_the_transaction_began_is_seen(
    database: Database, journal: Journal, clock: Hands
) -> None:
    database.session.execute(select(Customer)).all()
    database.session.execute(select(CHANGES)).all()

    def pay(other: Journal) -> object:
        return other.finish(other.begin(new(fingerprint="same")).id, "done")

    assert together(database, clock, [pay]) == [True]
    assert journal.same_lately("same", NOON) is not None


def test_open_changes_are_those_to_look_after(journal: Journal, clock: Hands) -> None:
    deadline = NOON + timedelta(minutes=3)
    sending = journal.begin(new("sending", deadline_at=deadline))
    uncertain = journal.begin(new("uncertain", deadline_at=deadline, contract_id=102))
    journal.finish(uncertain.id, "uncertain")
    unlimited = journal.begin(new("unlimited"))
    partial = journal.begin(new("partial", fingerprint="f", billing_id="other"))
    journal.finish(partial.id, "partial", keep_lane=True)
    half = journal.begin(new("half"))
    journal.finish(half.id, "partial")
    journal.finish(journal.begin(new("done")).id, "done")
    assert [one.id for one in journal.open_changes()] == [uncertain.id, partial.id]
    clock.pass_by(minutes=3)
    assert [one.id for one in journal.open_changes()] == [uncertain.id, partial.id], "it may still be carried out"
    clock.pass_by(seconds=1)
    assert [one.id for one in journal.open_changes()] == [sending.id, uncertain.id, partial.id]
    assert [one.id for one in journal.open_changes("bitel")] == [sending.id, uncertain.id]
    assert [one.id for one in journal.open_changes("bitel", 102)] == [uncertain.id]
    assert [one.id for one in journal.open_changes("bitel", half_done=True)] == [sending.id, uncertain.id, half.id]
    clock.pass_by(hours=1)
    assert unlimited.id in [one.id for one in journal.open_changes("bitel", 101)]


def filled(journal: Journal, clock: Hands) -> None:
    """Eight entries, an hour apart: 0 to 7."""
    for number in range(8):
        record = journal.begin(
            new(
                str(number),
                person_id="a" if number % 2 else "A",
                person_name="Пётр" if number % 2 else "Анна_Б",
                billing_id="bitel" if number < 6 else "other",
                contract_id=100 + number // 2,
                contract_title=f"К-{number}",
                action="notes.add" if number == 3 else "payments.add",
                subject="100% скидка" if number == 2 else "Платёж",
            )
        )
        if number != 5:
            journal.finish(record.id, "done" if number else "failed")
        clock.pass_by(hours=1)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (JournalQuery(), "76543210"),
        (JournalQuery(allowed_billing_ids=frozenset({"bitel"})), "543210"),
        (JournalQuery(allowed_billing_ids=frozenset()), ""),
        (JournalQuery(allowed_billing_ids=frozenset({"bitel"}), billing_id="other"), ""),
        (JournalQuery(billing_id="other"), "76"),
        (JournalQuery(billing_id="bitel", contract_id=101), "32"),
        (JournalQuery(contract_id=103), "76"),
        (JournalQuery(person_id="a"), "7531"),
        (JournalQuery(person="анна_"), "6420"),
        (JournalQuery(person="_тр"), ""),
        (JournalQuery(actions=frozenset({"notes.add"})), "3"),
        (JournalQuery(actions=frozenset({"notes.add", "nothing.of"})), "3"),
        (JournalQuery(state="sending"), "5"),
        (JournalQuery(state="failed"), "0"),
        (JournalQuery(since=NOON + timedelta(hours=2), until=NOON + timedelta(hours=4)), "32"),
        (JournalQuery(text="0% ск"), "2"),
        (JournalQuery(text="%"), "2"),
        (JournalQuery(text="К-6"), "6"),
        (JournalQuery(text="  "), "76543210"),
        (JournalQuery(limit=0), "7"),
    ],
)
def test_search(database: Database, journal: Journal, clock: Hands, query: JournalQuery, expected: str) -> None:
    filled(journal, clock)
    if query.person == "анна_" and database.engine.dialect.name == "sqlite":
        query = JournalQuery(person="нна_")  # SQLite folds Latin letters only
    assert "".join(record.once for record in journal.search(query).records) == expected


def test_pages_go_on_by_key_and_end(journal: Journal, clock: Hands) -> None:
    filled(journal, clock)
    seen = []
    before: int | None = None
    for _ in range(4):
        page = journal.search(JournalQuery(limit=3, billing_id="bitel", before_id=before))
        seen.append("".join(record.once for record in page.records))
        before = page.next_before_id
        if before is None:
            break
        journal.begin(new(f"meanwhile-{before}"))  # new entries move nothing
    assert seen == ["543", "210"]


def test_purging_forgets_what_is_old_and_decided(database: Database, journal: Journal, clock: Hands) -> None:
    filled(journal, clock)
    kept = journal.begin(new("kept", fingerprint="f"))
    journal.finish(kept.id, "partial", keep_lane=True)
    clock.pass_by(days=10)
    assert journal.purge(NOON + timedelta(hours=3)) == 3
    assert [row["once"] for row in stored(database)] == ["3", "4", "5", "6", "7", "kept"]
    assert journal.purge(clock.now()) == 4
    assert [row["once"] for row in stored(database)] == ["5", "kept"], "nobody knows yet what became of these"
    assert journal.purge(clock.now()) == 0


def test_purging_works_in_batches(
    database: Database, journal: Journal, clock: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flask_bgbilling.store.journal.BATCH", 3)
    filled(journal, clock)
    commits = []
    event.listen(database.engine, "commit", commits.append)
    assert journal.purge(clock.now(), most=3) == 3
    assert journal.purge(clock.now()) == 4
    assert len(commits) >= 3


def test_rotation(database: Database, journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flask_bgbilling.store.rotation.BATCH", 2)
    for number in range(5):
        journal.begin(new(str(number), details=FULL))
    lost = Journal(UnitOfWork(database), SecretBox([SecretBox.new_key()]), Hands()).begin(new("lost"))
    database.session.execute(insert(CHANGES), [{**stored(database)[0], "id": 99, "once": "99", "sealed_details": None}])
    database.session.commit()
    newest = SecretBox.new_key()
    rotation = rotate(UnitOfWork(database), SecretBox([newest, KEY]))
    assert (rotation.rotated, rotation.unreadable) == (5, 1)
    after = Journal(UnitOfWork(database), SecretBox([newest]), Hands())
    page = after.search(JournalQuery())
    assert [record.details for record in page.records] == [None, None, *[FULL] * 5]
    found = journal.get(lost.id)
    assert found is not None
    assert found.details is None
    assert found.subject == "Платёж наличными", "a lost key hides the details and nothing else"


def test_details_of_another_making(database: Database, journal: Journal) -> None:
    begun = journal.begin(new())
    for sealed, details in (
        ('{"before":[],"since_version_2":1}', ChangeDetails()),
        ('{"before":[{"label":"Sum","value":"1","kind":"float"}]}', None),
        ("[", None),
    ):
        database.session.execute(update(CHANGES).values(sealed_details=SecretBox([KEY]).seal(sealed)))
        database.session.commit()
        record = journal.get(begun.id)
        assert record is not None
        assert record.details == details


def test_odd_and_endless_texts_are_stored(database: Database, journal: Journal) -> None:
    odd = "\ud83d\0🤖"
    entry = new(
        person_name="ё" * 300,
        subject=odd,
        contract_title="🤖" * 201,
        details=ChangeDetails(after=(Fact("Note", odd + "я" * 100_000),), fields={odd: (odd,)}),
    )
    begun = journal.begin(entry)
    assert begun.person_name == "ё" * 199 + "…"
    assert begun.contract_title == "🤖" * 199 + "…"
    assert begun.subject == "?🤖"
    assert begun.details is not None
    assert begun.details.after[0].value == "?🤖" + "я" * 100_000
    assert begun.details.fields == {"?🤖": ("?🤖",)}
    assert journal.finish(begun.id, "uncertain", request_ids=[f"{number:032}" for number in range(10)])
    assert journal.finish(begun.id, "done", request_ids=["last", f"{9:032}"])
    record = journal.get(begun.id)
    assert record is not None
    assert record.request_ids[-2:] == (f"{9:032}", "last"), "the oldest give way"
    assert len(stored(database)[0]["request_ids"]) <= 400


@pytest.mark.parametrize("name", ["person_id", "billing_id", "action", "once", "fingerprint"])
def test_names_that_would_be_cut_are_refused(database: Database, journal: Journal, name: str) -> None:
    with pytest.raises(ValueError, match=name):
        journal.begin(new(**{name: "x" * 81}))
    assert stored(database) == []


def test_fingerprints_tell_apart_what_differs() -> None:
    assert fingerprint("bitel", 1, "5.50") == fingerprint("bitel", "1", "5.50")
    assert len(fingerprint()) == 64
    parts = [("a", "b"), ("ab",), ("ab", ""), ("", "ab"), ("a", "b", ""), ("\ud800",), ("?",), ("1:a",)]
    assert len({fingerprint(*one) for one in parts}) == len(parts)
