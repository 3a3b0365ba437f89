"""Whatever a person types or a billing sends: a clear message, the right status, nothing broken, nothing leaked."""

import re
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from flask_bgbilling.emulator import Emulator, EmulatorSettings
from flask_bgbilling.emulator.demo.hostile import FIRST_HOSTILE, TEXTS
from tests.e2e.conftest import Host, HostFactory, configuration
from tests.e2e.test_search_pages import blocks, make_host

HX = {"HX-Request": "true"}
PERSON = 101
SECRET = "pa55-of-anna"

TYPED = {
    "sql": "' OR 1=1; DROP TABLE contract; --",
    "sql pattern": "%_\\%",
    "pattern": "^.*(a+)+$ [x] \\d{2} (?i) |",
    "open brackets": "([{*+?",
    "script": "<script>alert(1)</script>",
    "attribute": "\" onmouseover=\"alert(1)' autofocus='",
    "template": "{{ 7*7 }} ${7*7} %(billing)s %s {0}",
    "control": "a\x00b\x1b[31m\r\nSet-Cookie: x=1",
    "right to left": "a\u202eb\u200b\ufeff",
    "emoji": "👩‍👩‍👧 🤖" * 3,
    "other digits": "١٢٣ ²³ Ⅷ ４２",
    "number": "-1",
    "huge number": "9" * 400,
    "exponent": "1e309",
    "long": "ы" * 2_000,
    "spaces": " \t ",
    "path": "../../etc/passwd",
}
FIELDS = (
    "q", "kind", "by", "show", "number", "comment", "id", "street", "street_id", "house", "house_id", "flat", "room",
    "text", "text_parameter", "phone", "phone_parameter", "email", "email_parameter", "since", "until",
    "date_parameter", "item", "list_parameter", "page", "billing", "hidden", "closed", "sub", "object",
)  # fmt: skip


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """A host with hostile contracts in both kinds of protocol; its tests change nothing."""
    emulators = {
        name: Emulator(EmulatorSettings(version=version, hostile=True, contracts=120)).start()
        for name, version in (("ds", "9.2"), ("old", "7.2"))
    }
    config: Path = tmp_path_factory.mktemp("bad") / "bgbilling.conf"
    config.write_text(configuration(emulators), "utf-8")
    yield make_host(emulators, config)
    for emulator in emulators.values():
        emulator.stop()


@pytest.fixture
def client(shared: Host) -> Iterator[FlaskClient]:
    before = {name: len(emulator.rows("contract")) for name, emulator in shared.emulators.items()}
    yield shared.client()
    for name, emulator in shared.emulators.items():
        assert len(emulator.rows("contract")) == before[name]
        assert emulator.failures == [], "the billing was asked something that it could not parse"


def decent(answer: TestResponse, *allowed: int) -> str:
    """The text of an answer that says what it has to say and shows nothing of its inside."""
    assert answer.status_code in allowed, f"{answer.status_code}: {answer.text[:3000]}"
    text = answer.get_data(as_text=True)
    for inside in ("Traceback", 'File "', "sqlalchemy", "httpx.", "<script>alert", 'onmouseover="', "pswd", SECRET):
        assert inside not in text, inside
    assert not re.search(r"https?://[^\s\"'<>/]*@", text), "an address with credentials"
    assert "Set-Cookie: x" not in str(answer.headers)
    return text


@pytest.mark.parametrize("typed", TYPED)
def test_anything_may_be_typed_into_any_field(client: FlaskClient, typed: str) -> None:
    for field in FIELDS:
        decent(client.get("/bgbilling/search", query_string={field: TYPED[typed]}), 200, 400)


@pytest.mark.parametrize("typed", TYPED)
@pytest.mark.parametrize("headers", [{}, HX], ids=["page", "fragment"])
def test_parts_of_the_search_take_anything(client: FlaskClient, typed: str, headers: dict[str, str]) -> None:
    for address in (
        "search/ds?q={0}", "search/ds?by=address&street={0}&house={0}", "search/old?by=number&number={0}&page={0}",
        "search/offer/streets?street={0}", "search/offer/houses?street_id=1&house={0}",
        "search/offer/houses?street_id={0}", "search/offer/parameters?kind={0}",
        "search/offer/parameters?kind=text&billing={0}", "search/offer/values?list_parameter={0}",
        "search/offer/values?list_parameter=ds:list:{0}",
    ):  # fmt: skip
        text = quote(TYPED[typed].encode("utf-8", "surrogatepass"), safe="")
        decent(client.get(f"/bgbilling/{address.format(text)}", headers=headers), 200, 400, 404)


@pytest.mark.parametrize("cid", range(FIRST_HOSTILE, FIRST_HOSTILE + len(TEXTS)))
def test_text_is_looked_for_as_it_is_typed(client: FlaskClient, cid: int) -> None:
    """Also when it looks like a pattern, a query or a page (contract-search.md)."""
    text = re.split(r"[\u202e\t]", TEXTS[cid - FIRST_HOSTILE])[-1]
    found = decent(client.get("/bgbilling/search", query_string={"by": "number", "comment": text}), 200)
    for name, block in blocks(found).items():
        assert set(re.findall(r"/contract/\w+/(\d+)", block)) == {str(cid)}, name


@pytest.mark.parametrize("pattern", [".*", ".", "^", "$", "%", "_", "[0-9]", "\\d", "А|Б", "(", "A-.*"])
def test_a_pattern_finds_only_itself(shared: Host, client: FlaskClient, pattern: str) -> None:
    found = decent(client.get("/bgbilling/search", query_string={"by": "number", "number": pattern}), 200)
    for name, block in blocks(found).items():
        expected = {
            str(row["id"]) for row in shared.emulators[name].rows("contract") if pattern.lower() in row["title"].lower()
        }
        assert set(re.findall(r"/contract/\w+/(\d+)", block)) <= expected


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("contract/nowhere/101", 404),
        ("contract/%3Cscript%3Ealert(1)/101", 404),
        ("contract/ds/0", 404),
        ("contract/ds/424242", 404),
        ("contract/old/424242", 404),
        ("contract/ds/2147483648", 404),
        ("contract/old/99999999999999999999999999", 404),
        ("contract/ds/-1", 404),
        ("contract/ds/abc", 404),
        ("contract/ds/1.5", 404),
        ("contract/ds/101%00", 404),
        ("contract/ds/%D9%A1%D9%A2", 404),
        ("contract/ds/101/..%2f..%2fetc", 404),
        ("contract/ds/101/%3Cscript%3Ealert(1)", 404),
        ("contract/ds/101/file/cards/..%2f..%2fetc%2fpasswd", 404),
        ("contract/ds/101/file/cards/%3Cscript%3Ealert(1).pdf", 400),
        ("contract/ds/101/file/nowhere/a.pdf", 404),
        ("contract/ds/101/file/notes/a.pdf", 404),
        ("search/nowhere?q=1", 404),
        ("search/%ff%fe?q=1", 404),
        ("%ff", 404),
        ("static/..%2f..%2fextension.py", 404),
        ("static/nowhere.css", 404),
    ],
)
def test_a_wrong_address_says_so(client: FlaskClient, address: str, status: int) -> None:
    for headers in ({}, HX):
        decent(client.get(f"/bgbilling/{address}", headers=headers), status)


@pytest.mark.parametrize("typed", TYPED)
def test_sections_take_any_argument(shared: Host, client: FlaskClient, typed: str) -> None:
    name = ("ds", "old")[list(TYPED).index(typed) % 2]
    arguments = dict.fromkeys(
        ("since", "until", "page", "month", "view", "group", "filled", "parameter", "object", "kind", "type", "id",
         "account", "tariff", "option", "billing_id", "cid", "key", "_external", "endpoint", "order", "shown"),
        TYPED[typed],
    )  # fmt: skip
    for section in shared.app.extensions["bgbilling"].services.plugins.card_sections():
        address = f"/bgbilling/contract/{name}/{PERSON}/{section.key}"
        text = decent(client.get(address, query_string=arguments, headers=HX), 200, 400, 403, 404)
        assert "could not be shown" not in text, f"{section.key} raised something that was no answer to a person"


@pytest.mark.parametrize("name", ["ds", "old"])
def test_hostile_texts_of_a_billing_stay_texts(shared: Host, client: FlaskClient, name: str) -> None:
    for cid in range(FIRST_HOSTILE, FIRST_HOSTILE + len(TEXTS)):
        decent(client.get(f"/bgbilling/contract/{name}/{cid}"), 200)
        for section in shared.app.extensions["bgbilling"].services.plugins.card_sections():
            text = decent(client.get(f"/bgbilling/contract/{name}/{cid}/{section.key}", headers=HX), 200, 403)
            assert "could not be shown" not in text, section.key


METHODS = ("post", "put", "delete", "patch")


@pytest.mark.parametrize("method", METHODS)
def test_pages_that_only_read_take_nothing_else(client: FlaskClient, method: str) -> None:
    for address in ("search", "contract/ds/101", "contract/ds/101/notes"):
        assert getattr(client, method)(f"/bgbilling/{address}", data={"x": "1"}).status_code == 405


# Faults of a billing: what its answer is made of, and whether the client can make sense of it all the same.
BODIES = ("garbled", "endless", "entity-bomb", "invalid-utf-8", "truncated", "cut-body", "wrong-content-type")
BROKEN = frozenset({"garbled", "endless", "entity-bomb", "truncated", "cut-body"})
PATIENCE = 20.0


@pytest.mark.parametrize("version", ["7.2", "10.2"])
@pytest.mark.parametrize("fault", BODIES)
def test_a_billing_that_sends_nonsense_harms_only_its_own_place(
    hosted: HostFactory, version: str, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    host = hosted(bad=version, good="8.2")
    client = host.client("admin")
    assert client.get(f"/bgbilling/contract/bad/{PERSON}").status_code == 200
    host.emulators["bad"].faults.set(fault)
    started = monotonic()
    caplog.set_level("DEBUG")

    found = blocks(decent(client.get("/bgbilling/search", query_string={"by": "id", "id": str(PERSON)}), 200))
    assert f"/contract/good/{PERSON}" in found["good"]
    card = client.get(f"/bgbilling/contract/bad/{PERSON}")
    section = client.get(f"/bgbilling/contract/bad/{PERSON}/notes", headers=HX)
    if fault in BROKEN:
        assert f"/contract/bad/{PERSON}" not in re.sub(r'hx-get="[^"]*"', "", found["bad"])
        assert 'role="alert"' in found["bad"]
        assert 'role="alert"' in decent(card, 502, 503)
        assert 'role="alert"' in decent(section, 200)
    else:
        decent(card, 200, 502)
        decent(section, 200)
    assert monotonic() - started < PATIENCE
    decent(client.get(f"/bgbilling/contract/good/{PERSON}"), 200)
    assert "pswd=admin" not in caplog.text
    assert '"pswd"' not in caplog.text


def test_a_wrong_password_is_said_and_never_shown(hosted: HostFactory, caplog: pytest.LogCaptureFixture) -> None:
    host = hosted(ds="9.2", old="7.2")
    client = host.client()
    caplog.set_level("DEBUG")
    client.post("/profile", data={"login": "operator", "password": SECRET})
    for name in ("ds", "old"):
        text = decent(client.get(f"/bgbilling/contract/{name}/{PERSON}"), 400, 401, 403, 502)
        assert "does not accept your login or password" in text
    found = blocks(decent(client.get("/bgbilling/search?by=id&id=101"), 200))
    assert all("does not accept your login or password" in block for block in found.values())
    assert SECRET not in caplog.text
    for emulator in host.emulators.values():
        assert SECRET not in "\n".join(emulator.log_lines)
        assert SECRET not in str(emulator.records)


def test_a_person_without_an_account_is_told_where_to_enter_it(hosted: HostFactory) -> None:
    host = hosted(ds="9.2")
    client = host.client()
    client.post("/profile", data={"login": "", "password": ""})
    host.emulators["ds"].recorder.clear()
    text = decent(client.get(f"/bgbilling/contract/ds/{PERSON}"), 403)
    assert "You have no account for the billing DS." in text
    assert "profile" in text
    assert host.emulators["ds"].calls == [], "nothing is sent without an account"


def test_an_ended_session_in_one_tab_is_told_in_the_other(hosted: HostFactory) -> None:
    host = hosted(ds="9.2")
    tab = host.client("operator")
    assert tab.get(f"/bgbilling/contract/ds/{PERSON}").status_code == 200
    tab.post("/sign-out")
    fragment = tab.get(
        f"/bgbilling/contract/ds/{PERSON}/notes",
        headers={**HX, "HX-Current-URL": f"http://localhost/bgbilling/contract/ds/{PERSON}"},
    )
    assert "Your session has ended." in decent(fragment, 401)
    assert f"next=%2Fbgbilling%2Fcontract%2Fds%2F{PERSON}" in fragment.text
    assert tab.get(f"/bgbilling/contract/ds/{PERSON}").status_code == 302
    tab.post("/sign-in", data={"login": "accountant", "password": "accountant"})
    refused = tab.get(f"/bgbilling/contract/ds/{PERSON}/scripts", headers=HX)
    assert "not allowed" in decent(refused, 403), "the other person's rights count, not those of the open page"


def test_two_tabs_open_the_same_contracts_at_once(hosted: HostFactory) -> None:
    host = hosted(ds="9.2")
    one = host.client()
    for cid in (PERSON, 102, PERSON, 103, 102):
        assert one.get(f"/bgbilling/contract/ds/{cid}").status_code == 200
    strip = re.findall(r'href="/bgbilling/contract/ds/(\d+)"', one.get("/").text.partition("<main")[0])
    assert strip == ["102", "103", str(PERSON)], "each contract once, the latest first"


@pytest.mark.parametrize(
    "address",
    [
        "/bgbilling/customer/%s/contracts",
        "/bgbilling/customer/%s/contracts/new",
        "/bgbilling/customer/%s/contracts/copy",
        "/bgbilling/customer/1/contracts/creation/%s",
        "/bgbilling/jobs/%s",
        "/bgbilling/jobs?before=%s",
        "/bgbilling/import?before=%s",
        "/bgbilling/journal?before=%s",
        "/bgbilling/pulse?job=%s",
        "/bgbilling/contract/bitel/101/change/%s",
        "/bgbilling/addresses/compare?page=%s",
        "/bgbilling/getUpdatedAddressObjects?time=%s",
        "/customers/%s",
        "/processes/%s",
    ],
)
def test_numbers_beyond_any_database_are_no_records(hosted: HostFactory, address: str) -> None:
    answer = hosted(bitel="9.2").client("admin").get(address % ("9" * 26))
    assert answer.status_code in {200, 204, 400, 403, 404}
