"""Payments and charges as both transports list them: the same rows, the same shapes (money.md 3, 4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from xml.etree.ElementTree import Element

from sqlalchemy import RowMapping, Table, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.answers import day, element, item, moment, money, table
from flask_bgbilling.emulator.model.money import (
    closed_date,
    flat_types,
    may_edit,
    postings,
    total,
    types_by_id,
)
from flask_bgbilling.emulator.model.presence import contract_of, dependent_subs, user_names
from flask_bgbilling.emulator.registry import Holders, JsonCall, XmlCall

LIST_AND_SUM = "9.2"
OWN, OF_SUBS = 1, 3
NEW = "new"


@dataclass(frozen=True, slots=True)
class Ledger:
    """Payments or charges: their table and the table of their types."""

    rows: Table
    types: Table
    element: str

    @property
    def charges(self) -> bool:
        """Whether rows may be returns, which are listed apart."""
        return "payback" in self.rows.c


PAYMENTS = Ledger(schema.contract_payment, schema.contract_payment_types, "payment")
CHARGES = Ledger(schema.contract_charge, schema.contract_charge_types, "charge")


def members_of(call: JsonCall, name: str = "members") -> list[int]:
    """Ids of the contracts that a field of kind ``members`` names.

    1 is the contract itself, 3 its dependent sub-contracts, anything else both.
    """
    contract = contract_of(call, "contractId")
    members = call.integer(name, OWN)
    own = [] if members == OF_SUBS else [contract["id"]]
    return own if members == OWN else [*own, *dependent_subs(call.db, contract["id"])]


def xml_list(call: XmlCall, ledger: Ledger) -> Element:
    """Rows ``f0`` to ``f7`` of the contract and, when there are any, those of its dependent
    sub-contracts."""
    contract = contract_of(call, "cid")
    start, end = call.date("date1"), call.date("date2")
    types = types_by_id(call.db, ledger.types)
    names, closed = user_names(call.db), closed_date(call.db)
    own = _without_returns(postings(call.db, ledger.rows, [contract["id"]], start, end))
    data = call.data()
    table(
        data,
        (
            {
                "f0": row["id"],
                "f1": may_edit(row, types, closed),
                "f2": day(row["dt"]),
                "f3": money(row["summa"]),
                "f4": types[row["pt"]]["title"] if row["pt"] in types else "",
                "f5": row["comment"],
                "f6": moment(row["lm"]),
                "f7": names.get(row["uid"], ""),
            }
            for row in own
        ),
        summa=money(total(row["summa"] for row in own)),
    )
    subs = dependent_subs(call.db, contract["id"])
    of_subs = _without_returns(postings(call.db, ledger.rows, subs, start, end)) if subs else []
    if of_subs:
        table(
            data,
            (
                {
                    "contract": subs[row["cid"]],
                    "date": day(row["dt"]),
                    "summa": money(row["summa"]),
                    "type": types[row["pt"]]["title"] if row["pt"] in types else "",
                }
                for row in of_subs
            ),
            name="sub_table",
        )
    return data


def xml_get(call: XmlCall, ledger: Ledger) -> Element:
    """One record by ``id``, none for ``new`` or an unknown id, and the directory of types as flat items."""
    data = call.data()
    if call.text("id") != NEW:
        wanted = call.integer("id")
        found = call.db.execute(select(ledger.rows).where(ledger.rows.c.id == wanted)).mappings().first()
        if found is not None:
            element(
                data,
                ledger.element,
                date=day(found["dt"]),
                summa=money(found["summa"]),
                comment=found["comment"],
                pt=found["pt"],
            )
    types = element(data, "types")
    for row in flat_types(types_by_id(call.db, ledger.types).values()):
        item(types, id=row["id"], title=row["title"], type=row["type"])
    return data


def json_list(call: JsonCall, ledger: Ledger, *, type_id: int = 0, payback: bool = False) -> object:
    """Records of the period: an array with the total beside it below 9.2, ``{list, sum}`` from 9.2.

    ``type_id`` 0 means every type.
    """
    cids = members_of(call)
    start, end = call.date("period.dateFrom"), call.date("period.dateTo")
    rows = postings(call.db, ledger.rows, cids, start, end) if cids else []
    if ledger.charges:
        rows = [row for row in rows if bool(row["payback"]) is payback]
    if type_id:
        rows = [row for row in rows if row["pt"] == type_id]
    items = [json_item(call, ledger, row) for row in rows]
    sum_ = total(row["summa"] for row in rows)
    if call.version < LIST_AND_SUM:
        return Holders(items, holderTotalSum=sum_)
    return {"list": items, "sum": sum_}


def json_get(call: JsonCall, ledger: Ledger, record: int) -> object:
    """One record, null when there is none."""
    found = call.db.execute(select(ledger.rows).where(ledger.rows.c.id == record)).mappings().first()
    return None if found is None else json_item(call, ledger, found)


def json_item(call: JsonCall, ledger: Ledger, row: RowMapping) -> dict[str, object]:
    """One record as JSON services write it; below 9.2 the sum stands there twice."""
    sum_: Decimal = row["summa"]
    found: dict[str, object] = {
        "id": row["id"],
        "contractId": row["cid"],
        "date": row["dt"],
        "sum": sum_,
        "typeId": row["pt"],
        "comment": row["comment"],
        "timeChange": row["lm"],
        "userId": row["uid"],
    }
    if call.version < LIST_AND_SUM:
        found["summa"] = sum_
    if ledger.charges:
        found["payback"] = bool(row["payback"])
    return found


def _without_returns(rows: Iterable[RowMapping]) -> list[RowMapping]:
    return [row for row in rows if not row.get("payback")]
