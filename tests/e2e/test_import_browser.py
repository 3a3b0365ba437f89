"""The review of imports in a browser: evidence is read, then accepted, rejected, merged and undone."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from example_host.customers.port import HostCustomers
from flask_bgbilling.emulator import Emulator
from flask_bgbilling.ports import CustomerPhone
from tests.e2e.conftest import Host, Opened, hosts, listening
from tests.e2e.test_import_pages import RULES, run
from tests.importing import mark, marker
from tests.support import Emulated

ACCEPTED, REJECTED, MERGED = 115, 114, 119
NUMBERS = re.compile(r"\d+")


@pytest.fixture
def host(private_billing: Emulated, tmp_path: Path) -> Iterator[Host]:
    """A host that listens, with contracts of which each may belong to two customers."""
    for served in listening(hosts(lambda version: private_billing(version, frozen_at=None), tmp_path)):
        made = served(bitel="9.2", extra=RULES)
        twins(made)
        mark(made.emulators["bitel"], ACCEPTED, REJECTED, MERGED)
        run(made)
        yield made


def comment(emulator: Emulator, cid: int) -> str:
    return str(emulator.rows("contract", id=cid)[0]["comment"]).strip()


def phone(cid: int, number: int) -> str:
    return f"7999{cid:04}00{number}"


def twins(host: Host) -> None:
    """Two customers for each contract, with its name and its phone, and another phone each."""
    emulator, customers = host.emulators["bitel"], HostCustomers()
    with host.app.app_context():
        for cid in (ACCEPTED, REJECTED, MERGED):
            shared = CustomerPhone(emulator.rows("contract_parameter_type_phone_item", cid=cid, pid=4)[0]["phone"])
            for number, ending in enumerate(("", " (старый)")):
                made = customers.create(comment(emulator, cid) + ending, group_id=0)
                customers.set_value(made.id, 14, (shared, CustomerPhone(phone(cid, number))))
        host.app.extensions["sqlalchemy"].session.commit()


def named(host: Host, title: str) -> list[int]:
    """The host's customers whose title is or begins so, the oldest first."""
    with host.app.app_context():
        found = sorted(customer.id for customer in HostCustomers().find_by_title(title, 20))
        host.app.extensions["sqlalchemy"].session.remove()
    return found


def phones(host: Host, customer_id: int) -> set[str]:
    with host.app.app_context():
        kept = HostCustomers().values([customer_id], [14])[customer_id, 14]
        host.app.extensions["sqlalchemy"].session.remove()
    return {one.number for one in kept if isinstance(one, CustomerPhone)}


def case(page: Page, title: str) -> Locator:
    return page.locator("section.bgb-panel").filter(has=page.get_by_text(title, exact=True))


def test_a_case_is_read_accepted_and_undone_with_the_keyboard(host: Host, browse: Opened) -> None:
    emulator = host.emulators["bitel"]
    title = comment(emulator, ACCEPTED)
    old, other = named(host, title)
    page = browse(host, "admin")

    page.goto(f"{host.url}/bgbilling/import")
    expect(page.locator("section.bgb-panel")).to_have_count(3)
    shown = case(page, title)
    rows = shown.locator("tbody tr").filter(has_text="fits")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text(f"ID {old}")
    expect(rows.nth(0)).to_contain_text("title, Телефон сотовый")
    expect(rows.nth(1).get_by_role("link")).to_have_attribute("href", f"/customers/{other}")
    assert marker(emulator, ACCEPTED) == "0"
    # Nobody is chosen yet: the browser asks for it and nothing is sent.
    accept = shown.get_by_role("button", name="Accept")
    accept.press("Enter")
    expect(shown.locator("input[name=customer]:invalid")).not_to_have_count(0)
    shown.locator(f"input[name=customer][value='{old}']").press("Space")
    page.keyboard.press("ArrowDown")
    expect(shown.locator(f"input[name=customer][value='{other}']")).to_be_checked()
    accept.press("Enter")
    expect(page.locator("section.bgb-panel")).to_have_count(2)
    assert marker(emulator, ACCEPTED) == str(other)
    assert len(phones(host, other)) > 2, "the contract's other phones came along"
    assert phones(host, old) < phones(host, other) | phones(host, old)
    page.get_by_role("link", name=re.compile("^Imported")).press("Enter")
    done = case(page, title)
    expect(done.locator("dl")).to_contain_text(f"ID {other}")
    done.get_by_role("button", name="Undo the import").press("Enter")
    expect(done).to_have_count(0)
    assert not marker(emulator, ACCEPTED)
    assert len(phones(host, other)) == 2
    assert named(host, title) == [old, other]


def test_in_russian_one_is_rejected_and_two_are_merged_and_parted(host: Host, browse: Opened) -> None:
    emulator = host.emulators["bitel"]
    rejected, merged = comment(emulator, REJECTED), comment(emulator, MERGED)
    page = browse(host, "admin", locale="ru-RU")
    page.goto(f"{host.url}/bgbilling/import")
    expect(page.get_by_role("heading", name="Импорт контрагентов")).to_be_visible()
    case(page, rejected).get_by_role("button", name="Не импортировать").click()
    expect(case(page, rejected)).to_have_count(0)
    assert not marker(emulator, REJECTED)
    assert len(named(host, rejected)) == 2
    page.get_by_role("link", name=re.compile("^Отклонены")).click()
    expect(case(page, rejected)).to_have_count(1)

    page.goto(f"{host.url}/bgbilling/import")
    into, other = named(host, merged)
    shown = case(page, merged)
    expect(shown.locator("tbody")).to_contain_text("подходит")
    shown.locator(f"input[name=customer][value='{into}']").check()
    shown.locator(f"input[name=same][value='{other}']").check()
    shown.get_by_role("button", name="Принять").click()
    expect(case(page, merged)).to_have_count(0)
    assert named(host, merged) == [into]
    assert marker(emulator, MERGED) == str(into)
    assert {phone(MERGED, 0), phone(MERGED, 1)} < phones(host, into)
    page.goto(f"{host.url}/customers/{into}")
    expect(page.locator("body")).to_contain_text("(старый)")

    page.goto(f"{host.url}/bgbilling/import?state=merged")
    case(page, merged).get_by_role("button", name="Отменить импорт").click()
    expect(case(page, merged)).to_have_count(0)
    assert not marker(emulator, MERGED)
    kept, again = named(host, merged)
    assert kept == into
    assert phone(MERGED, 1) in phones(host, again) - phones(host, into)
