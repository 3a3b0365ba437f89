"""Customers of the host with their typed parameters, as the extension reads and writes them.

Everything here is optional for a host: without ``Customers`` there are search and card, but no links, no creation of
contracts and no import.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Protocol, runtime_checkable


class CustomerParameterType(StrEnum):
    """What a parameter of a customer holds (customers-and-links.md 1)."""

    TEXT = "text"
    DATE = "date"
    LIST = "list"
    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class CustomerParameter:
    """A parameter that customers can have. ``items`` are the values of a list parameter by their ids."""

    id: int
    type: CustomerParameterType
    title: str
    items: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CustomerGroup:
    """Which parameters customers of a kind have: persons, firms. ``parameter_ids`` stand as they are shown."""

    id: int
    title: str
    parameter_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class CustomerTitlePattern:
    """How titles are composed: ``${param_<ID>}`` stands for a value, what is in parentheses goes where it is blank."""

    id: int
    title: str
    pattern: str


@dataclass(frozen=True, slots=True)
class CustomerPhone:
    """One number, digits with or without formatting, and its comment."""

    number: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class CustomerEmail:
    """One address and the name that stands with it."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class CustomerAddress:
    """A place in a house of the address directory, whose ids are the billing's own.

    ``text`` is the address as the host formats it; it is ignored when it is written. Entrance and floor 0 mean none.
    """

    house_id: int
    flat: str = ""
    room: str = ""
    entrance: int = 0
    floor: int = 0
    comment: str = ""
    text: str = ""

    @property
    def place(self) -> tuple[int, str, str]:
        """What makes two addresses the same: house, flat and room."""
        return self.house_id, self.flat.strip(), self.room.strip()


CustomerValue = (
    str | date | frozenset[int] | tuple[CustomerPhone, ...] | tuple[CustomerEmail, ...] | tuple[CustomerAddress, ...]
)
"""The value of a parameter by its type: text, date, ids of list items, phones, e-mails, addresses."""


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer of the host.

    ``id`` is a positive number: it is written into a parameter of the contract. ``title`` may hold several spellings
    with ``|`` between them. ``group_id`` is the group of parameters (0: none), ``title_pattern_id`` how the title is
    composed: -1 typed by hand, 0 a pattern of the customer's own, else an entry of the host's directory.
    """

    id: int
    title: str
    group_id: int = 0
    title_pattern_id: int = -1

    @property
    def variants(self) -> tuple[str, ...]:
        """The spellings of the title, the first is the usual one."""
        return tuple(part for piece in self.title.split("|") if (part := piece.strip())) or (self.title,)


@dataclass(frozen=True, slots=True)
class CustomerQuery:
    """One search for at most ``limit`` customers: by a part of the ``title``, else by what a parameter holds.

    Of ``text``, ``phones`` (digits) and ``address`` one is given; they mean what they mean in the methods of
    :class:`Customers`.
    """

    limit: int
    title: str = ""
    parameter_id: int = 0
    text: str = ""
    phones: tuple[str, ...] = ()
    address: CustomerAddress | None = None

    def ask(self, customers: "Customers") -> "Sequence[Customer]":
        """The answer of the method for it."""
        if self.title:
            return customers.find_by_title(self.title, self.limit)
        if self.address is not None:
            return customers.find_by_address(self.parameter_id, self.address, self.limit)
        if self.phones:
            return customers.find_by_phones(self.parameter_id, self.phones, self.limit)
        return customers.find_by_text(self.parameter_id, self.text, self.limit)


@runtime_checkable
class FindsMany(Protocol):
    """What customers of a host may offer beside :class:`Customers`: searches for several contracts at once.

    The import of customers asks by it, so that the database is asked a few times instead of some forty for each few
    contracts.
    """

    def find_many(self, queries: Sequence[CustomerQuery]) -> Sequence[Sequence[Customer] | None]:
        """The answer to each query, as the method for it gives it; ``None`` where it is better asked by itself."""
        ...


@runtime_checkable
class Customers(Protocol):
    """The host's customers. Methods use the host's session and never commit; ids that do not exist give ``None``."""

    def get(self, customer_id: int) -> Customer | None:
        """One customer."""
        ...

    def lock(self, customer_id: int) -> Customer | None:
        """One customer, read anew and held until the transaction ends, where the database can hold rows."""
        ...

    def find_by_title(self, text: str, limit: int) -> Sequence[Customer]:
        """Customers whose title contains the text, without regard to case and to ё or е, ordered by title.

        ``%`` and ``_`` are letters like any others.
        """
        ...

    def find_by_text(self, parameter_id: int, value: str, limit: int) -> Sequence[Customer]:
        """Customers whose text parameter equals the value, blanks around it aside.

        The import takes it that whoever is given holds the value, and does not look again.
        """
        ...

    def find_by_phones(self, parameter_id: int, digits: Sequence[str], limit: int) -> Sequence[Customer]:
        """Customers with any of the numbers; numbers are compared by their digits.

        As with :meth:`find_by_text`, whoever is given is taken to have one of them.
        """
        ...

    def find_by_address(self, parameter_id: int, address: CustomerAddress, limit: int) -> Sequence[Customer]:
        """Customers with an address in this house, and of this flat and room where those are given.

        Whether "15а" is "15А" is the host's to say.
        """
        ...

    def parameters(self) -> Mapping[int, CustomerParameter]:
        """Every parameter that customers can have, by id."""
        ...

    def groups(self) -> Mapping[int, CustomerGroup]:
        """The groups of parameters, by id; 0 is no group and not among them."""
        ...

    def title_patterns(self) -> Mapping[int, CustomerTitlePattern]:
        """The directory of title patterns, by id; -1 and 0 are not among them."""
        ...

    def values(
        self, customer_ids: Sequence[int], parameter_ids: Sequence[int]
    ) -> Mapping[tuple[int, int], CustomerValue]:
        """Values by (customer id, parameter id); what is not set is left out."""
        ...

    def create(self, title: str, *, group_id: int = 0, title_pattern_id: int = -1) -> Customer:
        """A new customer, of whom no parameter is set."""
        ...

    def rename(self, customer_id: int, title: str) -> None:
        """Gives another title; an unknown customer raises ``LookupError``."""
        ...

    def set_value(self, customer_id: int, parameter_id: int, value: CustomerValue | None) -> None:
        """Replaces the value of a parameter; ``None`` clears it, so does an empty text or collection.

        Texts are kept without blanks around them, collections in their order; of equal phones (by digits), e-mails and
        addresses (by place) the first one stays. A value of another type raises
        ``ValueError``, an unknown customer or parameter ``LookupError``. Where a pattern composes the title, it
        follows; further spellings stay.
        """
        ...

    def delete(self, customer_id: int) -> None:
        """Removes a customer with its values, so that it can be found no more; nothing when there is none.

        Used only to undo an import and to merge two customers.
        """
        ...

    def address(self, customer_id: int) -> str:
        """The path of the customer's card in the host."""
        ...

    def opened(self, person_id: str) -> Sequence[Customer]:
        """The customers whose cards the person has open, the latest first."""
        ...
