"""What a person does to a contract through the forms of its sections.

Forms, plans and permissions come from the actions of card sections; how a change is carried out and journalled is
decided in :mod:`flask_bgbilling.domain.changes`. Without a journal — no database, or no keys to seal it — contracts
can only be read.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import TypeVar

from flask_bgbilling.domain.billings import Viewer
from flask_bgbilling.domain.changes import STATE_WORDS, Changes, Outcome, typed_is_kept
from flask_bgbilling.domain.contracts.service import Contracts, OpenedSection, SectionFailed
from flask_bgbilling.domain.journal import SECTION as JOURNAL_SECTION
from flask_bgbilling.domain.journal import may_look_after, reason_of
from flask_bgbilling.errors import N_, BGBillingError, Forbidden, InputError, UnsupportedVersion
from flask_bgbilling.fields import FormFields
from flask_bgbilling.hookspecs import ActionContext, CardAction, CardSection, Gone, SectionContext, SectionView
from flask_bgbilling.ports import AddressBook, NoAddressBook
from flask_bgbilling.store.changes import ChangeRecord

T = TypeVar("T")

GREATEST_RECORD = 2**63 - 1
"""No database has greater numbers."""


class UnknownAction(InputError):
    """No action of this section has the key ``action``."""

    code = "unknown action"
    message = N_("This section cannot do “%(action)s”.")
    remedy = N_("Open the section again.")


class UnknownChange(InputError):
    """The journal has no such entry of this contract."""

    code = "unknown change"
    message = N_("The journal has no such change of this contract.")
    remedy = N_("Old entries are deleted after a time. Look into the journal of the contract.")


class ReadOnly(InputError):
    """The application keeps no journal, so that nothing may be changed."""

    code = "read only"
    message = N_("Contracts can only be read here: the application has no journal of changes.")
    remedy = N_("The administrator gives the extension a database and keys (BGBILLING_SECRET_KEYS).")


@dataclass(frozen=True)
class OpenedAction:
    """A form of an action, drawn as far as it could be. ``problem`` stands at its head, or in its place."""

    opened: OpenedSection
    action: CardAction
    fields: FormFields
    problem: BGBillingError | None = None


@dataclass(frozen=True)
class OpenedChange:
    """An entry of the journal with what can still be done about it. ``at`` is its moment on the billing's clock."""

    record: ChangeRecord
    billing_title: str
    section: CardSection
    action: CardAction
    may_give_up: bool
    at: datetime

    @property
    def withheld(self) -> bool:
        """Whether what was typed was a secret or cannot be read: nothing can be looked for or gone on with then."""
        return not typed_is_kept(self.record)

    @property
    def reason(self) -> str:
        """Why it was not done, as a message id with the place ``billing``; empty when only the words tell it."""
        return reason_of(self.record)

    @property
    def word(self) -> str:
        """How it stands, as a message id."""
        return STATE_WORDS[self.record.state][0]

    @property
    def tone(self) -> str:
        """The tone of that word."""
        return STATE_WORDS[self.record.state][1]


class ContractActions:
    """Forms and changes of contracts, as one person may use them."""

    def __init__(self, contracts: Contracts, changes: Changes | None, address_book: AddressBook | None = None) -> None:
        self._contracts = contracts
        self._changes = changes
        self._address_book = address_book or NoAddressBook()

    def find(self, viewer: Viewer, billing_id: str, key: str, action_key: str) -> tuple[CardSection, CardAction]:
        """A section's action that the viewer may do in this billing.

        Raises ``UnknownSection``, ``UnknownAction``, ``ReadOnly``, or ``Forbidden`` naming the permission.
        """
        section = self._contracts.section(viewer, key)
        action = section.action(action_key)
        if action is None:
            raise UnknownAction(action=action_key[:60])
        self._contracts.server(viewer, billing_id)
        for permission in (section.permission, action.permission):
            if not viewer.with_permission(permission).grant.covers_billing(billing_id):
                raise Forbidden(permission=permission)
        if self._changes is None:
            raise ReadOnly
        return section, action

    def open(
        self,
        viewer: Viewer,
        billing_id: str,
        cid: int,
        key: str,
        action_key: str,
        arguments: Mapping[str, str],
        typed: FormFields | None = None,
        problem: BGBillingError | None = None,
    ) -> OpenedAction:
        """Draws an action's form, with what was typed and the ``problem`` of the last attempt where there was one."""
        section, action = self.find(viewer, billing_id, key, action_key)
        fields = typed or FormFields()

        def form(context: SectionContext) -> SectionView:
            if action.form is None:
                return SectionView("bgbilling/card/bare_form.html", {"submit": action.title})
            return action.form(self._with_fields(context, viewer, section, action, fields))

        opened = self._contracts.draw(viewer, section, billing_id, cid, arguments, form)
        return OpenedAction(opened, action, fields, problem)

    def change(
        self,
        viewer: Viewer,
        billing_id: str,
        cid: int,
        key: str,
        action_key: str,
        arguments: Mapping[str, str],
        typed: FormFields,
        once: str,
    ) -> Outcome:
        """Carries an action out; raises :class:`BGBillingError` when nothing was changed."""
        section, action = self.find(viewer, billing_id, key, action_key)
        context = self._acting(viewer, section, action, billing_id, cid, arguments, typed)
        return self._isolated(section, lambda: self._ready().carry_out(context, section, action, once))

    def row(
        self, viewer: Viewer, billing_id: str, cid: int, key: str, action_key: str, arguments: Mapping[str, str]
    ) -> OpenedSection | None:
        """The one line that shows what the action changed; ``None`` when the action has none."""
        section, action = self.find(viewer, billing_id, key, action_key)
        if action.row is None:
            return None
        return self._contracts.draw(viewer, section, billing_id, cid, arguments, action.row)

    def opened_change(self, viewer: Viewer, billing_id: str, cid: int, record_id: int) -> OpenedChange:
        """An entry of this contract's journal, for people who may do such a change."""
        record = self._ready().journal.get(record_id) if record_id <= GREATEST_RECORD else None
        if record is None or (record.billing_id, record.contract_id) != (billing_id, cid):
            raise UnknownChange
        key, _, action_key = record.action.partition(".")
        section, action = self.find(viewer, billing_id, key, action_key)
        shown = self._contracts.sections(viewer, billing_id)
        journal = next((one for one in shown if one.key == JOURNAL_SECTION), None)
        if not may_look_after(viewer, record, section, action, journal):
            raise Forbidden(permission=action.permission)
        server = self._contracts.server(viewer, billing_id)
        at = record.created_at.astimezone(server.timezone)
        return OpenedChange(record, server.title, section, action, self._ready().may_give_up(record), at)

    def look(self, viewer: Viewer, billing_id: str, cid: int, record_id: int) -> Outcome:
        """Looks in the billing what became of a change in doubt."""
        opened, context = self._again(viewer, billing_id, cid, record_id)
        return self._isolated(opened.section, lambda: self._ready().look(context, opened.action, opened.record))

    def resume(self, viewer: Viewer, billing_id: str, cid: int, record_id: int, once: str) -> Outcome:
        """Goes on with a change that stopped half-way."""
        opened, context = self._again(viewer, billing_id, cid, record_id)
        return self._isolated(
            opened.section, lambda: self._ready().resume(context, opened.section, opened.action, opened.record, once)
        )

    def give_up(self, viewer: Viewer, billing_id: str, cid: int, record_id: int) -> None:
        """Closes a change that was not done, or the rest of one."""
        self._ready().give_up(self.opened_change(viewer, billing_id, cid, record_id).record)

    def _again(self, viewer: Viewer, billing_id: str, cid: int, record_id: int) -> tuple[OpenedChange, ActionContext]:
        opened = self.opened_change(viewer, billing_id, cid, record_id)
        details = opened.record.details
        context = self._acting(
            viewer,
            opened.section,
            opened.action,
            billing_id,
            cid,
            details.arguments if details else {},
            FormFields(details.fields if details else {}),
        )
        return opened, replace(context, resumed=True)

    def _acting(
        self,
        viewer: Viewer,
        section: CardSection,
        action: CardAction,
        billing_id: str,
        cid: int,
        arguments: Mapping[str, str],
        typed: FormFields,
    ) -> ActionContext:
        context = self._contracts.context(viewer, section, billing_id, cid, arguments)
        if action.key not in context.actions:
            billing = context.contract.billing
            raise UnsupportedVersion(billing=billing.title, operation=action.title, version=str(billing.version))
        return self._with_fields(context, viewer, section, action, typed)

    def _with_fields(
        self, context: SectionContext, viewer: Viewer, section: CardSection, action: CardAction, typed: FormFields
    ) -> ActionContext:
        _check_record(context, section, action)
        known = {part.name: getattr(context, part.name) for part in fields(SectionContext)}
        known["grant"] = viewer.with_permission(action.permission).grant
        return ActionContext(**known, fields=typed, reading=context.grant, address_book=self._address_book)

    def _ready(self) -> Changes:
        if self._changes is None:
            raise ReadOnly
        return self._changes

    def _isolated(self, section: CardSection, work: Callable[[], T]) -> T:
        """What a plugin's own code raises is told as the section's failure; errors of ours pass."""
        try:
            return work()
        except BGBillingError:
            raise
        except Exception as error:  # a stranger's plugin, or a defect: the journal says how far it came
            self._contracts.plugins.failed(section, f"action of section {section.key}", error)
            raise SectionFailed(section=section.title) from error


def _check_record(context: SectionContext, section: CardSection, action: CardAction) -> None:
    """Each action does its own only: an address must not make adding out of changing, nor the other way round."""
    if action.record:
        if not context.number(action.record):
            raise Gone(what=action.record)
    elif any(context.value(fellow.record) for fellow in section.actions if fellow.record):
        raise UnknownAction(action=action.key)
