"""Messages of the host - calls, letters, notes - that are waiting to be processed or belong to a process.

Optional: without ``Messages`` there is no page that processes them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable


class MessageDirection(StrEnum):
    """Where a message went."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Message:
    """A message of the host (messages.md 1).

    ``type_id`` is the number of its block in the configuration, ``messageType.<ID>``. ``sender`` is the caller's number
    or the e-mail address as it came, ``recipient`` the number or address that was meant. ``received_at`` is aware.
    ``process_id`` is the process that it belongs to; ``None`` while nobody has processed it.
    """

    id: int
    type_id: int
    sender: str
    received_at: datetime
    recipient: str = ""
    subject: str = ""
    text: str = ""
    direction: MessageDirection = MessageDirection.IN
    process_id: int | None = None


@runtime_checkable
class Messages(Protocol):
    """The host's messages. Methods use the host's session and never commit."""

    def get(self, message_id: int) -> Message | None:
        """One message, or ``None`` when there is no such id."""
        ...

    def lock(self, message_id: int) -> Message | None:
        """One message as it is now, whatever was read before, held until the transaction ends.

        Who processes it at the same moment has to wait here and then sees what was done. Where the database cannot hold
        rows a write does it: ``UPDATE … SET id = id WHERE id = …``.
        """
        ...

    def process_ids_of_sender(self, sender: str, limit: int) -> Sequence[int]:
        """The processes that have a message of the same sender, each once, the latest first; none for an empty one."""
        ...

    def set_process(self, message_id: int, process_id: int | None, person_id: str) -> None:
        """Puts the message into a process, or out of it with ``None``; the person is who has processed it.

        Raises ``LookupError`` for a message that does not exist.
        """
        ...

    def address(self, message_id: int) -> str:
        """The path of the message's own page in the host, or of the inbox that it stands in."""
        ...
