"""Contracts of a process in a browser: linked and unlinked on its card, tabs, a process made from a contract's card."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from example_host.models import database
from example_host.processes.models import ProcessTypeRow
from example_host.processes.port import HostProcesses
from tests.e2e.accessibility import WCAG, assert_accessible
from tests.e2e.conftest import Host, Opened, hosts, listening
from tests.support import Emulated

NUMBER = "A-24-0101"


@pytest.fixture
def host(private_billing: Emulated, tmp_path: Path) -> Iterator[Host]:
    """A host with one billing."""
    for served in listening(hosts(lambda version: private_billing(version, frozen_at=None), tmp_path)):
        yield served(bitel="10.2")


def link(page: Page, number: str) -> None:
    page.fill(".bgb-process-number input[name=number]", number)
    page.click(".bgb-process-number button")


def groups(host: Host, process_id: int) -> list[int]:
    with host.app.app_context():
        return sorted(HostProcesses().groups(process_id))


def test_contracts_are_linked_on_the_card_of_a_process(host: Host, browse: Opened) -> None:
    with host.app.app_context():
        row = database.session.get(ProcessTypeRow, 1)
        assert row is not None
        row.configuration = (
            "bgbilling:processLinkedContract.1.groupIds=2\n"
            "bgbilling:processLinkedContract.1.titleRegexp=A-24-\\d{4}\n"
            "bgbilling:processShowLinkContractProcess=1\n"
        )
        database.session.commit()
    page = browse(host, tolerated=("400",))
    page.goto(f"{host.url}/processes/1")
    piece = page.locator(".bgb-process-contracts")
    expect(piece).to_contain_text("No contracts are linked.")
    link(page, "nothing")
    expect(piece.locator(".bgb-field-problem")).to_contain_text("There is no contract “nothing”")
    link(page, NUMBER)
    expect(piece.locator("tbody th a")).to_have_text(NUMBER)
    expect(piece).to_contain_text("The contract is linked.")
    assert groups(host, 1) == [2]
    link(page, NUMBER)
    expect(piece).to_contain_text("The contract is linked already.")
    expect(piece.locator("tbody tr")).to_have_count(1)
    piece.get_by_role("link", name=f"Processes of contract {NUMBER}").click()
    expect(piece.locator("[data-bgb-process='1'] th")).to_contain_text("Подключить интернет")
    piece.get_by_role("link", name="Contracts", exact=True).click()
    piece.get_by_role("button", name="Unlink").click()
    expect(piece).to_contain_text("The link is taken away.")
    expect(piece).to_contain_text("No contracts are linked.")


@pytest.mark.parametrize("width", [1280, 380])
def test_it_works_without_scripts_from_the_search_too(host: Host, browse: Opened, width: int) -> None:
    page = browse(host, javascript=False, width=width)
    page.goto(f"{host.url}/processes/2")
    page.goto(f"{host.url}/bgbilling/search?q={NUMBER}")
    page.get_by_role("button", name="link to process 2").first.click()
    expect(page.locator(".bgb-process-contracts tbody th a")).to_have_text(NUMBER)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize(("width", "javascript"), [(1280, True), (380, False)])
def test_an_administrator_corrects_the_configuration_of_a_type(
    host: Host, browse: Opened, width: int, javascript: bool
) -> None:
    page = browse(host, "admin", width=width, javascript=javascript, locale="ru-RU")
    page.locator(".crm-menu").get_by_role("link", name="Конфигурация").click()
    page.locator(".crm-tabs").get_by_role("link", name="Типы процессов").click()
    page.get_by_role("link", name="Ремонт").click()
    text = page.get_by_role("textbox", name="Конфигурация")
    text.fill("bgbilling:processLinkedContract.1.groupIds=77\nbgbilling:processLinkedContract.1.titleRegexp=[\n")
    page.get_by_role("button", name="Только проверить").click()
    lines = page.locator("main tbody tr")
    expect(lines).to_have_count(2)
    expect(lines.first).to_contain_text("77")
    text.fill("bgbilling:processLinkedContract.1.groupIds=3\nbgbilling:processLinkedContract.1.titleRegexp=A-24-.+\n")
    page.get_by_role("button", name="Сохранить").click()
    expect(page.get_by_role("status")).to_contain_text("уже действует")
    expect(page.locator("main")).to_contain_text("Ошибок нет.")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    if javascript:  # axe is a script itself
        assert_accessible(page, "the configuration of a type", tags=WCAG)
    page.goto(f"{host.url}/processes/2")
    link(page, NUMBER)
    expect(page.locator(".bgb-process-contracts tbody th a")).to_have_text(NUMBER)
    assert groups(host, 2) == [3]


def test_a_process_is_made_from_the_card_of_a_contract(host: Host, browse: Opened) -> None:
    page = browse(host)
    page.goto(f"{host.url}/bgbilling/contract/bitel/101/processes")
    expect(page.locator("#bgb-section")).to_contain_text("The contract has no processes.")
    page.get_by_role("link", name="New process").click()
    page.select_option("select[name=type]", label="Ремонт")
    page.fill("textarea[name=description]", "Нет связи с утра")
    page.get_by_role("button", name="Make the process").click()
    row = page.locator("#bgb-section .bgb-processes tbody tr")
    expect(row).to_contain_text("Нет связи с утра")
    expect(page.locator(".bgb-tree")).to_contain_text("Processes")
    row.locator("th a").click()
    expect(page.locator(".bgb-process-contracts tbody th a")).to_have_text(NUMBER)
    page.goto(f"{host.url}/bgbilling/contract/bitel/102")
    page.locator(".bgb-card-process a.bgb-button").click()
    page.get_by_role("button", name="Link", exact=True).click()
    expect(page.locator("#bgb-section")).to_contain_text("The contract is linked.")
