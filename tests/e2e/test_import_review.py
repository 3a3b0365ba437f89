"""What people decide about imports: several customers, rejecting, undoing, merging."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from flask_bgbilling.domain.customers.review import Decided, ImportReview, NotYours
from flask_bgbilling.emulator import Emulator
from flask_bgbilling.errors import BGBillingError
from flask_bgbilling.ports import CustomerPhone, Person
from flask_bgbilling.store.changes import JournalQuery
from flask_bgbilling.store.import_cases import CaseDetails, ImportCase
from flask_bgbilling.wire.dto.search import FoundContract
from flask_bgbilling.wire.ops.contracts_writes import CONTRACT_TITLE
from flask_bgbilling.wire.session import Billing
from tests.importing import RULES, Installation, configuration, mark, marker
from tests.memory_customers import MemoryCustomers, parameters
from tests.memory_processes import MemoryProcesses
from tests.sessions import opened
from tests.support import Emulated

KNOWN = parameters(p12="address", p14="phone", p73="date", p74="text")
PROCESSES = MemoryProcesses()
PERSON = Person("5", "operator", "Оператор")
CID = 101


@pytest.fixture
def customers() -> MemoryCustomers:
    return MemoryCustomers(KNOWN)


@pytest.fixture
def emulator(private_billing: Emulated) -> Emulator:
    found = private_billing("9.2")
    mark(found, CID)
    return found


@pytest.fixture
def host(emulator: Emulator, customers: MemoryCustomers, tmp_path: Path) -> Iterator[Installation]:
    rules = f"{RULES}bgbilling:creator.reviewSeveral=1\n"
    made = Installation(tmp_path, customers, configuration({"main": emulator}, rules))
    yield made
    made.close()


@pytest.fixture
def review(host: Installation) -> ImportReview:
    PROCESSES.rows.clear()
    return ImportReview(host.importing, host.unit, host.journal, PROCESSES)


def passport(emulator: Emulator) -> str:
    return str(emulator.rows("contract_parameter_type_1", cid=CID, pid=9)[0]["val"])


def twins(emulator: Emulator, customers: MemoryCustomers) -> tuple[int, int]:
    """Two customers of whom either may be meant."""
    title = emulator.rows("contract", id=CID)[0]["comment"]
    first = customers.add(title, {74: passport(emulator), 14: (CustomerPhone("79990000001"),)})
    second = customers.add(f"{title} (старый)", {74: passport(emulator), 14: (CustomerPhone("79990000002"),)})
    return first.id, second.id


def waiting(host: Installation, review: ImportReview) -> object:
    assert host.importing.run("main", host.importing.next_contracts("main")) == {"several": 1}
    assert host.importing.next_contracts("main") == []
    (shown,) = review.cases(None)
    assert shown.case.state == "waiting"
    return shown


def test_a_person_chooses_among_several(
    host: Installation, review: ImportReview, emulator: Emulator, customers: MemoryCustomers
) -> None:
    first, second = twins(emulator, customers)
    shown = waiting(host, review)
    assert {one.id for one in shown.candidates} == {first, second}  # type: ignore[attr-defined]
    done = review.accept(PERSON, shown.case, second)  # type: ignore[attr-defined]
    assert (done.outcome, done.customer_id) == ("chosen", second)
    assert marker(emulator, CID) == str(second)
    with pytest.raises(Decided):
        review.accept(PERSON, shown.case, first)  # type: ignore[attr-defined]
    case = review.get(shown.case.id).case  # type: ignore[attr-defined]
    assert case.details is not None
    assert (case.state, case.details.person_name) == ("done", "Оператор")


def test_a_person_rejects(
    host: Installation, review: ImportReview, emulator: Emulator, customers: MemoryCustomers
) -> None:
    twins(emulator, customers)
    shown = waiting(host, review)
    assert review.reject(PERSON, shown.case) is None  # type: ignore[attr-defined]
    assert not marker(emulator, CID)
    assert review.get(shown.case.id).case.state == "rejected"  # type: ignore[attr-defined]


def test_an_import_is_taken_back(
    host: Installation, review: ImportReview, emulator: Emulator, customers: MemoryCustomers
) -> None:
    host.importing.run("main", host.importing.next_contracts("main"))
    assert len(customers.rows) == 1
    (shown,) = review.cases(None)
    review.undo(PERSON, shown.case)
    assert customers.rows == {}
    assert customers.kept == {}
    assert host.links.customer_of("main", CID) is None
    assert not marker(emulator, CID)
    assert review.get(shown.case.id).case.state == "undone"
    with pytest.raises(Decided):
        review.undo(PERSON, shown.case)


def test_what_was_changed_since_stays(
    host: Installation, review: ImportReview, emulator: Emulator, customers: MemoryCustomers
) -> None:
    title = emulator.rows("contract", id=CID)[0]["comment"]
    mine = CustomerPhone("79990000001")
    customer = customers.add(title, {74: passport(emulator), 14: (mine,), 73: date(1970, 1, 1)})
    host.importing.run("main", host.importing.next_contracts("main"))
    later = CustomerPhone("79990000009")
    phones = customers.kept[customer.id, 14]
    assert isinstance(phones, tuple)
    customers.set_value(customer.id, 14, (*phones, later))  # type: ignore[arg-type]
    customers.set_value(customer.id, 73, date(1999, 9, 9))
    review.undo(PERSON, review.cases(None)[0].case)
    assert customers.kept[customer.id, 14] == (mine, later)
    assert customers.kept[customer.id, 73] == date(1999, 9, 9)
    assert (customer.id, 12) not in customers.kept
    assert customers.rows[customer.id].title == title


def test_two_customers_become_one_and_two_again(
    host: Installation, review: ImportReview, emulator: Emulator, customers: MemoryCustomers
) -> None:
    first, second = twins(emulator, customers)
    with host.unit.alone():
        host.links.link_local("5", "main", 103, "T-103", second)
    shown = waiting(host, review)
    review.merge(PERSON, shown.case, first, [second])  # type: ignore[attr-defined]
    assert list(customers.rows) == [first]
    assert customers.rows[first].title.count("|") == 1
    assert host.links.customer_of("main", 103) == first
    assert host.links.customer_of("main", CID) == first
    numbers = {phone.number for phone in customers.kept[first, 14]}  # type: ignore[union-attr]
    assert {"79990000001", "79990000002"} < numbers
    case = review.get(shown.case.id).case  # type: ignore[attr-defined]
    assert case.state == "merged"
    review.undo(PERSON, case)
    assert len(customers.rows) == 2
    (again,) = (number for number in customers.rows if number != first)
    assert host.links.customer_of("main", 103) == again
    assert host.links.customer_of("main", CID) is None
    assert customers.kept[first, 14] == (CustomerPhone("79990000001"),)
    assert customers.kept[again, 14] == (CustomerPhone("79990000002"),)
    assert "|" not in customers.rows[first].title


def latest(review: ImportReview) -> ImportCase:
    return review.cases(None)[0].case


def test_undoing_takes_back_all_imports_of_a_contract_into_one_customer(
    host: Installation, review: ImportReview, customers: MemoryCustomers
) -> None:
    host.importing.run("main", host.importing.next_contracts("main"))
    made = latest(review).customer_id
    assert host.importing.import_one("main", CID, person_name="Оператор").customer_id == made
    review.undo(PERSON, latest(review))
    assert customers.rows == {}
    assert customers.kept == {}


def test_a_title_that_somebody_gave_between_two_imports_stays(
    host: Installation, review: ImportReview, customers: MemoryCustomers
) -> None:
    host.importing.run("main", host.importing.next_contracts("main"))
    (made,) = customers.rows
    customers.rename(made, "Переименованный")
    host.importing.import_one("main", CID, person_name="Оператор")
    review.undo(PERSON, latest(review))
    assert customers.rows[made].title == "Переименованный"
    assert not customers.kept


def test_a_contract_goes_back_to_its_customer(
    host: Installation, review: ImportReview, emulator: Emulator, customers: MemoryCustomers
) -> None:
    owner, other = customers.add("Первый Владелец"), customers.add("Второй Владелец")
    with host.unit.alone():
        host.links.link_local("5", "main", CID, "T-101", owner.id)
    host.importing.import_one("main", CID, customer_id=other.id, person_name="Оператор")
    assert host.links.customer_of("main", CID) == other.id
    review.undo(PERSON, latest(review))
    assert host.links.customer_of("main", CID) == owner.id
    assert marker(emulator, CID) == str(owner.id)


def test_a_customer_with_a_process_is_not_undone(
    host: Installation, review: ImportReview, customers: MemoryCustomers
) -> None:
    host.importing.run("main", host.importing.next_contracts("main"))
    (made,) = customers.rows
    process = PROCESSES.create(1, "Подключение", "1")
    PROCESSES.link_customer(process.id, made)
    review.undo(PERSON, latest(review))
    assert list(customers.rows) == [made]


def test_a_phone_that_somebody_has_added_keeps_the_customer(
    host: Installation, review: ImportReview, customers: MemoryCustomers
) -> None:
    host.importing.run("main", host.importing.next_contracts("main"))
    (made,) = customers.rows
    phones, later = customers.kept.get((made, 14), ()), CustomerPhone("79990000009")
    assert isinstance(phones, tuple)
    customers.set_value(made, 14, (*phones, later))  # type: ignore[arg-type]
    review.undo(PERSON, latest(review))
    assert customers.kept == {(made, 14): (later,)}


def test_a_merge_can_be_undone_although_the_billing_was_away(
    host: Installation, review: ImportReview, emulator: Emulator, customers: MemoryCustomers
) -> None:
    first, second = twins(emulator, customers)
    shown = waiting(host, review)
    emulator.faults.set("http-500")
    with pytest.raises(BGBillingError):
        review.merge(PERSON, shown.case, first, [second])  # type: ignore[attr-defined]
    emulator.faults.clear()
    assert list(customers.rows) == [first]
    review.accept(PERSON, latest(review), first)
    assert latest(review).state == "merged"
    host.importing.import_one("main", CID, person_name="Оператор")
    review.undo(PERSON, latest(review))
    assert len(customers.rows) == 2
    assert customers.kept[first, 14] == (CustomerPhone("79990000001"),)


def test_processes_go_with_the_customers_that_become_one(
    host: Installation, review: ImportReview, emulator: Emulator, customers: MemoryCustomers
) -> None:
    first, second = twins(emulator, customers)
    own, both = PROCESSES.create(1, "Ремонт", "1").id, PROCESSES.create(1, "Общий", "1").id
    for process_id, customer_id in ((own, second), (both, second), (both, first)):
        PROCESSES.link_customer(process_id, customer_id)
    shown = waiting(host, review)
    review.merge(PERSON, shown.case, first, [second])  # type: ignore[attr-defined]
    assert {one.id for one in PROCESSES.of_customer(first, 9)} == {own, both}
    review.undo(PERSON, latest(review))
    (again,) = (number for number in customers.rows if number != first)
    assert {one.id for one in PROCESSES.of_customer(again, 9)} == {own, both}
    assert {one.id for one in PROCESSES.of_customer(first, 9)} == {both}


def test_a_comment_that_is_too_short_is_told_as_such(
    host: Installation, review: ImportReview, emulator: Emulator
) -> None:
    opened(emulator).call(CONTRACT_TITLE, cid=CID, comment="И")
    assert host.importing.run("main", host.importing.next_contracts("main")) == {"short": 1}
    assert latest(review).state == "short"
    assert not marker(emulator, CID)
    opened(emulator).call(CONTRACT_TITLE, cid=CID, comment="Иванов Иван Иванович")
    mark(emulator, CID)
    assert host.importing.run("main", host.importing.next_contracts("main")) == {"new": 1}
    assert latest(review).state == "done"


def test_a_failed_contract_is_imported_by_the_rules(
    host: Installation, review: ImportReview, emulator: Emulator, customers: MemoryCustomers
) -> None:
    title = emulator.rows("contract", id=CID)[0]["comment"]
    known = customers.add(title, {74: passport(emulator)})
    host.cases.failed("main", CID, "T-101", "timeout", CaseDetails())
    done = review.accept(PERSON, latest(review), None, by_rules=True)
    assert (done.outcome, done.customer_id) == ("confirmed", known.id)


def test_the_next_import_tells_the_billing_what_was_rejected(
    host: Installation, review: ImportReview, emulator: Emulator, customers: MemoryCustomers
) -> None:
    twins(emulator, customers)
    shown = waiting(host, review)
    emulator.faults.set("http-500")
    assert review.reject(PERSON, shown.case) is not None  # type: ignore[attr-defined]
    emulator.faults.clear()
    assert host.importing.next_contracts("main") == []
    assert marker(emulator, CID) == "0", "who only looks changes nothing"
    assert host.importing.next_contracts("main", clearing=True) == []
    assert not marker(emulator, CID)


def test_two_who_accept_at_once_make_one_customer(
    host: Installation, review: ImportReview, customers: MemoryCustomers, monkeypatch: pytest.MonkeyPatch
) -> None:
    host.cases.failed("main", CID, "T-101", "timeout", CaseDetails())
    case, found = latest(review), host.importing.found

    def meanwhile(billing: Billing, cid: int) -> FoundContract:
        monkeypatch.setattr(host.importing, "found", found)
        review.accept(PERSON, case, None)
        return found(billing, cid)

    monkeypatch.setattr(host.importing, "found", meanwhile)
    with pytest.raises(Decided):
        review.accept(PERSON, case, None)
    assert len(customers.rows) == 1


def test_what_a_person_rejects_is_not_imported_by_a_run_that_had_it_already(
    host: Installation, review: ImportReview, emulator: Emulator, customers: MemoryCustomers
) -> None:
    host.cases.failed("main", CID, "T-101", "timeout", CaseDetails())
    found = [FoundContract(CID, "T-101", "Иванов Иван Иванович")]
    emulator.faults.set("http-500")
    assert review.reject(PERSON, latest(review)) is not None
    emulator.faults.clear()
    assert host.importing.run("main", found) == {"passed": 1}
    assert (latest(review).state, len(customers.rows)) == ("rejected", 0)
    host.cases.failed("main", CID, "T-101", "timeout", CaseDetails())
    assert latest(review).state == "rejected"


def test_what_was_imported_can_be_undone_although_a_run_failed_with_it(
    host: Installation, review: ImportReview, customers: MemoryCustomers
) -> None:
    host.importing.run("main", host.importing.next_contracts("main"))
    host.cases.failed("main", CID, "T-101", "timeout", CaseDetails())
    review.undo(PERSON, latest(review))
    assert customers.rows == {}


def test_two_merges_are_undone_one_after_the_other(
    host: Installation, review: ImportReview, emulator: Emulator, customers: MemoryCustomers
) -> None:
    first, second = twins(emulator, customers)
    third = customers.add(customers.rows[first].title, {74: passport(emulator)}).id
    titles = {one.title for one in customers.rows.values()}
    shown = waiting(host, review)
    emulator.faults.set("http-500")
    with pytest.raises(BGBillingError):
        review.merge(PERSON, shown.case, first, [second])  # type: ignore[attr-defined]
    emulator.faults.clear()
    review.merge(PERSON, latest(review), first, [third, second])
    assert (list(customers.rows), latest(review).state) == ([first], "merged")
    review.undo(PERSON, latest(review))
    assert len(customers.rows) == 3
    assert {one.title for one in customers.rows.values()} == titles


def test_who_may_not_change_a_billing_moves_no_contracts_of_it(
    host: Installation, review: ImportReview, emulator: Emulator, customers: MemoryCustomers
) -> None:
    first, second = twins(emulator, customers)
    with host.unit.alone():
        host.links.link_local("5", "main", 103, "T-103", second)
    shown = waiting(host, review)
    with pytest.raises(NotYours):
        review.merge(PERSON, shown.case, first, [second], lambda billing_id: False)  # type: ignore[attr-defined]
    assert host.links.customer_of("main", 103) == second
    assert set(customers.rows) == {first, second}
    review.merge(PERSON, shown.case, first, [second])  # type: ignore[attr-defined]
    (entry,) = host.journal.search(JournalQuery(contract_id=103)).records
    assert (entry.person_name, entry.state, entry.contract_title) == ("Оператор", "done", "T-103")
    with pytest.raises(NotYours):
        review.undo(PERSON, latest(review), lambda billing_id: False)
    assert host.links.customer_of("main", 103) == first


def test_undoing_leaves_a_contract_with_whom_it_had_before(
    host: Installation, review: ImportReview, customers: MemoryCustomers
) -> None:
    owner = customers.add("Первый Владелец")
    with host.unit.alone():
        host.links.link_local("5", "main", CID, "T-101", owner.id)
    host.importing.import_one("main", CID, person_name="Оператор")
    assert any(customer_id == owner.id for customer_id, _ in customers.kept)
    review.undo(PERSON, latest(review))
    assert host.links.customer_of("main", CID) == owner.id
    assert not customers.kept
