"""The types of messages: blocks ``messageType.<ID>`` of the configuration, which the extension reads too."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from example_host.mounting import bgbilling

CALL, LETTER, NOTE, OTHER = "call", "letter", "note", "other"
CLASSES = {"MessageTypeCall": CALL, "MessageTypeEmail": LETTER, "MessageTypeNote": NOTE}


@dataclass(frozen=True)
class MessageKind:
    """A type of messages: the number of its block, its title, and what it is (``CALL``, ``LETTER``, ``NOTE`` …)."""

    id: int
    title: str
    kind: str


def message_kinds() -> Mapping[int, MessageKind]:
    """The configured types by their numbers; blocks without a title or a class are none (configuration.md 2.5)."""
    found = {}
    for number, block in sorted(bgbilling.settings().properties.indexed("messageType.").items()):
        title, name = block.text("title").strip(), block.text("class").strip()
        if title and name:
            found[number] = MessageKind(number, title, CLASSES.get(name.rpartition(".")[2], OTHER))
    return found


def kind_of(type_id: int) -> MessageKind:
    """A type by its number; messages outlive the blocks of their types."""
    return message_kinds().get(type_id) or MessageKind(type_id, f"??? {type_id}", OTHER)


def first_of(kind: str) -> MessageKind | None:
    """The first type that is of a kind."""
    return next((one for one in message_kinds().values() if one.kind == kind), None)


def kind_words() -> Mapping[str, str]:
    """What a message is, in the reader's language."""
    return {CALL: _("Call"), LETTER: _("Letter"), NOTE: _("Note"), OTHER: _("Message")}
