"""Tariffs are changed in a browser: in the place of a row, with filters that keep what was typed, by keys alone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.e2e.conftest import HostFactory, Opened

TARIFFS = "/bgbilling/contract/bitel/101/tariffs"
CURRENT = "[data-bgb-edit][href*='/edit?tariff=3']"


@pytest.mark.browser
def test_a_plan_is_changed_in_its_row(served_privately: HostFactory, browse: Opened) -> None:
    host = served_privately(bitel="9.2")
    page = browse(host)
    page.goto(f"{host.url}{TARIFFS}")
    page.locator(CURRENT).click()
    form = page.locator("tr.bgb-editing form")
    expect(form.locator("[name=plan]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(form).to_have_count(0)
    expect(page.locator(CURRENT)).to_be_focused()

    page.keyboard.press("Enter")
    form.locator("[name=position]").fill("5")
    page.keyboard.press("Enter")
    expect(form).to_have_count(0)
    expect(page.locator("#bgb-section tr", has=page.locator(CURRENT)).locator("td").first).to_have_text("5")
    expect(page.locator(CURRENT)).to_be_focused()
    assert host.emulators["bitel"].rows("contract_tariff", id=3)[0]["pos"] == 5


@pytest.mark.browser
def test_a_plan_is_added_through_a_filter(served_privately: HostFactory, browse: Opened) -> None:
    host = served_privately(bitel="7.2")
    page = browse(host)
    page.goto(f"{host.url}{TARIFFS}")
    page.get_by_role("link", name="New tariff plan").click()
    form = page.locator("#bgb-editor form")
    form.locator("[name=comment]").fill("акция")
    modules = form.locator("[name=module]")
    modules.focus()
    modules.select_option("6")
    expect(form.locator("[name=plan] option")).to_have_count(3)
    expect(modules).to_be_focused()
    expect(form.locator("[name=comment]")).to_have_value("акция")
    form.locator("[name=plan]").select_option("11")
    form.locator("[name=since]").fill("2026-11-01")
    form.locator("[name=position]").press("Enter")
    expect(page.locator("#bgb-section")).to_contain_text("Tariff plan added")
    row = max(host.emulators["bitel"].rows("contract_tariff"), key=lambda row: row["id"])
    assert (row["cid"], row["tpid"], row["comment"]) == (101, 11, "акция")
    title = next(plan["title"] for plan in host.emulators["bitel"].rows("tariff_plan") if plan["id"] == 11)
    expect(page.locator("[data-bgb-tree]")).to_contain_text(title)


@pytest.mark.browser
def test_an_option_is_activated_by_its_mode(served_privately: HostFactory, browse: Opened) -> None:
    host = served_privately(bitel="9.2")
    page = browse(host)
    page.goto(f"{host.url}{TARIFFS}?view=options")
    page.get_by_role("link", name="Activate an option").click()
    form = page.locator("#bgb-editor form")
    option = form.locator("[name=option]")
    expect(option).to_be_focused()
    option.select_option("1")
    expect(form.locator("[name=mode] option")).to_have_count(3)
    expect(option).to_be_focused()
    form.locator("[name=mode]").select_option("2")
    form.locator("[name=sum]").fill("150")
    page.keyboard.press("Enter")
    expect(page.locator("#bgb-section")).to_contain_text("Option activated")
    expect(page.get_by_role("table", name="Active options")).to_contain_text("150.00")


@pytest.mark.browser
def test_a_plan_is_added_without_javascript(served_privately: HostFactory, browse: Opened) -> None:
    host = served_privately(bitel="9.2")
    page = browse(host, javascript=False, tolerated=("400",))
    page.goto(f"{host.url}{TARIFFS}")
    page.get_by_role("link", name="New tariff plan").click()
    page.locator("[name=position]").fill("4")
    page.locator("[name=module]").select_option("6")
    page.get_by_role("button", name="Show these plans").click()
    expect(page.locator("[name=plan] option")).to_have_count(3)
    expect(page.locator("[name=position]")).to_have_value("4")
    page.locator("[name=plan]").select_option("11")
    page.locator("[name=position]").press("Enter")
    expect(page.locator("#bgb-section")).to_contain_text("Saved")
    row = max(host.emulators["bitel"].rows("contract_tariff"), key=lambda row: row["id"])
    assert (row["tpid"], row["pos"]) == (11, 4)


@pytest.mark.browser
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_forms_are_accessible(served: HostFactory, browse: Opened, width: int, dark: bool) -> None:
    host = served(bitel="8.2")
    page = browse(host, width=width, dark=dark)
    actions = (
        "add",
        "edit?tariff=3",
        "add-personal",
        "edit-group?group=1",
        "activate-option?option=1",
        "delete?tariff=3",
    )
    for action in actions:
        page.goto(f"{host.url}{TARIFFS}/{action}")
        expect(page.locator("#bgb-section form.bgb-form")).to_be_visible()
        results = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]})
        found = [(rule["id"], node["html"]) for rule in results.response["violations"] for node in rule["nodes"]]
        assert found == [], action
        fits = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        assert page.evaluate(fits), f"{action} does not fit into {width} px"
