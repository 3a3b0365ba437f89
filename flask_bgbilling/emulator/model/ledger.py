"""Entering, changing and removing payments and charges, and the balances that follow (money.md 0.6, 3.3 to 4).

The money of a dependent sub-contract moves the balance of its super-contract. A month exists in ``contract_balance``
when something moved in it; every later month opens with the closing before it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import Connection, RowMapping, insert, select, update

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.answers import CENT, day
from flask_bgbilling.emulator.calls import Call
from flask_bgbilling.emulator.errors import Refused
from flask_bgbilling.emulator.model.changes import add_row, change_row, locked_row, owned_row, remove_rows
from flask_bgbilling.emulator.model.money import (
    FOLDER,
    ZERO,
    Month,
    MonthBalance,
    closed_date,
    stored_balances,
)
from flask_bgbilling.emulator.model.postings import CHARGES, PAYMENTS, Ledger

GREATEST_SUM = Decimal("99999999.99")
UNKNOWN_RECORD = {PAYMENTS.element: "Платёж не найден", CHARGES.element: "Расход не найден"}
UNKNOWN_TYPE = {PAYMENTS.element: "Тип платежа не найден", CHARGES.element: "Тип расхода не найден"}


def save_posting(
    call: Call,
    ledger: Ledger,
    contract: RowMapping,
    number: int,
    *,
    on: date,
    type_id: int,
    sum_: Decimal,
    comment: str,
) -> int:
    """Enters a payment or charge by hand, or changes the one of a number; returns its id.

    Refused when the old or the new day is closed, when the old or the new type is not for hands, a folder or
    unknown, and when the record is unknown or of another contract.
    """
    kind = _type_for_hands(call.db, ledger, type_id)
    _check_open(call.db, on)
    values = {
        "dt": on,
        "pt": type_id,
        "uid": call.user.id,
        "summa": exact_sum(sum_),
        "comment": comment,
        "lm": call.now,
    }
    if ledger.charges:
        values["payback"] = kind["payback"]
    if number:
        old = _changeable(call.db, ledger, contract, number)
        change_row(call.db, ledger.rows, number, **values)
        _move(call.db, contract, ledger, old, -1)
    else:
        number = add_row(call.db, ledger.rows, cid=contract["id"], **values)
    _move(call.db, contract, ledger, _record(call.db, ledger, number), 1)
    return number


def post_by_server(
    call: Call, ledger: Ledger, contract: RowMapping, *, on: date, type_id: int, sum_: Decimal, comment: str
) -> int:
    """Enters a payment or charge that follows from something else: any type will do, a closed day will not."""
    _check_open(call.db, on)
    values = {
        "cid": contract["id"],
        "dt": on,
        "pt": type_id,
        "uid": call.user.id,
        "summa": exact_sum(sum_),
        "comment": comment,
        "lm": call.now,
    }
    number = add_row(call.db, ledger.rows, **values, **({"payback": 0} if ledger.charges else {}))
    _move(call.db, contract, ledger, _record(call.db, ledger, number), 1)
    return number


def remove_posting(call: Call, ledger: Ledger, contract: RowMapping, number: int) -> None:
    """Removes a payment or charge by hand, under the rules of ``save_posting``."""
    _remove(call, ledger, contract, _changeable(call.db, ledger, contract, number))


def withdraw_by_server(call: Call, ledger: Ledger, contract: RowMapping, number: int) -> None:
    """Removes what ``post_by_server`` entered; nothing to do when it is gone, refused when its day is closed."""
    query = select(ledger.rows).where(ledger.rows.c.id == number, ledger.rows.c.cid == contract["id"])
    old = call.db.execute(query).mappings().first()
    if old is not None:
        _check_open(call.db, old["dt"])
        _remove(call, ledger, contract, old)


def exact_sum(value: Decimal) -> Decimal:
    """A sum in whole kopecks; refused when no column can hold it."""
    if abs(value) > GREATEST_SUM:
        raise Refused("Слишком большая сумма")
    return value.quantize(CENT, ROUND_HALF_UP)


def absorb_balance(db: Connection, holder: int, other: int) -> None:
    """Moves the whole balance of one contract into that of another: months add up, the first one is emptied."""
    mine, theirs = stored_balances(db, holder), stored_balances(db, other)
    flows: dict[Month, MonthBalance] = {balance.month: balance for balance in mine}
    for balance in theirs:
        known = flows.get(balance.month, MonthBalance(balance.month, ZERO))
        flows[balance.month] = replace(
            known,
            payments=known.payments + balance.payments,
            accounts=known.accounts + balance.accounts,
            charges=known.charges + balance.charges,
        )
    opening = (mine[0].opening if mine else ZERO) + (theirs[0].opening if theirs else ZERO)
    _write(db, holder, mine, flows.values(), opening)
    remove_rows(db, schema.contract_balance, schema.contract_balance.c.cid == other)


def _type_for_hands(db: Connection, ledger: Ledger, type_id: int) -> RowMapping:
    """A type that a person may use; refused when it is unknown, a folder, or kept for the server."""
    found = db.execute(select(ledger.types).where(ledger.types.c.id == type_id)).mappings().first()
    if found is None:
        raise Refused(UNKNOWN_TYPE[ledger.element])
    if found["type"] == FOLDER:
        raise Refused(f"«{found['title']}» — группа типов, выберите тип")
    if found["flag"]:
        raise Refused(f"Тип «{found['title']}» недоступен для ручного изменения")
    return found


def _changeable(db: Connection, ledger: Ledger, contract: RowMapping, number: int) -> RowMapping:
    """The record to change or remove; refused when its day is closed or its type is not for hands."""
    found = owned_row(db, ledger.rows, number, contract["id"], UNKNOWN_RECORD[ledger.element])
    _check_open(db, found["dt"])
    kind = db.execute(select(ledger.types).where(ledger.types.c.id == found["pt"])).mappings().first()
    if kind is not None and kind["flag"]:
        raise Refused(f"Тип «{kind['title']}» недоступен для ручного изменения")
    return found


def _check_open(db: Connection, on: date) -> None:
    closed = closed_date(db)
    if closed is not None and on <= closed:
        raise Refused(f"Период закрыт по {day(closed)} включительно")


def _record(db: Connection, ledger: Ledger, number: int) -> RowMapping:
    return db.execute(select(ledger.rows).where(ledger.rows.c.id == number)).mappings().one()


def _remove(call: Call, ledger: Ledger, contract: RowMapping, old: RowMapping) -> None:
    if not ledger.charges:
        call.db.execute(insert(schema.contract_payment_deleted).values(**{**old, "lm": call.now}))
    remove_rows(call.db, ledger.rows, ledger.rows.c.id == old["id"])
    _move(call.db, contract, ledger, old, -1)


def _move(db: Connection, contract: RowMapping, ledger: Ledger, record: RowMapping, sign: int) -> None:
    """Counts a record in the balance (``sign`` 1), or takes it out again (-1); a return lessens the charges."""
    dependent = contract["scid"] > 0 and contract["sub_mode"] == 0
    holder = locked_row(db, contract["scid"])["id"] if dependent else contract["id"]
    sum_ = record["summa"] * (-sign if record.get("payback") else sign)
    stored, month = stored_balances(db, holder), Month.of(record["dt"])
    flows = {balance.month: balance for balance in stored}
    known = flows.get(month, MonthBalance(month, ZERO))
    flows[month] = (
        replace(known, charges=known.charges + sum_)
        if ledger.charges
        else replace(known, payments=known.payments + sum_)
    )
    _write(db, holder, stored, flows.values(), stored[0].opening if stored else ZERO)


def _write(
    db: Connection, cid: int, stored: list[MonthBalance], flows: Iterable[MonthBalance], opening: Decimal
) -> None:
    """Replaces the months of a contract; a month without movement goes, unless it holds the first opening."""
    balance, before = schema.contract_balance, {known.month: known for known in stored}
    written: set[Month] = set()
    for month in sorted(flows, key=lambda flow: flow.month):
        moved = any((month.payments, month.accounts, month.charges))
        if not moved and (written or not opening):
            continue
        now = replace(month, opening=opening)
        opening = now.closing
        written.add(now.month)
        if before.get(now.month) == now:
            continue
        sums = {"summa1": now.opening, "summa2": now.payments, "summa3": now.accounts, "summa4": now.charges}
        key = {"cid": cid, "yy": now.month.year, "mm": now.month.number}
        if now.month in before:
            db.execute(update(balance).where(*(balance.c[name] == value for name, value in key.items())).values(**sums))
        else:
            db.execute(insert(balance).values(**key, **sums))
    for month_gone in before.keys() - written:
        remove_rows(
            db,
            balance,
            balance.c.cid == cid,
            balance.c.yy == month_gone.year,
            balance.c.mm == month_gone.number,
        )
