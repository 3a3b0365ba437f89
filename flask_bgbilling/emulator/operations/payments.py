"""Reading payments and their types (money.md 3)."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from flask_bgbilling.emulator.model.money import FOLDER, type_node, type_row, type_tree, types_by_id
from flask_bgbilling.emulator.model.postings import PAYMENTS, json_get, json_list, xml_get, xml_list
from flask_bgbilling.emulator.registry import JsonCall, XmlCall, json_rpc, xml

PACKAGE = "ru.bitel.bgbilling.kernel.contract.balance"
SERVICE = "PaymentService"


@xml("contract", "ContractPayments")
def contract_payments(call: XmlCall) -> Element:
    """Payments of a contract in a range, ascending."""
    return xml_list(call, PAYMENTS)


@xml("contract", "ContractPayment")
def contract_payment(call: XmlCall) -> Element:
    """One payment and the directory of types, on every version."""
    return xml_get(call, PAYMENTS)


@json_rpc(PACKAGE, SERVICE, "paymentList")
def payment_list(call: JsonCall) -> object:
    """Payments of a contract or of its dependent sub-contracts in a period, ascending."""
    return json_list(call, PAYMENTS)


@json_rpc(PACKAGE, SERVICE, "paymentGet")
def payment_get(call: JsonCall) -> object:
    """One payment, null when there is none."""
    return json_get(call, PAYMENTS, call.integer("paymentId"))


@json_rpc(PACKAGE, SERVICE, "paymentTypeTree")
def payment_type_tree(call: JsonCall) -> object:
    """The tree of payment types under a root of id 0."""
    rows = types_by_id(call.db, PAYMENTS.types).values()
    return type_tree(rows, editable=call.integer("editable", 0))


@json_rpc(PACKAGE, SERVICE, "paymentTypeList")
def payment_type_list(call: JsonCall) -> object:
    """Payment types without children, folders too unless ``type`` picks one kind."""
    wanted, editable = call.integer("type", -1), call.integer("editable", 0)
    return [
        type_node(row)
        for row in types_by_id(call.db, PAYMENTS.types).values()
        if wanted in (-1, row["type"]) and (editable != 1 or row["type"] == FOLDER or row["flag"] == 0)
    ]


@json_rpc(PACKAGE, SERVICE, "paymentTypeGet")
def payment_type_get(call: JsonCall) -> object:
    """One payment type."""
    return type_node(type_row(call.db, PAYMENTS.types, call.integer("paymentTypeId")))


@json_rpc(PACKAGE, "PaymentAndChargeService", "getPaymentTree")
def legacy_payment_tree(call: JsonCall) -> object:
    """The tree of payment types under its old name; the argument was published without one."""
    rows = types_by_id(call.db, PAYMENTS.types).values()
    return type_tree(rows, editable=call.integer("arg0", 0))
