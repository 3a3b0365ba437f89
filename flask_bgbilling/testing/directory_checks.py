"""What an adapter of ``AddressDirectory`` promises, check by check, with records of ids that no directory has."""

from collections.abc import Sequence
from datetime import timedelta

from flask_bgbilling.ports import AddressDirectory, AddressLevel, AddressPlace, DirectoryHouse
from flask_bgbilling.testing.cases import Check, promise

BASE = 1_900_000_000
COUNTRY, CITY, OTHER, STREET, ELSEWHERE = (BASE + number for number in range(5))
HOUSES = tuple(BASE + number for number in range(10, 15))
EVERYTHING = 1000

PLACES = (
    AddressPlace(AddressLevel.COUNTRY, COUNTRY, "Проверочная страна"),
    AddressPlace(AddressLevel.CITY, CITY, "Проверочный", COUNTRY),
    AddressPlace(AddressLevel.CITY, OTHER, "Проверочный-2", COUNTRY),
    AddressPlace(AddressLevel.STREET, STREET, "ул. «Проверочная» & %", CITY),
    AddressPlace(AddressLevel.STREET, ELSEWHERE, "ул. Другая", OTHER),
)
ROWS = (
    *(DirectoryHouse(number, STREET, at, "/2", post_index="450000") for at, number in enumerate(HOUSES[:-1], 1)),
    DirectoryHouse(HOUSES[-1], ELSEWHERE, 0, "Б"),
)


def records_are_kept_as_they_are(directory: AddressDirectory) -> None:
    """What ``write`` takes, ``places`` and ``houses`` give, with the moment of the writing."""
    _fill(directory)
    for place in PLACES:
        found = [one for one in _places(directory, place.level) if one.id == place.id]
        promise(found == [place], f"places({place.level}) gave {found!r}, not {place!r}")
        moment = found[0].changed_at if found else None
        promise(moment is not None and moment.tzinfo is not None, f"changed_at of {place.title!r} is {moment!r}")
    houses = list(directory.houses(limit=EVERYTHING, after_id=BASE))
    promise(houses == list(ROWS), f"houses gave {houses!r}, not {list(ROWS)!r}")


def parts_follow_each_other(directory: AddressDirectory) -> None:
    """By ascending id, from ``after_id`` on, no more than ``limit``."""
    _fill(directory)
    read: list[int] = []
    while part := directory.houses(limit=2, after_id=read[-1] if read else BASE):
        promise(len(part) <= 2, "houses does not keep its limit")
        ids = [one.id for one in part]
        if read and ids[0] <= read[-1]:
            promise(False, f"houses after {read[-1]} begins with {ids[0]}")
            return
        read += ids
    promise(read == sorted(HOUSES), f"houses in parts gave {read}, not {sorted(HOUSES)}")


def cities_and_streets_narrow(directory: AddressDirectory) -> None:
    """``city_ids`` by the parents, ``street_id`` for houses."""
    _fill(directory)
    streets = [one.id for one in _places(directory, AddressLevel.STREET, [OTHER])]
    promise(streets == [ELSEWHERE], f"places of streets of one city gave {streets}, not {[ELSEWHERE]}")
    countries = [one.id for one in _places(directory, AddressLevel.COUNTRY, [CITY])]
    promise(countries == [COUNTRY], f"places of countries of one city gave {countries}, not {[COUNTRY]}")
    houses = [one.id for one in directory.houses(limit=EVERYTHING, after_id=BASE, city_ids=[OTHER])]
    promise(houses == [HOUSES[-1]], f"houses of one city gave {houses}, not {[HOUSES[-1]]}")
    houses = [one.id for one in directory.houses(limit=EVERYTHING, after_id=BASE, street_id=STREET)]
    promise(houses == list(HOUSES[:-1]), f"houses of one street gave {houses}, not {list(HOUSES[:-1])}")
    promise(not directory.houses(limit=EVERYTHING, after_id=BASE, city_ids=[]), "no cities at all: houses gives some")


def writing_counts_what_was_different(directory: AddressDirectory) -> None:
    """A record that is so already keeps its last change."""
    _fill(directory)
    before = _house(directory, HOUSES[0])
    again = directory.write(ROWS)
    promise(again == 0, f"write of what is there already gave {again}, not 0")
    after = _house(directory, HOUSES[0])
    promise(
        before is not None and after is not None and before.changed_at == after.changed_at,
        "write of an equal record touches its last change",
    )
    changed = directory.write([DirectoryHouse(HOUSES[0], STREET, 77, "а")])
    promise(changed == 1, f"write of one change gave {changed}, not 1")
    now = _house(directory, HOUSES[0])
    promise(now is not None and (now.number, now.fraction) == (77, "а"), f"after write the house is {now!r}")
    if now is not None and now.changed_at is not None:
        later = directory.houses(limit=EVERYTHING, after_id=BASE, since=now.changed_at + timedelta(seconds=1))
        promise(not later, f"houses since a moment after the last change gave {later!r}")
        since = [one.id for one in directory.houses(limit=EVERYTHING, after_id=BASE, since=now.changed_at)]
        promise(HOUSES[0] in since, "houses since the very moment of a change does not give it")


def what_is_used_stays(directory: AddressDirectory) -> None:
    """``delete`` leaves records that others lie in, remembers the others, and forgets those that come again."""
    _fill(directory)
    gone = list(directory.delete(AddressLevel.STREET, [STREET]))
    promise(not gone, "delete takes a street that has houses")
    gone = list(directory.delete(AddressLevel.HOUSE, [HOUSES[0]]))
    promise(gone == [HOUSES[0]], f"delete of a house gave {gone}, not {[HOUSES[0]]}")
    promise(_house(directory, HOUSES[0]) is None, "a deleted house is still there")
    for cities, expected in ((None, [HOUSES[0]]), ([CITY], [HOUSES[0]]), ([OTHER], [])):
        told = list(directory.deleted(AddressLevel.HOUSE, limit=EVERYTHING, after_id=BASE, city_ids=cities))
        promise(told == expected, f"deleted of cities {cities} gave {told}, not {expected}")
    directory.write(ROWS[:1])
    told = list(directory.deleted(AddressLevel.HOUSE, limit=EVERYTHING, after_id=BASE))
    promise(not told, "deleted gives a house that is there again")


CHECKS: tuple[Check, ...] = (
    records_are_kept_as_they_are,
    parts_follow_each_other,
    cities_and_streets_narrow,
    writing_counts_what_was_different,
    what_is_used_stays,
)


def _fill(directory: AddressDirectory) -> None:
    before = directory.count(AddressLevel.HOUSE)
    directory.write([*PLACES, *ROWS])
    now = directory.count(AddressLevel.HOUSE)
    promise(now == before + len(ROWS), f"count of houses after {len(ROWS)} new ones went from {before} to {now}")


def _places(
    directory: AddressDirectory, level: AddressLevel, cities: Sequence[int] | None = None
) -> Sequence[AddressPlace]:
    return directory.places(level, limit=EVERYTHING, after_id=BASE - 1, city_ids=cities)


def _house(directory: AddressDirectory, house_id: int) -> DirectoryHouse | None:
    found = directory.houses(limit=1, after_id=house_id - 1)
    return found[0] if found and found[0].id == house_id else None
