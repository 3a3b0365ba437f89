"""Adding, changing and deleting notes of a contract (card-screens.md 6.14, contract.md 13)."""

from collections.abc import Iterable

from msgspec import Struct

from flask_bgbilling.domain.contracts.contract import Contract
from flask_bgbilling.domain.contracts.editing import check_seen, mark
from flask_bgbilling.domain.contracts.names import own_user_id
from flask_bgbilling.errors import N_
from flask_bgbilling.facts import Fact
from flask_bgbilling.hookspecs import ActionContext, Change, Creation, Gone, SectionContext, Step
from flask_bgbilling.wire.dto.notes import Note, NoteText
from flask_bgbilling.wire.ops.notes import NOTE, NOTE_HEADS, NOTE_LIST
from flask_bgbilling.wire.ops.notes_writes import NOTE_DELETE, NOTE_SAVE

SAVING = (NOTE_SAVE,)
DELETING = (NOTE_DELETE,)

LONGEST_TITLE = 255


class NoteForm(Struct, frozen=True):
    """What a form about a note starts from. ``seen`` is the mark of the stored note, empty for a new one."""

    note: NoteText
    seen: str = ""

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The note as it is told to people."""
        return facts_of(self.note)


def facts_of(note: NoteText) -> tuple[Fact, ...]:
    """A note's subject, text and who sees it."""
    return (
        Fact(N_("Subject"), note.title),
        Fact(N_("Text"), note.text),
        Fact(N_("The subscriber sees it"), N_("yes") if note.visible else N_("no"), "word"),
    )


def note_form(context: SectionContext) -> NoteForm:
    """The note of the argument ``note``, or a new one; raises ``Gone``."""
    number = context.number("note")
    if not number:
        return NoteForm(NoteText("", "", False))
    note = _read(context.contract, number)[1]
    return NoteForm(note, mark(note))


def plan_saving(context: ActionContext) -> Change:
    """Changes the note of the argument ``note``, or adds one."""
    contract = context.contract
    fields = context.fields
    number = context.number("note")
    wanted = NoteText(
        fields.text("title", LONGEST_TITLE, required=True), fields.multiline("text"), fields.flag("visible")
    )
    if not number:
        return _adding(contract, wanted)
    stored, now = _read(contract, number)
    check_seen(context, now, facts_of(now))
    if wanted == now:
        return Change(steps=())

    def save() -> object:
        return contract.billing.call(
            NOTE_SAVE,
            cid=contract.cid,
            note_id=number,
            title=wanted.title,
            text=wanted.text,
            visible=wanted.visible,
            author_id=stored.user_id,
            at=stored.at,
        )

    return Change((Step(N_("Note"), save),), facts_of(now), facts_of(wanted), wanted.title)


def _adding(contract: Contract, wanted: NoteText) -> Change:
    billing = contract.billing

    def save() -> object:
        return billing.call(
            NOTE_SAVE,
            cid=contract.cid,
            title=wanted.title,
            text=wanted.text,
            visible=wanted.visible,
            author_id=own_user_id(billing),
            at=billing.now(),
        )

    def present() -> Iterable[int]:
        return [note.id for note in _heads(contract) if note.title == wanted.title]

    return Change(
        (Step(N_("Note"), save),),
        after=facts_of(wanted),
        subject=wanted.title,
        creation=Creation((contract.cid, "note", wanted.title, wanted.text), present),
        said=N_("Note added"),
    )


def plan_deleting(context: ActionContext) -> Change:
    """Deletes the note of the argument ``note``."""
    contract, number = context.contract, context.number("note")
    now = _read(contract, number)[1]
    check_seen(context, now, facts_of(now))

    def delete() -> object:
        return contract.billing.call(NOTE_DELETE, cid=contract.cid, note_id=number)

    return Change((Step(N_("Note"), delete),), facts_of(now), subject=now.title, said=N_("Note deleted"))


def _heads(contract: Contract) -> tuple[Note, ...]:
    billing = contract.billing
    return billing.call(NOTE_LIST if billing.supports(NOTE_LIST) else NOTE_HEADS, cid=contract.cid)


def _read(contract: Contract, number: int) -> tuple[Note, NoteText]:
    """The note as the contract's list has it, so that notes of other contracts are none; raises ``Gone``."""
    billing = contract.billing
    alone = None if billing.supports(NOTE_LIST) else billing.start(NOTE, cid=contract.cid, note_id=number)
    found = next((note for note in _heads(contract) if note.id == number), None)
    if found is None:
        raise Gone(what=number)
    if alone is None:
        return found, NoteText(found.title, found.text or "", bool(found.visible))
    text = alone.result()
    if text is None:
        raise Gone(what=number)
    return found, text
