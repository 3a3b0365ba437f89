"""What a contract's parameters make of a customer's (customers-and-links.md 2.5): pure, nothing is asked or written.

Text and date take the place of what stood there; phones, addresses, list items and e-mails are added to it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

import msgspec
from msgspec import Struct

from flask_bgbilling.domain.customers.matching import ContractForImport, ContractValue, ImportRules, phone_key, place
from flask_bgbilling.errors import N_
from flask_bgbilling.ports import (
    CustomerAddress,
    CustomerEmail,
    CustomerParameter,
    CustomerParameterType,
    CustomerPhone,
    CustomerValue,
)
from flask_bgbilling.wire.dto.parameters import Email

NO_DATE: Final = N_("“%(value)s” is no date.")
NO_PAIR: Final = N_("The mapping has no pair for the list value “%(value)s”.")
NO_ITEM: Final = N_("The customers' list has no value %(value)s.")
NO_EMAIL: Final = N_("“%(value)s” is no e-mail address.")
NO_HOUSE: Final = N_("The billing does not tell the house of the address “%(value)s”.")
NO_NUMBER: Final = N_("“%(value)s” is no phone number.")

_STORED: Final[Mapping[CustomerParameterType, Any]] = {
    CustomerParameterType.TEXT: str,
    CustomerParameterType.DATE: date,
    CustomerParameterType.LIST: frozenset[int],
    CustomerParameterType.PHONE: tuple[CustomerPhone, ...],
    CustomerParameterType.EMAIL: tuple[CustomerEmail, ...],
    CustomerParameterType.ADDRESS: tuple[CustomerAddress, ...],
}


class Note(Struct, frozen=True):
    """What of a contract could not be taken: a message id with the place ``value``."""

    parameter_id: int
    message: str
    value: str


class Taken(Struct, frozen=True):
    """A parameter of the customer that changes: from ``before`` (``None``: not set) to ``after``."""

    parameter_id: int
    before: CustomerValue | None
    after: CustomerValue


def stored(value: CustomerValue | None) -> Any:
    """A value as JSON holds it."""
    return msgspec.to_builtins(sorted(value) if isinstance(value, frozenset) else value)


def restored(kind: CustomerParameterType, kept: Any) -> CustomerValue | None:
    """A value that :func:`stored` has made; raises ``ValueError`` for anything else."""
    if kept is None:
        return None
    value: CustomerValue = msgspec.convert(kept, _STORED[kind], strict=True)
    return value


def taken(
    contract: ContractForImport, rules: ImportRules, ours: Mapping[int, CustomerValue]
) -> tuple[tuple[Taken, ...], tuple[Note, ...]]:
    """What changes at a customer whose values are ``ours``, by parameter, and what could not be taken."""
    changes, notes = [], []
    for parameter_id in rules.creator.imported:
        parameter = rules.parameters.get(parameter_id)
        values = [value for _, value in rules.sources(contract, parameter_id)]
        if parameter is None or not values:
            continue
        before = ours.get(parameter_id)
        after, problems = _merged(parameter, before, values, rules.server.items.get(parameter_id))
        notes += [Note(parameter_id, message, value[:200]) for message, value in problems]
        if after and after != before:
            changes.append(Taken(parameter_id, before, after))
    return tuple(changes), tuple(notes)


def united(
    parameter: CustomerParameter, ours: CustomerValue | None, theirs: CustomerValue | None
) -> CustomerValue | None:
    """What two customers have of a parameter when they become one: ours stands where there can be but one."""
    if not ours or not theirs:
        return ours or theirs
    if isinstance(ours, frozenset) and isinstance(theirs, frozenset):
        return ours | theirs
    if isinstance(ours, tuple) and isinstance(theirs, tuple):
        return _added(ours, theirs)
    return ours


Problems = list[tuple[str, str]]


def _merged(
    parameter: CustomerParameter,
    before: CustomerValue | None,
    values: Sequence[ContractValue],
    items: Mapping[int, int] | None,
) -> tuple[CustomerValue | None, Problems]:
    problems: Problems = []
    match parameter.type:
        case CustomerParameterType.TEXT:
            return values[0].text.strip(), problems
        case CustomerParameterType.DATE:
            problems = [(NO_DATE, value.text) for value in values if value.day is None]
            return next((value.day for value in values if value.day is not None), None), problems
        case CustomerParameterType.LIST:
            known = before if isinstance(before, frozenset) else frozenset()
            chosen = {item for value in values if (item := _item(parameter, value, items, problems))}
            return known | chosen, problems
        case CustomerParameterType.PHONE:
            phones = [phone for value in values for phone in _phones(value, problems)]
            return _added(before if isinstance(before, tuple) else (), phones), problems
        case CustomerParameterType.EMAIL:
            emails = [email for value in values for email in _emails(value, problems)]
            return _added(before if isinstance(before, tuple) else (), emails), problems
        case CustomerParameterType.ADDRESS:
            problems = [(NO_HOUSE, value.text) for value in values if value.address is None]
            addresses = [value.address for value in values if value.address is not None]
            return _added(before if isinstance(before, tuple) else (), addresses), problems


def _added(before: tuple[Any, ...], new: Sequence[Any]) -> tuple[Any, ...]:
    """The old ones in their order, then the new ones that are not among them."""
    known = {_key(one) for one in before}
    found = list(before)
    for one in new:
        if (key := _key(one)) not in known:
            known.add(key)
            found.append(one)
    return tuple(found)


def _key(one: CustomerPhone | CustomerEmail | CustomerAddress) -> object:
    if isinstance(one, CustomerPhone):
        return phone_key(one.number)
    return one.address.strip().casefold() if isinstance(one, CustomerEmail) else place(one)


def _item(
    parameter: CustomerParameter, value: ContractValue, items: Mapping[int, int] | None, problems: Problems
) -> int:
    if items is not None and value.item_id not in items:
        problems.append((NO_PAIR, value.text))
        return 0
    item = items[value.item_id] if items is not None else value.item_id
    if item <= 0 or item not in parameter.items:
        problems.append((NO_ITEM, str(item) if item > 0 else value.text))
        return 0
    return item


def _phones(value: ContractValue, problems: Problems) -> Iterator[CustomerPhone]:
    numbers = [CustomerPhone(_digits(phone.number), phone.comment) for phone in value.phones]
    if not any(phone.number for phone in numbers):
        problems.append((NO_NUMBER, value.text))
    return (phone for phone in numbers if phone.number)


def _emails(value: ContractValue, problems: Problems) -> Iterator[CustomerEmail]:
    """E-mails of an e-mail parameter, or those that stand in a text: ``name <address>`` or ``address comment``."""
    pieces = [f"{email.name} <{email.address}>" for email in value.emails] or re.split("[;,\n]", value.text)
    for piece in filter(None, (piece.strip() for piece in pieces)):
        before, bracket, address = piece.rpartition("<")
        if bracket:
            email = Email(address.partition(">")[0].strip().lower(), before.strip().strip('"'))
        else:
            first, _, comment = piece.partition(" ")
            email = Email(first.strip().lower(), comment.strip())
        if email.mailable:
            yield CustomerEmail(email.address, email.name)
        else:
            problems.append((NO_EMAIL, piece))


def _digits(text: str) -> str:
    return "".join(character for character in text if character in "0123456789")
