"""Parameters of every editable type are changed through the card, in every version (card-screens.md 6.1)."""

import re
from datetime import date
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from example_host.models import HouseRow, database
from example_host.ports import HostUsers
from flask_bgbilling.emulator import Emulator
from flask_bgbilling.ports import Grant, Person
from tests.e2e.conftest import Host, HostFactory
from tests.e2e.forms import HTMX, fields_of, filled, post_form
from tests.support import ALL_BANDS

PARAMETERS = "/bgbilling/contract/bitel/101/parameters"
NAME, ADDRESS, PHONE, EMAIL, BIRTH, SOURCE, NEWSLETTER, EQUIPMENT, GUARANTOR = 2, 3, 4, 6, 10, 11, 12, 19, 20
HEADING = 1
TEXT_TYPE, ADDRESS_TYPE = 1, 2


def edit(parameter: int, type_code: int | None = None, span: int | None = 3) -> str:
    """The address of a parameter's form, in the place of its row."""
    extra = (f"&type={type_code}" if type_code else "") + (f"&in={span}" if span else "")
    return f"{PARAMETERS}/edit?parameter={parameter}{extra}"


def saved(answer: TestResponse) -> str:
    """The line that came back after saving, as text."""
    assert answer.status_code == 200, answer.text
    assert answer.text.strip().startswith("<tr"), answer.text[:300]
    assert "data-bgb-editor" not in answer.text
    return told(answer)


def told(answer: TestResponse) -> str:
    """What is read in an answer."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def value(emulator: Emulator, kind: str, parameter: int) -> dict[str, Any]:
    """The row of a value of the contract, empty when it is not set."""
    rows = emulator.rows(f"contract_parameter_type_{kind}", cid=101, pid=parameter)
    return rows[0] if rows else {}


def phones(emulator: Emulator) -> list[tuple[str, str]]:
    rows = emulator.rows("contract_parameter_type_phone_item", cid=101, pid=PHONE)
    return [(row["phone"], row["comment"]) for row in sorted(rows, key=lambda row: int(row["n"]))]


@pytest.mark.parametrize("band", ALL_BANDS)
def test_texts_days_flags_and_lists(hosted_privately: HostFactory, band: str) -> None:
    host = hosted_privately(bitel=band)
    client, emulator = host.client(), host.emulators["bitel"]
    assert "Ёлкина <b> & Ко" in saved(post_form(client, edit(NAME, TEXT_TYPE), value="  Ёлкина <b> & Ко "))
    assert value(emulator, "1", NAME)["val"] == "Ёлкина <b> & Ко"
    assert "not set" in saved(post_form(client, edit(NAME), value=""))
    assert value(emulator, "1", NAME) == {}

    assert "01.04.1982" in saved(post_form(client, edit(BIRTH), value="1982-04-01"))
    assert value(emulator, "6", BIRTH)["val"] == date(1982, 4, 1)
    assert "02.04.1982" in saved(post_form(client, edit(BIRTH), value="02.04.1982"))
    assert "not set" in saved(post_form(client, edit(BIRTH), value=""))
    assert value(emulator, "6", BIRTH) == {}

    for word, typed in (("no", "0"), ("yes", "1")):
        assert saved(post_form(client, edit(NEWSLETTER), value=typed)).split()[3] == word
        assert value(emulator, "5", NEWSLETTER)["val"] == int(typed)

    items = emulator.rows("contract_parameter_type_7_values", pid=SOURCE)
    assert items[2]["title"] in saved(post_form(client, edit(SOURCE), item=str(items[2]["id"]), own=""))
    assert value(emulator, "7", SOURCE)["val"] == items[2]["id"]
    assert "от соседки" in saved(post_form(client, edit(SOURCE), own="от соседки"))
    assert (value(emulator, "7", SOURCE)["val"], value(emulator, "7", SOURCE)["custom_value"]) == (0, "от соседки")
    form = client.get(edit(SOURCE), headers=HTMX)
    assert fields_of(form.text)["own"] == ["от соседки"]
    assert fields_of(form.text)["item"] == [""]
    assert items[0]["title"] in saved(post_form(client, edit(SOURCE), item=str(items[0]["id"])))
    assert value(emulator, "7", SOURCE)["val"] == items[0]["id"]
    assert "not set" in saved(post_form(client, edit(SOURCE), item=""))
    assert value(emulator, "7", SOURCE) == {}


@pytest.mark.parametrize("band", ALL_BANDS)
def test_phones_and_emails(hosted_privately: HostFactory, band: str) -> None:
    host = hosted_privately(bitel=band)
    client, emulator = host.client(), host.emulators["bitel"]
    typed = {"phone": ["+7 (917) 123-45-67", "", "8 347 250-11-01"], "phone_comment": ["жена [до 18]; срочно", "", ""]}
    row = saved(post_form(client, edit(PHONE, 9), **typed))
    assert "+7 917 123-45-67" in row or "79171234567" in row
    assert phones(emulator) == [("79171234567", "жена [до 18]; срочно"), ("83472501101", "")]
    # What is left alone stays as it is, however the billing formats it.
    answer = post_form(client, edit(PHONE))
    assert answer.status_code == 200
    assert phones(emulator) == [("79171234567", "жена [до 18]; срочно"), ("83472501101", "")]
    saved(post_form(client, edit(PHONE), phone=["83472501101"], phone_comment=["работа"]))
    assert phones(emulator) == [("83472501101", "работа")]
    assert "not set" in saved(post_form(client, edit(PHONE), phone=[""], phone_comment=[""]))
    assert phones(emulator) == []

    typed = {"email": ["anna@example.com", "b.petrov@example.org"], "email_name": ["Анна, бухгалтерия", ""]}
    row = saved(post_form(client, edit(EMAIL, 3), **typed))
    assert "anna@example.com" in row
    assert "Анна, бухгалтерия" in row
    stored = value(emulator, "3", EMAIL)["email"]
    assert ("Анна, бухгалтерия" in stored, stored.count("@")) == (True, 2)
    form = fields_of(client.get(edit(EMAIL), headers=HTMX).text)
    assert (form["email"][:2], form["email_name"][:2]) == (typed["email"], typed["email_name"])
    saved(post_form(client, edit(EMAIL), email=["b.petrov@example.org"], email_name=["Борис"]))
    assert "anna@" not in value(emulator, "3", EMAIL)["email"]
    assert "Борис" in value(emulator, "3", EMAIL)["email"]
    assert "not set" in saved(post_form(client, edit(EMAIL), email=[""], email_name=[""]))
    assert value(emulator, "3", EMAIL) == {}


def house(emulator: Emulator, number: int) -> tuple[str, str]:
    """Street and house as the address book spells them."""
    (row,) = emulator.rows("address_house", id=number)
    (street,) = emulator.rows("address_street", id=row["streetid"])
    (city,) = emulator.rows("address_city", id=street["cityid"])
    return f"{city['title']} - {street['title']}", f"{row['house'] or ''}{row['frac'] or ''}"


@pytest.mark.parametrize("band", ALL_BANDS)
def test_addresses(hosted_privately: HostFactory, band: str) -> None:
    host = hosted_privately(bitel=band)
    client, emulator = host.client(), host.emulators["bitel"]
    before = value(emulator, "2", ADDRESS)
    saved(
        post_form(client, edit(ADDRESS, ADDRESS_TYPE), flat="7А", room="2", entrance="3", floor="-2", comment="у окна")
    )
    after = value(emulator, "2", ADDRESS)
    assert after["hid"] == before["hid"]
    assert (after["flat"], after["room"], after["pod"], after["floor"]) == ("7А", "2", 3, -2)
    assert (after["comment"], after["format_key"]) == ("у окна", before["format_key"])
    # The room survives a change of another part.
    saved(post_form(client, edit(ADDRESS), entrance=""))
    after = value(emulator, "2", ADDRESS)
    assert (after["room"], after["pod"], after["floor"]) == ("2", None, -2)

    other = next(row["id"] for row in emulator.rows("address_house") if row["id"] != before["hid"])
    street, number = house(emulator, other)
    # Chosen from the suggestions, and typed where no script runs: the hidden ids are those of the old house then.
    (row,) = emulator.rows("address_house", id=other)
    chosen = {"street": street, "street_id": str(row["streetid"]), "house": number, "house_id": str(other)}
    saved(post_form(client, edit(ADDRESS), **chosen))
    assert value(emulator, "2", ADDRESS)["hid"] == other
    back = house(emulator, before["hid"])
    saved(post_form(client, edit(ADDRESS), street=back[0], house=back[1]))
    assert (value(emulator, "2", ADDRESS)["hid"], value(emulator, "2", ADDRESS)["room"]) == (before["hid"], "2")

    blank = dict.fromkeys(
        ("street", "street_id", "house", "house_id", "flat", "room", "entrance", "floor", "comment"), ""
    )
    assert "not set" in saved(post_form(client, edit(ADDRESS), **blank))
    assert value(emulator, "2", ADDRESS) == {}
    saved(post_form(client, edit(ADDRESS), street=back[0], house=back[1], flat="1"))
    assert value(emulator, "2", ADDRESS)["hid"] == before["hid"]


@pytest.mark.parametrize("band", ALL_BANDS)
def test_the_group(hosted_privately: HostFactory, band: str) -> None:
    host = hosted_privately(bitel=band)
    client, emulator = host.client(), host.emulators["bitel"]
    groups = [row["id"] for row in emulator.rows("contract_parameter_group_name")]
    (contract,) = emulator.rows("contract", id=101)
    other = next(group for group in groups if group != contract["pgid"])
    answer = post_form(client, f"{PARAMETERS}/group?back=group%3D1", group=str(other))
    assert answer.status_code == 200, answer.text
    assert emulator.rows("contract", id=101)[0]["pgid"] == other
    assert "only “" in told(answer)
    post_form(client, f"{PARAMETERS}/group", group="")
    assert emulator.rows("contract", id=101)[0]["pgid"] == 0
    answer = post_form(client, f"{PARAMETERS}/group", group="4711")
    assert answer.status_code == 400
    assert "Choose one of the list." in told(answer)


@pytest.fixture
def host(hosted_privately: HostFactory) -> Host:
    return hosted_privately(bitel="10.2")


@pytest.mark.parametrize(
    ("parameter", "typed", "words"),
    [
        (NAME, {"value": "я" * 256}, "The text is too long: 256 characters of 255."),
        (BIRTH, {"value": "31.02.1982"}, "“31.02.1982” is not a date."),
        (NEWSLETTER, {"value": "2"}, "Choose one of the list."),
        (SOURCE, {"item": "111"}, "Choose one of the list."),
        (SOURCE, {"item": "104", "own": "ещё"}, "Either choose an item or write a text of your own."),
        (PHONE, {"phone": ["спросить Машу"]}, "“спросить Машу” is not a phone number: it has digits only."),
        (PHONE, {"phone": ["123456789012345"]}, "a number has at most 14 digits."),
        (PHONE, {"phone": ["112", "1-12"]}, "The number 1-12 is there twice."),
        (PHONE, {"phone": [""], "phone_comment": ["вечером"]}, "The comment “вечером” has no number."),
        (EMAIL, {"email": ["anna@"]}, "“anna@” is not an e-mail address."),
        (EMAIL, {"email": ["a@b.ru", "A@B.ru"]}, "The address A@B.ru is there twice."),
        (
            EMAIL,
            {"email": [f"{number}{'x' * 50}@example.com" for number in range(9)]},
            "more addresses than the billing",
        ),
        (ADDRESS, {"street": "Нигдейская"}, "The address book has no street “Нигдейская”."),
        (ADDRESS, {"house": "9999"}, "has no house “9999” in the address book."),
        (ADDRESS, {"house": ""}, "Without a house the billing stores no address."),
        (ADDRESS, {"street": "", "house": "1"}, "Choose the street, too."),
        (ADDRESS, {"floor": "-1"}, "it means “none” by it."),
        (ADDRESS, {"entrance": "0"}, "it means “none” by it."),
        (ADDRESS, {"entrance": "2-й"}, "“2-й” is not a number."),
        (ADDRESS, {"flat": "12345678901"}, "The text is too long: 11 characters of 10."),
    ],
)
def test_what_cannot_be_used_is_told_at_its_field(
    hosted: HostFactory, parameter: int, typed: dict[str, Any], words: str
) -> None:
    host = hosted(bitel="10.2")
    calls = host.emulators["bitel"].calls
    before = len(calls)
    answer = post_form(host.client(), edit(parameter), **typed)
    assert answer.status_code == 400, answer.text
    assert words in told(answer)
    kept = [value for field in typed.values() for value in ([field] if isinstance(field, str) else field) if value]
    assert all(value in unescape(answer.text) for value in kept if value not in ("2", "111"))
    assert not any("Update" in call.name for call in calls[before:])


def test_a_stale_edit_shows_both_values(host: Host) -> None:
    first, second = host.client(), host.client("admin")
    for parameter, typed, theirs, ours, kind in (
        (NAME, "value", "Сидоров", "Петров", "1"),
        (BIRTH, "value", "1990-05-06", "1991-07-08", "6"),
    ):
        opened = first.get(edit(parameter), headers=HTMX).text
        saved(post_form(second, edit(parameter), **{typed: theirs}))
        answer = first.post(edit(parameter), data=filled(opened, {typed: ours}), headers=HTMX)
        assert answer.status_code == 400
        assert "Somebody has changed this meanwhile." in told(answer)
        assert ("06.05.1990" if kind == "6" else theirs) in told(answer)
        assert fields_of(answer.text)[typed] == [ours]
        # Once more: the person has seen both and decides.
        saved(first.post(edit(parameter), data=filled(answer.text, {}), headers=HTMX))
        assert str(value(host.emulators["bitel"], kind, parameter)["val"]) == ours


def test_a_stale_address_tells_its_parts(host: Host) -> None:
    first, second = host.client(), host.client("admin")
    opened = first.get(edit(ADDRESS), headers=HTMX).text
    saved(post_form(second, edit(ADDRESS), flat="99"))
    answer = first.post(edit(ADDRESS), data=filled(opened, {"flat": "88"}), headers=HTMX)
    assert "Flat, office 99" in told(answer)
    assert fields_of(answer.text)["flat"] == ["88"]


def test_a_refusal_keeps_what_was_typed(host: Host) -> None:
    emulator, client = host.emulators["bitel"], host.client()
    opened = client.get(edit(ADDRESS), headers=HTMX).text
    (ids,) = emulator.rows("address_house", id=value(emulator, "2", ADDRESS)["hid"])
    with host.app.app_context():  # the address book knows a house that the billing has lost
        database.session.add(HouseRow(id=987654, street_id=ids["streetid"], number=777, fraction=""))
        database.session.commit()
    answer = client.post(edit(ADDRESS), data=filled(opened, {"house": "777", "house_id": "987654"}), headers=HTMX)
    assert answer.status_code == 404
    assert "Дом не найден" in told(answer)
    assert fields_of(answer.text)["house"] == ["777"]
    assert value(emulator, "2", ADDRESS)["hid"] == ids["id"]


def test_an_answer_that_is_lost_is_looked_for(host: Host) -> None:
    emulator, client = host.emulators["bitel"], host.client()
    emulator.faults.set("execute-but-do-not-answer", operation="contractParameterTextUpdate", count=1)
    saved(post_form(client, edit(NAME), value="Найденов"))
    assert value(emulator, "1", NAME)["val"] == "Найденов"
    assert len([call for call in emulator.calls if "TextUpdate" in call.name]) == 1
    emulator.faults.set("reset", operation="contractParameterTextUpdate", count=1)
    answer = post_form(client, edit(NAME), value="Потеряев")
    assert "not confirmed" in told(answer)
    assert value(emulator, "1", NAME)["val"] == "Найденов"


def test_what_nobody_can_change_says_so(host: Host) -> None:
    client = host.client()
    page = unescape(client.get(f"{PARAMETERS}?filled=all").text)
    for parameter in (EQUIPMENT, GUARANTOR):
        assert f"edit?parameter={parameter}&" not in page
        answer = client.get(edit(parameter), headers=HTMX)
        assert answer.status_code == 400
        assert "can only be changed in the billing's own client." in told(answer)
    assert "Changed in the billing's own client" in page
    assert client.get(edit(0), headers=HTMX).status_code == 410
    for unknown in (HEADING, 4711):
        answer = client.get(edit(unknown), headers=HTMX)
        assert answer.status_code == 400
        assert f"The contract has no parameter {unknown}" in told(answer)


def narrowed(monkeypatch: pytest.MonkeyPatch, permission: str, grant: Grant | None) -> None:
    """Gives everybody just this grant of a permission."""
    granted = HostUsers.grant

    def narrow(users: HostUsers, person: Person, asked: str) -> Grant | None:
        return grant if asked == permission else granted(users, person, asked)

    monkeypatch.setattr(HostUsers, "grant", narrow)


@pytest.mark.parametrize("permission", ["contract.parameters.update", "contract.parameters.read"])
def test_only_covered_parameters_are_changed(host: Host, monkeypatch: pytest.MonkeyPatch, permission: str) -> None:
    client = host.client()
    opened = client.get(edit(NAME), headers=HTMX).text
    narrowed(monkeypatch, permission, Grant(parameter_ids=frozenset({BIRTH})))
    page = client.get(f"{PARAMETERS}?filled=all").text
    assert f"edit?parameter={BIRTH}&" in page.replace("&amp;", "&")
    assert f"edit?parameter={NAME}&" not in page.replace("&amp;", "&")
    assert client.get(edit(NAME), headers=HTMX).status_code == 403
    assert client.get(edit(BIRTH), headers=HTMX).status_code == 200
    before = value(host.emulators["bitel"], "1", NAME)
    assert client.post(edit(NAME), data=filled(opened, {"value": "чужой"}), headers=HTMX).status_code == 403
    assert value(host.emulators["bitel"], "1", NAME) == before


@pytest.mark.parametrize(("action", "permission"), [("edit", "update"), ("group", "group")])
def test_without_the_permission_nothing_is_offered(
    host: Host, monkeypatch: pytest.MonkeyPatch, action: str, permission: str
) -> None:
    client = host.client()
    address = f"{PARAMETERS}/{action}?parameter={NAME}"
    opened = client.get(address, headers=HTMX).text
    narrowed(monkeypatch, f"contract.parameters.{permission}", None)
    assert f"/parameters/{action}" not in client.get(PARAMETERS).text
    assert client.get(address, headers=HTMX).status_code == 403
    answer = client.post(address, data=filled(opened, {"value": "x", "group": "2"}), headers=HTMX)
    assert answer.status_code == 403
    assert not any("Update" in call.name or "Set" in call.name for call in host.emulators["bitel"].calls)


def asked(host: Host, client: FlaskClient, address: str, **typed: Any) -> list[str]:
    """What the billing was asked to save a form and to draw the line again."""
    emulator = host.emulators["bitel"]
    opened = client.get(address, headers=HTMX).text
    before = len(emulator.calls)
    saved(client.post(address, data=filled(opened, typed), headers=HTMX))
    return [call.name.rsplit("/", 1)[-1].rsplit(".", 1)[-1] for call in emulator.calls[before:]]


def test_a_save_is_a_reading_the_writing_and_a_reading(host: Host) -> None:
    client = host.client()
    names = asked(host, client, edit(NAME, TEXT_TYPE), value="Ещё один")
    assert len(names) == 3, names
    assert "ContractParameters" in names[0]
    assert "contractParameterTextUpdate" in names[1]
    assert "ContractParameters" in names[2]
    names = asked(host, client, edit(PHONE, 9), phone=["112"], phone_comment=[""])
    assert len(names) == 4, names  # the list and the numbers at once
    assert "contractParameterPhoneUpdate" in names[2]


def test_the_journal_has_both_values(host: Host) -> None:
    client = host.client()
    saved(post_form(client, edit(BIRTH), value="1982-04-01"))
    saved(post_form(client, edit(BIRTH), value="1983-05-02"))
    services = host.app.extensions["bgbilling"].services
    with host.app.app_context():
        record = services.actions._changes.journal.get(2)
    assert record.subject == "Дата рождения"
    assert [(fact.label, fact.value) for fact in record.details.before] == [("Value", "1982-04-01")]
    assert [(fact.label, fact.value) for fact in record.details.after] == [("Value", "1983-05-02")]


def test_from_the_details_the_details_are_drawn_again(host: Host) -> None:
    client = host.client()
    page = client.get(f"{PARAMETERS}?parameter={NAME}").text
    found = re.search(r'href="([^"]*/parameters/edit[^"]*)"', page)
    assert found is not None
    answer = post_form(client, unescape(found[1]), value="Подробнов")
    assert answer.headers["HX-Retarget"] == "#bgb-section"
    assert "Подробнов" in told(answer)
    assert "All parameters" in told(answer)


def test_texts_keep_their_lines(host: Host) -> None:
    client, emulator = host.client(), host.emulators["bitel"]
    saved(post_form(client, edit(NAME), value="первая\r\nвторая"))
    assert value(emulator, "1", NAME)["val"] == "первая\nвторая"
    form = client.get(edit(NAME), headers=HTMX).text
    assert "<textarea" in form
    assert fields_of(form)["value"] == ["первая\nвторая"]
