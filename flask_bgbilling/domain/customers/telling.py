"""Telling the billing what the import has written: side by side, and waiting for the answers later."""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from flask_bgbilling.domain.customers.outcomes import Imported, Sent, Told, Written
from flask_bgbilling.domain.links.service import ContractLinks
from flask_bgbilling.errors import BGBillingError, NoRights, WrongPassword
from flask_bgbilling.store.links import LinkRecord
from flask_bgbilling.wire.dto.search import FoundContract
from flask_bgbilling.wire.lanes import Pending
from flask_bgbilling.wire.ops.parameters_writes import PARAMETER_TEXT_SAVE
from flask_bgbilling.wire.session import Billing


def begin(
    links: ContractLinks,
    billing: Billing,
    written: Sequence[tuple[FoundContract, Written]],
    failed: Sequence[Imported] = (),
) -> Sent:
    """Begins to tell the billing of all of them side by side."""
    parameter_id = links.server(billing.id).customer_parameter_id
    calls: list[tuple[FoundContract, Written, Any]] = []
    for found, one in written:
        text = one.text if one.record is None else one.record.value
        known = one.record is not None and one.record.written == one.record.value
        pending: Pending[None] | None = None
        if text is not None and not (known and one.outcome != "linked"):
            pending = billing.start(PARAMETER_TEXT_SAVE, cid=found.cid, parameter_id=parameter_id, text=text)
        calls.append((found, one, pending))
    return Sent(calls, list(failed))


def settled(links: ContractLinks, billing: Billing, sent: Sent) -> list[Told]:
    """Waits for the billing; what it does not take is tried again by the writer of links.

    A title that is too short has no row: when its marker cannot be cleared, the next run does it.
    """
    taken: list[LinkRecord] = []
    answers = [_told(links, billing, call, taken) for call in sent.calls]
    if taken:
        links.rows.all_told(taken)
    return answers


def refusal(answers: Sequence[Told]) -> BGBillingError | None:
    """Why the account may not write, when the billing has taken nothing from it and said so."""
    problems = [one.problem for one in answers if one.asked]
    if problems and all(isinstance(problem, NoRights | WrongPassword) for problem in problems):
        return problems[0]
    return None


def _told(
    links: ContractLinks, billing: Billing, call: tuple[FoundContract, Written, Any], taken: list[LinkRecord]
) -> Told:
    """What became of one; the row that the billing has taken joins ``taken``."""
    found, one, sent = call
    imported = Imported(found, one.outcome, one.customer_id)
    if sent is None:
        return Told(imported)
    try:
        sent.result()
    except BGBillingError as problem:
        if one.record is None:
            return Told(replace(imported, problem=problem.text()), True, problem)
        again = links.tell(one.record, billing).problem
        return Told(replace(imported, problem=again.text()) if again is not None else imported, True, again)
    if one.record is not None:
        taken.append(one.record)
    return Told(imported, True)
