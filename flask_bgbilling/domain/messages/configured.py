"""The message types in force: the configuration read with the classes of this application's plugins."""

import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from flask_bgbilling.config.message_types import Classes, MessageClasses, MessageConfiguration, message_configuration
from flask_bgbilling.config.settings import Settings
from flask_bgbilling.errors import ConfigurationError
from flask_bgbilling.hookspecs import ContactSaver, MessageSearch, PossibleProcessSearch
from flask_bgbilling.plugins import Plugins

logger = logging.getLogger(__name__)


class _Class(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def load(self) -> Callable[[Mapping[str, str]], Any]: ...

    @property
    def aliases(self) -> Sequence[str]: ...


class MessageTypes:
    """Reads the blocks once for each configuration and tells the log what could not be used."""

    def __init__(self, settings: Callable[[], Settings], plugins: Callable[[], Plugins]) -> None:
        self._settings = settings
        self._plugins = plugins
        self._lock = threading.Lock()
        self._classes: MessageClasses | None = None
        self._read: tuple[Settings, MessageConfiguration] | None = None

    def classes(self) -> MessageClasses:
        """What the plugins have registered; the hooks are called once."""
        if self._classes is None:
            plugins = self._plugins()
            self._classes = MessageClasses(
                _classes(plugins.message_searches().values(), MessageSearch),
                _classes(plugins.contact_savers().values(), ContactSaver),
                _classes(plugins.possible_processes().values(), PossibleProcessSearch),
            )
        return self._classes

    def failed(self, class_name: str, error: Exception) -> None:
        """Notes that a search of messages or of possible processes has raised, with its plugin's name."""
        plugins = self._plugins()
        for known in (plugins.message_searches(), plugins.possible_processes()):
            if class_name in known:
                plugins.failed(known[class_name], class_name, error)

    def current(self) -> MessageConfiguration:
        """The types of the configuration in force."""
        settings = self._settings()
        known = self._read
        if known is not None and known[0] is settings:
            return known[1]
        with self._lock:
            if self._read is None or self._read[0] is not settings:
                found = message_configuration(settings.properties, self.classes())
                for problem in found.problems:
                    logger.warning("messages: %s", problem)
                self._read = (settings, found)
            return self._read[1]


def _classes(registered: Iterable[_Class], kind: type[object]) -> Classes:
    classes = tuple(registered)
    return Classes(
        {one.name: _checked(one.load, kind) for one in classes},
        {alias: one.name for one in classes for alias in one.aliases},
    )


def _checked(load: Callable[[Mapping[str, str]], Any], kind: type[object]) -> Callable[[Mapping[str, str]], Any]:
    """What loads a block, and refuses it when something strange comes of it."""

    def checked(keys: Mapping[str, str]) -> Any:
        made = load(keys)
        if not isinstance(made, kind):
            raise ConfigurationError(detail=f"it gave {type(made).__name__} instead of {kind.__name__}")
        return made

    return checked
