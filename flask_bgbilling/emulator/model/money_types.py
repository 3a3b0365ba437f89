"""Changing the directories of payment and charge types; clients learn of it by the directory's version."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select, update

from flask_bgbilling.emulator.calls import JsonCall
from flask_bgbilling.emulator.errors import Refused
from flask_bgbilling.emulator.model.changes import add_row, change_row, directory_changed, record_id, remove_rows
from flask_bgbilling.emulator.model.contracts import count
from flask_bgbilling.emulator.model.money import FOLDER, type_row
from flask_bgbilling.emulator.model.postings import CHARGES, PAYMENTS, Ledger

BEANS = "ru.bitel.bgbilling.kernel.contract.balance.common.bean"
DIRECTORIES = {PAYMENTS.element: f"{BEANS}.PaymentType", CHARGES.element: f"{BEANS}.ChargeType"}
TOP = 0


def save_type(call: JsonCall, ledger: Ledger, name: str) -> int:
    """Writes the type under ``name``, new when its id is 0; returns the id."""
    title, parent = call.text(f"{name}.title").strip(), call.integer(f"{name}.parentId", TOP)
    if not title:
        raise Refused("Не указано название типа")
    values: dict[str, Any] = {
        "title": title,
        "up": _folder(call.db, ledger, parent),
        "type": call.integer(f"{name}.type", 0),
        "flag": int(not call.flag(f"{name}.editable", True)),
    }
    if ledger.charges:
        values["payback"] = int(call.flag(f"{name}.payback"))
    number = record_id(call, f"{name}.id")
    if number:
        type_row(call.db, ledger.types, number)
        _check_not_inside(call.db, ledger, number, values["up"])
        change_row(call.db, ledger.types, number, **values)
    else:
        number = add_row(call.db, ledger.types, **values)
    _changed(call, ledger)
    return number


def remove_type(call: JsonCall, ledger: Ledger, number: int) -> int:
    """Removes a type; refused when a record or another type needs it. How many were removed."""
    kinds = ledger.types
    type_row(call.db, kinds, number)
    if count(call.db, ledger.rows, ledger.rows.c.pt == number) or count(call.db, kinds, kinds.c.up == number):
        raise Refused("Тип используется и не может быть удалён")
    removed = remove_rows(call.db, kinds, kinds.c.id == number)
    _changed(call, ledger)
    return removed


def move_types(call: JsonCall, ledger: Ledger, folder: int, numbers: list[int]) -> None:
    """Moves types into a folder, 0 is the top."""
    _folder(call.db, ledger, folder)
    for number in numbers:
        type_row(call.db, ledger.types, number)
        _check_not_inside(call.db, ledger, number, folder)
    call.db.execute(update(ledger.types).where(ledger.types.c.id.in_(numbers)).values(up=folder))
    _changed(call, ledger)


def _folder(db: Connection, ledger: Ledger, number: int) -> int:
    """The id of a folder or of the top; refused when the type is no folder."""
    if number > TOP and type_row(db, ledger.types, number)["type"] != FOLDER:
        raise Refused("Тип можно поместить только в группу типов")
    return max(number, TOP)


def _check_not_inside(db: Connection, ledger: Ledger, number: int, folder: int) -> None:
    kinds = ledger.types
    while folder:
        if folder == number:
            raise Refused("Группу типов нельзя поместить в неё саму")
        folder = db.execute(select(kinds.c.up).where(kinds.c.id == folder)).scalar() or TOP


def _changed(call: JsonCall, ledger: Ledger) -> None:
    directory_changed(call.db, DIRECTORIES[ledger.element], call.now)
