"""Reading contracts for the import: the list of parameters, then the parts of the few that matter, each once.

Several contracts are read side by side in the lane of their billing; what comes of one does not touch the others.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeVar

from msgspec import Struct

from flask_bgbilling.domain.contracts.parameters import split_emails, split_phones
from flask_bgbilling.domain.customers.matching import ContractForImport, ContractValue
from flask_bgbilling.errors import BillingError, NoRights, Refused, WrongPassword
from flask_bgbilling.ports import CustomerAddress, CustomerEmail, CustomerPhone
from flask_bgbilling.wire.codec import day
from flask_bgbilling.wire.dto.addresses import AddressParts
from flask_bgbilling.wire.dto.parameters import Email, ListValue, Parameter, ParameterList, ParameterType, Phone
from flask_bgbilling.wire.dto.search import FoundContract
from flask_bgbilling.wire.lanes import Pending
from flask_bgbilling.wire.ops.addresses import PARAMETER_ADDRESS
from flask_bgbilling.wire.ops.parameters import PARAMETER_EMAILS, PARAMETER_LIST, PARAMETER_PHONES, PARAMETERS
from flask_bgbilling.wire.session import Billing

T = TypeVar("T")

AHEAD: Final = 16
"""How many contracts are read at the same time: enough for the threads of a lane, few enough for its deadlines."""


class ReadContract(Struct, frozen=True):
    """What reading a contract gave: the contract, or why it could not be read."""

    found: FoundContract
    contract: ContractForImport | None
    problem: BillingError | None = None


def read_one(
    billing: Billing, found: FoundContract, wanted: frozenset[int], *, group_only: bool = True
) -> ContractForImport:
    """One contract with the wanted parameters; those beyond its group without ``group_only``.

    Raises the billing's error.
    """
    read = next(read_contracts(billing, (found,), wanted, group_only=group_only))
    if read.contract is None:
        assert read.problem is not None
        raise read.problem
    return read.contract


def read_contracts(
    billing: Billing, contracts: Iterable[FoundContract], wanted: frozenset[int], *, group_only: bool = True
) -> Iterator[ReadContract]:
    """Contracts with the wanted parameters in their order, some of them read ahead."""
    listing: deque[tuple[FoundContract, Pending[ParameterList]]] = deque()
    taking: deque[tuple[FoundContract, Callable[[], ContractForImport]]] = deque()
    waiting = iter(contracts)
    while True:
        while len(listing) < AHEAD and (found := next(waiting, None)) is not None:
            listing.append((found, billing.start(PARAMETERS, cid=found.cid, group_only=group_only)))
        # The oldest list was asked for long ago: its parts are begun while those of others are under way.
        if listing:
            found, pending = listing.popleft()
            taking.append((found, _begin(billing, found, pending, wanted)))
            if len(taking) < AHEAD // 2:
                continue
        if not taking:
            return
        found, finish = taking.popleft()
        try:
            yield ReadContract(found, finish())
        except BillingError as problem:
            yield ReadContract(found, None, problem)


def _begin(
    billing: Billing, found: FoundContract, listed: Pending[ParameterList], wanted: frozenset[int]
) -> Callable[[], ContractForImport]:
    try:
        parameters = [one for one in listed.result().parameters if one.id in wanted and one.value]
        parts = [(one, _start(billing, found.cid, one)) for one in parameters]
    except BillingError as problem:
        kept = problem  # the name of an except clause ends with it

        def fail() -> ContractForImport:
            raise kept

        return fail

    def finish() -> ContractForImport:
        values = {parameter.id: part() for parameter, part in parts}
        return ContractForImport(billing.id, found.cid, found.number, found.comment.strip(), values)

    return finish


def _start(billing: Billing, cid: int, parameter: Parameter) -> Callable[[], ContractValue]:
    """Begins what has to be read of a value beside its text; the function gives the value."""
    text, named = parameter.value, {"cid": cid, "parameter_id": parameter.id}
    match parameter.type:
        case ParameterType.ADDRESS:
            return _awaited(text, billing.start(PARAMETER_ADDRESS, **named), _address)
        case ParameterType.LIST:
            return _awaited(text, billing.start(PARAMETER_LIST, **named), _item)
        case ParameterType.PHONE:
            phones = split_phones(text)
            if phones:
                return lambda: _phones(text, phones)
            return _awaited(text, billing.start(PARAMETER_PHONES, **named), _phones)
        case ParameterType.EMAIL:
            emails = split_emails(text)
            if emails:
                return lambda: _emails(text, emails)
            return _awaited(text, billing.start(PARAMETER_EMAILS, **named), _emails)
        case _:
            return lambda: ContractValue(text, day=day(text))


def _awaited(text: str, pending: Pending[T], made: Callable[[str, T], ContractValue]) -> Callable[[], ContractValue]:
    def finish() -> ContractValue:
        try:
            return made(text, pending.result())
        except (NoRights, WrongPassword):  # the account's matter: without it the value would be lost unnoticed
            raise
        except Refused:  # one value that the billing does not take apart is no reason to leave the contract
            return ContractValue(text, readable=False)

    return finish


def _address(text: str, parts: AddressParts | None) -> ContractValue:
    if parts is None or parts.house_id <= 0:
        return ContractValue(text, readable=False)
    address = CustomerAddress(
        house_id=parts.house_id,
        flat=parts.flat.strip(),
        room=parts.room.strip(),
        entrance=parts.entrance or 0,
        floor=parts.floor or 0,
        comment=parts.comment.strip(),
        text=text,
    )
    return ContractValue(text, address=address)


def _item(text: str, value: ListValue | None) -> ContractValue:
    return ContractValue(text, item_id=value.id if value is not None else 0)


def _phones(text: str, phones: tuple[Phone, ...]) -> ContractValue:
    return ContractValue(text, phones=tuple(CustomerPhone(phone.number, phone.comment) for phone in phones))


def _emails(text: str, emails: tuple[Email, ...]) -> ContractValue:
    return ContractValue(text, emails=tuple(CustomerEmail(email.address, email.name) for email in emails))
