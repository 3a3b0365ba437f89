"""Tables of the plugins for mailings, fiscal checks and HelpDesk (modules.md 8, money.md 12, helpdesk.md 2.6).

Files of HelpDesk messages are rows of ``uploaded_file``.
"""

from __future__ import annotations

from sqlalchemy import Table

from flask_bgbilling.emulator.schema.columns import (
    METADATA,
    key,
    moment,
    money,
    number,
    part_of_key,
    small,
    text,
    title,
)

dispatch_contact_type = Table(
    "dispatch_contact_type",
    METADATA,
    key(),
    title(),
    title("pattern", 255),
    title("description", 255),
    number("pid"),
)
"""``pid`` is the contract parameter whose first value is the default contact of a contract, 0 for none."""
dispatch_contact = Table(
    "dispatch_contact", METADATA, key(), number("contract_id", index=True), number("type_id"), title("value", 255)
)

cashcheck_registrator = Table("cashcheck_registrator", METADATA, key(), title(), title("password", 50))
cashcheck_user_registrator = Table("cashcheck_user_registrator", METADATA, part_of_key("uid"), number("registrator_id"))
"""The registrator that a user is bound to."""
cashcheck_check = Table(
    "cashcheck_check",
    METADATA,
    key(),
    number("registrator_id"),
    number("uid"),
    text("payment_ids"),
    money("summa"),
    money("cash"),
    money("submit"),
    moment("dt"),
)
"""Own layout: printed checks. ``payment_ids`` are joined by commas; ``cash`` was handed over, ``submit`` given back."""

helpdesk_status = Table("helpdesk_status", METADATA, key(), title())
helpdesk_topic = Table(
    "helpdesk_topic",
    METADATA,
    key(),
    number("cid", index=True),
    title("subject", 255),
    title("comm", 255),
    moment("date"),
    number("status_id"),
    number("user_id"),
    money("cost"),
    small("autoclose"),
    small("closed"),
    moment("date_close"),
)
"""``user_id`` is the curator, 0 for none; ``closed`` is the state, 1 closed."""
helpdesk_message = Table(
    "helpdesk_message",
    METADATA,
    key(),
    number("topic_id", index=True),
    number("user_id_from"),
    moment("date_from"),
    number("user_id_to"),
    moment("date_to"),
    text("text"),
)
"""``user_id_from`` 0 is the client; ``date_to`` is the moment of reading, absent while unread."""
