"""Processes of the host - requests, tasks, tickets - and what is linked to them.

Optional: without ``Processes`` nothing about processes is shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from flask_bgbilling.ports.people import Person


@dataclass(frozen=True, slots=True)
class Process:
    """A process of the host.

    ``type_id`` and ``status_id`` are the host's own numbers, ``type`` and ``status`` what people read. ``opened_at``
    and ``closed_at`` are aware; a process without ``closed_at`` is open.
    """

    id: int
    title: str
    type_id: int
    type: str
    status_id: int
    status: str
    opened_at: datetime
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ProcessContract:
    """A contract that is linked to a process. ``title`` is the contract's number when it was linked."""

    billing_id: str
    cid: int
    title: str


class ProcessEventKind(StrEnum):
    """What happens to a process, by the names that rules use (``onProcessEvent.<N>.events``).

    Those that end in ``ing`` come before the change and may be refused, the others after it.
    """

    CREATED = "created"
    CREATED_AS_LINK = "createdAsLink"
    CREATE_FINISHED = "createFinished"
    REMOVED = "removed"
    STATUS_CHANGING = "statusChanging"
    STATUS_CHANGED = "statusChanged"
    CLOSED = "closed"
    DESCRIPTION_ADDING = "descriptionAdding"
    DESCRIPTION_ADDED = "descriptionAdded"
    DESCRIPTION_CHANGING = "descriptionChanging"
    DESCRIPTION_CHANGED = "descriptionChanged"
    PARAMETER_CHANGING = "paramChanging"
    PARAMETER_CHANGED = "paramChanged"
    LINK_ADDING = "linkAdding"
    LINK_ADDED = "linkAdded"
    LINK_REMOVING = "linkRemoving"
    LINK_REMOVED = "linkRemoved"
    MESSAGE_ADDED = "messageAdded"
    EXECUTORS_CHANGING = "executorsChanging"
    EXECUTORS_CHANGED = "executorsChanged"


@dataclass(frozen=True, slots=True)
class ProcessEvent:
    """Something that happens to a process, by a person.

    ``number`` is the status of a change of status, the parameter of a change of a parameter, the message that was
    added; 0 for others. ``contract`` or ``customer_id`` is what is linked or taken away. ``text`` is a description.
    """

    kind: ProcessEventKind
    process_id: int
    person: Person
    number: int = 0
    contract: ProcessContract | None = None
    customer_id: int | None = None
    text: str = ""


@runtime_checkable
class Processes(Protocol):
    """The host's processes. Methods use the host's session and never commit.

    Linking what is linked already, and unlinking what is not, is no error and changes nothing. Linking to a process
    that does not exist raises ``LookupError``.
    """

    def get(self, process_id: int) -> Process | None:
        """One process, or ``None`` when there is no such id."""
        ...

    def of_contract(self, billing_id: str, cid: int, limit: int) -> Sequence[Process]:
        """The processes that a contract is linked to, the latest first."""
        ...

    def of_customer(self, customer_id: int, limit: int) -> Sequence[Process]:
        """The processes that a customer is linked to, the latest first."""
        ...

    def contracts(self, process_id: int) -> Sequence[ProcessContract]:
        """The contracts that are linked to a process, in the order of their linking."""
        ...

    def customers(self, process_id: int) -> Sequence[int]:
        """The ids of the customers that are linked to a process, in the order of their linking."""
        ...

    def link_contract(self, process_id: int, contract: ProcessContract) -> bool:
        """Links a contract; ``False`` when it was linked already: its title stays as it is."""
        ...

    def unlink_contract(self, process_id: int, billing_id: str, cid: int) -> bool:
        """Takes the link away; ``False`` when there was none."""
        ...

    def link_customer(self, process_id: int, customer_id: int) -> bool:
        """Links a customer; ``False`` when it was linked already."""
        ...

    def address(self, process_id: int) -> str:
        """The path of the process's card in the host."""
        ...
