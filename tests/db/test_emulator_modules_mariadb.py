"""The emulator answers the same from MariaDB as from SQLite (service modules and plugins)."""

from collections.abc import Iterator

import pymysql
import pytest
from sqlalchemy.engine import make_url

from flask_bgbilling.emulator import Emulator, EmulatorSettings
from tests.module_calls import FIRM, NOON, RICH, inet, inventory, page
from tests.raw_calls import ask_json, ask_xml

DATABASE = "emulator_modules"
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


@pytest.fixture(scope="module")
def both(mariadb: str) -> Iterator[tuple[Emulator, Emulator]]:
    """The same demo data in SQLite and in a database of its own on MariaDB."""
    server = make_url(mariadb)
    assert server.host is not None
    assert server.port is not None
    connection = pymysql.connect(host=server.host, port=server.port, user=server.username or "root")
    connection.cursor().execute(f"CREATE DATABASE {DATABASE} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
    url = server.set(database=DATABASE).render_as_string(hide_password=False)
    common = {"version": BAND, "contracts": 20, "frozen_at": NOON}
    with Emulator(EmulatorSettings(**common)) as file, Emulator(EmulatorSettings(**common, db=url)) as served:
        yield file, served
    connection.cursor().execute(f"DROP DATABASE {DATABASE}")
    connection.close()


@pytest.mark.mariadb
@pytest.mark.parametrize(("module", "action", "fields"), XML_CALLS, ids=[call[1] for call in XML_CALLS])
def test_xml_answers_are_equal(
    both: tuple[Emulator, Emulator], module: str, action: str, fields: dict[str, object]
) -> None:
    answers = [ask_xml(billing, module, action, **fields) for billing in both]
    assert answers[0].attrib["status"] == "ok"
    first, second = ([(one.tag, one.attrib) for one in answer.iter()] for answer in answers)
    assert first == second
    assert len(first) > 1


@pytest.mark.mariadb
@pytest.mark.parametrize(("service", "method", "params"), JSON_CALLS, ids=[call[1] for call in JSON_CALLS])
def test_json_answers_are_equal(
    both: tuple[Emulator, Emulator], service: str, method: str, params: dict[str, object]
) -> None:
    file, served = (ask_json(billing, service, method, **params) for billing in both)
    assert file["status"] == "ok"
    assert file == served
    assert file["data"]["return"]
