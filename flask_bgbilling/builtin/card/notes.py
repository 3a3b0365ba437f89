"""Notes on the contract with their texts (card-screens.md 6.14)."""

from flask_bgbilling.builtin.card.paging import page_number
from flask_bgbilling.domain.contracts.info import ContractCard
from flask_bgbilling.domain.contracts.notes import read_notes
from flask_bgbilling.errors import N_
from flask_bgbilling.hookspecs import CardSection, SectionContext, SectionView, TreeItem


def tree(card: ContractCard) -> tuple[TreeItem, ...]:
    """One line with the number of notes."""
    return (TreeItem(N_("Notes"), card.note_count, kind="count", section="notes"),)


def render(context: SectionContext) -> SectionView:
    """The page ``page`` of the notes."""
    return SectionView("bgbilling/card/notes.html", {"notes": read_notes(context.contract, page_number(context))})


SECTIONS = (CardSection("notes", N_("Notes"), 200, "contract.notes.read", render, tree),)
