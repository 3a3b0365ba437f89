"""Queues of processes: which ones, in which columns, narrowed by which filters - all by configuration.

A queue is a block ``queue.<N>``: ``title``, ``columns``, ``filters``, and what it is limited to, ``types`` and
``statuses``. Without any there is one queue with everything.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from example_host.customers.models import CustomerRow
from example_host.customers.titles import variants
from example_host.messages.models import MessageRow
from example_host.models import User, database
from example_host.mounting import bgbilling
from example_host.processes.models import (
    ExecutorRow,
    GroupOfProcessRow,
    ProcessContractRow,
    ProcessCustomerRow,
    ProcessDetailRow,
    ProcessRow,
)
from example_host.processes.port import GROUPS, STATUSES, HostProcesses

PAGE = 50
LONGEST_TEXT = 200
COLUMNS = (
    "id", "title", "type", "status", "priority", "groups", "executors", "contracts", "customers", "messages", "opened",
    "closed",
)  # fmt: skip
FILTERS = ("status", "type", "group", "executor", "text")
USUAL_COLUMNS = ("id", "title", "type", "status", "groups", "executors", "contracts", "messages", "opened")


@dataclass(frozen=True)
class Queue:
    """A queue. No ``type_ids`` or ``status_ids`` means all; unknown names of columns and filters are left out."""

    number: int
    title: str
    columns: tuple[str, ...]
    filters: tuple[str, ...]
    type_ids: tuple[int, ...] = ()
    status_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class Chosen:
    """What a person has chosen in the filters; 0 and empty mean anything."""

    status: int = 0
    type: int = 0
    group: int = 0
    executor: int = 0
    text: str = ""

    @property
    def arguments(self) -> dict[str, Any]:
        """The address of the same list."""
        return {name: getattr(self, name) or None for name in FILTERS}


@dataclass(frozen=True)
class Line:
    """A process of a queue with what its columns show."""

    id: int
    cells: Mapping[str, str]
    closed: bool


@dataclass(frozen=True)
class Page:
    """Some lines; ``older`` is the key of the last one when the list goes on, ``count`` is of all that is found."""

    lines: Sequence[Line]
    count: int
    older: str


def queues() -> Mapping[int, Queue]:
    """The configured queues by their numbers, or the usual one."""
    found = {}
    for number, block in sorted(bgbilling.settings().properties.indexed("queue.").items()):
        title = block.text("title").strip()
        if title:
            columns = tuple(name for name in block.words("columns", USUAL_COLUMNS) if name in COLUMNS)
            filters = tuple(name for name in block.words("filters", FILTERS) if name in FILTERS)
            found[number] = Queue(
                number,
                title,
                columns if "title" in columns else ("title", *columns),
                filters,
                block.integers("types"),
                block.integers("statuses"),
            )
    return found or {0: Queue(0, _("All processes"), USUAL_COLUMNS, FILTERS)}


def chosen_of(arguments: Mapping[str, str], queue: Queue) -> Chosen:
    """The filters of an address, those that the queue has; nonsense counts as not said."""
    numbers = {name: _number(arguments.get(name, "")) for name in queue.filters if name != "text"}
    text = " ".join(arguments.get("text", "").split())[:LONGEST_TEXT] if "text" in queue.filters else ""
    return Chosen(**numbers, text=text)


def page_of(queue: Queue, chosen: Chosen, user: User, before: str = "") -> Page:
    """The latest processes of a queue that a user may see, or those before a key."""
    conditions = _conditions(queue, chosen, user)
    wanted, key = select(ProcessRow).where(conditions), _key_of(before)
    if key is not None:
        moment, number = key
        row = ProcessRow
        wanted = wanted.where(or_(row.opened_at < moment, and_(row.opened_at == moment, row.id < number)))
    latest = wanted.order_by(ProcessRow.opened_at.desc(), ProcessRow.id.desc())
    found = list(database.session.scalars(latest.limit(PAGE + 1)))
    rows = found[:PAGE]
    count = database.session.scalar(select(func.count(ProcessRow.id)).where(conditions)) or 0
    return Page(_lines(rows, queue.columns), count, _key(rows[-1]) if len(found) > PAGE else "")


def column_titles() -> Mapping[str, str]:
    """The heads of columns in the reader's language."""
    return {
        "id": _("Number"),
        "title": _("Process"),
        "type": _("Kind"),
        "status": _("Status"),
        "priority": _("Priority"),
        "groups": _("Groups"),
        "executors": _("Executors"),
        "contracts": _("Contracts"),
        "customers": _("Customers"),
        "messages": _("Messages"),
        "opened": _("Opened"),
        "closed": _("Closed"),
    }


def choices(queue: Queue) -> Mapping[str, Mapping[int, str]]:
    """What each filter of a queue offers, by name; filters of text offer nothing."""
    types = {number: one.title for number, one in HostProcesses().types().items()}
    offered: dict[str, Mapping[int, str]] = {
        "status": _narrowed(STATUSES, queue.status_ids),
        "type": _narrowed(types, queue.type_ids),
        "group": GROUPS,
        "executor": people(),
    }
    return {name: offered[name] for name in queue.filters if name in offered}


def people() -> Mapping[int, str]:
    """Everybody who works here, by id."""
    return dict(_pairs(select(User.id, User.name).order_by(User.name)))


def _narrowed(titles: Mapping[int, str], ids: Sequence[int]) -> Mapping[int, str]:
    return {number: title for number, title in titles.items() if not ids or number in ids}


def _conditions(queue: Queue, chosen: Chosen, user: User) -> ColumnElement[bool]:
    row, executor, group = ProcessRow, ExecutorRow, GroupOfProcessRow
    conditions: list[ColumnElement[bool]] = [_visible(user)] if user.billing_ids else []
    if queue.type_ids:
        conditions.append(row.type_id.in_(queue.type_ids))
    if queue.status_ids:
        conditions.append(row.status_id.in_(queue.status_ids))
    if chosen.status:
        conditions.append(row.status_id == chosen.status)
    if chosen.type:
        conditions.append(row.type_id == chosen.type)
    if chosen.group:
        conditions.append(exists().where(group.process_id == row.id, group.group_id == chosen.group))
    if chosen.executor:
        conditions.append(exists().where(executor.process_id == row.id, executor.user_id == chosen.executor))
    if chosen.text:
        conditions.append(_with_text(chosen.text))
    return and_(True, *conditions)


def _visible(user: User) -> ColumnElement[bool]:
    """``HostProcesses.visible`` for a list: processes of the user's billings, and those without contracts."""
    link, own = ProcessContractRow, user.billing_ids.split(",")
    return or_(
        ~exists().where(link.process_id == ProcessRow.id),
        exists().where(link.process_id == ProcessRow.id, link.billing_id.in_(own)),
    )


def _with_text(text: str) -> ColumnElement[bool]:
    """Title, description or the number of a contract; the number of the process when it is one."""
    row, detail, link = ProcessRow, ProcessDetailRow, ProcessContractRow
    # Small letters of Cyrillic are nothing that SQLite knows: both spellings are asked for.
    spellings = {text, text.lower(), text.capitalize(), text.upper()}
    found = [
        condition
        for spelling in sorted(spellings)
        for condition in (
            row.title.contains(spelling, autoescape=True),
            exists().where(detail.process_id == row.id, detail.description.contains(spelling, autoescape=True)),
            exists().where(link.process_id == row.id, link.title.contains(spelling, autoescape=True)),
        )
    ]
    if number := _number(text):
        found.append(row.id == number)
    return or_(*found)


def _lines(rows: Sequence[ProcessRow], columns: Sequence[str]) -> Sequence[Line]:
    """Rows with their columns, each column read at once for all rows."""
    ids = [row.id for row in rows]
    types = HostProcesses().types()
    several = {
        name: _several(name, ids) for name in columns if name in ("groups", "executors", "contracts", "customers")
    }
    counts = _counts(ids) if "messages" in columns else {}
    priorities = _priorities(ids) if "priority" in columns else {}
    lines = []
    for row in rows:
        known = types.get(row.type_id)
        cells = {
            "id": str(row.id),
            "title": row.title,
            "type": known.title if known else str(row.type_id),
            "status": STATUSES.get(row.status_id, str(row.status_id)),
            "priority": str(priorities.get(row.id, 0) or ""),
            "messages": str(counts.get(row.id, "")),
            "opened": f"{row.opened_at:%d.%m.%Y}",
            "closed": f"{row.closed_at:%d.%m.%Y}" if row.closed_at else "",
            **{name: ", ".join(found.get(row.id, ())) for name, found in several.items()},
        }
        lines.append(Line(row.id, {name: cells[name] for name in columns}, row.closed_at is not None))
    return lines


def _several(name: str, ids: Sequence[int]) -> Mapping[int, list[str]]:
    """Titles of what is linked to processes, by process."""
    group, executor, link, customer = GroupOfProcessRow, ExecutorRow, ProcessContractRow, ProcessCustomerRow
    wanted: dict[str, Select[Any]] = {
        "groups": select(group.process_id, group.group_id).order_by(group.group_id),
        "executors": select(executor.process_id, User.name).join(User, User.id == executor.user_id).order_by(User.name),
        "contracts": select(link.process_id, link.title).order_by(link.id),
        "customers": select(customer.process_id, CustomerRow.title)
        .join(CustomerRow, CustomerRow.id == customer.customer_id)
        .order_by(customer.id),
    }
    owners: dict[str, Any] = {"groups": group, "executors": executor, "contracts": link, "customers": customer}
    found: dict[int, list[str]] = {}
    for number, title in database.session.execute(wanted[name].where(owners[name].process_id.in_(ids))):
        found.setdefault(number, []).append(_shown(name, title))
    return found


def _shown(name: str, title: Any) -> str:
    if name == "groups":
        return GROUPS.get(title, str(title))
    return variants(title)[0] if name == "customers" else str(title)


def _counts(ids: Iterable[int]) -> Mapping[int, int]:
    row = MessageRow
    wanted = select(row.process_id, func.count()).where(row.process_id.in_(ids)).group_by(row.process_id)
    return dict(_pairs(wanted))


def _priorities(ids: Iterable[int]) -> Mapping[int, int]:
    row = ProcessDetailRow
    return dict(_pairs(select(row.process_id, row.priority).where(row.process_id.in_(ids))))


def _pairs(wanted: Select[Any]) -> list[tuple[Any, Any]]:
    return [(one[0], one[1]) for one in database.session.execute(wanted)]


def _key(row: ProcessRow) -> str:
    return f"{round(row.opened_at.replace(tzinfo=UTC).timestamp() * 1_000_000)}-{row.id}"


def _key_of(text: str) -> tuple[datetime, int] | None:
    moment, _dash, number = text.partition("-")
    if not all(part.isascii() and part.isdigit() and len(part) < 18 for part in (moment, number)):
        return None
    seconds, rest = divmod(int(moment), 1_000_000)
    if seconds > 253_000_000_000:
        return None
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None, microsecond=rest), int(number)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
