"""Customers are imported from emulated billings: what is made, what is found again, what goes wrong."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from flask_bgbilling.domain.customers.outcomes import NotConfigured
from flask_bgbilling.emulator import Emulator
from flask_bgbilling.ports import CustomerPhone
from flask_bgbilling.wire.ops.contracts_writes import CONTRACT_TITLE
from flask_bgbilling.wire.ops.parameters_writes import PARAMETER_TEXT_SAVE
from tests.importing import MAPPING, RULES, Installation, configuration, mark, marker
from tests.memory_customers import MemoryCustomers, parameters
from tests.sessions import opened
from tests.support import ALL_BANDS, Emulated

KNOWN = parameters(p12="address", p14="phone", p73="date", p74="text")
CIDS = (101, 102, 103)
PERSONS = 1
"""The demo billing's group of parameters of persons: only they have a passport."""


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


def comment(emulator: Emulator, cid: int) -> str:
    return str(emulator.rows("contract", id=cid)[0]["comment"])


@pytest.mark.parametrize("band", ALL_BANDS)
def test_marked_contracts_become_customers(
    private_billing: Emulated, installed: Callable[..., Installation], customers: MemoryCustomers, band: str
) -> None:
    emulator = private_billing(band)
    mark(emulator, *CIDS)
    host = installed(emulator)
    found = host.importing.next_contracts("main")
    assert sorted(one.cid for one in found) == list(CIDS)
    counted = host.importing.run("main", found)
    assert counted == {"new": len(CIDS)}
    for cid in CIDS:
        customer_id = host.links.customer_of("main", cid)
        assert customer_id is not None
        assert marker(emulator, cid) == str(customer_id)
        assert customers.rows[customer_id].title == comment(emulator, cid).strip()
        passport = emulator.rows("contract_parameter_type_1", cid=cid, pid=9)
        if passport:
            assert customers.kept[customer_id, 74] == passport[0]["val"].strip()
        born = emulator.rows("contract_parameter_type_6", cid=cid, pid=10)
        if born:
            assert customers.kept[customer_id, 73] == born[0]["val"]
        flats = emulator.rows("contract_parameter_type_2", cid=cid, pid=3)
        if flats:
            assert [one.house_id for one in customers.kept[customer_id, 12]] == [flats[0]["hid"]]  # type: ignore[union-attr]
        case = host.cases.of_contract("main", cid)
        assert case is not None
        assert (case.state, case.outcome, case.customer_id) == ("done", "new", customer_id)
        assert case.details is not None
        assert case.details.created
    # Nothing is left to do, and doing it again changes nothing.
    assert host.importing.next_contracts("main") == []
    assert host.importing.run("main", found) == {"passed": len(CIDS)}
    assert len(customers.rows) == len(CIDS)


def test_a_customer_is_found_again_and_gets_what_is_new(
    private_billing: Emulated, installed: Callable[..., Installation], customers: MemoryCustomers
) -> None:
    emulator = private_billing("9.2")
    mark(emulator, 101)
    passport = emulator.rows("contract_parameter_type_1", cid=101, pid=9)[0]["val"]
    mine = CustomerPhone("+7 (999) 000-00-00", "старый")
    customer = customers.add(comment(emulator, 101), {74: passport, 14: (mine,)})
    host = installed(emulator)
    assert host.importing.run("main", host.importing.next_contracts("main")) == {"confirmed": 1}
    assert host.links.customer_of("main", 101) == customer.id
    assert len(customers.rows) == 1
    phones = customers.kept[customer.id, 14]
    assert isinstance(phones, tuple)
    assert phones[0] == mine
    assert len(phones) > 1
    case = host.cases.of_contract("main", 101)
    assert case is not None
    assert case.details is not None
    assert case.details.evidence[0]["phase"] == "title"


def test_a_short_comment_is_not_to_be_imported(
    private_billing: Emulated, installed: Callable[..., Installation], customers: MemoryCustomers
) -> None:
    emulator = private_billing("9.2")
    mark(emulator, 101)
    host = installed(emulator, f"{RULES}bgbilling:creator.server.1.minCustomerTitleLength=500\n")
    assert host.importing.run("main", host.importing.next_contracts("main")) == {"short": 1}
    assert not marker(emulator, 101)
    assert customers.rows == {}


def test_one_bad_contract_does_not_hold_up_the_others(
    private_billing: Emulated,
    installed: Callable[..., Installation],
    customers: MemoryCustomers,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    emulator = private_billing("9.2")
    mark(emulator, *CIDS)
    host = installed(emulator)
    bad, create = comment(emulator, 102), customers.create

    def fails(title: str, *, group_id: int = 0, title_pattern_id: int = -1) -> object:
        if title == bad.strip():
            raise RuntimeError("no more customers")
        return create(title, group_id=group_id, title_pattern_id=title_pattern_id)

    monkeypatch.setattr(customers, "create", fails)
    counted = host.importing.run("main", host.importing.next_contracts("main"))
    assert counted == {"new": 2, "failed": 1}
    case = host.cases.of_contract("main", 102)
    assert case is not None
    assert (case.state, case.failures, case.error_code) == ("failed", 1, "error")
    assert case.not_before is not None
    assert marker(emulator, 102) == "0"
    assert host.links.customer_of("main", 102) is None
    # It waits for a better moment and is not on the next page.
    assert host.importing.next_contracts("main") == []


def test_by_hand_into_a_chosen_customer_and_by_the_rules(
    private_billing: Emulated, installed: Callable[..., Installation], customers: MemoryCustomers
) -> None:
    emulator = private_billing("9.2")
    host = installed(emulator)
    chosen = customers.add("Совсем другой")
    done = host.importing.import_one("main", 101, customer_id=chosen.id, person_name="Оператор")
    assert (done.outcome, done.customer_id, done.problem) == ("chosen", chosen.id, "")
    assert customers.rows[chosen.id].title == "Совсем другой"
    assert (chosen.id, 12) in customers.kept
    assert marker(emulator, 101) == str(chosen.id)
    other = host.importing.import_one("main", 102, person_name="Оператор")
    assert other.outcome == "new"
    assert marker(emulator, 102) == str(other.customer_id)
    with pytest.raises(NotConfigured):
        installed(emulator, mapping="12:3:4").importing.import_one("main", 101)


def test_the_billing_learns_of_it_later(
    private_billing: Emulated, installed: Callable[..., Installation], customers: MemoryCustomers
) -> None:
    emulator = private_billing("9.2")
    mark(emulator, 101)
    host = installed(emulator)
    found = host.importing.next_contracts("main")
    emulator.faults.set("http-500", operation="contractParameterTextUpdate")
    assert host.importing.run("main", found) == {"new": 1}
    assert host.links.customer_of("main", 101) is not None
    assert host.links.is_waiting("main", 101)
    assert marker(emulator, 101) == "0"
    emulator.faults.clear()
    assert host.importing.run("main", found) == {"linked": 1}
    assert marker(emulator, 101) == str(host.links.customer_of("main", 101))
    assert len(customers.rows) == 1


def test_two_that_import_at_once_make_one_customer(
    private_billing: Emulated, installed: Callable[..., Installation], customers: MemoryCustomers
) -> None:
    emulator = private_billing("9.2", latency_ms=20)
    host = installed(emulator)
    billing = opened(emulator)
    pair = [row["id"] for row in emulator.rows("contract") if row["pgid"] == PERSONS][:2]
    for cid in pair:
        billing.call(PARAMETER_TEXT_SAVE, cid=cid, parameter_id=9, text="8001 123456")
        billing.call(CONTRACT_TITLE, cid=cid, comment="Двойников Иван Иванович")
    start, done = threading.Barrier(2), []

    def work(cid: int) -> None:
        start.wait()
        done.append(host.importing.import_one("main", cid, person_name="Оператор"))
        host.sessions.remove()

    threads = [threading.Thread(target=work, args=(cid,)) for cid in pair]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.outcome for one in done) == ["confirmed", "new"]
    assert len(customers.rows) == 1
    assert [marker(emulator, cid) for cid in pair] == ["1", "1"]
