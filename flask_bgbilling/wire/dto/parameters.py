"""Parameters of contracts (parameters.md 1, 2, 3, 6) and of their objects (8.1)."""

import re
from datetime import datetime
from enum import IntEnum

from msgspec import Struct

from flask_bgbilling.wire.dto.common import IdTitle

_MAILABLE = re.compile(r"[^\s<>()\[\]\"',;:?&%@\\]{1,64}@[^\s<>()\[\]\"',;:?&%@\\]{1,255}")


class ParameterType(IntEnum):
    """Type codes of contract parameters; the listing uses them on every version, 9.2 and later too."""

    UNKNOWN = 0
    TEXT = 1
    ADDRESS = 2
    EMAIL = 3
    PERSON = 4
    FLAG = 5
    DATE = 6
    LIST = 7
    CONTRACT = 8
    PHONE = 9
    SEPARATOR = 10
    MULTILIST = 11

    @classmethod
    def _missing_(cls, value: object) -> "ParameterType":
        return cls.UNKNOWN


class Parameter(Struct, frozen=True):
    """One parameter with its value as the billing displays it; ``""`` when it is not set.

    ``has_history`` is ``None`` where the billing does not say.
    """

    id: int
    type: ParameterType
    title: str
    value: str = ""
    always_visible: bool = False
    has_history: bool | None = None


class ParameterList(Struct, frozen=True):
    """Parameters in the billing's order, the contract's parameter group (0 = none) and all groups."""

    parameters: tuple[Parameter, ...] = ()
    group_id: int = 0
    groups: tuple[IdTitle, ...] = ()


class ListValue(Struct, frozen=True):
    """The value of a list parameter: an item by its id, or a text of one's own, ``custom``, with the id 0.

    ``title`` is what the billing calls the item, for showing only. Both texts empty with the id 0 is a text of one's
    own that the billing does not tell; the listing of parameters displays it.
    """

    id: int = 0
    title: str = ""
    custom: str = ""


class Phone(Struct, frozen=True):
    """One phone of a value with its comment. The number is digits, or formatted for people by servers from 9.2."""

    number: str
    comment: str = ""


class Email(Struct, frozen=True):
    """One e-mail address of a value, with the name before it."""

    address: str
    name: str = ""

    @property
    def mailable(self) -> bool:
        """Whether the address is plain enough for a ``mailto:`` link: it cannot add headers or recipients."""
        return _MAILABLE.fullmatch(self.address) is not None


class ContractReference(Struct, frozen=True):
    """The contract that a parameter of type 8 points to."""

    cid: int
    title: str = ""


class ParameterChange(Struct, frozen=True):
    """An earlier value: what it was, when it was set and by which login."""

    value: str
    at: datetime | None
    who: str = ""


class ObjectParameter(Struct, frozen=True):
    """A parameter of a contract object. ``type`` is 1 text, 2 list, 3 date, 4 address, 5 flag (parameters.md 1.3)."""

    id: int
    type: int
    title: str
    value: str = ""

    @property
    def switched(self) -> bool | None:
        """The state of a flag spelled 1 or 0; ``None`` for everything else."""
        return {"1": True, "0": False}.get(self.value) if self.type == 5 else None
