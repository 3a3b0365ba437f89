"""The wizard of a process: steps of its type, what each shows and whether it is done (customers-and-links.md 7).

The first step that is not done stops: those after it are not looked at, so that a page asks the billings for little.
Steps are about the first contract of the process, and for the account of the person who looks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask_bgbilling.config.process_types import read_process_type
from flask_bgbilling.config.wizard import WizardStep, wizard_steps
from flask_bgbilling.domain.billings import BillingAccess, Viewer
from flask_bgbilling.domain.contracts.contract import Contract
from flask_bgbilling.domain.contracts.inet import read_inet_services, read_inet_sessions
from flask_bgbilling.domain.contracts.tariffs import TariffLine, read_tariffs
from flask_bgbilling.domain.creation.chain import ContractCreation
from flask_bgbilling.domain.creation.offers import OfferedType
from flask_bgbilling.domain.processes.links import UPDATE, ProcessLinks
from flask_bgbilling.domain.search.criteria import ByAddress, SearchQuery
from flask_bgbilling.domain.search.results import Block
from flask_bgbilling.domain.search.service import ContractSearch
from flask_bgbilling.errors import N_, BGBillingError, InputError
from flask_bgbilling.ports import (
    AddressBook,
    Customer,
    CustomerAddress,
    Customers,
    Process,
    ProcessContract,
)
from flask_bgbilling.wire.dto.common import Page
from flask_bgbilling.wire.dto.inet import InetService, InetSession
from flask_bgbilling.wire.ops.parameters import PARAMETERS

TITLES = {
    "contracts": N_("Contracts"),
    "parameters": N_("Parameters of the contract"),
    "tariff": N_("Tariff of the contract"),
    "address": N_("Contracts of this address"),
    "services": N_("Internet services"),
    "sessions": N_("Internet sessions"),
}
"""What steps are called that have no title of their own."""

PARAMETERS_READ, TARIFFS_READ, SEARCH, CREATE = (
    "contract.parameters.read",
    "contract.tariffs.read",
    "contract.search",
    "contract.create",
)


class UnknownStep(InputError):
    """The type of the process has no such step."""

    code = "unknown step"
    message = N_("This type of processes has no such step.")
    remedy = N_("Open the wizard anew; the administrator may have changed it.")


@dataclass(frozen=True)
class OpenedStep:
    """A step as it stands. What a step does not show is empty; ``problem`` is why it could not be looked at.

    ``filled`` says that it is done. ``contract`` is the one it is about. ``types`` are contracts that can be made for
    the ``customer`` of the process, ``None`` when it has none.
    """

    step: WizardStep
    filled: bool = False
    problem: BGBillingError | None = None
    contracts: Sequence[ProcessContract] = ()
    contract: ProcessContract | None = None
    customer: Customer | None = None
    types: Sequence[OfferedType] = ()
    tariffs: Sequence[TariffLine] = ()
    services: Sequence[InetService] | None = None
    sessions: Page[InetSession] | None = None
    blocks: Sequence[Block] | None = None

    @property
    def title(self) -> str:
        """Its own title; else a message id."""
        return self.step.title or TITLES[self.step.kind]


@dataclass(frozen=True)
class OpenedWizard:
    """The wizard of a process. ``steps`` end with the first that is not done; ``ahead`` come after it."""

    process: Process
    steps: tuple[OpenedStep, ...]
    ahead: tuple[WizardStep, ...] = ()
    linked: frozenset[tuple[str, int]] = field(default_factory=frozenset)

    @property
    def finished(self) -> bool:
        """Whether every step is done."""
        return not self.ahead and all(opened.filled for opened in self.steps)

    @property
    def final(self) -> bool:
        """Whether every obligatory step is done: the process may go its way."""
        waiting = [opened.step for opened in self.steps if not opened.filled]
        return not any(step.obligatory for step in (*waiting, *self.ahead))


class ProcessWizard:
    """Opens wizards; each step asks the host for the permission of what it reads."""

    def __init__(
        self,
        links: ProcessLinks,
        access: BillingAccess,
        search: ContractSearch,
        address_book: AddressBook,
        customers: Customers | None = None,
        creation: ContractCreation | None = None,
    ) -> None:
        self._links = links
        self._access = access
        self._search = search
        self._address_book = address_book
        self._customers = customers
        self._creation = creation

    def process(self, viewer: Viewer, process_id: int) -> Process:
        """One process; raises ``UnknownProcess`` for one that the person may not see."""
        return self._links.process(viewer, process_id)

    def steps(self, process: Process) -> tuple[WizardStep, ...]:
        """The steps of the process's type."""
        kind = self._links.processes.types().get(process.type_id)
        return wizard_steps(read_process_type(kind.configuration)[0]) if kind is not None else ()

    def step(self, process: Process, key: str) -> WizardStep:
        """One of them; raises ``UnknownStep``."""
        found = next((step for step in self.steps(process) if step.key == key), None)
        if found is None:
            raise UnknownStep
        return found

    def open(self, viewer: Viewer, process_id: int) -> OpenedWizard:
        """The steps up to the first that is not done. Raises ``UnknownProcess``; the rest is told in its step."""
        process = self._links.process(viewer, process_id)
        contracts = tuple(self._links.processes.contracts(process.id))
        steps = self.steps(process)
        opened: list[OpenedStep] = []
        for step in steps:
            opened.append(self._opened(viewer, process, step, contracts))
            if not opened[-1].filled:
                break
        linked = frozenset((one.billing_id, one.cid) for one in contracts)
        return OpenedWizard(process, tuple(opened), steps[len(opened) :], linked)

    def _opened(
        self, viewer: Viewer, process: Process, step: WizardStep, contracts: tuple[ProcessContract, ...]
    ) -> OpenedStep:
        first = contracts[0] if contracts else None
        try:
            if step.kind == "contracts":
                return self._contracts(viewer, process, step, contracts)
            if step.kind == "address":
                return OpenedStep(step, filled=True, blocks=self._of_address(viewer, process, step))
            if first is None:
                return OpenedStep(step)
            if step.kind == "parameters":
                return self._parameters(viewer, step, first)
            if step.kind == "tariff":
                return self._tariff(viewer, step, first)
            return self._internet(viewer, step, first)
        except BGBillingError as problem:
            # A list that cannot be read keeps nobody from going on; what has to be filled does.
            filled = step.kind == "address" or (step.kind in {"contracts", "services", "sessions"} and bool(contracts))
            return OpenedStep(step, filled=filled, problem=problem, contract=first, contracts=contracts)

    def _contracts(
        self, viewer: Viewer, process: Process, step: WizardStep, contracts: tuple[ProcessContract, ...]
    ) -> OpenedStep:
        customer_id = next(iter(self._links.processes.customers(process.id)), None)
        customer = self._customers.get(customer_id) if self._customers is not None and customer_id else None
        types: Sequence[OfferedType] = ()
        linking = viewer.users.grant(viewer.person, UPDATE)
        allowed = linking is not None and viewer.users.grant(viewer.person, CREATE) is not None
        if customer is not None and self._creation is not None and linking is not None and allowed:
            maker = viewer.with_permission(CREATE)
            used = self._creation.types_used(customer.id, process.id)
            offered = self._creation.types(maker, step.types)
            types = [one for one in offered if one.type.number not in used and linking.covers_billing(one.server.id)]
        return OpenedStep(step, bool(contracts), contracts=contracts, customer=customer, types=types)

    def _parameters(self, viewer: Viewer, step: WizardStep, linked: ProcessContract) -> OpenedStep:
        contract = self._contract(viewer.with_permission(PARAMETERS_READ), linked)
        listed = contract.billing.call(PARAMETERS, cid=contract.cid, group_only=False)
        filled = {one.id for one in listed.parameters if one.value.strip()}
        wanted = set(step.checked_ids)
        done = wanted <= filled if wanted else not filled.isdisjoint(step.parameter_ids)
        return OpenedStep(step, done, contract=linked)

    def _tariff(self, viewer: Viewer, step: WizardStep, linked: ProcessContract) -> OpenedStep:
        contract = self._contract(viewer.with_permission(TARIFFS_READ), linked)
        sheet = read_tariffs(contract, contract.billing.today())
        chosen = (*sheet.current, *sheet.planned)
        return OpenedStep(step, bool(chosen), contract=linked, tariffs=chosen)

    def _internet(self, viewer: Viewer, step: WizardStep, linked: ProcessContract) -> OpenedStep:
        contract = self._contract(viewer.with_permission("contract.modules.read"), linked)
        if step.kind == "services":
            services = read_inet_services(contract, step.module_id)
            return OpenedStep(step, filled=True, contract=linked, services=services)
        sessions = read_inet_sessions(contract, step.module_id)
        return OpenedStep(step, filled=True, contract=linked, sessions=sessions)

    def _of_address(self, viewer: Viewer, process: Process, step: WizardStep) -> Sequence[Block] | None:
        """What the billings have at the first address of the process; ``None`` without an address."""
        value = self._links.processes.value(process.id, step.address_parameter_id)
        addresses = value if isinstance(value, tuple) else ()
        address = next((one for one in addresses if isinstance(one, CustomerAddress)), None)
        criterion = self._criterion(address) if address is not None else None
        if criterion is None:
            return None
        searcher = viewer.with_permission(SEARCH)
        query = SearchQuery(criterion, billing_ids=step.billing_ids)
        found = self._search.search(searcher, query, self._search.meaning(criterion))
        return sorted(found.blocks, key=lambda block: block.order)

    def _criterion(self, address: CustomerAddress) -> ByAddress | None:
        house = self._address_book.house(address.house_id)
        street = self._address_book.street(house.street_id) if house is not None else None
        if house is None or street is None:
            return None
        return ByAddress(
            street=street.title,
            street_id=street.id,
            house=house.label,
            house_id=house.id,
            flat=address.flat,
            room=address.room,
        )

    def _contract(self, viewer: Viewer, linked: ProcessContract) -> Contract:
        return Contract(self._access.open(viewer, linked.billing_id), linked.cid)
