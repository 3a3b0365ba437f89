"""Reading address values part by part (parameters.md 3.1, 8.1): XML on every version, all but the format."""

from collections.abc import Mapping
from xml.etree.ElementTree import Element

from flask_bgbilling.wire.answers import JsonAnswer, XmlAnswer
from flask_bgbilling.wire.codec import integer, text
from flask_bgbilling.wire.dto.addresses import AddressParts
from flask_bgbilling.wire.operation import JsonRpc, Operation, XmlAction
from flask_bgbilling.wire.ops.contracts import CONTRACT_SERVICE
from flask_bgbilling.wire.ops.parameters import one_parameter, one_parameter_json
from flask_bgbilling.wire.version import FROM_9_2


def one_object_parameter(*, object_id: int, parameter_id: int) -> Mapping[str, object]:
    """Fields of the XML actions about one parameter of an object."""
    return {"object": object_id, "param": parameter_id}


def read_address(answer: XmlAnswer) -> AddressParts | None:
    """The parts; an absent element or a blank house id is an address that is not set."""
    element = answer.first("address")
    if element is None or not text(element.get("hid")).strip():
        return None
    return _parts(element)


def _parts(element: Element) -> AddressParts:
    return AddressParts(
        house_id=integer(element.get("hid")),
        city_id=integer(element.get("cityid")),
        city=text(element.get("city")),
        area=text(element.get("areaValue")),
        quarter=text(element.get("quarterValue")),
        street_id=integer(element.get("streetid")),
        street=text(element.get("street")),
        house=text(element.get("house")),
        flat=text(element.get("flat")),
        room=text(element.get("room")),
        entrance=_positive(element.get("pod")),
        floor=_floor(element.get("floor")),
        comment=text(element.get("comment")),
    )


def _positive(value: str | None) -> int | None:
    # 0 and -1 are both written for "none".
    number = integer(value)
    return number if number > 0 else None


def _floor(value: str | None) -> int | None:
    # The same for floors; but there are floors below the ground, which must survive a change of another part.
    number = integer(value)
    return number if number not in (0, -1) else None


def read_format_key(answer: JsonAnswer) -> str:
    """``formatKey`` of the attribute; empty for the usual format and for an address that is not set."""
    attribute = answer.returned
    return text(attribute.get("formatKey")).strip() if isinstance(attribute, Mapping) else ""


PARAMETER_ADDRESS = Operation(
    "address parameter",
    forms=(XmlAction("contract", "AddressInfo", fields=one_parameter, read=read_address),),
)

PARAMETER_ADDRESS_FORMAT = Operation(
    "format of an address parameter",
    forms=(
        JsonRpc(
            CONTRACT_SERVICE,
            "contractParameterGet",
            params=one_parameter_json,
            read=read_format_key,
            bands=FROM_9_2,
        ),
    ),
)

OBJECT_ADDRESS = Operation(
    "object address parameter",
    forms=(XmlAction("contract.object", "AddressParamValueGet", fields=one_object_parameter, read=read_address),),
)
