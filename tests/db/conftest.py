"""The same billing twice: over SQLite and over MariaDB."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from functools import cache

import pymysql
import pytest
from sqlalchemy.engine import make_url

from flask_bgbilling.emulator import Emulator, EmulatorSettings

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
