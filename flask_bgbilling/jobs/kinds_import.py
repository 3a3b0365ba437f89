"""The scheduled import of customers: a page of contracts of each billing, in parts that any process may take.

What is interrupted goes on where it stopped; a contract that comes twice is met as done.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from flask_bgbilling.domain.customers.importing import CustomerImport
from flask_bgbilling.domain.customers.outcomes import Imported
from flask_bgbilling.domain.customers.words import OUTCOMES
from flask_bgbilling.errors import N_, BGBillingError
from flask_bgbilling.hookspecs import JobKind
from flask_bgbilling.jobs.definitions import RunningJob

if TYPE_CHECKING:
    from flask_bgbilling.domain.services import Services

CREATOR, PART = "CustomerCreator", "CustomerCreatorPart"
PERMISSION: Final = "customer.import"
PART_SIZE: Final = 25


def import_kinds(services: "Services") -> Iterable[JobKind]:
    """The import and its parts, where the host has customers."""
    importing = services.importing
    if importing is None:
        return ()
    return (
        JobKind(CREATOR, N_("Import of customers"), lambda job: _plan(importing, job), PERMISSION),
        JobKind(PART, N_("Import of some contracts"), lambda job: _do(importing, job), PERMISSION),
    )


def _plan(importing: CustomerImport, job: RunningJob) -> Mapping[str, object]:
    """Asks each billing for its next contracts and gives them to whoever is free; then tells what became of them."""
    planned: list[str] = list(job.cursor or ())
    chosen = str(job.params.get("billing", ""))
    for billing_id in (chosen,) if chosen else importing.scheduled():
        if billing_id in planned:
            continue
        try:
            contracts = importing.next_contracts(billing_id, clearing=True)
        except BGBillingError as problem:  # the other billings have nothing to do with it
            job.log(N_("%(billing)s: %(problem)s"), "error", billing=billing_id, problem=problem.text())
            contracts = []
        pieces = [contracts[start : start + PART_SIZE] for start in range(0, len(contracts), PART_SIZE)]
        job.split(
            PART,
            {
                f"{billing_id} {number}/{len(pieces)}": {
                    "billing": billing_id,
                    "items": [one.cid for one in part],
                    "sealed": importing.sealed(part),
                }
                for number, part in enumerate(pieces, start=1)
            },
        )
        planned.append(billing_id)
        job.save(planned)
    job.await_parts()
    counted: Counter[str] = Counter()
    for part in job.parts():
        counted.update({word: number for word, number in (part.result or {}).items() if isinstance(number, int)})
    return dict(counted)


def _do(importing: CustomerImport, job: RunningJob) -> Mapping[str, object]:
    """Some contracts of one billing, from where it stopped."""
    billing_id = str(job.params["billing"])
    contracts = importing.unsealed(str(job.params["sealed"]))
    known = job.cursor if isinstance(job.cursor, dict) else {}
    start, counted = int(known.get("at", 0)), Counter(dict(known.get("counted", {})))

    def told(imported: Sequence[Imported]) -> None:
        nonlocal start
        for one in imported:
            counted[one.outcome] += 1
            if one.problem:
                place = {"contract": one.found.number or one.found.cid, "problem": one.problem}
                job.log(N_("Contract %(contract)s: %(problem)s"), "warning", **place)
        start += len(imported)
        job.save({"at": start, "counted": dict(counted)}, done=start, total=len(contracts))

    importing.run(billing_id, contracts[start:], job_id=job.id, told=told)
    return {OUTCOMES.get(outcome, outcome): number for outcome, number in counted.items()}
