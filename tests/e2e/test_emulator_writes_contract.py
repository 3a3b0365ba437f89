"""The emulator makes and changes contracts as the reference says, band by band (contract.md 7 to 9, 11, 14, 18)."""

from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from flask_bgbilling.emulator import Emulator
from flask_bgbilling.emulator.version import Version
from tests.raw_calls import ask_json, ask_xml, json_ok, json_refusal, xml_ok, xml_refusal
from tests.support import ALL_BANDS, Emulated

CID, FIRM, SUPER, DEPENDENT, EMPTY, UNKNOWN = 101, 102, 103, 104, 110, 999999
API = "ru.bitel.bgbilling.kernel.contract.api"
CONTRACTS = f"{API}/ContractService"
LABELS = "ru.bitel.bgbilling.kernel.contract.label/ContractLabelService"
BELOW_9_2 = [band for band in ALL_BANDS if Version(band) < "9.2"]
FROM_9_2 = [band for band in ALL_BANDS if Version(band) >= "9.2"]
NOON = datetime(2026, 11, 23, 12)


def contract(billing: Emulator, cid: int = CID) -> dict[str, Any]:
    return billing.rows("contract", id=cid)[0]


def create(billing: Emulator, pattern: int = 1, **wanted: object) -> int:
    """Makes a contract in the form of the band; keys as in the XML form."""
    if Version(billing.settings.version) < "9.2":
        root = xml_ok(billing, "contract", "NewContract", pattern_id=pattern, **wanted)
        found = root.find("./contract")
        assert found is not None
        assert found.get("title") == contract(billing, int(found.attrib["id"]))["title"]
        return int(found.attrib["id"])
    names = {
        "date": "dateFrom",
        "title": "title",
        "custom_title": "customTitle",
        "super_id": "contractSuperId",
        "sub_mode": "contractSubMode",
    }
    data = {names[name]: value for name, value in wanted.items()}
    return int(json_ok(billing, CONTRACTS, "contractCreate", contractCreateData={"patternId": pattern, **data}))


def labels(billing: Emulator, cid: int = CID) -> set[int]:
    return {row["label_id"] for row in billing.rows("contract_label_link", contract_id=cid)}


@pytest.mark.parametrize("band", ALL_BANDS)
def test_a_new_contract_gets_everything_of_its_pattern(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    cid = create(billing, 2, date="01.12.2026")
    made = contract(billing, cid)
    assert (made["title"], made["date1"], made["date2"]) == ("ЮA-26-0001", date(2026, 12, 1), None)
    assert (made["fc"], made["mode"], made["closesumma"], made["pgid"], made["gr"]) == (1, 0, Decimal(-3000), 2, 1 << 2)
    assert (made["comment"], made["del"], made["scid"], made["domainId"], made["status"]) == ("", 0, 0, 1, 0)
    assert made["pswd"].isdigit()
    (tariff,) = billing.rows("contract_tariff", cid=cid)
    assert (tariff["tpid"], tariff["date1"], tariff["date2"]) == (8, date(2026, 12, 1), None)
    assert [row["mid"] for row in billing.rows("contract_module", cid=cid)] == [1, 5]
    assert [row["date1"] for row in billing.rows("contract_status", cid=cid)] == [date(2026, 12, 1)]
    assert [row["uid"] for row in billing.rows("contract_status_log", cid=cid)] == [1]
    assert labels(billing, cid) == {102}


@pytest.mark.parametrize("band", ALL_BANDS)
def test_numbers_go_on_after_the_greatest_one(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    numbers = [contract(billing, create(billing))["title"] for _ in range(3)]
    assert numbers == ["A-26-0113", "A-26-0114", "A-26-0115"], "the greatest number of the year is A-26-0112"
    create(billing, title="A-26-9999")
    assert contract(billing, create(billing))["title"] == "A-26-10000"
    assert contract(billing, create(billing, date="15.01.2031"))["title"] == "A-31-0001"
    assert contract(billing, create(billing, custom_title="X${Y4}${M2}/${N3}"))["title"] == "X202611/001"
    assert contract(billing, create(billing, custom_title="50%_${N2}"))["title"] == "50%_01"
    assert contract(billing, create(billing, title="A-26-0113"))["title"] == "A-26-0113", "numbers may repeat"


@pytest.mark.parametrize("written", ["Mon Jan 15 00:00:00 MSK 2024", "15.01.2024"])
def test_the_old_form_takes_the_date_of_the_running_client(private_billing: Emulated, written: str) -> None:
    billing = private_billing("7.2")
    assert contract(billing, create(billing, date=written))["date1"] == date(2024, 1, 15)
    assert contract(billing, create(billing))["date1"] == NOON.date()


@pytest.mark.parametrize("band", ["7.2", "10.2"])
def test_a_new_contract_may_begin_as_a_sub_contract(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    cid = create(billing, super_id=SUPER, sub_mode=0)
    assert (contract(billing, cid)["scid"], contract(billing, cid)["sub_mode"]) == (SUPER, 0)
    assert contract(billing, SUPER)["sub_list"] == f"104,106,{cid}"
    create(billing, super_id=FIRM, sub_mode=1)
    assert (contract(billing, FIRM)["scid"], contract(billing, FIRM)["sub_list"]) == (-1, "")


def test_creation_is_refused_whole(private_billing: Emulated) -> None:
    old, new = private_billing("7.2"), private_billing("9.2")
    before = len(old.rows("contract"))
    assert "Шаблон" in xml_refusal(old, "contract", "NewContract", pattern_id=77)
    assert "pattern_id" in xml_refusal(old, "contract", "NewContract")
    assert "не найден" in xml_refusal(old, "contract", "NewContract", pattern_id=1, super_id=UNKNOWN)
    assert "субдоговор" in xml_refusal(old, "contract", "NewContract", pattern_id=1, super_id=DEPENDENT)
    assert len(old.rows("contract")) == before
    data = {"patternId": 1, "contractSuperId": SUPER, "contractSubMode": 7}
    assert "sub_mode" in json_refusal(new, CONTRACTS, "contractCreate", contractCreateData=data)
    assert "дата" in json_refusal(
        new, CONTRACTS, "contractCreate", contractCreateData={"patternId": 1, "dateFrom": "soon"}
    )
    assert len(new.rows("contract")) == before


def test_the_json_form_takes_a_password_and_moments(private_billing: Emulated) -> None:
    billing = private_billing("9.2501")
    data = {"patternId": 1, "dateFrom": "2026-06-01T00:00:00+03:00", "title": None, "password": "тайна"}
    made = contract(billing, json_ok(billing, CONTRACTS, "contractCreate", contractCreateData=data))
    assert (made["pswd"], made["date1"]) == ("тайна", date(2026, 6, 1))


@pytest.mark.parametrize("band", ALL_BANDS)
def test_number_and_comment(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    xml_ok(billing, "contract", "UpdateContractTitleAndComment", cid=CID, comment="Ёлкина & <сын>")
    assert (contract(billing)["title"], contract(billing)["comment"]) == ("A-24-0101", "Ёлкина & <сын>")
    assert contract(billing)["title_pattern_id"] == 0
    xml_ok(billing, "contract", "UpdateContractTitleAndComment", cid=CID, title="Новый-1")
    assert (contract(billing)["title"], contract(billing)["comment"]) == ("Новый-1", "Ёлкина & <сын>")
    xml_ok(billing, "contract", "UpdateContractTitleAndComment", cid=CID, comment="", patid=1)
    assert contract(billing)["comment"].startswith("Колесникова Ирина Дмитриевна, 450037, г. Уфа")
    assert contract(billing)["title_pattern_id"] == 1
    assert "пуст" in xml_refusal(billing, "contract", "UpdateContractTitleAndComment", cid=CID, title=" ")
    assert "Шаблон" in xml_refusal(billing, "contract", "UpdateContractTitleAndComment", cid=CID, patid=7)
    change = {"contractId": CID, "title": None, "comment": "х" * 300, "patternId": 0}
    answer = ask_json(billing, CONTRACTS, "contractTitleAndCommentUpdate", **change)
    if Version(band) < "8.2":
        assert answer["message"].startswith("not implemented: ")
    else:
        assert answer["status"] == "ok"
        assert (contract(billing)["title"], contract(billing)["comment"]) == ("Новый-1", "х" * 200)


@pytest.mark.parametrize("band", ALL_BANDS)
def test_dates(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    xml_ok(billing, "contract", "UpdateContractDate2", cid=CID, id=CID, value="30.11.2026")
    assert contract(billing)["date2"] == date(2026, 11, 30)
    xml_ok(billing, "contract", "UpdateContractDate1", id=CID, value="30.11.2026")
    assert contract(billing)["date1"] == date(2026, 11, 30)
    assert "позже" in xml_refusal(billing, "contract", "UpdateContractDate2", id=CID, value="29.11.2026")
    assert "позже" in xml_refusal(billing, "contract", "UpdateContractDate1", id=CID, value="01.12.2026")
    assert "value" in xml_refusal(billing, "contract", "UpdateContractDate1", id=CID, value="")
    xml_ok(billing, "contract", "UpdateContractDate2", cid=CID, id=CID, value="")
    assert contract(billing)["date2"] is None
    json_ok(billing, CONTRACTS, "contractDateToUpdate", contractId=CID, dateTo="2026-12-30T23:00:00+03:00")
    assert contract(billing)["date2"] == date(2026, 12, 31), "midnight that was sent one hour early"
    assert "позже" in json_refusal(billing, CONTRACTS, "contractDateToUpdate", contractId=CID, dateTo="2020-01-01")
    json_ok(billing, CONTRACTS, "contractDateToUpdate", contractId=CID, dateTo=None)
    assert contract(billing)["date2"] is None


@pytest.mark.parametrize("band", ALL_BANDS)
def test_face_and_mode_are_logged_when_they_change(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    for action, column, log, written, stored, logged in (
        ("SetFcContract", "fc", "log_contract_fc", ("1", "1", "0"), (1, 1, 0), (1, 0)),
        ("UpdateContractMode", "mode", "log_contract_mode", ("credit", "debet", "debit"), (0, 1, 0), (0, 1, 0)),
    ):
        for value, expected in zip(written, stored, strict=True):
            xml_ok(billing, "contract", action, cid=EMPTY, value=value)
            assert contract(billing, EMPTY)[column] == expected
        lines = [(row["value"], row["uid"], row["dt"]) for row in billing.rows(log, cid=EMPTY)]
        assert lines == [(value, 1, NOON) for value in logged]
    assert "value" in xml_refusal(billing, "contract", "SetFcContract", cid=EMPTY, value="2")


@pytest.mark.parametrize("band", ALL_BANDS)
def test_hiding_and_the_domain(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    for value, hidden in (("1", 1), ("0", 0), ("true", 1)):
        xml_ok(billing, "contract", "SetDelContract", cid=CID, **{"del": value})
        assert contract(billing)["del"] == hidden
    assert "del" in xml_refusal(billing, "contract", "SetDelContract", cid=CID)
    if Version(band) >= "7.1":
        json_ok(billing, CONTRACTS, "contractDomainUpdate", contractId=CID, domainId=2)
        assert contract(billing)["domainId"] == 2
        assert json_refusal(billing, CONTRACTS, "contractDomainUpdate", contractId=CID, domainId=9) == "Домен не найден"


@pytest.mark.parametrize("band", ALL_BANDS)
def test_a_deleted_contract_leaves_nothing(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    xml_ok(billing, "contract", "DeleteContract", cid=CID, save=1, folder="Архив")
    for name in ("contract_payment", "contract_parameter_type_1", "contract_status", "object", "contract_tariff"):
        assert billing.rows(name, cid=CID) == []
    assert billing.rows("contract", id=CID) == []
    assert billing.rows("object_param_value_text", object_id=1) == []
    assert [(row["title"], row["folder"]) for row in billing.rows("contract_deleted")] == [("A-24-0101", "Архив")]
    xml_ok(billing, "contract", "DeleteContract", cid=FIRM, save=0)
    assert len(billing.rows("contract_deleted")) == 1
    assert "субдоговоры" in xml_refusal(billing, "contract", "DeleteContract", cid=SUPER)
    assert "движение" in xml_refusal(billing, "contract", "DeleteContract", cid=DEPENDENT)
    xml_ok(billing, "contract", "DeleteContract", cid=105)
    assert contract(billing, SUPER)["scid"] == -1
    assert "не найден" in xml_refusal(billing, "contract", "ContractParameters", cid=CID)


@pytest.mark.parametrize("band", BELOW_9_2)
def test_groups_are_joined_and_left_one_by_one(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    json_ok(billing, CONTRACTS, "contractGroupAdd", contractId=CID, contractGroupId=5)
    json_ok(billing, CONTRACTS, "contractGroupRemove", contractId=CID, contractGroupId=62)
    assert contract(billing)["gr"] == 1 | 1 << 3 | 1 << 5
    assert labels(billing) == {100, 103, 105, 201, 202}
    json_ok(billing, CONTRACTS, "contractGroupAdd", contractId=CID, contractGroupId=5)
    assert contract(billing)["gr"] == 1 | 1 << 3 | 1 << 5
    assert "не найдена" in json_refusal(billing, CONTRACTS, "contractGroupAdd", contractId=CID, contractGroupId=40)
    assert "не найдена" in json_refusal(billing, CONTRACTS, "contractGroupAdd", contractId=CID, contractGroupId=63)
    refusal = ask_json(billing, CONTRACTS, "contractGroupRemove", login="operator", contractId=CID, contractGroupId=0)[
        "message"
    ]
    assert refusal == "Группа «Служебная» не может быть изменена"
    json_ok(billing, CONTRACTS, "contractGroupRemove", contractId=CID, contractGroupId=0)
    assert contract(billing)["gr"] == 1 << 3 | 1 << 5, "an administrator may"


@pytest.mark.parametrize("band", FROM_9_2)
def test_labels_are_replaced_as_a_set(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    json_ok(billing, LABELS, "setContractLabelIds", contractId=CID, contractLabelsIds=[100, 105, 201])
    assert labels(billing) == {100, 105, 201}
    assert contract(billing)["gr"] == 1 | 1 << 5
    for wrong, words in (([100, 1], "папка"), ([100, 777], "не найдена")):
        assert words in json_refusal(billing, LABELS, "setContractLabelIds", contractId=CID, contractLabelsIds=wrong)
    assert "contractLabelsIds" in json_refusal(billing, LABELS, "setContractLabelIds", contractId=CID)
    forbidden = {"contractId": CID, "contractLabelsIds": [105]}
    answer = ask_json(billing, LABELS, "setContractLabelIds", login="operator", **forbidden)
    assert answer["message"] == "Метка «Служебная» не может быть изменена"
    assert labels(billing) == {100, 105, 201}
    json_ok(billing, LABELS, "setContractLabelIds", contractId=CID, contractLabelsIds=[])
    assert (labels(billing), contract(billing)["gr"]) == (set(), 0)
    one = ask_json(billing, CONTRACTS, "contractGroupAdd", contractId=CID, contractGroupId=201)
    if band == "9.2":
        assert one["status"] == "ok", "exactly 9.2 still adds one, by the id of a label"
        assert labels(billing) == {201}
    else:
        assert one["message"].startswith("not implemented: ")


@pytest.mark.parametrize("band", ALL_BANDS)
def test_modules_are_attached_and_detached(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)

    def change(what: str, *ids: int) -> str:
        if Version(band) < "9.2410":
            fields = {"module_ids": ",".join(map(str, ids))} if len(ids) > 1 else {"module_id": ids[0]}
            root = ask_xml_text(billing, f"ContractModule{what}", cid=EMPTY, **fields)
        else:
            answer = ask_json(billing, CONTRACTS, f"contractModule{what}", contractId=EMPTY, moduleIds=list(ids))
            root = "" if answer["status"] == "ok" else answer["message"]
        return root

    def attached() -> list[int]:
        return sorted(row["mid"] for row in billing.rows("contract_module", cid=EMPTY))

    assert (change("Add", 2), attached()) == ("", [2])
    assert (change("Add", 1, 2), attached()) == ("", [1, 2])
    assert change("Add", 1, 77) == "Модуль не найден: 77"
    assert (change("Delete", 2), attached()) == ("", [1])
    assert (change("Delete", 2), attached()) == ("Модуль не подключен к договору", [1])


def ask_xml_text(billing: Emulator, action: str, **fields: object) -> str:
    """The refusal of an XML action, empty when it succeeds."""
    root = ask_xml(billing, "contract", action, **fields)
    return "" if root.get("status") == "ok" else root.text or ""


@pytest.mark.parametrize("band", ALL_BANDS)
def test_a_dependent_sub_contract_brings_its_balance_along(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)

    def closing(cid: int) -> Decimal:
        last = max(billing.rows("contract_balance", cid=cid), key=lambda row: (row["yy"], row["mm"]))
        return Decimal(last["summa1"] + last["summa2"] - last["summa3"] - last["summa4"])

    together = closing(SUPER) + closing(CID)
    xml_ok(billing, "contract.hierarchy", "AddSub", super=SUPER, sub=CID, sub_mode=0)
    assert (contract(billing)["scid"], contract(billing, SUPER)["sub_list"]) == (SUPER, "104,106,101")
    assert billing.rows("contract_balance", cid=CID) == []
    assert closing(SUPER) == together
    months = sorted(billing.rows("contract_balance", cid=SUPER), key=lambda row: (row["yy"], row["mm"]))
    for earlier, later in pairwise(months):
        assert later["summa1"] == earlier["summa1"] + earlier["summa2"] - earlier["summa3"] - earlier["summa4"]
    before = closing(FIRM)
    xml_ok(billing, "contract.hierarchy", "AddSub", super=EMPTY, sub=FIRM, sub_mode=1)
    assert (closing(FIRM), contract(billing, EMPTY)["scid"]) == (before, -1)
    for owner, sub, words in (
        (SUPER, SUPER, "самого себя"),
        (DEPENDENT, 107, "сам является"),
        (SUPER, FIRM, "уже является"),
        (SUPER, EMPTY, "является супердоговором"),
    ):
        assert words in xml_refusal(billing, "contract.hierarchy", "AddSub", super=owner, sub=sub, sub_mode=0)


@pytest.mark.parametrize("band", ALL_BANDS)
def test_the_password_of_the_cabinet(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    xml_ok(billing, "contract", "UpdateContractPassword", cid=CID, value="пароль 1")
    assert contract(billing)["pswd"] == "пароль 1"
    xml_ok(billing, "contract", "UpdateContractPassword", cid=CID, value="пароль 1", set_pswd=1)
    generated = contract(billing)["pswd"]
    assert generated.isdigit()
    assert len(generated) == 8
    if Version(band) >= "7.1":
        json_ok(billing, CONTRACTS, "contractPasswordUpdate", contractId=CID, password="x", generate=False)
        assert contract(billing)["pswd"] == "x"
        json_ok(billing, CONTRACTS, "contractPasswordReset", contractId=CID, email="family101@example.ru")
        assert contract(billing)["pswd"].isdigit()
        assert "не указан" in json_refusal(billing, CONTRACTS, "contractPasswordReset", contractId=CID, email="a@b.ru")


@pytest.mark.parametrize("band", [band for band in ALL_BANDS if Version(band) >= "7.1"])
def test_small_records_of_a_contract(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    json_ok(billing, CONTRACTS, "updateContractHistoryRecord", contractId=FIRM)
    page = {"pageIndex": 1, "pageSize": 5}
    opened = json_ok(billing, CONTRACTS, "searchContractHistoryRecord", page=page)["list"]
    assert (opened[0]["contractId"], opened[0]["lastOpen"]) == (FIRM, "2026-11-23T12:00:00+03:00")
    setting = {"contractId": CID, "moduleId": 1, "key": "скорость"}
    for value in ("10", "20"):
        json_ok(billing, CONTRACTS, "contractModuleConfigSet", **setting, value=value)
    assert json_ok(billing, CONTRACTS, "contractModuleConfigGet", **setting) == "20"
    assert len(billing.rows("contract_module_config", cid=CID, key="скорость")) == 1
    cabinet = "ru.bitel.bgbilling.kernel.contract.selfcare/ContractLoginService"
    login = {"contractId": EMPTY, "remoteAddress": "192.0.2.1", "sessionId": "s1", "username": "u", "type": "web"}
    json_ok(billing, cabinet, "contractLoginLogAdd", **login, success=True)
    json_ok(billing, cabinet, "contractLoginLogAdd", **login, success=False)
    assert [row["session_id"] for row in billing.rows("contract_logon_ok", cid=EMPTY)] == ["s1"]
    assert [row["login"] for row in billing.rows("contract_logon_error", cid=EMPTY)] == ["u"]
    patterns = f"{API}/ContractPatternService"
    number = {"id": 0, "title": "Вторая", "comment": "", "countNumber": 5, "index": 7}
    json_ok(billing, patterns, "updateNamedNumber", namedNumber=number)
    assert json_ok(billing, patterns, "getNextNamedNumberIndex", title="Вторая") == 8
    json_ok(billing, patterns, "deleteNamedNumber", id=2)
    assert "не найден" in json_refusal(billing, patterns, "deleteNamedNumber", id=2)
    assert "не найден" in json_refusal(billing, patterns, "updateNamedNumber", namedNumber={**number, "id": 2})
