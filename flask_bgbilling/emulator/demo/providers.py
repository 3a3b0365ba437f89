"""Which provider a seed stands for: its name and how it numbers contracts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Provider:
    """A demo provider. ``numbering`` takes the id of the contract and the two-digit year of its start."""

    name: str
    numbering: str
    pattern: str

    def number(self, contract_id: int, start: date) -> str:
        """The number of a contract."""
        return self.numbering.format(id=contract_id, year=start.year % 100)


PROVIDERS = (
    Provider("Уфанет-Юг", "A-{year:02}-{id:04}", "A-${Y2}-${N4}"),
    Provider("Домашние сети", "ДС-{id:06}", "ДС-${N6}"),
    Provider("СтройТелеком", "30{id:05}", "30${N5}"),
    Provider("Северный узел", "СУ{year:02}/{id:05}", "СУ${Y2}/${N5}"),
    Provider("Линк", "L{id:07}", "L${N7}"),
)


def provider(seed: int) -> Provider:
    """The provider of a seed; seeds beyond the known ones repeat them with other people."""
    return PROVIDERS[(seed - 1) % len(PROVIDERS)]
