"""What answers to changes tell: nothing, or the id of the record that was written."""

from flask_bgbilling.wire.answers import JsonAnswer, XmlAnswer
from flask_bgbilling.wire.codec import integer

NEW = "new"
"""The id of a record that is yet to be made, in XML; JSON says 0."""


def read_nothing(answer: XmlAnswer | JsonAnswer) -> None:
    """An answer that says no more than that it was done."""


def read_written_xml(answer: XmlAnswer) -> int | None:
    """The id of the record where the root element names it; ``None`` where the server does not tell."""
    number = integer(answer.root.get("id"))
    return number if number > 0 else None


def read_written_json(answer: JsonAnswer) -> int | None:
    """The returned id of the record; ``None`` where the method returns something else or nothing."""
    returned = answer.returned
    number = 0 if isinstance(returned, bool) else integer(returned)
    return number if number > 0 else None
