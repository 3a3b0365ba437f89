"""The emulator changes status, limit, notes and scripts as the reference says, band by band (contract.md 10, 12, 13,
15, 16)."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from flask_bgbilling.emulator import Emulator
from flask_bgbilling.emulator.version import Version
from tests.raw_calls import ask_json, ask_xml, json_ok, json_refusal, xml_ok, xml_refusal
from tests.support import ALL_BANDS, Emulated

CID, FIRM, EMPTY, UNKNOWN = 101, 102, 110, 999999
API = "ru.bitel.bgbilling.kernel.contract.api"
STATUSES = f"{API}/ContractStatusService"
MONITOR = "ru.bitel.bgbilling.kernel.contract.status/ContractStatusMonitorService"
LIMITS = "ru.bitel.bgbilling.kernel.contract.limit/ContractLimitService"
NOTES = f"{API}/ContractNoteService"
SCRIPTS = "ru.bitel.bgbilling.kernel.contract.script/ContractScriptService"
FROM_7_1 = [band for band in ALL_BANDS if Version(band) >= "7.1"]
NOON = datetime(2026, 11, 23, 12)
ACTIVE, DISCONNECTED, CLOSED, SUSPENDED = 0, 2, 3, 4


def change(billing: Emulator, status: int, start: object, end: object = None, *cids: int, **more: object) -> str:
    """Changes the status in the form of the band; the refusal, empty when it succeeds."""
    version = Version(billing.settings.version)
    service = MONITOR if version < "8.2" else STATUSES
    wanted = list(cids or (CID,))
    own: dict[str, object] = {"cid": wanted} if version < "9.2" else {"contractId": wanted, "objectId": 0}
    params = {"statusId": status, "dateFrom": start, "dateTo": end, "comment": "тест", "confirmChecked": True}
    answer = ask_json(billing, service, "changeContractStatus", **{**own, **params, **more})
    return "" if answer["status"] == "ok" else str(answer["message"])


def periods(billing: Emulator, cid: int = CID) -> list[tuple[int, str, str]]:
    """Status, first and last day of the periods as they follow each other."""
    rows = sorted(billing.rows("contract_status", cid=cid), key=lambda row: row["date1"])
    return [
        (row["status"], f"{row['date1']:%d.%m.%y}", f"{row['date2']:%d.%m.%y}" if row["date2"] else "") for row in rows
    ]


@pytest.mark.parametrize("band", ALL_BANDS)
def test_a_status_for_some_days_is_followed_by_the_former_one(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    assert periods(billing, EMPTY) == []
    assert change(billing, ACTIVE, "2026-01-10", None, EMPTY) == ""
    assert change(billing, SUSPENDED, "2026-07-01T00:00:00+03:00", "2026-07-31T00:00:00+03:00", EMPTY) == ""
    assert periods(billing, EMPTY) == [
        (ACTIVE, "10.01.26", "30.06.26"),
        (SUSPENDED, "01.07.26", "31.07.26"),
        (ACTIVE, "01.08.26", ""),
    ]
    log = billing.rows("contract_status_log", cid=EMPTY)
    assert [(row["status"], row["uid"], row["date"], row["comment"]) for row in log] == [
        (ACTIVE, 1, NOON, "тест"),
        (SUSPENDED, 1, NOON, "тест"),
    ]
    assert change(billing, DISCONNECTED, "2026-11-20", None, EMPTY) == ""
    row = billing.rows("contract", id=EMPTY)[0]
    assert (row["status"], row["status_date"]) == (DISCONNECTED, date(2026, 11, 20))
    if Version(band) < "9.2":
        root = xml_ok(billing, "contract.status", "ContractStatusTable", cid=EMPTY)
        assert [entry.get("period") for entry in root.iter("row")][-1] == "20.11.2026-…"


@pytest.mark.parametrize("band", ALL_BANDS)
def test_an_open_status_replaces_what_was_planned(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    kept = periods(billing)[:3]
    assert change(billing, SUSPENDED, "2026-12-25", "2026-12-31", confirmChecked=False) == (
        "Есть запланированные изменения статуса, требуется подтверждение"
    )
    assert change(billing, DISCONNECTED, "2026-12-01") == ""
    assert periods(billing) == [*kept, (ACTIVE, "01.04.26", "30.11.26"), (DISCONNECTED, "01.12.26", "")]
    assert billing.rows("contract", id=CID)[0]["status"] == ACTIVE, "it is still November"
    tasks = billing.rows("contract_status_task", cid=CID)
    assert [task["state"] for task in tasks if task["date1"] == date(2026, 12, 23)] == [3], "cancelled"
    planned = [task for task in tasks if task["state"] == 1]
    assert [(task["status"], task["date1"], task["create_uid"]) for task in planned] == [
        (DISCONNECTED, date(2026, 12, 1), 1)
    ]
    if Version(band) >= "9.2":
        asked = {"entityType": "CONTRACT", "entityId": CID, "taskStatus": "ACTIVE"}
        (task,) = json_ok(billing, STATUSES, "statusFutureTasks", **asked)
        data = {"dateFrom": "01.12.2026", "dateTo": "", "status": DISCONNECTED, "comment": "тест"}
        assert json.loads(task["data"]) == data


@pytest.mark.parametrize("band", ALL_BANDS)
def test_a_status_that_covers_others_removes_them(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    assert change(billing, CLOSED, "2024-01-10", "2026-04-10") == ""
    assert periods(billing) == [
        (CLOSED, "10.01.24", "10.04.26"),
        (ACTIVE, "11.04.26", "22.12.26"),
        (SUSPENDED, "23.12.26", "05.01.27"),
    ]
    assert billing.rows("contract", id=CID)[0]["status"] == ACTIVE


@pytest.mark.parametrize("band", ALL_BANDS)
def test_a_status_that_makes_no_sense_is_refused(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    before = periods(billing), billing.rows("contract_status_log")
    assert change(billing, SUSPENDED, "2026-12-02", "2026-12-01") == "Дата начала периода позже даты окончания"
    assert "нельзя установить вручную" in change(billing, 1, "2026-12-01")
    assert change(billing, 77, "2026-12-01") == "Статус не найден: 77"
    assert "dateFrom" in change(billing, SUSPENDED, None)
    assert change(billing, SUSPENDED, "2026-12-01", None, UNKNOWN) == "Договор не найден"
    assert change(billing, SUSPENDED, "2026-12-01", None, CID, UNKNOWN) == "Договор не найден"
    nobody = {"cid" if Version(band) < "9.2" else "contractId": []}
    assert "Не указан" in change(billing, SUSPENDED, "2026-12-01", **nobody)
    if Version(band) >= "9.2":
        assert "объекта" in change(billing, SUSPENDED, "2026-12-01", objectId=1)
    assert (periods(billing), billing.rows("contract_status_log")) == before, "one refused contract spoils all"
    wrong = MONITOR if Version(band) >= "8.2" else STATUSES
    refusal = json_refusal(billing, wrong, "changeContractStatus", cid=[CID], statusId=4, dateFrom="2026-12-01")
    assert refusal.startswith("not implemented: ")


@pytest.mark.parametrize("band", ["7.1", "8.0", "8.2"])
def test_statuses_of_many_contracts_and_of_customers(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    fields = {"type": "changeStatus", "cids": "101,102", "status": SUSPENDED, "date1": "01.12.2026"}
    xml_ok(billing, "contract", "ContractGroupOperation", **fields)
    for cid in (CID, FIRM):
        assert periods(billing, cid)[-1] == (SUSPENDED, "01.12.26", "")
    assert "операция" in xml_refusal(billing, "contract", "ContractGroupOperation", **{**fields, "type": "delete"})
    number = json_ok(billing, STATUSES, "contractStatusChange", contractId=EMPTY, contractStatus=2, customer=True)
    assert billing.rows("contract_status", id=number)[0]["date1"] == date(2026, 11, 24)


def set_limit(billing: Emulator, value: object, comment: str = "по письму") -> None:
    """Sets the limit for ever in the form of the band."""
    if Version(billing.settings.version) <= Version("9.2"):
        xml_ok(billing, "contract", "UpdateContractLimit", cid=CID, value=value, comment=comment)
    else:
        json_ok(billing, LIMITS, "updateContractLimit", contractId=CID, limit=value, comment=comment)


@pytest.mark.parametrize("band", ALL_BANDS)
def test_the_limit_for_ever_and_for_some_days(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    set_limit(billing, "-100.5")
    assert billing.rows("contract", id=CID)[0]["closesumma"] == Decimal("-100.50")
    days = {"contractId": CID, "limit": -700, "period": 3, "comment": "обещал"}
    json_ok(billing, LIMITS, "updateContractLimitPeriod", **days)
    assert billing.rows("contract", id=CID)[0]["closesumma"] == Decimal(-700)
    log = [row for row in billing.rows("log_contract_limit", cid=CID) if row["dt"] == NOON]
    assert [(row["nvalue"], row["days"], row["uid"], row["comment"]) for row in log] == [
        (Decimal("-100.50"), 0, 1, "по письму"),
        (Decimal(-700), 3, 1, "обещал"),
    ]
    task = billing.rows("contract_limit_period", cid=CID)[-1]
    assert (task["dt"], task["value"], task["status"]) == (date(2026, 11, 26), Decimal("-100.50"), "on")

    def cancel(number: int) -> str:
        if Version(band) < "8.0":
            root = ask_xml(billing, "contract", "LimitChangeTaskDelete", cid=CID, id=number)
            return "" if root.get("status") == "ok" else root.text or ""
        answer = ask_json(billing, LIMITS, "cancelLimitChangeTask", contractId=CID, taskIds=[number])
        return "" if answer["status"] == "ok" else str(answer["message"])

    assert cancel(task["id"]) == ""
    assert billing.rows("contract_limit_period", id=task["id"])[0]["status"] == "cancel"
    assert cancel(task["id"]) == "Задание на изменение лимита не найдено"
    assert billing.rows("contract", id=CID)[0]["closesumma"] == Decimal(-700), "the limit itself stays"
    for wrong in (0, -1, 100000):
        assert "дней" in json_refusal(billing, LIMITS, "updateContractLimitPeriod", **{**days, "period": wrong})
    assert "limit" in json_refusal(billing, LIMITS, "updateContractLimitPeriod", **{**days, "limit": "много"})
    assert [row for row in billing.rows("log_contract_limit", cid=CID) if row["dt"] == NOON] == log


@pytest.mark.parametrize("band", ALL_BANDS)
def test_which_form_of_the_limit_a_band_knows(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    xml = ask_xml(billing, "contract", "UpdateContractLimit", cid=CID, value="1")
    answer = ask_json(billing, LIMITS, "updateContractLimit", contractId=CID, limit=1)
    assert (xml.get("status") == "ok") is (Version(band) <= Version("9.2"))
    assert (answer["status"] == "ok") is (Version(band) >= "9.2")


@pytest.mark.parametrize("band", FROM_7_1)
def test_a_customer_lowers_the_limit_within_the_rules(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    lowering = {"contractId": CID, "amount": 300, "days": 2}
    billing_limit = billing.rows("contract", id=CID)[0]["closesumma"]
    for wrong in ({"days": 9}, {"amount": 5}, {"amount": 501}):
        assert "от" in json_refusal(billing, LIMITS, "contractLimitMove", **{**lowering, **wrong})
    before = len(billing.rows("contract_limit_manage", cid=EMPTY))
    json_ok(billing, LIMITS, "contractLimitMove", **{**lowering, "contractId": EMPTY})
    (movement,) = billing.rows("contract_limit_manage", cid=EMPTY)[before:]
    assert (movement["summ"], movement["date2"], movement["status"]) == (Decimal(300), date(2026, 11, 25), 0)
    assert billing.rows("contract_limit_period", id=movement["clp_id"])[0]["cid"] == EMPTY
    assert "непогашенные" in json_refusal(billing, LIMITS, "contractLimitMove", **{**lowering, "contractId": EMPTY})
    assert billing.rows("contract", id=CID)[0]["closesumma"] == billing_limit
    if Version(band) < "8.2":
        xml_ok(billing, "contract", "UpdateContractLimitManage", cid=FIRM, value=1)
        assert "запрещено" in json_refusal(billing, LIMITS, "contractLimitMove", **{**lowering, "contractId": FIRM})
        assert "value" in xml_refusal(billing, "contract", "UpdateContractLimitManage", cid=FIRM, value=5)


def note(billing: Emulator, number: int) -> dict[str, Any]:
    return billing.rows("contract_comment", id=number)[0]


@pytest.mark.parametrize("band", ["7.0", "7.1", "7.2", "8.0"])
def test_notes_by_xml(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    fields = {"cid": CID, "subject": "Тема", "comment": "Первая\nвторая & <третья>", "visibled": "1"}
    for new in ("new", -1):
        number = int(xml_ok(billing, "contract", "UpdateContractMemo", id=new, **fields).attrib["id"])
        row = note(billing, number)
        assert (row["subject"], row["comment"], row["visibled"]) == ("Тема", "Первая\nвторая & <третья>", 1)
        assert (row["uid"], row["dt"], row["cid"]) == (1, NOON, CID)
    xml_ok(billing, "contract", "UpdateContractMemo", id=number, **{**fields, "subject": "Иначе", "visibled": "false"})
    assert (note(billing, number)["subject"], note(billing, number)["visibled"]) == ("Иначе", 0)
    refusals = (
        xml_refusal(billing, "contract", "UpdateContractMemo", id=number, **{**fields, "cid": FIRM}),
        xml_refusal(billing, "contract", "DeleteContractMemo", id=number, cid=FIRM),
        xml_refusal(billing, "contract", "DeleteContractMemo", id=7777),
    )
    assert set(refusals) == {"Примечание не найдено"}
    xml_ok(billing, "contract", "DeleteContractMemo", id=number)
    assert billing.rows("contract_comment", id=number) == []


@pytest.mark.parametrize("band", FROM_7_1)
def test_notes_by_json(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    bean = {"id": 0, "contractId": CID, "title": "Тема", "comment": "текст", "visible": False, "user": None}
    author = {"dateTime": "2026-11-22T14:56:08+03:00", "userId": 2}
    number = json_ok(billing, NOTES, "contractNoteUpdate", contractId=CID, contractNote={**bean, **author})
    assert (note(billing, number)["uid"], note(billing, number)["dt"]) == (2, datetime(2026, 11, 22, 14, 56, 8))
    changed = {**bean, "id": number, "visible": True}
    assert json_ok(billing, NOTES, "contractNoteUpdate", contractId=CID, contractNote=changed) == number
    row = note(billing, number)
    assert (row["uid"], row["dt"], row["visibled"]) == (1, NOON, 1)
    for contract_id, wrong, words in (
        (FIRM, changed, "не найдено"),
        (FIRM, {**bean, "contractId": CID}, "не найдено"),
        (CID, {**bean, "userId": 77}, "Пользователь не найден"),
        (UNKNOWN, bean, "Договор не найден"),
    ):
        assert words in json_refusal(billing, NOTES, "contractNoteUpdate", contractId=contract_id, contractNote=wrong)
    assert "не найдено" in json_refusal(billing, NOTES, "contractNoteDelete", contractId=FIRM, id=number)
    json_ok(billing, NOTES, "contractNoteDelete", contractId=CID, id=number)
    assert billing.rows("contract_comment", id=number) == []


@pytest.mark.parametrize("band", ALL_BANDS)
def test_scripts(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    by_xml = Version(band) < "9.2"

    def save(number: int, *, script: int = 1, start: str = "01.01.2026", end: str = "", cid: int = CID) -> str:
        if by_xml:
            fields = {"id": number or "new", "cid": cid, "script": script, "comment": "к", "date1": start, "date2": end}
            root = ask_xml(billing, "contract", "UpdateContractScript", **fields)
            return root.get("id") or root.text or ""
        period = {"dateFrom": start, "dateTo": end or None}
        bean = {"id": number, "contractId": cid, "scriptId": script, "script": None, "period": period, "comment": "к"}
        answer = ask_json(billing, SCRIPTS, "contractScriptUpdate", contractScript=bean)
        return str(answer["data"]["return"]) if answer["status"] == "ok" else str(answer["message"])

    number = int(save(0, end="31.12.2026"))
    (row,) = billing.rows("contract_script", id=number)
    assert (row["cid"], row["script_id"], row["date1"], row["date2"]) == (CID, 1, date(2026, 1, 1), date(2026, 12, 31))
    assert save(number, script=2) == str(number)
    assert (billing.rows("contract_script", id=number)[0]["script_id"]) == 2
    assert billing.rows("contract_script", id=number)[0]["date2"] is None
    assert save(0, script=77) == "Тип скрипта не найден: 77"
    assert "позже" in save(0, end="31.12.2025")
    assert save(number, cid=FIRM) == "Скрипт договора не найден"
    assert save(0, cid=UNKNOWN) == "Договор не найден"
    if by_xml:
        xml_ok(billing, "contract", "DeleteContractScript", id=number)
        assert "не найден" in xml_refusal(billing, "contract", "DeleteContractScript", id=number)
    else:
        json_ok(billing, SCRIPTS, "contractScriptDelete", id=number)
        assert "не найден" in json_refusal(billing, SCRIPTS, "contractScriptDelete", id=number)
    assert billing.rows("contract_script", id=number) == []


@pytest.mark.parametrize("band", ALL_BANDS)
def test_additional_actions(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    root = xml_ok(billing, "contract", "AdditionalAction", cid=CID, action_id=1)
    assert [row.get("text") for row in root.iter("row")] == ["Порт 12 поднят", "Ошибок нет", "Договор A-24-0101"]
    assert "не найдено" in xml_refusal(billing, "contract", "AdditionalAction", cid=CID, action_id=9)
    log = [row for row in billing.rows("contract_script_log", cid=CID) if row["title"] == "Проверить порт"]
    assert [row["dt"] for row in log] == [NOON]
    if Version(band) >= "7.1":
        run = {"contractId": CID, "customer": True, "params": {}}
        assert json_ok(billing, SCRIPTS, "additionalContractActionInvoke", actionId=2, **run) == {
            "report": "Остаток -1076.01"
        }
        assert "не найдено" in json_refusal(billing, SCRIPTS, "additionalContractActionInvoke", actionId=1, **run)
