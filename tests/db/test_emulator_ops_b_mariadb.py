"""The emulator answers the same from MariaDB as from SQLite (areas of parameters, objects, addresses, money)."""

from collections.abc import Iterator
from datetime import datetime

import pymysql
import pytest
from sqlalchemy.engine import make_url

from flask_bgbilling.emulator import Emulator, EmulatorSettings
from tests.raw_calls import ask_json, ask_xml

NOON = datetime(2026, 11, 23, 12)
DATABASE = "emulator_ops_b"
CID, SUPER = 101, 103
API = "ru.bitel.bgbilling.kernel.contract.api"
BALANCE = "ru.bitel.bgbilling.kernel.contract.balance"
ADDRESSES = "ru.bitel.oss.kernel.directories.address/AddressService"
OPTIONS = "ru.bitel.bgbilling.kernel.tariff.option/TariffOptionService"
PERIOD = {"dateFrom": "2025-12-01", "dateTo": "2026-11-30"}
PAGE = {"pageIndex": 1, "pageSize": 3}

XML_CALLS = (
    ("contract", "ContractParameters", {"cid": CID, "all": 1, "list": 1}),
    ("contract", "ContractParameters", {"cid": CID}),
    ("contract", "AddressInfo", {"cid": CID, "pid": 3}),
    ("contract", "GetPhoneInfo", {"cid": CID, "pid": 4}),
    ("contract", "GetParameterHistory", {"cid": CID, "pid": 10}),
    ("contract.object", "ObjectParamTable", {"object": 1}),
    ("contract.object", "ObjectModuleTable", {"object_id": 1}),
    ("contract", "OpenContract", {}),
    ("contract", "ContractBalanceGeneral", {"cid": SUPER}),
    ("contract", "ContractBalanceDetail", {"cid": SUPER, "date1": "10.03.2026"}),
    ("contract", "ContractAccounts", {"cid": SUPER}),
    ("contract", "ContractPayment", {"id": 1}),
    (
        "contract",
        "ContractTariffPlan",
        {"cid": CID, "id": 1, "showUsed": 1, "useFilter": 1, "tariffGroupFilter": 1, "mid": 1},
    ),
    ("contract", "GetContractTariffGroup", {"id": 1}),
)
JSON_CALLS = (
    (f"{API}/ContractService", "contractParameterMap", {"contractId": CID, "paramGroupId": 0}),
    (f"{API}/ContractService", "contractParameterGroupGet", {"id": 1}),
    ("ru.bitel.bgbilling.kernel.contract.object/ContractObjectService", "contractObjectList", {"contractId": CID}),
    (ADDRESSES, "streetSearch", {"title": "лЕН", "page": PAGE}),
    (ADDRESSES, "houseList", {"cityId": 1, "house": 2, "page": PAGE}),
    (f"{BALANCE}/PaymentService", "paymentList", {"contractId": SUPER, "members": 3, "period": PERIOD}),
    (f"{BALANCE}/ChargeService", "chargeList", {"contractId": CID, "type": 0, "members": 1, "period": PERIOD}),
    (f"{BALANCE}/ChargeService", "chargeTypeTree", {"editable": 0, "isPayback": False, "showEmptyRoot": False}),
    (f"{BALANCE}/BalanceService", "contractBalanceList", {"contractId": CID, "period": PERIOD}),
    (f"{BALANCE}/BalanceService", "contractAccountList", {"contractId": CID, "period": PERIOD, "members": 1}),
    (f"{BALANCE}/ReserveService", "reserveList", {"contractId": CID, "period": PERIOD, "reserveMembers": 1}),
    (f"{BALANCE}/ReserveService", "reserveSum", {"contractId": CID}),
    (
        "ru.bitel.bgbilling.kernel.contract.autopayment/ContractAutopaymentService",
        "searchContractAutopayment",
        {"contractId": CID, "period": PERIOD, "page": PAGE},
    ),
    (f"{API}/ContractTariffService", "contractTariffList", {"contractId": CID, "entityMid": 0, "entityId": 0}),
    (f"{API}/ContractTariffService", "contractTariffEntryList", {"contractId": CID, "date": "2026-11-23"}),
    (f"{API}/ContractTariffService", "personalTariffList", {"contractId": CID}),
    (
        "ru.bitel.bgbilling.kernel.tariff/TariffService",
        "tariffPlanList",
        {"groupMask": 32, "personType": 1, "title": ""},
    ),
    ("ru.bitel.bgbilling.kernel.tariff/TariffService", "tariffGroupList", {}),
    (OPTIONS, "contractTariffOptionList", {"contractId": CID, "date": "2026-11-23T12:00:00+03:00"}),
    (OPTIONS, "tariffOptionListAvailable", {"contractId": CID, "onlyAvailable": True, "web": True}),
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
    common = {"version": "9.2", "contracts": 20, "frozen_at": NOON}
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
