"""Forms of the card in a browser: keyboard, focus, double clicks, going back, without JavaScript, for everybody."""

import re
import threading
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from example_host.mounting import bgbilling
from flask_bgbilling.errors import Refused, Uncertain
from tests.e2e.accessibility import assert_accessible
from tests.e2e.conftest import Host, HostFactory, Opened
from tests.e2e.lab import Lab

CARD = "/bgbilling/contract/bitel/101"
REFUSALS = ("Response Status Error Code 4", "Response Status Error Code 5", "the server responded with a status of")

Labs = Callable[..., tuple[Page, Lab, Host]]


@pytest.fixture
def labs(served: HostFactory, browse: Opened, monkeypatch: pytest.MonkeyPatch) -> Labs:
    """A page with the laboratory section opened, the section itself, and the host."""

    def make(path: str = "/lab", **options: object) -> tuple[Page, Lab, Host]:
        lab = Lab()
        monkeypatch.setattr(bgbilling, "_plugins", (lab,))
        host = served(bitel="10.2")
        lab.install(host.app)
        page = browse(host, tolerated=REFUSALS, **options)
        page.goto(f"{host.url}{CARD}{path}")
        return page, lab, host

    return make


def opened(page: Page) -> None:
    page.get_by_role("link", name="Set it").click()
    expect(page.locator("input[name=first]")).to_be_focused()


def test_escape_brings_back_what_stood_there_and_the_focus(labs: Labs) -> None:
    page, lab, _ = labs()
    requests: list[str] = []
    opened(page)
    page.on("request", lambda request: requests.append(request.url) if "/bgbilling/" in request.url else None)
    page.fill("input[name=first]", "typed")
    page.keyboard.press("Escape")
    expect(page.locator(".bgb-form")).to_have_count(0)
    expect(page.get_by_role("link", name="Set it")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("input[name=first]")).to_have_value("a")
    page.get_by_role("link", name="Ask").click()  # another form takes the place of the open one
    expect(page.get_by_role("heading", name="Ask")).to_be_visible()
    expect(page.locator(".bgb-form")).to_have_count(1)
    page.get_by_role("link", name="Cancel").click()
    expect(page.locator(".bgb-form")).to_have_count(0)
    expect(page.get_by_role("link", name="Ask")).to_be_focused()
    assert len(requests) == 2, "only opening asks the server"
    assert lab.sent == []


def test_enter_saves_and_says_so_and_the_head_reads_itself_again(labs: Labs) -> None:
    page, _, _ = labs()
    page.evaluate("document.querySelector('h1').dataset.old = '1'")
    opened(page)
    page.keyboard.type("new")
    page.keyboard.press("Enter")
    expect(page.locator("#lab-values")).to_have_text("new, b")
    expect(page.locator("#bgb-said")).to_have_text("Saved")
    expect(page.locator(".bgb-said")).to_be_visible()
    expect(page.get_by_role("link", name="Set it")).to_be_focused()
    expect(page.locator("h1[data-old]")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"/101/lab\?shown=1$"))
    opened(page)
    expect(page.locator(".bgb-said")).to_have_count(0)


def test_a_double_click_sends_once(labs: Labs) -> None:
    page, lab, _ = labs()
    going = threading.Event()
    posts: list[str] = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    setting = lab._setting

    def slowly(at: int, value: str) -> Callable[[], None]:
        def run() -> None:
            going.wait(1)
            setting(at, value)()

        return run

    lab._setting = slowly  # type: ignore[method-assign]
    opened(page)
    page.fill("input[name=first]", "x")
    page.get_by_role("button", name="Save").dblclick()
    page.locator("input[name=first]").press("Enter")
    going.set()
    expect(page.locator("#lab-values")).to_have_text("x, b")
    assert lab.sent == ["x"]
    assert len(posts) == 1


def test_a_wrong_field_keeps_what_was_typed_and_gets_the_focus(labs: Labs) -> None:
    page, _, _ = labs()
    opened(page)
    page.fill("input[name=second]", "y" * 30)
    page.keyboard.press("Enter")
    second = page.locator("input[name=second]")
    expect(second).to_have_attribute("aria-invalid", "true")
    expect(second).to_be_focused()
    expect(second).to_have_value("y" * 30)
    page.keyboard.press("Escape")
    expect(page.locator(".bgb-form")).to_have_count(0)
    expect(page.get_by_role("link", name="Set it")).to_be_focused()


def test_a_question_is_answered_by_enter(labs: Labs) -> None:
    page, _, _ = labs("/lab/ask")
    page.fill("input[name=first]", "x")
    page.keyboard.press("Enter")
    expect(page.locator(".bgb-question")).to_have_text(re.compile("Set “x”"))
    expect(page.get_by_role("button", name="Yes, save")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#lab-values")).to_have_text("x, b")
    expect(page).to_have_url(re.compile(r"/101/lab$"))


def test_a_half_done_change_is_gone_on_with(labs: Labs) -> None:
    page, lab, _ = labs()
    lab.errors = [None, Refused(billing="BITEL", words="Период закрыт")]
    opened(page)
    page.fill("input[name=first]", "x")
    page.fill("input[name=second]", "y")
    page.keyboard.press("Enter")
    expect(page.locator(".bgb-steps li")).to_have_count(2)
    page.get_by_role("button", name="Go on with the rest").click()
    expect(page.locator("#lab-values")).to_have_text("x, y")


def test_an_expired_form_tells_it_beside_what_was_typed(labs: Labs) -> None:
    page, _, _ = labs()
    opened(page)
    page.fill("input[name=first]", "typed")
    page.context.clear_cookies()
    page.keyboard.press("Enter")
    expect(page.locator(".bgb-form [data-bgb-problem]")).to_contain_text("Your session has ended.")
    expect(page.locator("input[name=first]")).to_have_value("typed")


def test_after_going_back_the_form_is_a_new_one(labs: Labs) -> None:
    page, lab, _ = labs("/lab/set", javascript=False)
    page.fill("input[name=first]", "one")
    page.keyboard.press("Enter")
    expect(page.locator("#lab-values")).to_have_text("one, b")
    page.go_back()
    page.fill("input[name=first]", "two")
    page.keyboard.press("Enter")
    expect(page.locator("#lab-values")).to_have_text("two, b")
    assert lab.sent == ["one", "two"]


def test_everything_works_without_javascript(labs: Labs) -> None:
    page, lab, _ = labs(javascript=False)
    page.get_by_role("link", name="Set it").click()
    page.fill("input[name=first]", "")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".bgb-field-problem")).to_have_text("This must not be empty.")
    page.get_by_role("link", name="Cancel").click()
    expect(page.locator("#lab-values")).to_have_text("a, b")
    page.get_by_role("link", name="Ask").click()
    page.fill("input[name=first]", "x")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Yes, save").click()
    expect(page.locator("#lab-values")).to_have_text("x, b")
    expect(page.locator(".bgb-said")).to_have_text("Saved")
    lab.errors = [Uncertain(billing="BITEL")]
    page.get_by_role("link", name="Set it").click()
    page.fill("input[name=first]", "z")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Look in the billing")).to_be_visible()
    lab.values = ["z", "b"]
    page.get_by_role("button", name="Look in the billing").click()
    expect(page.locator("#lab-values")).to_have_text("z, b")


@pytest.mark.parametrize("width", [1280, 390])
def test_forms_are_for_everybody(labs: Labs, width: int) -> None:
    page, lab, host = labs(width=width, locale="ru-RU")

    def check(what: str) -> None:
        assert_accessible(page, what, within=".bgb")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), what

    page.goto(f"{host.url}{CARD}/notes/add")
    check("form")
    page.locator(".bgb-form-foot button").click()
    expect(page.locator("[aria-invalid]")).to_be_visible()
    check("wrong field")
    page.goto(f"{host.url}{CARD}/lab/ask")
    page.fill("input[name=first]", "x")
    page.keyboard.press("Enter")
    expect(page.locator(".bgb-question")).to_be_visible()
    check("question")
    lab.values = ["theirs", "b"]
    page.keyboard.press("Enter")
    expect(page.locator(".bgb-conflict")).to_be_visible()
    check("conflict")
    lab.errors = [None, Refused(billing="BITEL", words="Период закрыт")]
    page.goto(f"{host.url}{CARD}/lab/set")
    page.fill("input[name=first]", "x")
    page.fill("input[name=second]", "y")
    page.keyboard.press("Enter")
    expect(page.locator(".bgb-steps")).to_be_visible()
    check("half done")
