"""What the money sections make of answers: periods, totals, names, filters, the picture."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from flask_bgbilling.builtin.card import balance_chart
from flask_bgbilling.domain.contracts.accounts import read_accounts
from flask_bgbilling.domain.contracts.balance import read_balance, read_detailed_balance, with_balance_after
from flask_bgbilling.domain.contracts.contract import Contract
from flask_bgbilling.domain.contracts.limit import read_limit
from flask_bgbilling.domain.contracts.notes import read_notes
from flask_bgbilling.domain.contracts.payments import read_payments
from flask_bgbilling.domain.contracts.periods import (
    BadDay,
    BadPeriod,
    Period,
    chosen_period,
    month_of,
    months_before,
    presets,
    tense,
    whole_contract,
)
from flask_bgbilling.domain.contracts.status import read_status
from flask_bgbilling.domain.contracts.tariffs import read_tariffs
from flask_bgbilling.errors import BillingError, NoRights
from flask_bgbilling.wire.dto.common import IdTitle, Page
from flask_bgbilling.wire.dto.contracts import ContractInfo
from flask_bgbilling.wire.dto.limits import LimitTask
from flask_bgbilling.wire.dto.money import (
    Accrual,
    AccrualList,
    BalanceMove,
    MonthBalance,
    MoveKind,
    Posting,
    PostingList,
)
from flask_bgbilling.wire.dto.notes import Note, NoteText
from flask_bgbilling.wire.dto.server import Names, names
from flask_bgbilling.wire.dto.statuses import StatusChange, StatusPeriod, StatusTask
from flask_bgbilling.wire.dto.tariffs import ContractTariff, PersonalTariff
from flask_bgbilling.wire.operation import Directory, Operation
from flask_bgbilling.wire.version import Version

TODAY = date(2026, 6, 15)
JUNE = Period(date(2026, 6, 1), date(2026, 6, 30))
ANNA = names((IdTitle(9, "Анна"),))


@dataclass
class Answer:
    """A call that has its outcome already."""

    outcome: object

    def result(self) -> Any:
        if isinstance(self.outcome, BillingError):
            raise self.outcome
        return self.outcome


@dataclass
class FakeBilling:
    """Answers operations and directories by name; remembers what was asked."""

    answers: dict[str, object]
    version: Version = field(default_factory=lambda: Version("9.2"))
    id: str = "bitel"
    title: str = "BiTel"
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/Moscow"))
    asked: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    def start(self, operation: Operation[Any], /, **arguments: object) -> Answer:
        self.asked.append((operation.name, arguments))
        outcome = self.answers[operation.name]
        return Answer(outcome(**arguments) if callable(outcome) else outcome)

    def call(self, operation: Operation[Any], /, **arguments: object) -> Any:
        return self.start(operation, **arguments).result()

    def start_directory(self, directory: Directory[Any]) -> Answer:
        return Answer(self.answers.get(directory.name, Names((), {})))

    def supports(self, operation: Operation[Any]) -> bool:
        return operation.form(self.version) is not None

    def now(self) -> datetime:
        return datetime(2026, 6, 15, 12, tzinfo=UTC).astimezone(self.zone)


def contract(version: str = "9.2", **answers: object) -> Contract:
    """A contract of a billing that answers these operations; underscores of the names are spaces."""
    spoken = {name.replace("_", " "): outcome for name, outcome in answers.items()}
    return Contract(FakeBilling(spoken, Version(version)), 77)  # type: ignore[arg-type]


def asked(of: Contract) -> list[tuple[str, dict[str, object]]]:
    fake: Any = of.billing
    return list(fake.asked)


def denied() -> NoRights:
    return NoRights(billing="BiTel", operation="x")


# Periods


def test_months() -> None:
    assert month_of(date(2024, 2, 10)) == Period(date(2024, 2, 1), date(2024, 2, 29))
    assert months_before(date(2026, 1, 31), 1) == date(2025, 12, 1)
    assert months_before(date(2026, 6, 30), 11) == date(2025, 7, 1)
    assert months_before(date(1, 1, 1), 5).year == 1


def test_usual_choices() -> None:
    assert [(preset.title, preset.period) for preset in presets(TODAY)] == [
        ("This month", JUNE),
        ("Previous month", Period(date(2026, 5, 1), date(2026, 5, 31))),
        ("Quarter", Period(date(2026, 4, 1), date(2026, 6, 30))),
        ("Year", Period(date(2025, 7, 1), date(2026, 6, 30))),
        ("Whole contract", Period()),
    ]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, JUNE),
        ({"page": "2"}, JUNE),
        ({"since": "2026-01-05", "until": "2026-02-06"}, Period(date(2026, 1, 5), date(2026, 2, 6))),
        ({"since": " 05.01.2026 ", "until": ""}, Period(date(2026, 1, 5), None)),
        ({"since": "", "until": ""}, Period()),
        ({"until": "2026-02-06"}, Period(None, date(2026, 2, 6))),
    ],
)
def test_a_typed_period(arguments: dict[str, str], expected: Period) -> None:
    assert chosen_period(arguments, JUNE) == expected


@pytest.mark.parametrize(
    "typed", ["yesterday", "2026-02-30", "31.02.2026", "1", "<script>", "2026-01-01T00:00", "٠١.٠٢.٢٠٢٦", "0000-01-01"]
)
def test_what_is_no_date_is_said(typed: str) -> None:
    with pytest.raises(BadDay) as caught:
        chosen_period({"since": typed, "until": ""}, JUNE)
    assert caught.value.params["typed"] == typed


def test_a_period_that_ends_before_it_begins_is_said() -> None:
    with pytest.raises(BadPeriod):
        chosen_period({"since": "2026-02-02", "until": "2026-02-01"}, JUNE)


@pytest.mark.parametrize(
    ("life", "typed", "expected"),
    [
        (Period(date(2024, 1, 15)), Period(), Period(date(2024, 1, 15), date(2026, 6, 30))),
        (
            Period(date(2024, 1, 15), date(2025, 3, 1)),
            Period(),
            Period(date(2024, 1, 15), date(2026, 6, 30)),
        ),
        (
            Period(date(2024, 1, 15), date(2027, 3, 1)),
            Period(),
            Period(date(2024, 1, 15), date(2027, 3, 1)),
        ),
        (Period(), Period(), Period(date(2000, 1, 1), date(2026, 6, 30))),
        (
            Period(date(2024, 1, 15)),
            Period(None, date(2023, 5, 5)),
            Period(date(2023, 5, 5), date(2023, 5, 5)),
        ),
    ],
)
def test_open_ends_are_closed_by_the_life_of_the_contract(life: Period, typed: Period, expected: Period) -> None:
    of = contract(contract_info=ContractInfo(title="A", period=life))
    assert whole_contract(of, typed, TODAY) == expected


def test_a_closed_period_asks_nothing() -> None:
    of = contract()
    assert whole_contract(of, JUNE, TODAY) == JUNE
    assert asked(of) == []


def test_tense() -> None:
    assert tense(Period(), TODAY) == "now"
    assert tense(Period(None, date(2026, 6, 14)), TODAY) == "past"
    assert tense(Period(TODAY, TODAY), TODAY) == "now"
    assert tense(Period(date(2026, 6, 16)), TODAY) == "planned"


# Balance


def month_balance(month: date | None, closing: int = 0, label: str = "") -> MonthBalance:
    sums = (Decimal(10), Decimal(5), Decimal(3), Decimal(2), Decimal(closing))
    return MonthBalance(label, month, *sums)


def test_a_short_period_is_read_with_the_months_before_it_and_totals_stay_its_own() -> None:
    rows = tuple(month_balance(date(2026, month, 1), closing=month) for month in (4, 6, 5))
    of = contract(balance_by_month=rows)
    sheet = read_balance(of, JUNE, TODAY)
    assert asked(of) == [("balance by month", {"cid": 77, "period": Period(date(2025, 7, 1), date(2026, 6, 30))})]
    assert [row.month for row in sheet.earlier] == [date(2026, 4, 1), date(2026, 5, 1)]
    assert [row.month for row in sheet.months] == [date(2026, 6, 1)]
    assert sheet.totals is not None
    assert (sheet.totals.opening, sheet.totals.payments, sheet.totals.closing) == (10, 5, 6)


def test_totals_add_flows_and_run_from_the_first_opening_to_the_last_closing() -> None:
    rows = tuple(month_balance(date(2026, month, 1), closing=month) for month in (4, 5, 6))
    period = Period(date(2026, 4, 1), date(2026, 6, 30))
    totals = read_balance(contract(balance_by_month=rows), period, TODAY).totals
    assert totals is not None
    assert (totals.opening, totals.payments, totals.accounts, totals.charges, totals.closing) == (
        10,
        15,
        9,
        6,
        6,
    )


def test_months_of_unknown_spelling_stay_in_the_order_of_the_billing() -> None:
    rows = (month_balance(None, label="Б"), month_balance(None, label="А"))
    sheet = read_balance(contract(balance_by_month=rows), JUNE, TODAY)
    assert [row.label for row in sheet.months] == ["Б", "А"]


def test_a_billing_without_months_has_no_totals() -> None:
    sheet = read_balance(contract(balance_by_month=()), JUNE, TODAY)
    assert sheet.totals is None
    assert sheet.all_months == ()


def move(amount: str, kind: MoveKind) -> BalanceMove:
    return BalanceMove("", None, Decimal(amount), kind)


def test_balance_after_each_operation() -> None:
    moves = (
        move("150.00", "opening"),
        move("400.00", "payment"),
        move("-99.50", "account"),
        move("450.50", "closing"),
    )
    assert [line.after for line in with_balance_after(moves)] == [
        None,
        Decimal("550.00"),
        Decimal("450.50"),
        None,
    ]


@pytest.mark.parametrize(
    "moves",
    [
        (move("1", "opening"), move("1", "payment"), move("5", "closing")),
        (move("1", "payment"), move("1", "closing")),
        (move("1", "opening"), move("1", "opening"), move("0", "payment"), move("1", "closing")),
        (),
    ],
)
def test_balance_that_does_not_add_up_is_not_told(moves: tuple[BalanceMove, ...]) -> None:
    assert {line.after for line in with_balance_after(moves)} <= {None}


def test_sums_of_the_detailed_balance_are_by_kind() -> None:
    moves = (move("7", "payment"), move("-2", "charge"), move("-3", "charge"), move("-4", "account"))
    sheet = read_detailed_balance(contract(detailed_balance=moves), JUNE, TODAY)
    assert (sheet.payments, sheet.charges, sheet.accounts) == (7, -5, -4)


def chart_of(*closings: int) -> balance_chart.BalanceChart:
    chart = balance_chart.draw(
        [month_balance(date(2026, place + 1, 1), closing) for place, closing in enumerate(closings)]
    )
    assert chart is not None
    return chart


def test_one_month_is_no_picture() -> None:
    assert balance_chart.draw([month_balance(date(2026, 6, 1))]) is None


def test_the_picture_has_a_bar_for_every_flow_and_a_line_through_the_closings() -> None:
    chart = chart_of(100, -50, 0)
    assert [[bar.flow for bar in column.bars] for column in chart.columns] == [["payments", "accounts", "charges"]] * 3
    first, second, third = (column.y for column in chart.columns)
    assert first < third < second
    assert third == chart.zero
    assert chart.line == " ".join(f"{column.x},{column.y}" for column in chart.columns)
    assert all(0 < column.y < chart.height for column in chart.columns)


def test_bars_stand_on_the_zero_line_and_inside_the_picture() -> None:
    chart = chart_of(100, -50, 7)
    for column in chart.columns:
        for bar in column.bars:
            assert bar.y + bar.height == chart.zero or bar.height == 1
            assert chart.left <= bar.x <= chart.right - chart.bar_width


def test_grid_lines_are_round_and_hold_every_sum() -> None:
    chart = chart_of(-1076, 1234)
    amounts = [tick.amount for tick in chart.ticks]
    assert amounts == [-2000, -1000, 0, 1000, 2000]
    assert [tick.y for tick in chart.ticks] == sorted((tick.y for tick in chart.ticks), reverse=True)


def test_a_picture_of_nothing_but_zeros_is_flat_and_does_not_fail() -> None:
    zero = Decimal(0)
    months = [MonthBalance("", date(2026, month, 1), zero, zero, zero, zero, zero) for month in (1, 2)]
    chart = balance_chart.draw(months)
    assert chart is not None
    assert {column.y for column in chart.columns} == {chart.zero}
    assert not any(column.bars for column in chart.columns)


def test_the_picture_holds_three_years_and_says_what_it_left_out() -> None:
    chart = balance_chart.draw([month_balance(None)] * 40)
    assert chart is not None
    assert len(chart.columns) == 36
    assert chart.left_out == 4


# Payments, charges, accruals


def posting(number: int, amount: int, **fields: Any) -> Posting:
    return Posting(id=number, day=date(2026, 6, number), amount=Decimal(amount), **fields)


TYPES = names((IdTitle(3, "Наличные"), IdTitle(4, "Банк")))


def payments_contract(**answers: object) -> Contract:
    given: dict[str, object] = {
        "payment_list": PostingList(
            own=(
                posting(1, 100, type_id=3, user_id=9),
                posting(2, 50, type_id=4, user_id=0),
                posting(3, 7, type_id=99, user_id=None),
            ),
            total=Decimal(157),
        ),
        "payment_list_of_sub-contracts": PostingList(subs=(posting(4, 20, type_id=4, contract_id=78),)),
        "payment_types": TYPES,
        "users": ANNA,
    }
    return contract(**{**given, **answers})


def test_payments_get_names_and_stand_newest_first() -> None:
    sheet = read_payments(payments_contract(), JUNE, "", TODAY)
    assert [(line.id, line.type_title, line.type_id, line.user_name) for line in sheet.own] == [
        (3, "", 99, ""),
        (2, "Банк", 4, ""),
        (1, "Наличные", 3, "Анна"),
    ]
    assert [(line.contract_id, line.amount) for line in sheet.subs] == [(78, 20)]
    assert (sheet.own_total, sheet.subs_total, sheet.total, sheet.count) == (157, 20, 177, 4)
    assert sheet.reported is None
    assert sheet.types == ("99", "Банк", "Наличные")


def test_payments_of_one_type_have_totals_of_that_type() -> None:
    sheet = read_payments(payments_contract(), JUNE, "Банк", TODAY)
    assert [line.id for line in sheet.own + sheet.subs] == [2, 4]
    assert (sheet.own_total, sheet.subs_total, sheet.count) == (50, 20, 4)


def test_a_total_that_differs_from_the_lines_is_told() -> None:
    of = payments_contract(payment_list=PostingList(own=(posting(1, 100),), total=Decimal(90)))
    assert read_payments(of, JUNE, "", TODAY).reported == 90


def test_names_that_cannot_be_read_do_not_hide_the_list() -> None:
    sheet = read_payments(payments_contract(payment_types=denied(), users=denied()), JUNE, "", TODAY)
    assert [line.type_key for line in sheet.own] == ["99", "4", "3"]


def test_sub_contracts_that_cannot_be_read_do_not_hide_the_own_list() -> None:
    of = payments_contract(**{"payment_list_of_sub-contracts": denied()})
    sheet = read_payments(of, JUNE, "", TODAY)
    assert len(sheet.own) == 3
    assert isinstance(sheet.subs_problem, NoRights)


def test_an_own_list_that_cannot_be_read_is_an_error() -> None:
    with pytest.raises(NoRights):
        read_payments(payments_contract(payment_list=denied()), JUNE, "", TODAY)


def test_below_92_one_answer_holds_everything() -> None:
    read = PostingList(
        own=(posting(1, 100, type_title="Наличные", user_name="Анна"),),
        subs=(posting(2, 5, type_title="Банк", contract_title="А77-1"),),
    )
    of = contract("8.2", payment_list=read)
    sheet = read_payments(of, JUNE, "", TODAY)
    assert [name for name, _ in asked(of)] == ["payment list"]
    assert [line.contract_title for line in sheet.subs] == ["А77-1"]
    assert sheet.types == ("Банк", "Наличные")


def test_accruals_by_service() -> None:
    read = AccrualList(
        own=(
            Accrual("май 2026", date(2026, 5, 1), 1, "Интернет", Decimal(400)),
            Accrual("июнь 2026", date(2026, 6, 1), 2, "ТВ", Decimal(100)),
        ),
        subs=(Accrual("июнь 2026", date(2026, 6, 1), 1, "Интернет", Decimal(30), "А77-1"),),
        total=Decimal(500),
    )
    of = contract(account_list=read)
    sheet = read_accounts(of, JUNE, "", TODAY)
    assert [line.service for line in sheet.own] == ["ТВ", "Интернет"]
    assert (sheet.own_total, sheet.subs_total, sheet.total, sheet.reported) == (500, 30, 530, None)
    chosen = read_accounts(of, JUNE, "Интернет", TODAY)
    assert (chosen.own_total, chosen.subs_total, chosen.services) == (400, 30, ("Интернет", "ТВ"))


# Status, limit, notes, tariffs


def test_status_now_and_planned() -> None:
    of = contract(
        status_periods=(
            StatusPeriod(1, Period(date(2024, 1, 1), date(2026, 6, 30)), status_id=0),
            StatusPeriod(2, Period(date(2026, 7, 1)), status_id=4),
        ),
        status_history=(
            StatusChange(Period(), at=datetime(2024, 1, 1, tzinfo=UTC), status="Активен", user_id=9),
            StatusChange(Period(), at=None, status_id=77),
        ),
        planned_status_changes=(StatusTask(Period(date(2026, 7, 1)), status_id=4, creator_id=9),),
        statuses=names((IdTitle(0, "Активен"), IdTitle(4, "Приостановлен"))),
        users=ANNA,
    )
    history = read_status(of, TODAY)
    assert [(line.status, line.tense) for line in history.periods] == [
        ("Приостановлен", "planned"),
        ("Активен", "now"),
    ]
    assert history.current is not None
    assert history.current.status == "Активен"
    assert history.tasks is not None
    assert [(task.status, task.creator) for task in history.tasks.otherwise(())] == [("Приостановлен", "Анна")]
    assert [(line.status, line.status_id, line.user_name) for line in history.log.otherwise(())] == [
        ("Активен", None, "Анна"),
        ("", 77, ""),
    ]


def test_status_parts_fail_alone() -> None:
    of = contract(status_periods=(), status_history=denied(), planned_status_changes=denied())
    history = read_status(of, TODAY)
    assert isinstance(history.log.problem, NoRights)
    assert history.tasks is not None
    assert isinstance(history.tasks.problem, NoRights)


def test_below_92_no_status_tasks_are_asked_for() -> None:
    of = contract("8.2", status_periods=(), status_history=())
    assert read_status(of, TODAY).tasks is None
    assert sorted(name for name, _ in asked(of)) == ["status history", "status periods"]


def test_limit_tasks_that_wait_stand_first() -> None:
    of = contract(
        limit=Decimal(-100),
        limit_history=Page(items=(), found=0),
        planned_limit_changes=(
            LimitTask(1, date(2026, 1, 1), Decimal(0), "off"),
            LimitTask(2, date(2026, 7, 1), Decimal(0), "on", user_id=9),
        ),
        users=ANNA,
    )
    history = read_limit(of, 3)
    assert [(task.state, task.user_name) for task in history.tasks.otherwise(())] == [
        ("on", "Анна"),
        ("off", ""),
    ]
    assert ("limit history", {"cid": 77, "page": 3, "size": 25}) in asked(of)


def heads(count: int) -> tuple[Note, ...]:
    return tuple(Note(n, f"{n}", at=datetime(2026, 1, n, tzinfo=UTC)) for n in range(1, count + 1))


def test_texts_are_read_one_by_one_for_one_page_below_82() -> None:
    of = contract("7.2", note_heads=heads(10), note=lambda cid, note_id: NoteText("", f"text {note_id}", visible=True))
    first, second = read_notes(of, 1), read_notes(of, 2)
    assert [note.text for note in first.page.items] == [f"text {n}" for n in range(10, 2, -1)]
    assert [note.text for note in second.page.items] == ["text 2", "text 1"]
    assert (second.page.found, second.page.count, second.page.index) == (10, 2, 2)
    assert [name for name, _ in asked(of)].count("note") == 10


def test_a_page_that_does_not_exist_is_the_last() -> None:
    of = contract(note_list=heads(3))
    assert read_notes(of, 99).page.index == 1


def test_a_text_that_cannot_be_read_leaves_its_note() -> None:
    def text(cid: int, note_id: int) -> object:
        return denied() if note_id == 2 else None

    notes = read_notes(contract("8.0", note_heads=heads(2), note=text), 1)
    assert [(note.title, note.text) for note in notes.page.items] == [("2", None), ("1", None)]
    assert isinstance(notes.problem, NoRights)


def tariff(number: int, period: Period, plan_id: int = 4, title: str = "") -> ContractTariff:
    return ContractTariff(number, plan_id, period, title)


def tariffs_contract(version: str = "9.2", **answers: object) -> Contract:
    given: dict[str, object] = {
        "tariff_plans_of_a_contract": (
            tariff(1, Period(date(2024, 1, 1), date(2024, 12, 31))),
            tariff(2, Period(date(2025, 1, 1)), plan_id=5),
            tariff(3, Period(date(2026, 9, 1)), plan_id=6),
            tariff(4, Period(date(2025, 1, 1), date(2025, 12, 31)), plan_id=5),
        ),
        "personal_tariffs_of_a_contract": (PersonalTariff(8, "VIP", Period()),),
        "active_tariff_options": (),
        "tariff_plans": names((IdTitle(4, "Дом 50"), IdTitle(5, "Дом 100"))),
        "tariff_plan": lambda plan_id: IdTitle(plan_id, f"План {plan_id}"),
    }
    return contract(version, **{**given, **answers})


def test_tariffs_of_today_stand_first_then_planned_then_past() -> None:
    of = tariffs_contract()
    sheet = read_tariffs(of, TODAY)
    assert [(line.id, line.title, line.tense) for line in sheet.plans] == [
        (2, "Дом 100", "now"),
        (3, "План 6", "planned"),
        (4, "Дом 100", "past"),
        (1, "Дом 50", "past"),
    ]
    assert [line.title for line in sheet.current] == ["Дом 100", "VIP"]
    assert [line.title for line in sheet.planned] == ["План 6"]
    assert sheet.groups is None
    assert [arguments for name, arguments in asked(of) if name == "tariff plan"] == [{"plan_id": 6}]


def test_without_the_directory_every_title_is_asked_for_once() -> None:
    of = tariffs_contract(tariff_plans=denied())
    titles = [line.title for line in read_tariffs(of, TODAY).plans]
    assert titles == ["План 5", "План 6", "План 5", "План 4"]
    assert [name for name, _ in asked(of)].count("tariff plan") == 3


def test_below_92_titles_come_with_the_list_and_groups_exist() -> None:
    of = tariffs_contract(
        "7.2",
        tariff_plans_of_a_contract=(tariff(1, Period(), title="Дом"),),
        tariff_groups_of_a_contract=denied(),
    )
    sheet = read_tariffs(of, TODAY)
    assert [line.title for line in sheet.plans] == ["Дом"]
    assert sheet.groups is not None
    assert isinstance(sheet.groups.problem, NoRights)
    assert "tariff plan" not in [name for name, _ in asked(of)]


@pytest.mark.parametrize("part", ["personal_tariffs_of_a_contract", "active_tariff_options"])
def test_parts_of_the_tariffs_fail_alone(part: str) -> None:
    sheet = read_tariffs(tariffs_contract(**{part: denied()}), TODAY)
    problems: dict[str, Callable[[], object]] = {
        "personal_tariffs_of_a_contract": lambda: sheet.personal.problem,
        "active_tariff_options": lambda: sheet.options.problem,
    }
    assert isinstance(problems[part](), NoRights)
    assert len(sheet.plans) == 4
