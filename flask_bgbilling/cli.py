"""Commands of the host's ``flask`` program: ``flask bgbilling …``."""

import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from flask_bgbilling.config.check import check
from flask_bgbilling.config.source import read_file
from flask_bgbilling.store.secret_box import SecretBox


@click.group()
def bgbilling() -> None:
    """BGBilling: configuration and secrets."""


@bgbilling.group()
def config() -> None:
    """The configuration in the properties language."""


@config.command("check")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def check_configuration(file: Path | None) -> None:
    """Reports every mistake of FILE, or of this application's configuration, with line, key and what was expected.

    Ends with 1 when there are errors; warnings alone end with 0.
    """
    problems = check(read_file(file)) if file else current_app.extensions["bgbilling"].source.check()
    for problem in problems:
        click.echo(str(problem))
    errors = sum(problem.severity == "error" for problem in problems)
    click.echo(f"{errors} errors, {len(problems) - errors} warnings")
    sys.exit(1 if errors else 0)


@bgbilling.group()
def secrets() -> None:
    """Keys that encrypt secrets at rest."""


@secrets.command("new-key")
def new_key() -> None:
    """Prints a fresh key for BGBILLING_SECRET_KEYS; put it in front of the older ones."""
    click.echo(SecretBox.new_key())
