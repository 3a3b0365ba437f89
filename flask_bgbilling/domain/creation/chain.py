"""Making a contract for a customer, step by step (customers-and-links.md 3.1).

The contract, its link, its comment, the customer's parameters, the tariff: a row of ours knows how far it came. What
stops is seen with the reason and goes on at the step that failed; each step looks at the billing first, so that
nothing is done twice. Only one process works at a creation at a time.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from msgspec.structs import replace

from flask_bgbilling.config.contract_types import ContractType
from flask_bgbilling.config.settings import Server, Settings
from flask_bgbilling.domain.billings import BillingAccess, Viewer
from flask_bgbilling.domain.changes import STATE_WORDS, Changes, words_of
from flask_bgbilling.domain.contracts.basics_changes import LONGEST_NAME
from flask_bgbilling.domain.contracts.contract import Contract
from flask_bgbilling.domain.contracts.info import read_card
from flask_bgbilling.domain.creation.copying import WITHOUT_COMMENT, ParameterCopying
from flask_bgbilling.domain.creation.making import Explanation, MadeLately, Maker, numbered
from flask_bgbilling.domain.creation.offers import OfferedType, UnknownType, offered_types
from flask_bgbilling.domain.creation.steps import STEP_WORDS, NewContractSteps, attempt_key
from flask_bgbilling.domain.journal import reason_for
from flask_bgbilling.domain.links.errors import UnknownCustomer
from flask_bgbilling.domain.links.service import ContractLinks
from flask_bgbilling.domain.processes.links import UPDATE, ProcessLinks
from flask_bgbilling.errors import N_, BGBillingError, Forbidden, InputError, Uncertain
from flask_bgbilling.facts import Note
from flask_bgbilling.fields import FormFields, refuse
from flask_bgbilling.ports import Clock, ProcessContract
from flask_bgbilling.ports.customers import Customer, Customers
from flask_bgbilling.store.changes import ChangeRecord
from flask_bgbilling.store.creations import STEPS, CreationPlan, CreationRecord, Creations, CreationState, CreationStep
from flask_bgbilling.wire.dto.contracts import CreatedContract
from flask_bgbilling.wire.ops.contracts import CONTRACT_INFO
from flask_bgbilling.wire.session import Billing

__all__ = ["STATE_OF_CREATION", "ContractCreation", "CreationRecord", "OpenedCreation", "UnknownCreation"]

logger = logging.getLogger(__name__)

WITHOUT_TARIFF: Final = "-1"
LONGEST_NUMBER: Final = 150
GREATEST_RECORD: Final = 2**63 - 1

STALE: Final = timedelta(minutes=5)
"""A process that has not noted anything for so long is taken for dead."""


class UnknownCreation(InputError):
    """The customer has no such creation."""

    code = "unknown creation"
    message = N_("No such contract is being made for this customer.")
    remedy = N_("Look at the list of the customer's contracts.")


class NotReadable(InputError):
    """What was wanted cannot be read any more."""

    code = "not readable"
    message = N_("What was wanted cannot be read any more: it cannot be gone on with.")
    remedy = N_("Finish the contract by hand in its card.")


class NotToBeDecided(InputError):
    """The billing may still carry out what it did not confirm, or there is nothing to decide."""

    code = "not to be decided"
    message = N_("The billing may still be making the contract.")
    remedy = N_("Wait two minutes, look once more, then decide.")


class NoSuchNumber(InputError):
    """The billing has no contract of this number that could be the one."""

    code = "no such number"
    message = N_("The billing has no contract of the number “%(number)s” that begins on that day.")
    remedy = N_("Check the number in the billing.")


@dataclass(frozen=True)
class ShownStep:
    """A step as it stands: ``done``, ``failed``, ``doubt`` or ``waiting``; ``title`` is a message id."""

    key: CreationStep
    title: str
    state: str


@dataclass(frozen=True)
class OpenedCreation:
    """A creation with what can be done about it. ``explanations`` are contracts that may be the one in doubt.

    ``reason`` is why it stopped, a message id with the place ``billing``; ``words`` are the billing's own.
    """

    record: CreationRecord
    customer: Customer
    billing_title: str
    reason: str
    words: str
    may_make_again: bool
    explanations: tuple[Explanation, ...] = ()

    @property
    def steps(self) -> tuple[ShownStep, ...]:
        """Those that this contract takes, in their order."""
        at = STEPS.index(self.record.step)
        shown = []
        for number, key in enumerate(STEPS[:-1]):
            plan = self.record.plan
            if plan is not None and (
                (key == "tariff" and not plan.tariff_id) or (key == "process" and not plan.process_id)
            ):
                continue
            state = "done" if number < at else "waiting"
            if number == at and self.record.state in {"stopped", "abandoned"}:
                state = "failed"
            if number == at and self.record.state == "uncertain":
                state = "doubt"
            shown.append(ShownStep(key, STEP_WORDS[key], state))
        return tuple(shown)


@dataclass(frozen=True)
class ForProcess:
    """The process whose wizard makes a contract, and the types that its step offers."""

    process_id: int
    types: Sequence[ContractType]


class ContractCreation:
    """Makes contracts for customers, as one person may."""

    def __init__(
        self,
        creations: Creations,
        access: BillingAccess,
        settings: Callable[[], Settings],
        customers: Customers,
        links: ContractLinks,
        copying: ParameterCopying,
        changes: Changes,
        clock: Clock,
        processes: ProcessLinks | None = None,
    ) -> None:
        self._processes = processes
        self._creations = creations
        self._access = access
        self._settings = settings
        self._customers = customers
        self._links = links
        self._changes = changes
        self._clock = clock
        self._maker = Maker(changes.journal, clock)
        self._steps = NewContractSteps(changes, copying)

    def customer(self, customer_id: int) -> Customer:
        """A customer of the host; raises ``UnknownCustomer``."""
        customer = self._customers.get(customer_id)
        if customer is None:
            raise UnknownCustomer(customer=customer_id)
        return customer

    def types(self, viewer: Viewer, types: Sequence[ContractType] | None = None) -> tuple[OfferedType, ...]:
        """The types whose billings the viewer's grant covers: the configured ones, or those of a wizard's step."""
        return offered_types(viewer, self._settings(), self._access, self._links, types)

    def types_used(self, customer_id: int, process_id: int) -> frozenset[int]:
        """Numbers of the types of which the wizard of a process has made, or is making, a contract."""
        made = (one for one in self._creations.of_customer(customer_id) if one.state != "abandoned")
        return frozenset(one.plan.type_number for one in made if one.plan and one.plan.process_id == process_id)

    def type(self, viewer: Viewer, number: int, types: Sequence[ContractType] | None = None) -> OfferedType:
        """One of them; raises ``UnknownType``, or what stands in the way of using it."""
        found = next((one for one in self.types(viewer, types) if one.type.number == number), None)
        if found is None:
            raise UnknownType
        if found.problem is not None:
            raise found.problem
        return found

    def begin(
        self, viewer: Viewer, customer_id: int, fields: FormFields, once: str, place: ForProcess | None = None
    ) -> CreationRecord:
        """Makes what a form asks for, as far as it goes; the same form sent again changes nothing.

        Raises ``InputError`` for what cannot be used, and ``MadeLately`` when an equal contract was made a short time
        ago, unless the field ``confirmed`` names it.
        """
        customer = self.customer(customer_id)
        known = self._creations.by_once(once)
        if known is None:
            plan, server = self._planned(viewer, customer, fields, place)
            if place is not None and not viewer.with_permission(UPDATE).grant.covers_billing(server.id):
                raise Forbidden(permission=f"billing {server.id}")  # it could not be linked to the process afterwards
            billing = self._access.open(viewer, server.id)
            if plan.number and numbered(billing, plan.number):
                refuse("number", N_("The billing has a contract of this number already."))
            lately = self._maker.lately((server.id, customer.id), plan)
            if lately is not None:
                if fields.raw("confirmed") != str(lately.id):
                    raise MadeLately(lately)
                plan = replace(plan, asked_at=(lately.finished_at or self._clock.now()) + timedelta(microseconds=1))
            person = viewer.person
            known, new = self._creations.begin(once, server.id, customer.id, person.id, person.name, plan)
            if new:
                return self.go_on(viewer, customer.id, known.id)
        if (known.customer_id, known.person_id) != (customer_id, viewer.person.id):
            raise UnknownCreation
        return known

    def _planned(
        self, viewer: Viewer, customer: Customer, fields: FormFields, place: ForProcess | None
    ) -> tuple[CreationPlan, Server]:
        offered = self.type(viewer, fields.identifier("type"), place.types if place is not None else None)
        one, server = offered.type, offered.server
        chosen = fields.raw("tariff") if one.tariffs else WITHOUT_TARIFF
        tariff = next((tariff for tariff in one.tariffs if str(tariff.id) == chosen), None)
        if tariff is None and chosen != WITHOUT_TARIFF:
            refuse("tariff", N_("Choose a tariff, or none."))
        number = fields.text("number", LONGEST_NUMBER)
        plan = CreationPlan(
            type_number=one.number,
            type_title=one.title,
            pattern_id=one.pattern_id,
            day=self._clock.now().astimezone(server.timezone).date(),
            number=number,
            numbering="" if number else offered.numbering,
            comment=fields.text("comment", LONGEST_NAME)
            if "comment" in fields
            else customer.variants[0][:LONGEST_NAME],
            tariff_id=tariff.id if tariff else 0,
            tariff_title=tariff.title if tariff else "",
            tariff_position=one.tariff_position,
            process_id=place.process_id if place is not None else 0,
        )
        return plan, server

    def opened(self, viewer: Viewer, customer_id: int, creation_id: int, *, look: bool = False) -> OpenedCreation:
        """A creation of the customer; ``look`` asks the billing for contracts that may be the one in doubt."""
        record = self._record(viewer, customer_id, creation_id)
        server = self._access.server(viewer, record.billing_id)
        change = self._change(record)
        explanations: tuple[Explanation, ...] = ()
        if look and record.state == "uncertain" and record.plan is not None and change is not None:
            explanations = self._maker.explanations(self._access.open(viewer, server.id), record.plan, change)
        again = record.state == "uncertain" and (change is None or self._changes.may_give_up(change))
        words = record.plan.words if record.plan is not None else ""
        return OpenedCreation(
            record, self.customer(customer_id), server.title, reason_for(record.error_code), words, again, explanations
        )

    def open_of(self, customer_id: int) -> tuple[CreationRecord, ...]:
        """Contracts of a customer that are made, but not finished, newest first."""
        return self._creations.of_customer(customer_id, open_only=True)

    def go_on(
        self, viewer: Viewer, customer_id: int, creation_id: int, *, all_the_same: bool = False
    ) -> CreationRecord:
        """Goes on at the step that failed; what is in doubt is looked at first.

        ``all_the_same`` wants the contract although an equal one was made meanwhile. Gives the creation as it stands
        then: what the billing said against it stands in it.
        """
        record = self._record(viewer, customer_id, creation_id)
        billing = self._access.open(viewer, record.billing_id)
        if record.plan is None:
            raise NotReadable
        claimed = self._creations.claim(record.id, STALE)
        if claimed is None:
            return self._record(viewer, customer_id, creation_id)
        if all_the_same and claimed.plan is not None:
            claimed = self._creations.save(
                claimed, state="working", plan=replace(claimed.plan, asked_at=self._clock.now())
            )
        try:
            return self._walk(viewer, billing, claimed)
        except BaseException:  # a defect, or the process is told to end: the next attempt begins at the same step
            self._creations.save(claimed, state="stopped")
            raise

    def _walk(self, viewer: Viewer, billing: Billing, record: CreationRecord) -> CreationRecord:
        while record.step != "end":
            plan = record.plan
            assert plan is not None
            step = record.step
            try:
                made = self._do(viewer, billing, record, plan)
                if step == "process":
                    plan = replace(plan, notes=self._to_process(viewer, billing, record, plan))
            except BGBillingError as problem:
                in_doubt = step == "create" and isinstance(problem, Uncertain)
                told = replace(
                    plan, words=words_of(problem), attempt=plan.attempt + (0 if isinstance(problem, Uncertain) else 1)
                )
                stopped: CreationState = "uncertain" if in_doubt else "stopped"
                record = self._creations.save(record, state=stopped, error_code=problem.code, plan=told)
                if not (in_doubt and problem.params.get("why") != "sent before"):
                    return record
                found = self._found(viewer, billing, record)
                if found is None:
                    return record
                made = found
            done = replace(plan, words="", attempt=0)
            following = STEPS[STEPS.index(step) + 1]
            state: CreationState = "done" if following == "end" else "working"
            record = self._creations.save(record, state=state, step=following, contract=made, plan=done)
        return record

    def _do(
        self, viewer: Viewer, billing: Billing, record: CreationRecord, plan: CreationPlan
    ) -> tuple[int, str] | None:
        """One step; id and number of the contract where the step has found them out."""
        if record.step == "create":
            return self._create(viewer, billing, record, plan)
        assert record.contract_id is not None
        if record.step == "link":
            return self._link(viewer, billing, record, record.contract_id)
        if record.step == "comment" and plan.comment:
            self._steps.change(viewer, billing, record, {"title": record.contract_title, "comment": plan.comment})
        elif record.step == "copy":
            self._steps.change(viewer, billing, record, {WITHOUT_COMMENT: "1"})
        elif record.step == "tariff" and plan.tariff_id:
            fields = {
                "tariff": str(plan.tariff_id),
                "position": str(plan.tariff_position),
                "day": plan.day.isoformat(),
                "title": plan.tariff_title,
            }
            self._steps.change(viewer, billing, record, fields)
        return None

    def _to_process(
        self, viewer: Viewer, billing: Billing, record: CreationRecord, plan: CreationPlan
    ) -> tuple[Note, ...]:
        """The link to the process whose wizard wanted the contract; gives what rules had to say about it."""
        if not plan.process_id or self._processes is None:
            return ()
        assert record.contract_id is not None
        contract = ProcessContract(billing.id, record.contract_id, record.contract_title)
        return self._processes.link(viewer, plan.process_id, contract).notes

    def _create(self, viewer: Viewer, billing: Billing, record: CreationRecord, plan: CreationPlan) -> tuple[int, str]:
        once = attempt_key(record, "create", plan.attempt)
        change = self._changes.journal.by_once(once)
        if change is not None and change.state in {"sending", "uncertain"}:
            found = self._found(viewer, billing, record)
            if found is None:
                raise Uncertain(billing=billing.title, why="sent before")
            return found
        if change is not None and change.state == "done" and change.contract_id:
            return change.contract_id, change.contract_title
        created = self._maker.make(billing, record, plan, once, plan.asked_at)
        return created.cid, created.title

    def _found(self, viewer: Viewer, billing: Billing, record: CreationRecord) -> tuple[int, str] | None:
        """The contract in doubt, when the billing has exactly one that can be it."""
        change = self._change(record)
        if change is None or record.plan is None:
            return None
        try:
            found = self._maker.explanations(billing, record.plan, change)
        except BGBillingError as problem:
            logger.warning("creation %s cannot be looked for now: %s", record.id, problem)
            return None
        if len(found) != 1:
            return None
        self._maker.made(change, CreatedContract(found[0].cid, found[0].number))
        return found[0].cid, found[0].number

    def _link(self, viewer: Viewer, billing: Billing, record: CreationRecord, cid: int) -> tuple[int, str]:
        number = record.contract_title or read_card(Contract(billing, cid)).title
        assert record.customer_id is not None
        once = attempt_key(record, "link", record.plan.attempt if record.plan else 0)
        self._links.link(viewer.person, billing.id, cid, number, record.customer_id, once=once)
        return cid, number

    def decide(self, viewer: Viewer, customer_id: int, creation_id: int, number: str) -> CreationRecord:
        """A person says which contract is the one whose answer was lost, by its number, and the rest is done.

        Raises ``NoSuchNumber`` unless exactly one contract of that number begins on the day.
        """
        record = self._record(viewer, customer_id, creation_id)
        change = self._change(record)
        if record.state != "uncertain" or record.plan is None or change is None:
            raise NotToBeDecided
        billing = self._access.open(viewer, record.billing_id)
        fitting = []
        for one in numbered(billing, number.strip()) if number.strip() else ():
            info = billing.call(CONTRACT_INFO, cid=one.cid)
            if info is not None and info.period.since == record.plan.day:
                fitting.append(CreatedContract(one.cid, info.title))
        if len(fitting) != 1:
            raise NoSuchNumber(number=number.strip()[:60])
        claimed = self._creations.claim(record.id, STALE)
        if claimed is None or claimed.plan is None:
            raise NotToBeDecided
        self._maker.made(change, fitting[0])
        plan = replace(claimed.plan, words="", attempt=0)
        contract = (fitting[0].cid, fitting[0].title)
        self._creations.save(claimed, state="stopped", step="link", contract=contract, plan=plan)
        return self.go_on(viewer, customer_id, creation_id)

    def make_again(self, viewer: Viewer, customer_id: int, creation_id: int) -> CreationRecord:
        """A person has looked in the billing: the contract was not made, so it is made now.

        Raises ``NotToBeDecided`` as long as the billing may still be making it.
        """
        record = self._record(viewer, customer_id, creation_id)
        change = self._change(record)
        if record.state != "uncertain" or record.plan is None:
            raise NotToBeDecided
        if change is not None:
            if not self._changes.may_give_up(change):
                raise NotToBeDecided
            self._changes.give_up(change)
        claimed = self._creations.claim(record.id, STALE)
        if claimed is not None and claimed.plan is not None:
            plan = replace(claimed.plan, words="", attempt=claimed.plan.attempt + 1)
            self._creations.save(claimed, state="stopped", plan=plan)
        return self.go_on(viewer, customer_id, creation_id)

    def leave(self, viewer: Viewer, customer_id: int, creation_id: int) -> CreationRecord:
        """A person has decided that the rest is not done; what is in doubt has to have had its time."""
        record = self._record(viewer, customer_id, creation_id)
        change = self._change(record)
        if record.state == "uncertain" and change is not None:
            if not self._changes.may_give_up(change):
                raise NotToBeDecided
            self._changes.give_up(change)
        claimed = self._creations.claim(record.id, STALE)
        if claimed is None:
            return self._record(viewer, customer_id, creation_id)
        return self._creations.save(claimed, state="abandoned", error_code=record.error_code)

    def _record(self, viewer: Viewer, customer_id: int, creation_id: int) -> CreationRecord:
        record = self._creations.get(creation_id) if creation_id <= GREATEST_RECORD else None
        if record is None or record.customer_id != customer_id:
            raise UnknownCreation
        if not viewer.grant.covers_billing(record.billing_id):
            raise Forbidden(permission=f"billing {record.billing_id}")
        return record

    def _change(self, record: CreationRecord) -> ChangeRecord | None:
        """The journal's entry of the contract that is in doubt."""
        if record.plan is None:
            return None
        return self._changes.journal.by_once(attempt_key(record, "create", record.plan.attempt))


STATE_OF_CREATION: Final = {
    "working": (N_("is being made"), "warn"),
    "stopped": (N_("created, not finished"), "warn"),
    "uncertain": STATE_WORDS["uncertain"],
    "done": (N_("done"), "good"),
    "abandoned": STATE_WORDS["abandoned"],
}
"""How the state of a creation is told: a message id and a tone."""
