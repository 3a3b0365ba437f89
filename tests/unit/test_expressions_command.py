"""``flask bgbilling expr``."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from flask_bgbilling.cli import bgbilling

EXAMPLE = "if (numberFrom.length() == 11) { numberFrom = numberFrom.substring(1) }; return numberFrom;"


def command(*arguments: str, typed: str | None = None) -> Result:
    """Runs the command."""
    return CliRunner().invoke(bgbilling, ["expr", *arguments], input=typed)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1 + 1", "Integer: 2"), ("null", "null: null"), ("1.0", "Double: 1.0"), ("1.50B", "Decimal: 1.50"),
        ("true", "Boolean: true"), ("[1, null, 'a']", "List: [1, null, a]"), ("x = {2, 1}", "Set: [1, 2]"),
        ("'a' + NEW_LINE + '\\u001b'", "String: a\\n\\x1b"), ("''", "String: "), ("su", "Object: su"),
    ],
)  # fmt: skip
def test_type_and_value_are_printed(text: str, shown: str) -> None:
    result = command(text)
    assert (result.exit_code, result.output) == (0, f"{shown}\n")


def test_variables_are_set() -> None:
    result = command(EXAMPLE, "--set", "numberFrom=79171234567")
    assert (result.exit_code, result.output) == (0, "String: 9171234567\n")
    assert command("a + b", "--set", "a=x=", "--set", "b=1").output == "String: x=1\n"


def test_a_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "rule.txt"
    file.write_text("x = 1;\nx + 'ё'", "utf-8")
    assert command("--file", str(file)).output == "String: 1ё\n"
    assert command("--file", "-", typed="2 * 3").output == "Integer: 6\n"
    file.write_bytes("ё".encode("cp1251"))
    assert command("--file", str(file)).output == "Error: The file is not UTF-8.\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x = 1;\n  x.foo()", ["Error: line 2, column 5: A value of the type Integer has no function “foo”.",
                              "    x.foo()", "      ^"]),
        ("1 +", ["Error: line 1, column 4: The expression ends too early: something is missing.", "  1 +", "     ^"]),
        ("\t'a' - 1", ["Error: line 1, column 6: “-” needs numbers, not the String “a”.", "   'a' - 1", "       ^"]),
        ("x = 'x'; while (1) x += x", [
            "Error: line 1, column 20: A text would have more than 65536 characters.",
            "  x = 'x'; while (1) x += x", "                     ^"]),
    ],
)  # fmt: skip
def test_an_error_shows_its_place(text: str, told: list[str]) -> None:
    result = command(text)
    assert result.exit_code == 1
    assert result.output.splitlines() == told


def test_a_long_line_is_cut_around_the_place() -> None:
    result = command(f"'{'x' * 500}' + ? + '{'y' * 500}'")
    _, source, caret = result.output.splitlines()
    assert len(source) <= 142
    assert source[caret.index("^")] == "?"


def test_wrong_use_says_so() -> None:
    assert command().exit_code == 2
    assert command("1", "--set", "a").exit_code == 2
    assert command("1", "--set", "1=2").exit_code == 2
    assert command("1", "--file", "-", typed="2").exit_code == 2
