"""Changing the customer of a contract through its card."""

from dataclasses import dataclass

from flask_bgbilling.domain.contracts.editing import check_seen, mark
from flask_bgbilling.domain.contracts.info import read_card
from flask_bgbilling.domain.links.errors import UnknownCustomer
from flask_bgbilling.domain.links.service import STEP, ContractLinks, LinkedCustomer, Settled
from flask_bgbilling.errors import N_
from flask_bgbilling.fields import refuse
from flask_bgbilling.hookspecs import ActionContext, Change, SectionContext, Step
from flask_bgbilling.ports import Customer
from flask_bgbilling.wire.ops.parameters_writes import PARAMETER_TEXT_SAVE

__all__ = ["LINKING", "LinkDraft", "Settled", "draft", "plan", "plan_telling"]

LINKING = (PARAMETER_TEXT_SAVE,)


@dataclass(frozen=True)
class LinkDraft:
    """What the form starts from: the contract's customer and those whose cards the person has open."""

    linked: LinkedCustomer | None
    opened: tuple[Customer, ...]
    seen: str

    @property
    def choices(self) -> tuple[tuple[int, str], ...]:
        """Whom the contract can belong to, without nobody."""
        known = {customer.id: customer.variants[0] for customer in self.opened}
        if self.linked is not None and self.linked.id not in known:
            known = {self.linked.id: self.linked.title, **known}
        return tuple((number, f"{title} (ID {number})") for number, title in known.items())


def draft(links: ContractLinks, context: SectionContext) -> LinkDraft:
    """Reads what the form starts from; sends nothing. Raises ``NoCustomerParameter``."""
    billing_id = context.contract.billing.id
    links.server(billing_id)
    linked = links.shown(billing_id, context.contract.cid)
    return LinkDraft(linked, tuple(links.customers.opened(context.viewer.id)), mark(linked.id if linked else 0))


def plan(links: ContractLinks, context: ActionContext) -> Change:
    """Gives the contract to another customer, or to none.

    Without a link so far the contract is read for its number. The billing is told within the same step: what it says
    against that does not undo the link, see :class:`ContractLinks`.
    """
    contract = context.contract
    billing = contract.billing
    links.server(billing.id)
    wanted = context.fields.identifier("customer", required=False) or None
    now = links.customer_of(billing.id, contract.cid)
    check_seen(context, now or 0, (links.fact(now),))
    if wanted == now:
        return Change(steps=())
    if wanted is not None:
        if not context.resumed and all(one.id != wanted for one in links.customers.opened(context.viewer.id)):
            refuse("customer", N_("Choose one of the list."))
        if links.customers.get(wanted) is None:
            raise UnknownCustomer(customer=wanted)
    title = links.title_of(billing.id, contract.cid) or read_card(contract).title

    def settle() -> Settled:
        return links.settle(billing, contract.cid, title, wanted, instead_of=now)

    return Change((Step(STEP, settle),), (links.fact(now),), (links.fact(wanted),), title)


def plan_telling(links: ContractLinks, context: ActionContext) -> Change:
    """Tells the billing the customer once more, now."""
    contract = context.contract
    links.server(contract.billing.id)
    record = links.rows.get(contract.billing.id, contract.cid)
    if record is None or record.written == record.value:
        return Change(steps=())

    def tell() -> None:
        problem = links.tell(record, contract.billing).problem
        if problem is not None:
            raise problem

    return Change((Step(STEP, tell),), after=(links.fact(record.customer_id),), subject=record.contract_title)
