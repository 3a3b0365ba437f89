"""Payments of a contract: lists by XML below 9.2 and JSON from 9.2 on, one by XML (money.md 3.1, 3.2)."""

from collections.abc import Mapping

from flask_bgbilling.wire.answers import XmlAnswer
from flask_bgbilling.wire.dto.common import Period
from flask_bgbilling.wire.dto.money import PostingRecord
from flask_bgbilling.wire.operation import JsonRpc, Operation, Service, XmlAction
from flask_bgbilling.wire.ops.balance import cid_and_period
from flask_bgbilling.wire.ops.postings import OWN, SUBS, posting_record, read_own, read_rows, read_subs
from flask_bgbilling.wire.version import BELOW_9_2, FROM_9_2

PAYMENT_SERVICE = Service("ru.bitel.bgbilling.kernel.contract.balance", "PaymentService")


def own_payments(*, cid: int, period: Period) -> Mapping[str, object]:
    """Parameters that ask for the contract's own payments."""
    return {"contractId": cid, "members": OWN, "period": period}


def sub_contract_payments(*, cid: int, period: Period) -> Mapping[str, object]:
    """Parameters that ask for payments of sub-contracts only."""
    return {"contractId": cid, "members": SUBS, "period": period}


def by_id(*, payment_id: int) -> Mapping[str, object]:
    """The field of one payment; its contract is not asked for."""
    return {"id": payment_id}


def read_payment(answer: XmlAnswer) -> PostingRecord | None:
    """One payment, at any depth; ``None`` when the billing has none of this id."""
    return posting_record(next(answer.anywhere("payment"), None))


PAYMENT_LIST = Operation(
    "payment list",
    forms=(
        XmlAction("contract", "ContractPayments", fields=cid_and_period, read=read_rows, bands=BELOW_9_2),
        JsonRpc(PAYMENT_SERVICE, "paymentList", params=own_payments, read=read_own, bands=FROM_9_2),
    ),
)

SUB_CONTRACT_PAYMENT_LIST = Operation(
    "payment list of sub-contracts",
    forms=(JsonRpc(PAYMENT_SERVICE, "paymentList", params=sub_contract_payments, read=read_subs, bands=FROM_9_2),),
)

PAYMENT: Operation[PostingRecord | None] = Operation(
    "payment",
    forms=(XmlAction("contract", "ContractPayment", fields=by_id, read=read_payment),),
)
