"""Billings as the rest of the product sees them: sessions of one account, opened from one registry.

Everything that is expensive — connections, version, directories — is shared by all sessions of a billing inside a
process; a session itself costs nothing and lives as long as a page.
"""

import os
import threading
import weakref
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from flask_bgbilling.config.settings import Server, Settings
from flask_bgbilling.errors import BillingError, TimedOut, UnknownBilling, UnsupportedVersion
from flask_bgbilling.ports import Clock, Credentials, SystemClock
from flask_bgbilling.wire.calls import CallLog, CallRecord, RequestCounter
from flask_bgbilling.wire.conversation import Conversation
from flask_bgbilling.wire.directories import account_key
from flask_bgbilling.wire.dto.server import ServerMenu
from flask_bgbilling.wire.lanes import WORKERS, Pending, finished
from flask_bgbilling.wire.operation import Directory, Operation
from flask_bgbilling.wire.ops.directories import DIRECTORY_VERSION
from flask_bgbilling.wire.ops.server import INSTALLED_PLUGINS, MENU
from flask_bgbilling.wire.shared import ServerState, now
from flask_bgbilling.wire.upload import Upload
from flask_bgbilling.wire.version import Version

T = TypeVar("T")

_ANY_VERSION = Version("7.0")


class Billing:
    """One billing under one account.

    ``id`` and ``title`` are the configured ones, ``zone`` the billing's time zone, ``login`` is the account's,
    ``requests`` counts what this session has sent. Calls raise :class:`~flask_bgbilling.errors.BillingError` and
    nothing else. Safe to use from many threads; calls and ``start…`` from outside of the lane run the registry's
    ``before_call`` on the caller's thread first.
    """

    def __init__(
        self,
        state: ServerState,
        credentials: Credentials,
        person_id: str,
        before_call: Callable[[], None],
        clock: Clock,
    ) -> None:
        self.server: Server = state.server
        self.id: str = state.server.id
        self.title: str = state.server.title
        self.zone: ZoneInfo = state.server.timezone
        self.person_id = person_id
        self.login = credentials.login
        self.requests = RequestCounter()
        self._state = state
        self._credentials = credentials
        self._account = account_key(credentials)
        self._before_call = before_call
        self._clock = clock
        self._conversation = Conversation(state, credentials, self.requests)

    def __repr__(self) -> str:
        return f"<Billing {self.id}>"

    @property
    def version(self) -> Version:
        """The configured version, else the one the server tells; asked once per process."""
        if not self.server.version and not self._state.menu.known:
            self._before_call()
        return self._version()

    def call(self, operation: Operation[T], /, **arguments: object) -> T:
        """Makes the call on this thread and returns what the operation reads from the answer."""
        self._before_call()
        return self._ask(operation, arguments)

    def start(self, operation: Operation[T], /, **arguments: object) -> Pending[T]:
        """Begins the call in the billing's lane; ``result()`` returns what it reads or raises its error."""
        self._before_call()
        limits = self._state.large_limits if operation.large else self._state.limits
        return self._submit(operation.name, limits.total, lambda: self._ask(operation, arguments))

    def begin(self, name: str, work: Callable[["Billing"], T]) -> Pending[T]:
        """Begins work of several calls in the billing's lane, at most two of them one after the other.

        ``work`` gets the same billing as it has to be used there, without ``before_call``; ``name`` is told when no
        thread was free in time.
        """
        self._before_call()
        inside = Billing(self._state, self._credentials, self.person_id, _nothing, self._clock)
        inside.requests = self.requests
        inside._conversation = self._conversation
        return self._submit(name, 2 * self._state.limits.total, lambda: work(inside))

    def directory(self, directory: Directory[T]) -> T:
        """A directory from memory, read or renewed when due."""
        if not self._state.directories.cached(directory, self._account):
            self._before_call()
        return self._directory(directory)

    def start_directory(self, directory: Directory[T]) -> Pending[T]:
        """Like :meth:`directory`, in the billing's lane unless it is in memory."""
        if self._state.directories.cached(directory, self._account):
            return finished(self._directory(directory))
        self._before_call()
        total = 2 * self._state.limits.total
        return self._submit(directory.name, total, lambda: self._directory(directory))

    def supports(self, operation: Operation[T]) -> bool:
        """Whether the server's version can do this."""
        return operation.form(self.version) is not None

    def plugins(self) -> frozenset[str]:
        """Ids of the plugins installed in the billing, read once per process."""
        if not (self._state.plugins.known or self._state.menu.known):
            self._before_call()
        return self._plugins()

    def _plugins(self) -> frozenset[str]:
        if INSTALLED_PLUGINS.form(self._version()) is None:
            return self._menu().plugins
        return self._state.plugins.get(lambda: self._ask(INSTALLED_PLUGINS, {}), self._patience)

    def start_plugins(self) -> Pending[frozenset[str]]:
        """Like :meth:`plugins`, in the billing's lane."""
        self._before_call()
        return self._submit("installed plugins", 2 * self._state.limits.total, self._plugins)

    def gui_settings(self) -> Mapping[str, str]:
        """Settings of the billing's own client, read once per process."""
        if not self._state.menu.known:
            self._before_call()
        return self._menu().gui_settings

    def upload(self, upload: Upload) -> int:
        """Stores a file and returns its id in the billing; servers below 8.2 cannot (transport.md 5)."""
        self._before_call()
        version = self._version()
        if version not in upload.bands:
            raise UnsupportedVersion(billing=self.title, operation="file upload", version=str(version))
        return self._conversation.upload(upload)

    def now(self) -> datetime:
        """The moment on the billing's clock."""
        return self._clock.now().astimezone(self.zone)

    def today(self) -> date:
        """The day on the billing's calendar."""
        return self.now().date()

    @property
    def longest_wait(self) -> float:
        """How many seconds one call may take at most."""
        return self._state.limits.total

    @property
    def _patience(self) -> float:
        return 2 * self._state.limits.total

    def _menu(self) -> ServerMenu:
        form = MENU.forms[0]
        return self._state.menu.get(lambda: self._conversation.ask(MENU, form, {}, _ANY_VERSION), self._patience)

    def _version(self) -> Version:
        text = self.server.version or self._menu().version
        try:
            version = Version(text)
        except ValueError:
            version = None
        if version is None or not version.supported:
            raise UnsupportedVersion(billing=self.title, operation=MENU.name, version=text[:40])
        return version

    def _ask(self, operation: Operation[T], arguments: Mapping[str, object]) -> T:
        version = self._version()
        form = operation.form(version)
        if form is None:
            raise UnsupportedVersion(billing=self.title, operation=operation.name, version=str(version))
        return self._conversation.ask(operation, form, arguments, version)

    def _directory(self, directory: Directory[T]) -> T:
        return self._state.directories.get(
            directory,
            self._account,
            load=lambda: self._ask(directory.load, {}),
            probe=lambda item_class: self._ask(DIRECTORY_VERSION, {"item_class": item_class}),
        )

    def _submit(self, name: str, seconds: float, work: Callable[[], T]) -> Pending[T]:
        def late() -> BillingError:
            return TimedOut(billing=self.title, operation=name, seconds=f"{seconds:g}")

        return self._state.lane.submit(work, now() + seconds, late)


def _nothing() -> None:
    """Nothing is done before a call in a lane: it was done by whoever began the work."""


class Billings:
    """The configured billings of one application in one process.

    ``settings`` gives the settings in force; a server whose entry changes gets new connections, a new version and
    empty directories, the others keep theirs. ``before_call`` runs on the caller's thread before anything is sent;
    what it raises stops the call.
    """

    def __init__(
        self,
        settings: Callable[[], Settings],
        *,
        before_call: Callable[[], None] = lambda: None,
        workers: int = WORKERS,
        clock: Clock | None = None,
    ) -> None:
        self._settings = settings
        self._before_call = before_call
        self._workers = workers
        self._clock = clock or SystemClock()
        self._reset()
        reference = weakref.ref(self)

        def in_child() -> None:
            billings = reference()
            if billings is not None:
                billings._reset()

        os.register_at_fork(after_in_child=in_child)

    def _reset(self) -> None:
        self._lock = threading.Lock()
        self._log = CallLog()
        self._states: dict[str, ServerState] = {}

    def open(self, server_id: str, credentials: Credentials, person_id: str = "") -> Billing:
        """A session of the billing under this account; nothing is sent. Raises :class:`UnknownBilling`."""
        server = self._settings().server(server_id)
        if server is None:
            raise UnknownBilling(billing=server_id[:60])
        return Billing(self._state(server), credentials, person_id, self._before_call, self._clock)

    def recent_calls(self) -> tuple[CallRecord, ...]:
        """The last calls of this process, oldest first."""
        return self._log.recent()

    def forget(self, server_id: str) -> None:
        """Gives up what is known of a server, so that the next session finds out anew."""
        with self._lock:
            self._states.pop(server_id, None)

    def _state(self, server: Server) -> ServerState:
        with self._lock:
            state = self._states.get(server.id)
            if state is None or state.server != server:
                # Sessions under way keep the old state alive; its connections end with the last of them.
                state = self._states[server.id] = ServerState(server, self._log, self._workers)
            return state
