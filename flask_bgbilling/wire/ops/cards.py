"""Printable cards, additional actions and self-care access of a contract (contract.md 16, 17, 18)."""

from collections.abc import Mapping
from datetime import date

from flask_bgbilling.wire.answers import JsonAnswer, RawAnswer, XmlAnswer
from flask_bgbilling.wire.codec import integer, moment, text
from flask_bgbilling.wire.dto.common import Page
from flask_bgbilling.wire.dto.contracts import CardType, Logon, WebLimit
from flask_bgbilling.wire.operation import JsonRpc, Operation, RawAction, XmlAction
from flask_bgbilling.wire.ops.contracts import CONTRACT_SERVICE, by_cid, by_contract_id, id_title_elements
from flask_bgbilling.wire.version import BELOW_8_2, FROM_8_2


def html_card(*, cid: int) -> Mapping[str, object]:
    """The full card as a page."""
    return {"cid": cid, "contentType": "html"}


def pdf_card(*, cid: int, card: str) -> Mapping[str, object]:
    """One printable card as a PDF; ``card`` is the id of its type."""
    return {"cid": cid, "type": card, "contentType": "application/pdf"}


def logon_fields(
    *, cid: int, failed: bool, since: date | None, until: date | None, page: int, size: int
) -> Mapping[str, object]:
    """``logType`` chooses between logons that succeeded and those that did not."""
    return {
        "cid": cid,
        "logType": "error" if failed else "ok",
        "date1": since,
        "date2": until,
        "pageIndex": page,
        "pageSize": size,
    }


def read_card_types_xml(answer: XmlAnswer) -> tuple[CardType, ...]:
    """``el`` elements of ``combo``."""
    rows = (CardType(text(row.get("id")), text(row.get("title"))) for row in answer.rows("combo/el"))
    return tuple(card for card in rows if card.id)


def read_card_types_json(answer: JsonAnswer) -> tuple[CardType, ...]:
    """Objects whose id is a text."""
    rows = (CardType(text(item.get("id")), text(item.get("title"))) for item in answer.items())
    return tuple(card for card in rows if card.id)


def read_bytes(answer: RawAnswer) -> bytes:
    """The file as it came; what it is must be looked at, an error comes as XML (contract.md 17)."""
    return answer.body


def read_logons(answer: XmlAnswer) -> Page[Logon]:
    """A page of logons, with the pager on ``table``."""
    logons = tuple(
        Logon(
            at=moment(row.get("date"), answer.zone),
            address=text(row.get("ip")),
            login=text(row.get("login")),
            error=text(row.get("errorCode")),
            kind=text(row.get("passwordType")),
        )
        for row in answer.rows()
    )
    table = answer.first("table")
    pager: Mapping[str, str] = table.attrib if table is not None else {}
    return Page(
        items=logons,
        found=max(integer(pager.get("recordCount")), len(logons)),
        index=max(integer(pager.get("pageIndex")), 1),
        size=integer(pager.get("pageSize")),
    )


def read_web_limit(answer: XmlAnswer) -> WebLimit:
    """The limit of requests and the last logon; parts that are missing read as empty."""
    limit, last = answer.first("web_limit"), answer.first("lastLogon")
    numbers: Mapping[str, str] = limit.attrib if limit is not None else {}
    logon: Mapping[str, str] = last.attrib if last is not None else {}
    return WebLimit(
        configured=text(numbers.get("configLimit")),
        limit=text(numbers.get("limit")),
        count=text(numbers.get("count")),
        status=text(numbers.get("status")),
        last_logon_at=moment(logon.get("datetime"), answer.zone),
        last_logon_address=text(logon.get("ip")),
        last_logon_count=text(logon.get("counter")),
    )


CARD_TYPES = Operation(
    "printable cards",
    forms=(
        XmlAction("contract", "ContractCard2ListTypes", fields=by_cid, read=read_card_types_xml, bands=BELOW_8_2),
        JsonRpc(
            CONTRACT_SERVICE,
            "contractCardList",
            params=by_contract_id,
            read=read_card_types_json,
            bands=FROM_8_2,
        ),
    ),
)

CARD_PDF = Operation(
    "printable card",
    forms=(RawAction("contract", "ContractCard2", fields=pdf_card, read=read_bytes),),
    large=True,
)

CARD_HTML = Operation(
    "full card",
    forms=(RawAction("contract", "ContractCardXml", fields=html_card, read=read_bytes),),
    large=True,
)

ADDITIONAL_ACTIONS = Operation(
    "additional actions",
    forms=(
        XmlAction(
            "contract",
            "AdditionalActionList",
            fields=by_cid,
            read=lambda answer: id_title_elements(answer.anywhere("item")),
        ),
    ),
)

WEB_LOGONS = Operation(
    "web logon log",
    forms=(XmlAction("contract", "WebContractLogonLog", fields=logon_fields, read=read_logons),),
)

WEB_LIMIT = Operation(
    "web request limit", forms=(XmlAction("contract", "WebRequestLimit", fields=by_cid, read=read_web_limit),)
)
