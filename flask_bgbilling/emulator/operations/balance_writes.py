"""Moving money between contracts and closing periods (money.md 1.5, 3.5)."""

from __future__ import annotations

from decimal import Decimal
from xml.etree.ElementTree import Element

from sqlalchemy import insert, select, update

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.answers import day
from flask_bgbilling.emulator.errors import BadParameter, Refused
from flask_bgbilling.emulator.model.changes import locked_contract, locked_row
from flask_bgbilling.emulator.model.ledger import exact_sum, post_by_server
from flask_bgbilling.emulator.model.money import ZERO, active_reserve, stored_balances, total
from flask_bgbilling.emulator.model.postings import CHARGES, PAYMENTS, Ledger
from flask_bgbilling.emulator.registry import JsonCall, XmlCall, json_rpc, xml

PACKAGE = "ru.bitel.bgbilling.kernel.contract.balance"
NO_CLOSED_DATE = "00.00.0000"
TRANSFER_TYPE_KEYS = {
    PAYMENTS.element: "contract.balance.transfer.payment.type",
    CHARGES.element: "contract.balance.transfer.charge.type",
}
"""Keys of ``setup`` that name the types of both sides of a transfer (own names)."""


@json_rpc(PACKAGE, "BalanceService", "contractBalanceTransfer", right="write")
def balance_transfer(call: JsonCall) -> object:
    """Charges a contract and pays the sums to others on a day; ids of the payments in the order of the list.

    The misspelt ``amout`` is the server's. A customer may give away only what is above the limit and the reserves.
    """
    source = locked_contract(call, "contractId")
    on = call.date("date") or call.today
    parts = [_part(part) for part in call.objects("balanceDistributeDataList")]
    if not parts:
        raise Refused("Не указаны договоры для перевода")
    if any(cid == source["id"] for cid, _ in parts):
        raise Refused("Нельзя перевести средства на тот же договор")
    given = total(amount for _, amount in parts)
    if call.flag("customer") and given > _available(call, source["id"], source["closesumma"]):
        raise Refused("Недостаточно средств на договоре")
    charge_type, payment_type = _type(call, CHARGES), _type(call, PAYMENTS)
    payments = []
    for cid, amount in parts:
        target = locked_row(call.db, cid)
        comment = f"Перевод на договор {target['title']}"
        post_by_server(call, CHARGES, source, on=on, type_id=charge_type, sum_=amount, comment=comment)
        comment = f"Перевод с договора {source['title']}"
        payments.append(
            post_by_server(call, PAYMENTS, target, on=on, type_id=payment_type, sum_=amount, comment=comment)
        )
    return payments


@xml("admin", "SetClosedDate", right="admin")
def set_closed_date(call: XmlCall) -> Element:
    """Closes a kind of period up to a day included; an empty day opens everything."""
    kind = call.integer("typeId", 1)
    kinds = schema.closed_date_type
    if call.db.execute(select(kinds.c.id).where(kinds.c.id == kind)).scalar() is None:
        raise BadParameter(f"Неверное значение параметра typeId: {kind}")
    closed = call.date("date")
    setup, key = schema.setup, f"closed_date_{kind}"
    value = day(closed) if closed else NO_CLOSED_DATE
    if call.db.execute(select(setup.c.id).where(setup.c.id == key)).scalar() is None:
        call.db.execute(insert(setup).values(id=key, value=value))
    else:
        call.db.execute(update(setup).where(setup.c.id == key).values(value=value))
    return call.data()


def _part(part: dict[str, object]) -> tuple[int, Decimal]:
    """A target and its sum; refused when either makes no sense."""
    try:
        cid, amount = int(str(part.get("contractId"))), exact_sum(Decimal(str(part.get("amout"))))
    except (ValueError, ArithmeticError):
        raise BadParameter("Неверное значение параметра balanceDistributeDataList") from None
    if amount <= ZERO:
        raise Refused("Сумма перевода должна быть больше нуля")
    return cid, amount


def _available(call: JsonCall, cid: int, limit: Decimal) -> Decimal:
    """What a contract has above its limit and its active reserves."""
    balances = stored_balances(call.db, cid)
    return (balances[-1].closing if balances else ZERO) - limit - active_reserve(call.db, cid, call.now)


def _type(call: JsonCall, ledger: Ledger) -> int:
    setup = schema.setup
    value = call.db.execute(select(setup.c.value).where(setup.c.id == TRANSFER_TYPE_KEYS[ledger.element])).scalar()
    if not (value or "").isdigit():
        raise Refused("Не настроены типы платежа и расхода для перевода средств")
    return int(value or 0)
