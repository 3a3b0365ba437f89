"""Payments and charges are added, changed and deleted through the card, in every version."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from example_host.ports import HostUsers
from flask_bgbilling.emulator import Emulator
from flask_bgbilling.ports import Grant, Person
from tests.e2e.conftest import HostFactory
from tests.e2e.forms import HTMX, fields_of, filled, post_form
from tests.raw_calls import xml_ok
from tests.support import ALL_BANDS

CARD = "/bgbilling/contract/bitel/101"
PAYMENTS, CHARGES = f"{CARD}/payments", f"{CARD}/charges"
CASH, TERMINAL, AUTOMATIC, CASH_FOLDER = 1, 2, 8, 10
VISIT, PENALTY = 22, 25
TODAY = "2026-11-23"

KINDS = {
    "payment": (PAYMENTS, "contract_payment", CASH, TERMINAL),
    "charge": (CHARGES, "contract_charge", VISIT, PENALTY),
}


def added(emulator: Emulator, kind: str, comment: str) -> list[Mapping[str, Any]]:
    """The rows of contract 101 with this comment."""
    return [row for row in emulator.rows(KINDS[kind][1], cid=101) if row["comment"] == comment]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("band", ALL_BANDS)
def test_an_entry_is_added_changed_and_deleted(hosted_privately: HostFactory, band: str, kind: str) -> None:
    host = hosted_privately(bitel=band)
    client, emulator = host.client(), host.emulators["bitel"]
    section, table, first, second = KINDS[kind]
    asked = post_form(client, f"{section}/add", confirm=False, sum="1 250,5", type=first, day=TODAY, comment="касса 2")
    assert asked.status_code == 200, asked.text
    assert "1,250.50" in asked.text
    assert "23.11.2026?" in asked.text
    assert added(emulator, kind, "касса 2") == [], "asked before anything is sent"
    answer = client.post(f"{section}/add", data=filled(asked.text, {}), headers=HTMX)
    assert answer.status_code == 200, answer.text
    assert f"{kind.title()} added" in answer.text
    assert answer.headers["HX-Retarget"] == "#bgb-section"
    (row,) = added(emulator, kind, "касса 2")
    assert (row["dt"], row["pt"], row["summa"]) == (date(2026, 11, 23), first, Decimal("1250.50"))

    place = f"{kind}={row['id']}&day={TODAY}"
    answer = post_form(client, f"{section}/edit?{place}", sum="99", type=second, day="2026-11-02", comment="иначе")
    assert answer.status_code == 200, answer.text
    (row,) = emulator.rows(table, id=row["id"])
    assert (row["dt"], row["pt"], row["summa"]) == (date(2026, 11, 2), second, Decimal(99))
    assert row["comment"] == "иначе"

    answer = post_form(client, f"{section}/edit?{kind}={row['id']}&day=2026-11-02", confirm=False, comment="")
    assert answer.status_code == 200, answer.text
    assert emulator.rows(table, id=row["id"])[0]["comment"] == "", "a comment alone is not asked about"

    answer = post_form(client, f"{section}/delete?{place}")
    assert answer.status_code == 200, answer.text
    assert emulator.rows(table, id=row["id"]) == []
    assert client.get(f"{section}/edit?{place}", headers=HTMX).status_code == 410


def narrowed(monkeypatch: pytest.MonkeyPatch, grant: Grant, *, without: str = "") -> None:
    """The host grants everything with these options, except for one permission."""

    def granted(self: HostUsers, person: Person, permission: str) -> Grant | None:
        return None if permission == without else grant

    monkeypatch.setattr(HostUsers, "grant", granted)


def one_of(emulator: Emulator, table: str, type_id: int, cid: int = 101) -> Mapping[str, Any]:
    """Some stored entry of a type."""
    return next(row for row in emulator.rows(table, cid=cid) if row["pt"] == type_id)


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("sum", "", "A sum is needed."),
        ("sum", "-5", "The sum must be above zero."),
        ("sum", "0,00", "The sum must not be zero."),
        ("sum", "1,234", "at most two decimals"),
        ("sum", "five", "is not a sum"),
        ("day", "", "A date is needed."),
        ("day", "2026-02-30", "is not a date"),
        ("type", "", "Choose one of the list."),
        ("type", str(CASH_FOLDER), "Choose one of the list."),
        ("type", "999999", "Choose one of the list."),
        ("type", str(AUTOMATIC), "Only the billing itself makes entries of this type."),
        ("comment", "ы" * 201, "too long"),
    ],
)
def test_wrong_input_is_marked_at_its_field_and_kept(hosted: HostFactory, field: str, typed: str, words: str) -> None:
    host = hosted(bitel="9.2")
    entered: dict[str, object] = {"sum": "5", "type": CASH, "day": TODAY, "comment": "bad"}
    answer = post_form(host.client(), f"{PAYMENTS}/add", **{**entered, field: typed})
    assert answer.status_code == 400
    assert words in answer.text
    assert f'-{field}-problem"' in answer.text
    assert "bad" in answer.text or field == "comment"
    assert added(host.emulators["bitel"], "payment", "bad") == []


@pytest.mark.parametrize("band", ["8.2", "9.2"])
def test_a_closed_period_is_told_before_anything_is_sent(hosted_privately: HostFactory, band: str) -> None:
    host = hosted_privately(bitel=band)
    client, emulator = host.client(), host.emulators["bitel"]
    row = max(
        (row for row in emulator.rows("contract_payment", cid=101) if row["pt"] == CASH), key=lambda row: row["dt"]
    )
    xml_ok(emulator, "admin", "SetClosedDate", date="20.11.2026", typeId=1)
    before = emulator.rows("contract_payment")
    form = client.get(f"{PAYMENTS}/add", headers=HTMX)
    assert "Closed up to 20.11.2026 inclusive." in form.text
    answer = post_form(client, f"{PAYMENTS}/add", sum="5", type=CASH, day="2026-11-20")
    assert answer.status_code == 400
    assert "The period is closed up to 20.11.2026 inclusive." in answer.text
    for action in ("edit", "delete"):
        answer = client.get(f"{PAYMENTS}/{action}?payment={row['id']}&day={row['dt']}", headers=HTMX)
        assert answer.status_code == 400
        assert "The period is closed up to 20.11.2026 inclusive" in answer.text
    assert emulator.rows("contract_payment") == before
    # Closed while the form stood open: the billing's own words.
    xml_ok(emulator, "admin", "SetClosedDate", date="", typeId=1)
    emulator.faults.set("http-500", operation="GetClosedDate", count=4)
    typed = {"sum": "5", "type": CASH, "day": "2026-11-20", "comment": "late"}
    opened = client.get(f"{PAYMENTS}/add", headers=HTMX)
    asked = client.post(f"{PAYMENTS}/add", data=filled(opened.text, typed), headers=HTMX)
    xml_ok(emulator, "admin", "SetClosedDate", date="20.11.2026", typeId=1)
    answer = client.post(f"{PAYMENTS}/add", data=filled(asked.text, {}), headers=HTMX)
    assert answer.status_code >= 400
    assert "Период закрыт по 20.11.2026" in answer.text
    assert fields_of(answer.text)["comment"] == ["late"]
    assert emulator.rows("contract_payment") == before


@pytest.mark.parametrize("kind", KINDS)
def test_a_stale_form_shows_both_values_and_then_saves(hosted_privately: HostFactory, kind: str) -> None:
    host = hosted_privately(bitel="9.2")
    client, emulator = host.client(), host.emulators["bitel"]
    section, table, first, _ = KINDS[kind]
    post_form(client, f"{section}/add", sum="10", type=first, day=TODAY, comment="stale")
    (row,) = added(emulator, kind, "stale")
    address = f"{section}/edit?{kind}={row['id']}&day={TODAY}"
    mine = client.get(address, headers=HTMX)
    assert post_form(client, address, sum="20").status_code == 200
    answer = client.post(address, data=filled(mine.text, {"sum": "30"}), headers=HTMX)
    assert answer.status_code == 400
    assert "20.00" in answer.text
    assert fields_of(answer.text)["sum"] == ["30"]
    assert emulator.rows(table, id=row["id"])[0]["summa"] == 20
    answer = client.post(address, data=filled(answer.text, {}), headers=HTMX)
    answer = client.post(address, data=filled(answer.text, {}), headers=HTMX)
    assert answer.status_code == 200
    assert emulator.rows(table, id=row["id"])[0]["summa"] == 30


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("band", ["7.2", "9.2"])
def test_entries_of_other_contracts_and_of_nobody_are_none(hosted: HostFactory, band: str, kind: str) -> None:
    host = hosted(bitel=band)
    client, emulator = host.client(), host.emulators["bitel"]
    section, table, *_ = KINDS[kind]
    foreign = next(row for row in emulator.rows(table) if row["cid"] != 101)
    for number, day in ((foreign["id"], foreign["dt"]), (999999, TODAY)):
        for action in ("edit", "delete"):
            address = f"{section}/{action}?{kind}={number}&day={day}"
            assert client.get(address, headers=HTMX).status_code == 410
            data = {"once": f"{action}{number}", "sum": "5", "type": "1", "day": TODAY, "seen": ""}
            assert client.post(address, data=data, headers=HTMX).status_code == 410
    assert emulator.rows(table, id=foreign["id"]) == [foreign]


def test_what_is_not_granted_is_neither_offered_nor_done(
    hosted_privately: HostFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = hosted_privately(bitel="9.2")
    client, emulator = host.client(), host.emulators["bitel"]
    for kind, verb, action in (
        ("payment", "add", "add"),
        ("payment", "update", "edit"),
        ("charge", "delete", "delete"),
    ):
        section, table, *_ = KINDS[kind]
        narrowed(monkeypatch, Grant(), without=f"contract.{kind}s.{verb}")
        row = emulator.rows(table, cid=101)[0]
        address = f"{section}/{action}?{kind}={row['id']}&day={row['dt']}"
        assert client.get(address, headers=HTMX).status_code == 403
        answer = client.post(address, data={"once": verb, "sum": "5", "type": "1", "day": TODAY}, headers=HTMX)
        assert answer.status_code == 403
        assert f"{section}/{action}" not in client.get(f"{section}?since=&until=", headers=HTMX).text


@pytest.mark.parametrize("band", ["7.2", "9.2"])
def test_types_that_are_not_granted_are_neither_offered_nor_accepted(
    hosted_privately: HostFactory, monkeypatch: pytest.MonkeyPatch, band: str
) -> None:
    host = hosted_privately(bitel=band)
    client, emulator = host.client(), host.emulators["bitel"]
    allowed, foreign = one_of(emulator, "contract_payment", CASH), one_of(emulator, "contract_payment", 3, 102)
    client.get(PAYMENTS)
    narrowed(monkeypatch, Grant(payment_type_ids={"bitel": frozenset({CASH})}))
    form = client.get(f"{PAYMENTS}/add", headers=HTMX).text
    assert 'value="1"' in form
    assert f'value="{TERMINAL}"' not in form
    answer = post_form(client, f"{PAYMENTS}/add", sum="5", type=TERMINAL, day=TODAY, comment="no")
    assert answer.status_code == 400
    assert added(emulator, "payment", "no") == []
    place = f"payment={allowed['id']}&day={allowed['dt']}"
    assert post_form(client, f"{PAYMENTS}/edit?{place}", type=TERMINAL).status_code == 400
    others = f"/bgbilling/contract/bitel/102/payments/%s?payment={foreign['id']}&day={foreign['dt']}"
    for action in ("edit", "delete"):
        assert client.get(others % action, headers=HTMX).status_code == 403
        data = {"once": action, "sum": "5", "type": "1", "day": TODAY}
        assert client.post(others % action, data=data, headers=HTMX).status_code == 403
    rows = client.get("/bgbilling/contract/bitel/102/payments?since=&until=", headers=HTMX).text
    assert f"payment={foreign['id']}" not in rows
    assert f"payment={allowed['id']}" in client.get(f"{PAYMENTS}?since=&until=", headers=HTMX).text


def test_entries_that_the_billing_makes_itself_are_not_changed(hosted_privately: HostFactory) -> None:
    host = hosted_privately(bitel="9.2")
    client, emulator = host.client(), host.emulators["bitel"]
    post_form(
        client, "/bgbilling/contract/bitel/101/balance/transfer", target=title_of(emulator, 102), sum="1", day=TODAY
    )
    row = one_of(emulator, "contract_charge", 27)
    for action in ("edit", "delete"):
        answer = client.get(f"{CHARGES}/{action}?charge={row['id']}&day={TODAY}", headers=HTMX)
        assert answer.status_code == 400
        assert "made by the billing itself" in answer.text
        assert f"charges/{action}?" not in client.get(f"{CHARGES}?since={TODAY}&until={TODAY}", headers=HTMX).text


def title_of(emulator: Emulator, cid: int) -> str:
    """The number of a contract."""
    return str(emulator.rows("contract", id=cid)[0]["title"])


def test_a_save_is_a_pre_read_the_write_and_a_re_read(hosted_privately: HostFactory) -> None:
    host = hosted_privately(bitel="10.2")
    client, emulator = host.client(), host.emulators["bitel"]
    post_form(client, f"{PAYMENTS}/add", sum="10", type=CASH, day=TODAY, comment="count", receipt=None)
    (row,) = added(emulator, "payment", "count")
    address = f"{PAYMENTS}/edit?payment={row['id']}&day={TODAY}"
    opened = client.get(address, headers=HTMX)
    data = filled(opened.text, {"comment": "counted"})
    emulator.recorder.clear()
    assert client.post(address, data=data, headers=HTMX).status_code == 200
    operations = [call.name for call in emulator.calls]
    assert sum("Update" in name for name in operations) == 1, operations
    assert len(operations) <= 6, operations


def test_what_was_saved_is_shown_whatever_the_section_showed(hosted_privately: HostFactory) -> None:
    host = hosted_privately(bitel="9.2")
    client = host.client()
    shown = "since=2026-11-01&until=2026-11-30&type=%D0%A1%D0%91%D0%9F"
    answer = post_form(client, f"{PAYMENTS}/add?{shown}", sum="77.07", type=CASH, day="2026-08-05", comment="seen")
    assert answer.status_code == 200
    assert "77.07" in answer.text
    assert 'value="2026-08-01"' in answer.text


def test_a_payment_is_added_without_scripts(hosted_privately: HostFactory) -> None:
    host = hosted_privately(bitel="9.2")
    client, emulator = host.client(), host.emulators["bitel"]
    form = editor(client.get(f"{PAYMENTS}/add").text)
    typed = {"sum": "12,50", "type": CASH, "day": TODAY, "comment": "plain", "receipt": "1"}
    asked = client.post(f"{PAYMENTS}/add", data=filled(form, typed))
    answer = client.post(f"{PAYMENTS}/add", data=filled(editor(asked.text), {}))
    assert answer.status_code == 200
    (row,) = added(emulator, "payment", "plain")
    assert row["summa"] == Decimal("12.50")
    assert "Payment added" in answer.text
    assert f"/payments/print?payment={row['id']}" in answer.text.replace("&amp;", "&")


def editor(page: str) -> str:
    """The form of an action out of a whole page."""
    return page[page.index('id="bgb-editor"') :].partition("</form>")[0]
