"""Carrying out a change: the journal first, then the billing, then the journal again (design decisions 5 and 6).

An entry of the journal is written and committed before the first call that alters something; it is at the same time
the proof against doing it twice. The same form sent again — a double click, a reload — meets its own one-time key and
gets the outcome of the first. Things that must not exist twice carry an identity: equal ones go one at a time, one
that is there already is asked about, and when an answer is lost the billing is looked at instead of being asked again.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal

import msgspec

from flask_bgbilling.domain.retention import Retention
from flask_bgbilling.errors import N_, BGBillingError, InputError, Refused, Uncertain
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
from flask_bgbilling.store.changes import (
    ChangeDetails,
    ChangeRecord,
    ChangeState,
    NewChange,
    StepRecord,
    fingerprint,
    whole,
)
from flask_bgbilling.store.journal import AlreadySent, ChangeExists, DoneLately, Journal, SameUnderWay

logger = logging.getLogger(__name__)

GRACE = timedelta(minutes=2)
"""How long after its last call a billing may still carry out what it did not confirm."""

LATELY = timedelta(days=1)
"""How long an equal payment or charge is a reason to ask."""

DOUBLE_CLICK = timedelta(minutes=1)
"""How long a form whose values were not kept is taken for the same one sent twice."""

UNCHANGED = N_("Nothing was changed: it is so already")

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


class SentBefore(InputError):
    """The one-time key belongs to a form that was sent with other values, or somewhere else."""

    code = "sent before"
    message = N_("This form was sent before with other values; nothing was sent now.")
    remedy = N_("Look at what stands there now and save once more.")


class NotKept(InputError):
    """What was typed is not in the journal: it was a password, or no key opens the entry any more."""

    code = "not kept"
    message = N_("What was typed for this change was not kept: it cannot be repeated.")
    remedy = N_("Look at the section and enter there what is missing.")


class JournalFailed(BGBillingError):
    """The journal could not be written before anything was sent."""

    code = "journal failed"
    message = N_("The journal of changes cannot be written, so nothing was sent.")
    remedy = N_("Try again; if it stays, the administrator finds the reason in the log.")


class Unrecorded(BGBillingError):
    """The billing was called, but the journal could not be written afterwards."""

    code = "unrecorded"
    message = N_("It was sent to the billing, but the journal could not note what became of it.")
    remedy = N_("Look in the billing before you repeat it.")


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

    def __init__(self, journal: Journal, clock: Clock, retention: Retention | None = None) -> None:
        self.journal = journal
        self._clock = clock
        self._retention = retention

    def carry_out(self, context: ActionContext, section: CardSection, action: CardAction, once: str) -> Outcome:
        """Plans a change and carries it out.

        ``once`` is the one-time key of the form. Raises what planning raises, and the billing's error when the very
        first step was refused or could not be sent; nothing has been changed then. ``Unrecorded`` is the exception:
        something may have been changed.
        """
        with _needed():
            known = self.journal.by_once(once)
        if known is not None:
            return self._already(known, context, section, action)
        change = action.plan(context)
        if not change.steps:
            return Outcome("unchanged", said=UNCHANGED, shows=dict(change.shows))
        present = tuple(change.creation.present()) if change.creation else ()
        with _needed():
            lately = self._lately(context, change)
        asked = _asked(context, change, present, lately)
        if asked is not None:
            return Outcome("asked", asked=asked)
        entry = self._entry(context, section, action, once, change, present)
        try:
            with _needed():
                record = self.journal.begin(entry, unless_done_since=self._asked_about(change, lately))
        except AlreadySent as sent:
            return self._already(sent.record, context, section, action)
        except SameUnderWay as same:
            raise UnderWay(same.record) from same
        except DoneLately:  # by another tab, after we had looked: that one is asked about now
            return self.carry_out(context, section, action, once)
        outcome = self._run(context, action, record, change, _details(context, change, present))
        if self._retention is not None:
            self._retention.sweep()
        return outcome

    def look(self, context: ActionContext, action: CardAction, record: ChangeRecord) -> Outcome:
        """Looks in the billing whether a change of unknown outcome was done.

        ``context`` has the fields of that change. One new thing of its identity, or values that are as they were
        wanted, mean that it was; otherwise it stays open. When the call in doubt was done and later ones were not, it
        is half done.
        """
        if record.state not in {"uncertain", "sending"}:
            raise NotOpen
        _check_kept(record)
        return self._found(context, action, record)

    def _found(self, context: ActionContext, action: CardAction, record: ChangeRecord) -> Outcome:
        details = record.details or ChangeDetails()
        try:
            change = action.plan(replace(context, resumed=True))
        except Gone:
            if details.after:  # not a deletion: somebody else has deleted it, nobody knows when
                raise
            change = Change(steps=())
        if change.creation is not None and len(details.steps) <= 1:
            done = len(set(change.creation.present()) - set(details.known_ids)) == 1
        else:
            done = not change.steps
        if done:
            self.journal.finish(record.id, "done")
            return Outcome("done", record, said=change.said, shows=dict(change.shows))
        told = _without_doubt(details, change)
        if told is not None and (record.state == "uncertain" or self.may_give_up(record)):
            self.journal.finish(record.id, "partial", error_code=record.error_code, details=told)
            return Outcome("partial", self._current(record))
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
        _check_kept(record)
        outcome = self.carry_out(replace(context, resumed=True), section, action, once)
        if outcome.state in {"done", "unchanged", "partial", "uncertain"}:  # the new entry stands for the rest
            self.journal.finish(record.id, "continued")
        return outcome

    def _already(
        self, record: ChangeRecord, context: ActionContext, section: CardSection, action: CardAction
    ) -> Outcome:
        """The outcome of a form that was sent before; another wish under the same key raises ``SentBefore``."""
        place = (context.contract.billing.id, context.contract.cid, f"{section.key}.{action.key}", context.viewer.id)
        if place != (record.billing_id, record.contract_id, record.action, record.person_id):
            raise SentBefore
        if record.details is None or _secret(record.details):
            same = self._clock.now() - record.created_at < DOUBLE_CLICK
        else:
            same = record.details.fields == _typed(context)
        if record.details is not None:
            same = same and record.details.arguments == dict(context.arguments)
        if not same:
            raise SentBefore
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

    def _current(self, record: ChangeRecord) -> ChangeRecord:
        """The entry as it stands now; as it was when the journal cannot be read."""
        try:
            return self.journal.get(record.id) or record
        except Exception:
            logger.exception("change %s cannot be read", record.id)
            return record

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

        def finish(state: ChangeState, error: BGBillingError | None = None) -> bool:
            rest = [StepRecord(step.title, "not done", step.fact) for step in change.steps[len(done) :]]
            if error is not None and rest:
                rest[0] = _with_outcome(rest[0], error.code)
            told = msgspec.structs.replace(details, steps=(*done, *rest), words=words_of(error) if error else "")
            ids = tuple(call.request_id for call in requests.records[before:])
            try:
                self.journal.finish(
                    record.id, state, error_code=error.code if error else None, request_ids=ids, details=told
                )
            except Exception:  # the billing has done what it has done: that must be told whatever our database says
                logger.exception("the journal does not know that change %s is %s", record.id, state)
                return False
            return True

        def doubt(problem: Uncertain) -> Outcome:
            if not finish("uncertain", problem):
                raise Unrecorded from problem
            return self._doubt(context, action, record, problem)

        for step in change.steps:
            try:
                results.append(step.run())
            except Uncertain as problem:
                return doubt(problem)
            except BGBillingError as problem:
                if not done:
                    finish("refused" if isinstance(problem, Refused | InputError) else "failed", problem)
                    raise
                if not finish("partial", problem):
                    raise Unrecorded from problem
                return Outcome("partial", self._current(record), problem=problem)
            except Exception as error:  # a stranger's plugin, or a defect: the call may have gone out
                logger.exception("a step of %s failed", record.action)
                return doubt(Uncertain(billing=context.contract.billing.title, why=type(error).__name__))
            except BaseException:
                finish("uncertain")
                raise
            done.append(StepRecord(step.title, "done", step.fact))
        noted = finish("done")
        return Outcome(
            "done",
            self._current(record) if noted else None,
            said=change.said if noted else N_("Done, but the journal could not note it"),
            shows=dict(change.shows),
            results=tuple(results),
        )

    def _doubt(self, context: ActionContext, action: CardAction, record: ChangeRecord, problem: Uncertain) -> Outcome:
        """The answer was lost: look at once; what cannot be told now is left open."""
        current = self._current(record)
        try:
            return replace(self._found(context, action, current), problem=problem)
        except BGBillingError as error:
            logger.warning("change %s cannot be looked for now: %s", record.id, error)
        except Exception:
            logger.exception("looking for change %s failed", record.id)
        return Outcome("uncertain", current, problem=problem)


@contextmanager
def _needed() -> Iterator[None]:
    """Before anything is sent: without the journal there is no change."""
    try:
        yield
    except (BGBillingError, ChangeExists):
        raise
    except Exception as error:
        logger.exception("the journal failed before a change")
        raise JournalFailed from error


def words_of(error: BGBillingError) -> str:
    """Why it stopped: the billing's own words, else our text unless the error's code tells it all."""
    places = error.message.replace("%(billing)s", "")
    return str(error.params.get("words") or "") or (error.text() if "%(" in places else "")


def _with_outcome(step: StepRecord, outcome: str) -> StepRecord:
    return StepRecord(step.title, outcome, step.fact)


def _without_doubt(details: ChangeDetails, change: Change) -> ChangeDetails | None:
    """The steps with the doubtful one done, when what remains to be done begins behind it; else ``None``."""
    at = next((number for number, step in enumerate(details.steps) if step.outcome != "done"), None)
    if at is None or len(details.steps) < 2:
        return None
    doubtful = details.steps[at]
    if any((step.title, step.fact) == (doubtful.title, doubtful.fact) for step in change.steps):
        return None
    steps = (*details.steps[:at], _with_outcome(doubtful, "done"), *details.steps[at + 1 :])
    return msgspec.structs.replace(details, steps=steps)


def _secret(details: ChangeDetails) -> bool:
    return any(fact.kind == "secret" for fact in (*details.before, *details.after))


def typed_is_kept(record: ChangeRecord) -> bool:
    """Whether the journal has what was typed, so that the change can be looked for or gone on with."""
    return record.details is not None and not _secret(record.details)


def _check_kept(record: ChangeRecord) -> None:
    if not typed_is_kept(record):
        raise NotKept


def _typed(context: ActionContext) -> dict[str, tuple[str, ...]]:
    """What was typed, as the journal gives it back."""
    typed = context.fields.as_mapping()
    return {whole(name): tuple(whole(value) for value in values) for name, values in typed.items()}


def _details(context: ActionContext, change: Change, present: Sequence[int]) -> ChangeDetails:
    details = ChangeDetails(
        before=tuple(change.before),
        after=tuple(change.after),
        steps=tuple(StepRecord(step.title, "not done", step.fact) for step in change.steps),
        known_ids=tuple(present),
        arguments=dict(context.arguments),
    )
    # A password that was typed is kept nowhere, so that a change with one cannot be gone on with.
    return details if _secret(details) else msgspec.structs.replace(details, fields=_typed(context))


def _asked(context: ActionContext, change: Change, present: Sequence[int], lately: ChangeRecord | None) -> Asked | None:
    """What has to be asked before the change, unless it was answered for just this."""
    doubled = sorted(present) if change.creation is not None and change.creation.ask_again else []
    if change.question is None and not doubled and lately is None:
        return None
    token = _token(context, change.question, doubled, lately.id if lately else 0)
    if context.resumed or context.fields.raw("confirmed") == token:
        return None
    at = lately.created_at.astimezone(context.contract.billing.zone) if lately else None
    return Asked(change.question, token, len(doubled), lately, at)


def _fingerprint(context: ActionContext, creation: Creation) -> str:
    return fingerprint(context.contract.billing.id, *creation.identity)


def _token(context: ActionContext, question: Question | None, present: Sequence[int], lately: int) -> str:
    """What an answer to a question carries: it answers for this contract, these values and what was known then."""
    typed = {name: values for name, values in context.fields.as_mapping().items() if name not in {"confirmed", "once"}}
    place = [context.contract.billing.id, context.contract.cid, sorted(context.arguments.items())]
    asked = [question.message, sorted(question.values.items())] if question else []
    told = repr([place, sorted(typed.items()), asked, list(present), lately])
    return sha256(told.encode("utf-8", "replace")).hexdigest()[:32]
