"""Jobs: long work that survives the process that does it.

A job belongs to one owner at a time, for as long as its lease runs; every write of an owner names the attempt it was
given, so that one who was thought dead and comes back changes nothing. Leases are reckoned on the database's clock:
the clocks of several machines do not agree.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal, cast

import msgspec
from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Table,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from flask_bgbilling.store.changes import whole
from flask_bgbilling.store.tables import NAME_LENGTH, JobLogRow, JobRow, LeaseRow
from flask_bgbilling.store.unit_of_work import UnitOfWork, patiently

JobState = Literal["waiting", "running", "done", "failed", "cancelled"]

OPEN_STATES: Final[tuple[JobState, ...]] = ("waiting", "running")
LARGEST_PAGE: Final = 200
LONGEST_MESSAGE: Final = 400

JOBS: Final = cast(Table, JobRow.__table__)
LOG: Final = cast(Table, JobLogRow.__table__)
LEASES: Final = cast(Table, LeaseRow.__table__)
LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)

# These are run often and made once.
TAKE_LEASE: Final = (
    update(LEASES)
    .where(
        LEASES.c.name == bindparam("lease"),
        or_(LEASES.c.owner == bindparam("who"), LEASES.c.until_at < bindparam("now")),
    )
    .values(owner=bindparam("who"), until_at=bindparam("until"))
)
NEW_LEASE: Final = insert(LEASES)
TAKE_TURN: Final = update(LEASES).where(LEASES.c.name == bindparam("lease")).values(until_at=LEASES.c.until_at)
KNOWN_LEASE: Final = select(LEASES.c.name).where(LEASES.c.name == bindparam("lease"))
COLUMNS: Final = JOBS.c


class NewJob(Struct, frozen=True, kw_only=True):
    """A job to be done.

    ``kind`` is the registered name of its code, ``subject`` tells what it is about in plain words, ``params`` are what
    the code gets. ``person_id`` and ``person_name`` are whose work it is, empty for the installation's own. One
    ``schedule`` has one job for each ``due_at``. ``parent_id`` is the job that waits for it.
    """

    kind: str
    subject: str = ""
    params: dict[str, Any] = {}
    person_id: str = ""
    person_name: str = ""
    total: int | None = None
    not_before: datetime | None = None
    parent_id: int | None = None
    schedule: str | None = None
    due_at: datetime | None = None


class JobRecord(Struct, frozen=True, kw_only=True):
    """A job as it stands. Moments are in UTC; ``cursor`` and ``result`` are what its code has left there."""

    id: int
    kind: str
    subject: str
    params: dict[str, Any]
    state: JobState
    cursor: Any
    result: Any
    done: int
    total: int | None
    person_id: str
    person_name: str
    owner: str | None
    attempt: int
    failures: int
    cancel: bool
    created_at: datetime
    started_at: datetime | None
    heartbeat_at: datetime | None
    lease_until: datetime | None
    not_before: datetime | None
    finished_at: datetime | None
    parent_id: int | None
    schedule: str | None
    due_at: datetime | None
    changed_at: datetime | None


class JobLogLine(Struct, frozen=True):
    """A line of a job's log: a message id with its values. ``level`` is ``info``, ``warning`` or ``error``."""

    at: datetime
    level: str
    message: str
    values: dict[str, str]


class Lost(Exception):
    """The job belongs to somebody else now, or to nobody: stop, and write nothing more about it."""


class Jobs:
    """Reads and writes jobs on the host's session. Every method is a transaction of its own."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self._unit = unit_of_work

    def now(self) -> datetime:
        """The moment on the database's clock."""
        session = self._unit.session
        name = session.get_bind().dialect.name
        if name == "sqlite":
            told = session.scalar(text("SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')"))
        elif name in ("mysql", "mariadb"):
            told = session.scalar(text("SELECT UTC_TIMESTAMP(6)"))
        else:
            told = session.scalar(select(func.now()))
        found = told if isinstance(told, datetime) else datetime.fromisoformat(str(told))
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)

    def add(self, new: NewJob) -> JobRecord | None:
        """Writes a job down; ``None`` when its schedule has a job of this moment already."""
        now = self.now()
        values = {
            "kind": new.kind,
            "subject": _fitting(new.subject),
            "params": _encoded(new.params),
            "state": "waiting",
            "done": 0,
            "total": new.total,
            "person_id": new.person_id,
            "person_name": _fitting(new.person_name),
            "attempt": 0,
            "failures": 0,
            "cancel": False,
            "created_at": now,
            "changed_at": now,
            "not_before": new.not_before,
            "parent_id": new.parent_id,
            "schedule": new.schedule,
            "due_at": new.due_at,
        }
        try:
            with self._unit.alone() as session:
                inserted = cast("CursorResult[Any]", session.execute(insert(JOBS).values(**values)))
                (number,) = inserted.inserted_primary_key or (None,)
                return self._one(COLUMNS.id == number)
        except IntegrityError:
            return None

    def get(self, job_id: int) -> JobRecord | None:
        """One job by its number, as it stands now."""
        self._unit.release()
        return self._one(COLUMNS.id == job_id)

    def claim(self, job_id: int, owner: str, lease: timedelta) -> JobRecord | None:
        """Takes a job that waits, or whose owner has gone silent; ``None`` when it is not to be had.

        An owner that went silent counts as a failure: what kills its process must not do so for ever.
        """
        now = self.now()
        free = and_(
            COLUMNS.id == job_id,
            or_(
                and_(COLUMNS.state == "waiting", or_(COLUMNS.not_before.is_(None), COLUMNS.not_before <= now)),
                and_(COLUMNS.state == "running", COLUMNS.lease_until < now),
            ),
        )
        taken = self._update(
            free,
            now,
            failures=COLUMNS.failures + case((COLUMNS.state == "running", 1), else_=0),
            state="running",
            owner=owner,
            attempt=COLUMNS.attempt + 1,
            started_at=func.coalesce(COLUMNS.started_at, now),
            heartbeat_at=now,
            lease_until=now + lease,
            not_before=None,
        )
        if not taken:
            return None
        record = self.get(job_id)
        return record if record is not None and record.owner == owner else None

    def keep(
        self,
        record: JobRecord,
        lease: timedelta,
        *,
        cursor: Any = msgspec.UNSET,
        done: int | None = None,
        total: int | None = None,
        further: bool = False,
    ) -> bool:
        """Says that the owner lives, and how far it is; true when somebody wants the job to stop.

        ``further`` forgets the failures: they count in a row. Raises :class:`Lost` when the job is no longer this
        owner's.
        """
        now = self.now()
        values: dict[str, Any] = {"heartbeat_at": now, "lease_until": now + lease}
        if cursor is not msgspec.UNSET:
            values["cursor"] = _encoded(cursor)
        if done is not None:
            values["done"] = done
        if total is not None:
            values["total"] = total
        if further:
            values["failures"] = 0
        if not self._update(_owned(record), now, **values):
            raise Lost
        self._unit.release()
        return bool(self._unit.session.scalar(select(COLUMNS.cancel).where(COLUMNS.id == record.id)))

    def finish(self, record: JobRecord, state: JobState, *, result: Any = None) -> None:
        """The last word of an owner about its job. Raises :class:`Lost` when it is not the owner's any more."""
        now = self.now()
        values: dict[str, Any] = {"state": state, "finished_at": now, "owner": None, "lease_until": None}
        if result is not None:
            values["result"] = _encoded(result)
        if not self._update(_owned(record), now, **values):
            raise Lost

    def put_off(self, record: JobRecord, until: datetime | None = None, *, failed: bool = False) -> None:
        """Gives a job back to be taken up again, not before ``until``. Raises :class:`Lost`."""
        failures = COLUMNS.failures + 1 if failed else COLUMNS.failures
        if not self._update(
            _owned(record),
            self.now(),
            state="waiting",
            owner=None,
            lease_until=None,
            not_before=until,
            failures=failures,
        ):
            raise Lost

    def parts_over(self, job_id: int, done: int, total: int) -> bool:
        """Says of a job that was laid aside how many of its parts are over; false when it is not waiting for them."""
        laid_aside = and_(COLUMNS.id == job_id, COLUMNS.state == "waiting", COLUMNS.done < done)
        return self._update(laid_aside, self.now(), done=done, total=total)

    def wake(self, job_id: int) -> bool:
        """Lets a job that was laid aside be taken up at once; false when it is not waiting for that."""
        laid_aside = and_(COLUMNS.id == job_id, COLUMNS.state == "waiting", COLUMNS.not_before.is_not(None))
        return self._update(laid_aside, self.now(), not_before=None)

    def cancel(self, job_id: int) -> bool:
        """Stops a job: at once when it waits, at its next step when it runs. False when it is over already."""
        self.cancel_parts(job_id)
        return self._cancel(COLUMNS.id == job_id)

    def cancel_parts(self, job_id: int) -> bool:
        """Stops the parts of a job; false when none is open."""
        return self._cancel(COLUMNS.parent_id == job_id)

    def again(self, job_id: int) -> tuple[int, ...]:
        """Takes up a job that failed or was stopped, with those of its parts that did, each where it stands.

        Gives the numbers of those that wait now, its own first; none for any other job. A part that has not yet heard
        that it was to stop goes on. A whole that gave up looks again when one of its parts goes on.
        """
        now = self.now()
        over = COLUMNS.state.in_(("failed", "cancelled"))
        parts = COLUMNS.parent_id == job_id
        anew = {
            "state": "waiting", "cancel": False, "failures": 0, "not_before": None, "finished_at": None,
            "changed_at": now,
        }  # fmt: skip
        with self._unit.alone() as session:
            taken = session.execute(update(JOBS).where(COLUMNS.id == job_id, over).values(**anew))
            if not cast("CursorResult[Any]", taken).rowcount:
                return ()
            waiting = [job_id, *session.scalars(select(COLUMNS.id).where(parts, over).order_by(COLUMNS.id))]
            session.execute(update(JOBS).where(parts, over).values(**anew))
            session.execute(update(JOBS).where(parts, COLUMNS.state == "running").values(cancel=False, changed_at=now))
            whole = session.scalar(select(COLUMNS.parent_id).where(COLUMNS.id == job_id))
            gave_up = and_(COLUMNS.id == whole, COLUMNS.state == "failed")
            if cast("CursorResult[Any]", session.execute(update(JOBS).where(gave_up).values(**anew))).rowcount:
                waiting.append(cast(int, whole))
        return tuple(waiting)

    def ready(
        self, kinds: Collection[str], *, idle: timedelta = timedelta(), limit: int = LARGEST_PAGE
    ) -> tuple[int, ...]:
        """Numbers of jobs of these kinds that nobody is at: waiting ones whose time has come, running ones gone silent.

        With ``idle`` only those that nothing has happened to for so long.
        """
        now = self.now()
        self._unit.release()
        free = and_(
            or_(
                and_(COLUMNS.state == "waiting", or_(COLUMNS.not_before.is_(None), COLUMNS.not_before <= now)),
                and_(COLUMNS.state == "running", COLUMNS.lease_until < now),
            ),
            COLUMNS.kind.in_(kinds),
        )
        if idle:
            free = and_(free, COLUMNS.changed_at < now - idle)
        found = self._unit.session.scalars(select(COLUMNS.id).where(free).order_by(COLUMNS.id).limit(limit)).all()
        self._unit.release()
        return tuple(found)

    def list(
        self,
        *,
        kinds: Sequence[str] | None = None,
        states: Sequence[JobState] | None = None,
        parent_id: int | None = None,
        before_id: int | None = None,
        limit: int = 50,
    ) -> tuple[JobRecord, ...]:
        """Jobs newest first, those of a parent when it is named and else those without one."""
        conditions: list[ColumnElement[bool]] = [
            COLUMNS.parent_id.is_(None) if parent_id is None else COLUMNS.parent_id == parent_id
        ]
        if kinds is not None:
            conditions.append(COLUMNS.kind.in_(kinds))
        if states is not None:
            conditions.append(COLUMNS.state.in_(states))
        if before_id is not None:
            conditions.append(COLUMNS.id < before_id)
        statement = select(JOBS).where(*conditions).order_by(COLUMNS.id.desc()).limit(min(limit, LARGEST_PAGE))
        return tuple(_record(row) for row in self._unit.session.execute(statement).mappings())

    def changed(self, since: datetime, limit: int = LARGEST_PAGE) -> tuple[JobRecord, ...]:
        """Jobs that stand alone and were written to after this moment, the newest first."""
        self._unit.release()
        touched = and_(COLUMNS.changed_at > since, COLUMNS.parent_id.is_(None))
        statement = select(JOBS).where(touched).order_by(COLUMNS.changed_at.desc()).limit(limit)
        return tuple(_record(row) for row in self._unit.session.execute(statement).mappings())

    def children(self, job_id: int) -> Mapping[JobState, int]:
        """How many parts of a job are in each state."""
        self._unit.release()
        statement = select(COLUMNS.state, func.count()).where(COLUMNS.parent_id == job_id).group_by(COLUMNS.state)
        return {cast(JobState, state): count for state, count in self._unit.session.execute(statement)}

    def log(self, job_id: int, message: str, values: Mapping[str, object], level: str = "info") -> None:
        """Adds a line to a job's log."""
        line = {
            "job_id": job_id,
            "at": self.now(),
            "level": level,
            "message": whole(message)[:LONGEST_MESSAGE],
            "message_values": _encoded({name: str(value) for name, value in values.items()}),
        }
        with self._unit.alone() as session:
            session.execute(insert(LOG).values(**line))

    def lines(self, job_id: int, limit: int = LARGEST_PAGE) -> tuple[JobLogLine, ...]:
        """The last lines of a job's log, oldest first."""
        statement = select(LOG).where(LOG.c.job_id == job_id).order_by(LOG.c.id.desc()).limit(limit)
        rows = self._unit.session.execute(statement).mappings().all()
        return tuple(
            JobLogLine(row["at"], row["level"], row["message"], msgspec.json.decode(row["message_values"]))
            for row in reversed(rows)
        )

    def lease(self, name: str, owner: str, length: timedelta) -> bool:
        """Takes or renews something that one at a time may do; false while somebody else has it."""
        now = self.now()
        self._know(name)
        named = {"lease": name, "who": owner, "now": now, "until": now + length}
        with self._unit.alone() as session:
            return cast("CursorResult[Any]", session.execute(TAKE_LEASE, named)).rowcount > 0

    @contextmanager
    def turn(self, name: str, patience: timedelta) -> Iterator[Session]:
        """A transaction of our own that others of this name wait for: one at a time reads, decides and writes.

        It sees what those before it have committed, and what others commit meanwhile. Whoever dies makes way at once,
        because the database holds the place with the transaction. Raises ``Occupied`` when nobody makes way for so
        long.
        """
        self._know(name)
        with self._unit.alone() as session:

            def take() -> None:
                if session.get_bind().dialect.name != "sqlite":  # there nobody else writes meanwhile
                    session.connection(execution_options={"isolation_level": "READ COMMITTED"})
                session.execute(TAKE_TURN, {"lease": name})

            patiently(session, take, patience)
            yield session

    def purge(self, before: datetime) -> int:
        """Deletes jobs that were over before this moment, with their logs; says how many jobs."""
        count = 0
        while True:
            old = and_(COLUMNS.finished_at < before, ~COLUMNS.state.in_(OPEN_STATES))
            ids = self._unit.session.scalars(select(COLUMNS.id).where(old).limit(LARGEST_PAGE)).all()
            self._unit.release()
            if not ids:
                return count
            with self._unit.alone() as session:
                session.execute(delete(LOG).where(LOG.c.job_id.in_(ids)))
                count += cast("CursorResult[Any]", session.execute(delete(JOBS).where(COLUMNS.id.in_(ids)))).rowcount

    def _know(self, name: str) -> None:
        """Adds the row of a lease, that nobody has, where there is none."""
        if self._unit.session.scalar(KNOWN_LEASE, {"lease": name}) is None:
            self._unit.release()
            with suppress(IntegrityError), self._unit.alone() as session:
                session.execute(NEW_LEASE, {"name": name, "owner": "", "until_at": LONG_AGO})

    def _cancel(self, condition: ColumnElement[bool]) -> bool:
        now = self.now()
        waits = COLUMNS.state == "waiting"
        values: dict[str, Any] = {
            "cancel": True,
            "finished_at": case((waits, now), else_=COLUMNS.finished_at),
            "state": case((waits, "cancelled"), else_=COLUMNS.state),
        }
        return self._update(and_(condition, COLUMNS.state.in_(OPEN_STATES)), now, **values)

    def _update(self, condition: ColumnElement[bool], now: datetime, **values: Any) -> bool:
        with self._unit.alone() as session:
            # MariaDB sees in each assignment what those before it have set: their order is the caller's.
            ordered = [(COLUMNS[name], value) for name, value in {**values, "changed_at": now}.items()]
            done = session.execute(update(JOBS).where(condition).ordered_values(*ordered))
            return cast("CursorResult[Any]", done).rowcount > 0

    def _one(self, condition: ColumnElement[bool]) -> JobRecord | None:
        row = self._unit.session.execute(select(JOBS).where(condition)).mappings().one_or_none()
        return None if row is None else _record(row)


def _owned(record: JobRecord) -> ColumnElement[bool]:
    return and_(
        COLUMNS.id == record.id,
        COLUMNS.state == "running",
        COLUMNS.owner == record.owner,
        COLUMNS.attempt == record.attempt,
    )


def _record(row: RowMapping) -> JobRecord:
    values = dict(row)
    for name in ("params", "cursor", "result"):
        values[name] = None if values[name] is None else msgspec.json.decode(values[name])
    values["cancel"] = bool(values["cancel"])
    values["person_name"] = values["person_name"] or ""
    return JobRecord(**values)


def _encoded(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _fitting(subject: str) -> str:
    subject = whole(subject)
    return subject if len(subject) <= NAME_LENGTH else subject[: NAME_LENGTH - 1] + "…"
