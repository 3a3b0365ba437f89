"""Parameters are changed in their place: by keyboard, on a phone, without scripts (look.md, card-screens.md 6.1)."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Host, HostFactory, Opened

PARAMETERS = "/bgbilling/contract/bitel/101/parameters"
REFUSED = ("400",)
"""The browser notes an answer with this status in its console."""

pytestmark = pytest.mark.browser


@pytest.fixture
def host(served_privately: HostFactory) -> Host:
    return served_privately(bitel="10.2")


@pytest.fixture
def page(host: Host, browse: Opened) -> Page:
    """The list of all parameters."""
    opened = browse(host, tolerated=REFUSED)
    opened.goto(f"{host.url}{PARAMETERS}?filled=all")
    return opened


def row(page: Page, title: str) -> Locator:
    """The line of a parameter."""
    return page.locator("#bgb-section tbody tr", has=page.locator(f'th:text-is("{title}")'))


def stored(host: Host, kind: str, parameter: int) -> dict[str, object]:
    """The value of the contract in the billing's table."""
    (found,) = host.emulators["bitel"].rows(f"contract_parameter_type_{kind}", cid=101, pid=parameter)
    return found


def test_a_click_on_a_text_opens_it_enter_saves_escape_leaves_it(page: Page, host: Host) -> None:
    name = row(page, "Наименование / ФИО")
    name.locator("td a.bgb-value").click()
    field = page.locator("[data-bgb-editor] [name=value]")
    expect(field).to_be_focused()
    field.fill("Не сохраняется")
    page.keyboard.press("Escape")
    expect(name).to_contain_text("Колесникова Ирина Дмитриевна")
    expect(name.locator("[data-bgb-edit]").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(field).to_be_focused()
    field.fill("Колесникова И. Д.")
    page.keyboard.press("Enter")
    expect(name.locator("td").first).to_have_text("Колесникова И. Д.")
    expect(name.locator("[data-bgb-edit]").first).to_be_focused()
    expect(page.locator("#bgb-said")).to_have_text("Saved")
    assert stored(host, "1", 2)["val"] == "Колесникова И. Д."
    expect(page).to_have_url(re.compile(r"/parameters\?filled=all$"))


def test_what_is_refused_stays_with_the_reason(page: Page) -> None:
    row(page, "Телефон").get_by_role("link", name="Change “Телефон”").click()
    editor = page.locator("[data-bgb-editor]")
    number = editor.locator("[name=phone]").first
    number.fill("спросить Зою")
    page.keyboard.press("Enter")
    expect(editor).to_contain_text("“спросить Зою” is not a phone number")
    expect(number).to_have_value("спросить Зою")
    expect(number).to_have_attribute("aria-invalid", "true")
    expect(number).to_be_focused()
    number.fill("8 (916) 123-45-67")
    page.keyboard.press("Enter")
    expect(row(page, "Телефон")).to_contain_text("+7 916 123-45-67")


def test_the_wrong_one_of_several_gets_the_focus(page: Page) -> None:
    row(page, "E-mail").first.get_by_role("link", name="Change “E-mail”").click()
    editor = page.locator("[data-bgb-editor]")
    editor.get_by_role("button", name="Add an address").click()
    page.keyboard.type("ivan@@example")
    page.keyboard.press("Enter")
    expect(editor.locator("[aria-invalid=true]")).to_be_focused()
    expect(editor.locator("[aria-invalid=true]")).to_have_value("ivan@@example")


def test_a_long_text_is_saved_by_keyboard(page: Page, host: Host) -> None:
    row(page, "Примечание для монтажника").locator("td a.bgb-value").click()
    field = page.locator("[data-bgb-editor] [name=value]")
    field.fill("Звонить")
    page.keyboard.press("Enter")
    page.keyboard.type("за час")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-bgb-editor]")).to_have_count(0)
    assert stored(host, "1", 22)["val"] == "Звонить\nза час"


def test_phones_are_added_and_removed(page: Page, host: Host) -> None:
    row(page, "Телефон").get_by_role("link", name="Change “Телефон”").click()
    editor = page.locator("[data-bgb-editor]")
    expect(editor.locator("[data-bgb-several-rows] > *")).to_have_count(3)
    editor.locator("[data-bgb-less]").first.click()
    editor.get_by_role("button", name="Add a number").click()
    page.keyboard.type("112")
    page.keyboard.press("Tab")
    page.keyboard.type("спасатели")
    page.keyboard.press("Enter")
    expect(row(page, "Телефон")).to_contain_text("112 (спасатели)")
    items = host.emulators["bitel"].rows("contract_parameter_type_phone_item", cid=101, pid=4)
    assert [item["phone"] for item in items] == ["79167922960", "73472501101", "112"]


def test_days_flags_and_lists_by_keyboard(page: Page, host: Host) -> None:
    row(page, "Дата рождения").locator("td a.bgb-value").click()
    page.locator("[data-bgb-editor] [name=value]").fill("1982-04-01")
    page.keyboard.press("Enter")
    expect(row(page, "Дата рождения")).to_contain_text("01.04.1982")
    row(page, "Согласие на рассылку").locator("td a.bgb-value").click()
    expect(page.locator("[data-bgb-editor] [name=value]:checked")).to_have_value("1")
    expect(page.locator("[data-bgb-editor] [name=value]:checked")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(row(page, "Согласие на рассылку").locator("td").first).to_have_text("no")
    row(page, "Откуда узнали").locator("td a.bgb-value").click()
    page.locator("[data-bgb-editor] [name=item]").select_option(label="Обзвон")
    expect(page.locator("[data-bgb-editor] [name=item]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(row(page, "Откуда узнали").locator("td").first).to_have_text("Обзвон")
    assert stored(host, "7", 11)["val"] == 104


def test_a_house_is_chosen_from_the_suggestions(page: Page, host: Host) -> None:
    row(page, "Адрес подключения").locator("td a.bgb-value").click()
    editor = page.locator("[data-bgb-editor]")
    street = editor.locator("[name=street]")
    expect(street).to_be_focused()
    street.fill("")
    street.press_sequentially("Гогол")
    options = editor.locator("[role=listbox]").first.locator("[role=option]")
    expect(options.filter(has_text="Уфа - ул. Гоголя")).to_be_visible()
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    expect(street).to_be_visible()  # Esc has closed the list, not the form
    street.press_sequentially("я")
    options.filter(has_text="Уфа - ул. Гоголя").click()
    expect(street).to_have_value("Уфа - ул. Гоголя")
    expect(editor.locator("[name=house]")).to_have_value("")
    editor.locator("[name=house]").press_sequentially("3")
    expect(editor.locator("[role=listbox]").last.locator("[role=option]").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    chosen = int(editor.locator("[name=house_id]").input_value())
    page.keyboard.press("Enter")
    expect(row(page, "Адрес подключения")).to_contain_text("ул. Гоголя")
    address = stored(host, "2", 3)
    assert (address["hid"], address["flat"]) == (chosen, "5")


def test_the_group_of_the_contract(page: Page, host: Host) -> None:
    page.get_by_role("link", name="Change the parameter group").click()
    page.locator("#bgb-editor [name=group]").select_option(label="Юридическое лицо")
    page.locator("#bgb-editor .bgb-primary").click()
    expect(page.locator("#bgb-section")).to_contain_text("only “Юридическое лицо”")
    assert host.emulators["bitel"].rows("contract", id=101)[0]["pgid"] == 2


def test_without_a_script_forms_are_pages(host: Host, browse: Opened) -> None:
    page = browse(host, javascript=False)
    page.goto(f"{host.url}{PARAMETERS}?filled=all")
    row(page, "Телефон").get_by_role("link", name="Change “Телефон”").click()
    fields = page.locator("#bgb-editor [name=phone]")
    expect(fields).to_have_count(6)
    fields.last.fill("112")
    page.locator("#bgb-editor .bgb-primary").click()
    expect(row(page, "Телефон")).to_contain_text("112")
    expect(page).to_have_url(re.compile("filled=all"))
    row(page, "Адрес подключения").get_by_role("link", name="Change").last.click()
    page.locator("#bgb-editor [name=street]").fill("Уфа - ул. Гоголя")
    page.locator("#bgb-editor [name=house]").fill("34")
    page.locator("#bgb-editor .bgb-primary").click()
    expect(row(page, "Адрес подключения")).to_contain_text("ул. Гоголя")


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_forms_fit_and_are_accessible(host: Host, browse: Opened, width: int, dark: bool) -> None:
    page = browse(host, width=width, height=844, dark=dark)
    page.goto(f"{host.url}{PARAMETERS}?filled=all")
    titles = ("Наименование / ФИО", "Адрес подключения", "Телефон", "E-mail", "Дата рождения", "Откуда узнали")
    for title in titles:
        row(page, title).get_by_role("link", name=f"Change “{title}”").click()
        expect(row(page, title)).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
