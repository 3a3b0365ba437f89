"""Making, changing and deleting objects of a contract, and changing their parameters (parameters.md 8, 8.1).

XML below 9.2, JSON from there. An object is closed by saving it with the end of its period. Nothing (``""``, ``None``,
the item 0) clears the value of a parameter; there is no call for flags of objects.
"""

from collections.abc import Mapping
from datetime import date

from flask_bgbilling.wire.dto.addresses import AddressParts
from flask_bgbilling.wire.dto.objects import ContractObject
from flask_bgbilling.wire.dto.parameters import ListValue
from flask_bgbilling.wire.operation import JsonRpc, Operation, Service, XmlAction
from flask_bgbilling.wire.ops.addresses import one_object_parameter
from flask_bgbilling.wire.ops.attributes import (
    address_attribute,
    address_fields,
    attribute,
    day_text,
    list_attribute,
)
from flask_bgbilling.wire.ops.objects import OBJECT_SERVICE
from flask_bgbilling.wire.ops.written import read_nothing, read_written_json, read_written_xml
from flask_bgbilling.wire.version import BELOW_9_2, FROM_9_2

OBJECT_PARAMETER_SERVICE = Service("ru.bitel.bgbilling.kernel.contract.object", "ContractObjectParameterService")


def object_fields(*, cid: int, contract_object: ContractObject) -> Mapping[str, object]:
    """The object; ends that are open are left out, and so is a type that is not known."""
    return {
        "id": contract_object.id,
        "cid": cid,
        "title": contract_object.title,
        "type": contract_object.type_id or None,
        "date1": contract_object.period.since,
        "date2": contract_object.period.until,
    }


def object_bean(*, cid: int, contract_object: ContractObject) -> Mapping[str, object]:
    """The object; an end that is open is null."""
    bean = {
        "id": contract_object.id,
        "contractId": cid,
        "title": contract_object.title,
        "typeId": contract_object.type_id,
        "dateFrom": contract_object.period.since,
        "dateTo": contract_object.period.until,
    }
    return {"contractId": cid, "contractObject": bean}


def delete_fields(*, cid: int, object_id: int) -> Mapping[str, object]:
    """The contract's object."""
    return {"cid": cid, "id": object_id}


def delete_params(*, cid: int, object_id: int) -> Mapping[str, object]:
    """The object alone: the method does not take the contract."""
    return {"objectId": object_id}


def text_fields(*, cid: int, object_id: int, parameter_id: int, text: str) -> Mapping[str, object]:
    """A text; an empty one clears it."""
    return {**one_object_parameter(object_id=object_id, parameter_id=parameter_id), "value": text}


def text_params(*, cid: int, object_id: int, parameter_id: int, text: str) -> Mapping[str, object]:
    """The same under both names that the argument may have (parameters.md 10): a name too many is ignored."""
    value = attribute(object_id, parameter_id, value=text)
    return {"contractId": cid, "parameterId": value, "entityAttrText": value}


def list_fields(*, cid: int, object_id: int, parameter_id: int, item_id: int) -> Mapping[str, object]:
    """An item; 0 clears it."""
    return {**one_object_parameter(object_id=object_id, parameter_id=parameter_id), "value": item_id}


def list_params(*, cid: int, object_id: int, parameter_id: int, item_id: int) -> Mapping[str, object]:
    """The same as an attribute."""
    return {"contractId": cid, "entityAttrList": list_attribute(object_id, parameter_id, ListValue(item_id))}


def date_fields(*, cid: int, object_id: int, parameter_id: int, day: date | None) -> Mapping[str, object]:
    """A day; an empty field clears it."""
    return {**one_object_parameter(object_id=object_id, parameter_id=parameter_id), "value": day_text(day)}


def date_params(*, cid: int, object_id: int, parameter_id: int, day: date | None) -> Mapping[str, object]:
    """A day as its midnight in the billing's zone; null clears it."""
    return {"contractId": cid, "entityAttrDate": attribute(object_id, parameter_id, value=day)}


def address_form(*, cid: int, object_id: int, parameter_id: int, address: AddressParts | None) -> Mapping[str, object]:
    """All parts of an address that a value has."""
    return {**one_object_parameter(object_id=object_id, parameter_id=parameter_id), **address_fields(address)}


def address_params(
    *, cid: int, object_id: int, parameter_id: int, address: AddressParts | None
) -> Mapping[str, object]:
    """The same as an attribute; unlike the one of a contract it names its owner."""
    return {"contractId": cid, "entityAttrAddress": address_attribute(object_id, parameter_id, address)}


OBJECT_SAVE: Operation[int | None] = Operation(
    "contract object saving",
    safe=False,
    forms=(
        XmlAction("contract.object", "ObjectUpdate", fields=object_fields, read=read_written_xml, bands=BELOW_9_2),
        JsonRpc(OBJECT_SERVICE, "contractObjectUpdate", params=object_bean, read=read_written_json, bands=FROM_9_2),
    ),
)

OBJECT_DELETE: Operation[None] = Operation(
    "contract object deleting",
    safe=False,
    forms=(
        XmlAction("contract.object", "ObjectDelete", fields=delete_fields, read=read_nothing, bands=BELOW_9_2),
        JsonRpc(OBJECT_SERVICE, "contractObjectDelete", params=delete_params, read=read_nothing, bands=FROM_9_2),
    ),
)

OBJECT_TEXT_SAVE: Operation[None] = Operation(
    "object text saving",
    safe=False,
    forms=(
        XmlAction("contract.object", "TextParamValueUpdate", fields=text_fields, read=read_nothing, bands=BELOW_9_2),
        JsonRpc(
            OBJECT_PARAMETER_SERVICE,
            "textParameterValueUpdate",
            params=text_params,
            read=read_nothing,
            bands=FROM_9_2,
        ),
    ),
)

OBJECT_LIST_SAVE: Operation[None] = Operation(
    "object list saving",
    safe=False,
    forms=(
        XmlAction("contract.object", "ListParamValueUpdate", fields=list_fields, read=read_nothing, bands=BELOW_9_2),
        JsonRpc(
            OBJECT_PARAMETER_SERVICE,
            "listParameterValueUpdate",
            params=list_params,
            read=read_nothing,
            bands=FROM_9_2,
        ),
    ),
)

OBJECT_DATE_SAVE: Operation[None] = Operation(
    "object date saving",
    safe=False,
    forms=(
        XmlAction("contract.object", "DateParamValueUpdate", fields=date_fields, read=read_nothing, bands=BELOW_9_2),
        JsonRpc(
            OBJECT_PARAMETER_SERVICE,
            "dateParameterValueUpdate",
            params=date_params,
            read=read_nothing,
            bands=FROM_9_2,
        ),
    ),
)

OBJECT_ADDRESS_SAVE: Operation[None] = Operation(
    "object address saving",
    safe=False,
    forms=(
        XmlAction(
            "contract.object",
            "AddressParamValueUpdate",
            fields=address_form,
            read=read_nothing,
            bands=BELOW_9_2,
        ),
        JsonRpc(
            OBJECT_PARAMETER_SERVICE,
            "addressParameterValueUpdate",
            params=address_params,
            read=read_nothing,
            bands=FROM_9_2,
        ),
    ),
)
