"""The emulator answers the same from MariaDB as from SQLite (service modules and plugins)."""

import pytest

from tests.db.conftest import TwinsOf
from tests.module_calls import FIRM, RICH, inet, inventory, page
from tests.raw_calls import same_json, same_xml

BAND = "9.2"
HELPDESK = "ru.bitel.bgbilling.plugins.helpdesk"
SERVICES, DEVICES, SESSIONS = (inet(BAND, f"Inet{name}Service") for name in ("Serv", "Device", "Session"))
MODULES = "ru.bitel.bgbilling.modules."
NOW = {"dateFrom": "2026-11-23", "dateTo": "2026-11-23"}

XML_CALLS = (
    ("card", "CardContractInfo", {"mid": 8, "cid": RICH, "sid": 17}),
    ("cerbercrypt", "PacketList", {"mid": 7, "virtual_cinema": 0}),
    ("cerbercrypt", "DealerTable", {"mid": 7, "title": "АНТЕНН"}),
    ("bill", "ContractBill", {"mid": 5, "cid": FIRM, "pageIndex": 2, "pageSize": 25}),
    ("bill", "ContractInvoice", {"mid": 5, "cid": FIRM, "pageIndex": 1, "pageSize": 25}),
    (HELPDESK, "GetTopics", {"onlynew": 1, "closed": 0, "pageSize": 200000}),
    (HELPDESK, "GetTopicMessage", {"topicId": 201}),
    (HELPDESK, "GetMessage", {"topicId": 201, "id": 301}),
)
JSON_CALLS = (
    (SERVICES, "inetServTree", {"contractId": RICH}),
    (SERVICES, "inetServTypeList", {}),
    (SERVICES, "inetOptionTree", {}),
    (DEVICES, "inetDeviceRoot", {"deviceTreeFilter": {"host": "10.10."}, "loadAncestors": True}),
    (DEVICES, "getContracts", {"id": 7}),
    (SESSIONS, "inetSessionAliveContractList", {"contractId": RICH, "trafficTypeIds": [0], "page": page(1)}),
    (SESSIONS, "inetSessionLogContractList", {"contractId": RICH, "servIds": [7], "page": page(2)}),
    (SESSIONS, "inetSessionLogList", {"ip": "10.20.31.101", "page": page(1)}),
    (inventory("DeviceInterfaceService"), "devicePortList", {"deviceId": 1007, "subscriber": True}),
    (inventory("ResourceService"), "freeVlan", {"vlanResourceCategoryIds": [1], **NOW}),
    (
        inventory("ResourceService"),
        "freeIpResourceRangeList",
        {"ipResourceCategoryIds": [1, 2], "range": 1, "max": 10, **NOW},
    ),
    (inventory("PhoneResourceService", 4), "phoneCategoryRoot", {}),
    (inventory("PhoneResourceService", 4), "phoneFreeList", {"categoryId": 2, "resourceIds": [1], "count": 5}),
    (f"{MODULES}npay/2/NPayService", "serviceObjectList", {"contractId": RICH, "actualItemsOnly": True}),
    (f"{MODULES}rscm/3/RSCMService", "searchRSCMContractService", {"contractId": RICH, "page": page(2)}),
    (f"{MODULES}voice/4/VoiceAccountService", "voiceAccountList", {"contractId": FIRM}),
    (f"{MODULES}voice/4/VoiceDeviceService", "deviceRoot", {"deviceTreeFilter": {}}),
    (f"{MODULES}cerbercrypt/7/UserCardService", "getUserCardList", {"cid": RICH, "slavecardsIncluding": True}),
    (f"{MODULES}cerbercrypt/7/CardPacketService", "cardPacketTable", {"cid": RICH, "usercardId": 0}),
    (f"{MODULES}bill/5/BillService", "documentTypes", {"contractId": RICH, "documentType": "BILL"}),
    (f"{MODULES}bill/5/BillService", "attributeList", {"contractId": RICH}),
    ("ru.bitel.bgbilling.plugins.dispatch/DispatchService", "getContacts", {"contractId": RICH}),
    ("ru.bitel.bgbilling.plugins.cashcheck/CashcheckService", "registratorList", {}),
    (f"{HELPDESK}/HelpdeskService", "fileDownload", {"contractId": RICH, "fileId": 7}),
)


@pytest.mark.mariadb
@pytest.mark.parametrize(("module", "action", "fields"), XML_CALLS, ids=[call[1] for call in XML_CALLS])
def test_xml_answers_are_equal(twins: TwinsOf, module: str, action: str, fields: dict[str, object]) -> None:
    same_xml(twins(BAND), module, action, **fields)


@pytest.mark.mariadb
@pytest.mark.parametrize(("service", "method", "params"), JSON_CALLS, ids=[call[1] for call in JSON_CALLS])
def test_json_answers_are_equal(twins: TwinsOf, service: str, method: str, params: dict[str, object]) -> None:
    same_json(twins(BAND), service, method, **params)
