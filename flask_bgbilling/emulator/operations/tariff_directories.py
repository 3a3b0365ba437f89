"""Directories of tariff plans and tariff groups (money.md 7.8, 9)."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import RowMapping, func, or_, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.answers import search_result
from flask_bgbilling.emulator.errors import Refused
from flask_bgbilling.emulator.model.tariffs import ANY_FACE, plan_row, plan_titles, record
from flask_bgbilling.emulator.paging import Page
from flask_bgbilling.emulator.registry import JsonCall, json_rpc

PACKAGE = "ru.bitel.bgbilling.kernel.tariff"
SERVICE = "TariffService"


@json_rpc(PACKAGE, SERVICE, "tariffPlanGet")
def tariff_plan_get(call: JsonCall) -> object:
    """One tariff plan, null when there is none."""
    found = plan_row(call.db, call.integer("id"))
    return None if found is None else _plan(found)


@json_rpc(PACKAGE, SERVICE, "tariffPlanList")
def tariff_plan_list(call: JsonCall) -> object:
    """Tariff plans by title.

    ``groupMask`` 0 means any, otherwise plans offered to one of those groups or to all; ``personType`` is
    the face of a plan, absent or 0 any; ``title`` is a part of the title.
    """
    plan = schema.tariff_plan
    query = select(plan).order_by(plan.c.title, plan.c.id)
    face, mask = call.integer("personType", ANY_FACE), call.integer("groupMask", 0)
    if face != ANY_FACE:
        query = query.where(plan.c.face.in_((ANY_FACE, face)))
    if mask:
        query = query.where(or_(plan.c.gr == 0, plan.c.gr.bitwise_and(mask) != 0))
    part = schema.fold(call.text("title"))
    rows = call.db.execute(query).mappings()
    return [_plan(row) for row in rows if part in schema.fold(row["title"])]


@json_rpc(PACKAGE, SERVICE, "searchTariffPlans")
def search_tariff_plans(call: JsonCall) -> object:
    """A page of all tariff plans by title.

    The arguments were published without names. What the lists in ``arg0`` and ``arg1`` select is not known,
    so anything in them is refused rather than answered wrongly.
    """
    if call.ids("arg0") or call.ids("arg1") or call.integer("arg2", 0) > 0:
        raise Refused("Отбор тарифных планов не поддерживается")
    plan = schema.tariff_plan
    page: Page = call.page("arg3")
    records = call.db.execute(select(func.count()).select_from(plan)).scalar_one()
    query = page.limit(select(plan).order_by(plan.c.title, plan.c.id))
    return search_result([_plan(row) for row in call.db.execute(query).mappings()], page, records)


@json_rpc(PACKAGE, SERVICE, "tariffGroupList")
def tariff_group_list(call: JsonCall) -> object:
    """Tariff groups in their order, each with its plans."""
    group = schema.tariff_group
    rows = call.db.execute(select(group).order_by(group.c.pos, group.c.id)).mappings()
    return _groups(call, list(rows))


@json_rpc(PACKAGE, SERVICE, "tariffGroupGet")
def tariff_group_get(call: JsonCall) -> object:
    """One tariff group with its plans."""
    found = record(call.db, schema.tariff_group, call.integer("id"), "Тарифная группа не найдена")
    return _groups(call, [found])[0]


def _groups(call: JsonCall, rows: list[RowMapping]) -> list[dict[str, object]]:
    member = schema.tariff_group_tariff
    titles = plan_titles(call.db)
    query = select(member).where(member.c.tgid.in_([row["id"] for row in rows])).order_by(member.c.id)
    plans: dict[int, list[dict[str, object]]] = defaultdict(list)
    for found in call.db.execute(query).mappings():
        plans[found["tgid"]].append(
            {
                "id": found["tpid"],
                "title": titles.get(found["tpid"], ""),
                "date1": found["date1"],
                "date2": found["date2"],
            }
        )
    return [
        {
            "id": row["id"],
            "title": row["title"],
            "daysForward": row["df"],
            "pos": row["pos"],
            "transferMode": row["tm"],
            "planList": plans[row["id"]],
        }
        for row in rows
    ]


def _plan(row: RowMapping) -> dict[str, object]:
    return {
        "id": row["id"],
        "title": row["title"],
        "titleWeb": row["title_web"],
        "useTitleInWeb": bool(row["use_title_in_web"]),
        "used": bool(row["actual"]),
        "config": row["config"] or "",
        "filterFace": row["face"],
        "filterGroups": row["gr"],
        "filterMask": row["pattern"],
    }
