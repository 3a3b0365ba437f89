"""Tables of periodic fees and of goods with one-off services (database.md 1, modules.md 3 and 4)."""

from __future__ import annotations

from sqlalchemy import Table

from flask_bgbilling.emulator.schema.columns import METADATA, day, key, number, optional_number, title
from flask_bgbilling.emulator.schema.modules_instances import NPAY, RSCM

npay_service_object = Table(
    f"npay_service_object_{NPAY}",
    METADATA,
    key(),
    number("cid", index=True),
    number("sid"),
    number("csid"),
    number("oid"),
    number("col", 1),
    day("date1"),
    day("date2"),
    number("emid"),
    number("eid"),
    title("comment", 255),
)
"""``sid`` is the service, ``oid`` the object of the contract (0 none), ``col`` the quantity."""
rscm_service = Table(f"rscm_service_{RSCM}", METADATA, key(), number("sid"), title("unit", 50))
"""Services that the module charges, with the title of their measure."""
rscm_service_account = Table(
    f"rscm_service_account_{RSCM}",
    METADATA,
    key(),
    number("cid", index=True),
    number("sid"),
    number("oid"),
    day("date"),
    optional_number("amount"),
    title("comment", 255),
)
