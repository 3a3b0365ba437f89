"""Messages of a host in memory, for tests of the extension without the example host's own."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from flask_bgbilling.ports import Message

RECEIVED = datetime(2026, 11, 23, 9, tzinfo=UTC)


@dataclass
class MemoryMessages:
    """Messages by id; ``processed_by`` is who has put each into its process."""

    known: dict[int, Message] = field(default_factory=dict)
    processed_by: dict[int, str] = field(default_factory=dict)

    def add(
        self, sender: str, type_id: int = 1, subject: str = "", text: str = "", process_id: int | None = None
    ) -> int:
        """A new message; its id."""
        number = max(self.known, default=0) + 1
        moment = RECEIVED + timedelta(minutes=number)
        self.known[number] = Message(number, type_id, sender, moment, "", subject, text, process_id=process_id)
        return number

    def get(self, message_id: int) -> Message | None:
        """One message."""
        return self.known.get(message_id)

    def lock(self, message_id: int) -> Message | None:
        """One message: in memory there is nothing to hold."""
        return self.known.get(message_id)

    def process_ids_of_sender(self, sender: str, limit: int) -> Sequence[int]:
        """Processes with a message of the sender, the latest message first."""
        mine = [one for one in self.known.values() if sender and one.sender == sender and one.process_id is not None]
        latest = sorted(mine, key=lambda one: one.received_at, reverse=True)
        return tuple(dict.fromkeys(one.process_id for one in latest if one.process_id is not None))[:limit]

    def set_process(self, message_id: int, process_id: int | None, person_id: str) -> None:
        """Puts a message into a process."""
        if message_id not in self.known:
            raise LookupError(message_id)
        self.known[message_id] = replace(self.known[message_id], process_id=process_id)
        self.processed_by[message_id] = person_id

    def address(self, message_id: int) -> str:
        """The path of a message in the inbox."""
        return f"/inbox/{message_id}"
