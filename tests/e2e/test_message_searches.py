"""Searches of messages over emulated billings of every version: the billing's own tables say what has to be found."""

import pytest

from flask_bgbilling.emulator import Emulator
from tests.messaging import CALLS, Searching
from tests.support import ALL_BANDS, Emulated

PERSON = 101
PHONE, MAIL = 4, 5

EXPRESSION = "if (numberFrom.length() == 11) { numberFrom = numberFrom.substring(1) }; return numberFrom;"
CALL_SEARCH = f"""{CALLS}
messageType.1.search.1.title=Договор по номеру звонящего
messageType.1.search.1.class=BGBillingMessageTypeSearchCall
messageType.1.search.1.billingId=ds
messageType.1.search.1.commands=contractByPhoneParam:{PHONE}
"""


def number_of(emulator: Emulator, cid: int) -> str:
    return str(emulator.rows("contract", id=cid)[0]["title"])


def parameter(emulator: Emulator, title: str) -> int:
    (found,) = emulator.rows("contract_parameters_pref", title=title)
    return int(str(found["id"]))


@pytest.mark.parametrize("band", ALL_BANDS)
def test_a_caller_is_found_however_the_number_is_written(emulated: Emulated, band: str) -> None:
    emulator = emulated(band)
    search = Searching({"ds": emulator}, CALL_SEARCH)
    for number in ("9161234567", "+7 (916) 123-45-67", "89161234567", "79161234567", "916-123"):
        assert PERSON in search.found(number), number
    assert search.found("9169999999") == set()
