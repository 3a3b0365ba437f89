"""Tariff options are activated, prolonged, ended and deleted through the card, in every version."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from flask_bgbilling.emulator import Emulator
from tests.conftest import NOON
from tests.e2e.conftest import HostFactory
from tests.e2e.forms import HTMX, fields_of, filled, post_form
from tests.support import ALL_BANDS, wait_until

TARIFFS = "/bgbilling/contract/bitel/101/tariffs"
CID, FIRM = 101, 102
TURBO, DAY, WEEK = 1, 1, 2
ENDED, ENDLESS, MONTHLY = 1, 2, 3
"""Records of the contract."""


def newest(emulator: Emulator) -> dict[str, Any]:
    return max(emulator.rows("contract_tariff_option"), key=lambda row: row["id"])


def charges(emulator: Emulator) -> list[Decimal]:
    """What was charged today."""
    return [row["summa"] for row in emulator.rows("contract_charge", cid=CID, dt=NOON.date())]


@pytest.mark.parametrize("band", ALL_BANDS)
def test_an_option_is_activated_prolonged_ended_and_deleted(hosted_privately: HostFactory, band: str) -> None:
    host = hosted_privately(bitel=band)
    client, emulator = host.client(), host.emulators["bitel"]
    answer = post_form(client, f"{TARIFFS}/activate-option?option={TURBO}&back=view%3Doptions", mode=str(WEEK))
    assert answer.status_code == 200, answer.text
    assert "Option activated" in answer.text
    assert "Active options" in answer.text, "the view of the options is drawn again"
    row = newest(emulator)
    assert (row["cid"], row["option_id"], row["activated_mode"], row["summa"]) == (CID, TURBO, WEEK, Decimal(200))
    assert charges(emulator) == [Decimal(200)]

    record = f"record={row['id']}"
    opened = client.get(f"{TARIFFS}/reactivate-option?{record}", headers=HTMX).text
    assert "its price is charged once more" in opened
    answer = post_form(client, f"{TARIFFS}/reactivate-option?{record}")
    assert "Option prolonged" in answer.text
    (prolonged,) = emulator.rows("contract_tariff_option", id=row["id"])
    assert (prolonged["time_to"], prolonged["summa"]) == (datetime(2026, 12, 7, 12), Decimal(400))

    opened = client.get(f"{TARIFFS}/deactivate-option?{record}", headers=HTMX).text
    assert "What it has cost stays charged." in opened
    answer = post_form(client, f"{TARIFFS}/deactivate-option?{record}")
    assert "Option deactivated" in answer.text
    (ended,) = emulator.rows("contract_tariff_option", id=row["id"])
    assert (ended["time_to"], ended["deactivated_time"]) == (NOON, NOON)
    assert charges(emulator) == [Decimal(200), Decimal(200)], "what it cost stays"
    answer = post_form(client, f"{TARIFFS}/deactivate-option?{record}")
    assert "it is so already" in answer.text

    opened = client.get(f"{TARIFFS}/delete-option?{record}", headers=HTMX).text
    assert "The charge of its activation is deleted with it." in opened
    answer = post_form(client, f"{TARIFFS}/delete-option?{record}")
    assert "Option deleted" in answer.text
    assert emulator.rows("contract_tariff_option", id=row["id"]) == []
    assert emulator.rows("contract_charge", id=row["charge_id"]) == []


@pytest.mark.parametrize("band", ALL_BANDS)
def test_an_option_for_a_sum(hosted_privately: HostFactory, band: str) -> None:
    host = hosted_privately(bitel=band)
    client, emulator = host.client(), host.emulators["bitel"]
    there = f"{TARIFFS}/activate-option?option={TURBO}"
    for sum_, words in (("1,005", "at most two decimals"), ("-5", "above zero"), ("много", "is not a sum")):
        answer = post_form(client, there, mode=str(WEEK), sum=sum_)
        assert (answer.status_code, words in answer.text) == (400, True)
        assert fields_of(answer.text)["sum"] == [sum_]
    assert charges(emulator) == []
    answer = post_form(client, there, mode=str(WEEK), sum="1 200,5")
    assert "Option activated" in answer.text
    assert newest(emulator)["summa"] == Decimal("1200.50")
    assert charges(emulator) == [Decimal("1200.50")]


def test_the_modes_follow_the_option(hosted_privately: HostFactory) -> None:
    host = hosted_privately(bitel="9.2")
    client, emulator = host.client(), host.emulators["bitel"]

    def modes(query: str) -> str:
        page = client.get(f"{TARIFFS}/activate-option{query}", headers=HTMX).text
        return page.partition('name="mode"')[2].partition("</select>")[0]

    assert "choose an option first" in modes("")
    assert "на 7 суток" in modes(f"?option={TURBO}")
    assert "помесячно" in modes("?option=3")
    assert 'value="4" selected' in modes("?option=3"), "the only one need not be chosen"
    # Without JavaScript the option may be another one than the form was opened for: its modes are shown then.
    answer = post_form(client, f"{TARIFFS}/activate-option?option=3", option=str(TURBO), mode="4")
    assert answer.status_code == 400
    assert "Choose one of the list." in answer.text
    assert "на 7 суток" in answer.text
    answer = post_form(client, f"{TARIFFS}/activate-option", option="77", mode="1")
    assert answer.status_code in {400, 404}
    assert charges(emulator) == []


@pytest.mark.parametrize("band", ["7.2", "10.2"])
def test_an_ended_option_begins_again(hosted_privately: HostFactory, band: str) -> None:
    host = hosted_privately(bitel=band)
    client, emulator = host.client(), host.emulators["bitel"]
    opened = client.get(f"{TARIFFS}/reactivate-option?record={ENDED}", headers=HTMX).text
    assert "It begins again now" in opened
    answer = post_form(client, f"{TARIFFS}/reactivate-option?record={ENDED}")
    assert "Option activated" in answer.text
    row = newest(emulator)
    assert (row["option_id"], row["time_from"]) == (TURBO, NOON)
    answer = post_form(client, f"{TARIFFS}/reactivate-option?record={ENDLESS}")
    assert "без ограничения" in answer.text, "the billing says why not"


def test_options_of_another_contract_are_none(hosted_privately: HostFactory) -> None:
    host = hosted_privately(bitel="8.2")
    client, emulator = host.client(), host.emulators["bitel"]
    before = emulator.rows("contract_tariff_option")
    for verb in ("reactivate", "deactivate", "delete"):
        there = f"/bgbilling/contract/bitel/{FIRM}/tariffs/{verb}-option?record={MONTHLY}"
        assert client.get(there, headers=HTMX).status_code == 410
        assert client.post(there, data={"once": verb, "seen": "x"}, headers=HTMX).status_code == 410
    viewer = host.client("viewer")
    for verb in ("activate", "reactivate", "deactivate", "delete"):
        answer = viewer.post(f"{TARIFFS}/{verb}-option?record={MONTHLY}", data={"once": verb})
        assert answer.status_code == 403
    assert emulator.rows("contract_tariff_option") == before


@pytest.mark.parametrize("band", ["7.2", "9.2"])
def test_money_whose_answer_is_lost_is_charged_once(hosted_privately: HostFactory, band: str) -> None:
    host = hosted_privately(bitel=band)
    client, emulator = host.client(), host.emulators["bitel"]
    activate = f"{TARIFFS}/activate-option?option={TURBO}"
    emulator.faults.set("execute-but-do-not-answer", operation="contractTariffOptionActivate", count=1)
    answer = post_form(client, activate, mode=str(WEEK))
    assert "Option activated" in answer.text, "it was looked for and found"
    assert charges(emulator) == [Decimal(200)]

    row = newest(emulator)
    prolong = f"{TARIFFS}/reactivate-option?record={row['id']}"
    emulator.faults.set("execute-but-do-not-answer", operation="ContractTariffOption", count=1)
    opened = client.get(prolong, headers=HTMX).text
    answer = client.post(prolong, data=filled(opened, {}), headers=HTMX)
    assert "Option prolonged" in answer.text
    assert charges(emulator) == [Decimal(200), Decimal(200)]
    answer = client.post(prolong, data=filled(opened, {"once": "another"}), headers=HTMX)
    assert "Somebody has changed this meanwhile." in answer.text, "the form of before the prolongation"

    emulator.faults.set("reset", operation="ContractTariffOption", count=1)
    assert "not confirmed" in post_form(client, prolong).text
    assert "outcome is not known yet" in post_form(client, prolong).text, "not sent again while in doubt"
    assert charges(emulator) == [Decimal(200), Decimal(200)]


def test_an_activation_that_comes_late_is_found(hosted_privately: HostFactory) -> None:
    host = hosted_privately(bitel="9.2")
    client, emulator = host.client(), host.emulators["bitel"]
    there = f"{TARIFFS}/activate-option?option={TURBO}"
    emulator.faults.set("execute-late", operation="contractTariffOptionActivate", count=1, delay_ms=600_000)
    doubt = post_form(client, there, mode=str(WEEK)).text
    assert "not confirmed" in doubt
    assert "outcome is not known yet" in post_form(client, there, mode=str(WEEK)).text
    assert charges(emulator) == []
    emulator.faults.clear()
    wait_until(lambda: charges(emulator) == [Decimal(200)], what="the late activation")
    (look,) = set(re.findall(r'action="([^"]+/change/[0-9]+/look)"', doubt))
    assert "Option activated" in client.post(look, headers=HTMX).text
    assert charges(emulator) == [Decimal(200)]


def test_a_refused_activation_keeps_what_was_typed(hosted_privately: HostFactory) -> None:
    host = hosted_privately(bitel="9.2")
    client, emulator = host.client(), host.emulators["bitel"]
    there = f"{TARIFFS}/activate-option?option={TURBO}"
    assert post_form(client, there, mode=str(WEEK)).status_code == 200
    answer = post_form(client, there, mode=str(DAY), sum="7")
    assert "уже активна" in answer.text
    form = fields_of(answer.text)
    assert (form["option"], form["mode"], form["sum"]) == ([str(TURBO)], [str(DAY)], ["7"])
    assert charges(emulator) == [Decimal(200)]
