"""The embedded engine of a process that serves pages: started by its first request, so never before a fork."""

import os
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

from flask_bgbilling.jobs.embedded import EmbeddedEngine
from flask_bgbilling.jobs.service import JobService


class LazyEngine:
    """Starts an :class:`EmbeddedEngine` in each process that asks for it, once."""

    def __init__(self, service: JobService, within: Callable[[], AbstractContextManager[object]]) -> None:
        self._service = service
        self._within = within
        self._guard = threading.Lock()
        self._process = 0
        self._engine: EmbeddedEngine | None = None

    def ensure(self) -> None:
        """Lets the threads of this process work, unless they do."""
        if self._process == os.getpid():
            return
        with self._guard:
            if self._process != os.getpid():
                self._engine = EmbeddedEngine(self._service, self._within)
                self._engine.start()
                self._process = os.getpid()

    def stop(self) -> None:
        """Ends the threads of this process, after what they are doing; for tests and for hosts that take down one."""
        with self._guard:
            if self._engine is not None and self._process == os.getpid():
                self._engine.stop()
            self._engine, self._process = None, 0
