"""What a plugin adds to the contract card: sections, their actions, entries of the menu."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from flask_bgbilling.errors import N_, InputError
from flask_bgbilling.facts import Fact
from flask_bgbilling.fields import FormFields
from flask_bgbilling.ports import AddressBook, Grant, NoAddressBook, Person

if TYPE_CHECKING:
    from flask_bgbilling.domain.contracts.contract import Contract
    from flask_bgbilling.domain.contracts.info import ContractCard
    from flask_bgbilling.domain.journal import ContractJournal
    from flask_bgbilling.wire.operation import Operation


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
    query fields as typed; ``grant`` is the viewer's grant of the section's permission. ``actions`` has the viewer's
    grants of the section's actions, as far as they are allowed and the billing's version can do them. ``journal`` reads
    what was changed in this contract through its card; ``None`` when the application keeps no journal.
    """

    contract: "Contract"
    viewer: Person
    grant: Grant
    arguments: Mapping[str, str]
    today: date
    actions: Mapping[str, Grant] = field(default_factory=dict)
    journal: "ContractJournal | None" = None

    def value(self, name: str, default: str = "") -> str:
        """One argument, trimmed."""
        return self.arguments.get(name, default).strip()

    def number(self, name: str) -> int:
        """One argument that is the number of a record; 0 when there is none. Raises ``Gone`` for anything else."""
        value = self.value(name)
        if not value:
            return 0
        if not (value.isascii() and value.isdigit() and len(value) <= 18):
            raise Gone(what=value[:20])
        return int(value)


class Gone(InputError):
    """What was to be changed is not among what the contract has, deleted meanwhile or of another contract.

    A deletion that was in doubt has been done then.
    """

    code = "gone"
    message = N_("The contract does not have it.")
    remedy = N_("It may have been deleted meanwhile, or belong to another contract. Read the list again.")


@dataclass(frozen=True)
class ActionContext(SectionContext):
    """What an action may use: a section's context, with the grant of the action's own permission.

    ``fields`` is what was typed, empty while the form is opened for the first time. ``resumed`` is true when the
    change is looked at again after it broke off: values that it has set itself are no reason to stop then. ``reading``
    is the viewer's grant of the section itself: what may not be seen there is not shown in a form either.
    ``address_book`` is the host's.
    """

    fields: FormFields = field(default_factory=FormFields)
    resumed: bool = False
    reading: Grant = field(default_factory=Grant)
    address_book: AddressBook = field(default_factory=NoAddressBook)


@dataclass(frozen=True)
class Step:
    """One call of a change that alters something. ``title`` is a message id, ``fact`` tells which one it is."""

    title: str
    run: Callable[[], object]
    fact: Fact | None = None


@dataclass(frozen=True)
class Question:
    """What a person is asked before a change: a message id whose places are filled by the values of facts."""

    message: str
    values: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True)
class Creation:
    """Something that must not come into being twice, whatever happens to an answer.

    ``identity`` is what makes it the same thing once more: contract, day, sum, type, comment. ``present`` asks the
    billing for the ids of the things of this identity that it has now (a new call each time). With ``ask_again``
    people are asked before they make a thing that is there already.
    """

    identity: Sequence[object]
    present: Callable[[], Iterable[int]]
    ask_again: bool = False


@dataclass(frozen=True)
class Change:
    """A change that was decided, before anything is sent.

    ``subject`` says what is changed in the billing's own words (a parameter's title, a contract's number) or is
    empty. ``before`` and ``after`` are what the journal keeps. ``steps`` are carried out in their order; none means
    that everything is already as it was wanted. ``question`` is asked first and answered by a second press.
    ``shows`` are arguments with which the section is drawn afterwards, ``said`` a message id of what was done.
    """

    steps: Sequence[Step]
    before: Sequence[Fact] = ()
    after: Sequence[Fact] = ()
    subject: str = ""
    question: Question | None = None
    creation: Creation | None = None
    shows: Mapping[str, str] = field(default_factory=dict)
    said: str = N_("Saved")


@dataclass(frozen=True)
class SectionView:
    """A drawn section: a template of the host's or plugin's template folders and the values it gets."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SectionFile:
    """A file of a section. The name and the kind are the section's own choice, never a billing's.

    ``html`` is shown in a frame without scripts, origin or network, unless it is ``attached``: then it is downloaded,
    as the other kinds always are.
    """

    name: str
    kind: Literal["pdf", "html", "docx"]
    body: bytes
    attached: bool = False


@dataclass(frozen=True)
class CardAction:
    """A change of the contract that a section offers.

    ``title`` is an English message id for the form's heading and the journal, ``permission`` the name that the host
    grants. ``form`` draws the form; values that were typed are in ``context.fields`` when it is drawn again. Without
    one there is nothing to type: a press of its button among the card's own does it, and the section stays as it is.
    ``plan`` decides what is to be done: it may read the billing, raises ``InputError`` for what cannot be used, and
    changes nothing itself. ``row`` draws the one line that shows the change, for forms that open in a line of a table;
    without it the whole section is drawn again. ``told`` draws what the steps answered, above the section, for actions
    whose answer is worth reading. ``operations`` are the billing's operations that the action cannot do
    without: where the server's version lacks one, the action is not offered. ``menu`` gives it a place among the
    card's own buttons, the lowest first; ``applies`` tells from the card that is already read whether it stands there
    (it must not call the billing), ``None`` always. ``record`` is the argument that names the existing thing that is
    changed: without a number there the action is refused, and so is an action without a ``record`` that is given one
    of another action of the section. So who may only add changes nothing, though both share a form and a plan.
    """

    key: str
    title: str
    permission: str
    plan: Callable[[ActionContext], Change]
    form: Callable[[ActionContext], "SectionView"] | None
    row: Callable[[SectionContext], "SectionView"] | None = None
    told: Callable[[Sequence[object]], "SectionView"] | None = None
    operations: Sequence["Operation[Any]"] = ()
    menu: int | None = None
    record: str = ""
    applies: Callable[["ContractCard"], bool] | None = None


@dataclass(frozen=True)
class CardMenuItem:
    """An entry of the card's menu.

    ``entry`` makes its line from the card that is already read, or ``None`` when it does not apply to this
    contract; it must not call the billing. ``render`` draws what the entry opens, in the place of a section.
    """

    key: str
    title: str
    order: int
    permission: str
    entry: Callable[["ContractCard"], TreeItem | None]
    render: Callable[[SectionContext], "SectionView"]


@dataclass(frozen=True)
class CardSection:
    """A section of the contract card.

    ``title`` is an English message id; ``permission`` the name that the host grants; ``tree`` makes the
    section's lines from the card that is already read (it must not call the billing); ``render`` is called
    when the section is opened and may make at most two billing calls one after the other. ``file`` reads a
    file of the section by the name in its address (``url("card.file", …)``); it raises ``InputError`` for a
    name it does not know. ``actions`` are the changes that the section offers. ``operations`` are what it reads, for
    the table of operations. A section that ``needs_journal`` is there only where the application keeps one.
    """

    key: str
    title: str
    order: int
    permission: str
    render: Callable[[SectionContext], SectionView]
    tree: Callable[["ContractCard"], Sequence[TreeItem]] | None = None
    file: Callable[[SectionContext, str], SectionFile] | None = None
    actions: Sequence[CardAction] = ()
    operations: Sequence["Operation[Any]"] = ()
    needs_journal: bool = False

    def action(self, key: str) -> CardAction | None:
        """One of its actions by key."""
        return next((action for action in self.actions if action.key == key), None)
