"""Behaviour scripts are attached, changed and detached through the card, and additional actions run."""

from datetime import date

import pytest

from tests.e2e.conftest import HostFactory
from tests.e2e.forms import HTMX, filled, post_form
from tests.support import ALL_BANDS

SCRIPTS = "/bgbilling/contract/bitel/101/scripts"
ACTIONS = "/bgbilling/contract/bitel/101/actions"
NIGHT = "Повышение скорости ночью"


@pytest.mark.parametrize("band", ALL_BANDS)
def test_a_script_is_attached_changed_and_detached(hosted_privately: HostFactory, band: str) -> None:
    host = hosted_privately(bitel=band)
    client, emulator = host.client(), host.emulators["bitel"]
    before = emulator.rows("contract_script")
    answer = post_form(
        client, f"{SCRIPTS}/add", kind="2", since="2026-01-01", until="31.12.2026", comment="ночью & <днём>"
    )
    assert answer.status_code == 200, answer.text
    assert "Script attached" in answer.text
    assert "ночью &amp; &lt;днём&gt;" in answer.text
    (row,) = [row for row in emulator.rows("contract_script") if row not in before]
    assert (row["cid"], row["script_id"], row["comment"]) == (101, 2, "ночью & <днём>")
    assert (row["date1"], row["date2"]) == (date(2026, 1, 1), date(2026, 12, 31))
    number = row["id"]

    form = client.get(f"{SCRIPTS}/edit?script={number}&in=5", headers=HTMX).text
    assert '<option value="2" selected>' in form, "the script is known by its title where its number does not come"
    answer = post_form(client, f"{SCRIPTS}/edit?script={number}&in=5", kind="3", until="", comment="")
    assert answer.status_code == 200, answer.text
    (row,) = emulator.rows("contract_script", id=number)
    assert (row["script_id"], row["comment"], row["date1"], row["date2"]) == (3, "", date(2026, 1, 1), None)

    answer = post_form(client, f"{SCRIPTS}/delete?script={number}&in=5")
    assert answer.status_code == 200, answer.text
    assert "Script detached" in answer.text
    assert emulator.rows("contract_script") == before


@pytest.mark.parametrize("band", ["7.0", "9.2"])
def test_scripts_that_are_refused(hosted_privately: HostFactory, band: str) -> None:
    host = hosted_privately(bitel=band)
    client, emulator = host.client(), host.emulators["bitel"]
    before = emulator.rows("contract_script")
    for address, typed, status, words in (
        (f"{SCRIPTS}/add", {"kind": ""}, 400, "Choose one of the list."),
        (f"{SCRIPTS}/add", {"kind": "77"}, 400, "Choose one of the list."),
        (f"{SCRIPTS}/add", {"kind": "1", "since": "2026-05-02", "until": "2026-05-01"}, 400, "The end is before"),
        (f"{SCRIPTS}/edit?script=1", {"until": "2001-01-01"}, 400, "The end is before"),
    ):
        answer = post_form(client, address, **typed)
        assert answer.status_code == status, answer.text
        assert words in answer.text
    mine = client.get(f"{SCRIPTS}/edit?script=1", headers=HTMX).text
    for action in ("edit", "delete"):
        other = f"{SCRIPTS}/{action}?script=1".replace("101", "102")
        assert client.get(other, headers=HTMX).status_code == 410
        assert client.post(other, data=filled(mine, {}), headers=HTMX).status_code == 410
    stranger = host.client("accountant")
    for address in (f"{SCRIPTS}/add", f"{SCRIPTS}/edit?script=1", f"{SCRIPTS}/delete?script=1", f"{ACTIONS}/run?run=1"):
        assert stranger.get(address, headers=HTMX).status_code == 403
        assert stranger.post(address, data={"once": "x", "kind": "1"}, headers=HTMX).status_code == 403
    assert emulator.rows("contract_script") == before


def test_a_script_that_somebody_else_has_changed(hosted_privately: HostFactory) -> None:
    host = hosted_privately(bitel="9.2")
    client = host.client()
    form = client.get(f"{SCRIPTS}/edit?script=1", headers=HTMX).text
    assert post_form(host.client("admin"), f"{SCRIPTS}/edit?script=1", comment="чужое").status_code == 200
    for action in ("edit", "delete"):
        answer = client.post(f"{SCRIPTS}/{action}?script=1", data=filled(form, {"comment": "моё"}), headers=HTMX)
        assert answer.status_code == 400
        assert "Somebody has changed this meanwhile." in answer.text
        assert "чужое" in answer.text
    assert [row["comment"] for row in host.emulators["bitel"].rows("contract_script", id=1)] == ["чужое"]


@pytest.mark.parametrize("band", ["8.0", "10.2"])
def test_a_script_whose_answer_is_lost_is_attached_once(hosted_privately: HostFactory, band: str) -> None:
    host = hosted_privately(bitel=band)
    client, emulator = host.client(), host.emulators["bitel"]
    form = client.get(f"{SCRIPTS}/add", headers=HTMX).text
    emulator.faults.set("execute-but-do-not-answer", operation="ontractScript", skip=1)
    data = filled(form, {"kind": "2", "comment": "однажды"})
    client.post(f"{SCRIPTS}/add", data=data, headers=HTMX)
    emulator.faults.clear()
    client.post(f"{SCRIPTS}/add", data=data, headers=HTMX)
    assert len([row for row in emulator.rows("contract_script") if row["comment"] == "однажды"]) == 1


def test_a_save_of_a_script_asks_no_more_than_it_needs(hosted_privately: HostFactory) -> None:
    host = hosted_privately(bitel="9.2")
    client = host.client()
    form = client.get(f"{SCRIPTS}/edit?script=1", headers=HTMX).text
    host.emulators["bitel"].recorder.clear()
    client.post(f"{SCRIPTS}/edit?script=1", data=filled(form, {"comment": "новое"}), headers=HTMX)
    names = [call.name for call in host.emulators["bitel"].calls]
    assert len(names) <= 4, names  # the list, the write, the section again with its log; the directory is kept


@pytest.mark.parametrize("band", ALL_BANDS)
def test_an_additional_action_tells_its_report(hosted_privately: HostFactory, band: str) -> None:
    host = hosted_privately(bitel=band)
    client, emulator = host.client(), host.emulators["bitel"]
    form = client.get(f"{ACTIONS}/run?run=1&in=3", headers=HTMX)
    assert "Проверить порт" in form.text
    assert "can change anything" in form.text
    before = emulator.rows("contract_script_log")
    answer = client.post(f"{ACTIONS}/run?run=1&in=3", data=filled(form.text, {}), headers=HTMX)
    assert answer.status_code == 200, answer.text
    assert "Порт 12 поднят\nОшибок нет\nДоговор A-24-0101" in answer.text
    ran = [row for row in emulator.rows("contract_script_log") if row not in before]
    assert [(row["cid"], row["title"]) for row in ran] == [(101, "Проверить порт")]
    client.post(f"{ACTIONS}/run?run=1&in=3", data=filled(form.text, {}), headers=HTMX)
    assert len(emulator.rows("contract_script_log")) == len(before) + 1, "the same form runs it once"
    assert client.get(f"{ACTIONS}/run?run=77", headers=HTMX).status_code == 400


def test_an_action_whose_answer_is_lost_stays_open(hosted_privately: HostFactory) -> None:
    host = hosted_privately(bitel="9.2")
    client, emulator = host.client(), host.emulators["bitel"]
    before = len(emulator.rows("contract_script_log"))
    form = client.get(f"{ACTIONS}/run?run=1", headers=HTMX).text
    emulator.faults.set("execute-but-do-not-answer", operation="AdditionalAction", skip=1)
    answer = client.post(f"{ACTIONS}/run?run=1", data=filled(form, {}), headers=HTMX)
    emulator.faults.clear()
    assert "may have been done" in answer.text
    assert len(emulator.rows("contract_script_log")) == before + 1


def test_the_report_without_scripts(hosted_privately: HostFactory) -> None:
    host = hosted_privately(bitel="8.2")
    answer = post_form(host.client(), f"{ACTIONS}/run?run=2", htmx=False)
    assert answer.status_code == 200
    assert "<html" in answer.text
    assert "Остаток" in answer.text
