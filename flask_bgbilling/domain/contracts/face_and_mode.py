"""Face and mode of a contract with their histories (card-screens.md 6.6, 6.7, contract.md 11)."""

from dataclasses import dataclass

from flask_bgbilling.domain.contracts.contract import Contract
from flask_bgbilling.domain.contracts.info import ContractCard, read_card
from flask_bgbilling.wire.dto.common import Page
from flask_bgbilling.wire.dto.logs import ValueChange
from flask_bgbilling.wire.operation import Operation
from flask_bgbilling.wire.ops.contracts import CONTRACT_INFO
from flask_bgbilling.wire.ops.logs import FACE_LOG, MODE_LOG

__all__ = ["READING_FACE", "READING_MODE", "ValueChange", "ValueHistory", "read_face", "read_mode"]

LOG_PAGE_SIZE = 25
READING_FACE = (CONTRACT_INFO, FACE_LOG)
READING_MODE = (CONTRACT_INFO, MODE_LOG)


@dataclass(frozen=True)
class ValueHistory:
    """A page of the changes of a value, the newest first, and the card that tells the value of today."""

    card: ContractCard
    log: Page[ValueChange]


def read_face(contract: Contract, page: int) -> ValueHistory:
    """Who made the contract a person's or a firm's, and when."""
    return _read(contract, FACE_LOG, page)


def read_mode(contract: Contract, page: int) -> ValueHistory:
    """Who switched between credit and debit, and when."""
    return _read(contract, MODE_LOG, page)


def _read(contract: Contract, operation: Operation[Page[ValueChange]], page: int) -> ValueHistory:
    log = contract.billing.start(operation, cid=contract.cid, page=page, size=LOG_PAGE_SIZE)
    card = read_card(contract)
    return ValueHistory(card, log.result())
