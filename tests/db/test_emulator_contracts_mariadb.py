"""The emulator answers the same from MariaDB as from SQLite (areas of search, card and records of a contract)."""

import pytest

from tests.db.conftest import TwinsOf
from tests.raw_calls import ask_json, ask_xml, same_json, same_xml

CID, SUPER = 101, 103
API = "ru.bitel.bgbilling.kernel.contract.api"
CONTRACTS, STATUSES = f"{API}/ContractService", f"{API}/ContractStatusService"
LIMITS = "ru.bitel.bgbilling.kernel.contract.limit/ContractLimitService"
SCRIPTS = "ru.bitel.bgbilling.kernel.contract.script/ContractScriptService"
LABELS = "ru.bitel.bgbilling.kernel.contract.label/ContractLabelService"
PAGE = {"pageIndex": 1, "pageSize": 3}
PERIOD = {"dateFrom": "2026-10-01", "dateTo": "2026-11-15"}
ANY = {"fc": -1, "groupMask": 0, "subContracts": True, "closed": True, "hidden": True}

XML_CALLS = (
    ("contract", "ContractInfo", {"cid": CID}),
    ("contract", "ContractInfo", {"cid": SUPER}),
    ("contract", "ContractGroup", {"cid": CID}),
    ("admin", "GetContractGroupList", {"contracts": "true"}),
    ("contract", "ContractModuleList", {"cid": CID}),
    ("contract.status", "ContractStatusTable", {"cid": CID}),
    ("contract.status", "ContractStatusLog", {"cid": CID}),
    ("contract", "ContractFace", {"cid": CID, "pageIndex": 1, "pageSize": 1}),
    ("contract", "ContractMode", {"cid": CID, "view": 1}),
    ("contract", "ContractMemo", {"cid": CID}),
    ("contract.hierarchy", "ContractInfo", {"cid": SUPER}),
    ("contract", "ContractScriptTable", {"cid": CID}),
    ("contract", "ContractScriptLog", {"cid": CID, "start": "01.10.2026", "end": "15.11.2026", "pageSize": 5}),
    ("contract", "ContractCardXml", {"cid": CID, "contentType": "xml"}),
    ("contract", "ContractCard2ListTypes", {"cid": CID}),
    ("contract", "WebContractLogonLog", {"cid": CID, "logType": "ok", "date1": "01.11.2026", "date2": "20.11.2026"}),
    ("contract", "WebRequestLimit", {"cid": CID}),
    ("call", "FindContractLoginAlias", {"mid": 9, "type": "alias", "value": "HOME"}),
)
JSON_CALLS = (
    (CONTRACTS, "contractGet", {"contractId": CID}),
    (CONTRACTS, "contractByTitle", {"contractTitle": "a-24-0101"}),
    (CONTRACTS, "contractInfoGet", {"contractId": CID}),
    (CONTRACTS, "contractSubList", {"contractId": SUPER, "subMode": 0, "withSuperCid": True}),
    (CONTRACTS, "searchContractHistoryRecord", {"page": PAGE}),
    (CONTRACTS, "contractPasswordOnceCheck", {"passwordOnce": "740-155"}),
    (LABELS, "getContractLabelTreeItemList", {"contractId": CID, "calcCount": False}),
    (LABELS, "getContractLabelIds", {"contractId": CID}),
    (STATUSES, "contractStatusList", {"contractId": CID, "date": "2026-11-23"}),
    (STATUSES, "contractStatusLogSearch", {"contractId": CID, "objectId": 0, "page": PAGE}),
    (STATUSES, "statusFutureTasks", {"entityType": "CONTRACT", "entityId": CID, "taskStatus": "ALL"}),
    (STATUSES, "contractStatusChangeParametersGet", {"contractId": CID}),
    (LIMITS, "contractLimitGet", {"contractId": CID}),
    (LIMITS, "searchContractLimitLogList", {"contractId": CID, "page": PAGE, "period": PERIOD}),
    (LIMITS, "searchContractLimitAvtoList", {"contractId": CID, "page": PAGE, "status": ""}),
    (LIMITS, "contractLimitParametersGet", {"contractId": CID}),
    (f"{API}/ContractNoteService", "contractNoteList", {"contractId": CID, "customer": True}),
    (SCRIPTS, "getScriptLogList", {"contractId": CID, "period": PERIOD, "title": None, "pageHolder": PAGE}),
    (SCRIPTS, "getScriptLogTitleList", {"contractId": CID, "period": PERIOD}),
    ("ru.bitel.oss.kernel.directories.domain/DomainService", "domainTree", {}),
)
XML_SEARCHES = (
    ("FilterContract", {"contractMask": "0101"}),
    ("FilterContract", {"contractMask": "^a-24-010[1-3]$", "contractComment": ".+"}),
    ("FilterContract", {"contractComment": "АПТЕК ЕЛОЧКА", "show_sub": 1}),
    ("FindContract", {"type": "c1", "parameters": "", "parameter": "колесникова"}),
    ("FindContract", {"type": "c1", "parameters": "", "parameter": "^КОЛЕСНИКОВА.*на$"}),
    ("FindContract", {"type": "c2", "street": 1, "house": 18, "frac": "", "flat": "5"}),
    ("FindContract", {"type": "c2", "street": 1}),
    ("FindContract", {"type": "c3", "parameters": "", "mail": "@POCHTA"}),
    ("FindContract", {"type": "c6", "parameters": "", "date1": "01.01.1950", "date2": "31.12.1999"}),
    ("FindContract", {"type": "c9", "parameters": "", "phone": "(916) 123-45"}),
    ("FindContract", {"type": "o4", "street": 1}),
)
FILTERS = (
    {"title": r"\QA-24-01\E"},
    {"comment": "ёлочка"},
    {"groupMask": 1 << 62},
    {"fc": 1},
    {"entityFilter": [{"type": "Phone", "entitySpecAttrIds": "", "mode": 1, "value": "%9161234567%"}]},
    {"entityFilter": [{"type": "Phone", "entitySpecAttrIds": "", "mode": 2, "value": "^7916.*7$"}]},
    {"entityFilter": [{"type": "Text", "entitySpecAttrIds": [], "mode": 1, "value": "колесник%"}]},
    {"entityFilter": [{"type": "Text", "entitySpecAttrIds": [], "mode": 0, "value": "КОЛЕСНИКОВА ИРИНА ДМИТРИЕВНА"}]},
    {"entityFilter": [{"type": "Address", "entitySpecAttrIds": [], "cityId": 1, "flat": "5"}]},
)


@pytest.mark.mariadb
@pytest.mark.parametrize(("module", "action", "fields"), XML_CALLS, ids=[call[1] for call in XML_CALLS])
def test_xml_answers_are_equal(twins: TwinsOf, module: str, action: str, fields: dict[str, object]) -> None:
    same_xml(twins("7.2"), module, action, **fields)


@pytest.mark.mariadb
@pytest.mark.parametrize(("service", "method", "params"), JSON_CALLS, ids=[call[1] for call in JSON_CALLS])
def test_json_answers_are_equal(twins: TwinsOf, service: str, method: str, params: dict[str, object]) -> None:
    same_json(twins("9.2"), service, method, **params)


@pytest.mark.mariadb
@pytest.mark.parametrize(("action", "fields"), XML_SEARCHES)
def test_xml_searches_find_the_same(twins: TwinsOf, action: str, fields: dict[str, object]) -> None:
    answers = [ask_xml(billing, "contract", action, pageIndex=1, pageSize=0, **fields) for billing in twins("7.2")]
    first, second = ({tuple(item.attrib.items()) for item in answer.findall("./contracts/item")} for answer in answers)
    assert first == second
    assert first


@pytest.mark.mariadb
@pytest.mark.parametrize("criteria", FILTERS)
def test_json_searches_find_the_same(twins: TwinsOf, criteria: dict[str, object]) -> None:
    answers = [ask_json(billing, CONTRACTS, "contractList", **{**ANY, **criteria}) for billing in twins("9.2")]
    first, second = ({bean["id"]: bean for bean in answer["data"]["return"]} for answer in answers)
    assert first == second
    assert first
