"""The same billing twice, and our own tables, over SQLite and over MariaDB."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from functools import cache
from pathlib import Path

import pymysql
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from flask_bgbilling.emulator import Emulator, EmulatorSettings
from flask_bgbilling.store import migrations

Twins = tuple[Emulator, Emulator]
TwinsOf = Callable[[str], Twins]

NOON = datetime(2026, 11, 23, 12)


@pytest.fixture(scope="module")
def twins(mariadb: str, request: pytest.FixtureRequest) -> Iterator[TwinsOf]:
    """By version: equal demo data in SQLite and in a database of this test module on MariaDB."""
    server = make_url(mariadb)
    assert server.host is not None
    assert server.port is not None
    name = request.path.stem
    url = server.set(database=name).render_as_string(hide_password=False)
    with (
        pymysql.connect(host=server.host, port=server.port, user=server.username or "root") as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
        with ExitStack() as running:

            def start(version: str, db: str = "") -> Emulator:
                settings = EmulatorSettings(version=version, contracts=20, frozen_at=NOON, db=db)
                return running.enter_context(Emulator(settings))

            @cache
            def twins_of(version: str) -> Twins:
                return start(version), start(version, url)

            yield twins_of
        cursor.execute(f"DROP DATABASE {name}")


@pytest.fixture(params=["sqlite", pytest.param("mariadb", marks=pytest.mark.mariadb)])
def sessions(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[scoped_session[Session]]:
    """Our tables in a database of their own; each thread has a session of its own."""
    name = request.path.stem
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'host.sqlite3'}"
    else:
        server = make_url(request.getfixturevalue("mariadb"))
        root = create_engine(server)
        with root.begin() as connection:
            connection.execute(text(f"CREATE DATABASE IF NOT EXISTS {name} CHARACTER SET utf8mb4"))
        url = server.set(database=name).render_as_string(hide_password=False)
    engine = create_engine(url, connect_args={"timeout": 20} if request.param == "sqlite" else {})
    migrations.upgrade(engine)
    found = scoped_session(sessionmaker(engine))
    yield found
    found.remove()  # an open transaction would keep the database from being dropped
    engine.dispose()
    if request.param == "mariadb":
        with root.begin() as connection:
            connection.execute(text(f"DROP DATABASE {name}"))
        root.dispose()
