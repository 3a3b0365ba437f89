"""Documents of a contract in a browser: each format made and opened, with and without scripts."""

import io
from collections.abc import Iterator
from pathlib import Path

import docx
import pypdf
import pytest
from playwright.sync_api import Page, expect

from example_host.__main__ import DOCUMENTS
from tests.e2e.conftest import Host, Opened, hosts, listening
from tests.support import Emulated

CARD = "/bgbilling/contract/bitel/101"
SECTION = f"{CARD}/documents"
ROWS = "#bgb-section tbody tr"


@pytest.fixture
def host(private_billing: Emulated, tmp_path: Path) -> Iterator[Host]:
    """A host with the types of the demo."""
    for served in listening(hosts(private_billing, tmp_path)):
        yield served(bitel="9.2", extra=DOCUMENTS)


def make(page: Page, kind: str) -> None:
    before = page.locator(ROWS).count()
    page.get_by_role("link", name="Make a document").click()
    expect(page.locator("select[name=type]")).to_be_visible()
    page.locator("select[name=type]").select_option(label=kind)
    page.locator(".bgb-form-foot button").click()
    expect(page.locator(ROWS)).to_have_count(before + 1)


def downloaded(page: Page, title: str) -> bytes:
    with page.expect_download() as download:
        page.locator(ROWS).get_by_role("link", name=title).first.click()
    return Path(download.value.path()).read_bytes()


def test_each_format_is_made_and_opened(host: Host, browse: Opened) -> None:
    page = browse(host)
    page.goto(f"{host.url}{SECTION}")
    expect(page.locator("#bgb-section")).to_contain_text("No documents were made")
    for kind in ("Акт сверки (HTML)", "Договор (DOCX)", "Напоминание об оплате (PDF)"):
        make(page, kind)
    (contract,) = host.emulators["bitel"].rows("contract", id=101)
    agreement = docx.Document(io.BytesIO(downloaded(page, "Договор (DOCX)")))
    told = "\n".join(paragraph.text for paragraph in agreement.paragraphs)
    assert contract["title"] in told
    assert contract["comment"] in told
    reminder = pypdf.PdfReader(io.BytesIO(downloaded(page, "Напоминание об оплате (PDF)")))
    assert "Напоминание об оплате" in reminder.pages[0].extract_text()
    page.locator(ROWS).get_by_role("link", name="Show").click()
    frame = page.frame_locator("iframe.bgb-sandbox")
    expect(frame.locator("h1")).to_contain_text("Акт сверки взаимных расчётов № A-24-0101/1")
    page.locator(ROWS).filter(has_text="Акт сверки").get_by_role("link", name="Delete the document").click()
    expect(page.locator("#bgb-editor")).to_contain_text("A-24-0101/1")
    page.locator(".bgb-form-foot button").click()
    expect(page.locator(ROWS)).to_have_count(2)


@pytest.mark.parametrize("width", [1280, 380])
def test_it_works_without_scripts_and_on_a_phone(host: Host, browse: Opened, width: int) -> None:
    page = browse(host, javascript=False, width=width, locale="ru-RU")
    page.goto(f"{host.url}{SECTION}")
    page.get_by_role("link", name="Создать документ").click()
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Предпросмотр: Акт сверки").click()
    expect(opened.value.locator("h1")).to_contain_text("Акт сверки взаимных расчётов № —")
    page.locator("select[name=type]").select_option(label="Напоминание об оплате (PDF)")
    page.locator(".bgb-form-foot button").click()
    expect(page.locator(ROWS)).to_have_count(1)
    assert downloaded(page, "Напоминание об оплате (PDF)").startswith(b"%PDF-")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
