"""Readers of the contract card with literal answers of contract.md 1 to 18 and parameters.md 2 to 8."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest

from flask_bgbilling.wire.answers import JsonAnswer, RawAnswer, Unreadable, XmlAnswer
from flask_bgbilling.wire.dto.addresses import AddressParts
from flask_bgbilling.wire.dto.common import IdTitle, Period
from flask_bgbilling.wire.dto.contracts import (
    CardBalance,
    CardModule,
    CardType,
    ContractGroup,
    HierarchyLinks,
    Logon,
    ModuleChoice,
)
from flask_bgbilling.wire.dto.objects import ContractObject, ObjectUse
from flask_bgbilling.wire.dto.parameters import (
    ContractReference,
    Email,
    ObjectParameter,
    Parameter,
    ParameterChange,
    ParameterType,
    Phone,
)
from flask_bgbilling.wire.ops.addresses import read_address
from flask_bgbilling.wire.ops.cards import (
    read_bytes,
    read_card_types_json,
    read_card_types_xml,
    read_logons,
    read_web_limit,
)
from flask_bgbilling.wire.ops.contracts import contract_bean, read_info_json, read_info_xml
from flask_bgbilling.wire.ops.hierarchy import read_links, read_subs
from flask_bgbilling.wire.ops.labels import in_mask, read_groups, read_label_ids, read_label_tree
from flask_bgbilling.wire.ops.modules import read_choice
from flask_bgbilling.wire.ops.objects import (
    read_object_parameters_json,
    read_object_parameters_xml,
    read_objects_json,
    read_objects_xml,
    read_uses,
)
from flask_bgbilling.wire.ops.parameters import (
    read_emails_json,
    read_emails_xml,
    read_history,
    read_parameters,
    read_phones,
    read_reference,
)
from flask_bgbilling.wire.version import Version

MOSCOW = ZoneInfo("Europe/Moscow")

CARD_XML = """<data status="ok">
  <contract comment="Иванов Иван" comments="2" date1="15.01.2024" date2="" del="0" fc="0" gr="9"
            hierarchy="independent" limit="0.00" mode="1" objects="0/1" status="Активен" title="A-24-0001"/>
  <info>
    <groups><item id="0" title="Служебная"/><item id="3" title="VIP"/></groups>
    <tariff><item id="73" title="Дом 100"/></tariff>
    <balance mm="6" yy="2026" summa1="10.00" summa2="500.00" summa3="300.00" summa4="0.00"
             summa5="210.00" summa6="210.00" summa7="0.00"/>
    <modules><item id="8" package="ru.bitel.bgbilling.modules.inet.api.client" status="1 / 1" title="Inet"/></modules>
    <script/><plugins/>
  </info>
</data>"""

CARD_JSON: dict[str, Any] = {
    "contract": {
        "title": "A-24-0001", "comment": "Иванов Иван", "date1": "15.01.2024", "date2": "", "status": "Активен",
        "fc": 0, "mode": 1, "limit": "0.00", "del": 0, "objects": "0/1", "hierarchy": "independent", "comments": 2,
        "gr": "9",
    },
    "info": {
        "groups": [{"id": 0, "title": "Служебная"}, {"id": 3, "title": "VIP"}],
        "tariff": [{"id": 73, "title": "Дом 100"}],
        "script": [],
        "modules": [
            {"id": 8, "title": "Inet", "package": "ru.bitel.bgbilling.modules.inet.api.client", "status": "1 / 1"}
        ],
        "balance": {
            "yy": 2026, "mm": 6, "summa1": "10.00", "summa2": "500.00", "summa3": "300.00", "summa4": "0.00",
            "summa5": "210.00", "summa6": "210.00", "summa7": "0.00",
        },
    },
}  # fmt: skip


def xml(text: str) -> XmlAnswer:
    return XmlAnswer(ElementTree.fromstring(text), MOSCOW, Version("7.2"))


def answer(returned: Any, **beside: Any) -> JsonAnswer:
    return JsonAnswer({"return": returned, **beside}, MOSCOW, Version("9.2"))


def wrapped(document: Any) -> JsonAnswer:
    return answer({"json": json.dumps(document, ensure_ascii=False)})


def test_card_reads_the_same_from_both_forms() -> None:
    info = read_info_xml(xml(CARD_XML))
    assert info is not None
    assert info == read_info_json(wrapped(CARD_JSON))
    assert (info.title, info.comment, info.status) == ("A-24-0001", "Иванов Иван", "Активен")
    assert info.period == Period(date(2024, 1, 15), None)
    assert (info.face, info.mode, info.limit, info.hidden) == (0, 1, Decimal("0.00"), False)
    assert (info.objects_active, info.objects_total, info.note_count, info.group_mask) == (0, 1, 2, 9)
    assert info.groups == (IdTitle(0, "Служебная"), IdTitle(3, "VIP"))
    assert info.tariffs == (IdTitle(73, "Дом 100"),)
    assert info.scripts == ()
    assert info.modules == (CardModule(8, "Inet", "ru.bitel.bgbilling.modules.inet.api.client", "1 / 1"),)
    assert info.balance == CardBalance(
        month=date(2026, 6, 1),
        incoming=Decimal("10.00"),
        payments=Decimal("500.00"),
        accrued=Decimal("300.00"),
        charges=Decimal("0.00"),
        outgoing=Decimal("210.00"),
        available=Decimal("210.00"),
        reserve=Decimal("0.00"),
    )


def test_card_takes_an_object_without_the_wrapper_and_numbers_for_sums() -> None:
    document = {
        "contract": {**CARD_JSON["contract"], "limit": Decimal("-100.5"), "del": True, "date2": "2026-12-31"},
        "info": {**CARD_JSON["info"], "balance": {"yy": 2026, "mm": 6, "summa5": Decimal("-0.1")}},
    }
    info = read_info_json(answer(document))
    assert info is not None
    assert (info.limit, info.hidden, info.period.until) == (Decimal("-100.5"), True, date(2026, 12, 31))
    assert info.balance is not None
    assert info.balance.outgoing == Decimal("-0.1")
    assert info.balance.reserve is None


def test_decimal_fractions_inside_the_string_never_pass_through_a_float() -> None:
    text = '{"contract":{"title":"A","limit":0.1},"info":{"balance":{"yy":2026,"mm":6,"summa5":1234567890123.45}}}'
    info = read_info_json(answer({"json": text}))
    assert info is not None
    assert info.limit == Decimal("0.1")
    assert info.balance is not None
    assert info.balance.outgoing == Decimal("1234567890123.45")


@pytest.mark.parametrize(
    "returned", [None, {}, {"json": "{}"}, {"json": ""}, {"json": None}, {"json": "[]"}, [], "", {"contract": None}]
)
def test_card_of_an_absent_contract_is_nothing(returned: Any) -> None:
    assert read_info_json(answer(returned)) is None
    assert read_info_xml(xml('<data status="ok"/>')) is None


def test_card_that_is_no_json_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        read_info_json(answer({"json": '{"contract": <html>'}))


def test_card_without_info_or_with_broken_parts_is_still_a_card() -> None:
    bare = read_info_xml(xml('<data status="ok"><contract title="A" objects="?" hierarchy="cousin"/></data>'))
    assert bare is not None
    assert (bare.comment, bare.objects_total, bare.hierarchy, bare.balance, bare.limit) == (
        "", 0, "independent", None, None,
    )  # fmt: skip
    broken = read_info_json(
        wrapped({"contract": {"title": "A"}, "info": {"groups": {}, "tariff": [None, 5], "balance": {"mm": 13}}})
    )
    assert broken is not None
    assert (broken.groups, broken.tariffs, broken.balance) == ((), (), None)


@pytest.mark.parametrize(
    ("package", "kind"),
    [
        ("ru.bitel.bgbilling.modules.inet.api.client", "inet"),
        ("ru.bitel.bgbilling.modules.npay.client", "npay"),
        ("bitel.billing.module.services.bill", "bill"),
        ("", ""),
    ],
)
def test_module_kind_comes_from_its_package(package: str, kind: str) -> None:
    assert CardModule(1, "x", package).kind == kind


def test_bean_reads_without_the_web_password() -> None:
    bean = contract_bean(
        {
            "id": 501, "title": "A-24-0001", "comment": None, "password": "x1y2", "dateFrom": "2024-01-15",
            "dateTo": None, "balanceMode": 1, "balanceSubMode": 1, "personType": 0, "hidden": False, "superCid": 7,
        }
    )  # fmt: skip
    assert (bean.id, bean.comment, bean.balance_sub_mode, bean.super_contract_id) == (501, "", 1, 7)
    assert bean.period == Period(date(2024, 1, 15), None)
    assert "x1y2" not in repr(bean)


PARAMETERS_XML = """<data status="ok">
 <parameters>
  <parameter pid="1" pt="10" title="Contacts" value="" alwaysVisible="false" history="loopa_fade"/>
  <parameter pid="4" pt="9" title="Phone" value="79990000001[office]" alwaysVisible="false" history="loopa"/>
  <parameter pid="3" pt="2" title="Service address" value="Testville, 12/3" alwaysVisible="true" history="loopa"/>
  <parameter pid="12" pt="6" title="Birth date"/>
  <parameter pid="13" pt="99" title="Future" value=" x&#10;y "/>
 </parameters>
 <condel pgid="1"/>
 <groups><item id="1" title="Person"/><item id="2" title="Company"/></groups>
</data>"""


def test_parameters_keep_the_order_of_the_billing() -> None:
    listed = read_parameters(xml(PARAMETERS_XML))
    assert listed.group_id == 1
    assert listed.groups == (IdTitle(1, "Person"), IdTitle(2, "Company"))
    assert listed.parameters == (
        Parameter(1, ParameterType.SEPARATOR, "Contacts", "", False, False),
        Parameter(4, ParameterType.PHONE, "Phone", "79990000001[office]", False, True),
        Parameter(3, ParameterType.ADDRESS, "Service address", "Testville, 12/3", True, True),
        Parameter(12, ParameterType.DATE, "Birth date", "", False, None),
        Parameter(13, ParameterType.UNKNOWN, "Future", "x\ny", False, None),
    )


def test_no_parameters_no_groups() -> None:
    listed = read_parameters(xml('<data status="ok"><parameters/></data>'))
    assert (listed.parameters, listed.group_id, listed.groups) == ((), 0, ())


def test_phones_skip_blanks_and_count_may_exceed_them() -> None:
    text = '<phone count="4" phone1="+7 (999) 000-00-01" comment1="office" phone2="" phone3="79990000002"/>'
    assert read_phones(xml(f"<data>{text}</data>")) == (Phone("+7 (999) 000-00-01", "office"), Phone("79990000002"))


@pytest.mark.parametrize("text", ["", "<phone/>", '<phone count="0" phone1="1"/>', '<phone count="-5"/>'])
def test_no_phones(text: str) -> None:
    assert read_phones(xml(f"<data>{text}</data>")) == ()


def test_an_absurd_phone_count_does_not_loop_for_ever() -> None:
    assert read_phones(xml('<data><phone count="999999999999" phone1="1"/></data>')) == (Phone("1"),)


def test_emails_of_both_forms() -> None:
    text = '<table><data><row email="a@b.ru" name="Ann"/><row email="" name="x"/></data></table>'
    assert read_emails_xml(xml(f"<data>{text}</data>")) == (Email("a@b.ru", "Ann"),)
    contacts = [{"name": '"Ann"', "address": "a@b.ru"}, {"name": None, "address": "c@d.ru"}, None, {}]
    assert read_emails_json(answer({"contactList": contacts})) == (Email("a@b.ru", "Ann"), Email("c@d.ru"))
    assert read_emails_json(answer({"value": "a@b.ru"})) == (Email("a@b.ru"),)
    assert read_emails_json(answer({"contactList": []})) == ()
    assert read_emails_json(answer(None)) == ()


def test_reference_needs_an_id() -> None:
    assert read_reference(answer({"value": 102, "title": "A-24-0102"})) == ContractReference(102, "A-24-0102")
    assert read_reference(answer({"value": "102"})) == ContractReference(102, "")
    assert read_reference(answer({"value": 0, "title": "x"})) is None
    assert read_reference(answer(None)) is None


def test_history_turns_newest_first() -> None:
    rows = '<row value="old" when="01.02.2024 10:11:12" who="operator"/><row value="new" when="garbage" who="admin"/>'
    assert read_history(xml(f"<data><table><data>{rows}</data></table></data>")) == (
        ParameterChange("new", None, "admin"),
        ParameterChange("old", datetime(2024, 2, 1, 10, 11, 12, tzinfo=MOSCOW), "operator"),
    )


ADDRESS = (
    '<address hid="{hid}" cityid="1" city="Testville" streetid="77" street="Main st." house="12/3" areaValue=""'
    ' quarterValue="Q1" flat="5" room="" pod="{pod}" floor="{floor}" comment=""/>'
)


def test_address_parts() -> None:
    parts = AddressParts(
        house_id=5012, city_id=1, city="Testville", quarter="Q1", street_id=77, street="Main st.", house="12/3",
        flat="5", entrance=2,
    )  # fmt: skip
    assert read_address(xml(f"<data>{ADDRESS.format(hid=5012, pod=2, floor=-1)}</data>")) == parts


def test_address_with_house_zero_is_set_and_a_blank_one_is_not() -> None:
    zero = read_address(xml(f"<data>{ADDRESS.format(hid=0, pod=0, floor=0)}</data>"))
    assert zero is not None
    assert (zero.house_id, zero.entrance, zero.floor) == (0, None, None)
    assert read_address(xml(f"<data>{ADDRESS.format(hid=' ', pod='', floor='')}</data>")) is None
    assert read_address(xml("<data/>")) is None


def test_objects_of_both_forms() -> None:
    row = '<row id="7" title="Flat" type_id="2" type="Home" period="15.01.2024-…"/>'
    period = Period(date(2024, 1, 15), None)
    assert read_objects_xml(xml(f"<data><table><data>{row}</data></table></data>")) == (
        ContractObject(7, "Flat", 2, "Home", period),
    )
    bean = {"id": 7, "title": "Flat", "typeId": 2, "dateFrom": "2024-01-15", "dateTo": None, "contractId": 101}
    assert read_objects_json(answer([bean, None])) == (ContractObject(7, "Flat", 2, "", period),)
    assert read_objects_xml(xml("<data><table><data/></table></data>")) == ()


def test_object_parameters_with_and_without_the_data_level() -> None:
    row = '<row param_id="2" type_id="4" title="Place" value="Main st., 12/3"/>'
    expected = (ObjectParameter(2, 4, "Place", "Main st., 12/3"),)
    assert read_object_parameters_xml(xml(f"<data><table>{row}</table></data>")) == expected
    assert read_object_parameters_xml(xml(f"<data><table><data>{row}</data></table></data>")) == expected
    bean = {"parameterId": 2, "typeId": 4, "title": "Place", "value": "Main st., 12/3", "history": None}
    assert read_object_parameters_json(answer([bean])) == expected
    assert read_object_parameters_json(answer([{**bean, "value": None}])) == (ObjectParameter(2, 4, "Place", ""),)


def test_object_flag() -> None:
    assert [ObjectParameter(1, 5, "x", value).switched for value in ("1", "0", "", "2")] == [True, False, None, None]
    assert ObjectParameter(1, 1, "x", "1").switched is None


def test_object_uses_are_rows_anywhere_and_modules_are_not() -> None:
    text = (
        '<table><data><row module="Inet" data="login" period="01.01.2024-" comment="c"/></data></table>'
        '<modules><module name="inet" title="Inet"/></modules>'
    )
    assert read_uses(xml(f"<data>{text}</data>")) == (ObjectUse("Inet", "login", Period(date(2024, 1, 1), None), "c"),)


def test_hierarchy_links() -> None:
    text = '<contract><sub id="5" title="S-5"/><sub id="6" title="S-6"/><sub id="x" title="bad"/></contract>'
    assert read_links(xml(f"<data>{text}</data>")) == HierarchyLinks((IdTitle(5, "S-5"), IdTitle(6, "S-6")))
    text = '<contract><super id="1" title="P-1"/><super id="2" title="P-2"/></contract>'
    assert read_links(xml(f"<data>{text}</data>")) == HierarchyLinks((), IdTitle(1, "P-1"))
    assert read_links(xml("<data/>")) == HierarchyLinks()
    assert [bean.id for bean in read_subs(answer([{"id": 5}, None, {"id": 6}]))] == [5, 6]


def test_groups_by_mask() -> None:
    text = (
        '<groups selected="9"><group id="0" title="A" editable="0"/><group id="1" title="B"/>'
        '<group id="3" title="C" editable="1"/></groups>'
    )
    assert read_groups(xml(f"<data>{text}</data>")) == (
        ContractGroup(0, "A", True, False),
        ContractGroup(1, "B", False, True),
        ContractGroup(3, "C", True, True),
    )
    assert read_groups(xml("<data/>")) == ()


def test_mask_of_sixty_four_bits_is_signed() -> None:
    assert in_mask(-(2**63), 63)
    assert not in_mask(-(2**63), 62)
    assert not in_mask(-1, 64)
    assert not in_mask(-1, -1)


def test_label_tree_flat_and_nested() -> None:
    flat = [{"id": 1, "title": "A", "editable": True}, {"id": 2, "title": "B", "parentId": 1, "comment": "c"}]
    nested = [{"id": 1, "title": "A", "editable": True, "children": [{"id": 2, "title": "B", "comment": "c"}, None]}]
    assert read_label_tree(answer(flat)) == read_label_tree(answer(nested))
    assert [label.parent_id for label in read_label_tree(answer(flat))] == [0, 1]
    assert read_label_ids(answer([1, "2", None, "x"])) == frozenset({1, 2})
    assert read_label_ids(answer(None)) == frozenset()


def test_a_bottomless_label_tree_ends() -> None:
    nest: dict[str, Any] = {"id": 1, "title": "x"}
    for number in range(2, 200):
        nest = {"id": number, "title": "x", "children": [nest]}
    assert 1 < len(read_label_tree(answer([nest]))) < 200


def test_modules_of_the_old_form() -> None:
    text = (
        '<list_select><item id="8" title="Inet"/></list_select>'
        '<list_avaliable><item id="9" title="Bill"/></list_avaliable>'
    )
    assert read_choice(xml(f"<data>{text}</data>")) == ModuleChoice((IdTitle(8, "Inet"),), (IdTitle(9, "Bill"),))
    assert read_choice(xml("<data/>")) == ModuleChoice()


def test_printable_cards() -> None:
    text = '<combo><el id="card.xsl" title="Card" title_enc="0Jo="/><el title="no id"/></combo>'
    assert read_card_types_xml(xml(f"<data>{text}</data>")) == (CardType("card.xsl", "Card"),)
    assert read_card_types_json(answer([{"id": "card.xsl", "title": "Card"}, {"title": "x"}])) == (
        CardType("card.xsl", "Card"),
    )
    assert read_bytes(RawAnswer(b"%PDF-1.4", "application/pdf", Version("9.2"))) == b"%PDF-1.4"


def test_logons_are_a_page() -> None:
    text = (
        '<table pageIndex="2" pageSize="30" pageCount="3" recordCount="70"><data>'
        '<row date="01.02.2024 10:11:12" ip="192.0.2.1" login="x" errorCode="5"/></data></table>'
    )
    page = read_logons(xml(f"<data>{text}</data>"))
    assert page.items == (Logon(datetime(2024, 2, 1, 10, 11, 12, tzinfo=MOSCOW), "192.0.2.1", "x", "5"),)
    assert (page.found, page.index, page.size, page.count) == (70, 2, 30, 3)
    assert read_logons(xml("<data/>")).found == 0


def test_web_limit() -> None:
    text = (
        '<web_limit configLimit="100" count="17" limit="500" status="on"/>'
        '<lastLogon counter="3" datetime="01.02.2024 10:11:12" ip="192.0.2.1"/>'
    )
    limit = read_web_limit(xml(f"<data>{text}</data>"))
    assert (limit.configured, limit.limit, limit.count, limit.status) == ("100", "500", "17", "on")
    assert (limit.last_logon_at, limit.last_logon_address) == (
        datetime(2024, 2, 1, 10, 11, 12, tzinfo=MOSCOW),
        "192.0.2.1",
    )
    assert read_web_limit(xml("<data/>")).last_logon_at is None
