"""The emulator posts, changes and removes money as the reference says, band by band (money.md 1.5, 3.3 to 4)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from flask_bgbilling.emulator import Emulator
from flask_bgbilling.emulator.version import Version
from tests.raw_calls import ask_json, ask_xml, json_ok, json_refusal, xml_ok, xml_refusal
from tests.support import ALL_BANDS, Emulated

CID, FIRM, SUPER, DEPENDENT, EMPTY, UNKNOWN = 101, 102, 103, 104, 110, 999999
BALANCE = "ru.bitel.bgbilling.kernel.contract.balance"
PAYMENTS, CHARGES = f"{BALANCE}/PaymentService", f"{BALANCE}/ChargeService"
DIRECTORY = "ru.bitel.bgbilling.kernel.directory.api/DirectoryService"
CASH, FOLDER, AUTOMATIC = 1, 10, 8
VISIT, CHARGE_FOLDER, ACTIVATION, REFUND = 22, 20, 24, 26
NOON = datetime(2026, 11, 23, 12)
TODAY = "23.11.2026"


def months(billing: Emulator, cid: int = CID) -> list[dict[str, Any]]:
    return sorted(billing.rows("contract_balance", cid=cid), key=lambda row: (row["yy"], row["mm"]))


def closing(row: dict[str, Any]) -> Decimal:
    return Decimal(row["summa1"] + row["summa2"] - row["summa3"] - row["summa4"])


def assert_chained(billing: Emulator, cid: int = CID) -> None:
    for earlier, later in pairwise(months(billing, cid)):
        assert later["summa1"] == closing(earlier)


def pay(billing: Emulator, *, number: int = 0, cid: int = CID, **wanted: object) -> str:
    """Enters or changes a payment by XML; its id, or the refusal."""
    fields = {"date": TODAY, "pt": CASH, "summa": "100.00", "comment": "касса", **wanted}
    root = ask_xml(billing, "contract", "UpdateContractPayment", cid=cid, id=number or "new", **fields)
    return root.get("id") or root.text or ""


def charge(billing: Emulator, *, number: int = 0, cid: int = CID, **wanted: object) -> str:
    """Enters or changes a charge in the form of the band; its id, or the refusal."""
    values: dict[str, object] = {"date": TODAY, "pt": VISIT, "summa": "100.00", "comment": "", **wanted}
    if Version(billing.settings.version) < "9.2":
        root = ask_xml(billing, "contract", "UpdateContractCharge", cid=cid, id=number or "new", **values)
        return root.get("id") or root.text or ""
    bean = {"contractId": cid, "id": number, "date": values["date"], "typeId": values["pt"], "sum": values["summa"]}
    answer = ask_json(
        billing, CHARGES, "chargeUpdate", charge={**bean, "comment": values["comment"], "type": None, "userId": 0}
    )
    return str(answer["data"]["return"]) if answer["status"] == "ok" else str(answer["message"])


@pytest.mark.parametrize("band", ALL_BANDS)
def test_a_payment_is_entered_changed_and_archived(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    before = closing(months(billing)[-1])
    number = int(pay(billing, summa="120.50"))
    (row,) = billing.rows("contract_payment", id=number)
    assert row == {
        "id": number,
        "dt": date(2026, 11, 23),
        "cid": CID,
        "pt": CASH,
        "uid": 1,
        "summa": Decimal("120.50"),
        "comment": "касса",
        "lm": NOON,
    }
    assert closing(months(billing)[-1]) == before + Decimal("120.50")
    assert pay(billing, number=number, summa="20", date="05.10.2026", pt=4, comment="") == str(number)
    assert closing(months(billing)[-1]) == before + 20
    assert_chained(billing)
    xml_ok(billing, "contract", "DeleteContractPayment", id=number, cid=CID)
    assert billing.rows("contract_payment", id=number) == []
    (deleted,) = billing.rows("contract_payment_deleted", id=number)
    assert (deleted["summa"], deleted["dt"], deleted["lm"]) == (Decimal(20), date(2026, 10, 5), NOON)
    assert closing(months(billing)[-1]) == before
    assert_chained(billing)
    assert xml_refusal(billing, "contract", "DeleteContractPayment", id=number, cid=CID) == "Платёж не найден"


@pytest.mark.parametrize("band", ALL_BANDS)
def test_payments_by_json(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    payment = {"contractId": CID, "typeId": CASH, "date": "2026-11-23", "sum": 400.25, "comment": "x", "userId": 3}
    (number,) = json_ok(billing, PAYMENTS, "paymentUpdate", payment=payment)
    (row,) = billing.rows("contract_payment", id=number)
    assert (row["summa"], row["uid"]) == (Decimal("400.25"), 1), "the calling account, whatever the bean says"
    changed = {**payment, "id": number, "sum": 1, "date": "2026-11-22T00:00:00+03:00"}
    assert json_ok(billing, PAYMENTS, "paymentUpdate", payment=changed) == [number]
    assert billing.rows("contract_payment", id=number)[0]["dt"] == date(2026, 11, 22)
    assert json_ok(billing, PAYMENTS, "paymentDelete", contractId=CID, paymentId=number) == 1
    assert len(billing.rows("contract_payment_deleted", id=number)) == 1


@pytest.mark.parametrize("band", ALL_BANDS)
def test_a_charge_is_entered_changed_and_gone(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    before = closing(months(billing)[-1])
    number = int(charge(billing, summa="80.10", comment="кабель"))
    (row,) = billing.rows("contract_charge", id=number)
    assert (row["summa"], row["uid"], row["payback"], row["lm"]) == (Decimal("80.10"), 1, 0, NOON)
    assert closing(months(billing)[-1]) == before - Decimal("80.10")
    assert charge(billing, number=number, pt=REFUND, summa="30") == str(number)
    assert billing.rows("contract_charge", id=number)[0]["payback"] == 1
    assert closing(months(billing)[-1]) == before + 30, "a return lessens the charges"
    xml_ok(billing, "contract", "DeleteContractCharge", id=number, cid=CID)
    assert billing.rows("contract_charge", id=number) == []
    assert closing(months(billing)[-1]) == before
    assert_chained(billing)
    first, second = (int(charge(billing)) for _ in range(2))
    assert json_ok(billing, CHARGES, "chargeDelete", contractId=CID, chargeId=first) == 1
    assert json_ok(billing, CHARGES, "chargeDeleteById", chargeId=second) == 1
    assert json_refusal(billing, CHARGES, "chargeDeleteById", chargeId=second) == "Расход не найден"


@pytest.mark.parametrize("band", ALL_BANDS)
def test_a_closed_period_refuses_the_old_and_the_new_day(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    kept = int(pay(billing, date="31.10.2026"))
    spent = int(charge(billing, date="31.10.2026"))
    xml_ok(billing, "admin", "SetClosedDate", date="31.10.2026", typeId=1)
    payments, charges = len(billing.rows("contract_payment")), len(billing.rows("contract_charge"))
    closed = "Период закрыт по 31.10.2026 включительно"
    for refusal in (
        pay(billing, date="31.10.2026"),
        pay(billing, number=kept, date=TODAY),
        pay(billing, number=int(pay(billing, date="01.11.2026")), date="01.10.2026"),
        charge(billing, date="01.01.2026"),
        charge(billing, number=spent),
        xml_refusal(billing, "contract", "DeleteContractPayment", id=kept, cid=CID),
        xml_refusal(billing, "contract", "DeleteContractCharge", id=spent, cid=CID),
        json_refusal(billing, PAYMENTS, "paymentDelete", contractId=CID, paymentId=kept),
    ):
        assert refusal == closed
    answer = ask_json(billing, PAYMENTS, "paymentDelete", contractId=CID, paymentId=kept)
    assert answer["exception"] == "ru.bitel.bgbilling.common.BGMessageException"
    xml_ok(billing, "admin", "SetClosedDate", date="", typeId=1)
    assert xml_ok(billing, "admin", "GetClosedDate").find("./closed").get("date") == ""  # type: ignore[union-attr]
    assert pay(billing, number=kept, date=TODAY) == str(kept)
    assert len(billing.rows("contract_payment")) == payments + 1
    assert len(billing.rows("contract_charge")) == charges


@pytest.mark.parametrize("band", ALL_BANDS)
def test_types_that_are_not_for_hands(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    before = len(billing.rows("contract_payment")), len(billing.rows("contract_charge")), months(billing)
    assert pay(billing, pt=FOLDER) == "«Касса» — группа типов, выберите тип"
    assert pay(billing, pt=AUTOMATIC) == "Тип «Корректировка автоматическая» недоступен для ручного изменения"
    assert pay(billing, pt=777) == "Тип платежа не найден"
    assert charge(billing, pt=CHARGE_FOLDER) == "«Услуги» — группа типов, выберите тип"
    assert charge(billing, pt=ACTIVATION) == "Тип «Активация опции» недоступен для ручного изменения"
    assert charge(billing, pt=777) == "Тип расхода не найден"
    option_charge = billing.rows("contract_charge", cid=CID, pt=ACTIVATION)[0]["id"]
    assert "недоступен" in charge(billing, number=option_charge)
    assert "недоступен" in xml_refusal(billing, "contract", "DeleteContractCharge", id=option_charge, cid=CID)
    assert (len(billing.rows("contract_payment")), len(billing.rows("contract_charge")), months(billing)) == before


@pytest.mark.parametrize("band", ALL_BANDS)
def test_what_makes_no_sense_is_refused(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    before = billing.rows("contract_payment"), months(billing)
    for refusal in (
        pay(billing, summa="1,5"),
        pay(billing, summa=""),
        pay(billing, summa="1 200"),
        pay(billing, summa="NaN"),
        pay(billing, summa="123456789.00"),
        pay(billing, date="31.02.2026"),
        pay(billing, date=""),
        pay(billing, cid=UNKNOWN),
        pay(billing, number=999999),
        pay(billing, number=billing.rows("contract_payment", cid=FIRM)[0]["id"]),
        charge(billing, cid=UNKNOWN),
        charge(billing, summa="x"),
        charge(billing, number=billing.rows("contract_charge", cid=FIRM)[0]["id"]),
    ):
        assert not refusal.isdigit()
        assert "Внутренняя" not in refusal
    assert (billing.rows("contract_payment"), months(billing)) == before
    assert billing.failures == []
    number = pay(billing, summa="0.125")
    assert billing.rows("contract_payment", id=int(number))[0]["summa"] == Decimal("0.13"), "kopecks are whole"


@pytest.mark.parametrize("band", ALL_BANDS)
def test_a_month_exists_while_something_moves_in_it(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    assert months(billing, EMPTY) == []
    late = int(pay(billing, cid=EMPTY, date="10.11.2026", summa="10"))
    early = int(pay(billing, cid=EMPTY, date="10.10.2025", summa="5"))
    later = int(pay(billing, cid=EMPTY, date="10.02.2027", summa="-3"))
    assert [(row["yy"], row["mm"], row["summa1"], row["summa2"]) for row in months(billing, EMPTY)] == [
        (2025, 10, Decimal(0), Decimal(5)),
        (2026, 11, Decimal(5), Decimal(10)),
        (2027, 2, Decimal(15), Decimal(-3)),
    ]
    xml_ok(billing, "contract", "DeleteContractPayment", id=early, cid=EMPTY)
    assert [(row["yy"], row["summa1"]) for row in months(billing, EMPTY)] == [(2026, Decimal(0)), (2027, Decimal(10))]
    for number in (late, later):
        xml_ok(billing, "contract", "DeleteContractPayment", id=number, cid=EMPTY)
    assert months(billing, EMPTY) == []


@pytest.mark.parametrize("band", ALL_BANDS)
def test_money_of_a_dependent_sub_contract_moves_the_balance_above(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    before = closing(months(billing, SUPER)[-1])
    number = int(pay(billing, cid=DEPENDENT, summa="70"))
    assert billing.rows("contract_payment", id=number)[0]["cid"] == DEPENDENT
    assert months(billing, DEPENDENT) == []
    assert closing(months(billing, SUPER)[-1]) == before + 70
    xml_ok(billing, "contract", "DeleteContractPayment", id=number, cid=DEPENDENT)
    assert closing(months(billing, SUPER)[-1]) == before


def test_payments_at_the_same_time_are_all_counted(private_billing: Emulated) -> None:
    billing = private_billing("9.2")
    before = closing(months(billing)[-1])
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda _: pay(billing, summa="1.01"), range(24)))
    assert len(set(numbers)) == 24
    assert closing(months(billing)[-1]) == before + Decimal("24.24")


@pytest.mark.parametrize("band", ALL_BANDS)
def test_money_is_moved_between_contracts(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    service = f"{BALANCE}/BalanceService"
    transfer = {"contractId": FIRM, "date": "2026-11-20", "customer": False}
    parts = [{"contractId": CID, "amout": 100.5}, {"contractId": DEPENDENT, "amout": 20}]
    source, target, above = (closing(months(billing, cid)[-1]) for cid in (FIRM, CID, SUPER))
    numbers = json_ok(billing, service, "contractBalanceTransfer", balanceDistributeDataList=parts, **transfer)
    rows = [billing.rows("contract_payment", id=number)[0] for number in numbers]
    assert [(row["cid"], row["summa"], row["dt"], row["pt"]) for row in rows] == [
        (CID, Decimal("100.50"), date(2026, 11, 20), 9),
        (DEPENDENT, Decimal(20), date(2026, 11, 20), 9),
    ]
    assert rows[0]["comment"] == "Перевод с договора A-24-0102"
    assert [row["summa"] for row in billing.rows("contract_charge", cid=FIRM, pt=27)] == [
        Decimal("100.50"),
        Decimal(20),
    ]
    after = tuple(closing(months(billing, cid)[-1]) for cid in (FIRM, CID, SUPER))
    assert after == (source - Decimal("120.50"), target + Decimal("100.50"), above + 20)
    paid = len(billing.rows("contract_payment"))
    for wrong, words in (
        ([], "Не указаны"),
        ([{"contractId": FIRM, "amout": 1}], "тот же договор"),
        ([{"contractId": CID, "amout": 0}], "больше нуля"),
        ([{"contractId": CID, "amount": 5}], "balanceDistributeDataList"),
        ([{"contractId": CID, "amout": 5}, {"contractId": UNKNOWN, "amout": 5}], "не найден"),
    ):
        assert words in json_refusal(
            billing, service, "contractBalanceTransfer", balanceDistributeDataList=wrong, **transfer
        )
    much = [{"contractId": CID, "amout": 9000000}]
    by_customer = {**transfer, "customer": True, "balanceDistributeDataList": much}
    assert "Недостаточно" in json_refusal(billing, service, "contractBalanceTransfer", **by_customer)
    assert len(billing.rows("contract_payment")) == paid, "a refused transfer leaves nothing behind"


@pytest.mark.parametrize("band", ALL_BANDS)
@pytest.mark.parametrize(("service", "word"), [(PAYMENTS, "payment"), (CHARGES, "charge")])
def test_a_changed_directory_of_types_has_a_greater_version(
    private_billing: Emulated, band: str, service: str, word: str
) -> None:
    billing = private_billing(band)
    bean = f"{BALANCE}.common.bean.{word.title()}Type"

    def version() -> int:
        return int(json_ok(billing, DIRECTORY, "getVersion", directoryItemClass=bean, moduleId=0))

    versions = [version()]
    kind = {"id": 0, "title": "Новый тип", "type": 0, "editable": True, "parentId": 0}
    number = json_ok(billing, service, f"{word}TypeUpdate", **{f"{word}Type": kind})
    versions.append(version())
    assert number in [row["id"] for row in json_ok(billing, service, f"{word}TypeList")]
    folder = FOLDER if word == "payment" else CHARGE_FOLDER
    json_ok(billing, service, f"{word}TypeMove", **{f"{word}TypeId": folder, "idList": [number]})
    versions.append(version())
    assert billing.rows(f"contract_{word}_types", id=number)[0]["up"] == folder
    renamed = {**kind, "id": number, "title": "Иначе", "parentId": folder}
    assert json_ok(billing, service, f"{word}TypeUpdate", **{f"{word}Type": renamed}) == number
    versions.append(version())
    assert json_ok(billing, service, f"{word}TypeDelete", **{f"{word}TypeId": number}) == 1
    versions.append(version())
    assert versions == sorted(set(versions))
    assert versions[0] > 0
    used = CASH if word == "payment" else VISIT
    assert "используется" in json_refusal(billing, service, f"{word}TypeDelete", **{f"{word}TypeId": used})
    into_leaf = {f"{word}Type": {**kind, "parentId": used}}
    assert "группу" in json_refusal(billing, service, f"{word}TypeUpdate", **into_leaf)
    into_itself = {f"{word}TypeId": folder, "idList": [folder]}
    assert "саму" in json_refusal(billing, service, f"{word}TypeMove", **into_itself)
    unnamed = {f"{word}Type": {**kind, "title": " "}}
    assert "название" in json_refusal(billing, service, f"{word}TypeUpdate", **unnamed)
    assert version() == versions[-1]
