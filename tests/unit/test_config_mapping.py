"""Pairs of parameters as they are written: each gives itself or its mistake, and one rule says which."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_bgbilling.config.check import check, check_properties
from flask_bgbilling.config.mapping import ParameterPair, pairs, parsed
from flask_bgbilling.config.messages import shown
from flask_bgbilling.config.properties import Properties
from flask_bgbilling.config.values import Mistake

KEY = "bgbilling:server.1.copyParamMapping"
SERVER = "bgbilling:server.1.id=ds\nbgbilling:server.1.title=DS\nbgbilling:server.1.url=http://h/x\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("72:456", ParameterPair(72, (456,), text="72:456")),
        (" 12 : 9, 80 ,83 ", ParameterPair(12, (9, 80, 83), text="12 : 9, 80 ,83")),
        ("customerTitle:1", ParameterPair(None, (1,), text="customerTitle:1")),
        (
            "115[1,2]:421[ 14575, 14576 ]",
            ParameterPair(115, (421,), {1: 14575, 2: 14576}, "115[1,2]:421[ 14575, 14576 ]"),
        ),
        ("2147483647:1", ParameterPair(2147483647, (1,), text="2147483647:1")),
    ],
)
def test_pairs(text: str, expected: ParameterPair) -> None:
    assert parsed(f";{text};;") == (expected,)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("12:9:1", "mapping"),
        ("12", "mapping"),
        (":9", "mapping"),
        ("12:", "mapping"),
        ("12,13:9", "mapping"),
        ("9:customerTitle", "mapping"),
        ("customerTitle[1]:4[2]", "mapping"),
        ("12:-9", "mapping"),
        ("12:9,,10", "mapping"),
        ("115[]:4[]", "mapping"),
        ("115[1 2]:4[3]", "mapping"),
        ("115[1,]:4[3]", "mapping"),
        ("2147483648:4", "mapping"),
        ("115[1]:4[2147483648]", "mapping"),
        ("9" * 5000 + ":4", "mapping"),
        ("١٢:9", "mapping"),
        ("115[1,2]:4[1]", "mapping-lengths"),
        ("115[1]:4", "mapping-lengths"),
        ("115:4[1]", "mapping-lengths"),
    ],
)
def test_mistakes(text: str, code: str) -> None:
    (first, mistake, last) = parsed(f"1:2;{text};3:4")
    assert isinstance(mistake, Mistake)
    assert (mistake.code, mistake.value) == (code, text)
    assert (first, last) == pairs("1:2;3:4")


def test_all_mistakes_of_a_servers_mapping_are_reported_once() -> None:
    problems = check(f"{SERVER}{KEY}=12:9:1;14:5:5;15:9;115[1,2]:4[1];14:5:5")
    assert [(problem.code, problem.params["value"]) for problem in problems] == [
        ("mapping", "12:9:1"),
        ("mapping", "14:5:5"),
        ("mapping-lengths", "115[1,2]:4[1]"),
    ]


def test_several_parameters_of_the_contract_are_warned_of_where_only_the_first_is_written() -> None:
    problems = check(f"{SERVER}{KEY}=15:9,10;72:46;customerTitle:1,2")
    assert [(problem.code, problem.severity, problem.line, problem.params["value"]) for problem in problems] == [
        ("copy-several", "warning", 4, "15:9,10"),
        ("copy-several", "warning", 4, "customerTitle:1,2"),
    ]
    assert [problem.key for problem in check(f"{SERVER}bgbilling.1.copyParamMapping=15:9,10")] == [
        "bgbilling.1.copyParamMapping"
    ] * 2, "the old form of the key, too"
    assert check(f"{SERVER}{KEY}=15:9,9") == []


@given(st.text(st.sampled_from("0129 ,;:[]c"), max_size=40) | st.text(max_size=20))
def test_the_linter_and_the_reader_agree(text: str) -> None:
    problems = [problem for problem in check_properties(Properties.of({KEY: text})) if problem.severity == "error"]
    told = {problem.params["value"] for problem in problems if problem.key == KEY}
    assert told == {shown(KEY, piece.value or "") for piece in parsed(text) if isinstance(piece, Mistake)}
    if told:
        with pytest.raises(Mistake):
            pairs(text)
    else:
        assert pairs(text) == parsed(text)
