"""The info card of a contract, as XML and as a JSON document inside a string (contract.md 6)."""

from __future__ import annotations

import json
from xml.etree.ElementTree import Element

from sqlalchemy import RowMapping, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.answers import element, item
from flask_bgbilling.emulator.model.contract_info import balance_part, contract_part, info_part
from flask_bgbilling.emulator.registry import JsonCall, XmlCall, json_rpc, xml

LABELS_SINCE = "9.2"


@xml("contract", "ContractInfo", below="8.2")
def contract_info(call: XmlCall) -> Element:
    """The card as XML; a missing contract leaves ``contract`` and ``info`` out."""
    data = call.data()
    contract = _contract(call, call.integer("cid"))
    if contract is None:
        return data
    element(data, "contract", **contract_part(call.db, contract, call.today))
    info = element(data, "info")
    for name, rows in info_part(call.db, contract, call.now, with_labels=False).items():
        part = element(info, name)
        for row in rows:
            item(part, **row)
    element(info, "balance", **balance_part(call.db, contract, call.now))
    element(info, "plugins")
    return data


@json_rpc("ru.bitel.bgbilling.kernel.contract.api", "ContractService", "contractInfoGet", since="8.2")
def contract_info_get(call: JsonCall) -> object:
    """The card as a JSON text under ``json``; a missing contract is the empty document ``{}``."""
    contract = _contract(call, call.integer("contractId"))
    if contract is None:
        return {"json": "{}"}
    labels = call.version >= LABELS_SINCE
    document = {
        "contract": contract_part(call.db, contract, call.today),
        "info": {
            **info_part(call.db, contract, call.now, with_labels=labels),
            "plugins": [],
            "balance": balance_part(call.db, contract, call.now),
        },
    }
    return {"json": json.dumps(document, ensure_ascii=False)}


def _contract(call: XmlCall | JsonCall, cid: int) -> RowMapping | None:
    query = select(schema.contract).where(schema.contract.c.id == cid)
    return call.db.execute(query).mappings().first()
