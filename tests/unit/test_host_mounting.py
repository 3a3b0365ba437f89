"""How the extension stands in a host: plugins that misbehave, sign-in, prefixes, overriding, streaming."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client

from flask_bgbilling import BGBilling, CardSection, ConfigurationError, SectionContext, SectionView, hookimpl
from flask_bgbilling.plugins import Plugins
from flask_bgbilling.ports import Credentials, Grant, Person
from flask_bgbilling.web import pages

HX = {"HX-Request": "true"}
SERVER = (
    "bgbilling:server.1.id=ds\nbgbilling:server.1.title=Домашние сети\n"
    "bgbilling:server.1.url=http://127.0.0.1:9/bgbilling/executer\nbgbilling:server.1.version=9.2\n"
)


class People:
    """One person, signed in or not."""

    def __init__(self, present: bool = True) -> None:
        self.present = present

    def current(self) -> Person | None:
        return Person("7", "anna", "Анна") if self.present else None

    def grant(self, person: Person, permission: str) -> Grant | None:
        return Grant()

    def sign_in_address(self, back_to: str) -> str:
        return f"/login?next={back_to}"


class NoAccounts:
    """Nobody has an account."""

    def credentials(self, person_id: str, billing_id: str) -> Credentials | None:
        return None


def mounted(users: People | None = None, folder: Path | None = None, **options: Any) -> Flask:
    app = Flask(__name__, template_folder=str(folder) if folder else None)
    app.config.update(TESTING=True, BGBILLING_CONFIG=SERVER, BGBILLING_LOCALE="en", SECRET_KEY="x")
    BGBilling(app, users=users or People(), accounts=NoAccounts(), **options)
    return app


def section(key: str) -> CardSection:
    return CardSection(key, key.title(), 500, f"contract.{key}", lambda context: SectionView("x.html"))


class Gives:
    """A plugin whose hook answers with anything."""

    def __init__(self, answer: object) -> None:
        self._answer = answer

    @hookimpl
    def bgbilling_card_sections(self) -> object:
        return self._answer


def _breaking() -> Iterator[CardSection]:
    yield section("first")
    raise RuntimeError("in the middle")


@pytest.mark.parametrize(
    "answer",
    [["text"], "text", 5, [section("mine"), None], {"key": section("mine")}, _breaking()],
    ids=lambda value: type(value).__name__,
)
def test_a_plugin_that_gives_something_else_loses_its_contribution(
    answer: object, caplog: pytest.LogCaptureFixture
) -> None:
    plugins = Plugins([Gives([section("ours")])], [Gives(answer), Gives([section("theirs")])])
    assert [found.key for found in plugins.card_sections()] == ["ours", "theirs"]
    assert f"plugin {Gives.__module__}.Gives#2 failed at bgbilling_card_sections" in caplog.text


@pytest.mark.parametrize("answer", [None, (), []])
def test_a_plugin_may_have_nothing(answer: object) -> None:
    assert Plugins([Gives(answer)]).card_sections() == ()


class WrongSignature:
    """A plugin that asks for an argument which the hook does not have."""

    @hookimpl
    def bgbilling_card_sections(self, contract: object) -> Sequence[CardSection]:
        return ()


def test_a_hook_with_an_unknown_argument_is_an_error_at_start() -> None:
    with pytest.raises(ConfigurationError, match="contract"):
        mounted(plugins=[WrongSignature()])


def test_the_same_plugin_twice_is_an_error_at_start() -> None:
    plugin = Gives([])
    with pytest.raises(ConfigurationError, match="plugin"):
        mounted(plugins=[plugin, plugin])


def test_a_page_leads_to_the_sign_in_and_back() -> None:
    answer = mounted(People(present=False)).test_client().get("/bgbilling/search?q=5&billing=ds")
    assert answer.status_code == 302
    assert answer.location == "/login?next=/bgbilling/search?q=5&billing=ds"
    assert "HX-Request" in answer.headers["Vary"]


@pytest.mark.parametrize(
    ("shown", "back_to"),
    [
        ("http://localhost/crm/customer/5?tab=2#x", "/crm/customer/5?tab=2"),
        ("http://localhost/bgbilling/search", "/bgbilling/search"),
        ("http://evil.example/bgbilling/search", "/bgbilling/search/ds?q=5"),
        ("http://localhost//evil.example/", "/bgbilling/search/ds?q=5"),
        ("javascript:alert(1)", "/bgbilling/search/ds?q=5"),
        ("", "/bgbilling/search/ds?q=5"),
    ],
)
def test_a_fragment_leads_back_to_the_page_around_it(shown: str, back_to: str) -> None:
    client = mounted(People(present=False)).test_client()
    answer = client.get("/bgbilling/search/ds?q=5", headers={**HX, "HX-Current-URL": shown})
    assert answer.status_code == 401
    assert f'href="/login?next={back_to}"'.replace("&", "&amp;") in answer.text
    assert "<html" not in answer.text


@pytest.mark.parametrize("headers", [{"HX-Boosted": "true"}, {"HX-History-Restore-Request": "true"}])
def test_boosted_links_and_restored_history_get_whole_pages(headers: dict[str, str]) -> None:
    answer = mounted().test_client().get("/bgbilling/nowhere", headers={**HX, **headers})
    assert answer.status_code == 404
    assert "<html" in answer.text


def test_a_host_below_a_prefix_is_led_back_there() -> None:
    users = People(present=False)
    app = mounted(users)
    client = Client(DispatcherMiddleware(Flask("outer"), {"/crm": app}))
    answer = client.get("/crm/bgbilling/search?q=5")
    assert answer.location == "/login?next=/crm/bgbilling/search?q=5"


def test_the_prefix_of_the_pages_is_the_hosts_choice() -> None:
    client = mounted(url_prefix="/contracts").test_client()
    assert client.get("/contracts/nowhere").status_code == 404
    assert "There is no such page." in client.get("/contracts/nowhere").text
    assert client.get("/contracts/static/bgbilling.css").status_code == 200
    assert "There is no such page." not in client.get("/bgbilling/nowhere").text


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    (tmp_path / "bgbilling").mkdir()
    return tmp_path


def test_a_host_draws_its_own_shell(templates: Path) -> None:
    (templates / "shell.html").write_text(
        "<html lang='{{ bgb.language }}'><title>CRM · {{ bgb.title }}</title>{{ bgb.head }}<main>{{ bgb.body }}</main>",
        "utf-8",
    )
    app = mounted(folder=templates)
    app.config["BGBILLING_SHELL"] = "shell.html"
    page = app.test_client().get("/bgbilling/nowhere").text
    assert page.startswith("<html lang='en'><title>CRM · Something is wrong</title>")
    assert "/bgbilling/static/bgbilling.css?v=" in page
    assert "There is no such page." in page.partition("<main>")[2]


def test_a_host_that_has_htmx_gets_no_second_one() -> None:
    app = mounted()
    assert "htmx.min.js" in app.test_client().get("/bgbilling/nowhere").text
    app.config["BGBILLING_HTMX"] = False
    assert "htmx" not in app.test_client().get("/bgbilling/nowhere").text


def test_a_misspelt_value_in_a_template_is_an_error_not_a_gap(templates: Path) -> None:
    (templates / "bgbilling" / "problem.html").write_text("{{ no_such_value }}", "utf-8")
    with pytest.raises(Exception, match="no_such_value"):
        mounted(folder=templates).test_client().get("/bgbilling/nowhere")


def test_a_streamed_page_is_sent_where_the_template_says(templates: Path) -> None:
    (templates / "slow.html").write_text(
        "<p>first</p>{{ flush() }}{% for word in words %}<p>{{ word }}</p>{{ flush() }}{% endfor %}<p>last</p>", "utf-8"
    )
    asked: list[str] = []

    def words() -> Iterator[str]:
        for word in ("<a>", "b"):
            asked.append(word)
            yield word

    app = mounted(folder=templates)
    with app.test_request_context("/bgbilling/search"):
        response = pages.stream_page("slow.html", title="Title", words=words())
        chunks = iter(response.response)
        first = ""
        while "<p>first</p>" not in first:
            first += str(next(chunks))
        assert "<title>Title</title>" in first
        assert asked == [], "the first piece does not wait for a billing"
        assert next(chunks) == "<p>&lt;a&gt;</p>"
        assert asked == ["<a>"]
        assert next(chunks) == "<p>b</p>"
        rest = str(next(chunks))
        assert rest.startswith("<p>last</p>")
        assert "</html>" in rest
        assert list(chunks) == []
        assert response.headers["X-Accel-Buffering"] == "no"
        assert "HX-Request" in response.headers["Vary"]


def test_a_template_of_a_stream_printed_at_once_needs_no_flush(templates: Path) -> None:
    (templates / "slow.html").write_text("<p>a</p>{{ flush() }}<p>b</p>", "utf-8")
    app = mounted(folder=templates)
    with app.test_request_context():
        assert "<p>a</p><p>b</p>" in pages.page("slow.html", title="T").get_data(as_text=True)


def test_the_hosts_clock_is_the_billings_clock() -> None:
    class Noon:
        def now(self) -> datetime:
            return datetime(2026, 6, 5, 12, 0, tzinfo=UTC)

    app = mounted(clock=Noon())
    billings = app.extensions["bgbilling"].billings
    assert billings.open("ds", Credentials("a", "b")).now().isoformat().startswith("2026-06-05T")


def test_the_menu_is_for_those_who_may(templates: Path) -> None:
    class Nobody(People):
        def grant(self, person: Person, permission: str) -> Grant | None:
            return None

    def entries(users: People, text: str = SERVER) -> list[tuple[str, str]]:
        app = Flask(__name__)
        app.config.update(BGBILLING_CONFIG=text, BGBILLING_LOCALE="ru")
        extension = BGBilling(app, users=users, accounts=NoAccounts())
        with app.test_request_context():
            return [(item.title, item.address) for item in extension.menu()]

    assert entries(People()) == [("Договоры", "/bgbilling/search"), ("Статус", "/bgbilling/status")]
    assert entries(People(present=False)) == []
    assert entries(Nobody()) == []
    assert entries(People(), SERVER + "bgbilling:enable=0\n") == []


def test_a_section_sees_who_opened_it_and_what_was_typed(templates: Path) -> None:
    seen: list[SectionContext] = []

    def render(context: SectionContext) -> SectionView:
        seen.append(context)
        return SectionView("mine.html", {"word": context.value("word")})

    class Accounts:
        def credentials(self, person_id: str, billing_id: str) -> Credentials | None:
            return Credentials("a", "b")

    (templates / "mine.html").write_text("<b>{{ word }}</b>", "utf-8")
    app = Flask(__name__, template_folder=str(templates))
    app.config.update(BGBILLING_CONFIG=SERVER, BGBILLING_LOCALE="en")
    mine = CardSection("mine", "Mine", 500, "contract.mine", render)
    BGBilling(app, users=People(), accounts=Accounts(), plugins=[Gives([mine])])
    answer = app.test_client().get("/bgbilling/contract/ds/101/mine?word=%20%3Ci%3E%20", headers=HX)
    assert "<b>&lt;i&gt;</b>" in answer.text
    assert (seen[0].viewer.login, seen[0].contract.cid, dict(seen[0].arguments)) == ("anna", 101, {"word": " <i> "})
