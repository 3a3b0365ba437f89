"""Limit of the contract: value, planned changes, history (card-screens.md 6.5)."""

from flask_bgbilling.builtin.card.paging import page_number
from flask_bgbilling.domain.contracts.info import ContractCard
from flask_bgbilling.domain.contracts.limit import READING, read_limit
from flask_bgbilling.domain.contracts.limit_changes import (
    CANCELLING,
    SAVING,
    limit_form,
    plan_cancelling,
    plan_setting,
    task_form,
)
from flask_bgbilling.errors import N_
from flask_bgbilling.hookspecs import ActionContext, CardAction, CardSection, SectionContext, SectionView, TreeItem


def tree(card: ContractCard) -> tuple[TreeItem, ...]:
    """One line with the limit."""
    return (TreeItem(N_("Limit"), card.limit, kind="money", section="limit"),)


def render(context: SectionContext) -> SectionView:
    """The limit, its tasks and the page ``page`` of its log."""
    return SectionView("bgbilling/card/limit.html", {"limit": read_limit(context.contract, page_number(context))})


def form(context: ActionContext) -> SectionView:
    """Another limit, for ever or for some days."""
    return SectionView("bgbilling/card/limit_form.html", {"draft": limit_form(context)})


def cancellation(context: ActionContext) -> SectionView:
    """The planned change that is going to be cancelled."""
    values = {"draft": task_form(context), "danger": True, "submit": N_("Cancel the planned change")}
    return SectionView("bgbilling/card/deletion.html", values)


ACTIONS = (
    CardAction("set", N_("Change the limit"), "contract.limit.update", plan_setting, form, operations=SAVING),
    CardAction(
        "cancel",
        N_("Cancel the planned change"),
        "contract.limit.cancel",
        plan_cancelling,
        cancellation,
        operations=CANCELLING,
        record="task",
    ),
)

SECTIONS = (
    CardSection("limit", N_("Limit"), 50, "contract.limit.read", render, tree, actions=ACTIONS, operations=READING),
)
