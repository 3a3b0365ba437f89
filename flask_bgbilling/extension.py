"""The composition root: the only module that knows everybody."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from os import PathLike
from typing import cast

from flask import Blueprint, Flask, abort, current_app, request
from jinja2 import Environment

from flask_bgbilling.builtin.card import CardPlugin
from flask_bgbilling.builtin.card.contract_documents import document_plugins
from flask_bgbilling.builtin.messages import MessagesPlugin
from flask_bgbilling.builtin.plugins import customer_plugins, import_plugins, process_plugins
from flask_bgbilling.config.check import check_process_type
from flask_bgbilling.config.messages import Problem
from flask_bgbilling.config.settings import Settings
from flask_bgbilling.config.source import ConfigurationSource
from flask_bgbilling.domain.addresses.service import addresses_of
from flask_bgbilling.domain.billings import BillingAccess, Viewer
from flask_bgbilling.domain.changes import Changes
from flask_bgbilling.domain.checking import ConfigurationCheck
from flask_bgbilling.domain.contracts.actions import ContractActions
from flask_bgbilling.domain.contracts.service import Contracts
from flask_bgbilling.domain.creation.chain import ContractCreation
from flask_bgbilling.domain.creation.copying import ParameterCopying
from flask_bgbilling.domain.creation.copying_all import CustomerCopying
from flask_bgbilling.domain.customers.account import ImportAccounts
from flask_bgbilling.domain.customers.importing import CustomerImport
from flask_bgbilling.domain.customers.review import ImportReview
from flask_bgbilling.domain.documents.service import contract_documents
from flask_bgbilling.domain.journal import ChangeJournal
from flask_bgbilling.domain.links.service import ContractLinks
from flask_bgbilling.domain.messages.service import MessageParts
from flask_bgbilling.domain.processes.assembly import process_work
from flask_bgbilling.domain.processes.wizard import ProcessWizard
from flask_bgbilling.domain.retention import Retention
from flask_bgbilling.domain.search.service import ContractSearch
from flask_bgbilling.domain.services import Services
from flask_bgbilling.domain.status import Status
from flask_bgbilling.errors import ConfigurationError, UnknownAddress
from flask_bgbilling.jobs.fleet import FleetEngine
from flask_bgbilling.jobs.kinds import job_kinds
from flask_bgbilling.jobs.lazy import LazyEngine
from flask_bgbilling.jobs.service import JobService
from flask_bgbilling.plugins import Plugins
from flask_bgbilling.ports import (
    Accounts,
    AddressBook,
    AddressDirectory,
    Clock,
    Customers,
    Documents,
    Messages,
    NoAddressBook,
    OpenedObjects,
    Person,
    Processes,
    ProcessEvent,
    SystemClock,
    Users,
)
from flask_bgbilling.ports.checking import checked, kind_of
from flask_bgbilling.store import migrations
from flask_bgbilling.store.creations import Creations
from flask_bgbilling.store.import_cases import ImportCases
from flask_bgbilling.store.jobs import Jobs
from flask_bgbilling.store.journal import Journal
from flask_bgbilling.store.links import Links
from flask_bgbilling.store.secret_box import SecretBox
from flask_bgbilling.store.unit_of_work import HasSession, UnitOfWork
from flask_bgbilling.web import actions, address_feed, addresses, card, customers, pages, search, views
from flask_bgbilling.web import creation as creation_pages
from flask_bgbilling.web import imports as import_pages
from flask_bgbilling.web import jobs as jobs_pages
from flask_bgbilling.web import journal as journal_page
from flask_bgbilling.web import messages as message_pages
from flask_bgbilling.web import processes as process_pages
from flask_bgbilling.web import status as status_page
from flask_bgbilling.web import wizard as wizard_page
from flask_bgbilling.web.customers import EmbeddedBody
from flask_bgbilling.web.i18n import t
from flask_bgbilling.wire.session import Billings

NAME = "bgbilling"

GREATEST_NUMBER = 2**63 - 1
"""Of a record in a database."""

OPEN_MODE, SEPARATELY = "iface.bgbilling.contractOpenMode", "2"
"""How contract cards open: by themselves, or inside of their customers' (configuration.md 2.6)."""

Configuration = str | PathLike[str] | Mapping[str, str]


@dataclass(frozen=True)
class MenuItem:
    """An entry for the host's own navigation. ``title`` is in the reader's language."""

    title: str
    address: str
    key: str


@dataclass(frozen=True)
class State:
    """What ``app.extensions["bgbilling"]`` holds."""

    services: Services
    templates: Environment
    source: ConfigurationSource
    billings: Billings


class BGBilling:
    """Mounts the extension into a host application.

    ``users`` and ``accounts`` are the host's ports (``flask_bgbilling.ports``); without ``address_book`` the address
    search has no suggestions, without ``address_directory`` no addresses are given to billings or read from them,
    without ``opened_objects`` nothing is remembered, without ``customers`` contracts are linked to nobody, without
    ``processes`` none are shown, without ``documents`` none are made. ``database`` is the host's Flask-SQLAlchemy
    object; without it, or without ``BGBILLING_SECRET_KEYS``, there is no journal and contracts can only be read.
    ``open_mode`` gives a person's own ``iface.bgbilling.contractOpenMode``: ``2`` opens every contract by itself; empty
    leaves it to the configuration. ``plugins`` are further plugins after the built-in and installed ones.
    ``configuration`` is a text in the properties language, a path or a mapping; without it ``BGBILLING_CONFIG`` of the
    application counts.

    One application takes one extension: a second ``init_app`` raises ``ConfigurationError``. State hangs on
    ``app.extensions["bgbilling"]``, so several applications in one process do not meet.

    A port that lacks methods, and a class given in place of its object, raise ``ConfigurationError`` at once.
    """

    def __init__(
        self,
        app: Flask | None = None,
        *,
        users: Users,
        accounts: Accounts,
        address_book: AddressBook | None = None,
        address_directory: AddressDirectory | None = None,
        opened_objects: OpenedObjects | None = None,
        customers: Customers | None = None,
        processes: Processes | None = None,
        documents: Documents | None = None,
        messages: Messages | None = None,
        open_mode: Callable[[Person], str] | None = None,
        database: HasSession | None = None,
        clock: Clock | None = None,
        plugins: Iterable[object] = (),
        configuration: Configuration | None = None,
        url_prefix: str = "/bgbilling",
    ) -> None:
        self._users = checked("users", users, Users)
        self._accounts = checked("accounts", accounts, Accounts)
        self._address_book = (
            NoAddressBook() if address_book is None else checked("address_book", address_book, AddressBook)
        )
        self._address_directory = (
            None if address_directory is None else checked("address_directory", address_directory, AddressDirectory)
        )
        self._opened_objects = (
            None if opened_objects is None else checked("opened_objects", opened_objects, OpenedObjects)
        )
        self._customers = None if customers is None else checked("customers", customers, Customers)
        self._processes = None if processes is None else checked("processes", processes, Processes)
        self._documents = None if documents is None else checked("documents", documents, Documents)
        self._messages = None if messages is None else checked("messages", messages, Messages)
        self._open_mode = open_mode
        if database is not None and not hasattr(database, "session"):
            raise ConfigurationError(
                detail=f"database: {kind_of(database)} has no session; pass the SQLAlchemy() object"
            )
        self._database = database
        self._clock = clock or SystemClock()
        self._plugins = tuple(plugins)
        self._configuration = configuration
        self._url_prefix = url_prefix
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Registers pages and commands with the application and reads the configuration for the first time."""
        if NAME in app.extensions:
            raise ConfigurationError(detail="init_app was already called for this application: call it once")
        configuration = self._configuration if self._configuration is not None else app.config.get("BGBILLING_CONFIG")
        source = ConfigurationSource(configuration)
        unit_of_work = UnitOfWork(self._database)
        billings = Billings(source.current, before_call=unit_of_work.release, clock=self._clock)
        accounts = ImportAccounts(self._accounts, source.current)
        access = BillingAccess(source.current, billings, accounts)
        changes = self._changes(app, unit_of_work, source)
        links = self._links(unit_of_work, access, source, changes)
        copying = ParameterCopying(links.customers, links) if links is not None else None
        importing, reviewing = self._importing(app, unit_of_work, access, source, links, changes)
        parts = None
        if self._messages is not None:
            parts = MessageParts(self._messages, self._users, source.current, lambda: plugins)
        processes = process_work(
            self._processes,
            unit_of_work,
            changes.journal if changes is not None else None,
            access,
            lambda: plugins,
            self._users,
            customers=self._customers,
            links=links,
            opened=self._opened_objects,
        )
        folder = app.config.get("BGBILLING_DOCUMENT_TEMPLATES")
        documents = contract_documents(self._documents, unit_of_work, self._users, source.current, folder, links)
        ours = (
            CardPlugin(),
            *customer_plugins(links, copying),
            *import_plugins(importing, reviewing),
            *process_plugins(processes),
            *self._message_plugins(source, parts),
            *document_plugins(documents),
        )
        plugins = Plugins(ours, self._plugins, self._clock)
        journal = ChangeJournal(changes.journal, access, plugins) if changes is not None else None
        contracts = Contracts(access, plugins, self._opened_objects, unit_of_work, journal=journal)
        actions_of = ContractActions(contracts, changes, self._address_book)
        creation, copying_all = None, None
        if links is not None and copying is not None and changes is not None:
            rows = Creations(unit_of_work, SecretBox(app.config["BGBILLING_SECRET_KEYS"]), self._clock)
            creation = ContractCreation(
                rows, access, source.current, links.customers, links, copying, changes, self._clock, processes.links
            )
            copying_all = CustomerCopying(copying, links.customers, links, access, contracts, actions_of)
        search = ContractSearch(access, source.current, self._address_book)
        wizard = None
        if processes.links is not None:
            wizard = ProcessWizard(processes.links, access, search, self._address_book, self._customers, creation)
        jobs = self._jobs(unit_of_work, source)
        check = ConfigurationCheck(
            source,
            unit_of_work,
            self._customers,
            lambda: jobs.kinds if jobs is not None else None,
            lambda: parts.types.classes() if parts is not None else None,
        )
        status = Status(source.current, billings, plugins, check, self._clock)
        services = Services(
            users=self._users,
            plugins=plugins,
            search=search,
            contracts=contracts,
            actions=actions_of,
            journal=journal,
            release=unit_of_work.release,
            status=status,
            check=check,
            customers=self._customers,
            links=links,
            creation=creation,
            copying=copying_all,
            importing=importing,
            reviewing=reviewing,
            opens_separately=lambda person: self._open_mode_of(person, source.current()) == SEPARATELY,
            processes=self._processes,
            process_links=processes.links,
            process_events=processes.events,
            process_pages=processes.pages,
            messages=parts.desk(access, processes.links, actions_of, unit_of_work, self._customers) if parts else None,
            wizard=wizard,
            jobs=jobs,
            addresses=addresses_of(
                self._address_directory,
                unit_of_work,
                access,
                billings,
                source.current,
                self._clock,
                writable=self._database is not None,
            ),
        )
        app.register_blueprint(self._blueprint())
        address_feed.keep_keys_out_of_logs()
        app.extensions[NAME] = State(services, pages.environment(app), source, billings)
        if services.jobs is not None:
            _start_jobs(app, services, services.jobs)

    def _changes(self, app: Flask, unit_of_work: UnitOfWork, source: ConfigurationSource) -> Changes | None:
        """What changes contracts and keeps the journal of it; without a database or keys contracts are only read."""
        keys = app.config.get("BGBILLING_SECRET_KEYS")
        if self._database is None or not keys:
            return None
        box = SecretBox(keys)
        journal = Journal(unit_of_work, box, self._clock)
        kept = (journal, *(store(unit_of_work, box, self._clock) for store in (ImportCases, Creations)))
        retention = Retention(kept, lambda: source.current().journal.keep_days, self._clock)
        return Changes(journal, self._clock, retention)

    def _links(
        self, unit_of_work: UnitOfWork, access: BillingAccess, source: ConfigurationSource, changes: Changes | None
    ) -> ContractLinks | None:
        """Whose contract it is, where the host has customers and changes are journalled."""
        if self._customers is None or changes is None:
            return None
        rows = Links(unit_of_work)
        return ContractLinks(rows, unit_of_work, access, self._customers, source.current, changes.journal, self._clock)

    def _message_plugins(self, source: ConfigurationSource, parts: MessageParts | None) -> Iterable[object]:
        """Our classes for messages, where the host has some."""
        if self._messages is None or parts is None:
            return ()
        address_parameters = lambda: source.current().search.address_parameter_ids  # noqa: E731 - one expression
        return (
            MessagesPlugin(
                self._messages,
                parts.saving,
                self._address_book,
                address_parameters,
                self._customers,
                self._address_directory,
            ),
        )

    def _importing(
        self,
        app: Flask,
        unit_of_work: UnitOfWork,
        access: BillingAccess,
        source: ConfigurationSource,
        links: ContractLinks | None,
        changes: Changes | None,
    ) -> tuple[CustomerImport | None, ImportReview | None]:
        """The import of customers and what people decide about it, where contracts are linked to customers."""
        if links is None or changes is None:
            return None, None
        cases = ImportCases(unit_of_work, SecretBox(app.config["BGBILLING_SECRET_KEYS"]), self._clock)
        leases = Jobs(unit_of_work)
        importing = CustomerImport(
            links.customers, links, cases, leases, unit_of_work, access, source.current, self._clock
        )
        return importing, ImportReview(importing, unit_of_work, changes.journal, self._processes)

    def _jobs(self, unit_of_work: UnitOfWork, source: ConfigurationSource) -> JobService | None:
        """Long work; schedules are written by the clock of this server."""
        if self._database is None:
            return None
        return JobService(Jobs(unit_of_work), source.current, lambda: self._clock.now().astimezone())

    def _blueprint(self) -> Blueprint:
        blueprint = Blueprint(
            NAME,
            __name__,
            url_prefix=self._url_prefix,
            template_folder="templates",
            static_folder="static/bgbilling",
            static_url_path="/static",
        )
        blueprint.before_request(_only_when_enabled)
        blueprint.after_request(pages.keep_private)
        blueprint.after_request(message_pages.stay_here)
        for part in (
            search.search,
            customers.customers,
            card.card,
            actions.actions,
            journal_page.journal,
            jobs_pages.jobs,
            import_pages.imports,
            addresses.addresses,
            address_feed.address_feed,
            creation_pages.creation,
            process_pages.processes,
            status_page.status,
            message_pages.messages,
            wizard_page.wizard,
            views.common,
        ):
            blueprint.register_blueprint(part)
        views.handle_errors(blueprint)
        return blueprint

    def customer_contracts(self, customer_id: int) -> EmbeddedBody:
        """The contracts of a customer for the host's own page: prints as a body, its ``head`` belongs into the head.

        Each is read from its billing under the account of the person of this request; empty for somebody who may not
        read contracts. The same as a page of ours is at :meth:`customer_contracts_address`.
        """
        person = self._users.current()
        grant = self._users.grant(person, "contract.read") if person is not None else None
        if person is None or grant is None or not self.settings().enabled:
            return EmbeddedBody()
        return customers.embedded(Viewer(person, grant, self._users), customer_id)

    def customer_contracts_address(self, customer_id: int) -> str:
        """The page of a customer's contracts, inside of ``BGBILLING_CUSTOMER_SHELL``."""
        return pages.address("customers.contracts", customer_id=customer_id)

    def process_contracts(self, process_id: int) -> EmbeddedBody:
        """The contracts of a process for the host's own page, like :meth:`customer_contracts`.

        Empty for somebody who may not see the process. From then on this process is the person's current one: search
        and cards offer to link contracts to it.
        """
        person = self._users.current()
        grant = self._users.grant(person, "process.read") if person is not None else None
        if person is None or grant is None or not self.settings().enabled:
            return EmbeddedBody()
        return process_pages.embedded(Viewer(person, grant, self._users), process_id)

    def process_contracts_address(self, process_id: int) -> str:
        """The page of a process's contracts."""
        return pages.address("processes.contracts", process_id=process_id)

    def process_changing(self, event: ProcessEvent) -> tuple[str, ...]:
        """Tells of a change of a process before it is made; raises ``InputError`` when a rule of its type forbids it.

        Gives what the person is to be told besides, in their language. Nothing may wait in the session uncommitted.
        """
        return process_pages.reported(event, before=True)

    def process_changed(self, event: ProcessEvent) -> tuple[str, ...]:
        """Tells of what has happened to a process, after its transaction: rules follow, plugins are told."""
        return process_pages.reported(event, before=False)

    def check_process_type(self, text: str) -> list[Problem]:
        """Every mistake in the configuration of a process type; groups and billings that there are not among them."""
        billings = {server.id for server in self.settings().servers}
        groups = self._processes.all_groups() if self._processes is not None else {}
        return check_process_type(text, billings, groups)

    def explain(self, problem: Problem) -> str:
        """What is wrong by one of the checks, in the reader's language; outside of a request in the host's own."""
        return problem.text(t)

    def _open_mode_of(self, person: Person, settings: Settings) -> str:
        own = self._open_mode(person) if self._open_mode is not None else ""
        return (own or settings.properties.get(OPEN_MODE, "")).strip()

    def menu(self) -> tuple[MenuItem, ...]:
        """Entries for the host's navigation that the current person may open; empty when switched off."""
        person = self._users.current()
        if person is None or not self.settings().enabled:
            return ()
        granted = [page for page in views.START_PAGES if self._users.grant(person, page.permission) is not None]
        return tuple(MenuItem(title, address, key) for title, address, key in views.menu(granted))

    def settings(self) -> Settings:
        """The configuration in force now: ``servers``, ``disabled_servers`` with their problems, ``enabled``."""
        return _state().source.current()

    def upgrade_database(self) -> tuple[str, ...]:
        """Brings our own tables (``bgb_*``) in the host's database up to date; gives the revisions that took.

        For hosts that do without ``flask bgbilling database upgrade``; needs an application context. Several
        processes may call it at once. Raises ``ConfigurationError`` without a database.
        """
        if self._database is None:
            raise ConfigurationError(detail="there is no database: pass BGBilling(..., database=db)")
        return migrations.upgrade(self._database.session.get_bind().engine)

    def check_configuration(self, text: str | None = None) -> list[Problem]:
        """Every mistake of a configuration text, or of this application's own, in the order of its lines.

        A ``Problem`` has ``severity`` (``error`` or ``warning``), ``key``, ``line`` and ``text()``. Raises
        ``ConfigurationError`` when the file of the application cannot be read.
        """
        return _state().services.check(text)


def _state() -> State:
    state = current_app.extensions.get(NAME)
    if state is None:
        raise ConfigurationError(detail="BGBilling is not mounted: call init_app for this application first")
    return cast(State, state)


def _start_jobs(app: Flask, services: Services, jobs: JobService) -> None:
    """Tells the jobs what there is to do, and who does it: this process, a fleet of workers, or nobody here."""
    for kind in (*job_kinds(services), *services.plugins.job_kinds()):
        jobs.register(kind)
    broker = app.config.get("BGBILLING_BROKER")
    way = app.config.get("BGBILLING_JOBS") or ("none" if app.testing else "embedded")
    if way not in ("embedded", "none"):
        raise ConfigurationError(detail=f"BGBILLING_JOBS is “{way}”: expected embedded or none")
    if broker:
        jobs.engine = FleetEngine(jobs, app.app_context, broker)
    elif way == "embedded":
        engine = LazyEngine(jobs, app.app_context)
        app.before_request(engine.ensure)


def _only_when_enabled() -> None:
    if not _state().source.current().enabled:
        abort(404)
    numbers = ((name, value) for name, value in (request.view_args or {}).items() if isinstance(value, int))
    # The billing is not asked about contracts that it cannot have; other records are looked for in tables of ours.
    if any(value > GREATEST_NUMBER for name, value in numbers if name != "cid"):
        raise UnknownAddress(address=request.path[:60])
