"""Jobs as pages, commands and schedules see them: starting, stopping, looking."""

import logging
import os
import socket
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from time import monotonic
from types import MappingProxyType
from typing import Any, Protocol

from flask_bgbilling.config.settings import Settings
from flask_bgbilling.jobs.definitions import JobKind, UnknownKind
from flask_bgbilling.jobs.runner import Runner
from flask_bgbilling.jobs.schedule import tasks
from flask_bgbilling.jobs.shown import JobPage, ScheduledTask, ShownJob
from flask_bgbilling.store.jobs import OPEN_STATES, JobRecord, Jobs, NewJob

logger = logging.getLogger(__name__)

PLANNING = "planning"
PLANNING_LEASE = timedelta(seconds=90)

FORGET_SECONDS = 6 * 3600

PAGE = 50


class Engine(Protocol):
    """What carries numbers of jobs to those who do them. It knows nothing else and may lose them: see ``sweep``."""

    def ring(self, job_id: int) -> None:
        """A job can be taken up; must not raise and must not wait."""
        ...


class NoEngine:
    """Jobs are only written down here; some other process sweeps."""

    def ring(self, job_id: int) -> None:
        """Nothing."""


class JobService:
    """All jobs of one application.

    ``local_now`` gives the moment on the clock by which schedules are written. Until an engine is given, jobs are only
    written down.
    """

    def __init__(
        self,
        jobs: Jobs,
        settings: Callable[[], Settings],
        local_now: Callable[[], datetime],
        kinds: Iterable[JobKind] = (),
        engine: Engine | None = None,
    ) -> None:
        self._jobs = jobs
        self._settings = settings
        self._local_now = local_now
        self._kinds = {kind.key: kind for kind in kinds}
        self.engine: Engine = engine or NoEngine()
        self._stopping = threading.Event()
        self._missed: set[str] = set()
        self._planned: datetime | None = None
        self._forgotten = monotonic() - FORGET_SECONDS
        self._chores: list[Callable[[], None]] = []

    @property
    def kinds(self) -> Mapping[str, JobKind]:
        """What this application can do."""
        return MappingProxyType(self._kinds)

    def register(self, kind: JobKind) -> None:
        """Adds a kind; a later one of the same key takes its place."""
        self._kinds[kind.key] = kind

    def look_after(self, chore: Callable[[], None]) -> None:
        """Has ``chore`` called by whoever plans, every few seconds: it looks whether a job has to be started."""
        self._chores.append(chore)

    def start_once(self, kind: str) -> None:
        """Has a job of this kind done, unless one is open already."""
        if not self._jobs.list(kinds=(kind,), states=OPEN_STATES, limit=1):
            self.start(kind)

    def start(
        self,
        kind: str,
        params: Mapping[str, Any] | None = None,
        *,
        subject: str = "",
        person_id: str = "",
        person_name: str = "",
    ) -> JobRecord:
        """Writes a job down and has it taken up at once. Raises ``UnknownKind``."""
        if kind not in self._kinds:
            raise UnknownKind(kind=kind[:60])
        record = self._jobs.add(
            NewJob(kind=kind, subject=subject, params=dict(params or {}), person_id=person_id, person_name=person_name)
        )
        assert record is not None  # only schedules can have one already
        self.engine.ring(record.id)
        return record

    def run(self, job_id: int) -> None:
        """Does a job in this thread, when it is to be had."""
        if not self._stopping.is_set():
            Runner(self._jobs, self._kinds, self.engine.ring, self._stopping.is_set).run(job_id)

    def let_go(self) -> None:
        """This process is about to end: its jobs stop at their next step, and others go on with them."""
        self._stopping.set()

    def run_all(self) -> int:
        """Does everything that can be done now, in this thread, and says how many: for commands and tests."""
        count = 0
        while (ready := self._jobs.ready(self._kinds)) and not self._stopping.is_set():
            for job_id in ready:
                self.run(job_id)
                count += 1
        return count

    def tick(self, idle: timedelta = timedelta()) -> None:
        """What the clock of an engine does every few seconds: sweeps; plans once a minute; forgets once in a while.

        Never raises: a database that is away for a moment must not end the clock.
        """
        try:
            self.sweep(idle)
            minute = self._local_now().replace(second=0, microsecond=0)
            if minute != self._planned:
                self.plan()
                self._planned = minute
            if monotonic() >= self._forgotten + FORGET_SECONDS:
                self._forgotten = monotonic()
                self.forget()
        except Exception:  # whatever a database raises
            logger.exception("planning and sweeping of jobs failed")

    def forget(self) -> int:
        """Deletes jobs that were over longer ago than the journal is kept, and says how many."""
        return self._jobs.purge(self._jobs.now() - timedelta(days=self._settings().journal.keep_days))

    def sweep(self, idle: timedelta = timedelta()) -> int:
        """Rings again what stands still: what an engine lost, what a dead process left; says how many.

        With ``idle`` only what has stood still for so long: to ring costs a message there.
        """
        ready = self._jobs.ready(self._kinds, idle=idle)
        for job_id in ready:
            self.engine.ring(job_id)
        return len(ready)

    def plan(self) -> int:
        """Writes down the scheduled jobs that are due, each once whoever plans, and says how many.

        A task whose kind has an open job is passed over, not queued.
        """
        # The name of this very process: a fork must not pass for its parent.
        if not self._jobs.lease(PLANNING, f"{socket.gethostname()[:30]}:{os.getpid()}", PLANNING_LEASE):
            return 0
        for chore in self._chores:
            try:
                chore()
            except Exception:  # one that fails must not keep the others, or the schedule, from their turn
                logger.exception("looking for work failed")
        now = self._local_now()
        count = 0
        for task in tasks(self._settings().properties):
            due = task.last_due(now)
            if due is None:
                continue
            if task.kind not in self._kinds:
                if task.kind not in self._missed:  # it is planned every few seconds
                    logger.warning("scheduler.task.%s: there is no class %s", task.name, task.kind)
                    self._missed.add(task.kind)
                continue
            if self._jobs.list(kinds=(task.kind,), states=OPEN_STATES, limit=1):
                continue
            record = self._jobs.add(
                NewJob(kind=task.kind, params=dict(task.params), schedule=task.name, due_at=due.astimezone())
            )
            if record is not None:
                count += 1
                self.engine.ring(record.id)
        return count

    def schedule(self) -> tuple[ScheduledTask, ...]:
        """The tasks of the configuration with their next moments."""
        now = self._local_now()
        running = {record.kind for record in self._jobs.list(states=OPEN_STATES, limit=200)}
        return tuple(
            ScheduledTask(task, self._kinds.get(task.kind), task.next_due(now), task.kind in running)
            for task in tasks(self._settings().properties)
        )

    def run_now(self, name: str, *, person_id: str = "", person_name: str = "") -> JobRecord:
        """Starts a task of the schedule now. Raises ``UnknownKind``."""
        task = next((task for task in tasks(self._settings().properties) if task.name == name), None)
        if task is None:
            raise UnknownKind(kind=name[:60])
        return self.start(task.kind, task.params, person_id=person_id, person_name=person_name)

    def list(
        self,
        *,
        before_id: int | None = None,
        limit: int = PAGE,
        kinds: Sequence[str] | None = None,
        parent_id: int | None = None,
    ) -> JobPage:
        """Jobs newest first; parts stand below their whole alone, which is named by ``parent_id``."""
        records = self._jobs.list(before_id=before_id, limit=limit + 1, kinds=kinds, parent_id=parent_id)
        return self._page(records[:limit], older=records[limit - 1].id if len(records) > limit else None)

    def changed(self, since: datetime) -> JobPage:
        """Jobs that were touched after this moment; parts are not told of."""
        return self._page(self._jobs.changed(since, PAGE))

    def get(self, job_id: int) -> ShownJob | None:
        """One job with its log and the state of its parts."""
        record = self._jobs.get(job_id)
        if record is None:
            return None
        return ShownJob(
            record,
            self._kinds.get(record.kind),
            self._local_now(),
            self._jobs.lines(job_id),
            dict(self._jobs.children(job_id)),
        )

    def cancel(self, job_id: int) -> bool:
        """Stops a job; false when it is over."""
        return self._jobs.cancel(job_id)

    def again(self, job_id: int) -> bool:
        """Takes up a job that failed or was stopped, and its parts that did, where they stand; false for any other."""
        waiting = self._jobs.again(job_id)
        for number in waiting:
            self.engine.ring(number)
        return bool(waiting)

    def _page(self, records: Sequence[JobRecord], older: int | None = None) -> JobPage:
        now = self._local_now()
        shown = tuple(ShownJob(record, self._kinds.get(record.kind), now) for record in records)
        changed = max((record.changed_at for record in records if record.changed_at), default=None)
        return JobPage(shown, older, changed)
