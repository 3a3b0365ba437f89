"""Making, changing, closing and deleting objects of a contract (card-screens.md 6.2, parameters.md 8)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from msgspec import Struct, structs

from flask_bgbilling.domain.contracts.contract import Contract
from flask_bgbilling.domain.contracts.editing import check_seen, differing, mark
from flask_bgbilling.domain.contracts.objects import with_types
from flask_bgbilling.errors import N_
from flask_bgbilling.facts import Fact
from flask_bgbilling.fields import GREATEST_ID, FormFields, refuse
from flask_bgbilling.hookspecs import ActionContext, Change, Creation, Gone, SectionContext, Step
from flask_bgbilling.wire.dto.common import IdTitle, Period
from flask_bgbilling.wire.dto.objects import ContractObject
from flask_bgbilling.wire.ops.objects import OBJECT_TYPES, OBJECTS
from flask_bgbilling.wire.ops.objects_writes import OBJECT_DELETE, OBJECT_SAVE

SAVING = (OBJECT_SAVE,)
DELETING = (OBJECT_DELETE,)

LONGEST_TITLE = 255


class ObjectForm(Struct, frozen=True):
    """What a form about an object starts from.

    ``types`` are those that can be chosen. Where the billing has no list of them, ``by_number``, they are the types of
    the contract's objects, and another one is given by its number. ``seen`` is the mark of the stored object, empty
    for a new one.
    """

    object: ContractObject
    types: tuple[IdTitle, ...] = ()
    by_number: bool = False
    seen: str = ""
    today: date | None = None

    @property
    def choices(self) -> tuple[tuple[int, str], ...]:
        """Number and title of each type."""
        return tuple((kind.id, kind.title or str(kind.id)) for kind in self.types)

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The object as it is told to people."""
        return facts_of(self.object)


def facts_of(item: ContractObject) -> tuple[Fact, ...]:
    """Title, type and period; a type without a title is told by its number."""
    since, until = item.period.since, item.period.until
    return (
        Fact(N_("Title"), item.title),
        Fact(N_("Type"), item.type_title or (str(item.type_id) if item.type_id else "")),
        Fact(N_("Since"), since.isoformat() if since else "", "day"),
        Fact(N_("Until"), until.isoformat() if until else "", "day"),
    )


def object_form(context: SectionContext) -> ObjectForm:
    """The object of the argument ``object``, or a new one that begins today; raises ``Gone``."""
    number, contract = context.number("object"), context.contract
    types, by_number, listed = _types_and_objects(contract, new=not number)
    if not number:
        return ObjectForm(ContractObject(0, "", period=Period(context.today)), types, by_number)
    stored = find_object(listed, number)
    if stored.type_id and stored.type_id not in {kind.id for kind in types}:
        types = (IdTitle(stored.type_id, stored.type_title or str(stored.type_id)), *types)
    return ObjectForm(with_types((stored,), types)[0], types, by_number, mark(_comparable(stored)), context.today)


def plan_saving(context: ActionContext) -> Change:
    """Changes title, type and period of the object of the argument ``object``, or makes one."""
    number, contract, fields = context.number("object"), context.contract, context.fields
    types, by_number, listed = _types_and_objects(contract, new=not number)
    title = fields.text("title", LONGEST_TITLE, required=True)
    since, until = fields.days("since", "until")
    if not number:
        wanted = ContractObject(0, title, _new_type(fields, types, by_number), period=Period(since, until))
        return _adding(contract, with_types((wanted,), types)[0])
    stored = find_object(listed, number)
    kind = stored.type_id
    if fields.raw("type"):
        kind = fields.identifier("type")
        if kind != stored.type_id and kind not in {known.id for known in types}:
            refuse("type", N_("Choose one of the list."))
    wanted = ContractObject(number, title, kind, period=Period(since, until))
    return _changing(context, stored, wanted, types)


def plan_closing(context: ActionContext) -> Change:
    """Ends the period of the object of the argument ``object``."""
    contract = context.contract
    stored = find_object(contract.billing.call(OBJECTS, cid=contract.cid), context.number("object"))
    until = context.fields.day("until")
    if stored.period.since is not None and until < stored.period.since:
        refuse("until", N_("The end is before the beginning."))
    wanted = structs.replace(stored, period=Period(stored.period.since, until))
    return replace(_changing(context, stored, wanted, ()), said=N_("Object closed"))


def plan_deleting(context: ActionContext) -> Change:
    """Deletes the object of the argument ``object`` with its parameters."""
    contract, number = context.contract, context.number("object")
    stored = find_object(contract.billing.call(OBJECTS, cid=contract.cid), number)
    check_seen(context, _comparable(stored), facts_of(stored))

    def delete() -> object:
        return contract.billing.call(OBJECT_DELETE, cid=contract.cid, object_id=number)

    return Change(
        (Step(N_("Object"), delete),),
        facts_of(stored),
        subject=stored.title,
        # The page of an object that is no more gives way to the list.
        shows={"object": "", "empty": "", "parts": ""},
        said=N_("Object deleted"),
    )


def find_object(listed: Iterable[ContractObject], number: int) -> ContractObject:
    """The object as the contract's list has it, so that objects of other contracts are none; raises ``Gone``."""
    found = next((item for item in listed if item.id == number), None)
    if found is None:
        raise Gone(what=number)
    return found


def _changing(
    context: ActionContext, stored: ContractObject, wanted: ContractObject, types: tuple[IdTitle, ...]
) -> Change:
    contract = context.contract
    now, then = with_types((stored, structs.replace(wanted, type_title="")), types)
    if then.type_id == now.type_id:
        then = structs.replace(then, type_title=now.type_title)
    check_seen(context, _comparable(stored), facts_of(now))
    if _comparable(wanted) == _comparable(stored):
        return Change(steps=())

    def save() -> object:
        return contract.billing.call(OBJECT_SAVE, cid=contract.cid, contract_object=wanted)

    before, after = differing(facts_of(now), facts_of(then))
    return Change((Step(N_("Object"), save),), before, after, stored.title)


def _adding(contract: Contract, wanted: ContractObject) -> Change:
    billing, cid = contract.billing, contract.cid

    def save() -> object:
        return billing.call(OBJECT_SAVE, cid=cid, contract_object=wanted)

    def present() -> Iterable[int]:
        listed = billing.call(OBJECTS, cid=cid)
        return [item.id for item in listed if (item.title, item.type_id) == (wanted.title, wanted.type_id)]

    return Change(
        (Step(N_("Object"), save),),
        after=facts_of(wanted),
        subject=wanted.title,
        creation=Creation((cid, "object", wanted.title, wanted.type_id, wanted.period), present),
        said=N_("Object added"),
    )


def _new_type(fields: FormFields, types: tuple[IdTitle, ...], by_number: bool) -> int:
    """The chosen type; the number that was typed, where the billing has no list of types, comes first."""
    if by_number and fields.raw("type_number").strip():
        return fields.integer("type_number", 1, GREATEST_ID)
    chosen = fields.identifier("type", required=not by_number)
    if not chosen:
        refuse("type_number", N_("This must not be empty."))
    if chosen not in {kind.id for kind in types}:
        refuse("type", N_("Choose one of the list."))
    return chosen


def _types_and_objects(
    contract: Contract, *, new: bool
) -> tuple[tuple[IdTitle, ...], bool, tuple[ContractObject, ...]]:
    """Types that can be chosen, whether they are not all that there are, and the contract's objects, read at once."""
    billing = contract.billing
    listing = billing.start(OBJECTS, cid=contract.cid)
    if billing.supports(OBJECT_TYPES):
        types = billing.call(OBJECT_TYPES, visible_only=new)
        return types, False, listing.result()
    listed = listing.result()
    known = {item.type_id: item.type_title for item in listed if item.type_id}
    return tuple(IdTitle(*kind) for kind in sorted(known.items())), True, listed


def _comparable(item: ContractObject) -> ContractObject:
    """The object without the title of its type, which only some lists have."""
    return structs.replace(item, type_title="")
