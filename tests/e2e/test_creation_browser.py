"""Contracts of customers in a browser: made, stopped and gone on with, copied into; with and without scripts."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Host, Opened, hosts, listening
from tests.support import Emulated

TYPES = """
bgbilling:contractType.1.title=Интернет для дома
bgbilling:contractType.1.billing=bitel
bgbilling:contractType.1.patternId=1
bgbilling:contractType.1.tariffList=3:Домашний 300;4:Домашний 500
bgbilling:contractType.2.title=Интернет для организации
bgbilling:contractType.2.billing=bitel
bgbilling:contractType.2.patternId=2
bgbilling:server.1.customerIdParam=17
bgbilling:server.1.copyParamMapping=customerTitle:2;12:3;14:4;15:6;73:10
"""
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}


@pytest.fixture
def host(private_billing: Emulated, tmp_path: Path) -> Iterator[Host]:
    """A host whose customers can get contracts."""
    for served in listening(hosts(lambda version: private_billing(version, frozen_at=None), tmp_path)):
        yield served(bitel="10.2", extra=TYPES)


def new_contract(host: Host, page: Page, **fields: str) -> None:
    page.goto(f"{host.url}/bgbilling/customer/1/contracts/new")
    page.get_by_role("link", name="Интернет для дома").click()
    page.select_option("select[name=tariff]", "3")
    for name, value in fields.items():
        page.fill(f"input[name={name}]", value)
    page.locator(".bgb-form-foot button").click()


def state(page: Page) -> str | None:
    return page.locator("[data-bgb-creation]").get_attribute("data-bgb-creation")


def accessible(page: Page) -> None:
    found = Axe().run(page, options=WCAG).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "plain"])
def test_a_contract_is_made_and_copied_into(host: Host, browse: Opened, javascript: bool) -> None:
    page = browse(host, javascript=javascript, locale="ru-RU")
    emulator = host.emulators["bitel"]
    before = {row["id"] for row in emulator.rows("contract")}
    new_contract(host, page, number="Н-77")
    assert state(page) == "done"
    (made,) = (row for row in emulator.rows("contract") if row["id"] not in before)
    assert (made["title"], made["comment"]) == ("Н-77", "Колесникова Ирина Дмитриевна")
    page.get_by_role("link", name="Открыть договор").click()
    expect(page.locator(".bgb-card-number")).to_have_text("Н-77")
    page.get_by_role("link", name="Копировать из контрагента").first.click()
    lines = page.locator("[data-bgb-copy-lines] tbody tr")
    expect(lines).to_have_count(6)
    expect(page.locator("[data-bgb-outcome=write]")).to_have_count(0)
    page.goto(f"{host.url}/bgbilling/customer/1/contracts/copy")
    expect(page.locator("[data-bgb-contract]")).to_have_count(1)
    if javascript:
        accessible(page)


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_what_stopped_half_way_is_gone_on_with(host: Host, browse: Opened, width: int, dark: bool) -> None:
    page = browse(host, width=width, dark=dark)
    emulator = host.emulators["bitel"]
    before = {row["id"] for row in emulator.rows("contract")}
    page.goto(f"{host.url}/bgbilling/customer/1/contracts/new")
    accessible(page)
    emulator.faults.set("reset", operation="contractTitleAndCommentUpdate", count=1)
    new_contract(host, page)
    assert state(page) == "stopped"
    expect(page.locator("[data-bgb-step=comment]")).to_have_attribute("data-bgb-state", "failed")
    accessible(page)
    page.goto(f"{host.url}/bgbilling/customer/1/contracts/new")
    page.get_by_role("link", name="Show it").click()
    page.get_by_role("button", name="Go on with the rest").click()
    expect(page.locator("[data-bgb-creation=done]")).to_be_visible()
    (made,) = (row for row in emulator.rows("contract") if row["id"] not in before)
    assert made["comment"] == "Колесникова Ирина Дмитриевна"
    assert [row["tpid"] for row in emulator.rows("contract_tariff", cid=made["id"])] == [3]
