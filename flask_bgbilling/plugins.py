"""One plugin manager per application: registration, order, isolation of what raises, and who has raised."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import EntryPoint, entry_points
from threading import Lock
from time import perf_counter
from typing import Any, Final, Literal, Protocol, TypeVar, cast

import pluggy

from flask_bgbilling import hookspecs
from flask_bgbilling.errors import ConfigurationError
from flask_bgbilling.hookspecs import (
    PROJECT,
    CardMenuItem,
    CardSection,
    ContactSaverClass,
    JobKind,
    MessageSearchClass,
    PossibleProcessClass,
    ProcessLinkRule,
    ScriptObject,
)
from flask_bgbilling.ports import Clock, ProcessEvent, SystemClock

logger = logging.getLogger(__name__)

Origin = Literal["built-in", "installed", "application"]

LONGEST_REASON: Final = 300

CONTRIBUTIONS: Final[Mapping[str, type[Any]]] = {
    "bgbilling_card_sections": CardSection,
    "bgbilling_card_menu": CardMenuItem,
    "bgbilling_job_kinds": JobKind,
    "bgbilling_message_searches": MessageSearchClass,
    "bgbilling_contact_savers": ContactSaverClass,
    "bgbilling_possible_processes": PossibleProcessClass,
    "bgbilling_process_link_rules": ProcessLinkRule,
    "bgbilling_script_objects": ScriptObject,
}
"""The hooks that are asked for a list, and what it may hold."""

T = TypeVar("T")


class _NamedClass(Protocol):
    """What configuration text names."""

    @property
    def name(self) -> str: ...

    @property
    def aliases(self) -> Sequence[str]: ...


Named = TypeVar("Named", bound=_NamedClass)
Placed = TypeVar("Placed", CardSection, CardMenuItem, ProcessLinkRule)


@dataclass(frozen=True)
class PluginFailure:
    """What a plugin has raised: at which hook, or doing which of its contributions, how often, and last when and why.

    ``place`` is the name of a hook or the key of a contribution; ``reason`` the kind and the words of the exception.
    """

    place: str
    reason: str
    at: datetime
    times: int = 1


@dataclass(frozen=True)
class PluginStatus:
    """A plugin as the status page and the command tell of it; without ``hooks`` it could not be loaded."""

    name: str
    origin: Origin
    hooks: tuple[str, ...] = ()
    failures: tuple[PluginFailure, ...] = ()


@dataclass(frozen=True)
class Asked:
    """What one plugin answered to one hook: ``keys`` of what it gave, in ``seconds``, or the ``error`` it raised."""

    plugin: str
    hook: str
    keys: tuple[str, ...]
    seconds: float
    error: Exception | None = None


class Plugins:
    """The plugins of one application.

    Built-in plugins are registered first, then installed ones (entry point group ``flask_bgbilling``), then those the
    host passes. A hook implementation with a misspelt name is an error at start, not a silence. An installed plugin
    that cannot be imported is left out and named on the status page.
    """

    def __init__(self, builtin: Iterable[object], plugins: Iterable[object] = (), clock: Clock | None = None) -> None:
        self._manager = pluggy.PluginManager(PROJECT)
        self._manager.add_hookspecs(hookspecs)
        self._clock = clock or SystemClock()
        self._lock = Lock()
        self._failures: dict[tuple[str, str], PluginFailure] = {}
        self._origins: dict[str, Origin] = {}
        self._givers: dict[int, str] = {}
        self._given: dict[str, Sequence[Any]] = {}
        try:
            for plugin in builtin:
                self._register(plugin, "built-in")
            for entry in entry_points(group=PROJECT):
                self._load(entry)
            for plugin in plugins:
                if isinstance(plugin, type):  # its hooks would lack their self and fail at the first page
                    raise ValueError(f"{plugin.__name__} is a class; pass an object, {plugin.__name__}()")
                self._register(plugin, "application")
            self._manager.check_pending()
        except (pluggy.PluginValidationError, ValueError) as error:  # a wrong signature or name; the same plugin twice
            raise ConfigurationError(detail=f"plugin: {error}") from error

    def _register(self, plugin: object, origin: Origin, name: str = "") -> None:
        wanted = name or getattr(plugin, "__name__", "") or f"{type(plugin).__module__}.{type(plugin).__qualname__}"
        taken = sum(known.partition("#")[0] == wanted for known in self._origins)
        name = f"{wanted}#{taken + 1}" if taken else wanted
        self._manager.register(plugin, name)
        self._origins[name] = origin

    def _load(self, entry: EntryPoint) -> None:
        name = f"{entry.name} ({entry.dist.name} {entry.dist.version})" if entry.dist is not None else entry.name
        try:
            plugin = entry.load()
            if isinstance(plugin, type):
                raise TypeError(f"{plugin.__name__} is a class; the entry point is to name an object or a module")
        except Exception as error:  # somebody else's package: whatever it raises, the application starts
            self._origins[name] = "installed"
            self._failed(name, entry.value, error)
            return
        self._register(plugin, "installed", name)

    def card_sections(self) -> tuple[CardSection, ...]:
        """All card sections in their order; a key given twice keeps the later plugin's section."""
        return _ordered(self._all("bgbilling_card_sections", CardSection))

    def card_menu(self) -> tuple[CardMenuItem, ...]:
        """All entries of the card's menu in their order; a key given twice keeps the later plugin's entry."""
        return _ordered(self._all("bgbilling_card_menu", CardMenuItem))

    def job_kinds(self) -> tuple[JobKind, ...]:
        """All kinds of long work; a key given twice keeps the later plugin's kind."""
        return tuple(_by_key(self._all("bgbilling_job_kinds", JobKind)))

    def message_searches(self) -> Mapping[str, MessageSearchClass]:
        """Classes of message searches by name and alias; a name given twice keeps the later plugin's class."""
        return _by_name(self._all("bgbilling_message_searches", MessageSearchClass))

    def contact_savers(self) -> Mapping[str, ContactSaverClass]:
        """Classes of savers by name and alias; a name given twice keeps the later plugin's class."""
        return _by_name(self._all("bgbilling_contact_savers", ContactSaverClass))

    def possible_processes(self) -> Mapping[str, PossibleProcessClass]:
        """Classes of searches of possible processes by name and alias; the later plugin's class counts."""
        return _by_name(self._all("bgbilling_possible_processes", PossibleProcessClass))

    def process_link_rules(self) -> tuple[ProcessLinkRule, ...]:
        """Rules at the linking of contracts in their order; a key given twice keeps the later plugin's rule."""
        return _ordered(self._all("bgbilling_process_link_rules", ProcessLinkRule))

    def script_objects(self) -> tuple[ScriptObject, ...]:
        """Objects for scripts; of one name given twice both functions count, the later plugin's first."""
        return tuple(self._all("bgbilling_script_objects", ScriptObject))

    def tell(self, event: ProcessEvent) -> None:
        """Tells every plugin of something that has happened to a process; what one raises is noted and logged."""
        hook = self._manager.hook.bgbilling_process_event
        for implementation in hook.get_hookimpls():
            try:
                implementation.function(**dict.fromkeys(implementation.argnames, event))
            except Exception as error:  # a stranger's plugin: the others are told, and what happened has happened
                self._failed(implementation.plugin_name, hook.name, error)

    def failed(self, contribution: object, place: str, error: Exception) -> None:
        """Notes that something a plugin contributed has raised; logs it with the plugin's name."""
        self._failed(self._givers.get(id(contribution), "?"), place, error)

    def overview(self) -> tuple[PluginStatus, ...]:
        """Every plugin in the order of registration, with its hooks and what it has raised."""
        with self._lock:
            failures = list(self._failures.items())
        return tuple(
            PluginStatus(
                name,
                origin,
                self._hooks_of(name),
                tuple(failure for (plugin, _), failure in failures if plugin == name),
            )
            for name, origin in self._origins.items()
        )

    def ask(self) -> tuple[Asked, ...]:
        """Asks every plugin at every hook that gives a list, one after the other, and tells what each answered."""
        return tuple(
            self._ask(implementation, kind)[1]
            for hook, kind in CONTRIBUTIONS.items()
            for implementation in self._implementations(hook)
        )

    def _hooks_of(self, name: str) -> tuple[str, ...]:
        plugin = self._manager.get_plugin(name)
        callers = self._manager.get_hookcallers(plugin) if plugin is not None else None
        return tuple(sorted(caller.name for caller in callers or ()))

    def _all(self, hook: str, kind: type[T]) -> Sequence[T]:
        """What all plugins give at a hook, which is asked once, in the order of registration."""
        if hook not in self._given:
            found: list[T] = []
            for implementation in self._implementations(hook):
                given = self._ask(implementation, kind)[0]
                self._givers.update((id(contribution), implementation.plugin_name) for contribution in given)
                found.extend(given)
            self._given[hook] = found
        return cast(Sequence[T], self._given[hook])

    def _implementations(self, hook: str) -> Sequence[pluggy.HookImpl]:
        caller: pluggy.HookCaller = getattr(self._manager.hook, hook)
        return caller.get_hookimpls()

    def _ask(self, implementation: pluggy.HookImpl, kind: type[T]) -> tuple[Sequence[T], Asked]:
        name, hook, begun = implementation.plugin_name, implementation.function.__name__, perf_counter()
        try:
            given = tuple(cast("Sequence[T] | None", implementation.function()) or ())
            strange = [type(contribution).__name__ for contribution in given if not isinstance(contribution, kind)]
            if strange:
                raise TypeError(f"{strange[0]} is no {kind.__name__}")
        except Exception as error:  # a stranger's plugin: whatever it raises, the others stay
            self._failed(name, hook, error)
            return (), Asked(name, hook, (), perf_counter() - begun, error)
        return given, Asked(name, hook, tuple(map(_key, given)), perf_counter() - begun)

    def _failed(self, name: str, place: str, error: Exception) -> None:
        logger.error("plugin %s failed at %s", name, place, exc_info=error)
        reason = f"{type(error).__name__}: {error}"[:LONGEST_REASON]
        with self._lock:
            known = self._failures.get((name, place))
            times = known.times + 1 if known is not None else 1
            self._failures[name, place] = PluginFailure(place, reason, self._clock.now(), times)


def _key(contribution: object) -> str:
    return str(getattr(contribution, "key", "") or getattr(contribution, "name", ""))


def _by_key(contributions: Iterable[T], key: Callable[[T], str] = _key) -> Iterable[T]:
    return {key(contribution): contribution for contribution in contributions}.values()


def _by_name(classes: Iterable[Named]) -> Mapping[str, Named]:
    return {name: one for one in classes for name in (one.name, *one.aliases)}


def _ordered(contributions: Iterable[Placed]) -> tuple[Placed, ...]:
    return tuple(sorted(_by_key(contributions), key=lambda contribution: (contribution.order, contribution.key)))
