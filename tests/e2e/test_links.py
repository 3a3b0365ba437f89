"""Contracts and their customers: linked, changed and unlinked through the card; the billing is told, now or later."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Select, Table, select, text

from example_host.customers.models import CustomerRow
from example_host.models import User, database
from flask_bgbilling.domain.links import searching
from flask_bgbilling.domain.links.errors import LinkedOtherwise, NoCustomerParameter, UnknownCustomer
from flask_bgbilling.domain.links.service import ContractLinks
from flask_bgbilling.emulator import Emulator
from flask_bgbilling.jobs.definitions import Parked
from flask_bgbilling.ports import Person
from flask_bgbilling.store.links import Links
from tests.e2e.conftest import Host, HostFactory
from tests.e2e.forms import HTMX, fields_of, filled, post_form
from tests.support import ALL_BANDS

CARD = "/bgbilling/contract/bitel/101"
EDIT = f"{CARD}/customer/edit"
COPY = 'data-bgb-action="copying.copy"'
PARAMETER = 17
"""“Код клиента в CRM” of the emulated billing."""

SAVING = {"7.2": "UpdateParameterType1", "9.2": "contractParameterTextUpdate", "10.2": "contractParameterTextUpdate"}
"""What tells the billing, by version."""


def stored(emulator: Emulator, cid: int = 101) -> str:
    rows = emulator.rows("contract_parameter_type_1", cid=cid, pid=PARAMETER)
    return rows[0]["val"] if rows else ""


def linking(hosted: HostFactory, band: str = "9.2") -> tuple[Host, FlaskClient, Emulator]:
    """A host whose operator has the cards of customers 1 and 2 open."""
    host = hosted(bitel=band, extra=f"bgbilling:server.1.customerIdParam={PARAMETER}\n")
    client = host.client("operator")
    for number in (1, 2):
        assert client.get(f"/customers/{number}").status_code == 200
    return host, client, host.emulators["bitel"]


def links_of(host: Host) -> ContractLinks:
    links = host.app.extensions["bgbilling"].services.links
    assert isinstance(links, ContractLinks)
    return links


def person(host: Host, login: str = "operator") -> Person:
    user = database.session.query(User).filter_by(login=login).one()
    return Person(str(user.id), user.login, user.name)


def row(host: Host, cid: int = 101) -> Any:
    with host.app.app_context():
        return links_of(host).rows.get("bitel", cid)


@pytest.mark.parametrize("band", ALL_BANDS)
def test_a_contract_is_linked_changed_and_unlinked(hosted_privately: HostFactory, band: str) -> None:
    host, client, emulator = linking(hosted_privately, band)
    for wanted, value in (("1", "1"), ("2", "2"), ("", "")):
        answer = post_form(client, EDIT, customer=wanted)
        assert answer.status_code == 200, answer.text
        assert stored(emulator) == value, answer.text
    assert row(host) is None, "what is settled leaves nothing behind"


def test_the_head_leads_to_the_customer_and_back(hosted_privately: HostFactory) -> None:
    host, client, _ = linking(hosted_privately)
    page = client.get(CARD).text
    assert "nobody" in page
    assert EDIT in page
    assert COPY not in page, "there is nothing to copy from"
    post_form(client, EDIT, customer="1")
    page = client.get(CARD).text
    assert COPY in page
    assert '<a href="/customers/1">Колесникова Ирина Дмитриевна</a>' in page
    journal = client.get(f"{CARD}/journal").text
    assert "Колесникова Ирина Дмитриевна (ID 1)" in journal
    with host.app.app_context():
        links = links_of(host)
        assert links.customer_of("bitel", 101) == 1
        assert [(one.billing_id, one.cid, one.title) for one in links.contracts_of(1)] == [("bitel", 101, "A-24-0101")]


def test_only_opened_customers_can_be_chosen(hosted_privately: HostFactory) -> None:
    host, client, emulator = linking(hosted_privately)
    assert set(fields_of(client.get(EDIT, headers=HTMX).text)) >= {"customer", "seen", "once"}
    answer = post_form(client, EDIT, customer="5")
    assert answer.status_code == 400
    assert "Choose one of the list" in answer.text
    assert stored(emulator) == ""
    assert row(host) is None


def test_a_stale_form_shows_who_it_is_now(hosted_privately: HostFactory) -> None:
    _, client, emulator = linking(hosted_privately)
    page = client.get(EDIT, headers=HTMX)
    post_form(client, EDIT, customer="1")
    answer = client.post(EDIT, data=filled(page.text, {"customer": "2"}), headers=HTMX)
    assert answer.status_code == 400
    assert "Колесникова Ирина Дмитриевна (ID 1)" in answer.text
    assert stored(emulator) == "1"


def test_without_a_parameter_nothing_is_linked(hosted_privately: HostFactory) -> None:
    host = hosted_privately(bitel="9.2")
    client = host.client("operator")
    client.get("/customers/1")
    page = client.get(EDIT, headers=HTMX)
    assert "customerIdParam" in page.text
    with host.app.app_context():
        links = links_of(host)
        with pytest.raises(NoCustomerParameter):
            links.link(person(host), "bitel", 101, "A", 1)
        assert links.customer_of("bitel", 101) is None


@pytest.mark.parametrize("band", list(SAVING))
def test_what_the_billing_refuses_is_told_and_done_later(hosted_privately: HostFactory, band: str) -> None:
    host, client, emulator = linking(hosted_privately, band)
    emulator.faults.set("http-500", operation=SAVING[band], status=503)
    answer = post_form(client, EDIT, customer="1")
    assert answer.status_code == 200, answer.text
    assert "The billing does not know of it yet" in answer.text
    assert stored(emulator) == ""
    assert "not in the billing yet" in client.get(CARD).text
    assert "not written yet" in client.get(f"{CARD}/customer").text
    emulator.faults.clear()
    with host.app.app_context():
        jobs = host.app.extensions["bgbilling"].services.jobs
        assert list(database.session.scalars(text("SELECT kind FROM bgb_job"))) == ["ContractLinkWriter"]
        make_due(host)
        jobs.run_all()
        assert links_of(host).rows.next_due() is None
    assert stored(emulator) == "1"
    assert "not in the billing yet" not in client.get(CARD).text


def make_due(host: Host) -> None:
    """Time passes for the rows that wait."""
    with host.app.app_context():
        links = links_of(host)
        past = (links.now() - timedelta(minutes=1)).replace(tzinfo=None)
        database.session.execute(
            text("UPDATE bgb_contract_link SET write_at = :past WHERE write_at IS NOT NULL"), {"past": past}
        )
        database.session.execute(text("UPDATE bgb_job SET not_before = NULL"))
        database.session.commit()


@pytest.mark.parametrize("band", list(SAVING))
def test_a_crash_before_the_billing_is_told_is_made_up_for(hosted_privately: HostFactory, band: str) -> None:
    host, _, emulator = linking(hosted_privately, band)
    with host.app.app_context():
        links, jobs = links_of(host), host.app.extensions["bgbilling"].services.jobs
        somebody = person(host)
        database.session.commit()
        links.link_local(somebody.id, "bitel", 101, "A-24-0101", 1)
        database.session.commit()  # and the process is dead
    assert stored(emulator) == ""
    make_due(host)
    with host.app.app_context():
        jobs.plan()
        jobs.run_all()
    assert stored(emulator) == "1"
    found = row(host)
    assert (found.written, found.write_at, found.error_code) == ("1", None, None)


def test_the_billing_is_told_by_hand(hosted_privately: HostFactory) -> None:
    _, client, emulator = linking(hosted_privately)
    emulator.faults.set("http-500", operation=SAVING["9.2"], status=503, count=1)
    post_form(client, EDIT, customer="1")
    assert stored(emulator) == ""
    answer = post_form(client, f"{CARD}/customer/tell")
    assert answer.status_code == 200, answer.text
    assert stored(emulator) == "1"


def test_unlinking_that_the_billing_refuses_is_told_and_done_later(hosted_privately: HostFactory) -> None:
    host, client, emulator = linking(hosted_privately)
    post_form(client, EDIT, customer="1")
    emulator.faults.set("http-500", operation=SAVING["9.2"], status=503)
    post_form(client, EDIT, customer="")
    assert "nobody" in client.get(CARD).text
    assert "The billing still has the former customer" in client.get(f"{CARD}/customer").text
    assert stored(emulator) == "1"
    emulator.faults.clear()
    make_due(host)
    with host.app.app_context():
        host.app.extensions["bgbilling"].services.jobs.run_all()
    assert stored(emulator) == ""
    assert row(host) is None


@pytest.mark.parametrize("band", list(SAVING))
def test_a_link_to_a_contract_that_is_gone_can_be_taken_away(hosted_privately: HostFactory, band: str) -> None:
    host, _, _ = linking(hosted_privately, band)
    with host.app.app_context():
        links, somebody = links_of(host), person(host)
        database.session.commit()
        settled = links.link(somebody, "bitel", 99999, "A-99", 1)
        assert settled.problem is not None
        assert settled.problem.code == "contract gone"
        assert settled.record is not None
        assert settled.record.write_at is None, "nobody tries it again"
        assert links.unlink(somebody, "bitel", 99999).problem is None
        assert links.rows.get("bitel", 99999) is None


def test_who_comes_second_is_told(hosted_privately: HostFactory) -> None:
    host, _, emulator = linking(hosted_privately)
    with host.app.app_context():
        links, somebody = links_of(host), person(host)
        database.session.commit()
        links.link(somebody, "bitel", 101, "A", 1)
        with pytest.raises(LinkedOtherwise) as told:
            links.link(somebody, "bitel", 101, "A", 2)
        assert told.value.customer_id == 1
        assert "Колесникова" in told.value.text()
        links.link(somebody, "bitel", 101, "A", 2, instead_of=1)
        with pytest.raises(UnknownCustomer):
            links.link(somebody, "bitel", 102, "A", 4711)
        assert links.customer_of("bitel", 101) == 2
    assert stored(emulator) == "2"


@pytest.mark.parametrize("band", list(SAVING))
def test_comparing_finds_what_the_billing_has_otherwise(hosted_privately: HostFactory, band: str) -> None:
    host, _, emulator = linking(hosted_privately, band)
    with host.app.app_context():
        links, somebody = links_of(host), person(host)
        jobs = host.app.extensions["bgbilling"].services.jobs
        database.session.commit()
        for cid in (101, 102, 103):
            links.link(somebody, "bitel", cid, f"A-{cid}", 1)
        links.link(somebody, "bitel", 99999, "A-99", 2)
        server = links.server("bitel")
        billing = links.opened_for(links.rows.get("bitel", 102))
        from flask_bgbilling.wire.ops.parameters_writes import PARAMETER_TEXT_SAVE

        billing.call(PARAMETER_TEXT_SAVE, cid=102, parameter_id=server.customer_parameter_id, text="0")
        database.session.execute(CustomerRow.__table__.select().limit(1))
        database.session.commit()
        assert stored(emulator, 102) == "0"
        number = jobs.start("ContractLinkReconciler").id
        jobs.run_all()
        done = jobs.get(number)
        assert done.record.state == "done"
        assert done.record.result == {
            "As here": 2, "Corrected in the billing": 1, "Contract does not exist": 1, "Could not be read": 0,
            "Taken over from the billing": 0, "Customer does not exist": 0,
        }  # fmt: skip
    assert [stored(emulator, cid) for cid in (101, 102, 103)] == ["1", "1", "1"]


def tell_only_the_billing(emulator: Emulator, values: dict[int, str]) -> None:
    with emulator.engine.begin() as db:
        for cid, value in values.items():
            db.exec_driver_sql(f"DELETE FROM contract_parameter_type_1 WHERE cid = {cid} AND pid = {PARAMETER}")
            db.exec_driver_sql(
                f"INSERT INTO contract_parameter_type_1 (cid, pid, val) VALUES ({cid}, {PARAMETER}, '{value}')"
            )


def compared(host: Host, person_id: str = "") -> tuple[dict[str, Any], list[str]]:
    """The result of a comparison, and what its log says."""
    jobs = host.app.extensions["bgbilling"].services.jobs
    number = jobs.start("ContractLinkReconciler", person_id=person_id).id
    jobs.run_all()
    done = jobs.get(number)
    assert done.record.state == "done", done.record
    return done.record.result, [line.message % line.values for line in done.lines]


@pytest.mark.parametrize("band", [ALL_BANDS[0], ALL_BANDS[-1]])
def test_comparing_finds_what_only_the_billing_has(
    hosted_privately: HostFactory, band: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "PAGE", 2)
    saving = SAVING["7.2"] if band == ALL_BANDS[0] else SAVING["10.2"]
    host, client, emulator = linking(hosted_privately, band)
    with host.app.app_context():
        links, somebody = links_of(host), person(host)
        database.session.commit()
        links.link(somebody, "bitel", 101, "A-24-0101", 1)
        emulator.faults.set("http-500", operation=saving, status=503)
        links.link(somebody, "bitel", 102, "A-102", 1)
        links.link(somebody, "bitel", 103, "A-103", 1)
        links.unlink(somebody, "bitel", 103)  # which the billing does not know yet
        only_there = {102: "2", 103: "1", 104: "5", 105: "4711", 106: "9" * 30, 107: "0", 108: "5x", 109: "", 110: "1"}
        tell_only_the_billing(emulator, only_there)
        emulator.faults.clear()
        result, log = compared(host)
        assert (result["Taken over from the billing"], result["Customer does not exist"]) == (2, 2)
        owners = {cid: links.customer_of("bitel", cid) for cid in range(101, 111)}
        assert owners == {101: 1, 102: 1, 104: 5, 110: 1} | dict.fromkeys((103, 105, 106, 107, 108, 109))
        taken = links.rows.get("bitel", 104)
        assert (taken.written, taken.write_at, taken.person_id) == ("5", None, somebody.id)
        told = "\n".join(log)
        assert f"contract {taken.contract_title}: taken over as one of customer 5" in told
        assert told.count("which does not exist here") == 2
        assert "4711" in told
        result, _ = compared(host)
        assert (result["As here"], result["Taken over from the billing"]) == (4, 0), "the second time it stands here"
    assert {cid: stored(emulator, cid) for cid in (102, 103, 104, 105, 107, 108)} == {
        102: "1", 103: "", 104: "5", 105: "4711", 107: "0", 108: "5x",
    }  # fmt: skip
    assert "Customer" in client.get("/bgbilling/contract/bitel/104/journal").text


def test_a_link_that_is_taken_away_while_the_billing_is_searched_is_not_made_anew(
    hosted_privately: HostFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    host, _, emulator = linking(hosted_privately)
    with host.app.app_context():
        links, somebody = links_of(host), person(host)
        database.session.commit()
        for cid in (101, 102):
            links.link(somebody, "bitel", cid, f"A-{cid}", 1)
        of_contracts = Links.of_contracts

        def unlinked_before(self: Links, billing_id: str, cids: Any) -> Any:
            if 102 in cids:
                links.unlink(somebody, "bitel", 102)
            return of_contracts(self, billing_id, cids)

        monkeypatch.setattr(Links, "of_contracts", unlinked_before)
        result, _ = compared(host)
        assert result["Taken over from the billing"] == 0
        assert links.rows.get("bitel", 102) is None
    assert stored(emulator, 102) == ""


def test_a_search_goes_on_where_it_stopped(hosted_privately: HostFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "PAGE", 1)
    host, _, emulator = linking(hosted_privately)
    tell_only_the_billing(emulator, dict.fromkeys((102, 103, 104), "1"))
    settle, pages = searching.LinkSearch.settle, list[int]()

    def stopped(self: searching.LinkSearch, contracts: Any) -> Any:
        pages.append(contracts[0].cid)
        if len(pages) == 2:
            raise Parked(links_of(host).now())
        return settle(self, contracts)

    monkeypatch.setattr(searching.LinkSearch, "settle", stopped)
    with host.app.app_context():
        result, _ = compared(host, person(host).id)
        assert (result["Taken over from the billing"], result["As here"]) == (3, 0)
    assert len(pages) == 4
    assert pages[1] == pages[2], "the page that was begun is done anew, the one before is not"


def test_a_billing_that_nobody_can_search_is_told(hosted_privately: HostFactory) -> None:
    host, _, emulator = linking(hosted_privately)
    tell_only_the_billing(emulator, {104: "5"})
    with host.app.app_context():
        result, log = compared(host)
        assert result["Could not be read"] == 1
        assert "account" in "".join(log)
        result, _ = compared(host, person(host).id)
        assert result["Taken over from the billing"] == 1, "whoever starts it searches under their own account"


def test_a_deleted_customer_is_told(hosted_privately: HostFactory) -> None:
    host, client, _ = linking(hosted_privately)
    post_form(client, EDIT, customer="1")
    with host.app.app_context():
        links_of(host).customers.delete(1)
        database.session.commit()
    assert "deleted" in client.get(CARD).text
    assert "does not exist any more" in client.get(f"{CARD}/customer").text


def test_a_deleted_customer_leaves_nothing_in_the_hosts_tables(hosted_privately: HostFactory) -> None:
    host, _, _ = linking(hosted_privately)
    with host.app.app_context():
        tables = [table for table in database.metadatas[None].sorted_tables if "customer_id" in table.c]

        def named() -> set[str]:
            own = {table.name for table in tables if database.session.execute(_rows_of(table, 1)).first() is not None}
            return own - {"bgb_contract_link"}

        assert {"crm_process_customer", "crm_customer_title_word"} <= named()
        links_of(host).customers.delete(1)
        assert named() == set()
        others = text("SELECT count(*) FROM crm_process_customer WHERE customer_id = 2")
        assert database.session.scalar(others) > 0
        database.session.rollback()


def _rows_of(table: Table, customer_id: int) -> Select[Any]:
    return select(table.c.customer_id).where(table.c.customer_id == customer_id)


def test_it_needs_the_permission(hosted_privately: HostFactory) -> None:
    host, _, _ = linking(hosted_privately)
    client = host.client("viewer")
    assert EDIT not in client.get(CARD).text
    assert client.get(EDIT, headers=HTMX).status_code == 403
    assert client.get(f"{CARD}/customer").status_code == 200


def test_a_linked_contract_stands_inside_of_its_customers_card(hosted_privately: HostFactory) -> None:
    host, client, _ = linking(hosted_privately)
    with host.app.app_context():
        links, somebody = links_of(host), person(host)
        database.session.commit()
        links.link(somebody, "bitel", 101, "A-24-0101", 1)
        links.link(somebody, "bitel", 102, "A-102", 1)
    for there in (CARD, f"{CARD}/basics", EDIT):
        page = client.get(there).text
        assert "/bgbilling/customer/1/contracts" in page, there
        assert "/bgbilling/contract/bitel/102" in page
        assert 'href="/customers/1?tab=contracts" aria-current="page"' in page, "the tabs of the customer stay"
    assert "/bgbilling/customer/" not in client.get("/bgbilling/contract/bitel/103").text


def test_whoever_wants_gets_contracts_by_themselves(hosted_privately: HostFactory) -> None:
    extra = f"bgbilling:server.1.customerIdParam={PARAMETER}\niface.bgbilling.contractOpenMode=2\n"
    host = hosted_privately(bitel="9.2", extra=extra)
    client = host.client("operator")
    with host.app.app_context():
        links, somebody = links_of(host), person(host)
        database.session.commit()
        links.link(somebody, "bitel", 101, "A-24-0101", 1)
    page = client.get(CARD).text
    assert '<a href="/customers/1">' in page
    assert "/bgbilling/customer/1/contracts" not in page


def test_the_customers_card_lists_contracts_and_each_fails_alone(hosted_privately: HostFactory) -> None:
    extra = "".join(f"bgbilling:server.{number}.customerIdParam={PARAMETER}\n" for number in (1, 2))
    host = hosted_privately(bitel="9.2", ds="10.2", extra=extra)
    client = host.client("operator")
    with host.app.app_context():
        links, somebody = links_of(host), person(host)
        database.session.commit()
        for billing_id, cid in (("bitel", 101), ("ds", 102), ("bitel", 99999)):
            links.link(somebody, billing_id, cid, f"{billing_id}-{cid}", 1)
    host.emulators["ds"].faults.set("http-500", status=503)
    for there in ("/bgbilling/customer/1/contracts", "/customers/1?tab=contracts"):
        answer = client.get(there)
        assert answer.status_code == 200
        assert ">A-24-0101</a>" in answer.text
        assert ">ds-102</a>" in answer.text
        assert answer.text.count("colspan") == 2
        assert "card.css" in answer.text
    assert client.get("/bgbilling/customer/4711/contracts").status_code == 404
    gone = client.get("/bgbilling/contract/bitel/99999")
    assert gone.status_code == 404
    assert "Take the link away" in gone.text
    answer = client.post("/bgbilling/contract/bitel/99999/unlink", data=filled(gone.text, {}))
    assert answer.headers["Location"] == "/bgbilling/customer/1/contracts"
    with host.app.app_context():
        assert links_of(host).customer_of("bitel", 99999) is None
    viewer = host.client("viewer")
    assert viewer.post("/bgbilling/contract/bitel/101/unlink", data={"once": "x" * 24}).status_code == 403


def test_the_card_opens_when_links_cannot_be_read(
    hosted_privately: HostFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    host, client, _ = linking(hosted_privately)
    post_form(client, EDIT, customer="1")

    def broken(*_: object) -> None:
        raise RuntimeError("the host's customers are away")

    monkeypatch.setattr(type(links_of(host).customers), "get", broken)
    answer = client.get(CARD)
    assert answer.status_code == 200
    assert "A-24-0101" in answer.text
    assert COPY not in answer.text
