"""Sessions with emulated billings of every version band."""

import io
import os
import signal
import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

import pytest

from flask_bgbilling.config.settings import Server, Settings
from flask_bgbilling.emulator import Emulator, EmulatorSettings
from flask_bgbilling.errors import (
    BillingError,
    Garbled,
    NoRights,
    TimedOut,
    Unavailable,
    Uncertain,
    UnknownBilling,
    UnsupportedVersion,
    WrongPassword,
)
from flask_bgbilling.ports import Credentials
from flask_bgbilling.wire.answers import JsonAnswer, XmlAnswer
from flask_bgbilling.wire.operation import Directory, JsonRpc, Operation, Service, XmlAction
from flask_bgbilling.wire.ops.directories import (
    CHARGE_TYPE_TREE,
    CHARGE_TYPES,
    DIRECTORY_SERVICE,
    LOGINS,
    PAYMENT_TYPE_TREE,
    PAYMENT_TYPES,
    STATUSES,
    USERS,
    flattened,
)
from flask_bgbilling.wire.ops.server import ABOUT, MENU
from flask_bgbilling.wire.session import Billing, Billings
from flask_bgbilling.wire.upload import Upload
from tests.support import ALL_BANDS, Emulated, wait_until
from tests.wire_peer import ZONE, At, Peer, http

ADMIN = Credentials("admin", "admin")


def contract_titles(answer: XmlAnswer) -> list[str | None]:
    return [item.get("title") for item in answer.anywhere("item")]


def nothing() -> Mapping[str, object]:
    return {}


def numbered(title: str) -> Mapping[str, object]:
    return {"title": title, "pageIndex": 1, "pageSize": 5}


WRITE = Operation("menu, as if it were a write", MENU.forms, safe=False)


def configured(emulator: Emulator, **changes: object) -> Server:
    plain = Server(1, "main", "Главный", emulator.url, ZONE, request_timeout=20.0)
    return replace(plain, **changes)  # type: ignore[arg-type]


def registry(emulator: Emulator, **changes: object) -> Billings:
    settings = Settings(servers=(configured(emulator, **changes),))
    return Billings(lambda: settings, clock=At())


def session(emulator: Emulator, credentials: Credentials = ADMIN, **changes: object) -> Billing:
    return registry(emulator, **changes).open("main", credentials, "7")


@pytest.mark.parametrize("band", ALL_BANDS)
def test_version_plugins_and_directories_of_every_band(emulated: Emulated, band: str) -> None:
    emulator = emulated(band)
    billing = session(emulator)
    assert str(billing.version) == band
    assert "ru.bitel.bgbilling.plugins.helpdesk" in billing.plugins()
    assert "cashcheck.default.checkbox.mode" in billing.gui_settings()
    for directory in (USERS, PAYMENT_TYPES, CHARGE_TYPES, STATUSES):
        assert billing.directory(directory).entries, directory.name
    assert "admin" in {user.login for user in billing.directory(LOGINS)}
    assert list(flattened(billing.directory(PAYMENT_TYPE_TREE)))
    assert list(flattened(billing.directory(CHARGE_TYPE_TREE)))
    assert "customer" not in {entry.title for entry in billing.directory(USERS).entries}


def test_a_cold_call_costs_one_request_more_and_a_configured_version_none(emulated: Emulated) -> None:
    emulator = emulated("9.2")
    billing = session(emulator)
    billing.call(ABOUT)
    billing.call(ABOUT)
    assert len(billing.requests) == 3
    known = session(emulator, version="9.2501")
    assert str(known.version) == "9.2501"
    known.call(ABOUT)
    assert len(known.requests) == 1


def test_what_is_known_of_a_server_is_shared_by_its_sessions(emulated: Emulated) -> None:
    registered = registry(emulated("9.2"))
    first = registered.open("main", ADMIN)
    first.directory(USERS)
    second = registered.open("main", ADMIN)
    assert str(second.version) == "9.2"
    second.directory(USERS)
    second.plugins()
    assert len(second.requests) == 0
    other = registered.open("main", Credentials("operator", "operator"))
    other.directory(USERS)
    assert len(other.requests) == 1
    assert {record.operation for record in registered.recent_calls()} == {"server menu", "user names"}


def test_many_threads_find_out_the_version_once(emulated: Emulated) -> None:
    emulator = emulated("9.2")
    emulator.faults.set("latency", delay_ms=60)
    registered = registry(emulator)
    pendings = [registered.open("main", ADMIN).start(ABOUT) for _ in range(12)]
    for pending in pendings:
        pending.result()
    assert [record.operation for record in registered.recent_calls()].count("server menu") == 1


def test_a_wrong_password_of_one_account_spoils_nothing_for_the_next(emulated: Emulated) -> None:
    registered = registry(emulated("8.2"))
    for kind in ("XML", "JSON"):
        stranger = registered.open("main", Credentials("admin", f"wrong {kind}"))
        with pytest.raises(WrongPassword):
            stranger.directory(USERS) if kind == "JSON" else stranger.call(ABOUT)
        assert str(registered.open("main", ADMIN).version) == "8.2"


def test_an_account_without_a_right(emulated: Emulated) -> None:
    emulator = emulated("9.2")
    billing = session(emulator, Credentials("limited", "limited"), version="9.2")
    by_cid = Operation(
        "balance",
        (XmlAction("contract", "ContractBalanceGeneral", lambda: {"cid": 101}, contract_titles),),
    )
    with pytest.raises(NoRights) as caught:
        billing.call(by_cid)
    assert caught.value.operation == "contract/ContractBalanceGeneral"


def test_an_operation_that_the_server_does_not_know(emulated: Emulated) -> None:
    unknown = Operation("unknown", (XmlAction("contract", "NoSuchThing", nothing, contract_titles),))
    with pytest.raises(BillingError) as caught:
        session(emulated("9.2")).call(unknown)
    assert type(caught.value).__name__ == "Refused"
    assert "NoSuchThing" in caught.value.text()


def test_the_marker_stands_in_the_access_log_or_in_the_form() -> None:
    with Emulator(EmulatorSettings(version="9.2", contracts=5), keep_records=True) as emulator:
        billing = session(emulator, marker=("erp", "демо"), version="9.2")
        billing.call(MENU)
        billing.directory(USERS)
        billing.upload(note(b"abc"))
        form, rpc, upload = emulator.records
        assert form["body"]["erp"] == "демо"
        assert form["body"]["authToSession"] == "0"
        assert [rpc["kind"], upload["kind"]] == ["json-rpc", "upload"]
        # The server writes its line after the answer has left.
        wait_until(lambda: len(emulator.log_lines) == 3, 5)
        for line in emulator.log_lines[1:]:
            assert "erp=%D0%B4%D0%B5%D0%BC%D0%BE" in line


def note(content: bytes) -> Upload:
    return Upload(
        "ru.bitel.bgbilling.plugins.helpdesk/uploadHelpdeskFile",
        "письмо.txt",
        content,
        len(content),
        datetime(2026, 2, 3, 10, 11, 12),
        comment="к теме",
        uuid="u-1",
    )


def test_a_file_is_stored_as_bytes_and_as_a_stream(emulated: Emulated) -> None:
    emulator = emulated("9.2")
    billing = session(emulator, version="9.2")
    content = "текст".encode() * 50_000
    first = billing.upload(note(content))
    second = billing.upload(replace(note(content), content=io.BytesIO(content)))
    assert 0 < first < second
    for id_ in (first, second):
        (row,) = emulator.rows("uploaded_file", id=id_)
        assert row["title"] == "письмо.txt"
        assert content in row.values()


def test_a_file_is_refused_by_old_servers_before_anything_is_sent(emulated: Emulated) -> None:
    billing = session(emulated("8.0"), version="8.0")
    with pytest.raises(UnsupportedVersion):
        billing.upload(note(b"abc"))
    assert len(billing.requests) == 0


def test_a_file_under_a_wrong_password(emulated: Emulated) -> None:
    with pytest.raises(WrongPassword):
        session(emulated("9.2"), Credentials("admin", "no"), version="9.2").upload(note(b"abc"))


@pytest.mark.parametrize(
    ("fault", "read", "written"),
    [
        ("hang", TimedOut, Uncertain),
        ("reset", Unavailable, Uncertain),
        ("http-500", Garbled, Uncertain),
        ("truncated", Garbled, Uncertain),
        ("cut-body", Garbled, Uncertain),
        ("garbled", Garbled, Uncertain),
        ("endless", BillingError, Uncertain),
        ("entity-bomb", Garbled, Uncertain),
        ("execute-but-do-not-answer", Unavailable, Uncertain),
        ("execute-then-hang", TimedOut, Uncertain),
    ],
)
def test_the_faults_of_the_emulator(
    emulated: Emulated, fault: str, read: type[BillingError], written: type[BillingError]
) -> None:
    emulator = emulated("9.2")
    patience = 0.5 if fault.endswith("hang") else 20.0
    billing = session(emulator, version="9.2", request_timeout=patience)
    emulator.faults.set(fault)
    for operation in (ABOUT, USERS.load):
        with pytest.raises(read) as caught:
            billing.call(operation)
        assert caught.value.request_id
    with pytest.raises(written):
        billing.call(WRITE)
    emulator.faults.clear()
    assert billing.call(ABOUT).version


@pytest.mark.parametrize("fault", ["wrong-content-type", "invalid-utf-8", "illegal-references"])
def test_faults_that_a_tolerant_client_reads_through(emulated: Emulated, fault: str) -> None:
    emulator = emulated("9.2")
    billing = session(emulator, version="9.2")
    emulator.faults.set(fault)
    assert billing.call(MENU).version == "9.2"
    assert billing.directory(USERS).entries


def test_one_reset_is_not_noticed(emulated: Emulated) -> None:
    emulator = emulated("9.2")
    emulator.faults.set("reset", count=1)
    billing = session(emulator, version="9.2")
    assert billing.call(ABOUT).version
    assert [record.attempts for record in billing.requests.records] == [2]


def test_a_directory_is_renewed_only_when_its_version_differs(
    emulated: Emulated, monkeypatch: pytest.MonkeyPatch
) -> None:
    billing = session(emulated("9.2"), version="9.2")
    clock = [1000.0]
    monkeypatch.setattr(billing._state.directories, "_clock", lambda: clock[0])
    directory = USERS
    for _ in range(4):
        billing.directory(directory)
        billing.start_directory(directory).result()
        clock[0] += 11
    names = [record.operation for record in billing.requests.records]
    assert names == ["user names", "directory version", "user names", "directory version", "directory version"]


def test_a_directory_in_the_lane_does_not_lengthen_the_chain(emulated: Emulated) -> None:
    emulator = emulated("9.2")
    emulator.faults.set("latency", delay_ms=50)
    billing = session(emulator, version="9.2")
    pendings = [billing.start_directory(directory) for directory in (USERS, PAYMENT_TYPES, STATUSES)]
    billing.call(ABOUT)
    assert [bool(pending.result().entries) for pending in pendings] == [True] * 3
    assert (len(billing.requests), billing.requests.depth) == (4, 1)


@pytest.mark.parametrize("text", ["6.2", "11.0", "nine", "", "9"])
def test_a_server_of_another_version(text: str) -> None:
    with Peer(http(f'<data status="ok" serverversion="{text}"/>')) as peer:
        settings = Settings(servers=(Server(1, "main", "Главный", peer.url, ZONE),))
        billing = Billings(lambda: settings).open("main", ADMIN)
        with pytest.raises(UnsupportedVersion if text else Garbled):
            billing.call(ABOUT)


def test_a_changed_entry_makes_a_new_server_and_leaves_the_others(emulated: Emulated) -> None:
    old, new = emulated("7.2"), emulated("9.2")
    one, two = configured(old), configured(new, id="two")
    current = [Settings(servers=(one, two))]
    registered = Billings(lambda: current[0])
    before = registered.open("main", ADMIN)
    assert str(before.version) == "7.2"
    assert str(registered.open("two", ADMIN).version) == "9.2"
    current[0] = Settings(servers=(replace(one, url=new.url), two))
    assert str(registered.open("main", ADMIN).version) == "9.2"
    assert str(before.version) == "7.2"
    two_again = registered.open("two", ADMIN)
    assert str(two_again.version) == "9.2"
    assert len(two_again.requests) == 0
    current[0] = Settings(servers=(two,))
    with pytest.raises(UnknownBilling):
        registered.open("main", ADMIN)


def test_an_upgraded_server_is_noticed_after_it_was_forgotten(emulated: Emulated) -> None:
    registered = registry(emulated("7.2"))
    first = registered.open("main", ADMIN)
    assert str(first.version) == "7.2"
    registered.forget("main")
    second = registered.open("main", ADMIN)
    assert str(second.version) == "7.2"
    assert len(second.requests) == 1


def test_today_is_the_day_of_the_billing(emulated: Emulated) -> None:
    billing = session(emulated("9.2"))
    assert billing.today() == date(2026, 4, 1)
    assert billing.now().isoformat() == "2026-04-01T01:30:00+03:00"


def test_a_forked_process_opens_connections_of_its_own(emulated: Emulated) -> None:
    emulator = emulated("9.2")
    registered = registry(emulator)
    before = registered.open("main", ADMIN)
    before.start(ABOUT).result()
    parent, child = os.pipe()
    process = os.fork()
    if process == 0:
        outcome = b"failed"
        try:
            signal.alarm(20)
            after = registered.open("main", ADMIN)
            answers = [after.start(ABOUT) for _ in range(4)] + [before.start(ABOUT)]
            if all(answer.result().version for answer in answers) and registered.recent_calls():
                outcome = b"well"
        finally:
            os.write(child, outcome)
            os._exit(0)
    os.close(child)
    assert os.read(parent, 10) == b"well"
    os.close(parent)
    os.waitpid(process, 0)
    assert before.call(ABOUT).version


def test_accounts_never_see_each_others_directories(emulated: Emulated) -> None:
    secret: Directory[object] = Directory(
        "secret",
        Operation("secret", (JsonRpc(DIRECTORY_SERVICE, "getVersion", nothing, lambda answer: object()),)),
    )
    registered = registry(emulated("9.2"), version="9.2")
    read: dict[str, object] = {}

    def look(login: str) -> None:
        billing = registered.open("main", Credentials(login, login))
        try:
            read[login] = billing.directory(secret)
        except BillingError as error:
            read[login] = error

    threads = [threading.Thread(target=look, args=(login,)) for login in ("admin", "operator")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(read) == 2
    assert read["admin"] is not read["operator"]


def test_a_module_service_is_addressed_by_its_instance() -> None:
    service = Service("ru.bitel.oss.systems.inventory.resource", "ResourceService", of_module=True)

    def cid_only(cid: int) -> Mapping[str, object]:
        return {"contractId": cid}

    def anything(answer: JsonAnswer) -> object:
        return answer.returned

    operation = Operation("resources", (JsonRpc(service, "list", cid_only, anything),))
    with Peer(http('{"status":"ok","data":{"return":[]}}')) as peer:
        settings = Settings(servers=(Server(1, "main", "Главный", peer.url, ZONE, version="9.2"),))
        assert Billings(lambda: settings).open("main", ADMIN).call(operation, cid=5, module_id=8) == []
        path = peer.received[0].path
    assert path == "/bgbilling/executer/json/ru.bitel.oss.systems.inventory.resource/8/ResourceService"
