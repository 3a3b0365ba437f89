"""What a plugin adds to the processing of messages: searches, savers of contacts, searches of possible processes.

Configuration text names classes of these kinds (``messageType.<ID>.search.<N>.class``); it names only what was
registered by a hook and imports nothing. A class loads a block of keys, whose prefix is cut off, into something that
works; it raises ``ConfigurationError`` for keys that it cannot use: that block is left out and reported, the others
stay (messages.md 1, 3, 5, 6).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flask_bgbilling.facts import Fact
from flask_bgbilling.hookspecs.card import Change, SectionView
from flask_bgbilling.ports import Customers, Grant, Message, Person, Processes

if TYPE_CHECKING:
    from flask_bgbilling.wire.session import Billing

Keys = Mapping[str, str]
"""A block of the configuration, without its prefix."""


@dataclass(frozen=True)
class FoundContract:
    """A contract that a search has found. ``number`` and ``comment`` are the billing's own words."""

    billing_id: str
    cid: int
    number: str
    comment: str = ""


@dataclass(frozen=True)
class FoundCustomer:
    """A customer of the host that a search has found."""

    id: int
    title: str


Found = FoundContract | FoundCustomer


@dataclass(frozen=True)
class SearchAnswer:
    """What a search has found, best first. ``more`` says that there is more than is shown.

    ``notes`` are told beside it: that an expression failed and the number was taken as it is.
    """

    found: Sequence[Found] = ()
    more: bool = False
    notes: Sequence[Fact] = ()


@dataclass(frozen=True)
class MessageContext:
    """What a search of a message may use.

    ``billing`` opens a billing under the own account of the ``person`` who has the message before them; it raises
    ``UnknownBilling``, ``Forbidden`` or ``AccountMissing``. ``fields`` is what was typed into the form of a search by
    hand. ``customers`` and ``processes`` are the host's, ``None`` where it has none; they may be used only by searches
    that do not run beside others, since they work with the host's session.
    """

    message: Message
    person: Person
    billing: Callable[[str], "Billing"]
    fields: Mapping[str, str] = field(default_factory=dict)
    customers: Customers | None = None
    processes: Processes | None = None

    def value(self, name: str) -> str:
        """One field of the form, trimmed."""
        return self.fields.get(name, "").strip()


@dataclass(frozen=True)
class MessageSearch:
    """A search of a message type, made of its block.

    Without a ``form`` it is automatic: it runs by itself when a message is opened, in a thread beside the others, and
    may use nothing but the context's message, person and ``billing``. With one it is a person who starts it.
    ``billing_id`` names the only billing that it asks, which must answer in that billing's own time; empty for the
    host's own customers, which are asked in the thread of the request.
    """

    run: Callable[[MessageContext], SearchAnswer]
    form: Callable[[MessageContext], SectionView] | None = None
    billing_id: str = ""


@dataclass(frozen=True)
class MessageSearchClass:
    """A class of searches: ``name`` is what the configuration says, ``aliases`` are older names of it."""

    name: str
    load: Callable[[Keys], MessageSearch]
    aliases: Sequence[str] = ()


@dataclass(frozen=True)
class ContactContext:
    """What a saver of contacts may use: the message, and the contract whose contact it is to become.

    ``billing`` is the contract's, under the person's own account. ``grant`` is the person's of the saver's permission,
    and ``reading`` that of reading parameters: what either does not cover must not be changed.
    """

    message: Message
    person: Person
    billing: "Billing"
    cid: int
    grant: Grant = field(default_factory=Grant)
    reading: Grant = field(default_factory=Grant)


@dataclass(frozen=True)
class ContactSaver:
    """Saves the sender of a message with a contract.

    ``plan`` reads what is there and decides; a change without steps says that it is saved already. ``permission`` is
    what a person needs for it. ``offers`` says whether the message has a sender that could be saved.
    """

    plan: Callable[[ContactContext], Change]
    permission: str = "contract.parameters.update"
    offers: Callable[[Message], bool] = lambda message: bool(message.sender.strip())


@dataclass(frozen=True)
class ContactSaverClass:
    """A class of savers, named by ``messageType.<ID>.saver.class``."""

    name: str
    load: Callable[[Keys], ContactSaver]
    aliases: Sequence[str] = ()


@dataclass(frozen=True)
class PossibleProcessContext:
    """What a search of possible processes may use: the message, what was found for it, the host's processes.

    ``open`` is true for open processes only, false for closed ones only, ``None`` for both. ``limit`` is how many are
    wanted. It runs in the thread of the request, under the person's accounts.
    """

    message: Message
    person: Person
    found: Sequence[Found]
    processes: Processes
    customers: Customers | None
    billing: Callable[[str], "Billing"]
    open: bool | None = None
    limit: int = 50


@dataclass(frozen=True)
class PossibleProcessSearch:
    """Finds processes that a message may belong to; ``find`` gives their ids, ``reason`` says why it is those.

    ``reason`` is an English message id of ours or a text of the plugin's.
    """

    find: Callable[[PossibleProcessContext], Sequence[int]]
    reason: str = ""


@dataclass(frozen=True)
class PossibleProcessClass:
    """A class of such searches, named by ``message.possible.process.<N>.class``."""

    name: str
    load: Callable[[Keys], PossibleProcessSearch]
    aliases: Sequence[str] = ()
