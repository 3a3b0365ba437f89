"""Actions of the section of web access: the subscriber's password."""

from collections.abc import Sequence

from flask_bgbilling.domain.contracts.web_password import (
    GENERATING,
    SETTING,
    NewPassword,
    plan_generating,
    plan_setting,
)
from flask_bgbilling.errors import N_
from flask_bgbilling.hookspecs import ActionContext, CardAction, SectionView

TEMPLATE = "bgbilling/card/web_password_form.html"


def form(context: ActionContext) -> SectionView:
    """A password to be typed."""
    return SectionView(TEMPLATE, {"typed": True})


def generation(context: ActionContext) -> SectionView:
    """Nothing to type: the old password ends, which is said first."""
    return SectionView(TEMPLATE, {"typed": False, "submit": N_("Make a new password")})


def told(results: Sequence[object]) -> SectionView:
    """The password that the billing made, shown this once."""
    made = next((result.password for result in results if isinstance(result, NewPassword)), "")
    return SectionView("bgbilling/card/web_password_made.html", {"password": made})


ACTIONS = (
    CardAction("password", N_("Set the password"), "contract.web.update", plan_setting, form, operations=SETTING),
    CardAction(
        "generate",
        N_("Make a new password"),
        "contract.web.update",
        plan_generating,
        generation,
        told=told,
        operations=GENERATING,
    ),
)
