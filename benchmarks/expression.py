"""What the evaluation of a number expression costs."""

from collections.abc import Iterator

from benchmarks.measuring import Result, compare
from flask_bgbilling.expr import Expression

EXAMPLE = "if (numberFrom.length() == 11) { numberFrom = numberFrom.substring(1) }; return numberFrom;"
REPEATED = 1000


def run() -> Iterator[Result]:
    """The example of the product description, already read, against the same in Python."""
    expression = Expression(EXAMPLE)
    assert expression.evaluate({"numberFrom": "79171234567"}) == in_python("79171234567") == "9171234567"

    def ours() -> None:
        for _ in range(REPEATED):
            expression.evaluate({"numberFrom": "79171234567"})

    def baseline() -> None:
        for _ in range(REPEATED):
            in_python("79171234567")

    measured = compare("expression", ours, baseline, rounds=40)
    value, base = measured.value * 1000 / REPEATED, measured.baseline * 1000 / REPEATED
    yield Result("expression", round(value, 3), "µs", round(base, 3), round(value / base, 3))


def in_python(number: str) -> str:
    """What the example does."""
    if len(number) == 11:
        number = number[1:]
    return number
