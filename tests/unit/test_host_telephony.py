"""What a telephone exchange may tell, and who sees it; the inbox behind it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from example_host import create_app
from example_host.messages import inbox, telephony, views
from example_host.messages.models import AttachmentRow, ExtensionRow, MessageRow, now
from example_host.messages.port import HostMessages
from example_host.models import User, database
from example_host.mounting import bgbilling
from example_host.processes.models import ProcessRow
from example_host.processes.port import HostProcesses
from flask_bgbilling import SecretBox
from flask_bgbilling.ports import ProcessContract, ProcessEvent

KEY, OTHER = "key-of-the-office-0123", "key-of-the-branch-0123"
CONFIGURATION = (
    "messageType.1.title=Звонок\nmessageType.1.class=MessageTypeCall\n"
    "messageType.2.title=Почта\nmessageType.2.class=MessageTypeEmail\n"
    "messageType.3.title=Заметка\nmessageType.3.class=MessageTypeNote\n"
    f"telephony.1.key={KEY}\ntelephony.2.key={OTHER}\ntelephony.3.key=short\n"
)


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """A host with two exchanges; forms are guarded as in production."""
    folder = tmp_path_factory.mktemp("telephony")
    (folder / "crm.conf").write_text(CONFIGURATION, "utf-8")
    return create_app(
        {
            "TESTING": True,
            "SECRET_KEY": "test",
            "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder / 'crm.sqlite3'}",
            "BGBILLING_CONFIG": str(folder / "crm.conf"),
            "BGBILLING_SECRET_KEYS": [SecretBox.new_key()],
        }
    )


@pytest.fixture
def crm(application: Flask) -> Flask:
    """The same without messages; the operator has extension 101."""
    with application.app_context():
        database.session.query(MessageRow).delete()
        database.session.commit()
    return application


def ring(crm: Flask, key: str | None = KEY, **told: str) -> tuple[int, object]:
    headers = {"Authorization": f"Bearer {key}"} if key is not None else {}
    answer = crm.test_client().post("/telephony/call", data=told, headers=headers)
    return answer.status_code, answer.json


def client(crm: Flask, login: str = "operator") -> FlaskClient:
    one = crm.test_client()
    one.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert send(one, "/sign-in", login=login, password=login).status_code == 302
    return one


def send(one: FlaskClient, path: str, page: str = "", **fields: str) -> TestResponse:
    """Posts a form with the token of the page that it stands on."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', one.get(page or path).text)
    assert token is not None
    return one.post(path, data={"csrf_token": token[1], **fields})


def rows(crm: Flask) -> list[MessageRow]:
    with crm.app_context():
        return list(database.session.query(MessageRow).order_by(MessageRow.id))


@pytest.mark.parametrize("key", [None, "", "wrong", "short", KEY[:-1], KEY + "x", "ключ"])
def test_without_a_key_nothing_is_taken(crm: Flask, key: str | None) -> None:
    value = None if key is None else key.encode().decode("latin-1")
    status, told = ring(crm, value, **{"from": "79161234567", "to": "101"})
    assert status == 401
    assert "telephony.<N>.key" in str(told)
    assert rows(crm) == []


def test_a_call_becomes_a_message_of_the_operator(crm: Flask) -> None:
    status, told = ring(crm, **{"from": " +7 (916) 123-45-67 ", "to": "101"})
    row = rows(crm)[0]
    assert (status, told) == (201, {"id": row.id})
    with crm.app_context():
        operator = database.session.get_one(User, row.operator_id)
        assert operator.login == "operator"
    assert (row.type_id, row.direction, row.sender, row.recipient) == (1, "in", "+7 (916) 123-45-67", "101")
    assert row.process_id is None


def test_the_same_call_twice_is_one_message_and_exchanges_do_not_meet(crm: Flask) -> None:
    call = {"from": "79161234567", "to": "101", "id": "abc-1"}
    first, again = ring(crm, **call), ring(crm, **call)
    assert (first[0], again[0], first[1]) == (201, 200, again[1])
    assert ring(crm, OTHER, **call)[0] == 201
    assert ring(crm, **{**call, "id": ""})[0] == 201
    assert ring(crm, **{**call, "id": ""})[0] == 201
    assert len(rows(crm)) == 4


def test_two_reports_of_a_call_at_the_same_moment_are_one_message(crm: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    call = {"from": "1", "to": "101", "id": "race"}
    first = ring(crm, **call)
    known, asked = telephony._known, []

    def late(type_id: int, system_id: str | None) -> int | None:
        asked.append(system_id)
        return None if len(asked) == 1 else known(type_id, system_id)

    monkeypatch.setattr(telephony, "_known", late)
    assert ring(crm, **call) == (200, first[1])
    assert len(rows(crm)) == 1


def test_json_is_taken_too_and_nonsense_is_refused(crm: Flask) -> None:
    headers = {"Authorization": f"bearer {KEY}"}
    post = crm.test_client().post
    answer = post("/telephony/call", json={"from": 79161234567, "to": "101", "id": 7}, headers=headers)
    assert answer.status_code == 201
    for told in ({"from": "1"}, {"from": "1" * 121, "to": "101"}, {"from": "1", "to": "101", "id": "x" * 81}):
        assert post("/telephony/call", data=told, headers=headers).status_code == 422
    assert post("/telephony/call", json=["x"], headers=headers).status_code == 422
    assert post("/telephony/call", data="{", content_type="application/json", headers=headers).status_code == 422
    assert [row.sender for row in rows(crm)] == ["79161234567"]


@pytest.mark.parametrize(
    ("sender", "words"),
    [
        ("", "unknown"),
        ("anonymous", "anonymous"),
        ("4" * 40, "4" * 40),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("+7 (347) 210-31-03", "+7 347 210-31-03"),
        ("83472103103", "+7 347 210-31-03"),
        ("112", "112"),
    ],
)
def test_callers_of_every_kind_ring(crm: Flask, sender: str, words: str) -> None:
    assert ring(crm, **{"from": sender, "to": "101"})[0] == 201
    shown = client(crm).get("/telephony/pulse").text
    assert "<script>" not in shown
    assert f">{words}</strong>" in shown
    assert ("ООО «Сеть аптек Ёлочка»" in shown) == ("210-31-03" in words), "customers of the CRM are named"


def test_the_pulse_tells_only_who_is_called_and_only_for_a_while(crm: Flask) -> None:
    one, other = client(crm), client(crm, "admin")
    assert one.get("/telephony/pulse").status_code == 204
    ring(crm, **{"from": "79161234567", "to": "101"})
    number = rows(crm)[0].id
    assert f'data-crm-call="{number}"' in one.get("/telephony/pulse?since=0").text
    assert one.get(f"/telephony/pulse?since={number}").status_code == 204
    assert one.get("/telephony/pulse?since=-1").status_code == 200
    assert one.get("/telephony/pulse?since=" + "9" * 30).status_code == 200
    assert other.get("/telephony/pulse").status_code == 204
    with crm.app_context():
        database.session.get_one(MessageRow, number).received_at = now() - timedelta(minutes=4)
        database.session.commit()
    assert one.get("/telephony/pulse").status_code == 204


def test_several_calls_of_a_number_are_one_entry(crm: Flask) -> None:
    for sender in ("79161234567", "", "79161234568", "79161234567", "79161234567", ""):
        ring(crm, **{"from": sender, "to": "101"})
    shown = re.findall(r'data-crm-call="(\d+)"', client(crm).get("/telephony/pulse").text)
    numbers = [row.id for row in rows(crm)]
    assert [int(one) for one in shown] == [numbers[5], numbers[4], numbers[2]]


def test_what_nobody_sees_is_not_kept_of_a_call(crm: Flask) -> None:
    told = {"from": "+7\u202e916\u200b 12\ud800", "to": "10\u20601\udfff", "id": "a\ud8001"}
    answer = crm.test_client().post("/telephony/call", json=told, headers={"Authorization": f"Bearer {KEY}"})
    assert answer.status_code == 201
    row = rows(crm)[0]
    assert (row.sender, row.recipient, row.operator_id is not None, row.system_id) == ("+7916 12", "101", True, "1:a1")
    assert ring(crm, **{"from": "1", "to": "\u200b"})[0] == 422


def test_a_call_that_somebody_has_dealt_with_rings_no_more(crm: Flask) -> None:
    ring(crm, **{"from": "79161234567", "to": "101"})
    number, one = rows(crm)[0].id, client(crm)
    assert send(one, f"/messages/{number}/state", f"/messages/{number}", state="done").status_code == 302
    assert one.get("/telephony/pulse").status_code == 204


def test_extensions_are_ones_own(crm: Flask) -> None:
    one = client(crm, "admin")
    send(one, "/profile/extension", "/profile", extension="101")
    assert "Extension 101 belongs to Анна Орлова." in one.get("/profile").text
    send(one, "/profile/extension", "/profile", extension=" 555 ")
    with crm.app_context():
        assert database.session.query(ExtensionRow.number).filter(ExtensionRow.number == "555").count() == 1
    send(one, "/profile/extension", "/profile", extension="")
    assert "crm-calls" not in one.get("/profile").text, "without an extension nothing is asked"
    send(one, "/profile/extension", "/profile", extension="100")
    assert 'data-crm-calls="/telephony/pulse"' in one.get("/profile").text


@pytest.mark.parametrize(("login", "read", "write"), [("viewer", 200, 403), ("accountant", 403, 403), ("", 302, 302)])
def test_what_roles_may(crm: Flask, login: str, read: int, write: int) -> None:
    ring(crm, **{"from": "1", "to": "101"})
    number = rows(crm)[0].id
    crm.config["WTF_CSRF_ENABLED"] = False
    try:
        one = client_without_token(crm, login)
        for path in ("/messages", f"/messages/{number}", "/telephony/pulse"):
            assert one.get(path).status_code in (read, 204 if read == 200 else read), path
        for path in ("/messages/new", f"/messages/{number}/state", "/profile/extension"):
            assert one.post(path, data={"text": "x", "state": "done"}).status_code == write, path
    finally:
        crm.config["WTF_CSRF_ENABLED"] = True
    assert rows(crm)[0].processed_at is None
    assert len(rows(crm)) == 1


def client_without_token(crm: Flask, login: str) -> FlaskClient:
    one = crm.test_client()
    if login:
        one.post("/sign-in", data={"login": login, "password": login})
    return one


def test_forms_need_their_token_and_the_exchange_does_not(crm: Flask) -> None:
    one = client(crm)
    assert one.post("/messages/new", data={"text": "x"}).status_code == 400
    assert ring(crm, **{"from": "1", "to": "101"})[0] == 201


def test_a_note_is_kept_and_may_belong_to_a_process(crm: Flask) -> None:
    one = client(crm)
    assert "has a subject or a text" in send(one, "/messages/new", subject=" ", text="\n").text
    send(one, "/messages/new", subject="Заходил  абонент", text="Просил\r\nперезвонить", contact="79161234567")
    send(one, "/messages/new", "/messages/new?process=1", text="В работе", process="1")
    send(one, "/messages/new", text="Нет процесса", process="99999")
    first, second, third = rows(crm)
    assert (first.type_id, first.sender, first.sender_name) == (3, "79161234567", "Анна Орлова")
    assert (first.subject, first.text, first.processed_at) == ("Заходил абонент", "Просил\nперезвонить", None)
    assert (second.process_id, second.processed_at is not None, third.process_id) == (1, True, None)


def test_a_message_of_a_process_stays_there(crm: Flask) -> None:
    one = client(crm)
    send(one, "/messages/new", "/messages/new?process=1", text="В работе", process="1")
    before = rows(crm)[0]
    for state in ("waiting", "done"):
        assert send(one, f"/messages/{before.id}/state", "/messages/new", state=state).status_code == 409
    after = rows(crm)[0]
    assert (after.process_id, after.processed_at) == (1, before.processed_at)
    assert send(one, "/messages/99999/state", "/messages/new", state="done").status_code == 404


def test_a_note_sent_twice_is_one_note(crm: Flask) -> None:
    one = client(crm)
    once = re.search(r'name="once" value="([^"]+)"', one.get("/messages/new").text)
    assert once is not None
    note = {"text": "Перезвонить", "process": "1", "once": once[1]}
    first, again = (send(one, "/messages/new", **note) for _ in range(2))
    assert (first.status_code, first.location) == (302, again.location)
    send(one, "/messages/new", **{**note, "text": "Другое"})
    send(one, "/messages/new", text="Без ключа")
    send(one, "/messages/new", text="Без ключа")
    assert [row.text for row in rows(crm)] == ["Перезвонить", "Другое", "Без ключа", "Без ключа"]


def test_a_note_in_a_process_is_told_and_needs_a_process_that_one_sees(
    crm: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[ProcessEvent] = []
    monkeypatch.setattr(bgbilling, "process_changed", lambda event: (told.append(event), ("Правило сработало",))[1])
    with crm.app_context():
        HostProcesses().link_contract(1, ProcessContract("ds", 7, "ДС-000007"))
        database.session.commit()
    try:
        one, other = client(crm), client(crm, "branch")
        send(one, "/messages/new", "/messages/new?process=1", text="Раз", process="1")
        assert "Правило сработало" in one.get("/messages").text
        send(other, "/messages/new", text="Два", process="1")
        first, second = rows(crm)
        assert (first.process_id, second.process_id) == (1, None)
        assert [(event.kind.value, event.process_id, event.number) for event in told] == [("messageAdded", 1, first.id)]
        title = "Подключить интернет"
        for path in ("/messages?state=all", f"/messages/{first.id}"):
            assert title in one.get(path).text, path
            assert title not in other.get(path).text, path
    finally:
        with crm.app_context():
            HostProcesses().unlink_contract(1, "ds", 7)
            database.session.commit()


def test_a_file_of_a_letter_is_only_ever_downloaded(application: Flask) -> None:
    with application.app_context():
        row = MessageRow(type_id=2, sender="a@b.ru", subject="<b>x</b>", text="<script>1</script>")
        database.session.add(row)
        database.session.flush()
        number = row.id
        name = 'акт "1".html'
        database.session.add(
            AttachmentRow(
                message_id=number, position=0, name=name, content_type="text/html", size=9, content=b"<script>"
            )
        )
        database.session.commit()
    one = client(application)
    page = one.get(f"/messages/{number}").text
    assert "&lt;script&gt;1" in page
    assert "акт &#34;1&#34;.html" in page
    answer = one.get(f"/messages/{number}/files/0")
    assert (answer.status_code, answer.data, answer.mimetype) == (200, b"<script>", "application/octet-stream")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert one.get(f"/messages/{number}/files/1").status_code == 404
    assert one.get("/messages/99999").status_code == 404


def test_the_inbox_pages_by_key_and_filters(crm: Flask) -> None:
    start = now()
    with crm.app_context():
        for number in range(inbox.PAGE * 2 + 3):
            moment = start - timedelta(seconds=number // 2)  # some at the same moment
            database.session.add(MessageRow(type_id=1 + number % 2, sender=f"s{number}", received_at=moment))
        database.session.add(MessageRow(type_id=2, sender="done", received_at=start, processed_at=start))
        database.session.commit()
    with crm.test_request_context():
        first = inbox.page_of(inbox.Filter())
        assert (first.count, len(first.rows), first.newer) == (inbox.PAGE * 2 + 3, inbox.PAGE, None)
        second = inbox.page_of(inbox.Filter(), before=inbox.key_of(str(first.older)))
        third = inbox.page_of(inbox.Filter(), before=second.older)
        assert (len(third.rows), third.older) == (3, None)
        seen = [row.message.id for page in (first, second, third) for row in page.rows]
        assert len(set(seen)) == inbox.PAGE * 2 + 3
        back = inbox.page_of(inbox.Filter(), after=third.newer)
        assert [row.message.id for row in back.rows] == [row.message.id for row in second.rows]
        assert inbox.page_of(inbox.Filter(), after=back.newer).newer is None
        assert inbox.page_of(inbox.Filter(2, inbox.DONE)).rows[0].message.sender == "done"
        assert inbox.page_of(inbox.Filter(1, inbox.DONE)).count == 0
    one = client(crm)
    assert "102 messages" not in one.get("/messages").text
    assert "103 messages" in one.get("/messages").text
    for nonsense in ("?type=x&state=y&before=z", "?before=1-", "?after=99999999999999999-1", "?type=99999999999999"):
        assert one.get("/messages" + nonsense).status_code == 200
    for path in ("/messages?type=1&state=all", "/messages?state=done&type=77"):
        assert one.get(path).status_code == 200


def test_the_port_keeps_its_promises(crm: Flask) -> None:
    with crm.app_context():
        ids = []
        for sender in ("a@b.ru", "a@b.ru", "c@d.ru", ""):
            row = MessageRow(type_id=2, sender=sender, recipient="x", subject="Тема", text="Текст")
            database.session.add(row)
            database.session.flush()
            ids.append(row.id)
        port, processes = HostMessages(), [row.id for row in database.session.query(ProcessRow)]
        message = port.get(ids[0])
        assert message is not None
        assert (message.sender, message.subject, message.process_id) == ("a@b.ru", "Тема", None)
        assert message.received_at.tzinfo is not None
        assert port.get(999999) is None
        assert port.lock(999999) is None
        for number, process in ((ids[0], processes[1]), (ids[1], processes[0]), (ids[3], processes[0])):
            port.set_process(number, process, "1")
        assert port.process_ids_of_sender("a@b.ru", 5) == [processes[0], processes[1]]
        assert port.process_ids_of_sender("a@b.ru", 1) == [processes[0]]
        assert port.process_ids_of_sender(" ", 5) == ()
        assert port.process_ids_of_sender("nobody", 5) == []
        locked = port.lock(ids[0])
        assert locked is not None
        assert locked.process_id == processes[1]
        port.set_process(ids[0], None, "1")
        again = port.get(ids[0])
        assert again is not None
        assert again.process_id is None
        with pytest.raises(LookupError):
            port.set_process(999999, processes[0], "1")
        assert port.address(ids[0]) == f"/messages/{ids[0]}"
        database.session.rollback()


def test_the_inbox_tells_when_in_few_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "now", lambda: datetime(2026, 11, 24, 12))
    here = f"{datetime(2026, 11, 24, 12, tzinfo=UTC).astimezone():%H:%M}"
    assert views.shown_recent(datetime(2026, 11, 24, 12)) == here
    assert re.fullmatch(r"03\.01 \d\d:\d\d", views.shown_recent(datetime(2026, 1, 3, 11)))
    assert re.fullmatch(r"24\.11\.2025 \d\d:\d\d", views.shown_recent(datetime(2025, 11, 24, 11)))
