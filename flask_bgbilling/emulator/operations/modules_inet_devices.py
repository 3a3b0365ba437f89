"""Devices of the internet access module: the tree, one device, its methods (modules.md 2.4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sqlalchemy import RowMapping, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.errors import Refused
from flask_bgbilling.emulator.model.devices import csv_ids, device_tree, find_device
from flask_bgbilling.emulator.model.inet import ServiceWriter
from flask_bgbilling.emulator.model.instances import check_instance
from flask_bgbilling.emulator.operations.modules_inet import OLD_PACKAGE, PACKAGE, inet
from flask_bgbilling.emulator.registry import JsonCall, json_rpc
from flask_bgbilling.emulator.schema.modules_inet import inet_serv
from flask_bgbilling.emulator.schema.modules_inventory import inet_devices

FILTER_SINCE = "9.2"
DEVICE, ACCOUNT, CONNECTION = "DEVICE", "ACCOUNT", "CONNECTION"
METHODS = {
    "switch": (
        ("status", "Состояние порта", (DEVICE, ACCOUNT)),
        ("ping", "Ping абонента", (ACCOUNT, CONNECTION)),
        ("cable", "Проверка кабеля", (ACCOUNT,)),
        ("telnet", "Telnet", (DEVICE, ACCOUNT)),
        ("reload", "Перечитать конфигурацию", (DEVICE,)),
    ),
    "bras": (
        ("uptime", "Время работы", (DEVICE,)),
        ("session", "Параметры сессии", (ACCOUNT, CONNECTION)),
        ("web", "Веб-интерфейс", (DEVICE, ACCOUNT)),
    ),
}
"""Methods of the programs that operate devices: name, title, what they are offered for."""


@inet("InetDeviceService", "inetDeviceGet")
def device_get(call: JsonCall) -> object:
    """One device of the tree, with its passwords as the real server sends them."""
    check_instance(call, "inet")
    return _device(call, "id")


@json_rpc(OLD_PACKAGE, "InetDeviceService", "inetDeviceRoot", below="8.2")
@json_rpc(PACKAGE, "InetDeviceService", "inetDeviceRoot", since="8.2", below=FILTER_SINCE)
def device_root(call: JsonCall) -> object:
    """The tree of devices that pass flat filters; null and empty ones do not restrict.

    ``identifier`` and ``host`` are parts of the values, ``intersectDateFrom``–``intersectDateTo`` a period that the
    device's own has days in common with. What ``dateFrom``, ``dateTo`` and ``entityFilter`` do is not known: they
    restrict nothing.
    """
    check_instance(call, "inet")
    types, groups = set(call.ids("deviceTypeIds")), set(call.ids("deviceGroupIds"))
    start, end = call.date("intersectDateFrom"), call.date("intersectDateTo")
    described = _described(call.text("identifier"), call.text("host"))

    def wanted(row: RowMapping) -> bool:
        return (
            described(row)
            and (not types or row["deviceTypeId"] in types)
            and (not groups or bool(groups.intersection(csv_ids(row["groupIds"]))))
            and _intersects(row, start, end)
        )

    return device_tree(
        call.db,
        inet_devices,
        wanted,
        ancestors=call.flag("loadAncestors"),
        groups=call.flag("loadDeviceGroupIds"),
    )


@json_rpc(PACKAGE, "InetDeviceService", "inetDeviceRoot", since=FILTER_SINCE)
def device_root_filtered(call: JsonCall) -> object:
    """The tree of devices that pass ``deviceTreeFilter``: parts of identifier and host."""
    check_instance(call, "inet")
    described = _described(call.text("deviceTreeFilter.identifier"), call.text("deviceTreeFilter.host"))
    return device_tree(
        call.db,
        inet_devices,
        described,
        ancestors=call.flag("loadAncestors"),
        groups=call.flag("deviceTreeFilter.loadDeviceGroupLink"),
    )


@inet("InetDeviceService", "deviceManagerMethodList")
def methods(call: JsonCall) -> object:
    """What devices of a type can be told to do."""
    check_instance(call, "inet")
    return [
        {"method": method, "title": title, "types": list(kinds)}
        for method, title, kinds in _methods(call, call.integer("deviceTypeId"))
    ]


@inet("InetDeviceService", "deviceManage", right="write")
def manage(call: JsonCall) -> object:
    """Tells a device to do something for a service and answers what it says.

    ``id`` is the physical device or the node of the tree: clients send either (modules.md 2.4).
    """
    check_instance(call, "inet")
    inventory = inet_devices.inventory
    device = call.db.execute(select(inventory).where(inventory.c.id == call.integer("id"))).mappings().first()
    if device is None:
        device_of_tree = _device(call, "id")
        query = select(inventory).where(inventory.c.id == device_of_tree["invDeviceId"])
        device = call.db.execute(query).mappings().first()
    if device is None:
        raise Refused("Устройство не найдено")
    operation = call.text("operation")
    if operation not in {method for method, *_ in _methods(call, device["deviceTypeId"])}:
        raise Refused(f"Метод не поддерживается устройством: {operation}")
    services = inet_serv
    number = call.integer("servId", 0)
    service = call.db.execute(select(services).where(services.c.id == number)).mappings().first()
    return _said(device, service, operation)


@inet("InetDeviceService", "getContracts", since="7.1")
def services_of_device(call: JsonCall) -> object:
    """The services on a device of the tree, with the numbers and comments of their contracts."""
    check_instance(call, "inet")
    device = _device(call, "id")
    services, contract = inet_serv, schema.contract
    query = (
        select(services, contract.c.title.label("contractTitle"), contract.c.comment.label("contractComment"))
        .join(contract, contract.c.id == services.c.contractId)
        .where(services.c.deviceId == device["id"])
        .order_by(services.c.interfaceId, services.c.id)
    )
    writer = ServiceWriter(call.db, call.version, named_statuses=call.settings.nested_status_names)
    return [
        {
            **writer.bean(row, nested=row["parentId"] != 0),
            "contractTitle": row["contractTitle"],
            "contractComment": row["contractComment"],
        }
        for row in call.db.execute(query).mappings()
    ]


def _device(call: JsonCall, name: str) -> dict[str, object]:
    device = find_device(call.db, inet_devices, call.integer(name))
    if device is None:
        raise Refused("Устройство не найдено")
    return device


def _methods(call: JsonCall, device_type: int) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    types = inet_devices.types
    manager = call.db.scalar(select(types.c.deviceManager).where(types.c.id == device_type))
    return METHODS.get(manager or "", ())


def _described(identifier: str, host: str) -> Callable[[RowMapping], bool]:
    identifier, host = identifier.strip().lower(), host.strip().lower()

    def wanted(row: RowMapping) -> bool:
        return identifier in (row["ident"] or "").lower() and host in (row["host"] or "").lower()

    return wanted


def _intersects(row: RowMapping, start: date | None, end: date | None) -> bool:
    return (end is None or row["dateFrom"] is None or row["dateFrom"] <= end) and (
        start is None or row["dateTo"] is None or row["dateTo"] >= start
    )


def _said(device: RowMapping, service: RowMapping | None, operation: str) -> str:
    """The words of a device, in the conventions that the desktop client knows (modules.md 2.4)."""
    host, port = device["host"], service["interfaceId"] if service else -1
    address = ".".join(str(part) for part in service["addressFrom"]) if service and service["addressFrom"] else ""
    said = {
        "status": f"Порт\t{port}\nСостояние\tup\nСкорость\t1000 Мбит/с\nОшибок\t0",
        "ping": f"ping:{address or host}",
        "cable": f"Порт {port}\nПара 1\tOK\t23 м\nПара 2\tOK\t23 м",
        "telnet": f"telnet:{host} 23",
        "reload": "",
        "uptime": "Время работы\t41 сут. 03:12:55",
        "session": f"<html><b>{service['login'] if service else ''}</b><br>{address}</html>",
        "web": f"browse:http://{host}/",
    }
    return said[operation]
