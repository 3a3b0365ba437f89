"""Printable cards, additional actions, self-care access (card-screens.md 6.13, 8; contract.md 16-18)."""

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from flask_bgbilling.domain.contracts.contract import Part, part
from flask_bgbilling.domain.contracts.info import card_of
from flask_bgbilling.errors import Garbled, Refused
from flask_bgbilling.wire.dto.common import IdTitle, Page, Period
from flask_bgbilling.wire.dto.contracts import CardType, Logon, WebLimit
from flask_bgbilling.wire.ops.cards import (
    ADDITIONAL_ACTIONS,
    CARD_HTML,
    CARD_PDF,
    CARD_TYPES,
    WEB_LIMIT,
    WEB_LOGONS,
)
from flask_bgbilling.wire.ops.contracts import CONTRACT_INFO

if TYPE_CHECKING:
    from flask_bgbilling.domain.contracts.contract import Contract

LOGONS_PER_PAGE = 30
_XML_DATA = re.compile(rb"\s*(?:<\?xml[^>]*>)?\s*<data\b([^>]*)>(.*?)(?:</data>|\Z)", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


class WebAccess(Struct, frozen=True):
    """What self-care knows of the contract: login, request limit, logons; parts may fail alone."""

    login: str
    limit: Part[WebLimit]
    logons: Part[Page[Logon]]


def read_card_types(contract: "Contract") -> tuple[CardType, ...]:
    """Kinds of printable cards that the billing offers for the contract: one request."""
    return contract.billing.call(CARD_TYPES, cid=contract.cid)


def read_pdf(contract: "Contract", card: str) -> bytes:
    """A printable card. An error that came instead raises ``Refused``, any other non-PDF ``Garbled``."""
    body = contract.billing.call(CARD_PDF, cid=contract.cid, card=card)
    # Some servers put a line break or a byte order mark before the file.
    start = body[:1024].find(b"%PDF-")
    if start >= 0:
        return body[start:]
    _refuse(contract, CARD_PDF.name, body)
    raise Garbled(
        billing=contract.billing.title, operation=CARD_PDF.name, why="the file does not begin like a PDF"
    )


def read_html(contract: "Contract") -> bytes:
    """The full card as a page in UTF-8, to be shown only in a sandbox. Errors as :func:`read_pdf`."""
    body = contract.billing.call(CARD_HTML, cid=contract.cid)
    _refuse(contract, CARD_HTML.name, body)
    try:
        return body.decode("utf-8-sig").encode()
    except UnicodeDecodeError:
        return body.decode("cp1251", errors="replace").encode()


def _refuse(contract: "Contract", operation: str, body: bytes) -> None:
    match = _XML_DATA.match(body[:4096])
    if match is None or b"status" not in match[1]:
        return
    words = " ".join(_TAG.sub(" ", match[2].decode("utf-8", errors="replace")).split())
    raise Refused(billing=contract.billing.title, operation=operation, words=words[:500])


def read_actions(contract: "Contract") -> tuple[IdTitle, ...]:
    """Additional actions that the installation offers for the contract: one request, nothing is run."""
    return contract.billing.call(ADDITIONAL_ACTIONS, cid=contract.cid)


def read_web_access(contract: "Contract", period: Period, *, failed: bool, page: int) -> WebAccess:
    """Login, request limit and a page of the logon log, all at once. The login is the contract's number."""
    billing, cid = contract.billing, contract.cid
    limit = billing.start(WEB_LIMIT, cid=cid)
    logons = billing.start(
        WEB_LOGONS,
        cid=cid,
        failed=failed,
        since=period.since,
        until=period.until,
        page=page,
        size=LOGONS_PER_PAGE,
    )
    card = card_of(contract, billing.call(CONTRACT_INFO, cid=cid))
    return WebAccess(card.title, part(limit.result), part(logons.result))
