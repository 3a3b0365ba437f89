"""Documents of a contract: made in each format, downloaded, shown, deleted; for whom, and with how many requests."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
import pypdf
import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.http import parse_options_header

from example_host import roles
from example_host.__main__ import DOCUMENTS
from example_host.documents.port import HostDocuments
from example_host.models import database
from flask_bgbilling.emulator import Emulator, EmulatorSettings
from flask_bgbilling.ports import Document, DocumentObject, NewDocument, Person
from tests.conftest import NOON
from tests.e2e.conftest import Host, HostFactory, hosts
from tests.e2e.forms import HTMX, fields_of, filled, post_form

CARD = "/bgbilling/contract/bitel/101"
SECTION = f"{CARD}/documents"
MAKE = f"{SECTION}/make"
CONTRACT = DocumentObject("contract", "bitel", 101)
ACT, AGREEMENT, REMINDER = "1", "2", "3"


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """A billing that these tests only read, but for names of contracts."""
    with Emulator(EmulatorSettings(version="10.2", contracts=20, frozen_at=NOON)) as running:
        yield running


@pytest.fixture(scope="module")
def host(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Host:
    """A host with the types of the demo."""
    return hosts(lambda *_: emulator, tmp_path_factory.mktemp("documents"))(bitel="10.2", extra=DOCUMENTS)


@pytest.fixture
def client(host: Host) -> FlaskClient:
    return host.client("operator")


def documents(host: Host, of: DocumentObject = CONTRACT) -> list[Document]:
    with host.app.app_context():
        return list(HostDocuments().of_object(of, 100))


def made(host: Host, client: FlaskClient, kind: str, **typed: Any) -> Document:
    """A document, made through the form."""
    before = {one.id for one in documents(host)}
    answer = post_form(client, MAKE, type=kind, **typed)
    assert answer.status_code == 200, answer.text
    (new,) = [one for one in documents(host) if one.id not in before]
    return new


def download(client: FlaskClient, document: Document, **arguments: object) -> Any:
    return client.get(f"{CARD}/file/documents/stored", query_string={"document": document.id, **arguments})


def renamed(emulator: Emulator, comment: str) -> None:
    with emulator.engine.begin() as connection:
        connection.execute(text("UPDATE contract SET comment = :comment WHERE id = 101"), {"comment": comment})


def test_a_document_is_made_downloaded_and_deleted(host: Host, client: FlaskClient) -> None:
    page = client.get(SECTION).text
    assert "Make a document" in page
    act = made(host, client, ACT, day="2026-06-05")
    assert (act.format, act.type, act.day.isoformat()) == ("html", "Акт сверки", "2026-06-05")
    assert act.number.startswith("A-24-0101/")
    answer = download(client, act)
    assert "A-24-0101" in answer.text
    assert "от 5 июня 2026 г." in answer.text
    assert act.number in answer.text
    page = client.get(SECTION).text
    assert act.number in page
    assert "05.06.2026" in page
    assert "Анна Орлова" in page
    journal = client.get(f"{CARD}/journal").text
    assert "Documents: Make a document" in journal or "Make a document" in journal
    deletion = client.get(f"{SECTION}/delete?document={act.id}", headers=HTMX).text
    assert act.name in deletion
    assert post_form(client, f"{SECTION}/delete?document={act.id}").status_code == 200
    assert act.id not in {one.id for one in documents(host)}
    assert download(client, act).status_code == 410
    assert "Delete the document" in client.get(f"{CARD}/journal").text


def test_an_agreement_for_a_word_processor(host: Host, client: FlaskClient, emulator: Emulator) -> None:
    agreement = made(host, client, AGREEMENT)
    answer = download(client, agreement)
    assert answer.mimetype == "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    document = docx.Document(io.BytesIO(answer.data))
    told = "\n".join(paragraph.text for paragraph in document.paragraphs)
    (row,) = emulator.rows("contract", id=101)
    assert "A-24-0101" in told
    assert row["comment"] in told
    assert "A-24-0101" in document.sections[0].header.paragraphs[0].text
    assert document.core_properties.title == "Договор № A-24-0101"
    cells = [cell.text for line in document.tables[0].rows for cell in line.cells]
    assert agreement.number in cells


def test_a_reminder_to_print(host: Host, client: FlaskClient) -> None:
    reminder = made(host, client, REMINDER, day="2026-11-23")
    assert reminder.number.startswith("Н-2026-")
    answer = download(client, reminder)
    assert answer.mimetype == "application/pdf"
    told = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.data)).pages)
    assert "Напоминание об оплате" in told
    assert reminder.number in told
    assert "A-24-0101" in told
    assert "23 ноября 2026" in told


@pytest.mark.parametrize("kind", [ACT, AGREEMENT, REMINDER])
def test_files_never_speak_for_the_host(host: Host, client: FlaskClient, kind: str) -> None:
    document = made(host, client, kind)
    answer = download(client, document)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment")
    assert disposition.isascii(), "a header has no other letters"
    assert parse_options_header(disposition)[1]["filename"] == document.name
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    framed = download(client, document, frame=1)
    assert framed.headers["Content-Disposition"].startswith("inline" if kind == ACT else "attachment")
    assert "sandbox" in framed.headers["Content-Security-Policy"]


def test_a_page_is_shown_in_a_frame(host: Host, client: FlaskClient) -> None:
    act = made(host, client, ACT)
    page = client.get(f"{SECTION}?show={act.id}").text
    assert '<iframe class="bgb-sandbox" sandbox src="' in page
    assert "frame=1" in page
    assert "<iframe" not in client.get(f"{SECTION}?show={made(host, client, REMINDER).id}").text


def test_a_preview_counts_and_stores_nothing(host: Host, client: FlaskClient) -> None:
    before = documents(host)
    form = client.get(MAKE, headers=HTMX).text
    assert "preview.html?type=1" in form
    assert "type=3" not in form
    page = client.get(f"{CARD}/file/documents/preview.html?type=1")
    assert page.status_code == 200
    assert "Акт сверки взаимных расчётов № —" in page.text
    assert "sandbox" in page.headers["Content-Security-Policy"]
    assert documents(host) == before
    assert client.get(f"{CARD}/file/documents/preview.html?type=3").status_code == 400
    assert client.get(f"{CARD}/file/documents/preview.html?type=99").status_code == 400


def test_the_same_form_sent_twice_makes_one(host: Host, client: FlaskClient) -> None:
    form = client.get(MAKE, headers=HTMX).text
    before = len(documents(host))
    for _ in range(2):
        answer = client.post(MAKE, data=filled(form, {"type": ACT}), headers=HTMX)
        assert answer.status_code == 200, answer.text
    assert len(documents(host)) == before + 1


def test_what_was_typed_is_looked_at(host: Host, client: FlaskClient) -> None:
    before = documents(host)
    for typed in ({"type": "99"}, {"type": ""}, {"type": ACT, "day": "32.01.2026"}, {"type": ACT, "day": ""}):
        assert post_form(client, MAKE, **typed).status_code == 400
    assert documents(host) == before


def test_only_who_may_read_the_contract_gets_its_documents(host: Host, client: FlaskClient, emulator: Emulator) -> None:
    act = made(host, client, ACT)
    emulator.recorder.clear()
    for address in (f"{CARD}/file/documents/stored?document={act.id}", SECTION):
        assert client.get(address, headers=HTMX).status_code == 200
        emulator.faults.set("http-500", operation="contractInfoGet", status=503)
        refused = client.get(address, headers=HTMX)
        emulator.faults.clear()
        assert act.number not in refused.text
        assert "503" in refused.text
    elsewhere = f"/bgbilling/contract/bitel/102/file/documents/stored?document={act.id}"
    assert client.get(elsewhere).status_code == 410
    assert host.client("").get(f"{CARD}/file/documents/stored?document={act.id}").status_code == 302
    viewer = host.client("viewer")
    assert viewer.get(f"{CARD}/file/documents/stored?document={act.id}").status_code == 200
    assert "Make a document" not in viewer.get(SECTION).text
    assert viewer.get(MAKE).status_code == 403
    assert viewer.get(f"{SECTION}/delete?document={act.id}").status_code == 403
    assert host.client("accountant").get(SECTION).status_code == 403


@pytest.mark.parametrize(("kind", "requests"), [(ACT, 1), (AGREEMENT, 2), (REMINDER, 2)])
def test_only_what_the_template_names_is_read(
    host: Host, client: FlaskClient, emulator: Emulator, kind: str, requests: int
) -> None:
    """The contract always; parameters, once, where the template names one."""
    form = client.get(MAKE, headers=HTMX).text
    emulator.recorder.clear()
    answer = client.post(MAKE, data=filled(form, {"type": kind}), headers=HTMX)
    assert answer.status_code == 200
    drawn_again = 1
    assert len(emulator.calls) == requests + drawn_again, [call.name for call in emulator.calls]


def test_hostile_names_of_contracts(host: Host, client: FlaskClient, emulator: Emulator) -> None:
    (row,) = emulator.rows("contract", id=101)
    comment = "</p><script>alert(1)</script> {{ 7 * 7 }} & Co <w:p/>"
    try:
        renamed(emulator, comment)
        page = download(client, made(host, client, ACT)).text
        assert "<script" not in page
        assert "{{ 7 * 7 }} &amp; Co &lt;w:p/&gt;" in page
        body = download(client, made(host, client, AGREEMENT)).data
        told = "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(body)).paragraphs)
        assert comment in told
        assert download(client, made(host, client, REMINDER)).data.startswith(b"%PDF-")
    finally:
        renamed(emulator, row["comment"])


def test_names_of_files_are_harmless(host: Host, client: FlaskClient) -> None:
    with host.app.app_context():
        new = NewDocument(CONTRACT, 'a";\r\nX: y/../<b>.html', "html", b"<b>x</b>", "t", "<i>type</i>", "<u>1</u>",
                          NOON.date(), Person("1", "operator", "<s>who</s>"))  # fmt: skip
        stored = HostDocuments().store(new)
        database.session.commit()
    answer = download(client, stored)
    assert answer.data == b"<b>x</b>"
    assert "X" not in answer.headers
    page = client.get(f"{SECTION}?show={stored.id}").text
    assert not any(tag in page for tag in ("<i>type", "<u>1", "<s>who", "<b>.html"))


def test_a_lost_file_is_told(host: Host, client: FlaskClient) -> None:
    act = made(host, client, ACT)
    for file in (Path(host.app.config["CRM_FILES"]) / "documents").iterdir():
        file.unlink()
    answer = download(client, act)
    assert answer.status_code == 500
    assert "cannot be read" in answer.text


BROKEN = {
    "{{ contract.adress }}": ("broken.html", "line 2", "there is no “adress”"),
    "{% if %}": ("broken.html", "line 2"),
    "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}": ("too large or take too long",),
    "{% include 'nothing.html' %}": ("nothing.html", "is not there"),
}


def test_mistakes_of_templates_are_told_and_nothing_is_stored(hosted_privately: HostFactory, tmp_path: Path) -> None:
    extra = DOCUMENTS.replace("file=act.html", "file=broken.html").replace(
        "number=return 'Н-' + year + '-' + counter;", "number=return nothing.at.all();"
    )
    other = hosted_privately(bitel="10.2", extra=extra, settings={"BGBILLING_DOCUMENT_TEMPLATES": str(tmp_path)})
    client = other.client()
    for source, told in BROKEN.items():
        (tmp_path / "broken.html").write_text(f"<p>\n{source}", "utf-8")
        answer = post_form(client, MAKE, type=ACT)
        assert answer.status_code == 500
        assert all(words in answer.text for words in told), answer.text
    (tmp_path / "broken.html").unlink()
    assert "“broken.html” is not there" in post_form(client, MAKE, type=ACT).text
    answer = post_form(client, MAKE, type=REMINDER)
    assert "The number of the document cannot be made" in answer.text
    assert "document:pattern.3.number" in answer.text
    assert documents(other) == []
    with other.app.app_context():
        assert HostDocuments().next_number("pattern.1") == 1, "no number was used up"


def test_types_are_offered_by_the_number_of_the_contract(hosted_privately: HostFactory) -> None:
    extra = DOCUMENTS + "document:pattern.1.titleRegexp=B-.*\ndocument:pattern.3.scope=customer\n"
    other = hosted_privately(bitel="9.2", extra=extra)
    client = other.client()
    form = client.get(MAKE, headers=HTMX).text
    assert ("Договор (DOCX)" in form, "Акт сверки" in form, "Напоминание" in form) == (True, False, False)
    assert post_form(client, MAKE, type=ACT).status_code == 400
    assert fields_of(form)["type"] == [AGREEMENT]


def test_without_types_there_is_only_the_list(hosted_privately: HostFactory) -> None:
    other = hosted_privately(bitel="9.2")
    client = other.client()
    page = client.get(SECTION).text
    assert "No documents were made for this contract." in page
    assert "Make a document" not in page
    assert client.get(MAKE, headers=HTMX).text.count("No documents can be made for this contract.") == 1


VALUES = """{% set address = parameter(3) %}{% set phones = parameter(4) %}{{ parameter(3).address.street }}|
{{ address.address.house }}|{{ address }}|{{ phones }}|{% for phone in phones.phones %}{{ phone }};{% endfor %}|
{{ parameter(6).emails|length }}|{{ parameter(10).day|day("long") }}|{{ parameter(999) or "нет" }}|
{% for tariff in tariffs %}{{ tariff }} {{ tariff.since|day }};{% endfor %}|{{ customer or "ничей" }}"""


@pytest.fixture
def own_template(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> tuple[Host, Path]:
    """A host whose only type is filled from ``own.html`` of a folder."""
    folder = tmp_path_factory.mktemp("own")
    extra = DOCUMENTS.replace("file=act.html", "file=own.html")
    settings = {"BGBILLING_DOCUMENT_TEMPLATES": str(folder)}
    return hosts(lambda *_: emulator, folder)(bitel="10.2", extra=extra, settings=settings), folder / "own.html"


def test_values_of_every_kind(own_template: tuple[Host, Path], emulator: Emulator) -> None:
    host, template = own_template
    template.write_text(VALUES.replace("\n", ""), "utf-8")
    client = host.client()
    emulator.recorder.clear()
    answer = client.get(f"{CARD}/file/documents/preview.html?type=1")
    assert answer.status_code == 200, answer.text
    street, house, address, phones, each, emails, born, nothing, tariffs, customer = answer.text.split("|")
    assert street
    assert house
    assert street.split()[-1] in address
    assert phones.split(", ") == each.removesuffix(";").split(";")
    assert all(phone.startswith("+7 ") for phone in phones.split(", "))
    assert int(emails) >= 1
    assert born.endswith(" г.")
    assert nothing == "нет"
    assert tariffs.endswith(";")
    assert customer == "ничей"
    operations = [call.name for call in emulator.calls]
    lists = [name for name in operations if "contractParameters" in name or "ContractParameters" in name]
    assert len(lists) <= 1, operations
    assert len(operations) == len(set(operations)), f"nothing is asked twice: {operations}"


@pytest.mark.parametrize(
    ("source", "permission"),
    [
        ("{{ balance }}", "contract.balance.read"),
        ("{{ parameter(3) }}", "contract.parameters.read"),
        ("{{ tariffs }}", "contract.tariffs.read"),
        ("{{ customer }}", "contract.link.read"),
    ],
)
def test_what_may_not_be_seen_is_not_written(
    own_template: tuple[Host, Path], monkeypatch: pytest.MonkeyPatch, source: str, permission: str
) -> None:
    host, template = own_template
    allows = roles.role_allows
    monkeypatch.setattr("example_host.ports.role_allows", lambda role, name: name != permission and allows(role, name))
    client = host.client()
    template.write_text(source, "utf-8")
    answer = post_form(client, MAKE, type=ACT)
    assert answer.status_code == 403
    assert permission in answer.text
    template.write_text("{{ contract.number }}", "utf-8")
    assert client.get(f"{CARD}/file/documents/preview.html?type=1").text == "A-24-0101"
    assert documents(host) == []
