"""Types of messages with their searches and savers, and the searches of possible processes (``configuration.md`` 2.5).

Classes are known by what plugins have registered; each makes something of its block or refuses it. A block that cannot
be used is left out and reported, the others stay. Names of classes may be old ones or full Java names (messages.md 7).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from flask_bgbilling.config.loading import noted
from flask_bgbilling.config.messages import Problem
from flask_bgbilling.config.properties import Properties
from flask_bgbilling.errors import ConfigurationError

PREFIX: Final = "messageType."
POSSIBLE_PREFIX: Final = "message.possible.process."
USUAL_POSSIBLE: Final = "MessagePossibleProcessSearchMessageFrom"
"""What searches possible processes where nothing is configured."""

Load = Callable[[Mapping[str, str]], Any]


def _nothing() -> Mapping[str, Any]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Classes:
    """The classes of one kind: how each loads its block, and older names."""

    loads: Mapping[str, Load] = field(default_factory=_nothing)
    aliases: Mapping[str, str] = field(default_factory=_nothing)

    def find(self, written: str) -> str | None:
        """The registered name that is meant; of a full name its last part counts, unless it is an older name."""
        if written in self.loads:
            return written
        if written in self.aliases:
            return self.aliases[written]
        last = written.rpartition(".")[2]
        return last if last in self.loads else None


@dataclass(frozen=True, slots=True)
class MessageClasses:
    """Everything that a configuration of messages may name in this application."""

    searches: Classes = Classes()
    savers: Classes = Classes()
    possible: Classes = Classes()


@dataclass(frozen=True, slots=True)
class SearchEntry:
    """A search of a type: its place, its title (empty when it has none), its class and what that made of the block."""

    number: int
    title: str
    class_name: str
    made: Any


@dataclass(frozen=True, slots=True)
class MessageType:
    """A type of messages. ``searches`` stand in the order of their numbers, ``saver`` is ``None`` without one."""

    id: int
    title: str
    class_name: str
    searches: tuple[SearchEntry, ...] = ()
    saver: Any = None


@dataclass(frozen=True, slots=True)
class PossibleEntry:
    """A search of possible processes; ``color`` is for the rows that it finds."""

    number: int
    color: str
    class_name: str
    made: Any


@dataclass(frozen=True, slots=True)
class MessageConfiguration:
    """What can be used, and what is wrong with the rest."""

    types: Mapping[int, MessageType]
    possible: tuple[PossibleEntry, ...]
    problems: tuple[Problem, ...] = ()


def message_configuration(properties: Properties, classes: MessageClasses) -> MessageConfiguration:
    """Reads every block with the classes that are registered. Never raises."""
    found: list[Problem] = []
    types: dict[int, MessageType] = {}
    for number, block in sorted(properties.indexed(PREFIX).items()):
        message_type = _type(number, block, classes, found)
        if message_type is not None:
            types[number] = message_type
    blocks = sorted(properties.indexed(POSSIBLE_PREFIX).items())
    possible = tuple(one for number, block in blocks if (one := _possible(number, block, classes.possible, found)))
    if not blocks and USUAL_POSSIBLE in classes.possible.loads:
        made = classes.possible.loads[USUAL_POSSIBLE]({})
        possible = (PossibleEntry(0, "", USUAL_POSSIBLE, made),)
    return MessageConfiguration(MappingProxyType(types), possible, tuple(found))


def problems(properties: Properties, classes: MessageClasses) -> Iterator[Problem]:
    """What the classes of this application say about the blocks, beyond the form of their values."""
    yield from message_configuration(properties, classes).problems


def _type(number: int, block: Properties, classes: MessageClasses, found: list[Problem]) -> MessageType | None:
    prefix = f"{PREFIX}{number}."
    missing = [key for key in ("title", "class") if not block.text(key).strip()]
    found.extend(noted(block, key, "required", prefix) for key in missing)
    if missing:
        return None
    searches = tuple(
        SearchEntry(place, search.text("title").strip(), *made)
        for place, search in sorted(block.indexed("search.").items())
        if (made := _made(search, classes.searches, f"{prefix}search.{place}.", found)) is not None
    )
    saver = None
    keys = block.sub("saver.")
    if keys:
        made_saver = _made(keys, classes.savers, f"{prefix}saver.", found)
        saver = made_saver[1] if made_saver is not None else None
    return MessageType(number, block.text("title").strip(), block.text("class").strip(), searches, saver)


def _possible(number: int, block: Properties, classes: Classes, found: list[Problem]) -> PossibleEntry | None:
    made = _made(block, classes, f"{POSSIBLE_PREFIX}{number}.", found)
    return None if made is None else PossibleEntry(number, block.text("color").strip(), *made)


def _made(block: Properties, classes: Classes, prefix: str, found: list[Problem]) -> tuple[str, Any] | None:
    """The class of a block and what it made of it; ``None`` after a problem was found."""
    written = block.text("class").strip()
    if not written:
        found.append(noted(block, "class", "required", prefix))
        return None
    name = classes.find(written)
    if name is None:
        near = ", ".join(sorted(classes.loads)) or "-"
        found.append(noted(block, "class", "class-none", prefix, value=written[:60], near=near))
        return None
    if name != written:
        found.append(noted(block, "class", "class-old", prefix, near=name))
    try:
        return name, classes.loads[name]({key: block[key] for key in block})
    except ConfigurationError as error:
        detail = str(error.params.get("detail", error))
    except Exception as error:  # a stranger's class: its block is lost, the others stay
        detail = f"{type(error).__name__}: {error}"[:200]
    found.append(noted(block, "class", "block-refused", prefix, detail=detail))
    return None
