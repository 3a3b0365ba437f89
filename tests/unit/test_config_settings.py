"""Typed settings: servers and what disables them, accounts, defaults."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_bgbilling.config.loading import load_text, machine_zone
from flask_bgbilling.config.settings import Account, DatabaseSettings, Settings, account, billing_user_id

ALL_BANDS = ("7.0", "7.1", "7.2", "8.0", "8.2", "9.2", "9.2404", "9.2410", "9.2501", "10.2")
MOSCOW = ZoneInfo("Europe/Moscow")

GOOD = "bgbilling:server.1.id=bitel\nbgbilling:server.1.title=BiTel\nbgbilling:server.1.url=http://h/executer\n"


def server_text(**keys: str) -> str:
    return GOOD + "".join(f"bgbilling:server.1.{key}={value}\n" for key, value in keys.items())


def load(text: str) -> Settings:
    return load_text(text, local_zone=MOSCOW)


def codes(settings: Settings) -> list[str]:
    return [problem.code for problem in settings.problems]


def test_a_server_with_the_required_keys_only() -> None:
    settings = load(GOOD)
    (server,) = settings.servers
    assert (server.number, server.id, server.title, server.url) == (1, "bitel", "BiTel", "http://h/executer")
    assert server.timezone == MOSCOW
    assert server.customer_parameter_id == 0
    assert (server.request_timeout, server.connect_timeout) == (5.0, 5.0)
    assert (server.version, server.marker, server.database, server.closed_inverted) == (
        None,
        None,
        None,
        None,
    )
    assert dict(server.contract_patterns) == {}
    assert settings.enabled
    assert settings.search.page_size == 30
    assert settings.search.address_parameter_ids == ()
    assert settings.problems == ()
    assert settings.server("bitel") is server
    assert settings.server("other") is None


def test_a_server_with_all_keys() -> None:
    text = (
        GOOD
        + """\
bgbilling:server.1.customerIdParam=100
bgbilling:server.1.timezone=Asia/Yekaterinburg
bgbilling:server.1.requestTimeOut=20000
bgbilling:server.1.connectTimeOut=1500
bgbilling:server.1.version=9.2501
bgbilling:server.1.markerRequestParam=from:crm:1
bgbilling:server.1.contract_pattern.7.title_pattern=A-${N}
bgbilling:server.1.copyParamMapping=15:9;115[1,2]:25[4,3];customerTitle:1
bgbilling:server.1.closedInverted=1
bgbilling:server.1.db.driver=com.mysql.jdbc.Driver
bgbilling:server.1.db.url=jdbc:mysql://127.0.0.1/bgbilling?a=b
bgbilling:server.1.db.user=bill
bgbilling:server.1.db.pswd= pass
"""
    )
    settings = load(text)
    (server,) = settings.servers
    assert settings.problems == ()
    assert server.customer_parameter_id == 100
    assert server.timezone == ZoneInfo("Asia/Yekaterinburg")
    assert (server.request_timeout, server.connect_timeout) == (20.0, 1.5)
    assert server.version == "9.2501"
    assert server.marker == ("from", "crm:1")
    assert dict(server.contract_patterns) == {7: "A-${N}"}
    assert server.copy_parameter_mapping == "15:9;115[1,2]:25[4,3];customerTitle:1"
    assert server.closed_inverted is True
    assert server.database == DatabaseSettings(
        url="jdbc:mysql://127.0.0.1/bgbilling?a=b",
        user="bill",
        password=" pass",
        driver="com.mysql.jdbc.Driver",
    )
    assert hash(server) == hash(load(text).servers[0])
    assert load(text) == settings


def test_servers_stand_in_the_order_of_their_numbers() -> None:
    text = "".join(
        f"bgbilling:server.{n}.id=b{n}\nbgbilling:server.{n}.title=T\nbgbilling:server.{n}.url=http://h{n}\n"
        for n in (10, 2, 1)
    )
    assert [server.id for server in load(text).servers] == ["b1", "b2", "b10"]


@pytest.mark.parametrize("band", ALL_BANDS)
def test_every_supported_version_is_accepted(band: str) -> None:
    assert load(server_text(version=band)).servers[0].version == band


def test_the_build_after_a_version_is_cut_off() -> None:
    assert load(server_text(version="9.2501-2510171811")).servers[0].version == "9.2501"


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("id", "", "required"),
        ("id", "bi tel", "server-id"),
        ("id", "bi:tel", "server-id"),
        ("id", "битэл", "server-id"),
        ("id", "b" * 22, "server-id-long"),
        ("title", " ", "required"),
        ("url", "", "required"),
        ("url", "billing.example.org/executer", "url"),
        ("url", "ftp://h/executer", "url"),
        ("url", "http:///executer", "url"),
        ("url", "http://h:port/executer", "url"),
        ("url", "http://h:99999/executer", "url"),
        ("url", "http://h/exe cuter", "url"),
        ("url", "http://h/executer?x=1", "url"),
        ("url", "http://[::1/executer", "url"),
        ("url", "http://user:word@h/executer", "url-credentials"),
        ("timezone", "Europe/Moskau", "zone"),
        ("timezone", "Europe", "zone"),
        ("timezone", "../../etc/passwd", "zone"),
        ("version", "9.1", "version"),
        ("version", "v9.2", "version"),
        ("version", "92", "version"),
    ],
)
def test_a_bad_server_is_disabled_alone_and_says_why(key: str, value: str, code: str) -> None:
    settings = load(
        server_text(**{key: value})
        + "bgbilling:server.2.id=other\nbgbilling:server.2.title=Other\nbgbilling:server.2.url=https://o/x\n"
    )
    assert [server.id for server in settings.servers] == ["other"]
    (disabled,) = settings.disabled_servers
    assert disabled.number == 1
    assert [problem.code for problem in disabled.problems] == [code]
    assert disabled.problems[0].key == f"bgbilling:server.1.{key}"
    assert disabled.problems[0].line == 4
    assert disabled.title == ("BiTel" if key != "title" else "")
    assert set(disabled.problems) <= set(settings.problems)
    assert "word" not in repr(settings) + str(disabled.problems[0])


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("customerIdParam", "abc", "natural"),
        ("customerIdParam", "-1", "natural"),
        ("requestTimeOut", "5s", "positive"),
        ("requestTimeOut", "0", "positive"),
        ("connectTimeOut", "-5", "positive"),
        ("markerRequestParam", "bgerp", "marker"),
        ("markerRequestParam", ":x", "marker"),
        ("markerRequestParam", "Action:x", "marker-reserved"),
        ("closedInverted", "off", "boolean"),
        ("copyParamMapping", "1:2;x", "mapping"),
        ("copyParamMapping", "1[1,2]:2[3]", "mapping-lengths"),
        ("db.url", "mysql://h/db", "jdbc"),
        ("db.user", "bill", "database-url"),
    ],
)
def test_a_bad_optional_value_is_reported_and_its_default_taken(key: str, value: str, code: str) -> None:
    settings = load(server_text(**{key: value}))
    (server,) = settings.servers
    assert codes(settings) == [code]
    assert server.customer_parameter_id == 0
    assert (server.request_timeout, server.connect_timeout) == (5.0, 5.0)
    assert (server.marker, server.closed_inverted, server.database) == (None, None, None)


def test_connecting_never_waits_longer_than_the_whole_request() -> None:
    assert load(server_text(requestTimeOut="800")).servers[0].connect_timeout == 0.8


def test_an_empty_marker_value_has_the_default_of_the_reference() -> None:
    assert load(server_text(markerRequestParam="caller:")).servers[0].marker == ("caller", "BGERP")


@pytest.mark.parametrize(("written", "hours"), [("GMT+5", 5), ("GMT-03:00", -3), ("GMT+12", 12)])
def test_zones_as_java_writes_them(written: str, hours: int) -> None:
    zone = load(server_text(timezone=written)).servers[0].timezone
    assert datetime(2026, 1, 1, tzinfo=zone).utcoffset() == timedelta(hours=hours)


def test_a_slash_at_the_end_of_the_address_is_dropped() -> None:
    assert load(server_text(url=" https://[::1]:8443/x/executer/")).servers[0].url == "https://[::1]:8443/x/executer"


@pytest.mark.parametrize("second", ["bitel", "BiTel"])
def test_the_second_server_of_an_id_is_refused(second: str) -> None:
    text = GOOD + f"bgbilling:server.2.id={second}\nbgbilling:server.2.title=B\nbgbilling:server.2.url=http://h2\n"
    settings = load(text)
    assert [server.number for server in settings.servers] == [1]
    (disabled,) = settings.disabled_servers
    (problem,) = disabled.problems
    assert (problem.code, problem.line, problem.params["first"]) == ("server-id-duplicate", 4, 1)


def test_the_old_prefix_works_with_a_warning() -> None:
    settings = load("bgbilling.3.id=old\nbgbilling.3.title=Old\nbgbilling.3.url=http://h\n")
    assert [server.number for server in settings.servers] == [3]
    (problem,) = settings.problems
    assert (problem.code, problem.severity, problem.line) == ("key-deprecated", "warning", 1)
    assert problem.params["near"] == "bgbilling:server.3.id"


def test_the_new_prefix_wins_over_the_old_one() -> None:
    settings = load(GOOD + "bgbilling.1.title=Old\nbgbilling.1.customerIdParam=5\n")
    (server,) = settings.servers
    assert (server.title, server.customer_parameter_id) == ("BiTel", 5)


def test_switching_off_and_search() -> None:
    settings = load(
        "bgbilling:enable=0\nbgbilling:search.contract.param.address.paramIds=5, 7,x,5\nbgbilling:search.pageSize=50\n"
    )
    assert not settings.enabled
    assert settings.search.address_parameter_ids == (5, 7)
    assert settings.search.page_size == 50
    assert codes(settings) == ["integers"]


@pytest.mark.parametrize(("text", "days"), [("", 1095), ("365", 365), ("0", 1095), ("a year", 1095), ("36500", 36500)])
def test_how_long_the_journal_is_kept(text: str, days: int) -> None:
    settings = load(f"bgbilling:journal.keepDays={text}")
    assert settings.journal.keep_days == days
    assert codes(settings) == (["range"] if text in {"0", "a year"} else [])


def test_masks_of_phones_hold_for_every_server() -> None:
    text = server_text() + "param.phone.format.number=+7 (XXX) XXX-XX-XX, 8-XXXX-XXXXXX,\n"
    settings = load(text)
    assert settings.problems == ()
    assert settings.servers[0].phone_masks == ("+7 (XXX) XXX-XX-XX", "8-XXXX-XXXXXX")


@pytest.mark.parametrize("written", ["+7 (ХХХ) ХХХ", "79161234567", "X", "tel:XXX", "X" * 21, "+7 XXX,,b"])
def test_masks_that_are_none_are_reported(written: str) -> None:
    settings = load(server_text() + f"param.phone.format.number={written}\n")
    assert codes(settings) == ["phone-masks"]
    assert settings.servers[0].phone_masks == ()


def test_an_unreadable_switch_leaves_the_extension_on() -> None:
    settings = load("bgbilling:enable=maybe")
    assert settings.enabled
    assert codes(settings) == ["boolean"]


def test_the_version_is_that_of_the_content() -> None:
    assert load(GOOD).version == load(GOOD).version
    assert load(GOOD).version != load(GOOD + "#").version
    with_include = load_text(GOOD, includes={1: "a=1"}).version
    assert with_include != load_text(GOOD, includes={1: "a=2"}).version


def test_secrets_stand_in_no_repr() -> None:
    text = server_text(**{"db.url": "jdbc:mysql://h/db?password=inurl", "db.pswd": "hunter2"})
    everything = repr(load(text)) + repr(load(text).properties) + repr(Account("me", "mypassword"))
    for secret in ("inurl", "hunter2", "mypassword"):
        assert secret not in everything


USER = {
    "bgbilling:login": "all",
    "bgbilling:password": "all-word",
    "bgbilling:login.bitel": "one",
    "bgbilling:password.ds": "ds-word",
    "bgbilling:login.empty": "",
    "bgbilling:userId.bitel": "17",
    "bgbilling:userId.ds": "0",
    "bgbilling:userId.tks": "x",
}


@pytest.mark.parametrize(
    ("properties", "billing", "login", "password"),
    [
        (USER, "bitel", "one", "all-word"),
        (USER, "ds", "all", "ds-word"),
        (USER, "other", "all", "all-word"),
        (USER, "empty", "all", "all-word"),
        ({}, "bitel", "host", "host-word"),
        ({"bgbilling:login.bitel": "one"}, "bitel", "one", "host-word"),
        ({"bgbilling:password": "all-word"}, "bitel", "host", "all-word"),
    ],
)
def test_login_and_password_are_found_independently(
    properties: dict[str, str], billing: str, login: str, password: str
) -> None:
    found = account(properties, billing, host_login="host", host_password="host-word")
    assert found == Account(login, password)
    assert found.complete


def test_an_account_may_be_incomplete() -> None:
    assert account({}, "bitel") == Account(None, None)
    assert not account({"bgbilling:login": "me"}, "bitel").complete


def test_user_of_the_billing() -> None:
    assert billing_user_id(USER, "bitel") == 17
    assert billing_user_id(USER, "ds") is None
    assert billing_user_id(USER, "tks") is None
    assert billing_user_id(USER, "absent") is None


def test_machine_zone_follows_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", ":Asia/Omsk")
    assert machine_zone() == ZoneInfo("Asia/Omsk")
    monkeypatch.setenv("TZ", "nonsense")
    assert isinstance(machine_zone(), ZoneInfo)


SERVER_KEYS = st.sampled_from(
    [
        "id",
        "title",
        "url",
        "timezone",
        "version",
        "requestTimeOut",
        "markerRequestParam",
        "copyParamMapping",
        "db.url",
    ]
)


@given(st.lists(st.tuples(st.integers(0, 3), SERVER_KEYS, st.text(max_size=30))))
def test_loading_never_raises_and_every_server_is_accounted_for(lines: list[tuple[int, str, str]]) -> None:
    settings = load("\n".join(f"bgbilling:server.{number}.{key}={value}" for number, key, value in lines))
    numbers = [server.number for server in settings.servers]
    numbers += [server.number for server in settings.disabled_servers]
    assert sorted(numbers) == sorted(settings.properties.indexed("bgbilling:server."))
    assert all(server.problems for server in settings.disabled_servers)
    assert all(str(problem) for problem in settings.problems)
