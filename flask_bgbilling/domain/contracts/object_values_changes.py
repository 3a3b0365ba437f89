"""Changing the values of an object's parameters: text, list, date and address (parameters.md 8.1)."""

from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from flask_bgbilling.domain.contracts.editing import check_seen, differing, mark
from flask_bgbilling.domain.contracts.objects import ADDRESS, DATE, LIST, TEXT
from flask_bgbilling.domain.contracts.objects_changes import find_object
from flask_bgbilling.domain.contracts.parameter_address import address_facts, address_mark, street_label, typed_address
from flask_bgbilling.errors import N_, InputError
from flask_bgbilling.facts import Fact
from flask_bgbilling.fields import refuse
from flask_bgbilling.hookspecs import ActionContext, Change, Gone, SectionContext, Step
from flask_bgbilling.ports import NoAddressBook
from flask_bgbilling.wire.codec import day
from flask_bgbilling.wire.dto.addresses import AddressParts
from flask_bgbilling.wire.dto.common import IdTitle
from flask_bgbilling.wire.dto.parameters import ObjectParameter
from flask_bgbilling.wire.operation import Operation
from flask_bgbilling.wire.ops.addresses import OBJECT_ADDRESS
from flask_bgbilling.wire.ops.objects import OBJECT_LIST_VALUES, OBJECT_PARAMETERS, OBJECTS
from flask_bgbilling.wire.ops.objects_writes import (
    OBJECT_ADDRESS_SAVE,
    OBJECT_DATE_SAVE,
    OBJECT_LIST_SAVE,
    OBJECT_TEXT_SAVE,
)

SAVING = (OBJECT_TEXT_SAVE, OBJECT_LIST_SAVE, OBJECT_DATE_SAVE, OBJECT_ADDRESS_SAVE)

EDITABLE = frozenset({TEXT, LIST, DATE, ADDRESS})
"""Types of parameters that can be written: there is no call for flags."""

DAY = "%d.%m.%Y"
"""How the billing displays days."""


class NoForm(InputError):
    """The parameter is of a type that the billing's interface cannot write."""

    code = "no form"
    message = N_("The parameter “%(title)s” cannot be changed from here.")
    remedy = N_("Change it in the billing's own client.")


class ObjectValueForm(Struct, frozen=True):
    """A parameter of an object to be changed.

    ``items`` are the values of a list, ``item_id`` the one that stands there, ``day`` is a date. ``value`` is an
    address, ``street`` how the address book spells its street, and ``with_book`` tells whether the host has one.
    """

    parameter: ObjectParameter
    items: tuple[IdTitle, ...] = ()
    item_id: int = 0
    day: date | None = None
    value: AddressParts | None = None
    street: str = ""
    with_book: bool = True
    seen: str = ""

    @property
    def choices(self) -> tuple[tuple[int, str], ...]:
        """Number and title of each value of a list."""
        return tuple((item.id, item.title) for item in self.items)


class _Stored(Struct, frozen=True):
    """What was read before a change: the parameter, of which object, and what its type needs beyond that."""

    object_title: str
    parameter: ObjectParameter
    items: tuple[IdTitle, ...] = ()
    address: AddressParts | None = None

    @property
    def item_id(self) -> int:
        """The item that is displayed; 0 for none. A list that displays its items by number is understood too."""
        value = self.parameter.value
        return next((item.id for item in self.items if value in {item.title, str(item.id)}), 0) if value else 0

    @property
    def compared(self) -> object:
        """What tells whether somebody has changed the value, an address part by part."""
        return address_mark(self.address) if self.parameter.type == ADDRESS else self.parameter.value

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The value as it is told to people."""
        return address_facts(self.address) if self.parameter.type == ADDRESS else _value(self.parameter.value)


class _Wanted(Struct, frozen=True):
    """What a form asks for: the operation that writes it and its arguments; ``same`` when it stands there already."""

    operation: Operation[None]
    value: Mapping[str, object]
    facts: tuple[Fact, ...]
    same: bool


def read_object_parameter(context: SectionContext) -> ObjectParameter:
    """The parameter of the arguments ``object`` and ``parameter`` as it stands now; raises ``Gone``."""
    contract = context.contract
    listed = contract.billing.call(OBJECT_PARAMETERS, cid=contract.cid, object_id=context.number("object"))
    return _find(listed, context.number("parameter"))


def object_value_form(context: ActionContext) -> ObjectValueForm:
    """The parameter of the arguments ``object`` and ``parameter``; raises ``Gone`` or ``NoForm``."""
    stored = _read(context)
    return ObjectValueForm(
        parameter=stored.parameter,
        items=stored.items,
        item_id=stored.item_id,
        day=day(stored.parameter.value) if stored.parameter.type == DATE else None,
        value=stored.address,
        street=street_label(stored.address) if stored.address is not None else "",
        with_book=not isinstance(context.address_book, NoAddressBook),
        seen=mark(stored.compared),
    )


def plan_saving(context: ActionContext) -> Change:
    """Writes the value of one parameter of an object; a blank one clears it."""
    stored = _read(context)
    wanted = _typed(context, stored)
    check_seen(context, stored.compared, stored.facts)
    if wanted.same:
        return Change(steps=())
    contract, title = context.contract, stored.parameter.title
    before, after = differing(stored.facts, wanted.facts)

    def save() -> object:
        return contract.billing.call(
            wanted.operation,
            cid=contract.cid,
            object_id=context.number("object"),
            parameter_id=stored.parameter.id,
            **wanted.value,
        )

    subject = f"{stored.object_title}: {title}" if stored.object_title else title
    return Change((Step(N_("Value"), save),), before, after, subject)


def _typed(context: ActionContext, stored: _Stored) -> _Wanted:
    """What the fields of the form ask for."""
    fields, parameter = context.fields, stored.parameter
    if parameter.type == TEXT:
        text = fields.multiline("value")
        return _Wanted(OBJECT_TEXT_SAVE, {"text": text}, _value(text), text == parameter.value)
    if parameter.type == LIST:
        item_id = fields.identifier("value", required=False)
        same = item_id == stored.item_id and bool(item_id) == bool(parameter.value)
        return _Wanted(OBJECT_LIST_SAVE, {"item_id": item_id}, _value(_item_title(stored, item_id)), same)
    if parameter.type == DATE:
        chosen = fields.optional_day("value")
        same = chosen == day(parameter.value) and bool(chosen) == bool(parameter.value)
        return _Wanted(OBJECT_DATE_SAVE, {"day": chosen}, _value(chosen.strftime(DAY) if chosen else ""), same)
    address = typed_address(fields, context.address_book, stored.address)
    same = address_mark(address) == address_mark(stored.address)
    return _Wanted(OBJECT_ADDRESS_SAVE, {"address": address}, address_facts(address), same)


def _value(text: str) -> tuple[Fact, ...]:
    return (Fact(N_("Value"), text),)


def _item_title(stored: _Stored, item_id: int) -> str:
    if not item_id:
        return ""
    title = next((item.title for item in stored.items if item.id == item_id), None)
    if title is None:
        refuse("value", N_("Choose one of the list."))
    return title


def _read(context: SectionContext) -> _Stored:
    """Object, parameter and what its type needs, all at once as far as the argument ``kind`` tells the type ahead."""
    contract, billing = context.contract, context.contract.billing
    object_id, parameter_id, expected = context.number("object"), context.number("parameter"), context.number("kind")
    which = {"object_id": object_id, "parameter_id": parameter_id}
    listing = billing.start(OBJECT_PARAMETERS, cid=contract.cid, object_id=object_id)
    early_items = billing.start(OBJECT_LIST_VALUES, **which) if expected == LIST else None
    early_address = billing.start(OBJECT_ADDRESS, **which) if expected == ADDRESS else None
    owner = find_object(billing.call(OBJECTS, cid=contract.cid), object_id)
    parameter = _find(listing.result(), parameter_id)
    if parameter.type not in EDITABLE:
        raise NoForm(title=parameter.title)
    items: tuple[IdTitle, ...] = ()
    address = None
    if parameter.type == LIST:
        items = (early_items or billing.start(OBJECT_LIST_VALUES, **which)).result()
    elif parameter.type == ADDRESS:
        address = (early_address or billing.start(OBJECT_ADDRESS, **which)).result()
    return _Stored(owner.title, parameter, items, address)


def _find(listed: tuple[ObjectParameter, ...], number: int) -> ObjectParameter:
    found = next((parameter for parameter in listed if parameter.id == number), None)
    if found is None:
        raise Gone(what=number)
    return found
