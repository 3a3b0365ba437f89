"""What a search criterion of the billing means (contract-search.md 4.1, 4.6)."""

import pytest

from flask_bgbilling.emulator.errors import Refused
from flask_bgbilling.emulator.model.attribute_search import Place, split_house
from flask_bgbilling.emulator.model.cards import in_latin, pdf_card
from flask_bgbilling.emulator.model.patterns import escape_like, parse_mask


@pytest.mark.parametrize(
    ("pattern", "exact", "literal", "like"),
    [
        ("A-24-0101", None, "A-24-0101", "%A-24-0101%"),
        ("^A-24-0101$", "A-24-0101", "A-24-0101", "A-24-0101"),
        (r"^A\-24\-0101$", "A-24-0101", "A-24-0101", "A-24-0101"),
        (r"^\QA+24\E$", "A+24", "A+24", "A+24"),
        (r"\Qa.b", None, "a.b", "%a.b%"),
        ("A[-]24", None, "A-24", "%A-24%"),
        (r"100\%_", None, "100%_", r"%100\%\_%"),
        ("a.c", None, None, "%a_c%"),
        ("^a.*c", None, None, "a%c%"),
        ("^$", "", None, ""),
        ("[0-9]+", None, None, None),
        ("a|b", None, None, None),
        ("ab?", None, None, None),
        (r"\d", None, None, None),
    ],
)
def test_criteria_become_equality_like_or_stay_expressions(
    pattern: str, exact: str | None, literal: str | None, like: str | None
) -> None:
    mask = parse_mask(pattern)
    assert (mask.exact, mask.literal, mask.like) == (exact, literal, like)


@pytest.mark.parametrize(
    ("pattern", "unrestricted"), [("", True), (".*", True), ("^", True), ("^$", False), ("0", False)]
)
def test_only_empty_criteria_match_everything(pattern: str, unrestricted: bool) -> None:
    assert parse_mask(pattern).unrestricted is unrestricted


@pytest.mark.parametrize("pattern", ["(", "[", "*", "(?P<x", "a\\"])
def test_a_broken_expression_is_refused(pattern: str) -> None:
    with pytest.raises(Refused, match="Ошибка в шаблоне"):
        parse_mask(pattern)


def test_the_longest_sure_text_is_known() -> None:
    assert parse_mask("^ab.*cdef.g").longest_text == "cdef"
    assert parse_mask("ab|cdef").longest_text == ""


def test_wildcards_of_like_are_protected() -> None:
    assert escape_like(r"50%_\x") == r"50\%\_\\x"


@pytest.mark.parametrize(
    ("typed", "house", "frac"),
    [("12", 12, ""), ("12/3", 12, "/3"), ("5а", 5, "а"), ("1 к2", 1, " к2"), ("а5", -1, "а5"), ("", -1, "")],
)
def test_a_typed_house_is_split(typed: str, house: int, frac: str) -> None:
    assert split_house(typed) == (house, frac)


@pytest.mark.parametrize(
    ("place", "blank"),
    [
        (Place(), True),
        (Place(house=-1, frac=""), True),
        (Place(street=0, house=0, frac=None, flat="", room=""), True),
        (Place(frac="*"), True),
        (Place(house=-1, frac="а5"), False),
        (Place(house=12), False),
        (Place(house_id=5), False),
        (Place(flat="5"), False),
    ],
)
def test_a_blank_address_restricts_nothing(place: Place, blank: bool) -> None:
    assert place.blank is blank


def test_a_card_is_a_whole_pdf_with_the_number_in_it() -> None:
    body = pdf_card("Договор Ю-1", ["Договор (Ю-1)", "плохой \\ знак \u202e"])
    assert body.startswith(b"%PDF-1.4")
    assert body.endswith(b"%%EOF\n")
    assert b"(Dogovor \\(Yu-1\\)) Tj" in body
    assert "Договор Ю-1".encode("utf-16-be").hex().upper().encode() in body
    start = int(body.split(b"startxref\n")[1].split(b"\n")[0])
    assert body[start : start + 4] == b"xref"
    entries = body[start:].split(b"\n")[3:9]
    for number, entry in enumerate(entries, 1):
        offset = int(entry.split()[0])
        assert body[offset:].startswith(b"%d 0 obj" % number)


def test_cyrillic_is_written_in_latin_letters() -> None:
    assert in_latin("Щукин ё Ъ 5₽") == "Shchukin e  5?"
