"""The domain of one application, put together by the extension and used by pages and commands."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_bgbilling.domain.addresses.service import Addresses
from flask_bgbilling.domain.checking import ConfigurationCheck
from flask_bgbilling.domain.contracts.actions import ContractActions
from flask_bgbilling.domain.contracts.service import Contracts
from flask_bgbilling.domain.creation.chain import ContractCreation
from flask_bgbilling.domain.creation.copying_all import CustomerCopying
from flask_bgbilling.domain.customers.importing import CustomerImport
from flask_bgbilling.domain.customers.review import ImportReview
from flask_bgbilling.domain.journal import ChangeJournal
from flask_bgbilling.domain.links.service import ContractLinks
from flask_bgbilling.domain.messages.service import MessageDesk
from flask_bgbilling.domain.processes.events import ProcessEvents
from flask_bgbilling.domain.processes.links import ProcessLinks
from flask_bgbilling.domain.processes.page import ProcessPages
from flask_bgbilling.domain.processes.wizard import ProcessWizard
from flask_bgbilling.domain.search.service import ContractSearch
from flask_bgbilling.domain.status import Status
from flask_bgbilling.plugins import Plugins
from flask_bgbilling.ports import Customers, Person, Processes, Users

if TYPE_CHECKING:
    from flask_bgbilling.jobs.service import JobService


@dataclass(frozen=True)
class Services:
    """Everything a page may ask for.

    ``journal`` is ``None`` when the application keeps none, ``customers`` and ``processes`` when the host has none.
    ``links``, ``creation``, ``copying``, ``importing`` and ``reviewing`` are ``None`` without customers or without a
    journal, ``process_events`` without processes, ``process_links`` and ``process_pages`` without processes or without
    a journal, ``messages`` when the host has none, ``jobs`` without a database. ``release`` gives the host's database
    connection back before a long wait. ``opens_separately`` says that a person wants contract cards by themselves, not
    inside of their customers'.
    """

    users: Users
    plugins: Plugins
    search: ContractSearch
    contracts: Contracts
    actions: ContractActions
    journal: ChangeJournal | None
    release: Callable[[], None]
    status: Status
    check: ConfigurationCheck
    customers: Customers | None = None
    links: ContractLinks | None = None
    creation: ContractCreation | None = None
    copying: CustomerCopying | None = None
    importing: CustomerImport | None = None
    reviewing: ImportReview | None = None
    opens_separately: Callable[[Person], bool] = lambda person: False
    processes: Processes | None = None
    process_links: ProcessLinks | None = None
    process_events: ProcessEvents | None = None
    process_pages: ProcessPages | None = None
    messages: MessageDesk | None = None
    wizard: ProcessWizard | None = None
    jobs: "JobService | None" = None
    addresses: Addresses | None = None
