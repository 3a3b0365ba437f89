"""Tariff plans, personal tariffs and tariff groups are given, changed and taken away through the card."""

from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient

from flask_bgbilling.emulator import Emulator
from flask_bgbilling.emulator.version import Version
from tests.e2e.conftest import HostFactory
from tests.e2e.forms import HTMX, fields_of, filled, post_form
from tests.support import ALL_BANDS

TARIFFS = "/bgbilling/contract/bitel/101/tariffs"
CID, FIRM = 101, 102
OUT_OF_USE = 13
TV_MODULE = 6
TV_PLANS = {"10", "11"}
DECEMBER = {"since": "2026-12-01", "until": "2026-12-31"}


def newest(emulator: Emulator, table: str) -> dict[str, Any]:
    return max(emulator.rows(table), key=lambda row: row["id"])


def options_of(html: str, name: str) -> set[str]:
    """The values that a drop-down offers."""
    select = html.partition(f'name="{name}"')[2].partition("</select>")[0]
    return {part.partition('"')[0] for part in select.split('<option value="')[1:]}


def refused(client: FlaskClient, address: str, field: str, words: str, **typed: Any) -> None:
    """Posts what cannot be used: the field is marked, and what was typed stays."""
    answer = post_form(client, address, **typed)
    assert answer.status_code == 400, answer.text
    assert f'{field}-problem"' in answer.text
    assert words in answer.text
    kept = fields_of(answer.text)
    assert all(kept[name] == [value] for name, value in typed.items())


@pytest.mark.parametrize("band", ALL_BANDS)
def test_a_plan_is_added_changed_and_deleted(hosted_privately: HostFactory, band: str) -> None:
    host = hosted_privately(bitel=band)
    client, emulator = host.client(), host.emulators["bitel"]
    answer = post_form(client, f"{TARIFFS}/add", plan="5", position="3", comment="акция & «х»", **DECEMBER)
    assert answer.status_code == 200, answer.text
    assert "Tariff plan added" in answer.text
    row = newest(emulator, "contract_tariff")
    assert (row["cid"], row["tpid"], row["pos"], row["comment"]) == (CID, 5, 3, "акция & «х»")
    assert (row["date1"], row["date2"]) == (date(2026, 12, 1), date(2026, 12, 31))

    there = f"{TARIFFS}/edit?tariff={row['id']}"
    client.get(there, headers=HTMX)
    known = len(emulator.calls)
    answer = client.post(there, data=filled(client.get(there, headers=HTMX).text, {}), headers=HTMX)
    assert "it is so already" in answer.text
    assert not [call for call in emulator.calls[known:] if "Update" in call.name], "nothing was to be written"
    assert emulator.rows("contract_tariff", id=row["id"]) == [row]

    answer = post_form(client, there, plan="4", until="", position="", comment="")
    assert answer.status_code == 200, answer.text
    (changed,) = emulator.rows("contract_tariff", id=row["id"])
    assert (changed["tpid"], changed["date1"], changed["date2"]) == (4, date(2026, 12, 1), None)
    assert (changed["pos"], changed["comment"]) == (0, "")

    answer = post_form(client, f"{TARIFFS}/delete?tariff={row['id']}")
    assert answer.status_code == 200, answer.text
    assert emulator.rows("contract_tariff", id=row["id"]) == []
    assert client.get(there, headers=HTMX).status_code == 410


@pytest.mark.parametrize("band", ALL_BANDS)
def test_a_personal_tariff_is_added_changed_and_deleted(hosted_privately: HostFactory, band: str) -> None:
    host = hosted_privately(bitel=band)
    client, emulator = host.client(), host.emulators["bitel"]
    answer = post_form(client, f"{TARIFFS}/add-personal", title="VIP (900 р.)", position="2", **DECEMBER)
    assert "Personal tariff added" in answer.text
    row = newest(emulator, "contract_tree_link")
    assert (row["cid"], row["title"], row["pos"]) == (CID, "VIP (900 р.)", 2)
    assert (row["date1"], row["date2"]) == (date(2026, 12, 1), date(2026, 12, 31))

    with emulator.database.transaction() as connection:
        connection.exec_driver_sql(
            "UPDATE contract_tree_link SET config = 'a=1', title_web = 'Для вас', use_title_in_web = 1"
        )
    answer = post_form(client, f"{TARIFFS}/edit-personal?tariff={row['id']}", title="VIP", since="")
    assert answer.status_code == 200, answer.text
    (changed,) = emulator.rows("contract_tree_link", id=row["id"])
    assert (changed["title"], changed["date1"], changed["date2"]) == ("VIP", None, date(2026, 12, 31))
    assert (changed["config"], changed["title_web"], changed["use_title_in_web"]) == ("a=1", "Для вас", 1)
    assert (changed["tree_id"], changed["pos"]) == (row["tree_id"], 2)

    answer = post_form(client, f"{TARIFFS}/delete-personal?tariff={row['id']}")
    assert answer.status_code == 200, answer.text
    assert emulator.rows("contract_tree_link", id=row["id"]) == []


@pytest.mark.parametrize("band", ALL_BANDS)
def test_a_tariff_group_is_added_changed_and_deleted(hosted_privately: HostFactory, band: str) -> None:
    host = hosted_privately(bitel=band)
    client, emulator = host.client(), host.emulators["bitel"]
    page = client.get(TARIFFS).text
    if Version(band) >= "9.2":
        assert "New tariff group" not in page, "there are none from 9.2 on"
        answer = client.post(f"{TARIFFS}/delete-group?group=1", data={"once": "a"}, headers=HTMX)
        assert answer.status_code >= 400
        assert len(emulator.rows("contract_tariff_group", id=1)) == 1
        return
    assert "New tariff group" in page
    answer = post_form(client, f"{TARIFFS}/add-group", tariff_group="2", comment="к", **DECEMBER)
    assert "Tariff group added" in answer.text
    row = newest(emulator, "contract_tariff_group")
    assert (row["cid"], row["gid"], row["comment"]) == (CID, 2, "к")
    assert (row["date1"], row["date2"]) == (date(2026, 12, 1), date(2026, 12, 31))
    answer = post_form(client, f"{TARIFFS}/edit-group?group={row['id']}", tariff_group="1", since="", comment="")
    assert answer.status_code == 200, answer.text
    (changed,) = emulator.rows("contract_tariff_group", id=row["id"])
    assert (changed["gid"], changed["date1"], changed["date2"], changed["comment"]) == (1, None, date(2026, 12, 31), "")
    refused(client, f"{TARIFFS}/add-group", "tariff_group", "Choose one of the list.", tariff_group="")
    answer = post_form(client, f"{TARIFFS}/delete-group?group={row['id']}")
    assert answer.status_code == 200, answer.text
    assert emulator.rows("contract_tariff_group", id=row["id"]) == []


@pytest.mark.parametrize("band", ALL_BANDS)
def test_filters_narrow_the_list_of_plans(hosted_privately: HostFactory, band: str) -> None:
    client = hosted_privately(bitel=band).client()

    def offered(query: str) -> set[str]:
        return options_of(client.get(f"{TARIFFS}/{query}", headers=HTMX).text, "plan") - {""}

    fitting = offered("add")
    everything = offered("add?filters=1")
    assert everything == {str(number) for number in range(1, 15)}
    assert str(OUT_OF_USE) not in fitting
    assert fitting < offered("add?filters=1&used=1") < everything
    assert offered("add?filters=1&grouped=1") < everything
    assert offered(f"add?filters=1&module={TV_MODULE}") == TV_PLANS
    ended = f"edit?tariff=1&filters=1&used=1&module={TV_MODULE}"
    assert offered(ended) == {*TV_PLANS, "1"}, "the plan that it is about stays in the list"


def test_the_choice_survives_the_filters(hosted_privately: HostFactory) -> None:
    client = hosted_privately(bitel="9.2").client()
    there = f"{TARIFFS}/add?filters=1&plan=11"
    assert '<option value="11" selected>' in client.get(f"{there}&module={TV_MODULE}", headers=HTMX).text
    assert "selected>" not in client.get(f"{there}&used=1&module=1", headers=HTMX).text.partition('name="plan"')[2]
    # Without JavaScript a button reads the list again; it saves nothing and loses nothing.
    opened = client.get(f"{TARIFFS}/add")
    typed = {"reread": "1", "fitting": None, "module": str(TV_MODULE), "comment": "к", "position": "7"}
    answer = client.post(f"{TARIFFS}/add", data=filled(opened.text, typed))
    assert "has been read again" in answer.text
    assert options_of(answer.text, "plan") == {"", *TV_PLANS}
    form = fields_of(answer.text)
    assert ([value.strip() for value in form["comment"]], form["position"]) == (["к"], ["7"])
    assert "fitting" not in form


def test_what_cannot_be_used_is_marked(hosted_privately: HostFactory) -> None:
    host = hosted_privately(bitel="9.2")
    client, emulator = host.client(), host.emulators["bitel"]
    before = [emulator.rows(table) for table in ("contract_tariff", "contract_tree_link")]
    add, personal = f"{TARIFFS}/add", f"{TARIFFS}/add-personal"
    backwards = {"since": "2026-12-31", "until": "2026-12-01"}
    refused(client, add, "until", "The end is before the beginning.", plan="5", **backwards)
    refused(client, personal, "until", "The end is before the beginning.", title="VIP", **backwards)
    refused(client, add, "since", "is not a date", plan="5", since="2026-02-30")
    refused(client, add, "position", "A whole number", plan="5", position="200")
    refused(client, add, "plan", "Choose one of the list.", plan="")
    refused(client, personal, "title", "This must not be empty.", title=" ")
    answer = post_form(client, add, plan="777")
    assert (answer.status_code, "Choose one of the list." in answer.text) == (400, True)
    assert [emulator.rows(table) for table in ("contract_tariff", "contract_tree_link")] == before


@pytest.mark.parametrize(
    ("band", "suffix", "argument", "table"),
    [
        ("8.2", "", "tariff", "contract_tariff"),
        ("10.2", "", "tariff", "contract_tariff"),
        ("8.2", "-personal", "tariff", "contract_tree_link"),
        ("10.2", "-personal", "tariff", "contract_tree_link"),
        ("8.2", "-group", "group", "contract_tariff_group"),
    ],
)
def test_records_of_another_contract_are_none(
    hosted_privately: HostFactory, band: str, suffix: str, argument: str, table: str
) -> None:
    host = hosted_privately(bitel=band)
    client, emulator = host.client(), host.emulators["bitel"]
    foreign = next(row["id"] for row in emulator.rows(table) if row["cid"] == CID)
    before = emulator.rows(table)
    for verb in ("edit", "delete"):
        there = f"/bgbilling/contract/bitel/{FIRM}/tariffs/{verb}{suffix}?{argument}={foreign}"
        assert client.get(there, headers=HTMX).status_code == 410
        typed = {"once": verb, "title": "a", "plan": "5", "tariff_group": "1", "seen": "x"}
        assert client.post(there, data=typed, headers=HTMX).status_code == 410
    assert emulator.rows(table) == before


@pytest.mark.parametrize("band", ["7.2", "9.2"])
def test_somebody_else_was_quicker(hosted_privately: HostFactory, band: str) -> None:
    host = hosted_privately(bitel=band)
    client, emulator = host.client(), host.emulators["bitel"]
    there = f"{TARIFFS}/edit?tariff=3"
    mine = client.get(there, headers=HTMX).text
    assert post_form(client, there, comment="их").status_code == 200
    answer = client.post(there, data=filled(mine, {"comment": "моё"}), headers=HTMX)
    assert "Somebody has changed this meanwhile." in answer.text
    assert "их" in answer.text
    assert "моё" in answer.text
    assert emulator.rows("contract_tariff", id=3)[0]["comment"] == "их"
    again = client.post(there, data=filled(answer.text, {}), headers=HTMX)
    assert again.status_code == 200
    assert emulator.rows("contract_tariff", id=3)[0]["comment"] == "моё"


def test_a_save_is_a_read_a_write_and_a_read(hosted_privately: HostFactory) -> None:
    host = hosted_privately(bitel="9.2")
    client, emulator = host.client(), host.emulators["bitel"]
    opened = client.get(f"{TARIFFS}/edit?tariff=3", headers=HTMX).text
    section = len(emulator.calls)
    client.get(TARIFFS, headers=HTMX)
    reading = len(emulator.calls) - section
    before = len(emulator.calls)
    answer = client.post(f"{TARIFFS}/edit?tariff=3", data=filled(opened, {"comment": "к"}), headers=HTMX)
    assert answer.status_code == 200
    assert len(emulator.calls) - before == 1 + 1 + reading


def test_a_reader_is_offered_nothing(hosted_privately: HostFactory) -> None:
    host = hosted_privately(bitel="8.2")
    client, emulator = host.client("viewer"), host.emulators["bitel"]
    page = client.get(TARIFFS).text
    assert "New tariff plan" not in page
    assert "/tariffs/edit" not in page
    before = emulator.rows("contract_tariff")
    for action in ("add", "edit?tariff=3", "delete?tariff=3", "add-personal", "delete-group?group=1"):
        assert client.get(f"{TARIFFS}/{action}").status_code == 403
        assert client.post(f"{TARIFFS}/{action}", data={"once": action, "plan": "5"}).status_code == 403
    assert emulator.rows("contract_tariff") == before


@pytest.mark.parametrize("band", ["8.2", "9.2"])
def test_a_plan_whose_answer_is_lost_is_added_once(hosted_privately: HostFactory, band: str) -> None:
    host = hosted_privately(bitel=band)
    client, emulator = host.client(), host.emulators["bitel"]
    operation = "UpdateContractTariffPlan" if band == "8.2" else "contractTariffUpdate"
    count = len(emulator.rows("contract_tariff", cid=CID))
    emulator.faults.set("execute-but-do-not-answer", operation=operation, count=1)
    answer = post_form(client, f"{TARIFFS}/add", plan="5", **DECEMBER)
    assert answer.status_code == 200
    assert "Tariff plan added" in answer.text, "it was looked for and found"
    assert len(emulator.rows("contract_tariff", cid=CID)) == count + 1

    emulator.faults.set("reset", operation=operation, count=1)
    answer = post_form(client, f"{TARIFFS}/add", plan="4", **DECEMBER)
    assert "not confirmed" in answer.text
    answer = post_form(client, f"{TARIFFS}/add", plan="4", **DECEMBER)
    assert "outcome is not known yet" in answer.text, "the same is not sent again while the first is in doubt"
    assert len(emulator.rows("contract_tariff", cid=CID)) == count + 1


def test_the_billing_refuses_in_its_own_words(hosted_privately: HostFactory) -> None:
    host = hosted_privately(bitel="9.2")
    client, emulator = host.client(), host.emulators["bitel"]
    client.get(f"{TARIFFS}/edit?tariff=3", headers=HTMX)  # the directory of plans is in memory from here on
    opened = client.get(f"{TARIFFS}/add", headers=HTMX).text
    with emulator.database.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM tariff_plan WHERE id = 5")
    answer = client.post(f"{TARIFFS}/add", data=filled(opened, {"plan": "5", "comment": "набрано"}), headers=HTMX)
    assert "Тарифный план не найден: 5" in answer.text
    assert "набрано" in answer.text
