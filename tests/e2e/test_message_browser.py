"""A call is processed in the browser: candidates, the card beside, a new process, the phone saved in the contract."""

from urllib.request import Request, urlopen

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from flask_bgbilling.emulator import Emulator
from tests.e2e.conftest import Host, HostFactory, Opened
from tests.message_host import PHONE, calls

pytestmark = pytest.mark.browser

KEY = "key-of-the-exchange-0123456789"
ACCOUNTING = 23
OFFICE = "73472501100"
"""The accounting phone of contract 101, which its own phones do not have."""
KNOWN = "79161234567"
EXCHANGE = f"telephony.1.title=Office\ntelephony.1.key={KEY}\ntelephony.1.messageType=1\n"


def ring(host: Host, sender: str) -> int:
    """The exchange tells of a call; the number of its message."""
    request = Request(
        f"{host.url}/telephony/call", f"from={sender}&to=100".encode(), {"Authorization": f"Bearer {KEY}"}
    )
    with urlopen(request, timeout=20) as answer:
        assert answer.status in (200, 201, 202)
    from example_host.messages.models import MessageRow
    from example_host.models import database

    with host.app.app_context():
        return int(
            database.session.query(MessageRow.id).filter_by(sender=sender).order_by(MessageRow.id.desc()).first()[0]
        )


def configured(*billing_ids: str) -> str:
    return calls(*billing_ids).replace(f"Param:{PHONE}\n", f"Param:{PHONE},{ACCOUNTING}\n") + EXCHANGE


def phones(emulator: Emulator, cid: int) -> list[str]:
    rows = emulator.rows("contract_parameter_type_phone_item", cid=cid, pid=PHONE)
    return [str(row["phone"]) for row in sorted(rows, key=lambda row: int(str(row["n"])))]


@pytest.fixture
def host(served_privately: HostFactory) -> Host:
    return served_privately(extra=configured("ds", "bitel"), ds="9.2", bitel="10.2")


def test_from_a_ringing_call_to_the_phone_in_the_contract(host: Host, browse: Opened) -> None:
    before = phones(host.emulators["ds"], 101)
    number = ring(host, OFFICE)
    page = browse(host, "admin")
    page.goto(f"{host.url}/bgbilling/messages/{number}")
    expect(page.get_by_text("All searches are done.")).to_be_attached()
    row = page.locator('[data-bgb-outcome="1"] tr')
    row.locator("[data-bgb-tick]").check()
    card = page.locator("#bgb-beside [data-bgb-card]")
    expect(card.locator(".bgb-card-number")).to_be_visible()
    expect(row.locator("[data-bgb-beside]")).to_have_attribute("aria-current", "true")
    card.locator('.bgb-tree-item[data-bgb-key="notes"]').click()
    expect(card.locator("#bgb-section[data-bgb-key=notes], #bgb-section h2").first).to_be_visible()
    assert page.url == f"{host.url}/bgbilling/messages/{number}", "the message stays before the person"
    expect(row.locator("[data-bgb-tick]")).to_be_checked()
    results = Axe().run(page, context=".bgb-message", options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa"]})
    assert results.violations_count == 0, results.generate_report()
    page.get_by_label("Type").select_option(label="Обращение")
    page.get_by_label("Description").fill("Просит перезвонить")
    page.get_by_role("button", name="Create the process").click()
    expect(page.get_by_text("The phone is saved in the contract")).to_be_visible()
    expect(page.locator("[data-bgb-process]")).to_have_text("Просит перезвонить")
    assert phones(host.emulators["ds"], 101) == [*before, OFFICE]

    again = ring(host, OFFICE)
    page.goto(f"{host.url}/bgbilling/messages/{again}")
    page.locator('[data-bgb-outcome="1"] [data-bgb-tick]').first.check()
    page.get_by_role("link", name="Existing process").click()
    page.get_by_role("radio", name="Просит перезвонить").check()
    page.get_by_role("button", name="Put into the process").click()
    expect(page.get_by_text("The contract has this phone already")).to_be_visible()
    assert phones(host.emulators["ds"], 101) == [*before, OFFICE]


def test_a_search_by_hand_keeps_what_is_ticked_and_a_failing_billing_is_asked_again(host: Host, browse: Opened) -> None:
    (other,) = host.emulators["ds"].rows("contract", id=102)
    number = ring(host, KNOWN)
    host.emulators["bitel"].faults.set("http-500")
    page = browse(host, "admin", tolerated=("500", "502"))
    page.goto(f"{host.url}/bgbilling/messages/{number}")
    failed = page.locator('[data-bgb-outcome="2"]')
    expect(failed.get_by_role("alert")).to_be_visible()
    host.emulators["bitel"].faults.clear()
    failed.get_by_role("link", name="Try again").click()
    expect(failed.locator("[data-bgb-tick]").first).to_be_visible()
    page.locator('[data-bgb-outcome="1"] [data-bgb-tick]').first.check()
    page.get_by_role("link", name="По номеру/примечанию").click()
    page.get_by_label("Number", exact=True).fill(str(other["title"]))
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.locator('[data-bgb-outcome="50"] [data-bgb-tick]')).to_be_visible()
    expect(page.locator("[data-bgb-ticked] [data-bgb-tick]")).to_be_checked()
    expect(page.locator("[data-bgb-tick]:checked")).to_have_count(1)
    assert "bgbillingTitle=" in page.url
    page.get_by_label("Number", exact=True).fill("a")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.get_by_text("Enter at least 3 characters.")).to_be_visible()


def test_on_a_phone_and_without_a_script(host: Host, browse: Opened) -> None:
    number = ring(host, KNOWN)
    page = browse(host, "admin", width=390, height=800, locale="ru-RU", javascript=False)
    page.goto(f"{host.url}/bgbilling/messages/{number}")
    expect(page.get_by_text("Кто это может быть")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, "nothing sticks out"
    left, right = page.locator("#bgb-candidates").bounding_box(), page.locator("#bgb-beside").bounding_box()
    assert left is not None
    assert right is not None
    assert right["y"] > left["y"] + left["height"], "one below the other"
    page.locator('[data-bgb-outcome="1"] [data-bgb-beside]').first.click()
    expect(page.locator("#bgb-beside [data-bgb-card]")).to_be_visible()
    page.locator('[data-bgb-outcome="1"] [data-bgb-tick]').first.check()
    page.get_by_label("Тип").select_option(label="Обращение")
    page.get_by_role("button", name="Создать процесс").click()
    expect(page.get_by_text("Этот телефон в договоре уже есть")).to_be_visible()
