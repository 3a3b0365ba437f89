"""What a job is for the code that does it.

The code of a kind is a plain function. It may be interrupted at any point — by a person, by the end of a process — and
is called again, here or elsewhere, with the cursor that it saved last. What it has done by then must be harmless to
meet again.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from flask_bgbilling.errors import N_, InputError
from flask_bgbilling.hookspecs import JobKind
from flask_bgbilling.store.jobs import LARGEST_PAGE, OPEN_STATES, JobRecord, Jobs, JobState, Lost, NewJob

__all__ = ["Cancelled", "JobKind", "Lost", "NoJobs", "Parked", "RunningJob", "UnknownKind"]

PARTS_AWAITED = timedelta(minutes=10)


class UnknownKind(InputError):
    """No job of this kind is registered here."""

    code = "unknown job"
    message = N_("There is no job “%(kind)s” in this application.")
    remedy = N_("Check the class in the configuration of the schedule.")


class NoJobs(InputError):
    """The application has no database, so there is no long work."""

    code = "no jobs"
    message = N_("This application does no long work.")
    remedy = N_("The administrator gives the extension a database.")


class Cancelled(Exception):
    """Somebody has stopped the job."""


class Parked(Exception):
    """The job does not go on now; it is taken up again at ``until``, or when its last part is done."""

    def __init__(self, until: datetime) -> None:
        self.until = until
        super().__init__()


class RunningJob:
    """A job in the hands of its code."""

    def __init__(
        self, record: JobRecord, jobs: Jobs, kind: JobKind, ring: Callable[[int], None], stopping: Callable[[], bool]
    ) -> None:
        self._record = record
        self._jobs = jobs
        self._kind = kind
        self._ring = ring
        self._stopping = stopping
        self.cursor: Any = record.cursor
        self.done = record.done
        self.total = record.total

    @property
    def id(self) -> int:
        """Its number."""
        return self._record.id

    @property
    def params(self) -> Mapping[str, Any]:
        """What it was given."""
        return self._record.params

    @property
    def person_id(self) -> str:
        """Whose work it is; empty for the installation's own."""
        return self._record.person_id

    @property
    def person_name(self) -> str:
        """The name of that person."""
        return self._record.person_name

    @property
    def attempt(self) -> int:
        """How often it was taken up, this time included."""
        return self._record.attempt

    def save(self, cursor: Any = None, *, done: int | None = None, total: int | None = None) -> None:
        """Says how far it is: from here it goes on after an interruption.

        Call it at least every half minute. Raises :class:`Cancelled` when it has to stop, :class:`Lost` when another
        process has taken it over, :class:`Parked` when this process is about to end; let all of them pass.
        """
        if cursor is not None:
            self.cursor = cursor
        self.done = self.done if done is None else done
        self.total = self.total if total is None else total
        if self._jobs.keep(
            self._record,
            self._kind.lease,
            cursor=self.cursor,
            done=self.done,
            total=self.total,
            further=self.done > self._record.done,
        ):
            raise Cancelled
        if self._stopping():
            raise Parked(self._jobs.now())

    def log(self, message: str, level: str = "info", **values: object) -> None:
        """Adds a line to its log: an English message id with its values."""
        self._jobs.log(self.id, message, values, level)

    def split(self, kind: str, parts: Mapping[str, Mapping[str, Any]]) -> None:
        """Gives parts of the work to whoever is free; ``parts`` by a short text of what each is about."""
        for subject, params in parts.items():
            part = self._jobs.add(
                NewJob(
                    kind=kind,
                    subject=subject,
                    params=dict(params),
                    person_id=self.person_id,
                    person_name=self.person_name,
                    parent_id=self.id,
                    total=len(params.get("items", ())) or None,
                )
            )
            if part is not None:
                self._ring(part.id)

    def await_parts(self) -> Mapping[JobState, int]:
        """How many parts ended in each state. While some are open the job is laid aside, and nothing waits."""
        states = self._jobs.children(self.id)
        over, total = parts_over(states)
        if total:
            self.save(done=over, total=total)
        if over < total:
            raise Parked(self._jobs.now() + PARTS_AWAITED)
        return states

    def parts(self) -> Iterator[JobRecord]:
        """Its parts, newest first."""
        last: int | None = None
        while some := self._jobs.list(parent_id=self.id, before_id=last, limit=LARGEST_PAGE):
            yield from some
            last = some[-1].id


def parts_over(states: Mapping[JobState, int]) -> tuple[int, int]:
    """How many parts of a job have come to an end, whichever, and how many there are."""
    total = sum(states.values())
    return total - sum(states.get(state, 0) for state in OPEN_STATES), total
