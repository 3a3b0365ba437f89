"""Pairs of parameters of customers and of contracts: ``72:456;12:9,80,83;115[1,2]:421[14575,14576]``.

The grammar is that of customers-and-links.md 2.1 and 4: on the left a parameter of the customer, on the right one or
several of the contract in the order in which they are asked. Lists in brackets pair values by their places.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from flask_bgbilling.config.values import Mistake, parse_integer

TITLE: Final = "customerTitle"
"""Stands on the left for the customer's title."""

_NUMBERS: Final = r"\s*[0-9]{1,10}\s*(?:,\s*[0-9]{1,10}\s*)*"
_CUSTOMER: Final = re.compile(rf"\s*(?:(?P<title>{TITLE})|(?P<ids>[0-9]{{1,10}})\s*(?:\[(?P<values>{_NUMBERS})\])?)\s*")
_CONTRACT: Final = re.compile(rf"(?P<ids>{_NUMBERS})(?:\[(?P<values>{_NUMBERS})\])?\s*")


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


def parsed(text: str) -> tuple[ParameterPair | Mistake, ...]:
    """What each piece between the semicolons is, in their order: a pair, or the mistake that keeps it from being one.

    The linter and everybody who reads pairs ask here, so that what is not reported is used.
    """
    return tuple(_parsed(written) for part in text.split(";") if (written := part.strip()))


def pairs(text: str) -> tuple[ParameterPair, ...]:
    """All pairs in their order. Raises the first :class:`Mistake`, which carries all others."""
    pieces = parsed(text)
    mistakes = [piece for piece in pieces if isinstance(piece, Mistake)]
    if mistakes:
        mistakes[0].further = tuple(mistakes[1:])
        raise mistakes[0]
    return readable_pairs(text)


def readable_pairs(text: str) -> tuple[ParameterPair, ...]:
    """The pairs that can be read, for checks that go on beside the mistakes of others."""
    return tuple(piece for piece in parsed(text) if isinstance(piece, ParameterPair))


def _parsed(written: str) -> ParameterPair | Mistake:
    left, _, right = written.partition(":")
    customer, contract = _CUSTOMER.fullmatch(left), _CONTRACT.fullmatch(right)
    if customer is None or contract is None:
        return Mistake("mapping", written)
    ours, theirs = _numbers(customer["values"]), _numbers(contract["values"])
    customer_ids, contract_ids = _numbers(customer["ids"]), _numbers(contract["ids"])
    if ours is None or theirs is None or customer_ids is None or contract_ids is None:
        return Mistake("mapping", written)
    if len(ours) != len(theirs):
        return Mistake("mapping-lengths", written)
    return ParameterPair(
        customer_id=customer_ids[0] if customer_ids else None,
        contract_ids=contract_ids,
        values=MappingProxyType(dict(zip(ours, theirs, strict=True))),
        text=written,
    )


def _numbers(text: str | None) -> tuple[int, ...] | None:
    """Ids between commas, none for no text; ``None`` when one of them is larger than ids are."""
    numbers = [parse_integer(part) for part in text.split(",")] if text is not None else []
    known = tuple(number for number in numbers if number is not None)
    return known if len(known) == len(numbers) else None
