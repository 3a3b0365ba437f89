"""Carrying out a change: the journal first, then the billing, then the journal again (design decisions 5 and 6).

An entry of the journal is written and committed before the first call that alters something; it is at the same time
the proof against doing it twice. The same form sent again — a double click, a reload — meets its own one-time key and
gets the outcome of the first. Things that must not exist twice carry an identity: equal ones go one at a time, one
that is there already is asked about, and when an answer is lost the billing is looked at instead of being asked again.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal

from flask_bgbilling.errors import N_, BGBillingError, InputError, Refused, Uncertain
from flask_bgbilling.fields import FormFields
from flask_bgbilling.hookspecs import (
    ActionContext,
    CardAction,
    CardSection,
    Change,
    Creation,
    Gone,
    Question,
)
from flask_bgbilling.ports import Clock
from flask_bgbilling.store.changes import ChangeDetails, ChangeRecord, ChangeState, NewChange, StepRecord, fingerprint
from flask_bgbilling.store.journal import AlreadySent, DoneLately, Journal, SameUnderWay

logger = logging.getLogger(__name__)

GRACE = timedelta(minutes=2)
"""How long after its last call a billing may still carry out what it did not confirm."""

LATELY = timedelta(days=1)
"""How long an equal payment or charge is a reason to ask."""

State = Literal["unchanged", "asked", "done", "partial", "uncertain", "under way", "refused"]


STATE_WORDS: Mapping[ChangeState, tuple[str, str]] = {
    "sending": (N_("being sent"), "warn"),
    "done": (N_("done"), "good"),
    "refused": (N_("refused"), "bad"),
    "failed": (N_("not sent"), "bad"),
    "partial": (N_("half done"), "warn"),
    "continued": (N_("done later"), "good"),
    "uncertain": (N_("not confirmed"), "warn"),
    "abandoned": (N_("given up"), "quiet"),
}
"""How the state of a change is told: a message id and a tone."""


class UnderWay(InputError):
    """An equal payment or charge is being sent, or nobody knows yet whether it was; ``record`` is its entry."""

    code = "under way"
    message = N_("Exactly the same is being done already, or its outcome is not known yet.")
    remedy = N_("Look at that one first; it stands in the journal of the contract.")

    def __init__(self, record: ChangeRecord) -> None:
        self.record = record
        super().__init__()


class NotOpen(InputError):
    """The entry is closed: there is nothing to look for and nothing to go on with."""

    code = "not open"
    message = N_("This change is finished already.")
    remedy = N_("Read the section again.")


@dataclass(frozen=True)
class Asked:
    """A question that stands before a change.

    ``confirmed`` is what the answer has to carry. ``present`` counts equal things in the billing, ``lately`` is one
    that was made here, ``lately_at`` when, on the billing's clock.
    """

    question: Question | None
    confirmed: str
    present: int = 0
    lately: ChangeRecord | None = None
    lately_at: datetime | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of a change.

    ``shows`` are arguments for the section that is drawn afterwards, ``results`` what the steps gave. ``problem`` says
    why a change stopped half-way or is in doubt.
    """

    state: State
    record: ChangeRecord | None = None
    asked: Asked | None = None
    said: str = ""
    shows: dict[str, str] = field(default_factory=dict)
    problem: BGBillingError | None = None
    results: tuple[object, ...] = ()


class Changes:
    """Carries out changes of contracts and keeps their journal."""

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self.journal = journal
        self._clock = clock

    def carry_out(self, context: ActionContext, section: CardSection, action: CardAction, once: str) -> Outcome:
        """Plans a change and carries it out.

        ``once`` is the one-time key of the form. Raises what planning raises, and the billing's error when the very
        first step was refused or could not be sent; nothing has been changed then.
        """
        known = self.journal.by_once(once)
        if known is not None:
            return _already(known)
        change = action.plan(context)
        if not change.steps:
            return Outcome("unchanged", said=N_("Nothing was changed: it is so already"), shows=dict(change.shows))
        present = tuple(change.creation.present()) if change.creation else ()
        lately = self._lately(context, change)
        asked = _asked(context, change, present, lately)
        if asked is not None:
            return Outcome("asked", asked=asked)
        entry = self._entry(context, section, action, once, change, present)
        try:
            record = self.journal.begin(entry, unless_done_since=self._asked_about(change, lately))
        except AlreadySent as sent:
            return _already(sent.record)
        except SameUnderWay as same:
            raise UnderWay(same.record) from same
        except DoneLately:  # by another tab, after we had looked: that one is asked about now
            return self.carry_out(context, section, action, once)
        return self._run(context, action, record, change, _details(context, change, present))

    def look(self, context: ActionContext, action: CardAction, record: ChangeRecord) -> Outcome:
        """Looks in the billing whether a change of unknown outcome was done.

        ``context`` has the fields of that change. One new thing of its identity, or values that are as they were
        wanted, mean that it was; otherwise it stays open.
        """
        if record.state not in {"uncertain", "sending"}:
            raise NotOpen
        try:
            change = action.plan(replace(context, resumed=True))
        except Gone:
            change = Change(steps=())
        if change.creation is not None:
            known = set(record.details.known_ids) if record.details else set()
            new = set(change.creation.present()) - known
            done = len(new) == 1
        else:
            done = not change.steps
        if done:
            self.journal.finish(record.id, "done")
            return Outcome("done", record, said=change.said, shows=dict(change.shows))
        return Outcome("uncertain", record)

    def may_give_up(self, record: ChangeRecord) -> bool:
        """Whether a person may decide that a change in doubt was not done: the billing has had its time."""
        deadline = record.deadline_at
        return record.state in {"uncertain", "sending"} and (deadline is None or self._clock.now() > deadline)

    def give_up(self, record: ChangeRecord) -> None:
        """A person has decided that a change in doubt, or the rest of one, will not be done."""
        if record.state != "partial" and not self.may_give_up(record):
            raise NotOpen
        if not self.journal.finish(record.id, "abandoned"):
            raise NotOpen

    def resume(
        self, context: ActionContext, section: CardSection, action: CardAction, record: ChangeRecord, once: str
    ) -> Outcome:
        """Goes on with a change that stopped half-way: what is done already is not done again."""
        if record.state != "partial":
            raise NotOpen
        outcome = self.carry_out(replace(context, resumed=True), section, action, once)
        if outcome.state in {"done", "unchanged"}:
            self.journal.finish(record.id, "continued")
        return outcome

    def _lately(self, context: ActionContext, change: Change) -> ChangeRecord | None:
        """An equal thing that was made here a short time ago, where that is a reason to ask."""
        if change.creation is None or not change.creation.ask_again:
            return None
        return self.journal.same_lately(_fingerprint(context, change.creation), self._clock.now() - LATELY)

    def _asked_about(self, change: Change, lately: ChangeRecord | None) -> datetime | None:
        """Since when an equal thing would be one that nobody was asked about."""
        if change.creation is None or not change.creation.ask_again:
            return None
        if lately is not None and lately.finished_at is not None:
            return lately.finished_at + timedelta(microseconds=1)
        return self._clock.now() - LATELY

    def _entry(
        self,
        context: ActionContext,
        section: CardSection,
        action: CardAction,
        once: str,
        change: Change,
        present: Sequence[int],
    ) -> NewChange:
        billing = context.contract.billing
        return NewChange(
            person_id=context.viewer.id,
            person_name=context.viewer.name,
            billing_id=billing.id,
            contract_id=context.contract.cid,
            action=f"{section.key}.{action.key}",
            subject=change.subject[:200],
            once=once,
            fingerprint=_fingerprint(context, change.creation) if change.creation else None,
            deadline_at=self._clock.now() + timedelta(seconds=billing.longest_wait) * len(change.steps) + GRACE,
            details=_details(context, change, present),
        )

    def _run(
        self,
        context: ActionContext,
        action: CardAction,
        record: ChangeRecord,
        change: Change,
        details: ChangeDetails,
    ) -> Outcome:
        requests = context.contract.billing.requests
        before = len(requests)
        done: list[StepRecord] = []
        results: list[object] = []

        def finish(state: ChangeState, error: BGBillingError | None = None) -> None:
            rest = [StepRecord(step.title, "not done", step.fact) for step in change.steps[len(done) :]]
            if error is not None and rest:
                rest[0] = _with_outcome(rest[0], error.code)
            told = ChangeDetails(
                before=details.before,
                after=details.after,
                steps=(*done, *rest),
                known_ids=details.known_ids,
                words=error.text() if error else "",
                fields=details.fields,
                arguments=details.arguments,
            )
            ids = tuple(call.request_id for call in requests.records[before:])
            self.journal.finish(
                record.id, state, error_code=error.code if error else None, request_ids=ids, details=told
            )

        for step in change.steps:
            try:
                results.append(step.run())
            except Uncertain as problem:
                finish("uncertain", problem)
                return self._doubt(context, action, record, problem)
            except BGBillingError as problem:
                if not done:
                    finish("refused" if isinstance(problem, Refused | InputError) else "failed", problem)
                    raise
                finish("partial", problem)
                return Outcome("partial", self.journal.get(record.id), problem=problem)
            except BaseException:
                # Whatever it was, the call may have gone out.
                finish("uncertain")
                raise
            done.append(StepRecord(step.title, "done", step.fact))
        finish("done")
        return Outcome(
            "done",
            self.journal.get(record.id),
            said=change.said,
            shows=dict(change.shows),
            results=tuple(results),
        )

    def _doubt(self, context: ActionContext, action: CardAction, record: ChangeRecord, problem: Uncertain) -> Outcome:
        """The answer was lost: look at once; what cannot be told now is left open."""
        current = self.journal.get(record.id) or record
        try:
            return replace(self.look(context, action, current), problem=problem)
        except BGBillingError as error:
            logger.warning("change %s cannot be looked for now: %s", record.id, error)
        return Outcome("uncertain", current, problem=problem)


def _with_outcome(step: StepRecord, outcome: str) -> StepRecord:
    return StepRecord(step.title, outcome, step.fact)


def _already(record: ChangeRecord) -> Outcome:
    match record.state:
        case "done" | "continued":
            return Outcome("done", record, said=N_("Saved"))
        case "partial":
            return Outcome("partial", record)
        case "uncertain":
            return Outcome("uncertain", record)
        case "sending":
            return Outcome("under way", record)
        case _:
            return Outcome("refused", record)


def _details(context: ActionContext, change: Change, present: Sequence[int]) -> ChangeDetails:
    # A password that was typed is kept nowhere, so that a change with one cannot be gone on with.
    secret = any(fact.kind == "secret" for fact in (*change.before, *change.after))
    return ChangeDetails(
        before=tuple(change.before),
        after=tuple(change.after),
        steps=tuple(StepRecord(step.title, "not done", step.fact) for step in change.steps),
        known_ids=tuple(present),
        words="",
        fields={} if secret else {name: tuple(values) for name, values in context.fields.as_mapping().items()},
        arguments=dict(context.arguments),
    )


def _asked(context: ActionContext, change: Change, present: Sequence[int], lately: ChangeRecord | None) -> Asked | None:
    """What has to be asked before the change, unless it was answered for just this."""
    doubled = sorted(present) if change.creation is not None and change.creation.ask_again else []
    if change.question is None and not doubled and lately is None:
        return None
    token = _token(context.fields, doubled, lately.id if lately else 0)
    if context.resumed or context.fields.raw("confirmed") == token:
        return None
    at = lately.created_at.astimezone(context.contract.billing.zone) if lately else None
    return Asked(change.question, token, len(doubled), lately, at)


def _fingerprint(context: ActionContext, creation: Creation) -> str:
    return fingerprint(context.contract.billing.id, *creation.identity)


def _token(fields: FormFields, present: Sequence[int], lately: int) -> str:
    """What an answer to a question carries: it answers for these very values and what was known then."""
    typed = {name: values for name, values in fields.as_mapping().items() if name not in {"confirmed", "once"}}
    told = json.dumps([sorted(typed.items()), list(present), lately], ensure_ascii=False)
    return sha256(told.encode("utf-8", "replace")).hexdigest()[:32]
