"""Tariff plans, tariff groups and options as several operations need them (money.md 7 to 10)."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, or_, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.errors import Refused
from flask_bgbilling.emulator.model.contracts import covers

ANY_FACE = 0
ALL_ENTITIES = -1


def plan_row(db: Connection, plan_id: int) -> RowMapping | None:
    """The row of a tariff plan, ``None`` when there is none."""
    plan = schema.tariff_plan
    return db.execute(select(plan).where(plan.c.id == plan_id)).mappings().first()


def plan_titles(db: Connection) -> dict[int, str]:
    """Titles of all tariff plans by id."""
    plan = schema.tariff_plan
    return {row.id: row.title for row in db.execute(select(plan.c.id, plan.c.title))}


def contract_tariffs(
    db: Connection,
    cid: int,
    *,
    on: date | None = None,
    module: int | None = None,
    entity: int | None = None,
) -> list[RowMapping]:
    """Tariff plans of a contract by position, then by id.

    ``on`` keeps those in force that day. ``module`` and ``entity`` keep those of one owner, 0 the contract
    itself; ``None`` and negative numbers mean any.
    """
    tariff = schema.contract_tariff
    query = select(tariff).where(tariff.c.cid == cid).order_by(tariff.c.pos, tariff.c.id)
    if on is not None:
        query = query.where(covers(tariff, on))
    for column, wanted in ((tariff.c.emid, module), (tariff.c.eid, entity)):
        if wanted is not None and wanted > ALL_ENTITIES:
            query = query.where(column == wanted)
    return list(db.execute(query).mappings())


def personal_tariffs(db: Connection, cid: int, *, on: date | None = None) -> list[RowMapping]:
    """Personal tariffs of a contract by position, then by id; ``on`` keeps those in force that day."""
    tariff = schema.contract_tree_link
    query = select(tariff).where(tariff.c.cid == cid).order_by(tariff.c.pos, tariff.c.id)
    if on is not None:
        query = query.where(covers(tariff, on))
    return list(db.execute(query).mappings())


def record(db: Connection, rows: Table, wanted: int, refusal: str) -> RowMapping:
    """One row by id; refused in these words when there is none."""
    found = db.execute(select(rows).where(rows.c.id == wanted)).mappings().first()
    if found is None:
        raise Refused(refusal)
    return found


def offered_plans(
    db: Connection,
    contract: RowMapping | None,
    today: date,
    *,
    module: int = 0,
    only_used: bool = False,
    by_filter: bool = False,
    by_group: bool = False,
) -> list[RowMapping]:
    """Tariff plans by title that pass the asked filters.

    ``module`` keeps the plans whose tree has a part for it. The contract filters (groups, face, mask of the
    number) and the tariff groups need a contract; a contract in no tariff group is not restricted by them.
    """
    plan = schema.tariff_plan
    query = select(plan).order_by(plan.c.title, plan.c.id)
    if only_used:
        query = query.where(plan.c.actual == 1)
    if module > 0:
        tree = schema.module_tariff_tree
        query = query.where(plan.c.tree_id.in_(select(tree.c.tree_id).where(tree.c.mid == module)))
    rows = list(db.execute(query).mappings())
    if contract is None:
        return rows
    if by_filter:
        rows = [row for row in rows if _passes(row, contract)]
    if by_group and (allowed := group_plans(db, contract["id"], today)):
        rows = [row for row in rows if row["id"] in allowed]
    return rows


def group_plans(db: Connection, cid: int, today: date) -> set[int]:
    """Plans that the contract's tariff groups offer today; empty when it is in no group."""
    mine, member = schema.contract_tariff_group, schema.tariff_group_tariff
    query = (
        select(member.c.tpid)
        .join_from(mine, member, member.c.tgid == mine.c.gid)
        .where(mine.c.cid == cid, covers(mine, today), covers(member, today))
    )
    return {row.tpid for row in db.execute(query)}


def contract_groups(db: Connection, cid: int, *, on: date | None = None) -> list[RowMapping]:
    """Tariff groups of a contract with the title of the group as ``tariff_group``, the oldest first."""
    mine, group = schema.contract_tariff_group, schema.tariff_group
    query = (
        select(mine, group.c.title.label("tariff_group"))
        .select_from(mine.outerjoin(group, group.c.id == mine.c.gid))
        .where(mine.c.cid == cid)
        .order_by(mine.c.date1, mine.c.id)
    )
    if on is not None:
        query = query.where(covers(mine, on))
    return list(db.execute(query).mappings())


def number_list(stored: str | None) -> list[int]:
    """The ids of a stored comma list."""
    return [int(part) for part in re.findall(r"-?\d+", stored or "")]


def options_in_force(day: Any) -> Any:
    """The condition for a tariff option of the directory to be offered at a day."""
    option = schema.tariff_option
    return (
        (option.c.enable == 1)
        & or_(option.c.date_from.is_(None), option.c.date_from <= day)
        & or_(option.c.date_to.is_(None), option.c.date_to >= day)
    )


def _passes(plan: RowMapping, contract: RowMapping) -> bool:
    """Whether the plan's own filters let the contract in.

    The face of a plan counts 1 persons and 2 legal entities, that of a contract from 0.
    """
    if plan["gr"] and not plan["gr"] & contract["gr"]:
        return False
    if plan["face"] not in (ANY_FACE, contract["fc"] + 1):
        return False
    return not plan["pattern"] or _matches(plan["pattern"], contract["title"])


def _matches(mask: str, number: str) -> bool:
    """Whether a contract number matches a mask, a regular expression; a broken one matches literally."""
    try:
        return re.search(mask, number) is not None
    except re.error:
        return mask in number
