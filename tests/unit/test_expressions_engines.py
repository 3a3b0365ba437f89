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
