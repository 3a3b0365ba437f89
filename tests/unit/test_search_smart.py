"""What the smart box makes of what operators type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_bgbilling.domain.search.forms import MAX_TEXT
from flask_bgbilling.domain.search.smart import GUESS_KINDS, as_kind, recognise

SAMPLES = [
    # contract numbers
    ("A-24-0001", "number"),
    ("А-24-0001", "number"),
    ("0022010", "number phone"),
    ("ФЛ 123", "number name"),
    ("user_12", "number"),
    ("12/3", "number"),
    ("24-0001", "number phone"),
    ("договор A-24-0001", "number"),
    ("№ 0022010", "number"),
    ("№0022010", "number"),
    ("Номер: 17", "number"),
    ("05.06.2026", "number"),
    ("10.0.0.1", "number"),
    ("123456789012", "number"),
    ("0212345678", "number"),
    # ids
    ("501", "number id"),
    ("7", "number id"),
    ("ID 501", "id"),
    ("id:501", "id"),
    ("#501", "id"),
    # phones
    ("9171234567", "phone number"),
    ("89171234567", "phone number"),
    ("79171234567", "phone number"),
    ("+79171234567", "phone"),
    ("+7 917 123-45-67", "phone"),
    ("8 (917) 123-45-67", "phone"),
    ("917-123-45-67", "phone"),
    ("8(347)2345678", "phone"),
    ("8 917 123 45 67 доб. 12", "phone"),
    ("8–917–123–45–67", "phone"),
    ("тел. 123-45-67", "phone"),
    ("2345678", "number id phone"),
    ("234-56-78", "phone number"),
    ("23-45-67", "phone number"),
    ("+44 20 7946 0958", "phone"),
    ("Иванов 89171234567", "phone name"),
    # e-mails
    ("ivanov@mail.ru", "email"),
    ("@mail.ru", "email"),
    ("ivanov@", "email"),
    ("Иван <ivan@mail.ru>", "email"),
    ("e-mail: ivanov", "email"),
    # names
    ("Иванов", "name address?"),
    ("Иванов Иван Петрович", "name address?"),
    ("Иванов И.И.", "name address?"),
    ('ООО "Ромашка"', "name address?"),
    ("ФЛ", "name number address?"),
    ("ivanov", "name number"),
    ("O'Brien", "name number"),
    ("John Smith", "name"),
    ("фио Ленина", "name"),
    # addresses
    ("Ленина 12 кв 5", "address"),
    ("ул. Ленина, 12/3, кв. 5", "address"),
    ("ул.Ленина,12", "address"),
    ("улица Мира", "address"),
    ("г. Уфа, ул. Карла Маркса, д. 7, корп. 2, кв. 15", "address"),
    ("пр-т Октября 4а-17", "address"),
    ("Ленина д.12 оф.7", "address"),
    ("адрес Ленина", "address"),
    ("st. Main 12 apt 5", "address"),
    ("Ленина 12", "address name"),
    ("Уфа, Ленина 12-5", "address name"),
    ("50 лет Октября 12", "address name"),
    ("8 Марта 5", "address name"),
    ("8 Марта", "name address?"),
    ("ООО Ромашка 2000", "address name"),
    # hostile or useless
    ("%", "name"),
    (".*", "name"),
    ("'; DROP TABLE contract; --", "name"),
    ("<script>alert(1)</script>", "name number"),
    ("   ", ""),
    ("", ""),
    ("\x00\u202e", ""),
]


@pytest.mark.parametrize(("text", "expected"), SAMPLES)
def test_a_text_is_taken_for_every_plausible_kind(text: str, expected: str) -> None:
    found = " ".join(guess.kind + ("" if guess.sure else "?") for guess in recognise(text))
    assert found == expected


@pytest.mark.parametrize(
    ("text", "digits", "shown"),
    [
        ("+7 (917) 123-45-67", "9171234567", "917 123-45-67"),
        ("89171234567", "9171234567", "917 123-45-67"),
        ("тел 8 917 123 45 67 доб. 9", "9171234567", "917 123-45-67"),
        ("234-56-78", "2345678", "2345678"),
        ("+44 20 7946 0958", "2079460958", "+44 20 7946 0958"),
    ],
)
def test_a_phone_is_searched_by_the_digits_that_every_spelling_contains(text: str, digits: str, shown: str) -> None:
    guess = next(guess for guess in recognise(text) if guess.kind == "phone")
    assert (guess.value, guess.shown) == (digits, shown)


def test_a_keyword_is_not_part_of_what_is_searched() -> None:
    assert [guess.value for guess in recognise("договор A-24-0001")] == ["A-24-0001"]
    assert [guess.value for guess in recognise("почта ivanov@mail.ru")] == ["ivanov@mail.ru"]


def test_a_word_that_only_begins_like_a_keyword_is_a_name() -> None:
    assert recognise("Кодовый Замок")[0].value == "Кодовый Замок"
    assert recognise("Имярек")[0].value == "Имярек"


def test_an_address_is_taken_apart() -> None:
    address = recognise("г. Уфа, ул. Карла Маркса, д. 7, корп. 2, кв. 15")[0].address
    assert address is not None
    assert (address.street, address.house, address.flat) == ("Уфа Карла Маркса", "7 корп. 2", "15")


def test_a_kind_can_be_forced_where_it_makes_sense() -> None:
    forced = as_kind("9171234567", "name")
    assert forced is not None
    assert forced.value == "9171234567"
    assert as_kind("Иванов", "phone") is None
    assert as_kind("Иванов", "id") is None
    assert as_kind("0", "id") is None
    address = as_kind("Ленина", "address")
    assert address is not None
    assert address.sure


@given(st.text(max_size=MAX_TEXT), st.sampled_from(GUESS_KINDS))
def test_no_text_breaks_the_recogniser(text: str, kind: str) -> None:
    guesses = recognise(text)
    assert len({guess.kind for guess in guesses}) == len(guesses)
    as_kind(text, kind)  # type: ignore[arg-type]


@given(st.text(alphabet="ул. кв12/-,аЛ", max_size=MAX_TEXT))
def test_texts_like_addresses_do_not_break_the_recogniser(text: str) -> None:
    for guess in recognise(text):
        assert guess.value
