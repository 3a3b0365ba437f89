"""People of the host: who works, what they may do, under which accounts; and the clock."""

from collections.abc import Mapping
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
    message_type_ids: frozenset[int] | None = None

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

    def covers_message_type(self, type_id: int) -> bool:
        """Whether the grant holds for this type of messages."""
        return self.message_type_ids is None or type_id in self.message_type_ids

    def is_whole(self, billing_id: str) -> bool:
        """Whether the grant holds for this billing and no option narrows it there."""
        types = (self.payment_type_ids, self.charge_type_ids)
        narrowed = any(allowed is not None and billing_id in allowed for allowed in types)
        return self.covers_billing(billing_id) and self.parameter_ids is None and not narrowed


def _covers(allowed: Mapping[str, frozenset[int]] | None, billing_id: str, number: int) -> bool:
    of_billing = None if allowed is None else allowed.get(billing_id)
    return of_billing is None or number in of_billing


@dataclass(frozen=True, slots=True)
class Credentials:
    """Login and password of a billing account. Neither its text nor its repr shows the password."""

    login: str
    password: str = field(repr=False)


@runtime_checkable
class Users(Protocol):
    """Who is working, and what the host allows them."""

    def current(self) -> Person | None:
        """The signed-in person of this request; ``None`` leads to :meth:`sign_in_address`."""
        ...

    def grant(self, person: Person, permission: str) -> Grant | None:
        """The person's grant of a named permission such as ``contract.search``; ``None`` means not allowed.

        Somebody whom the host does not know is allowed nothing.
        """
        ...

    def sign_in_address(self, back_to: str) -> str:
        """Where to send somebody who is not signed in; ``back_to`` is a path of this site."""
        ...


@runtime_checkable
class UserValues(Users, Protocol):
    """Users who have values of their own, which scripts of process rules read as ``userParam.val(…)``. Optional."""

    def value(self, person: Person, key: str) -> str:
        """What is kept about a person under a name or number of the host's own; empty for nothing."""
        ...


@runtime_checkable
class Accounts(Protocol):
    """Billing accounts of people. Called for workers too, outside of any request."""

    def credentials(self, person_id: str, billing_id: str) -> Credentials | None:
        """Login and password of this person in this billing; ``None`` when either is missing.

        So it is for somebody whom the host does not know.
        """
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
