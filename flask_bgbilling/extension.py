"""The composition root: the only module that knows everybody."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from os import PathLike
from typing import cast

from flask import Blueprint, Flask, abort, current_app
from jinja2 import Environment

from flask_bgbilling.builtin.card import CardPlugin
from flask_bgbilling.config.source import ConfigurationSource
from flask_bgbilling.domain.billings import BillingAccess, Viewer
from flask_bgbilling.domain.contracts.service import Contracts
from flask_bgbilling.domain.search.service import ContractSearch
from flask_bgbilling.domain.services import Services
from flask_bgbilling.errors import ConfigurationError
from flask_bgbilling.plugins import Plugins
from flask_bgbilling.ports import (
    Accounts,
    AddressBook,
    Clock,
    NoAddressBook,
    OpenedObjects,
    SystemClock,
    Users,
)
from flask_bgbilling.store.unit_of_work import HasSession, UnitOfWork
from flask_bgbilling.web import card, pages, search, views
from flask_bgbilling.wire.session import Billings

NAME = "bgbilling"

Configuration = str | PathLike[str] | Mapping[str, str]


@dataclass(frozen=True)
class MenuItem:
    """An entry for the host's own navigation. ``title`` is in the reader's language."""

    title: str
    address: str
    key: str


@dataclass(frozen=True)
class State:
    """What ``app.extensions["bgbilling"]`` holds."""

    services: Services
    templates: Environment
    source: ConfigurationSource
    billings: Billings


class BGBilling:
    """Mounts the extension into a host application.

    ``users`` and ``accounts`` are the host's ports (``flask_bgbilling.ports``); without ``address_book`` the address
    search has no suggestions, without ``opened_objects`` nothing is remembered. ``database`` is the host's
    Flask-SQLAlchemy object. ``plugins`` are further plugins after the built-in and installed ones. ``configuration`` is
    a text in the properties language, a path or a mapping; without it ``BGBILLING_CONFIG`` of the application counts.

    One application takes one extension: a second ``init_app`` raises ``ConfigurationError``. State hangs on
    ``app.extensions["bgbilling"]``, so several applications in one process do not meet.
    """

    def __init__(
        self,
        app: Flask | None = None,
        *,
        users: Users,
        accounts: Accounts,
        address_book: AddressBook | None = None,
        opened_objects: OpenedObjects | None = None,
        database: HasSession | None = None,
        clock: Clock | None = None,
        plugins: Iterable[object] = (),
        configuration: Configuration | None = None,
        url_prefix: str = "/bgbilling",
    ) -> None:
        self._users = users
        self._accounts = accounts
        self._address_book = address_book or NoAddressBook()
        self._opened_objects = opened_objects
        self._database = database
        self._clock = clock or SystemClock()
        self._plugins = tuple(plugins)
        self._configuration = configuration
        self._url_prefix = url_prefix
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Registers pages and commands with the application and reads the configuration for the first time."""
        if NAME in app.extensions:
            raise ConfigurationError(detail="init_app was already called for this application: call it once")
        configuration = self._configuration if self._configuration is not None else app.config.get("BGBILLING_CONFIG")
        source = ConfigurationSource(configuration if configuration is not None else {})
        unit_of_work = UnitOfWork(self._database)
        billings = Billings(source.current, before_call=unit_of_work.release, clock=self._clock)
        plugins = Plugins((CardPlugin(),), self._plugins)
        access = BillingAccess(source.current, billings, self._accounts)
        services = Services(
            settings=source.current,
            users=self._users,
            clock=self._clock,
            address_book=self._address_book,
            plugins=plugins,
            billings=access,
            search=ContractSearch(access, source.current, self._address_book),
            contracts=Contracts(access, plugins, self._opened_objects, unit_of_work),
            release=unit_of_work.release,
        )
        app.register_blueprint(self._blueprint())
        app.extensions[NAME] = State(services, pages.environment(app), source, billings)

    def _blueprint(self) -> Blueprint:
        blueprint = Blueprint(
            NAME,
            __name__,
            url_prefix=self._url_prefix,
            template_folder="templates",
            static_folder="static/bgbilling",
            static_url_path="/static",
        )
        blueprint.before_request(_only_when_enabled)
        for part in (search.search, card.card, views.common):
            blueprint.register_blueprint(part)
        views.handle_errors(blueprint)
        return blueprint

    def menu(self) -> tuple[MenuItem, ...]:
        """Entries for the host's navigation that the current person may open; empty when switched off."""
        state = cast(State, current_app.extensions[NAME])
        person = self._users.current()
        if person is None or not state.services.settings().enabled:
            return ()
        grant = self._users.grant(person, "contract.search")
        if grant is None:
            return ()
        return tuple(
            MenuItem(title, address, key) for title, address, key in views.menu(Viewer(person, grant, self._users))
        )


def _only_when_enabled() -> None:
    state = cast(State, current_app.extensions[NAME])
    if not state.services.settings().enabled:
        abort(404)
