"""The emulator reads tariff plans, personal tariffs, groups and options as the reference says (money.md 7 to
10)."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from flask_bgbilling.emulator import Emulator, EmulatorSettings
from flask_bgbilling.emulator.version import Version
from tests.raw_calls import json_data, json_ok, json_refusal, xml_ok, xml_refusal
from tests.support import ALL_BANDS, Emulated

CID, FIRM, EMPTY = 101, 102, 110
TARIFFS = "ru.bitel.bgbilling.kernel.contract.api/ContractTariffService"
PLANS = "ru.bitel.bgbilling.kernel.tariff/TariffService"
OPTIONS = "ru.bitel.bgbilling.kernel.tariff.option/TariffOptionService"
BELOW_JSON = [band for band in ALL_BANDS if Version(band) < "9.2"]
FROM_JSON = [band for band in ALL_BANDS if Version(band) >= "9.2"]
PERSON_PLANS = {2, 3, 4, 5, 10, 11, 12, 14}


def billing_today() -> date:
    """The calendar day of the emulated billing, whose zone is not that of the machine."""
    return EmulatorSettings().now().date()


def dotted(day: date | None) -> str:
    return f"{day:%d.%m.%Y}" if day else ""


def iso(day: date | None) -> str | None:
    return f"{day:%Y-%m-%d}" if day else None


def owner(band: str) -> dict[str, int]:
    return {"entityMid" if Version(band) < "9.2410" else "entityModuleId": 0, "entityId": 0}


def tariff_list(billing: Emulator, band: str, cid: int = CID, **params: object) -> Any:
    return json_ok(billing, TARIFFS, "contractTariffList", contractId=cid, **owner(band), **params)


@pytest.mark.parametrize("band", BELOW_JSON)
def test_plans_below_9_2_have_both_spellings(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    titles = {row["id"]: row["title"] for row in billing.rows("tariff_plan")}
    rows = [
        row.attrib for row in xml_ok(billing, "contract", "ContractTariffPlans", cid=CID).findall("./table/data/row")
    ]
    expected = []
    for kept in sorted(billing.rows("contract_tariff", cid=CID), key=lambda row: (row["pos"], row["id"])):
        span = f"{dotted(kept['date1'])}-{dotted(kept['date2']) or '…'}"
        number, plan, title, position = str(kept["id"]), str(kept["tpid"]), titles[kept["tpid"]], str(kept["pos"])
        expected.append(
            {
                "f0": number, "f1": plan, "f2": title, "f3": span, "f4": kept["comment"], "f5": position,
                "id": number, "tpid": plan, "title": title, "period": span, "comment": kept["comment"],
                "pos": position, "date1": dotted(kept["date1"]), "date2": dotted(kept["date2"]),
            }
        )  # fmt: skip
    assert rows == expected
    assert xml_ok(billing, "contract", "ContractTariffPlans", cid=EMPTY).findall(".//row") == []


@pytest.mark.parametrize("band", ALL_BANDS)
def test_plans_by_json(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    found = tariff_list(billing, band)
    kept = sorted(billing.rows("contract_tariff", cid=CID), key=lambda row: (row["pos"], row["id"]))
    assert [item["id"] for item in found] == [row["id"] for row in kept]
    common = {"id", "contractId", "tariffPlanId", "position", "comment"}
    assert common <= set(found[0])
    assert "title" not in found[0]
    if Version(band) < "9.2":
        assert [(item["dateFrom"], item["dateTo"]) for item in found] == [
            (iso(row["date1"]), iso(row["date2"])) for row in kept
        ]
        assert "period" not in found[0]
    else:
        assert [item["period"] for item in found] == [
            {"dateFrom": iso(row["date1"]), "dateTo": iso(row["date2"])} for row in kept
        ]
        assert "dateFrom" not in found[0]
    assert json_ok(billing, TARIFFS, "contractTariffGet", id=kept[0]["id"]) == found[0]
    assert tariff_list(billing, band, EMPTY) == []
    today = tariff_list(billing, band, date=f"{billing_today():%Y-%m-%d}T12:00:00+03:00")
    assert {item["tariffPlanId"] for item in today} == {3, 10}


def test_the_owner_is_asked_for_by_another_name_from_9_2410(emulated: Emulated) -> None:
    for band, right, wrong in (("9.2404", "entityMid", "entityModuleId"), ("9.2410", "entityModuleId", "entityMid")):
        billing = emulated(band)
        assert json_ok(billing, TARIFFS, "contractTariffList", contractId=CID, entityId=None, **{right: None})
        refusal = json_refusal(billing, TARIFFS, "contractTariffList", contractId=CID, entityId=0, **{wrong: 0})
        assert refusal == f"Не указан параметр {right}"


def test_a_foreign_owner_has_no_plans(emulated: Emulated) -> None:
    params = {"contractId": CID, "entityMid": 4, "entityId": 1}
    assert json_ok(emulated("9.2"), TARIFFS, "contractTariffList", **params) == []


@pytest.mark.parametrize("band", ALL_BANDS)
def test_one_plan_and_the_plans_on_offer(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    kept = billing.rows("contract_tariff", cid=CID)[0]
    editor = {"showUsed": 1, "useFilter": 1, "tariffGroupFilter": 0}
    root = xml_ok(billing, "contract", "ContractTariffPlan", cid=CID, id=kept["id"], **editor)
    assert root.find("./tariffPlan").attrib == {
        "tpid": str(kept["tpid"]),
        "date1": dotted(kept["date1"]),
        "date2": dotted(kept["date2"]),
        "comment": kept["comment"],
        "pos": str(kept["pos"]),
    }

    def offered(**fields: object) -> set[int]:
        answer = xml_ok(billing, "contract", "ContractTariffPlan", id="new", **fields)
        assert answer.find("./tariffPlan") is None
        return {int(item.attrib["id"]) for item in answer.findall("./tariffPlans/item")}

    used = {row["id"] for row in billing.rows("tariff_plan", actual=1)}
    assert offered() == {row["id"] for row in billing.rows("tariff_plan")}
    assert offered(showUsed=1) == used
    assert offered(cid=CID, showUsed=1, useFilter=1) == PERSON_PLANS
    assert offered(cid=FIRM, showUsed=1, useFilter=1) == {8, 9, 10, 12, 14}
    assert offered(cid=CID, showUsed=1, useFilter=1, tariffGroupFilter=1) == {2, 3, 4, 5}
    assert offered(cid=CID, showUsed=1, mid=4) == {12}
    assert offered(cid=FIRM, showUsed=1, tariffGroupFilter=1) == used, "a contract in no group is not restricted"


def test_a_plan_of_another_contract_is_refused(emulated: Emulated) -> None:
    billing = emulated("9.2")
    foreign = billing.rows("contract_tariff", cid=FIRM)[0]["id"]
    assert (
        xml_refusal(billing, "contract", "ContractTariffPlan", cid=CID, id=foreign) == "Тариф не принадлежит договору"
    )


def test_entries_have_titles_and_personal_tariffs(emulated: Emulated) -> None:
    billing = emulated("7.1")
    params = {"contractId": CID, "date": f"{billing_today():%Y-%m-%d}", "entityMid": -1, "entityId": -1}
    entries = json_ok(billing, TARIFFS, "contractTariffEntryList", **params)
    assert [(entry["title"], entry["personal"]) for entry in entries] == [
        ("Домашний 300 (550 р.)", False),
        ("ТВ Базовый (180 р.)", False),
        ("Личная скидка (−50 р.)", True),
    ]
    assert set(entries[0]) == {
        "id", "title", "contractId", "tariffPlanId", "treeId", "dateFrom", "dateTo", "position", "comment", "personal",
        "canCancel", "availableChangeDates", "availableChangeTariffIds", "replacedFromTariffId",
        "replacedFromContractTariffId", "entityMid", "entityId",
    }  # fmt: skip
    assert entries[0]["availableChangeTariffIds"] == [2, 4, 5]
    assert (entries[0]["replacedFromTariffId"], entries[1]["availableChangeTariffIds"]) == (2, [])
    tomorrow = iso(billing_today() + timedelta(days=1))
    change = {"contractId": CID, "tariffGroupId": 1, "fromTariffPlanId": 3, "toTariffPlanId": 4}
    assert json_ok(billing, TARIFFS, "contractTariffChangeAvailableDateList", **change) == [tomorrow]
    change["toTariffPlanId"] = 9
    assert json_ok(billing, TARIFFS, "contractTariffChangeAvailableDateList", **change) == []


@pytest.mark.parametrize("band", ALL_BANDS)
def test_directory_of_plans(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    assert json_ok(billing, PLANS, "tariffPlanGet", id=6) == {
        "id": 6,
        "title": "Социальный",
        "titleWeb": "Социальный",
        "useTitleInWeb": True,
        "used": True,
        "config": "",
        "filterFace": 1,
        "filterGroups": 1 << 5,
        "filterMask": "",
    }
    assert json_ok(billing, PLANS, "tariffPlanGet", id=999) is None
    firms = json_ok(billing, PLANS, "tariffPlanList", groupMask=0, personType=2, title="бИзнес")
    assert [plan["id"] for plan in firms] == [9, 8]
    assert {plan["id"] for plan in json_ok(billing, PLANS, "tariffPlanList", groupMask=1 << 5, title="оц")} == {6}
    page = json_ok(billing, PLANS, "searchTariffPlans", arg0=[], arg1=[], arg2=0, arg3={"pageIndex": 2, "pageSize": 5})
    assert (len(page["list"]), page["page"]["recordCount"]) == (5, len(billing.rows("tariff_plan")))
    groups = json_ok(billing, PLANS, "tariffGroupList")
    assert set(groups[0]) == {"id", "title", "daysForward", "pos", "transferMode", "planList"}
    assert set(groups[0]["planList"][0]) == {"id", "title", "date1", "date2"}
    assert json_ok(billing, PLANS, "tariffGroupGet", id=2) == groups[1]
    assert json_refusal(billing, PLANS, "tariffGroupGet", id=9) == "Тарифная группа не найдена"


@pytest.mark.parametrize("band", BELOW_JSON)
def test_personal_tariffs_below_9_2(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    root = xml_ok(billing, "contract.tariff", "PersonalTariffTable", cid=CID)
    rows = [row.attrib for row in root.findall("./table/data/row")]
    kept = billing.rows("contract_tree_link", cid=CID)
    assert rows[0] == {
        "id": str(kept[0]["id"]),
        "period": f"{dotted(kept[0]['date1'])}-…",
        "pos": "0",
        "title": "Личная скидка (−50 р.)",
        "tree_id": "5001",
    }
    one = xml_ok(billing, "contract.tariff", "GetPersonalTariff", id=kept[1]["id"]).find(".//tariff").attrib
    assert one == {
        "date1": dotted(kept[1]["date1"]),
        "date2": dotted(kept[1]["date2"]),
        "pos": "1",
        "title": "Бесплатный месяц",
        "tree_id": "5002",
    }
    assert xml_ok(billing, "contract.tariff", "GetPersonalTariff", id=0).find(".//tariff") is None


@pytest.mark.parametrize("band", FROM_JSON)
def test_personal_tariffs_from_9_2(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    found = json_ok(billing, TARIFFS, "personalTariffList", contractId=CID)
    assert set(found[0]) == {
        "id", "contractId", "title", "titleWeb", "useTitleInWeb", "treeId", "pos", "date1", "date2", "config",
    }  # fmt: skip
    kept = billing.rows("contract_tree_link", cid=CID)
    assert [(item["date1"], item["date2"]) for item in found] == [
        (iso(row["date1"]), iso(row["date2"])) for row in kept
    ]
    assert json_ok(billing, TARIFFS, "personalTariffGet", id=found[1]["id"]) == found[1]
    assert json_ok(billing, TARIFFS, "personalTariffGet", id=0) is None
    assert json_ok(billing, TARIFFS, "personalTariffList", contractId=EMPTY) == []


@pytest.mark.parametrize("band", ALL_BANDS)
def test_tariff_groups_of_a_contract(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    kept = billing.rows("contract_tariff_group", cid=CID)
    one = xml_ok(billing, "contract", "GetContractTariffGroup", id=kept[1]["id"]).find(".//contract_tariff_group")
    assert one.attrib == {
        "tariff_group": "2",
        "date1": dotted(kept[1]["date1"]),
        "date2": dotted(kept[1]["date2"]),
        "comment": "по ошибке",
    }
    assert xml_ok(billing, "contract", "GetContractTariffGroup", id=999).find(".//contract_tariff_group") is None
    found = json_ok(billing, TARIFFS, "contractTariffGroupList", contractId=CID, date=f"{billing_today():%Y-%m-%d}")
    assert [item["tariffGroupId"] for item in found] == [1]
    assert set(found[0]) == {"id", "contractId", "tariffGroupId", "dateFrom", "dateTo", "comment"}
    rows = xml_ok(billing, "contract", "ContractTariffGroupTable", cid=CID).findall(".//row")
    assert [row.attrib["tariff_group"] for row in rows] == ["Смена тарифа в кабинете", "Бизнес"]
    assert set(rows[0].attrib) == {"id", "tariff_group", "period", "comment"}


@pytest.mark.parametrize("band", ALL_BANDS)
def test_options_of_a_contract(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    active = json_ok(billing, OPTIONS, "contractTariffOptionList", contractId=CID, date=now)
    assert [item["optionTitle"] for item in active] == ["Статический IP", "Антивирус"]
    assert set(active[0]) == {
        "id", "contractId", "optionId", "optionTitle", "summa", "chargeId", "activatedMode", "activatedTime",
        "deactivatedTime", "timeFrom", "timeTo", "userId", "userTitle",
    }  # fmt: skip
    kept = {row["id"]: row for row in billing.rows("contract_tariff_option", cid=CID)}
    assert active[0]["timeFrom"] == kept[active[0]["id"]]["time_from"].isoformat(timespec="seconds"), "no zone"
    assert active[0]["timeTo"] is None
    history = json_ok(billing, OPTIONS, "contractTariffOptionHistory", contractId=CID, web=False)
    assert {item["id"] for item in history} == set(kept)
    ended = next(item for item in history if item["deactivatedTime"])
    assert (ended["optionTitle"], ended["summa"], ended["userTitle"]) == ("Турбо на сутки", Decimal(50), "Клиент")
    assert json_ok(billing, OPTIONS, "contractTariffOptionList", contractId=CID) == history
    assert json_ok(billing, OPTIONS, "contractTariffOptionList", contractId=EMPTY, date=now) == []
    assert json_ok(billing, OPTIONS, "contractTariffOptionListWeb", contractId=CID) == active


@pytest.mark.parametrize("band", ALL_BANDS)
def test_options_on_offer_and_their_modes(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    wanted = {"onlyAvailable": False, "web": False}
    offered = json_ok(billing, OPTIONS, "tariffOptionListAvailable", contractId=CID, **wanted)
    assert {option["id"] for option in offered} == {1, 2, 3}
    for_firm = json_ok(billing, OPTIONS, "tariffOptionListAvailable", contractId=FIRM, **wanted)
    assert {option["id"] for option in for_firm} == {2, 3}, "the first one is for other tariff plans"
    modes = json_ok(billing, OPTIONS, "tariffOptionActivateModeList", contractId=CID, optionId=1)
    assert [mode["title"] for mode in modes] == ["на 1 сутки (50 р.)", "на 7 суток (200 р.)"]
    assert modes == next(option["modeList"] for option in offered if option["id"] == 1)
    assert set(modes[0]) == {
        "id", "title", "modeTitle", "optionId", "chargeTypeId", "chargeTypeTitle", "chargeSumma", "chargeProportional",
        "periodMode", "periodCol", "dateFrom", "dateTo", "deactivationMode", "reactivationMode", "deleteMode",
        "deleteChargeMode",
    }  # fmt: skip
    assert json_ok(billing, OPTIONS, "tariffOptionActivateModeGet", optionId=1, modeId=2) == modes[1]
    assert json_ok(billing, OPTIONS, "tariffOptionGet", id=1) in json_ok(billing, OPTIONS, "tariffOptionList")
    assert len(json_ok(billing, OPTIONS, "tariffOptionWebList")) == 3
    assert json_refusal(billing, OPTIONS, "tariffOptionActivateModeList", optionId=77) == "Тарифная опция не найдена"
    refusal = json_refusal(billing, OPTIONS, "tariffOptionActivateModeGet", optionId=1, modeId=4)
    assert refusal == "Режим активации опции не найден"


def test_what_is_wrong_is_refused_in_russian(emulated: Emulated) -> None:
    billing = emulated("9.2")
    for method in ("contractTariffList", "contractTariffEntryList", "personalTariffList", "contractTariffGroupList"):
        assert json_refusal(billing, TARIFFS, method, contractId=999999, entityMid=0, entityId=0) == "Договор не найден"
        assert json_refusal(billing, TARIFFS, method) == "Не указан параметр contractId"
    assert json_refusal(billing, TARIFFS, "contractTariffGet", id=999999) == "Тариф договора не найден"
    envelope = json_data(billing, PLANS, "tariffPlanGet", id=1)
    assert set(envelope) == {"return"}
