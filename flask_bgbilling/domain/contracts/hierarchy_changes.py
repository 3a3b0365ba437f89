"""Making another contract a sub-contract of this one (card-screens.md 6.3, contract.md 14).

No call that takes a sub-contract out again is known, so people are asked before.
"""

from collections.abc import Iterable

from flask_bgbilling.domain.contracts.contract import Contract
from flask_bgbilling.errors import N_, Absent
from flask_bgbilling.facts import Fact
from flask_bgbilling.fields import record_number, refuse
from flask_bgbilling.hookspecs import ActionContext, Change, Creation, Question, Step
from flask_bgbilling.wire.dto.search import FoundContract
from flask_bgbilling.wire.ops.contracts_writes import SUB_CONTRACT_ADDITION
from flask_bgbilling.wire.ops.hierarchy import HIERARCHY
from flask_bgbilling.wire.ops.search import SEARCH_BY_ID, SEARCH_BY_NUMBER, exact_number

ATTACHING = (SUB_CONTRACT_ADDITION,)

LONGEST_NUMBER = 100
ATTACHED = N_("Sub-contract attached")

KINDS = {"dependent": N_("dependent"), "independent": N_("independent")}
"""Kinds of sub-contracts as the form names them, with their words."""


def plan_attaching(context: ActionContext) -> Change:
    """Makes the contract of the field ``sub``, a number or an id, a sub-contract of the kind in ``kind``."""
    contract, fields = context.contract, context.fields
    billing, cid = contract.billing, contract.cid
    typed = fields.text("sub", LONGEST_NUMBER, required=True)
    kind = fields.choice("kind", tuple(KINDS))
    links = billing.start(HIERARCHY, cid=cid)
    sub = _find(contract, typed)
    if sub.cid == cid:
        refuse("sub", N_("A contract cannot be its own sub-contract."))
    above = links.result().super
    if above is not None and above.id == sub.cid:
        refuse("sub", N_("It is the super contract of this one."))
    named = Fact(N_("Sub-contract"), " · ".join(part for part in (sub.number, sub.comment, f"ID {sub.cid}") if part))
    told = (named, Fact(N_("Kind"), KINDS[kind], "word"))

    def attach() -> object:
        return billing.call(SUB_CONTRACT_ADDITION, cid=cid, sub_cid=sub.cid, independent=kind == "independent")

    def present() -> Iterable[int]:
        return [link.id for link in billing.call(HIERARCHY, cid=cid).subs if link.id == sub.cid]

    if any(link.id == sub.cid for link in links.result().subs):
        return Change(steps=(), said=ATTACHED)
    return Change(
        (Step(N_("Sub-contract"), attach),),
        after=told,
        subject=sub.number or str(sub.cid),
        question=Question(
            N_("Attach %(sub)s as a sub-contract (%(kind)s)? It can be detached only in the billing's own client."),
            {"sub": named, "kind": told[1]},
        ),
        creation=Creation((cid, "sub", sub.cid), present),
        said=ATTACHED,
    )


def _find(contract: Contract, typed: str) -> FoundContract:
    """The contract of exactly this number, hidden and closed ones too; without one, the contract of this id."""
    billing = contract.billing
    inverted = bool(billing.server.closed_inverted)
    cid = record_number(typed) or 0
    by_id = billing.start(SEARCH_BY_ID, cid=cid, closed_inverted=inverted) if cid else None
    page = billing.call(
        SEARCH_BY_NUMBER,
        number=exact_number(typed),
        hidden=True,
        closed=True,
        subcontracts=True,
        closed_inverted=inverted,
    )
    fitting = [found for found in page.items if found.number.casefold() == typed.casefold()]
    if len(fitting) > 1:
        refuse("sub", N_("Several contracts have the number “%(number)s”: give the ID."), number=typed)
    if fitting:
        return fitting[0]
    try:
        found = by_id.result().items if by_id is not None else ()
    except Absent:
        found = ()
    if not found:
        refuse("sub", N_("The billing has no contract with the number or ID “%(number)s”."), number=typed)
    # Below 8.2 the answer does not repeat the id.
    return FoundContract(cid, found[0].number, found[0].comment)
