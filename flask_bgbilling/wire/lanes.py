"""The lane of a billing: a few threads of its own, so that a slow billing holds up nobody else's calls.

Nothing is shared between lanes, neither threads nor a queue. Threads are made when first needed and are daemons.
"""

import os
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

WORKERS = 8
IDLE_SECONDS = 30.0


class Expired(Exception):
    """Work waited for a free thread until its deadline; it was never begun."""


class NotReady(Exception):
    """The result did not come within the time that the caller gave it."""


class Pending(Generic[T_co]):
    """A call under way.

    :meth:`result` returns what the call returns and raises what it raises. When no thread has begun the call yet, the
    caller's own thread does it: a full lane delays nobody who has to wait anyhow, and calls that wait for calls
    cannot block each other.
    """

    def __init__(self, work: Callable[[], T_co], deadline: float, late: Callable[[], Exception] = Expired) -> None:
        self._work: Callable[[], T_co] | None = work
        self._deadline = deadline
        self._late = late
        self._claim = threading.Lock()
        self._done = threading.Event()
        self._watchers: list[Callable[[Pending[T_co]], None]] = []
        self._value: T_co
        self._error: BaseException | None = None

    def result(self, timeout: float | None = None) -> T_co:
        """The outcome, waited for.

        With ``timeout`` seconds the wait is bounded and the call is left to its lane; :class:`NotReady` when it is
        not done by then.
        """
        if timeout is None:
            if not self._done.is_set() and not self.run():
                # A thread has it: the call bounds itself, but looking up an address may outlast every deadline.
                self._done.wait(max(0.0, self._deadline - time.monotonic()) + 30.0)
        else:
            self._done.wait(max(0.0, timeout))
        if not self._done.is_set():
            raise self._late() if timeout is None else NotReady
        if self._error is not None:
            raise self._error
        return self._value

    @property
    def done(self) -> bool:
        """Whether :meth:`result` returns at once."""
        return self._done.is_set()

    def run(self) -> bool:
        """Does the work unless another thread has begun it; whether this thread did."""
        if not self._claim.acquire(blocking=False):
            return False
        work, self._work = self._work, None
        assert work is not None
        try:
            if time.monotonic() > self._deadline:
                raise self._late()
            self._value = work()
        except BaseException as error:
            self._error = error
        self._done.set()
        with _watching:
            watchers, self._watchers = self._watchers, []
        for watcher in watchers:
            watcher(self)
        return True

    def when_done(self, watcher: Callable[["Pending[T_co]"], None]) -> None:
        """Calls ``watcher`` when the outcome is there, at once if it is there already; it must not raise."""
        with _watching:
            if not self._done.is_set():
                self._watchers.append(watcher)
                return
        watcher(self)


_watching = threading.Lock()


def finished(value: T) -> Pending[T]:
    """A call that is done already."""
    pending: Pending[T] = Pending(lambda: value, float("inf"))
    pending.run()
    return pending


class Lane:
    """At most ``workers`` daemon threads that take work in order; idle ones end after a while."""

    def __init__(self, name: str, workers: int = WORKERS) -> None:
        self._name = name
        self._most = workers
        self._reset()

    def _reset(self) -> None:
        self._pid = os.getpid()
        self._queue: deque[Pending[object]] = deque()
        self._changed = threading.Condition()
        self._threads = 0
        self._idle = 0

    def submit(self, work: Callable[[], T], deadline: float, late: Callable[[], Exception] = Expired) -> Pending[T]:
        """Queues work that must have begun before ``deadline`` of the monotonic clock.

        ``late`` makes the error of work that has not.
        """
        pending = Pending(work, deadline, late)
        if os.getpid() != self._pid:
            # The parent's threads do not exist here, and its locks may be held for ever.
            self._reset()
        with self._changed:
            self._queue.append(pending)
            if self._idle >= len(self._queue):
                self._changed.notify()
            elif self._threads < self._most:
                self._threads += 1
                threading.Thread(target=self._serve, name=f"bgbilling-{self._name}", daemon=True).start()
        return pending

    def _serve(self) -> None:
        while True:
            with self._changed:
                while not self._queue:
                    self._idle += 1
                    woken = self._changed.wait(IDLE_SECONDS)
                    self._idle -= 1
                    if not woken and not self._queue:
                        self._threads -= 1
                        return
                pending = self._queue.popleft()
            pending.run()
            del pending
