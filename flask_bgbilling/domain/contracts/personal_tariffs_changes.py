"""Adding, changing and deleting personal tariffs of a contract (card-screens.md 6.9, money.md 8)."""

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from flask_bgbilling.domain.contracts.contract import Contract
from flask_bgbilling.domain.contracts.editing import check_seen, differing, mark
from flask_bgbilling.domain.contracts.tariffs_changes import period_facts
from flask_bgbilling.errors import N_
from flask_bgbilling.facts import Fact
from flask_bgbilling.hookspecs import ActionContext, Change, Creation, Gone, SectionContext, Step
from flask_bgbilling.wire.dto.common import Period
from flask_bgbilling.wire.dto.tariffs import PersonalTariff
from flask_bgbilling.wire.ops.tariffs import PERSONAL_TARIFF, PERSONAL_TARIFF_LIST
from flask_bgbilling.wire.ops.tariffs_writes import PERSONAL_TARIFF_DELETE, PERSONAL_TARIFF_SAVE

SAVING = (PERSONAL_TARIFF_LIST, PERSONAL_TARIFF, PERSONAL_TARIFF_SAVE)
DELETING = (PERSONAL_TARIFF_LIST, PERSONAL_TARIFF, PERSONAL_TARIFF_DELETE)

LONGEST_TITLE = 255
LEAST_POSITION, GREATEST_POSITION = -9999, 9999


class PersonalForm(Struct, frozen=True):
    """What a form about a personal tariff starts from. ``seen`` is the stored one's mark, empty for a new one."""

    tariff: PersonalTariff
    seen: str = ""

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The tariff as it is told to people."""
        return facts_of(self.tariff)


def facts_of(tariff: PersonalTariff) -> tuple[Fact, ...]:
    """A personal tariff as it is told to people."""
    return (
        Fact(N_("Title"), tariff.title),
        *period_facts(tariff.period),
        Fact(N_("Position"), str(tariff.position)),
    )


def personal_form(context: SectionContext) -> PersonalForm:
    """The personal tariff of the argument ``tariff``, or a new one that begins today; raises ``Gone``."""
    number = context.number("tariff")
    if not number:
        return PersonalForm(PersonalTariff(0, "", Period(context.today)))
    tariff = _read(context.contract, number)
    return PersonalForm(tariff, mark(tariff))


def plan_saving(context: ActionContext) -> Change:
    """Changes the personal tariff of the argument ``tariff``, or adds one; what no form shows stays as it is."""
    fields, contract, number = context.fields, context.contract, context.number("tariff")
    title = fields.text("title", LONGEST_TITLE, required=True)
    period = Period(*fields.days("since", "until"))
    position = fields.integer("position", LEAST_POSITION, GREATEST_POSITION, default=0)
    now = _read(contract, number) if number else None
    wanted = replace(now or PersonalTariff(0, "", Period()), title=title, period=period, position=position)

    def save() -> object:
        return contract.billing.call(PERSONAL_TARIFF_SAVE, cid=contract.cid, tariff=wanted)

    steps = (Step(N_("Personal tariff"), save),)
    if now is None:
        return Change(
            steps,
            after=facts_of(wanted),
            subject=title,
            creation=Creation(_identity(contract, wanted), lambda: _equal(contract, wanted)),
            said=N_("Personal tariff added"),
        )
    check_seen(context, now, facts_of(now))
    if wanted == now:
        return Change(steps=())
    before, after = differing(facts_of(now), facts_of(wanted))
    return Change(steps, before, after, title)


def plan_deleting(context: ActionContext) -> Change:
    """Deletes the personal tariff of the argument ``tariff``."""
    contract, number = context.contract, context.number("tariff")
    now = _read(contract, number)
    check_seen(context, now, facts_of(now))

    def delete() -> object:
        return contract.billing.call(PERSONAL_TARIFF_DELETE, cid=contract.cid, tariff_id=number)

    return Change(
        (Step(N_("Personal tariff"), delete),), facts_of(now), subject=now.title, said=N_("Personal tariff deleted")
    )


def _read(contract: Contract, number: int) -> PersonalTariff:
    """One personal tariff whole, both lists and single records at once: a record does not tell whose it is.

    Raises ``Gone`` when it is not in the contract's list.
    """
    billing = contract.billing
    alone = billing.start(PERSONAL_TARIFF, tariff_id=number)
    listed = billing.call(PERSONAL_TARIFF_LIST, cid=contract.cid)
    if not any(number and tariff.id == number for tariff in listed):
        raise Gone(what=number)
    found = alone.result()
    if found is None:
        raise Gone(what=number)
    return replace(found, id=number)


def _equal(contract: Contract, wanted: PersonalTariff) -> Iterable[int]:
    listed = contract.billing.call(PERSONAL_TARIFF_LIST, cid=contract.cid)
    return [tariff.id for tariff in listed if _identity(contract, tariff) == _identity(contract, wanted)]


def _identity(contract: Contract, tariff: PersonalTariff) -> tuple[object, ...]:
    period = tariff.period
    return (contract.cid, "personal tariff", tariff.title, str(period.since), str(period.until), tariff.position)
