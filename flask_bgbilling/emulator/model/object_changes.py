"""Writing values of object parameters, with their history (parameters.md 1.3, 8.1)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import RowMapping, Table, insert, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.calls import Call
from flask_bgbilling.emulator.errors import Refused
from flask_bgbilling.emulator.model.changes import add_row, fitting, remove_rows
from flask_bgbilling.emulator.model.objects import ObjectKind, object_parameter_row

HISTORY = 1
_TABLES: dict[ObjectKind, tuple[Table, Table]] = {
    ObjectKind.TEXT: (schema.object_param_value_text, schema.object_param_value_text_log),
    ObjectKind.LIST: (schema.object_param_value_list, schema.object_param_value_list_log),
    ObjectKind.DATE: (schema.object_param_value_date, schema.object_param_value_date_log),
    ObjectKind.ADDRESS: (schema.object_param_value_address, schema.object_param_value_address_log),
}


def parameter_of_object(call: Call, found: RowMapping, number: int, kind: ObjectKind) -> RowMapping:
    """A parameter of the type of an object; refused when it is unknown, of another type, or not of such objects."""
    parameter = object_parameter_row(call.db, number, kind)
    links = schema.object_type_param.c
    query = select(links.pos).where(links.type_id == found["type_id"], links.param_id == number)
    if call.db.execute(query).first() is None:
        raise Refused(f"У объектов этого типа нет параметра «{parameter['title']}»")
    return parameter


def write_object_value(
    call: Call, found: RowMapping, parameter: RowMapping, columns: dict[str, Any] | None, shown: object
) -> None:
    """Replaces a value by its columns, ``None`` removes it; ``shown`` is what the history tells.

    Nothing is written when the value is the same as before.
    """
    table, log = _TABLES[ObjectKind(parameter["type"])]
    mine = (table.c.object_id == found["id"], table.c.param_id == parameter["id"])
    known = call.db.execute(select(table).where(*mine)).mappings().first()
    fitted = None if columns is None else fitting(table, columns)
    if fitted is None and known is None:
        return
    if fitted is not None and known is not None and all(known[name] == value for name, value in fitted.items()):
        return
    remove_rows(call.db, table, *mine)
    key = {"object_id": found["id"], "param_id": parameter["id"]}
    if fitted is not None:
        call.db.execute(insert(table).values(**key, **fitted))
    if parameter["flags"] & HISTORY:
        add_row(call.db, log, **key, value=shown, dt_change=call.now, user_id=call.user.id)


def list_choice(call: Call, parameter: RowMapping, item: int) -> str:
    """The title of an item of a list parameter; refused when the list has no such item."""
    items = schema.object_list_value.c
    query = select(items.title).where(items.id == item, items.param_id == parameter["id"])
    title = call.db.execute(query).scalar()
    if title is None:
        raise Refused(f"Значение {item} не входит в список параметра «{parameter['title']}»")
    return str(title)
