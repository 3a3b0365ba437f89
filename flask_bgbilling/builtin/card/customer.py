"""The customer of the contract: who it is, whether the billing knows, choosing another.

A plugin of its own: it is there only where the host has customers.
"""

from collections.abc import Sequence

from flask_bgbilling.domain.contracts.info import ContractCard
from flask_bgbilling.domain.links.card import LINKING, Settled, draft, plan, plan_telling
from flask_bgbilling.domain.links.service import ContractLinks
from flask_bgbilling.errors import N_
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

READ, UPDATE = "contract.link.read", "contract.link.update"
KEY = "customer"


class CustomerPlugin:
    """The section and its actions; the pencil in the head of the card opens the form, too."""

    def __init__(self, links: ContractLinks) -> None:
        self._links = links

    @hookimpl
    def bgbilling_card_sections(self) -> Sequence[CardSection]:
        """The section of the customer."""
        actions = (
            CardAction(
                "edit",
                N_("Change the customer"),
                UPDATE,
                self.plan,
                self.form,
                told=_told,
                operations=LINKING,
            ),
            CardAction("tell", N_("Tell the billing now"), UPDATE, self.plan_telling, _bare, operations=LINKING),
        )
        return [CardSection(KEY, N_("Customer"), 17, READ, self.render, self.tree, actions=actions, needs_journal=True)]

    def tree(self, card: ContractCard) -> Sequence[TreeItem]:
        """One line with the customer's name."""
        linked = self._links.shown(card.billing_id, card.cid)
        return (TreeItem(N_("Customer"), linked.title if linked else None, "verbatim", section=KEY),)

    def render(self, context: SectionContext) -> SectionView:
        """The customer, and how far the billing knows of it."""
        contract = context.contract
        linked = self._links.shown(contract.billing.id, contract.cid)
        waiting = linked is None and self._links.is_waiting(contract.billing.id, contract.cid)
        return SectionView("bgbilling/card/customer.html", {"linked": linked, "waiting": waiting})

    def form(self, context: ActionContext) -> SectionView:
        """A choice among the opened customers and nobody."""
        return SectionView("bgbilling/card/customer_form.html", {"draft": draft(self._links, context)})

    def plan(self, context: ActionContext) -> Change:
        """Another customer, or none."""
        return plan(self._links, context)

    def plan_telling(self, context: ActionContext) -> Change:
        """The parameter in the billing."""
        return plan_telling(self._links, context)


def _bare(context: ActionContext) -> SectionView:
    return SectionView("bgbilling/card/bare_form.html", {"submit": N_("Tell the billing now")})


def _told(results: Sequence[object]) -> SectionView:
    """What the billing has said against it, if anything: the link stands all the same."""
    problems = [one.problem for one in results if isinstance(one, Settled) and one.problem is not None]
    return SectionView("bgbilling/card/customer_told.html", {"problems": problems})
