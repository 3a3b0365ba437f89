"""Notes are added, changed and deleted through the card, in every version."""

import pytest

from tests.e2e.conftest import HostFactory
from tests.e2e.forms import post_form
from tests.support import ALL_BANDS

NOTES = "/bgbilling/contract/bitel/101/notes"


@pytest.mark.parametrize("band", ALL_BANDS)
def test_a_note_is_added_changed_and_deleted(hosted_privately: HostFactory, band: str) -> None:
    host = hosted_privately(bitel=band)
    client, emulator = host.client(), host.emulators["bitel"]
    answer = post_form(client, f"{NOTES}/add", title="Звонил", text="Просил\nперезвонить")
    assert answer.status_code == 200, answer.text
    assert "Note added" in answer.text
    assert answer.headers["HX-Retarget"] == "#bgb-section"
    (note,) = [row for row in emulator.rows("contract_comment") if row["subject"] == "Звонил"]
    assert (note["cid"], note["comment"].strip(), bool(note["visibled"])) == (101, "Просил\nперезвонить", False)

    answer = post_form(client, f"{NOTES}/edit?note={note['id']}", text="Перезвонили", visible="1")
    assert answer.status_code == 200, answer.text
    (note,) = emulator.rows("contract_comment", id=note["id"])
    assert (note["subject"], note["comment"].strip(), bool(note["visibled"])) == ("Звонил", "Перезвонили", True)

    answer = post_form(client, f"{NOTES}/delete?note={note['id']}")
    assert answer.status_code == 200, answer.text
    assert emulator.rows("contract_comment", id=note["id"]) == []


def test_a_note_of_another_contract_is_none(hosted_privately: HostFactory) -> None:
    host = hosted_privately(bitel="7.2")
    client = host.client()
    foreign = next(row for row in host.emulators["bitel"].rows("contract_comment") if row["cid"] != 101)
    answer = client.get(f"{NOTES}/edit?note={foreign['id']}", headers={"HX-Request": "true"})
    assert answer.status_code == 410
    assert foreign["subject"] not in answer.text


def test_the_journal_learns_the_contracts_number(hosted_privately: HostFactory) -> None:
    host = hosted_privately(bitel="9.2")
    client = host.client("admin")
    title = host.emulators["bitel"].rows("contract", id=101)[0]["title"]
    assert post_form(client, f"{NOTES}/add", title="Звонил", text="").status_code == 200
    client.get("/bgbilling/contract/bitel/101/overview", headers={"HX-Request": "true"})
    journal = client.get("/bgbilling/journal", query_string={"text": title}).text
    assert title in journal
    assert "Звонил" in journal
