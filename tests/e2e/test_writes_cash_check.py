"""Checks printed by the client in emulated billings of every band (money.md 12)."""

from datetime import date
from decimal import Decimal

import pytest

from flask_bgbilling.errors import Absent, NoRights, Refused, WrongPassword
from flask_bgbilling.wire.dto.cash_check import PrintedCheck, Registrators
from flask_bgbilling.wire.dto.common import IdTitle
from flask_bgbilling.wire.ops.cash_check import (
    CASH_CHECK_PLUGIN,
    CHECK_PRINT,
    CURRENT_REGISTRATOR,
    REGISTRATOR_BIND,
    REGISTRATORS,
)
from flask_bgbilling.wire.ops.money_writes import PAYMENT_SAVE
from tests.sessions import opened
from tests.support import ALL_BANDS, Emulated

CID, CASH, UNKNOWN = 101, 1, 999999
FIELD, OFFICE = IdTitle(2, "Выездная касса"), IdTitle(1, "Касса на Ленина, 10")


@pytest.mark.parametrize("band", ALL_BANDS)
def test_a_payment_is_entered_and_its_check_printed(private_billing: Emulated, band: str) -> None:
    emulator = private_billing(band)
    billing = opened(emulator)
    assert CASH_CHECK_PLUGIN in billing.plugins()
    assert billing.call(REGISTRATORS) == Registrators((FIELD, OFFICE))
    assert billing.call(CURRENT_REGISTRATOR) is None
    payment = billing.call(PAYMENT_SAVE, cid=CID, day=date(2026, 11, 23), type_id=CASH, amount=Decimal("400.5"))
    with pytest.raises(Refused, match="Не выбран"):
        billing.call(CHECK_PRINT, payment_ids=(payment,), cash=Decimal(500))

    with pytest.raises(Refused, match="Неверный пароль регистратора") as caught:
        billing.call(REGISTRATOR_BIND, registrator_id=OFFICE.id, password="31")
    assert not isinstance(caught.value, WrongPassword), "the account is as good as before"
    with pytest.raises(Absent):
        billing.call(REGISTRATOR_BIND, registrator_id=UNKNOWN, password="30")
    billing.call(REGISTRATOR_BIND, registrator_id=OFFICE.id, password="30")
    assert billing.call(REGISTRATORS).bound_id == OFFICE.id
    assert billing.call(CURRENT_REGISTRATOR) == OFFICE
    assert opened(emulator, "operator").call(CURRENT_REGISTRATOR) is None

    with pytest.raises(Refused, match=r"сумма чека 400\.50"):
        billing.call(CHECK_PRINT, payment_ids=(payment,), cash=Decimal("400.49"))
    with pytest.raises(Absent):
        billing.call(CHECK_PRINT, payment_ids=(UNKNOWN,), cash=Decimal(500))
    with pytest.raises(NoRights):
        opened(emulator, "reader").call(CHECK_PRINT, payment_ids=(payment,), cash=Decimal(500))
    assert emulator.rows("cashcheck_check") == []
    printed = billing.call(CHECK_PRINT, payment_ids=(payment,), cash=Decimal(500))
    assert printed == PrintedCheck(Decimal("400.50"), Decimal("99.50"))
    (check,) = emulator.rows("cashcheck_check")
    assert (check["payment_ids"], check["registrator_id"]) == (str(payment), OFFICE.id)
    assert (check["summa"], check["cash"], check["submit"]) == (Decimal("400.50"), Decimal(500), Decimal("99.50"))
