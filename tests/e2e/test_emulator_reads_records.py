"""The emulator answers what belongs to a contract as the reference says (contract.md 7, 13 to 18).

Notes, hierarchy, scripts, access to the cabinet, patterns, domains.
"""

import pytest

from flask_bgbilling.emulator.version import Version
from tests.billing_rows import attributes, dotted, iso, moment, newest_first, span, stored, users
from tests.raw_calls import ask_json, json_data, json_ok, json_refusal, xml_ok, xml_refusal
from tests.support import ALL_BANDS, Emulated

API = "ru.bitel.bgbilling.kernel.contract.api"
CONTRACTS, STATUSES, NOTES = f"{API}/ContractService", f"{API}/ContractStatusService", f"{API}/ContractNoteService"
PATTERNS, NOTIFICATIONS = f"{API}/ContractPatternService", f"{API}/ContractNotificationService"
LIMITS = "ru.bitel.bgbilling.kernel.contract.limit/ContractLimitService"
SCRIPTS = "ru.bitel.bgbilling.kernel.contract.script/ContractScriptService"
DOMAINS = "ru.bitel.oss.kernel.directories.domain/DomainService"
RICH, SUPER, DEPENDENT, INDEPENDENT, EMPTY, DEBTOR, MISSING = 101, 103, 104, 105, 110, 111, 999_999
OLD = [band for band in ALL_BANDS if Version(band) < "8.2"]
BELOW_9_2 = [band for band in ALL_BANDS if Version(band) < "9.2"]
FROM_7_1 = [band for band in ALL_BANDS if Version(band) >= "7.1"]
PAGE = {"pageIndex": 1, "pageSize": 2}


@pytest.mark.parametrize("band", OLD)
def test_notes_as_xml(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    names = users(billing)
    rows = newest_first(billing.rows("contract_comment", cid=RICH), "dt")
    assert attributes(xml_ok(billing, "contract", "ContractMemo", cid=RICH)) == [
        {"f0": str(row["id"]), "f1": row["subject"], "f2": names[row["uid"]], "f3": moment(row["dt"])} for row in rows
    ]
    for row in rows:
        root = xml_ok(billing, "contract", "GetContractMemo", cid=RICH, id=row["id"])
        comment = root.find("./comment")
        assert comment.attrib == {"subject": row["subject"], "visibled": "true" if row["visibled"] else "false"}
        assert [line.text for line in comment.findall("./row")] == row["comment"].split("\n")
    assert any("\n" in row["comment"] for row in rows)
    for fields in ({"id": MISSING}, {"id": rows[0]["id"], "cid": EMPTY}):
        assert xml_ok(billing, "contract", "GetContractMemo", **fields).find("./comment") is None
    assert attributes(xml_ok(billing, "contract", "ContractMemo", cid=EMPTY)) == []


@pytest.mark.parametrize("band", FROM_7_1)
def test_notes_as_json(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    rows = newest_first(billing.rows("contract_comment", cid=RICH), "dt")
    beans = [
        {
            "id": row["id"],
            "contractId": RICH,
            "title": row["subject"],
            "comment": row["comment"],
            "dateTime": iso(row["dt"]),
            "userId": row["uid"],
            "visible": bool(row["visibled"]),
        }
        for row in rows
    ]
    assert json_ok(billing, NOTES, "contractNoteList", contractId=RICH, customer=False) == beans
    shown = json_ok(billing, NOTES, "contractNoteList", contractId=RICH, customer=True)
    assert shown == [bean for bean in beans if bean["visible"]]
    assert json_ok(billing, NOTES, "contractNoteList", contractId=EMPTY, customer=False) == []
    note = rows[0]["id"]
    old = {"contractNoteId": note}
    new = {"contractId": RICH, "id": note}
    if band in OLD:
        assert json_refusal(billing, NOTES, "getContractNote", **old).startswith("not implemented")
        assert json_refusal(billing, NOTES, "contractNoteGet", **new).startswith("not implemented")
    elif band == "8.2":
        assert json_ok(billing, NOTES, "getContractNote", **old) == beans[0]
        assert json_ok(billing, NOTES, "getContractNote", contractNoteId=MISSING) is None
        assert json_refusal(billing, NOTES, "contractNoteGet", **new).startswith("not implemented")
    else:
        assert json_ok(billing, NOTES, "contractNoteGet", **new) == beans[0]
        assert json_ok(billing, NOTES, "contractNoteGet", contractId=EMPTY, id=note) is None
        assert json_refusal(billing, NOTES, "getContractNote", **old).startswith("not implemented")


@pytest.mark.parametrize("band", ALL_BANDS)
def test_hierarchy(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    titles = {row["id"]: row["title"] for row in billing.rows("contract")}
    family = xml_ok(billing, "contract.hierarchy", "ContractInfo", cid=SUPER).find("./contract")
    assert [(sub.tag, sub.attrib) for sub in family] == [
        ("sub", {"id": str(cid), "title": titles[cid]}) for cid in (104, 105, 106)
    ]
    for cid in (DEPENDENT, INDEPENDENT):
        family = xml_ok(billing, "contract.hierarchy", "ContractInfo", cid=cid).find("./contract")
        assert [(owner.tag, owner.attrib) for owner in family] == [
            ("super", {"id": str(SUPER), "title": titles[SUPER]})
        ]
    alone = xml_ok(billing, "contract.hierarchy", "ContractInfo", cid=RICH).find("./contract")
    assert len(alone) == 0
    assert xml_refusal(billing, "contract.hierarchy", "ContractInfo", cid=MISSING) == "Договор не найден"


@pytest.mark.parametrize("band", FROM_7_1)
@pytest.mark.parametrize(
    ("sub_mode", "with_super", "expected"),
    [(-1, False, [104, 105, 106]), (0, False, [104, 106]), (1, False, [105]), (1, True, [SUPER, 105])],
)
def test_list_of_sub_contracts(
    emulated: Emulated, band: str, sub_mode: int, with_super: bool, expected: list[int]
) -> None:
    billing = emulated(band)
    params = {"contractId": SUPER, "subMode": sub_mode, "withSuperCid": with_super}
    beans = json_ok(billing, CONTRACTS, "contractSubList", **params)
    assert [bean["id"] for bean in beans] == expected
    assert [bean["dependSub"] for bean in beans] == [cid in (104, 106) for cid in expected]


@pytest.mark.parametrize("band", ALL_BANDS)
def test_scripts(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    titles = {row["id"]: row["title"] for row in billing.rows("script")}
    rows = stored(billing, "contract_script")
    kinds = attributes(xml_ok(billing, "admin", "ListDirectory", mode=15), ".//item")
    assert {int(kind["id"]): kind["title"] for kind in kinds} == titles
    assert "Неизвестный справочник" in xml_refusal(billing, "admin", "ListDirectory", mode=1)
    if band in BELOW_9_2:
        expected = [
            {
                "id": str(row["id"]),
                "script": titles[row["script_id"]],
                "comment": row["comment"],
                "period": span(row),
            }
            for row in rows
        ]
        assert attributes(xml_ok(billing, "contract", "ContractScriptTable", cid=RICH)) == expected
        one = xml_ok(billing, "contract", "GetContractScript", id=rows[0]["id"])
        assert attributes(one, "./contract_script") == expected[:1]
        assert attributes(xml_ok(billing, "contract", "GetContractScript", id=MISSING), "./contract_script") == []
        assert json_refusal(billing, SCRIPTS, "contractScriptList", contractId=RICH).startswith("not implemented")
    else:
        beans = [
            {
                "id": row["id"],
                "contractId": RICH,
                "scriptId": row["script_id"],
                "script": titles[row["script_id"]],
                "period": {
                    "dateFrom": row["date1"].isoformat(),
                    "dateTo": row["date2"].isoformat() if row["date2"] else None,
                },
                "comment": row["comment"],
            }
            for row in rows
        ]
        assert json_ok(billing, SCRIPTS, "contractScriptList", contractId=RICH) == beans
        assert json_ok(billing, SCRIPTS, "contractScriptGet", id=rows[1]["id"]) == beans[1]
        assert json_ok(billing, SCRIPTS, "contractScriptGet", id=MISSING) is None
        assert json_ok(billing, SCRIPTS, "contractScriptList", contractId=EMPTY) == []
        assert xml_refusal(billing, "contract", "ContractScriptTable", cid=RICH).startswith("not implemented")


@pytest.mark.parametrize("band", BELOW_9_2)
def test_log_of_scripts_as_xml(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    rows = newest_first(billing.rows("contract_script_log", cid=RICH), "dt")
    root = xml_ok(billing, "contract", "ContractScriptLog", cid=RICH, pageIndex=2, pageSize=4)
    assert attributes(root) == [
        {"cid": str(RICH), "time": moment(row["dt"]), "title": row["title"], "data": row["data"]} for row in rows[4:8]
    ]
    assert root.find("./table").attrib == {
        "pageIndex": "2",
        "pageSize": "4",
        "pageCount": str(-(-len(rows) // 4)),
        "recordCount": str(len(rows)),
    }
    assert "u000A" in attributes(root)[0]["data"]
    day = dotted(rows[3]["dt"])
    narrow = xml_ok(billing, "contract", "ContractScriptLog", cid=RICH, pageIndex=1, pageSize=25, start=day, end=day)
    assert [row["time"] for row in attributes(narrow)] == [
        moment(row["dt"]) for row in rows if row["dt"].date() == rows[3]["dt"].date()
    ]


@pytest.mark.parametrize("band", FROM_7_1)
def test_log_of_scripts_as_json(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    rows = newest_first(billing.rows("contract_script_log", cid=RICH), "dt")
    always = {"contractId": RICH, "pageHolder": {"pageIndex": 1, "pageSize": 3}}
    open_period = {"dateFrom": None, "dateTo": None}
    data = json_data(billing, SCRIPTS, "getScriptLogList", period=open_period, title=None, **always)
    assert data["return"] == [
        {"cid": RICH, "date": iso(row["dt"]), "title": row["title"], "data": row["data"]} for row in rows[:3]
    ]
    assert list(data["pageHolder"])[:4] == ["pageIndex", "pageSize", "pageCount", "recordCount"]
    assert data["pageHolder"]["recordCount"] == len(rows)
    titles = sorted({row["title"] for row in rows})
    assert json_ok(billing, SCRIPTS, "getScriptLogTitleList", contractId=RICH, period=open_period) == titles
    titled = json_data(billing, SCRIPTS, "getScriptLogList", period=None, title=titles[0], **always)
    assert titled["pageHolder"]["recordCount"] == sum(1 for row in rows if row["title"] == titles[0])
    day = f"{rows[3]['dt']:%Y-%m-%d}"
    narrow = json_data(billing, SCRIPTS, "getScriptLogList", period={"dateFrom": day, "dateTo": day}, **always)
    assert [row["date"] for row in narrow["return"]] == [
        iso(row["dt"]) for row in rows if row["dt"].date() == rows[3]["dt"].date()
    ]
    empty = json_data(
        billing, SCRIPTS, "getScriptLogList", contractId=EMPTY, period=open_period, title=None, pageHolder=PAGE
    )
    assert empty["return"] == []
    assert empty["pageHolder"]["recordCount"] == 0


@pytest.mark.parametrize("band", ALL_BANDS)
def test_additional_actions(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    rows = billing.rows("contract_additional_action")
    listed = attributes(xml_ok(billing, "contract", "AdditionalActionList", cid=RICH), ".//item")
    assert listed == [{"id": str(row["id"]), "title": row["title"]} for row in rows]
    if band in FROM_7_1:
        always = {"contractId": RICH}
        found = json_ok(billing, SCRIPTS, "additionalContractActionList", customer=False, **always)
        keys = ("id", "title", "description")
        assert found == [{name: row[name] for name in keys} for row in rows]
        shown = json_ok(billing, SCRIPTS, "additionalContractActionList", customer=True, **always)
        assert [action["id"] for action in shown] == [row["id"] for row in rows if row["customer"]]


@pytest.mark.parametrize("band", ALL_BANDS)
def test_logins_to_the_cabinet(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    rows = newest_first(billing.rows("contract_logon_ok", cid=RICH), "dt")
    root = xml_ok(billing, "contract", "WebContractLogonLog", cid=RICH, logType="ok", pageIndex=1, pageSize=3)
    assert attributes(root) == [
        {
            "date": moment(row["dt"]),
            "ip": row["ip"],
            "passwordType": row["password_type"],
            "sessionId": row["session_id"],
        }
        for row in rows[:3]
    ]
    assert root.find("./table").get("recordCount") == str(len(rows))
    day = dotted(rows[1]["dt"])
    narrow = xml_ok(billing, "contract", "WebContractLogonLog", cid=RICH, logType="ok", date1=day, date2=day)
    assert [row["date"] for row in attributes(narrow)] == [moment(rows[1]["dt"])]
    failed = attributes(xml_ok(billing, "contract", "WebContractLogonLog", cid=RICH, logType="error"))
    assert [set(row) for row in failed] == [{"date", "ip", "login", "errorCode"}]
    assert "logType" in xml_refusal(billing, "contract", "WebContractLogonLog", cid=RICH, logType="all")
    limit = xml_ok(billing, "contract", "WebRequestLimit", cid=RICH)
    kept = billing.rows("web_request_limit", cid=RICH)[0]
    web = limit.find("./web_limit").attrib
    assert (web["limit"], web["count"]) == (str(kept["limit"]), str(kept["count"]))
    assert set(web) == {"configLimit", "count", "limit", "status"}
    assert set(limit.find("./lastLogon").attrib) == {"counter", "datetime", "ip"}
    assert xml_ok(billing, "contract", "WebRequestLimit", cid=EMPTY).find("./lastLogon") is None


@pytest.mark.parametrize("band", OLD)
def test_password_of_the_cabinet(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    table = xml_ok(billing, "contract", "ContractPassword", cid=RICH).find("./table")
    assert table.get("password") == billing.rows("contract", id=RICH)[0]["pswd"]


@pytest.mark.parametrize("band", FROM_7_1)
def test_one_time_passwords_and_notifications(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    valid = next(row for row in billing.rows("contract_password_once") if row["cid"] == RICH)["password"]
    assert json_ok(billing, CONTRACTS, "contractPasswordOnceCheck", passwordOnce=valid) == RICH
    outdated = next(row for row in billing.rows("contract_password_once") if row["cid"] == DEBTOR)["password"]
    for wrong in (outdated, "", "000-000"):
        assert "Одноразовый пароль" in json_refusal(billing, CONTRACTS, "contractPasswordOnceCheck", passwordOnce=wrong)
    row = billing.rows("contract_notification", contract_id=RICH)[0]
    assert json_ok(billing, NOTIFICATIONS, "contractNotificationList", contractId=RICH) == [
        {
            "id": row["id"],
            "title": row["title"],
            "message": row["message"],
            "contractId": RICH,
            "dateTime": iso(row["dt"]),
            "read": bool(row["read"]),
        }
    ]


@pytest.mark.parametrize("band", ALL_BANDS)
def test_patterns_of_contracts(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    listed = attributes(xml_ok(billing, "contract", "GetPatternList"), "./patterns/item")
    assert listed[0]["id"] == "0"
    assert {(int(item["id"]), item["title"]) for item in listed} == {
        (row["id"], row["title"]) for row in billing.rows("contract_pattern")
    }
    if band in FROM_7_1:
        row = billing.rows("contract_named_number")[0]
        assert json_ok(billing, PATTERNS, "numedNumberPatternList") == [
            {
                "id": row["id"],
                "title": row["title"],
                "comment": row["comment"],
                "countNumber": row["count_number"],
                "index": row["last_index"],
            }
        ]
        following = json_ok(billing, PATTERNS, "getNextNamedNumberIndex", title=row["title"])
        assert following == row["last_index"] + 1
        assert "не найден" in json_refusal(billing, PATTERNS, "getNextNamedNumberIndex", title="none")


@pytest.mark.parametrize("band", FROM_7_1)
def test_history_of_opening_belongs_to_the_account(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    for login, number in (("admin", 1), ("operator", 2)):
        envelope = ask_json(billing, CONTRACTS, "searchContractHistoryRecord", login=login, page={"pageIndex": 1})
        rows = sorted(billing.rows("contract_open_history", uid=number), key=lambda row: row["last_open"], reverse=True)
        returned = envelope["data"]["return"]
        assert [row["contractId"] for row in returned["list"]] == [row["cid"] for row in rows]
        assert set(returned["list"][0]) == {"contractId", "contractTitle", "contractComment", "lastOpen", "userId"}
        assert returned["page"]["recordCount"] == len(rows)


@pytest.mark.parametrize("band", FROM_7_1)
def test_settings_of_a_module_and_domains(emulated: Emulated, band: str) -> None:
    billing = emulated(band)
    row = billing.rows("contract_module_config")[0]
    asked = {"contractId": row["cid"], "moduleId": row["mid"], "key": row["key"]}
    assert json_ok(billing, CONTRACTS, "contractModuleConfigGet", **asked) == row["value"]
    assert json_ok(billing, CONTRACTS, "contractModuleConfigGet", **{**asked, "key": "none"}) == ""
    stored_domains = {domain["id"]: domain for domain in billing.rows("domain")}
    listed = json_ok(billing, DOMAINS, "domainList")
    assert {domain["id"]: domain["parentId"] for domain in listed} == {
        number: domain["parentId"] for number, domain in stored_domains.items()
    }
    root = json_ok(billing, DOMAINS, "domainTree")
    assert (root["id"], len(root["children"])) == (0, 1)
    main = root["children"][0]
    assert set(main) == {"id", "title", "parentId", "comment", "children"}
    assert [child["parentId"] for child in main["children"]] == [main["id"]]
    assert json_ok(billing, DOMAINS, "domainGet", id=main["id"]) == main
    assert json_ok(billing, DOMAINS, "domainGet", id=MISSING) is None


READS_BY_CONTRACT = [
    ("7.2", "contract", "ContractGroup", "cid"),
    ("7.2", "contract", "ContractModuleList", "cid"),
    ("7.2", "contract", "ContractMemo", "cid"),
    ("7.2", "contract", "ContractScriptTable", "cid"),
    ("7.2", "contract", "ContractScriptLog", "cid"),
    ("7.2", "contract", "ContractCard2ListTypes", "cid"),
    ("9.2", "contract", "ContractFace", "cid"),
    ("9.2", "contract", "ContractMode", "cid"),
    ("9.2", "contract", "AdditionalActionList", "cid"),
    ("9.2", "contract", "WebRequestLimit", "cid"),
    ("9.2", STATUSES, "contractStatusList", "contractId"),
    ("9.2", STATUSES, "contractStatusLogSearch", "contractId"),
    ("9.2", LIMITS, "searchContractLimitLogList", "contractId"),
    ("9.2", LIMITS, "searchContractLimitAvtoList", "contractId"),
    ("9.2", NOTES, "contractNoteList", "contractId"),
    ("9.2", SCRIPTS, "contractScriptList", "contractId"),
    ("9.2", SCRIPTS, "getScriptLogList", "contractId"),
    ("9.2", CONTRACTS, "contractCardList", "contractId"),
    ("9.2", CONTRACTS, "contractSubList", "contractId"),
]


@pytest.mark.parametrize(("band", "place", "name", "field"), READS_BY_CONTRACT)
def test_a_contract_is_required_and_must_exist(
    emulated: Emulated, band: str, place: str, name: str, field: str
) -> None:
    billing = emulated(band)
    refusal = json_refusal if "/" in place else xml_refusal
    assert refusal(billing, place, name) == f"Не указан параметр {field}"
    assert refusal(billing, place, name, **{field: "letters"}) == f"Неверное значение параметра {field}: letters"
    assert refusal(billing, place, name, **{field: MISSING}) == "Договор не найден"
