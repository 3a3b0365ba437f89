"""The import of the contract's customer: what was decided and why, and doing it by hand.

A plugin of its own: it is there only where the host has customers.
"""

from collections.abc import Sequence

from flask_bgbilling.domain.contracts.info import ContractCard
from flask_bgbilling.domain.customers.card import WRITING, draft, plan, plan_rejection, plan_undo
from flask_bgbilling.domain.customers.importing import CustomerImport
from flask_bgbilling.domain.customers.outcomes import Imported
from flask_bgbilling.domain.customers.review import ImportReview
from flask_bgbilling.domain.customers.words import DECISIONS, STATES
from flask_bgbilling.errors import N_, BGBillingError
from flask_bgbilling.hookspecs import (
    ActionContext,
    CardAction,
    CardSection,
    Change,
    SectionContext,
    SectionView,
    TreeItem,
    hookimpl,
)

READ, IMPORT, REVIEW = "contract.import.read", "customer.import", "customer.import.review"
KEY = "import"


class ImportPlugin:
    """The section and its actions."""

    def __init__(self, importing: CustomerImport, review: ImportReview) -> None:
        self._importing = importing
        self._review = review

    @hookimpl
    def bgbilling_card_sections(self) -> Sequence[CardSection]:
        """The section of the import."""
        actions = (
            CardAction("run", N_("Import"), IMPORT, self.plan, self.form, told=_told, operations=WRITING),
            CardAction("undo", N_("Undo the import"), REVIEW, self.plan_undo, _undo, operations=WRITING),
            CardAction(
                "reject", N_("Do not import"), REVIEW, self.plan_rejection, _reject, told=_told, operations=WRITING
            ),
        )
        title = N_("Import of the customer")
        return [CardSection(KEY, title, 18, READ, self.render, self.tree, actions=actions, needs_journal=True)]

    def tree(self, card: ContractCard) -> Sequence[TreeItem]:
        """One line with how the import stands, where it has seen the contract."""
        shown = self._review.of_contract(card.billing_id, card.cid)
        state = STATES[shown.case.state][0] if shown is not None else None
        return (TreeItem(N_("Import"), state, level=2, section=KEY),)

    def render(self, context: SectionContext) -> SectionView:
        """What was decided about the contract, and why."""
        shown = self._review.of_contract(context.contract.billing.id, context.contract.cid)
        values = {"shown": shown, "words": self._review.words(), "states": STATES}
        return SectionView("bgbilling/card/import.html", values)

    def form(self, context: ActionContext) -> SectionView:
        """A choice among the rules, a new customer and the opened ones."""
        values = {"draft": draft(self._importing, context), "submit": N_("Import now")}
        return SectionView("bgbilling/card/import_form.html", values)

    def plan(self, context: ActionContext) -> Change:
        """The import of this contract."""
        return plan(self._importing, context)

    def plan_undo(self, context: ActionContext) -> Change:
        """The import taken back."""
        return plan_undo(self._review, context)

    def plan_rejection(self, context: ActionContext) -> Change:
        """The contract is not to be imported."""
        return plan_rejection(self._review, context)


def _undo(context: ActionContext) -> SectionView:
    return SectionView("bgbilling/card/bare_form.html", {"submit": N_("Undo the import")})


def _reject(context: ActionContext) -> SectionView:
    return SectionView("bgbilling/card/bare_form.html", {"submit": N_("Do not import")})


def _told(results: Sequence[object]) -> SectionView:
    """What became of it, and what the billing has said against it."""
    told = [
        {"outcome": one.outcome, "is_imported": one.customer_id is not None, "problem": one.problem}
        if isinstance(one, Imported)
        else {"outcome": "rejected", "is_imported": False, "problem": one.text()}
        for one in results
        if isinstance(one, Imported | BGBillingError)
    ]
    return SectionView("bgbilling/card/import_told.html", {"results": told, "decisions": DECISIONS})
