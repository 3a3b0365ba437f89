"""Changing the status of a contract, today or from a day to come (card-screens.md 6.4, contract.md 10)."""

from datetime import date

from msgspec import Struct

from flask_bgbilling.domain.contracts.editing import check_seen, mark
from flask_bgbilling.domain.contracts.periods import Period
from flask_bgbilling.domain.contracts.status import StatusLine, StatusPlan, read_plan
from flask_bgbilling.errors import N_, InputError
from flask_bgbilling.facts import Fact
from flask_bgbilling.fields import refuse
from flask_bgbilling.hookspecs import ActionContext, Change, Question, SectionContext, Step
from flask_bgbilling.wire.dto.common import IdTitle
from flask_bgbilling.wire.ops.statuses import MANUAL_STATUSES
from flask_bgbilling.wire.ops.statuses_writes import STATUS_CHANGE

SAVING = (STATUS_CHANGE,)

LONGEST_COMMENT = 255
CHANGED = N_("The status is changed")


class StatusForm(Struct, frozen=True):
    """What the form starts from: statuses that a person may set, what holds and what is planned, the wanted days."""

    statuses: tuple[IdTitle, ...]
    current: StatusLine | None
    planned: tuple[StatusLine, ...]
    since: date | None
    until: date | None
    seen: str


def status_form(context: SectionContext) -> StatusForm:
    """The form; the arguments ``since`` and ``until`` are days to begin with, else it is from today on."""
    billing = context.contract.billing
    statuses = billing.start_directory(MANUAL_STATUSES)
    known = read_plan(context.contract, context.today)
    return StatusForm(
        statuses=statuses.result().entries,
        current=known.current,
        planned=known.planned,
        since=_day(context.value("since")) or context.today,
        until=_day(context.value("until")),
        seen=_mark(known),
    )


def plan_change(context: ActionContext) -> Change:
    """Gives the contract another status for the wanted days.

    Planned changes of these days give way, about which a person is asked; what the billing knows beyond them it may
    refuse to drop until the form's ``replace`` is ticked.
    """
    contract, fields = context.contract, context.fields
    status_id = fields.integer("status", 0, 10**9, default=-1)
    if status_id < 0:
        refuse("status", N_("Choose one of the list."))
    since, until = fields.days("since", "until")
    if since is None:
        refuse("since", N_("A date is needed."))
    comment = fields.text("comment", LONGEST_COMMENT)
    replaces = fields.flag("replace")
    directory = contract.billing.start_directory(MANUAL_STATUSES)
    known = read_plan(contract, context.today)
    title = next((status.title for status in directory.result().entries if status.id == status_id), None)
    if title is None:
        refuse("status", N_("Choose one of the list."))
    check_seen(context, _value(known), _told(known))
    wanted = Period(since, until)
    if any(_is_so(line, status_id, title, wanted, comment) for line in (*known.periods, *known.tasks)):
        return Change(steps=(), said=CHANGED)
    dropped = tuple(line for line in known.planned if _overlap(line.period, wanted))

    def change() -> object:
        return contract.billing.call(
            STATUS_CHANGE,
            cid=contract.cid,
            status_id=status_id,
            since=since,
            until=until,
            comment=comment,
            confirmed=replaces or bool(dropped),
        )

    before = known.current
    return Change(
        (Step(N_("Status"), change),),
        facts_of(before.status, before.period, before.comment) if before else (),
        facts_of(title, wanted, comment),
        question=_question(dropped) if dropped and not replaces else None,
        said=CHANGED,
    )


def facts_of(status: str, period: Period, comment: str) -> tuple[Fact, ...]:
    """A status with its days as it is told to people."""
    return (
        Fact(N_("Status"), status),
        Fact(N_("From"), period.since.isoformat() if period.since else "", "day"),
        Fact(N_("To"), period.until.isoformat() if period.until else "", "day"),
        Fact(N_("Comment"), comment),
    )


def _question(dropped: tuple[StatusLine, ...]) -> Question:
    first = min(dropped, key=lambda line: line.period.since or date.min)
    values = {
        "status": Fact(N_("Status"), first.status or str(first.status_id)),
        "day": Fact(N_("From"), first.period.since.isoformat() if first.period.since else "", "day"),
    }
    if len(dropped) == 1:
        return Question(N_("“%(status)s” is planned from %(day)s and will be dropped. Change the status?"), values)
    values["count"] = Fact(N_("more"), str(len(dropped) - 1))
    return Question(
        N_("“%(status)s” is planned from %(day)s; that and %(count)s more will be dropped. Change the status?"), values
    )


def _is_so(line: StatusLine, status_id: int, title: str, wanted: Period, comment: str) -> bool:
    """Whether the status holds on all of the wanted days already, with this comment where one is given."""
    same = line.status_id == status_id if line.status_id is not None else line.status == title
    begun = line.period.since is None or (wanted.since is not None and line.period.since <= wanted.since)
    lasts = line.period.until is None or (wanted.until is not None and wanted.until <= line.period.until)
    return same and begun and lasts and comment in ("", line.comment)


def _overlap(one: Period, other: Period) -> bool:
    begun = other.until is None or one.since is None or one.since <= other.until
    return begun and (one.until is None or other.since is None or one.until >= other.since)


def _value(known: StatusPlan) -> object:
    lines = (*known.periods, *known.tasks)
    return [(line.period, line.status_id, line.status, line.comment) for line in lines]


def _mark(known: StatusPlan) -> str:
    return mark(_value(known))


def _told(known: StatusPlan) -> tuple[Fact, ...]:
    lines = (*((known.current,) if known.current else ()), *known.planned)
    return tuple(one for line in lines for one in facts_of(line.status, line.period, line.comment) if one.value)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InputError(detail=N_("A day is written like 2026-06-01.")) from error
