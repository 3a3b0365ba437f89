"""Values of requests: form fields and JSON."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flask_bgbilling.wire import codec
from flask_bgbilling.wire.dto.common import Period
from flask_bgbilling.wire.spelling import form_body, form_fields, form_text, json_body

MOSCOW = ZoneInfo("Europe/Moscow")
UTC_ZONE = ZoneInfo("UTC")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, "1"),
        (False, "0"),
        (101, "101"),
        ("а б", "а б"),
        ("", ""),
        (date(2024, 2, 3), "03.02.2024"),
        (datetime(2024, 2, 3, 10, 11, 12), "03.02.2024 10:11:12"),
        (datetime(2024, 2, 3, 10, 11, 12, tzinfo=UTC), "03.02.2024 13:11:12"),
        (Decimal("120.50"), "120.5"),
        (Decimal("100"), "100"),
        (Decimal("1E+3"), "1000"),
        (Decimal("-0.00"), "0"),
        ([1, 2], "1, 2"),
        ((), ""),
        ({3, 1}, "1, 3"),
    ],
)
def test_a_form_field(value: object, expected: str) -> None:
    assert form_text(value, MOSCOW) == expected


def test_an_absent_value_is_left_out_and_an_empty_one_sent() -> None:
    assert form_fields({"cid": 101, "comment": "", "date2": None}, MOSCOW) == [("cid", "101"), ("comment", "")]


@pytest.mark.parametrize("value", [1.5, object(), Decimal("NaN"), Decimal("Infinity"), Decimal("1E+999999")])
def test_what_cannot_be_sent_is_refused_here_and_not_by_the_billing(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        form_text(value, MOSCOW)
    with pytest.raises((TypeError, ValueError)):
        json_body({"x": value}, MOSCOW)


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(min_size=1), st.text()), max_size=5))
def test_a_form_arrives_as_it_was(fields: list[tuple[str, str]]) -> None:
    expected = [(clean(name), clean(value)) for name, value in fields]
    assert parse_qsl(form_body(fields).decode(), keep_blank_values=True, encoding="utf-8") == expected


def clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


@pytest.mark.parametrize(
    ("value", "zone", "expected"),
    [
        (date(2026, 6, 1), MOSCOW, '"2026-06-01T00:00:00+03:00"'),
        (date(2026, 6, 1), UTC_ZONE, '"2026-06-01T00:00:00Z"'),
        (date(2026, 6, 1), ZoneInfo("America/St_Johns"), '"2026-06-01T00:00:00-02:30"'),
        (datetime(2026, 6, 1, 12, 0, 5, 999, tzinfo=UTC), MOSCOW, '"2026-06-01T15:00:05+03:00"'),
        (datetime(2026, 6, 1, 12), MOSCOW, '"2026-06-01T12:00:00+03:00"'),
        (Decimal("120.50"), MOSCOW, "120.5"),
        (Decimal("1E+3"), MOSCOW, "1000"),
        (None, MOSCOW, "null"),
        (True, MOSCOW, "true"),
        (0, MOSCOW, "0"),
        ([1, (2, 3)], MOSCOW, "[1,[2,3]]"),
        ({"a": {"b": date(2026, 6, 1)}}, UTC_ZONE, '{"a":{"b":"2026-06-01T00:00:00Z"}}'),
        (Period(date(2026, 6, 1), None), UTC_ZONE, '{"dateFrom":"2026-06-01T00:00:00Z","dateTo":null}'),
        ("а\ud800", MOSCOW, '"а?"'),
    ],
)
def test_a_json_value(value: object, zone: ZoneInfo, expected: str) -> None:
    assert json_body({"x": value}, zone).decode() == f'{{"x":{expected}}}'


@settings(deadline=None)
@given(st.dates(date(1970, 1, 1)))
def test_a_day_comes_back_as_it_was_sent(day: date) -> None:
    assert codec.json_day(json.loads(json_body({"x": day}, MOSCOW))["x"], MOSCOW) == day
    assert codec.day(form_text(day, MOSCOW)) == day


@settings(deadline=None)
@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**15), max_value=10**15))
def test_a_sum_comes_back_as_it_was_sent(sum_: Decimal) -> None:
    assert codec.money(form_text(sum_, MOSCOW)) == sum_
    assert Decimal(json_body({"x": sum_}, MOSCOW).decode()[5:-1]) == sum_
