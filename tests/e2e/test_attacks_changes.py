"""Attacks on what changes contracts: forged addresses, one permission used for another, keys of other forms."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from example_host.ports import HostUsers
from flask_bgbilling.builtin.card import CardPlugin
from flask_bgbilling.errors import Refused
from flask_bgbilling.hookspecs import CardSection
from flask_bgbilling.ports import Grant, Person
from tests.e2e.conftest import Host, HostFactory
from tests.e2e.forms import HTMX, filled, post_form
from tests.e2e.test_changes_engine import SET, Labs, labs

__all__ = ["labs"]

CARD = "/bgbilling/contract/bitel/101"
CHANGE = f"{CARD}/change/1"
SECTIONS = tuple(CardPlugin().bgbilling_card_sections())

Narrow = Callable[..., None]


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> Narrow:
    """Narrows what everybody is granted: ``narrow("contract.lab.read", billing_ids=frozenset())``; no options deny."""
    given = HostUsers.grant
    narrowed: dict[str, dict[str, object]] = {}

    def grant(self: HostUsers, person: Person, permission: str) -> Grant | None:
        granted = given(self, person, permission)
        if granted is None or permission not in narrowed:
            return granted
        return replace(granted, **narrowed[permission]) if narrowed[permission] else None  # type: ignore[arg-type]

    monkeypatch.setattr(HostUsers, "grant", grant)
    return lambda permission, **options: narrowed.__setitem__(permission, options)


# One permission for another: the address says which, the argument says what.


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.key)
def test_what_adds_never_changes_and_what_changes_never_adds(section: CardSection) -> None:
    plans = Counter(action.plan for action in section.actions)
    for action in section.actions:
        fellows = [one for one in section.actions if one.plan is action.plan and one.permission != action.permission]
        assert all(bool(one.record) != bool(action.record) for one in fellows), action.key
        assert plans[action.plan] <= 2


@pytest.mark.parametrize("band", ["7.2", "10.2"])
def test_who_may_only_add_changes_no_payment_and_who_may_only_change_adds_none(
    hosted_privately: HostFactory, narrow: Narrow, band: str
) -> None:
    host = hosted_privately(bitel=band)
    client, emulator = host.client("admin"), host.emulators["bitel"]
    post_form(client, f"{CARD}/payments/add", sum="100", type="1", comment="своё")
    (row,) = [one for one in emulator.rows("contract_payment", cid=101) if one["comment"] == "своё"]
    edit = f"{CARD}/payments/edit?payment={row['id']}"
    drawn = client.get(edit, headers=HTMX)
    assert drawn.status_code == 200
    stored = emulator.rows("contract_payment")

    narrow("contract.payments.update")
    forged = f"{CARD}/payments/add?payment={row['id']}"
    answer = client.post(forged, data=filled(drawn.text, {"sum": "999"}), headers=HTMX)
    if 'name="confirmed"' in answer.text:
        answer = client.post(forged, data=filled(answer.text, {}), headers=HTMX)
    assert emulator.rows("contract_payment", id=row["id"]) == [row], "it was changed without the permission to change"
    for one in emulator.rows("contract_payment"):
        assert one in stored, "nothing asked for a new payment either"


@pytest.mark.parametrize("query", ["", "?payment=", "?payment=0", "?payment=" + "1" * 600])
def test_changing_needs_something_to_change(hosted_privately: HostFactory, narrow: Narrow, query: str) -> None:
    host = hosted_privately(bitel="9.2")
    client, emulator = host.client("admin"), host.emulators["bitel"]
    form = client.get(f"{CARD}/payments/add", headers=HTMX).text
    stored = emulator.rows("contract_payment")
    narrow("contract.payments.add")
    place = f"{CARD}/payments/edit{query}"
    answer = client.post(place, data=filled(form, {"sum": "100", "type": "1", "comment": "чужое"}), headers=HTMX)
    if 'name="confirmed"' in answer.text:
        answer = client.post(place, data=filled(answer.text, {}), headers=HTMX)
    assert emulator.rows("contract_payment") == stored
    assert answer.status_code == 410
    assert "The contract does not have it." in answer.text


@pytest.mark.parametrize(
    ("section", "name", "add", "edit"),
    [
        ("charges", "charge", "add", "edit"),
        ("notes", "note", "add", "edit"),
        ("scripts", "script", "add", "edit"),
        ("objects", "object", "add", "edit"),
        ("tariffs", "tariff", "add", "edit"),
        ("tariffs", "tariff", "add-personal", "edit-personal"),
        ("tariffs", "group", "add-group", "edit-group"),
    ],
)
def test_every_form_that_changes_something_needs_its_record(
    hosted: HostFactory, section: str, name: str, add: str, edit: str
) -> None:
    host = hosted(bitel="9.2" if add != "add-group" else "7.2")
    client = host.client("admin")
    for query in ("", f"?{name}=0"):
        answer = client.get(f"{CARD}/{section}/{edit}{query}", headers=HTMX)
        assert answer.status_code == 410, query
        assert "The contract does not have it." in answer.text
    named = client.get(f"{CARD}/{section}/{add}?{name}=1", headers=HTMX)
    assert named.status_code == 404


@pytest.mark.parametrize(
    ("rows", "section", "name", "edit"),
    [
        ("contract_payment", "payments", "payment", "edit"),
        ("contract_tariff", "tariffs", "tariff", "edit"),
        ("contract_comment", "notes", "note", "edit"),
    ],
)
def test_a_record_of_another_contract_is_not_told_to_be_deleted(
    hosted: HostFactory, rows: str, section: str, name: str, edit: str
) -> None:
    host = hosted(bitel="9.2")
    strange = next(row for row in host.emulators["bitel"].rows(rows) if row["cid"] != 101)
    query = f"?{name}={strange['id']}"
    answer = host.client("admin").get(f"{CARD}/{section}/{edit}{query}", headers=HTMX)
    assert answer.status_code == 410
    assert "The contract does not have it." in answer.text
    assert "It may have been deleted meanwhile, or belong to another contract." in answer.text
    russian = host.client("admin", "ru").get(f"{CARD}/{section}/{edit}{query}", headers=HTMX).text
    assert "У договора этого нет." in russian
    assert "относится к другому договору" in russian


# Pages of changes: what is not granted is not told there either.


def _half_done(labs: Labs) -> tuple[Host, FlaskClient]:
    """A host where an operator's change number 1 stopped half-way."""
    host, lab, client = labs()
    lab.errors = [None, Refused(words="words-of-the-billing")]
    post_form(client, SET, first="x", second="secret-value")
    assert "secret-value" in client.get(CHANGE).text
    return host, client


def _refused(client: FlaskClient) -> None:
    for answer in (
        client.get(CHANGE),
        client.get(CHANGE, headers=HTMX),
        *(client.post(f"{CHANGE}/{what}", data={"once": "y"}) for what in ("look", "resume", "give-up")),
    ):
        assert answer.status_code == 403
        assert "secret-value" not in answer.text
        assert "words-of-the-billing" not in answer.text


def test_a_change_of_a_billing_whose_section_is_closed_is_not_shown(labs: Labs, narrow: Narrow) -> None:
    _, client = _half_done(labs)
    narrow("contract.lab.read", billing_ids=frozenset({"other"}))
    _refused(client)
    narrow("contract.lab.read", billing_ids=None)
    assert "half done" in client.get(CHANGE).text, "nobody has given it up"


@pytest.mark.parametrize("permission", ["contract.lab.read", "contract.lab.set"])
@pytest.mark.parametrize(
    "options",
    [
        {"parameter_ids": frozenset({1})},
        {"payment_type_ids": {"bitel": frozenset({1})}},
        {"charge_type_ids": {"bitel": frozenset({1})}},
    ],
    ids=lambda options: next(iter(options)),
)
def test_who_is_granted_a_part_sees_only_own_changes(
    labs: Labs, narrow: Narrow, permission: str, options: dict[str, object]
) -> None:
    host, author = _half_done(labs)
    narrow(permission, **options)
    narrow("contract.journal.read")
    narrow("journal.read")
    _refused(host.client("admin"))
    assert "not finished" not in host.client("admin").get(CARD).text
    assert "secret-value" in author.get(CHANGE).text, "one's own change is no secret"


def test_who_reads_the_journal_or_is_granted_everything_looks_after_colleagues(labs: Labs, narrow: Narrow) -> None:
    host, _ = _half_done(labs)
    colleague = host.client("admin")
    narrow("contract.lab.set", parameter_ids=frozenset({1}))
    assert "secret-value" in colleague.get(CHANGE).text
    narrow("contract.lab.set", payment_type_ids={"ds": frozenset({1})})
    narrow("contract.journal.read")
    narrow("journal.read")
    assert "secret-value" in colleague.get(CHANGE).text, "the options are about another billing"


# One form's key with another form's wish.


def test_a_key_answers_only_for_what_its_address_named(labs: Labs) -> None:
    _, lab, client = labs()
    form = client.get(SET, headers=HTMX).text
    data = filled(form, {"first": "x"})
    assert client.post(f"{SET}?which=5", data=data, headers=HTMX).status_code == 200
    assert lab.sent == ["x"]
    again = client.post(f"{SET}?which=5&back=month%3D5", data=data, headers=HTMX)
    assert again.status_code == 200, "the same wish from another page of the section"
    other = client.post(f"{SET}?which=6", data=data, headers=HTMX)
    assert other.status_code != 200
    assert "sent before with other values" in other.text
    assert lab.sent == ["x"]


def test_a_prolongation_in_doubt_is_not_taken_for_done_because_the_option_is_gone(
    hosted_privately: HostFactory,
) -> None:
    host = hosted_privately(bitel="9.2")
    client, emulator = host.client(), host.emulators["bitel"]
    post_form(client, f"{CARD}/tariffs/activate-option?option=1", mode="2")
    record = max(row["id"] for row in emulator.rows("contract_tariff_option"))
    emulator.faults.set("reset", operation="ContractTariffOption", count=1)
    doubt = post_form(client, f"{CARD}/tariffs/reactivate-option?record={record}").text
    assert "not confirmed" in doubt
    number = doubt.partition("/change/")[2].partition("/")[0]
    assert "Option deleted" in post_form(client, f"{CARD}/tariffs/delete-option?record={record}").text
    looked = client.post(f"{CARD}/change/{number}/look", data={"once": "y"}).text
    assert "The contract does not have it." in looked
    assert "not confirmed" in client.get(f"{CARD}/change/{number}").text
