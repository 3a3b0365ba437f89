"""The line "Pay until" in the head of the card, and how its day was reckoned (money.md 13)."""

import re
from datetime import date, datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from example_host import roles
from flask_bgbilling.emulator import Emulator
from tests.conftest import NOON
from tests.e2e.conftest import HostFactory, Opened
from tests.support import ALL_BANDS

CARD = "/bgbilling/contract/bitel/101"
TITLES = ("Интернет 100 (400 р.)", "ТВ (150 р.)", "Акция (скидка) 50 р.")


def arrange(emulator: Emulator, titles: tuple[str, ...] = TITLES, balance: str = "450.50") -> None:
    """Gives contract 101 these tariffs alone and this balance."""
    tariff = emulator.rows("contract_tariff", cid=101)[0]
    with emulator.engine.begin() as db:
        db.execute(text("DELETE FROM contract_tariff WHERE cid = 101"))
        db.execute(text("DELETE FROM contract_balance WHERE cid = 101"))
        db.execute(
            text("INSERT INTO contract_balance VALUES (101, :yy, :mm, :sum, 0, 0, 0)"),
            {"yy": NOON.year, "mm": NOON.month, "sum": balance},
        )
        for number, title in enumerate(titles):
            plan = emulator.rows("tariff_plan")[number]["id"]
            db.execute(text("UPDATE tariff_plan SET title = :title WHERE id = :id"), {"title": title, "id": plan})
            row = {
                **tariff,
                "id": 90000 + number,
                "tpid": plan,
                "date1": date(2020, 1, 1),
                "date2": None,
                "pos": number,
            }
            places = ", ".join(f":{name}" for name in row)
            db.execute(text(f"INSERT INTO contract_tariff ({', '.join(row)}) VALUES ({places})"), row)


def words(html: str) -> str:
    """What a person reads."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)).replace("\u00a0", " "))


def after(days: int) -> str:
    """The day after so many days on the billing's calendar, as pages write it."""
    return f"{datetime.now(ZoneInfo('Europe/Moscow')).date() + timedelta(days=days):%d.%m.%Y}"


@pytest.mark.parametrize("band", ALL_BANDS)
def test_the_day_stands_in_the_head_and_opens_its_reckoning(hosted_privately: HostFactory, band: str) -> None:
    host = hosted_privately(bitel=band)
    client, emulator = host.client(), host.emulators["bitel"]
    arrange(emulator)
    client.get(CARD)
    emulator.recorder.clear()
    assert f"Pay until {after(22)}" in words(client.get(CARD).text)
    assert len(emulator.calls) == 1, "the line must not cost a request"
    emulator.recorder.clear()
    shown = words(client.get(f"{CARD}/menu/pay-until", headers={"HX-Request": "true"}).text)
    assert len(emulator.calls) == 1
    for told in (*TITLES, "Total 600.00", "600.00 / 30 = 20.00", "450.50 × 30 / 600.00 = 22 days", f"= {after(22)}"):
        assert told in shown


def test_the_page_reads_itself_again_and_works_alone(hosted_privately: HostFactory) -> None:
    host = hosted_privately(bitel="9.2")
    arrange(host.emulators["bitel"])
    page = host.client().get(f"{CARD}/menu/pay-until").text
    assert f"= {after(22)}" in words(page)
    (again,) = set(re.findall(r'hx-get="([^"]+)"[^>]*title="Read again"', page))
    assert again == f"{CARD}/menu/pay-until"
    assert host.client().get(again).status_code == 200


@pytest.mark.parametrize(
    ("titles", "balance", "told"),
    [
        (TITLES, "0", "There is no money left: the balance is 0.00"),
        (TITLES, "-12.50", "There is no money left"),
        (("Пакет",), "100", "The titles of the tariffs name no prices."),
        ((), "100", "The titles of the tariffs name no prices."),
    ],
)
def test_there_is_no_line_without_a_day(
    hosted_privately: HostFactory, titles: tuple[str, ...], balance: str, told: str
) -> None:
    host = hosted_privately(bitel="9.2")
    arrange(host.emulators["bitel"], titles, balance)
    client = host.client()
    assert "Pay until" not in words(client.get(CARD).text)
    answer = client.get(f"{CARD}/menu/pay-until", headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert told in words(answer.text)


def test_without_the_permission_there_is_neither_line_nor_page(
    hosted_privately: HostFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = hosted_privately(bitel="9.2")
    arrange(host.emulators["bitel"])
    monkeypatch.setitem(roles.DENIED, "operator", ("contract.pay_until.*",))
    client = host.client()
    assert "Pay until" not in words(client.get(CARD).text)
    answer = client.get(f"{CARD}/menu/pay-until", headers={"HX-Request": "true"})
    assert answer.status_code == 403
    assert "contract.pay_until.read" in answer.text
    assert "450" not in answer.text


def test_titles_are_only_text(hosted_privately: HostFactory) -> None:
    host = hosted_privately(bitel="9.2")
    arrange(host.emulators["bitel"], ("<script>alert(1)</script> (400 р.)",))
    page = host.client().get(f"{CARD}/menu/pay-until").text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.browser
def test_the_line_opens_in_the_place_of_the_section(served_privately: HostFactory, browse: Opened) -> None:
    host = served_privately(bitel="9.2")
    arrange(host.emulators["bitel"])
    page = browse(host, locale="ru-RU")
    page.goto(f"{host.url}{CARD}/notes")
    line = page.get_by_role("link", name=f"Оплатить до {after(22)}")
    page.evaluate("document.querySelector('h1').dataset.kept = '1'")
    line.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#bgb-section")).to_contain_text("22 дня")
    expect(page.locator("h1[data-kept]")).to_have_count(1)
    expect(page).to_have_url(re.compile("/101/menu/pay-until$"))
    page.go_back()
    expect(page.locator("#bgb-section[data-bgb-key=notes]")).to_be_visible()
