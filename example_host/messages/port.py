"""The messages as flask-bgbilling asks for them."""

from collections.abc import Sequence
from datetime import UTC, datetime

from flask import has_request_context, request
from sqlalchemy import func, select, update

from example_host.messages.models import MessageRow, now
from example_host.models import database
from flask_bgbilling.ports import Message, MessageDirection


class HostMessages:
    """Messages from the CRM's own tables."""

    def get(self, message_id: int) -> Message | None:
        """One message."""
        row = database.session.get(MessageRow, message_id)
        return message_of(row) if row else None

    def lock(self, message_id: int) -> Message | None:
        """One message, read anew; who wants it at the same moment waits until the transaction ends."""
        own = MessageRow.id == message_id
        # SQLite holds no rows: a write makes the others wait.
        database.session.execute(update(MessageRow).where(own).values(id=MessageRow.id))
        wanted = select(MessageRow).where(own).with_for_update().execution_options(populate_existing=True)
        row = database.session.scalar(wanted)
        return message_of(row) if row else None

    def process_ids_of_sender(self, sender: str, limit: int) -> Sequence[int]:
        """The processes with messages of a sender, the latest message first."""
        if not sender.strip():
            return ()
        row = MessageRow
        wanted = select(row.process_id).where(row.sender == sender.strip(), row.process_id.is_not(None))
        return list(
            database.session.scalars(wanted.group_by(row.process_id).order_by(func.max(row.id).desc()).limit(limit))
        )

    def set_process(self, message_id: int, process_id: int | None, person_id: str) -> None:
        """Puts a message into a process, or back among those that wait."""
        row = database.session.get(MessageRow, message_id)
        if row is None:
            raise LookupError(f"there is no message {message_id}")
        row.process_id = process_id
        row.processed_at = None if process_id is None else now()
        row.person_id = int(person_id) if person_id.isdecimal() and process_id is not None else None
        database.session.flush()

    def address(self, message_id: int) -> str:
        """The path of the message's page; workers know no prefix."""
        prefix = request.script_root if has_request_context() else ""
        return f"{prefix}/messages/{message_id}"


def message_of(row: MessageRow) -> Message:
    """A row as the port gives it."""
    return Message(
        id=row.id,
        type_id=row.type_id,
        sender=row.sender,
        received_at=aware(row.received_at),
        recipient=row.recipient,
        subject=row.subject,
        text=row.text,
        direction=MessageDirection(row.direction),
        process_id=row.process_id,
    )


def aware(moment: datetime) -> datetime:
    """A moment of the tables with its zone."""
    return moment.replace(tzinfo=UTC)
