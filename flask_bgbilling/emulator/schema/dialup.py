"""Tables of the dial-up module: logins and their aliases (database.md 1, module tables).

The billing suffixes the tables of a module with the id of the instance; the emulated provider has one.
"""

from __future__ import annotations

from sqlalchemy import Table

from flask_bgbilling.emulator.schema.columns import METADATA, day, key, number, small, title

DIALUP_INSTANCE = 9

user_login = Table(
    f"user_login_{DIALUP_INSTANCE}",
    METADATA,
    key(),
    number("cid", index=True),
    number("object_id"),
    number("login", index=True),
    title("pswd", 32),
    day("date1"),
    day("date2"),
    small("status"),
    number("session", 1),
    small("rp_mode"),
    title("realm_group", 50),
    title("comment", 255),
)
user_alias = Table(
    f"user_alias_{DIALUP_INSTANCE}",
    METADATA,
    key(),
    number("login_id", index=True),
    title("login_alias", 128, index=True),
)
