"""The options' half of the section of tariffs: what is active, on offer and past, and what is done to them."""

from flask_bgbilling.domain.contracts.tariff_options_changes import (
    ACTIVATING,
    DEACTIVATING,
    DELETING,
    REACTIVATING,
    activation_form,
    option_draft,
    plan_activating,
    plan_deactivating,
    plan_deleting,
    plan_reactivating,
)
from flask_bgbilling.domain.contracts.tariffs import read_options
from flask_bgbilling.errors import N_
from flask_bgbilling.hookspecs import ActionContext, CardAction, SectionContext, SectionView

ENDING = "bgbilling/card/tariff_option_step.html"


def render(context: SectionContext) -> SectionView:
    """The options; ``option`` names the one whose activation modes are shown."""
    typed = context.value("option")
    option_id = int(typed[:18]) if typed.isascii() and typed.isdigit() else None
    return SectionView("bgbilling/card/tariff_options.html", {"options": read_options(context.contract, option_id)})


def activation(context: ActionContext) -> SectionView:
    """An option to be activated: which, how, and for how much."""
    values = {"draft": activation_form(context), "submit": N_("Activate")}
    return SectionView("bgbilling/card/tariff_option_form.html", values)


def reactivation(context: ActionContext) -> SectionView:
    """The option that is going to be prolonged or begun again, and what that costs."""
    draft = option_draft(context)
    words = (
        N_("It is prolonged by one more period, and its price is charged once more.")
        if draft.active
        else N_("It begins again now in the same mode, and its price is charged once more.")
    )
    submit = N_("Prolong the option") if draft.active else N_("Activate again")
    return SectionView(ENDING, {"draft": draft, "words": words, "submit": submit})


def deactivation(context: ActionContext) -> SectionView:
    """The option that is going to end now."""
    draft = option_draft(context)
    words = N_("It ends now. What it has cost stays charged.") if draft.paid else N_("It ends now.")
    values = {"draft": draft, "words": words, "danger": True, "submit": N_("Deactivate the option")}
    return SectionView(ENDING, values)


def deletion(context: ActionContext) -> SectionView:
    """The option that is going to be deleted."""
    draft = option_draft(context)
    words = (
        N_("It is deleted as if it had never been. The charge of its activation is deleted with it.")
        if draft.paid
        else N_("It is deleted as if it had never been.")
    )
    values = {"draft": draft, "words": words, "danger": True, "submit": N_("Delete the option")}
    return SectionView(ENDING, values)


ACTIONS = (
    CardAction(
        "activate-option",
        N_("Activate an option"),
        "contract.tariffs.activate_option",
        plan_activating,
        activation,
        operations=ACTIVATING,
    ),
    CardAction(
        "reactivate-option",
        N_("Prolong the option"),
        "contract.tariffs.reactivate_option",
        plan_reactivating,
        reactivation,
        operations=REACTIVATING,
        record="record",
    ),
    CardAction(
        "deactivate-option",
        N_("Deactivate the option"),
        "contract.tariffs.deactivate_option",
        plan_deactivating,
        deactivation,
        operations=DEACTIVATING,
        record="record",
    ),
    CardAction(
        "delete-option",
        N_("Delete the option"),
        "contract.tariffs.delete_option",
        plan_deleting,
        deletion,
        operations=DELETING,
        record="record",
    ),
)
