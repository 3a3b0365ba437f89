"""The processes as flask-bgbilling asks for them."""

from collections.abc import Sequence
from datetime import UTC, datetime

from flask import has_request_context, request
from sqlalchemy import Select, select

from example_host.models import database
from example_host.processes.models import ProcessContractRow, ProcessCustomerRow, ProcessRow
from flask_bgbilling.ports import Process, ProcessContract

TITLE_LENGTH = 100

TYPES = {1: "Подключение", 2: "Ремонт", 3: "Обращение"}
STATUSES = {1: "Открыт", 2: "В работе", 3: "Закрыт"}


class HostProcesses:
    """Processes from the CRM's own tables."""

    def get(self, process_id: int) -> Process | None:
        """One process."""
        row = database.session.get(ProcessRow, process_id)
        return _process(row) if row else None

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
        row = _contract_link(process_id, billing_id, cid)
        if row is None:
            return False
        database.session.delete(row)
        database.session.flush()
        return True

    def link_customer(self, process_id: int, customer_id: int) -> bool:
        """Links a customer, if it is not linked yet."""
        _existing(process_id)
        if customer_id in self.customers(process_id):
            return False
        database.session.add(ProcessCustomerRow(process_id=process_id, customer_id=customer_id))
        database.session.flush()
        return True

    def address(self, process_id: int) -> str:
        """The path of the process's card; workers know no prefix."""
        prefix = request.script_root if has_request_context() else ""
        return f"{prefix}/processes/{process_id}"


def _latest(wanted: Select[tuple[ProcessRow]], limit: int) -> list[Process]:
    rows = database.session.scalars(wanted.order_by(ProcessRow.opened_at.desc(), ProcessRow.id.desc()).limit(limit))
    return [_process(row) for row in rows]


def _existing(process_id: int) -> None:
    if database.session.get(ProcessRow, process_id) is None:
        raise LookupError(f"there is no process {process_id}")


def _contract_link(process_id: int, billing_id: str, cid: int) -> ProcessContractRow | None:
    link = ProcessContractRow
    wanted = select(link).where(link.process_id == process_id, link.billing_id == billing_id, link.cid == cid)
    found: ProcessContractRow | None = database.session.scalar(wanted)
    return found


def _process(row: ProcessRow) -> Process:
    return Process(
        row.id,
        row.title,
        row.type_id,
        TYPES.get(row.type_id, str(row.type_id)),
        row.status_id,
        STATUSES.get(row.status_id, str(row.status_id)),
        _aware(row.opened_at),
        _aware(row.closed_at) if row.closed_at else None,
    )


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)
