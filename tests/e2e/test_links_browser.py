"""A contract and its customer in a browser: linked, changed and unlinked, with and without scripts."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import Host, Opened, hosts, listening
from tests.e2e.test_links import PARAMETER, stored
from tests.support import Emulated

CARD = "/bgbilling/contract/bitel/101"


@pytest.fixture
def host(private_billing: Emulated, tmp_path: Path) -> Iterator[Host]:
    """A host whose billing keeps the customers of contracts."""
    for served in listening(hosts(lambda version: private_billing(version, frozen_at=None), tmp_path)):
        yield served(bitel="10.2", extra=f"bgbilling:server.1.customerIdParam={PARAMETER}\n")


def open_customers(host: Host, page: Page) -> None:
    for number in (2, 1):
        page.goto(f"{host.url}/customers/{number}")


def choose(page: Page, customer: str) -> None:
    page.locator(".bgb-card-customer .bgb-pencil").click()
    page.select_option("select[name=customer]", value=customer)
    page.locator(".bgb-form-foot button").click()


def test_the_head_links_changes_and_unlinks(host: Host, browse: Opened) -> None:
    page = browse(host)
    open_customers(host, page)
    page.goto(f"{host.url}{CARD}")
    line = page.locator(".bgb-card-customer")
    expect(line).to_contain_text("nobody")
    emulator = host.emulators["bitel"]
    choose(page, "1")
    expect(line.locator("a").first).to_have_text("Колесникова Ирина Дмитриевна")
    assert stored(emulator) == "1"
    choose(page, "2")
    expect(line.locator("a").first).to_contain_text("ООО «Сеть аптек Ёлочка»")
    assert stored(emulator) == "2"
    line.locator("a").first.click()
    page.get_by_role("link", name="Contracts", exact=True).last.click()
    page.get_by_role("link", name="A-24-0101", exact=True).click()
    expect(page.locator(".crm-tabs a[aria-current]")).to_have_text("Contracts")
    expect(page.locator(".bgb-customer-strip")).to_contain_text("ООО «Сеть аптек Ёлочка»")
    choose(page, "")
    expect(line).to_contain_text("nobody")
    assert stored(emulator) == ""
    page.reload()
    expect(page.locator(".crm-tabs")).to_have_count(0)


@pytest.mark.parametrize("width", [1280, 380])
def test_it_works_without_scripts_and_on_a_phone(host: Host, browse: Opened, width: int) -> None:
    page = browse(host, javascript=False, width=width)
    open_customers(host, page)
    page.goto(f"{host.url}{CARD}")
    choose(page, "2")
    expect(page.locator(".bgb-card-customer a").first).to_contain_text("ООО «Сеть аптек Ёлочка»")
    assert stored(host.emulators["bitel"]) == "2"
    page.goto(f"{host.url}/customers/2?tab=contracts")
    expect(page.locator(".bgb-customer-contracts tbody tr")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_what_the_billing_does_not_know_is_shown(host: Host, browse: Opened) -> None:
    page = browse(host)
    open_customers(host, page)
    page.goto(f"{host.url}{CARD}")
    host.emulators["bitel"].faults.set("http-500", operation="contractParameterTextUpdate", status=503, count=1)
    choose(page, "2")
    expect(page.locator(".bgb-card-customer")).to_contain_text("not in the billing yet")
    page.goto(f"{host.url}{CARD}/customer")
    page.get_by_role("link", name="Tell the billing now").click()
    page.locator(".bgb-form-foot button").click()
    expect(page.locator("#bgb-section")).to_contain_text("written")
    expect(page.locator(".bgb-card-customer")).not_to_contain_text("not in the billing yet")
    assert stored(host.emulators["bitel"]) == "2"


SEEN_LATE = """window.IntersectionObserver = class {
  constructor(tell) { this.tell = tell; }
  observe(target) { window.seen = () => this.tell([{ isIntersecting: true, target }], this); }
  unobserve() {}
  disconnect() {}
};"""


@pytest.mark.parametrize("first", ["form", "section"])
def test_a_form_is_not_lost_to_the_section_that_loads_itself(host: Host, browse: Opened, first: str) -> None:
    page = browse(host)
    page.add_init_script(SEEN_LATE)
    waiting: dict[str, Route] = {}
    page.route("**/contract/bitel/101/customer/edit", lambda route: waiting.update(form=route))
    page.route("**/contract/bitel/101/parameters", lambda route: waiting.update(section=route))
    page.goto(f"{host.url}{CARD}")
    page.wait_for_function("() => Boolean(window.seen)")
    with page.expect_request("**/customer/edit"):
        page.locator(".bgb-card-customer .bgb-pencil").click()
    with page.expect_request("**/parameters"):
        page.evaluate("window.seen()")
    for name in (first, *{"form", "section"} - {first}):
        while name not in waiting:
            page.wait_for_timeout(20)
        with page.expect_response(waiting[name].request.url):
            waiting[name].continue_()
    expect(page.locator("select[name=customer]")).to_be_visible()
