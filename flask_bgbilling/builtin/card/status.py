"""Status of the contract: now, planned, history, and another one (card-screens.md 6.4)."""

from flask_bgbilling.domain.contracts.info import ContractCard
from flask_bgbilling.domain.contracts.status import READING, read_status
from flask_bgbilling.domain.contracts.status_changes import SAVING, plan_change, status_form
from flask_bgbilling.errors import N_
from flask_bgbilling.hookspecs import ActionContext, CardAction, CardSection, SectionContext, SectionView, TreeItem


def tree(card: ContractCard) -> tuple[TreeItem, ...]:
    """One line with the status of today."""
    return (TreeItem(N_("Status"), card.status, kind="verbatim", section="status", tone=card.tone),)


def render(context: SectionContext) -> SectionView:
    """Periods, planned changes and history."""
    history = read_status(context.contract, context.today)
    return SectionView("bgbilling/card/status.html", {"history": history})


def form(context: ActionContext) -> SectionView:
    """Another status, from today on or for the days of the arguments."""
    values = {"draft": status_form(context), "submit": N_("Change the status")}
    return SectionView("bgbilling/card/status_form.html", values)


ACTIONS = (
    CardAction(
        "change", N_("Change the status"), "contract.status.update", plan_change, form, operations=SAVING, menu=20
    ),
)

SECTIONS = (
    CardSection(
        "status",
        N_("Status"),
        40,
        "contract.status.read",
        render,
        tree,
        actions=ACTIONS,
        operations=READING,
    ),
)
