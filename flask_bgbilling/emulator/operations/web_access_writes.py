"""Changing the access of a customer to the cabinet (contract.md 18)."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from sqlalchemy import RowMapping

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.calls import Call
from flask_bgbilling.emulator.errors import Refused
from flask_bgbilling.emulator.model.changes import add_row, change_row, locked_contract
from flask_bgbilling.emulator.model.creation import generated_password
from flask_bgbilling.emulator.model.parameters import Kind, display_values
from flask_bgbilling.emulator.registry import JsonCall, XmlCall, json_rpc, xml

CONTRACT_API = "ru.bitel.bgbilling.kernel.contract.api"
SELF_CARE = "ru.bitel.bgbilling.kernel.contract.selfcare"


@xml("contract", "UpdateContractPassword", right="write")
def update_password_xml(call: XmlCall) -> Element:
    """Sets the password of the cabinet, or a generated one with ``set_pswd``."""
    contract = locked_contract(call, "cid")
    _set(call, contract, call.text("value"), generate=call.flag("set_pswd"))
    return call.data()


@json_rpc(CONTRACT_API, "ContractService", "contractPasswordUpdate", since="7.1", right="write")
def update_password(call: JsonCall) -> object:
    """Sets the password of the cabinet, or a generated one with ``generate``."""
    contract = locked_contract(call, "contractId")
    _set(call, contract, call.text("password"), generate=call.flag("generate"))
    return None


@json_rpc(CONTRACT_API, "ContractService", "contractPasswordReset", since="7.1", right="write")
def reset_password(call: JsonCall) -> object:
    """Generates a password for the owner of an address; refused when no e-mail parameter holds it."""
    contract, address = locked_contract(call, "contractId"), call.text("email").strip().lower()
    known = " ".join(display_values(call.db, contract["id"], (Kind.EMAIL,)).values()).lower()
    if not address or f"<{address}>" not in known:
        raise Refused("Адрес электронной почты не указан в договоре")
    _set(call, contract, "", generate=True)
    return None


@json_rpc(SELF_CARE, "ContractLoginService", "contractLoginLogAdd", since="7.1", right="write")
def add_logon(call: JsonCall) -> object:
    """Adds a successful or failed login to the log of the cabinet."""
    contract = locked_contract(call, "contractId")
    common = {"cid": contract["id"], "dt": call.now, "ip": call.text("remoteAddress")}
    if call.flag("success"):
        own = {"password_type": call.text("type"), "session_id": call.text("sessionId")}
        add_row(call.db, schema.contract_logon_ok, **common, **own)
    else:
        code = call.integer("type", 0)
        add_row(call.db, schema.contract_logon_error, **common, login=call.text("username"), error_code=code)
    return None


def _set(call: Call, contract: RowMapping, password: str, *, generate: bool) -> None:
    value = generated_password() if generate else password
    change_row(call.db, schema.contract, contract["id"], pswd=value)
