"""Every hook that a plugin can implement, on one page.

A plugin is any object or module with functions marked by ``flask_bgbilling.hookimpl``; it is registered with
``BGBilling(..., plugins=[...])`` or by the entry point group ``flask_bgbilling``. Our own features are such
plugins. A plugin that raises loses its contribution; the page stays.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import pluggy

from flask_bgbilling.ports import Grant, Person

if TYPE_CHECKING:
    from flask_bgbilling.domain.contracts.contract import Contract
    from flask_bgbilling.domain.contracts.info import ContractCard

PROJECT = "flask_bgbilling"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@dataclass(frozen=True)
class TreeItem:
    """A line of the card's left tree: what it is and its value, so that most questions need no click.

    ``value`` is shown by the filter named in ``kind``: ``text``, ``money``, ``count``, ``month``, ``day``,
    ``state`` or ``verbatim``, which is for the billing's own words: texts are message ids to be translated, these
    are not, nor is the title of a ``verbatim`` line without a section. ``level`` 2 is indented. ``section`` is the
    key of the section that the line opens, ``arguments`` its query; an empty key makes a line that only tells.
    """

    title: str
    value: object = None
    kind: str = "text"
    level: int = 1
    section: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)
    tone: str = ""


@dataclass(frozen=True)
class SectionContext:
    """What a section may use to draw itself.

    ``contract`` reads the contract under the viewer's own billing account; ``arguments`` are the section's
    query fields as typed; ``grant`` is the viewer's grant of the section's permission.
    """

    contract: "Contract"
    viewer: Person
    grant: Grant
    arguments: Mapping[str, str]
    today: date

    def value(self, name: str, default: str = "") -> str:
        """One argument, trimmed."""
        return self.arguments.get(name, default).strip()


@dataclass(frozen=True)
class SectionView:
    """A drawn section: a template of the host's or plugin's template folders and the values it gets."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SectionFile:
    """A file of a section. The name and the kind are the section's own choice, never a billing's.

    ``html`` is shown in a frame without scripts, origin or network; ``pdf`` is downloaded.
    """

    name: str
    kind: Literal["pdf", "html"]
    body: bytes


@dataclass(frozen=True)
class CardSection:
    """A section of the contract card.

    ``title`` is an English message id; ``permission`` the name that the host grants; ``tree`` makes the
    section's lines from the card that is already read (it must not call the billing); ``render`` is called
    when the section is opened and may make at most two billing calls one after the other. ``file`` reads a
    file of the section by the name in its address (``url("card.file", …)``); it raises ``InputError`` for a
    name it does not know.
    """

    key: str
    title: str
    order: int
    permission: str
    render: Callable[[SectionContext], SectionView]
    tree: Callable[["ContractCard"], Sequence[TreeItem]] | None = None
    file: Callable[[SectionContext, str], SectionFile] | None = None


@hookspec
def bgbilling_card_sections() -> Sequence[CardSection] | None:
    """Sections that a plugin adds to the contract card.

    Called once, when the first card is opened. Return a list of ``CardSection`` or ``None``. A section whose
    ``tree`` or ``render`` raises loses its lines or shows the error in its own place; the card stays. Since
    0.1.
    """
