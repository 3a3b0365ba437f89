"""Payments of a contract and its sub-contracts."""

from datetime import date

from flask_bgbilling.domain.contracts.contract import Contract
from flask_bgbilling.domain.contracts.periods import Period
from flask_bgbilling.domain.contracts.postings import PostingLine, PostingSheet, PostingSource, read_postings
from flask_bgbilling.wire.ops.directories import PAYMENT_TYPES, USERS
from flask_bgbilling.wire.ops.payments import PAYMENT_LIST, SUB_CONTRACT_PAYMENT_LIST

__all__ = ["READING", "PostingLine", "PostingSheet", "read_payments"]

_SOURCE = PostingSource(PAYMENT_LIST, SUB_CONTRACT_PAYMENT_LIST, PAYMENT_TYPES)
READING = (PAYMENT_LIST, SUB_CONTRACT_PAYMENT_LIST, PAYMENT_TYPES.load, USERS.load)


def read_payments(contract: Contract, period: Period, type_key: str, today: date) -> PostingSheet:
    """Payments of a period, of one type when ``type_key`` names it."""
    return read_postings(_SOURCE, contract, period, type_key, today)
