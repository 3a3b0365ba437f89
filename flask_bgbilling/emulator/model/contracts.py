"""What several operations need to know about one contract: its bean, kind, status and validity."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Table, and_, func, or_, select

from flask_bgbilling.emulator import schema

SUPER = "super"
DEPENDENT_SUB = "depend_sub"
INDEPENDENT_SUB = "independ_sub"
INDEPENDENT = "independent"


def bean(contract: RowMapping) -> dict[str, object]:
    """A contract as JSON services write it (contract.md 1)."""
    is_sub = contract["scid"] > 0
    return {
        "id": contract["id"],
        "title": contract["title"],
        "comment": contract["comment"],
        "groups": contract["gr"],
        "password": contract["pswd"],
        "dateFrom": contract["date1"],
        "dateTo": contract["date2"],
        "balanceMode": contract["mode"],
        "balanceSubMode": contract["sub_mode"],
        "balanceLimit": contract["closesumma"],
        "paramGroupId": contract["pgid"],
        "personType": contract["fc"],
        "hidden": bool(contract["del"]),
        "superCid": contract["scid"],
        "dependSubList": contract["sub_list"] or "",
        "status": contract["status"],
        "statusTimeChange": contract["status_date"],
        "titlePatternId": contract["title_pattern_id"],
        "domainId": contract["domainId"],
        "sub": is_sub,
        "super": contract["scid"] < 0,
        "dependSub": is_sub and contract["sub_mode"] == 0,
        "independSub": is_sub and contract["sub_mode"] == 1,
    }


def titled(title: str, comment: str) -> str:
    """``TITLE [ COMMENT ]``: both brackets are always there, also around an empty comment."""
    return f"{title} [ {comment} ]"


def hierarchy(contract: RowMapping) -> str:
    """The place of a contract in its family by the words of contract.md 0."""
    if contract["scid"] < 0:
        return SUPER
    if contract["scid"] > 0:
        return DEPENDENT_SUB if contract["sub_mode"] == 0 else INDEPENDENT_SUB
    return INDEPENDENT


def covers(table: Table, day: date) -> ColumnElement[bool]:
    """The condition for the period ``date1``–``date2`` of a row to include a day; null bounds are open."""
    return and_(
        or_(table.c.date1.is_(None), table.c.date1 <= day),
        or_(table.c.date2.is_(None), table.c.date2 >= day),
    )


def within_days(column: ColumnElement[Any], start: date | None, end: date | None) -> list[ColumnElement[bool]]:
    """Conditions for a moment to lie on one of the days of a period; ``None`` is open."""
    conditions: list[ColumnElement[bool]] = []
    if start is not None:
        conditions.append(column >= datetime.combine(start, time.min))
    if end is not None and end < date.max:
        conditions.append(column < datetime.combine(end + timedelta(days=1), time.min))
    return conditions


def status_titles(db: Connection) -> dict[int, str]:
    """Titles of the contract statuses by id."""
    statuses = schema.contract_status_list
    return {row.id: row.title for row in db.execute(select(statuses.c.id, statuses.c.title))}


def status_today(db: Connection, contract: RowMapping, today: date) -> int:
    """The status whose period includes today; without such a period the one kept in the contract."""
    periods = schema.contract_status
    query = (
        select(periods.c.status)
        .where(periods.c.cid == contract["id"], covers(periods, today))
        .order_by(periods.c.date1.desc(), periods.c.id.desc())
        .limit(1)
    )
    found = db.execute(query).scalar()
    return int(contract["status"] if found is None else found)


def status_title(titles: dict[int, str], status: int) -> str:
    """The title of a status; one without a title shows its number."""
    return titles.get(status, f"??? {status}")


def sub_contracts(db: Connection, cid: int, sub_mode: int = -1) -> list[RowMapping]:
    """Rows of the sub-contracts of a contract by number; ``sub_mode`` -1 takes both kinds."""
    subs = schema.contract
    query = select(subs).where(subs.c.scid == cid)
    if sub_mode >= 0:
        query = query.where(subs.c.sub_mode == sub_mode)
    return list(db.execute(query.order_by(subs.c.title, subs.c.id)).mappings())


def group_ids(mask: int) -> list[int]:
    """Ids of the groups in a 64-bit mask; id 63 never matches (contract.md 8)."""
    return [group for group in range(63) if mask >> group & 1]


def groups_of(db: Connection, contract: RowMapping) -> list[RowMapping]:
    """Rows ``id``, ``title`` of the groups that a contract is in."""
    groups = schema.contract_group
    query = select(groups.c.id, groups.c.title).where(groups.c.id.in_(group_ids(contract["gr"])))
    return list(db.execute(query.order_by(groups.c.id)).mappings())


def labels_of(db: Connection, cid: int) -> list[RowMapping]:
    """Rows ``id``, ``title`` of the labels that a contract has."""
    labels, links = schema.contract_label, schema.contract_label_link
    query = (
        select(labels.c.id, labels.c.title)
        .join_from(links, labels, labels.c.id == links.c.label_id)
        .where(links.c.contract_id == cid)
    )
    return list(db.execute(query.order_by(labels.c.sort_position, labels.c.id)).mappings())


def modules_of(db: Connection, cid: int) -> list[RowMapping]:
    """Rows ``id``, ``title``, ``name`` of the module instances attached to a contract."""
    modules, links = schema.module, schema.contract_module
    query = (
        select(modules.c.id, modules.c.title, modules.c.name)
        .join_from(links, modules, modules.c.id == links.c.mid)
        .where(links.c.cid == cid)
    )
    return list(db.execute(query.order_by(modules.c.id)).mappings())


def count(db: Connection, table: Table, *conditions: ColumnElement[bool]) -> int:
    """Number of rows of a table that satisfy the conditions."""
    return db.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one()
