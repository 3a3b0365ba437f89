"""An operator's work with customers in the browser, wide, narrow, dark and without JavaScript."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from example_host.customers.port import HostCustomers
from flask_bgbilling.ports import CustomerPhone
from tests.e2e.conftest import HostFactory, Opened
from tests.e2e.test_operator import overflow

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "plain"])
def test_a_customer_is_found_and_put_right(served: HostFactory, browse: Opened, javascript: bool) -> None:
    host = served(ds="9.2")
    page = browse(host, javascript=javascript, locale="ru-RU", tolerated=("422",))
    page.get_by_role("link", name="Контрагенты").click()
    page.get_by_role("searchbox").fill("колесникова и")
    page.get_by_role("searchbox").press("Enter")
    page.get_by_role("link", name="Колесникова Ирина Дмитриевна").click()
    page.get_by_role("button", name="Колесникова И. Д.").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Колесникова И. Д.")
    expect(page.get_by_role("status")).to_contain_text("Было: Колесникова Ирина Дмитриевна")
    page.get_by_role("link", name="Изменить: Телефон сотовый").click()
    page.get_by_label("Номер", exact=True).nth(1).fill("8 800 100-20-30")
    page.get_by_label("Комментарий", exact=True).nth(1).fill("рабочий")
    page.get_by_label("Комментарий", exact=True).nth(1).press("Enter")
    expect(page.locator("#parameter-14")).to_contain_text("+7 916 123-45-67; 8 800 100-20-30 (рабочий)")
    page.get_by_role("link", name="Изменить: Адреса услуг").click()
    page.get_by_label("Дом", exact=True).first.fill("нет такого")
    page.get_by_role("button", name="Сохранить").first.click()
    expect(page.get_by_role("alert")).to_have_text("На этой улице нет дома нет такого.")
    page.get_by_role("link", name="Отмена").click()
    page.wait_for_url(re.compile("/customers/1"))
    with host.app.app_context():
        phones = HostCustomers().values([1], [14])[1, 14]
    assert phones == (CustomerPhone("+7 916 123-45-67"), CustomerPhone("8 800 100-20-30", "рабочий"))


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_pages_of_customers_are_accessible(served: HostFactory, browse: Opened, width: int, dark: bool) -> None:
    host = served(ds="9.2")
    page = browse(host, width=width, dark=dark)
    for path in ("", "/1", "/1?edit=12", "/1?edit=14", "/2?edit=115", "/1?tab=processes"):
        page.goto(f"{host.url}/customers{path}")
        for summary in page.locator("details summary").all():
            summary.click()
        found = Axe().run(page, options=WCAG)
        assert found.violations_count == 0, f"{path}: {found.generate_report()}"
        assert overflow(page) == 0, path
