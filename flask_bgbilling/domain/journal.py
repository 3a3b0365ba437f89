"""Reading the journal: what was changed, by whom, in which contract, as one person may see it.

Entries are stored as data; here they get the titles of their billing, section and action, and what can still be done.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from flask_bgbilling.config.settings import Server
from flask_bgbilling.domain.billings import BillingAccess, Viewer
from flask_bgbilling.domain.changes import STATE_WORDS
from flask_bgbilling.errors import N_, BGBillingError, Forbidden
from flask_bgbilling.facts import Fact
from flask_bgbilling.hookspecs import CardAction, CardSection
from flask_bgbilling.plugins import Plugins
from flask_bgbilling.store.changes import OPEN_STATES, ChangeRecord, JournalQuery, StepRecord
from flask_bgbilling.store.journal import Journal

PERMISSION = "journal.read"
"""Reading the journal of all contracts; that of one contract is a section of its card."""

SECTION = "journal"
"""The section of a card that is the journal of its contract."""

PAGE = 50

ELSEWHERE = {"creation.create": N_("New contract"), "creation.tariff": N_("Tariff of the new contract")}
"""Titles of changes that no card offers: a contract that is not there yet has none."""


@dataclass(frozen=True)
class FactPair:
    """What stood there and what stands there now, under one label; ``None`` where there was nothing to tell."""

    label: str
    before: Fact | None
    after: Fact | None

    @property
    def changed(self) -> bool:
        """Whether the two differ; what is secret is only told when it does."""
        return self.before != self.after or (self.after is not None and self.after.kind == "secret")


@dataclass(frozen=True)
class JournalEntry:
    """A change as it is told.

    ``at`` and ``finished_at`` are on the billing's clock. ``title`` is the message id of the action and
    ``section_title`` that of its section, or the bare name of an action that exists no more. ``may_open`` says that the
    viewer may look after it: its own page tells what became of it and goes on with it. ``has_card`` says that the
    contract's card can be opened.
    """

    record: ChangeRecord
    billing_title: str
    at: datetime
    finished_at: datetime | None
    title: str
    section_title: str
    may_open: bool
    has_card: bool

    @property
    def word(self) -> str:
        """How it stands, as a message id."""
        return STATE_WORDS[self.record.state][0]

    @property
    def tone(self) -> str:
        """The tone of that word."""
        return STATE_WORDS[self.record.state][1]

    @property
    def open(self) -> bool:
        """Whether the last word is not spoken."""
        return self.record.state in OPEN_STATES

    @property
    def facts(self) -> tuple[FactPair, ...]:
        """Before and after, side by side."""
        details = self.record.details
        return paired(details.before, details.after) if details else ()

    @property
    def steps(self) -> tuple[StepRecord, ...]:
        """The calls of a change, where one alone does not say it all."""
        steps = self.record.details.steps if self.record.details else ()
        return steps if len(steps) > 1 else ()

    @property
    def words(self) -> str:
        """The billing's own words, or what else stopped it."""
        return self.record.details.words if self.record.details else ""

    @property
    def reason(self) -> str:
        """Why it was not done, as a message id with the place ``billing`` at most; empty when only words tell it."""
        return reason_of(self.record)


@dataclass(frozen=True)
class JournalView:
    """Some entries, newest first. ``older`` continues the list, ``None`` at its end."""

    entries: tuple[JournalEntry, ...]
    older: int | None


@dataclass(frozen=True)
class ActionGroup:
    """The actions of a section, for choosing one: stable name and title."""

    title: str
    actions: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ContractJournal:
    """The journal of one contract, for sections of its card."""

    journal: "ChangeJournal"
    viewer: Viewer
    billing_id: str
    cid: int

    def page(self, before: int | None = None) -> JournalView:
        """A page of entries; ``before`` is the number that the page before it gave."""
        query = JournalQuery(billing_id=self.billing_id, contract_id=self.cid, before_id=before, limit=PAGE)
        return self.journal.search(self.viewer, query)

    def open_changes(self) -> tuple[JournalEntry, ...]:
        """Changes that somebody has to look after, oldest first: not confirmed, broken off, half done."""
        return self.journal.open_changes(self.viewer, self.billing_id, self.cid)


class ChangeJournal:
    """The journal of all contracts."""

    def __init__(self, journal: Journal, access: BillingAccess, plugins: Plugins) -> None:
        self._journal = journal
        self._access = access
        self._plugins = plugins

    def billings(self, viewer: Viewer) -> tuple[Server, ...]:
        """The billings to choose from."""
        return self._access.servers(viewer)

    def zone(self, viewer: Viewer, billing_id: str | None) -> ZoneInfo:
        """On whose clock days begin: that of the chosen billing, else of the first one."""
        servers = self.billings(viewer)
        chosen = next((server for server in servers if server.id == billing_id), servers[0] if servers else None)
        return chosen.timezone if chosen else ZoneInfo("UTC")

    def actions(self) -> tuple[ActionGroup, ...]:
        """Every action that there can be entries of, by section; one that several sections offer by the first."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for (title, _), alike in self._alike().items():
            section_title, name = alike[0]
            groups.setdefault(section_title, []).append((name, title))
        return (
            *(ActionGroup(title, tuple(actions)) for title, actions in groups.items()),
            ActionGroup(N_("Creation of contracts"), tuple(ELSEWHERE.items())),
        )

    def _alike(self) -> dict[tuple[str, str], list[tuple[str, str]]]:
        """Actions by title and permission, which is the same change: titles of their sections, and their names."""
        found: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for section in self._plugins.card_sections():
            for one in section.actions:
                found.setdefault((one.title, one.permission), []).append((section.title, f"{section.key}.{one.key}"))
        return found

    def search(self, viewer: Viewer, query: JournalQuery) -> JournalView:
        """Entries of the billings that the viewer's grant covers; ``Forbidden`` for a chosen one that it does not.

        A wanted action stands for the same one of other sections, too.
        """
        if query.billing_id is not None and not viewer.grant.covers_billing(query.billing_id):
            raise Forbidden(permission=f"billing {query.billing_id}")
        names = (frozenset(name for _, name in alike) for alike in self._alike().values())
        actions = query.actions.union(*(same for same in names if same & query.actions))
        page = self._journal.search(replace(query, allowed_billing_ids=viewer.grant.billing_ids, actions=actions))
        return JournalView(self._told(viewer, page.records), page.next_before_id)

    def name_contract(self, billing_id: str, cid: int, title: str) -> None:
        """Tells the journal the number of a contract that was just read: a change itself does not read it."""
        self._journal.name_contract(billing_id, cid, title)

    def open_changes(self, viewer: Viewer, billing_id: str, cid: int) -> tuple[JournalEntry, ...]:
        """Changes of a contract whose last word is not spoken, oldest first."""
        return self._told(viewer, self._journal.open_changes(billing_id, cid, half_done=True))

    def _told(self, viewer: Viewer, records: Sequence[ChangeRecord]) -> tuple[JournalEntry, ...]:
        servers = {server.id: server for server in self._access.servers(viewer)}
        sections = {section.key: section for section in self._plugins.card_sections()}
        cards = {billing_id: viewer.may("contract.read", billing_id) for billing_id in servers}
        return tuple(_entry(viewer, record, servers, sections, cards) for record in records)


def paired(before: Sequence[Fact], after: Sequence[Fact]) -> tuple[FactPair, ...]:
    """Facts of the same label side by side; those of one label in their order."""
    rest = list(after)
    pairs = []
    for old in before:
        new = next((fact for fact in rest if fact.label == old.label), None)
        if new is not None:
            rest.remove(new)
        pairs.append(FactPair(old.label, old, new))
    return (*pairs, *(FactPair(new.label, None, new) for new in rest))


def _entry(
    viewer: Viewer,
    record: ChangeRecord,
    servers: dict[str, Server],
    sections: dict[str, CardSection],
    cards: dict[str, bool],
) -> JournalEntry:
    server = servers.get(record.billing_id)
    key, _, action_key = record.action.partition(".")
    section = sections.get(key)
    action = section.action(action_key) if section else None
    zone = server.timezone if server else UTC
    has_card = cards.get(record.billing_id, False)
    may_open = (
        has_card
        and section is not None
        and action is not None
        and may_look_after(viewer, record, section, action, sections.get(SECTION))
    )
    return JournalEntry(
        record,
        server.title if server else record.billing_id,
        record.created_at.astimezone(zone),
        record.finished_at.astimezone(zone) if record.finished_at else None,
        action.title if action else ELSEWHERE.get(record.action, record.action),
        section.title if section else "",
        may_open,
        has_card,
    )


def may_look_after(
    viewer: Viewer, record: ChangeRecord, section: CardSection, action: CardAction, journal: CardSection | None
) -> bool:
    """Whether a person may see a change and end it: one's own, or one that could be one's own.

    Who is granted only some parameters or types sees those of others only together with a journal: what a change was
    about cannot be told from the outside. ``journal`` is the section that shows the contract's.
    """
    billing_id = record.billing_id
    if not (viewer.may(section.permission, billing_id) and viewer.may(action.permission, billing_id)):
        return False
    if record.person_id == viewer.person.id or viewer.may(PERMISSION, billing_id):
        return True
    if journal is not None and viewer.may(journal.permission, billing_id):
        return True
    grants = (viewer.users.grant(viewer.person, name) for name in (section.permission, action.permission))
    return all(grant is not None and grant.is_whole(billing_id) for grant in grants)


def reason_of(record: ChangeRecord) -> str:
    """Why a change was not done, as a message id with the place ``billing`` at most; empty when only words tell it."""
    return reason_for(record.error_code)


def reason_for(error_code: str | None) -> str:
    """What the code of an error says, as a message id with the place ``billing`` at most; empty when it needs more."""
    kind = _errors().get(error_code or "")
    message = kind.message if kind is not None else ""
    return "" if "%(" in message.replace("%(billing)s", "") else message


def _errors() -> dict[str, type[BGBillingError]]:
    """Errors by their code."""
    found: dict[str, type[BGBillingError]] = {}
    waiting = [BGBillingError]
    while waiting:
        kind = waiting.pop()
        found.setdefault(kind.code, kind)
        waiting += kind.__subclasses__()
    return found
