"""Regular expressions with the meaning that they have in Java (reference: payment-load.md 4).

A pattern whose cost is known to be small for a text runs freely, any other runs against the clock.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

import regex

from flask_bgbilling.errors import N_
from flask_bgbilling.expr.budget import DEFAULT_LIMITS, Budget
from flask_bgbilling.expr.errors import ExpressionLimitError
from flask_bgbilling.expr.java_syntax import UNSUPPORTED, PatternError, Translator

BAD_DOLLAR = N_("The replacement has a “$” at position %(position)s without the number or name of a group.")
BAD_BACKSLASH = N_("The replacement ends with a backslash.")
NO_SUCH_GROUP = N_("The replacement refers to the group “%(found)s”, which the pattern does not have.")
PATTERN_TOO_SLOW = N_("The pattern takes too long on this text.")

_KEPT: Final = 256
_KEPT_SIZE: Final = 200
_KEPT_LENGTH: Final = 200
_FREE_EFFORT: Final = 50_000
_LONGEST_SECONDS: Final = 0.1


class JavaPattern:
    """A compiled pattern. It never changes and may be used by several threads.

    Raises :class:`~flask_bgbilling.expr.PatternError` for a pattern that is wrong or means something that is not
    supported; :meth:`of` keeps patterns. Methods raise :class:`~flask_bgbilling.expr.ExpressionLimitError` when the
    budget, of its own when none is given, is used up.
    """

    __slots__ = ("_compiled", "_cost", "_names", "groups", "pattern")

    def __init__(self, pattern: str) -> None:
        translator = Translator(pattern)
        source, self._cost = translator.translated()
        self.pattern = pattern
        self.groups = translator.groups
        self._names = translator.names
        try:
            self._compiled: Any = regex.compile(f"(?-f){source}", regex.VERSION1, cache_pattern=False)
        except (regex.error, RecursionError, OverflowError):
            raise PatternError(UNSUPPORTED, found=pattern[:40], position=0) from None

    @property
    def size(self) -> int:
        """How many parts the pattern has when its repetitions are written out."""
        return self._cost.size

    @classmethod
    def of(cls, pattern: str) -> "JavaPattern":
        """The pattern of a text, from the ones that are kept; large ones are not, so that they cannot fill memory."""
        if len(pattern) > _KEPT_LENGTH:
            return cls(pattern)
        try:
            return _kept(pattern)
        except _Large as large:
            return large.pattern

    def matches(self, text: str, budget: Budget | None = None) -> bool:
        """Whether the whole text matches, as ``String.matches`` asks."""
        budget = budget or Budget(DEFAULT_LIMITS)
        return self._tried(self._compiled.fullmatch, text, 0, budget, 1) is not None

    def found_in(self, text: str, budget: Budget | None = None) -> bool:
        """Whether the pattern is found anywhere in the text, as ``Matcher.find`` asks."""
        budget = budget or Budget(DEFAULT_LIMITS)
        return self._tried(self._compiled.search, text, 0, budget, len(text) + 1) is not None

    def replace_all(self, text: str, replacement: str, budget: Budget | None = None) -> str:
        """Every match replaced; ``$1``, ``${name}`` and ``\\$`` have their meaning of Java."""
        return self._replaced(text, replacement, budget or Budget(DEFAULT_LIMITS), once=False)

    def replace_first(self, text: str, replacement: str, budget: Budget | None = None) -> str:
        """The first match replaced."""
        return self._replaced(text, replacement, budget or Budget(DEFAULT_LIMITS), once=True)

    def split(self, text: str, most: int = 0, budget: Budget | None = None) -> list[str]:
        """The text between matches, as ``String.split`` cuts it: at most ``most`` pieces when that is above zero.

        Empty pieces at the end are dropped when ``most`` is zero.
        """
        budget = budget or Budget(DEFAULT_LIMITS)
        pieces: list[str] = []
        place = 0
        for found in self._found(text, budget):
            if 0 < most <= len(pieces) + 1:
                break
            if place == 0 and found.start() == found.end() == 0:
                continue
            pieces.append(text[place : found.start()])
            budget.items(1)
            place = found.end()
        if place == 0 and not pieces:
            return [text]
        pieces.append(text[place:])
        budget.text(sum(map(len, pieces)))
        while most == 0 and pieces and not pieces[-1]:
            pieces.pop()
        return pieces

    def _replaced(self, text: str, replacement: str, budget: Budget, *, once: bool) -> str:
        out: list[str] = []
        place = length = 0
        template: tuple[str | int, ...] | None = None
        for found in self._found(text, budget):
            if template is None:
                budget.read(len(replacement) << 3)
                template = _template(replacement, self.groups, tuple(self._names.items()))
            out.append(text[place : found.start()])
            length += found.start() - place
            for part in template:
                piece = part if isinstance(part, str) else found[part] or ""
                out.append(piece)
                length += len(piece)
            if length > budget.limits.characters:
                budget.text(length)
            place = found.end()
            if once:
                break
        if not out:
            return text
        budget.text(length + len(text) - place)
        out.append(text[place:])
        return "".join(out)

    def _found(self, text: str, budget: Budget) -> Iterator[Any]:
        """The matches one after another. As in Java the search goes on one further after an empty one only."""
        place = 0
        while place <= len(text):
            found = self._tried(self._compiled.search, text, place, budget, len(text) - place + 1)
            if found is None:
                return
            yield found
            place = found.end() if found.end() > found.start() else found.end() + 1

    def _tried(self, how: Any, text: str, place: int, budget: Budget, starts: int) -> Any:
        budget.spend(1 + (len(text) - place >> 8))
        cost = self._cost
        length = len(text) - place + 1
        if cost.sure and cost.degree <= 3 and cost.size * cost.ways * starts * length**cost.degree <= _FREE_EFFORT:
            return how(text, place)
        left = budget.seconds_left()
        try:
            return how(text, place, timeout=min(left, _LONGEST_SECONDS))
        except TimeoutError:
            raise ExpressionLimitError(PATTERN_TOO_SLOW) from None


class _Large(Exception):
    """Carries a pattern past the cache."""

    def __init__(self, pattern: JavaPattern) -> None:
        self.pattern = pattern
        super().__init__()


@lru_cache(maxsize=_KEPT)
def _kept(pattern: str) -> JavaPattern:
    found = JavaPattern(pattern)
    if found.size > _KEPT_SIZE:
        raise _Large(found)
    return found


def _template(replacement: str, groups: int, names: tuple[tuple[str, int], ...]) -> tuple[str | int, ...]:
    if len(replacement) > _KEPT_LENGTH:
        return _read_template.__wrapped__(replacement, groups, names)
    return _read_template(replacement, groups, names)


@lru_cache(maxsize=_KEPT)
def _read_template(replacement: str, groups: int, names: tuple[tuple[str, int], ...]) -> tuple[str | int, ...]:
    """The replacement as texts and numbers of groups."""
    parts: list[str | int] = []
    literal = ""
    place = 0
    while place < len(replacement):
        character = replacement[place]
        if character == "\\":
            if place + 1 == len(replacement):
                raise PatternError(BAD_BACKSLASH)
            literal += replacement[place + 1]
            place += 2
        elif character == "$":
            parts.append(literal)
            literal = ""
            number, place = _group(replacement, place + 1, groups, dict(names))
            parts.append(number)
        else:
            literal += character
            place += 1
    parts.append(literal)
    return tuple(part for part in parts if part != "")


def _group(replacement: str, place: int, groups: int, names: dict[str, int]) -> tuple[int, int]:
    """The number of a group and where the text goes on after it: as many digits as make a group that exists."""
    if replacement.startswith("{", place):
        name, closed, _ = replacement[place + 1 :].partition("}")
        if not closed:
            raise PatternError(BAD_DOLLAR, position=place - 1)
        if name not in names:
            raise PatternError(NO_SUCH_GROUP, found=name[:40])
        return names[name], place + len(name) + 2
    if not _digit(replacement, place):
        raise PatternError(BAD_DOLLAR, position=place - 1)
    number = int(replacement[place])
    if number > groups:
        raise PatternError(NO_SUCH_GROUP, found=str(number))
    place += 1
    while _digit(replacement, place) and number * 10 + int(replacement[place]) <= groups:
        number = number * 10 + int(replacement[place])
        place += 1
    return number, place


def _digit(text: str, place: int) -> bool:
    return place < len(text) and text[place] in "0123456789"
