"""The journal: of all contracts, of one contract, and what of it the head of a card tells."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from example_host.models import User, database
from flask_bgbilling.store.changes import ChangeState
from flask_bgbilling.store.journal import Journal
from tests.e2e.conftest import Host, HostFactory
from tests.e2e.forms import HTMX, post_form

JOURNAL = "/bgbilling/journal"
NOTES = "/bgbilling/contract/bitel/101/notes"
SECTION = "/bgbilling/contract/bitel/101/journal"


def entries(html: str) -> list[str]:
    """The rows of the journal as they stand in the page."""
    return re.split(r'(?=<tr id="change-\d+">)', html)[1:]


def head_of(client: FlaskClient, cid: int = 101) -> str:
    """The head of a contract's card."""
    text = client.get(f"/bgbilling/contract/bitel/{cid}").text
    return text.partition("bgb-card-head")[2].partition("</header>")[0]


def of(client: FlaskClient, **query: object) -> str:
    answer = client.get(JOURNAL, query_string={name: str(value) for name, value in query.items()})
    assert answer.status_code == 200, answer.text
    return answer.text


def journal(host: Host) -> Journal:
    return host.app.extensions["bgbilling"].services.actions._changes.journal  # type: ignore[no-any-return]


def in_state(host: Host, state: ChangeState) -> int:
    """Puts the latest entry into a state, as a lost answer would leave it; gives its number."""
    with host.app.app_context():
        from sqlalchemy import text

        number = database.session.execute(text("SELECT max(id) FROM bgb_change")).scalar_one()
        database.session.execute(
            text("UPDATE bgb_change SET state = :state, finished_at = NULL WHERE id = :id"),
            {"state": state, "id": number},
        )
        database.session.commit()
        return int(number)


@pytest.fixture
def host(hosted_privately: HostFactory) -> Host:
    """Two billings, with a note added, changed and refused by Anna, and one added by Pavel."""
    host = hosted_privately(bitel="10.2", ds="7.2")
    anna, pavel = host.client(), host.client("admin")
    assert "Note added" in post_form(anna, f"{NOTES}/add", title="Первая", text="до").text
    (note,) = host.emulators["bitel"].rows("contract_comment", subject="Первая")
    post_form(anna, f"{NOTES}/edit?note={note['id']}", text="после <b>")
    assert "Note added" in post_form(pavel, "/bgbilling/contract/ds/102/notes/add", title="Вторая", text="т").text
    return host


def test_it_tells_who_changed_what_before_and_after(host: Host) -> None:
    rows = entries(of(host.client("admin")))
    assert len(rows) == 3, "newest first"
    second, changed, added = rows
    assert "Павел Громов" in second
    assert "DS" in second
    assert 'href="/bgbilling/contract/ds/102"' in second
    assert "Анна Орлова" in changed
    assert "BITEL" in changed
    assert "Change the note" in changed
    assert "Первая" in changed
    assert re.search(r"до</span></dd>.*?<strong><span[^>]*>после &lt;b&gt;</span>", changed, re.DOTALL)
    assert ">done</span>" in changed
    assert re.search(r"Request numbers</dt><dd><code>\w+", changed)
    assert "New note" in added
    assert re.search(r'<time datetime="[^"]+\+03:00" title="\d\d\.\d\d\.\d{4} \d\d:\d\d:\d\d">', added)


def test_filters_narrow_and_pages_go_on_by_key(host: Host) -> None:
    client = host.client("admin")
    today = datetime.now(UTC).date()

    def found(**query: object) -> int:
        return len(entries(of(client, **query)))

    assert found(person="громов") + found(person="Громов") >= 1
    assert found(person="Орлова") == 2
    assert found(billing="ds") == 1
    assert found(contract=101) == 2
    assert found(action="notes.edit") == 1
    assert found(action="notes.delete") == 0
    assert found(state="done") == 3
    assert found(state="refused") == 0
    assert found(text="Вторая") == 1
    assert found(since=today - timedelta(days=1), until=today + timedelta(days=1)) == 3
    assert found(until=today - timedelta(days=2)) == 0
    assert found(since=today + timedelta(days=2)) == 0
    numbers = [int(number) for number in re.findall(r'<tr id="change-(\d+)"', of(client))]
    page = of(client, before=numbers[1], person="Орлова")
    assert re.findall(r'<tr id="change-(\d+)"', page) == [str(numbers[2])]
    assert f'href="{JOURNAL}?person=' in page, "back to the newest, with the filter"


def test_a_change_that_two_sections_offer_is_one_in_the_filter(hosted_privately: HostFactory) -> None:
    host = hosted_privately(bitel="9.2")
    client = host.client("admin")
    for place, mode in (("basics/mode", "0"), ("mode/edit", "1")):
        assert post_form(client, f"/bgbilling/contract/bitel/101/{place}", mode=mode).status_code == 200
    page = of(client)
    (offered,) = re.findall(r'<option value="([^"]+)">Change the mode</option>', page)
    assert len(entries(of(client, action=offered))) == 2
    assert len(entries(of(client, action="mode.edit"))) == 2, "an older link finds both, too"


def test_older_entries_are_one_press_away(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flask_bgbilling.domain.journal_filter.PAGE", 2)
    monkeypatch.setattr("flask_bgbilling.domain.journal.PAGE", 2)
    client = host.client("admin")
    first = of(client, state="done")
    (older,) = re.findall(rf'href="({JOURNAL}\?[^"]*before=\d+[^"]*)"', first)
    second = client.get(older.replace("&amp;", "&")).text
    assert (len(entries(first)), len(entries(second))) == (2, 1)
    assert "before=" not in second.partition("</form>")[2]
    post_form(client, f"{NOTES}/add", title="Третья", text="")
    section = client.get(SECTION, headers=HTMX).text
    (older,) = set(re.findall(rf'href="({SECTION}\?before=\d+)"', section))
    assert len(entries(client.get(older, headers=HTMX).text)) == 1


@pytest.mark.parametrize(
    "query",
    [
        {"contract": "abc"}, {"contract": "9" * 30}, {"contract": "-1"}, {"since": "yesterday"},
        {"since": "2026-02-02", "until": "2026-01-01"},
    ],
)  # fmt: skip
def test_what_cannot_be_looked_for_is_said(hosted: HostFactory, query: dict[str, str]) -> None:
    answer = hosted(bitel="9.2").client("admin").get(JOURNAL, query_string=query)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text


@pytest.mark.parametrize(
    "query",
    [
        {"since": "0001-01-01", "until": "9999-12-31"}, {"before": "x"}, {"before": "9" * 18}, {"before": "9" * 40},
        {"person": "%_\\' OR 1=1 --\0"}, {"text": "ы" * 5000}, {"action": "🤖" * 100}, {"state": "nonsense"},
        {"billing": "gone"}, {"billing": "🤖\0"}, {"contract": "2147483647"}, {"endpoint": "x", "_external": "1"},
    ],
)  # fmt: skip
def test_anything_may_be_typed(hosted: HostFactory, query: dict[str, str]) -> None:
    answer = hosted(bitel="9.2").client("admin").get(JOURNAL, query_string=query)
    assert answer.status_code == 200, answer.text


def test_only_granted_people_and_billings(host: Host) -> None:
    assert host.client("operator").get(JOURNAL).status_code == 403
    with host.app.app_context():
        user = database.session.query(User).filter_by(login="admin").one()
        user.billing_ids = "ds"
        database.session.commit()
    client = host.client("admin")
    rows = entries(of(client))
    assert len(rows) == 1
    assert "Вторая" in rows[0]
    assert entries(of(client, contract=101)) == []
    assert client.get(JOURNAL, query_string={"billing": "bitel"}).status_code == 403
    assert client.get(SECTION, headers=HTMX).status_code in {200, 403}
    assert "Первая" not in client.get(SECTION, headers=HTMX).text


def test_a_contract_has_its_own_journal(host: Host) -> None:
    client = host.client()
    host.emulators["bitel"].recorder.clear()
    text = client.get(SECTION, headers=HTMX).text
    assert len(entries(text)) == 2
    assert "Вторая" not in text
    assert host.emulators["bitel"].calls == [], "it costs the billing nothing"
    assert "Nothing was changed here yet." in client.get(SECTION.replace("101", "103"), headers=HTMX).text
    card = client.get("/bgbilling/contract/bitel/101").text
    assert f'href="{SECTION}"' in card
    assert "not finished" not in card


@pytest.mark.parametrize("state", ["uncertain", "partial"])
def test_an_open_change_stands_on_top_and_in_the_head(host: Host, state: ChangeState) -> None:
    client = host.client()
    post_form(client, f"{NOTES}/add", title="Потерянная", text="")
    number = in_state(host, state)
    change = f"/bgbilling/contract/bitel/101/change/{number}"
    head = head_of(client)
    assert "1 change is not finished" in head
    assert change in head
    section = client.get(SECTION, headers=HTMX).text
    note = section.partition("<table")[0]
    assert "Потерянная" in note
    assert change in note
    assert "Look after it" in entries(section)[0]
    assert client.get(change).status_code == 200
    assert "not finished" not in head_of(client, 102)
    client.post(f"{change}/look" if state == "uncertain" else f"{change}/give-up", data={"once": "x"})
    assert "not finished" not in head_of(client)


def test_a_refusal_keeps_the_words_of_the_billing(hosted_privately: HostFactory) -> None:
    host = hosted_privately(bitel="9.2")
    client = host.client("accountant")  # has the demo's account "limited" in another billing, here all rights
    with host.app.app_context():
        from example_host.ports import store_properties

        user = database.session.query(User).filter_by(login="operator").one()
        store_properties(user, {"bgbilling:login": "reader", "bgbilling:password": "reader"})
        database.session.commit()
    operator = host.client("operator")
    form = operator.get(f"{NOTES}/add", headers=HTMX)
    if form.status_code == 200:
        post_form(operator, f"{NOTES}/add", title="Нельзя", text="")
    rows = entries(host.client("admin").get(JOURNAL).text)
    assert len(rows) == 1
    assert ">refused</span>" in rows[0]
    assert "has no rights for this" in rows[0]
    assert re.search(r"«[^»]+»", rows[0])
    assert client.get(JOURNAL).status_code == 403


def test_without_a_journal_there_is_none(hosted: HostFactory) -> None:
    host = hosted(bitel="9.2")
    services = host.app.extensions["bgbilling"].services
    assert services.journal is not None
    client = host.client("admin")
    object.__setattr__(services, "journal", None)
    services.contracts._journal = None
    assert client.get(JOURNAL).status_code == 403
    assert client.get(SECTION, headers=HTMX).status_code == 404
    assert JOURNAL not in client.get("/").text
    assert SECTION not in client.get("/bgbilling/contract/bitel/101").text


def test_a_journal_that_cannot_be_read_does_not_hide_the_card(hosted: HostFactory) -> None:
    host = hosted(bitel="9.2")
    client = host.client()
    with host.app.app_context():
        from sqlalchemy import text

        database.session.execute(text("DROP TABLE bgb_change"))
        database.session.commit()
    assert client.get("/bgbilling/contract/bitel/101").status_code == 200


def test_secrets_are_only_said_to_have_changed(host: Host) -> None:
    from flask_bgbilling.facts import Fact
    from flask_bgbilling.store.changes import ChangeDetails, NewChange

    with host.app.app_context():
        journal(host).begin(
            NewChange(
                person_id="1", person_name="Анна", billing_id="bitel", contract_id=101, action="web.password",
                once="secret", details=ChangeDetails(after=(Fact.secret("Password"),)),
            )
        )  # fmt: skip
    (row, *_) = entries(of(host.client("admin")))
    assert "Password" in row
    assert '<strong><span class="bgb-prewrap">changed</span></strong>' in row
    assert "being sent" in row


def test_old_entries_are_forgotten_while_people_work(hosted_privately: HostFactory) -> None:
    host = hosted_privately(bitel="9.2", extra="bgbilling:journal.keepDays=10\n")
    client = host.client()
    post_form(client, f"{NOTES}/add", title="Старая", text="")
    with host.app.app_context():
        from sqlalchemy import text

        old = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=11)
        database.session.execute(text("UPDATE bgb_change SET created_at = :old"), {"old": old.isoformat(" ")})
        database.session.commit()
    post_form(client, f"{NOTES}/add", title="Новая", text="")
    assert len(entries(of(host.client("admin")))) == 2, "once a day is enough"
    changes = host.app.extensions["bgbilling"].services.actions._changes
    changes._retention._next = None
    post_form(client, f"{NOTES}/add", title="Новейшая", text="")
    assert "Старая" not in of(host.client("admin"))
    assert len(entries(of(host.client("admin")))) == 2


def test_the_host_is_told_of_the_page(hosted: HostFactory) -> None:
    host = hosted(bitel="9.2")
    assert f'href="{JOURNAL}"' in host.client("admin").get("/").text
    assert f'href="{JOURNAL}"' not in host.client("operator").get("/").text
