"""Directories of billings: read into the host by a job, compared with each other."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import event

from example_host.addresses import port
from example_host.addresses.port import HostAddressDirectory
from example_host.customers.demo import REGISTRATION
from example_host.customers.port import HostCustomers
from example_host.models import HouseRow, StreetRow, database, moment
from example_host.processes.port import HostProcesses
from example_host.processes.values import ADDRESS
from flask_bgbilling.domain.addresses import importing
from flask_bgbilling.domain.addresses.feed import LATECOMERS
from flask_bgbilling.ports import AddressLevel, AddressPlace, AddressRecord, CustomerAddress, DirectoryHouse
from tests.e2e.conftest import Host, HostFactory
from tests.support import ALL_BANDS

ACCOUNT = """
bgbilling:addressImport.billingId=bitel
bgbilling:addressImport.user=admin
bgbilling:addressImport.pswd=admin
"""


def _sql(host: Host, billing_id: str, *statements: str) -> None:
    with host.emulators[billing_id].engine.begin() as db:
        for statement in statements:
            db.exec_driver_sql(statement)


def _work(host: Host, params: dict[str, object] | None = None) -> object:
    """Runs the waiting jobs, or with ``params`` one of the schedule's; gives the latest."""
    with host.app.app_context():
        jobs = host.app.extensions["bgbilling"].services.jobs
        if params is not None:
            jobs.start("AddressImport", params)
        jobs.run_all()
        return jobs.list(limit=1).jobs[0].record


def _counts(host: Host) -> dict[str, int]:
    with host.app.app_context():
        return {level.value: HostAddressDirectory().count(level) for level in AddressLevel}


@pytest.mark.parametrize("version", ALL_BANDS)
def test_a_directory_is_read_in_every_version(
    hosted_privately: HostFactory, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "PAGE", 100)
    host = hosted_privately(extra=ACCOUNT, bitel=version)
    emulator = host.emulators["bitel"]
    with host.app.app_context():
        database.session.query(HouseRow).filter(HouseRow.id > 3).delete()
        database.session.query(StreetRow).filter(StreetRow.id == 1).update({"title": "old"})
        database.session.commit()
    record = _work(host, {})
    assert (record.state, record.done, record.total) == ("done", 4, 4)
    assert record.result["Changed"] == len(emulator.rows("address_house")) - 3 + 1
    assert _counts(host) == {level.value: len(emulator.rows(f"address_{level.value}")) for level in AddressLevel}
    row = emulator.rows("address_house", id=77)[0]
    with host.app.app_context():
        house = database.session.get_one(HouseRow, 77)
        kept = (house.street_id, house.number, house.fraction, house.area_id, house.quarter_id, house.post_index)
    assert kept == tuple(row[name] for name in ("streetid", "house", "frac", "areaid", "quarterid", "box_index"))
    assert _work(host, {}).result["Changed"] == 0, "the second time there is nothing to do"


def test_nothing_is_deleted_unasked_and_nothing_that_is_used(hosted_privately: HostFactory) -> None:
    host = hosted_privately(extra=ACCOUNT, bitel="9.2")
    with host.app.app_context():
        HostAddressDirectory().write([
            DirectoryHouse(900001, 1, 901), DirectoryHouse(900002, 1, 902),
            AddressPlace(AddressLevel.CITY, 9000, "Чужой", 1),
            AddressPlace(AddressLevel.STREET, 9001, "ул. Чужая", 9000), DirectoryHouse(900003, 9001, 1),
            DirectoryHouse(900004, 1, 904),
        ])  # fmt: skip
        HostCustomers().set_value(1, REGISTRATION, (CustomerAddress(house_id=900002, flat="5"),))
        process = HostProcesses().of_customer(1, 1)[0]
        HostProcesses().set_value(process.id, ADDRESS, (CustomerAddress(house_id=900004),))
        database.session.commit()
    before = _counts(host)
    _work(host, {})
    assert _counts(host) == before
    record = _work(host, {"delete": True})
    assert (record.result["Deleted"], record.result["Used here and kept"]) == (4, 2)
    with host.app.app_context():
        assert all(database.session.get(HouseRow, used) is not None for used in (900002, 900004))
        assert database.session.get(HouseRow, 900001) is None
        assert list(HostAddressDirectory().deleted(AddressLevel.HOUSE, limit=9)) == [900001, 900003]


def test_what_is_changed_is_committed_while_the_feed_reaches_back_to_it(
    hosted_privately: HostFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = hosted_privately(extra=ACCOUNT, bitel="10.2")
    streets = ", ".join(f"({number}, 'ул. {number}', '', 2)" for number in range(5000, 6200))
    _sql(host, "bitel", f"INSERT INTO address_street (id, title, p_index, cityid) VALUES {streets}")
    with host.app.app_context():
        HostAddressDirectory().write([DirectoryHouse(900000 + number, 1, number) for number in range(1200)])
        HostAddressDirectory().write([AddressPlace(AddressLevel.CITY, 9000, "Чужой", 1)])
        HostAddressDirectory().write([AddressPlace(AddressLevel.STREET, 9000 + one, "ул.", 9000) for one in range(600)])
        database.session.commit()
    slow, stamped, waits = 10, list[int](), list[int]()  # milliseconds that a record takes; of changes not committed
    clock = [moment()]
    monkeypatch.setattr(port, "moment", lambda: clock[0])
    directory = HostAddressDirectory
    write, delete = directory.write, directory.delete

    def written(self: HostAddressDirectory, records: Sequence[AddressRecord]) -> int:
        stamped.append(clock[0])
        changed = write(self, records)
        clock[0] += slow * len(records)
        return changed

    def deleted(self: HostAddressDirectory, level: AddressLevel, ids: Sequence[int]) -> Sequence[int]:
        stamped.append(clock[0])
        gone = delete(self, level, ids)
        clock[0] += slow * len(ids)
        return gone

    def committed(_: object) -> None:
        waits.extend(clock[0] - one for one in stamped)
        stamped.clear()

    monkeypatch.setattr(directory, "write", written)
    monkeypatch.setattr(directory, "delete", deleted)
    with host.app.app_context():
        event.listen(database.session, "after_commit", committed)
        try:
            record = _work(host, {"delete": True})
        finally:
            event.remove(database.session, "after_commit", committed)
    assert record.result["Deleted"] == 1200 + 600 + 1
    assert len(waits) > 12
    assert max(waits) < LATECOMERS / timedelta(milliseconds=1)


def test_the_stamp_of_a_change_is_taken_when_nobody_stands_in_its_way(
    hosted_privately: HostFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = hosted_privately(bitel="10.2")
    statements: list[str] = []
    before: list[bool] = []

    def noted(_c: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    def stamp() -> int:
        before.append(any(one.startswith(("DELETE", "INSERT", "UPDATE")) for one in statements))
        return moment()

    monkeypatch.setattr(port, "moment", stamp)
    with host.app.app_context():
        event.listen(database.engine, "before_cursor_execute", noted)
        HostAddressDirectory().write([DirectoryHouse(900001, 1, 901)])
        database.session.commit()
        statements.clear()
        HostAddressDirectory().delete(AddressLevel.HOUSE, [900001])
        database.session.commit()
        event.remove(database.engine, "before_cursor_execute", noted)
    assert before
    assert all(before), "whoever waits for a lock after the stamp may be too late for the feed"


def test_a_bad_record_is_left_out_and_an_empty_billing_deletes_nothing(hosted_privately: HostFactory) -> None:
    host = hosted_privately(extra=ACCOUNT, bitel="10.2")
    _sql(
        host, "bitel",
        f"UPDATE address_street SET title = '{'я' * 200}' WHERE id = 2",
        "UPDATE address_house SET house = -1, frac = 'Б' WHERE id = 5",
    )  # fmt: skip
    record = _work(host, {"delete": True})
    assert record.state == "done"
    assert record.result["Unusable"] == 1
    with host.app.app_context():
        assert len(database.session.get_one(StreetRow, 2).title) < 100
        house = database.session.get_one(HouseRow, 5)
        assert (house.number, house.fraction) == (0, "Б")
    before = _counts(host)
    _sql(host, "bitel", "DELETE FROM address_city", "DELETE FROM address_country")
    assert _work(host, {"delete": True}).result["Deleted"] == 0
    assert _counts(host) == before


def test_a_person_starts_it_under_their_own_account(hosted_privately: HostFactory) -> None:
    host = hosted_privately(bitel="9.2")
    page = host.client("admin").get("/bgbilling/addresses").text
    assert "Read the directory of a billing" in page
    assert "closed" in page
    answer = host.client("admin").post("/bgbilling/addresses/import", data={"billing": "bitel"})
    assert answer.status_code == 303
    record = _work(host)
    assert (record.state, record.person_name) == ("done", "Павел Громов")
    assert host.client("admin").post("/bgbilling/addresses/import", data={"billing": "no"}).status_code == 404
    operator = host.client("operator")
    assert "Read the directory" not in operator.get("/bgbilling/addresses").text
    assert operator.post("/bgbilling/addresses/import", data={"billing": "bitel"}).status_code == 403
    assert operator.get("/bgbilling/addresses?x=1", headers={"Accept-Language": "ru"}).status_code == 200


def test_directories_are_put_side_by_side(hosted_privately: HostFactory) -> None:
    host = hosted_privately(bitel="10.2", ds="7.0")
    _sql(
        host, "ds",
        "DELETE FROM address_house", "DELETE FROM address_street", "DELETE FROM address_city WHERE id > 2",
        "INSERT INTO address_street (id, title, p_index, cityid) VALUES (1, 'ул. Другая', '', 1)",
        "INSERT INTO address_house (id, streetid, house, frac, amount, areaid, quarterid)"
        " VALUES (1, 1, 2, '/5', 0, 0, 0)",
    )  # fmt: skip
    client = host.client("admin")
    cities = client.get("/bgbilling/addresses/compare?level=city").text
    assert "same: 2" in cities
    assert "missing somewhere: 2" in cities
    streets = client.get("/bgbilling/addresses/compare?level=street&city=1&shown=different").text
    assert "ул. Другая" in streets
    assert "other titles: 1" in streets
    houses = client.get("/bgbilling/addresses/compare?level=house&city=1&street=1").text
    assert "2/5" in houses
    assert "other titles: 1" in houses
    assert "Choose what to compare." in client.get("/bgbilling/addresses/compare?level=house&city=1").text
    for query in (
        "level=x&city=x&page=x&shown=x",
        f"level=street&city={10**30}&page={10**30}",
        "level=house&street=-1",
    ):
        assert client.get(f"/bgbilling/addresses/compare?{query}").status_code == 200, query


def test_a_billing_that_is_down_is_told_and_takes_no_part(hosted_privately: HostFactory) -> None:
    host = hosted_privately(bitel="9.2", ds="9.2")
    host.emulators["ds"].stop()
    page = host.client("admin").get("/bgbilling/addresses/compare?level=country&shown=all").text
    assert 'role="alert"' in page
    assert "same: 1" in page
