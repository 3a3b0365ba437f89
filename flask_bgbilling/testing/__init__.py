"""For the tests of host applications: does an adapter keep what its port promises, and a billing to talk to.

``check_customers(factory)`` and its neighbours run every check of a port and raise ``AssertionError`` with all broken
promises. ``conformance(...)`` gives the same checks one by one, for ``pytest.mark.parametrize``; nothing here but
``flask_bgbilling.testing.fixtures`` needs pytest. A factory gives a context manager that yields the port, in whatever
context of the application it needs, and takes back what was written when it ends::

    @contextmanager
    def customers():
        with app.app_context():
            yield MyCustomers()
            database.session.rollback()


    @pytest.mark.parametrize("case", conformance(customers=customers), ids=str)
    def test_my_customers(case):
        case()
"""

from flask_bgbilling.testing.cases import Case, Factory
from flask_bgbilling.testing.conformance import (
    check_accounts,
    check_address_book,
    check_address_directory,
    check_customers,
    check_documents,
    check_messages,
    check_opened_objects,
    check_processes,
    check_users,
    conformance,
)
from flask_bgbilling.testing.emulated import EmulatedBilling, emulated_billing
from flask_bgbilling.testing.memory_documents import MemoryDocuments
from flask_bgbilling.testing.message_checks import MessageExample
from flask_bgbilling.testing.people_checks import AccountExample, OpenedExample
from flask_bgbilling.testing.process_checks import ProcessExample

__all__ = [
    "AccountExample",
    "Case",
    "EmulatedBilling",
    "Factory",
    "MemoryDocuments",
    "MessageExample",
    "OpenedExample",
    "ProcessExample",
    "check_accounts",
    "check_address_book",
    "check_address_directory",
    "check_customers",
    "check_documents",
    "check_messages",
    "check_opened_objects",
    "check_processes",
    "check_users",
    "conformance",
    "emulated_billing",
]
