"""Java's regular expressions translated for the ``regex`` package, with an estimate of what a match can cost.

Reference: payment-load.md 4. Java's flags are followed here and not handed on: ``\\d``, ``\\w``, ``\\s`` and ``(?i)``
know only ASCII unless ``(?U)`` or ``(?iu)`` asks for more. What would mean something else is refused.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from flask_bgbilling.errors import N_
from flask_bgbilling.expr.errors import ExpressionError
from flask_bgbilling.expr.java_classes import LINE_END, VERTICAL, escaped, named, predefined, span

LONGEST: Final = 1_000
_DEEPEST: Final = 20
_LARGEST: Final = 2_500
_MOST: Final = 1_000
_MOST_GROUPS: Final = 99

TOO_LONG = N_("The pattern has %(length)s characters, more than %(limit)s.")
TOO_DEEP = N_("The pattern has groups that lie in each other more than %(limit)s deep.")
TOO_LARGE = N_("The pattern repeats too much: at most %(limit)s parts in all.")
TOO_MANY = N_("The pattern has more than %(limit)s groups.")
UNFINISHED = N_("The pattern ends too early.")
UNSUPPORTED = N_("The pattern uses “%(found)s” at position %(position)s, which is not supported.")
NO_REPEAT = N_("The pattern has “%(found)s” at position %(position)s without anything to repeat.")
NO_GROUP = N_("The pattern refers to the group “%(found)s”, which it does not have.")
UNBALANCED = N_("The pattern has a bracket at position %(position)s without its other half.")
BAD_RANGE = N_("The pattern has a range at position %(position)s that runs backwards.")
TWICE = N_("The pattern names two groups “%(found)s”.")

_END: Final = rf"(?:(?=(?:\r\n|[{LINE_END}])?\Z)(?<!\r(?=\n)))"
_LINE_START: Final = rf"(?:(?:\A|(?<=[{LINE_END}])(?<!\r(?=\n)))(?!\Z))"
_LINE_STOP: Final = rf"(?:(?=[{LINE_END}]|\Z)(?<!\r(?=\n)))"
_CONTROLS: Final = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "a": "\a", "e": "\x1b"}
_FLAGS: Final = frozenset("iusmU")
_HEXADECIMAL: Final = frozenset("0123456789abcdefABCDEF")


class PatternError(ExpressionError):
    """A regular expression, or the text of a replacement, cannot be used."""

    code = "pattern"


@dataclass(frozen=True, slots=True)
class Cost:
    """How many ways there are through a part of a pattern: at most ``ways × length ** degree``, if ``sure``.

    ``size`` counts the parts when repetitions are written out; ``nullable`` parts can match nothing.
    """

    degree: int = 0
    ways: int = 1
    sure: bool = True
    size: int = 1
    nullable: bool = False

    def then(self, other: "Cost") -> "Cost":
        """Both after another."""
        return Cost(
            self.degree + other.degree,
            min(self.ways * other.ways, 1 << 40),
            self.sure and other.sure,
            self.size + other.size,
            self.nullable and other.nullable,
        )

    def either(self, other: "Cost") -> "Cost":
        """One or the other."""
        return Cost(
            max(self.degree, other.degree),
            self.ways + other.ways,
            self.sure and other.sure,
            self.size + other.size,
            self.nullable or other.nullable,
        )

    def repeated(self, least: int, most: int | None) -> "Cost":
        """Several times over; ``most`` is ``None`` without an end."""
        size = self.size * max(1, least if most is None else most) + 1
        nullable = self.nullable or least == 0
        plain = self.sure and self.degree == 0 and self.ways == 1 and not self.nullable
        if plain and most is None:
            return Cost(1, 1, True, size, nullable)
        if plain and most is not None:
            return Cost(0, most - least + 1, True, size, nullable)
        if self.sure and most is not None and most <= 3:
            return Cost(self.degree * most, min((self.ways + 1) ** most, 1 << 40), True, size, nullable)
        return Cost(self.degree, self.ways, False, size, nullable)


NOTHING: Final = Cost(size=0, nullable=True)
ZERO_WIDTH: Final = Cost(nullable=True)
ONE: Final = Cost()


@dataclass
class Translator:
    """Reads a pattern from left to right. ``names`` maps the names of groups to their numbers."""

    pattern: str
    position: int = 0
    groups: int = 0
    flags: frozenset[str] = frozenset()
    names: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.pattern) > LONGEST:
            raise PatternError(TOO_LONG, length=len(self.pattern), limit=LONGEST)
        self.total = sum(1 for _ in self._capturing())

    def translated(self) -> tuple[str, Cost]:
        """The whole pattern; raises :class:`PatternError`."""
        source, cost = self._alternatives(0)
        if self.position < len(self.pattern):
            raise PatternError(UNBALANCED, position=self.position)
        return source, cost

    def _capturing(self) -> Iterator[int]:
        """The places of brackets that open capturing groups: references may stand before them."""
        place, quoted, in_class = 0, False, 0
        text = self.pattern
        while place < len(text):
            if quoted:
                quoted = not text.startswith("\\E", place)
                place += 1 if quoted else 2
                continue
            character = text[place]
            if character == "\\":
                quoted = text.startswith("\\Q", place)
                place += 2
                continue
            if character == "[":
                in_class += 1
            elif character == "]" and in_class:
                in_class -= 1
            elif character == "(" and not in_class:
                named_group = text.startswith("(?<", place) and text[place + 3 : place + 4] not in ("=", "!")
                if not text.startswith("(?", place) or named_group:
                    yield place
            place += 1

    def _peek(self, length: int = 1) -> str:
        return self.pattern[self.position : self.position + length]

    def _take(self) -> str:
        if self.position >= len(self.pattern):
            raise PatternError(UNFINISHED)
        self.position += 1
        return self.pattern[self.position - 1]

    def _skip(self, text: str) -> bool:
        if self.pattern.startswith(text, self.position):
            self.position += len(text)
            return True
        return False

    def _refuse(self, found: str, position: int) -> PatternError:
        return PatternError(UNSUPPORTED, found=found, position=position)

    def _alternatives(self, depth: int) -> tuple[str, Cost]:
        if depth > _DEEPEST:
            raise PatternError(TOO_DEEP, limit=_DEEPEST)
        flags = self.flags
        sources, cost = [], None
        while True:
            source, one = self._sequence(depth)
            sources.append(source)
            cost = one if cost is None else cost.either(one)
            if not self._skip("|"):
                break
        self.flags = flags
        return "|".join(sources), cost

    def _sequence(self, depth: int) -> tuple[str, Cost]:
        parts, cost = [], NOTHING
        while self.position < len(self.pattern) and self._peek() not in "|)":
            source, one = self._quantified(depth)
            parts.append(source)
            cost = cost.then(one)
            if cost.size > _LARGEST:
                raise PatternError(TOO_LARGE, limit=_LARGEST)
        return "".join(parts), cost

    def _quantified(self, depth: int) -> tuple[str, Cost]:
        start = self.position
        if self._peek() in "*+?{":
            raise PatternError(NO_REPEAT, found=self._peek(), position=start)
        source, cost = self._atom(depth)
        bounds = self._bounds()
        if bounds is None:
            return source, cost
        if not source:  # flags, an empty quotation
            raise PatternError(NO_REPEAT, found=self.pattern[start : self.position], position=start)
        least, most, written = bounds
        if max(least, most or 0) > _MOST:
            raise PatternError(TOO_LARGE, limit=_MOST)
        repeated = cost.repeated(least, most)
        if repeated.size > _LARGEST:
            raise PatternError(TOO_LARGE, limit=_LARGEST)
        suffix = self._take() if self._peek() and self._peek() in "?+" else ""
        if self._peek() and self._peek() in "*+?":
            raise PatternError(NO_REPEAT, found=self._peek(), position=self.position)
        return f"(?:{source}){written}{suffix}", repeated

    def _bounds(self) -> tuple[int, int | None, str] | None:
        simple: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
        sign = self._peek()
        if sign in simple:
            self.position += 1
            return (*simple[sign], sign)
        if sign != "{":
            return None
        start = self.position
        end = self.pattern.find("}", start)
        inner = self.pattern[start + 1 : end] if end > 0 else ""
        first, comma, last = inner.partition(",")
        digits = [part for part in (first, last) if part]
        if not first or not all(part.isascii() and part.isdigit() and len(part) <= 9 for part in digits):
            raise PatternError(NO_REPEAT, found="{", position=start)
        self.position = end + 1
        least = int(first)
        most = int(last) if last else (None if comma else least)
        if most is not None and most < least:
            raise PatternError(BAD_RANGE, position=start)
        return least, most, "{" + str(least) + ("," if comma else "") + (last and str(most)) + "}"

    def _atom(self, depth: int) -> tuple[str, Cost]:
        character = self._take()
        if character == "(":
            return self._group(depth)
        if character == "[":
            return self._any_case(self._set(1)), ONE
        if character == ".":
            return (r"[\s\S]" if "s" in self.flags else f"[^{LINE_END}]"), ONE
        if character == "^":
            return (_LINE_START if "m" in self.flags else r"\A"), ZERO_WIDTH
        if character == "$":
            return (_LINE_STOP if "m" in self.flags else _END), ZERO_WIDTH
        if character == "\\":
            return self._escape()
        return self._literal(character)

    def _literal(self, character: str) -> tuple[str, Cost]:
        if "i" in self.flags and character.isascii() and character.isalpha() and "u" not in self.flags:
            return f"[{character.lower()}{character.upper()}]", ONE
        return self._any_case(escaped(character)), ONE

    def _any_case(self, source: str) -> str:
        return f"(?i:{source})" if {"i", "u"} <= self.flags else source

    def _group(self, depth: int) -> tuple[str, Cost]:
        start = self.position - 1
        if not self._skip("?"):
            return self._closed(start, "(", depth, self._numbered())
        for opening in (":", ">", "=", "!", "<=", "<!"):
            if self._skip(opening):
                source, cost = self._closed(start, f"(?{opening}", depth)
                return source, cost if opening in (":", ">") else cost.then(ZERO_WIDTH).either(ZERO_WIDTH)
        if self._skip("<"):
            name = self._until(">")
            if not (name.isascii() and name.isalnum() and name[0].isalpha()):
                raise self._refuse(f"(?<{name}>", start)
            if name in self.names:
                raise PatternError(TWICE, found=name)
            self.names[name] = self._numbered()
            return self._closed(start, "(", depth, 1)
        return self._with_flags(start, depth)

    def _numbered(self) -> int:
        self.groups += 1
        if self.groups > _MOST_GROUPS:
            raise PatternError(TOO_MANY, limit=_MOST_GROUPS)
        return self.groups

    def _with_flags(self, start: int, depth: int) -> tuple[str, Cost]:
        on, off, target = set(self.flags), False, ""
        while (target := self._take()) not in ":)":
            if target == "-" and not off:
                off = True
            elif target not in _FLAGS:
                raise self._refuse(self.pattern[start : self.position], start)
            elif off:
                on.discard(target)
            else:
                on.add(target)
        before, self.flags = self.flags, frozenset(on)
        if target == ")":
            return "", NOTHING
        source, cost = self._closed(start, "(?:", depth)
        self.flags = before
        return source, cost

    def _closed(self, start: int, opening: str, depth: int, _: int = 0) -> tuple[str, Cost]:
        source, cost = self._alternatives(depth + 1)
        if not self._skip(")"):
            raise PatternError(UNBALANCED, position=start)
        return f"{opening}{source})", cost

    def _until(self, end: str) -> str:
        place = self.pattern.find(end, self.position)
        if place <= self.position:
            raise self._refuse(self._peek(8), self.position)
        found = self.pattern[self.position : place]
        self.position = place + 1
        return found

    def _escape(self) -> tuple[str, Cost]:
        start = self.position - 1
        character = self._take()
        if character == "Q":
            return self._quotation()
        if character in "123456789":
            return self._reference(character)
        if character == "k" and self._skip("<"):
            name = self._until(">")
            if name not in self.names:
                raise PatternError(NO_GROUP, found=name)
            return self._back(self.names[name])
        zero_width = {"b": r"\b", "B": r"\B", "A": r"\A", "z": r"\Z", "Z": _END}.get(character)
        if zero_width:
            return zero_width, ZERO_WIDTH
        if character == "R":
            return rf"(?>\r\n|[{VERTICAL}])", ONE
        piece = self._class_escape(character, start)
        if piece is not None:
            return f"[{piece}]", ONE
        return self._literal(self._character(character, start))

    def _quotation(self) -> tuple[str, Cost]:
        end = self.pattern.find("\\E", self.position)
        inner = self.pattern[self.position : end if end >= 0 else len(self.pattern)]
        self.position += len(inner) + (2 if end >= 0 else 0)
        if len(inner) == 1 or not inner:
            return self._literal(inner) if inner else ("", NOTHING)
        last = self._peek()
        if last and last in "*+?{":  # as in Java only the last character is repeated
            raise self._refuse(f"\\E{last}", self.position)
        return "".join(self._literal(one)[0] for one in inner), Cost(size=len(inner))

    def _reference(self, digit: str) -> tuple[str, Cost]:
        number = int(digit)
        if number > self.total:
            raise PatternError(NO_GROUP, found=digit)
        while self._peek().isascii() and self._peek().isdigit() and number * 10 + int(self._peek()) <= self.total:
            number = number * 10 + int(self._take())
        return self._back(number)

    def _back(self, number: int) -> tuple[str, Cost]:
        source = rf"(?:\g<{number}>)"
        return (f"(?i:{source})" if "i" in self.flags else source), Cost(degree=1, nullable=True)

    def _class_escape(self, character: str, start: int) -> str | None:
        piece = predefined(character, unicode="U" in self.flags)
        if piece is not None or character not in "pP":
            return piece
        name = self._until("}") if self._skip("{") else self._take()
        found = named(name, ignore_case="i" in self.flags)
        if found is None:
            raise self._refuse(f"\\{character}{{{name}}}", start)
        return found if character == "p" else f"[^{found}]"

    def _character(self, character: str, start: int) -> str:
        """The one character that an escape stands for."""
        if character in _CONTROLS:
            return _CONTROLS[character]
        if character == "x":
            return self._coded(self._until("}") if self._skip("{") else self._take() + self._take(), start)
        if character == "u":
            return self._coded("".join(self._take() for _ in range(4)), start)
        if character == "c":
            return chr(ord(self._take()) ^ 64)
        if character.isascii() and character.isalnum():
            raise self._refuse(f"\\{character}", start)
        return character

    def _coded(self, digits: str, start: int) -> str:
        if not digits or len(digits) > 6 or not _HEXADECIMAL.issuperset(digits) or int(digits, 16) > 0x10FFFF:
            raise self._refuse(f"\\x{digits}", start)
        return chr(int(digits, 16))

    def _set(self, depth: int) -> str:
        """A class after its opening bracket, with its closing one."""
        if depth > _DEEPEST:
            raise PatternError(TOO_DEEP, limit=_DEEPEST)
        start = self.position - 1
        negated = self._skip("^")
        sides: list[list[str]] = [[]]
        while True:
            if self.position >= len(self.pattern):
                raise PatternError(UNBALANCED, position=start)
            if self._peek() == "]" and (sides[-1] or len(sides) > 1):
                self.position += 1
                break
            if self._skip("&&"):
                sides.append([])
            elif self._skip("["):
                sides[-1].append(self._set(depth + 1))
            else:
                sides[-1].append(self._set_item())
        if not all(sides):
            raise self._refuse("&&", start)
        if len(sides) == 1:
            return f"[{'^' if negated else ''}{''.join(sides[0])}]"
        common = "&&".join(f"[{''.join(side)}]" for side in sides)
        return f"[^[{common}]]" if negated else f"[{common}]"

    def _set_item(self) -> str:
        start = self.position
        first = self._set_character()
        if len(first) > 1:
            return first[1:]
        if self._peek() == "-" and self._peek(2)[1:] not in ("]", "[", ""):
            self.position += 1
            last = self._set_character()
            if len(last) > 1:
                raise self._refuse(self.pattern[start : self.position], start)
            if last < first:
                raise PatternError(BAD_RANGE, position=start)
            return span(first, last, ignore_case="i" in self.flags)
        return span(first, first, ignore_case="i" in self.flags)

    def _set_character(self) -> str:
        """One character, or a piece for several after a mark."""
        character = self._take()
        if character != "\\":
            return character
        start = self.position - 1
        character = self._take()
        if character in "QbBAzZRGkX0123456789":
            raise self._refuse(f"\\{character}", start)
        piece = self._class_escape(character, start)
        return f"\\{piece}" if piece is not None else self._character(character, start)
