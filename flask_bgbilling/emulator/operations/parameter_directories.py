"""Directories of contract parameters: by type, values of lists, the entity model (parameters.md 7)."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from sqlalchemy import RowMapping, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.answers import element, item
from flask_bgbilling.emulator.errors import Refused
from flask_bgbilling.emulator.model.parameters import (
    ALWAYS_VISIBLE,
    CUSTOMER_READS,
    CUSTOMER_WRITES,
    ENTITY_CODES,
    HISTORY,
    kind_of,
    list_items,
    parameter_row,
    parameters_of,
)
from flask_bgbilling.emulator.registry import JsonCall, XmlCall, json_rpc, xml

API = "ru.bitel.bgbilling.kernel.contract.api"
PARAM = "ru.bitel.bgbilling.kernel.contract.param"
ENTITY = "ru.bitel.oss.kernel.entity"
SINCE_RENAMED = "8.2"


@json_rpc(PARAM, "ContractParameterService", "getContractParameterPrefList", below=SINCE_RENAMED)
@json_rpc(PARAM, "ContractParameterServiceOld", "getContractParameterPrefList", since=SINCE_RENAMED)
def parameter_pref_list(call: JsonCall) -> object:
    """Parameters of one type, by the old codes on every version; a type of 0 or less means all."""
    code = call.integer("paramType")
    rows = parameters_of(call.db, 0, everything=True)
    return [_preference(row) for row in rows if code <= 0 or row["pt"] == code]


@json_rpc(PARAM, "ContractParameterService", "getContractParameterPref", below=SINCE_RENAMED)
@json_rpc(PARAM, "ContractParameterServiceOld", "getContractParameterPref", since=SINCE_RENAMED)
def parameter_pref(call: JsonCall) -> object:
    """One parameter of the directory."""
    return _preference(parameter_row(call.db, call.integer("paramId")))


@xml("admin", "ListValues", below="9.2")
def list_values(call: XmlCall) -> Element:
    """Allowed values of a list parameter; a parameter of another type has none."""
    parameter = parameter_row(call.db, call.integer("pid"))
    data = call.data()
    values = element(data, "values")
    for choice in list_items(call.db, kind_of(parameter["pt"]), parameter["id"]):
        item(values, id=choice["id"], title=choice["title"])
    return data


@json_rpc(API, "ContractParameterService", "contractParameterListItemList", since="9.2")
def list_item_list(call: JsonCall) -> object:
    """Allowed values of a list parameter; a parameter of another type has none."""
    parameter = parameter_row(call.db, call.integer("parameterTypeId"))
    return [dict(choice) for choice in list_items(call.db, kind_of(parameter["pt"]), parameter["id"])]


@json_rpc(ENTITY, "EntityService", "entitySpecAttrList")
def entity_attributes(call: JsonCall) -> object:
    """Every attribute of the entity model: the contract parameters under their entity codes."""
    return [_entity_attribute(row) for row in parameters_of(call.db, 0, everything=True)]


@json_rpc(ENTITY, "EntityService", "entitySpecAttrListByType")
def entity_attributes_by_type(call: JsonCall) -> object:
    """Attributes of one entity code; the name of the argument was not published."""
    code = call.integer("arg0")
    rows = parameters_of(call.db, 0, everything=True)
    return [found for found in map(_entity_attribute, rows) if found["type"] == code]


@json_rpc(ENTITY, "EntityService", "entitySpecAttrGet")
def entity_attribute(call: JsonCall) -> object:
    """One attribute of the entity model."""
    return _entity_attribute(parameter_row(call.db, call.integer("arg0")))


@json_rpc(ENTITY, "EntityService", "entitySpecAttrListItemList")
def entity_list_items(call: JsonCall) -> object:
    """Allowed values of a list attribute; an attribute of another type has none."""
    parameter = parameter_row(call.db, call.integer("arg0"))
    return [dict(choice) for choice in list_items(call.db, kind_of(parameter["pt"]), parameter["id"])]


@json_rpc(ENTITY, "EntityService", "entitySpecList")
def entity_specs(call: JsonCall) -> object:
    """Every entity specification: the groups of contract parameters."""
    group = schema.contract_parameter_group_name
    rows = call.db.execute(select(group).order_by(group.c.title)).mappings()
    return [{"id": row["id"], "title": row["title"]} for row in rows]


@json_rpc(ENTITY, "EntityService", "entitySpecGet")
def entity_spec(call: JsonCall) -> object:
    """One entity specification with its attributes in the server's order."""
    return group_with_attributes(call, call.integer("arg0"))


@json_rpc(API, "ContractService", "contractParameterGroupList")
def parameter_groups(call: JsonCall) -> object:
    """Groups of contract parameters."""
    return entity_specs(call)


@json_rpc(API, "ContractService", "contractParameterGroupGet")
def parameter_group(call: JsonCall) -> object:
    """One group of contract parameters with its members."""
    return group_with_attributes(call, call.integer("id"))


def group_with_attributes(call: JsonCall, gid: int) -> dict[str, object]:
    """A group as an entity specification: its attributes tell what the customer may do with them."""
    group, member = schema.contract_parameter_group_name, schema.contract_parameter_group
    found = call.db.execute(select(group).where(group.c.id == gid)).mappings().first()
    if found is None:
        raise Refused("Группа параметров не найдена")
    members = {row.pid for row in call.db.execute(select(member.c.pid).where(member.c.gid == gid))}
    rows = [row for row in parameters_of(call.db, 0, everything=True) if row["id"] in members]
    attributes = [
        {
            **_entity_attribute(row),
            "customerRead": bool(row["flags"] & CUSTOMER_READS),
            "customerWrite": bool(row["flags"] & CUSTOMER_WRITES),
            "order": order,
        }
        for order, row in enumerate(rows, 1)
    ]
    return {"id": found["id"], "title": found["title"], "attributeList": attributes}


def _preference(row: RowMapping) -> dict[str, object]:
    flags = row["flags"]
    return {
        "id": row["id"],
        "title": row["title"],
        "type": kind_of(row["pt"]).type_name,
        "sort": row["sort"],
        "alwaysVisible": bool(flags & ALWAYS_VISIBLE),
        "history": bool(flags & HISTORY),
        "read": bool(flags & CUSTOMER_READS),
        "write": bool(flags & CUSTOMER_WRITES),
    }


def _entity_attribute(row: RowMapping) -> dict[str, object]:
    return {
        "id": row["id"],
        "title": row["title"],
        "comment": "",
        "history": bool(row["flags"] & HISTORY),
        "type": ENTITY_CODES[kind_of(row["pt"])],
    }
