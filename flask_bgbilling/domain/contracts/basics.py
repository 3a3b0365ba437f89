"""The contract itself: number, comment, days, face, mode, visibility, place among others (card-screens.md 3)."""

from dataclasses import dataclass

from flask_bgbilling.domain.contracts.contract import Contract, Part, part
from flask_bgbilling.domain.contracts.info import ContractCard, read_card
from flask_bgbilling.wire.dto.contracts import HierarchyLinks
from flask_bgbilling.wire.ops.contracts import CONTRACT_INFO
from flask_bgbilling.wire.ops.hierarchy import HIERARCHY

__all__ = ["READING", "Basics", "read_basics"]

READING = (CONTRACT_INFO, HIERARCHY)


@dataclass(frozen=True)
class Basics:
    """The card with the contract's links to others, which may fail alone."""

    card: ContractCard
    links: Part[HierarchyLinks]


def read_basics(contract: Contract) -> Basics:
    """Reads the card and the links of the contract at the same time."""
    links = contract.billing.start(HIERARCHY, cid=contract.cid)
    return Basics(read_card(contract), part(links.result))
