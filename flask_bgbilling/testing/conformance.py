"""The suite: all checks of a port together, or one by one."""

from functools import partial

from flask_bgbilling.ports import (
    Accounts,
    AddressBook,
    AddressDirectory,
    Customers,
    DocumentObject,
    Documents,
    Messages,
    OpenedObjects,
    Person,
    Processes,
    Users,
)
from flask_bgbilling.testing import (
    address_checks,
    customer_checks,
    directory_checks,
    document_checks,
    message_checks,
    people_checks,
    process_checks,
)
from flask_bgbilling.testing.cases import Case, Factory, cases, promise, run
from flask_bgbilling.testing.message_checks import MessageExample
from flask_bgbilling.testing.people_checks import AccountExample, OpenedExample
from flask_bgbilling.testing.process_checks import ProcessExample

HOUSES = (1, 2)


def check_users(factory: Factory[Users]) -> None:
    """Sees that somebody is signed in, whose grants and way back are right."""
    run(conformance(users=factory))


def check_accounts(factory: Factory[Accounts], example: AccountExample) -> None:
    """Sees that accounts are complete or absent. The factory opens no request: workers have none."""
    run(conformance(accounts=(factory, example)))


def check_address_book(factory: Factory[AddressBook]) -> None:
    """Sees that streets and houses are found, in an address book that has some."""
    run(conformance(address_book=factory))


def check_address_directory(factory: Factory[AddressDirectory]) -> None:
    """Sees that all levels of a directory are written, read in parts and deleted as the port promises."""
    run(conformance(address_directory=factory))


def check_opened_objects(factory: Factory[OpenedObjects], example: OpenedExample) -> None:
    """Sees that opened contracts stand in the buffer once, the latest on top."""
    run(conformance(opened_objects=(factory, example)))


def check_customers(factory: Factory[Customers], houses: tuple[int, int] = HOUSES) -> None:
    """Sees that customers, their titles and values are written and found as the port promises, and never committed.

    ``houses`` are two houses that addresses may be in.
    """
    run(conformance(customers=factory, houses=houses))


def check_processes(factory: Factory[Processes], example: ProcessExample) -> None:
    """Sees that contracts and customers are linked to processes once."""
    run(conformance(processes=(factory, example)))


def check_documents(factory: Factory[Documents], person: Person) -> None:
    """Sees that documents come back as they were stored, are never committed, and that no number is given twice.

    ``person`` is somebody whom the host knows.
    """
    run(conformance(documents=(factory, person)))


def check_messages(factory: Factory[Messages], example: MessageExample) -> None:
    """Sees that messages are read, held and put into processes as the port promises, and never committed."""
    run(conformance(messages=(factory, example)))


def conformance(
    *,
    users: Factory[Users] | None = None,
    accounts: tuple[Factory[Accounts], AccountExample] | None = None,
    address_book: Factory[AddressBook] | None = None,
    address_directory: Factory[AddressDirectory] | None = None,
    opened_objects: tuple[Factory[OpenedObjects], OpenedExample] | None = None,
    customers: Factory[Customers] | None = None,
    processes: tuple[Factory[Processes], ProcessExample] | None = None,
    documents: tuple[Factory[Documents], Person] | None = None,
    messages: tuple[Factory[Messages], MessageExample] | None = None,
    houses: tuple[int, int] = HOUSES,
) -> tuple[Case, ...]:
    """The checks of these ports one by one: ``@pytest.mark.parametrize("case", conformance(...), ids=str)``."""
    found: tuple[Case, ...] = ()
    if users is not None:
        found += cases("users", users, people_checks.USERS)
    if accounts is not None:
        found += cases("accounts", accounts[0], people_checks.accounts_checks(accounts[1]))
    if address_book is not None:
        found += cases("address_book", address_book, address_checks.CHECKS)
    if address_directory is not None:
        found += cases("address_directory", address_directory, directory_checks.CHECKS)
    if opened_objects is not None:
        found += cases("opened_objects", opened_objects[0], people_checks.opened_checks(opened_objects[1]))
    if customers is not None:
        found += cases("customers", customers, customer_checks.checks(houses))
        found += (Case("customers", "nothing-is-committed", customers, partial(_uncommitted, customers)),)
    if processes is not None:
        found += cases("processes", processes[0], process_checks.checks(processes[1]))
    if documents is not None:
        factory, person = documents
        found += cases("documents", factory, document_checks.checks(person))
        check = partial(_documents_uncommitted, factory, person)
        found += (Case("documents", "nothing-is-committed", factory, check),)
    if messages is not None:
        found += cases("messages", messages[0], message_checks.checks(messages[1]))
        check = partial(_messages_uncommitted, *messages)
        found += (Case("messages", "nothing-is-committed", messages[0], check),)
    return found


def _messages_uncommitted(factory: Factory[Messages], example: MessageExample, port: Messages) -> None:
    """A second context sees nothing of what the first one wrote."""
    number = example.message_ids[0]
    with factory() as other:
        other.set_process(number, example.process_ids[0], example.person_id)
    left = port.get(number)
    promise(left is not None and left.process_id is None, "an adapter never commits: set_process is still there")


def _documents_uncommitted(factory: Factory[Documents], person: Person, port: Documents) -> None:
    """A second context sees nothing of what the first one stored."""
    of = DocumentObject(document_checks.CONTRACT.kind, "unwritten", 7)
    before = port.count(of)
    with factory() as other:
        stored = other.store(document_checks.example(person, of))
    promise(port.count(of) == before, "an adapter never commits: a document is there after everything was taken back")
    promise(port.get(stored.id) is None, "an adapter never commits: get gives a document that was taken back")


def _uncommitted(factory: Factory[Customers], port: Customers) -> None:
    """A second context sees nothing of what the first one wrote: its end takes everything back."""
    with factory() as other:
        made = other.create("Проверочный Незаписанный")
        other.rename(made.id, "Проверочный Незаписанный Второй")
    left = [one.title for one in port.find_by_title("Проверочный Незаписанный", 5)]
    promise(not left, f"an adapter never commits: {left} is still there when the factory has taken everything back")
