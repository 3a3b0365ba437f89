"""Texts and numbers of answers: every spelling of the reference, and whatever else may come."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from xml.etree.ElementTree import fromstring
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flask_bgbilling.wire import codec
from flask_bgbilling.wire.dto.common import Period

MOSCOW = ZoneInfo("Europe/Moscow")
KAMCHATKA = ZoneInfo("Asia/Kamchatka")
NEW_YORK = ZoneInfo("America/New_York")

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals()
    | st.text()
    | st.from_regex(r"\s*[0-9]{1,5}[.-][0-9]{1,3}[.-][0-9]{1,5}([T ][0-9:.+Z-]{0,20})?", fullmatch=True)
    | st.sampled_from(["1E+999999999", "9" * 400, "0000-00-00", "31.02.2024", "9999-12-31T23:59:59-23:59", "…"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["dateFrom", "dateTo", "x"]), inner),
    max_leaves=5,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("03.02.2024", date(2024, 2, 3)),
        (" 3.2.2024 ", date(2024, 2, 3)),
        ("03.02.2024 10:11:12", date(2024, 2, 3)),
        ("", None),
        (None, None),
        ("…", None),
        ("...", None),
        ("31.02.2024", None),
        ("2024-02-03", None),
        ("август 2018", None),
        ("٠٣.٠٢.٢٠٢٤", None),
        ("03.02.2024" + " " * 100, None),
    ],
)
def test_day(text: str | None, expected: date | None) -> None:
    assert codec.day(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("03.02.2024 10:11:12", datetime(2024, 2, 3, 10, 11, 12, tzinfo=MOSCOW)),
        ("03.02.2024 10:11", datetime(2024, 2, 3, 10, 11, tzinfo=MOSCOW)),
        ("03.02.2024", datetime(2024, 2, 3, tzinfo=MOSCOW)),
        ("03.02.2024 24:00:00", None),
        ("03.02.2024 later", None),
        ("", None),
        (None, None),
    ],
)
def test_moment(text: str | None, expected: datetime | None) -> None:
    assert codec.moment(text, MOSCOW) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024-02-03T10:11:12+03:00", "2024-02-03T10:11:12+03:00"),
        ("2024-02-03T10:11:12.123+03:00", "2024-02-03T10:11:12+03:00"),
        ("2024-02-03T10:11:12+0300", "2024-02-03T10:11:12+03:00"),
        ("2024-02-03T10:11:12+03", "2024-02-03T10:11:12+03:00"),
        ("2024-02-03T10:11:12Z", "2024-02-03T13:11:12+03:00"),
        ("2024-02-03T10:11:12-05:30", "2024-02-03T18:41:12+03:00"),
        ("2024-02-03T10:11:12", "2024-02-03T10:11:12+03:00"),
        ("2024-02-03 10:11:12", "2024-02-03T10:11:12+03:00"),
        ("2024-02-03", "2024-02-03T00:00:00+03:00"),
        ("03.02.2024", "2024-02-03T00:00:00+03:00"),
        ("03.02.2024 10:11:12", "2024-02-03T10:11:12+03:00"),
        (1706944272000, "2024-02-03T10:11:12+03:00"),
        (Decimal("1706944272000.0"), "2024-02-03T10:11:12+03:00"),
    ],
)
def test_json_moment_keeps_the_wall_clock_of_the_billing(value: object, expected: str) -> None:
    read = codec.json_moment(value, MOSCOW)
    assert read is not None
    assert read.isoformat() == expected
    assert read.tzinfo is MOSCOW


@pytest.mark.parametrize(
    "value", ["", None, "…", "soon", True, [], {}, 10**40, "2024-13-01", "2024-02-03T10:11:12+99:00"]
)
def test_json_moment_of_something_else_is_none(value: object) -> None:
    assert codec.json_moment(value, MOSCOW) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2010-01-02", date(2010, 1, 2)),
        ("2024-02-03T00:00:00+03:00", date(2024, 2, 3)),
        ("2024-02-03T00:00:00+12:00", date(2024, 2, 3)),
        ("03.02.2024", date(2024, 2, 3)),
        ("", None),
        (None, None),
        ("…", None),
        (True, None),
    ],
)
def test_json_day_takes_a_date_as_it_is(value: object, expected: date | None) -> None:
    assert codec.json_day(value) == expected


@settings(deadline=None)
@given(st.dates(date(1975, 1, 1), date(2070, 1, 1)), st.sampled_from([MOSCOW, KAMCHATKA, NEW_YORK, ZoneInfo("UTC")]))
def test_json_day_of_a_midnight_in_milliseconds_is_the_same_day_everywhere(day: date, zone: ZoneInfo) -> None:
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    milliseconds = int(midnight.timestamp()) * 1000
    assert codec.json_day(milliseconds) == day
    assert codec.json_day(milliseconds, zone) == day


def test_json_day_of_an_instant_in_a_zone() -> None:
    assert codec.json_day("2024-02-03T22:30:00Z", MOSCOW) == date(2024, 2, 4)
    assert codec.json_day("2024-02-03T22:30:00Z") == date(2024, 2, 3)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("121000.00", "121000.00"),
        ("-600.00", "-600.00"),
        ("0", "0"),
        (".5", "0.5"),
        ("1 200,50", "1200.50"),
        ("1\u00a0200.50", "1200.50"),
        (Decimal("0.10"), "0.10"),
        (5, "5"),
        (0.1, "0.1"),
        ("1e2", "1E+2"),
    ],
)
def test_money(value: object, expected: str) -> None:
    read = codec.money(value)
    assert read is not None
    assert str(read) == expected


@pytest.mark.parametrize(
    "value",
    [
        "",
        "x",
        None,
        "1.5.2",
        "1,200,50",
        True,
        "NaN",
        "Infinity",
        "1_000",
        "٥",
        [],
        "9" * 100,
        10**40,
        float("nan"),
        "1e999",
    ],
)
def test_money_that_is_none(value: object) -> None:
    assert codec.money(value) is None
    assert codec.amount(value) == 0


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (5, 5),
        ("5", 5),
        (" -5 ", -5),
        ("5.0", 5),
        (Decimal("5.0"), 5),
        (True, 1),
        ("", 9),
        (None, 9),
        ("5.5", 9),
        ("x", 9),
        (10**30, 9),
    ],
)
def test_integer(value: object, expected: int) -> None:
    assert codec.integer(value, 9) == expected


@pytest.mark.parametrize("value", [True, 1, "1", "true", "TRUE", " yes", "on", "да", Decimal(1)])
def test_flag_is_set(value: object) -> None:
    assert codec.flag(value) is True


@pytest.mark.parametrize("value", [False, 0, "0", "false", "", None, "no", "нет", 2, [], "x"])
def test_flag_is_not_set(value: object) -> None:
    assert codec.flag(value) is False


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("15.01.2024-31.01.2024", date(2024, 1, 15), date(2024, 1, 31)),
        ("15.01.2024 - 31.01.2024", date(2024, 1, 15), date(2024, 1, 31)),
        ("15.01.2024-…", date(2024, 1, 15), None),
        ("15.01.2024-...", date(2024, 1, 15), None),
        ("15.01.2024-", date(2024, 1, 15), None),
        ("-31.01.2024", None, date(2024, 1, 31)),
        ("…-31.01.2024", None, date(2024, 1, 31)),
        ("15.01.2024–31.01.2024", date(2024, 1, 15), date(2024, 1, 31)),
        ("15.01.2024", date(2024, 1, 15), None),
        ("", None, None),
        (None, None, None),
    ],
)
def test_period(text: str | None, since: date | None, until: date | None) -> None:
    assert codec.period(text) == Period(since, until)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"dateFrom": "2024-01-15", "dateTo": None}, Period(date(2024, 1, 15), None)),
        ({"dateTo": "2024-01-31T00:00:00+03:00"}, Period(None, date(2024, 1, 31))),
        ("15.01.2024-…", Period(date(2024, 1, 15), None)),
        (None, Period()),
        (5, Period()),
    ],
)
def test_json_period(value: object, expected: Period) -> None:
    assert codec.json_period(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("x", "x"), (None, ""), (5, "5"), (Decimal("1E+2"), "100"), (True, "true"), ([], ""), ({}, "")],
)
def test_text(value: object, expected: str) -> None:
    assert codec.text(value) == expected


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("<t><row>one</row><row>two</row></t>", "one\ntwo"),
        ('<t><row text="one"/><row text=""/><row text="three"/></t>', "one\n\nthree"),
        ('<t><part><row text="deep"/></part></t>', "deep"),
        ("<t>plain</t>", "plain"),
        ("<t/>", ""),
    ],
)
def test_lines(document: str, expected: str) -> None:
    assert codec.lines(fromstring(document)) == expected
    assert codec.lines(None) == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A-24-0001 [ Иванов Иван ]", ("A-24-0001", "Иванов Иван", "")),
        ("A [ x ] y ] addr", ("A", "x ] y", "addr")),
        ("A [1] [ com ]", ("A", "1] [ com", "")),
        ("A [ com [in] tail ] addr", ("A", "com [in] tail", "addr")),
        ("[ com ] ad", ("", "com", "ad")),
        ("A []", ("A", "", "")),
        ("A", ("A", "", "")),
        ("A [ open", ("A", "open", "")),
        ("A ] b", ("A ] b", "", "")),
        ("", ("", "", "")),
        (None, ("", "", "")),
    ],
)
def test_title_and_comment(text: str | None, expected: tuple[str, str, str]) -> None:
    assert codec.title_and_comment(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Иванов [Москва, Лесная 1]", ("Иванов", "Москва, Лесная 1")),
        ("com [in] [ad]", ("com [in]", "ad")),
        ("com [x [old] 5]", ("com", "x [old] 5")),
        ("com [ad] ", ("com", "ad")),
        ("com ad]", ("com ad]", "")),
        ("com [ad", ("com [ad", "")),
        ("a [ b ] ] c", ("a [ b ] ] c"[:2].strip(), "b ]")),
        ("com", ("com", "")),
        ("", ("", "")),
        (None, ("", "")),
    ],
)
def test_comment_and_address(text: str | None, expected: tuple[str, str]) -> None:
    assert codec.comment_and_address(text) == expected


@settings(deadline=None)
@given(ANYTHING)
def test_nothing_that_comes_from_json_can_raise(value: object) -> None:
    for read in (codec.money, codec.amount, codec.integer, codec.flag, codec.text, codec.json_period, codec.json_day):
        read(value)
    codec.json_moment(value, MOSCOW)
    codec.json_day(value, NEW_YORK)


@settings(deadline=None)
@given(st.text() | st.from_regex(r"[0-9. :…\[\]-]{0,40}", fullmatch=True))
def test_nothing_that_comes_from_xml_can_raise(value: str) -> None:
    codec.day(value)
    codec.moment(value, MOSCOW)
    codec.period(value)
    number, comment, address = codec.title_and_comment(value)
    assert all(part in value for part in (number, comment, address))
    assert all(part in value for part in codec.comment_and_address(value))


@settings(deadline=None)
@given(st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1)))
def test_a_moment_with_an_offset_is_the_same_instant(naive: datetime) -> None:
    moment = naive.replace(microsecond=0, tzinfo=UTC)
    read = codec.json_moment(moment.isoformat(), KAMCHATKA)
    assert read is not None
    assert read - moment == timedelta(0)
