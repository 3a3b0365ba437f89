"""Gathering what the info card of a contract shows (contract.md 6)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, case, func, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.answers import day, money
from flask_bgbilling.emulator.model.contracts import (
    SUPER,
    count,
    covers,
    groups_of,
    hierarchy,
    labels_of,
    modules_of,
    status_title,
    status_titles,
    status_today,
)
from flask_bgbilling.emulator.model.money import ZERO, Month, MonthBalance, active_reserve, month_balances


def contract_part(db: Connection, contract: RowMapping, today: date) -> dict[str, object]:
    """The ``contract`` part: keys are the same in both forms, values as XML attributes and JSON write them."""
    place = hierarchy(contract)
    objects = schema.contract_object
    mine = objects.c.cid == contract["id"]
    active = count(db, objects, mine, covers(objects, today))
    status = status_today(db, contract, today)
    found: dict[str, object] = {
        "title": contract["title"],
        "comment": contract["comment"],
        "date1": day(contract["date1"]),
        "date2": day(contract["date2"]),
        "status": status_title(status_titles(db), status),
        "fc": contract["fc"],
        "mode": contract["mode"],
        "limit": money(contract["closesumma"]),
        "del": contract["del"],
        "gr": str(contract["gr"]),
        "objects": f"{active}/{count(db, objects, mine)}",
        "hierarchy": place,
        "comments": count(db, schema.contract_comment, schema.contract_comment.c.cid == contract["id"]),
    }
    if place == SUPER:
        subs = schema.contract
        query = select(
            func.coalesce(func.sum(case((subs.c.sub_mode == 0, 1), else_=0)), 0).label("dependent"),
            func.coalesce(func.sum(case((subs.c.sub_mode == 1, 1), else_=0)), 0).label("independent"),
        ).where(subs.c.scid == contract["id"])
        kinds = db.execute(query).one()
        found |= {"hierarchyDep": int(kinds.dependent), "hierarchyIndep": int(kinds.independent)}
    return found


def info_part(
    db: Connection, contract: RowMapping, now: datetime, *, with_labels: bool
) -> dict[str, list[dict[str, object]]]:
    """The lists of the ``info`` part; groups are labels from 9.2."""
    today, cid = now.date(), contract["id"]
    groups = labels_of(db, cid) if with_labels else groups_of(db, contract)
    return {
        "groups": [{"id": group["id"], "title": group["title"]} for group in groups],
        "tariff": _tariffs(db, cid, today),
        "script": _scripts(db, cid, today),
        "modules": _modules(db, cid, today),
    }


def balance_part(db: Connection, contract: RowMapping, now: datetime) -> dict[str, object]:
    """The balance of the current month: sums 1 to 4 are its flows, 5 the closing, 6 what is available
    above the limit, 7 the reserve. A dependent sub-contract has no balance, all of it is zero."""
    today = now.date()
    found = month_balances(db, contract, today, today, today)
    balance = found[-1] if found else MonthBalance(Month.of(today), ZERO)
    reserved = active_reserve(db, contract["id"], now)
    sums = (
        balance.opening,
        balance.payments,
        balance.accounts,
        balance.charges,
        balance.closing,
        balance.closing - contract["closesumma"] - reserved,
        reserved,
    )
    parts: dict[str, object] = {"yy": today.year, "mm": today.month}
    return parts | {f"summa{position}": money(value) for position, value in enumerate(sums, 1)}


def _tariffs(db: Connection, cid: int, today: date) -> list[dict[str, object]]:
    links, plans = schema.contract_tariff, schema.tariff_plan
    query = (
        select(plans.c.id, plans.c.title)
        .join_from(links, plans, plans.c.id == links.c.tpid)
        .where(links.c.cid == cid, covers(links, today))
        .order_by(links.c.pos, links.c.id)
    )
    return [{"id": plan.id, "title": plan.title} for plan in db.execute(query)]


def _scripts(db: Connection, cid: int, today: date) -> list[dict[str, object]]:
    links, scripts = schema.contract_script, schema.script
    query = (
        select(links.c.id, scripts.c.title)
        .join_from(links, scripts, scripts.c.id == links.c.script_id)
        .where(links.c.cid == cid, covers(links, today))
        .order_by(links.c.id)
    )
    return [{"id": link.id, "title": link.title} for link in db.execute(query)]


def _modules(db: Connection, cid: int, today: date) -> list[dict[str, object]]:
    installed = schema.installed_modules
    packages = {row.name: row.pack_client for row in db.execute(select(installed.c.name, installed.c.pack_client))}
    services = _services(db, cid, today)
    return [
        {
            "id": module["id"],
            "title": module["title"],
            "package": packages.get(module["name"], ""),
            "status": "{} / {}".format(*services.get(module["id"], (0, 0))),
        }
        for module in modules_of(db, cid)
    ]


def _services(db: Connection, cid: int, today: date) -> dict[int, tuple[int, int]]:
    """Services of a contract by module instance: how many are active today and how many there are."""
    links, services = schema.contract_service, schema.service
    active: Any = case((covers(links, today), 1), else_=0)
    query = (
        select(services.c.mid, func.sum(active).label("active"), func.count().label("total"))
        .join_from(links, services, services.c.id == links.c.sid)
        .where(links.c.cid == cid)
        .group_by(services.c.mid)
    )
    return {row.mid: (int(row.active), row.total) for row in db.execute(query)}
