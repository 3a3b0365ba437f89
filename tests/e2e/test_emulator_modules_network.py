"""The emulator reads devices, ports, VLANs, addresses and sessions as the reference says (modules.md 2.4 to 2.6)."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.module_calls import (
    EMPTY,
    NO_CONTRACT,
    NO_INSTANCE,
    NO_RIGHTS,
    RICH,
    UNKNOWN,
    below,
    inet,
    inventory,
    json_with,
    page,
    provider,
    since,
)
from tests.raw_calls import ask_json, json_ok, json_refusal
from tests.support import ALL_BANDS, Emulated

SWITCH, OWN_VLANS, BRAS, OLD_BRAS, FOLDER, CENTRE = 7, 8, 3, 4, 1, 2
MAIN = 7
SWITCH_BEAN = {
    "id": SWITCH, "title": "sw-7", "parentId": CENTRE, "children": [], "entitySpecId": 0, "entityAttributes": {},
    "entityId": 1007, "entityTitle": None, "deviceTypeId": 1, "host": "10.10.1.7", "deviceGroupIds": [1],
    "username": "monitor", "password": "dev0007", "secret": "radius0007", "config": "", "comment": "",
    "uptime": None, "uptimeTime": None, "dateFrom": None, "dateTo": None, "orderManagerDisabled": False,
    "invDeviceId": 1007, "invDeviceTypeId": 1, "invTitle": "sw-7", "invIdentifier": "ID-0007",
    "invHost": "10.10.1.7", "invConfig": "", "invDeviceGroupIds": [1], "ident": "ID-0007",
}  # fmt: skip
FLAT = {
    "identifier": None, "host": None, "deviceTypeIds": [], "deviceGroupIds": [], "dateFrom": None, "dateTo": None,
    "intersectDateFrom": None, "intersectDateTo": None, "entityFilter": None, "loadDeviceGroupIds": False,
    "loadAncestors": True,
}  # fmt: skip
SESSION_KEYS = {
    "id", "conId", "parentId", "splittedId", "parConId", "servId", "serviceTitle", "deviceId", "devicePort",
    "agentDeviceId", "cid", "contractTitle", "contractComment", "acctSessId", "cnsId", "cdsId", "username", "realm",
    "crctId", "ip", "ipBytes", "ipResId", "connectionStart", "start", "stop", "last", "time", "cost", "status",
    "statusName", "devState", "devOpts", "accessCode", "type", "trafficMap", "accountMap", "children", "routeList",
}  # fmt: skip


def nodes(root: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All nodes below a root, parents first."""
    for node in root["children"]:
        yield node
        yield from nodes(node)


@pytest.mark.parametrize("band", ALL_BANDS)
def test_one_device(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    address = inet(band, "InetDeviceService")
    assert json_ok(billing, address, "inetDeviceGet", id=SWITCH) == SWITCH_BEAN
    folder = json_ok(billing, address, "inetDeviceGet", id=FOLDER)
    assert (folder["deviceTypeId"], folder["invDeviceId"], folder["host"]) == (0, 0, None)
    assert json_refusal(billing, address, "inetDeviceGet", id=UNKNOWN) == "Устройство не найдено"
    assert json_refusal(billing, inet(band, "InetDeviceService", 4), "inetDeviceGet", id=SWITCH) == NO_INSTANCE


@pytest.mark.parametrize("band", below("9.2"))
def test_tree_of_devices_with_flat_filters(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    address = inet(band, "InetDeviceService")

    def tree(**changed: object) -> dict[int, Any]:
        root = json_ok(billing, address, "inetDeviceRoot", **{**FLAT, **changed})
        assert (root["id"], root["title"], root["parentId"], root["deviceTypeId"]) == (0, "", 0, 0)
        return {node["id"]: node for node in nodes(root)}

    everything = tree()
    assert [node["id"] for node in everything.values()] == [FOLDER, OLD_BRAS, BRAS, CENTRE, SWITCH]
    assert everything[SWITCH] == {**SWITCH_BEAN, "deviceGroupIds": [], "invDeviceGroupIds": []}
    assert everything[OLD_BRAS]["dateTo"] == "2026-05-07"
    assert tree(loadDeviceGroupIds=True)[SWITCH]["deviceGroupIds"] == [1]
    switches = tree(deviceTypeIds=[1])
    assert {number: node["entityId"] for number, node in switches.items()} == {
        FOLDER: -100, CENTRE: -100, SWITCH: 1007,
    }  # fmt: skip
    assert set(tree(deviceTypeIds=[1], loadAncestors=False)) == {SWITCH}
    assert set(tree(deviceGroupIds=[2], loadAncestors=False)) == {BRAS}
    assert set(tree(host="10.10.1.", loadAncestors=False)) == {SWITCH}
    assert set(tree(identifier="id-0003", loadAncestors=False)) == {BRAS}
    assert OLD_BRAS not in tree(intersectDateFrom="2026-11-01T00:00:00+03:00", intersectDateTo=None)
    assert tree(host="10.99.") == {}


@pytest.mark.parametrize("band", since("9.2"))
def test_tree_of_devices_with_a_filter_object(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    address = inet(band, "InetDeviceService")

    def tree(*, ancestors: bool = True, **changed: str) -> dict[int, Any]:
        wanted = {"host": "", "identifier": "", "loadDeviceGroupLink": "false", **changed}
        root = json_ok(billing, address, "inetDeviceRoot", deviceTreeFilter=wanted, loadAncestors=ancestors)
        return {node["id"]: node for node in nodes(root)}

    assert set(tree()) == {FOLDER, CENTRE, BRAS, OLD_BRAS, SWITCH}
    assert tree()[SWITCH]["deviceGroupIds"] == []
    assert tree(loadDeviceGroupLink="true")[SWITCH] == SWITCH_BEAN
    assert {number: node["entityId"] for number, node in tree(host="10.10.1.7").items()} == {
        FOLDER: -100, CENTRE: -100, SWITCH: 1007,
    }  # fmt: skip
    assert set(tree(identifier="ID-0007", ancestors=False)) == {SWITCH}


@pytest.mark.parametrize("band", ALL_BANDS)
def test_methods_of_a_device_type(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    address = inet(band, "InetDeviceService")
    assert json_ok(billing, address, "deviceManagerMethodList", deviceTypeId=2) == [
        {"method": "uptime", "title": "Время работы", "types": ["DEVICE"]},
        {"method": "session", "title": "Параметры сессии", "types": ["ACCOUNT", "CONNECTION"]},
        {"method": "web", "title": "Веб-интерфейс", "types": ["DEVICE", "ACCOUNT"]},
    ]
    assert json_ok(billing, address, "deviceManagerMethodList", deviceTypeId=3) == []
    assert json_ok(billing, address, "deviceManagerMethodList", deviceTypeId=0) == []


@pytest.mark.parametrize("band", ALL_BANDS)
@pytest.mark.parametrize("device", [SWITCH, 1007])
def test_a_device_is_told_to_do_something(emulated: Emulated, band: str, device: int) -> None:
    billing = provider(emulated, band)
    address = inet(band, "InetDeviceService")

    def told(operation: str, service: int = MAIN) -> Any:
        common = {"id": device, "servId": service, "connectionId": 0, "timeout": 180000}
        return json_ok(billing, address, "deviceManage", operation=operation, **common)

    assert told("status") == "Порт\t12\nСостояние\tup\nСкорость\t1000 Мбит/с\nОшибок\t0"
    assert told("ping") == "ping:10.20.31.101"
    assert told("ping", service=0) == "ping:10.10.1.7"
    assert told("telnet") == "telnet:10.10.1.7 23"
    assert told("reload") == ""
    refusal = json_refusal(billing, address, "deviceManage", id=device, operation="web", servId=MAIN)
    assert refusal == "Метод не поддерживается устройством: web"


def test_devices_are_operated_with_the_right_to_write(emulated: Emulated) -> None:
    billing = provider(emulated, "9.2")
    envelope = ask_json(
        billing, inet("9.2", "InetDeviceService"), "deviceManage", login="reader", id=SWITCH, operation="ping"
    )
    assert (envelope["status"], envelope["message"]) == ("error", NO_RIGHTS)


@pytest.mark.parametrize("band", since("7.1"))
def test_services_of_a_device_know_their_contracts(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    found = json_ok(billing, inet(band, "InetDeviceService"), "getContracts", id=SWITCH)
    stored = billing.rows("inet_serv_1", deviceId=SWITCH)
    assert sorted(row["id"] for row in found) == sorted(row["id"] for row in stored)
    (own,) = (row for row in found if row["id"] == MAIN)
    contract = billing.rows("contract", id=RICH)[0]
    assert (own["contractTitle"], own["contractComment"]) == (contract["title"], contract["comment"])


@pytest.mark.parametrize("band", ALL_BANDS)
def test_ports_belong_to_the_physical_device(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    address = inventory("DeviceInterfaceService")
    ports = json_ok(billing, address, "devicePortList", deviceId=1007, subscriber=True)
    assert [port["port"] for port in ports] == list(range(1, 25))
    number = billing.rows("contract", id=RICH)[0]["title"]
    taken = {
        "deviceId": 1007, "port": 12, "title": "Порт 12", "status": 1, "remoteDeviceId": 0, "remotePort": 0,
        "ipCategoryId": 0, "subscriberId": MAIN, "subscriberTitle": number, "comment": "",
    }  # fmt: skip
    assert ports[11] == taken
    assert ports[23] == {
        **taken, "port": 24, "title": "Порт 24", "status": 0, "subscriberId": 0, "subscriberTitle": "",
        "comment": "не работает",
    }  # fmt: skip
    without = json_ok(billing, address, "devicePortList", deviceId=1007, subscriber=False)
    assert without[11] == {**taken, "subscriberId": 0, "subscriberTitle": ""}
    assert json_ok(billing, address, "devicePort", deviceId=1007, port=12) == taken
    assert json_ok(billing, address, "devicePort", deviceId=1007, port=99) is None
    assert json_ok(billing, address, "devicePortList", deviceId=SWITCH, subscriber=False) == []
    assert json_refusal(billing, inventory("DeviceInterfaceService", 4), "devicePortList") == NO_INSTANCE


@pytest.mark.parametrize("band", ALL_BANDS)
def test_free_vlan(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    services, resources = inet(band, "InetServService"), inventory("ResourceService")
    assert json_ok(billing, services, "vlanResourceCategoryIds", deviceId=SWITCH) == [1]
    assert json_ok(billing, services, "vlanResourceCategoryId", deviceId=SWITCH) == 1
    assert json_ok(billing, services, "vlanResourceCategoryIds", deviceId=UNKNOWN) == []
    period = {"dateFrom": "2026-11-23T00:00:00+03:00", "dateTo": None}
    taken = {
        row["vlan"]
        for row in billing.rows("inv_vlan_resource_subscription_1", categoryId=1)
        if row["dateTo"] is None or row["dateTo"].isoformat() >= "2026-11-23"
    }
    expected = next(vlan for vlan in range(2000, 4000) if vlan not in taken)
    assert json_ok(billing, resources, "freeVlan", vlanResourceCategoryIds=[1], **period) == expected
    assert json_ok(billing, resources, "freeVlan", vlanResourceCategoryIds=[2], **period) == 100
    assert json_ok(billing, resources, "freeVlan", vlanResourceCategoryIds=[], **period) is None
    before = {"dateFrom": "2001-01-01", "dateTo": "2001-12-31"}
    assert json_ok(billing, resources, "freeVlan", vlanResourceCategoryIds=[1], **before) == 2000


@pytest.mark.parametrize("band", ALL_BANDS)
def test_free_addresses(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    now = {"dateFrom": "2026-11-23T12:00:00+03:00", "dateTo": "2026-11-23T12:00:00+03:00"}
    address = inventory("ResourceService")
    found = json_ok(billing, address, "freeIpResourceRangeList", ipResourceCategoryIds=[2], range=50, max=10, **now)
    assert found == [
        {"resId": 2, "from": "ywBxAQ==", "to": "ywBxMg=="},
        {"resId": 2, "from": "ywBxMw==", "to": "ywBxZA=="},
        {"resId": 2, "from": "ywBxZw==", "to": "ywBxmA=="},
        {"resId": 2, "from": "ywBxmQ==", "to": "ywBxyg=="},
        {"resId": 2, "from": "ywBxyw==", "to": "ywBx/A=="},
    ]
    one = {"ipResourceCategoryIds": [1, 2], "range": 1, "max": 1}
    assert json_ok(billing, address, "freeIpResourceRangeList", ipResourceIds=[2], **one, **now) == [
        {"resId": 2, "from": "ywBxAQ==", "to": "ywBxAQ=="}
    ]
    assert json_ok(billing, address, "freeIpResourceRangeList", ipResourceCategoryIds=[9], range=1, max=5, **now) == []


@pytest.mark.parametrize("band", since("7.1"))
def test_free_networks(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    now = {"dateFrom": "2026-11-23", "dateTo": "2026-11-23"}
    address = inventory("ResourceService")
    found = json_ok(billing, address, "freeIpResourceNetList", ipResourceCategoryIds=[2], mask=26, max=10, **now)
    assert found == [{"resId": 2, "net": "ywBxgA==", "mask": 26}]
    assert json_ok(billing, inet(band, "InetServService"), "ipResourceCategoryIds", deviceId=SWITCH) == [1, 2]
    refusal = json_refusal(billing, address, "freeIpResourceNetList", ipResourceCategoryIds=[2], mask=0, max=10)
    assert refusal == "Неверное значение параметра mask: 0"


@pytest.mark.parametrize("band", ALL_BANDS)
def test_sessions_going_on(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    address = inet(band, "InetSessionService")
    common = {"contractId": RICH, "servIds": [], "serviceIds": [], "page": page(1)}
    found = json_ok(billing, address, "inetSessionAliveContractList", trafficTypeIds=[0], **common)
    assert list(found) == ["list", "page", "attributes"]
    assert found["page"] == {
        "pageIndex": 1, "pageSize": 25, "pageCount": 1, "recordCount": 2, "pageFirstRecordNumber": 0,
    }  # fmt: skip
    suspended, alive = found["list"]
    assert set(alive) == SESSION_KEYS
    expected = {
        "id": 9001, "conId": 701, "servId": MAIN, "serviceTitle": "u101@home: порт 12, 10.20.31.101",
        "deviceId": SWITCH, "devicePort": 12, "acctSessId": "00002329", "cnsId": "01:02:03:04:05:06",
        "cdsId": "sw-7:12", "ip": "10.20.31.101", "ipBytes": "ChQfZQ==", "start": "2026-11-23T06:48:00+03:00",
        "stop": None, "last": "2026-11-23T12:00:00+03:00", "time": 18720, "cost": Decimal("0.00"), "status": 1,
        "devState": 1, "cid": RICH, "username": "u101@home", "trafficMap": {"0": 18720}, "accountMap": {},
    }  # fmt: skip
    assert {key: alive[key] for key in expected} == expected
    assert (suspended["id"], suspended["conId"], suspended["status"]) == (9002, 702, 2)
    without = json_ok(billing, address, "inetSessionAliveContractList", trafficTypeIds=[], **common)
    assert without["list"][1]["trafficMap"] == {}
    assert json_ok(billing, inet(band, "InetDeviceService"), "inetDeviceGet", id=alive["deviceId"])["id"] == SWITCH


@pytest.mark.parametrize("band", ALL_BANDS)
def test_log_of_sessions(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    address = inet(band, "InetSessionService")

    def log(cid: int = RICH, index: int = 1, **params: object) -> Any:
        common = {"contractId": cid, "servIds": [], "trafficTypeIds": [0], "page": page(index), **params}
        return json_ok(billing, address, "inetSessionLogContractList", **common)

    first, second = log(), log(index=2)
    assert [len(part["list"]) for part in (first, second)] == [25, 15]
    assert (second["page"]["pageCount"], second["page"]["recordCount"]) == (2, 40)
    starts = [row["start"] for row in first["list"] + second["list"]]
    assert starts == sorted(starts, reverse=True)
    newest = first["list"][0]
    assert (newest["start"], newest["stop"]) == ("2026-11-22T08:00:00+03:00", "2026-11-22T11:00:00+03:00")
    assert (newest["time"], newest["status"], newest["devState"]) == (10800, 3, 0)
    november = log(dateFrom="2026-11-20T00:00:00+03:00", dateTo="2026-11-21T00:00:00+03:00")["list"]
    assert [row["start"][:10] for row in november] == ["2026-11-21", "2026-11-20"]
    assert log(servIds=[8])["list"] == []
    assert log(cid=EMPTY) == {
        "list": [],
        "page": {"pageIndex": 1, "pageSize": 25, "pageCount": 0, "recordCount": 0, "pageFirstRecordNumber": 0},
        "attributes": {},
    }
    assert json_refusal(billing, address, "inetSessionLogContractList", contractId=UNKNOWN) == NO_CONTRACT


@pytest.mark.parametrize("band", since("7.1"))
def test_sessions_of_all_contracts(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    address = inet(band, "InetSessionService")
    number = billing.rows("contract", id=RICH)[0]["title"]

    def found(method: str, **params: object) -> list[int]:
        answer = json_with(billing, address, method, {"page": page(1, 200), **params})
        assert answer["page"]["recordCount"] == len(answer["list"])
        return sorted(row["id"] for row in answer["list"])

    alive = sorted(row["id"] for row in billing.rows("inet_session_1"))
    assert found("inetSessionAliveList") == alive
    assert found("inetSessionAliveList", contract=number) == [9001, 9002]
    assert found("inetSessionAliveList", ip="10.20.31.101") == [9001, 9002]
    assert found("inetSessionAliveList", login="101@ho") == [9001, 9002]
    assert found("inetSessionAliveList", callingStation="01:02:03") == [9001, 9002]
    assert found("inetSessionAliveList", contractIds=[RICH], deviceIds=[BRAS]) == []
    assert found("inetSessionAliveList", ip="10.20.31") == []
    assert found("inetSessionAliveList", login="%") == []
    assert found("inetSessionAliveList", login=".") == []
    hours = {"timeFrom": "2026-11-22T08:00:00+03:00", "timeTo": "2026-11-22T08:00:00+03:00"}
    assert len(found("inetSessionLogList", contractIds=[RICH], **hours)) == 1
    assert len(found("inetSessionLogList", contractIds=[RICH])) == 40
