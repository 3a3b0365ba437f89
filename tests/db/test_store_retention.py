"""What is forgotten of people: cases of the import and creations of contracts, on SQLite and on MariaDB."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from flask_bgbilling.store.creations import ROWS, CreationPlan, Creations
from flask_bgbilling.store.import_cases import CASES, CaseDetails, CaseState, ImportCases, NewCase
from flask_bgbilling.store.rotation import Rotation, rotate
from flask_bgbilling.store.secret_box import SecretBox
from flask_bgbilling.store.unit_of_work import UnitOfWork

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
YEAR = timedelta(days=365)
STATES: tuple[CaseState, ...] = ("done", "rejected", "undone", "merged", "waiting")


class Hands:
    """A clock that a test moves."""

    moment = NOW - 2 * YEAR

    def now(self) -> datetime:
        return self.moment


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def unit(sessions: scoped_session[Session]) -> UnitOfWork:
    """Our tables in a database of their own."""
    return UnitOfWork(SimpleNamespace(session=sessions))


def case(cid: int, state: CaseState) -> NewCase:
    return NewCase(
        billing_id="bitel",
        contract_id=cid,
        contract_title=f"1-{cid}",
        state=state,
        outcome="new",
        customer_id=7,
        details=CaseDetails(title="Иванов Иван"),
    )


def test_decided_cases_lose_their_details(unit: UnitOfWork, clock: Hands) -> None:
    cases = ImportCases(unit, SecretBox([SecretBox.new_key()]), clock)
    with unit.alone():
        cases.put([case(cid, state) for cid, state in enumerate(STATES, start=1)])
    cases.failed("bitel", 20, "1-20", "error", CaseDetails(title="Иванов Иван"))
    clock.moment = NOW
    with unit.alone():
        cases.put([case(30, "done")])
    assert cases.purge(NOW - YEAR) == 4
    assert cases.purge(NOW - YEAR) == 0
    found = {one.contract_id: one for one in cases.list()}
    assert {cid: one.kept for cid, one in found.items()} == {
        **dict.fromkeys((1, 2, 3, 4), False),
        **dict.fromkeys((5, 20, 30), True),
    }
    emptied = found[1]
    assert (emptied.details, emptied.state, emptied.outcome, emptied.customer_id) == (None, "done", "new", 7)
    assert found[5].details == CaseDetails(title="Иванов Иван")
    assert unit.session.scalar(select(func.count()).where(CASES.c.sealed_details.is_(None))) == 4
    with unit.alone():
        cases.put([case(1, "done")])
    again = cases.of_contract("bitel", 1)
    assert again is not None
    assert again.kept, "it was imported anew"


def test_many_cases_go_a_few_at_a_time(unit: UnitOfWork, clock: Hands) -> None:
    cases = ImportCases(unit, SecretBox([SecretBox.new_key()]), clock)
    with unit.alone():
        cases.put([case(cid, "done") for cid in range(1, 501)])
    assert cases.purge(NOW, most=200) == 200
    assert cases.purge(NOW) == 300


def test_finished_creations_keep_kinds_and_ids_only(unit: UnitOfWork, clock: Hands) -> None:
    box = SecretBox([SecretBox.new_key()])
    creations = Creations(unit, box, clock)
    lost = Creations(unit, SecretBox([SecretBox.new_key()]), clock)
    plan = CreationPlan(
        type_number=3, type_title="Интернет", pattern_id=5, day=date(2024, 5, 1), comment="Иванов Иван", number="И-1",
        words="Иванов", process_id=12,
    )  # fmt: skip
    made = {}
    for once, state in (("a", "done"), ("b", "abandoned"), ("c", "stopped"), ("d", "uncertain"), ("k", "done")):
        store = lost if once == "k" else creations
        record, _ = store.begin(once, "bitel", 7, "5", "Анна", plan)
        made[once] = store.save(record, state=state, contract=(101, "1-101"))  # type: ignore[arg-type]
    clock.moment = NOW
    fresh, _ = creations.begin("e", "bitel", 7, "5", "Анна", plan)
    creations.save(fresh, state="done")
    assert creations.purge(NOW - YEAR) == 3
    assert creations.purge(NOW - YEAR) == 0
    found = {one.once: one for one in creations.of_customer(7)}
    assert {once: one.kept for once, one in found.items()} == {
        "a": False, "b": False, "c": True, "d": True, "k": False, "e": True,
    }  # fmt: skip
    assert found["c"].plan == found["e"].plan == plan
    bare = found["a"].plan
    assert bare is not None
    assert (bare.type_number, bare.process_id) == (3, 12), "a wizard still knows what it has made"
    assert (bare.comment, bare.number, bare.words) == ("", "", "")
    assert (found["a"].state, found["a"].contract_id, found["a"].contract_title) == ("done", 101, "1-101")
    assert found["k"].plan is None
    stored = unit.session.scalars(select(ROWS.c.sealed_plan).where(ROWS.c.once.in_(("a", "b", "k")))).all()
    assert not any("Иванов" in text or text.startswith("gAAAA") for text in stored)


def test_all_that_is_sealed_is_sealed_anew(unit: UnitOfWork, clock: Hands) -> None:
    old, new = SecretBox.new_key(), SecretBox.new_key()
    cases, creations = (store(unit, SecretBox([old]), clock) for store in (ImportCases, Creations))
    with unit.alone():
        cases.put([case(1, "waiting"), case(2, "done")])
    plan = CreationPlan(type_number=3, type_title="Интернет", pattern_id=5, day=date(2024, 5, 1), comment="Иванов Иван")
    for once in ("a", "b"):
        record, _ = creations.begin(once, "bitel", 7, "5", "Анна", plan)
        if once == "a":
            creations.save(record, state="done")
    clock.moment = NOW
    assert (cases.purge(NOW - YEAR), creations.purge(NOW - YEAR)) == (1, 1)
    assert rotate(unit, SecretBox([new, old])) == Rotation(2, 0)
    box = SecretBox([new])
    found = ImportCases(unit, box, clock).of_contract("bitel", 1)
    assert found is not None
    assert found.details == CaseDetails(title="Иванов Иван")
    assert {one.once: one.plan.comment for one in Creations(unit, box, clock).of_customer(7) if one.plan} == {
        "a": "",
        "b": "Иванов Иван",
    }
    assert rotate(unit, SecretBox([old])) == Rotation(0, 2)
