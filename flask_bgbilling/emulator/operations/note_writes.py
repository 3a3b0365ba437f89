"""Writing and deleting notes of a contract (contract.md 13)."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from sqlalchemy import select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.errors import Refused
from flask_bgbilling.emulator.model.changes import (
    add_row,
    change_row,
    locked_contract,
    owned_row,
    record_id,
    remove_rows,
)
from flask_bgbilling.emulator.registry import JsonCall, XmlCall, json_rpc, xml

CONTRACT_API = "ru.bitel.bgbilling.kernel.contract.api"
SERVICE = "ContractNoteService"
UNKNOWN_NOTE = "Примечание не найдено"


@xml("contract", "UpdateContractMemo", below="8.2", right="write")
def update_memo(call: XmlCall) -> Element:
    """Writes a note under the calling account; ``id`` ``new`` or -1 adds one."""
    contract = locked_contract(call, "cid")
    values = {
        "subject": call.text("subject"),
        "comment": call.text("comment"),
        "visibled": int(call.flag("visibled")),
        "uid": call.user.id,
        "dt": call.now,
    }
    number = _save(call, contract["id"], record_id(call), values)
    return call.data(id=str(number))


@xml("contract", "DeleteContractMemo", below="8.2", right="write")
def delete_memo(call: XmlCall) -> Element:
    """Deletes a note; with ``cid`` it must be of that contract."""
    notes, number = schema.contract_comment, call.integer("id")
    cid = call.integer("cid", 0)
    if cid:
        owned_row(call.db, notes, number, locked_contract(call, "cid")["id"], UNKNOWN_NOTE)
    if not remove_rows(call.db, notes, notes.c.id == number):
        raise Refused(UNKNOWN_NOTE)
    return call.data()


@json_rpc(CONTRACT_API, SERVICE, "contractNoteUpdate", since="7.1", right="write")
def note_update(call: JsonCall) -> object:
    """Writes a note; its id. Author and moment are those of the bean, or the calling account and now."""
    contract, name = locked_contract(call, "contractId"), "contractNote"
    if call.integer(f"{name}.contractId", contract["id"]) not in (0, contract["id"]):
        raise Refused(UNKNOWN_NOTE)
    author = call.integer(f"{name}.userId", call.user.id)
    users = schema.user.c
    if author > 0 and call.db.execute(select(users.id).where(users.id == author)).scalar() is None:
        raise Refused(f"Пользователь не найден: {author}")
    values = {
        "subject": call.text(f"{name}.title"),
        "comment": call.text(f"{name}.comment"),
        "visibled": int(call.flag(f"{name}.visible")),
        "uid": author if author > 0 else call.user.id,
        "dt": call.moment(f"{name}.dateTime") or call.now,
    }
    return _save(call, contract["id"], record_id(call, f"{name}.id"), values)


@json_rpc(CONTRACT_API, SERVICE, "contractNoteDelete", since="7.1", right="write")
def note_delete(call: JsonCall) -> object:
    """Deletes a note of a contract."""
    contract, notes = locked_contract(call, "contractId"), schema.contract_comment
    found = owned_row(call.db, notes, call.integer("id"), contract["id"], UNKNOWN_NOTE)
    remove_rows(call.db, notes, notes.c.id == found["id"])
    return None


def _save(call: XmlCall | JsonCall, cid: int, number: int, values: dict[str, object]) -> int:
    notes = schema.contract_comment
    if not number:
        return add_row(call.db, notes, cid=cid, **values)
    owned_row(call.db, notes, number, cid, UNKNOWN_NOTE)
    change_row(call.db, notes, number, **values)
    return number
