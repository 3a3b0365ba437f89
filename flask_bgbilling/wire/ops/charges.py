"""Charges of a contract: lists by XML below 9.2 and JSON from 9.2 on, one by XML (money.md 4)."""

from collections.abc import Mapping

from flask_bgbilling.wire.answers import XmlAnswer
from flask_bgbilling.wire.dto.common import Period
from flask_bgbilling.wire.dto.money import PostingRecord
from flask_bgbilling.wire.operation import JsonRpc, Operation, Service, XmlAction
from flask_bgbilling.wire.ops.balance import cid_and_period
from flask_bgbilling.wire.ops.postings import OWN, SUBS, posting_record, read_own, read_rows, read_subs
from flask_bgbilling.wire.version import BELOW_9_2, FROM_9_2

CHARGE_SERVICE = Service("ru.bitel.bgbilling.kernel.contract.balance", "ChargeService")

ALL_TYPES = 0


def own_charges(*, cid: int, period: Period) -> Mapping[str, object]:
    """Parameters that ask for the contract's own charges of all types."""
    return {"contractId": cid, "type": ALL_TYPES, "members": OWN, "period": period}


def sub_contract_charges(*, cid: int, period: Period) -> Mapping[str, object]:
    """Parameters that ask for charges of sub-contracts only."""
    return {"contractId": cid, "type": ALL_TYPES, "members": SUBS, "period": period}


def by_id(*, charge_id: int) -> Mapping[str, object]:
    """The field of one charge; its contract is not asked for."""
    return {"id": charge_id}


def read_charge(answer: XmlAnswer) -> PostingRecord | None:
    """One charge, at any depth; ``None`` when the billing has none of this id."""
    return posting_record(next(answer.anywhere("charge"), None))


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

CHARGE: Operation[PostingRecord | None] = Operation(
    "charge",
    forms=(XmlAction("contract", "ContractCharge", fields=by_id, read=read_charge),),
)
