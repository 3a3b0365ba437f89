"""Small administrative actions: the closed period, commands for the desktop client."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

from sqlalchemy import insert, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.answers import element, item
from flask_bgbilling.emulator.errors import BadParameter
from flask_bgbilling.emulator.registry import XmlCall, xml

NO_CLOSED_DATE = "00.00.0000"
COMMANDS = ("put",)


@xml("admin", "GetClosedDate")
def get_closed_date(call: XmlCall) -> Element:
    """The last closed day of a kind of period (the main one by default), empty when none (money.md 3.5)."""
    key = f"closed_date_{call.integer('typeId', 1)}"
    value = call.db.scalar(select(schema.setup.c.value).where(schema.setup.c.id == key))
    data = call.data()
    element(data, "closed", date="" if value in (None, NO_CLOSED_DATE) else value)
    return data


@xml("admin", "ClosedDateTypeList")
def closed_date_types(call: XmlCall) -> Element:
    """The kinds of closed periods."""
    data = call.data()
    found = SubElement(data, "list")
    for row in call.db.execute(select(schema.closed_date_type).order_by("id")).mappings():
        item(found, **row)
    return data


@xml("admin", "Command", right="write")
def command(call: XmlCall) -> Element:
    """Queues a command for the calling account's desktop client (contract.md 18)."""
    name = call.text("command")
    if name not in COMMANDS:
        raise BadParameter(f"Неизвестная команда {name}" if name else "Не указан параметр command")
    call.db.execute(
        insert(schema.user_command).values(uid=call.user.id, dt=call.now, command=name, value=call.text("value"))
    )
    return call.data()
