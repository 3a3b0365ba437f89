"""The programmatic face of the emulator: start it, look into it, make it misbehave, stop it."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Engine

import flask_bgbilling.emulator.operations  # noqa: F401  declares every operation
from flask_bgbilling.emulator.database import Database
from flask_bgbilling.emulator.demo import LARGEST_IMAGE, fill, image
from flask_bgbilling.emulator.dispatch import Dispatcher
from flask_bgbilling.emulator.faults import Faults
from flask_bgbilling.emulator.recording import CallRecord, Recorder
from flask_bgbilling.emulator.requests import BASE_PATH
from flask_bgbilling.emulator.server import EmulatorServer
from flask_bgbilling.emulator.settings import EmulatorSettings


class Emulator:
    """A running BGBilling server.

    ``with Emulator(EmulatorSettings(version="9.2")) as billing:`` listens on ``billing.url`` until the
    block ends. A private database is filled with demo data; a database given by URL only when it is empty.
    """

    def __init__(self, settings: EmulatorSettings | None = None, *, keep_records: bool = False) -> None:
        """Prepares the database; ``keep_records`` keeps every received request in ``records``."""
        self.settings = settings or EmulatorSettings()
        self.settings.checked_version()
        self.faults = Faults()
        if self.settings.latency_ms:
            self.faults.set("latency", delay_ms=self.settings.latency_ms)
        if self.settings.fault:
            self.faults.set(self.settings.fault)
        self.recorder = Recorder(self.settings.version, self.settings.record, keep=keep_records)
        self.database = _database(self.settings)
        self.dispatcher = Dispatcher(self.settings, self.database)
        self.server = EmulatorServer(
            (self.settings.host, self.settings.port),
            self.dispatcher,
            self.faults,
            self.recorder,
            self.settings.access_log,
        )
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        """The port that is listened on, also when a free one was asked for."""
        return int(self.server.server_address[1])

    @property
    def url(self) -> str:
        """The URL of the executer, as a client's configuration wants it."""
        return f"http://{self.settings.host}:{self.port}{BASE_PATH}"

    @property
    def engine(self) -> Engine:
        """The engine of the billing's database."""
        return self.database.engine

    @property
    def records(self) -> list[dict[str, Any]]:
        """The received requests, when they are kept."""
        return self.recorder.records

    @property
    def calls(self) -> list[CallRecord]:
        """The answered calls, oldest first."""
        return list(self.recorder.calls)

    @property
    def failures(self) -> list[BaseException]:
        """The latest defects of handlers: what they raised besides ordinary refusals."""
        return list(self.dispatcher.failures)

    @property
    def log_lines(self) -> list[str]:
        """The latest lines of the access log."""
        return list(self.server.log_lines)

    def rows(self, table: str, **conditions: object) -> list[dict[str, Any]]:
        """The rows of a table of the billing whose columns equal the given values."""
        return self.database.rows(table, **conditions)

    def start(self) -> Self:
        """Begins to answer in a thread of its own."""
        self._thread = threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, name="bgbilling-emulator", daemon=True
        )
        self._thread.start()
        return self

    def stop(self) -> None:
        """Ends every connection and removes the private database."""
        if self._thread is not None:
            self.server.stop()
            self._thread.join()
            self._thread = None
        else:
            self.server.server_close()
        self.database.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _database(settings: EmulatorSettings) -> Database:
    """The database of the settings with its demo data."""
    if not settings.db and settings.contracts <= LARGEST_IMAGE:
        return Database(image=image(settings))
    database = Database(settings.db)
    if database.empty:
        fill(database, settings)
    return database
