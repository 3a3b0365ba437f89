"""Changing the parameters of a contract (parameters.md 4, 7): XML below 9.2, JSON from there, flags always XML.

What was read is written back as it is, changed or not: the operations take the structs of the reading ones. Nothing
(``""``, ``None``, an empty sequence) clears a value; a flag is always on or off. There is no call for multilists,
servicing persons and references to contracts (parameters.md 10).
"""

from collections.abc import Mapping, Sequence
from datetime import date

from flask_bgbilling.wire.dto.addresses import AddressParts
from flask_bgbilling.wire.dto.parameters import Email, ListValue, Phone
from flask_bgbilling.wire.operation import JsonRpc, Operation, XmlAction
from flask_bgbilling.wire.ops.attributes import (
    NO_ITEM,
    address_attribute,
    address_fields,
    attribute,
    day_text,
    email_attribute,
    email_lines,
    list_attribute,
    own_text,
    phone_attribute,
    phone_fields,
)
from flask_bgbilling.wire.ops.contracts import CONTRACT_SERVICE
from flask_bgbilling.wire.ops.written import read_nothing
from flask_bgbilling.wire.version import BELOW_9_2, FROM_9_2

_NOBODY = 0
"""The owner that an address attribute names: alone among the types it does not name the contract."""
_NO_RECORD = 0


def text_fields(*, cid: int, parameter_id: int, text: str) -> Mapping[str, object]:
    """A text; an empty one clears it."""
    return {"cid": cid, "pid": parameter_id, "value": text}


def text_params(*, cid: int, parameter_id: int, text: str) -> Mapping[str, object]:
    """The same as an attribute."""
    return _update(cid, attribute(cid, parameter_id, value=text))


def flag_fields(*, cid: int, parameter_id: int, on: bool) -> Mapping[str, object]:
    """A flag is 1 or 0."""
    return {"cid": cid, "pid": parameter_id, "value": on}


def date_fields(*, cid: int, parameter_id: int, day: date | None) -> Mapping[str, object]:
    """A day; an empty field clears it."""
    return {"cid": cid, "pid": parameter_id, "value": day_text(day)}


def date_params(*, cid: int, parameter_id: int, day: date | None) -> Mapping[str, object]:
    """A day as its midnight in the billing's zone; null clears it."""
    return _update(cid, attribute(cid, parameter_id, value=day))


def list_fields(*, cid: int, parameter_id: int, value: ListValue | None) -> Mapping[str, object]:
    """An item alone, or no item with a text of one's own, which may be empty."""
    chosen = value or NO_ITEM
    custom = None if chosen.id > 0 else own_text(chosen)
    return {"cid": cid, "pid": parameter_id, "value": max(chosen.id, 0), "custom_value": custom}


def list_params(*, cid: int, parameter_id: int, value: ListValue | None) -> Mapping[str, object]:
    """The same as an attribute."""
    return _update(cid, list_attribute(cid, parameter_id, value or NO_ITEM))


def address_form(*, cid: int, parameter_id: int, address: AddressParts | None) -> Mapping[str, object]:
    """All parts of an address that a value has."""
    return {"cid": cid, "pid": parameter_id, **address_fields(address)}


def address_params(*, cid: int, parameter_id: int, address: AddressParts | None) -> Mapping[str, object]:
    """The same as an attribute."""
    return _update(cid, address_attribute(_NOBODY, parameter_id, address))


def phones_form(*, cid: int, parameter_id: int, phones: Sequence[Phone]) -> Mapping[str, object]:
    """All numbers of the value, in their order."""
    return {"cid": cid, "pid": parameter_id, **phone_fields(phones)}


def phones_params(*, cid: int, parameter_id: int, phones: Sequence[Phone]) -> Mapping[str, object]:
    """The same as an attribute."""
    return _update(cid, phone_attribute(cid, parameter_id, phones))


def emails_form(*, cid: int, parameter_id: int, emails: Sequence[Email]) -> Mapping[str, object]:
    """All addresses of the value, a line each. ``eid`` and ``buf`` are leftovers that the action expects."""
    return {"cid": cid, "pid": parameter_id, "e-mail": email_lines(emails), "eid": _NO_RECORD, "buf": ""}


def emails_params(*, cid: int, parameter_id: int, emails: Sequence[Email]) -> Mapping[str, object]:
    """The same as an attribute."""
    return _update(cid, email_attribute(cid, parameter_id, emails))


def group_fields(*, cid: int, group_id: int) -> Mapping[str, object]:
    """The contract and its group of parameters."""
    return {"cid": cid, "pgid": group_id}


def group_params(*, cid: int, group_id: int) -> Mapping[str, object]:
    """The same from 9.2 on."""
    return {"contractId": cid, "paramGroupId": group_id}


def _update(cid: int, value: Mapping[str, object]) -> Mapping[str, object]:
    return {"contractId": cid, "parameter": value}


PARAMETER_TEXT_SAVE: Operation[None] = Operation(
    "text parameter saving",
    safe=False,
    forms=(
        XmlAction("contract", "UpdateParameterType1", fields=text_fields, read=read_nothing, bands=BELOW_9_2),
        JsonRpc(CONTRACT_SERVICE, "contractParameterTextUpdate", params=text_params, read=read_nothing, bands=FROM_9_2),
    ),
)

PARAMETER_FLAG_SAVE: Operation[None] = Operation(
    "flag parameter saving",
    safe=False,
    forms=(XmlAction("contract", "UpdateParameterType5", fields=flag_fields, read=read_nothing),),
)

PARAMETER_DATE_SAVE: Operation[None] = Operation(
    "date parameter saving",
    safe=False,
    forms=(
        XmlAction("contract", "UpdateParameterType6", fields=date_fields, read=read_nothing, bands=BELOW_9_2),
        JsonRpc(CONTRACT_SERVICE, "contractParameterDateUpdate", params=date_params, read=read_nothing, bands=FROM_9_2),
    ),
)

PARAMETER_LIST_SAVE: Operation[None] = Operation(
    "list parameter saving",
    safe=False,
    forms=(
        XmlAction("contract", "UpdateListParam", fields=list_fields, read=read_nothing, bands=BELOW_9_2),
        JsonRpc(CONTRACT_SERVICE, "contractParameterListUpdate", params=list_params, read=read_nothing, bands=FROM_9_2),
    ),
)

PARAMETER_ADDRESS_SAVE: Operation[None] = Operation(
    "address parameter saving",
    safe=False,
    forms=(
        XmlAction("contract", "UpdateAddressInfo", fields=address_form, read=read_nothing, bands=BELOW_9_2),
        JsonRpc(
            CONTRACT_SERVICE,
            "contractParameterAddressUpdate",
            params=address_params,
            read=read_nothing,
            bands=FROM_9_2,
        ),
    ),
)

PARAMETER_PHONES_SAVE: Operation[None] = Operation(
    "phone parameter saving",
    safe=False,
    forms=(
        XmlAction("contract", "UpdatePhoneInfo", fields=phones_form, read=read_nothing, bands=BELOW_9_2),
        JsonRpc(
            CONTRACT_SERVICE, "contractParameterPhoneUpdate", params=phones_params, read=read_nothing, bands=FROM_9_2
        ),
    ),
)

PARAMETER_EMAILS_SAVE: Operation[None] = Operation(
    "e-mail parameter saving",
    safe=False,
    forms=(
        XmlAction("contract", "UpdateEmailInfo", fields=emails_form, read=read_nothing, bands=BELOW_9_2),
        JsonRpc(
            CONTRACT_SERVICE, "contractParameterEmailUpdate", params=emails_params, read=read_nothing, bands=FROM_9_2
        ),
    ),
)

PARAMETER_GROUP_SAVE: Operation[None] = Operation(
    "parameter group of a contract saving",
    safe=False,
    forms=(
        XmlAction("contract", "SetGrContract", fields=group_fields, read=read_nothing, bands=BELOW_9_2),
        JsonRpc(CONTRACT_SERVICE, "contractParameterGroupSet", params=group_params, read=read_nothing, bands=FROM_9_2),
    ),
)
