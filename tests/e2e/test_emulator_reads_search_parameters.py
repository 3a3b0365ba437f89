"""The emulator finds contracts by their parameters and addresses as the reference says (contract-search.md 4)."""

import re
from datetime import timedelta
from typing import Any

import pytest

from flask_bgbilling.emulator import Emulator
from flask_bgbilling.emulator.version import Version
from tests.raw_calls import json_refusal, xml_ok, xml_refusal
from tests.raw_search import CONTRACTS, RICH, contract, find, found_ids, items, json_ids, titled
from tests.support import ALL_BANDS, Emulated

BELOW_LABELS = [band for band in ALL_BANDS if Version(band) < "9.2"]
FROM_LABELS = [band for band in ALL_BANDS if Version(band) >= "9.2"]


@pytest.mark.parametrize("band", ALL_BANDS)
@pytest.mark.parametrize("code", ["1", "c1"])
def test_text_parameter(emulated: Emulated, band: str, code: str) -> None:
    billing = emulated(band)
    value = next(row for row in billing.rows("contract_parameter_type_1", cid=RICH) if row["val"])
    root = find(billing, code, parameters=str(value["pid"]), parameter=f"^{re.escape(value['val'])}$")
    found = {item.get("id"): item.attrib for item in items(root)}
    assert found[str(RICH)] == {"id": str(RICH), "title": titled(billing)}
    assert found_ids(find(billing, code, parameters="999", parameter="")) == set()
    assert RICH in found_ids(find(billing, code, parameters="", parameter=value["val"][1:]))
    assert found_ids(find(billing, code)) == json_ids(billing)


@pytest.mark.parametrize("band", ALL_BANDS)
def test_date_parameter_with_open_bounds(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    value = billing.rows("contract_parameter_type_6", cid=RICH)[0]
    pid, day = value["pid"], value["val"]
    exact = f"{day:%d.%m.%Y}"
    before, after = (f"{day + timedelta(days=days):%d.%m.%Y}" for days in (-1, 1))
    for first, last, inside in (
        (exact, exact, True),
        (exact, "", True),
        ("", exact, True),
        (after, "", False),
        ("", before, False),
    ):
        root = find(billing, "c6", parameters=f"{pid}, 999", date1=first, date2=last)
        assert (RICH in found_ids(root)) is inside
    assert "date1" in xml_refusal(billing, "contract", "FindContract", type="c6", date1="tomorrow")


@pytest.mark.parametrize("band", ALL_BANDS)
def test_email_parameter(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    rows = billing.rows("contract_parameter_type_3")
    stored = next(row["email"] for row in rows if row["cid"] == RICH)
    address = re.search(r"[^<\s]+@[^>\s]+", stored)[0]
    codes = ["3", "c3"] if band in BELOW_LABELS else ["3", "c3", "c9"]
    for code in codes:
        assert RICH in found_ids(find(billing, code, parameters="", mail=address.upper()))
    every = find(billing, "c3", mail="@", show_closed=1, show_sub=1, **{"del": 1})
    assert found_ids(every) == {row["cid"] for row in rows}


@pytest.mark.parametrize("band", BELOW_LABELS)
@pytest.mark.parametrize("code", ["9", "c9"])
def test_phone_as_xml_compares_digits_only(emulated: Emulated, band: str, code: str) -> None:
    billing = emulated(band)
    for typed in ("9161234567", "+7 (916) 123-45-67", "123-45"):
        root = find(billing, code, parameters="", phone=typed)
        assert titled(billing) in {item.get("title") for item in items(root)}, typed
    assert found_ids(find(billing, code, phone="нет")) == set()
    assert found_ids(find(billing, code, phone="91612345670")) == set()
    assert found_ids(find(billing, code, parameters="999", phone="9161234567")) == set()


@pytest.mark.parametrize("band", FROM_LABELS)
def test_phone_as_json_is_a_like_pattern_over_digits(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    pid = next(row["pid"] for row in billing.rows("contract_parameter_type_phone_item", phone="79161234567"))

    def by_phone(value: str, mode: int = 1, ids: object = "") -> set[int]:
        entity_filter = [{"type": "Phone", "entitySpecAttrIds": ids, "mode": mode, "value": value}]
        return json_ids(billing, entityFilter=entity_filter)

    assert RICH in by_phone("%9161234567%")
    assert RICH in by_phone("%9161234567%", ids=f"998, {pid}")
    assert RICH in by_phone("%9161234567%", ids=[pid])
    assert RICH in by_phone("7916123456_")
    assert by_phone("9161234567") == set()
    assert by_phone("%9161234567%", ids="998") == set()
    assert RICH in by_phone("79161234567", mode=0)
    assert by_phone("%9161234567%", mode=0) == set()
    assert RICH in by_phone("^7916.*67$", mode=2)
    assert xml_refusal(billing, "contract", "FindContract", type="c9", phone="9161234567") == "Не указан параметр mail"


def rich_address(billing: Emulator) -> tuple[dict[str, Any], dict[str, Any]]:
    value = billing.rows("contract_parameter_type_2", cid=RICH)[0]
    return value, billing.rows("address_house", id=value["hid"])[0]


def address_code(band: str) -> str:
    return "c2" if band in BELOW_LABELS else "c8"


@pytest.mark.parametrize("band", ALL_BANDS)
def test_contract_address(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    value, house = rich_address(billing)
    whole = {"street": house["streetid"], "house": house["house"], "frac": house["frac"]}
    root = find(billing, address_code(band), houseId=house["id"], flat=value["flat"], room=value["room"], **whole)
    row = contract(billing)
    found = next(item.attrib for item in items(root) if item.get("id") == str(RICH))
    if Version(band) < "9.2404":
        assert found == {"id": str(RICH), "title": f"{titled(billing)} {value['address']}"}
    else:
        assert found == {"id": str(RICH), "title": row["title"], "comment": f"{row['comment']} [{value['address']}]"}
    numeric = find(billing, "2", street=house["streetid"], house=0)
    assert RICH in found_ids(numeric)


@pytest.mark.parametrize("band", ["7.2", "9.2404"])
def test_each_part_of_an_address_restricts(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    value, house = rich_address(billing)
    code = address_code(band)
    on_street = {"street": house["streetid"]}

    def sees(**fields: object) -> bool:
        return RICH in found_ids(find(billing, code, **fields))

    assert sees(**on_street)
    assert sees(**on_street, house=house["house"])
    assert sees(**on_street, house=house["house"], frac=house["frac"], flat=value["flat"])
    assert not sees(**on_street, house=house["house"] + 1000)
    assert not sees(**on_street, house=house["house"], frac="/нет")
    assert not sees(**on_street, flat="9999")
    assert not sees(street=house["streetid"] + 10_000)
    assert not sees(**on_street, parameters="999")
    assert sees(**on_street, parameters=f"999, {value['pid']}")
    assert found_ids(find(billing, code, street=0, house=-1, frac="", flat="", room="")) == json_ids(billing)
    fractions = [row for row in billing.rows("address_house") if row["frac"].startswith("/")]
    assert fractions
    with_fraction = {row["id"] for row in billing.rows("address_house", frac=fractions[0]["frac"])}
    expected = {row["cid"] for row in billing.rows("contract_parameter_type_2") if row["hid"] in with_fraction}
    found = found_ids(find(billing, code, house=-1, frac=fractions[0]["frac"], show_closed=1, show_sub=1, **{"del": 1}))
    assert found == expected


@pytest.mark.parametrize("band", ALL_BANDS)
@pytest.mark.parametrize("code", ["14", "o4"])
def test_object_address_keeps_the_old_form(emulated: Emulated, band: str, code: str) -> None:
    billing = emulated(band)
    value = billing.rows("object_param_value_address")[0]
    owner = billing.rows("object", id=value["object_id"])[0]["cid"]
    house = billing.rows("address_house", id=value["hid"])[0]
    where = {"street": house["streetid"], "house": house["house"], "frac": house["frac"], "flat": value["flat"]}
    root = find(billing, code, **where)
    assert [item.attrib for item in items(root)] == [
        {"id": str(owner), "title": f"{titled(billing, owner)} {value['address']}"}
    ]
    assert found_ids(find(billing, code, **{**where, "flat": "9999"})) == set()
    assert found_ids(find(billing, code, **where, parameters="999")) == set()
    assert found_ids(find(billing, code, **where, parameters=str(value["param_id"]))) == {owner}


@pytest.mark.parametrize(
    ("band", "code"), [("9.2", "c2"), ("10.2", "c2"), ("8.2", "c8"), ("7.2", "c5"), ("9.2", "c77"), ("7.2", "")]
)
def test_codes_of_another_version_are_refused(emulated: Emulated, band: str, code: str) -> None:
    assert xml_refusal(emulated(band), "contract", "FindContract", type=code) == f"Неизвестный тип поиска: {code}"


def test_pages_do_not_overlap_and_empty_pages_keep_the_counters(emulated: Emulated) -> None:
    billing = emulated("7.2")
    seen: list[str] = []
    for index in (1, 2, 3):
        root = xml_ok(billing, "contract", "FindContract", type="c3", mail="@", pageIndex=index, page=index, pageSize=7)
        contracts = root.find("./contracts")
        assert (contracts.get("pageIndex"), contracts.get("pageSize")) == (str(index), "7")
        seen += [item.get("title") for item in contracts]
    assert len(set(seen)) == 21
    assert seen == sorted(seen)
    empty = xml_ok(billing, "contract", "FindContract", type="c3", mail="no-such-address", pageIndex=1, pageSize=7)
    assert empty.find("./contracts").attrib == {
        "allRecord": "0",
        "pageIndex": "1",
        "pageSize": "7",
        "pageCount": "0",
        "recordCount": "0",
    }


def single(billing: Emulator, table: str) -> dict[str, Any]:
    return next(row for row in billing.rows(table) if row["cid"] == RICH)


@pytest.mark.parametrize("band", ["7.2", "9.2", "10.2"])
def test_other_attribute_filters(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    text, listed = single(billing, "contract_parameter_type_1"), single(billing, "contract_parameter_type_7")
    multi, flag = (
        single(billing, "contract_parameter_type_multilist_item"),
        single(billing, "contract_parameter_type_5"),
    )
    linked, day = single(billing, "contract_parameter_type_8"), single(billing, "contract_parameter_type_6")
    mail = single(billing, "contract_parameter_type_3")
    value, house = rich_address(billing)
    street = billing.rows("address_street", id=house["streetid"])[0]
    period = {"periodFrom": f"{day['val']:%Y-%m-%d}", "periodTo": f"{day['val']:%Y-%m-%d}T00:00:00+03:00"}
    place = {"cityId": street["cityid"], "streetId": street["id"], "house": f"{house['house']}{house['frac']}"}
    filters = [
        {"type": "Text", "entitySpecAttrIds": [text["pid"]], "value": text["val"]},
        {"type": "Text", "entitySpecAttrIds": [text["pid"]], "value": text["val"], "mode": 0},
        {"type": "Email", "entitySpecAttrIds": str(mail["pid"]), "value": "@"},
        {"type": "List", "entitySpecAttrIds": [listed["pid"]], "value": listed["val"]},
        {"type": "MultiList", "entitySpecAttrIds": [multi["pid"]], "value": str(multi["val"])},
        {"type": "Boolean", "entitySpecAttrIds": [flag["pid"]], "value": bool(flag["val"])},
        {"type": "Contract", "entitySpecAttrIds": [linked["pid"]], "value": linked["val"]},
        {"type": "House", "entitySpecAttrIds": [value["pid"]], "value": value["hid"]},
        {"type": "Date", "entitySpecAttrIds": [day["pid"]], **period},
        {"type": "Address", "entitySpecAttrIds": [value["pid"]], **place, "flat": value["flat"], "room": None},
    ]
    for one in filters:
        assert RICH in json_ids(billing, entityFilter=[one]), one
        assert RICH not in json_ids(billing, entityFilter=[{**one, "entitySpecAttrIds": [999]}]), one
    assert RICH in json_ids(billing, entityFilter=filters)
    wrong = {"type": "List", "entitySpecAttrIds": [listed["pid"]], "value": 9999}
    assert json_ids(billing, entityFilter=[*filters, wrong]) == set()
    elsewhere = {"type": "Address", "entitySpecAttrIds": [], "cityId": 9999}
    assert json_ids(billing, entityFilter=[elsewhere]) == set()
    assert json_ids(billing, entityFilter=[{"type": "Int", "entitySpecAttrIds": [], "value": 1}]) == set()


@pytest.mark.parametrize(
    ("entity_filter", "complaint"),
    [
        ([{"type": "Colour"}], "Неизвестный тип фильтра: Colour"),
        ([{"type": "List", "value": "x"}], "поля value"),
        ([{"type": "Phone", "entitySpecAttrIds": "a", "value": "1"}], "entitySpecAttrIds"),
        ([{"type": "Date", "periodFrom": "soon"}], "periodFrom"),
        ("text", "entityFilter"),
    ],
)
def test_filters_that_cannot_be_read_are_refused(emulated: Emulated, entity_filter: object, complaint: str) -> None:
    assert complaint in json_refusal(emulated("9.2"), CONTRACTS, "contractList", entityFilter=entity_filter)
