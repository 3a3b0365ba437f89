"""The emulator as a server: transports, accounts, rights, uploads, strictness, the access log."""

import base64
import http.client
import json
from typing import Any
from urllib.parse import urlencode, urlsplit
from xml.etree.ElementTree import fromstring

import pytest

from flask_bgbilling.emulator import Emulator
from tests.raw_calls import ask_json, ask_xml, json_ok, xml_ok, xml_refusal
from tests.support import ALL_BANDS, Emulated

USERS = "ru.bitel.bgbilling.kernel.bgsecure/UserService"
BALANCE = "ru.bitel.bgbilling.kernel.contract.balance/BalanceService"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def basic(login: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{login}:{password}".encode()).decode()}


def exchange(
    emulator: Emulator, method: str, suffix: str = "", body: bytes = b"", headers: dict[str, str] | None = None
) -> tuple[int, http.client.HTTPMessage, bytes]:
    """Status, headers and body of one request at the executer."""
    address = urlsplit(emulator.url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=10)
    try:
        connection.request(method, f"{address.path}{suffix}", body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def envelope(emulator: Emulator, service: str, request: object) -> dict[str, Any]:
    status, _, body = exchange(emulator, "POST", f"/json/{service}", json.dumps(request).encode())
    assert status == 200
    found: dict[str, Any] = json.loads(body)
    return found


@pytest.mark.parametrize("band", ALL_BANDS)
def test_the_version_and_the_plugins_are_told(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    menu = xml_ok(billing, "admin", "MenuAndToolBar")
    assert menu.get("serverversion") == band
    assert menu.find("params/param[@key='cashcheck.default.checkbox.mode']") is not None
    listed = [plugin.get("id") for plugin in menu.findall("plugin_list/plugin")]
    installed = [
        plugin.get("id") for plugin in xml_ok(billing, "installer", "GetInstalledPlugins").findall("plugin_list/plugin")
    ]
    assert "ru.bitel.bgbilling.plugins.helpdesk" in installed
    assert listed == (installed if float(band) >= 8.2 else [])
    about = xml_ok(billing, "service", "About").find("server")
    assert about is not None
    assert about.get("version") == band


def test_an_xml_action_may_be_got_with_credentials_in_either_place(emulated: Emulated) -> None:
    billing = emulated("9.2")
    fields = {"module": "service", "action": "Modules", "authToSession": "0", "BGERPMarker": "yes"}
    by_header = exchange(billing, "GET", f"?{urlencode(fields)}&", headers=basic("admin", "admin"))
    by_fields = exchange(billing, "POST", "", urlencode({**fields, "user": "admin", "pswd": "admin"}).encode(), FORM)
    for status, headers, body in (by_header, by_fields):
        assert status == 200
        assert headers["Content-Type"].startswith("text/xml")
        root = fromstring(body)
        assert root.get("status") == "ok"
        assert root.find("modules/module[@id='1']") is not None


@pytest.mark.parametrize(
    ("login", "password"),
    [("admin", "wrong"), ("admin", ""), ("nobody", "admin"), ("ADMIN", "admin"), ("blocked", "blocked"), ("", "")],
)
def test_a_wrong_account_is_an_ordinary_error_on_both_transports(emulated: Emulated, login: str, password: str) -> None:
    billing = emulated("9.2")
    fields = {"module": "service", "action": "Modules"}
    status, _, body = exchange(billing, "POST", "", urlencode(fields).encode(), {**FORM, **basic(login, password)})
    root = fromstring(body)
    assert (status, root.get("status")) == (200, "error")
    answer = envelope(billing, USERS, {"method": "listUsers", "user": {"user": login, "pswd": password}, "params": {}})
    assert answer == {
        "status": "error",
        "exception": "ru.bitel.bgbilling.common.BGIllegalAccessException",
        "message": root.text,
        "tag": None,
        "data": None,
    }


def test_a_wrong_password_is_told_before_an_unknown_operation(emulated: Emulated) -> None:
    billing = emulated("9.2")
    answer = envelope(billing, "a.b/C", {"method": "d", "user": {"user": "admin", "pswd": "x"}, "params": {}})
    assert "not implemented" not in answer["message"]


@pytest.mark.parametrize("band", ["7.2", "9.2", "10.2"])
def test_an_unknown_call_says_its_name(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    assert xml_refusal(billing, "nothing", "Like").startswith("not implemented: nothing/Like")
    answer = ask_json(billing, "ru.bitel.nothing/7/LikeService", "this")
    assert answer["message"].startswith("not implemented: ru.bitel.nothing/LikeService.this")
    assert answer["exception"] == "ru.bitel.bgbilling.common.BGException"


def test_an_operation_of_another_version_is_unknown(emulated: Emulated) -> None:
    assert xml_refusal(emulated("9.2"), "contract", "ContractInfo", cid=101) == "not implemented: contract/ContractInfo"
    assert ask_xml(emulated("7.2"), "contract", "ContractInfo", cid=101).get("status") == "ok"


def test_rights_are_checked_by_level_and_by_operation(emulated: Emulated) -> None:
    billing = emulated("9.2")
    fields = {"cid": 101, "date1": "01.01.2026", "date2": "31.12.2026"}
    for login in ("admin", "operator", "accountant", "reader"):
        assert ask_xml(billing, "contract", "ContractBalanceGeneral", login=login, **fields).get("status") == "ok"
    denied = ask_xml(billing, "contract", "ContractBalanceGeneral", login="limited", **fields)
    assert (denied.get("status"), denied.text) == ("error", "Нет прав на выполнение операции")
    answer = ask_json(billing, BALANCE, "contractBalanceGet", login="limited", contractId=101, year=2026, month=1)
    assert answer["exception"] == "ru.bitel.bgbilling.common.BGMessageException"
    assert answer["message"] == "Нет прав на выполнение операции"
    assert ask_xml(billing, "service", "Modules", login="limited").get("status") == "ok"
    command = {"command": "put", "value": "openContract:101"}
    assert ask_xml(billing, "admin", "Command", login="reader", **command).get("status") == "error"
    assert billing.rows("user_command") == []


def test_a_command_is_queued_for_the_caller(emulated: Emulated) -> None:
    billing = emulated("9.2", seed=7)
    xml_ok(billing, "admin", "Command", command="put", value="openContract:101")
    assert [(row["uid"], row["value"]) for row in billing.rows("user_command")] == [(1, "openContract:101")]
    assert xml_refusal(billing, "admin", "Command", command="rm") == "Неизвестная команда rm"


def test_closed_period_and_its_kinds(emulated: Emulated) -> None:
    billing = emulated("7.2")
    closed = xml_ok(billing, "admin", "GetClosedDate").find("closed")
    assert closed is not None
    assert closed.get("date") == billing.rows("setup", id="closed_date_1")[0]["value"]
    assert xml_ok(billing, "admin", "GetClosedDate", typeId=9).find("closed[@date='']") is not None
    assert [item.get("title") for item in xml_ok(billing, "admin", "ClosedDateTypeList").findall("list/item")] == [
        "Основной"
    ]


def test_users_are_listed_without_passwords_and_with_the_double_id(emulated: Emulated) -> None:
    billing = emulated("9.2")
    users = json_ok(billing, USERS, "listUsers")
    assert {user["login"] for user in users} >= {"admin", "operator", "reader", "limited", "blocked"}
    assert {user["password"] for user in users} == {""}
    assert next(user for user in users if user["login"] == "blocked")["status"] == 1
    names = json_ok(billing, USERS, "userInfoList")
    assert [user["name"] for user in names if user["id"] == -1] == ["Система", "customer"]
    assert {"id": 1, "name": "Администратор"} in names
    assert json_ok(billing, USERS, "getUser", userId=2)["login"] == "operator"
    assert json_ok(billing, USERS, "getUser", userId=999) is None
    assert json_ok(billing, USERS, "userInfoGet", userId=0) == {"id": 0, "name": "Сервер"}
    found = json_ok(billing, USERS, "findUsers", name="иванова", status=0, page={"pageIndex": 1, "pageSize": 10})
    assert ([user["login"] for user in found["list"]], found["page"]["recordCount"]) == (["operator"], 1)
    assert json_ok(billing, USERS, "getCurrentUserEmail") == "admin@billing.example.ru"
    assert xml_ok(billing, "admin", "UserList").find("users/user[@login='admin']") is not None


def test_directories_have_a_version_that_is_not_zero(emulated: Emulated) -> None:
    billing = emulated("9.2")
    service = "ru.bitel.bgbilling.kernel.directory.api/DirectoryService"
    name = "ru.bitel.bgbilling.kernel.bgsecure.common.bean.UserInfo"
    assert json_ok(billing, service, "getVersion", directoryItemClass=name, moduleId=0) > 0
    assert ask_json(billing, service, "getVersion")["status"] == "error"
    plugins = json_ok(billing, "ru.bitel.bgbilling.kernel.admin.plugincfg/PlugincfgService", "getPlugins")
    assert plugins[0]["enabled"] is True
    installed = xml_ok(billing, "installer", "GetInstalledModules").find("installed_modules")
    assert installed is not None
    assert installed.get("serverversion") == "9.2"
    assert installed.find("item[@name='inet']") is not None


@pytest.mark.parametrize("band", ALL_BANDS)
def test_a_file_is_taken_from_8_2(emulated: Emulated, band: str) -> None:
    billing = emulated(band, seed=8, contracts=12)
    info = base64.b64encode(json.dumps({"id": 0, "title": "a.txt", "ownerId": 301, "size": 3}).encode()).decode()
    headers = {
        **basic("admin", "admin"),
        "Content-Type": "application/octet-stream",
        "bgbilling-handler": "ru.bitel.bgbilling.plugins.helpdesk/uploadHelpdeskFile",
        "bgbilling-file-info": info,
    }
    status, answered, _ = exchange(billing, "POST", "/upload", b"abc", headers)
    if float(band) < 8.2:
        assert (status, answered["bgbilling-file-id"]) == (404, None)
        return
    assert status == 200
    (stored,) = billing.rows("uploaded_file", id=int(answered["bgbilling-file-id"]))
    assert (stored["title"], stored["owner_id"], stored["data"]) == ("a.txt", 301, b"abc")
    for spoiled in ({**headers, **basic("admin", "x")}, {**headers, "bgbilling-file-info": "!"}):
        status, answered, _ = exchange(billing, "POST", "/upload", b"abc", spoiled)
        assert (status, answered["bgbilling-file-id"]) == (403, None)


@pytest.mark.parametrize(
    ("method", "suffix", "status"),
    [("POST", "/json/x", 404), ("GET", "/nowhere", 404), ("GET", "/json/a.b/C", 405), ("GET", "/upload", 405)],
)
def test_a_foreign_path_or_method_is_no_success(emulated: Emulated, method: str, suffix: str, status: int) -> None:
    assert exchange(emulated("9.2"), method, suffix)[0] == status


def test_hostile_envelopes_are_answered_not_crashed_on(emulated: Emulated) -> None:
    billing = emulated("9.2")
    for body in (b"[" * 200_000, b"\xff\xfe", b"{}", b"null", b'{"method":{},"user":1,"params":{}}'):
        status, _, answer = exchange(billing, "POST", "/json/a.b/C", body)
        assert (status, json.loads(answer)["status"]) == (200, "error")
    status, _, answer = exchange(billing, "POST", "", b"a=1&" * 50_000, FORM)
    assert (status, fromstring(answer).get("status")) == (200, "error")
    for headers in ({"Content-Length": "999999999"}, {"Content-Length": "-1"}, {"Content-Length": "x"}):
        assert exchange(billing, "POST", "", b"", headers)[0] == 413
    assert billing.failures == []


def test_a_connection_serves_several_requests_and_chunked_bodies(emulated: Emulated) -> None:
    billing = emulated("9.2")
    address = urlsplit(billing.url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=10)
    fields = urlencode({"module": "service", "action": "Modules", "user": "admin", "pswd": "admin"}).encode()
    for _ in range(3):
        connection.request("POST", address.path, iter([fields[:10], fields[10:]]), FORM, encode_chunked=True)
        assert fromstring(connection.getresponse().read()).get("status") == "ok"
        assert connection.sock is not None
    connection.close()
    assert [call.name for call in billing.calls] == ["service/Modules"] * 3
    assert all(call.login == "admin" and call.seconds >= 0 for call in billing.calls)


def test_the_access_log_shows_the_marker_but_no_credentials(emulated: Emulated) -> None:
    billing = emulated("9.2")
    ask_json(billing, f"{USERS}?CRM=marker-1", "userInfoList")
    exchange(billing, "GET", "?module=service&action=Modules&user=admin&pswd=admin&x=%0Ay")
    by_json, by_xml = billing.log_lines[-2:]
    assert "?CRM=marker-1" in by_json
    assert "UserService.userInfoList" in by_json
    assert "pswd=%2A%2A%2A" in by_xml
    assert "admin" not in by_xml.split("HTTP/1.1")[0]
    assert "\n" not in by_xml
