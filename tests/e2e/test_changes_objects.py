"""Objects of a contract and the values of their parameters are changed through the card, in every version."""

from datetime import date

import pytest

from tests.e2e.conftest import Host, HostFactory
from tests.e2e.forms import HTMX, filled, post_form
from tests.support import ALL_BANDS

OBJECTS = "/bgbilling/contract/bitel/101/objects"
HOME, OFFICE = 1, 2
FLAT = 1
NOTE, ADDRESS, LINE, CHECKED, GUARDED = 1, 2, 3, 4, 5


def value_form(parameter: int, kind: int, span: int = 3) -> str:
    return f"{OBJECTS}/value?object={FLAT}&parameter={parameter}&kind={kind}&in={span}"


def asked(host: Host) -> list[str]:
    return [call.name for call in host.emulators["bitel"].calls]


@pytest.mark.parametrize("band", ALL_BANDS)
def test_an_object_is_added_changed_closed_and_deleted(hosted_privately: HostFactory, band: str) -> None:
    host = hosted_privately(bitel=band)
    client, emulator = host.client(), host.emulators["bitel"]
    answer = post_form(client, f"{OBJECTS}/add", title="Дача & <сад>", type="1", since="2026-05-01", until="")
    assert answer.status_code == 200, answer.text
    assert "Object added" in answer.text
    assert "Дача &amp; &lt;сад&gt;" in answer.text
    (row,) = [row for row in emulator.rows("object") if row["title"] == "Дача & <сад>"]
    assert (row["cid"], row["type_id"], row["date1"], row["date2"]) == (101, HOME, date(2026, 5, 1), None)
    number = row["id"]

    answer = post_form(client, f"{OBJECTS}/edit?object={number}", title="Дача", type=str(OFFICE), since="")
    assert answer.status_code == 200, answer.text
    (row,) = emulator.rows("object", id=number)
    assert (row["title"], row["type_id"], row["date1"], row["date2"]) == ("Дача", OFFICE, None, None)

    answer = post_form(client, f"{OBJECTS}/close?object={number}", until="31.05.2026")
    assert answer.status_code == 200, answer.text
    assert "Object closed" in answer.text
    (row,) = emulator.rows("object", id=number)
    assert (row["title"], row["type_id"], row["date2"]) == ("Дача", OFFICE, date(2026, 5, 31))

    answer = post_form(client, f"{OBJECTS}/delete?object={number}&back=object%3D{number}")
    assert answer.status_code == 200, answer.text
    assert emulator.rows("object", id=number) == []
    assert "Квартира 5" in answer.text, "the list takes the place of the object's page"


@pytest.mark.parametrize("band", ["7.0", "8.0"])
def test_below_8_2_a_type_is_one_of_the_contract_or_a_number(hosted_privately: HostFactory, band: str) -> None:
    host = hosted_privately(bitel=band)
    client, emulator = host.client(), host.emulators["bitel"]
    form = client.get(f"{OBJECTS}/add", headers=HTMX).text
    assert "Гараж-мастерская" not in form
    assert "Another type, by its number" in form
    answer = post_form(client, f"{OBJECTS}/add", title="По номеру", type="", type_number="2")
    assert answer.status_code == 200, answer.text
    assert [row["type_id"] for row in emulator.rows("object") if row["title"] == "По номеру"] == [OFFICE]
    answer = post_form(client, f"{OBJECTS}/add", title="Без типа", type="")
    assert answer.status_code == 400
    assert "This must not be empty." in answer.text
    answer = post_form(client, f"{OBJECTS}/add", title="Чужой тип", type="", type_number="77")
    assert answer.status_code == 404
    assert "Тип объекта не найден" in answer.text
    assert 'value="Чужой тип"' in answer.text, "what was typed stays"
    assert 'value="77"' in answer.text

    empty = "/bgbilling/contract/bitel/110/objects"
    assert 'name="type"' not in client.get(f"{empty}/add", headers=HTMX).text
    assert post_form(client, f"{empty}/add", title="Первый", type_number="1").status_code == 200
    assert [row["title"] for row in emulator.rows("object", cid=110)] == ["Первый"]


@pytest.mark.parametrize("band", ALL_BANDS)
def test_values_of_parameters(hosted_privately: HostFactory, band: str) -> None:
    host = hosted_privately(bitel=band)
    client, emulator = host.client(), host.emulators["bitel"]

    def stored(kind: str) -> list[object]:
        return [row["value"] for row in emulator.rows(f"object_param_value_{kind}", object_id=FLAT)]

    answer = post_form(client, value_form(NOTE, 1), value="Щит <на> этаже & ключ")
    assert answer.status_code == 200, answer.text
    assert "<tr>" in answer.text
    assert "<section" not in answer.text, "only the line is drawn again"
    assert "Щит &lt;на&gt; этаже &amp; ключ" in answer.text
    assert stored("text") == ["Щит <на> этаже & ключ"]

    answer = post_form(client, value_form(LINE, 2), value="3")
    assert "Радио" in answer.text
    assert stored("list") == [3]
    answer = post_form(client, value_form(CHECKED, 3), value="2026-06-05")
    assert "05.06.2026" in answer.text
    assert stored("date") == [date(2026, 6, 5)]

    for parameter, kind in ((NOTE, 1), (LINE, 2), (CHECKED, 3)):
        answer = post_form(client, value_form(parameter, kind), value="")
        assert answer.status_code == 200, answer.text
        assert "not set" in answer.text
    assert [stored(kind) for kind in ("text", "list", "date")] == [[], [], []]


@pytest.mark.parametrize("band", ALL_BANDS)
def test_an_address_of_an_object(hosted_privately: HostFactory, band: str) -> None:
    host = hosted_privately(bitel=band)
    client, emulator = host.client(), host.emulators["bitel"]
    (before,) = emulator.rows("object_param_value_address", object_id=FLAT)
    answer = post_form(client, value_form(ADDRESS, 4), flat="7", room="2", floor="-2", comment="со двора")
    assert answer.status_code == 200, answer.text
    assert "кв. 7" in answer.text
    (row,) = emulator.rows("object_param_value_address", object_id=FLAT)
    inside = tuple(row[name] for name in ("hid", "flat", "room", "pod", "floor", "comment"))
    assert inside == (before["hid"], "7", "2", before["pod"], -2, "со двора"), "the house that was left alone stays"

    form = client.get(value_form(ADDRESS, 4), headers=HTMX).text
    wrong = client.post(value_form(ADDRESS, 4), data=filled(form, {"house": "нет такого"}), headers=HTMX)
    assert wrong.status_code == 400
    assert "нет такого" in wrong.text, "what was typed stays"
    assert emulator.rows("object_param_value_address", object_id=FLAT) == [row]

    blank = dict.fromkeys(("street", "street_id", "house", "house_id", "flat", "room", "entrance", "floor"), "")
    answer = post_form(client, value_form(ADDRESS, 4), **blank, comment="")
    assert answer.status_code == 200, answer.text
    assert "not set" in answer.text
    assert emulator.rows("object_param_value_address", object_id=FLAT) == []


def test_a_save_asks_no_more_than_it_needs(hosted_privately: HostFactory) -> None:
    host = hosted_privately(bitel="9.2501")
    client = host.client()
    form = client.get(value_form(LINE, 2), headers=HTMX).text
    host.emulators["bitel"].recorder.clear()
    answer = client.post(value_form(LINE, 2), data=filled(form, {"value": "2"}), headers=HTMX)
    assert answer.status_code == 200, answer.text
    names = asked(host)
    assert sum("Update" in name for name in names) == 1
    assert len(names) == 5, names  # object, parameter, values of the list at once; the write; the line again


def test_nothing_is_sent_when_it_is_so_already(hosted_privately: HostFactory) -> None:
    host = hosted_privately(bitel="10.2")
    client = host.client()
    for address in (f"{OBJECTS}/edit?object={FLAT}", *(value_form(n, kind) for n, kind in ((1, 1), (3, 2), (4, 3)))):
        host.emulators["bitel"].recorder.clear()
        assert post_form(client, address).status_code == 200
        assert not [name for name in asked(host) if "Update" in name]


def test_what_somebody_else_has_changed_is_shown(hosted_privately: HostFactory) -> None:
    host = hosted_privately(bitel="9.2")
    client, other = host.client(), host.client("admin")
    for address, typed, theirs in (
        (f"{OBJECTS}/edit?object={FLAT}", {"title": "Моё"}, {"title": "Чужое"}),
        (value_form(NOTE, 1), {"value": "Моё"}, {"value": "Чужое"}),
    ):
        form = client.get(address, headers=HTMX).text
        assert post_form(other, address, **theirs).status_code == 200
        answer = client.post(address, data=filled(form, typed), headers=HTMX)
        assert answer.status_code == 400
        assert "Somebody has changed this meanwhile." in answer.text
        assert "Чужое" in answer.text
        assert 'value="Моё"' in answer.text
        answer = client.post(address, data=filled(answer.text, {}), headers=HTMX)
        assert answer.status_code == 200, "saving once more puts mine in its place"
    (row,) = host.emulators["bitel"].rows("object", id=FLAT)
    assert row["title"] == "Моё"


def test_what_is_refused_before_it_is_sent(hosted_privately: HostFactory) -> None:
    host = hosted_privately(bitel="9.2")
    client, emulator = host.client(), host.emulators["bitel"]
    before = emulator.rows("object"), emulator.rows("object_param_value_list")
    for address, typed, words in (
        (f"{OBJECTS}/edit?object={FLAT}", {"until": "2001-01-01"}, "The end is before the beginning."),
        (f"{OBJECTS}/close?object={FLAT}", {"until": "2001-01-01"}, "The end is before the beginning."),
        (f"{OBJECTS}/close?object={FLAT}", {"until": ""}, "A date is needed."),
        (f"{OBJECTS}/edit?object={FLAT}", {"title": "  "}, "This must not be empty."),
        (f"{OBJECTS}/edit?object={FLAT}", {"type": "77"}, "Choose one of the list."),
        (f"{OBJECTS}/add", {"title": "Новый", "type": "3"}, "Choose one of the list."),
        (value_form(LINE, 2), {"value": "77"}, "Choose one of the list."),
        (value_form(CHECKED, 3), {"value": "31.02.2026"}, "is not a date"),
    ):
        answer = post_form(client, address, **typed)
        assert answer.status_code == 400, address
        assert words in answer.text, address
    answer = client.get(value_form(GUARDED, 5), headers=HTMX)
    assert answer.status_code == 400
    assert "cannot be changed from here" in answer.text
    answer = post_form(client, f"{OBJECTS}/delete?object={FLAT}")
    assert "используется" in answer.text, "the billing's own words"
    assert (emulator.rows("object"), emulator.rows("object_param_value_list")) == before


@pytest.mark.parametrize("band", ["8.2", "9.2"])
def test_an_object_of_another_contract_is_none(hosted_privately: HostFactory, band: str) -> None:
    host = hosted_privately(bitel=band)
    client, emulator = host.client(), host.emulators["bitel"]
    mine = client.get(f"{OBJECTS}/edit?object={FLAT}", headers=HTMX).text
    value = client.get(value_form(NOTE, 1), headers=HTMX).text
    before = emulator.rows("object"), emulator.rows("object_param_value_text")
    other = OBJECTS.replace("101", "110")
    for action in ("edit", "close", "delete"):
        assert client.get(f"{other}/{action}?object={FLAT}", headers=HTMX).status_code == 410
        answer = client.post(f"{other}/{action}?object={FLAT}", data=filled(mine, {}), headers=HTMX)
        assert answer.status_code == 410
    address = value_form(NOTE, 1).replace("101", "110")
    assert client.post(address, data=filled(value, {"value": "x"}), headers=HTMX).status_code == 410
    assert client.get(value_form(99, 1), headers=HTMX).status_code == 410
    assert (emulator.rows("object"), emulator.rows("object_param_value_text")) == before


def test_without_the_permission_nothing_is_offered_or_done(hosted_privately: HostFactory) -> None:
    host = hosted_privately(bitel="9.2")
    client = host.client("accountant")
    for action in ("add", "edit", "close", "delete", "value"):
        address = f"{OBJECTS}/{action}?object={FLAT}&parameter=1"
        assert client.get(address, headers=HTMX).status_code == 403
        assert client.post(address, data={"once": "x", "title": "x"}, headers=HTMX).status_code == 403


@pytest.mark.parametrize("fault", ["execute-but-do-not-answer", "reset"])
@pytest.mark.parametrize("band", ["8.2", "10.2"])
def test_an_object_whose_answer_is_lost_is_made_once(hosted_privately: HostFactory, band: str, fault: str) -> None:
    host = hosted_privately(bitel=band)
    client, emulator = host.client(), host.emulators["bitel"]
    form = client.get(f"{OBJECTS}/add", headers=HTMX).text
    emulator.faults.set(fault, operation="bjectUpdate")
    data = filled(form, {"title": "Однажды", "type": "1"})
    first = client.post(f"{OBJECTS}/add", data=data, headers=HTMX)
    emulator.faults.clear()
    client.post(f"{OBJECTS}/add", data=data, headers=HTMX)
    made = [row for row in emulator.rows("object") if row["title"] == "Однажды"]
    assert len(made) == (0 if fault == "reset" else 1)
    if fault != "reset":
        assert "Object added" in first.text


def test_the_section_without_scripts(hosted_privately: HostFactory) -> None:
    host = hosted_privately(bitel="8.2")
    client = host.client()
    answer = post_form(client, f"{OBJECTS}/edit?object={FLAT}", htmx=False, title="Квартира 6")
    assert answer.status_code == 303
    page = client.get(answer.location)
    assert "Квартира 6" in page.text
