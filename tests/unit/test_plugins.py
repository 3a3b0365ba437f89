"""Plugins: order, isolation, misspelt hooks."""

import pytest

from flask_bgbilling import CardSection, ConfigurationError, SectionContext, SectionView, hookimpl
from flask_bgbilling.plugins import Plugins


def draw(context: SectionContext) -> SectionView:
    return SectionView("x.html")


def section(key: str, order: int, title: str = "A") -> CardSection:
    return CardSection(key, title, order, f"contract.{key}.read", draw)


class Offers:
    """A plugin with some sections."""

    def __init__(self, *sections: CardSection) -> None:
        self._sections = sections
        self.asked = 0

    @hookimpl
    def bgbilling_card_sections(self) -> list[CardSection]:
        self.asked += 1
        return list(self._sections)


class Breaks:
    """A plugin that raises."""

    @hookimpl
    def bgbilling_card_sections(self) -> list[CardSection]:
        raise RuntimeError("broken")


class Misspelt:
    """A plugin whose hook does not exist."""

    @hookimpl
    def bgbilling_card_section(self) -> list[CardSection]:
        return []


def test_sections_stand_in_their_order() -> None:
    plugins = Plugins([Offers(section("b", 20))], [Offers(section("a", 30), section("c", 10))])
    assert [found.key for found in plugins.card_sections()] == ["c", "b", "a"]


def test_a_later_plugin_replaces_a_section() -> None:
    plugins = Plugins([Offers(section("a", 10, "ours"))], [Offers(section("a", 10, "theirs"))])
    assert [found.title for found in plugins.card_sections()] == ["theirs"]


def test_a_broken_plugin_loses_only_its_own() -> None:
    plugins = Plugins([Offers(section("a", 10))], [Breaks(), Offers(section("b", 20))])
    assert [found.key for found in plugins.card_sections()] == ["a", "b"]


def test_plugins_are_asked_once() -> None:
    offers = Offers(section("a", 10))
    plugins = Plugins([offers])
    plugins.card_sections()
    plugins.card_sections()
    assert offers.asked == 1


def test_a_misspelt_hook_is_an_error_at_start() -> None:
    with pytest.raises(ConfigurationError, match="bgbilling_card_section"):
        Plugins([], [Misspelt()])
