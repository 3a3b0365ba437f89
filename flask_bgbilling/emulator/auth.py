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

_user, _right = schema.user.c, schema.user_right.c
# Made once: every call asks for it.
ACCOUNT = (
    select(_user.id, _user.login, _user.name, _user.pswd, _user.status, _right.name, _right.allowed)
    .outerjoin_from(schema.user, schema.user_right, _right.uid == _user.id)
    .where(_user.login == bindparam("login"))
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
    rows = db.execute(ACCOUNT, {"login": login}).all()
    if not rows:
        raise WrongPassword
    uid, known_login, name, known_password, status, _, _ = rows[0]
    right_one = hmac.compare_digest(str(known_password).encode(), password.encode("utf-8", "replace"))
    if known_login != login or status != ACTIVE or not right_one:
        raise WrongPassword
    rights = tuple((row[5], bool(row[6])) for row in rows if row[5] is not None)
    return User(id=uid, login=login, name=name, rights=rights)


def check_right(user: User, operation: Operation) -> None:
    """``NoRights`` unless the account may run the operation."""
    granted = False
    for name, allowed in user.rights:
        if name == operation.right or _names(name, operation.name):
            if not allowed:
                raise NoRights
            granted = True
    if not granted:
        raise NoRights


def _names(pattern: str, operation: str) -> bool:
    return operation.startswith(pattern[:-1]) if pattern.endswith("*") else operation == pattern
