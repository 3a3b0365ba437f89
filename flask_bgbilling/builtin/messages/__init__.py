"""Our own classes for the processing of messages, by the names that running configurations have (messages.md 3-7)."""

from collections.abc import Callable, Sequence

from flask_bgbilling import hookimpl
from flask_bgbilling.builtin.messages.section import contacts_section
from flask_bgbilling.domain.messages import contract_searches, customer_searches, possible_searches
from flask_bgbilling.domain.messages.contact_saver import phone_saver
from flask_bgbilling.domain.messages.contacts import ContactSaving
from flask_bgbilling.domain.search.addresses import AddressFinder
from flask_bgbilling.hookspecs import CardSection, ContactSaverClass, MessageSearchClass, PossibleProcessClass
from flask_bgbilling.ports import AddressBook, AddressDirectory, Customers, Messages

OLD = "ru.bgcrm.plugin.bgbilling.dao."
"""The package that older configurations name; two of its classes have short names of others (messages.md 7)."""


class MessagesPlugin:
    """Searches, the saver of phones and the searches of possible processes.

    ``address_parameters`` gives the parameters that an address is searched in. Searches of customers are there only
    where the host has customers.
    """

    def __init__(
        self,
        messages: Messages,
        saving: ContactSaving,
        address_book: AddressBook,
        address_parameters: Callable[[], Sequence[int]],
        customers: Customers | None = None,
        directory: AddressDirectory | None = None,
    ) -> None:
        self._messages = messages
        self._saving = saving
        self._finder = AddressFinder(address_book)
        self._address_parameters = address_parameters
        self._customers = customers
        self._directory = directory

    @hookimpl
    def bgbilling_card_sections(self) -> Sequence[CardSection]:
        """The section whose action saves a contact."""
        return [contacts_section(self._saving)]

    @hookimpl
    def bgbilling_message_searches(self) -> Sequence[MessageSearchClass]:
        """By number and comment, by the caller, by the sender's address, by address; customers by phone and title."""
        by_address = contract_searches.address_search(self._finder, self._address_parameters)
        found = [
            MessageSearchClass(
                "BGBillingMessageTypeSearchContractByTitleAndComment",
                contract_searches.title_search,
                (f"{OLD}MessageTypeSearchContractByTitleAndComment", "MessageTypeSearchContractByTitleAndComment"),
            ),
            MessageSearchClass(
                "BGBillingMessageTypeSearchCall", contract_searches.call_search, (f"{OLD}MessageTypeSearchCall",)
            ),
            MessageSearchClass(
                "BGBillingMessageTypeSearchEmail", contract_searches.email_search, (f"{OLD}MessageTypeSearchEmail",)
            ),
            MessageSearchClass("BGBillingMessageTypeSearchContractByAddress", by_address),
        ]
        if self._customers is not None:
            found += [
                MessageSearchClass("MessageTypeSearchCall", customer_searches.call_search),
                MessageSearchClass("MessageTypeSearchCustomerByTitle", customer_searches.title_search),
            ]
        return found

    @hookimpl
    def bgbilling_contact_savers(self) -> Sequence[ContactSaverClass]:
        """Phones of contracts."""
        aliases = (f"{OLD}MessageTypeContactSaverPhone",)
        return [ContactSaverClass("BGBillingMessageTypeContactSaverPhone", phone_saver, aliases)]

    @hookimpl
    def bgbilling_possible_processes(self) -> Sequence[PossibleProcessClass]:
        """Of the same sender, of what was found, of its city."""
        found = [
            PossibleProcessClass(
                "MessagePossibleProcessSearchMessageFrom", possible_searches.of_sender(self._messages)
            ),
            PossibleProcessClass("MessagePossibleProcessSearchFoundLinks", possible_searches.of_found),
            PossibleProcessClass(
                "BGBillingMessagePossibleProcessSearchFoundLinksContractAddressCity",
                possible_searches.of_contracts_city,
            ),
        ]
        if self._customers is not None:
            of_city = possible_searches.of_customers_city(self._directory)
            found.append(PossibleProcessClass("MessagePossibleProcessSearchFoundLinksCustomerAddressCity", of_city))
        return found
