"""The host's buffer of opened objects."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from flask_bgbilling.ports.people import Person


@dataclass(frozen=True, slots=True)
class OpenedContract:
    """A contract card that a person has opened, for the host's buffer of opened objects."""

    billing_id: str
    contract_id: int
    title: str
    address: str


@runtime_checkable
class OpenedObjects(Protocol):
    """The host's buffer of objects that a person has open."""

    def remember(self, person: Person, contract: OpenedContract) -> None:
        """Puts the contract on top of the person's buffer; called once for every opened card."""
        ...


@runtime_checkable
class OpenedContracts(OpenedObjects, Protocol):
    """A buffer that can be read as well: then its contracts are offered where one is to be linked.

    A host whose buffer only takes contracts has nothing to do.
    """

    def contracts(self, person: Person, limit: int) -> Sequence[OpenedContract]:
        """The contracts that the person has open, the latest first."""
        ...
