"""Attaching service modules to a contract and detaching them: XML below 9.2410, JSON from there (contract.md 9)."""

from collections.abc import Mapping

from flask_bgbilling.wire.operation import JsonRpc, Operation, XmlAction
from flask_bgbilling.wire.ops.contracts import CONTRACT_SERVICE
from flask_bgbilling.wire.ops.written import read_nothing
from flask_bgbilling.wire.version import BELOW_9_2410, FROM_9_2410


def module_fields(*, cid: int, module_id: int) -> Mapping[str, object]:
    """One instance in XML."""
    return {"cid": cid, "module_id": module_id}


def module_params(*, cid: int, module_id: int) -> Mapping[str, object]:
    """One instance in JSON, where it is a list of them."""
    return {"contractId": cid, "moduleIds": [module_id]}


MODULE_ADDITION = Operation(
    "module addition",
    forms=(
        XmlAction("contract", "ContractModuleAdd", fields=module_fields, read=read_nothing, bands=BELOW_9_2410),
        JsonRpc(CONTRACT_SERVICE, "contractModuleAdd", params=module_params, read=read_nothing, bands=FROM_9_2410),
    ),
    safe=False,
)
"""Attaches an instance of a module to a contract."""

MODULE_REMOVAL = Operation(
    "module removal",
    forms=(
        XmlAction("contract", "ContractModuleDelete", fields=module_fields, read=read_nothing, bands=BELOW_9_2410),
        JsonRpc(CONTRACT_SERVICE, "contractModuleDelete", params=module_params, read=read_nothing, bands=FROM_9_2410),
    ),
    safe=False,
)
"""Detaches an instance of a module; its data in the contract is lost."""
