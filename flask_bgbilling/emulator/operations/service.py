"""What the server says about itself: versions, modules, plugins, directories' versions (transport.md 8, 11)."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

from sqlalchemy import Connection, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.answers import element, item, moment
from flask_bgbilling.emulator.errors import BadParameter
from flask_bgbilling.emulator.model.changes import FIRST_DIRECTORY_VERSION
from flask_bgbilling.emulator.registry import JsonCall, XmlCall, json_rpc, xml
from flask_bgbilling.emulator.version import Version

DIRECTORY = "ru.bitel.bgbilling.kernel.directory.api"
PLUGINS = "ru.bitel.bgbilling.kernel.admin.plugincfg"
PLUGINS_IN_MENU_SINCE = Version("8.2")
BUILD = "2510"


@xml("admin", "MenuAndToolBar")
def menu_and_tool_bar(call: XmlCall) -> Element:
    """The version, the client's settings, and from 8.2 the plugins."""
    data = call.data(serverversion=str(call.version))
    params = SubElement(data, "params")
    for key, value in call.db.execute(select(schema.gui_config).order_by("key")):
        element(params, "param", key=key, value=value)
    if call.version >= PLUGINS_IN_MENU_SINCE:
        _plugin_list(call.db, data)
    return data


@xml("installer", "GetInstalledPlugins")
def installed_plugins(call: XmlCall) -> Element:
    """The installed plugins; the only way to learn them below 8.2."""
    data = call.data()
    _plugin_list(call.db, data)
    return data


@json_rpc(PLUGINS, "PlugincfgService", "getPlugins")
def plugins(call: JsonCall) -> object:
    """Every plugin with its settings."""
    return [
        {**row, "enabled": bool(row["enabled"])}
        for row in call.db.execute(
            select(
                schema.plugin.c.id,
                schema.plugin.c.name,
                schema.plugin.c.title,
                schema.plugin.c.enabled,
                schema.plugin.c.config,
            ).order_by(schema.plugin.c.id)
        ).mappings()
    ]


@xml("installer", "GetInstalledModules")
def installed_modules(call: XmlCall) -> Element:
    """The installed kinds of modules."""
    data = call.data()
    found = element(data, "installed_modules", serverversion=str(call.version))
    for row in call.db.execute(select(schema.installed_modules).order_by("id")).mappings():
        item(
            found,
            name=row["name"],
            module_name=row["title"],
            version=str(call.version),
            build=row["build"],
        )
    return data


@xml("service", "About")
def about(call: XmlCall) -> Element:
    """Versions of the server and of every module."""
    data = call.data()
    common = {
        "version": str(call.version),
        "build.number": BUILD,
        "build.time": "17.10.2025 12:00:00",
        "versionstring": f"{call.version}-{BUILD}",
    }
    element(data, "server", **common, servertime=f"{moment(call.now)} {call.zone.key}")
    found = SubElement(data, "modules")
    for name in call.db.scalars(select(schema.installed_modules.c.name).order_by("id")):
        element(found, "module", name=name, **common)
    return data


@xml("service", "Modules")
def modules(call: XmlCall) -> Element:
    """The instances of modules."""
    data = call.data()
    found = SubElement(data, "modules")
    query = select(schema.module.c.id, schema.module.c.title, schema.module.c.name).order_by("id")
    for row in call.db.execute(query).mappings():
        element(found, "module", **row)
    return data


@json_rpc(DIRECTORY, "DirectoryService", "getVersion")
def directory_version(call: JsonCall) -> object:
    """A number that changes whenever the directory does."""
    item_class = call.text("directoryItemClass")
    if not item_class:
        raise BadParameter("Не указан параметр directoryItemClass")
    versions = schema.directory_version
    stored = call.db.scalar(
        select(versions.c.version).where(
            versions.c.item_class == item_class, versions.c.module_id == call.integer("moduleId", 0)
        )
    )
    return stored or FIRST_DIRECTORY_VERSION


def _plugin_list(db: Connection, data: Element) -> None:
    found = SubElement(data, "plugin_list")
    query = select(schema.plugin.c.name).where(schema.plugin.c.enabled == 1).order_by("id")
    for name in db.scalars(query):
        element(found, "plugin", id=name)
