"""What a pair of the copying rules makes of a customer's value (customers-and-links.md 4): pure, nothing is asked.

An empty value of the customer sends nothing and clears nothing.
"""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from msgspec import Struct

from flask_bgbilling.config.mapping import ParameterPair
from flask_bgbilling.domain.contracts.parameter_contacts import MOST_DIGITS
from flask_bgbilling.domain.contracts.parameter_values import LONGEST_TEXT
from flask_bgbilling.domain.contracts.parameters import split_emails, split_phones
from flask_bgbilling.errors import N_
from flask_bgbilling.ports.customers import (
    Customer,
    CustomerAddress,
    CustomerEmail,
    CustomerParameter,
    CustomerParameterType,
    CustomerPhone,
    CustomerValue,
)
from flask_bgbilling.wire.dto.addresses import AddressParts
from flask_bgbilling.wire.dto.parameters import Email, ListValue, ParameterType, Phone

NOT_SET: Final = N_("The customer has no value.")
NO_PARAMETER: Final = N_("Customers have no such parameter.")
NO_PAIR: Final = N_("The value has no pair in the copying rules.")

KINDS: Final[Mapping[CustomerParameterType, ParameterType]] = MappingProxyType(
    {
        CustomerParameterType.TEXT: ParameterType.TEXT,
        CustomerParameterType.DATE: ParameterType.DATE,
        CustomerParameterType.LIST: ParameterType.LIST,
        CustomerParameterType.PHONE: ParameterType.PHONE,
        CustomerParameterType.EMAIL: ParameterType.EMAIL,
        CustomerParameterType.ADDRESS: ParameterType.ADDRESS,
    }
)
"""Which type of the contract's parameters takes a customer's value."""


class Wanted(Struct, frozen=True):
    """What a parameter of the contract is to hold.

    ``value`` is what the billing's parameter of the type is written with, ``text`` how it is told to people.
    """

    type: ParameterType
    value: Any
    text: str


class Nothing(Struct, frozen=True):
    """Why a pair has nothing to copy, as a message id; ``type`` is the parameter's, where it is known."""

    why: str
    type: ParameterType = ParameterType.UNKNOWN


def wanted_value(
    pair: ParameterPair, customer: Customer, parameter: CustomerParameter | None, value: CustomerValue | None
) -> Wanted | Nothing:
    """What the pair makes of the customer's ``value``; ``parameter`` is that of its left side, if there is one."""
    if pair.customer_id is None:
        return _text(customer.variants[0])
    if parameter is None:
        return Nothing(NO_PARAMETER)
    if value is None:
        return Nothing(NOT_SET, KINDS[parameter.type])
    if parameter.type is CustomerParameterType.LIST:
        return _chosen(pair, parameter, value)
    return _PLAIN[parameter.type](value)


def _text(value: object) -> Wanted | Nothing:
    text = str(value).strip()[:LONGEST_TEXT].strip()
    return Wanted(ParameterType.TEXT, text, text) if text else Nothing(NOT_SET, ParameterType.TEXT)


def _day(value: object) -> Wanted | Nothing:
    if not isinstance(value, date):
        return Nothing(NOT_SET, ParameterType.DATE)
    return Wanted(ParameterType.DATE, value, f"{value:%d.%m.%Y}")


def _chosen(pair: ParameterPair, parameter: CustomerParameter, value: object) -> Wanted | Nothing:
    """The billing's list holds one value: the customer's first, in the order of the host's list.

    Where values are paired and the first has no pair nothing is copied; a later one would not be what is meant.
    """
    chosen = value if isinstance(value, frozenset) else frozenset()
    ordered = [item for item in parameter.items if item in chosen]
    ordered += sorted(chosen - set(ordered))
    if not ordered:
        return Nothing(NOT_SET, ParameterType.LIST)
    first = ordered[0]
    paired = pair.values.get(first) if pair.values else first
    if paired is None:
        return Nothing(NO_PAIR, ParameterType.LIST)
    return Wanted(ParameterType.LIST, ListValue(paired), parameter.items.get(first, f"ID {first}"))


def _phones(value: object) -> Wanted | Nothing:
    """Every number once, by its digits, and no longer than the billing stores."""
    phones: dict[str, Phone] = {}
    for phone in value if isinstance(value, tuple) else ():
        if isinstance(phone, CustomerPhone):
            digits = "".join(character for character in phone.number if character in "0123456789")
            if digits and len(digits) <= MOST_DIGITS:
                phones.setdefault(digits, Phone(digits, " ".join(phone.comment.split())))
    if not phones:
        return Nothing(NOT_SET, ParameterType.PHONE)
    return Wanted(
        ParameterType.PHONE, tuple(phones.values()), _told((one.number, one.comment) for one in phones.values())
    )


def _emails(value: object) -> Wanted | Nothing:
    """Addresses that can be written to, in small letters: the billing drops others without a word."""
    emails: dict[str, Email] = {}
    for email in value if isinstance(value, tuple) else ():
        if isinstance(email, CustomerEmail):
            one = Email(email.address.strip().lower(), " ".join(email.name.split()))
            if one.mailable:
                emails.setdefault(one.address, one)
    if not emails:
        return Nothing(NOT_SET, ParameterType.EMAIL)
    return Wanted(
        ParameterType.EMAIL, tuple(emails.values()), _told((one.address, one.name) for one in emails.values())
    )


def _address(value: object) -> Wanted | Nothing:
    """The first address: a contract's parameter holds one."""
    first = value[0] if isinstance(value, tuple) and value else None
    if not isinstance(first, CustomerAddress) or first.house_id <= 0:
        return Nothing(NOT_SET, ParameterType.ADDRESS)
    parts = AddressParts(
        house_id=first.house_id,
        flat=first.flat.strip(),
        room=first.room.strip(),
        entrance=first.entrance if first.entrance > 0 else None,
        floor=first.floor if first.floor not in (0, -1) else None,
        comment=" ".join(first.comment.split()),
    )
    return Wanted(ParameterType.ADDRESS, parts, first.text or f"ID {first.house_id}")


def plainly(kind: ParameterType, text: str) -> str:
    """What a billing displays of a value, told as this module tells values: a line for each phone and e-mail."""
    if kind is ParameterType.PHONE and (phones := split_phones(text)):
        return _told((one.number, one.comment) for one in phones)
    if kind is ParameterType.EMAIL and (emails := split_emails(text)):
        return _told((one.address, one.name) for one in emails)
    return text


def _told(contacts: Any) -> str:
    return "\n".join(f"{contact} ({words})" if words else contact for contact, words in contacts)


_PLAIN: Final[Mapping[CustomerParameterType, Callable[[object], Wanted | Nothing]]] = MappingProxyType(
    {
        CustomerParameterType.TEXT: _text,
        CustomerParameterType.DATE: _day,
        CustomerParameterType.PHONE: _phones,
        CustomerParameterType.EMAIL: _emails,
        CustomerParameterType.ADDRESS: _address,
    }
)
