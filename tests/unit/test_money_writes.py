"""Requests and answers of payments, charges and transfers, literally (money.md 1.5, 3.2 to 4)."""

from datetime import date
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest

from flask_bgbilling.wire.answers import JsonAnswer, XmlAnswer
from flask_bgbilling.wire.dto.money import PostingRecord, Transfer
from flask_bgbilling.wire.ops import balance, charges, money_writes, payments
from flask_bgbilling.wire.ops.sums import exact, spelled
from flask_bgbilling.wire.spelling import form_fields, json_body
from flask_bgbilling.wire.version import Version

MOSCOW = ZoneInfo("Europe/Moscow")
ENTERED: dict[str, Any] = {"cid": 77, "day": date(2025, 3, 5), "type_id": 3, "amount": Decimal("120.5")}


def xml(text: str) -> XmlAnswer:
    return XmlAnswer(ElementTree.fromstring(text), MOSCOW, Version("7.2"))


def returned(value: Any) -> JsonAnswer:
    return JsonAnswer({"return": value}, MOSCOW, Version("9.2"))


@pytest.mark.parametrize(
    ("amount", "text"),
    [("400", "400.00"), ("120.5", "120.50"), ("-0.010", "-0.01"), ("-0", "0.00"), ("1E+3", "1000.00")],
)
def test_a_sum_has_two_digits(amount: str, text: str) -> None:
    assert spelled(Decimal(amount)) == text


@pytest.mark.parametrize("amount", ["0.005", "1.001", "NaN", "Infinity", "1E+20", "1E+999999"])
def test_a_sum_that_would_be_rounded_is_not_sent(amount: str) -> None:
    with pytest.raises(ValueError, match="a sum"):
        exact(Decimal(amount))


def test_a_payment_in_a_form() -> None:
    assert form_fields(money_writes.payment_fields(**ENTERED, comment="касса"), MOSCOW) == [
        ("cid", "77"),
        ("id", "new"),
        ("date", "05.03.2025"),
        ("pt", "3"),
        ("summa", "120.50"),
        ("comment", "касса"),
    ]
    assert dict(money_writes.payment_fields(**ENTERED, payment_id=501))["id"] == 501
    assert dict(money_writes.payment_fields(**ENTERED))["comment"] == "", "sent, so that it is emptied"


def test_a_charge_as_a_bean() -> None:
    assert json_body(money_writes.charge_bean(**ENTERED, comment="кабель"), MOSCOW).decode() == (
        '{"charge":{"id":0,"contractId":77,"date":"2025-03-05T00:00:00+03:00","typeId":3,"sum":120.5,'
        '"comment":"кабель"}}'
    )
    changed = dict(money_writes.charge_bean(**ENTERED, charge_id=902, payback=True))["charge"]
    assert isinstance(changed, dict)
    assert (changed["id"], changed["payback"]) == (902, True)


def test_a_transfer_is_misspelt_as_the_server_has_it() -> None:
    parts = (Transfer(78, Decimal("1.10")),)
    assert json_body(money_writes.transfer_parts(cid=77, day=date(2025, 3, 5), parts=parts), MOSCOW).decode() == (
        '{"contractId":77,"date":"2025-03-05T00:00:00+03:00",'
        '"balanceDistributeDataList":[{"contractId":78,"amout":1.1}],"customer":false}'
    )


@pytest.mark.parametrize(("value", "number"), [(902, 902), ([902], 902), ("902", 902), ([], None), (None, None)])
def test_the_id_of_what_was_saved(value: Any, number: int | None) -> None:
    assert money_writes.read_saved(returned(value)) == number


def test_the_ids_of_a_transfer() -> None:
    assert money_writes.read_ids(returned([1, 2])) == (1, 2)
    assert money_writes.read_ids(returned(None)) == ()


def test_one_payment_and_one_charge() -> None:
    attributes = 'date="05.03.2025" summa="400.00" comment="касса" pt="3"'
    items = '<list><item id="3" title="Наличные" type="0"/></list>'
    record = PostingRecord(date(2025, 3, 5), Decimal("400.00"), 3, "касса")
    assert payments.read_payment(xml(f'<data status="ok"><payment {attributes}/>{items}</data>')) == record
    assert charges.read_charge(xml(f'<data status="ok"><x><charge {attributes}/></x>{items}</data>')) == record
    assert payments.read_payment(xml(f'<data status="ok">{items}</data>')) is None


@pytest.mark.parametrize(
    ("closed", "expected"),
    [
        ('<closed date="31.10.2026"/>', date(2026, 10, 31)),
        ('<closed date=""/>', None),
        ('<closed date="00.00.0000"/>', None),
        ("", None),
    ],
)
def test_the_closed_date(closed: str, expected: date | None) -> None:
    assert balance.read_closed_date(xml(f'<data status="ok">{closed}</data>')) == expected
