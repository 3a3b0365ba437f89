"""The host's address directory; ids are the billing's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable


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
