"""One billing as the master of addresses: its directory is read into the host's, ids kept (addresses.md 4).

Reading goes city by city, some hundred records in a transaction; what was read already is met again unharmed. Nothing
is deleted unless it is asked for, and then only what nobody uses and what a city that was read to its end lacks.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from flask_bgbilling.config.addresses import AddressImportAccount, address_import
from flask_bgbilling.config.settings import Settings
from flask_bgbilling.domain.billings import BillingAccess
from flask_bgbilling.errors import N_, ConfigurationError
from flask_bgbilling.ports import (
    AddressDirectory,
    AddressLevel,
    AddressPlace,
    AddressRecord,
    Credentials,
    DirectoryHouse,
)
from flask_bgbilling.store.unit_of_work import UnitOfWork
from flask_bgbilling.wire.ops.address_directory import AREAS, CITIES, COUNTRIES, HOUSES, QUARTERS, STREETS
from flask_bgbilling.wire.session import Billing, Billings

PAGE = 1000
PART = 200
"""How many records a transaction changes: it has to be over while the feed still reaches back to its stamps."""
GREATEST_ID = 2**31 - 1
LONGEST_TITLE, LONGEST_FRACTION, LONGEST_INDEX = 150, 50, 10

IN_CITY = ((AddressLevel.AREA, AREAS), (AddressLevel.QUARTER, QUARTERS), (AddressLevel.STREET, STREETS))


class NoImportConfigured(ConfigurationError):
    """The schedule shall read addresses, but no billing is named for it."""

    code = "no address import"
    message = N_("No billing is configured to read addresses from.")
    remedy = N_("Set bgbilling:addressImport.billingId, user and pswd.")


@dataclass
class Tally:
    """What became of the records of one step. ``kept`` are those that were to be deleted but are used here."""

    read: int = 0
    changed: int = 0
    deleted: int = 0
    kept: int = 0
    unusable: list[str] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Counts another step in."""
        self.read += other.read
        self.changed += other.changed
        self.deleted += other.deleted
        self.kept += other.kept
        self.unusable += other.unusable


class AddressImport:
    """Reads the directory of a billing into the host's."""

    def __init__(
        self,
        directory: AddressDirectory,
        unit_of_work: UnitOfWork,
        access: BillingAccess,
        billings: Billings,
        settings: Callable[[], Settings],
    ) -> None:
        self._directory = directory
        self._unit_of_work = unit_of_work
        self._access = access
        self._billings = billings
        self._settings = settings

    def scheduled(self) -> AddressImportAccount | None:
        """What the configuration says of the unattended reading."""
        return address_import(self._settings())

    def open(self, person_id: str, billing_id: str) -> Billing:
        """The billing under the account of the person who asked, else under the configured one."""
        if person_id:
            return self._access.open_for(person_id, billing_id)
        account = self.scheduled()
        if account is None or account.billing_id != billing_id:
            raise NoImportConfigured
        return self._billings.open(billing_id, Credentials(account.user, account.password))

    def upper(self, billing: Billing) -> tuple[Tally, tuple[AddressPlace, ...]]:
        """Countries and cities; gives the cities as well, by id."""
        countries = billing.call(COUNTRIES)
        cities = [city for country in countries for city in billing.call(CITIES, country_id=country.id)]
        tally = self._write([*countries, *cities])
        return tally, tuple(sorted((city for city in cities if _fits(city)), key=lambda city: city.id))

    def city(self, billing: Billing, city_id: int, *, delete: bool, step: Callable[[int], None]) -> Tally:
        """Everything of one city. ``step`` is told how many houses were read so far, after every page and part."""
        tally, places = Tally(), dict[AddressLevel, set[int]]()
        for level, operation in IN_CITY:
            records = billing.call(operation, city_id=city_id)
            places[level] = {record.id for record in records}
            tally.add(self._write(records))
        houses, complete = set[int](), False
        for page in self._pages(billing, city_id):
            tally.add(self._write(page.items))
            houses.update(house.id for house in page.items)
            complete = len(houses) >= page.found
            step(len(houses))
        if delete and complete:
            # From the leaves on: a street is free when its houses are gone.
            places = {AddressLevel.HOUSE: houses, **places}
            for level, kept in places.items():
                gone = self._delete(level, self._ours(level, city_id, kept), lambda: step(len(houses)))
                tally.add(gone)
        return tally

    def rest(self, cities: Iterable[int]) -> Tally:
        """Deletes the cities that the billing does not have, with all that lies in them and is not used."""
        tally, kept = Tally(), set(cities)
        if not kept:
            return tally  # a billing without any city is no master of anything
        for city_id in list(self._ids(AddressLevel.CITY, None)):
            if city_id in kept:
                continue
            for level in (AddressLevel.HOUSE, AddressLevel.STREET, AddressLevel.QUARTER, AddressLevel.AREA):
                tally.add(self._delete(level, self._ours(level, city_id, set())))
            tally.add(self._delete(AddressLevel.CITY, [city_id]))
        return tally

    def _pages(self, billing: Billing, city_id: int) -> Iterator["HousePage"]:
        number, seen = 1, set[int]()
        while True:
            page = billing.call(HOUSES, city_id=city_id, page=number, size=PAGE)
            fresh = tuple(house for house in page.items if house.id not in seen)
            seen.update(house.id for house in fresh)
            yield HousePage(fresh, page.found)
            # A server that does not know pages gives the same one again.
            if not fresh or len(page.items) < PAGE:
                return
            number += 1

    def _write(self, records: Sequence[AddressRecord]) -> Tally:
        tally = Tally(read=len(records))
        usable = list(_usable(records, tally))
        for start in range(0, len(usable), PART):
            with self._unit_of_work.alone():
                tally.changed += self._directory.write(usable[start : start + PART])
        return tally

    def _delete(self, level: AddressLevel, ids: Sequence[int], step: Callable[[], object] = lambda: None) -> Tally:
        gone = 0
        for start in range(0, len(ids), PART):
            with self._unit_of_work.alone():
                gone += len(self._directory.delete(level, ids[start : start + PART]))
            step()
        return Tally(deleted=gone, kept=len(ids) - gone)

    def _ours(self, level: AddressLevel, city_id: int, kept: set[int]) -> list[int]:
        """What the host has in a city and the billing has not."""
        return [number for number in self._ids(level, city_id) if number not in kept]

    def _ids(self, level: AddressLevel, city_id: int | None) -> Iterator[int]:
        after, cities = 0, None if city_id is None else (city_id,)
        while True:
            part: Sequence[AddressRecord] = (
                self._directory.houses(limit=PAGE, after_id=after, city_ids=cities)
                if level == AddressLevel.HOUSE
                else self._directory.places(level, limit=PAGE, after_id=after, city_ids=cities)
            )
            yield from (record.id for record in part)
            if len(part) < PAGE:
                return
            after = part[-1].id


@dataclass(frozen=True)
class HousePage:
    """Houses that were not on an earlier page; ``found`` counts all that the billing has."""

    items: tuple[DirectoryHouse, ...]
    found: int


def _usable(records: Iterable[AddressRecord], tally: Tally) -> Iterator[AddressRecord]:
    """The records that fit into a directory; the others are named in the tally and left where they are."""
    for record in records:
        if _fits(record):
            yield record
        else:
            level = record.level if isinstance(record, AddressPlace) else AddressLevel.HOUSE
            tally.unusable.append(f"{level.value} {record.id}")


def _fits(record: AddressRecord) -> bool:
    if not 0 < record.id <= GREATEST_ID:
        return False
    if isinstance(record, AddressPlace):
        return len(record.title) <= LONGEST_TITLE
    return len(record.fraction) <= LONGEST_FRACTION and len(record.post_index) <= LONGEST_INDEX
