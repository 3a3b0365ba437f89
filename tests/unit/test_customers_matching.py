"""Which customer a contract belongs to: both phases, names as they are compared, what is told of the decision."""

from collections.abc import Sequence
from datetime import date
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_bgbilling.config.creator import CreatorServer, CreatorSettings
from flask_bgbilling.domain.customers.matching import (
    ContractForImport,
    ContractValue,
    ImportDecision,
    ImportRules,
    agrees,
    decide,
)
from flask_bgbilling.domain.customers.names import distance, includes, names, with_spelling
from flask_bgbilling.domain.customers.writing import ContractWriter
from flask_bgbilling.domain.links.service import NewLink
from flask_bgbilling.ports import CustomerAddress, CustomerPhone
from tests.memory_customers import MemoryCustomers, parameters

KNOWN = parameters(p12="address", p14="phone", p73="date", p74="text", p115="list")
SOURCES = {12: (9, 80), 14: (60,), 73: (51,), 74: (96,), 115: (7,)}
TITLE = "Иванов Пётр Сергеевич"


def rules(**changes: object) -> ImportRules:
    settings: dict[str, object] = {"confirm": (73, 12, 14, 74), "search": (74, 12, 14), "title_distance": 2}
    server = CreatorServer(1, "tks", "bgcrm", "secret", SOURCES)
    return ImportRules(CreatorSettings(**{**settings, **changes}), server, KNOWN)  # type: ignore[arg-type]


def contract(title: str = TITLE, **values: ContractValue) -> ContractForImport:
    read = {int(name.removeprefix("p")): value for name, value in values.items()}
    return ContractForImport("tks", 5, "T-5", title, read)


def phone(*numbers: str) -> ContractValue:
    return ContractValue("; ".join(numbers), phones=tuple(CustomerPhone(number) for number in numbers))


def flat(house_id: int, number: str = "", text: str = "где-то") -> ContractValue:
    return ContractValue(text, address=CustomerAddress(house_id, number))


@pytest.fixture
def customers() -> MemoryCustomers:
    return MemoryCustomers(KNOWN)


def told(decision: ImportDecision) -> tuple[str, int | None]:
    return decision.outcome, decision.customer.id if decision.customer else None


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ({"p51": ContractValue("05.06.1980", day=date(1980, 6, 5))}, {73: date(1980, 6, 5)}),
        ({"p9": flat(7, "15А")}, {12: (CustomerAddress(3), CustomerAddress(7, "15а", comment="да"))}),
        ({"p80": flat(7, "15")}, {12: (CustomerAddress(7, "15"),)}),
        ({"p9": ContractValue("Мира, 5,  кв. 1")}, {12: (CustomerAddress(7, "1", text="Мира, 5, кв. 1"),)}),
        ({"p60": phone("495", "+7 (917) 000-11-22")}, {14: (CustomerPhone("89170001122"),)}),
        ({"p96": ContractValue(" 8001 123456 ")}, {74: "8001 123456"}),
    ],
)
def test_a_title_that_a_parameter_confirms(customers: MemoryCustomers, theirs: object, ours: object) -> None:
    customers.add(TITLE, {})
    customer = customers.add(f"Старое имя | {TITLE.upper().replace('Ё', 'Е')}", ours)  # type: ignore[arg-type]
    decision = decide(contract(**theirs), rules(), customers)  # type: ignore[arg-type]
    assert told(decision) == ("confirmed", customer.id)
    assert decision.new_title is None
    assert decision.accepted[0].phase == "title"
    assert decision.accepted[0].parameter_id == next(iter(ours))  # type: ignore[call-overload]


def test_evidence_is_told_as_people_write_it(customers: MemoryCustomers) -> None:
    customers.add(TITLE, {14: (CustomerPhone("89170001122"),)})
    phones = CustomerPhone("79170001122"), CustomerPhone("495", "дом")
    marked = ContractValue("79170001122[]; 495[дом]", phones=phones)
    decision = decide(contract(p60=marked), rules(), customers)
    assert decision.accepted[0].value == "79170001122, 495"


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ({"p51": ContractValue("05.06.1980", day=date(1980, 6, 5))}, {73: date(1980, 6, 6)}),
        ({"p9": flat(7, "15")}, {12: (CustomerAddress(7, "16"),)}),
        ({"p60": phone("9170001122")}, {14: (CustomerPhone("9170001123"),)}),
        ({"p60": phone("---")}, {14: (CustomerPhone("нет"),)}),
        ({"p96": ContractValue(" ")}, {74: " "}),
        ({}, {74: "8001"}),
        ({"p7": ContractValue("1", item_id=1)}, {115: frozenset({1})}),
    ],
)
def test_an_equal_title_alone_is_not_enough(customers: MemoryCustomers, theirs: object, ours: object) -> None:
    customers.add(TITLE, ours)  # type: ignore[arg-type]
    decision = decide(contract(**theirs), rules(search=()), customers)  # type: ignore[arg-type]
    assert told(decision) == ("new", None)
    assert [(one.phase, one.accepted) for one in decision.evidence] == [("title", False)]


def test_the_order_of_parameters_and_of_sources_decides(customers: MemoryCustomers) -> None:
    customers.add(TITLE, {74: "1", 12: (CustomerAddress(8),)})
    # Of several sources the first that is filled counts, as in the description.
    found = decide(contract(p9=flat(7), p80=flat(8)), rules(search=()), customers)
    assert found.outcome == "new"
    found = decide(contract(p80=flat(8), p96=ContractValue("1")), rules(confirm=(74, 12)), customers)
    assert found.accepted[0].parameter_id == 74


def test_a_parameter_finds_and_the_title_has_to_resemble(customers: MemoryCustomers) -> None:
    customer = customers.add("Иванов Петр Сергеич", {74: "8001 123456"})
    found = decide(contract(p96=ContractValue("8001 123456")), rules(title_distance=3), customers)
    assert told(found) == ("alike", customer.id)
    assert found.new_title == f"Иванов Петр Сергеич | {TITLE}"
    assert found.accepted[0].distance == 2
    assert decide(contract(p96=ContractValue("8001 123456")), rules(title_distance=1), customers).outcome == "new"


def test_search_parameters_find_not_those_that_confirm(customers: MemoryCustomers) -> None:
    customers.add("Иванов Петр Сергеич", {74: "8001"})
    assert decide(contract(p96=ContractValue("8001")), rules(confirm=(74,), search=(14,)), customers).outcome == "new"
    assert decide(contract(p96=ContractValue("8001")), rules(confirm=(14,), search=(74,)), customers).outcome == "alike"


def test_one_parameter_may_have_a_distance_of_its_own(customers: MemoryCustomers) -> None:
    customers.add("Сидорова Анна", {74: "8001", 14: (CustomerPhone("9170001122"),)})
    own = rules(title_distances={74: -1})
    assert decide(contract(p96=ContractValue("8001")), own, customers).outcome == "alike"
    assert decide(contract(p60=phone("89170001122")), own, customers).outcome == "new"


def test_the_nearest_spelling_counts_and_none_is_added_twice(customers: MemoryCustomers) -> None:
    customers.add(f"Совсем другое имя | {TITLE}", {74: "8001"})
    found = decide(contract(p96=ContractValue("8001")), rules(confirm=()), customers)
    assert (found.outcome, found.new_title, found.accepted[0].distance) == ("alike", None, 0)


def test_several_wait_for_a_person_only_when_wanted(customers: MemoryCustomers) -> None:
    first = customers.add(TITLE, {74: "8001"})
    second = customers.add(f"{TITLE} (старый)", {74: "8001"})
    theirs = contract(p96=ContractValue("8001"))
    assert told(decide(theirs, rules(), customers)) == ("confirmed", first.id)
    found = decide(theirs, rules(review_several=True), customers)
    assert told(found) == ("several", None)
    assert {one.customer_id for one in found.accepted} == {first.id, second.id}


@pytest.mark.parametrize("title", ["", "   ", "Я", "Иванов П.", "|||||||||||", '""""""""""""""'])
def test_a_short_title_says_nothing(customers: MemoryCustomers, title: str) -> None:
    assert decide(contract(title), rules(), customers).outcome == "short"
    assert customers.calls == []


@pytest.mark.parametrize("title", ["И" * 10_000, "100% _ Иванов | Петров", "ООО ООО ООО ООО"])
def test_strange_titles_are_decided(customers: MemoryCustomers, title: str) -> None:
    customers.add("Иванов Иван Иванович", {74: "8001"})
    assert decide(contract(title, p96=ContractValue("8001")), rules(), customers).outcome == "new"


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("ООО «Ромашка»", 'ООО "Ромашка"'),
        ("Общество с ограниченной ответственностью «Ромашка»", "ООО РОМАШКА"),
        ('"Ромашка" ООО', "ООО Ромашка"),
        ("ООО Ромашка", "Ромашка"),
        ("Индивидуальный предприниматель Сёмин А. А.", "ИП Семин А. А."),
    ],
)
def test_spellings_of_one_name(customers: MemoryCustomers, ours: str, theirs: str) -> None:
    assert distance(ours, theirs, 2) == 0
    assert includes(ours, theirs)
    assert with_spelling(ours, ours) == ours
    customer = customers.add(ours, {74: "8001"})
    found = decide(contract(theirs, p96=ContractValue("8001")), rules(), customers)
    if len(theirs) >= 10:
        assert told(found) == ("confirmed", customer.id)


def test_different_forms_include_each_other_never_and_are_apart_by_their_letters() -> None:
    assert not includes("ИП Ромашка и партнёры", "ООО Ромашка и партнёры")
    assert not includes("ОАО Ромашка и партнёры", "ООО Ромашка")
    assert distance("ИП Ромашка", "ООО Ромашка", 2) == 3
    assert distance("Открытое акционерное общество «Ромашка»", "ООО Ромашка", 2) == 1


def test_a_key_parameter_and_few_letters_lead_to_a_customer_of_another_form(customers: MemoryCustomers) -> None:
    customer = customers.add("ОАО Ромашка", {74: "8001"})
    found = decide(contract("ООО Ромашка", p96=ContractValue("8001")), rules(), customers)
    assert told(found) == ("alike", customer.id)
    assert told(decide(contract("ООО Ромашка", p96=ContractValue("8002")), rules(), customers)) == ("new", None)


TITLES = st.text(st.sampled_from('абвё |«»"ООИП-.%_'), max_size=30)


@given(TITLES, TITLES, st.integers(0, 5))
def test_distance_is_the_same_both_ways_and_never_negative(one: str, other: str, most: int) -> None:
    apart = distance(one, other, most)
    assert 0 <= apart <= most + 1
    assert apart == distance(other, one, most)
    assert distance(one, one, most) == (0 if names(one) else most + 1)


@given(TITLES, TITLES)
def test_an_added_spelling_is_known_and_is_added_once(title: str, wanted: str) -> None:
    added = with_spelling(title, wanted)
    assert with_spelling(added, wanted) == added
    assert set(names(wanted)) <= set(names(added))
    assert set(names(title)) <= set(names(added))


@given(st.text(st.sampled_from("абв «»ООИП"), min_size=1, max_size=20))
def test_case_and_quotes_never_matter(title: str) -> None:
    assert names(title) == names(title.upper()) == names(title.replace("«", '"').replace("»", '"'))


def test_who_holds_the_value_is_not_searched_for_by_title(customers: MemoryCustomers) -> None:
    customer = customers.add("Ромашка, ООО", {74: "0278000000"})
    found = decide(contract("ООО «Ромашка»", p96=ContractValue("0278000000")), rules(), customers)
    assert told(found) == ("confirmed", customer.id)
    assert "find_by_title" not in customers.calls


def test_a_new_customer_is_told_of_namesakes(customers: MemoryCustomers) -> None:
    namesake = customers.add(TITLE, {74: "8001"})
    found = decide(contract(p96=ContractValue("8002")), rules(), customers)
    assert told(found) == ("new", None)
    assert [(one.customer_id, one.accepted) for one in found.evidence] == [(namesake.id, False)]


@pytest.mark.parametrize("letter", ["15а", "15А"])
def test_a_flat_with_a_letter_confirms_however_the_host_compares_it(customers: MemoryCustomers, letter: str) -> None:
    customer = customers.add("ТСЖ «Заря»", {12: (CustomerAddress(7, "15а"),)})
    found = decide(contract("«Заря», ТСЖ", p9=flat(7, letter)), rules(), customers)
    assert told(found) == ("confirmed", customer.id)


def test_one_of_very_many_who_hold_a_value_is_found_by_title(customers: MemoryCustomers) -> None:
    for number in range(310):
        customers.add(f"Абонент {number:03}", {12: (CustomerAddress(7),)})
    customer = customers.add("Яковлев Пётр", {12: (CustomerAddress(7),)})
    found = decide(contract("Яковлев Пётр", p9=flat(7)), rules(search=()), customers)
    assert told(found) == ("confirmed", customer.id)


def test_two_addresses_that_look_alike_are_two(customers: MemoryCustomers) -> None:
    customer = customers.add("Яковлев Петр", {12: (CustomerAddress(8, "1"),)})
    found = decide(contract("Яковлев Пётр", p9=flat(7, "1"), p80=flat(8, "1")), rules(), customers)
    assert told(found) == ("alike", customer.id)


VALUES = st.fixed_dictionaries(
    {},
    optional={
        12: st.tuples(st.builds(CustomerAddress, st.sampled_from([7, 8]), st.sampled_from(["", "1", "1а", "1А"]))),
        14: st.tuples(st.builds(CustomerPhone, st.sampled_from(["89170001122", "9170001122", "+79170001123"]))),
        73: st.sampled_from([date(1980, 6, 5), date(1980, 6, 6)]),
        74: st.sampled_from(["8001", "8002"]),
    },
)
TITLES = st.sampled_from(["Иванов Пётр", "ИВАНОВ ПЕТР", "Иванов Пётр Ильич", "ООО «Иванов Пётр»", "Петров Иван"])


@given(TITLES, st.lists(st.tuples(TITLES, VALUES), max_size=6), VALUES)
def test_confirmed_are_all_whose_title_includes_it_and_whose_value_agrees(
    title: str, kept: list[tuple[str, dict[int, object]]], values: dict[int, object]
) -> None:
    customers = MemoryCustomers(KNOWN)
    for name, ours in kept:
        customers.add(name, ours)  # type: ignore[arg-type]
    theirs = {SOURCES[number][0]: _of_contract(value) for number, value in values.items()}
    wanted = ContractForImport("tks", 5, "T-5", title, theirs)
    confirmed = {
        customer.id
        for customer in customers.rows.values()
        if includes(customer.title, title)
        and any(
            agrees(KNOWN[number].type, customers.kept.get((customer.id, number)), theirs[SOURCES[number][0]])
            for number in values
        )
    }
    decision = decide(wanted, rules(search=(), review_several=True), customers)
    assert {one.customer_id for one in decision.accepted} == confirmed


CONTRACTS = st.lists(st.tuples(TITLES, VALUES), min_size=2, max_size=6)


@given(st.lists(st.tuples(TITLES, VALUES), max_size=3), CONTRACTS, st.booleans())
def test_contracts_together_become_what_they_become_one_after_the_other(
    kept: list[tuple[str, dict[int, object]]], wanted: list[tuple[str, dict[int, object]]], several: bool
) -> None:
    contracts = [
        ContractForImport(
            "tks", cid, f"T-{cid}", title, {SOURCES[number][0]: _of_contract(value) for number, value in values.items()}
        )
        for cid, (title, values) in enumerate(wanted, start=1)
    ]
    made = []
    for size in (1, len(contracts)):
        customers, cases = MemoryCustomers(KNOWN), []
        kept_cases = SimpleNamespace(put=cases.extend, of_contracts=lambda billing_id, cids: {})
        for name, ours in kept:
            customers.add(name, ours)  # type: ignore[arg-type]
        writer = ContractWriter(customers, NoLinks(), kept_cases)  # type: ignore[arg-type]
        for start in range(0, len(contracts), size):
            writer.write(
                contracts[start : start + size], rules(review_several=several, imported=(12, 14, 73, 74)), None
            )
        made.append((cases, customers.rows, customers.kept))
    assert made[0] == made[1]


class NoLinks:
    """Contracts without customers, whose new ones nobody writes down."""

    def __init__(self) -> None:
        self.rows = SimpleNamespace(of_contracts=lambda billing_id, cids: {})

    def put_local(self, person_id: str, links: Sequence[NewLink]) -> list[SimpleNamespace]:
        return [SimpleNamespace(contract_id=link.cid) for link in links]


def _of_contract(value: object) -> ContractValue:
    if isinstance(value, date):
        return ContractValue(f"{value:%d.%m.%Y}", day=value)
    if isinstance(value, str):
        return ContractValue(value)
    assert isinstance(value, tuple)
    (member,) = value
    if isinstance(member, CustomerPhone):
        return ContractValue(member.number, phones=(member,))
    assert isinstance(member, CustomerAddress)
    return ContractValue(f"{member.house_id}-{member.flat}", address=member)
