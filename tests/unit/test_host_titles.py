"""How the example host folds, finds and composes titles of customers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from example_host.customers.titles import INDEXED, compose, first_word, fold, tails, used, variants, with_first

TITLES = st.text("аё Б|\n\t%_ж", max_size=40)


@given(TITLES, TITLES, TITLES)
def test_what_a_title_contains_is_found_by_the_first_word_at_the_beginning_of_a_tail(
    before: str, text: str, after: str
) -> None:
    title = fold(before + text + after)
    wanted = fold(text)
    first, rest = first_word(wanted)
    if rest and wanted in title:
        assert any(tail.startswith(rest) and previous.endswith(first) for tail, previous in tails(title))


def test_long_titles_are_found_too() -> None:
    title = fold("Общество " + "оченьдлинно" * 900 + " конец")
    first, rest = first_word(title)
    assert (first, len(rest)) == ("общество", INDEXED)
    assert any(tail.startswith(rest) and previous == first for tail, previous in tails(title))
    assert all(len(tail) <= INDEXED and len(previous) <= INDEXED for tail, previous in tails(title))


def test_a_long_word_is_known_by_its_end() -> None:
    long = "а" * 3 * INDEXED + "б"
    assert first_word(f"{long} в") == (long[-INDEXED:], "в")
    assert [*tails(f"{long} в")] == [(long[:INDEXED], ""), ("в", long[-INDEXED:])]


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("А | Б", ["А", "Б"]),
        (" А |а| | А", ["А"]),
        ("Ёлка|Елка", ["Ёлка"]),
        ("|", []),
    ],
)
def test_spellings(title: str, found: list[str]) -> None:
    assert variants(title) == found


def test_another_first_spelling_keeps_the_further_ones() -> None:
    assert with_first("А | Б | В", "Г") == "Г | Б | В"
    assert with_first("А | Б", "Б") == "Б"
    assert with_first("", "Г") == "Г"


@pytest.mark.parametrize(
    ("pattern", "values", "title"),
    [
        ("${param_1}(, ИНН ${param_2})", {1: "Ель", 2: "027"}, "Ель, ИНН 027"),
        ("${param_1}(, ИНН ${param_2})", {1: "Ель", 2: " "}, "Ель"),
        ("${param_1}  ${param_2}", {1: "Ель"}, "Ель"),
        ("Фирма (${param_1}/${param_2})", {1: "а"}, "Фирма"),
        ("(без места)", {}, "без места"),
        ("${param_x}", {}, "${param_x}"),
        ("${param_1}", {1: "${param_2}", 2: "нет"}, "${param_2}"),
    ],
)
def test_titles_are_composed(pattern: str, values: dict[int, str], title: str) -> None:
    assert compose(pattern, values) == title


def test_the_parameters_of_a_pattern() -> None:
    assert used("${param_1}(, ${param_20})") == {1, 20}
