"""Contacts of a contract for mailings (modules.md 8)."""

from __future__ import annotations

from sqlalchemy import select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.model.instances import check_plugin
from flask_bgbilling.emulator.model.parameters import display_values, kind_of
from flask_bgbilling.emulator.model.presence import contract_of
from flask_bgbilling.emulator.registry import JsonCall, json_rpc
from flask_bgbilling.emulator.schema.modules_plugins import dispatch_contact, dispatch_contact_type

PACKAGE = "ru.bitel.bgbilling.plugins.dispatch"


@json_rpc(PACKAGE, "DispatchService", "getContacts")
def contacts(call: JsonCall) -> object:
    """A contact of each type: id 0 and no value where the contract has none of its own.

    ``defaultValue`` comes from a parameter of the contract and counts while ``value`` is empty.
    """
    check_plugin(call, "dispatch")
    contract = contract_of(call, "contractId")
    own = {
        row.type_id: row
        for row in call.db.execute(select(dispatch_contact).where(dispatch_contact.c.contract_id == contract["id"]))
    }
    types = call.db.execute(select(dispatch_contact_type).order_by(dispatch_contact_type.c.id)).all()
    defaults = _defaults(call, contract["id"], [row.pid for row in types])
    return [
        {
            "id": own[row.id].id if row.id in own else 0,
            "contractId": contract["id"],
            "contactTypeId": row.id,
            "value": own[row.id].value if row.id in own else "",
            "defaultValue": defaults.get(row.pid, ""),
        }
        for row in types
    ]


def _defaults(call: JsonCall, cid: int, parameters: list[int]) -> dict[int, str]:
    """The first value of parameters of a contract by their ids: phones and mail addresses."""
    preferences = schema.contract_parameters_pref
    query = select(preferences.c.pt).where(preferences.c.id.in_(parameters))
    values = display_values(call.db, cid, {kind_of(number) for number in call.db.scalars(query)})
    return {number: _first(values.get(number, "")) for number in parameters}


def _first(value: str) -> str:
    """The bare address or number at the beginning of the text of a parameter."""
    first = value.replace(";", "\n").partition("\n")[0]
    inside = first.partition("<")[2].partition(">")[0]
    return (inside or first.partition("[")[0]).strip()
