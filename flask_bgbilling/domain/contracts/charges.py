"""Charges of a contract and its sub-contracts."""

from datetime import date

from flask_bgbilling.domain.contracts.contract import Contract
from flask_bgbilling.domain.contracts.periods import Period
from flask_bgbilling.domain.contracts.postings import PostingLine, PostingSheet, PostingSource, read_postings
from flask_bgbilling.wire.ops.charges import CHARGE_LIST, SUB_CONTRACT_CHARGE_LIST
from flask_bgbilling.wire.ops.directories import CHARGE_TYPES, USERS

__all__ = ["READING", "PostingLine", "PostingSheet", "read_charges"]

_SOURCE = PostingSource(CHARGE_LIST, SUB_CONTRACT_CHARGE_LIST, CHARGE_TYPES)
READING = (CHARGE_LIST, SUB_CONTRACT_CHARGE_LIST, CHARGE_TYPES.load, USERS.load)


def read_charges(contract: Contract, period: Period, type_key: str, today: date) -> PostingSheet:
    """Charges of a period, of one type when ``type_key`` names it."""
    return read_postings(_SOURCE, contract, period, type_key, today)
