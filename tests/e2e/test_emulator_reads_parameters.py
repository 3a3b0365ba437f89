"""The emulator reads contract parameters as the reference says, band by band (parameters.md 2, 3, 5 to 7)."""

import pytest

from flask_bgbilling.emulator.version import Version
from tests.raw_calls import json_ok, json_refusal, xml_ok, xml_refusal
from tests.support import ALL_BANDS, Emulated

CID, EMPTY, FIRM = 101, 110, 102
NAME, ADDRESS, PHONE, EMAIL, LIST, FLAG, BIRTH, REFERENCE, MULTILIST = 2, 3, 4, 6, 11, 12, 10, 20, 19
CONTRACTS = "ru.bitel.bgbilling.kernel.contract.api/ContractService"
ENTITIES = "ru.bitel.oss.kernel.entity/EntityService"
BELOW_ENTITIES = [band for band in ALL_BANDS if Version(band) < "9.2"]
FROM_ENTITIES = [band for band in ALL_BANDS if Version(band) >= "9.2"]


@pytest.mark.parametrize("band", ALL_BANDS)
def test_every_parameter_has_its_display_string(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    root = xml_ok(billing, "contract", "ContractParameters", cid=CID, all=1, list=1)
    found = {int(entry.attrib["pid"]): entry.attrib for entry in root.findall("./parameters/parameter")}
    preferences = billing.rows("contract_parameters_pref")
    assert list(found) == [row["id"] for row in sorted(preferences, key=lambda row: row["sort"])]
    assert set(found[NAME]) == {"pid", "pt", "title", "value", "alwaysVisible", "history"}
    values = {pid: entry["value"] for pid, entry in found.items()}
    assert values[NAME] == billing.rows("contract_parameter_type_1", cid=CID, pid=NAME)[0]["val"]
    assert values[ADDRESS] == billing.rows("contract_parameter_type_2", cid=CID, pid=ADDRESS)[0]["address"]
    assert values[PHONE].startswith("79161234567[основной];")
    assert values[EMAIL].endswith("; <family101@example.ru>; ")
    assert (values[FLAG], values[BIRTH], values[LIST]) == ("1", "28.02.1981", "Знакомые")
    assert values[MULTILIST] == "Роутер, ТВ-приставка"
    assert values[REFERENCE] == billing.rows("contract", id=FIRM)[0]["title"]
    assert values[1] == "", "a heading has no value"
    assert (found[NAME]["history"], found[1]["history"]) == ("loopa", "loopa_fade")
    assert (found[NAME]["alwaysVisible"], found[1]["alwaysVisible"]) == ("true", "false")
    assert root.find("./condel").attrib == {"pgid": "1"}
    assert [group.attrib for group in root.findall("./groups/item")] == [
        {"id": "1", "title": "Физическое лицо"},
        {"id": "2", "title": "Юридическое лицо"},
    ]


def test_line_breaks_of_a_value_survive(emulated: Emulated) -> None:
    root = xml_ok(emulated("7.2"), "contract", "ContractParameters", cid=CID, all=1)
    values = [entry.attrib["value"] for entry in root.iter("parameter")]
    assert "Звонить за час.\nСобака во дворе, не кусает." in values


def test_without_all_only_the_group_is_listed_and_no_directory(emulated: Emulated) -> None:
    billing = emulated("9.2")
    root = xml_ok(billing, "contract", "ContractParameters", cid=CID)
    in_group = {row["pid"] for row in billing.rows("contract_parameter_group", gid=1)}
    assert {int(entry.attrib["pid"]) for entry in root.iter("parameter")} == in_group
    assert root.find("./groups") is None


def test_a_contract_without_values_lists_every_parameter_empty(emulated: Emulated) -> None:
    root = xml_ok(emulated("9.2"), "contract", "ContractParameters", cid=EMPTY, all=1)
    assert {entry.attrib["value"] for entry in root.iter("parameter")} == {""}


@pytest.mark.parametrize("band", ALL_BANDS)
def test_address_names_the_house_and_its_places(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    found = xml_ok(billing, "contract", "AddressInfo", cid=CID, pid=ADDRESS).find("./address").attrib
    value = billing.rows("contract_parameter_type_2", cid=CID, pid=ADDRESS)[0]
    house = billing.rows("address_house", id=value["hid"])[0]
    street = billing.rows("address_street", id=house["streetid"])[0]
    assert found == {
        "hid": str(value["hid"]),
        "cityid": "1",
        "city": "Уфа",
        "areaValue": billing.rows("address_area", id=house["areaid"])[0]["title"],
        "quarterValue": billing.rows("address_quarter", id=house["quarterid"])[0]["title"],
        "streetid": str(street["id"]),
        "street": street["title"],
        "house": f"{house['house']}{house['frac']}",
        "flat": "5",
        "room": "",
        "pod": "2",
        "floor": "3",
        "comment": "домофон 5",
    }
    assert xml_ok(billing, "contract", "AddressInfo", cid=EMPTY, pid=ADDRESS).find("./address") is None


def test_an_address_without_entrance_and_floor(emulated: Emulated) -> None:
    found = xml_ok(emulated("8.2"), "contract", "AddressInfo", cid=CID, pid=7).find("./address").attrib
    assert (found["pod"], found["floor"]) == ("", "-1")


@pytest.mark.parametrize("band", BELOW_ENTITIES)
def test_phones_are_digits_below_9_2(emulated: Emulated, band: str) -> None:
    found = xml_ok(emulated(band), "contract", "GetPhoneInfo", cid=CID, pid=PHONE).find("./phone").attrib
    assert (found["count"], found["phone1"], found["comment1"], found["format1"]) == (
        "3",
        "79161234567",
        "основной",
        "13",
    )
    assert (found["phone3"], found["comment3"]) == ("73472501101", "")


@pytest.mark.parametrize("band", FROM_ENTITIES)
def test_phones_are_formatted_from_9_2(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    found = xml_ok(billing, "contract", "GetPhoneInfo", cid=CID, pid=PHONE).find("./phone").attrib
    assert found["phone1"] == "+7 (916) 123-45-67"
    assert xml_ok(billing, "contract", "GetPhoneInfo", cid=EMPTY, pid=PHONE).find("./phone").attrib == {"count": "0"}


@pytest.mark.parametrize("band", BELOW_ENTITIES)
def test_emails_below_9_2_are_rows(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    root = xml_ok(billing, "contract", "EmailInfo", cid=CID, pid=EMAIL)
    rows = [row.attrib for row in root.findall("./table/data/row")]
    assert [set(row) for row in rows] == [{"email", "name"}] * 2
    assert rows[1] == {"email": "family101@example.ru", "name": ""}
    assert (root.attrib["id"], root.attrib["buf"], root.attrib["error"]) == ("1", "1", "")
    assert xml_ok(billing, "contract", "EmailInfo", cid=EMPTY, pid=EMAIL).findall("./table/data/row") == []


@pytest.mark.parametrize("band", BELOW_ENTITIES)
def test_a_list_parameter_below_9_2(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    values = xml_ok(billing, "contract", "GetListParam", cid=CID, pid=LIST).find("./values")
    assert values.attrib["value"] == "103"
    assert [item.attrib["title"] for item in values.findall("./item")][2] == "Знакомые"
    unset = xml_ok(billing, "contract", "GetListParam", cid=EMPTY, pid=LIST).find("./values")
    assert unset.attrib["value"] == "-1"


@pytest.mark.parametrize("band", FROM_ENTITIES)
def test_attribute_objects_from_9_2(emulated: Emulated, band: str) -> None:
    billing = emulated(band)

    def attribute(pid: int, cid: int = CID) -> object:
        return json_ok(billing, CONTRACTS, "contractParameterGet", contractId=cid, parameterId=pid)

    assert attribute(LIST) == {
        "entityId": CID,
        "entitySpecAttrId": LIST,
        "value": 103,
        "title": "Знакомые",
        "customValue": None,
    }
    email = attribute(EMAIL)
    assert email["contactList"][1] == {"name": "", "address": "family101@example.ru"}
    assert attribute(EMAIL, EMPTY) == {"entityId": EMPTY, "entitySpecAttrId": EMAIL, "contactList": [], "data": None}
    assert attribute(LIST, EMPTY) is None
    assert attribute(PHONE)["contactList"][0] == {"phone": "+7 (916) 123-45-67", "comment": "основной"}
    assert attribute(BIRTH)["value"] == "1981-02-28"
    assert attribute(FLAG)["value"] is True
    address = attribute(ADDRESS)
    assert set(address) == {
        "entityId", "entitySpecAttrId", "houseId", "pod", "floor", "flat", "room", "comment", "title", "formatKey",
    }  # fmt: skip


@pytest.mark.parametrize("band", BELOW_ENTITIES)
def test_attribute_objects_below_9_2_are_plain(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    text = json_ok(billing, CONTRACTS, "contractParameterGet", contractId=CID, parameterId=NAME)
    assert set(text) == {"entityId", "entitySpecAttrId", "value"}
    email = json_ok(billing, CONTRACTS, "contractParameterGet", contractId=CID, parameterId=EMAIL)
    assert "\nfamily101@example.ru" in email["value"]
    assert json_ok(billing, CONTRACTS, "contractParameterGet", contractId=EMPTY, parameterId=EMAIL) is None


def test_map_of_a_group_holds_the_set_parameters(emulated: Emulated) -> None:
    billing = emulated("7.1")
    found = json_ok(billing, CONTRACTS, "contractParameterMap", contractId=CID, paramGroupId=1)
    assert found[str(NAME)]["value"] == billing.rows("contract_parameter_type_1", cid=CID, pid=NAME)[0]["val"]
    assert "1" not in found
    assert json_ok(billing, CONTRACTS, "contractParameterMap", contractId=EMPTY, paramGroupId=0) == {}


@pytest.mark.parametrize("band", ALL_BANDS)
def test_history_is_oldest_first(emulated: Emulated, band: str) -> None:
    rows = xml_ok(emulated(band), "contract", "GetParameterHistory", cid=CID, pid=BIRTH).findall("./table/data/row")
    assert [row.attrib["value"] for row in rows] == ["27.02.1981", "28.02.1981"]
    assert set(rows[0].attrib) == {"value", "when", "who"}
    assert rows[0].attrib["who"] == "operator"
    assert rows[0].attrib["when"].endswith(":10:00")


@pytest.mark.parametrize("band", ALL_BANDS)
def test_parameters_of_a_type_move_to_another_service_after_8_0(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    package = "ru.bitel.bgbilling.kernel.contract.param"
    new, old = f"{package}/ContractParameterService", f"{package}/ContractParameterServiceOld"
    there, gone = (new, old) if Version(band) < "8.2" else (old, new)
    found = json_ok(billing, there, "getContractParameterPrefList", paramType=9)
    assert {row["id"] for row in found} == {row["id"] for row in billing.rows("contract_parameters_pref", pt=9)}
    assert set(found[0]) == {"id", "title", "type", "sort", "alwaysVisible", "history", "read", "write"}
    assert found[0]["type"] == "TYPE_PHONE"
    assert json_ok(billing, there, "getContractParameterPref", paramId=found[0]["id"]) == found[0]
    refusal = json_refusal(billing, gone, "getContractParameterPrefList", paramType=9)
    assert refusal.startswith(f"not implemented: {gone}.getContractParameterPrefList")


@pytest.mark.parametrize("band", ALL_BANDS)
def test_values_of_a_list_parameter(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    values = {row["id"]: row["title"] for row in billing.rows("contract_parameter_type_7_values", pid=LIST)}
    service = "ru.bitel.bgbilling.kernel.contract.api/ContractParameterService"
    if Version(band) < "9.2":
        items = xml_ok(billing, "admin", "ListValues", pid=LIST).findall("./values/item")
        assert {int(item.attrib["id"]): item.attrib["title"] for item in items} == values
        assert list(xml_ok(billing, "admin", "ListValues", pid=NAME).find("./values")) == []
    else:
        found = json_ok(billing, service, "contractParameterListItemList", parameterTypeId=LIST)
        assert {item["id"]: item["title"] for item in found} == values
        assert json_ok(billing, service, "contractParameterListItemList", parameterTypeId=NAME) == []
        assert xml_refusal(billing, "admin", "ListValues", pid=LIST).startswith("not implemented: admin/ListValues")


def test_entity_model_uses_its_own_codes(emulated: Emulated) -> None:
    billing = emulated("7.1")
    codes = {found["id"]: found["type"] for found in json_ok(billing, ENTITIES, "entitySpecAttrList")}
    assert (codes[1], codes[NAME], codes[ADDRESS], codes[EMAIL], codes[FLAG], codes[BIRTH]) == (-1, 1, 8, 9, 3, 5)
    assert (codes[LIST], codes[REFERENCE], codes[PHONE], codes[MULTILIST]) == (4, 31, 10, 11)
    phones = json_ok(billing, ENTITIES, "entitySpecAttrListByType", arg0=10)
    assert {found["type"] for found in phones} == {10}
    assert json_ok(billing, ENTITIES, "entitySpecAttrGet", arg0=phones[0]["id"]) == phones[0]
    items = json_ok(billing, ENTITIES, "entitySpecAttrListItemList", arg0=LIST)
    assert items[0] == {"id": 101, "title": "Реклама в подъезде"}
    specs = json_ok(billing, ENTITIES, "entitySpecList")
    assert specs == json_ok(billing, CONTRACTS, "contractParameterGroupList")
    group = json_ok(billing, CONTRACTS, "contractParameterGroupGet", id=1)
    assert group == json_ok(billing, ENTITIES, "entitySpecGet", arg0=1)
    assert [found["order"] for found in group["attributeList"]] == list(range(1, len(group["attributeList"]) + 1))
    assert {"customerRead", "customerWrite"} <= set(group["attributeList"][0])


def test_what_is_wrong_is_refused_in_russian(emulated: Emulated) -> None:
    billing = emulated("7.2")
    assert xml_refusal(billing, "contract", "ContractParameters", cid=999999) == "Договор не найден"
    assert xml_refusal(billing, "contract", "ContractParameters") == "Не указан параметр cid"
    assert xml_refusal(billing, "contract", "ContractParameters", cid="x") == "Неверное значение параметра cid: x"
    assert xml_refusal(billing, "contract", "AddressInfo", cid=CID) == "Не указан параметр pid"
    assert xml_refusal(billing, "contract", "AddressInfo", cid=CID, pid=9999) == "Параметр договора не найден"
    assert xml_refusal(billing, "contract", "AddressInfo", cid=CID, pid=NAME) == "Параметр договора имеет другой тип"
    assert json_refusal(billing, CONTRACTS, "contractParameterGet", contractId=CID) == "Не указан параметр parameterId"
    assert json_refusal(billing, CONTRACTS, "contractParameterGroupGet", id=77) == "Группа параметров не найдена"
