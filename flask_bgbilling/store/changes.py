"""What the journal keeps of a change, as plain values."""

from datetime import datetime
from hashlib import sha256
from typing import Final, Literal

import msgspec
from msgspec import Struct

from flask_bgbilling.facts import Fact

ChangeState = Literal["sending", "done", "refused", "failed", "partial", "continued", "uncertain", "abandoned"]
"""How a change stands.

``sending``: written down, no answer yet. ``done``: the billing confirmed it, or it was found there. ``refused``: the
billing said no. ``failed``: certainly not done. ``partial``: some of its steps are done, others not. ``continued``: the
rest was done by a later change. ``uncertain``: it may have been done; a person decides, it is never sent again.
``abandoned``: a person decided to leave it.
"""

OPEN_STATES: Final[tuple[ChangeState, ...]] = ("sending", "uncertain", "partial")
"""States in which the last word is not spoken."""


class StepRecord(Struct, frozen=True):
    """One call of a change.

    ``title`` is a message id, ``outcome`` is ``done``, ``not done`` or the code of an error, ``fact`` tells which one
    it is among steps of the same title.
    """

    title: str
    outcome: str = "not done"
    fact: Fact | None = None


class ChangeDetails(Struct, frozen=True):
    """What only the journal's readers see; it is stored encrypted.

    ``before`` and ``after`` are what stood there and what was wanted. ``known_ids`` are the billing's records of the
    same kind that existed before anything was sent. ``words`` tell why it was refused or broke off. ``fields`` are what
    was typed and ``arguments`` the query of the section, to look for the change or to go on with it.
    """

    before: tuple[Fact, ...] = ()
    after: tuple[Fact, ...] = ()
    steps: tuple[StepRecord, ...] = ()
    known_ids: tuple[int, ...] = ()
    words: str = ""
    fields: dict[str, tuple[str, ...]] = {}
    arguments: dict[str, str] = {}


class NewChange(Struct, frozen=True, kw_only=True):
    """A change that is about to be sent.

    ``action`` is its stable name (``payments.add``), ``subject`` what it is about, in plain words. ``once`` is the
    one-time key of the form, at most 64 characters. ``fingerprint`` names what must not come into being twice (see
    :func:`fingerprint`). ``deadline_at`` is until when the billing may still carry out what is sent now.
    ``contract_id`` is 0 while there is no contract yet.
    """

    person_id: str
    person_name: str
    billing_id: str
    contract_id: int
    action: str
    once: str
    contract_title: str = ""
    subject: str = ""
    fingerprint: str | None = None
    deadline_at: datetime | None = None
    details: ChangeDetails = ChangeDetails()


class ChangeRecord(Struct, frozen=True, kw_only=True):
    """An entry of the journal. Moments are in UTC.

    ``in_lane`` says that no equal change may be sent now. ``details`` is ``None`` when none of today's keys opens
    them; the rest of the entry can be shown nevertheless.
    """

    id: int
    created_at: datetime
    finished_at: datetime | None
    deadline_at: datetime | None
    person_id: str
    person_name: str
    billing_id: str
    contract_id: int
    contract_title: str
    action: str
    subject: str
    state: ChangeState
    error_code: str | None
    request_ids: tuple[str, ...]
    once: str
    fingerprint: str | None
    in_lane: bool
    details: ChangeDetails | None


class JournalQuery(Struct, frozen=True, kw_only=True):
    """Which entries are wanted; what is ``None`` or empty does not narrow.

    ``allowed_billing_ids`` is what the reader may see: ``None`` everything, an empty set nothing. ``person`` is found
    inside names, ``text`` inside subjects and contract titles, both without regard to case (SQLite folds Latin letters
    only). ``since`` is included, ``until`` is not. Entries come newest first; ``before_id`` continues a page.
    """

    allowed_billing_ids: frozenset[str] | None = None
    billing_id: str | None = None
    contract_id: int | None = None
    person_id: str | None = None
    person: str = ""
    actions: frozenset[str] = frozenset()
    state: ChangeState | None = None
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""
    before_id: int | None = None
    limit: int = 50


class JournalPage(Struct, frozen=True):
    """Some entries, newest first. ``next_before_id`` continues, ``None`` after the oldest."""

    records: tuple[ChangeRecord, ...]
    next_before_id: int | None


def fingerprint(*parts: object) -> str:
    """One name for what must not come into being twice: equal parts, equal name, in every process.

    Parts are compared by their texts; normalise them first (``Decimal("5.50")`` and ``Decimal("5.5")`` differ).
    """
    texts = [str(part).encode("utf-8", "surrogatepass") for part in parts]
    return sha256(b"".join(b"%d:%s" % (len(text), text) for text in texts)).hexdigest()


def encode(details: ChangeDetails) -> str:
    """As JSON. Halves of characters, which no text can hold, become question marks."""
    return msgspec.json.encode(_whole(msgspec.to_builtins(details))).decode()


def decode(text: str) -> ChangeDetails:
    """From JSON; fields that a newer version has added are left out. ``ValueError`` for anything else."""
    return msgspec.json.decode(text, type=ChangeDetails)


def whole(text: str) -> str:
    """The text without halves of characters and without the character 0, which databases do not take."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")


def _whole(value: object) -> object:
    if isinstance(value, str):
        return whole(value)
    if isinstance(value, dict):
        return {_whole(key): _whole(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_whole(one) for one in value]
    return value
