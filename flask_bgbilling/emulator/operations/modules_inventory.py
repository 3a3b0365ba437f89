"""Ports, VLANs and addresses of the inventory of an internet access instance (modules.md 2.5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import islice

from sqlalchemy import RowMapping, Select, select

from flask_bgbilling.emulator.errors import BadParameter
from flask_bgbilling.emulator.model.inet import encoded
from flask_bgbilling.emulator.model.instances import check_instance
from flask_bgbilling.emulator.model.resources import Range, address_of, blocks, gaps, number_of, overlaps
from flask_bgbilling.emulator.registry import JsonCall, json_rpc
from flask_bgbilling.emulator.schema.modules_inventory import (
    inv_device_port,
    inv_ip_resource,
    inv_ip_resource_subscription,
    inv_vlan_resource,
    inv_vlan_resource_subscription,
)

PACKAGE = "ru.bitel.oss.systems.inventory.resource"
MOST_FOUND = 1000


@json_rpc(PACKAGE, "DeviceInterfaceService", "devicePortList")
def port_list(call: JsonCall) -> object:
    """The ports of a physical device; subscribers are filled in when they are asked for."""
    check_instance(call, "inet")
    query = _ports(call).order_by(inv_device_port.c.port)
    filled = call.flag("subscriber")
    return [_port(row, filled=filled) for row in call.db.execute(query).mappings()]


@json_rpc(PACKAGE, "DeviceInterfaceService", "devicePort")
def port_get(call: JsonCall) -> object:
    """One port of a physical device, null when it has no such port."""
    check_instance(call, "inet")
    query = _ports(call).where(inv_device_port.c.port == call.integer("port"))
    row = call.db.execute(query).mappings().first()
    return None if row is None else _port(row, filled=True)


@json_rpc(PACKAGE, "ResourceService", "freeVlan")
def free_vlan(call: JsonCall) -> object:
    """The lowest VLAN of the categories that nobody has in the period, null when all are taken."""
    check_instance(call, "inet")
    categories = call.ids("vlanResourceCategoryIds")
    taken: dict[int, list[Range]] = defaultdict(list)
    subscriptions, resources = inv_vlan_resource_subscription, inv_vlan_resource
    for row in call.db.execute(
        select(subscriptions.c.categoryId, subscriptions.c.vlan).where(
            subscriptions.c.categoryId.in_(categories),
            overlaps(subscriptions, call.date("dateFrom"), call.date("dateTo")),
        )
    ):
        taken[row.categoryId].append((row.vlan, row.vlan))
    query = select(resources).where(resources.c.categoryId.in_(categories)).order_by(resources.c.vlanFrom)
    for row in call.db.execute(query):
        for free, _ in gaps((row.vlanFrom, row.vlanTo), taken[row.categoryId]):
            return free
    return None


@json_rpc(PACKAGE, "ResourceService", "freeIpResourceRangeList")
def free_ranges(call: JsonCall) -> object:
    """At most ``max`` free ranges of ``range`` addresses each."""
    check_instance(call, "inet")
    size = max(call.integer("range", 1), 1)
    return [
        {"resId": resource, "from": encoded(address_of(first, length)), "to": encoded(address_of(last, length))}
        for resource, length, (first, last) in _free(call, size)
    ]


@json_rpc(PACKAGE, "ResourceService", "freeIpResourceNetList", since="7.1")
def free_nets(call: JsonCall) -> object:
    """At most ``max`` free networks with a prefix of ``mask`` bits."""
    check_instance(call, "inet")
    mask = call.integer("mask")
    bits = 32 if mask <= 32 else 128
    if not 0 < mask <= bits:
        raise BadParameter(f"Неверное значение параметра mask: {mask}")
    found = _free(call, 1 << (bits - mask), aligned=True)
    return [
        {"resId": resource, "net": encoded(address_of(first, length)), "mask": mask}
        for resource, length, (first, _) in found
        if length * 8 == bits
    ]


def _free(call: JsonCall, size: int, *, aligned: bool = False) -> Iterator[tuple[int, int, Range]]:
    """Free blocks with the id of their resource and the length of an address."""
    resources, subscriptions = inv_ip_resource, inv_ip_resource_subscription
    query = select(resources).where(resources.c.categoryId.in_(call.ids("ipResourceCategoryIds")))
    if only := call.ids("ipResourceIds"):
        query = query.where(resources.c.id.in_(only))
    rows = call.db.execute(query.order_by(resources.c.id)).all()
    taken: dict[int, list[Range]] = defaultdict(list)
    for row in call.db.execute(
        select(subscriptions).where(
            subscriptions.c.ipResourceId.in_([row.id for row in rows]),
            overlaps(subscriptions, call.date("dateFrom"), call.date("dateTo")),
        )
    ):
        taken[row.ipResourceId].append((number_of(row.addressFrom), number_of(row.addressTo)))

    def found() -> Iterator[tuple[int, int, Range]]:
        for row in rows:
            whole = (number_of(row.addressFrom), number_of(row.addressTo))
            for block in blocks(gaps(whole, taken[row.id]), size, aligned=aligned):
                yield row.id, len(row.addressFrom), block

    most = call.integer("max", MOST_FOUND)
    return islice(found(), max(0, min(most, MOST_FOUND)))


def _ports(call: JsonCall) -> Select[tuple[object, ...]]:
    return select(inv_device_port).where(inv_device_port.c.deviceId == call.integer("deviceId"))


def _port(row: RowMapping, *, filled: bool) -> dict[str, object]:
    return {
        **row,
        "subscriberId": row["subscriberId"] if filled else 0,
        "subscriberTitle": row["subscriberTitle"] if filled else "",
    }
