"""JSON-RPC: the request, the envelope, numbers that keep their digits."""

import json
from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flask_bgbilling.wire import json_rpc
from flask_bgbilling.wire.answers import Unreadable
from flask_bgbilling.wire.json_rpc import accepted, parse
from flask_bgbilling.wire.operation import JsonRpc, Service
from flask_bgbilling.wire.xml_action import Denied
from tests.wire_peer import ACCOUNT, server

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["status", "data", "message", "return"]), inner),
)


def request(of_module: bool, **arguments: object) -> tuple[str, Mapping[str, object]]:
    def params(cid: int) -> Mapping[str, object]:
        return {"contractId": cid, "title": None}

    form = JsonRpc(Service("ru.bitel.package", "SomeService", of_module), "method", params, lambda answer: answer)
    configured = server("http://billing/executer", marker=("erp", "де мо"))
    outgoing = json_rpc.outgoing(form, arguments, configured, ACCOUNT)
    assert isinstance(outgoing.body, bytes)
    assert ACCOUNT.password not in repr(outgoing)
    return outgoing.url, json.loads(outgoing.body)


def test_a_request() -> None:
    url, body = request(False, cid=5)
    assert url == "http://billing/executer/json/ru.bitel.package/SomeService?erp=%D0%B4%D0%B5+%D0%BC%D0%BE"
    assert body == {
        "method": "method",
        "user": {"user": ACCOUNT.login, "pswd": ACCOUNT.password},
        "params": {"contractId": 5, "title": None},
    }
    assert list(body) == ["method", "user", "params"]


@pytest.mark.parametrize(
    ("of_module", "arguments", "path"),
    [
        (True, {"module_id": 8}, "ru.bitel.package/8/SomeService"),
        (True, {"module_id": 0}, "ru.bitel.package/SomeService"),
        (True, {}, "ru.bitel.package/SomeService"),
    ],
)
def test_a_module_instance_goes_into_the_path(of_module: bool, arguments: dict[str, object], path: str) -> None:
    url, body = request(of_module, cid=5, **arguments)
    assert f"/json/{path}?" in url
    assert body["params"] == {"contractId": 5, "title": None}


def test_fractions_keep_their_digits() -> None:
    read = parse(b'{"a":0.10,"b":-0.30,"c":1e2,"d":5,"e":12345678901234567890.12}')
    assert [str(read[key]) for key in "abcde"] == ["0.10", "-0.30", "1E+2", "5", "12345678901234567890.12"]
    assert isinstance(read["a"], Decimal)


@pytest.mark.parametrize("data", ["null", "{}", '{"return":null}', None])
def test_void_answers(data: str | None) -> None:
    body = '{"status":"ok"}' if data is None else f'{{"status":"ok","data":{data}}}'
    assert accepted(parse(body.encode())).get("return") is None


def test_a_byte_order_mark_is_harmless() -> None:
    assert accepted(parse(b'\xef\xbb\xbf{"status":"ok","data":{"return":1}}')) == {"return": 1}


@pytest.mark.parametrize("body", [b"", b"<html>", b"[" * 100_000, b"\xff", b'{"a":1} x', b'{"a":NaN}'])
def test_what_is_no_json(body: bytes) -> None:
    with pytest.raises(Unreadable):
        parse(body)


def test_an_answer_of_millions_of_values_is_not_unfolded() -> None:
    with pytest.raises(Unreadable, match="too many"):
        parse(b'{"status":"ok","data":[' + b"[]," * 4_000_000 + b"[]]}")


@pytest.mark.parametrize("envelope", [None, 5, [], {}, {"data": {}}, {"status": "ok", "data": []}])
def test_what_is_no_envelope(envelope: object) -> None:
    with pytest.raises(Unreadable):
        accepted(envelope)


@pytest.mark.parametrize(
    ("envelope", "words", "exception"),
    [
        ({"status": "error", "exception": "a.B", "message": "нет", "data": None}, "нет", "a.B"),
        ({"status": "OK", "message": ""}, "", ""),
        ({"exception": "a.B"}, "", "a.B"),
        ({"status": "error", "message": 5, "exception": {}}, "", ""),
    ],
)
def test_an_error_envelope(envelope: object, words: str, exception: str) -> None:
    with pytest.raises(Denied) as caught:
        accepted(envelope)
    assert (caught.value.words, caught.value.exception) == (words, exception)


@settings(deadline=None)
@given(st.binary(max_size=60) | JSON.map(lambda value: json.dumps(value).encode()))
def test_only_our_own_errors(body: bytes) -> None:
    with suppress(Unreadable, Denied):
        assert isinstance(accepted(parse(body)), dict)
