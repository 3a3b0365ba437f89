"""Changing charges, returns and their types (money.md 4)."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from sqlalchemy import select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.errors import Refused
from flask_bgbilling.emulator.model.changes import locked_contract, locked_row, record_id
from flask_bgbilling.emulator.model.ledger import UNKNOWN_RECORD, remove_posting, save_posting
from flask_bgbilling.emulator.model.money_types import move_types, remove_type, save_type
from flask_bgbilling.emulator.model.postings import CHARGES
from flask_bgbilling.emulator.registry import JsonCall, XmlCall, json_rpc, xml

PACKAGE = "ru.bitel.bgbilling.kernel.contract.balance"
SERVICE = "ChargeService"
DELETED = 1


@xml("contract", "UpdateContractCharge", right="write", below="9.2")
def update_contract_charge(call: XmlCall) -> Element:
    """Enters a charge (``id`` ``new``) or changes one; the answer tells its id."""
    contract = locked_contract(call, "cid")
    number = save_posting(
        call,
        CHARGES,
        contract,
        record_id(call),
        on=call.required_date("date"),
        type_id=call.integer("pt"),
        sum_=call.decimal("summa"),
        comment=call.text("comment"),
    )
    return call.data(id=str(number))


@xml("contract", "DeleteContractCharge", right="write")
def delete_contract_charge(call: XmlCall) -> Element:
    """Removes a charge, on every version; nothing is kept of it."""
    contract = locked_contract(call, "cid")
    remove_posting(call, CHARGES, contract, call.integer("id"))
    return call.data()


@json_rpc(PACKAGE, SERVICE, "chargeUpdate", right="write")
def charge_update(call: JsonCall) -> object:
    """Enters a charge (``id`` 0 or absent) or changes one; its id. Whether it is a return, its type says."""
    contract = locked_contract(call, "charge.contractId")
    return save_posting(
        call,
        CHARGES,
        contract,
        record_id(call, "charge.id"),
        on=call.required_date("charge.date"),
        type_id=call.integer("charge.typeId"),
        sum_=call.decimal("charge.sum"),
        comment=call.text("charge.comment"),
    )


@json_rpc(PACKAGE, SERVICE, "chargeDelete", right="write")
def charge_delete(call: JsonCall) -> object:
    """Removes a charge of a contract; how many were removed."""
    contract = locked_contract(call, "contractId")
    remove_posting(call, CHARGES, contract, call.integer("chargeId"))
    return DELETED


@json_rpc(PACKAGE, SERVICE, "chargeDeleteById", right="write")
def charge_delete_by_id(call: JsonCall) -> object:
    """Removes a charge, whatever contract it is of; how many were removed."""
    charge, rows = call.integer("chargeId"), schema.contract_charge
    cid = call.db.execute(select(rows.c.cid).where(rows.c.id == charge)).scalar()
    if cid is None:
        raise Refused(UNKNOWN_RECORD[CHARGES.element])
    remove_posting(call, CHARGES, locked_row(call.db, cid), charge)
    return DELETED


@json_rpc(PACKAGE, SERVICE, "chargeTypeUpdate", right="admin")
def charge_type_update(call: JsonCall) -> object:
    """Writes a charge type or a folder of types; its id."""
    return save_type(call, CHARGES, "chargeType")


@json_rpc(PACKAGE, SERVICE, "chargeTypeDelete", right="admin")
def charge_type_delete(call: JsonCall) -> object:
    """Removes a charge type that nothing uses; how many were removed."""
    return remove_type(call, CHARGES, call.integer("chargeTypeId"))


@json_rpc(PACKAGE, SERVICE, "chargeTypeMove", right="admin")
def charge_type_move(call: JsonCall) -> object:
    """Moves charge types into a folder."""
    move_types(call, CHARGES, call.integer("chargeTypeId"), call.ids("idList"))
    return None
