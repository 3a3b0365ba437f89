"""Our tables. A change here needs a migration in ``store/migrations/versions``; a test compares both."""

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from flask_bgbilling.store.base import TABLE_OPTIONS, Base, BigId, LongText, Moment, exact

NAME_LENGTH = 200
TOKEN_LENGTH = 64
REQUEST_IDS_LENGTH = 400


class ChangeRow(Base):
    """A change of a billing, written down before it is sent and completed when its answer is known.

    It is the journal of what people did, and the memory that keeps a thing from being made twice. ``once`` is the
    one-time key of the form that was sent. ``lane`` is the ``fingerprint`` while the change may still be under way and
    empty afterwards: unique, so equal changes go one at a time. ``deadline_at`` is until when the billing may still
    carry it out. ``sealed_details`` is ``ChangeDetails`` as encrypted JSON.
    """

    __tablename__ = "bgb_change"
    __table_args__ = (
        UniqueConstraint("once"),
        UniqueConstraint("lane"),
        Index(None, "billing_id", "contract_id", "id"),
        Index(None, "person_id", "id"),
        Index(None, "created_at"),
        Index(None, "state", "id"),
        Index(None, "fingerprint", "id"),
        TABLE_OPTIONS,
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    deadline_at: Mapped[datetime | None] = mapped_column(Moment)
    person_id: Mapped[str] = mapped_column(exact(TOKEN_LENGTH))
    person_name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    billing_id: Mapped[str] = mapped_column(exact(TOKEN_LENGTH))
    contract_id: Mapped[int] = mapped_column(Integer)
    contract_title: Mapped[str] = mapped_column(String(NAME_LENGTH))
    action: Mapped[str] = mapped_column(exact(80))
    subject: Mapped[str] = mapped_column(String(NAME_LENGTH))
    state: Mapped[str] = mapped_column(exact(16))
    error_code: Mapped[str | None] = mapped_column(exact(40))
    request_ids: Mapped[str] = mapped_column(String(REQUEST_IDS_LENGTH))
    once: Mapped[str] = mapped_column(exact(TOKEN_LENGTH))
    fingerprint: Mapped[str | None] = mapped_column(exact(TOKEN_LENGTH))
    lane: Mapped[str | None] = mapped_column(exact(TOKEN_LENGTH))
    sealed_details: Mapped[str | None] = mapped_column(LongText)


class JobRow(Base):
    """Long work: what is to be done, how far it is, and who is at it.

    ``params``, ``cursor`` and ``result`` are JSON. ``owner`` holds the job until ``lease_until`` of the database's
    clock; ``attempt`` counts the owners, so that one who was thought dead cannot write any more. A job of a schedule
    has ``schedule`` and ``due_at``, which are unique together. ``parent_id`` is the job that waits for this one.
    ``not_before`` holds back a job that failed. ``changed_at`` is the last time that anything was written here.
    """

    __tablename__ = "bgb_job"
    __table_args__ = (
        UniqueConstraint("schedule", "due_at"),
        Index(None, "state", "not_before"),
        Index(None, "parent_id", "state"),
        Index(None, "kind", "id"),
        Index(None, "changed_at"),
        TABLE_OPTIONS,
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(exact(80))
    subject: Mapped[str] = mapped_column(String(NAME_LENGTH))
    params: Mapped[str] = mapped_column(LongText)
    state: Mapped[str] = mapped_column(exact(16))
    cursor: Mapped[str | None] = mapped_column(LongText)
    result: Mapped[str | None] = mapped_column(LongText)
    done: Mapped[int] = mapped_column(Integer)
    total: Mapped[int | None] = mapped_column(Integer)
    person_id: Mapped[str] = mapped_column(exact(TOKEN_LENGTH))
    person_name: Mapped[str | None] = mapped_column(String(NAME_LENGTH))
    owner: Mapped[str | None] = mapped_column(exact(TOKEN_LENGTH))
    attempt: Mapped[int] = mapped_column(Integer)
    failures: Mapped[int] = mapped_column(Integer)
    cancel: Mapped[bool] = mapped_column(Boolean)
    created_at: Mapped[datetime] = mapped_column(Moment)
    started_at: Mapped[datetime | None] = mapped_column(Moment)
    heartbeat_at: Mapped[datetime | None] = mapped_column(Moment)
    lease_until: Mapped[datetime | None] = mapped_column(Moment)
    not_before: Mapped[datetime | None] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    parent_id: Mapped[int | None] = mapped_column(BigInteger)
    schedule: Mapped[str | None] = mapped_column(exact(80))
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    changed_at: Mapped[datetime | None] = mapped_column(Moment)


class JobLogRow(Base):
    """A line of a job's log: a message id and its values as JSON, told when it is read."""

    __tablename__ = "bgb_job_log"
    __table_args__ = (Index(None, "job_id", "id"), TABLE_OPTIONS)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    job_id: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(Moment)
    level: Mapped[str] = mapped_column(exact(8))
    message: Mapped[str] = mapped_column(String(400))
    values: Mapped[str] = mapped_column("message_values", LongText)


class LeaseRow(Base):
    """Something that one process at a time may do: ``name`` belongs to ``owner`` until ``until``.

    Turns that are taken by transactions (``Jobs.turn``) have a row, too, which nobody owns.
    """

    __tablename__ = "bgb_lease"
    __table_args__ = (TABLE_OPTIONS,)

    name: Mapped[str] = mapped_column(exact(120), primary_key=True)
    owner: Mapped[str] = mapped_column(exact(TOKEN_LENGTH))
    until: Mapped[datetime] = mapped_column("until_at", Moment)


class ContractLinkRow(Base):
    """A contract's customer: one, whatever happens. ``customer_id`` is ``None`` while the link is being taken away.

    ``written`` is what the billing's parameter is known to hold; where it differs from the link, somebody still has
    to write it: next at ``write_at``, after ``failures`` attempts, the last of which ended with ``error_code``.
    """

    __tablename__ = "bgb_contract_link"
    __table_args__ = (
        UniqueConstraint("billing_id", "contract_id"),
        Index(None, "customer_id", "billing_id"),
        Index(None, "write_at"),
        TABLE_OPTIONS,
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    billing_id: Mapped[str] = mapped_column(exact(TOKEN_LENGTH))
    contract_id: Mapped[int] = mapped_column(Integer)
    contract_title: Mapped[str] = mapped_column(String(NAME_LENGTH))
    customer_id: Mapped[int | None] = mapped_column(BigInteger)
    person_id: Mapped[str] = mapped_column(exact(TOKEN_LENGTH))
    linked_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(Integer)
    written: Mapped[str | None] = mapped_column(String(TOKEN_LENGTH))
    write_at: Mapped[datetime | None] = mapped_column(Moment)
    failures: Mapped[int] = mapped_column(Integer)
    error_code: Mapped[str | None] = mapped_column(exact(40))


class ContractCreationRow(Base):
    """A contract on its way into being: the steps that are done, the one that failed, and what is still to do.

    ``sealed_plan`` is the encrypted JSON of what was wanted, ``step`` the name of the next step. When the creation was
    finished longer ago than the journal is kept, the plan is bare JSON with nothing about people.
    """

    __tablename__ = "bgb_contract_creation"
    __table_args__ = (
        UniqueConstraint("once"),
        Index(None, "customer_id", "id"),
        Index(None, "state", "id"),
        TABLE_OPTIONS,
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    once: Mapped[str] = mapped_column(exact(TOKEN_LENGTH))
    billing_id: Mapped[str] = mapped_column(exact(TOKEN_LENGTH))
    customer_id: Mapped[int | None] = mapped_column(BigInteger)
    contract_id: Mapped[int | None] = mapped_column(Integer)
    contract_title: Mapped[str] = mapped_column(String(NAME_LENGTH))
    person_id: Mapped[str] = mapped_column(exact(TOKEN_LENGTH))
    person_name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    state: Mapped[str] = mapped_column(exact(16))
    step: Mapped[str] = mapped_column(exact(32))
    error_code: Mapped[str | None] = mapped_column(exact(40))
    sealed_plan: Mapped[str] = mapped_column(LongText)
    created_at: Mapped[datetime] = mapped_column(Moment)
    changed_at: Mapped[datetime] = mapped_column(Moment)


class ImportCaseRow(Base):
    """What the import of customers decided about one contract, why, and what it wrote.

    ``sealed_details`` is encrypted JSON: the evidence, the candidates of a case for review, and what undoing needs.
    It is emptied when the case was decided longer ago than the journal is kept. A contract that failed waits until
    ``not_before``, longer each time.
    """

    __tablename__ = "bgb_import_case"
    __table_args__ = (
        UniqueConstraint("billing_id", "contract_id"),
        Index(None, "state", "id"),
        Index(None, "customer_id"),
        TABLE_OPTIONS,
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    billing_id: Mapped[str] = mapped_column(exact(TOKEN_LENGTH))
    contract_id: Mapped[int] = mapped_column(Integer)
    contract_title: Mapped[str] = mapped_column(String(NAME_LENGTH))
    state: Mapped[str] = mapped_column(exact(16))
    outcome: Mapped[str] = mapped_column(exact(32))
    customer_id: Mapped[int | None] = mapped_column(BigInteger)
    job_id: Mapped[int | None] = mapped_column(BigInteger)
    failures: Mapped[int] = mapped_column(Integer)
    not_before: Mapped[datetime | None] = mapped_column(Moment)
    error_code: Mapped[str | None] = mapped_column(exact(40))
    sealed_details: Mapped[str | None] = mapped_column(LongText)
    created_at: Mapped[datetime] = mapped_column(Moment)
    changed_at: Mapped[datetime] = mapped_column(Moment)
