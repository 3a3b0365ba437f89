"""Typed addresses: taking them apart and finding them in the host's address book."""

from collections.abc import Sequence

import pytest

from flask_bgbilling.domain.search.addresses import AddressFinder, read_address, split_house, title_key
from flask_bgbilling.domain.search.criteria import ByAddress, BySmart
from flask_bgbilling.domain.search.meaning import Interpreter
from flask_bgbilling.ports import House, Street


class Book:
    """An address book in memory that matches as the port demands."""

    STREETS = (
        Street(77, "ул. Ленина", "Уфа"),
        Street(78, "Ленина", "Казань"),
        Street(80, "Карла Маркса", "Уфа"),
        Street(81, "50 лет Октября", "Уфа"),
        Street(82, "пр-т Октября", "Уфа"),
        Street(83, "Ленинградская", "Уфа"),
        Street(84, "ул. Мира", "Уфа"),
        Street(85, "пер. Мира", "Уфа"),
    )
    HOUSES = (
        House(5012, 77, 12, "/3"),
        House(5013, 77, 12, ""),
        House(5014, 77, 12, " к3"),
        House(5015, 80, 0, "Б"),
    )

    def streets(self, query: str, limit: int) -> Sequence[Street]:
        words = query.casefold().split()
        return [s for s in self.STREETS if all(word in f"{s.title} {s.city}".casefold() for word in words)][:limit]

    def houses(self, street_id: int, query: str, limit: int) -> Sequence[House]:
        return [h for h in self.HOUSES if h.street_id == street_id and h.label.startswith(query)][:limit]

    def street(self, street_id: int) -> Street | None:
        return next((s for s in self.STREETS if s.id == street_id), None)

    def house(self, house_id: int) -> House | None:
        return next((h for h in self.HOUSES if h.id == house_id), None)


@pytest.fixture
def interpreter() -> Interpreter:
    return Interpreter(AddressFinder(Book()))


@pytest.mark.parametrize(
    ("typed", "number", "fraction"),
    [
        ("12", 12, ""),
        ("12/3", 12, "/3"),
        ("12а", 12, "а"),
        ("1 к2", 1, " к2"),
        ("12 к 3", 12, " к 3"),
        ("а5", -1, "а5"),
        ("Б", -1, "Б"),
        ("", 0, None),
    ],
)
def test_a_house_is_split_as_the_billing_keeps_it(typed: str, number: int, fraction: str | None) -> None:
    assert split_house(typed) == (number, fraction)


@pytest.mark.parametrize(
    ("typed", "street", "house", "flat", "room"),
    [
        ("Ленина 12 кв 5", "Ленина", "12", "5", ""),
        ("Ленина 12-5", "Ленина", "12", "5", ""),
        ("Ленина 12, 5", "Ленина", "12", "5", ""),
        ("Ленина 12 / 3 - 5", "Ленина", "12/3", "5", ""),
        ("ленина 12 к 3 кв 5", "ленина", "12 к 3", "5", ""),
        ("ул.Ленина,12а", "Ленина", "12а", "", ""),
        ("Уфа, ул. Ленина, д. 12/3, подъезд 2, этаж 4, кв. 5, комн. 1", "Уфа Ленина", "12/3", "5", "1"),
        ("50 лет Октября", "50 лет Октября", "", "", ""),
        ("50 лет Октября 12", "50 лет Октября", "12", "", ""),
        ("8 Марта 5 7", "8 Марта", "5", "7", ""),
        ("9 Мая", "9 Мая", "", "", ""),
    ],
)
def test_an_address_is_read_in_the_ways_people_type_it(
    typed: str, street: str, house: str, flat: str, room: str
) -> None:
    address = read_address(typed)
    assert address is not None
    assert (address.street, address.house, address.flat, address.room) == (street, house, flat, room)


def test_a_text_without_a_street_is_no_address() -> None:
    assert read_address("12-5") is None
    assert read_address("кв. 5") is None


def test_titles_are_compared_without_their_type_and_punctuation() -> None:
    assert title_key("ул. Ленина") == title_key("ЛЕНИНА") == title_key("Ленина ул.")


def test_a_house_that_the_book_has_gets_its_id(interpreter: Interpreter) -> None:
    (way,) = interpreter.meaning(ByAddress(street="Уфа Ленина", house="12 к 3", flat="5")).ways
    assert way.criterion == ByAddress(street="Уфа - ул. Ленина", street_id=77, house="12 к3", house_id=5014, flat="5")
    assert way.shown == "Уфа - ул. Ленина, 12 к3, 5"


def test_a_house_that_the_book_does_not_have_is_searched_as_typed(interpreter: Interpreter) -> None:
    (way,) = interpreter.meaning(ByAddress(street="Карла Маркса", house="7/2")).ways
    assert way.criterion == ByAddress(street="Уфа - Карла Маркса", street_id=80, house="7/2")


def test_a_house_id_without_text_is_looked_up(interpreter: Interpreter) -> None:
    (way,) = interpreter.meaning(ByAddress(street_id=77, house_id=5012)).ways
    assert way.criterion == ByAddress(street="Уфа - ул. Ленина", street_id=77, house="12/3", house_id=5012)
    (way,) = interpreter.meaning(ByAddress(street_id=80, house_id=5012)).ways
    assert way.criterion == ByAddress(street="Уфа - Карла Маркса", street_id=80)


def test_several_streets_are_offered(interpreter: Interpreter) -> None:
    meaning = interpreter.meaning(ByAddress(street="Ленина", house="12", of_object=True))
    assert meaning.ways == ()
    assert [candidate.street.id for candidate in meaning.candidates] == [77, 78]
    assert meaning.candidates[0].criterion == ByAddress(
        street="Уфа - ул. Ленина", street_id=77, house="12", house_id=5013, of_object=True
    )


def test_an_unknown_street_is_named(interpreter: Interpreter) -> None:
    meaning = interpreter.meaning(ByAddress(street="Несуществующая"))
    assert (meaning.ways, meaning.candidates, meaning.unknown_street) == ((), (), "Несуществующая")


def test_a_changed_text_wins_over_an_old_choice(interpreter: Interpreter) -> None:
    (way,) = interpreter.meaning(ByAddress(street="Карла Маркса", street_id=77)).ways
    assert isinstance(way.criterion, ByAddress)
    assert way.criterion.street_id == 80


def test_a_chosen_street_is_kept(interpreter: Interpreter) -> None:
    (way,) = interpreter.meaning(ByAddress(street="Казань - Ленина", street_id=78)).ways
    assert isinstance(way.criterion, ByAddress)
    assert way.criterion.street_id == 78


def test_an_id_that_only_the_billing_knows_is_searched(interpreter: Interpreter) -> None:
    (way,) = interpreter.meaning(ByAddress(street_id=4711, house="1")).ways
    assert way.criterion == ByAddress(street_id=4711, house="1")


def test_the_smart_box_searches_all_streets_of_a_name_and_lets_one_choose(interpreter: Interpreter) -> None:
    meaning = interpreter.meaning(BySmart("Ленина 12 кв 5"))
    assert [way.shown for way in meaning.ways] == ["Уфа - ул. Ленина, 12, 5", "Казань - Ленина, 12, 5"]
    assert [candidate.street.id for candidate in meaning.candidates] == [77, 78]


def test_a_lone_word_is_an_address_only_when_a_street_is_called_so(interpreter: Interpreter) -> None:
    assert [way.key for way in interpreter.meaning(BySmart("Ленина")).ways] == ["name", "address", "address"]
    assert [way.key for way in interpreter.meaning(BySmart("Октябр")).ways] == ["name"]


def test_a_plausible_address_whose_street_does_not_exist_leaves_the_other_ways(interpreter: Interpreter) -> None:
    meaning = interpreter.meaning(BySmart("ООО Ромашка 2000"))
    assert [way.key for way in meaning.ways] == ["name"]
    assert meaning.unknown_street == ""
    assert interpreter.meaning(BySmart("ул. Ромашковая 12")).unknown_street == "Ромашковая"


def test_what_was_understood_can_be_changed(interpreter: Interpreter) -> None:
    meaning = interpreter.meaning(BySmart("9171234567"))
    assert [way.key for way in meaning.ways] == ["phone", "number"]
    assert set(meaning.others) == {"number", "phone", "email", "name"}
    forced = interpreter.meaning(BySmart("9171234567", "name"))
    assert [way.key for way in forced.ways] == ["name"]
    assert "name" not in forced.others


def test_a_typed_kind_of_street_counts_when_it_exists(interpreter: Interpreter) -> None:
    (way,) = interpreter.meaning(ByAddress(street="пер. Мира")).ways
    assert way.shown == "Уфа - пер. Мира"
    assert len(interpreter.meaning(ByAddress(street="Мира")).candidates) == 2
    assert len(interpreter.meaning(ByAddress(street="пр. Мира")).candidates) == 2
    assert [way.shown for way in interpreter.meaning(BySmart("ул. Мира 5")).ways] == ["Уфа - ул. Мира, 5"]
    assert [way.shown for way in interpreter.meaning(BySmart("г. Уфа, пер. Мира, д. 5")).ways] == ["Уфа - пер. Мира, 5"]
