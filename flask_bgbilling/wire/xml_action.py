"""XML actions: a form post answered by a document (transport.md 2)."""

import base64
import codecs
from collections.abc import Mapping
from typing import NoReturn
from xml.etree.ElementTree import Element, ParseError, XMLParser

from flask_bgbilling.config.settings import Server
from flask_bgbilling.ports import Credentials
from flask_bgbilling.wire.answers import Unreadable
from flask_bgbilling.wire.operation import RawAction, XmlAction
from flask_bgbilling.wire.sanitize import (
    repaired,
    root_offset,
    unfinished_reference,
    without_illegal_characters,
    without_illegal_references,
)
from flask_bgbilling.wire.spelling import form_body, form_fields
from flask_bgbilling.wire.transport import Outgoing

_FORM = (b"Content-Type", b"application/x-www-form-urlencoded")
SHORT = 64 * 1024
MOST_ELEMENTS = 1_000_000
"""More than any listing of a provider has; each costs some hundred bytes of memory once it is parsed."""


class Denied(Exception):
    """An error answer: its words, and the Java class and number that may come with them."""

    def __init__(self, words: str, exception: str = "", errcode: str = "") -> None:
        super().__init__("denied")
        self.words = words
        self.exception = exception
        self.errcode = errcode


def basic(credentials: Credentials) -> bytes:
    """The value of the ``Authorization`` header, in UTF-8."""
    pair = f"{credentials.login}:{credentials.password}".encode("utf-8", "replace")
    return b"Basic " + base64.b64encode(pair)


def outgoing(
    form: XmlAction[object] | RawAction[object],
    arguments: Mapping[str, object],
    server: Server,
    credentials: Credentials,
) -> Outgoing:
    """The request of an XML action. The marker parameter is a form field here."""
    fields = [("module", form.module), ("action", form.action)]
    fields += form_fields(form.fields(**arguments), server.timezone)
    fields.append(("authToSession", "0"))
    if server.marker:
        fields.append(server.marker)
    body = form_body(fields)
    return Outgoing(server.url, (_FORM, (b"Authorization", basic(credentials))), body, len(body))


class XmlStream:
    """Parses a document while it arrives, so that a big one is held once, as a tree."""

    def __init__(self) -> None:
        self._parser = _parser()
        self._rest = b""
        self._in_root = False
        self._elements = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def feed(self, chunk: bytes) -> None:
        """The next bytes. Raises :class:`Unreadable`."""
        self._take(self._rest + without_illegal_characters(self._decoder.decode(chunk).encode("utf-8")))

    def _take(self, chunk: bytes) -> None:
        if not self._in_root:
            start = root_offset(chunk)
            if start is None:
                self._rest = chunk
                return
            self._in_root = True
            chunk = chunk[start:]
        end = unfinished_reference(chunk)
        self._rest = chunk[end:]
        self._elements += chunk.count(b"<")
        if self._elements > 2 * MOST_ELEMENTS:
            raise Unreadable("too many elements")
        try:
            self._parser.feed(without_illegal_references(chunk[:end]))
        except (ParseError, ValueError) as error:
            _not_xml(error)

    def close(self) -> Element:
        """The root of the whole document. Raises :class:`Unreadable`."""
        self._take(self._rest + self._decoder.decode(b"", True).encode("utf-8"))
        if not self._in_root:
            raise _rootless(self._rest)
        try:
            self._parser.feed(self._rest)
            return _closed(self._parser)
        except (ParseError, ValueError) as error:
            _not_xml(error)


def parse(document: bytes) -> Element:
    """The root of a document. Raises :class:`Unreadable`; a document type declaration is never accepted."""
    if len(document) > MOST_ELEMENTS and document.count(b"<") > 2 * MOST_ELEMENTS:
        raise Unreadable("too many elements")
    start = root_offset(document)
    if start is None:
        raise _rootless(document)
    # What stands before the root never reaches the parser: repairing it could end a comment or an instruction early
    # and bring a declaration to light that root_offset had seen inside it.
    body = without_illegal_references(document[start:])
    try:
        return _parsed(body)
    except (ParseError, ValueError) as error:
        mended = repaired(body)
        if mended == body:
            _not_xml(error)
    try:
        return _parsed(mended)
    except (ParseError, ValueError) as error:
        _not_xml(error)


def _parsed(document: bytes) -> Element:
    parser = _parser()
    parser.feed(document)
    return _closed(parser)


def _parser() -> XMLParser:
    # The encoding is forced: a document that declares another one must not be read otherwise than root_offset does.
    return XMLParser(encoding="utf-8")  # noqa: S314 - documents with a DTD never reach the parser


def _closed(parser: XMLParser) -> Element:
    root = parser.close()
    assert isinstance(root, Element)
    return root


def _rootless(document: bytes) -> Unreadable:
    return Unreadable("not XML, no element in it" if document.strip() else "an empty answer")


def _not_xml(error: Exception) -> NoReturn:
    position = getattr(error, "position", None)
    where = f" (line {position[0]}, column {position[1]})" if position else ""
    raise Unreadable(f"not XML{where}") from error


def accepted(root: Element, *, message_is_success: bool) -> Element:
    """The root of an answer that says yes.

    ``ok`` is success. ``message`` means that the server has queued something and says so: success for an operation
    that changes data, an error for one that reads, because its data is not there. Anything else is an error answer.
    Raises :class:`Denied`, or :class:`Unreadable` when there is no status at all.
    """
    if root.tag != "data":
        raise Unreadable("the root element is not data")
    status = root.get("status")
    if status == "ok" or (status == "message" and message_is_success):
        return root
    if status is None:
        raise Unreadable("no status")
    words = "".join(root.itertext()).strip() or root.get("errorMessage") or root.get("message") or ""
    raise Denied(words, root.get("exception", ""), root.get("errcode", ""))


def denied_in_bytes(body: bytes) -> None:
    """Raises :class:`Denied` when bytes that should be a PDF or HTML are an error document instead."""
    if len(body) > SHORT or b"<data" not in body[:400] or b"status" not in body[:600]:
        return
    try:
        root = parse(body)
        accepted(root, message_is_success=False)
    except Unreadable:
        return


def denial_of_page(body: bytes) -> Denied:
    """What an answer of HTTP status 401 or 403 says: an error document, or a plain text; pages say nothing."""
    try:
        denied_in_bytes(body)
    except Denied as denied:
        return denied
    return Denied("" if b"<" in body[:SHORT] else body[:SHORT].decode("utf-8", "replace"))
