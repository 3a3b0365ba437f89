"""How the application is: its billings, its plugins, what is wrong with its configuration.

Everything is told from what this process knows already; no billing is asked.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_bgbilling.config.messages import Problem
from flask_bgbilling.config.settings import Settings
from flask_bgbilling.plugins import Plugins, PluginStatus
from flask_bgbilling.ports import Clock
from flask_bgbilling.wire.calls import CallRecord
from flask_bgbilling.wire.session import Billings
from flask_bgbilling.wire.shared import now

ANSWERED = "ok"


@dataclass(frozen=True)
class LastCall:
    """The call of this process that ended last: ``outcome`` is ``ok`` or the code of an error."""

    operation: str
    outcome: str
    milliseconds: int
    at: datetime

    @property
    def answered(self) -> bool:
        """Whether the billing gave a usable answer."""
        return self.outcome == ANSWERED


@dataclass(frozen=True)
class BillingStatus:
    """A configured billing; one that is switched ``off`` has the ``problems`` that keep it from being used."""

    id: str
    title: str
    off: bool = False
    problems: tuple[Problem, ...] = ()
    last: LastCall | None = None
    calls: int = 0
    failures: int = 0


@dataclass(frozen=True)
class ApplicationStatus:
    """What the status page tells. ``calls`` and ``failures`` of billings are among the last calls of this process."""

    billings: tuple[BillingStatus, ...]
    plugins: tuple[PluginStatus, ...]
    problems: tuple[Problem, ...]

    @property
    def broken_plugins(self) -> tuple[PluginStatus, ...]:
        """Those that have raised something since this process began."""
        return tuple(plugin for plugin in self.plugins if plugin.failures)


class Status:
    """Tells how the application is. ``check`` lists every mistake of the configuration."""

    def __init__(
        self,
        settings: Callable[[], Settings],
        billings: Billings,
        plugins: Plugins,
        check: Callable[[], Sequence[Problem]],
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._billings = billings
        self._plugins = plugins
        self._check = check
        self._clock = clock

    def now(self) -> ApplicationStatus:
        """How it is at this moment; raises ``ConfigurationError`` when the configuration cannot be read."""
        settings, calls = self._settings(), self._billings.recent_calls()
        on = [self._billing(server.id, server.title, calls) for server in settings.servers]
        off = [
            BillingStatus(server.id, server.title, off=True, problems=server.problems)
            for server in settings.disabled_servers
        ]
        return ApplicationStatus((*on, *off), self._plugins.overview(), tuple(self._check()))

    def _billing(self, billing_id: str, title: str, calls: Sequence[CallRecord]) -> BillingStatus:
        own = [call for call in calls if call.billing_id == billing_id]
        failures = sum(call.outcome != ANSWERED for call in own)
        last = self._last(own[-1]) if own else None
        return BillingStatus(billing_id, title, last=last, calls=len(own), failures=failures)

    def _last(self, call: CallRecord) -> LastCall:
        at = self._clock.now() - timedelta(seconds=now() - call.ended)
        return LastCall(call.operation, call.outcome, call.milliseconds, at)
