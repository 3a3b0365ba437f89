"""Devices of a module as its tree shows them (modules.md 2.4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, select

from flask_bgbilling.emulator.schema.modules_inventory import DeviceTables

ONLY_FOR_THE_PATH = -100
"""``entityId`` of an ancestor that stands in a tree only because of its descendants."""
NO_COLUMNS: Mapping[str, Any] = {"id": 0, "parentId": 0}


def csv_ids(text: str) -> list[int]:
    """Ids of a comma list."""
    return [int(part) for part in text.split(",") if part.strip()]


def find_device(db: Connection, tables: DeviceTables, number: int) -> dict[str, object] | None:
    """One device with its groups, without children; ``None`` when the tree has no such node."""
    row = db.execute(_query(tables).where(tables.tree.c.id == number)).mappings().first()
    return None if row is None else _bean({**row}, groups=True)


def device_tree(
    db: Connection,
    tables: DeviceTables,
    wanted: Callable[[RowMapping], bool],
    *,
    ancestors: bool,
    groups: bool,
) -> dict[str, object]:
    """The root of a tree of the wanted devices.

    With ``ancestors`` the nodes on the way to them are there too, marked; without, a wanted device stands under its
    nearest wanted ancestor. ``groups`` fills the lists of device groups.
    """
    rows = {row["id"]: row for row in db.execute(_query(tables)).mappings()}
    chosen = {number for number, row in rows.items() if wanted(row)}
    shown = set(chosen)
    if ancestors:
        for number in chosen:
            shown.update(_way_up(rows, number))
    root = _bean(NO_COLUMNS, groups=groups)
    beans = {number: _bean({**row}, groups=groups) for number, row in rows.items() if number in shown}
    children: dict[int, list[object]] = {0: [], **{number: [] for number in beans}}
    for number, bean in beans.items():
        if number not in chosen:
            bean["entityId"] = ONLY_FOR_THE_PATH
        parent = next((step for step in _way_up(rows, number) if step in shown), 0)
        children[parent].append(bean)
        bean["children"] = children[number]
    root["children"] = children[0]
    return root


def inherited_config(db: Connection, tables: DeviceTables, number: int, key: str) -> str:
    """The value of a key in the configuration of a node or of its nearest ancestor that has it, empty for none."""
    query = select(tables.tree.c.id, tables.tree.c.parentId, tables.tree.c.config)
    rows = {row["id"]: row for row in db.execute(query).mappings()}
    for step in [number, *_way_up(rows, number)]:
        if step not in rows:
            break
        for line in (rows[step]["config"] or "").splitlines():
            name, _, value = line.partition("=")
            if name.strip() == key:
                return str(value.strip())
    return ""


def _way_up(rows: Mapping[int, RowMapping], number: int) -> list[int]:
    """Ids of the ancestors, the nearest first."""
    way: list[int] = []
    while number in rows:
        number = rows[number]["parentId"]
        if number in way or number not in rows:
            break
        way.append(number)
    return way


def _query(tables: DeviceTables) -> Select[Any]:
    tree, inventory = tables.tree, tables.inventory
    return (
        select(
            tree,
            inventory.c.title.label("invTitle"),
            inventory.c.deviceTypeId.label("invDeviceTypeId"),
            inventory.c.ident,
            inventory.c.host,
            inventory.c.username,
            inventory.c.password,
            inventory.c.secret,
            inventory.c.config.label("invConfig"),
            inventory.c.groupIds.label("invGroupIds"),
        )
        .outerjoin(inventory, inventory.c.id == tree.c.invDeviceId)
        .order_by(tree.c.title, tree.c.id)
    )


def _bean(row: Mapping[str, Any], *, groups: bool) -> dict[str, object]:
    """All keys of a device; the root of a tree has a row without columns."""
    return {
        "id": row["id"],
        "title": row.get("title") or "",
        "parentId": row["parentId"],
        "children": [],
        "entitySpecId": row.get("entitySpecId") or 0,
        "entityAttributes": {},
        "entityId": row.get("entityId") or 0,
        "entityTitle": row.get("entityTitle") or None,
        "deviceTypeId": row.get("deviceTypeId") or 0,
        "host": row.get("host"),
        "deviceGroupIds": csv_ids(row.get("groupIds") or "") if groups else [],
        "username": row.get("username"),
        "password": row.get("password"),
        "secret": row.get("secret"),
        "config": row.get("config"),
        "comment": row.get("comment") or "",
        "uptime": None,
        "uptimeTime": None,
        "dateFrom": row.get("dateFrom"),
        "dateTo": row.get("dateTo"),
        "orderManagerDisabled": bool(row.get("orderManagerDisabled")),
        "invDeviceId": row.get("invDeviceId") or 0,
        "invDeviceTypeId": row.get("invDeviceTypeId") or 0,
        "invTitle": row.get("invTitle"),
        "invIdentifier": row.get("ident"),
        "invHost": row.get("host"),
        "invConfig": row.get("invConfig"),
        "invDeviceGroupIds": csv_ids(row.get("invGroupIds") or "") if groups else [],
        "ident": row.get("ident"),
    }
