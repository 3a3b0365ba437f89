"""Patterns by which a billing makes contracts (contract.md 7)."""

from collections.abc import Mapping

from flask_bgbilling.wire.answers import XmlAnswer
from flask_bgbilling.wire.dto.server import Names, names
from flask_bgbilling.wire.operation import Directory, Operation, XmlAction
from flask_bgbilling.wire.ops.contracts import id_title_elements


def nothing() -> Mapping[str, object]:
    """Fields of a call without any."""
    return {}


def read_patterns(answer: XmlAnswer) -> Names:
    """Titles of patterns by id; 0 is the one that is used where none is named."""
    return names(id_title_elements(answer.rows("patterns/item")))


CONTRACT_PATTERN_TITLES = Operation(
    "contract patterns",
    forms=(XmlAction("contract", "GetPatternList", fields=nothing, read=read_patterns),),
)

CONTRACT_PATTERNS = Directory("contract patterns", load=CONTRACT_PATTERN_TITLES)
