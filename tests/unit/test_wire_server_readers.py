"""What servers tell about themselves, and the directories of names: literal answers."""

import pytest

from flask_bgbilling.wire.answers import JsonAnswer, Unreadable, XmlAnswer
from flask_bgbilling.wire.dto.common import IdTitle
from flask_bgbilling.wire.dto.server import BillingUser, InstalledModule, TypeNode, names
from flask_bgbilling.wire.ops import directories, server
from flask_bgbilling.wire.version import Version
from flask_bgbilling.wire.xml_action import parse
from tests.support import ALL_BANDS
from tests.wire_peer import ZONE

VERSION = Version("9.2")
MENU = """<?xml version="1.0" encoding="UTF-8"?>
<data serverversion="9.2501" status="ok">
  <params>
    <param key="cashcheck.default.checkbox.mode" value="on"/>
    <param key="empty"/>
    <param value="lost"/>
  </params>
  <plugin_list>
    <plugin id="ru.bitel.bgbilling.plugins.dispatch"/>
    <plugin id="ru.bitel.bgbilling.plugins.helpdesk"/>
    <plugin/>
  </plugin_list>
</data>"""


def xml(document: str) -> XmlAnswer:
    return XmlAnswer(parse(document.encode()), ZONE, VERSION)


def json(returned: object) -> JsonAnswer:
    return JsonAnswer({"return": returned}, ZONE, VERSION)


def test_the_menu() -> None:
    menu = server.read_menu(xml(MENU))
    assert menu.version == "9.2501"
    assert menu.gui_settings == {"cashcheck.default.checkbox.mode": "on", "empty": ""}
    assert menu.plugins == {"ru.bitel.bgbilling.plugins.dispatch", "ru.bitel.bgbilling.plugins.helpdesk"}


def test_a_menu_without_settings_and_plugins() -> None:
    menu = server.read_menu(xml('<data status="ok" serverversion=" 7.2 "/>'))
    assert (menu.version, menu.gui_settings, menu.plugins) == ("7.2", {}, frozenset())


@pytest.mark.parametrize("document", ['<data status="ok"/>', '<data status="ok" serverversion=" "/>'])
def test_a_menu_without_a_version_is_unreadable(document: str) -> None:
    with pytest.raises(Unreadable):
        server.read_menu(xml(document))


def test_about() -> None:
    about = server.read_about(
        xml(
            '<data status="ok"><server version="7.1" build.number="987" build.time="01.02.2019 10:11:12" '
            'servertime="03.02.2024 10:11:12 MSK"/>'
            '<modules><module name="inet" version="7.1" build.number="55"/></modules></data>'
        )
    )
    assert (about.version, about.build, about.server_time) == ("7.1", "987", "03.02.2024 10:11:12 MSK")
    assert about.modules == (InstalledModule("inet", "7.1", "55"),)
    assert server.read_about(xml('<data status="ok"/>')).modules == ()


def test_user_names_drop_the_customer_who_shares_an_id() -> None:
    listed = [{"id": -1, "name": "customer"}, {"id": -1, "name": "Система"}, {"id": "2", "name": "Иванова"}, None]
    users = directories.read_user_names(json(listed))
    assert users.entries == (IdTitle(-1, "Система"), IdTitle(2, "Иванова"))
    assert (users.title(2), users.title(9), users.title(None)) == ("Иванова", "??? [9]", "")
    assert 2 in users
    assert 9 not in users


def test_users() -> None:
    listed = [{"id": 1, "login": "admin", "name": "Администратор", "password": "secret"}, {"id": 2, "login": None}]
    users = directories.read_users(json(listed))
    assert users == (BillingUser(1, "admin", "Администратор"), BillingUser(2, "", ""))


TREE = {
    "id": 0, "title": "Типы", "type": 1, "editable": True, "parentId": None, "children": [
        {"id": 10, "title": "Касса", "type": 1, "parentId": 0, "children": [
            {"id": 3, "title": "Наличные", "type": 0, "parentId": 10, "children": None}]},
        {"id": 4, "title": "Перерасчёт", "type": 0, "editable": False, "parentId": 0},
        {"id": 5, "title": "Пусто", "type": 1, "parentId": 0, "children": []},
    ],
}  # fmt: skip


def test_the_tree_of_types() -> None:
    tree = directories.read_type_tree(json(TREE))
    assert tree == (
        TypeNode(10, "Касса", 0, (TypeNode(3, "Наличные", 10),), folder=True),
        TypeNode(4, "Перерасчёт", 0, editable=False),
        TypeNode(5, "Пусто", 0, folder=True),
    )
    assert [node.selectable for node in tree] == [False, True, False], "an empty folder is no type"
    flat = directories.read_tree_names(json(TREE))
    assert [entry.id for entry in flat.entries] == [10, 3, 4, 5]
    assert directories.read_type_tree(json(None)) == ()


def test_a_tree_that_is_too_deep_is_cut() -> None:
    node: dict[str, object] = {"id": 0, "children": None}
    for number in range(1, 500):
        node = {"id": number, "title": "x", "children": [node]}
    assert len(list(directories.flattened(directories.read_type_tree(json(node))))) == directories.DEEPEST_TREE


def test_flat_names() -> None:
    read = directories.read_names(json([{"id": 3, "title": "Наличные"}, {"id": 4, "title": None}]))
    assert read.entries == (IdTitle(3, "Наличные"), IdTitle(4, ""))
    assert directories.read_names(json(None)).entries == ()
    assert names((IdTitle(1, "a"), IdTitle(1, "b"))).title(1) == "a"


@pytest.mark.parametrize(
    ("returned", "version"), [(1712345678901, 1712345678901), ("5", 5), (None, 0), (0, 0), ("x", 0)]
)
def test_the_version_of_a_directory(returned: object, version: int) -> None:
    assert directories.read_version(json(returned)) == version


@pytest.mark.parametrize("band", ALL_BANDS)
def test_every_directory_can_be_loaded_in_every_band(band: str) -> None:
    version = Version(band)
    for directory in (
        directories.USERS,
        directories.LOGINS,
        directories.PAYMENT_TYPES,
        directories.PAYMENT_TYPE_TREE,
        directories.CHARGE_TYPES,
        directories.CHARGE_TYPE_TREE,
        directories.STATUSES,
    ):
        matching = [form for form in directory.load.forms if version in form.bands]
        assert len(matching) == 1, directory.name
