"""Contracts as people name them when they link one to a process: by number, by billing and id."""

from flask_bgbilling.domain.billings import BillingAccess, Viewer
from flask_bgbilling.domain.contracts.contract import Contract
from flask_bgbilling.domain.contracts.info import read_card
from flask_bgbilling.errors import N_, Absent
from flask_bgbilling.fields import GREATEST_ID, refuse
from flask_bgbilling.ports import ProcessContract
from flask_bgbilling.wire.ops.search import SEARCH_BY_NUMBER, exact_number

LONGEST_NUMBER = 150


def contract_by_number(access: BillingAccess, viewer: Viewer, billing_id: str, number: str) -> ProcessContract:
    """The only contract of a number, hidden and closed ones and sub-contracts among them (customers-and-links.md 5).

    The billing takes numbers for patterns, so the answer is compared: letter by letter, then without regard to case.
    Raises ``InvalidField`` of the field ``number`` when there is none or when there are several, and what opening the
    billing raises.
    """
    typed = number.strip()
    if not typed or len(typed) > LONGEST_NUMBER:
        refuse("number", N_("Type the number of a contract."))
    billing = access.open(viewer, billing_id)
    page = billing.call(
        SEARCH_BY_NUMBER,
        number=exact_number(typed),
        hidden=True,
        closed=True,
        subcontracts=True,
        closed_inverted=bool(billing.server.closed_inverted),
    )
    found = [one for one in page.items if one.cid > 0 and one.number.strip().casefold() == typed.casefold()]
    equal = [one for one in found if one.number.strip() == typed] or found
    if not equal:
        refuse("number", N_("There is no contract “%(number)s” in this billing."), number=typed)
    if len(equal) > 1:
        refuse("number", N_("Several contracts have the number “%(number)s”."), number=typed)
    return ProcessContract(billing_id, equal[0].cid, equal[0].number.strip())


def contract_by_id(access: BillingAccess, viewer: Viewer, billing_id: str, cid: int) -> ProcessContract:
    """A contract with the number that the billing has; raises ``Absent`` and what opening the billing raises."""
    billing = access.open(viewer, billing_id)
    if not 0 < cid <= GREATEST_ID:
        raise Absent(billing=billing.title, operation="contract", words="")
    return ProcessContract(billing_id, cid, read_card(Contract(billing, cid)).title or f"ID {cid}")


def named_contract(text: str) -> tuple[str, int] | None:
    """Billing and id of a contract that stands in a form as ``billing:id``."""
    billing_id, _, number = text.partition(":")
    if not billing_id or not (number.isascii() and number.isdigit()) or len(number) > 10:
        return None
    return billing_id, int(number)
