"""What people decide about imports: who it is where several answer, what was wrong, who is one and the same.

Every decision is one transaction of ours; billings are told afterwards. An import and a merge can be taken back: what
somebody has changed since then stays as it is.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

import msgspec
from msgspec import Struct

from flask_bgbilling.domain.customers.account import CREATOR
from flask_bgbilling.domain.customers.importing import CustomerImport
from flask_bgbilling.domain.customers.matching import Evidence
from flask_bgbilling.domain.customers.names import with_spelling
from flask_bgbilling.domain.customers.outcomes import Imported
from flask_bgbilling.domain.customers.values import restored, stored, united
from flask_bgbilling.domain.customers.words import DECISIONS
from flask_bgbilling.domain.links.errors import UnknownCustomer
from flask_bgbilling.errors import N_, BGBillingError, InputError
from flask_bgbilling.facts import Fact
from flask_bgbilling.ports import (
    Customer,
    CustomerAddress,
    CustomerParameter,
    CustomerValue,
    Person,
    Processes,
    UnlinksCustomers,
)
from flask_bgbilling.store.changes import NewChange
from flask_bgbilling.store.import_cases import CaseDetails, CaseState, ImportCase
from flask_bgbilling.store.journal import Journal
from flask_bgbilling.store.links import LinkRecord
from flask_bgbilling.store.unit_of_work import UnitOfWork

Result = TypeVar("Result")

MOST_PROCESSES: Final = 10_000
ACCEPTED: Final[tuple[CaseState, ...]] = ("waiting", "failed", "rejected", "undone")
REVIEWED: Final[tuple[CaseState, ...]] = ("waiting", "failed", "done", "merged", "rejected", "short", "undone")


class UnknownCase(InputError):
    """There is no such case, or it is in a billing that the person may not see."""

    code = "unknown case"
    message = N_("There is no such case of the import.")
    remedy = N_("Look at the list again.")


class Decided(InputError):
    """The case is not as it was seen: somebody else has decided, or the import has come by."""

    code = "decided"
    message = N_("Somebody has decided this already.")
    remedy = N_("Look at the case again.")


class NotYours(InputError):
    """A customer has contracts in a billing that the person may not change."""

    code = "not yours"
    message = N_("The customer has contracts in a billing that you may not change.")
    remedy = N_("Somebody who works with that billing can do it.")


class Moved(Struct, frozen=True):
    """A contract that went from one customer to another: the row that its billing has to learn, and both customers."""

    record: LinkRecord
    before: Fact
    after: Fact


def everything(billing_id: str) -> bool:
    """Of who may change contracts in all billings."""
    return True


class NoLongerKept(InputError):
    """The case was decided so long ago that what undoing it needs is not kept any more."""

    code = "no longer kept"
    message = N_("The details of this import are no longer kept: it cannot be undone.")
    remedy = N_("Change the customer and the link by hand.")


class ShownCase(Struct, frozen=True):
    """A case as a page shows it: the customer as it is now, and whom the import looked at.

    ``addresses`` are the cards of all these customers by their numbers, as far as there still are such customers.
    """

    case: ImportCase
    customer: Customer | None
    evidence: tuple[Evidence, ...]
    candidates: tuple[Customer, ...]
    billing_title: str
    addresses: Mapping[int, str]

    @property
    def seen(self) -> str:
        """How the case stood when it was shown: a form about it holds for that only."""
        return self.case.changed_at.isoformat()

    @property
    def decision(self) -> str:
        """What was decided, as a message id."""
        return DECISIONS.get(self.case.outcome, self.case.outcome)


class ImportReview:
    """Cases of the import and decisions about them. Whether a person may decide is for the caller to ask."""

    def __init__(
        self,
        importing: CustomerImport,
        unit_of_work: UnitOfWork,
        journal: Journal,
        processes: Processes | None = None,
    ) -> None:
        self._journal = journal
        self._processes = processes
        self._importing = importing
        self._customers = importing.customers
        self._links = importing.links
        self._cases = importing.cases
        self._unit = unit_of_work

    def cases(
        self,
        billing_ids: Sequence[str] | None,
        states: Sequence[CaseState] = REVIEWED,
        before_id: int | None = None,
        limit: int = 30,
    ) -> tuple[ShownCase, ...]:
        """Cases newest first."""
        found = self._cases.list(states=states, billing_ids=billing_ids, before_id=before_id, limit=limit)
        return tuple(self._shown(case) for case in found)

    def counts(self, billing_ids: Sequence[str] | None) -> Mapping[str, int]:
        """How many cases are in each state."""
        return self._cases.counts(billing_ids)

    def get(self, case_id: int) -> ShownCase:
        """One case; raises ``UnknownCase``."""
        case = self._cases.get(case_id)
        if case is None:
            raise UnknownCase
        return self._shown(case)

    def of_contract(self, billing_id: str, cid: int) -> ShownCase | None:
        """The case of a contract."""
        case = self._cases.of_contract(billing_id, cid)
        return self._shown(case) if case is not None else None

    def words(self) -> Mapping[int, str]:
        """Titles of the customers' parameters, to tell evidence."""
        return {number: parameter.title for number, parameter in self._customers.parameters().items()}

    def journalled(self, person: Person, case: ImportCase, action: str, work: Callable[[], Result]) -> Result:
        """Does what a person decided, with an entry in the journal of the contract. Raises what ``work`` raises."""
        entry = NewChange(
            person_id=person.id,
            person_name=person.name,
            billing_id=case.billing_id,
            contract_id=case.contract_id,
            contract_title=case.contract_title,
            action=f"import.{action}",
            subject=case.contract_title,
            once=secrets.token_urlsafe(24),
        )
        change = self._journal.begin(entry)
        try:
            result = work()
        except BGBillingError as problem:
            self._journal.finish(change.id, "refused", error_code=problem.code)
            raise
        except BaseException:
            self._journal.finish(change.id, "uncertain")
            raise
        self._journal.finish(change.id, "done")
        return result

    def accept(self, person: Person, case: ImportCase, customer_id: int | None, *, by_rules: bool = False) -> Imported:
        """Imports a contract that waits, or one that failed, into this customer, as a new one, or by the rules."""
        self._as_seen(case, ACCEPTED)
        return self._importing.import_one(
            case.billing_id,
            case.contract_id,
            customer_id=customer_id,
            as_new=customer_id is None and not by_rules,
            person_name=person.name,
            check=lambda: self._as_seen(case, ACCEPTED),
        )

    def reject(self, person: Person, case: ImportCase) -> BGBillingError | None:
        """A contract is not to be imported. Gives why the billing was not told; the import passes it over anyhow."""
        self._as_seen(case, ("waiting", "failed"))
        details = msgspec.structs.replace(case.details or CaseDetails(), person_name=person.name)
        with self._importing.turn():
            if not self._cases.decided(case, "rejected", details):
                raise Decided
        try:
            self._importing.clear_marker(case.billing_id, case.contract_id)
        except BGBillingError as problem:
            return problem
        return None

    def undo(self, person: Person, case: ImportCase, covers: Callable[[str], bool] = everything) -> None:
        """Takes an import back: link, parameters, title.

        The contract goes back to whose it was. A customer that the import has made goes, unless anybody has anything
        of it: contracts, processes, another title, parameters that the import did not bring.

        ``covers`` says in which billings the person may change contracts; raises ``NotYours``.
        """
        self._as_seen(case, ("done", "merged"))
        details, customer_id = case.details, case.customer_id
        if not case.kept:
            raise NoLongerKept
        if details is None or customer_id is None:
            raise Decided
        moved: list[Moved] = []
        with self._importing.turn():
            customer = self._customers.lock(customer_id)
            linked = self._links.customer_of(case.billing_id, case.contract_id)
            owner = details.customer_before
            if linked == customer_id != owner:
                if owner is not None and self._customers.lock(owner) is None:
                    owner = None
                self._relink(case.billing_id, case.contract_id, case.contract_title, owner, linked, moved)
            if customer is not None:
                self._restore(customer, details.values)
                if details.title_before and customer.title == details.title_after:
                    self._customers.rename(customer_id, details.title_before)
            if details.absorbed is not None:
                self._split(details.absorbed.get("into", customer_id), details.absorbed, covers, moved)
            if customer is not None and details.created and self._is_left(customer, details):
                self._customers.delete(customer_id)
            told = msgspec.structs.replace(details, person_name=person.name, absorbed=None)
            if not self._cases.decided(case, "undone", told, customer_id=customer_id):
                raise Decided
        self._tell(person, case, moved)

    def merge(
        self,
        person: Person,
        case: ImportCase,
        into_id: int,
        from_ids: Sequence[int],
        covers: Callable[[str], bool] = everything,
    ) -> Imported:
        """Makes several customers one, and imports the contract into it. Can be taken back by undoing the case.

        ``covers`` says in which billings the person may change contracts; raises ``NotYours``.
        """
        self._as_seen(case, ("waiting",))
        absorbed: list[dict[str, Any]] = []
        moved: list[Moved] = []
        with self._importing.turn():
            ids = [into_id, *dict.fromkeys(from_id for from_id in from_ids if from_id != into_id)]
            # In one order, whoever merges whom, and before anything of theirs is read.
            locked = {number: self._customers.lock(number) for number in sorted(ids)}
            into, *others = (locked[number] for number in ids)
            if into is None:
                raise UnknownCustomer(customer=into_id)
            before = self._values(into_id)
            title_before, title = into.title, into.title
            for one in others:
                if one is not None:
                    title = with_spelling(title, one.title)
                    absorbed.append(self._absorb(one, into_id, covers, moved))
            if title != title_before:
                self._customers.rename(into_id, title)
            after = self._values(into_id)
            changed = [
                [number, stored(before.get(number)), stored(value)]
                for number, value in after.items()
                if value != before.get(number)
            ]
            kept = {
                "into": into_id,
                "customers": absorbed,
                "values": changed,
                "title_before": title_before,
                "title_after": title,
                "earlier": case.details.absorbed if case.details else None,
            }
            details = msgspec.structs.replace(case.details or CaseDetails(), person_name=person.name, absorbed=kept)
            if not self._cases.decided(case, "waiting", details):
                raise Decided
        self._tell(person, case, moved)
        merged = self._cases.get(case.id) or case
        return self._importing.import_one(
            case.billing_id,
            case.contract_id,
            customer_id=into_id,
            person_name=person.name,
            check=lambda: self._as_seen(merged, ("waiting",)),
        )

    def _is_left(self, customer: Customer, details: CaseDetails) -> bool:
        """Whether nobody has anything of a customer that the import has made."""
        return (
            not details.title_before
            and customer.title == details.title_after
            and not self._values(customer.id)
            and not self._links.contracts_of(customer.id)
            and not (self._processes is not None and self._processes.of_customer(customer.id, 1))
        )

    def _absorb(self, one: Customer, into_id: int, covers: Callable[[str], bool], moved: list[Moved]) -> dict[str, Any]:
        """Moves everything of a customer to another and deletes it; gives what making it anew needs."""
        parameters = self._customers.parameters()
        mine, theirs = self._values(one.id), self._values(into_id)
        for number, value in mine.items():
            both = united(parameters[number], theirs.get(number), value)
            if both is not None and both != theirs.get(number):
                self._customers.set_value(into_id, number, both)
        contracts = self._links.contracts_of(one.id)
        for contract in contracts:
            if not covers(contract.billing_id):
                raise NotYours
            self._relink(contract.billing_id, contract.cid, contract.title, into_id, one.id, moved)
        processes = [[process_id, self._linked(process_id, into_id)] for process_id in self._processes_of(one.id)]
        self._customers.delete(one.id)
        return {
            "title": one.title,
            "group_id": one.group_id,
            "title_pattern_id": one.title_pattern_id,
            "values": [[number, stored(value)] for number, value in mine.items()],
            "contracts": [[contract.billing_id, contract.cid, contract.title] for contract in contracts],
            "processes": processes,
        }

    def _split(
        self, into_id: int, absorbed: Mapping[str, Any], covers: Callable[[str], bool], moved: list[Moved]
    ) -> None:
        """Makes the customers anew that were merged into this one; they get other numbers than they had."""
        parameters = self._customers.parameters()
        into = self._customers.get(into_id)
        if into is not None:
            self._restore(into, absorbed["values"])
            if into.title == absorbed["title_after"]:
                self._customers.rename(into_id, absorbed["title_before"])
        for one in absorbed["customers"]:
            # A pattern of the customer's own went with it: the title stays as it was.
            pattern_id = one["title_pattern_id"] if one["title_pattern_id"] > 0 else -1
            made = self._customers.create(one["title"], group_id=one["group_id"], title_pattern_id=pattern_id)
            for number, kept in one["values"]:
                if number in parameters:
                    self._customers.set_value(made.id, number, restored(parameters[number].type, kept))
            for billing_id, cid, title in one["contracts"]:
                if self._links.customer_of(billing_id, cid) == into_id:
                    if not covers(billing_id):
                        raise NotYours
                    self._relink(billing_id, cid, title, made.id, into_id, moved)
            for process_id, was_added in one.get("processes", ()):
                self._linked(process_id, made.id)
                if was_added and isinstance(self._processes, UnlinksCustomers):
                    self._processes.unlink_customer(process_id, into_id)
        if earlier := absorbed.get("earlier"):
            self._split(earlier["into"], earlier, covers, moved)

    def _processes_of(self, customer_id: int) -> Sequence[int]:
        if self._processes is None:
            return ()
        return [process.id for process in self._processes.of_customer(customer_id, MOST_PROCESSES)]

    def _linked(self, process_id: int, customer_id: int) -> bool:
        """Links a customer to a process; false where that is so already, or where there is no such process."""
        if self._processes is None or self._processes.get(process_id) is None:
            return False
        return self._processes.link_customer(process_id, customer_id)

    def _restore(self, customer: Customer, changes: Sequence[Any]) -> None:
        """Puts back what stood there, where nobody has changed it since; else takes away only what was added."""
        parameters = self._customers.parameters()
        now = self._values(customer.id)
        for number, before, after in changes:
            parameter = parameters.get(number)
            if parameter is None:
                continue
            old, new = restored(parameter.type, before), restored(parameter.type, after)
            found = now.get(number)
            if _bare(found) == _bare(new):
                self._customers.set_value(customer.id, number, old)
            elif (rest := _without(found, old, new)) is not None:
                self._customers.set_value(customer.id, number, rest)

    def _values(self, customer_id: int) -> dict[int, CustomerValue]:
        known: Mapping[int, CustomerParameter] = self._customers.parameters()
        found = self._customers.values([customer_id], list(known))
        return {number: value for (_, number), value in found.items()}

    def _relink(
        self,
        billing_id: str,
        cid: int,
        title: str,
        customer_id: int | None,
        instead_of: int | None,
        moved: list[Moved],
    ) -> None:
        before, after = self._links.fact(instead_of), self._links.fact(customer_id)
        record = self._links.link_local(CREATOR, billing_id, cid, title, customer_id, instead_of=instead_of)
        if record is not None:
            moved.append(Moved(record, before, after))

    def _tell(self, person: Person, case: ImportCase, moved: Sequence[Moved]) -> None:
        """Notes what went to other customers, and tells the billings; the case's own contract has its entry."""
        for one in moved:
            if (one.record.billing_id, one.record.contract_id) != (case.billing_id, case.contract_id):
                self._links.note_move(person, one.record, one.before, one.after)
        for one in moved:
            self._links.tell(one.record)

    def _as_seen(self, case: ImportCase, states: Sequence[CaseState]) -> None:
        now = self._cases.get(case.id)
        if now is None:
            raise UnknownCase
        if now.state not in states or now.changed_at != case.changed_at:
            raise Decided

    def _shown(self, case: ImportCase) -> ShownCase:
        evidence = tuple(msgspec.convert(one, Evidence) for one in (case.details.evidence if case.details else ()))
        ids = dict.fromkeys(one.customer_id for one in evidence if one.accepted)
        candidates = (self._customers.get(number) for number in ids) if case.state == "waiting" else ()
        customer = self._customers.get(case.customer_id) if case.customer_id is not None else None
        linked = {one.customer_id for one in evidence} | ({customer.id} if customer is not None else set())
        return ShownCase(
            case,
            customer,
            evidence,
            tuple(one for one in candidates if one is not None),
            self._links.billing_title(case.billing_id),
            {number: self._customers.address(number) for number in linked if self._customers.get(number) is not None},
        )


def _without(found: CustomerValue | None, old: CustomerValue | None, new: CustomerValue | None) -> CustomerValue | None:
    """A collection without what was added to it; ``None`` where there is nothing to take away."""
    if isinstance(found, frozenset) and isinstance(new, frozenset):
        added = new - (old if isinstance(old, frozenset) else frozenset())
        return found - added if found & added else None
    if isinstance(found, tuple) and isinstance(new, tuple):
        before = set(old) if isinstance(old, tuple) else set()
        added_ones = {_bare(one) for one in new if one not in before}
        rest = tuple(one for one in found if _bare(one) not in added_ones)
        return rest if len(rest) != len(found) else None  # type: ignore[return-value]
    return None


def _bare(one: Any) -> Any:
    """Without what the host adds by itself: the text of an address."""
    if isinstance(one, tuple):
        return tuple(_bare(piece) for piece in one)
    return one.place if isinstance(one, CustomerAddress) else one
