"""Histories of face and mode: XML on every version (contract.md 11)."""

from collections.abc import Mapping

from flask_bgbilling.wire.answers import XmlAnswer
from flask_bgbilling.wire.codec import moment, text
from flask_bgbilling.wire.dto.common import Page
from flask_bgbilling.wire.dto.logs import ValueChange
from flask_bgbilling.wire.operation import Operation, XmlAction
from flask_bgbilling.wire.ops.paging import page_fields, xml_page

NEWEST_FIRST = 0


def face_fields(*, cid: int, page: int, size: int) -> Mapping[str, object]:
    """Fields of a page of the face history."""
    return {"cid": cid, "type": "face", "view": NEWEST_FIRST, **page_fields(page, size)}


def mode_fields(*, cid: int, page: int, size: int) -> Mapping[str, object]:
    """Fields of a page of the mode history."""
    return {"cid": cid, "type": "mode", "view": NEWEST_FIRST, **page_fields(page, size)}


def read_changes(answer: XmlAnswer) -> Page[ValueChange]:
    """A page of changes with the value in the billing's words."""
    changes = [
        ValueChange(
            at=moment(row.get("date"), answer.zone),
            user_name=text(row.get("user")),
            value=text(row.get("value")),
        )
        for row in answer.rows()
    ]
    return xml_page(answer.first("table"), changes)


FACE_LOG = Operation(
    "face history",
    forms=(XmlAction("contract", "ContractFace", fields=face_fields, read=read_changes),),
)

MODE_LOG = Operation(
    "mode history",
    forms=(XmlAction("contract", "ContractMode", fields=mode_fields, read=read_changes),),
)
