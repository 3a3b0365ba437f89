"""The emulator reads telephony as the reference says (modules.md 5)."""

from typing import Any

import pytest

from tests.module_calls import EMPTY, FIRM, NO_CONTRACT, NO_INSTANCE, RICH, UNKNOWN, inventory, provider
from tests.raw_calls import json_ok, json_refusal
from tests.support import ALL_BANDS, Emulated

VOICE = "ru.bitel.bgbilling.modules.voice/4/"
ACCOUNTS, DEVICES = f"{VOICE}VoiceAccountService", f"{VOICE}VoiceDeviceService"
PHONES = inventory("PhoneResourceService", 4)
DIRECTORY = "ru.bitel.bgbilling.kernel.directory.api/DirectoryService"
SIP = {
    "id": 7, "title": "73472001000", "comment": "", "contractId": RICH, "typeId": 1, "deviceId": 8,
    "login": "sip101", "password": "pw-voice-7", "number": 73472001000, "dateFrom": "2024-01-15", "dateTo": None,
    "status": "STATUS_ON", "lineCount": 1, "deviceState": "STATE_ENABLE", "accessCode": 0, "sessionCountLimit": 2,
}  # fmt: skip
LINE = {
    "id": 8, "title": "73472001001", "comment": "", "contractId": RICH, "typeId": 2, "deviceId": 7, "login": "",
    "password": "pw-voice-8", "number": 73472001001, "dateFrom": "2026-10-24", "dateTo": None,
    "status": "STATUS_OFF", "lineCount": 1, "deviceState": "STATE_DISABLE", "accessCode": 0, "sessionCountLimit": 1,
}  # fmt: skip


@pytest.mark.parametrize("band", ALL_BANDS)
def test_accounts(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    assert json_ok(billing, ACCOUNTS, "voiceAccountList", contractId=RICH) == [SIP, LINE]
    office, blocked, fax = json_ok(billing, ACCOUNTS, "voiceAccountList", contractId=FIRM)
    assert (office["login"], office["sessionCountLimit"]) == ("office", 30)
    assert (blocked["status"], blocked["deviceState"]) == ("STATUS_BLOCKED", "STATE_DELETED")
    assert (blocked["dateTo"], blocked["lineCount"]) == ("2026-11-13", 2)
    assert (fax["number"], fax["comment"]) == (None, "без номера")
    assert json_ok(billing, ACCOUNTS, "voiceAccountList", contractId=EMPTY) == []
    assert json_ok(billing, ACCOUNTS, "voiceAccountGet", accountId=8) == LINE


@pytest.mark.parametrize("band", ALL_BANDS)
def test_types_and_their_directory_version(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    sip, line = json_ok(billing, ACCOUNTS, "voiceAccountTypeList")
    assert sip == {
        "id": 1, "title": "SIP", "checkPassword": True, "needPhone": True, "needLogin": True, "needDevice": True,
        "needPorts": False, "needLines": True, "needObject": False, "sessionCountLimitLock": False,
        "sessionCountLimit": 1, "statusConfig": '{"STATUS_BLOCKED":{"title":"Заблокирован"}}',
    }  # fmt: skip
    assert (line["title"], line["needPorts"], line["statusConfig"]) == ("Аналоговая линия", True, "{}")
    types = "ru.bitel.bgbilling.modules.voice.common.bean.VoiceAccountType"
    assert json_ok(billing, DIRECTORY, "getVersion", directoryItemClass=types, moduleId=4) > 0


@pytest.mark.parametrize("band", ALL_BANDS)
def test_devices(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    assert json_ok(billing, DEVICES, "deviceTypeTitleList") == [
        {"id": 2, "title": "Программный коммутатор"},
        {"id": 1, "title": "Шлюз FXS"},
    ]
    wanted = {"loadDeviceGroupLink": "false"}
    root = json_ok(billing, DEVICES, "deviceRoot", deviceTreeFilter=wanted)
    assert (root["id"], [node["title"] for node in root["children"]]) == (0, ["softswitch", "Шлюзы"])
    (gateway,) = root["children"][1]["children"]
    device = json_ok(billing, DEVICES, "deviceGet", id=7)
    assert gateway == {**device, "deviceGroupIds": [], "invDeviceGroupIds": []}
    expected = {
        "id": 7, "parentId": 1, "title": "gw-7", "children": [], "deviceTypeId": 1, "entityId": 1007,
        "invDeviceId": 1007, "dateFrom": None, "dateTo": None, "host": "10.11.0.7", "deviceGroupIds": [1],
    }  # fmt: skip
    assert {key: device[key] for key in expected} == expected
    assert json_refusal(billing, DEVICES, "deviceGet", id=UNKNOWN) == "Устройство не найдено"


@pytest.mark.parametrize("band", ALL_BANDS)
def test_numbers(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    plain: dict[str, Any] = {"id": 2, "title": "Обычные", "parentId": 1, "children": []}
    nice: dict[str, Any] = {"id": 3, "title": "Красивые", "parentId": 1, "children": []}
    assert json_ok(billing, PHONES, "phoneCategoryRoot") == {
        "id": 0, "title": "", "parentId": 0, "children": [
            {"id": 4, "title": "Стерлитамак", "parentId": 0, "children": []},
            {"id": 1, "title": "Уфа", "parentId": 0, "children": [nice, plain]},
        ],
    }  # fmt: skip
    ranges = json_ok(billing, PHONES, "phoneResourceList", phoneCategoryId=2)
    assert ranges == [
        {
            "id": 1, "categoryId": 2, "phoneFrom": 73472001000, "phoneTo": 73472001199, "dateFrom": None,
            "dateTo": None, "comment": "",
        }
    ]  # fmt: skip
    assert json_ok(billing, PHONES, "phoneResourceList", arg0=2) == ranges
    assert json_ok(billing, PHONES, "phoneResourceList", phoneCategoryId=1) == []


@pytest.mark.parametrize("band", ALL_BANDS)
def test_free_numbers(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)

    def free(category: int, resources: list[int], count: int = 100) -> Any:
        params = {"categoryId": category, "resourceIds": resources, "count": count}
        return json_ok(billing, PHONES, "phoneFreeList", **params)

    assert free(2, [1], 3) == [73472001003, 73472001004, 73472001005]
    assert len(free(2, [])) == 100
    assert len(free(2, [1], 1000)) == 197
    assert free(4, [3]) == list(range(73473200000, 73473200010))
    assert free(2, [3]) == []


@pytest.mark.parametrize("band", ALL_BANDS)
def test_refusals(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    assert json_refusal(billing, ACCOUNTS, "voiceAccountList", contractId=UNKNOWN) == NO_CONTRACT
    assert json_refusal(billing, ACCOUNTS, "voiceAccountGet", accountId=UNKNOWN) == "Аккаунт не найден"
    other = ACCOUNTS.replace("/4/", "/1/")
    assert json_refusal(billing, other, "voiceAccountList", contractId=RICH) == NO_INSTANCE
    assert json_refusal(billing, inventory("PhoneResourceService", 1), "phoneCategoryRoot") == NO_INSTANCE
