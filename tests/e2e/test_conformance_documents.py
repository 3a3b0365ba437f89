"""Documents: the example host and the adapter in memory keep what the port promises; who breaks it is told."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from example_host import create_app
from example_host.documents.port import HostDocuments
from example_host.models import database
from flask_bgbilling import SecretBox
from flask_bgbilling.ports import Document, DocumentObject, NewDocument, Person
from flask_bgbilling.testing import MemoryDocuments, check_documents, conformance
from flask_bgbilling.testing.document_checks import example

OPERATOR = Person("1", "operator", "Анна Орлова")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The example host without billings."""
    folder = tmp_path_factory.mktemp("host")
    return create_app(
        {
            "TESTING": True,
            "SECRET_KEY": "test",
            "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder / 'crm.sqlite3'}",
            "BGBILLING_CONFIG": {},
            "BGBILLING_SECRET_KEYS": [SecretBox.new_key()],
            "CRM_FILES": str(folder),
        }
    )


@contextmanager
def memory() -> Iterator[MemoryDocuments]:
    yield MemoryDocuments()


Factories = Callable[[Any], Callable[[], AbstractContextManager[Any]]]


@pytest.fixture
def factory(app: Flask) -> Factories:
    """Makes factories of ports in a context without a request, rolled back."""

    def of(port: object) -> Callable[[], AbstractContextManager[Any]]:
        @contextmanager
        def context() -> Iterator[object]:
            with app.app_context():
                yield port
                database.session.rollback()

        return context

    return of


def files(app: Flask) -> set[str]:
    folder = Path(app.config["CRM_FILES"]) / "documents"
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


def test_the_example_host_keeps_every_promise(factory: Factories, app: Flask) -> None:
    cases = conformance(documents=(factory(HostDocuments()), OPERATOR))
    assert len(cases) == 9
    for case in cases:
        case()
    assert files(app) == set(), "what was rolled back has left files"


def test_the_adapter_in_memory_keeps_every_promise() -> None:
    check_documents(memory, OPERATOR)


def test_files_follow_the_transaction(app: Flask) -> None:
    port = HostDocuments()
    with app.app_context():
        stored = port.store(example(OPERATOR))
        database.session.commit()
        (name,) = files(app)
        assert set(name) <= set("0123456789abcdef"), "the name has nothing of the document's"
        assert (Path(app.config["CRM_FILES"]) / "documents" / name).stat().st_mode & 0o077 == 0
        port.delete(stored.id)
        assert files(app) == {name}, "it goes when the deletion is committed, not before"
        database.session.rollback()
        assert port.body(stored.id) == example(OPERATOR).body
        port.store(example(OPERATOR))
        with database.session.begin_nested():
            database.session.execute(database.text("SELECT 1"))
        database.session.close()
        assert files(app) == {name}, "a session that is closed has rolled back"
        port.delete(stored.id)
        database.session.commit()
        assert files(app) == set()


def test_a_body_that_is_lost_is_told(app: Flask) -> None:
    port = HostDocuments()
    with app.app_context():
        stored = port.store(example(OPERATOR))
        database.session.commit()
        for name in files(app):
            (Path(app.config["CRM_FILES"]) / "documents" / name).unlink()
        with pytest.raises(LookupError, match="is lost"):
            port.body(stored.id)
        port.delete(stored.id)
        database.session.commit()


class Oldest(HostDocuments):
    def of_object(self, object: DocumentObject, limit: int, offset: int = 0) -> Sequence[Document]:
        return super().of_object(object, 1000)[::-1][offset : offset + limit]


class Decodes(HostDocuments):
    def store(self, document: NewDocument) -> Document:
        return super().store(replace(document, body=document.body.replace(b"\r\n", b"\n")))


class AllOfABilling(HostDocuments):
    def of_object(self, object: DocumentObject, limit: int, offset: int = 0) -> Sequence[Document]:
        return super().of_object(replace(object, kind="contract"), limit, offset)


class NamesAreFiles(MemoryDocuments):
    def store(self, document: NewDocument) -> Document:
        stored = super().store(document)
        for number, row in self.rows.items():
            if row.name == document.name:
                self.bodies[number] = document.body
        return stored

    def delete(self, document_id: int) -> bool:
        row = self.rows.get(document_id)
        for number in [number for number, other in self.rows.items() if row and other.name == row.name]:
            self.bodies.pop(number)
        return super().delete(document_id)


class CutsNames(HostDocuments):
    def store(self, document: NewDocument) -> Document:
        return super().store(replace(document, name=document.name.rpartition("/")[2][:50]))


class CountsDocuments(HostDocuments):
    def next_number(self, key: str) -> int:
        return self.count(example(OPERATOR).object) + 1


class OneCounter(HostDocuments):
    def next_number(self, key: str) -> int:
        return super().next_number("all")


class ShortKeys(HostDocuments):
    def next_number(self, key: str) -> int:
        return super().next_number(key[:20])


class Commits(HostDocuments):
    def store(self, document: NewDocument) -> Document:
        stored = super().store(document)
        database.session.commit()
        return stored


class KeepsBodies(MemoryDocuments):
    def delete(self, document_id: int) -> bool:
        return self.rows.pop(document_id, None) is not None


class Forgiving(HostDocuments):
    def body(self, document_id: int) -> bytes:
        try:
            return super().body(document_id)
        except LookupError:
            return b""


BROKEN = {
    Oldest: "not the latest first",
    Decodes: "body does not give back the bytes that were stored",
    AllOfABilling: "of_object gives the document of",
    NamesAreFiles: "has the body of another one",
    CutsNames: "came back as",
    CountsDocuments: "next_number does not count up by one: [1, 1,",
    OneCounter: "a new key begins with 22, though another one began with 1",
    ShortKeys: "next_number takes two long keys for one",
    Commits: "an adapter never commits",
    KeepsBodies: "body of a deleted document: LookupError",
    Forgiving: "body of nothing: LookupError",
}


@pytest.mark.parametrize("broken", BROKEN, ids=lambda one: one.__name__)
def test_a_broken_adapter_is_told_what_it_breaks(broken: type[Any], factory: Factories, app: Flask) -> None:
    with pytest.raises(AssertionError) as told:
        check_documents(factory(broken()), OPERATOR)
    assert BROKEN[broken] in str(told.value)
    with app.app_context():  # what one of them has committed
        for billing_id, number in (("check", 101), ("unwritten", 7)):
            for left in HostDocuments().of_object(DocumentObject("contract", billing_id, number), 200):
                HostDocuments().delete(left.id)
        database.session.commit()
