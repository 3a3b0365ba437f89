"""The host's address directory as a whole, for hosts that are its master or take it over from a billing.

Optional, and apart from ``AddressBook``, which only suggests addresses. Ids are shared with the billings: there is no
table that maps them (addresses.md 1).
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

LONGEST_NUMBER = 9
"""Digits of the greatest house number: more do not fit into the tables of billings."""


class AddressLevel(StrEnum):
    """A level of the directory. A country holds cities, a city areas, quarters and streets, a street houses."""

    COUNTRY = "country"
    CITY = "city"
    AREA = "area"
    QUARTER = "quarter"
    STREET = "street"
    HOUSE = "house"

    @property
    def parent(self) -> "AddressLevel | None":
        """The level whose records hold those of this one; a country lies in nothing."""
        return _PARENTS[self]


_PARENTS = {
    AddressLevel.COUNTRY: None,
    AddressLevel.CITY: AddressLevel.COUNTRY,
    AddressLevel.AREA: AddressLevel.CITY,
    AddressLevel.QUARTER: AddressLevel.CITY,
    AddressLevel.STREET: AddressLevel.CITY,
    AddressLevel.HOUSE: AddressLevel.STREET,
}


@dataclass(frozen=True, slots=True)
class AddressPlace:
    """A record of any level but houses. ``parent_id`` is what it lies in: 0 for countries.

    ``changed_at`` is aware, and ``None`` in what is written: the host sets it.
    """

    level: AddressLevel
    id: int
    title: str
    parent_id: int = 0
    changed_at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class DirectoryHouse:
    """A house with all that the directory knows of it; ``area_id`` and ``quarter_id`` are 0 for none.

    ``number`` 0 means none: the whole number then stands in ``fraction``. ``changed_at`` as in ``AddressPlace``.
    """

    id: int
    street_id: int
    number: int
    fraction: str = ""
    area_id: int = 0
    quarter_id: int = 0
    post_index: str = ""
    comment: str = ""
    changed_at: datetime | None = field(default=None, compare=False)


AddressRecord = AddressPlace | DirectoryHouse


@runtime_checkable
class AddressDirectory(Protocol):
    """All levels of the host's address directory. Methods use the host's session and never commit.

    Lists are read in parts, by ascending id and from ``after_id`` on, so that half a million houses need no memory.
    ``since`` leaves only what was changed at this moment or later, ``city_ids`` only what belongs to these cities:
    houses by their street, countries by their cities. Everything that is written takes the moment of its writing as
    its last change, also where several things change at once, such as a street that moves to another city.
    """

    def places(
        self,
        level: AddressLevel,
        *,
        limit: int,
        after_id: int = 0,
        since: datetime | None = None,
        city_ids: Collection[int] | None = None,
    ) -> Sequence[AddressPlace]:
        """Records of a level other than houses."""
        ...

    def houses(
        self,
        *,
        limit: int,
        after_id: int = 0,
        since: datetime | None = None,
        city_ids: Collection[int] | None = None,
        street_id: int | None = None,
    ) -> Sequence[DirectoryHouse]:
        """Houses, with ``street_id`` those of one street."""
        ...

    def deleted(
        self,
        level: AddressLevel,
        *,
        limit: int,
        after_id: int = 0,
        since: datetime | None = None,
        city_ids: Collection[int] | None = None,
    ) -> Sequence[int]:
        """Ids that were deleted and are still gone; what the city of a deleted record was is remembered for this."""
        ...

    def count(self, level: AddressLevel) -> int:
        """How many records a level has."""
        ...

    def write(self, records: Sequence[AddressRecord]) -> int:
        """Makes records of these ids, or changes them; gives how many were not so before.

        A record that is so already keeps its last change. One that was deleted is there again. Records may name
        parents that are not there.
        """
        ...

    def delete(self, level: AddressLevel, ids: Sequence[int]) -> Sequence[int]:
        """Deletes records and remembers their ids; gives those that went.

        What is used stays: a house that a value of the host stands in, a record that others lie in.
        """
        ...


def split_house(text: str) -> tuple[int, str]:
    """A typed house taken apart: the digits it begins with, then everything else verbatim (addresses.md 6).

    Without digits at its beginning, and with more of them than a number has, the whole text is the fraction.
    """
    found = re.match(r"[0-9]*", text)
    digits = found.group() if found else ""
    if not digits or len(digits) > LONGEST_NUMBER:
        return 0, text
    return int(digits), text[len(digits) :]
