"""Writing values of contract parameters, with their history (parameters.md 1.1, 4).

Every function takes the contract's row and the parameter's row, replaces the value, and writes a line of history
when the parameter keeps one and the value is another than before. An empty value removes the row.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import RowMapping, Table, Update, bindparam, insert, select, update

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.calls import Call
from flask_bgbilling.emulator.errors import Refused
from flask_bgbilling.emulator.model.address_values import AddressValue
from flask_bgbilling.emulator.model.changes import fitting, remove_rows
from flask_bgbilling.emulator.model.parameters import (
    HISTORY,
    LOGS,
    Email,
    Kind,
    display_values,
    kind_of,
    list_items,
    parameter_row,
    phone_items,
    value_of,
)

LONGEST_PHONE = 14
USUAL_PHONE = re.compile(r"[78]\d{10}")
USUAL_FORMAT = "13"
COMMENT_PARAMETER = re.compile(r"\$\{(\d+)\}")

Phone = tuple[str, str, str]
"""A number as it was typed, its comment, its format."""


def editable_parameter(call: Call, name: str, kind: Kind) -> RowMapping:
    """The row of the parameter of a field; refused when it is unknown or of another type."""
    found = parameter_row(call.db, call.integer(name))
    if kind_of(found["pt"]) is not kind:
        raise Refused(f"Параметр «{found['title']}» имеет другой тип")
    return found


def write_text(call: Call, contract: RowMapping, parameter: RowMapping, text: str) -> None:
    """A text; blank removes it."""
    _write_plain(call, contract, parameter, schema.contract_parameter_type_1, text or None)


def write_flag(call: Call, contract: RowMapping, parameter: RowMapping, flag: bool) -> None:
    """Yes or no; both are values."""
    _write_plain(call, contract, parameter, schema.contract_parameter_type_5, int(flag))


def write_date(call: Call, contract: RowMapping, parameter: RowMapping, day: date | None) -> None:
    """A day; none removes it."""
    _write_plain(call, contract, parameter, schema.contract_parameter_type_6, day)


def write_list(call: Call, contract: RowMapping, parameter: RowMapping, item: int, custom: str) -> None:
    """An item of the parameter's list, or a text of one's own when the item is below 1; neither removes the value."""
    titles = {choice["id"]: choice["title"] for choice in list_items(call.db, Kind.LIST, parameter["id"])}
    if item > 0 and item not in titles:
        raise Refused(f"Значение {item} не входит в список параметра «{parameter['title']}»")
    value = {"val": item, "custom_value": None} if item > 0 else {"val": 0, "custom_value": custom}
    title = titles.get(item, custom)
    filled = item > 0 or bool(custom)
    if _replace(call, contract, parameter, schema.contract_parameter_type_7, value if filled else None):
        _log(call, contract, parameter, val=max(item, 0), title=title)


def write_address(call: Call, contract: RowMapping, parameter: RowMapping, value: AddressValue | None) -> None:
    """An address with its ready text; none removes it."""
    columns = value.columns(call.db) if value else None
    if _replace(call, contract, parameter, schema.contract_parameter_type_2, columns):
        _log(call, contract, parameter, val=columns["address"] if columns else "")


def write_emails(call: Call, contract: RowMapping, parameter: RowMapping, emails: Sequence[Email]) -> None:
    """E-mails, a line each; none removes the value."""
    lines = "\n".join(f"{mail.name} <{mail.address}>" if mail.name else mail.address for mail in emails)
    if _replace(call, contract, parameter, schema.contract_parameter_type_3, {"email": lines} if lines else None):
        _log(call, contract, parameter, val=lines)


def write_phones(call: Call, contract: RowMapping, parameter: RowMapping, phones: Sequence[Phone]) -> None:
    """Numbers in their order, digits only, blank ones left out; none removes the value.

    Refused when a number has more digits than the column holds.
    """
    items = []
    for typed, comment, form in phones:
        digits = re.sub(r"\D", "", typed)
        if len(digits) > LONGEST_PHONE:
            raise Refused(f"Слишком длинный номер телефона: {typed}")
        if digits:
            usual = USUAL_FORMAT if USUAL_PHONE.fullmatch(digits) else ""
            items.append({"phone": digits, "format": form or usual, "comment": comment})
    cid, pid = contract["id"], parameter["id"]
    ready = ";".join(f"{item['phone']}[{item['comment']}]" for item in items)
    table, rows = schema.contract_parameter_type_phone, schema.contract_parameter_type_phone_item
    known = [{name: row[name] for name in ("phone", "format", "comment")} for row in phone_items(call.db, cid, pid)]
    _replace(call, contract, parameter, table, {"value": ready} if items else None)
    if known == items:
        return
    remove_rows(call.db, rows, rows.c.cid == cid, rows.c.pid == pid)
    for number, item in enumerate(items, 1):
        call.db.execute(insert(rows).values(**fitting(rows, {"cid": cid, "pid": pid, "n": number, **item})))
    _log(call, contract, parameter, val=ready, data=ready)


def pattern_comment(call: Call, contract: RowMapping, pattern_id: int) -> str:
    """The comment by a pattern of comments (contract.md 7): ``${12}`` is the text of parameter 12."""
    patterns = schema.contract_comment_patterns
    pattern = call.db.execute(select(patterns.c.pat).where(patterns.c.id == pattern_id)).scalar()
    if pattern is None:
        raise Refused("Шаблон комментария не найден")
    named = [int(pid) for pid in COMMENT_PARAMETER.findall(pattern)]
    pref = schema.contract_parameters_pref
    kinds = {kind_of(row.pt) for row in call.db.execute(select(pref.c.pt).where(pref.c.id.in_(named)))}
    values = display_values(call.db, contract["id"], kinds)
    return COMMENT_PARAMETER.sub(lambda found: values.get(int(found[1]), ""), pattern)


def _write_plain(call: Call, contract: RowMapping, parameter: RowMapping, table: Table, value: Any) -> None:
    """A value that is one column; ``None`` removes it."""
    if _replace(call, contract, parameter, table, None if value is None else {"val": value}):
        empty = "" if kind_of(parameter["pt"]) is Kind.TEXT else None
        _log(call, contract, parameter, val=empty if value is None else value)


def _replace(
    call: Call, contract: RowMapping, parameter: RowMapping, table: Table, values: dict[str, Any] | None
) -> bool:
    """Writes the columns of a value, or removes it; whether it is another value than before."""
    named = {"cid": contract["id"], "pid": parameter["id"]}
    known = call.db.execute(value_of(table), named).mappings().first()
    columns = None if values is None else fitting(table, values)
    if known is None and columns is None:
        return False
    if known is not None and columns is not None and all(known[name] == value for name, value in columns.items()):
        return False
    if columns is None:
        remove_rows(call.db, table, table.c.cid == contract["id"], table.c.pid == parameter["id"])
    elif known is None:
        call.db.execute(insert(table), named | columns)
    else:
        call.db.execute(_changing(table), {"of_cid": contract["id"], "of_pid": parameter["id"]} | columns)
    return True


@cache
def _changing(table: Table) -> Update:
    return update(table).where(table.c.cid == bindparam("of_cid"), table.c.pid == bindparam("of_pid"))


def _log(call: Call, contract: RowMapping, parameter: RowMapping, **values: Any) -> None:
    if not parameter["flags"] & HISTORY:
        return
    log = LOGS[kind_of(parameter["pt"])]
    row = {
        "cid": contract["id"],
        "pid": parameter["id"],
        "dt_change": call.now,
        "user_id": call.user.id,
        **fitting(log, values),
    }
    call.db.execute(insert(log), row)
