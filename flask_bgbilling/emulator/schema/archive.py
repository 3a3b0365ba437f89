"""What remains of deleted contracts (contract.md 7)."""

from __future__ import annotations

from sqlalchemy import Table

from flask_bgbilling.emulator.schema.columns import METADATA, day, moment, number, title

contract_deleted = Table(
    "contract_deleted",
    METADATA,
    number("id", index=True),
    title("title", 150),
    title("comment", 200),
    day("date1"),
    day("date2"),
    title("folder", 255),
    number("uid"),
    moment("lm"),
)
"""Own layout: contracts that were deleted with the wish to keep them in the archive; ``lm`` is when."""
