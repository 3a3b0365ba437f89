"""Notes of a contract are written, changed and deleted in every band (contract.md 13)."""

from datetime import datetime

import pytest

from flask_bgbilling.emulator import Emulator
from flask_bgbilling.emulator.version import Version
from flask_bgbilling.errors import Absent, NoRights
from flask_bgbilling.wire.ops.notes import NOTE
from flask_bgbilling.wire.ops.notes_writes import NOTE_DELETE, NOTE_SAVE
from tests.conftest import NOON
from tests.sessions import opened
from tests.support import ALL_BANDS, Emulated

CID, UNKNOWN = 101, 999999
ADMIN, OPERATOR = 1, 2
TEXT = "Первая строка <b>\nвторая & «третья» 📞"


def notes(billing: Emulator, cid: int = CID) -> list[dict[str, object]]:
    return sorted(billing.rows("contract_comment", cid=cid), key=lambda row: row["id"])


@pytest.mark.parametrize("band", ALL_BANDS)
def test_a_note_is_written_changed_and_deleted(private_billing: Emulated, band: str) -> None:
    emulator = private_billing(band)
    billing = opened(emulator)
    before = notes(emulator)
    note_id = billing.call(NOTE_SAVE, cid=CID, title="Звонок", text=TEXT, visible=True)
    (row,) = [row for row in notes(emulator) if row not in before]
    assert (row["id"], row["subject"], row["comment"], row["visibled"]) == (note_id, "Звонок", TEXT, 1)
    assert (row["uid"], row["dt"]) == (ADMIN, NOON)

    changed = billing.call(NOTE_SAVE, cid=CID, note_id=note_id, title="Итог", text="", visible=False)
    (row,) = emulator.rows("contract_comment", id=note_id)
    assert changed == note_id
    assert (row["cid"], row["subject"], row["comment"], row["visibled"]) == (CID, "Итог", "", 0)

    assert billing.call(NOTE_DELETE, cid=CID, note_id=note_id) is None
    assert notes(emulator) == before


@pytest.mark.parametrize("band", ALL_BANDS)
def test_what_was_read_can_be_written_back(private_billing: Emulated, band: str) -> None:
    emulator = private_billing(band)
    billing = opened(emulator)
    author, at = OPERATOR, datetime(2026, 5, 6, 7, 8, 9, tzinfo=billing.zone)
    note_id = billing.call(NOTE_SAVE, cid=CID, title="А", text="Б", visible=True, author_id=author, at=at)
    read = billing.call(NOTE, cid=CID, note_id=note_id)
    assert read is not None
    again = {"title": read.title, "text": read.text, "visible": read.visible}
    billing.call(NOTE_SAVE, cid=CID, note_id=note_id, author_id=author, at=at, **again)
    (row,) = emulator.rows("contract_comment", id=note_id)
    assert (row["subject"], row["comment"], row["visibled"]) == ("А", "Б", 1)
    kept = (author, at.replace(tzinfo=None)) if Version(band) >= "8.2" else (ADMIN, NOON)
    assert (row["uid"], row["dt"]) == kept


@pytest.mark.parametrize("band", ALL_BANDS)
def test_notes_that_are_not_there_and_accounts_that_may_not(private_billing: Emulated, band: str) -> None:
    emulator = private_billing(band)
    billing, reader = opened(emulator), opened(emulator, "reader")
    before = emulator.rows("contract_comment")
    of_another = next(row["id"] for row in before if row["cid"] != CID)
    text = {"title": "х", "text": "х", "visible": False}
    for note_id in (UNKNOWN, of_another):
        with pytest.raises(Absent):
            billing.call(NOTE_SAVE, cid=CID, note_id=note_id, **text)
        with pytest.raises(Absent):
            billing.call(NOTE_DELETE, cid=CID, note_id=note_id)
    with pytest.raises(Absent):
        billing.call(NOTE_SAVE, cid=UNKNOWN, **text)
    with pytest.raises(NoRights):
        reader.call(NOTE_SAVE, cid=CID, **text)
    with pytest.raises(NoRights):
        reader.call(NOTE_DELETE, cid=CID, note_id=before[0]["id"])
    assert emulator.rows("contract_comment") == before
