"""Accounts of the billing as its directories show them (contract.md 19, transport.md 10, 11)."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element, SubElement

from sqlalchemy import RowMapping, Select, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.answers import element, search_result
from flask_bgbilling.emulator.registry import JsonCall, XmlCall, json_rpc, xml

SECURITY = "ru.bitel.bgbilling.kernel.bgsecure"
ANY_STATUS = -1
PSEUDO_USERS = ({"id": 0, "name": "Сервер"}, {"id": -1, "name": "Система"}, {"id": -1, "name": "customer"})
"""Names without an account; two of them share the id -1, and a client has to drop ``customer``."""


@json_rpc(SECURITY, "UserService", "listUsers")
def list_users(call: JsonCall) -> object:
    """Every account, without its password."""
    return _beans(call, _accounts())


@json_rpc(SECURITY, "UserService", "userInfoList")
def user_info_list(call: JsonCall) -> object:
    """Ids and names of accounts and of pseudo-users."""
    rows = call.db.execute(select(schema.user.c.id, schema.user.c.name).order_by("id")).mappings()
    return [*PSEUDO_USERS, *map(dict, rows)]


@json_rpc(SECURITY, "UserService", "getUser")
def get_user(call: JsonCall) -> object:
    """One account, null when there is none."""
    found = _beans(call, _accounts().where(schema.user.c.id == call.integer("userId")))
    return found[0] if found else None


@json_rpc(SECURITY, "UserService", "userInfoGet")
def user_info_get(call: JsonCall) -> object:
    """Id and name of one account or pseudo-user, null when there is none."""
    wanted = call.integer("userId")
    rows = call.db.execute(select(schema.user.c.id, schema.user.c.name).where(schema.user.c.id == wanted)).mappings()
    pseudo = [user for user in PSEUDO_USERS if user["id"] == wanted]
    return next((dict(user) for user in [*pseudo, *rows]), None)


@json_rpc(SECURITY, "UserService", "findUsers")
def find_users(call: JsonCall) -> object:
    """Accounts whose name or login contains a text, in one status or in any (below 0 or absent)."""
    name, status, page = schema.fold(call.text("name").strip()), call.integer("status", ANY_STATUS), call.page()
    found = [
        user
        for user in _beans(call, _accounts())
        if name in schema.fold(f"{user['name']} {user['login']}") and (status < 0 or user["status"] == status)
    ]
    return search_result(list(page.part(found)), page, len(found))


@json_rpc(SECURITY, "UserService", "getCurrentUserEmail")
def current_user_email(call: JsonCall) -> object:
    """The e-mail address of the calling account."""
    return call.db.scalar(select(schema.user.c.email).where(schema.user.c.id == call.user.id)) or ""


@xml("admin", "UserList")
def user_list(call: XmlCall) -> Element:
    """Every account."""
    data = call.data()
    users = SubElement(data, "users")
    for row in call.db.execute(_accounts()).mappings():
        element(
            users,
            "user",
            id=row["id"],
            login=row["login"],
            name=row["name"],
            title=_title(row),
            descr=row["descr"],
            status=row["status"],
        )
    return data


def _accounts() -> Select[Any]:
    return select(schema.user).order_by(schema.user.c.id)


def _beans(call: JsonCall, query: Select[Any]) -> list[dict[str, object]]:
    rows = call.db.execute(query).mappings().all()
    groups: dict[int, list[int]] = {}
    links = schema.bgs_user_group
    for user, group in call.db.execute(select(links.c.uid, links.c.gid).order_by(links.c.gid)):
        groups.setdefault(user, []).append(group)
    return [_bean(row, groups.get(row["id"], [])) for row in rows]


def _bean(row: RowMapping, groups: list[int]) -> dict[str, object]:
    return {
        "id": row["id"],
        "title": _title(row),
        "login": row["login"],
        "name": row["name"],
        "description": row["descr"],
        "email": row["email"],
        "status": row["status"],
        "userGroups": groups,
        "contractGroups": row["cgr"],
        "contractGroupsMode": row["cgr_mode"],
        "domainIds": [int(part) for part in row["domainIds"].split(",") if part.strip()],
        "password": "",
        "config": row["config"] or "",
    }


def _title(row: RowMapping) -> str:
    return f"{row['name']} [{row['login']}]"
