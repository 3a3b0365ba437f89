"""How the directories of several billings, and the host's own, differ: the same id must be the same place everywhere.

Directories share their ids and have no table that maps them (addresses.md 1, 5). So records are put side by side by
id; where one is missing, a record of the same title under another id is told as well.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from flask_bgbilling.config.settings import Server
from flask_bgbilling.domain.billings import BillingAccess, Viewer
from flask_bgbilling.errors import AccountMissing, BillingError
from flask_bgbilling.ports import AddressDirectory, AddressLevel, AddressPlace, AddressRecord, House
from flask_bgbilling.wire.lanes import Pending
from flask_bgbilling.wire.ops.address_directory import AREAS, CITIES, COUNTRIES, HOUSES, QUARTERS, STREETS
from flask_bgbilling.wire.session import Billing

PAGE = 100
PART = 2000
MOST_HOUSES = 5000
"""Of one street; no street has as many."""

State = Literal["same", "different", "missing"]
Shown = Literal["differences", "different", "missing", "all"]
SHOWN: tuple[Shown, ...] = ("differences", "different", "missing", "all")

IN_CITY = {AddressLevel.AREA: AREAS, AddressLevel.QUARTER: QUARTERS, AddressLevel.STREET: STREETS}


@dataclass(frozen=True)
class Source:
    """A directory that is compared: that of a billing, or with an empty id the host's own.

    ``titles`` by id; a directory that could not be read has a ``problem`` and takes no part.
    """

    id: str
    title: str
    titles: Mapping[int, str] = field(default_factory=dict)
    problem: BillingError | AccountMissing | None = None


@dataclass(frozen=True)
class Cell:
    """A record in one directory: its title, or ``None`` when it is missing; then ``others`` has its title's ids."""

    title: str | None
    others: tuple[int, ...] = ()


@dataclass(frozen=True)
class ComparedRow:
    """A record in all directories that could be read, in their order."""

    id: int
    cells: tuple[Cell, ...]
    state: State


@dataclass(frozen=True)
class ComparedPage:
    """A part of the comparison. ``counts`` are of the whole level, ``found`` of what is shown of it."""

    sources: tuple[Source, ...]
    rows: tuple[ComparedRow, ...]
    counts: Mapping[State, int]
    found: int
    index: int
    count: int

    @property
    def read(self) -> tuple[Source, ...]:
        """The directories that take part."""
        return tuple(source for source in self.sources if source.problem is None)


@dataclass(frozen=True)
class Wanted:
    """What is compared: a level, and where it is not whole the city or the street whose records are."""

    level: AddressLevel
    city_id: int = 0
    street_id: int = 0
    shown: Shown = "differences"
    page: int = 1

    @property
    def complete(self) -> bool:
        """Whether it says enough: streets are those of a city, houses those of a street of a city."""
        if self.level == AddressLevel.HOUSE:
            return self.city_id > 0 and self.street_id > 0
        return self.level not in IN_CITY or self.city_id > 0


class DirectoryComparison:
    """Compares directories under the accounts of the person who looks."""

    def __init__(self, directory: AddressDirectory | None, access: BillingAccess, release: Callable[[], None]) -> None:
        self._directory = directory
        self._access = access
        self._release = release

    def servers(self, viewer: Viewer) -> tuple[Server, ...]:
        """The billings that the viewer may compare."""
        return self._access.servers(viewer)

    def server(self, viewer: Viewer, billing_id: str) -> Server:
        """One of them; raises ``UnknownBilling`` or ``Forbidden``."""
        return self._access.server(viewer, billing_id)

    def cities(self, viewer: Viewer) -> Mapping[int, str]:
        """The cities of all directories by id, each by the first title that it has."""
        found: dict[int, str] = {}
        for source in self._sources(viewer, Wanted(AddressLevel.CITY)):
            for number, title in source.titles.items():
                found.setdefault(number, title)
        return dict(sorted(found.items(), key=lambda item: (item[1].casefold(), item[0])))

    def compare(self, viewer: Viewer, wanted: Wanted) -> ComparedPage:
        """A page of what was wanted; nothing when it says too little."""
        sources = tuple(self._sources(viewer, wanted)) if wanted.complete else ()
        counts: dict[State, int] = {"same": 0, "different": 0, "missing": 0}
        kept = []
        for row in compared([source.titles for source in sources if source.problem is None]):
            counts[row.state] += 1
            if _is_shown(row, wanted.shown):
                kept.append(row)
        count = max(1, -(-len(kept) // PAGE))
        index = min(max(wanted.page, 1), count)
        rows = kept[(index - 1) * PAGE : index * PAGE]
        return ComparedPage(sources, tuple(rows), counts, len(kept), index, count)

    def _sources(self, viewer: Viewer, wanted: Wanted) -> Iterator[Source]:
        begun = [(server, self._begin(viewer, server, wanted)) for server in self._access.servers(viewer)]
        if self._directory is not None:
            yield Source("", "", dict(self._own(self._directory, wanted)))
            self._release()
        for server, reading in begun:
            try:
                yield Source(server.id, server.title, dict(map(_titled, reading())))
            except (BillingError, AccountMissing) as problem:
                yield Source(server.id, server.title, problem=problem)

    def _begin(self, viewer: Viewer, server: Server, wanted: Wanted) -> Callable[[], Iterable[AddressRecord]]:
        """Starts the reading of a billing; what is given waits for it, and raises what went wrong."""
        try:
            billing = self._access.open(viewer, server.id)
            return _started(billing, wanted)
        except (BillingError, AccountMissing) as problem:
            failed = problem

            def fail() -> Iterable[AddressRecord]:
                raise failed

            return fail

    def _own(self, directory: AddressDirectory, wanted: Wanted) -> Iterator[tuple[int, str]]:
        cities = (wanted.city_id,) if wanted.level in IN_CITY else None
        after = 0
        while True:
            part: Sequence[AddressRecord] = (
                directory.houses(limit=PART, after_id=after, street_id=wanted.street_id)
                if wanted.level == AddressLevel.HOUSE
                else directory.places(wanted.level, limit=PART, after_id=after, city_ids=cities)
            )
            yield from map(_titled, part)
            if len(part) < PART:
                return
            after = part[-1].id


def compared(directories: Sequence[Mapping[int, str]]) -> Iterator[ComparedRow]:
    """Every record of the directories, by id."""
    ids = sorted(set().union(*directories)) if directories else []
    by_title = [_by_title(titles) for titles in directories]
    for number in ids:
        written = [titles.get(number) for titles in directories]
        spellings = {_plain(title) for title in written if title is not None}
        first = next(title for title in written if title is not None)
        cells = tuple(
            Cell(title, () if title is not None else tuple(others.get(_plain(first), ())))
            for title, others in zip(written, by_title, strict=True)
        )
        state: State = "different" if len(spellings) > 1 else "missing" if None in written else "same"
        yield ComparedRow(number, cells, state)


def _is_shown(row: ComparedRow, shown: Shown) -> bool:
    if shown == "all":
        return True
    if shown == "missing":
        return any(cell.title is None for cell in row.cells)
    return row.state != "same" if shown == "differences" else row.state == shown


def _by_title(titles: Mapping[int, str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for number, title in titles.items():
        found.setdefault(_plain(title), []).append(number)
    return found


def _plain(title: str) -> str:
    return " ".join(title.split())


def _titled(record: AddressRecord) -> tuple[int, str]:
    if isinstance(record, AddressPlace):
        return record.id, record.title
    return record.id, House(record.id, record.street_id, record.number, record.fraction).label


def _started(billing: Billing, wanted: Wanted) -> Callable[[], Iterable[AddressRecord]]:
    if wanted.level == AddressLevel.COUNTRY:
        return billing.start(COUNTRIES).result
    if wanted.level == AddressLevel.CITY:
        countries = billing.start(COUNTRIES)
        return lambda: _cities(billing, countries)
    if wanted.level == AddressLevel.HOUSE:
        houses = billing.start(HOUSES, city_id=wanted.city_id, street_id=wanted.street_id, page=1, size=MOST_HOUSES)
        return lambda: houses.result().items
    return billing.start(IN_CITY[wanted.level], city_id=wanted.city_id).result


def _cities(billing: Billing, countries: Pending[tuple[AddressPlace, ...]]) -> Iterator[AddressPlace]:
    begun = [billing.start(CITIES, country_id=country.id) for country in countries.result()]
    for cities in begun:
        yield from cities.result()
