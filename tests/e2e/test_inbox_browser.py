"""An operator with a headset: calls pop up over the open page; the inbox and the queue are worked through by keys."""

import re
from collections.abc import Iterator
from datetime import timedelta
from time import monotonic
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from example_host.messages.models import MessageRow, now
from example_host.models import database
from flask_bgbilling.emulator import Emulator, EmulatorSettings
from tests.conftest import NOON
from tests.e2e.conftest import Host, Opened, hosts, listening
from tests.e2e.test_operator import overflow

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
KEY = "key-of-the-exchange-of-tests"
ONLY, READ = "79170000109", "+7 917 000-01-09"
"""The phone of one contract."""
EXTRA = f"""\
messageType.1.title=Звонок
messageType.1.class=MessageTypeCall
messageType.1.search.1.title=По номеру
messageType.1.search.1.class=BGBillingMessageTypeSearchCall
messageType.1.search.1.billingId=ds
messageType.1.search.1.commands=contractByPhoneParam:4
messageType.2.title=Электронная почта
messageType.2.class=MessageTypeEmail
messageType.3.title=Заметка
messageType.3.class=MessageTypeNote
telephony.1.key={KEY}
queue.1.title=Все процессы
queue.2.title=Ремонт
queue.2.types=2
queue.2.columns=id,title,status,messages
queue.2.filters=status,text
"""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """A host with an exchange and the messages of the demo; each test works with calls and pages of its own."""
    emulator = Emulator(EmulatorSettings(version="9.2", contracts=20, frozen_at=NOON)).start()
    for make in listening(hosts(lambda *_: emulator, tmp_path_factory.mktemp("office"))):
        yield make(extra=EXTRA, ds="9.2")
    emulator.stop()


@pytest.fixture(autouse=True)
def nobody_rings(office: Host) -> None:
    """The calls of other tests were an hour ago."""
    with office.app.app_context():
        calls = database.session.query(MessageRow).filter_by(type_id=1)
        calls.update({MessageRow.received_at: now() - timedelta(hours=1)})
        database.session.commit()


def ring(host: Host, number: str, extension: str = "101") -> int:
    """A call, told by the exchange over HTTP."""
    told = urlencode({"from": number, "to": extension}).encode()
    request = Request(f"{host.url}/telephony/call", data=told, headers={"Authorization": f"Bearer {KEY}"})
    with urlopen(request, timeout=30) as answer:
        assert answer.status == 201
    with host.app.app_context():
        return int(database.session.query(MessageRow.id).order_by(MessageRow.id.desc()).limit(1).scalar())


def listens(page: Page) -> None:
    """Waits until the page has asked for calls for the first time."""
    if page.evaluate("performance.getEntriesByType('resource').some(one => one.name.includes('/telephony/pulse'))"):
        return
    page.wait_for_event("requestfinished", lambda request: "/telephony/pulse" in request.url)


def test_a_call_pops_up_with_the_card_of_the_caller_and_nothing_typed_is_lost(office: Host, browse: Opened) -> None:
    page = browse(office, locale="ru-RU")
    page.goto(f"{office.url}/customers/1?edit=14")
    listens(page)
    comment = page.get_by_label("Комментарий", exact=True).first
    comment.fill("не потеряй")
    took = []
    for _ in range(3):  # a loaded machine may be late once, the page never is
        began = monotonic()
        number = ring(office, ONLY)
        expect(page.locator(f"#crm-call-{number}")).to_be_visible()
        took.append(monotonic() - began)
    assert min(took) < 2, took
    expect(page.locator("[data-crm-call]")).to_have_count(1)
    expect(page.locator(".crm-loading")).to_have_count(0, timeout=60_000)
    popup = page.get_by_role("complementary", name="Звонки")
    expect(popup.locator(f"#crm-call-{number}")).to_contain_text(f"Звонит {READ}")
    expect(popup.locator(f"#crm-call-{number}")).to_contain_text("Отпускная Алёна Игоревна")
    expect(page).to_have_title(re.compile(re.escape(f"☎ {READ}")))
    caller = page.frame_locator("iframe.crm-caller")
    expect(caller.locator("#bgb-beside")).to_contain_text("109")
    expect(caller.locator("#bgb-beside .bgb-card-head, #bgb-beside h1, #bgb-beside h2").first).to_be_visible()
    expect(caller.locator(".crm-header")).to_have_count(0)
    expect(comment).to_be_focused()
    expect(comment).to_have_value("не потеряй")
    page.keyboard.press("F2")
    answer = page.locator(f"#crm-call-{number} [data-crm-answer]")
    expect(answer).to_be_focused()
    with page.context.expect_page() as opened:
        page.keyboard.press("Enter")
    expect(opened.value).to_have_url(re.compile(rf"/bgbilling/messages/{number}$"))
    expect(comment).to_have_value("не потеряй")
    expect(page.locator("[data-crm-call]")).to_have_count(0)


def test_escape_closes_a_call_for_good_in_every_tab(office: Host, browse: Opened) -> None:
    page = browse(office, login="admin", width=390)
    page.goto(f"{office.url}/customers")
    other = second_tab(page.context, f"{office.url}/messages")
    for one in (page, other):
        listens(one)
    number = ring(office, "anonymous", "100")
    for one in (page, other):
        expect(one.locator(f"#crm-call-{number}")).to_contain_text("anonymous")
        expect(one.locator("iframe")).to_have_count(0)
    assert overflow(page) == 0
    page.keyboard.press("Escape")
    for one in (page, other):
        expect(one.locator("[data-crm-call]")).to_have_count(0)
        expect(one.get_by_role("complementary")).to_be_hidden()
    again = ring(office, "<b>7</b>", "100")
    expect(page.locator("[data-crm-call]")).to_have_count(1)
    expect(page.locator(f"#crm-call-{again} strong")).to_have_text("<b>7</b>")
    page.get_by_role("button", name="Close").click()
    page.goto(f"{office.url}/profile")
    listens(page)
    expect(page.locator("[data-crm-call]")).to_have_count(0)


def test_nothing_lies_over_the_page_of_the_call_itself(office: Host, browse: Opened) -> None:
    page = browse(office)
    own, other = ring(office, ONLY), ring(office, "anonymous")
    page.goto(f"{office.url}/bgbilling/messages/{own}")
    expect(page.locator(f"#crm-call-{other}")).to_be_visible()
    expect(page.locator("[data-crm-call]")).to_have_count(1)
    assert page.evaluate("Math.max(...Object.values(localStorage).map(Number))") == own, "the own one counts as seen"


def test_a_page_that_nobody_sees_asks_seldom(office: Host, browse: Opened) -> None:
    page = browse(office)
    page.add_init_script("""
        window.away = true;
        Object.defineProperty(document, "hidden", { get: () => window.away });
        const real = window.setTimeout;
        window.setTimeout = (work, delay) => {
          document.documentElement.dataset.delays = `${document.documentElement.dataset.delays ?? ""} ${delay} `;
          return real(work, delay);
        };
    """)
    page.goto(f"{office.url}/profile")
    expect(page.locator("html")).to_have_attribute("data-delays", re.compile(" 5000 "))
    expect(page.locator("html")).not_to_have_attribute("data-delays", re.compile(" 700 "))
    page.evaluate("window.away = false; document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("html")).to_have_attribute("data-delays", re.compile(" 700 "))


def second_tab(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.goto(address)
    return page


def test_escape_within_the_card_of_the_caller_closes_it(office: Host, browse: Opened) -> None:
    page = browse(office, login="branch")
    page.goto(f"{office.url}/messages")
    listens(page)
    number = ring(office, "", "102")
    expect(page.locator(f"#crm-call-{number}")).to_contain_text("unknown")
    caller = page.frame_locator("iframe.crm-caller")
    expect(caller.locator("[data-bgb-complete]")).to_have_count(1)
    caller.locator("[data-bgb-message] a").first.focus()
    page.keyboard.press("Escape")
    expect(page.locator("[data-crm-call]")).to_have_count(0)
    expect(page.get_by_role("link", name="New note")).to_be_focused()


def test_the_inbox_is_worked_through_by_keyboard(office: Host, browse: Opened) -> None:
    page = browse(office, locale="ru-RU")
    page.goto(f"{office.url}/messages?type=2")
    rows = page.locator("[data-crm-item]")
    expect(page.get_by_role("status")).to_have_text("2 сообщения")
    assert rows.first.evaluate("link => getComputedStyle(link.closest('th')).fontWeight") == "600"
    page.keyboard.press("ArrowDown")
    expect(rows.first).to_be_focused()
    page.keyboard.press("End")
    expect(rows.last).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/bgbilling/messages/"))
    page.go_back()
    kind = page.get_by_label("Тип")
    kind.focus()
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    expect(kind).to_have_value("3")
    page.get_by_role("button", name="Показать").press("Enter")
    expect(page).to_have_url(re.compile(r"\?type=3&state=waiting"))
    expect(page.get_by_role("status")).to_have_text("1 сообщение")
    page.goto(f"{office.url}/messages?type=2&state=done")
    expect(page.get_by_text("Таких сообщений нет.")).to_be_visible()


def test_a_note_is_written_and_laid_aside_without_javascript(office: Host, browse: Opened) -> None:
    page = browse(office, login="branch", javascript=False, locale="ru-RU")
    page.goto(f"{office.url}/messages")
    page.get_by_role("link", name="Новая заметка").click()
    page.get_by_label("Тема").fill("Перезвонить после обеда")
    page.get_by_role("button", name="Сохранить").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Перезвонить после обеда")
    page.get_by_role("button", name="Процесс не нужен").click()
    expect(page.locator("dd").last).to_contain_text("без процесса")
    page.get_by_role("button", name="Вернуть в необработанные").click()
    expect(page.locator("dd").last).to_contain_text("ждёт обработки")


def test_a_queue_is_filtered_and_a_process_is_changed(office: Host, browse: Opened) -> None:
    page = browse(office, login="admin", locale="ru-RU")
    page.goto(f"{office.url}/processes")
    page.get_by_role("link", name="Ремонт", exact=True).click()
    expect(page.get_by_role("columnheader")).to_have_text(["Номер", "Процесс", "Статус", "Сообщения"])
    page.get_by_label("Статус").select_option(label="Закрыт")
    page.get_by_role("button", name="Показать").click()
    expect(page.locator("[data-crm-item]")).to_have_text(["Перенести розетку в аптеке № 2"])
    page.get_by_label("Статус").select_option(label="любой статус")
    page.get_by_role("searchbox").fill("нет связи")
    page.get_by_role("searchbox").press("Enter")
    page.get_by_role("link", name="Нет связи по вечерам").click()
    page.get_by_text("Изменить исполнителей и группы").click()
    page.get_by_label("Анна Орлова").check()
    page.get_by_label("Поддержка").check()
    page.get_by_role("button", name="Сохранить").last.click()
    expect(page.get_by_role("heading", name="Исполнители").locator("..")).to_contain_text("Анна Орлова")
    status = page.get_by_role("region", name="Статус")
    status.get_by_role("combobox").select_option(label="Закрыт")
    status.get_by_role("button").click()
    expect(page.get_by_role("status").first).to_contain_text("Нет связи по вечерам: сохранено.")
    page.get_by_role("link", name="Новая заметка").click()
    page.get_by_label("Текст").fill("Линию починили")
    page.get_by_role("button", name="Сохранить").click()
    page.get_by_role("link", name="Нет связи по вечерам").first.click()
    expect(page.get_by_text("Линию починили").first).to_be_visible()


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_pages_are_accessible(office: Host, browse: Opened, width: int, dark: bool) -> None:
    page = browse(office, width=width, dark=dark)
    page.goto(f"{office.url}/messages/5")
    for path in (
        "/messages?state=all",
        "/messages?type=9",
        "/messages/5",
        "/messages/new",
        "/processes",
        "/processes/1",
    ):
        page.goto(office.url + path)
        for summary in page.locator("main > * details summary").all():
            summary.evaluate("element => { element.parentElement.open = true }")
        found = Axe().run(page, options=WCAG)
        assert found.violations_count == 0, f"{path}: {found.generate_report()}"
        assert overflow(page) == 0, path
    page.goto(f"{office.url}/messages/new")
    listens(page)
    number = ring(office, "8 800 555-35-35")
    expect(page.locator(f"#crm-call-{number}")).to_be_visible()
    found = Axe().run(page, options={**WCAG, "iframes": False})
    assert found.violations_count == 0, found.generate_report()
    assert overflow(page) == 0


def test_the_menu_has_room_for_many_entries(office: Host, browse: Opened) -> None:
    page = browse(office, login="admin")
    page.goto(f"{office.url}/processes")
    menu, person = page.locator(".crm-menu"), page.locator(".crm-person")
    tops = {entry.bounding_box()["y"] for entry in menu.locator("a").all()}  # type: ignore[index]
    assert len(tops) == 1, "one line"
    assert person.bounding_box()["y"] < min(tops)  # type: ignore[index]
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    expect(menu.locator("[aria-current]")).to_be_in_viewport(ratio=1)
    for path, entry in (("/bgbilling/messages/5", "Inbox"), ("/bgbilling/processes/1/wizard", "Processes")):
        page.goto(office.url + path)
        expect(menu.locator("[aria-current]")).to_have_text(entry)
