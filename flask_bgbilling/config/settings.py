"""What a configuration means, as frozen typed values.

Everything above this room reads `Settings` and never keys. A settings object is complete and never changes; a
new configuration is a new object with another ``version``. ``configuration.md`` 2.1 and 2.2 describe the
keys.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from flask_bgbilling.config.messages import Problem
from flask_bgbilling.config.properties import Properties
from flask_bgbilling.config.values import parse_integer

DEFAULT_REQUEST_TIMEOUT: Final = 5.0
DEFAULT_CONNECT_TIMEOUT: Final = 5.0
DEFAULT_PAGE_SIZE: Final = 30
DEFAULT_KEEP_DAYS: Final = 1095


def _no_patterns() -> Mapping[int, str]:
    return MappingProxyType({})


def _no_properties() -> Properties:
    return Properties({})


@dataclass(frozen=True, slots=True)
class DatabaseSettings:
    """Read-only access to the database of a billing, for reports.

    ``url`` is the address in the form of Java exactly as configured, ``database.md`` 2; it may hold a
    password too and therefore does not stand in the ``repr``.
    """

    url: str = field(repr=False)
    user: str = ""
    password: str = field(default="", repr=False)
    driver: str = ""


@dataclass(frozen=True, slots=True)
class Server:
    """One billing that can be called.

    ``number`` is its place in the configuration, ``id`` the name used everywhere else: Latin letters, digits
    and underscores, at most 21 of them, unique without regard to case. ``url`` is the executer without a
    slash at its end. ``customer_parameter_id`` is the text parameter of a contract that holds the customer, 0
    when there is none. Timeouts are seconds. ``version`` is a plain decimal (``9.2501``) or ``None`` when it
    is to be detected. ``marker`` is the name and value of a parameter added to every request.
    ``contract_patterns`` maps a contract pattern of the billing to the numbering of new contracts.
    ``closed_inverted`` says how the search flag *closed* is meant, ``None`` for the rule of the version.
    ``phone_masks`` are spellings of phone numbers, the same for all servers.
    """

    number: int
    id: str
    title: str
    url: str
    timezone: ZoneInfo
    customer_parameter_id: int = 0
    request_timeout: float = DEFAULT_REQUEST_TIMEOUT
    connect_timeout: float = DEFAULT_CONNECT_TIMEOUT
    version: str | None = None
    marker: tuple[str, str] | None = None
    contract_patterns: Mapping[int, str] = field(default_factory=_no_patterns, hash=False)
    copy_parameter_mapping: str = ""
    closed_inverted: bool | None = None
    phone_masks: tuple[str, ...] = ()
    database: DatabaseSettings | None = None


@dataclass(frozen=True, slots=True)
class DisabledServer:
    """A server entry that cannot be used, and why; ``id`` and ``title`` are what could be read of them."""

    number: int
    id: str
    title: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """How contracts are searched: no ``address_parameter_ids`` means all of them."""

    address_parameter_ids: tuple[int, ...] = ()
    page_size: int = DEFAULT_PAGE_SIZE


@dataclass(frozen=True, slots=True)
class JournalSettings:
    """How long the journal of changes is kept, in days."""

    keep_days: int = DEFAULT_KEEP_DAYS


@dataclass(frozen=True, slots=True)
class Settings:
    """The whole configuration.

    ``servers`` are usable and stand in the order of their numbers. ``problems`` is everything wrong with what
    was read here, the problems of disabled servers included. ``version`` changes whenever the text changes.
    ``properties`` are the keys themselves, for blocks that have their own readers.
    """

    enabled: bool = True
    servers: tuple[Server, ...] = ()
    disabled_servers: tuple[DisabledServer, ...] = ()
    search: SearchSettings = SearchSettings()
    journal: JournalSettings = JournalSettings()
    version: str = ""
    problems: tuple[Problem, ...] = ()
    properties: Properties = field(default_factory=_no_properties, repr=False, compare=False)

    def server(self, billing_id: str) -> Server | None:
        """The usable server of this id."""
        return next((server for server in self.servers if server.id == billing_id), None)


@dataclass(frozen=True, slots=True)
class Account:
    """Login and password of one person for one billing; each is ``None`` when nobody has set it."""

    login: str | None
    password: str | None = field(repr=False)

    @property
    def complete(self) -> bool:
        """Whether a call can be made with it."""
        return self.login is not None and self.password is not None


def account(
    user_properties: Mapping[str, str],
    billing_id: str,
    *,
    host_login: str | None = None,
    host_password: str | None = None,
) -> Account:
    """The account of a user for a billing.

    Login and password are found independently: the key of this billing, else the key for all billings, else
    what the host itself knows (``configuration.md`` 2.2, ``transport.md`` 10). An empty value counts as not
    set.
    """
    return Account(
        login=_first(user_properties, "bgbilling:login", billing_id, host_login),
        password=_first(user_properties, "bgbilling:password", billing_id, host_password),
    )


def billing_user_id(user_properties: Mapping[str, str], billing_id: str) -> int | None:
    """The user of the billing that a user's configuration names; ``None`` when equal logins decide."""
    number = parse_integer(user_properties.get(f"bgbilling:userId.{billing_id}", ""))
    return number if number is not None and number > 0 else None


def _first(properties: Mapping[str, str], key: str, billing_id: str, host_value: str | None) -> str | None:
    return properties.get(f"{key}.{billing_id}") or properties.get(key) or host_value or None
