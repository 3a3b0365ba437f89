"""The emulator reads HelpDesk topics, messages and files as the reference says (helpdesk.md 2.1 to 2.4, 2.6)."""

import base64
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from sqlalchemy import insert

from flask_bgbilling.emulator import Emulator, EmulatorSettings
from flask_bgbilling.emulator.schema import uploaded_file, user_right
from flask_bgbilling.emulator.version import Version
from tests.module_calls import FIRM, NO_CONTRACT, NO_RIGHTS, NOON, RICH, UNKNOWN, attributes, below, provider, since
from tests.raw_calls import ask_xml, json_data, json_refusal, xml_ok, xml_refusal
from tests.support import ALL_BANDS, Emulated

MODULE = "ru.bitel.bgbilling.plugins.helpdesk"
SERVICE = f"{MODULE}/HelpdeskService"
LOG = b"1. port 12 down\n2. port 12 up\n"
BROKEN, PAPERS, CHANGED, PROMISED = 201, 202, 203, 204
OPERATOR = "Иванова О. П."
FIRST, LAST = "301", "304"


def topics(billing: Emulator, **fields: object) -> Element:
    """The list of topics as a client asks for it."""
    return xml_ok(billing, MODULE, "GetTopics", **{"onlynew": 0, "closed": 0, "pageSize": 200000, **fields})


def ids(root: Element) -> list[int]:
    """Ids of the listed topics."""
    return [int(topic.attrib["id"]) for topic in root.findall("./topics/topic")]


@pytest.mark.parametrize("band", since("7.2"))
def test_open_topics(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    root = topics(billing)
    assert ids(root) == [BROKEN, PAPERS, PROMISED]
    assert attributes(root, "./topics") == [
        {"pageIndex": "1", "pageSize": "200000", "pageCount": "1", "recordCount": "3"}
    ]
    contract = billing.rows("contract", id=RICH)[0]
    number, comment = contract["title"], contract["comment"]
    topic = root.findall("./topics/topic")[0]
    assert topic.attrib == {
        "id": "201", "subject": "Нет связи по вечерам", "cid": "101", "contract": number,
        "contract_comment": f"<html><nobr>{number} ( <b>{comment}</b> )</nobr></html>",
        "comm": "E-mail: family101@example.ru", "statusId": "4", "status": "Неисправность / открыт",
        "statClose": "открыт", "state": "false", "userId": "2", "user": OPERATOR, "userMy": "notmy",
        "cost": "12.50", "autoclose": "true", "date": "21.11.2026 08:00:05", "dateClose": "",
        "lastmessage": "23.11.2026 09:00:05", "timeFromLastMessage": "02:59:55", "messages": "4 [1]",
        "newMessageCount": "1", "notificationMode": "2", "notificationValue": "family101@example.ru",
        "packageId": "-1", "categoryId": "0", "subcategoryId": "0",
        "category_subcategory": "неустановлен ( неустановлен )",
    }  # fmt: skip
    messages = [message.attrib for message in topic.findall("./message")]
    assert [message["id"] for message in messages] == ["301", "302", "303", "304"]
    assert messages[0] == {
        "id": FIRST, "type": "входящее", "fromDateTime": "21.11.2026 08:00:05", "fromUserId": "0",
        "fromName": "Клиент", "toDateTime": "21.11.2026 08:20:05", "toUserId": "2", "toName": OPERATOR,
        "comment": "", "includes": "true", "new": "false",
    }  # fmt: skip
    assert messages[2] == {
        "id": "303", "type": "исходящие", "fromDateTime": "22.11.2026 09:00:05", "fromUserId": "2",
        "fromName": OPERATOR, "toDateTime": "", "toUserId": "0", "toName": "", "comment": "", "includes": "false",
        "new": "false",
    }  # fmt: skip
    assert (messages[3]["new"], messages[3]["toDateTime"]) == ("true", "")


@pytest.mark.parametrize("band", since("7.2"))
def test_filters_and_pages_of_topics(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    closed = topics(billing, closed=1)
    assert ids(closed) == [CHANGED]
    shown = closed.findall("./topics/topic")[0].attrib
    assert (shown["state"], shown["statClose"], shown["status"]) == ("true", "закрыт", "В работе / закрыт")
    assert (shown["dateClose"], shown["userMy"]) == ("17.10.2026 11:00:05", "my")
    assert shown["timeFromLastMessage"] == "37Д"
    assert ids(topics(billing, onlynew=1)) == [BROKEN, PAPERS]
    assert ids(topics(billing, tid=PAPERS)) == [PAPERS]
    assert ids(topics(billing, tid=CHANGED)) == []
    assert ids(topics(billing, tid=CHANGED, closed=1)) == [CHANGED]
    assert ids(topics(billing, closed="true")) == [CHANGED]
    second = topics(billing, pageSize=2, pageIndex=2)
    assert ids(second) == [PROMISED]
    assert attributes(second, "./topics")[0] == {
        "pageIndex": "2", "pageSize": "2", "pageCount": "2", "recordCount": "3",
    }  # fmt: skip


@pytest.mark.parametrize("band", below("7.2"))
def test_listing_topics_came_with_7_2(emulated: Emulated, band: str) -> None:
    refusal = xml_refusal(provider(emulated, band), MODULE, "GetTopics", onlynew=0, closed=0, pageSize=200000)
    assert refusal == f"not implemented: {MODULE}/GetTopics"


@pytest.mark.parametrize("band", ALL_BANDS)
def test_one_topic(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    root = xml_ok(billing, MODULE, "GetTopicMessage", topicId=BROKEN)
    assert attributes(root, "./topic") == [
        {
            "id": "201", "state": "false", "userId": "2", "user": OPERATOR, "userMy": "notmy", "status": "4",
            "cost": "12.50", "autoclose": "true", "subject": "Нет связи по вечерам", "newMessageCount": "1",
            "packageId": "-1", "categoryId": "0",
        }
    ]  # fmt: skip
    rows = attributes(root)
    assert [row["id"] for row in rows] == ["301", "302", "303", "304"]
    assert (rows[0]["includes"], rows[3]["new"], rows[1]["fromName"]) == ("true", "true", OPERATOR)
    closed = xml_ok(billing, MODULE, "GetTopicMessage", topicId=CHANGED)
    assert attributes(closed, "./topic")[0]["state"] == "true"
    assert list(xml_ok(billing, MODULE, "GetTopicMessage", topicId=UNKNOWN)) == []
    assert xml_refusal(billing, MODULE, "GetTopicMessage") == "Не указан параметр topicId"


@pytest.mark.parametrize("band", ALL_BANDS)
def test_one_message(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    root = xml_ok(billing, MODULE, "GetMessage", topicId=BROKEN, id=FIRST)
    assert attributes(root, "./message") == [
        {
            "id": FIRST, "topicId": "201", "userIdFrom": "0", "userFrom": "Клиент", "userIdTo": "2",
            "userTo": OPERATOR, "userName": "Администратор", "dateFrom": "21.11.2026 08:00:05",
            "dateTo": "21.11.2026 08:20:05", "comment": "",
        }
    ]  # fmt: skip
    lines = [row["text"] for row in attributes(root, "./message/body/row")]
    assert lines == ["Здравствуйте!", "По вечерам пропадает связь.", "", "С уважением"]
    assert attributes(root, "./files/data/row") == [{"id": "7", "title": "журнал.txt", "size": str(len(LOG))}]
    empty = xml_ok(billing, MODULE, "GetMessage", topicId=PROMISED, id=309)
    assert empty.find("./message/body") is not None
    assert attributes(empty, "./message/body/row") == []
    for topic, message in ((BROKEN, UNKNOWN), (PAPERS, FIRST)):
        assert list(xml_ok(billing, MODULE, "GetMessage", topicId=topic, id=message)) == []


@pytest.mark.parametrize("band", since("7.2"))
def test_reading_marks_nothing(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    before = billing.rows("helpdesk_message")
    topics(billing)
    xml_ok(billing, MODULE, "GetTopicMessage", topicId=BROKEN)
    xml_ok(billing, MODULE, "GetMessage", topicId=BROKEN, id=LAST)
    assert billing.rows("helpdesk_message") == before


@pytest.mark.parametrize("band", ALL_BANDS)
def test_files(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    encoded = base64.b64encode(LOG).decode()
    if Version(band) < "8.2":
        root = xml_ok(billing, MODULE, "FileDownload", cid=RICH, id=7)
        assert attributes(root, "./file") == [
            {"id": "7", "title": "журнал.txt", "size": str(len(LOG)), "date": "21.11.2026 08:00:05"}
        ]
        assert root.findtext("./file/filedata") == encoded
        for cid, file in ((RICH, UNKNOWN), (FIRM, 7)):
            assert xml_refusal(billing, MODULE, "FileDownload", cid=cid, id=file) == "Файл не найден"
        assert xml_refusal(billing, MODULE, "FileDownload", cid=UNKNOWN, id=7) == NO_CONTRACT
        assert json_refusal(billing, SERVICE, "fileDownload").startswith("not implemented: ")
        return
    data: dict[str, Any] = json_data(billing, SERVICE, "fileDownload", contractId=RICH, fileId=7)
    if Version(band) < "9.2":
        assert data == {"fileData": encoded, "return": None}
    else:
        assert data == {"return": {"id": 7, "title": "журнал.txt", "size": len(LOG), "data": encoded}}
    for cid, file in ((RICH, UNKNOWN), (FIRM, 7)):
        assert json_refusal(billing, SERVICE, "fileDownload", contractId=cid, fileId=file) == "Файл не найден"
    assert json_refusal(billing, SERVICE, "fileDownload", contractId=UNKNOWN, fileId=7) == NO_CONTRACT
    assert xml_refusal(billing, MODULE, "FileDownload", cid=RICH, id=7).startswith("not implemented: ")


def test_uploads_of_other_handlers_are_no_helpdesk_files() -> None:
    with Emulator(EmulatorSettings(contracts=12, frozen_at=NOON)) as billing:
        with billing.engine.begin() as db:
            common = {"title": "x", "owner_id": 302, "uid": 1, "size": 1, "dt": NOON, "data": b"x"}
            db.execute(insert(uploaded_file).values(id=50, handler="kernel/0/other", **common))
        assert attributes(xml_ok(billing, MODULE, "GetMessage", topicId=BROKEN, id=302), "./files/data/row") == []
        refusal = json_refusal(billing, SERVICE, "fileDownload", contractId=RICH, fileId=50)
        assert refusal == "Файл не найден"


def test_the_whole_plugin_can_be_denied() -> None:
    with Emulator(EmulatorSettings(contracts=12, frozen_at=NOON)) as billing:
        with billing.engine.begin() as db:
            db.execute(insert(user_right).values(uid=4, name=f"{MODULE}/*", allowed=0))
        root = ask_xml(billing, MODULE, "GetTopics", login="reader", closed=0)
        assert (root.get("status"), root.text) == ("error", NO_RIGHTS)
        assert ask_xml(billing, MODULE, "GetTopics", login="operator", closed=0).get("status") == "ok"
