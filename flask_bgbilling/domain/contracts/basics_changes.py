"""Changing what a contract is: number and comment, days, face, mode, visibility (contract.md 7, 11).

Every property is changed by one call of its own, so each is an action of its own. First and last day are two calls:
changing both means two saves, each of which leaves a contract that makes sense.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from flask_bgbilling.domain.contracts.contract import Contract
from flask_bgbilling.domain.contracts.editing import check_seen, differing, mark
from flask_bgbilling.domain.contracts.info import FACES, MODES, ContractCard, read_card
from flask_bgbilling.errors import N_
from flask_bgbilling.facts import Fact
from flask_bgbilling.fields import FormFields, refuse
from flask_bgbilling.hookspecs import ActionContext, Change, SectionContext, Step
from flask_bgbilling.wire.ops.contracts_writes import (
    CONTRACT_END,
    CONTRACT_FACE,
    CONTRACT_HIDDEN,
    CONTRACT_MODE,
    CONTRACT_START,
    CONTRACT_TITLE,
    OPEN_IN_CLIENT,
)

V = TypeVar("V")

LONGEST_NAME = 255
YES, NO = N_("yes"), N_("no")

RETITLING = (CONTRACT_TITLE,)
STARTING = (CONTRACT_START,)
ENDING = (CONTRACT_END,)
FACING = (CONTRACT_FACE,)
SWITCHING = (CONTRACT_MODE,)
HIDING = (CONTRACT_HIDDEN,)
OPENING = (OPEN_IN_CLIENT,)


@dataclass(frozen=True)
class Property(Generic[V]):
    """What of a contract is changed by one call.

    ``value`` takes it from the card, ``typed`` from the form, ``told`` tells it to people, ``write`` sends the wanted
    value, knowing the present one. ``check`` raises ``InvalidField`` for a value that does not go with the card.
    """

    title: str
    value: Callable[[ContractCard], V]
    typed: Callable[[FormFields], V]
    told: Callable[[V], tuple[Fact, ...]]
    write: Callable[[Contract, V, V], object]
    check: Callable[[ContractCard, V], None] = lambda card, value: None


@dataclass(frozen=True)
class Draft:
    """What a form starts from: the card, and the mark of the property that is changed."""

    card: ContractCard
    seen: str


def draft(context: SectionContext, changed: Property[V]) -> Draft:
    """Reads what the form of a property starts from."""
    card = read_card(context.contract)
    return Draft(card, mark(changed.value(card)))


def plan(context: ActionContext, changed: Property[V]) -> Change:
    """Changes one property of the contract."""
    contract = context.contract
    wanted = changed.typed(context.fields)
    card = read_card(contract)
    now = changed.value(card)
    check_seen(context, now, changed.told(now))
    if wanted == now:
        return Change(steps=())
    changed.check(card, wanted)
    before, after = differing(changed.told(now), changed.told(wanted))
    step = Step(changed.title, lambda: changed.write(contract, wanted, now))
    return Change((step,), before, after, card.title)


def plan_opening(context: ActionContext) -> Change:
    """Opens the contract in the billing's own client, which runs under the same account."""
    contract = context.contract

    def send() -> object:
        return contract.billing.call(OPEN_IN_CLIENT, cid=contract.cid)

    return Change((Step(N_("Open in billing"), send),), said=N_("Sent to your billing client"))


def _day(label: str, day: date | None) -> tuple[Fact, ...]:
    return (Fact(label, day.isoformat() if day else "", "day"),)


def _write_title(contract: Contract, wanted: tuple[str, str], now: tuple[str, str]) -> object:
    number, comment = wanted
    title = number if number != now[0] else None
    return contract.billing.call(CONTRACT_TITLE, cid=contract.cid, title=title, comment=comment)


def _check_start(card: ContractCard, day: date) -> None:
    if card.period.until is not None and card.period.until < day:
        refuse("start", N_("The end is before the beginning."))


def _check_end(card: ContractCard, day: date | None) -> None:
    if day is not None and card.period.since is not None and day < card.period.since:
        refuse("end", N_("The end is before the beginning."))


TITLE = Property[tuple[str, str]](
    N_("Number and comment"),
    value=lambda card: (card.title, card.comment),
    typed=lambda fields: (fields.text("title", LONGEST_NAME, required=True), fields.text("comment", LONGEST_NAME)),
    told=lambda value: (Fact(N_("Number"), value[0]), Fact(N_("Comment"), value[1])),
    write=_write_title,
)

START = Property[date | None](
    N_("First day"),
    value=lambda card: card.period.since,
    typed=lambda fields: fields.day("start"),
    told=lambda day: _day(N_("First day"), day),
    write=lambda contract, day, _: contract.billing.call(CONTRACT_START, cid=contract.cid, day=day),
    check=lambda card, day: _check_start(card, day) if day is not None else None,
)

END = Property[date | None](
    N_("Last day"),
    value=lambda card: card.period.until,
    typed=lambda fields: fields.optional_day("end"),
    told=lambda day: _day(N_("Last day"), day),
    write=lambda contract, day, _: contract.billing.call(CONTRACT_END, cid=contract.cid, day=day),
    check=_check_end,
)

FACE = Property[int](
    N_("Face"),
    value=lambda card: card.face,
    typed=lambda fields: int(fields.choice("face", ("0", "1"))),
    told=lambda face: (Fact(N_("Face"), FACES.get(face, str(face)), "word"),),
    write=lambda contract, face, _: contract.billing.call(CONTRACT_FACE, cid=contract.cid, firm=face == 1),
)

MODE = Property[int](
    N_("Mode"),
    value=lambda card: card.mode,
    typed=lambda fields: int(fields.choice("mode", ("0", "1"))),
    told=lambda mode: (Fact(N_("Mode"), MODES.get(mode, str(mode)), "word"),),
    write=lambda contract, mode, _: contract.billing.call(CONTRACT_MODE, cid=contract.cid, debit=mode == 1),
)

HIDDEN = Property[bool](
    N_("Hidden"),
    value=lambda card: card.hidden,
    typed=lambda fields: fields.flag("hidden"),
    told=lambda hidden: (Fact(N_("Hidden"), YES if hidden else NO, "word"),),
    write=lambda contract, hidden, _: contract.billing.call(CONTRACT_HIDDEN, cid=contract.cid, hidden=hidden),
)
