"""Reading charges, returns and their types (money.md 4)."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from flask_bgbilling.emulator.model.money import FOLDER, type_node, type_row, type_tree, types_by_id
from flask_bgbilling.emulator.model.postings import CHARGES, json_get, json_list, xml_get, xml_list
from flask_bgbilling.emulator.registry import JsonCall, XmlCall, json_rpc, xml

PACKAGE = "ru.bitel.bgbilling.kernel.contract.balance"
SERVICE = "ChargeService"


@xml("contract", "ContractCharges")
def contract_charges(call: XmlCall) -> Element:
    """Charges of a contract in a range, ascending, without returns."""
    return xml_list(call, CHARGES)


@xml("contract", "ContractCharge")
def contract_charge(call: XmlCall) -> Element:
    """One charge and the directory of types, on every version."""
    return xml_get(call, CHARGES)


@json_rpc(PACKAGE, SERVICE, "chargeList")
def charge_list(call: JsonCall) -> object:
    """Charges of a contract or of its dependent sub-contracts in a period; ``type`` 0 means every type."""
    return json_list(call, CHARGES, type_id=call.integer("type", 0))


@json_rpc(PACKAGE, SERVICE, "paybackList")
def payback_list(call: JsonCall) -> object:
    """Returns of a contract or of its dependent sub-contracts in a period."""
    return json_list(call, CHARGES, type_id=call.integer("type", 0), payback=True)


@json_rpc(PACKAGE, SERVICE, "chargeGet")
def charge_get(call: JsonCall) -> object:
    """One charge or return, null when there is none."""
    return json_get(call, CHARGES, call.integer("chargeId"))


@json_rpc(PACKAGE, SERVICE, "chargeTypeTree")
def charge_type_tree(call: JsonCall) -> object:
    """The tree of charge types, or of types of returns, under a root of id 0."""
    rows = types_by_id(call.db, CHARGES.types).values()
    return type_tree(rows, editable=call.integer("editable", 0), payback=call.flag("isPayback"))


@json_rpc(PACKAGE, SERVICE, "chargeTypeList")
def charge_type_list(call: JsonCall) -> object:
    """Charge types without children; folders and returns too unless ``type`` and ``isPayback`` pick some."""
    wanted, editable = call.integer("type", -1), call.integer("editable", 0)
    payback = call.flag("isPayback") if call.has("isPayback") else None
    return [
        type_node(row)
        for row in types_by_id(call.db, CHARGES.types).values()
        if wanted in (-1, row["type"])
        and (editable != 1 or row["type"] == FOLDER or row["flag"] == 0)
        and (payback is None or bool(row["payback"]) is payback)
    ]


@json_rpc(PACKAGE, SERVICE, "chargeTypeGet")
def charge_type_get(call: JsonCall) -> object:
    """One charge type."""
    return type_node(type_row(call.db, CHARGES.types, call.integer("chargeTypeId")))


@json_rpc(PACKAGE, "PaymentAndChargeService", "getChargeTree")
def legacy_charge_tree(call: JsonCall) -> object:
    """The tree of charge types under its old name; the argument was published without one."""
    rows = types_by_id(call.db, CHARGES.types).values()
    return type_tree(rows, editable=call.integer("arg0", 0))
