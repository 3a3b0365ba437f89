"""Tables of the telephony module: accounts and their types (database.md 1, modules.md 5)."""

from __future__ import annotations

from sqlalchemy import Column, Table

from flask_bgbilling.emulator.schema.columns import (
    METADATA,
    day,
    key,
    mask_type,
    number,
    small,
    text,
    title,
)
from flask_bgbilling.emulator.schema.modules_instances import VOICE

voice_account = Table(
    f"voice_account_{VOICE}",
    METADATA,
    key(),
    title(length=255),
    title("comment", 255),
    number("contractId", index=True),
    number("typeId"),
    number("deviceId"),
    title("login", 100),
    title("password", 100),
    Column("number", mask_type()),
    day("dateFrom"),
    day("dateTo"),
    small("status"),
    number("lineCount", 1),
    small("deviceState", 1),
    number("accessCode"),
    small("sessionCountLimit"),
)
"""``status`` 0 on, 1 off, 2 blocked; ``deviceState`` −1 removed, 0 off, 1 on."""
voice_account_type = Table(
    f"voice_account_type_{VOICE}",
    METADATA,
    key(),
    title(),
    small("checkPassword"),
    small("needPhone"),
    small("needLogin"),
    small("needDevice"),
    small("needPorts"),
    small("needLines"),
    small("needObject"),
    small("sessionCountLimitLock"),
    small("sessionCountLimit"),
    text("statusConfig"),
)
