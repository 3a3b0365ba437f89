"""A contract is made in every band, with a number of the billing, of a pattern, or typed (contract.md 7)."""

from datetime import date
from typing import Any

import pytest

from flask_bgbilling.emulator import Emulator
from flask_bgbilling.errors import NoRights, Refused, Uncertain
from flask_bgbilling.wire.dto.contracts import CreatedContract
from flask_bgbilling.wire.ops.creation import CONTRACT_PATTERNS
from flask_bgbilling.wire.ops.creation_writes import CONTRACT_CREATE
from flask_bgbilling.wire.version import Version
from tests.sessions import opened
from tests.support import ALL_BANDS, Emulated

DAY = date(2026, 11, 20)
PERSON, UNKNOWN = 1, 99


def row(emulator: Emulator, created: CreatedContract) -> dict[str, Any]:
    return emulator.rows("contract", id=created.cid)[0]


@pytest.mark.parametrize("band", ALL_BANDS)
def test_numbers(private_billing: Emulated, band: str) -> None:
    emulator = private_billing(band)
    billing = opened(emulator)
    numbered = billing.call(CONTRACT_CREATE, pattern_id=PERSON, day=DAY)
    by_pattern = billing.call(CONTRACT_CREATE, pattern_id=PERSON, day=DAY, numbering="Ю${Y2}-${N4}")
    typed = billing.call(CONTRACT_CREATE, pattern_id=PERSON, day=DAY, title="Ёлка & <7>", numbering="Ю${N4}")
    assert row(emulator, numbered)["title"]
    assert row(emulator, by_pattern)["title"].startswith("Ю26-")
    assert row(emulator, typed)["title"] == "Ёлка & <7>"
    assert {row(emulator, one)["date1"] for one in (numbered, by_pattern, typed)} == {DAY}
    told = Version(band) < Version("9.2")
    assert typed.title == ("Ёлка & <7>" if told else "")
    assert [plan["tpid"] for plan in emulator.rows("contract_tariff", cid=typed.cid)] == [2], "the pattern's plan"


@pytest.mark.parametrize("band", ALL_BANDS)
def test_patterns_and_refusals(private_billing: Emulated, band: str) -> None:
    emulator = private_billing(band)
    before = len(emulator.rows("contract"))
    titles = opened(emulator).directory(CONTRACT_PATTERNS)
    assert 0 in titles
    assert titles.title(PERSON) == "Физическое лицо"
    with pytest.raises(Refused):
        opened(emulator).call(CONTRACT_CREATE, pattern_id=UNKNOWN, day=DAY)
    with pytest.raises(NoRights):
        opened(emulator, "reader").call(CONTRACT_CREATE, pattern_id=PERSON, day=DAY)
    assert len(emulator.rows("contract")) == before


@pytest.mark.parametrize("band", ALL_BANDS)
def test_a_lost_answer_is_in_doubt(private_billing: Emulated, band: str) -> None:
    emulator = private_billing(band)
    billing, before = opened(emulator), len(emulator.rows("contract"))
    assert billing.version
    for fault in ("execute-but-do-not-answer", "cut-body"):
        emulator.faults.set(fault, operation="ontract", count=1)
        with pytest.raises(Uncertain):
            billing.call(CONTRACT_CREATE, pattern_id=PERSON, day=DAY)
    assert len(emulator.rows("contract")) == before + 2
