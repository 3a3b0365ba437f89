"""``flask bgbilling database`` and ``secrets rotate`` in an application."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from flask.cli import ScriptInfo
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import inspect, text

from flask_bgbilling import BGBilling, PropertyAccounts
from flask_bgbilling.cli import bgbilling
from flask_bgbilling.ports import Grant, Person, SystemClock
from flask_bgbilling.store.base import VERSION_TABLE, Base
from flask_bgbilling.store.journal import ChangeDetails, Journal, JournalQuery, NewChange
from flask_bgbilling.store.secret_box import SecretBox
from flask_bgbilling.store.unit_of_work import UnitOfWork

OLD, NEW = SecretBox.new_key(), SecretBox.new_key()


class Nobody:
    """Nobody is signed in."""

    def current(self) -> Person | None:
        return None

    def grant(self, person: Person, permission: str) -> Grant | None:
        return None

    def sign_in_address(self, back_to: str) -> str:
        return "/"


class LongAgo:
    """A clock that is two years behind."""

    def now(self) -> datetime:
        return datetime.now(UTC) - timedelta(days=730)


@pytest.fixture
def host_database() -> SQLAlchemy:
    return SQLAlchemy()


@pytest.fixture
def crm(tmp_path: Path, host_database: SQLAlchemy) -> Flask:
    app = Flask("host")
    app.config.update(
        SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path / 'host.sqlite3'}",
        BGBILLING_CONFIG="bgbilling:journal.keepDays=365",
        BGBILLING_SECRET_KEYS=[OLD],
    )
    host_database.init_app(app)
    BGBilling(app, users=Nobody(), accounts=PropertyAccounts(lambda person_id: {}), database=host_database)
    return app


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(bgbilling, words, obj=ScriptInfo(create_app=lambda: app))


def journal(database: SQLAlchemy, clock: Any, *keys: str) -> Journal:
    return Journal(UnitOfWork(database), SecretBox(keys), clock)


def new(once: str) -> NewChange:
    return NewChange(
        person_id="7",
        person_name="Анна",
        billing_id="bitel",
        contract_id=101,
        action="notes.add",
        once=once,
        details=ChangeDetails(words=once),
    )


def test_tables_are_made_once(crm: Flask, host_database: SQLAlchemy) -> None:
    before = run(crm, "database", "status")
    assert before.exit_code == 1
    told = before.output.splitlines()
    newest = told[0].removeprefix("revision none, newest ")
    assert told[1] == "pending: 0001 The journal of changes."
    revisions = [line.split()[1] for line in told[1:]]
    assert revisions[-1] == newest
    assert (run(crm, "database", "upgrade").output, run(crm, "database", "upgrade").output) == (
        f"done: {', '.join(revisions)}\n",
        "up to date\n",
    )
    after = run(crm, "database", "status")
    assert (after.exit_code, after.output) == (0, f"revision {newest}, newest {newest}\n")
    with crm.app_context():
        assert set(inspect(host_database.engine).get_table_names()) == {*Base.metadata.tables, VERSION_TABLE}


def test_purging_obeys_the_configuration(crm: Flask, host_database: SQLAlchemy) -> None:
    run(crm, "database", "upgrade")
    with crm.app_context():
        past = journal(host_database, LongAgo(), OLD)
        past.finish(past.begin(new("old")).id, "done")
        past.begin(new("undecided"))
        now = journal(host_database, SystemClock(), OLD)
        now.finish(now.begin(new("fresh")).id, "done")
    assert run(crm, "database", "purge").output == (
        "1 entries and 0 jobs older than 365 days deleted\n0 cases of the import and 0 creations of contracts emptied\n"
    )
    with crm.app_context():
        left = journal(host_database, SystemClock(), OLD).search(JournalQuery()).records
        assert [record.once for record in left] == ["fresh", "undecided"]


def test_an_old_key_can_be_dropped_after_rotating(crm: Flask, host_database: SQLAlchemy) -> None:
    run(crm, "database", "upgrade")
    with crm.app_context():
        journal(host_database, SystemClock(), OLD).begin(new("a"))
    crm.config["BGBILLING_SECRET_KEYS"] = [NEW, OLD]
    result = run(crm, "secrets", "rotate")
    assert (result.exit_code, result.output) == (0, "1 entries are under the newest key\n")
    with crm.app_context():
        record = journal(host_database, SystemClock(), NEW).by_once("a")
        assert record is not None
        assert record.details == ChangeDetails(words="a")
    crm.config["BGBILLING_SECRET_KEYS"] = [OLD]
    result = run(crm, "secrets", "rotate")
    assert result.exit_code == 1
    assert "1 entries fit none of the keys" in result.output


@pytest.mark.parametrize("words", [("database", "purge"), ("secrets", "rotate")], ids=" ".join)
def test_missing_tables_and_keys_are_told_in_a_line(crm: Flask, words: tuple[str, ...]) -> None:
    result = run(crm, *words)
    assert result.exit_code == 1
    assert result.output.count("\n") == 1
    assert "flask bgbilling database upgrade" in result.output
    crm.config["BGBILLING_SECRET_KEYS"] = None
    result = run(crm, *words)
    assert result.exit_code == 1
    assert "BGBILLING_SECRET_KEYS is empty" in result.output


def test_tables_of_a_newer_version_are_told_in_a_line(crm: Flask, host_database: SQLAlchemy) -> None:
    run(crm, "database", "upgrade")
    with crm.app_context(), host_database.engine.begin() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    for words in (("database", "status"), ("database", "upgrade")):
        result = run(crm, *words)
        assert result.exit_code == 1
        assert "9999" in result.output
        assert "Traceback" not in result.output


@pytest.mark.parametrize(
    "words", [("database", "upgrade"), ("database", "status"), ("secrets", "rotate")], ids=" ".join
)
def test_an_application_without_a_database_or_without_us_is_told(words: tuple[str, ...]) -> None:
    app = Flask("host")
    result = run(app, *words)
    assert result.exit_code == 1
    assert "does not mount BGBilling" in result.output
    BGBilling(app, users=Nobody(), accounts=PropertyAccounts(lambda person_id: {}), configuration="")
    result = run(app, *words)
    assert result.exit_code == 1
    assert "no Flask-SQLAlchemy database" in result.output
