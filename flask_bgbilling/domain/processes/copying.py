"""Functions of scripts that bring what a linked contract says into its process (customers-and-links.md 6).

All of them read under the account of the person whose change has caused the rule, and do nothing where no contract is
linked. They are the object ``bgbilling`` of the public hook.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from flask_bgbilling.domain.contracts.contract import Contract
from flask_bgbilling.domain.contracts.info import read_card
from flask_bgbilling.domain.customers.matching import ContractValue
from flask_bgbilling.domain.customers.reading import read_one
from flask_bgbilling.domain.processes.errors import ScriptMistake
from flask_bgbilling.errors import N_, Forbidden
from flask_bgbilling.hookspecs import ScriptContext
from flask_bgbilling.ports import (
    CustomerAddress,
    CustomerPhone,
    ProcessContract,
    ProcessParameter,
    ProcessParameterType,
    ProcessValue,
)
from flask_bgbilling.wire.dto.search import FoundContract

TEXT, ADDRESS, PHONE = "text", "address", "phone"
PARAMETERS_READ: Final = "contract.parameters.read"
NO_PARAMETER = N_("There is no parameter %(number)s of processes.")
NOT_COPIED = N_("A parameter of the type %(type)s cannot be filled from a contract.")
NO_SUCH_WAY = N_("A contract's parameter cannot be read as “%(type)s”: expected text, address or phone.")
NO_NUMBER = N_("“%(value)s” is no number of a parameter.")

NOTHING: Final = ContractValue("")


def cp(context: ScriptContext, contract_parameter: object, contract_type: object, process_parameter: object) -> None:
    """Copies a parameter of the first linked contract, by the type of the process's parameter.

    Addresses are added unless the same place is there, dates and texts take the place of what was there, phones even
    when there are none. ``contract_type`` says how a text is made: ``text`` or empty, ``address``, ``phone``.
    """
    parameter = _parameter(context, process_parameter)
    contract = _first(context)
    if contract is not None:
        _copy(context, contract, _number(contract_parameter), str(contract_type or ""), parameter)


def copy_parameter(
    context: ScriptContext, billing_id: object, contract_parameter: object, process_parameter: object
) -> None:
    """``cp`` from the first linked contract of one billing."""
    parameter = _parameter(context, process_parameter)
    contract = _first(context, billing_id)
    if contract is not None:
        _copy(context, contract, _number(contract_parameter), "", parameter)


def copy_comment(context: ScriptContext, billing_id: object, process_parameter: object) -> None:
    """The contract's comment into a text parameter; an empty one changes nothing."""
    parameter = _parameter(context, process_parameter)
    if parameter.type not in (ProcessParameterType.TEXT, ProcessParameterType.BLOB):
        raise ScriptMistake(NOT_COPIED, type=parameter.type.value)
    text = comment(context, billing_id)
    if text:
        context.processes.set_value(context.event.process_id, parameter.id, text)


def parameter_text(context: ScriptContext, billing_id: object, contract_parameter: object) -> str:
    """A parameter of the contract as the billing shows it; empty when it is not set."""
    contract = _first(context, billing_id)
    return _value(context, contract, _number(contract_parameter)).text.strip() if contract is not None else ""


def comment(context: ScriptContext, billing_id: object) -> str:
    """The contract's comment."""
    contract = _first(context, billing_id)
    if contract is None:
        return ""
    return read_card(Contract(context.billing(contract.billing_id), contract.cid)).comment


def parameter_to_description(
    context: ScriptContext, billing_id: object, contract_parameter: object, prefix: object = ""
) -> None:
    """A parameter of the contract as a line after the description, unless it is in there."""
    _describe(context, f"{prefix or ''}{_filled(parameter_text(context, billing_id, contract_parameter))}", after=True)


def parameter_before_description(
    context: ScriptContext, billing_id: object, contract_parameter: object, prefix: object = ""
) -> None:
    """The same before the description."""
    _describe(context, f"{prefix or ''}{_filled(parameter_text(context, billing_id, contract_parameter))}", after=False)


def comment_to_description(context: ScriptContext, billing_id: object, prefix: object = "") -> None:
    """The contract's comment as a line after the description, unless it is in there."""
    _describe(context, f"{prefix or ''}{_filled(comment(context, billing_id))}", after=True)


def comment_before_description(context: ScriptContext, billing_id: object, prefix: object = "") -> None:
    """The same before the description."""
    _describe(context, f"{prefix or ''}{_filled(comment(context, billing_id))}", after=False)


FUNCTIONS: Final[Mapping[str, Callable[..., object]]] = MappingProxyType(
    {
        "cp": cp,
        "copyParam": copy_parameter,
        "copyComment": copy_comment,
        "param": parameter_text,
        "comment": comment,
        "paramToDescription": parameter_to_description,
        "paramToDescriptionBefore": parameter_before_description,
        "commentToDescription": comment_to_description,
        "commentToDescriptionBefore": comment_before_description,
    }
)
"""What scripts call as ``bgbilling.cp(…)`` and so on."""

_NOT_FILLED: Final = "\0"


def _filled(text: str) -> str:
    return text or _NOT_FILLED


def _describe(context: ScriptContext, line: str, *, after: bool) -> None:
    if _NOT_FILLED in line:
        return
    processes, process_id = context.processes, context.event.process_id
    now = processes.description(process_id)
    if line in now.split("\n"):
        return
    processes.set_description(process_id, "\n".join(filter(None, (now, line) if after else (line, now))))


def _copy(
    context: ScriptContext, contract: ProcessContract, number: int, way: str, parameter: ProcessParameter
) -> None:
    if way not in ("", TEXT, ADDRESS, PHONE):
        raise ScriptMistake(NO_SUCH_WAY, type=way)
    processes, process_id = context.processes, context.event.process_id
    value = _value(context, contract, number)
    wanted: ProcessValue | None = None
    match parameter.type:
        case ProcessParameterType.ADDRESS:
            had = processes.value(process_id, parameter.id)
            wanted = _with_address(had if isinstance(had, tuple) else (), value.address)
        case ProcessParameterType.DATE:
            wanted = value.day
        case ProcessParameterType.TEXT | ProcessParameterType.BLOB:
            wanted = _text(value, way) or None
        case ProcessParameterType.PHONE:
            phones = tuple(one for one in value.phones if any(letter.isdigit() for letter in one.number))
            processes.set_value(process_id, parameter.id, phones or None)
        case ProcessParameterType.LIST:
            raise ScriptMistake(NOT_COPIED, type=parameter.type.value)
    if wanted is not None:
        processes.set_value(process_id, parameter.id, wanted)


def _with_address(
    had: tuple[CustomerAddress | CustomerPhone, ...], address: CustomerAddress | None
) -> tuple[CustomerAddress, ...] | None:
    """All addresses with one more; ``None`` when there is none, or when the same place is among them."""
    known = tuple(one for one in had if isinstance(one, CustomerAddress))
    if address is None or any(one.place == address.place for one in known):
        return None
    return (*known, replace(address, text=""))


def _text(value: ContractValue, way: str) -> str:
    if way == ADDRESS:
        return value.address.text.strip() if value.address is not None else ""
    if way == PHONE:
        return ", ".join(one.number for one in value.phones)
    return value.text.strip()


def _value(context: ScriptContext, contract: ProcessContract, number: int) -> ContractValue:
    """A parameter that the person may see on the card; raises ``Forbidden`` for others."""
    grant = context.grant(PARAMETERS_READ)
    if grant is None or not grant.covers_billing(contract.billing_id):
        raise Forbidden(permission=PARAMETERS_READ)
    if not grant.covers_parameter(number):
        raise Forbidden(permission=f"{PARAMETERS_READ}, parameterIds={number}")
    return _read(context, contract, number)


def _read(context: ScriptContext, contract: ProcessContract, number: int) -> ContractValue:
    billing = context.billing(contract.billing_id)
    found = FoundContract(contract.cid, contract.title, "")
    return read_one(billing, found, frozenset({number}), group_only=False).values.get(number, NOTHING)


def _first(context: ScriptContext, billing_id: object = None) -> ProcessContract | None:
    linked = context.processes.contracts(context.event.process_id)
    wanted = str(billing_id or "")
    return next((one for one in linked if not wanted or one.billing_id == wanted), None)


def _parameter(context: ScriptContext, number: object) -> ProcessParameter:
    parameter = context.processes.parameters().get(_number(number))
    if parameter is None:
        raise ScriptMistake(NO_PARAMETER, number=number)
    return parameter


def _number(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    text = str(value).strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        raise ScriptMistake(NO_NUMBER, value=text[:40])
    return int(text)
