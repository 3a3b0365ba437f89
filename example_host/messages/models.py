"""Tables of messages. Moments are UTC without a zone, as every database keeps them."""

from datetime import UTC, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.dialects.mysql import DATETIME, LONGBLOB, MEDIUMTEXT
from sqlalchemy.orm import Mapped, deferred, mapped_column
from sqlalchemy.types import DateTime

from example_host.customers.models import Exact
from example_host.models import database

SENDER, SUBJECT, NAME = 120, 500, 200
"""How many letters are kept of an address, a subject, the name of a person or a file."""

Body = Text().with_variant(MEDIUMTEXT(), "mysql", "mariadb")
Content = LargeBinary().with_variant(LONGBLOB(), "mysql", "mariadb")
# Pages of the inbox go on after a moment: MariaDB would cut it to whole seconds.
Moment = DateTime().with_variant(DATETIME(fsp=3), "mysql", "mariadb")


def now() -> datetime:
    """This moment in UTC without a zone, in whole milliseconds as the tables keep it."""
    return stored(datetime.now(UTC))


def stored(moment: datetime) -> datetime:
    """An aware moment as the tables keep it."""
    plain = moment.astimezone(UTC).replace(tzinfo=None)
    return plain.replace(microsecond=plain.microsecond // 1000 * 1000)


class MessageRow(database.Model):  # type: ignore[name-defined,misc]
    """A message. ``system_id`` is what its source calls it: the same one twice is one message.

    ``sender`` is the number or the bare address, ``sender_name`` what stood beside it. ``operator_id`` is for whom a
    call rings. ``processed_at`` is empty until somebody, ``person_id``, has put it into a process or laid it aside.
    """

    __tablename__ = "crm_message"
    __table_args__ = (
        UniqueConstraint("type_id", "system_id", name="crm_message_once"),
        Index("crm_message_newest", "received_at", "id"),
        Index("crm_message_waiting", "processed_at", "received_at", "id"),
        Index("crm_message_sender", "sender", "process_id"),
        Index("crm_message_ringing", "operator_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    system_id: Mapped[str | None] = mapped_column(String(160))
    type_id: Mapped[int]
    direction: Mapped[str] = mapped_column(String(3), default="in")
    sender: Mapped[str] = mapped_column(Exact, default="")
    sender_name: Mapped[str] = mapped_column(String(NAME), default="")
    recipient: Mapped[str] = mapped_column(String(NAME), default="")
    subject: Mapped[str] = mapped_column(String(SUBJECT), default="")
    text: Mapped[str] = mapped_column(Body, default="")
    received_at: Mapped[datetime] = mapped_column(Moment, default=now)
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("crm_user.id"))
    processed_at: Mapped[datetime | None] = mapped_column(Moment)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("crm_user.id"))
    process_id: Mapped[int | None] = mapped_column(ForeignKey("crm_process.id"), index=True)


class AttachmentRow(database.Model):  # type: ignore[name-defined,misc]
    """A file of a letter. What it says of itself is a stranger's word; ``content`` is read only when asked for."""

    __tablename__ = "crm_message_attachment"

    message_id: Mapped[int] = mapped_column(ForeignKey("crm_message.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(NAME))
    content_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    content: Mapped[bytes] = deferred(mapped_column(Content))


class ExtensionRow(database.Model):  # type: ignore[name-defined,misc]
    """The number of the telephone that stands on somebody's desk."""

    __tablename__ = "crm_extension"

    user_id: Mapped[int] = mapped_column(ForeignKey("crm_user.id"), primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
