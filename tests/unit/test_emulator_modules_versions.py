"""Which versions know each read of the service modules and plugins (modules.md 0.2, money.md 11, helpdesk.md 2)."""

from flask_bgbilling.emulator import operations
from flask_bgbilling.emulator.registry import OPERATIONS

AREAS = {area for area in operations.AREAS if area.startswith("modules_")}
PREFIX = "ru.bitel.bgbilling."
INVENTORY = "ru.bitel.oss.systems.inventory.resource"
SINCE_7_0 = (
    "InetServService.inetServTree",
    "InetServService.inetServList",
    "InetServService.inetServGet",
    "InetServService.inetServTypeList",
    "InetServService.vlanResourceCategoryIds",
    "InetServService.vlanResourceCategoryId",
    "InetDeviceService.inetDeviceGet",
    "InetDeviceService.deviceManagerMethodList",
    "InetDeviceService.deviceManage",
    "InetSessionService.inetSessionAliveContractList",
    "InetSessionService.inetSessionLogContractList",
)
SINCE_7_1 = (
    "InetServService.inetServTypeGet",
    "InetServService.inetServOptionList",
    "InetServService.inetOptionList",
    "InetServService.inetOptionTree",
    "InetServService.inetOptionGet",
    "InetServService.ipResourceCategoryIds",
    "InetDeviceService.getContracts",
    "InetSessionService.inetSessionAliveList",
    "InetSessionService.inetSessionLogList",
)
VERSIONS = {
    **{f"modules.inet.api/{name}": ["7.0-8.0"] for name in SINCE_7_0},
    **{f"modules.inet.api/{name}": ["7.1-8.0"] for name in SINCE_7_1},
    **{f"modules.inet/{name}": ["8.2-"] for name in SINCE_7_0 + SINCE_7_1},
    "modules.inet.api/InetDeviceService.inetDeviceRoot": ["7.0-8.0"],
    "modules.inet/InetDeviceService.inetDeviceRoot": ["8.2-8.2", "9.2-"],
    f"{INVENTORY}/DeviceInterfaceService.devicePortList": ["7.0-"],
    f"{INVENTORY}/DeviceInterfaceService.devicePort": ["7.0-"],
    f"{INVENTORY}/ResourceService.freeVlan": ["7.0-"],
    f"{INVENTORY}/ResourceService.freeIpResourceRangeList": ["7.0-"],
    f"{INVENTORY}/ResourceService.freeIpResourceNetList": ["7.1-"],
    f"{INVENTORY}/PhoneResourceService.phoneCategoryRoot": ["7.0-"],
    f"{INVENTORY}/PhoneResourceService.phoneResourceList": ["7.0-"],
    f"{INVENTORY}/PhoneResourceService.phoneFreeList": ["7.0-"],
    "npay/ServiceObjectTable": ["7.0-8.2"],
    "npay/ServiceObjectGet": ["7.0-8.0"],
    "modules.npay/NPayService.serviceObjectList": ["9.2-"],
    "modules.npay/NPayService.serviceObjectGet": ["8.2-"],
    "modules.rscm/RSCMService.searchRSCMContractService": ["7.0-"],
    "modules.rscm/RSCMService.getRSCMContractService": ["7.0-"],
    "modules.rscm/RSCMService.getRSCMContractServiceList": ["7.1-"],
    "modules.rscm/RSCMService.getRSCMServiceList": ["7.1-"],
    "modules.voice/VoiceAccountService.voiceAccountList": ["7.0-"],
    "modules.voice/VoiceAccountService.voiceAccountGet": ["7.0-"],
    "modules.voice/VoiceAccountService.voiceAccountTypeList": ["7.0-"],
    "modules.voice/VoiceDeviceService.deviceTypeTitleList": ["7.0-"],
    "modules.voice/VoiceDeviceService.deviceGet": ["7.0-"],
    "modules.voice/VoiceDeviceService.deviceRoot": ["7.0-"],
    "card/CardContractInfo": ["7.0-"],
    "cerbercrypt/PacketList": ["7.0-"],
    "cerbercrypt/DealerTable": ["7.0-"],
    "modules.cerbercrypt/UserCardService.getUserCardList": ["7.0-"],
    "modules.cerbercrypt/CardPacketService.cardPacketTable": ["7.0-"],
    "bill/DocTypeList": ["7.0-8.2"],
    "bill/Attribute": ["7.0-8.2"],
    "bill/ContractBill": ["7.0-"],
    "bill/ContractInvoice": ["7.0-"],
    "bill/ViewDocs": ["7.0-"],
    "modules.bill/BillService.documentTypes": ["9.2-"],
    "modules.bill/BillService.attributeList": ["9.2-"],
    "modules.bill/BillService.attributeTypeList": ["9.2-"],
    "plugins.dispatch/DispatchService.getContacts": ["7.0-"],
    "plugins.cashcheck/CashcheckService.registratorList": ["7.0-"],
    "plugins.cashcheck/CashcheckService.getCurrentPrinter": ["7.0-"],
    "plugins.helpdesk/GetTopics": ["7.2-"],
    "plugins.helpdesk/GetTopicMessage": ["7.0-"],
    "plugins.helpdesk/GetMessage": ["7.0-"],
    "plugins.helpdesk/FileDownload": ["7.0-8.0"],
    "plugins.helpdesk/HelpdeskService.fileDownload": ["8.2-8.2", "9.2-"],
}


def test_versions_of_every_read() -> None:
    known: dict[str, list[str]] = {}
    for operation in OPERATIONS:
        area = operation.handler.__module__.rpartition(".")[2]
        method = operation.name.rpartition(".")[2]
        if area in AREAS and (operation.right == "read" or method == "deviceManage"):
            known.setdefault(operation.name.removeprefix(PREFIX), []).append(operation.versions)
    assert {name: sorted(versions) for name, versions in known.items()} == VERSIONS
