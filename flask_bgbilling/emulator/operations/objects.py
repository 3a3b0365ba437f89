"""Reading contract objects and their parameters (parameters.md 8, 8.1)."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from sqlalchemy import RowMapping, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.answers import element, item, period, row, table
from flask_bgbilling.emulator.errors import Refused
from flask_bgbilling.emulator.model import addresses
from flask_bgbilling.emulator.model.objects import (
    ObjectKind,
    object_address,
    object_list_items,
    object_parameter_row,
    object_parameters,
    object_row,
    object_types,
    objects_of,
)
from flask_bgbilling.emulator.model.presence import contract_of
from flask_bgbilling.emulator.registry import JsonCall, XmlCall, json_rpc, xml

MODULE = "contract.object"
PACKAGE = "ru.bitel.bgbilling.kernel.contract.object"


@xml(MODULE, "ObjectTable", below="9.2")
def object_table(call: XmlCall) -> Element:
    """The objects of a contract with their types and periods."""
    contract = contract_of(call, "cid")
    data = call.data()
    table(
        data,
        (
            {
                "id": found["id"],
                "title": found["title"],
                "type_id": found["type_id"],
                "type": found["type"],
                "period": period(found["date1"], found["date2"]),
            }
            for found in objects_of(call.db, contract["id"])
        ),
    )
    return data


@xml(MODULE, "ObjectGet", below="9.2")
def object_get(call: XmlCall) -> Element:
    """One object; an unknown id is an error."""
    found = object_row(call.db, call.integer("id"))
    data = call.data()
    element(
        data,
        "object",
        title=found["title"],
        type_id=found["type_id"],
        date1=found["date1"],
        date2=found["date2"],
    )
    return data


@xml(MODULE, "ObjectModuleTable")
def object_module_table(call: XmlCall) -> Element:
    """What the modules keep for an object, and the installed modules that may keep something."""
    found = object_row(call.db, call.integer("object_id"))
    usage, instance = schema.object_module_usage, schema.module
    query = (
        select(usage, instance.c.title.label("module"))
        .outerjoin(instance, instance.c.id == usage.c.mid)
        .where(usage.c.object_id == found["id"])
        .order_by(usage.c.id)
    )
    data = call.data()
    table(
        data,
        (
            {
                "module": used["module"],
                "data": used["data"],
                "period": period(used["date1"], used["date2"]),
                "comment": used["comment"],
            }
            for used in call.db.execute(query).mappings()
        ),
    )
    modules = element(data, "modules")
    installed = schema.installed_modules
    modules_query = (
        select(instance.c.id, instance.c.title, instance.c.name, installed.c.pack_client)
        .outerjoin(installed, installed.c.name == instance.c.name)
        .order_by(instance.c.id)
    )
    for known in call.db.execute(modules_query):
        element(
            modules,
            "module",
            id=known.id,
            name=known.name,
            pack_client=known.pack_client,
            title=known.title,
        )
    return data


@xml(MODULE, "ObjectParamTable")
def object_param_table(call: XmlCall) -> Element:
    """The parameters of an object; the rows stand in ``table`` directly, without a ``data`` level."""
    found = object_row(call.db, call.integer("object"))
    data = call.data()
    rows = element(data, "table")
    for parameter in object_parameters(call.db, found):
        row(
            rows,
            param_id=parameter.id,
            type_id=parameter.kind,
            title=parameter.title,
            value=parameter.value,
        )
    return data


@xml(MODULE, "AddressParamValueGet")
def address_param_value(call: XmlCall) -> Element:
    """The address of an object's parameter; no ``address`` element when unset."""
    found = object_row(call.db, call.integer("object"))
    parameter = object_parameter_row(call.db, call.integer("param"), ObjectKind.ADDRESS)
    value = object_address(call.db, found["id"], parameter["id"])
    data = call.data()
    if value is not None:
        house = addresses.houses(call.db, [value["hid"]]).get(value["hid"])
        element(data, "address", **addresses.address_attributes(house, dict(value)))
    return data


@xml(MODULE, "ListParamValueGet", below="9.2")
def list_param_value(call: XmlCall) -> Element:
    """The chosen item of a list parameter of an object and all allowed items."""
    found = object_row(call.db, call.integer("object"))
    parameter = object_parameter_row(call.db, call.integer("param"), ObjectKind.LIST)
    chosen = schema.object_param_value_list
    query = select(chosen.c.value).where(chosen.c.object_id == found["id"], chosen.c.param_id == parameter["id"])
    data = call.data()
    values = element(data, "values", value=call.db.execute(query).scalar())
    for choice in object_list_items(call.db, parameter["id"]):
        item(values, id=choice["id"], title=choice["title"])
    return data


@json_rpc(PACKAGE, "ContractObjectService", "contractObjectList", since="7.1")
def contract_object_list(call: JsonCall) -> object:
    """The objects of a contract."""
    contract = contract_of(call, "contractId")
    return [_bean(found) for found in objects_of(call.db, contract["id"])]


@json_rpc(PACKAGE, "ContractObjectService", "contractObjectGetById", since="9.2")
def contract_object_get(call: JsonCall) -> object:
    """One object of the contract; an unknown id is an error."""
    return _bean(_object_of_contract(call))


@json_rpc(PACKAGE, "ContractObjectService", "contractObjectParameters", since="9.2")
def contract_object_parameters(call: JsonCall) -> object:
    """The parameters of an object; an unset one has a null value."""
    return [
        {
            "parameterId": parameter.id,
            "typeId": parameter.kind,
            "title": parameter.title,
            "value": parameter.value,
            "history": None,
        }
        for parameter in object_parameters(call.db, _object_of_contract(call))
    ]


@json_rpc(PACKAGE, "ObjectTypeService", "objectTypeList", since="8.2", below="9.2")
@json_rpc(PACKAGE, "ContractObjectService", "objectTypeList", since="9.2")
def object_type_list(call: JsonCall) -> object:
    """The types of objects, hidden ones too unless ``onlyVisible``."""
    types = object_types(call.db, only_visible=call.flag("onlyVisible"))
    return [{"id": found["id"], "title": found["title"]} for found in types]


@json_rpc(PACKAGE, "ParameterObjectTypeService", "getValuesForListParameter")
def values_for_list_parameter(call: JsonCall) -> object:
    """Allowed values of a list parameter of objects; a parameter of another type has none."""
    parameter = object_parameter_row(call.db, call.integer("parameterId"))
    return [dict(choice) for choice in object_list_items(call.db, parameter["id"])]


def _object_of_contract(call: JsonCall) -> RowMapping:
    contract = contract_of(call, "contractId")
    found = object_row(call.db, call.integer("objectId"))
    if found["cid"] != contract["id"]:
        raise Refused("Объект не принадлежит договору")
    return found


def _bean(found: RowMapping) -> dict[str, object]:
    return {
        "id": found["id"],
        "title": found["title"],
        "contractId": found["cid"],
        "typeId": found["type_id"],
        "dateFrom": found["date1"],
        "dateTo": found["date2"],
        "position": found["pos"],
        "entitySpecId": 0,
        "entityAttributes": None,
    }
