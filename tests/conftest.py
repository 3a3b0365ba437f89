"""Fixtures for all tests: emulated billings, private database and browser, applications."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import datetime

import pytest
from hypothesis import settings

from flask_bgbilling.emulator import Emulator, EmulatorSettings
from tests.meta.messages import compile_stale
from tests.servers import NotInstalled, mariadb_server, redis_server
from tests.support import Emulated, missing

NOON = datetime(2026, 11, 23, 12)
"""The wall clock of private billings."""


def pytest_configure(config: pytest.Config) -> None:
    """Texts changed since the package was installed are compiled once, before any worker reads them."""
    if not hasattr(config, "workerinput"):
        compile_stale()


LONGEST_FIRST = ("wheel", "e2e", "db")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Folders with long files come first: at the end no worker waits for the last long file of another."""
    order = {name: place for place, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: order.get(item.path.parent.name, len(order)))


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
    with installed(mariadb_server()) as address:
        yield address


@pytest.fixture(scope="session")
def redis() -> Iterator[str]:
    """A private Redis server that keeps nothing; gives its address."""
    with installed(redis_server()) as address:
        yield address


@contextmanager
def installed(server: AbstractContextManager[str]) -> Iterator[str]:
    """The server, where the machine has one."""
    with ExitStack() as stack:
        try:
            address = stack.enter_context(server)
        except NotInstalled as lacking:
            missing(str(lacking))
            return
        yield address
