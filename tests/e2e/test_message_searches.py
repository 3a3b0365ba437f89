"""Searches of messages over emulated billings of every version: the billing's own tables say what has to be found."""

import re
from collections.abc import Sequence

import pytest

from flask_bgbilling.domain.billings import Viewer
from flask_bgbilling.domain.messages.contract_searches import EXPRESSION_FAILED, NOT_A_NUMBER, NOT_AN_ADDRESS
from flask_bgbilling.domain.messages.running import is_input_problem
from flask_bgbilling.emulator import Emulator
from flask_bgbilling.errors import Forbidden, TimedOut
from flask_bgbilling.hookspecs import FoundContract, PossibleProcessContext
from flask_bgbilling.ports import Grant, House, Person, Street
from tests.messaging import CALLS, Searching
from tests.support import ALL_BANDS, Emulated

PERSON, CLOSED = 101, 107
PHONE, MAIL, SERVICE_ADDRESS = 4, 6, 3

EXPRESSION = "if (numberFrom.length() == 11) { numberFrom = numberFrom.substring(1) }; return numberFrom;"
CALL_SEARCH = f"""{CALLS}
messageType.1.search.1.title=Договор по номеру звонящего
messageType.1.search.1.class=BGBillingMessageTypeSearchCall
messageType.1.search.1.billingId=ds
messageType.1.search.1.commands=contractByPhoneParam:{PHONE}
"""


def number_of(emulator: Emulator, cid: int) -> str:
    return str(emulator.rows("contract", id=cid)[0]["title"])


@pytest.mark.parametrize("band", ALL_BANDS)
def test_a_caller_is_found_however_the_number_is_written(emulated: Emulated, band: str) -> None:
    emulator = emulated(band)
    search = Searching({"ds": emulator}, CALL_SEARCH)
    for number in ("9161234567", "+7 (916) 123-45-67", "89161234567", "79161234567", "916-123"):
        assert PERSON in search.found(number), number
    assert search.found("9169999999") == set()


@pytest.mark.parametrize("band", ALL_BANDS)
def test_the_expression_of_the_description_and_one_that_fails(emulated: Emulated, band: str) -> None:
    search = Searching(
        {"ds": emulated(band)}, f"{CALL_SEARCH}messageType.1.search.1.expressionNumberPreprocess={EXPRESSION}"
    )
    assert PERSON in search.found("79161234567")
    old = f"{CALL_SEARCH}messageType.1.search.1.stringExpressionNumberPreprocess=return numberFrom.substring(90);"
    (outcome,) = Searching({"ds": emulated(band)}, old).outcomes("+7 916 123-45-67")
    assert PERSON in {row.cid for row in outcome.rows}  # type: ignore[union-attr]
    assert [note.label for note in outcome.notes] == [EXPRESSION_FAILED]


@pytest.mark.parametrize("sender", ["anonymous", "", "*", "%", "12", "1" * 40, "<b>", "'; --", "null"])
def test_who_has_no_number_is_not_searched_for(emulated: Emulated, sender: str) -> None:
    emulator = emulated("9.2")
    (outcome,) = Searching({"ds": emulator}, CALL_SEARCH).outcomes(sender)
    assert (outcome.rows, outcome.problem) == ((), None)
    assert [note.label for note in outcome.notes] == [NOT_A_NUMBER]
    assert emulator.calls == []


@pytest.mark.parametrize("band", ALL_BANDS)
def test_several_parameters_and_commands(emulated: Emulated, band: str) -> None:
    emulator = emulated(band)
    text = CALL_SEARCH.replace(f"Param:{PHONE}", f"Param:23,{PHONE}")
    assert PERSON in Searching({"ds": emulator}, text).found("9161234567")
    text = CALL_SEARCH.replace(f"Param:{PHONE}", f"Param:23; contractByPhoneParam:{PHONE}")
    assert PERSON in Searching({"ds": emulator}, text).found("9161234567")
    text = CALL_SEARCH.replace(f"Param:{PHONE}", "Param:23")
    assert PERSON not in Searching({"ds": emulator}, text).found("9161234567")


MAIL_SEARCH = f"""{CALLS}
messageType.1.search.1.class=BGBillingMessageTypeSearchEmail
messageType.1.search.1.billingId=ds
messageType.1.search.1.paramIds={MAIL}
"""


@pytest.mark.parametrize("band", ALL_BANDS)
def test_a_sender_is_found_by_the_bare_address(emulated: Emulated, band: str) -> None:
    emulator = emulated(band)
    rows = emulator.rows("contract_parameter_type_3", pid=MAIL)
    address = next(found[0] for row in rows if int(str(row["cid"])) == PERSON and (found := _addresses(row)))
    search = Searching({"ds": emulator}, MAIL_SEARCH)
    for sender in (address, address.upper(), f'"Иванов, a@b.ru" <{address}>', f"nobody@nowhere.example; {address}"):
        assert PERSON in search.found(sender), sender
    assert search.found("nobody@nowhere.example") == set()
    assert search.found(".*@.*") == set()
    (outcome,) = search.outcomes("anonymous")
    assert [note.label for note in outcome.notes] == [NOT_AN_ADDRESS]


def _addresses(row: dict[str, object]) -> list[str]:
    return re.findall(r"[\w.+-]+@[\w.-]+", str(row["email"]))


TITLE_SEARCH = f"""{CALLS}
messageType.1.search.2.class=BGBillingMessageTypeSearchContractByTitleAndComment
messageType.1.search.2.billingId=ds
"""


@pytest.mark.parametrize("band", ALL_BANDS)
def test_number_and_comment_must_both_fit(emulated: Emulated, band: str) -> None:
    emulator = emulated(band)
    (row,) = emulator.rows("contract", id=PERSON)
    number, comment = str(row["title"]), str(row["comment"])
    search = Searching({"ds": emulator}, TITLE_SEARCH)
    assert search.found("", 2, bgbillingTitle=number) == {PERSON}
    assert PERSON in search.found("", 2, bgbillingComment=comment[:5].lower())
    assert search.found("", 2, bgbillingTitle=number, bgbillingComment=comment) == {PERSON}
    assert search.found("", 2, bgbillingTitle=number, bgbillingComment="нет такого") == set()
    assert search.found("", 2, bgbillingTitle=".*.*") == set()
    assert search.found("", 2, bgbillingTitle="%%%%") == set()


@pytest.mark.parametrize(
    ("fields", "field"),
    [({}, "bgbillingTitle"), ({"bgbillingTitle": "ab"}, "bgbillingTitle"),
     ({"bgbillingTitle": "abc", "bgbillingComment": " x "}, "bgbillingComment"),
     ({"bgbillingTitle": "x" * 500}, "bgbillingTitle")],
)  # fmt: skip
def test_what_is_typed_too_short_is_told_at_its_field(emulated: Emulated, fields: dict[str, str], field: str) -> None:
    emulator = emulated("9.2")
    (outcome,) = Searching({"ds": emulator}, TITLE_SEARCH).outcomes("", 2, **fields)
    assert is_input_problem(outcome)
    assert getattr(outcome.problem, "field", "") == field
    assert emulator.calls == []


class Book:
    """The streets and houses of the emulated billing."""

    def __init__(self, emulator: Emulator) -> None:
        cities = {row["id"]: str(row["title"]) for row in emulator.rows("address_city")}
        self.known = {
            int(str(row["id"])): Street(int(str(row["id"])), str(row["title"]), cities[row["cityid"]])
            for row in emulator.rows("address_street")
        }
        self.all = [
            House(int(str(row["id"])), int(str(row["streetid"])), int(str(row["house"])), str(row["frac"] or ""))
            for row in emulator.rows("address_house")
        ]

    def streets(self, query: str, limit: int) -> Sequence[Street]:
        words = query.casefold().split()
        return [one for one in self.known.values() if all(word in one.label.casefold() for word in words)][:limit]

    def houses(self, street_id: int, query: str, limit: int) -> Sequence[House]:
        return [one for one in self.all if one.street_id == street_id and one.label.startswith(query)][:limit]

    def street(self, street_id: int) -> Street | None:
        return self.known.get(street_id)

    def house(self, house_id: int) -> House | None:
        return next((one for one in self.all if one.id == house_id), None)


ADDRESS_SEARCH = f"""{CALLS}
messageType.1.search.2.class=BGBillingMessageTypeSearchContractByAddress
messageType.1.search.2.billingId=ds
"""


@pytest.mark.parametrize("band", ALL_BANDS)
def test_a_contract_is_found_by_its_address(emulated: Emulated, band: str) -> None:
    emulator = emulated(band)
    book = Book(emulator)
    value = next(row for row in emulator.rows("contract_parameter_type_2") if row["cid"] == PERSON)
    house = book.house(int(str(value["hid"])))
    assert house is not None
    street = book.known[house.street_id]
    search = Searching({"ds": emulator}, ADDRESS_SEARCH, book=book)
    place = {"street": street.label, "house": house.label, "flat": str(value["flat"] or "")}
    outcomes = search.outcomes("", 2, **place)
    assert PERSON in {row.cid for row in outcomes[0].rows}, outcomes  # type: ignore[union-attr]
    row = next(row for row in outcomes[0].rows if row.cid == PERSON)  # type: ignore[union-attr]
    assert row.number == number_of(emulator, PERSON)  # type: ignore[union-attr]
    assert PERSON in search.found("", 2, street="что угодно", street_id=str(street.id), house_id=str(house.id))
    for fields in ({}, {"street": "Нет Такой Улицы"}):
        (outcome,) = search.outcomes("", 2, **fields)
        assert getattr(outcome.problem, "field", "") == "street"


@pytest.mark.parametrize("band", ["7.0", "9.2", "10.2"])
def test_closed_contracts_are_found_where_the_block_says_so(emulated: Emulated, band: str) -> None:
    emulator = emulated(band)
    number = number_of(emulator, CLOSED)
    assert Searching({"ds": emulator}, TITLE_SEARCH).found("", 2, bgbillingTitle=number) == set()
    text = f"{TITLE_SEARCH}messageType.1.search.2.closed=1\n"
    assert Searching({"ds": emulator}, text).found("", 2, bgbillingTitle=number) == {CLOSED}


def three(emulated: Emulated, **settings: object) -> tuple[Searching, dict[str, Emulator]]:
    """The call search in three billings."""
    emulators = {"ds": emulated("9.2"), "bitel": emulated("10.2"), "old": emulated("7.2")}
    text = "".join(
        CALL_SEARCH.removeprefix(CALLS)
        .replace(".search.1.", f".search.{n}.")
        .replace("billingId=ds", f"billingId={one}")
        for n, one in enumerate(emulators, 1)
    )
    return Searching(emulators, CALLS + text, **settings), emulators  # type: ignore[arg-type]


def test_a_billing_that_fails_says_so_in_its_own_row(emulated: Emulated) -> None:
    search, emulators = three(emulated, timeout=500)
    emulators["bitel"].faults.set("http-500")
    emulators["old"].faults.set("latency", delay_ms=2500)
    outcomes = {one.billing_id: one for one in search.outcomes("9161234567")}
    assert PERSON in {row.cid for row in outcomes["ds"].rows}  # type: ignore[union-attr]
    assert outcomes["bitel"].problem is not None
    assert outcomes["bitel"].problem.retryable
    assert isinstance(outcomes["old"].problem, TimedOut)


def test_answers_are_remembered_per_message_and_person(emulated: Emulated) -> None:
    emulator = emulated("9.2")
    search = Searching({"ds": emulator}, CALL_SEARCH)
    message = search.messages.known[search.messages.add("9161234567")]

    def ask(**options: object) -> list[object]:
        return list(search.runs.outcomes(search.viewer, message, search.type, "1", **options))  # type: ignore[arg-type]

    (first,) = ask()
    sent = len(emulator.calls)
    (second,) = ask()
    assert len(emulator.calls) == sent
    assert second.rows == first.rows  # type: ignore[attr-defined]
    ask(fresh=True)
    assert len(emulator.calls) == sent + 1
    search.outcomes("9161234567")  # another message of the same number
    assert len(emulator.calls) == sent + 2
    somebody = Viewer(Person("2", "x", "X"), search.viewer.grant, search.viewer.users)
    list(search.runs.outcomes(somebody, message, search.type, "1"))
    assert len(emulator.calls) == sent + 3


def test_a_failed_search_is_not_remembered(emulated: Emulated) -> None:
    emulator = emulated("9.2")
    search = Searching({"ds": emulator}, CALL_SEARCH)
    message = search.messages.known[search.messages.add("9161234567")]
    emulator.faults.set("http-500")
    (failed,) = search.runs.outcomes(search.viewer, message, search.type, "1")
    assert failed.problem is not None
    emulator.faults.clear()
    (again,) = search.runs.outcomes(search.viewer, message, search.type, "1")
    assert again.problem is None
    assert again.rows


def test_a_billing_that_is_not_granted_is_not_asked(emulated: Emulated) -> None:
    emulator = emulated("9.2")
    (outcome,) = Searching({"ds": emulator}, CALL_SEARCH, grant=Grant(frozenset({"other"}))).outcomes("9161234567")
    assert isinstance(outcome.problem, Forbidden)
    assert emulator.calls == []


class Cities:
    """Processes that remember which cities they were asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, tuple[int, ...]]] = []

    def with_list_value(self, parameter_id: int, item_ids: Sequence[int], limit: int) -> Sequence[int]:
        self.asked.append((parameter_id, tuple(item_ids)))
        return (7,)


CITY = "BGBillingMessagePossibleProcessSearchFoundLinksContractAddressCity"


@pytest.mark.parametrize("band", ALL_BANDS)
def test_processes_of_the_city_of_a_found_contract(emulated: Emulated, band: str) -> None:
    emulator = emulated(band)
    text = f"""message.possible.process.1.class={CITY}
message.possible.process.1.processCityParamId=5
message.possible.process.1.contractAddressParamId=999
message.possible.process.1.contractAddressParamId.ds={SERVICE_ADDRESS}
"""
    search = Searching({"ds": emulator}, CALLS + text)
    (value,) = emulator.rows("contract_parameter_type_2", cid=PERSON, pid=SERVICE_ADDRESS)
    (house,) = emulator.rows("address_house", id=value["hid"])
    (street,) = emulator.rows("address_street", id=house["streetid"])
    (entry,) = search.types.current().possible
    processes = Cities()
    message = search.messages.known[search.messages.add("9161234567")]
    found = (FoundContract("ds", PERSON, "A"), FoundContract("ds", PERSON, "A"), FoundContract("ds", 99_999, "none"))
    billing = search.runs.form_context(search.viewer, message, {}).billing
    context = PossibleProcessContext(message, search.viewer.person, found, processes, None, billing)  # type: ignore[arg-type]
    assert list(entry.made.find(context)) == [7]
    assert processes.asked == [(5, (int(str(street["cityid"])),))]
    nothing = PossibleProcessContext(message, search.viewer.person, (), processes, None, billing)  # type: ignore[arg-type]
    assert list(entry.made.find(nothing)) == []
    assert len(processes.asked) == 1
