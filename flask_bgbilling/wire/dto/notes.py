"""Notes on a contract (contract.md 13)."""

from datetime import datetime

from msgspec import Struct


class Note(Struct, frozen=True):
    """A note on a contract.

    ``text`` and ``visible`` are ``None`` where the list does not tell them and they were not asked for alone.
    ``visible``: the subscriber sees it too.
    """

    id: int
    title: str
    at: datetime | None = None
    text: str | None = None
    user_id: int | None = None
    user_name: str = ""
    visible: bool | None = None


class NoteText(Struct, frozen=True):
    """One note in full, as it is asked for alone."""

    title: str
    text: str
    visible: bool
