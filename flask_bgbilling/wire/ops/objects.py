"""Reading the objects of a contract (parameters.md 8): XML below 9.2, JSON from there.

The module summary is XML on every version.
"""

from collections.abc import Mapping
from typing import Any

from flask_bgbilling.wire.answers import JsonAnswer, XmlAnswer
from flask_bgbilling.wire.codec import integer, json_period, period, text
from flask_bgbilling.wire.dto.common import IdTitle
from flask_bgbilling.wire.dto.objects import ContractObject, ObjectUse
from flask_bgbilling.wire.dto.parameters import ObjectParameter
from flask_bgbilling.wire.operation import JsonRpc, Operation, Service, XmlAction
from flask_bgbilling.wire.ops.contracts import by_cid, by_contract_id, id_title_elements, id_title_objects
from flask_bgbilling.wire.version import BELOW_9_2, FROM_8_2_BELOW_9_2, FROM_9_2

OBJECT_SERVICE = Service("ru.bitel.bgbilling.kernel.contract.object", "ContractObjectService")
OBJECT_TYPE_SERVICE = Service("ru.bitel.bgbilling.kernel.contract.object", "ObjectTypeService")
PARAMETER_TYPE_SERVICE = Service("ru.bitel.bgbilling.kernel.contract.object", "ParameterObjectTypeService")


def object_fields(*, cid: int, object_id: int) -> Mapping[str, object]:
    """``ObjectParamTable`` calls the object ``object``."""
    return {"object": object_id}


def summary_fields(*, object_id: int) -> Mapping[str, object]:
    """``ObjectModuleTable`` calls the object ``object_id``."""
    return {"object_id": object_id}


def object_params(*, cid: int, object_id: int) -> Mapping[str, object]:
    """Contract and object of the JSON methods."""
    return {"contractId": cid, "objectId": object_id}


def object_types(*, visible_only: bool = False) -> Mapping[str, object]:
    """Hidden types too, unless types for a new object are asked for: an object keeps the type that was hidden later."""
    return {"onlyVisible": visible_only}


def list_values_fields(*, object_id: int, parameter_id: int) -> Mapping[str, object]:
    """``ListParamValueGet`` tells the values of a list through an object that has the parameter."""
    return {"object": object_id, "param": parameter_id}


def list_values_params(*, object_id: int, parameter_id: int) -> Mapping[str, object]:
    """The service knows the values by the parameter alone."""
    return {"parameterId": parameter_id}


def read_list_values(answer: XmlAnswer) -> tuple[IdTitle, ...]:
    """``item`` elements at any depth."""
    return id_title_elements(answer.anywhere("item"))


def read_objects_xml(answer: XmlAnswer) -> tuple[ContractObject, ...]:
    """Rows with the type's title in them."""
    return tuple(
        ContractObject(
            id=integer(row.get("id")),
            title=text(row.get("title")),
            type_id=integer(row.get("type_id")),
            type_title=text(row.get("type")),
            period=period(row.get("period")),
        )
        for row in answer.rows()
    )


def read_objects_json(answer: JsonAnswer) -> tuple[ContractObject, ...]:
    """Objects with the id of their type only."""
    return tuple(
        ContractObject(
            id=integer(item.get("id")),
            title=text(item.get("title")),
            type_id=integer(item.get("typeId")),
            period=json_period(item),
        )
        for item in answer.items()
    )


def read_object_parameters_xml(answer: XmlAnswer) -> tuple[ObjectParameter, ...]:
    """Rows directly below ``table``; some servers may put ``data`` between (parameters.md 10)."""
    rows: list[Any] = answer.rows("table/row") or answer.rows()
    return tuple(
        ObjectParameter(
            id=integer(row.get("param_id")),
            type=integer(row.get("type_id")),
            title=text(row.get("title")),
            value=text(row.get("value")).strip(),
        )
        for row in rows
    )


def read_object_parameters_json(answer: JsonAnswer) -> tuple[ObjectParameter, ...]:
    """The same from 9.2 on."""
    return tuple(
        ObjectParameter(
            id=integer(item.get("parameterId")),
            type=integer(item.get("typeId")),
            title=text(item.get("title")),
            value=text(item.get("value")).strip(),
        )
        for item in answer.items()
    )


def read_uses(answer: XmlAnswer) -> tuple[ObjectUse, ...]:
    """What stands on the object, at any depth of the answer."""
    return tuple(
        ObjectUse(
            module=text(row.get("module")),
            entity=text(row.get("data")),
            period=period(row.get("period")),
            comment=text(row.get("comment")),
        )
        for row in answer.anywhere("row")
    )


OBJECTS = Operation(
    "contract objects",
    forms=(
        XmlAction("contract.object", "ObjectTable", fields=by_cid, read=read_objects_xml, bands=BELOW_9_2),
        JsonRpc(
            OBJECT_SERVICE,
            "contractObjectList",
            params=by_contract_id,
            read=read_objects_json,
            bands=FROM_9_2,
        ),
    ),
)

OBJECT_TYPES: Operation[tuple[IdTitle, ...]] = Operation(
    "object types",
    forms=(
        JsonRpc(
            OBJECT_TYPE_SERVICE,
            "objectTypeList",
            params=object_types,
            read=id_title_objects,
            bands=FROM_8_2_BELOW_9_2,
        ),
        JsonRpc(OBJECT_SERVICE, "objectTypeList", params=object_types, read=id_title_objects, bands=FROM_9_2),
    ),
)

OBJECT_PARAMETERS = Operation(
    "object parameters",
    forms=(
        XmlAction(
            "contract.object",
            "ObjectParamTable",
            fields=object_fields,
            read=read_object_parameters_xml,
            bands=BELOW_9_2,
        ),
        JsonRpc(
            OBJECT_SERVICE,
            "contractObjectParameters",
            params=object_params,
            read=read_object_parameters_json,
            bands=FROM_9_2,
        ),
    ),
)

OBJECT_LIST_VALUES: Operation[tuple[IdTitle, ...]] = Operation(
    "values of a list parameter of objects",
    forms=(
        XmlAction(
            "contract.object",
            "ListParamValueGet",
            fields=list_values_fields,
            read=read_list_values,
            bands=BELOW_9_2,
        ),
        JsonRpc(
            PARAMETER_TYPE_SERVICE,
            "getValuesForListParameter",
            params=list_values_params,
            read=id_title_objects,
            bands=FROM_9_2,
        ),
    ),
)

OBJECT_USES = Operation(
    "object module summary",
    forms=(XmlAction("contract.object", "ObjectModuleTable", fields=summary_fields, read=read_uses),),
)
