"""The emulator reads services of the internet access module, their types and options (modules.md 2.1 to 2.3)."""

from typing import Any

import pytest
from sqlalchemy import insert

from flask_bgbilling.emulator import Emulator, EmulatorSettings
from flask_bgbilling.emulator.schema import user_right
from flask_bgbilling.emulator.version import Version
from tests.module_calls import (
    EMPTY,
    NO_CONTRACT,
    NO_INSTANCE,
    NO_RIGHTS,
    NOON,
    RICH,
    UNKNOWN,
    below,
    inet,
    provider,
    since,
)
from tests.raw_calls import ask_json, json_ok, json_refusal
from tests.support import ALL_BANDS, Emulated

READER = 4
MAIN, EXTRA, GUEST, FORMER, RESERVE = 7, 8, 9, 10, 11
PLAIN = {
    "parentId": 0, "children": [], "cid": RICH, "contractId": RICH, "contractTitle": None, "contractComment": None,
    "uname": "", "passw": "", "did": 0, "deviceTitle": None, "ifaceId": -1, "interfaceTitle": None, "vlan": -1,
    "identifierList": [], "macAddressList": [], "ipResId": 0, "ipResSubsriptionId": 0, "addrFrom": None,
    "addrTo": None, "dateFrom": "2024-01-15", "dateTo": None, "state": 1, "devState": 1, "accessCode": 0,
    "accessCodeTitle": "Ok", "devOpts": [], "sessCntLimit": 1, "sessionCountLimit": 1, "coid": 0,
    "contractObjectId": 0, "scid": 0, "config": None, "comment": "",
}  # fmt: skip
MAIN_SERVICE = {
    **PLAIN, "id": MAIN, "title": "u101@home: порт 12, 10.20.31.101", "typeId": 2, "typeTitle": "IPoE по порту",
    "uname": "u101@home", "passw": "pw-inet-101", "did": 7, "ifaceId": 12, "vlan": 2001,
    "identifierList": ["ont-101", "ont-101-b"], "macAddressList": ["AQIDBAUG"], "ipResId": 1, "ipResSubsriptionId": 1,
    "addrFrom": "ChQfZQ==", "devOpts": [1, 2], "sessCntLimit": 2, "sessionCountLimit": 2, "coid": 1,
    "contractObjectId": 1, "config": "speed.limit=300", "comment": "кабель в нише слева",
}  # fmt: skip
EXTRA_SERVICE = {
    **PLAIN, "id": EXTRA, "parentId": MAIN, "title": "203.0.113.101-203.0.113.102", "typeId": 4,
    "typeTitle": "Дополнительный адрес", "ipResId": 2, "addrFrom": "ywBxZQ==", "addrTo": "ywBxZg==",
    "dateFrom": "2024-02-14", "devOpts": [3],
}  # fmt: skip


def statuses(nodes: list[dict[str, Any]]) -> dict[int, Any]:
    """The status of every node of a tree by id."""
    found = {}
    for node in nodes:
        found[node["id"]] = node["status"]
        found.update(statuses(node["children"]))
    return found


@pytest.mark.parametrize("band", ALL_BANDS)
def test_tree_of_services(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    named = Version(band) >= "9.2404"
    on, off, locked = ("STATUS_ON", "STATUS_OFF", "STATUS_OFF") if named else (0, 1, 2)
    root = json_ok(billing, inet(band, "InetServService"), "inetServTree", contractId=RICH)
    assert {key: value for key, value in root.items() if key != "children"} == {
        "id": 0, "parentId": 0, "title": "", "status": 0,
    }  # fmt: skip
    assert [node["id"] for node in root["children"]] == [FORMER, MAIN, GUEST]
    former, main, guest = root["children"]
    vlan = main["vlan"]
    reserve = {
        **PLAIN, "id": RESERVE, "parentId": EXTRA, "title": "резерв", "typeId": 4, "status": 1,
        "typeTitle": "Дополнительный адрес",
    }  # fmt: skip
    assert main == {
        **MAIN_SERVICE, "status": on, "vlan": vlan, "deviceTitle": "sw-7", "interfaceTitle": "Порт 12",
        "children": [{**EXTRA_SERVICE, "status": 0, "children": [reserve]}],
    }  # fmt: skip
    assert 2000 <= vlan <= 3999
    assert (former["status"], former["dateTo"], former["devState"]) == (off, "2024-03-15", -1)
    assert (guest["status"], guest["devState"], guest["accessCode"]) == (locked, 0, 1)
    assert guest["accessCodeTitle"] == "Недостаточно средств"
    assert json_ok(billing, inet(band, "InetServService"), "inetServTree", contractId=EMPTY)["children"] == []


@pytest.mark.parametrize("band", ALL_BANDS)
def test_one_service_has_no_titles_of_device_and_port(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    on = "STATUS_ON" if Version(band) >= "9.2404" else 0
    address = inet(band, "InetServService")
    main = json_ok(billing, address, "inetServGet", inetServId=MAIN)
    assert main == {**MAIN_SERVICE, "status": on, "vlan": main["vlan"]}
    assert json_ok(billing, address, "inetServGet", inetServId=EXTRA) == {**EXTRA_SERVICE, "status": on}
    assert json_refusal(billing, address, "inetServGet", inetServId=UNKNOWN) == "Сервис не найден"


@pytest.mark.parametrize("band", since("9.2404"))
def test_nested_statuses_have_names_when_told_so(emulated: Emulated, band: str) -> None:
    usual = provider(emulated, band)
    told = emulated(band, contracts=20, frozen_at=NOON, nested_status_names=True)
    address = inet(band, "InetServService")
    trees = [json_ok(billing, address, "inetServTree", contractId=RICH)["children"] for billing in (usual, told)]
    assert statuses(trees[0]) == {
        FORMER: "STATUS_OFF", MAIN: "STATUS_ON", EXTRA: 0, RESERVE: 1, GUEST: "STATUS_OFF",
    }  # fmt: skip
    assert statuses(trees[1]) == {
        FORMER: "STATUS_OFF", MAIN: "STATUS_ON", EXTRA: "STATUS_ON", RESERVE: "STATUS_OFF", GUEST: "STATUS_OFF",
    }  # fmt: skip


@pytest.mark.parametrize("band", ALL_BANDS)
def test_list_of_services_is_flat(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    address = inet(band, "InetServService")
    found = json_ok(billing, address, "inetServList", contractId=RICH, orderBy="id")
    assert [node["id"] for node in found] == [MAIN, EXTRA, GUEST, FORMER, RESERVE]
    assert all(node["children"] == [] for node in found)
    by_date = json_ok(billing, address, "inetServList", contractId=RICH, orderBy="dateFrom")
    assert [node["dateFrom"] for node in by_date] == sorted(node["dateFrom"] for node in found)


@pytest.mark.parametrize("band", ALL_BANDS)
def test_service_of_a_firm_is_a_network(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    (service,) = json_ok(billing, inet(band, "InetServService"), "inetServTree", contractId=102)["children"]
    assert (service["addrFrom"], service["addrTo"]) == ("Ch4AAA==", "Ch4ABw==")
    assert (service["typeTitle"], service["uname"]) == ("Сеть офиса", "")


@pytest.mark.parametrize("band", ALL_BANDS)
def test_types(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    found = {row["id"]: row for row in json_ok(billing, inet(band, "InetServService"), "inetServTypeList")}
    numbers = {1: 4, 2: 3, 3: 2, 4: 1, 5: 0}
    names = {
        1: "DYNAMIC", 2: "SINGLE_IPV4", 3: "NET", 4: "RANGE", 5: "NONE", 6: "IPV6", 7: "OFF",
    }  # fmt: skip
    if Version(band) >= "8.2":
        expected: dict[int, Any] = {**names}
    elif Version(band) >= "8.0":
        expected = {**numbers, 6: 8, 7: -1}
    else:
        expected = {**numbers}
    assert {number: row["addressType"] for number, row in found.items()} == expected
    assert found[2] == {
        "id": 2, "title": "IPoE по порту", "addressType": expected[2], "sessionInitiationType": 1,
        "sessionCountLimit": 1, "addressAllInterface": False, "sessionCountLimitLock": False, "needLogin": False,
        "needDevice": True, "needInterface": True, "needVlan": True, "needIdentifier": False, "needMacAddress": True,
        "needContractObject": False, "needRestriction": False, "personalInterface": True, "personalVlan": True,
        "ipFromParentRange": False, "deviceTypeIds": [1], "deviceGroupIds": [], "parentTypeIds": [],
        "trafficTypeLinkId": 1, "config": "title.pattern=${login}: ${port}",
    }  # fmt: skip
    assert found[4]["parentTypeIds"] == [2, 3]
    assert found[5]["sessionCountLimitLock"] is True


@pytest.mark.parametrize("band", ["7.1", "8.0", "9.2", "10.2"])
def test_one_type(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    address = inet(band, "InetServService")
    listed = json_ok(billing, address, "inetServTypeList")
    assert json_ok(billing, address, "inetServTypeGet", id=listed[0]["id"]) == listed[0]
    assert json_refusal(billing, address, "inetServTypeGet", id=UNKNOWN) == "Тип сервиса не найден"


def test_types_that_a_version_does_not_know_cannot_be_read(emulated: Emulated) -> None:
    billing = provider(emulated, "7.2")
    assert json_refusal(billing, inet("7.2", "InetServService"), "inetServTypeGet", id=6) == "Тип сервиса не найден"


@pytest.mark.parametrize("band", since("7.1"))
def test_options(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    address = inet(band, "InetServService")
    common = {"groupIntersection": False, "config": None, "comment": "", "children": []}
    turbo = {"id": 1, "title": "Турбо", "parentId": 0, **common}
    night = {"id": 2, "title": "Ночное ускорение", "parentId": 1, **common}
    static = {"id": 3, "title": "Белый адрес", "parentId": 0, **common}
    assert json_ok(billing, address, "inetOptionList") == [static, night, turbo]
    assert json_ok(billing, address, "inetOptionGet", id=2) == night
    assert json_ok(billing, address, "inetOptionTree") == {
        "id": 0, "title": "", "parentId": 0, **common, "children": [static, {**turbo, "children": [night]}],
    }  # fmt: skip
    assert json_ok(billing, address, "inetServOptionList", inetServId=MAIN) == [
        {"serviceId": MAIN, "optionId": 1, "dateFrom": "2024-01-15", "dateTo": None},
        {"serviceId": MAIN, "optionId": 2, "dateFrom": "2024-01-15", "dateTo": "2026-12-13"},
    ]
    assert json_ok(billing, address, "inetServOptionList", inetServId=EXTRA) == []


@pytest.mark.parametrize("band", ALL_BANDS)
def test_refusals(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    method = "inetServTree"
    assert json_refusal(billing, inet(band, "InetServService"), method, contractId=UNKNOWN) == NO_CONTRACT
    assert json_refusal(billing, inet(band, "InetServService"), method) == "Не указан параметр contractId"
    for instance in (2, 99):
        address = inet(band, "InetServService", instance)
        assert json_refusal(billing, address, method, contractId=RICH) == NO_INSTANCE
    without = inet(band, "InetServService").replace("/1/", "/")
    assert json_refusal(billing, without, method, contractId=RICH) == NO_INSTANCE


@pytest.mark.parametrize("band", ALL_BANDS)
def test_the_package_of_other_versions_is_unknown(emulated: Emulated, band: str) -> None:
    other = "10.2" if band in below("8.2") else "7.0"
    message = json_refusal(provider(emulated, band), inet(other, "InetServService"), "inetServTree", contractId=RICH)
    package = inet(other, "InetServService").replace("/1/", "/")
    assert message == f"not implemented: {package}.inetServTree"


def test_a_single_operation_can_be_denied() -> None:
    address, right = inet("9.2", "InetServService"), f"{inet('9.2', 'InetServService')}.inetServTree"
    with Emulator(EmulatorSettings(contracts=12, frozen_at=NOON)) as billing:
        with billing.engine.begin() as db:
            db.execute(insert(user_right).values(uid=READER, name=right.replace("/1/", "/"), allowed=0))
        envelope = ask_json(billing, address, "inetServTree", login="reader", contractId=RICH)
        assert (envelope["status"], envelope["message"]) == ("error", NO_RIGHTS)
        assert ask_json(billing, address, "inetServTypeList", login="reader")["status"] == "ok"
