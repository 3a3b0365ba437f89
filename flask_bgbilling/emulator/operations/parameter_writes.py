"""Changing contract parameters: the XML family on every version, the JSON family from 9.2 (parameters.md 4).

Both families write the same values. Types without an update action (servicing person, contract reference,
multilist, heading) cannot be changed by anybody.
"""

from __future__ import annotations

from collections.abc import Callable
from xml.etree.ElementTree import Element

from sqlalchemy import RowMapping, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.errors import BadParameter, Refused
from flask_bgbilling.emulator.model.address_values import address_of_attribute, address_of_fields
from flask_bgbilling.emulator.model.changes import change_row, locked_contract
from flask_bgbilling.emulator.model.parameter_changes import (
    editable_parameter,
    write_address,
    write_date,
    write_emails,
    write_flag,
    write_list,
    write_phones,
    write_text,
)
from flask_bgbilling.emulator.model.parameters import Email, Kind, kind_of, parameter_row, parse_emails, unquoted
from flask_bgbilling.emulator.registry import JsonCall, XmlCall, json_rpc, xml

API = "ru.bitel.bgbilling.kernel.contract.api"
SERVICE = "ContractService"
ATTRIBUTE = "parameter"
MOST_PHONES = 1000


@xml("contract", "UpdateParameterType1", right="write")
def update_text(call: XmlCall) -> Element:
    """A text; absent or empty clears it."""
    contract, parameter = locked_contract(call, "cid"), editable_parameter(call, "pid", Kind.TEXT)
    write_text(call, contract, parameter, call.text("value"))
    return call.data()


@xml("contract", "UpdateParameterType5", right="write")
def update_flag(call: XmlCall) -> Element:
    """A flag, ``1`` or ``0``."""
    contract, parameter = locked_contract(call, "cid"), editable_parameter(call, "pid", Kind.FLAG)
    write_flag(call, contract, parameter, call.flag("value"))
    return call.data()


@xml("contract", "UpdateParameterType6", right="write")
def update_date(call: XmlCall) -> Element:
    """A day; absent or empty clears it."""
    contract, parameter = locked_contract(call, "cid"), editable_parameter(call, "pid", Kind.DATE)
    write_date(call, contract, parameter, call.date("value"))
    return call.data()


@xml("contract", "UpdateListParam", right="write")
def update_list(call: XmlCall) -> Element:
    """An item of the list, or a text of one's own under ``custom_value``; neither clears it."""
    contract, parameter = locked_contract(call, "cid"), editable_parameter(call, "pid", Kind.LIST)
    item = call.integer("value") if call.text("value").strip() else 0
    write_list(call, contract, parameter, item, call.text("custom_value"))
    return call.data()


@xml("contract", "UpdateAddressInfo", right="write")
def update_address(call: XmlCall) -> Element:
    """An address; no house and nothing inside it clears it."""
    contract, parameter = locked_contract(call, "cid"), editable_parameter(call, "pid", Kind.ADDRESS)
    write_address(call, contract, parameter, address_of_fields(call))
    return call.data()


@xml("contract", "UpdatePhoneInfo", right="write")
def update_phone(call: XmlCall) -> Element:
    """``count`` numbers ``phone1`` and on with their comments; blank numbers are skipped, none clears the value."""
    contract, parameter = locked_contract(call, "cid"), editable_parameter(call, "pid", Kind.PHONE)
    count = call.integer("count")
    if not 0 <= count <= MOST_PHONES:
        raise BadParameter(f"Неверное значение параметра count: {count}")
    phones = [
        (call.text(f"phone{number}"), call.text(f"comment{number}"), call.text(f"format{number}"))
        for number in range(1, count + 1)
    ]
    write_phones(call, contract, parameter, phones)
    return call.data()


@xml("contract", "UpdateEmailInfo", right="write")
def update_email(call: XmlCall) -> Element:
    """Addresses by lines under ``e-mail``; none clears the value."""
    contract, parameter = locked_contract(call, "cid"), editable_parameter(call, "pid", Kind.EMAIL)
    write_emails(call, contract, parameter, parse_emails(call.text("e-mail")))
    return call.data()


@xml("contract", "SetGrContract", right="write", below="9.2")
def set_group_xml(call: XmlCall) -> Element:
    """Puts the contract into a group of parameters, 0 is none."""
    _set_group(call, "cid", "pgid")
    return call.data()


@json_rpc(API, SERVICE, "contractParameterGroupSet", since="9.2", right="write")
def set_group(call: JsonCall) -> object:
    """Puts the contract into a group of parameters, 0 is none."""
    _set_group(call, "contractId", "paramGroupId")
    return None


@json_rpc(API, SERVICE, "contractParameterTextUpdate", since="9.2", right="write")
def text_attribute(call: JsonCall) -> object:
    """A text; null or empty clears it."""
    return _update(call, Kind.TEXT)


@json_rpc(API, SERVICE, "contractParameterDateUpdate", since="9.2", right="write")
def date_attribute(call: JsonCall) -> object:
    """A day; null clears it."""
    return _update(call, Kind.DATE)


@json_rpc(API, SERVICE, "contractParameterListUpdate", since="9.2", right="write")
def list_attribute(call: JsonCall) -> object:
    """An item of the list, or ``customValue`` when the item is below 1."""
    return _update(call, Kind.LIST)


@json_rpc(API, SERVICE, "contractParameterAddressUpdate", since="9.2", right="write")
def address_attribute(call: JsonCall) -> object:
    """An address; house 0 with nothing inside clears it."""
    return _update(call, Kind.ADDRESS)


@json_rpc(API, SERVICE, "contractParameterPhoneUpdate", since="9.2", right="write")
def phone_attribute(call: JsonCall) -> object:
    """Numbers with comments; none or null clears the value."""
    return _update(call, Kind.PHONE)


@json_rpc(API, SERVICE, "contractParameterEmailUpdate", since="9.2", right="write")
def email_attribute(call: JsonCall) -> object:
    """Addresses with names, not checked; none or null clears the value."""
    return _update(call, Kind.EMAIL)


@json_rpc(API, SERVICE, "contractParameterUpdate", right="write")
def any_attribute(call: JsonCall) -> object:
    """A value of whatever type the parameter has."""
    parameter = parameter_row(call.db, call.integer(f"{ATTRIBUTE}.entitySpecAttrId"))
    return _update(call, kind_of(parameter["pt"]))


def _set_group(call: XmlCall | JsonCall, contract_field: str, group_field: str) -> None:
    contract, group = locked_contract(call, contract_field), call.integer(group_field)
    names = schema.contract_parameter_group_name
    if group and call.db.execute(select(names.c.id).where(names.c.id == group)).scalar() is None:
        raise Refused("Группа параметров не найдена")
    change_row(call.db, schema.contract, contract["id"], pgid=group)


def _update(call: JsonCall, kind: Kind) -> object:
    """Writes the attribute object; refused when it names another contract (0 names none, addresses send it)."""
    contract = locked_contract(call, "contractId")
    if call.integer(f"{ATTRIBUTE}.entityId", 0) not in (0, contract["id"]):
        raise Refused("Параметр принадлежит другому договору")
    parameter = editable_parameter(call, f"{ATTRIBUTE}.entitySpecAttrId", kind)
    writer = _WRITERS.get(kind)
    if writer is None:
        raise Refused(f"Параметр «{parameter['title']}» нельзя изменить")
    writer(call, contract, parameter)
    return None


def _text(call: JsonCall, contract: RowMapping, parameter: RowMapping) -> None:
    write_text(call, contract, parameter, call.text(f"{ATTRIBUTE}.value"))


def _flag(call: JsonCall, contract: RowMapping, parameter: RowMapping) -> None:
    write_flag(call, contract, parameter, call.flag(f"{ATTRIBUTE}.value"))


def _date(call: JsonCall, contract: RowMapping, parameter: RowMapping) -> None:
    write_date(call, contract, parameter, call.date(f"{ATTRIBUTE}.value"))


def _list(call: JsonCall, contract: RowMapping, parameter: RowMapping) -> None:
    item = call.integer(f"{ATTRIBUTE}.value", 0)
    write_list(call, contract, parameter, item, call.text(f"{ATTRIBUTE}.customValue"))


def _address(call: JsonCall, contract: RowMapping, parameter: RowMapping) -> None:
    write_address(call, contract, parameter, address_of_attribute(call, ATTRIBUTE))


def _phones(call: JsonCall, contract: RowMapping, parameter: RowMapping) -> None:
    contacts = call.objects(f"{ATTRIBUTE}.contactList")
    phones = [(_word(contact, "phone"), _word(contact, "comment"), "") for contact in contacts]
    write_phones(call, contract, parameter, phones)


def _emails(call: JsonCall, contract: RowMapping, parameter: RowMapping) -> None:
    contacts = call.objects(f"{ATTRIBUTE}.contactList")
    emails = [Email(unquoted(_word(contact, "name")), _word(contact, "address").strip()) for contact in contacts]
    write_emails(call, contract, parameter, [mail for mail in emails if mail.address])


def _word(contact: dict[str, object], name: str) -> str:
    value = contact.get(name)
    return "" if value is None else str(value)


_WRITERS: dict[Kind, Callable[[JsonCall, RowMapping, RowMapping], None]] = {
    Kind.TEXT: _text,
    Kind.FLAG: _flag,
    Kind.DATE: _date,
    Kind.LIST: _list,
    Kind.ADDRESS: _address,
    Kind.PHONE: _phones,
    Kind.EMAIL: _emails,
}
