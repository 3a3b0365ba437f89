"""Making the contract itself, once, whatever becomes of the answer.

The journal is written before the call, with what could be taken for the new contract and is there already. When the
answer is lost the billing is looked at: by the typed number, else among the contracts without a comment, as a new one
is. One that begins on the day and was not there before is ours; none or several are for a person to decide.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from flask_bgbilling.domain.changes import GRACE, LATELY, UnderWay
from flask_bgbilling.errors import N_, BGBillingError, InputError, Refused, Uncertain
from flask_bgbilling.facts import Fact
from flask_bgbilling.ports import Clock
from flask_bgbilling.store.changes import ChangeDetails, ChangeRecord, ChangeState, NewChange, StepRecord, fingerprint
from flask_bgbilling.store.creations import CreationPlan, CreationRecord
from flask_bgbilling.store.journal import AlreadySent, DoneLately, Journal, SameUnderWay
from flask_bgbilling.wire.dto.contracts import CreatedContract
from flask_bgbilling.wire.dto.search import FoundContract
from flask_bgbilling.wire.ops.contracts import CONTRACT_INFO
from flask_bgbilling.wire.ops.creation_writes import CONTRACT_CREATE
from flask_bgbilling.wire.ops.search import SEARCH_BY_NUMBER, exact_number
from flask_bgbilling.wire.session import Billing

logger = logging.getLogger(__name__)

ACTION: Final = "creation.create"
STEP: Final = N_("New contract")
WITHOUT_COMMENT: Final = "^$"
MOST: Final = 500
"""With more contracts without a comment than this nothing is concluded from a look at them."""
MOST_READ: Final = 10


class MadeLately(InputError):
    """An equal contract was made for the customer a short time ago; ``record`` is its entry in the journal."""

    code = "made lately"
    message = N_("A contract of this type was made for this customer a short time ago.")
    remedy = N_("Look at it first. If another one is really needed, make it all the same.")

    def __init__(self, record: ChangeRecord) -> None:
        self.record = record
        super().__init__()


class Explanation(Struct, frozen=True):
    """A contract that may be the one that was asked for."""

    cid: int
    number: str


class Maker:
    """Makes contracts and finds those whose answer was lost."""

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self._journal = journal
        self._clock = clock

    def lately(self, record_of: tuple[str, int], plan: CreationPlan) -> ChangeRecord | None:
        """An equal contract that was made for the customer a short time ago; ``record_of`` is billing and customer."""
        billing_id, customer_id = record_of
        return self._journal.same_lately(_name(billing_id, customer_id, plan), self._clock.now() - LATELY)

    def make(
        self, billing: Billing, record: CreationRecord, plan: CreationPlan, once: str, known_since: datetime | None
    ) -> CreatedContract:
        """Sends it. ``known_since`` is until when a person knows of equal contracts and wants another one.

        Raises what the billing says; ``Uncertain`` leaves the journal's entry open. ``MadeLately`` and ``UnderWay``
        say that nothing was sent because of an equal one. The same ``once`` is never sent twice: what became of it is
        in doubt then, as long as nobody has noted it.
        """
        entry = NewChange(
            person_id=billing.person_id,
            person_name=record.person_name,
            billing_id=billing.id,
            contract_id=0,
            action=ACTION,
            subject=plan.type_title,
            once=once,
            fingerprint=_name(billing.id, record.customer_id or 0, plan),
            deadline_at=self._clock.now() + timedelta(seconds=billing.longest_wait) + GRACE,
            details=ChangeDetails(
                after=_facts(plan), steps=(StepRecord(STEP),), known_ids=tuple(candidates(billing, plan))
            ),
        )
        try:
            change = self._journal.begin(entry, unless_done_since=known_since or self._clock.now() - LATELY)
        except AlreadySent as sent:
            raise Uncertain(billing=billing.title, operation=CONTRACT_CREATE.name, why="sent before") from sent
        except SameUnderWay as same:
            raise UnderWay(same.record) from same
        except DoneLately as done:
            raise MadeLately(done.record) from done
        return self._send(billing, plan, change)

    def _send(self, billing: Billing, plan: CreationPlan, change: ChangeRecord) -> CreatedContract:
        before = len(billing.requests)
        details = change.details or ChangeDetails()

        def ids() -> tuple[str, ...]:
            return tuple(call.request_id for call in billing.requests.records[before:])

        try:
            created = billing.call(
                CONTRACT_CREATE,
                pattern_id=plan.pattern_id,
                day=plan.day,
                title=plan.number,
                numbering=plan.numbering,
            )
        except Uncertain as problem:
            self._journal.finish(change.id, "uncertain", error_code=problem.code, request_ids=ids())
            raise
        except BGBillingError as problem:
            told = str(problem.params.get("words") or "")
            state: ChangeState = "refused" if isinstance(problem, Refused) else "failed"
            self._journal.finish(
                change.id, state, error_code=problem.code, request_ids=ids(), details=replace(details, words=told)
            )
            raise
        self.made(change, created)
        return created

    def made(self, change: ChangeRecord, created: CreatedContract) -> None:
        """Notes that the contract is there. A journal that cannot be written does not unmake it."""
        details = change.details or ChangeDetails()
        done = replace(details, steps=(StepRecord(STEP, "done"),))
        try:
            self._journal.finish(change.id, "done", contract=(created.cid, created.title), details=done)
        except Exception:
            logger.exception("the journal does not know that change %s is done", change.id)

    def explanations(self, billing: Billing, plan: CreationPlan, change: ChangeRecord) -> tuple[Explanation, ...]:
        """The contracts that may be the one whose answer was lost."""
        known = set(change.details.known_ids) if change.details is not None else set()
        fresh = [cid for cid in candidates(billing, plan) if cid not in known]
        found = []
        for cid in sorted(fresh, reverse=True)[:MOST_READ]:
            info = billing.call(CONTRACT_INFO, cid=cid)
            if info is not None and info.period.since == plan.day:
                found.append(Explanation(cid, info.title))
        return tuple(found)


def candidates(billing: Billing, plan: CreationPlan) -> Sequence[int]:
    """Contracts that could be taken for the new one as it is when it is fresh: by number, or without a comment.

    None at all when there are too many to tell.
    """
    if plan.number:
        return [one.cid for one in numbered(billing, plan.number)]
    page = billing.call(SEARCH_BY_NUMBER, comment=WITHOUT_COMMENT, page_size=MOST, **_everything(billing))
    return [one.cid for one in page.items] if page.found <= len(page.items) else []


def numbered(billing: Billing, number: str) -> tuple[FoundContract, ...]:
    """The contracts of exactly this number, hidden, closed and sub-contracts too."""
    page = billing.call(SEARCH_BY_NUMBER, number=exact_number(number), **_everything(billing))
    return tuple(one for one in page.items if one.number.casefold() == number.casefold())


def _everything(billing: Billing) -> dict[str, bool]:
    inverted = bool(billing.server.closed_inverted)
    return {"hidden": True, "closed": True, "subcontracts": True, "closed_inverted": inverted}


def _name(billing_id: str, customer_id: int, plan: CreationPlan) -> str:
    return fingerprint(billing_id, "contract", customer_id, plan.type_number, plan.number.casefold())


def _facts(plan: CreationPlan) -> tuple[Fact, ...]:
    facts = (
        Fact(N_("Type of contract"), plan.type_title),
        Fact(N_("Number"), plan.number),
        Fact(N_("First day"), plan.day.isoformat(), "day"),
    )
    return tuple(fact for fact in facts if fact.value)
