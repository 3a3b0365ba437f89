"""Commands of the host's ``flask`` program: ``flask bgbilling …``."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import ScriptInfo, pass_script_info, with_appcontext
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from flask_bgbilling.cli_expr import expr
from flask_bgbilling.cli_import import imports
from flask_bgbilling.cli_plugins import plugins
from flask_bgbilling.config.check import check
from flask_bgbilling.config.messages import Problem
from flask_bgbilling.config.source import read_file
from flask_bgbilling.errors import ConfigurationError
from flask_bgbilling.jobs.embedded import WORKERS, EmbeddedEngine
from flask_bgbilling.jobs.fleet import FleetEngine
from flask_bgbilling.jobs.service import JobService
from flask_bgbilling.ports import SystemClock
from flask_bgbilling.store import migrations
from flask_bgbilling.store.creations import Creations
from flask_bgbilling.store.import_cases import ImportCases
from flask_bgbilling.store.journal import Journal
from flask_bgbilling.store.rotation import rotate
from flask_bgbilling.store.secret_box import SecretBox
from flask_bgbilling.store.unit_of_work import UnitOfWork


@click.group()
def bgbilling() -> None:
    """BGBilling: configuration, tables, secrets and long work."""


bgbilling.add_command(imports)
bgbilling.add_command(expr)
bgbilling.add_command(plugins)


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
        found: list[Problem] = mounted.services.check()
        return found


@bgbilling.group()
def database() -> None:
    """Our tables (bgb_*) in this application's database."""


@database.command("upgrade")
@with_appcontext
def upgrade_database() -> None:
    """Makes our tables or brings them up to date; no other table is touched."""
    with _told():
        done = migrations.upgrade(_engine())
    click.echo(f"done: {', '.join(done)}" if done else "up to date")


@database.command("status")
@with_appcontext
def database_status() -> None:
    """Says how far our tables are and what an upgrade would do. Ends with 1 when they are behind."""
    with _told():
        status = migrations.status(_engine())
    click.echo(f"revision {status.current or 'none'}, newest {status.newest}")
    for revision, title in status.pending:
        click.echo(f"pending: {revision} {title}")
    sys.exit(1 if status.pending else 0)


@database.command("purge")
@with_appcontext
def purge_database() -> None:
    """Deletes entries of the journal, and jobs, older than bgbilling:journal.keepDays; what is undecided stays.

    Decided cases of the import and finished creations of contracts lose what they say about people.
    """
    days = _mounted().source.current().journal.keep_days
    with _told():
        before = SystemClock().now() - timedelta(days=days)
        count = _journal().purge(before)
        cases, creations = (store(*_stored()).purge(before) for store in (ImportCases, Creations))
        service: JobService | None = _mounted().services.jobs
        jobs = service.forget() if service is not None else 0
    click.echo(f"{count} entries and {jobs} jobs older than {days} days deleted")
    click.echo(f"{cases} cases of the import and {creations} creations of contracts emptied")


def _mounted() -> Any:
    mounted = current_app.extensions.get("bgbilling")
    if mounted is None:
        raise click.ClickException("This application does not mount BGBilling.")
    return mounted


def _unit_of_work() -> UnitOfWork:
    _mounted()
    host = current_app.extensions.get("sqlalchemy")
    if host is None:
        raise click.ClickException("This application has no Flask-SQLAlchemy database.")
    return UnitOfWork(host)


def _engine() -> Engine:
    return _unit_of_work().session.get_bind().engine


def _journal() -> Journal:
    return Journal(*_stored())


def _stored() -> tuple[UnitOfWork, SecretBox, SystemClock]:
    """What our stores of sealed things are made of."""
    return _unit_of_work(), SecretBox(current_app.config.get("BGBILLING_SECRET_KEYS") or ()), SystemClock()


@contextmanager
def _told() -> Iterator[None]:
    """What can go wrong in a database, in a line instead of a traceback."""
    try:
        yield
    except ConfigurationError as error:
        raise click.ClickException(error.text()) from error
    except DBAPIError as error:
        hint = "; flask bgbilling database upgrade makes the tables" if "bgb_" in str(error.orig) else ""
        raise click.ClickException(f"The database said: {error.orig}{hint}") from error


@bgbilling.group()
def secrets() -> None:
    """Keys that encrypt secrets at rest."""


@secrets.command("new-key")
def new_key() -> None:
    """Prints a fresh key for BGBILLING_SECRET_KEYS; put it in front of the older ones."""
    click.echo(SecretBox.new_key())


@secrets.command("rotate")
@with_appcontext
def rotate_secrets() -> None:
    """Encrypts what is stored anew with the first of BGBILLING_SECRET_KEYS, so that the others can be dropped.

    The journal, decisions of the import and plans of contracts; imports that are not over yet want the old key until
    they are. Ends with 1 when some details fit none of the keys; they stay as they are.
    """
    with _told():
        unit_of_work, secret_box, _ = _stored()
        rotation = rotate(unit_of_work, secret_box)
    click.echo(f"{rotation.rotated} entries are under the newest key")
    if rotation.unreadable:
        click.echo(f"{rotation.unreadable} entries fit none of the keys", err=True)
        sys.exit(1)


@bgbilling.command()
@click.option("--concurrency", type=click.IntRange(1, 64), default=WORKERS, show_default=True, help="Jobs at a time.")
@with_appcontext
def worker(concurrency: int) -> None:
    """Does long work until it is told to end: jobs, and what the schedule starts.

    With BGBILLING_BROKER it is one of any number of Celery workers, on any number of machines; without it works by the
    tables alone. What it is at when it ends is taken up by others, or by its next start.
    """
    jobs, app = _jobs(), current_app._get_current_object()  # type: ignore[attr-defined]
    if isinstance(jobs.engine, FleetEngine):
        jobs.engine.work(concurrency)
        return
    engine = EmbeddedEngine(jobs, app.app_context, concurrency)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    engine.start()
    click.echo(f"working on up to {concurrency} jobs at a time")
    ended.wait()
    jobs.let_go()
    engine.stop()


@bgbilling.group("jobs")
def jobs_group() -> None:
    """Long work: imports, copying, what the schedule starts."""


@jobs_group.command("run")
@with_appcontext
def run_jobs() -> None:
    """Writes down what the schedule has due, does everything that is ready, and ends: for hosts that have only cron."""
    with _told():
        jobs = _jobs()
        planned = jobs.plan()
        done = jobs.run_all()
    click.echo(f"{planned} planned, {done} done")


@jobs_group.command("list")
@click.option("--limit", type=click.IntRange(1, 199), default=20, show_default=True)
@with_appcontext
def list_jobs(limit: int) -> None:
    """The newest jobs: number, state, progress, since when, kind and subject."""
    with _told():
        for job in _jobs().list(limit=limit).jobs:
            record = job.record
            progress = f"{record.done}/{record.total}" if record.total is not None else str(record.done)
            since = f"{job.started_at or job.created_at:%Y-%m-%d %H:%M:%S}"
            click.echo(
                f"{record.id:>6}  {record.state:<9}  {progress:>11}  {since}  {record.kind} {record.subject}".rstrip()
            )


def _jobs() -> JobService:
    found: JobService | None = _mounted().services.jobs
    if found is None:
        raise click.ClickException("BGBilling has no database here: pass BGBilling(..., database=db).")
    return found
