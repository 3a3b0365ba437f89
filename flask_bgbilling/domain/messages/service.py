"""Messages as their page uses them: opened, searched for, processed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask_bgbilling.config.message_types import MessageType, SearchEntry
from flask_bgbilling.config.settings import Settings
from flask_bgbilling.domain.billings import BillingAccess, Viewer
from flask_bgbilling.domain.contracts.actions import ContractActions
from flask_bgbilling.domain.messages.configured import MessageTypes
from flask_bgbilling.domain.messages.contacts import READ, ContactSaving, UnknownMessage
from flask_bgbilling.domain.messages.possible import Place, PossibleProcesses, possible_processes
from flask_bgbilling.domain.messages.processing import (
    NOTHING_TICKED,
    ContactResult,
    Processed,
    ProcessedMeanwhile,
    Processing,
    Ticked,
)
from flask_bgbilling.domain.messages.running import SearchOutcome, SearchRuns, place_of
from flask_bgbilling.domain.processes.links import CREATE, ProcessLinks
from flask_bgbilling.domain.processes.links import READ as PROCESS_READ
from flask_bgbilling.domain.processes.links import UPDATE as LINK_UPDATE
from flask_bgbilling.errors import N_, Forbidden, InputError, UnknownBilling
from flask_bgbilling.hookspecs import Found, PossibleProcessContext, SectionView
from flask_bgbilling.plugins import Plugins
from flask_bgbilling.ports import Customers, Message, Messages, Process, ProcessContract, ProcessType, Users
from flask_bgbilling.store.unit_of_work import UnitOfWork
from flask_bgbilling.wire.session import Billing

PROCESS = "message.process"
"""Putting messages into processes and out of them."""


class CannotProcess(InputError):
    """The application has no processes, or no journal to link contracts under."""

    code = "cannot process"
    message = N_("Messages can only be read here: the application has no processes, or no journal of changes.")
    remedy = N_("The administrator gives the extension processes, a database and keys (BGBILLING_SECRET_KEYS).")


class UnknownSearch(InputError):
    """The type of the message has no such search by hand."""

    code = "unknown search"
    message = N_("Messages of this type have no search %(search)s.")
    remedy = N_("Choose a search of the list.")


@dataclass(frozen=True)
class OpenedMessage:
    """A message with all that the person may do with it.

    ``type`` is ``None`` when the configuration does not know it; then nothing can be found for it. ``process`` is where
    it is, as far as the person may see that; ``address`` is the message's own page in the host. ``may_save`` says that
    its sender can be saved with a contract, ``may_process`` and ``may_create`` that it can be put into a process.
    """

    message: Message
    type: MessageType | None
    address: str
    process: Process | None = None
    process_address: str = ""
    may_process: bool = False
    may_create: bool = False
    may_save: bool = False

    @property
    def by_hand(self) -> tuple[SearchEntry, ...]:
        """The searches that a person can start."""
        return tuple(one for one in self.type.searches if one.made.form is not None) if self.type else ()

    @property
    def automatic(self) -> tuple[SearchEntry, ...]:
        """The searches that run by themselves."""
        return tuple(one for one in self.type.searches if one.made.form is None) if self.type else ()

    def search(self, number: int) -> SearchEntry:
        """One search by hand; raises ``UnknownSearch``."""
        for entry in self.by_hand:
            if entry.number == number:
                return entry
        raise UnknownSearch(search=number)


class MessageDesk:
    """What a person does with the messages of the host."""

    def __init__(
        self,
        messages: Messages,
        types: MessageTypes,
        runs: SearchRuns,
        access: BillingAccess,
        settings: Callable[[], Settings],
        saving: ContactSaving,
        processing: Processing | None,
        customers: Customers | None = None,
    ) -> None:
        self.types = types
        self._messages = messages
        self._runs = runs
        self._access = access
        self._settings = settings
        self._saving = saving
        self._processing = processing
        self._customers = customers

    def open(self, viewer: Viewer, message_id: int) -> OpenedMessage:
        """One message; raises ``UnknownMessage`` for one that is not there or of a type that the person may not see."""
        message = self._messages.get(message_id)
        if message is None or not viewer.with_permission(READ).grant.covers_message_type(message.type_id):
            raise UnknownMessage(message=message_id)
        granted = viewer.users.grant(viewer.person, PROCESS)
        may = (
            self._processing is not None
            and granted is not None
            and granted.covers_message_type(message.type_id)
            and viewer.users.grant(viewer.person, PROCESS_READ) is not None
            and viewer.users.grant(viewer.person, LINK_UPDATE) is not None
        )
        process, address = None, ""
        if self._processing is not None and message.process_id is not None:
            processes = self._processing.links.processes
            if processes.visible(viewer.person.id, message.process_id):
                process, address = processes.get(message.process_id), processes.address(message.process_id)
        return OpenedMessage(
            message,
            self.types.current().types.get(message.type_id),
            self._messages.address(message_id),
            process,
            address,
            may_process=may,
            may_create=may and viewer.users.grant(viewer.person, CREATE) is not None,
            may_save=may and self._saves(viewer, message),
        )

    def outcomes(
        self,
        viewer: Viewer,
        opened: OpenedMessage,
        *,
        search: int = 0,
        fields: Mapping[str, str] | None = None,
        only: Sequence[int] | None = None,
        fresh: bool = False,
        ticked: Ticked = NOTHING_TICKED,
    ) -> Iterator[SearchOutcome]:
        """Starts the searches now and gives what each found as it comes; ``search`` is one that a person has started.

        What is ``ticked`` stands on the page already and is not found once more.

        Raises ``UnknownSearch``.
        """
        if opened.type is None:
            return iter(())
        by_hand = opened.search(search) if search else None
        version = self._settings().version
        shown = (place_of(one) for one in ticked.found)
        return self._runs.outcomes(
            viewer,
            opened.message,
            opened.type,
            version,
            by_hand=by_hand,
            fields=fields,
            only=only,
            fresh=fresh,
            shown=shown,
        )

    def form(self, viewer: Viewer, opened: OpenedMessage, number: int, fields: Mapping[str, str]) -> SectionView:
        """The form of a search by hand, with what was typed. Raises ``UnknownSearch``."""
        form = opened.search(number).made.form
        view: SectionView = form(self._runs.form_context(viewer, opened.message, fields))
        return view

    def possible(
        self,
        viewer: Viewer,
        opened: OpenedMessage,
        found: Sequence[Found],
        only_open: bool | None,
        *,
        page: int = 1,
        chosen: int = 0,
    ) -> PossibleProcesses:
        """A page of processes that the message may belong to; ``only_open`` false for closed ones, ``None`` for all.

        It is the page of the process ``chosen`` where that is one of them.
        """
        processing = self._ready()
        viewer.with_permission(PROCESS_READ)

        def billing(billing_id: str) -> Billing:
            return self._access.open(viewer, billing_id)

        processes, person = processing.links.processes, viewer.person
        context = PossibleProcessContext(
            opened.message, person, tuple(found), processes, self._customers, billing, only_open
        )
        entries = self.types.current().possible
        return possible_processes(
            entries,
            context,
            lambda process_id: processes.visible(person.id, process_id),
            self.types.failed,
            Place(page, self._settings().search.page_size, chosen),
        )

    def process_types(self) -> Mapping[int, ProcessType]:
        """The types that a new process can have."""
        return self._processing.links.processes.types() if self._processing is not None else {}

    def process(
        self,
        viewer: Viewer,
        opened: OpenedMessage,
        *,
        seen: int,
        ticked: Ticked,
        type_id: int = 0,
        description: str = "",
        process_id: int = 0,
        save: bool = False,
        once: str = "",
    ) -> Processed:
        """Puts the message into the process ``process_id``, or into a new one of ``type_id``; then saves the contact.

        ``seen`` is the process that the page showed (0 for none), ``once`` the one-time key of the form. Raises
        ``ProcessedMeanwhile``, ``UnknownBilling``, ``UnknownProcess``, ``UnknownProcessType``, ``RefusedByRule`` and
        ``Forbidden``: nothing has been done then.
        """
        processing = self._allowed(viewer, opened)
        message = opened.message
        if (message.process_id or 0) != seen:  # asked again in the transaction; here before anything is in a journal
            raise ProcessedMeanwhile(process=message.process_id or 0)
        for contract in ticked.contracts:
            if self._settings().server(contract.billing_id) is None:
                raise UnknownBilling(billing=contract.billing_id)
        if process_id:
            linked = processing.into_existing(viewer, message, seen, process_id, ticked)
        else:
            linked = processing.into_new(viewer, message, seen, type_id, description, ticked)
        contact = ContactResult()
        if save:
            contact = processing.contact(viewer, message, linked.process.id, ticked.contracts, f"{once}-contact")
        return Processed(linked.process, linked, contact, linked.notes)

    def detach(self, viewer: Viewer, opened: OpenedMessage, seen: int) -> None:
        """Takes the message out of its process. Raises ``ProcessedMeanwhile``."""
        self._allowed(viewer, opened).detach(viewer, opened.message, seen)

    def save_contact(
        self, viewer: Viewer, opened: OpenedMessage, billing_id: str, cid: int, once: str
    ) -> ContactResult:
        """Saves the sender with a contract of the message's process."""
        processing = self._allowed(viewer, opened)
        for contract in self.contracts(opened):
            if (contract.billing_id, contract.cid) == (billing_id, cid):
                return processing.save(viewer, opened.message, contract, once)
        raise ProcessedMeanwhile(process=opened.message.process_id or 0)

    def contracts(self, opened: OpenedMessage) -> Sequence[ProcessContract]:
        """The contracts of the message's process."""
        if self._processing is None or opened.process is None:
            return ()
        return self._processing.links.processes.contracts(opened.process.id)

    def _saves(self, viewer: Viewer, message: Message) -> bool:
        saver = self._saving.saver(message)
        return saver is not None and viewer.users.grant(viewer.person, saver.permission) is not None

    def _ready(self) -> Processing:
        if self._processing is None:
            raise CannotProcess
        return self._processing

    def _allowed(self, viewer: Viewer, opened: OpenedMessage) -> Processing:
        processing = self._ready()
        viewer.with_permission(PROCESS_READ)
        if not viewer.with_permission(PROCESS).grant.covers_message_type(opened.message.type_id):
            raise Forbidden(permission=PROCESS)
        return processing


class MessageParts:
    """What there is of messages before the plugins are known, and the desk afterwards."""

    def __init__(
        self, messages: Messages, users: Users, settings: Callable[[], Settings], plugins: Callable[[], Plugins]
    ) -> None:
        self.types = MessageTypes(settings, plugins)
        self.saving = ContactSaving(messages, self.types, users)
        self._messages = messages
        self._settings = settings

    def desk(
        self,
        access: BillingAccess,
        links: ProcessLinks | None,
        actions: ContractActions,
        unit_of_work: UnitOfWork,
        customers: Customers | None,
    ) -> MessageDesk:
        """The desk; without ``links`` messages can only be read."""
        processes = links.processes if links is not None else None
        runs = SearchRuns(access, customers, processes, self.types.failed)
        processing = None
        if links is not None:
            processing = Processing(self._messages, links, actions, self.saving, unit_of_work)
        return MessageDesk(self._messages, self.types, runs, access, self._settings, self.saving, processing, customers)
