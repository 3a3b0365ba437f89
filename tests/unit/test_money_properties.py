"""Whatever a billing answers, readers of money, tariffs, status, notes and scripts never raise an error."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import Element
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from flask_bgbilling.builtin.card.balance_chart import draw
from flask_bgbilling.domain.contracts.balance import MonthBalance, totals_of, with_balance_after
from flask_bgbilling.wire.answers import JsonAnswer, XmlAnswer
from flask_bgbilling.wire.ops import (
    accounts,
    balance,
    limits,
    logs,
    months,
    notes,
    postings,
    scripts,
    statuses,
    tariff_options,
    tariffs,
)
from flask_bgbilling.wire.version import Version

ZONE = ZoneInfo("Europe/Moscow")
NEW, OLD = Version("9.2"), Version("7.2")

JSON_READERS: tuple[Callable[[JsonAnswer], object], ...] = (
    postings.read_own,
    postings.read_subs,
    statuses.read_period_list,
    statuses.read_log_list,
    statuses.read_tasks,
    limits.read_limit,
    limits.read_log,
    limits.read_tasks,
    notes.read_note_list,
    notes.read_note,
    scripts.read_script_list,
    scripts.read_log_list,
    tariffs.read_tariff_list,
    tariffs.read_personal_list,
    tariffs.read_plan,
    tariff_options.read_contract_options,
    tariff_options.read_options,
    tariff_options.read_modes,
)
XML_READERS: tuple[Callable[[XmlAnswer], object], ...] = (
    balance.read_months,
    balance.read_moves,
    accounts.read_accounts,
    postings.read_rows,
    statuses.read_period_rows,
    statuses.read_log_rows,
    logs.read_changes,
    notes.read_note_rows,
    notes.read_note_element,
    scripts.read_script_rows,
    scripts.read_log_rows,
    tariffs.read_tariff_rows,
    tariffs.read_personal_rows,
    tariffs.read_group_rows,
    tariffs.read_plan_titles,
)
_KEYS = (
    "id list page sum summa date date1 date2 dateFrom dateTo period status data comment timeChange userId typeId"
    " contractId value limitValue days title titles timeFrom timeTo recordCount pageIndex pageSize script position"
    " holderTotalSum createTime dateTime visible editable payback"
)
_ATTRIBUTES = (
    "f0 f1 f2 f3 f4 f5 f6 f7 id period status date date1 date2 comment user value summa month input_balance payment"
    " account charge output_balance type contractTitle sid service title contract pageIndex pageSize recordCount"
    " subject visibled text script time data pos tree_id tariff_group tpid"
)
KEYS = st.sampled_from(_KEYS.split())
ATTRIBUTES = st.sampled_from(_ATTRIBUTES.split())
SPELLINGS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ("", "…", "-", "01.02.2025-…", "31.02.2025", "2025-03-05T10:11:12+03:00", "0000-00-00", "1e999", "NaN", "-0")
    ),
    st.text(alphabet="0123456789.-:T+ ", max_size=30),
)
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.decimals(allow_nan=True, allow_infinity=True),
    SPELLINGS,
)
DOCUMENTS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=8)),
    max_leaves=25,
)
TAGS = st.sampled_from(("table", "data", "row", "sub_table", "comment", "tariffPlans", "item"))


def element(tag: str, attributes: dict[str, str], text: str, children: list[Element]) -> Element:
    made = Element(tag, attributes)
    made.text = text
    made.extend(children)
    return made


ATTRIBUTE_SETS = st.dictionaries(ATTRIBUTES, SPELLINGS, max_size=10)
ELEMENTS = st.recursive(
    st.builds(element, TAGS, ATTRIBUTE_SETS, SPELLINGS, st.just([])),
    lambda inner: st.builds(element, TAGS, ATTRIBUTE_SETS, SPELLINGS, st.lists(inner, max_size=4)),
    max_leaves=15,
)
ROWS = st.lists(st.builds(element, st.just("row"), ATTRIBUTE_SETS, SPELLINGS, st.just([])), max_size=5)


def table(rows: list[Element], pager: dict[str, str]) -> Element:
    return element("data", {}, "", [element("table", pager, "", [element("data", {}, "", rows)])])


ROOTS = st.one_of(
    st.builds(table, ROWS, ATTRIBUTE_SETS),
    st.builds(element, st.just("data"), ATTRIBUTE_SETS, SPELLINGS, st.lists(ELEMENTS, max_size=4)),
)


@settings(max_examples=150, deadline=None)
@given(data=st.dictionaries(st.sampled_from(("return", "page", "pageHolder", "holderTotalSum")), DOCUMENTS))
def test_json_readers_never_fail(data: dict[str, Any]) -> None:
    for read in JSON_READERS:
        read(JsonAnswer(data, ZONE, NEW))


@settings(max_examples=150, deadline=None)
@given(items=st.lists(st.dictionaries(KEYS, DOCUMENTS, max_size=12), max_size=4))
def test_json_readers_never_fail_on_items(items: list[dict[str, Any]]) -> None:
    for read in JSON_READERS:
        read(JsonAnswer({"return": items}, ZONE, NEW))


@settings(max_examples=150, deadline=None)
@given(root=ROOTS)
def test_xml_readers_never_fail(root: Element) -> None:
    for read in XML_READERS:
        read(XmlAnswer(root, ZONE, OLD))


@settings(max_examples=100, deadline=None)
@given(root=st.builds(table, ROWS, ATTRIBUTE_SETS))
def test_what_was_read_can_be_added_up(root: Element) -> None:
    answer = XmlAnswer(root, ZONE, OLD)
    totals = totals_of(balance.read_months(answer))
    assert totals is None or isinstance(totals.payments, Decimal)
    moves = balance.read_moves(answer)
    assert len(with_balance_after(moves)) == len(moves)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_month_labels_never_fail(label: str) -> None:
    found = months.month(label)
    assert found is None or found.day == 1


SUMS = st.decimals(min_value=-(10**20), max_value=10**20, allow_nan=False, places=2)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(SUMS, SUMS, SUMS, SUMS), min_size=2, max_size=5))
def test_every_balance_has_a_picture_that_holds_it(rows: list[tuple[Decimal, Decimal, Decimal, Decimal]]) -> None:
    chart = draw([MonthBalance("", None, Decimal(0), *sums) for sums in rows])
    assert chart is not None
    assert 2 <= len(chart.ticks) <= 8
    for column in chart.columns:
        assert 0 <= column.y <= chart.height
        assert all(bar.y >= 0 and bar.y + bar.height <= chart.height for bar in column.bars)
