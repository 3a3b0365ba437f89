"""What a contract makes of a customer: the customer, its parameters, the link and the case, in one transaction."""

from typing import Any, Final

import msgspec

from flask_bgbilling.domain.customers.account import CREATOR
from flask_bgbilling.domain.customers.matching import ContractForImport, ImportDecision, ImportRules, decide
from flask_bgbilling.domain.customers.outcomes import Written
from flask_bgbilling.domain.customers.values import Note, stored, taken
from flask_bgbilling.domain.links.errors import UnknownCustomer
from flask_bgbilling.domain.links.service import ContractLinks
from flask_bgbilling.errors import N_
from flask_bgbilling.ports import Customer, Customers
from flask_bgbilling.store.import_cases import CaseDetails, ImportCases
from flask_bgbilling.store.unit_of_work import UnitOfWork

MARKER: Final = "0"
"""What stands in the parameter of a contract that is to be imported."""


class ContractWriter:
    """Writes what a contract makes of our tables. Whoever calls it has the lease of the import."""

    def __init__(
        self, customers: Customers, links: ContractLinks, cases: ImportCases, unit_of_work: UnitOfWork
    ) -> None:
        self._customers = customers
        self._links = links
        self._cases = cases
        self._unit = unit_of_work

    def write(
        self,
        contract: ContractForImport,
        rules: ImportRules,
        job_id: int | None,
        chosen: int | None = None,
        *,
        as_new: bool = False,
        person_name: str = "",
    ) -> Written:
        """Everything of ours that a contract changes, in one transaction.

        It decides by the rules unless a customer was ``chosen`` or a new one is wanted. Raises ``UnknownCustomer`` for
        one who is there no more; what the ports raise rolls everything back.
        """
        with self._unit.alone():
            link = self._links.rows.get(contract.billing_id, contract.cid)
            linked = link.customer_id if link is not None else None
            # A customer that the host has no more holds nothing: the contract is imported like one without a link.
            known = linked if linked is not None and self._customers.get(linked) is not None else None
            if known is not None and chosen is None and not person_name:
                # Somebody has been here and the billing does not know of it yet: it only has to be told.
                return Written("linked", known, link)
            wanted = chosen if chosen is not None or as_new else known
            decision = self._decided(contract, rules, wanted, as_new=as_new)
            details = CaseDetails(
                title=contract.title,
                person_name=person_name,
                evidence=[msgspec.to_builtins(one) for one in decision.evidence],
            )
            outcome = "chosen" if wanted is not None else decision.outcome
            put: dict[str, Any] = {"job_id": job_id}
            place = contract.billing_id, contract.cid, contract.number
            if decision.outcome == "short":
                self._cases.put(*place, "done", outcome, details, **put)
                return Written(outcome, text="")
            if decision.outcome == "several":
                self._cases.put(*place, "waiting", outcome, details, **put)
                return Written(outcome)
            customer, before = self._customer(contract, rules, decision)
            record = link
            if linked != customer.id:
                record = self._links.put_local(
                    CREATOR, contract.billing_id, contract.cid, contract.number, customer.id, link
                )
            values, notes = self._take(contract, rules, customer, is_new=before is None)
            after = self._customers.get(customer.id)
            details = msgspec.structs.replace(
                details,
                created=before is None,
                title_before=before or "",
                title_after=after.title if after is not None else customer.title,
                values=values,
                notes=[msgspec.to_builtins(note) for note in notes],
            )
            self._cases.put(*place, "done", outcome, details, customer_id=customer.id, **put)
            return Written(outcome, customer.id, record)

    def _decided(
        self, contract: ContractForImport, rules: ImportRules, wanted: int | None, *, as_new: bool
    ) -> ImportDecision:
        if wanted is not None:
            customer = self._customers.get(wanted)
            if customer is None:
                raise UnknownCustomer(customer=wanted)
            return ImportDecision("confirmed", customer)
        return ImportDecision("new") if as_new else decide(contract, rules, self._customers)

    def _customer(
        self, contract: ContractForImport, rules: ImportRules, decision: ImportDecision
    ) -> tuple[Customer, str | None]:
        """The customer of the decision, made or renamed as it says, and the title that it had."""
        if decision.customer is None:
            rule = rules.creator.rule(contract.number)
            if rule is None:
                return self._customers.create(contract.title), None
            made = self._customers.create(
                contract.title, group_id=rule.group_id, title_pattern_id=rule.title_pattern_id
            )
            return made, None
        customer = self._customers.lock(decision.customer.id)
        if customer is None:
            raise UnknownCustomer(customer=decision.customer.id)
        if decision.new_title is not None:
            self._customers.rename(customer.id, decision.new_title)
        return customer, customer.title

    def _take(
        self, contract: ContractForImport, rules: ImportRules, customer: Customer, *, is_new: bool
    ) -> tuple[list[Any], list[Note]]:
        kept = {} if is_new else self._customers.values([customer.id], rules.creator.imported)
        ours = {parameter_id: value for (_, parameter_id), value in kept.items()}
        changes, found = taken(contract, rules, ours)
        values, notes = [], list(found)
        for change in changes:
            try:
                self._customers.set_value(customer.id, change.parameter_id, change.after)
            except (LookupError, ValueError) as error:
                notes.append(Note(change.parameter_id, N_("The value “%(value)s” was not accepted."), str(error)[:200]))
                continue
            values.append([change.parameter_id, stored(change.before), stored(change.after)])
        return values, notes
