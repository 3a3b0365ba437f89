"""What can be done in the section of additional actions (card-screens.md 6.13)."""

from collections.abc import Sequence

from flask_bgbilling.domain.contracts.additional_actions import RUNNING, plan_running, run_form
from flask_bgbilling.errors import N_
from flask_bgbilling.hookspecs import ActionContext, CardAction, SectionView


def form(context: ActionContext) -> SectionView:
    """The action that is going to be run."""
    values = {"draft": run_form(context), "danger": True, "submit": N_("Execute")}
    return SectionView("bgbilling/card/additional_action_form.html", values)


def report(results: Sequence[object]) -> SectionView:
    """The lines that the action has reported."""
    return SectionView("bgbilling/card/action_report.html", {"lines": results[0]})


ACTIONS = (
    CardAction(
        "run",
        N_("Execute an additional action"),
        "contract.actions.run",
        plan_running,
        form,
        told=report,
        operations=RUNNING,
    ),
)
