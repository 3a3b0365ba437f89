"""Notes of a contract (contract.md 13)."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from sqlalchemy import RowMapping, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.answers import element, row, table
from flask_bgbilling.emulator.model.presence import contract_of, user_names
from flask_bgbilling.emulator.registry import JsonCall, XmlCall, json_rpc, xml

CONTRACT_API = "ru.bitel.bgbilling.kernel.contract.api"


@xml("contract", "ContractMemo", below="8.2")
def contract_memo(call: XmlCall) -> Element:
    """Notes by positional columns, without their texts."""
    contract = contract_of(call, "cid")
    names = user_names(call.db)
    data = call.data()
    rows = (
        {"f0": note["id"], "f1": note["subject"], "f2": names.get(note["uid"], ""), "f3": note["dt"]}
        for note in _notes(call, contract["id"])
    )
    table(data, rows)
    return data


@xml("contract", "GetContractMemo", below="8.2")
def get_contract_memo(call: XmlCall) -> Element:
    """One note with its text line by line; no ``comment`` element when there is no such note."""
    note = _note(call, call.integer("id"), call.integer("cid", 0))
    data = call.data()
    if note is None:
        return data
    visible = "true" if note["visibled"] else "false"
    comment = element(data, "comment", subject=note["subject"], visibled=visible)
    for line in (note["comment"] or "").split("\n") if note["comment"] else ():
        row(comment).text = line
    return data


@json_rpc(CONTRACT_API, "ContractNoteService", "contractNoteList", since="7.1")
def contract_note_list(call: JsonCall) -> object:
    """Beans of the notes; with ``customer`` only those that the customer may see."""
    contract = contract_of(call, "contractId")
    only_visible = call.flag("customer")
    return [_bean(note) for note in _notes(call, contract["id"]) if note["visibled"] or not only_visible]


@json_rpc(CONTRACT_API, "ContractNoteService", "getContractNote", since="8.2", below="9.2")
def get_contract_note(call: JsonCall) -> object:
    """One note, null when there is none."""
    note = _note(call, call.integer("contractNoteId"), 0)
    return _bean(note) if note is not None else None


@json_rpc(CONTRACT_API, "ContractNoteService", "contractNoteGet", since="9.2")
def contract_note_get(call: JsonCall) -> object:
    """One note of a contract, null when the contract has no such note."""
    contract = contract_of(call, "contractId")
    note = _note(call, call.integer("id"), contract["id"])
    return _bean(note) if note is not None else None


def _notes(call: XmlCall | JsonCall, cid: int) -> Sequence[RowMapping]:
    notes = schema.contract_comment
    query = select(notes).where(notes.c.cid == cid).order_by(notes.c.dt.desc(), notes.c.id.desc())
    return call.db.execute(query).mappings().all()


def _note(call: XmlCall | JsonCall, note: int, cid: int) -> RowMapping | None:
    notes = schema.contract_comment
    query = select(notes).where(notes.c.id == note)
    if cid:
        query = query.where(notes.c.cid == cid)
    return call.db.execute(query).mappings().first()


def _bean(note: RowMapping) -> dict[str, object]:
    return {
        "id": note["id"],
        "contractId": note["cid"],
        "title": note["subject"],
        "comment": note["comment"] or "",
        "dateTime": note["dt"],
        "userId": note["uid"],
        "visible": bool(note["visibled"]),
    }
