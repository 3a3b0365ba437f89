"""The example host's editor of addresses: country to house, what is used stays."""

import pytest

from example_host.addresses.port import HostAddressDirectory
from example_host.customers.demo import REGISTRATION
from example_host.customers.port import HostCustomers
from example_host.models import HouseRow, StreetRow, database
from example_host.processes.port import HostProcesses
from example_host.processes.values import ADDRESS
from flask_bgbilling.ports import AddressLevel, CustomerAddress
from tests.e2e.conftest import Host, HostFactory, Opened

CITY, STREET = 1, 1


@pytest.fixture
def host(hosted: HostFactory) -> Host:
    return hosted(ds="9.2")


def houses(host: Host, street_id: int) -> dict[str, int]:
    with host.app.app_context():
        rows = database.session.query(HouseRow).filter_by(street_id=street_id)
        return {f"{row.number}|{row.fraction}": row.id for row in rows}


def test_records_are_added_from_the_country_to_the_house(host: Host) -> None:
    client = host.client("admin")
    client.post("/addresses/country", data={"title": "  Страна   проб "})
    with host.app.app_context():
        country = HostAddressDirectory().places(AddressLevel.COUNTRY, limit=9)[-1]
    assert country.title == "Страна проб"
    client.post("/addresses/city", data={"title": "Город", "parent": country.id})
    with host.app.app_context():
        city = HostAddressDirectory().places(AddressLevel.CITY, limit=99)[-1]
    assert (city.title, city.parent_id) == ("Город", country.id)
    for level in ("area", "quarter", "street"):
        client.post(f"/addresses/{level}", data={"title": f"Новый {level}", "parent": city.id})
    with host.app.app_context():
        street, area = (
            HostAddressDirectory().places(level, limit=999)[-1] for level in (AddressLevel.STREET, AddressLevel.AREA)
        )
    assert (street.parent_id, area.parent_id) == (city.id, city.id)
    for typed in ("12/3", "1 к2", "Б", "12а"):
        house = {"house": typed, "parent": street.id, "area": area.id, "post_index": "450000", "comment": "двор"}
        client.post("/addresses/house", data=house)
    assert set(houses(host, street.id)) == {"12|/3", "1| к2", "0|Б", "12|а"}
    with host.app.app_context():
        made = HostAddressDirectory().houses(limit=9, street_id=street.id)[0]
    assert (made.area_id, made.quarter_id, made.post_index, made.comment) == (area.id, 0, "450000", "двор")
    found = client.get(f"/addresses/street/{street.id}?find=12").text
    assert ">12/3</th>" in found
    assert ">Б</th>" not in found


def test_what_makes_no_sense_changes_nothing(host: Host) -> None:
    client = host.client("admin")
    before = houses(host, STREET)
    number, fraction = next(iter(before)).split("|")
    for typed in ("", "   ", "1" + "я" * 31, f"{number}{fraction}"):
        client.post("/addresses/house", data={"house": typed, "parent": STREET})
    assert houses(host, STREET) == before
    assert client.post("/addresses/house", data={"house": "1", "parent": 10**12}).status_code == 404
    assert client.post(f"/addresses/house/{10**20}", data={"house": "1"}).status_code == 404
    assert client.get(f"/addresses/street/{10**20}").status_code == 404
    assert client.get("/addresses/house/1").status_code in (404, 405)


def test_a_house_in_use_stays_and_a_free_id_is_never_given_again(host: Host) -> None:
    client = host.client("admin")
    known = houses(host, STREET)
    used, free = list(known.values())[:2]
    with host.app.app_context():
        HostCustomers().set_value(1, REGISTRATION, (CustomerAddress(house_id=used, flat="5"),))
        database.session.commit()
    assert "is used and stays" in client.post(f"/addresses/house/{used}/delete", follow_redirects=True).text
    assert "is deleted" in client.post(f"/addresses/house/{free}/delete", follow_redirects=True).text
    assert used in houses(host, STREET).values()
    assert free not in houses(host, STREET).values()
    assert "is used and stays" in client.post(f"/addresses/street/{STREET}/delete", follow_redirects=True).text
    with host.app.app_context():
        last = HostAddressDirectory().houses(limit=99999)[-1]
    client.post(f"/addresses/house/{last.id}/delete")
    client.post("/addresses/house", data={"house": "998", "parent": STREET})
    assert houses(host, STREET)["998|"] == last.id + 1


def test_a_house_of_a_process_stays_until_the_process_names_another(host: Host) -> None:
    client = host.client("admin")
    first, second = list(houses(host, STREET).values())[-2:]
    with host.app.app_context():
        process = HostProcesses().of_customer(1, 1)[0].id
        HostProcesses().set_value(process, ADDRESS, (CustomerAddress(first, flat="1"), CustomerAddress(first, "2")))
        database.session.commit()
    told = client.post(f"/addresses/house/{first}/delete", follow_redirects=True).text
    assert "is used and stays: a house by an address of a customer or of a process" in told
    assert first in houses(host, STREET).values()
    with host.app.app_context():
        HostProcesses().set_value(process, ADDRESS, (CustomerAddress(second),))
        database.session.commit()
    assert "is deleted" in client.post(f"/addresses/house/{first}/delete", follow_redirects=True).text
    assert "is used and stays" in client.post(f"/addresses/house/{second}/delete", follow_redirects=True).text


def test_a_city_that_is_renamed_is_found_by_its_new_name(host: Host) -> None:
    host.client("admin").post(f"/addresses/city/{CITY}", data={"title": "Ёлкино"})
    with host.app.app_context():
        street = database.session.get_one(StreetRow, STREET)
        assert street.city == "Ёлкино"
        assert "елкино" in street.search_text


def test_who_may_only_read_changes_nothing(host: Host) -> None:
    client = host.client("operator")
    page = client.get(f"/addresses/city/{CITY}?edit=1&remove=1").text
    assert "Delete" not in page
    for path in ("/addresses/country", "/addresses/country/1", "/addresses/country/1/delete"):
        assert client.post(path, data={"title": "x"}).status_code == 403
    assert host.client("accountant").get("/addresses").status_code == 403


def test_the_editor_in_a_browser(served: HostFactory, browse: Opened) -> None:
    host = served(ds="9.2")
    page = browse(host, "admin", locale="ru-RU")
    page.click("nav >> text=Адреса >> nth=0")
    page.click("text=Россия")
    page.click("text=Стерлитамак")
    page.click("text=пр-т Ленина")
    page.click("summary:has-text('Добавить')")
    page.fill("details input[name=house]", "777/2")
    page.click("details button:has-text('Добавить')")
    page.fill("input[name=find]", "777")
    page.press("input[name=find]", "Enter")
    row = page.locator("tr", has_text="777/2")
    row.locator("text=Изменить").click()
    page.fill("input[name=comment]", "новый дом")
    page.click("text=Сохранить")
    page.goto(f"{page.url.partition('?')[0]}?find=777")
    row = page.locator("tr", has_text="новый дом")
    row.locator("text=Удалить").click()
    page.click("button:has-text('Удалить')")
    assert "777/2: удалено." in page.inner_text(".crm-flash")
