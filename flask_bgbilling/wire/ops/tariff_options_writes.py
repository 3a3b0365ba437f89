"""Activating, ending, prolonging and deleting tariff options of a contract (money.md 10).

JSON on every version, but for the reactivation, which every version knows as an XML action.
"""

from collections.abc import Mapping
from decimal import Decimal

from flask_bgbilling.wire.operation import JsonRpc, Operation, XmlAction
from flask_bgbilling.wire.ops.sums import exact
from flask_bgbilling.wire.ops.tariff_options import TARIFF_OPTION_SERVICE
from flask_bgbilling.wire.ops.written import read_nothing, read_written_json

# What is not said to be by staff the server refuses.
BY_STAFF: Mapping[str, object] = {"web": False}


def option_and_mode(*, cid: int, option_id: int, mode_id: int) -> Mapping[str, object]:
    """Parameters of an activation: the option of the directory and one of its modes."""
    return {"contractId": cid, "optionId": option_id, "modeId": mode_id, **BY_STAFF}


def option_mode_and_sum(*, cid: int, option_id: int, mode_id: int, amount: Decimal) -> Mapping[str, object]:
    """Parameters of an activation for a price that is given, in currency units with two digits."""
    return {**option_and_mode(cid=cid, option_id=option_id, mode_id=mode_id), "chargeSum": exact(amount)}


def by_contract_option(*, cid: int, contract_option_id: int) -> Mapping[str, object]:
    """Parameters that name an option of the contract, not of the directory."""
    return {"contractId": cid, "contractOptionId": contract_option_id}


def reactivation(*, cid: int, contract_option_id: int) -> Mapping[str, object]:
    """Fields that prolong an option of the contract, or begin it again."""
    return {"operation": "reactivate", "cid": cid, "id": contract_option_id}


def deletion(*, cid: int, contract_option_id: int) -> Mapping[str, object]:
    """Parameters that delete an option of the contract, by staff."""
    return {"contractId": cid, "id": contract_option_id, "customer": False}


OPTION_ACTIVATE = Operation(
    "tariff option activation",
    forms=(
        JsonRpc(TARIFF_OPTION_SERVICE, "contractTariffOptionActivate", params=option_and_mode, read=read_written_json),
    ),
    safe=False,
)
"""Activates an option from now on and charges the price of the mode; servers rarely tell its id."""

# The server's own spelling.
OPTION_ACTIVATE_WITH_SUM = Operation(
    "tariff option activation for a sum",
    forms=(
        JsonRpc(
            TARIFF_OPTION_SERVICE,
            "contractTariffOptionActivateWhithSum",
            params=option_mode_and_sum,
            read=read_written_json,
        ),
    ),
    safe=False,
)

OPTION_DEACTIVATE = Operation(
    "tariff option deactivation",
    forms=(
        JsonRpc(TARIFF_OPTION_SERVICE, "contractTariffOptionDeactivate", params=by_contract_option, read=read_nothing),
    ),
    safe=False,
)
"""Ends an active option now; what it cost stays charged."""

OPTION_REACTIVATE = Operation(
    "tariff option reactivation",
    forms=(XmlAction("tariff.option", "ContractTariffOption", fields=reactivation, read=read_nothing),),
    safe=False,
)

OPTION_DELETE = Operation(
    "tariff option deletion",
    forms=(JsonRpc(TARIFF_OPTION_SERVICE, "contractTariffOptionDelete", params=deletion, read=read_nothing),),
    safe=False,
)
"""Deletes an option as if it had never been, its charge too."""
