"""Copying from a customer into several of its contracts: each by itself, so that none stops the others."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from flask_bgbilling.domain.billings import BillingAccess, Viewer
from flask_bgbilling.domain.changes import Outcome
from flask_bgbilling.domain.contracts.actions import ContractActions
from flask_bgbilling.domain.contracts.editing import SEEN
from flask_bgbilling.domain.contracts.service import Contracts
from flask_bgbilling.domain.creation.copying import CopyDraft, ParameterCopying
from flask_bgbilling.domain.links.errors import UnknownCustomer
from flask_bgbilling.domain.links.service import ContractLinks, LinkedContract
from flask_bgbilling.errors import BGBillingError
from flask_bgbilling.fields import FormFields
from flask_bgbilling.ports.customers import Customer, Customers

SECTION, ACTION = "copying", "copy"


@dataclass(frozen=True)
class ContractDraft:
    """What copying into one contract would do, or the ``problem`` with it. ``rules`` says that there are any."""

    contract: LinkedContract
    billing_title: str
    draft: CopyDraft | None = None
    problem: BGBillingError | None = None
    rules: bool = False

    @property
    def key(self) -> str:
        """The contract in a form's field."""
        return f"{self.contract.billing_id}:{self.contract.cid}"


@dataclass(frozen=True)
class CopyReport:
    """What became of one contract: the ``outcome``, or the ``problem`` because of which nothing was written."""

    contract: LinkedContract
    billing_title: str
    outcome: Outcome | None = None
    problem: BGBillingError | None = None


class CustomerCopying:
    """Previews and carries out copying into the contracts of a customer."""

    def __init__(
        self,
        copying: ParameterCopying,
        customers: Customers,
        links: ContractLinks,
        access: BillingAccess,
        contracts: Contracts,
        actions: ContractActions,
    ) -> None:
        self._copying = copying
        self._customers = customers
        self._links = links
        self._access = access
        self._contracts = contracts
        self._actions = actions

    def customer(self, customer_id: int) -> Customer:
        """A customer of the host; raises ``UnknownCustomer``."""
        customer = self._customers.get(customer_id)
        if customer is None:
            raise UnknownCustomer(customer=customer_id)
        return customer

    def drafts(self, viewer: Viewer, customer_id: int) -> tuple[ContractDraft, ...]:
        """What would be done to each contract of the customer; one that cannot be read says why."""
        self.customer(customer_id)
        return tuple(self._draft(viewer, contract) for contract in self._links.contracts_of(customer_id))

    def copy(self, viewer: Viewer, customer_id: int, chosen: Mapping[str, str], once: str) -> tuple[CopyReport, ...]:
        """Copies into the chosen contracts, one after the other.

        ``chosen`` has the mark of the preview by the key of the contract; ``once`` is the form's one-time key.
        """
        self.customer(customer_id)
        reports = []
        for contract in self._links.contracts_of(customer_id):
            seen = chosen.get(f"{contract.billing_id}:{contract.cid}")
            if seen is not None:
                reports.append(self._copied(viewer, contract, seen, once))
        return tuple(reports)

    def _draft(self, viewer: Viewer, contract: LinkedContract) -> ContractDraft:
        title = contract.billing_id
        try:
            server = self._access.server(viewer, contract.billing_id)
            title = server.title
            section = self._contracts.section(viewer, SECTION)
            context = self._contracts.context(viewer, section, contract.billing_id, contract.cid, {})
            draft = self._copying.draft(context, context.grant)
        except BGBillingError as problem:
            return ContractDraft(contract, title, problem=problem)
        return ContractDraft(contract, title, draft, rules=bool(server.copy_parameter_mapping.strip()))

    def _copied(self, viewer: Viewer, contract: LinkedContract, seen: str, once: str) -> CopyReport:
        billing_id, cid = contract.billing_id, contract.cid
        title = billing_id
        own = sha256(f"{once}:{billing_id}:{cid}".encode()).hexdigest()
        try:
            title = self._access.server(viewer, billing_id).title
            fields = FormFields({SEEN: (seen,)})
            outcome = self._actions.change(viewer, billing_id, cid, SECTION, ACTION, {}, fields, own)
        except BGBillingError as problem:
            return CopyReport(contract, title, problem=problem)
        return CopyReport(contract, title, outcome)
