"""Commands of the host's ``flask`` program: ``flask bgbilling …``."""

import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import ScriptInfo, pass_script_info

from flask_bgbilling.config.check import check
from flask_bgbilling.config.messages import Problem
from flask_bgbilling.config.source import read_file
from flask_bgbilling.errors import ConfigurationError
from flask_bgbilling.store.secret_box import SecretBox


@click.group()
def bgbilling() -> None:
    """BGBilling: configuration and secrets."""


@bgbilling.group()
def config() -> None:
    """The configuration in the properties language."""


@config.command("check")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@pass_script_info
def check_configuration(script: ScriptInfo, file: Path | None) -> None:
    """Reports every mistake of FILE, or of this application's configuration, with line, key and what was expected.

    FILE is checked without an application. Ends with 1 when there are errors; warnings alone end with 0.
    """
    try:
        problems = check(read_file(file)) if file else _of_application(script)
    except ConfigurationError as error:
        raise click.ClickException(error.text()) from error
    for problem in problems:
        click.echo(str(problem))
    errors = sum(problem.severity == "error" for problem in problems)
    click.echo(f"{errors} errors, {len(problems) - errors} warnings")
    sys.exit(1 if errors else 0)


def _of_application(script: ScriptInfo) -> list[Problem]:
    with script.load_app().app_context():
        mounted = current_app.extensions.get("bgbilling")
        if mounted is None:
            raise click.ClickException("This application does not mount BGBilling; name a FILE to check.")
        if not mounted.source.current().properties:
            raise click.ClickException("Nothing is configured: BGBILLING_CONFIG is not set, or empty.")
        found: list[Problem] = mounted.source.check()
        return found


@bgbilling.group()
def secrets() -> None:
    """Keys that encrypt secrets at rest."""


@secrets.command("new-key")
def new_key() -> None:
    """Prints a fresh key for BGBILLING_SECRET_KEYS; put it in front of the older ones."""
    click.echo(SecretBox.new_key())
