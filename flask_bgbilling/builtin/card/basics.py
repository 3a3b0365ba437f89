"""The contract itself, each line editable in its place (card-screens.md 3, elements 1, 7, 9)."""

from collections.abc import Callable
from typing import Any

from flask_bgbilling.domain.contracts.basics import READING, read_basics
from flask_bgbilling.domain.contracts.basics_changes import (
    END,
    ENDING,
    FACE,
    FACING,
    HIDDEN,
    HIDING,
    MODE,
    OPENING,
    RETITLING,
    START,
    STARTING,
    SWITCHING,
    TITLE,
    Property,
    draft,
    plan,
    plan_opening,
)
from flask_bgbilling.domain.contracts.info import FACES, MODES, ContractCard, read_card
from flask_bgbilling.errors import N_
from flask_bgbilling.hookspecs import (
    ActionContext,
    CardAction,
    CardSection,
    Change,
    SectionContext,
    SectionView,
    TreeItem,
)

LINES = ("title", "start", "end", "face", "mode", "hidden")
"""The lines that can be changed, in their order; each has an action of the same key."""


def tree(card: ContractCard) -> tuple[TreeItem, ...]:
    """One line; what it would tell stands in the head of the card."""
    return (TreeItem(N_("Contract"), section="basics"),)


def render(context: SectionContext) -> SectionView:
    """Every property of the contract with its pencil."""
    return SectionView("bgbilling/card/basics.html", {"basics": read_basics(context.contract), "lines": LINES})


def _plan_of(changed: Property[Any]) -> Callable[[ActionContext], Change]:
    return lambda context: plan(context, changed)


def _form_of(key: str, changed: Property[Any]) -> Callable[[ActionContext], SectionView]:
    def form(context: ActionContext) -> SectionView:
        values = {"draft": draft(context, changed), "line": key, "faces": FACES, "modes": MODES}
        return SectionView("bgbilling/card/basics_form.html", values)

    return form


def _row_of(key: str) -> Callable[[SectionContext], SectionView]:
    def row(context: SectionContext) -> SectionView:
        return SectionView("bgbilling/card/basics_row.html", {"line": key, "contract": read_card(context.contract)})

    return row


edit_face = (_plan_of(FACE), _form_of("face", FACE))
edit_mode = (_plan_of(MODE), _form_of("mode", MODE))
"""Plan and form of face and mode, which their logs offer too."""

ACTIONS = (
    CardAction(
        "title",
        N_("Change number and comment"),
        "contract.basics.title",
        _plan_of(TITLE),
        _form_of("title", TITLE),
        row=_row_of("title"),
        operations=RETITLING,
    ),
    CardAction(
        "start",
        N_("Change the first day"),
        "contract.basics.start",
        _plan_of(START),
        _form_of("start", START),
        row=_row_of("start"),
        operations=STARTING,
    ),
    CardAction(
        "end",
        N_("Change the last day"),
        "contract.basics.end",
        _plan_of(END),
        _form_of("end", END),
        row=_row_of("end"),
        operations=ENDING,
    ),
    CardAction(
        "face", N_("Change the face"), "contract.basics.face", *edit_face, row=_row_of("face"), operations=FACING
    ),
    CardAction(
        "mode", N_("Change the mode"), "contract.basics.mode", *edit_mode, row=_row_of("mode"), operations=SWITCHING
    ),
    CardAction(
        "hidden",
        N_("Hide or show the contract"),
        "contract.basics.hidden",
        _plan_of(HIDDEN),
        _form_of("hidden", HIDDEN),
        row=_row_of("hidden"),
        operations=HIDING,
    ),
    CardAction("open", N_("Open in billing"), "contract.basics.open", plan_opening, None, operations=OPENING, menu=30),
)

SECTIONS = (
    CardSection(
        "basics",
        N_("Contract"),
        15,
        "contract.basics.read",
        render,
        tree,
        actions=ACTIONS,
        operations=READING,
    ),
)
