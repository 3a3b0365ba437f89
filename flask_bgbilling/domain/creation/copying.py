"""Copying from a customer into a contract (customers-and-links.md 4): the comment first, then pair by pair.

Before anything is sent it can be seen what will be overwritten. What is as it should be is not written again, so that
copying once more after a failure goes on with what is missing.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final, Literal, Protocol

from msgspec import Struct
from msgspec.structs import replace

from flask_bgbilling.config.mapping import ParameterPair, pairs
from flask_bgbilling.config.values import Mistake
from flask_bgbilling.domain.contracts.contract import Contract
from flask_bgbilling.domain.contracts.editing import check_seen, mark
from flask_bgbilling.domain.contracts.info import read_card
from flask_bgbilling.domain.contracts.parameter_values import Choice
from flask_bgbilling.domain.contracts.parameters_changes import VALUES
from flask_bgbilling.domain.creation.values import KINDS, Nothing, Wanted, plainly, wanted_value
from flask_bgbilling.errors import N_, InputError
from flask_bgbilling.facts import Fact
from flask_bgbilling.hookspecs import ActionContext, Change, SectionContext, Step
from flask_bgbilling.ports import Grant
from flask_bgbilling.ports.customers import Customer, Customers
from flask_bgbilling.wire.dto.parameters import Parameter, ParameterType
from flask_bgbilling.wire.ops.contracts_writes import CONTRACT_TITLE
from flask_bgbilling.wire.ops.parameters import PARAMETERS

PERMISSION: Final = "contract.copy"
LONGEST_COMMENT: Final = 255

WITHOUT_COMMENT: Final = "without_comment"
"""A field of the form: the contract keeps its comment."""

Outcome = Literal["write", "same", "skipped"]

UNKNOWN: Final = N_("The billing has no such parameter of contracts.")
OTHER_TYPE: Final = N_("The parameter of the contract has another type.")
NOT_ALLOWED: Final = N_("You may not change this parameter.")


class NotLinked(InputError):
    """The contract belongs to no customer of the host, or to one that is there no more."""

    code = "not linked"
    message = N_("This contract has no customer.")
    remedy = N_("Link it to a customer first.")


class CopyLine(Struct, frozen=True):
    """What becomes of one pair. ``source`` is the customer's parameter, ``title`` the contract's, by their titles.

    ``source`` is empty for the customer's title. ``before`` and ``after`` are told to people; ``why`` is a message id.
    """

    source: str
    title: str
    outcome: Outcome
    before: str = ""
    after: str = ""
    why: str = ""
    parameter_id: int = 0


class CopyDraft(Struct, frozen=True):
    """What copying into a contract would do. ``seen`` marks what the contract holds now."""

    customer: Customer
    number: str
    comment: CopyLine
    lines: tuple[CopyLine, ...]
    seen: str

    @property
    def writes(self) -> int:
        """How many values would be written."""
        return sum(line.outcome == "write" for line in (self.comment, *self.lines))


class LinkedCustomer(Protocol):
    """Whose customer's a contract is."""

    def customer_of(self, billing_id: str, cid: int) -> int | None:
        """The customer of a contract."""
        ...


class _Planned(Struct, frozen=True):
    line: CopyLine
    seen: object
    save: Callable[[], object] | None = None


class ParameterCopying:
    """Copies what customers have into their contracts, by the rules of each billing."""

    def __init__(self, customers: Customers, links: LinkedCustomer) -> None:
        self._customers = customers
        self._links = links

    def customer(self, context: SectionContext) -> Customer:
        """The contract's customer; raises :class:`NotLinked`."""
        customer = self._customer(context.contract.billing.id, context.contract.cid)
        if customer is None:
            raise NotLinked
        return customer

    def has_customer(self, billing_id: str, cid: int) -> bool:
        """Whether there is anything to copy from."""
        return self._customer(billing_id, cid) is not None

    def _customer(self, billing_id: str, cid: int) -> Customer | None:
        customer_id = self._links.customer_of(billing_id, cid)
        return self._customers.get(customer_id) if customer_id is not None else None

    def draft(self, context: SectionContext, grant: Grant) -> CopyDraft:
        """What would be done to the contract of this context; ``grant`` says which parameters may be changed."""
        return self._draft(context.contract, self.customer(context), grant)[0]

    def plan(self, context: ActionContext) -> Change:
        """Copies all that differs, a call each."""
        draft, planned, comment = self._draft(context.contract, self.customer(context), context.grant)
        check_seen(context, _held(comment, planned), [_fact(one.line, one.line.before) for one in (comment, *planned)])
        kept = bool(context.fields.raw(WITHOUT_COMMENT))
        chosen = [one for one in ((*planned,) if kept else (comment, *planned)) if one.save is not None]
        return Change(
            steps=[_step(one) for one in chosen],
            before=[_fact(one.line, one.line.before) for one in chosen],
            after=[_fact(one.line, one.line.after) for one in chosen],
            subject=draft.customer.variants[0],
            said=N_("Copied"),
        )

    def _draft(
        self, contract: Contract, customer: Customer, grant: Grant
    ) -> tuple[CopyDraft, list[_Planned], _Planned]:
        found = self._wanted(contract.billing.server.copy_parameter_mapping, customer)
        listed = contract.billing.start(PARAMETERS, cid=contract.cid)
        reading = {
            pair.contract_ids[0]: VALUES[wanted.type].start(contract, pair.contract_ids[0])
            for pair, _, wanted in found
            if isinstance(wanted, Wanted) and grant.covers_parameter(pair.contract_ids[0])
        }
        card = read_card(contract)
        parameters = {parameter.id: parameter for parameter in listed.result().parameters}
        planned = []
        for pair, source, wanted in found:
            number = pair.contract_ids[0]
            parameter = parameters.get(number)
            planned.append(_planned(contract, number, source, parameter, wanted, reading.get(number), grant))
        title = customer.variants[0][:LONGEST_COMMENT].strip()
        comment = _comment(contract, card.comment, title)
        draft = CopyDraft(
            customer, card.title, comment.line, tuple(one.line for one in planned), mark(_held(comment, planned))
        )
        return draft, planned, comment

    def _wanted(self, text: str, customer: Customer) -> list[tuple[ParameterPair, str, Wanted | Nothing]]:
        """The pairs with what they want; of several for one parameter of the contract the last that has a value."""
        try:
            rules = pairs(text)
        except Mistake:  # reported when the configuration was read; half a mapping would be worse than none
            return []
        known = self._customers.parameters()
        numbers = sorted({pair.customer_id for pair in rules if pair.customer_id is not None})
        values = self._customers.values([customer.id], numbers)
        chosen: dict[int, tuple[ParameterPair, str, Wanted | Nothing]] = {}
        for pair in rules:
            number = pair.customer_id
            parameter = known.get(number) if number is not None else None
            value = values.get((customer.id, number)) if number is not None else None
            wanted = wanted_value(pair, customer, parameter, value)
            source = "" if number is None else parameter.title if parameter else f"ID {number}"
            before = chosen.get(pair.contract_ids[0])
            if before is None or isinstance(wanted, Wanted):
                chosen[pair.contract_ids[0]] = (pair, source, wanted)
        return list(chosen.values())


def rules_of(context: SectionContext) -> bool:
    """Whether the billing has rules of copying; without them only the comment is written."""
    return bool(context.contract.billing.server.copy_parameter_mapping.strip())


def _comment(contract: Contract, now: str, title: str) -> _Planned:
    same = now == title or not title
    line = CopyLine("", "", "same" if same else "write", now, title)

    def save() -> object:
        return contract.billing.call(CONTRACT_TITLE, cid=contract.cid, comment=title)

    return _Planned(line, now, None if same else save)


def _planned(
    contract: Contract,
    number: int,
    source: str,
    parameter: Parameter | None,
    wanted: Wanted | Nothing,
    finish: Callable[[Parameter], Any] | None,
    grant: Grant,
) -> _Planned:
    title = parameter.title if parameter is not None else f"ID {number}"
    before = plainly(parameter.type, parameter.value) if parameter is not None else ""

    def skipped(why: str) -> _Planned:
        return _Planned(CopyLine(source, title, "skipped", before, "", why, number), before)

    if isinstance(wanted, Nothing):
        return skipped(wanted.why)
    if parameter is None:
        return skipped(UNKNOWN)
    if finish is None or not grant.covers_parameter(number):
        return skipped(NOT_ALLOWED)
    if parameter.type is not wanted.type:
        return skipped(OTHER_TYPE)
    kind = VALUES[parameter.type]
    now = finish(parameter)
    value, after = _fitted(wanted, now)
    if kind.seen(value) == kind.seen(now):
        return _Planned(CopyLine(source, title, "same", before, before, "", number), kind.seen(now))

    def save() -> object:
        return contract.billing.call(kind.saving, cid=contract.cid, parameter_id=number, **kind.arguments(value))

    return _Planned(CopyLine(source, title, "write", before, after, "", number), kind.seen(now), save)


def _fitted(wanted: Wanted, now: Any) -> tuple[Any, str]:
    """The wanted value in the shape of the stored one, and how it is told."""
    if isinstance(now, Choice):
        choice = Choice(wanted.value, now.items)
        return choice, choice.text if any(item.id == wanted.value.id for item in now.items) else wanted.text
    if wanted.type is ParameterType.ADDRESS and now is not None:
        return replace(wanted.value, format_key=now.format_key), wanted.text
    return wanted.value, wanted.text


def _step(planned: _Planned) -> Step:
    assert planned.save is not None
    if not planned.line.title:
        return Step(N_("Comment"), planned.save)
    return Step(N_("Parameter"), planned.save, Fact(N_("Parameter"), planned.line.title))


def _fact(line: CopyLine, value: str) -> Fact:
    """A value as the journal tells it, with the title of its parameter, which is the billing's own word."""
    return Fact(N_("Parameter"), f"{line.title}: {value}") if line.title else Fact(N_("Comment"), value)


def _held(comment: _Planned, planned: Sequence[_Planned]) -> list[object]:
    """What the contract holds now of all that would be written."""
    return [comment.seen, *(one.seen for one in planned)]


SAVING = (CONTRACT_TITLE, *(VALUES[kind].saving for kind in KINDS.values()))
"""What copying cannot do without, whatever the rules are."""
