"""Which module instance or plugin a call is about (modules.md 0.3)."""

from __future__ import annotations

from sqlalchemy import Connection, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.errors import Refused
from flask_bgbilling.emulator.registry import JsonCall, XmlCall
from flask_bgbilling.emulator.schema import modules_instances as instances

INSTANCES = {
    "inet": instances.INET,
    "npay": instances.NPAY,
    "rscm": instances.RSCM,
    "voice": instances.VOICE,
    "bill": instances.BILL,
    "cerbercrypt": instances.CERBERCRYPT,
    "card": instances.CARD,
}
"""The instance of each kind of module: only it has tables."""
PLUGIN_PREFIX = "ru.bitel.bgbilling.plugins."


def check_instance(call: XmlCall | JsonCall, kind: str) -> int:
    """The id of the instance that a call names (``mid``, or the path of JSON-RPC).

    Refused unless it is the instance of this kind of module.
    """
    instance = call.module_id if isinstance(call, JsonCall) else call.integer("mid")
    modules = schema.module
    name = call.db.scalar(select(modules.c.name).where(modules.c.id == instance))
    if name != kind or instance != INSTANCES[kind]:
        raise Refused("Экземпляр модуля не найден")
    return instance


def check_plugin(call: XmlCall | JsonCall, name: str) -> None:
    """Refused when the plugin of this short name is not installed or is switched off."""
    plugins = schema.plugin
    enabled = call.db.scalar(select(plugins.c.enabled).where(plugins.c.name == f"{PLUGIN_PREFIX}{name}"))
    if not enabled:
        raise Refused("Плагин не установлен")


def service_titles(db: Connection, instance: int) -> dict[int, str]:
    """Titles of the tariffable services of an instance by id."""
    services = schema.service
    query = select(services.c.id, services.c.title).where(services.c.mid == instance)
    return {row.id: row.title for row in db.execute(query)}


def object_titles(db: Connection, cid: int) -> dict[int, str]:
    """Titles of the objects of a contract by id."""
    objects = schema.contract_object
    query = select(objects.c.id, objects.c.title).where(objects.c.cid == cid)
    return {row.id: row.title for row in db.execute(query)}
