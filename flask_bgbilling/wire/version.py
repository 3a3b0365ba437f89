"""Versions of a billing server and the ranges ("bands") of them that share one form of a call.

Versions compare as decimal numbers: 9.2 < 9.2404 < 9.2410 < 9.2501 < 10.2 (transport.md 8). A build suffix after the
number (``9.2501-2510171811``) is kept for show and ignored in comparisons.
"""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from functools import total_ordering

SUPPORTED_PREFIXES = ("10.2", "9.2", "8.2", "8.0", "7.2", "7.1", "7.0")

_NUMBER = re.compile(r"\s*(\d{1,3}(?:\.\d{1,9})?)")


@total_ordering
@dataclass(frozen=True, eq=False)
class Version:
    """One server version, such as ``9.2`` or the build ``9.2404``."""

    text: str
    number: Decimal = field(init=False)

    def __post_init__(self) -> None:
        match = _NUMBER.match(self.text)
        if match is None:
            raise ValueError(f"not a version: {self.text[:40]!r}")
        object.__setattr__(self, "number", Decimal(match[1]))

    @property
    def supported(self) -> bool:
        """Whether the version starts with one of the prefixes the product supports."""
        return self.text.strip().startswith(SUPPORTED_PREFIXES)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Version) and self.number == other.number

    def __lt__(self, other: "Version") -> bool:
        return self.number < other.number

    def __hash__(self) -> int:
        return hash(self.number)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Band:
    """A half-open range of versions: ``since`` belongs to it, ``below`` does not; ``None`` is unbounded."""

    since: Version | None = None
    below: Version | None = None

    def __contains__(self, version: Version) -> bool:
        return (self.since is None or version >= self.since) and (self.below is None or version < self.below)

    def __str__(self) -> str:
        if self.since is None and self.below is None:
            return "all"
        if self.below is None:
            return f"{self.since}+"
        return f"below {self.below}" if self.since is None else f"{self.since} to below {self.below}"


def band(since: str | None = None, below: str | None = None) -> Band:
    """The band from ``since`` (inclusive) to ``below`` (exclusive), written as version texts."""
    return Band(Version(since) if since else None, Version(below) if below else None)


ALL = band()
BELOW_8_0 = band(below="8.0")
FROM_8_0 = band(since="8.0")
BELOW_8_2 = band(below="8.2")
FROM_8_2 = band(since="8.2")
FROM_8_2_BELOW_9_2 = band(since="8.2", below="9.2")
BELOW_9_2 = band(below="9.2")
FROM_9_2 = band(since="9.2")
# Some calls change between the server that calls itself exactly 9.2 and its builds, the first of which is 9.2404.
UP_TO_9_2 = band(below="9.20001")
AFTER_9_2 = band(since="9.20001")
BELOW_9_2410 = band(below="9.2410")
FROM_9_2410 = band(since="9.2410")
FROM_9_2_BELOW_9_2410 = band(since="9.2", below="9.2410")
FROM_9_2_BELOW_9_2501 = band(since="9.2", below="9.2501")
FROM_9_2501 = band(since="9.2501")
