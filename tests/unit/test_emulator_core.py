"""The parts of the emulator that need no socket: versions, fields of calls, answers, registry, faults, decoding."""

import base64
import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import Element, SubElement, fromstring
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.answers import (
    encode_json,
    encode_xml,
    month_label,
    page_object,
    pager,
    period,
    search_result,
    table,
)
from flask_bgbilling.emulator.auth import basic_credentials
from flask_bgbilling.emulator.calls import JsonCall, User, XmlCall, read_moment
from flask_bgbilling.emulator.errors import BadParameter, NotImplementedCall
from flask_bgbilling.emulator.faults import NAMES, Faults
from flask_bgbilling.emulator.paging import Page
from flask_bgbilling.emulator.recording import without_credentials
from flask_bgbilling.emulator.registry import OPERATIONS, Operation, Registry
from flask_bgbilling.emulator.requests import NoSuchPath, WrongMethod, decode, form_fields
from flask_bgbilling.emulator.settings import EmulatorSettings
from flask_bgbilling.emulator.version import SUPPORTED, Version
from tests.support import ALL_BANDS

MOSCOW = ZoneInfo("Europe/Moscow")
NOON = datetime(2026, 11, 23, 12)
EXECUTER = "/bgbilling/executer"


def call_parts() -> tuple[str, Connection, Version, User, datetime, EmulatorSettings]:
    with create_engine("sqlite://").connect() as db:
        return ("x/Y", db, Version("9.2"), User(1, "admin", "Админ"), NOON, EmulatorSettings())


def xml_call(**fields: str) -> XmlCall:
    return XmlCall(*call_parts(), fields=fields)


def json_call(**params: object) -> JsonCall:
    return JsonCall(*call_parts(), params=params)


def test_versions_compare_as_decimal_numbers() -> None:
    assert [str(version) for version in sorted(SUPPORTED, reverse=True)] == list(reversed(ALL_BANDS))
    assert Version("9.2404") > Version("9.2")
    assert Version("10.2") > Version("9.2501")
    assert Version("9.2") >= "9.2"
    assert Version("9.20") == Version("9.2")


@pytest.mark.parametrize("text", ["", "6.2", "9.1", " 9.2", "9.2501-2510171811", "9.2.1", "9,2", "1e1", "NaN", "9.2x"])
def test_an_unsupported_version_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="version"):
        Version(text)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("23.11.2026", datetime(2026, 11, 23)),
        ("3.2.2024 10:11:12", datetime(2024, 2, 3, 10, 11, 12)),
        ("2024-02-03", datetime(2024, 2, 3)),
        ("2024-02-03T10:11:12+03:00", datetime(2024, 2, 3, 10, 11, 12)),
        ("2024-02-03T07:11:12Z", datetime(2024, 2, 3, 10, 11, 12)),
        ("2024-02-03T10:11:12.000+0300", datetime(2024, 2, 3, 10, 11, 12)),
        ("2024-02-03T10:11:12", datetime(2024, 2, 3, 10, 11, 12)),
        ("Mon Jan 15 00:00:00 MSK 2024", datetime(2024, 1, 15)),
        (1706944272000, datetime(2024, 2, 3, 10, 11, 12)),
        ("31.02.2024", None),
        ("Mon Foo 15 00:00:00 MSK 2024", None),
        ("вчера", None),
        (True, None),
        (10**30, None),
    ],
)
def test_moments_are_read_in_every_spelling_of_clients(written: object, moment: datetime | None) -> None:
    assert read_moment(written, MOSCOW) == moment


def test_a_midnight_sent_one_hour_early_is_still_the_same_day() -> None:
    assert json_call(day="2024-07-30T23:00:00+03:00").date("day") == date(2024, 7, 31)
    assert json_call(day="2024-07-31T01:00:00+03:00").date("day") == date(2024, 7, 31)


def test_fields_have_defaults_only_where_they_are_given() -> None:
    call = xml_call(cid="101", empty="", bad="1x", sum="12.50", flag="1", ids="1, 2,3", day="")
    assert call.integer("cid") == 101
    assert call.integer("bad", 7) == 7
    assert call.decimal("sum") == Decimal("12.50")
    assert call.flag("flag") is True
    assert call.flag("cid") is False
    assert call.ids("ids") == [1, 2, 3]
    assert call.date("day") is None
    assert call.has("empty") is True
    assert call.has("absent") is False
    for name in ("absent", "empty", "bad"):
        with pytest.raises(BadParameter, match=name):
            call.integer(name)
    with pytest.raises(BadParameter, match="ids"):
        xml_call(ids="1,x").ids("ids")
    with pytest.raises(BadParameter, match="sum"):
        xml_call(sum="NaN").decimal("sum")
    with pytest.raises(BadParameter, match="day"):
        xml_call(day="вчера").date("day")
    with pytest.raises(BadParameter, match="day"):
        call.required_date("day")


def test_numbers_that_no_column_holds_are_no_numbers() -> None:
    call = xml_call(cid="9" * 30, least=str(-(2**63)), greatest=str(2**63 - 1))
    assert call.integer("cid", 7) == 7
    assert call.integer("greatest") == 2**63 - 1
    with pytest.raises(BadParameter, match="least"):
        call.integer("least")
    assert xml_call(date="31.12.9999 23:00").date("date") == date(9999, 12, 31)


def test_json_fields_may_stand_deeper_and_be_typed() -> None:
    call = json_call(period={"dateFrom": "2026-01-02", "dateTo": None}, on=True, ids=[4, "5"], id="9", items=[{}])
    assert call.date("period.dateFrom") == date(2026, 1, 2)
    assert call.date("period.dateTo") is None
    assert call.value("period.dateFrom.deeper") is None
    assert call.flag("on") is True
    assert call.text("on") == "true"
    assert call.ids("ids") == [4, 5]
    assert call.integer("id") == 9
    assert call.objects("items") == [{}]
    assert call.objects("none") == []
    with pytest.raises(BadParameter, match="ids"):
        call.objects("ids")


def test_paging_comes_by_its_double_name_and_zero_means_all() -> None:
    page = xml_call(page="2", pageSize="10").page()
    assert (page.offset, list(page.part(range(25))), page.pages(25)) == (10, list(range(10, 20)), 3)
    everything = json_call(page={"pageIndex": 0, "pageSize": 0}).page()
    assert (everything.everything, len(everything.part(range(25))), everything.pages(25)) == (True, 25, 1)
    assert json_call(page={"pageIndex": -1, "pageSize": 5}).page().everything
    assert Page(1, 10).pages(0) == 0


def test_pagers_carry_every_attribute_and_json_keys_keep_their_order() -> None:
    assert pager(Page(2, 10), 25) == {"pageIndex": 2, "pageSize": 10, "pageCount": 3, "recordCount": 25}
    keys = list(page_object(Page(2, 10), 25))
    assert keys == ["pageIndex", "pageSize", "pageCount", "recordCount", "pageFirstRecordNumber"]
    assert search_result([], Page(1, 10), 0)["list"] == []


def test_xml_values_are_written_as_the_billing_writes_them() -> None:
    data = Element("data", status="ok")
    row = {
        "sum": Decimal("5"),
        "day": date(2026, 3, 1),
        "at": datetime(2026, 3, 1, 4, 5, 6),
        "on": True,
        "none": None,
        "text": 'a\n<"&\x00\x1f',
    }
    table(data, [row], summa=Decimal("1.5"))
    text = encode_xml(data).decode()
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<data status="ok"><table summa="1.50"><data><row')
    assert 'sum="5.00" day="01.03.2026" at="01.03.2026 04:05:06" on="1" none=""' in text
    assert 'text="a&#10;&lt;&quot;&amp;&#0;&#31;"' in text
    assert period(date(2024, 1, 15), None) == "15.01.2024-…"
    assert period(None, date(2024, 1, 31)) == "-31.01.2024"
    assert month_label(2025, 3) == "март 2025"


def test_json_numbers_keep_their_scale_and_moments_the_offset() -> None:
    value = {
        "sum": Decimal("5.00"),
        "small": Decimal("1E-7"),
        "day": date(2026, 3, 1),
        "at": datetime(2026, 3, 1, 4, 5, 6),
        "text": '5.00 "я"',
    }
    assert encode_json(value, MOSCOW).decode() == (
        '{"sum": 5.00, "small": 0.0000001, "day": "2026-03-01", "at": "2026-03-01T04:05:06+03:00",'
        ' "text": "5.00 \\"я\\""}'
    )
    with pytest.raises(TypeError, match="object"):
        encode_json(object(), MOSCOW)


@given(st.text())
def test_any_text_survives_json(text: str) -> None:
    written = encode_json({"a": text}, MOSCOW)
    expected = text.encode("utf-8", "replace").decode()
    assert json.loads(written) == {"a": expected}


@given(st.text(st.characters(min_codepoint=32, codec="utf-8", exclude_characters="\ufffe\uffff")))
def test_any_printable_text_survives_xml(text: str) -> None:
    data = Element("data")
    SubElement(data, "row", title=text)
    assert fromstring(encode_xml(data))[0].get("title") == text


def operation(since: str, below: str | None, name: str = "a/B") -> Operation:
    return Operation("xml", name, Version(since), Version(below) if below else None, "read", lambda call: call.data())


def test_a_name_has_one_handler_per_version() -> None:
    registry = Registry()
    old, new = operation("7.0", "8.2"), operation("8.2", None)
    registry.add(old)
    registry.add(new)
    assert registry.find("xml", "a/B", Version("8.0")) is old
    assert registry.find("xml", "a/B", Version("10.2")) is new
    with pytest.raises(ValueError, match="overlaps"):
        registry.add(operation("9.2", "9.2404"))
    registry.add(operation("9.2", None, "a/C"))
    for name, version in (("a/C", "8.2"), ("a/D", "9.2")):
        with pytest.raises(NotImplementedCall, match=f"^not implemented: {name}$"):
            registry.find("xml", name, Version(version))
    with pytest.raises(NotImplementedCall):
        registry.find("json-rpc", "a/B", Version("9.2"))
    assert [str(known) for known in registry] == ["xml a/B 7.0-8.0", "xml a/B 8.2-", "xml a/C 9.2-"]


def test_every_declared_operation_has_a_right_and_versions() -> None:
    import flask_bgbilling.emulator.operations  # noqa: F401

    found = list(OPERATIONS)
    assert len(found) > 100
    for known in found:
        assert known.right in ("read", "write", "admin"), known
        assert any(known.covers(band) for band in SUPPORTED), known
        assert known.handler.__doc__, known


def test_faults_are_counted_scoped_and_replaced() -> None:
    faults = Faults()
    faults.set("hang", operation="ContractInfo", count=2, skip=1)
    assert faults.take("contract/FindContract") == {}
    hits = [bool(faults.take("contract/ContractInfo")) for _ in range(4)]
    assert hits == [False, True, True, False]
    assert faults.listed() == []
    faults.set("latency", delay_ms=5)
    faults.set("latency", delay_ms=7)
    assert [fault["delay_ms"] for fault in faults.listed()] == [7]
    faults.set("reset")
    faults.clear("latency")
    assert list(faults.take("x/Y")) == ["reset"]
    faults.clear()
    assert faults.take("x/Y") == {}


@pytest.mark.parametrize(
    "options",
    [
        {"name": "unknown"},
        {"name": "hang", "colour": "red"},
        {"name": "hang", "count": 0},
        {"name": "hang", "count": "1"},
        {"name": "latency", "delay_ms": -1},
        {"name": "latency", "delay_ms": True},
        {"name": "hang", "operation": None},
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        Faults().set(**options)


def test_faults_obey_orders() -> None:
    faults = Faults()
    faults.command({"name": "garbled", "size": 10})
    assert faults.listed()[0]["size"] == 10
    faults.command({"clear": "garbled"})
    assert faults.listed() == []
    faults.command({"name": "hang"})
    faults.command({"clear": True})
    assert faults.listed() == []
    with pytest.raises(ValueError, match="name"):
        faults.command({})
    assert len(set(NAMES)) == len(NAMES)


def basic(login: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{login}:{password}".encode()).decode()


def test_basic_credentials() -> None:
    assert basic_credentials(basic("иван", "p:w")) == ("иван", "p:w")
    for broken in (None, "", "Bearer x", "Basic %%%", "Basic " + base64.b64encode(b"\xff:x").decode(), "Basic eA=="):
        assert basic_credentials(broken) is None


def test_an_xml_action_is_decoded_from_query_and_body() -> None:
    body = b"module=contract&action=FindContract&parameter=%D0%AF+%26&empty=&module=other&user=u&pswd=s3cret&"
    received = decode("POST", f"{EXECUTER}?marker=1", {}, body)
    assert (received.kind, received.name, received.path) == ("xml", "contract/FindContract", "")
    assert received.credentials == ("u", "s3cret")
    assert received.fields == {
        "marker": "1",
        "module": "contract",
        "action": "FindContract",
        "parameter": "Я &",
        "empty": "",
    }
    assert without_credentials(received.recorded) == received.fields
    by_header = decode("GET", f"{EXECUTER}?module=a&action=B", {"authorization": basic("u", "p")}, b"")
    assert (by_header.name, by_header.credentials) == ("a/B", ("u", "p"))


def test_a_json_method_is_decoded_from_path_and_body() -> None:
    request = {"method": "freeVlan", "user": {"user": "u", "pswd": "p"}, "params": {"a": [1]}}
    target = f"{EXECUTER}/json/ru.bitel.oss.x/8/ResourceService?marker=1"
    received = decode("POST", target, {}, json.dumps(request).encode())
    assert received.name == "ru.bitel.oss.x/ResourceService.freeVlan"
    assert received.path == "/json/ru.bitel.oss.x/8/ResourceService"
    assert (received.module_id, received.params, received.credentials) == (8, {"a": [1]}, ("u", "p"))
    assert without_credentials(received.recorded) == {"method": "freeVlan", "params": {"a": [1]}}
    without_params = decode("POST", target, {}, b'{"method":"x","params":null}')
    assert (without_params.params, without_params.problem) == ({}, None)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"[" * 100_000, b'{"method":"x","params":[1]}'])
def test_an_unreadable_json_request_is_a_problem_not_a_crash(body: bytes) -> None:
    received = decode("POST", f"{EXECUTER}/json/a.b/Service", {}, body)
    assert received.problem is not None


@pytest.mark.parametrize(
    "path", ["/", "/bgbilling", "/bgbilling/executer2", f"{EXECUTER}/", f"{EXECUTER}/json/a.b", f"{EXECUTER}/a.b/S"]
)
def test_a_foreign_path_is_no_call(path: str) -> None:
    with pytest.raises(NoSuchPath):
        decode("POST", path, {}, b"")


def test_only_the_right_http_methods_are_taken() -> None:
    for method, path in (("PUT", EXECUTER), ("GET", f"{EXECUTER}/json/a.b/S"), ("GET", f"{EXECUTER}/upload")):
        with pytest.raises(WrongMethod):
            decode(method, path, {}, b"")


@given(st.text())
def test_any_form_is_decoded_without_an_error(text: str) -> None:
    assert isinstance(form_fields(text), dict)


def test_too_many_form_fields_are_a_problem() -> None:
    assert decode("POST", EXECUTER, {}, b"a=1&" * 30_000).problem is not None


def test_texts_compare_without_case_yo_and_trailing_spaces() -> None:
    assert schema.fold("ЁЛКА  ") == schema.fold("елка")
    assert schema.fold("а") != schema.fold("б")
