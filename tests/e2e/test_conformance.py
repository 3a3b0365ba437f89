"""The example host keeps what its ports promise; adapters that break a promise are told which one."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, session

from example_host import create_app
from example_host.address_book import fill_address_book
from example_host.addresses.port import HostAddressDirectory
from example_host.customers.port import HostCustomers
from example_host.messages.models import MessageRow
from example_host.messages.port import HostMessages
from example_host.models import database
from example_host.ports import HostAddressBook, HostOpenedObjects, HostUsers, opened_objects, properties_of
from example_host.processes.port import HostProcesses
from flask_bgbilling import PropertyAccounts, SecretBox
from flask_bgbilling.ports import (
    Credentials,
    Customer,
    CustomerAddress,
    CustomerQuery,
    CustomerValue,
    Grant,
    House,
    Person,
    Street,
)
from flask_bgbilling.testing import (
    AccountExample,
    MessageExample,
    OpenedExample,
    ProcessExample,
    check_accounts,
    check_address_book,
    check_address_directory,
    check_customers,
    check_messages,
    check_opened_objects,
    check_processes,
    check_users,
    conformance,
    emulated_billing,
)

OPERATOR = Person("1", "operator", "Анна Орлова")
PROCESSES = ProcessExample((1, 2), customer_id=12)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The example host with a filled address book."""
    with emulated_billing("9.2") as billing:
        made = create_app(
            {
                "TESTING": True,
                "SECRET_KEY": "test",
                "SQLALCHEMY_DATABASE_URI": f"sqlite:///{tmp_path_factory.mktemp('host') / 'crm.sqlite3'}",
                "BGBILLING_CONFIG": billing.configuration,
                "BGBILLING_SECRET_KEYS": [SecretBox.new_key()],
            }
        )
        with made.app_context():
            fill_address_book(billing.emulator.url, "admin", "admin")
    return made


Factories = Callable[[object], Callable[[], AbstractContextManager[Any]]]


@pytest.fixture
def factory(app: Flask) -> Factories:
    """Makes factories of ports: ``factory(port)``, in a context without a request, rolled back."""

    def of(port: object) -> Callable[[], AbstractContextManager[Any]]:
        @contextmanager
        def context() -> Iterator[object]:
            with app.app_context():
                yield port
                database.session.rollback()

        return context

    return of


@pytest.fixture
def signed_in(app: Flask) -> Factories:
    """Makes factories of ports that work in a request of the operator."""

    def of(port: object) -> Callable[[], AbstractContextManager[Any]]:
        @contextmanager
        def context() -> Iterator[object]:
            with app.test_request_context():
                session["user_id"] = int(OPERATOR.id)
                yield port
                database.session.rollback()

        return context

    return of


def addresses() -> Sequence[str]:
    return [row.address for row in opened_objects()]


def test_the_example_host_keeps_every_promise(factory: Factories, signed_in: Factories) -> None:
    cases = conformance(
        users=signed_in(HostUsers()),
        accounts=(factory(PropertyAccounts(properties_of)), AccountExample("1", "bitel")),
        address_book=factory(HostAddressBook()),
        address_directory=factory(HostAddressDirectory()),
        opened_objects=(signed_in(HostOpenedObjects()), OpenedExample(OPERATOR, addresses)),
        customers=factory(HostCustomers()),
        processes=(factory(HostProcesses()), PROCESSES),
    )
    assert len({str(case) for case in cases}) == len(cases) > 35
    for case in cases:
        case()


def test_messages_of_the_example_host(app: Flask, factory: Factories) -> None:
    with app.app_context():
        rows = [MessageRow(type_id=1, sender="+7 000 555-00-01") for _ in range(2)]
        database.session.add_all(rows)
        database.session.commit()
        first, second = (row.id for row in rows)
    check_messages(factory(HostMessages()), MessageExample((first, second), (1, 2), OPERATOR.id))


def test_the_checks_of_a_port_at_once(factory: Factories, signed_in: Factories) -> None:
    check_users(signed_in(HostUsers()))
    check_accounts(factory(PropertyAccounts(properties_of)), AccountExample("1", "bitel"))
    check_address_book(factory(HostAddressBook()))
    check_address_directory(factory(HostAddressDirectory()))
    check_opened_objects(signed_in(HostOpenedObjects()), OpenedExample(OPERATOR, addresses))
    check_customers(factory(HostCustomers()))
    check_processes(factory(HostProcesses()), PROCESSES)


class CaseMatters(HostCustomers):
    """Compares titles letter by letter."""

    def find_by_title(self, text: str, limit: int) -> Sequence[Customer]:
        return [one for one in super().find_by_title(text, 1000) if text in one.title][:limit]


class Wildcards(HostCustomers):
    """Hands the text to LIKE as it is."""

    def find_by_title(self, text: str, limit: int) -> Sequence[Customer]:
        return super().find_by_title(text.partition("%")[0].partition("_")[0], limit)


class NoOrder(HostCustomers):
    """Gives what was made last first."""

    def find_by_title(self, text: str, limit: int) -> Sequence[Customer]:
        return sorted(super().find_by_title(text, 1000), key=lambda one: -one.id)[:limit]


class PartsOfTexts(HostCustomers):
    """Finds a part of a text where it has to be equal."""

    def find_by_text(self, parameter_id: int, value: str, limit: int) -> Sequence[Customer]:
        known = self.find_by_title("", 1000)
        values = self.values([one.id for one in known], [parameter_id])
        return [one for one in known if value.strip() in str(values.get((one.id, parameter_id), ""))][:limit]


class FormattedPhones(HostCustomers):
    """Compares numbers as they were typed."""

    def find_by_phones(self, parameter_id: int, digits: Sequence[str], limit: int) -> Sequence[Customer]:
        found = super().find_by_phones(parameter_id, digits, limit)
        values = self.values([one.id for one in found], [parameter_id])
        typed = {one.id: {phone.number for phone in values[one.id, parameter_id]} for one in found}  # type: ignore
        return [one for one in found if typed[one.id] & set(digits)]


class AnyFlat(HostCustomers):
    """Looks at the house only."""

    def find_by_address(self, parameter_id: int, address: CustomerAddress, limit: int) -> Sequence[Customer]:
        return super().find_by_address(parameter_id, CustomerAddress(address.house_id), limit)


class Adds(HostCustomers):
    """Adds to a value instead of replacing it."""

    def set_value(self, customer_id: int, parameter_id: int, value: CustomerValue | None) -> None:
        if isinstance(value, tuple | frozenset) and value:
            before = self.values([customer_id], [parameter_id]).get((customer_id, parameter_id))
            value = value if before is None else type(value)([*before, *value])  # type: ignore
        super().set_value(customer_id, parameter_id, value)


class TakesAnything(HostCustomers):
    """Ignores a value of another type."""

    def set_value(self, customer_id: int, parameter_id: int, value: CustomerValue | None) -> None:
        try:
            super().set_value(customer_id, parameter_id, value)
        except ValueError:
            return


class Commits(HostCustomers):
    """Commits what belongs to the caller."""

    def rename(self, customer_id: int, title: str) -> None:
        super().rename(customer_id, title)
        database.session.commit()


class KeepsValues(HostCustomers):
    """Forgets only that the customer is there."""

    def delete(self, customer_id: int) -> None:
        self.gone = {*getattr(self, "gone", ()), customer_id}

    def get(self, customer_id: int) -> Customer | None:
        return None if customer_id in getattr(self, "gone", ()) else super().get(customer_id)


class OneByOne(HostCustomers):
    """Takes only as many customers as its database likes."""

    def values(
        self, customer_ids: Sequence[int], parameter_ids: Sequence[int]
    ) -> Mapping[tuple[int, int], CustomerValue]:
        return super().values(customer_ids[:1], parameter_ids)


class TextDates(HostCustomers):
    """Gives days as texts."""

    def values(
        self, customer_ids: Sequence[int], parameter_ids: Sequence[int]
    ) -> Mapping[tuple[int, int], CustomerValue]:
        found = super().values(customer_ids, parameter_ids)
        return {key: value.isoformat() if isinstance(value, date) else value for key, value in found.items()}


class Silent(HostCustomers):
    """Renames nobody, and says nothing."""

    def rename(self, customer_id: int, title: str) -> None:
        if self.get(customer_id) is not None:
            super().rename(customer_id, title)


class AnyLimit(HostCustomers):
    """Forgets limits where several searches are made together."""

    def find_many(self, queries: Sequence[CustomerQuery]) -> Sequence[Sequence[Customer] | None]:
        return super().find_many([replace(query, limit=50) for query in queries])


BROKEN_CUSTOMERS = {
    AnyLimit: "find_many does not answer CustomerQuery(limit=1, title='проверочный-вместе ежик'",
    CaseMatters: "find_by_title('ПРОВЕРОЧНЫЙ-ЗЕЛЁНЫЙ ФЁДОР') does not find",
    Wildcards: "find_by_title('100%') takes it for a wildcard",
    NoOrder: "find_by_title is not ordered by title: а, г, б, в",
    PartsOfTexts: "find_by_text('ПРВ 1234') finds 'ПРВ 1234 567890': values have to be equal",
    FormattedPhones: "find_by_phones(['79000001234']) does not find the numbers",
    AnyFlat: "find_by_address finds flat 95, room 2 by",
    Adds: "set_value of a list adds instead of replacing",
    TakesAnything: "of a text does not raise ValueError",
    Commits: "an adapter never commits: ['Проверочный Незаписанный Второй'] is still there",
    KeepsValues: "a deleted customer is still found by its title",
    OneByOne: "values of 1203 customers gave {",
    TextDates: "the date parameter 73 was set to datetime.date(1981, 2, 28) and gives '1981-02-28'",
    Silent: "rename of a customer that does not exist: LookupError",
}


@pytest.mark.parametrize("broken", BROKEN_CUSTOMERS, ids=lambda one: one.__name__)
def test_a_broken_adapter_of_customers_is_told_what_it_breaks(
    broken: type[HostCustomers], factory: Factories, app: Flask
) -> None:
    with pytest.raises(AssertionError) as told:
        check_customers(factory(broken()))
    assert BROKEN_CUSTOMERS[broken] in str(told.value)
    with app.app_context():
        for left in HostCustomers().find_by_title("Проверочный", 50):
            HostCustomers().delete(left.id)
        database.session.commit()


class CutsTheWayBack(HostUsers):
    def sign_in_address(self, back_to: str) -> str:
        return f"/sign-in?next={back_to}"


class GrantsEverybody(HostUsers):
    def grant(self, person: Person, permission: str) -> Grant | None:
        return Grant()


class HalfAccounts:
    def credentials(self, person_id: str, billing_id: str) -> Credentials | None:
        return Credentials("anna", "")


class Duplicates(HostOpenedObjects):
    def remember(self, person: Person, contract: Any) -> None:
        from example_host.models import OpenedObject

        user_id = int(person.id)
        database.session.add(OpenedObject(user_id=user_id, title=contract.title, address=contract.address))
        database.session.flush()


class UnknownStreets(HostAddressBook):
    def street(self, street_id: int) -> Street | None:
        return super().street(street_id) or Street(street_id, "?", "")


class WholeNumbers(HostAddressBook):
    def house(self, house_id: int) -> House | None:
        house = super().house(house_id)
        return house and House(house.id, house.street_id, 0, house.label)


class CountsAll(HostAddressDirectory):
    """Counts what it was given, not what was different."""

    def write(self, records: Any) -> int:
        super().write(records)
        return len(records)


class AnyCity(HostAddressDirectory):
    """Forgets to narrow houses by the city of their street."""

    def houses(self, **named: Any) -> Any:
        return super().houses(**{**named, "city_ids": None})


class LinksTwice(HostProcesses):
    def link_contract(self, process_id: int, contract: Any) -> bool:
        super().link_contract(process_id, contract)
        return True


def test_other_broken_adapters_are_told_too(factory: Factories, signed_in: Factories) -> None:
    def told(check: Callable[..., None], *arguments: object) -> str:
        with pytest.raises(AssertionError) as raised:
            check(*arguments)
        return str(raised.value)

    assert "sign_in_address cuts the way back" in told(check_users, signed_in(CutsTheWayBack()))
    assert "grant gives something to a person whom nobody knows" in told(check_users, signed_in(GrantsEverybody()))
    account = AccountExample("1", "bitel")
    assert "without login or password" in told(check_accounts, factory(HalfAccounts()), account)
    opened = OpenedExample(OPERATOR, addresses)
    assert "remember keeps a contract twice" in told(check_opened_objects, signed_in(Duplicates()), opened)
    assert "street gives something for an id" in told(check_address_book, factory(UnknownStreets()))
    assert "house(" in told(check_address_book, factory(WholeNumbers()))
    assert "write of what is there already gave 5" in told(check_address_directory, factory(CountsAll()))
    assert "houses of one city gave" in told(check_address_directory, factory(AnyCity()))
    assert "linked already gave True" in told(check_processes, factory(LinksTwice()), PROCESSES)


def test_an_error_of_an_adapter_names_the_check(factory: Factories) -> None:
    class Raises(HostCustomers):
        def lock(self, customer_id: int) -> Customer | None:
            raise RuntimeError("no row")

    with pytest.raises(AssertionError, match="customers, a created customer can be read: RuntimeError: no row"):
        check_customers(factory(Raises()))


def test_a_host_without_some_ports_has_no_cases() -> None:
    assert conformance() == ()


def test_a_billing_for_the_tests_of_a_host() -> None:
    with emulated_billing("8.2", "demo", contracts=15) as billing:
        assert billing.configuration["bgbilling:server.1.url"] == billing.emulator.url
        assert billing.emulator.rows("contract", id=101)


def test_the_fixture_starts_billings(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["flask_bgbilling.testing.fixtures"]', "utf-8")
    (tmp_path / "test_host.py").write_text(
        "def test_two(emulated_billing):\n"
        "    first, second = emulated_billing('9.2'), emulated_billing('10.2', 'bitel')\n"
        "    assert first.emulator.url != second.emulator.url\n"
        "    assert second.configuration['bgbilling:server.1.id'] == 'bitel'\n",
        "utf-8",
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert "1 passed" in ran.stdout, ran.stdout + ran.stderr
