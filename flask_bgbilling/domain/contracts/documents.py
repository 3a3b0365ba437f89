"""Printable cards, additional actions, self-care access (card-screens.md 6.13, 8; contract.md 16-18)."""

from datetime import date
from typing import TYPE_CHECKING

from msgspec import Struct

from flask_bgbilling.domain.contracts.contract import Part, part
from flask_bgbilling.domain.contracts.info import card_of
from flask_bgbilling.errors import Garbled
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
READING_ACTIONS = (ADDITIONAL_ACTIONS,)
READING_CARDS = (CARD_TYPES, CARD_HTML, CARD_PDF)
READING_WEB = (CONTRACT_INFO, WEB_LIMIT, WEB_LOGONS)


class WebAccess(Struct, frozen=True):
    """What self-care knows of the contract: login, request limit, logons of a period; parts may fail alone."""

    login: str
    period: Period
    limit: Part[WebLimit]
    logons: Part[Page[Logon]]


def read_card_types(contract: "Contract") -> tuple[CardType, ...]:
    """Kinds of printable cards that the billing offers for the contract: one request."""
    return contract.billing.call(CARD_TYPES, cid=contract.cid)


def read_pdf(contract: "Contract", card: str) -> bytes:
    """A printable card. An error that came instead of it raises ``Refused``, anything else but a PDF ``Garbled``."""
    body = contract.billing.call(CARD_PDF, cid=contract.cid, card=card)
    # Some servers put a line break or a byte order mark before the file.
    start = body[:1024].find(b"%PDF-")
    if start >= 0:
        return body[start:]
    raise Garbled(billing=contract.billing.title, operation=CARD_PDF.name, why="the file does not begin like a PDF")


def read_html(contract: "Contract") -> bytes:
    """The full card as a page in UTF-8, to be shown only in a sandbox.

    An error that came instead is raised; what is no page raises ``Garbled``.
    """
    body = contract.billing.call(CARD_HTML, cid=contract.cid)
    try:
        page = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        page = body.decode("cp1251", errors="replace")
    if page.lstrip().startswith("<") and "\0" not in page:
        return page.encode()
    raise Garbled(billing=contract.billing.title, operation=CARD_HTML.name, why="the file does not begin like a page")


def read_actions(contract: "Contract") -> tuple[IdTitle, ...]:
    """Additional actions that the installation offers for the contract: one request, nothing is run."""
    return contract.billing.call(ADDITIONAL_ACTIONS, cid=contract.cid)


def read_web_access(
    contract: "Contract", *, since: date | None, until: date | None, failed: bool, page: int
) -> WebAccess:
    """Login, request limit and a page of the logon log, all at once. The login is the contract's number."""
    billing, cid = contract.billing, contract.cid
    limit = billing.start(WEB_LIMIT, cid=cid)
    logons = billing.start(
        WEB_LOGONS,
        cid=cid,
        failed=failed,
        since=since,
        until=until,
        page=page,
        size=LOGONS_PER_PAGE,
    )
    card = card_of(contract, billing.call(CONTRACT_INFO, cid=cid))
    return WebAccess(card.title, Period(since, until), part(limit.result), part(logons.result))
