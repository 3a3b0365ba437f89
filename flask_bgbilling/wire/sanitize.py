"""XML of a billing made parsable, and proof that it holds no document type declaration.

Servers emit numeric references to characters that XML 1.0 forbids (transport.md 2), and now and then the characters
themselves or a byte that is no UTF-8. Answers without any of that pay for one search of ``&#``.
"""

import re

from flask_bgbilling.wire.answers import Unreadable

_REFERENCE = re.compile(rb"&#(?:[xX]([0-9a-fA-F]{1,12})|([0-9]{1,12}));")
_UNFINISHED = re.compile(rb"&(?:#(?:[xX]?[0-9a-fA-F]{0,12})?)?\Z")
_BOM = b"\xef\xbb\xbf"
_FORBIDDEN = bytes(ord("?") if code < 32 and code not in (9, 10, 13) else code for code in range(256))
_PROLOG_LIMIT = 64 * 1024


def without_illegal_references(document: bytes) -> bytes:
    """Every numeric reference, decimal or hexadecimal, to a character that XML 1.0 forbids becomes ``?``."""
    return _REFERENCE.sub(_legal_or_mark, document) if b"&#" in document else document


def _legal_or_mark(match: re.Match[bytes]) -> bytes:
    code = int(match[1], 16) if match[1] else int(match[2])
    legal = 32 <= code <= 0xD7FF or code in (9, 10, 13) or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF
    return match[0] if legal else b"?"


def unfinished_reference(chunk: bytes) -> int:
    """Where a reference that the end of the chunk may have cut in two begins; the length of the chunk if nowhere."""
    match = _UNFINISHED.search(chunk, max(0, len(chunk) - 16))
    return match.start() if match else len(chunk)


def without_illegal_characters(document: bytes) -> bytes:
    """Every control character that XML 1.0 forbids becomes ``?``."""
    return document.translate(_FORBIDDEN)


def repaired(document: bytes) -> bytes:
    """A document that failed to parse, with forbidden characters and bytes that are no UTF-8 replaced."""
    return without_illegal_characters(document).decode("utf-8", "replace").encode("utf-8")


def root_offset(document: bytes) -> int | None:
    """Where the root element begins; ``None`` when the bytes so far do not tell yet.

    XML allows a document type declaration only before the root element, behind nothing but declarations, comments
    and white space: these are skipped here exactly as the grammar has them, so no entity can have been declared when
    an offset is returned. Raises :class:`Unreadable` for a document type declaration and for a document that does
    not begin like XML.
    """
    position = len(_BOM) if document.startswith(_BOM) else 0
    while True:
        position = _skip_space(document, position)
        head = document[position : position + 4]
        if head.startswith(b"<?"):
            end = document.find(b"?>", position + 2)
            skip = 2
        elif head == b"<!--":
            end = document.find(b"-->", position + 4)
            skip = 3
        elif head[:2] == b"<!" and not b"<!--".startswith(head):
            raise Unreadable("a document type declaration")
        elif head and not head.startswith(b"<"):
            raise Unreadable("not XML")
        elif len(head) < 2 or b"<!--".startswith(head):
            return _undecided(document)
        else:
            return position
        if end < 0:
            return _undecided(document)
        position = end + skip


def _undecided(document: bytes) -> int | None:
    if len(document) > _PROLOG_LIMIT:
        raise Unreadable("not XML")
    return None


def _skip_space(document: bytes, position: int) -> int:
    while document[position : position + 1] in (b" ", b"\n", b"\r", b"\t"):
        position += 1
    return position
