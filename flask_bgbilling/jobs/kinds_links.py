"""Telling billings the customers of contracts: what could not be told at once, and what a billing has forgotten."""

import logging
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from flask_bgbilling.config.settings import Server
from flask_bgbilling.domain.links.comparing import LinkComparison
from flask_bgbilling.domain.links.searching import LinkSearch, UnknownLink
from flask_bgbilling.domain.links.service import ContractLinks
from flask_bgbilling.errors import N_, BGBillingError
from flask_bgbilling.hookspecs import JobKind
from flask_bgbilling.jobs.definitions import Parked, RunningJob
from flask_bgbilling.ports import Person

if TYPE_CHECKING:
    from flask_bgbilling.domain.services import Services
    from flask_bgbilling.jobs.service import JobService

logger = logging.getLogger(__name__)

WRITER, RECONCILER = "ContractLinkWriter", "ContractLinkReconciler"
COUNTED = ("same", "corrected", "gone", "failed", "adopted", "unknown")
NAMED = 200
"""How many contracts that only a billing has are named of one: a log is no list."""

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
    """Every link against the parameter in its billing, then what only the billings have, from where it stopped."""
    comparison = LinkComparison(links)
    known = job.cursor if isinstance(job.cursor, dict) else {}
    counts: dict[str, int] = {name: int(known.get(name, 0)) for name in COUNTED}
    last, done, searched = int(known.get("last", 0)), job.done, list(known.get("searched", ()))
    # What was taken over from a billing is no more compared with it.
    while "searched" not in known and (rows := links.rows.after(last, 100)):
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
    for server in links.linkable():
        if server.id not in searched:
            first = int(known.get("page", 1)) if known.get("billing") == server.id else 1
            _search(links, server, first, job, counts, searched)
            searched.append(server.id)
            job.save({**counts, "searched": searched})
    return {
        N_("As here"): counts["same"],
        N_("Corrected in the billing"): counts["corrected"],
        N_("Contract does not exist"): counts["gone"],
        N_("Could not be read"): counts["failed"],
        N_("Taken over from the billing"): counts["adopted"],
        N_("Customer does not exist"): counts["unknown"],
    }


def _search(
    links: ContractLinks, server: Server, first: int, job: RunningJob, counts: dict[str, int], searched: list[str]
) -> None:
    """What only this billing has, from a page on; a billing that cannot be searched is told, and others go on."""
    search = LinkSearch(links, server, Person(job.person_id, "", job.person_name or RECONCILER))
    number, before, named = first, set[int](), 0
    while True:
        job.save({**counts, "searched": searched, "billing": server.id, "page": number})
        try:
            contracts = search.page(number).items
        except BGBillingError as problem:
            counts["failed"] += 1
            job.log(
                N_("%(billing)s could not be searched: %(problem)s"), "warning",
                billing=server.id, problem=problem.text(),
            )  # fmt: skip
            return
        ids = {found.cid for found in contracts}
        if not ids - before:  # a server that does not know pages gives the same one again
            return
        for found in search.settle(contracts):
            counts[found.state] += 1
            named += 1
            if named <= NAMED:
                _tell_found(job, server.id, found)
            job.save(done=job.done + 1)
        number, before = number + 1, ids


def _tell_found(job: RunningJob, billing_id: str, found: UnknownLink) -> None:
    place = {"billing": billing_id, "contract": found.contract.number or str(found.contract.cid)}
    if found.state == "adopted":
        job.log(
            N_("%(billing)s, contract %(contract)s: taken over as one of customer %(customer)s"),
            **place, customer=found.value,
        )  # fmt: skip
    elif found.state == "unknown":
        job.log(
            N_("%(billing)s, contract %(contract)s: there stands customer %(customer)s, which does not exist here"),
            "warning", **place, customer=found.value[:20],
        )  # fmt: skip
    elif found.problem is not None:
        job.log(N_("%(billing)s, contract %(contract)s: %(problem)s"), "warning", **place, problem=found.problem.text())
