"""Our tables come and stay up to date without touching anything else in the host's database."""

import json
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import QueuePool

from flask_bgbilling.errors import ConfigurationError
from flask_bgbilling.store import migrations
from flask_bgbilling.store.base import PREFIX, VERSION_TABLE
from flask_bgbilling.store.tables import ChangeRow

METADATA = ChangeRow.metadata
OURS = {VERSION_TABLE, *METADATA.tables}


@pytest.fixture(params=["sqlite", pytest.param("mariadb", marks=pytest.mark.mariadb)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of its own; on MariaDB one whose default character set is an old one."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'host.sqlite3'}"
        return
    server = make_url(request.getfixturevalue("mariadb"))
    engine = create_engine(server)
    with engine.begin() as connection:
        connection.execute(text("CREATE DATABASE migrations CHARACTER SET latin1"))
    yield server.set(database="migrations").render_as_string(hide_password=False)
    with engine.begin() as connection:
        connection.execute(text("DROP DATABASE migrations"))
    engine.dispose()


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = create_engine(url)
    yield engine
    engine.dispose()


def definitions(engine: Engine) -> list[str]:
    """How the database itself describes our tables, line by line; the order of indexes does not matter."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            texts = [
                " ".join(sql.split()).replace("( ", "(").replace(" )", ")")
                for name, sql in connection.execute(text("SELECT tbl_name, sql FROM sqlite_master WHERE sql <> ''"))
                if name in METADATA.tables
            ]
            # Columns that were added later stand behind the constraints.
            return sorted(" ".join(sorted(part.removesuffix(")") for part in one.split(", "))) for one in texts)
        texts = [connection.execute(text(f"SHOW CREATE TABLE {name}")).one()[1] for name in METADATA.tables]
        return sorted(line.strip(" ,") for one in texts for line in one.splitlines())


def test_an_empty_database_gets_our_tables_and_no_more(engine: Engine) -> None:
    before = migrations.status(engine)
    assert before.current is None
    assert before.pending
    assert inspect(engine).get_table_names() == [], "asking changes nothing"
    assert migrations.upgrade(engine) == tuple(revision for revision, _ in before.pending)
    assert set(inspect(engine).get_table_names()) == OURS
    assert all(name.startswith(PREFIX) for name in OURS)
    after = migrations.status(engine)
    assert (after.current, after.pending) == (after.newest, ())


def test_upgrading_again_changes_nothing(engine: Engine) -> None:
    migrations.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(ChangeRow.__table__.insert().values(**row()))  # type: ignore[attr-defined]
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    assert migrations.upgrade(engine) == ()
    assert [one for one in statements if one.startswith(("CREATE", "INSERT", "ALTER", "SET"))] == []
    with engine.connect() as connection:
        assert connection.execute(text("SELECT COUNT(*) FROM bgb_change")).scalar() == 1


def row() -> dict[str, Any]:
    from tests.db.test_store_journal import NOON

    names = ("person_id", "person_name", "billing_id", "contract_title", "action", "subject", "once")
    return {"created_at": NOON, "contract_id": 1, "state": "done", "request_ids": "", **dict.fromkeys(names, "Ё🤖")}


def test_migrations_make_what_the_model_says(engine: Engine) -> None:
    migrations.upgrade(engine)
    with engine.connect() as connection:
        options = {"version_table": VERSION_TABLE, "compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, METADATA) == []
    migrated = definitions(engine)
    METADATA.drop_all(engine)
    METADATA.create_all(engine)
    assert migrated == definitions(engine)


def test_what_broke_off_half_way_is_completed(engine: Engine) -> None:
    migrations.upgrade(engine)
    whole = sorted(index["name"] or "" for index in inspect(engine).get_indexes("bgb_change"))
    with engine.begin() as connection:
        connection.execute(text(f"DELETE FROM {VERSION_TABLE}"))
        on = "" if engine.dialect.name == "sqlite" else " ON bgb_change"
        connection.execute(text(f"DROP INDEX ix_bgb_change_state_id{on}"))
    assert migrations.upgrade(engine)
    assert sorted(index["name"] or "" for index in inspect(engine).get_indexes("bgb_change")) == whole


def test_tables_of_a_newer_version_are_left_alone(engine: Engine) -> None:
    migrations.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    for ask in (migrations.upgrade, migrations.status):
        with pytest.raises(ConfigurationError, match="revision 9999 of a newer"):
            ask(engine)


def test_of_several_processes_that_start_one_upgrades(url: str) -> None:
    barrier = Barrier(4)

    def start(_: int) -> tuple[str, ...]:
        engine = create_engine(url)
        barrier.wait()
        try:
            return migrations.upgrade(engine)
        finally:
            engine.dispose()

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(start, range(4)))
    assert sorted(map(len, results)) == [0, 0, 0, len(max(results, key=len))]
    assert max(map(len, results)) > 0


def test_a_pool_of_one_and_a_driver_that_begins_at_once_are_enough(url: str) -> None:
    engine = create_engine(url, poolclass=QueuePool, pool_size=1, max_overflow=0, pool_timeout=1)

    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    if engine.dialect.name == "sqlite":
        event.listen(engine, "begin", begin)
    assert migrations.upgrade(engine)
    assert migrations.status(engine).pending == ()
    engine.dispose()


def test_a_database_in_memory_can_be_upgraded() -> None:
    engine = create_engine("sqlite://")
    assert migrations.upgrade(engine)
    assert set(inspect(engine).get_table_names()) == OURS


@pytest.mark.mariadb
@pytest.mark.parametrize("url", ["mariadb"], indirect=True)
def test_mariadb_is_not_blocked_and_gets_its_connection_back_as_it_was(url: str) -> None:
    engine = create_engine(url, poolclass=QueuePool, pool_size=1, max_overflow=0)
    waits: list[int | None] = []

    def executing(connection: Connection, cursor: Any, statement: str, *_: object) -> None:
        if "CREATE TABLE" in statement and "bgb_change" in statement:
            cursor.execute("SELECT @@SESSION.lock_wait_timeout")
            waits.append(cursor.fetchone()[0])

    event.listen(engine, "before_cursor_execute", executing)
    with engine.connect() as connection:
        connection.execute(text("SET SESSION lock_wait_timeout = 77"))
    # Giving a connection back to the pool rolls back and leaves settings of the session as they are.
    migrations.upgrade(engine)
    assert set(waits) == {migrations.LOCK_SECONDS}
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT @@SESSION.lock_wait_timeout")) == 77
    engine.dispose()


@pytest.mark.mariadb
@pytest.mark.parametrize("url", ["mariadb"], indirect=True)
def test_whoever_waits_too_long_for_another_process_is_told(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "TURN_SECONDS", 1)
    engine = create_engine(url)
    with engine.connect() as other, migrations._alone_on_mysql(other):
        with pytest.raises(ConfigurationError, match="another process"):
            migrations.upgrade(engine)
        assert inspect(engine).get_table_names() == []
    assert migrations.upgrade(engine)
    engine.dispose()


HOST = """
import json, sys
from pathlib import Path
from flask import Flask
import flask_migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import inspect
from flask_bgbilling.store import migrations

url, folder = sys.argv[1:]
app = Flask("host")
app.config["SQLALCHEMY_DATABASE_URI"] = url
db = SQLAlchemy()
db.init_app(app)

class Customer(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(50), index=True)

class Gone(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(50), index=True)

def versions():
    return sorted(Path(folder, "versions").glob("*.py"), key=lambda path: path.stat().st_mtime_ns)

told = {}
flask_migrate.Migrate(app, db)
with app.app_context():
    migrations.upgrade(db.engine)
    flask_migrate.init(folder)
    flask_migrate.migrate(folder)
    told["first"] = versions()[-1].read_text()
    flask_migrate.upgrade(folder)
    told["tables"] = sorted(inspect(db.engine).get_table_names())
    flask_migrate.migrate(folder)
    # The host's env.py has kept a function of that command there, which spoils the check.
    app.extensions["migrate"].configure_args.clear()
    flask_migrate.check(folder)
    told["count"] = len(versions())
    db.metadata.remove(Gone.__table__)
    flask_migrate.migrate(folder)
    told["second"] = versions()[-1].read_text()
    app.extensions["migrate"].configure_args["autogenerate_plugins"] = [
        "alembic.autogenerate.*", "~alembic.autogenerate.flask_bgbilling"
    ]
    flask_migrate.upgrade(folder)
    print("UNPROTECTED", file=sys.stderr, flush=True)
    flask_migrate.migrate(folder)
    told["unprotected"] = versions()[-1].read_text()
print("\\n" + json.dumps(told))
"""


def test_the_hosts_autogenerate_leaves_our_tables_alone(url: str, tmp_path: Path) -> None:
    """In a process of its own: the host's ``env.py`` sets up logging for the whole of it."""
    program = tmp_path / "host.py"
    program.write_text(textwrap.dedent(HOST), "utf-8")
    command = [sys.executable, str(program), url, str(tmp_path / "migrations")]
    run = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert run.returncode == 0, run.stderr
    told = json.loads(run.stdout.splitlines()[-1])
    assert PREFIX not in told["first"]
    assert "create_table('customer'" in told["first"]
    assert set(told["tables"]) == {"alembic_version", "customer", "gone", *OURS}
    assert told["count"] == 1, "nothing is left to do"
    assert PREFIX not in told["second"]
    assert "drop_table('gone')" in told["second"], "what the host drops is dropped"
    assert "bgb_" not in run.stderr.partition("UNPROTECTED")[0], "not even in what Alembic tells"
    assert "drop_table('bgb_change')" in told["unprotected"], "it is the plugin that protects"
