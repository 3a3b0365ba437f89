"""What an adapter of ``AddressBook`` promises, check by check."""

from flask_bgbilling.ports import AddressBook, House, Street
from flask_bgbilling.testing.cases import Check, promise

NOWHERE = 2_000_000_000
SOME = 20


def streets_can_be_read_by_their_ids(book: AddressBook) -> None:
    """``streets`` and ``street`` agree."""
    for street in _streets(book):
        promise(
            book.street(street.id) == street, f"street({street.id}) gave {book.street(street.id)!r}, not {street!r}"
        )


def a_street_is_found_by_its_words(book: AddressBook) -> None:
    """``streets`` finds by every word of title and city, in any order and case."""
    for street in _streets(book)[:3]:
        words = f"{street.title} {street.city}".split()
        for query in (street.title, " ".join(reversed(words)), street.title.upper(), words[0][:3]):
            found = [one.id for one in book.streets(query, NOWHERE)]
            promise(street.id in found, f"streets({query!r}) does not find {street.label!r}")
        nonsense = f"{street.title} щщъ"
        found = [one.id for one in book.streets(nonsense, SOME)]
        promise(street.id not in found, f"streets({nonsense!r}) finds {street.label!r}: it has every word")


def limits_and_wildcards(book: AddressBook) -> None:
    """Limits hold; ``%`` and ``_`` are letters."""
    promise(len(book.streets("", 1)) <= 1, "streets does not keep its limit")
    for query in ("%", "_"):
        strange = [street.label for street in book.streets(query, SOME) if query not in street.label]
        promise(not strange, f"streets({query!r}) takes it for a wildcard and finds {strange[:1]}")
    for street in _streets(book)[:3]:
        promise(len(book.houses(street.id, "", 1)) <= 1, "houses does not keep its limit")


def houses_belong_to_their_street(book: AddressBook) -> None:
    """``houses`` and ``house`` agree; houses are ordered by number and fraction, and found by their beginning."""
    houses = [house for street in _streets(book) for house in book.houses(street.id, "", SOME)]
    promise(houses, "no street has houses: fill the address book first")
    for street in _streets(book):
        found: list[House] = list(book.houses(street.id, "", SOME))
        strange = [house.id for house in found if house.street_id != street.id]
        promise(not strange, f"houses of street {street.id} gave houses of another one: {strange}")
        numbers = [house.number for house in found]
        promise(numbers == sorted(numbers), f"houses are not ordered by number: {numbers}")
    for house in houses[:SOME]:
        promise(book.house(house.id) == house, f"house({house.id}) gave {book.house(house.id)!r}, not {house!r}")
        same = book.houses(house.street_id, house.label, NOWHERE)
        promise(
            house.id in {one.id for one in same}, f"houses({house.label!r}) does not find the house {house.label!r}"
        )
        other = [one.label for one in same if not one.label.lower().startswith(house.label.lower())]
        promise(not other, f"houses({house.label!r}) finds {other[:1]}, which does not begin so")
        promise(not house.fraction[:1].isdigit(), f"house {house.id}: its fraction {house.fraction!r} holds the number")


def what_is_not_there(book: AddressBook) -> None:
    """Ids that do not exist give ``None`` and no houses."""
    promise(book.street(NOWHERE) is None, "street gives something for an id that does not exist")
    promise(book.house(NOWHERE) is None, "house gives something for an id that does not exist")
    promise(len(book.houses(NOWHERE, "", SOME)) == 0, "houses gives something for a street that does not exist")


CHECKS: tuple[Check, ...] = (
    streets_can_be_read_by_their_ids,
    a_street_is_found_by_its_words,
    limits_and_wildcards,
    houses_belong_to_their_street,
    what_is_not_there,
)


def _streets(book: AddressBook) -> list[Street]:
    streets = list(book.streets("", SOME))
    promise(streets, "there are no streets: fill the address book first")
    return streets
