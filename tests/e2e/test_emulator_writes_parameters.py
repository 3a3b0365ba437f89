"""The emulator writes contract parameters and objects as the reference says, band by band (parameters.md 4, 7, 8)."""

from datetime import date, datetime
from typing import Any

import pytest

from flask_bgbilling.emulator import Emulator
from flask_bgbilling.emulator.version import Version
from tests.raw_calls import ask_json, ask_xml, json_ok, json_refusal, xml_ok, xml_refusal
from tests.support import ALL_BANDS, Emulated

CID, FIRM, EMPTY, UNKNOWN = 101, 102, 110, 999999
NAME, ADDRESS, PHONE, EMAIL, BIRTH, SOURCE, NEWSLETTER, PAPER = 2, 3, 4, 6, 10, 11, 12, 26
HEADING, MULTILIST, REFERENCE, FITTER, FITTING_NOTE = 1, 19, 20, 21, 22
API = "ru.bitel.bgbilling.kernel.contract.api"
CONTRACTS = f"{API}/ContractService"
OBJECTS = "ru.bitel.bgbilling.kernel.contract.object"
BELOW_9_2 = [band for band in ALL_BANDS if Version(band) < "9.2"]
FROM_9_2 = [band for band in ALL_BANDS if Version(band) >= "9.2"]
NOON = datetime(2026, 11, 23, 12)
TYPE = "contract_parameter_type_"


def update(billing: Emulator, method: str, pid: int, cid: int = CID, **attribute: object) -> str:
    """Writes an attribute object by JSON; the refusal, empty when it succeeds."""
    parameter = {"entityId": cid, "entitySpecAttrId": pid, **attribute}
    answer = ask_json(billing, CONTRACTS, f"contractParameter{method}Update", contractId=cid, parameter=parameter)
    return "" if answer["status"] == "ok" else str(answer["message"])


def value(billing: Emulator, kind: str, pid: int, cid: int = CID) -> dict[str, Any]:
    """The row of a value, empty when there is none."""
    rows = billing.rows(f"{TYPE}{kind}", cid=cid, pid=pid)
    return rows[0] if rows else {}


def log(billing: Emulator, kind: str, pid: int, cid: int = CID) -> list[Any]:
    """What the test wrote into the history of a parameter."""
    rows = billing.rows(f"{TYPE}{kind}_log", cid=cid, pid=pid)
    return [row["val"] for row in rows if (row["dt_change"], row["user_id"]) == (NOON, 1)]


def shown(billing: Emulator, pid: int, cid: int = CID) -> str:
    """The display string in the list of parameters."""
    root = xml_ok(billing, "contract", "ContractParameters", cid=cid, all=1)
    return next(entry.attrib["value"] for entry in root.iter("parameter") if entry.get("pid") == str(pid))


@pytest.mark.parametrize("band", ALL_BANDS)
def test_a_text(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    for text in ("Ёлкина <b> & «сын»\nвторая строка", "x"):
        xml_ok(billing, "contract", "UpdateParameterType1", cid=CID, pid=NAME, value=text)
        assert shown(billing, NAME) == text
    xml_ok(billing, "contract", "UpdateParameterType1", cid=CID, pid=NAME, value="x")
    xml_ok(billing, "contract", "UpdateParameterType1", cid=CID, pid=NAME, value="")
    assert value(billing, "1", NAME) == {}
    assert log(billing, "1", NAME) == ["Ёлкина <b> & «сын»\nвторая строка", "x", ""], "the same value is no change"
    xml_ok(billing, "contract", "UpdateParameterType1", cid=CID, pid=FITTING_NOTE, value="ч" * 300)
    assert value(billing, "1", FITTING_NOTE)["val"] == "ч" * 255
    assert log(billing, "1", FITTING_NOTE) == [], "this parameter keeps no history"
    xml_ok(billing, "contract", "UpdateParameterType1", cid=CID, pid=FITTING_NOTE)
    assert value(billing, "1", FITTING_NOTE) == {}
    history = xml_ok(billing, "contract", "GetParameterHistory", cid=CID, pid=NAME)
    newest = history.findall("./table/data/row")[-1].attrib
    assert newest == {"value": "", "when": "23.11.2026 12:00:00", "who": "admin"}


@pytest.mark.parametrize("band", ALL_BANDS)
def test_flag_and_date(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    for text, stored in (("0", 0), ("1", 1), ("0", 0)):
        xml_ok(billing, "contract", "UpdateParameterType5", cid=CID, pid=NEWSLETTER, value=text)
        assert value(billing, "5", NEWSLETTER)["val"] == stored
    assert log(billing, "5", NEWSLETTER) == [0, 1, 0]
    xml_ok(billing, "contract", "UpdateParameterType5", cid=CID, pid=PAPER, value="1")
    assert log(billing, "5", PAPER) == []
    xml_ok(billing, "contract", "UpdateParameterType6", cid=CID, pid=BIRTH, value="01.03.1999")
    assert value(billing, "6", BIRTH)["val"] == date(1999, 3, 1)
    xml_ok(billing, "contract", "UpdateParameterType6", cid=CID, pid=BIRTH, value="")
    assert value(billing, "6", BIRTH) == {}
    assert log(billing, "6", BIRTH) == [date(1999, 3, 1), None]
    assert "дата" in xml_refusal(billing, "contract", "UpdateParameterType6", cid=CID, pid=BIRTH, value="31.02.1999")
    assert "дата" in xml_refusal(billing, "contract", "UpdateParameterType6", cid=CID, pid=BIRTH, value="завтра")


@pytest.mark.parametrize("band", ALL_BANDS)
def test_a_list(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    xml_ok(billing, "contract", "UpdateListParam", cid=CID, pid=SOURCE, value=102)
    assert (value(billing, "7", SOURCE)["val"], shown(billing, SOURCE)) == (102, "Сайт")
    xml_ok(billing, "contract", "UpdateListParam", cid=CID, pid=SOURCE, value=0, custom_value="Сосед")
    assert shown(billing, SOURCE) == "Сосед"
    assert "не входит в список" in xml_refusal(billing, "contract", "UpdateListParam", cid=CID, pid=SOURCE, value=111)
    xml_ok(billing, "contract", "UpdateListParam", cid=CID, pid=SOURCE, value="")
    assert value(billing, "7", SOURCE) == {}
    assert log(billing, "7", SOURCE) == [102, 0, 0]
    titles = [row["title"] for row in billing.rows(f"{TYPE}7_log", cid=CID, pid=SOURCE) if row["dt_change"] == NOON]
    assert titles == ["Сайт", "Сосед", ""]


@pytest.mark.parametrize("band", ALL_BANDS)
def test_an_address(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    fields = {"cid": CID, "pid": ADDRESS, "flat": "7", "room": "2", "pod": "1", "floor": "4", "comment": "у окна"}
    xml_ok(billing, "contract", "UpdateAddressInfo", hid=103, **fields)
    row = value(billing, "2", ADDRESS)
    assert (row["hid"], row["flat"], row["room"], row["pod"], row["floor"]) == (103, "7", "2", 1, 4)
    ready = "450044, г. Уфа, ул. Гоголя, д. 34, кв. 7, ком. 2"
    assert shown(billing, ADDRESS) == row["address"] == f"{ready}, 1 под., 4 эт."
    info = xml_ok(billing, "contract", "AddressInfo", cid=CID, pid=ADDRESS).find("./address")
    assert info is not None
    assert (info.get("hid"), info.get("room"), info.get("comment")) == ("103", "2", "у окна")
    rough = {"pod": "-1", "floor": "", "index": "", "cityStr": "", "houseAndFrac": "34/1"}
    xml_ok(billing, "contract", "UpdateAddressInfo", hid=103, **{**fields, **rough})
    row = value(billing, "2", ADDRESS)
    assert (row["pod"], row["floor"], row["address"]) == (None, None, ready)
    words = {"cityStr": "Бирск", "streetStr": "Мира", "houseAndFrac": "5", "index": "452450"}
    xml_ok(billing, "contract", "UpdateAddressInfo", hid=0, cid=CID, pid=ADDRESS, flat="9", **words)
    assert value(billing, "2", ADDRESS)["address"] == "452450, Бирск, Мира, 5, кв. 9"
    assert "Дом не найден" in xml_refusal(billing, "contract", "UpdateAddressInfo", hid=99999, **fields)
    assert xml_refusal(billing, "contract", "UpdateAddressInfo", hid=0, **fields) == "Не указан дом"
    blank = {"flat": "", "room": "", "pod": "", "floor": "", "comment": ""}
    xml_ok(billing, "contract", "UpdateAddressInfo", cid=CID, pid=ADDRESS, hid=0, **blank)
    assert value(billing, "2", ADDRESS) == {}
    assert [text[:6] for text in log(billing, "2", ADDRESS)] == ["450044", "450044", "452450", ""]


@pytest.mark.parametrize("band", ALL_BANDS)
def test_phones(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    fields = {"phone1": "+7 (999) 000-00-01", "comment1": "офис", "phone2": " ", "phone3": "112", "comment3": ""}
    xml_ok(billing, "contract", "UpdatePhoneInfo", cid=CID, pid=PHONE, count=3, **fields)
    items = sorted(billing.rows(f"{TYPE}phone_item", cid=CID, pid=PHONE), key=lambda row: row["n"])
    assert [(row["n"], row["phone"], row["format"], row["comment"]) for row in items] == [
        (1, "79990000001", "13", "офис"),
        (2, "112", "", ""),
    ]
    assert shown(billing, PHONE) == "79990000001[офис];112[]"
    assert "count" in xml_refusal(billing, "contract", "UpdatePhoneInfo", cid=CID, pid=PHONE, phone1="1")
    long = {"count": 1, "phone1": "123456789012345"}
    assert "длинный" in xml_refusal(billing, "contract", "UpdatePhoneInfo", cid=CID, pid=PHONE, **long)
    for count in (-1, 1000000):
        assert "count" in xml_refusal(billing, "contract", "UpdatePhoneInfo", cid=CID, pid=PHONE, count=count)
    xml_ok(billing, "contract", "UpdatePhoneInfo", cid=CID, pid=PHONE, count=0)
    assert billing.rows(f"{TYPE}phone_item", cid=CID, pid=PHONE) == []
    assert value(billing, "phone", PHONE) == {}
    assert log(billing, "phone", PHONE) == ["79990000001[офис];112[]", ""]


@pytest.mark.parametrize("band", ALL_BANDS)
def test_e_mails(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    lines = 'Имя <user@example.com>\n <b@example.com>\n\n"Пётр" <p@example.com>'
    xml_ok(billing, "contract", "UpdateEmailInfo", cid=CID, pid=EMAIL, eid=0, buf="", **{"e-mail": lines})
    stored = "Имя <user@example.com>\nb@example.com\nПётр <p@example.com>"
    assert value(billing, "3", EMAIL)["email"] == stored
    assert shown(billing, EMAIL) == "Имя <user@example.com>; <b@example.com>; Пётр <p@example.com>; "
    xml_ok(billing, "contract", "UpdateEmailInfo", cid=EMPTY, pid=EMAIL, **{"e-mail": "a@b.ru"})
    assert value(billing, "3", EMAIL, EMPTY)["email"] == "a@b.ru"
    xml_ok(billing, "contract", "UpdateEmailInfo", cid=CID, pid=EMAIL, **{"e-mail": ""})
    assert value(billing, "3", EMAIL) == {}
    assert log(billing, "3", EMAIL) == [stored, ""]


@pytest.mark.parametrize("band", FROM_9_2)
def test_attribute_objects(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    assert update(billing, "Text", NAME, value="Текст") == ""
    assert update(billing, "Date", BIRTH, value="2026-03-01T00:00:00+05:00") == ""
    assert update(billing, "List", SOURCE, value=102, title=None, customValue=None) == ""
    phones = [{"phone": "79991234567", "comment": "моб"}, {"phone": "", "comment": "x"}]
    assert update(billing, "Phone", PHONE, contactList=phones, data=None) == ""
    mails = [{"name": '"Имя"', "address": "User@Example.com"}, {"name": None, "address": "b@example.com"}]
    assert update(billing, "Email", EMAIL, contactList=mails) == ""
    place = {"houseId": 103, "pod": 0, "floor": 0, "flat": "5", "room": "", "comment": "", "formatKey": None}
    assert update(billing, "Address", ADDRESS, **{**place, "entityId": 0}) == ""
    assert value(billing, "1", NAME)["val"] == "Текст"
    assert value(billing, "6", BIRTH)["val"] == date(2026, 2, 28), "five hours east it is the next day"
    assert value(billing, "7", SOURCE)["val"] == 102
    assert value(billing, "phone", PHONE)["value"] == "79991234567[моб]"
    assert value(billing, "3", EMAIL)["email"] == "Имя <User@Example.com>\nb@example.com"
    assert value(billing, "2", ADDRESS)["address"] == "450044, г. Уфа, ул. Гоголя, д. 34, кв. 5"
    assert update(billing, "List", SOURCE, value=0, customValue="своё") == ""
    assert shown(billing, SOURCE) == "своё"
    empty = (
        ("Text", NAME, "1", {"value": None}),
        ("Date", BIRTH, "6", {"value": None}),
        ("List", SOURCE, "7", {"value": -1}),
        ("Phone", PHONE, "phone", {"contactList": None}),
        ("Email", EMAIL, "3", {"contactList": []}),
        ("Address", ADDRESS, "2", {"houseId": 0, "pod": 0, "floor": 0, "flat": "", "room": "", "comment": ""}),
    )
    for method, pid, kind, attribute in empty:
        assert update(billing, method, pid, **attribute) == ""
        assert value(billing, kind, pid) == {}
    assert update(billing, "Text", NAME, value="чужое", entityId=FIRM) == "Параметр принадлежит другому договору"
    assert "список" in update(billing, "List", SOURCE, value=9)
    assert "Дом не найден" in update(billing, "Address", ADDRESS, **{**place, "houseId": 99999})
    assert value(billing, "1", NAME) == {}


@pytest.mark.parametrize("band", ALL_BANDS)
def test_what_cannot_be_written(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    writes = {
        "UpdateParameterType1": NAME,
        "UpdateParameterType5": NEWSLETTER,
        "UpdateParameterType6": BIRTH,
        "UpdateListParam": SOURCE,
        "UpdateAddressInfo": ADDRESS,
        "UpdatePhoneInfo": PHONE,
        "UpdateEmailInfo": EMAIL,
    }
    for action, own in writes.items():
        for pid in {*writes.values(), HEADING, MULTILIST, REFERENCE, FITTER} - {own}:
            refusal = xml_refusal(billing, "contract", action, cid=CID, pid=pid, value=1, count=0)
            assert "имеет другой тип" in refusal
        assert xml_refusal(billing, "contract", action, cid=CID, pid=777) == "Параметр договора не найден"
        assert xml_refusal(billing, "contract", action, cid=UNKNOWN, pid=own, count=0) == "Договор не найден"
    for pid in (HEADING, MULTILIST, REFERENCE, FITTER):
        assert "нельзя изменить" in update(billing, "", pid, value=1)
    assert update(billing, "", NAME, value="любой тип") == ""
    assert update(billing, "", NEWSLETTER, value=False) == ""
    assert (value(billing, "1", NAME)["val"], value(billing, "5", NEWSLETTER)["val"]) == ("любой тип", 0)
    for method in ("Text", "Date", "List", "Address", "Phone", "Email"):
        refusal = update(billing, method, NEWSLETTER, value=None)
        assert ("not implemented: " if Version(band) < "9.2" else "имеет другой тип") in refusal
    assert billing.failures == []


@pytest.mark.parametrize("band", ALL_BANDS)
def test_the_group_of_parameters(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)

    def change(group: int) -> str:
        if Version(band) < "9.2":
            root = ask_xml(billing, "contract", "SetGrContract", cid=CID, pgid=group)
            return "" if root.get("status") == "ok" else root.text or ""
        answer = ask_json(billing, CONTRACTS, "contractParameterGroupSet", contractId=CID, paramGroupId=group)
        return "" if answer["status"] == "ok" else str(answer["message"])

    for group in (2, 0):
        assert change(group) == ""
        assert billing.rows("contract", id=CID)[0]["pgid"] == group
    assert change(7) == "Группа параметров не найдена"


@pytest.mark.parametrize("band", BELOW_9_2)
def test_objects_by_xml(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    fields = {"cid": EMPTY, "title": "Подвал", "date1": "01.01.2026", "date2": "31.01.2026"}
    assert "тип" in xml_refusal(billing, "contract.object", "ObjectUpdate", id=0, **fields)
    number = int(xml_ok(billing, "contract.object", "ObjectUpdate", id=0, type=2, **fields).attrib["id"])
    assert billing.rows("object", id=number) == [
        {
            "id": number,
            "cid": EMPTY,
            "title": "Подвал",
            "type_id": 2,
            "date1": date(2026, 1, 1),
            "date2": date(2026, 1, 31),
            "pos": 0,
        }
    ]
    changed = {"id": number, "title": "Чердак", "date1": "02.01.2026"}
    assert xml_ok(billing, "contract.object", "ObjectUpdate", **changed).get("id") == str(number)
    (row,) = billing.rows("object", id=number)
    assert (row["cid"], row["title"], row["type_id"], row["date2"]) == (EMPTY, "Чердак", 2, None)
    write = {"object": number, "param": 1, "value": "текст"}
    unlisted = {**write, "param": 3, "value": 9}
    xml_ok(billing, "contract.object", "TextParamValueUpdate", **write)
    xml_ok(billing, "contract.object", "ListParamValueUpdate", **{**write, "param": 3, "value": 2})
    xml_ok(billing, "contract.object", "DateParamValueUpdate", **{**write, "param": 4, "value": "05.05.2026"})
    xml_ok(billing, "contract.object", "AddressParamValueUpdate", object=number, param=2, hid=103, flat="1")
    root = xml_ok(billing, "contract.object", "ObjectParamTable", object=number)
    values = {entry.attrib["param_id"]: entry.attrib["value"] for entry in root.findall("./table/row")}
    assert (values["1"], values["3"], values["4"]) == ("текст", "Медь", "05.05.2026")
    xml_ok(billing, "contract.object", "DateParamValueUpdate", **{**write, "param": 4, "value": ""})
    assert billing.rows("object_param_value_date", object_id=number) == []
    assert values["2"] == "450044, г. Уфа, ул. Гоголя, д. 34, кв. 1"
    for refusal, words in (
        (xml_refusal(billing, "contract.object", "ObjectUpdate", id=number, cid=CID, title="x"), "не принадлежит"),
        (xml_refusal(billing, "contract.object", "ObjectDelete", id=number, cid=CID), "не принадлежит"),
        (xml_refusal(billing, "contract.object", "ObjectDelete", id=1, cid=CID), "используется"),
        (xml_refusal(billing, "contract.object", "ObjectUpdate", **{**fields, "id": 0, "type": 9}), "Тип объекта"),
        (xml_refusal(billing, "contract.object", "ListParamValueUpdate", **unlisted), "список"),
        (xml_refusal(billing, "contract.object", "ListParamValueUpdate", **write), "другой тип"),
        (xml_refusal(billing, "contract.object", "TextParamValueUpdate", **{**write, "object": 777}), "не найден"),
    ):
        assert words in refusal
    backwards = {**fields, "id": number, "date2": "01.01.2020"}
    assert "позже" in xml_refusal(billing, "contract.object", "ObjectUpdate", **backwards)
    xml_ok(billing, "contract.object", "ObjectDelete", id=number, cid=EMPTY)
    assert billing.rows("object", id=number) == []
    assert billing.rows("object_param_value_text", object_id=number) == []


@pytest.mark.parametrize("band", FROM_9_2)
def test_objects_by_json(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    service, parameters = f"{OBJECTS}/ContractObjectService", f"{OBJECTS}/ContractObjectParameterService"
    bean = {"id": 0, "title": "Подвал", "contractId": EMPTY, "typeId": 1, "dateFrom": "2026-01-01", "dateTo": None}
    extra = {"type": None, "period": "01.01.2026-"}
    number = json_ok(billing, service, "contractObjectUpdate", contractId=EMPTY, contractObject={**bean, **extra})
    assert billing.rows("object", id=number)[0]["type_id"] == 1
    changed = {**bean, "id": number, "title": "", "dateTo": "2026-02-01"}
    assert json_ok(billing, service, "contractObjectUpdate", contractId=EMPTY, contractObject=changed) == number
    (row,) = billing.rows("object", id=number)
    assert (row["title"], row["date2"]) == ("Квартира", date(2026, 2, 1)), "an empty title is that of the type"
    for argument in ("parameterId", "entityAttrText"):
        attribute = {"entityId": number, "entitySpecAttrId": 1, "value": argument}
        json_ok(billing, parameters, "textParameterValueUpdate", contractId=EMPTY, **{argument: attribute})
        assert billing.rows("object_param_value_text", object_id=number)[0]["value"] == argument
    listed = {"entityId": number, "entitySpecAttrId": 3, "value": 1, "title": None}
    json_ok(billing, parameters, "listParameterValueUpdate", contractId=EMPTY, entityAttrList=listed)
    checked = {"entityId": number, "entitySpecAttrId": 4, "value": "2026-05-05T00:00:00+03:00"}
    json_ok(billing, parameters, "dateParameterValueUpdate", contractId=EMPTY, entityAttrDate=checked)
    place = {"entityId": number, "entitySpecAttrId": 2, "houseId": 103, "flat": "3", "pod": 0, "floor": 0}
    json_ok(billing, parameters, "addressParameterValueUpdate", contractId=EMPTY, entityAttrAddress=place)
    found = json_ok(billing, service, "contractObjectParameters", contractId=EMPTY, objectId=number)
    values = {entry["parameterId"]: entry["value"] for entry in found}
    assert (values[1], values[3], values[4]) == ("entityAttrText", "Оптика", "05.05.2026")
    assert values[2] == "450044, г. Уфа, ул. Гоголя, д. 34, кв. 3"
    logs = ("text", "list", "date", "address")
    shown_by_logs = [billing.rows(f"object_param_value_{kind}_log", object_id=number)[-1]["value"] for kind in logs]
    assert shown_by_logs == ["entityAttrText", "Оптика", date(2026, 5, 5), values[2]]
    cleared = {**checked, "value": None}
    json_ok(billing, parameters, "dateParameterValueUpdate", contractId=EMPTY, entityAttrDate=cleared)
    assert billing.rows("object_param_value_date", object_id=number) == []
    stolen = {"contractId": CID, "entityAttrList": listed}
    assert "не принадлежит" in json_refusal(billing, parameters, "listParameterValueUpdate", **stolen)
    assert "используется" in json_refusal(billing, service, "contractObjectDelete", objectId=1)
    json_ok(billing, service, "contractObjectDelete", objectId=number)
    assert "не найден" in json_refusal(billing, service, "contractObjectDelete", objectId=number)
    assert billing.rows("object_param_value_address", object_id=number) == []


@pytest.mark.parametrize("band", ALL_BANDS)
def test_a_parameter_that_objects_of_a_type_do_not_have(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    hidden = 3
    if Version(band) < "9.2":
        made = xml_ok(billing, "contract.object", "ObjectUpdate", id=0, cid=CID, title="x", type=hidden)
        number = int(made.attrib["id"])
        write = {"object": number, "param": 1, "value": "x"}
        refusal = xml_refusal(billing, "contract.object", "TextParamValueUpdate", **write)
    else:
        bean = {"id": 0, "title": "x", "typeId": hidden}
        service = f"{OBJECTS}/ContractObjectService"
        number = json_ok(billing, service, "contractObjectUpdate", contractId=CID, contractObject=bean)
        attribute = {"entityId": number, "entitySpecAttrId": 1, "value": "x"}
        refusal = json_refusal(
            billing,
            f"{OBJECTS}/ContractObjectParameterService",
            "textParameterValueUpdate",
            contractId=CID,
            parameterId=attribute,
        )
    assert refusal == "У объектов этого типа нет параметра «Описание»"
