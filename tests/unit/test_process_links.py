"""Contracts of processes: linked once, in one transaction, with what follows from it."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from flask_bgbilling import BGBilling, SecretBox, hookimpl
from flask_bgbilling.domain.billings import Viewer
from flask_bgbilling.domain.processes.errors import UnknownProcess, UnknownProcessType
from flask_bgbilling.domain.processes.links import ProcessLinks
from flask_bgbilling.errors import Forbidden
from flask_bgbilling.hookspecs import ContractLinked, LinkEffects, ProcessLinkRule
from flask_bgbilling.ports import Grant, Person, ProcessContract, ProcessEvent
from flask_bgbilling.store.changes import JournalQuery
from tests.memory_customers import MemoryCustomers
from tests.memory_processes import MemoryProcesses

ANNA = Person("1", "anna", "Анна")
DESCRIPTION = """\
bgbilling:processLinkedContract.{@inc:cnt}.groupIds=1,2
bgbilling:processLinkedContract.{@cnt}.titleRegexp=A-\\d+
bgbilling:processLinkedContract.{@inc:cnt}.titleRegexp=.*
bgbilling:processLinkedContract.{@inc:cnt}.groupIds=3
bgbilling:processLinkedContract.{@cnt}.billingIds=ds, tks
bgbilling:processLinkedContract.{@inc:cnt}.groupIds=4,77
bgbilling:processLinkedContract.{@cnt}.titleRegexp=.*
"""


class Users:
    """Everybody may do what ``granted`` names."""

    def __init__(self) -> None:
        self.granted: dict[str, Grant] = {
            name: Grant() for name in ("process.read", "process.link.update", "process.create")
        }

    def current(self) -> Person:
        return ANNA

    def grant(self, person: Person, permission: str) -> Grant | None:
        return self.granted.get(permission)

    def sign_in_address(self, back_to: str) -> str:
        return "/"


class Watching:
    """A plugin that keeps what it is told, and a rule of its own."""

    def __init__(self) -> None:
        self.events: list[ProcessEvent] = []
        self.decide: Callable[[ContractLinked], LinkEffects | None] = lambda linked: None

    @hookimpl
    def bgbilling_process_event(self, event: ProcessEvent) -> None:
        self.events.append(event)

    @hookimpl
    def bgbilling_process_link_rules(self) -> Sequence[ProcessLinkRule]:
        return [ProcessLinkRule("watching", 5, lambda linked: self.decide(linked))]


class Raising:
    """A plugin that fails."""

    @hookimpl
    def bgbilling_process_event(self) -> None:
        raise RuntimeError("nobody listens")


class Lab:
    """An application with processes in memory and a table that shows what was rolled back."""

    def __init__(self) -> None:
        self.users, self.watching = Users(), Watching()
        self.processes = MemoryProcesses({1: DESCRIPTION, 2: "bgbilling:linkCustomerOnContractLink=0", 3: ""})
        self.app = Flask(__name__)
        self.app.config.update(
            TESTING=True,
            SECRET_KEY="x",
            SQLALCHEMY_DATABASE_URI="sqlite://",
            BGBILLING_SECRET_KEYS=[SecretBox.new_key()],
        )
        database: Any = SQLAlchemy()

        class Row(database.Model):  # type: ignore[misc,name-defined]
            __tablename__ = "crm_row"
            id: Mapped[int] = mapped_column(primary_key=True)
            text: Mapped[str] = mapped_column(String(100))

        self.database, self.row = database, Row
        database.init_app(self.app)
        self.customers = MemoryCustomers({})
        self.bgbilling = BGBilling(
            self.app,
            users=self.users,
            accounts=self,
            processes=self.processes,
            customers=self.customers,
            database=database,
            plugins=[Raising(), self.watching],
            configuration="",
        )

    def credentials(self, person_id: str, billing_id: str) -> None:
        return None

    @property
    def services(self) -> Any:
        return self.app.extensions["bgbilling"].services

    @property
    def links(self) -> ProcessLinks:
        found: ProcessLinks = self.services.process_links
        return found

    @property
    def viewer(self) -> Viewer:
        return Viewer(ANNA, Grant(), self.users)

    def kinds(self) -> list[str]:
        return [str(event.kind) for event in self.watching.events]

    def journal(self) -> list[tuple[str, int, str, str]]:
        page = self.services.journal._journal.search(JournalQuery())
        return [(one.action, one.contract_id, one.subject, one.state) for one in reversed(page.records)]


@pytest.fixture
def lab() -> Iterator[Lab]:
    made = Lab()
    with made.app.app_context():
        made.database.create_all()
        made.bgbilling.upgrade_database()
        made.processes.create(1, "Нет связи", "1")
        yield made


def contract(billing_id: str = "bitel", cid: int = 101, title: str = "A-101") -> ProcessContract:
    return ProcessContract(billing_id, cid, title)


def test_a_contract_is_linked_with_its_groups(lab: Lab) -> None:
    linked = lab.links.link(lab.viewer, 1, contract())
    assert (linked.new, linked.already, linked.group_ids) == ((contract(),), (), (1, 2))
    assert lab.processes.groups(1) == (1, 2)
    assert lab.kinds() == ["linkAdded"]
    assert lab.watching.events[0].contract == contract()
    assert lab.journal() == [("processes.link", 101, "Нет связи (ID 1)", "done")]


def test_linked_already_is_an_answer(lab: Lab) -> None:
    lab.links.link(lab.viewer, 1, contract())
    again = lab.links.link(lab.viewer, 1, contract(title="A-102"))
    assert (again.new, again.already, again.group_ids) == ((), (contract(title="A-102"),), ())
    assert lab.processes.contracts(1) == (contract(),)
    assert lab.kinds() == ["linkAdded"], "nothing has happened"
    assert len(lab.journal()) == 1


@pytest.mark.parametrize(
    ("billing_id", "title", "groups"),
    [
        ("bitel", "A-7", (1, 2)),
        ("bitel", "xA-7", (4,)),
        ("ds", "101", (3,)),
        ("tks", "A-7", (1, 2)),
        ("other", "101", (4,)),
    ],
)
def test_the_first_rule_with_groups_wins(lab: Lab, billing_id: str, title: str, groups: tuple[int, ...]) -> None:
    assert lab.links.link(lab.viewer, 1, contract(billing_id, title=title)).group_ids == groups, "77 is no group"


def test_groups_that_are_there_stay(lab: Lab) -> None:
    lab.processes.add_groups(1, [2, 9])
    assert lab.links.link(lab.viewer, 1, contract()).group_ids == (1,)
    assert lab.processes.groups(1) == (2, 9, 1)


@pytest.mark.parametrize(("type_id", "linked"), [(1, (7,)), (2, ())])
def test_the_customer_of_the_contract_comes_along(lab: Lab, type_id: int, linked: tuple[int, ...]) -> None:
    for _ in range(7):
        lab.customers.create("Клиент")
    with lab.services.links._unit.alone():
        lab.services.links.link_local("1", "bitel", 101, "A-101", 7)
    made = lab.links.created(lab.viewer, type_id, "Ещё", [contract()])
    assert made.customer_ids == linked == tuple(lab.processes.customers(made.process.id))
    added = [event.customer_id for event in lab.watching.events if event.customer_id is not None]
    assert added == list(linked)


def test_titles_are_cut_and_kept_as_they_are(lab: Lab) -> None:
    for cid, title in enumerate(("*101*", '«"Д"»', "<i>1</i>", "№" * 300), 1):
        lab.links.link(lab.viewer, 1, contract(cid=cid, title=title))
    titles = [one.title for one in lab.processes.contracts(1)]
    assert titles == ["*101*", '«"Д"»', "<i>1</i>", "№" * 100]


def test_a_process_is_created_with_its_contracts(lab: Lab) -> None:
    made = lab.links.created(
        lab.viewer, 3, " Первая строка\nвторая ", [contract(), contract("ds"), contract()], [5]
    ).process
    assert lab.processes.contracts(made.id) == (contract(), contract("ds"))
    assert lab.processes.customers(made.id) == (5,)
    assert lab.processes.description(made.id) == "Первая строка\nвторая"
    assert lab.kinds() == ["created", "createdAsLink", "createdAsLink", "linkAdded", "linkAdded", "linkAdded"]
    told = [("processes.create", 101, "Первая строка", "done")] * 2
    assert lab.journal() == told
    with pytest.raises(UnknownProcessType):
        lab.links.created(lab.viewer, 99, "")


def test_what_is_done_beside_is_in_the_same_transaction(lab: Lab) -> None:
    def also(process: object) -> None:
        lab.database.session.add(lab.row(text="message"))
        lab.database.session.flush()
        raise LookupError("no such message")

    with pytest.raises(LookupError):
        lab.links.attach(lab.viewer, 1, [contract()], also=also)
    assert lab.database.session.query(lab.row).count() == 0
    assert lab.kinds() == []
    assert lab.journal() == [("processes.link", 101, "Нет связи (ID 1)", "failed")]


def test_what_others_link_at_the_same_moment_is_linked_already(lab: Lab) -> None:
    link, tries = lab.processes.link_contract, []

    def late(process_id: int, one: ProcessContract) -> bool:
        tries.append(one)
        linked = link(process_id, one)
        if len(tries) == 1:
            raise RuntimeError("UNIQUE constraint failed")
        return linked

    lab.processes.link_contract = late  # type: ignore[method-assign]
    linked = lab.links.link(lab.viewer, 1, contract())
    assert linked.already == (contract(),)


def test_a_link_is_taken_away(lab: Lab) -> None:
    lab.links.link(lab.viewer, 1, contract())
    assert lab.links.unlink(lab.viewer, 1, "bitel", 101)
    assert not lab.links.unlink(lab.viewer, 1, "bitel", 101)
    assert lab.processes.contracts(1) == ()
    assert lab.kinds() == ["linkAdded", "linkRemoved"]
    assert lab.journal()[1:] == [("processes.unlink", 101, "Нет связи (ID 1)", "done")]


def test_links_follow_the_number(lab: Lab) -> None:
    lab.links.link(lab.viewer, 1, contract())
    assert lab.links.renamed("bitel", 101, "B-7") == 1
    assert lab.links.renamed("bitel", 101, "B-7") == 0
    assert lab.links.renamed("bitel", 101, "") == 0
    assert lab.links.renamed("bitel", 999, "B-8") == 0
    assert lab.processes.contracts(1) == (contract(title="B-7"),)


def test_whom_a_process_does_not_concern(lab: Lab) -> None:
    lab.processes.create(1, "чужой", "2")
    lab.processes.hidden.add(2)
    for process_id in (2, 99, 2**62):
        with pytest.raises(UnknownProcess):
            lab.links.link(lab.viewer, process_id, contract())
        with pytest.raises(UnknownProcess):
            lab.links.unlink(lab.viewer, process_id, "bitel", 101)
    lab.users.granted["process.link.update"] = Grant(billing_ids=frozenset({"ds"}))
    with pytest.raises(Forbidden):
        lab.links.link(lab.viewer, 1, contract())
    with pytest.raises(Forbidden):
        lab.links.unlink(lab.viewer, 1, "bitel", 101)
    with pytest.raises(Forbidden):
        lab.links.created(lab.viewer, 1, "", [contract()])
    del lab.users.granted["process.create"]
    with pytest.raises(Forbidden):
        lab.links.created(lab.viewer, 1, "")
    del lab.users.granted["process.read"]
    with pytest.raises(Forbidden):
        lab.links.process(lab.viewer, 1)
    assert lab.journal() == []


def test_a_rule_of_a_plugin(lab: Lab) -> None:
    def decide(linked: ContractLinked) -> LinkEffects:
        assert linked.keys["cnt"] == "4"
        assert linked.process.id == 1
        return LinkEffects(group_ids=(8, 2), customer_ids=(6, 6))

    lab.watching.decide = decide
    linked = lab.links.link(lab.viewer, 1, contract())
    assert linked.group_ids == (8, 2, 1)
    assert linked.customer_ids == (6,)


def test_a_rule_that_fails_loses_its_effects(lab: Lab, caplog: pytest.LogCaptureFixture) -> None:
    def decide(linked: ContractLinked) -> LinkEffects:
        raise ZeroDivisionError

    lab.watching.decide = decide
    assert lab.links.link(lab.viewer, 1, contract()).group_ids == (1, 2)
    assert "rule watching" in caplog.text
    assert "nobody listens" in caplog.text, "a plugin that fails keeps no other from hearing"
