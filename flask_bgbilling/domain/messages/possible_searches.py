"""Searches of processes that a message may belong to (messages.md 6). They run in the thread of the request."""

import logging
from collections.abc import Callable, Iterable, Sequence

from flask_bgbilling.config import values
from flask_bgbilling.domain.messages.blocks import optional, parameter_of
from flask_bgbilling.errors import N_, BGBillingError, ConfigurationError
from flask_bgbilling.hookspecs import (
    FoundContract,
    FoundCustomer,
    Keys,
    PossibleProcessContext,
    PossibleProcessSearch,
)
from flask_bgbilling.ports import AddressDirectory, AddressLevel, CustomerAddress, Customers, Messages
from flask_bgbilling.wire.lanes import Pending
from flask_bgbilling.wire.ops.addresses import PARAMETER_ADDRESS

logger = logging.getLogger(__name__)

CITY, ADDRESS = "processCityParamId", "contractAddressParamId"


def of_sender(messages: Messages) -> Callable[[Keys], PossibleProcessSearch]:
    """``MessagePossibleProcessSearchMessageFrom``: processes that have a message of the same sender."""

    def find(context: PossibleProcessContext) -> Sequence[int]:
        sender = context.message.sender
        return messages.process_ids_of_sender(sender, context.limit) if sender.strip() else ()

    return lambda keys: PossibleProcessSearch(find, N_("same sender"))


def of_found(keys: Keys) -> PossibleProcessSearch:
    """``MessagePossibleProcessSearchFoundLinks``: processes that are linked to anything that was found."""

    def find(context: PossibleProcessContext) -> Sequence[int]:
        found: dict[int, None] = {}
        for one in context.found:
            if isinstance(one, FoundContract):
                some = context.processes.of_contract(one.billing_id, one.cid, context.limit)
            else:
                some = context.processes.of_customer(one.id, context.limit)
            found.update(dict.fromkeys(process.id for process in some))
        return tuple(found)

    return PossibleProcessSearch(find, N_("linked to what was found"))


def of_customers_city(directory: AddressDirectory | None) -> Callable[[Keys], PossibleProcessSearch]:
    """``MessagePossibleProcessSearchFoundLinksCustomerAddressCity``: processes of the city of a found customer."""

    def load(keys: Keys) -> PossibleProcessSearch:
        parameter_id = parameter_of(keys, CITY)

        def find(context: PossibleProcessContext) -> Sequence[int]:
            customers = [one.id for one in context.found if isinstance(one, FoundCustomer)]
            if directory is None or context.customers is None or not customers:
                return ()
            houses = {address.house_id for address in _addresses(context.customers, customers)}
            cities = [city for house_id in sorted(houses) if (city := _city_of(directory, house_id))]
            return _of_cities(context, parameter_id, cities)

        return PossibleProcessSearch(find, N_("the customer's city"))

    return load


def of_contracts_city(keys: Keys) -> PossibleProcessSearch:
    """``BGBillingMessagePossibleProcessSearchFoundLinksContractAddressCity``: processes of the city of a contract.

    ``contractAddressParamId`` is the address parameter in every billing, with ``.<BILLING>`` behind it in that one.
    All contracts are asked at once, one call each.
    """
    city_id = parameter_of(keys, CITY)
    usual = optional(keys, ADDRESS, values.positive, 0)
    named = [key.removeprefix(f"{ADDRESS}.") for key in keys if key.startswith(f"{ADDRESS}.")]
    own = {name: parameter_of(keys, f"{ADDRESS}.{name}") for name in named}
    if not usual and not own:
        raise ConfigurationError(detail=f"{ADDRESS} is missing or empty: it is required.")

    def find(context: PossibleProcessContext) -> Sequence[int]:
        asked: list[Pending[object]] = []
        for one in context.found:
            if not isinstance(one, FoundContract):
                continue
            parameter_id = own.get(one.billing_id, usual)
            if not parameter_id:
                logger.warning("possible processes: no address parameter is configured for billing %s", one.billing_id)
                continue
            try:
                billing = context.billing(one.billing_id)
                asked.append(billing.start(PARAMETER_ADDRESS, cid=one.cid, parameter_id=parameter_id))
            except BGBillingError as error:
                logger.warning("possible processes: %s", error)
        return _of_cities(context, city_id, _cities(asked))

    return PossibleProcessSearch(find, N_("the contract's city"))


def _city_of(directory: AddressDirectory, house_id: int) -> int:
    """The city that a house of the directory lies in; 0 when it is not known."""
    houses = directory.houses(limit=1, after_id=house_id - 1)
    if not houses or houses[0].id != house_id:
        return 0
    street_id = houses[0].street_id
    streets = directory.places(AddressLevel.STREET, limit=1, after_id=street_id - 1)
    return streets[0].parent_id if streets and streets[0].id == street_id else 0


def _cities(asked: Iterable[Pending[object]]) -> list[int]:
    """The cities of the addresses that could be read; what a billing refuses contributes nothing."""
    found: dict[int, None] = {}
    for pending in asked:
        try:
            city_id = getattr(pending.result(), "city_id", 0)
        except BGBillingError as error:
            logger.warning("possible processes: an address cannot be read: %s", error)
            continue
        if city_id:
            found[city_id] = None
    return list(found)


def _of_cities(context: PossibleProcessContext, parameter_id: int, cities: Sequence[int]) -> Sequence[int]:
    if not cities:
        return ()
    return context.processes.with_list_value(parameter_id, list(dict.fromkeys(cities)), context.limit)


def _addresses(customers: Customers, customer_ids: Sequence[int]) -> Iterable[CustomerAddress]:
    parameters = [one.id for one in customers.parameters().values() if one.type.value == "address"]
    for value in customers.values(customer_ids, parameters).values():
        yield from (part for part in value if isinstance(part, CustomerAddress)) if isinstance(value, tuple) else ()
