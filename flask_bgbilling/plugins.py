"""One plugin manager per application: registration, order, isolation of what raises."""

import logging
from collections.abc import Iterable, Sequence
from typing import cast

import pluggy

from flask_bgbilling import hookspecs
from flask_bgbilling.errors import ConfigurationError
from flask_bgbilling.hookspecs import PROJECT, CardSection

logger = logging.getLogger(__name__)


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

    def card_sections(self) -> tuple[CardSection, ...]:
        """All card sections in their order; a key given twice keeps the later plugin's section.

        The hook is called once, when the first card asks.
        """
        if self._card_sections is None:
            self._card_sections = self._collect_card_sections()
        return self._card_sections

    def _collect_card_sections(self) -> tuple[CardSection, ...]:
        sections: dict[str, CardSection] = {}
        for implementation in self._manager.hook.bgbilling_card_sections.get_hookimpls():
            for section in _isolated(implementation):
                sections[section.key] = section
        return tuple(sorted(sections.values(), key=lambda section: (section.order, section.key)))


def _isolated(implementation: pluggy.HookImpl) -> Sequence[CardSection]:
    try:
        sections = tuple(cast(Sequence[CardSection] | None, implementation.function()) or ())
        strange = [type(section).__name__ for section in sections if not isinstance(section, CardSection)]
        if strange:
            raise TypeError(f"{strange[0]} is no CardSection")
    except Exception:  # a stranger's plugin: whatever it raises, the others stay
        logger.exception("plugin %s lost its card sections", implementation.plugin_name)
        return ()
    return sections
