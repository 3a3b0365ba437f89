"""What the inbox shows: filters, pages that go on after a message, counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from example_host.messages.models import AttachmentRow, MessageRow
from example_host.models import User, database
from example_host.ports import signed_in
from example_host.processes.models import ProcessRow
from example_host.processes.port import HostProcesses

PAGE = 50
WAITING, DONE, ALL = "waiting", "done", "all"
STATES = (WAITING, DONE, ALL)


@dataclass(frozen=True)
class Filter:
    """Which messages: of a type (0 is any), and those that wait, are done, or all."""

    type_id: int = 0
    state: str = WAITING

    @property
    def arguments(self) -> dict[str, Any]:
        """The address of the same list; what is usual stays out of it."""
        return {"type": self.type_id or None, "state": self.state if self.state != WAITING else None}


@dataclass(frozen=True)
class Key:
    """The place of a message in the list: its moment in milliseconds since 1970, and its id."""

    moment: int
    id: int

    def __str__(self) -> str:
        """As it stands in an address."""
        return f"{self.moment}-{self.id}"


@dataclass(frozen=True)
class Row:
    """A line of the inbox: the message, its process's title where it may be seen, who has dealt with it, its files."""

    message: MessageRow
    process: str
    person: str
    files: int


@dataclass(frozen=True)
class Page:
    """Some lines; ``older`` and ``newer`` are where the list goes on, ``count`` is of all that the filter finds."""

    rows: Sequence[Row]
    count: int
    older: Key | None
    newer: Key | None


def filter_of(arguments: Mapping[str, str]) -> Filter:
    """The filter of an address; nonsense counts as not said."""
    type_id, state = arguments.get("type", ""), arguments.get("state", "")
    known = type_id.isascii() and type_id.isdigit() and len(type_id) < 10
    return Filter(int(type_id) if known else 0, state if state in STATES else WAITING)


def key_of(text: str) -> Key | None:
    """The key of an address; ``None`` for nonsense."""
    moment, _, number = text.partition("-")
    fits = all(part.isascii() and part.isdigit() and len(part) < 16 for part in (moment, number))
    return Key(int(moment), int(number)) if fits and int(moment) < 253_000_000_000_000 else None


def page_of(chosen: Filter, before: Key | None = None, after: Key | None = None) -> Page:
    """The newest messages of a filter, or those older than ``before``, or those just newer than ``after``."""
    row = MessageRow
    wanted = _filtered(select(row), chosen)
    if after is not None:
        newer = select(row).where(_conditions(chosen), _beyond(after, newer=True))
        found = list(database.session.scalars(newer.order_by(row.received_at, row.id).limit(PAGE + 1)))
        more, rows = len(found) > PAGE, found[:PAGE][::-1]
        back = _key(rows[-1]) if rows else None
        return Page(_lines(rows), _count(chosen), back, _key(rows[0]) if more else None)
    if before is not None:
        wanted = wanted.where(_beyond(before, newer=False))
    found = list(database.session.scalars(wanted.order_by(row.received_at.desc(), row.id.desc()).limit(PAGE + 1)))
    rows = found[:PAGE]
    older = _key(rows[-1]) if len(found) > PAGE else None
    return Page(_lines(rows), _count(chosen), older, _key(rows[0]) if before is not None and rows else None)


def waiting() -> int:
    """How many messages nobody has dealt with."""
    return _count(Filter())


def of_process(process_id: int, limit: int) -> Sequence[Row]:
    """The messages of a process, the newest first."""
    row = MessageRow
    wanted = select(row).where(row.process_id == process_id).order_by(row.received_at.desc(), row.id.desc())
    return _lines(list(database.session.scalars(wanted.limit(limit))))


def _conditions(chosen: Filter) -> ColumnElement[bool]:
    row, conditions = MessageRow, []
    if chosen.type_id:
        conditions.append(row.type_id == chosen.type_id)
    if chosen.state != ALL:
        conditions.append(row.processed_at.is_(None) if chosen.state == WAITING else row.processed_at.is_not(None))
    return and_(True, *conditions)


def _filtered(wanted: Select[Any], chosen: Filter) -> Select[Any]:
    return wanted.where(_conditions(chosen))


def _beyond(key: Key, *, newer: bool) -> ColumnElement[bool]:
    row, moment = MessageRow, datetime.fromtimestamp(key.moment / 1000, UTC).replace(tzinfo=None)
    if newer:
        return or_(row.received_at > moment, and_(row.received_at == moment, row.id > key.id))
    return or_(row.received_at < moment, and_(row.received_at == moment, row.id < key.id))


def _key(row: MessageRow) -> Key:
    return Key(round(row.received_at.replace(tzinfo=UTC).timestamp() * 1000), row.id)


def _count(chosen: Filter) -> int:
    return database.session.scalar(_filtered(select(func.count(MessageRow.id)), chosen)) or 0


def _lines(rows: Sequence[MessageRow]) -> Sequence[Row]:
    """Rows with what stands beside them, read at once for all."""
    files, ids = AttachmentRow, [row.id for row in rows]
    processes = _seen({row.process_id for row in rows if row.process_id is not None})
    persons = {row.person_id for row in rows if row.person_id is not None}
    titles = (
        dict(_pairs(select(ProcessRow.id, ProcessRow.title).where(ProcessRow.id.in_(processes)))) if processes else {}
    )
    names = dict(_pairs(select(User.id, User.name).where(User.id.in_(persons)))) if persons else {}
    counted = select(files.message_id, func.count()).where(files.message_id.in_(ids)).group_by(files.message_id)
    counts = dict(_pairs(counted)) if ids else {}
    return [
        Row(row, titles.get(row.process_id, ""), names.get(row.person_id, ""), counts.get(row.id, 0)) for row in rows
    ]


def _seen(process_ids: set[int]) -> set[int]:
    """The processes that the person of this request may see: only who is limited to billings has to be asked for."""
    user, port = signed_in(), HostProcesses()
    if user is None or not user.billing_ids:
        return process_ids
    return {number for number in process_ids if port.visible(str(user.id), number)}


def _pairs(wanted: Select[Any]) -> list[tuple[Any, Any]]:
    return [(one[0], one[1]) for one in database.session.execute(wanted)]
