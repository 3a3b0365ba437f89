"""The search page as a browser without a script sees it: three billings, faults, bad input, links that keep all."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from example_host import create_app
from example_host.address_book import fill_address_book
from flask_bgbilling import SecretBox
from flask_bgbilling.emulator import Emulator, EmulatorSettings
from tests.e2e.conftest import Host, HostFactory, configuration
from tests.support import free_port

SEARCH = "/bgbilling/search"
HTMX = {"HX-Request": "true"}
PERSON = 101


BILLINGS = {"bitel": "10.2", "ds": "9.2", "tks": "7.2"}


@pytest.fixture(scope="module")
def shared_host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """One host for all tests that change nothing in it; its billings have hostile contracts too."""
    emulators = {
        billing_id: Emulator(EmulatorSettings(version=version, hostile=True)).start()
        for billing_id, version in BILLINGS.items()
    }
    config = tmp_path_factory.mktemp("search") / "bgbilling.conf"
    config.write_text(configuration(emulators), "utf-8")
    yield make_host(emulators, config)
    for emulator in emulators.values():
        emulator.stop()


@pytest.fixture
def host(shared_host: Host) -> Iterator[Host]:
    yield shared_host
    for emulator in shared_host.emulators.values():
        emulator.faults.clear()


def make_host(emulators: dict[str, Emulator], config: Path) -> Host:
    app = create_app(
        {
            "TESTING": True,
            "WTF_CSRF_ENABLED": False,
            "SECRET_KEY": "test",
            "SQLALCHEMY_DATABASE_URI": f"sqlite:///{config.with_suffix('.sqlite3')}",
            "BGBILLING_CONFIG": str(config),
            "BGBILLING_SECRET_KEYS": [SecretBox.new_key()],
        }
    )
    with app.app_context():
        fill_address_book(next(iter(emulators.values())).url, "admin", "admin")
    return Host(app, emulators, config)


def get(client: FlaskClient, path: str = SEARCH, status: int = 200, **query: str | list[str]) -> str:
    answer = client.get(path, query_string=query) if query else client.get(path)
    assert answer.status_code == status, answer.text
    assert "HX-Request" in answer.headers["Vary"]
    return answer.text


def blocks(html: str) -> dict[str, str]:
    """Each billing's block, in the order of the document."""
    pieces = re.split(r'<section class="bgb-panel bgb-block[^"]*" id="bgb-block-(\w+)"', html)[1:]
    return dict(zip(pieces[::2], pieces[1::2], strict=True))


def links(html: str) -> Iterator[str]:
    return (unescape(link) for link in re.findall(r'<a [^>]*href="([^"]*)"', html))


def text(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def requests(host: Host) -> list[str]:
    """The billings asked so far, each as often as it was asked; as the client knows it, so without delay."""
    calls: list[str] = [call.billing_id for call in host.app.extensions["bgbilling"].billings.recent_calls()]
    return calls


def number_of(host: Host, billing_id: str, cid: int = PERSON) -> str:
    return str(host.emulators[billing_id].rows("contract", id=cid)[0]["title"])


def test_an_empty_page_says_what_to_do(host: Host) -> None:
    client = host.client()
    before = requests(host)
    page = get(client)
    assert "Enter what the subscriber tells you" in text(page)
    assert blocks(page) == {}
    assert requests(host) == before


def test_all_billings_answer_in_one_page(host: Host) -> None:
    page = get(host.client(), by="id", id=str(PERSON))
    found = blocks(page)
    assert set(found) == {"bitel", "ds", "tks"}
    for billing_id, block in found.items():
        assert number_of(host, billing_id) in text(block)
        assert f'href="/bgbilling/contract/{billing_id}/{PERSON}"' in block
        assert "found 1, shown 1" in text(block)
    for place in range(3):
        assert page.count(f"bgb-waiting bgb-order-{place}") == 1
        assert page.count(f"bgb-block bgb-order-{place}") == 1


def test_a_slow_billing_holds_up_nobody(host: Host) -> None:
    client = host.client()
    get(client, q="№ 1")
    host.emulators["bitel"].faults.set("latency", delay_ms=2500)
    answer = client.get(SEARCH, query_string={"q": "№ 1"}, buffered=False)
    order: list[str] = []
    for piece in answer.iter_encoded():
        order += re.findall(r'id="bgb-block-(\w+)"', piece.decode())
        if len(order) == 2:
            assert set(order) == {"ds", "tks"}
    assert order[2:] == ["bitel"]
    answer.close()


def test_a_dead_billing_shows_its_error_and_a_retry_in_its_own_block(hosted: HostFactory) -> None:
    dead = (
        "bgbilling:server.9.id=dead\nbgbilling:server.9.title=DEAD\n"
        f"bgbilling:server.9.url=http://127.0.0.1:{free_port()}/bgbilling/executer\n"
    )
    client = hosted(extra=dead, ds="9.2").client()
    found = blocks(get(client, q="id 101", closed="1", billing=["dead", "ds"]))
    assert "found 1, shown 1" in text(found["ds"])
    assert "No connection to the billing DEAD." in text(found["dead"])
    assert "Try again" in text(found["dead"])
    (retry,) = [link for link in links(found["dead"]) if link.startswith(SEARCH)]
    assert urlsplit(retry).path == f"{SEARCH}/dead"
    assert parse_qs(urlsplit(retry).query) == {"q": ["id 101"], "closed": ["1"], "billing": ["dead", "ds"]}
    assert 'hx-target="closest .bgb-block"' in found["dead"]


@pytest.mark.parametrize("fault", ["http-500", "garbled", "entity-bomb", "invalid-utf-8", "cut-body", "reset", "hang"])
def test_whatever_one_billing_sends_the_others_are_shown(hosted: HostFactory, fault: str) -> None:
    host = hosted(extra="bgbilling:server.2.requestTimeOut=3000" if fault == "hang" else "", ds="9.2", tks="7.2")
    client = host.client()
    get(client, q="№ 1")
    size = {"size": 100_000} if fault == "garbled" else {}
    host.emulators["tks"].faults.set(fault, **size)
    found = blocks(get(client, q="id 101"))
    assert "found 1, shown 1" in text(found["ds"])
    if fault != "invalid-utf-8":
        assert 'role="alert"' in found["tks"]


def test_paging_and_retrying_keep_the_whole_query(host: Host) -> None:
    query: dict[str, str | list[str]] = {
        "by": "date",
        "since": "1950-01-01",
        "until": "2010-01-01",
        "date_parameter": ["ds:10", "bitel:10"],
        "hidden": "1",
        "closed": "1",
        "sub": "1",
        "billing": ["ds", "bitel"],
    }
    client = host.client()
    found = blocks(client.get(SEARCH, query_string=query).text)
    assert set(found) == {"ds", "bitel"}
    pages = {link for link in links(found["ds"]) if "page=" in link}
    assert pages
    for link in pages:
        assert urlsplit(link).path == f"{SEARCH}/ds"
        kept = parse_qs(urlsplit(link).query)
        kept.pop("page")
        assert kept == {name: [value] if isinstance(value, str) else value for name, value in query.items()}
    second = next(link for link in pages if "page=2" in link)
    partial = client.get(second, headers=HTMX).text
    assert "<html" not in partial
    assert list(blocks(partial)) == ["ds"]
    first_rows, second_rows = (
        set(re.findall(r"/contract/ds/(\d+)", found["ds"])),
        set(re.findall(r"/contract/ds/(\d+)", partial)),
    )
    assert len(first_rows) == 30
    assert second_rows
    assert not first_rows & second_rows
    whole = get(client, second)
    assert list(blocks(whole)) == ["ds"]
    assert set(re.findall(r"/contract/ds/(\d+)", blocks(whole)["ds"])) == second_rows
    assert "Search in all chosen billings" in text(whole)
    assert 'value="1950-01-01"' in whole
    assert 'name="billing" value="bitel" checked' in whole
    assert 'name="date_parameter" value="ds:10"' in whole


def test_a_page_beyond_the_end_leads_back(host: Host) -> None:
    found = blocks(get(host.client(), f"{SEARCH}/ds", by="number", number="-", page="999"))
    assert "There is nothing on page 999." in text(found["ds"])
    assert any("page=" not in link and link.startswith(f"{SEARCH}/ds") for link in links(found["ds"]))


def test_the_smart_box_says_what_it_understood_and_lets_one_change_it(host: Host) -> None:
    client = host.client()
    page = get(client, q="8 (916) 123-45-67", closed="1")
    assert "Searching by: phone 916 123-45-67 Search only by:" in text(page)
    assert f"/contract/tks/{PERSON}" in page
    other = next(link for link in links(page) if "kind=name" in link)
    assert parse_qs(urlsplit(other).query) == {"q": ["8 (916) 123-45-67"], "kind": ["name"], "closed": ["1"]}
    forced = get(client, other)
    assert "Searching by: name or comment 8 (916) 123-45-67" in text(forced)
    assert "Nothing was found." in text(blocks(forced)["ds"])
    assert "in every way" in text(forced)


def test_the_ambiguous_is_searched_in_every_way_and_rows_say_how(host: Host) -> None:
    found = blocks(get(host.client(), q=str(PERSON), billing="ds"))["ds"]
    assert "Found by" in text(found)
    row = next(row for row in found.split("<tr>") if f"/contract/ds/{PERSON}" in row)
    assert "ID" in text(row)
    numbers = [r for r in host.emulators["ds"].rows("contract") if str(PERSON) in str(r["title"])]
    assert numbers == [] or "contract number" in text(found)


def test_an_address_finds_its_contracts(host: Host) -> None:
    emulator = host.emulators["bitel"]
    value = emulator.rows("contract_parameter_type_2", cid=PERSON, pid=3)[0]
    house = emulator.rows("address_house", id=value["hid"])[0]
    street = emulator.rows("address_street", id=house["streetid"])[0]
    city = emulator.rows("address_city", id=street["cityid"])[0]
    typed = f"{city['title']}, {street['title']} {house['house']}{house['frac']} кв {value['flat']}"
    page = get(host.client(), q=typed, billing="bitel")
    assert f"address {city['title']} - {street['title']}" in text(page)
    assert f"/contract/bitel/{PERSON}" in blocks(page)["bitel"]


def test_a_street_of_several_towns_has_to_be_chosen(host: Host) -> None:
    client = host.client()
    streets = host.emulators["bitel"].rows("address_street")
    titles = [str(row["title"]) for row in streets]
    several = next(title for title in titles if titles.count(title) > 1)
    page = get(client, by="address", street=several, house="1", hidden="1")
    assert "Choose one:" in text(page)
    assert blocks(page) == {}
    offered = [link for link in links(page) if "street_id=" in link]
    assert len(offered) == titles.count(several)
    chosen = get(client, offered[0])
    assert set(blocks(chosen)) == {"bitel", "ds", "tks"}
    assert 'name="hidden" value="1" checked' in chosen


def test_a_street_of_several_towns_in_the_box_is_searched_in_all_of_them(host: Host) -> None:
    emulator = host.emulators["bitel"]
    value = emulator.rows("contract_parameter_type_2", cid=PERSON, pid=3)[0]
    house = emulator.rows("address_house", id=value["hid"])[0]
    street = str(emulator.rows("address_street", id=house["streetid"])[0]["title"]).split()[-1]
    page = get(host.client(), q=f"{street} {house['house']}{house['frac']}", billing="bitel")
    assert "All of them are searched. Only in one:" in text(page)
    assert f"/contract/bitel/{PERSON}" in blocks(page)["bitel"]


def test_an_unknown_street_is_said_and_nobody_is_asked(host: Host) -> None:
    client = host.client()
    before = requests(host)
    page = get(client, by="address", street="Несуществующая")
    assert requests(host) == before
    assert "The address book has no street “Несуществующая”." in text(page)
    assert blocks(page) == {}


def test_suggestions_come_from_the_address_book(host: Host) -> None:
    client = host.client()
    (street,) = host.emulators["bitel"].rows("address_street", id=1)
    options = get(client, f"{SEARCH}/offer/streets", street=str(street["title"]).split()[-1][:4])
    assert f'data-bgb-id="{street["id"]}"' in options
    assert 'role="option"' in options
    assert get(client, f"{SEARCH}/offer/streets", street="Л").strip() == ""
    houses = get(client, f"{SEARCH}/offer/houses", street_id="1", house="")
    assert houses.count('role="option"') > 0
    assert get(client, f"{SEARCH}/offer/houses", street_id="abc", house="1").strip() == ""


def test_parameters_are_listed_per_billing_and_stay_chosen(host: Host) -> None:
    page = get(host.client(), show="text", text="Иванов", text_parameter="ds:2", billing=["ds", "tks"])
    assert blocks(page) == {}
    assert 'value="Иванов"' in page
    assert 'value="ds:2" checked' in page
    assert 'value="tks:2">' in page
    assert 'value="bitel:2"' not in page
    partial = get(host.client(), f"{SEARCH}/offer/parameters", kind="text", billing="ds", text_parameter="ds:9")
    assert "<html" not in partial
    assert 'value="ds:9" checked' in partial


def test_a_parameter_of_one_billing_is_not_searched_in_another(host: Host) -> None:
    name = str(host.emulators["ds"].rows("contract_parameter_type_1", cid=PERSON, pid=2)[0]["val"])
    found = blocks(get(host.client(), by="text", text=name, text_parameter="tks:9", billing=["ds", "tks"]))
    assert f"/contract/ds/{PERSON}" in found["ds"]
    assert f"/contract/tks/{PERSON}" not in found["tks"]


def test_a_list_value_is_chosen_in_two_steps_without_a_script(host: Host) -> None:
    client = host.client()
    page = get(client, show="list", billing="ds")
    assert 'value="ds:List:11"' in page
    assert 'name="item"' not in page
    page = get(client, show="list", billing="ds", list_parameter="ds:List:11")
    values = host.emulators["ds"].rows("contract_parameter_type_7_values", pid=11)
    assert all(f'value="ds:List:11:{value["id"]}"' in page for value in values)
    found = blocks(get(client, by="list", item=f"ds:List:11:{values[0]['id']}", billing=["ds", "tks"]))
    assert re.search(r"found \d+", text(found["ds"]))
    assert "No list value of this billing is chosen." in text(found["tks"])
    values_only = get(client, f"{SEARCH}/offer/values", list_parameter="ds:List:11")
    assert 'name="item"' in values_only


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"by": "id", "id": "пять"}, "“пять” is no ID: an ID is a whole number, for example 501."),
        ({"by": "date", "since": "2026-02-30"}, "“2026-02-30” is no date, for example 05.06.2026."),
        ({"by": "date", "since": "2026-02-02", "until": "2026-02-01"}, "The last day is before the first one."),
        ({"number": "1", "phone": "2"}, "Several kinds of search are filled in"),
        ({"by": "phone", "phone": "<b>"}, "“<b>” is no phone: a phone has no letters."),
        ({"q": "1", "page": "x"}, "“x” is no page number."),
        ({"q": "a" * 300}, "This is too long: at most 200 characters."),
    ],
)
def test_bad_input_is_answered_with_a_clear_message(host: Host, query: dict[str, str], message: str) -> None:
    page = get(host.client(), status=400, **query)
    assert message in text(page)
    assert blocks(page) == {}


def test_an_unknown_billing_is_named(host: Host) -> None:
    client = host.client()
    page = get(client, q="1", billing=["nobody", "ds"])
    assert "There is no billing “nobody” that you may search." in text(page)
    assert set(blocks(page)) == {"ds"}
    assert blocks(get(client, q="1", billing="nobody")) == {}
    assert client.get(f"{SEARCH}/nobody?q=1").status_code == 404
    assert client.get(f"{SEARCH}/offer/parameters?kind=colour").status_code == 400
    assert client.get(f"{SEARCH}/offer/values?list_parameter=nobody:List:1").status_code == 404
    assert client.get(f"{SEARCH}/offer/values?list_parameter=ds").status_code == 400


def test_what_the_host_does_not_allow_is_neither_shown_nor_callable(host: Host) -> None:
    client = host.client("branch")
    before = requests(host).count("bitel")
    page = get(client, q="1")
    assert set(blocks(page)) == {"tks"}
    assert "BITEL" not in text(page)
    assert client.get(f"{SEARCH}/bitel?q=1", headers=HTMX).status_code == 403
    assert requests(host).count("bitel") == before


def test_nobody_searches_without_signing_in(host: Host) -> None:
    client = host.client("")
    assert client.get(f"{SEARCH}?q=1").status_code == 302
    assert client.get(f"{SEARCH}/ds?q=1", headers=HTMX).status_code == 401


@pytest.mark.parametrize("cid", range(51, 58))
def test_hostile_texts_are_only_text(host: Host, cid: int) -> None:
    for billing_id in ("bitel", "tks"):
        comment = str(host.emulators[billing_id].rows("contract", id=cid)[0]["comment"])
        page = get(host.client(), by="id", id=str(cid), billing=billing_id)
        assert "<script>alert" not in page
        assert "<b>" not in page
        assert " ".join(comment.split()) in text(page)


def test_a_hostile_query_is_only_text(host: Host) -> None:
    page = get(host.client(), q='"><script>alert(1)</script>', billing="ds")
    assert "<script>alert" not in page
    assert "Nothing was found." in text(page) or "found" in text(page)


def test_a_missing_account_is_the_problem_of_that_billing(hosted: HostFactory) -> None:
    host = hosted(**BILLINGS)
    from example_host.models import User, database
    from example_host.ports import store_properties

    with host.app.app_context():
        user = database.session.query(User).filter_by(login="operator").one()
        store_properties(
            user, {"bgbilling:login.ds": "operator", "bgbilling:password.ds": "operator", "bgbilling:login": "x"}
        )
        database.session.commit()
    found = blocks(get(host.client(), q="id 101"))
    assert "found 1, shown 1" in text(found["ds"])
    for billing_id in ("bitel", "tks"):
        assert f"You have no account for the billing {billing_id.upper()}." in text(found[billing_id])


def test_a_warm_search_sends_one_request_to_each_billing(hosted: HostFactory) -> None:
    host = hosted(**BILLINGS)
    client = host.client()
    get(client, q="№ 1")
    before = len(requests(host))
    get(client, q="№ 2")
    assert sorted(requests(host)[before:]) == ["bitel", "ds", "tks"]
