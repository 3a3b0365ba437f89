"""The page that tells how billings, plugins and the configuration are."""

from typing import NoReturn

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from example_host.models import database
from flask_bgbilling import CardSection, SectionContext, hookimpl
from tests.e2e.conftest import HostFactory, Opened
from tests.e2e.test_plugin_example import given
from tests.unit.test_host_mistakes import run

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


NAMES_CUSTOMERS = (
    "bgbilling:server.1.copyParamMapping=12:9:1;4711:3;14:5:5\nbgbilling:creator.confirmParameters=12,4712\n"
    "bgbilling:creator.parameterGroupRule.1.paramGroupId=4713\n"
    "bgbilling:creator.parameterGroupRule.1.titlePatternId=4714\n"
)


def test_page_and_command_name_what_customers_do_not_have(hosted: HostFactory) -> None:
    host = hosted(bitel="9.2", extra=NAMES_CUSTOMERS)
    page = host.client("admin").get("/bgbilling/status").text
    command = run("config", "check", app=host.app)
    assert command.exit_code == 1
    for told in (page, command.output):
        assert "12:9:1" in told
        assert "14:5:5" in told
        for number in range(4711, 4715):
            assert str(number) in told


def test_customers_that_cannot_be_read_do_not_break_page_and_command(hosted: HostFactory) -> None:
    host = hosted(bitel="9.2", extra=NAMES_CUSTOMERS)
    with host.app.app_context():
        database.session.execute(text("ALTER TABLE crm_customer_title_pattern RENAME TO gone"))
        database.session.commit()
    answer = host.client("admin").get("/bgbilling/status")
    command = run("config", "check", app=host.app)
    assert answer.status_code == 200
    for told in (answer.text, command.output):
        assert "The customers of this application cannot be read (OperationalError)" in told
        assert "12:9:1" in told
        assert "4711" not in told


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
