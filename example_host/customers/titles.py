"""How titles are compared, found and composed."""

import re
from collections.abc import Iterator, Mapping, Sequence

INDEXED = 120
"""How many letters of a text an index keeps."""

LAST = chr(0x10FFFF)
"""The last letter there is: with it behind them, texts with the same beginning stand between two others."""

_wild = re.compile(r"[%_/]")
_part = re.compile(r"\(([^()]*)\)|([^()]+)")
_place = re.compile(r"\$\{param_(\d+)\}")
_gap = re.compile(r"\s+")


def fold(text: str) -> str:
    """Text as it is compared: small letters, ё as е, no blanks around."""
    return text.strip().lower().replace("ё", "е")


def tails(folded: str) -> Iterator[tuple[str, str]]:
    """What stands in a folded title from each of its words on, and the word before it, as far as the index keeps them.

    A text that stands in a title anywhere has its second word at the beginning of a tail, and its first one at the end
    of the word before: that is how titles are found without reading all of them.
    """
    previous, start = "", 0
    for gap in _gap.finditer(folded):
        yield folded[start : start + INDEXED], previous
        previous, start = folded[start : gap.start()][-INDEXED:], gap.end()
    if folded[start:]:
        yield folded[start : start + INDEXED], previous


def first_word(folded: str) -> tuple[str, str]:
    """The first word of a folded text, and what is behind it, as far as the index keeps them."""
    first, *rest = _gap.split(folded, maxsplit=1)
    return first[-INDEXED:], "".join(rest)[:INDEXED]


def containing(folded: str) -> str:
    """A folded text as a pattern of ``LIKE`` for whatever contains it; what it escapes stands behind ``/``."""
    return ending(folded) + "%"


def ending(folded: str) -> str:
    """A folded text as a pattern of ``LIKE`` for whatever ends with it; what it escapes stands behind ``/``."""
    return "%" + _wild.sub(r"/\g<0>", folded)


def variants(title: str) -> list[str]:
    """The spellings of a title, without those that are there already."""
    found: list[str] = []
    for part in (piece.strip() for piece in title.split("|")):
        if part and fold(part) not in map(fold, found):
            found.append(part)
    return found


def joined(spellings: Sequence[str]) -> str:
    """A title of several spellings."""
    return " | ".join(spellings)


def with_first(title: str, spelling: str) -> str:
    """The title with another first spelling; the further ones stay."""
    return joined(variants(joined([spelling, *variants(title)[1:]])))


def compose(pattern: str, values: Mapping[int, str]) -> str:
    """A title by its pattern: ``${param_<ID>}`` is a value, a part in parentheses goes where its value is blank."""
    composed = ""
    for optional, always in _part.findall(pattern):
        filled, complete = _filled(optional or always, values)
        if complete or not optional:
            composed += filled
    return _gap.sub(" ", composed).strip()


def used(pattern: str) -> frozenset[int]:
    """The parameters that a pattern uses."""
    return frozenset(int(number) for number in _place.findall(pattern))


def _filled(text: str, values: Mapping[int, str]) -> tuple[str, bool]:
    complete = all(values.get(int(number), "").strip() for number in _place.findall(text))
    return _place.sub(lambda place: values.get(int(place[1]), ""), text), complete
