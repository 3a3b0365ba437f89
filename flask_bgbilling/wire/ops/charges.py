"""Charges of a contract: XML below 9.2, JSON from 9.2 on (money.md 4)."""

from collections.abc import Mapping

from flask_bgbilling.wire.dto.common import Period
from flask_bgbilling.wire.operation import JsonRpc, Operation, Service, XmlAction
from flask_bgbilling.wire.ops.balance import cid_and_period
from flask_bgbilling.wire.ops.postings import OWN, SUBS, read_own, read_rows, read_subs
from flask_bgbilling.wire.version import BELOW_9_2, FROM_9_2

CHARGE_SERVICE = Service("ru.bitel.bgbilling.kernel.contract.balance", "ChargeService")

ALL_TYPES = 0


def own_charges(*, cid: int, period: Period) -> Mapping[str, object]:
    """Parameters that ask for the contract's own charges of all types."""
    return {"contractId": cid, "type": ALL_TYPES, "members": OWN, "period": period}


def sub_contract_charges(*, cid: int, period: Period) -> Mapping[str, object]:
    """Parameters that ask for charges of sub-contracts only."""
    return {"contractId": cid, "type": ALL_TYPES, "members": SUBS, "period": period}


CHARGE_LIST = Operation(
    "charge list",
    forms=(
        XmlAction("contract", "ContractCharges", fields=cid_and_period, read=read_rows, bands=BELOW_9_2),
        JsonRpc(CHARGE_SERVICE, "chargeList", params=own_charges, read=read_own, bands=FROM_9_2),
    ),
)

SUB_CONTRACT_CHARGE_LIST = Operation(
    "charge list of sub-contracts",
    forms=(JsonRpc(CHARGE_SERVICE, "chargeList", params=sub_contract_charges, read=read_subs, bands=FROM_9_2),),
)
