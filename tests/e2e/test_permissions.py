"""What a person is not granted is neither shown nor done: every route, every section, every action, by enumeration."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from docs import references
from example_host import roles
from example_host.models import User, database
from flask_bgbilling.builtin.card import CardPlugin
from flask_bgbilling.emulator import Emulator, EmulatorSettings
from flask_bgbilling.hookspecs import CardAction, CardSection
from tests.conftest import NOON
from tests.e2e.conftest import Host, HostFactory, hosts
from tests.e2e.forms import HTMX, filled, post_form

BILLING, CID = "bitel", 101
CARD = f"/bgbilling/contract/{BILLING}/{CID}"
SECTIONS = tuple(references.sections().values())
ACTIONS = tuple((section, action) for section in SECTIONS for action in section.actions)
MENU = tuple(CardPlugin().bgbilling_card_menu())

ROOT = Path(__file__).resolve().parent.parent.parent
OURS = "bgbilling."
# The feed is for billings, which have keys.
OPEN_TO_ALL = {"bgbilling.static", "bgbilling.address_feed.updated"}
VALUES = {"billing_id": BILLING, "cid": CID, "key": "notes", "action": "add", "record_id": 1, "name": "a.pdf",
          "customer_id": 1, "creation_id": 1, "case_id": 1, "job_id": 1, "rest": "nowhere",
          "process_id": 1, "message_id": 1, "number": 1, "tab": "new", "filename": "bgbilling.css"}  # fmt: skip


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """A host with forgery protection off and one small billing; nothing may be written to it."""
    emulator = Emulator(EmulatorSettings(version="10.2", contracts=20, frozen_at=NOON)).start()
    yield hosts(lambda *_: emulator, tmp_path_factory.mktemp("permissions"))(bitel="10.2")
    emulator.stop()


@pytest.fixture
def denied(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Takes permissions from everybody: ``denied.names.add("contract.notes.add")``."""
    names: set[str] = set()
    allows = roles.role_allows
    monkeypatch.setattr(
        "example_host.ports.role_allows", lambda role, permission: permission not in names and allows(role, permission)
    )
    return SimpleNamespace(names=names)


@pytest.fixture
def client(shared: Host) -> FlaskClient:
    client = shared.client("admin")
    shared.emulators[BILLING].recorder.clear()
    return client


def routes(host: Host) -> list[tuple[Rule, str]]:
    """Every rule of ours with each of its methods."""
    return [
        (rule, method)
        for rule in host.app.url_map.iter_rules()
        if rule.endpoint.startswith(OURS)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def address(host: Host, rule: Rule) -> str:
    with host.app.test_request_context():
        from flask import url_for

        values = {**VALUES, "key": MENU[0].key} if rule.endpoint.endswith(".menu") else VALUES
        return url_for(rule.endpoint, **{name: values[name] for name in rule.arguments})


def called(host: Host) -> list[object]:
    return list(host.emulators[BILLING].calls)


def test_every_route_names_its_permission(shared: Host) -> None:
    found = {rule.endpoint for rule, _ in routes(shared)} - OPEN_TO_ALL
    assert len(found) > 12
    views = shared.app.view_functions
    assert [name for name in sorted(found) if not getattr(views[name], "bgbilling_permission", "")] == []


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "fragment"])
def test_every_route_refuses_without_its_permission(
    shared: Host, client: FlaskClient, denied: SimpleNamespace, headers: dict[str, str]
) -> None:
    for rule, method in routes(shared):
        if rule.endpoint in OPEN_TO_ALL:
            continue
        permission = shared.app.view_functions[rule.endpoint].bgbilling_permission  # type: ignore[attr-defined]
        denied.names.clear()
        denied.names.add(permission)
        answer = client.open(address(shared, rule), method=method, headers=headers, data={"once": "x"})
        assert answer.status_code == 403, f"{method} {rule.rule}"
        assert permission in answer.text, "who asks is told what is missing"
    assert called(shared) == []


def test_every_route_sends_strangers_to_the_sign_in(shared: Host) -> None:
    stranger = shared.client("")
    shared.emulators[BILLING].recorder.clear()
    for rule, method in routes(shared):
        if rule.endpoint not in OPEN_TO_ALL:
            page = stranger.open(address(shared, rule), method=method)
            assert (page.status_code, page.location.partition("?")[0]) == (302, "/sign-in"), rule.rule
            assert stranger.open(address(shared, rule), method=method, headers=HTMX).status_code == 401, rule.rule
    assert called(shared) == []


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.key)
def test_every_section_refuses_without_its_permission(
    shared: Host, client: FlaskClient, denied: SimpleNamespace, section: CardSection
) -> None:
    denied.names.add(section.permission)
    paths = [f"{CARD}/{section.key}", f"{CARD}/file/{section.key}/a.pdf"]
    paths += [f"{CARD}/{section.key}/{action.key}" for action in section.actions]
    for path in paths:
        for headers in ({}, HTMX):
            assert client.get(path, headers=headers).status_code == 403, path
    for action in section.actions:
        for headers in ({}, HTMX):
            assert client.post(paths[0] + f"/{action.key}", data={"once": "x"}, headers=headers).status_code == 403
    assert called(shared) == []
    card = client.get(CARD).text
    assert not re.search(rf'href="{CARD}/{section.key}[/?"]', card), "it is not in the tree nor among the buttons"


@pytest.mark.parametrize("item", MENU, ids=lambda item: item.key)
def test_every_menu_entry_refuses_without_its_permission(
    shared: Host, client: FlaskClient, denied: SimpleNamespace, item: CardSection
) -> None:
    denied.names.add(item.permission)
    for headers in ({}, HTMX):
        assert client.get(f"{CARD}/menu/{item.key}", headers=headers).status_code == 403
    assert called(shared) == []
    assert f"/menu/{item.key}" not in client.get(CARD).text


@pytest.mark.parametrize(("section", "action"), ACTIONS, ids=lambda one: one.key)
def test_every_action_refuses_without_its_permission(
    shared: Host, client: FlaskClient, denied: SimpleNamespace, section: CardSection, action: CardAction
) -> None:
    denied.names.add(action.permission)
    path = f"{CARD}/{section.key}/{action.key}"
    for headers in ({}, HTMX):
        for answer in (client.get(path, headers=headers), client.post(path, data={"once": "x"}, headers=headers)):
            assert answer.status_code == 403
            assert action.permission in answer.text
    assert called(shared) == []
    same = {one.key for one in section.actions if one.permission != action.permission}
    for text in (client.get(f"{CARD}/{section.key}", headers=HTMX).text, client.get(CARD).text):
        offered = set(re.findall(rf'"{CARD}/{section.key}/([\w-]+)', text))
        assert offered <= same, "what is not granted is not offered"


@pytest.mark.parametrize(("section", "action"), ACTIONS, ids=lambda one: one.key)
def test_no_action_for_a_billing_that_is_not_granted(
    shared: Host, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, section: CardSection, action: CardAction
) -> None:
    """The section may be read in all billings, the action done in another one only."""
    from dataclasses import replace

    from example_host.ports import HostUsers

    given = HostUsers.grant

    def grant(self: HostUsers, person: object, permission: str) -> object:
        granted = given(self, person, permission)  # type: ignore[arg-type]
        narrowed = granted is not None and permission == action.permission
        return replace(granted, billing_ids=frozenset({"other"})) if narrowed and granted else granted

    monkeypatch.setattr(HostUsers, "grant", grant)
    path = f"{CARD}/{section.key}/{action.key}"
    assert client.get(path, headers=HTMX).status_code == 403
    assert client.post(path, data={"once": "x"}, headers=HTMX).status_code == 403
    assert called(shared) == []


def test_nothing_of_a_billing_that_is_not_granted(hosted: HostFactory) -> None:
    host = hosted(bitel="10.2", ds="9.2")
    with host.app.app_context():
        database.session.query(User).filter_by(login="admin").one().billing_ids = "ds"
        database.session.commit()
    client = host.client("admin")
    host.emulators[BILLING].recorder.clear()
    for rule, method in routes(host):
        if "billing_id" in rule.arguments:
            answer = client.open(address(host, rule), method=method, data={"once": "x"}, headers=HTMX)
            refused = {403, 404} if "record_id" in rule.arguments else {403}  # there is no such change at all
            assert answer.status_code in refused, f"{method} {rule.rule}"
    for section in SECTIONS:
        assert client.get(f"{CARD}/{section.key}", headers=HTMX).status_code == 403, section.key
        for action in section.actions:
            path = f"{CARD}/{section.key}/{action.key}"
            assert client.get(path, headers=HTMX).status_code == 403, path
            assert client.post(path, data={"once": "x"}, headers=HTMX).status_code == 403, path
    assert client.get("/bgbilling/journal?billing=bitel").status_code == 403
    assert CARD not in client.get("/bgbilling/search?by=id&id=101").text
    assert called(host) == []


@pytest.mark.parametrize("login", ["admin", "viewer"])
def test_every_post_needs_the_token_of_its_session(hosted: HostFactory, login: str) -> None:
    host = hosted(bitel="10.2", settings={"WTF_CSRF_ENABLED": True})
    client = host.app.test_client()
    form = client.get("/sign-in").text
    token = re.findall(r'name="csrf_token" value="([^"]+)"', form)[0]
    client.post("/sign-in", data={"login": login, "password": login, "csrf_token": token})
    assert client.get(CARD).status_code == 200
    host.emulators[BILLING].recorder.clear()
    posts = [address(host, rule) for rule, method in routes(host) if method == "POST"]
    posts += [f"{CARD}/{section.key}/{action.key}" for section, action in ACTIONS]
    assert len(posts) > 20
    for path in posts:
        for data in ({}, {"csrf_token": "x"}, {"csrf_token": token[::-1]}):
            for headers in ({}, HTMX):
                answer = client.post(path, data={**data, "once": "x"}, headers=headers)
                assert answer.status_code == 400, path
    assert called(host) == []
    with host.app.app_context():
        from sqlalchemy import text

        assert database.session.execute(text("SELECT count(*) FROM bgb_change")).scalar_one() == 0


def test_methods_that_change_nothing_else(shared: Host) -> None:
    """What alters something is posted: an address alone, a link or an image of a stranger's page, does nothing."""
    others = {method for _, method in routes(shared)} - {"GET", "POST"}
    assert others == set()


def test_a_viewer_reads_everything_and_changes_nothing(hosted: HostFactory) -> None:
    client = hosted(bitel="9.2").client("viewer")
    assert client.get("/bgbilling/search").status_code == 200
    card = client.get(CARD).text
    for section in SECTIONS:
        text = client.get(f"{CARD}/{section.key}", headers=HTMX)
        assert text.status_code == (403 if section.key in {"web", "copying"} else 200), section.key
        for action in section.actions:
            assert client.get(f"{CARD}/{section.key}/{action.key}", headers=HTMX).status_code == 403
            assert f'"{CARD}/{section.key}/{action.key}' not in text.text + card


def test_permissions_have_names_of_one_form() -> None:
    for section in SECTIONS:
        # "copying" only leads to its action: nobody needs to read it who may not copy.
        assert re.fullmatch(r"contract\.\w+\.read|contract\.copy|process\.read", section.permission), section.permission
        for action in section.actions:
            assert re.fullmatch(
                r"contract\.[a-z_]+\.[a-z_]+|contract\.copy|customer\.import(\.review)?|process\.(create|link\.update)",
                action.permission,
            ), action.permission
            assert not action.permission.endswith(".read"), "who may only read must not change"


def test_the_tables_know_every_section_of_a_running_host(shared: Host) -> None:
    services = shared.app.extensions["bgbilling"].services
    sections = {section.key: section for section in services.plugins.card_sections()}
    known = references.sections()
    assert sections.keys() == known.keys()
    for key, section in sections.items():
        assert [one.key for one in section.actions] == [one.key for one in known[key].actions]
    assert "contacts" in sections


def test_every_permission_is_documented(shared: Host) -> None:
    text = (ROOT / "docs" / "permissions.md").read_text("utf-8")
    names = {section.permission for section in SECTIONS} | {item.permission for item in MENU}
    names |= {action.permission for _, action in ACTIONS}
    views = shared.app.view_functions.values()
    names |= {view.bgbilling_permission for view in views if hasattr(view, "bgbilling_permission")}
    asked = set(permissions_asked_for())
    assert {"process.link.update", "contract.parameters.update", "jobs.run", "customer.import"} <= asked
    assert [name for name in sorted(names | asked) if f"| `{name}` |" not in text] == []
    told = re.findall(r"^\| `([a-z_]+\.[a-z_.]+)` \|", text, re.MULTILINE)
    assert sorted(told) == sorted(set(told)), "each permission has one row"
    assert set(told) <= names | asked, "and means something"


def permissions_asked_for() -> Iterator[str]:
    """Names that code gives to the host's ``grant`` or declares: literals, and constants of their modules."""
    for path in sorted((ROOT / "flask_bgbilling").rglob("*.py")):
        if {"emulator", "migrations"} & set(path.parts):
            continue
        tree = ast.parse(path.read_text("utf-8"))
        given = [name for node in ast.walk(tree) if isinstance(node, ast.Call) for name in _permission_of(node)]
        module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for node in given:
            name = node.value if isinstance(node, ast.Constant) else getattr(module, ast.unparse(node), None)
            if isinstance(name, str) and name:
                yield name


def _permission_of(call: ast.Call) -> Iterator[ast.expr]:
    function = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    place = {"allowed": 0, "with_permission": 0, "grant": 1, "CardAction": 2, "CardSection": 3}.get(function)
    if place is not None and len(call.args) > place:
        yield call.args[place]
    yield from (one.value for one in call.keywords if one.arg == "permission" and function != "Forbidden")


@pytest.mark.parametrize("band", ["7.2", "10.2"])
def test_a_cashier_enters_only_types_of_the_cash_desk(hosted_privately: HostFactory, band: str) -> None:
    host = hosted_privately(bitel=band)
    client = host.client("cashier")
    before = host.emulators[BILLING].rows("contract_payment")
    form = client.get(f"{CARD}/payments/add", headers=HTMX).text
    offered = set(re.findall(r'<option value="(\d+)"(?![^>]*disabled)', form))
    assert offered == {"1", "2"}
    typed = filled(form, {"sum": "100", "type": "3", "comment": ""})
    answer = client.post(f"{CARD}/payments/add", data=typed, headers=HTMX)
    assert answer.status_code in {400, 403}
    assert host.emulators[BILLING].rows("contract_payment") == before
    assert post_form(client, f"{CARD}/payments/add", sum="100", type="1", comment="").status_code == 200
    assert len(host.emulators[BILLING].rows("contract_payment")) == len(before) + 1
    assert "Types of payments 1, 2" in client.get("/profile").text
