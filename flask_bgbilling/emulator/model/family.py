"""Making one contract the sub-contract of another (contract.md 14)."""

from __future__ import annotations

from sqlalchemy import Connection, RowMapping

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.errors import BadParameter, Refused
from flask_bgbilling.emulator.model.changes import change_row
from flask_bgbilling.emulator.model.ledger import absorb_balance
from flask_bgbilling.emulator.model.tariffs import number_list

DEPENDENT, INDEPENDENT = 0, 1
SUPER = -1


def attach(db: Connection, owner: RowMapping, sub: RowMapping, mode: int) -> None:
    """Makes ``sub`` a sub-contract of ``owner``; the money of a dependent one moves into the owner's balance.

    Refused for the same contract, when the owner is a sub-contract itself, and when the other already has a
    super-contract or sub-contracts.
    """
    if mode not in (DEPENDENT, INDEPENDENT):
        raise BadParameter(f"Неверное значение параметра sub_mode: {mode}")
    if owner["id"] == sub["id"]:
        raise Refused("Договор не может быть субдоговором самого себя")
    if owner["scid"] > 0:
        raise Refused(f"Договор {owner['title']} сам является субдоговором")
    if sub["scid"] > 0:
        raise Refused(f"Договор {sub['title']} уже является субдоговором")
    if sub["scid"] < 0:
        raise Refused(f"Договор {sub['title']} является супердоговором")
    change_row(db, schema.contract, sub["id"], scid=owner["id"], sub_mode=mode)
    subs = number_list(owner["sub_list"])
    if mode == DEPENDENT:
        subs = [*subs, sub["id"]]
        absorb_balance(db, owner["id"], sub["id"])
    change_row(db, schema.contract, owner["id"], scid=SUPER, sub_list=",".join(map(str, subs)))
