"""The answers of the real engines: JEXL 3.1 and Java's regular expressions."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from flask_bgbilling.expr import Expression, ExpressionError, JavaPattern, PatternError
from flask_bgbilling.expr.values import written

DATA = Path(__file__).parent / "data"
TYPES = {"String": str, "Integer": int, "Long": int, "Double": float, "Boolean": bool, "null": type(None)}


def _answers(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text("utf-8").splitlines()]


def _by_expression() -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for answer in _answers("expressions.jsonl"):
        found[answer["expr"]].append(answer)
    return found


EXPRESSIONS = _by_expression()


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_an_expression_gives_what_jexl_gives(text: str) -> None:
    for answer in EXPRESSIONS[text]:
        if answer["type"] == "error":
            with pytest.raises(ExpressionError):
                Expression(text).evaluate({"numberFrom": answer["numberFrom"]})
        else:
            value = Expression(text).evaluate({"numberFrom": answer["numberFrom"]})
            assert type(value) is TYPES[answer["type"]]
            assert (None if value is None else _shown(value)) == answer["value"]


def _shown(value: object) -> str:
    if isinstance(value, float):
        return written(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("answer", _answers("replaces.jsonl"), ids=lambda answer: answer["re"])
def test_a_replacement_is_that_of_java(answer: dict[str, Any]) -> None:
    if answer["out"] is None:
        with pytest.raises(PatternError):
            JavaPattern(answer["re"]).replace_all(answer["in"], answer["to"])
    else:
        assert JavaPattern(answer["re"]).replace_all(answer["in"], answer["to"]) == answer["out"]


REFUSED = {
    r"\p{javaLetter}": "names of Java's own classes",
    r"\Qa.b\E+": "in Java only the last quoted character is repeated",
    "{1}": "Java takes it for text",
    "(?x)a b": "patterns with comments",
    "[^&&a]": "an intersection with nothing",
    "[a&&]": "an intersection with nothing",
    "a{2}{3}": "repeated repetition",
    r"\07": "octal characters",
}
SPELT = {r"(?iu)ß"}  # Java knows no capital of ß
JAVA = _answers("java_patterns.jsonl")


@pytest.mark.parametrize("pattern", {answer["re"]: None for answer in JAVA})
def test_a_pattern_does_what_it_does_in_java(pattern: str) -> None:
    """Java 17; on purpose (payment-load.md 4) some patterns are refused that Java takes."""
    for answer in JAVA:
        if answer["re"] != pattern or pattern in SPELT:
            continue
        if answer["out"] is None or pattern in REFUSED:
            with pytest.raises(PatternError):
                JavaPattern(pattern).replace_all(answer["in"], answer["to"])
        else:
            ours = JavaPattern(pattern)
            assert ours.replace_all(answer["in"], answer["to"]) == answer["out"]
            assert ours.matches(answer["in"]) is answer["matches"]
            assert ours.split(answer["in"]) == answer["split"]
            assert ours.found_in(answer["in"]) is (ours.replace_first(answer["in"], "\x01") != answer["in"])
