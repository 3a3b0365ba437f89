"""Several operators press the same button at the same moment, over MariaDB: nothing is done or saved twice."""

import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier

import pytest
import sqlalchemy
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import Signer
from sqlalchemy import text
from sqlalchemy.engine import make_url
from werkzeug.test import TestResponse

from example_host import create_app
from example_host.messages.models import MessageRow
from example_host.models import User, database
from example_host.processes.models import ProcessTypeRow
from example_host.processes.port import HostProcesses
from flask_bgbilling import SecretBox
from flask_bgbilling.emulator import Emulator, EmulatorSettings
from flask_bgbilling.ports import ProcessContract
from tests.message_host import PHONE, calls, tick

pytestmark = pytest.mark.mariadb

CONTRACT, OTHER = 101, 102
OPERATORS = ("admin", "operator", "admin", "operator")
ROUNDS = 3
SERVER = """
bgbilling:server.1.id=ds
bgbilling:server.1.title=DS
bgbilling:server.1.url={url}
bgbilling:server.1.timezone=Europe/Moscow
bgbilling:server.1.requestTimeOut=20000
bgbilling:server.1.customerIdParam=22
"""
GROUPS = "bgbilling:processLinkedContract.1.groupIds=2\nbgbilling:processLinkedContract.1.billingIds=ds\n"

numbers = count(1000)


class Desk:
    """A host on MariaDB with one billing, and operators who press at the same moment."""

    def __init__(self, app: Flask, billing: Emulator) -> None:
        self.app = app
        self.billing = billing
        self.clients = [self._client(login) for login in OPERATORS]
        self.client = self.clients[0]

    def _client(self, login: str) -> FlaskClient:
        with self.app.app_context():
            user = database.session.query(User).filter_by(login=login).one()
        client = self.app.test_client()
        with client.session_transaction() as session:
            session.update(user_id=user.id, language="en")
        return client

    def together(self, press: Callable[[FlaskClient, int], TestResponse]) -> list[TestResponse]:
        """What each operator gets for a button that all press at once."""
        start = Barrier(len(self.clients))

        def work(place: int) -> TestResponse:
            start.wait(30)
            return press(self.clients[place], place)

        with ThreadPoolExecutor(len(self.clients)) as pool:
            return list(pool.map(work, range(len(self.clients))))

    def message(self) -> tuple[int, str]:
        """A new message of a caller whom nobody knows, and the number."""
        phone = f"8917{next(numbers):07}"
        with self.app.app_context():
            row = MessageRow(type_id=1, sender=phone)
            database.session.add(row)
            database.session.commit()
            return row.id, phone

    def process(self) -> int:
        """A new process."""
        with self.app.app_context():
            made = HostProcesses().create(2, "Нет связи", "1")
            database.session.commit()
            return made.id

    def ticked(self, message_id: int, *cids: int) -> list[str]:
        signer = Signer(self.app.secret_key or "", salt=f"bgbilling-found-{message_id}")
        return [signer.sign(tick("ds", cid)).decode() for cid in cids]

    def phones(self, cid: int, phone: str) -> int:
        """How often a contract has a phone."""
        rows = self.billing.rows("contract_parameter_type_phone_item", cid=cid, pid=PHONE)
        return sum(str(row["phone"]).endswith(phone[1:]) for row in rows)

    def count(self, statement: str, **values: object) -> int:
        with self.app.app_context():
            return int(database.session.execute(text(statement), values).scalar_one())

    def contracts(self, process_id: int) -> list[ProcessContract]:
        with self.app.app_context():
            return list(HostProcesses().contracts(process_id))

    def groups(self, process_id: int) -> list[int]:
        with self.app.app_context():
            return list(HostProcesses().groups(process_id))

    def process_of(self, message_id: int) -> int | None:
        with self.app.app_context():
            return database.session.get_one(MessageRow, message_id).process_id


@pytest.fixture(scope="module")
def desk(mariadb: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    server = make_url(mariadb)
    engine = sqlalchemy.create_engine(server)
    with engine.begin() as connection:
        connection.execute(text("CREATE DATABASE presses CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"))
    file = tmp_path_factory.mktemp("presses") / "bgbilling.conf"
    with Emulator(EmulatorSettings(version="9.2", contracts=20)) as billing:
        file.write_text("bgbilling:enable=1\n" + SERVER.format(url=billing.url) + calls("ds"), "utf-8")
        app = create_app(
            {
                "TESTING": True,
                "WTF_CSRF_ENABLED": False,
                "SECRET_KEY": "test",
                "SQLALCHEMY_DATABASE_URI": server.set(database="presses").render_as_string(hide_password=False),
                "BGBILLING_CONFIG": str(file),
                "BGBILLING_SECRET_KEYS": [SecretBox.new_key()],
            }
        )
        with app.app_context():
            for row in database.session.query(ProcessTypeRow):
                row.configuration = GROUPS
            database.session.commit()
        yield Desk(app, billing)
        with app.app_context():
            database.engine.dispose()
    with engine.begin() as connection:
        connection.execute(text("DROP DATABASE presses"))
    engine.dispose()


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_a_new_process_of_a_message_is_made_once_and_its_phone_saved_once(desk: Desk, turn: int) -> None:
    message, phone = desk.message()
    before = desk.count("SELECT count(*) FROM crm_process")
    fields = {"do": "new", "type": "3", "description": "Звонок", "seen": "0", "save_contact": "1"}
    found = desk.ticked(message, OTHER)
    answers = desk.together(
        lambda client, place: client.post(
            f"/bgbilling/messages/{message}/process",
            data={**fields, "found": found, "once": f"new-{message}-{place}"},
        )
    )
    assert told(answers) == {"processed": 1, "meanwhile": len(answers) - 1}
    assert desk.count("SELECT count(*) FROM crm_process") == before + 1
    process = desk.process_of(message)
    assert process is not None
    assert [one.cid for one in desk.contracts(process)] == [OTHER]
    assert desk.groups(process) == [2]
    assert desk.phones(OTHER, phone) == 1
    created = "SELECT count(*) FROM bgb_change WHERE action = 'processes.create' AND state = 'done'"
    assert desk.count(f"{created} AND contract_id = :cid", cid=OTHER) == turn + 1


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_a_message_goes_into_one_of_the_processes_that_operators_choose(desk: Desk, turn: int) -> None:
    message, phone = desk.message()
    processes = [desk.process() for _ in OPERATORS]
    found = desk.ticked(message, CONTRACT, OTHER)
    answers = desk.together(
        lambda client, place: client.post(
            f"/bgbilling/messages/{message}/process",
            data={
                "do": "existing",
                "process": str(processes[place]),
                "seen": "0",
                "save_contact": "0",
                "found": found,
                "once": f"old-{message}-{place}",
            },
        )
    )
    assert told(answers) == {"processed": 1, "meanwhile": len(answers) - 1}
    chosen = desk.process_of(message)
    assert chosen in processes
    for process in processes:
        linked = [one.cid for one in desk.contracts(process)]
        assert linked == ([CONTRACT, OTHER] if process == chosen else []), "who was late has linked nothing"
        assert desk.groups(process) == ([2] if process == chosen else [])
    assert desk.phones(OTHER, phone) == 0


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_a_contact_that_several_save_is_in_the_contract_once(desk: Desk, turn: int) -> None:
    message, phone = desk.message()
    process = desk.process()
    with desk.app.app_context():
        HostProcesses().link_contract(process, ProcessContract("ds", CONTRACT, "A-1"))
        database.session.get_one(MessageRow, message).process_id = process
        database.session.commit()
    (contract,) = desk.ticked(message, CONTRACT)
    others = len(desk.billing.rows("contract_parameter_type_phone_item", cid=CONTRACT, pid=PHONE))
    address = f"/bgbilling/messages/{message}/contact"

    def press(client: FlaskClient, place: int) -> TestResponse:
        return client.post(address, data={"contract": contract, "once": f"contact-{message}-{place}"})

    answers = desk.together(press)
    assert set(statuses(answers)) <= {303, 409}, "saved, known, or being saved by somebody else"
    assert desk.phones(CONTRACT, phone) == 1
    assert len(desk.billing.rows("contract_parameter_type_phone_item", cid=CONTRACT, pid=PHONE)) == others + 1
    late = desk.client.post(address, data={"contract": contract, "once": f"contact-{message}-late"})
    assert "contact=known" in late.location
    assert desk.phones(CONTRACT, phone) == 1


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_one_form_of_a_contact_sent_by_several_at_once_is_one_change(desk: Desk, turn: int) -> None:
    message, phone = desk.message()
    process = desk.process()
    with desk.app.app_context():
        HostProcesses().link_contract(process, ProcessContract("ds", CONTRACT, "A-1"))
        database.session.get_one(MessageRow, message).process_id = process
        database.session.commit()
    data = {"contract": desk.ticked(message, CONTRACT)[0], "once": f"same-{message}"}
    same = desk.clients[0]
    answers = desk.together(lambda client, place: same.post(f"/bgbilling/messages/{message}/contact", data=data))
    assert set(statuses(answers)) <= {303, 409}
    assert desk.phones(CONTRACT, phone) == 1
    assert desk.count("SELECT count(*) FROM bgb_change WHERE once = :once", once=data["once"]) == 1


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_a_contract_is_linked_to_a_process_once(desk: Desk, turn: int) -> None:
    process = desk.process()
    answers = desk.together(
        lambda client, place: client.post(
            f"/bgbilling/processes/{process}/contracts/link", data={"contract": f"ds:{CONTRACT}"}
        )
    )
    assert statuses(answers) == [303] * len(answers)
    assert sum("said=linked" in answer.location for answer in answers) == 1
    assert sum("said=already" in answer.location for answer in answers) == len(answers) - 1
    assert [one.cid for one in desk.contracts(process)] == [CONTRACT]
    assert desk.groups(process) == [2]
    subject = "SELECT count(*) FROM bgb_change WHERE action = 'processes.link' AND state = 'done' AND subject LIKE :of"
    assert desk.count(subject, of=f"%ID {process})%") == 1


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_two_contracts_are_linked_to_a_process_at_once(desk: Desk, turn: int) -> None:
    process = desk.process()
    cids = (CONTRACT, OTHER, CONTRACT, OTHER)
    answers = desk.together(
        lambda client, place: client.post(
            f"/bgbilling/processes/{process}/contracts/link", data={"contract": f"ds:{cids[place]}"}
        )
    )
    assert statuses(answers) == [303] * len(answers)
    assert sorted(one.cid for one in desk.contracts(process)) == [CONTRACT, OTHER]
    assert desk.groups(process) == [2], "both contracts give the same group"


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_a_link_is_taken_away_once(desk: Desk, turn: int) -> None:
    process = desk.process()
    with desk.app.app_context():
        HostProcesses().link_contract(process, ProcessContract("ds", CONTRACT, "A-1"))
        database.session.commit()
    answers = desk.together(
        lambda client, place: client.post(
            f"/bgbilling/processes/{process}/contracts/unlink", data={"contract": f"ds:{CONTRACT}"}
        )
    )
    assert statuses(answers) == [303] * len(answers)
    assert sum("said=unlinked" in answer.location for answer in answers) == 1
    assert desk.contracts(process) == []
    done = "SELECT count(*) FROM bgb_change WHERE action = 'processes.unlink' AND state = 'done'"
    assert desk.count(done) == turn + 1


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_the_form_of_the_card_makes_one_process_and_one_link(desk: Desk, turn: int) -> None:
    card = f"/bgbilling/contract/ds/{OTHER}/processes"
    before = desk.count("SELECT count(*) FROM crm_process")
    form = desk.client.get(f"{card}/create").text
    once = re.findall(r'name="once" value="([^"]+)"', form)[0]
    same = desk.clients[0]
    data = {"type": "3", "description": f"Заявка {turn}", "once": once}
    desk.together(lambda client, place: same.post(f"{card}/create", data=data))
    assert desk.count("SELECT count(*) FROM crm_process") == before + 1
    process = desk.process()
    answers = desk.together(
        lambda client, place: client.post(
            f"{card}/link", data={"number": str(process), "once": f"card-{process}-{place}"}
        )
    )
    assert set(statuses(answers)) <= {200, 303, 409}
    assert [one.cid for one in desk.contracts(process)] == [OTHER]
    assert desk.groups(process) == [2]


def statuses(answers: Sequence[TestResponse]) -> list[int]:
    return sorted(answer.status_code for answer in answers)


def told(answers: Sequence[TestResponse]) -> dict[str, int]:
    """How often the page of the message is told that it was processed, now or meanwhile."""
    assert statuses(answers) == [303] * len(answers)
    words = ("processed", "meanwhile")
    return {word: sum(f"done={word}" in answer.location for answer in answers) for word in words}
