"""Changing the face and the mode of a contract, XML on every version (contract.md 11)."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from sqlalchemy import Table

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.errors import BadParameter
from flask_bgbilling.emulator.model.changes import add_row, change_row, locked_contract
from flask_bgbilling.emulator.registry import XmlCall, xml

PERSON, LEGAL_ENTITY = 0, 1
CREDIT, DEBIT = 0, 1
DEBIT_WORD = "debet"


@xml("contract", "SetFcContract", right="write")
def set_face(call: XmlCall) -> Element:
    """Makes the contract one of a person (0) or of a legal entity (1)."""
    face = call.integer("value")
    if face not in (PERSON, LEGAL_ENTITY):
        raise BadParameter(f"Неверное значение параметра value: {face}")
    return _set(call, "fc", schema.log_contract_fc, face)


@xml("contract", "UpdateContractMode", right="write")
def set_mode(call: XmlCall) -> Element:
    """Switches to debit for ``debet`` (sic), to credit for anything else."""
    return _set(call, "mode", schema.log_contract_mode, DEBIT if call.text("value") == DEBIT_WORD else CREDIT)


def _set(call: XmlCall, column: str, log: Table, value: int) -> Element:
    """Writes the column and, when the value is another one, a line of the log."""
    contract = locked_contract(call, "cid")
    if contract[column] != value:
        change_row(call.db, schema.contract, contract["id"], **{column: value})
        add_row(call.db, log, cid=contract["id"], dt=call.now, uid=call.user.id, value=value)
    return call.data()
