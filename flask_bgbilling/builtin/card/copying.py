"""Copying from the contract's customer: what would be overwritten, and doing it.

A plugin of its own: it is there only where the host has customers.
"""

from collections.abc import Sequence

from flask_bgbilling.domain.creation.copying import PERMISSION, SAVING, CopyDraft, ParameterCopying, rules_of
from flask_bgbilling.errors import N_
from flask_bgbilling.hookspecs import ActionContext, CardAction, CardSection, SectionContext, SectionView, hookimpl

TITLE = N_("Copy from the customer")
KEY, ACTION = "copying", "copy"


class CopyingPlugin:
    """The section and its action. It has no line in the tree: its button stands in the head of the card."""

    def __init__(self, copying: ParameterCopying) -> None:
        self._copying = copying

    @hookimpl
    def bgbilling_card_sections(self) -> Sequence[CardSection]:
        """The section of copying."""
        action = CardAction(
            ACTION,
            TITLE,
            PERMISSION,
            self._copying.plan,
            self.form,
            operations=SAVING,
            menu=60,
            applies=lambda card: self._copying.has_customer(card.billing_id, card.cid),
        )
        return [
            CardSection(
                KEY, TITLE, 900, PERMISSION, self.render, tree=lambda card: (), actions=[action], needs_journal=True
            )
        ]

    def render(self, context: SectionContext) -> SectionView:
        """What the contract and its customer have in common, and what differs."""
        draft = self._copying.draft(context, context.grant)
        return SectionView("bgbilling/card/copying.html", {"draft": draft, "rules": rules_of(context)})

    def form(self, context: ActionContext) -> SectionView:
        """The same as a question: what will be overwritten."""
        draft = self._copying.draft(context, context.grant)
        return SectionView("bgbilling/card/copying_form.html", _form(draft, rules_of(context)))


def _form(draft: CopyDraft, rules: bool) -> dict[str, object]:
    return {
        "draft": draft,
        "rules": rules,
        "subject": draft.customer.variants[0],
        "submit": N_("Copy"),
        "hint": N_("Values that are not listed as changed stay as they are."),
    }
