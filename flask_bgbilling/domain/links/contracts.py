"""The contracts of a customer with what people ask first: status and balance, each read from its billing.

All billings are asked at the same time; a contract whose billing does not answer fails alone.
"""

from dataclasses import dataclass

from flask_bgbilling.domain.billings import Viewer
from flask_bgbilling.domain.contracts.contract import Contract
from flask_bgbilling.domain.contracts.info import ContractCard, card_of
from flask_bgbilling.domain.links.service import ContractLinks, LinkedContract
from flask_bgbilling.errors import BGBillingError
from flask_bgbilling.wire.dto.contracts import ContractInfo
from flask_bgbilling.wire.lanes import Pending
from flask_bgbilling.wire.ops.contracts import CONTRACT_INFO

MOST_READ = 60
"""How many contracts are read for one page; the others stand there with their numbers."""

Asked = tuple[Contract, Pending[ContractInfo | None]]


@dataclass(frozen=True)
class ContractLine:
    """A contract of a customer. ``card`` is what its billing says, ``problem`` why it says nothing.

    Both are ``None`` for a contract that was not asked about.
    """

    contract: LinkedContract
    billing_title: str
    card: ContractCard | None = None
    problem: BGBillingError | None = None

    @property
    def number(self) -> str:
        """The contract's number, as the billing has it or as it was."""
        return (self.card.title if self.card else self.contract.title) or f"ID {self.contract.cid}"


def contract_lines(links: ContractLinks, viewer: Viewer, customer_id: int) -> tuple[ContractLine, ...]:
    """The contracts of a customer by their numbers, under the viewer's own accounts."""
    contracts = links.contracts_of(customer_id)
    begun = [(one, _begin(links, viewer, one) if place < MOST_READ else None) for place, one in enumerate(contracts)]
    return tuple(_line(links, contract, asked) for contract, asked in begun)


def _begin(links: ContractLinks, viewer: Viewer, contract: LinkedContract) -> Asked | BGBillingError:
    try:
        billing = links.access.open(viewer, contract.billing_id)
        return Contract(billing, contract.cid), billing.start(CONTRACT_INFO, cid=contract.cid)
    except BGBillingError as problem:
        return problem


def _line(links: ContractLinks, contract: LinkedContract, asked: Asked | BGBillingError | None) -> ContractLine:
    title = links.billing_title(contract.billing_id)
    if isinstance(asked, BGBillingError):
        return ContractLine(contract, title, problem=asked)
    if asked is None:
        return ContractLine(contract, title)
    handle, pending = asked
    try:
        return ContractLine(contract, title, card_of(handle, pending.result()))
    except BGBillingError as problem:
        return ContractLine(contract, title, problem=problem)
