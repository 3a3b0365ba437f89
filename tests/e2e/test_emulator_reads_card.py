"""The emulator answers the card of a contract as the reference says: info, groups, modules, printable cards."""

import base64
import json
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen
from xml.etree.ElementTree import Element

import pytest

from flask_bgbilling.emulator import Emulator, EmulatorSettings
from flask_bgbilling.emulator.version import Version
from tests.raw_calls import json_data, json_ok, json_refusal, xml_ok, xml_refusal
from tests.support import ALL_BANDS, Emulated

CONTRACTS = "ru.bitel.bgbilling.kernel.contract.api/ContractService"
CARDS = "ru.bitel.bgbilling.kernel.contract.api/ContractCardService"
GROUPS = "ru.bitel.bgbilling.kernel.contract.api/ContractGroupService"
LABELS = "ru.bitel.bgbilling.kernel.contract.label/ContractLabelService"
MODULES = "ru.bitel.bgbilling.kernel.module/ModuleService"
SERVICES = "ru.bitel.bgbilling.kernel.module/ServiceService"
RICH, SUPER, DEPENDENT, INDEPENDENT, CLOSED, EMPTY, MISSING = 101, 103, 104, 105, 107, 110, 999_999
OLD = [band for band in ALL_BANDS if Version(band) < "8.2"]
NEW = [band for band in ALL_BANDS if Version(band) >= "8.2"]
BELOW_LABELS = [band for band in ALL_BANDS if Version(band) < "9.2"]
FROM_LABELS = [band for band in ALL_BANDS if Version(band) >= "9.2"]
FROM_7_1 = [band for band in ALL_BANDS if Version(band) >= "7.1"]
CONTRACT_KEYS = {
    "title",
    "comment",
    "date1",
    "date2",
    "status",
    "fc",
    "mode",
    "limit",
    "del",
    "gr",
    "objects",
    "hierarchy",
    "comments",
}
SUMS = [f"summa{number}" for number in range(1, 8)]


def contract(billing: Emulator, cid: int = RICH) -> dict[str, Any]:
    return billing.rows("contract", id=cid)[0]


def document(billing: Emulator, cid: int) -> dict[str, Any]:
    """The document inside the answer of ``contractInfoGet``."""
    returned = json_ok(billing, CONTRACTS, "contractInfoGet", contractId=cid)
    assert list(returned) == ["json"]
    found: dict[str, Any] = json.loads(returned["json"])
    return found


def pairs(parent: Element, path: str) -> list[tuple[int, str]]:
    return [(int(item.get("id", "0")), item.get("title", "")) for item in parent.findall(path)]


def raw(billing: Emulator, **fields: object) -> tuple[str, bytes]:
    body = urlencode({"module": "contract", "user": "admin", "pswd": "admin", **fields}).encode()
    with urlopen(Request(billing.url, body)) as answer:
        return answer.headers.get("Content-Type", ""), answer.read()


def expected_groups(billing: Emulator, mask: int) -> list[tuple[int, str]]:
    groups = sorted(billing.rows("contract_group"), key=lambda group: group["id"])
    return [(group["id"], group["title"]) for group in groups if mask >> group["id"] & 1]


def expected_tariffs(billing: Emulator, cid: int) -> set[tuple[int, str]]:
    today = EmulatorSettings().now().date()
    titles = {plan["id"]: plan["title"] for plan in billing.rows("tariff_plan")}
    return {
        (link["tpid"], titles[link["tpid"]])
        for link in billing.rows("contract_tariff", cid=cid)
        if (link["date1"] is None or link["date1"] <= today) and (link["date2"] is None or link["date2"] >= today)
    }


@pytest.mark.parametrize("band", OLD)
def test_info_as_xml(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    row = contract(billing)
    root = xml_ok(billing, "contract", "ContractInfo", cid=RICH)
    card = root.find("./contract").attrib
    assert set(card) == CONTRACT_KEYS
    assert (
        card.items()
        >= {
            "title": row["title"],
            "comment": row["comment"],
            "date1": f"{row['date1']:%d.%m.%Y}",
            "date2": "",
            "status": "Активен",
            "fc": "0",
            "mode": "1",
            "limit": "-100.00",
            "del": "0",
            "gr": str(row["gr"]),
            "objects": "1/2",
            "hierarchy": "independent",
            "comments": str(len(billing.rows("contract_comment", cid=RICH))),
        }.items()
    )
    info = root.find("./info")
    assert [part.tag for part in info] == ["groups", "tariff", "script", "modules", "balance", "plugins"]
    assert pairs(info, "./groups/item") == expected_groups(billing, row["gr"])
    assert set(pairs(info, "./tariff/item")) == expected_tariffs(billing, RICH)
    assert len(pairs(info, "./script/item")) == 2
    attached = {link["mid"] for link in billing.rows("contract_module", cid=RICH)}
    assert {number for number, _ in pairs(info, "./modules/item")} == attached
    inet = info.find("./modules/item[@id='1']").attrib
    assert inet["package"] == "ru.bitel.bgbilling.modules.inet.api.client"
    assert inet["status"] == "1 / 1"
    assert set(info.find("./balance").attrib) == {"yy", "mm", *SUMS}


@pytest.mark.parametrize("band", NEW)
def test_info_as_a_document_in_a_text(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    row = contract(billing)
    found = document(billing, RICH)
    assert list(found) == ["contract", "info"]
    card = found["contract"]
    assert set(card) == CONTRACT_KEYS
    assert (card["title"], card["date1"], card["date2"]) == (row["title"], f"{row['date1']:%d.%m.%Y}", "")
    assert (card["fc"], card["mode"], card["del"], card["limit"]) == (0, 1, 0, "-100.00")
    assert (card["objects"], card["status"], card["hierarchy"]) == ("1/2", "Активен", "independent")
    info = found["info"]
    assert set(info) == {"groups", "tariff", "script", "modules", "plugins", "balance"}
    groups = [(group["id"], group["title"]) for group in info["groups"]]
    if band in BELOW_LABELS:
        assert groups == expected_groups(billing, row["gr"])
    else:
        linked = {link["label_id"] for link in billing.rows("contract_label_link", contract_id=RICH)}
        assert {number for number, _ in groups} == linked
    assert {(tariff["id"], tariff["title"]) for tariff in info["tariff"]} == expected_tariffs(billing, RICH)
    assert set(info["modules"][0]) == {"id", "title", "package", "status"}
    assert set(info["balance"]) == {"yy", "mm", *SUMS}
    empty = document(billing, EMPTY)
    assert empty["contract"]["comment"] == ""
    assert empty["contract"]["objects"] == "0/0"
    assert (empty["info"]["tariff"], empty["info"]["script"], empty["info"]["modules"]) == ([], [], [])


@pytest.mark.parametrize("band", ["7.2", "8.2", "10.2"])
@pytest.mark.parametrize("cid", [RICH, SUPER, INDEPENDENT, EMPTY])
def test_balance_of_the_card_is_that_of_the_table(emulated: Emulated, band: str, cid: int) -> None:
    billing = emulated(band)
    if band in OLD:
        balance: dict[str, Any] = dict(xml_ok(billing, "contract", "ContractInfo", cid=cid).find(".//balance").attrib)
    else:
        balance = document(billing, cid)["info"]["balance"]
    today = EmulatorSettings().now().date()
    assert (int(balance["yy"]), int(balance["mm"])) == (today.year, today.month)
    months = sorted(billing.rows("contract_balance", cid=cid), key=lambda row: (row["yy"], row["mm"]))
    if not months:
        assert {balance[name] for name in SUMS[:5]} == {"0.00"}
        return
    latest = months[-1]
    closing = latest["summa1"] + latest["summa2"] - latest["summa3"] - latest["summa4"]
    assert Decimal(balance["summa5"]) == closing
    opening, income, accounts, charges = (Decimal(balance[name]) for name in SUMS[:4])
    assert opening + income - accounts - charges == closing
    moment = EmulatorSettings().now()
    reserved = sum(
        row["sum"]
        for row in billing.rows("contract_reserve", cid=cid)
        if row["dateClose"] is None and (row["dateTo"] is None or row["dateTo"] > moment)
    )
    assert Decimal(balance["summa7"]) == reserved
    assert Decimal(balance["summa6"]) == closing - contract(billing, cid)["closesumma"] - reserved


@pytest.mark.parametrize("band", ["7.2", "9.2"])
def test_a_family_and_its_kinds(emulated: Emulated, band: str) -> None:
    billing = emulated(band)

    def card(cid: int) -> dict[str, str]:
        if band == "7.2":
            return dict(xml_ok(billing, "contract", "ContractInfo", cid=cid).find("./contract").attrib)
        return {key: str(value) for key, value in document(billing, cid)["contract"].items()}

    assert card(SUPER)["hierarchy"] == "super"
    assert (card(SUPER)["hierarchyDep"], card(SUPER)["hierarchyIndep"]) == ("2", "1")
    assert card(DEPENDENT)["hierarchy"] == "depend_sub"
    assert card(INDEPENDENT)["hierarchy"] == "independ_sub"
    assert "hierarchyDep" not in card(DEPENDENT)
    closed = contract(billing, CLOSED)
    assert (card(CLOSED)["status"], card(CLOSED)["date2"]) == ("Закрыт", f"{closed['date2']:%d.%m.%Y}")


def test_a_missing_contract_is_no_error_in_the_card(emulated: Emulated) -> None:
    assert list(xml_ok(emulated("7.2"), "contract", "ContractInfo", cid=MISSING)) == []
    for band in ("8.2", "9.2", "10.2"):
        assert json_ok(emulated(band), CONTRACTS, "contractInfoGet", contractId=MISSING) == {"json": "{}"}


@pytest.mark.parametrize("band", BELOW_LABELS)
def test_groups_are_a_mask(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    groups = xml_ok(billing, "contract", "ContractGroup", cid=RICH).find("./groups")
    mask = int(groups.get("selected", "0"))
    assert mask == contract(billing)["gr"]
    assert mask >> 62 & 1
    stored = sorted(billing.rows("contract_group"), key=lambda group: group["id"])
    assert [group.attrib for group in groups] == [
        {"id": str(group["id"]), "title": group["title"], "editable": str(group["editable"])} for group in stored
    ]
    rows = xml_ok(billing, "admin", "GetContractGroupList", contracts="true").findall("./table/data/row")
    assert [(row.get("f0"), row.get("f2"), row.get("f3")) for row in rows] == [
        (str(group["id"]), group["title"], str(group["editable"])) for group in stored
    ]
    firms = sum(1 for row in billing.rows("contract") if row["gr"] >> 2 & 1)
    assert next(row.get("f5") for row in rows if row.get("f0") == "2") == str(firms)
    uncounted = xml_ok(billing, "admin", "GetContractGroupList", contracts="false").find("./table/data/row")
    assert uncounted.get("f5") == ""


@pytest.mark.parametrize("band", OLD)
def test_group_beans(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    stored = billing.rows("contract_group")
    beans = json_ok(billing, GROUPS, "contractGroupList", all=True, order=None)
    assert len(beans) == len(stored)
    shown = json_ok(billing, GROUPS, "contractGroupList", all=False, order="title")
    assert {bean["id"] for bean in shown} == {group["id"] for group in stored if group["enable"]}
    assert [bean["title"] for bean in shown] == sorted((bean["title"] for bean in shown), key=str.casefold)
    assert json_ok(billing, GROUPS, "contractGroupGet", id=0) == {
        "id": 0,
        "title": "Служебная",
        "enabled": True,
        "notEditable": True,
    }
    assert json_ok(billing, GROUPS, "contractGroupGet", id=40) is None


@pytest.mark.parametrize("band", FROM_LABELS)
def test_labels_are_a_flat_list(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    tree = json_ok(billing, LABELS, "getContractLabelTreeItemList", contractId=RICH, calcCount=False)
    stored = {label["id"]: label for label in billing.rows("contract_label")}
    assert {label["id"] for label in tree} == set(stored)
    for label in tree:
        assert set(label) == {"id", "parentId", "title", "enabled", "editable", "comment"}
        assert label["parentId"] == stored[label["id"]]["parent_id"]
        assert label["editable"] is (stored[label["id"]]["type"] == 0 and not stored[label["id"]]["forbidden"])
    linked = sorted(link["label_id"] for link in billing.rows("contract_label_link", contract_id=RICH))
    assert json_ok(billing, LABELS, "getContractLabelIds", contractId=RICH) == linked
    assert json_ok(billing, LABELS, "getContractLabelIds", contractId=EMPTY) == []
    assert xml_refusal(billing, "contract", "ContractGroup", cid=RICH).startswith("not implemented")


@pytest.mark.parametrize("band", ALL_BANDS)
def test_modules_of_a_contract(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    titles = {module["id"]: module["title"] for module in billing.rows("module")}
    attached = sorted(link["mid"] for link in billing.rows("contract_module", cid=RICH))
    if Version(band) < "9.2410":
        root = xml_ok(billing, "contract", "ContractModuleList", cid=RICH)
        assert pairs(root, "./list_select/item") == [(number, titles[number]) for number in attached]
        assert pairs(root, "./list_avaliable/item") == [
            (number, titles[number]) for number in sorted(titles) if number not in attached
        ]
        bare = xml_ok(billing, "contract", "ContractModuleList", cid=EMPTY)
        assert len(bare.find("./list_select")) == 0
        assert json_refusal(billing, MODULES, "contractModules", contractId=RICH).startswith("not implemented")
    else:
        assert json_ok(billing, MODULES, "contractModules", contractId=RICH) == [
            {"id": number, "title": titles[number]} for number in attached
        ]
        assert json_ok(billing, MODULES, "contractModules", contractId=EMPTY) == []
        assert xml_refusal(billing, "contract", "ContractModuleList", cid=RICH).startswith("not implemented")


@pytest.mark.parametrize("band", FROM_7_1)
def test_module_directories(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    instances = json_ok(billing, MODULES, "moduleList")
    assert [module["id"] for module in instances] == sorted(row["id"] for row in billing.rows("module"))
    assert set(instances[0]) == {"id", "title", "name", "configId", "installedModule"}
    installed = json_ok(billing, MODULES, "installedModuleList")
    keys = {"id", "title", "name", "version", "build", "type", "enabled", "packageClient", "packageServer"}
    assert all(set(bean) == keys for bean in installed)
    assert instances[0]["installedModule"] in installed
    attached = {link["mid"] for link in billing.rows("contract_module", cid=RICH)}
    assert set(json_ok(billing, MODULES, "contractModuleIds", contractId=RICH)) == attached
    for module in (1, 4):
        named = json_ok(billing, CONTRACTS, "hasModuleInstance", contractId=RICH, moduleId=module)
        assert named is json_ok(billing, CONTRACTS, "hasModuleInstance", arg0=RICH, arg1=module)
        assert named is (module in attached)


@pytest.mark.parametrize("band", ALL_BANDS)
def test_services_of_a_module(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    stored = {(row["id"], row["title"]) for row in billing.rows("service", mid=2)}
    if band in OLD:
        services = xml_ok(billing, "service", "GetServiceList", mid=2).findall("./services/service")
        assert {(int(row.get("id", "0")), row.get("title")) for row in services} == stored
    else:
        beans = json_ok(billing, MODULES, "moduleServiceList", moduleId=2)
        assert {(bean["id"], bean["title"]) for bean in beans} == stored
        assert json_ok(billing, MODULES, "moduleServiceList", moduleId=99) == []
    if band in FROM_7_1:
        full = json_ok(billing, SERVICES, "serviceList", moduleId=2)
        assert {(bean["id"], bean["title"]) for bean in full} == stored
        assert set(full[0]) == {"id", "title", "moduleId", "unit", "using"}


@pytest.mark.parametrize("band", ALL_BANDS)
def test_full_card_as_a_page(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    content_type, body = raw(billing, action="ContractCardXml", cid=RICH, contentType="html")
    assert content_type.startswith("text/html")
    page = body.decode()
    assert page.startswith("<html>")
    assert "<style>" in page
    assert contract(billing)["title"] in page
    assert contract(billing)["comment"] in page


def test_texts_of_a_card_are_escaped(emulated: Emulated) -> None:
    billing = emulated("9.2", hostile=True)
    _, body = raw(billing, action="ContractCardXml", cid=51, contentType="html")
    assert b"<script>" not in body
    assert b"&lt;script&gt;alert(1)" in body


@pytest.mark.parametrize("band", ALL_BANDS)
def test_full_card_as_a_document(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    root = xml_ok(billing, "contract", "ContractCardXml", cid=RICH, contentType="xml")
    row, card = contract(billing), root.find("./contract")
    assert (
        card.attrib.items()
        >= {
            "title": row["title"],
            "comment": row["comment"],
            "pswd": row["pswd"],
            "status": "0",
            "date2": "",
            "del": "0",
        }.items()
    )
    Decimal(card.get("balance_rest", ""))
    assert {tariff.get("tariff_plan") for tariff in card.findall("./tariff")} == {
        title for _, title in expected_tariffs(billing, RICH)
    }
    text = next(row for row in billing.rows("contract_parameter_type_1", cid=RICH) if row["val"])
    assert root.find(f"./parameters/parameter[@pid='{text['pid']}']").get("value") == text["val"]
    assert root.findall("./info/groups/item")


@pytest.mark.parametrize("band", ALL_BANDS)
def test_kinds_of_cards(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    stored = [
        (row["id"], row["title"]) for row in sorted(billing.rows("contract_card"), key=lambda row: row["position"])
    ]
    if band in OLD:
        kinds = xml_ok(billing, "contract", "ContractCard2ListTypes", cid=RICH).findall("./combo/el")
        assert [(kind.get("id"), kind.get("title")) for kind in kinds] == stored
        assert base64.b64decode(kinds[0].get("title_enc", "")).decode() == kinds[0].get("title")
    else:
        assert json_ok(billing, CONTRACTS, "contractCardList", contractId=RICH) == [
            {"id": number, "title": title} for number, title in stored
        ]
    if band in FROM_7_1:
        named = json_ok(billing, CARDS, "contractCardList", contractId=RICH)
        assert [(card["id"], card["title"]) for card in named] == stored
        assert base64.b64decode(named[0]["titleEncode"]).decode() == named[0]["title"]


@pytest.mark.parametrize("band", ALL_BANDS)
def test_a_card_as_pdf(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    kind = billing.rows("contract_card")[0]["id"]
    content_type, body = raw(billing, action="ContractCard2", cid=RICH, type=kind, contentType="application/pdf")
    assert content_type == "application/pdf"
    assert body.startswith(b"%PDF-")
    assert f"Dogovor {contract(billing)['title']}".encode() in body
    if band in FROM_7_1:
        data = json_data(billing, CARDS, "contractCardExport", contractId=RICH, contractCardId=kind)
        assert base64.b64decode(data["data"]) == body


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"action": "ContractCard2", "cid": RICH, "type": "none.xsl"}, "Карточка договора не найдена"),
        ({"action": "ContractCard2", "cid": RICH, "type": "", "contentType": "image/png"}, "contentType"),
        ({"action": "ContractCard2", "cid": MISSING, "type": "standard.xsl"}, "Договор не найден"),
        ({"action": "ContractCardXml", "cid": MISSING, "contentType": "html"}, "Договор не найден"),
        ({"action": "ContractCardXml", "cid": RICH, "contentType": "doc"}, "contentType"),
    ],
)
def test_a_card_that_cannot_be_made_is_an_xml_error(
    emulated: Emulated, fields: dict[str, object], complaint: str
) -> None:
    content_type, body = raw(emulated("9.2"), **fields)
    assert content_type.startswith("text/xml")
    assert b'status="error"' in body
    assert complaint in body.decode()
