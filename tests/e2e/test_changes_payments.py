"""Payments and charges are added, changed and deleted through the card, in every version."""

from collections.abc import Callable, Mapping
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
CASH, TERMINAL, RECALCULATION, AUTOMATIC, CASH_FOLDER = 1, 2, 7, 8, 10
VISIT, PENALTY, OPTION = 22, 25, 24
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
