"""What was typed into the forms of parameters, taken apart without a billing (parameters.md 4)."""

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

import pytest

from flask_bgbilling.domain.contracts.contract import Contract
from flask_bgbilling.domain.contracts.parameter_address import address_facts, typed_address
from flask_bgbilling.domain.contracts.parameter_contacts import EmailsValue, PhonesValue
from flask_bgbilling.domain.contracts.parameter_values import Choice, ChoiceValue, FlagValue, TextValue
from flask_bgbilling.fields import GREATEST_ID, FormFields, InvalidField
from flask_bgbilling.hookspecs import ActionContext
from flask_bgbilling.ports import AddressBook, Grant, House, NoAddressBook, Person, Street
from flask_bgbilling.wire.dto.addresses import AddressParts
from flask_bgbilling.wire.dto.common import IdTitle
from flask_bgbilling.wire.dto.parameters import Email, ListValue, Parameter, ParameterType, Phone


class Book:
    """Two towns with a street of the same name, and two houses."""

    known = (Street(1, "ул. Ленина", "Уфа"), Street(2, "ул. Ленина", "Салават"), Street(3, "ул. Гоголя", "Уфа"))
    built = (House(10, 1, 12, "/3"), House(20, 2, 12, "/3"), House(30, 3, 5))

    def streets(self, query: str, limit: int) -> Sequence[Street]:
        words = query.lower().split()
        return [one for one in self.known if all(word in one.label.lower() for word in words)][:limit]

    def houses(self, street_id: int, query: str, limit: int) -> Sequence[House]:
        return [one for one in self.built if one.street_id == street_id and one.label.startswith(query)][:limit]

    def street(self, street_id: int) -> Street | None:
        assert street_id <= GREATEST_ID, "no database has this number"
        return next((one for one in self.known if one.id == street_id), None)

    def house(self, house_id: int) -> House | None:
        assert house_id <= GREATEST_ID, "no database has this number"
        return next((one for one in self.built if one.id == house_id), None)


STORED = AddressParts(
    10, city="Уфа", street_id=1, street="ул. Ленина", house="12/3", flat="5", room="2", floor=-2, format_key="short"
)
LEFT_ALONE = {"street": "Уфа - ул. Ленина", "house": "12/3", "flat": "5", "room": "2", "floor": "-2"}


def fields(**typed: str | list[str]) -> FormFields:
    return FormFields({name: [value] if isinstance(value, str) else value for name, value in typed.items()})


def context(**typed: str | list[str]) -> ActionContext:
    return ActionContext(
        contract=cast(Contract, None),
        viewer=Person("1", "anna", "Anna"),
        grant=Grant(),
        arguments={},
        today=date(2026, 6, 5),
        fields=fields(**typed),
    )


def address(book: AddressBook | None = None, now: AddressParts | None = STORED, **typed: str) -> AddressParts | None:
    return typed_address(fields(**{**LEFT_ALONE, **typed}), book or Book(), now)


def test_an_address_left_alone_is_the_same_and_keeps_its_format() -> None:
    assert address() == STORED
    changed = address(entrance="3")
    assert changed is not None
    assert (changed.entrance, changed.room, changed.floor, changed.format_key) == (3, "2", -2, "short")


@pytest.mark.parametrize(
    ("typed", "house_id"),
    [
        ({"street": "Уфа - ул. Гоголя", "house": "5"}, 30),
        ({"street": "Гоголя", "house": "5", "street_id": "1", "house_id": "10"}, 30),
        ({"street": "Салават - ул. Ленина", "street_id": "2", "house_id": "20"}, 20),
        ({"street": "салават ул. ленина", "house": "12 / 3"}, 20),
        ({"street": "Салават - ул. Ленина", "street_id": "nonsense", "house_id": "9" * 30}, 20),
        ({"street": "Салават - ул. Ленина", "street_id": "0" * 18 + "9" * 12, "house_id": "0" * 18 + "9" * 12}, 20),
        ({"house_id": "30"}, 10),
    ],
)
def test_what_stands_in_the_fields_decides_and_not_the_ids_beside_them(typed: dict[str, str], house_id: int) -> None:
    found = address(**typed)
    assert found is not None
    assert found.house_id == house_id


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"street": "Ленина"}, "street"),
        ({"street": "Мира"}, "street"),
        ({"street": ""}, "street"),
        ({"house": "77"}, "house"),
        ({"house": ""}, "house"),
        ({"street": "", "house": ""}, "house"),
        ({"floor": "0"}, "floor"),
        ({"floor": "-1"}, "floor"),
        ({"floor": "1000"}, "floor"),
        ({"floor": "00000099999999999999"}, "floor"),
        ({"entrance": "-2"}, "entrance"),
        ({"flat": "12345678901"}, "flat"),
        ({"room": "123456"}, "room"),
    ],
)
def test_an_address_that_cannot_be_stored(typed: dict[str, str], field: str) -> None:
    now = None if typed == {"street": "Ленина"} else STORED
    with pytest.raises(InvalidField) as caught:
        address(now=now, **typed)
    assert caught.value.field == field


def test_all_blank_is_no_address() -> None:
    blank = dict.fromkeys(LEFT_ALONE, "")
    assert address(**blank) is None
    assert address(now=None, **blank) is None
    assert [fact.value for fact in address_facts(None)] == [""] * 6


def test_an_address_without_a_house_stays_as_it_is() -> None:
    """Servers tell a house 0 for an address in words (parameters.md 3.1)."""
    loose = AddressParts(0, flat="7")
    assert address(now=loose, street="", house="", flat="8", room="", floor="") == AddressParts(0, flat="8")
    assert address(now=loose, street="", house="", flat="", room="", floor="") is None


def test_without_an_address_book_the_id_of_the_house_is_typed() -> None:
    book = NoAddressBook()
    assert address(book, house_id="10") == STORED
    found = address(book, house_id="4711")
    assert found is not None
    assert (found.house_id, found.flat, found.street) == (4711, "5", "")
    assert address(book, house_id="", flat="", room="", floor="") is None
    with pytest.raises(InvalidField):
        address(book, house_id="Ленина")


def test_phones_are_digits_in_any_formatting() -> None:
    value = PhonesValue()
    typed = context(phone=["+7 (917) 123\u201145.67", "", "8 347 2501101"], phone_comment=["дом", "", ""])
    assert value.typed(typed, ()) == (Phone("79171234567", "дом"), Phone("83472501101"))
    # What is no number but stands there is kept when it is left alone, however the rows are moved.
    now = (Phone("250-11-01  доб. 5"), Phone("+7 (917) 123-45-67", "дом"))
    kept = value.typed(context(phone=["+7 (917) 123-45-67", "250-11-01 доб. 5"], phone_comment=["дом"]), now)
    assert kept == (now[1], now[0])
    assert value.seen((Phone("+7 (917) 123-45-67"),)) == value.seen((Phone("79171234567"),))


def test_emails_that_stand_there_are_kept() -> None:
    value, now = EmailsValue(), (Email("спросить", "Зою"),)
    assert value.typed(context(email=["спросить", "a@b.ru"], email_name=["Зою", " Анна  К. "]), now) == (
        now[0],
        Email("a@b.ru", "Анна К."),
    )
    with pytest.raises(InvalidField):
        value.typed(context(email=["спросить"]), ())
    with pytest.raises(InvalidField):
        value.typed(context(email=[""], email_name=["Анна"]), ())
    with pytest.raises(InvalidField):
        value.typed(context(email=[f"{number}@b.ru" for number in range(51)]), ())


ITEMS = (IdTitle(1, "Сайт"), IdTitle(2, "Обзвон"))


@pytest.mark.parametrize(
    ("now", "typed", "wanted"),
    [
        (ListValue(1), {"item": "2"}, ListValue(2)),
        (ListValue(1), {"item": ""}, ListValue()),
        (ListValue(1), {"item": "1", "own": "соседка"}, ListValue(custom="соседка")),
        (ListValue(1), {"item": "", "own": "соседка"}, ListValue(custom="соседка")),
        (ListValue(custom="соседка"), {"item": "2", "own": "соседка"}, ListValue(2)),
        (ListValue(custom="соседка"), {"item": "", "own": ""}, ListValue()),
        (ListValue(9, "Утерянное"), {"item": "9"}, ListValue(9)),
    ],
)
def test_of_item_and_own_text_the_changed_one_counts(now: ListValue, typed: dict[str, Any], wanted: ListValue) -> None:
    found = ChoiceValue().typed(context(**typed), Choice(now, ITEMS))
    assert (found.value.id, found.value.custom) == (wanted.id, wanted.custom)


def test_an_item_that_the_directory_has_lost_can_be_kept_but_not_chosen() -> None:
    lost = Choice(ListValue(9, "Утерянное"), ITEMS)
    assert lost.options[0] == IdTitle(9, "Утерянное")
    assert lost.text == "Утерянное"
    with pytest.raises(InvalidField):
        ChoiceValue().typed(context(item="9"), Choice(ListValue(1), ITEMS))


def test_a_flag_that_is_not_set_stays_so_until_a_word_is_chosen() -> None:
    assert FlagValue().typed(context(), None) is None
    assert FlagValue().typed(context(value="0"), None) is False
    with pytest.raises(InvalidField):
        FlagValue().typed(context(), True)


def test_a_longer_text_than_ours_may_stay() -> None:
    value = TextValue()
    long = value.listed(Parameter(1, ParameterType.TEXT, "", "я" * 300 + "\r\nб"))
    assert value.typed(context(value=long), long) == long
    with pytest.raises(InvalidField):
        value.typed(context(value=f"{long}ю"), long)
