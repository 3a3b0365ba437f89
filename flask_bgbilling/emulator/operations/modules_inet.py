"""Services of the internet access module, their types and options (modules.md 2.1 to 2.3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from sqlalchemy import RowMapping, select

from flask_bgbilling.emulator.errors import Refused
from flask_bgbilling.emulator.model.devices import csv_ids, inherited_config
from flask_bgbilling.emulator.model.inet import ServiceWriter, knows_type, type_bean
from flask_bgbilling.emulator.model.instances import check_instance
from flask_bgbilling.emulator.model.presence import contract_of
from flask_bgbilling.emulator.registry import JsonCall, JsonHandler, Right, json_rpc
from flask_bgbilling.emulator.schema.modules_inet import inet_option, inet_serv, inet_serv_option, inet_serv_type
from flask_bgbilling.emulator.schema.modules_inventory import inet_devices

OLD_PACKAGE = "ru.bitel.bgbilling.modules.inet.api"
PACKAGE = "ru.bitel.bgbilling.modules.inet"
PACKAGE_SINCE = "8.2"
ORDERS = {"title": inet_serv.c.title, "dateFrom": inet_serv.c.dateFrom, "id": inet_serv.c.id}

Handler = TypeVar("Handler", bound=JsonHandler)


def inet(service: str, method: str, *, since: str = "7.0", right: Right = "read") -> Callable[[Handler], Handler]:
    """Declares a method under the package that each version has for it (modules.md 0.2)."""

    def declare(handler: Handler) -> Handler:
        json_rpc(OLD_PACKAGE, service, method, since=since, below=PACKAGE_SINCE, right=right)(handler)
        json_rpc(PACKAGE, service, method, since=PACKAGE_SINCE, right=right)(handler)
        return handler

    return declare


@inet("InetServService", "inetServTree")
def service_tree(call: JsonCall) -> object:
    """The services of a contract as a tree whose root is no service."""
    check_instance(call, "inet")
    contract = contract_of(call, "contractId")
    rows = _of_contract(call, contract["id"])
    return {"id": 0, "parentId": 0, "title": "", "status": 0, "children": _writer(call).tree(rows)}


@inet("InetServService", "inetServList")
def service_list(call: JsonCall) -> object:
    """The services of a contract without nesting; ``orderBy`` is ``title``, ``dateFrom`` or ``id``."""
    check_instance(call, "inet")
    contract = contract_of(call, "contractId")
    writer = _writer(call)
    rows = _of_contract(call, contract["id"], call.text("orderBy"))
    return [writer.bean(row, nested=row["parentId"] != 0) for row in rows]


@inet("InetServService", "inetServGet")
def service_get(call: JsonCall) -> object:
    """One service; the titles of its device and port are not filled."""
    check_instance(call, "inet")
    return _writer(call).bean(_service(call, "inetServId"), titles=False)


@inet("InetServService", "inetServTypeList")
def type_list(call: JsonCall) -> object:
    """The types of services."""
    check_instance(call, "inet")
    query = select(inet_serv_type).order_by(inet_serv_type.c.title, inet_serv_type.c.id)
    return [type_bean(call.version, row) for row in call.db.execute(query).mappings() if knows_type(call.version, row)]


@inet("InetServService", "inetServTypeGet", since="7.1")
def type_get(call: JsonCall) -> object:
    """One type of services."""
    check_instance(call, "inet")
    query = select(inet_serv_type).where(inet_serv_type.c.id == call.integer("id"))
    row = call.db.execute(query).mappings().first()
    if row is None or not knows_type(call.version, row):
        raise Refused("Тип сервиса не найден")
    return type_bean(call.version, row)


@inet("InetServService", "inetServOptionList", since="7.1")
def service_options(call: JsonCall) -> object:
    """The options of a service with their periods."""
    check_instance(call, "inet")
    service = _service(call, "inetServId")
    options = inet_serv_option
    query = select(options).where(options.c.serviceId == service["id"]).order_by(options.c.optionId)
    return [dict(row) for row in call.db.execute(query).mappings()]


@inet("InetServService", "inetOptionList", since="7.1")
def option_list(call: JsonCall) -> object:
    """All options, without nesting."""
    check_instance(call, "inet")
    query = select(inet_option).order_by(inet_option.c.title, inet_option.c.id)
    return [_option({**row}) for row in call.db.execute(query).mappings()]


@inet("InetServService", "inetOptionTree", since="7.1")
def option_tree(call: JsonCall) -> object:
    """The root of the tree of options."""
    check_instance(call, "inet")
    children: dict[int, list[object]] = {0: []}
    query = select(inet_option).order_by(inet_option.c.title, inet_option.c.id)
    for row in call.db.execute(query).mappings():
        bean = _option({**row})
        bean["children"] = children.setdefault(row["id"], [])
        children.setdefault(row["parentId"], []).append(bean)
    root = {"id": 0, "title": "", "parentId": 0, "groupIntersection": 0, "config": None, "comment": ""}
    return {**_option(root), "children": children[0]}


@inet("InetServService", "inetOptionGet", since="7.1")
def option_get(call: JsonCall) -> object:
    """One option."""
    check_instance(call, "inet")
    row = call.db.execute(select(inet_option).where(inet_option.c.id == call.integer("id"))).mappings().first()
    if row is None:
        raise Refused("Опция не найдена")
    return _option({**row})


@inet("InetServService", "vlanResourceCategoryIds")
def vlan_categories(call: JsonCall) -> object:
    """Categories of VLANs of a device of the tree; what it does not say itself, its ancestors do."""
    check_instance(call, "inet")
    return _categories(call, "vlan.resource.category")


@inet("InetServService", "vlanResourceCategoryId")
def vlan_category(call: JsonCall) -> object:
    """The first category of VLANs of a device, 0 for none."""
    check_instance(call, "inet")
    return next(iter(_categories(call, "vlan.resource.category")), 0)


@inet("InetServService", "ipResourceCategoryIds", since="7.1")
def ip_categories(call: JsonCall) -> object:
    """Categories of addresses of a device of the tree; those of ports and service types are not kept apart."""
    check_instance(call, "inet")
    return _categories(call, "ip.resource.category")


def _categories(call: JsonCall, key: str) -> list[int]:
    return csv_ids(inherited_config(call.db, inet_devices, call.integer("deviceId"), key))


def _writer(call: JsonCall) -> ServiceWriter:
    return ServiceWriter(call.db, call.version, named_statuses=call.settings.nested_status_names)


def _of_contract(call: JsonCall, cid: int, order: str = "") -> list[RowMapping]:
    columns = (ORDERS.get(order, inet_serv.c.title), inet_serv.c.id)
    query = select(inet_serv).where(inet_serv.c.contractId == cid).order_by(*columns)
    return list(call.db.execute(query).mappings())


def _service(call: JsonCall, name: str) -> RowMapping:
    row = call.db.execute(select(inet_serv).where(inet_serv.c.id == call.integer(name))).mappings().first()
    if row is None:
        raise Refused("Сервис не найден")
    return row


def _option(row: Mapping[str, Any]) -> dict[str, object]:
    return {
        "id": row["id"],
        "title": row["title"],
        "parentId": row["parentId"],
        "groupIntersection": bool(row["groupIntersection"]),
        "config": row["config"],
        "comment": row["comment"],
        "children": [],
    }
