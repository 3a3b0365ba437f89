"""Readers of status, limit, face, mode, notes and scripts with literal answers of contract.md 10 to 15."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest

from flask_bgbilling.wire.answers import JsonAnswer, XmlAnswer
from flask_bgbilling.wire.dto.common import Page, Period
from flask_bgbilling.wire.dto.limits import LimitChange, LimitTask
from flask_bgbilling.wire.dto.logs import ValueChange
from flask_bgbilling.wire.dto.notes import Note, NoteText
from flask_bgbilling.wire.dto.scripts import ContractScript, ScriptRun
from flask_bgbilling.wire.dto.statuses import StatusChange, StatusPeriod, StatusTask
from flask_bgbilling.wire.operation import JsonRpc, Operation, XmlAction
from flask_bgbilling.wire.ops import limits, logs, notes, scripts, statuses
from flask_bgbilling.wire.version import Version
from tests.support import ALL_BANDS

MOSCOW = ZoneInfo("Europe/Moscow")
API = "ru.bitel.bgbilling.kernel.contract.api"
JUNE = Period(date(2026, 6, 1), date(2026, 6, 30))


def xml(text: str, version: str = "7.2") -> XmlAnswer:
    return XmlAnswer(ElementTree.fromstring(text), MOSCOW, Version(version))


def returned(value: Any, version: str = "9.2", **beside: Any) -> JsonAnswer:
    return JsonAnswer({"return": value, **beside}, MOSCOW, Version(version))


def form_text(operation: Operation[Any], version: str) -> str:
    return str(operation.form(Version(version)))


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=MOSCOW)  # type: ignore[arg-type,misc]


def test_status_table_below_92() -> None:
    periods = statuses.read_period_rows(
        xml(
            '<data status="ok"><table><data>\n'
            ' <row comment="" id="11" period="15.01.2024-30.06.2026" status="Активен"/>\n'
            ' <row comment="отпуск" id="12" period="01.07.2026-31.07.2026" status="Приостановлен"/>\n'
            ' <row comment="" id="13" period="01.08.2026-…" status="Активен"/>\n'
            "</data></table></data>"
        )
    )
    assert periods == (
        StatusPeriod(11, Period(date(2024, 1, 15), date(2026, 6, 30)), status="Активен"),
        StatusPeriod(12, Period(date(2026, 7, 1), date(2026, 7, 31)), status="Приостановлен", comment="отпуск"),
        StatusPeriod(13, Period(date(2026, 8, 1)), status="Активен"),
    )


def test_status_list_from_92_has_ids() -> None:
    item = {
        "id": 12,
        "contractId": 5,
        "status": 4,
        "dateFrom": "2026-07-01",
        "dateTo": None,
        "comment": "отпуск",
    }
    (period,) = statuses.read_period_list(returned([item]))
    assert period == StatusPeriod(12, Period(date(2026, 7, 1)), status_id=4, comment="отпуск")


def test_status_log_below_92() -> None:
    (change,) = statuses.read_log_rows(
        xml(
            '<data status="ok"><table><data><row date="30.06.2026 09:15:00" user="Иванова О." status="Активен"'
            ' period="01.07.2026-" comment="c"/></data></table></data>'
        )
    )
    assert change == StatusChange(
        Period(date(2026, 7, 1)),
        at=at(2026, 6, 30, 9, 15),
        status="Активен",
        user_name="Иванова О.",
        comment="c",
    )


@pytest.mark.parametrize(
    ("status", "expected"), [(4, (4, "")), ("4", (4, "")), ("Закрыт", (None, "Закрыт")), (None, (None, ""))]
)
def test_status_log_from_92_may_give_an_id_or_a_title(status: object, expected: tuple[int | None, str]) -> None:
    item = {
        "id": 1,
        "status": status,
        "userId": 9,
        "date": "2026-06-30T09:15:00+03:00",
        "date1": "2026-07-01",
        "date2": "",
        "comment": None,
    }
    (change,) = statuses.read_log_list(returned({"list": [item], "page": {}}))
    assert (change.status_id, change.status) == expected
    assert (change.user_id, change.at) == (9, at(2026, 6, 30, 9, 15))
    assert change.period == Period(date(2026, 7, 1))


DETAILS = {"dateFrom": "01.07.2026", "dateTo": "", "status": 4, "comment": "отпуск"}


@pytest.mark.parametrize("data", [json.dumps(DETAILS), DETAILS])
def test_future_task_keeps_its_details_in_a_string(data: object) -> None:
    item = {
        "status": "ACTIVE",
        "createTime": "2026-06-20T10:00:00+03:00",
        "createUserId": 9,
        "data": data,
    }
    assert statuses.read_tasks(returned([item])) == (
        StatusTask(
            Period(date(2026, 7, 1)),
            status_id=4,
            state="ACTIVE",
            comment="отпуск",
            created_at=at(2026, 6, 20, 10),
            creator_id=9,
        ),
    )


@pytest.mark.parametrize("data", ["{", "[1]", "null", None, 5, "[" * 100_000])
def test_future_task_without_details_is_still_a_task(data: object) -> None:
    (task,) = statuses.read_tasks(returned([{"status": "ACTIVE", "data": data}]))
    assert (task.state, task.status_id, task.period) == ("ACTIVE", None, Period())


@pytest.mark.parametrize("version", ALL_BANDS)
def test_forms_of_status_calls(version: str) -> None:
    new = Version(version) >= Version("9.2")
    assert form_text(statuses.STATUS_PERIODS, version) == (
        f"{API}/ContractStatusService.contractStatusList" if new else "contract.status/ContractStatusTable"
    )
    assert form_text(statuses.STATUS_LOG, version) == (
        f"{API}/ContractStatusService.contractStatusLogSearch" if new else "contract.status/ContractStatusLog"
    )
    assert (statuses.STATUS_TASKS.form(Version(version)) is not None) == new


def test_parameters_of_status_calls() -> None:
    assert statuses.whole_log(cid=7) == {
        "contractId": 7,
        "objectId": 0,
        "page": {"pageIndex": 1, "pageSize": 0, "pageCount": 0, "recordCount": 0},
    }
    assert statuses.waiting_tasks(cid=7) == {
        "entityType": "CONTRACT",
        "entityId": 7,
        "taskStatus": "ACTIVE",
    }


@pytest.mark.parametrize(("value", "expected"), [(Decimal("-300.00"), -300), ("-300", -300), (None, None)])
def test_limit_is_a_number_a_text_or_nothing(value: object, expected: int | None) -> None:
    assert limits.read_limit(returned(value, "7.0")) == expected


def test_limit_log_is_a_page() -> None:
    item = {
        "id": 5,
        "contractId": 77,
        "date": "2025-03-01T12:00:00+03:00",
        "userId": 9,
        "userName": "Иванова О.",
        "limitValue": Decimal("-300.00"),
        "days": "3",
        "comment": "обещанный платёж",
    }
    pager = {"pageIndex": 2, "pageSize": 25, "pageCount": 2, "recordCount": 26}
    log = limits.read_log(returned({"list": [item], "page": pager}))
    assert log == Page(
        items=(LimitChange(at(2025, 3, 1, 12), Decimal("-300.00"), "Иванова О.", 3, "обещанный платёж"),),
        found=26,
        index=2,
        size=25,
    )


@pytest.mark.parametrize("value", [None, [], {}, {"list": None, "page": None}, {"list": []}])
def test_limit_log_without_anything_is_an_empty_page(value: object) -> None:
    assert limits.read_log(returned(value)) == Page(items=(), found=0)


def test_limit_tasks() -> None:
    items = [
        {
            "id": 3,
            "date": "2025-03-04",
            "status": "on",
            "value": -300,
            "userId": 9,
            "userName": "Иванова О.",
        },
        {"id": 4, "date": None, "status": None, "value": None},
    ]
    assert limits.read_tasks(returned({"list": items, "page": {}})) == (
        LimitTask(3, date(2025, 3, 4), Decimal(-300), "on", 9, "Иванова О."),
        LimitTask(4, None, None),
    )


@pytest.mark.parametrize("version", ALL_BANDS)
def test_limit_is_json_on_every_version(version: str) -> None:
    service = "ru.bitel.bgbilling.kernel.contract.limit/ContractLimitService"
    assert form_text(limits.LIMIT, version) == f"{service}.contractLimitGet"
    assert form_text(limits.LIMIT_LOG, version) == f"{service}.searchContractLimitLogList"
    assert form_text(limits.LIMIT_TASKS, version) == f"{service}.searchContractLimitAvtoList"


def test_face_and_mode_logs() -> None:
    log = logs.read_changes(
        xml(
            '<data status="ok"><table pageIndex="1" pageSize="25" pageCount="2" recordCount="26"><data>'
            '<row date="05.03.2025 10:11:12" user="Иванова О." value="дебет"/></data></table></data>'
        )
    )
    assert log == Page(
        items=(ValueChange(at(2025, 3, 5, 10, 11, 12), "Иванова О.", "дебет"),), found=26, index=1, size=25
    )
    assert logs.read_changes(xml('<data status="ok"/>')) == Page(items=(), found=0)


@pytest.mark.parametrize("version", ALL_BANDS)
def test_face_and_mode_are_xml_on_every_version(version: str) -> None:
    for operation, action, kind in (
        (logs.FACE_LOG, "ContractFace", "face"),
        (logs.MODE_LOG, "ContractMode", "mode"),
    ):
        form = operation.form(Version(version))
        assert isinstance(form, XmlAction)
        assert form.action == action
        assert form.fields(cid=7, page=2, size=25) == {
            "cid": 7,
            "type": kind,
            "view": 0,
            "pageIndex": 2,
            "pageSize": 25,
        }


def test_note_rows_below_82_stand_at_any_depth_and_have_no_text() -> None:
    read = notes.read_note_rows(
        xml('<data status="ok"><deep><row f0="31" f1="Звонок" f2="Иванова" f3="05.03.2025 10:11:12"/></deep></data>')
    )
    assert read == (Note(31, "Звонок", at=at(2025, 3, 5, 10, 11, 12), user_name="Иванова"),)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<row>первая</row><row>вторая</row>", "первая\nвторая"),
        ('<row text="первая"/><row text="вторая"/>', "первая\nвторая"),
        ("", ""),
    ],
)
def test_note_below_82(body: str, text: str) -> None:
    answer = xml(f'<data status="ok"><comment subject="Звонок" visibled="true">{body}</comment></data>')
    assert notes.read_note_element(answer) == NoteText("Звонок", text, visible=True)


def test_a_note_that_is_gone() -> None:
    assert notes.read_note_element(xml('<data status="ok"/>')) is None
    assert notes.read_note(returned(None)) is None


def test_note_list_from_82() -> None:
    item = {
        "id": 31,
        "contractId": 7,
        "title": "Звонок",
        "comment": "текст",
        "dateTime": "2025-03-05T10:11:12+03:00",
        "userId": 9,
        "visible": False,
    }
    assert notes.read_note_list(returned([item], "8.2")) == (
        Note(31, "Звонок", at(2025, 3, 5, 10, 11, 12), "текст", 9, "", visible=False),
    )
    assert notes.read_note(returned(item)) == NoteText("Звонок", "текст", visible=False)


@pytest.mark.parametrize("version", ALL_BANDS)
def test_forms_of_note_calls(version: str) -> None:
    note = notes.NOTE.form(Version(version))
    if Version(version) < Version("8.2"):
        assert form_text(notes.NOTE_HEADS, version) == "contract/ContractMemo"
        assert notes.NOTE_LIST.form(Version(version)) is None
        assert isinstance(note, XmlAction)
        assert (note.action, note.fields(cid=7, note_id=31)) == ("GetContractMemo", {"cid": 7, "id": 31})
    else:
        assert form_text(notes.NOTE_LIST, version) == f"{API}/ContractNoteService.contractNoteList"
        assert isinstance(note, JsonRpc)
        expected: tuple[str, dict[str, int]] = (
            ("getContractNote", {"contractNoteId": 31})
            if Version(version) < Version("9.2")
            else ("contractNoteGet", {"contractId": 7, "id": 31})
        )
        assert (note.method, note.params(cid=7, note_id=31)) == expected


def test_scripts_below_92() -> None:
    read = scripts.read_script_rows(
        xml(
            '<data status="ok"><any><row id="91" script="Скидка" comment="к" period="01.06.2026-"/>'
            '<row id="92" script="Проверка" comment="" period=""/></any></data>'
        )
    )
    assert read == (
        ContractScript(91, "Скидка", Period(date(2026, 6, 1)), comment="к"),
        ContractScript(92, "Проверка", Period()),
    )


def test_scripts_from_92() -> None:
    item = {"id": 91, "contractId": 7, "scriptId": 2, "script": "Скидка", "period": None, "comment": "к"}
    assert scripts.read_script_list(returned([item])) == (
        ContractScript(91, "Скидка", Period(), script_id=2, comment="к"),
    )


def test_script_log_below_92() -> None:
    log = scripts.read_log_rows(
        xml(
            '<data status="ok"><table recordCount="30" pageCount="2" pageIndex="1" pageSize="25"><data>'
            '<row cid="7" time="05.03.2025 10:11:12" title="Скидка" data="первая\\u000Aвторая"/>'
            "</data></table></data>"
        )
    )
    assert log == Page(
        items=(ScriptRun("Скидка", "первая\nвторая", at(2025, 3, 5, 10, 11, 12), "05.03.2025 10:11:12"),),
        found=30,
        index=1,
        size=25,
    )


def test_script_log_from_92_has_its_page_beside_the_list() -> None:
    item = {"cid": 7, "data": "перваяu000Aвторая", "date": "когда-то", "title": "Скидка"}
    pager = {"pageIndex": 1, "pageSize": 25, "pageCount": 2, "recordCount": 30}
    assert scripts.read_log_list(returned([item], pageHolder=pager)) == Page(
        items=(ScriptRun("Скидка", "первая\nвторая", None, "когда-то"),), found=30, index=1, size=25
    )


def test_fields_of_the_script_log() -> None:
    assert scripts.log_fields(cid=7, period=JUNE, page=2, size=25) == {
        "cid": 7,
        "start": date(2026, 6, 1),
        "end": date(2026, 6, 30),
        "pageIndex": 2,
        "pageSize": 25,
    }
    assert scripts.log_params(cid=7, period=JUNE, page=2, size=25) == {
        "contractId": 7,
        "period": JUNE,
        "title": None,
        "pageHolder": {"pageIndex": 2, "pageSize": 25, "pageCount": 0, "recordCount": 0},
    }


@pytest.mark.parametrize("version", ALL_BANDS)
def test_forms_of_script_calls(version: str) -> None:
    service = "ru.bitel.bgbilling.kernel.contract.script/ContractScriptService"
    new = Version(version) >= Version("9.2")
    assert form_text(scripts.SCRIPT_LIST, version) == (
        f"{service}.contractScriptList" if new else "contract/ContractScriptTable"
    )
    assert form_text(scripts.SCRIPT_LOG, version) == (
        f"{service}.getScriptLogList" if new else "contract/ContractScriptLog"
    )
