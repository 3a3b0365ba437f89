"""Notes on a contract with their texts and authors (card-screens.md 6.14, contract.md 13)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec import structs

from flask_bgbilling.domain.contracts.contract import Contract, part
from flask_bgbilling.domain.contracts.names import NameBook
from flask_bgbilling.errors import BillingError
from flask_bgbilling.wire.dto.common import Page
from flask_bgbilling.wire.dto.notes import Note
from flask_bgbilling.wire.ops.directories import USERS
from flask_bgbilling.wire.ops.notes import NOTE, NOTE_HEADS, NOTE_LIST

__all__ = ["READING", "NoteLine", "NotePage", "read_notes"]

READING = (NOTE_HEADS, NOTE_LIST, NOTE)

PAGE_SIZE = 30
# Where a list gives heads only, every text is a request of its own: as many as a billing's lane takes at once.
TEXTS_AT_ONCE = 8


@dataclass(frozen=True)
class NoteLine:
    """A note with its author.

    ``text`` and ``visible`` are ``None`` when they could not be read; ``visible``: the subscriber sees it too.
    """

    id: int
    title: str
    at: datetime | None
    text: str | None
    user_name: str
    user_id: int | None
    visible: bool | None


@dataclass(frozen=True)
class NotePage:
    """A page of notes, the newest first. ``problem`` says why a text is missing."""

    page: Page[NoteLine]
    problem: BillingError | None = None


def read_notes(contract: Contract, page: int) -> NotePage:
    """Reads notes: the list; where it gives heads only, then the texts of one page at the same time.

    Pages are shorter there, because each text costs a request.
    """
    billing = contract.billing
    one_by_one = not billing.supports(NOTE_LIST)
    users = None if one_by_one else billing.start_directory(USERS)
    listed = billing.call(NOTE_HEADS if one_by_one else NOTE_LIST, cid=contract.cid)
    notes = sorted(listed, key=_age, reverse=True)
    size = TEXTS_AT_ONCE if one_by_one else PAGE_SIZE
    pages = max(1, -(-len(notes) // size))
    index = min(max(page, 1), pages)
    shown: Sequence[Note] = notes[(index - 1) * size : index * size]
    problem = None
    if one_by_one:
        shown, problem = _with_texts(contract, shown)
    names = NameBook(users)
    lines = tuple(
        NoteLine(
            id=note.id,
            title=note.title,
            at=note.at,
            text=note.text,
            user_name=names.name(note.user_id, note.user_name),
            user_id=note.user_id,
            visible=note.visible,
        )
        for note in shown
    )
    return NotePage(Page(items=lines, found=len(notes), index=index, size=size), problem)


def _age(note: Note) -> tuple[float, int]:
    return note.at.timestamp() if note.at else 0.0, note.id


def _with_texts(contract: Contract, notes: Sequence[Note]) -> tuple[tuple[Note, ...], BillingError | None]:
    pendings = [contract.billing.start(NOTE, cid=contract.cid, note_id=note.id) for note in notes]
    parts = [part(pending.result) for pending in pendings]
    whole = tuple(
        structs.replace(note, text=read.value.text, visible=read.value.visible) if read.value else note
        for note, read in zip(notes, parts, strict=True)
    )
    return whole, next((read.problem for read in parts if read.problem is not None), None)
