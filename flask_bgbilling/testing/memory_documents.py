"""Documents in memory: for tests of what makes and shows them; nothing is ever rolled back."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime

from flask_bgbilling.ports import Document, DocumentObject, NewDocument


class MemoryDocuments:
    """The port ``Documents`` over dictionaries."""

    def __init__(self) -> None:
        self.rows: dict[int, Document] = {}
        self.bodies: dict[int, bytes] = {}
        self.counters: dict[str, int] = defaultdict(int)

    def of_object(self, object: DocumentObject, limit: int, offset: int = 0) -> Sequence[Document]:
        """The documents of an object, the latest first."""
        found = [row for row in reversed(self.rows.values()) if row.object == object]
        return found[offset : offset + limit]

    def count(self, object: DocumentObject) -> int:
        """How many documents an object has."""
        return sum(row.object == object for row in self.rows.values())

    def get(self, document_id: int) -> Document | None:
        """One document."""
        return self.rows.get(document_id)

    def body(self, document_id: int) -> bytes:
        """What was stored."""
        return self.bodies[document_id]

    def store(self, document: NewDocument) -> Document:
        """Keeps a document."""
        number = max(self.rows, default=0) + 1
        known = {field.name: getattr(document, field.name) for field in fields(document)}
        person, body = known.pop("person"), known.pop("body")
        moment = datetime.now(UTC)
        row = Document(number, **known, size=len(body), person_id=person.id, person_name=person.name, created_at=moment)
        self.rows[number], self.bodies[number] = row, body
        return row

    def delete(self, document_id: int) -> bool:
        """Forgets a document."""
        self.bodies.pop(document_id, None)
        return self.rows.pop(document_id, None) is not None

    def next_number(self, key: str) -> int:
        """Counts up."""
        self.counters[key] += 1
        return self.counters[key]
