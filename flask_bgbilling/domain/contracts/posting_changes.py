"""Adding, changing and deleting payments and charges of a contract (card-screens.md 6.8, money.md 3 and 4).

What both have in common; :mod:`payments_changes` and :mod:`charges_changes` say in what they differ. The billing has
the last word about closed days and types that are not for hands, but a person learns of them before anything is sent.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from msgspec import Struct

from flask_bgbilling.domain.contracts.contract import part
from flask_bgbilling.domain.contracts.editing import check_seen, differing, mark
from flask_bgbilling.domain.contracts.names import NameBook
from flask_bgbilling.domain.contracts.periods import chosen_period, month_of
from flask_bgbilling.domain.contracts.posting_types import (
    TypeChoice,
    TypeGroup,
    chosen_type,
    grouped,
    only_type,
)
from flask_bgbilling.errors import N_, Absent, Forbidden, InputError
from flask_bgbilling.facts import Fact
from flask_bgbilling.fields import refuse
from flask_bgbilling.hookspecs import ActionContext, Change, Creation, Gone, Question, Step
from flask_bgbilling.ports import Grant
from flask_bgbilling.wire.dto.common import Period
from flask_bgbilling.wire.dto.money import Posting, PostingList, PostingRecord
from flask_bgbilling.wire.dto.server import Names, TypeNode
from flask_bgbilling.wire.lanes import Pending
from flask_bgbilling.wire.operation import Directory, Operation
from flask_bgbilling.wire.ops.balance import CLOSED_DATE

LONGEST_COMMENT = 200
"""What the billing's tables hold."""


class ClosedPeriod(InputError):
    """The day of a payment or charge is in a closed period; ``day`` is the last closed one."""

    code = "closed period"
    message = N_("The period is closed up to %(day)s inclusive: nothing of these days can be changed.")
    remedy = N_("Choose a later day, or ask the accountant to open the period in the billing.")


class KeptForTheBilling(InputError):
    """The type of a payment or charge is one that people cannot enter, change or delete."""

    code = "kept for the billing"
    message = N_("Entries of the type “%(type)s” are made by the billing itself and cannot be changed by hand.")
    remedy = N_("Change what they follow from, or ask the administrator of the billing.")


@dataclass(frozen=True)
class PostingWords:
    """Message ids that name one kind of entry."""

    one: str
    added: str
    deleted: str
    ask_adding: str
    ask_changing: str


@dataclass(frozen=True)
class PostingKind:
    """Payments or charges: the operations behind them and what the host's grant says about their types.

    ``name`` is the argument that names one of them in addresses, and ``<name>_id`` in operations. ``covers`` says
    whether a grant holds for a type of a billing, ``narrows`` whether it names any types of the billing at all.
    """

    name: str
    own: Operation[PostingList]
    record: Operation[PostingRecord | None]
    save: Operation[int | None]
    delete: Operation[None]
    types: Directory[tuple[TypeNode, ...]]
    names: Directory[Names]
    covers: Callable[[Grant, str, int], bool]
    narrows: Callable[[Grant, str], bool]
    words: PostingWords

    def by_id(self, number: int) -> dict[str, Any]:
        """The argument of operations that names one entry."""
        return {f"{self.name}_id": number}


class PostingForm(Struct, frozen=True):
    """What a form about a payment or charge starts from.

    ``name`` says which of both it is. ``groups`` are the types to choose from, ``closed`` is the last closed
    day. ``refund`` is set for a return of money, whose type stays. ``seen`` is the mark of the stored entry,
    empty for a new one.
    """

    name: str
    record: PostingRecord
    type_title: str
    groups: tuple[TypeGroup, ...]
    closed: date | None
    refund: bool = False
    seen: str = ""

    @property
    def amount(self) -> Decimal | None:
        """The sum that stands in a field at first; ``None`` for a new entry."""
        return self.record.amount if self.seen else None

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The entry as it is told to people."""
        return facts_of(self.record, self.type_title)


class Known(Struct, frozen=True):
    """A stored entry: the row of the contract's list, the record with its type, what may be chosen instead."""

    row: Posting
    record: PostingRecord
    type: TypeChoice
    groups: tuple[TypeGroup, ...]
    closed: date | None

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The entry as it is told to people."""
        return facts_of(self.record, self.type.title)


def facts_of(record: PostingRecord, type_title: str) -> tuple[Fact, ...]:
    """Sum, type, day and comment of a payment or charge."""
    return (
        Fact(N_("Sum"), str(record.amount), "money"),
        Fact(N_("Type"), type_title),
        Fact(N_("Date"), record.day.isoformat() if record.day else "", "day"),
        Fact(N_("Comment"), record.comment),
    )


def posting_form(kind: PostingKind, context: ActionContext) -> PostingForm:
    """The entry of the argument that names it, or a new one of today.

    Raises ``Gone``, ``Forbidden`` for a type that the grant does not cover, ``ClosedPeriod`` and ``KeptForTheBilling``.
    """
    if context.number(kind.name):
        known = read_known(kind, context)
        check_changeable(known)
        return PostingForm(
            name=kind.name,
            record=known.record,
            type_title=known.type.title,
            groups=known.groups,
            closed=known.closed,
            refund=known.row.payback,
            seen=mark(known.record),
        )
    closed = context.contract.billing.start(CLOSED_DATE)
    groups = _groups(kind, context)
    record = PostingRecord(context.today, Decimal(0), only_type(groups))
    return PostingForm(kind.name, record, "", groups, _closed_date(closed))


def plan_saving(kind: PostingKind, context: ActionContext, finish: Callable[[int | None], object]) -> Change:
    """Adds an entry, or changes the one of the argument that names it.

    ``finish`` makes the result of the step from the number that a new entry got.
    """
    number = context.number(kind.name)
    fields = context.fields
    amount = fields.amount("sum", signed=bool(number))
    type_id = fields.identifier("type")
    wanted = PostingRecord(fields.day("day"), amount, type_id, fields.multiline("comment", LONGEST_COMMENT))
    return _changing(kind, context, wanted) if number else _adding(kind, context, wanted, finish)


def plan_deleting(kind: PostingKind, context: ActionContext) -> Change:
    """Deletes the entry of the argument that names it."""
    contract = context.contract
    known = read_known(kind, context)
    check_seen(context, known.record, known.facts)
    check_changeable(known)

    def delete() -> object:
        return contract.billing.call(kind.delete, cid=contract.cid, **kind.by_id(known.row.id))

    return Change((Step(kind.words.one, delete),), known.facts, subject=known.type.title, said=kind.words.deleted)


def read_known(kind: PostingKind, context: ActionContext) -> Known:
    """The entry that an address names, as the contract's own list has it; raises ``Gone`` and ``Forbidden``.

    One entry alone does not tell its contract, and lists do not tell the type on every version: both are read at the
    same time, the list of the day that the address names.
    """
    contract, number = context.contract, context.number(kind.name)
    billing = contract.billing
    hint = _day_of(context.value("day"))

    def listed(day: date) -> Pending[PostingList]:
        return billing.start(kind.own, cid=contract.cid, period=Period(day, day))

    alone = billing.start(kind.record, **kind.by_id(number))
    own = listed(hint) if hint is not None else None
    closed = billing.start(CLOSED_DATE)
    tree = billing.start_directory(kind.types)
    try:
        record = alone.result()
    except Absent:
        record = None
    if record is None or record.day is None:
        raise Gone(what=number)
    if own is None or record.day != hint:
        own = listed(record.day)
    row = next((entry for entry in own.result().own if entry.id == number), None)
    if row is None:
        raise Gone(what=number)
    _check_covered(kind, context, record.type_id)
    groups = grouped(tree.result(), lambda type_id: kind.covers(context.grant, billing.id, type_id))
    own_type = chosen_type(groups, record.type_id)
    if own_type is None:
        # A type that was removed, or one of returns: those stand in a tree of their own.
        title = NameBook(billing.start_directory(kind.names)).name(record.type_id, row.type_title)
        own_type = TypeChoice(record.type_id, title or str(record.type_id))
        groups = (TypeGroup("", (own_type,)), *groups)
    if row.payback:
        groups = (TypeGroup("", (own_type,)),)
    return Known(row, record, own_type, groups, _closed_date(closed))


def check_changeable(known: Known) -> None:
    """Raises ``ClosedPeriod`` or ``KeptForTheBilling`` for what the billing would refuse to change."""
    if known.closed is not None and known.record.day is not None and known.record.day <= known.closed:
        raise ClosedPeriod(day=_in_words(known.closed))
    if not known.type.usable:
        raise KeptForTheBilling(type=known.type.title)


def _changing(kind: PostingKind, context: ActionContext, wanted: PostingRecord) -> Change:
    contract = context.contract
    known = read_known(kind, context)
    check_seen(context, known.record, known.facts)
    if _same(wanted, known.record):
        return Change(())
    check_changeable(known)
    if wanted.amount < 0 <= known.record.amount:
        refuse("sum", N_("The sum must be above zero."))
    chosen = _usable(known.groups, wanted.type_id)
    _check_open(context, wanted.day, known.closed)
    facts = facts_of(wanted, chosen.title)

    def save() -> object:
        payback = {"payback": True} if known.row.payback else {}
        return contract.billing.call(
            kind.save, cid=contract.cid, **_arguments(wanted), **kind.by_id(known.row.id), **payback
        )

    before, after = differing(known.facts, facts)
    # A comment alone moves no money.
    moves = any(fact.label != facts[-1].label for fact in after)
    old = {f"old_{name}": fact for name, fact in _named(known.facts).items()}
    return Change(
        (Step(kind.words.one, save),),
        before,
        after,
        subject=chosen.title,
        question=Question(kind.words.ask_changing, {**_named(facts), **old}) if moves else None,
        shows=_showing(context, wanted.day, chosen.title),
    )


def _adding(
    kind: PostingKind, context: ActionContext, wanted: PostingRecord, finish: Callable[[int | None], object]
) -> Change:
    contract = context.contract
    billing = contract.billing
    assert wanted.day is not None
    period = Period(wanted.day, wanted.day)

    def on_that_day() -> Pending[PostingList]:
        return billing.start(kind.own, cid=contract.cid, period=period)

    pending = billing.start(CLOSED_DATE)
    # Read along with the rest; whoever asks later asks the billing anew.
    first = [on_that_day()]
    chosen = _usable(_groups(kind, context), wanted.type_id)
    _check_open(context, wanted.day, _closed_date(pending))
    facts = facts_of(wanted, chosen.title)

    def save() -> object:
        return finish(billing.call(kind.save, cid=contract.cid, **_arguments(wanted)))

    def present() -> Iterable[int]:
        listed = (first.pop() if first else on_that_day()).result()
        return [entry.id for entry in listed.own if _equal(entry, wanted, chosen.title)]

    identity = (contract.cid, kind.name, wanted.day, wanted.type_id, wanted.amount, wanted.comment)
    return Change(
        (Step(kind.words.one, save),),
        after=facts,
        subject=chosen.title,
        question=Question(kind.words.ask_adding, _named(facts)),
        creation=Creation(identity, present, ask_again=True),
        shows=_showing(context, wanted.day, chosen.title),
        said=kind.words.added,
    )


def _arguments(wanted: PostingRecord) -> dict[str, Any]:
    return {"day": wanted.day, "type_id": wanted.type_id, "amount": wanted.amount, "comment": wanted.comment}


def _named(facts: tuple[Fact, ...]) -> Mapping[str, Fact]:
    return dict(zip(("sum", "type", "day", "comment"), facts, strict=True))


def _showing(context: ActionContext, day: date | None, type_title: str) -> dict[str, str]:
    """What the section has to show so that the entry is seen: its month, and every type, where it would be hidden."""
    shown: dict[str, str] = {}
    if day is not None and day not in chosen_period(context.arguments, month_of(context.today)):
        month = month_of(day)
        assert month.since is not None
        assert month.until is not None
        shown = {"since": month.since.isoformat(), "until": month.until.isoformat()}
    if context.value("type") not in {"", type_title}:
        shown["type"] = ""
    return shown


def _groups(kind: PostingKind, context: ActionContext) -> tuple[TypeGroup, ...]:
    billing = context.contract.billing
    tree = billing.directory(kind.types)
    return grouped(tree, lambda type_id: kind.covers(context.grant, billing.id, type_id))


def _usable(groups: tuple[TypeGroup, ...], type_id: int) -> TypeChoice:
    chosen = chosen_type(groups, type_id)
    if chosen is None:
        refuse("type", N_("Choose one of the list."))
    if not chosen.usable:
        refuse("type", N_("Only the billing itself makes entries of this type."))
    return chosen


def _check_covered(kind: PostingKind, context: ActionContext, type_id: int) -> None:
    if not kind.covers(context.grant, context.contract.billing.id, type_id):
        raise Forbidden(permission=f"{kind.name} type {type_id}")


def _check_open(context: ActionContext, day: date | None, closed: date | None) -> None:
    # What is only looked for may have been closed since it was sent.
    if not context.resumed and closed is not None and day is not None and day <= closed:
        refuse("day", N_("The period is closed up to %(day)s inclusive."), day=_in_words(closed))


def _closed_date(pending: Pending[date | None]) -> date | None:
    """The last closed day; whoever may not read it learns of it by the billing's refusal."""
    return part(pending.result).value


def _in_words(day: date) -> str:
    return day.strftime("%d.%m.%Y")


def _day_of(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _same(one: PostingRecord, other: PostingRecord) -> bool:
    return (one.day, one.amount, one.type_id) == (other.day, other.amount, other.type_id) and (
        one.comment == other.comment.strip()
    )


def _equal(entry: Posting, wanted: PostingRecord, type_title: str) -> bool:
    """Whether a row of a list is what is wanted; XML lists have no type number and fold line ends of comments."""
    same_type = entry.type_id == wanted.type_id if entry.type_id is not None else entry.type_title == type_title
    return (
        same_type
        and (entry.day, entry.amount) == (wanted.day, wanted.amount)
        and entry.comment.split() == wanted.comment.split()
    )
