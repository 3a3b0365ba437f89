"""Behaviour scripts of the contract and the log of their runs (card-screens.md 6.12)."""

from flask_bgbilling.builtin.card.paging import page_number
from flask_bgbilling.builtin.card.periods import bar, typed_period
from flask_bgbilling.domain.contracts.info import ContractCard
from flask_bgbilling.domain.contracts.scripts import READING, read_scripts
from flask_bgbilling.domain.contracts.scripts_changes import (
    DELETING,
    SAVING,
    deletion_form,
    plan_deleting,
    plan_saving,
    script_form,
)
from flask_bgbilling.errors import N_
from flask_bgbilling.hookspecs import ActionContext, CardAction, CardSection, SectionContext, SectionView, TreeItem


def tree(card: ContractCard) -> tuple[TreeItem, ...]:
    """The line and, below it, the titles."""
    line = TreeItem(N_("Behaviour scripts"), len(card.scripts), kind="count", section="scripts")
    titles = ", ".join(script.title for script in card.scripts)
    return (line, TreeItem(titles, kind="verbatim", level=2)) if titles else (line,)


def render(context: SectionContext) -> SectionView:
    """The scripts, and the page ``page`` of their log for the chosen days."""
    typed = typed_period(context)
    sheet = read_scripts(context.contract, typed, page_number(context), context.today)
    return SectionView("bgbilling/card/scripts.html", {**bar(context, typed), "sheet": sheet})


def form(context: ActionContext) -> SectionView:
    """A script to be attached or changed."""
    return SectionView("bgbilling/card/script_form.html", {"draft": script_form(context)})


def deletion(context: ActionContext) -> SectionView:
    """The script that is going to be detached."""
    values = {"draft": deletion_form(context), "danger": True, "submit": N_("Detach the script")}
    return SectionView("bgbilling/card/deletion.html", values)


ACTIONS = (
    CardAction("add", N_("New script"), "contract.scripts.add", plan_saving, form, operations=SAVING),
    CardAction(
        "edit",
        N_("Change the script"),
        "contract.scripts.update",
        plan_saving,
        form,
        operations=SAVING,
        record="script",
    ),
    CardAction(
        "delete",
        N_("Detach the script"),
        "contract.scripts.delete",
        plan_deleting,
        deletion,
        operations=DELETING,
        record="script",
    ),
)

SECTIONS = (
    CardSection(
        "scripts",
        N_("Behaviour scripts"),
        180,
        "contract.scripts.read",
        render,
        tree,
        actions=ACTIONS,
        operations=READING,
    ),
)
