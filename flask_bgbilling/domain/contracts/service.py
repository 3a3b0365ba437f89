"""Opening contract cards: the card itself, its tree, and one section at a time.

Sections come from plugins. What a person is not allowed to see is neither in the tree nor opened; what the
billing refuses or a plugin spoils shows in its own place, and the rest of the card works.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from flask_bgbilling.config.settings import Server
from flask_bgbilling.domain.billings import BillingAccess, Viewer
from flask_bgbilling.domain.contracts.contract import Contract
from flask_bgbilling.domain.contracts.info import ContractCard, card_of, read_card
from flask_bgbilling.domain.journal import SECTION as JOURNAL_SECTION
from flask_bgbilling.domain.journal import ChangeJournal, ContractJournal, JournalEntry
from flask_bgbilling.errors import N_, Absent, BGBillingError, InputError, NoRights
from flask_bgbilling.hookspecs import (
    CardAction,
    CardMenuItem,
    CardSection,
    SectionContext,
    SectionFile,
    SectionView,
    TreeItem,
)
from flask_bgbilling.plugins import Plugins
from flask_bgbilling.ports import Grant, OpenedContract, OpenedObjects
from flask_bgbilling.store.unit_of_work import UnitOfWork
from flask_bgbilling.wire.dto.contracts import ContractInfo
from flask_bgbilling.wire.session import Billing

logger = logging.getLogger(__name__)

GREATEST_ID = 2**31 - 1


class UnknownSection(InputError):
    """No section that this person may open has the key ``section``."""

    code = "unknown section"
    message = N_("The contract card has no section “%(section)s”.")
    remedy = N_("Choose a section on the left.")


class SectionFailed(BGBillingError):
    """A section's own code failed; the log has the reason."""

    code = "section failed"
    message = N_("The section “%(section)s” could not be shown.")
    remedy = N_("The rest of the card works. The administrator finds the reason in the log.")


@dataclass(frozen=True)
class TreeBranch:
    """A section's lines in the tree of the card. ``opens`` is false when the lines only tell."""

    section: CardSection
    items: tuple[TreeItem, ...]


@dataclass(frozen=True)
class OfferedAction:
    """An action that the viewer may do to this contract, with the section it belongs to."""

    section: CardSection
    action: CardAction


@dataclass(frozen=True)
class MenuEntry:
    """An entry of the card's menu that applies to this contract."""

    item: CardMenuItem
    line: TreeItem


@dataclass(frozen=True)
class OpenedCard:
    """A card that was read, with the tree of what the viewer may open.

    ``actions`` are all that the viewer may do, by ``section.action``; ``menu`` are the entries that apply.
    ``open_changes`` are those that somebody has to look after, as far as the viewer may know of them. With a
    ``problem`` the account may not read the card itself: ``card`` then knows only where it is, and the tree has the
    titles of the sections.
    """

    card: ContractCard
    tree: tuple[TreeBranch, ...]
    problem: NoRights | None = None
    actions: Mapping[str, OfferedAction] = field(default_factory=dict)
    menu: tuple[MenuEntry, ...] = ()
    open_changes: tuple[JournalEntry, ...] = ()
    buttons: tuple[OfferedAction, ...] = ()

    @property
    def first(self) -> CardSection | None:
        """The section that opens by itself."""
        return self.tree[0].section if self.tree else None


@dataclass(frozen=True)
class OpenedSection:
    """A section that was opened: its ``view``, or the ``problem`` that is shown in its place.

    ``read_at`` is when the billing was asked, on the billing's clock; ``None`` when it could not be asked. ``actions``
    are the grants of the actions that it offers. ``in_menu`` says that an entry of the card's menu opened it.
    """

    billing_id: str
    cid: int
    section: CardSection
    arguments: Mapping[str, str]
    view: SectionView | None = None
    problem: BGBillingError | None = None
    read_at: datetime | None = None
    actions: Mapping[str, Grant] = field(default_factory=dict)
    in_menu: bool = False

    def failed(self) -> "OpenedSection":
        """The same section after its template failed: the problem instead of the view."""
        return replace(self, view=None, problem=SectionFailed(section=self.section.title))


class Contracts:
    """Contract cards of all billings, as one person may see them."""

    def __init__(
        self,
        access: BillingAccess,
        plugins: Plugins,
        opened_objects: OpenedObjects | None = None,
        unit_of_work: UnitOfWork | None = None,
        *,
        journal: ChangeJournal | None = None,
    ) -> None:
        self._access = access
        self.plugins = plugins
        self._opened_objects = opened_objects
        self._unit_of_work = unit_of_work or UnitOfWork(None)
        self._journal = journal

    def open(self, viewer: Viewer, billing_id: str, cid: int) -> OpenedCard:
        """Reads a card: one request when the billing's version is known.

        Raises ``UnknownBilling``, ``Forbidden``, ``AccountMissing``, ``Absent`` when the billing has no such
        contract, and any other ``BillingError`` of the call but ``NoRights``: sections may work without the card.
        """
        contract = _contract(self._access.open(viewer, billing_id), cid)
        sections = self.sections(viewer, billing_id)
        try:
            card = read_card(contract)
        except NoRights as problem:
            bare = card_of(contract, ContractInfo(title=str(cid)))
            return OpenedCard(bare, tuple(TreeBranch(section, (_title(section),)) for section in sections), problem)
        branches = (TreeBranch(section, _lines(self.plugins, section, card)) for section in sections)
        actions = {
            f"{section.key}.{action.key}": OfferedAction(section, action)
            for section in sections
            for action in section.actions
            if self._offered(viewer, contract.billing, action) is not None
        }
        return OpenedCard(
            card,
            tuple(branch for branch in branches if branch.items),
            actions=actions,
            buttons=self._buttons(actions.values(), card),
            menu=tuple(self._menu(viewer, card)),
            open_changes=self._open_changes(viewer, card, sections),
        )

    def _open_changes(
        self, viewer: Viewer, card: ContractCard, sections: tuple[CardSection, ...]
    ) -> tuple[JournalEntry, ...]:
        """What is told to those who may read the journal, or may look after the change themselves."""
        if self._journal is None:
            return ()
        try:
            self._journal.name_contract(card.billing_id, card.cid, card.title)
            found = self._journal.open_changes(viewer, card.billing_id, card.cid)
        except Exception:  # whatever a database raises, tables that are not made yet: the card is readable without
            logger.exception("the journal of contract %s:%s cannot be used", card.billing_id, card.cid)
            self._unit_of_work.rollback()
            return ()
        told = any(section.key == JOURNAL_SECTION for section in sections)
        return tuple(entry for entry in found if told or entry.may_open)

    def _menu(self, viewer: Viewer, card: ContractCard) -> Iterator[MenuEntry]:
        for item in self.plugins.card_menu():
            if viewer.may(item.permission, card.billing_id):
                try:
                    line = item.entry(card)
                except Exception as error:  # a stranger's plugin: its entry is lost, the card stays
                    self.plugins.failed(item, f"menu {item.key}", error)
                    line = None
                if line is not None:
                    yield MenuEntry(item, line)

    def _buttons(self, offered: Iterable[OfferedAction], card: ContractCard) -> tuple[OfferedAction, ...]:
        """The actions with a place among the card's own buttons, in their order."""
        placed = (one for one in offered if one.action.menu is not None and self._applies(one, card))
        return tuple(sorted(placed, key=lambda one: one.action.menu or 0))

    def _applies(self, offered: OfferedAction, card: ContractCard) -> bool:
        applies = offered.action.applies
        if applies is None:
            return True
        try:
            return applies(card)
        except Exception as error:  # a stranger's plugin, or the database: its button is lost, the card stays
            self._unit_of_work.rollback()
            self.plugins.failed(offered.section, f"button {offered.action.key}", error)
            return False

    def _offered(self, viewer: Viewer, billing: Billing, action: CardAction) -> Grant | None:
        """The viewer's grant of an action that the billing's version can do, if they may do it at all."""
        grant = viewer.users.grant(viewer.person, action.permission) if self._journal is not None else None
        if grant is None or not grant.covers_billing(billing.id):
            return None
        return grant if all(billing.supports(operation) for operation in action.operations) else None

    def remember(self, viewer: Viewer, card: ContractCard, address: str) -> None:
        """Puts the card on top of the person's opened objects; ``address`` is its page."""
        if self._opened_objects is None:
            return
        contract = OpenedContract(card.billing_id, card.cid, card.heading, address)
        try:
            self._opened_objects.remember(viewer.person, contract)
            self._unit_of_work.commit()
        except Exception:  # the host's buffer is a convenience: its failure must not hide the card
            logger.exception("the host's opened objects did not take contract %s:%s", card.billing_id, card.cid)
            self._unit_of_work.rollback()

    def sections(self, viewer: Viewer, billing_id: str) -> tuple[CardSection, ...]:
        """The sections that the viewer may open in this billing, in the order of the tree."""
        return tuple(section for section in self._known() if viewer.may(section.permission, billing_id))

    def section(self, viewer: Viewer, key: str) -> CardSection:
        """One section by its key; raises ``UnknownSection``, or ``Forbidden`` when it is not allowed."""
        for section in self._known():
            if section.key == key:
                viewer.with_permission(section.permission)
                return section
        raise UnknownSection(section=key[:60])

    def _known(self) -> tuple[CardSection, ...]:
        """The sections that there are in this application."""
        sections = self.plugins.card_sections()
        return tuple(section for section in sections if self._journal is not None or not section.needs_journal)

    def server(self, viewer: Viewer, billing_id: str) -> Server:
        """A configured billing that the viewer may use; raises ``UnknownBilling`` or ``Forbidden``."""
        return self._access.server(viewer, billing_id)

    def open_section(
        self, viewer: Viewer, billing_id: str, cid: int, key: str, arguments: Mapping[str, str]
    ) -> OpenedSection:
        """Draws one section; what goes wrong in the billing or in the plugin becomes its ``problem``.

        Raises ``UnknownSection``, ``UnknownBilling`` and ``Forbidden``: those are about the address, not the
        section.
        """
        section = self.section(viewer, key)
        self._access.server(viewer, billing_id)
        return self.draw(viewer, section, billing_id, cid, arguments, section.render)

    def open_menu_entry(
        self, viewer: Viewer, billing_id: str, cid: int, key: str, arguments: Mapping[str, str]
    ) -> OpenedSection:
        """Draws what an entry of the card's menu opens, like a section."""
        item = next((item for item in self.plugins.card_menu() if item.key == key), None)
        if item is None:
            raise UnknownSection(section=key[:60])
        as_section = CardSection(item.key, item.title, item.order, item.permission, item.render)
        self._access.server(viewer.with_permission(item.permission), billing_id)
        return replace(self.draw(viewer, as_section, billing_id, cid, arguments, item.render), in_menu=True)

    def draw(
        self,
        viewer: Viewer,
        section: CardSection,
        billing_id: str,
        cid: int,
        arguments: Mapping[str, str],
        render: Callable[[SectionContext], SectionView],
    ) -> OpenedSection:
        """Draws a section by ``render``; what goes wrong in the billing or in the plugin becomes its ``problem``."""
        view, problem, read_at = None, None, None
        actions: Mapping[str, Grant] = {}
        try:
            context = self.context(viewer, section, billing_id, cid, arguments)
            actions = context.actions
            read_at = context.contract.billing.now()
            view = render(context)
        except BGBillingError as error:
            problem = error
        except Exception as error:  # a stranger's plugin: the card stays whatever it raises
            self.plugins.failed(section, f"section {section.key}", error)
            problem = SectionFailed(section=section.title)
        return OpenedSection(billing_id, cid, section, dict(arguments), view, problem, read_at, actions)

    def open_file(
        self, viewer: Viewer, billing_id: str, cid: int, key: str, name: str, arguments: Mapping[str, str]
    ) -> SectionFile:
        """Reads one file of a section; every error is raised."""
        section = self.section(viewer, key)
        self._access.server(viewer, billing_id)
        if section.file is None:
            raise UnknownSection(section=key[:60])
        return section.file(self.context(viewer, section, billing_id, cid, arguments), name)

    def context(
        self,
        viewer: Viewer,
        section: CardSection,
        billing_id: str,
        cid: int,
        arguments: Mapping[str, str],
    ) -> SectionContext:
        """What the section may use; raises what opening the billing raises."""
        allowed = viewer.with_permission(section.permission)
        billing = self._access.open(allowed, billing_id)
        return SectionContext(
            contract=_contract(billing, cid),
            viewer=viewer.person,
            grant=allowed.grant,
            arguments=arguments,
            today=billing.today(),
            actions={
                action.key: grant
                for action in section.actions
                if (grant := self._offered(viewer, billing, action)) is not None
            },
            journal=ContractJournal(self._journal, allowed, billing_id, cid) if self._journal is not None else None,
        )


def _contract(billing: Billing, cid: int) -> Contract:
    """The handle of a contract; an id beyond the billing's 32-bit numbers is absent without asking."""
    if not 0 < cid <= GREATEST_ID:
        raise Absent(billing=billing.title, operation="contract", words="")
    return Contract(billing, cid)


def _lines(plugins: Plugins, section: CardSection, card: ContractCard) -> tuple[TreeItem, ...]:
    if section.tree is None:
        return (_title(section),)
    try:
        return tuple(section.tree(card))
    except Exception as error:  # a stranger's plugin: its lines are lost, the tree stays
        plugins.failed(section, f"tree of section {section.key}", error)
        return ()


def _title(section: CardSection) -> TreeItem:
    return TreeItem(section.title, section=section.key)
