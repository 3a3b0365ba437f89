"""Attacks on what changes contracts: forged addresses, one permission used for another, keys of other forms."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from example_host.ports import HostUsers
from flask_bgbilling.builtin.card import CardPlugin
from flask_bgbilling.hookspecs import CardSection
from flask_bgbilling.ports import Grant, Person
from tests.e2e.conftest import HostFactory
from tests.e2e.forms import HTMX, filled, post_form
from tests.e2e.test_changes_engine import labs

__all__ = ["labs"]

CARD = "/bgbilling/contract/bitel/101"
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
    assert "no longer in the billing" in answer.text


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
        assert "no longer in the billing" in answer.text
    named = client.get(f"{CARD}/{section}/{add}?{name}=1", headers=HTMX)
    assert named.status_code == 404
