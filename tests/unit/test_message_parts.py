"""Senders, ticked boxes and searches of messages: pure pieces, and searches that no billing is needed for."""

import threading
from collections.abc import Callable, Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as some

from flask_bgbilling import hookimpl
from flask_bgbilling.config.message_types import PossibleEntry
from flask_bgbilling.domain.messages.contact_saver import offers
from flask_bgbilling.domain.messages.contract_searches import EXPRESSION_FAILED, NOT_A_NUMBER, dialled_number
from flask_bgbilling.domain.messages.possible import MOST, Place, PossibleProcesses, possible_processes
from flask_bgbilling.domain.messages.possible_searches import of_customers_city
from flask_bgbilling.domain.messages.processing import NotReadable, decode, encode
from flask_bgbilling.domain.messages.running import Remembered, SearchFailed
from flask_bgbilling.domain.messages.senders import (
    is_number,
    mail_addresses,
    number_forms,
    same_number,
    without_country,
)
from flask_bgbilling.errors import UnknownBilling
from flask_bgbilling.expr import Expression
from flask_bgbilling.hookspecs import (
    FoundContract,
    FoundCustomer,
    MessageContext,
    MessageSearch,
    MessageSearchClass,
    PossibleProcessContext,
    PossibleProcessSearch,
    SearchAnswer,
)
from flask_bgbilling.ports import (
    AddressLevel,
    AddressPlace,
    Customer,
    CustomerAddress,
    CustomerParameter,
    CustomerParameterType,
    CustomerPhone,
    DirectoryHouse,
    Message,
)
from tests.memory_customers import MemoryCustomers
from tests.memory_messages import RECEIVED
from tests.memory_processes import MemoryProcesses
from tests.messaging import CALLS, OPERATOR, Searching

Visible = Callable[[int], bool]
EXPRESSION = Expression("if (numberFrom.length() == 11) { numberFrom = numberFrom.substring(1) }; return numberFrom;")


@pytest.mark.parametrize(
    ("sender", "addresses"),
    [
        ("ivan@example.ru", ("ivan@example.ru",)),
        ('"Иванов, Иван" <IVAN@Example.RU>', ("ivan@example.ru",)),
        ('"a@b.ru" <c@d.ru>', ("c@d.ru",)),
        ("Иванов, Иван <ivan@example.ru>; maria@example.ru, ivan@example.ru", ("ivan@example.ru", "maria@example.ru")),
        ("mailto:ivan@example.ru (дом)", ("ivan@example.ru",)),
        ("", ()),
        ("anonymous", ()),
        ("<>", ()),
        ("ivan@", ()),
        ("ivan@example.ru%", ()),
    ],
)
def test_bare_addresses_of_a_sender(sender: str, addresses: tuple[str, ...]) -> None:
    assert mail_addresses(sender) == addresses


@given(some.text(max_size=300))
def test_no_sender_is_too_strange(sender: str) -> None:
    assert all("@" in address for address in mail_addresses(sender))
    assert isinstance(is_number(sender), bool)
    assert set(without_country(sender)) <= set("0123456789")


def test_a_long_sender_is_read_quickly() -> None:
    assert len(mail_addresses("a@b.ru," * 100_000)) == 1
    assert mail_addresses('"' * 100_000) == ()


@pytest.mark.parametrize(
    ("sender", "number"),
    [
        ("+7 (347) 200-00-01", True),
        ("89171234567", True),
        ("2345", True),
        ("anonymous", False),
        ("", False),
        ("12", False),
        ("1" * 40, False),
        ("+7*917", False),
        ("<b>9171234567</b>", False),
        ("9171234567 доб. 2", False),
    ],
)
def test_what_can_be_saved(sender: str, number: bool) -> None:
    assert is_number(sender) is number
    assert offers(Message(1, 1, sender, RECEIVED)) is number


def test_forms_of_a_number() -> None:
    assert same_number("+7 (916) 123-45-67", "89161234567")
    assert same_number("9161234567", "79161234567")
    assert not same_number("", "anonymous")
    assert not same_number("9161234567", "9161234568")
    assert not same_number("2345", "345")
    assert number_forms("89161234567") == ("89161234567", "9161234567", "79161234567")
    assert number_forms("2345") == ("2345",)


@pytest.mark.parametrize(
    ("sender", "digits"), [("79171234567", "9171234567"), ("2345", "2345"), ("+7 (917) 1-2", "791712"), ("", "")]
)
def test_the_expression_of_the_description(sender: str, digits: str) -> None:
    assert dialled_number(sender, EXPRESSION) == (digits, ())


@pytest.mark.parametrize("text", ["return numberFrom.substring(50);", "return 5;", "return null;", "while(true){}"])
def test_an_expression_that_fails_leaves_the_number(text: str, caplog: pytest.LogCaptureFixture) -> None:
    try:
        expression = Expression(text)
    except Exception:
        pytest.fail(f"{text} must be readable: what cannot be read is refused at load")
    number, notes = dialled_number("89161234567", expression)
    assert number == "9161234567"
    assert [note.label for note in notes] == [EXPRESSION_FAILED]
    assert "number expression failed" in caplog.text


HOSTILE = ('A*1*2"', "<script>alert(1)</script>", "]],[", "\\", "№ 5 «а»", "\u2028", "a" * 500)


@pytest.mark.parametrize("number", HOSTILE)
def test_a_tick_carries_any_number(number: str) -> None:
    code = encode(FoundContract("bg", 101, number, "x*y"))
    (contract,) = decode([code, code]).contracts
    assert (contract.billing_id, contract.cid, contract.title) == ("bg", 101, number[:100])


def test_ticked_customers() -> None:
    assert decode([encode(FoundCustomer(7, "Иванов")), encode(FoundCustomer(7, "x"))]).customer_ids == (7,)


@pytest.mark.parametrize(
    "value",
    ["", "contract*101*A", "{}", "[]", '["contract","bg",0,"A"]', '["contract","bg",true,"A"]', "[" * 5000,
     '["contract","bg","1","A"]', '["contract","",1,"A"]', '["customer",-1]', '["customer",1.5]', '["contract","bg",1]',
     '["customer",true]'],
)  # fmt: skip
def test_what_was_not_ticked_here_is_refused(value: str) -> None:
    with pytest.raises(NotReadable):
        decode([value])


def test_too_much_is_not_ticked() -> None:
    with pytest.raises(NotReadable):
        decode([encode(FoundCustomer(n, "")) for n in range(1, 200)])


class Given:
    """A plugin whose classes do what the test says; they ask no billing."""

    def __init__(self, **runs: object) -> None:
        self.runs = runs
        self.threads: list[threading.Thread] = []

    @hookimpl
    def bgbilling_message_searches(self) -> Sequence[MessageSearchClass]:
        """A class of each."""
        return [MessageSearchClass(name, self._load(run)) for name, run in self.runs.items()]

    def _load(self, run: object) -> object:
        def load(keys: Mapping[str, str]) -> MessageSearch:
            def work(context: MessageContext) -> SearchAnswer:
                self.threads.append(threading.current_thread())
                if isinstance(run, Exception):
                    raise run
                assert isinstance(run, tuple)
                return SearchAnswer(run)

            return MessageSearch(work)

        return load


A, B = FoundContract("bg", 1, "A-1"), FoundContract("bg", 2, "A-2")


def two(plugin: Given) -> Searching:
    lines = [f"messageType.1.search.{n}.class={name}\n" for n, name in enumerate(plugin.runs, 1)]
    return Searching({}, CALLS + "".join(lines), plugins=(plugin,))


def test_what_two_searches_find_stands_once() -> None:
    first, second = two(Given(One=(A, B), Two=(B, A, FoundCustomer(1, "x")))).outcomes("1")
    assert first.rows == (A, B)
    assert (second.rows, second.again) == ((FoundCustomer(1, "x"),), 2)


def test_a_search_that_raises_says_so_in_its_own_row(caplog: pytest.LogCaptureFixture) -> None:
    search = two(Given(One=ValueError("broken"), Two=(A,)))
    first, second = search.outcomes("1")
    assert isinstance(first.problem, SearchFailed)
    assert second.rows == (A,)
    assert "broken" in caplog.text


def test_searches_without_a_billing_run_in_the_thread_of_the_request() -> None:
    plugin = Given(One=(A,))
    two(plugin).outcomes("1")
    assert plugin.threads == [threading.current_thread()]


def test_an_unknown_billing_is_told_where_it_is_asked() -> None:
    text = f"""{CALLS}messageType.1.search.1.class=BGBillingMessageTypeSearchCall
messageType.1.search.1.billingId=nowhere
messageType.1.search.1.commands=contractByPhoneParam:1
"""
    (only,) = Searching({}, text).outcomes("9161234567")
    assert isinstance(only.problem, UnknownBilling)


def test_answers_are_forgotten() -> None:
    now = [0.0]
    memory = Remembered(60, lambda: now[0])
    memory.put(("a",), SearchAnswer((A,)))
    assert memory.get(("a",)) == SearchAnswer((A,))
    assert memory.get(("b",)) is None
    now[0] = 61
    assert memory.get(("a",)) is None
    for number in range(2000):
        memory.put((number,), SearchAnswer())
    assert memory.get((0,)) is None
    assert memory.get((1999,)) is not None


def test_customers_are_found_by_the_whole_number_and_by_title() -> None:
    customers = MemoryCustomers({14: CustomerParameter(14, CustomerParameterType.PHONE, "Телефон")})
    made = customers.create("Иванов Иван|Иванов И. И.")
    customers.set_value(made.id, 14, (CustomerPhone("+7 916 123-45-67"),))
    text = f"""{CALLS}messageType.1.search.1.class=MessageTypeSearchCall
messageType.1.search.1.commands=customerByPhoneParam:14,99
messageType.1.search.2.class=MessageTypeSearchCustomerByTitle
"""
    search = Searching({}, text, customers=customers)
    (found,) = search.outcomes("89161234567")
    assert found.rows == (FoundCustomer(made.id, "Иванов Иван"),)
    (nothing,) = search.outcomes("anonymous")
    assert [note.label for note in nothing.notes] == [NOT_A_NUMBER]
    by_hand, again = search.outcomes("89161234567", 2, customerTitle="иванов")
    assert by_hand.rows == (FoundCustomer(made.id, "Иванов Иван"),)
    assert again.again == 1
    short, _ = search.outcomes("89161234567", 2, customerTitle="ив")
    assert getattr(short.problem, "field", "") == "customerTitle"
    assert isinstance(customers.get(made.id), Customer)


def test_possible_processes_stand_once_with_all_their_reasons() -> None:
    processes = MemoryProcesses()
    kind = next(iter(processes.types()))
    old, new = (processes.create(kind, text, "1").id for text in ("старый", "новый"))
    found = {"one": (old, new, 999), "two": (old,), "bad": None}

    def searching(name: str) -> PossibleProcessSearch:
        def find(context: PossibleProcessContext) -> Sequence[int]:
            ids = found[name]
            if ids is None:
                raise ValueError(name)
            return ids

        return PossibleProcessSearch(find, name)

    entries = [
        PossibleEntry(1, "#ff0000", "One", searching("one")),
        PossibleEntry(2, 'red"><script>', "Two", searching("two")),
        PossibleEntry(3, "", "Bad", searching("bad")),
    ]
    told: list[str] = []
    message = Message(1, 1, "9161234567", RECEIVED)
    context = PossibleProcessContext(message, OPERATOR, (), processes, None, lambda _: None)  # type: ignore[arg-type, return-value]
    given = possible_processes(entries, context, lambda process_id: True, lambda name, error: told.append(name))
    assert {row.process.id: row.reasons for row in given.rows} == {old: ("one", "two"), new: ("one",)}
    assert {row.color for row in given.rows} == {"#ff0000"}
    assert (given.failed, told) == (True, ["Bad"])
    hidden = possible_processes(entries[1:2], context, lambda process_id: False, lambda name, error: None)
    assert hidden.rows == ()


def test_possible_processes_have_pages() -> None:
    processes = MemoryProcesses()
    kind = next(iter(processes.types()))
    ids = [processes.create(kind, f"№ {number}", "1").id for number in range(MOST + 20)]
    asked: list[int] = []

    def find(context: PossibleProcessContext) -> Sequence[int]:
        asked.append(context.limit)
        return ids[-context.limit :]

    message = Message(1, 1, "9161234567", RECEIVED)
    context = PossibleProcessContext(message, OPERATOR, (), processes, None, lambda _: None)  # type: ignore[arg-type, return-value]

    def page(
        index: int, chosen: int = 0, visible: Callable[[int], bool] = lambda process_id: True
    ) -> PossibleProcesses:
        entry = PossibleEntry(1, "", "One", PossibleProcessSearch(find, "one"))
        return possible_processes([entry], context, visible, lambda name, error: None, Place(index, 30, chosen))

    newest = list(reversed(ids))
    first, second, last = page(1), page(2), page(999)
    assert [row.process.id for row in first.rows] == newest[:30]
    assert [row.process.id for row in second.rows] == newest[30:60]
    assert (last.index, last.count, last.found, last.more) == (10, 10, MOST, True)
    assert [row.process.id for row in last.rows] == newest[MOST - 30 : MOST]
    assert page(-5).index == 1
    assert page(1, chosen=newest[65]).index == 3, "the page of what a person has chosen"
    assert page(2, chosen=4711).index == 2
    few = page(1, visible=lambda process_id: process_id in newest[:7])
    assert (few.found, few.count, few.more) == (7, 1, True)
    assert set(asked) == {MOST + 1}


class Directory:
    """One house in one street of the city 77."""

    def houses(self, *, limit: int, after_id: int) -> Sequence[DirectoryHouse]:
        """The house 12, when it comes next."""
        return [DirectoryHouse(12, 5, 3)] if after_id < 12 else []

    def places(self, level: AddressLevel, *, limit: int, after_id: int) -> Sequence[AddressPlace]:
        """The street 5."""
        return [AddressPlace(level, 5, "Ленина", 77)] if after_id < 5 else []


class Cities(MemoryProcesses):
    """Processes of cities."""

    def with_list_value(self, parameter_id: int, item_ids: Sequence[int], limit: int) -> Sequence[int]:
        """The process of the city 77."""
        return (9,) if (parameter_id, list(item_ids)) == (35, [77]) else ()


@pytest.mark.parametrize(("house", "found"), [(12, (9,)), (11, ()), (99, ())])
def test_processes_of_the_city_of_a_found_customer(house: int, found: tuple[int, ...]) -> None:
    customers = MemoryCustomers({8: CustomerParameter(8, CustomerParameterType.ADDRESS, "Адрес")})
    made = customers.create("Иванов")
    customers.set_value(made.id, 8, (CustomerAddress(house),))
    search = of_customers_city(Directory())({"processCityParamId": "35"})  # type: ignore[arg-type]
    message = Message(1, 1, "", RECEIVED)
    for one, wanted in ((FoundCustomer(made.id, ""), found), (A, ())):
        context = PossibleProcessContext(message, OPERATOR, (one,), Cities(), customers, lambda _: None)  # type: ignore[arg-type, return-value]
        assert tuple(search.find(context)) == wanted
