"""What an application does with processes, put together."""

from collections.abc import Callable
from dataclasses import dataclass

from flask_bgbilling.domain.billings import BillingAccess
from flask_bgbilling.domain.links.service import ContractLinks
from flask_bgbilling.domain.processes.card import ContractProcesses
from flask_bgbilling.domain.processes.events import ProcessEvents
from flask_bgbilling.domain.processes.links import ProcessLinks
from flask_bgbilling.domain.processes.page import ProcessPages
from flask_bgbilling.plugins import Plugins
from flask_bgbilling.ports import Customers, OpenedContracts, OpenedObjects, Processes, Users
from flask_bgbilling.store.journal import Journal
from flask_bgbilling.store.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class ProcessWork:
    """The services of processes. All but ``events`` need processes of the host and a journal of changes."""

    events: ProcessEvents | None = None
    links: ProcessLinks | None = None
    pages: ProcessPages | None = None
    card: ContractProcesses | None = None


def process_work(
    processes: Processes | None,
    unit_of_work: UnitOfWork,
    journal: Journal | None,
    access: BillingAccess,
    plugins: Callable[[], Plugins],
    users: Users,
    *,
    customers: Customers | None,
    links: ContractLinks | None,
    opened: OpenedObjects | None,
) -> ProcessWork:
    """The services of an application's processes; without processes there are none. ``plugins`` is called later."""
    if processes is None:
        return ProcessWork()
    events = ProcessEvents(plugins, processes, access, users, unit_of_work, customers)
    if journal is None:
        return ProcessWork(events)
    process_links = ProcessLinks(processes, unit_of_work, journal, plugins, events, customers, links)
    readable = opened if isinstance(opened, OpenedContracts) else None
    pages = ProcessPages(process_links, access, links, readable)
    return ProcessWork(events, process_links, pages, ContractProcesses(process_links, users))
