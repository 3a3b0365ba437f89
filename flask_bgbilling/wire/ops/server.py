"""What a server tells about itself: version, client settings, plugins, modules (transport.md 8)."""

from collections.abc import Mapping

from flask_bgbilling.wire.answers import Unreadable, XmlAnswer
from flask_bgbilling.wire.dto.server import InstalledModule, ServerAbout, ServerMenu
from flask_bgbilling.wire.operation import Operation, XmlAction
from flask_bgbilling.wire.version import BELOW_8_2


def nothing() -> Mapping[str, object]:
    """No fields."""
    return {}


def read_plugin_ids(answer: XmlAnswer) -> frozenset[str]:
    """Ids of the installed plugins; an absent list is empty."""
    return frozenset(id_ for plugin in answer.rows("plugin_list/plugin") if (id_ := plugin.get("id")))


def read_menu(answer: XmlAnswer) -> ServerMenu:
    """The first call of a session; without a version the answer is unreadable."""
    version = answer.root.get("serverversion", "").strip()
    if not version:
        raise Unreadable("no serverversion")
    settings = {key: param.get("value", "") for param in answer.rows("params/param") if (key := param.get("key"))}
    return ServerMenu(version, settings, read_plugin_ids(answer))


def read_about(answer: XmlAnswer) -> ServerAbout:
    """Version, build and modules of a server."""
    server = answer.first("server")
    own = server.attrib if server is not None else {}
    return ServerAbout(
        version=own.get("version", ""),
        build=own.get("build.number", ""),
        build_time=own.get("build.time", ""),
        server_time=own.get("servertime", ""),
        modules=tuple(
            InstalledModule(module.get("name", ""), module.get("version", ""), module.get("build.number", ""))
            for module in answer.rows("modules/module")
        ),
    )


MENU = Operation("server menu", (XmlAction("admin", "MenuAndToolBar", nothing, read_menu),))
INSTALLED_PLUGINS = Operation(
    "installed plugins",
    (XmlAction("installer", "GetInstalledPlugins", nothing, read_plugin_ids, BELOW_8_2),),
)
ABOUT = Operation("about the server", (XmlAction("service", "About", nothing, read_about),))
