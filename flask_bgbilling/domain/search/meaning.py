"""What a search is going to do: the ways to search that a query means, and what the person still has to choose."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask_bgbilling.domain.search.addresses import AddressFinder, AddressText
from flask_bgbilling.domain.search.criteria import (
    ByAddress,
    ById,
    ByNumber,
    ByParameter,
    BySmart,
    Criterion,
    GuessKind,
    Plain,
)
from flask_bgbilling.domain.search.smart import GUESS_KINDS, REGION, Guess, as_kind, recognise
from flask_bgbilling.ports import Street

# So many streets of one name, in different towns, are all searched; of more the person has to choose.
MAX_STREETS_AT_ONCE = 5


@dataclass(frozen=True)
class Way:
    """One search to be made. ``key`` is a key of ``criteria.WAYS``, ``shown`` the value as the person knows it."""

    key: str
    criterion: Plain
    shown: str


@dataclass(frozen=True)
class Candidate:
    """A street that the person may have meant, and the search with it."""

    street: Street
    criterion: ByAddress


@dataclass(frozen=True)
class Meaning:
    """What a query means.

    ``ways`` are all made; with none of them the person has to choose among ``candidates``, or there is nothing to
    search for: ``unknown_street`` is a typed street that the address book does not have. ``others`` are the kinds as
    which the text of the smart box could be searched instead.
    """

    ways: tuple[Way, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    unknown_street: str = ""
    others: tuple[GuessKind, ...] = ()
    exact_number: str = ""


class Interpreter:
    """Finds out what queries mean, with the help of the host's address book."""

    def __init__(self, finder: AddressFinder, region: str = REGION) -> None:
        self._finder = finder
        self._region = region

    def meaning(self, criterion: Criterion) -> Meaning:
        """What the criterion means."""
        if isinstance(criterion, BySmart):
            return self._smart(criterion)
        if isinstance(criterion, ByAddress):
            return self._address(criterion)
        exact = criterion.number if isinstance(criterion, ByNumber) else ""
        return Meaning((Way(criterion.way, criterion, ""),), exact_number=exact)

    def _smart(self, smart: BySmart) -> Meaning:
        guesses = self._guesses(smart)
        ways: list[Way] = []
        candidates: list[Candidate] = []
        unknown = ""
        for guess in guesses:
            if guess.kind == "address" and guess.address is not None:
                found = self._guessed_address(guess.address, sure=guess.sure)
                candidates.extend(found.candidates)
                ways.extend(found.ways)
                unknown = unknown or found.unknown_street
            else:
                ways.append(_way(guess))
        made = {way.key for way in ways}
        return Meaning(
            tuple(ways),
            tuple(candidates),
            unknown if not ways and not candidates else "",
            tuple(self._others(smart, made)),
            next((way.criterion.number for way in ways if isinstance(way.criterion, ByNumber)), ""),
        )

    def _guesses(self, smart: BySmart) -> Sequence[Guess]:
        if not smart.forced:
            return recognise(smart.text, self._region)
        guess = next((as_kind(smart.text, kind, self._region) for kind in GUESS_KINDS if kind == smart.forced), None)
        return (guess,) if guess else ()

    def _others(self, smart: BySmart, made: set[str]) -> Iterator[GuessKind]:
        alone = len(made) == 1
        for kind in GUESS_KINDS:
            if alone and kind in made:
                continue
            if as_kind(smart.text, kind, self._region) is not None:
                yield kind

    def _guessed_address(self, text: AddressText, *, sure: bool) -> Meaning:
        found = self._finder.find(text.typed_street or text.street)
        if not sure and not found.exact:
            return Meaning()
        if not found.candidates:
            return Meaning(unknown_street=text.street)
        wanted = ByAddress(street=text.street, house=text.house, flat=text.flat, room=text.room)
        complete = [self._finder.complete(wanted, street) for street in found.candidates]
        several = (
            tuple(Candidate(street, one) for street, one in zip(found.candidates, complete, strict=True))
            if len(complete) > 1
            else ()
        )
        ways = tuple(_address_way(one) for one in complete) if len(complete) <= MAX_STREETS_AT_ONCE else ()
        return Meaning(ways, several)

    def _address(self, wanted: ByAddress) -> Meaning:
        street = self._finder.street(wanted.street_id) if wanted.street_id else None
        if street is not None and wanted.street and not _same(street, wanted.street):
            # The text was changed after a street had been chosen: the text is what the person sees.
            street = None
        elif street is None and wanted.street_id and not wanted.street:
            # An id that the host's book does not have may still be one of the billing's.
            return Meaning((_address_way(wanted),))
        if street is not None:
            return Meaning((_address_way(self._finder.complete(wanted, street)),))
        found = self._finder.find(wanted.street)
        if len(found.candidates) == 1:
            return Meaning((_address_way(self._finder.complete(wanted, found.candidates[0])),))
        if not found.candidates:
            return Meaning(unknown_street=wanted.street)
        return Meaning(
            candidates=tuple(Candidate(street, self._finder.complete(wanted, street)) for street in found.candidates)
        )


def _same(street: Street, typed: str) -> bool:
    return typed.casefold() in (street.label.casefold(), street.title.casefold())


def _address_way(criterion: ByAddress) -> Way:
    parts = (criterion.street or str(criterion.street_id), criterion.house, criterion.flat, criterion.room)
    return Way(criterion.way, criterion, ", ".join(part for part in parts if part))


def _way(guess: Guess) -> Way:
    criterion: Plain
    if guess.kind == "number":
        criterion = ByNumber(number=guess.value)
    elif guess.kind == "id":
        criterion = ById(int(guess.value))
    elif guess.kind == "name":
        criterion = ByNumber(comment=guess.value)
    else:
        criterion = ByParameter("phone" if guess.kind == "phone" else "email", guess.value)
    return Way(guess.kind, criterion, guess.shown)
