"""Where letters come from: a folder that files are dropped into, and mailboxes; both by configuration.

A letter that has been read is moved, so that it is read once; when it is read twice all the same, it is one message:
the digest of its bytes tells. One that cannot be read is moved aside with the reason and stops nothing.
"""

import imaplib
import logging
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from example_host.messages.kinds import LETTER, first_of, kind_of
from example_host.messages.letters import LARGEST, BadLetter, Letter, read_letter
from example_host.messages.models import SENDER, AttachmentRow, MessageRow, stored
from example_host.models import database
from example_host.mounting import bgbilling

SECONDS = 20
MOST_AT_ONCE = 200
READ, ASIDE = "read", "aside"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Mailbox:
    """A mailbox that is asked by IMAP. ``security`` is ``tls``, ``starttls`` or ``none``."""

    number: int
    host: str
    port: int
    security: str
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    read: str = "Read"
    aside: str = "Unreadable"


@dataclass(frozen=True)
class Sources:
    """What the configuration says: ``type_id`` is the type of the messages that letters become."""

    folder: Path | None
    mailboxes: tuple[Mailbox, ...]
    type_id: int | None
    every: int


@dataclass
class Fetched:
    """What a round of fetching did: how many letters are new, were known, could not be read; and what failed."""

    new: int = 0
    known: int = 0
    bad: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    stopped: Callable[[], bool] = lambda: False


def sources() -> Sources:
    """The sources of the configuration in force; a folder without a root lies beside the configuration's file."""
    block = bgbilling.settings().properties.sub("letters.")
    written = block.text("folder").strip()
    beside = Path(current_app.config.get("BGBILLING_CONFIG") or "instance/none").parent
    usual = first_of(LETTER)
    mailboxes = tuple(
        Mailbox(
            number,
            one.text("host").strip(),
            one.integer("port", 143 if one.text("security").strip() in ("starttls", "none") else 993),
            one.text("security").strip() or "tls",
            one.text("user"),
            one.text("password"),
            one.text("folder").strip() or "INBOX",
            one.text("read").strip() or "Read",
            one.text("aside").strip() or "Unreadable",
        )
        for number, one in sorted(block.indexed("imap.").items())
        if one.text("host").strip()
    )
    return Sources(
        beside / written if written else None,
        mailboxes,
        block.integer("messageType", 0) or (usual.id if usual else None),
        max(block.integer("seconds", SECONDS), 1),
    )


def fetch_letters(stopped: Callable[[], bool] = lambda: False) -> Fetched:
    """Takes what lies in all sources; needs an application context. Never raises for what a source does.

    ``stopped`` is asked before each letter: the rest then stays for the next round.
    """
    wanted, done = sources(), Fetched(stopped=stopped)
    if wanted.type_id is None or kind_of(wanted.type_id).kind != LETTER:
        if wanted.folder or wanted.mailboxes:
            done.failed.append("no type of messages for letters: letters.messageType, or a MessageTypeEmail")
        return done
    type_id = wanted.type_id
    rounds: list[tuple[str, Callable[[], None]]] = []
    if wanted.folder is not None:
        folder = wanted.folder
        rounds.append((str(folder), lambda: _fetch_folder(folder, type_id, done)))
    for mailbox in wanted.mailboxes:
        rounds.append((mailbox.host, lambda box=mailbox: _fetch_mailbox(box, type_id, done)))  # type: ignore[misc]
    for name, fetch in rounds:
        try:
            fetch()
        except (OSError, imaplib.IMAP4.error, ValueError) as error:
            database.session.rollback()
            done.failed.append(f"{name}: {type(error).__name__}: {error}"[:300])
            log.warning("letters of %s are not fetched: %s", name, error)
    return done


def keep_letter(letter: Letter, type_id: int) -> bool:
    """Makes a message of a letter and commits; false when the letter is known already."""
    row = MessageRow(
        type_id=type_id,
        system_id=letter.digest,
        sender=letter.sender[:SENDER],
        sender_name=letter.sender_name,
        recipient=letter.recipient,
        subject=letter.subject,
        text=letter.text,
        received_at=stored(letter.sent_at),
    )
    database.session.add(row)
    try:
        database.session.flush()
    except IntegrityError:
        database.session.rollback()
        return False
    for position, file in enumerate(letter.attachments):
        size = len(file.content)
        database.session.add(
            AttachmentRow(
                message_id=row.id,
                position=position,
                name=file.name,
                content_type=file.content_type,
                size=size,
                content=file.content,
            )
        )
    database.session.commit()
    return True


def _take(raw: bytes, name: str, type_id: int, done: Fetched) -> str:
    """Keeps one letter and counts it; gives the reason why it cannot be kept, or nothing."""
    try:
        letter = read_letter(raw, datetime.now(UTC))
    except BadLetter as reason:
        done.bad.append(f"{name}: {reason}")
        log.warning("the letter %s is moved aside: %s", name, reason)
        return str(reason)
    try:
        new = _kept(letter, type_id)
    except DBAPIError as error:
        database.session.rollback()
        database.session.execute(text("SELECT 1"))  # a database that is gone stops the round, no letter is to blame
        refusal = f"the database refuses it: {error.orig}"[:300]
        done.bad.append(f"{name}: {refusal}")
        log.warning("the letter %s is moved aside: %s", name, refusal)
        return refusal
    done.new, done.known = done.new + new, done.known + (not new)
    return ""


def _kept(letter: Letter, type_id: int) -> bool:
    """Keeps a letter; tries again once, since who waits for a lock is refused like who brings too much."""
    try:
        return keep_letter(letter, type_id)
    except DBAPIError:
        database.session.rollback()
        return keep_letter(letter, type_id)


def _fetch_folder(folder: Path, type_id: int, done: Fetched) -> None:
    """Files ``*.eml``: whoever writes them gives them this name when they are whole."""
    for name in (READ, ASIDE):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for path in sorted(folder.glob("*.eml"))[:MOST_AT_ONCE]:
        if done.stopped():
            return
        try:
            if path.is_symlink() or not path.is_file():
                raise BadLetter("no file")
            with path.open("rb") as file:
                raw = file.read(LARGEST + 1)
        except FileNotFoundError:  # somebody else was quicker
            continue
        except BadLetter as reason:
            done.bad.append(f"{path.name}: {reason}")
            _move(path, folder / ASIDE, str(reason))
            continue
        reason_of = _take(raw, path.name, type_id, done)
        _move(path, folder / (ASIDE if reason_of else READ), reason_of)


def _move(path: Path, folder: Path, reason: str) -> None:
    """Moves a file without writing over another; the reason stands beside it."""
    goal, number = folder / path.name, 1
    while goal.exists():
        goal, number = folder / f"{path.stem}-{number}{path.suffix}", number + 1
    try:
        path.rename(goal)
    except FileNotFoundError:
        return
    if reason:
        goal.with_suffix(".reason.txt").write_text(f"{reason}\n", "utf-8")


def _fetch_mailbox(mailbox: Mailbox, type_id: int, done: Fetched) -> None:
    """Letters of a folder of a mailbox, which move into others: the standard library's IMAP, step by step."""
    with _opened(mailbox) as box:
        for name in (mailbox.read, mailbox.aside):
            box.create(_quoted(name))  # it says no when it is there
        _said(box.select(_quoted(mailbox.folder)), "the folder cannot be opened")
        numbers = _said(box.uid("SEARCH", "UNDELETED"), "the folder cannot be searched")[0] or b""
        for number in numbers.decode("ascii").split()[:MOST_AT_ONCE]:
            if done.stopped():
                break
            size = _size(box, number)
            if size > LARGEST:
                reason = f"larger than {LARGEST // 1024 // 1024} MiB"
                done.bad.append(f"{mailbox.host} {number}: {reason}")
            else:
                answer = _said(box.uid("FETCH", number, "(BODY.PEEK[])"), "a letter cannot be read")
                raw = next((one[1] for one in answer if isinstance(one, tuple)), b"")
                reason = _take(raw, f"{mailbox.host} {number}", type_id, done)
            goal = mailbox.aside if reason else mailbox.read
            _said(box.uid("COPY", number, _quoted(goal)), f"a letter cannot be moved into {goal}")
            _said(box.uid("STORE", number, "+FLAGS", r"(\Deleted)"), "a letter cannot be moved")
        box.expunge()


@contextmanager
def _opened(mailbox: Mailbox) -> Iterator[imaplib.IMAP4]:
    context = ssl.create_default_context()
    if mailbox.security == "tls":
        box: imaplib.IMAP4 = imaplib.IMAP4_SSL(mailbox.host, mailbox.port, ssl_context=context, timeout=SECONDS)
    else:
        box = imaplib.IMAP4(mailbox.host, mailbox.port, timeout=SECONDS)
    try:
        if mailbox.security == "starttls":
            box.starttls(context)
        box.login(mailbox.user, mailbox.password)
        yield box
    finally:
        try:
            box.logout()
        except (OSError, imaplib.IMAP4.error):
            box.shutdown()


def _size(box: imaplib.IMAP4, number: str) -> int:
    answer = _said(box.uid("FETCH", number, "(RFC822.SIZE)"), "a letter cannot be measured")
    first = answer[0] if answer else b""
    text = (first if isinstance(first, bytes) else b"").decode("ascii", "replace")
    digits = text.partition("RFC822.SIZE")[2].strip(" )").split(" ")[0]
    return int(digits) if digits.isdecimal() else 0


def _said(answer: tuple[str, list[Any]], otherwise: str) -> list[Any]:
    if answer[0] != "OK":
        raise ValueError(otherwise)
    return answer[1]


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
