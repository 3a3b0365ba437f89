"""Contracts on their way into being: what was wanted, how far it came, and who is at it.

A creation is written down before the billing is called. Its one-time key is unique, so that a form that is sent twice
meets its own first; one process at a time works at it (``claim``), and one that died in the middle is taken over.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal, cast

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, RowMapping, Table, and_, insert, or_, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import IntegrityError

from flask_bgbilling.errors import ConfigurationError
from flask_bgbilling.facts import Note
from flask_bgbilling.ports import Clock
from flask_bgbilling.store.changes import whole
from flask_bgbilling.store.secret_box import SecretBox
from flask_bgbilling.store.tables import NAME_LENGTH, ContractCreationRow
from flask_bgbilling.store.unit_of_work import UnitOfWork

CreationState = Literal["working", "stopped", "uncertain", "done", "abandoned"]
"""``working``: a process is at it. ``stopped``: a step failed, the next attempt begins there. ``uncertain``: nobody
knows whether the contract was made. ``done``: every step. ``abandoned``: a person decided to leave it."""

CreationStep = Literal["create", "link", "comment", "copy", "tariff", "process", "end"]
STEPS: Final[tuple[CreationStep, ...]] = ("create", "link", "comment", "copy", "tariff", "process", "end")

OPEN: Final[tuple[CreationState, ...]] = ("working", "stopped", "uncertain")
FINISHED: Final[tuple[CreationState, ...]] = ("done", "abandoned")
LARGEST_PAGE: Final = 100
BARE: Final = "{"
"""How a plan begins from which everything about people was taken: it is not sealed."""

ROWS: Final = cast(Table, ContractCreationRow.__table__)
COLUMNS: Final = ROWS.c


class CreationPlan(Struct, frozen=True, kw_only=True):
    """What was wanted, as it is kept sealed.

    ``number`` is the typed one, ``numbering`` the pattern of numbers in its place; both empty leave it to the billing.
    ``tariff_id`` 0 is none. ``asked_at`` is until when a person knew of equal contracts and wanted another one.
    ``process_id`` is the process whose wizard makes it, which gets the contract at the end; 0 for none.
    ``words`` tell why the last attempt stopped, ``attempt`` counts the attempts at the step. ``notes`` are what the
    rules of the process had to say about the link.
    """

    type_number: int
    type_title: str
    pattern_id: int
    day: date
    number: str = ""
    numbering: str = ""
    comment: str = ""
    tariff_id: int = 0
    tariff_title: str = ""
    tariff_position: int = -1
    asked_at: datetime | None = None
    process_id: int = 0
    words: str = ""
    attempt: int = 0
    notes: tuple[Note, ...] = ()


class CreationRecord(Struct, frozen=True, kw_only=True):
    """A creation as it stands. Moments are in UTC. ``plan`` is ``None`` when none of today's keys opens it.

    It is not ``kept`` as it was when it was finished so long ago that what it said about people is forgotten.
    """

    id: int
    once: str
    billing_id: str
    customer_id: int | None
    contract_id: int | None
    contract_title: str
    person_id: str
    person_name: str
    state: CreationState
    step: CreationStep
    error_code: str | None
    created_at: datetime
    changed_at: datetime
    plan: CreationPlan | None
    kept: bool = True

    @property
    def open(self) -> bool:
        """Whether something is still to be done or decided."""
        return self.state in OPEN


class Creations:
    """Reads and writes creations on the host's session; each write is a transaction of its own."""

    def __init__(self, unit_of_work: UnitOfWork, secret_box: SecretBox, clock: Clock) -> None:
        self._unit = unit_of_work
        self._box = secret_box
        self._clock = clock

    def begin(
        self, once: str, billing_id: str, customer_id: int, person_id: str, person_name: str, plan: CreationPlan
    ) -> tuple[CreationRecord, bool]:
        """Writes a creation down, and whether it is new: the same form sent again gives the one that there is."""
        now = self._clock.now()
        values = {
            "once": once,
            "billing_id": billing_id,
            "customer_id": customer_id,
            "contract_id": None,
            "contract_title": "",
            "person_id": person_id,
            "person_name": whole(person_name)[:NAME_LENGTH],
            "state": "stopped",
            "step": STEPS[0],
            "error_code": None,
            "sealed_plan": self._sealed(plan),
            "created_at": now,
            "changed_at": now,
        }
        try:
            with self._unit.alone() as session:
                session.execute(insert(ROWS).values(**values))
        except IntegrityError:
            known = self.by_once(once)
            if known is None:
                raise
            return known, False
        made = self.by_once(once)
        assert made is not None
        return made, True

    def claim(self, creation_id: int, stale_after: timedelta) -> CreationRecord | None:
        """Takes an open creation for this process; ``None`` when another one is at it, or nothing is to be done.

        Who has not written for ``stale_after`` is taken for dead.
        """
        now = self._clock.now()
        free = or_(
            COLUMNS.state.in_(("stopped", "uncertain")),
            and_(COLUMNS.state == "working", COLUMNS.changed_at < now - stale_after),
        )
        if not self._update(and_(COLUMNS.id == creation_id, free), {"state": "working", "changed_at": now}):
            return None
        return self.get(creation_id)

    def save(
        self,
        record: CreationRecord,
        *,
        state: CreationState,
        step: CreationStep | None = None,
        error_code: str | None = None,
        contract: tuple[int, str] | None = None,
        plan: CreationPlan | None = None,
    ) -> CreationRecord:
        """Notes how far a claimed creation is."""
        values: dict[str, Any] = {"state": state, "error_code": error_code, "changed_at": self._clock.now()}
        if step is not None:
            values["step"] = step
        if contract is not None:
            values["contract_id"], values["contract_title"] = contract[0], whole(contract[1])[:NAME_LENGTH]
        if plan is not None:
            values["sealed_plan"] = self._sealed(plan)
        self._update(COLUMNS.id == record.id, values)
        saved = self.get(record.id)
        return record if saved is None else saved

    def get(self, creation_id: int) -> CreationRecord | None:
        """One creation by its number."""
        return self._one(COLUMNS.id == creation_id)

    def by_once(self, once: str) -> CreationRecord | None:
        """The creation of a form, by its one-time key."""
        return self._one(COLUMNS.once == once)

    def of_customer(self, customer_id: int, *, open_only: bool = False) -> tuple[CreationRecord, ...]:
        """The creations of a customer, newest first."""
        wanted = COLUMNS.customer_id == customer_id
        if open_only:
            wanted = and_(wanted, COLUMNS.state.in_(OPEN))
        self._unit.release()
        query = select(ROWS).where(wanted).order_by(COLUMNS.id.desc()).limit(LARGEST_PAGE)
        return tuple(self._record(row) for row in self._unit.session.execute(query).mappings())

    def purge(self, before: datetime, *, most: int | None = None) -> int:
        """Forgets what plans of creations say that were finished before this moment, and says of how many.

        Kinds and ids stay: they keep the wizard of a process from making a contract twice. With ``most`` it stops when
        at least so many are forgotten.
        """
        sealed = and_(COLUMNS.sealed_plan != "", ~COLUMNS.sealed_plan.startswith(BARE))
        old = and_(COLUMNS.state.in_(FINISHED), COLUMNS.changed_at < before, sealed)
        count = 0
        while most is None or count < most:
            chosen = select(COLUMNS.id, COLUMNS.sealed_plan).where(old).limit(LARGEST_PAGE)
            rows = self._unit.session.execute(chosen).all()
            self._unit.release()
            if not rows:
                break
            with self._unit.alone() as session:
                for number, token in rows:
                    bare = _bare(self._opened(token))
                    session.execute(update(ROWS).where(COLUMNS.id == number, old).values(sealed_plan=bare))
            count += len(rows)
        return count

    def _one(self, condition: ColumnElement[bool]) -> CreationRecord | None:
        self._unit.release()  # a transaction that is older than the last write would not see it
        row = self._unit.session.execute(select(ROWS).where(condition)).mappings().one_or_none()
        return None if row is None else self._record(row)

    def _update(self, condition: ColumnElement[bool], values: Mapping[str, Any]) -> bool:
        with self._unit.alone() as session:
            done = cast("CursorResult[Any]", session.execute(update(ROWS).where(condition).values(**values)))
            return done.rowcount == 1

    def _sealed(self, plan: CreationPlan) -> str:
        return self._box.seal(whole(msgspec.json.encode(plan).decode()))

    def _record(self, row: RowMapping) -> CreationRecord:
        values = dict(row)
        sealed = values.pop("sealed_plan")
        return CreationRecord(plan=self._opened(sealed), kept=bool(sealed) and not sealed.startswith(BARE), **values)

    def _opened(self, sealed: str) -> CreationPlan | None:
        try:
            return msgspec.json.decode(sealed if sealed.startswith(BARE) else self._box.open(sealed), type=CreationPlan)
        except (ConfigurationError, ValueError):
            return None


def _bare(plan: CreationPlan | None) -> str:
    """A plan without words, numbers and comments of people; empty when no key opens it."""
    if plan is None:
        return ""
    known = {name: getattr(plan, name) for name in ("type_number", "type_title", "pattern_id", "day", "process_id")}
    tariff = {name: getattr(plan, name) for name in ("tariff_id", "tariff_title", "tariff_position")}
    return msgspec.json.encode(CreationPlan(**known, **tariff)).decode()
