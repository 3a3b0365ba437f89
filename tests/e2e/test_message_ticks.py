"""What comes back from the page of a message is what a search has found there, and nothing else."""

import pytest
from sqlalchemy import text

from example_host.models import database
from tests.e2e.test_message_pages import OTHER, STRANGER, Desks, desk
from tests.message_host import tick

__all__ = ["desk"]


def test_only_what_this_page_has_shown_can_be_ticked(desk: Desks) -> None:
    work = desk()
    first, second = work.messages.add(STRANGER), work.messages.add(STRANGER)
    plain = tick("ds", OTHER)
    for value in (plain, work.signed(second, plain), work.signed(first, plain) + "x"):
        data = {"do": "new", "type": "3", "description": "", "seen": "0", "once": "key-1", "found": [value]}
        answer = work.client.post(f"/bgbilling/messages/{first}/process", data=data)
        assert 400 <= answer.status_code < 500
        assert "cannot be read" in answer.text
        assert work.client.get(f"/bgbilling/messages/{first}", query_string={"found": value}).status_code == 400
    assert work.process_of(first) is None
    assert work.process(first, found=[tick("gone", OTHER)]).status == 404
    assert work.process_of(first) is None
    assert work.process(first, found=[plain], save_contact="0").status == 303


@pytest.mark.parametrize("name", ["_external", "_anchor", "message_id", "endpoint", "number", "billing_id", "cid"])
def test_a_query_is_no_part_of_an_address_of_ours(desk: Desks, name: str) -> None:
    work = desk()
    number = work.messages.add(STRANGER)
    page = work.page(number, f"?{name}=4711")
    assert "4711" not in page.split("bgb-tabs")[1].split("</nav>")[0]


def test_a_long_message_makes_a_description_that_is_accepted(desk: Desks) -> None:
    work = desk()
    number = work.messages.add(STRANGER, text="ы" * 30_000)
    drawn = work.page(number).split('name="description"')[1].split("</textarea>")[0]
    assert drawn.count("ы") == 20_000


def test_a_mistake_on_a_processed_message_keeps_its_contracts(desk: Desks) -> None:
    work = desk()
    number = work.messages.add(STRANGER)
    work.process(number, found=[tick("ds", OTHER)], save_contact="0")
    page = work.process(number, do="set", number="4711", seen=str(work.process_of(number)))
    assert "There is no process 4711" in page.text
    assert f"/contract/ds/{OTHER}" in page.text


def test_what_a_rule_has_to_say_is_told(desk: Desks) -> None:
    work = desk()
    rule = "onProcessEvent.1.events=createdAsLink;linkAdded\nonProcessEvent.1.doExpression=bgbilling.cp('x', '', 1)\n"
    with work.host.app.app_context():
        database.session.execute(text("UPDATE crm_process_type SET configuration = :rule"), {"rule": rule})
        database.session.commit()
    number = work.messages.add(STRANGER)
    done = work.process(number, found=[tick("ds", OTHER)], save_contact="0")
    assert done.status == 200
    assert "1 contract is linked" in done.text
    assert "bgb-note" in done.text
    assert "Rule 1" in done.text
