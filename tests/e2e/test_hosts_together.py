"""Example hosts beside each other in one process, and one after another over the same database."""

from pathlib import Path

from sqlalchemy import inspect, select, text

from example_host import create_app
from example_host.addresses.port import HostAddressDirectory
from example_host.customers.port import HostCustomers
from example_host.models import User, database
from example_host.processes.port import HostProcesses
from example_host.processes.values import ADDRESS
from flask_bgbilling.ports import AddressLevel, CustomerAddress
from tests.e2e.host_images import host_settings


def test_a_host_that_starts_leaves_the_sessions_of_another(tmp_path: Path) -> None:
    config = tmp_path / "bgbilling.conf"
    config.write_text("", "utf-8")
    first = create_app(host_settings(tmp_path / "first.sqlite3", config))
    with first.app_context():
        person = database.session.scalars(select(User)).first()
        assert person is not None
        create_app(host_settings(tmp_path / "second.sqlite3", config))
        assert inspect(person).session is database.session()
        database.session.rollback()


def test_a_host_knows_the_customers_of_its_older_database(tmp_path: Path) -> None:
    config = tmp_path / "bgbilling.conf"
    config.write_text("", "utf-8")
    settings = host_settings(tmp_path / "crm.sqlite3", config)
    with create_app(settings).app_context():
        customer = HostCustomers().create("Чернов Роман Павлович")
        database.session.execute(text("DELETE FROM crm_customer_title_word"))
        database.session.execute(text("CREATE TABLE crm_customer_title_tail (customer_id INTEGER, tail TEXT)"))
        database.session.commit()
    for _ in range(2):
        with create_app(settings).app_context():
            assert HostCustomers().find_by_title("нов роман", 9) == [customer]
            assert not inspect(database.engine).has_table("crm_customer_title_tail")
            database.session.rollback()


def test_a_host_knows_the_houses_of_processes_of_its_older_database(tmp_path: Path) -> None:
    config = tmp_path / "bgbilling.conf"
    config.write_text("", "utf-8")
    settings = host_settings(tmp_path / "crm.sqlite3", config)
    with create_app(settings).app_context():
        first, second = HostProcesses().of_customer(1, 1)[0].id, HostProcesses().of_customer(2, 1)[0].id
        HostProcesses().set_value(
            first, ADDRESS, (CustomerAddress(5, "1"), CustomerAddress(5, "2"), CustomerAddress(6))
        )
        HostProcesses().set_value(second, ADDRESS, (CustomerAddress(6),))
        database.session.commit()
        database.session.execute(text("DROP TABLE crm_process_house"))
        database.session.commit()
    for _ in range(2):
        with create_app(settings).app_context():
            assert HostAddressDirectory().used(AddressLevel.HOUSE, [5, 6, 7]) >= {5, 6}
            database.session.rollback()
    with create_app(settings).app_context():
        kept = database.session.execute(text("SELECT process_id, house_id FROM crm_process_house ORDER BY 1, 2")).all()
        assert sorted(map(tuple, kept)) == sorted([(first, 5), (first, 6), (second, 6)])
        database.session.rollback()
