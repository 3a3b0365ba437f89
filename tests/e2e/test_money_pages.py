"""Pages of money, status, limit, tariffs, notes and scripts inside a host, read as a person reads them."""

import re
from html import unescape

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask.testing import FlaskClient
from playwright.sync_api import expect

from example_host import roles
from flask_bgbilling.emulator import Emulator, EmulatorSettings
from tests.e2e.conftest import HostFactory, Opened, configuration
from tests.support import wait_until

VERSIONS = pytest.mark.parametrize("version", ["7.2", "8.2", "9.2", "10.2"])
KEYS = (
    "status",
    "limit",
    "mode",
    "face",
    "balance",
    "payments",
    "accounts",
    "charges",
    "balance-detail",
    "tariffs",
    "scripts",
    "notes",
)
CARD = "/bgbilling/contract/bitel/101"


def partial(client: FlaskClient, path: str) -> str:
    """A section as htmx asks for it."""
    answer = client.get(f"{CARD}/{path}", headers={"HX-Request": "true"})
    assert answer.status_code == 200, answer.text
    return answer.text


def words(html: str) -> str:
    """What a person reads."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)).replace("\u00a0", " "))


@VERSIONS
def test_every_section_opens_as_a_fragment_and_as_a_page(hosted: HostFactory, version: str) -> None:
    client = hosted(bitel=version).client()
    for key in KEYS:
        fragment = partial(client, key)
        assert f'data-bgb-key="{key}"' in fragment
        assert "bgb-section-title" in fragment
        assert 'role="alert"' not in fragment
        whole = client.get(f"{CARD}/{key}").text
        assert f'data-bgb-key="{key}"' in whole
        assert "data-bgb-tree" in whole


@VERSIONS
def test_the_tree_tells_values_and_opens_the_month_of_the_balance(hosted: HostFactory, version: str) -> None:
    host = hosted(bitel=version)
    html = host.client().get(CARD).text
    row = max(host.emulators["bitel"].rows("contract_balance", cid=101), key=lambda row: (row["yy"], row["mm"]))
    month = f"since={row['yy']}-{row['mm']:02}-01"
    for key in ("balance", "payments", "accounts", "charges"):
        links = re.findall(rf'href="({CARD}/{key}\?[^"]*)"', html)
        assert links, key
        assert all(month in link for link in links), key
    for key in ("status", "limit", "mode", "face", "tariffs", "scripts", "notes"):
        assert f'href="{CARD}/{key}"' in html


def test_the_whole_contract_stays_chosen_on_the_way(hosted: HostFactory) -> None:
    client = hosted(bitel="9.2").client()
    html = partial(client, "payments?since=&until=")
    stored = len(re.findall(r"<tr>", html))
    chips = re.findall(r'href="([^"]*type=[^"]*)"', html)
    assert chips
    chosen = unescape(chips[0])
    assert "since=&until=" in chosen
    narrowed = partial(client, chosen.removeprefix(f"{CARD}/"))
    assert len(re.findall(r"<tr>", narrowed)) < stored
    back = re.search(r'<a class="bgb-chip" href="([^"]*)"[^>]*>(?:все|all)<', narrowed)
    assert back is not None
    assert "since=&until=" in unescape(back[1])
    assert "type=" not in back[1]


def test_what_is_no_date_is_said_in_the_section(hosted: HostFactory) -> None:
    html = partial(hosted(bitel="9.2").client(), "payments?since=<script>&until=")
    assert 'role="alert"' in html
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999999999999", "²"])
def test_a_page_that_is_none_is_the_first(hosted: HostFactory, page: str) -> None:
    client = hosted(bitel="9.2").client()
    first = words(partial(client, "scripts"))
    assert words(partial(client, f"notes?page={page}"))
    if page != "99999999999999999999":
        shown = words(partial(client, f"scripts?page={page}"))
        assert re.sub(r"\d\d:\d\d", "", shown) == re.sub(r"\d\d:\d\d", "", first)


def test_views_that_are_not_allowed_are_not_offered(hosted: HostFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(roles.GRANTED, "operator", ("contract.search", "contract.read", "contract.balance.read"))
    client = hosted(bitel="9.2").client()
    html = partial(client, "balance")
    assert f"{CARD}/balance-detail" in html
    assert f"{CARD}/payments" not in html
    assert client.get(f"{CARD}/payments", headers={"HX-Request": "true"}).status_code == 403
    assert f"{CARD}/payments" not in client.get(CARD).text


def test_a_broken_billing_shows_in_the_section_only(hosted: HostFactory) -> None:
    host = hosted(bitel="9.2")
    client = host.client()
    host.emulators["bitel"].faults.set("http-500", operation="PaymentService.paymentList")
    whole = client.get(f"{CARD}/payments")
    assert whole.status_code == 200
    assert "data-bgb-tree" in whole.text
    assert 'role="alert"' in whole.text
    assert f'href="{CARD}/payments"' in whole.text


def test_a_part_that_fails_leaves_the_rest(hosted: HostFactory) -> None:
    host = hosted(bitel="10.2")
    client = host.client()
    host.emulators["bitel"].faults.set("http-500", operation="contractStatusLogSearch")
    html = partial(client, "status")
    assert 'role="alert"' in html
    assert "Активен" in html


def test_hostile_texts_stay_texts(hosted: HostFactory) -> None:
    with Emulator(EmulatorSettings(version="9.2", hostile=True)) as emulator:
        host = hosted(bitel="9.2")
        host.config.write_text(configuration({"bitel": emulator}), "utf-8")
        source = host.app.extensions["bgbilling"].source
        wait_until(lambda: source.current().servers[0].url == emulator.url, what="the new configuration")
        client = host.client()
        for cid in range(51, 58):
            for key in KEYS:
                answer = client.get(f"/bgbilling/contract/bitel/{cid}/{key}", headers={"HX-Request": "true"})
                assert answer.status_code == 200
                assert "<script>alert" not in answer.text
                assert "<b>" not in answer.text
        notes = client.get("/bgbilling/contract/bitel/51/notes", headers={"HX-Request": "true"}).text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in notes


@pytest.mark.browser
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_sections_are_accessible(served: HostFactory, browse: Opened, width: int, dark: bool) -> None:
    host = served(bitel="9.2")
    page = browse(host, width=width, dark=dark)
    for key in (*KEYS, "tariffs?view=options&option=1", "payments?since=&until="):
        page.goto(f"{host.url}{CARD}/{key}")
        expect(page.locator("#bgb-section")).to_be_visible()
        results = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]})
        found = [(rule["id"], node["html"]) for rule in results.response["violations"] for node in rule["nodes"]]
        assert found == [], key
        fits = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        assert page.evaluate(fits), f"{key} does not fit into {width} px"


@pytest.mark.browser
def test_from_the_tree_to_the_payments_of_a_year(served: HostFactory, browse: Opened) -> None:
    host = served(bitel="7.2")
    page = browse(host, locale="en-US")
    page.goto(f"{host.url}{CARD}")
    tree = page.locator("[data-bgb-tree]")
    tree.locator("a[data-bgb-key=balance]").first.click()
    section = page.locator("#bgb-section[data-bgb-key=balance]")
    expect(section.locator("svg.bgb-chart")).to_be_visible()
    expect(section.locator("svg.bgb-chart circle")).to_have_count(12)
    section.locator(f"nav a[href*='{CARD}/payments']").click()
    payments = page.locator("#bgb-section[data-bgb-key=payments]")
    expect(payments).to_be_visible()
    payments.locator(".bgb-presets a").nth(3).click()
    expect(payments.locator(".bgb-presets a[aria-current]")).to_have_count(1)
    rows = payments.locator("tbody tr")
    expect(rows.nth(5)).to_be_visible()
    page.go_back()
    expect(payments.locator(".bgb-presets a").nth(3)).not_to_have_attribute("aria-current", "true")


@pytest.mark.browser
def test_the_section_asked_for_last_is_shown_though_another_comes_before(served: HostFactory, browse: Opened) -> None:
    host = served(bitel="9.2")
    page = browse(host)
    faults = host.emulators["bitel"].faults
    faults.set("latency", operation="contractNoteList", delay_ms=200)
    faults.set("latency", operation="contractLimitGet", delay_ms=600)
    page.goto(f"{host.url}{CARD}/status")
    tree = page.locator("[data-bgb-tree]")
    with page.expect_response(re.compile("/limit")), page.expect_response(re.compile("/notes")):
        tree.locator("a[data-bgb-key=notes]").click()
        tree.locator("a[data-bgb-key=limit]").click()
    expect(page.locator("#bgb-section[data-bgb-key=limit]")).to_be_visible()
    expect(tree.locator("a[aria-current]")).to_have_attribute("data-bgb-key", "limit")
