"""Names of customers as they are compared: letter case, ё and е, quotes and spellings of legal forms do not count.

A name is taken apart into legal form and the rest. A form that only one of two names has says nothing. Two different
forms keep one name from including another (customers-and-links.md 2.3, phase A). Where letters are counted (phase B)
those of the short forms count like any others, because the description asks for the plain distance and a key parameter
has led to the customer already: "ООО Ромашка" and "ОАО Ромашка" are 1 apart.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import Levenshtein

_FORMS: Final = {
    "общество с ограниченной ответственностью": "ооо",
    "публичное акционерное общество": "пао",
    "открытое акционерное общество": "оао",
    "закрытое акционерное общество": "зао",
    "непубличное акционерное общество": "нао",
    "акционерное общество": "ао",
    "индивидуальный предприниматель": "ип",
    "частный предприниматель": "чп",
    "товарищество собственников жилья": "тсж",
    "товарищество собственников недвижимости": "тсн",
    "жилищно-строительный кооператив": "жск",
    "садовое некоммерческое товарищество": "снт",
    "гаражно-строительный кооператив": "гск",
    "государственное унитарное предприятие": "гуп",
    "муниципальное унитарное предприятие": "муп",
    "федеральное государственное унитарное предприятие": "фгуп",
    "муниципальное бюджетное учреждение": "мбу",
    "государственное бюджетное учреждение": "гбу",
    "автономная некоммерческая организация": "ано",
    "крестьянское фермерское хозяйство": "кфх",
}
_SHORT: Final = frozenset(_FORMS.values()) | {"ооо", "ип", "чп", "llc", "ltd", "gmbh"}
_LONG = re.compile("|".join(rf"\b{re.escape(form)}\b" for form in sorted(_FORMS, key=len, reverse=True)))
_QUOTES = re.compile("[\"'`«»„“”‘’‚‹›]")
_BLANKS = re.compile(r"[\s\u00a0\u202f]+")
_EDGES: Final = " ,.;:-–—()"
_SEPARATORS = re.compile("[\"'`«»„“”‘’‚‹›|]")


@dataclass(frozen=True, slots=True)
class Name:
    """One spelling taken apart: ``form`` is the short legal form or empty, ``core`` the rest, both folded."""

    form: str
    core: str

    @property
    def whole(self) -> str:
        """Form and rest."""
        return f"{self.form} {self.core}" if self.form else self.core

    def agrees(self, other: "Name") -> bool:
        """Whether the forms do not contradict each other."""
        return not self.form or not other.form or self.form == other.form

    def within(self, other: "Name") -> bool:
        """Whether the other name includes this one."""
        return bool(self.core) and self.core in other.core and self.agrees(other)

    def distance(self, other: "Name", most: int) -> int:
        """How many letters differ (Levenshtein); ``most + 1`` when there are more than ``most``.

        Those of the short forms are among them where both names have one.
        """
        if self.form and other.form:
            return Levenshtein.distance(self.whole, other.whole, score_cutoff=most)
        return Levenshtein.distance(self.core, other.core, score_cutoff=most)


def variants(title: str) -> tuple[str, ...]:
    """The spellings of a title between its ``|``, without blank ones."""
    return tuple(part for piece in title.split("|") if (part := piece.strip()))


@lru_cache(maxsize=4096)
def names(title: str) -> tuple[Name, ...]:
    """The spellings of a title as they are compared."""
    return tuple(_name(variant) for variant in variants(title))


def includes(title: str, wanted: str) -> bool:
    """Whether one of the spellings of a title includes one of those that are wanted."""
    return any(name.within(other) for name in names(wanted) for other in names(title))


def distance(title: str, wanted: str, most: int) -> int:
    """The least distance between spellings of two titles; ``most + 1`` when all are further apart than ``most``."""
    least = most + 1
    for name in names(wanted):
        for other in names(title):
            least = min(least, name.distance(other, least - 1))
            if not least:
                return 0
    return least


def with_spelling(title: str, wanted: str) -> str:
    """The title with those of the wanted spellings added that it does not have yet."""
    known = set(names(title))
    added = [variant for variant in variants(wanted) if _name(variant) not in known]
    return " | ".join((title.strip(), *added)) if title.strip() else " | ".join(added)


def anchor(wanted: str) -> str:
    """The longest piece of a title, as it is written, that every spelling of it has.

    What stands between quotes and beside legal forms, to look for titles that differ by these only.
    """
    folded = _fold(wanted)
    blanked = _LONG.sub(lambda found: "|" * len(found[0]), folded)
    blanked = re.sub(r"[\w-]+", lambda word: "|" * len(word[0]) if word[0] in _SHORT else word[0], blanked)
    pieces = [piece.strip(_EDGES) for piece in _SEPARATORS.split(blanked)]
    return max(pieces, key=len, default="")


def _name(variant: str) -> Name:
    text = _BLANKS.sub(" ", _QUOTES.sub("", _fold(variant))).strip()
    found = _LONG.search(text)
    if found is not None:
        return Name(_FORMS[found[0]], _tidy(text[: found.start()] + " " + text[found.end() :]))
    words = text.split(" ")
    for place in (0, -1):
        if len(words) > 1 and words[place].strip(_EDGES) in _SHORT:
            form = words.pop(place).strip(_EDGES)
            return Name(form, _tidy(" ".join(words)))
    return Name("", _tidy(text))


def _tidy(text: str) -> str:
    return _BLANKS.sub(" ", text).strip(_EDGES)


def _fold(text: str) -> str:
    return text.casefold().replace("ё", "е")
