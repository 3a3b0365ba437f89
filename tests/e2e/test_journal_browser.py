"""The journal in the browser: filters, details that unfold, the way to a change that is not finished."""

import re

import pytest
from playwright.sync_api import expect

from flask_bgbilling.store.changes import ChangeState
from tests.e2e.accessibility import WCAG, assert_accessible
from tests.e2e.conftest import Host, HostFactory, Opened
from tests.e2e.forms import post_form
from tests.e2e.test_journal import in_state
from tests.e2e.test_operator import overflow

NOTES = "/bgbilling/contract/ds/101/notes"


def noted(served: HostFactory, state: ChangeState = "done") -> Host:
    """A host with a note that was added and then changed; ``state`` is that of the change."""
    host = served(ds="9.2")
    client = host.client()
    post_form(client, f"{NOTES}/add", title="Первый звонок", text="до")
    (note,) = host.emulators["ds"].rows("contract_comment", subject="Первый звонок")
    post_form(client, f"{NOTES}/edit?note={note['id']}", text="после")
    if state != "done":
        in_state(host, state)
    return host


def test_from_the_menu_to_what_was_changed(served_privately: HostFactory, browse: Opened) -> None:
    host = noted(served_privately)
    page = browse(host, login="admin")
    page.get_by_role("link", name="Journal").click()
    rows = page.locator("table.bgb-journal > tbody > tr")
    expect(rows).to_have_count(2)
    page.get_by_label("What").select_option("notes.edit")
    page.get_by_label("Who").fill("Орлова")
    page.keyboard.press("Enter")
    expect(rows).to_have_count(1)
    expect(page).to_have_url(re.compile("action=notes.edit"))
    expect(rows.get_by_text("после")).to_be_hidden()
    rows.locator("summary").press("Enter")
    expect(rows.get_by_text("после")).to_be_visible()
    expect(rows.get_by_text("до", exact=True)).to_be_visible()
    rows.get_by_role("link", name="ID 101").click()
    page.wait_for_url(re.compile("/contract/ds/101"))


def test_an_unfinished_change_is_one_press_away(served_privately: HostFactory, browse: Opened) -> None:
    host = noted(served_privately, "uncertain")
    page = browse(host)
    page.goto(f"{host.url}/bgbilling/contract/ds/101/notes")
    page.get_by_role("link", name="1 change is not finished").click()
    section = page.locator("#bgb-section")
    expect(section).to_contain_text("not confirmed")
    section.get_by_role("button", name="Look in the billing").click()
    expect(page.get_by_role("link", name="1 change is not finished")).to_have_count(0)
    page.locator('.bgb-tree a[href$="/101/journal"]').click()
    expect(section.locator("table.bgb-journal > tbody > tr")).to_have_count(2)
    expect(section.get_by_text("not confirmed")).to_have_count(0)


@pytest.mark.parametrize("width", [1280, 390])
def test_it_fits_and_is_accessible(served_privately: HostFactory, browse: Opened, width: int) -> None:
    host = noted(served_privately, "uncertain")
    page = browse(host, login="admin", width=width)
    for screen in ("journal", "contract/ds/101/journal"):
        page.goto(f"{host.url}/bgbilling/{screen}")
        expect(page.locator(".bgb-waiting, .htmx-request")).to_have_count(0)
        for summary in page.locator("table.bgb-journal summary").all():
            summary.click()
        assert overflow(page) <= 0, f"{screen} is wider than {width} px"
        assert_accessible(page, screen, tags=WCAG)


def test_it_works_without_javascript(served_privately: HostFactory, browse: Opened) -> None:
    host = noted(served_privately)
    page = browse(host, login="admin", javascript=False)
    page.goto(f"{host.url}/bgbilling/journal")
    page.get_by_label("Outcome").select_option("refused")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("No change fits.")).to_be_visible()
    page.get_by_role("link", name="Clear").click()
    expect(page.locator("table.bgb-journal > tbody > tr")).to_have_count(2)
