"""Plugins: order, isolation, misspelt hooks."""

import pytest

from flask_bgbilling import CardSection, ConfigurationError, SectionContext, SectionView, hookimpl
from flask_bgbilling.plugins import Plugins
from flask_bgbilling.ports import Person, ProcessEvent, ProcessEventKind


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


class Careless:
    """A plugin that raises when it is told something."""

    @hookimpl
    def bgbilling_process_event(self, event: ProcessEvent) -> None:
        raise LookupError(event.process_id)


class Listens:
    """A plugin that remembers what it was told."""

    def __init__(self) -> None:
        self.heard: list[ProcessEvent] = []

    @hookimpl
    def bgbilling_process_event(self, event: ProcessEvent) -> None:
        self.heard.append(event)


def test_who_has_raised_is_named() -> None:
    plugins = Plugins([Offers(section("a", 10))], [Breaks(), Careless()])
    (given,) = plugins.card_sections()
    plugins.failed(given, "section a", ValueError("first"))
    plugins.failed(given, "section a", ValueError("x" * 1000))
    ours, breaks, careless = plugins.overview()
    assert (ours.name, ours.origin, ours.hooks) == (f"{__name__}.Offers", "built-in", ("bgbilling_card_sections",))
    (failure,) = ours.failures
    assert (failure.place, failure.times, len(failure.reason)) == ("section a", 2, 300)
    assert [(one.place, one.reason) for one in breaks.failures] == [
        ("bgbilling_card_sections", "RuntimeError: broken"),
    ]
    assert careless.failures == ()


def test_plugins_of_one_class_are_told_apart() -> None:
    plugins = Plugins([Offers(section("a", 10)), Offers(section("b", 20))])
    assert [plugin.name for plugin in plugins.overview()] == [f"{__name__}.Offers", f"{__name__}.Offers#2"]


def test_everybody_is_told_of_an_event() -> None:
    first, last = Listens(), Listens()
    plugins = Plugins([first, Careless()], [last])
    event = ProcessEvent(ProcessEventKind.LINK_ADDED, 7, Person("1", "anna", "Anna"))
    plugins.tell(event)
    assert first.heard == last.heard == [event]
    assert [plugin.failures[0].reason for plugin in plugins.overview() if plugin.failures] == ["LookupError: 7"]


def test_asking_tells_what_each_answered() -> None:
    plugins = Plugins([Offers(section("a", 10))], [Breaks()])
    answers = {asked.plugin.rpartition(".")[2]: asked for asked in plugins.ask()}
    assert answers["Offers"].keys == ("a",)
    assert str(answers["Breaks"].error) == "broken"


def test_plugins_are_asked_once() -> None:
    offers = Offers(section("a", 10))
    plugins = Plugins([offers])
    plugins.card_sections()
    plugins.card_sections()
    assert offers.asked == 1


def test_a_misspelt_hook_is_an_error_at_start() -> None:
    with pytest.raises(ConfigurationError, match="bgbilling_card_section"):
        Plugins([], [Misspelt()])
