"""The emulator reads contract objects and the address directory as the reference says (parameters.md 8,
addresses.md 2)."""

import pytest

from flask_bgbilling.emulator.version import Version
from tests.raw_calls import json_data, json_ok, json_refusal, xml_ok, xml_refusal
from tests.support import ALL_BANDS, Emulated

CID, EMPTY, FIRM = 101, 110, 102
HOME, WORKSHOP = 1, 2
NOTE, PLACE, LINE, CHECKED, GUARDED = 1, 2, 3, 4, 5
OBJECTS = "ru.bitel.bgbilling.kernel.contract.object"
ADDRESSES = "ru.bitel.oss.kernel.directories.address/AddressService"
BELOW_JSON = [band for band in ALL_BANDS if Version(band) < "9.2"]
FROM_JSON = [band for band in ALL_BANDS if Version(band) >= "9.2"]


@pytest.mark.parametrize("band", BELOW_JSON)
def test_objects_below_9_2(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    rows = [
        row.attrib for row in xml_ok(billing, "contract.object", "ObjectTable", cid=CID).findall("./table/data/row")
    ]
    stored = billing.rows("object", cid=CID)
    ended = f"{stored[1]['date2']:%d.%m.%Y}"
    start = f"{stored[0]['date1']:%d.%m.%Y}"
    assert rows == [
        {"id": "1", "title": "Квартира 5", "type_id": "1", "type": "Квартира", "period": f"{start}-…"},
        {"id": "2", "title": "Гараж-мастерская", "type_id": "2", "type": "Офис", "period": f"{start}-{ended}"},
    ]
    found = xml_ok(billing, "contract.object", "ObjectGet", id=WORKSHOP).find(".//object").attrib
    assert found == {"title": "Гараж-мастерская", "type_id": "2", "date1": start, "date2": ended}
    assert xml_ok(billing, "contract.object", "ObjectTable", cid=EMPTY).findall("./table/data/row") == []
    assert xml_refusal(billing, "contract.object", "ObjectGet", id=999) == "Объект договора не найден"


@pytest.mark.parametrize("band", FROM_JSON)
def test_objects_from_9_2(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    service = f"{OBJECTS}/ContractObjectService"
    found = json_ok(billing, service, "contractObjectList", contractId=CID)
    assert [(one["id"], one["typeId"], one["contractId"]) for one in found] == [(1, 1, CID), (2, 2, CID)]
    assert {"title", "dateFrom", "dateTo"} <= set(found[0])
    assert json_ok(billing, service, "contractObjectGetById", contractId=CID, objectId=HOME) == found[0]
    assert json_ok(billing, service, "contractObjectList", contractId=EMPTY) == []
    types = json_ok(billing, service, "objectTypeList", onlyVisible=False)
    assert {one["id"]: one["title"] for one in types} == {1: "Квартира", 2: "Офис", 3: "Точка (старый тип)"}
    assert len(json_ok(billing, service, "objectTypeList", onlyVisible=True)) == 2
    refusal = json_refusal(billing, service, "contractObjectGetById", contractId=FIRM, objectId=HOME)
    assert refusal == "Объект не принадлежит договору"
    assert json_refusal(billing, service, "contractObjectGetById", contractId=CID, objectId=99).startswith("Объект")


def test_object_types_have_a_service_of_their_own_in_8_2_only(emulated: Emulated) -> None:
    service = f"{OBJECTS}/ObjectTypeService"
    assert len(json_ok(emulated("8.2"), service, "objectTypeList", onlyVisible=False)) == 3
    for band in ("8.0", "9.2"):
        assert json_refusal(emulated(band), service, "objectTypeList", onlyVisible=False).startswith("not implemented")


@pytest.mark.parametrize("band", ALL_BANDS)
def test_object_parameters_of_every_kind(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    table = xml_ok(billing, "contract.object", "ObjectParamTable", object=HOME)
    rows = {int(row.attrib["param_id"]): row.attrib for row in table.findall("./table/row")}
    address = billing.rows("object_param_value_address", object_id=HOME)[0]
    checked = billing.rows("object_param_value_date", object_id=HOME)[0]["value"]
    values = {
        NOTE: "Кабель в нише слева",
        PLACE: address["address"],
        LINE: "Оптика",
        CHECKED: f"{checked:%d.%m.%Y}",
        GUARDED: "1",
    }
    assert {number: row["value"] for number, row in rows.items()} == values
    assert [row["type_id"] for row in rows.values()] == ["1", "4", "2", "3", "5"]
    place = xml_ok(billing, "contract.object", "AddressParamValueGet", object=HOME, param=PLACE).find("./address")
    assert place.attrib["hid"] == str(address["hid"])
    unset = xml_ok(billing, "contract.object", "AddressParamValueGet", object=WORKSHOP, param=PLACE)
    assert unset.find(".//address") is None
    if Version(band) >= "9.2":
        service = f"{OBJECTS}/ContractObjectService"
        found = json_ok(billing, service, "contractObjectParameters", contractId=CID, objectId=HOME)
        assert {one["parameterId"]: one["value"] for one in found} == values
        assert set(found[0]) == {"parameterId", "typeId", "title", "value", "history"}
        other = json_ok(billing, service, "contractObjectParameters", contractId=CID, objectId=WORKSHOP)
        assert [one["value"] for one in other] == ["Вход с торца", None, None, None, None]
    else:
        choice = xml_ok(billing, "contract.object", "ListParamValueGet", object=HOME, param=LINE)
        assert [one.attrib["title"] for one in choice.iter("item")] == ["Оптика", "Медь", "Радио"]
    choices = json_ok(billing, f"{OBJECTS}/ParameterObjectTypeService", "getValuesForListParameter", parameterId=LINE)
    assert choices[1] == {"id": 2, "title": "Медь"}


@pytest.mark.parametrize("band", ALL_BANDS)
def test_modules_that_use_an_object(emulated: Emulated, band: str) -> None:
    root = xml_ok(emulated(band), "contract.object", "ObjectModuleTable", object_id=HOME)
    row = root.find(".//row").attrib
    assert set(row) == {"module", "data", "period", "comment"}
    assert (row["module"], row["data"]) == ("Интернет", "u101@home, порт 12")
    module = root.find(".//module").attrib
    assert module["pack_client"].startswith("ru.bitel.bgbilling.modules.")
    assert {"name", "title"} <= set(module)


@pytest.mark.parametrize("band", ALL_BANDS)
def test_address_directory(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    assert json_ok(billing, ADDRESSES, "countryList", title="") == [{"id": 1, "title": "Россия"}]
    cities = json_ok(billing, ADDRESSES, "cityList", countryId=1, title="уФА")
    assert cities == [{"id": 1, "title": "Уфа", "countryId": 1, "positionIndex": 1}]
    assert json_ok(billing, ADDRESSES, "cityGet", id=1) == cities[0]
    assert json_ok(billing, ADDRESSES, "countryGet", id=1) == {"id": 1, "title": "Россия"}
    areas = json_ok(billing, ADDRESSES, "areaList", cityId=1, title="дЕм")
    assert [area["title"] for area in areas] == ["Дёмский"]
    assert json_ok(billing, ADDRESSES, "areaGet", id=areas[0]["id"]) == areas[0]
    quarters = json_ok(billing, ADDRESSES, "quarterList", cityId=1, title=None)
    assert {quarter["id"] for quarter in quarters} == {row["id"] for row in billing.rows("address_quarter", cityid=1)}
    assert json_ok(billing, ADDRESSES, "quarterGet", id=quarters[0]["id"]) == quarters[0]
    streets = json_ok(billing, ADDRESSES, "streetList", cityId=1, title="Ленина")
    assert streets == [{"id": 1, "title": "ул. Ленина", "cityId": 1, "cityTitle": "Уфа"}]
    assert json_ok(billing, ADDRESSES, "streetGet", id=1) == streets[0]


def test_street_search_is_paged_beside_the_list(emulated: Emulated) -> None:
    billing = emulated("7.1")
    page = {"pageIndex": 2, "pageSize": 2}
    data = json_data(billing, ADDRESSES, "streetSearch", cityId=0, title="лен", cityTitle="", page=page)
    matching = [row for row in billing.rows("address_street") if "лен" in row["title"].lower().replace("ё", "е")]
    records = len(matching)
    assert list(data["page"].items())[:4] == [
        ("pageIndex", 2),
        ("pageSize", 2),
        ("pageCount", -(-records // 2)),
        ("recordCount", records),
    ]
    assert len(data["return"]) == 2
    one_city = json_data(billing, ADDRESSES, "streetSearch", cityId=0, title="лен", cityTitle="уфа", page=page)
    assert one_city["page"]["recordCount"] < records


def test_houses_by_every_criterion(emulated: Emulated) -> None:
    billing = emulated("7.1")
    stored = next(row for row in billing.rows("address_house") if row["frac"])
    page = {"pageIndex": 1, "pageSize": 5}
    data = json_data(
        billing,
        ADDRESSES,
        "houseList",
        streetId=stored["streetid"],
        house=stored["house"],
        frac=stored["frac"],
        page=page,
    )
    assert [house["id"] for house in data["return"]] == [stored["id"]]
    house = data["return"][0]
    assert set(house) == {
        "id", "streetId", "streetTitle", "cityId", "cityTitle", "areaId", "areaTitle", "quarterId", "quarterTitle",
        "house", "frac", "houseFrac", "postIndex", "amount", "pod", "date", "comment", "params",
    }  # fmt: skip
    assert house["houseFrac"] == f"{stored['house']}{stored['frac']}"
    assert json_ok(billing, ADDRESSES, "houseGet", id=stored["id"]) == house
    everything = json_data(billing, ADDRESSES, "houseList", cityId=0, page={"pageIndex": 1, "pageSize": 1})
    assert everything["page"]["recordCount"] == len(billing.rows("address_house"))
    index = json_ok(
        billing,
        ADDRESSES,
        "postIndexGet",
        streetId=stored["streetid"],
        houseAndFrac=house["houseFrac"],
        house=0,
        frac="",
    )
    assert index == stored["box_index"]
    assert json_refusal(billing, ADDRESSES, "houseGet", id=0) == "Запись адресного справочника не найдена"


def test_address_text_in_the_server_formats(emulated: Emulated) -> None:
    billing = emulated("7.1")
    value = billing.rows("contract_parameter_type_2", cid=CID, pid=3)[0]
    found = json_ok(
        billing,
        ADDRESSES,
        "addressFormat",
        houseId=value["hid"],
        pod=2,
        floor=3,
        flat="5",
        room="",
        comment="домофон 5",
    )
    assert found == [{"key": "0", "value": value["address"]}]


def test_xml_leftovers(emulated: Emulated) -> None:
    billing = emulated("7.2")
    table = xml_ok(billing, "admin", "GetAddressQuarter", cityid=1, qname="", pageIndex=1, pageSize=3).find("./table")
    assert {"allRecord", "pageCount", "pageIndex", "pageSize", "recordCount"} == set(table.attrib)
    row = table.find("./data/row").attrib
    assert set(row) == {"f0", "f1", "f2", "f3", "f4", "f5"}
    assert (row["f2"], row["f3"]) == ("Уфа", "1")
    assert len(table.findall("./data/row")) == 3
    streets = xml_ok(billing, "contract", "GetStreetsByCity", city=1).findall("./streets/item")
    assert {int(item.attrib["id"]) for item in streets} == {
        row["id"] for row in billing.rows("address_street", cityid=1)
    }
    form = xml_ok(billing, "contract", "OpenContract")
    assert form.find("./cities/item").attrib["title"] == "Уфа"
    assert len(form.findall("./streets/item")) == len(streets)
    assert "Старая группа" not in [item.attrib["title"] for item in form.findall("./filters/item")]
    assert xml_refusal(emulated("8.0"), "admin", "GetAddressQuarter", cityid=1).startswith("not implemented")
