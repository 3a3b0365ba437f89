"""The provider's network: devices, ports, VLANs, addresses, types of services and options."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from ipaddress import ip_address

from flask_bgbilling.emulator.demo.contracts import World
from flask_bgbilling.emulator.demo.rows import Rows
from flask_bgbilling.emulator.demo.showcase import day_before
from flask_bgbilling.emulator.schema.modules_inet import inet_option, inet_serv_type
from flask_bgbilling.emulator.schema.modules_inventory import (
    inet_devices,
    inv_device_port,
    inv_ip_resource,
    inv_ip_resource_subscription,
    inv_vlan_resource,
    inv_vlan_resource_subscription,
)

PHYSICAL = 1000
"""A physical device has the id of its node plus this: the two must not be confused."""
FOLDER_TYPE, SWITCH_TYPE, BRAS_TYPE = 0, 1, 2
ROOT_FOLDER, CENTRE, BRAS, OLD_BRAS = 1, 2, 3, 4
FIRST_SWITCH = 7
PORTS = 24
RICH_PORT = 12
OWN_VLANS_SWITCH = FIRST_SWITCH + 1
COMMON_VLANS, OWN_VLANS = 1, 2
PRIVATE_ADDRESSES, PUBLIC_ADDRESSES, FIRM_NETS = 1, 2, 3
"""Ids of the address resources; the last belongs to the category of the first."""
FIRM_NET_SIZE = 8
PPPOE, IPOE, OFFICE_NET, EXTRA_ADDRESS, HOTSPOT, IPV6_PREFIX, DISABLED_ADDRESS = range(1, 8)
TURBO, NIGHT, STATIC = 1, 2, 3


@dataclass(slots=True)
class Port:
    """A place on a switch."""

    device: int
    number: int
    vlan_category: int
    vlan: int

    @property
    def title(self) -> str:
        """The port as its device calls it."""
        return f"Порт {self.number}"


@dataclass(slots=True)
class Network:
    """What of the network is still free."""

    world: World
    next_port: int = 0
    next_address: int = int(ip_address("10.20.0.10"))
    next_net: int = int(ip_address("10.30.0.0"))
    next_vlan: dict[int, int] = field(default_factory=lambda: {COMMON_VLANS: 2000, OWN_VLANS: 100})
    switches: int = 0

    def take_port(self, service: int, subscriber: str, start: date, end: date | None) -> Port:
        """The next free port with its VLAN, for a service."""
        if self.next_port == RICH_PORT - 1:
            self.next_port += 1
        return self._port(self.next_port, service, subscriber, start, end, count=True)

    def take_rich_port(self, service: int, subscriber: str, start: date) -> Port:
        """The port kept for contract 101."""
        return self._port(RICH_PORT - 1, service, subscriber, start, None, count=False)

    def take_address(self, service: int, start: date, end: date | None) -> bytes:
        """The next private address."""
        address = self.next_address.to_bytes(4, "big")
        self.next_address += 1
        self.subscribe(PRIVATE_ADDRESSES, address, address, service, start, end)
        return address

    def take_net(self, service: int, start: date, end: date | None) -> tuple[bytes, bytes]:
        """First and last address of the next network for a firm."""
        first, last = self.next_net.to_bytes(4, "big"), (self.next_net + FIRM_NET_SIZE - 1).to_bytes(4, "big")
        self.next_net += FIRM_NET_SIZE
        self.subscribe(FIRM_NETS, first, last, service, start, end)
        return first, last

    def subscribe(self, resource: int, first: bytes, last: bytes, service: int, start: date, end: date | None) -> None:
        """Notes that a service has addresses."""
        self.world.rows.new(
            inv_ip_resource_subscription,
            ipResourceId=resource,
            addressFrom=first,
            addressTo=last,
            dateFrom=start,
            dateTo=end,
            subscriberId=service,
        )

    def _port(self, index: int, service: int, subscriber: str, start: date, end: date | None, *, count: bool) -> Port:
        switch, place = divmod(index, PORTS)
        device = FIRST_SWITCH + switch
        while self.switches <= switch:
            add_switch(self.world.rows, FIRST_SWITCH + self.switches)
            self.switches += 1
        category = OWN_VLANS if device == OWN_VLANS_SWITCH else COMMON_VLANS
        vlan = self.next_vlan[category]
        self.next_vlan[category] += 1
        if count:
            self.next_port += 1
        rows = self.world.rows
        rows.new(
            inv_vlan_resource_subscription,
            categoryId=category,
            vlan=vlan,
            dateFrom=start,
            dateTo=end,
            subscriberId=service,
        )
        port = Port(device, place + 1, category, vlan)
        rows.add(
            inv_device_port,
            deviceId=PHYSICAL + device,
            port=port.number,
            title=port.title,
            status=1,
            subscriberId=service,
            subscriberTitle=subscriber,
            comment="",
        )
        return port

    def free_ports(self) -> Iterator[tuple[int, int]]:
        """Places without a subscriber: node of the switch and port."""
        for index in range(self.switches * PORTS):
            if index >= self.next_port and index != RICH_PORT - 1:
                yield FIRST_SWITCH + index // PORTS, index % PORTS + 1

    def close(self) -> None:
        """Writes the free ports; nothing may be taken afterwards."""
        for device, port in self.free_ports():
            self.world.rows.add(
                inv_device_port,
                deviceId=PHYSICAL + device,
                port=port,
                title=f"Порт {port}",
                status=0,
                subscriberId=0,
                subscriberTitle="",
                comment="не работает" if port == PORTS else "",
            )


def add_network(world: World) -> Network:
    """Writes devices, resources and directories; returns what there is to take from."""
    rows = world.rows
    for number, title, manager in (
        (SWITCH_TYPE, "Коммутатор доступа DES-3200", "switch"),
        (BRAS_TYPE, "Сервер доступа (BRAS)", "bras"),
        (3, "Медиаконвертер", ""),
    ):
        rows.add(inet_devices.types, id=number, title=title, deviceManager=manager)
    categories = f"vlan.resource.category={COMMON_VLANS}\nip.resource.category=1,2"
    _add_node(rows, ROOT_FOLDER, 0, "Сеть доступа", config=categories)
    _add_node(rows, CENTRE, ROOT_FOLDER, "Узел «Центр»")
    _add_device(rows, BRAS, ROOT_FOLDER, BRAS_TYPE, "bras-1", "10.10.0.3", group="2")
    _add_device(rows, OLD_BRAS, ROOT_FOLDER, BRAS_TYPE, "bras-0", "10.10.0.4", end=day_before(world, 200))
    rows.add(inv_vlan_resource, id=1, categoryId=COMMON_VLANS, vlanFrom=2000, vlanTo=3999)
    rows.add(inv_vlan_resource, id=2, categoryId=OWN_VLANS, vlanFrom=100, vlanTo=199)
    for number, category, first, last, comment in (
        (PRIVATE_ADDRESSES, 1, "10.20.0.10", "10.20.31.250", "Абоненты"),
        (PUBLIC_ADDRESSES, 2, "203.0.113.1", "203.0.113.254", "Белые адреса"),
        (FIRM_NETS, 1, "10.30.0.0", "10.30.31.255", "Сети юридических лиц"),
    ):
        rows.add(
            inv_ip_resource,
            id=number,
            categoryId=category,
            addressFrom=ip_address(first).packed,
            addressTo=ip_address(last).packed,
            comment=comment,
        )
    _add_types(rows)
    for number, title, parent in ((TURBO, "Турбо", 0), (NIGHT, "Ночное ускорение", TURBO), (STATIC, "Белый адрес", 0)):
        rows.add(inet_option, id=number, title=title, parentId=parent, groupIntersection=0, config=None, comment="")
    return Network(world)


def add_switch(rows: Rows, number: int) -> None:
    """A switch for subscribers; the second one has VLANs of its own."""
    config = f"vlan.resource.category={OWN_VLANS}" if number == OWN_VLANS_SWITCH else ""
    parent = CENTRE if number < OWN_VLANS_SWITCH + 2 else BRAS
    _add_device(rows, number, parent, SWITCH_TYPE, f"sw-{number}", f"10.10.1.{number}", config=config)


def _add_node(rows: Rows, number: int, parent: int, title: str, **values: object) -> None:
    columns: dict[str, object] = {
        "deviceTypeId": FOLDER_TYPE,
        "invDeviceId": 0,
        "entityId": 0,
        "groupIds": "",
        "config": "",
        "comment": "",
        "dateFrom": None,
        "dateTo": None,
    }
    rows.add(inet_devices.tree, id=number, parentId=parent, title=title, **{**columns, **values})


def _add_device(
    rows: Rows,
    number: int,
    parent: int,
    kind: int,
    title: str,
    host: str,
    *,
    group: str = "1",
    config: str = "",
    end: date | None = None,
) -> None:
    physical = PHYSICAL + number
    rows.add(
        inet_devices.inventory,
        id=physical,
        deviceTypeId=kind,
        title=title,
        ident=f"ID-{number:04}",
        host=host,
        username="monitor",
        password=f"dev{number:04}",
        secret=f"radius{number:04}",
        config="",
        groupIds=group,
    )
    _add_node(
        rows,
        number,
        parent,
        title,
        deviceTypeId=kind,
        invDeviceId=physical,
        entityId=physical,
        groupIds=group,
        config=config,
        dateTo=end,
    )


def _add_types(rows: Rows) -> None:
    for number, title, address, session, needs, values in (
        (PPPOE, "PPPoE", 4, 0, ("Login", "Device"), {}),
        (IPOE, "IPoE по порту", 3, 1, ("Device", "Interface", "Vlan", "MacAddress"), {"deviceTypeIds": "1"}),
        (OFFICE_NET, "Сеть офиса", 2, 1, ("Device", "Interface", "Vlan"), {"deviceTypeIds": "1"}),
        (EXTRA_ADDRESS, "Дополнительный адрес", 1, 1, (), {"parentTypeIds": f"{IPOE},{OFFICE_NET}"}),
        (HOTSPOT, "Гостевой Wi-Fi", 0, 0, ("Identifier", "ContractObject"), {"sessionCountLimit": 5}),
        (IPV6_PREFIX, "IPv6", 8, 1, ("Device",), {"parentTypeIds": str(IPOE)}),
        (DISABLED_ADDRESS, "Без адреса (L2)", -1, 1, ("Device", "Interface", "Vlan"), {}),
    ):
        fields = ("Login", "Device", "Interface", "Vlan", "Identifier", "MacAddress", "ContractObject", "Restriction")
        columns: dict[str, object] = {
            "sessionCountLimit": 1,
            "deviceTypeIds": "",
            "deviceGroupIds": "",
            "parentTypeIds": "",
            **{f"need{name}": int(name in needs) for name in fields},
            **values,
        }
        rows.add(
            inet_serv_type,
            id=number,
            title=title,
            addressType=address,
            addressAllInterface=0,
            sessionInitiationType=session,
            sessionCountLimitLock=int(number == HOTSPOT),
            personalInterface=int(number != OFFICE_NET),
            personalVlan=1,
            trafficTypeLinkId=1,
            ipFromParentRange=0,
            config="title.pattern=${login}: ${port}",
            **columns,
        )
