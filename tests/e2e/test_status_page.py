"""The page that tells how billings, plugins and the configuration are."""

from typing import NoReturn

import pytest
from playwright.sync_api import expect

from flask_bgbilling import CardSection, SectionContext, hookimpl
from tests.e2e.conftest import HostFactory, Opened
from tests.e2e.test_plugin_example import given

WRONG = "bgbilling:server.9.id=broken\nbgbilling:server.9.title=Broken <b>\nbgbilling:server.9.url=nowhere\n"


def draw(context: SectionContext) -> NoReturn:
    raise LookupError("no <script>calendar</script>")


class Visits:
    """A plugin whose section raises."""

    @hookimpl
    def bgbilling_card_sections(self) -> list[CardSection]:
        return [CardSection("visits", "Visits", 300, "contract.visits.read", draw)]


def test_it_names_what_fails(hosted: HostFactory) -> None:
    host = hosted(bitel="9.2", extra=WRONG)
    given(host, Visits())
    client = host.client("admin")
    first = client.get("/bgbilling/status").text
    assert "not asked yet" in first
    assert "nowhere" in first
    assert "Broken &lt;b&gt;" in first
    assert "has failed" not in first
    client.get("/bgbilling/contract/bitel/101/visits")
    host.emulators["bitel"].faults.set("garbled")
    client.get("/bgbilling/contract/bitel/101/notes")
    page = client.get("/bgbilling/status").text
    assert "section visits" in page
    assert "LookupError: no &lt;script&gt;calendar&lt;/script&gt;" in page
    assert "test_status_page.Visits" in page
    assert "does not answer properly" in page


@pytest.mark.parametrize("login", ["operator", "accountant", "viewer"])
def test_it_is_for_administrators(hosted: HostFactory, login: str) -> None:
    client = hosted(bitel="9.2").client(login)
    assert client.get("/bgbilling/status").status_code == 403
    assert "/bgbilling/status" not in client.get("/").text


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_it_is_readable(served: HostFactory, browse: Opened, width: int) -> None:
    page = browse(served(bitel="9.2", extra=WRONG), "admin", width=width, locale="ru-RU")
    page.goto(page.url.rstrip("/") + "/bgbilling/status")
    expect(page.get_by_role("heading", name="Статус")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    clipped = "[...document.querySelectorAll('.bgb-stacked')].filter(one => one.scrollWidth > one.clientWidth).length"
    assert page.evaluate(clipped) == 0, "long names of plugins are broken, not cut off"
    assert page.locator(".bgb-stacked").count() == (2 if width < 1280 else 0)
