"""Changing payments and their types (money.md 3.3 to 3.6)."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from flask_bgbilling.emulator.model.changes import locked_contract, record_id
from flask_bgbilling.emulator.model.ledger import remove_posting, save_posting
from flask_bgbilling.emulator.model.money_types import move_types, remove_type, save_type
from flask_bgbilling.emulator.model.postings import PAYMENTS
from flask_bgbilling.emulator.registry import JsonCall, XmlCall, json_rpc, xml

PACKAGE = "ru.bitel.bgbilling.kernel.contract.balance"
SERVICE = "PaymentService"
DELETED = 1


@xml("contract", "UpdateContractPayment", right="write")
def update_contract_payment(call: XmlCall) -> Element:
    """Enters a payment (``id`` ``new``) or changes one, on every version; the answer tells its id."""
    contract = locked_contract(call, "cid")
    number = save_posting(
        call,
        PAYMENTS,
        contract,
        record_id(call),
        on=call.required_date("date"),
        type_id=call.integer("pt"),
        sum_=call.decimal("summa"),
        comment=call.text("comment"),
    )
    return call.data(id=str(number))


@xml("contract", "DeleteContractPayment", right="write")
def delete_contract_payment(call: XmlCall) -> Element:
    """Moves a payment to the archive of deleted ones."""
    contract = locked_contract(call, "cid")
    remove_posting(call, PAYMENTS, contract, call.integer("id"))
    return call.data()


@json_rpc(PACKAGE, SERVICE, "paymentUpdate", right="write")
def payment_update(call: JsonCall) -> object:
    """Enters a payment (``id`` 0 or absent) or changes one; an array with its id.

    It is entered by the calling account, whatever ``userId`` says; ``distribution`` has no effect.
    """
    contract = locked_contract(call, "payment.contractId")
    number = save_posting(
        call,
        PAYMENTS,
        contract,
        record_id(call, "payment.id"),
        on=call.required_date("payment.date"),
        type_id=call.integer("payment.typeId"),
        sum_=call.decimal("payment.sum"),
        comment=call.text("payment.comment"),
    )
    return [number]


@json_rpc(PACKAGE, SERVICE, "paymentDelete", right="write")
def payment_delete(call: JsonCall) -> object:
    """Moves a payment to the archive of deleted ones; how many were deleted."""
    contract = locked_contract(call, "contractId")
    remove_posting(call, PAYMENTS, contract, call.integer("paymentId"))
    return DELETED


@json_rpc(PACKAGE, SERVICE, "paymentTypeUpdate", right="admin")
def payment_type_update(call: JsonCall) -> object:
    """Writes a payment type or a folder of types; its id."""
    return save_type(call, PAYMENTS, "paymentType")


@json_rpc(PACKAGE, SERVICE, "paymentTypeDelete", right="admin")
def payment_type_delete(call: JsonCall) -> object:
    """Removes a payment type that nothing uses; how many were removed."""
    return remove_type(call, PAYMENTS, call.integer("paymentTypeId"))


@json_rpc(PACKAGE, SERVICE, "paymentTypeMove", right="admin")
def payment_type_move(call: JsonCall) -> object:
    """Moves payment types into a folder."""
    move_types(call, PAYMENTS, call.integer("paymentTypeId"), call.ids("idList"))
    return None
