"""Reading the address directory of a billing into the host's, by hand or by the schedule."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from flask_bgbilling.domain.addresses.importing import AddressImport, NoImportConfigured, Tally
from flask_bgbilling.errors import N_
from flask_bgbilling.hookspecs import JobKind
from flask_bgbilling.jobs.definitions import RunningJob

if TYPE_CHECKING:
    from flask_bgbilling.domain.services import Services

IMPORT = "AddressImport"
TOLD = 20
"""How many records that cannot be used are named of one city: a log is no list."""


def address_kinds(services: "Services") -> Iterable[JobKind]:
    """The import, where the host keeps a directory and a database."""
    addresses = services.addresses
    importing = addresses.importing if addresses is not None else None
    if importing is None:
        return ()
    return (
        JobKind(
            IMPORT,
            N_("Reading addresses from a billing"),
            lambda job: _run(importing, job),
            permission="addresses.update",
            lease=timedelta(minutes=3),
        ),
    )


def _run(importing: AddressImport, job: RunningJob) -> Mapping[str, object] | None:
    """City by city; the cursor is the last city that is done, with the counts so far."""
    scheduled = importing.scheduled()
    billing_id = str(job.params.get("billing") or (scheduled.billing_id if scheduled is not None else ""))
    if not billing_id:
        raise NoImportConfigured
    delete = bool(job.params.get("delete", scheduled is not None and scheduled.delete and not job.person_id))
    billing = importing.open(job.person_id, billing_id)
    cursor = job.cursor if isinstance(job.cursor, dict) else {}
    counts = {name: int(cursor.get(name, 0)) for name in ("read", "changed", "deleted", "kept", "unusable")}
    last = int(cursor.get("city", 0))

    upper, cities = importing.upper(billing)
    if not last:
        _count(job, counts, upper)
    done = sum(1 for city in cities if city.id <= last)
    job.save({**counts, "city": last}, done=done, total=len(cities))
    for city in cities:
        if city.id <= last:
            continue
        tally = importing.city(billing, city.id, delete=delete, step=lambda _: job.save())
        _count(job, counts, tally)
        last, done = city.id, done + 1
        job.log(
            N_("%(city)s: %(read)s records read, %(changed)s changed"),
            city=city.title, read=tally.read, changed=tally.changed,
        )  # fmt: skip
        job.save({**counts, "city": last}, done=done)
    if delete:
        _count(job, counts, importing.rest(city.id for city in cities))
    told: dict[str, object] = {N_("Records read"): counts["read"], N_("Changed"): counts["changed"]}
    if delete:
        told |= {N_("Deleted"): counts["deleted"], N_("Used here and kept"): counts["kept"]}
    if counts["unusable"]:
        told[N_("Unusable")] = counts["unusable"]
    return told


def _count(job: RunningJob, counts: dict[str, int], tally: Tally) -> None:
    for name in ("read", "changed", "deleted", "kept"):
        counts[name] += getattr(tally, name)
    counts["unusable"] += len(tally.unusable)
    for record in tally.unusable[:TOLD]:
        job.log(N_("The record %(record)s cannot be used and is left out"), "warning", record=record)
