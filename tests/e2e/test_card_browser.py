"""The contract card in a browser: keyboard, phone, copying, the sandbox of foreign pages."""

import re

import pytest
from playwright.sync_api import Page, expect

from flask_bgbilling.builtin.card import documents
from tests.e2e.accessibility import assert_accessible
from tests.e2e.conftest import Host, HostFactory, Opened

CARD = "/bgbilling/contract/bitel/101"


@pytest.fixture
def host(served: HostFactory) -> Host:
    return served(bitel="10.2")


def opened(page: Page, host: Host, path: str = "") -> Page:
    page.goto(f"{host.url}{CARD}{path}")
    return page


def test_the_first_section_loads_by_itself_and_the_tree_marks_it(host: Host, browse: Opened) -> None:
    page = opened(browse(host), host)
    expect(page.locator("#bgb-section[data-bgb-key=parameters]")).to_contain_text("Паспорт")
    expect(page.locator(".bgb-tree [aria-current]")).to_have_count(1)
    expect(page.locator('.bgb-tree a[data-bgb-key="parameters"]')).to_have_attribute("aria-current", "true")
    assert page.url.endswith(CARD)


def test_a_click_in_the_tree_changes_only_the_section(host: Host, browse: Opened) -> None:
    page = opened(browse(host), host)
    expect(page.locator("#bgb-section[data-bgb-key=parameters]")).to_be_visible()
    page.evaluate("document.querySelector('h1').dataset.kept = '1'")
    page.locator('.bgb-tree a[data-bgb-key="groups"]').click()
    expect(page.locator("#bgb-section[data-bgb-key=groups]")).to_be_visible()
    expect(page).to_have_url(re.compile("/101/groups$"))
    expect(page.locator('.bgb-tree a[data-bgb-key="groups"]')).to_have_attribute("aria-current", "true")
    expect(page.locator(".bgb-tree [aria-current]")).to_have_count(1)
    expect(page.locator("h1[data-kept]")).to_have_count(1)
    reload = page.locator("[data-bgb-reload]")
    expect(reload).to_have_attribute("href", re.compile("/101/groups$"))
    page.go_back()
    expect(page.locator("#bgb-section[data-bgb-key=parameters]")).to_be_visible()


def test_arrows_walk_the_tree_and_lead_into_the_section(host: Host, browse: Opened) -> None:
    page = opened(browse(host), host, "/parameters")
    page.locator('.bgb-tree a[data-bgb-key="parameters"]').focus()
    lines = page.locator(".bgb-tree a").evaluate_all("lines => lines.map(line => line.dataset.bgbKey)")
    assert lines[0] == "parameters"
    for line in lines[1 : lines.index("objects") + 1]:
        page.keyboard.press("ArrowDown")
        expect(page.locator(f'.bgb-tree a[data-bgb-key="{line}"]')).to_be_focused()
    objects = page.locator('.bgb-tree a[data-bgb-key="objects"]')
    expect(objects).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#bgb-section[data-bgb-key=objects]")).to_be_visible()
    expect(objects).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#bgb-section")).to_be_focused()
    page.keyboard.press("Escape")
    expect(objects).to_be_focused()
    page.keyboard.press("End")
    expect(page.locator(".bgb-tree a").last).to_be_focused()
    page.keyboard.press("Home")
    expect(page.locator('.bgb-tree a[data-bgb-key="parameters"]')).to_be_focused()


def test_one_parameter_and_back_by_keyboard(host: Host, browse: Opened) -> None:
    page = opened(browse(host), host, "/parameters")
    page.get_by_role("link", name="Details and history of “Паспорт”").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#bgb-section h3").first).to_have_text("Паспорт")
    expect(page).to_have_url(re.compile("parameter="))
    page.locator("#bgb-section p a").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#bgb-section table.bgb-sheet")).to_be_visible()
    expect(page).to_have_url(re.compile("/parameters$"))


def test_on_a_phone_the_tree_is_a_list_and_a_section_a_screen(host: Host, browse: Opened) -> None:
    page = opened(browse(host, width=390, height=844), host)
    tree = page.locator(".bgb-tree")
    expect(tree).to_be_visible()
    expect(page.locator("#bgb-section")).to_be_hidden()
    asked = [call.name for call in host.emulators["bitel"].calls if "Parameters" in call.name]
    page.locator('.bgb-tree a[data-bgb-key="groups"]').click()
    expect(page.locator("#bgb-section[data-bgb-key=groups]")).to_be_visible()
    expect(tree).to_be_hidden()
    assert asked == [], "a phone does not load what it does not show"
    page.locator(".bgb-section-back").click()
    expect(tree).to_be_visible()
    expect(page.locator("#bgb-section")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


SCREENS = (
    "parameters?filled=all", "parameters?parameter=3", "objects", "objects?object=1&parts=1&empty=1", "hierarchy",
    "modules", "web", "web?log=failed", "groups?all=1", "actions", "cards",
)  # fmt: skip


@pytest.mark.parametrize("width", [1280, 390])
def test_sections_fit_and_are_accessible(host: Host, browse: Opened, width: int) -> None:
    page = browse(host, "admin", width=width, height=844)
    for screen in SCREENS:
        opened(page, host, f"/{screen}")
        expect(page.locator("#bgb-section[data-bgb-key]")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), screen
        assert_accessible(page, screen)


def test_values_of_all_headings_stand_in_one_column(host: Host, browse: Opened) -> None:
    page = opened(browse(host), host, "/parameters")
    left = page.locator("#bgb-section tbody td:nth-child(2)").evaluate_all(
        "cells => cells.map(cell => Math.round(cell.getBoundingClientRect().left))"
    )
    assert len(left) > 10
    assert len(set(left)) == 1


def test_number_and_link_are_copied(host: Host, browse: Opened) -> None:
    page = browse(host)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=host.url)
    opened(page, host, "/groups")
    number = host.emulators["bitel"].rows("contract", id=101)[0]["title"]
    buttons = page.locator("[data-bgb-copy]")
    expect(buttons).to_have_count(2)
    before = buttons.nth(0).inner_text()
    buttons.nth(0).click()
    expect(buttons.nth(0)).to_have_text(buttons.nth(0).get_attribute("data-bgb-copied") or "?")
    assert page.evaluate("navigator.clipboard.readText()") == number
    expect(buttons.nth(0)).to_have_text(before, timeout=5000)
    buttons.nth(1).click()
    expect(buttons.nth(1)).to_have_text(buttons.nth(1).get_attribute("data-bgb-copied") or "?")
    assert page.evaluate("navigator.clipboard.readText()") == f"{host.url}{CARD}"


def test_the_full_card_is_shown_in_a_sandbox(host: Host, browse: Opened) -> None:
    page = opened(browse(host), host, "/cards?full=1")
    expect(page.frame_locator("iframe.bgb-sandbox").locator("body")).to_contain_text("A-24-0101")
    assert page.evaluate("document.querySelector('iframe.bgb-sandbox').contentDocument") is None


def test_scripts_of_a_billing_do_not_run(host: Host, browse: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    evil = b"<p>evil</p><script>document.body.append(' ran'); top.owned = 1</script><img src=x onerror='top.owned=1'>"
    monkeypatch.setattr(documents, "read_html", lambda contract: evil)
    page = opened(browse(host, tolerated=("sandboxed", "Content Security Policy")), host, "/cards?full=1")
    body = page.frame_locator("iframe.bgb-sandbox").locator("body")
    expect(body).to_have_text("evil")
    assert page.evaluate("window.owned") is None
    page.goto(f"{host.url}{CARD}/file/cards/card.html")
    expect(page.locator("body")).to_have_text("evil")


def test_a_pdf_is_downloaded_under_our_name(host: Host, browse: Opened) -> None:
    page = opened(browse(host), host, "/cards")
    with page.expect_download() as download:
        page.locator("#bgb-section tbody a").first.click()
    assert download.value.suggested_filename == "card-101.pdf"


def test_without_javascript_the_card_leads_to_every_section(host: Host, browse: Opened) -> None:
    page = opened(browse(host, javascript=False), host)
    page.locator("#bgb-section a").click()
    expect(page.locator("#bgb-section[data-bgb-key=parameters]")).to_contain_text("Паспорт")
    expect(page.locator("[data-bgb-copy]").first).to_be_hidden()
    page.locator('.bgb-tree a[data-bgb-key="objects"]').click()
    page.locator("#bgb-section tbody a").first.click()
    expect(page.locator("#bgb-section h3").first).to_be_visible()


def test_a_slow_section_shows_that_it_is_asked_for(host: Host, browse: Opened) -> None:
    page = opened(browse(host), host, "/groups")
    host.emulators["bitel"].faults.set("latency", operation="ObjectList", delay_ms=1500)
    page.locator('.bgb-tree a[data-bgb-key="objects"]').click()
    expect(page.locator("#bgb-section-busy")).to_be_visible()
    expect(page.locator("#bgb-section[data-bgb-key=objects]")).to_be_visible()
    expect(page.locator("#bgb-section-busy")).to_be_hidden()
