"""Objects, scripts, modules, sub-contracts and notes are edited in a browser, mostly by keyboard."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.accessibility import assert_accessible
from tests.e2e.conftest import Host, HostFactory, Opened

CARD = "/bgbilling/contract/bitel"


@pytest.fixture
def host(served_privately: HostFactory) -> Host:
    return served_privately(bitel="10.2")


def opened(page: Page, host: Host, path: str) -> Page:
    page.goto(f"{host.url}{CARD}/{path}")
    expect(page.locator("#bgb-section[data-bgb-key]")).to_be_visible()
    return page


def row(page: Page, text: str) -> Locator:
    return page.locator("#bgb-section tr", has_text=text)


def saved(page: Page) -> None:
    expect(page.locator("[data-bgb-editor]")).to_have_count(0)


def test_a_parameter_of_an_object_is_changed_in_its_line(host: Host, browse: Opened) -> None:
    page = opened(browse(host), host, "101/objects?object=1&empty=1")
    row(page, "Описание").get_by_role("link").focus()
    page.keyboard.press("Enter")
    field = page.locator("[data-bgb-editor] [name=value]")
    expect(field).to_be_focused()
    field.fill("Не сохранится")
    page.keyboard.press("Escape")
    saved(page)
    expect(row(page, "Описание")).to_contain_text("Кабель в нише слева")
    expect(row(page, "Описание").get_by_role("link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(field).to_be_focused()
    field.fill("Щит на этаже")
    page.keyboard.press("Enter")
    expect(row(page, "Описание")).to_contain_text("Щит на этаже")
    expect(row(page, "Описание").get_by_role("link")).to_be_focused()
    (value,) = host.emulators["bitel"].rows("object_param_value_text", object_id=1)
    assert value["value"] == "Щит на этаже"


def test_the_address_of_an_object_keeps_its_house(host: Host, browse: Opened) -> None:
    page = opened(browse(host), host, "101/objects?object=1")
    (before,) = host.emulators["bitel"].rows("object_param_value_address", object_id=1)
    row(page, "Адрес объекта").get_by_role("link").click()
    expect(page.locator("[data-bgb-editor] :focus")).to_have_count(1)
    page.locator("[data-bgb-editor] [name=flat]").fill("7")
    page.keyboard.press("Enter")
    expect(row(page, "Адрес объекта")).to_contain_text("кв. 7")
    (after,) = host.emulators["bitel"].rows("object_param_value_address", object_id=1)
    assert {name: after[name] for name in ("hid", "pod", "floor", "flat")} == {
        **{name: before[name] for name in ("hid", "pod", "floor")},
        "flat": "7",
    }


def test_an_object_comes_and_goes_and_the_tree_follows(host: Host, browse: Opened) -> None:
    page = opened(browse(host), host, "101/objects")
    line = page.locator('.bgb-tree a[data-bgb-key="objects"]')
    expect(line).to_contain_text("1/2")
    page.locator("#bgb-section").get_by_role("link", name="New object").click()
    page.locator("[data-bgb-editor] [name=title]").fill("Дача")
    page.locator("[data-bgb-editor] [name=type]").select_option("2")
    page.locator("[data-bgb-editor] [name=since]").fill("2026-01-01")
    page.locator("[data-bgb-editor] [name=title]").press("Enter")
    expect(row(page, "Дача")).to_contain_text("Офис")
    expect(line).to_contain_text("2/3")
    row(page, "Дача").get_by_role("link", name="Delete the object").click()
    expect(page.locator("[data-bgb-editor]")).to_contain_text("Дача")
    page.locator("[data-bgb-editor] .bgb-danger").press("Enter")
    expect(row(page, "Дача")).to_have_count(0)
    expect(line).to_contain_text("1/2")


def test_a_note_by_keyboard(host: Host, browse: Opened) -> None:
    page = opened(browse(host), host, "101/notes")
    page.locator("#bgb-section").get_by_role("link", name="New note").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-bgb-editor] [name=title]")).to_be_focused()
    page.keyboard.press("Escape")
    saved(page)
    expect(page.locator("#bgb-section").get_by_role("link", name="New note")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("[data-bgb-editor] [name=title]")).to_be_focused()
    page.keyboard.type("Звонил")
    page.keyboard.press("Enter")
    note = page.locator(".bgb-notes li", has_text="Звонил")
    expect(note).to_be_visible()
    note.get_by_role("link", name="Change the note").click()
    page.locator("[data-bgb-editor] [name=text]").fill("Просил\nперезвонить")
    page.locator("[data-bgb-editor]").get_by_role("button", name="Save").click()
    expect(note).to_contain_text("перезвонить")
    note.get_by_role("link", name="Delete the note").click()
    page.locator("[data-bgb-editor] .bgb-danger").click()
    expect(note).to_have_count(0)


def test_modules_are_asked_about(host: Host, browse: Opened) -> None:
    page = opened(browse(host), host, "110/modules")
    page.locator("#bgb-section").get_by_role("link", name="Attach modules").click()
    page.get_by_label("Абонплата").check()
    page.locator("[data-bgb-editor]").get_by_role("button", name="Attach").click()
    expect(row(page, "Абонплата")).to_be_visible()
    expect(page.locator(".bgb-tree")).to_contain_text("Абонплата")
    row(page, "Абонплата").get_by_role("link").click()
    page.locator("[data-bgb-editor]").get_by_role("button", name="Detach").click()
    expect(page.locator(".bgb-question")).to_contain_text("Абонплата")
    page.locator("[data-bgb-editor] .bgb-danger").press("Enter")
    expect(page.locator("#bgb-section")).to_contain_text("No module is attached")
    expect(page.locator(".bgb-tree")).not_to_contain_text("Абонплата")


def test_a_script_and_a_sub_contract_without_javascript(host: Host, browse: Opened) -> None:
    page = opened(browse(host, javascript=False), host, "101/scripts")
    script = row(page, "Скидка постоянного клиента").first
    script.get_by_role("link", name="Change the script").click()
    page.locator("[name=comment]").fill("с третьего месяца")
    page.locator("[name=comment]").press("Enter")
    expect(page).to_have_url(re.compile(r"/scripts"))
    expect(script).to_contain_text("с третьего месяца")
    opened(page, host, "110/hierarchy")
    page.locator("#bgb-section").get_by_role("link", name="Attach a sub-contract").click()
    page.locator("[name=sub]").fill("A-24-0101")
    page.locator("[name=sub]").press("Enter")
    expect(page.locator(".bgb-question")).to_contain_text("Колесникова")
    page.locator("[data-bgb-editor] .bgb-primary").click()
    expect(row(page, "A-24-0101")).to_be_visible()


FORMS = (
    ("101/objects", "New object"), ("101/objects", "Change the object"), ("101/objects", "Close the object"),
    ("101/objects", "Delete the object"), ("101/objects?object=1&empty=1", "Тип линии"),
    ("101/objects?object=1&empty=1", "Адрес объекта"), ("103/hierarchy", "Attach a sub-contract"),
    ("101/scripts", "Change the script"), ("101/modules", "Абонплата"), ("101/actions", "Execute…"),
    ("101/notes", "Change the note"),
)  # fmt: skip


@pytest.mark.parametrize("width", [1280, 390])
def test_forms_fit_and_are_accessible(host: Host, browse: Opened, width: int) -> None:
    page = browse(host, "admin", width=width, height=844)
    for path, link in FORMS:
        opened(page, host, path)
        page.locator("#bgb-section [data-bgb-edit]", has_text=link).first.click()
        expect(page.locator("[data-bgb-editor] form")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path}: {link}"
        assert_accessible(page, f"{path}: {link}")
