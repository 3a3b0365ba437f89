"""Changing parameters of a contract and its parameter group (card-screens.md 6.1, parameters.md 3, 4, 7)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from msgspec import Struct

from flask_bgbilling.domain.contracts.editing import check_seen, differing, mark
from flask_bgbilling.domain.contracts.parameter_address import AddressValue, street_label
from flask_bgbilling.domain.contracts.parameter_contacts import EmailsValue, PhonesValue
from flask_bgbilling.domain.contracts.parameter_values import (
    ChoiceValue,
    DateValue,
    FlagValue,
    ParameterValue,
    TextValue,
)
from flask_bgbilling.domain.contracts.parameters import ShownParameter, UnknownParameter, shown
from flask_bgbilling.errors import N_, Forbidden, InputError
from flask_bgbilling.facts import Fact
from flask_bgbilling.fields import refuse
from flask_bgbilling.hookspecs import ActionContext, Change, SectionContext, Step
from flask_bgbilling.ports import NoAddressBook
from flask_bgbilling.wire.dto.common import IdTitle
from flask_bgbilling.wire.dto.parameters import Parameter, ParameterList, ParameterType
from flask_bgbilling.wire.ops.parameters import PARAMETERS
from flask_bgbilling.wire.ops.parameters_writes import PARAMETER_GROUP_SAVE

UPDATE: Final = "contract.parameters.update"

VALUES: Final[Mapping[ParameterType, ParameterValue[Any]]] = MappingProxyType(
    {
        ParameterType.TEXT: TextValue(),
        ParameterType.ADDRESS: AddressValue(),
        ParameterType.EMAIL: EmailsValue(),
        ParameterType.FLAG: FlagValue(),
        ParameterType.DATE: DateValue(),
        ParameterType.LIST: ChoiceValue(),
        ParameterType.PHONE: PhonesValue(),
    }
)
"""The types that can be changed; the others have no call for it (parameters.md 10)."""

SAVING = tuple(value.saving for value in VALUES.values())
GROUPING = (PARAMETER_GROUP_SAVE,)


class NotChangeable(InputError):
    """Nothing changes parameters of this type from outside."""

    code = "not changeable"
    message = N_("“%(parameter)s” can only be changed in the billing's own client.")
    remedy = N_("The billing offers no call for parameters of this type.")


class ParameterDraft(Struct, frozen=True):
    """What the form of a parameter starts from: its stored ``value`` and the ``seen`` mark of it.

    ``key`` names the fields of its type; ``street`` is how the address book spells the street of an address, and
    ``with_book`` tells whether the host has one.
    """

    parameter: ShownParameter
    key: str
    value: Any
    seen: str
    street: str = ""
    with_book: bool = True


class GroupDraft(Struct, frozen=True):
    """What the form of the parameter group starts from; 0 is no group."""

    group_id: int
    groups: tuple[IdTitle, ...]
    seen: str


def parameter_form(context: ActionContext) -> ParameterDraft:
    """The parameter of the argument ``parameter`` with its value.

    The argument ``type`` spares a second round of requests. Raises ``UnknownParameter``, ``NotChangeable``, and
    ``Forbidden`` when the viewer's grant does not cover it.
    """
    parameter, value, now = _read(context)
    street = street_label(now) if value.key == "address" and now is not None else ""
    with_book = not isinstance(context.address_book, NoAddressBook)
    return ParameterDraft(shown(parameter), value.key, now, mark(value.seen(now)), street, with_book)


def plan_parameter(context: ActionContext) -> Change:
    """Gives the parameter of the argument ``parameter`` the typed value; blank clears it."""
    contract = context.contract
    parameter, value, now = _read(context)
    wanted = value.typed(context, now)
    told = value.facts(now)
    check_seen(context, value.seen(now), tuple(fact for fact in told if fact.value) or told[:1])
    if value.seen(wanted) == value.seen(now):
        return Change(steps=())

    def save() -> object:
        return contract.billing.call(
            value.saving, cid=contract.cid, parameter_id=parameter.id, **value.arguments(wanted)
        )

    before, after = differing(told, value.facts(wanted))
    return Change((Step(N_("Parameter"), save),), before, after, parameter.title)


def group_form(context: ActionContext) -> GroupDraft:
    """The contract's parameter group and the groups to choose from."""
    listed = _listed(context)
    return GroupDraft(listed.group_id, listed.groups, mark(listed.group_id))


def plan_group(context: ActionContext) -> Change:
    """Puts the contract into the chosen parameter group, or into none."""
    contract = context.contract
    listed = _listed(context)
    wanted = context.fields.identifier("group", required=False)
    if wanted and wanted != listed.group_id and all(group.id != wanted for group in listed.groups):
        refuse("group", N_("Choose one of the list."))
    check_seen(context, listed.group_id, (_group_fact(listed, listed.group_id),))
    if wanted == listed.group_id:
        return Change(steps=())

    def save() -> object:
        return contract.billing.call(PARAMETER_GROUP_SAVE, cid=contract.cid, group_id=wanted)

    return Change(
        (Step(N_("Parameter group"), save),),
        (_group_fact(listed, listed.group_id),),
        (_group_fact(listed, wanted),),
    )


def _group_fact(listed: ParameterList, group_id: int) -> Fact:
    title = next((group.title for group in listed.groups if group.id == group_id), "")
    return Fact(N_("Parameter group"), title or (f"ID {group_id}" if group_id else ""))


def _listed(context: SectionContext) -> ParameterList:
    return context.contract.billing.call(PARAMETERS, cid=context.contract.cid)


def _read(context: ActionContext) -> tuple[Parameter, ParameterValue[Any], Any]:
    """The parameter as the list has it, its type, and its value: one round of requests when the type is foretold."""
    parameter_id = context.number("parameter")
    if not (context.grant.covers_parameter(parameter_id) and context.reading.covers_parameter(parameter_id)):
        raise Forbidden(permission=UPDATE)
    foretold = VALUES.get(ParameterType(context.number("type")))
    finish = foretold.start(context.contract, parameter_id) if foretold is not None else None
    parameter = next((one for one in _listed(context).parameters if one.id == parameter_id), None)
    if parameter is None or parameter.type is ParameterType.SEPARATOR:
        raise UnknownParameter(parameter=parameter_id)
    value = VALUES.get(parameter.type)
    if value is None:
        raise NotChangeable(parameter=parameter.title)
    if finish is None or value is not foretold:
        finish = value.start(context.contract, parameter_id)
    return parameter, value, finish(parameter)
