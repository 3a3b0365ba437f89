"""Types of contracts that can be made for a customer (``configuration.md`` 2.3).

A block that cannot be used is left out and reported; the others stay. Types stand in the order of their numbers.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from flask_bgbilling.config.loading import noted
from flask_bgbilling.config.messages import Problem
from flask_bgbilling.config.properties import IdTitle, Properties
from flask_bgbilling.config.settings import Settings
from flask_bgbilling.config.values import Mistake, id_titles, integer, natural, parse_integer

PREFIX: Final = "bgbilling:contractType."
REPLACE_FIRST: Final = -1
"""The position that puts the tariff in the place of the first current one."""


@dataclass(frozen=True, slots=True)
class ContractType:
    """A kind of contract that can be made.

    ``number`` is its place in the configuration, ``pattern_id`` the billing's contract pattern. With ``tariffs``, ids
    and titles of plans (separated by semicolons, or by commas as running installations do), one of them or none has
    to be chosen; ``tariff_position`` is where it goes, :data:`REPLACE_FIRST` or 0 and above.
    """

    number: int
    title: str
    billing_id: str
    pattern_id: int = 0
    tariffs: tuple[IdTitle, ...] = ()
    tariff_position: int = REPLACE_FIRST

    def tariff(self, plan_id: int) -> IdTitle | None:
        """One of the offered tariffs."""
        return next((tariff for tariff in self.tariffs if tariff.id == plan_id), None)


def contract_types(settings: Settings) -> tuple[ContractType, ...]:
    """The types that can be used: those of working servers."""
    blocks = settings.properties.indexed(PREFIX)
    found = (read_type(number, block) for number, block in sorted(blocks.items()))
    return tuple(one for one in found if one is not None and settings.server(one.billing_id) is not None)


def problems(properties: Properties) -> Iterator[Problem]:
    """What is wrong in the blocks beyond the form of their values."""
    for number, block in properties.indexed(PREFIX).items():
        prefix = f"{PREFIX}{number}."
        for key in ("title", "billing"):
            if not block.text(key).strip():
                yield noted(block, key, "required", prefix)
        position = parse_integer(block.text("tariffPosition"))
        if position is not None and position < REPLACE_FIRST:
            yield noted(block, "tariffPosition", "tariff-position", prefix)
        seen: set[int] = set()
        for tariff in block.id_titles("tariffList"):
            if tariff.id in seen or tariff.id <= 0 or not tariff.title:
                yield noted(block, "tariffList", "tariff-list", prefix, value=f"{tariff.id}:{tariff.title}")
            seen.add(tariff.id)


def read_type(number: int, block: Properties) -> ContractType | None:
    """A type of a block without its prefix, such as that of a wizard's step too; ``None`` when it cannot be used."""
    title, billing_id = block.text("title").strip(), block.text("billing").strip()
    try:
        pattern_id = natural(block.text("patternId").strip() or "0")
        position = integer(block.text("tariffPosition").strip() or str(REPLACE_FIRST))
        id_titles(block.text("tariffList"))
    except Mistake:
        return None
    if not title or not billing_id:
        return None
    kept = {tariff.id: tariff for tariff in reversed(block.id_titles("tariffList")) if tariff.id > 0}
    tariffs = tuple(reversed([tariff for tariff in kept.values() if tariff.title]))
    return ContractType(number, title, billing_id, pattern_id, tariffs, max(position, REPLACE_FIRST))
