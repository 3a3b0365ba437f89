"""Contract objects: rows, types and the values of their parameters (parameters.md 8)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, Table, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.answers import day
from flask_bgbilling.emulator.errors import Refused
from flask_bgbilling.emulator.model import addresses


class ObjectKind(IntEnum):
    """Type codes of object parameters (parameters.md 1.3)."""

    TEXT = 1
    LIST = 2
    DATE = 3
    ADDRESS = 4
    FLAG = 5


_VALUES: dict[int, Table] = {
    ObjectKind.TEXT: schema.object_param_value_text,
    ObjectKind.LIST: schema.object_param_value_list,
    ObjectKind.DATE: schema.object_param_value_date,
    ObjectKind.ADDRESS: schema.object_param_value_address,
    ObjectKind.FLAG: schema.object_param_value_flag,
}


@dataclass(frozen=True, slots=True)
class ObjectParameter:
    """One parameter of an object; ``value`` is its display string, ``None`` when unset."""

    id: int
    kind: int
    title: str
    value: str | None


def object_row(db: Connection, object_id: int) -> RowMapping:
    """The row of an object with the title of its type as ``type``; refused when there is none."""
    found = db.execute(_objects().where(schema.contract_object.c.id == object_id)).mappings().first()
    if found is None:
        raise Refused("Объект договора не найден")
    return found


def objects_of(db: Connection, cid: int) -> list[RowMapping]:
    """Rows of the objects of a contract in their order, with the title of the type as ``type``."""
    objects = schema.contract_object
    query = _objects().where(objects.c.cid == cid).order_by(objects.c.pos, objects.c.id)
    return list(db.execute(query).mappings())


def object_types(db: Connection, *, only_visible: bool) -> list[RowMapping]:
    """Rows of the object types by title."""
    types = schema.object_type
    query = select(types).order_by(types.c.title, types.c.id)
    if only_visible:
        query = query.where(types.c.is_hidden == 0)
    return list(db.execute(query).mappings())


def object_parameters(db: Connection, found: RowMapping) -> list[ObjectParameter]:
    """Parameters of the type of an object in their order, unset ones included."""
    link, parameter = schema.object_type_param, schema.object_param
    query = (
        select(parameter.c.id, parameter.c.type, parameter.c.title)
        .join_from(link, parameter, parameter.c.id == link.c.param_id)
        .where(link.c.type_id == found["type_id"])
        .order_by(link.c.pos, parameter.c.id)
    )
    rows = db.execute(query).all()
    values: dict[int, str] = {}
    for kind in {row.type for row in rows}:
        values |= _display(db, kind, found["id"])
    return [ObjectParameter(row.id, row.type, row.title, values.get(row.id)) for row in rows]


def object_parameter_row(db: Connection, param_id: int, kind: ObjectKind | None = None) -> RowMapping:
    """The row of an object parameter in the directory; refused when there is none, or of another type."""
    parameter = schema.object_param
    found = db.execute(select(parameter).where(parameter.c.id == param_id)).mappings().first()
    if found is None:
        raise Refused("Параметр объекта не найден")
    if kind is not None and found["type"] != kind:
        raise Refused("Параметр объекта имеет другой тип")
    return found


def object_list_items(db: Connection, param_id: int) -> list[RowMapping]:
    """Allowed values of a list parameter of objects: ``id``, ``title``."""
    values = schema.object_list_value
    query = select(values.c.id, values.c.title).where(values.c.param_id == param_id).order_by(values.c.id)
    return list(db.execute(query).mappings())


def object_address(db: Connection, object_id: int, param_id: int) -> RowMapping | None:
    """The stored address of an object, ``None`` when unset."""
    value = schema.object_param_value_address
    query = select(value).where(value.c.object_id == object_id, value.c.param_id == param_id)
    return db.execute(query).mappings().first()


def _objects() -> Select[Any]:
    objects, types = schema.contract_object, schema.object_type
    joined = objects.outerjoin(types, types.c.id == objects.c.type_id)
    return select(objects, types.c.title.label("type")).select_from(joined)


def _display(db: Connection, kind: int, object_id: int) -> dict[int, str]:
    value = _VALUES.get(kind)
    if value is None:
        return {}
    rows = list(db.execute(select(value).where(value.c.object_id == object_id)).mappings())
    if kind == ObjectKind.LIST:
        choice = schema.object_list_value
        query = select(choice.c.id, choice.c.title).where(choice.c.id.in_([row["value"] for row in rows]))
        titles = {found.id: found.title for found in db.execute(query)}
        return {row["param_id"]: titles.get(row["value"], "") for row in rows}
    if kind == ObjectKind.ADDRESS:
        houses = addresses.houses(db, (row["hid"] for row in rows if not row["address"]))
        template = addresses.formats(db)[addresses.DEFAULT_VARIANT]
        return {
            row["param_id"]: row["address"] or addresses.address_text(template, houses.get(row["hid"]), dict(row))
            for row in rows
        }
    if kind == ObjectKind.DATE:
        return {row["param_id"]: day(row["value"]) for row in rows}
    return {row["param_id"]: str(row["value"]) for row in rows}
