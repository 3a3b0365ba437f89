"""Contracts of processes: linked once, with what follows from it, in one transaction (customers-and-links.md 5).

Rules that may refuse a link are asked before the transaction, since they may call billings; what plugins decide happens
inside of it; scripts and plugins are told after it.
"""

import logging
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from flask_bgbilling.config.process_types import ProcessTypeSettings, read_process_type
from flask_bgbilling.domain.billings import Viewer
from flask_bgbilling.domain.links.service import ContractLinks
from flask_bgbilling.domain.processes.errors import DoneMeanwhile, UnknownProcess, UnknownProcessType
from flask_bgbilling.domain.processes.events import ProcessEvents
from flask_bgbilling.errors import N_, BGBillingError, Forbidden
from flask_bgbilling.facts import Fact, Note
from flask_bgbilling.hookspecs import ContractLinked, LinkEffects, ProcessLinkRule
from flask_bgbilling.plugins import Plugins
from flask_bgbilling.ports import Customers, Process, ProcessContract, Processes, ProcessEvent, ProcessEventKind
from flask_bgbilling.store.changes import ChangeDetails, NewChange, StepRecord
from flask_bgbilling.store.journal import Journal
from flask_bgbilling.store.unit_of_work import UnitOfWork

logger = logging.getLogger(__name__)

READ, UPDATE, CREATE = "process.read", "process.link.update", "process.create"
"""Seeing processes and their contracts; linking and unlinking contracts; new processes."""

TITLE_LENGTH = 100
"""How much of a contract's number a link keeps."""

LONGEST_DESCRIPTION = 20_000
MOST_COUNTED = 100

LINK_ACTION, UNLINK_ACTION, CREATE_ACTION = "processes.link", "processes.unlink", "processes.create"
"""Names of the changes in the journal: the actions of the card that do the same."""

STEPS = {
    LINK_ACTION: N_("Link to the process"),
    UNLINK_ACTION: N_("Link to the process removed"),
    CREATE_ACTION: N_("New process"),
}

Also = Callable[[Process], None]
Result = TypeVar("Result")


@dataclass(frozen=True)
class Linked:
    """What came of linking contracts to a process, or of taking a link away.

    ``new`` are those that were linked now, ``already`` those that had been. ``group_ids`` and ``customer_ids`` are what
    the process got beside; ``notes`` are to be told to the person.
    """

    process: Process
    new: tuple[ProcessContract, ...] = ()
    already: tuple[ProcessContract, ...] = ()
    group_ids: tuple[int, ...] = ()
    customer_ids: tuple[int, ...] = ()
    notes: tuple[Note, ...] = ()


class ProcessLinks:
    """Links, and new processes with links. Every method asks what the viewer may do, and raises ``Forbidden``."""

    def __init__(
        self,
        processes: Processes,
        unit_of_work: UnitOfWork,
        journal: Journal,
        plugins: Callable[[], Plugins],
        events: ProcessEvents,
        customers: Customers | None = None,
        links: ContractLinks | None = None,
    ) -> None:
        self.processes = processes
        self.events = events
        self._unit = unit_of_work
        self._journal = journal
        self._plugins = plugins
        self._customers = customers
        self._links = links

    def process(self, viewer: Viewer, process_id: int) -> Process:
        """One process; raises ``UnknownProcess`` for one that is not there or that the person may not see."""
        viewer.with_permission(READ)
        process = self.processes.get(process_id)
        if process is None or not self.processes.visible(viewer.person.id, process_id):
            raise UnknownProcess(process=process_id)
        return process

    def count(self, billing_id: str, cid: int) -> int | None:
        """How many processes a contract has, of the latest hundred; ``None`` when nobody knows. Never raises."""
        try:
            return len(self.processes.of_contract(billing_id, cid, MOST_COUNTED))
        except Exception:  # a card stays readable whatever a database or a host raises
            logger.exception("processes of contract %s %s cannot be counted", billing_id, cid)
            self._unit.rollback()
            return None

    def customer_of(self, billing_id: str, cid: int) -> int | None:
        """The customer of a contract; ``None`` when it has none, or when the host has no customers."""
        return self._links.customer_of(billing_id, cid) if self._links is not None else None

    def settings(self, type_id: int) -> ProcessTypeSettings:
        """What the configuration of a type says; that of a type which is no more says nothing."""
        kind = self.processes.types().get(type_id)
        return read_process_type(kind.configuration)[1] if kind is not None else ProcessTypeSettings()

    def link(self, viewer: Viewer, process_id: int, contract: ProcessContract) -> Linked:
        """Links one contract; raises ``UnknownProcess`` and ``RefusedByRule``. Linked already is no error."""
        return self.attach(viewer, process_id, (contract,))

    def attach(
        self,
        viewer: Viewer,
        process_id: int,
        contracts: Iterable[ProcessContract] = (),
        customer_ids: Sequence[int] = (),
        *,
        also: Also | None = None,
        journal: bool = True,
    ) -> Linked:
        """Links contracts and customers; ``also`` is done in the same transaction and must not call a billing.

        Everything or nothing: what raises leaves nothing behind. Without ``journal`` the caller keeps it.
        """
        process = self.process(viewer, process_id)
        wish = _Wish(lambda: process, _cut(contracts), customer_ids, also, journal, process.title)
        return self._linked(viewer, wish, process)

    def created(
        self,
        viewer: Viewer,
        type_id: int,
        description: str,
        contracts: Iterable[ProcessContract] = (),
        customer_ids: Sequence[int] = (),
        *,
        also: Also | None = None,
        journal: bool = True,
    ) -> Linked:
        """A new process with its links, see :meth:`attach`, and what came of it. Raises ``UnknownProcessType``.

        Rules may not refuse the links that a process is born with.
        """
        viewer.with_permission(CREATE)
        if type_id not in self.processes.types():
            raise UnknownProcessType(type=type_id)
        text = description.strip()[:LONGEST_DESCRIPTION]
        make = partial(self.processes.create, type_id, text, viewer.person.id)
        title = (text.splitlines() or [""])[0][:TITLE_LENGTH] or self.processes.types()[type_id].title
        wish = _Wish(make, _cut(contracts), customer_ids, also, journal, title)
        return self._linked(viewer, wish, None)

    def unlink(
        self, viewer: Viewer, process_id: int, billing_id: str, cid: int, *, journal: bool = True
    ) -> Linked | None:
        """Takes a link away; ``None`` when there was none. Raises ``RefusedByRule``.

        What is given has the process and what rules had to say.
        """
        process = self.process(viewer, process_id)
        found = [one for one in self.processes.contracts(process_id) if _place(one) == (billing_id, cid)]
        _covered(viewer, found or [ProcessContract(billing_id, cid, "")])
        if not found:
            return None
        contract = found[0]
        before = self.events.changing(_event(viewer, ProcessEventKind.LINK_REMOVING, process, contract))

        def work() -> bool:
            with self._unit.alone():
                return self.processes.unlink_contract(process_id, billing_id, cid)

        def settled() -> bool:
            return self._unit.settled(work)

        if journal:
            gone = self._journalled(
                viewer, UNLINK_ACTION, (contract,), before=fact(process), work=settled, did=lambda gone, _: gone
            )
        else:
            gone = settled()
        if not gone:
            return None
        after = self.events.changed(_event(viewer, ProcessEventKind.LINK_REMOVED, process, contract))
        return Linked(self.processes.get(process.id) or process, notes=(*before, *after))

    def renamed(self, billing_id: str, cid: int, title: str) -> int:
        """Gives the links of a contract the number that was just read; how many had another one. Never raises."""
        kept = title[:TITLE_LENGTH]
        try:
            linked = self.processes.of_contract(billing_id, cid, 1)
            if not kept or not linked:
                return 0
            known = [one.title for one in self.processes.contracts(linked[0].id) if _place(one) == (billing_id, cid)]
            if known == [kept]:
                return 0
            with self._unit.alone():
                return self.processes.rename_contract(billing_id, cid, kept)
        except Exception:  # a card stays readable whatever a database or a host raises
            logger.exception("links of contract %s %s keep their title", billing_id, cid)
            self._unit.rollback()
            return 0

    def _linked(self, viewer: Viewer, wish: "_Wish", process: Process | None) -> Linked:
        contracts = wish.contracts
        if contracts:
            _covered(viewer, contracts)
        notes: list[Note] = []
        if process is not None:
            known = self._known(process)
            contracts = tuple(one for one in contracts if _place(one) not in known)
            for contract in contracts:
                adding = _event(viewer, ProcessEventKind.LINK_ADDING, process, contract)
                notes.extend(self.events.changing(adding))

        def work() -> Linked:
            with self._unit.alone():
                made = wish.make()
                done = self._in_transaction(viewer, made, wish)
                if wish.also is not None:
                    wish.also(made)
                return done

        def settled() -> Linked:
            try:
                return self._unit.settled(work)
            except Exception:
                # Somebody else has linked the same at this very moment: the second time it is there already.
                if process is None or self._known(process).isdisjoint(map(_place, contracts)):
                    raise
                return work()

        if not wish.journal or not contracts:
            done = settled()
        else:
            action = LINK_ACTION if process is not None else CREATE_ACTION
            told = fact(process) if process is not None else Fact(N_("Process"), wish.title)
            done = self._journalled(
                viewer, action, contracts, after=told, work=settled, did=lambda done, one: one in done.new
            )
        for event in _events(viewer, done, created=process is None):
            notes.extend(self.events.changed(event))
        return replace(done, process=self.processes.get(done.process.id) or done.process, notes=tuple(notes))

    def _known(self, process: Process) -> set[tuple[str, int]]:
        return {_place(one) for one in self.processes.contracts(process.id)}

    def _in_transaction(
        self,
        viewer: Viewer,
        process: Process,
        wish: "_Wish",
    ) -> Linked:
        new: list[ProcessContract] = []
        already: list[ProcessContract] = []
        groups: list[int] = []
        wanted = list(wish.customer_ids)
        for contract in wish.contracts:
            if not self.processes.link_contract(process.id, contract):
                already.append(contract)
                continue
            new.append(contract)
            for effects in self._effects(viewer, process, contract):
                groups.extend(effects.group_ids)
                wanted.extend(effects.customer_ids)
        known = self.processes.all_groups()
        had = set(self.processes.groups(process.id))
        added = [one for one in dict.fromkeys(groups) if one in known and one not in had]
        if unknown := sorted({*groups} - known.keys()):
            logger.warning("process %s: there are no groups %s", process.id, unknown)
        if added:
            self.processes.add_groups(process.id, added)
        linked = [one for one in dict.fromkeys(wanted) if self.processes.link_customer(process.id, one)]
        return Linked(process, tuple(new), tuple(already), tuple(added), tuple(linked))

    def _effects(self, viewer: Viewer, process: Process, contract: ProcessContract) -> Iterable[LinkEffects]:
        kind = self.processes.types().get(process.type_id)
        keys = read_process_type(kind.configuration if kind is not None else "")[0]
        customer_id = self.customer_of(contract.billing_id, contract.cid)
        linked = ContractLinked(process, contract, viewer.person, keys, self.processes, self._customers, customer_id)
        found = (self._decided(rule, linked) for rule in self._plugins().process_link_rules())
        return [effects for effects in found if effects is not None]

    def _decided(self, rule: ProcessLinkRule, linked: ContractLinked) -> LinkEffects | None:
        try:
            return rule.decide(linked)
        except Exception as error:  # a stranger's rule: whatever it raises, the link stays
            self._plugins().failed(rule, f"rule {rule.key}", error)
            return None

    def _journalled(
        self,
        viewer: Viewer,
        action: str,
        contracts: Sequence[ProcessContract],
        *,
        work: Callable[[], Result],
        did: Callable[[Result, ProcessContract], bool],
        before: Fact | None = None,
        after: Fact | None = None,
    ) -> Result:
        """Does the work, with an entry in the journal of each contract; ``did`` says whose was not done by others."""
        details = ChangeDetails(
            before=(before,) if before else (), after=(after,) if after else (), steps=(StepRecord(STEPS[action]),)
        )
        entries = [
            self._journal.begin(
                NewChange(
                    person_id=viewer.person.id,
                    person_name=viewer.person.name,
                    billing_id=contract.billing_id,
                    contract_id=contract.cid,
                    contract_title=contract.title,
                    action=action,
                    subject=(before or after or Fact("", "")).value,
                    once=secrets.token_urlsafe(24),
                    details=details,
                )
            )
            for contract in contracts
        ]
        try:
            result = work()
        except BaseException as problem:
            code = problem.code if isinstance(problem, BGBillingError) else None
            for entry in entries:
                self._journal.finish(entry.id, "refused" if code else "failed", error_code=code)
            raise
        for contract, entry in zip(contracts, entries, strict=True):
            if did(result, contract):
                self._journal.finish(entry.id, "done")
            else:
                self._journal.finish(entry.id, "refused", error_code=DoneMeanwhile.code)
        return result


@dataclass(frozen=True)
class _Wish:
    """What is to be linked to a process, which ``make`` gives; ``title`` is what a new one is about."""

    make: Callable[[], Process]
    contracts: tuple[ProcessContract, ...]
    customer_ids: Sequence[int]
    also: Also | None
    journal: bool
    title: str = ""


def fact(process: Process) -> Fact:
    """A process as the journal tells it."""
    return Fact(N_("Process"), f"{process.title} (ID {process.id})")


def _events(viewer: Viewer, done: Linked, *, created: bool) -> Iterable[ProcessEvent]:
    if created:
        yield _event(viewer, ProcessEventKind.CREATED, done.process)
        for contract in done.new:
            yield _event(viewer, ProcessEventKind.CREATED_AS_LINK, done.process, contract)
    for contract in done.new:
        yield _event(viewer, ProcessEventKind.LINK_ADDED, done.process, contract)
    for customer_id in done.customer_ids:
        kind, process_id = ProcessEventKind.LINK_ADDED, done.process.id
        yield ProcessEvent(kind, process_id, viewer.person, customer_id=customer_id)


def _event(
    viewer: Viewer, kind: ProcessEventKind, process: Process, contract: ProcessContract | None = None
) -> ProcessEvent:
    return ProcessEvent(kind, process.id, viewer.person, contract=contract)


def _covered(viewer: Viewer, contracts: Iterable[ProcessContract]) -> None:
    """Raises ``Forbidden`` for contracts of billings whose links the person may not change."""
    grant = viewer.with_permission(UPDATE).grant
    for contract in contracts:
        if not grant.covers_billing(contract.billing_id):
            raise Forbidden(permission=f"billing {contract.billing_id}")


def _cut(contracts: Iterable[ProcessContract]) -> tuple[ProcessContract, ...]:
    """Each contract once, with a title that fits."""
    once: dict[tuple[str, int], ProcessContract] = {}
    for one in contracts:
        once.setdefault(_place(one), replace(one, title=one.title[:TITLE_LENGTH]))
    return tuple(once.values())


def _place(contract: ProcessContract) -> tuple[str, int]:
    return contract.billing_id, contract.cid
