"""Payments, charges and transfers written by the client into emulated billings of every band (money.md 1.5, 3, 4)."""

from datetime import date
from decimal import Decimal

import pytest

from flask_bgbilling.errors import Absent, NoRights, Refused, Uncertain
from flask_bgbilling.wire.dto.money import PostingRecord, Transfer
from flask_bgbilling.wire.ops.balance import CLOSED_DATE
from flask_bgbilling.wire.ops.charges import CHARGE
from flask_bgbilling.wire.ops.directories import CHARGE_TYPE_TREE, PAYMENT_TYPE_TREE, flattened
from flask_bgbilling.wire.ops.money_writes import (
    BALANCE_TRANSFER,
    CHARGE_DELETE,
    CHARGE_SAVE,
    PAYMENT_DELETE,
    PAYMENT_SAVE,
)
from flask_bgbilling.wire.ops.payments import PAYMENT
from tests.raw_calls import xml_ok
from tests.sessions import opened
from tests.support import ALL_BANDS, Emulated

CID, FIRM, UNKNOWN = 101, 102, 999999
CASH, CASH_FOLDER, AUTOMATIC, TERMINAL = 1, 10, 8, 4
VISIT, SERVICES, REFUND = 22, 20, 26
DAY = date(2026, 11, 20)


@pytest.mark.parametrize("band", ALL_BANDS)
def test_a_payment_is_entered_changed_and_removed(private_billing: Emulated, band: str) -> None:
    emulator = private_billing(band)
    billing = opened(emulator)
    number = billing.call(
        PAYMENT_SAVE, cid=CID, day=DAY, type_id=CASH, amount=Decimal("120.5"), comment="касса & «чек» #1 + 5%"
    )
    assert number is not None
    (row,) = emulator.rows("contract_payment", id=number)
    assert (row["cid"], row["dt"], row["pt"], row["uid"]) == (CID, DAY, CASH, 1)
    assert (row["summa"], row["comment"]) == (Decimal("120.50"), "касса & «чек» #1 + 5%")
    found = billing.call(PAYMENT, payment_id=number)
    assert found == PostingRecord(DAY, Decimal("120.50"), CASH, "касса & «чек» #1 + 5%")
    changed = {"cid": CID, "payment_id": number, "day": date(2026, 10, 31), "type_id": TERMINAL}
    assert billing.call(PAYMENT_SAVE, **changed, amount=Decimal("1000000")) == number
    (row,) = emulator.rows("contract_payment", id=number)
    assert (row["dt"], row["pt"], row["summa"]) == (date(2026, 10, 31), TERMINAL, Decimal(1000000))
    assert row["comment"] == "", "an emptied comment is written"
    with pytest.raises(Absent):
        billing.call(PAYMENT_SAVE, **{**changed, "cid": FIRM}, amount=Decimal(1))
    with pytest.raises(Absent):
        billing.call(PAYMENT_DELETE, cid=FIRM, payment_id=number)
    billing.call(PAYMENT_DELETE, cid=CID, payment_id=number)
    assert emulator.rows("contract_payment", id=number) == []
    assert len(emulator.rows("contract_payment_deleted", id=number)) == 1
    assert billing.call(PAYMENT, payment_id=number) is None
    with pytest.raises(Absent):
        billing.call(PAYMENT_DELETE, cid=CID, payment_id=number)


@pytest.mark.parametrize("band", ALL_BANDS)
def test_a_charge_is_entered_changed_and_removed(private_billing: Emulated, band: str) -> None:
    emulator = private_billing(band)
    billing = opened(emulator)
    entered = {"cid": CID, "day": DAY, "type_id": VISIT}
    number = billing.call(CHARGE_SAVE, **entered, amount=Decimal("80.10"), comment="кабель\n2 м")
    assert number is not None
    (row,) = emulator.rows("contract_charge", id=number)
    assert (row["cid"], row["dt"], row["pt"], row["summa"]) == (CID, DAY, VISIT, Decimal("80.10"))
    assert (row["comment"], row["payback"]) == ("кабель\n2 м", 0)
    found = billing.call(CHARGE, charge_id=number)
    assert found is not None
    assert (found.day, found.amount, found.type_id) == (DAY, Decimal("80.10"), VISIT)
    refund = {**entered, "charge_id": number, "type_id": REFUND, "payback": True}
    assert billing.call(CHARGE_SAVE, **refund, amount=Decimal(30)) == number
    (row,) = emulator.rows("contract_charge", id=number)
    assert (row["pt"], row["summa"], row["payback"], row["comment"]) == (REFUND, Decimal(30), 1, "")
    with pytest.raises(Absent):
        billing.call(CHARGE_SAVE, **{**refund, "charge_id": UNKNOWN}, amount=Decimal(1))
    with pytest.raises(Absent):
        billing.call(CHARGE_DELETE, cid=FIRM, charge_id=number)
    billing.call(CHARGE_DELETE, cid=CID, charge_id=number)
    assert emulator.rows("contract_charge", id=number) == []
    assert billing.call(CHARGE, charge_id=number) is None


@pytest.mark.parametrize("band", ALL_BANDS)
def test_what_the_billing_does_not_want_it_refuses_in_its_words(private_billing: Emulated, band: str) -> None:
    emulator = private_billing(band)
    billing = opened(emulator)
    xml_ok(emulator, "admin", "SetClosedDate", date="", typeId=1)
    assert billing.call(CLOSED_DATE) is None
    kept = billing.call(PAYMENT_SAVE, cid=CID, day=DAY, type_id=CASH, amount=Decimal(5))
    xml_ok(emulator, "admin", "SetClosedDate", date="20.11.2026", typeId=1)
    assert billing.call(CLOSED_DATE) == DAY
    before = emulator.rows("contract_payment"), emulator.rows("contract_charge")
    entered = {"cid": CID, "day": date(2026, 11, 23), "amount": Decimal(1)}
    for operation, arguments, words in (
        (PAYMENT_SAVE, {**entered, "day": DAY, "type_id": CASH}, "Период закрыт по 20.11.2026"),
        (PAYMENT_SAVE, {**entered, "type_id": CASH, "payment_id": kept}, "Период закрыт"),
        (PAYMENT_SAVE, {**entered, "type_id": CASH_FOLDER}, "группа типов"),
        (PAYMENT_SAVE, {**entered, "type_id": AUTOMATIC}, "недоступен"),
        (PAYMENT_DELETE, {"cid": CID, "payment_id": kept}, "Период закрыт"),
        (CHARGE_SAVE, {**entered, "day": DAY, "type_id": VISIT}, "Период закрыт"),
        (CHARGE_SAVE, {**entered, "type_id": SERVICES}, "группа типов"),
    ):
        with pytest.raises(Refused, match=words):
            billing.call(operation, **arguments)
    reader = opened(emulator, "reader")
    for operation, number in ((PAYMENT_SAVE, CASH), (CHARGE_SAVE, VISIT)):
        with pytest.raises(Absent):
            billing.call(operation, **{**entered, "cid": UNKNOWN}, type_id=number)
        with pytest.raises(NoRights):
            reader.call(operation, **entered, type_id=number)
    assert (emulator.rows("contract_payment"), emulator.rows("contract_charge")) == before


@pytest.mark.parametrize("band", ALL_BANDS)
def test_trees_of_types_with_folders(emulated: Emulated, band: str) -> None:
    billing = opened(emulated(band))
    payments = {node.id: node for node in flattened(billing.directory(PAYMENT_TYPE_TREE))}
    assert payments[CASH_FOLDER].folder
    assert payments[CASH].selectable
    assert (payments[CASH].editable, payments[AUTOMATIC].editable) == (True, False)
    charges = {node.id: node for node in flattened(billing.directory(CHARGE_TYPE_TREE))}
    assert not charges[SERVICES].selectable
    assert charges[VISIT].selectable


@pytest.mark.parametrize("band", ALL_BANDS)
def test_money_moves_from_a_contract_to_others(private_billing: Emulated, band: str) -> None:
    emulator = private_billing(band)
    billing = opened(emulator)
    parts = (Transfer(CID, Decimal("100.5")), Transfer(110, Decimal("0.25")))
    numbers = billing.call(BALANCE_TRANSFER, cid=FIRM, day=DAY, parts=parts)
    rows = [emulator.rows("contract_payment", id=number)[0] for number in numbers]
    assert [(row["cid"], row["summa"], row["dt"]) for row in rows] == [
        (CID, Decimal("100.50"), DAY),
        (110, Decimal("0.25"), DAY),
    ]
    charged = [row["summa"] for row in emulator.rows("contract_charge", cid=FIRM, dt=DAY)]
    assert sorted(charged) == [Decimal("0.25"), Decimal("100.50")]
    before = emulator.rows("contract_payment"), emulator.rows("contract_charge")
    with pytest.raises(Absent):
        billing.call(
            BALANCE_TRANSFER, cid=FIRM, day=DAY, parts=(Transfer(CID, Decimal(1)), Transfer(UNKNOWN, Decimal(1)))
        )
    for wrong, words in (((), "Не указаны"), ((Transfer(FIRM, Decimal(1)),), "тот же договор")):
        with pytest.raises(Refused, match=words):
            billing.call(BALANCE_TRANSFER, cid=FIRM, day=DAY, parts=wrong)
    beyond = (Transfer(CID, Decimal(9_000_000)),)
    with pytest.raises(Refused, match="Недостаточно"):
        billing.call(BALANCE_TRANSFER, cid=FIRM, day=DAY, parts=beyond, customer=True)
    assert (emulator.rows("contract_payment"), emulator.rows("contract_charge")) == before


@pytest.mark.parametrize("band", ["8.2", "9.2"])
def test_money_whose_answer_is_lost_is_entered_once_and_the_end_is_uncertain(
    private_billing: Emulated, band: str
) -> None:
    emulator = private_billing(band)
    billing = opened(emulator)
    for operation, type_id, table, name in (
        (PAYMENT_SAVE, CASH, "contract_payment", "ContractPayment"),
        (CHARGE_SAVE, VISIT, "contract_charge", "harge"),
    ):
        before = len(emulator.rows(table))
        emulator.faults.set("execute-but-do-not-answer", operation=name)
        with pytest.raises(Uncertain):
            billing.call(operation, cid=CID, day=DAY, type_id=type_id, amount=Decimal("7.77"))
        emulator.faults.clear()
        assert len(emulator.rows(table)) == before + 1
