"""The example host's customers, processes and documents on MariaDB: collations, wildcards, locks, long titles."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
import sqlalchemy
from flask import Flask

from example_host import create_app
from example_host.customers.port import HostCustomers
from example_host.documents.port import HostDocuments
from example_host.models import database
from example_host.processes.port import HostProcesses
from flask_bgbilling import SecretBox
from flask_bgbilling.ports import Person
from flask_bgbilling.testing import ProcessExample, check_customers, check_documents, check_processes

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


def test_the_ports_keep_their_promises(app: Flask) -> None:
    check_customers(factory(app, HostCustomers()))
    check_processes(factory(app, HostProcesses()), ProcessExample((1, 2), customer_id=12))
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
