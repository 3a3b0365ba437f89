"""An operator's work in the browser: finding contracts in several billings and reading their cards."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.accessibility import WCAG, assert_accessible
from tests.e2e.conftest import Host, HostFactory, Opened

THREE = {"bitel": "10.2", "ds": "9.2", "tks": "7.2"}
VERSIONS = pytest.mark.parametrize("billing_id", THREE)


def number_of(host: Host, billing_id: str, cid: int = 101) -> str:
    """The contract's number, from the billing's own table."""
    return str(host.emulators[billing_id].rows("contract", id=cid)[0]["title"])


def test_from_login_to_a_parameter_without_a_mouse(served: HostFactory, browse: Opened) -> None:
    host = served(**THREE)
    page = browse(host, login="")
    page.goto(f"{host.url}/bgbilling/search")
    keys = page.keyboard
    expect(page.locator("input[name=login]")).to_be_focused()
    keys.type("operator")
    keys.press("Tab")
    keys.type("operator")
    keys.press("Enter")
    page.wait_for_url(re.compile("/bgbilling/search"))
    keys.press("Escape")
    page.evaluate("document.activeElement.blur()")
    keys.press("/")
    keys.type(number_of(host, "ds"))
    keys.press("Enter")
    link = page.locator("[data-bgb-block=ds] [data-bgb-item]").first
    expect(link).to_be_visible()
    for _ in range(10):
        keys.press("ArrowDown")
        if link.evaluate("element => element === document.activeElement"):
            break
    expect(link).to_be_focused()
    keys.press("Enter")
    page.wait_for_url(re.compile("/bgbilling/contract/ds/101"))
    phone = host.emulators["ds"].rows("contract_parameter_type_phone_item", cid=101)[0]["phone"]
    value = page.locator(f'a[href$="{phone[-10:]}"]').first
    expect(value).to_be_visible()
    for _ in range(80):
        keys.press("Tab")
        if value.evaluate("element => element === document.activeElement"):
            break
    expect(value).to_be_focused()


def test_three_billings_with_one_down(served: HostFactory, browse: Opened) -> None:
    host = served(extra="bgbilling:server.2.requestTimeOut=3000", **THREE)
    host.emulators["ds"].faults.set("hang")
    page = browse(host, tolerated=("503",))
    page.goto(f"{host.url}/bgbilling/search")
    page.get_by_role("searchbox").fill("Иванов")
    page.get_by_role("searchbox").press("Enter")
    alive = page.locator("[data-bgb-block=tks]")
    expect(alive.locator("[data-bgb-item]").first).to_be_visible()
    expect(page.locator("[data-bgb-block=bitel] [data-bgb-item]").first).to_be_visible()
    down = page.locator("[data-bgb-block=ds]")
    expect(down.get_by_role("alert")).to_contain_text("DS")
    host.emulators["ds"].faults.clear()
    down.get_by_role("alert").locator("a.bgb-button").click()
    expect(page.locator("[data-bgb-block=ds] [data-bgb-item]").first).to_be_visible()
    titles = page.locator("[data-bgb-block]").evaluate_all(
        "blocks => blocks.sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)"
        ".map(block => block.dataset.bgbBlock)"
    )
    assert titles == list(THREE), "blocks stand in configured order, whoever answered first"


@VERSIONS
def test_a_card_of_every_version(served: HostFactory, browse: Opened, billing_id: str) -> None:
    host = served(**THREE)
    page = browse(host)
    page.goto(f"{host.url}/bgbilling/contract/{billing_id}/101")
    expect(page.get_by_role("heading", level=1)).to_contain_text(number_of(host, billing_id))
    sections = page.locator(".bgb-tree a[href]").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert len(sections) >= 14
    for address in dict.fromkeys(sections):
        page.goto(host.url + address)
        expect(page.locator("#bgb-section")).to_be_visible()
        expect(page.locator("#bgb-section").get_by_role("alert")).to_have_count(0)


def test_a_section_keeps_its_address_and_the_back_button_works(served: HostFactory, browse: Opened) -> None:
    host = served(ds="9.2")
    page = browse(host)
    page.goto(f"{host.url}/bgbilling/contract/ds/101/parameters")
    page.locator('.bgb-tree a[href*="/payments"]').first.click()
    page.wait_for_url(re.compile("/101/payments"))
    expect(page.locator("#bgb-section table")).to_be_visible()
    page.go_back()
    page.wait_for_url(re.compile("/101/parameters"))
    expect(page.locator("#bgb-section")).to_contain_text("Паспорт")


def test_everything_works_without_javascript(served: HostFactory, browse: Opened) -> None:
    host = served(ds="9.2", tks="7.2")
    page = browse(host, javascript=False)
    page.goto(f"{host.url}/bgbilling/search")
    page.get_by_role("searchbox").fill(number_of(host, "tks"))
    page.get_by_role("searchbox").press("Enter")
    page.locator("[data-bgb-block=tks] [data-bgb-item]").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(number_of(host, "tks"))
    page.locator('.bgb-tree a[href*="/balance"]').first.click()
    expect(page.locator("#bgb-section table").first).to_be_visible()


SCREENS = ("search", "search?q=Иванов", "contract/ds/101/parameters", "contract/ds/101/balance",
           "contract/ds/101/tariffs", "contract/ds/101/status")  # fmt: skip


@pytest.mark.parametrize("width", [1280, 390])
def test_screens_fit_and_are_accessible(served: HostFactory, browse: Opened, width: int) -> None:
    host = served(ds="9.2", bitel="10.2")
    page = browse(host, width=width)
    for screen in SCREENS:
        page.goto(f"{host.url}/bgbilling/{screen}")
        expect(page.locator(".bgb-waiting, .htmx-request")).to_have_count(0)
        assert overflow(page) <= 0, f"{screen} is wider than {width} px"
        assert_accessible(page, screen, tags=WCAG)


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    wider: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wider
