"""What templates are filled with: read from the billing and the host when a template names it, and once.

The contract itself is known already; ``parameter(…)`` costs one request for all parameters, the parts of an address one
more each, ``tariffs`` those of the section. A value that its reader may not see on the card is not written either.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from flask_bgbilling.domain.contracts.contract import Contract
from flask_bgbilling.domain.contracts.info import ContractCard
from flask_bgbilling.domain.contracts.parameters import ShownParameter, shown
from flask_bgbilling.domain.contracts.tariffs import read_tariffs
from flask_bgbilling.domain.documents.sandbox import Lazy, Shown
from flask_bgbilling.domain.documents.writing import Writing
from flask_bgbilling.domain.links.service import ContractLinks
from flask_bgbilling.errors import Forbidden
from flask_bgbilling.ports import Customer, Grant, Person, Users
from flask_bgbilling.wire.codec import day as read_day
from flask_bgbilling.wire.dto.addresses import AddressParts
from flask_bgbilling.wire.dto.parameters import ParameterType
from flask_bgbilling.wire.ops.addresses import PARAMETER_ADDRESS
from flask_bgbilling.wire.ops.contracts import CONTRACT_INFO
from flask_bgbilling.wire.ops.parameters import PARAMETERS

READING = (CONTRACT_INFO, PARAMETERS, PARAMETER_ADDRESS)
LONGEST_VALUE = 20_000

_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """A text that every format can hold: without control characters, line ends as ``\\n``, not endless."""
    return _UNWRITABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))[:LONGEST_VALUE]


class _Text(Shown):
    """A value that is written as its ``text``."""

    text: str

    def __str__(self) -> str:
        return self.text

    def __bool__(self) -> bool:
        return bool(self.text)


@dataclass(frozen=True)
class ContractValues(Shown):
    """``contract``: what its card tells. ``status`` and ``tariffs`` are the billing's words for today."""

    number: str
    comment: str
    id: int
    billing: str
    since: date | None
    until: date | None
    status: str
    is_firm: bool
    is_credit: bool
    limit: Decimal | None
    groups: tuple[str, ...]
    tariffs: tuple[str, ...]


@dataclass(frozen=True)
class BalanceValues(Shown):
    """``balance``: the sums of ``month``, as far as the billing gives them."""

    month: date
    incoming: Decimal
    payments: Decimal
    accrued: Decimal
    charges: Decimal
    outgoing: Decimal
    debt: Decimal
    available: Decimal | None
    reserve: Decimal | None


@dataclass(frozen=True)
class PhoneValue(_Text):
    """A phone as people read it."""

    text: str
    comment: str


@dataclass(frozen=True)
class EmailValue(_Text):
    """An e-mail address."""

    text: str
    name: str


@dataclass(frozen=True)
class AddressValues(Shown):
    """The parts of an address; what it has none of is empty."""

    city: str
    area: str
    quarter: str
    street: str
    house: str
    flat: str
    room: str
    entrance: int | None
    floor: int | None
    comment: str


class ParameterValues(_Text):
    """``parameter(12)``: a parameter of the contract; written as the billing formats it, phones as people read them.

    ``day`` is set for dates, ``flag`` for flags, ``phones`` and ``emails`` for theirs; ``address`` reads its parts.
    """

    def __init__(self, parameter: ShownParameter | None, address: Callable[[int], AddressParts | None]) -> None:
        self._parameter = parameter
        self._address = address
        value = parameter.value if parameter is not None else ""
        self.title = clean(parameter.title) if parameter is not None else ""
        phones = parameter.phones if parameter is not None else ()
        emails = parameter.emails if parameter is not None else ()
        self.phones = tuple(PhoneValue(clean(phone.text), clean(phone.comment)) for phone in phones)
        self.emails = tuple(EmailValue(clean(email.address), clean(email.name)) for email in emails)
        self.flag = parameter.switched if parameter is not None else None
        is_day = parameter is not None and parameter.type is ParameterType.DATE
        self.day = read_day(value) if is_day else None
        self.text = ", ".join(phone.text for phone in self.phones) or clean(value)

    @cached_property
    def address(self) -> AddressValues | None:
        """The parts: one request; ``None`` for what is no address or not set."""
        parameter = self._parameter
        if parameter is None or parameter.type is not ParameterType.ADDRESS or not parameter.value:
            return None
        parts = self._address(parameter.id)
        if parts is None:
            return None
        return AddressValues(
            city=clean(parts.city),
            area=clean(parts.area),
            quarter=clean(parts.quarter),
            street=clean(parts.street),
            house=clean(parts.house),
            flat=clean(parts.flat),
            room=clean(parts.room),
            entrance=parts.entrance,
            floor=parts.floor,
            comment=clean(parts.comment),
        )


@dataclass(frozen=True)
class TariffValues(_Text):
    """One of ``tariffs``: what holds today, personal tariffs included; written as its title."""

    text: str
    since: date | None
    until: date | None
    comment: str


class CustomerValues(_Text):
    """``customer``: the contract's customer in the host; written as its title. ``value(14)`` is a parameter's text."""

    def __init__(self, customer: Customer, values: Callable[[int], str]) -> None:
        self.id = customer.id
        self.text = clean(customer.variants[0])
        self.value = values


class DocumentValues(Shown):
    """``document``: what is made. Whether its number was asked for is noted: only then it is filled once more."""

    def __init__(self, title: str, day: date, author: Person, number: str, counter: int) -> None:
        self.title = title
        self.day = day
        self.author = clean(author.name)
        self._number, self._counter = number, counter
        self._asked: list[str] = []

    @property
    def number(self) -> str:
        """The document's number."""
        self._asked.append("number")
        return self._number

    @property
    def counter(self) -> int:
        """The count behind the number."""
        self._asked.append("counter")
        return self._counter

    def numbered(self, number: str, counter: int) -> bool:
        """Gives it its number; whether something was written of the former one."""
        self._number, self._counter = clean(number), counter
        return bool(self._asked)


class Permissions:
    """What the person who makes a document may see of a contract of this billing."""

    def __init__(self, users: Users, person: Person, billing_id: str) -> None:
        self._users = users
        self._person = person
        self._billing_id = billing_id

    def need(self, permission: str) -> Grant:
        """The person's grant; raises ``Forbidden``."""
        grant = self._users.grant(self._person, permission)
        if grant is None or not grant.covers_billing(self._billing_id):
            raise Forbidden(permission=permission)
        return grant


class ContractData:
    """Everything that a template may name, for one contract and one person."""

    def __init__(
        self,
        contract: Contract,
        card: ContractCard,
        permissions: Permissions,
        links: ContractLinks | None,
        document: DocumentValues,
        today: date,
    ) -> None:
        self._contract = contract
        self._card = card
        self._permissions = permissions
        self._links = links
        self.document = document
        self._today = today
        self._given: dict[int, ParameterValues] = {}

    def variables(self, writing: Writing) -> dict[str, object]:
        """By the names that templates use."""
        return {
            "contract": Lazy(lambda: self.contract),
            "balance": Lazy(lambda: self._balance),
            "tariffs": Lazy(lambda: self._tariffs),
            "customer": Lazy(lambda: self._customer(writing)),
            "parameter": self._parameter,
            "document": self.document,
            "today": self._today,
            "billing": clean(self._card.billing_title),
        }

    @cached_property
    def contract(self) -> ContractValues:
        """The card as it was read."""
        card = self._card
        return ContractValues(
            number=clean(card.title),
            comment=clean(card.comment),
            id=card.cid,
            billing=clean(card.billing_title),
            since=card.period.since,
            until=card.period.until,
            status=clean(card.status),
            is_firm=card.face == 1,
            is_credit=card.mode == 0,
            limit=card.limit,
            groups=tuple(clean(group.title) for group in card.groups),
            tariffs=tuple(clean(tariff.title) for tariff in card.tariffs),
        )

    @cached_property
    def _balance(self) -> BalanceValues | None:
        self._permissions.need("contract.balance.read")
        known = self._card.balance
        if known is None:
            return None
        return BalanceValues(
            known.month,
            known.incoming,
            known.payments,
            known.accrued,
            known.charges,
            known.outgoing,
            self._card.debt,
            known.available,
            known.reserve,
        )

    @cached_property
    def _tariffs(self) -> tuple[TariffValues, ...]:
        self._permissions.need("contract.tariffs.read")
        current = read_tariffs(self._contract, self._today).current
        return tuple(
            TariffValues(clean(line.title), line.period.since, line.period.until, clean(line.comment))
            for line in current
        )

    @cached_property
    def _parameters(self) -> dict[int, ShownParameter]:
        listed = self._contract.billing.call(PARAMETERS, cid=self._contract.cid)
        return {one.id: shown(one) for one in listed.parameters if one.type is not ParameterType.SEPARATOR}

    def _parameter(self, number: int) -> ParameterValues:
        """A parameter by its number; one that the contract does not have is empty."""
        if not isinstance(number, int) or isinstance(number, bool):
            raise TypeError("parameter(…) takes the number of a parameter")
        grant = self._permissions.need("contract.parameters.read")
        if not grant.covers_parameter(number):
            raise Forbidden(permission=f"contract.parameters.read, parameterIds={number}")
        if number not in self._given:
            self._given[number] = ParameterValues(self._parameters.get(number), self._address)
        return self._given[number]

    def _address(self, number: int) -> AddressParts | None:
        return self._contract.billing.call(PARAMETER_ADDRESS, cid=self._contract.cid, parameter_id=number)

    def _customer(self, writing: Writing) -> CustomerValues | None:
        links = self._links
        if links is None:
            return None
        self._permissions.need("contract.link.read")
        number = links.customer_of(self._contract.billing.id, self._contract.cid)
        customer = links.customers.get(number) if number is not None else None
        if customer is None:
            return None
        customer_id = customer.id

        def value(parameter_id: int) -> str:
            known = links.customers.values([customer_id], [parameter_id]).get((customer_id, parameter_id))
            parameter = links.customers.parameters().get(parameter_id)
            return ", ".join(_written(known, dict(parameter.items) if parameter else {}, writing))

        return CustomerValues(customer, value)


def _written(value: object, items: dict[int, str], writing: Writing) -> Iterator[str]:
    """A customer's value as texts."""
    if isinstance(value, datetime | date):
        yield writing.day(value)
    elif isinstance(value, frozenset):
        yield from (clean(items.get(number, str(number))) for number in sorted(value))
    elif isinstance(value, tuple):
        for one in value:
            yield clean(str(getattr(one, "text", "") or getattr(one, "number", "") or getattr(one, "address", "")))
    elif value is not None:
        yield clean(str(value))
