"""Services and service types of the internet access module as answers write them (modules.md 2.1, 2.3)."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from flask_bgbilling.emulator.model.devices import csv_ids
from flask_bgbilling.emulator.schema.modules_inet import inet_serv_type
from flask_bgbilling.emulator.schema.modules_inventory import inet_devices, inv_device_port
from flask_bgbilling.emulator.version import Version

STATUS_NAMES_SINCE = "9.2404"
OPEN, CLOSED, LOCKED = 0, 1, 2
ACCESS_CODES = {
    0: "Ok",
    1: "Недостаточно средств",
    2: "Договор закрыт",
    10: "Сервис закрыт",
    -2: "Изменено вручную",
}
ADDRESS_TYPE_NAMES_SINCE = "8.2"
ADDRESS_TYPES = {
    -1: "OFF",
    0: "NONE",
    1: "RANGE",
    2: "NET",
    3: "SINGLE_IPV4",
    4: "DYNAMIC",
    5: "DYNAMIC_OR_SINGLE",
    6: "DYNAMIC_OR_RANGE",
    7: "NONE_OR_SINGLE",
    8: "IPV6",
}
LATE_ADDRESS_TYPES = frozenset((-1, 8))
LATE_ADDRESS_TYPES_SINCE = "8.0"


def encoded(raw: bytes | None) -> str | None:
    """The bytes of an address as JSON carries them."""
    return base64.b64encode(raw).decode("ascii") if raw else None


def knows_type(version: Version, row: RowMapping) -> bool:
    """Whether servers of this version have the kind of address of a service type."""
    return row["addressType"] not in LATE_ADDRESS_TYPES or version >= LATE_ADDRESS_TYPES_SINCE


def type_bean(version: Version, row: RowMapping) -> dict[str, object]:
    """A service type; the kind of address is a number up to 8.0 and a name after it."""
    flags = (
        "addressAllInterface",
        "sessionCountLimitLock",
        "needLogin",
        "needDevice",
        "needInterface",
        "needVlan",
        "needIdentifier",
        "needMacAddress",
        "needContractObject",
        "needRestriction",
        "personalInterface",
        "personalVlan",
        "ipFromParentRange",
    )
    address = row["addressType"]
    return {
        "id": row["id"],
        "title": row["title"],
        "addressType": address if version < ADDRESS_TYPE_NAMES_SINCE else ADDRESS_TYPES[address],
        "sessionInitiationType": row["sessionInitiationType"],
        "sessionCountLimit": row["sessionCountLimit"],
        **{flag: bool(row[flag]) for flag in flags},
        "deviceTypeIds": csv_ids(row["deviceTypeIds"]),
        "deviceGroupIds": csv_ids(row["deviceGroupIds"]),
        "parentTypeIds": csv_ids(row["parentTypeIds"]),
        "trafficTypeLinkId": row["trafficTypeLinkId"],
        "config": row["config"] or "",
    }


class ServiceWriter:
    """Writes services for one answer; reads the titles of types, devices and ports once.

    ``named_statuses`` gives names of the status to nested services too; clients are known to fail on that, but
    nobody has seen what the server does (modules.md 2.1).
    """

    def __init__(self, db: Connection, version: Version, *, named_statuses: bool) -> None:
        self._version = version
        self._named_statuses = named_statuses
        types, tree = inet_serv_type, inet_devices.tree
        self._types = {row.id: row.title for row in db.execute(select(types.c.id, types.c.title))}
        query = select(tree.c.id, tree.c.title, tree.c.invDeviceId)
        self._devices = {row.id: row for row in db.execute(query)}
        self._db = db

    def bean(self, row: RowMapping, *, nested: bool = False, titles: bool = True) -> dict[str, object]:
        """All keys of a service under both spellings of its renamed ones, without children.

        ``titles`` false leaves the titles of device and port out, as reading a single service does.
        """
        device = self._devices.get(row["deviceId"])
        return {
            "id": row["id"],
            "parentId": row["parentId"],
            "children": [],
            "title": row["title"],
            "cid": row["contractId"],
            "contractId": row["contractId"],
            "contractTitle": None,
            "contractComment": None,
            "typeId": row["typeId"],
            "typeTitle": self._types.get(row["typeId"], ""),
            "uname": row["login"],
            "passw": row["password"],
            "did": row["deviceId"],
            "deviceTitle": device.title if device is not None and titles else None,
            "ifaceId": row["interfaceId"],
            "interfaceTitle": self._port(device, row["interfaceId"]) if titles else None,
            "vlan": row["vlan"],
            "identifierList": [part.strip() for part in (row["identifier"] or "").split(",") if part.strip()],
            "macAddressList": [encoded(row["macAddress"])] if row["macAddress"] else [],
            "ipResId": row["ipResourceId"],
            "ipResSubsriptionId": row["ipResourceSubscriptionId"],
            "addrFrom": encoded(row["addressFrom"]),
            "addrTo": encoded(row["addressTo"]),
            "dateFrom": row["dateFrom"],
            "dateTo": row["dateTo"],
            "status": self._status(row["status"], nested=nested),
            "state": row["deviceState"],
            "devState": row["deviceState"],
            "accessCode": row["accessCode"],
            "accessCodeTitle": ACCESS_CODES.get(row["accessCode"], f"Код {row['accessCode']}"),
            "devOpts": csv_ids(row["deviceOptions"]),
            "sessCntLimit": row["sessionCountLimit"],
            "sessionCountLimit": row["sessionCountLimit"],
            "coid": row["contractObjectId"],
            "contractObjectId": row["contractObjectId"],
            "scid": 0,
            "config": row["config"],
            "comment": row["comment"],
        }

    def tree(self, rows: Sequence[RowMapping]) -> list[dict[str, object]]:
        """The services of one contract, nested ones under their parents."""
        known = {row["id"] for row in rows}
        children: dict[int, list[dict[str, object]]] = {}
        for row in rows:
            parent = row["parentId"] if row["parentId"] in known else 0
            bean = self.bean(row, nested=parent != 0)
            bean["children"] = children.setdefault(row["id"], [])
            children.setdefault(parent, []).append(bean)
        return children.get(0, [])

    def _port(self, device: Any, port: int) -> str | None:
        if device is None or port < 0:
            return None
        ports = inv_device_port
        title = self._db.scalar(
            select(ports.c.title).where(ports.c.deviceId == device.invDeviceId, ports.c.port == port)
        )
        return str(title) if title else None

    def _status(self, status: int, *, nested: bool) -> int | str:
        if self._version < STATUS_NAMES_SINCE:
            return status
        if nested and not self._named_statuses:
            return CLOSED if status == LOCKED else status
        return "STATUS_ON" if status == OPEN else "STATUS_OFF"
