"""The engine inside a process: APScheduler's pool of threads, enough for one machine."""

import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from flask_bgbilling.jobs.service import JobService

logger = logging.getLogger(__name__)

WORKERS = 4
SWEEP = timedelta(seconds=5)


class EmbeddedEngine:
    """Does jobs in threads of this process, and plans and sweeps for it.

    ``within`` gives the context (the host's application context) that a thread needs. Several processes with such
    engines over one database do not meet: claims and leases keep them apart.
    """

    def __init__(
        self, service: JobService, within: Callable[[], AbstractContextManager[object]], workers: int = WORKERS
    ) -> None:
        self._service = service
        self._within = within
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(workers), "clock": ThreadPoolExecutor(1)},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
            timezone="UTC",
        )
        self._guard = threading.Lock()
        self._rung: set[int] = set()

    def start(self) -> None:
        """Begins to work; the threads end with the process."""
        self._scheduler.add_job(
            self._tick,
            "interval",
            seconds=SWEEP.total_seconds(),
            id="tick",
            executor="clock",
            next_run_time=datetime.now(UTC),
        )
        self._scheduler.start()
        self._service.engine = self
        _before_threads_are_awaited(self._service.let_go)

    def stop(self, *, wait: bool = True) -> None:
        """Takes no more jobs; with ``wait`` those under way are finished first."""
        self._scheduler.shutdown(wait=wait)

    def ring(self, job_id: int) -> None:
        """Has a thread take the job up, unless one is about to."""
        with self._guard:
            if job_id in self._rung:
                return
            self._rung.add(job_id)
        try:
            self._scheduler.add_job(self._run, args=(job_id,), name=f"job {job_id}")
        except RuntimeError:  # the pool is shutting down: another process, or the next start, sweeps
            logger.info("job %s is left to another process", job_id)

    def _run(self, job_id: int) -> None:
        with self._guard:
            self._rung.discard(job_id)
        with self._within():
            self._service.run(job_id)

    def _tick(self) -> None:
        with self._within():
            self._service.tick()


def _before_threads_are_awaited(function: Callable[[], None]) -> None:
    """Calls the function when the interpreter ends, before it waits for the pool's threads: ``atexit`` comes after.

    What ``concurrent.futures`` uses itself has no public name. Without it the process ends when its jobs do, or is
    killed; both are harmless.
    """
    register = getattr(threading, "_register_atexit", None)
    if register is not None:
        register(function)
