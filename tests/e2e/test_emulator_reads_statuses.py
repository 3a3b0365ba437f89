"""The emulator answers statuses, face, mode and limit as the reference says (contract.md 10 to 12)."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from flask_bgbilling.emulator import Emulator, EmulatorSettings
from flask_bgbilling.emulator.version import Version
from tests.billing_rows import attributes, dotted, iso, moment, newest_first, span, status_titles, stored, users
from tests.raw_calls import json_ok, json_refusal, xml_ok, xml_refusal
from tests.support import ALL_BANDS, Emulated

STATUSES = "ru.bitel.bgbilling.kernel.contract.api/ContractStatusService"
MONITOR = "ru.bitel.bgbilling.kernel.contract.status/ContractStatusMonitorService"
LIMITS = "ru.bitel.bgbilling.kernel.contract.limit/ContractLimitService"
RICH, EMPTY, DEBTOR, MISSING = 101, 110, 111, 999_999
OLD = [band for band in ALL_BANDS if Version(band) < "8.2"]
BELOW_9_2 = [band for band in ALL_BANDS if Version(band) < "9.2"]
FROM_9_2 = [band for band in ALL_BANDS if Version(band) >= "9.2"]
FROM_7_1 = [band for band in ALL_BANDS if Version(band) >= "7.1"]
PAGE = {"pageIndex": 1, "pageSize": 2}


@pytest.mark.parametrize("band", ALL_BANDS)
def test_directory_of_statuses(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    known = billing.rows("contract_status_list")
    every = [{"id": status["id"], "title": status["title"]} for status in known]
    manual = [{"id": status["id"], "title": status["title"]} for status in known if status["manual"]]
    assert every[:3] == [
        {"id": 0, "title": "Активен"},
        {"id": 1, "title": every[1]["title"]},
        {"id": 2, "title": "Отключен"},
    ]
    home, elsewhere = (MONITOR, STATUSES) if band in OLD else (STATUSES, MONITOR)
    assert json_ok(billing, home, "getStatusList", onlyManual=False) == every
    assert json_ok(billing, home, "getStatusList", onlyManual=True) == manual
    assert json_refusal(billing, elsewhere, "getStatusList") == f"not implemented: {elsewhere}.getStatusList"
    listed = attributes(xml_ok(billing, "contract.status", "StatusList"), "./list/item")
    assert listed == [{"id": str(status["id"]), "title": status["title"]} for status in every]
    assert len(attributes(xml_ok(billing, "contract.status", "StatusList", onlyManual=1), "./list/item")) == len(manual)
    if band in FROM_7_1:
        assert json_ok(billing, STATUSES, "statusList") == every


@pytest.mark.parametrize("band", BELOW_9_2)
def test_statuses_as_xml(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    titles, names = status_titles(billing), users(billing)
    assert attributes(xml_ok(billing, "contract.status", "ContractStatusTable", cid=RICH)) == [
        {"id": str(row["id"]), "status": titles[row["status"]], "period": span(row), "comment": row["comment"]}
        for row in stored(billing, "contract_status", "date1")
    ]
    assert attributes(xml_ok(billing, "contract.status", "ContractStatusLog", cid=RICH)) == [
        {
            "date": moment(row["date"]),
            "user": names[row["uid"]],
            "status": titles[row["status"]],
            "period": span(row),
            "comment": row["comment"],
        }
        for row in stored(billing, "contract_status_log")
    ]
    for action in ("ContractStatusTable", "ContractStatusLog"):
        assert xml_refusal(billing, "contract.status", action, cid=MISSING) == "Договор не найден"
        empty = xml_ok(billing, "contract.status", action, cid=EMPTY)
        assert empty.find("./table/data") is not None


@pytest.mark.parametrize("band", FROM_9_2)
def test_statuses_as_json(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    titles = status_titles(billing)
    periods = json_ok(billing, STATUSES, "contractStatusList", contractId=RICH)
    expected = [
        {
            "id": row["id"],
            "contractId": RICH,
            "status": row["status"],
            "dateFrom": row["date1"].isoformat(),
            "dateTo": row["date2"].isoformat() if row["date2"] else None,
            "comment": row["comment"],
        }
        for row in stored(billing, "contract_status", "date1")
    ]
    assert periods == expected
    today = EmulatorSettings().now().date().isoformat()
    current = json_ok(billing, STATUSES, "contractStatusList", contractId=RICH, date=f"{today}T00:00:00+03:00")
    assert [row["status"] for row in current] == [0]
    log = json_ok(
        billing, STATUSES, "contractStatusLogSearch", contractId=RICH, objectId=0, page={"pageIndex": 1, "pageSize": 0}
    )
    rows = stored(billing, "contract_status_log")
    assert [entry["id"] for entry in log["list"]] == [row["id"] for row in rows]
    assert log["list"][0] == {
        "id": rows[0]["id"],
        "status": titles[rows[0]["status"]],
        "userId": rows[0]["uid"],
        "date": iso(rows[0]["date"]),
        "date1": rows[0]["date1"].isoformat(),
        "date2": rows[0]["date2"].isoformat() if rows[0]["date2"] else None,
        "comment": rows[0]["comment"],
    }
    assert log["page"]["recordCount"] == len(rows)
    paged = json_ok(billing, STATUSES, "contractStatusLogSearch", contractId=RICH, objectId=0, page=PAGE)
    assert paged["list"] == log["list"][:2]
    of_object = json_ok(billing, STATUSES, "contractStatusLogSearch", contractId=RICH, objectId=1, page=PAGE)
    assert of_object["list"] == []
    assert xml_refusal(billing, "contract.status", "ContractStatusTable", cid=RICH).startswith("not implemented")


@pytest.mark.parametrize("band", FROM_9_2)
def test_planned_statuses_carry_a_document_in_a_text(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    names = {1: "ACTIVE", 2: "EXECUTED", 3: "CANCEL"}
    rows = stored(billing, "contract_status_task", "date1")

    def tasks(**params: object) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json_ok(
            billing, STATUSES, "statusFutureTasks", entityType="CONTRACT", entityId=RICH, **params
        )
        return found

    active = [row for row in rows if row["state"] == 1]
    assert [task["id"] for task in tasks(taskStatus="ACTIVE")] == [row["id"] for row in active]
    task = tasks(taskStatus="ACTIVE")[0]
    assert set(task) == {"id", "status", "createTime", "createUserId", "data"}
    assert (task["status"], task["createTime"]) == ("ACTIVE", iso(active[0]["create_time"]))
    assert json.loads(task["data"]) == {
        "dateFrom": dotted(active[0]["date1"]),
        "dateTo": dotted(active[0]["date2"]),
        "status": active[0]["status"],
        "comment": active[0]["comment"],
    }
    assert [task["status"] for task in tasks(taskStatus="ALL")] == [names[row["state"]] for row in rows]
    assert {task["status"] for task in tasks(taskStatus="CANCEL")} <= {"CANCEL"}
    refused = {"entityType": "CONTRACT", "entityId": RICH, "taskStatus": "SOON"}
    assert "taskStatus" in json_refusal(billing, STATUSES, "statusFutureTasks", **refused)
    refused = {"entityType": "OBJECT", "entityId": RICH, "taskStatus": "ALL"}
    assert "entityType" in json_refusal(billing, STATUSES, "statusFutureTasks", **refused)


@pytest.mark.parametrize("band", FROM_7_1)
def test_what_a_customer_may_do_with_the_status(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    found = json_ok(billing, STATUSES, "contractStatusChangeParametersGet", contractId=RICH)
    assert set(found) == {
        "canCancel",
        "changeableStatuses",
        "date",
        "dateList",
        "hasFutureChange",
        "hasManyFutureChanges",
    }
    assert (found["canCancel"], found["hasFutureChange"]) == (True, True)
    assert 0 not in {status["id"] for status in found["changeableStatuses"]}
    tomorrow = EmulatorSettings().now().date() + timedelta(days=1)
    assert (found["date"], found["dateList"][0]) == (tomorrow.isoformat(), tomorrow.isoformat())
    assert json_ok(billing, STATUSES, "contractStatusChangeParametersGet", contractId=EMPTY)["canCancel"] is False


@pytest.mark.parametrize("band", ALL_BANDS)
@pytest.mark.parametrize(
    ("action", "kind", "table", "words"),
    [
        ("ContractFace", "face", "log_contract_fc", {0: "Физическое лицо", 1: "Юридическое лицо"}),
        ("ContractMode", "mode", "log_contract_mode", {0: "Кредит", 1: "Дебет"}),
    ],
)
def test_logs_of_face_and_mode(
    emulated: Emulated, band: str, action: str, kind: str, table: str, words: dict[int, str]
) -> None:
    billing = emulated(band)
    names = users(billing)
    expected = [
        {"date": moment(row["dt"]), "user": names[row["uid"]], "value": words[row["value"]]}
        for row in newest_first(billing.rows(table, cid=RICH), "dt")
    ]
    assert len(expected) == 2
    root = xml_ok(billing, "contract", action, cid=RICH, type=kind, view=0, pageIndex=1, pageSize=25)
    assert attributes(root) == expected
    assert root.find("./table").attrib == {"pageIndex": "1", "pageSize": "25", "pageCount": "1", "recordCount": "2"}
    assert attributes(xml_ok(billing, "contract", action, cid=RICH, type=kind, view=1)) == expected[::-1]
    second = xml_ok(billing, "contract", action, cid=RICH, type=kind, view=0, pageIndex=2, pageSize=1)
    assert attributes(second) == expected[1:]
    empty = xml_ok(billing, "contract", action, cid=EMPTY, type=kind, view=0, pageIndex=1, pageSize=25)
    assert empty.find("./table").attrib == {"pageIndex": "1", "pageSize": "25", "pageCount": "0", "recordCount": "0"}


@pytest.mark.parametrize("band", ALL_BANDS)
def test_limit_its_log_and_its_plans(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    names = users(billing)
    assert json_ok(billing, LIMITS, "contractLimitGet", contractId=RICH) == Decimal("-100.00")
    log = json_ok(billing, LIMITS, "searchContractLimitLogList", contractId=RICH, page=PAGE)
    rows = newest_first(billing.rows("log_contract_limit", cid=RICH), "dt")
    assert log["list"] == [
        {
            "id": row["id"],
            "contractId": RICH,
            "date": iso(row["dt"]),
            "userId": row["uid"],
            "userName": names[row["uid"]],
            "limitValue": row["nvalue"],
            "days": row["days"],
            "comment": row["comment"],
        }
        for row in rows[:2]
    ]
    assert list(log["page"])[:4] == ["pageIndex", "pageSize", "pageCount", "recordCount"]
    assert log["page"]["recordCount"] == len(rows)
    oldest = rows[-1]["dt"].date().isoformat()
    period = {"dateFrom": f"{oldest}T00:00:00+03:00", "dateTo": oldest}
    narrow = json_ok(billing, LIMITS, "searchContractLimitLogList", contractId=RICH, page=PAGE, period=period)
    assert [entry["id"] for entry in narrow["list"]] == [rows[-1]["id"]]
    plans = newest_first(billing.rows("contract_limit_period", cid=RICH), "dt")
    everything = json_ok(billing, LIMITS, "searchContractLimitAvtoList", contractId=RICH, page={"pageIndex": 1})
    assert everything["list"] == [
        {
            "id": row["id"],
            "date": row["dt"].isoformat(),
            "status": row["status"],
            "userId": row["uid"],
            "userName": names[row["uid"]],
            "value": row["value"],
        }
        for row in plans
    ]
    active = json_ok(billing, LIMITS, "searchContractLimitAvtoList", contractId=RICH, page=PAGE, status="on")
    assert [task["status"] for task in active["list"]] == ["on"]
    assert "status" in json_refusal(billing, LIMITS, "searchContractLimitAvtoList", contractId=RICH, status="off!")
    empty = json_ok(billing, LIMITS, "searchContractLimitLogList", contractId=EMPTY, page=PAGE)
    assert empty["list"] == []
    assert empty["page"]["recordCount"] == 0
    assert json_refusal(billing, LIMITS, "contractLimitGet", contractId=MISSING) == "Договор не найден"


@pytest.mark.parametrize("band", FROM_7_1)
def test_lowering_of_the_limit_by_the_customer(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    row = billing.rows("contract_limit_manage", cid=RICH)[0]
    movement = {
        "id": row["id"],
        "amount": row["summ"],
        "dateFrom": row["date1"].isoformat(),
        "dateTo": row["date2"].isoformat(),
        "status": row["status"],
    }
    around = {"dateFrom": movement["dateFrom"], "dateTo": movement["dateTo"]}
    assert json_ok(billing, LIMITS, "contractLimitMovementList", contractId=RICH, **around) == [movement]
    later = {"dateFrom": movement["dateTo"], "dateTo": None}
    assert json_ok(billing, LIMITS, "contractLimitMovementList", contractId=RICH, **later) == []
    rules = json_ok(billing, LIMITS, "contractLimitParametersGet", contractId=RICH)
    assert set(rules) == {
        "groups",
        "minDays",
        "maxDays",
        "minLimit",
        "minSumm",
        "maxSumm",
        "maxNotPayoffed",
        "maxPartialPayoffed",
        "maxExpiredForBlock",
    }


def test_rules_of_lowering_the_limit_come_from_the_setup() -> None:
    with Emulator(EmulatorSettings(version="7.2", contracts=20)) as billing:
        with billing.engine.begin() as connection:
            connection.exec_driver_sql(
                "INSERT INTO setup (id, value) VALUES ('contract.limit.manage.maxSumm', '777.50')"
            )
        rules = json_ok(billing, LIMITS, "contractLimitParametersGet", contractId=RICH)
        assert rules["maxSumm"] == Decimal("777.50")


@pytest.mark.parametrize("band", OLD)
def test_whether_the_customer_may_lower_the_limit(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    for cid, mode in ((RICH, "0"), (DEBTOR, "1")):
        assert xml_ok(billing, "contract", "ContractLimitManage", cid=cid).find("./table").get("mode") == mode
