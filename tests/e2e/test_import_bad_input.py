"""The import meets what it cannot use: strange titles, accounts and billings that fail, customers that are gone."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, update

from flask_bgbilling.domain.customers.importing import CHUNK
from flask_bgbilling.domain.customers.outcomes import Busy, Imported
from flask_bgbilling.domain.customers.review import ImportReview
from flask_bgbilling.emulator import Emulator, schema
from flask_bgbilling.errors import NoRights, Unavailable, WrongPassword
from flask_bgbilling.ports import Customer, CustomerValue, Person
from tests.importing import MAPPING, RULES, Installation, configuration, mark, marker
from tests.memory_customers import MemoryCustomers, parameters
from tests.support import Emulated

KNOWN = parameters(p12="address", p14="phone", p73="date", p74="text")
CID = 101
TWENTY = range(101, 121)
MANY = range(101, 161)
SAVING = "ru.bitel.bgbilling.kernel.contract.api/ContractService.contractParameterTextUpdate"
"""The operation of the billing that writes the parameter of the customer."""
PERSON = Person("5", "operator", "Оператор")


@pytest.fixture
def customers() -> MemoryCustomers:
    return MemoryCustomers(KNOWN)


@pytest.fixture
def installed(tmp_path: Path, customers: MemoryCustomers) -> Iterator[Callable[..., Installation]]:
    made: list[Installation] = []

    def install(emulator: Emulator, rules: str = RULES, mapping: str = MAPPING) -> Installation:
        made.append(Installation(tmp_path, customers, configuration({"main": emulator}, rules, mapping)))
        return made[-1]

    yield install
    for one in made:
        one.close()


def entitle(emulator: Emulator, comment: str, cid: int = CID) -> None:
    """Gives a contract a comment, past everything that the billing's own forms allow."""
    with emulator.database.transaction() as connection:
        connection.execute(update(schema.contract).where(schema.contract.c.id == cid).values(comment=comment))


def have_password(emulator: Emulator, password: str) -> None:
    """Changes the password of the account that the import works under."""
    with emulator.database.transaction() as connection:
        connection.execute(update(schema.user).where(schema.user.c.login == "admin").values(pswd=password))


def deny(emulator: Emulator, right: str) -> None:
    """Takes a right, or a single operation, from the account that the import works under."""
    rights = schema.user_right
    with emulator.database.transaction() as connection:
        uid = connection.scalar(select(schema.user.c.id).where(schema.user.c.login == "admin"))
        connection.execute(insert(rights).values(uid=uid, name=right, allowed=0))


def allow(emulator: Emulator) -> None:
    """Gives back what was denied."""
    with emulator.database.transaction() as connection:
        uid = select(schema.user.c.id).where(schema.user.c.login == "admin").scalar_subquery()
        connection.execute(
            delete(schema.user_right).where(schema.user_right.c.uid == uid, schema.user_right.c.allowed == 0)
        )


@pytest.mark.parametrize("band", ["7.2", "9.2501"])
@pytest.mark.parametrize(
    ("comment", "title"),
    [
        ("И", None),
        ("", None),
        ("||||||||||||||", None),
        ("«», «», „“, ...", None),
        ("Сидоров [сосед] Пётр [из 5-й]", "Сидоров [сосед] Пётр [из 5-й]"),
        ("]Сидоров[ Пётр ]]", "]Сидоров[ Пётр ]]"),
        ("Сидоров Пётр Ильич | Сидоров П. И.", "Сидоров Пётр Ильич | Сидоров П. И."),
        ("100% Сидоров_Пётр", "100% Сидоров_Пётр"),
        ("Я" * 10_000, "Я" * 10_000),
    ],
    ids=["letter", "empty", "bars", "quotes", "brackets", "torn", "variants", "wildcards", "endless"],
)
def test_titles_of_any_shape(
    private_billing: Emulated,
    installed: Callable[..., Installation],
    customers: MemoryCustomers,
    band: str,
    comment: str,
    title: str | None,
) -> None:
    emulator = private_billing(band)
    entitle(emulator, comment)
    mark(emulator, CID)
    host = installed(emulator)
    counted = host.importing.run("main", host.importing.next_contracts("main"))
    assert counted == {"short" if title is None else "new": 1}
    assert [one.title for one in customers.rows.values()] == ([] if title is None else [title])
    assert (marker(emulator, CID) or "") == ("" if title is None else "1")
    assert host.importing.next_contracts("main") == []


def test_a_billing_that_dies_in_the_middle_leaves_nothing_half_done(
    private_billing: Emulated, installed: Callable[..., Installation], customers: MemoryCustomers
) -> None:
    emulator = private_billing("9.2")
    mark(emulator, *TWENTY)
    host = installed(emulator)
    found = host.importing.next_contracts("main")
    emulator.faults.set("reset", skip=35)
    with suppress(Unavailable):  # only when it is gone for all of those that are read together
        host.importing.run("main", found)
    imported = {one.cid for one in found if host.links.customer_of("main", one.cid) is not None}
    assert len(customers.rows) <= len(imported) < len(found)
    emulator.faults.clear()
    other = installed(emulator)  # another process, a while later
    counted = other.importing.run("main", found)
    assert (counted.total(), counted["failed"]) == (len(found), 0)
    ids = {one.cid: other.links.customer_of("main", one.cid) for one in found}
    assert {number for number in ids.values() if number} == set(customers.rows)
    for cid, number in ids.items():
        assert (marker(emulator, cid) or "") == str(number or "")


def test_an_account_that_is_refused_stops_the_run_and_blames_no_contract(
    private_billing: Emulated, installed: Callable[..., Installation], customers: MemoryCustomers
) -> None:
    emulator = private_billing("9.2")
    mark(emulator, *TWENTY)
    host = installed(emulator)
    found = host.importing.next_contracts("main")
    have_password(emulator, "another")
    with pytest.raises(WrongPassword):
        host.importing.run("main", found)
    assert customers.rows == {}
    assert host.cases.counts(None) == {}
    have_password(emulator, "admin")
    again = installed(emulator)
    counted = again.importing.run("main", again.importing.next_contracts("main"))
    assert (counted.total(), counted["failed"]) == (len(found), 0)


@pytest.mark.parametrize("lost", ["*", "contract/AddressInfo", SAVING], ids=["all", "a part", "writing"])
def test_an_account_that_loses_its_rights_in_the_middle_stops_the_run_and_blames_no_contract(
    private_billing: Emulated, installed: Callable[..., Installation], customers: MemoryCustomers, lost: str
) -> None:
    emulator = private_billing("9.2", contracts=80)
    mark(emulator, *MANY)
    host = installed(emulator)
    found = host.importing.next_contracts("main", len(MANY))
    done: list[Imported] = []

    def told(imported: Sequence[Imported]) -> None:
        if not done:
            deny(emulator, lost)
        done.extend(imported)

    with pytest.raises(NoRights, match="no rights"):
        host.importing.run("main", found, told=told)
    imported = {one.cid for one in found if host.links.customer_of("main", one.cid) is not None}
    assert CHUNK <= len(imported) < len(found)
    assert {one.found.cid for one in done} >= imported, "what was done is told"
    assert "failed" not in host.cases.counts(None)
    allow(emulator)
    again = installed(emulator)
    counted = again.importing.run("main", again.importing.next_contracts("main", len(MANY)))
    assert not counted["failed"]
    while record := again.links.rows.due(datetime(2100, 1, 1, tzinfo=UTC), 1):
        assert again.links.tell(record[0]).problem is None
    for one in found:
        assert (marker(emulator, one.cid) or "") == str(again.links.customer_of("main", one.cid) or "")
    assert again.importing.next_contracts("main") == []


def test_what_was_imported_is_told_when_the_run_is_stopped(
    private_billing: Emulated, installed: Callable[..., Installation], monkeypatch: pytest.MonkeyPatch
) -> None:
    emulator = private_billing("9.2")
    mark(emulator, *TWENTY)
    host = installed(emulator)
    turn, turns = host.importing.turn, iter((True, False))

    def not_twice() -> AbstractContextManager[None]:
        if not next(turns):
            raise Busy
        return turn()

    monkeypatch.setattr(host.importing, "turn", not_twice)
    told: list[Imported] = []
    with pytest.raises(Busy):
        host.importing.run("main", host.importing.next_contracts("main"), told=told.extend)
    assert len(told) == CHUNK
    assert {one.outcome for one in told} <= {"new", "short", "confirmed", "alike"}


def test_a_customer_that_is_deleted_meanwhile(
    private_billing: Emulated,
    installed: Callable[..., Installation],
    customers: MemoryCustomers,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    emulator = private_billing("9.2")
    mark(emulator, CID)
    passport = emulator.rows("contract_parameter_type_1", cid=CID, pid=9)[0]["val"]
    customer = customers.add(emulator.rows("contract", id=CID)[0]["comment"], {74: passport})
    customers.add("Сосед, чтобы номер не достался другому")
    host = installed(emulator)
    found = host.importing.next_contracts("main")

    def gone(customer_id: int) -> Customer | None:
        """Somebody else was quicker, between the decision and the writing."""
        return None

    with monkeypatch.context() as patched:
        patched.setattr(customers, "lock", gone)
        assert host.importing.run("main", found) == {"failed": 1}
    case = host.cases.of_contract("main", CID)
    assert case is not None
    assert (case.state, case.error_code) == ("failed", "unknown customer")
    assert host.links.customer_of("main", CID) is None
    customers.delete(customer.id)
    assert host.importing.run("main", found) == {"new": 1}
    assert host.links.customer_of("main", CID) not in (None, customer.id)


@pytest.mark.parametrize("by_hand", [False, True], ids=["job", "by hand"])
def test_a_link_to_a_customer_that_is_gone_does_not_keep_a_contract_from_its_import(
    private_billing: Emulated, installed: Callable[..., Installation], customers: MemoryCustomers, by_hand: bool
) -> None:
    emulator = private_billing("9.2")
    host = installed(emulator)
    old, _ = customers.add("Кого больше нет"), customers.add("Сосед, чтобы номер не достался другому")
    with host.unit.alone():
        host.links.link_local("5", "main", CID, "101", old.id)
    del customers.rows[old.id]
    mark(emulator, CID)
    if by_hand:
        assert host.importing.import_one("main", CID, person_name=PERSON.name).outcome == "new"
    else:
        assert host.importing.run("main", host.importing.next_contracts("main")) == {"new": 1}
    made = max(customers.rows)
    assert len(customers.rows) == 2
    assert host.links.customer_of("main", CID) == made
    assert marker(emulator, CID) == str(made)


def test_a_house_that_the_host_does_not_have_costs_only_the_address(
    private_billing: Emulated,
    installed: Callable[..., Installation],
    customers: MemoryCustomers,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    emulator = private_billing("9.2")
    mark(emulator, CID)
    host = installed(emulator)
    keep = customers.set_value

    def without_houses(customer_id: int, parameter_id: int, value: CustomerValue | None) -> None:
        if parameter_id == 12 and value:
            raise ValueError("there is no house 7")
        keep(customer_id, parameter_id, value)

    monkeypatch.setattr(customers, "set_value", without_houses)
    assert host.importing.run("main", host.importing.next_contracts("main")) == {"new": 1}
    (made,) = customers.rows
    assert (made, 12) not in customers.kept
    assert (made, 74) in customers.kept
    (shown,) = ImportReview(host.importing, host.unit, host.journal).cases(None)
    assert shown.case.details is not None
    assert [(note["parameter_id"], note["value"]) for note in shown.case.details.notes] == [(12, "there is no house 7")]


def test_two_runs_over_the_same_page_import_each_contract_once(
    private_billing: Emulated, installed: Callable[..., Installation], customers: MemoryCustomers
) -> None:
    emulator = private_billing("9.2")
    mark(emulator, *TWENTY)
    host = installed(emulator)
    found = host.importing.next_contracts("main")
    start, counted = threading.Barrier(2), []

    def work() -> None:
        start.wait()
        counted.append(host.importing.run("main", found))
        host.sessions.remove()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    total = counted[0] + counted[1]
    assert total.total() == 2 * len(found)
    assert not total["failed"]
    assert total["new"] == len(customers.rows)
    for one in found:
        assert (marker(emulator, one.cid) or "") == str(host.links.customer_of("main", one.cid) or "")
