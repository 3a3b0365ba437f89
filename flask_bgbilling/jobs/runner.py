"""One job from its claim to its end: the same for every engine."""

import logging
import os
import secrets
import socket
from collections.abc import Callable, Mapping
from datetime import timedelta

from flask_bgbilling.errors import N_, BGBillingError
from flask_bgbilling.jobs.definitions import Cancelled, JobKind, Lost, Parked, RunningJob, parts_over
from flask_bgbilling.store.jobs import JobRecord, Jobs

logger = logging.getLogger(__name__)

FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(hours=1)

ENDED = N_("The process that did it has ended, %(n)s times in a row at the same place.")
PARTS_LEFT = N_("Of %(total)s parts %(failed)s gave up and %(cancelled)s were stopped. “Go on” takes them up again.")


class Runner:
    """Runs jobs in this process.

    ``ring`` tells the engine that a job can be taken up, ``stopping`` whether this process is about to end.
    """

    def __init__(
        self,
        jobs: Jobs,
        kinds: Mapping[str, JobKind],
        ring: Callable[[int], None],
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._jobs = jobs
        self._kinds = kinds
        self._ring = ring
        self._stopping = stopping
        self._name = f"{socket.gethostname()[:30]}:{os.getpid()}"

    def run(self, job_id: int) -> None:
        """Does a job when it is to be had; whatever happens in it ends in its row."""
        known = self._jobs.get(job_id)
        if known is None or known.kind not in self._kinds:
            return  # another process may know this kind
        kind = self._kinds[known.kind]
        # Not the process alone: a thread that comes back must not pass for the one that took over.
        record = self._jobs.claim(job_id, f"{self._name}:{secrets.token_hex(4)}", kind.lease)
        if record is None:
            return
        try:
            self._do(record, kind)
        except Lost:
            logger.warning("job %s (%s) belongs to another process now", record.id, record.kind)
            return
        self._tell_parent(record)

    def _do(self, record: JobRecord, kind: JobKind) -> None:
        jobs = self._jobs
        if record.cancel:
            self._stopped(record)
            return
        if record.failures >= kind.most_failures:  # only a process that ended can have left it so
            jobs.log(record.id, ENDED, {"n": record.failures}, "error")
            jobs.finish(record, "failed")
            return
        job = RunningJob(record, jobs, kind, self._ring, self._stopping)
        try:
            result = kind.run(job)
        except Lost:
            raise
        except Parked as parked:
            jobs.put_off(record, parked.until)
            over, total = parts_over(jobs.children(record.id))
            if total and over == total:
                jobs.wake(record.id)  # the last part ended between the look and the laying aside
                self._ring(record.id)
        except Cancelled:
            self._stopped(record)
        except Exception as error:
            self._failed(record, kind, error)
        else:
            self._ended(record, dict(result) if result else {})

    def _ended(self, record: JobRecord, result: Mapping[str, object]) -> None:
        """A job is done when its parts are; what the others have made is told in any case."""
        states = self._jobs.children(record.id)
        failed, cancelled = states.get("failed", 0), states.get("cancelled", 0)
        if not failed + cancelled:
            self._jobs.finish(record, "done", result=result)
            return
        values = {"failed": failed, "cancelled": cancelled, "total": sum(states.values())}
        self._jobs.log(record.id, PARTS_LEFT, values, "error")
        self._jobs.finish(record, "failed", result=result)

    def _stopped(self, record: JobRecord) -> None:
        """Nothing of a job that was stopped goes on: it may have made parts since."""
        self._jobs.cancel_parts(record.id)
        self._jobs.finish(record, "cancelled")

    def _failed(self, record: JobRecord, kind: JobKind, error: Exception) -> None:
        told = error if isinstance(error, BGBillingError) else None
        if told is None:
            logger.exception("job %s (%s) failed", record.id, record.kind)
        message = told.message if told else "%(kind)s: %(text)s"
        values = dict(told.params) if told else {"kind": type(error).__name__, "text": str(error)[:300]}
        self._jobs.log(record.id, message, values, "error")
        if record.failures + 1 >= kind.most_failures:
            self._jobs.finish(record, "failed")
            return
        pause = min(FIRST_PAUSE * 2**record.failures, LONGEST_PAUSE)
        self._jobs.put_off(record, self._jobs.now() + pause, failed=True)

    def _tell_parent(self, record: JobRecord) -> None:
        """A job is told how many of its parts are over; the last one wakes it."""
        if record.parent_id is None:
            return
        states = self._jobs.children(record.parent_id)
        over, total = parts_over(states)
        self._jobs.parts_over(record.parent_id, over, total)
        if over == total and self._jobs.wake(record.parent_id):
            self._ring(record.parent_id)
