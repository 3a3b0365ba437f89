"""Making a contract (contract.md 7): XML below 9.2, JSON from there.

A number that a person types goes out on every version, also where the billing's known clients drop it.
"""

from collections.abc import Mapping
from datetime import date

from flask_bgbilling.wire.answers import JsonAnswer, Unreadable, XmlAnswer
from flask_bgbilling.wire.codec import integer, text
from flask_bgbilling.wire.dto.contracts import CreatedContract
from flask_bgbilling.wire.operation import JsonRpc, Operation, XmlAction
from flask_bgbilling.wire.ops.contracts import CONTRACT_SERVICE
from flask_bgbilling.wire.version import BELOW_9_2, FROM_9_2

_NONE = 0


def creation_fields(*, pattern_id: int, day: date, title: str = "", numbering: str = "") -> Mapping[str, object]:
    """Pattern and first day; a number, or a pattern of numbers in place of the contract pattern's own, where given."""
    return {"pattern_id": pattern_id, "date": day, "title": title or None, "custom_title": numbering or None}


def creation_params(*, pattern_id: int, day: date, title: str = "", numbering: str = "") -> Mapping[str, object]:
    """The same in JSON, where everything that a contract can begin with has its place."""
    data = {
        "patternId": pattern_id,
        "dateFrom": day,
        "title": title or None,
        "customTitle": numbering or None,
        "password": None,
        "contractSuperId": _NONE,
        "contractSubMode": _NONE,
    }
    return {"contractCreateData": data}


def read_created_xml(answer: XmlAnswer) -> CreatedContract:
    """Id and number of the new contract; without an id nobody knows what was made."""
    contract = answer.first("contract")
    cid = integer(contract.get("id")) if contract is not None else 0
    if contract is None or cid <= 0:
        raise Unreadable("the new contract has no id")
    return CreatedContract(cid, text(contract.get("title")).strip())


def read_created_json(answer: JsonAnswer) -> CreatedContract:
    """The id of the new contract, a number or its digits; the number has to be read."""
    returned = answer.returned
    cid = 0 if isinstance(returned, bool | dict | list) else integer(returned)
    if cid <= 0:
        raise Unreadable("the new contract has no id")
    return CreatedContract(cid)


CONTRACT_CREATE: Operation[CreatedContract] = Operation(
    "contract creation",
    forms=(
        XmlAction("contract", "NewContract", fields=creation_fields, read=read_created_xml, bands=BELOW_9_2),
        JsonRpc(CONTRACT_SERVICE, "contractCreate", params=creation_params, read=read_created_json, bands=FROM_9_2),
    ),
    safe=False,
)
"""Makes a contract. ``title`` is its number; without one the billing numbers it, by ``numbering`` where given."""
