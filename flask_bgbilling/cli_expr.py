"""The command that tries an expression: ``flask bgbilling expr``."""

import sys
from typing import IO

import click

from flask_bgbilling.expr import Expression, ExpressionError
from flask_bgbilling.expr.helpers import text as as_text
from flask_bgbilling.expr.values import type_name

_SHOWN = 70


@click.command("expr")
@click.argument("text", required=False)
@click.option("--set", "settings", multiple=True, metavar="NAME=TEXT", help="A variable; may be given several times.")
@click.option(
    "--file", "source", type=click.File("r", encoding="utf-8"), help="A file with the expression; - reads it."
)
def expr(text: str | None, settings: tuple[str, ...], source: IO[str] | None) -> None:
    """Evaluates the expression TEXT, or that of a file, and prints the type and value of its result.

    Needs no application. Ends with 1 when the expression fails, and shows where.
    """
    if (text is None) == (source is None):
        raise click.UsageError("Give the expression, or --file, one of them.")
    variables = dict(_setting(one) for one in settings)
    try:
        program = source.read() if source is not None else text or ""
    except UnicodeDecodeError as error:
        raise click.ClickException("The file is not UTF-8.") from error
    try:
        value = Expression(program).evaluate(variables)
    except ExpressionError as error:
        for line in told(error, program):
            click.echo(line, err=True)
        sys.exit(1)
    click.echo(f"{type_name(value)}: {shown(value)}")


def _setting(one: str) -> tuple[str, str]:
    name, equals, value = one.partition("=")
    if not equals or not name.isidentifier():
        raise click.UsageError(f"“{one}” is no NAME=TEXT.")
    return name, value


def shown(value: object) -> str:
    """A value on one line; what cannot be printed is written as an escape."""
    if value is None:
        return "null"
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in as_text(value))


def told(error: ExpressionError, program: str) -> list[str]:
    """The error, and when its place is known the line with a caret under it."""
    lines = [f"Error: {error.text()}"]
    if error.line:
        source = program.split("\n")[error.line - 1]
        place = error.column - 1
        first = max(0, place - _SHOWN)
        part = source[first : place + _SHOWN]
        shown_part = "".join(one if one.isprintable() else " " for one in part)
        lines += [f"  {shown_part}", f"  {' ' * (place - first)}^"]
    return lines
