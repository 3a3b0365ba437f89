"""The search in Chromium: by keyboard alone, billings in configured order, suggestions, without scripts, accessible."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Host, HostFactory, Opened

PERSON = 101
SEARCH = "/bgbilling/search"

pytestmark = pytest.mark.browser


@pytest.fixture
def host(served: HostFactory) -> Host:
    return served(bitel="10.2", ds="9.2", tks="7.2")


def focused(page: Page) -> str:
    """The address that the focused link leads to, else the name of the focused field."""
    return str(page.evaluate("document.activeElement.getAttribute('href') || document.activeElement.name"))


def complete(page: Page) -> None:
    page.wait_for_load_state("load")
    expect(page.locator(".bgb-waiting")).to_have_count(0)


def settled(page: Page) -> None:
    """htmx binds what it has put in a moment later; a person is never so quick, a test is."""
    expect(page.locator(".htmx-added, .htmx-settling, .htmx-request")).to_have_count(0)


def test_from_signing_in_to_a_parameter_value_without_a_mouse(host: Host, browse: Opened) -> None:
    page = browse(host, login="")
    page.goto(f"{host.url}{SEARCH}")
    expect(page.locator("[name=login]")).to_be_focused()
    page.keyboard.type("operator")
    page.keyboard.press("Tab")
    page.keyboard.type("operator")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{host.url}{SEARCH}**")
    page.keyboard.press("/")
    assert focused(page) == "q"
    page.keyboard.type("id 101")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=**")
    complete(page)
    page.keyboard.press("ArrowDown")
    assert focused(page) == f"/bgbilling/contract/bitel/{PERSON}"
    page.keyboard.press("ArrowDown")
    assert focused(page) == f"/bgbilling/contract/ds/{PERSON}"
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/contract/ds/{PERSON}")
    name = str(host.emulators["ds"].rows("contract_parameter_type_1", cid=PERSON, pid=2)[0]["val"])
    expect(page.locator("#bgb-section").get_by_text(name).first).to_be_visible()


def test_three_billings_with_one_down_then_the_cards_of_all(host: Host, browse: Opened) -> None:
    page = browse(host)
    host.emulators["ds"].faults.set("http-500")
    page.goto(f"{host.url}{SEARCH}?q=id+{PERSON}")
    complete(page)
    block = page.locator("#bgb-block-ds")
    expect(block.get_by_role("alert")).to_be_visible()
    expect(page.locator("#bgb-block-bitel [data-bgb-item]")).to_have_count(1)
    expect(page.locator("#bgb-block-tks [data-bgb-item]")).to_have_count(1)
    host.emulators["ds"].faults.clear()
    address = page.url
    block.locator(".bgb-note a.bgb-button").click()
    expect(page.locator("#bgb-block-ds [data-bgb-item]")).to_have_count(1)
    assert page.url == address, "only the block was loaded again"
    for billing_id in ("bitel", "ds", "tks"):
        page.goto(address)
        complete(page)
        page.locator(f"#bgb-block-{billing_id} [data-bgb-item]").click()
        page.wait_for_url(f"**/contract/{billing_id}/{PERSON}")
        number = str(host.emulators[billing_id].rows("contract", id=PERSON)[0]["title"])
        expect(page.locator("h1")).to_contain_text(number)


def test_blocks_are_seen_in_configured_order_while_the_first_is_still_missing(host: Host, browse: Opened) -> None:
    page = browse(host)
    page.goto(f"{host.url}{SEARCH}?q=id+1")
    host.emulators["bitel"].faults.set("latency", delay_ms=5000)
    page.goto(f"{host.url}{SEARCH}?q=id+{PERSON}", wait_until="commit")
    expect(page.locator("#bgb-block-ds")).to_be_visible()
    expect(page.locator("#bgb-block-tks")).to_be_visible()
    expect(page.locator(".bgb-waiting:visible")).to_have_count(1)
    expect(page.locator(".bgb-waiting:visible h2")).to_have_text("BITEL")
    while focused(page) == "None":
        page.keyboard.press("ArrowDown")
    assert focused(page) == f"/bgbilling/contract/ds/{PERSON}", "the keyboard works before all have answered"
    expect(page.locator(".bgb-waiting:visible")).to_have_count(1)
    complete(page)
    assert focused(page) == f"/bgbilling/contract/ds/{PERSON}", "the place is kept"
    seen = page.evaluate(
        "[...document.querySelectorAll('.bgb-block')].sort((a, b) => a.offsetTop - b.offsetTop).map((b) => b.id)"
    )
    assert seen == ["bgb-block-bitel", "bgb-block-ds", "bgb-block-tks"]
    page.keyboard.press("ArrowUp")
    assert focused(page) == f"/bgbilling/contract/bitel/{PERSON}"
    page.keyboard.press("ArrowUp")
    assert focused(page) == "q"


def test_the_only_hit_is_opened_by_enter_and_beside_by_control_enter(host: Host, browse: Opened) -> None:
    page = browse(host)
    page.goto(f"{host.url}{SEARCH}?q=id+{PERSON}&billing=ds")
    complete(page)
    assert focused(page) == f"/bgbilling/contract/ds/{PERSON}"
    with page.context.expect_page() as opened:
        page.keyboard.press("Control+Enter")
    opened.value.wait_for_url(f"**/contract/ds/{PERSON}")
    assert SEARCH in page.url
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/contract/ds/{PERSON}")


def test_enter_in_a_row_searches_by_it_and_the_address_holds_only_what_counts(host: Host, browse: Opened) -> None:
    page = browse(host)
    page.goto(f"{host.url}{SEARCH}?q=abc&billing=ds")
    page.locator(".bgb-search-more > summary").press("Enter")
    page.locator("[data-bgb-kind=number] > summary").press("Enter")
    page.fill("[name=number]", "-")
    page.locator("[data-bgb-kind=id] > summary").press("Enter")
    page.fill("[name=id]", str(PERSON))
    page.locator("[name=closed]").check()
    page.press("[name=id]", "Enter")
    page.wait_for_url("**by=id**")
    assert page.url == f"{host.url}{SEARCH}?billing=ds&closed=1&id={PERSON}&by=id"
    expect(page.locator("[data-bgb-kind=id]")).to_have_attribute("open", "")
    assert page.locator("[data-bgb-kind=number]").get_attribute("open") is None
    assert page.input_value("[name=q]") == ""


def test_pages_are_loaded_into_their_block(host: Host, browse: Opened) -> None:
    page = browse(host)
    page.goto(f"{host.url}{SEARCH}?by=number&number=-")
    complete(page)
    before = page.locator("#bgb-block-ds [data-bgb-item]").first.inner_text()
    others = page.locator("#bgb-block-tks").inner_text()
    page.locator("#bgb-block-ds .bgb-pager a", has_text="2").first.click()
    expect(page.locator("#bgb-block-ds .bgb-pager [aria-current=page]")).to_have_text("2")
    expect(page.locator("#bgb-block-ds [data-bgb-item]").first).not_to_have_text(before)
    assert page.locator("#bgb-block-tks").inner_text() == others
    expect(page.locator("#bgb-block-ds [data-bgb-item]").first).to_be_focused()


def test_an_address_is_chosen_from_suggestions_by_keyboard(host: Host, browse: Opened) -> None:
    emulator = host.emulators["bitel"]
    value = emulator.rows("contract_parameter_type_2", cid=PERSON, pid=3)[0]
    house = emulator.rows("address_house", id=value["hid"])[0]
    street = emulator.rows("address_street", id=house["streetid"])[0]
    city = emulator.rows("address_city", id=street["cityid"])[0]
    page = browse(host)
    page.goto(f"{host.url}{SEARCH}?billing=bitel")
    page.locator(".bgb-search-more > summary").press("Enter")
    page.locator("[data-bgb-kind=address] > summary").press("Enter")
    page.locator("[name=street]").press_sequentially(str(street["title"]).split()[-1])
    wanted = page.locator("#bgb-street-list li", has_text=f"{city['title']} - {street['title']}")
    expect(wanted).to_be_visible()
    expect(page.locator("[name=street]")).to_have_attribute("aria-expanded", "true")
    for _ in range(20):
        page.keyboard.press("ArrowDown")
        if wanted.get_attribute("aria-selected") == "true":
            break
    page.keyboard.press("Enter")
    assert page.input_value("[name=street_id]") == str(street["id"])
    assert page.input_value("[name=street]") == f"{city['title']} - {street['title']}"
    expect(page.locator("#bgb-street-list")).to_be_hidden()
    page.locator("[name=house]").press_sequentially(str(house["house"]))
    exact = page.locator(f"#bgb-house-{house['id']}")
    expect(exact).to_be_visible()
    exact.click()
    assert page.input_value("[name=house_id]") == str(house["id"])
    page.fill("[name=flat]", str(value["flat"]))
    page.press("[name=flat]", "Enter")
    page.wait_for_url("**by=address**")
    complete(page)
    expect(page.locator(f"a[href='/bgbilling/contract/bitel/{PERSON}']")).to_be_visible()
    page.locator("[name=street]").press_sequentially("x")
    assert page.input_value("[name=street_id]") == ""
    assert page.input_value("[name=house]") == ""


def test_parameters_follow_the_chosen_billings(host: Host, browse: Opened) -> None:
    page = browse(host)
    page.goto(f"{host.url}{SEARCH}")
    page.locator(".bgb-search-more > summary").press("Enter")
    page.locator("[data-bgb-kind=text] > summary").press("Enter")
    expect(page.locator("[name=text_parameter][value='tks:2']")).to_be_visible()
    settled(page)
    page.locator("[name=text_parameter][value='ds:2']").check()
    page.locator(".bgb-search-billings > summary").press("Enter")
    page.locator("[name=billing][value=ds]").check()
    expect(page.locator("[name=text_parameter][value='tks:2']")).to_have_count(0)
    expect(page.locator("[name=text_parameter][value='ds:2']")).to_be_checked()
    expect(page.locator("[data-bgb-billings-shown]")).to_have_text("DS")
    name = str(host.emulators["ds"].rows("contract_parameter_type_1", cid=PERSON, pid=2)[0]["val"])
    page.fill("[name=text]", name)
    page.press("[name=text]", "Enter")
    page.wait_for_url("**by=text**")
    complete(page)
    assert "text_parameter=ds%3A2" in page.url
    expect(page.locator(f"a[href='/bgbilling/contract/ds/{PERSON}']")).to_be_visible()
    expect(page.locator("[name=text_parameter][value='ds:2']")).to_be_checked()


def test_a_list_value_is_chosen(host: Host, browse: Opened) -> None:
    page = browse(host)
    page.goto(f"{host.url}{SEARCH}?billing=ds")
    page.locator(".bgb-search-more > summary").press("Enter")
    page.locator("[data-bgb-kind=list] > summary").press("Enter")
    expect(page.locator("[name=list_parameter]")).to_be_visible()
    settled(page)
    page.locator("[name=list_parameter]").select_option("ds:List:11")
    page.locator("[name=item]").select_option(index=1)
    page.locator("[data-bgb-kind=list] button[name=by]").press("Enter")
    page.wait_for_url("**by=list**")
    complete(page)
    expect(page.locator("#bgb-block-ds [data-bgb-item]").first).to_be_visible()
    expect(page.locator("[name=item]")).to_have_value(re.compile("ds:List:11:"))


def test_everything_works_without_a_script(host: Host, browse: Opened) -> None:
    page = browse(host, javascript=False)
    page.goto(f"{host.url}{SEARCH}")
    page.locator(".bgb-search-more > summary").click()
    page.locator("[data-bgb-kind=number] > summary").click()
    page.fill("[name=number]", "-")
    page.locator("[data-bgb-kind=number] button").click()
    expect(page.locator(".bgb-block")).to_have_count(3)
    expect(page.locator(".bgb-waiting:visible")).to_have_count(0)
    tops = [page.locator(f"#bgb-block-{one}").bounding_box() for one in ("bitel", "ds", "tks")]
    assert [box["y"] for box in tops if box] == sorted(box["y"] for box in tops if box)
    page.locator("#bgb-block-ds .bgb-pager a", has_text="2").first.click()
    expect(page.locator(".bgb-block")).to_have_count(1)
    expect(page.locator("#bgb-block-ds .bgb-pager [aria-current=page]")).to_have_text("2")
    page.locator("#bgb-block-ds [data-bgb-item]").first.click()
    page.wait_for_url("**/contract/ds/**")


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_nothing_is_inaccessible_or_wider_than_the_screen(host: Host, browse: Opened, width: int, dark: bool) -> None:
    page = browse(host, width=width, dark=dark)
    host.emulators["tks"].faults.set("http-500")
    for query in ("", "?q=101", "?show=text", "?by=number&number=-&billing=ds", "?by=address&street=Ленина"):
        page.goto(f"{host.url}{SEARCH}{query}")
        complete(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), query
        results = Axe().run(page, context=".bgb", options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa"]})
        assert results.violations_count == 0, results.generate_report()
