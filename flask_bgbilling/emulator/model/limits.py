"""The limit of a contract: setting it for ever or for some days, and the rules for customers (contract.md 12)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import Connection, RowMapping, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.calls import Call
from flask_bgbilling.emulator.errors import Refused
from flask_bgbilling.emulator.model.changes import add_row, change_row
from flask_bgbilling.emulator.model.ledger import exact_sum

UNLOCKED, LOCKED = 0, 1
ACTIVE_TASK, CANCELLED_TASK = "on", "cancel"
LONGEST_CHANGE_DAYS = 3660
RULES_PREFIX = "contract.limit.manage."
RULES: dict[str, int | Decimal] = {
    "groups": 0,
    "minDays": 1,
    "maxDays": 5,
    "minLimit": Decimal("-1000.00"),
    "minSumm": Decimal("10.00"),
    "maxSumm": Decimal("500.00"),
    "maxNotPayoffed": 1,
    "maxPartialPayoffed": 1,
    "maxExpiredForBlock": 1,
}


def limit_rules(db: Connection) -> dict[str, int | Decimal]:
    """The rules for lowering the limit; keys ``contract.limit.manage.<name>`` of ``setup`` change them."""
    setup = schema.setup.c
    query = select(setup.id, setup.value).where(setup.id.startswith(RULES_PREFIX, autoescape=True))
    kept = {row.id.removeprefix(RULES_PREFIX): row.value for row in db.execute(query)}
    return {name: type(value)(kept.get(name, value)) for name, value in RULES.items()}


def manage_mode(db: Connection, cid: int) -> int:
    """Whether the customer may lower the limit: 0 unlocked, 1 locked."""
    modes = schema.contract_limit_manage_mode.c
    return db.execute(select(modes.mode).where(modes.cid == cid)).scalar() or UNLOCKED


def set_limit(call: Call, contract: RowMapping, limit: Decimal, comment: str, days: int = 0) -> int:
    """Sets the limit with a line of the log; for ``days`` above 0 plans the return to the present one.

    Gives the id of the planned return, 0 for a change for ever.
    """
    if not 0 <= days <= LONGEST_CHANGE_DAYS:
        raise Refused("Неверное количество дней")
    limit = exact_sum(limit)
    change_row(call.db, schema.contract, contract["id"], closesumma=limit)
    common = {"cid": contract["id"], "uid": call.user.id}
    add_row(call.db, schema.log_contract_limit, **common, dt=call.now, nvalue=limit, comment=comment, days=days)
    if not days:
        return 0
    back = {"dt": call.today + timedelta(days=days), "value": contract["closesumma"], "status": ACTIVE_TASK}
    return add_row(call.db, schema.contract_limit_period, **common, **back)


def cancel_tasks(call: Call, contract: RowMapping, numbers: list[int]) -> None:
    """Cancels planned changes; refused when one is not an active task of the contract."""
    tasks = schema.contract_limit_period
    query = select(tasks.c.id).where(tasks.c.cid == contract["id"], tasks.c.status == ACTIVE_TASK)
    active = set(call.db.execute(query).scalars())
    if not numbers or not active.issuperset(numbers):
        raise Refused("Задание на изменение лимита не найдено")
    for number in numbers:
        change_row(call.db, tasks, number, status=CANCELLED_TASK)
