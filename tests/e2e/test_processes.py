"""Contracts of processes: linked in every way, taken away, listed; processes of a contract through its card."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from example_host.models import database
from example_host.processes.models import ProcessContractRow, ProcessTypeRow
from example_host.processes.port import HostProcesses
from flask_bgbilling.emulator import Emulator
from flask_bgbilling.ports import ProcessContract
from flask_bgbilling.testing import emulated_billing
from tests.e2e.conftest import Host, hosts
from tests.e2e.forms import HTMX, post_form

CARD = "/bgbilling/contract/bitel/101"
PAGE = "/bgbilling/processes/1/contracts"
PARAMETER = 17
NUMBER = "A-24-0101"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """A host with two billings that all tests of this module share; links are taken away before each."""
    with ExitStack() as billings:

        def start(version: str) -> Emulator:
            return billings.enter_context(emulated_billing(version, contracts=30)).emulator

        make = hosts(start, tmp_path_factory.mktemp("processes"))
        yield make(bitel="9.2", ds="7.2", extra=f"bgbilling:server.1.customerIdParam={PARAMETER}\n")


@pytest.fixture
def host(running: Host) -> Host:
    with running.app.app_context():
        database.session.query(ProcessContractRow).delete()
        database.session.commit()
    return running


@pytest.fixture
def client(host: Host) -> FlaskClient:
    return host.client("operator")


def linked(host: Host, process_id: int = 1) -> list[tuple[str, int, str]]:
    with host.app.app_context():
        return [(one.billing_id, one.cid, one.title) for one in HostProcesses().contracts(process_id)]


def link(client: FlaskClient, process_id: int = 1, **fields: str) -> TestResponse:
    return client.post(f"/bgbilling/processes/{process_id}/contracts/link", data=fields, headers=HTMX)


@pytest.mark.parametrize("billing", ["bitel", "ds"])
def test_a_contract_is_linked_by_its_number(host: Host, client: FlaskClient, billing: str) -> None:
    answer = link(client, billing=billing, number=f" {NUMBER} ")
    assert answer.status_code == 200, answer.text
    assert "The contract is linked." in answer.text
    assert linked(host) == [(billing, 101, NUMBER)]
    again = link(client, billing=billing, number=NUMBER.lower())
    assert again.status_code == 200
    assert "already" in again.text
    assert linked(host) == [(billing, 101, NUMBER)]


@pytest.mark.parametrize("number", ["A-24-010", ".*", "A-24-010[1]", "", "%", "<b>", "A" * 200])
def test_numbers_are_taken_letter_by_letter(host: Host, client: FlaskClient, number: str) -> None:
    for billing in ("bitel", "ds"):
        answer = link(client, billing=billing, number=number)
        assert answer.status_code == 400
        assert "aria-invalid" in answer.text, "the field is marked and keeps what was typed"
        assert "<b>" not in answer.text
    assert linked(host) == []


def test_closed_and_hidden_contracts_are_found(host: Host, client: FlaskClient) -> None:
    rows = host.emulators["bitel"].rows("contract")
    hidden = next(row for row in rows if row["del"])
    closed = next(row for row in rows if row["date2"] is not None)
    for row in (hidden, closed):
        assert link(client, billing="bitel", number=row["title"]).status_code == 200, row["title"]
    assert [one[1] for one in linked(host)] == [hidden["id"], closed["id"]]


def test_groups_follow_the_rules_of_the_type(host: Host, client: FlaskClient) -> None:
    with host.app.app_context():
        row = database.session.get(ProcessTypeRow, 2)
        assert row is not None
        row.configuration = (
            "bgbilling:processLinkedContract.{@inc:cnt}.groupIds=2,99\n"
            "bgbilling:processLinkedContract.{@cnt}.titleRegexp=A-24-\\d+\n"
        )
        database.session.commit()
    assert link(client, 2, billing="bitel", number=NUMBER).status_code == 200
    with host.app.app_context():
        assert HostProcesses().groups(2) == [2]


def test_a_page_of_its_own_without_scripts(host: Host, client: FlaskClient) -> None:
    answer = client.post(f"{PAGE}/link", data={"billing": "bitel", "number": NUMBER})
    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert "The contract is linked." in page
    assert '<a href="/processes/1">Card of the process</a>' in page
    assert f'<a href="{CARD}">{NUMBER}</a>' in page
    answer = client.post(f"{PAGE}/unlink", data={"contract": "bitel:101"})
    assert "The link is taken away." in client.get(answer.location).text
    assert linked(host) == []
    answer = client.post(f"{PAGE}/unlink", data={"contract": "bitel:101"})
    assert "The contract was not linked." in client.get(answer.location).text
    refused = client.post(f"{PAGE}/link", data={"billing": "bitel", "number": "nothing"})
    assert refused.status_code == 400
    assert 'value="nothing"' in refused.text


RULE = """
onProcessEvent.1.events=linkRemoved
onProcessEvent.1.checkExpression=false
onProcessEvent.1.checkErrorMessage=Заберите <роутер>
"""


def test_what_rules_say_to_a_link_that_is_taken_away_reaches_the_operator(host: Host, client: FlaskClient) -> None:
    with host.app.app_context():
        row = database.session.get(ProcessTypeRow, 1)
        assert row is not None
        kept, row.configuration = row.configuration, RULE
        database.session.commit()
    told = "Rule 1 of the process type: Заберите &lt;роутер&gt;"
    try:
        link(client, billing="bitel", number=NUMBER)
        page = client.post(f"{PAGE}/unlink", data={"contract": "bitel:101"})
        assert page.status_code == 200
        assert told in page.text
        assert "The link is taken away." in page.text
        link(client, billing="bitel", number=NUMBER)
        card = post_form(client, f"{CARD}/processes/unlink?process=1")
        assert told in card.text
        assert linked(host) == []
        assert told not in client.post(f"{PAGE}/unlink", data={"contract": "bitel:101"}, follow_redirects=True).text
    finally:
        with host.app.app_context():
            database.session.get_one(ProcessTypeRow, 1).configuration = kept
            database.session.commit()


def test_the_current_process_is_offered_by_search_and_card(host: Host, client: FlaskClient) -> None:
    search = f"/bgbilling/search?q={NUMBER}"
    assert "bgb-process-link" not in client.get(search).text
    client.get("/processes/1")
    page = client.get(search).text
    assert 'form="bgb-process-link" name="contract" value="bitel:101"' in page
    assert 'value="ds:101"' in page
    assert "Link to a process" in client.get(CARD).text
    answer = client.post(f"{PAGE}/link", data={"contract": "bitel:101"})
    assert answer.status_code == 303
    assert linked(host) == [("bitel", 101, NUMBER)]
    page = client.get(search).text
    assert 'value="bitel:101"' not in page, "it is linked"
    assert client.post("/bgbilling/processes/1/leave").status_code == 303
    assert "bgb-process-link" not in client.get(search).text


def test_contracts_of_the_customer_and_opened_ones_are_offered(host: Host, client: FlaskClient) -> None:
    client.get("/bgbilling/contract/ds/102")
    with host.app.app_context():
        links = host.app.extensions["bgbilling"].services.links
        with links._unit.alone():
            links.link_local("1", "bitel", 103, "A-24-0103", 1, instead_of=links.customer_of("bitel", 103))
    page = client.get(PAGE).text
    assert 'name="contract" value="bitel:103"' in page
    assert "Contracts of Колесникова Ирина Дмитриевна:" in page
    assert 'name="contract" value="ds:102"' in page
    assert link(client, contract="bitel:103").status_code == 200
    assert 'name="contract" value="bitel:103"' not in client.get(PAGE).text.partition("bgb-process-offered")[2]


@pytest.mark.parametrize("contract", ["", "bitel", "bitel:", ":101", "bitel:-1", "bitel:1e3", "bitel:" + "9" * 30])
def test_contracts_that_no_list_has(host: Host, client: FlaskClient, contract: str) -> None:
    assert link(client, contract=contract).status_code == 400
    assert linked(host) == []


def test_what_is_not_there(host: Host, client: FlaskClient) -> None:
    for process_id in (99, 2**31, 2**62):
        assert client.get(f"/bgbilling/processes/{process_id}/contracts").status_code == 404
        assert link(client, process_id, billing="bitel", number=NUMBER).status_code == 404
    assert client.get(f"/bgbilling/processes/{2**70}/contracts").status_code == 404
    assert link(client, billing="nobody", number=NUMBER).status_code == 404
    assert link(client, contract="nobody:101").status_code == 404
    assert link(client, contract="bitel:99999").status_code == 404


def test_processes_of_others(host: Host) -> None:
    with host.app.app_context():
        HostProcesses().link_contract(1, ProcessContract("bitel", 101, NUMBER))
        database.session.commit()
    branch = host.client("branch")
    assert branch.get(PAGE).status_code == 404, "somebody of another billing"
    assert branch.get("/processes/1").status_code == 404
    assert branch.post(f"{PAGE}/unlink", data={"contract": "bitel:101"}).status_code == 404
    viewer = host.client("viewer")
    page = viewer.get(PAGE).text
    assert NUMBER in page
    assert "/unlink" not in page
    assert viewer.post(f"{PAGE}/unlink", data={"contract": "bitel:101"}).status_code == 403
    assert viewer.post(f"{PAGE}/link", data={"billing": "bitel", "number": NUMBER}).status_code == 403
    assert "/processes/create" not in viewer.get(f"{CARD}/processes").text
    assert linked(host) == [("bitel", 101, NUMBER)]


def test_tabs_of_the_processes_of_each_contract(host: Host, client: FlaskClient) -> None:
    with host.app.app_context():
        for process_id in (1, 3):
            HostProcesses().link_contract(process_id, ProcessContract("bitel", 101, "<i>*</i>"))
        database.session.commit()
    page = client.get(PAGE).text
    assert "Processes of contract &lt;i&gt;*&lt;/i&gt;" in page
    tab = client.get(f"{PAGE}?of={quote('bitel:101')}", headers=HTMX).text
    assert '<a href="/processes/3">Перенести розетку в аптеке № 2</a>' in tab
    assert "<html" not in tab


def test_the_section_of_the_card(host: Host, client: FlaskClient) -> None:
    assert "The contract has no processes." in client.get(f"{CARD}/processes").text
    answer = post_form(client, f"{CARD}/processes/create", type="1", description="Нет <b>связи</b>\nвторой день")
    assert answer.status_code == 200, answer.text
    assert "Нет &lt;b&gt;связи&lt;/b&gt;" in answer.text
    with host.app.app_context():
        (made,) = HostProcesses().of_contract("bitel", 101, 5)
        assert HostProcesses().description(made.id) == "Нет <b>связи</b>\nвторой день"
    answer = post_form(client, f"{CARD}/processes/link", number="1")
    assert answer.status_code == 200, answer.text
    assert linked(host) == [("bitel", 101, NUMBER)]
    again = post_form(client, f"{CARD}/processes/link", number="1")
    assert "already" in again.text
    answer = post_form(client, f"{CARD}/processes/unlink?process=1")
    assert answer.status_code == 200, answer.text
    assert linked(host) == []
    journal = client.get(f"{CARD}/journal").text
    for told in ("New process", "Link to a process", "Take the link away", "Подключить интернет"):
        assert told in journal


@pytest.mark.parametrize("fields", [{"number": ""}, {"number": "99"}, {"number": "x"}, {"number": "-1"}])
def test_processes_that_cannot_be_linked(client: FlaskClient, fields: dict[str, str]) -> None:
    answer = post_form(client, f"{CARD}/processes/link", **fields)
    assert answer.status_code == 400


def test_a_new_process_needs_a_type_and_a_description(client: FlaskClient) -> None:
    assert post_form(client, f"{CARD}/processes/create", type="99", description="x").status_code == 400
    assert post_form(client, f"{CARD}/processes/create", type="1", description="  ").status_code == 400


def test_links_follow_the_number_when_a_card_is_read(host: Host, client: FlaskClient) -> None:
    with host.app.app_context():
        HostProcesses().link_contract(1, ProcessContract("bitel", 101, "old number"))
        database.session.commit()
    card = client.get(CARD).text
    assert linked(host) == [("bitel", 101, NUMBER)]
    assert "/processes" in card


def test_a_template_of_the_host_stands_under_each_contract(host: Host, client: FlaskClient, tmp_path: Path) -> None:
    with host.app.app_context():
        row = database.session.get(ProcessTypeRow, 3)
        assert row is not None
        row.configuration = "bgbilling:linkedContractShowJsp=no/such.html"
        HostProcesses().link_contract(3, ProcessContract("bitel", 101, NUMBER))
        database.session.commit()
    assert NUMBER in client.get("/bgbilling/processes/3/contracts").text, "a template that is missing says nothing"


SCRIPT = """onProcessEvent.1.events=linkAdded
onProcessEvent.1.doExpression=<<END
bgbilling.cp(2, '', 30);
bgbilling.cp(3, 'address', 31);
bgbilling.cp(3, '', 35);
bgbilling.cp(3, '', 35);
END
onProcessEvent.2.events=linkAdding
onProcessEvent.2.checkExpression=event.contractId != 104
onProcessEvent.2.checkErrorMessage=Этот <b>договор</b> нельзя
"""


@pytest.mark.parametrize("billing", ["bitel", "ds"])
def test_rules_copy_from_the_contract_and_refuse_links(host: Host, client: FlaskClient, billing: str) -> None:
    with host.app.app_context():
        row = database.session.get(ProcessTypeRow, 1)
        assert row is not None
        row.configuration = SCRIPT
        for parameter in (30, 31, 35):
            HostProcesses().set_value(1, parameter, None)
        database.session.commit()
    assert link(client, contract=f"{billing}:101").status_code == 200
    emulator = host.emulators[billing]
    (name,) = emulator.rows("contract_parameter_type_1", cid=101, pid=2)
    (place,) = emulator.rows("contract_parameter_type_2", cid=101, pid=3)
    with host.app.app_context():
        port = HostProcesses()
        assert port.value(1, 30) == name["val"]
        assert str(port.value(1, 31)).startswith(place["address"][:20])
        addresses = port.value(1, 35)
        assert isinstance(addresses, tuple)
        assert [one.place for one in addresses] == [(place["hid"], place["flat"] or "", place["room"] or "")]  # type: ignore[union-attr]
    refused = link(client, contract=f"{billing}:104")
    assert refused.status_code == 400
    assert "Этот &lt;b&gt;договор&lt;/b&gt; нельзя" in refused.text
    assert [one[1] for one in linked(host)] == [101]


def test_a_rule_that_fails_is_told_and_the_link_stands(host: Host, client: FlaskClient) -> None:
    with host.app.app_context():
        row = database.session.get(ProcessTypeRow, 1)
        assert row is not None
        row.configuration = "onProcessEvent.1.doExpression=setStatus(99)\n"
        database.session.commit()
    answer = link(client, contract="bitel:101")
    assert answer.status_code == 200
    assert "Rule 1 of the process type has failed" in answer.text
    assert linked(host) == [("bitel", 101, NUMBER)]
