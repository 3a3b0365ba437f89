"""Moving money from a contract to another one of the same billing (money.md 1.5)."""

from collections.abc import Iterable
from datetime import date

from flask_bgbilling.domain.contracts.contract import part
from flask_bgbilling.errors import N_
from flask_bgbilling.facts import Fact
from flask_bgbilling.fields import refuse
from flask_bgbilling.hookspecs import ActionContext, Change, Creation, Question, Step
from flask_bgbilling.wire.dto.common import Period
from flask_bgbilling.wire.dto.money import PostingList, Transfer
from flask_bgbilling.wire.dto.search import FoundContract
from flask_bgbilling.wire.lanes import Pending
from flask_bgbilling.wire.ops.balance import CLOSED_DATE
from flask_bgbilling.wire.ops.money_writes import BALANCE_TRANSFER
from flask_bgbilling.wire.ops.payments import PAYMENT_LIST
from flask_bgbilling.wire.ops.search import SEARCH_BY_NUMBER, exact_number

TRANSFERRING = (BALANCE_TRANSFER,)

LONGEST_NUMBER = 100


def plan_transfer(context: ActionContext) -> Change:
    """Charges this contract and pays the sum to the contract of the number in ``target``.

    The question names who gets it. A payment of this sum and day at the other contract counts as the same: the billing
    says nothing else about where one came from.
    """
    contract, fields = context.contract, context.fields
    billing = contract.billing
    number = fields.text("target", LONGEST_NUMBER, required=True)
    amount, day = fields.amount("sum"), fields.day("day")
    closed = billing.start(CLOSED_DATE)
    target = _contract_of(context, number)
    _check_open(context, day, part(closed.result).value)

    def paid() -> Pending[PostingList]:
        return billing.start(PAYMENT_LIST, cid=target.cid, period=Period(day, day))

    def send() -> object:
        return billing.call(BALANCE_TRANSFER, cid=contract.cid, day=day, parts=(Transfer(target.cid, amount),))

    def present() -> Iterable[int]:
        return [entry.id for entry in paid().result().own if entry.amount == amount]

    facts = (
        Fact(N_("Sum"), str(amount), "money"),
        Fact(N_("To the contract"), " · ".join(filter(None, (target.number, target.comment)))),
        Fact(N_("Date"), day.isoformat(), "day"),
    )
    names = ("sum", "target", "day")
    return Change(
        (Step(N_("Transfer"), send),),
        after=facts,
        subject=target.number,
        question=Question(
            N_("Transfer %(sum)s to the contract %(target)s, %(day)s?"), dict(zip(names, facts, strict=True))
        ),
        creation=Creation((contract.cid, "transfer", target.cid, day, amount), present, ask_again=True),
        said=N_("Money transferred"),
    )


def _contract_of(context: ActionContext, number: str) -> FoundContract:
    """The only contract of a number, hidden and closed ones and sub-contracts among them."""
    billing = context.contract.billing
    found = billing.call(
        SEARCH_BY_NUMBER,
        number=exact_number(number),
        hidden=True,
        closed=True,
        subcontracts=True,
        closed_inverted=bool(billing.server.closed_inverted),
    )
    fitting = [one for one in found.items if one.number.strip().casefold() == number.casefold()]
    if not fitting:
        refuse("target", N_("There is no contract “%(number)s” in this billing."), number=number)
    if len(fitting) > 1:
        refuse("target", N_("Several contracts have the number “%(number)s”."), number=number)
    if fitting[0].cid == context.contract.cid:
        refuse("target", N_("This is the contract that the money comes from."))
    return fitting[0]


def _check_open(context: ActionContext, day: date, closed: date | None) -> None:
    if not context.resumed and closed is not None and day <= closed:
        refuse("day", N_("The period is closed up to %(day)s inclusive."), day=closed.strftime("%d.%m.%Y"))
