"""A letter as it came, bytes of a stranger, as what the CRM keeps of it."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.policy import Compat32
from email.utils import getaddresses, parsedate_to_datetime
from hashlib import sha256
from typing import Any

from example_host.messages.html_text import text_of

LARGEST = 15 * 1024 * 1024
"""The largest letter that is read, in bytes: what MariaDB takes at once is 16 MiB unless it is told otherwise."""

LONGEST_TEXT, MOST_PARTS, MOST_FILES, LONGEST_HEADER = 200_000, 500, 100, 10_000
LONGEST_PARAMETERS = 2_000
"""How much is read of the headers ``Content-…``, whose parameters the standard library reads in quadratic time."""
OLDEST = timedelta(days=3650)

_blanks = re.compile(r"\s+")


class BadLetter(ValueError):
    """What cannot be taken as a letter; the text says why, for the log and the file beside it."""


class _ShortHeaders(Compat32):
    """Cuts headers before anybody looks at them."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[: LONGEST_PARAMETERS if name.lower().startswith("content-") else LONGEST_HEADER]


class _Parts:
    """Makes the parts of one letter; raises ``BadLetter`` at too many, those that hold others included."""

    def __init__(self) -> None:
        self._made = 0

    def __call__(self, **settings: Any) -> Message:
        self._made += 1
        if self._made > 2 * MOST_PARTS:
            raise BadLetter(f"more than {MOST_PARTS} parts")
        return Message(**settings)


@dataclass(frozen=True)
class Attachment:
    """A file of a letter; name and type are what the letter says."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Letter:
    """What a letter says. ``digest`` is that of its bytes: the same letter twice has the same one.

    ``sender`` is the bare address of its first author in small letters, empty when there is none; ``sent_at`` is aware
    and never after the moment of reading. ``text`` is plain, whatever the letter was.
    """

    digest: str
    sender: str
    sender_name: str
    recipient: str
    subject: str
    text: str
    sent_at: datetime
    attachments: tuple[Attachment, ...]


def read_letter(raw: bytes, moment: datetime) -> Letter:
    """Reads a letter at a moment; raises ``BadLetter``, whatever the bytes are."""
    if len(raw) > LARGEST:
        raise BadLetter(f"larger than {LARGEST // 1024 // 1024} MiB")
    if not raw.strip():
        raise BadLetter("empty")
    try:
        return _letter(raw, moment)
    except BadLetter:
        raise
    except Exception as error:  # the parser of the standard library fails in many ways when it is fed on purpose
        raise BadLetter(f"unreadable: {type(error).__name__}: {error}"[:300]) from error


def _letter(raw: bytes, moment: datetime) -> Letter:
    message = BytesParser(_Parts(), policy=_ShortHeaders()).parsebytes(raw)
    headers = _headers(message)
    if not headers.keys() & {"from", "to", "subject", "date", "message-id", "received"}:
        raise BadLetter("no letter: none of the headers that letters have")
    name, sender = _first_address(headers.get("from", "") or headers.get("sender", ""))
    texts: list[str] = []
    pages: list[str] = []
    files: list[Attachment] = []
    for number, part in enumerate(_leaves(message)):
        if number >= MOST_PARTS:
            raise BadLetter(f"more than {MOST_PARTS} parts")
        kind = part.get_content_type()
        if kind in ("text/plain", "text/html") and not _is_file(part):
            (texts if kind == "text/plain" else pages).append(_text(part))
        elif len(files) < MOST_FILES:
            files.append(_attachment(part, len(files) + 1))
    body = "\n\n".join(text for text in map(_plain, texts) if text)
    body = body or "\n\n".join(text for text in (_plain(text_of(page)) for page in pages) if text)
    return Letter(
        digest=sha256(raw).hexdigest(),
        sender=sender,
        sender_name=name,
        recipient=_recipients(headers.get("to", "")),
        subject=one_line(_decoded(headers.get("subject", "")))[:500],
        text=body[:LONGEST_TEXT],
        sent_at=_sent_at(headers.get("date", ""), moment),
        attachments=tuple(files),
    )


def _headers(message: Message) -> dict[str, str]:
    """The first header of each name, as it came: bytes that are no ASCII stand as escapes of Python."""
    found: dict[str, str] = {}
    for name, value in message.raw_items():
        found.setdefault(name.lower(), str(value)[:LONGEST_HEADER])
    return found


def _leaves(message: Message) -> Iterator[Message]:
    """The parts that hold something; a letter inside a letter is a file of it."""
    waiting: list[Message] = [message]
    while waiting:
        part = waiting.pop()
        inside = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inside, list):
            waiting.extend(one for one in reversed(inside) if isinstance(one, Message))
        else:
            yield part


def _is_file(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())


def _text(part: Message) -> str:
    content = part.get_payload(decode=True)
    charset = part.get_content_charset() or ""
    return _from_bytes(content, charset) if isinstance(content, bytes) else ""


def _from_bytes(content: bytes, charset: str) -> str:
    """Text in the charset that is named; where that is a lie, in those that old programs use here."""
    for name in (charset, "utf-8", "cp1251"):
        try:
            return content.decode(name)
        except (LookupError, ValueError):
            continue
    return content.decode("cp1251", "replace")


def _attachment(part: Message, number: int) -> Attachment:
    inside = part.get_payload()
    if isinstance(inside, list):
        content = b"\n".join(one.as_bytes() for one in inside if isinstance(one, Message))
    else:
        decoded = part.get_payload(decode=True)
        content = decoded if isinstance(decoded, bytes) else b""
    name = one_line(_decoded(part.get_filename() or "")).replace("\\", "/").rpartition("/")[2].strip(". ")
    return Attachment(name[:200] or f"{number}", part.get_content_type()[:100], content)


def _decoded(value: str) -> str:
    """A header in words: encoded words are decoded, bytes that were never declared are guessed."""
    try:
        pieces = decode_header(value)
    except Exception:  # what looks encoded and is not
        pieces = [(value, None)]
    words = []
    for piece, charset in pieces:
        content = piece.encode("ascii", "surrogateescape") if isinstance(piece, str) and _escaped(piece) else piece
        words.append(_from_bytes(content, charset or "") if isinstance(content, bytes) else content)
    return "".join(words)


def _escaped(text: str) -> bool:
    return any("\udc80" <= letter <= "\udcff" for letter in text) and all(
        letter < "\x80" or "\udc80" <= letter <= "\udcff" for letter in text
    )


def _first_address(value: str) -> tuple[str, str]:
    """The name and the bare address of the first of several."""
    for name, address in getaddresses([value]):
        bare = one_line(_decoded(address))
        if "@" in bare and " " not in bare:
            return one_line(_decoded(name))[:200], bare[:120].lower()
    return one_line(_decoded(value))[:200], ""


def _recipients(value: str) -> str:
    found = [one_line(_decoded(address)) for _, address in getaddresses([value])]
    return ", ".join(address for address in found if "@" in address)[:200]


def _sent_at(value: str, moment: datetime) -> datetime:
    """When it was sent; a day that cannot be is the moment of reading."""
    try:
        sent = parsedate_to_datetime(value)
        sent = sent if sent.tzinfo else sent.replace(tzinfo=UTC)
        return sent.astimezone(UTC) if moment - OLDEST < sent <= moment else moment
    except (TypeError, ValueError, OverflowError, IndexError):
        return moment


def one_line(text: str) -> str:
    """One line without letters that nobody sees or that turn the others round."""
    return _blanks.sub(" ", "".join(letter for letter in text if _seen(letter) or letter.isspace())).strip()


def _plain(text: str) -> str:
    """Lines without letters that nobody sees."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join("".join(letter for letter in line if _seen(letter) or letter == "\t") for line in lines).strip()


def _seen(letter: str) -> bool:
    # Control letters, marks of direction, halves of pairs, private use.
    return unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Co", "Cn")
