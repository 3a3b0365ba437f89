"""Parameters of a contract ready to be shown (card-screens.md 6.1, parameters.md 2, 3, 6)."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from msgspec import Struct

from flask_bgbilling.domain.contracts.contract import Part, part
from flask_bgbilling.domain.contracts.phones import ShownPhone, shown_phones
from flask_bgbilling.errors import N_, InputError
from flask_bgbilling.ports import Grant
from flask_bgbilling.wire.codec import day, unquoted
from flask_bgbilling.wire.dto.addresses import AddressParts
from flask_bgbilling.wire.dto.common import IdTitle
from flask_bgbilling.wire.dto.parameters import (
    ContractReference,
    Email,
    Parameter,
    ParameterChange,
    ParameterList,
    ParameterType,
    Phone,
)
from flask_bgbilling.wire.ops.addresses import PARAMETER_ADDRESS
from flask_bgbilling.wire.ops.parameters import (
    PARAMETER_EMAILS,
    PARAMETER_HISTORY,
    PARAMETER_PHONES,
    PARAMETER_REFERENCE,
    PARAMETERS,
)

if TYPE_CHECKING:
    from flask_bgbilling.domain.contracts.contract import Contract

READING = (PARAMETERS, PARAMETER_HISTORY, PARAMETER_ADDRESS, PARAMETER_PHONES, PARAMETER_EMAILS, PARAMETER_REFERENCE)

UNCHANGEABLE = frozenset({ParameterType.UNKNOWN, ParameterType.PERSON, ParameterType.CONTRACT, ParameterType.MULTILIST})
"""Types that the billing has no call for: only its own client changes them (parameters.md 10)."""

_TRUE = frozenset({"1", "true", "yes", "on", "да", "есть"})
_FALSE = frozenset({"0", "false", "no", "off", "нет"})


class UnknownParameter(InputError):
    """The contract has no such parameter, or the viewer may not see it."""

    code = "unknown parameter"
    message = N_("The contract has no parameter %(parameter)s, or you may not see it.")
    remedy = N_("Choose a parameter from the list.")


class ShownParameter(Struct, frozen=True):
    """A parameter with its value taken apart as far as a link or a word needs it.

    ``value`` is the billing's own text, ``""`` when not set. Phones and e-mails are split where that is
    possible; ``switched`` is the state of a flag whose spelling is understood.
    """

    id: int
    type: ParameterType
    title: str
    value: str
    phones: tuple[ShownPhone, ...] = ()
    emails: tuple[Email, ...] = ()
    switched: bool | None = None
    has_history: bool | None = None

    @property
    def filled(self) -> bool:
        """Whether anything is set."""
        return bool(self.value)

    @property
    def changeable(self) -> bool:
        """Whether there is a call that changes it."""
        return self.type not in UNCHANGEABLE


class ParameterBlock(Struct, frozen=True):
    """Parameters below one heading; the heading is empty before the first separator."""

    title: str
    parameters: tuple[ShownParameter, ...]


class ParameterScreen(Struct, frozen=True):
    """What the section shows. ``total`` counts what the viewer may see, ``filled`` what of it is set.

    ``chosen`` says that only some parameters were asked for: they are all there, filled or not.
    """

    blocks: tuple[ParameterBlock, ...]
    total: int
    filled: int
    filled_only: bool
    group_only: bool
    group: IdTitle | None
    chosen: bool = False

    @property
    def shown(self) -> int:
        """How many parameters are in the blocks."""
        return sum(len(block.parameters) for block in self.blocks)


class ParameterDetail(Struct, frozen=True):
    """One parameter with the parts of its value and its earlier values; what does not apply is ``None``."""

    parameter: ShownParameter
    history: Part[tuple[ParameterChange, ...]]
    address: Part[AddressParts | None] | None = None
    phones: Part[tuple[ShownPhone, ...]] | None = None
    emails: Part[tuple[Email, ...]] | None = None
    reference: Part[ContractReference | None] | None = None


def read_parameters(
    contract: "Contract",
    grant: Grant,
    *,
    filled_only: bool = True,
    group_only: bool = False,
    only: Collection[int] = (),
) -> ParameterScreen:
    """The parameters that the grant allows, or ``only`` some of them: one request.

    Headings that have nothing below them are left out.
    """
    listed = contract.billing.call(PARAMETERS, cid=contract.cid, group_only=group_only)
    masks = contract.billing.server.phone_masks
    return screen(listed, grant, filled_only=filled_only, group_only=group_only, masks=masks, only=only)


def screen(
    listed: ParameterList,
    grant: Grant,
    *,
    filled_only: bool,
    group_only: bool,
    masks: tuple[str, ...] = (),
    only: Collection[int] = (),
) -> ParameterScreen:
    """What is shown of a list that was read; ``masks`` are spellings of phones."""
    blocks: list[tuple[str, list[ShownParameter]]] = [("", [])]
    total = filled = 0
    for parameter in listed.parameters:
        if parameter.type is ParameterType.SEPARATOR:
            blocks.append((parameter.title, []))
            continue
        if not grant.covers_parameter(parameter.id) or (only and parameter.id not in only):
            continue
        total += 1
        filled += bool(parameter.value)
        if parameter.value or only or not filled_only:
            blocks[-1][1].append(shown(parameter, masks))
    group = next((group for group in listed.groups if group.id == listed.group_id), None)
    if group is None and listed.group_id:
        group = IdTitle(listed.group_id, "")
    return ParameterScreen(
        blocks=tuple(ParameterBlock(title, tuple(rows)) for title, rows in blocks if rows),
        total=total,
        filled=filled,
        filled_only=filled_only,
        group_only=group_only,
        group=group,
        chosen=bool(only),
    )


def shown(parameter: Parameter, masks: tuple[str, ...] = ()) -> ShownParameter:
    """A listed parameter taken apart; what cannot be taken apart stays text."""
    phones: tuple[ShownPhone, ...] = ()
    emails: tuple[Email, ...] = ()
    switched = None
    if parameter.type is ParameterType.PHONE:
        phones = shown_phones(split_phones(parameter.value), masks)
    elif parameter.type is ParameterType.EMAIL:
        emails = split_emails(parameter.value)
    elif parameter.type is ParameterType.FLAG:
        switched = state(parameter.value)
    return ShownParameter(
        id=parameter.id,
        type=parameter.type,
        title=parameter.title,
        value=_tidy(parameter),
        phones=phones,
        emails=emails,
        switched=switched,
        has_history=parameter.has_history,
    )


def _tidy(parameter: Parameter) -> str:
    if parameter.type is ParameterType.ADDRESS:
        # The billing's format starts with a comma when its first parts are empty (addresses.md 8.1).
        return parameter.value.lstrip(" ,")
    if parameter.type is ParameterType.DATE:
        read = day(parameter.value)
        return read.strftime("%d.%m.%Y") if read else parameter.value
    return parameter.value


def state(value: str) -> bool | None:
    """A flag in any spelling that is understood; ``None`` for blank and for anything else."""
    word = value.strip().casefold()
    return True if word in _TRUE else False if word in _FALSE else None


def split_phones(value: str) -> tuple[Phone, ...]:
    """``number[comment]; number2[comment2]``; empty when a piece has no digit: the text is shown whole then."""
    phones = []
    for piece in _pieces(value):
        number, bracket, comment = piece.strip().partition("[")
        if bracket and not comment.endswith("]"):
            return ()
        number = number.strip()
        if "]" in number or not any(character.isdigit() for character in number):
            return ()
        phones.append(Phone(number, comment.removesuffix("]").strip()))
    return tuple(phones)


def split_emails(value: str) -> tuple[Email, ...]:
    """``Name <address>; address2; ``; empty when a piece is no address: the text is shown whole then."""
    emails = []
    for piece in _pieces(value):
        name, bracket, address = piece.strip().rpartition("<")
        if bracket and address.endswith(">"):
            email = Email(address.removesuffix(">").strip(), unquoted(name))
        else:
            email = Email(piece.strip())
        if not email.mailable:
            return ()
        emails.append(email)
    return tuple(emails)


def _pieces(value: str) -> list[str]:
    """What stands between ``;`` and is not blank; a ``;`` inside any brackets belongs to its piece."""
    pieces: list[str] = []
    piece: list[str] = []
    depth = 0
    for character in value:
        if character in "[<":
            depth += 1
        elif character in "]>":
            depth = max(depth - 1, 0)
        if character == ";" and depth == 0:
            pieces.append("".join(piece))
            piece = []
        else:
            piece.append(character)
    pieces.append("".join(piece))
    return [found for found in pieces if found.strip()]


def read_row(contract: "Contract", grant: Grant, parameter_id: int) -> ShownParameter:
    """One parameter as the list shows it: one request. Raises ``UnknownParameter``."""
    listed = contract.billing.call(PARAMETERS, cid=contract.cid)
    found = next((parameter for parameter in listed.parameters if parameter.id == parameter_id), None)
    if found is None or found.type is ParameterType.SEPARATOR or not grant.covers_parameter(parameter_id):
        raise UnknownParameter(parameter=parameter_id)
    return shown(found, contract.billing.server.phone_masks)


def read_parameter(contract: "Contract", grant: Grant, parameter_id: int) -> ParameterDetail:
    """One parameter with its history and parts: the list and the history at once, then the parts of its type.

    Raises ``UnknownParameter``. A part that the billing refuses carries its problem; the rest is there.
    """
    if not grant.covers_parameter(parameter_id):
        raise UnknownParameter(parameter=parameter_id)
    billing, cid = contract.billing, contract.cid
    masks = billing.server.phone_masks
    history = billing.start(PARAMETER_HISTORY, cid=cid, parameter_id=parameter_id)
    listed = billing.call(PARAMETERS, cid=cid)
    parameter = next((parameter for parameter in listed.parameters if parameter.id == parameter_id), None)
    if parameter is None or parameter.type is ParameterType.SEPARATOR:
        raise UnknownParameter(parameter=parameter_id)
    address, phones, emails, reference = None, None, None, None
    if parameter.value:
        match parameter.type:
            case ParameterType.ADDRESS:
                address = part(lambda: billing.call(PARAMETER_ADDRESS, cid=cid, parameter_id=parameter_id))
            case ParameterType.PHONE:
                phones = part(
                    lambda: shown_phones(billing.call(PARAMETER_PHONES, cid=cid, parameter_id=parameter_id), masks)
                )
            case ParameterType.EMAIL:
                emails = part(lambda: billing.call(PARAMETER_EMAILS, cid=cid, parameter_id=parameter_id))
            case ParameterType.CONTRACT if billing.supports(PARAMETER_REFERENCE):
                reference = part(lambda: billing.call(PARAMETER_REFERENCE, cid=cid, parameter_id=parameter_id))
            case _:
                pass
    return ParameterDetail(shown(parameter, masks), part(history.result), address, phones, emails, reference)
