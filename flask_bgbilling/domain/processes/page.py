"""The contracts of a process as its page shows them: what is linked, what could be, the processes of each contract."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask_bgbilling.config.settings import Server
from flask_bgbilling.domain.billings import BillingAccess, Viewer
from flask_bgbilling.domain.links.service import ContractLinks
from flask_bgbilling.domain.processes.links import UPDATE, ProcessLinks
from flask_bgbilling.ports import OpenedContracts, Process, ProcessContract

MOST_PROCESSES = 100
MOST_OPENED = 12


@dataclass(frozen=True)
class LinkedLine:
    """A contract of a process. ``may_open`` its card, ``may_unlink`` it: as far as the viewer is granted that."""

    contract: ProcessContract
    billing_title: str
    may_open: bool
    may_unlink: bool

    @property
    def key(self) -> str:
        """The contract as addresses and forms name it."""
        return key_of(self.contract)


@dataclass(frozen=True)
class Offered:
    """A contract that could be linked: of the customer ``of``, or one that the person has open (empty)."""

    contract: ProcessContract
    billing_title: str
    of: str = ""

    @property
    def key(self) -> str:
        """The contract as forms name it."""
        return key_of(self.contract)


@dataclass(frozen=True)
class ProcessPage:
    """What the page of a process's contracts shows.

    ``servers`` are those whose contracts the viewer may link; none means that nothing can be linked. ``tabs`` are the
    contracts whose processes have a tab, ``shown`` is the one that is open with its ``others``.
    """

    process: Process
    address: str
    lines: tuple[LinkedLine, ...]
    servers: tuple[Server, ...] = ()
    offered: tuple[Offered, ...] = ()
    template: str = ""
    tabs: tuple[LinkedLine, ...] = ()
    shown: LinkedLine | None = None
    others: tuple[Process, ...] = ()

    @property
    def groups(self) -> Mapping[str, Sequence[Offered]]:
        """What could be linked, by the customer; under the empty name what the person has open, last."""
        found: dict[str, list[Offered]] = {}
        for one in self.offered:
            found.setdefault(one.of, []).append(one)
        return found


class ProcessPages:
    """Reads such pages; none of it asks a billing."""

    def __init__(
        self,
        process_links: ProcessLinks,
        access: BillingAccess,
        links: ContractLinks | None = None,
        opened: OpenedContracts | None = None,
    ) -> None:
        self.process_links = process_links
        self.access = access
        self._processes = process_links.processes
        self._links = links
        self._opened = opened

    def page(self, viewer: Viewer, process_id: int, shown: str = "") -> ProcessPage:
        """The page, with the processes of the contract ``shown``; raises ``UnknownProcess``."""
        process = self.process_links.process(viewer, process_id)
        settings = self.process_links.settings(process.type_id)
        linked = self._processes.contracts(process_id)
        lines = tuple(self._line(viewer, contract) for contract in linked)
        servers = self._servers(viewer)
        tabs = _once(lines) if settings.show_processes else ()
        open_tab = next((one for one in tabs if one.key == shown), None)
        return ProcessPage(
            process,
            self._processes.address(process_id),
            lines,
            servers,
            self._offered(viewer, process_id, linked, servers),
            settings.template,
            tabs,
            open_tab,
            self.processes_of(viewer, open_tab.contract) if open_tab is not None else (),
        )

    def processes_of(self, viewer: Viewer, contract: ProcessContract) -> tuple[Process, ...]:
        """The processes of a contract that the viewer may see, the latest first."""
        found = self._processes.of_contract(contract.billing_id, contract.cid, MOST_PROCESSES)
        return tuple(one for one in found if self._processes.visible(viewer.person.id, one.id))

    def _servers(self, viewer: Viewer) -> tuple[Server, ...]:
        grant = viewer.users.grant(viewer.person, UPDATE)
        return self.access.servers(Viewer(viewer.person, grant, viewer.users)) if grant is not None else ()

    def _line(self, viewer: Viewer, contract: ProcessContract) -> LinkedLine:
        return LinkedLine(
            contract,
            self._billing_title(contract.billing_id),
            viewer.may("contract.read", contract.billing_id),
            viewer.may(UPDATE, contract.billing_id),
        )

    def _billing_title(self, billing_id: str) -> str:
        server = self.access.configured(billing_id)
        return server.title if server is not None else billing_id

    def _offered(
        self, viewer: Viewer, process_id: int, linked: Sequence[ProcessContract], servers: Sequence[Server]
    ) -> tuple[Offered, ...]:
        """Contracts of the process's customers, then those that the person has open; each once."""
        known = {key_of(contract) for contract in linked}
        found: dict[str, Offered] = {}
        titles = {server.id: server.title for server in servers}
        for one in (*self._of_customers(process_id, titles), *self._of_person(viewer, titles)):
            if one.key not in known:
                found.setdefault(one.key, one)
        return tuple(found.values())

    def _of_customers(self, process_id: int, titles: dict[str, str]) -> Iterable[Offered]:
        if self._links is None:
            return
        for customer_id in self._processes.customers(process_id):
            customer = self._links.customers.get(customer_id)
            for one in self._links.contracts_of(customer_id) if customer is not None and titles else ():
                if one.billing_id in titles and customer is not None:
                    contract = ProcessContract(one.billing_id, one.cid, one.title or f"ID {one.cid}")
                    yield Offered(contract, titles[one.billing_id], customer.variants[0])

    def _of_person(self, viewer: Viewer, titles: dict[str, str]) -> Iterable[Offered]:
        if self._opened is None or not titles:
            return
        for one in self._opened.contracts(viewer.person, MOST_OPENED):
            if one.billing_id in titles:
                contract = ProcessContract(one.billing_id, one.contract_id, one.title)
                yield Offered(contract, titles[one.billing_id])


def key_of(contract: ProcessContract) -> str:
    """A contract as addresses and forms name it: ``billing:id``."""
    return f"{contract.billing_id}:{contract.cid}"


def _once(lines: Iterable[LinkedLine]) -> tuple[LinkedLine, ...]:
    """Each contract once, by its number: one of several billings with equal numbers stays, as its billing is told."""
    return tuple({(line.contract.billing_id, line.contract.title): line for line in lines}.values())
