"""The extension of this application: its ports are the CRM's, ``create_app`` calls ``init_app``."""

from example_host.addresses.port import HostAddressDirectory
from example_host.customers.port import HostCustomers
from example_host.documents.port import HostDocuments
from example_host.messages.port import HostMessages
from example_host.models import database
from example_host.ports import HostAddressBook, HostOpenedObjects, HostUsers, properties_of
from example_host.processes.port import HostProcesses
from flask_bgbilling import BGBilling, PropertyAccounts

bgbilling = BGBilling(
    users=HostUsers(),
    accounts=PropertyAccounts(properties_of),
    address_book=HostAddressBook(),
    address_directory=HostAddressDirectory(),
    opened_objects=HostOpenedObjects(),
    customers=HostCustomers(),
    processes=HostProcesses(),
    messages=HostMessages(),
    documents=HostDocuments(),
    open_mode=lambda person: properties_of(person.id).get("iface.bgbilling.contractOpenMode", ""),
    database=database,
)
