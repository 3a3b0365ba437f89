"""What copying makes of a customer's values, type by type."""

from collections.abc import Mapping
from datetime import date

import pytest

from flask_bgbilling.config.mapping import pairs
from flask_bgbilling.domain.creation.values import (
    NO_PAIR,
    NO_PARAMETER,
    NOT_SET,
    Nothing,
    Wanted,
    plainly,
    wanted_value,
)
from flask_bgbilling.ports.customers import (
    Customer,
    CustomerAddress,
    CustomerEmail,
    CustomerParameter,
    CustomerParameterType,
    CustomerPhone,
    CustomerValue,
)
from flask_bgbilling.wire.dto.addresses import AddressParts
from flask_bgbilling.wire.dto.parameters import Email, ListValue, ParameterType, Phone

CUSTOMER = Customer(7, "Ёлкина Анна | Елкина А. | ИП Ёлкина")
ITEMS: Mapping[int, str] = {3: "третье", 1: "первое", 2: "второе"}


def made(rule: str, kind: CustomerParameterType, value: CustomerValue | None) -> Wanted | Nothing:
    (pair,) = pairs(rule)
    items = ITEMS if kind is CustomerParameterType.LIST else {}
    return wanted_value(pair, CUSTOMER, CustomerParameter(12, kind, "Параметр", items), value)


def test_the_first_spelling_of_the_title() -> None:
    (pair,) = pairs("customerTitle:1")
    assert wanted_value(pair, CUSTOMER, None, None) == Wanted(ParameterType.TEXT, "Ёлкина Анна", "Ёлкина Анна")


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (CustomerParameterType.TEXT, " текст ", (ParameterType.TEXT, "текст", "текст")),
        (CustomerParameterType.TEXT, "ч" * 300, (ParameterType.TEXT, "ч" * 255, "ч" * 255)),
        (CustomerParameterType.DATE, date(1981, 2, 3), (ParameterType.DATE, date(1981, 2, 3), "03.02.1981")),
        (
            CustomerParameterType.PHONE,
            (
                CustomerPhone("+7 (916) 1", " дом  "),
                CustomerPhone("7-916-1"),
                CustomerPhone("нет"),
                CustomerPhone("2" * 15),
            ),
            (ParameterType.PHONE, (Phone("79161", "дом"),), "79161 (дом)"),
        ),
        (
            CustomerParameterType.EMAIL,
            (
                CustomerEmail("A@Ya.ru", "Анна"),
                CustomerEmail("a@ya.ru"),
                CustomerEmail("не адрес"),
                CustomerEmail("b@ya.ru"),
            ),
            (ParameterType.EMAIL, (Email("a@ya.ru", "Анна"), Email("b@ya.ru")), "a@ya.ru (Анна)\nb@ya.ru"),
        ),
        (
            CustomerParameterType.ADDRESS,
            (CustomerAddress(13, " 5 ", "", 2, 3, "домофон", "Пушкина, 1-5"), CustomerAddress(14)),
            (ParameterType.ADDRESS, AddressParts(13, flat="5", entrance=2, floor=3, comment="домофон"), "Пушкина, 1-5"),
        ),
        (
            CustomerParameterType.ADDRESS,
            (CustomerAddress(13, floor=-1),),
            (ParameterType.ADDRESS, AddressParts(13), "ID 13"),
        ),
        (CustomerParameterType.LIST, frozenset({2, 1}), (ParameterType.LIST, ListValue(1), "первое")),
    ],
)
def test_values(kind: CustomerParameterType, value: CustomerValue, expected: tuple[object, ...]) -> None:
    assert made("12:6", kind, value) == Wanted(*expected)  # type: ignore[arg-type]


def test_what_a_billing_displays_is_told_the_same_way() -> None:
    phones = "79161234567[основной];79370220922[жена [только вечером]];73472501101[]"
    told = "79161234567 (основной)\n79370220922 (жена [только вечером])\n73472501101"
    assert plainly(ParameterType.PHONE, phones) == told
    assert plainly(ParameterType.PHONE, "спросить у соседки") == "спросить у соседки"
    assert plainly(ParameterType.EMAIL, "Анна <a@example.ru>; b@example.ru; ") == "a@example.ru (Анна)\nb@example.ru"
    assert plainly(ParameterType.TEXT, "a;b[c]") == "a;b[c]"


@pytest.mark.parametrize("kind", list(CustomerParameterType))
def test_nothing_is_copied_from_nothing(kind: CustomerParameterType) -> None:
    empty: dict[CustomerParameterType, CustomerValue] = {
        CustomerParameterType.TEXT: "  ",
        CustomerParameterType.DATE: "",
        CustomerParameterType.LIST: frozenset(),
    }
    for value in (None, empty.get(kind, ())):
        found = made("12:6", kind, value)
        assert isinstance(found, Nothing)
        assert found.why == NOT_SET


def test_values_of_lists_by_their_pairs() -> None:
    assert made("12[1,2]:25[4,3]", CustomerParameterType.LIST, frozenset({2})) == Wanted(
        ParameterType.LIST, ListValue(3), "второе"
    )
    several = made("12[1,2]:25[4,3]", CustomerParameterType.LIST, frozenset({1, 2}))
    assert several == Wanted(ParameterType.LIST, ListValue(4), "первое"), "the first of the host's list"
    unpaired = made("12[1,2]:25[4,3]", CustomerParameterType.LIST, frozenset({1, 2, 3}))
    assert unpaired == Nothing(NO_PAIR, ParameterType.LIST), "the first has no pair, and only the first is copied"
    assert made("12[1,2]:25[4,3]", CustomerParameterType.LIST, frozenset({3})) == Nothing(NO_PAIR, ParameterType.LIST)


def test_a_parameter_that_is_gone() -> None:
    (pair,) = pairs("12:6")
    assert wanted_value(pair, CUSTOMER, None, None) == Nothing(NO_PARAMETER)
