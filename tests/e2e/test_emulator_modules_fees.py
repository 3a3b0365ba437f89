"""The emulator reads periodic fees and one-off services as the reference says (modules.md 1.4, 3, 4)."""

from typing import Any

import pytest

from flask_bgbilling.emulator.version import Version
from tests.module_calls import (
    EMPTY,
    NO_CONTRACT,
    NO_INSTANCE,
    RICH,
    UNKNOWN,
    attributes,
    below,
    page,
    provider,
    since,
)
from tests.raw_calls import json_ok, json_refusal, xml_ok, xml_refusal
from tests.support import ALL_BANDS, Emulated

NPAY = "ru.bitel.bgbilling.modules.npay/2/NPayService"
RSCM = "ru.bitel.bgbilling.modules.rscm/3/RSCMService"
MODULES = "ru.bitel.bgbilling.kernel.module/ModuleService"
FEE, RENT, HOME_RENT = 7, 8, 9
ALL_FEES: dict[str, Any] = {"objectId": 0, "entityModuleId": -1, "entityId": -1, "actualItemsOnly": False}
BEANS = [
    {
        "id": FEE, "contractId": RICH, "serviceId": 12, "serviceTitle": "Абонентская плата", "objectId": 0,
        "objectTitle": None, "date1": "2024-01-15", "date2": None, "col": 1,
        "comment": "первая строка\nвторая строка", "entityMid": 0, "entityId": 0,
    },
    {
        "id": RENT, "contractId": RICH, "serviceId": 16, "serviceTitle": "Аренда оборудования", "objectId": 0,
        "objectTitle": None, "date1": "2024-01-18", "date2": "2026-10-04", "col": 2, "comment": "", "entityMid": 0,
        "entityId": 0,
    },
    {
        "id": HOME_RENT, "contractId": RICH, "serviceId": 16, "serviceTitle": "Аренда оборудования", "objectId": 1,
        "objectTitle": "Квартира 5", "date1": "2026-10-05", "date2": None, "col": 1, "comment": "", "entityMid": 1,
        "entityId": 7,
    },
]  # fmt: skip
PURCHASE = {
    "id": 12, "contractId": RICH, "serviceId": 19, "serviceTitle": "Настройка роутера", "date": "2026-11-23",
    "amount": 1, "amountUp": 1, "amountDown": 0, "unit": "шт.", "objectId": 0, "objectTitle": None,
    "comment": "по заявке 12/4",
}  # fmt: skip


@pytest.mark.parametrize("band", below("9.2"))
def test_fees_as_a_table(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    rows = attributes(xml_ok(billing, "npay", "ServiceObjectTable", mid=2, cid=RICH, object_id=0))
    assert [row["id"] for row in rows] == ["7", "8", "9"]
    assert rows[1] == {
        "id": "8", "sid": "16", "service": "Аренда оборудования", "objectId": "0", "object": "",
        "date1": "18.01.2024", "date2": "04.10.2026", "col": "2", "comment": "",
    }  # fmt: skip
    assert (rows[2]["objectId"], rows[2]["object"], rows[2]["date2"]) == ("1", "Квартира 5", "")
    of_object = xml_ok(billing, "npay", "ServiceObjectTable", mid=2, cid=RICH, object_id=1)
    assert [row["id"] for row in attributes(of_object)] == ["9"]
    day = {"actualItemsOnly": 1, "actualItemsDate": "01.10.2026"}
    actual = attributes(xml_ok(billing, "npay", "ServiceObjectTable", mid=2, cid=RICH, object_id=0, **day))
    assert [row["id"] for row in actual] == ["7", "8"]
    assert attributes(xml_ok(billing, "npay", "ServiceObjectTable", mid=2, cid=EMPTY, object_id=0)) == []
    assert xml_refusal(billing, "npay", "ServiceObjectTable", mid=2, cid=UNKNOWN) == NO_CONTRACT
    assert xml_refusal(billing, "npay", "ServiceObjectTable", mid=1, cid=RICH) == NO_INSTANCE
    assert xml_refusal(billing, "npay", "ServiceObjectTable", cid=RICH) == "Не указан параметр mid"
    assert json_refusal(billing, NPAY, "serviceObjectList", contractId=RICH).startswith("not implemented: ")


@pytest.mark.parametrize("band", since("9.2"))
def test_fees_as_a_list(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)

    def fees(cid: int = RICH, **params: object) -> Any:
        common = {**ALL_FEES, "actualItemsDate": "2026-11-22T00:00:00+03:00", **params}
        return json_ok(billing, NPAY, "serviceObjectList", contractId=cid, **common)

    assert fees() == BEANS
    assert [fee["id"] for fee in fees(actualItemsOnly=True)] == [FEE, HOME_RENT]
    old = fees(actualItemsOnly=True, actualItemsDate="2026-10-01T00:00:00+03:00")
    assert [fee["id"] for fee in old] == [FEE, RENT]
    assert [fee["id"] for fee in fees(objectId=1)] == [HOME_RENT]
    assert [fee["id"] for fee in fees(entityModuleId=1)] == [HOME_RENT]
    assert [fee["id"] for fee in fees(entityModuleId=0, entityId=0)] == [FEE, RENT]
    assert fees(EMPTY) == []
    assert json_refusal(billing, NPAY, "serviceObjectList", contractId=UNKNOWN) == NO_CONTRACT
    assert json_refusal(billing, NPAY.replace("/2/", "/1/"), "serviceObjectList", contractId=RICH) == NO_INSTANCE
    refusal = xml_refusal(billing, "npay", "ServiceObjectTable", mid=2, cid=RICH)
    assert refusal == "not implemented: npay/ServiceObjectTable"


@pytest.mark.parametrize("band", ALL_BANDS)
def test_one_fee(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    if Version(band) >= "8.2":
        assert json_ok(billing, NPAY, "serviceObjectGet", id=HOME_RENT) == BEANS[2]
        assert json_refusal(billing, NPAY, "serviceObjectGet", id=UNKNOWN) == "Абонплата не найдена"
        assert xml_refusal(billing, "npay", "ServiceObjectGet", mid=2, id=FEE).startswith("not implemented: ")
        return
    root = xml_ok(billing, "npay", "ServiceObjectGet", mid=2, id=FEE)
    assert attributes(root, "./object") == [
        {
            "sid": "12", "oid": "0", "col": "1", "date1": "15.01.2024", "date2": "", "entityMid": "0",
            "entityId": "0",
        }
    ]  # fmt: skip
    assert attributes(root, "./comment/row") == [{"text": "первая строка"}, {"text": "вторая строка"}]
    bare = xml_ok(billing, "npay", "ServiceObjectGet", mid=2, id=RENT)
    assert [child.tag for child in bare] == ["object", "comment"]
    assert attributes(bare, "./comment/row") == []
    assert xml_refusal(billing, "npay", "ServiceObjectGet", mid=2, id=UNKNOWN) == "Абонплата не найдена"


@pytest.mark.parametrize("band", ALL_BANDS)
def test_services_that_a_module_charges(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    if Version(band) >= "8.2":
        found = {row["id"]: row["title"] for row in json_ok(billing, MODULES, "moduleServiceList", moduleId=3)}
    else:
        rows = attributes(xml_ok(billing, "service", "GetServiceList", mid=3), "./services/service")
        found = {int(row["id"]): row["title"] for row in rows}
    assert found == {
        15: "Выезд мастера", 19: "Настройка роутера", 20: "Патч-корд", 21: "Модем ADSL (снят с продажи)",
    }  # fmt: skip


@pytest.mark.parametrize("band", ALL_BANDS)
def test_one_off_services(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)

    def search(cid: int = RICH, index: int = 1, **period: object) -> Any:
        common = {"contractId": cid, "period": period, "page": page(index)}
        return json_ok(billing, RSCM, "searchRSCMContractService", **common)

    november = search(dateFrom="2026-11-01T00:00:00+03:00", dateTo="2026-11-30T00:00:00+03:00")
    assert november == {
        "list": [PURCHASE],
        "page": {"pageIndex": 1, "pageSize": 25, "pageCount": 1, "recordCount": 1, "pageFirstRecordNumber": 0},
        "period": {"dateFrom": "2026-11-01", "dateTo": "2026-11-30"},
        "sort": None,
        "sum": None,
        "attributes": {},
    }
    first, second = search(), search(index=2)
    assert (len(first["list"]), len(second["list"]), second["page"]["recordCount"]) == (25, 5, 30)
    dates = [row["date"] for row in first["list"] + second["list"]]
    assert dates == sorted(dates, reverse=True)
    with_object = first["list"][1]
    assert (with_object["objectId"], with_object["objectTitle"]) == (1, "Квартира 5")
    assert first["list"][2] == {
        **PURCHASE, "id": 14, "serviceId": 20, "serviceTitle": "Патч-корд", "date": "2026-09-22", "amount": 15,
        "amountUp": 15, "unit": "м", "comment": "",
    }  # fmt: skip
    assert search(EMPTY)["list"] == []
    assert json_refusal(billing, RSCM, "searchRSCMContractService", contractId=UNKNOWN) == NO_CONTRACT


@pytest.mark.parametrize("band", ALL_BANDS)
def test_one_off_service(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    method = "getRSCMContractService"
    assert json_ok(billing, RSCM, method, contractId=RICH, rscmContractServiceId=12) == PURCHASE
    assert json_refusal(billing, RSCM, method, contractId=RICH, rscmContractServiceId=1) == "Запись не найдена"
    assert json_refusal(billing, RSCM, method, contractId=102, rscmContractServiceId=12) == "Запись не найдена"
    other = RSCM.replace("/3/", "/1/")
    assert json_refusal(billing, other, method, contractId=RICH, rscmContractServiceId=12) == NO_INSTANCE


@pytest.mark.parametrize("band", since("7.1"))
def test_goods_and_their_measures(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    everything = json_ok(billing, RSCM, "getRSCMContractServiceList", isUsing=False)
    used = json_ok(billing, RSCM, "getRSCMContractServiceList", isUsing=True)
    assert [row["id"] for row in everything if row not in used] == [21]
    assert {"id": 20, "title": "Патч-корд"} in used
    assert {"id": 3, "serviceId": 20, "serviceTitle": "Патч-корд", "unit": "м"} in json_ok(
        billing, RSCM, "getRSCMServiceList"
    )
