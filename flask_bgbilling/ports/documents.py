"""Documents that the host keeps: acts, agreements, reminders that were made for one of its objects.

Optional: without ``Documents`` the card of a contract has no section of documents.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol, runtime_checkable

from flask_bgbilling.ports.people import Person

DocumentFormat = Literal["html", "docx", "pdf"]

CONTRACT = "contract"
"""The kind of object that a contract of a billing is."""


@dataclass(frozen=True, slots=True)
class DocumentObject:
    """What a document belongs to: ``kind`` of the object, the billing that has it, its number there."""

    kind: str
    billing_id: str
    number: int


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document that is to be stored.

    ``name`` is the name of its file for people: at most 150 characters, no slashes, no control characters, the ending
    of its ``format``. It is no name for a file of the host's own: two documents may have the same. ``type_key`` is the
    block of the configuration that made it, such as ``document:pattern.3``, ``type`` what people call it, ``number``
    its own number (empty: none), ``day`` the date that it bears. ``person`` has made it.
    """

    object: DocumentObject
    name: str
    format: DocumentFormat
    body: bytes
    type_key: str
    type: str
    number: str
    day: date
    person: Person


@dataclass(frozen=True, slots=True)
class Document:
    """A stored document without its body.

    The fields are those of :class:`NewDocument`; ``size`` is in bytes, ``created_at`` is aware, ``person_name`` may be
    empty for somebody whom the host does not know any more.
    """

    id: int
    object: DocumentObject
    name: str
    format: DocumentFormat
    size: int
    type_key: str
    type: str
    number: str
    day: date
    person_id: str
    person_name: str
    created_at: datetime


@runtime_checkable
class Documents(Protocol):
    """The host's documents. Methods use the host's session and never commit.

    What is rolled back leaves nothing behind; where bodies are files, so do they.
    """

    def of_object(self, object: DocumentObject, limit: int, offset: int = 0) -> Sequence[Document]:
        """The documents of an object, the latest first: at most ``limit``, after the first ``offset``."""
        ...

    def count(self, object: DocumentObject) -> int:
        """How many documents an object has."""
        ...

    def get(self, document_id: int) -> Document | None:
        """One document, or ``None`` when there is no such id."""
        ...

    def body(self, document_id: int) -> bytes:
        """What was stored, byte by byte. Raises ``LookupError`` when there is no such document or its body is lost."""
        ...

    def store(self, document: NewDocument) -> Document:
        """Stores a document and gives it with its id. A file of the host gets a name of the host's own choice."""
        ...

    def delete(self, document_id: int) -> bool:
        """Deletes a document with its body; ``False`` when there was none."""
        ...

    def next_number(self, key: str) -> int:
        """Counts up: 1 for the first time that a key is asked for, then 2, 3 …

        No two callers get the same number of a key, whatever happens at the same time; a number whose transaction was
        rolled back may come again. ``key`` has at most 100 characters.
        """
        ...
