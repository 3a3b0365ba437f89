"""Names of contract parameters by type and values of list parameters, for search forms (parameters.md 7)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from flask_bgbilling.wire.answers import JsonAnswer, XmlAnswer
from flask_bgbilling.wire.codec import integer, text
from flask_bgbilling.wire.dto.common import IdTitle
from flask_bgbilling.wire.operation import Directory, JsonRpc, Operation, Service, XmlAction
from flask_bgbilling.wire.version import BELOW_8_2, BELOW_9_2, FROM_8_2, FROM_9_2

PREFERENCES = Service("ru.bitel.bgbilling.kernel.contract.param", "ContractParameterService")
PREFERENCES_OLD = Service("ru.bitel.bgbilling.kernel.contract.param", "ContractParameterServiceOld")
PARAMETERS = Service("ru.bitel.bgbilling.kernel.contract.api", "ContractParameterService")

# The codes of parameters.md 1.1, which this call takes on every version, 9.2 and later included.
TYPE_CODES: Final[Mapping[str, int]] = MappingProxyType(
    {"text": 1, "address": 2, "email": 3, "date": 6, "list": 7, "phone": 9, "multilist": 11}
)


def read_parameters(answer: JsonAnswer) -> tuple[IdTitle, ...]:
    """Parameters in the billing's own order; entries without an id are dropped."""
    entries = (IdTitle(integer(item.get("id")), text(item.get("title")).strip()) for item in answer.items())
    return tuple(entry for entry in entries if entry.id > 0)


def read_value_elements(answer: XmlAnswer) -> tuple[IdTitle, ...]:
    """Values of a list parameter below 9.2."""
    return tuple(
        IdTitle(integer(item.get("id")), text(item.get("title")).strip()) for item in answer.rows("values/item")
    )


def read_value_objects(answer: JsonAnswer) -> tuple[IdTitle, ...]:
    """Values of a list parameter from 9.2."""
    return tuple(IdTitle(integer(item.get("id")), text(item.get("title")).strip()) for item in answer.items())


def _parameters_of(kind: str, code: int) -> Directory[tuple[IdTitle, ...]]:
    def params() -> Mapping[str, object]:
        return {"paramType": code}

    name = f"{kind} parameters"
    load: Operation[tuple[IdTitle, ...]] = Operation(
        name,
        forms=(
            JsonRpc(PREFERENCES, "getContractParameterPrefList", params, read_parameters, BELOW_8_2),
            JsonRpc(PREFERENCES_OLD, "getContractParameterPrefList", params, read_parameters, FROM_8_2),
        ),
    )
    return Directory(name, load)


PARAMETERS_OF_TYPE: Final[Mapping[str, Directory[tuple[IdTitle, ...]]]] = MappingProxyType(
    {kind: _parameters_of(kind, code) for kind, code in TYPE_CODES.items()}
)

LIST_VALUES: Operation[tuple[IdTitle, ...]] = Operation(
    "values of a list parameter",
    forms=(
        XmlAction(
            "admin",
            "ListValues",
            fields=lambda *, parameter_id: {"pid": parameter_id},
            read=read_value_elements,
            bands=BELOW_9_2,
        ),
        JsonRpc(
            PARAMETERS,
            "contractParameterListItemList",
            params=lambda *, parameter_id: {"parameterTypeId": parameter_id},
            read=read_value_objects,
            bands=FROM_9_2,
        ),
    ),
)
