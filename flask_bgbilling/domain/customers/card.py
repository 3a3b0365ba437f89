"""Importing a contract, taking it back and refusing it through its card."""

from dataclasses import dataclass

from flask_bgbilling.domain.customers.importing import CustomerImport
from flask_bgbilling.domain.customers.outcomes import Imported
from flask_bgbilling.domain.customers.review import Decided, ImportReview, ShownCase
from flask_bgbilling.domain.links.errors import LinkedOtherwise, UnknownCustomer
from flask_bgbilling.errors import N_
from flask_bgbilling.facts import Fact
from flask_bgbilling.fields import refuse
from flask_bgbilling.hookspecs import ActionContext, Change, SectionContext, Step
from flask_bgbilling.ports import Customer
from flask_bgbilling.wire.ops.parameters_writes import PARAMETER_TEXT_SAVE

WRITING = (PARAMETER_TEXT_SAVE,)
BY_RULES, AS_NEW = "", "new"
RULES_WORD, NEW_WORD = N_("by the rules of the import"), N_("a new customer")


@dataclass(frozen=True)
class ImportDraft:
    """What the form starts from: the customers that can be chosen, by id."""

    choices: tuple[tuple[str, str], ...]
    linked: Customer | None


def draft(importing: CustomerImport, context: SectionContext) -> ImportDraft:
    """Reads what the form starts from; sends nothing. Raises ``NotConfigured``."""
    billing_id, cid = context.contract.billing.id, context.contract.cid
    importing.rules(billing_id)
    customer_id = importing.links.customer_of(billing_id, cid)
    linked = importing.customers.get(customer_id) if customer_id is not None else None
    opened = importing.customers.opened(context.viewer.id)
    return ImportDraft(tuple((str(customer.id), customer.title) for customer in opened), linked)


def plan(importing: CustomerImport, context: ActionContext) -> Change:
    """Imports the contract into the chosen customer, as a new one, or by the rules."""
    billing_id, cid = context.contract.billing.id, context.contract.cid
    importing.rules(billing_id)
    typed = context.fields.text("customer", 20)
    chosen = None if typed in (BY_RULES, AS_NEW) else context.fields.identifier("customer")
    linked = importing.links.customer_of(billing_id, cid)
    if chosen is not None:
        if importing.customers.get(chosen) is None:
            raise UnknownCustomer(customer=chosen)
        opened = {customer.id for customer in importing.customers.opened(context.viewer.id)}
        if not context.resumed and chosen not in opened | {linked}:
            refuse("customer", N_("Choose one of the list."))
    if context.resumed and linked is not None and chosen in (None, linked):
        return Change(steps=())

    def check() -> None:
        now = importing.links.customer_of(billing_id, cid)
        if now != linked:
            raise LinkedOtherwise(now, importing.links.title(now))

    def run() -> Imported:
        return importing.import_one(
            billing_id, cid, customer_id=chosen, as_new=typed == AS_NEW, person_name=context.viewer.name, check=check
        )

    wanted = Fact(N_("Customer"), NEW_WORD if typed == AS_NEW else RULES_WORD, "word")
    after = importing.links.fact(chosen) if chosen is not None else wanted
    return Change((Step(N_("Import of the customer"), run),), (importing.links.fact(linked),), (after,))


def plan_undo(review: ImportReview, context: ActionContext) -> Change:
    """Takes the import of the contract back."""
    shown = _case(review, context)
    if shown is None or shown.case.state not in ("done", "merged") or shown.case.customer_id is None:
        return _nothing(context)
    case, title = shown.case, shown.customer.title if shown.customer is not None else ""
    return Change(
        (Step(N_("Undo the import"), lambda: review.undo(context.viewer, case)),),
        (Fact(N_("Customer"), f"{title} (ID {case.customer_id})".strip()),),
        (Fact(N_("Customer"), ""),),
        case.contract_title,
    )


def plan_rejection(review: ImportReview, context: ActionContext) -> Change:
    """Leaves the contract without a customer: it is not to be imported."""
    shown = _case(review, context)
    if shown is None or shown.case.state not in ("waiting", "failed"):
        return _nothing(context)
    case = shown.case
    return Change(
        (Step(N_("Do not import"), lambda: review.reject(context.viewer, case)),), subject=case.contract_title
    )


def _case(review: ImportReview, context: SectionContext) -> ShownCase | None:
    return review.of_contract(context.contract.billing.id, context.contract.cid)


def _nothing(context: ActionContext) -> Change:
    if not context.resumed:
        raise Decided
    return Change(steps=())
