"""Readers of balance, payments, charges and accruals with literal answers of money.md 1 to 4."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest

from flask_bgbilling.wire.answers import JsonAnswer, XmlAnswer
from flask_bgbilling.wire.dto.common import Period
from flask_bgbilling.wire.dto.money import Accrual, MonthBalance, Posting
from flask_bgbilling.wire.operation import JsonRpc, Operation, XmlAction
from flask_bgbilling.wire.ops.accounts import ACCOUNT_LIST, read_accounts
from flask_bgbilling.wire.ops.balance import (
    BALANCE_MONTHS,
    BALANCE_MOVES,
    cid_and_period,
    move_kind,
    read_months,
    read_moves,
)
from flask_bgbilling.wire.ops.charges import CHARGE_LIST, SUB_CONTRACT_CHARGE_LIST
from flask_bgbilling.wire.ops.months import month
from flask_bgbilling.wire.ops.payments import PAYMENT_LIST, SUB_CONTRACT_PAYMENT_LIST
from flask_bgbilling.wire.ops.postings import read_own, read_rows, read_subs
from flask_bgbilling.wire.version import Version

MOSCOW = ZoneInfo("Europe/Moscow")
BANDS = ("7.0", "7.1", "7.2", "8.0", "8.2", "9.2", "9.2404", "9.2410", "9.2501", "10.2")
MARCH = Period(date(2025, 3, 1), date(2025, 3, 31))


def xml(text: str, version: str = "7.2") -> XmlAnswer:
    return XmlAnswer(ElementTree.fromstring(text), MOSCOW, Version(version))


def json_answer(returned: Any, version: str = "9.2", **beside: Any) -> JsonAnswer:
    return JsonAnswer({"return": returned, **beside}, MOSCOW, Version(version))


def test_balance_by_month_reads_rows_and_ignores_the_totals_of_unknown_order() -> None:
    answer = xml(
        '<data status="ok"><table summa1="1" summa2="2" summa3="3" summa4="4" summa5="5"><data>'
        '<row month="январь 2025" input_balance="50.00" payment="500.00" account="400.00" charge="0.00"'
        ' output_balance="150.00"/>'
        '<row month="Q1" input_balance="x" payment="" output_balance="-600.00"/>'
        "</data></table></data>"
    )
    first, second = read_months(answer)
    assert first == MonthBalance(
        label="январь 2025",
        month=date(2025, 1, 1),
        opening=Decimal("50.00"),
        payments=Decimal("500.00"),
        accounts=Decimal("400.00"),
        charges=Decimal("0.00"),
        closing=Decimal("150.00"),
    )
    assert (second.label, second.month) == ("Q1", None)
    assert (second.opening, second.payments, second.closing) == (0, 0, Decimal("-600.00"))


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("январь 2025", date(2025, 1, 1)),
        ("март 2025", date(2025, 3, 1)),
        ("Май 2025", date(2025, 5, 1)),
        ("мая 2025", date(2025, 5, 1)),
        ("июнь 2026", date(2026, 6, 1)),
        ("июль 2018", date(2018, 7, 1)),
        ("August 2018", date(2018, 8, 1)),
        ("may 2018", date(2018, 5, 1)),
        ("12.2024", date(2024, 12, 1)),
        ("2024-02", date(2024, 2, 1)),
        ("13.2024", None),
        ("квартал 2024", None),
        ("июнь 0000", None),
        ("2024", None),
        ("", None),
    ],
)
def test_month_labels(label: str, expected: date | None) -> None:
    assert month(label) == expected


def test_detailed_balance_keeps_labels_of_the_balance_lines_and_signs_of_the_operations() -> None:
    moves = read_moves(
        xml(
            '<data status="ok"><table summa="0.00"><data>'
            '<row comment="" contractTitle="" date="март 2025" summa="150.00"'
            ' type="Входящий остаток на начало месяца"/>'
            '<row comment="касса" contractTitle="А77" date="05.03.2025" summa="400.00"'
            ' type="Приход &quot;Наличные&quot;"/>'
            '<row comment="" contractTitle="А77-1" date="31.03.2025" summa="-99.50"'
            ' type="Наработка &quot;Интернет&quot;"/>'
            '<row comment="" contractTitle="" date="март 2025" summa="450.50"'
            ' type="Исходящий остаток на конец месяца"/></data></table></data>'
        )
    )
    assert [(move.kind, move.title, move.amount, move.day) for move in moves] == [
        ("opening", "", Decimal("150.00"), None),
        ("payment", "Наличные", Decimal("400.00"), date(2025, 3, 5)),
        ("account", "Интернет", Decimal("-99.50"), date(2025, 3, 31)),
        ("closing", "", Decimal("450.50"), None),
    ]
    assert [move.contract_title for move in moves] == ["", "А77", "А77-1", ""]
    assert moves[0].label == "март 2025"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ('Расход "Штраф "за простой""', ("charge", 'Штраф "за простой"')),
        ("Приход «Касса»", ("payment", "Касса")),
        ("Приход", ("payment", "")),
        ("Резерв 5", ("other", "Резерв 5")),
        ("", ("other", "")),
    ],
)
def test_kind_and_title_of_a_detailed_balance_line(words: str, expected: tuple[str, str]) -> None:
    assert move_kind(words) == expected


def test_accounts_name_the_service_differently_for_sub_contracts() -> None:
    accruals = read_accounts(
        xml(
            '<data status="ok"><table summa="99.50"><data>'
            '<row sid="12" date="март 2025" summa="99.50" title="Интернет"/></data></table>'
            '<sub_table><data><row contract="А77-1" sid="12" date="март 2025" summa="10.00"'
            ' service="Интернет"/></data></sub_table></data>'
        )
    )
    own = Accrual("март 2025", date(2025, 3, 1), 12, "Интернет", Decimal("99.50"))
    sub = Accrual("март 2025", date(2025, 3, 1), 12, "Интернет", Decimal("10.00"), "А77-1")
    assert accruals.own == (own,)
    assert accruals.subs == (sub,)
    assert accruals.total == Decimal("99.50")


def test_accounts_without_a_table_are_none() -> None:
    assert read_accounts(xml('<data status="ok"/>')).own == ()


def test_payment_rows_below_92() -> None:
    payments = read_rows(
        xml(
            '<data status="ok"><table summa="400.00"><data>'
            '<row f0="501" f1="1" f2="05.03.2025" f3="400.00" f4="Наличные" f5="касса"'
            ' f6="05.03.2025 10:11:12" f7="Иванова О."/>'
            '<row f0="502" f1="0" f2="" f3="oops" f4="" f6=""/></data></table>'
            '<sub_table><data><row contract="А77-1" date="06.03.2025" summa="10.00" type="Банк"/>'
            "</data></sub_table></data>"
        )
    )
    assert payments.own[0] == Posting(
        id=501,
        day=date(2025, 3, 5),
        amount=Decimal("400.00"),
        type_title="Наличные",
        comment="касса",
        changed_at=datetime(2025, 3, 5, 10, 11, 12, tzinfo=MOSCOW),
        user_name="Иванова О.",
        editable=True,
    )
    assert (payments.own[1].day, payments.own[1].amount, payments.own[1].changed_at) == (None, 0, None)
    assert payments.subs == (
        Posting(
            id=0,
            day=date(2025, 3, 6),
            amount=Decimal("10.00"),
            type_title="Банк",
            contract_title="А77-1",
        ),
    )
    assert payments.total == Decimal("400.00")


ITEM = {
    "id": 501,
    "contractId": 77,
    "date": "2025-03-05",
    "sum": Decimal("400.00"),
    "typeId": 3,
    "comment": "касса",
    "timeChange": "2025-03-05T10:11:12+03:00",
    "userId": 9,
}


def test_payment_list_from_92_is_an_object() -> None:
    payments = read_own(json_answer({"list": [ITEM], "sum": Decimal("400.00")}))
    (payment,) = payments.own
    assert (payment.id, payment.type_id, payment.user_id, payment.contract_id) == (501, 3, 9, 77)
    assert (payment.type_title, payment.user_name) == ("", "")
    assert payment.day == date(2025, 3, 5)
    assert payment.changed_at == datetime(2025, 3, 5, 10, 11, 12, tzinfo=MOSCOW)
    assert payments.total == Decimal("400.00")


def test_payment_list_as_a_bare_array_has_its_total_beside_it() -> None:
    payments = read_own(json_answer([ITEM], "7.1", holderTotalSum=Decimal("400.00")))
    assert payments.own[0].id == 501
    assert payments.total == Decimal("400.00")


def test_sub_contract_items_keep_the_contract_they_belong_to() -> None:
    payments = read_subs(json_answer({"list": [{**ITEM, "contractId": 78, "contract": "А77-1"}], "sum": 1}))
    assert payments.own == ()
    assert (payments.subs[0].contract_id, payments.subs[0].contract_title) == (78, "А77-1")


@pytest.mark.parametrize(
    "returned", [None, [], {}, {"list": None}, {"list": [None, 5, "x"]}, "text", 5, {"list": {"a": 1}}]
)
def test_lists_without_usable_items_are_empty(returned: object) -> None:
    assert read_own(json_answer(returned)).own == ()


@pytest.mark.parametrize("spelled", ["400.00", 400, Decimal("400.00")])
def test_a_sum_may_be_text_or_number_and_has_an_old_name(spelled: object) -> None:
    item = {key: value for key, value in ITEM.items() if key != "sum"}
    assert read_own(json_answer([{**item, "sum": spelled}])).own[0].amount == Decimal(400)
    assert read_own(json_answer([{**item, "summa": spelled}])).own[0].amount == Decimal(400)


def test_a_payment_day_is_the_day_on_the_billings_clock() -> None:
    item = {**ITEM, "date": "2025-03-04T21:00:00Z"}
    assert read_own(json_answer([item])).own[0].day == date(2025, 3, 5)


@pytest.mark.parametrize("version", BANDS)
@pytest.mark.parametrize(
    ("operation", "action", "method"),
    [
        (PAYMENT_LIST, "contract/ContractPayments", "PaymentService.paymentList"),
        (CHARGE_LIST, "contract/ContractCharges", "ChargeService.chargeList"),
    ],
)
def test_lists_change_to_json_at_92(version: str, operation: Operation[Any], action: str, method: str) -> None:
    form = operation.form(Version(version))
    if Version(version) < Version("9.2"):
        assert str(form) == action
    else:
        assert str(form) == f"ru.bitel.bgbilling.kernel.contract.balance/{method}"


@pytest.mark.parametrize("version", BANDS)
def test_sub_contract_lists_are_separate_calls_from_92_only(version: str) -> None:
    for operation in (SUB_CONTRACT_PAYMENT_LIST, SUB_CONTRACT_CHARGE_LIST):
        assert (operation.form(Version(version)) is None) == (Version(version) < Version("9.2"))


@pytest.mark.parametrize("version", BANDS)
@pytest.mark.parametrize("operation", [BALANCE_MONTHS, BALANCE_MOVES, ACCOUNT_LIST])
def test_balance_and_accounts_are_xml_on_every_version(version: str, operation: Operation[Any]) -> None:
    assert isinstance(operation.form(Version(version)), XmlAction)


def test_fields_of_the_lists() -> None:
    assert cid_and_period(cid=77, period=MARCH) == {
        "cid": 77,
        "date1": date(2025, 3, 1),
        "date2": date(2025, 3, 31),
    }
    sent = {
        operation: form.params(cid=77, period=MARCH)
        for operation in (PAYMENT_LIST, SUB_CONTRACT_PAYMENT_LIST, CHARGE_LIST, SUB_CONTRACT_CHARGE_LIST)
        if isinstance(form := operation.form(Version("9.2")), JsonRpc)
    }
    assert sent[PAYMENT_LIST] == {"contractId": 77, "members": 1, "period": MARCH}
    assert sent[SUB_CONTRACT_PAYMENT_LIST] == {"contractId": 77, "members": 3, "period": MARCH}
    assert sent[CHARGE_LIST] == {"contractId": 77, "type": 0, "members": 1, "period": MARCH}
    assert sent[SUB_CONTRACT_CHARGE_LIST] == {"contractId": 77, "type": 0, "members": 3, "period": MARCH}
