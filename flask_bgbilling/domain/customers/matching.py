"""Which customer a contract belongs to (customers-and-links.md 2.3). Nothing here reads a billing or writes anything.

First by the title, which a parameter has to confirm; then by a parameter, which the title has to resemble; else it is a
new customer. Every decision tells what it rests on and whom else it looked at.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final, Literal

from msgspec import Struct

from flask_bgbilling.config.creator import CreatorServer, CreatorSettings
from flask_bgbilling.domain.customers.asking import Asking
from flask_bgbilling.domain.customers.names import anchor, distance, includes, names, with_spelling
from flask_bgbilling.ports import (
    Customer,
    CustomerAddress,
    CustomerEmail,
    CustomerParameter,
    CustomerParameterType,
    CustomerPhone,
    CustomerQuery,
    Customers,
    CustomerValue,
)

CustomerType = CustomerParameterType

Outcome = Literal["short", "confirmed", "alike", "new", "several"]
"""``short``: the title is too short to go by. ``confirmed``: found by its title, and a parameter agrees. ``alike``:
found by a parameter, and the title is near enough. ``several``: more than one answers, and a person is to choose."""

Phase = Literal["title", "parameter"]

MOST_CANDIDATES: Final = 300
TOLD_CANDIDATES: Final = 20
LONGEST_COMPARED: Final = 100
"""Titles that are further apart than this are told as this: nobody needs to know how much further."""

_NOT_DIGITS = re.compile(r"[^0-9]+")
_BLANKS = re.compile(r"\s+")
_LETTER = re.compile(r"[^\W\d_]")


class ContractValue(Struct, frozen=True):
    """A value of a contract's parameter: its text as the billing displays it, and what it is made of by its type.

    ``readable`` is false when its parts could not be read; the text is there nevertheless.
    """

    text: str
    day: date | None = None
    item_id: int = 0
    phones: tuple[CustomerPhone, ...] = ()
    emails: tuple[CustomerEmail, ...] = ()
    address: CustomerAddress | None = None
    readable: bool = True

    @property
    def told(self) -> str:
        """The value for people: phones and addresses without the marks that billings put around comments."""
        parts = [phone.number for phone in self.phones] or [email.address for email in self.emails]
        return ", ".join(parts) or self.text


class ContractForImport(Struct, frozen=True):
    """What the import knows of a contract. ``title`` is its comment, ``values`` stand by the parameter's id."""

    billing_id: str
    cid: int
    number: str
    title: str
    values: Mapping[int, ContractValue] = {}


class Evidence(Struct, frozen=True):
    """Why a customer was taken, or whom else the look fell on.

    ``parameter_id`` is the customer's, ``source_id`` the contract's parameter, ``value`` what stands there;
    ``distance`` is how far the titles are apart, ``None`` where one includes the other.
    """

    phase: Phase
    customer_id: int
    title: str
    accepted: bool
    parameter_id: int = 0
    source_id: int = 0
    value: str = ""
    distance: int | None = None


class ImportDecision(Struct, frozen=True):
    """What is to be done with a contract.

    ``customer`` is whom it belongs to, ``None`` for a new one, a short title and several. ``new_title`` is the title
    that the customer gets, ``None`` to leave it. ``evidence`` are all that were looked at, accepted ones first.
    """

    outcome: Outcome
    customer: Customer | None = None
    new_title: str | None = None
    evidence: tuple[Evidence, ...] = ()

    @property
    def accepted(self) -> tuple[Evidence, ...]:
        """What speaks for somebody."""
        return tuple(one for one in self.evidence if one.accepted)


class ImportRules(Struct, frozen=True):
    """The rules of one billing, with the parameters that the host's customers have."""

    creator: CreatorSettings
    server: CreatorServer
    parameters: Mapping[int, CustomerParameter]

    def type_of(self, parameter_id: int) -> CustomerType | None:
        """The type of a customer's parameter; ``None`` when there is none of the kind."""
        parameter = self.parameters.get(parameter_id)
        return parameter.type if parameter is not None else None

    def sources(self, contract: ContractForImport, parameter_id: int) -> Iterator[tuple[int, ContractValue]]:
        """The values of a contract for a customer's parameter, in the order of the mapping."""
        for number in self.server.sources.get(parameter_id, ()):
            value = contract.values.get(number)
            if value is not None and value.text.strip():
                yield number, value


def queries(contract: ContractForImport, rules: ImportRules) -> Iterator[CustomerQuery]:
    """What :func:`decide` is going to search for, as far as it does not depend on what is found."""
    wanted = contract.title.strip()
    if _is_short(wanted, rules):
        return
    for parameter_id in dict.fromkeys((*rules.creator.confirm, *rules.creator.search)):
        for _, value in rules.sources(contract, parameter_id):
            query = _holders(rules.type_of(parameter_id), parameter_id, value)
            if query is not None:
                yield query
    if all(_sought(kind, value) for _, kind, _, value in _confirming(contract, rules)):
        yield CustomerQuery(TOLD_CANDIDATES, title=wanted)
    else:
        yield from _titles(wanted)


def decide(contract: ContractForImport, rules: ImportRules, customers: Customers | Asking) -> ImportDecision:
    """Finds the customer of a contract. Only reads customers, by what was asked of them already where there is such."""
    wanted = contract.title.strip()
    if _is_short(wanted, rules):
        return ImportDecision("short")
    seen: list[Evidence] = []
    asking = customers if isinstance(customers, Asking) else Asking(customers)
    for phase in (_by_title(contract, wanted, rules, asking), _by_parameters(contract, wanted, rules, asking)):
        found: dict[int, tuple[Customer, Evidence]] = {}
        for customer, evidence in phase:
            if not evidence.accepted:
                seen.append(evidence)
                continue
            found.setdefault(customer.id, (customer, evidence))
            if not rules.creator.review_several:
                break
        if found:
            accepted = tuple(evidence for _, evidence in found.values())
            told = (*accepted[:TOLD_CANDIDATES], *seen[:TOLD_CANDIDATES])
            if len(found) > 1:
                return ImportDecision("several", evidence=told)
            customer = next(iter(found.values()))[0]
            return _taken(customer, accepted[0], wanted, told)
    return ImportDecision("new", evidence=tuple(seen[:TOLD_CANDIDATES]))


def _is_short(wanted: str, rules: ImportRules) -> bool:
    return len(wanted) < rules.server.shortest_title or not any(name.core for name in names(wanted))


def _taken(customer: Customer, evidence: Evidence, wanted: str, told: tuple[Evidence, ...]) -> ImportDecision:
    if evidence.phase == "title":
        return ImportDecision("confirmed", customer, None, told)
    title = with_spelling(customer.title, wanted)
    return ImportDecision("alike", customer, title if title != customer.title.strip() else None, told)


def _by_title(
    contract: ContractForImport, wanted: str, rules: ImportRules, asking: Asking
) -> Iterator[tuple[Customer, Evidence]]:
    """Customers whose title includes the wanted one, each with the first parameter that confirms it.

    Whoever holds a confirming value is asked for by it, and only then looked at by title: titles are the dearest search
    that a host has. By title are asked for those that only a reading of their values can confirm, and, where nobody is
    confirmed, namesakes to tell of.
    """
    asked = _confirming(contract, rules)
    by_value: dict[int, Customer] = {}
    sure: dict[int, Evidence] = {}
    unsought = False
    for parameter_id, kind, number, value in asked:
        query = _holders(kind, parameter_id, value)
        holders = asking.find(query) if query is not None else ()
        unsought = unsought or not _sought(kind, value) or len(holders) >= MOST_CANDIDATES
        for customer in holders:
            if includes(customer.title, wanted):
                by_value[customer.id] = customer
                if kind != CustomerType.ADDRESS:  # of an address, what is blank was not searched for
                    sure.setdefault(customer.id, _confirmed(customer, parameter_id, number, value))
    titled = _titled(wanted, asking) if unsought else []
    candidates = {
        customer.id: customer for customer in (*titled, *sorted(by_value.values(), key=lambda one: one.title))
    }
    unsure = [customer_id for customer_id in candidates if customer_id not in sure]
    wanted_ids = list(dict.fromkeys(parameter_id for parameter_id, *_ in asked))
    known = asking.customers.values(unsure, wanted_ids) if unsure else {}
    confirmed = False
    for customer in candidates.values():
        evidence = sure.get(customer.id)
        for parameter_id, kind, number, value in asked if evidence is None else ():
            if agrees(kind, known.get((customer.id, parameter_id)), value):
                evidence = _confirmed(customer, parameter_id, number, value)
                break
        confirmed = confirmed or evidence is not None
        yield customer, evidence or Evidence("title", customer.id, customer.title, False)
    if not confirmed and not unsought:
        for customer in asking.find(CustomerQuery(TOLD_CANDIDATES, title=wanted)):
            if customer.id not in candidates and includes(customer.title, wanted):
                yield customer, Evidence("title", customer.id, customer.title, False)


def _confirming(
    contract: ContractForImport, rules: ImportRules
) -> list[tuple[int, CustomerType | None, int, ContractValue]]:
    """What may confirm a title: the customer's parameter, its type, and the contract's first parameter for it."""
    return [
        (parameter_id, rules.type_of(parameter_id), number, value)
        for parameter_id in rules.creator.confirm
        for number, value in list(rules.sources(contract, parameter_id))[:1]
    ]


def _confirmed(customer: Customer, parameter_id: int, number: int, value: ContractValue) -> Evidence:
    return Evidence("title", customer.id, customer.title, True, parameter_id, number, value.told)


def _titles(wanted: str) -> Iterator[CustomerQuery]:
    """The searches for whoever has the title: as it is spelled, then by a piece that every spelling has."""
    yield CustomerQuery(MOST_CANDIDATES, title=wanted)
    piece = anchor(wanted)
    if len(piece) > 2 and len(piece) != len(wanted):
        yield CustomerQuery(MOST_CANDIDATES, title=piece)


def _titled(wanted: str, asking: Asking) -> list[Customer]:
    """Customers whose title includes the wanted one, those that spell it just so first."""
    found: dict[int, Customer] = {}
    for query in _titles(wanted):
        if len(found) < MOST_CANDIDATES:
            for customer in asking.find(query):
                found.setdefault(customer.id, customer)
    return [customer for customer in found.values() if includes(customer.title, wanted)][:MOST_CANDIDATES]


def _by_parameters(
    contract: ContractForImport, wanted: str, rules: ImportRules, asking: Asking
) -> Iterator[tuple[Customer, Evidence]]:
    """Customers that a key parameter leads to, each with the distance of its title."""
    for parameter_id in rules.creator.search:
        most = rules.creator.distance(parameter_id)
        kind = rules.type_of(parameter_id)
        for number, value in rules.sources(contract, parameter_id):
            query = _holders(kind, parameter_id, value)
            for customer in asking.find(query) if query is not None else ():
                apart = distance(customer.title, wanted, max(most, LONGEST_COMPARED))
                accepted = most < 0 or apart <= most
                yield (
                    customer,
                    Evidence(
                        "parameter", customer.id, customer.title, accepted, parameter_id, number, value.told, apart
                    ),
                )


def _sought(kind: CustomerType | None, value: ContractValue) -> bool:
    """Whether everybody whom the value confirms is found by it."""
    match kind:
        case CustomerType.DATE:
            return value.day is None
        case CustomerType.ADDRESS:
            # A host may or may not tell "15а" from "15А".
            parts = value.address
            return parts is not None and parts.house_id > 0 and not _LETTER.search(parts.flat + parts.room)
        case _:
            return True


def _holders(kind: CustomerType | None, parameter_id: int, value: ContractValue) -> CustomerQuery | None:
    """The search for whoever holds a value; ``None`` for one that cannot be searched for."""
    match kind:
        case CustomerType.ADDRESS if value.address is not None:
            return CustomerQuery(MOST_CANDIDATES, parameter_id=parameter_id, address=value.address)
        case CustomerType.PHONE if value.phones:
            digits = tuple(spelling for phone in value.phones for spelling in spellings(phone.number))
            return CustomerQuery(MOST_CANDIDATES, parameter_id=parameter_id, phones=digits) if digits else None
        case CustomerType.TEXT:
            return CustomerQuery(MOST_CANDIDATES, parameter_id=parameter_id, text=value.text.strip())
        case _:
            return None


def agrees(kind: CustomerType | None, ours: CustomerValue | None, theirs: ContractValue) -> bool:
    """Whether a customer's value confirms that of a contract."""
    match kind, ours:
        case CustomerType.TEXT, str():
            return bool(ours.strip()) and ours.strip() == theirs.text.strip()
        case CustomerType.DATE, date():
            return theirs.day == ours
        case CustomerType.PHONE, tuple():
            numbers = {phone_key(phone.number) for phone in theirs.phones} - {""}
            return any(phone_key(phone.number) in numbers for phone in ours if isinstance(phone, CustomerPhone))
        case CustomerType.ADDRESS, tuple():
            return any(_same_place(address, theirs) for address in ours if isinstance(address, CustomerAddress))
        case _:
            return False


def _same_place(ours: CustomerAddress, theirs: ContractValue) -> bool:
    if theirs.address is not None and theirs.address.house_id:
        return place(ours) == place(theirs.address)
    # The billing does not tell the house: what it displays is all there is.
    return bool(ours.text.strip()) and _line(ours.text) == _line(theirs.text)


def place(address: CustomerAddress) -> tuple[int, str, str]:
    """House, flat and room as they are compared."""
    house, flat, room = address.place
    return house, flat.casefold(), room.casefold()


def phone_key(number: str) -> str:
    """A phone as it is compared: its digits, a Russian number with 7 in front however it was written."""
    digits = _NOT_DIGITS.sub("", number)
    if len(digits) == 11 and digits[0] == "8":
        return f"7{digits[1:]}"
    return f"7{digits}" if len(digits) == 10 and digits[0] == "9" else digits


def spellings(number: str) -> tuple[str, ...]:
    """The digits that the same phone may be kept by."""
    key = phone_key(number)
    if len(key) == 11 and key[0] == "7":
        return key, f"8{key[1:]}", key[1:]
    return (key,) if key else ()


def _line(text: str) -> str:
    return _BLANKS.sub(" ", text).strip(" ,").casefold()
