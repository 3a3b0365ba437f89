"""Every way in which a billing can fail, over real sockets: the right error, in bounded time, nothing leaked."""

import gzip
import json
import logging
import socket
import threading
import time
import traceback
from pathlib import Path

import pytest

from flask_bgbilling.config.settings import Settings
from flask_bgbilling.errors import (
    Absent,
    BillingError,
    Garbled,
    NoRights,
    Refused,
    Suspended,
    TimedOut,
    Unavailable,
    Uncertain,
    Unreachable,
    UnsupportedVersion,
    WrongPassword,
)
from flask_bgbilling.wire.answers import JsonAnswer, RawAnswer, XmlAnswer
from flask_bgbilling.wire.operation import JsonRpc, Operation, RawAction, Service, XmlAction
from flask_bgbilling.wire.session import Billings
from flask_bgbilling.wire.version import BELOW_8_2
from tests.wire_peer import ACCOUNT, Peer, Received, billing, hang_up, http, raw, registry, self_signed, server

MESSAGE_EXCEPTION = "ru.bitel.bgbilling.common.BGMessageException"
SERVICE = Service("ru.bitel.bgbilling.kernel.contract.api", "ContractService")

BOUNDED = 15.0
"""Seconds within which a call with a short deadline has ended, also on a busy machine."""


def nothing() -> dict[str, object]:
    return {}


def titles(answer: XmlAnswer) -> list[str | None]:
    return [row.get("title") for row in answer.rows()]


def returned(answer: JsonAnswer) -> object:
    return answer.returned


def body(answer: RawAnswer) -> bytes:
    return answer.body


LIST = Operation("list", (XmlAction("contract", "List", nothing, titles),))
LARGE = Operation("large list", (XmlAction("contract", "List", nothing, titles),), large=True)
ADD = Operation("add", (XmlAction("contract", "Add", nothing, lambda answer: answer.root.text),), safe=False)
GET = Operation("get", (JsonRpc(SERVICE, "contractGet", nothing, returned),))
SET = Operation("set", (JsonRpc(SERVICE, "contractSet", nothing, returned),), safe=False)
CARD = Operation("card", (RawAction("contract", "Card", nothing, body),))

OK_XML = '<?xml version="1.0" encoding="UTF-8"?>\n<data status="ok"><table><data><row title="А"/></data></table></data>'
OK_JSON = '{"status":"ok","exception":null,"message":"","tag":null,"data":{"return":7}}'


def test_one_connection_serves_many_calls() -> None:
    with Peer(http(OK_XML)) as peer:
        session = billing(peer.url)
        assert [session.call(LIST) for _ in range(5)] == [["А"]] * 5
        assert peer.connections == 1
        assert len(session.requests) == 5


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (http("<html><body>Bad gateway</body></html>", content_type="text/html"), "root element"),
        (http("<!DOCTYPE html><html><p>x</html>", content_type="text/html"), "document type"),
        (http("", "500 Internal Server Error"), "HTTP 500"),
        (http("", "302 Found", extra=("Location: http://127.0.0.1:1/",)), "HTTP 302"),
        (http(""), "empty"),
        (http(b"\x00\xff" * 5_000_000), "not XML"),
        (http(b"<data status='ok'>" + b"<a>" * 500_000), "not XML"),
        (http(b"<data status='ok'>" + b"<a/>" * 5_000_000), "too many"),
        (http("<data><table/></data>"), "no status"),
        (http('{"status":"ok"}', content_type="application/json"), "not XML"),
        (
            http('<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><data status="ok">&b;</data>'),
            "document type",
        ),
        (http('<data status="ok"><row'), "not XML"),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n<data status='ok'>"), "breaks off"),
        (raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<data"), "breaks off"),
        (raw(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"), "not HTTP"),
        (http(b"\x1f\x8bnonsense", extra=("Content-Encoding: gzip",)), "not HTTP"),
        (http(OK_XML, extra=("Content-Encoding: br",)), "not HTTP"),
    ],
)
def test_an_answer_that_makes_no_sense(answer: object, why: str) -> None:
    with Peer(answer) as peer:  # type: ignore[arg-type]
        session = billing(peer.url)
        for operation in (LIST, LARGE):
            with pytest.raises(Garbled) as caught:
                session.call(operation)
            assert why in str(caught.value)
            assert caught.value.request_id
        # An unsafe call may have been done all the same.
        with pytest.raises((Uncertain, Garbled)):
            session.call(ADD)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (http("<data status='ok'/>"), "not JSON"),
        (http("[]"), "not a JSON object"),
        (http("{}"), "no status"),
        (http('{"status":"ok","data":[1]}'), "not an object"),
        (http("[" * 200_000), "not JSON"),
        (http(b"\xff\xfe\x00"), "not JSON"),
        (http('{"status":"ok","data":{"return":'), "not JSON"),
    ],
)
def test_json_that_makes_no_sense(answer: object, why: str) -> None:
    with Peer(answer) as peer:  # type: ignore[arg-type]
        session = billing(peer.url)
        with pytest.raises(Garbled, match=why):
            session.call(GET)
        with pytest.raises(Uncertain):
            session.call(SET)


def test_invalid_utf_8_loses_only_the_invalid_bytes() -> None:
    with Peer(http(b'<data status="ok"><table><data><row title="a\xffb\x01&#0;"/></data></table></data>')) as peer:
        assert billing(peer.url).call(LIST) == ["a\ufffdb??"]
        peer.answer = http(b'{"status":"ok","data":{"return":"a\xffb"}}')
        assert billing(peer.url).call(GET) == "a\ufffdb"


def test_a_compressed_answer_is_read_though_never_asked_for() -> None:
    with Peer(http(gzip.compress(OK_XML.encode()), extra=("Content-Encoding: gzip",))) as peer:
        assert billing(peer.url).call(LIST) == ["А"]
        assert "accept-encoding" not in peer.received[0].headers


def test_a_decompression_bomb_stops_at_the_limit() -> None:
    bomb = gzip.compress(b" " * 300_000_000, compresslevel=1)
    with (
        Peer(http(bomb, extra=("Content-Encoding: gzip",))) as peer,
        pytest.raises(Garbled, match="larger than 32 MiB"),
    ):
        billing(peer.url).call(LIST)


def test_an_endless_body_stops_at_the_limit_or_the_deadline() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    with Peer(raw()) as peer:
        chunk = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
        peer.answer = peer.drip(head, chunk, every=0)
        with pytest.raises(Garbled, match="larger than 32 MiB"):
            billing(peer.url).call(LIST)
        peer.answer = peer.drip(head, b"1\r\nx\r\n")
        started = time.monotonic()
        with pytest.raises(TimedOut):
            billing(peer.url, request_timeout=0.2).call(LIST)
        assert time.monotonic() - started < BOUNDED


def test_a_header_that_trickles_for_ever_ends_at_the_deadline() -> None:
    with Peer(raw()) as peer:
        peer.answer = peer.drip(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x")
        started = time.monotonic()
        with pytest.raises(TimedOut):
            billing(peer.url, request_timeout=0.2).call(LIST)
        assert time.monotonic() - started < BOUNDED


def test_silence_is_a_timeout_and_not_repeated() -> None:
    with Peer(raw()) as peer:
        peer.answer = peer.hang
        session = billing(peer.url, request_timeout=0.2)
        with pytest.raises(TimedOut) as caught:
            session.call(LIST)
        assert caught.value.params["seconds"] == "0.2"
        with pytest.raises(Uncertain):
            session.call(ADD)
        assert len(peer.received) == 2


def test_nobody_listening() -> None:
    with Peer(raw()) as peer:
        url = peer.url
    session = billing(url)
    for operation in (LIST, ADD):
        with pytest.raises(Unreachable):
            session.call(operation)
    assert [record.attempts for record in session.requests.records] == [3, 3]
    with pytest.raises(Unreachable):
        billing("http://no-such-host.invalid/executer").call(LIST)


@pytest.mark.parametrize(
    "url",
    ["http://нет-такого.invalid/executer", "http://.invalid/x", f"http://{'я' * 300}.invalid/x", "http://[::1]:1/x"],
)
def test_an_address_that_leads_nowhere(url: str) -> None:
    with pytest.raises(Unreachable):
        billing(url).call(LIST)


def test_a_path_of_other_letters_is_escaped() -> None:
    with Peer(http(OK_XML)) as peer:
        assert billing(peer.url + "/путь").call(LIST) == ["А"]
        assert peer.received[0].path.endswith("/%D0%BF%D1%83%D1%82%D1%8C")


def test_a_certificate_that_nobody_vouches_for(tmp_path: Path) -> None:
    with Peer(http(OK_XML), tls=self_signed(tmp_path)) as peer:
        with pytest.raises(Unreachable) as caught:
            billing(peer.url).call(LIST)
        assert "certificate" in str(caught.value.params["why"]).lower()
        assert peer.received == []


def test_a_certificate_that_the_system_trusts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Peer(http(OK_XML), tls=self_signed(tmp_path)) as peer:
        monkeypatch.setattr("certifi.where", lambda: str(tmp_path / "certificate.pem"))
        session = billing(peer.url)
        assert [session.call(LIST), session.call(ADD)] == [["А"], None]
        assert peer.connections == 1
        peer.answer = peer.hang
        with pytest.raises(Uncertain):
            billing(peer.url, request_timeout=0.3).call(ADD)


def test_a_connection_that_breaks_before_the_answer_is_tried_again_only_if_safe() -> None:
    with Peer(hang_up) as peer:
        session = billing(peer.url)
        with pytest.raises(Unavailable) as caught:
            session.call(LIST)
        assert type(caught.value) is Unavailable
        assert len(peer.received) == 3
        with pytest.raises(Uncertain):
            session.call(ADD)
        assert len(peer.received) == 4


def test_a_stale_connection_costs_a_safe_call_nothing() -> None:
    def once(request: Received, connection: socket.socket) -> None:
        http(OK_XML)(request, connection)
        peer.answer = restart

    def restart(request: Received, connection: socket.socket) -> None:
        peer.answer = http(OK_XML)
        connection.shutdown(socket.SHUT_RDWR)

    with Peer(once) as peer:
        session = billing(peer.url)
        assert session.call(LIST) == ["А"]
        assert session.call(LIST) == ["А"]
        assert peer.connections == 2


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Нет прав на выполнение операции", NoRights),
        ("Неверное имя пользователя или пароль", WrongPassword),
        ("Договор не найден", Absent),
        ("Период закрыт", Refused),
    ],
)
def test_an_error_answer_is_a_refusal_with_its_words(words: str, kind: type[Refused]) -> None:
    with Peer(http(f'<data status="error" errcode="5">{words}</data>')) as peer:
        session = billing(peer.url)
        for operation in (LIST, LARGE, ADD, CARD):
            with pytest.raises(kind) as caught:
                session.call(operation)
            assert type(caught.value) is kind
            assert caught.value.params["words"] == words
            assert caught.value.billing == "Главный"
        envelope = {"status": "error", "exception": MESSAGE_EXCEPTION, "message": words, "data": None}
        peer.answer = http(json.dumps(envelope))
        with pytest.raises(kind):
            session.call(GET)


def test_a_message_is_success_for_a_write_and_no_data_for_a_read() -> None:
    with Peer(http('<data status="message">Задание поставлено в очередь</data>')) as peer:
        session = billing(peer.url)
        assert session.call(ADD) == "Задание поставлено в очередь"
        with pytest.raises(Refused, match="Задание"):
            session.call(LIST)


@pytest.mark.parametrize(("status", "kind"), [("401 Unauthorized", WrongPassword), ("403 Forbidden", NoRights)])
def test_the_http_status_of_a_refusal(status: str, kind: type[Refused]) -> None:
    with Peer(http("", status)) as peer, pytest.raises(kind) as caught:
        billing(peer.url).call(GET)
    assert caught.value.http_status == int(status[:3])


@pytest.mark.parametrize(
    "page", ["Неверное имя пользователя или пароль", "<data status='error'>Неверное имя пользователя или пароль</data>"]
)
def test_the_words_of_a_forbidden_page_say_what_is_wrong(page: str) -> None:
    with Peer(http(page, "403 Forbidden")) as peer, pytest.raises(WrongPassword):
        billing(peer.url).call(LIST)
    with Peer(http("<html><h1>Wrong password</h1></html>", "403 Forbidden")) as peer, pytest.raises(NoRights):
        billing(peer.url).call(LIST)


def test_a_reader_that_stumbles_is_a_garbled_answer() -> None:
    broken = Operation("broken", (JsonRpc(SERVICE, "x", nothing, lambda answer: answer.returned["id"]),))
    with Peer(http(OK_JSON)) as peer, pytest.raises(Garbled, match="TypeError"):
        billing(peer.url).call(broken)


def test_the_breaker_leaves_a_silent_billing_alone_and_then_tries_once() -> None:
    with Peer(raw()) as peer:
        peer.answer = peer.hang
        registered = registry(peer.url, request_timeout=0.2)
        session = registered.open("main", ACCOUNT)
        for _ in range(5):
            with pytest.raises(TimedOut):
                session.call(LIST)
        before = len(peer.received)
        with pytest.raises(Suspended):
            session.call(LIST)
        with pytest.raises(Suspended):
            session.start(GET).result()
        assert len(peer.received) == before


def test_refusals_and_nonsense_never_open_the_breaker() -> None:
    with Peer(http("nonsense")) as peer:
        session = billing(peer.url)
        for _ in range(8):
            with pytest.raises(Garbled):
                session.call(LIST)
        peer.answer = http('<data status="error">нельзя</data>')
        for _ in range(8):
            with pytest.raises(Refused):
                session.call(LIST)
        peer.answer = http(OK_XML)
        assert session.call(LIST) == ["А"]


def test_the_password_is_nowhere_but_in_the_request(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with Peer(http(OK_JSON)) as peer:
        registered = registry(peer.url, marker=("erp", "demo"))
        session = registered.open("main", ACCOUNT)
        session.call(GET)
        texts = [repr(session), repr(vars(session)), repr(registered.recent_calls())]
        for answer in (hang_up, http("nonsense"), http('{"status":"error","message":"no"}')):
            peer.answer = answer
            for operation in (GET, SET, LIST):
                try:
                    session.call(operation)
                except BillingError as error:
                    texts += [str(error), repr(error), repr(vars(error))]
                    texts.append("".join(traceback.format_exception(error)))
        texts += [record.getMessage() for record in caplog.records]
        assert any(ACCOUNT.password.encode() in request.body for request in peer.received)
    secrets = (ACCOUNT.password, "s3cret", "b3BlcmF0b3I6")
    assert not [text for text in texts if any(secret in text for secret in secrets)]


def test_no_cookie_of_one_account_goes_out_with_another() -> None:
    with Peer(http(OK_XML, extra=("Set-Cookie: JSESSIONID=abc; Path=/",))) as peer:
        session = billing(peer.url)
        session.call(LIST)
        session.call(LIST)
        assert not [request for request in peer.received if "cookie" in request.headers]


def test_the_environment_names_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    with Peer(http(OK_XML)) as peer:
        assert billing(peer.url).call(LIST) == ["А"]


def test_a_hanging_billing_holds_up_only_itself() -> None:
    with Peer(raw()) as dead, Peer(http(OK_XML)) as alive:
        dead.answer = dead.hang
        slow = billing(dead.url)
        quick = billing(alive.url)
        stuck = [slow.start(LIST) for _ in range(30)]
        started = time.monotonic()
        assert [pending.result() for pending in [quick.start(LIST) for _ in range(30)]] == [["А"]] * 30
        assert time.monotonic() - started < BOUNDED
        assert not any(pending.done for pending in stuck)
        dead.stop()
        for pending in stuck:
            with pytest.raises(BillingError):
                pending.result()


def test_parallel_calls_run_at_once_and_count_as_one_step() -> None:
    gate = threading.Barrier(6)

    def together(request: Received, connection: socket.socket) -> None:
        gate.wait(15)
        http(OK_XML)(request, connection)

    with Peer(together) as peer:
        session = billing(peer.url)
        pendings = [session.start(LIST) for _ in range(6)]
        assert [pending.result() for pending in pendings] == [["А"]] * 6
        assert session.requests.depth == 1
        peer.answer = http(OK_XML)
        session.call(LIST)
        assert session.requests.depth == 2


def test_the_gate_stands_before_everything_that_is_sent() -> None:
    class Dirty(Exception):
        pass

    def gate() -> None:
        raise Dirty

    with Peer(http(OK_XML)) as peer:
        settings = Settings(servers=(server(peer.url, version=None),))
        session = Billings(lambda: settings, before_call=gate).open("main", ACCOUNT)
        for act in (
            lambda: session.call(LIST),
            lambda: session.start(LIST),
            lambda: session.version,
            lambda: session.supports(LIST),
            session.plugins,
            session.gui_settings,
        ):
            with pytest.raises(Dirty):
                act()
        assert peer.received == []


def test_an_operation_that_the_version_cannot_do_sends_nothing() -> None:
    old = Operation("old", (XmlAction("contract", "Old", nothing, titles, BELOW_8_2),))
    with Peer(http(OK_XML)) as peer:
        session = billing(peer.url)
        assert not session.supports(old)
        with pytest.raises(UnsupportedVersion):
            session.call(old)
        assert peer.received == []
