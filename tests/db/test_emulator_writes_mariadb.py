"""The same writes leave the same tables in MariaDB as in SQLite, and writers at the same time lose nothing there."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest

from flask_bgbilling.emulator import Emulator, schema
from tests.db.conftest import TwinsOf
from tests.raw_calls import json_ok, xml_ok

CID, FIRM, SUPER, EMPTY = 101, 102, 103, 110
API = "ru.bitel.bgbilling.kernel.contract.api"
BALANCE = "ru.bitel.bgbilling.kernel.contract.balance"
OBJECTS = "ru.bitel.bgbilling.kernel.contract.object"
OPTIONS = "ru.bitel.bgbilling.kernel.tariff.option/TariffOptionService"
LIMITS = "ru.bitel.bgbilling.kernel.contract.limit/ContractLimitService"
CHECKS = "ru.bitel.bgbilling.plugins.cashcheck/CashcheckService"
SCRIPTS = "ru.bitel.bgbilling.kernel.contract.script/ContractScriptService"
UNEQUAL = {"contract.pswd"}
"""Columns that are drawn by lot."""

Xml = tuple[str, str, dict[str, object]]
Json = tuple[str, str, dict[str, object]]

XML_WRITES: tuple[Xml, ...] = (
    ("contract", "UpdateContractTitleAndComment", {"cid": CID, "comment": "Ёж & <сын> 🤖" + "х" * 300, "title": "Ё-1"}),
    ("contract", "UpdateContractDate2", {"id": CID, "value": "31.12.2026"}),
    ("contract", "SetDelContract", {"cid": FIRM, "del": 1}),
    ("contract", "SetFcContract", {"cid": CID, "value": 1}),
    ("contract", "UpdateContractMode", {"cid": CID, "value": "credit"}),
    ("contract", "UpdateParameterType1", {"cid": CID, "pid": 2, "value": "ч" * 300}),
    ("contract", "UpdateParameterType5", {"cid": CID, "pid": 12, "value": 0}),
    ("contract", "UpdateParameterType6", {"cid": CID, "pid": 10, "value": "01.03.1999"}),
    ("contract", "UpdateListParam", {"cid": CID, "pid": 11, "custom_value": "своё" * 40}),
    ("contract", "UpdateAddressInfo", {"cid": CID, "pid": 3, "hid": 103, "flat": "12345678901", "room": "123456"}),
    ("contract", "UpdatePhoneInfo", {"cid": CID, "pid": 4, "count": 1, "phone1": "79990000001", "comment1": "я" * 300}),
    ("contract", "UpdateEmailInfo", {"cid": CID, "pid": 6, "e-mail": "Имя <a@b.ru>\nc@d.ru"}),
    ("contract", "UpdateEmailInfo", {"cid": EMPTY, "pid": 6, "e-mail": "new@b.ru"}),
    (
        "contract",
        "UpdateContractPayment",
        {"cid": CID, "id": "new", "date": "05.10.2026", "pt": 1, "summa": "10.25", "comment": "х" * 300},
    ),
    ("contract", "DeleteContractPayment", {"cid": CID, "id": 14}),
    ("contract", "DeleteContractCharge", {"cid": CID, "id": 3}),
    ("contract", "UpdateContractTariffGroup", {"cid": EMPTY, "id": "new", "tariff_group": 1}),
    ("contract.hierarchy", "AddSub", {"super": SUPER, "sub": FIRM, "sub_mode": 0}),
    ("contract", "AdditionalAction", {"cid": CID, "action_id": 1}),
    ("contract", "ContractModuleAdd", {"cid": EMPTY, "module_ids": "1,2"}),
    ("tariff.option", "ContractTariffOption", {"operation": "reactivate", "cid": CID, "id": 3}),
    ("admin", "SetClosedDate", {"date": "30.09.2026"}),
)
JSON_WRITES: tuple[Json, ...] = (
    (f"{API}/ContractService", "contractCreate", {"contractCreateData": {"patternId": 2, "dateFrom": "2026-12-01"}}),
    (f"{API}/ContractService", "contractCreate", {"contractCreateData": {"patternId": 1, "customTitle": "%_${N3}"}}),
    (
        f"{API}/ContractStatusService",
        "changeContractStatus",
        {"contractId": [CID], "statusId": 4, "dateFrom": "2026-11-01", "dateTo": "2026-12-25", "comment": "х" * 300},
    ),
    (
        "ru.bitel.bgbilling.kernel.contract.label/ContractLabelService",
        "setContractLabelIds",
        {"contractId": CID, "contractLabelsIds": [105, 201]},
    ),
    (LIMITS, "updateContractLimitPeriod", {"contractId": CID, "limit": -50.5, "period": 3, "comment": "на три дня"}),
    (
        f"{API}/ContractNoteService",
        "contractNoteUpdate",
        {"contractId": CID, "contractNote": {"id": 0, "title": "т" * 300, "comment": "длинно\n" * 500}},
    ),
    (SCRIPTS, "contractScriptUpdate", {"contractScript": {"id": 0, "contractId": CID, "scriptId": 1, "comment": "к"}}),
    (
        f"{OBJECTS}/ContractObjectService",
        "contractObjectUpdate",
        {"contractId": EMPTY, "contractObject": {"id": 0, "title": "Подвал", "typeId": 1}},
    ),
    (
        f"{OBJECTS}/ContractObjectParameterService",
        "textParameterValueUpdate",
        {"contractId": CID, "parameterId": {"entityId": 1, "entitySpecAttrId": 1, "value": "ч" * 300}},
    ),
    (
        f"{API}/ContractTariffService",
        "contractTariffUpdate",
        {"contractTariff": {"id": 0, "contractId": CID, "tariffPlanId": 5, "period": {"dateFrom": "2026-12-10"}}},
    ),
    (
        f"{API}/ContractTariffService",
        "personalTariffUpdate",
        {"contractId": CID, "personalTariff": {"id": 0, "title": "VIP", "date1": "2026-12-10"}},
    ),
    (OPTIONS, "contractTariffOptionActivate", {"contractId": CID, "optionId": 1, "modeId": 2, "web": False}),
    (
        f"{BALANCE}/ChargeService",
        "chargeUpdate",
        {"charge": {"id": 0, "contractId": CID, "typeId": 22, "date": "2026-11-20", "sum": 80.105}},
    ),
    (
        f"{BALANCE}/BalanceService",
        "contractBalanceTransfer",
        {"contractId": CID, "date": "2026-11-20", "balanceDistributeDataList": [{"contractId": EMPTY, "amout": 5.5}]},
    ),
    (
        f"{BALANCE}/PaymentService",
        "paymentTypeUpdate",
        {"paymentType": {"id": 0, "title": "т" * 60, "type": 0, "parentId": 10}},
    ),
    (CHECKS, "bindPrinter", {"registratorId": 2, "password": "30"}),
    (CHECKS, "bindPrinter", {"registratorId": 1, "password": "30"}),
    (CHECKS, "printCheck", {"paymentIds": [15], "summa": "20000.5"}),
)


def tables(emulator: Emulator) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, in an order that does not depend on the database."""
    return {
        name: sorted(
            (
                {column: value for column, value in row.items() if f"{name}.{column}" not in UNEQUAL}
                for row in emulator.rows(name)
            ),
            key=str,
        )
        for name in schema.METADATA.tables
    }


@pytest.mark.mariadb
def test_writes_leave_equal_tables(twins: TwinsOf) -> None:
    both = twins("9.2")
    for module, action, fields in XML_WRITES:
        for emulator in both:
            xml_ok(emulator, module, action, **fields)
    for service, method, params in JSON_WRITES:
        results = [json_ok(emulator, service, method, **params) for emulator in both]
        assert results[0] == results[1], method
    light, heavy = (tables(emulator) for emulator in both)
    assert {name for name in light if light[name] != heavy[name]} == set()
    for emulator in both:
        xml_ok(emulator, "contract", "DeleteContract", cid=CID, save=1, folder="Архив")
    light, heavy = (tables(emulator) for emulator in both)
    assert {name for name in light if light[name] != heavy[name]} == set()
    assert light["contract_deleted"][0]["title"] == "Ё-1"


@pytest.mark.mariadb
def test_writers_at_the_same_time_lose_nothing(twins: TwinsOf) -> None:
    _, heavy = twins("9.2")

    def together(write: Callable[[int], object]) -> list[object]:
        with ThreadPoolExecutor(8) as pool:
            return list(pool.map(write, range(24)))

    def pay(number: int) -> object:
        fields = {"cid": EMPTY, "id": "new", "date": f"{number % 9 + 10}.11.2026", "pt": 1, "summa": "1.01"}
        return xml_ok(heavy, "contract", "UpdateContractPayment", **fields).get("id")

    def create(_number: int) -> object:
        return json_ok(heavy, f"{API}/ContractService", "contractCreate", contractCreateData={"patternId": 3})

    before = heavy.rows("contract_balance", cid=EMPTY)
    paid = sum((row["summa2"] for row in before), Decimal(0))
    assert len(set(together(pay))) == 24
    rows = heavy.rows("contract_balance", cid=EMPTY)
    assert sum(row["summa2"] for row in rows) == paid + Decimal("24.24")
    made = together(create)
    titles = [heavy.rows("contract", id=cid)[0]["title"] for cid in made]
    assert len(set(titles)) == 24, "no number is given twice"
