"""XML answers: sanitising, the ban on document types, streaming, statuses; and what a request looks like."""

import base64
from collections.abc import Mapping
from datetime import date
from urllib.parse import parse_qsl
from xml.etree.ElementTree import Element, tostring

import defusedxml.ElementTree
import pytest
from defusedxml.common import DefusedXmlException
from hypothesis import example, given, settings
from hypothesis import strategies as st

from flask_bgbilling.wire import xml_action
from flask_bgbilling.wire.answers import Unreadable
from flask_bgbilling.wire.operation import XmlAction
from flask_bgbilling.wire.sanitize import root_offset, without_illegal_references
from flask_bgbilling.wire.xml_action import Denied, XmlStream, accepted, denied_in_bytes, parse
from tests.wire_peer import ACCOUNT, server

PIECES = st.lists(
    st.sampled_from(
        [
            b"<?xml version='1.0'?>",
            b'<?xml version="1.0" encoding="utf-16"?>',
            b"\xef\xbb\xbf",
            b"<!-- c -->",
            b"<!-->",
            b"-->",
            b"<?pi x?>",
            b"?>",
            b"<!DOCTYPE d>",
            b'<!DOCTYPE d [<!ENTITY e "x">]>',
            b"<![CDATA[<!DOCTYPE d>]]>",
            b"<data status='ok'>",
            b"</data>",
            b"<row title='",
            b"'/>",
            b"&#0;",
            b"&#x1F;",
            b"&#1055;",
            b"&e;",
            b"&amp;",
            b"&",
            b"#",
            b"\xd0\x9f",
            b"\xd0",
            b"\xff",
            b"\x01",
            b" ",
            b"\n",
            b"x",
        ]
    )
    | st.binary(max_size=6),
    max_size=12,
).map(b"".join)


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        *((f"&#{code};", "?") for code in (*range(9), 11, 12, *range(14, 32))),
        *((f"&#x{code:x};", "?") for code in (0, 8, 0x0B, 0x1F, 0xD800, 0xFFFE)),
        ("&#00;", "?"),
        ("&#X0;", "?"),
        ("&#9;", "&#9;"),
        ("&#10;", "&#10;"),
        ("&#xD;", "&#xD;"),
        ("&#1055;", "&#1055;"),
        ("&#x1F600;", "&#x1F600;"),
        ("&#x110000;", "?"),
        ("&#55296;", "?"),
        ("&amp;#0;", "&amp;#0;"),
        ("&#;", "&#;"),
    ],
)
def test_illegal_references(reference: str, expected: str) -> None:
    assert without_illegal_references(f"a{reference}b".encode()) == f"a{expected}b".encode()


@pytest.mark.parametrize(
    "document",
    [
        b"<data status='ok'/>",
        b"\n  <data status='ok'/>",
        b"\xef\xbb\xbf<data status='ok'/>",
        b"\xef\xbb\xbf<?xml version='1.0' encoding='UTF-8'?>\n<data status='ok'/>",
        b"\n<?xml version='1.0' encoding='UTF-8'?><data status='ok'/>",
        b"<!-- <!DOCTYPE x> --><data status='ok'><![CDATA[<!DOCTYPE html><p>]]></data>",
        b"<?xml version='1.0' encoding='windows-1251'?><data status='ok'/>",
    ],
)
def test_harmless_documents(document: bytes) -> None:
    for root in (parse(document), streamed(document, 1), streamed(document, 7)):
        assert accepted(root, message_is_success=False).get("status") == "ok"


@pytest.mark.parametrize(
    "document",
    [
        b"<!DOCTYPE data><data status='ok'/>",
        b"<?xml version='1.0'?>\n<!-- x -->\n<!DOCTYPE data SYSTEM 'file:///etc/passwd'><data/>",
        b'<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><data>&b;</data>',
        "<!DOCTYPE d [<!ENTITY a 'x'>]><data>&a;</data>".encode("utf-16"),
        b"<!DOCTYPE html><html></html>",
        b"",
        b"   ",
        b"plain",
        b"<",
        b"<!",
        b"<?xml",
        b"<data",
        b"<data status='ok'>",
        b"<data>&undeclared;</data>",
        b"<data/><data/>",
    ],
)
def test_documents_that_are_refused(document: bytes) -> None:
    with pytest.raises(Unreadable):
        parse(document)
    with pytest.raises(Unreadable):
        streamed(document, 3)


def streamed(document: bytes, size: int) -> Element:
    stream = XmlStream()
    for start in range(0, len(document), size):
        stream.feed(document[start : start + size])
    return stream.close()


def outcome(document: bytes, size: int = 0) -> bytes | None:
    try:
        return tostring(streamed(document, size) if size else parse(document))
    except Unreadable:
        return None


@settings(deadline=None)
@given(PIECES, st.integers(1, 9))
@example(b"<data>\xd0\x9f&#0;</data>", 1)
@example(b"<data>&#x1F;</data>", 2)
@example(b"<!--><!DOCTYPE d><data/>", 4)
def test_streaming_reads_the_same_as_parsing_at_once(document: bytes, size: int) -> None:
    assert outcome(document, size) == outcome(document)


@settings(deadline=None)
@given(PIECES)
def test_what_defusedxml_bans_is_banned_and_what_it_reads_is_read(document: bytes) -> None:
    ours = outcome(document)
    text = document.decode("utf-8", "replace")
    try:
        theirs = tostring(defusedxml.ElementTree.fromstring(text, forbid_dtd=True))
    except DefusedXmlException:
        assert ours is None
    except Exception:
        return
    else:
        assert ours == theirs


@settings(deadline=None)
@given(st.binary(max_size=40))
def test_the_root_is_found_only_behind_a_harmless_prolog(document: bytes) -> None:
    try:
        start = root_offset(document)
    except Unreadable:
        return
    if start is not None:
        assert document[start : start + 1] == b"<"
        assert b"<!DOCTYPE" not in document[:start].replace(b"<!--", b"").split(b"-->")[-1]


def test_a_prolog_without_end_is_given_up() -> None:
    with pytest.raises(Unreadable):
        streamed(b"<!-- " + b"x" * 200_000 + b"--><data/>", 10_000)


def test_statuses() -> None:
    with pytest.raises(Unreadable, match="no status"):
        accepted(parse(b"<data/>"), message_is_success=True)
    with pytest.raises(Unreadable, match="root"):
        accepted(parse(b"<html status='ok'/>"), message_is_success=True)
    message = parse("<data status='message'>В очереди</data>".encode())
    assert accepted(message, message_is_success=True).text == "В очереди"
    with pytest.raises(Denied) as caught:
        accepted(message, message_is_success=False)
    assert caught.value.words == "В очереди"


@pytest.mark.parametrize("status", ["OK", "error", "Ok ", ""])
def test_only_ok_is_success(status: str) -> None:
    with pytest.raises(Denied):
        accepted(parse(f"<data status='{status}'>x</data>".encode()), message_is_success=True)


def test_words_of_an_error_may_stand_in_an_attribute() -> None:
    with pytest.raises(Denied) as caught:
        accepted(parse("<data status='error' errcode='17' errorMessage='Нельзя'/>".encode()), message_is_success=False)
    assert (caught.value.words, caught.value.errcode) == ("Нельзя", "17")


def test_an_error_document_in_place_of_a_file_is_noticed() -> None:
    with pytest.raises(Denied):
        denied_in_bytes("<?xml version='1.0'?><data status='error'>Нет прав</data>".encode())
    for body in (b"%PDF-1.4 <data", b"<html><style>data{}</style></html>", b"<data><contract/></data>", b""):
        denied_in_bytes(body)


def test_a_request() -> None:
    def fields(cid: int, since: date | None) -> Mapping[str, object]:
        return {"cid": cid, "date1": since, "date2": None, "comment": "а&б=в"}

    form = XmlAction("contract", "List", fields, lambda answer: answer)
    configured = server("http://billing/executer", marker=("erp", "demo"))
    outgoing = xml_action.outgoing(form, {"cid": 5, "since": date(2024, 2, 3)}, configured, ACCOUNT)
    assert outgoing.url == "http://billing/executer"
    assert isinstance(outgoing.body, bytes)
    assert parse_qsl(outgoing.body.decode()) == [
        ("module", "contract"),
        ("action", "List"),
        ("cid", "5"),
        ("date1", "03.02.2024"),
        ("comment", "а&б=в"),
        ("authToSession", "0"),
        ("erp", "demo"),
    ]
    authorization = dict(outgoing.headers)[b"Authorization"]
    assert base64.b64decode(authorization.split()[1]).decode() == f"{ACCOUNT.login}:{ACCOUNT.password}"
    assert ACCOUNT.password not in repr(outgoing)
    assert authorization.decode() not in repr(outgoing)
