"""Processes of a contract through its card: the list, a link to an existing one, a new one."""

from dataclasses import dataclass

from flask_bgbilling.domain.billings import Viewer
from flask_bgbilling.domain.contracts.info import read_card
from flask_bgbilling.domain.processes.errors import UnknownProcess
from flask_bgbilling.domain.processes.links import LONGEST_DESCRIPTION, READ, Linked, ProcessLinks, fact
from flask_bgbilling.domain.processes.page import MOST_PROCESSES
from flask_bgbilling.errors import N_
from flask_bgbilling.facts import Fact
from flask_bgbilling.fields import refuse
from flask_bgbilling.hookspecs import ActionContext, Change, SectionContext, Step
from flask_bgbilling.ports import Process, ProcessContract, Users

SEVERAL = 50


@dataclass(frozen=True)
class ProcessLine:
    """A process of a contract and the path of its card."""

    process: Process
    address: str


@dataclass(frozen=True)
class ProcessDraft:
    """What the forms start from: open processes of the contract's customer that could be linked, and the types."""

    choices: tuple[tuple[str, str], ...]
    types: tuple[tuple[str, str], ...]
    chosen: str = ""


class ContractProcesses:
    """What the section of the card does."""

    def __init__(self, links: ProcessLinks, users: Users) -> None:
        self.links = links
        self._users = users

    def lines(self, context: SectionContext) -> tuple[ProcessLine, ...]:
        """The processes of the contract that the viewer may see, the latest first."""
        processes = self.links.processes
        found = processes.of_contract(context.contract.billing.id, context.contract.cid, MOST_PROCESSES)
        seen = (one for one in found if processes.visible(context.viewer.id, one.id))
        return tuple(ProcessLine(one, processes.address(one.id)) for one in seen)

    def draft(self, context: SectionContext) -> ProcessDraft:
        """What the forms start from; the argument ``to`` is chosen beforehand."""
        processes, contract = self.links.processes, context.contract
        known = {one.process.id for one in self.lines(context)}
        wanted: list[Process] = []
        chosen = context.number("to")
        if chosen:
            wanted.append(self.links.process(self._viewer(context), chosen))
        customer_id = self.links.customer_of(contract.billing.id, contract.cid)
        if customer_id is not None:
            of_customer = processes.of_customer(customer_id, SEVERAL)
            visible = (one for one in of_customer if processes.visible(context.viewer.id, one.id))
            wanted.extend(one for one in visible if one.closed_at is None)
        offered = {one.id: one for one in wanted if one.id not in known}
        return ProcessDraft(
            tuple((str(one.id), f"{one.id}: {one.title} ({one.status})") for one in offered.values()),
            tuple((str(kind.id), kind.title) for kind in processes.types().values()),
            str(chosen) if chosen in offered else "",
        )

    def plan_link(self, context: ActionContext) -> Change:
        """Links the contract to the process that was chosen, or whose number was typed."""
        number = context.fields.identifier("process", required=False) or context.fields.integer(
            "number", 0, 2**31 - 1, default=0
        )
        if not number:
            refuse("number", N_("Choose a process, or type its number."))
        viewer = self._viewer(context)
        try:
            process = self.links.process(viewer, number)
        except UnknownProcess:
            refuse("number", N_("There is no process %(process)s."), process=number)
        contract = self._contract(context)
        if _holds(self.links, process.id, contract):
            return Change(steps=(), subject=process.title, said=N_("The contract is linked already."))

        def run() -> Linked:
            return self.links.attach(viewer, process.id, (contract,), journal=False)

        step = Step(N_("Link to the process"), run)
        return Change((step,), after=(fact(process),), subject=process.title, said=N_("The contract is linked."))

    def plan_create(self, context: ActionContext) -> Change:
        """Makes a process of the chosen type with the contract in it."""
        types = self.links.processes.types()
        type_id = int(context.fields.choice("type", [str(number) for number in types]))
        description = context.fields.multiline("description", LONGEST_DESCRIPTION, required=True)
        viewer, contract = self._viewer(context), self._contract(context)

        def run() -> Linked:
            return self.links.created(viewer, type_id, description, (contract,), journal=False)

        title = description.split("\n")[0][:100]
        facts = (Fact(N_("Type"), types[type_id].title), Fact(N_("Description"), description))
        return Change((Step(N_("New process"), run),), after=facts, subject=title, said=N_("The process is made."))

    def plan_unlink(self, context: ActionContext) -> Change:
        """Takes the link to the process of the argument ``process`` away; the process stays."""
        viewer, contract = self._viewer(context), context.contract
        process = self.links.process(viewer, context.number("process"))
        if not _holds(self.links, process.id, ProcessContract(contract.billing.id, contract.cid, "")):
            return Change(steps=(), subject=process.title)

        def run() -> Linked | None:
            return self.links.unlink(viewer, process.id, contract.billing.id, contract.cid, journal=False)

        step = Step(N_("Link to the process removed"), run)
        return Change((step,), before=(fact(process),), subject=process.title, said=N_("The link is taken away."))

    def process(self, context: SectionContext) -> Process:
        """The process of the argument ``process``; raises ``UnknownProcess``."""
        return self.links.process(self._viewer(context), context.number("process"))

    def _viewer(self, context: SectionContext) -> Viewer:
        return Viewer(context.viewer, context.grant, self._users).with_permission(READ)

    def _contract(self, context: SectionContext) -> ProcessContract:
        contract = context.contract
        return ProcessContract(contract.billing.id, contract.cid, read_card(contract).title or f"ID {contract.cid}")


def _holds(links: ProcessLinks, process_id: int, contract: ProcessContract) -> bool:
    linked = links.processes.contracts(process_id)
    return any((one.billing_id, one.cid) == (contract.billing_id, contract.cid) for one in linked)
