"""Every hook that a plugin can implement, on one page; what they return stands in the modules of this package.

A plugin is any object or module with functions marked by ``flask_bgbilling.hookimpl``; it is registered with
``BGBilling(..., plugins=[...])`` or by the entry point group ``flask_bgbilling``. Our own features are such
plugins. A plugin that raises loses its contribution; the page stays.
"""

from collections.abc import Sequence

import pluggy

from flask_bgbilling.hookspecs.card import (
    ActionContext,
    CardAction,
    CardMenuItem,
    CardSection,
    Change,
    Creation,
    Gone,
    Question,
    SectionContext,
    SectionFile,
    SectionView,
    Step,
    TreeItem,
)
from flask_bgbilling.hookspecs.jobs import JobKind
from flask_bgbilling.hookspecs.messages import (
    ContactContext,
    ContactSaver,
    ContactSaverClass,
    Found,
    FoundContract,
    FoundCustomer,
    Keys,
    MessageContext,
    MessageSearch,
    MessageSearchClass,
    PossibleProcessClass,
    PossibleProcessContext,
    PossibleProcessSearch,
    SearchAnswer,
)
from flask_bgbilling.hookspecs.processes import (
    ContractLinked,
    LinkEffects,
    ProcessLinkRule,
    ScriptContext,
    ScriptObject,
)
from flask_bgbilling.ports import ProcessEvent

__all__ = [
    "PROJECT",
    "ActionContext",
    "CardAction",
    "CardMenuItem",
    "CardSection",
    "Change",
    "ContactContext",
    "ContactSaver",
    "ContactSaverClass",
    "ContractLinked",
    "Creation",
    "Found",
    "FoundContract",
    "FoundCustomer",
    "Gone",
    "JobKind",
    "Keys",
    "LinkEffects",
    "MessageContext",
    "MessageSearch",
    "MessageSearchClass",
    "PossibleProcessClass",
    "PossibleProcessContext",
    "PossibleProcessSearch",
    "ProcessLinkRule",
    "Question",
    "ScriptContext",
    "ScriptObject",
    "SearchAnswer",
    "SectionContext",
    "SectionFile",
    "SectionView",
    "Step",
    "TreeItem",
    "hookimpl",
    "hookspec",
]

PROJECT = "flask_bgbilling"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def bgbilling_card_sections() -> Sequence[CardSection] | None:
    """Sections that a plugin adds to the contract card.

    Called once, when the first card is opened. Return a list of ``CardSection`` or ``None``. A section whose
    ``tree`` or ``render`` raises loses its lines or shows the error in its own place; the card stays. Since
    0.1.
    """


@hookspec
def bgbilling_card_menu() -> Sequence[CardMenuItem] | None:
    """Entries that a plugin adds to the menu in the head of the contract card.

    Called once, when the first card is opened. Return a list of ``CardMenuItem`` or ``None``. An entry whose
    ``entry`` raises is left out, one whose ``render`` raises shows the error in its own place; the card stays. Since
    0.1.
    """


@hookspec
def bgbilling_job_kinds() -> Sequence[JobKind] | None:
    """Kinds of long work that a plugin adds; a schedule names them as ``scheduler.task.<NAME>.class``.

    Called once, when the extension is mounted; it must not touch the database. Return a list of ``JobKind`` or
    ``None``; a key given twice keeps the later plugin's kind. A ``run`` that raises is tried again later; its job tells
    why. Since 0.1.
    """


@hookspec
def bgbilling_message_searches() -> Sequence[MessageSearchClass] | None:
    """Classes of searches that find contracts and customers for a message.

    Called once, when the configuration of messages is first read. A search that raises tells so in its own place, the
    others stay. Since 0.2.
    """


@hookspec
def bgbilling_contact_savers() -> Sequence[ContactSaverClass] | None:
    """Classes of savers that keep the sender of a message with the contract that it was about.

    Called once, when the configuration of messages is first read. Since 0.2.
    """


@hookspec
def bgbilling_possible_processes() -> Sequence[PossibleProcessClass] | None:
    """Classes of searches of processes that a message may belong to.

    Called once, when the configuration of messages is first read. Since 0.2.
    """


@hookspec
def bgbilling_process_link_rules() -> Sequence[ProcessLinkRule] | None:
    """Rules that are asked when a contract is linked to a process.

    Called once, at the first link. Since 0.2.
    """


@hookspec
def bgbilling_script_objects() -> Sequence[ScriptObject] | None:
    """Objects with functions that the scripts of process rules may use (``onProcessEvent.<N>.doExpression``).

    Called once, when the first rule is read. Since 0.2.
    """


@hookspec
def bgbilling_process_event(event: ProcessEvent) -> None:
    """Tells of something that has happened to a process: a contract linked, a message added.

    Called after the transaction, once for each event; what it raises is logged and harms nobody. Since 0.2.
    """
