"""Limit, e-mail addresses, web password and personal tariffs are changed in a browser, by keys alone."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from flask_bgbilling.emulator import Emulator, EmulatorSettings
from tests.e2e.conftest import Host, Opened, hosts, listening

REFUSED = ("400",)
"""The browser notes an answer with this status in its console."""
SECTION, EDITOR = "#bgb-section", "[data-bgb-editor]"
EMAIL = 6

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """A host with one billing in which it is today; each test changes a contract of its own."""
    emulator = Emulator(EmulatorSettings(version="10.2", contracts=20)).start()
    for make in listening(hosts(lambda *_: emulator, tmp_path_factory.mktemp("changes"))):
        yield make(bitel="10.2")
    emulator.stop()


def card(host: Host, browse: Opened, address: str, login: str = "operator") -> Page:
    """A section of a card, its scripts ready."""
    page = browse(host, login, tolerated=REFUSED)
    page.goto(f"{host.url}/bgbilling/contract/bitel/{address}")
    return page


def press(link: Locator) -> None:
    """Enter on something that has the focus."""
    link.focus()
    link.press("Enter")


def told(page: Page, words: str) -> None:
    """The page says what was done, the form is gone, the head is read again and the focus is not lost."""
    expect(page.locator("#bgb-said")).to_have_text(words)
    expect(page.locator(EDITOR)).to_have_count(0)
    expect(page.locator(f"{SECTION} :focus, {SECTION}:focus")).to_have_count(1)


def wrong(field: Locator, typed: str, reason: str) -> None:
    """What was refused stays, is marked and focused, and the reason stands beside it."""
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_value(typed)
    expect(field).to_be_focused()
    expect(field.page.locator(EDITOR)).to_contain_text(reason)


def newest(host: Host, table: str, cid: int) -> dict[str, Any]:
    """The row of a contract that was made last."""
    return max(host.emulators["bitel"].rows(table, cid=cid), key=lambda row: row["id"])


def waiting(host: Host, cid: int) -> list[dict[str, Any]]:
    """Planned changes of the limit."""
    return host.emulators["bitel"].rows("contract_limit_period", cid=cid, status="on")


def limit_of(host: Host, cid: int) -> Decimal:
    found: Decimal = host.emulators["bitel"].rows("contract", id=cid)[0]["closesumma"]
    return found


def test_the_limit_is_set_for_ever_for_days_and_the_planned_change_is_removed(host: Host, browse: Opened) -> None:
    page, cid = card(host, browse, "103/limit"), 103
    before = {task["id"] for task in waiting(host, cid)}
    change = page.get_by_role("link", name="Change the limit")
    press(change)
    limit = page.locator(f"{EDITOR} [name=limit]")
    expect(limit).to_be_focused()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("много")
    page.keyboard.press("Enter")
    wrong(limit, "много", "“много” is not a sum")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("-1 500,50")
    page.keyboard.press("Enter")
    told(page, "The limit is changed")
    expect(page.locator(f"{SECTION} .bgb-row strong").first).to_have_text(re.compile("1,500.50"))
    expect(page.locator(".bgb-card-facts")).to_contain_text(re.compile("1,500.50"))
    assert limit_of(host, cid) == Decimal("-1500.50")
    assert {task["id"] for task in waiting(host, cid)} == before

    expect(change).to_be_focused()
    page.keyboard.press("Enter")
    expect(limit).to_be_focused()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("-2000")
    page.keyboard.press("Tab")
    page.keyboard.type("0")
    page.keyboard.press("Enter")
    days = page.locator(f"{EDITOR} [name=days]")
    wrong(days, "0", "A whole number")
    expect(limit).to_have_value("-2000")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("5")
    page.keyboard.press("Tab")
    page.keyboard.type("до зарплаты")
    page.keyboard.press("Enter")
    told(page, "The limit is changed")
    (task,) = [task for task in waiting(host, cid) if task["id"] not in before]
    assert (limit_of(host, cid), task["value"]) == (Decimal(-2000), Decimal("-1500.50"))

    remove = page.locator(f"{SECTION} [data-bgb-edit][href*='/limit/cancel?task={task['id']}&']")
    press(remove)
    expect(page.locator(f"{EDITOR} .bgb-kv")).to_contain_text("1,500.50")
    expect(page.locator(f"{EDITOR} .bgb-danger")).to_be_focused()
    page.keyboard.press("Enter")
    told(page, "The planned change is cancelled")
    expect(remove).to_have_count(0)
    assert {task["id"] for task in waiting(host, cid)} == before
    assert limit_of(host, cid) == Decimal(-2000), "only the way back is gone"


def test_several_addresses_with_names(host: Host, browse: Opened) -> None:
    page, cid = card(host, browse, "104/parameters?filled=all"), 104
    row = page.locator(f"{SECTION} tbody tr", has=page.locator('th:text-is("E-mail")'))
    change = row.get_by_role("link", name="Change “E-mail”")
    press(change)
    addresses = page.locator(f"{EDITOR} [data-bgb-several-rows] [name=email]")
    expect(addresses.first).to_be_focused()
    expect(page.locator(f"{EDITOR} noscript")).to_have_count(0)  # its blank rows would be sent, too
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("anna@example.com")
    page.keyboard.press("Tab")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("Анна, бухгалтерия")
    count = addresses.count()
    press(page.get_by_role("button", name="Add an address"))
    expect(addresses).to_have_count(count + 1)
    page.keyboard.type("boris@@example.org")
    page.keyboard.press("Enter")
    wrong(addresses.last, "boris@@example.org", "“boris@@example.org” is not an e-mail address")
    expect(addresses.first).to_have_value("anna@example.com")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("boris@example.org")
    page.keyboard.press("Tab")
    page.keyboard.type("Борис")
    page.keyboard.press("Enter")
    told(page, "Saved")
    expect(row.locator("a[href='mailto:anna@example.com']")).to_be_visible()
    expect(row).to_contain_text("(Анна, бухгалтерия)")
    expect(row).to_contain_text("boris@example.org (Борис)")
    (stored,) = host.emulators["bitel"].rows("contract_parameter_type_3", cid=cid, pid=EMAIL)
    assert all(part in stored["email"] for part in ("anna@example.com", "Анна, бухгалтерия", "boris@example.org"))

    expect(change).to_be_focused()
    page.keyboard.press("Enter")
    expect(addresses.first).to_be_focused()
    while addresses.count() > 1:
        press(page.locator(f"{EDITOR} [data-bgb-less]").first)
    expect(addresses).to_have_value("boris@example.org")
    expect(addresses).to_be_focused()
    page.keyboard.press("Enter")
    told(page, "Saved")
    expect(row).not_to_contain_text("anna@example.com")
    (stored,) = host.emulators["bitel"].rows("contract_parameter_type_3", cid=cid, pid=EMAIL)
    assert "anna@" not in stored["email"]


def test_the_web_password_is_typed_or_made_and_shown_once(host: Host, browse: Opened) -> None:
    page, cid = card(host, browse, "105/web", "admin"), 105

    def stored() -> str:
        return str(host.emulators["bitel"].rows("contract", id=cid)[0]["pswd"])

    before = stored()
    setting = page.get_by_role("link", name="Set the password")
    press(setting)
    password = page.locator(f"{EDITOR} [name=password]")
    expect(password).to_be_focused()
    page.keyboard.press("Enter")
    wrong(password, "", "This must not be empty")
    assert stored() == before
    page.keyboard.type("слово-99")
    page.keyboard.press("Enter")
    told(page, "The password is set")
    expect(setting).to_be_focused()
    expect(page.locator(".bgb")).not_to_contain_text("слово-99")
    assert stored() == "слово-99"

    press(page.get_by_role("link", name="Make a new password"))
    expect(page.locator(EDITOR)).to_contain_text("The present one is no longer valid then")
    expect(page.locator(f"{EDITOR} .bgb-form-foot button")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#bgb-said")).to_have_text("A new password is made")
    made = stored()
    assert made != "слово-99"
    expect(page.locator(f"{SECTION} code")).to_have_text(made)
    page.reload()
    expect(page.locator(".bgb")).not_to_contain_text(made)


def test_a_personal_tariff_is_added_changed_and_deleted(host: Host, browse: Opened) -> None:
    page, cid = card(host, browse, "106/tariffs"), 106
    before = host.emulators["bitel"].rows("contract_tree_link", cid=cid)
    press(page.get_by_role("link", name="New personal tariff"))
    title = page.locator(f"{EDITOR} [name=title]")
    expect(title).to_be_focused()
    page.keyboard.type("VIP (900 р.)")
    page.locator(f"{EDITOR} [name=since]").fill("2026-12-01")
    until = page.locator(f"{EDITOR} [name=until]")
    until.fill("2026-11-01")
    page.locator(f"{EDITOR} [name=position]").fill("2")
    page.keyboard.press("Enter")
    wrong(until, "2026-11-01", "The end is before the beginning")
    expect(title).to_have_value("VIP (900 р.)")
    assert host.emulators["bitel"].rows("contract_tree_link", cid=cid) == before
    until.fill("2026-12-31")
    page.locator(f"{EDITOR} [name=position]").press("Enter")
    told(page, "Personal tariff added")
    made = newest(host, "contract_tree_link", cid)
    assert (made["title"], made["pos"]) == ("VIP (900 р.)", 2)
    assert (made["date1"], made["date2"]) == (date(2026, 12, 1), date(2026, 12, 31))

    table = page.get_by_role("table", name="Personal tariffs")
    row = table.locator("tr", has=page.locator(f"[href*='-personal?tariff={made['id']}&']"))
    expect(row).to_contain_text("VIP (900 р.)")
    change = row.get_by_role("link", name="Change “VIP (900 р.)”")
    press(change)
    expect(title).to_be_focused()
    page.keyboard.press("Escape")
    expect(change).to_be_focused()
    page.keyboard.press("Enter")
    expect(title).to_be_focused()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.press("Delete")
    page.keyboard.press("Enter")
    wrong(title, "", "This must not be empty")
    page.keyboard.type("VIP")
    page.keyboard.press("Enter")
    told(page, "Saved")
    expect(row.get_by_role("link", name="Change “VIP”")).to_be_focused()
    assert newest(host, "contract_tree_link", cid)["title"] == "VIP"

    press(row.get_by_role("link", name="Delete “VIP”"))
    expect(page.locator(f"{EDITOR} .bgb-kv")).to_contain_text("VIP")
    expect(page.locator(f"{EDITOR} .bgb-danger")).to_be_focused()
    page.keyboard.press("Enter")
    told(page, "Personal tariff deleted")
    expect(row).to_have_count(0)
    assert host.emulators["bitel"].rows("contract_tree_link", cid=cid) == before
