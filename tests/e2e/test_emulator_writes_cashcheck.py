"""The emulator binds registrators and prints checks as the reference says, band by band (money.md 12)."""

from datetime import datetime
from decimal import Decimal

import pytest

from flask_bgbilling.emulator import Emulator
from tests.raw_calls import ask_json, json_ok, json_refusal, xml_ok
from tests.support import ALL_BANDS, Emulated

CASHCHECK = "ru.bitel.bgbilling.plugins.cashcheck/CashcheckService"
CID, ADMIN, ACCOUNTANT, UNKNOWN = 101, 1, 3, 999999
OFFICE, FIELD, PASSWORD = 1, 2, "30"
NOON = datetime(2026, 11, 23, 12)


def pay(billing: Emulator, summa: str) -> int:
    fields = {"cid": CID, "id": "new", "date": "23.11.2026", "pt": 1, "summa": summa}
    return int(xml_ok(billing, "contract", "UpdateContractPayment", **fields).attrib["id"])


@pytest.mark.parametrize("band", ALL_BANDS)
def test_each_account_is_bound_to_a_registrator_of_its_own(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    before = billing.rows("cashcheck_user_registrator")
    for wrong, words in (
        ({"registratorId": OFFICE, "password": "31"}, "Неверный пароль регистратора"),
        ({"registratorId": OFFICE}, "Неверный пароль регистратора"),
        ({"registratorId": 0, "password": PASSWORD}, "Регистратор не найден"),
        ({"registratorId": UNKNOWN, "password": PASSWORD}, "Регистратор не найден"),
    ):
        assert json_refusal(billing, CASHCHECK, "bindPrinter", **wrong) == words
    assert billing.rows("cashcheck_user_registrator") == before
    for number in (OFFICE, FIELD):
        assert json_ok(billing, CASHCHECK, "bindPrinter", registratorId=number, password=PASSWORD) is None
        assert billing.rows("cashcheck_user_registrator", uid=ADMIN) == [{"uid": ADMIN, "registrator_id": number}]
    assert billing.rows("cashcheck_user_registrator", uid=ACCOUNTANT) == before, "another account keeps its own"
    assert json_ok(billing, CASHCHECK, "getCurrentPrinter") == {
        "registratorId": FIELD,
        "registratorName": "Выездная касса",
    }
    assert json_ok(billing, CASHCHECK, "registratorList")["registratorId"] == FIELD


@pytest.mark.parametrize("band", ALL_BANDS)
def test_a_check_is_printed_and_the_change_told(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    first, second, negative = pay(billing, "400.00"), pay(billing, "99.50"), pay(billing, "-5")
    wish = {"paymentIds": [first], "summa": "500"}
    assert json_refusal(billing, CASHCHECK, "printCheck", **wish) == "Не выбран фискальный регистратор"
    json_ok(billing, CASHCHECK, "bindPrinter", registratorId=OFFICE, password=PASSWORD)
    for wrong, words in (
        ({"paymentIds": [UNKNOWN]}, "Платёж не найден"),
        ({"paymentIds": [first, UNKNOWN]}, "Платёж не найден"),
        ({"paymentIds": []}, "Не указаны платежи"),
        ({"paymentIds": [negative]}, "Сумма чека должна быть больше нуля"),
        ({"summa": "399.99"}, "Внесено 399.99, а сумма чека 400.00"),
        ({"summa": "много"}, "Неверное значение параметра summa: много"),
        ({"summa": ""}, "Не указан параметр summa"),
    ):
        assert json_refusal(billing, CASHCHECK, "printCheck", **{**wish, **wrong}) == words
    assert billing.rows("cashcheck_check") == []
    assert json_ok(billing, CASHCHECK, "printCheck", **wish) == {"summa": "400.00", "submit": "100.00"}
    both = {"paymentIds": [second, first, second], "summa": "499.5"}
    assert json_ok(billing, CASHCHECK, "printCheck", **both) == {"summa": "499.50", "submit": "0.00"}
    common = {"registrator_id": OFFICE, "uid": ADMIN, "dt": NOON}
    assert billing.rows("cashcheck_check") == [
        {
            "id": 1,
            "payment_ids": str(first),
            "summa": Decimal("400.00"),
            "cash": Decimal("500.00"),
            "submit": Decimal("100.00"),
            **common,
        },
        {
            "id": 2,
            "payment_ids": f"{second},{first}",
            "summa": Decimal("499.50"),
            "cash": Decimal("499.50"),
            "submit": Decimal("0.00"),
            **common,
        },
    ]
    refused = ask_json(billing, CASHCHECK, "printCheck", login="operator", **wish)
    assert refused["message"] == "Не выбран фискальный регистратор", "the registrator of one account is not another's"
