"""Values of parameters taken apart, and the list that a viewer gets (card-screens.md 6.1, parameters.md 2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_bgbilling.domain.contracts.parameters import (
    ParameterBlock,
    screen,
    shown,
    split_emails,
    split_phones,
    state,
)
from flask_bgbilling.domain.contracts.phones import shown_phones
from flask_bgbilling.ports import Grant
from flask_bgbilling.wire.dto.common import IdTitle
from flask_bgbilling.wire.dto.parameters import Email, Parameter, ParameterList, ParameterType, Phone


@pytest.mark.parametrize(
    ("value", "phones"),
    [
        ("79990000001[office]", (Phone("79990000001", "office"),)),
        ("79990000001[office]; 79990000002", (Phone("79990000001", "office"), Phone("79990000002"))),
        ("79990000001;79990000002[b;c];", (Phone("79990000001"), Phone("79990000002", "b;c"))),
        ("+7 (999) 000-00-01 [wife [evening]]", (Phone("+7 (999) 000-00-01", "wife [evening]"),)),
        ("", ()),
        ("ask the neighbour", ()),
        ("79990000001; ask the neighbour", ()),
        ("[comment only]", ()),
    ],
)
def test_phones(value: str, phones: tuple[Phone, ...]) -> None:
    assert split_phones(value) == phones


@pytest.mark.parametrize(
    ("number", "text", "dial"),
    [
        ("79161234567", "+7 916 123-45-67", "+79161234567"),
        ("89161234567", "+7 916 123-45-67", "+79161234567"),
        ("9161234567", "+7 916 123-45-67", "+79161234567"),
        ("+7 (916) 123-45-67", "+7 916 123-45-67", "+79161234567"),
        ("+8 (916) 123-45-67", "+7 916 123-45-67", "+79161234567"),
        ("+84 91 234 56 78", "+84 912 345 678", "+84912345678"),
        ("+44 20 7946 0958", "+44 20 7946 0958", "+442079460958"),
        ("112", "112", "112"),
        ("250-11", "250-11", "25011"),
        ("12", "12", ""),
        ("250-11-01 доб. 5", "250-11-01 доб. 5", ""),
        ("javascript:alert(1234)", "javascript:alert(1234)", ""),
    ],
)
def test_phones_as_people_read_and_dial_them(number: str, text: str, dial: str) -> None:
    (phone,) = shown_phones([Phone(number, "wife")])
    assert (phone.text, phone.dial, phone.comment) == (text, dial, "wife")


MASKS = ("+7 (XXX) XXX-XX-XX", "+7 (347) 2XX-XX-XX", "8-XXXX-XX-XX-XX", "XX-XX-XX", "2X-XXX")


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("79161234567", "+7 (916) 123-45-67"),
        ("+7 916 123-45-67", "+7 (916) 123-45-67"),
        ("73472501101", "+7 (347) 250-11-01"),
        ("89161234567", "8-9161-23-45-67"),
        ("9161234567", "+7 (916) 123-45-67"),
        ("501101", "50-11-01"),
        ("25011", "25-011"),
        ("35011", "35011"),
        ("442079460958", "442079460958"),
        ("+44 20 7946 0958", "+44 20 7946 0958"),
        ("250-11-01 доб. 5", "250-11-01 доб. 5"),
    ],
)
def test_phones_by_masks(number: str, text: str) -> None:
    (phone,) = shown_phones([Phone(number)], MASKS)
    assert phone.text == text
    assert phone.dial == shown_phones([Phone(number)])[0].dial, "what is dialled does not depend on it"


@pytest.mark.parametrize(
    ("value", "emails"),
    [
        ("Ann <a@b.ru>; Bob <c@d.ru>; ", (Email("a@b.ru", "Ann"), Email("c@d.ru", "Bob"))),
        ("a@b.ru", (Email("a@b.ru"),)),
        ('ООО "Мир" <a@b.ru>; "Bob" <c@d.ru>', (Email("a@b.ru", 'ООО "Мир"'), Email("c@d.ru", "Bob"))),
        ('"Ann; the boss" <a@b.ru>', ()),
        ("Ann", ()),
        ("", ()),
        ("a@b.ru?bcc=x@y.ru", ()),
        ("Ann <a@b.ru,c@d.ru>", ()),
    ],
)
def test_emails(value: str, emails: tuple[Email, ...]) -> None:
    assert split_emails(value) == emails


@pytest.mark.parametrize("address", ["a@b.ru?cc=x@y", "a@b@c", "a b@c.ru", "a@b.ru\r\nBcc: x", "a%0a@b.ru", "", "a"])
def test_what_could_add_recipients_is_no_link(address: str) -> None:
    assert not Email(address).mailable


@pytest.mark.parametrize(
    ("value", "switched"),
    [("1", True), ("true", True), ("Да", True), ("0", False), ("нет", False), ("", None), ("maybe", None)],
)
def test_flags(value: str, switched: bool | None) -> None:
    assert state(value) is switched


def test_values_are_tidied_by_type() -> None:
    assert shown(Parameter(1, ParameterType.ADDRESS, "x", ", , Main st., 5")).value == "Main st., 5"
    assert shown(Parameter(1, ParameterType.DATE, "x", "1.02.2024")).value == "01.02.2024"
    assert shown(Parameter(1, ParameterType.DATE, "x", "soon")).value == "soon"
    assert shown(Parameter(1, ParameterType.TEXT, "x", "79990000001")).phones == ()


LISTED = ParameterList(
    parameters=(
        Parameter(1, ParameterType.TEXT, "Loose", "a"),
        Parameter(2, ParameterType.SEPARATOR, "Empty heading"),
        Parameter(3, ParameterType.TEXT, "Unset", ""),
        Parameter(4, ParameterType.SEPARATOR, "Contacts"),
        Parameter(5, ParameterType.PHONE, "Phone", "79990000001"),
        Parameter(6, ParameterType.TEXT, "Secret", "s"),
    ),
    group_id=2,
    groups=(IdTitle(1, "Person"), IdTitle(2, "Company")),
)


def titles(blocks: tuple[ParameterBlock, ...]) -> list[tuple[str, list[str]]]:
    return [(block.title, [parameter.title for parameter in block.parameters]) for block in blocks]


def test_only_filled_leaves_out_empty_values_and_empty_headings() -> None:
    got = screen(LISTED, Grant(), filled_only=True, group_only=False)
    assert titles(got.blocks) == [("", ["Loose"]), ("Contacts", ["Phone", "Secret"])]
    assert (got.shown, got.total, got.filled, got.group) == (3, 4, 3, IdTitle(2, "Company"))


def test_all_shows_unset_values_too() -> None:
    got = screen(LISTED, Grant(), filled_only=False, group_only=False)
    assert titles(got.blocks) == [("", ["Loose"]), ("Empty heading", ["Unset"]), ("Contacts", ["Phone", "Secret"])]


def test_the_grant_decides_which_parameters_there_are() -> None:
    got = screen(LISTED, Grant(parameter_ids=frozenset({3, 5})), filled_only=True, group_only=False)
    assert titles(got.blocks) == [("Contacts", ["Phone"])]
    assert (got.total, got.filled) == (2, 1)
    nothing = screen(LISTED, Grant(parameter_ids=frozenset()), filled_only=False, group_only=False)
    assert (nothing.blocks, nothing.total) == ((), 0)


def test_a_group_that_the_directory_lacks_is_shown_by_its_id() -> None:
    got = screen(ParameterList(group_id=9), Grant(), filled_only=True, group_only=True)
    assert got.group == IdTitle(9, "")
    assert screen(ParameterList(), Grant(), filled_only=True, group_only=True).group is None


@given(st.text(max_size=200), st.sampled_from(list(ParameterType)))
def test_any_text_of_any_type_can_be_shown(value: str, kind: ParameterType) -> None:
    parameter = shown(Parameter(1, kind, "x", value.strip()))
    assert all(phone.dial.lstrip("+").isdigit() or not phone.dial for phone in parameter.phones)
    assert all(email.mailable for email in parameter.emails)
