"""The emulator answers the same from MariaDB as from SQLite (areas of search, card and records of a contract)."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime

import pymysql
import pytest
from sqlalchemy.engine import make_url

from flask_bgbilling.emulator import Emulator, EmulatorSettings
from tests.raw_calls import ask_json, ask_xml

NOON = datetime(2026, 11, 23, 12)
DATABASE = "emulator_ops_a"
CID, SUPER = 101, 103
API = "ru.bitel.bgbilling.kernel.contract.api"
CONTRACTS, STATUSES = f"{API}/ContractService", f"{API}/ContractStatusService"
LIMITS = "ru.bitel.bgbilling.kernel.contract.limit/ContractLimitService"
SCRIPTS = "ru.bitel.bgbilling.kernel.contract.script/ContractScriptService"
LABELS = "ru.bitel.bgbilling.kernel.contract.label/ContractLabelService"
PAGE = {"pageIndex": 1, "pageSize": 3}
PERIOD = {"dateFrom": "2026-10-01", "dateTo": "2026-11-15"}
ANY = {"fc": -1, "groupMask": 0, "subContracts": True, "closed": True, "hidden": True}

Pair = tuple[Emulator, Emulator]

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


@pytest.fixture(scope="module")
def pairs(mariadb: str) -> Iterator[dict[str, Pair]]:
    """By version: the same demo data in SQLite and in a database of its own on MariaDB."""
    server = make_url(mariadb)
    assert server.host is not None
    assert server.port is not None
    connection = pymysql.connect(host=server.host, port=server.port, user=server.username or "root")
    connection.cursor().execute(f"CREATE DATABASE {DATABASE} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
    url = server.set(database=DATABASE).render_as_string(hide_password=False)
    with ExitStack() as running:

        def start(version: str, db: str = "") -> Emulator:
            settings = EmulatorSettings(version=version, contracts=20, frozen_at=NOON, db=db)
            return running.enter_context(Emulator(settings))

        yield {version: (start(version), start(version, url)) for version in ("7.2", "9.2")}
    connection.cursor().execute(f"DROP DATABASE {DATABASE}")
    connection.close()


@pytest.mark.mariadb
@pytest.mark.parametrize(("module", "action", "fields"), XML_CALLS, ids=[call[1] for call in XML_CALLS])
def test_xml_answers_are_equal(pairs: dict[str, Pair], module: str, action: str, fields: dict[str, object]) -> None:
    answers = [ask_xml(billing, module, action, **fields) for billing in pairs["7.2"]]
    assert answers[0].attrib["status"] == "ok"
    first, second = ([(one.tag, one.attrib) for one in answer.iter()] for answer in answers)
    assert first == second
    assert len(first) > 1


@pytest.mark.mariadb
@pytest.mark.parametrize(("service", "method", "params"), JSON_CALLS, ids=[call[1] for call in JSON_CALLS])
def test_json_answers_are_equal(pairs: dict[str, Pair], service: str, method: str, params: dict[str, object]) -> None:
    file, served = (ask_json(billing, service, method, **params) for billing in pairs["9.2"])
    assert file["status"] == "ok", file["message"]
    assert file == served
    assert file["data"]["return"]


@pytest.mark.mariadb
@pytest.mark.parametrize(("action", "fields"), XML_SEARCHES)
def test_xml_searches_find_the_same(pairs: dict[str, Pair], action: str, fields: dict[str, object]) -> None:
    answers = [ask_xml(billing, "contract", action, pageIndex=1, pageSize=0, **fields) for billing in pairs["7.2"]]
    first, second = ({tuple(item.attrib.items()) for item in answer.findall("./contracts/item")} for answer in answers)
    assert first == second
    assert first


@pytest.mark.mariadb
@pytest.mark.parametrize("criteria", FILTERS)
def test_json_searches_find_the_same(pairs: dict[str, Pair], criteria: dict[str, object]) -> None:
    answers = [ask_json(billing, CONTRACTS, "contractList", **{**ANY, **criteria}) for billing in pairs["9.2"]]
    first, second = ({bean["id"]: bean for bean in answer["data"]["return"]} for answer in answers)
    assert first == second
    assert first
