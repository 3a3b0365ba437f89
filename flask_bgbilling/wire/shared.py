"""What all sessions of one billing share inside a process."""

import threading
import time
import weakref
from collections.abc import Callable
from typing import Generic, TypeVar

from flask_bgbilling.config.settings import Server
from flask_bgbilling.errors import Refused
from flask_bgbilling.wire.breaker import Breaker
from flask_bgbilling.wire.calls import CallLog
from flask_bgbilling.wire.directories import Directories
from flask_bgbilling.wire.dto.server import ServerMenu
from flask_bgbilling.wire.lanes import Expired, Lane, NotReady, Pending
from flask_bgbilling.wire.transport import MEBIBYTE, Limits, Transport

T = TypeVar("T")

SIZE = 32 * MEBIBYTE
LARGE_SIZE = 256 * MEBIBYTE


class ServerState:
    """Connections, lane, breaker, version and directories of one configured server."""

    def __init__(self, server: Server, log: CallLog, workers: int, breaker: Breaker | None = None) -> None:
        self.server = server
        self.log = log
        self.transport = Transport(server.url)
        # Sessions under way keep the state alive when its server changes; the last of them ends the connections.
        weakref.finalize(self, self.transport.close).atexit = False
        self.lane = Lane(server.id, workers)
        self.breaker = breaker or Breaker()
        self.directories = Directories()
        self.menu = Once[ServerMenu]()
        self.plugins = Once[frozenset[str]]()
        wait = server.request_timeout
        connect = min(server.connect_timeout, wait)
        self.limits = Limits(connect, wait, 2 * wait, SIZE)
        self.large_limits = Limits(connect, 4 * wait, max(12 * wait, 60.0), LARGE_SIZE)


class Once(Generic[T]):
    """A value found out by the first who needs it and kept for the process.

    Others wait for the first. A billing that cannot be reached fails all who wait, together; one that refuses an
    account refuses only that account, and the next one tries for itself. Nothing that failed is kept.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asking: Pending[T] | None = None
        self._known: tuple[T] | None = None

    @property
    def known(self) -> bool:
        """Whether :meth:`get` answers without asking."""
        return self._known is not None

    def get(self, ask: Callable[[], T], patience: float) -> T:
        """The value, from memory or from ``ask``; raises what ``ask`` raises, at the latest after ``patience`` s."""
        if self._known is not None:
            return self._known[0]
        with self._lock:
            if self._known is not None:
                return self._known[0]
            first = self._asking is None
            if self._asking is None:
                self._asking = Pending(ask, float("inf"))
            asking = self._asking
        if first:
            return self._settle(asking)
        try:
            return asking.result(patience)
        except (Refused, NotReady, Expired):
            return ask()

    def _settle(self, asking: Pending[T]) -> T:
        asking.run()
        try:
            value = asking.result(0)
            self._known = (value,)
            return value
        finally:
            with self._lock:
                self._asking = None


def now() -> float:
    """The clock of deadlines."""
    return time.monotonic()
