"""The example host on MariaDB, customers to documents: collations, wildcards, locks, long titles."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy
from flask import Flask

from example_host import create_app
from example_host.customers.port import HostCustomers
from example_host.documents.port import HostDocuments
from example_host.messages import inbox
from example_host.messages.letters import Attachment, Letter
from example_host.messages.models import AttachmentRow, MessageRow, now
from example_host.messages.port import HostMessages
from example_host.messages.sources import keep_letter
from example_host.models import User, database
from example_host.processes import queue
from example_host.processes.port import HostProcesses
from flask_bgbilling import SecretBox
from flask_bgbilling.ports import Person
from flask_bgbilling.testing import (
    MessageExample,
    ProcessExample,
    check_customers,
    check_documents,
    check_messages,
    check_processes,
)

pytestmark = pytest.mark.mariadb


@pytest.fixture(scope="module")
def app(mariadb: str, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The example host in a database of its own."""
    server = sqlalchemy.create_engine(mariadb)
    with server.begin() as connection:
        connection.execute(sqlalchemy.text("CREATE DATABASE crm CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"))
    server.dispose()
    return create_app(
        {
            "TESTING": True,
            "SECRET_KEY": "test",
            "SQLALCHEMY_DATABASE_URI": mariadb.replace("/bgbilling?", "/crm?"),
            "BGBILLING_CONFIG": "",
            "BGBILLING_SECRET_KEYS": [SecretBox.new_key()],
            "CRM_FILES": str(tmp_path_factory.mktemp("files")),
        }
    )


def factory(app: Flask, port: object) -> Callable[[], AbstractContextManager[Any]]:
    @contextmanager
    def context() -> Iterator[object]:
        with app.app_context():
            yield port
            database.session.rollback()

    return context


def two_of_a_sender(app: Flask) -> tuple[int, int]:
    """The ids of two messages."""
    with app.app_context():
        rows = [MessageRow(type_id=2, sender="anna@example.ru", subject="Ё" * 500) for _ in range(2)]
        database.session.add_all(rows)
        database.session.commit()
        return rows[0].id, rows[1].id


def test_the_inbox_pages_by_moments_within_a_second(app: Flask) -> None:
    start = now()
    with app.test_request_context():
        moments = [start - timedelta(milliseconds=number // 2) for number in range(inbox.PAGE + 5)]
        database.session.add_all(MessageRow(type_id=77, sender="x", received_at=moment) for moment in moments)
        database.session.flush()
        first = inbox.page_of(inbox.Filter(77))
        assert first.older is not None
        second = inbox.page_of(inbox.Filter(77), before=inbox.key_of(str(first.older)))
        found = [row.message.id for page in (first, second) for row in page.rows]
        assert (len(found), len(set(found))) == (inbox.PAGE + 5, inbox.PAGE + 5)
        database.session.rollback()


def test_a_letter_of_any_size_and_the_same_one_twice(app: Flask) -> None:
    moment = datetime(2026, 6, 5, 9, 30, 15, 123456, tzinfo=UTC)
    file = Attachment("акт 😀.pdf", "application/pdf", bytes(range(256)) * 1000)
    letter = Letter("d" * 64, "a" * 120, "И" * 200, "к" * 200, "Т" * 500, "😀" * 100_000, moment, (file,))
    with app.app_context():
        assert keep_letter(letter, 2)
        assert not keep_letter(letter, 2)
        row = database.session.query(MessageRow).filter_by(system_id=letter.digest).one()
        assert (len(row.text), row.received_at.microsecond) == (100_000, 123_000)
        assert database.session.get_one(AttachmentRow, (row.id, 0)).content == file.content


def test_a_queue_is_searched_and_paged(app: Flask) -> None:
    with app.test_request_context():
        user = database.session.query(User).filter_by(login="branch").one()
        one = queue.queues()[0]
        page = queue.page_of(one, queue.chosen_of({"text": "НЕТ связи", "status": "2"}, one), user)
        assert [line.cells["title"] for line in page.lines] == ["Нет связи по вечерам"]
        assert queue.page_of(one, queue.Chosen(text="100%_"), user).count == 0


def test_the_ports_keep_their_promises(app: Flask) -> None:
    check_customers(factory(app, HostCustomers()))
    check_processes(factory(app, HostProcesses()), ProcessExample((1, 2), customer_id=12))
    check_messages(factory(app, HostMessages()), MessageExample(two_of_a_sender(app), (1, 2), "1"))
    check_documents(factory(app, HostDocuments()), Person("1", "operator", "Анна Орлова"))


def test_numbers_of_documents_never_come_twice(app: Flask) -> None:
    """Several at once, the first one of the key included; some take theirs back."""
    given: list[int] = []
    together = threading.Barrier(4)

    def work(place: int) -> None:
        together.wait(timeout=30)
        for turn in range(10):
            with app.app_context():
                number = HostDocuments().next_number("together")
                if (turn + place) % 5 == 0:
                    database.session.rollback()
                else:
                    database.session.commit()
                    given.append(number)

    threads = [threading.Thread(target=work, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(given) == list(range(1, 33))


def test_titles_of_any_length(app: Flask) -> None:
    with app.app_context():
        customers = HostCustomers()
        long = customers.create("Ж" + "ё" * 5000 + " " + "слово " * 800)
        short = customers.create("Ы")
        assert long.id in {one.id for one in customers.find_by_title("ёёё слово", 5)}
        assert [one.id for one in customers.find_by_title("ы", 500)].count(short.id) == 1
        database.session.rollback()
