"""The processes as flask-bgbilling asks for them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, cast

from flask import g, has_request_context, request
from sqlalchemy import CursorResult, Select, delete, select

from example_host.models import User, database
from example_host.processes.models import (
    ExecutorRow,
    GroupOfProcessRow,
    ProcessContractRow,
    ProcessCustomerRow,
    ProcessDetailRow,
    ProcessRow,
    ProcessTypeRow,
    ProcessValueRow,
)
from example_host.processes.values import parameters, read_value, write_value
from flask_bgbilling.ports import Process, ProcessContract, ProcessParameter, ProcessType, ProcessValue

TITLE_LENGTH = 100
PROCESS_TITLE_LENGTH = 200

OPEN, IN_WORK, CLOSED = 1, 2, 3
STATUSES = MappingProxyType({OPEN: "Открыт", IN_WORK: "В работе", CLOSED: "Закрыт"})
GROUPS = MappingProxyType({1: "Монтажники", 2: "Поддержка", 3: "Абонентский отдел"})


class HostProcesses:
    """Processes from the CRM's own tables."""

    def get(self, process_id: int) -> Process | None:
        """One process."""
        row = database.session.get(ProcessRow, process_id)
        return _process(row) if row else None

    def visible(self, person_id: str, process_id: int) -> bool:
        """Who is limited to billings sees processes of their contracts, and those without contracts."""
        process = database.session.get(ProcessRow, process_id)
        user = database.session.get(User, int(person_id)) if person_id.isdecimal() else None
        if process is None or user is None:
            return False
        own = set(user.billing_ids.split(",")) if user.billing_ids else None
        contracts = self.contracts(process_id) if own is not None else ()
        return own is None or not contracts or any(contract.billing_id in own for contract in contracts)

    def create(self, type_id: int, description: str, person_id: str) -> Process:
        """A new process, titled by the first line of its description."""
        if type_id not in self.types():
            raise LookupError(f"there is no process type {type_id}")
        text = description.strip()
        title = (text.splitlines() or [""])[0].strip()[:PROCESS_TITLE_LENGTH] or self.types()[type_id].title
        row = ProcessRow(title=title, type_id=type_id, status_id=OPEN)
        database.session.add(row)
        database.session.flush()
        created_by = int(person_id) if person_id.isdecimal() else None
        database.session.add(ProcessDetailRow(process_id=row.id, description=text, priority=0, created_by=created_by))
        database.session.flush()
        return _process(row)

    def of_contract(self, billing_id: str, cid: int, limit: int) -> Sequence[Process]:
        """The processes of a contract."""
        link = ProcessContractRow
        wanted = select(ProcessRow).join(link, link.process_id == ProcessRow.id)
        return _latest(wanted.where(link.billing_id == billing_id, link.cid == cid), limit)

    def of_customer(self, customer_id: int, limit: int) -> Sequence[Process]:
        """The processes of a customer."""
        link = ProcessCustomerRow
        wanted = select(ProcessRow).join(link, link.process_id == ProcessRow.id)
        return _latest(wanted.where(link.customer_id == customer_id), limit)

    def with_list_value(self, parameter_id: int, item_ids: Sequence[int], limit: int) -> Sequence[int]:
        """The processes whose list parameter holds any of the items."""
        value = ProcessValueRow
        holders = select(value.process_id).where(value.parameter_id == parameter_id, value.item_id.in_(item_ids))
        wanted = select(ProcessRow.id).where(ProcessRow.id.in_(holders))
        latest = wanted.order_by(ProcessRow.opened_at.desc(), ProcessRow.id.desc()).limit(limit)
        return list(database.session.scalars(latest))

    def contracts(self, process_id: int) -> Sequence[ProcessContract]:
        """The contracts of a process."""
        link = ProcessContractRow
        rows = database.session.scalars(select(link).where(link.process_id == process_id).order_by(link.id))
        return [ProcessContract(row.billing_id, row.cid, row.title) for row in rows]

    def customers(self, process_id: int) -> Sequence[int]:
        """The customers of a process."""
        link = ProcessCustomerRow
        wanted = select(link.customer_id).where(link.process_id == process_id).order_by(link.id)
        return list(database.session.scalars(wanted))

    def link_contract(self, process_id: int, contract: ProcessContract) -> bool:
        """Links a contract, if it is not linked yet."""
        _existing(process_id)
        if _contract_link(process_id, contract.billing_id, contract.cid) is not None:
            return False
        title = contract.title[:TITLE_LENGTH]
        row = ProcessContractRow(process_id=process_id, billing_id=contract.billing_id, cid=contract.cid, title=title)
        database.session.add(row)
        database.session.flush()
        return True

    def unlink_contract(self, process_id: int, billing_id: str, cid: int) -> bool:
        """Takes the link away, if there is one."""
        link = ProcessContractRow
        own = (link.process_id == process_id, link.billing_id == billing_id, link.cid == cid)
        # One statement: of several at the same moment one has taken it away, the others wait and find nothing.
        gone = cast(CursorResult[Any], database.session.execute(delete(link).where(*own)))
        return gone.rowcount == 1

    def link_customer(self, process_id: int, customer_id: int) -> bool:
        """Links a customer, if it is not linked yet."""
        _existing(process_id)
        if customer_id in self.customers(process_id):
            return False
        database.session.add(ProcessCustomerRow(process_id=process_id, customer_id=customer_id))
        database.session.flush()
        return True

    def unlink_customer(self, process_id: int, customer_id: int) -> bool:
        """Takes the link away, if there is one."""
        link = ProcessCustomerRow
        own = (link.process_id == process_id, link.customer_id == customer_id)
        gone = cast(CursorResult[Any], database.session.execute(delete(link).where(*own)))
        return gone.rowcount == 1

    def rename_contract(self, billing_id: str, cid: int, title: str) -> int:
        """Gives the links of a contract its new number; nothing is written where it is the old one."""
        row, kept = ProcessContractRow, title[:TITLE_LENGTH]
        wanted = select(row).where(row.billing_id == billing_id, row.cid == cid)
        other = [link for link in database.session.scalars(wanted) if link.title != kept]
        for link in other:
            link.title = kept
        database.session.flush()
        return len(other)

    def types(self) -> Mapping[int, ProcessType]:
        """The types of processes; read once for a request."""
        known: dict[int, ProcessType] = g.setdefault("crm_process_types", {})
        if not known:
            for row in database.session.scalars(select(ProcessTypeRow).order_by(ProcessTypeRow.id)):
                known[row.id] = ProcessType(row.id, row.title, row.configuration)
        return known

    def statuses(self) -> Mapping[int, str]:
        """The titles of statuses."""
        return STATUSES

    def all_groups(self) -> Mapping[int, str]:
        """The titles of groups."""
        return GROUPS

    def groups(self, process_id: int) -> Sequence[int]:
        """The groups of a process."""
        row = GroupOfProcessRow
        return list(database.session.scalars(select(row.group_id).where(row.process_id == process_id)))

    def add_groups(self, process_id: int, group_ids: Sequence[int]) -> None:
        """Gives a process to further groups."""
        _existing(process_id)
        if unknown := sorted(set(group_ids) - GROUPS.keys()):
            raise LookupError(f"there are no groups {unknown}")
        had = self.groups(process_id)
        for group_id in dict.fromkeys(group_ids):
            if group_id not in had:
                database.session.add(GroupOfProcessRow(process_id=process_id, group_id=group_id))
        database.session.flush()

    def executors(self, process_id: int) -> Sequence[str]:
        """Who works at a process."""
        row = ExecutorRow
        return [
            str(number) for number in database.session.scalars(select(row.user_id).where(row.process_id == process_id))
        ]

    def add_executors(self, process_id: int, person_ids: Sequence[str]) -> None:
        """Has further persons work at a process."""
        _existing(process_id)
        had = self.executors(process_id)
        for person_id in dict.fromkeys(person_ids):
            if not person_id.isdecimal() or database.session.get(User, int(person_id)) is None:
                raise LookupError(f"there is no person {person_id}")
            if person_id not in had:
                database.session.add(ExecutorRow(process_id=process_id, user_id=int(person_id)))
        database.session.flush()

    def set_status(self, process_id: int, status_id: int) -> None:
        """Gives another status; the last one closes the process, any other opens it."""
        row = _existing(process_id)
        if status_id not in STATUSES:
            raise LookupError(f"there is no status {status_id}")
        row.status_id = status_id
        if status_id != CLOSED:
            row.closed_at = None
        elif row.closed_at is None:
            row.closed_at = datetime.now(UTC).replace(tzinfo=None)
        database.session.flush()

    def priority(self, process_id: int) -> int:
        """The priority of a process."""
        row = database.session.get(ProcessDetailRow, process_id)
        return row.priority if row else 0

    def set_priority(self, process_id: int, priority: int) -> None:
        """Gives another priority."""
        _detail(process_id).priority = max(priority, 0)
        database.session.flush()

    def description(self, process_id: int) -> str:
        """The description of a process."""
        row = database.session.get(ProcessDetailRow, process_id)
        return row.description if row else ""

    def set_description(self, process_id: int, description: str) -> None:
        """Gives another description; the title stays."""
        _detail(process_id).description = description.strip()
        database.session.flush()

    def parameters(self) -> Mapping[int, ProcessParameter]:
        """Every parameter that processes can have."""
        return parameters()

    def value(self, process_id: int, parameter_id: int) -> ProcessValue | None:
        """The value of a parameter."""
        parameter = parameters().get(parameter_id)
        return read_value(process_id, parameter) if parameter is not None else None

    def set_value(self, process_id: int, parameter_id: int, value: ProcessValue | None) -> None:
        """Replaces the value of a parameter."""
        _existing(process_id)
        parameter = parameters().get(parameter_id)
        if parameter is None:
            raise LookupError(f"there is no parameter {parameter_id}")
        write_value(process_id, parameter, value)

    def address(self, process_id: int) -> str:
        """The path of the process's card; workers know no prefix."""
        prefix = request.script_root if has_request_context() else ""
        return f"{prefix}/processes/{process_id}"


def _latest(wanted: Select[tuple[ProcessRow]], limit: int) -> list[Process]:
    rows = database.session.scalars(wanted.order_by(ProcessRow.opened_at.desc(), ProcessRow.id.desc()).limit(limit))
    return [_process(row) for row in rows]


def _existing(process_id: int) -> ProcessRow:
    row = database.session.get(ProcessRow, process_id)
    if row is None:
        raise LookupError(f"there is no process {process_id}")
    return row


def _detail(process_id: int) -> ProcessDetailRow:
    _existing(process_id)
    row = database.session.get(ProcessDetailRow, process_id)
    if row is None:
        row = ProcessDetailRow(process_id=process_id, description="", priority=0)
        database.session.add(row)
    return row


def _contract_link(process_id: int, billing_id: str, cid: int) -> ProcessContractRow | None:
    link = ProcessContractRow
    wanted = select(link).where(link.process_id == process_id, link.billing_id == billing_id, link.cid == cid)
    found: ProcessContractRow | None = database.session.scalar(wanted)
    return found


def _process(row: ProcessRow) -> Process:
    kind = HostProcesses().types().get(row.type_id)
    return Process(
        row.id,
        row.title,
        row.type_id,
        kind.title if kind else str(row.type_id),
        row.status_id,
        STATUSES.get(row.status_id, str(row.status_id)),
        _aware(row.opened_at),
        _aware(row.closed_at) if row.closed_at else None,
    )


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)
