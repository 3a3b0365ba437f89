"""Service modules are attached and detached, and sub-contracts attached, through the card, in every version."""

import re

import pytest

from flask_bgbilling.emulator import Emulator
from tests.e2e.conftest import HostFactory
from tests.e2e.forms import HTMX, filled, post_form
from tests.support import ALL_BANDS

CARD = "/bgbilling/contract/bitel"
CID, FIRM, SUPER, SUB, HIDDEN, EMPTY = 101, 102, 103, 104, 108, 110
DIALUP, FEES, CARDS = 9, 2, 8


def attached(emulator: Emulator, cid: int = CID) -> list[int]:
    return sorted(row["mid"] for row in emulator.rows("contract_module", cid=cid))


def place(emulator: Emulator, cid: int) -> tuple[int, int]:
    (row,) = emulator.rows("contract", id=cid)
    return row["scid"], row["sub_mode"]


@pytest.mark.parametrize("band", ALL_BANDS)
def test_modules_come_and_go(hosted_privately: HostFactory, band: str) -> None:
    host = hosted_privately(bitel=band)
    client, emulator = host.client(), host.emulators["bitel"]
    address = f"{CARD}/{EMPTY}/modules"
    answer = post_form(client, f"{address}/attach", module=[str(DIALUP), str(FEES)])
    assert answer.status_code == 200, answer.text
    assert "Modules attached" in answer.text
    assert "bgb-changed" in answer.headers["HX-Trigger-After-Settle"], "the tree reads itself again"
    assert attached(emulator, EMPTY) == [FEES, DIALUP]

    form = client.get(f"{address}/detach?module={DIALUP}&in=4", headers=HTMX).text
    answer = client.post(f"{address}/detach?module={DIALUP}&in=4", data=filled(form, {}), headers=HTMX)
    assert answer.status_code == 200, answer.text
    assert "Detach the modules Модемный доступ? All that they keep" in answer.text
    assert attached(emulator, EMPTY) == [FEES, DIALUP], "nothing is done before the answer"
    answer = client.post(f"{address}/detach?module={DIALUP}&in=4", data=filled(answer.text, {}), headers=HTMX)
    assert "Modules detached" in answer.text
    assert attached(emulator, EMPTY) == [FEES]


def test_modules_that_are_refused(hosted_privately: HostFactory) -> None:
    host = hosted_privately(bitel="9.2410")
    client, emulator = host.client(), host.emulators["bitel"]
    address, before = f"{CARD}/{CID}/modules", attached(emulator)
    for action in ("attach", "detach"):
        answer = post_form(client, f"{address}/{action}", module=None)
        assert answer.status_code == 400
        assert "Choose at least one module." in answer.text
        assert post_form(client, f"{address}/{action}", module="77").status_code == 400
        stranger = host.client("accountant")
        assert stranger.get(f"{address}/{action}", headers=HTMX).status_code == 403
        assert stranger.post(f"{address}/{action}", data={"once": "x", "module": "9"}).status_code == 403
    assert "Nothing was changed" in post_form(client, f"{address}/attach", module=str(FEES)).text
    assert attached(emulator) == before


@pytest.mark.parametrize("band", ["8.2", "10.2"])
def test_a_step_without_an_answer_is_neither_called_done_nor_not_done(hosted_privately: HostFactory, band: str) -> None:
    host = hosted_privately(bitel=band)
    client, emulator = host.client(), host.emulators["bitel"]
    address = f"{CARD}/{EMPTY}/modules"
    emulator.faults.set("http-500", operation="ontractModuleAdd", skip=1, status=503)
    answer = post_form(client, f"{address}/attach", module=["2", str(DIALUP), "3"])
    emulator.faults.clear()
    assert attached(emulator, EMPTY) == [FEES]
    record = answer.text.split("/change/")[1].split("/")[0]
    journal = client.get(f"{CARD}/{EMPTY}/journal").text
    for shown in (answer.text, client.get(f"{CARD}/{EMPTY}/change/{record}").text, journal):
        steps = re.findall(r"(?s)<ul class=\"bgb-steps\">.*?</ul>", shown)[0]
        assert re.findall(r": (done|not confirmed|not done)</li>", steps) == ["done", "not confirmed", "not done"]
    # It comes to be known that the doubtful one was done: the rest can be gone on with.
    post_form(client, f"{address}/attach", module=str(DIALUP))
    looked = client.post(f"{CARD}/{EMPTY}/change/{record}/look", data=filled(answer.text, {}), headers=HTMX)
    assert "Go on with the rest" in looked.text
    resumed = client.post(f"{CARD}/{EMPTY}/change/{record}/resume", data=filled(looked.text, {}), headers=HTMX)
    assert resumed.status_code == 200
    assert attached(emulator, EMPTY) == [FEES, 3, DIALUP]


@pytest.mark.parametrize("band", ALL_BANDS)
def test_a_contract_becomes_a_sub_contract(hosted_privately: HostFactory, band: str) -> None:
    host = hosted_privately(bitel=band)
    client, emulator = host.client(), host.emulators["bitel"]
    address = f"{CARD}/{EMPTY}/hierarchy"
    form = client.get(f"{address}/attach", headers=HTMX).text
    typed = {"sub": " a-24-0101 ", "kind": "independent"}
    answer = client.post(f"{address}/attach", data=filled(form, typed), headers=HTMX)
    assert "A-24-0101 · Колесникова Ирина Дмитриевна · ID 101" in answer.text, "the question says who it is"
    assert place(emulator, CID) == (0, 0)
    answer = client.post(f"{address}/attach", data=filled(answer.text, {}), headers=HTMX)
    assert answer.status_code == 200, answer.text
    assert "Sub-contract attached" in answer.text
    assert "can be detached only in the billing" in answer.text
    assert place(emulator, CID) == (EMPTY, 1)
    assert "Nothing was changed" in post_form(client, f"{address}/attach", sub="101").text

    answer = post_form(client, f"{address}/attach", sub=str(HIDDEN), kind="dependent")
    assert answer.status_code == 200, answer.text
    assert place(emulator, HIDDEN) == (EMPTY, 0), "by its id, though it is hidden"


@pytest.mark.parametrize("band", ["7.2", "9.2"])
def test_sub_contracts_that_are_refused(hosted_privately: HostFactory, band: str) -> None:
    host = hosted_privately(bitel=band)
    client, emulator = host.client(), host.emulators["bitel"]
    before = emulator.rows("contract")
    for cid, sub, words in (
        (CID, "", "This must not be empty."),
        (CID, "нет такого", "has no contract with the number or ID"),
        (CID, "999999", "has no contract with the number or ID"),
        (CID, "99999999999999999999999", "has no contract with the number or ID"),
        (CID, "000000000000000000" + "9" * 20, "has no contract with the number or ID"),
        (CID, "A-24-010", "has no contract with the number or ID"),
        (CID, "A-24-01.1", "has no contract with the number or ID"),
        (CID, "A-24-0101", "cannot be its own"),
        (SUB, str(SUPER), "It is the super contract of this one."),
        (CID, "A-24-0104", "уже является"),
    ):
        answer = post_form(client, f"{CARD}/{cid}/hierarchy/attach", sub=sub)
        assert answer.status_code >= 400, sub
        assert words in answer.text, sub
        assert f'value="{sub}"' in answer.text, "what was typed stays"
    assert emulator.rows("contract") == before


@pytest.mark.parametrize("band", ["8.0", "10.2"])
def test_a_sub_contract_whose_answer_is_lost(hosted_privately: HostFactory, band: str) -> None:
    host = hosted_privately(bitel=band)
    client, emulator = host.client(), host.emulators["bitel"]
    emulator.faults.set("execute-but-do-not-answer", operation="AddSub")
    answer = post_form(client, f"{CARD}/{EMPTY}/hierarchy/attach", sub="A-24-0102")
    assert "Sub-contract attached" in answer.text, "it is looked for and found"
    assert place(emulator, FIRM) == (EMPTY, 0)


def test_the_billings_client_is_at_hand_where_a_sub_contract_is_detached(hosted_privately: HostFactory) -> None:
    host = hosted_privately(bitel="9.2")
    client, emulator = host.client(), host.emulators["bitel"]
    page = client.get(f"{CARD}/{SUPER}/hierarchy", headers=HTMX).text
    assert "can be detached only in the billing" in page
    assert f"{CARD}/{SUPER}/hierarchy/open" in page
    answer = post_form(client, f"{CARD}/{SUPER}/hierarchy/open")
    assert answer.status_code == 200, answer.text
    assert [row["value"] for row in emulator.rows("user_command")] == [f"openContract:{SUPER}"]
    assert "detached only" not in host.client("accountant").get(f"{CARD}/{SUPER}/hierarchy", headers=HTMX).text
