"""Telephony: accounts, their types, devices, phone numbers (modules.md 5)."""

from __future__ import annotations

from itertools import islice

from sqlalchemy import RowMapping, select

from flask_bgbilling.emulator.errors import Refused
from flask_bgbilling.emulator.model.devices import device_tree, find_device
from flask_bgbilling.emulator.model.instances import check_instance
from flask_bgbilling.emulator.model.presence import contract_of
from flask_bgbilling.emulator.model.resources import blocks, gaps, overlaps
from flask_bgbilling.emulator.registry import JsonCall, json_rpc
from flask_bgbilling.emulator.schema.modules_inventory import (
    inv_phone_category,
    inv_phone_resource,
    inv_phone_resource_subscription,
    voice_devices,
)
from flask_bgbilling.emulator.schema.modules_voice import voice_account, voice_account_type

PACKAGE = "ru.bitel.bgbilling.modules.voice"
INVENTORY = "ru.bitel.oss.systems.inventory.resource"
STATUSES = {0: "STATUS_ON", 1: "STATUS_OFF", 2: "STATUS_BLOCKED"}
DEVICE_STATES = {-1: "STATE_DELETED", 0: "STATE_DISABLE", 1: "STATE_ENABLE"}
USUAL_COUNT = 100


@json_rpc(PACKAGE, "VoiceAccountService", "voiceAccountList")
def account_list(call: JsonCall) -> object:
    """The accounts of a contract."""
    check_instance(call, "voice")
    contract = contract_of(call, "contractId")
    accounts = voice_account
    query = select(accounts).where(accounts.c.contractId == contract["id"]).order_by(accounts.c.id)
    return [_account(row) for row in call.db.execute(query).mappings()]


@json_rpc(PACKAGE, "VoiceAccountService", "voiceAccountGet")
def account_get(call: JsonCall) -> object:
    """One account."""
    check_instance(call, "voice")
    query = select(voice_account).where(voice_account.c.id == call.integer("accountId"))
    row = call.db.execute(query).mappings().first()
    if row is None:
        raise Refused("Аккаунт не найден")
    return _account(row)


@json_rpc(PACKAGE, "VoiceAccountService", "voiceAccountTypeList")
def type_list(call: JsonCall) -> object:
    """The types of accounts."""
    check_instance(call, "voice")
    query = select(voice_account_type).order_by(voice_account_type.c.title, voice_account_type.c.id)
    return [_type(row) for row in call.db.execute(query).mappings()]


@json_rpc(PACKAGE, "VoiceDeviceService", "deviceTypeTitleList")
def device_types(call: JsonCall) -> object:
    """The types of devices."""
    check_instance(call, "voice")
    types = voice_devices.types
    query = select(types.c.id, types.c.title).order_by(types.c.title, types.c.id)
    return [dict(row) for row in call.db.execute(query).mappings()]


@json_rpc(PACKAGE, "VoiceDeviceService", "deviceGet")
def device_get(call: JsonCall) -> object:
    """One device, in the shape of an internet access device."""
    check_instance(call, "voice")
    device = find_device(call.db, voice_devices, call.integer("id"))
    if device is None:
        raise Refused("Устройство не найдено")
    return device


@json_rpc(PACKAGE, "VoiceDeviceService", "deviceRoot")
def device_root(call: JsonCall) -> object:
    """The tree of devices."""
    check_instance(call, "voice")
    groups = call.flag("deviceTreeFilter.loadDeviceGroupLink")
    return device_tree(call.db, voice_devices, lambda row: True, ancestors=True, groups=groups)


@json_rpc(INVENTORY, "PhoneResourceService", "phoneCategoryRoot")
def category_root(call: JsonCall) -> object:
    """The root of the tree of number categories."""
    check_instance(call, "voice")
    children: dict[int, list[object]] = {0: []}
    for row in call.db.execute(select(inv_phone_category).order_by(inv_phone_category.c.title)):
        own = children.setdefault(row.id, [])
        bean = {"id": row.id, "title": row.title, "parentId": row.parentId, "children": own}
        children.setdefault(row.parentId, []).append(bean)
    return {"id": 0, "title": "", "parentId": 0, "children": children[0]}


@json_rpc(INVENTORY, "PhoneResourceService", "phoneResourceList")
def resource_list(call: JsonCall) -> object:
    """The ranges of numbers of a category; its id may come without its name."""
    check_instance(call, "voice")
    category = call.integer("phoneCategoryId" if call.has("phoneCategoryId") else "arg0")
    query = select(inv_phone_resource).where(inv_phone_resource.c.categoryId == category)
    return [dict(row) for row in call.db.execute(query.order_by(inv_phone_resource.c.phoneFrom)).mappings()]


@json_rpc(INVENTORY, "PhoneResourceService", "phoneFreeList")
def free_numbers(call: JsonCall) -> object:
    """At most ``count`` numbers of the ranges that no account has today; no ranges means all of the category."""
    check_instance(call, "voice")
    resources, taken = inv_phone_resource, inv_phone_resource_subscription
    query = select(resources).where(resources.c.categoryId == call.integer("categoryId"))
    if only := call.ids("resourceIds"):
        query = query.where(resources.c.id.in_(only))
    free: list[int] = []
    count = max(0, call.integer("count", USUAL_COUNT))
    for resource in call.db.execute(query.order_by(resources.c.phoneFrom)).all():
        numbers = call.db.scalars(
            select(taken.c.phone).where(taken.c.resourceId == resource.id, overlaps(taken, call.today, None))
        )
        ranges = gaps((resource.phoneFrom, resource.phoneTo), [(number, number) for number in numbers])
        free.extend(first for first, _ in islice(blocks(ranges, 1), count - len(free)))
    return free


def _account(row: RowMapping) -> dict[str, object]:
    return {
        "id": row["id"],
        "title": row["title"],
        "comment": row["comment"],
        "contractId": row["contractId"],
        "typeId": row["typeId"],
        "deviceId": row["deviceId"],
        "login": row["login"],
        "password": row["password"],
        "number": row["number"],
        "dateFrom": row["dateFrom"],
        "dateTo": row["dateTo"],
        "status": STATUSES[row["status"]],
        "lineCount": row["lineCount"],
        "deviceState": DEVICE_STATES[row["deviceState"]],
        "accessCode": row["accessCode"],
        "sessionCountLimit": row["sessionCountLimit"],
    }


def _type(row: RowMapping) -> dict[str, object]:
    flags = ("checkPassword", "needPhone", "needLogin", "needDevice", "needPorts", "needLines", "needObject")
    return {
        "id": row["id"],
        "title": row["title"],
        **{flag: bool(row[flag]) for flag in flags},
        "sessionCountLimitLock": bool(row["sessionCountLimitLock"]),
        "sessionCountLimit": row["sessionCountLimit"],
        "statusConfig": row["statusConfig"] or "{}",
    }
