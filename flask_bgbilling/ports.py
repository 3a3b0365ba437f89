"""What a host application provides, and the values that cross the border.

Every port is a Protocol: a host passes objects with these methods to ``BGBilling(...)``. Ports are called inside a
request or a command of the host; they may use the host's database session but never commit it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class Person:
    """A user of the host. ``id`` is what the host stores, ``login`` what the person types, ``name`` what is shown."""

    id: str
    login: str
    name: str


@dataclass(frozen=True, slots=True)
class Grant:
    """A permission that a person has, with the options that narrow it.

    ``None`` means all of them, an empty set none. Types of payments and charges are numbered by each billing, so that
    they are given by billing; one that is not named there allows every type.
    """

    billing_ids: frozenset[str] | None = None
    parameter_ids: frozenset[int] | None = None
    payment_type_ids: Mapping[str, frozenset[int]] | None = None
    charge_type_ids: Mapping[str, frozenset[int]] | None = None

    def covers_billing(self, billing_id: str) -> bool:
        """Whether the grant holds for this billing."""
        return self.billing_ids is None or billing_id in self.billing_ids

    def covers_parameter(self, parameter_id: int) -> bool:
        """Whether the grant holds for this contract parameter."""
        return self.parameter_ids is None or parameter_id in self.parameter_ids

    def covers_payment_type(self, billing_id: str, type_id: int) -> bool:
        """Whether the grant holds for this type of payments."""
        return _covers(self.payment_type_ids, billing_id, type_id)

    def covers_charge_type(self, billing_id: str, type_id: int) -> bool:
        """Whether the grant holds for this type of charges."""
        return _covers(self.charge_type_ids, billing_id, type_id)


def _covers(allowed: Mapping[str, frozenset[int]] | None, billing_id: str, number: int) -> bool:
    of_billing = None if allowed is None else allowed.get(billing_id)
    return of_billing is None or number in of_billing


@dataclass(frozen=True, slots=True)
class Credentials:
    """Login and password of a billing account. Neither its text nor its repr shows the password."""

    login: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Street:
    """A street of the address directory; ids are the billing's own, the directories are shared."""

    id: int
    title: str
    city: str

    @property
    def label(self) -> str:
        """``City - Street``, as the operator sees and types it."""
        return f"{self.city} - {self.title}" if self.city else self.title


@dataclass(frozen=True, slots=True)
class House:
    """A house of a street: ``number`` and ``fraction`` are apart (addresses.md 6), ``number`` 0 means none."""

    id: int
    street_id: int
    number: int
    fraction: str = ""

    @property
    def label(self) -> str:
        """Number and fraction without a separator: ``12/3``."""
        return f"{self.number if self.number > 0 else ''}{self.fraction}"


@dataclass(frozen=True, slots=True)
class OpenedContract:
    """A contract card that a person has opened, for the host's buffer of opened objects."""

    billing_id: str
    contract_id: int
    title: str
    address: str


@runtime_checkable
class Users(Protocol):
    """Who is working, and what the host allows them."""

    def current(self) -> Person | None:
        """The signed-in person of this request; ``None`` leads to :meth:`sign_in_address`."""
        ...

    def grant(self, person: Person, permission: str) -> Grant | None:
        """The person's grant of a named permission such as ``contract.search``; ``None`` means not allowed."""
        ...

    def sign_in_address(self, back_to: str) -> str:
        """Where to send somebody who is not signed in; ``back_to`` is a path of this site."""
        ...


@runtime_checkable
class Accounts(Protocol):
    """Billing accounts of people. Called for workers too, outside of any request."""

    def credentials(self, person_id: str, billing_id: str) -> Credentials | None:
        """Login and password of this person in this billing; ``None`` when either is missing."""
        ...


@runtime_checkable
class AddressBook(Protocol):
    """The host's address directory, synchronised with the billings (addresses.md)."""

    def streets(self, query: str, limit: int) -> Sequence[Street]:
        """Streets whose title and city contain every word of ``query``, best first."""
        ...

    def houses(self, street_id: int, query: str, limit: int) -> Sequence[House]:
        """Houses of a street whose label begins with ``query``, by number and fraction."""
        ...

    def street(self, street_id: int) -> Street | None:
        """One street, or ``None`` when the directory has no such id."""
        ...

    def house(self, house_id: int) -> House | None:
        """One house, or ``None`` when the directory has no such id."""
        ...


@runtime_checkable
class OpenedObjects(Protocol):
    """The host's buffer of objects that a person has open."""

    def remember(self, person: Person, contract: OpenedContract) -> None:
        """Puts the contract on top of the person's buffer; called once for every opened card."""
        ...


class Clock(Protocol):
    """The current time; tests give their own."""

    def now(self) -> datetime:
        """An aware moment."""
        ...


class SystemClock:
    """The machine's clock in UTC."""

    def now(self) -> datetime:
        """The current moment in UTC."""
        return datetime.now(UTC)


class NoAddressBook:
    """An address book without entries, for hosts that keep none."""

    def streets(self, query: str, limit: int) -> Sequence[Street]:
        """No streets."""
        return ()

    def houses(self, street_id: int, query: str, limit: int) -> Sequence[House]:
        """No houses."""
        return ()

    def street(self, street_id: int) -> Street | None:
        """No street."""
        return None

    def house(self, house_id: int) -> House | None:
        """No house."""
        return None
