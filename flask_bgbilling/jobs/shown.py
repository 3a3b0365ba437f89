"""Jobs and scheduled tasks as people are told of them: words, moments on their clock, speed and remaining time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask_bgbilling.errors import N_
from flask_bgbilling.hookspecs import JobKind
from flask_bgbilling.jobs.schedule import Task
from flask_bgbilling.store.jobs import OPEN_STATES, JobLogLine, JobRecord, JobState

STATE_WORDS: Mapping[JobState, tuple[str, str]] = {
    "waiting": (N_("queued"), ""),
    "running": (N_("under way"), "live"),
    "done": (N_("completed"), "good"),
    "failed": (N_("gave up"), "bad"),
    "cancelled": (N_("stopped"), ""),
}
"""How a job stands, as a message id with its tone."""

FIELD_WORDS: Mapping[str, str] = {
    "minutes": N_("minutes"),
    "hours": N_("hours"),
    "dm": N_("days of the month"),
    "month": N_("months"),
    "dw": N_("days of the week"),
}
"""The fields of a schedule, as message ids."""

ENOUGH = timedelta(seconds=3)
"""How long a job must have been under way before its speed says anything."""


@dataclass(frozen=True)
class ScheduledTask:
    """A task of the schedule with its kind, ``None`` when no code of this name is registered, and its next moment."""

    task: Task
    kind: JobKind | None
    next_due: datetime | None
    running: bool = False

    @property
    def title(self) -> str:
        """What it does, as a message id; the bare class when nothing is known of it."""
        return self.kind.title if self.kind else self.task.kind

    @property
    def fields(self) -> tuple[tuple[str, str], ...]:
        """When it is due: message ids of the fields that narrow, with what stands there."""
        return tuple((FIELD_WORDS[name], value) for name, value in self.task.written.items())


@dataclass(frozen=True)
class ShownJob:
    """A job with its kind, at a moment ``now`` on the clock of those who look. ``parts`` counts its parts by state."""

    record: JobRecord
    kind: JobKind | None
    now: datetime
    lines: tuple[JobLogLine, ...] = ()
    parts: Mapping[JobState, int] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What it is, as a message id."""
        return self.kind.title if self.kind else self.record.kind

    @property
    def open(self) -> bool:
        """Whether it is not over."""
        return self.record.state in OPEN_STATES

    @property
    def stopping(self) -> bool:
        """Whether it was told to stop and has not come to its next step."""
        return self.record.state == "running" and self.record.cancel

    @property
    def retried_at(self) -> datetime | None:
        """When it is tried again after a failure."""
        waits = self.record.state == "waiting" and self.record.failures
        return self.local(self.record.not_before) if waits else None

    @property
    def word(self) -> str:
        """How it stands, as a message id."""
        if self.stopping:
            return N_("is stopping")
        if self.retried_at is not None:
            return N_("to be tried again")
        if self.record.state == "waiting" and self.record.not_before is not None and self.record.attempt:
            return N_("waits for its parts")
        return STATE_WORDS[self.record.state][0]

    @property
    def tone(self) -> str:
        """The tone of that word."""
        return "warn" if self.stopping or self.retried_at is not None else STATE_WORDS[self.record.state][1]

    @property
    def created_at(self) -> datetime | None:
        """When it was asked for."""
        return self.local(self.record.created_at)

    @property
    def started_at(self) -> datetime | None:
        """When it was first taken up."""
        return self.local(self.record.started_at)

    @property
    def finished_at(self) -> datetime | None:
        """When it was over."""
        return self.local(self.record.finished_at)

    @property
    def heartbeat_at(self) -> datetime | None:
        """When it was last heard of."""
        return self.local(self.record.heartbeat_at)

    @property
    def duration(self) -> timedelta | None:
        """From its first taking up to its end, or until now."""
        if self.record.started_at is None:
            return None
        return max((self.record.finished_at or self.now) - self.record.started_at, timedelta())

    @property
    def speed(self) -> float | None:
        """How much is done in a second; ``None`` before that can be told."""
        worked = self.duration
        if worked is None or worked < ENOUGH or not self.record.done:
            return None
        return self.record.done / worked.total_seconds()

    @property
    def remaining(self) -> timedelta | None:
        """How long it will take at this speed; ``None`` when nobody can tell."""
        if self.record.state != "running" or self.record.total is None or self.speed is None:
            return None
        return timedelta(seconds=round(max(self.record.total - self.record.done, 0) / self.speed))

    @property
    def place(self) -> str:
        """The machine and process that has it; empty when nobody has."""
        return (self.record.owner or "").rpartition(":")[0]

    @property
    def parts_told(self) -> tuple[tuple[str, int], ...]:
        """How many parts stand how, as message ids with counts."""
        return tuple((STATE_WORDS[state][0], self.parts[state]) for state in STATE_WORDS if state in self.parts)

    def local(self, moment: datetime | None) -> datetime | None:
        """A moment on the clock of those who look."""
        return moment.astimezone(self.now.tzinfo) if moment else None


@dataclass(frozen=True)
class JobPage:
    """Some jobs, newest first. ``older`` continues the list, ``None`` at its end."""

    jobs: tuple[ShownJob, ...]
    older: int | None
    changed_at: datetime | None
    """The last time that one of them was touched."""
