"""What htmx exchanges does not lose the focus: whoever works with the keyboard goes on where they were."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from flask_bgbilling.emulator import Emulator, EmulatorSettings
from tests.conftest import NOON
from tests.e2e.conftest import Host, Opened, hosts, listening

CARD = "/bgbilling/contract/bitel/101"
MESSAGES = "messageType.2.title=Letter\nmessageType.2.class=MessageTypeEmail\n"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """A host with one billing and the messages of the demo."""
    emulator = Emulator(EmulatorSettings(version="9.2", contracts=20, frozen_at=NOON)).start()
    for make in listening(hosts(lambda *_: emulator, tmp_path_factory.mktemp("focus"))):
        yield make(extra=MESSAGES, bitel="9.2")
    emulator.stop()


@pytest.fixture
def page(host: Host, browse: Opened) -> Page:
    return browse(host, "admin")


def press(page: Page, control: Locator) -> None:
    """Enter on a control, until what it asks for stands in its place."""
    control.focus()
    control.evaluate("element => { element.dataset.old = '1' }")
    page.keyboard.press("Enter")
    expect(page.locator("[data-old]")).to_have_count(0)


@pytest.mark.parametrize(
    ("section", "control"),
    [
        ("parameters", "#bgb-section a.bgb-chip:text-is('all')"),
        ("payments", "#bgb-section .bgb-presets a >> nth=1"),
        ("tariffs", "#bgb-section a:text-is('Options')"),
        ("notes", "#bgb-section a:has-text('Read again')"),
    ],
)
def test_in_a_section_of_the_card(page: Page, host: Host, section: str, control: str) -> None:
    page.goto(f"{host.url}{CARD}/{section}")
    for _ in range(2):
        press(page, page.locator(control).first)
        expect(page.locator(control).first).to_be_focused()


def test_between_the_tabs_of_a_message(page: Page, host: Host) -> None:
    page.goto(f"{host.url}/bgbilling/messages/5")
    for name in ("Existing process", "New process"):
        tab = page.get_by_role("link", name=name)
        press(page, tab)
        expect(tab).to_be_focused()


def test_what_is_gone_gives_it_to_the_piece(page: Page, host: Host) -> None:
    page.goto(f"{host.url}/processes/2")
    piece = page.locator(".bgb-process-contracts")
    page.get_by_label("Contract number").fill(str(host.emulators["bitel"].rows("contract", id=103)[0]["title"]))
    page.keyboard.press("Enter")
    unlink = page.locator("[data-bgb-contract='bitel:103'] button")
    expect(page.get_by_label("Contract number")).to_be_focused()
    press(page, unlink)
    expect(unlink).to_have_count(0)
    expect(piece).to_be_focused()
