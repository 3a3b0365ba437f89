"""The address directory as flask-bgbilling reads and writes it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, func, literal, select

from example_host.addresses.models import AreaRow, CityRow, CountryRow, DeletedAddress, QuarterRow
from example_host.customers.models import AddressValue
from example_host.models import HouseRow, StreetRow, database, moment
from example_host.ports import fold
from example_host.processes.models import ProcessHouseRow
from flask_bgbilling.ports import AddressLevel, AddressPlace, AddressRecord, DirectoryHouse

CHUNK = 500
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TABLES: Mapping[AddressLevel, Any] = {
    AddressLevel.COUNTRY: CountryRow,
    AddressLevel.CITY: CityRow,
    AddressLevel.AREA: AreaRow,
    AddressLevel.QUARTER: QuarterRow,
    AddressLevel.STREET: StreetRow,
    AddressLevel.HOUSE: HouseRow,
}
PARENTS: Mapping[AddressLevel, str] = {
    AddressLevel.CITY: "country_id",
    AddressLevel.AREA: "city_id",
    AddressLevel.QUARTER: "city_id",
    AddressLevel.STREET: "city_id",
    AddressLevel.HOUSE: "street_id",
}
"""The column that says what a record lies in."""
USERS: Mapping[AddressLevel, tuple[Any, ...]] = {
    AddressLevel.COUNTRY: (CityRow.country_id,),
    AddressLevel.CITY: (AreaRow.city_id, QuarterRow.city_id, StreetRow.city_id),
    AddressLevel.AREA: (HouseRow.area_id,),
    AddressLevel.QUARTER: (HouseRow.quarter_id,),
    AddressLevel.STREET: (HouseRow.street_id,),
    AddressLevel.HOUSE: (AddressValue.house_id, ProcessHouseRow.house_id),
}
"""The columns that name records of a level: what stands there cannot be deleted."""


class HostAddressDirectory:
    """All levels, from the CRM's own tables."""

    def places(
        self,
        level: AddressLevel,
        *,
        limit: int,
        after_id: int = 0,
        since: datetime | None = None,
        city_ids: Collection[int] | None = None,
    ) -> Sequence[AddressPlace]:
        """Records of a level by id."""
        table = TABLES[level]
        parent = getattr(table, PARENTS[level]) if level in PARENTS else None
        columns = (table.id, table.title, table.changed_at, *(() if parent is None else (parent,)))
        wanted = _part(select(*columns), table, limit, after_id, since)
        if city_ids is not None:
            wanted = _in_cities(wanted, level, city_ids)
        return [
            AddressPlace(level, row[0], row[1], row[3] if parent is not None else 0, _told(row[2]))
            for row in database.session.execute(wanted)
        ]

    def houses(
        self,
        *,
        limit: int,
        after_id: int = 0,
        since: datetime | None = None,
        city_ids: Collection[int] | None = None,
        street_id: int | None = None,
    ) -> Sequence[DirectoryHouse]:
        """Houses by id."""
        house = HouseRow
        columns = (house.id, house.street_id, house.number, house.fraction, house.area_id, house.quarter_id,
                   house.post_index, house.comment, house.changed_at)  # fmt: skip
        wanted = _part(select(*columns), house, limit, after_id, since)
        if city_ids is not None:
            wanted = _in_cities(wanted, AddressLevel.HOUSE, city_ids)
        if street_id is not None:
            wanted = wanted.where(house.street_id == street_id)
        return [
            DirectoryHouse(row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7], _told(row[8]))
            for row in database.session.execute(wanted)
        ]

    def deleted(
        self,
        level: AddressLevel,
        *,
        limit: int,
        after_id: int = 0,
        since: datetime | None = None,
        city_ids: Collection[int] | None = None,
    ) -> Sequence[int]:
        """Ids that are gone; a country concerns everybody."""
        wanted = _part(select(DeletedAddress.id), DeletedAddress, limit, after_id, since)
        wanted = wanted.where(DeletedAddress.level == level.value)
        if city_ids is not None and level != AddressLevel.COUNTRY:
            wanted = wanted.where(DeletedAddress.city_id.in_(city_ids))
        return list(database.session.scalars(wanted))

    def count(self, level: AddressLevel) -> int:
        """How many records a level has."""
        return database.session.scalar(select(func.count()).select_from(TABLES[level])) or 0

    def write(self, records: Sequence[AddressRecord]) -> int:
        """Makes or changes records; cities before streets, whose city is kept for searching."""
        changed = 0
        for level in AddressLevel:
            mine = [record for record in records if _level(record) == level]
            for start in range(0, len(mine), CHUNK):
                changed += _write(level, mine[start : start + CHUNK])
        return changed

    def delete(self, level: AddressLevel, ids: Sequence[int]) -> Sequence[int]:
        """Deletes what nobody uses, and remembers it."""
        gone: list[int] = []
        for start in range(0, len(ids), CHUNK):
            part = ids[start : start + CHUNK]
            free = sorted(set(part) - self.used(level, part))
            cities = _cities(level, free)
            database.session.execute(delete(TABLES[level]).where(TABLES[level].id.in_(list(cities))))
            now = moment()  # behind the first write: until that gets its turn, the feed may be past the moment
            for number, city_id in cities.items():
                database.session.merge(DeletedAddress(level=level.value, id=number, city_id=city_id, changed_at=now))
            gone += cities
        database.session.flush()
        return gone

    def used(self, level: AddressLevel, ids: Sequence[int]) -> set[int]:
        """Those of the records that something else names."""
        return {
            number
            for column in USERS[level]
            for number in database.session.scalars(select(column).where(column.in_(ids)).distinct())
        }

    def free_id(self, level: AddressLevel) -> int:
        """An id for a new record: above all that there are and ever were."""
        table = TABLES[level]
        kept = database.session.scalar(select(func.max(table.id))) or 0
        gone = select(func.max(DeletedAddress.id)).where(DeletedAddress.level == level.value)
        return max(kept, database.session.scalar(gone) or 0) + 1


def _level(record: AddressRecord) -> AddressLevel:
    return record.level if isinstance(record, AddressPlace) else AddressLevel.HOUSE


def _part(wanted: Select[Any], table: Any, limit: int, after_id: int, since: datetime | None) -> Select[Any]:
    wanted = wanted.where(table.id > after_id).order_by(table.id).limit(limit)
    return wanted if since is None else wanted.where(table.changed_at >= (since - EPOCH) // timedelta(milliseconds=1))


def _in_cities(wanted: Select[Any], level: AddressLevel, city_ids: Collection[int]) -> Select[Any]:
    if level == AddressLevel.COUNTRY:
        return wanted.where(CountryRow.id.in_(select(CityRow.country_id).where(CityRow.id.in_(city_ids))))
    if level == AddressLevel.HOUSE:
        return wanted.where(HouseRow.street_id.in_(select(StreetRow.id).where(StreetRow.city_id.in_(city_ids))))
    table = TABLES[level]
    return wanted.where((table.id if level == AddressLevel.CITY else table.city_id).in_(city_ids))


def _told(changed_at: int) -> datetime:
    return EPOCH + timedelta(milliseconds=changed_at)


def _write(level: AddressLevel, records: Sequence[AddressRecord]) -> int:
    table = TABLES[level]
    ids = [record.id for record in records]
    gone = delete(DeletedAddress).where(DeletedAddress.level == level.value, DeletedAddress.id.in_(ids))
    database.session.execute(gone)
    now, changed = moment(), 0  # behind the first write: until that gets its turn, the feed may be past the moment
    known = {row.id: row for row in database.session.scalars(select(table).where(table.id.in_(ids)))}
    titles = _city_titles(records) if level == AddressLevel.STREET else {}
    for record in records:
        values = _values(record, titles)
        row = known.get(record.id)
        if row is None:
            row = known[record.id] = table(id=record.id, changed_at=now, **values)
            database.session.add(row)
            changed += 1
        elif any(getattr(row, name) != value for name, value in values.items()):
            renamed = level == AddressLevel.CITY and row.title != values["title"]
            for name, value in values.items():
                setattr(row, name, value)
            row.changed_at = now
            changed += 1
            if renamed:
                _rename_city(record.id, values["title"])
    database.session.flush()
    return changed


def _values(record: AddressRecord, city_titles: Mapping[int, str]) -> dict[str, Any]:
    if isinstance(record, DirectoryHouse):
        names = ("street_id", "number", "fraction", "area_id", "quarter_id", "post_index", "comment")
        return {name: getattr(record, name) for name in names}
    values: dict[str, Any] = {"title": record.title}
    if record.level in PARENTS:
        values[PARENTS[record.level]] = record.parent_id
    if record.level == AddressLevel.STREET:
        city = city_titles.get(record.parent_id, "")
        values |= {"city": city, "search_text": _searched(record.title, city)}
    return values


def _searched(street: str, city: str) -> str:
    return fold(f"{street} {city}")[:255]


def _city_titles(records: Iterable[AddressRecord]) -> dict[int, str]:
    ids = {record.parent_id for record in records if isinstance(record, AddressPlace)}
    return {
        row.id: row.title
        for row in database.session.execute(select(CityRow.id, CityRow.title).where(CityRow.id.in_(ids)))
    }


def _rename_city(city_id: int, title: str) -> None:
    for street in database.session.scalars(select(StreetRow).where(StreetRow.city_id == city_id)):
        street.city = title
        street.search_text = _searched(street.title, title)


def _cities(level: AddressLevel, ids: Sequence[int]) -> dict[int, int]:
    """The records of these ids that there are, with the city of each; a country has none."""
    table = TABLES[level]
    if level == AddressLevel.COUNTRY:
        wanted: Select[Any] = select(table.id, literal(0))
    elif level == AddressLevel.CITY:
        wanted = select(table.id, table.id)
    elif level == AddressLevel.HOUSE:
        wanted = select(table.id, func.coalesce(StreetRow.city_id, 0)).outerjoin(
            StreetRow, StreetRow.id == HouseRow.street_id
        )
    else:
        wanted = select(table.id, table.city_id)
    return {row[0]: row[1] for row in database.session.execute(wanted.where(table.id.in_(ids)))}
