"""Mode and face of the contract with their histories (card-screens.md 6.6, 6.7)."""

from flask_bgbilling.builtin.card.basics import edit_face, edit_mode
from flask_bgbilling.builtin.card.paging import page_number
from flask_bgbilling.domain.contracts.basics_changes import FACING, SWITCHING
from flask_bgbilling.domain.contracts.face_and_mode import READING_FACE, READING_MODE, read_face, read_mode
from flask_bgbilling.domain.contracts.info import ContractCard
from flask_bgbilling.errors import N_
from flask_bgbilling.hookspecs import CardAction, CardSection, SectionContext, SectionView, TreeItem

TEMPLATE = "bgbilling/card/value_log.html"


def mode_tree(card: ContractCard) -> tuple[TreeItem, ...]:
    """One line: debit or credit."""
    return (TreeItem(N_("Mode"), card.mode_title, kind="state", section="mode"),)


def render_mode(context: SectionContext) -> SectionView:
    """The mode of today and a page of its changes."""
    history = read_mode(context.contract, page_number(context))
    return SectionView(TEMPLATE, {"current": history.card.mode_title, "log": history.log})


def face_tree(card: ContractCard) -> tuple[TreeItem, ...]:
    """One line: person or firm."""
    return (TreeItem(N_("Face"), card.face_title, kind="state", section="face"),)


def render_face(context: SectionContext) -> SectionView:
    """The face of today and a page of its changes."""
    history = read_face(context.contract, page_number(context))
    return SectionView(TEMPLATE, {"current": history.card.face_title, "log": history.log})


MODE_ACTIONS = (CardAction("edit", N_("Change the mode"), "contract.basics.mode", *edit_mode, operations=SWITCHING),)
FACE_ACTIONS = (CardAction("edit", N_("Change the face"), "contract.basics.face", *edit_face, operations=FACING),)

SECTIONS = (
    CardSection(
        "mode",
        N_("Mode"),
        60,
        "contract.mode.read",
        render_mode,
        mode_tree,
        actions=MODE_ACTIONS,
        operations=READING_MODE,
    ),
    CardSection(
        "face",
        N_("Face"),
        70,
        "contract.face.read",
        render_face,
        face_tree,
        actions=FACE_ACTIONS,
        operations=READING_FACE,
    ),
)
