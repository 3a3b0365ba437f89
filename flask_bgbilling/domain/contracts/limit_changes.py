"""Changing the limit of a contract: for ever, for some days, and what is planned (card-screens.md 6.5, money.md 5)."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from msgspec import Struct

from flask_bgbilling.domain.contracts.contract import Contract
from flask_bgbilling.domain.contracts.editing import check_seen, mark
from flask_bgbilling.errors import N_
from flask_bgbilling.facts import Fact
from flask_bgbilling.fields import refuse
from flask_bgbilling.hookspecs import ActionContext, Change, Creation, Gone, SectionContext, Step
from flask_bgbilling.wire.dto.limits import LimitTask
from flask_bgbilling.wire.ops.limits import LIMIT, LIMIT_TASKS
from flask_bgbilling.wire.ops.limits_writes import LIMIT_CHANGE, LIMIT_TASK_CANCELLATION, TEMPORARY_LIMIT

SAVING = (LIMIT_CHANGE, TEMPORARY_LIMIT)
CANCELLING = (LIMIT_TASK_CANCELLATION,)

LONGEST_COMMENT = 255
CHANGED = N_("The limit is changed")
MOST_DAYS = 3660
WAITING = "on"


class LimitForm(Struct, frozen=True):
    """What the form starts from: the limit, ``None`` when there is none, and its mark."""

    limit: Decimal | None
    seen: str


class TaskForm(Struct, frozen=True):
    """A planned change that is going to be cancelled."""

    task: LimitTask
    seen: str

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The planned change as it is told to people."""
        return _told_task(self.task)


def limit_form(context: SectionContext) -> LimitForm:
    """Reads the limit that is going to be changed."""
    limit = context.contract.billing.call(LIMIT, cid=context.contract.cid)
    return LimitForm(limit, mark(limit))


def task_form(context: SectionContext) -> TaskForm:
    """The planned change of the argument ``task``; raises ``Gone`` unless it waits."""
    task = _waiting(context.contract, context.number("task"))
    return TaskForm(task, mark(task))


def plan_setting(context: ActionContext) -> Change:
    """Sets the limit for ever or, with ``days``, for some days after which the billing sets the present one again."""
    contract, fields = context.contract, context.fields
    wanted = fields.amount("limit", signed=True, zero=True)
    days = fields.integer("days", 1, MOST_DAYS, default=0)
    comment = fields.text("comment", LONGEST_COMMENT)
    now = contract.billing.call(LIMIT, cid=contract.cid)
    check_seen(context, now, _told(now))
    if days:
        if wanted == now and not context.resumed:
            refuse("limit", N_("The limit is this already."))
        return _for_days(contract, wanted, days, comment, now)
    if wanted == now:
        return Change(steps=(), said=CHANGED)

    def change() -> object:
        return contract.billing.call(LIMIT_CHANGE, cid=contract.cid, limit=wanted, comment=comment)

    return Change(
        (Step(N_("Limit"), change),),
        _told(now),
        (*_told(wanted), *_comment(comment)),
        said=CHANGED,
    )


def _for_days(contract: Contract, wanted: Decimal, days: int, comment: str, now: Decimal | None) -> Change:
    billing = contract.billing
    back = billing.today() + timedelta(days=days)

    def change() -> object:
        return billing.call(TEMPORARY_LIMIT, cid=contract.cid, limit=wanted, days=days, comment=comment)

    def present() -> Iterable[int]:
        # The day of the return is the billing's own: at midnight it may be one later.
        due = {back, back + timedelta(days=1)}
        return [task.id for task in _tasks(contract) if task.state == WAITING and task.day in due]

    return Change(
        (Step(N_("Limit"), change),),
        _told(now),
        (*_told(wanted), Fact(N_("Days"), str(days)), *_comment(comment)),
        creation=Creation((contract.cid, "temporary limit", wanted, days), present),
        said=CHANGED,
    )


def plan_cancelling(context: ActionContext) -> Change:
    """Cancels the planned change of the argument ``task``; the present limit stays for ever then."""
    contract = context.contract
    task = _waiting(contract, context.number("task"))
    check_seen(context, task, _told_task(task))

    def cancel() -> object:
        return contract.billing.call(LIMIT_TASK_CANCELLATION, cid=contract.cid, task_id=task.id)

    return Change((Step(N_("Planned change"), cancel),), _told_task(task), said=N_("The planned change is cancelled"))


def _told(limit: Decimal | None) -> tuple[Fact, ...]:
    return (Fact(N_("Limit"), "" if limit is None else f"{limit:f}", "money"),)


def _comment(comment: str) -> tuple[Fact, ...]:
    return (Fact(N_("Comment"), comment),) if comment else ()


def _told_task(task: LimitTask) -> tuple[Fact, ...]:
    return (
        Fact(N_("Date"), task.day.isoformat() if task.day else "", "day"),
        Fact(N_("Value"), "" if task.value is None else f"{task.value:f}", "money"),
    )


def _tasks(contract: Contract) -> tuple[LimitTask, ...]:
    return contract.billing.call(LIMIT_TASKS, cid=contract.cid)


def _waiting(contract: Contract, number: int) -> LimitTask:
    """A planned change of this contract that waits; those of other contracts are none."""
    found = next((task for task in _tasks(contract) if task.id == number and task.state == WAITING), None)
    if found is None:
        raise Gone(what=number)
    return found
