"""What contracts make of customers: the customers, their parameters, the links and the cases."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from flask_bgbilling.domain.customers.account import CREATOR
from flask_bgbilling.domain.customers.asking import Asking
from flask_bgbilling.domain.customers.continuing import continued
from flask_bgbilling.domain.customers.matching import ContractForImport, ImportDecision, ImportRules, decide, queries
from flask_bgbilling.domain.customers.names import with_spelling
from flask_bgbilling.domain.customers.outcomes import Written
from flask_bgbilling.domain.customers.values import Note, Taken, stored, taken
from flask_bgbilling.domain.links.errors import UnknownCustomer
from flask_bgbilling.domain.links.service import ContractLinks, NewLink
from flask_bgbilling.errors import N_
from flask_bgbilling.ports import Customer, Customers
from flask_bgbilling.store.import_cases import BLOCKING, CaseDetails, CaseState, ImportCases, NewCase
from flask_bgbilling.store.links import LinkRecord

MARKER: Final = "0"
"""What stands in the parameter of a contract that is to be imported."""

STATES: Final[Mapping[str, CaseState]] = {"several": "waiting", "short": "short"}
"""How a case stands after a decision that imports nothing."""


class Made(Struct, frozen=True):
    """What becomes of a contract, before its link and its case are written: ``link`` is the row to come, if any."""

    written: Written
    case: NewCase | None = None
    link: NewLink | None = None


class ContractWriter:
    """Writes what contracts make of our tables, in the transaction of its caller, who has the turn of the import."""

    def __init__(self, customers: Customers, links: ContractLinks, cases: ImportCases) -> None:
        self._customers = customers
        self._links = links
        self._cases = cases

    def write(
        self,
        contracts: Sequence[ContractForImport],
        rules: ImportRules,
        job_id: int | None,
        chosen: int | None = None,
        *,
        as_new: bool = False,
        person_name: str = "",
    ) -> list[Written]:
        """Everything of ours that contracts of one billing change, one after the other.

        It decides by the rules unless a customer was ``chosen`` or a new one is wanted. Raises ``UnknownCustomer`` for
        one who is there no more; after that, and after what the ports raise, the caller rolls everything back.
        """
        billing_id = rules.server.billing_id
        cids = [contract.cid for contract in contracts]
        rows, cases = self._links.rows.of_contracts(billing_id, cids), self._cases.of_contracts(billing_id, cids)
        asking = Asking(self._customers)
        if len(contracts) > 1:
            unknown = (contract for contract in contracts if contract.cid not in rows)
            asking.ahead(query for contract in unknown for query in queries(contract, rules))
        made = [
            Made(Written("passed"))
            if not person_name and contract.cid in cases and cases[contract.cid].state in BLOCKING
            else self._made(
                contract, rules, asking, rows.get(contract.cid), chosen, as_new=as_new, person_name=person_name
            )
            for contract in contracts
        ]
        found = [replace(one.case, job_id=job_id) for one in made if one.case is not None]
        self._cases.put([continued(case, cases.get(case.contract_id)) for case in found])
        links = [one.link for one in made if one.link is not None]
        records = {record.contract_id: record for record in self._links.put_local(CREATOR, links)}
        return [
            replace(one.written, record=records[contract.cid]) if one.link is not None else one.written
            for contract, one in zip(contracts, made, strict=True)
        ]

    def _made(
        self,
        contract: ContractForImport,
        rules: ImportRules,
        asking: Asking,
        link: LinkRecord | None,
        chosen: int | None,
        *,
        as_new: bool,
        person_name: str,
    ) -> Made:
        linked = link.customer_id if link is not None else None
        # A customer that the host has no more holds nothing: the contract is imported like one without a link.
        known = linked if linked is not None and self._customers.get(linked) is not None else None
        if known is not None and chosen is None and not person_name:
            # Somebody has been here and the billing does not know of it yet: it only has to be told.
            return Made(Written("linked", known, link))
        wanted = chosen if chosen is not None or as_new else known
        decision = self._decided(contract, rules, asking, wanted, as_new=as_new)
        outcome = "chosen" if wanted is not None else decision.outcome
        case = NewCase(
            billing_id=contract.billing_id,
            contract_id=contract.cid,
            contract_title=contract.number,
            state=STATES.get(decision.outcome, "done"),
            outcome=outcome,
            details=CaseDetails(
                title=contract.title,
                person_name=person_name,
                evidence=[msgspec.to_builtins(one) for one in decision.evidence],
            ),
        )
        if decision.outcome == "short":
            return Made(Written(outcome, text=""), case)
        if decision.outcome == "several":
            return Made(Written(outcome), case)
        customer, before = self._customer(contract, rules, decision)
        changes, notes = self._take(contract, rules, customer, is_new=before is None)
        after = self._customers.get(customer.id) or customer
        asking.written(after, {change.parameter_id: change.after for change in changes})
        details = replace(
            case.details,
            created=before is None,
            title_before=before or "",
            title_after=after.title,
            values=[[change.parameter_id, stored(change.before), stored(change.after)] for change in changes],
            customer_before=linked,
            notes=[msgspec.to_builtins(note) for note in notes],
        )
        return Made(
            Written(outcome, customer.id, link),
            replace(case, details=details, customer_id=customer.id),
            NewLink(contract.billing_id, contract.cid, contract.number, customer.id, link)
            if linked != customer.id
            else None,
        )

    def _decided(
        self, contract: ContractForImport, rules: ImportRules, asking: Asking, wanted: int | None, *, as_new: bool
    ) -> ImportDecision:
        if wanted is not None:
            customer = self._customers.get(wanted)
            if customer is None:
                raise UnknownCustomer(customer=wanted)
            return ImportDecision("confirmed", customer)
        return ImportDecision("new") if as_new else decide(contract, rules, asking)

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
            # Somebody may have renamed the customer since the decision.
            title = with_spelling(customer.title, contract.title.strip())
            if title != customer.title.strip():
                self._customers.rename(customer.id, title)
        return customer, customer.title

    def _take(
        self, contract: ContractForImport, rules: ImportRules, customer: Customer, *, is_new: bool
    ) -> tuple[list[Taken], list[Note]]:
        kept = {} if is_new else self._customers.values([customer.id], rules.creator.imported)
        ours = {parameter_id: value for (_, parameter_id), value in kept.items()}
        changes, found = taken(contract, rules, ours)
        made, notes = [], list(found)
        for change in changes:
            try:
                self._customers.set_value(customer.id, change.parameter_id, change.after)
            except (LookupError, ValueError) as error:
                notes.append(Note(change.parameter_id, N_("The value “%(value)s” was not accepted."), str(error)[:200]))
                continue
            made.append(change)
        return made, notes
