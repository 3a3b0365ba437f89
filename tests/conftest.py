"""Fixtures for all tests: emulated billings, private database and browser, applications."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import settings

from flask_bgbilling.emulator import Emulator, EmulatorSettings
from tests.meta.messages import compile_stale
from tests.support import Emulated, free_port, missing, wait_until

NOON = datetime(2026, 11, 23, 12)
"""The wall clock of private billings."""


def pytest_configure(config: pytest.Config) -> None:
    """Texts changed since the package was installed are compiled once, before any worker reads them."""
    if not hasattr(config, "workerinput"):
        compile_stale()


# How long one example takes says nothing on a busy machine.
settings.register_profile("tests", deadline=None)
settings.load_profile("tests")


@pytest.fixture(scope="session")
def _emulators() -> Iterator[dict[tuple[object, ...], Emulator]]:
    running: dict[tuple[object, ...], Emulator] = {}
    yield running
    for emulator in running.values():
        emulator.stop()


@pytest.fixture
def emulated(_emulators: dict[tuple[object, ...], Emulator]) -> Iterator[Emulated]:
    """An emulated billing of a version, shared by the tests of one run that only read: ``emulated("9.2")``.

    Faults are cleared and recorded calls forgotten before and after each test.
    """
    used: list[Emulator] = []

    def start(version: str = "9.2", **options: object) -> Emulator:
        key = (version, *sorted(options.items()))
        if key not in _emulators:
            _emulators[key] = Emulator(EmulatorSettings(version=version, **options)).start()  # type: ignore[arg-type]
        emulator = _emulators[key]
        emulator.faults.clear()
        emulator.recorder.clear()
        used.append(emulator)
        return emulator

    yield start
    for emulator in used:
        emulator.faults.clear()


@pytest.fixture
def private_billing() -> Iterator[Emulated]:
    """A small emulated billing for one test that writes, at noon of a fixed day: ``private_billing("9.2")``."""
    running: list[Emulator] = []

    def start(version: str = "9.2", **options: object) -> Emulator:
        usual: dict[str, object] = {"contracts": 20, "frozen_at": NOON}
        settings = EmulatorSettings(version=version, **{**usual, **options})  # type: ignore[arg-type]
        running.append(Emulator(settings).start())
        return running[-1]

    yield start
    for emulator in running:
        emulator.stop()


@pytest.fixture(scope="session")
def mariadb() -> Iterator[str]:
    """A private MariaDB server; gives the SQLAlchemy address of its empty database ``bgbilling``."""
    server = shutil.which("mariadbd") or shutil.which("mariadbd", path="/usr/sbin:/usr/local/sbin")
    installer = shutil.which("mariadb-install-db")
    if server is None or installer is None:
        missing("MariaDB")
        return
    import pymysql

    folder = Path(tempfile.mkdtemp(prefix="bgb-mariadb-"))
    user = ["--user=root"] if os.getuid() == 0 else []
    subprocess.run(
        [installer, *user, f"--datadir={folder / 'data'}", "--auth-root-authentication-method=normal"],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    port = free_port()
    process = subprocess.Popen(
        [
            server,
            "--no-defaults",
            *user,
            f"--datadir={folder / 'data'}",
            f"--socket={folder / 'socket'}",
            f"--pid-file={folder / 'pid'}",
            f"--port={port}",
            "--bind-address=127.0.0.1",
            "--skip-name-resolve",
            "--innodb-flush-log-at-trx-commit=0",
            "--character-set-server=utf8mb4",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:

        def answers() -> bool:
            try:
                pymysql.connect(host="127.0.0.1", port=port, user="root", connect_timeout=2).close()
            except pymysql.err.OperationalError:
                return False
            return True

        wait_until(answers, what="MariaDB")
        with closing(pymysql.connect(host="127.0.0.1", port=port, user="root")) as connection:
            connection.cursor().execute("CREATE DATABASE bgbilling CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
        yield f"mysql+pymysql://root@127.0.0.1:{port}/bgbilling?charset=utf8mb4"
    finally:
        process.terminate()
        process.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def redis() -> Iterator[str]:
    """A private Redis server that keeps nothing; gives its address."""
    server = shutil.which("redis-server")
    if server is None:
        missing("Redis")
        return
    port = free_port()
    process = subprocess.Popen(
        [server, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        from redis import Redis
        from redis.exceptions import ConnectionError as NotThere

        def answers() -> bool:
            try:
                return bool(Redis(port=port).ping())
            except NotThere:
                return False

        wait_until(answers, what="Redis")
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(timeout=30)
