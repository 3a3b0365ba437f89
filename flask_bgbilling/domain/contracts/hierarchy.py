"""Super contract and sub-contracts of a contract (card-screens.md 6.3, contract.md 14)."""

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from flask_bgbilling.domain.contracts.contract import part
from flask_bgbilling.wire.dto.common import IdTitle, Period
from flask_bgbilling.wire.ops.hierarchy import HIERARCHY, SUB_CONTRACTS

if TYPE_CHECKING:
    from flask_bgbilling.domain.contracts.contract import Contract


READING = (HIERARCHY, SUB_CONTRACTS)


class SubContract(Struct, frozen=True):
    """A sub-contract. ``balance`` is ``None`` where the billing tells only number and id."""

    id: int
    title: str
    comment: str = ""
    period: Period | None = None
    balance: Literal["dependent", "independent"] | None = None
    hidden: bool = False


class Relatives(Struct, frozen=True):
    """The place of a contract among others; neither subs nor a super contract means independent."""

    subs: tuple[SubContract, ...] = ()
    super: IdTitle | None = None


def read_relatives(contract: "Contract") -> Relatives:
    """Links and, where the server can list them, details of the sub-contracts: both at once.

    A server or an account that cannot list details still gives the links.
    """
    billing = contract.billing
    listing = billing.start(SUB_CONTRACTS, cid=contract.cid)
    links = billing.call(HIERARCHY, cid=contract.cid)
    details = {bean.id: bean for bean in part(listing.result).otherwise(())}
    subs = []
    for link in links.subs:
        bean = details.get(link.id)
        if bean is None:
            subs.append(SubContract(link.id, link.title))
            continue
        subs.append(
            SubContract(
                id=link.id,
                title=bean.title or link.title,
                comment=bean.comment,
                period=bean.period,
                balance="independent" if bean.balance_sub_mode == 1 else "dependent",
                hidden=bean.hidden,
            )
        )
    return Relatives(tuple(subs), links.super)
