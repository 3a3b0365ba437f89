"""The plugin in docs/plugins.md does in every version what the page says; plugins that raise lose only their own."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import pytest
from flask import Blueprint
from flask.testing import FlaskClient

from flask_bgbilling import ActionContext, CardAction, CardMenuItem, CardSection, Change, SectionView, Step, hookimpl
from flask_bgbilling.plugins import Plugins
from tests.e2e.conftest import Host, HostFactory
from tests.e2e.forms import HTMX, post_form
from tests.support import ALL_BANDS

DOCUMENT = Path(__file__).resolve().parent.parent.parent / "docs" / "plugins.md"
CARD = "/bgbilling/contract/bitel/101"
PROMISES = f"{CARD}/promises"
SUBJECT = "Promised 500.00 until 2031-05-06"
SAVING = {"7.2": "UpdateContractMemo", "9.2": "contractNoteUpdate"}


def blocks() -> dict[str, str]:
    """The files that the document has in full, by name."""
    text = DOCUMENT.read_text("utf-8")
    return dict(re.findall(r"`([\w/]+\.(?:py|html))`:\n\n```(?:python|html)\n(.*?)```", text, re.DOTALL))


@pytest.fixture
def example(hosted_privately: HostFactory, tmp_path: Path) -> Callable[[str], Host]:
    """A host of a version with the plugin of the document."""

    def make(version: str) -> Host:
        files = blocks()
        for name in ("promises.html", "promise_form.html"):
            (tmp_path / name).write_text(files[f"templates/{name}"], "utf-8")
        plugin: dict[str, Any] = {"__name__": "promises"}
        exec(compile(files["promises.py"], "promises.py", "exec"), plugin)
        host = hosted_privately(bitel=version)
        host.app.register_blueprint(Blueprint("promises", "promises", template_folder=str(tmp_path)))
        given(host, plugin["Promises"]())
        return host

    return make


def given(host: Host, *plugins: object) -> None:
    """Registers plugins as ``BGBilling(…, plugins=[…])`` does."""
    known = host.app.extensions["bgbilling"].services.plugins
    assert isinstance(known, Plugins)
    for plugin in plugins:
        known._register(plugin, "application")


def notes(host: Host, **conditions: object) -> list[dict[str, Any]]:
    """Notes as the billing's table has them."""
    return host.emulators["bitel"].rows("contract_comment", **conditions)


@pytest.mark.parametrize("band", ALL_BANDS)
def test_a_promise_is_noted_shown_and_deleted(example: Callable[[str], Host], band: str) -> None:
    host = example(band)
    client = host.client()
    head = client.get(CARD).text
    assert f'href="{PROMISES}/add"' in head
    assert f'href="{PROMISES}"' in head
    assert "Nothing was promised." in client.get(PROMISES).text

    answer = post_form(client, f"{PROMISES}/add", sum="500,00", until="06.05.2031")
    assert answer.status_code == 200, answer.text
    assert "Promise noted" in answer.text
    (note,) = notes(host, subject=SUBJECT)
    assert note["cid"] == 101
    shown = client.get(PROMISES).text
    assert "06.05.2031" in shown
    assert f"{PROMISES}/delete?promise={note['id']}" in shown

    answer = post_form(client, f"{PROMISES}/delete?promise={note['id']}")
    assert answer.status_code == 200, answer.text
    assert "Promise deleted" in answer.text
    assert notes(host, subject=SUBJECT) == []


def test_wrong_input_is_shown_beside_its_field(example: Callable[[str], Host]) -> None:
    host = example("9.2")
    client = host.client()
    before = notes(host)
    for typed, told in (
        ({"sum": "5,123", "until": "2031-05-06"}, "A sum has at most two decimals"),
        ({"sum": "500", "until": ""}, "A date is needed."),
        ({"sum": "500", "until": "2020-01-01"}, "That day has passed."),
    ):
        answer = post_form(client, f"{PROMISES}/add", **typed)
        assert answer.status_code == 400
        assert told in answer.text
        assert f'value="{typed["sum"]}"' in answer.text
    assert notes(host) == before


def test_much_is_asked_about_first(example: Callable[[str], Host]) -> None:
    host = example("9.2")
    client = host.client()
    answer = post_form(client, f"{PROMISES}/add", confirm=False, sum="20 000", until="2031-05-06")
    assert re.search(r"Really 20\D{,9}000\.00\D* until 06\.05\.2031\?", answer.text)
    assert notes(host, subject="Promised 20000.00 until 2031-05-06") == []
    post_form(client, f"{PROMISES}/add", sum="20 000", until="2031-05-06")
    assert len(notes(host, subject="Promised 20000.00 until 2031-05-06")) == 1


@pytest.mark.parametrize("band", ["7.2", "9.2"])
def test_a_lost_answer_makes_no_second_promise(example: Callable[[str], Host], band: str) -> None:
    host = example(band)
    client = host.client()
    opened = client.get(f"{PROMISES}/add", headers=HTMX).text
    assert opened
    host.emulators["bitel"].faults.set("execute-but-do-not-answer", operation=SAVING[band])
    answer = post_form(client, f"{PROMISES}/add", sum="500", until="2031-05-06")
    assert "Promise noted" in answer.text
    assert len(notes(host, subject=SUBJECT)) == 1


def test_a_promise_of_another_contract_is_gone(example: Callable[[str], Host]) -> None:
    host = example("9.2")
    client = host.client()
    post_form(client, "/bgbilling/contract/bitel/102/promises/add", sum="500", until="2031-05-06")
    (note,) = notes(host, subject=SUBJECT)
    assert note["cid"] == 102
    answer = client.get(f"{PROMISES}/delete?promise={note['id']}", headers=HTMX)
    assert answer.status_code == 410
    assert len(notes(host, subject=SUBJECT)) == 1


def test_what_is_not_granted_is_neither_offered_nor_done(
    example: Callable[[str], Host], monkeypatch: pytest.MonkeyPatch
) -> None:
    from example_host import roles

    host = example("9.2")
    monkeypatch.setitem(roles.DENIED, "operator", ("contract.promises.add",))
    client = host.client()
    assert f"{PROMISES}/add" not in client.get(PROMISES).text
    assert client.get(f"{PROMISES}/add", headers=HTMX).status_code == 403


# Plugins that raise.


def broken(*_: object) -> NoReturn:
    """What a stranger's mistake looks like."""
    raise RuntimeError("broken")


def done(context: ActionContext) -> Change:
    """A change of nothing."""
    return Change([Step("Nothing", lambda: 1)])


def empty(*_: object) -> SectionView:
    """A form without fields."""
    return SectionView("bgbilling/card/deletion.html", {"draft": {"facts": (), "seen": ""}})


def missing(*_: object) -> SectionView:
    """A template that does not exist."""
    return SectionView("no-such-template.html")


class Given:
    """A plugin with a section and some entries of the menu."""

    def __init__(self, action: CardAction, *entries: CardMenuItem) -> None:
        self._action, self._entries = action, entries

    @hookimpl
    def bgbilling_card_sections(self) -> Sequence[CardSection]:
        return [CardSection("mine", "Mine", 900, "contract.mine.read", empty, actions=[self._action])]

    @hookimpl
    def bgbilling_card_menu(self) -> Sequence[CardMenuItem]:
        return self._entries


class Raises:
    """A plugin whose hooks raise."""

    @hookimpl
    def bgbilling_card_sections(self) -> Sequence[CardSection]:
        broken()

    @hookimpl
    def bgbilling_card_menu(self) -> Sequence[CardMenuItem]:
        broken()


ACTION = CardAction("do", "Do it", "contract.mine.do", done, empty, menu=99)
PERMISSION = "contract.mine.read"


def client_with(hosted: HostFactory, action: CardAction, *entries: CardMenuItem) -> FlaskClient:
    """A client of a host with such a plugin."""
    host = hosted(bitel="9.2")
    given(host, Raises(), Given(action, *entries))
    return host.client()


def test_an_entry_that_raises_is_left_out(hosted: HostFactory) -> None:
    def line(title: str) -> Callable[[object], Any]:
        from flask_bgbilling import TreeItem

        return lambda card: TreeItem(title)

    client = client_with(
        hosted,
        ACTION,
        CardMenuItem("bad", "Bad", 1, PERMISSION, broken, empty),
        CardMenuItem("good", "Good", 2, PERMISSION, line("Good line"), broken),
    )
    head = client.get(CARD)
    assert head.status_code == 200
    assert "/menu/bad" not in head.text
    assert "Good line" in head.text
    assert "Do it" in head.text
    for headers in ({}, HTMX):
        answer = client.get(f"{CARD}/menu/good", headers=headers)
        assert answer.status_code == 200
        assert "could not be shown" in answer.text
        assert ("data-bgb-tree" in answer.text) == (not headers)


@pytest.mark.parametrize("form", [broken, missing])
def test_a_form_that_raises_loses_its_place(hosted: HostFactory, form: Callable[[object], SectionView]) -> None:
    client = client_with(hosted, replace(ACTION, form=form))
    whole = client.get(f"{CARD}/mine/do")
    assert "could not be shown" in whole.text
    assert "data-bgb-tree" in whole.text
    assert "could not be shown" in client.get(f"{CARD}/mine/do", headers=HTMX).text
    assert client.get(f"{CARD}/mine", headers=HTMX).status_code == 200


def test_a_plan_that_raises_changes_nothing(hosted: HostFactory) -> None:
    client = client_with(hosted, replace(ACTION, plan=broken))
    answer = post_form(client, f"{CARD}/mine/do")
    assert answer.status_code >= 500
    assert "could not be shown" in answer.text
    assert 'name="once"' in answer.text


@pytest.mark.parametrize("draw", [broken, missing])
def test_a_row_that_raises_leaves_the_change_done(hosted: HostFactory, draw: Callable[[object], SectionView]) -> None:
    client = client_with(hosted, replace(ACTION, row=draw))
    answer = post_form(client, f"{CARD}/mine/do?in=3")
    assert answer.status_code == 200
    assert "bgb-changed" in str(answer.headers)


@pytest.mark.parametrize("draw", [broken, missing])
def test_a_report_that_raises_leaves_the_change_done(
    hosted: HostFactory, draw: Callable[[object], SectionView]
) -> None:
    client = client_with(hosted, replace(ACTION, told=draw))
    answer = post_form(client, f"{CARD}/mine/do")
    assert answer.status_code == 200
    assert "Saved" in answer.text


def test_a_step_that_raises_leaves_the_change_in_doubt(hosted: HostFactory) -> None:
    client = client_with(hosted, replace(ACTION, plan=lambda context: Change([Step("Nothing", broken)])))
    answer = post_form(client, f"{CARD}/mine/do")
    assert answer.status_code == 200
    assert "The billing did not confirm: it may have been done." in answer.text
