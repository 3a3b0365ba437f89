"""Importing customers from contracts: reading, writing, telling, a few contracts at a time (customers-and-links 2).

What a few contracts make of customers is one transaction of ours. The billing is told afterwards, and the writer of
links sees to it that it learns of it whatever happens. Others who import wait for the end of the transaction before
they decide: two new contracts of one person give one customer.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from itertools import islice
from typing import Final

import msgspec

from flask_bgbilling.config.creator import creator_settings
from flask_bgbilling.config.settings import Settings
from flask_bgbilling.domain.billings import BillingAccess
from flask_bgbilling.domain.customers import telling
from flask_bgbilling.domain.customers.account import CREATOR
from flask_bgbilling.domain.customers.foreseeing import Failed, Foreseen, Foresight, NothingDone, words_of
from flask_bgbilling.domain.customers.matching import ContractForImport, ImportRules
from flask_bgbilling.domain.customers.outcomes import Busy, Imported, NotConfigured, Sent, Written
from flask_bgbilling.domain.customers.reading import ReadContract, read_contracts, read_one
from flask_bgbilling.domain.customers.writing import MARKER, ContractWriter
from flask_bgbilling.domain.links.service import ContractLinks
from flask_bgbilling.errors import Absent, BGBillingError, NoRights, Unavailable, WrongPassword
from flask_bgbilling.ports import Clock, Customers
from flask_bgbilling.store.import_cases import CaseDetails, ImportCases
from flask_bgbilling.store.jobs import Jobs
from flask_bgbilling.store.unit_of_work import Occupied, UnitOfWork
from flask_bgbilling.wire.dto.search import FoundContract
from flask_bgbilling.wire.ops.contracts import CONTRACT_INFO
from flask_bgbilling.wire.ops.parameters_writes import PARAMETER_TEXT_SAVE
from flask_bgbilling.wire.ops.search import SEARCH_BY_TEXT
from flask_bgbilling.wire.session import Billing

logger = logging.getLogger(__name__)

SEARCHED: Final = 100
"""How many contracts the billing is asked for at once at least: some of them may be waiting."""

MOST_PAGES: Final = 200
CHUNK: Final = 8
"""How many contracts are written in one transaction, and told to the billing side by side."""

TURN: Final = "customer import"
LONGEST_WAIT: Final = timedelta(seconds=45)


class CustomerImport:
    """Imports customers. Whether a person may do so is for the caller to ask."""

    def __init__(
        self,
        customers: Customers,
        links: ContractLinks,
        cases: ImportCases,
        jobs: Jobs,
        unit_of_work: UnitOfWork,
        access: BillingAccess,
        settings: Callable[[], Settings],
        clock: Clock,
    ) -> None:
        self.customers = customers
        self.links = links
        self.cases = cases
        self._writer = ContractWriter(customers, links, cases)
        self._jobs = jobs
        self._unit = unit_of_work
        self._access = access
        self._settings = settings
        self._clock = clock

    def rules(self, billing_id: str) -> ImportRules:
        """The rules for a billing; raises ``NotConfigured``, and what ``ContractLinks.server`` raises."""
        server = self.links.server(billing_id)
        creator = creator_settings(self._settings())
        block = creator.server(billing_id)
        if block is None:
            raise NotConfigured(billing=server.title)
        try:
            return ImportRules(creator, block, self.customers.parameters())
        finally:
            self._unit.release()

    def scheduled(self) -> tuple[str, ...]:
        """The billings that the scheduled import goes through."""
        return tuple(server.billing_id for server in creator_settings(self._settings()).scheduled)

    def open(self, billing_id: str) -> Billing:
        """The billing under the account of the import."""
        return self._access.open_for(CREATOR, billing_id)

    def next_contracts(
        self, billing_id: str, most: int | None = None, *, clearing: bool = False
    ) -> list[FoundContract]:
        """The next contracts that are to be imported, a page of them; those that wait are passed over.

        ``clearing`` tells the billing once more of those that somebody has rejected, when it has not taken it yet.
        """
        rules = self.rules(billing_id)
        billing, size = self.open(billing_id), most or rules.server.page_size
        server = self.links.server(billing_id)
        found: dict[int, FoundContract] = {}
        step = max(size, SEARCHED)
        for page in range(1, MOST_PAGES + 1):
            rows = billing.call(
                SEARCH_BY_TEXT,
                pattern=f"^{MARKER}$",
                parameters=(server.customer_parameter_id,),
                closed=True,
                subcontracts=True,
                page=page,
                page_size=step,
            )
            cids = [row.cid for row in rows.items]
            blocked = self.cases.blocked(billing_id, cids, self._clock.now())
            found |= {row.cid: row for row in rows.items if row.cid not in blocked}
            if clearing:
                self._clear_rejected(billing, cids)
            if len(found) >= size or len(rows.items) < step:
                break
        else:
            logger.warning("%s: so many contracts wait for a person that the import sees no others", billing_id)
        return list(found.values())[:size]

    def _clear_rejected(self, billing: Billing, cids: Sequence[int]) -> None:
        for cid in self.cases.rejected(billing.id, cids):
            try:
                self.clear_marker(billing.id, cid)
            except BGBillingError as problem:
                logger.warning("%s: contract %s: %s", billing.id, cid, problem.text())
                return

    def sealed(self, contracts: Sequence[FoundContract]) -> str:
        """Contracts with their comments, which are people's names, as a job may keep them."""
        return self.cases.seal(msgspec.json.encode(contracts).decode())

    def unsealed(self, token: str) -> list[FoundContract]:
        """What :meth:`sealed` has made; raises ``ConfigurationError`` when no key opens it any more."""
        return msgspec.json.decode(self.cases.open(token), type=list[FoundContract])

    def dry_run(self, billing_id: str, most: int | None = None) -> list[Foreseen]:
        """What a run would do with the next contracts; nothing is kept, and no billing is told.

        They are imported in one transaction that is rolled back, so that each meets what those before it have made.
        Others who import wait for it. Raises ``Busy``.
        """
        rules, billing = self.rules(billing_id), self.open(billing_id)
        contracts = list(self._read(billing, self.next_contracts(billing_id, most), rules))
        marker = self.links.server(billing_id).customer_parameter_id
        foresight = Foresight(self.customers, self.cases, self._writer)
        told: list[Foreseen] = []
        failed: dict[int, str] = {}
        while True:
            try:
                with self.turn():
                    told = foresight.told(contracts, rules, marker, failed)
                    raise NothingDone
            except Failed as one:  # its transaction is spoilt; the others are looked at without it
                failed[one.cid] = one.problem
            except NothingDone:
                return told

    def run(
        self,
        billing_id: str,
        contracts: Sequence[FoundContract],
        *,
        job_id: int | None = None,
        told: Callable[[Sequence[Imported]], None] = lambda imported: None,
    ) -> Counter[str]:
        """Imports these contracts; counts outcomes. ``told`` hears of each few, and may raise to stop.

        What goes wrong with one contract is noted in its case, and the others go on. A billing that cannot be reached,
        or that refuses the account of the import, stops the rest: what was done is told before the error is raised,
        and no contract is noted for what its account may not do.
        """
        rules, billing = self.rules(billing_id), self.open(billing_id)
        counted: Counter[str] = Counter()
        reading = self._read(billing, contracts, rules)
        before: Sent | None = None
        held: list[ReadContract] = []
        denied: list[ReadContract] = []  # noted at the end: until then it may be the account that has lost its rights

        def settle(sent: Sent | None) -> BGBillingError | None:
            """Tells of those that were sent; gives why the account may not write, when it may not."""
            if sent is None:
                return None
            answers = telling.settled(self.links, billing, sent)
            imported = [*(one.imported for one in answers), *sent.failed]
            counted.update(one.outcome for one in imported)
            told(imported)
            return telling.refusal(answers)

        while chunk := [*held, *islice(reading, CHUNK - len(held))]:
            try:
                chunk, held = _without_refused(chunk)
                denied += [read for read in chunk if isinstance(read.problem, NoRights)]
                chunk = [read for read in chunk if not isinstance(read.problem, NoRights)]
                sent = self._import(billing, rules, chunk, job_id)
            except Exception:
                settle(before)  # those were imported, whatever becomes of these
                raise
            refused = settle(before)  # the billing has taken these while the next ones were written here
            before = sent
            lost = [read.problem for read in chunk if isinstance(read.problem, Unavailable)]
            if refused is None and len(lost) == len(chunk):
                refused = lost[0]
            if refused is not None:
                settle(sent)
                raise refused
        refused = settle(before)
        if refused is not None:
            raise refused
        settle(Sent([], [self._failed(billing_id, read, job_id) for read in denied]))
        return counted

    def import_one(
        self,
        billing_id: str,
        cid: int,
        *,
        customer_id: int | None = None,
        as_new: bool = False,
        person_name: str = "",
        check: Callable[[], None] = lambda: None,
    ) -> Imported:
        """One contract by hand, whatever its marker says: into a customer, as a new one, or by the rules.

        ``check`` is asked when nobody else can decide any more, and raises when somebody has.
        Raises what reading and writing raise; nothing is done then. That the billing could not be told yet is the
        ``problem`` of the outcome.
        """
        rules, billing = self.rules(billing_id), self.open(billing_id)
        found = self.found(billing, cid)
        contract = read_one(billing, found, self.wanted(rules))
        with self.turn():
            check()
            (written,) = self._writer.write(
                [contract], rules, None, customer_id, as_new=as_new, person_name=person_name
            )
        (told,) = telling.settled(self.links, billing, telling.begin(self.links, billing, [(found, written)]))
        return told.imported

    def found(self, billing: Billing, cid: int) -> FoundContract:
        """A contract by its id; raises ``Absent`` where the billing has none."""
        info = billing.call(CONTRACT_INFO, cid=cid)
        if info is None:
            raise Absent(billing=billing.title, operation=CONTRACT_INFO.name, words="")
        return FoundContract(cid, info.title, info.comment)

    def clear_marker(self, billing_id: str, cid: int) -> None:
        """Tells the billing that a contract is not to be imported. Raises the billing's error."""
        parameter_id = self.links.server(billing_id).customer_parameter_id
        self.open(billing_id).call(PARAMETER_TEXT_SAVE, cid=cid, parameter_id=parameter_id, text="")

    def _read(self, billing: Billing, contracts: Iterable[FoundContract], rules: ImportRules) -> Iterator[ReadContract]:
        return read_contracts(billing, contracts, self.wanted(rules))

    def wanted(self, rules: ImportRules) -> frozenset[int]:
        """The parameters of contracts that are read."""
        marker = self.links.server(rules.server.billing_id).customer_parameter_id
        return rules.server.contract_parameters | {marker}

    def _import(self, billing: Billing, rules: ImportRules, chunk: Sequence[ReadContract], job_id: int | None) -> Sent:
        marker = self.links.server(billing.id).customer_parameter_id
        ready: list[tuple[ReadContract, ContractForImport]] = []
        done: list[tuple[FoundContract, Written]] = []
        failed: list[Imported] = []
        for read in chunk:
            if read.contract is None:
                failed.append(self._failed(billing.id, read, job_id))
                continue
            known = read.contract.values.get(marker)
            if known is not None and known.text.strip() != MARKER:
                done.append((read.found, Written("passed")))
            else:
                ready.append((read, read.contract))
        written, refused = self._written(billing.id, rules, ready, job_id)
        return telling.begin(self.links, billing, [*done, *written], [*failed, *refused])

    def _written(
        self,
        billing_id: str,
        rules: ImportRules,
        ready: Sequence[tuple[ReadContract, ContractForImport]],
        job_id: int | None,
    ) -> tuple[list[tuple[FoundContract, Written]], list[Imported]]:
        """Writes contracts in one transaction; when it fails, each in one of its own. Gives those that failed too."""
        if not ready:
            return [], []
        try:
            with self.turn():
                written = self._writer.write([contract for _, contract in ready], rules, job_id)
        except Busy:
            raise
        except Exception as error:
            if len(ready) == 1:
                return [], [self._failed(billing_id, ready[0][0], job_id, error)]
        else:
            return [(read.found, one) for (read, _), one in zip(ready, written, strict=True)], []
        parts = [self._written(billing_id, rules, [one], job_id) for one in ready]
        return [one for written, _ in parts for one in written], [one for _, failed in parts for one in failed]

    def _failed(
        self, billing_id: str, read: ReadContract, job_id: int | None, error: Exception | None = None
    ) -> Imported:
        """One contract must not hold up the others: it is noted, and tried again later."""
        error = error or read.problem
        told = error if isinstance(error, BGBillingError) else None
        if told is None:
            logger.exception("contract %s of %s cannot be imported", read.found.cid, billing_id)
        words = words_of(error)
        details = CaseDetails(title=read.found.comment, words=words)
        code = told.code if told else "error"
        self.cases.failed(billing_id, read.found.cid, read.found.number, code, details, job_id)
        return Imported(read.found, "failed", problem=words)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """A transaction in which nobody else decides or writes. Raises ``Busy`` when somebody does not make way."""
        try:
            with self._jobs.turn(TURN, LONGEST_WAIT):
                yield
        except Occupied as error:
            raise Busy from error


def _without_refused(chunk: Sequence[ReadContract]) -> tuple[list[ReadContract], list[ReadContract]]:
    """Parts what may be written from the last ones that the account may not read, which wait for what comes after them.

    Raises the problem when the account may read nothing: it has lost its rights, and no contract is to blame. One that
    it may not read among others that it may is an ordinary failure.
    """
    kept = list(chunk)
    wrong = next((read.problem for read in kept if isinstance(read.problem, WrongPassword)), None)
    if wrong is not None:
        raise wrong
    held: list[ReadContract] = []
    while kept and isinstance(kept[-1].problem, NoRights):
        held.insert(0, kept.pop())
    if not kept:
        problem = held[0].problem
        assert problem is not None
        raise problem
    return kept, held
