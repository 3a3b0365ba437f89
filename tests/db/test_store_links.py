"""Links on SQLite and on MariaDB: one customer for a contract, whoever comes at the same time."""

import threading
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from msgspec import structs
from sqlalchemy.orm import Session, scoped_session

from flask_bgbilling.store.links import LinkChanged, LinkRecord, Links, LinkWish
from flask_bgbilling.store.unit_of_work import UnitOfWork

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=2)


class Store:
    """Links with the unit of work that commits them."""

    def __init__(self, sessions: scoped_session) -> None:  # type: ignore[type-arg]
        self.unit = UnitOfWork(SimpleNamespace(session=sessions))
        self.links = Links(self.unit)

    def put(self, customer_id: int | None, cid: int = 101) -> LinkRecord:
        """Gives the contract to a customer, whoever has it."""
        with self.unit.alone():
            return self.links.put(wish(customer_id, cid), self.links.get("bitel", cid))

    def current(self, cid: int = 101) -> LinkRecord | None:
        """The row of a contract as it is committed."""
        self.unit.release()
        return self.links.get("bitel", cid)


def wish(customer_id: int | None, cid: int = 101) -> LinkWish:
    return LinkWish(
        billing_id="bitel",
        contract_id=cid,
        contract_title=f"А-{cid}",
        customer_id=customer_id,
        person_id="7",
        linked_at=NOW,
        write_at=LATER,
    )


@pytest.fixture
def store(sessions: scoped_session[Session]) -> Store:
    """Links in a database of their own."""
    return Store(sessions)


@pytest.mark.parametrize("linked", [False, True])
def test_one_of_two_gets_a_contract(store: Store, linked: bool) -> None:
    if linked:
        store.put(9)
    start = threading.Barrier(4)
    won: list[int] = []
    lost: list[int] = []

    def link(customer_id: int) -> None:
        seen = store.current()
        store.unit.release()
        start.wait()
        try:
            with store.unit.alone():
                store.links.put(wish(customer_id), seen)
        except LinkChanged:
            lost.append(customer_id)
        else:
            won.append(customer_id)

    threads = [threading.Thread(target=link, args=(number,)) for number in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert len(lost) == 3
    record = store.current()
    assert record is not None
    assert record.customer_id == won[0]


def test_a_row_waits_until_the_billing_was_told(store: Store) -> None:
    record = store.put(1)
    assert (record.value, record.written, record.write_at, record.version) == ("1", None, LATER, 1)
    assert store.links.due(NOW) == ()
    assert [one.id for one in store.links.due(LATER)] == [record.id]
    assert store.links.next_due() == LATER
    assert store.links.not_told(record, "unreachable", LATER + timedelta(hours=1))
    waiting = store.current()
    assert waiting is not None
    assert (waiting.failures, waiting.error_code) == (1, "unreachable")
    assert store.links.told(waiting, "1")
    known = store.current()
    assert known is not None
    assert (known.written, known.write_at, known.failures, known.error_code) == ("1", None, 0, None)
    assert store.links.next_due() is None


def test_a_link_that_was_taken_away_goes_when_the_billing_was_told(store: Store) -> None:
    store.put(1)
    record = store.put(None)
    assert (record.value, record.written, record.customer_id) == ("", None, None)
    assert store.links.of_customer(1) == ()
    assert store.links.told(record, "")
    assert store.current() is None


def test_who_writes_late_has_it_written_again(store: Store) -> None:
    old = store.put(1)
    new = store.put(2)
    assert store.links.told(new, "2")
    assert not store.links.told(old, "1"), "the billing may have either of them now"
    record = store.current()
    assert record is not None
    assert (record.customer_id, record.written) == (2, None)
    assert [one.id for one in store.links.due(LATER)] == [record.id]
    assert not store.links.not_told(old, "unreachable", None)
    assert not store.links.tell_again(old, NOW)


def test_contracts_of_a_customer_by_their_numbers(store: Store) -> None:
    for cid in (103, 101, 102):
        store.put(1, cid)
    store.put(2, 104)
    assert [one.contract_id for one in store.links.of_customer(1)] == [101, 102, 103]
    assert [one.contract_id for one in store.links.after(0, 2)] == [103, 101]
    record = store.current(104)
    assert record is not None
    store.links.name(record, "Б" * 300)
    named = store.current(104)
    assert named is not None
    assert named.contract_title == "Б" * 199 + "…"
    with pytest.raises(ValueError, match="something else"):
        store.links.told(named, "1")


def test_who_has_linked_last_comes_first(store: Store) -> None:
    for cid, person_id, minutes in ((101, "7", 0), (102, "8", 5), (103, "7", 9), (104, "9", 1)):
        later = structs.replace(wish(5, cid), person_id=person_id, linked_at=NOW + timedelta(minutes=minutes))
        with store.unit.alone():
            store.links.put(later, None)
    assert store.links.linkers("bitel", 2) == ["7", "8"]
    assert store.links.linkers("ds", 2) == []
