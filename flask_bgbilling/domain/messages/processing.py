"""Making a message part of a process: a new one or one that is there, with the ticked contracts linked to it.

The process, its links and the message change in one transaction; the contact is saved in the billing afterwards, so
that a billing which fails takes nothing back. Who presses twice, or two people at once: the message is held and looked
at again in the transaction, and only the first one changes anything.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal

import msgspec

from flask_bgbilling.domain.billings import Viewer
from flask_bgbilling.domain.changes import Outcome
from flask_bgbilling.domain.contracts.actions import ContractActions
from flask_bgbilling.domain.messages.contacts import ACTION, ARGUMENT, SECTION, ContactSaving, UnknownMessage
from flask_bgbilling.domain.processes.links import TITLE_LENGTH, Linked, ProcessLinks
from flask_bgbilling.errors import N_, BGBillingError, InputError
from flask_bgbilling.facts import Note
from flask_bgbilling.fields import FormFields
from flask_bgbilling.hookspecs import Found, FoundContract, FoundCustomer
from flask_bgbilling.ports import Message, Messages, Process, ProcessContract, ProcessEvent, ProcessEventKind
from flask_bgbilling.store.unit_of_work import UnitOfWork

logger = logging.getLogger(__name__)

MOST_TICKED: Final = 100
LONGEST_TICK: Final = 1000

ContactState = Literal["none", "saved", "known", "asked", "failed"]


class ProcessedMeanwhile(InputError):
    """The message has been processed since the page was drawn; ``process`` is where it is now, 0 for none."""

    code = "processed meanwhile"
    message = N_("This message has been processed meanwhile.")
    remedy = N_("Look where it is now; nothing was done a second time.")


class NotReadable(InputError):
    """What was ticked does not come from a page of ours."""

    code = "not readable"
    message = N_("What was ticked cannot be read.")
    remedy = N_("Open the message again and tick once more.")


@dataclass(frozen=True)
class Ticked:
    """What a person has ticked: contracts with their numbers, customers."""

    contracts: tuple[ProcessContract, ...] = ()
    customer_ids: tuple[int, ...] = ()

    @property
    def found(self) -> tuple[Found, ...]:
        """The same as searches find it; of customers only the number is known."""
        contracts = (FoundContract(one.billing_id, one.cid, one.title) for one in self.contracts)
        return (*contracts, *(FoundCustomer(one, f"ID {one}") for one in self.customer_ids))


NOTHING_TICKED: Final = Ticked()


@dataclass(frozen=True)
class ContactResult:
    """What became of the contact.

    ``saved`` and ``known`` (it was there already) have the ``contract``; ``asked`` has several to ``choose`` from.
    ``failed`` has the ``problem``; it can be tried again. ``none`` is that nothing was wanted.
    """

    state: ContactState = "none"
    contract: ProcessContract | None = None
    choose: tuple[ProcessContract, ...] = ()
    problem: BGBillingError | None = None
    outcome: Outcome | None = None


@dataclass(frozen=True)
class Processed:
    """What came of it: the process, what was linked now and before, the contact, and what else has to be told."""

    process: Process
    linked: Linked
    contact: ContactResult
    notes: tuple[Note, ...] = ()


class _Contract(msgspec.Struct, frozen=True, tag="contract", array_like=True):
    billing_id: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    cid: Annotated[int, msgspec.Meta(gt=0, lt=2**31)]
    number: str


class _Customer(msgspec.Struct, frozen=True, tag="customer", array_like=True):
    id: Annotated[int, msgspec.Meta(gt=0, le=2**63 - 1)]


def encode(found: Found) -> str:
    """What is found as the value of a box to tick: JSON, so that no letter of a number can break it."""
    if isinstance(found, FoundContract):
        one: object = _Contract(found.billing_id, found.cid, found.number[:TITLE_LENGTH])
    else:
        one = _Customer(found.id)
    return msgspec.json.encode(one).decode()


def decode(values: Sequence[str]) -> Ticked:
    """What was ticked, each once; raises ``NotReadable``."""
    contracts: dict[tuple[str, int], ProcessContract] = {}
    customers: dict[int, None] = {}
    if len(values) > MOST_TICKED:
        raise NotReadable
    for value in values:
        try:
            one = msgspec.json.decode(value[:LONGEST_TICK], type=_Contract | _Customer)
        except (msgspec.DecodeError, RecursionError) as error:
            raise NotReadable from error
        if isinstance(one, _Contract):
            contract = ProcessContract(one.billing_id, one.cid, one.number[:TITLE_LENGTH])
            contracts.setdefault((one.billing_id, one.cid), contract)
        else:
            customers[one.id] = None
    return Ticked(tuple(contracts.values()), tuple(customers))


class Processing:
    """Puts messages into processes."""

    def __init__(
        self,
        messages: Messages,
        links: ProcessLinks,
        actions: ContractActions,
        saving: ContactSaving,
        unit_of_work: UnitOfWork,
    ) -> None:
        self.links = links
        self._messages = messages
        self._actions = actions
        self._saving = saving
        self._unit = unit_of_work

    def into_new(
        self, viewer: Viewer, message: Message, seen: int, type_id: int, description: str, ticked: Ticked
    ) -> Linked:
        """A new process of the type with the message in it; ``seen`` is the process that the page showed, 0 for none.

        Raises ``UnknownProcessType``, ``ProcessedMeanwhile`` and ``Forbidden``; nothing has been done then.
        """

        def also(process: Process) -> None:
            self._put(viewer, message.id, seen, process.id)

        done = self.links.created(viewer, type_id, description, ticked.contracts, ticked.customer_ids, also=also)
        return self._told(viewer, message, done)

    def into_existing(self, viewer: Viewer, message: Message, seen: int, process_id: int, ticked: Ticked) -> Linked:
        """The message into a process that is there. Raises ``UnknownProcess``, ``RefusedByRule`` and the same."""

        def also(process: Process) -> None:
            self._put(viewer, message.id, seen, process.id)

        done = self.links.attach(viewer, process_id, ticked.contracts, ticked.customer_ids, also=also)
        return self._told(viewer, message, done)

    def detach(self, viewer: Viewer, message: Message, seen: int) -> None:
        """Takes the message out of its process; links stay."""
        with self._unit.alone():
            self._put(viewer, message.id, seen, None)

    def _put(self, viewer: Viewer, message_id: int, seen: int, process_id: int | None) -> None:
        """Inside of the transaction: nobody else may have processed it since the page was drawn."""
        held = self._messages.lock(message_id)
        if held is None:
            raise UnknownMessage(message=message_id)
        if (held.process_id or 0) != seen:
            raise ProcessedMeanwhile(process=held.process_id or 0)
        self._messages.set_process(message_id, process_id, viewer.person.id)

    def _told(self, viewer: Viewer, message: Message, done: Linked) -> Linked:
        event = ProcessEvent(ProcessEventKind.MESSAGE_ADDED, done.process.id, viewer.person, number=message.id)
        notes = tuple(self.links.events.changed(event))
        return Linked(
            done.process, done.new, done.already, done.group_ids, done.customer_ids, notes=(*done.notes, *notes)
        )

    def contact(
        self, viewer: Viewer, message: Message, process_id: int, ticked: Sequence[ProcessContract], once: str
    ) -> ContactResult:
        """Saves the sender with the ticked contract; of several, or without one, with the process's only one, or asks.

        Never raises an error of ours: the message is processed already.
        """
        if self._saving.saver(message) is None:
            return ContactResult()
        contracts = tuple(ticked) or tuple(self.links.processes.contracts(process_id))
        if not contracts:
            return ContactResult()
        if len(contracts) > 1:
            return ContactResult("asked", choose=contracts)
        return self.save(viewer, message, contracts[0], once)

    def save(self, viewer: Viewer, message: Message, contract: ProcessContract, once: str) -> ContactResult:
        """Saves the sender with this contract; what fails is told in the result."""
        arguments = {ARGUMENT: str(message.id)}
        try:
            outcome = self._actions.change(
                viewer, contract.billing_id, contract.cid, SECTION, ACTION, arguments, FormFields(), once
            )
        except BGBillingError as problem:
            logger.info("the contact of message %s was not saved: %s", message.id, problem)
            return ContactResult("failed", contract, problem=problem)
        if outcome.state == "unchanged":
            return ContactResult("known", contract, outcome=outcome)
        if outcome.state == "done":
            return ContactResult("saved", contract, outcome=outcome)
        return ContactResult("failed", contract, problem=outcome.problem, outcome=outcome)
