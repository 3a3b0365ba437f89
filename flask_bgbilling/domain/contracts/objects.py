"""Objects of a contract, and one with its parameters and modules (card-screens.md 6.2, parameters.md 8)."""

from typing import TYPE_CHECKING

from msgspec import Struct, structs

from flask_bgbilling.domain.contracts.contract import Part, part
from flask_bgbilling.errors import N_, InputError
from flask_bgbilling.wire.dto.addresses import AddressParts
from flask_bgbilling.wire.dto.common import IdTitle
from flask_bgbilling.wire.dto.objects import ContractObject, ObjectUse
from flask_bgbilling.wire.dto.parameters import ObjectParameter
from flask_bgbilling.wire.ops.addresses import OBJECT_ADDRESS
from flask_bgbilling.wire.ops.objects import OBJECT_PARAMETERS, OBJECT_TYPES, OBJECT_USES, OBJECTS

if TYPE_CHECKING:
    from flask_bgbilling.domain.contracts.contract import Contract

READING = (OBJECTS, OBJECT_TYPES, OBJECT_PARAMETERS, OBJECT_USES, OBJECT_ADDRESS)

TEXT, LIST, DATE, ADDRESS = 1, 2, 3, 4
"""Types of parameters of objects whose values can be written (parameters.md 1.3)."""


class UnknownObject(InputError):
    """The contract has no object with this id."""

    code = "unknown object"
    message = N_("The contract has no object %(object)s.")
    remedy = N_("Choose an object from the list.")


class OpenedObject(Struct, frozen=True):
    """One object with all its parameters and what stands on it; each part may fail alone."""

    object: ContractObject
    parameters: Part[tuple[ObjectParameter, ...]]
    uses: Part[tuple[ObjectUse, ...]]
    addresses: tuple[tuple[ObjectParameter, Part[AddressParts | None]], ...] = ()


def read_objects(contract: "Contract") -> tuple[ContractObject, ...]:
    """All objects with the titles of their types: the list and the types at once."""
    billing = contract.billing
    types = billing.start(OBJECT_TYPES) if billing.supports(OBJECT_TYPES) else None
    objects = billing.call(OBJECTS, cid=contract.cid)
    return with_types(objects, part(types.result).otherwise(()) if types else ())


def read_object(contract: "Contract", object_id: int, *, with_addresses: bool = False) -> OpenedObject:
    """One object: list, types, parameters and modules at once, then its addresses part by part if asked for.

    Raises ``UnknownObject`` when the contract has no such object.
    """
    billing, cid = contract.billing, contract.cid
    parameters = billing.start(OBJECT_PARAMETERS, cid=cid, object_id=object_id)
    uses = billing.start(OBJECT_USES, object_id=object_id)
    found = next((item for item in read_objects(contract) if item.id == object_id), None)
    if found is None:
        raise UnknownObject(object=object_id)
    listed = part(parameters.result)
    addresses: tuple[tuple[ObjectParameter, Part[AddressParts | None]], ...] = ()
    if with_addresses:
        started = [
            (item, billing.start(OBJECT_ADDRESS, object_id=object_id, parameter_id=item.id))
            for item in listed.otherwise(())
            if item.type == ADDRESS and item.value
        ]
        addresses = tuple((item, part(pending.result)) for item, pending in started)
    return OpenedObject(found, listed, part(uses.result), addresses)


def with_types(objects: tuple[ContractObject, ...], types: tuple[IdTitle, ...]) -> tuple[ContractObject, ...]:
    """Objects with the titles of their types, as far as ``types`` has them."""
    titles = {kind.id: kind.title for kind in types}
    return tuple(structs.replace(item, type_title=item.type_title or titles.get(item.type_id, "")) for item in objects)
