"""Writing and deleting notes of a contract: XML below 8.2, JSON from 8.2 on (contract.md 13)."""

from collections.abc import Mapping
from datetime import datetime

from flask_bgbilling.wire.operation import JsonRpc, Operation, XmlAction
from flask_bgbilling.wire.ops.notes import NOTE_SERVICE, by_cid_and_id, by_contract_and_id
from flask_bgbilling.wire.ops.written import NEW, read_nothing, read_written_json, read_written_xml
from flask_bgbilling.wire.version import BELOW_8_2, FROM_8_2


def note_fields(
    *,
    cid: int,
    title: str,
    text: str,
    visible: bool,
    note_id: int | None = None,
    author_id: int | None = None,
    at: datetime | None = None,
) -> Mapping[str, object]:
    """Fields of a note in XML, where author and moment are always the calling account's and now."""
    return {
        "cid": cid,
        "id": NEW if note_id is None else note_id,
        "subject": title,
        "comment": text,
        "visibled": visible,
    }


def note_bean(
    *,
    cid: int,
    title: str,
    text: str,
    visible: bool,
    note_id: int | None = None,
    author_id: int | None = None,
    at: datetime | None = None,
) -> Mapping[str, object]:
    """The bean of a note. Author and moment are left out when they are not given, for the server to fill in."""
    bean: dict[str, object] = {
        "id": note_id or 0,
        "contractId": cid,
        "title": title,
        "comment": text,
        "visible": visible,
    }
    if author_id is not None:
        bean["userId"] = author_id
    if at is not None:
        bean["dateTime"] = at
    return {"contractId": cid, "contractNote": bean}


NOTE_SAVE = Operation(
    "note save",
    forms=(
        XmlAction("contract", "UpdateContractMemo", fields=note_fields, read=read_written_xml, bands=BELOW_8_2),
        JsonRpc(NOTE_SERVICE, "contractNoteUpdate", params=note_bean, read=read_written_json, bands=FROM_8_2),
    ),
    safe=False,
)
"""Adds a note, or changes the one of ``note_id``; its id where the server tells it.

From 8.2 on the server keeps ``author_id`` and ``at`` as they are given: whoever changes a note passes those of the
note, so that its author and moment stay, and whoever adds one passes who and when it is. Below 8.2 every change makes
the calling account the author.
"""

NOTE_DELETE = Operation(
    "note deletion",
    forms=(
        XmlAction("contract", "DeleteContractMemo", fields=by_cid_and_id, read=read_nothing, bands=BELOW_8_2),
        JsonRpc(NOTE_SERVICE, "contractNoteDelete", params=by_contract_and_id, read=read_nothing, bands=FROM_8_2),
    ),
    safe=False,
)
"""Deletes the note of ``note_id``; refused when the contract has no such note."""
