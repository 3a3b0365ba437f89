"""Queues of processes by configuration, the card of a process and what may be changed on it."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from example_host import create_app
from example_host.messages.models import MessageRow
from example_host.models import User, database
from example_host.mounting import bgbilling
from example_host.processes import queue
from example_host.processes.models import (
    ExecutorRow,
    GroupOfProcessRow,
    ProcessContractRow,
    ProcessDetailRow,
    ProcessRow,
)
from example_host.processes.port import CLOSED, HostProcesses
from flask_bgbilling import SecretBox
from flask_bgbilling.errors import InputError
from flask_bgbilling.ports import ProcessContract, ProcessEvent

CONFIGURATION = (
    "queue.2.title=Ремонт\nqueue.2.types=2\nqueue.2.statuses=1,2\n"
    "queue.2.columns=id,executors,contracts,messages,nonsense\nqueue.2.filters=executor,text,nonsense\n"
    "queue.5.title=Всё\nqueue.7.columns=id\n"
)
OPENED = datetime(2025, 1, 1, 12)


@pytest.fixture(scope="module")
def crm(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """A host with two queues, the demo's processes and two pages of others."""
    folder = tmp_path_factory.mktemp("queue")
    (folder / "crm.conf").write_text(CONFIGURATION, "utf-8")
    crm = create_app(
        {
            "TESTING": True,
            "WTF_CSRF_ENABLED": False,
            "SECRET_KEY": "test",
            "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder / 'crm.sqlite3'}",
            "BGBILLING_CONFIG": str(folder / "crm.conf"),
            "BGBILLING_SECRET_KEYS": [SecretBox.new_key()],
        }
    )
    with crm.app_context():
        for number in range(queue.PAGE + 10):
            opened = OPENED + timedelta(minutes=number // 3)
            database.session.add(ProcessRow(title=f"Старая заявка {number}", type_id=3, status_id=1, opened_at=opened))
        port = HostProcesses()
        port.add_executors(2, ["1"])
        port.add_groups(2, [2])
        port.link_contract(2, ProcessContract("ds", 7, "ДС-000007"))
        database.session.commit()
    return crm


def client(crm: Flask, login: str = "operator", language: str = "en") -> FlaskClient:
    one = crm.test_client()
    one.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    one.post("/sign-in", data={"login": login, "password": login})
    return one


def found(crm: Flask, number: int = 5, login: str = "operator", before: str = "", **arguments: str) -> list[int]:
    with crm.test_request_context():
        one = queue.queues()[number]
        user = database.session.query(User).filter_by(login=login).one()
        page = queue.page_of(one, queue.chosen_of(arguments, one), user, before)
        assert page.count >= len(page.lines)
        return [line.id for line in page.lines]


def test_queues_are_what_the_configuration_says(crm: Flask) -> None:
    with crm.test_request_context():
        known = queue.queues()
        assert list(known) == [2, 5], "a block without a title is none"
        assert known[2].columns == ("title", "id", "executors", "contracts", "messages")
        assert known[2].filters == ("executor", "text")
        assert list(queue.choices(known[2])) == ["executor"]
        assert known[5].filters == queue.FILTERS
    page = client(crm, language="ru").get("/processes?queue=2").text
    assert "ДС-000007" in page
    assert "Анна Орлова" in page
    assert "1 процесс<" in page
    assert "Статус" not in page


def test_without_configuration_there_is_one_queue(crm: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "bgbilling", type("None", (), {"settings": staticmethod(lambda: Nothing)}))
    with crm.test_request_context(headers={"Accept-Language": "en"}):
        assert [one.title for one in queue.queues().values()] == ["All processes"]
    assert client(crm).get("/processes").status_code == 200


class Nothing:
    """Settings without a key."""

    class properties:
        """No blocks."""

        @staticmethod
        def indexed(prefix: str) -> dict[int, object]:
            return {}


def test_filters_narrow_the_queue(crm: Flask) -> None:
    assert found(crm, 2) == [2]
    assert found(crm, status=str(CLOSED)) == [3]
    assert found(crm, type="1") == [1]
    assert found(crm, group="2") == [2]
    assert found(crm, executor="1") == [2]
    assert found(crm, executor="2") == []
    assert found(crm, text="нет связи") == [2], "capital letters do not matter"
    assert found(crm, text="с 19 до 23") == [2], "the description is searched"
    assert found(crm, text="дс-000007") == [2], "so are numbers of contracts"
    assert found(crm, text="3") != []
    assert 3 in found(crm, text="3")
    assert found(crm, text="100%") == []
    assert found(crm, 2, status="1") == [2], "a filter that the queue has not is not applied"
    assert len(found(crm, status="x", type="-1", group="9" * 20)) == queue.PAGE


def test_pages_go_on_after_a_key(crm: Flask) -> None:
    with crm.test_request_context():
        one = queue.queues()[5]
        user = database.session.query(User).filter_by(login="operator").one()
        first = queue.page_of(one, queue.Chosen(), user)
        second = queue.page_of(one, queue.Chosen(), user, first.older)
        everything = database.session.query(ProcessRow).count()
        assert (first.count, second.count) == (everything, everything)
        ids = [line.id for page in (first, second) for line in page.lines]
        assert (len(ids), len(set(ids)), second.older) == (everything, everything, "")
        for nonsense in ("x", "1", "-", "1-x", "9" * 17 + "-1", "99999999999999999-1"):
            assert queue.page_of(one, queue.Chosen(), user, nonsense).count == everything
    page = client(crm).get(f"/processes?queue=5&before={first.older}").text
    assert "To the latest" in page


def test_who_is_limited_to_billings_does_not_see_the_others(crm: Flask) -> None:
    assert 2 in found(crm)
    assert 2 not in found(crm, login="branch")
    assert 1 in found(crm, login="branch"), "a process without contracts is everybody's"
    one = client(crm, "branch")
    assert one.get("/processes/2").status_code == 404
    assert one.post("/processes/2", data={"status": "3"}).status_code == 404
    assert one.get("/processes/1").status_code == 200


@pytest.mark.parametrize(("login", "read", "write"), [("viewer", 200, 403), ("accountant", 200, 403), ("", 302, 302)])
def test_what_roles_may(crm: Flask, login: str, read: int, write: int) -> None:
    one = client(crm, login) if login else crm.test_client()
    assert one.get("/processes").status_code == read
    assert one.get("/processes/1").status_code == read
    assert one.post("/processes/1", data={"status": "2"}).status_code == write
    if login:
        assert "<textarea" not in one.get("/processes/1").text
    with crm.app_context():
        assert database.session.get_one(ProcessRow, 1).status_id == 1


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ProcessEvent]]:
    """What the extension is told, instead of it."""
    events: list[tuple[str, ProcessEvent]] = []

    def telling(name: str) -> Callable[[ProcessEvent], tuple[str, ...]]:
        def tell(event: ProcessEvent) -> tuple[str, ...]:
            events.append((name, event))
            return ()

        return tell

    for name in ("process_changing", "process_changed"):
        monkeypatch.setattr(bgbilling, name, telling(name), raising=False)
    return events


@pytest.fixture
def fresh(crm: Flask) -> Iterator[int]:
    """A process of this test alone."""
    with crm.app_context():
        row = HostProcesses().create(1, "Проверка\nподробно", "1")
        database.session.commit()
    yield row.id
    with crm.app_context():
        for table in (ExecutorRow, GroupOfProcessRow, ProcessDetailRow, ProcessContractRow, MessageRow):
            database.session.query(table).filter_by(process_id=row.id).delete()
        database.session.query(ProcessRow).filter_by(id=row.id).delete()
        database.session.commit()


def test_changes_are_made_and_told(crm: Flask, told: list[tuple[str, ProcessEvent]], fresh: int) -> None:
    one = client(crm)
    here = f"/processes/{fresh}"
    assert one.post(here, data={"status": "3"}).status_code == 302
    one.post(here, data={"status": "3"})
    one.post(here, data={"described": "1", "description": " Другое\r\nописание "})
    one.post(here, data={"staffed": "1", "executor": ["1", "3"], "group": ["1"]})
    one.post(here, data={"staffed": "1", "executor": ["3"], "group": ["1"]})
    seen = [(name, event.kind.value) for name, event in told]
    assert seen == [
        ("process_changing", "statusChanging"),
        ("process_changed", "statusChanged"),
        ("process_changed", "closed"),
        ("process_changing", "descriptionChanging"),
        ("process_changed", "descriptionChanged"),
        ("process_changing", "executorsChanging"),
        ("process_changed", "executorsChanged"),
        ("process_changing", "executorsChanging"),
        ("process_changed", "executorsChanged"),
    ], "what is so already is no change"
    assert {(event.process_id, event.person.login) for _, event in told} == {(fresh, "operator")}
    assert told[0][1].number == CLOSED
    with crm.app_context():
        port = HostProcesses()
        process = port.get(fresh)
        assert process is not None
        assert process.closed_at is not None
        assert port.description(fresh) == "Другое\nописание"
        assert (list(port.executors(fresh)), list(port.groups(fresh))) == (["3"], [1])
    page = one.get(here).text
    assert "Павел Громов" in page
    assert "Другое\nописание" in page


def test_a_rule_that_says_no_changes_nothing(
    crm: Flask, monkeypatch: pytest.MonkeyPatch, told: list[tuple[str, ProcessEvent]], fresh: int
) -> None:
    def refuse(event: ProcessEvent) -> None:
        raise InputError(detail="Сначала привяжите договор")

    monkeypatch.setattr(bgbilling, "process_changing", refuse)
    one = client(crm)
    one.post(f"/processes/{fresh}", data={"staffed": "1", "executor": ["1"], "group": ["1"]})
    one.post(f"/processes/{fresh}", data={"status": "3"})
    assert "Сначала привяжите договор" in one.get(f"/processes/{fresh}").text
    with crm.app_context():
        assert database.session.get_one(ProcessRow, fresh).status_id == 1
        assert (HostProcesses().executors(fresh), HostProcesses().groups(fresh)) == ([], [])
    assert told == []


@pytest.mark.parametrize("form", [{"status": "77"}, {"status": "x"}, {"staffed": "1", "executor": "999"}])
def test_nonsense_is_refused(crm: Flask, form: dict[str, str], fresh: int) -> None:
    assert client(crm).post(f"/processes/{fresh}", data=form).status_code == 400
    with crm.app_context():
        assert database.session.get_one(ProcessRow, fresh).status_id == 1
        assert HostProcesses().executors(fresh) == []


def test_the_card_shows_messages_and_hostile_text_as_text(crm: Flask, fresh: int) -> None:
    with crm.app_context():
        HostProcesses().set_description(fresh, "<script>alert(1)</script>")
        row = MessageRow(type_id=2, sender="a@b.ru", subject="<b>Тема</b>", text="Письмо", process_id=fresh)
        database.session.add(row)
        database.session.commit()
    page = client(crm).get(f"/processes/{fresh}").text
    assert "<script>alert" not in page
    assert "&lt;b&gt;Тема" in page
    assert f"/messages/new?process={fresh}" in page
    other = client(crm, "accountant").get(f"/processes/{fresh}").text
    assert "/messages/new" not in other
    assert "Тема" not in other, "messages are shown to whom they are shown in the inbox"
    assert "Письмо" not in other
