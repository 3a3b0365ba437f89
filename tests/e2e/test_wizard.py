"""The wizard leads a new process to a contract that works; what is done is read back from the billing."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import expect
from sqlalchemy import text
from werkzeug.test import TestResponse

from example_host.models import database
from flask_bgbilling.emulator import Emulator
from flask_bgbilling.ports import CustomerAddress, ProcessContract
from tests.e2e.conftest import Host, HostFactory, Opened, hosts, listening
from tests.support import Emulated

PROCESS, CUSTOMER = 1, 1
SERVER = "bgbilling:server.1.customerIdParam=22\n"
WIZARD = """
wizard.createStep.1.title=Договор <b>
wizard.createStep.1.class=CreateContractsStep
wizard.createStep.1.contractType.1.title=Интернет
wizard.createStep.1.contractType.1.billing=bitel
wizard.createStep.1.contractType.1.patternId=0
wizard.createStep.1.contractType.1.tariffList=3:Домашний 300
wizard.createStep.1.contractType.2.title=Сотрудник
wizard.createStep.1.contractType.2.billing=bitel
wizard.createStep.1.contractType.2.patternId=0
wizard.createStep.2.class=FillContractParamsStep
wizard.createStep.2.parameterIds=14,15
wizard.createStep.2.checkParamIds=14
wizard.createStep.3.class=SetContractTariffStep
wizard.step.1.class=ShowInetServiceStep
wizard.step.1.inetModuleId=1
wizard.step.2.class=ShowInetSessionStep
wizard.step.2.inetModuleId=1
"""
PAGE = f"/bgbilling/processes/{PROCESS}/wizard"


class Desk:
    """An operator at a host whose first process has the wizard."""

    def __init__(self, host: Host, wizard: str = WIZARD) -> None:
        self.host = host
        self.billing: Emulator = host.emulators["bitel"]
        self.client: FlaskClient = host.client("admin")
        self.run("UPDATE crm_process_type SET configuration = :wizard WHERE id = 1", wizard=wizard)

    def run(self, statement: str, **values: object) -> None:
        with self.host.app.app_context():
            database.session.execute(text(statement), values)
            database.session.commit()

    def link(self, cid: int, title: str = "101") -> None:
        with self.host.app.app_context():
            processes = self.host.app.extensions["bgbilling"].services.processes
            processes.link_contract(PROCESS, ProcessContract("bitel", cid, title))
            database.session.commit()

    @property
    def linked(self) -> list[tuple[str, int]]:
        with self.host.app.app_context():
            processes = self.host.app.extensions["bgbilling"].services.processes
            return [(one.billing_id, one.cid) for one in processes.contracts(PROCESS)]

    def page(self) -> str:
        answer = self.client.get(PAGE)
        assert answer.status_code == 200, answer.text
        return answer.text

    def make(self) -> TestResponse:
        """Makes the contract that the first step offers first, by its form."""
        address = re.search(r'href="(/bgbilling/customer/1/contracts/new\?[^"]*type=1[^"]*)"', self.page())
        assert address
        form = self.client.get(address[1].replace("&amp;", "&")).text
        once = re.search(r'name="once" value="([^"]+)"', form)
        action = re.search(r'<form class="bgb-form" method="post" action="([^"]+)"', form)
        assert once
        assert action
        fields = {"once": once[1], "type": "1", "tariff": "3", "comment": "Новый"}
        return self.client.post(action[1].replace("&amp;", "&"), data=fields, follow_redirects=True)

    def rules(self, rules: str) -> None:
        self.run("UPDATE crm_process_type SET configuration = :rules WHERE id = 1", rules=f"{WIZARD}{rules}")

    def states(self) -> list[tuple[str, bool]]:
        page = self.page()
        steps = re.findall(r'data-bgb-step="([^"]+)".*?bgb-badge bgb-(good|warn)', page, re.DOTALL)
        return [(key, tone == "good") for key, tone in steps]


@pytest.fixture
def desk(hosted_privately: HostFactory, request: pytest.FixtureRequest) -> Desk:
    return Desk(hosted_privately(extra=SERVER, bitel=getattr(request, "param", "9.2501")))


@pytest.mark.parametrize("desk", ["7.2", "9.2501"], indirect=True)
def test_from_a_new_process_to_a_contract_that_works(desk: Desk) -> None:
    assert desk.states() == [("create-1", False)]
    assert "Договор &lt;b&gt;" in desk.page()
    made = desk.make()
    assert "The contract is ready." in made.text
    assert f'href="{PAGE}"' in made.text
    ((billing_id, cid),) = desk.linked
    assert billing_id == "bitel"
    assert desk.billing.rows("contract", id=cid)[0]["comment"] == "Новый"
    assert [row["tpid"] for row in desk.billing.rows("contract_tariff", cid=cid)] == [3]
    # The type was used: only the other one is offered.
    assert re.findall(r'contracts/new\?[^"]*type=(\d)', desk.page()) == ["2"]
    assert desk.states() == [("create-1", True), ("create-2", False)]
    page = desk.page()
    assert "ИНН" in page
    assert "Паспорт" not in page
    saved = _save(desk, cid, "14", "0275000000")
    assert saved == "0275000000"
    assert desk.states() == [
        ("create-1", True),
        ("create-2", True),
        ("create-3", True),
        ("step-1", True),
        ("step-2", True),
    ]
    assert "Everything is done." in desk.page()


FAILING = """
onProcessEvent.1.events=linkAdded
onProcessEvent.1.doExpression=setStatus(4711)
onProcessEvent.2.events=linkAdded
onProcessEvent.2.checkExpression=false
onProcessEvent.2.checkErrorMessage=Позвоните <клиенту>
"""


def test_what_rules_say_to_a_contract_that_is_made_reaches_the_operator(desk: Desk) -> None:
    desk.rules(FAILING)
    made = desk.make()
    assert "The contract is ready." in made.text
    assert len(desk.linked) == 1
    again = desk.client.get(made.request.path).text
    for page in (made.text, again):
        assert "Rule 1 of the process type has failed:" in page
        assert "“setStatus” failed" in page
        assert "Rule 2 of the process type: Позвоните &lt;клиенту&gt;" in page
    told = desk.client.get(made.request.path, headers={"Accept-Language": "ru"}).text
    assert "Правило 2 типа процесса: Позвоните &lt;клиенту&gt;" in told


def test_a_rule_that_forbids_the_link_stops_at_it_and_the_rest_is_done_later(desk: Desk) -> None:
    desk.rules(
        "\nonProcessEvent.1.events=linkAdding\nonProcessEvent.1.checkExpression=false\n"
        "onProcessEvent.1.checkErrorMessage=Сначала договор на бумаге\n"
    )
    made = desk.make()
    assert 'data-bgb-step="process" data-bgb-state="failed"' in made.text
    assert "Сначала договор на бумаге" in made.text
    assert desk.linked == []
    contracts = len(desk.billing.rows("contract"))
    desk.rules(FAILING)
    done = desk.client.post(f"{made.request.path}/go-on", follow_redirects=True).text
    assert "The contract is ready." in done
    assert "Сначала договор на бумаге" not in done
    assert "Rule 2 of the process type: Позвоните &lt;клиенту&gt;" in done
    assert len(desk.linked) == 1
    assert len(desk.billing.rows("contract")) == contracts


def test_what_rules_say_to_a_contract_of_a_list_reaches_the_operator(desk: Desk) -> None:
    desk.rules(FAILING)
    linked = desk.client.post(f"{PAGE}/link", data={"contract": "bitel:101"})
    assert linked.status_code == 200
    assert "Rule 2 of the process type: Позвоните &lt;клиенту&gt;" in linked.text
    assert desk.linked == [("bitel", 101)]


def _save(desk: Desk, cid: int, pid: str, value: str) -> str:
    where = f"/bgbilling/contract/bitel/{cid}/parameters/edit?parameter={pid}"
    form = desk.client.get(where).text
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    answer = desk.client.post(where, data={**hidden, "value": value})
    assert answer.status_code in {200, 303}, answer.text
    rows = desk.billing.rows("contract_parameter_type_1", cid=cid, pid=int(pid))
    return str(rows[0]["val"])


def test_services_and_sessions_are_listed(desk: Desk) -> None:
    (first, *_) = desk.billing.rows("inet_session_1")
    desk.link(first["contractId"])
    steps = "".join(line for line in WIZARD.splitlines(keepends=True) if line.startswith("wizard.step"))
    desk.run("UPDATE crm_process_type SET configuration = :wizard WHERE id = 1", wizard=steps)
    page = desk.page()
    service = desk.billing.rows("inet_serv_1", id=first["servId"])[0]
    assert service["login"] in page
    under_way = len(desk.billing.rows("inet_session_1", contractId=first["contractId"]))
    assert f"found {under_way}, shown {under_way}" in page


def test_contracts_of_the_address_are_found_and_linked(desk: Desk) -> None:
    (row, *_) = (one for one in desk.billing.rows("contract_parameter_type_2") if one["flat"])
    with desk.host.app.app_context():
        processes = desk.host.app.extensions["bgbilling"].services.processes
        address_id = next(key for key, one in processes.parameters().items() if one.type == "address")
        processes.set_value(PROCESS, address_id, (CustomerAddress(row["hid"], row["flat"]),))
        database.session.commit()
    wizard = f"wizard.step.1.class=ShowContractsByAddrParamStep\nwizard.step.1.addressParamId={address_id}\n"
    desk.run("UPDATE crm_process_type SET configuration = :wizard WHERE id = 1", wizard=wizard)
    assert f'value="bitel:{row["cid"]}"' in desk.page()
    answer = desk.client.post(f"{PAGE}/link", data={"contract": f"bitel:{row['cid']}"})
    assert answer.status_code == 303
    assert desk.linked == [("bitel", row["cid"])]
    assert f'value="bitel:{row["cid"]}"' not in desk.page()


@pytest.mark.parametrize("contract", ["", "bitel", "bitel:0", "bitel:x", "nowhere:101", "bitel:99999999999", ":1"])
def test_what_no_list_holds_is_not_linked(desk: Desk, contract: str) -> None:
    answer = desk.client.post(f"{PAGE}/link", data={"contract": contract})
    assert answer.status_code in {404, 403, 400}
    assert desk.linked == []


def test_a_list_that_cannot_be_read_keeps_nobody_from_going_on(desk: Desk) -> None:
    desk.link(101)
    wizard = "wizard.step.1.class=ShowInetServiceStep\nwizard.step.1.inetModuleId=77\n"
    desk.run("UPDATE crm_process_type SET configuration = :wizard WHERE id = 1", wizard=wizard)
    assert desk.states() == [("step-1", True)]
    assert "bgb-note" in desk.page()


def test_the_contracts_of_the_process_lead_to_it(desk: Desk) -> None:
    address = f'href="{PAGE}"'
    assert address in desk.client.get(f"/bgbilling/processes/{PROCESS}/contracts").text
    desk.run("UPDATE crm_process_type SET configuration = '' WHERE id = 1")
    assert address not in desk.client.get(f"/bgbilling/processes/{PROCESS}/contracts").text


def test_a_process_without_a_wizard_says_so(desk: Desk) -> None:
    desk.run("UPDATE crm_process_type SET configuration = '' WHERE id = 1")
    assert "This type of processes has no wizard." in desk.page()
    assert desk.client.get("/bgbilling/processes/4711/wizard").status_code == 404


def test_who_may_not_read_parameters_is_told_in_the_step(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.link(101)
    users: Any = desk.host.app.extensions["bgbilling"].services.users
    grant = users.grant
    monkeypatch.setattr(
        users, "grant", lambda person, name: None if name == "contract.parameters.read" else grant(person, name)
    )
    assert "contract.parameters.read" in desk.page()


@pytest.fixture
def host(private_billing: Emulated, tmp_path: Path) -> Iterator[Host]:
    """A host that listens, with a billing in which it is the same day."""
    for served in listening(hosts(lambda version: private_billing(version, frozen_at=None), tmp_path)):
        yield served(bitel="10.2", extra=SERVER)


@pytest.mark.browser
def test_a_parameter_is_filled_in_its_step(host: Host, browse: Opened) -> None:
    desk = Desk(host)
    filled = {row["cid"] for row in desk.billing.rows("contract_parameter_type_1", pid=14)}
    contract = next(row for row in desk.billing.rows("contract") if row["id"] not in filled)
    desk.link(contract["id"], contract["title"])
    page = browse(host, "admin", locale="ru-RU")
    page.goto(f"{host.url}{PAGE}")
    step = page.locator("[data-bgb-step=create-2]")
    expect(step).to_contain_text("Параметры договора")
    line = step.locator("tbody tr", has_text="ИНН")
    line.get_by_role("link", name="Изменить «ИНН»").click()
    field = step.locator("input[name=value]")
    expect(field).to_be_focused()
    field.fill("0275000001")
    field.press("Enter")
    expect(step.locator("tbody tr", has_text="0275000001")).to_be_visible()
    step.locator("[data-bgb-continue]").click()
    expect(page.locator("[data-bgb-step=create-2] .bgb-good").first).to_be_visible()


def test_a_linked_contract_is_a_step_done_for_who_may_not_make_others(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    users: Any = desk.host.app.extensions["bgbilling"].services.users
    grant, missing = users.grant, {"process.link.update"}
    monkeypatch.setattr(users, "grant", lambda person, name: None if name in missing else grant(person, name))
    address = "/bgbilling/customer/1/contracts/new"
    page = desk.page()
    assert address not in page, "a contract that could not be linked is not offered"
    assert "There is no type of contract that you may make." in page
    data = {"once": "wizard-key", "type": "1", "tariff": "3", "comment": ""}
    before = len(desk.billing.rows("contract"))
    answer = desk.client.post(f"{address}?process={PROCESS}&step=create-1&type=1", data=data)
    assert answer.status_code == 403
    assert len(desk.billing.rows("contract")) == before
    missing.add("contract.create")
    desk.link(101)
    assert ("create-1", True) in desk.states()
