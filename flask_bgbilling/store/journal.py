"""The journal: every change of a billing is written down before it is sent, and completed when its fate is known.

It answers who changed what, when, in which contract, and with which outcome, and it is the local intent of design
decision 5: the unique one-time key makes a form harmless when it is sent twice, the unique lane lets equal changes go
one at a time, and what broke off is found again and looked up.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar, cast

from sqlalchemy import ColumnElement, RowMapping, String, Table, and_, delete, insert, or_, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import DBAPIError, IntegrityError

from flask_bgbilling.errors import ConfigurationError
from flask_bgbilling.ports import Clock
from flask_bgbilling.store.changes import (
    OPEN_STATES,
    ChangeDetails,
    ChangeRecord,
    ChangeState,
    JournalPage,
    JournalQuery,
    NewChange,
    StepRecord,
    decode,
    encode,
    fingerprint,
    whole,
)
from flask_bgbilling.store.secret_box import SecretBox
from flask_bgbilling.store.tables import NAME_LENGTH, REQUEST_IDS_LENGTH, ChangeRow
from flask_bgbilling.store.unit_of_work import UnitOfWork

__all__ = [
    "AlreadySent",
    "ChangeDetails",
    "ChangeExists",
    "ChangeRecord",
    "ChangeState",
    "DoneLately",
    "Journal",
    "JournalPage",
    "JournalQuery",
    "NewChange",
    "SameUnderWay",
    "StepRecord",
    "fingerprint",
]

CHANGES: Final = cast(Table, ChangeRow.__table__)
COLUMNS: Final = CHANGES.c

LARGEST_PAGE: Final = 200
BATCH: Final = 200
ATTEMPTS: Final = 5

WITHOUT_DEADLINE: Final = timedelta(hours=1)
"""After this a change that was sent without a deadline is taken for broken off."""

_DEADLOCK, _CHANGED_SINCE_READ = 1213, 1020
_UNDECIDED: Final = or_(COLUMNS.state.in_(("sending", "uncertain")), COLUMNS.lane.is_not(None))

_Result = TypeVar("_Result")


class ChangeExists(Exception):
    """A change was not begun, because of another one: ``record``. Nothing is to be sent."""

    def __init__(self, record: ChangeRecord) -> None:
        self.record = record
        super().__init__(f"change {record.id} is {record.state}")


class AlreadySent(ChangeExists):
    """This very form was sent before."""


class SameUnderWay(ChangeExists):
    """An equal change is being sent, or nobody knows yet whether it was done."""


class DoneLately(ChangeExists):
    """An equal change was done a short time ago."""


class Journal:
    """Reads and writes the journal on the host's session.

    Writing ends the transaction of the session: changes of others that wait in it raise ``UncommittedChanges``. What
    happened in a billing is known only here until it is written; so write at once, before anything else can fail.
    """

    def __init__(self, unit_of_work: UnitOfWork, secret_box: SecretBox, clock: Clock) -> None:
        self._unit = unit_of_work
        self._box = secret_box
        self._clock = clock

    def begin(self, entry: NewChange, *, unless_done_since: datetime | None = None) -> ChangeRecord:
        """Writes a change down as ``sending``; only then it may be sent.

        Raises ``AlreadySent`` when its one-time key was used, ``SameUnderWay`` while a change of the same fingerprint
        is open, and ``DoneLately`` when one was done at or after ``unless_done_since``. Each of two that come at the
        same time gets its own answer. After any of them the session is usable.
        """
        values = self._values(entry)
        for _ in range(ATTEMPTS):
            try:
                return _despite_deadlocks(lambda: self._insert(values, unless_done_since))
            except IntegrityError as error:
                violated = error
            if record := self.by_once(entry.once):
                raise AlreadySent(record)
            if entry.fingerprint and (record := self._one(COLUMNS.lane == entry.fingerprint)):
                raise SameUnderWay(record)
            # The other one has ended between our try and our look: the way is free now.
        raise violated

    def finish(
        self,
        change_id: int,
        state: ChangeState,
        *,
        error_code: str | None = None,
        request_ids: Sequence[str] = (),
        details: ChangeDetails | None = None,
        keep_lane: bool = False,
        contract: tuple[int, str] | None = None,
    ) -> bool:
        """Completes an open change; false when somebody else has spoken the last word, which stays then.

        ``uncertain`` keeps the lane, so that nothing equal is sent; ``partial`` keeps it with ``keep_lane``; every
        other state opens it. ``request_ids`` are added to those known, ``details`` take the place of the old ones.
        ``contract`` is id and number of the contract that has come into being by the change.
        """
        if state == "sending":
            raise ValueError("a change is begun once")
        values: dict[str, Any] = {"state": state, "error_code": error_code}
        values["finished_at"] = None if state == "uncertain" else self._clock.now()
        if not (state == "uncertain" or (state == "partial" and keep_lane)):
            values["lane"] = None
        if details is not None:
            values["sealed_details"] = self._box.seal(encode(details))
        if contract is not None:
            values["contract_id"], values["contract_title"] = contract[0], _fitting(contract[1])
        for _ in range(ATTEMPTS):
            self._unit.release()
            seen = self._unit.session.execute(
                select(COLUMNS.state, COLUMNS.request_ids).where(COLUMNS.id == change_id)
            ).one_or_none()
            if seen is None or seen.state not in OPEN_STATES:
                return False
            values["request_ids"] = _joined(seen.request_ids.split(), request_ids)
            condition = and_(
                COLUMNS.id == change_id, COLUMNS.state == seen.state, COLUMNS.request_ids == seen.request_ids
            )
            if _despite_deadlocks(lambda condition=condition: self._update(condition, values)):  # type: ignore[misc]
                return True
        raise RuntimeError(f"change {change_id} was written by others all the time")

    def get(self, change_id: int) -> ChangeRecord | None:
        """One entry by its number."""
        return self._one(COLUMNS.id == change_id)

    def by_once(self, once: str) -> ChangeRecord | None:
        """The entry of a form, by its one-time key."""
        return self._one(COLUMNS.once == once)

    def search(self, query: JournalQuery) -> JournalPage:
        """A page of entries, newest first; it costs the same however far back it is."""
        limit = max(1, min(query.limit, LARGEST_PAGE))
        statement = select(CHANGES).where(*_conditions(query)).order_by(COLUMNS.id.desc()).limit(limit + 1)
        rows = self._unit.session.execute(statement).mappings().all()
        records = tuple(self._record(row) for row in rows[:limit])
        return JournalPage(records, records[-1].id if len(rows) > limit else None)

    def same_lately(self, fingerprint: str, since: datetime) -> ChangeRecord | None:
        """The latest change of this fingerprint that was done at or after ``since``."""
        self._unit.release()  # a transaction that is older than that change would not see it
        return self._one(_done_since(fingerprint, since))

    def name_contract(self, billing_id: str, contract_id: int, title: str) -> None:
        """Gives entries of a contract its number, as far as they were written before anybody had read it."""
        unnamed = and_(
            COLUMNS.billing_id == billing_id, COLUMNS.contract_id == contract_id, COLUMNS.contract_title == ""
        )
        found = self._unit.session.scalar(select(COLUMNS.id).where(unnamed).limit(1))
        self._unit.release()
        if found is not None and title:
            _despite_deadlocks(lambda: self._name(unnamed, _fitting(title)))

    def _name(self, unnamed: ColumnElement[bool], title: str) -> None:
        with self._unit.alone() as session:
            session.execute(update(CHANGES).where(unnamed).values(contract_title=title))

    def open_changes(
        self,
        billing_id: str | None = None,
        contract_id: int | None = None,
        *,
        half_done: bool = False,
        limit: int = LARGEST_PAGE,
    ) -> tuple[ChangeRecord, ...]:
        """Changes that somebody has to look after, oldest first: broken off, uncertain, or half done and in the way.

        With ``half_done`` also those that are half done and in nobody's way. A change that is being sent is not among
        them before its deadline has passed.
        """
        now = self._clock.now()
        broken_off = or_(
            COLUMNS.deadline_at < now,
            and_(COLUMNS.deadline_at.is_(None), COLUMNS.created_at < now - WITHOUT_DEADLINE),
        )
        wanted = or_(_UNDECIDED, COLUMNS.state == "partial") if half_done else _UNDECIDED
        statement = select(CHANGES).where(
            wanted, COLUMNS.state.in_(OPEN_STATES), or_(COLUMNS.state != "sending", broken_off)
        )
        if billing_id is not None:
            statement = statement.where(COLUMNS.billing_id == billing_id)
        if contract_id is not None:
            statement = statement.where(COLUMNS.contract_id == contract_id)
        rows = self._unit.session.execute(statement.order_by(COLUMNS.id).limit(limit)).mappings()
        return tuple(self._record(row) for row in rows)

    def purge(self, before: datetime, *, most: int | None = None) -> int:
        """Deletes entries that were made before this moment, and says how many.

        Undecided ones stay: without them the same thing could be made twice. With ``most`` it stops when at least so
        many are deleted.
        """
        count = 0
        while True:
            chosen = select(COLUMNS.id).where(COLUMNS.created_at < before, ~_UNDECIDED).limit(BATCH)
            ids = self._unit.session.scalars(chosen).all() if most is None or count < most else ()
            if not ids:
                self._unit.release()
                return count
            with self._unit.alone() as session:
                deleted = session.execute(delete(CHANGES).where(COLUMNS.id.in_(ids), ~_UNDECIDED))
                count += _rows_of(deleted)

    def _values(self, entry: NewChange) -> dict[str, Any]:
        return {
            "created_at": self._clock.now(),
            "deadline_at": entry.deadline_at,
            "person_id": _token(entry.person_id, "person_id"),
            "person_name": _fitting(entry.person_name),
            "billing_id": _token(entry.billing_id, "billing_id"),
            "contract_id": entry.contract_id,
            "contract_title": _fitting(entry.contract_title),
            "action": _token(entry.action, "action"),
            "subject": _fitting(entry.subject),
            "state": "sending",
            "request_ids": "",
            "once": _token(entry.once, "once"),
            "fingerprint": entry.fingerprint and _token(entry.fingerprint, "fingerprint"),
            "lane": entry.fingerprint,
            "sealed_details": self._box.seal(encode(entry.details)),
        }

    def _insert(self, values: Mapping[str, Any], unless_done_since: datetime | None) -> ChangeRecord:
        with self._unit.alone() as session:
            inserted = cast("CursorResult[Any]", session.execute(insert(CHANGES).values(**values)))
            (number,) = inserted.inserted_primary_key or (None,)
            if unless_done_since is not None and values["fingerprint"]:
                # Only now, with the lane in our hands, nothing equal can be done between the look and the insert.
                record = self._one(_done_since(values["fingerprint"], unless_done_since))
                if record is not None:
                    raise DoneLately(record)
            written = self._one(COLUMNS.id == number)
            assert written is not None
            return written

    def _update(self, condition: ColumnElement[bool], values: Mapping[str, Any]) -> bool:
        with self._unit.alone() as session:
            return _rows_of(session.execute(update(CHANGES).where(condition).values(**values))) == 1

    def _one(self, condition: ColumnElement[bool]) -> ChangeRecord | None:
        statement = select(CHANGES).where(condition).order_by(COLUMNS.id.desc()).limit(1)
        row = self._unit.session.execute(statement).mappings().one_or_none()
        return None if row is None else self._record(row)

    def _record(self, row: RowMapping) -> ChangeRecord:
        values = dict(row)
        return ChangeRecord(
            details=self._opened(values.pop("sealed_details")),
            in_lane=values.pop("lane") is not None,
            request_ids=tuple(values.pop("request_ids").split()),
            **values,
        )

    def _opened(self, sealed: str | None) -> ChangeDetails | None:
        if sealed is None:
            return None
        try:
            return decode(self._box.open(sealed))
        except (ConfigurationError, ValueError):
            return None


def _conditions(query: JournalQuery) -> list[ColumnElement[bool]]:
    equal = {
        COLUMNS.billing_id: query.billing_id,
        COLUMNS.contract_id: query.contract_id,
        COLUMNS.person_id: query.person_id,
        COLUMNS.state: query.state,
    }
    found = [column == value for column, value in equal.items() if value is not None]
    if query.allowed_billing_ids is not None:
        found.append(COLUMNS.billing_id.in_(sorted(query.allowed_billing_ids)))
    if query.actions:
        found.append(COLUMNS.action.in_(sorted(query.actions)))
    if query.person.strip():
        found.append(_contains((COLUMNS.person_name,), query.person))
    if query.text.strip():
        found.append(_contains((COLUMNS.subject, COLUMNS.contract_title), query.text))
    if query.since is not None:
        found.append(COLUMNS.created_at >= query.since)
    if query.until is not None:
        found.append(COLUMNS.created_at < query.until)
    if query.before_id is not None:
        found.append(COLUMNS.id < query.before_id)
    return found


def _contains(columns: Sequence[ColumnElement[str]], text: str) -> ColumnElement[bool]:
    return or_(*(column.icontains(whole(text).strip(), autoescape=True) for column in columns))


def _done_since(fingerprint: str, since: datetime) -> ColumnElement[bool]:
    return and_(COLUMNS.fingerprint == fingerprint, COLUMNS.state == "done", COLUMNS.finished_at >= since)


def _fitting(text: str) -> str:
    """The text as far as its column holds it."""
    text = whole(text)
    return text if len(text) <= NAME_LENGTH else text[: NAME_LENGTH - 1] + "…"


def _token(text: str, name: str) -> str:
    """The text, which must not be cut: two that differ would become one."""
    length = cast(String, COLUMNS[name].type).length or 0
    if not text or len(text) > length:
        raise ValueError(f"{name} has {len(text)} characters: expected 1 to {length}")
    return text


def _joined(known: Sequence[str], added: Sequence[str]) -> str:
    """Request numbers in one text; the oldest give way when there are too many."""
    numbers = list(dict.fromkeys([*known, *(number for one in added for number in whole(one).split())]))
    while len(joined := " ".join(numbers)) > REQUEST_IDS_LENGTH:
        del numbers[0]
    return joined


def _rows_of(result: object) -> int:
    return cast("CursorResult[Any]", result).rowcount


def _despite_deadlocks(work: Callable[[], _Result]) -> _Result:
    """Runs a transaction; one that MariaDB gave up for the sake of another is run again."""
    for _ in range(ATTEMPTS - 1):
        try:
            return work()
        except DBAPIError as error:
            arguments = getattr(error.orig, "args", ())
            if not arguments or arguments[0] not in (_DEADLOCK, _CHANGED_SINCE_READ):
                raise
    return work()
