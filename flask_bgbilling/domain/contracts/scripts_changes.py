"""Attaching behaviour scripts to a contract, changing and detaching them (card-screens.md 6.12, contract.md 15)."""

from collections.abc import Iterable
from datetime import date

from msgspec import Struct

from flask_bgbilling.domain.contracts.contract import Contract
from flask_bgbilling.domain.contracts.editing import check_seen, differing, mark
from flask_bgbilling.errors import N_
from flask_bgbilling.facts import Fact
from flask_bgbilling.fields import refuse
from flask_bgbilling.hookspecs import ActionContext, Change, Creation, Gone, SectionContext, Step
from flask_bgbilling.wire.dto.common import Period
from flask_bgbilling.wire.dto.scripts import ContractScript
from flask_bgbilling.wire.dto.server import Names
from flask_bgbilling.wire.ops.scripts import SCRIPT_LIST, SCRIPTS
from flask_bgbilling.wire.ops.scripts_writes import SCRIPT_DELETE, SCRIPT_SAVE

SAVING = (SCRIPT_SAVE,)
DELETING = (SCRIPT_DELETE,)

LONGEST_COMMENT = 255


class ScriptForm(Struct, frozen=True):
    """What a form about a script starts from.

    ``choices`` are numbers and titles of the scripts of the billing. ``script_id`` is 0 when the script of the contract
    is not among them. ``seen`` is the mark of what is stored, empty for a new one.
    """

    script: ContractScript
    script_id: int = 0
    choices: tuple[tuple[int, str], ...] = ()
    seen: str = ""

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The script as it is told to people."""
        return facts_of(self.script)


def facts_of(script: ContractScript) -> tuple[Fact, ...]:
    """Title, period and comment."""
    return (
        Fact(N_("Script"), script.title),
        _day(N_("Since"), script.period.since),
        _day(N_("Until"), script.period.until),
        Fact(N_("Comment"), script.comment),
    )


def script_form(context: SectionContext) -> ScriptForm:
    """The script of the argument ``script``, or a new one that runs from today; raises ``Gone``."""
    number, billing = context.number("script"), context.contract.billing
    directory = billing.start_directory(SCRIPTS)
    if not number:
        names = directory.result()
        return ScriptForm(ContractScript(0, "", Period(context.today)), choices=_choices(names))
    stored = _read(context.contract, number)
    names = directory.result()
    return ScriptForm(stored, _script_id(stored, names), _choices(names), mark(stored))


def deletion_form(context: SectionContext) -> ScriptForm:
    """The script of the argument ``script`` that is going to be detached; raises ``Gone``."""
    stored = _read(context.contract, context.number("script"))
    return ScriptForm(stored, seen=mark(stored))


def plan_saving(context: ActionContext) -> Change:
    """Changes the script of the argument ``script``, or attaches one."""
    number, contract, fields = context.number("script"), context.contract, context.fields
    directory = contract.billing.start_directory(SCRIPTS)
    script_id = fields.identifier("kind")
    period = Period(*fields.days("since", "until"))
    comment = fields.text("comment", LONGEST_COMMENT)
    stored = _read(contract, number) if number else None
    names = directory.result()
    if script_id not in names.titles:
        refuse("kind", N_("Choose one of the list."))
    wanted = ContractScript(number, names.titles[script_id], period, script_id, comment)
    if stored is None:
        return _adding(contract, wanted)
    check_seen(context, stored, facts_of(stored))
    if (_script_id(stored, names), stored.period, stored.comment) == (script_id, period, comment):
        return Change(steps=())

    def save() -> object:
        return contract.billing.call(
            SCRIPT_SAVE, cid=contract.cid, record_id=number, script_id=script_id, period=period, comment=comment
        )

    before, after = differing(facts_of(stored), facts_of(wanted))
    return Change((Step(N_("Script"), save),), before, after, stored.title)


def plan_deleting(context: ActionContext) -> Change:
    """Detaches the script of the argument ``script``."""
    contract, number = context.contract, context.number("script")
    stored = _read(contract, number)
    check_seen(context, stored, facts_of(stored))

    def delete() -> object:
        return contract.billing.call(SCRIPT_DELETE, record_id=number)

    return Change((Step(N_("Script"), delete),), facts_of(stored), subject=stored.title, said=N_("Script detached"))


def _adding(contract: Contract, wanted: ContractScript) -> Change:
    billing, cid = contract.billing, contract.cid

    def save() -> object:
        return billing.call(
            SCRIPT_SAVE, cid=cid, script_id=wanted.script_id, period=wanted.period, comment=wanted.comment
        )

    def present() -> Iterable[int]:
        return [
            script.id
            for script in billing.call(SCRIPT_LIST, cid=cid)
            if (script.title, script.period, script.comment) == (wanted.title, wanted.period, wanted.comment)
        ]

    return Change(
        (Step(N_("Script"), save),),
        after=facts_of(wanted),
        subject=wanted.title,
        creation=Creation((cid, "script", wanted.script_id, wanted.period, wanted.comment), present),
        said=N_("Script attached"),
    )


def _read(contract: Contract, number: int) -> ContractScript:
    """The script as the contract's list has it, so that those of other contracts are none; raises ``Gone``."""
    listed = contract.billing.call(SCRIPT_LIST, cid=contract.cid)
    found = next((script for script in listed if script.id == number), None)
    if found is None:
        raise Gone(what=number)
    return found


def _script_id(script: ContractScript, names: Names) -> int:
    """The number of the script, by its title where the billing tells no more; 0 when several have this title."""
    if script.script_id:
        return script.script_id
    fitting = [entry.id for entry in names.entries if entry.title == script.title]
    return fitting[0] if len(fitting) == 1 else 0


def _choices(names: Names) -> tuple[tuple[int, str], ...]:
    return tuple((entry.id, entry.title) for entry in names.entries)


def _day(label: str, day: date | None) -> Fact:
    return Fact(label, day.isoformat() if day else "", "day")
