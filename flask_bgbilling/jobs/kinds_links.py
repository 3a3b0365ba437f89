"""Telling billings the customers of contracts: what could not be told at once, and what a billing has forgotten."""

import logging
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from flask_bgbilling.domain.links.comparing import LinkComparison
from flask_bgbilling.domain.links.service import ContractLinks
from flask_bgbilling.errors import N_
from flask_bgbilling.hookspecs import JobKind
from flask_bgbilling.jobs.definitions import Parked, RunningJob

if TYPE_CHECKING:
    from flask_bgbilling.domain.services import Services
    from flask_bgbilling.jobs.service import JobService

logger = logging.getLogger(__name__)

WRITER, RECONCILER = "ContractLinkWriter", "ContractLinkReconciler"
LOOK = timedelta(minutes=10)
"""How long the writer sleeps at most while something waits: a link may be made that is due earlier."""


def link_kinds(services: "Services") -> Iterable[JobKind]:
    """The writer of links and the comparison, where the host has customers."""
    links, jobs = services.links, services.jobs
    if links is None:
        return ()
    if jobs is not None:
        links.wake = lambda: _wake(jobs)
        jobs.look_after(lambda: _wake_when_due(links))
    return (
        JobKind(WRITER, N_("Telling billings the customers of contracts"), lambda job: _write(links, job)),
        JobKind(RECONCILER, N_("Comparing customers of contracts with billings"), lambda job: _compare(links, job)),
    )


def _wake(jobs: "JobService") -> None:
    """Has the writer come, unless it is about to."""
    try:
        jobs.start_once(WRITER)
    except Exception:  # whatever a database raises: the row waits, and is looked for again
        logger.exception("the writer of links could not be started")


def _wake_when_due(links: ContractLinks) -> None:
    due = links.rows.next_due()
    if due is not None and due <= links.now():
        links.wake()


def _write(links: ContractLinks, job: RunningJob) -> Mapping[str, object] | None:
    """Everything that is due; while anything is left it comes again."""
    done, seen = job.done, set[tuple[int, int]]()
    while rows := [row for row in links.rows.due(links.now()) if (row.id, row.version) not in seen]:
        for row in rows:
            seen.add((row.id, row.version))
            problem = links.tell(row).problem
            if problem is None:
                done += 1
            else:
                place = {"billing": row.billing_id, "contract": row.contract_title or row.contract_id}
                job.log(
                    N_("%(billing)s, contract %(contract)s: %(problem)s"), "warning", **place, problem=problem.text()
                )
            job.save(done=done)
    due = links.rows.next_due()
    if due is not None:
        raise Parked(min(max(due, links.now() + timedelta(seconds=5)), links.now() + LOOK))
    return {N_("Told"): done}


def _compare(links: ContractLinks, job: RunningJob) -> Mapping[str, object] | None:
    """Every link against the parameter in its billing, from where it stopped."""
    comparison = LinkComparison(links)
    known = job.cursor if isinstance(job.cursor, dict) else {}
    counts: dict[str, int] = {name: int(known.get(name, 0)) for name in ("same", "corrected", "gone", "failed")}
    last, done = int(known.get("last", 0)), job.done
    while rows := links.rows.after(last, 100):
        for found in comparison.compare(rows):
            counts[found.state] += 1
            done += 1
            place = {"billing": found.record.billing_id, "contract": found.record.contract_title}
            if found.state == "corrected":
                job.log(
                    N_("%(billing)s, contract %(contract)s: “%(found)s” instead of customer %(customer)s"),
                    "warning", **place, found=found.value, customer=found.record.value,
                )  # fmt: skip
            elif found.state == "gone":
                job.log(N_("%(billing)s: contract %(contract)s does not exist any more"), "warning", **place)
            elif found.problem is not None:
                job.log(
                    N_("%(billing)s, contract %(contract)s: %(problem)s"),
                    "warning", **place, problem=found.problem.text(),
                )  # fmt: skip
        last = rows[-1].id
        job.save({"last": last, **counts}, done=done)
    return {
        N_("As here"): counts["same"],
        N_("Corrected in the billing"): counts["corrected"],
        N_("Contract does not exist"): counts["gone"],
        N_("Could not be read"): counts["failed"],
    }
