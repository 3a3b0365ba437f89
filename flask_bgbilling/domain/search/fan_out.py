"""Doing the same thing with several billings at once, taking what comes in the order it comes.

Work with one billing is a generator: it starts calls, yields them to wait for them, goes on, and returns its outcome.
All of them run on the caller's thread, only their calls run in the lanes of their billings. So nothing here needs a
thread, and a billing that hangs costs nobody else anything.
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any, Generic, TypeVar

from msgspec import Struct

from flask_bgbilling.wire.lanes import Pending

K = TypeVar("K")
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

Steps = Generator[Sequence[Pending[Any]], None, T]


@dataclass(frozen=True)
class Task(Generic[T_co]):
    """Steps with one billing that must have ended after so many seconds."""

    steps: Steps[T_co]
    seconds: float


class Late(Struct, frozen=True):
    """The outcome of a task that did not end in time."""

    seconds: float


def fan_out(tasks: Mapping[K, Task[T]]) -> Iterator[tuple[K, T | Late]]:
    """Starts all tasks now; gives each outcome as it comes, the late ones when their time is over.

    What a task raises is raised here: tasks turn the errors they expect into outcomes.
    """
    run = _Run(tasks)
    run.begin()
    return run.outcomes()


class _Run(Generic[K, T]):
    def __init__(self, tasks: Mapping[K, Task[T]]) -> None:
        begun = monotonic()
        self._tasks = dict(tasks)
        self._ends = {key: begun + task.seconds for key, task in tasks.items()}
        self._missing = dict.fromkeys(tasks, 0)
        self._arrived: SimpleQueue[K] = SimpleQueue()
        self._outcomes: list[tuple[K, T]] = []

    def begin(self) -> None:
        for key in list(self._tasks):
            self._advance(key)

    def outcomes(self) -> Iterator[tuple[K, T | Late]]:
        try:
            while True:
                while self._outcomes:
                    yield self._outcomes.pop(0)
                if not self._tasks:
                    return
                yield from self._overdue()
                if self._tasks:
                    self._wait(min(self._ends[key] for key in self._tasks) - monotonic())
        finally:
            for task in self._tasks.values():
                task.steps.close()

    def _wait(self, seconds: float) -> None:
        try:
            key = self._arrived.get(timeout=max(0.0, seconds))
        except Empty:
            return
        self._missing[key] -= 1
        if self._missing[key] == 0 and key in self._tasks:
            self._advance(key)

    def _overdue(self) -> Iterator[tuple[K, Late]]:
        now = monotonic()
        for key in [key for key in self._tasks if self._ends[key] <= now]:
            task = self._tasks.pop(key)
            task.steps.close()
            yield key, Late(task.seconds)

    def _advance(self, key: K) -> None:
        steps = self._tasks[key].steps
        try:
            pendings = next(steps)
            while not pendings:
                pendings = next(steps)
        except StopIteration as end:
            del self._tasks[key]
            self._outcomes.append((key, end.value))
            return
        self._missing[key] = len(pendings)
        for pending in pendings:
            pending.when_done(lambda _, key=key: self._arrived.put(key))  # type: ignore[misc]
