"""Searching emulated billings of every version: the billing's own tables say what has to be found."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from flask_bgbilling.config.source import ConfigurationSource
from flask_bgbilling.domain.billings import BillingAccess, Viewer
from flask_bgbilling.domain.search.criteria import (
    ByAddress,
    ByDate,
    ById,
    ByList,
    ByNumber,
    ByParameter,
    BySmart,
    Criterion,
    ListChoice,
    ParameterChoice,
    SearchOptions,
    SearchQuery,
)
from flask_bgbilling.domain.search.meaning import Meaning, Way
from flask_bgbilling.domain.search.results import Block
from flask_bgbilling.domain.search.service import ContractSearch
from flask_bgbilling.emulator import Emulator, EmulatorSettings, schema
from flask_bgbilling.errors import Forbidden, Garbled, InputError, NoRights, TimedOut
from flask_bgbilling.ports import Credentials, Grant, NoAddressBook, Person
from flask_bgbilling.wire.session import Billings
from tests.support import ALL_BANDS, Emulated

PERSON, CLOSED, HIDDEN, SUB = 101, 107, 108, 104
ALL = SearchOptions(hidden=True, closed=True, subcontracts=True)
TITLES = {"text": "Наименование / ФИО", "phone": "Телефон", "email": "E-mail", "date": "Дата рождения"}


class Host:
    """Users and accounts of a host where everybody may do what the grant says."""

    def __init__(self, grant: Grant) -> None:
        self._grant = grant

    def current(self) -> Person | None:
        return Person("1", "admin", "Admin")

    def grant(self, person: Person, permission: str) -> Grant | None:
        return self._grant

    def sign_in_address(self, back_to: str) -> str:
        return "/"

    def credentials(self, person_id: str, billing_id: str) -> Credentials | None:
        return Credentials("admin", "admin")


class Desk:
    """A search of one emulated billing, as an operator has it before them."""

    def __init__(self, emulator: Emulator, *, grant: Grant | None = None, extra: str = "", title: str = "DS") -> None:
        text = (
            f"bgbilling:server.1.id=ds\nbgbilling:server.1.title={title}\nbgbilling:server.1.url={emulator.url}\n"
            f"bgbilling:server.1.requestTimeOut=20000\n{extra}"
        )
        settings = ConfigurationSource(text).current
        self.host = Host(grant or Grant())
        self.viewer = Viewer(Person("1", "admin", "Admin"), grant or Grant(), self.host)
        access = BillingAccess(settings, Billings(settings), self.host)
        self.search = ContractSearch(access, settings, NoAddressBook())

    def block(self, criterion: Criterion, options: SearchOptions = SearchOptions(), page: int = 1) -> Block:
        query = SearchQuery(criterion, options, page=page)
        meaning = Meaning((Way(criterion.way, criterion, ""),))  # type: ignore[union-attr, arg-type]
        return self.search.block(self.viewer, "ds", query, meaning)

    def found(self, criterion: Criterion, options: SearchOptions = ALL) -> set[int]:
        block = self.block(criterion, options)
        assert block.problem is None, block.problem
        assert block.failures == ()
        assert block.found == len(block.rows) or block.pages > 1
        return {row.cid for row in block.rows}


Desks = Callable[[str], tuple[Desk, Emulator]]


@pytest.fixture
def desk(emulated: Emulated) -> Desks:
    def make(band: str) -> tuple[Desk, Emulator]:
        emulator = emulated(band)
        return Desk(emulator), emulator

    return make


def contract(emulator: Emulator, cid: int) -> dict[str, object]:
    return emulator.rows("contract", id=cid)[0]


@pytest.mark.parametrize("band", ALL_BANDS)
def test_by_number_comment_and_id(desk: Desks, band: str) -> None:
    search, emulator = desk(band)
    row = contract(emulator, PERSON)
    (found,) = search.block(ByNumber(number=str(row["title"]))).rows
    assert (found.cid, found.number, found.comment) == (PERSON, row["title"], row["comment"])
    assert PERSON in search.found(ByNumber(comment=str(row["comment"])[1:-1]))
    assert search.found(ByNumber(str(row["title"]), str(row["comment"]))) == {PERSON}
    assert search.found(ByNumber(str(row["title"]), "нет такого")) == set()
    (found,) = search.block(ById(PERSON)).rows
    assert (found.cid, found.number, found.comment) == (PERSON, row["title"], row["comment"])
    assert search.found(ById(99_999_999)) == set()


@pytest.mark.parametrize("band", ALL_BANDS)
def test_hidden_closed_and_sub_contracts_only_when_asked_for(desk: Desks, band: str) -> None:
    search, emulator = desk(band)
    for cid, options in (
        (HIDDEN, SearchOptions(hidden=True)),
        (CLOSED, SearchOptions(closed=True)),
        (SUB, SearchOptions(subcontracts=True)),
    ):
        number = ByNumber(number=str(contract(emulator, cid)["title"]))
        assert search.found(number, SearchOptions()) == set()
        assert search.found(number, options) == {cid}
        assert search.found(ById(cid), SearchOptions()) == {cid}


@pytest.mark.parametrize("band", ALL_BANDS)
def test_by_address_of_contract(desk: Desks, band: str) -> None:
    search, emulator = desk(band)
    value = emulator.rows("contract_parameter_type_2", cid=PERSON)[0]
    house = emulator.rows("address_house", id=value["hid"])[0]
    typed = f"{house['house']}{house['frac']}"
    at_home = {row["cid"] for row in emulator.rows("contract_parameter_type_2", hid=house["id"], flat=value["flat"])}
    where = ByAddress(street_id=int(house["streetid"]), house=typed, flat=str(value["flat"]))
    block = search.block(where, ALL)
    assert {row.cid for row in block.rows} == at_home
    row = next(row for row in block.rows if row.cid == PERSON)
    assert row.comment == contract(emulator, PERSON)["comment"]
    assert typed in row.address
    with_id = ByAddress(
        street_id=int(house["streetid"]), house=typed, house_id=int(house["id"]), flat=str(value["flat"])
    )
    assert search.found(with_id) == at_home
    elsewhere = ByAddress(street_id=int(house["streetid"]), house="9999")
    assert search.found(elsewhere) == set()


@pytest.mark.parametrize("band", ALL_BANDS)
def test_by_address_of_an_object(desk: Desks, band: str) -> None:
    search, emulator = desk(band)
    value = emulator.rows("object_param_value_address")[0]
    house = emulator.rows("address_house", id=value["hid"])[0]
    (owner,) = emulator.rows("object", id=value["object_id"])
    where = ByAddress(street_id=int(house["streetid"]), house=f"{house['house']}{house['frac']}", of_object=True)
    block = search.block(where, ALL)
    assert owner["cid"] in {row.cid for row in block.rows}
    assert all(row.address for row in block.rows)


@pytest.mark.parametrize("band", ALL_BANDS)
def test_by_text_phone_mail_and_date(desk: Desks, band: str) -> None:
    search, emulator = desk(band)
    name = str(emulator.rows("contract_parameter_type_1", cid=PERSON, pid=2)[0]["val"])
    assert PERSON in search.found(ByParameter("text", name.upper()[1:]))
    assert search.found(ByParameter("text", name, (ParameterChoice("ds", 9),))) == set()
    assert PERSON in search.found(ByParameter("text", name, (ParameterChoice("ds", 2), ParameterChoice("x", 9))))
    assert PERSON in search.found(ByParameter("phone", "916 123-45-67"))
    assert PERSON in search.found(ByParameter("phone", "+7 (916) 1234567", (ParameterChoice("ds", 4),)))
    assert search.found(ByParameter("phone", "916 123-45-67", (ParameterChoice("ds", 23),))) == set()
    assert PERSON in search.found(ByParameter("email", "family101@"))
    assert search.found(ByParameter("email", "family101@", (ParameterChoice("ds", 24),))) == set()
    born = emulator.rows("contract_parameter_type_6", cid=PERSON, pid=10)[0]["val"]
    assert isinstance(born, date)
    near = timedelta(days=1)
    assert PERSON in search.found(ByDate(born, born))
    assert PERSON in search.found(ByDate(born - near, born + near, (ParameterChoice("ds", 10),)))
    assert PERSON not in search.found(ByDate(born + near, born + 2 * near))


@pytest.mark.parametrize("band", ALL_BANDS)
def test_an_open_end_of_dates_is_open(desk: Desks, band: str) -> None:
    search, emulator = desk(band)
    days = sorted(row["val"] for row in emulator.rows("contract_parameter_type_6", pid=10))
    youngest = {row["cid"] for row in emulator.rows("contract_parameter_type_6", pid=10, val=days[-1])}
    oldest = {row["cid"] for row in emulator.rows("contract_parameter_type_6", pid=10, val=days[0])}
    chosen = (ParameterChoice("ds", 10),)
    assert search.found(ByDate(since=days[-1], parameters=chosen)) == youngest
    assert search.found(ByDate(until=days[0], parameters=chosen)) == oldest


@pytest.mark.parametrize("band", ALL_BANDS)
def test_by_list_values(desk: Desks, band: str) -> None:
    search, emulator = desk(band)
    value = emulator.rows("contract_parameter_type_7", cid=PERSON, pid=11)[0]["val"]
    with_value = {row["cid"] for row in emulator.rows("contract_parameter_type_7", pid=11, val=value)}
    source = ListChoice("ds", "List", 11, int(value))
    block = search.block(ByList((source,)), ALL)
    assert block.found == len(with_value)
    equipment = emulator.rows("contract_parameter_type_multilist_item", cid=PERSON, pid=19)
    router = ListChoice("ds", "MultiList", 19, int(equipment[0]["val"]))
    both = with_value & {
        row["cid"] for row in emulator.rows("contract_parameter_type_multilist_item", pid=19, val=router.item_id)
    }
    assert search.block(ByList((source, router)), ALL).found == len(both)


@pytest.mark.parametrize("band", ALL_BANDS)
def test_parameters_and_values_are_offered_as_the_billing_has_them(desk: Desks, band: str) -> None:
    search, emulator = desk(band)
    for kind, code in (("text", 1), ("phone", 9), ("email", 3), ("date", 6)):
        (entry,) = search.search.parameters(search.viewer, kind, ())
        stored = emulator.rows("contract_parameters_pref", pt=code)
        assert {(option.value, option.title) for option in entry.options} == {
            (f"ds:{row['id']}", row["title"]) for row in stored
        }
    (lists,) = search.search.list_parameters(search.viewer, (), ["ds:List:11"])
    assert {option.value for option in lists.parameters.options} == {"ds:List:11", "ds:List:18", "ds:MultiList:19"}
    assert {(value.value, value.title) for value in lists.values} == {
        (f"ds:List:11:{row['id']}", row["title"]) for row in emulator.rows("contract_parameter_type_7_values", pid=11)
    }


@pytest.mark.parametrize("band", ALL_BANDS)
def test_pages_follow_each_other_and_count_everything(desk: Desks, band: str) -> None:
    search, emulator = desk(band)
    total = len(emulator.rows("contract"))
    first = search.block(ByNumber(number="-"), ALL)
    assert (first.shown, first.pages, first.approximate) == (30, -(-first.found // 30), False)
    assert 30 < first.found <= total
    seen = [row.cid for row in first.rows]
    for page in range(2, first.pages + 1):
        seen += [row.cid for row in search.block(ByNumber(number="-"), ALL, page).rows]
    assert len(seen) == len(set(seen)) == first.found
    assert search.block(ByNumber(number="-"), ALL, first.pages + 1).rows == ()


PATTERNS = [".*", "^", "$", "(", "[", "\\", "A|B", "a+", "{0}", "%", "_", "'; DROP TABLE contract; --", "\\Q.\\E", "?"]


@pytest.mark.parametrize("band", ["7.2", "9.2", "10.2"])
@pytest.mark.parametrize("text", PATTERNS)
def test_no_text_is_taken_as_a_pattern(desk: Desks, band: str, text: str) -> None:
    search, emulator = desk(band)
    expected = {row["id"] for row in emulator.rows("contract") if text.casefold() in str(row["comment"]).casefold()}
    assert search.found(ByNumber(comment=text)) == expected
    values = emulator.rows("contract_parameter_type_1", pid=2)
    named = {row["cid"] for row in values if text.casefold() in str(row["val"]).casefold()}
    assert search.found(ByParameter("text", text, (ParameterChoice("ds", 2),))) == named
    mails = emulator.rows("contract_parameter_type_3", pid=6)
    mailed = {row["cid"] for row in mails if text in str(row["email"])}
    assert search.block(ByParameter("email", text, (ParameterChoice("ds", 6),)), ALL).found == len(mailed)


def test_the_configured_address_parameters_are_the_only_ones_searched(emulated: Emulated) -> None:
    emulator = emulated("9.2")
    value = emulator.rows("contract_parameter_type_2", cid=PERSON, pid=3)[0]
    house = emulator.rows("address_house", id=value["hid"])[0]
    where = ByAddress(
        street_id=int(house["streetid"]), house=f"{house['house']}{house['frac']}", flat=str(value["flat"])
    )
    key = "bgbilling:search.contract.param.address.paramIds"
    assert PERSON in Desk(emulator, extra=f"{key}=3").found(where)
    assert PERSON not in Desk(emulator, extra=f"{key}=25").found(where)


def test_an_inverted_server_gets_the_negation(emulated: Emulated) -> None:
    emulator = emulated("8.2", invert_closed=True)
    search = Desk(emulator, extra="bgbilling:server.1.closedInverted=1")
    number = ByNumber(number=str(contract(emulator, CLOSED)["title"]))
    assert search.found(number, SearchOptions(closed=True)) == {CLOSED}
    assert search.found(number, SearchOptions()) == set()


def test_parameters_that_the_host_does_not_grant_are_neither_offered_nor_searched(emulated: Emulated) -> None:
    emulator = emulated("9.2")
    search = Desk(emulator, grant=Grant(parameter_ids=frozenset({2})))
    (entry,) = search.search.parameters(search.viewer, "text", ())
    assert [option.parameter_id for option in entry.options] == [2]
    passport = "8004 101101"
    assert Desk(emulator).found(ByParameter("text", passport)) == {PERSON}
    assert search.found(ByParameter("text", passport)) == set()
    denied = search.block(ByParameter("text", passport, (ParameterChoice("ds", 9),)))
    assert isinstance(denied.problem, Forbidden)
    assert isinstance(search.block(ByList((ListChoice("ds", "List", 11, 101),))).problem, Forbidden)
    assert isinstance(search.block(ByParameter("phone", "9161234567")).problem, Forbidden)


def test_list_values_of_other_billings_ask_this_one_nothing(emulated: Emulated) -> None:
    search = Desk(emulated("9.2"))
    assert isinstance(search.block(ByList((ListChoice("other", "List", 11, 101),))).problem, InputError)


def test_a_directory_that_is_denied_does_not_stop_the_search() -> None:
    with Emulator(EmulatorSettings(version="9.2")) as emulator:
        (admin,) = emulator.rows("user", login="admin")
        name = "ru.bitel.bgbilling.kernel.contract.param/*"
        with emulator.engine.begin() as db:
            db.execute(schema.user_right.insert().values(uid=admin["id"], name=name, allowed=0))
        search = Desk(emulator)
        (entry,) = search.search.parameters(search.viewer, "text", ())
        assert isinstance(entry.problem, NoRights)
        assert PERSON in search.found(ByParameter("phone", "9161234567"))
        limited = Desk(emulator, grant=Grant(parameter_ids=frozenset({4})))
        assert isinstance(limited.block(ByParameter("phone", "9161234567")).problem, NoRights)


def test_a_directory_that_fails_is_the_failure_of_its_way_alone(emulated: Emulated) -> None:
    emulator = emulated("9.2")
    search = Desk(emulator)
    emulator.faults.set("http-500", operation="getContractParameterPrefList")
    number = str(contract(emulator, PERSON)["title"])
    ways = (Way("phone", ByParameter("phone", "9161234567"), ""), Way("number", ByNumber(number), ""))
    block = search.search.block(search.viewer, "ds", SearchQuery(BySmart(number)), Meaning(ways))
    assert block.problem is None
    assert [(way.way, type(way.error)) for way in block.failures] == [("phone", Garbled)]
    assert [(row.cid, row.ways) for row in block.rows] == [(PERSON, ("number",))]


def test_a_billing_that_hangs_is_given_up_in_time(emulated: Emulated) -> None:
    emulator = emulated("9.2")
    search = Desk(emulator, extra="bgbilling:server.1.requestTimeOut=2000")
    assert search.found(ById(PERSON)) == {PERSON}
    emulator.faults.set("hang")
    block = search.block(ById(PERSON))
    assert isinstance(block.problem, TimedOut)
    assert block.milliseconds < 10000
