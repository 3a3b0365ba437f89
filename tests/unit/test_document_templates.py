"""Templates of documents: what they may do, what becomes of hostile values, how mistakes are told."""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from time import monotonic
from typing import Any

import docx
import pypdf
import pytest

from flask_bgbilling.config.document_types import DocumentType, DocumentTypeFormat
from flask_bgbilling.domain.documents import rendering
from flask_bgbilling.domain.documents.data import clean
from flask_bgbilling.domain.documents.errors import (
    LibraryMissing,
    NoTemplates,
    TemplateBroken,
    TemplateMissing,
    TemplateProblem,
    TemplateUnreadable,
    TextBroken,
    TooMuch,
)
from flask_bgbilling.domain.documents.folder import LARGEST, TemplateFolder
from flask_bgbilling.domain.documents.limits import Limits
from flask_bgbilling.domain.documents.rendering import Renderer
from flask_bgbilling.domain.documents.sandbox import Lazy, Shown

HOSTILE = (
    "<script>alert(1)</script>",
    "</td></tr></table><img src=x onerror=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "{{'a'.__class__.__mro__}}",
    "a & b < c > d \" ' ]]> <w:p/> &amp; &#0;",
    '<font name="x"><para><br/>',
    "{nb} {{ 1 }} %(x)s ${x}",
    "ё\u0000\u0001\u001f\u007f\ud800\uffff\ufffe я",
    "Ж" * 10_000,
    "слово " * 2_000,
    "строка\r\nвторая\rтретья\n\n\tпятая",
    "𝕏 😀 العربية ‮rtl‬ \u200b",
    "../../etc/passwd file:///etc/passwd http://example.net/x.png",
)


@dataclass(frozen=True)
class Contract(Shown):
    number: str
    comment: str
    since: date | None = date(2026, 6, 5)
    sum: Decimal = Decimal("-1234.5")
    _secret: str = "hidden"

    def method(self) -> str:
        return "called"


def make(
    folder: Path,
    source: str | bytes,
    variables: Mapping[str, object] | None = None,
    kind: DocumentTypeFormat = "html",
    limits: Limits | None = None,
    **more: Any,
) -> bytes:
    name = "a.docx" if kind == "docx" else "a.html"
    (folder / name).write_bytes(source.encode() if isinstance(source, str) else source)
    known = {"contract": Contract("A-24-0101", "Иванов Иван"), "today": date(2026, 11, 23)}
    one = DocumentType(1, "Акт", kind, name, **more)
    return Renderer(TemplateFolder(folder), limits or Limits(seconds=120)).render(one, {**known, **(variables or {})})


def word(*paragraphs: str, header: str = "", title: str = "") -> bytes:
    """A document of a word processor with these paragraphs."""
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if header:
        document.sections[0].header.paragraphs[0].text = header
    if title:
        document.core_properties.title = title
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def words_of(body: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(body)).paragraphs)


def text_of(body: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(body)).pages)


def test_values_are_written_as_the_trade_writes_them(tmp_path: Path) -> None:
    source = (
        "{{ contract.number }}|{{ contract.sum|money }}|{{ contract.since|day }}|{{ today|day('long') }}|"
        "{{ today|day('month') }}|{{ nothing }}|{{ nothing|money }}|{{ nothing|day }}|{{ true|word }}|"
        "{{ 1234567|number }}"
    )
    assert make(tmp_path, source, {"nothing": None}).decode() == (
        "A-24-0101|−1\u00a0234,50|05.06.2026|23 ноября 2026 г.|ноябрь 2026||||да|1\u00a0234\u00a0567"
    )
    assert make(tmp_path, "{{ contract.sum|money }} {{ today|day('long') }}", language="en").decode() == (
        "−1,234.50 23 November 2026"
    )


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_values_stay_text(tmp_path: Path, value: str) -> None:
    contract = Contract(clean(value), clean(value * 2))
    page = make(
        tmp_path, '<p title="{{ contract.number }}">{{ contract.comment }}</p>', {"contract": contract}
    ).decode()
    assert page.count("<") == 2
    assert page.count('"') == 2
    body = make(
        tmp_path,
        word(
            "№ {{ contract.number }} {{ contract.comment }}",
            header="{{ contract.number }}",
            title="{{ contract.number }}",
        ),
        {"contract": contract},
        "docx",
    )
    assert all(word in words_of(body) for word in contract.number.split()[:20])
    document = docx.Document(io.BytesIO(body))
    assert document.core_properties.title.split() == contract.number[:255].split()
    assert make(
        tmp_path,
        "<h1>{{ contract.number }}</h1><table border=1><tr><td>{{ contract.comment }}<td>{{ contract.number }}</table>",
        {"contract": contract},
        "pdf",
    ).startswith(b"%PDF-")


def test_long_values_fill_pages(tmp_path: Path) -> None:
    long = Contract("A", "слово и дело " * 1500)
    body = make(tmp_path, "<table border=1><tr><td>{{ contract.comment }}</td></tr></table>", {"contract": long}, "pdf")
    pages = pypdf.PdfReader(io.BytesIO(body)).pages
    assert len(pages) > 3
    assert f"2 / {len(pages)}" in pages[1].extract_text()
    assert text_of(body).count("слово") == 1500


def test_pdf_has_cyrillic_lists_tables_and_styles(tmp_path: Path) -> None:
    source = """<html><head><title>нет</title><style>p { color: red }</style></head><body>
    <h1 align="center">Акт № {{ contract.number }}</h1>
    <p>Договор <b>{{ contract.number }}</b> от <i>{{ contract.since|day("long") }}</i>,
    сумма <u>5 ₽</u>&nbsp;— «да».</p>
    <ol><li>первый<li>второй</ol><ul><li>точка</ul>
    <table border="1"><tr><th width="70%">Наименование</th><th>Сумма</th></tr>
    <tr><td>Услуги связи</td><td align="right">1 234,50</td></tr><tr><td colspan="2">Итого</td></tr></table>
    <hr><hr class="page"><small>мелко</small><script>alert(1)</script>
    <img src="http://example.net/x.png"><img src="file:///etc/passwd"><iframe src="/x">в рамке</iframe></body></html>"""
    body = make(tmp_path, source, kind="pdf")
    text = text_of(body)
    for found in (
        "Акт № A-24-0101",
        "5 июня 2026 г.",
        "1.",
        "второй",
        "• точка",
        "Услуги связи",
        "Итого",
        "мелко",
        "₽",
    ):
        assert found.replace(" ", "") in text.replace(" ", "").replace("\n", "").replace("\xa0", ""), found
    assert not any(hidden in text for hidden in ("нет", "alert", "color", "рамке", "example"))
    reader = pypdf.PdfReader(io.BytesIO(body))
    assert len(reader.pages) == 2
    assert reader.metadata is not None
    assert reader.metadata.title == "Акт"


def test_a_template_that_writes_nothing(tmp_path: Path) -> None:
    assert make(tmp_path, "") == b""
    assert make(tmp_path, "", kind="pdf").startswith(b"%PDF-")
    assert make(tmp_path, "<table></table><table><tr></tr></table>", kind="pdf").startswith(b"%PDF-")


def test_templates_share_parts_of_their_folder_only(tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    (folder / "parts").mkdir(parents=True)
    (folder / "parts" / "head.html").write_text("{% macro who(c) %}<b>{{ c.comment }}</b>{% endmacro %}", "utf-8")
    (tmp_path / "secret.html").write_text("secret", "utf-8")
    (folder / "link.html").symlink_to(tmp_path / "secret.html")
    source = '{% import "parts/head.html" as head %}{{ head.who(contract) }}'
    assert make(folder, source).decode() == "<b>Иванов Иван</b>"
    for outside in (
        "../secret.html",
        "/etc/passwd",
        "link.html",
        "parts",
        "nothing.html",
        "parts\\\\head.html",
        "a\x00",
    ):
        with pytest.raises(TemplateMissing):
            make(folder, f'{{% include "{outside}" %}}')


@pytest.mark.parametrize(
    "name",
    [
        "../secret.html",
        "/etc/passwd",
        "link.html",
        "..",
        ".",
        "",
        "a/../../secret.html",
        "C:/x.html",
        "parts/",
        ".hidden",
    ],
)
def test_no_name_leaves_the_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / ".hidden").write_text("hidden", "utf-8")
    (tmp_path / "secret.html").write_text("secret", "utf-8")
    (folder / "link.html").symlink_to(tmp_path / "secret.html")
    with pytest.raises(TemplateMissing):
        TemplateFolder(folder).read(name)


def test_what_is_no_template(tmp_path: Path) -> None:
    with pytest.raises(NoTemplates):
        TemplateFolder(None).read("a.html")
    with pytest.raises(TemplateMissing):
        TemplateFolder(tmp_path / "nowhere").read("a.html")
    (tmp_path / "large.html").write_bytes(b"a" * (LARGEST + 1))
    with pytest.raises(TemplateUnreadable):
        TemplateFolder(tmp_path).read("large.html")
    with pytest.raises(TemplateUnreadable, match="UTF-8"):
        make(tmp_path, "Договор".encode("cp1251"))
    bare = io.BytesIO()
    with zipfile.ZipFile(bare, "w") as package:
        package.writestr("a.txt", "a")
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "")
        package.writestr("word/document.xml", b"\0" * 70 * 1024 * 1024)
    for wrong in (b"", b"PK\x03\x04 no", bare.getvalue(), bomb.getvalue(), word("a")[:-200]):
        with pytest.raises(TemplateUnreadable):
            make(tmp_path, wrong, kind="docx")


FORBIDDEN = (
    "{{ contract.__class__ }}",
    "{{ contract._secret }}",
    "{{ ''.__class__.__mro__ }}",
    "{{ contract.number.format }}",
    "{{ contract.number.replace('a', 'b') }}",
    "{{ contract|safe }}",
    "{{ contract|attr('__class__') }}",
    "{{ contract|pprint }}",
    "{{ range.__globals__ }}",
    "{{ self.__init__ }}",
    "{{ cycler }}",
    "{{ lipsum() }}",
    "{{ [].append(1) }}",
    "{{ today.strftime('%1000000d') }}",
    "{{ '%1000000000d' % 1 }}",
    "{{ 'a' * 1000000000 }}",
    "{{ [1] * 1000000000 }}",
    "{{ 10 ** 10000000 }}",
    "{{ 'a'.center(1000000000) }}",
    "{{ '{:1000000000}'.format(1) }}",
    "{{ 'a'|center(1000000000) }}",
    "{% autoescape false %}{{ contract.number }}{% endautoescape %}",
    "{{ contract.nothing }}",
    "{{ nothing }}",
    "{{ contract.method.__func__ }}",
    "{% if %}",
    "{{ today|money }}",
    "{{ contract.number|day }}",
    "{{ 1 / 0 }}",
    "{% for x in 5 %}{% endfor %}",
)


@pytest.mark.parametrize("source", FORBIDDEN)
def test_mistakes_are_told_with_their_line(tmp_path: Path, source: str) -> None:
    with pytest.raises(TemplateBroken) as told:
        make(tmp_path, f"<p>\n\n{source}\n</p>")
    assert told.value.params["template"] == "a.html"
    assert told.value.params["line"] == 3
    assert told.value.params["reason"]
    assert "flask_bgbilling" not in told.value.text()


@pytest.mark.parametrize("source", FORBIDDEN[::8])
def test_mistakes_in_a_docx_are_told_with_their_text(tmp_path: Path, source: str) -> None:
    with pytest.raises(TextBroken) as text:
        make(tmp_path, word("Начало", f"Место {source}", "Конец"), kind="docx")
    assert "Место" in str(text.value.params["place"])


def test_a_mistake_in_an_included_part_names_the_part(tmp_path: Path) -> None:
    (tmp_path / "part.html").write_text("\n{{ contract.adress }}", "utf-8")
    with pytest.raises(TemplateBroken) as told:
        make(tmp_path, '{% include "part.html" %}')
    assert (told.value.params["template"], told.value.params["line"]) == ("part.html", 2)
    assert told.value.params["reason"] == "there is no “adress”"


ENDLESS = (
    "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}",
    "{% for a in range(99999999) %}{% endfor %}",
    "{% set n = namespace(a='xxxxxxxxxx') %}{% for i in range(60) %}{% set n.a = n.a ~ n.a %}{% endfor %}",
    "{% set n = namespace(a='xxxxxxxxxx') %}{% for i in range(60) %}{% set n.a = n.a + n.a %}{% endfor %}",
    "{% set n = namespace(a='xxxxxxxxxx') %}{% for i in range(60) %}{% set b %}{{ n.a }}{{ n.a }}{% endset %}"
    "{% set n.a = b %}{% endfor %}",
    "{% set n = namespace(a=['x', 'y']) %}{% for i in range(60) %}{% set n.a = [n.a|join, n.a|join] %}{% endfor %}",
    "{% set n = namespace(a='x') %}{% for i in range(60) %}{% set n.a = n.a|replace('x', 'xxxx') %}{% endfor %}",
    "{% macro m(n) %}{{ m(n + 1) }}{{ m(n + 1) }}{% endmacro %}{{ m(1) }}",
    "{% macro m(n) %}{% if n < 25 %}{{ m(n + 1) }}{{ m(n + 1) }}{% endif %}{% endmacro %}{{ m(1) }}",
    "{% for a in [1, 1] recursive %}{% if loop.depth < 30 %}{{ loop([1, 1]) }}{% endif %}{% endfor %}",
    "{% macro m() %}"
    + "текст" * 2000
    + "{% endmacro %}{% set x %}{% for a in range(9999) %}{{ m() }}{% endfor %}{% endset %}",
    "{% set x %}{% for a in range(9999) %}" + "текст" * 2000 + "{% endfor %}{% endset %}",
    "{% for a in range(9999) %}" + "текст" * 2000 + "{% endfor %}",
    '{% include "a.html" %}',
)


@pytest.mark.parametrize("source", ENDLESS, ids=range(len(ENDLESS)))
def test_nothing_goes_on_for_ever(tmp_path: Path, source: str) -> None:
    began = monotonic()
    with pytest.raises(TooMuch):
        make(tmp_path, source, limits=Limits(seconds=60, steps=30_000, characters=2_000_000))
    assert monotonic() - began < 30


def test_time_and_size_are_limited(tmp_path: Path) -> None:
    with pytest.raises(TooMuch):
        make(tmp_path, "{% for a in range(999) %}{{ a }}{% endfor %}", limits=Limits(seconds=-1))
    with pytest.raises(TooMuch):
        make(tmp_path, "a" * 100, limits=Limits(bytes=99))
    with pytest.raises(TooMuch):
        make(tmp_path, "<p>много</p>" * 100_000, kind="pdf")
    with pytest.raises(TooMuch):
        make(tmp_path, '<p>a</p><hr class="page">' * 300, kind="pdf")


def test_a_variable_is_read_when_it_is_named(tmp_path: Path) -> None:
    asked: list[str] = []

    def lazily(name: str) -> Lazy:
        return Lazy(lambda: asked.append(name) or name)  # type: ignore[func-returns-value]

    variables = {name: lazily(name) for name in ("balance", "tariffs", "customer")}
    assert make(tmp_path, "{{ balance }}{{ balance }}{{ contract.number }}", variables).decode() == (
        "balancebalanceA-24-0101"
    )
    assert make(tmp_path, word("{{ balance }}"), variables, "docx")
    assert asked == ["balance"]


def test_loops_macros_and_conditions_work(tmp_path: Path) -> None:
    source = (
        "{% set total = namespace(sum=0) %}{% for n in range(1, 4) %}{% set total.sum = total.sum + n %}"
        "{{ loop.index }}"
        "{% if not loop.last %}, {% endif %}{% else %}нет{% endfor %} = {{ total.sum }}"
        "{{ ['б', 'а']|sort|join('; ') }}{{ 'a\nb'|lines }}{{ contract.number ~ '/' ~ 5 }}{{ 7 // 2 }}"
        "{{ {'a': 1}.items()|list|length }}"
        "{{ contract.number.split('-')[1] }}{{ today.year }}{{ contract.since is none }}{{ nothing|default('—') }}"
    )
    assert make(tmp_path, source).decode() == "1, 2, 3 = 6а; бa<br>bA-24-0101/531242026False—"


def test_line_breaks_of_values_are_line_breaks_of_the_document(tmp_path: Path) -> None:
    body = make(tmp_path, word("{{ contract.comment }}"), {"contract": Contract("A", "первая\nвторая")}, "docx")
    assert words_of(body) == "первая\nвторая"


def test_rows_of_a_table_repeat_in_a_docx(tmp_path: Path) -> None:
    document = docx.Document()
    table = document.add_table(rows=3, cols=2)
    table.cell(0, 0).text = "{%tr for name in names %}"
    table.cell(1, 0).text, table.cell(1, 1).text = "{{ loop.index }}", "{{ name }}"
    table.cell(2, 0).text = "{%tr endfor %}"
    written = io.BytesIO()
    document.save(written)
    body = make(tmp_path, written.getvalue(), {"names": ["А & Б", "<В>"]}, "docx")
    (filled,) = docx.Document(io.BytesIO(body)).tables
    assert [[cell.text for cell in row.cells] for row in filled.rows] == [["1", "А & Б"], ["2", "<В>"]]


@pytest.mark.parametrize("kind", ["docx", "pdf"])
def test_without_the_extra_it_says_what_is_missing(
    tmp_path: Path, kind: DocumentTypeFormat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendering, "find_spec", lambda name: None)
    with pytest.raises(LibraryMissing, match=f"{kind.upper()} cannot be made: {rendering.LIBRARIES[kind][0]} is not"):
        make(tmp_path, "", kind=kind)
    assert make(tmp_path, "works") == b"works"


def test_every_problem_of_a_template_names_it() -> None:
    for kind in TemplateProblem.__subclasses__():
        assert "%(template)s" in kind.message
