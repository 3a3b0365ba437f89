"""Tables of documents."""

from datetime import UTC, date, datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from example_host.models import database


class DocumentRow(database.Model):  # type: ignore[name-defined,misc]
    """A stored document. ``file`` is the name of its body in the folder of documents, chosen by the CRM.

    Moments are UTC without a zone, whole seconds, as every database keeps them.
    """

    __tablename__ = "crm_document"
    __table_args__ = (Index("crm_document_object", "kind", "billing_id", "object_number", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(30))
    billing_id: Mapped[str] = mapped_column(String(50))
    object_number: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    format: Mapped[str] = mapped_column(String(10))
    size: Mapped[int]
    type_key: Mapped[str] = mapped_column(String(100))
    type: Mapped[str]
    number: Mapped[str]
    day: Mapped[date]
    person_id: Mapped[str] = mapped_column(String(50))
    person_name: Mapped[str]
    file: Mapped[str] = mapped_column(String(50), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=lambda: datetime.now(UTC).replace(tzinfo=None, microsecond=0))


class DocumentCounter(database.Model):  # type: ignore[name-defined,misc]
    """The last number that was given for a key."""

    __tablename__ = "crm_document_counter"

    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    value: Mapped[int]
