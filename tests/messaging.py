"""Searching for messages without an application: a person, their billings, the built-in classes."""

from collections.abc import Mapping

from flask_bgbilling.builtin.messages import MessagesPlugin
from flask_bgbilling.config.message_types import MessageType
from flask_bgbilling.config.source import ConfigurationSource
from flask_bgbilling.domain.billings import BillingAccess, Viewer
from flask_bgbilling.domain.messages.configured import MessageTypes
from flask_bgbilling.domain.messages.contacts import ContactSaving
from flask_bgbilling.domain.messages.running import SearchOutcome, SearchRuns
from flask_bgbilling.emulator import Emulator
from flask_bgbilling.hookspecs import FoundContract
from flask_bgbilling.plugins import Plugins
from flask_bgbilling.ports import AddressBook, Credentials, Customers, Grant, NoAddressBook, Person
from flask_bgbilling.wire.session import Billings
from tests.memory_messages import MemoryMessages

OPERATOR = Person("1", "admin", "Admin")

CALLS = "messageType.1.title=Звонки\nmessageType.1.class=MessageTypeCall\n"


class EverybodyMay:
    """Users and accounts of a host where everybody may do what the grant says."""

    def __init__(self, grant: Grant = Grant()) -> None:
        self.granted = grant

    def current(self) -> Person | None:
        """The operator."""
        return OPERATOR

    def grant(self, person: Person, permission: str) -> Grant | None:
        """The same grant for everything."""
        return self.granted

    def sign_in_address(self, back_to: str) -> str:
        """Nobody is sent there."""
        return "/"

    def credentials(self, person_id: str, billing_id: str) -> Credentials | None:
        """The account of the emulator."""
        return Credentials("admin", "admin")


class Searching:
    """Message types of a configuration, and their searches as an operator has them."""

    def __init__(
        self,
        emulators: Mapping[str, Emulator],
        text: str,
        *,
        grant: Grant = Grant(),
        book: AddressBook | None = None,
        customers: Customers | None = None,
        plugins: tuple[object, ...] = (),
        timeout: int = 5000,
    ) -> None:
        for number, (billing_id, emulator) in enumerate(emulators.items(), 1):
            prefix = f"bgbilling:server.{number}."
            text += f"\n{prefix}id={billing_id}\n{prefix}title={billing_id.upper()}\n{prefix}url={emulator.url}\n"
            text += f"{prefix}requestTimeOut={timeout}\n"
        self.settings = ConfigurationSource(text).current
        self.messages = MemoryMessages()
        host = EverybodyMay(grant)
        self.viewer = Viewer(OPERATOR, grant, host)
        self.types = MessageTypes(self.settings, lambda: known)
        saving = ContactSaving(self.messages, self.types, host)
        ours = MessagesPlugin(self.messages, saving, book or NoAddressBook(), lambda: (), customers)
        known = Plugins((ours,), plugins)
        access = BillingAccess(self.settings, Billings(self.settings), host)
        self.runs = SearchRuns(access, customers, None, self.types.failed)

    @property
    def type(self) -> MessageType:
        """The only type."""
        return next(iter(self.types.current().types.values()))

    def outcomes(self, sender: str, number: int = 0, fresh: bool = False, **fields: str) -> list[SearchOutcome]:
        """What the searches give for a message of this sender; ``number`` is one that a person has started."""
        message = self.messages.known[self.messages.add(sender, self.type.id)]
        by_hand = next((one for one in self.type.searches if one.number == number), None)
        found = self.runs.outcomes(
            self.viewer, message, self.type, self.settings().version, by_hand=by_hand, fields=fields, fresh=fresh
        )
        return list(found)

    def found(self, sender: str, number: int = 0, **fields: str) -> set[int]:
        """The ids of all contracts that were found; nothing may have failed."""
        outcomes = self.outcomes(sender, number, **fields)
        assert [one.problem for one in outcomes if one.problem] == []
        return {row.cid for one in outcomes for row in one.rows if isinstance(row, FoundContract)}
