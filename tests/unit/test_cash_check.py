"""Requests and answers of the cash check plugin, literally (money.md 12)."""

from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from flask_bgbilling.wire.answers import JsonAnswer
from flask_bgbilling.wire.dto.cash_check import PrintedCheck, Registrators
from flask_bgbilling.wire.dto.common import IdTitle
from flask_bgbilling.wire.ops import cash_check
from flask_bgbilling.wire.spelling import json_body
from flask_bgbilling.wire.version import Version

MOSCOW = ZoneInfo("Europe/Moscow")


def returned(value: Any) -> JsonAnswer:
    return JsonAnswer({"return": value}, MOSCOW, Version("9.2"))


def test_the_cash_is_sent_as_a_text() -> None:
    params = cash_check.payments_and_cash(payment_ids=(501, 502), cash=Decimal(500))
    assert json_body(params, MOSCOW) == b'{"paymentIds":[501,502],"summa":"500.00"}'


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"summa": "400.00", "submit": "100.00"}, PrintedCheck(Decimal("400.00"), Decimal("100.00"))),
        ({"summa": Decimal("400.5"), "submit": 0}, PrintedCheck(Decimal("400.5"), Decimal(0))),
        ({"summa": "400.00"}, PrintedCheck(Decimal("400.00"), None)),
        (None, None),
    ],
)
def test_what_was_printed(value: Any, expected: PrintedCheck | None) -> None:
    assert cash_check.read_printed(returned(value)) == expected


def test_the_registrators() -> None:
    listed = [{"id": 1, "title": "Касса"}, {"id": "2", "title": None}]
    entries = (IdTitle(1, "Касса"), IdTitle(2, ""))
    assert cash_check.read_registrators(returned({"registratorId": 1, "list": listed})) == Registrators(entries, 1)
    assert cash_check.read_registrators(returned({"list": listed})) == Registrators(entries)
    assert cash_check.read_registrators(returned({"registratorId": 0, "list": None})) == Registrators(())
    assert cash_check.read_registrators(returned(None)) == Registrators(())


def test_the_current_registrator() -> None:
    bound = {"registratorId": 2, "registratorName": "Выездная касса"}
    assert cash_check.read_current(returned(bound)) == IdTitle(2, "Выездная касса")
    assert cash_check.read_current(returned({"registratorId": 0, "registratorName": ""})) is None
    assert cash_check.read_current(returned(None)) is None
