"""Rules of the emulator that need no server: address templates, phones, e-mails, months, trees of types."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from flask_bgbilling.emulator.model.addresses import DEFAULT_FORMAT, house_number, render
from flask_bgbilling.emulator.model.money import Month, MonthBalance, flat_types, total, type_tree
from flask_bgbilling.emulator.model.parameters import Email, Kind, formatted_phone, kind_of, parse_emails
from flask_bgbilling.emulator.model.tariffs import number_list


@pytest.mark.parametrize(
    ("template", "values", "text"),
    [
        ("(${city})(, ${street})", {"city": "Уфа", "street": "ул. Мира"}, "Уфа, ул. Мира"),
        ("(${index})(, г. ${city})", {"city": "Уфа"}, ", г. Уфа"),
        ("(${city})(, ${street})", {"city": "Уфа", "street": " "}, "Уфа"),
        ("${city}, ${street}!", {"city": "Уфа"}, "Уфа, !"),
        ("(${number})( [${comment}])", {"number": "7916", "comment": "дом"}, "7916 [дом]"),
        ("дом (${house}) [всегда]", {}, "дом  [всегда]"),
        ("(${a}${b})", {"a": "1", "b": "2"}, "(12)"),
        ("(${comment})", {"comment": "(${city})", "city": "Уфа"}, "(${city})"),
    ],
)
def test_template_of_an_address(template: str, values: dict[str, str], text: str) -> None:
    assert render(template, values) == text


def test_default_format_of_a_fresh_server_begins_with_a_comma_without_an_index() -> None:
    values = {"city": "Уфа", "street": "ул. Мира", "house": "12", "frac": "/3", "flat": "5", "pod": "2", "floor": "4"}
    assert render(DEFAULT_FORMAT, values) == ", г. Уфа, ул. Мира, д. 12/3, кв. 5, 2 под., 4 эт."


@pytest.mark.parametrize(
    ("number", "frac", "text"), [(12, "/3", "12/3"), (12, "", "12"), (0, "Б", "Б"), (-1, "Б", "Б"), (None, None, "")]
)
def test_house_is_number_and_fraction(number: int | None, frac: str | None, text: str) -> None:
    assert house_number(number, frac) == text


@pytest.mark.parametrize(
    ("digits", "form", "text"),
    [
        ("79161234567", "13", "+7 (916) 123-45-67"),
        ("79161234567", "", "+7 (916) 123-45-67"),
        ("79161234567", "14", "+7 (9161) 23-45-67"),
        ("380441234567", "32", "+380 (44) 123-45-67"),
        ("2501101", "", "2501101"),
        ("123", "13", "123"),
        ("доб. 5", "13", "доб. 5"),
    ],
)
def test_phone_of_the_entity_model(digits: str, form: str, text: str) -> None:
    assert formatted_phone(digits, form) == text


def test_lines_of_emails() -> None:
    stored = 'Ann <a@b.ru>\n"Боб, младший" <b@b.ru>\nc@b.ru\n <d@b.ru>\n\n'
    stored += 'ООО "Мир" <e@b.ru>\n"\\"Мир\\", офис" <f@b.ru>\n'
    assert parse_emails(stored) == [
        Email("Ann", "a@b.ru"),
        Email("Боб, младший", "b@b.ru"),
        Email("", "c@b.ru"),
        Email("", "d@b.ru"),
        Email('ООО "Мир"', "e@b.ru"),
        Email('"Мир", офис', "f@b.ru"),
    ]


def test_unknown_codes_are_unknown() -> None:
    assert (kind_of(9), kind_of(99)) == (Kind.PHONE, Kind.UNKNOWN)
    assert Kind.CONTRACT_REF.type_name == "TYPE_CONTRACT_REF"


def test_months_follow_each_other() -> None:
    assert Month(2025, 12).following == Month(2026, 1)
    assert Month(2024, 2).last_day == date(2024, 2, 29)
    assert Month.of(date(2026, 11, 23)).first_day == date(2026, 11, 1)


def test_closing_of_a_month() -> None:
    sums = (Decimal("70.10"), Decimal("680.00"), Decimal("829.00"), Decimal("0.05"))
    assert MonthBalance(Month(2026, 1), *sums).closing == Decimal("-78.95")
    assert total([Decimal("0.00500"), Decimal("0.00500")]) == Decimal("0.01")


def kind(number: int, up: int, folder: int, flag: int = 0, payback: int | None = None) -> Any:
    row = {"id": number, "title": f"t{number}", "up": up, "type": folder, "flag": flag}
    return row if payback is None else {**row, "payback": payback}


def test_tree_of_types_keeps_empty_folders_and_drops_what_is_not_wanted() -> None:
    rows = [kind(1, 0, 1), kind(2, 1, 0), kind(3, 0, 1), kind(4, 0, 0, flag=1)]
    whole = type_tree(rows, editable=0)["children"]
    assert [(node["id"], [leaf["id"] for leaf in node["children"] or ()]) for node in whole] == [
        (1, [2]),
        (3, []),
        (4, []),
    ]
    assert [node["id"] for node in type_tree(rows, editable=1)["children"]] == [1, 3]
    both = [kind(1, 0, 1, payback=0), kind(2, 1, 0, payback=1), kind(3, 1, 0, payback=0), kind(5, 0, 1, payback=0)]
    returns = type_tree(both, editable=0, payback=True)["children"]
    assert [(node["id"], [leaf["id"] for leaf in node["children"]]) for node in returns] == [(1, [2])]


def test_flat_types_stand_behind_their_folder() -> None:
    rows = [kind(1, 0, 1), kind(2, 1, 0), kind(3, 0, 0), kind(4, 0, 1), kind(5, 4, 0)]
    assert [row["id"] for row in flat_types(rows)] == [3, 1, 2, 4, 5]


def test_stored_lists_of_ids() -> None:
    assert number_list("2, 3,;-4") == [2, 3, -4]
    assert number_list(None) == []
