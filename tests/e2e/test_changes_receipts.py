"""Fiscal receipts of payments are printed from the card, once, in every version."""

import re
import threading
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient

from flask_bgbilling.emulator import schema
from tests.e2e.conftest import Host, HostFactory
from tests.e2e.forms import HTMX, fields_of, filled, post_form
from tests.support import ALL_BANDS

PAYMENTS = "/bgbilling/contract/bitel/101/payments"
TODAY = "2026-11-23"
OFFICE, PASSWORD = "1", "30"


def paid(host: Host, client: FlaskClient, **typed: object) -> tuple[int, str]:
    """A payment of 400.50 that was added through the card, and the section that was answered."""
    entered = {"sum": "400.50", "type": "1", "day": TODAY, "comment": "receipt", **typed}
    answer = post_form(client, f"{PAYMENTS}/add", **entered)
    assert answer.status_code == 200, answer.text
    (row,) = [row for row in host.emulators["bitel"].rows("contract_payment", cid=101) if row["comment"] == "receipt"]
    return row["id"], answer.text.replace("&amp;", "&")


def address_of(payment: int) -> str:
    return f"{PAYMENTS}/print?payment={payment}&day={TODAY}"


@pytest.mark.parametrize("band", ALL_BANDS)
def test_a_receipt_follows_a_payment(hosted_privately: HostFactory, band: str) -> None:
    host = hosted_privately(bitel=band)
    client, emulator = host.client(), host.emulators["bitel"]
    form = client.get(f"{PAYMENTS}/add", headers=HTMX).text
    assert fields_of(form)["receipt"] == ["1"], "the billing's settings tick it"
    payment, section = paid(host, client)
    assert f"/print?payment={payment}&day={TODAY}" in section

    opened = client.get(address_of(payment), headers=HTMX)
    assert fields_of(opened.text)["cash"] == ["400.50"]
    answer = post_form(client, address_of(payment), registrator=OFFICE, password="", cash="500")
    assert answer.status_code == 400
    assert "Another registrator is chosen by its password." in answer.text
    answer = post_form(client, address_of(payment), registrator=OFFICE, password=PASSWORD, cash="400.49")
    assert answer.status_code == 400
    assert "This is less than the payment." in answer.text
    assert f'value="{PASSWORD}"' not in answer.text
    answer = post_form(client, address_of(payment), registrator=OFFICE, password="31", cash="500")
    assert answer.status_code >= 400
    assert "Неверный пароль регистратора" in answer.text
    assert emulator.rows("cashcheck_check") == []

    answer = post_form(client, address_of(payment), registrator=OFFICE, password=PASSWORD, cash="500")
    assert answer.status_code == 200, answer.text
    assert "400.50" in answer.text
    assert "99.50" in answer.text
    (check,) = emulator.rows("cashcheck_check")
    assert (check["payment_ids"], check["cash"], check["registrator_id"]) == (str(payment), Decimal(500), 1)

    # The registrator is chosen now; the same receipt once more is asked about.
    form = client.get(address_of(payment), headers=HTMX).text
    assert fields_of(form)["registrator"] == [OFFICE]
    answer = post_form(client, address_of(payment), confirm=False)
    assert "The same was done here at" in answer.text
    assert len(emulator.rows("cashcheck_check")) == 1


def test_a_double_click_prints_once(hosted_privately: HostFactory) -> None:
    host = hosted_privately(bitel="9.2")
    client, emulator = host.client(), host.emulators["bitel"]
    payment, _ = paid(host, client)
    form = client.get(address_of(payment), headers=HTMX).text
    fields = filled(form, {"registrator": OFFICE, "password": PASSWORD})
    emulator.faults.set("latency", operation="printCheck", delay_ms=600)
    answers: list[Any] = []
    clicks = [
        threading.Thread(
            target=lambda: answers.append(host.client().post(address_of(payment), data=fields, headers=HTMX))
        )
        for _ in range(2)
    ]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    assert len(emulator.rows("cashcheck_check")) == 1
    assert {answer.status_code for answer in answers} == {200}


@pytest.mark.parametrize("bound", [True, False])
def test_a_receipt_whose_answer_is_lost_is_not_printed_again(hosted_privately: HostFactory, *, bound: bool) -> None:
    host = hosted_privately(bitel="10.2")
    client, emulator = host.client(), host.emulators["bitel"]
    payment, _ = paid(host, client)
    password = PASSWORD
    if bound:
        post_form(client, address_of(payment), registrator=OFFICE, password=PASSWORD)
        password = ""
    before = len(emulator.rows("cashcheck_check"))
    emulator.faults.set("execute-but-do-not-answer", operation="printCheck", count=1)
    page = post_form(client, address_of(payment), registrator=OFFICE, password=password)
    assert "The billing did not confirm" in page.text
    assert len(emulator.rows("cashcheck_check")) == before + 1
    answer = post_form(client, address_of(payment), registrator=OFFICE, password=password)
    assert answer.status_code == 400
    assert "Exactly the same is being done already" in answer.text
    assert len(emulator.rows("cashcheck_check")) == before + 1
    if not bound:
        # A password is kept nowhere, so that there is nothing to look with.
        assert "/look" not in page.text
        assert f'value="{PASSWORD}"' not in page.text
        return
    record = int(re.findall(r"/change/(\d+)", page.text)[0])
    looked = client.post(f"/bgbilling/contract/bitel/101/change/{record}/look", headers=HTMX)
    assert "does not tell which receipts were printed" in looked.text


def test_without_the_plugin_there_are_no_receipts(hosted_privately: HostFactory) -> None:
    host = hosted_privately(bitel="9.2")
    emulator = host.emulators["bitel"]
    with emulator.engine.begin() as db:
        plugin = schema.plugin
        db.execute(plugin.update().where(plugin.c.name.like("%cashcheck")).values(enabled=0))
    client = host.client()
    assert 'name="receipt"' not in client.get(f"{PAYMENTS}/add", headers=HTMX).text
    assert "/payments/print" not in client.get(f"{PAYMENTS}?since=&until=", headers=HTMX).text
    payment = next(row for row in emulator.rows("contract_payment", cid=101))
    answer = client.get(f"{PAYMENTS}/print?payment={payment['id']}&day={payment['dt']}", headers=HTMX)
    assert answer.status_code == 400
    assert "prints no receipts" in answer.text


@pytest.mark.parametrize(("mode", "ticked", "fixed"), [("on", True, True), ("off", False, True), ("", False, False)])
def test_the_billing_decides_about_the_box(
    hosted_privately: HostFactory, mode: str, *, ticked: bool, fixed: bool
) -> None:
    host = hosted_privately(bitel="9.2")
    emulator = host.emulators["bitel"]
    with emulator.engine.begin() as db:
        table = schema.gui_config
        db.execute(table.update().where(table.c.key == "cashcheck.default.checkbox.mode").values(value=mode))
    client = host.client()
    form = client.get(f"{PAYMENTS}/add", headers=HTMX).text
    box = form[form.rindex("<input", 0, form.index("Print the receipt")) : form.index("Print the receipt")]
    assert ("checked" in box, "disabled" in box) == (ticked, fixed)
    _, section = paid(host, client)
    assert ("/payments/print?payment=" in section.partition("<table")[0]) is ticked
