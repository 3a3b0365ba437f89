"""Module instances, those of a contract, and their services (contract.md 9 and 19, modules.md 1.1)."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from sqlalchemy import RowMapping, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.answers import element, item
from flask_bgbilling.emulator.model.contracts import modules_of
from flask_bgbilling.emulator.model.presence import contract_of
from flask_bgbilling.emulator.registry import JsonCall, XmlCall, json_rpc, xml

MODULES = "ru.bitel.bgbilling.kernel.module"
CONTRACT_API = "ru.bitel.bgbilling.kernel.contract.api"


@xml("contract", "ContractModuleList", below="9.2410")
def contract_module_list(call: XmlCall) -> Element:
    """Attached instances and, under a misspelled name, the rest."""
    contract = contract_of(call, "cid")
    attached = modules_of(call.db, contract["id"])
    ids = {module["id"] for module in attached}
    data = call.data()
    _items(element(data, "list_select"), attached)
    _items(element(data, "list_avaliable"), [module for module in _instances(call) if module["id"] not in ids])
    return data


@json_rpc(MODULES, "ModuleService", "contractModules", since="9.2410")
def contract_modules(call: JsonCall) -> object:
    """Instances attached to a contract."""
    contract = contract_of(call, "contractId")
    return [{"id": module["id"], "title": module["title"]} for module in modules_of(call.db, contract["id"])]


@json_rpc(MODULES, "ModuleService", "contractModuleIds", since="7.1")
def contract_module_ids(call: JsonCall) -> object:
    """Ids of the instances attached to a contract."""
    contract = contract_of(call, "contractId")
    return [module["id"] for module in modules_of(call.db, contract["id"])]


@json_rpc(MODULES, "ModuleService", "moduleList", since="7.1")
def module_list(call: JsonCall) -> object:
    """All instances, each with the installed module that it runs."""
    installed = {module["name"]: module for module in _installed(call)}
    return [
        {
            "id": module["id"],
            "title": module["title"],
            "name": module["name"],
            "configId": 0,
            "installedModule": (_installed_bean(installed[module["name"]]) if module["name"] in installed else None),
        }
        for module in _instances(call)
    ]


@json_rpc(MODULES, "ModuleService", "installedModuleList", since="7.1")
def installed_module_list(call: JsonCall) -> object:
    """Beans of the installed modules and plugins."""
    return [_installed_bean(module) for module in _installed(call)]


@json_rpc(CONTRACT_API, "ContractService", "hasModuleInstance", since="7.1")
def has_module_instance(call: JsonCall) -> object:
    """Whether an instance is attached to a contract; the parameters may come without their names."""
    named = call.has("contractId")
    contract = contract_of(call, "contractId" if named else "arg0")
    instance = call.integer("moduleId" if named else "arg1")
    return any(module["id"] == instance for module in modules_of(call.db, contract["id"]))


@xml("service", "GetServiceList", below="8.2")
def service_list_xml(call: XmlCall) -> Element:
    """Services of one instance."""
    data = call.data()
    services = element(data, "services")
    for service in _services(call, call.integer("mid")):
        element(services, "service", id=service["id"], title=service["title"])
    return data


@json_rpc(MODULES, "ModuleService", "moduleServiceList", since="8.2")
def module_service_list(call: JsonCall) -> object:
    """Services of one instance."""
    return [{"id": service["id"], "title": service["title"]} for service in _services(call, call.integer("moduleId"))]


@json_rpc(MODULES, "ServiceService", "serviceList", since="7.1")
def service_list(call: JsonCall) -> object:
    """Service beans of one instance."""
    return [
        {
            "id": service["id"],
            "title": service["title"],
            "moduleId": service["mid"],
            "unit": service["unit"],
            "using": bool(service["isusing"]),
        }
        for service in _services(call, call.integer("moduleId"))
    ]


def _instances(call: XmlCall | JsonCall) -> Sequence[RowMapping]:
    return call.db.execute(select(schema.module).order_by(schema.module.c.id)).mappings().all()


def _installed(call: JsonCall) -> Sequence[RowMapping]:
    query = select(schema.installed_modules).order_by(schema.installed_modules.c.id)
    return call.db.execute(query).mappings().all()


def _services(call: XmlCall | JsonCall, instance: int) -> Sequence[RowMapping]:
    services = schema.service
    query = select(services).where(services.c.mid == instance).order_by(services.c.title, services.c.id)
    return call.db.execute(query).mappings().all()


def _items(parent: Element, modules: Sequence[RowMapping]) -> None:
    for module in modules:
        item(parent, id=module["id"], title=module["title"])


def _installed_bean(module: RowMapping) -> dict[str, object]:
    return {
        "id": module["id"],
        "title": module["title"],
        "name": module["name"],
        "version": module["version"],
        "build": module["build"],
        "type": module["type"],
        "enabled": bool(module["enabled"]),
        "packageClient": module["pack_client"],
        "packageServer": module["pack_server"],
    }
