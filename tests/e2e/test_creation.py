"""Contracts are made for customers step by step, once, and go on where they stopped; read back from the billing."""

import re
from datetime import date
from typing import Any

import pytest
from flask.cli import ScriptInfo
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from example_host.models import database
from flask_bgbilling.cli import bgbilling
from flask_bgbilling.emulator import Emulator
from flask_bgbilling.wire.version import Version
from tests.e2e.conftest import Host, HostFactory

CUSTOMER, NAME, LINK = 1, 2, 26
BANDS = ["7.2", "8.2", "9.2", "9.2501", "10.2"]
TODAY = date(2026, 11, 23)
TYPES = """
bgbilling:contractType.1.title=Интернет
bgbilling:contractType.1.billing=bitel
bgbilling:contractType.1.patternId=1
bgbilling:contractType.1.tariffList=3:Домашний 300;4:Домашний 500
bgbilling:contractType.2.title=Ещё один
bgbilling:contractType.2.billing=bitel
bgbilling:contractType.2.patternId=3
bgbilling:contractType.2.tariffList=4:Домашний 500
bgbilling:contractType.2.tariffPosition=1
bgbilling:contractType.3.title=Без тарифа
bgbilling:contractType.3.billing=bitel
bgbilling:server.1.customerIdParam=22
bgbilling:server.1.copyParamMapping=customerTitle:2
bgbilling:server.1.contract_pattern.3.title_pattern=Э${Y2}-${N3}
"""
NEW = f"/bgbilling/customer/{CUSTOMER}/contracts/new"


class Desk:
    """An operator at a host with one billing."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.billing: Emulator = host.emulators["bitel"]
        self.client: FlaskClient = host.client("admin")
        self.before = {row["id"] for row in self.billing.rows("contract")}

    def fields(self, type_: int = 1, **typed: str) -> dict[str, str]:
        page = self.client.get(f"{NEW}?type={type_}")
        assert page.status_code == 200, page.text
        once = re.search(r'name="once" value="([^"]+)"', page.text)
        assert once
        return {"once": once[1], "type": str(type_), "tariff": "-1", "comment": "Пояснение", **typed}

    def make(self, fields: dict[str, str]) -> TestResponse:
        return self.client.post(NEW, data=fields, follow_redirects=True)

    def post(self, page: TestResponse, action: str, **fields: str) -> TestResponse:
        return self.client.post(f"{page.request.path}/{action}", data=fields, follow_redirects=True)

    @property
    def made(self) -> list[dict[str, Any]]:
        return [row for row in self.billing.rows("contract") if row["id"] not in self.before]

    def tariffs(self, cid: int) -> list[tuple[int, int]]:
        return [(row["tpid"], row["pos"]) for row in self.billing.rows("contract_tariff", cid=cid)]

    def parameter(self, cid: int, pid: int) -> str:
        rows = self.billing.rows("contract_parameter_type_1", cid=cid, pid=pid)
        return str(rows[0]["val"]) if rows else ""

    def rows(self, statement: str) -> list[Any]:
        with self.host.app.app_context():
            return list(database.session.execute(text(statement)))

    def age(self) -> None:
        """Lets the time pass that a billing has for what it did not confirm."""
        with self.host.app.app_context():
            database.session.execute(text("UPDATE bgb_change SET deadline_at = '2020-01-01 00:00:00'"))
            database.session.commit()


@pytest.fixture
def desk(hosted_privately: HostFactory, request: pytest.FixtureRequest) -> Desk:
    return Desk(hosted_privately(extra=TYPES, bitel=getattr(request, "param", "9.2501")))


@pytest.mark.parametrize("desk", BANDS, indirect=True)
def test_everything_at_once(desk: Desk) -> None:
    before = desk.tariffs(desk.made[0]["id"]) if desk.made else []
    assert before == []
    fields = desk.fields(tariff="3")
    page = desk.make(fields)
    assert page.status_code == 200, page.text
    (contract,) = desk.made
    cid = contract["id"]
    assert contract["comment"] == "Пояснение"
    assert contract["title_pattern_id"] == 0
    assert contract["title"] in page.text
    assert desk.tariffs(cid) == [(3, 0)], "the pattern's plan was replaced in place"
    assert desk.parameter(cid, 22) == str(CUSTOMER)
    assert desk.parameter(cid, NAME).startswith("Колесникова Ирина")
    assert desk.rows("SELECT customer_id, contract_id, written FROM bgb_contract_link") == [(1, cid, "1")]
    assert 'data-bgb-creation="done"' in page.text
    desk.make(fields)
    assert len(desk.made) == 1, "the same form makes nothing more"
    states = desk.rows("SELECT state, count(*) FROM bgb_change GROUP BY state")
    assert [state for state, _ in states] == ["done"]
    named = desk.rows("SELECT contract_id, contract_title FROM bgb_change WHERE action = 'creation.create'")
    assert named[0][0] == cid
    again = desk.make(desk.fields(tariff="3"))
    assert again.status_code == 400, "an equal one is asked about"
    assert len(desk.made) == 1
    confirmed = re.search(r'name="confirmed" value="(\d+)"', again.text)
    assert confirmed
    desk.make(desk.fields(tariff="3", confirmed=confirmed[1]))
    assert len(desk.made) == 2


def test_a_contract_of_long_ago_is_shown_without_details(desk: Desk) -> None:
    page = desk.make(desk.fields(tariff="3"))
    address = page.request.path
    assert "no longer kept" not in desk.client.get(address).text
    with desk.host.app.app_context():
        database.session.execute(text("UPDATE bgb_contract_creation SET changed_at = '2001-01-01 00:00:00'"))
        database.session.commit()
    script = ScriptInfo(create_app=lambda: desk.host.app)
    told = desk.host.app.test_cli_runner().invoke(bgbilling, ["database", "purge"], obj=script)
    assert "and 1 creations of contracts emptied" in told.output
    shown = desk.client.get(address).text
    assert "The details are no longer kept: this was finished too long ago." in shown
    assert 'data-bgb-creation="done"' in shown
    assert desk.made[0]["title"] in shown


@pytest.mark.parametrize("desk", BANDS, indirect=True)
def test_numbers_and_positions(desk: Desk) -> None:
    desk.make(desk.fields(2, tariff="4"))
    (numbered,) = desk.made
    assert re.fullmatch(r"Э\d\d-001", numbered["title"])
    assert desk.tariffs(numbered["id"]) == [(7, 0), (4, 1)]
    desk.make(desk.fields(2, number="Ёлка & <7>"))
    typed = next(row for row in desk.made if row["id"] != numbered["id"])
    assert typed["title"] == "Ёлка & <7>"
    assert desk.tariffs(typed["id"]) == [(7, 0)]
    taken = desk.make(desk.fields(2, number="Ёлка & <7>"))
    assert taken.status_code == 400
    assert len(desk.made) == 2
    desk.make(desk.fields(3, comment=""))
    plain = max(desk.made, key=lambda row: int(row["id"]))
    assert plain["comment"] == ""


@pytest.mark.parametrize("desk", BANDS, indirect=True)
def test_what_stops_half_way_goes_on(desk: Desk) -> None:
    old = Version(desk.billing.settings.version) < Version("8.2")
    comment = "UpdateContractTitleAndComment" if old else "contractTitleAndCommentUpdate"
    desk.billing.faults.set("reset", operation=comment)
    page = desk.make(desk.fields(tariff="3"))
    (contract,) = desk.made
    assert 'data-bgb-creation="stopped"' in page.text
    assert 'data-bgb-step="comment" data-bgb-state="failed"' in page.text
    assert "not finished" in desk.client.get(NEW).text
    stopped = desk.post(page, "go-on")
    assert 'data-bgb-creation="stopped"' in stopped.text
    desk.billing.faults.clear()
    done = desk.post(page, "go-on")
    assert 'data-bgb-creation="done"' in done.text, done.text
    assert [row["id"] for row in desk.made] == [contract["id"]]
    assert desk.made[0]["comment"] == "Пояснение"
    assert desk.tariffs(contract["id"]) == [(3, 0)]
    assert {row[0] for row in desk.rows("SELECT state FROM bgb_change")} <= {"done", "abandoned", "continued"}


@pytest.mark.parametrize("desk", BANDS, indirect=True)
def test_a_lost_answer_is_found_and_not_sent_again(desk: Desk) -> None:
    create = "NewContract" if Version(desk.billing.settings.version) < Version("9.2") else "contractCreate"
    desk.client.get(NEW)
    desk.billing.faults.set("execute-but-do-not-answer", operation=create, count=1)
    page = desk.make(desk.fields(tariff="3"))
    assert 'data-bgb-creation="done"' in page.text, page.text
    (contract,) = desk.made
    assert contract["comment"] == "Пояснение"
    desk.billing.faults.set("execute-but-do-not-answer", operation=create, count=1)
    desk.make(desk.fields(2, number="Т-1"))
    assert [row["title"] for row in desk.made if row["id"] != contract["id"]] == ["Т-1"]


@pytest.mark.parametrize("desk", ["7.2", "10.2"], indirect=True)
def test_a_person_decides_what_cannot_be_told(desk: Desk) -> None:
    create = "NewContract" if Version(desk.billing.settings.version) < Version("9.2") else "contractCreate"
    desk.client.get(NEW)
    desk.billing.faults.set("reset", operation=create, count=1)
    page = desk.make(desk.fields(3))
    assert 'data-bgb-creation="uncertain"' in page.text
    assert desk.made == []
    looked = desk.post(page, "look")
    assert "not there so far" in looked.text
    early = desk.post(page, "again")
    assert early.status_code == 400
    assert desk.made == []
    desk.age()
    done = desk.post(page, "again")
    assert 'data-bgb-creation="done"' in done.text, done.text
    assert len(desk.made) == 1


def test_what_a_person_says_is_taken(desk: Desk) -> None:
    desk.client.get(NEW)
    desk.billing.faults.set("reset", operation="contractCreate", count=1)
    page = desk.make(desk.fields(3))
    wrong = desk.post(page, "decide", number="нет такого")
    assert wrong.status_code == 400
    other = Desk(desk.host)
    desk.billing.faults.clear()
    other.client.post(NEW.replace("/1/", "/2/"), data={**other.fields(3), "comment": "чужой"}, follow_redirects=True)
    (made,) = other.made
    done = desk.post(page, "decide", number=made["title"])
    assert 'data-bgb-state="failed"' in done.text, "it belongs to another customer by now"
    assert len(desk.made) == 1


def test_bad_forms(desk: Desk) -> None:
    assert desk.make(desk.fields(1, tariff="")).status_code == 400
    assert desk.make(desk.fields(1, tariff="9")).status_code == 400
    assert desk.make({**desk.fields(1), "type": "77"}).status_code == 400
    assert desk.client.post(NEW, data={"type": "1"}).status_code == 400
    assert desk.client.get("/bgbilling/customer/999/contracts/new").status_code == 404
    assert desk.client.get(f"/bgbilling/customer/{CUSTOMER}/contracts/creation/77").status_code == 404
    assert desk.host.client("viewer").get(NEW).status_code == 403
    assert desk.made == []


def test_copying_into_all_contracts(desk: Desk) -> None:
    desk.make(desk.fields(3))
    desk.make(desk.fields(1))
    first, second = (row["id"] for row in desk.made)
    where = f"/bgbilling/customer/{CUSTOMER}/contracts/copy"
    page = desk.client.get(where)
    assert page.text.count('type="checkbox"') == 2
    seen = dict(re.findall(r'name="seen:(bitel:\d+)" value="([^"]+)"', page.text))
    desk.billing.faults.set("http-500", operation="contractTitleAndCommentUpdate", count=1)
    form = {"once": "z" * 20, "contract": list(seen), **{f"seen:{key}": value for key, value in seen.items()}}
    report = desk.client.post(where, data=form)
    assert report.status_code == 200, report.text
    comments = {row["id"]: row["comment"] for row in desk.made}
    assert sorted(comments.values())[0].startswith("Колесникова")
    assert sorted(comments.values())[1] == "Пояснение", "one failed and did not stop the other"
    assert report.text.count("data-bgb-contract") == 2
    assert {first, second} == set(comments)
