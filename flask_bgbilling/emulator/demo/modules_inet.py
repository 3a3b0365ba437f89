"""Services and sessions of the internet access module."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from ipaddress import ip_address
from random import Random
from typing import Any

from flask_bgbilling.emulator.demo import catalogue
from flask_bgbilling.emulator.demo.contracts import World
from flask_bgbilling.emulator.demo.modules_inet_network import (
    BRAS,
    EXTRA_ADDRESS,
    HOTSPOT,
    IPOE,
    NIGHT,
    OFFICE_NET,
    PPPOE,
    PUBLIC_ADDRESSES,
    STATIC,
    TURBO,
    Network,
)
from flask_bgbilling.emulator.demo.modules_subscribers import Subscriber
from flask_bgbilling.emulator.demo.showcase import RICH, at, day_before
from flask_bgbilling.emulator.model.inet import CLOSED, LOCKED, OPEN
from flask_bgbilling.emulator.schema.modules_inet import inet_serv, inet_serv_option, inet_session, inet_session_log

MAIN, EXTRA, GUEST, FORMER, NESTED_TWICE = 7, 8, 9, 10, 11
"""The services of contract 101."""
FIRST_SERVICE = 1000
RICH_SESSION, RICH_CONNECTION = 9001, 701
FIRST_SESSION, FIRST_CONNECTION = 100_000, 10_000
RICH_LOG, USUAL_LOG = 40, 2
NO_MONEY, CONTRACT_CLOSED = 1, 2
CLOSED_SESSION, FINISHED_SESSION = 3, 4
REMOVED, OFF, ON = -1, 0, 1


def add_inet(world: World, network: Network, subscribers: Iterable[Subscriber], random: Random) -> None:
    """Writes the services of the contracts that have the module, and their sessions."""
    session = FIRST_SESSION
    for subscriber in subscribers:
        if catalogue.INET not in subscriber.modules:
            continue
        if subscriber.cid == RICH:
            _add_rich(world, network, subscriber)
            continue
        service = _add_usual(world, network, subscriber, random)
        if subscriber.start > world.today:
            continue
        session = _add_usual_sessions(world, subscriber, service, session, random)
    network.close()


def _add_usual(world: World, network: Network, subscriber: Subscriber, random: Random) -> dict[str, Any]:
    number = FIRST_SERVICE + subscriber.cid
    start, end = subscriber.start, subscriber.end
    values: dict[str, Any] = {"dateFrom": start, "dateTo": end, "status": CLOSED if end else OPEN}
    if end:
        values |= {"deviceState": REMOVED, "accessCode": CONTRACT_CLOSED}
    elif not subscriber.served:
        values |= {"deviceState": OFF, "accessCode": NO_MONEY}
    login = f"u{subscriber.cid}"
    if not subscriber.is_firm and subscriber.cid % 3 == 0:
        values |= {"typeId": PPPOE, "login": login, "password": _password(subscriber.cid), "deviceId": BRAS}
        return _add_service(world, number, subscriber.cid, f"{login}: PPPoE", **values)
    port = network.take_port(number, subscriber.number, start, end)
    values |= {"deviceId": port.device, "interfaceId": port.number, "vlan": port.vlan}
    if subscriber.is_firm:
        first, last = network.take_net(number, start, end)
        values |= {"typeId": OFFICE_NET, "ipResourceId": 3, "addressFrom": first, "addressTo": last}
        title = f"порт {port.number}, {ip_address(first)}/29"
    else:
        mac = bytes([2, 0, 94, *random.randbytes(3)])
        address = network.take_address(number, start, end)
        values |= {"typeId": IPOE, "ipResourceId": 1, "addressFrom": address, "macAddress": mac}
        title = f"порт {port.number}, {ip_address(address)}"
    return _add_service(world, number, subscriber.cid, title, **values)


def _add_rich(world: World, network: Network, subscriber: Subscriber) -> None:
    start = subscriber.start
    port = network.take_rich_port(MAIN, subscriber.number, start)
    address = ip_address("10.20.31.101").packed
    network.subscribe(1, address, address, MAIN, start, None)
    main = _add_service(
        world,
        MAIN,
        RICH,
        "u101@home: порт 12, 10.20.31.101",
        typeId=IPOE,
        deviceId=port.device,
        interfaceId=port.number,
        vlan=port.vlan,
        identifier="ont-101,ont-101-b",
        macAddress=bytes.fromhex("010203040506"),
        ipResourceId=1,
        ipResourceSubscriptionId=1,
        addressFrom=address,
        login="u101@home",
        password="pw-inet-101",  # noqa: S106
        dateFrom=start,
        contractObjectId=1,
        sessionCountLimit=2,
        deviceOptions=f"{TURBO},{NIGHT}",
        config="speed.limit=300",
        comment="кабель в нише слева",
    )
    first, last = ip_address("203.0.113.101").packed, ip_address("203.0.113.102").packed
    network.subscribe(PUBLIC_ADDRESSES, first, last, EXTRA, start, None)
    _add_service(
        world,
        EXTRA,
        RICH,
        "203.0.113.101-203.0.113.102",
        parentId=MAIN,
        typeId=EXTRA_ADDRESS,
        ipResourceId=PUBLIC_ADDRESSES,
        addressFrom=first,
        addressTo=last,
        dateFrom=start + timedelta(days=30),
        deviceOptions=str(STATIC),
    )
    _add_service(
        world, NESTED_TWICE, RICH, "резерв", parentId=EXTRA, typeId=EXTRA_ADDRESS, dateFrom=start, status=CLOSED
    )
    _add_service(
        world,
        GUEST,
        RICH,
        "гостевой доступ",
        typeId=HOTSPOT,
        login="guest101",
        password="pw-guest-101",  # noqa: S106
        dateFrom=day_before(world, 90),
        status=LOCKED,
        deviceState=OFF,
        accessCode=NO_MONEY,
        sessionCountLimit=5,
    )
    _add_service(
        world,
        FORMER,
        RICH,
        "u101: PPPoE",
        typeId=PPPOE,
        deviceId=BRAS,
        login="u101",
        password="pw-old-101",  # noqa: S106
        dateFrom=start,
        dateTo=start + timedelta(days=60),
        status=CLOSED,
        deviceState=REMOVED,
    )
    for option, begins, ends in ((TURBO, start, None), (NIGHT, start, world.today + timedelta(days=20))):
        world.rows.add(inet_serv_option, serviceId=MAIN, optionId=option, dateFrom=begins, dateTo=ends)
    common: dict[str, Any] = {"calling": "01:02:03:04:05:06", "called": "sw-7:12"}
    begins = world.now - timedelta(hours=5, minutes=12)
    _add_session(world, main, RICH_SESSION, RICH_CONNECTION, begins, None, **common)
    begins = world.now - timedelta(hours=1)
    _add_session(world, main, RICH_SESSION + 1, RICH_CONNECTION + 1, begins, None, status=2, **common)
    for back in range(RICH_LOG):
        day = day_before(world, back + 1)
        begins = at(day, 8, back)
        ends = begins + timedelta(hours=3, minutes=back * 7)
        status = FINISHED_SESSION if back % 9 == 4 else CLOSED_SESSION
        number = RICH_SESSION - RICH_LOG - 1 + back
        _add_session(world, main, number, RICH_CONNECTION - 100 + back, begins, ends, status=status, **common)


def _add_usual_sessions(
    world: World, subscriber: Subscriber, service: dict[str, Any], session: int, random: Random
) -> int:
    """Ended sessions of the last days of service, and one going on; returns the last number of a session."""
    last_day = min(subscriber.end or world.today, world.today)
    for back in range(USUAL_LOG, 0, -1):
        day = last_day - timedelta(days=back)
        if day < subscriber.start:
            continue
        session += 1
        begins = datetime.combine(day, time(random.randint(6, 20), random.randint(0, 59)))
        ends = begins + timedelta(minutes=random.randint(5, 180))
        connection = FIRST_CONNECTION + session
        _add_session(world, service, session, connection, begins, ends, status=CLOSED_SESSION)
    if subscriber.end is None and subscriber.served:
        session += 1
        begins = world.now - timedelta(minutes=random.randint(3, 20))
        _add_session(world, service, session, FIRST_CONNECTION + session, begins, None)
    return session


def _add_session(
    world: World,
    service: dict[str, Any],
    number: int,
    connection: int,
    begins: datetime,
    ends: datetime | None,
    *,
    status: int = 1,
    calling: str | None = None,
    called: str | None = None,
) -> None:
    world.rows.add(
        inet_session_log if ends else inet_session,
        id=number,
        connectionId=connection,
        servId=service["id"],
        contractId=service["contractId"],
        deviceId=service["deviceId"],
        devicePort=service["interfaceId"],
        acctSessionId=f"{number:08x}",
        callingStationId=calling,
        calledStationId=called,
        username=service["login"],
        ipAddress=service["addressFrom"],
        sessionStart=begins,
        sessionStop=ends,
        lastActive=ends or world.now,
        sessionTime=int(((ends or world.now) - begins).total_seconds()),
        sessionCost=0,
        status=status,
        deviceState=OFF if ends else ON,
        accessCode=0,
    )


def _add_service(world: World, number: int, cid: int, title: str, **values: Any) -> dict[str, Any]:
    columns: dict[str, Any] = {
        "parentId": 0,
        "typeId": 0,
        "deviceId": 0,
        "interfaceId": -1,
        "vlan": -1,
        "identifier": None,
        "macAddress": None,
        "ipResourceId": 0,
        "ipResourceSubscriptionId": 0,
        "addressFrom": None,
        "addressTo": None,
        "login": "",
        "password": "",
        "dateFrom": None,
        "dateTo": None,
        "contractObjectId": 0,
        "status": OPEN,
        "sessionCountLimit": 1,
        "deviceState": ON,
        "accessCode": 0,
        "deviceOptions": "",
        "config": None,
        "comment": "",
        **values,
        "id": number,
        "contractId": cid,
        "title": title,
    }
    world.rows.add(inet_serv, **columns)
    return columns


def _password(cid: int) -> str:
    return f"p{cid * 7907 % 1_000_000:06}"
