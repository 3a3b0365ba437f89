"""Processing messages page by page: candidates, new and existing processes, the phone saved, pressed twice, refused."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from threading import Barrier
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from itsdangerous import Signer

from example_host import mounting, roles
from example_host.messages.models import MessageRow
from example_host.models import User, database
from example_host.processes.models import ProcessRow, ProcessTypeRow
from example_host.processes.port import HostProcesses
from flask_bgbilling.emulator import Emulator
from flask_bgbilling.ports import ProcessContract
from tests.e2e.conftest import Host, HostFactory
from tests.e2e.forms import HTMX
from tests.memory_messages import MemoryMessages
from tests.message_host import PHONE, calls, in_memory, tick
from tests.support import ALL_BANDS

PERSON, OTHER = 101, 102
CALLER = "+7 (916) 123-45-67"
STRANGER = "8 (917) 555-44-33"


class Desk:
    """A host with messages, and a person before them."""

    def __init__(self, host: Host, messages: MemoryMessages, login: str = "admin", language: str = "en") -> None:
        self.host = host
        self.messages = messages
        self.client: FlaskClient = host.client(login, language)

    def page(self, number: int, query: str = "", headers: dict[str, str] | None = None) -> str:
        answer = self.client.get(f"/bgbilling/messages/{number}{query}", headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.text

    def process(self, number: int, /, **fields: object) -> SimpleNamespace:
        """What comes of a pressed button, followed to the page that it leads to."""
        data = {"do": "new", "type": "3", "description": "Звонок", "seen": "0", "once": "key-1", **fields}
        if "found" in data:
            data["found"] = [self.signed(number, str(one)) for one in data["found"]]  # type: ignore[union-attr]
        answer = self.client.post(f"/bgbilling/messages/{number}/process", data=data)
        shown = self.client.get(answer.location).text if answer.status_code == 303 else answer.text
        return SimpleNamespace(status=answer.status_code, location=answer.location or "", text=shown)

    def signed(self, number: int, value: str) -> str:
        """The value of a box as the page of the message has it."""
        return Signer(self.host.app.secret_key or "", salt=f"bgbilling-found-{number}").sign(value).decode()

    def process_of(self, number: int) -> int | None:
        return self.messages.known[number].process_id

    def contracts(self, number: int) -> list[ProcessContract]:
        with self.host.app.app_context():
            return list(HostProcesses().contracts(self.process_of(number) or 0))


Desks = Callable[..., Desk]


@pytest.fixture
def desk(hosted_privately: HostFactory, monkeypatch: pytest.MonkeyPatch) -> Desks:
    def make(login: str = "admin", language: str = "en", extra: str = "", **versions: str) -> Desk:
        messages = in_memory(monkeypatch)
        versions = versions or {"ds": "9.2"}
        return Desk(hosted_privately(extra=calls(*versions) + extra, **versions), messages, login, language)

    return make


def phones(emulator: Emulator, cid: int) -> list[tuple[str, str]]:
    rows = sorted(
        emulator.rows("contract_parameter_type_phone_item", cid=cid, pid=PHONE), key=lambda row: int(str(row["n"]))
    )
    return [(str(row["phone"]), str(row["comment"] or "")) for row in rows]


def sent(emulator: Emulator, *words: str) -> list[str]:
    return [call.name for call in emulator.calls if any(word in call.name for word in words)]


@pytest.mark.parametrize("band", ALL_BANDS)
def test_the_phone_of_a_caller_is_saved_once(desk: Desks, band: str) -> None:
    work = desk(ds=band)
    emulator = work.host.emulators["ds"]
    before = phones(emulator, OTHER)
    first = work.messages.add(STRANGER)
    done = work.process(first, found=[tick("ds", OTHER)], save_contact="1")
    assert "The phone is saved in the contract" in done.text
    assert phones(emulator, OTHER) == [*before, ("89175554433", "")]
    emulator.recorder.clear()
    again = work.messages.add("+79175554433")
    known = work.process(again, found=[tick("ds", OTHER)], save_contact="1", once="key-2")
    assert "has this phone already" in known.text
    assert sent(emulator, "Update") == []
    assert len(phones(emulator, OTHER)) == len(before) + 1


@pytest.mark.parametrize(
    ("sender", "shown"),
    [("89175554433", "+7 917 555-44-33"), ("4433", "4433"), ("ab@example.ru", "ab@example.ru"), ("1" * 60, "1" * 60)],
)
def test_a_number_stands_there_as_people_read_it(desk: Desks, sender: str, shown: str) -> None:
    work = desk()
    assert re.search(rf"<h1[^>]*>[^<]*: {re.escape(shown)}\s*<", work.page(work.messages.add(sender)))


def test_candidates_are_shown_and_hostile_texts_stay_texts(desk: Desks) -> None:
    work = desk()
    number = work.messages.add(CALLER, subject='"><script>alert(1)</script>', text="<img src=x onerror=alert(1)>")
    page = work.page(number)
    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page
    assert re.search(r"/messages/1/contract/ds/101", page)
    assert "All searches are done." in page
    hostile = work.messages.add('*"<script>')
    assert "There is no number to search for" in work.page(hostile)


@pytest.mark.parametrize("sender", ["anonymous", "", "1" * 40, "<b>*</b>", "' OR 1=1"])
def test_a_sender_without_a_number_can_be_processed(desk: Desks, sender: str) -> None:
    work = desk()
    number = work.messages.add(sender)
    page = work.page(number)
    assert "save_contact" not in page
    before = phones(work.host.emulators["ds"], OTHER)
    done = work.process(number, found=[tick("ds", OTHER)], save_contact="1")
    assert done.status == 303
    assert "contact=" not in done.location
    assert phones(work.host.emulators["ds"], OTHER) == before
    assert [one.cid for one in work.contracts(number)] == [OTHER]


def test_a_new_process_has_every_ticked_contract(desk: Desks) -> None:
    work = desk(ds="9.2", bitel="10.2")
    number = work.messages.add(CALLER)
    hostile = 'A*1*2"<b>'
    found = [tick("ds", PERSON, hostile), tick("bitel", OTHER), tick("ds", PERSON, "again")]
    done = work.process(number, found=found, save_contact="0")
    assert [(one.billing_id, one.cid, one.title) for one in work.contracts(number)] == [
        ("ds", PERSON, hostile),
        ("bitel", OTHER, "A-1"),
    ]
    assert "2 contracts are linked" in done.text
    assert "<b>" not in done.text.split("data-bgb-message")[1].split("</section>")[0]
    assert work.messages.processed_by[number]


def test_pressed_twice_it_is_done_once(desk: Desks) -> None:
    work = desk()
    number = work.messages.add(STRANGER)
    work.process(number, found=[tick("ds", OTHER)], save_contact="1")
    process, stored = work.process_of(number), phones(work.host.emulators["ds"], OTHER)
    twice = work.process(number, found=[tick("ds", OTHER)], save_contact="1")
    assert "processed meanwhile" in twice.text
    assert work.process_of(number) == process
    assert phones(work.host.emulators["ds"], OTHER) == stored
    with work.host.app.app_context():
        assert HostProcesses().get((process or 0) + 1) is None, "the second press left no process behind"


def test_a_message_goes_into_a_process_that_is_there(desk: Desks) -> None:
    work = desk()
    first = work.messages.add(STRANGER)
    work.process(first, found=[tick("ds", OTHER)], save_contact="0")
    second = work.messages.add(STRANGER)
    fragment = work.page(second, "/process/existing", HTMX)
    process = work.process_of(first)
    assert f'value="{process}"' in fragment
    assert "same sender" in fragment
    assert 'fill="#ff8800"' in fragment
    done = work.process(second, do="existing", process=str(process), found=[tick("ds", OTHER)], save_contact="0")
    assert work.process_of(second) == process
    assert "1 was linked already" in done.text
    assert "No such process was found." in work.page(work.messages.add("123456"), "/process/existing", HTMX)
    third = work.messages.add(STRANGER)
    assert f'value="{process}"' not in work.page(third, "/process/existing?state=closed", HTMX)
    assert f'value="{process}"' in work.page(third, "/process/existing?state=all", HTMX)


def test_the_processes_to_choose_from_have_pages(desk: Desks) -> None:
    work = desk(extra="bgbilling:search.pageSize=10\n")
    with work.host.app.app_context():
        made = [HostProcesses().create(3, f"Заявка {one}", "1").id for one in range(25)]
        for process_id in made:
            HostProcesses().link_contract(process_id, ProcessContract("ds", PERSON, "A-1"))
        database.session.commit()
    number = work.messages.add(CALLER)

    def rows(page: str) -> list[int]:
        return [int(one) for one in re.findall(r'name="process" value="(\d+)"', page)]

    first = work.page(number, "/process/existing", HTMX)
    assert "found 25, shown 10" in first
    assert rows(first) == made[:-11:-1]
    there = unescape(re.findall(r'<a class="bgb-page" href="([^"]+)"[^>]*aria-label="Page 3"', first)[0])
    assert rows(work.client.get(there, headers=HTMX).text) == made[4::-1]
    whole = work.client.get(there, follow_redirects=True).text
    assert rows(whole) == made[4::-1], "without a script the page of the message has the same"
    assert "Who can it be" in whole or "data-bgb-message" in whole
    chosen = str(made[7])
    set_rules(work.host, "onProcessEvent.1.events=linkAdding\nonProcessEvent.1.checkExpression=false\n")
    refused = work.process(number, do="existing", process=chosen, found=[tick("ds", OTHER)], save_contact="0")
    assert refused.status == 400
    assert re.search(rf'name="process" value="{chosen}" checked', refused.text), "what was chosen is on its page"
    assert rows(work.page(number, "/process/existing?page=99", HTMX)) == made[4::-1]
    assert rows(work.page(number, "/process/existing?page=x", HTMX)) == made[:-11:-1]
    assert "No such process was found." in work.page(number, "/process/existing?state=closed&page=2", HTMX)


def test_processes_of_what_was_found(desk: Desks) -> None:
    work = desk()
    first = work.messages.add("somebody")
    work.process(first, found=[tick("ds", PERSON)], save_contact="0")
    fragment = work.page(work.messages.add(CALLER), "/process/existing", HTMX)
    assert f'value="{work.process_of(first)}"' in fragment
    assert "linked to what was found" in fragment


def test_of_several_contracts_a_person_says_which(desk: Desks) -> None:
    work = desk()
    emulator = work.host.emulators["ds"]
    number = work.messages.add(STRANGER)
    asked = work.process(number, found=[tick("ds", PERSON), tick("ds", OTHER)], save_contact="1")
    assert "In which contract?" in asked.text
    assert ("89175554433", "") not in phones(emulator, PERSON) + phones(emulator, OTHER)
    choice = asked.text.partition("In which contract?")[2].partition("</select>")[0]
    offered = [unescape(code) for code in re.findall(r'<option value="([^"]+)"', choice)]
    assert len(offered) == 2
    fields = {"contract": offered[1], "once": "key-3"}
    saved = work.client.post(f"/bgbilling/messages/{number}/contact", data=fields, follow_redirects=True).text
    assert "The phone is saved in the contract" in saved
    assert phones(emulator, OTHER)[-1] == ("89175554433", "")
    strange = {"contract": tick("ds", 103), "once": "key-4"}
    work.client.post(f"/bgbilling/messages/{number}/contact", data=strange)
    assert ("89175554433", "") not in phones(emulator, 103), "only contracts of the process"


def test_a_billing_that_fails_takes_nothing_back(desk: Desks) -> None:
    work = desk()
    emulator = work.host.emulators["ds"]
    number = work.messages.add(STRANGER)
    emulator.faults.set("http-500", operation="Phone")
    failed = work.process(number, found=[tick("ds", OTHER)], save_contact="1")
    assert failed.status >= 500
    assert "The phone is not saved" in failed.text
    assert work.process_of(number)
    emulator.faults.clear()
    once = re.findall(r'data-bgb-contact>.*?name="once" value="([^"]+)"', failed.text, re.DOTALL)[0]
    contract = unescape(re.findall(r'name="contract" value="([^"]+)"', failed.text)[0])
    fields = {"contract": contract, "once": once}
    saved = work.client.post(f"/bgbilling/messages/{number}/contact", data=fields, follow_redirects=True).text
    assert "The phone is saved in the contract" in saved
    assert phones(emulator, OTHER)[-1] == ("89175554433", "")


def test_a_rule_that_forbids_one_of_two_contracts_is_told_and_the_same_form_goes_on(desk: Desks) -> None:
    work = desk()
    rule = (
        "onProcessEvent.1.events=linkAdding\n"
        f"onProcessEvent.1.checkExpression=event.contractId == {PERSON}\n"
        "onProcessEvent.1.checkErrorMessage=Чужой <договор>\n"
    )
    set_rules(work.host, rule)
    number = work.messages.add(STRANGER)
    before = phones(work.host.emulators["ds"], OTHER)
    fields = {"do": "existing", "process": "1", "found": [tick("ds", PERSON), tick("ds", OTHER, "B-7")]}
    refused = work.process(number, save_contact="0", **fields)
    assert refused.status == 400
    assert "Чужой &lt;договор&gt;" in refused.text
    assert work.process_of(number) is None
    assert linked(work.host, 1) == [], "the contract that was allowed is not linked by itself"
    ticked = re.findall(r'value="\[&#34;contract&#34;,&#34;ds&#34;,(\d+),[^"]*"[^>]*checked', refused.text)
    assert ticked == [str(PERSON), str(OTHER)], "what was ticked is ticked still"
    set_rules(work.host, rule.replace("linkAdding", "linkAdded").replace("Чужой", "Позвоните за"))
    once = re.findall(r'name="once" value="([^"]+)"', refused.text)[0]
    done = work.process(number, save_contact="0", once=once, **fields)
    assert done.status == 200
    assert "Rule 1 of the process type: Позвоните за &lt;договор&gt;" in done.text
    assert work.process_of(number) == 1
    assert [cid for _, cid in linked(work.host, 1)] == [PERSON, OTHER]
    assert phones(work.host.emulators["ds"], OTHER) == before


@pytest.mark.parametrize("wish", [{"do": "new", "type": "3"}, {"do": "existing", "process": "1"}], ids=["new", "old"])
def test_links_that_break_half_way_leave_nothing_and_can_be_made_again(
    desk: Desks, monkeypatch: pytest.MonkeyPatch, wish: dict[str, str]
) -> None:
    work = desk()
    work.host.app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    number = work.messages.add(STRANGER)
    link = HostProcesses.link_contract

    def breaking(self: HostProcesses, process_id: int, contract: ProcessContract) -> bool:
        if contract.cid == OTHER:
            raise RuntimeError("the database of the host has gone")
        return link(self, process_id, contract)

    found = [tick("ds", PERSON), tick("ds", OTHER)]
    with monkeypatch.context() as broken:
        broken.setattr(HostProcesses, "link_contract", breaking)
        assert work.process(number, found=found, save_contact="0", **wish).status == 500
    assert work.process_of(number) is None
    assert linked(work.host, 1) == linked(work.host, 4) == []
    assert "Create the process" in work.page(number), "the message waits as before"
    done = work.process(number, found=found, save_contact="0", once="key-2", **wish)
    assert "2 contracts are linked" in done.text
    assert [one.cid for one in work.contracts(number)] == [PERSON, OTHER]
    journal = work.client.get(f"/bgbilling/contract/ds/{OTHER}/journal", headers=HTMX).text
    assert "not sent" in journal


def set_rules(host: Host, rules: str) -> None:
    with host.app.app_context():
        for row in database.session.query(ProcessTypeRow):
            row.configuration = rules
        database.session.commit()


def linked(host: Host, process_id: int) -> list[tuple[str, int]]:
    with host.app.app_context():
        return [(one.billing_id, one.cid) for one in HostProcesses().contracts(process_id)]


def test_the_process_by_its_number_and_out_of_it(desk: Desks) -> None:
    work = desk()
    number = work.messages.add(STRANGER)
    work.process(number, do="set", number="1")
    assert work.process_of(number) == 1
    page = work.page(number)
    assert 'data-bgb-process="1"' in page
    work.process(number, do="set", number="2", seen="1")
    assert work.process_of(number) == 2
    late = work.process(number, do="set", number="1", seen="1")
    assert "processed meanwhile" in late.text
    assert work.process_of(number) == 2
    out = work.process(number, do="set", number="0", seen="2")
    assert "belongs to no process" in out.text
    assert work.process_of(number) is None
    assert "There is no process 4711" in work.process(number, do="set", number="4711").text


@pytest.mark.parametrize(
    "fields",
    [{"type": ""}, {"type": "999"}, {"type": "x"}, {"found": ["contract*1*2"]}, {"do": "existing"}, {"seen": "x"},
     {"once": ""}, {"do": "nothing", "type": ""}, {"do": "set", "number": "abc"}],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_used_changes_nothing(desk: Desks, fields: dict[str, object]) -> None:
    work = desk()
    number = work.messages.add(STRANGER)
    answer = work.process(number, **fields)
    assert 400 <= answer.status < 500, answer.text
    assert work.process_of(number) is None
    with work.host.app.app_context():
        assert HostProcesses().get(4) is None


def test_what_was_typed_and_ticked_stays_after_a_mistake(desk: Desks) -> None:
    work = desk()
    number = work.messages.add(STRANGER)
    page = work.process(number, type="", description="Перезвонить", found=[tick("ds", OTHER, "B-7")]).text
    assert "Перезвонить" in page
    assert re.search(r'value="\[&#34;contract&#34;,&#34;ds&#34;,102,&#34;B-7&#34;\]\.[^"]+"[^>]*checked', page)


def test_a_search_by_hand_joins_what_was_found(desk: Desks) -> None:
    work = desk()
    emulator = work.host.emulators["ds"]
    (row,) = emulator.rows("contract", id=OTHER)
    number = work.messages.add(CALLER)
    page = work.page(number, f"?search=50&bgbillingTitle={row['title']}")
    assert "/contract/ds/101" in page
    assert "/contract/ds/102" in page
    assert 'value="' + str(row["title"]) in page
    ticked = work.signed(number, tick("ds", OTHER, str(row["title"])))
    answer = work.client.get(
        f"/bgbilling/messages/{number}", query_string={"search": 50, "bgbillingTitle": row["title"], "found": ticked},
        headers=HTMX,
    )  # fmt: skip
    assert answer.text.count("/contract/ds/102") == 2, "the link and its hx-get: one row, ticked"
    assert "found above as well" in answer.text
    short = work.page(number, "?search=50&bgbillingTitle=a")
    assert "Enter at least 3 characters." in short
    assert work.client.get(f"/bgbilling/messages/{number}?search=99").status_code == 400


def test_the_card_stands_beside(desk: Desks) -> None:
    work = desk()
    number = work.messages.add(CALLER)
    assert "data-bgb-card" in work.page(number, f"/contract/ds/{PERSON}", HTMX)
    whole = work.page(number, f"?beside=ds:{PERSON}")
    assert "data-bgb-card" in whole
    absent = work.client.get(f"/bgbilling/messages/{number}/contract/ds/99999", headers=HTMX)
    assert absent.status_code == 404
    address = work.client.get(f"/bgbilling/messages/{number}/contract/ds/{PERSON}").location
    assert address.endswith(f"/messages/{number}?beside=ds:{PERSON}")
    here = {**HTMX, "HX-Current-URL": f"http://localhost/bgbilling/messages/{number}"}
    section = work.client.get(f"/bgbilling/contract/ds/{PERSON}/parameters", headers=here)
    assert section.headers["HX-Push-Url"] == "false"
    elsewhere = work.client.get(f"/bgbilling/contract/ds/{PERSON}/parameters", headers=HTMX)
    assert "HX-Push-Url" not in elsewhere.headers


def test_a_failing_billing_has_its_own_block_and_is_asked_again(desk: Desks) -> None:
    work = desk(ds="9.2", bitel="10.2")
    number = work.messages.add(CALLER)
    work.host.emulators["bitel"].faults.set("http-500")
    page = work.page(number)
    assert "/contract/ds/101" in page
    assert "/contract/bitel/101" not in page
    assert f"/bgbilling/messages/{number}/search/2" in page
    work.host.emulators["bitel"].faults.clear()
    assert "/contract/bitel/101" in work.page(number, "/search/2", HTMX)


@pytest.fixture
def denied(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    names: set[str] = set()
    allows = roles.role_allows
    monkeypatch.setattr("example_host.ports.role_allows", lambda role, name: name not in names and allows(role, name))
    return names


def test_who_may_only_read_gets_no_form(desk: Desks) -> None:
    work = desk(login="viewer")
    number = work.messages.add(CALLER)
    page = work.page(number)
    assert "bgb-process-form" not in page
    assert "may read messages here" in page
    assert work.process(number).status == 403
    assert work.process_of(number) is None


@pytest.mark.parametrize("permission", ["process.create", "process.link.update", "process.read"])
def test_processing_needs_the_permissions_of_processes(desk: Desks, denied: set[str], permission: str) -> None:
    work = desk()
    number = work.messages.add(CALLER)
    denied.add(permission)
    assert "Create the process" not in work.page(number)
    assert work.process(number, found=[tick("ds", PERSON)]).status == 403
    assert work.process_of(number) is None


def test_without_the_right_to_change_parameters_no_phone_is_saved(desk: Desks, denied: set[str]) -> None:
    work = desk()
    number = work.messages.add(STRANGER)
    denied.add("contract.parameters.update")
    assert "save_contact" not in work.page(number)
    before = phones(work.host.emulators["ds"], OTHER)
    failed = work.process(number, found=[tick("ds", OTHER)], save_contact="1")
    assert failed.status == 403
    assert phones(work.host.emulators["ds"], OTHER) == before
    assert work.process_of(number)


def test_types_of_messages_narrow_a_grant(desk: Desks) -> None:
    from example_host.models import TypeLimit

    work = desk()
    number = work.messages.add(CALLER)
    with work.host.app.app_context():
        user = database.session.query(User).filter_by(login="admin").one()
        database.session.add(TypeLimit(user_id=user.id, kind="message", billing_id="", type_id=50))
        database.session.commit()
    assert work.client.get(f"/bgbilling/messages/{number}").status_code == 404
    assert work.process(number).status == 404
    assert work.client.get(f"/bgbilling/messages/{work.messages.add(CALLER, 50)}").status_code == 200


def test_unknown_messages_and_types(desk: Desks) -> None:
    work = desk()
    assert work.client.get("/bgbilling/messages/4711").status_code == 404
    page = work.page(work.messages.add(CALLER, type_id=77))
    assert "??? 77" in page
    assert "are not configured" in page


def test_the_page_speaks_russian(desk: Desks) -> None:
    work = desk(language="ru")
    number = work.messages.add(CALLER)
    page = work.page(number, "?tab=existing")
    assert "Кто это может быть" in page
    assert "Существующий процесс" in page
    assert not re.search(r">\s*(New process|Ticked|Search)\s*<", page)


def test_the_journal_of_the_contract_tells_of_the_phone(desk: Desks) -> None:
    work = desk()
    number = work.messages.add(STRANGER)
    work.process(number, found=[tick("ds", OTHER)], save_contact="1")
    journal = work.client.get(f"/bgbilling/contract/ds/{OTHER}/journal", headers=HTMX).text
    assert "Save the sender of a message" in journal
    assert "89175554433" in journal
    assert work.client.get(f"/bgbilling/contract/ds/{OTHER}/contacts", headers=HTMX).status_code == 200
    assert "/contacts" not in work.client.get(f"/bgbilling/contract/ds/{OTHER}").text


def test_two_presses_at_the_same_moment_make_one_process(hosted_privately: HostFactory) -> None:
    host = hosted_privately(extra=calls("ds"), ds="9.2")
    with host.app.app_context():
        row = MessageRow(type_id=1, sender=STRANGER)
        database.session.add(row)
        database.session.commit()
        number = row.id
        before = database.session.query(ProcessRow).count()
    clients = [host.client("admin") for _ in range(4)]
    together = Barrier(len(clients))

    def press(at: int) -> int:
        together.wait(20)
        data = {"do": "new", "type": "3", "description": "Звонок", "seen": "0", "once": f"key-{at}"}
        return clients[at].post(f"/bgbilling/messages/{number}/process", data=data).status_code

    with ThreadPoolExecutor(len(clients)) as pool:
        statuses = list(pool.map(press, range(len(clients))))
    with host.app.app_context():
        assert database.session.query(ProcessRow).count() == before + 1
    assert set(statuses) == {303}


def test_the_check_of_the_application_knows_its_classes(hosted: HostFactory) -> None:
    host = hosted(extra=calls("ds") + "messageType.1.search.9.class=NobodyKnowsThis\n", ds="9.2")
    with host.app.app_context():
        found = {problem.key: problem for problem in mounting.bgbilling.check_configuration()}
    assert found.keys() == {"messageType.1.search.9.class"}
    assert "NobodyKnowsThis" in found["messageType.1.search.9.class"].text()
