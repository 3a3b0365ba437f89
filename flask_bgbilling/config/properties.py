"""The configuration language: lines of ``key=value`` with comments, multi-line values, appending and macros.

The grammar and its edge cases are those of the reference, ``configuration.md`` 1.1 to 1.5. Reading never
fails: what cannot be understood is left out and stands in `Properties.findings` with its line number.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from types import MappingProxyType
from typing import Final, NamedTuple, TypeVar, overload

from flask_bgbilling.config.messages import Problem, is_secret
from flask_bgbilling.config.values import parse_boolean, parse_decimal, parse_integer, split_words

EXPANSION_BUDGET: Final = 4_000_000
_MACRO = re.compile(r"\{@([A-Za-z0-9_.:]+)\}")
_BLOCK_MARK = "<<"
_INCLUDE_PREFIX = "include."

_Default = TypeVar("_Default")


class IdTitle(NamedTuple):
    """One ``id:title`` token of a list."""

    id: int
    title: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One value and where it was set; ``key`` is always the whole key, also inside a cut tree."""

    key: str
    value: str = field(repr=False)
    line: int | None = None
    source: str = ""


class Properties(Mapping[str, str]):
    """An immutable set of keys and values that knows where each was written.

    Every getter takes a key and a default and never raises: an absent key, an empty number or one that cannot
    be read gives the default, as ``configuration.md`` 1.4 says. Numbers are trimmed, texts are not. The
    ``repr`` shows no values, because some of them are passwords.
    """

    __slots__ = ("_entries", "_findings")

    def __init__(self, entries: Mapping[str, Entry], findings: tuple[Problem, ...] = ()) -> None:
        self._entries = MappingProxyType(dict(entries))
        self._findings = findings

    @classmethod
    def of(cls, values: Mapping[str, str]) -> "Properties":
        """Properties of plain pairs, without lines and without macros."""
        return cls({key: Entry(key, value) for key, value in values.items()})

    @property
    def findings(self) -> tuple[Problem, ...]:
        """What was wrong with the text itself, in the order of its lines."""
        return self._findings

    def __getitem__(self, key: str) -> str:
        return self._entries[key].value

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        return f"<Properties of {len(self)} keys>"

    def entry(self, key: str) -> Entry | None:
        """The value of ``key`` together with its place."""
        return self._entries.get(key)

    def line(self, key: str) -> int | None:
        """The line where ``key`` was set, counted from 1; ``None`` when there is no such line."""
        entry = self._entries.get(key)
        return entry.line if entry else None

    @overload
    def text(self, key: str) -> str: ...
    @overload
    def text(self, key: str, default: _Default) -> str | _Default: ...
    def text(self, key: str, default: object = "") -> object:
        """The value as it was written, spaces included."""
        entry = self._entries.get(key)
        return entry.value if entry else default

    @overload
    def integer(self, key: str) -> int: ...
    @overload
    def integer(self, key: str, default: _Default) -> int | _Default: ...
    def integer(self, key: str, default: object = 0) -> object:
        """A whole number of 32 bits, the width of the billing's own ids."""
        number = parse_integer(self.text(key))
        return default if number is None else number

    @overload
    def boolean(self, key: str) -> bool: ...
    @overload
    def boolean(self, key: str, default: _Default) -> bool | _Default: ...
    def boolean(self, key: str, default: object = False) -> object:
        """``1 true yes on`` or ``0 false no`` in any case; anything else, ``off`` too, is the default."""
        flag = parse_boolean(self.text(key))
        return default if flag is None else flag

    @overload
    def decimal(self, key: str) -> Decimal: ...
    @overload
    def decimal(self, key: str, default: _Default) -> Decimal | _Default: ...
    def decimal(self, key: str, default: object = Decimal(0)) -> object:
        """A finite decimal number."""
        number = parse_decimal(self.text(key))
        return default if number is None else number

    def integers(self, key: str, default: tuple[int, ...] = ()) -> tuple[int, ...]:
        """The numbers of a list in their order; tokens that are no numbers are left out.

        The default stands only for an absent key: an empty list is an answer.
        """
        if key not in self._entries:
            return default
        numbers = (parse_integer(token) for token in split_words(self[key]))
        return tuple(number for number in numbers if number is not None)

    def words(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """The trimmed words of a list in their order; empty ones are left out."""
        if key not in self._entries:
            return default
        return tuple(split_words(self[key]))

    def id_titles(self, key: str) -> tuple[IdTitle, ...]:
        """The ``id:title`` tokens of a list; one without exactly one colon is left out, a bad id is 0."""
        pairs = (token.split(":") for token in split_words(self.text(key)))
        return tuple(IdTitle(parse_integer(pair[0]) or 0, pair[1].strip()) for pair in pairs if len(pair) == 2)

    def sub(self, prefix: str) -> "Properties":
        """All keys that start with ``prefix``, which is cut off."""
        length = len(prefix)
        return Properties({key[length:]: entry for key, entry in self._entries.items() if key.startswith(prefix)})

    def indexed(self, prefix: str) -> dict[int, "Properties"]:
        """The trees under ``prefix`` and a number, ascending by the number.

        ``01`` and ``1`` are the same tree. A key that ends with the number stands under the empty key. Keys
        without a number after the prefix are left out.
        """
        trees: dict[int, dict[str, Entry]] = {}
        for first, rest, entry in self._split(prefix):
            number = parse_integer(first)
            if number is not None:
                trees.setdefault(number, {})[rest] = entry
        return {number: Properties(trees[number]) for number in sorted(trees)}

    def keyed(self, prefix: str) -> dict[str, "Properties"]:
        """The trees under ``prefix`` and a name, in the order in which the names appear."""
        trees: dict[str, dict[str, Entry]] = {}
        for first, rest, entry in self._split(prefix):
            trees.setdefault(first, {})[rest] = entry
        return {name: Properties(tree) for name, tree in trees.items()}

    def merged(self, later: "Properties") -> "Properties":
        """These keys and those of ``later``, which win."""
        return Properties({**self._entries, **later._entries}, self._findings + later._findings)

    def _split(self, prefix: str) -> Iterator[tuple[str, str, Entry]]:
        for key, entry in self._entries.items():
            if key.startswith(prefix):
                first, _, rest = key[len(prefix) :].partition(".")
                yield first, rest, entry


def parse(text: str, *, includes: Mapping[int, str] = MappingProxyType({})) -> Properties:
    """Reads a configuration text.

    ``includes`` holds the texts that ``include.<number>=1`` may name. They are read after the main text,
    ascending, one level deep, and see its keys and counters (``configuration.md`` 1.6). Never raises.
    """
    parser = _Parser()
    parser.read(text.removeprefix("\ufeff"), source="")
    for number, tree in Properties(parser.entries).indexed(_INCLUDE_PREFIX).items():
        entry = tree.entry("")
        if entry is None or not tree.boolean(""):
            continue
        if number in includes:
            parser.read(includes[number].removeprefix("\ufeff"), source=entry.key)
        else:
            parser.findings.append(Problem("include-missing", entry.key, entry.line))
    return Properties(parser.entries, tuple(parser.findings))


@dataclass(slots=True)
class _Block:
    opened: Entry
    terminator: str
    lines: list[str] = field(default_factory=list, repr=False)


class _Parser:
    """The state that lines share: the keys so far, the open block, the counters."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.findings: list[Problem] = []
        self._counters: set[str] = set()
        self._budget = EXPANSION_BUDGET
        self._line = 0
        self._source = ""

    def read(self, text: str, source: str) -> None:
        self._source = source
        block: _Block | None = None
        for self._line, raw in enumerate(text.split("\n"), start=1):
            line = _trimmed(raw)
            if line.startswith("#"):
                continue
            line = self._substituted(line, block)
            if block is None:
                block = self._assign(line)
            elif line == block.terminator:
                self._store(replace(block.opened, value="".join(block.lines)))
                block = None
            else:
                block.lines.append(line + "\n")
        if block is not None:
            terminator = "***" if is_secret(block.opened.key) else block.terminator
            self._find("block-unterminated", block.opened.key, block.opened.line, terminator=terminator)

    def _assign(self, line: str) -> _Block | None:
        position = line.find("=")
        if position <= 0:
            if line:
                self._find("line-without-equals")
            return None
        key, value = line[:position], line[position + 1 :]
        if key.endswith("+"):
            key = key[:-1]
            if value.startswith(_BLOCK_MARK):
                self._find("append-block", key)
            before = self.entries.get(key)
            self.entries[key] = self._entry(key, (before.value if before else "") + value)
            return None
        if value.startswith(_BLOCK_MARK):
            return _Block(self._entry(key, ""), value.removeprefix(_BLOCK_MARK))
        self._store(self._entry(key, value))
        return None

    def _store(self, entry: Entry) -> None:
        before = self.entries.get(entry.key)
        # Setting a counter back is how counters are used, not a lost value.
        if before is not None and entry.key not in self._counters:
            self._find("key-overwritten", entry.key, entry.line, first=before.line or 0)
        self.entries[entry.key] = entry

    def _substituted(self, line: str, block: _Block | None) -> str:
        if "{@" not in line:
            return line
        written_key = block.opened.key if block else line.partition("=")[0]
        secret_from = len(line)
        if is_secret(written_key):
            secret_from = 0 if block else len(written_key)
        return _MACRO.sub(lambda found: self._expanded(found, secret=found.start() >= secret_from), line)

    def _expanded(self, found: re.Match[str], *, secret: bool) -> str:
        name = found[1]
        shown = "***" if secret else found[0]
        parts = name.split(":")
        operation = parts[0] if len(parts) == 2 and parts[1] else None
        if operation == "inc":
            return self._incremented(parts[1])
        entry = self.entries.get(name)
        if operation is not None:
            self._find("macro-operation", macro=shown)
        elif entry is None:
            self._find("macro-unknown", macro=shown)
        if entry is None:
            return found[0]
        if len(entry.value) > self._budget:
            self._find("macro-too-long", macro=shown)
            return found[0]
        self._budget -= len(entry.value)
        return entry.value

    def _incremented(self, counter: str) -> str:
        before = self.entries.get(counter)
        number = (parse_integer(before.value) if before else None) or 0
        self.entries[counter] = self._entry(counter, str(number + 1))
        self._counters.add(counter)
        return str(number + 1)

    def _entry(self, key: str, value: str) -> Entry:
        return Entry(key, value, self._line, self._source)

    def _find(self, code: str, key: str = "", line: int | None = None, **params: str | int) -> None:
        self.findings.append(Problem(code, key, line or self._line, self._source, params))


def _trimmed(raw: str) -> str:
    """The line without outer whitespace, then without pasted invisible characters at its end."""
    line = raw.strip()
    end = len(line)
    while end and unicodedata.category(line[end - 1]).startswith("C"):
        end -= 1
    return line[:end]
