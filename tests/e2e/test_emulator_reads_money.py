"""The emulator reads balance, accounts, payments and charges as the reference says (money.md 1 to 4, 6)."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from xml.etree.ElementTree import Element

import pytest

from flask_bgbilling.emulator import Emulator, EmulatorSettings
from flask_bgbilling.emulator.version import Version
from tests.raw_calls import ask_json, ask_xml, json_data, json_ok, json_refusal, xml_ok, xml_refusal
from tests.support import ALL_BANDS, Emulated

CID, SUPER, DEPENDENTS, EMPTY, FUTURE = 101, 103, {104, 106}, 110, 112
BALANCE = "ru.bitel.bgbilling.kernel.contract.balance"
AUTOPAYMENT = "ru.bitel.bgbilling.kernel.contract.autopayment/ContractAutopaymentService"
BELOW_JSON = [band for band in ALL_BANDS if Version(band) < "9.2"]
FROM_JSON = [band for band in ALL_BANDS if Version(band) >= "9.2"]
ROWS = "./table/data/row"


def billing_today() -> date:
    """The calendar day of the emulated billing, whose zone is not that of the machine."""
    return EmulatorSettings().now().date()


def month_ago(months: int) -> date:
    """The first day of a month that many months ago."""
    day = billing_today().replace(day=1)
    for _ in range(months):
        day = (day - timedelta(days=1)).replace(day=1)
    return day


def year_fields() -> dict[str, str]:
    return {"date1": f"{month_ago(11):%d.%m.%Y}", "date2": f"{billing_today():%d.%m.%Y}"}


def year_period() -> dict[str, str]:
    return {"dateFrom": f"{month_ago(11):%Y-%m-%d}T00:00:00+03:00", "dateTo": f"{billing_today():%Y-%m-%d}"}


def stored(billing: Emulator, table: str, cids: set[int]) -> list[dict[str, object]]:
    rows = [row for cid in cids for row in billing.rows(table, cid=cid)]
    inside = [row for row in rows if month_ago(11) <= row["dt"] <= billing_today() and not row.get("payback")]
    return sorted(inside, key=lambda row: (row["dt"], row["id"]))


def attributes(root: Element, path: str = ROWS) -> list[dict[str, str]]:
    return [dict(row.attrib) for row in root.findall(path)]


@pytest.mark.parametrize("band", ALL_BANDS)
@pytest.mark.parametrize("cid", [CID, SUPER])
def test_months_of_the_balance_chain(emulated: Emulated, band: str, cid: int) -> None:
    billing = emulated(band)
    root = xml_ok(billing, "contract", "ContractBalanceGeneral", cid=cid, **year_fields())
    rows = attributes(root)
    assert len(rows) == 12
    assert set(rows[0]) == {"month", "input_balance", "payment", "account", "charge", "output_balance"}
    closing = Decimal(rows[0]["input_balance"])
    for row in rows:
        assert Decimal(row["input_balance"]) == closing
        closing += Decimal(row["payment"]) - Decimal(row["account"]) - Decimal(row["charge"])
        assert Decimal(row["output_balance"]) == closing
    newest = billing.rows("contract_balance", cid=cid)[-1]
    assert closing == newest["summa1"] + newest["summa2"] - newest["summa3"] - newest["summa4"]
    table = root.find("./table").attrib
    assert (table["summa1"], table["summa5"]) == (rows[0]["input_balance"], rows[-1]["output_balance"])
    assert Decimal(table["summa2"]) == sum(Decimal(row["payment"]) for row in rows)


def test_a_month_without_movement_carries_the_balance_over(emulated: Emulated) -> None:
    billing = emulated("9.2")
    assert attributes(xml_ok(billing, "contract", "ContractBalanceGeneral", cid=EMPTY, date1="", date2="")) == [
        {
            "month": attributes(xml_ok(billing, "contract", "ContractBalance", cid=EMPTY))[0]["f0"],
            "input_balance": "0.00",
            "payment": "0.00",
            "account": "0.00",
            "charge": "0.00",
            "output_balance": "0.00",
        }
    ]
    assert attributes(xml_ok(billing, "contract", "ContractBalanceGeneral", cid=FUTURE)) == []


@pytest.mark.parametrize("band", ALL_BANDS)
def test_the_attributes_of_the_current_month_are_not_in_the_order_of_its_rows(emulated: Emulated, band: str) -> None:
    root = xml_ok(emulated(band), "contract", "ContractBalance", cid=CID)
    rows = attributes(root)
    assert [set(row) for row in rows] == [{"f0", "f1", "f2"}] * 5
    opening, payment, account, charge, closing = (row["f2"] for row in rows)
    table = root.find("./table").attrib
    order = (table["summa1"], table["summa2"], table["summa3"], table["summa4"], table["summa5"])
    assert order == (opening, account, charge, payment, closing)
    assert Decimal(closing) == Decimal(opening) + Decimal(payment) - Decimal(account) - Decimal(charge)


@pytest.mark.parametrize("band", ALL_BANDS)
@pytest.mark.parametrize("cid", [CID, SUPER])
def test_detailed_balance_adds_up(emulated: Emulated, band: str, cid: int) -> None:
    billing = emulated(band)
    rows = attributes(xml_ok(billing, "contract", "ContractBalanceDetail", cid=cid, **year_fields()))
    general = attributes(xml_ok(billing, "contract", "ContractBalanceGeneral", cid=cid, **year_fields()))
    assert set(rows[0]) == {"date", "summa", "type", "comment", "contractTitle"}
    first, *middle, last = rows
    assert (first["type"], last["type"]) == (
        "Входящий остаток на начало месяца",
        "Исходящий остаток на конец месяца",
    )
    assert (first["contractTitle"], first["date"]) == ("", general[0]["month"])
    assert Decimal(last["summa"]) == sum(Decimal(row["summa"]) for row in [first, *middle])
    assert {row["type"].split(' "')[0] for row in middle} == {"Приход", "Расход", "Наработка"}
    assert all(Decimal(row["summa"]) > 0 for row in middle if row["type"].startswith("Приход"))
    assert all(Decimal(row["summa"]) < 0 for row in middle if row["type"].startswith("Наработка"))
    days = [datetime.strptime(row["date"], "%d.%m.%Y").date() for row in middle]
    assert days == sorted(days)
    if cid == SUPER:
        subs = {billing.rows("contract", id=sub)[0]["title"] for sub in DEPENDENTS}
        assert subs < {row["contractTitle"] for row in middle}


def test_a_part_of_a_month_opens_with_what_was_left_then(emulated: Emulated) -> None:
    billing = emulated("9.2")
    start = month_ago(3) + timedelta(days=9)
    whole = attributes(
        xml_ok(billing, "contract", "ContractBalanceDetail", cid=CID, date1=f"{month_ago(3):%d.%m.%Y}", date2="")
    )
    rows = attributes(
        xml_ok(billing, "contract", "ContractBalanceDetail", cid=CID, date1=f"{start:%d.%m.%Y}", date2="")
    )
    assert rows[-1]["summa"] == whole[-1]["summa"]
    assert len(rows) < len(whole)


def test_a_dependent_contract_has_no_balance_of_its_own(emulated: Emulated) -> None:
    billing = emulated("9.2")
    for sub in DEPENDENTS:
        assert stored(billing, "contract_payment", {sub})
        rows = attributes(xml_ok(billing, "contract", "ContractBalanceDetail", cid=sub, **year_fields()))
        assert [row["summa"] for row in rows] == ["0.00", "0.00"]
        general = attributes(xml_ok(billing, "contract", "ContractBalanceGeneral", cid=sub, **year_fields()))
        assert {row["output_balance"] for row in general} == {"0.00"}


def test_every_contract_ends_with_the_same_balance_in_every_list(emulated: Emulated) -> None:
    billing = emulated("8.2")
    for contract in billing.rows("contract")[:40]:
        fields = {"cid": contract["id"], "date1": "", "date2": ""}
        general = attributes(xml_ok(billing, "contract", "ContractBalanceGeneral", **fields))
        detail = attributes(xml_ok(billing, "contract", "ContractBalanceDetail", **{**fields, "date1": "01.01.2020"}))
        now = attributes(xml_ok(billing, "contract", "ContractBalance", cid=contract["id"]))
        closing = general[-1]["output_balance"] if general else "0.00"
        assert (detail[-1]["summa"], now[-1]["f2"]) == (closing, closing), contract["title"]


def test_balances_by_json(emulated: Emulated) -> None:
    billing = emulated("7.1")
    service = f"{BALANCE}/BalanceService"
    newest = billing.rows("contract_balance", cid=CID)[-1]
    listed = json_ok(billing, service, "contractBalanceList", contractId=str(CID), period=year_period())
    assert len(listed) == 12
    found = json_ok(billing, service, "contractBalanceGet", contractId=CID, year=newest["yy"], month=newest["mm"])
    assert set(found) == {
        "year", "month", "incomingSaldo", "payments", "accounts", "charges", "reserve", "timestamp",
    }  # fmt: skip
    sums = (found["incomingSaldo"], found["payments"], found["accounts"], found["charges"])
    assert sums == (newest["summa1"], newest["summa2"], newest["summa3"], newest["summa4"])
    assert json_ok(billing, service, "contractBalanceGet", contractId=CID, year=2001, month=1) is None
    assert json_refusal(billing, service, "contractBalanceGet", contractId=CID, year=2001, month=13).startswith(
        "Неверное"
    )


def test_detailed_balance_by_json_keeps_a_running_sum(emulated: Emulated) -> None:
    billing = emulated("7.1")
    service = f"{BALANCE}/BalanceService"
    items = json_ok(billing, service, "balanceDetailList", contractId=CID, period=year_period(), available=False)
    assert set(items[0]) == {"date", "sum", "sumAfterChange", "title", "type", "comment", "contractTitle"}
    for before, after in pairwise(items):
        assert after["sumAfterChange"] == before["sumAfterChange"] + after["sum"]
    assert {item["type"] for item in items if item["title"].startswith("Приход")} == {1}
    usable = json_ok(billing, service, "balanceDetailList", contractId=CID, period=year_period(), available=True)
    limit, reserve = Decimal(-100), Decimal(200)
    assert usable[-1]["sumAfterChange"] == items[-1]["sumAfterChange"] - limit - reserve


@pytest.mark.parametrize("band", ALL_BANDS)
def test_accounts_of_own_and_of_dependent_contracts(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    root = xml_ok(billing, "contract", "ContractAccounts", cid=CID, **year_fields())
    rows = attributes(root)
    assert set(rows[0]) == {"sid", "date", "summa", "title"}
    assert rows[0]["date"].split()[1].isdigit()
    assert Decimal(root.find("./table").attrib["summa"]) == sum(Decimal(row["summa"]) for row in rows)
    assert root.find("./sub_table") is None
    family = xml_ok(billing, "contract", "ContractAccounts", cid=SUPER, **year_fields())
    subs = attributes(family, "./sub_table/data/row")
    assert set(subs[0]) == {"contract", "sid", "date", "summa", "service"}
    assert attributes(family) == []
    assert family.find("./table").attrib == {"summa": "0.00"}
    data = json_data(
        billing, f"{BALANCE}/BalanceService", "contractAccountList", contractId=SUPER, period=year_period(), members=3
    )
    assert data["holderTotalSum"] == sum(Decimal(row["summa"]) for row in subs)
    assert {item["contractId"] for item in data["return"]} == DEPENDENTS
    assert set(data["return"][0]) == {"contractId", "date", "serviceId", "sum"}


@pytest.mark.parametrize("band", BELOW_JSON)
@pytest.mark.parametrize("kind", ["Payments", "Charges"])
def test_payments_and_charges_below_9_2(emulated: Emulated, band: str, kind: str) -> None:
    billing = emulated(band)
    table = f"contract_{kind[:-1].lower()}"
    titles = {row["id"]: row["title"] for row in billing.rows(f"{table}_types")}
    users = {0: "Сервер", **{row["id"]: row["name"] for row in billing.rows("user")}}
    kept = stored(billing, table, {CID})
    root = xml_ok(billing, "contract", f"Contract{kind}", cid=CID, **year_fields())
    rows = attributes(root)
    assert [(row["f0"], row["f2"], row["f3"], row["f4"], row["f5"], row["f6"], row["f7"]) for row in rows] == [
        (
            str(row["id"]),
            f"{row['dt']:%d.%m.%Y}",
            str(row["summa"]),
            titles[row["pt"]],
            row["comment"],
            f"{row['lm']:%d.%m.%Y %H:%M:%S}",
            users[row["uid"]],
        )
        for row in kept
    ]
    assert {row["f1"] for row in rows} <= {"0", "1"}
    assert Decimal(root.find("./table").attrib["summa"]) == sum(row["summa"] for row in kept)
    assert root.find("./sub_table") is None
    family = xml_ok(billing, "contract", f"Contract{kind}", cid=SUPER, **year_fields())
    subs = attributes(family, "./sub_table/data/row")
    assert {frozenset(row) for row in subs} == {frozenset(("contract", "date", "summa", "type"))}
    assert len(subs) == len(stored(billing, table, DEPENDENTS))
    nothing = xml_ok(billing, "contract", f"Contract{kind}", cid=EMPTY, date1="", date2="")
    assert nothing.find("./table").attrib == {"summa": "0.00"}
    assert attributes(nothing) == []
    assert nothing.find("./table/data") is not None


@pytest.mark.parametrize("band", ALL_BANDS)
@pytest.mark.parametrize("kind", ["payment", "charge"])
def test_json_lists_change_their_form_at_9_2(emulated: Emulated, band: str, kind: str) -> None:
    billing = emulated(band)
    service = f"{BALANCE}/{kind.title()}Service"
    extra = {"type": 0} if kind == "charge" else {}
    own = json_data(billing, service, f"{kind}List", contractId=CID, period=year_period(), members=1, **extra)
    kept = stored(billing, f"contract_{kind}", {CID})
    sum_ = sum(row["summa"] for row in kept)
    if Version(band) < "9.2":
        items = own["return"]
        assert own["holderTotalSum"] == sum_
        assert items[0]["summa"] == items[0]["sum"]
    else:
        assert set(own) == {"return"}
        assert set(own["return"]) == {"list", "sum"}
        items = own["return"]["list"]
        assert own["return"]["sum"] == sum_
    assert [item["id"] for item in items] == [row["id"] for row in kept]
    assert {"id", "contractId", "date", "sum", "typeId", "comment", "timeChange", "userId"} <= set(items[0])
    assert items[0]["date"] == f"{kept[0]['dt']:%Y-%m-%d}"
    assert items[0]["timeChange"].endswith("+03:00")
    subs = json_ok(billing, service, f"{kind}List", contractId=SUPER, period=year_period(), members=3, **extra)
    listed = subs if Version(band) < "9.2" else subs["list"]
    assert {item["contractId"] for item in listed} == DEPENDENTS
    everything = json_ok(billing, service, f"{kind}List", contractId=EMPTY, members=1, **extra)
    assert everything == ([] if Version(band) < "9.2" else {"list": [], "sum": 0})
    one = json_ok(billing, service, f"{kind}Get", **{f"{kind}Id": items[0]["id"]})
    assert one == items[0]


@pytest.mark.parametrize("band", FROM_JSON)
def test_xml_lists_are_served_beside_the_json_ones(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    for action, service, extra in (
        ("ContractPayments", "PaymentService", {}),
        ("ContractCharges", "ChargeService", {"type": 0}),
    ):
        rows = xml_ok(billing, "contract", action, cid=CID, **year_fields()).findall("table/data/row")
        method = service[0].lower() + service[1:].replace("Service", "List")
        listed = json_ok(
            billing, f"{BALANCE}/{service}", method, contractId=CID, period=year_period(), members=1, **extra
        )
        assert [int(row.attrib["f0"]) for row in rows] == [item["id"] for item in listed["list"]]


def test_returns_are_listed_apart(emulated: Emulated) -> None:
    billing = emulated("9.2")
    service = f"{BALANCE}/ChargeService"
    found = json_ok(billing, service, "paybackList", contractId=CID, type=0, period=year_period(), members=1)
    assert [item["payback"] for item in found["list"]] == [True]
    charges = json_ok(billing, service, "chargeList", contractId=CID, type=0, period=year_period(), members=1)
    assert {item["payback"] for item in charges["list"]} == {False}
    one_type = json_ok(billing, service, "chargeList", contractId=CID, type=22, period=year_period(), members=1)
    assert {item["typeId"] for item in one_type["list"]} == {22}


@pytest.mark.parametrize("band", ALL_BANDS)
@pytest.mark.parametrize("kind", ["payment", "charge"])
def test_one_record_comes_with_the_types_as_a_flat_list(emulated: Emulated, band: str, kind: str) -> None:
    billing = emulated(band)
    kept = stored(billing, f"contract_{kind}", {CID})[0]
    action = f"Contract{kind.title()}"
    root = xml_ok(billing, "contract", action, id=kept["id"])
    assert dict(root.find(f".//{kind}").attrib) == {
        "date": f"{kept['dt']:%d.%m.%Y}",
        "summa": str(kept["summa"]),
        "comment": kept["comment"],
        "pt": str(kept["pt"]),
    }
    types = {str(row["id"]): row for row in billing.rows(f"contract_{kind}_types")}
    parent = "0"
    for item in root.iter("item"):
        known = types.pop(item.attrib["id"])
        assert (item.attrib["title"], item.attrib["type"]) == (known["title"], str(known["type"]))
        parent = item.attrib["id"] if known["type"] == 1 else parent
        assert known["type"] == 1 or str(known["up"]) == parent
    assert types == {}
    for unknown in ("new", 999999):
        empty = xml_ok(billing, "contract", action, id=unknown)
        assert empty.find(f".//{kind}") is None
        assert empty.find(".//item") is not None


@pytest.mark.parametrize("band", ALL_BANDS)
def test_trees_and_lists_of_types(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    service = f"{BALANCE}/PaymentService"
    tree = json_ok(billing, service, "paymentTypeTree", editable=0, showEmptyRoot=False)
    assert (tree["id"], tree["title"], tree["type"], tree["parentId"]) == (0, "Типы", 1, None)
    assert set(tree) == {"id", "title", "type", "editable", "parentId", "children"}
    desk = next(node for node in tree["children"] if node["title"] == "Касса")
    cash = next(node for node in desk["children"] if node["title"] == "Наличные")
    assert cash == {
        "id": 1, "title": "Наличные", "type": 0, "editable": True, "parentId": 10, "children": None,
    }  # fmt: skip
    flat = json_ok(billing, service, "paymentTypeList")
    assert {node["id"] for node in flat} == {row["id"] for row in billing.rows("contract_payment_types")}
    assert {node["children"] for node in flat} == {None}
    by_hand = json_ok(billing, service, "paymentTypeTree", editable=1, showEmptyRoot=False)
    assert "Корректировка автоматическая" not in [node["title"] for node in by_hand["children"]]
    assert json_ok(billing, service, "paymentTypeGet", paymentTypeId=1) == cash
    assert json_ok(billing, f"{BALANCE}/PaymentAndChargeService", "getPaymentTree", arg0=0) == tree


@pytest.mark.parametrize("band", ALL_BANDS)
def test_charge_types_know_returns(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    service = f"{BALANCE}/ChargeService"
    tree = json_ok(billing, service, "chargeTypeTree", editable=0, isPayback=False, showEmptyRoot=False)
    assert "Возврат средств" not in [node["title"] for node in tree["children"]]
    old_name = json_ok(billing, f"{BALANCE}/PaymentAndChargeService", "getChargeTree", arg0=0)
    assert {node["id"] for node in old_name["children"]} == {node["id"] for node in tree["children"]} | {26}
    returns = json_ok(billing, service, "chargeTypeTree", editable=0, isPayback=True, showEmptyRoot=False)
    assert [node["title"] for node in returns["children"]] == ["Возврат средств"]
    flat = json_ok(billing, service, "chargeTypeList")
    assert {node["title"] for node in flat if node["payback"]} == {"Возврат средств"}
    only = json_ok(billing, service, "chargeTypeList", editable=0, type=0, isPayback=True)
    assert [node["id"] for node in only] == [26]
    assert json_ok(billing, service, "chargeTypeGet", chargeTypeId=26) in only


def test_reserves(emulated: Emulated) -> None:
    billing = emulated("7.1")
    service = f"{BALANCE}/ReserveService"
    found = json_ok(billing, service, "reserveList", contractId=CID, period=year_period(), reserveMembers=1)
    assert set(found[0]) == {"id", "contractId", "typeId", "sum", "comment", "dateClose", "period"}
    assert {row["comment"] for row in found} == {"ТВ-приставка", "роутер"}
    assert set(found[0]["period"]) == {"dateFrom", "dateTo"}
    assert json_ok(billing, service, "reserveSum", contractId=CID) == Decimal("200.00")
    assert json_ok(billing, service, "reserveSum", contractId=EMPTY) == 0
    assert json_ok(billing, service, "reserveTypeList", used=True) == [
        {"id": 1, "title": "Залог за оборудование", "used": True}
    ]
    assert len(json_ok(billing, service, "reserveTypeList", used=False)) == 2
    assert json_ok(billing, service, "reserveTypeGet", id=2)["used"] is False
    assert json_refusal(billing, service, "reserveTypeGet", id=9) == "Тип резерва не найден"


def test_autopayment(emulated: Emulated) -> None:
    billing = emulated("7.1")
    page = {"pageIndex": 1, "pageSize": 25}
    assert json_ok(billing, AUTOPAYMENT, "isEnabled", contractId=CID) is True
    assert json_ok(billing, AUTOPAYMENT, "isEnabled", contractId=EMPTY) is False
    intervals = json_ok(billing, AUTOPAYMENT, "searchContractAutopayment", contractId=CID, period=None, page=page)
    assert set(intervals) == {"list", "page"}
    assert set(intervals["list"][0]) == {
        "id", "contractId", "moduleId", "period", "userFromId", "userFromName", "userToId", "userToName",
    }  # fmt: skip
    assert intervals["page"]["recordCount"] == 1
    settings = json_ok(billing, AUTOPAYMENT, "autopaymentSearch", contractId=CID, period=year_period(), page=page)
    assert (settings["list"][0]["mode"], settings["list"][0]["sum"]) == ("MONTH", Decimal("700.00"))
    before = {"dateFrom": "2001-01-01", "dateTo": "2001-12-31"}
    gone = json_ok(billing, AUTOPAYMENT, "autopaymentSearch", contractId=CID, period=before, page=page)
    assert (gone["list"], gone["page"]["recordCount"]) == ([], 0)
    modes = {
        mode["mode"]: mode for mode in json_ok(billing, AUTOPAYMENT, "contractAutopaymentModeList", contractId=CID)
    }
    assert list(modes) == ["OFF", "WEEK", "MONTH", "AUTO"]
    assert modes["MONTH"] == {
        "mode": "MONTH", "day": 5, "sum": Decimal("700.00"), "sumMin": None, "sumMax": None,
    }  # fmt: skip
    check = {"contractId": CID, "autopaymentMode": {"mode": "WEEK", "sum": 0}}
    assert json_refusal(billing, AUTOPAYMENT, "contractAutopaymentModeCheck", **check).startswith("Значение sum")
    check["autopaymentMode"] = {"mode": "DAILY"}
    assert "DAILY" in json_refusal(billing, AUTOPAYMENT, "contractAutopaymentModeCheck", **check)
    check["autopaymentMode"] = {"mode": "WEEK", "sum": 10}
    assert json_ok(billing, AUTOPAYMENT, "contractAutopaymentModeCheck", **check) is None


@pytest.mark.parametrize("band", ALL_BANDS)
def test_who_has_no_right_to_the_balance_is_told_so(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    refused = ask_xml(billing, "contract", "ContractBalanceGeneral", login="limited", cid=CID)
    assert (refused.attrib["status"], "Нет прав" in (refused.text or "")) == ("error", True)
    envelope = ask_json(billing, f"{BALANCE}/BalanceService", "contractBalanceList", login="limited", contractId=CID)
    assert (envelope["status"], envelope["data"]) == ("error", None)
    allowed = ask_xml(billing, "contract", "ContractAccounts", login="limited", cid=CID)
    assert allowed.attrib["status"] == "ok"


def test_what_is_wrong_is_refused_in_russian(emulated: Emulated) -> None:
    billing = emulated("7.2")
    assert xml_refusal(billing, "contract", "ContractPayments", cid=999999) == "Договор не найден"
    assert xml_refusal(billing, "contract", "ContractPayments") == "Не указан параметр cid"
    assert xml_refusal(billing, "contract", "ContractPayment") == "Не указан параметр id"
    assert xml_refusal(billing, "contract", "ContractPayments", cid=CID, date1="32.13.2025").startswith("Неверная дата")
    service = f"{BALANCE}/PaymentService"
    assert json_refusal(billing, service, "paymentList", contractId=999999, members=1) == "Договор не найден"
    assert json_refusal(billing, service, "paymentTypeGet", paymentTypeId=999) == "Тип не найден"
