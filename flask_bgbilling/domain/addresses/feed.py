"""The feed that billings pull: every change of the host's directory since a moment (addresses.md 3).

It is written while it is read, in parts by id: half a million houses need no more memory than a thousand. The stamp
that the billing comes back with is taken before anything is read, and a little of what lies before it is told twice:
a change is stamped when it is written, and seen when it is committed.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from hmac import compare_digest

from flask_bgbilling.config.addresses import AddressFeed, address_feeds
from flask_bgbilling.config.settings import Settings
from flask_bgbilling.errors import N_, InputError
from flask_bgbilling.ports import AddressDirectory, AddressLevel, AddressPlace, Clock, DirectoryHouse

PART = 1000
MOST_CITIES = 1000
LATECOMERS = timedelta(seconds=5)
"""A change may be committed after one that was stamped later: what is told reaches back so far."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST_MOMENT = (datetime(9999, 1, 1, tzinfo=UTC) - EPOCH) // timedelta(milliseconds=1)

PLACES: Mapping[AddressLevel, str] = {
    AddressLevel.AREA: "cityId",
    AddressLevel.CITY: "countryId",
    AddressLevel.COUNTRY: "",
    AddressLevel.QUARTER: "cityId",
    AddressLevel.STREET: "cityId",
}
"""The levels in the order of their containers, with the attribute that names what a record lies in."""

_ESCAPED: Mapping[int, str | None] = {
    **dict.fromkeys([*range(32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF], None),
    ord("&"): "&amp;",
    ord("<"): "&lt;",
    ord(">"): "&gt;",
    ord('"'): "&quot;",
    # Without this a reader makes spaces of them.
    ord("\t"): "&#9;",
    ord("\n"): "&#10;",
    ord("\r"): "&#13;",
}


class UnreadableCities(InputError):
    """The list of cities of a feed's address cannot be read; nothing is sent, for it might be too much."""

    code = "unreadable cities"
    message = N_("“%(cities)s” is no list of cities.")
    remedy = N_("Write ids of cities separated by commas: city=1,2.")


class AddressFeeds:
    """The feeds of one application. ``release`` gives the host's database connection back between parts."""

    def __init__(
        self,
        directory: AddressDirectory,
        settings: Callable[[], Settings],
        clock: Clock,
        release: Callable[[], None],
    ) -> None:
        self._directory = directory
        self._settings = settings
        self._clock = clock
        self._release = release

    def feeds(self) -> tuple[AddressFeed, ...]:
        """The feeds that are open; none while no key is configured."""
        return address_feeds(self._settings())

    def open(self, key: str) -> AddressFeed | None:
        """The feed of a key. Every key is compared, each in the same time, whatever was found before."""
        given, found = key.encode("utf-8", "replace"), None
        for feed in self.feeds():
            for right in feed.keys:
                if compare_digest(given, right.encode()):
                    found = feed
        return found

    def document(self, feed: AddressFeed, since: datetime | None, city_ids: Collection[int] | None) -> Iterator[str]:
        """The XML document, in pieces: what was changed at ``since`` or later, ``None`` everything.

        ``city_ids`` are those that were asked for, ``None`` all; a feed of some cities tells of no others. When the
        directory fails the document breaks off, so that the billing does not take it for whole.
        """
        stamp = (self._clock.now() - EPOCH) // timedelta(milliseconds=1)
        since = since - LATECOMERS if since is not None and since - EPOCH > LATECOMERS else None
        cities = feed.city_ids if city_ids is None else frozenset(city_ids)
        if cities is not None and feed.city_ids is not None:
            cities &= feed.city_ids
        yield f'<?xml version="1.0" encoding="UTF-8"?>\n<address time="{stamp}">\n'
        for level, parent in PLACES.items():
            yield f"<address_{level.value}>\n"
            yield from self._places(level, parent, since, cities)
            yield f"</address_{level.value}>\n"
        yield "<address_house>\n"
        yield from self._houses(since, cities)
        yield "</address_house>\n"
        yield from self._deleted(since, cities)
        yield "</address>\n"

    def _places(
        self, level: AddressLevel, parent: str, since: datetime | None, cities: Collection[int] | None
    ) -> Iterator[str]:
        after = 0
        while part := self._directory.places(level, limit=PART, after_id=after, since=since, city_ids=cities):
            self._release()
            yield "".join(_place(place, parent) for place in part)
            after = part[-1].id

    def _houses(self, since: datetime | None, cities: Collection[int] | None) -> Iterator[str]:
        after = 0
        while part := self._directory.houses(limit=PART, after_id=after, since=since, city_ids=cities):
            self._release()
            yield "".join(map(_house, part))
            after = part[-1].id

    def _deleted(self, since: datetime | None, cities: Collection[int] | None) -> Iterator[str]:
        """A seventh container, only where something was deleted: loaders that do not know it see the usual six."""
        opened = False
        for level in AddressLevel:
            after = 0
            while ids := self._directory.deleted(level, limit=PART, after_id=after, since=since, city_ids=cities):
                self._release()
                if not opened:
                    yield "<address_deleted>\n"
                    opened = True
                yield "".join(f'<deleted table="address_{level.value}" id="{number}"/>\n' for number in ids)
                after = ids[-1]
        if opened:
            yield "</address_deleted>\n"


def since_of(text: str) -> datetime | None:
    """The moment of a feed's address, milliseconds since 1970; ``None``, everything, for what cannot be read."""
    digits = text.strip()
    if not re.fullmatch(r"[0-9]{1,40}", digits) or not int(digits):
        return None
    return EPOCH + timedelta(milliseconds=min(int(digits), LAST_MOMENT))


def cities_of(text: str) -> frozenset[int] | None:
    """The cities of a feed's address; ``None``, all, for a blank one. Raises :class:`UnreadableCities`."""
    if not text.strip():
        return None
    words = text.split(",")
    if len(words) > MOST_CITIES or not all(re.fullmatch(r"\s*[0-9]{1,9}\s*", word) for word in words):
        raise UnreadableCities(cities=text[:60])
    return frozenset(map(int, words))


def _place(place: AddressPlace, parent: str) -> str:
    lies_in = f' {parent}="{place.parent_id}"' if parent else ""
    return f'<record id="{place.id}" title="{place.title.translate(_ESCAPED)}"{lies_in}/>\n'


def _house(house: DirectoryHouse) -> str:
    index = house.post_index.translate(_ESCAPED)
    return (
        f'<record id="{house.id}" areaId="{house.area_id}" quarterId="{house.quarter_id}" '
        f'streetId="{house.street_id}" house="{house.number}" frac="{house.fraction.translate(_ESCAPED)}" '
        f'postIndex="{index}" comment="{house.comment.translate(_ESCAPED)}">'
        f'<config name="s.box.index" value="{index}"/></record>\n'
    )
