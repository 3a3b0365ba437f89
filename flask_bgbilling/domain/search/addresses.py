"""From a typed address to ids of the address book (addresses.md 6, 7).

Taking a text apart is :func:`read_address`; finding its street and house is :class:`AddressFinder`, the only one who
asks the host's address book.
"""

import re
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from flask_bgbilling.domain.search.criteria import ByAddress
from flask_bgbilling.ports import AddressBook, House, Street

MAX_CANDIDATES: Final = 20
# The host's database has to live with what is typed: a word is a condition there.
MAX_TYPED: Final = 200
_MAX_HOUSES: Final = 50

_STREET_WORDS = (
    r"ул|улица|пр|пр-т|пр-кт|просп|проспект|пер|переулок|б-р|бул|бульвар|ш|шоссе|наб|набережная|пл|площадь|проезд|"
    r"туп|тупик|тракт|мкр|мкрн|микрорайон|аллея|линия|street|st|avenue|ave|lane|road|rd"
)
_PLACE_WORDS = r"г|гор|город|пос|посёлок|поселок|пгт|с|село|дер|деревня"
_TYPE = re.compile(rf"(?<![\w-])(?:{_STREET_WORDS})(?![\w-])\.?", re.IGNORECASE)
_PLACE = re.compile(rf"(?<![\w-])(?:{_PLACE_WORDS})(?![\w-])\.?(?=\s*[^\W\d_])", re.IGNORECASE)
_FLAT = re.compile(
    r"(?<!\w)(?:кв|квартира|оф|офис|apt|flat)(?:\.|\b)\s*№?\s*(?P<flat>\d{1,5}\s?[^\W\d_]?)(?!\w)", re.IGNORECASE
)
_ROOM = re.compile(r"(?<!\w)(?:комн|комната|ком|room)(?:\.|\b)\s*№?\s*(?P<room>\d{1,4}\w?)(?!\w)", re.IGNORECASE)
_NOISE = re.compile(r"(?<!\w)(?:подъезд|под|эт|этаж|floor|entrance)(?:\.|\b)\s*\d{1,3}(?!\w)", re.IGNORECASE)

# "12 к 3" is the third building of house 12, "12 к" is house 12к.
_NUMBER = r"\d{1,4}(?:\s?(?!к\.?\s*\d)[а-яёa-z](?!\w))?"
_HOUSE = (
    rf"{_NUMBER}(?:\s?/\s?\d{{1,4}}(?:[а-яёa-z](?!\w))?)?"
    rf"(?:\s*,?\s*(?:корпус|корп|к|строение|стр|литер|лит)\.?\s*(?:\d{{1,3}}[а-яёa-z]?|[а-яёa-z])(?!\w))?"
)
_WITH_HOUSE = re.compile(
    rf"(?P<street>.*?[^\W\d_].*?)(?:[\s,.]|(?<=\.))+(?P<mark>(?:дом|д|house)\.?\s*(?=\d))?(?P<house>{_HOUSE})(?!\w)"
    r"(?:(?:\s*-\s*|\s*,\s*|\s+)(?P<flat>\d{1,4}[а-яёa-z]?))?[\s,.]*",
    re.IGNORECASE | re.DOTALL,
)


class AddressText(Struct, frozen=True):
    """A text taken apart.

    ``street`` is without the words for its type, ``typed_street`` with them; ``explicit`` texts have words that only
    an address has.
    """

    street: str
    house: str = ""
    flat: str = ""
    room: str = ""
    explicit: bool = False
    typed_street: str = ""

    @property
    def shown(self) -> str:
        """The parts in the order people say them."""
        return ", ".join(part for part in (self.street, self.house, self.flat, self.room) if part)


class FoundStreets(Struct, frozen=True):
    """What the address book knows about a typed street, best first; ``exact`` ones bear exactly this title."""

    candidates: tuple[Street, ...]
    exact: bool = False


def read_address(typed: str) -> AddressText | None:
    """Street, house, flat and room of a text such as ``Уфа, ул. Ленина, 12/3, кв. 5``; ``None`` without a street.

    The house is the number behind the street; what follows it is the flat: ``Ленина 12-5``. Words of the type of
    street and place are dropped, since directories spell them in many ways.
    """
    rest, flat = _cut(_FLAT, typed, "flat")
    rest, room = _cut(_ROOM, rest, "room")
    rest = _NOISE.sub(" ", rest)
    explicit = bool(flat or room)
    house = ""
    if match := _WITH_HOUSE.fullmatch(rest.strip(" ,.")):
        rest, house = match["street"], match["house"]
        explicit = explicit or bool(match["mark"])
        flat = flat or (match["flat"] or "")
    street, types = _TYPE.subn(" ", rest)
    street, _ = _PLACE.subn(" ", street)
    street = " ".join(street.replace(",", " ").split()).strip(" .-")
    if not any(character.isalpha() for character in street):
        return None
    return AddressText(street, _tidy(house), flat.strip(), room.strip(), explicit or types > 0, rest.strip(" ,.-"))


def split_house(typed: str) -> tuple[int, str | None]:
    """Number and fraction as the billing keeps them: leading digits, and everything behind them verbatim.

    Nothing typed is ``(0, None)``; a text without leading digits has the number -1 (addresses.md 6).
    """
    if not typed:
        return 0, None
    digits = re.match(r"[0-9]{0,9}", typed)
    number = digits[0] if digits else ""
    return (int(number) if number else -1), typed[len(number) :]


def title_key(title: str) -> str:
    """A street's title for comparison: without its type, case, ``ё`` and punctuation."""
    return " ".join(_words(_TYPE.sub(" ", _fold(title))))


class AddressFinder:
    """Finds streets and houses in the host's address book."""

    def __init__(self, book: AddressBook) -> None:
        self._book = book

    def streets(self, typed: str, limit: int = MAX_CANDIDATES) -> tuple[Street, ...]:
        """Streets that contain every word of the text, for suggestions."""
        words = " ".join(re.sub(r"[^\w]+", " ", typed[:MAX_TYPED]).split())
        return tuple(self._book.streets(words, limit)) if words else ()

    def houses(self, street_id: int, typed: str, limit: int = MAX_CANDIDATES) -> tuple[House, ...]:
        """Houses of the street that begin with the text, for suggestions."""
        return tuple(self._book.houses(street_id, typed.strip()[:MAX_TYPED], limit))

    def street(self, street_id: int) -> Street | None:
        """One street of the book."""
        return self._book.street(street_id)

    def find(self, street: str) -> FoundStreets:
        """The streets that a typed street can mean; with a city in the text only those of that city."""
        parsed = read_address(street)
        words = parsed.street if parsed and not parsed.house else street
        found = self.streets(words) or self.streets(street)
        wanted = frozenset(title_key(words).split())
        exact = tuple(
            one
            for one in found
            if title_key(one.title)
            and frozenset(title_key(one.title).split()) <= wanted
            and wanted <= frozenset(f"{title_key(one.title)} {_fold(one.city)}".replace("-", " ").split())
        )
        # "ул. Ленина" is meant as it stands when there is one; "Ленина" may be a street, an avenue or a lane.
        typed = frozenset(_words(street))
        same_type = tuple(one for one in exact if frozenset(_words(one.title)) <= typed)
        if exact and _TYPE.search(_fold(street)) and same_type:
            exact = same_type
        return FoundStreets(exact, exact=True) if exact else FoundStreets(found)

    def complete(self, criterion: ByAddress, street: Street) -> ByAddress:
        """The criterion with ids of this street and, when the book has exactly this house, of the house."""
        house = criterion.house
        if house:
            known = self.house(street.id, house)
        else:
            known = self._book.house(criterion.house_id) if criterion.house_id else None
            known = known if known and known.street_id == street.id else None
        house_id, house = (known.id, known.label) if known else (0, house)
        return replace(criterion, street=street.label, street_id=street.id, house=house, house_id=house_id)

    def house(self, street_id: int, typed: str) -> House | None:
        """The house of the street with just this number, however its fraction is spelled."""
        return next((one for one in self._houses(street_id, typed) if same_house(one, typed)), None)

    def _houses(self, street_id: int, house: str) -> tuple[House, ...]:
        number, _ = split_house(house)
        return self.houses(street_id, str(number) if number > 0 else house, _MAX_HOUSES)


def same_house(house: House, typed: str) -> bool:
    """Whether a typed number means this house."""
    return _house_key(house.label) == _house_key(typed)


def _house_key(label: str) -> str:
    return re.sub(r"(?<=\d)(?:корпус|корп)(?=\d)", "к", re.sub(r"[\s.,]+", "", _fold(label)))


def _words(text: str) -> list[str]:
    return re.sub(r"[^\w]+", " ", _fold(text)).split()


def _fold(text: str) -> str:
    return text.casefold().replace("ё", "е")


def _cut(pattern: re.Pattern[str], text: str, group: str) -> tuple[str, str]:
    match = pattern.search(text)
    return (text, "") if match is None else (f"{text[: match.start()]} {text[match.end() :]}", match[group])


def _tidy(house: str) -> str:
    return " ".join(re.sub(r"\s*/\s*", "/", house.replace(",", " ")).split())
