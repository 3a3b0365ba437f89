"""Balance by month and in detail, the closed period: XML on every version (money.md 1.1, 1.4, 3.5)."""

import re
from collections.abc import Mapping
from datetime import date

from flask_bgbilling.wire.answers import XmlAnswer
from flask_bgbilling.wire.codec import amount, day, text
from flask_bgbilling.wire.dto.common import Period
from flask_bgbilling.wire.dto.money import BalanceMove, MonthBalance, MoveKind
from flask_bgbilling.wire.operation import Operation, XmlAction
from flask_bgbilling.wire.ops.months import month

_KINDS: tuple[tuple[str, MoveKind], ...] = (
    ("входящий остаток", "opening"),
    ("исходящий остаток", "closing"),
    ("приход", "payment"),
    ("наработка", "account"),
    ("расход", "charge"),
)
_QUOTED = re.compile(r"[^\"«]*[\"«](.*)[\"»]\s*", re.DOTALL)


def cid_and_period(*, cid: int, period: Period) -> Mapping[str, object]:
    """The fields of every XML list of money; an open end is left out."""
    return {"cid": cid, "date1": period.since, "date2": period.until}


def nothing() -> Mapping[str, object]:
    """No fields: the main kind of closed period is meant."""
    return {}


def read_months(answer: XmlAnswer) -> tuple[MonthBalance, ...]:
    """One row per month. The totals on the table are in no proven order and are not read."""
    return tuple(
        MonthBalance(
            label=text(row.get("month")).strip(),
            month=month(text(row.get("month"))),
            opening=amount(row.get("input_balance")),
            payments=amount(row.get("payment")),
            accounts=amount(row.get("account")),
            charges=amount(row.get("charge")),
            closing=amount(row.get("output_balance")),
        )
        for row in answer.rows()
    )


def read_moves(answer: XmlAnswer) -> tuple[BalanceMove, ...]:
    """Operations in the server's order between the opening and the closing line; the total is not read."""
    moves = []
    for row in answer.rows():
        kind, title = move_kind(text(row.get("type")))
        moves.append(
            BalanceMove(
                label=text(row.get("date")).strip(),
                day=day(row.get("date")),
                amount=amount(row.get("summa")),
                kind=kind,
                title=title,
                comment=text(row.get("comment")),
                contract_title=text(row.get("contractTitle")).strip(),
            )
        )
    return tuple(moves)


def move_kind(words: str) -> tuple[MoveKind, str]:
    """The kind that composed text such as ``Приход "Наличные"`` names, and its quoted title.

    Text of another kind comes back whole.
    """
    start = words.strip().casefold()
    for stem, kind in _KINDS:
        if start.startswith(stem):
            quoted = _QUOTED.fullmatch(words)
            return kind, quoted[1].strip() if quoted else ""
    return "other", words.strip()


def read_closed_date(answer: XmlAnswer) -> date | None:
    """The last day on which money may no longer be changed; ``None`` when nothing is closed."""
    closed = answer.first("closed")
    return None if closed is None else day(closed.get("date"))


BALANCE_MONTHS = Operation(
    "balance by month",
    forms=(XmlAction("contract", "ContractBalanceGeneral", fields=cid_and_period, read=read_months),),
)

BALANCE_MOVES = Operation(
    "detailed balance",
    forms=(XmlAction("contract", "ContractBalanceDetail", fields=cid_and_period, read=read_moves),),
)

CLOSED_DATE: Operation[date | None] = Operation(
    "closed date",
    forms=(XmlAction("admin", "GetClosedDate", fields=nothing, read=read_closed_date),),
)
