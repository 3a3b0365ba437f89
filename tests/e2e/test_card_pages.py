"""Pages of the contract card against the tables of emulated billings: what is read is what is stored there."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from flask.testing import FlaskClient

from flask_bgbilling.emulator import Emulator, EmulatorSettings
from tests.e2e.conftest import Host, HostFactory, configuration
from tests.support import ALL_BANDS, Emulated, wait_until
from tests.waves import Waves

CARD = "/bgbilling/contract/bitel"
EVERY_BAND = pytest.mark.parametrize("band", ALL_BANDS)
FACES = pytest.mark.parametrize("band", ["7.2", "8.2", "9.2", "10.2"])
KEYS = ("parameters", "objects", "hierarchy", "modules", "web", "groups", "actions", "cards")
PDF_HEADERS = {
    "Content-Type": "application/pdf",
    "Content-Disposition": "attachment; filename=card-101.pdf",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def part(client: FlaskClient, path: str, cid: int = 101) -> str:
    """A section as htmx asks for it, unescaped."""
    answer = client.get(f"{CARD}/{cid}/{path}", headers={"HX-Request": "true"})
    assert answer.status_code == 200, answer.text
    assert answer.text.lstrip().startswith("<section")
    return unescape(answer.text)


def words(html: str) -> str:
    """What a person reads."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html).replace("\u00a0", " "))


def without_alerts(html: str) -> str:
    """The same text, after a look for error notes."""
    assert 'role="alert"' not in html, words(html)
    return html


@pytest.fixture(scope="module")
def _hosts() -> dict[str, tuple[Host, FlaskClient]]:
    return {}


@pytest.fixture
def opened(
    hosted: HostFactory, emulated: Emulated, _hosts: dict[str, tuple[Host, FlaskClient]]
) -> Callable[[str], tuple[FlaskClient, Emulator, Host]]:
    """One host for each version, shared by the tests of this module: they only read."""

    def open_(band: str) -> tuple[FlaskClient, Emulator, Host]:
        if band not in _hosts:
            host = hosted(bitel=band)
            _hosts[band] = host, host.client("admin")
        host, client = _hosts[band]
        emulated(band).recorder.clear()
        return client, host.emulators["bitel"], host

    return open_


Opening = Callable[[str], tuple[FlaskClient, Emulator, Host]]


@EVERY_BAND
def test_the_head_shows_the_row_of_the_contract(opened: Opening, band: str) -> None:
    client, billing, _ = opened(band)
    row = billing.rows("contract", id=101)[0]
    html = unescape(client.get(f"{CARD}/101").text)
    assert f'<span class="bgb-card-number">{row["title"]}</span>' in html
    assert f'<span class="bgb-card-name">{row["comment"]}</span>' in html
    assert f"{row['date1']:%d.%m.%Y} – …" in words(html)
    assert 'bgb-badge bgb-good">Активен' in html
    assert "BITEL" in html
    assert "ID 101" in html


# The details are reached from the balance, copying from the head of the card, contacts from a message.
HEADLESS = {"balance-detail", "copying", "contacts"}


@FACES
def test_the_tree_leads_to_every_section(opened: Opening, band: str) -> None:
    client, _, host = opened(band)
    html = unescape(client.get(f"{CARD}/101").text)
    keys = [section.key for section in host.app.extensions["bgbilling"].services.plugins.card_sections()]
    assert keys[0] == "parameters"
    leads = list(dict.fromkeys(re.findall(rf'href="{CARD}/101/([\w-]+)[?"]', html.partition("data-bgb-tree")[2])))
    assert sorted(leads) == sorted(set(keys) - HEADLESS)
    active = sum(row["date2"] is None for row in host.emulators["bitel"].rows("object", cid=101))
    assert f"{active}/{len(host.emulators['bitel'].rows('object', cid=101))}" in words(html)
    assert f'hx-get="{CARD}/101/parameters" hx-trigger' in html


@EVERY_BAND
def test_parameters_show_what_is_stored(opened: Opening, band: str) -> None:
    client, billing, _ = opened(band)
    html = without_alerts(part(client, "parameters"))
    for row in billing.rows("contract_parameter_type_1", cid=101):
        assert row["val"] in html
    for row in billing.rows("contract_parameter_type_phone_item", cid=101):
        assert f'href="tel:+{row["phone"]}"' in html
        assert row["comment"] in html
    for row in billing.rows("contract_parameter_type_3", cid=101):
        for address in re.findall(r"[\w.]+@[\w.]+", row["email"]):
            assert f'href="mailto:{address}"' in html
    titles = {row["id"]: row["title"] for row in billing.rows("contract_parameters_pref")}
    everything = part(client, "parameters?filled=all")
    for title in titles.values():
        assert title in everything
    group = part(client, "parameters?filled=all&group=1")
    members = {row["pid"] for row in billing.rows("contract_parameter_group", gid=1)}
    shown = set(map(int, re.findall(r'<th scope="row" title="ID (\d+)"', group)))
    assert shown
    assert shown <= members


@EVERY_BAND
def test_every_parameter_opens_with_its_parts_and_history(opened: Opening, band: str) -> None:
    client, billing, _ = opened(band)
    for pid in re.findall(r"parameters\?parameter=(\d+)", part(client, "parameters")):
        html = without_alerts(part(client, f"parameters?parameter={pid}"))
        assert f"ID {pid}" in html
    phone = billing.rows("contract_parameter_type_phone_item", cid=101)[0]
    assert f'href="tel:+{phone["phone"]}"' in part(client, f"parameters?parameter={phone['pid']}")
    address = billing.rows("contract_parameter_type_2", cid=101)[0]
    house = billing.rows("address_house", id=address["hid"])[0]
    street = billing.rows("address_street", id=house["streetid"])[0]
    html = words(part(client, f"parameters?parameter={address['pid']}"))
    assert street["title"] in html
    assert f"{house['house']}{house['frac'] or ''}" in html
    changes = billing.rows("contract_parameter_type_1_log", cid=101)
    texts = part(client, f"parameters?parameter={changes[0]['pid']}")
    for change in changes:
        if change["pid"] == changes[0]["pid"]:
            assert str(change["val"]) in texts


@EVERY_BAND
def test_a_reference_leads_to_the_contract(opened: Opening, band: str) -> None:
    client, billing, _ = opened(band)
    row = billing.rows("contract_parameter_type_8", cid=101)[0]
    title = billing.rows("contract", id=row["val"])[0]["title"]
    html = part(client, f"parameters?parameter={row['pid']}")
    assert title in html
    leads = f'href="{CARD}/{row["val"]}"' if band not in ("7.0", "7.1", "7.2", "8.0", "8.2") else "/search?q="
    assert leads in html


@EVERY_BAND
def test_objects_with_parameters_and_modules(opened: Opening, band: str) -> None:
    client, billing, _ = opened(band)
    stored = billing.rows("object", cid=101)
    listed = without_alerts(part(client, "objects"))
    for row in stored:
        assert row["title"] in listed
        assert billing.rows("object_type", id=row["type_id"])[0]["title"] in listed
        html = without_alerts(part(client, f"objects?object={row['id']}&empty=1&parts=1"))
        for value in billing.rows("object_param_value_text", object_id=row["id"]):
            assert value["value"] in html
    assert 'role="alert"' in part(client, "objects?object=999999")
    assert 'role="alert"' in part(client, "objects?object=x")


@EVERY_BAND
def test_hierarchy_links_both_ways(opened: Opening, band: str) -> None:
    client, billing, _ = opened(band)
    sub = next(row for row in billing.rows("contract") if (row["scid"] or 0) > 0)
    parent = sub["scid"]
    subs = [row for row in billing.rows("contract", scid=parent) if row["id"] != parent]
    html = without_alerts(part(client, "hierarchy", parent))
    for row in subs:
        assert f'href="{CARD}/{row["id"]}"' in html
        assert row["title"] in html
    assert f'href="{CARD}/{parent}"' in part(client, "hierarchy", sub["id"])
    assert "bgb-empty" in part(client, "hierarchy", 101)
    tree = unescape(client.get(f"{CARD}/{parent}").text)
    assert re.search(r"\b\d+/\d+\b", words(tree))


@EVERY_BAND
def test_groups_or_labels(opened: Opening, band: str) -> None:
    client, billing, _ = opened(band)
    html = words(without_alerts(part(client, "groups")))
    if band in ("7.0", "7.1", "7.2", "8.0", "8.2"):
        mask = billing.rows("contract", id=101)[0]["gr"]
        own = [row["title"] for row in billing.rows("contract_group") if mask >> row["id"] & 1]
        others = [row["title"] for row in billing.rows("contract_group") if not mask >> row["id"] & 1]
    else:
        ids = {row["label_id"] for row in billing.rows("contract_label_link", contract_id=101)}
        own = [row["title"] for row in billing.rows("contract_label") if row["id"] in ids]
        others = [row["title"] for row in billing.rows("contract_label") if row["id"] not in ids]
    assert own
    assert all(title in html for title in own)
    assert not any(title in html for title in others)
    assert sum(title in words(part(client, "groups?all=1")) for title in others) > 0


@EVERY_BAND
def test_modules_attached_and_available(opened: Opening, band: str) -> None:
    client, billing, _ = opened(band)
    html = without_alerts(part(client, "modules"))
    attached = {row["mid"] for row in billing.rows("contract_module", cid=101)}
    before, _, after = html.partition("bgb-details")
    for row in billing.rows("module"):
        assert (row["title"] in words(before)) == (row["id"] in attached)
        assert (row["title"] in words(after)) == (row["id"] not in attached)
    assert "1 / 1" in before


@EVERY_BAND
def test_printable_cards_as_files(opened: Opening, band: str) -> None:
    client, _, _ = opened(band)
    html = without_alerts(part(client, "cards?full=1"))
    links = re.findall(r'href="([^"]*card\.pdf[^"]*)"', html)
    assert links
    answer = client.get(links[0])
    assert answer.status_code == 200
    assert answer.data.startswith(b"%PDF-")
    assert {name: answer.headers[name] for name in PDF_HEADERS} == PDF_HEADERS
    assert "no-store" in answer.headers["Cache-Control"]
    frame = re.search(r'<iframe class="bgb-sandbox" sandbox src="([^"]*)"', html)
    assert frame is not None
    page = client.get(frame[1])
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert page.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert "allow" not in page.headers["Content-Security-Policy"]
    assert "A-24-0101" in page.text


@FACES
def test_a_card_that_is_an_error_is_shown_as_one(opened: Opening, band: str) -> None:
    client, _, _ = opened(band)
    refused = client.get(f"{CARD}/101/file/cards/card.pdf?card=../../etc/passwd")
    assert refused.status_code >= 400
    assert refused.mimetype == "text/html"
    assert 'role="alert"' in refused.text
    assert client.get(f"{CARD}/101/file/cards/card.pdf").status_code == 400
    assert client.get(f"{CARD}/101/file/cards/evil.exe?card=standard.xsl").status_code == 400
    assert client.get(f"{CARD}/101/file/parameters/card.pdf").status_code == 404


@EVERY_BAND
def test_actions_and_web_access(opened: Opening, band: str) -> None:
    client, billing, _ = opened(band)
    actions = words(without_alerts(part(client, "actions")))
    assert "Проверить порт" in actions
    assert "2" in actions
    web = words(part(client, "web"))
    assert billing.rows("contract", id=101)[0]["title"] in web
    assert billing.rows("contract", id=101)[0]["pswd"] not in web
    assert part(client, "web?log=failed")
    assert 'role="alert"' in part(client, "web?since=yesterday")


@EVERY_BAND
def test_first_paint_is_one_request(opened: Opening, band: str) -> None:
    client, billing, _ = opened(band)
    client.get(f"{CARD}/101")
    assert len(billing.calls) <= 3
    billing.recorder.clear()
    client.get(f"{CARD}/101")
    assert len(billing.calls) == 1


@pytest.mark.parametrize("band", ["7.2", "8.2", "9.2", "9.2410"])
def test_sections_wait_at_most_twice(opened: Opening, band: str, monkeypatch: pytest.MonkeyPatch) -> None:
    client, _, _ = opened(band)
    client.get(f"{CARD}/101")
    waves = Waves(monkeypatch)
    addresses = (
        *KEYS,
        "parameters?parameter=3",
        "parameters?parameter=4",
        "parameters?parameter=6",
        "parameters?parameter=20",
        "objects?object=1&parts=1",
    )
    for address in addresses:
        waves.begin()
        part(client, address)
        assert waves.calls, address
        assert waves.depth <= 2, address


def test_a_super_contract_costs_no_further_request(opened: Opening) -> None:
    client, billing, _ = opened("9.2")
    parent = next(row["scid"] for row in billing.rows("contract") if (row["scid"] or 0) > 0)
    client.get(f"{CARD}/101")
    billing.recorder.clear()
    client.get(f"{CARD}/{parent}")
    assert len(billing.calls) == 1


@FACES
@pytest.mark.parametrize("cid", ["999999", "2147483648", "99999999999999999999999", "0"])
def test_a_contract_that_is_gone_says_so(opened: Opening, band: str, cid: str) -> None:
    client, _, _ = opened(band)
    for path in (cid, f"{cid}/parameters"):
        answer = client.get(f"{CARD}/{path}")
        assert answer.status_code == 404
        assert "BITEL" in answer.text
        assert "/bgbilling/search" in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "bitel/abc", "bitel/101'%20or%201=1", "bitel/1.5", "bitel/-1", "nowhere/101", "..%2fbitel/101",
        "bitel/101/nonsense", "bitel/101/%3Cscript%3E", "bitel/101/file/nonsense/x.pdf", "%3Cscript%3E/101",
    ],
)  # fmt: skip
def test_bad_addresses_get_a_clear_page(opened: Opening, path: str) -> None:
    client, billing, _ = opened("9.2")
    answer = client.get(f"/bgbilling/contract/{path}")
    assert answer.status_code == 404
    assert 'role="alert"' in answer.text
    assert "<script>" not in answer.text.replace('<script type="module"', "").replace("<script src", "")
    assert billing.calls == []


@pytest.mark.parametrize("key", KEYS)
def test_a_section_is_a_fragment_for_htmx_and_a_page_for_everybody_else(opened: Opening, key: str) -> None:
    client, _, _ = opened("9.2")
    fragment = client.get(f"{CARD}/101/{key}", headers={"HX-Request": "true"})
    whole = client.get(f"{CARD}/101/{key}")
    assert (fragment.status_code, whole.status_code) == (200, 200)
    assert "HX-Request" in fragment.headers["Vary"]
    assert "HX-Request" in whole.headers["Vary"]
    assert f'data-bgb-key="{key}"' in fragment.text
    assert "<html" not in fragment.text
    assert f'data-bgb-key="{key}" aria-labelledby' in whole.text
    assert re.search(rf'data-bgb-key="{key}" aria-current="true"', whole.text)


def test_arguments_cannot_give_orders_to_links(opened: Opening) -> None:
    client, _, _ = opened("9.2")
    html = part(client, "parameters?_scheme=javascript&_external=1&_anchor=x&key=evil&cid=5&billing_id=ds&filled=all")
    assert "javascript:" not in html
    assert "/contract/ds/" not in html
    assert f'href="{CARD}/101/parameters' in html


def test_no_rights_for_one_section_leave_the_others(hosted: HostFactory) -> None:
    client = hosted(ds="9.2").client("accountant")
    denied = client.get("/bgbilling/contract/ds/101/balance", headers={"HX-Request": "true"})
    assert denied.status_code == 200
    assert 'role="alert"' in denied.text
    whole = client.get("/bgbilling/contract/ds/101/parameters")
    assert whole.status_code == 200
    assert 'role="alert"' not in whole.text


@FACES
def test_no_rights_for_the_card_leave_its_sections(hosted: HostFactory, band: str) -> None:
    with Emulator(EmulatorSettings(version=band, contracts=120)) as emulator:
        uid = emulator.rows("user", login="admin")[0]["id"]
        names = ("contract/ContractInfo", "ru.bitel.bgbilling.kernel.contract.api/ContractService.contractInfoGet")
        with emulator.engine.begin() as connection:
            for name in names:
                connection.exec_driver_sql("INSERT INTO user_right (uid, name, allowed) VALUES (?, ?, 0)", (uid, name))
        host = hosted(bitel=band)
        host.config.write_text(configuration({"bitel": emulator}), "utf-8")
        source = host.app.extensions["bgbilling"].source
        wait_until(lambda: emulator.url in str(source.current().servers), what="the new configuration")
        client = host.client("admin")
        card = client.get(f"{CARD}/101")
        assert card.status_code == 200
        assert card.text.count('role="alert"') == 1
        assert "ID 101" in card.text
        assert f'href="{CARD}/101/groups"' in card.text
        whole = client.get(f"{CARD}/101/parameters")
        assert whole.text.count('role="alert"') == 1
        assert "Паспорт" in whole.text


def test_what_the_host_does_not_grant_is_neither_shown_nor_opened(hosted: HostFactory) -> None:
    client = hosted(bitel="9.2").client("accountant")
    tree = client.get(f"{CARD}/101").text
    assert f"{CARD}/101/parameters" in tree
    for key in ("web", "actions", "groups", "modules", "objects"):
        assert f'"{CARD}/101/{key}"' not in tree
        for headers in ({}, {"HX-Request": "true"}):
            assert client.get(f"{CARD}/101/{key}", headers=headers).status_code == 403
    assert client.get(f"{CARD}/101/file/actions/x.pdf").status_code == 403


def test_a_person_limited_to_other_billings_may_not_open_the_card(hosted: HostFactory) -> None:
    client = hosted(bitel="9.2", tks="7.2").client("branch")
    assert client.get("/bgbilling/contract/tks/101").status_code == 200
    for path in ("101", "101/parameters", "101/file/cards/card.html"):
        assert client.get(f"{CARD}/{path}").status_code == 403
    assert 'role="alert"' in client.get(f"{CARD}/101/parameters", headers={"HX-Request": "true"}).text


def test_nobody_is_sent_to_sign_in(hosted: HostFactory) -> None:
    client = hosted(bitel="9.2").client("")
    answer = client.get(f"{CARD}/101/parameters")
    assert answer.status_code == 302
    assert "sign-in" in answer.headers["Location"]
    assert client.get(f"{CARD}/101/parameters", headers={"HX-Request": "true"}).status_code == 401


def test_an_opened_card_is_in_the_buffer_once(opened: Opening) -> None:
    client, billing, _ = opened("9.2")
    title = billing.rows("contract", id=101)[0]["title"]
    for path in ("101", "101/parameters", "101"):
        client.get(f"{CARD}/{path}")
    buffer = client.get("/").text.partition('class="crm-opened"')[2].partition("</nav>")[0]
    assert buffer.count(f'href="{CARD}/101"') == 1
    assert title in buffer


def test_a_dead_section_offers_a_retry_and_the_card_stays(opened: Opening) -> None:
    client, billing, _ = opened("9.2")
    billing.faults.set("http-500", operation="ContractParameters")
    whole = client.get(f"{CARD}/101/parameters")
    assert whole.status_code == 200
    assert "data-bgb-tree" in whole.text
    alert = whole.text.partition('role="alert"')[2]
    assert f'href="{CARD}/101/parameters"' in alert
    billing.faults.clear()
    without_alerts(part(client, "parameters"))


@pytest.mark.parametrize("fault", ["garbled", "entity-bomb", "invalid-utf-8", "cut-body", "wrong-content-type"])
@pytest.mark.parametrize("band", ["7.2", "9.2"])
def test_nonsense_from_the_billing_never_breaks_the_page(opened: Opening, fault: str, band: str) -> None:
    client, billing, _ = opened(band)
    client.get(f"{CARD}/101")
    billing.faults.set(fault, **({"size": 200_000} if fault == "garbled" else {}))
    assert client.get(f"{CARD}/101").status_code in (200, 502)
    for key in ("parameters", "objects", "groups"):
        part(client, key)


@pytest.mark.parametrize("band", ["7.2", "9.2404"])
def test_hostile_texts_stay_texts(hosted: HostFactory, band: str) -> None:
    with Emulator(EmulatorSettings(version=band, hostile=True, contracts=120)) as emulator:
        host = hosted(bitel=band)
        host.config.write_text(configuration({"bitel": emulator}), "utf-8")
        source = host.app.extensions["bgbilling"].source
        wait_until(lambda: emulator.url in str(source.current().servers), what="the new configuration")
        client = host.client("admin")
        for cid in range(51, 58):
            comment = emulator.rows("contract", id=cid)[0]["comment"]
            pages = [client.get(f"{CARD}/{cid}")]
            pages += [client.get(f"{CARD}/{cid}/{key}?filled=all") for key in KEYS]
            for page in pages:
                assert page.status_code == 200
                assert "<script>alert" not in page.text
                assert "<b>жирный" not in page.text
            assert comment in unescape(pages[0].text)
            assert comment in unescape(pages[1].text)


def test_phones_are_spelled_by_the_masks_of_the_configuration(hosted: HostFactory) -> None:
    host = hosted(bitel="9.2", extra="param.phone.format.number=+7 (XXX) XXX-XX-XX\n")
    for address in ("/parameters", "/parameters?parameter=4"):
        page = host.client().get("/bgbilling/contract/bitel/101" + address).text
        assert "+7 (916) 123-45-67</a>" in page
        assert 'href="tel:+79161234567"' in page
