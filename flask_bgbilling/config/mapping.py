"""Pairs of parameters of customers and of contracts: ``72:456;12:9,80,83;115[1,2]:421[14575,14576]``.

The grammar is that of customers-and-links.md 2.1 and 4: on the left a parameter of the customer, on the right one or
several of the contract in the order in which they are asked. Lists in brackets pair values by their places.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from flask_bgbilling.config.values import Mistake

TITLE: Final = "customerTitle"
"""Stands on the left for the customer's title."""

_SIDE: Final = re.compile(
    r"\s*(?P<ids>[0-9]{1,9}(?:\s*,\s*[0-9]{1,9})*|customerTitle)\s*(?:\[(?P<values>[0-9,\s]*)\])?\s*"
)


@dataclass(frozen=True)
class ParameterPair:
    """One pair.

    ``customer_id`` is the customer's parameter, ``None`` for the title. ``contract_ids`` are those of the contract in
    order. ``values`` maps ids of list items of the customer to those of the contract; empty: they are the same.
    ``text`` is the pair as it was written.
    """

    customer_id: int | None
    contract_ids: tuple[int, ...]
    values: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))
    text: str = ""

    @property
    def back(self) -> Mapping[int, int]:
        """Ids of list items of the contract to those of the customer; the first of several wins."""
        return {contract: customer for customer, contract in reversed(list(self.values.items()))}


def pairs(text: str) -> tuple[ParameterPair, ...]:
    """All pairs in their order. Raises :class:`Mistake` that names the first pair that cannot be read."""
    return tuple(_pairs(text))


def _pairs(text: str) -> Iterator[ParameterPair]:
    for written in filter(None, (part.strip() for part in text.split(";"))):
        left, colon, right = written.partition(":")
        sides = _SIDE.fullmatch(left), _SIDE.fullmatch(right)
        customer, contract = sides
        if not colon or customer is None or contract is None or "," in customer["ids"] or contract["ids"] == TITLE:
            raise Mistake("mapping", written)
        ours, theirs = _numbers(customer["values"]), _numbers(contract["values"])
        if len(ours) != len(theirs) or (customer["values"] is None) != (contract["values"] is None):
            raise Mistake("mapping-lengths", written)
        yield ParameterPair(
            customer_id=None if customer["ids"] == TITLE else int(customer["ids"]),
            contract_ids=_numbers(contract["ids"]),
            values=MappingProxyType(dict(zip(ours, theirs, strict=True))),
            text=written,
        )


def _numbers(text: str | None) -> tuple[int, ...]:
    return tuple(int(number) for number in (text or "").replace(" ", "").split(",") if number)
