"""Service modules of a contract (contract.md 9): one listing below 9.2410, two separate ones from there."""

from collections.abc import Mapping

from flask_bgbilling.wire.answers import XmlAnswer
from flask_bgbilling.wire.dto.common import IdTitle
from flask_bgbilling.wire.dto.contracts import ModuleChoice
from flask_bgbilling.wire.operation import JsonRpc, Operation, Service, XmlAction
from flask_bgbilling.wire.ops.contracts import by_cid, by_contract_id, id_title_elements, id_title_objects
from flask_bgbilling.wire.version import BELOW_9_2410, FROM_9_2410

MODULE_SERVICE = Service("ru.bitel.bgbilling.kernel.module", "ModuleService")


def nothing() -> Mapping[str, object]:
    """A call without parameters."""
    return {}


def read_instances(answer: XmlAnswer) -> tuple[IdTitle, ...]:
    """``module`` elements at any depth."""
    return id_title_elements(answer.anywhere("module"))


def read_choice(answer: XmlAnswer) -> ModuleChoice:
    """Attached and available instances; the second element is really spelt so. Either may be missing."""
    return ModuleChoice(
        attached=id_title_elements(answer.rows("list_select/item")),
        available=id_title_elements(answer.rows("list_avaliable/item")),
    )


MODULE_CHOICE = Operation(
    "contract modules",
    forms=(XmlAction("contract", "ContractModuleList", fields=by_cid, read=read_choice, bands=BELOW_9_2410),),
)

CONTRACT_MODULES = Operation(
    "attached modules",
    forms=(
        JsonRpc(MODULE_SERVICE, "contractModules", params=by_contract_id, read=id_title_objects, bands=FROM_9_2410),
    ),
)

MODULE_INSTANCES = Operation(
    "module instances",
    forms=(
        XmlAction("service", "Modules", fields=nothing, read=read_instances, bands=BELOW_9_2410),
        JsonRpc(MODULE_SERVICE, "moduleList", params=nothing, read=id_title_objects, bands=FROM_9_2410),
    ),
)
