"""The extension inside applications: mounting, switching, permissions, the host's ground."""

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask, Request, request
from flask_babel import Babel
from werkzeug.test import TestResponse

from flask_bgbilling import BGBilling, ConfigurationError
from flask_bgbilling.config.source import CHECK_INTERVAL
from flask_bgbilling.emulator.faults import Fault
from flask_bgbilling.ports import Credentials, Grant, Person
from tests.e2e.conftest import HostFactory, configuration
from tests.support import Emulated, wait_until

HX = {"HX-Request": "true"}


class People:
    """A host's users: one person with the given permissions."""

    def __init__(self, *denied: str, signed_in: bool = True) -> None:
        self.denied, self.signed_in = denied, signed_in

    def current(self) -> Person | None:
        return Person("7", "anna", "Анна") if self.signed_in else None

    def grant(self, person: Person, permission: str) -> Grant | None:
        return None if permission in self.denied else Grant()

    def sign_in_address(self, back_to: str) -> str:
        return f"/login?next={back_to}"


class Admin:
    """Everybody works under the same account."""

    def credentials(self, person_id: str, billing_id: str) -> Credentials | None:
        return Credentials("admin", "admin")


def application(text: str, users: People | None = None, **options: object) -> Flask:
    """The smallest host there can be: no database, no Babel, no layout."""
    app = Flask(__name__)
    app.config.update(TESTING=True, BGBILLING_CONFIG=text, SECRET_KEY="x")
    BGBilling(app, users=users or People(), accounts=Admin(), **options)  # type: ignore[arg-type]
    return app


def test_a_bare_flask_application_is_enough(emulated: Emulated) -> None:
    client = application(configuration({"ds": emulated("9.2")})).test_client()
    answer = client.get("/bgbilling/contract/ds/101", headers={"Accept-Language": "en"})
    assert answer.status_code == 200
    assert "<title>" in answer.text
    assert client.get("/bgbilling/contract/ds/101/parameters", headers={"Accept-Language": "ru"}).text.count(
        "Параметры"
    )


def test_a_second_init_app_is_refused_with_the_remedy() -> None:
    app = application("bgbilling:enable=1\n")
    with pytest.raises(ConfigurationError, match="call it once"):
        BGBilling(app, users=People(), accounts=Admin())


def test_two_applications_do_not_meet(emulated: Emulated) -> None:
    one = application(configuration({"a": emulated("9.2")}))
    two = application(configuration({"b": emulated("7.2")}))
    assert one.test_client().get("/bgbilling/contract/a/101").status_code == 200
    assert two.test_client().get("/bgbilling/contract/a/101").status_code == 404
    assert two.test_client().get("/bgbilling/contract/b/101").status_code == 200


def test_the_hosts_ground_stays_its_own(emulated: Emulated) -> None:
    class OwnRequest(Request):
        """The host's request class."""

    app = Flask(__name__)
    app.request_class = OwnRequest
    app.config.update(BGBILLING_CONFIG=configuration({"a": emulated("9.2")}), SECRET_KEY="x")
    app.jinja_env.filters["money"] = lambda value: f"host {value}"
    app.jinja_env.globals["t"] = "host"
    Babel(app, locale_selector=lambda: "ru")
    before = set(app.jinja_env.filters), set(app.jinja_env.globals)
    BGBilling(app, users=People(), accounts=Admin())
    assert (set(app.jinja_env.filters), set(app.jinja_env.globals)) == before
    with app.test_request_context():
        assert app.jinja_env.from_string("{{ 5|money }} {{ t }}").render() == "host 5 host"
        assert isinstance(request._get_current_object(), OwnRequest)  # type: ignore[attr-defined]
    assert "680,00" in app.test_client().get("/bgbilling/contract/a/101").text


def test_disabled_pages_are_not_there(emulated: Emulated) -> None:
    text = configuration({"ds": emulated("9.2")}).replace("enable=1", "enable=0")
    assert application(text).test_client().get("/bgbilling/search").status_code == 404


def test_changes_apply_without_a_restart(hosted: HostFactory) -> None:
    host = hosted(ds="9.2", bitel="10.2")
    client = host.client()
    assert "DS" in client.get("/bgbilling/search?q=x").text
    host.config.write_text(configuration({"tks": host.emulators["ds"]}), "utf-8")
    wait_until(
        lambda: "TKS" in client.get("/bgbilling/search?q=x").text,
        seconds=CHECK_INTERVAL + 5,
        what="the new configuration",
    )
    assert client.get("/bgbilling/contract/ds/101").status_code == 404


def test_a_bad_server_is_off_and_said_so(emulated: Emulated) -> None:
    text = (
        configuration({"ds": emulated("9.2")})
        + "bgbilling:server.9.id=bad\nbgbilling:server.9.title=Плохой\nbgbilling:server.9.url=ftp://x\n"
    )
    client = application(text).test_client()
    page = client.get("/bgbilling/search?q=1").text
    assert "Плохой" in page
    assert 'data-bgb-block="ds"' in page
    assert client.get("/bgbilling/contract/bad/101").status_code == 404


def test_an_ended_session_leads_back(emulated: Emulated) -> None:
    client = application(configuration({"ds": emulated("9.2")}), People(signed_in=False)).test_client()
    answer = client.get("/bgbilling/contract/ds/101?x=1")
    assert answer.status_code == 302
    assert answer.location == "/login?next=/bgbilling/contract/ds/101?x=1"
    fragment = client.get("/bgbilling/contract/ds/101/parameters", headers=HX)
    assert fragment.status_code == 401
    assert "<html" not in fragment.text
    assert "/login" in fragment.text


# The feed is for billings, which have keys.
OPEN_TO_ALL = {"bgbilling.static", "bgbilling.address_feed.updated"}
ADDRESSES = {
    "billing_id": "ds", "cid": "101", "key": "cards", "name": "full.html", "rest": "nowhere/at-all", "filename": "x",
    "action": "add", "record_id": "1", "customer_id": "1", "creation_id": "1", "case_id": "1", "job_id": "1",
    "message_id": "1", "number": "1", "tab": "new", "process_id": "1",
}  # fmt: skip


def test_every_route_needs_its_permission(emulated: Emulated) -> None:
    text = configuration({"ds": emulated("9.2")})
    open_app = application(text)
    checked = 0
    for rule in open_app.url_map.iter_rules():
        if not rule.endpoint.startswith("bgbilling.") or rule.endpoint in OPEN_TO_ALL:
            continue
        permission = getattr(open_app.view_functions[rule.endpoint], "bgbilling_permission", None)
        assert permission, f"{rule.endpoint} asks for no permission"
        closed = application(text, People(permission)).test_client()
        with open_app.test_request_context():
            address = str(rule.build({name: ADDRESSES[name] for name in rule.arguments}, append_unknown=False)[1])  # type: ignore[index]
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            for headers in ({}, HX):
                assert closed.open(address, method=method, headers=headers).status_code == 403, rule.endpoint
        checked += 1
    assert checked >= 9


def test_every_section_needs_its_permission(emulated: Emulated) -> None:
    text = configuration({"ds": emulated("9.2")})
    sections = application(text).extensions["bgbilling"].services.plugins.card_sections()
    for section in sections:
        client = application(text, People(section.permission)).test_client()
        for headers in ({}, HX):
            status = 404 if section.needs_journal else 403  # this application has no database
            assert client.get(f"/bgbilling/contract/ds/101/{section.key}", headers=headers).status_code == status
        tree = client.get("/bgbilling/contract/ds/101").text
        assert f'/101/{section.key}"' not in tree, "what is not allowed is not shown"


def test_pages_and_fragments_are_told_apart(emulated: Emulated) -> None:
    client = application(configuration({"ds": emulated("9.2")})).test_client()
    for headers in ({}, HX):
        answer: TestResponse = client.get("/bgbilling/contract/ds/101/status", headers=headers)
        assert "HX-Request" in answer.headers["Vary"]
        assert ("<html" in answer.text) is not bool(headers)


def test_a_host_overrides_a_template(emulated: Emulated, tmp_path: Path) -> None:
    folder = tmp_path / "templates" / "bgbilling"
    folder.mkdir(parents=True)
    (folder / "problem.html").write_text("<p>ours: {{ t('There is no such page.') }}</p>", "utf-8")
    app = Flask(__name__, template_folder=str(tmp_path / "templates"))
    app.config.update(BGBILLING_CONFIG=configuration({"ds": emulated("9.2")}), SECRET_KEY="x")
    BGBilling(app, users=People(), accounts=Admin())
    assert "<p>ours: " in app.test_client().get("/bgbilling/nowhere").text


def test_twenty_slow_calls_share_one_connection(hosted: HostFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """The billing answers nobody before all have asked: whoever held the only connection would keep the others away."""
    calls = 20
    pool_of_one = {"pool_size": 1, "max_overflow": 0, "pool_timeout": 60}
    patient = "bgbilling:server.1.requestTimeOut=60000\n"
    host = hosted(ds="9.2", extra=patient, settings={"SQLALCHEMY_ENGINE_OPTIONS": pool_of_one})
    clients = [host.client() for _ in range(calls)]
    assert clients[0].get("/bgbilling/contract/ds/101").status_code == 200
    faults = host.emulators["ds"].faults
    together, turns, take = threading.Barrier(calls), itertools.count(), faults.take

    def gathered(operation: str) -> dict[str, Fault]:
        if next(turns) < calls:
            together.wait(60)
        return take(operation)

    monkeypatch.setattr(faults, "take", gathered)
    with ThreadPoolExecutor(calls) as pool:
        answers = list(pool.map(lambda client: client.get("/bgbilling/contract/ds/101").status_code, clients))
    assert not together.broken, "one after the other: a connection was held during the calls"
    assert answers == [200] * calls
    assert next(turns) == calls, "a card that is opened again costs one call"
