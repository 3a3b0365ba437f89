"""What one emulated billing is told at start."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask_bgbilling.emulator.version import Version

DEFAULT_ZONE = "Europe/Moscow"


@dataclass(frozen=True, slots=True)
class EmulatorSettings:
    """Settings of one emulated billing; every value has a usable default.

    ``port`` 0 takes a free port. ``db`` is an SQLAlchemy URL, empty means a private temporary SQLite file.
    ``frozen_at`` fixes the billing's wall clock, for tests. ``invert_closed`` turns the meaning of
    ``closed`` in the JSON search (contract.md 3), ``illegal_references`` adds ``&#0;`` to texts of XML
    answers (transport.md 2), ``hostile`` adds demo contracts with hostile texts.
    ``nested_status_names`` gives the status of nested Inet services by name too (modules.md 2.1).
    """

    version: str = "9.2"
    host: str = "127.0.0.1"
    port: int = 0
    db: str = ""
    contracts: int = 300
    seed: int = 1
    zone: str = DEFAULT_ZONE
    latency_ms: int = 0
    fault: str = ""
    record: str = ""
    access_log: str = ""
    invert_closed: bool = False
    illegal_references: bool = False
    nested_status_names: bool = False
    hostile: bool = False
    frozen_at: datetime | None = None

    def now(self) -> datetime:
        """The billing's wall clock: naive, in the zone of the billing, whole seconds."""
        moment = self.frozen_at or datetime.now(ZoneInfo(self.zone)).replace(tzinfo=None)
        return moment.replace(microsecond=0)

    def checked_version(self) -> Version:
        """The version as a comparable value; ``ValueError`` when it is not supported."""
        return Version(self.version)
