"""Accounts of the billing and what they may do (transport.md 2, 3, 10).

A wrong login, a wrong password and a blocked account give the same answer. Rights are rows of
``user_right``: a level (``read``, ``write``, ``admin``) or the name of operations; a refusal by name wins
over everything.
"""

from __future__ import annotations

import base64
import binascii
import hmac

from sqlalchemy import Connection, bindparam, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.calls import User
from flask_bgbilling.emulator.errors import NoRights, WrongPassword
from flask_bgbilling.emulator.registry import Operation

ACTIVE = 0
Credentials = tuple[str, str]

# Made once: every call asks for both.
ACCOUNT = select(schema.user).where(schema.user.c.login == bindparam("login"))
RIGHTS = select(schema.user_right.c.name, schema.user_right.c.allowed).where(
    schema.user_right.c.uid == bindparam("uid")
)


def basic_credentials(header: str | None) -> Credentials | None:
    """Login and password of an ``Authorization: Basic`` header, ``None`` when there is no readable one."""
    scheme, _, encoded = (header or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        login, colon, password = base64.b64decode(encoded, validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (login, password) if colon else None


def authenticate(db: Connection, credentials: Credentials | None) -> User:
    """The active account with this login and password; ``WrongPassword`` otherwise."""
    login, password = credentials or ("", "")
    found = db.execute(ACCOUNT, {"login": login}).mappings().first()
    if (
        found is None
        or found["login"] != login
        or found["status"] != ACTIVE
        or not hmac.compare_digest(str(found["pswd"]).encode(), password.encode("utf-8", "replace"))
    ):
        raise WrongPassword
    return User(id=found["id"], login=login, name=found["name"])


def check_right(db: Connection, user: User, operation: Operation) -> None:
    """``NoRights`` unless the account may run the operation."""
    granted = False
    for name, allowed in db.execute(RIGHTS, {"uid": user.id}):
        if name == operation.right or _names(name, operation.name):
            if not allowed:
                raise NoRights
            granted = True
    if not granted:
        raise NoRights


def _names(pattern: str, operation: str) -> bool:
    return operation.startswith(pattern[:-1]) if pattern.endswith("*") else operation == pattern
