"""Notes on a contract: XML below 8.2, JSON from 8.2 on (contract.md 13)."""

from collections.abc import Mapping

from flask_bgbilling.wire.answers import JsonAnswer, XmlAnswer
from flask_bgbilling.wire.codec import flag, integer, json_moment, lines, moment, text
from flask_bgbilling.wire.dto.notes import Note, NoteText
from flask_bgbilling.wire.operation import JsonRpc, Operation, Service, XmlAction
from flask_bgbilling.wire.version import BELOW_8_2, FROM_8_2, FROM_8_2_BELOW_9_2, FROM_9_2

NOTE_SERVICE = Service("ru.bitel.bgbilling.kernel.contract.api", "ContractNoteService")


def by_cid(*, cid: int) -> Mapping[str, object]:
    """The field of the XML list."""
    return {"cid": cid}


def for_staff(*, cid: int) -> Mapping[str, object]:
    """Parameters that ask for every note, not only those that the subscriber sees."""
    return {"contractId": cid, "customer": False}


def by_cid_and_id(*, cid: int, note_id: int) -> Mapping[str, object]:
    """Fields of one note in XML."""
    return {"cid": cid, "id": note_id}


def by_note_id(*, cid: int, note_id: int) -> Mapping[str, object]:
    """The parameter of one note in 8.2, which does not name the contract."""
    return {"contractNoteId": note_id}


def by_contract_and_id(*, cid: int, note_id: int) -> Mapping[str, object]:
    """Parameters of one note from 9.2 on."""
    return {"contractId": cid, "id": note_id}


def read_note_rows(answer: XmlAnswer) -> tuple[Note, ...]:
    """Heads of notes: rows at any depth, without their texts."""
    return tuple(
        Note(
            id=integer(row.get("f0")),
            title=text(row.get("f1")),
            at=moment(row.get("f3"), answer.zone),
            user_name=text(row.get("f2")),
        )
        for row in answer.anywhere("row")
    )


def read_note_list(answer: JsonAnswer) -> tuple[Note, ...]:
    """Whole notes, the author by id."""
    return tuple(
        Note(
            id=integer(item.get("id")),
            title=text(item.get("title")),
            at=json_moment(item.get("dateTime"), answer.zone),
            text=text(item.get("comment")),
            user_id=integer(item.get("userId")),
            visible=flag(item.get("visible")),
        )
        for item in answer.items()
    )


def read_note_element(answer: XmlAnswer) -> NoteText | None:
    """One note; ``None`` when the billing has none of this id."""
    comment = answer.first("comment")
    if comment is None:
        return None
    return NoteText(title=text(comment.get("subject")), text=lines(comment), visible=flag(comment.get("visibled")))


def read_note(answer: JsonAnswer) -> NoteText | None:
    """One note; ``None`` when the billing has none of this id."""
    note = answer.returned
    if not isinstance(note, Mapping):
        return None
    return NoteText(title=text(note.get("title")), text=text(note.get("comment")), visible=flag(note.get("visible")))


NOTE_HEADS = Operation(
    "note heads",
    forms=(XmlAction("contract", "ContractMemo", fields=by_cid, read=read_note_rows, bands=BELOW_8_2),),
)

NOTE_LIST = Operation(
    "note list",
    forms=(JsonRpc(NOTE_SERVICE, "contractNoteList", params=for_staff, read=read_note_list, bands=FROM_8_2),),
)

NOTE: Operation[NoteText | None] = Operation(
    "note",
    forms=(
        XmlAction("contract", "GetContractMemo", fields=by_cid_and_id, read=read_note_element, bands=BELOW_8_2),
        JsonRpc(NOTE_SERVICE, "getContractNote", params=by_note_id, read=read_note, bands=FROM_8_2_BELOW_9_2),
        JsonRpc(NOTE_SERVICE, "contractNoteGet", params=by_contract_and_id, read=read_note, bands=FROM_9_2),
    ),
)
