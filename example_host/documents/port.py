"""The documents as flask-bgbilling asks for them."""

from collections.abc import Sequence
from datetime import UTC
from typing import Any, cast

from sqlalchemy import Executable, Select, func, select
from sqlalchemy.dialects import mysql, sqlite

from example_host.documents import files
from example_host.documents.models import DocumentCounter, DocumentRow
from example_host.models import database
from flask_bgbilling.ports import Document, DocumentFormat, DocumentObject, NewDocument


class HostDocuments:
    """Documents from the CRM's own table; bodies are files."""

    def of_object(self, object: DocumentObject, limit: int, offset: int = 0) -> Sequence[Document]:
        """The documents of an object, the latest first."""
        wanted = _of(select(DocumentRow), object).order_by(DocumentRow.id.desc()).limit(limit).offset(offset)
        return [_document(row) for row in database.session.scalars(wanted)]

    def count(self, object: DocumentObject) -> int:
        """How many documents an object has."""
        return database.session.scalar(_of(select(func.count(DocumentRow.id)), object)) or 0

    def get(self, document_id: int) -> Document | None:
        """One document."""
        row = database.session.get(DocumentRow, document_id)
        return _document(row) if row else None

    def body(self, document_id: int) -> bytes:
        """What was stored."""
        row = database.session.get(DocumentRow, document_id)
        if row is None:
            raise LookupError(f"there is no document {document_id}")
        return files.read(row.file)

    def store(self, document: NewDocument) -> Document:
        """Writes body and row; the extension commits."""
        row = DocumentRow(
            kind=document.object.kind,
            billing_id=document.object.billing_id,
            object_number=document.object.number,
            name=document.name,
            format=document.format,
            size=len(document.body),
            type_key=document.type_key,
            type=document.type[:255],
            number=document.number[:255],
            day=document.day,
            person_id=document.person.id,
            person_name=document.person.name[:255],
            file=files.write(document.body),
        )
        database.session.add(row)
        database.session.flush()
        return _document(row)

    def delete(self, document_id: int) -> bool:
        """Deletes row and body."""
        row = database.session.get(DocumentRow, document_id)
        if row is None:
            return False
        files.remove(row.file)
        database.session.delete(row)
        database.session.flush()
        return True

    def next_number(self, key: str) -> int:
        """Counts up: the row of the key stays locked until the transaction ends."""
        counter = DocumentCounter
        first = {"key": key, "value": 1}
        if database.session.get_bind().dialect.name == "sqlite":
            once = sqlite.insert(counter).values(first)
            counted: Executable = once.on_conflict_do_update([counter.key], set_={"value": counter.value + 1})
        else:  # one statement: an update that meets no row would lock the gap and wait for its twin
            counted = mysql.insert(counter).values(first).on_duplicate_key_update(value=counter.value + 1)
        database.session.execute(counted)
        wanted = select(counter.value).where(counter.key == key)
        return cast(int, database.session.scalar(wanted))


def _of(wanted: Select[Any], object: DocumentObject) -> Select[Any]:
    row = DocumentRow
    return wanted.where(
        row.kind == object.kind, row.billing_id == object.billing_id, row.object_number == object.number
    )


def _document(row: DocumentRow) -> Document:
    return Document(
        row.id,
        DocumentObject(row.kind, row.billing_id, row.object_number),
        row.name,
        cast(DocumentFormat, row.format),
        row.size,
        row.type_key,
        row.type,
        row.number,
        row.day,
        row.person_id,
        row.person_name,
        row.created_at.replace(tzinfo=UTC),
    )
