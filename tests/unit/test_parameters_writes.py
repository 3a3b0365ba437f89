"""Which call the changes of parameters and objects make in which version, and with what (parameters.md 4, 8)."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from flask_bgbilling.wire.answers import JsonAnswer, XmlAnswer
from flask_bgbilling.wire.codec import unquoted
from flask_bgbilling.wire.dto.addresses import AddressParts
from flask_bgbilling.wire.dto.common import Period
from flask_bgbilling.wire.dto.objects import ContractObject
from flask_bgbilling.wire.dto.parameters import Email, ListValue, Phone
from flask_bgbilling.wire.operation import JsonRpc, Operation
from flask_bgbilling.wire.ops import objects_writes, parameters_writes
from flask_bgbilling.wire.ops.addresses import read_address, read_format_key
from flask_bgbilling.wire.ops.attributes import dialled, email_lines
from flask_bgbilling.wire.ops.parameters import (
    read_emails_json,
    read_emails_xml,
    read_list_value_json,
    read_list_value_xml,
)
from flask_bgbilling.wire.spelling import form_fields, json_value
from flask_bgbilling.wire.version import Version
from flask_bgbilling.wire.xml_action import parse
from tests.support import ALL_BANDS

ZONE = ZoneInfo("Asia/Yekaterinburg")
CONTRACT = "ru.bitel.bgbilling.kernel.contract.api/ContractService"
OBJECT = "ru.bitel.bgbilling.kernel.contract.object"
PARAMETER = f"{OBJECT}/ContractObjectParameterService"
OF_CONTRACT = {"cid": 101, "parameter_id": 5}
OF_OBJECT = {"cid": 101, "object_id": 41, "parameter_id": 5}
FIELDS, OBJECT_FIELDS = {"cid": "101", "pid": "5"}, {"object": "41", "param": "5"}
OWNER, OBJECT_OWNER = {"entityId": 101, "entitySpecAttrId": 5}, {"entityId": 41, "entitySpecAttrId": 5}
DAY, MIDNIGHT = date(2026, 3, 1), "2026-03-01T00:00:00+05:00"

FLAT = AddressParts(
    house_id=301, city_id=1, city="Уфа", street_id=7, street="Мира", house="5/1", flat="12", room="1", entrance=2,
    floor=3, comment="Дверь & <код>",
)  # fmt: skip
PLAIN_HOUSE = AddressParts(house_id=301)
BY_FORMAT = AddressParts(house_id=301, format_key="short")
SENT_FLAT = {"hid": "301", "flat": "12", "room": "1", "pod": "2", "floor": "3", "comment": "Дверь & <код>"}
SENT_HOUSE = {"hid": "301", "flat": "", "room": "", "pod": "-1", "floor": "", "comment": ""}
NO_TITLES = {"title": None, "formatKey": None}
FLAT_ATTRIBUTE = {"houseId": 301, "flat": "12", "room": "1", "pod": 2, "floor": 3, "comment": "Дверь & <код>"}
BLANK_ATTRIBUTE = {"houseId": 0, "flat": "", "room": "", "pod": 0, "floor": 0, "comment": "", **NO_TITLES}
HOUSE_ATTRIBUTE = {**BLANK_ATTRIBUTE, "houseId": 301}
CELLAR = ContractObject(0, "Подвал", 2, "Квартира", Period(DAY))
CLOSED = ContractObject(41, "Подвал", 2, "", Period(DAY, date(2026, 3, 31)))


def contract(value: dict[str, object], owner: dict[str, int] = OWNER) -> dict[str, object]:
    return {"contractId": 101, "parameter": {**owner, **value}}


def of_object(argument: str, value: dict[str, object]) -> dict[str, object]:
    return {"contractId": 101, argument: {**OBJECT_OWNER, **value}}


TEXT_VALUE = {**OBJECT_OWNER, "value": "а\nб"}
MAILS = (Email("Ann@B.ru", "Анна"), Email("b@c.ru"), Email("не адрес", 'ООО "Мир", офис'))
MAIL_LINES = 'Анна <Ann@B.ru>\n <b@c.ru>\n"ООО \\"Мир\\", офис" <не адрес>'
MAIL_CONTACTS = [
    {"name": "Анна", "address": "Ann@B.ru"},
    {"name": "", "address": "b@c.ru"},
    {"name": 'ООО "Мир", офис', "address": "не адрес"},
]
PHONES = (Phone("+7 (999) 123-45-67", "моб"), Phone("112"))
PHONE_FIELDS = {"count": "2", "phone1": "79991234567", "comment1": "моб", "phone2": "112", "comment2": ""}
PHONE_CONTACTS = [{"phone": "79991234567", "comment": "моб"}, {"phone": "112", "comment": ""}]
NOBODY = {"entityId": 0, "entitySpecAttrId": 5}

# (operation, arguments, the XML action and its fields, the JSON method from 9.2 and its parameters).
Case = tuple[Operation[Any], dict[str, object], str, dict[str, object], str | None, dict[str, object]]
save, change = parameters_writes, objects_writes
CASES: list[Case] = [
    (
        save.PARAMETER_TEXT_SAVE, {**OF_CONTRACT, "text": "а\nб"},
        "contract/UpdateParameterType1", {**FIELDS, "value": "а\nб"},
        f"{CONTRACT}.contractParameterTextUpdate", contract({"value": "а\nб"}),
    ),
    (
        save.PARAMETER_TEXT_SAVE, {**OF_CONTRACT, "text": ""},
        "contract/UpdateParameterType1", {**FIELDS, "value": ""},
        f"{CONTRACT}.contractParameterTextUpdate", contract({"value": ""}),
    ),
    (
        save.PARAMETER_FLAG_SAVE, {**OF_CONTRACT, "on": True},
        "contract/UpdateParameterType5", {**FIELDS, "value": "1"}, None, {},
    ),
    (
        save.PARAMETER_FLAG_SAVE, {**OF_CONTRACT, "on": False},
        "contract/UpdateParameterType5", {**FIELDS, "value": "0"}, None, {},
    ),
    (
        save.PARAMETER_DATE_SAVE, {**OF_CONTRACT, "day": DAY},
        "contract/UpdateParameterType6", {**FIELDS, "value": "01.03.2026"},
        f"{CONTRACT}.contractParameterDateUpdate", contract({"value": MIDNIGHT}),
    ),
    (
        save.PARAMETER_DATE_SAVE, {**OF_CONTRACT, "day": None},
        "contract/UpdateParameterType6", {**FIELDS, "value": ""},
        f"{CONTRACT}.contractParameterDateUpdate", contract({"value": None}),
    ),
    (
        save.PARAMETER_LIST_SAVE, {**OF_CONTRACT, "value": ListValue(20, "Золотой", "остаток")},
        "contract/UpdateListParam", {**FIELDS, "value": "20"},
        f"{CONTRACT}.contractParameterListUpdate", contract({"value": 20, "title": None, "customValue": None}),
    ),
    (
        save.PARAMETER_LIST_SAVE, {**OF_CONTRACT, "value": ListValue(custom="Сосед")},
        "contract/UpdateListParam", {**FIELDS, "value": "0", "custom_value": "Сосед"},
        f"{CONTRACT}.contractParameterListUpdate", contract({"value": 0, "title": None, "customValue": "Сосед"}),
    ),
    (
        save.PARAMETER_LIST_SAVE, {**OF_CONTRACT, "value": None},
        "contract/UpdateListParam", {**FIELDS, "value": "0", "custom_value": ""},
        f"{CONTRACT}.contractParameterListUpdate", contract({"value": 0, "title": None, "customValue": None}),
    ),
    (
        save.PARAMETER_ADDRESS_SAVE, {**OF_CONTRACT, "address": FLAT},
        "contract/UpdateAddressInfo", {**FIELDS, **SENT_FLAT},
        f"{CONTRACT}.contractParameterAddressUpdate", contract({**FLAT_ATTRIBUTE, **NO_TITLES}, NOBODY),
    ),
    (
        save.PARAMETER_ADDRESS_SAVE, {**OF_CONTRACT, "address": PLAIN_HOUSE},
        "contract/UpdateAddressInfo", {**FIELDS, **SENT_HOUSE},
        f"{CONTRACT}.contractParameterAddressUpdate", contract(HOUSE_ATTRIBUTE, NOBODY),
    ),
    (
        save.PARAMETER_ADDRESS_SAVE, {**OF_CONTRACT, "address": BY_FORMAT},
        "contract/UpdateAddressInfo", {**FIELDS, **SENT_HOUSE, "formatKey": "short"},
        f"{CONTRACT}.contractParameterAddressUpdate", contract({**HOUSE_ATTRIBUTE, "formatKey": "short"}, NOBODY),
    ),
    (
        save.PARAMETER_ADDRESS_SAVE, {**OF_CONTRACT, "address": None},
        "contract/UpdateAddressInfo", {**FIELDS, **SENT_HOUSE, "hid": "0"},
        f"{CONTRACT}.contractParameterAddressUpdate", contract(BLANK_ATTRIBUTE, NOBODY),
    ),
    (
        save.PARAMETER_PHONES_SAVE, {**OF_CONTRACT, "phones": PHONES},
        "contract/UpdatePhoneInfo", {**FIELDS, **PHONE_FIELDS},
        f"{CONTRACT}.contractParameterPhoneUpdate", contract({"contactList": PHONE_CONTACTS, "data": None}),
    ),
    (
        save.PARAMETER_PHONES_SAVE, {**OF_CONTRACT, "phones": ()},
        "contract/UpdatePhoneInfo", {**FIELDS, "count": "0"},
        f"{CONTRACT}.contractParameterPhoneUpdate", contract({"contactList": None, "data": None}),
    ),
    (
        save.PARAMETER_EMAILS_SAVE, {**OF_CONTRACT, "emails": MAILS},
        "contract/UpdateEmailInfo", {**FIELDS, "e-mail": MAIL_LINES, "eid": "0", "buf": ""},
        f"{CONTRACT}.contractParameterEmailUpdate", contract({"contactList": MAIL_CONTACTS}),
    ),
    (
        save.PARAMETER_EMAILS_SAVE, {**OF_CONTRACT, "emails": ()},
        "contract/UpdateEmailInfo", {**FIELDS, "e-mail": "", "eid": "0", "buf": ""},
        f"{CONTRACT}.contractParameterEmailUpdate", contract({"contactList": []}),
    ),
    (
        save.PARAMETER_GROUP_SAVE, {"cid": 101, "group_id": 2},
        "contract/SetGrContract", {"cid": "101", "pgid": "2"},
        f"{CONTRACT}.contractParameterGroupSet", {"contractId": 101, "paramGroupId": 2},
    ),
    (
        change.OBJECT_SAVE, {"cid": 101, "contract_object": CELLAR},
        "contract.object/ObjectUpdate",
        {"id": "0", "cid": "101", "title": "Подвал", "type": "2", "date1": "01.03.2026"},
        f"{OBJECT}/ContractObjectService.contractObjectUpdate",
        {
            "contractId": 101,
            "contractObject": {
                "id": 0, "contractId": 101, "title": "Подвал", "typeId": 2, "dateFrom": MIDNIGHT, "dateTo": None,
            },
        },
    ),
    (
        change.OBJECT_SAVE, {"cid": 101, "contract_object": CLOSED},
        "contract.object/ObjectUpdate",
        {"id": "41", "cid": "101", "title": "Подвал", "type": "2", "date1": "01.03.2026", "date2": "31.03.2026"},
        f"{OBJECT}/ContractObjectService.contractObjectUpdate",
        {
            "contractId": 101,
            "contractObject": {
                "id": 41, "contractId": 101, "title": "Подвал", "typeId": 2, "dateFrom": MIDNIGHT,
                "dateTo": "2026-03-31T00:00:00+05:00",
            },
        },
    ),
    (
        change.OBJECT_DELETE, {"cid": 101, "object_id": 41},
        "contract.object/ObjectDelete", {"cid": "101", "id": "41"},
        f"{OBJECT}/ContractObjectService.contractObjectDelete", {"objectId": 41},
    ),
    (
        change.OBJECT_TEXT_SAVE, {**OF_OBJECT, "text": "а\nб"},
        "contract.object/TextParamValueUpdate", {**OBJECT_FIELDS, "value": "а\nб"},
        f"{PARAMETER}.textParameterValueUpdate",
        {"contractId": 101, "parameterId": TEXT_VALUE, "entityAttrText": TEXT_VALUE},
    ),
    (
        change.OBJECT_LIST_SAVE, {**OF_OBJECT, "item_id": 2},
        "contract.object/ListParamValueUpdate", {**OBJECT_FIELDS, "value": "2"},
        f"{PARAMETER}.listParameterValueUpdate",
        of_object("entityAttrList", {"value": 2, "title": None, "customValue": None}),
    ),
    (
        change.OBJECT_DATE_SAVE, {**OF_OBJECT, "day": DAY},
        "contract.object/DateParamValueUpdate", {**OBJECT_FIELDS, "value": "01.03.2026"},
        f"{PARAMETER}.dateParameterValueUpdate", of_object("entityAttrDate", {"value": MIDNIGHT}),
    ),
    (
        change.OBJECT_DATE_SAVE, {**OF_OBJECT, "day": None},
        "contract.object/DateParamValueUpdate", {**OBJECT_FIELDS, "value": ""},
        f"{PARAMETER}.dateParameterValueUpdate", of_object("entityAttrDate", {"value": None}),
    ),
    (
        change.OBJECT_ADDRESS_SAVE, {**OF_OBJECT, "address": FLAT},
        "contract.object/AddressParamValueUpdate", {**OBJECT_FIELDS, **SENT_FLAT},
        f"{PARAMETER}.addressParameterValueUpdate",
        of_object("entityAttrAddress", {**FLAT_ATTRIBUTE, **NO_TITLES}),
    ),
    (
        change.OBJECT_ADDRESS_SAVE, {**OF_OBJECT, "address": None},
        "contract.object/AddressParamValueUpdate", {**OBJECT_FIELDS, **SENT_HOUSE, "hid": "0"},
        f"{PARAMETER}.addressParameterValueUpdate", of_object("entityAttrAddress", BLANK_ATTRIBUTE),
    ),
]  # fmt: skip


@pytest.mark.parametrize("band", ALL_BANDS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0].name)
def test_what_is_sent(case: Case, band: str) -> None:
    operation, arguments, action, fields, method, params = case
    form = operation.form(Version(band))
    if Version(band) >= Version("9.2") and method is not None:
        assert isinstance(form, JsonRpc)
        assert (str(form), json_value(form.params(**arguments), ZONE)) == (method, params)
    else:
        assert form is not None
        assert not isinstance(form, JsonRpc)
        assert (str(form), dict(form_fields(form.fields(**arguments), ZONE))) == (action, fields)


def test_every_operation_is_unsafe_and_listed_here() -> None:
    declared = [value for module in (save, change) for value in vars(module).values() if isinstance(value, Operation)]
    assert not any(operation.safe for operation in declared)
    assert {id(operation) for operation in declared} == {id(case[0]) for case in CASES}


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("+7 (999) 000-00-01", "79990000001"),
        ("8\u00a0347\u202f200\u201100\u201300", "83472000000"),
        ("79990000001.12", "79990000001.12"),
        ("112 доб. 5", "112доб.5"),
        (" ", ""),
    ],
)
def test_a_number_loses_only_what_makes_it_readable(typed: str, sent: str) -> None:
    assert dialled(typed) == sent


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("", " <a@b.ru>"),
        ("И. О. Фамилия", "И. О. Фамилия <a@b.ru>"),
        ("Иванов, бухгалтер", '"Иванов, бухгалтер" <a@b.ru>'),
        ('ООО "Мир"', '"ООО \\"Мир\\"" <a@b.ru>'),
        ("a\\b", '"a\\\\b" <a@b.ru>'),
        ("две\r\nстроки <x@y.ru>", '"две строки <x@y.ru>" <a@b.ru>'),
    ],
)
def test_a_name_neither_ends_its_line_nor_begins_another_address(name: str, line: str) -> None:
    assert email_lines([Email("a@b.ru", name)]) == line


def test_an_address_stays_on_its_line() -> None:
    assert email_lines([Email("a@b.ru\nc@d.ru")]) == " <a@b.ru c@d.ru>"


@given(some.text(alphabet='aЯ"\\,<> \n', max_size=20))
def test_a_name_in_quotes_is_read_as_it_was_written(name: str) -> None:
    line = email_lines([Email("a@b.ru", name)])
    assert "\n" not in line
    assert unquoted(line.removesuffix(" <a@b.ru>")) == " ".join(name.split())


def xml(document: str) -> XmlAnswer:
    return XmlAnswer(parse(document.encode()), ZONE, Version("8.2"))


def json(returned: object) -> JsonAnswer:
    return JsonAnswer({"return": returned}, ZONE, Version("9.2"))


def test_the_quotes_of_a_name_are_its_own_unless_they_stand_around_all_of_it() -> None:
    names = {'ООО "Мир"': 'ООО "Мир"', '"Мир" и "Труд"': '"Мир" и "Труд"', ' "Анна" ': "Анна", '"': '"', None: ""}
    contacts = [{"name": name, "address": "a@b.ru"} for name in names]
    assert [mail.name for mail in read_emails_json(json({"contactList": contacts}))] == list(names.values())
    row = '<row email="a@b.ru" name="&quot;Мир \\&quot;и\\&quot; труд&quot;"/>'
    assert read_emails_xml(xml(f"<data><table><data>{row}</data></table></data>")) == (Email("a@b.ru", 'Мир "и" труд'),)


ITEMS = '<item id="10" title="Silver"/><item id="11" title="Gold"/>'


@pytest.mark.parametrize(
    ("values", "read"),
    [
        (f'<values value="11">{ITEMS}</values>', ListValue(11, "Gold")),
        (f'<values value="11"/><other>{ITEMS}</other>', ListValue(11, "Gold")),
        (f'<values value="12">{ITEMS}</values>', ListValue(12)),
        (f'<values value="0" title="Сосед">{ITEMS}</values>', ListValue(custom="Сосед")),
        (f'<values value="0">{ITEMS}</values>', ListValue()),
        (f'<values value="-1">{ITEMS}</values>', None),
        (f'<values value="">{ITEMS}</values>', None),
        (f"<values>{ITEMS}</values>", None),
        ("", None),
    ],
)
def test_the_value_of_a_list_by_xml(values: str, read: ListValue | None) -> None:
    assert read_list_value_xml(xml(f"<data>{values}</data>")) == read


@pytest.mark.parametrize(
    ("attribute", "read"),
    [
        ({"value": 11, "title": "Gold", "customValue": None}, ListValue(11, "Gold")),
        ({"value": 11, "title": None, "customValue": "остаток"}, ListValue(11)),
        ({"value": 0, "title": "", "customValue": "Сосед"}, ListValue(custom="Сосед")),
        ({"value": -1, "title": "Сосед"}, ListValue(custom="Сосед")),
        ({"value": 0, "title": None, "customValue": None}, None),
        (None, None),
        ([], None),
    ],
)
def test_the_value_of_a_list_by_json(attribute: object, read: ListValue | None) -> None:
    assert read_list_value_json(json(attribute)) == read


@pytest.mark.parametrize(("floor", "read"), [("-2", -2), ("-1", None), ("0", None), ("", None), ("16", 16)])
def test_floors_below_the_ground_are_floors(floor: str, read: int | None) -> None:
    address = read_address(xml(f'<data><address hid="1" pod="-1" floor="{floor}"/></data>'))
    assert address == AddressParts(house_id=1, floor=read)


def test_the_format_of_an_address() -> None:
    formats = [{"houseId": 1, "formatKey": "short"}, {"formatKey": 2}, {"formatKey": None}, {}, None]
    assert [read_format_key(json(attribute)) for attribute in formats] == ["short", "2", "", "", ""]
