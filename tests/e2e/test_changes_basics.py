"""Number, comment, days, face, mode, visibility, groups and self-care passwords are changed, in every version."""

from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient

from flask_bgbilling.emulator import Emulator
from flask_bgbilling.wire.version import Version
from tests.e2e.conftest import Host, HostFactory
from tests.e2e.forms import HTMX, fields_of, filled, post_form
from tests.support import ALL_BANDS

CARD = "/bgbilling/contract/bitel/101"
BASICS = f"{CARD}/basics"
BELOW_9_2 = [band for band in ALL_BANDS if Version(band) < Version("9.2")]
KEYS = ("title", "start", "end", "face", "mode", "hidden")


def stored(emulator: Emulator) -> dict[str, Any]:
    return emulator.rows("contract", id=101)[0]


def labels(emulator: Emulator) -> set[int]:
    return {row["label_id"] for row in emulator.rows("contract_label_link", contract_id=101)}


def opened(hosted: HostFactory, band: str = "9.2", login: str = "admin") -> tuple[Host, FlaskClient, Emulator]:
    host = hosted(bitel=band)
    return host, host.client(login), host.emulators["bitel"]


@pytest.mark.parametrize("band", ALL_BANDS)
def test_every_property_is_changed(hosted_privately: HostFactory, band: str) -> None:
    _, client, emulator = opened(hosted_privately, band, "operator")
    for key, typed, columns in (
        ("title", {"title": "А-77", "comment": "Ёлкина & <сын>"}, {"title": "А-77", "comment": "Ёлкина & <сын>"}),
        ("end", {"end": "2026-11-30"}, {"date2": date(2026, 11, 30)}),
        ("start", {"start": "05.02.2024"}, {"date1": date(2024, 2, 5)}),
        ("end", {"end": ""}, {"date2": None}),
        ("face", {"face": "1"}, {"fc": 1}),
        ("mode", {"mode": "0"}, {"mode": 0}),
        ("hidden", {"hidden": "1"}, {"del": 1}),
        ("hidden", {"hidden": None}, {"del": 0}),
    ):
        answer = post_form(client, f"{BASICS}/{key}?in=3", **typed)
        assert answer.status_code == 200, answer.text
        assert answer.text.count("<tr>") == 1, "only the line is drawn again"
        row = stored(emulator)
        assert {name: row[name] for name in columns} == columns


@pytest.mark.parametrize("band", ["7.0", "10.2"])
def test_face_and_mode_are_changed_beside_their_logs(hosted_privately: HostFactory, band: str) -> None:
    _, client, emulator = opened(hosted_privately, band, "operator")
    for key, value, column in (("face", 1, "fc"), ("mode", 0, "mode")):
        answer = post_form(client, f"{CARD}/{key}/edit", **{key: str(value)})
        assert answer.headers["HX-Retarget"] == "#bgb-section"
        assert "History" in answer.text
        assert stored(emulator)[column] == value


def test_a_save_is_one_read_the_write_and_one_read(hosted_privately: HostFactory) -> None:
    _, client, emulator = opened(hosted_privately)
    page = client.get(f"{BASICS}/title?in=3", headers=HTMX)
    before = len(emulator.calls)
    answer = client.post(f"{BASICS}/title?in=3", data=filled(page.text, {"comment": "Другой"}), headers=HTMX)
    assert answer.status_code == 200
    assert len(emulator.calls) - before == 3


def test_nothing_is_sent_when_it_is_so_already(hosted_privately: HostFactory) -> None:
    _, client, emulator = opened(hosted_privately)
    before = stored(emulator)
    for key in KEYS:
        answer = post_form(client, f"{BASICS}/{key}")
        assert "Nothing was changed" in answer.headers["HX-Trigger-After-Settle"], key
    assert stored(emulator) == before


@pytest.mark.parametrize(
    ("key", "typed", "words"),
    [
        ("start", {"start": "2026-13-01"}, "is not a date"),
        ("start", {"start": ""}, "A date is needed"),
        ("end", {"end": "2000-01-01"}, "The end is before the beginning"),
        ("title", {"title": " "}, "This must not be empty"),
        ("title", {"comment": "х" * 256}, "too long"),
        ("face", {"face": "2"}, "Choose one of the list"),
        ("mode", {"mode": ""}, "Choose one of the list"),
    ],
)
def test_what_cannot_be_used_is_refused_at_its_field(
    hosted_privately: HostFactory, key: str, typed: dict[str, str], words: str
) -> None:
    _, client, emulator = opened(hosted_privately)
    before = stored(emulator)
    answer = post_form(client, f"{BASICS}/{key}?in=3", **typed)
    assert answer.status_code == 400
    assert words in answer.text
    (name, value) = next(iter(typed.items()))
    if name in {"comment", "end"}:
        assert fields_of(answer.text)[name] == [value], "what was typed stays"
    assert stored(emulator) == before


def test_the_beginning_is_not_put_behind_the_end(hosted_privately: HostFactory) -> None:
    _, client, emulator = opened(hosted_privately)
    post_form(client, f"{BASICS}/end", end="2026-11-30")
    answer = post_form(client, f"{BASICS}/start", start="2026-12-01")
    assert answer.status_code == 400
    assert "The end is before the beginning" in answer.text
    assert stored(emulator)["date1"] != date(2026, 12, 1)


def test_a_stale_edit_shows_both_values(hosted_privately: HostFactory) -> None:
    _, client, emulator = opened(hosted_privately)
    page = client.get(f"{BASICS}/title", headers=HTMX)
    post_form(client, f"{BASICS}/title", comment="Быстрее")
    answer = client.post(f"{BASICS}/title", data=filled(page.text, {"comment": "Медленнее"}), headers=HTMX)
    assert answer.status_code == 400
    assert "Быстрее" in answer.text
    assert "Медленнее" in answer.text
    assert stored(emulator)["comment"] == "Быстрее"
    answer = client.post(f"{BASICS}/title", data=filled(answer.text, {}), headers=HTMX)
    assert answer.status_code == 200
    assert stored(emulator)["comment"] == "Медленнее"


def test_a_lost_answer_is_looked_for(hosted_privately: HostFactory) -> None:
    _, client, emulator = opened(hosted_privately)
    emulator.faults.set("execute-but-do-not-answer", operation="SetFcContract", count=1)
    answer = post_form(client, f"{BASICS}/face", face="1")
    assert answer.status_code == 200, answer.text
    assert "Saved" in answer.text
    assert stored(emulator)["fc"] == 1


def test_what_is_not_granted_is_neither_offered_nor_accepted(hosted_privately: HostFactory) -> None:
    _, client, emulator = opened(hosted_privately, login="accountant")
    card = client.get(CARD).text
    assert "/basics/" not in card
    before = stored(emulator)
    for address in [*(f"{BASICS}/{key}" for key in (*KEYS, "open")), f"{CARD}/groups/edit", f"{CARD}/web/password"]:
        assert client.get(address, headers=HTMX).status_code == 403, address
        assert client.post(address, data={"once": "x" * 24, "comment": "х"}, headers=HTMX).status_code == 403
    assert stored(emulator) == before
    assert emulator.rows("user_command") == []


@pytest.mark.parametrize("band", ALL_BANDS)
def test_the_contract_is_opened_in_the_client(hosted_privately: HostFactory, band: str) -> None:
    _, client, emulator = opened(hosted_privately, band, "operator")
    page = client.get(CARD).text
    button = page[page.index(f'action="{BASICS}/open"') :]
    once = button[button.index('name="once" value="') + 19 :].split('"')[0]
    for _ in range(2):
        answer = client.post(f"{BASICS}/open", data={"once": once}, headers={**HTMX, "HX-Target": "bgb-section"})
        assert answer.status_code == 200, answer.text
        assert answer.headers["HX-Reswap"] == "none"
    (command,) = emulator.rows("user_command")
    assert (command["command"], command["value"]) == ("put", "openContract:101")
    answer = post_form(client, f"{BASICS}/open", htmx=False)
    assert answer.status_code == 303, "without scripts its own address shows the button"
    assert len(emulator.rows("user_command")) == 2


def test_a_refusal_of_a_bare_button_is_shown_in_the_place_of_the_section(hosted_privately: HostFactory) -> None:
    _, client, emulator = opened(hosted_privately)
    emulator.faults.set("http-500", operation="Command")
    answer = client.post(f"{BASICS}/open", data={"once": "y" * 24}, headers={**HTMX, "HX-Target": "bgb-section"})
    assert answer.text.count('id="bgb-section"') == 1 or "HX-Retarget" in answer.headers
    assert emulator.rows("user_command") == []


@pytest.mark.parametrize("band", ALL_BANDS)
def test_groups_are_put_on_and_taken_off(hosted_privately: HostFactory, band: str) -> None:
    _, client, emulator = opened(hosted_privately, band, "operator")
    below = Version(band) < Version("9.2")
    form = client.get(f"{CARD}/groups/edit", headers=HTMX)
    ticked = fields_of(form.text)["groups"]
    wanted = [*ticked[1:], "5" if below else "105"]
    kept_mask, kept_labels = stored(emulator)["gr"], labels(emulator)
    answer = post_form(client, f"{CARD}/groups/edit", groups=wanted)
    assert answer.status_code == 200, answer.text
    assert "The groups are changed" in answer.text
    if below:
        assert stored(emulator)["gr"] == kept_mask & ~(1 << int(ticked[0])) | 1 << 5
    else:
        assert labels(emulator) == kept_labels - {int(ticked[0])} | {105}
    answer = post_form(client, f"{CARD}/groups/edit", groups=["40", *wanted])
    assert answer.status_code == 400
    assert "Choose one of the list" in answer.text


@pytest.mark.parametrize("band", ["7.2", "10.2"])
def test_groups_that_nobody_changes_by_hand_stay(hosted_privately: HostFactory, band: str) -> None:
    _, client, emulator = opened(hosted_privately, band, "operator")
    form = client.get(f"{CARD}/groups/edit", headers=HTMX).text
    assert "disabled" in form
    before = (stored(emulator)["gr"], labels(emulator))
    answer = post_form(client, f"{CARD}/groups/edit", groups=None)
    assert answer.status_code == 200, answer.text
    if band == "7.2":
        fixed = [row["id"] for row in emulator.rows("contract_group") if not row["editable"]]
        assert stored(emulator)["gr"] == sum(before[0] & 1 << number for number in fixed if number < 63)
    else:
        fixed_labels = {row["id"] for row in emulator.rows("contract_label") if row["forbidden"]}
        assert labels(emulator) == before[1] & fixed_labels


def test_groups_that_break_off_half_way_are_gone_on_with(hosted_privately: HostFactory) -> None:
    _, client, emulator = opened(hosted_privately, "8.2")
    kept = stored(emulator)["gr"]
    ticked = fields_of(client.get(f"{CARD}/groups/edit", headers=HTMX).text)["groups"]
    emulator.faults.set("http-500", operation="contractGroupRemove", count=1, status=503)
    answer = post_form(client, f"{CARD}/groups/edit", groups=["5"])
    changed = stored(emulator)["gr"]
    assert changed == kept | 1 << 5, "what is added comes first"
    assert "bgb-steps" in answer.text or "did not confirm" in answer.text
    answer = post_form(client, f"{CARD}/groups/edit", groups=["5"])
    assert answer.status_code == 200
    for group in ticked:
        assert group == "5" or not stored(emulator)["gr"] >> int(group) & 1


@pytest.mark.parametrize("band", ALL_BANDS)
def test_the_web_password_is_set_and_made(hosted_privately: HostFactory, band: str) -> None:
    host, client, emulator = opened(hosted_privately, band)
    answer = post_form(client, f"{CARD}/web/password", password="слово-99")
    assert answer.status_code == 200, answer.text
    assert stored(emulator)["pswd"] == "слово-99"
    assert "слово-99" not in answer.text
    answer = post_form(client, f"{CARD}/web/generate")
    assert answer.status_code == 200, answer.text
    made = stored(emulator)["pswd"]
    assert made != "слово-99"
    assert made in answer.text
    assert made not in client.get(f"{CARD}/web").text
    with host.app.app_context():
        journal = host.app.extensions["bgbilling"].services.actions._ready().journal
        for number in (1, 2):
            record = journal.get(number)
            assert record.details is not None
            assert "слово-99" not in repr(record)
            assert made not in repr(record)


def test_an_unconfirmed_password_is_not_guessed_about(hosted_privately: HostFactory) -> None:
    _, client, emulator = opened(hosted_privately)
    emulator.faults.set("execute-but-do-not-answer", operation="UpdateContractPassword", count=1)
    answer = post_form(client, f"{CARD}/web/password", password="слово")
    assert "did not confirm" in answer.text
    answer = client.post(f"{CARD}/change/1/look", headers=HTMX)
    assert "was not kept" in answer.text
    assert stored(emulator)["pswd"] == "слово"


def test_the_operator_may_not_touch_the_password(hosted_privately: HostFactory) -> None:
    _, client, _ = opened(hosted_privately, login="operator")
    assert client.get(f"{CARD}/web/password", headers=HTMX).status_code == 403
