"""Changing contract objects and their parameters (parameters.md 8, 8.1)."""

from __future__ import annotations

from datetime import date
from xml.etree.ElementTree import Element

from sqlalchemy import RowMapping, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.calls import Call
from flask_bgbilling.emulator.errors import BadParameter, Refused
from flask_bgbilling.emulator.model.address_values import AddressValue, address_of_attribute, address_of_fields
from flask_bgbilling.emulator.model.changes import (
    add_row,
    change_row,
    checked_period,
    locked_contract,
    locked_row,
    record_id,
    remove_rows,
)
from flask_bgbilling.emulator.model.contracts import count
from flask_bgbilling.emulator.model.object_changes import list_choice, parameter_of_object, write_object_value
from flask_bgbilling.emulator.model.objects import ObjectKind, object_row
from flask_bgbilling.emulator.registry import JsonCall, XmlCall, json_rpc, xml

MODULE = "contract.object"
PACKAGE = "ru.bitel.bgbilling.kernel.contract.object"
OBJECTS, PARAMETERS = "ContractObjectService", "ContractObjectParameterService"
BEAN = "contractObject"
TEXT_ARGUMENTS = ("parameterId", "entityAttrText")
"""The real name of the argument of a text update is uncertain: both are taken."""
FOREIGN_OBJECT = "Объект не принадлежит договору"


@xml(MODULE, "ObjectUpdate", below="9.2", right="write")
def object_update_xml(call: XmlCall) -> Element:
    """Writes an object; ``id`` 0 adds one, for which ``type`` is needed. A missing ``date2`` is an open end."""
    number, cid = record_id(call), call.integer("cid", 0)
    found = object_row(call.db, number) if number else None
    if found is not None and cid <= 0:
        cid = found["cid"]
    saved = _save(
        call,
        locked_row(call.db, cid),
        found,
        kind=call.integer("type", 0),
        title=call.text("title"),
        start=call.date("date1"),
        end=call.date("date2"),
    )
    return call.data(id=str(saved))


@xml(MODULE, "ObjectDelete", below="9.2", right="write")
def object_delete_xml(call: XmlCall) -> Element:
    """Deletes an object of a contract with its parameters."""
    contract, found = locked_contract(call, "cid"), object_row(call.db, call.integer("id"))
    if found["cid"] != contract["id"]:
        raise Refused(FOREIGN_OBJECT)
    _delete(call, found)
    return call.data()


@xml(MODULE, "TextParamValueUpdate", below="9.2", right="write")
def text_update_xml(call: XmlCall) -> Element:
    """A text of an object; empty removes it."""
    found, parameter = _fields(call, ObjectKind.TEXT)
    _write_text(call, found, parameter, call.text("value"))
    return call.data()


@xml(MODULE, "ListParamValueUpdate", below="9.2", right="write")
def list_update_xml(call: XmlCall) -> Element:
    """An item of a list; below 1 removes it."""
    found, parameter = _fields(call, ObjectKind.LIST)
    _write_list(call, found, parameter, call.integer("value") if call.text("value").strip() else 0)
    return call.data()


@xml(MODULE, "DateParamValueUpdate", below="9.2", right="write")
def date_update_xml(call: XmlCall) -> Element:
    """A day; empty removes it."""
    found, parameter = _fields(call, ObjectKind.DATE)
    _write_date(call, found, parameter, call.date("value"))
    return call.data()


@xml(MODULE, "AddressParamValueUpdate", below="9.2", right="write")
def address_update_xml(call: XmlCall) -> Element:
    """An address; no house and nothing inside it removes it."""
    found, parameter = _fields(call, ObjectKind.ADDRESS)
    _write_address(call, found, parameter, address_of_fields(call))
    return call.data()


@json_rpc(PACKAGE, OBJECTS, "contractObjectUpdate", since="9.2", right="write")
def object_update(call: JsonCall) -> object:
    """Writes an object, id 0 adds one; its id. Computed keys of the bean do not matter."""
    contract, number = locked_contract(call, "contractId"), record_id(call, f"{BEAN}.id")
    return _save(
        call,
        contract,
        object_row(call.db, number) if number else None,
        kind=call.integer(f"{BEAN}.typeId", 0),
        title=call.text(f"{BEAN}.title"),
        start=call.date(f"{BEAN}.dateFrom"),
        end=call.date(f"{BEAN}.dateTo"),
    )


@json_rpc(PACKAGE, OBJECTS, "contractObjectDelete", since="9.2", right="write")
def object_delete(call: JsonCall) -> object:
    """Deletes an object with its parameters."""
    _delete(call, object_row(call.db, call.integer("objectId")))
    return None


@json_rpc(PACKAGE, PARAMETERS, "textParameterValueUpdate", since="9.2", right="write")
def text_update(call: JsonCall) -> object:
    """A text of an object; null or empty removes it."""
    name = next((name for name in TEXT_ARGUMENTS if isinstance(call.value(name), dict)), TEXT_ARGUMENTS[0])
    found, parameter = _attribute(call, name, ObjectKind.TEXT)
    _write_text(call, found, parameter, call.text(f"{name}.value"))
    return None


@json_rpc(PACKAGE, PARAMETERS, "listParameterValueUpdate", since="9.2", right="write")
def list_update(call: JsonCall) -> object:
    """An item of a list; below 1 removes it."""
    found, parameter = _attribute(call, "entityAttrList", ObjectKind.LIST)
    _write_list(call, found, parameter, call.integer("entityAttrList.value", 0))
    return None


@json_rpc(PACKAGE, PARAMETERS, "dateParameterValueUpdate", since="9.2", right="write")
def date_update(call: JsonCall) -> object:
    """A day; null removes it."""
    found, parameter = _attribute(call, "entityAttrDate", ObjectKind.DATE)
    _write_date(call, found, parameter, call.date("entityAttrDate.value"))
    return None


@json_rpc(PACKAGE, PARAMETERS, "addressParameterValueUpdate", since="9.2", right="write")
def address_update(call: JsonCall) -> object:
    """An address; house 0 with nothing inside removes it."""
    found, parameter = _attribute(call, "entityAttrAddress", ObjectKind.ADDRESS)
    _write_address(call, found, parameter, address_of_attribute(call, "entityAttrAddress"))
    return None


def _save(
    call: Call,
    contract: RowMapping,
    found: RowMapping | None,
    *,
    kind: int,
    title: str,
    start: date | None,
    end: date | None,
) -> int:
    """Writes the row; a known object keeps its type when none is given, an empty title is that of the type."""
    if found is not None and found["cid"] != contract["id"]:
        raise Refused(FOREIGN_OBJECT)
    checked_period(start, end)
    kind = kind or (found["type_id"] if found is not None else 0)
    if not kind:
        raise BadParameter("Не указан тип объекта")
    types, objects = schema.object_type, schema.contract_object
    type_title = call.db.execute(select(types.c.title).where(types.c.id == kind)).scalar()
    if type_title is None:
        raise Refused(f"Тип объекта не найден: {kind}")
    values = {"title": title.strip() or type_title, "type_id": kind, "date1": start, "date2": end}
    if found is None:
        position = count(call.db, objects, objects.c.cid == contract["id"])
        return add_row(call.db, objects, cid=contract["id"], pos=position, **values)
    change_row(call.db, objects, found["id"], **values)
    return int(found["id"])


def _delete(call: Call, found: RowMapping) -> None:
    """Removes the object and its values; refused while a module keeps something for it."""
    usage = schema.object_module_usage
    if count(call.db, usage, usage.c.object_id == found["id"]):
        raise Refused("Объект используется модулями")
    for name, table in schema.METADATA.tables.items():
        if name.startswith("object_param_value_"):
            remove_rows(call.db, table, table.c.object_id == found["id"])
    remove_rows(call.db, schema.contract_object, schema.contract_object.c.id == found["id"])


def _fields(call: XmlCall, kind: ObjectKind) -> tuple[RowMapping, RowMapping]:
    """The object and the parameter of an XML action."""
    found = object_row(call.db, call.integer("object"))
    return found, parameter_of_object(call, found, call.integer("param"), kind)


def _attribute(call: JsonCall, name: str, kind: ObjectKind) -> tuple[RowMapping, RowMapping]:
    """The object and the parameter of an attribute; refused when the object is of another contract."""
    contract, found = locked_contract(call, "contractId"), object_row(call.db, call.integer(f"{name}.entityId"))
    if found["cid"] != contract["id"]:
        raise Refused(FOREIGN_OBJECT)
    return found, parameter_of_object(call, found, call.integer(f"{name}.entitySpecAttrId"), kind)


def _write_text(call: Call, found: RowMapping, parameter: RowMapping, text: str) -> None:
    write_object_value(call, found, parameter, {"value": text} if text else None, text)


def _write_list(call: Call, found: RowMapping, parameter: RowMapping, item: int) -> None:
    title = list_choice(call, parameter, item) if item > 0 else ""
    write_object_value(call, found, parameter, {"value": item} if item > 0 else None, title)


def _write_date(call: Call, found: RowMapping, parameter: RowMapping, day: date | None) -> None:
    write_object_value(call, found, parameter, {"value": day} if day else None, day)


def _write_address(call: Call, found: RowMapping, parameter: RowMapping, value: AddressValue | None) -> None:
    columns = value.columns(call.db) if value else None
    write_object_value(call, found, parameter, columns, columns["address"] if columns else "")
