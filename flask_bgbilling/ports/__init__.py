"""What a host application provides, and the values that cross the border.

Every port is a Protocol: a host passes objects with these methods to ``BGBilling(...)``. Ports are called inside a
request or a command of the host; they may use the host's database session but never commit it.
"""

from flask_bgbilling.ports.address_directory import (
    AddressDirectory,
    AddressLevel,
    AddressPlace,
    AddressRecord,
    DirectoryHouse,
    split_house,
)
from flask_bgbilling.ports.addresses import AddressBook, House, NoAddressBook, Street
from flask_bgbilling.ports.customers import (
    Customer,
    CustomerAddress,
    CustomerEmail,
    CustomerGroup,
    CustomerParameter,
    CustomerParameterType,
    CustomerPhone,
    CustomerQuery,
    Customers,
    CustomerTitlePattern,
    CustomerValue,
    FindsMany,
)
from flask_bgbilling.ports.documents import Document, DocumentFormat, DocumentObject, Documents, NewDocument
from flask_bgbilling.ports.messages import Message, MessageDirection, Messages
from flask_bgbilling.ports.objects import OpenedContract, OpenedContracts, OpenedObjects
from flask_bgbilling.ports.people import Accounts, Clock, Credentials, Grant, Person, SystemClock, Users, UserValues
from flask_bgbilling.ports.processes import (
    Process,
    ProcessContract,
    Processes,
    ProcessEvent,
    ProcessEventKind,
    ProcessParameter,
    ProcessParameterType,
    ProcessType,
    ProcessValue,
    UnlinksCustomers,
)

__all__ = [
    "Accounts",
    "AddressBook",
    "AddressDirectory",
    "AddressLevel",
    "AddressPlace",
    "AddressRecord",
    "Clock",
    "Credentials",
    "Customer",
    "CustomerAddress",
    "CustomerEmail",
    "CustomerGroup",
    "CustomerParameter",
    "CustomerParameterType",
    "CustomerPhone",
    "CustomerQuery",
    "CustomerTitlePattern",
    "CustomerValue",
    "Customers",
    "DirectoryHouse",
    "Document",
    "DocumentFormat",
    "DocumentObject",
    "Documents",
    "FindsMany",
    "Grant",
    "House",
    "Message",
    "MessageDirection",
    "Messages",
    "NewDocument",
    "NoAddressBook",
    "OpenedContract",
    "OpenedContracts",
    "OpenedObjects",
    "Person",
    "Process",
    "ProcessContract",
    "ProcessEvent",
    "ProcessEventKind",
    "ProcessParameter",
    "ProcessParameterType",
    "ProcessType",
    "ProcessValue",
    "Processes",
    "Street",
    "SystemClock",
    "UnlinksCustomers",
    "UserValues",
    "Users",
    "split_house",
]
