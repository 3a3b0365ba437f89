"""Which versions know each read of search, card and records of a contract (contract.md 2 to 19)."""

from flask_bgbilling.emulator import operations
from flask_bgbilling.emulator.registry import OPERATIONS

AREAS = {
    "cards",
    "contract_info",
    "contracts",
    "dialup",
    "directories",
    "face_and_mode",
    "hierarchy",
    "labels",
    "limits",
    "modules",
    "notes",
    "scripts",
    "search",
    "statuses",
    "web_access",
}
KERNEL = "ru.bitel.bgbilling.kernel."
VERSIONS = {
    "admin/GetContractGroupList": "7.0-8.2",
    "admin/ListDirectory": "7.0-",
    "call/FindContractLoginAlias": "7.0-",
    "contract.hierarchy/ContractInfo": "7.0-",
    "contract.status/ContractStatusLog": "7.0-8.2",
    "contract.status/ContractStatusTable": "7.0-8.2",
    "contract.status/StatusList": "7.0-",
    "contract/AdditionalActionList": "7.0-",
    "contract/ContractCard2": "7.0-",
    "contract/ContractCard2ListTypes": "7.0-8.0",
    "contract/ContractCardXml": "7.0-",
    "contract/ContractFace": "7.0-",
    "contract/ContractGroup": "7.0-8.2",
    "contract/ContractInfo": "7.0-8.0",
    "contract/ContractLimitManage": "7.0-8.0",
    "contract/ContractMemo": "7.0-8.0",
    "contract/ContractMode": "7.0-",
    "contract/ContractModuleList": "7.0-9.2404",
    "contract/ContractPassword": "7.0-8.0",
    "contract/ContractScriptLog": "7.0-8.2",
    "contract/ContractScriptTable": "7.0-8.2",
    "contract/FilterContract": "7.0-8.0",
    "contract/FindContract": "7.0-",
    "contract/FindContractByID": "7.0-8.0",
    "contract/GetContractMemo": "7.0-8.0",
    "contract/GetContractScript": "7.0-8.2",
    "contract/GetPatternList": "7.0-",
    "contract/WebContractLogonLog": "7.0-",
    "contract/WebRequestLimit": "7.0-",
    "contract.api/ContractCardService.contractCardExport": "7.1-",
    "contract.api/ContractCardService.contractCardList": "7.1-",
    "contract.api/ContractGroupService.contractGroupGet": "7.0-8.0",
    "contract.api/ContractGroupService.contractGroupList": "7.0-8.0",
    "contract.api/ContractNoteService.contractNoteGet": "9.2-",
    "contract.api/ContractNoteService.contractNoteList": "7.1-",
    "contract.api/ContractNoteService.getContractNote": "8.2-8.2",
    "contract.api/ContractNotificationService.contractNotificationList": "7.1-",
    "contract.api/ContractPatternService.getNextNamedNumberIndex": "7.1-",
    "contract.api/ContractPatternService.numedNumberPatternList": "7.1-",
    "contract.api/ContractService.contractByTitle": "7.0-",
    "contract.api/ContractService.contractCardList": "8.2-",
    "contract.api/ContractService.contractGet": "7.0-",
    "contract.api/ContractService.contractInfoGet": "8.2-",
    "contract.api/ContractService.contractList": "7.0-",
    "contract.api/ContractService.contractList0": "8.2-8.2",
    "contract.api/ContractService.contractModuleConfigGet": "7.1-",
    "contract.api/ContractService.contractPasswordOnceCheck": "7.1-",
    "contract.api/ContractService.contractSubList": "7.1-",
    "contract.api/ContractService.hasModuleInstance": "7.1-",
    "contract.api/ContractService.searchContractHistoryRecord": "7.1-",
    "contract.api/ContractStatusService.contractStatusChangeParametersGet": "7.1-",
    "contract.api/ContractStatusService.contractStatusList": "9.2-",
    "contract.api/ContractStatusService.contractStatusLogSearch": "9.2-",
    "contract.api/ContractStatusService.getStatusList": "8.2-",
    "contract.api/ContractStatusService.statusFutureTasks": "9.2-",
    "contract.api/ContractStatusService.statusList": "7.1-",
    "contract.label/ContractLabelService.getContractLabelIds": "9.2-",
    "contract.label/ContractLabelService.getContractLabelTreeItemList": "9.2-",
    "contract.limit/ContractLimitService.contractLimitGet": "7.0-",
    "contract.limit/ContractLimitService.contractLimitMovementList": "7.1-",
    "contract.limit/ContractLimitService.contractLimitParametersGet": "7.1-",
    "contract.limit/ContractLimitService.searchContractLimitAvtoList": "7.0-",
    "contract.limit/ContractLimitService.searchContractLimitLogList": "7.0-",
    "contract.script/ContractScriptService.additionalContractActionList": "7.1-",
    "contract.script/ContractScriptService.contractScriptGet": "9.2-",
    "contract.script/ContractScriptService.contractScriptList": "9.2-",
    "contract.script/ContractScriptService.getScriptLogList": "7.1-",
    "contract.script/ContractScriptService.getScriptLogTitleList": "7.1-",
    "contract.status/ContractStatusMonitorService.contractSearch": "7.1-",
    "contract.status/ContractStatusMonitorService.getStatusList": "7.0-8.0",
    "module/ModuleService.contractModuleIds": "7.1-",
    "module/ModuleService.contractModules": "9.2410-",
    "module/ModuleService.installedModuleList": "7.1-",
    "module/ModuleService.moduleList": "7.1-",
    "module/ModuleService.moduleServiceList": "8.2-",
    "module/ServiceService.serviceList": "7.1-",
    "ru.bitel.oss.kernel.directories.domain/DomainService.domainGet": "7.1-",
    "ru.bitel.oss.kernel.directories.domain/DomainService.domainList": "7.1-",
    "ru.bitel.oss.kernel.directories.domain/DomainService.domainTree": "7.1-",
    "service/GetServiceList": "7.0-8.0",
}


def test_versions_of_every_operation() -> None:
    known = {
        operation.name.removeprefix(KERNEL): operation.versions
        for operation in OPERATIONS
        if operation.right == "read" and operation.handler.__module__.rpartition(".")[2] in AREAS
    }
    assert known == VERSIONS


def test_every_area_is_declared() -> None:
    assert set(operations.AREAS) >= AREAS
