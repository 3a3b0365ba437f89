"""The emulator changes plans, personal tariffs, tariff groups and options, band by band (money.md 7 to 10)."""

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
TARIFFS = f"{API}/ContractTariffService"
OPTIONS = "ru.bitel.bgbilling.kernel.tariff.option/TariffOptionService"
FROM_7_1 = [band for band in ALL_BANDS if Version(band) >= "7.1"]
NOON = datetime(2026, 11, 23, 12)
TURBO, STATIC_ADDRESS, ANTIVIRUS = 1, 2, 3
DAY, WEEK, MONTHLY, ANTIVIRUS_MONTHLY = 1, 2, 3, 4
ACTIVATION = 24


def by_xml(billing: Emulator) -> bool:
    """Whether the band writes tariffs by XML."""
    return Version(billing.settings.version) < "9.2"


def refusal_of(answer: Any) -> str:
    """The refusal of an answer of either transport, empty when it succeeded."""
    if isinstance(answer, dict):
        return "" if answer["status"] == "ok" else str(answer["message"])
    return "" if answer.get("status") == "ok" else answer.text or ""


def save_plan(billing: Emulator, number: int = 0, **wanted: Any) -> str:
    """Writes a plan in the form of the band; the refusal, empty when it succeeds."""
    values = {"cid": CID, "plan": 5, "start": "10.12.2026", "end": "", "pos": 1, "comment": "к", **wanted}
    if by_xml(billing):
        fields = {"cid": values["cid"], "id": number or "new", "tpid": values["plan"], "pos": values["pos"]}
        dates = {"date1": values["start"], "date2": values["end"], "comment": values["comment"]}
        return refusal_of(ask_xml(billing, "contract", "UpdateContractTariffPlan", **fields, **dates))
    period = {"dateFrom": values["start"], "dateTo": values["end"] or None}
    bean = {"id": number, "contractId": values["cid"], "tariffPlanId": values["plan"], "period": period}
    bean |= {"title": None, "comment": values["comment"], "position": values["pos"]}
    return refusal_of(ask_json(billing, TARIFFS, "contractTariffUpdate", contractTariff=bean))


def newest(billing: Emulator, table: str) -> dict[str, Any]:
    return max(billing.rows(table), key=lambda row: row["id"])


@pytest.mark.parametrize("band", ALL_BANDS)
def test_plans_are_added_changed_and_removed(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    assert save_plan(billing) == ""
    row = newest(billing, "contract_tariff")
    assert (row["cid"], row["tpid"], row["date1"], row["date2"]) == (CID, 5, date(2026, 12, 10), None)
    assert (row["pos"], row["comment"], row["lm"], row["emid"]) == (1, "к", NOON, 0)
    assert billing.rows("contract", id=CID)[0]["last_tariff_change"] == NOON
    assert save_plan(billing, row["id"], plan=4, end="31.12.2026", pos=0) == ""
    (row,) = billing.rows("contract_tariff", id=row["id"])
    assert (row["tpid"], row["date2"], row["pos"]) == (4, date(2026, 12, 31), 0)
    assert save_plan(billing, row["id"], end="09.12.2026") == "Дата начала периода позже даты окончания"
    assert save_plan(billing, plan=77) == "Тарифный план не найден: 77"
    assert save_plan(billing, row["id"], cid=FIRM) == "Тариф договора не найден"
    assert save_plan(billing, cid=UNKNOWN) == "Договор не найден"
    assert billing.rows("contract_tariff", id=row["id"]) == [row]

    def delete(cid: int) -> str:
        if by_xml(billing):
            return refusal_of(ask_xml(billing, "contract", "DeleteContractTariffPlan", cid=cid, id=row["id"]))
        return refusal_of(ask_json(billing, TARIFFS, "contractTariffDelete", contractId=cid, id=row["id"]))

    assert delete(FIRM) == "Тариф договора не найден"
    assert delete(CID) == ""
    assert billing.rows("contract_tariff", id=row["id"]) == []


@pytest.mark.parametrize("band", ["7.0", "8.2"])
def test_an_xml_write_resets_what_it_leaves_out(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    (row,) = billing.rows("contract_tariff", id=5)
    assert (row["pos"], row["date2"] is None) == (2, False)
    fields = {"id": 5, "cid": CID, "tpid": 3, "date1": "01.01.2026", "comment": ""}
    xml_ok(billing, "contract", "UpdateContractTariffPlan", **fields)
    (row,) = billing.rows("contract_tariff", id=5)
    assert (row["tpid"], row["pos"], row["date2"], row["comment"]) == (3, 0, None, "")
    xml_ok(billing, "contract", "UpdateContractTariffPlan", **{**fields, "id": 0, "pos": ""})
    assert newest(billing, "contract_tariff")["id"] > 5


@pytest.mark.parametrize("band", ["7.1", "8.2", "9.2", "10.2"])
def test_where_the_dates_of_a_plan_stand(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    bean = {"id": -1, "contractId": EMPTY, "tariffPlanId": 2, "dateFrom": "2026-12-01", "dateTo": "2026-12-31"}
    period = {"dateFrom": "2027-01-01T00:00:00+03:00", "dateTo": None}
    number = json_ok(billing, TARIFFS, "contractTariffUpdate", contractTariff={**bean, "period": period})
    (row,) = billing.rows("contract_tariff", id=number)
    flat = (date(2026, 12, 1), date(2026, 12, 31))
    assert (row["date1"], row["date2"]) == (flat if Version(band) < "9.2" else (date(2027, 1, 1), None))
    own = {"contractId": EMPTY} if Version(band) >= "9.2" else {}
    json_ok(billing, TARIFFS, "contractTariffDelete", id=number, **own)
    assert billing.rows("contract_tariff", cid=EMPTY) == []


@pytest.mark.parametrize("band", ALL_BANDS)
def test_personal_tariffs(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)

    def save(number: int, cid: int = CID, **wanted: str) -> str:
        values = {"title": "VIP (900 р.)", "date1": "10.12.2026", "date2": "", **wanted}
        if by_xml(billing):
            return refusal_of(
                ask_xml(billing, "contract.tariff", "UpdatePersonalTariff", id=number, cid=cid, pos=1, **values)
            )
        bean = {"id": number, "contractId": cid, "pos": 1, "treeId": 0, "titleWeb": None, "config": "", **values}
        return refusal_of(ask_json(billing, TARIFFS, "personalTariffUpdate", contractId=cid, personalTariff=bean))

    def delete(number: int, cid: int = CID) -> str:
        if by_xml(billing):
            fields = {"id": number, "cid": cid, "operation": "deactivate"}
            return refusal_of(ask_xml(billing, "contract.tariff", "DeletePersonalTariff", **fields))
        return refusal_of(ask_json(billing, TARIFFS, "personalTariffDelete", contractId=cid, personalTariffId=number))

    assert save(0) == ""
    row = newest(billing, "contract_tree_link")
    assert (row["cid"], row["title"], row["date1"], row["date2"]) == (CID, "VIP (900 р.)", date(2026, 12, 10), None)
    assert row["tree_id"] == 5003, "a tree of its own"
    assert save(row["id"], title="VIP", date2="31.12.2026") == ""
    (changed,) = billing.rows("contract_tree_link", id=row["id"])
    assert (changed["title"], changed["date2"], changed["tree_id"]) == ("VIP", date(2026, 12, 31), 5003)
    assert save(row["id"], FIRM) == "Персональный тариф не найден"
    assert "позже" in save(row["id"], date2="01.12.2026")
    assert "название" in save(0, title=" ")
    assert save(0, UNKNOWN) == "Договор не найден"
    assert delete(row["id"], FIRM) == "Персональный тариф не найден"
    assert delete(row["id"]) == ""
    assert delete(row["id"]) == "Персональный тариф не найден"


@pytest.mark.parametrize("band", ALL_BANDS)
def test_tariff_groups_of_a_contract(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    fields = {"cid": EMPTY, "tariff_group": 2, "date1": "01.12.2026", "date2": "", "comment": "к"}
    number = int(xml_ok(billing, "contract", "UpdateContractTariffGroup", id="new", **fields).attrib["id"])
    (row,) = billing.rows("contract_tariff_group", id=number)
    assert (row["cid"], row["gid"], row["date1"], row["date2"]) == (EMPTY, 2, date(2026, 12, 1), None)
    bean = {"id": number, "contractId": EMPTY, "tariffGroupId": 1, "dateFrom": None, "dateTo": "2026-12-31"}
    assert json_ok(billing, TARIFFS, "contractTariffGroupUpdate", contractTariffGroup=bean) == number
    (row,) = billing.rows("contract_tariff_group", id=number)
    assert (row["gid"], row["date1"], row["date2"], row["comment"]) == (1, None, date(2026, 12, 31), "")
    for wrong, words in (
        ({"tariff_group": 9}, "Тарифная группа не найдена"),
        ({"date2": "01.01.2026"}, "позже"),
        ({"id": number, "cid": FIRM}, "Тарифная группа договора не найдена"),
    ):
        assert words in xml_refusal(billing, "contract", "UpdateContractTariffGroup", **{"id": 0, **fields, **wrong})
    xml_ok(billing, "contract", "DeleteContractTariffGroup", id=number)
    assert "не найдена" in xml_refusal(billing, "contract", "DeleteContractTariffGroup", id=number)
    json_ok(billing, TARIFFS, "contractTariffGroupDelete", id=1)
    assert billing.rows("contract_tariff_group", id=1) == []


@pytest.mark.parametrize("band", FROM_7_1)
def test_a_customer_changes_the_plan_and_takes_it_back(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    current = billing.rows("contract_tariff", id=3)[0]
    wish = {"contractId": CID, "tariffGroupId": 1, "fromContractTariffId": 3, "toTariffPlanId": 5}
    for wrong, words in (
        ({"fromDate": "2026-11-23"}, "на эту дату"),
        ({"fromDate": "2026-11-26"}, "на эту дату"),
        ({"fromDate": "2026-11-24", "toTariffPlanId": 9}, "недоступна"),
        ({"fromDate": "2026-11-24", "toTariffPlanId": 3}, "недоступна"),
        ({"fromDate": "2026-11-24", "tariffGroupId": 2}, "недоступна"),
        ({"fromDate": "2026-11-24", "tariffGroupId": 7}, "не найдена"),
    ):
        assert words in json_refusal(billing, TARIFFS, "contractTariffChangeByCustomer", **{**wish, **wrong})
    json_ok(billing, TARIFFS, "contractTariffChangeByCustomer", **wish, fromDate="2026-11-24")
    replaced, planned = billing.rows("contract_tariff", id=3)[0], newest(billing, "contract_tariff")
    assert (replaced["date2"], planned["date1"], planned["tpid"]) == (date(2026, 11, 23), date(2026, 11, 24), 5)
    assert (planned["replaced_from"], planned["pos"]) == (3, 0)
    cancel = {"contractId": CID, "contractTariffId": planned["id"]}
    json_ok(billing, TARIFFS, "contractTariffCancelByCustomer", **cancel)
    assert billing.rows("contract_tariff", id=planned["id"]) == []
    assert billing.rows("contract_tariff", id=3)[0]["date2"] == current["date2"]
    refusal = json_refusal(billing, TARIFFS, "contractTariffCancelByCustomer", contractId=CID, contractTariffId=3)
    assert refusal == "Смену тарифа нельзя отменить"


@pytest.mark.parametrize("band", ALL_BANDS)
def test_an_option_is_activated_for_its_price(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    charged = len(billing.rows("contract_charge", cid=CID))
    activate = {"contractId": CID, "optionId": TURBO, "modeId": WEEK, "web": False}
    json_ok(billing, OPTIONS, "contractTariffOptionActivate", **activate)
    row = newest(billing, "contract_tariff_option")
    assert (row["cid"], row["option_id"], row["activated_mode"], row["uid"]) == (CID, TURBO, WEEK, 1)
    assert (row["time_from"], row["time_to"], row["activated_time"]) == (NOON, datetime(2026, 11, 30, 12), NOON)
    assert row["summa"] == Decimal(200)
    (cost,) = billing.rows("contract_charge", id=row["charge_id"])
    assert (cost["summa"], cost["pt"], cost["dt"]) == (Decimal(200), ACTIVATION, NOON.date())
    assert cost["comment"] == "Турбо на сутки, на 7 суток (200 р.)"
    assert "уже активна" in json_refusal(billing, OPTIONS, "contractTariffOptionActivate", **activate)
    record = {"contractId": CID, "contractOptionId": row["id"]}
    json_ok(billing, OPTIONS, "contractTariffOptionDeactivate", **record)
    (ended,) = billing.rows("contract_tariff_option", id=row["id"])
    assert (ended["deactivated_time"], ended["time_to"]) == (NOON, NOON)
    assert "не активна" in json_refusal(billing, OPTIONS, "contractTariffOptionDeactivate", **record)
    active = json_ok(billing, OPTIONS, "contractTariffOptionList", contractId=CID, date="2026-11-23T12:00:00+03:00")
    assert row["id"] not in [entry["id"] for entry in active]
    assert len(billing.rows("contract_charge", cid=CID)) == charged + 1, "what it cost stays"
    removed = {"contractId": CID, "id": row["id"], "customer": False}
    json_ok(billing, OPTIONS, "contractTariffOptionDelete", **removed)
    assert billing.rows("contract_tariff_option", id=row["id"]) == []
    assert len(billing.rows("contract_charge", cid=CID)) == charged


@pytest.mark.parametrize("band", ALL_BANDS)
def test_an_option_is_prolonged_or_begun_again(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    xml_ok(billing, "tariff.option", "ContractTariffOption", operation="reactivate", cid=CID, id=3)
    (prolonged,) = billing.rows("contract_tariff_option", id=3)
    assert (prolonged["time_to"], prolonged["summa"]) == (datetime(2027, 1, 18, 9), Decimal(158))
    assert [row["summa"] for row in billing.rows("contract_charge", cid=CID, dt=NOON.date())] == [Decimal(79)]
    json_ok(billing, OPTIONS, "contractTariffOptionReactivate", contractId=CID, contractOptionId=1)
    again = newest(billing, "contract_tariff_option")
    assert (again["option_id"], again["time_from"], again["time_to"]) == (TURBO, NOON, datetime(2026, 11, 24, 12))
    assert billing.rows("contract_tariff_option", id=1)[0]["deactivated_time"] is not None, "the old one is history"
    endless = xml_refusal(billing, "tariff.option", "ContractTariffOption", operation="reactivate", cid=CID, id=2)
    assert "без ограничения" in endless
    foreign = {"operation": "reactivate", "cid": FIRM, "id": 3}
    assert "не найдена" in xml_refusal(billing, "tariff.option", "ContractTariffOption", **foreign)
    gone = xml_refusal(billing, "tariff.option", "ContractTariffOption", operation="list", cid=CID)
    assert gone == "Неизвестная операция: list"


@pytest.mark.parametrize("band", ALL_BANDS)
def test_an_option_that_cannot_be_activated(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    before = billing.rows("contract_tariff_option"), billing.rows("contract_charge")
    activate = {"contractId": CID, "optionId": TURBO, "modeId": DAY, "web": False}
    for wrong, words in (
        ({"optionId": 77}, "не найдена"),
        ({"modeId": MONTHLY}, "Режим"),
        ({"modeId": 77}, "Режим"),
        ({"contractId": EMPTY}, "недоступна"),
        ({"contractId": UNKNOWN}, "Договор"),
        ({"optionId": ANTIVIRUS, "modeId": ANTIVIRUS_MONTHLY}, "уже активна"),
    ):
        assert words in json_refusal(billing, OPTIONS, "contractTariffOptionActivate", **{**activate, **wrong})
    without_web = {name: value for name, value in activate.items() if name != "web"}
    if Version(band) >= "8.0":
        assert "web" in json_refusal(billing, OPTIONS, "contractTariffOptionActivate", **without_web)
    xml_ok(billing, "admin", "SetClosedDate", date="23.11.2026")
    assert "Период закрыт" in json_refusal(billing, OPTIONS, "contractTariffOptionActivate", **activate)
    assert (billing.rows("contract_tariff_option"), billing.rows("contract_charge")) == before
    xml_ok(billing, "admin", "SetClosedDate", date="")
    number = json_ok(billing, OPTIONS, "contractTariffOptionActivateWhithSum", **activate, chargeSum=12.5)
    (row,) = billing.rows("contract_tariff_option", id=number)
    assert row["summa"] == Decimal("12.50")
    assert billing.rows("contract_charge", id=row["charge_id"])[0]["summa"] == Decimal("12.50")
    again = {**activate, "chargeSum": 0, "contractId": EMPTY, "optionId": STATIC_ADDRESS, "modeId": MONTHLY}
    free = json_ok(billing, OPTIONS, "contractTariffOptionActivateWhithSum", **again)
    assert billing.rows("contract_tariff_option", id=free)[0]["charge_id"] == 0
