"""Notes on the contract with their texts (card-screens.md 6.14)."""

from flask_bgbilling.builtin.card.paging import page_number
from flask_bgbilling.domain.contracts.info import ContractCard
from flask_bgbilling.domain.contracts.notes import READING, read_notes
from flask_bgbilling.domain.contracts.notes_changes import DELETING, SAVING, note_form, plan_deleting, plan_saving
from flask_bgbilling.errors import N_
from flask_bgbilling.hookspecs import ActionContext, CardAction, CardSection, SectionContext, SectionView, TreeItem


def tree(card: ContractCard) -> tuple[TreeItem, ...]:
    """One line with the number of notes."""
    return (TreeItem(N_("Notes"), card.note_count, kind="count", section="notes"),)


def render(context: SectionContext) -> SectionView:
    """The page ``page`` of the notes."""
    return SectionView("bgbilling/card/notes.html", {"notes": read_notes(context.contract, page_number(context))})


def form(context: ActionContext) -> SectionView:
    """A note to be written or changed."""
    return SectionView("bgbilling/card/note_form.html", {"draft": note_form(context)})


def deletion(context: ActionContext) -> SectionView:
    """The note that is going to be deleted."""
    values = {"draft": note_form(context), "danger": True, "submit": N_("Delete the note")}
    return SectionView("bgbilling/card/deletion.html", values)


ACTIONS = (
    CardAction("add", N_("New note"), "contract.notes.add", plan_saving, form, operations=SAVING),
    CardAction(
        "edit", N_("Change the note"), "contract.notes.update", plan_saving, form, operations=SAVING, record="note"
    ),
    CardAction(
        "delete",
        N_("Delete the note"),
        "contract.notes.delete",
        plan_deleting,
        deletion,
        operations=DELETING,
        record="note",
    ),
)

SECTIONS = (
    CardSection("notes", N_("Notes"), 200, "contract.notes.read", render, tree, actions=ACTIONS, operations=READING),
)
