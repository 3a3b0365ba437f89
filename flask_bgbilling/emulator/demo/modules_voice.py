"""Telephony: accounts, their types, gateways, numbers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask_bgbilling.emulator.demo.contracts import World
from flask_bgbilling.emulator.demo.modules_inet_network import PHYSICAL
from flask_bgbilling.emulator.demo.modules_subscribers import Subscriber
from flask_bgbilling.emulator.demo.showcase import FIRM, RICH, day_before
from flask_bgbilling.emulator.schema.modules_inventory import (
    inv_phone_category,
    inv_phone_resource,
    inv_phone_resource_subscription,
    voice_devices,
)
from flask_bgbilling.emulator.schema.modules_voice import voice_account, voice_account_type

ON, OFF, BLOCKED = 0, 1, 2
SIP, LINE = 1, 2
GATEWAYS = 1
GATEWAY, SOFTSWITCH = 7, 8
CITY, CITY_PLAIN, CITY_NICE, OTHER_CITY = range(1, 5)
PLAIN_NUMBERS, NICE_NUMBERS, OTHER_CITY_NUMBERS = 1, 2, 3
FIRST_PLAIN = 73472001000


def add_voice(world: World, subscribers: Mapping[int, Subscriber]) -> None:
    """Writes directories, and accounts of contracts 101 and 102."""
    _add_types(world)
    _add_devices(world)
    _add_numbers(world)
    rich, firm = subscribers[RICH], subscribers[FIRM]
    _add_account(world, 7, rich, SIP, 0, rich.start, login="sip101", deviceId=SOFTSWITCH, sessionCountLimit=2)
    _add_account(world, 8, rich, LINE, 1, day_before(world, 30), status=OFF, deviceState=0, deviceId=GATEWAY)
    _add_account(world, 9, firm, SIP, 2, firm.start, login="office", deviceId=SOFTSWITCH, sessionCountLimit=30)
    _add_account(
        world, 10, firm, LINE, 3, firm.start, day_before(world, 10), status=BLOCKED, deviceState=-1, lineCount=2
    )
    _add_account(world, 11, firm, SIP, None, firm.start, login="fax", comment="без номера")


def _add_account(
    world: World,
    number: int,
    owner: Subscriber,
    kind: int,
    place: int | None,
    start: date,
    end: date | None = None,
    **values: object,
) -> None:
    phone = None if place is None else FIRST_PLAIN + place
    columns: dict[str, object] = {
        "title": "" if phone is None else str(phone),
        "comment": "",
        "deviceId": 0,
        "login": "",
        "password": f"pw-voice-{number}",
        "status": ON,
        "lineCount": 1,
        "deviceState": 1,
        "accessCode": 0,
        "sessionCountLimit": 1,
        **values,
    }
    world.rows.add(
        voice_account,
        id=number,
        contractId=owner.cid,
        typeId=kind,
        number=phone,
        dateFrom=start,
        dateTo=end,
        **columns,
    )
    if phone is not None:
        world.rows.add(
            inv_phone_resource_subscription,
            id=number,
            resourceId=PLAIN_NUMBERS,
            phone=phone,
            dateFrom=start,
            dateTo=end,
            subscriberId=number,
            subscriberTitle=owner.number,
        )


def _add_types(world: World) -> None:
    for number, title, login, device, locked in ((SIP, "SIP", 1, 1, 0), (LINE, "Аналоговая линия", 0, 1, 1)):
        world.rows.add(
            voice_account_type,
            id=number,
            title=title,
            checkPassword=login,
            needPhone=1,
            needLogin=login,
            needDevice=device,
            needPorts=1 - login,
            needLines=1,
            needObject=0,
            sessionCountLimitLock=locked,
            sessionCountLimit=1,
            statusConfig='{"STATUS_BLOCKED":{"title":"Заблокирован"}}' if login else None,
        )


def _add_devices(world: World) -> None:
    rows = world.rows
    for number, title in ((1, "Шлюз FXS"), (2, "Программный коммутатор")):
        rows.add(voice_devices.types, id=number, title=title, deviceManager="")
    rows.add(voice_devices.tree, id=GATEWAYS, parentId=0, title="Шлюзы", deviceTypeId=0, invDeviceId=0, groupIds="")
    for number, parent, kind, title in ((GATEWAY, GATEWAYS, 1, "gw-7"), (SOFTSWITCH, 0, 2, "softswitch")):
        physical = PHYSICAL + number
        rows.add(
            voice_devices.tree,
            id=number,
            parentId=parent,
            title=title,
            deviceTypeId=kind,
            invDeviceId=physical,
            entityId=physical,
            groupIds="1",
        )
        rows.add(
            voice_devices.inventory,
            id=physical,
            deviceTypeId=kind,
            title=title,
            ident=f"VOICE-{number}",
            host=f"10.11.0.{number}",
            username="monitor",
            password=f"gw{number:04}",
            secret="",
            config="",
            groupIds="1",
        )


def _add_numbers(world: World) -> None:
    for number, parent, title in (
        (CITY, 0, "Уфа"),
        (CITY_PLAIN, CITY, "Обычные"),
        (CITY_NICE, CITY, "Красивые"),
        (OTHER_CITY, 0, "Стерлитамак"),
    ):
        world.rows.add(inv_phone_category, id=number, parentId=parent, title=title)
    for number, category, first, last in (
        (PLAIN_NUMBERS, CITY_PLAIN, FIRST_PLAIN, FIRST_PLAIN + 199),
        (NICE_NUMBERS, CITY_NICE, 73472007777, 73472007777),
        (OTHER_CITY_NUMBERS, OTHER_CITY, 73473200000, 73473200009),
    ):
        world.rows.add(
            inv_phone_resource,
            id=number,
            categoryId=category,
            phoneFrom=first,
            phoneTo=last,
            dateFrom=None,
            dateTo=None,
            comment="",
        )
