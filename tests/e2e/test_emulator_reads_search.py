"""The emulator finds contracts as the reference says, on every version band (contract-search.md)."""

from xml.etree.ElementTree import Element

import pytest

from flask_bgbilling.emulator import Emulator, EmulatorSettings
from flask_bgbilling.emulator.version import Version
from tests.raw_calls import ask_json, json_data, json_ok, json_refusal, xml_ok, xml_refusal
from tests.raw_search import CONTRACTS, RICH, contract, find, found_ids, items, json_ids, titled
from tests.support import ALL_BANDS, Emulated

SUPER, CLOSED, HIDDEN, EMPTY = 103, 107, 108, 110
SUBS = {104, 105, 106}
PAGER = {"pageIndex", "pageSize", "pageCount", "recordCount"}
BELOW_JSON = [band for band in ALL_BANDS if Version(band) < "8.2"]
EVERYTHING = {"fc": -1, "groupMask": 0, "subContracts": True, "closed": True, "hidden": True}
BEAN_KEYS = [
    "id",
    "title",
    "comment",
    "groups",
    "password",
    "dateFrom",
    "dateTo",
    "balanceMode",
    "balanceSubMode",
    "balanceLimit",
    "paramGroupId",
    "personType",
    "hidden",
    "superCid",
    "dependSubList",
    "status",
    "statusTimeChange",
    "titlePatternId",
    "domainId",
    "sub",
    "super",
    "dependSub",
    "independSub",
]


@pytest.mark.parametrize("band", BELOW_JSON)
def test_by_id_as_xml(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    root = xml_ok(billing, "contract", "FindContractByID", id=HIDDEN)
    assert [item.attrib for item in items(root)] == [{"id": str(HIDDEN), "title": titled(billing, HIDDEN)}]
    assert titled(billing, EMPTY).endswith(" [  ]")
    assert items(xml_ok(billing, "contract", "FindContractByID", id=EMPTY))[0].get("title") == titled(billing, EMPTY)
    missing = xml_ok(billing, "contract", "FindContractByID", id=999_999)
    assert items(missing) == []
    assert set(missing.find("./contracts").attrib) >= PAGER
    assert "параметра id" in xml_refusal(billing, "contract", "FindContractByID", id="x")


def test_by_id_as_json(emulated: Emulated) -> None:
    rows = json_ok(emulated("8.2"), CONTRACTS, "contractList0", contractId=CLOSED, inAllLabels=True, **EVERYTHING)
    assert [(row["id"], list(row)) for row in rows] == [(CLOSED, BEAN_KEYS)]
    for band in ("9.2", "9.2404", "9.2410"):
        billing = emulated(band)
        rows = json_ok(billing, CONTRACTS, "contractList", contractId=CLOSED, inAllLabels=True, **EVERYTHING)
        assert [(row["id"], list(row)) for row in rows] == [(CLOSED, BEAN_KEYS)]
        assert json_ok(billing, CONTRACTS, "contractList", contractId=999_999, **EVERYTHING) == []
    for band in ("9.2501", "10.2"):
        billing = emulated(band)
        row = contract(billing, CLOSED)
        short = {"contractId": CLOSED, "contractTitle": row["title"], "contractComment": row["comment"]}
        assert json_ok(billing, CONTRACTS, "contractList", contractId=CLOSED, **EVERYTHING)["list"] == [short]
        assert json_ok(billing, CONTRACTS, "contractList", contractId=999_999, **EVERYTHING)["list"] == []


@pytest.mark.parametrize(
    ("band", "method"), [("7.2", "contractList0"), ("9.2", "contractList0"), ("10.2", "contractList0")]
)
def test_the_old_by_id_method_is_only_there_on_8_2(emulated: Emulated, band: str, method: str) -> None:
    assert json_refusal(emulated(band), CONTRACTS, method, contractId=RICH).startswith(
        f"not implemented: {CONTRACTS}.{method}"
    )


@pytest.mark.parametrize("band", ["8.2", "9.2", "10.2"])
@pytest.mark.parametrize("action", ["FilterContract", "FindContractByID"])
def test_xml_searches_by_number_end_below_8_2(emulated: Emulated, band: str, action: str) -> None:
    assert xml_refusal(emulated(band), "contract", action, id=RICH) == f"not implemented: contract/{action}"


@pytest.mark.parametrize("band", ALL_BANDS)
def test_one_bean(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    row = contract(billing)
    bean = json_ok(billing, CONTRACTS, "contractGet", contractId=RICH)
    assert list(bean) == BEAN_KEYS
    assert (bean["title"], bean["comment"], bean["password"]) == (row["title"], row["comment"], row["pswd"])
    assert (bean["dateFrom"], bean["dateTo"]) == (row["date1"].isoformat(), None)
    assert bean["balanceLimit"] == row["closesumma"]
    assert bean["groups"] == row["gr"]
    assert json_ok(billing, CONTRACTS, "contractByTitle", contractTitle=row["title"].lower()) == bean
    assert json_ok(billing, CONTRACTS, "contractGet", contractId=999_999) is None
    assert json_ok(billing, CONTRACTS, "contractByTitle", contractTitle="no such number") is None
    place = [json_ok(billing, CONTRACTS, "contractGet", contractId=cid) for cid in (RICH, SUPER, 104, 105)]
    flags = [(row["super"], row["sub"], row["dependSub"], row["independSub"], row["superCid"]) for row in place]
    assert flags == [
        (False, False, False, False, 0),
        (True, False, False, False, -1),
        (False, True, True, False, SUPER),
        (False, True, False, True, SUPER),
    ]


@pytest.mark.parametrize("band", BELOW_JSON)
def test_number_and_comment_as_xml(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    number = contract(billing)["title"]

    def filtered(**fields: object) -> Element:
        return xml_ok(billing, "contract", "FilterContract", filter=0, type=-1, pageIndex=1, pageSize=2, **fields)

    root = filtered(contractMask=f"^{number}$", contractComment="")
    assert [item.attrib for item in items(root)] == [{"id": str(RICH), "title": titled(billing)}]
    assert (
        root.find("./contracts").attrib.items()
        >= {
            "pageIndex": "1",
            "pageSize": "2",
            "pageCount": "1",
            "recordCount": "1",
        }.items()
    )
    assert found_ids(filtered(contractMask=number[-4:])) == {RICH}
    assert found_ids(filtered(contractMask=number[-4:], contractComment="нет такого")) == set()
    everything = filtered(contractMask="").find("./contracts")
    assert int(everything.get("recordCount", "0")) > 200
    assert everything.get("pageCount") == str(-(-int(everything.get("recordCount", "0")) // 2))
    assert len(everything) == 2
    assert "Ошибка в шаблоне" in xml_refusal(billing, "contract", "FilterContract", contractMask="(")


@pytest.mark.parametrize("band", ["8.2", "9.2", "9.2404", "9.2410"])
def test_number_and_comment_as_a_list_with_a_page_beside(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    data = json_data(
        billing,
        CONTRACTS,
        "contractList",
        title="0101",
        comment=None,
        entityFilter=None,
        page={"pageIndex": 1, "pageSize": 30, "pageCount": 0, "recordCount": 0, "limitSql": " LIMIT 0, 30"},
        **EVERYTHING,
    )
    assert [row["id"] for row in data["return"]] == [RICH]
    assert list(data["page"].items()) == [
        ("pageIndex", 1),
        ("pageSize", 30),
        ("pageCount", 1),
        ("recordCount", 1),
        ("pageFirstRecordNumber", 0),
    ]


@pytest.mark.parametrize("band", ["9.2501", "10.2"])
def test_number_and_comment_as_short_rows(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    page = {"pageIndex": 2, "pageSize": 10}
    returned = json_ok(billing, CONTRACTS, "contractList", title="", comment="", page=page, **EVERYTHING)
    assert set(returned) == {"list", "page"}
    assert [set(row) for row in returned["list"]] == [{"contractId", "contractTitle", "contractComment"}] * 10
    records = len(billing.rows("contract"))
    assert returned["page"] == {
        "pageIndex": 2,
        "pageSize": 10,
        "pageCount": -(-records // 10),
        "recordCount": records,
        "pageFirstRecordNumber": 10,
    }
    titles = [row["contractTitle"] for row in returned["list"]]
    assert titles == sorted(row["title"] for row in billing.rows("contract"))[10:20]


@pytest.mark.parametrize("band", ALL_BANDS)
@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ("0101", True),
        ("^A-24-0101$", True),
        ("^a-24-0101$", True),
        (r"\QA-24-0101\E", True),
        (r"A\-24\-0101", True),
        ("A.24.0101", True),
        ("^A-24-01[0]1$", True),
        ("-0{1}101$", True),
        ("A-24-01011", False),
        ("^0101", False),
        ("0101.", False),
        (r"A\.24", False),
    ],
)
def test_numbers_are_expressions(emulated: Emulated, band: str, pattern: str, matches: bool) -> None:
    billing = emulated(band)
    assert contract(billing)["title"] == "A-24-0101"
    assert (RICH in json_ids(billing, title=pattern)) is matches


@pytest.mark.parametrize("pattern", ["аптек ёлочка", "АПТЕК ЕЛОЧКА", "^ооо «сеть", "ёл.чка", "(ёлочка|берёзка)", "«с"])
def test_comments_ignore_case_and_yo(emulated: Emulated, pattern: str) -> None:
    for band in ("7.2", "9.2"):
        assert SUPER in json_ids(emulated(band), comment=pattern)
    assert SUPER in found_ids(xml_ok(emulated("7.2"), "contract", "FilterContract", contractComment=pattern))


@pytest.mark.parametrize("band", ALL_BANDS)
def test_each_option_lets_its_contracts_in(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    plain = json_ids(billing)
    assert plain & {CLOSED, HIDDEN, *SUBS} == set()
    assert {RICH, SUPER, EMPTY} <= plain
    assert json_ids(billing, closed=True) & {CLOSED, HIDDEN, *SUBS} == {CLOSED}
    assert json_ids(billing, hidden=True) & {CLOSED, HIDDEN, *SUBS} == {HIDDEN}
    assert json_ids(billing, subContracts=True) & {CLOSED, HIDDEN, *SUBS} == SUBS
    assert json_ids(billing, **EVERYTHING) == {row["id"] for row in billing.rows("contract")}
    everybody = "Скрытый|Прошлогодний|Аптека|Склад"
    options = ({}, {"show_closed": 1}, {"del": 1}, {"show_sub": 1})
    seen = [found_ids(find(billing, "c1", parameter=everybody, **option)) for option in options]
    assert [found & {CLOSED, HIDDEN, *SUBS} for found in seen] == [set(), {CLOSED}, {HIDDEN}, SUBS]


def test_a_contract_is_closed_when_its_last_day_has_passed(emulated: Emulated) -> None:
    billing = emulated("9.2")
    today = EmulatorSettings().now().date()
    closed = {row["id"] for row in billing.rows("contract") if row["date2"] and row["date2"] < today}
    assert CLOSED in closed
    assert json_ids(billing, **{**EVERYTHING, "closed": False}) & closed == set()
    still_open = {row["id"] for row in billing.rows("contract") if row["date2"] is None or row["date2"] >= today}
    assert json_ids(billing, **{**EVERYTHING, "closed": False}) == still_open


def test_a_setting_turns_the_sense_of_closed_in_json_only(emulated: Emulated) -> None:
    billing = emulated("8.0", invert_closed=True)
    assert CLOSED in json_ids(billing, closed=False)
    assert CLOSED not in json_ids(billing, closed=True)
    plain = xml_ok(billing, "contract", "FilterContract", contractComment="Прошлогодний")
    assert CLOSED not in found_ids(plain)


@pytest.mark.parametrize("band", ["7.2", "9.2", "10.2"])
def test_face_and_groups_restrict(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    rows = billing.rows("contract")
    firms = {row["id"] for row in rows if row["fc"] == 1}
    assert json_ids(billing, **{**EVERYTHING, "fc": 1}) == firms
    mask = 1 << 62 | 1 << 2
    assert json_ids(billing, **{**EVERYTHING, "groupMask": mask}) == {row["id"] for row in rows if row["gr"] & mask}


@pytest.mark.parametrize(
    "text", ["'; DROP TABLE contract; --", '"', "%", "_", "\\\\", "«»<script>", "a" * 5000, "\u0000x"]
)
def test_hostile_criteria_are_only_text(emulated: Emulated, text: str) -> None:
    billing = emulated("9.2")
    envelope = ask_json(billing, CONTRACTS, "contractList", title=text, comment=text)
    assert envelope["status"] == "ok"
    assert envelope["data"]["return"] == []
    assert contract(billing)["id"] == RICH


def test_the_search_follows_changes_of_number_and_comment() -> None:
    with Emulator(EmulatorSettings(version="9.2", contracts=20)) as billing:
        table = "UPDATE contract SET title = 'Ё-НОВЫЙ-77', comment = 'Иной Пётр' WHERE id = 101"
        with billing.engine.begin() as connection:
            connection.exec_driver_sql(table)
        assert json_ids(billing, title="е-новый-7") == {RICH}
        assert json_ids(billing, title="A-24-0101") == set()
        assert json_ids(billing, comment="иной петр") == {RICH}
        with billing.engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM contract WHERE id = 101")
        assert json_ids(billing, title="е-новый-7") == set()


@pytest.mark.parametrize("band", ["7.1", "10.2"])
def test_the_monitor_search_guesses_nothing(emulated: Emulated, band: str) -> None:
    service = "ru.bitel.bgbilling.kernel.contract.status/ContractStatusMonitorService"
    billing = emulated(band)
    returned = json_ok(billing, service, "contractSearch", arg0=None, arg1=-1, arg16={"pageIndex": 1, "pageSize": 3})
    assert len(returned["list"]) == 3
    assert returned["page"]["recordCount"] == len(billing.rows("contract"))
    assert "arg3" in json_refusal(billing, service, "contractSearch", arg3="A-24")


def test_logins_of_the_dial_up_module(emulated: Emulated) -> None:
    billing = emulated("7.0")
    number = contract(billing)["title"]
    expected = {"f0": str(RICH), "f1": number, "f2": "1", "f3": "70101", "f4": "home101, rich"}
    for kind, value in (("login", "70101"), ("alias", "HOME"), ("alias", "^rich$")):
        root = xml_ok(billing, "call", "FindContractLoginAlias", mid=9, type=kind, value=value)
        assert [row.attrib for row in root.findall("./table/data/row")] == [expected]
    none = xml_ok(billing, "call", "FindContractLoginAlias", mid=9, type="login", value="1")
    assert none.findall("./table/data/row") == []
    assert xml_refusal(billing, "call", "FindContractLoginAlias", mid=1, type="login", value="1")
    assert "type" in xml_refusal(billing, "call", "FindContractLoginAlias", mid=9, type="x", value="1")
