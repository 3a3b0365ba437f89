"""Money is moved from a contract to another one through the card, in every version."""

from datetime import date
from decimal import Decimal

import pytest

from tests.e2e.conftest import HostFactory
from tests.e2e.forms import HTMX, filled, post_form
from tests.raw_calls import xml_ok
from tests.support import ALL_BANDS

TRANSFER = "/bgbilling/contract/bitel/101/balance/transfer"
TODAY = "2026-11-23"
DAY = date(2026, 11, 23)
FIRM, HIDDEN, CLOSED = 102, 108, 107


@pytest.mark.parametrize("band", ALL_BANDS)
def test_money_goes_to_a_contract_by_its_number(hosted_privately: HostFactory, band: str) -> None:
    host = hosted_privately(bitel=band)
    client, emulator = host.client(), host.emulators["bitel"]
    target = emulator.rows("contract", id=FIRM)[0]
    typed = {"target": target["title"], "sum": "150,25", "day": TODAY}
    asked = post_form(client, TRANSFER, confirm=False, **typed)
    assert asked.status_code == 200, asked.text
    assert target["comment"].split()[0] in asked.text, "the question tells whose contract it is"
    assert "150.25" in asked.text
    assert emulator.rows("contract_charge", cid=101, dt=DAY) == []
    answer = client.post(TRANSFER, data=filled(asked.text, {}), headers=HTMX)
    assert answer.status_code == 200
    assert "Money transferred" in answer.text
    (charge,) = emulator.rows("contract_charge", cid=101, dt=DAY)
    assert charge["summa"] == Decimal("150.25")
    assert Decimal("150.25") in [row["summa"] for row in emulator.rows("contract_payment", cid=FIRM, dt=DAY)]
    for number in (HIDDEN, CLOSED):
        found = post_form(client, TRANSFER, confirm=False, **{**typed, "target": title(host, number)})
        assert 'name="confirmed"' in found.text, "hidden and closed contracts get money, too"


def title(host: object, cid: int) -> str:
    """The number of a contract."""
    return str(host.emulators["bitel"].rows("contract", id=cid)[0]["title"])  # type: ignore[attr-defined]


def test_what_cannot_be_transferred(hosted_privately: HostFactory) -> None:
    host = hosted_privately(bitel="9.2")
    client, emulator = host.client(), host.emulators["bitel"]
    good = {"target": title(host, FIRM), "sum": "10", "day": TODAY}
    for field, typed, words in (
        ("target", "", "This must not be empty."),
        ("target", "no such.*", "There is no contract “no such.*” in this billing."),
        ("target", title(host, FIRM)[:-1], "There is no contract"),
        ("target", title(host, 101), "This is the contract that the money comes from."),
        ("sum", "-1", "The sum must be above zero."),
        ("sum", "1.234", "at most two decimals"),
        ("day", "", "A date is needed."),
    ):
        answer = post_form(client, TRANSFER, **{**good, field: typed})
        assert answer.status_code == 400, (field, typed)
        assert words in answer.text
    xml_ok(emulator, "admin", "SetClosedDate", date="23.11.2026", typeId=1)
    answer = post_form(client, TRANSFER, **good)
    assert "The period is closed up to 23.11.2026 inclusive." in answer.text
    assert emulator.rows("contract_charge", cid=101, dt=DAY) == []


@pytest.mark.parametrize("band", ["8.2", "10.2"])
def test_a_transfer_whose_answer_is_lost_is_found(hosted_privately: HostFactory, band: str) -> None:
    host = hosted_privately(bitel=band)
    client, emulator = host.client(), host.emulators["bitel"]
    typed = {"target": title(host, FIRM), "sum": "33.03", "day": TODAY}
    emulator.faults.set("execute-but-do-not-answer", operation="contractBalanceTransfer", count=1)
    assert "Money transferred" in post_form(client, TRANSFER, **typed).text
    assert len(emulator.rows("contract_charge", cid=101, dt=DAY)) == 1
    again = post_form(client, TRANSFER, confirm=False, **typed)
    assert "The same was done here at" in again.text
    emulator.faults.set("reset", operation="contractBalanceTransfer", count=1)
    assert "The billing did not confirm" in post_form(client, TRANSFER, **{**typed, "sum": "44.04"}).text
    assert len(emulator.rows("contract_charge", cid=101, dt=DAY)) == 1
