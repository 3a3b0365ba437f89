"""What adapters of ``Users``, ``Accounts`` and ``OpenedObjects`` promise, check by check."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from flask_bgbilling.ports import Accounts, Credentials, Grant, OpenedContract, OpenedObjects, Person, Users
from flask_bgbilling.testing.cases import Check, promise

STRANGER = Person("0", "stranger", "Stranger")
BACK = "/bgbilling/search?q=Иванов+5&billing=ds"


@dataclass(frozen=True)
class AccountExample:
    """A person who has an account in a billing."""

    person_id: str
    billing_id: str


@dataclass(frozen=True)
class OpenedExample:
    """A person, and what reads the addresses in the person's buffer of opened objects, the latest first."""

    person: Person
    addresses: Callable[[], Sequence[str]]


def the_current_person_is_complete(users: Users) -> None:
    """``current`` gives the same person again, with an id, a login and a name."""
    person = users.current()
    promise(isinstance(person, Person), f"current gave {person!r}: the factory signs somebody in")
    if person is not None:
        for field, value in (("id", person.id), ("login", person.login), ("name", person.name)):
            promise(isinstance(value, str) and value, f"current: the {field} is {value!r}, not a text")
        promise(users.current() == person, "current gives somebody else when it is asked again")


def grants_are_grants(users: Users) -> None:
    """``grant`` gives a ``Grant`` or ``None``; somebody unknown has none."""
    person = users.current()
    for permission in ("contract.search", "contract.read", "no.such.permission"):
        grant = users.grant(person, permission) if person is not None else None
        promise(grant is None or isinstance(grant, Grant), f"grant gave {grant!r}, not a Grant or None")
    promise(users.grant(STRANGER, "contract.read") is None, "grant gives something to a person whom nobody knows")


def the_way_back_survives_the_sign_in(users: Users) -> None:
    """``sign_in_address`` carries the whole path, or none of it."""
    address = users.sign_in_address(BACK)
    promise(isinstance(address, str) and address, f"sign_in_address gave {address!r}")
    promise(address.isprintable() and " " not in address, f"sign_in_address gave {address!r}: no address of a page")
    query = parse_qsl(urlsplit(address).query)
    carried = "search" in urlsplit(address).query
    whole = any(value == BACK for _, value in query)
    promise(whole or not carried, f"sign_in_address cuts the way back: {address!r}; quote it")


USERS: tuple[Check, ...] = (the_current_person_is_complete, grants_are_grants, the_way_back_survives_the_sign_in)


def accounts_checks(example: AccountExample) -> tuple[Check, ...]:
    """The checks of ``Accounts``, with a person who has an account."""

    def an_account_has_login_and_password(accounts: Accounts) -> None:
        found = accounts.credentials(example.person_id, example.billing_id)
        promise(isinstance(found, Credentials), f"credentials gave {found!r} to a person who has an account")
        if found is not None:
            promise(found.login and found.password, "credentials gave an account without login or password: None then")

    def nobody_has_no_account(accounts: Accounts) -> None:
        found = accounts.credentials(STRANGER.id, example.billing_id)
        promise(found is None, "credentials gave an account to a person whom nobody knows")

    def an_unknown_billing_is_no_error(accounts: Accounts) -> None:
        found = accounts.credentials(example.person_id, "no-such-billing")
        promise(found is None or isinstance(found, Credentials), f"credentials of an unknown billing gave {found!r}")

    return an_account_has_login_and_password, nobody_has_no_account, an_unknown_billing_is_no_error


def opened_checks(example: OpenedExample) -> tuple[Check, ...]:
    """The checks of ``OpenedObjects``, with a person whose buffer can be read."""

    def opened(number: int) -> OpenedContract:
        return OpenedContract("check", number, f"Проверочный {number}", f"/bgbilling/contract/check/{number}")

    def the_latest_stands_on_top(objects: OpenedObjects) -> None:
        for number in (1, 2):
            objects.remember(example.person, opened(number))
        top = list(example.addresses())[:2]
        wanted = [opened(2).address, opened(1).address]
        promise(top == wanted, f"remember does not put the latest on top: {top!r}, not {wanted!r}")

    def a_contract_stands_there_once(objects: OpenedObjects) -> None:
        for number in (1, 2, 1):
            objects.remember(example.person, opened(number))
        addresses = list(example.addresses())
        promise(addresses[:1] == [opened(1).address], "remember does not bring a contract to the top again")
        promise(addresses.count(opened(1).address) == 1, "remember keeps a contract twice")

    return the_latest_stands_on_top, a_contract_stands_there_once
