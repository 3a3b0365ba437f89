"""Tables of processes."""

from datetime import UTC, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from example_host.models import database

PROCESS = "crm_process.id"


class ProcessRow(database.Model):  # type: ignore[name-defined,misc]
    """A request. Moments are UTC without a zone, as every database keeps them."""

    __tablename__ = "crm_process"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(500))
    type_id: Mapped[int]
    status_id: Mapped[int]
    opened_at: Mapped[datetime] = mapped_column(default=lambda: datetime.now(UTC).replace(tzinfo=None))
    closed_at: Mapped[datetime | None]


class ProcessContractRow(database.Model):  # type: ignore[name-defined,misc]
    """A contract of a process."""

    __tablename__ = "crm_process_contract"
    __table_args__ = (Index("crm_process_contract_once", "billing_id", "cid", "process_id", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    process_id: Mapped[int] = mapped_column(ForeignKey(PROCESS), index=True)
    billing_id: Mapped[str] = mapped_column(String(50))
    cid: Mapped[int]
    title: Mapped[str] = mapped_column(String(100))


class ProcessCustomerRow(database.Model):  # type: ignore[name-defined,misc]
    """A customer of a process."""

    __tablename__ = "crm_process_customer"
    __table_args__ = (Index("crm_process_customer_once", "customer_id", "process_id", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    process_id: Mapped[int] = mapped_column(ForeignKey(PROCESS), index=True)
    customer_id: Mapped[int]
