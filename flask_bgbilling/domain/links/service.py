"""Contracts and the customers they belong to (customers-and-links.md 3).

A contract has one customer. The link is ours: a row in our table, changed in one transaction. The billing is told
afterwards, by a parameter of the contract; until it knows, the row says so, and the writer of links
(``ContractLinkWriter``) tries again. So nothing that a billing does — or a process that dies in between — leaves the
two apart for ever, and none of it keeps a person from working.
"""

import logging
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_bgbilling.config.settings import Server, Settings
from flask_bgbilling.domain.billings import BillingAccess
from flask_bgbilling.domain.links.errors import ContractGone, LinkedOtherwise, NoCustomerParameter, UnknownCustomer
from flask_bgbilling.errors import N_, Absent, BGBillingError, NoRights, Refused, UnknownBilling, WrongPassword
from flask_bgbilling.facts import Fact
from flask_bgbilling.ports import Clock, Customer, Customers, Person
from flask_bgbilling.store.changes import ChangeDetails, NewChange, StepRecord
from flask_bgbilling.store.journal import AlreadySent, Journal
from flask_bgbilling.store.links import LinkChanged, LinkRecord, Links, LinkWish
from flask_bgbilling.store.unit_of_work import UnitOfWork
from flask_bgbilling.wire.ops.contracts import CONTRACT_INFO
from flask_bgbilling.wire.ops.parameters_writes import PARAMETER_TEXT_SAVE
from flask_bgbilling.wire.session import Billing

logger = logging.getLogger(__name__)

ACTION = "customer.edit"
"""The name of the change in the journal: the action of the card that does it."""

OWN_TURN = timedelta(minutes=2)
"""How long whoever has linked has the billing for himself, before the writer of links steps in."""

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)

STEP = N_("Customer of the contract")


@dataclass(frozen=True)
class LinkedContract:
    """A contract of a customer. ``title`` is its number as it was when somebody looked last."""

    billing_id: str
    cid: int
    title: str


@dataclass(frozen=True)
class NewLink:
    """What a contract's row is to say; ``seen`` is the row as it stands, ``None`` when there is none."""

    billing_id: str
    cid: int
    title: str
    customer_id: int | None
    seen: LinkRecord | None


@dataclass(frozen=True)
class LinkedCustomer:
    """The customer of a contract; ``customer`` is ``None`` when the host has it no more.

    ``address`` is the path of its card. ``waiting`` says that the billing does not know of the link yet,
    ``error_code`` why, and ``again_at`` when it is tried again: ``None`` when nobody will before it is asked for.
    """

    id: int
    customer: Customer | None
    address: str
    waiting: bool
    error_code: str | None
    again_at: datetime | None

    @property
    def title(self) -> str:
        """The usual spelling of its title, or its number."""
        return self.customer.variants[0] if self.customer is not None else f"ID {self.id}"


@dataclass(frozen=True)
class Settled:
    """A link that stands. ``problem`` is why the billing does not know of it yet."""

    record: LinkRecord | None
    problem: BGBillingError | None = None


class ContractLinks:
    """Reads and changes links. Whether a person may do so is for the caller to ask: ``contract.link.update``.

    ``wake`` is called when a billing could not be told: it has the writer of links come, and must not raise.
    """

    def __init__(
        self,
        links: Links,
        unit_of_work: UnitOfWork,
        access: BillingAccess,
        customers: Customers,
        settings: Callable[[], Settings],
        journal: Journal,
        clock: Clock,
    ) -> None:
        self.rows = links
        self.customers = customers
        self.wake: Callable[[], None] = lambda: None
        self._unit = unit_of_work
        self.access = access
        self._settings = settings
        self._journal = journal
        self._clock = clock

    def customer_of(self, billing_id: str, cid: int) -> int | None:
        """The customer of a contract; ``None`` when it has none."""
        record = self.rows.get(billing_id, cid)
        return record.customer_id if record is not None else None

    def title_of(self, billing_id: str, cid: int) -> str:
        """The number of a contract as its row knows it; empty when it has none."""
        record = self.rows.get(billing_id, cid)
        return record.contract_title if record is not None else ""

    def contracts_of(self, customer_id: int) -> tuple[LinkedContract, ...]:
        """The contracts of a customer by their numbers; those of billings that are switched off too."""
        found = self.rows.of_customer(customer_id)
        return tuple(LinkedContract(row.billing_id, row.contract_id, row.contract_title) for row in found)

    def shown(self, billing_id: str, cid: int, number: str = "") -> LinkedCustomer | None:
        """The customer of a contract as a card tells it; the row learns the ``number`` that the card has."""
        record = self.rows.get(billing_id, cid)
        if record is None or record.customer_id is None:
            return None
        if number and number != record.contract_title:
            self.rows.name(record, number)
        customer = self.customers.get(record.customer_id)
        address = self.customers.address(record.customer_id) if customer is not None else ""
        waiting = record.written != record.value
        return LinkedCustomer(record.customer_id, customer, address, waiting, record.error_code, record.write_at)

    def is_waiting(self, billing_id: str, cid: int) -> bool:
        """Whether the billing still has to be told of a change."""
        record = self.rows.get(billing_id, cid)
        return record is not None and record.written != record.value

    def told(self, billing_id: str, cid: int, number: str = "") -> LinkedCustomer | None:
        """Like :meth:`shown`, for the head of a card, which stays readable whatever a database or a host raises."""
        try:
            return self.shown(billing_id, cid, number)
        except Exception:  # tables that are not made yet, a port of the host that fails
            logger.exception("the customer of contract %s:%s cannot be shown", billing_id, cid)
            self._unit.rollback()
            return None

    def billing_title(self, billing_id: str) -> str:
        """What the billing is called; its id when it is configured no more."""
        server = self._settings().server(billing_id)
        return server.title if server is not None else billing_id

    def server(self, billing_id: str) -> Server:
        """The billing, when its contracts can be linked; raises ``UnknownBilling`` or ``NoCustomerParameter``."""
        server = self._settings().server(billing_id)
        if server is None:
            raise UnknownBilling(billing=billing_id[:60])
        if not server.customer_parameter_id:
            raise NoCustomerParameter(billing=server.title)
        return server

    def link(
        self,
        person: Person,
        billing_id: str,
        cid: int,
        title: str,
        customer_id: int,
        *,
        instead_of: int | None = None,
        once: str | None = None,
    ) -> Settled:
        """Gives a contract to a customer: journal, row, then the billing under the person's account.

        ``instead_of`` is the customer whom the caller saw there. Raises ``UnknownBilling``, ``NoCustomerParameter``,
        ``UnknownCustomer``, and ``LinkedOtherwise`` when the contract belongs to yet another one by now. What the
        billing says against it is the ``problem`` of the outcome: the link stands and is written later. With the same
        ``once`` nothing is done twice.
        """
        self.server(billing_id)
        return self._journalled(person, billing_id, cid, title, customer_id, instead_of, once)

    def unlink(
        self, person: Person, billing_id: str, cid: int, *, customer_id: int | None = None, once: str | None = None
    ) -> Settled:
        """Takes a contract from its customer, whoever that is or only from ``customer_id``; then tells the billing.

        Nothing happens where there is no link. Works for contracts that the billing does not have any more.
        """
        record = self.rows.get(billing_id, cid)
        if record is None or record.customer_id is None:
            return Settled(record)
        seen = record.customer_id if customer_id is None else customer_id
        return self._journalled(person, billing_id, cid, record.contract_title, None, seen, once)

    def link_local(
        self,
        person_id: str,
        billing_id: str,
        cid: int,
        title: str,
        customer_id: int | None,
        *,
        instead_of: int | None = None,
    ) -> LinkRecord | None:
        """Writes the row inside of the transaction that the caller has begun; ``None`` takes the link away.

        The caller commits, then calls :meth:`tell` with the row that it got; when it does not come to that, the writer
        of links does. Raises ``UnknownCustomer`` and ``LinkedOtherwise``: the transaction is to be rolled back then.
        Gives ``None`` when there was nothing to take away.
        """
        record = self.rows.get(billing_id, cid)
        now = record.customer_id if record is not None else None
        if now == customer_id:
            return record
        if now != instead_of:
            raise LinkedOtherwise(now, self.title(now))
        if customer_id is not None and self.customers.lock(customer_id) is None:
            raise UnknownCustomer(customer=customer_id)
        return self.put_local(person_id, [NewLink(billing_id, cid, title, customer_id, record)])[0]

    def put_local(self, person_id: str, links: Sequence[NewLink]) -> list[LinkRecord]:
        """Like :meth:`link_local` for contracts of one billing, for who has made or locked their customers already."""
        moment = self._clock.now()
        wishes = [
            (
                LinkWish(
                    billing_id=link.billing_id,
                    contract_id=link.cid,
                    contract_title=link.title,
                    customer_id=link.customer_id,
                    person_id=person_id,
                    linked_at=moment,
                    write_at=moment + OWN_TURN,
                ),
                link.seen,
            )
            for link in links
        ]
        try:
            return self.rows.put_all(wishes)
        except LinkChanged as changed:
            raise LinkedOtherwise(None, "") from changed

    def settle(
        self, billing: Billing, cid: int, title: str, customer_id: int | None, *, instead_of: int | None
    ) -> Settled:
        """Row and billing, without the journal: for those who keep it themselves. Raises like :meth:`link_local`."""
        record = self._locally(billing.person_id, billing.id, cid, title, customer_id, instead_of)
        return self.tell(record, billing)

    def tell(self, record: LinkRecord | None, billing: Billing | None = None) -> Settled:
        """Tells the billing what a row says, under the account of who has linked unless ``billing`` is given.

        What goes wrong is kept in the row and tried again later.
        """
        if record is None or record.written == record.value:
            return Settled(record)
        try:
            server = self.server(record.billing_id)
            opened = billing or self.opened_for(record)
            self._write(opened, server, record)
        except BGBillingError as problem:
            return self._not_told(record, problem)
        self.rows.told(record, record.value)
        return Settled(self.rows.get(record.billing_id, record.contract_id))

    def opened_for(self, record: LinkRecord) -> Billing:
        """The billing under the account of who has linked; raises ``UnknownBilling`` or ``AccountMissing``."""
        return self.access.open_for(record.person_id, record.billing_id)

    def adopt(self, person: Person, billing_id: str, cid: int, title: str, customer_id: int) -> None:
        """Writes down what the billing has already; raises like :meth:`link_local`."""
        record = self._locally(person.id, billing_id, cid, title, customer_id, None)
        if record is not None and record.written != record.value:
            self.rows.told(record, record.value)
            self.note_move(person, record, self.fact(None), self.fact(customer_id))

    def linkable(self) -> tuple[Server, ...]:
        """The billings whose contracts can be linked, in configured order."""
        return tuple(server for server in self._settings().servers if server.customer_parameter_id)

    def is_gone(self, record: LinkRecord) -> bool:
        """Whether the billing says that it has no such contract."""
        return _missing(self.opened_for(record), record.contract_id)

    def now(self) -> datetime:
        """The moment by which rows wait."""
        return self._clock.now()

    def _write(self, billing: Billing, server: Server, record: LinkRecord) -> None:
        parameter_id, cid = server.customer_parameter_id, record.contract_id
        try:
            billing.call(PARAMETER_TEXT_SAVE, cid=cid, parameter_id=parameter_id, text=record.value)
        except (NoRights, WrongPassword):
            raise
        except Refused as refused:
            if not _missing(billing, cid):
                raise
            if record.customer_id is not None:  # a link that was taken away is settled, another one leads nowhere
                raise ContractGone(billing=billing.title, operation=CONTRACT_INFO.name, words="") from refused

    def _not_told(self, record: LinkRecord, problem: BGBillingError) -> Settled:
        gone = isinstance(problem, ContractGone)
        pause = min(FIRST_PAUSE * 2 ** min(record.failures, 12), LONGEST_PAUSE)
        again_at = None if gone else self._clock.now() + pause
        self.rows.not_told(record, problem.code, again_at)
        if not gone:
            self.wake()
        return Settled(self.rows.get(record.billing_id, record.contract_id), problem)

    def _locally(
        self, person_id: str, billing_id: str, cid: int, title: str, customer_id: int | None, instead_of: int | None
    ) -> LinkRecord | None:
        try:
            with self._unit.alone():
                return self.link_local(person_id, billing_id, cid, title, customer_id, instead_of=instead_of)
        except LinkedOtherwise as problem:
            now = self.customer_of(billing_id, cid)
            if now == customer_id:  # somebody else has done just this
                return self.rows.get(billing_id, cid)
            raise LinkedOtherwise(now, self.title(now)) from problem

    def _journalled(
        self,
        person: Person,
        billing_id: str,
        cid: int,
        title: str,
        customer_id: int | None,
        instead_of: int | None,
        once: str | None,
    ) -> Settled:
        if customer_id is not None and self.customers.get(customer_id) is None:
            raise UnknownCustomer(customer=customer_id)
        if self.customer_of(billing_id, cid) == customer_id:
            return self.tell(self.rows.get(billing_id, cid))
        details = ChangeDetails(
            before=(self.fact(instead_of),),
            after=(self.fact(customer_id),),
            steps=(StepRecord(STEP),),
            fields={"customer": (str(customer_id or ""),)},
        )
        try:
            change = self._journal.begin(self._entry(person, billing_id, cid, title, details, once))
        except AlreadySent:
            return Settled(self.rows.get(billing_id, cid))
        try:
            record = self._locally(person.id, billing_id, cid, title, customer_id, instead_of)
        except BGBillingError as problem:
            self._journal.finish(change.id, "refused", error_code=problem.code)
            raise
        self._journal.finish(change.id, "done")
        return self.tell(record)

    def _entry(
        self, person: Person, billing_id: str, cid: int, title: str, details: ChangeDetails, once: str | None = None
    ) -> NewChange:
        return NewChange(
            person_id=person.id,
            person_name=person.name,
            billing_id=billing_id,
            contract_id=cid,
            contract_title=title,
            action=ACTION,
            subject=title,
            once=once or secrets.token_urlsafe(24),
            deadline_at=self._clock.now() + OWN_TURN,
            details=details,
        )

    def note_move(self, person: Person, record: LinkRecord, before: Fact, after: Fact) -> None:
        """Notes in the journal of a contract that it went to another customer together with others."""
        details = ChangeDetails(before=(before,), after=(after,), steps=(StepRecord(STEP),))
        entry = self._entry(person, record.billing_id, record.contract_id, record.contract_title, details)
        self._journal.finish(self._journal.begin(entry).id, "done")

    def fact(self, customer_id: int | None) -> Fact:
        """A customer as the journal tells it."""
        title = self.title(customer_id)
        return Fact(N_("Customer"), f"{title} (ID {customer_id})" if customer_id is not None else "")

    def title(self, customer_id: int | None) -> str:
        """The usual spelling of a customer's title, or its number; empty for none."""
        customer = self.customers.get(customer_id) if customer_id is not None else None
        return customer.variants[0] if customer is not None else f"ID {customer_id}" if customer_id is not None else ""


def _missing(billing: Billing, cid: int) -> bool:
    """Whether the billing says that it has no such contract."""
    try:
        return billing.call(CONTRACT_INFO, cid=cid) is None
    except Absent:
        return True
    except BGBillingError:
        return False
