"""The card on a phone: wide tables become paragraphs, nothing runs off the screen; and the way back to the search."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Host, HostFactory, Opened

CARD = "/bgbilling/contract/bitel/101"
YEAR = "/payments?since=&until="
TABLE = "#bgb-section .bgb-scroll"


@pytest.fixture
def host(served: HostFactory) -> Host:
    """A host over one billing."""
    return served(bitel="10.2")


def test_rows_of_a_wide_table_are_stacked_with_the_names_of_their_columns(host: Host, browse: Opened) -> None:
    page = browse(host, width=390, height=844)
    page.goto(host.url + CARD + YEAR)
    region = page.locator(TABLE).first
    expect(region).to_have_class("bgb-panel bgb-scroll bgb-stacked")
    cells = region.locator("tbody tr").first.locator("td")
    assert cells.nth(0).get_attribute("data-bgb-label") is None
    assert [cells.nth(at).get_attribute("data-bgb-label") for at in (1, 2)] == ["Sum", "Type"]
    assert region.evaluate("region => region.scrollWidth <= region.clientWidth")
    assert region.get_attribute("tabindex") is None


def test_a_table_loaded_later_is_stacked_too(host: Host, browse: Opened) -> None:
    page = browse(host, width=390, height=844)
    page.goto(host.url + CARD + "/balance?since=&until=")
    page.locator(".bgb-tabs a", has_text="Payments").click()
    expect(page.locator("#bgb-section[data-bgb-key=payments] .bgb-stacked")).to_have_count(1)


def test_a_table_is_a_table_again_on_a_wider_screen(host: Host, browse: Opened) -> None:
    page = browse(host, width=390, height=844)
    page.goto(host.url + CARD + YEAR)
    expect(page.locator(".bgb-stacked")).to_have_count(1)
    page.set_viewport_size({"width": 1280, "height": 800})
    expect(page.locator(".bgb-stacked")).to_have_count(0)


def test_columns_of_the_balance_stay_columns(host: Host, browse: Opened) -> None:
    page = browse(host, width=390, height=844)
    page.goto(host.url + CARD + "/balance")
    region = page.locator(TABLE).first
    expect(region.locator("thead")).to_be_visible()
    assert region.evaluate("region => region.scrollWidth <= region.clientWidth")


def test_every_usual_period_is_in_sight(host: Host, browse: Opened) -> None:
    page = browse(host, width=390, height=844)
    page.goto(host.url + CARD + "/payments")
    presets = page.locator("#bgb-section .bgb-presets")
    expect(presets.locator("a")).to_have_count(5)
    assert presets.evaluate("presets => presets.scrollWidth <= presets.clientWidth")


@pytest.mark.parametrize(
    "section", ["", "/parameters", "/status", "/limit", "/tariffs?view=options", "/scripts", "/web"]
)
def test_nothing_runs_off_a_phone(host: Host, browse: Opened, section: str) -> None:
    page = browse(host, "admin", width=390, height=844)
    page.goto(host.url + CARD + section)
    expect(page.locator(".bgb-card-head")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_slash_leads_from_the_card_to_the_search(host: Host, browse: Opened) -> None:
    page = browse(host)
    page.goto(f"{host.url}{CARD}/payments")
    page.locator("#bgb-section input[name=since]").press("/")
    assert page.url.endswith("/payments")
    page.locator("#bgb-section-title").click()
    page.keyboard.press("/")
    page.wait_for_url(f"{host.url}/bgbilling/search")
    expect(page.locator("[data-bgb-search-input]")).to_be_focused()
