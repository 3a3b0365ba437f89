"""Money of a contract: months and their balances, payments and charges, types (money.md 0.6, 1 to 4).

A dependent sub-contract has no balance of its own: its payments, accounts and charges count on the
super-contract's balance. ``closing = opening + payments - accounts - charges``; charges are less returns.
"""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Connection, RowMapping, Table, and_, func, or_, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.answers import CENT
from flask_bgbilling.emulator.calls import DOTTED
from flask_bgbilling.emulator.errors import Refused

ZERO = Decimal("0.00")
EDITABLE_ONLY = 1
FOLDER = 1


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month; ``number`` counts from 1."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Month:
        """The month of a day."""
        return cls(day.year, day.month)

    @property
    def first_day(self) -> date:
        """The first day of the month."""
        return date(self.year, self.number, 1)

    @property
    def last_day(self) -> date:
        """The last day of the month; accounts are dated with it."""
        return date(self.year, self.number, calendar.monthrange(self.year, self.number)[1])

    @property
    def following(self) -> Month:
        """The next month."""
        return Month(self.year + self.number // 12, self.number % 12 + 1)


@dataclass(frozen=True, slots=True)
class MonthBalance:
    """The four flows of a contract in one month."""

    month: Month
    opening: Decimal
    payments: Decimal = ZERO
    accounts: Decimal = ZERO
    charges: Decimal = ZERO

    @property
    def closing(self) -> Decimal:
        """What is left at the end of the month."""
        return self.opening + self.payments - self.accounts - self.charges


def stored_balances(db: Connection, cid: int) -> list[MonthBalance]:
    """The months with movement, the oldest first."""
    balance = schema.contract_balance
    query = select(balance).where(balance.c.cid == cid).order_by(balance.c.yy, balance.c.mm)
    return [
        MonthBalance(Month(row.yy, row.mm), row.summa1, row.summa2, row.summa3, row.summa4) for row in db.execute(query)
    ]


def month_balances(
    db: Connection, contract: RowMapping, start: date | None, end: date | None, today: date
) -> list[MonthBalance]:
    """One balance for each month of a range; a month without movement carries the closing over.

    An open start means the first month with movement, or of the contract when nothing moved yet; an open end
    the current month or the last one with movement, whichever is later. Months outside are left out.
    """
    stored = {balance.month: balance for balance in stored_balances(db, contract["id"])}
    last = max([Month.of(today), *stored])
    begun = min(stored, default=Month.of(contract["date1"] or today))
    first = begun if start is None else max(begun, Month.of(start))
    final = last if end is None else min(last, Month.of(end))
    opening = ZERO
    for month in sorted(known for known in stored if known < first):
        opening = stored[month].closing
    found = []
    while first <= final:
        balance = stored.get(first, MonthBalance(first, opening))
        found.append(balance)
        opening, first = balance.closing, first.following
    return found


def balance_at_start(db: Connection, cid: int, month: Month) -> Decimal:
    """The opening balance of a month, which need not have movement."""
    stored = stored_balances(db, cid)
    opening = stored[0].opening if stored else ZERO
    for balance in stored:
        if balance.month == month:
            return balance.opening
        if balance.month > month:
            break
        opening = balance.closing
    return opening


def postings(
    db: Connection, kind: Table, cids: Iterable[int], start: date | None, end: date | None
) -> list[RowMapping]:
    """Payments or charges of contracts in a range, open ends allowed, ascending by day and id."""
    query = select(kind).where(kind.c.cid.in_(list(cids))).order_by(kind.c.dt, kind.c.id)
    if start is not None:
        query = query.where(kind.c.dt >= start)
    if end is not None:
        query = query.where(kind.c.dt <= end)
    return list(db.execute(query).mappings())


def accounts(
    db: Connection, cids: Iterable[int], start: date | None, end: date | None
) -> list[tuple[Month, RowMapping]]:
    """Accounts of contracts in the months that a range touches, with the title of the service as
    ``title``."""
    account, service = schema.contract_account, schema.service
    query = (
        select(account, service.c.title)
        .outerjoin(service, service.c.id == account.c.sid)
        .where(account.c.cid.in_(list(cids)))
        .order_by(account.c.yy, account.c.mm, account.c.cid, account.c.sid)
    )
    number = account.c.yy * 12 + account.c.mm
    if start is not None:
        query = query.where(number >= start.year * 12 + start.month)
    if end is not None:
        query = query.where(number <= end.year * 12 + end.month)
    return [(Month(row["yy"], row["mm"]), row) for row in db.execute(query).mappings()]


def total(sums: Iterable[Decimal]) -> Decimal:
    """An exact sum, rounded to two digits at the end."""
    return sum(sums, ZERO).quantize(CENT)


def active_reserve(db: Connection, cid: int, now: datetime) -> Decimal:
    """The sum of the reserves that are neither closed nor past their end."""
    reserve = schema.contract_reserve
    query = select(func.sum(reserve.c.sum)).where(
        reserve.c.cid == cid,
        reserve.c.dateClose.is_(None),
        or_(reserve.c.dateTo.is_(None), reserve.c.dateTo > now),
    )
    return Decimal(db.execute(query).scalar() or ZERO).quantize(CENT)


def closed_date(db: Connection, kind: int = 1) -> date | None:
    """The last day of the closed period, ``None`` when nothing is closed."""
    setup = schema.setup
    value = db.execute(select(setup.c.value).where(setup.c.id == f"closed_date_{kind}")).scalar() or ""
    written = DOTTED.fullmatch(value.strip())
    day, month, year = (int(part) for part in written.groups()[:3]) if written else (0, 0, 0)
    return date(year, month, day) if year and month and day else None


def may_edit(posting: RowMapping, types: dict[int, RowMapping], closed: date | None) -> bool:
    """Whether a payment or charge may be changed by hand: its type allows it and its day is not closed."""
    kind = types.get(posting["pt"])
    return (kind is None or kind["flag"] == 0) and (closed is None or posting["dt"] > closed)


def types_by_id(db: Connection, kinds: Table) -> dict[int, RowMapping]:
    """The directory of payment or charge types, folders included, in the server's order."""
    query = select(kinds).order_by(kinds.c.title, kinds.c.id)
    return {row["id"]: row for row in db.execute(query).mappings()}


def type_row(db: Connection, kinds: Table, type_id: int) -> RowMapping:
    """One payment or charge type; refused when there is none."""
    found = db.execute(select(kinds).where(kinds.c.id == type_id)).mappings().first()
    if found is None:
        raise Refused("Тип не найден")
    return found


def type_node(row: RowMapping, children: list[dict[str, object]] | None = None) -> dict[str, object]:
    """A type as JSON services write it; charge types also tell whether they are returns."""
    node: dict[str, object] = {
        "id": row["id"],
        "title": row["title"],
        "type": row["type"],
        "editable": row["flag"] == 0,
        "parentId": row["up"],
        "children": children,
    }
    return {**node, "payback": bool(row["payback"])} if "payback" in row else node


def type_tree(rows: Iterable[RowMapping], *, editable: int, payback: bool | None = None) -> dict[str, object]:
    """The root of the tree of types.

    ``editable`` 1 leaves out the types that cannot be set by hand. ``payback`` picks the types that are, or
    are not, returns; a folder of the other kind goes when nothing of it is left.
    """
    below: dict[int, list[RowMapping]] = defaultdict(list)
    for row in rows:
        below[row["up"]].append(row)

    def wanted(row: RowMapping) -> bool:
        return payback is None or bool(row["payback"]) is payback

    def children(parent: int) -> Iterator[dict[str, object]]:
        for row in below[parent]:
            if row["type"] == FOLDER:
                nodes = list(children(row["id"]))
                if nodes or wanted(row):
                    yield type_node(row, nodes)
            elif wanted(row) and (editable != EDITABLE_ONLY or row["flag"] == 0):
                yield type_node(row)

    return {
        "id": 0,
        "title": "Типы",
        "type": FOLDER,
        "editable": True,
        "parentId": None,
        "children": list(children(0)),
    }


def flat_types(rows: Iterable[RowMapping]) -> list[RowMapping]:
    """Types in the order of the old XML form: what lies at the top first, then each folder and its
    members."""
    known = list(rows)
    top = [row for row in known if row["up"] == 0 and row["type"] != FOLDER]
    found = top
    for folder in (row for row in known if row["type"] == FOLDER):
        members = [row for row in known if row["up"] == folder["id"] and row["type"] != FOLDER]
        found = [*found, folder, *members]
    return found


def touches(start: date | None, end: date | None, moment: date) -> bool:
    """Whether a day lies in a range whose ends may be open."""
    return (start is None or start <= moment) and (end is None or moment <= end)


def reserves(db: Connection, cids: Iterable[int], start: date | None, end: date | None) -> list[RowMapping]:
    """Reserves of contracts whose time touches a range, the oldest first."""
    reserve = schema.contract_reserve
    query = select(reserve).where(reserve.c.cid.in_(list(cids))).order_by(reserve.c.dateCreate, reserve.c.id)
    if end is not None:
        query = query.where(reserve.c.dateCreate < datetime(end.year, end.month, end.day, 23, 59, 59))
    if start is not None:
        since = datetime(start.year, start.month, start.day)
        query = query.where(
            and_(
                or_(reserve.c.dateTo.is_(None), reserve.c.dateTo >= since),
                or_(reserve.c.dateClose.is_(None), reserve.c.dateClose >= since),
            )
        )
    return list(db.execute(query).mappings())
