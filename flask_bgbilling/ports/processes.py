"""Processes of the host - requests, tasks, tickets - and what is linked to them.

Optional: without ``Processes`` nothing about processes is shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from flask_bgbilling.ports.customers import CustomerAddress, CustomerPhone
from flask_bgbilling.ports.people import Person


@dataclass(frozen=True, slots=True)
class ProcessType:
    """A kind of process. ``configuration`` is its own text in the properties language (configuration.md 2.6).

    The text stands for itself: it knows no values of other texts. It may name billings and groups of the host.
    """

    id: int
    title: str
    configuration: str = field(default="", repr=False)


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


class ProcessParameterType(StrEnum):
    """What a parameter of a process holds: a line of text, a long text, a day, items of a list, phones, addresses."""

    TEXT = "text"
    BLOB = "blob"
    DATE = "date"
    LIST = "list"
    PHONE = "phone"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class ProcessParameter:
    """A parameter that processes can have. ``items`` are the values of a list parameter by their ids."""

    id: int
    type: ProcessParameterType
    title: str
    items: Mapping[int, str] = field(default_factory=dict)


ProcessValue = str | date | frozenset[int] | tuple[CustomerPhone, ...] | tuple[CustomerAddress, ...]
"""The value of a parameter by its type: text or long text, date, ids of list items, phones, addresses."""


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
class UnlinksCustomers(Protocol):
    """What processes of a host may offer beside :class:`Processes`.

    Undoing a merge of customers takes away by it the links that the merge has made.
    """

    def unlink_customer(self, process_id: int, customer_id: int) -> bool:
        """Takes the link away; ``False`` when there was none."""
        ...


@runtime_checkable
class Processes(Protocol):
    """The host's processes. Methods use the host's session and never commit.

    Linking what is linked already, and unlinking what is not, is no error and changes nothing. What changes a process
    that does not exist, or names a type, status, group or parameter that does not, raises ``LookupError``; reading one
    that does not exist gives nothing.
    """

    def get(self, process_id: int) -> Process | None:
        """One process, or ``None`` when there is no such id."""
        ...

    def visible(self, person_id: str, process_id: int) -> bool:
        """Whether a person may see a process; false when there is no such id."""
        ...

    def create(self, type_id: int, description: str, person_id: str) -> Process:
        """A new, open process by a person; its title is what the host makes of the description."""
        ...

    def of_contract(self, billing_id: str, cid: int, limit: int) -> Sequence[Process]:
        """The processes that a contract is linked to, the latest first."""
        ...

    def of_customer(self, customer_id: int, limit: int) -> Sequence[Process]:
        """The processes that a customer is linked to, the latest first."""
        ...

    def with_list_value(self, parameter_id: int, item_ids: Sequence[int], limit: int) -> Sequence[int]:
        """The ids of processes whose list parameter holds any of the items, the latest first."""
        ...

    def contracts(self, process_id: int) -> Sequence[ProcessContract]:
        """The contracts that are linked to a process, in the order of their linking."""
        ...

    def customers(self, process_id: int) -> Sequence[int]:
        """The ids of the customers that are linked to a process, in the order of their linking."""
        ...

    def link_contract(self, process_id: int, contract: ProcessContract) -> bool:
        """Links a contract; ``False`` when it was linked already: its title stays as it is.

        Titles are texts of a billing: 100 characters at most, any letters.
        """
        ...

    def unlink_contract(self, process_id: int, billing_id: str, cid: int) -> bool:
        """Takes the link away; ``False`` when there was none: of several who do it at once, one is given ``True``."""
        ...

    def rename_contract(self, billing_id: str, cid: int, title: str) -> int:
        """Gives the links of a contract its new number; how many had another one."""
        ...

    def link_customer(self, process_id: int, customer_id: int) -> bool:
        """Links a customer; ``False`` when it was linked already."""
        ...

    def types(self) -> Mapping[int, ProcessType]:
        """Every type that processes can have, by id, in the order of their showing."""
        ...

    def statuses(self) -> Mapping[int, str]:
        """The titles of statuses, by id."""
        ...

    def all_groups(self) -> Mapping[int, str]:
        """The titles of the groups of people that can be given to processes, by id."""
        ...

    def groups(self, process_id: int) -> Sequence[int]:
        """The ids of the groups that a process is given to."""
        ...

    def add_groups(self, process_id: int, group_ids: Sequence[int]) -> None:
        """Gives a process to further groups; those that it has stay."""
        ...

    def executors(self, process_id: int) -> Sequence[str]:
        """The ids of the persons who work at a process."""
        ...

    def add_executors(self, process_id: int, person_ids: Sequence[str]) -> None:
        """Has further persons work at a process; an unknown person raises ``LookupError``."""
        ...

    def set_status(self, process_id: int, status_id: int) -> None:
        """Gives a process another status; whether that closes or opens it is the host's to know."""
        ...

    def priority(self, process_id: int) -> int:
        """The priority of a process, 0 the lowest; 0 when there is no such process."""
        ...

    def set_priority(self, process_id: int, priority: int) -> None:
        """Gives a process another priority, 0 and above."""
        ...

    def description(self, process_id: int) -> str:
        """The description of a process, of several lines perhaps; empty when there is no such process."""
        ...

    def set_description(self, process_id: int, description: str) -> None:
        """Gives a process another description."""
        ...

    def parameters(self) -> Mapping[int, ProcessParameter]:
        """Every parameter that processes can have, by id."""
        ...

    def value(self, process_id: int, parameter_id: int) -> ProcessValue | None:
        """The value of a parameter, ``None`` when it is not set."""
        ...

    def set_value(self, process_id: int, parameter_id: int, value: ProcessValue | None) -> None:
        """Replaces the value of a parameter; ``None`` clears it, so does an empty text or collection.

        Texts are kept without blanks around them, collections in their order; of equal phones (by digits) and
        addresses (by place) the first one stays. A value of another type raises ``ValueError``.
        """
        ...

    def address(self, process_id: int) -> str:
        """The path of the process's card in the host."""
        ...
