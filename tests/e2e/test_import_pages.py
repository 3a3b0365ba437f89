"""The import on the example host: the job of the schedule, the card's section, the page of decisions, the dry run."""

import re
from collections.abc import Mapping

import pytest
from click.testing import Result
from flask.cli import ScriptInfo
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from example_host.customers.port import HostCustomers
from flask_bgbilling.cli import bgbilling
from flask_bgbilling.emulator import Emulator
from flask_bgbilling.jobs import kinds_import
from flask_bgbilling.ports import Customer, CustomerPhone
from flask_bgbilling.store.import_cases import CaseDetails
from flask_bgbilling.wire.ops.contracts_writes import CONTRACT_TITLE
from flask_bgbilling.wire.ops.parameters_writes import PARAMETER_TEXT_SAVE
from tests.e2e.conftest import Host, HostFactory
from tests.importing import MARKER, mark, marker
from tests.sessions import opened

MAPPING = "73:10;74:9;14:4;12:3"
RULES = "\n".join(
    [
        "bgbilling:creator.confirmParameters=73,12,14,74",
        "bgbilling:creator.searchParameters=74,12,14",
        "bgbilling:creator.importParameters=73,74,14,12",
        "bgbilling:creator.reviewSeveral=1",
        "scheduler.task.import.class=CustomerCreator",
        f"bgbilling:server.1.customerIdParam={MARKER}",
        "bgbilling:creator.server.1.billingId=bitel",
        "bgbilling:creator.server.1.user=admin",
        "bgbilling:creator.server.1.pswd=admin",
        f"bgbilling:creator.server.1.paramMapping={MAPPING}",
        "",
    ]
)
CID = 101
SEEN = re.compile(r'name="seen" value="([^"]+)"')
TOKEN = re.compile(r'name="(csrf_token|[a-z_]*token[a-z_]*)" value="([^"]+)"')


@pytest.fixture
def host(hosted_privately: HostFactory) -> Host:
    return hosted_privately(extra=RULES, bitel="9.2")


def comment(emulator: Emulator) -> str:
    return str(emulator.rows("contract", id=CID)[0]["comment"])


def twins(host: Host) -> tuple[int, int]:
    """Two customers who have the passport of the contract."""
    emulator = host.emulators["bitel"]
    passport = emulator.rows("contract_parameter_type_1", cid=CID, pid=9)[0]["val"]
    customers, made = HostCustomers(), []
    with host.app.app_context():
        for number, title in enumerate((comment(emulator), f"{comment(emulator)} (старый)")):
            customer = customers.create(title, group_id=0)
            customers.set_value(customer.id, 74, passport)
            customers.set_value(customer.id, 14, (CustomerPhone(f"7999000000{number}"),))
            made.append(customer.id)
        host.app.extensions["sqlalchemy"].session.commit()
    return made[0], made[1]


def run(host: Host) -> None:
    """Does what the schedule starts."""
    with host.app.app_context():
        jobs = host.app.extensions["bgbilling"].services.jobs
        jobs.run_now("import")
        jobs.run_all()
        host.app.extensions["sqlalchemy"].session.remove()


def dry_run(host: Host, *words: str) -> Result:
    script = ScriptInfo(create_app=lambda: host.app)
    return host.app.test_cli_runner().invoke(bgbilling, ["import", "dry-run", *words], obj=script)


def sent(client: FlaskClient, page: str, address: str, fields: Mapping[str, object]) -> TestResponse:
    shown = client.get(page).text
    case = address.rpartition("/")[0]
    found, seen = TOKEN.search(shown), SEEN.search(shown.partition(f'action="{case}/')[2])
    assert found is not None
    return client.post(address, data={found[1]: found[2], "seen": seen[1] if seen else "", **fields})


def posted(client: FlaskClient, page: str, address: str, fields: Mapping[str, object]) -> int:
    return sent(client, page, address, fields).status_code


def test_the_job_imports_and_a_person_decides(host: Host) -> None:
    emulator = host.emulators["bitel"]
    first, second = twins(host)
    mark(emulator, CID, 103)
    run(host)
    assert marker(emulator, CID) == "0"
    assert marker(emulator, 103) not in ("0", None)
    client = host.client("admin")
    jobs = client.get("/bgbilling/jobs").text
    assert "Import of customers" in jobs
    page = client.get("/bgbilling/import").text
    assert comment(emulator) in page
    assert "BITEL" in page, "the billing by its title"
    assert page.count(f'href="/customers/{first}"') == 1, "whom the import looked at is a click away"
    assert f'name="customer" value="{first}"' in page
    assert f'name="customer" value="{second}"' in page
    assert 'name="customer" value="new"' in page
    case = re.search(r"/bgbilling/import/(\d+)/accept", page)
    assert case is not None
    assert posted(client, "/bgbilling/import", case[0], {"customer": str(second)}) == 303
    assert marker(emulator, CID) == str(second)
    done = client.get("/bgbilling/import?state=done").text
    assert "Undo the import" in done
    assert f'href="/customers/{second}"' in done
    undo = case[0].replace("accept", "undo")
    assert posted(client, "/bgbilling/import?state=done", undo, {}) == 303
    assert not marker(emulator, CID)
    with host.app.app_context():
        assert HostCustomers().get(second) is not None
    journal = client.get("/bgbilling/journal").text
    assert "Undo the import" in journal


def test_an_import_that_was_stopped_goes_on(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    emulator = host.emulators["bitel"]
    monkeypatch.setattr(kinds_import, "PART_SIZE", 1)
    mark(emulator, CID, 103)
    with host.app.app_context():
        jobs = host.app.extensions["bgbilling"].services.jobs
        number = jobs.run_now("import").id
        jobs.run(number)
        assert jobs.cancel(number)
        jobs.run_all()
        assert dict(jobs.get(number).parts) == {"cancelled": 2}
    assert marker(emulator, CID) == "0"
    client = host.client("admin")
    page = f"/bgbilling/jobs/{number}"
    assert "Go on" in client.get(page).text
    assert posted(client, page, f"{page}/again", {}) == 303
    with host.app.app_context():
        jobs.run_all()
        assert (jobs.get(number).record.state, dict(jobs.get(number).parts)) == ("done", {"done": 2})
        assert sum(jobs.get(number).record.result.values()) == 2
    assert marker(emulator, CID) not in ("0", None)
    assert marker(emulator, 103) not in ("0", None)


def test_an_import_of_long_ago_has_no_details_and_is_not_undone(host: Host) -> None:
    mark(host.emulators["bitel"], CID)
    run(host)
    client = host.client("admin")
    with host.app.app_context():
        session = host.app.extensions["sqlalchemy"].session
        session.execute(text("UPDATE bgb_import_case SET changed_at = '2001-01-01 00:00:00'"))
        session.commit()
    there = "/bgbilling/import?state=done"
    before = client.get(there).text
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', before))
    undo = re.search(r"/bgbilling/import/\d+/undo", before)
    assert undo is not None
    script = ScriptInfo(create_app=lambda: host.app)
    told = host.app.test_cli_runner().invoke(bgbilling, ["database", "purge"], obj=script)
    assert "1 cases of the import and 0 creations of contracts emptied" in told.output
    for page in (there, f"/bgbilling/contract/bitel/{CID}/import"):
        shown = client.get(page).text
        assert "The details are no longer kept" in shown
        assert "Undo the import" not in shown
    assert "Подробности больше не хранятся" in host.client("admin", "ru").get(there).text
    answer = client.post(undo[0], data=fields)
    assert answer.status_code == 400
    assert "The details of this import are no longer kept" in answer.text


def test_two_become_one_on_the_page(host: Host) -> None:
    emulator = host.emulators["bitel"]
    first, second = twins(host)
    mark(emulator, CID)
    run(host)
    client = host.client("admin")
    case = re.search(r"/bgbilling/import/\d+/accept", client.get("/bgbilling/import").text)
    assert case is not None
    assert posted(client, "/bgbilling/import", case[0], {"customer": str(first), "same": str(second)}) == 303
    assert marker(emulator, CID) == str(first)
    with host.app.app_context():
        assert HostCustomers().get(second) is None
        merged = HostCustomers().get(first)
        assert merged is not None
        assert len(merged.variants) == 2


def test_what_the_billing_says_against_a_decision_is_told(host: Host) -> None:
    emulator = host.emulators["bitel"]
    twins(host)
    mark(emulator, CID)
    run(host)
    client = host.client("admin")
    case = re.search(r"/bgbilling/import/(\d+)/reject", client.get("/bgbilling/import").text)
    assert case is not None
    emulator.faults.set("http-500")
    told = sent(client, "/bgbilling/import", case[0], {}).text
    assert "not to be imported" in told
    assert "The billing does not know of it yet; it is told again soon." in told
    emulator.faults.clear()
    run(host)
    assert not marker(emulator, CID)
    assert "not to be imported" in client.get(f"/bgbilling/import?told={case[1]}").text
    assert client.get("/bgbilling/import?told=x&state=<b>").status_code == 200
    assert client.get("/bgbilling/import?told=999").status_code == 200


def test_a_page_that_is_out_of_date_decides_nothing(host: Host) -> None:
    first, _ = twins(host)
    mark(host.emulators["bitel"], CID)
    run(host)
    client = host.client("admin")
    case = re.search(r"/bgbilling/import/\d+/accept", client.get("/bgbilling/import").text)
    assert case is not None
    old = {"customer": str(first), "seen": "2026-01-01T00:00:00+00:00"}
    answer = sent(client, "/bgbilling/import", case[0], old)
    assert answer.status_code == 400
    assert "Somebody has decided this already." in answer.text
    assert marker(host.emulators["bitel"], CID) == "0"


def test_one_that_failed_is_imported_by_the_rules(host: Host) -> None:
    emulator = host.emulators["bitel"]
    mark(emulator, CID)
    with host.app.app_context():
        cases = host.app.extensions["bgbilling"].services.importing.cases
        cases.failed("bitel", CID, "T-101", "timeout", CaseDetails())
    client = host.client("admin")
    page = client.get("/bgbilling/import?state=failed").text
    assert re.search(r'value="rules" required checked', page)
    case = re.search(r"/bgbilling/import/\d+/accept", page)
    assert case is not None
    assert posted(client, "/bgbilling/import?state=failed", case[0], {"customer": "rules"}) == 303
    assert marker(emulator, CID) not in ("0", None)


def test_who_may_not_decide_is_refused(host: Host) -> None:
    assert host.client("viewer").get("/bgbilling/import").status_code == 403
    assert host.client("admin").post("/bgbilling/import/1/undo").status_code in (400, 403)
    client = host.client("admin")
    assert posted(client, "/bgbilling/import", "/bgbilling/import/99/undo", {}) in (400, 404)


def test_the_card_shows_the_import_and_does_it(host: Host) -> None:
    emulator = host.emulators["bitel"]
    client = host.client("operator")
    section = client.get(f"/bgbilling/contract/bitel/{CID}/import").text
    assert "The import has not seen this contract yet." in section
    form = client.get(f"/bgbilling/contract/bitel/{CID}/import/run").text
    assert "by the rules of the import" in form
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    answer = client.post(f"/bgbilling/contract/bitel/{CID}/import/run", data={**hidden, "customer": "new"})
    assert answer.status_code in (200, 303), answer.text
    assert marker(emulator, CID) not in ("0", None, "")
    section = client.get(f"/bgbilling/contract/bitel/{CID}/import").text
    assert "Nobody fits: a new customer" in section
    assert "Undo the import" not in section, "that is for those who review"
    assert "Undo the import" in host.client("admin").get(f"/bgbilling/contract/bitel/{CID}/import").text


def test_the_dry_run_tells_and_writes_nothing(host: Host) -> None:
    emulator = host.emulators["bitel"]
    first, _ = twins(host)
    mark(emulator, CID, 103)
    told = dry_run(host, "bitel", "--limit", "5")
    assert told.exit_code == 0, told.output
    assert ": several" in told.output
    assert f"phase title, customer {first}" in told.output
    assert "2 contracts looked at, nothing written" in told.output
    assert marker(emulator, CID) == "0"
    unknown = dry_run(host, "nowhere")
    assert unknown.exit_code == 1


def test_the_dry_run_tells_what_a_run_would_do(host: Host) -> None:
    emulator = host.emulators["bitel"]
    mark(emulator, 103)
    run(host)
    linked = marker(emulator, 103)
    billing = opened(emulator)
    pair = [row["id"] for row in emulator.rows("contract") if row["pgid"] == 1 and row["id"] != 103][:2]
    for cid in pair:
        billing.call(PARAMETER_TEXT_SAVE, cid=cid, parameter_id=9, text="8001 123456")
        billing.call(CONTRACT_TITLE, cid=cid, comment="Двойников Иван Иванович")
    mark(emulator, *pair, 103)
    number = {row["id"]: row["title"] for row in emulator.rows("contract")}
    tables = ("crm_customer", "bgb_contract_link", "bgb_import_case", "bgb_job")

    def stored() -> list[list[object]]:
        with host.app.app_context():
            session = host.app.extensions["sqlalchemy"].session
            return [[tuple(row) for row in session.execute(text(f"SELECT * FROM {table}"))] for table in tables]

    before = stored()
    told = dry_run(host, "bitel")
    assert told.exit_code == 0, told.output
    heads = {int(found[1]): found[2] for found in re.finditer(r"(?m)^\S.* \(ID (\d+)\) “[^”]*”: (.*)$", told.output)}
    assert heads[103].startswith(f"linked customer {linked} ")
    first, second = sorted(pair, key=lambda cid: heads[cid] != "new")
    assert heads[first] == "new"
    assert heads[second] == f"confirmed the new customer of {number[first]} “Двойников Иван Иванович”"
    assert f"phase title, the new customer of {number[first]} “Двойников Иван Иванович”" in told.output
    assert "3 contracts looked at, nothing written" in told.output
    assert dry_run(host, "bitel").output == told.output
    assert stored() == before
    assert {marker(emulator, cid) for cid in (*pair, 103)} == {"0"}
    run(host)
    assert marker(emulator, first) == marker(emulator, second) != "0", "a real run does what was told"


def test_the_dry_run_goes_on_after_a_contract_that_fails(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    emulator = host.emulators["bitel"]
    opened(emulator).call(CONTRACT_TITLE, cid=CID, comment="Двойников Иван Иванович")
    opened(emulator).call(PARAMETER_TEXT_SAVE, cid=CID, parameter_id=9, text="8001 123456")
    mark(emulator, CID, 103)
    title, create = comment(emulator), HostCustomers.create

    def refuse(self: HostCustomers, wanted: str, **options: int) -> Customer:
        made = create(self, wanted, **options)
        if wanted == title:
            raise ValueError("the shelf is full")
        return made

    monkeypatch.setattr(HostCustomers, "create", refuse)
    told = dry_run(host, "bitel").output
    assert f"“{title}”: failed: ValueError: the shelf is full" in told
    assert re.search(r"\(ID 103\) “[^”]*”: confirmed customer", told), "the others are looked at"
    with host.app.app_context():
        assert not host.app.extensions["sqlalchemy"].session.execute(text("SELECT * FROM bgb_import_case")).all()


def test_it_speaks_russian(host: Host) -> None:
    twins(host)
    mark(host.emulators["bitel"], CID)
    run(host)
    page = host.client("admin", "ru").get("/bgbilling/import").text
    assert "Импорт контрагентов" in page
    assert "Подходят несколько контрагентов" in page
