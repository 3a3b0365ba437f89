"""The example host's customers: list, card, spellings, parameters of every type, titles that are composed."""

from datetime import date

import pytest
from sqlalchemy import event, select

from example_host.customers.demo import FIRM_NAME, NOTE, REGISTRATION, SERVICE_ADDRESS, TAX_NUMBER
from example_host.customers.models import CustomerRow, PhoneValue
from example_host.customers.port import HostCustomers
from example_host.customers.rows import RowsRefused
from example_host.models import database
from example_host.processes.port import HostProcesses
from flask_bgbilling.ports import (
    Customer,
    CustomerAddress,
    CustomerEmail,
    CustomerPhone,
    CustomerValue,
    ProcessContract,
)
from tests.e2e.conftest import Host, HostFactory

IRINA, PHARMACIES = 1, 2
TEXT, DAY, PHONES, EMAILS, LIST = NOTE, 73, 14, 15, 115


@pytest.fixture
def host(hosted: HostFactory) -> Host:
    """A host with one billing, whose address book is filled."""
    return hosted(ds="9.2")


def stored(host: Host, customer_id: int, parameter_id: int) -> object:
    with host.app.app_context():
        return HostCustomers().values([customer_id], [parameter_id]).get((customer_id, parameter_id))


def title(host: Host, customer_id: int) -> str:
    with host.app.app_context():
        return str(database.session.get_one(CustomerRow, customer_id).title)


def test_the_list_finds_by_a_part_of_the_title_and_by_number(host: Host) -> None:
    client = host.client()
    assert "Колесникова Ирина Дмитриевна" in client.get("/customers").text
    found = client.get("/customers?q=отпускная алена иг").text
    assert "Отпускная Алёна Игоревна" in found
    assert "Колесникова" not in found
    assert "Сеть аптек" in client.get("/customers?q=2").text
    assert "Nobody is called so." in client.get("/customers?q=%25").text


def test_the_card_shows_values_and_stays_in_the_strip(host: Host) -> None:
    client = host.client()
    card = client.get(f"/customers/{IRINA}").text
    for text in ("28.02.1981", "+7 916 123-45-67", "Семья &lt;family101@example.ru&gt;", "Электронная почта", "кв. 5"):
        assert text in card
    assert "Уфа" in card, "the address is told with its city"
    assert "КПП" not in card, "a person has no parameters of firms"
    assert f'<a href="/customers/{IRINA}">Колесникова Ирина Дмитриевна</a>' in client.get("/").text
    with host.app.app_context():
        assert [customer.id for customer in HostCustomers().opened("1")] == [IRINA]


def test_one_click_makes_a_spelling_the_title(host: Host) -> None:
    client = host.client()
    assert "Which one is right?" in client.get(f"/customers/{IRINA}").text
    answer = client.post(f"/customers/{IRINA}/title", data={"spelling": "Колесникова И. Д."}, follow_redirects=True)
    assert "Which one is right?" not in answer.text
    assert title(host, IRINA) == "Колесникова И. Д."
    assert ">Колесникова И. Д.</a>" in client.get("/").text, "the strip follows"
    client.post(f"/customers/{IRINA}/title", data={"spelling": "Кто-то другой"})
    assert title(host, IRINA) == "Колесникова И. Д."


@pytest.mark.parametrize(
    ("parameter_id", "form", "value"),
    [
        (TEXT, {"text": " два слова "}, "два слова"),
        (TEXT, {"text": ""}, None),
        (DAY, {"day": "1990-01-31"}, date(1990, 1, 31)),
        (LIST, {"item": ["1", "2"]}, frozenset({1, 2})),
        (LIST, {}, None),
        (
            PHONES,
            {"number": ["+7 917 1", "8-800", "79171"], "comment": ["дом", "", "снова"]},
            (CustomerPhone("+7 917 1", "дом"), CustomerPhone("8-800")),
        ),
        (EMAILS, {"address": ["a@b.ru", ""], "name": ["А", ""]}, (CustomerEmail("a@b.ru", "А"),)),
    ],
)
def test_values_of_every_type_are_kept(host: Host, parameter_id: int, form: dict[str, object], value: object) -> None:
    answer = host.client().post(f"/customers/{IRINA}/parameters/{parameter_id}", data=form)
    assert answer.status_code == 302, answer.text
    assert stored(host, IRINA, parameter_id) == value


def test_an_address_is_chosen_by_street_and_house(host: Host) -> None:
    client = host.client()
    form = client.get(f"/customers/{IRINA}?edit={SERVICE_ADDRESS}").text
    assert '<datalist id="streets">' in form
    street = next(line for line in form.split('"') if line.startswith("Уфа - "))
    refused = client.post(
        f"/customers/{IRINA}/parameters/{REGISTRATION}", data={"street": street, "house": "такого нет", "flat": "9"}
    )
    assert refused.status_code == 422
    assert "There is no house такого нет in this street." in refused.text
    assert 'value="9"' in refused.text, "what was typed stays"
    before = stored(host, IRINA, SERVICE_ADDRESS)
    assert isinstance(before, tuple)
    row = client.get(f"/customers/{IRINA}?edit={SERVICE_ADDRESS}").text
    shown = row.partition('name="street" value="')[2].partition('"')[0]
    house = row.partition('name="house" value="')[2].partition('"')[0]
    fields = {"street": shown.upper(), "house": house, "flat": "6", "entrance": "2"}
    client.post(f"/customers/{IRINA}/parameters/{SERVICE_ADDRESS}", data=fields)
    (after,) = stored(host, IRINA, SERVICE_ADDRESS)  # type: ignore[misc]
    assert isinstance(after, CustomerAddress)
    assert (after.house_id, after.flat, after.entrance) == (before[0].house_id, "6", 2)


@pytest.mark.parametrize(
    ("parameter_id", "form", "told"),
    [
        (DAY, {"day": "31.02"}, "31.02 is not a day."),
        (LIST, {"item": "99"}, "There is no such value in the list."),
        (PHONES, {"number": "<нет>"}, "A phone number has digits."),
        (EMAILS, {"address": "кто-то"}, "An e-mail address looks like name@example.ru."),
        (SERVICE_ADDRESS, {"street": "Нигде", "house": "1"}, "There is no street Нигде"),
        (SERVICE_ADDRESS, {"street": "", "house": "#77", "floor": "-1"}, "-1 is not a number."),
    ],
)
def test_what_makes_no_sense_is_told_and_not_kept(
    host: Host, parameter_id: int, form: dict[str, str], told: str
) -> None:
    before = stored(host, IRINA, parameter_id)
    answer = host.client().post(f"/customers/{IRINA}/parameters/{parameter_id}", data=form)
    assert answer.status_code == 422
    assert told in answer.text
    assert "<нет>" not in answer.text
    assert stored(host, IRINA, parameter_id) == before


def test_a_composed_title_follows_its_parameters_and_keeps_other_spellings(host: Host) -> None:
    client = host.client()
    assert title(host, PHARMACIES) == "ООО «Сеть аптек Ёлочка», ИНН 0275103103"
    client.post(f"/customers/{PHARMACIES}/parameters/{TAX_NUMBER}", data={"text": ""})
    assert title(host, PHARMACIES) == "ООО «Сеть аптек Ёлочка»"
    with host.app.app_context():
        HostCustomers().rename(PHARMACIES, "ООО «Сеть аптек Ёлочка» | Аптеки Елочка")
        database.session.commit()
    client.post(f"/customers/{PHARMACIES}/parameters/{FIRM_NAME}", data={"text": "ООО «Ель»"})
    assert title(host, PHARMACIES) == "ООО «Ель» | Аптеки Елочка"
    own = {"title": "Ель", "group": "1", "pattern": "0", "own_pattern": "Фирма ${param_116}( с ИНН ${param_109})"}
    client.post(f"/customers/{PHARMACIES}/properties", data=own)
    assert title(host, PHARMACIES) == "Фирма ООО «Ель»"


def test_a_customer_is_added_and_only_by_those_who_may(host: Host) -> None:
    client = host.client()
    answer = client.post("/customers", data={"title": " Новый   Клиент ", "group": "3"}, follow_redirects=True)
    assert '<h1 class="crm-title">Новый Клиент</h1>' in answer.text
    assert client.post("/customers", data={"title": " "}, follow_redirects=True).status_code == 200
    viewer = host.client("viewer")
    assert "New customer" not in viewer.get("/customers").text
    assert viewer.get(f"/customers/{IRINA}?edit=73").status_code == 200
    for path in ("", f"/{IRINA}/title", f"/{IRINA}/properties", f"/{IRINA}/parameters/73"):
        assert viewer.post(f"/customers{path}", data={"title": "Взлом", "spelling": "x"}).status_code == 403
    assert host.client("").get("/customers").status_code == 302
    assert client.get("/customers/987654").status_code == 404
    assert client.post(f"/customers/{IRINA}/parameters/9999").status_code == 404


def test_the_processes_of_a_customer(host: Host) -> None:
    client = host.client()
    tab = client.get(f"/customers/{IRINA}?tab=processes").text
    assert '<a href="/processes/2">Нет связи по вечерам</a>' in tab
    assert "No contracts are linked." in client.get("/processes/2").text
    with host.app.app_context():
        processes = HostProcesses()
        assert processes.link_contract(2, ProcessContract("ds", 101, "<101>"))
        database.session.commit()
    card = client.get(processes.address(2)).text
    assert "&lt;101&gt;" in card
    assert f'<a href="/customers/{IRINA}">Колесникова Ирина Дмитриевна</a>' in card
    assert client.get("/processes/99").status_code == 404


def test_values_of_new_customers_are_inserted_together_and_go_with_their_transaction(host: Host) -> None:
    with host.app.app_context():
        customers, statements = HostCustomers(), []
        event.listen(database.engine, "before_cursor_execute", lambda *told: statements.append(told[2]))

        def add(number: int) -> Customer:
            made = customers.create(f"Новосёлов Пётр {number}")
            customers.set_value(made.id, PHONES, (CustomerPhone(f"+7 917 000-00-0{number}"),))
            return made

        added = [add(number) for number in range(4)]
        customers.set_value(added[0].id, PHONES, (CustomerPhone("+7 917 000-00-09"),))
        assert sum("INTO crm_customer_phone" in statement for statement in statements) == 2
        assert list(customers.find_by_phones(PHONES, ["79170000003", "79170000009"], 9)) == [added[0], added[3]]
        assert list(customers.find_by_title("петр 2", 9)) == [added[2]]
        add(5)
        database.session.rollback()
        add(6)
        database.session.commit()
        numbers = database.session.scalars(select(PhoneValue.digits).where(PhoneValue.digits.startswith("7917000000")))
        assert list(numbers) == ["79170000006"]


@pytest.mark.parametrize(
    ("parameter_id", "value"),
    [
        (PHONES, (CustomerPhone("+7" + "0" * 120),)),
        (EMAILS, (CustomerEmail("a" * 250 + "@example.ru"),)),
        (SERVICE_ADDRESS, (CustomerAddress(10**20),)),
        (SERVICE_ADDRESS, (CustomerAddress(1, flat="5" * 51),)),
    ],
)
def test_what_has_no_room_is_no_value(host: Host, parameter_id: int, value: CustomerValue) -> None:
    with host.app.app_context(), pytest.raises(ValueError, match=r"characters|is not kept"):
        HostCustomers().set_value(IRINA, parameter_id, value)


def test_what_the_database_says_of_rows_that_waited_is_not_said_of_another_customer(host: Host) -> None:
    with host.app.app_context():
        customers = HostCustomers()
        first = customers.create("Новосёлов Пётр")
        customers.set_value(first.id, NOTE, "\ud800")
        second = customers.create("Новосёлов Иван")
        customers.set_value(second.id, PHONES, (CustomerPhone("1"),))
        with pytest.raises(RowsRefused):
            database.session.commit()
