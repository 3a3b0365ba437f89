"""The usual edits of money in a browser: with the keyboard alone, in rows, on a phone."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Host, HostFactory, Opened

CARD = "/bgbilling/contract/bitel/101"
SECTION = "#bgb-section"


@pytest.fixture
def host(served_privately: HostFactory) -> Host:
    """A host over one billing of this test alone."""
    return served_privately(bitel="9.2")


def comments(host: Host, table: str) -> dict[str, Decimal]:
    """Sums by comment of what contract 101 has."""
    return {row["comment"]: row["summa"] for row in host.emulators["bitel"].rows(table, cid=101)}


def answer_yes(page: Page, *words: str) -> None:
    """Enter answers the question, whose button has the focus."""
    editor = page.locator("[data-bgb-editor]")
    for text in words:
        expect(editor.locator(".bgb-question")).to_contain_text(text)
    expect(editor.locator(".bgb-form-foot button")).to_be_focused()
    page.keyboard.press("Enter")


def add_payment(page: Page, host: Host, comment: str) -> None:
    """A payment of this month, without its receipt."""
    page.goto(f"{host.url}{CARD}/payments")
    page.click(f"{SECTION} >> text=Add a payment")
    page.fill("#bgb-editor [name=sum]", "120,50")
    page.select_option("#bgb-editor [name=type]", label="Наличные")
    page.fill("#bgb-editor [name=comment]", comment)
    page.uncheck("#bgb-editor [name=receipt]")
    page.press("#bgb-editor [name=comment]", "Enter")
    answer_yes(page)
    expect(page.locator(f"{SECTION} .bgb-good").first).to_contain_text("Payment added")


def test_a_payment_is_added_by_keyboard_alone(host: Host, browse: Opened) -> None:
    page = browse(host)
    page.goto(f"{host.url}{CARD}/payments")
    head = page.locator(".bgb-card-balance").inner_text()
    page.locator(".bgb-card-actions a", has_text="Add a payment").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#bgb-editor [name=sum]")).to_be_focused()
    page.keyboard.type("1 200,5")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.focus("#bgb-editor [name=comment]")
    page.keyboard.type("keyboard")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")  # the box of the receipt
    page.keyboard.press("Enter")
    expect(page.locator("#bgb-editor .bgb-question")).to_be_visible()
    assert "keyboard" not in comments(host, "contract_payment")
    answer_yes(page, "1,200.50", "Банковский перевод")
    expect(page.locator(f"{SECTION} tbody tr", has_text="keyboard")).to_contain_text("1,200.50")
    expect(page.locator(".bgb-card-balance")).not_to_have_text(head)
    assert comments(host, "contract_payment")["keyboard"] == Decimal("1200.50")


def test_a_payment_is_changed_and_deleted_in_its_row(host: Host, browse: Opened) -> None:
    page = browse(host)
    add_payment(page, host, "in row")
    row = page.locator(f"{SECTION} tbody tr", has_text="in row")
    row.get_by_title("Change the payment").click()
    expect(page.locator("tr.bgb-editing [name=sum]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(row.get_by_title("Change the payment")).to_be_focused()
    page.keyboard.press("Enter")
    page.fill("tr.bgb-editing [name=sum]", "99")
    page.press("tr.bgb-editing [name=sum]", "Enter")
    answer_yes(page, "99.00")
    expect(page.locator(f"{SECTION} tbody tr", has_text="in row")).to_contain_text("99.00")
    assert comments(host, "contract_payment")["in row"] == 99
    page.locator(f"{SECTION} tbody tr", has_text="in row").get_by_title("Delete the payment").focus()
    page.keyboard.down("Enter")
    expect(page.locator("tr.bgb-editing button.bgb-danger")).to_be_focused()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.keyboard.down("Enter")  # still held: a repeated key
    page.keyboard.up("Enter")
    page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    assert sent == []
    assert "in row" in comments(host, "contract_payment"), "the key that asked does not answer"
    expect(page.locator("tr.bgb-editing")).to_contain_text("99.00")
    page.click("tr.bgb-editing button.bgb-danger")
    expect(page.locator(f"{SECTION} tbody tr", has_text="in row")).to_have_count(0)
    assert "in row" not in comments(host, "contract_payment")


def test_a_charge_is_added_and_a_mistake_is_marked(host: Host, browse: Opened) -> None:
    page = browse(host, tolerated=("400",))
    page.goto(f"{host.url}{CARD}/charges")
    page.click(f"{SECTION} >> text=Add a charge")
    page.fill("#bgb-editor [name=sum]", "1,234")
    page.fill("#bgb-editor [name=comment]", "browser charge")
    page.press("#bgb-editor [name=comment]", "Enter")
    expect(page.locator("#bgb-editor [name=sum]")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#bgb-editor [name=sum]")).to_be_focused()
    page.fill("#bgb-editor [name=sum]", "80,10")
    page.select_option("#bgb-editor [name=type]", label="Выезд мастера")
    page.press("#bgb-editor [name=sum]", "Enter")
    answer_yes(page, "80.10")
    expect(page.locator(f"{SECTION} tbody tr", has_text="browser charge")).to_contain_text("80.10")
    assert comments(host, "contract_charge")["browser charge"] == Decimal("80.10")


def test_money_is_transferred(host: Host, browse: Opened) -> None:
    target = host.emulators["bitel"].rows("contract", id=102)[0]
    page = browse(host)
    page.goto(f"{host.url}{CARD}/balance")
    page.click(f"{SECTION} >> text=Transfer money to another contract")
    expect(page.locator("#bgb-editor [name=target]")).to_be_focused()
    page.keyboard.type(target["title"])
    page.fill("#bgb-editor [name=sum]", "55,05")
    page.press("#bgb-editor [name=sum]", "Enter")
    answer_yes(page, target["title"], "55.05")
    expect(page.locator(f"{SECTION} .bgb-good").first).to_contain_text("Money transferred")
    assert Decimal("55.05") in comments(host, "contract_charge").values()


def test_the_receipt_opens_after_the_payment(host: Host, browse: Opened) -> None:
    page = browse(host)
    page.goto(f"{host.url}{CARD}/payments")
    page.click(f"{SECTION} >> text=Add a payment")
    page.fill("#bgb-editor [name=sum]", "300")
    page.select_option("#bgb-editor [name=type]", label="Наличные")
    expect(page.locator("#bgb-editor [name=receipt]")).to_be_checked()
    page.press("#bgb-editor [name=sum]", "Enter")
    answer_yes(page)
    expect(page.locator("#bgb-editor [name=cash]")).to_have_value(re.compile("300"))
    expect(page.locator("#bgb-editor [name=registrator]")).to_be_focused()
    page.select_option("#bgb-editor [name=registrator]", label="Касса на Ленина, 10")
    page.fill("#bgb-editor [name=password]", "30")
    page.fill("#bgb-editor [name=cash]", "500")
    page.press("#bgb-editor [name=cash]", "Enter")
    expect(page.locator(SECTION)).to_contain_text("Change to give back")
    expect(page.locator(SECTION)).to_contain_text("200.00")
    assert len(host.emulators["bitel"].rows("cashcheck_check")) == 1


@pytest.mark.parametrize("section", ["payments", "charges", "balance"])
def test_forms_of_money_fit_a_phone(host: Host, browse: Opened, section: str) -> None:
    page = browse(host, width=390, height=844)
    page.goto(f"{host.url}{CARD}/{section}?since=&until=")
    page.locator(f"{SECTION} .bgb-toolbar a[data-bgb-edit]").first.click()
    expect(page.locator("#bgb-editor form")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.keyboard.press("Escape")
    if section != "balance":
        page.locator(f"{SECTION} tbody a[data-bgb-edit]").first.click()
        expect(page.locator("tr.bgb-editing form")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
