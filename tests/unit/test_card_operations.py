"""Which call the operations of the card make in which version, and with what (contract.md, parameters.md)."""

from typing import Any

import pytest

from flask_bgbilling.wire.operation import Operation
from flask_bgbilling.wire.ops import addresses, cards, contracts, hierarchy, labels, modules, objects, parameters
from flask_bgbilling.wire.version import Version

BANDS = ("7.0", "7.1", "7.2", "8.0", "8.2", "9.2", "9.2404", "9.2410", "9.2501", "10.2")
CONTRACT = "ru.bitel.bgbilling.kernel.contract.api/ContractService"
OBJECT = "ru.bitel.bgbilling.kernel.contract.object"
LABEL = "ru.bitel.bgbilling.kernel.contract.label/ContractLabelService"
MODULE = "ru.bitel.bgbilling.kernel.module/ModuleService"

# (operation, arguments, from which version on, the call, what it carries); ``None`` is "cannot".
CASES: list[tuple[Operation[Any], dict[str, object], list[tuple[str, str | None, dict[str, object]]]]] = [
    (
        contracts.CONTRACT_INFO,
        {"cid": 101},
        [
            ("7.0", "contract/ContractInfo", {"cid": 101}),
            ("8.2", f"{CONTRACT}.contractInfoGet", {"contractId": 101}),
        ],
    ),
    (contracts.WEB_PASSWORD_READING, {"cid": 101}, [("7.0", f"{CONTRACT}.contractGet", {"contractId": 101})]),
    (
        parameters.PARAMETERS,
        {"cid": 101},
        [("7.0", "contract/ContractParameters", {"cid": 101, "all": 1, "list": 1})],
    ),
    (
        parameters.PARAMETERS,
        {"cid": 101, "group_only": True},
        [("7.0", "contract/ContractParameters", {"cid": 101, "all": None, "list": 1})],
    ),
    (
        parameters.PARAMETER_HISTORY,
        {"cid": 101, "parameter_id": 4},
        [("7.0", "contract/GetParameterHistory", {"cid": 101, "pid": 4})],
    ),
    (
        parameters.PARAMETER_PHONES,
        {"cid": 101, "parameter_id": 4},
        [("7.0", "contract/GetPhoneInfo", {"cid": 101, "pid": 4})],
    ),
    (
        parameters.PARAMETER_EMAILS,
        {"cid": 101, "parameter_id": 4},
        [
            ("7.0", "contract/EmailInfo", {"cid": 101, "pid": 4}),
            ("9.2", f"{CONTRACT}.contractParameterGet", {"contractId": 101, "parameterId": 4}),
        ],
    ),
    (
        parameters.PARAMETER_LIST,
        {"cid": 101, "parameter_id": 4},
        [
            ("7.0", "contract/GetListParam", {"cid": 101, "pid": 4}),
            ("9.2", f"{CONTRACT}.contractParameterGet", {"contractId": 101, "parameterId": 4}),
        ],
    ),
    (
        parameters.PARAMETER_REFERENCE,
        {"cid": 101, "parameter_id": 4},
        [
            ("7.0", None, {}),
            ("9.2", f"{CONTRACT}.contractParameterGet", {"contractId": 101, "parameterId": 4}),
        ],
    ),
    (
        addresses.PARAMETER_ADDRESS,
        {"cid": 101, "parameter_id": 4},
        [("7.0", "contract/AddressInfo", {"cid": 101, "pid": 4})],
    ),
    (
        addresses.PARAMETER_ADDRESS_FORMAT,
        {"cid": 101, "parameter_id": 4},
        [
            ("7.0", None, {}),
            ("9.2", f"{CONTRACT}.contractParameterGet", {"contractId": 101, "parameterId": 4}),
        ],
    ),
    (
        addresses.OBJECT_ADDRESS,
        {"object_id": 7, "parameter_id": 4},
        [("7.0", "contract.object/AddressParamValueGet", {"object": 7, "param": 4})],
    ),
    (
        objects.OBJECTS,
        {"cid": 101},
        [
            ("7.0", "contract.object/ObjectTable", {"cid": 101}),
            ("9.2", f"{OBJECT}/ContractObjectService.contractObjectList", {"contractId": 101}),
        ],
    ),
    (
        objects.OBJECT_TYPES,
        {},
        [
            ("7.0", None, {}),
            ("8.2", f"{OBJECT}/ObjectTypeService.objectTypeList", {"onlyVisible": False}),
            ("9.2", f"{OBJECT}/ContractObjectService.objectTypeList", {"onlyVisible": False}),
        ],
    ),
    (
        objects.OBJECT_TYPES,
        {"visible_only": True},
        [
            ("7.0", None, {}),
            ("8.2", f"{OBJECT}/ObjectTypeService.objectTypeList", {"onlyVisible": True}),
            ("9.2", f"{OBJECT}/ContractObjectService.objectTypeList", {"onlyVisible": True}),
        ],
    ),
    (
        objects.OBJECT_LIST_VALUES,
        {"object_id": 7, "parameter_id": 3},
        [
            ("7.0", "contract.object/ListParamValueGet", {"object": 7, "param": 3}),
            ("9.2", f"{OBJECT}/ParameterObjectTypeService.getValuesForListParameter", {"parameterId": 3}),
        ],
    ),
    (
        objects.OBJECT_PARAMETERS,
        {"cid": 101, "object_id": 7},
        [
            ("7.0", "contract.object/ObjectParamTable", {"object": 7}),
            (
                "9.2",
                f"{OBJECT}/ContractObjectService.contractObjectParameters",
                {"contractId": 101, "objectId": 7},
            ),
        ],
    ),
    (
        objects.OBJECT_USES,
        {"object_id": 7},
        [("7.0", "contract.object/ObjectModuleTable", {"object_id": 7})],
    ),
    (hierarchy.HIERARCHY, {"cid": 101}, [("7.0", "contract.hierarchy/ContractInfo", {"cid": 101})]),
    (
        hierarchy.SUB_CONTRACTS,
        {"cid": 101},
        [("7.0", f"{CONTRACT}.contractSubList", {"contractId": 101, "subMode": -1, "withSuperCid": False})],
    ),
    (
        labels.GROUPS,
        {"cid": 101},
        [("7.0", "contract/ContractGroup", {"cid": 101}), ("9.2", None, {})],
    ),
    (
        labels.LABEL_TREE,
        {"cid": 101},
        [
            ("7.0", None, {}),
            ("9.2", f"{LABEL}.getContractLabelTreeItemList", {"contractId": 101, "calcCount": False}),
        ],
    ),
    (
        labels.LABEL_IDS,
        {"cid": 101},
        [("7.0", None, {}), ("9.2", f"{LABEL}.getContractLabelIds", {"contractId": 101})],
    ),
    (
        modules.MODULE_CHOICE,
        {"cid": 101},
        [("7.0", "contract/ContractModuleList", {"cid": 101}), ("9.2410", None, {})],
    ),
    (
        modules.CONTRACT_MODULES,
        {"cid": 101},
        [("7.0", None, {}), ("9.2410", f"{MODULE}.contractModules", {"contractId": 101})],
    ),
    (modules.MODULE_INSTANCES, {}, [("7.0", "service/Modules", {}), ("9.2410", f"{MODULE}.moduleList", {})]),
    (
        cards.CARD_TYPES,
        {"cid": 101},
        [
            ("7.0", "contract/ContractCard2ListTypes", {"cid": 101}),
            ("8.2", f"{CONTRACT}.contractCardList", {"contractId": 101}),
        ],
    ),
    (
        cards.CARD_PDF,
        {"cid": 101, "card": "a.xsl"},
        [("7.0", "contract/ContractCard2", {"cid": 101, "type": "a.xsl", "contentType": "application/pdf"})],
    ),
    (
        cards.CARD_HTML,
        {"cid": 101},
        [("7.0", "contract/ContractCardXml", {"cid": 101, "contentType": "html"})],
    ),
    (cards.ADDITIONAL_ACTIONS, {"cid": 101}, [("7.0", "contract/AdditionalActionList", {"cid": 101})]),
    (
        cards.WEB_LOGONS,
        {"cid": 101, "failed": True, "since": None, "until": None, "page": 2, "size": 30},
        [
            (
                "7.0",
                "contract/WebContractLogonLog",
                {"cid": 101, "logType": "error", "date1": None, "date2": None, "pageIndex": 2, "pageSize": 30},
            )
        ],
    ),
    (cards.WEB_LIMIT, {"cid": 101}, [("7.0", "contract/WebRequestLimit", {"cid": 101})]),
]


@pytest.mark.parametrize("band", BANDS)
@pytest.mark.parametrize(("operation", "arguments", "steps"), CASES)
def test_call_of_a_version(
    operation: Operation[Any],
    arguments: dict[str, object],
    steps: list[tuple[str, str | None, dict[str, object]]],
    band: str,
) -> None:
    _, call, carried = next(step for step in reversed(steps) if Version(band) >= Version(step[0]))
    form = operation.form(Version(band))
    assert (str(form) if form else None) == call
    if form is not None:
        assert dict((form.params if hasattr(form, "params") else form.fields)(**arguments)) == carried


@pytest.mark.parametrize(
    "module", [addresses, cards, contracts, hierarchy, labels, modules, objects, parameters], ids=lambda m: m.__name__
)
def test_every_operation_is_safe_and_listed_here(module: Any) -> None:
    declared = [value for value in vars(module).values() if isinstance(value, Operation)]
    assert all(operation.safe for operation in declared)
    listed = {id(operation) for operation, _, _ in CASES}
    assert [operation.name for operation in declared if id(operation) not in listed] == []
