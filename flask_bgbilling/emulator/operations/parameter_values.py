"""Reading one contract parameter for editing (parameters.md 3) and as an attribute object (5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element

from sqlalchemy import RowMapping, Table, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.answers import element, item, table
from flask_bgbilling.emulator.errors import Refused
from flask_bgbilling.emulator.model import addresses
from flask_bgbilling.emulator.model.parameters import (
    Kind,
    display_values,
    formatted_phone,
    kind_of,
    list_items,
    parameter_row,
    parameters_of,
    parse_emails,
    phone_items,
    value_of,
)
from flask_bgbilling.emulator.model.presence import contract_of
from flask_bgbilling.emulator.registry import JsonCall, XmlCall, json_rpc, xml

API = "ru.bitel.bgbilling.kernel.contract.api"
ENTITY_MODEL = "9.2"
UNSET = -1


@xml("contract", "AddressInfo")
def address_info(call: XmlCall) -> Element:
    """The address of a parameter with the titles of its house; no ``address`` element when unset."""
    cid, pid = _contract_and_parameter(call, Kind.ADDRESS)
    value = _stored(call, schema.contract_parameter_type_2, cid, pid)
    data = call.data()
    if value is not None:
        house = addresses.houses(call.db, [value["hid"]]).get(value["hid"])
        element(data, "address", **addresses.address_attributes(house, dict(value)))
    return data


@xml("contract", "GetPhoneInfo")
def phone_info(call: XmlCall) -> Element:
    """The numbers of a phone parameter: digits below 9.2, formatted from 9.2."""
    cid, pid = _contract_and_parameter(call, Kind.PHONE)
    phones = phone_items(call.db, cid, pid)
    attributes: dict[str, object] = {"count": len(phones)}
    for number, phone in enumerate(phones, 1):
        digits = phone["phone"]
        formatted = call.version >= ENTITY_MODEL
        attributes[f"phone{number}"] = formatted_phone(digits, phone["format"]) if formatted else digits
        attributes[f"comment{number}"] = phone["comment"]
        attributes[f"format{number}"] = phone["format"]
    data = call.data()
    element(data, "phone", **attributes)
    return data


@xml("contract", "EmailInfo", below="9.2")
def email_info(call: XmlCall) -> Element:
    """The addresses of an e-mail parameter, a row each; the root also tells the record and its mailings."""
    cid, pid = _contract_and_parameter(call, Kind.EMAIL)
    value = _stored(call, schema.contract_parameter_type_3, cid, pid)
    record = value["id"] if value is not None else 0
    mailing = schema.contract_parameter_type_3_mail
    mailings = call.db.execute(select(mailing.c.mailid).where(mailing.c.eid == record).order_by(mailing.c.mailid))
    data = call.data(id=str(record), buf=",".join(str(row.mailid) for row in mailings), error="")
    mails = parse_emails(value["email"]) if value is not None else []
    table(data, [{"email": mail.address, "name": mail.name} for mail in mails])
    return data


@xml("contract", "GetListParam", below="9.2")
def list_param(call: XmlCall) -> Element:
    """The chosen item of a list parameter and all allowed items."""
    cid, pid = _contract_and_parameter(call, Kind.LIST)
    value = _stored(call, schema.contract_parameter_type_7, cid, pid)
    data = call.data()
    values = element(data, "values", value=UNSET if value is None else value["val"])
    if value is not None and value["custom_value"]:
        values.set("title", value["custom_value"])
    for choice in list_items(call.db, Kind.LIST, pid):
        item(values, id=choice["id"], title=choice["title"])
    return data


@json_rpc(API, "ContractService", "contractParameterGet")
def contract_parameter_get(call: JsonCall) -> object:
    """One parameter as an attribute object.

    Null when unset, except e-mails from 9.2: they are always an object, with an empty list of contacts.
    """
    contract = contract_of(call, "contractId")
    parameter = parameter_row(call.db, call.integer("parameterId"))
    return _attribute(call, contract["id"], parameter)


@json_rpc(API, "ContractService", "contractParameterMap")
def contract_parameter_map(call: JsonCall) -> object:
    """Attribute objects of the set parameters of a group by parameter id; group 0 is the whole
    directory."""
    contract = contract_of(call, "contractId")
    group = call.integer("paramGroupId", 0)
    rows = parameters_of(call.db, group, everything=group <= 0)
    found = {str(row["id"]): _attribute(call, contract["id"], row) for row in rows}
    return {pid: attribute for pid, attribute in found.items() if attribute is not None}


def _contract_and_parameter(call: XmlCall, kind: Kind) -> tuple[int, int]:
    """Ids of the contract and of the parameter; refused when the parameter is of another type."""
    contract = contract_of(call, "cid")
    parameter = parameter_row(call.db, call.integer("pid"))
    if kind_of(parameter["pt"]) is not kind:
        raise Refused("Параметр договора имеет другой тип")
    return contract["id"], parameter["id"]


def _stored(call: XmlCall | JsonCall, value: Table, cid: int, pid: int) -> RowMapping | None:
    return call.db.execute(value_of(value), {"cid": cid, "pid": pid}).mappings().first()


def _attribute(call: JsonCall, cid: int, parameter: RowMapping) -> dict[str, Any] | None:
    reader = _ATTRIBUTES.get(kind_of(parameter["pt"]))
    extra = reader(call, cid, parameter["id"]) if reader else None
    if extra is None:
        return None
    return {"entityId": cid, "entitySpecAttrId": parameter["id"], **extra}


def _plain(value: Table) -> Callable[[JsonCall, int, int], dict[str, Any] | None]:
    def read(call: JsonCall, cid: int, pid: int) -> dict[str, Any] | None:
        row = _stored(call, value, cid, pid)
        return None if row is None else {"value": row["val"]}

    return read


def _text(call: JsonCall, cid: int, pid: int) -> dict[str, Any] | None:
    row = _stored(call, schema.contract_parameter_type_1, cid, pid)
    return {"value": row["val"]} if row is not None and row["val"] else None


def _flag(call: JsonCall, cid: int, pid: int) -> dict[str, Any] | None:
    row = _stored(call, schema.contract_parameter_type_5, cid, pid)
    return None if row is None else {"value": bool(row["val"])}


def _address(call: JsonCall, cid: int, pid: int) -> dict[str, Any] | None:
    row = _stored(call, schema.contract_parameter_type_2, cid, pid)
    if row is None:
        return None
    return {
        "houseId": row["hid"],
        "pod": row["pod"] or 0,
        "floor": row["floor"] or 0,
        "flat": row["flat"],
        "room": row["room"],
        "comment": row["comment"],
        "title": display_values(call.db, cid, (Kind.ADDRESS,))[pid],
        "formatKey": row["format_key"] or None,
    }


def _email(call: JsonCall, cid: int, pid: int) -> dict[str, Any] | None:
    row = _stored(call, schema.contract_parameter_type_3, cid, pid)
    stored = row["email"] if row is not None else ""
    if call.version < ENTITY_MODEL:
        return {"value": stored} if stored else None
    contacts = [{"name": mail.name, "address": mail.address} for mail in parse_emails(stored)]
    return {"contactList": contacts, "data": stored or None}


def _phone(call: JsonCall, cid: int, pid: int) -> dict[str, Any] | None:
    phones = phone_items(call.db, cid, pid)
    if not phones:
        return None
    data = display_values(call.db, cid, (Kind.PHONE,)).get(pid, "")
    if call.version < ENTITY_MODEL:
        return {"value": data}
    contacts = [
        {"phone": formatted_phone(phone["phone"], phone["format"]), "comment": phone["comment"]} for phone in phones
    ]
    return {"contactList": contacts, "data": data}


def _list(call: JsonCall, cid: int, pid: int) -> dict[str, Any] | None:
    row = _stored(call, schema.contract_parameter_type_7, cid, pid)
    if row is None:
        return None
    titles = {choice["id"]: choice["title"] for choice in list_items(call.db, Kind.LIST, pid)}
    own = row["custom_value"] if row["val"] < 1 else None
    attribute = {"value": row["val"], "title": titles.get(row["val"], own or "")}
    return attribute if call.version < ENTITY_MODEL else {**attribute, "customValue": row["custom_value"]}


def _multilist(call: JsonCall, cid: int, pid: int) -> dict[str, Any] | None:
    chosen = schema.contract_parameter_type_multilist_item
    titles = {choice["id"]: choice["title"] for choice in list_items(call.db, Kind.MULTILIST, pid)}
    query = select(chosen).where(chosen.c.cid == cid, chosen.c.pid == pid).order_by(chosen.c.val)
    values = [
        {
            "value": row["val"],
            "title": titles.get(row["val"], row["custom_value"]),
            "customValue": row["custom_value"] or None,
        }
        for row in call.db.execute(query).mappings()
    ]
    return {"values": values} if values else None


def _contract(call: JsonCall, cid: int, pid: int) -> dict[str, Any] | None:
    row = _stored(call, schema.contract_parameter_type_8, cid, pid)
    if row is None:
        return None
    return {"value": row["val"], "title": display_values(call.db, cid, (Kind.CONTRACT_REF,)).get(pid)}


_ATTRIBUTES: dict[Kind, Callable[[JsonCall, int, int], dict[str, Any] | None]] = {
    Kind.TEXT: _text,
    Kind.ADDRESS: _address,
    Kind.EMAIL: _email,
    Kind.FLAG: _flag,
    Kind.DATE: _plain(schema.contract_parameter_type_6),
    Kind.LIST: _list,
    Kind.CONTRACT_REF: _contract,
    Kind.PHONE: _phone,
    Kind.MULTILIST: _multilist,
}
