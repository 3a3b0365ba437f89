"""Answers of a billing that is out to harm: hidden declarations, texts that stall a regular expression."""

import time
from collections.abc import Callable
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from flask_bgbilling.domain.contracts.parameters import split_emails, split_phones
from flask_bgbilling.wire import json_rpc
from flask_bgbilling.wire.answers import Unreadable
from flask_bgbilling.wire.codec import json_day, json_moment
from flask_bgbilling.wire.refusals import kind_of_refusal
from flask_bgbilling.wire.xml_action import XmlStream, parse

SECOND = 1.0
ZONE = ZoneInfo("Europe/Moscow")


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


@pytest.mark.parametrize("hidden", ["&#1;", "\x01", "&#0;", "&#x1F;"])
@pytest.mark.parametrize("streamed", [False, True])
def test_a_repaired_instruction_does_not_bring_a_declaration_to_light(hidden: str, streamed: bool) -> None:
    document = (
        f'<?a {hidden}><!DOCTYPE data [<!ENTITY e "expanded">]><data status="ok"><?b ?><row>&e;</row></data>'
    ).encode()

    def read() -> str:
        if not streamed:
            return "".join(parse(document).itertext())
        stream = XmlStream()
        stream.feed(document)
        return "".join(stream.close().itertext())

    with pytest.raises(Unreadable):
        read()


def test_a_repaired_document_keeps_what_stands_before_its_root() -> None:
    root = parse(b'<?xml version="1.0" encoding="UTF-8"?>\n<!-- &#2; -->\n<data status="ok">a&#0;b\x01c</data>')
    assert root.text == "a?b?c"


@pytest.mark.parametrize("words", ["модуль" * 700, "операци" * 600, "действи" * 600, "сервис " * 600, "нет " * 1000])
def test_words_of_a_refusal_stall_nobody(words: str) -> None:
    assert _seconds(lambda: kind_of_refusal(words)) < SECOND


@pytest.mark.parametrize(
    "value", [" " * 800 + "1[ " + " " * 800 + "[]x", "1" + " " * 3000 + "[", "<" + " " * 3000, '"' * 3000, "a " * 3000]
)
def test_values_of_phones_and_mails_stall_nobody(value: str) -> None:
    assert _seconds(lambda: (split_phones(value), split_emails(value))) < SECOND


@pytest.mark.parametrize("number", [10**400, -(10**400), float("nan"), float("inf"), Decimal("NaN"), Decimal("1e9999")])
def test_a_number_beyond_all_dates_is_no_date(number: int | float | Decimal) -> None:
    assert json_moment(number, ZONE) is None
    assert json_day(number, ZONE) is None
    assert json_day(number) is None


@pytest.mark.parametrize("half", ["\\ud83d", "\\uDC00", "\\ud83d\\u0041", "\\ud83d\\ud83d"])
def test_half_a_character_never_leaves_the_wire(half: str) -> None:
    outer = json_rpc.parse(f'{{"card": "a{half}b", "whole": "\\ud83d\\ude00", "escaped": "\\\\ud83d"}}'.encode())
    assert outer["card"].startswith("a\ufffd")
    assert outer["card"].endswith("b")
    assert (outer["whole"], outer["escaped"]) == ("😀", "\\ud83d")
    inner = json_rpc.parse_text(f'{{"card": "a{half}b"}}')
    assert inner["card"].encode()


@pytest.mark.parametrize("text", ["NaN", '{"a": Infinity}', "[" * 100_000, '{"a":1e999999999999999999999}', ""])
def test_a_document_in_a_text_is_read_as_strictly_as_any(text: str) -> None:
    with pytest.raises(Unreadable):
        json_rpc.parse_text(text)
