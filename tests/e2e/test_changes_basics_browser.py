"""The most usual edits of the contract itself in a browser: keys, focus, head and tree, and without scripts."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Host, Opened, hosts, listening
from tests.support import Emulated

CARD = "/bgbilling/contract/bitel/101"


@pytest.fixture
def host(private_billing: Emulated, tmp_path: Path) -> Iterator[Host]:
    """A host with one billing of its own, in which it is the same day."""
    for served in listening(hosts(lambda version: private_billing(version, frozen_at=None), tmp_path)):
        yield served(bitel="10.2")


def test_a_form_is_cancelled_as_soon_as_it_is_there(host: Host, browse: Opened) -> None:
    page = browse(host)
    page.goto(f"{host.url}{CARD}/basics")
    page.evaluate(
        """() => document.addEventListener("htmx:afterSwap", () => document.querySelector("input[name=comment]")
            ?.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true, cancelable: true })))"""
    )
    first = page.locator("#bgb-section tbody tr").first
    with page.expect_response("**/basics/title*"):
        first.locator("[data-bgb-edit]").click()
    expect(first.locator("[data-bgb-edit]")).to_be_focused()
    expect(page.locator("input[name=comment]")).to_have_count(0)


def test_a_link_works_in_its_place_as_soon_as_it_is_there(host: Host, browse: Opened) -> None:
    page = browse(host)
    page.goto(f"{host.url}{CARD}/notes")
    page.evaluate(
        """() => document.addEventListener("htmx:afterSwap", () => setTimeout(() =>
            document.querySelector("#bgb-section[data-bgb-key=basics] [data-bgb-edit]")?.click()), { once: true })"""
    )
    page.evaluate("document.querySelector('h1').dataset.kept = '1'")
    page.locator('.bgb-tree a[data-bgb-key="basics"]').click()
    expect(page.locator("#bgb-section [data-bgb-editor]")).to_be_visible()
    expect(page.locator("h1[data-kept]")).to_have_count(1)


def test_a_line_is_edited_in_its_place(host: Host, browse: Opened) -> None:
    page = browse(host)
    page.goto(f"{host.url}{CARD}/basics")
    first = page.locator("#bgb-section tbody tr").first
    first.locator("[data-bgb-edit]").click()
    comment = page.locator("input[name=comment]")
    expect(comment).to_be_focused()
    page.keyboard.press("Escape")
    expect(comment).to_have_count(0)
    expect(first.locator("[data-bgb-edit]")).to_be_focused()
    page.keyboard.press("Enter")
    comment.fill("Новая Фамилия")
    comment.press("Enter")
    expect(page.locator("#bgb-section tbody tr").first).to_contain_text("Новая Фамилия")
    expect(page.locator(".bgb-card-name")).to_have_text("Новая Фамилия")
    expect(page.locator("#bgb-section tbody tr").first.locator("[data-bgb-edit]")).to_be_focused()
    assert host.emulators["bitel"].rows("contract", id=101)[0]["comment"] == "Новая Фамилия"


def test_the_pencil_of_the_head_opens_the_form(host: Host, browse: Opened) -> None:
    page = browse(host)
    page.goto(f"{host.url}{CARD}/notes")
    page.locator(".bgb-card-foot .bgb-pencil").click()
    day = page.locator("input[name=end]")
    expect(day).to_be_focused()
    day.fill("2027-01-31")
    day.press("Enter")
    expect(page.locator(".bgb-card-foot")).to_contain_text("31.01.2027")
    expect(page.locator("#bgb-section")).to_have_attribute("data-bgb-key", "basics")


def test_the_status_is_changed_from_the_head(host: Host, browse: Opened) -> None:
    page = browse(host)
    page.goto(f"{host.url}{CARD}/notes")
    page.locator('[data-bgb-action="status.change"]').click()
    expect(page.locator("select[name=status]")).to_be_focused()
    page.select_option("select[name=status]", "4")
    page.fill("input[name=comment]", "отпуск")
    page.press("input[name=comment]", "Enter")
    expect(page.locator(".bgb-form-foot button")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".bgb-card-facts .bgb-badge").first).to_have_text("Приостановлен")
    expect(page.locator('[data-bgb-tree] a[data-bgb-key="status"]')).to_contain_text("Приостановлен")


def test_the_contract_is_opened_in_the_client_and_the_section_stays(host: Host, browse: Opened) -> None:
    page = browse(host)
    page.goto(f"{host.url}{CARD}/notes")
    for times in (1, 2):
        with page.expect_response("**/overview"):
            page.locator('[data-bgb-action="basics.open"]').click()
        expect(page.locator("#bgb-said")).to_have_text("Sent to your billing client")
        assert len(host.emulators["bitel"].rows("user_command")) == times
    expect(page.locator("#bgb-section")).to_have_attribute("data-bgb-key", "notes")


def test_a_refusal_of_the_button_stands_in_the_place_of_the_section(host: Host, browse: Opened) -> None:
    page = browse(host, tolerated=("Failed to load resource", "Response Status Error Code"))
    page.goto(f"{host.url}{CARD}/notes")
    host.emulators["bitel"].faults.set("http-500", operation="Command")
    page.locator('[data-bgb-action="basics.open"]').click()
    expect(page.locator("#bgb-section [role=alert], #bgb-section .bgb-note").first).to_be_visible()


def test_without_scripts(host: Host, browse: Opened) -> None:
    page = browse(host, javascript=False)
    page.goto(f"{host.url}{CARD}/basics")
    page.locator("#bgb-section tbody tr").nth(4).locator("[data-bgb-edit]").click()
    page.select_option("select[name=mode]", "0")
    page.locator(".bgb-form-foot button").click()
    expect(page.locator("#bgb-section")).to_contain_text("credit")
    page.locator('[data-bgb-action="basics.open"]').click()
    page.wait_for_load_state("load")
    emulator = host.emulators["bitel"]
    assert emulator.rows("contract", id=101)[0]["mode"] == 0
    assert len(emulator.rows("user_command")) == 1
