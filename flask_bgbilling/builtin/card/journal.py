"""What was changed in this contract through its card, and by whom; on top what somebody has to look after."""

from flask_bgbilling.domain.journal_filter import before_of
from flask_bgbilling.errors import N_
from flask_bgbilling.hookspecs import CardSection, SectionContext, SectionView


def render(context: SectionContext) -> SectionView:
    """The entries before the number ``before``, the newest without it."""
    journal = context.journal
    assert journal is not None, "the section is there only with a journal"
    before = before_of(context.value("before"))
    values = {
        "view": journal.page(before),
        "unfinished": journal.open_changes() if before is None else (),
        "first": before is None,
    }
    return SectionView("bgbilling/card/journal.html", values)


SECTIONS = (CardSection("journal", N_("Journal"), 215, "contract.journal.read", render, needs_journal=True),)
