"""Reading the balance of a contract: by month, of now, in detail (money.md 1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from xml.etree.ElementTree import Element

from sqlalchemy import RowMapping

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.answers import day, money, month_label, table
from flask_bgbilling.emulator.calls import Call
from flask_bgbilling.emulator.errors import BadParameter
from flask_bgbilling.emulator.model.money import (
    ZERO,
    Month,
    MonthBalance,
    accounts,
    active_reserve,
    balance_at_start,
    month_balances,
    postings,
    stored_balances,
    total,
    touches,
    types_by_id,
)
from flask_bgbilling.emulator.model.presence import contract_of, dependent_subs
from flask_bgbilling.emulator.registry import JsonCall, XmlCall, json_rpc, xml

PACKAGE = "ru.bitel.bgbilling.kernel.contract.balance"
SERVICE = "BalanceService"
PAYMENT, ACCOUNT, CHARGE = 1, 2, 3
MONTHS_IN_YEAR = 12


@dataclass(frozen=True, slots=True)
class Movement:
    """One line of the detailed balance; ``sum`` is signed: what comes in is positive."""

    day: date
    kind: int
    sum: Decimal
    title: str
    comment: str
    contract: str

    @property
    def described(self) -> str:
        """The kind word with the quoted title of the type or service."""
        word = {PAYMENT: "Приход", ACCOUNT: "Наработка", CHARGE: "Расход"}[self.kind]
        return f'{word} "{self.title}"'


@xml("contract", "ContractBalanceGeneral")
def balance_general(call: XmlCall) -> Element:
    """One row for each month of the range, on every version."""
    contract = contract_of(call, "cid")
    found = month_balances(call.db, contract, call.date("date1"), call.date("date2"), call.today)
    data = call.data()
    table(
        data,
        (
            {
                "month": month_label(balance.month.year, balance.month.number),
                "input_balance": money(balance.opening),
                "payment": money(balance.payments),
                "account": money(balance.accounts),
                "charge": money(balance.charges),
                "output_balance": money(balance.closing),
            }
            for balance in found
        ),
        summa1=money(found[0].opening if found else ZERO),
        summa2=money(total(balance.payments for balance in found)),
        summa3=money(total(balance.accounts for balance in found)),
        summa4=money(total(balance.charges for balance in found)),
        summa5=money(found[-1].closing if found else ZERO),
    )
    return data


@xml("contract", "ContractBalance")
def balance_now(call: XmlCall) -> Element:
    """The current month as five captioned rows.

    The attributes of the table keep the recorded quirk: they are not in the order of the rows, the payments
    stand fourth.
    """
    contract = contract_of(call, "cid")
    found = month_balances(call.db, contract, call.today, call.today, call.today)
    balance = found[-1] if found else MonthBalance(Month.of(call.today), ZERO)
    label = month_label(balance.month.year, balance.month.number)
    captions = (
        ("Входящий остаток на начало месяца", balance.opening),
        ("Приход за месяц", balance.payments),
        ("Наработка за месяц", balance.accounts),
        ("Расход за месяц", balance.charges),
        ("Исходящий остаток на конец месяца", balance.closing),
    )
    data = call.data()
    table(
        data,
        ({"f0": label, "f1": caption, "f2": money(value)} for caption, value in captions),
        summa1=money(balance.opening),
        summa2=money(balance.accounts),
        summa3=money(balance.charges),
        summa4=money(balance.payments),
        summa5=money(balance.closing),
    )
    return data


@xml("contract", "ContractBalanceDetail")
def balance_detail(call: XmlCall) -> Element:
    """Every movement of the range between an opening and a closing row; without dates the current month."""
    contract = contract_of(call, "cid")
    start, end = call.date("date1"), call.date("date2")
    if start is None and end is None:
        start, end = Month.of(call.today).first_day, Month.of(call.today).last_day
    opening, found = _movements(call, contract, start, end)
    first = Month.of(start or (found[0].day if found else call.today))
    last = Month.of(end or max([call.today, *(movement.day for movement in found)]))
    closing = opening + total(movement.sum for movement in found)
    data = call.data()
    table(
        data,
        (
            _edge(first, opening, "Входящий остаток на начало месяца"),
            *(
                {
                    "comment": movement.comment,
                    "contractTitle": movement.contract,
                    "date": day(movement.day),
                    "summa": money(movement.sum),
                    "type": movement.described,
                }
                for movement in found
            ),
            _edge(last, closing, "Исходящий остаток на конец месяца"),
        ),
        summa=money(ZERO),
    )
    return data


@json_rpc(PACKAGE, SERVICE, "contractBalanceList")
def balance_list(call: JsonCall) -> object:
    """One balance for each month of the period; without a period all months."""
    contract = contract_of(call, "contractId")
    start, end = call.date("period.dateFrom"), call.date("period.dateTo")
    return [_bean(call, contract, balance) for balance in month_balances(call.db, contract, start, end, call.today)]


@json_rpc(PACKAGE, SERVICE, "contractBalanceGet")
def balance_get(call: JsonCall) -> object:
    """The balance of one month, null when the contract had no movement in it."""
    contract = contract_of(call, "contractId")
    year, number = call.integer("year"), call.integer("month")
    if not 1 <= number <= MONTHS_IN_YEAR:
        raise BadParameter(f"Неверное значение параметра month: {number}")
    for balance in stored_balances(call.db, contract["id"]):
        if balance.month == Month(year, number):
            return _bean(call, contract, balance)
    return None


@json_rpc(PACKAGE, SERVICE, "balanceDetailList")
def balance_detail_list(call: JsonCall) -> object:
    """Every movement of the period with the balance after it.

    With ``available`` that balance is what may be spent: less the limit and the active reserves.
    """
    contract = contract_of(call, "contractId")
    start, end = call.date("period.dateFrom"), call.date("period.dateTo")
    balance, found = _movements(call, contract, start, end)
    if call.flag("available"):
        balance -= contract["closesumma"] + active_reserve(call.db, contract["id"], call.now)
    items = []
    for movement in found:
        balance += movement.sum
        items.append(
            {
                "date": datetime(movement.day.year, movement.day.month, movement.day.day),
                "sum": movement.sum,
                "sumAfterChange": balance,
                "title": movement.described,
                "type": movement.kind,
                "comment": movement.comment,
                "contractTitle": movement.contract,
            }
        )
    return items


def _edge(month: Month, sum_: Decimal, caption: str) -> dict[str, object]:
    return {
        "comment": "",
        "contractTitle": "",
        "date": month_label(month.year, month.number),
        "summa": money(sum_),
        "type": caption,
    }


def _bean(call: JsonCall, contract: RowMapping, balance: MonthBalance) -> dict[str, object]:
    current = balance.month == Month.of(call.today)
    last = balance.month.last_day
    changed = min(call.now, datetime(last.year, last.month, last.day, 23, 59, 59))
    return {
        "year": balance.month.year,
        "month": balance.month.number,
        "incomingSaldo": balance.opening,
        "payments": balance.payments,
        "accounts": balance.accounts,
        "charges": balance.charges,
        "reserve": active_reserve(call.db, contract["id"], call.now) if current else ZERO,
        "timestamp": int(changed.replace(tzinfo=call.zone).timestamp() * 1000),
    }


def _movements(
    call: Call, contract: RowMapping, start: date | None, end: date | None
) -> tuple[Decimal, list[Movement]]:
    """The balance before the range and the movements inside it, own and of dependent sub-contracts.

    A dependent sub-contract has none: what moves on it stands in the balance of its super-contract.
    """
    if contract["scid"] > 0 and contract["sub_mode"] == 0:
        return ZERO, []
    titles = {contract["id"]: contract["title"], **dependent_subs(call.db, contract["id"])}
    if start is None:
        stored = stored_balances(call.db, contract["id"])
        return (stored[0].opening if stored else ZERO), _sorted_movements(call, titles, None, end)
    month = Month.of(start)
    opening = balance_at_start(call.db, contract["id"], month)
    if start > month.first_day:
        earlier = _sorted_movements(call, titles, month.first_day, start - timedelta(days=1))
        opening += total(movement.sum for movement in earlier)
    return opening, _sorted_movements(call, titles, start, end)


def _sorted_movements(call: Call, titles: dict[int, str], start: date | None, end: date | None) -> list[Movement]:
    """Movements ascending by day; payments of a day come before its charges and accounts."""
    found = [*_payments(call, titles, start, end), *_charges(call, titles, start, end)]
    for month, row in accounts(call.db, titles, start, end):
        if touches(start, end, month.last_day):
            sum_ = -total([row["summa"]])
            found.append(Movement(month.last_day, ACCOUNT, sum_, row["title"] or "", "", titles[row["cid"]]))
    return sorted(found, key=lambda movement: movement.day)


def _payments(call: Call, titles: dict[int, str], start: date | None, end: date | None) -> Iterable[Movement]:
    types = types_by_id(call.db, schema.contract_payment_types)
    for row in postings(call.db, schema.contract_payment, titles, start, end):
        title = types[row["pt"]]["title"] if row["pt"] in types else ""
        yield Movement(row["dt"], PAYMENT, row["summa"], title, row["comment"], titles[row["cid"]])


def _charges(call: Call, titles: dict[int, str], start: date | None, end: date | None) -> Iterable[Movement]:
    types = types_by_id(call.db, schema.contract_charge_types)
    for row in postings(call.db, schema.contract_charge, titles, start, end):
        title = types[row["pt"]]["title"] if row["pt"] in types else ""
        sum_ = row["summa"] if row["payback"] else -row["summa"]
        yield Movement(row["dt"], CHARGE, sum_, title, row["comment"], titles[row["cid"]])
