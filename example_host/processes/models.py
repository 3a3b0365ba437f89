"""Tables of processes."""

from datetime import UTC, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.dialects.mysql import MEDIUMTEXT
from sqlalchemy.orm import Mapped, mapped_column

from example_host.models import database

PROCESS = "crm_process.id"
LongText = Text().with_variant(MEDIUMTEXT(), "mysql", "mariadb")


class ProcessRow(database.Model):  # type: ignore[name-defined,misc]
    """A request. Moments are UTC without a zone, as every database keeps them."""

    __tablename__ = "crm_process"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(500))
    type_id: Mapped[int]
    status_id: Mapped[int]
    opened_at: Mapped[datetime] = mapped_column(default=lambda: datetime.now(UTC).replace(tzinfo=None, microsecond=0))
    closed_at: Mapped[datetime | None]


class ProcessDetailRow(database.Model):  # type: ignore[name-defined,misc]
    """What only the card of a process reads; a process has one as soon as there is something to keep."""

    __tablename__ = "crm_process_detail"

    process_id: Mapped[int] = mapped_column(ForeignKey(PROCESS), primary_key=True)
    description: Mapped[str] = mapped_column(LongText, default="")
    priority: Mapped[int] = mapped_column(default=0)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("crm_user.id"))


class ProcessTypeRow(database.Model):  # type: ignore[name-defined,misc]
    """A type of processes with its configuration."""

    __tablename__ = "crm_process_type"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    title: Mapped[str] = mapped_column(String(200))
    configuration: Mapped[str] = mapped_column(LongText, default="")


class GroupOfProcessRow(database.Model):  # type: ignore[name-defined,misc]
    """A group of people that a process is given to."""

    __tablename__ = "crm_process_group"

    process_id: Mapped[int] = mapped_column(ForeignKey(PROCESS), primary_key=True)
    group_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class ExecutorRow(database.Model):  # type: ignore[name-defined,misc]
    """Somebody who works at a process."""

    __tablename__ = "crm_process_executor"

    process_id: Mapped[int] = mapped_column(ForeignKey(PROCESS), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("crm_user.id"), primary_key=True)


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


class ProcessValueRow(database.Model):  # type: ignore[name-defined,misc]
    """A value of a parameter, or one of several in their order: ``item_id`` of lists, ``data`` as JSON of others."""

    __tablename__ = "crm_process_value"
    __table_args__ = (Index("crm_process_value_item", "parameter_id", "item_id"),)

    process_id: Mapped[int] = mapped_column(ForeignKey(PROCESS), primary_key=True)
    parameter_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=0)
    item_id: Mapped[int | None]
    data: Mapped[str] = mapped_column(LongText, default="")


class ProcessHouseRow(database.Model):  # type: ignore[name-defined,misc]
    """A house that an address of a process names: by it the directory knows what is in use.

    It follows ``data`` of the address's values; two flats of one house are one row.
    """

    __tablename__ = "crm_process_house"

    process_id: Mapped[int] = mapped_column(ForeignKey(PROCESS), primary_key=True)
    parameter_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    house_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, index=True)
