"""What the demo data of the modules needs to know of a contract."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from flask_bgbilling.emulator.demo import catalogue


@dataclass(slots=True)
class Subscriber:
    """A contract and the module instances attached to it."""

    cid: int
    number: str
    is_firm: bool
    start: date
    end: date | None
    status: int
    status_date: date | None
    modules: set[int] = field(default_factory=set)

    @property
    def served(self) -> bool:
        """Whether the services of the contract are switched on."""
        return self.status == catalogue.ACTIVE
