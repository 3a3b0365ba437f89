"""Versions of a BGBilling server as the emulator compares them (transport.md 8)."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import total_ordering

PREFIXES = ("10.2", "9.2", "8.2", "8.0", "7.2", "7.1", "7.0")
"""Beginnings of the versions that a client knows; longest first where one could hide another."""


@total_ordering
@dataclass(frozen=True, slots=True)
class Version:
    """One server version: a plain decimal whose value orders versions.

    ``9.2404`` is greater than ``9.2`` and ``10.2`` is greater than ``9.2501``. A text that does not begin
    with a known prefix or is not a plain decimal raises ``ValueError``.
    """

    text: str
    number: Decimal = field(init=False, repr=False)

    def __post_init__(self) -> None:
        try:
            number = Decimal(self.text)
        except InvalidOperation:
            raise ValueError(f"{self.text!r} is not a plain decimal version") from None
        if not self.text.replace(".", "", 1).isdigit() or not self.text.startswith(PREFIXES):
            raise ValueError(f"{self.text!r} is not a supported version, expected one beginning with {PREFIXES}")
        object.__setattr__(self, "number", number)

    def __lt__(self, other: Version | str) -> bool:
        return self.number < (Version(other) if isinstance(other, str) else other).number

    def __eq__(self, other: object) -> bool:
        if isinstance(other, str):
            return self.text == other
        return isinstance(other, Version) and self.number == other.number

    def __hash__(self) -> int:
        return hash(self.number)

    def __str__(self) -> str:
        return self.text


SUPPORTED: tuple[Version, ...] = tuple(
    Version(text) for text in ("7.0", "7.1", "7.2", "8.0", "8.2", "9.2", "9.2404", "9.2410", "9.2501", "10.2")
)
"""Every band that behaves differently somewhere, ascending."""

AFTER_9_2 = "9.20001"
"""The first imaginable version above exactly 9.2: some calls change between 9.2 and its builds (contract.md 8, 12)."""
