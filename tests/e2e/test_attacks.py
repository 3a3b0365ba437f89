"""Attacks on the pages: permissions from every side, texts and sums that break what shows them, answers cut short."""

from base64 import b64encode
from collections.abc import Callable, Iterator
from decimal import Decimal
from html.parser import HTMLParser
from types import FrameType, SimpleNamespace

import httpcore
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from example_host.models import User, database
from example_host.ports import properties_of
from flask_bgbilling import BGBilling, BillingError, PropertyAccounts
from flask_bgbilling.builtin.card import groups, modules, scripts, status, tariffs
from flask_bgbilling.ports import Credentials, Grant, Person
from flask_bgbilling.web import formatting, pages
from flask_bgbilling.wire.operation import Operation
from flask_bgbilling.wire.ops.cards import CARD_HTML
from flask_bgbilling.wire.ops.notes import NOTE_LIST
from tests.e2e.conftest import HostFactory, configuration
from tests.support import Emulated
from tests.wire_peer import ACCOUNT, Peer, billing, http

HX = {"HX-Request": "true"}

Grants = Callable[[str], Grant | None]


class Narrowed:
    """A host's users: one person whose grants a function of the permission's name tells."""

    def __init__(self, grants: Grants) -> None:
        self._grants = grants

    def current(self) -> Person | None:
        return Person("7", "anna", "Анна")

    def grant(self, person: Person, permission: str) -> Grant | None:
        return self._grants(permission)

    def sign_in_address(self, back_to: str) -> str:
        return "/login"


class Admin:
    """Everybody works under the same account."""

    def credentials(self, person_id: str, billing_id: str) -> Credentials | None:
        return Credentials("admin", "admin")


def _client(grants: Grants, text: str) -> FlaskClient:
    app = Flask(__name__)
    app.config.update(TESTING=True, BGBILLING_CONFIG=text, BGBILLING_LOCALE="en", SECRET_KEY="x")
    BGBilling(app, users=Narrowed(grants), accounts=Admin())
    return app.test_client()


@pytest.fixture
def two(emulated: Emulated) -> str:
    """Two billings and a third one whose entry is wrong."""
    text = configuration({"mine": emulated("10.2"), "theirs": emulated("9.2")})
    return f"{text}\nbgbilling:server.9.id=secret\nbgbilling:server.9.title=Secret Telecom\n"


MINE = Grant(billing_ids=frozenset({"mine"}))


@pytest.mark.parametrize(
    "address",
    [
        "/bgbilling/contract/theirs/101",
        "/bgbilling/contract/theirs/101/parameters",
        "/bgbilling/contract/theirs/101/file/cards/card.html",
        "/bgbilling/contract/theirs/101/file/cards/card.pdf?card=1",
    ],
)
@pytest.mark.parametrize("headers", [{}, HX])
def test_a_section_opens_no_billing_whose_cards_are_closed(two: str, address: str, headers: dict[str, str]) -> None:
    client = _client(lambda permission: MINE if permission == "contract.read" else Grant(), two)
    assert client.get(address, headers=headers).status_code == 403


def test_the_tree_has_no_section_that_is_closed_in_this_billing(two: str) -> None:
    client = _client(lambda permission: MINE if permission.startswith("contract.payments") else Grant(), two)
    assert "/contract/mine/101/payments" in client.get("/bgbilling/contract/mine/101").text
    assert "/contract/theirs/101/payments" not in client.get("/bgbilling/contract/theirs/101").text
    assert "/contract/theirs/101/payments" not in client.get("/bgbilling/contract/theirs/101/balance").text
    refused = client.get("/bgbilling/contract/theirs/101/payments", headers=HX)
    assert "You are not allowed to do this." in refused.text
    assert "<td" not in refused.text


def test_a_billing_that_is_switched_off_is_named_only_to_those_who_may_use_it(two: str) -> None:
    assert "Secret Telecom" in _client(lambda _: Grant(), two).get("/bgbilling/search").text
    hidden = _client(lambda _: MINE, two).get("/bgbilling/search?q=101").text
    assert "Secret Telecom" not in hidden
    assert "secret" not in hidden


@pytest.mark.parametrize("address", ["", "search?q=101", "search/mine?q=101", "contract/mine/101", "contract/mine/0"])
@pytest.mark.parametrize("headers", [{}, HX])
def test_no_cache_keeps_a_page(two: str, address: str, headers: dict[str, str]) -> None:
    client = _client(lambda _: Grant(), two)
    assert client.get(f"/bgbilling/{address}", headers=headers).headers["Cache-Control"] == "private, no-store"


def test_own_files_may_be_cached(two: str) -> None:
    client = _client(lambda _: Grant(), two)
    assert "no-store" not in client.get("/bgbilling/static/bgbilling.css").headers["Cache-Control"]


@pytest.mark.parametrize("typed", ["a+" * 2000, "а" * 100_000, "%25_" * 5000, "%00%00%00", "%ED%A0%80%ED%A0%80"])
def test_an_endless_street_breaks_no_address_book(hosted: HostFactory, typed: str) -> None:
    client = hosted(ds="9.2").client()
    assert client.get(f"/bgbilling/search/offer/streets?street={typed}").status_code == 200
    assert client.get(f"/bgbilling/search/offer/houses?street_id=1&house={typed}").status_code == 200


@pytest.mark.parametrize("typed", ["ext. 12345", "доб. 12345", "x 12345"])
def test_a_phone_without_digits_of_its_own_does_not_find_everybody(hosted: HostFactory, typed: str) -> None:
    host = hosted(ds="9.2")
    host.client().get("/bgbilling/search", query_string={"q": typed, "kind": "phone"})
    assert not [call for call in host.emulators["ds"].recorder.calls if "contractList" in call.name]


def _attributes(html: str) -> set[str]:
    found: set[str] = set()

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.update(name for name, _ in attrs)

    Reader().feed(html)
    return found


def test_a_page_that_fails_halfway_says_so_and_ends_whole(
    two: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    client = _client(lambda _: Grant(), two)

    def fail(_: object) -> str:
        raise RuntimeError("a template of a stranger")

    application = client.application
    monkeypatch.setitem(application.extensions["bgbilling"].templates.filters, "integer", fail)
    answer = client.get('/bgbilling/search?q=101&x="/onclick=alert(1)')
    assert answer.text.rstrip().endswith("</html>")
    assert "Something went wrong." in answer.text
    assert "onclick" not in _attributes(answer.text)
    assert "a template of a stranger" not in answer.text
    assert "broke off" in caplog.text


@pytest.mark.parametrize("value", ["1e30", "-1e60", "1e99", "123456789012345678901234567890.125"])
def test_a_sum_of_any_size_can_be_written(two: str, value: str) -> None:
    with _client(lambda _: Grant(), two).application.test_request_context():
        assert formatting.money(Decimal(value))
        assert formatting.integer(int(Decimal(value)))


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "/\r/evil.example",
        "/\n/evil.example",
        "\t//evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "/\r\nSet-Cookie: a=b",
    ],
)
def test_no_sign_in_leads_to_another_site(hosted: HostFactory, elsewhere: str) -> None:
    client = hosted().app.test_client()
    signed_in = client.post("/sign-in", data={"login": "operator", "password": "operator", "next": elsewhere})
    assert (signed_in.status_code, signed_in.headers["Location"]) == (302, "/")
    spoken = client.post("/language", data={"language": "en", "next": elsewhere})
    assert (spoken.status_code, spoken.headers["Location"]) == (302, "/")


@pytest.mark.parametrize("odd", ["a\u2028b", "a\x85b", "a\x0bb", "a\x1cb"])
def test_a_password_is_kept_whole_and_sets_no_other_key(hosted: HostFactory, odd: str) -> None:
    host = hosted(ds="9.2")
    typed = f"{odd}bgbilling:login.ds=admin"
    client = host.client()
    assert client.post("/profile", data={"login": "operator", "password": typed}).status_code == 302
    with host.app.test_request_context():
        person = next(str(user.id) for user in database.session.scalars(select(User)) if user.login == "operator")
        assert PropertyAccounts(properties_of).credentials(person, "ds") == Credentials("operator", typed)


def _frames(error: BaseException | None) -> Iterator[FrameType]:
    """Every frame that an error reporter would show with its variables."""
    while error is not None:
        trace = error.__traceback__
        while trace is not None:
            yield trace.tb_frame
            trace = trace.tb_next
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize("broken", [httpcore.WriteTimeout("x"), httpcore.ReadError("x"), OSError("x")])
@pytest.mark.parametrize("operation", [CARD_HTML, NOTE_LIST])
def test_no_frame_of_a_failed_call_shows_the_account(
    monkeypatch: pytest.MonkeyPatch, broken: Exception, operation: Operation[object]
) -> None:
    def write(self: object, buffer: bytes, timeout: float | None = None) -> None:
        raise broken

    monkeypatch.setattr("flask_bgbilling.wire.transport._WatchedStream.write", write)
    with Peer(http("")) as peer, pytest.raises(BillingError) as caught:
        billing(peer.url).call(operation, cid=1)
    secrets = (ACCOUNT.password, "s3cret", b64encode(f"{ACCOUNT.login}:{ACCOUNT.password}".encode()).decode())
    for frame in _frames(caught.value):
        if frame.f_code.co_filename != __file__:
            assert not [name for name, value in frame.f_locals.items() if any(one in repr(value) for one in secrets)]


@pytest.mark.parametrize("name", ["card.html", "card.pdf?card=1"])
def test_noise_is_handed_out_as_no_document(hosted: HostFactory, name: str) -> None:
    host = hosted(ds="9.2")
    host.emulators["ds"].faults.set("garbled", operation="ContractCard", size=100_000)
    answer = host.client("admin").get(f"/bgbilling/contract/ds/101/file/cards/{name}")
    assert answer.status_code == 502
    assert len(answer.data) < 10_000


def test_words_of_the_billing_are_not_taken_for_messages_of_ours(two: str) -> None:
    application = _client(lambda _: Grant(), two).application
    application.config["BGBILLING_LOCALE"] = "ru"
    words = "Payments %% %(billing)s"
    named = [SimpleNamespace(id=1, title=words, status="Payments")]
    card = SimpleNamespace(
        billing_id="mine", cid=101, tariffs=named, modules=named, groups=named, scripts=named, status="Charges", tone=""
    )
    trees = (tariffs.tree, modules.tree, groups.tree, scripts.tree, status.tree)
    with application.test_request_context():
        branches = [{"items": tree(card)} for tree in trees]  # type: ignore[arg-type]
        drawn = pages.fragment("bgbilling/card/_tree.html", tree=branches, card=card, key=None)
    assert drawn.count(words) == 4
    assert "Charges" in drawn
    assert ">Payments<" in drawn.replace("\n", "").replace(" ", "")
    assert "Тарифы" in drawn


@pytest.mark.parametrize("version", ["7.2", "10.2"])
@pytest.mark.parametrize("key", ["balance", "balance-detail", "payments", "charges", "accounts", "scripts", "web"])
@pytest.mark.parametrize("days", ["since=1900-01-01&until=9999-12-31", "since=9999-12-31&until=9999-12-31"])
def test_the_last_day_of_all_is_a_day(emulated: Emulated, version: str, key: str, days: str) -> None:
    client = _client(lambda _: Grant(), configuration({"mine": emulated(version)}))
    answer = client.get(f"/bgbilling/contract/mine/101/{key}?{days}", headers=HX)
    assert answer.status_code == 200
    assert 'role="alert"' not in answer.text
