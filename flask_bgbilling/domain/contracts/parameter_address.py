"""Addresses as forms change them: a house of the host's address book and what is inside it (parameters.md 4.7).

The billing stores the id of a house; the address book has the same ids. A person types street and house, with
suggestions where a script runs; whether the ids still belong to what stands in the fields is decided here.
"""

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from flask_bgbilling.domain.contracts.contract import Contract
from flask_bgbilling.domain.contracts.parameter_values import ParameterValue
from flask_bgbilling.domain.search.addresses import AddressFinder, same_house
from flask_bgbilling.errors import N_
from flask_bgbilling.facts import Fact
from flask_bgbilling.fields import FormFields, record_number, refuse
from flask_bgbilling.hookspecs import ActionContext
from flask_bgbilling.ports import AddressBook, House, NoAddressBook, Street
from flask_bgbilling.wire.dto.addresses import AddressParts
from flask_bgbilling.wire.dto.parameters import Parameter
from flask_bgbilling.wire.ops.addresses import PARAMETER_ADDRESS, PARAMETER_ADDRESS_FORMAT
from flask_bgbilling.wire.ops.parameters_writes import PARAMETER_ADDRESS_SAVE

LONGEST_FLAT, LONGEST_ROOM, LONGEST_COMMENT = 10, 5, 255
"""What the billing's columns hold; it cuts longer ones without a word (database.md, contract parameters)."""
GREATEST_FLOOR = 999

NOWHERE = AddressParts(house_id=0)


class AddressValue(ParameterValue[AddressParts | None]):
    """An address; ``None`` is not set."""

    key = "address"
    saving = PARAMETER_ADDRESS_SAVE

    def start(self, contract: Contract, parameter_id: int) -> Callable[[Parameter], AddressParts | None]:
        """The parts, and at the same time the format by which the billing shows them, where it tells it."""
        billing, wanted = contract.billing, {"cid": contract.cid, "parameter_id": parameter_id}
        parts = billing.start(PARAMETER_ADDRESS, **wanted)
        form = billing.start(PARAMETER_ADDRESS_FORMAT, **wanted) if billing.supports(PARAMETER_ADDRESS_FORMAT) else None

        def finish(parameter: Parameter) -> AddressParts | None:
            found = parts.result()
            key = form.result() if form is not None else ""
            return replace(found, format_key=key) if found is not None else None

        return finish

    def typed(self, context: ActionContext, now: AddressParts | None) -> AddressParts | None:
        """The address in the fields."""
        return typed_address(context.fields, context.address_book, now)

    def arguments(self, value: AddressParts | None) -> Mapping[str, object]:
        """The parts."""
        return {"address": value}

    def facts(self, value: AddressParts | None) -> tuple[Fact, ...]:
        """Street and house, and what is inside."""
        return address_facts(value)

    def seen(self, value: AddressParts | None) -> object:
        """What is stored; titles of streets may change without it."""
        return address_mark(value)


def street_label(parts: AddressParts) -> str:
    """City and street as the address book spells them."""
    return Street(parts.street_id, parts.street, parts.city).label


def address_mark(parts: AddressParts | None) -> object:
    """What of an address the billing stores."""
    if parts is None:
        return None
    inside = (parts.flat, parts.room, parts.entrance, parts.floor, parts.comment)
    return parts.house_id, *inside, parts.format_key


def address_facts(parts: AddressParts | None) -> tuple[Fact, ...]:
    """An address as it is told to people, part by part."""
    known = parts or NOWHERE
    place = ", ".join(text for text in (street_label(known), known.house) if text)
    return (
        Fact(N_("Address"), place or (f"ID {known.house_id}" if known.house_id else "")),
        Fact(N_("Flat, office"), known.flat),
        Fact(N_("Room"), known.room),
        Fact(N_("Entrance"), _written(known.entrance)),
        Fact(N_("Floor"), _written(known.floor)),
        Fact(N_("Comment"), known.comment),
    )


def typed_address(fields: FormFields, book: AddressBook, now: AddressParts | None) -> AddressParts | None:
    """The address in the fields of a form that was opened for ``now``; ``None`` when they are all blank.

    A house that was left alone keeps its id whatever the address book knows of it. Raises ``InvalidField``.
    """
    known = now or NOWHERE
    wanted = replace(
        _housed(fields, book, known),
        flat=fields.text("flat", max(LONGEST_FLAT, len(known.flat))),
        room=fields.text("room", max(LONGEST_ROOM, len(known.room))),
        entrance=_number(fields, "entrance"),
        floor=_number(fields, "floor"),
        comment=fields.text("comment", LONGEST_COMMENT),
        format_key=known.format_key,
    )
    if wanted.house_id or (now is not None and now.house_id == 0):
        return wanted if wanted.house_id or any(fact.value for fact in address_facts(wanted)) else None
    if any((wanted.flat, wanted.room, wanted.entrance, wanted.floor, wanted.comment)):
        refuse("house", N_("Without a house the billing stores no address."))
    return None


def _housed(fields: FormFields, book: AddressBook, known: AddressParts) -> AddressParts:
    """The house of the fields, and nothing inside it yet."""
    if isinstance(book, NoAddressBook):
        return _numbered(fields, known)
    street, house = fields.text("street", 200), fields.text("house", 60)
    if (street, house) == (_line(street_label(known)), _line(known.house)):
        return known
    if not street and not house:
        return NOWHERE
    if not street:
        refuse("street", N_("Choose the street, too."))
    finder = AddressFinder(book)
    chosen = _street(fields, finder, street, known)
    if not house:
        refuse("house", N_("Without a house the billing stores no address."))
    found = _house(fields, book, finder, chosen, house)
    return AddressParts(found.id, city=chosen.city, street_id=chosen.id, street=chosen.title, house=found.label)


def _numbered(fields: FormFields, known: AddressParts) -> AddressParts:
    """A host without an address book: the id of the house itself."""
    number = fields.identifier("house_id", required=False)
    return known if number == known.house_id else AddressParts(number)


def _street(fields: FormFields, finder: AddressFinder, typed: str, known: AddressParts) -> Street:
    """The street whose name stands in the field: the chosen one, the stored one, or the only one of this name."""
    for number in (_id(fields, "street_id"), known.street_id):
        street = finder.street(number) if number else None
        if street is not None and _line(street.label) == typed:
            return street
    found = finder.find(typed).candidates
    alike = tuple(one for one in found if _line(one.label).casefold() == typed.casefold()) or found
    if not alike:
        refuse("street", N_("The address book has no street “%(street)s”."), street=typed[:80])
    if len(alike) > 1:
        named = "; ".join(street.label for street in alike[:5])
        refuse("street", N_("Several streets are called so: %(streets)s. Write the one you mean."), streets=named)
    return alike[0]


def _house(fields: FormFields, book: AddressBook, finder: AddressFinder, street: Street, typed: str) -> House:
    """The house of the street whose number stands in the field."""
    number = _id(fields, "house_id")
    chosen = book.house(number) if number else None
    if chosen is not None and chosen.street_id == street.id and same_house(chosen, typed):
        return chosen
    found = finder.house(street.id, typed)
    if found is None:
        refuse(
            "house",
            N_("%(street)s has no house “%(house)s” in the address book."),
            street=street.label,
            house=typed[:40],
        )
    return found


def _id(fields: FormFields, name: str) -> int:
    """An id that a script has put beside a field; anything else is none: the text decides."""
    return record_number(fields.raw(name).strip()) or 0


def _number(fields: FormFields, name: str) -> int | None:
    """An entrance or a floor. Neither can be 0, a floor not -1: the billing means "none" by them."""
    value = fields.text(name, 20).replace("−", "-")
    if not value:
        return None
    digits = value.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and int(digits) <= GREATEST_FLOOR):
        refuse(name, N_("“%(value)s” is not a number."), value=value)
    number = int(value)
    if number == 0 or (number == -1 and name == "floor"):
        refuse(name, N_("The billing cannot store %(value)s here: it means “none” by it."), value=value)
    if number < 0 and name != "floor":
        refuse(name, N_("The number must be above zero."))
    return number


def _written(number: int | None) -> str:
    return "" if number is None else str(number)


def _line(text: str) -> str:
    return " ".join(text.split())
