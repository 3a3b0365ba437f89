"""Search operations: what they send in each band, and reading answers in every shape of the reference."""

from datetime import date
from typing import Any
from xml.etree.ElementTree import fromstring
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_bgbilling.wire.answers import JsonAnswer, XmlAnswer
from flask_bgbilling.wire.dto.common import IdTitle, Page
from flask_bgbilling.wire.dto.search import FoundContract, ListFilter
from flask_bgbilling.wire.operation import JsonRpc, Operation, XmlAction
from flask_bgbilling.wire.ops import search as ops
from flask_bgbilling.wire.ops.parameter_directories import (
    LIST_VALUES,
    PARAMETERS_OF_TYPE,
    read_parameters,
    read_value_elements,
    read_value_objects,
)
from flask_bgbilling.wire.version import Version
from tests.support import ALL_BANDS

ZONE = ZoneInfo("Europe/Moscow")
OPTIONS = {"hidden": True, "closed": True, "subcontracts": False, "page": 2, "page_size": 30}
XML_TAIL = {"del": True, "show_closed": True, "show_sub": False, "pageIndex": 2, "page": 2, "pageSize": 30}
JSON_TAIL = {
    "hidden": True,
    "closed": True,
    "subContracts": False,
    "page": {"pageIndex": 2, "pageSize": 30},
}


def sent(operation: Operation[Any], band: str, **arguments: object) -> tuple[str, dict[str, object]]:
    """The call of the band and its fields, those left out dropped."""
    form = operation.form(Version(band))
    assert form is not None
    if isinstance(form, XmlAction):
        fields = {name: value for name, value in form.fields(**arguments).items() if value is not None}
        return f"xml {form.action}", fields
    assert isinstance(form, JsonRpc)
    return f"json {form.method}", dict(form.params(**arguments))


def xml(text: str, version: str = "7.2") -> XmlAnswer:
    return XmlAnswer(fromstring(text), ZONE, Version(version))


def json(data: dict[str, Any], version: str = "9.2") -> JsonAnswer:
    return JsonAnswer(data, ZONE, Version(version))


@pytest.mark.parametrize("band", ALL_BANDS)
def test_number_and_comment_go_as_masks(band: str) -> None:
    call, fields = sent(ops.SEARCH_BY_NUMBER, band, number="A", comment="", **OPTIONS)
    if Version(band) < Version("8.2"):
        tail = {name: value for name, value in XML_TAIL.items() if name != "page"}
        assert (call, fields) == ("xml FilterContract", {"filter": 0, "type": -1, "contractMask": "A"} | tail)
    else:
        assert (call, fields) == (
            "json contractList",
            {"title": "A", "comment": None, "fc": -1, "groupMask": 0, "entityFilter": None} | JSON_TAIL,
        )


@pytest.mark.parametrize(
    ("band", "call", "labels"),
    [
        ("8.2", "json contractList0", True),
        ("9.2", "json contractList", True),
        ("9.2410", "json contractList", True),
        ("9.2501", "json contractList", False),
        ("10.2", "json contractList", False),
    ],
)
def test_an_id_is_asked_for_whatever_the_state_of_the_contract(band: str, call: str, labels: bool) -> None:
    everything = {
        "contractId": 501,
        "fc": -1,
        "groupMask": 0,
        "subContracts": True,
        "closed": True,
        "hidden": True,
    }
    assert sent(ops.SEARCH_BY_ID, band, cid=501) == (
        call,
        everything | ({"inAllLabels": True} if labels else {}),
    )


@pytest.mark.parametrize("band", ["7.0", "7.2", "8.0"])
def test_old_versions_take_the_id_alone(band: str) -> None:
    assert sent(ops.SEARCH_BY_ID, band, cid=501) == ("xml FindContractByID", {"id": 501})


@pytest.mark.parametrize("band", ALL_BANDS)
def test_addresses_go_by_street_and_split_house(band: str) -> None:
    code = "c2" if Version(band) < Version("9.2") else "c8"
    where = {"street_id": 77, "house": 12, "fraction": "/3", "flat": "5", "room": ""}
    call, fields = sent(ops.SEARCH_BY_ADDRESS, band, house_id=5012, parameters=(3, 7), **where, **OPTIONS)
    common = {"street": 77, "house": 12, "frac": "/3", "flat": "5"}
    assert call == "xml FindContract"
    assert fields == {"type": code, "houseId": 5012, "parameters": [3, 7]} | common | XML_TAIL
    _, fields = sent(ops.SEARCH_BY_OBJECT_ADDRESS, band, **where, **OPTIONS)
    assert fields == {"type": "o4"} | common | XML_TAIL


def test_a_street_alone_restricts_nothing_else() -> None:
    _, fields = sent(ops.SEARCH_BY_ADDRESS, "9.2", street_id=77, **OPTIONS)
    assert fields == {"type": "c8", "street": 77, "house": 0} | XML_TAIL


@pytest.mark.parametrize("band", ALL_BANDS)
def test_parameters_are_searched_by_their_type(band: str) -> None:
    _, fields = sent(ops.SEARCH_BY_TEXT, band, pattern="x", parameters=(2, 9), **OPTIONS)
    assert fields == {"type": "c1", "parameters": [2, 9], "parameter": "x"} | XML_TAIL
    _, fields = sent(ops.SEARCH_BY_MAIL, band, pattern="@", **OPTIONS)
    assert fields == {"type": "c3", "parameters": "", "mail": "@"} | XML_TAIL
    _, fields = sent(ops.SEARCH_BY_DATE, band, since=date(2026, 6, 5), **OPTIONS)
    assert fields == {"type": "c6", "parameters": "", "date1": date(2026, 6, 5), "date2": ""} | XML_TAIL


@pytest.mark.parametrize("band", ALL_BANDS)
def test_a_phone_is_searched_by_digits_anywhere_in_it(band: str) -> None:
    call, fields = sent(ops.SEARCH_BY_PHONE, band, digits="8 (917) 12-3%_", parameters=(27, 28), **OPTIONS)
    if Version(band) < Version("9.2"):
        assert (call, fields) == (
            "xml FindContract",
            {"type": "c9", "parameters": [27, 28], "phone": "8917123"} | XML_TAIL,
        )
    else:
        wanted = {"type": "Phone", "entitySpecAttrIds": "27, 28", "mode": 1, "value": "%8917123%"}
        assert (call, fields) == (
            "json contractList",
            {"fc": -1, "groupMask": 0, "entityFilter": [wanted]} | JSON_TAIL,
        )


@pytest.mark.parametrize("band", ALL_BANDS)
def test_list_values_are_filters_of_the_json_search(band: str) -> None:
    filters = (ListFilter("List", 9, 2), ListFilter("MultiList", 19, 121))
    call, fields = sent(ops.SEARCH_BY_LIST, band, filters=filters, **OPTIONS)
    assert call == "json contractList"
    assert fields["entityFilter"] == [
        {"type": "List", "entitySpecAttrIds": [9], "value": 2},
        {"type": "MultiList", "entitySpecAttrIds": [19], "value": 121},
    ]


@pytest.mark.parametrize(("closed", "inverted", "spelled"), [(0, 0, 0), (1, 0, 1), (0, 1, 1), (1, 1, 0)])
def test_the_sense_of_closed_can_be_inverted_for_json_only(closed: int, inverted: int, spelled: int) -> None:
    arguments = {"number": "A", "closed": bool(closed), "closed_inverted": bool(inverted)}
    assert sent(ops.SEARCH_BY_NUMBER, "9.2", **arguments)[1]["closed"] is bool(spelled)
    assert sent(ops.SEARCH_BY_NUMBER, "7.2", **arguments)[1]["show_closed"] is bool(closed)
    by_id = sent(ops.SEARCH_BY_ID, "9.2", cid=1, closed_inverted=bool(inverted))[1]
    assert by_id["closed"] is not bool(inverted)


@given(st.text(max_size=40))
def test_a_literal_pattern_matches_its_text_and_nothing_like_it(text: str) -> None:
    import re

    assert re.fullmatch(ops.literal_pattern(text), text)
    assert re.fullmatch(ops.literal_mail(text), text)
    assert re.search(ops.exact_number(text), text)
    assert text == "" or not re.fullmatch(ops.literal_pattern(text), text + "x")


def test_hostile_texts_lose_their_meaning() -> None:
    assert ops.literal_pattern(".*") == r"\.\*"
    assert ops.literal_pattern("A-24_1%") == "A-24_1%"
    assert ops.literal_mail("a_b%.ru") == r"a\_b\%\.ru"
    assert ops.phone_pattern("'; DROP 12 %") == "%12%"


def test_rows_of_the_old_form() -> None:
    answer = xml(
        '<data status="ok"><contracts recordCount="134" pageCount="5" pageIndex="2" pageSize="30">'
        '<item id="101" title="0022010 [ Testov [T.] T. ] Main st., 12/3"/><item id="102" title="B []"/>'
        '<item id="103" title="C"/></contracts></data>'
    )
    assert ops.read_found_rows(answer) == Page(
        (
            FoundContract(101, "0022010", "Testov [T.] T.", "Main st., 12/3"),
            FoundContract(102, "B", "", ""),
            FoundContract(103, "C", "", ""),
        ),
        134,
        2,
        30,
    )


def test_rows_of_the_address_search_from_9_2404() -> None:
    answer = xml(
        '<data status="ok"><contracts recordCount="1" pageCount="1" pageIndex="1" pageSize="30">'
        '<item id="101" title="A [1]" comment="Testov [T] [Main st., 12/3]"/></contracts></data>',
        "9.2404",
    )
    assert ops.read_found_rows(answer).items == (FoundContract(101, "A [1]", "Testov [T]", "Main st., 12/3"),)


def test_an_answer_without_contracts_is_nothing_found() -> None:
    assert ops.read_found_rows(xml('<data status="ok"/>')) == Page((), 0)
    assert ops.read_filtered_rows(xml('<data status="ok"><contracts/></data>')) == Page((), 0)
    assert ops.read_row_by_id(xml('<data status="ok"/>')) == Page((), 0)


def test_rows_of_the_filter_may_stand_at_any_depth() -> None:
    answer = xml('<data status="ok"><a><b><item id="1" title="X [ y ]"/></b></a></data>')
    assert ops.read_filtered_rows(answer) == Page((FoundContract(1, "X", "y"),), 1)


def test_a_row_by_id_needs_no_id() -> None:
    answer = xml('<data status="ok"><contracts><item title="X [ y ]"/></contracts></data>')
    assert ops.read_row_by_id(answer) == Page((FoundContract(0, "X", "y"),), 1)


def test_missing_counters_never_hide_rows() -> None:
    answer = xml('<data status="ok"><contracts pageIndex="3" pageSize="10"><item id="1" title="X"/></contracts></data>')
    assert ops.read_found_rows(answer).found == 21


@pytest.mark.parametrize("where", ["inside", "beside", "holder"])
def test_contracts_in_json_are_read_in_either_style(where: str) -> None:
    page = {"pageIndex": 1, "pageSize": 30, "pageCount": 2, "recordCount": 31}
    if where == "inside":
        rows = [{"contractId": "101", "contractTitle": "A", "contractComment": None}, None, 5]
        data: dict[str, Any] = {"return": {"list": rows, "page": page}}
    else:
        rows = [{"id": 101, "title": "A", "comment": None, "hidden": False}]  # type: ignore[dict-item]
        data = {"return": rows, "page" if where == "beside" else "pageHolder": page}
    assert ops.read_contracts(json(data)) == Page((FoundContract(101, "A", ""),), 31, 1, 30)


@pytest.mark.parametrize("data", [{}, {"return": None}, {"return": []}, {"return": {"list": None}}, {"return": "x"}])
def test_an_empty_json_answer_is_nothing_found(data: dict[str, Any]) -> None:
    assert ops.read_contracts(json(data)) == Page((), 0, 1, 0)
    assert ops.read_contract_by_id(json(data)) == Page((), 0)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.decimals(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ("return", "list", "page", "id", "title", "contractId", "comment", "recordCount", "pageSize")
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(("return", "page", "pageHolder")), anything, max_size=3))
def test_no_json_answer_breaks_the_readers(data: dict[str, Any]) -> None:
    found = ops.read_contracts(json(data))
    assert found.found >= len(found.items) == len(json(data).items())
    read_parameters(json(data))
    read_value_objects(json(data))


@given(
    st.dictionaries(
        st.sampled_from(("id", "title", "comment", "recordCount", "pageSize")),
        st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co")), max_size=20),
        max_size=5,
    )
)
def test_no_attributes_break_the_readers(attributes: dict[str, str]) -> None:
    from xml.etree.ElementTree import Element, SubElement

    root = Element("data")
    contracts = SubElement(root, "contracts", attributes)
    SubElement(contracts, "item", attributes)
    found = ops.read_found_rows(XmlAnswer(root, ZONE, Version("7.2")))
    assert len(found.items) == 1
    assert found.found >= 1


def test_parameters_of_a_type_and_their_values() -> None:
    assert read_parameters(json({"return": [{"id": 9, "title": " Source "}, {"title": "no id"}]})) == (
        IdTitle(9, "Source"),
    )
    assert read_value_elements(xml('<data status="ok"><values><item id="1" title="a"/></values></data>')) == (
        IdTitle(1, "a"),
    )
    assert read_value_elements(xml('<data status="ok"><values/></data>')) == ()
    assert read_value_objects(json({"return": [{"id": 1, "title": "a"}]})) == (IdTitle(1, "a"),)


@pytest.mark.parametrize("band", ALL_BANDS)
def test_directories_are_asked_by_the_old_codes(band: str) -> None:
    form = PARAMETERS_OF_TYPE["phone"].load.form(Version(band))
    assert isinstance(form, JsonRpc)
    old = Version(band) < Version("8.2")
    assert form.service.name == ("ContractParameterService" if old else "ContractParameterServiceOld")
    assert form.params() == {"paramType": 9}
    call, fields = sent(LIST_VALUES, band, parameter_id=11)
    if Version(band) < Version("9.2"):
        assert (call, fields) == ("xml ListValues", {"pid": 11})
    else:
        assert (call, fields) == ("json contractParameterListItemList", {"parameterTypeId": 11})
