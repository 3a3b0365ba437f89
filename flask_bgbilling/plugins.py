"""One plugin manager per application: registration, order, isolation of what raises."""

import logging
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar, cast

import pluggy

from flask_bgbilling import hookspecs
from flask_bgbilling.errors import ConfigurationError
from flask_bgbilling.hookspecs import PROJECT, CardMenuItem, CardSection, JobKind

logger = logging.getLogger(__name__)

T = TypeVar("T", CardSection, CardMenuItem, JobKind)


class Plugins:
    """The plugins of one application.

    Built-in plugins are registered first, then installed ones (entry point group ``flask_bgbilling``), then those the
    host passes. A hook implementation with a misspelt name is an error at start, not a silence.
    """

    def __init__(self, builtin: Iterable[object], plugins: Iterable[object] = ()) -> None:
        self._manager = pluggy.PluginManager(PROJECT)
        self._manager.add_hookspecs(hookspecs)
        try:
            for plugin in builtin:
                self._manager.register(plugin)
            self._manager.load_setuptools_entrypoints(PROJECT)
            for plugin in plugins:
                if isinstance(plugin, type):  # its hooks would lack their self and fail at the first page
                    raise ValueError(f"{plugin.__name__} is a class; pass an object, {plugin.__name__}()")
                self._manager.register(plugin)
            self._manager.check_pending()
        except (pluggy.PluginValidationError, ValueError) as error:  # a wrong signature or name; the same plugin twice
            raise ConfigurationError(detail=f"plugin: {error}") from error
        self._card_sections: tuple[CardSection, ...] | None = None
        self._card_menu: tuple[CardMenuItem, ...] | None = None

    def card_sections(self) -> tuple[CardSection, ...]:
        """All card sections in their order; a key given twice keeps the later plugin's section.

        The hook is called once, when the first card asks.
        """
        if self._card_sections is None:
            self._card_sections = _ordered(_collected(self._manager.hook.bgbilling_card_sections, CardSection))
        return self._card_sections

    def card_menu(self) -> tuple[CardMenuItem, ...]:
        """All entries of the card's menu in their order; a key given twice keeps the later plugin's entry."""
        if self._card_menu is None:
            self._card_menu = _ordered(_collected(self._manager.hook.bgbilling_card_menu, CardMenuItem))
        return self._card_menu

    def job_kinds(self) -> tuple[JobKind, ...]:
        """All kinds of long work; a key given twice keeps the later plugin's kind. The hook is called every time."""
        return tuple(_collected(self._manager.hook.bgbilling_job_kinds, JobKind))


Placed = TypeVar("Placed", CardSection, CardMenuItem)


def _ordered(contributions: Iterable[Placed]) -> tuple[Placed, ...]:
    return tuple(sorted(contributions, key=lambda contribution: (contribution.order, contribution.key)))


def _collected(hook: pluggy.HookCaller, kind: type[T]) -> Iterable[T]:
    found: dict[str, T] = {}
    for implementation in hook.get_hookimpls():
        for contribution in _isolated(implementation, kind):
            found[contribution.key] = contribution
    return found.values()


def _isolated(implementation: pluggy.HookImpl, kind: type[T]) -> Sequence[T]:
    try:
        given = tuple(cast(Sequence[Any] | None, implementation.function()) or ())
        strange = [type(contribution).__name__ for contribution in given if not isinstance(contribution, kind)]
        if strange:
            raise TypeError(f"{strange[0]} is no {kind.__name__}")
    except Exception:  # a stranger's plugin: whatever it raises, the others stay
        logger.exception("plugin %s lost what it gave as %s", implementation.plugin_name, kind.__name__)
        return ()
    return given
