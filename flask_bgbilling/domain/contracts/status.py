"""Statuses of a contract: what holds now, what is planned, what was (card-screens.md 6.4, contract.md 10)."""

from dataclasses import dataclass
from datetime import date, datetime

from flask_bgbilling.domain.contracts.contract import Contract, Part, part
from flask_bgbilling.domain.contracts.info import status_tone
from flask_bgbilling.domain.contracts.names import NameBook
from flask_bgbilling.domain.contracts.periods import Period, Tense, tense
from flask_bgbilling.wire.dto.statuses import StatusChange, StatusPeriod, StatusTask
from flask_bgbilling.wire.ops.directories import STATUSES, USERS
from flask_bgbilling.wire.ops.statuses import STATUS_LOG, STATUS_PERIODS, STATUS_TASKS

__all__ = [
    "READING",
    "StatusHistory",
    "StatusLine",
    "StatusLogLine",
    "StatusPlan",
    "StatusTaskLine",
    "read_plan",
    "read_status",
]

READING = (STATUS_PERIODS, STATUS_TASKS, STATUS_LOG)


@dataclass(frozen=True)
class StatusLine:
    """A status with its days. ``status`` is empty when the billing knows no title for ``status_id``."""

    period: Period
    status: str
    status_id: int | None
    comment: str
    tense: Tense

    @property
    def tone(self) -> str:
        """The tone that fits the status."""
        return status_tone(self.status)


@dataclass(frozen=True)
class StatusLogLine:
    """Who set which status for which days, and when."""

    period: Period
    status: str
    status_id: int | None
    at: datetime | None
    user_name: str
    user_id: int | None
    comment: str


@dataclass(frozen=True)
class StatusTaskLine:
    """A change that the billing will make. ``state`` is its word on the wire, such as ``ACTIVE``."""

    period: Period
    status: str
    status_id: int | None
    state: str
    comment: str
    created_at: datetime | None
    creator: str
    creator_id: int | None


@dataclass(frozen=True)
class StatusHistory:
    """Periods, planned changes and log, each the newest first.

    ``tasks`` is ``None`` below 9.2, where planned periods stand among the others. Tasks and log may fail alone.
    """

    periods: tuple[StatusLine, ...]
    tasks: Part[tuple[StatusTaskLine, ...]] | None
    log: Part[tuple[StatusLogLine, ...]]

    @property
    def current(self) -> StatusLine | None:
        """The status that holds today."""
        return next((line for line in self.periods if line.tense == "now"), None)

    @property
    def planned(self) -> bool:
        """Whether a change is still to come."""
        waiting = self.tasks is not None and bool(self.tasks.otherwise(()))
        return waiting or any(line.tense == "planned" for line in self.periods)


@dataclass(frozen=True)
class StatusPlan:
    """What a change of the status starts from: periods, and planned changes where they stand apart; oldest first."""

    periods: tuple[StatusLine, ...]
    tasks: tuple[StatusLine, ...]

    @property
    def current(self) -> StatusLine | None:
        """The status that holds today."""
        return next((line for line in reversed(self.periods) if line.tense == "now"), None)

    @property
    def planned(self) -> tuple[StatusLine, ...]:
        """What begins on a day to come; a change that stands in both lists is one."""
        found = {(line.period, line.status): line for line in (*self.periods, *self.tasks) if line.tense == "planned"}
        return tuple(sorted(found.values(), key=_start))


def read_plan(contract: Contract, today: date) -> StatusPlan:
    """Reads periods and planned changes at the same time, without the log.

    Planned changes that cannot be read are none: the billing itself refuses to drop them unasked.
    """
    billing, cid = contract.billing, contract.cid
    by_id = billing.supports(STATUS_TASKS)
    tasks = billing.start(STATUS_TASKS, cid=cid) if by_id else None
    statuses = billing.start_directory(STATUSES) if by_id else None
    periods = billing.call(STATUS_PERIODS, cid=cid)
    waiting = part(tasks.result).otherwise(()) if tasks is not None else ()
    names = _Names(NameBook(statuses), NameBook(None))
    return StatusPlan(
        periods=tuple(names.period(line, today) for line in sorted(periods, key=_start)),
        tasks=tuple(names.planned(task, today) for task in sorted(waiting, key=_start)),
    )


def read_status(contract: Contract, today: date) -> StatusHistory:
    """Reads everything about the status at the same time."""
    billing, cid = contract.billing, contract.cid
    by_id = billing.supports(STATUS_TASKS)
    log = billing.start(STATUS_LOG, cid=cid)
    tasks = billing.start(STATUS_TASKS, cid=cid) if by_id else None
    statuses = billing.start_directory(STATUSES) if by_id else None
    users = billing.start_directory(USERS) if by_id else None
    periods = billing.call(STATUS_PERIODS, cid=cid)
    names = _Names(NameBook(statuses), NameBook(users))
    return StatusHistory(
        periods=tuple(names.period(line, today) for line in sorted(periods, key=_start, reverse=True)),
        tasks=names.tasks(part(tasks.result)) if tasks is not None else None,
        log=names.log(part(log.result)),
    )


def _start(line: StatusPeriod | StatusTask | StatusLine) -> tuple[date, date]:
    return line.period.since or date.min, line.period.until or date.max


def _moment(change: StatusChange) -> tuple[bool, float]:
    return change.at is not None, change.at.timestamp() if change.at else 0.0


@dataclass(frozen=True)
class _Names:
    statuses: NameBook
    users: NameBook

    def period(self, line: StatusPeriod, today: date) -> StatusLine:
        return StatusLine(
            period=line.period,
            status=self.statuses.name(line.status_id, line.status),
            status_id=line.status_id,
            comment=line.comment,
            tense=tense(line.period, today),
        )

    def planned(self, task: StatusTask, today: date) -> StatusLine:
        return StatusLine(
            period=task.period,
            status=self.statuses.name(task.status_id),
            status_id=task.status_id,
            comment=task.comment,
            tense=tense(task.period, today),
        )

    def tasks(self, read: Part[tuple[StatusTask, ...]]) -> Part[tuple[StatusTaskLine, ...]]:
        lines = tuple(
            StatusTaskLine(
                period=task.period,
                status=self.statuses.name(task.status_id),
                status_id=task.status_id,
                state=task.state,
                comment=task.comment,
                created_at=task.created_at,
                creator=self.users.name(task.creator_id),
                creator_id=task.creator_id,
            )
            for task in sorted(read.value or (), key=_start)
        )
        return Part(lines, read.problem)

    def log(self, read: Part[tuple[StatusChange, ...]]) -> Part[tuple[StatusLogLine, ...]]:
        lines = tuple(
            StatusLogLine(
                period=change.period,
                status=self.statuses.name(change.status_id, change.status),
                status_id=change.status_id,
                at=change.at,
                user_name=self.users.name(change.user_id, change.user_name),
                user_id=change.user_id,
                comment=change.comment,
            )
            for change in sorted(read.value or (), key=_moment, reverse=True)
        )
        return Part(lines, read.problem)
