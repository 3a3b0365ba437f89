"""Values of contract parameters as forms change them: texts, flags, days and lists (parameters.md 3, 4).

A value is read as exactly as the billing tells it, taken from what was typed, and written by the one operation of its
type. Phones and e-mails are in ``parameter_contacts``, addresses in ``parameter_address``.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import date
from typing import ClassVar, Generic, TypeVar

from msgspec import Struct

from flask_bgbilling.domain.contracts.contract import Contract
from flask_bgbilling.domain.contracts.parameters import state
from flask_bgbilling.errors import N_
from flask_bgbilling.facts import Fact
from flask_bgbilling.fields import refuse
from flask_bgbilling.hookspecs import ActionContext
from flask_bgbilling.wire.codec import day
from flask_bgbilling.wire.dto.common import IdTitle
from flask_bgbilling.wire.dto.parameters import ListValue, Parameter
from flask_bgbilling.wire.operation import Operation
from flask_bgbilling.wire.ops.parameter_directories import LIST_VALUES
from flask_bgbilling.wire.ops.parameters import PARAMETER_LIST
from flask_bgbilling.wire.ops.parameters_writes import (
    PARAMETER_DATE_SAVE,
    PARAMETER_FLAG_SAVE,
    PARAMETER_LIST_SAVE,
    PARAMETER_TEXT_SAVE,
)

V = TypeVar("V")

LONGEST_TEXT = 255
"""What the billing's column holds; it cuts longer ones without a word (database.md, contract parameters)."""
LONGEST_OWN_TEXT = 100

VALUE = N_("Value")


class ParameterValue(ABC, Generic[V]):
    """How the values of one type are read, typed and written.

    ``key`` names the fields of the type in the form, ``saving`` is the operation that writes a value.
    """

    key: ClassVar[str]
    saving: ClassVar[Operation[None]]

    @abstractmethod
    def start(self, contract: Contract, parameter_id: int) -> Callable[[Parameter], V]:
        """Begins to read what the list of parameters does not tell; the result is called with the listed parameter."""

    @abstractmethod
    def typed(self, context: ActionContext, now: V) -> V:
        """What was typed. ``now`` is the stored value: what of it was left alone is kept whatever it looks like."""

    @abstractmethod
    def arguments(self, value: V) -> Mapping[str, object]:
        """The value as an argument of the saving operation."""

    @abstractmethod
    def facts(self, value: V) -> tuple[Fact, ...]:
        """The value as it is told to people; equally many facts for every value."""

    def seen(self, value: V) -> object:
        """What of a value tells whether somebody else has changed it, and whether a change is one."""
        return value


class ListedValue(ParameterValue[V]):
    """A value that the list of parameters tells whole: nothing else is read."""

    def start(self, contract: Contract, parameter_id: int) -> Callable[[Parameter], V]:
        """What the list tells."""
        return self.listed

    @abstractmethod
    def listed(self, parameter: Parameter) -> V:
        """The value in the list's own text."""


class TextValue(ListedValue[str]):
    """A text; blank is not set."""

    key = "text"
    saving = PARAMETER_TEXT_SAVE

    def listed(self, parameter: Parameter) -> str:
        """The billing's text with plain line ends."""
        return parameter.value.replace("\r\n", "\n").replace("\r", "\n")

    def typed(self, context: ActionContext, now: str) -> str:
        """The text without blanks around it; servers with a wider column may hold longer ones already."""
        return context.fields.multiline("value", max(LONGEST_TEXT, len(now)))

    def arguments(self, value: str) -> Mapping[str, object]:
        """The text as it is."""
        return {"text": value}

    def facts(self, value: str) -> tuple[Fact, ...]:
        """The text."""
        return (Fact(VALUE, value),)


class FlagValue(ListedValue[bool | None]):
    """Yes or no; one that was never set is neither, and cannot become so again."""

    key = "flag"
    saving = PARAMETER_FLAG_SAVE

    def listed(self, parameter: Parameter) -> bool | None:
        """The state, where its spelling is understood."""
        return state(parameter.value)

    def typed(self, context: ActionContext, now: bool | None) -> bool | None:
        """The chosen word; none is chosen as long as the flag is not set."""
        if now is None and not context.fields.raw("value"):
            return None
        return context.fields.choice("value", ("1", "0")) == "1"

    def arguments(self, value: bool | None) -> Mapping[str, object]:
        """On or off."""
        return {"on": bool(value)}

    def facts(self, value: bool | None) -> tuple[Fact, ...]:
        """Yes, no, or nothing."""
        return (Fact(VALUE, "" if value is None else N_("yes") if value else N_("no"), "word"),)


class DateValue(ListedValue[date | None]):
    """A day; blank is not set."""

    key = "date"
    saving = PARAMETER_DATE_SAVE

    def listed(self, parameter: Parameter) -> date | None:
        """The day of the list."""
        return day(parameter.value)

    def typed(self, context: ActionContext, now: date | None) -> date | None:
        """A day, or none."""
        return context.fields.optional_day("value")

    def arguments(self, value: date | None) -> Mapping[str, object]:
        """The day."""
        return {"day": value}

    def facts(self, value: date | None) -> tuple[Fact, ...]:
        """The day."""
        return (Fact(VALUE, value.isoformat() if value else "", "day"),)


class Choice(Struct, frozen=True):
    """A value of a list parameter with the items to choose from; the id 0 without an own text is not set."""

    value: ListValue
    items: tuple[IdTitle, ...] = ()

    @property
    def options(self) -> tuple[IdTitle, ...]:
        """The items, the chosen one among them even after the directory has lost it."""
        if self.value.id > 0 and all(item.id != self.value.id for item in self.items):
            return (IdTitle(self.value.id, self.value.title or f"ID {self.value.id}"), *self.items)
        return self.items

    @property
    def text(self) -> str:
        """The chosen title or the own text; empty when not set."""
        titles = {item.id: item.title for item in self.options}
        return titles.get(self.value.id, "") if self.value.id > 0 else self.value.custom


class ChoiceValue(ParameterValue[Choice]):
    """An item of a list, or a text of one's own in its place."""

    key = "list"
    saving = PARAMETER_LIST_SAVE

    def start(self, contract: Contract, parameter_id: int) -> Callable[[Parameter], Choice]:
        """The value and the items at once."""
        value = contract.billing.start(PARAMETER_LIST, cid=contract.cid, parameter_id=parameter_id)
        items = contract.billing.start(LIST_VALUES, parameter_id=parameter_id)

        def finish(parameter: Parameter) -> Choice:
            stored = value.result() or ListValue()
            if stored.id < 1 and not stored.custom:
                # An own text that the billing tells in the list only (parameters.md 3.4).
                stored = ListValue(custom=parameter.value)
            return Choice(stored, items.result())

        return finish

    def typed(self, context: ActionContext, now: Choice) -> Choice:
        """The item or the own text, whichever was changed."""
        fields = context.fields
        item = fields.identifier("item", required=False)
        own = fields.text("own", max(LONGEST_OWN_TEXT, len(now.value.custom)))
        if item != now.value.id and all(option.id != item for option in now.items) and item:
            refuse("item", N_("Choose one of the list."))
        if item and own and own != now.value.custom:
            if item != now.value.id:
                refuse("own", N_("Either choose an item or write a text of your own."))
            item = 0
        return Choice(ListValue(item) if item else ListValue(custom=own), now.options)

    def arguments(self, value: Choice) -> Mapping[str, object]:
        """The value, nothing when it is cleared."""
        return {"value": value.value if value.text or value.value.id else None}

    def facts(self, value: Choice) -> tuple[Fact, ...]:
        """The title or the own text."""
        return (Fact(VALUE, value.text),)

    def seen(self, value: Choice) -> object:
        """Titles of items may change without the value."""
        return value.value.id, value.value.custom
