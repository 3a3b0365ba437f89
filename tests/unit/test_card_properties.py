"""Whatever a billing answers, readers of the card give a value or say that it is unreadable."""

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from xml.etree.ElementTree import Element, SubElement
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flask_bgbilling.wire.answers import JsonAnswer, Unreadable, XmlAnswer
from flask_bgbilling.wire.operation import JsonRpc, Operation, XmlAction
from flask_bgbilling.wire.ops import addresses, cards, contracts, hierarchy, labels, modules, objects, parameters
from flask_bgbilling.wire.version import Version

MOSCOW = ZoneInfo("Europe/Moscow")
FORMS = [
    form
    for module in (addresses, cards, contracts, hierarchy, labels, modules, objects, parameters)
    for operation in vars(module).values()
    if isinstance(operation, Operation)
    for form in operation.forms
]
XML_READERS = {str(form): form.read for form in FORMS if isinstance(form, XmlAction)}
JSON_READERS = {str(form): form.read for form in FORMS if isinstance(form, JsonRpc)}

TAGS = [
    "contract", "info", "groups", "group", "item", "balance", "modules", "tariff", "table", "data", "row", "parameters",
    "parameter", "condel", "phone", "address", "sub", "super", "list_select", "combo", "el", "web_limit", "lastLogon",
]  # fmt: skip
NAMES = [
    "id", "title", "objects", "hierarchy", "date1", "limit", "gr", "mm", "yy", "summa1", "selected", "pid", "pt",
    "value", "count", "phone1", "hid", "floor", "period", "when", "date", "recordCount", "pageSize", "history",
    "editable",
]  # fmt: skip
WORDS = st.one_of(
    st.sampled_from(["", "0", "-1", "9" * 30, "01.02.2024", "31.02.2024", "-", "…", "NaN", "1e99", "true", "]["]),
    st.text(max_size=12),
)
KEYS = [
    *NAMES, "contract", "info", "groups", "tariff", "script", "modules", "balance", "json", "list", "return",
    "children", "parentId", "contactList", "address", "name", "typeId", "dateFrom", "dateTo", "parameterId", "comment",
]  # fmt: skip
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.decimals(allow_nan=True), WORDS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(KEYS), inner, max_size=6)),
    max_leaves=20,
)


@st.composite
def documents(draw: st.DrawFn) -> Element:
    root = Element("data", status="ok")
    places = [root]
    for _ in range(draw(st.integers(0, 8))):
        parent = draw(st.sampled_from(places))
        attributes = draw(st.dictionaries(st.sampled_from(NAMES), WORDS, max_size=4))
        places.append(SubElement(parent, draw(st.sampled_from(TAGS)), attributes))
    return root


@pytest.mark.parametrize("name", XML_READERS)
@settings(max_examples=25, deadline=None)
@given(root=documents())
def test_xml_readers_are_total(name: str, root: Element) -> None:
    XML_READERS[name](XmlAnswer(root, MOSCOW, Version("7.2")))


@pytest.mark.parametrize("name", JSON_READERS)
@settings(max_examples=25, deadline=None)
@given(returned=JSON)
def test_json_readers_are_total_or_say_unreadable(name: str, returned: Any) -> None:
    reader: Callable[[JsonAnswer], object] = JSON_READERS[name]
    for value in (returned, {"json": json.dumps(returned, default=str)}, {"list": returned}):
        with suppress(Unreadable):
            reader(JsonAnswer({"return": value}, MOSCOW, Version("9.2")))
