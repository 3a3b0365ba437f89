"""Processes of the contract: how many, which ones, linked and made from here.

A plugin of its own: it is there only where the host has processes and changes are journalled.
"""

from collections.abc import Sequence

from flask_bgbilling.domain.contracts.info import ContractCard
from flask_bgbilling.domain.processes.card import ContractProcesses
from flask_bgbilling.errors import N_
from flask_bgbilling.hookspecs import (
    ActionContext,
    CardAction,
    CardSection,
    SectionContext,
    SectionView,
    TreeItem,
    hookimpl,
)

KEY = "processes"


class ProcessesPlugin:
    """The section and its actions."""

    def __init__(self, processes: ContractProcesses) -> None:
        self._processes = processes

    @hookimpl
    def bgbilling_card_sections(self) -> Sequence[CardSection]:
        """The section of processes."""
        work = self._processes
        actions = (
            CardAction(
                "create", N_("New process"), "process.create", lambda context: work.plan_create(context), self.create,
                told=_told,
            ),
            CardAction(
                "link", N_("Link to a process"), "process.link.update", lambda context: work.plan_link(context),
                self.link, told=_told,
            ),
            CardAction(
                "unlink", N_("Take the link away"), "process.link.update", lambda context: work.plan_unlink(context),
                self.unlink, record="process", told=_told,
            ),
        )  # fmt: skip
        section = CardSection(KEY, N_("Processes"), 19, "process.read", self.render, self.tree, actions=actions)
        return [section]

    def tree(self, card: ContractCard) -> Sequence[TreeItem]:
        """One line with the number of processes."""
        count = self._processes.links.count(card.billing_id, card.cid)
        return (TreeItem(N_("Processes"), count, kind="count", section=KEY),)

    def render(self, context: SectionContext) -> SectionView:
        """The processes, the latest first."""
        return SectionView("bgbilling/card/processes.html", {"lines": self._processes.lines(context)})

    def create(self, context: ActionContext) -> SectionView:
        """Type and description."""
        values = {"draft": self._processes.draft(context), "submit": N_("Make the process")}
        return SectionView("bgbilling/card/process_form.html", values)

    def link(self, context: ActionContext) -> SectionView:
        """A choice among the customer's open processes, or a number."""
        values = {"draft": self._processes.draft(context), "submit": N_("Link")}
        return SectionView("bgbilling/card/process_link_form.html", values)

    def unlink(self, context: ActionContext) -> SectionView:
        """The process whose link is going to be taken away."""
        values = {"process": self._processes.process(context), "danger": True, "submit": N_("Take the link away")}
        return SectionView("bgbilling/card/process_unlink_form.html", values)


def _told(results: Sequence[object]) -> SectionView:
    """What came along with the link, or with its end."""
    return SectionView("bgbilling/card/processes_told.html", {"results": results})
