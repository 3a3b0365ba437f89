"""The emulator answers the same from MariaDB as from SQLite (areas of parameters, objects, addresses, money)."""

import pytest

from tests.db.conftest import TwinsOf
from tests.raw_calls import same_json, same_xml

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


@pytest.mark.mariadb
@pytest.mark.parametrize(("module", "action", "fields"), XML_CALLS, ids=[call[1] for call in XML_CALLS])
def test_xml_answers_are_equal(twins: TwinsOf, module: str, action: str, fields: dict[str, object]) -> None:
    same_xml(twins("9.2"), module, action, **fields)


@pytest.mark.mariadb
@pytest.mark.parametrize(("service", "method", "params"), JSON_CALLS, ids=[call[1] for call in JSON_CALLS])
def test_json_answers_are_equal(twins: TwinsOf, service: str, method: str, params: dict[str, object]) -> None:
    same_json(twins("9.2"), service, method, **params)
