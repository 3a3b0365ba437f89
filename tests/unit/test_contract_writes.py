"""Which call the changes of a contract make in which version, and with what (contract.md 7 to 18)."""

from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from flask_bgbilling.wire.dto.common import Period
from flask_bgbilling.wire.operation import JsonRpc, Operation
from flask_bgbilling.wire.ops import (
    contracts_writes,
    creation_writes,
    labels_writes,
    limits_writes,
    modules_writes,
    notes_writes,
    scripts_writes,
    statuses,
    statuses_writes,
)
from flask_bgbilling.wire.ops.scripts import SCRIPT_NAMES
from flask_bgbilling.wire.spelling import form_fields, json_value
from flask_bgbilling.wire.version import Version
from tests.support import ALL_BANDS

ZONE = ZoneInfo("Europe/Moscow")
API = "ru.bitel.bgbilling.kernel.contract.api"
CONTRACT = f"{API}/ContractService"
STATUS = f"{API}/ContractStatusService"
MONITOR = "ru.bitel.bgbilling.kernel.contract.status/ContractStatusMonitorService"
LABEL = "ru.bitel.bgbilling.kernel.contract.label/ContractLabelService"
LIMIT = "ru.bitel.bgbilling.kernel.contract.limit/ContractLimitService"
NOTE = f"{API}/ContractNoteService"
SCRIPT = "ru.bitel.bgbilling.kernel.contract.script/ContractScriptService"
DAY, MIDNIGHT = date(2026, 7, 1), "2026-07-01T00:00:00+03:00"
STATUS_WANTED = {"cid": 101, "status_id": 4, "since": DAY, "until": None, "comment": "отпуск"}
STATUS_SENT = {
    "statusId": 4,
    "dateFrom": MIDNIGHT,
    "dateTo": None,
    "comment": "отпуск",
    "confirmChecked": True,
}
SCRIPT_WANTED = {"cid": 101, "script_id": 3, "period": Period(DAY), "comment": "к"}
SCRIPT_BEAN = {
    "id": 0,
    "contractId": 101,
    "scriptId": 3,
    "period": {"dateFrom": MIDNIGHT, "dateTo": None},
    "comment": "к",
}
NOTE_WANTED = {"cid": 101, "title": "т", "text": "а\nб", "visible": True}

# (operation, arguments, from which version on, the call, what goes over the wire); ``None`` is "cannot".
CASES: list[tuple[Operation[Any], dict[str, object], list[tuple[str, str | None, dict[str, object]]]]] = [
    (
        notes_writes.NOTE_SAVE,
        NOTE_WANTED,
        [
            (
                "7.0",
                "contract/UpdateContractMemo",
                {"cid": "101", "id": "new", "subject": "т", "comment": "а\nб", "visibled": "1"},
            ),
            (
                "8.2",
                f"{NOTE}.contractNoteUpdate",
                {
                    "contractId": 101,
                    "contractNote": {"id": 0, "contractId": 101, "title": "т", "comment": "а\nб", "visible": True},
                },
            ),
        ],
    ),
    (
        notes_writes.NOTE_DELETE,
        {"cid": 101, "note_id": 5},
        [
            ("7.0", "contract/DeleteContractMemo", {"cid": "101", "id": "5"}),
            ("8.2", f"{NOTE}.contractNoteDelete", {"contractId": 101, "id": 5}),
        ],
    ),
    (
        contracts_writes.CONTRACT_TITLE,
        {"cid": 101, "comment": ""},
        [
            ("7.0", "contract/UpdateContractTitleAndComment", {"cid": "101", "comment": ""}),
            (
                "8.2",
                f"{CONTRACT}.contractTitleAndCommentUpdate",
                {"contractId": 101, "title": None, "comment": "", "patternId": 0},
            ),
        ],
    ),
    (
        creation_writes.CONTRACT_CREATE,
        {"pattern_id": 17, "day": DAY, "title": "Д-7", "numbering": "Ю${N4}"},
        [
            (
                "7.0",
                "contract/NewContract",
                {"pattern_id": "17", "date": "01.07.2026", "title": "Д-7", "custom_title": "Ю${N4}"},
            ),
            (
                "9.2",
                f"{CONTRACT}.contractCreate",
                {
                    "contractCreateData": {
                        "patternId": 17,
                        "dateFrom": "2026-07-01T00:00:00+03:00",
                        "title": "Д-7",
                        "customTitle": "Ю${N4}",
                        "password": None,
                        "contractSuperId": 0,
                        "contractSubMode": 0,
                    }
                },
            ),
        ],
    ),
    (
        creation_writes.CONTRACT_CREATE,
        {"pattern_id": 0, "day": DAY},
        [
            ("7.0", "contract/NewContract", {"pattern_id": "0", "date": "01.07.2026"}),
            (
                "9.2",
                f"{CONTRACT}.contractCreate",
                {
                    "contractCreateData": {
                        "patternId": 0,
                        "dateFrom": "2026-07-01T00:00:00+03:00",
                        "title": None,
                        "customTitle": None,
                        "password": None,
                        "contractSuperId": 0,
                        "contractSubMode": 0,
                    }
                },
            ),
        ],
    ),
    (
        contracts_writes.CONTRACT_START,
        {"cid": 101, "day": DAY},
        [("7.0", "contract/UpdateContractDate1", {"id": "101", "value": "01.07.2026"})],
    ),
    (
        contracts_writes.CONTRACT_END,
        {"cid": 101, "day": None},
        [
            ("7.0", "contract/UpdateContractDate2", {"id": "101", "cid": "101", "value": ""}),
            ("8.2", f"{CONTRACT}.contractDateToUpdate", {"contractId": 101, "dateTo": None}),
        ],
    ),
    (
        contracts_writes.CONTRACT_END,
        {"cid": 101, "day": DAY},
        [
            ("7.0", "contract/UpdateContractDate2", {"id": "101", "cid": "101", "value": "01.07.2026"}),
            ("8.2", f"{CONTRACT}.contractDateToUpdate", {"contractId": 101, "dateTo": MIDNIGHT}),
        ],
    ),
    (
        contracts_writes.CONTRACT_FACE,
        {"cid": 101, "firm": False},
        [("7.0", "contract/SetFcContract", {"cid": "101", "value": "0"})],
    ),
    (
        contracts_writes.CONTRACT_MODE,
        {"cid": 101, "debit": True},
        [("7.0", "contract/UpdateContractMode", {"cid": "101", "value": "debet"})],
    ),
    (
        contracts_writes.CONTRACT_MODE,
        {"cid": 101, "debit": False},
        [("7.0", "contract/UpdateContractMode", {"cid": "101", "value": "credit"})],
    ),
    (
        contracts_writes.CONTRACT_HIDDEN,
        {"cid": 101, "hidden": True},
        [("7.0", "contract/SetDelContract", {"cid": "101", "del": "1"})],
    ),
    (
        contracts_writes.WEB_PASSWORD,
        {"cid": 101, "password": ""},
        [("7.0", "contract/UpdateContractPassword", {"cid": "101", "value": ""})],
    ),
    (
        contracts_writes.WEB_PASSWORD_GENERATION,
        {"cid": 101},
        [("7.0", "contract/UpdateContractPassword", {"cid": "101", "value": "", "set_pswd": "1"})],
    ),
    (
        contracts_writes.SUB_CONTRACT_ADDITION,
        {"cid": 101, "sub_cid": 102, "independent": True},
        [("7.0", "contract.hierarchy/AddSub", {"super": "101", "sub": "102", "sub_mode": "1"})],
    ),
    (
        contracts_writes.OPEN_IN_CLIENT,
        {"cid": 101},
        [("7.0", "admin/Command", {"command": "put", "value": "openContract:101"})],
    ),
    (
        labels_writes.GROUP_ADDITION,
        {"cid": 101, "group_id": 62},
        [
            ("7.0", f"{CONTRACT}.contractGroupAdd", {"contractId": 101, "contractGroupId": 62}),
            ("9.2", None, {}),
        ],
    ),
    (
        labels_writes.GROUP_REMOVAL,
        {"cid": 101, "group_id": 0},
        [
            ("7.0", f"{CONTRACT}.contractGroupRemove", {"contractId": 101, "contractGroupId": 0}),
            ("9.2", None, {}),
        ],
    ),
    (
        labels_writes.LABELS_REPLACEMENT,
        {"cid": 101, "label_ids": {201, 100}},
        [
            ("7.0", None, {}),
            ("9.2", f"{LABEL}.setContractLabelIds", {"contractId": 101, "contractLabelsIds": [100, 201]}),
        ],
    ),
    (
        statuses_writes.STATUS_CHANGE,
        STATUS_WANTED,
        [
            ("7.0", f"{MONITOR}.changeContractStatus", {"cid": [101], **STATUS_SENT}),
            ("8.2", f"{STATUS}.changeContractStatus", {"cid": [101], **STATUS_SENT}),
            ("9.2", f"{STATUS}.changeContractStatus", {"contractId": [101], "objectId": 0, **STATUS_SENT}),
        ],
    ),
    (
        statuses.MANUAL_STATUS_NAMES,
        {},
        [
            ("7.0", f"{MONITOR}.getStatusList", {"onlyManual": True}),
            ("8.2", f"{STATUS}.getStatusList", {"onlyManual": True}),
        ],
    ),
    (
        limits_writes.LIMIT_CHANGE,
        {"cid": 101, "limit": Decimal("-1000.50"), "comment": "к"},
        [
            ("7.0", "contract/UpdateContractLimit", {"cid": "101", "value": "-1000.5", "comment": "к"}),
            (
                "9.2404",
                f"{LIMIT}.updateContractLimit",
                {"contractId": 101, "limit": Decimal("-1000.5"), "comment": "к"},
            ),
        ],
    ),
    (
        limits_writes.TEMPORARY_LIMIT,
        {"cid": 101, "limit": Decimal("-100.00"), "days": 3, "comment": ""},
        [
            (
                "7.0",
                f"{LIMIT}.updateContractLimitPeriod",
                {"contractId": 101, "limit": Decimal(-100), "period": 3, "comment": ""},
            )
        ],
    ),
    (
        limits_writes.LIMIT_TASK_CANCELLATION,
        {"cid": 101, "task_id": 7},
        [
            ("7.0", "contract/LimitChangeTaskDelete", {"cid": "101", "id": "7"}),
            ("8.0", f"{LIMIT}.cancelLimitChangeTask", {"contractId": 101, "taskIds": [7]}),
        ],
    ),
    (
        scripts_writes.SCRIPT_SAVE,
        SCRIPT_WANTED,
        [
            (
                "7.0",
                "contract/UpdateContractScript",
                {"cid": "101", "id": "new", "script": "3", "comment": "к", "date1": "01.07.2026", "date2": ""},
            ),
            ("9.2", f"{SCRIPT}.contractScriptUpdate", {"contractScript": SCRIPT_BEAN}),
        ],
    ),
    (
        scripts_writes.SCRIPT_SAVE,
        {**SCRIPT_WANTED, "record_id": 9, "period": Period()},
        [
            (
                "7.0",
                "contract/UpdateContractScript",
                {"cid": "101", "id": "9", "script": "3", "comment": "к", "date1": "", "date2": ""},
            ),
            (
                "9.2",
                f"{SCRIPT}.contractScriptUpdate",
                {"contractScript": {**SCRIPT_BEAN, "id": 9, "period": {"dateFrom": None, "dateTo": None}}},
            ),
        ],
    ),
    (
        scripts_writes.SCRIPT_DELETE,
        {"record_id": 9},
        [
            ("7.0", "contract/DeleteContractScript", {"id": "9"}),
            ("9.2", f"{SCRIPT}.contractScriptDelete", {"id": 9}),
        ],
    ),
    (
        scripts_writes.ADDITIONAL_ACTION,
        {"cid": 101, "action_id": 2},
        [("7.0", "contract/AdditionalAction", {"cid": "101", "action_id": "2"})],
    ),
    (SCRIPT_NAMES, {}, [("7.0", "admin/ListDirectory", {"mode": "15"})]),
    (
        modules_writes.MODULE_ADDITION,
        {"cid": 101, "module_id": 8},
        [
            ("7.0", "contract/ContractModuleAdd", {"cid": "101", "module_id": "8"}),
            ("9.2410", f"{CONTRACT}.contractModuleAdd", {"contractId": 101, "moduleIds": [8]}),
        ],
    ),
    (
        modules_writes.MODULE_REMOVAL,
        {"cid": 101, "module_id": 8},
        [
            ("7.0", "contract/ContractModuleDelete", {"cid": "101", "module_id": "8"}),
            ("9.2410", f"{CONTRACT}.contractModuleDelete", {"contractId": 101, "moduleIds": [8]}),
        ],
    ),
]
WRITES = (
    contracts_writes,
    creation_writes,
    labels_writes,
    limits_writes,
    modules_writes,
    notes_writes,
    scripts_writes,
    statuses_writes,
)


@pytest.mark.parametrize("band", ALL_BANDS)
@pytest.mark.parametrize(("operation", "arguments", "steps"), CASES)
def test_call_of_a_version(
    operation: Operation[Any],
    arguments: dict[str, object],
    steps: list[tuple[str, str | None, dict[str, object]]],
    band: str,
) -> None:
    _, call, carried = next(step for step in reversed(steps) if Version(band) >= Version(step[0]))
    form = operation.form(Version(band))
    assert (str(form) if form else None) == call
    if isinstance(form, JsonRpc):
        assert json_value(form.params(**arguments), ZONE) == carried
    elif form is not None:
        assert dict(form_fields(form.fields(**arguments), ZONE)) == carried


@pytest.mark.parametrize("module", WRITES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_every_change_is_unsafe_and_listed_here(module: Any) -> None:
    declared = [value for value in vars(module).values() if isinstance(value, Operation)]
    assert declared
    assert not any(operation.safe for operation in declared)
    listed = {id(operation) for operation, _, _ in CASES}
    assert [operation.name for operation in declared if id(operation) not in listed] == []


@pytest.mark.parametrize("days", [0, -1])
def test_a_limit_for_no_days_is_never_sent(days: int) -> None:
    with pytest.raises(ValueError, match="at least one"):
        limits_writes.temporary_limit(cid=101, limit=Decimal(0), days=days, comment="")


def test_author_and_moment_of_a_note_are_sent_only_when_they_are_given() -> None:
    bean = notes_writes.note_bean(cid=101, note_id=5, title="", text="", visible=False, author_id=2)["contractNote"]
    assert bean == {"id": 5, "contractId": 101, "title": "", "comment": "", "visible": False, "userId": 2}
