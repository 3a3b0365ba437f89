"""Our tables. A change here needs a migration in ``store/migrations/versions``; a test compares both."""

from datetime import datetime

from sqlalchemy import Index, Integer, String, UniqueConstraint
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
