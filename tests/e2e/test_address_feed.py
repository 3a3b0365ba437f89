"""The feed of addresses: keys, what is asked for, what is told, and a billing that pulls it."""

import logging
import re
from time import time_ns
from xml.etree.ElementTree import Element, fromstring

import pytest
from sqlalchemy import update

from example_host.addresses.port import TABLES, HostAddressDirectory
from example_host.models import HouseRow, database
from flask_bgbilling.config.check import check
from flask_bgbilling.domain.addresses import feed as feeds
from flask_bgbilling.ports import AddressLevel, AddressPlace, DirectoryHouse
from tests.address_puller import pull
from tests.e2e.conftest import Host, HostFactory

OLD, NEW, OTHER = "0ld-key_0123456789", "New-key_0123456789", "Other-key_012345678"
CONFIGURED = f"""
bgbilling:addressFeed.bitel.key={OLD},{NEW}
bgbilling:addressFeed.ds.key={OTHER}
bgbilling:addressFeed.ds.cityIds=2
"""
PATH = "/bgbilling/getUpdatedAddressObjects"


@pytest.fixture
def host(hosted_privately: HostFactory) -> Host:
    host = hosted_privately(extra=CONFIGURED, bitel="9.2", ds="7.0")
    _age(host)
    return host


def _age(host: Host) -> None:
    """Everything was changed an hour ago."""
    with host.app.app_context():
        for table in TABLES.values():
            database.session.execute(update(table).values(changed_at=time_ns() // 1_000_000 - 3_600_000))
        database.session.commit()


def _text(host: Host, query: str = "", key: str = NEW) -> str:
    answer = host.app.test_client().get(f"{PATH}?key={key}&{query}")
    assert (answer.status_code, answer.mimetype) == (200, "text/xml")
    return answer.text


def _fed(host: Host, query: str = "", key: str = NEW) -> Element:
    return fromstring(_text(host, query, key))


def _ids(root: Element, container: str) -> list[str]:
    return [record.attrib["id"] for record in root.findall(f"{container}/record")]


def test_without_a_key_nothing_is_told(host: Host, hosted: HostFactory) -> None:
    client = host.app.test_client()
    for query in (
        "",
        "?key=",
        "?key=x",
        f"?key={OLD}x",
        f"?key={OLD[:-1]}",
        f"?KEY={OLD}",
        "?key=%D0%BA%00",
        f"?key={OLD},{NEW}",
    ):
        answer = client.get(PATH + query)
        assert answer.status_code == 403, query
        assert "<address" not in answer.text
    assert client.post(f"{PATH}?key={OLD}").status_code == 405
    assert hosted(ds="9.2").app.test_client().get(f"{PATH}?key={OLD}").status_code == 404, "closed until it is opened"


def test_both_keys_open_while_a_key_is_changed(host: Host) -> None:
    assert _ids(_fed(host, key=OLD), "address_city") == _ids(_fed(host, key=NEW), "address_city") != []


def test_the_document_is_the_one_that_loaders_know(host: Host) -> None:
    root = _fed(host)
    assert [child.tag for child in root] == [
        "address_area", "address_city", "address_country", "address_quarter", "address_street", "address_house",
    ]  # fmt: skip
    attributes = {child.tag: list(child[0].attrib) for child in root}
    assert attributes["address_area"] == ["id", "title", "cityId"]
    assert attributes["address_city"] == ["id", "title", "countryId"]
    assert attributes["address_country"] == ["id", "title"]
    house = root.findall("address_house/record")[0]
    names = ["id", "areaId", "quarterId", "streetId", "house", "frac", "postIndex", "comment"]
    assert list(house.attrib) == names
    assert [config.attrib for config in house] == [{"name": "s.box.index", "value": house.attrib["postIndex"]}]
    with host.app.app_context():
        assert len(root.findall("address_house/record")) == HostAddressDirectory().count(AddressLevel.HOUSE)


def test_the_stamp_is_taken_before_anything_is_read(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    read = HostAddressDirectory.places
    moments: list[int] = []

    def noted(*arguments: object, **more: object) -> object:
        moments.append(time_ns() // 1_000_000)
        return read(*arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(HostAddressDirectory, "places", noted)
    before = time_ns() // 1_000_000
    assert before <= int(_fed(host).attrib["time"]) <= moments[0]


def test_only_changes_are_told_and_a_change_under_way_is_not_lost(host: Host) -> None:
    stamp = int(_fed(host).attrib["time"])
    assert not any(len(child) for child in _fed(host, f"time={stamp}"))
    with host.app.app_context():
        # Written before the stamp, committed behind it.
        database.session.execute(update(HouseRow).where(HouseRow.id == 7).values(changed_at=stamp - 1000))
        database.session.commit()
    root = _fed(host, f"time={stamp}")
    assert _ids(root, "address_house") == ["7"]
    assert not any(len(child) for child in root if child.tag != "address_house")
    _age(host)
    assert not any(len(child) for child in _fed(host, f"time={stamp}"))


def test_a_time_that_cannot_be_read_means_everything_and_one_beyond_all_calendars_nothing(host: Host) -> None:
    for time in ("", "x", "-5", "1.5", "0", "00", "٣", "1e9", "9" * 41):
        assert len(_ids(_fed(host, f"time={time}"), "address_city")) == 4, time
    for time in ("9" * 15, "9" * 40, str(2**63)):
        assert not any(len(child) for child in _fed(host, f"time={time}")), time


def test_cities_narrow_every_level(host: Host) -> None:
    root = _fed(host, "city=2, 3")
    assert _ids(root, "address_city") == ["2", "3"]
    assert _ids(root, "address_country") == ["1"]
    streets = {record.attrib["id"]: record.attrib["cityId"] for record in root.findall("address_street/record")}
    assert set(streets.values()) == {"2", "3"}
    assert {record.attrib["streetId"] for record in root.findall("address_house/record")} <= set(streets)
    assert not any(len(child) for child in _fed(host, "city=999999999"))


def test_a_feed_of_some_cities_tells_of_no_others(host: Host) -> None:
    assert _ids(_fed(host, key=OTHER), "address_city") == ["2"]
    assert _ids(_fed(host, "city=1,2", key=OTHER), "address_city") == ["2"]
    assert not any(len(child) for child in _fed(host, "city=1", key=OTHER))


def test_cities_that_cannot_be_read_are_refused(host: Host) -> None:
    for city in ("a", "1,a", "1;2", "-1", "1,,2", ",", "9" * 10, "1" + ",1" * 1000, "1%00"):
        answer = host.app.test_client().get(f"{PATH}?key={NEW}&city={city}")
        assert answer.status_code == 400, city
        assert "<address" not in answer.text


def test_hostile_texts_come_through_whole(host: Host) -> None:
    comment = "первая\r\nвторая\t\"<&>\x00\x0b\ufffe'ё 🏠"
    with host.app.app_context():
        directory = HostAddressDirectory()
        directory.write([
            DirectoryHouse(900001, 1, 12, '/3 "<&>', comment=comment),
            DirectoryHouse(900002, 99999999, 0, "Б", area_id=123456, post_index="450\r\n"),
            AddressPlace(AddressLevel.STREET, 900003, "ул. <Б> & «В»\n", 1),
        ])  # fmt: skip
        database.session.commit()
    root = _fed(host)
    houses = {record.attrib["id"]: record.attrib for record in root.findall("address_house/record")}
    assert houses["900001"]["comment"] == "первая\r\nвторая\t\"<&>'ё 🏠"
    assert houses["900001"]["frac"] == '/3 "<&>'
    assert (houses["900002"]["house"], houses["900002"]["frac"], houses["900002"]["postIndex"]) == ("0", "Б", "450\r\n")
    streets = {record.attrib["id"]: record.attrib["title"] for record in root.findall("address_street/record")}
    assert streets["900003"] == "ул. <Б> & «В»\n"


def test_deletions_are_announced_behind_the_usual_six(host: Host) -> None:
    with host.app.app_context():
        assert HostAddressDirectory().delete(AddressLevel.HOUSE, [5, 6]) == [5, 6]
        database.session.commit()
    root = _fed(host, "city=1")
    assert [child.tag for child in root][6:] == ["address_deleted"]
    assert [gone.attrib for gone in root[6]] == [
        {"table": "address_house", "id": "5"},
        {"table": "address_house", "id": "6"},
    ]
    assert len(_fed(host, "city=2")) == 6, "other cities have lost nothing"
    assert not {"5", "6"} & set(_ids(root, "address_house"))
    with host.app.app_context():
        HostAddressDirectory().write([DirectoryHouse(5, 1, 5)])
        database.session.commit()
    assert [gone.attrib["id"] for gone in _fed(host)[6]] == ["6"], "what is there again is not gone"


@pytest.mark.parametrize("billing_id", ["bitel", "ds"])
def test_a_billing_pulls_twice_and_nothing_changes(host: Host, billing_id: str) -> None:
    emulator = host.emulators[billing_id]
    key, city = (NEW, "1,2,3,4") if billing_id == "bitel" else (OTHER, "2")

    def fetch(query: str) -> str:
        return _text(host, query, key)

    assert pull(emulator, fetch, city) > 100
    tables = ("address_country", "address_city", "address_area", "address_quarter", "address_street", "address_house")
    first = {table: emulator.rows(table) for table in tables}
    stamp = emulator.rows("setup", id="address.time")[0]["value"]
    assert pull(emulator, fetch, city) == 0
    with emulator.engine.begin() as db:
        db.exec_driver_sql("UPDATE setup SET value = '0' WHERE id = 'address.time'")
    assert pull(emulator, fetch, city) > 100
    assert {table: emulator.rows(table) for table in tables} == first
    assert int(emulator.rows("setup", id="address.time")[0]["value"]) >= int(stamp)
    with host.app.app_context():
        street = next(one for one in HostAddressDirectory().places(AddressLevel.STREET, limit=99, city_ids=[2]))
        HostAddressDirectory().write([
            AddressPlace(AddressLevel.STREET, street.id, "ул. Новая", 2),
            DirectoryHouse(900100, street.id, 3, "/1", post_index="450999"),
        ])  # fmt: skip
        database.session.commit()
    assert pull(emulator, fetch, city) == 2
    assert emulator.rows("address_street", id=street.id)[0]["title"] == "ул. Новая"
    (house,) = emulator.rows("address_house", id=900100)
    assert (house["streetid"], house["house"], house["frac"], house["box_index"]) == (street.id, 3, "/1", "450999")


def test_a_directory_that_fails_breaks_the_document_off(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> object:
        raise RuntimeError("the database is gone")

    monkeypatch.setattr(HostAddressDirectory, "houses", broken)
    with pytest.raises(RuntimeError):
        _text(host)


def test_parts_join_without_gaps(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = [_ids(_fed(host), name) for name in ("address_street", "address_house")]
    monkeypatch.setattr(feeds, "PART", 7)
    assert [_ids(_fed(host), name) for name in ("address_street", "address_house")] == whole


def test_the_key_is_in_no_log(served: HostFactory, caplog: pytest.LogCaptureFixture) -> None:
    from urllib.request import urlopen

    host = served(extra=CONFIGURED, bitel="9.2", ds="9.2")
    with caplog.at_level(logging.DEBUG), urlopen(f"{host.url}{PATH}?city=2&key={NEW}&time=1") as answer:
        assert answer.status == 200
        answer.read()
    lines = [line for line in map(str, caplog.messages) if "getUpdatedAddressObjects" in line]
    assert any("key=***&time=1" in line for line in lines)
    assert NEW not in caplog.text


def test_servers_write_their_logs_without_the_key(host: Host) -> None:
    query = f"city=2&key={NEW}"
    environ = {"RAW_URI": f"{PATH}?{query}", "REQUEST_URI": f"{PATH}?{query}"}
    with host.app.test_request_context(f"{PATH}?{query}", environ_overrides=environ) as context:
        host.app.full_dispatch_request()
        kept = [context.request.environ[name] for name in ("QUERY_STRING", "RAW_URI", "REQUEST_URI")]
    assert not any(NEW in text for text in kept)
    assert all(re.search(r"city=2&key=\*\*\*$", text) for text in kept)


@pytest.mark.parametrize(("line", "code"), [
    ("bgbilling:addressFeed.bitel.key=short", "feed-key"),
    (f"bgbilling:addressFeed.bitel.key={OLD},{NEW},{OTHER}", "feed-key"),
    ("bgbilling:addressFeed.bitel.key=пароль-пароль-пароль", "feed-key"),
    (f"bgbilling:addressFeed.nobody.key={OLD}", "billing-unknown"),
    ("bgbilling:addressFeed.bitel.cityIds=1", "required"),
    ("bgbilling:addressImport.billingId=bitel", "required"),
])  # fmt: skip
def test_mistakes_of_the_configuration_are_told_without_the_key(line: str, code: str) -> None:
    server = "bgbilling:server.1.id=bitel\nbgbilling:server.1.title=B\nbgbilling:server.1.url=http://b/executer\n"
    problems = check(f"{server}bgbilling:server.1.timezone=UTC\n{line}\n")
    assert code in {problem.code for problem in problems}
    assert not any(OLD in problem.text() for problem in problems)
