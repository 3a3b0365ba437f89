"""Logs of the face and of the mode of a contract, XML on every version (contract.md 11)."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree.ElementTree import Element

from sqlalchemy import Table, func, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.answers import table
from flask_bgbilling.emulator.model.presence import contract_of, user_names
from flask_bgbilling.emulator.registry import XmlCall, xml

FACES = {0: "Физическое лицо", 1: "Юридическое лицо"}
MODES = {0: "Кредит", 1: "Дебет"}
OLDEST_FIRST = 1


@xml("contract", "ContractFace")
def contract_face(call: XmlCall) -> Element:
    """Who made the contract one of a person or of a legal entity, and when."""
    return _log(call, schema.log_contract_fc, FACES)


@xml("contract", "ContractMode")
def contract_mode(call: XmlCall) -> Element:
    """Who switched the contract between credit and debit, and when."""
    return _log(call, schema.log_contract_mode, MODES)


def _log(call: XmlCall, log: Table, words: Mapping[int, str]) -> Element:
    contract = contract_of(call, "cid")
    page, names = call.page(), user_names(call.db)
    mine = log.c.cid == contract["id"]
    records = call.db.execute(select(func.count()).select_from(log).where(mine)).scalar_one()
    oldest_first = call.integer("view", 0) == OLDEST_FIRST
    order = (log.c.dt, log.c.id) if oldest_first else (log.c.dt.desc(), log.c.id.desc())
    data = call.data()
    rows = (
        {
            "date": entry.dt,
            "user": names.get(entry.uid, ""),
            "value": words.get(entry.value, str(entry.value)),
        }
        for entry in call.db.execute(page.limit(select(log).where(mine).order_by(*order)))
    )
    table(data, rows, page=page, records=records)
    return data
