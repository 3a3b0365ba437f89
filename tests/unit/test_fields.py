"""What people type into forms: every reader, with what they mean and with what nobody means well."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_bgbilling.fields import GREATEST_ID, GREATEST_SUM, FormFields, InvalidField, refuse

NO_SUMS = [
    *("1,234", "0.001", "1.200,50", "1,200.50", "12x", "1e5", "NaN", "Infinity", "0x10", "٨٠", "1..5", ".", ","),
    *("5.", ".5", "+5", "--5", "-", "10000000000", "1_000"),
]
NO_DAYS = [
    *("2026-02-30", "31.04.2026", "05.06.26", "0000-01-01", "3000-01-01", "1969-12-31", "05/06/2026", "tomorrow"),
    *("2026-06-05T00:00", "20260605"),
]


def fields(*values: str) -> FormFields:
    return FormFields({"x": values})


def refused(read: Callable[[], object]) -> InvalidField:
    with pytest.raises(InvalidField) as error:
        read()
    assert error.value.text()
    return error.value


@pytest.mark.parametrize(
    ("typed", "sum_"),
    [
        ("80", "80.00"),
        ("80.1", "80.10"),
        ("80,10", "80.10"),
        (" 1 200,50 ", "1200.50"),
        ("1\u00a0200\u00a0300", "1200300.00"),
        ("12\u202f345.6", "12345.60"),
        ("1'200", "1200.00"),
        ("0001,5", "1.50"),
        ("9999999999,99", "9999999999.99"),
        ("9 999 999 999.99", "9999999999.99"),
    ],
)
def test_sums_as_people_type_them(typed: str, sum_: str) -> None:
    found = fields(typed).amount("x")
    assert (found, str(found)) == (Decimal(sum_), sum_)


@pytest.mark.parametrize(
    "typed",
    [
        *NO_SUMS,
        "",
        " ",
        "12 34",
        "1 2 200",
        "1200 500",
        "1 200 50",
        "1  200",
        "9" * 5000,
        "1 " * 2000,
        "5\x00",
        "½",
        "1 200,5 0",
    ],
)
def test_what_is_no_sum(typed: str) -> None:
    problem = refused(lambda: fields(typed).amount("x", signed=True, zero=True))
    assert problem.field == "x"
    assert len(problem.text()) < 200


@pytest.mark.parametrize("typed", ["-5", "−5", "- 5,00", "-5.0"])
def test_sums_below_zero_only_where_they_make_sense(typed: str) -> None:
    refused(lambda: fields(typed).amount("x"))
    assert fields(typed).amount("x", signed=True) == Decimal("-5.00")


@pytest.mark.parametrize("typed", ["0", "0,00", "-0"])
def test_nothing_is_a_sum_only_where_it_makes_sense(typed: str) -> None:
    refused(lambda: fields(typed).amount("x", signed=True))
    assert str(fields(typed).amount("x", zero=True)) == "0.00"


@given(st.decimals(Decimal("0.01"), GREATEST_SUM, places=2), st.sampled_from("., "), st.sampled_from(" \u00a0'"))
def test_every_sum_that_is_shown_can_be_typed(value: Decimal, point: str, group: str) -> None:
    shown = f"{value:,.2f}".replace(",", group).replace(".", point if point != " " else ",")
    assert fields(shown).amount("x") == value


@pytest.mark.parametrize("typed", ["2026-06-05", "05.06.2026", "5.6.2026", " 05.06.2026 "])
def test_days_as_browsers_and_people_write_them(typed: str) -> None:
    assert fields(typed).day("x") == date(2026, 6, 5)


@pytest.mark.parametrize(
    "typed",
    [*NO_DAYS, "9" * 5000, "05.06.20260", "<b>", "2026-06-05\n2026-06-06"],
)
def test_what_is_no_day(typed: str) -> None:
    problem = refused(lambda: fields(typed).optional_day("x"))
    assert len(problem.text()) < 100


def test_a_day_may_be_open_or_not() -> None:
    assert fields(" ").optional_day("x") is None
    assert FormFields().optional_day("x") is None
    refused(lambda: fields(" ").day("x"))


def test_two_days_in_the_wrong_order_are_told_at_the_second() -> None:
    def typed(since: str, until: str) -> FormFields:
        return FormFields({"since": [since], "until": [until]})

    assert refused(lambda: typed("2026-06-05", "2026-06-04").days("since", "until")).field == "until"
    assert typed("2026-06-05", "2026-06-05").days("since", "until") == (date(2026, 6, 5), date(2026, 6, 5))
    assert typed("", "2026-06-04").days("since", "until") == (None, date(2026, 6, 4))
    assert typed("2026-06-05", "").days("since", "until") == (date(2026, 6, 5), None)
    assert refused(lambda: typed("x", "y").days("since", "until")).field == "since"


@pytest.mark.parametrize("typed", ["7", " 7 ", "0000000007"])
def test_a_number_of_a_record(typed: str) -> None:
    assert fields(typed).identifier("x") == 7
    assert fields(typed).identifiers("x") == (7,)


@pytest.mark.parametrize(
    "typed", ["0", "-1", "1.0", "٧", "²", "0x7", "7;8", str(GREATEST_ID + 1), "0" * 17 + "1" + "9" * 5000, "9" * 400]
)
def test_what_is_no_number_of_a_record(typed: str) -> None:
    refused(lambda: fields(typed).identifier("x"))
    refused(lambda: fields(typed).identifier("x", required=False))
    if typed != "0":
        refused(lambda: fields("1", typed).identifiers("x"))


def test_blank_numbers() -> None:
    assert fields("").identifier("x", required=False) == 0
    refused(lambda: fields("").identifier("x"))
    assert fields("3", "", "2", "3", " ").identifiers("x") == (3, 2)
    assert FormFields().identifiers("x") == ()


@pytest.mark.parametrize("typed", ["-5", "−5", "5", "0", "-0"])
def test_whole_numbers(typed: str) -> None:
    assert fields(typed).integer("x", -5, 5) in {-5, 5, 0}


@pytest.mark.parametrize("typed", ["", "6", "-6", "1.0", "1e1", "٥", "5\n6", "9" * 5000, "--5"])
def test_what_is_no_whole_number(typed: str) -> None:
    problem = refused(lambda: fields(typed).integer("x", -5, 5))
    assert "-5" in problem.text()
    assert fields("").integer("x", 1, 5, default=3) == 3


def test_texts_lose_blanks_around_and_foreign_line_ends() -> None:
    assert fields("  a\r\nb\rc\n ").multiline("x") == "a\nb\nc"
    assert fields("  a\r\nb ").text("x") == "a b"
    assert fields(" a ", "", "b").texts("x") == ("a", "", "b")
    assert FormFields().text("x") == ""


@pytest.mark.parametrize("character", ["\x00", "\x08", "\x0b", "\x1b", "\x7f", "\ud800", "\ufffe", "\uffff"])
def test_characters_that_no_billing_stores_are_told(character: str) -> None:
    for read in (
        fields(f"a{character}b").text,
        fields(f"a{character}b").multiline,
        fields("a", f"a{character}b").texts,
    ):
        refused(lambda read=read: read("x"))  # type: ignore[misc]


def test_texts_have_a_length() -> None:
    assert len(fields("я" * 255).text("x", 255)) == 255
    assert "256" in refused(lambda: fields("я" * 256).text("x", 255)).text()
    assert fields(" " * 300 + "я").text("x", 255) == "я"
    refused(lambda: fields(" \n ").text("x", required=True))


@given(st.text())
def test_whatever_is_typed_is_read_or_refused(typed: str) -> None:
    posted = fields(typed)
    for read in (
        posted.text,
        posted.multiline,
        posted.texts,
        posted.flag,
        posted.day,
        posted.optional_day,
        posted.identifier,
        posted.identifiers,
        posted.amount,
        lambda name: posted.integer(name, -(10**9), 10**9),
        lambda name: posted.choice(name, ["a"]),
    ):
        with suppress(InvalidField):
            read("x")


def test_boxes_and_choices() -> None:
    assert [fields(typed).flag("x") for typed in ("1", "on", "true", "0", "", "yes")] == [True] * 3 + [False] * 3
    assert not FormFields().flag("x")
    assert fields("b").choice("x", ["a", "b"]) == "b"
    refused(lambda: fields("c").choice("x", ["a", "b"]))
    refused(lambda: FormFields().choice("x", ["a"]))


def test_what_was_typed_is_kept_as_it_is() -> None:
    posted = FormFields({"x": [" 1 ", "2"], "y": []})
    assert (posted.raw("x"), posted.raws("x"), posted.raw("y", "z"), posted.raw("none", "d")) == (
        " 1 ",
        (" 1 ", "2"),
        "z",
        "d",
    )
    assert posted
    assert "x" in posted
    assert not FormFields()
    assert posted.as_mapping() == {"x": (" 1 ", "2"), "y": ()}


def test_own_checks_name_their_field() -> None:
    problem = refused(lambda: refuse("house", "There is no house “%(house)s”.", house="12/3"))
    assert (problem.field, problem.text()) == ("house", "There is no house “12/3”.")
