"""Objects of a contract and what the service modules do with them (parameters.md 8)."""

from msgspec import Struct

from flask_bgbilling.wire.dto.common import Period


class ContractObject(Struct, frozen=True):
    """An object: a place or a thing of the contract. ``type_title`` is empty where only the types tell it.

    One with the id 0 is yet to be made. An object is closed by the end of its period.
    """

    id: int
    title: str
    type_id: int = 0
    type_title: str = ""
    period: Period = Period()


class ObjectUse(Struct, frozen=True):
    """One entity of a service module that stands on the object."""

    module: str
    entity: str
    period: Period = Period()
    comment: str = ""
